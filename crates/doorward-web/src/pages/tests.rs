use std::collections::BTreeSet;

use doorward_core::authorization_details::{DetailConsent, Part, Row, Told, ToldValue};
use doorward_core::consent::Memory;
use maud::Markup;

use crate::texts::{Text, Texts};
use crate::{pages, texts};
use pages::{
    AskedLines, ClientCard, ConfirmDevice, ConfirmSignOut, Consent, DetailLine, Error, PersonCard,
    Problem, ScopeLine, SignIn, SignInLead, SignInProblem,
};

#[path = "../../examples/preview/samples.rs"]
mod samples;

const HOSTILE: samples::Names = samples::Names {
    client: "\"><script>alert(1)</script>",
    other_client: "' onmouseover='alert(1)",
    person: "<img src=x onerror=alert(1)> & \u{202e}evil",
    username: "\" autofocus onfocus=\"alert(1)",
    scope: "<b>all</b>",
    uri: "javascript:alert(1)",
};

/// Every page in every language, with friendly and with hostile names.
fn every_page() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    for texts in Texts::all() {
        for (kind, names) in [("friendly", samples::FRIENDLY), ("hostile", HOSTILE)] {
            for (name, page) in samples::every_page(texts, &names) {
                let name = format!("{name} ({kind}, {})", texts.language());
                pages.push((name, page.into_string()));
            }
        }
    }
    pages
}

/// The tags of a page, without their brackets. Attribute values are escaped, so no bracket is inside a tag.
fn tags(page: &str) -> impl Iterator<Item = &str> {
    page.split('<').skip(1).map(|rest| {
        let (tag, _) = rest.split_once('>').unwrap();
        tag
    })
}

/// The value of an attribute of a tag.
fn attribute<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, value) = tag.split_once(&format!(" {name}=\""))?;
    value.split('"').next()
}

fn attributes<'a>(page: &'a str, name: &'a str) -> Vec<&'a str> {
    tags(page).filter_map(|tag| attribute(tag, name)).collect()
}

fn english() -> &'static Texts {
    Texts::negotiate(None, None)
}

fn alice() -> PersonCard {
    PersonCard {
        display_name: "Alice Adams".to_owned(),
        username: "alice".to_owned(),
    }
}

fn wiki() -> ClientCard {
    ClientCard {
        name: "Wiki".to_owned(),
        ..ClientCard::default()
    }
}

fn sign_in() -> SignIn {
    SignIn {
        action: "/sign-in?request=1&x=2".to_owned(),
        csrf: "proof".to_owned(),
        client: Some(wiki()),
        lead: SignInLead::SignIn,
        username: String::new(),
        problem: None,
        account: None,
    }
}

fn assert_ids(page: &Markup, ids: &[&str]) {
    let there = attributes(&page.0, "id");
    for id in ids {
        assert!(there.contains(id), "{id} is missing in {there:?}");
    }
}

#[test]
fn no_page_has_style_or_script_of_its_own() {
    for (name, page) in every_page() {
        for tag in tags(&page) {
            assert!(!tag.starts_with("style"), "{name}: {tag}");
            assert!(attribute(tag, "style").is_none(), "{name}: {tag}");
            assert!(
                !tag.starts_with("script") || attribute(tag, "src").is_some(),
                "{name}: {tag}"
            );
        }
        for tag in tags(&page) {
            let outside_values = tag.split('"').step_by(2).collect::<String>();
            assert!(!outside_values.contains(" on"), "{name}: {tag}");
        }
    }
}

#[test]
fn pages_load_only_our_own_assets() {
    for (name, page) in every_page() {
        for source in attributes(&page, "src") {
            let ours =
                source.starts_with(pages::assets::ASSETS) || source.starts_with("data:image/");
            assert!(ours, "{name}: {source}");
        }
        for link in tags(&page).filter(|tag| tag.starts_with("link ")) {
            let href = attribute(link, "href").unwrap();
            assert!(href.starts_with(pages::assets::ASSETS), "{name}: {href}");
        }
    }
}

#[test]
fn names_that_strangers_wrote_are_text_and_nothing_else() {
    for texts in Texts::all() {
        for (name, page) in samples::every_page(texts, &HOSTILE) {
            let page = page.into_string();
            for harmful in ["<script>", "<img src=x", "<b>", "\" autofocus onfocus"] {
                assert!(!page.contains(harmful), "{name}: {harmful}");
            }
        }
    }
    let page = sign_in_of("\"><script>alert(1)</script>");
    assert!(page.contains("<bdi>&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;</bdi>"));
}

fn sign_in_of(client: &str) -> String {
    let client = ClientCard {
        name: client.to_owned(),
        ..ClientCard::default()
    };
    let page = SignIn {
        client: Some(client),
        ..sign_in()
    };
    page.page(english()).into_string()
}

#[test]
fn only_addresses_of_the_web_become_links() {
    for (name, page) in every_page() {
        for href in attributes(&page, "href") {
            assert!(!href.starts_with("javascript:"), "{name}: {href}");
        }
    }
    for texts in Texts::all() {
        let friendly = samples::every_page(texts, &samples::FRIENDLY);
        let consent = friendly.iter().find(|(name, _)| name == "consent").unwrap();
        let links = attributes(&consent.1.0, "href");
        let to_client = links.iter().filter(|href| **href == samples::FRIENDLY.uri);
        assert_eq!(to_client.count(), 3);
    }
}

#[test]
fn every_page_says_its_language_and_has_a_title_and_one_main_heading() {
    for texts in Texts::all() {
        for (name, page) in samples::every_page(texts, &samples::FRIENDLY) {
            let page = page.into_string();
            let html = tags(&page).find(|tag| tag.starts_with("html")).unwrap();
            assert_eq!(attribute(html, "lang"), Some(texts.language()), "{name}");
            assert!(!page.contains("<title> · "), "{name}");
            for once in ["<title>", "<h1>", "<main ", "<header "] {
                assert_eq!(page.matches(once).count(), 1, "{name}: {once}");
            }
        }
    }
}

#[test]
fn no_text_is_left_unfilled() {
    for texts in Texts::all() {
        for (name, page) in samples::every_page(texts, &samples::FRIENDLY) {
            assert!(
                !page.0.contains("{$") && !page.0.contains("{ "),
                "{name}: {}",
                page.0
            );
        }
    }
}

#[test]
fn every_field_has_a_label() {
    for (name, page) in every_page() {
        let labelled: BTreeSet<_> = attributes(&page, "for").into_iter().collect();
        let inputs = tags(&page).filter(|tag| tag.starts_with("input "));
        for input in inputs.filter(|input| attribute(input, "type") != Some("hidden")) {
            let id = attribute(input, "id").unwrap();
            assert!(labelled.contains(id), "{name}: {input}");
        }
    }
}

#[test]
fn every_id_is_unique_and_every_description_exists() {
    for (name, page) in every_page() {
        let ids = attributes(&page, "id");
        let unique: BTreeSet<_> = ids.iter().collect();
        assert_eq!(ids.len(), unique.len(), "{name}: {ids:?}");
        for described_by in attributes(&page, "aria-describedby") {
            let mut named = described_by.split(' ');
            assert!(named.all(|id| ids.contains(&id)), "{name}: {described_by}");
        }
    }
}

#[test]
fn every_form_of_ours_carries_its_token() {
    for (name, page) in every_page() {
        let forms = page.matches("<form method=\"post\"").count();
        let tokens = page
            .matches("<input type=\"hidden\" name=\"csrf\" value=\"proof\">")
            .count();
        assert_eq!(forms, tokens, "{name}");
    }
}

#[test]
fn signing_in_can_be_automated() {
    let page = sign_in().page(english());
    assert_ids(
        &page,
        &["username", "password", "login-submit", "login-cancel"],
    );
    assert_eq!(
        attributes(&page.0, "action"),
        ["/sign-in?request=1&amp;x=2"]
    );
    assert_eq!(
        attributes(&page.0, "name")
            .into_iter()
            .collect::<BTreeSet<_>>(),
        BTreeSet::from([
            "viewport",
            "color-scheme",
            "robots",
            "csrf",
            "username",
            "password",
            "action",
        ])
    );
    assert!(page.0.contains("value=\"sign-in\"") && page.0.contains("value=\"cancel\""));
}

#[test]
fn password_managers_know_the_fields() {
    let page = sign_in().page(english());
    assert_eq!(
        attributes(&page.0, "autocomplete"),
        ["username", "current-password"]
    );
}

#[test]
fn pressing_enter_signs_in_rather_than_cancels() {
    let page = sign_in().page(english()).into_string();
    assert!(page.find("login-submit").unwrap() < page.find("login-cancel").unwrap());
}

#[test]
fn whoever_signs_in_at_the_provider_has_nothing_to_cancel() {
    let page = SignIn {
        client: None,
        ..sign_in()
    };
    let page = page.page(english()).into_string();
    assert!(!page.contains("login-cancel"));
    assert!(page.contains("<h1>Sign in</h1>"));
}

#[test]
fn a_refused_password_is_never_shown_again_and_the_name_is() {
    let page = SignIn {
        username: "alice".to_owned(),
        problem: Some(SignInProblem::WrongCredentials),
        ..sign_in()
    };
    let page = page.page(english()).into_string();
    let field = |id| {
        tags(&page)
            .find(|tag| tag.starts_with("input") && attribute(tag, "id") == Some(id))
            .unwrap()
    };
    assert_eq!(attribute(field("username"), "value"), Some("alice"));
    assert_eq!(attribute(field("password"), "value"), Some(""));
    for id in ["username", "password"] {
        assert_eq!(attribute(field(id), "aria-invalid"), Some("true"));
        assert_eq!(
            attribute(field(id), "aria-describedby"),
            Some("login-problem")
        );
    }
    assert!(page.contains("id=\"login-problem\" role=\"alert\""));
}

#[test]
fn too_many_attempts_say_how_long_to_wait() {
    let page = SignIn {
        problem: Some(SignInProblem::TooManyAttempts { minutes: 15 }),
        ..sign_in()
    };
    let page = page.page(english()).into_string();
    assert!(page.contains("Please wait 15 minutes"));
    assert!(!page.contains("aria-invalid"));
}

#[test]
fn a_signed_in_account_is_offered_beside_another() {
    let page = SignIn {
        account: Some(alice()),
        ..sign_in()
    };
    let page = page.page(english());
    assert_ids(
        &page,
        &["login-continue", "username", "password", "login-submit"],
    );
    assert!(
        page.0
            .contains("value=\"continue\">Continue as <bdi>Alice Adams</bdi>")
    );
}

#[test]
fn a_logo_replaces_the_initial() {
    let with_logo = ClientCard {
        logo: Some("/logos/wiki.png".to_owned()),
        ..wiki()
    };
    let picture = with_logo.picture().into_string();
    assert_eq!(attributes(&picture, "src"), ["/logos/wiki.png"]);
    assert_eq!(attributes(&picture, "alt"), [""]);
    assert!(wiki().picture().into_string().ends_with(">W</span>"));
}

#[test]
fn each_scope_is_explained_in_words() {
    let custom = ScopeLine::from("wiki:write");
    for texts in Texts::all() {
        let explanation = |scope: ScopeLine| {
            let page = consent(vec![scope]).page(texts).into_string();
            let list = page.split("<ul class=\"scopes\">").nth(1).unwrap();
            list.split("</ul>").next().unwrap().to_owned()
        };
        let standard = doorward_core::scope::STANDARD.map(|token| explanation(token.into()));
        let distinct: BTreeSet<_> = standard.iter().collect();
        assert_eq!(distinct.len(), standard.len());
        assert!(standard.iter().all(|words| !words.contains("<bdi>")));
        assert!(explanation(custom.clone()).contains("<bdi>wiki:write</bdi>"));
    }
}

fn consent(scopes: Vec<ScopeLine>) -> Consent {
    asking(AskedLines {
        scopes,
        ..AskedLines::default()
    })
}

fn asking(asked: AskedLines) -> Consent {
    Consent {
        action: "/consent".to_owned(),
        csrf: "proof".to_owned(),
        client: wiki(),
        redirect_host: "wiki.example".to_owned(),
        person: alice(),
        asked,
        memory: Memory::All,
    }
}

/// P17: people are told for how long they answer, all in all and for each detail.
#[test]
fn nothing_is_said_to_be_remembered_that_is_asked_each_time() {
    let remembers = "we remember that";
    for (memory, said, unsaid) in [
        (Memory::All, remembers, "this time only"),
        (Memory::Part, "this time only", "we ask again next time"),
        (Memory::Nothing, "we ask again next time", remembers),
    ] {
        let page = Consent {
            memory,
            ..consent(Vec::new())
        };
        let page = page.page(english()).0;
        assert!(page.contains(said) && !page.contains(unsaid), "{page}");
    }
    for (consent, said) in [
        (DetailConsent::EachTime, "</bdi>, for this time only"),
        (
            DetailConsent::Remembered,
            "At <bdi>Bank &amp; Co</bdi></span>",
        ),
    ] {
        let page = asking(AskedLines {
            details: vec![DetailLine {
                consent,
                ..detail()
            }],
            ..AskedLines::default()
        });
        let page = page.page(english()).0;
        assert!(page.contains(said), "{page}");
    }
}

#[test]
fn a_scope_of_an_api_is_shown_in_the_words_of_its_registration() {
    let scope = ScopeLine::Resource {
        server: "Reports".to_owned(),
        allows: "Read <all> reports".to_owned(),
    };
    for texts in Texts::all() {
        let page = consent(vec![scope.clone()]).page(texts);
        for shown in ["Reports", "Read &lt;all&gt; reports"] {
            assert!(page.0.contains(&format!("<bdi>{shown}</bdi>")), "{shown}");
        }
    }
}

/// A detail with names that are no markup.
fn detail() -> DetailLine {
    let words = |words: &str| Part::Words(words.to_owned());
    let value = |value: &str| Part::Values(vec![value.to_owned()]);
    let row = |label: &str, value| Row {
        label: label.to_owned(),
        value,
    };
    DetailLine {
        server: "Bank & Co".to_owned(),
        told: Told {
            sentence: vec![
                words("Pay <"),
                value("5 EUR"),
                words("> to "),
                value("<b>Eve"),
                words(": "),
                Part::Values(vec!["a, b".to_owned(), "<i>".to_owned()]),
            ],
            rows: vec![
                row("Use", ToldValue::Text("<i>x".to_owned())),
                row("Now", ToldValue::Flag(true)),
                row(
                    "All",
                    ToldValue::Texts(vec!["c, d".to_owned(), "<i>".to_owned()]),
                ),
            ],
        },
        consent: DetailConsent::EachTime,
    }
}

/// P17: what a client says stands out, is escaped, and is all there.
#[test]
fn a_detail_is_shown_in_the_words_of_its_type_with_all_that_it_says() {
    let asked = AskedLines {
        details: vec![detail()],
        scopes: vec![ScopeLine::Silent {
            server: "Reports".to_owned(),
        }],
    };
    for texts in Texts::all() {
        let page = asking(asked.clone()).page(texts).into_string();
        for shown in [
            "Pay &lt;<strong><bdi>5 EUR</bdi></strong>&gt; to <strong><bdi>&lt;b&gt;Eve</bdi></strong>",
            r#"<strong class="one"><bdi>a, b</bdi></strong>, <strong class="one"><bdi>&lt;i&gt;</bdi></strong>"#,
            "<dt>All</dt><dd><ul><li><bdi>c, d</bdi></li><li><bdi>&lt;i&gt;</bdi></li></ul></dd>",
            "<dt>Use</dt><dd><bdi>&lt;i&gt;x</bdi></dd>",
            &format!("<dt>Now</dt><dd>{}</dd>", texts.get(Text::DetailYes)),
            "<bdi>Bank &amp; Co</bdi>",
            "<bdi>Reports</bdi>",
        ] {
            assert!(page.contains(shown), "{shown} in {page}");
        }
    }
}

#[test]
fn consent_names_who_asks_for_what_of_whom_and_where_the_answer_goes() {
    let page = consent(vec![ScopeLine::from("wiki:write")]).page(english());
    assert_ids(&page, &["consent-allow", "consent-deny"]);
    for shown in ["Wiki", "wiki:write", "wiki.example", "Alice Adams", "alice"] {
        assert!(page.0.contains(&format!(">{shown}</bdi>")), "{shown}");
    }
    assert!(page.0.contains("value=\"allow\"") && page.0.contains("value=\"deny\""));
}

#[test]
fn signing_out_asks_first_and_can_be_declined() {
    let page = ConfirmSignOut {
        action: "/sign-out".to_owned(),
        csrf: "proof".to_owned(),
        client: Some(wiki()),
        person: alice(),
        carried: vec![("state".to_owned(), "x\"y".to_owned())],
    };
    let page = page.page(english());
    assert_ids(&page, &["logout-confirm", "logout-cancel"]);
    let carried = "<input type=\"hidden\" name=\"state\" value=\"x&quot;y\">";
    assert!(page.0.contains(carried));
    assert!(page.0.contains("value=\"sign-out\"") && page.0.contains("value=\"stay\""));
}

#[test]
fn every_error_has_its_own_words_and_the_reference() {
    for texts in Texts::all() {
        let mut headings = BTreeSet::new();
        for problem in Problem::ALL {
            let reference = "7F3K-92QD".to_owned();
            let at = pages::ShownAt::Issuer;
            let page = Error {
                problem,
                reference,
                at,
            };
            let page = page.page(texts);
            assert_ids(&page, &["error-page", "error-reference"]);
            assert!(page.0.contains("id=\"error-reference\">7F3K-92QD<"));
            headings.insert(
                page.0
                    .split("<h1>")
                    .nth(1)
                    .unwrap()
                    .split("</h1>")
                    .next()
                    .unwrap()
                    .to_owned(),
            );
        }
        assert_eq!(headings.len(), Problem::ALL.len());
    }
}

#[test]
fn an_error_at_a_site_needs_nothing_that_its_proxy_keeps_to_itself() {
    let page = Error {
        problem: Problem::NotAdmitted,
        reference: "7F3K-92QD".to_owned(),
        at: pages::ShownAt::Site,
    };
    let page = page.page(english()).0;
    assert!(page.contains("href=\"/.doorward/sign-out\""));
    assert!(!page.contains("href=\"/assets/"));
    assert_eq!(page.matches("href=\"/.doorward/assets/").count(), 2);
}

#[test]
fn a_response_by_form_carries_its_parameters_and_nothing_of_ours() {
    let page = pages::FormPost {
        action: "https://wiki.example/cb?a=1&b=\"".to_owned(),
        fields: vec![("state".to_owned(), "\"><b>".to_owned())],
    };
    let page = page.page(english()).into_string();
    assert!(page.contains("action=\"https://wiki.example/cb?a=1&amp;b=&quot;\""));
    assert!(page.contains("<input type=\"hidden\" name=\"state\" value=\"&quot;&gt;&lt;b&gt;\">"));
    assert!(!page.contains("csrf"));
    assert_eq!(
        attributes(&page, "type")
            .iter()
            .filter(|kind| **kind == "submit")
            .count(),
        1
    );
}

/// [OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)
#[test]
fn clients_are_told_in_frames_that_nobody_sees_and_that_lead_nowhere() {
    let frames = vec!["https://wiki.example/out?a=1&sid=\"".to_owned()];
    let leads_on = pages::SigningOut {
        frames: frames.clone(),
        then: "https://wiki.example/bye".to_owned(),
    };
    let stays = pages::SignedOut {
        client: None,
        frames,
    };
    for page in [leads_on.page(english()), stays.page(english())] {
        let page = page.into_string();
        let found: Vec<_> = tags(&page)
            .filter(|tag| tag.starts_with("iframe"))
            .collect();
        let expected = "iframe hidden src=\"https://wiki.example/out?a=1&amp;sid=&quot;\" \
                        sandbox=\"allow-forms allow-same-origin allow-scripts\"";
        assert_eq!(found, [expected]);
    }
}

/// P17: on each page that asks people to allow something.
#[test]
fn pages_name_the_host_that_describes_a_client_which_nobody_registered() {
    let described = ClientCard {
        described_by: Some("app.example".to_owned()),
        ..wiki()
    };
    for texts in Texts::all() {
        for (client, shown) in [(wiki(), false), (described.clone(), true)] {
            let asked = AskedLines::default();
            let device = ConfirmDevice {
                action: "/device".to_owned(),
                csrf: "proof".to_owned(),
                client: client.clone(),
                person: alice(),
                user_code: "WDJB-MJHT".to_owned(),
                asked: asked.clone(),
            };
            let consent = Consent {
                client,
                ..asking(asked)
            };
            for page in [device.page(texts), consent.page(texts)] {
                let page = page.into_string();
                assert_eq!(page.contains("<bdi>app.example</bdi>"), shown, "{page}");
                assert_eq!(page.contains("client-described"), shown, "{page}");
            }
        }
    }
}
