//! Documents that the provider fetches, and what came when it did.

use std::time::Duration;

/// What is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Document {
    /// A JWK Set ([RFC 7517 section 8.5](https://www.rfc-editor.org/rfc/rfc7517#section-8.5)).
    Keys,
    /// JSON of any other kind.
    Json,
    /// A request object ([RFC 9101 section 5.2](https://www.rfc-editor.org/rfc/rfc9101#section-5.2)).
    RequestObject,
}

impl Document {
    /// The media types that it may have, the best one first.
    pub const fn media_types(self) -> &'static [&'static str] {
        match self {
            Self::Keys => &["application/jwk-set+json", "application/json"],
            Self::Json => &["application/json"],
            Self::RequestObject => &["application/oauth-authz-req+jwt", "application/jwt"],
        }
    }
}

/// What came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fetched {
    /// The status of the answer.
    pub status: u16,
    /// What it says that it is.
    pub content_type: Option<String>,
    /// How long it says that it may be kept.
    pub cache_control: Option<String>,
    /// Its body.
    pub body: Vec<u8>,
}

/// Why what came is not what was fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFetched {
    /// The answer is no success.
    #[error("the answer has status {0}, and redirects are not followed")]
    Status(u16),
    /// It is something else.
    #[error("the answer is not of the type {0}")]
    ContentType(&'static str),
}

impl Fetched {
    /// The body, if it is what was fetched.
    pub fn body_of(&self, document: Document) -> Result<&[u8], NotFetched> {
        if self.status != 200 {
            return Err(NotFetched::Status(self.status));
        }
        let content_type = self.content_type.as_deref().unwrap_or_default();
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        let mut types = document.media_types().iter();
        if types.any(|known| known.eq_ignore_ascii_case(essence)) {
            Ok(&self.body)
        } else {
            let best = document.media_types().first().copied();
            Err(NotFetched::ContentType(best.unwrap_or_default()))
        }
    }
}

/// How long an answer that says this of it may be used again, if it says anything of that; with `no-store` or `no-cache` not at all
/// ([RFC 9111 section 5.2.2](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2)).
pub fn max_age(cache_control: Option<&str>) -> Option<Duration> {
    let directives = cache_control?.split(',').map(|directive| {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        (name.trim().to_ascii_lowercase(), value.trim())
    });
    let seconds = directives.filter_map(|(name, value)| match name.as_str() {
        "no-store" | "no-cache" => Some(0),
        "max-age" => value.trim_matches('"').parse().ok(),
        _ => None,
    });
    seconds.min().map(Duration::from_secs)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [RFC 9111 section 5.2.2](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2).
    #[test]
    fn an_answer_says_how_long_it_may_be_used_again_or_nothing() {
        for (said, seconds) in [
            (None, None),
            (Some("public"), None),
            (Some("max-age=soon"), None),
            (Some("public, Max-Age=60"), Some(60)),
            (Some("max-age=\"60\""), Some(60)),
            (Some("max-age=60, no-store"), Some(0)),
            (Some("no-cache"), Some(0)),
        ] {
            let expected = seconds.map(Duration::from_secs);
            assert_eq!(max_age(said), expected, "{said:?}");
        }
    }

    /// F03: an answer is of the type that was asked for, or none.
    #[test]
    fn an_answer_is_a_success_of_the_right_type_or_nothing() {
        let fetched = |status, content_type: &str| Fetched {
            status,
            content_type: Some(content_type.to_owned()),
            body: b"x".to_vec(),
            ..Fetched::default()
        };
        let good = fetched(200, "Application/JSON; charset=utf-8");
        assert_eq!(good.body_of(Document::Json), Ok(&b"x"[..]));
        assert_eq!(good.body_of(Document::Keys), Ok(&b"x"[..]));
        let wrong = NotFetched::ContentType("application/oauth-authz-req+jwt");
        assert_eq!(good.body_of(Document::RequestObject), Err(wrong));
        let found = fetched(302, "application/json");
        assert_eq!(found.body_of(Document::Json), Err(NotFetched::Status(302)));
        let nameless = Fetched {
            status: 200,
            ..Fetched::default()
        };
        assert!(nameless.body_of(Document::Json).is_err());
    }
}
