use std::collections::{BTreeMap, BTreeSet};

use fluent_bundle::FluentResource;
use proptest::prelude::*;

use super::{Text, Texts, Value};

const CATALOGUES: [(&str, &str); 2] = [
    ("en", include_str!("../../locales/en.ftl")),
    ("de", include_str!("../../locales/de.ftl")),
];

/// The messages of a catalogue with the names of their variables.
fn messages(source: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut messages: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut current = None;
    for line in source.lines() {
        if let Some((id, _)) = line.split_once(" =")
            && line.starts_with(|first: char| first.is_ascii_lowercase())
        {
            let twice = messages.insert(id.to_owned(), BTreeSet::new());
            assert!(twice.is_none(), "{id} is there twice");
            current = messages.get_mut(id);
        }
        let Some(variables) = current.take() else {
            continue;
        };
        for (at, _) in line.match_indices('$') {
            let name = line[at + 1..].split(|letter: char| !letter.is_ascii_lowercase());
            variables.extend(name.take(1).map(str::to_owned));
        }
        current = Some(variables);
    }
    messages
}

#[test]
fn every_catalogue_is_free_of_syntax_errors() {
    for (language, source) in CATALOGUES {
        if let Err((_, errors)) = FluentResource::try_new(source.to_owned()) {
            panic!("{language}: {errors:?}");
        }
    }
}

#[test]
fn every_language_has_each_text_and_no_other() {
    let known: BTreeSet<String> = Text::ALL.iter().map(|text| text.id().to_owned()).collect();
    for (language, source) in CATALOGUES {
        let there: BTreeSet<String> = messages(source).into_keys().collect();
        let missing: Vec<_> = known.difference(&there).collect();
        let extra: Vec<_> = there.difference(&known).collect();
        assert!(
            missing.is_empty() && extra.is_empty(),
            "{language}: missing {missing:?}, extra {extra:?}"
        );
    }
}

#[test]
fn every_text_has_the_same_variables_in_each_language() {
    let [english, german] = CATALOGUES.map(|(_, source)| messages(source));
    assert_eq!(english, german);
}

#[test]
fn every_language_that_can_be_negotiated_has_its_catalogue() {
    let languages = Texts::all().map(Texts::language);
    assert_eq!(languages, CATALOGUES.map(|(language, _)| language));
    for texts in Texts::all() {
        assert_eq!(texts.tag.to_string(), texts.language());
    }
}

#[test]
fn texts_hold_no_markup_of_their_own() {
    for (language, source) in CATALOGUES {
        assert!(!source.contains(['<', '&']), "{language}");
    }
}

#[test]
fn the_application_chooses_the_language_before_the_browser() {
    let cases = [
        (None, None, "en"),
        (None, Some("de"), "de"),
        (None, Some("de-AT, en;q=0.8"), "de"),
        (None, Some("en;q=0.5, de;q=0.9"), "de"),
        (None, Some("de;q=0, en"), "en"),
        (None, Some("fr-FR, fr;q=0.9, de;q=0.1"), "de"),
        (None, Some("fr"), "en"),
        (None, Some("*"), "en"),
        (Some("de"), Some("en"), "de"),
        (Some("fr de en"), Some("en"), "de"),
        (Some("en-GB"), Some("de"), "en"),
        (Some("tlh"), Some("de"), "de"),
        (Some(""), Some("de"), "de"),
    ];
    for (ui_locales, accept_language, expected) in cases {
        let texts = Texts::negotiate(ui_locales, accept_language);
        assert_eq!(
            texts.language(),
            expected,
            "{ui_locales:?}, {accept_language:?}"
        );
    }
}

#[test]
fn unreadable_languages_are_passed_over() {
    for garbage in ["%%%, de", "de;q=9, de;q=x, de;q=0.1234, de", ";;, ,de"] {
        let texts = Texts::negotiate(None, Some(garbage));
        assert_eq!(texts.language(), "de", "{garbage:?}");
    }
}

#[test]
fn names_in_texts_are_data() {
    let texts = Texts::negotiate(None, None);
    let hostile = "<script>alert(\"&\")</script>{ $client }";
    let markup = texts.get_with(Text::SignInTo, &[("client", Value::Name(hostile))]);
    assert_eq!(
        markup.into_string(),
        "Sign in to continue to <bdi>&lt;script&gt;alert(&quot;&amp;&quot;)&lt;/script&gt;{ $client }</bdi>"
    );
}

#[test]
fn one_minute_is_not_one_minutes() {
    let minutes = |texts: &Texts, number| {
        let values = [("minutes", Value::Number(number))];
        texts
            .get_with(Text::SignInTooManyAttempts, &values)
            .into_string()
    };
    let [english, german] = Texts::all();
    assert!(minutes(english, 1).contains("one minute"));
    assert!(minutes(english, 15).contains("15 minutes"));
    assert!(minutes(german, 1).contains("eine Minute"));
    assert!(minutes(german, 15).contains("15 Minuten"));
}

proptest! {
    #[test]
    fn any_two_headers_get_some_language(ui_locales in ".*", accept_language in ".*") {
        Texts::negotiate(Some(&ui_locales), Some(&accept_language));
    }

    #[test]
    fn anything_like_a_list_of_languages_gets_some_language(
        list in "([a-zA-Z*]{0,9}([-_][a-zA-Z0-9]{0,9}){0,4}(;q=[0-9.]{0,6})?[, ]{0,2}){0,9}"
    ) {
        Texts::negotiate(Some(&list), Some(&list));
    }

    #[test]
    fn any_name_is_shown_escaped_and_whole(name in ".*") {
        let texts = Texts::negotiate(None, None);
        let markup = texts.get_with(Text::SignInTo, &[("client", Value::Name(&name))]);
        let expected = maud::html! { bdi { (name) } }.into_string();
        prop_assert!(markup.into_string().ends_with(&expected));
    }
}
