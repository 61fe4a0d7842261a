//! The texts of the pages, one Fluent catalogue for each language.

mod negotiation;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use fluent_langneg::negotiate::filter_matches;
use fluent_langneg::{LanguageIdentifier, NegotiationStrategy};
use maud::{Markup, PreEscaped, html};

pub use text::Text;

static ENGLISH: LazyLock<Texts> =
    LazyLock::new(|| Texts::load("en", include_str!("../locales/en.ftl")));
static GERMAN: LazyLock<Texts> =
    LazyLock::new(|| Texts::load("de", include_str!("../locales/de.ftl")));

/// The texts of the pages in one language.
pub struct Texts {
    language: &'static str,
    tag: LanguageIdentifier,
    catalogue: FluentBundle<FluentResource>,
}

/// What stands in a text for one of its variables. Always data, never markup.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// A name or another piece of text that we did not write.
    Name(&'a str),
    /// A number, which may decide between singular and plural.
    Number(u32),
}

impl Texts {
    /// Every language, the one that nobody has to ask for first.
    pub fn all() -> [&'static Self; 2] {
        [&ENGLISH, &GERMAN]
    }

    /// The language that a request asks for: by `ui_locales`
    /// ([OpenID Connect Core section 3.1.2.1]), else by `Accept-Language`, else English.
    ///
    /// [OpenID Connect Core section 3.1.2.1]: https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
    pub fn negotiate(ui_locales: Option<&str>, accept_language: Option<&str>) -> &'static Self {
        let of_application = ui_locales.map(negotiation::ui_locales);
        let of_browser = accept_language.map(negotiation::accept_language);
        [of_application, of_browser]
            .into_iter()
            .flatten()
            .find_map(|wanted| Self::matching(&wanted))
            .unwrap_or(&ENGLISH)
    }

    fn matching(wanted: &[LanguageIdentifier]) -> Option<&'static Self> {
        filter_matches(wanted, &Self::all(), NegotiationStrategy::Lookup)
            .first()
            .map(|texts| **texts)
    }

    /// The language tag, for `lang` and `Content-Language`.
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// A text without variables.
    pub fn get(&self, text: Text) -> Cow<'_, str> {
        self.format(text, None)
    }

    /// A text with its variables. Names are escaped, and their writing direction ends with them.
    pub fn get_with(&self, text: Text, values: &[(&str, Value<'_>)]) -> Markup {
        let values = values
            .iter()
            .map(|(name, value)| (*name, FluentValue::from(*value)))
            .collect();
        PreEscaped(self.format(text, Some(&values)).into_owned())
    }

    fn format<'a>(&'a self, text: Text, values: Option<&'a FluentArgs<'_>>) -> Cow<'a, str> {
        let pattern = self
            .catalogue
            .get_message(text.id())
            .and_then(|message| message.value());
        match pattern {
            Some(pattern) => self
                .catalogue
                .format_pattern(pattern, values, &mut Vec::new()),
            None => text.id().into(),
        }
    }

    /// Reads a catalogue. The tests hold each of ours to be free of errors and complete.
    fn load(language: &'static str, source: &str) -> Self {
        let mut catalogue =
            FluentBundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
        // `<bdi>` isolates names instead, and leaves no invisible characters in the page.
        catalogue.set_use_isolating(false);
        let resource =
            FluentResource::try_new(source.to_owned()).unwrap_or_else(|(readable, _)| readable);
        catalogue.add_resource_overriding(resource);
        Self {
            language,
            tag: language.parse().unwrap_or_default(),
            catalogue,
        }
    }
}

impl From<Value<'_>> for FluentValue<'static> {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Name(name) => html! { bdi { (name) } }.into_string().into(),
            Value::Number(number) => number.into(),
        }
    }
}

impl AsRef<LanguageIdentifier> for Texts {
    fn as_ref(&self) -> &LanguageIdentifier {
        &self.tag
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Texts").field(&self.language).finish()
    }
}

#[cfg(test)]
mod tests;
