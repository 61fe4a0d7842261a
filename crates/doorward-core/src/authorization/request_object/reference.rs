//! Request objects that a request refers to ([RFC 9101 section 5.2], [OpenID Connect Core section 6.2]).
//!
//! An address is asked only if its client registered it, so whoever makes a link makes us send requests nowhere else. What is there is a
//! request object like any other ([`RequestObject::open`]): that it was there proves nothing.
//!
//! [RFC 9101 section 5.2]: https://www.rfc-editor.org/rfc/rfc9101#section-5.2
//! [OpenID Connect Core section 6.2]: https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};

use super::{RequestObject, RequestObjectUri};
use crate::client::{Client, PushPolicy};
use crate::error::ErrorCode;
use crate::jose::base64url;
use crate::outbound::{Document, Fetched, NotFetched, OutboundUri, max_age};
use crate::parameters::Parameters;
use crate::time::Timestamp;

/// How long an object is used again at most without asking, whatever is said of it.
const LONGEST: Duration = Duration::from_hours(1);

/// A reference to a request object, at an address that its client registered: having one is the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectReference(RequestObjectUri);

/// Why there is no request object to a reference. The client is told the code, and never what we met at the address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceRefused {
    /// The client must push its requests.
    #[error("the request refers to an object, and the client must push its requests")]
    NotPushed,
    /// The address is none that the client registered.
    #[error("request_uri {0:?} is none of the request_uris that the client registered")]
    Unregistered(String),
    /// There was no answer.
    #[error("the request_uri did not answer: {0}")]
    NoAnswer(String),
    /// The answer is no request object.
    #[error("there is no request object at the request_uri: {0}")]
    NotFetched(#[from] NotFetched),
    /// The answer is no text.
    #[error("there is no request object at the request_uri: the answer is no text")]
    NotText,
}

impl ReferenceRefused {
    /// The standard's code ([RFC 9101 section 7](https://www.rfc-editor.org/rfc/rfc9101#section-7)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NotPushed => ErrorCode::InvalidRequest,
            _ => ErrorCode::InvalidRequestUri,
        }
    }
}

impl ObjectReference {
    /// The one that `parameters` bring, if they bring one instead of an object and `client` registered any. The fragment says which
    /// version is meant, so it may be another one than the registered.
    pub fn of(parameters: &Parameters, client: &Client) -> Result<Option<Self>, ReferenceRefused> {
        let has_object = parameters.one("request").is_some() || parameters.is_repeated("request");
        let registered = &client.request_objects.uris;
        let Some(text) = parameters.one("request_uri").filter(|_| !has_object) else {
            return Ok(None);
        };
        if registered.is_empty() {
            return Ok(None);
        }
        if client.pushed_requests == PushPolicy::Required {
            return Err(ReferenceRefused::NotPushed);
        }
        text.parse::<RequestObjectUri>()
            .ok()
            .filter(|uri| registered.iter().any(|own| own.address() == uri.address()))
            .map(|uri| Some(Self(uri)))
            .ok_or_else(|| ReferenceRefused::Unregistered(text.chars().take(200).collect()))
    }

    /// Where it leads.
    pub const fn uri(&self) -> &RequestObjectUri {
        &self.0
    }
}

/// What was at a reference.
#[derive(Clone, Debug)]
pub struct Referred {
    address: OutboundUri,
    text: Arc<str>,
    /// What a fragment says that means this very text.
    hash: Arc<str>,
    fresh_until: Timestamp,
}

impl Referred {
    /// What was `fetched` from where `reference` leads.
    pub fn read(
        reference: &ObjectReference,
        fetched: &Fetched,
        now: Timestamp,
    ) -> Result<Self, ReferenceRefused> {
        let body = fetched.body_of(Document::RequestObject)?;
        let text = std::str::from_utf8(body).map_err(|_| ReferenceRefused::NotText)?;
        let age = max_age(fetched.cache_control.as_deref()).unwrap_or_default();
        Ok(Self {
            address: reference.uri().address().clone(),
            // Files end in a line break.
            text: text.trim_ascii().into(),
            hash: base64url::encode(digest(&SHA256, body)).into(),
            fresh_until: now.plus(age.min(LONGEST)),
        })
    }

    /// Whether it may be used for `reference` without asking again: as long as was said of it, and only where no version is meant, or this
    /// one by its hash ([OpenID Connect Core section 6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter)). Of
    /// any other fragment nobody knows yet what it will mean, and a stranger may have asked with it early.
    pub fn answers(&self, reference: &ObjectReference, now: Timestamp) -> bool {
        let uri = reference.uri();
        let is_meant = uri.fragment().is_none_or(|meant| meant == &*self.hash);
        is_meant && self.address == *uri.address() && now < self.fresh_until
    }

    /// The object, of which nothing is proven.
    pub fn object(&self) -> RequestObject<'_> {
        RequestObject { text: &self.text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::RequestObjects;
    use crate::testing::{NOW, client, parameters};

    const REGISTERED: &str = "https://wiki.example/request.jwt#one";

    fn wiki() -> Client {
        Client {
            request_objects: RequestObjects {
                uris: vec![REGISTERED.parse().unwrap()],
                ..RequestObjects::default()
            },
            ..client()
        }
    }

    fn referring(client: &Client, uri: &str) -> Result<Option<ObjectReference>, ReferenceRefused> {
        let example = [("client_id", "wiki"), ("request_uri", uri)];
        ObjectReference::of(&parameters(&example, &[]), client)
    }

    fn reference(uri: &str) -> ObjectReference {
        referring(&wiki(), uri).unwrap().unwrap()
    }

    /// F04, [RFC 9101 section 10.4.1](https://www.rfc-editor.org/rfc/rfc9101#section-10.4.1): nothing but what is registered is asked,
    /// whatever its fragment.
    #[test]
    fn an_address_is_registered_whatever_its_fragment_or_is_refused() {
        for uri in [
            REGISTERED,
            "https://wiki.example/request.jwt",
            "https://wiki.example/request.jwt#two",
        ] {
            assert_eq!(reference(uri).uri().to_string(), uri);
        }
        for uri in [
            "https://wiki.example/request.jwt?",
            "https://wiki.example/request.jwt/",
            "https://wiki.example/other.jwt",
            "https://WIKI.example/request.jwt",
            "https://wiki.example:443/request.jwt",
            "https://evil.example/request.jwt",
            "http://wiki.example/request.jwt",
            "urn:example:request",
        ] {
            let refused = referring(&wiki(), uri).unwrap_err();
            assert_eq!(refused, ReferenceRefused::Unregistered(uri.to_owned()));
            assert_eq!(refused.code(), ErrorCode::InvalidRequestUri);
        }
        let long = "x".repeat(1000);
        let refused = referring(&wiki(), &long).unwrap_err();
        assert_eq!(
            refused,
            ReferenceRefused::Unregistered(long[..200].to_owned())
        );
    }

    #[test]
    fn a_client_that_registered_no_address_or_brings_an_object_refers_to_nothing() {
        assert_eq!(referring(&client(), REGISTERED), Ok(None));
        let example = [("client_id", "wiki"), ("request_uri", REGISTERED)];
        for objects in [
            &[("request", "e30.e30.")][..],
            &[("request", "a"), ("request", "b")],
        ] {
            let both = parameters(&example, objects);
            assert_eq!(ObjectReference::of(&both, &wiki()), Ok(None));
        }
        let plain = parameters(&example[..1], &[]);
        assert_eq!(ObjectReference::of(&plain, &wiki()), Ok(None));
    }

    /// [RFC 9126 section 5](https://www.rfc-editor.org/rfc/rfc9126#section-5).
    #[test]
    fn of_a_client_that_must_push_nothing_is_asked() {
        let bank = Client {
            pushed_requests: PushPolicy::Required,
            ..wiki()
        };
        let refused = referring(&bank, REGISTERED).unwrap_err();
        assert_eq!(refused, ReferenceRefused::NotPushed);
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }

    fn read(cache_control: Option<&str>, body: &[u8]) -> Result<Referred, ReferenceRefused> {
        let fetched = Fetched {
            status: 200,
            content_type: Some("application/jwt".to_owned()),
            cache_control: cache_control.map(str::to_owned),
            body: body.to_vec(),
        };
        Referred::read(&reference(REGISTERED), &fetched, NOW)
    }

    /// [OpenID Connect Core section 6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter). The hash is that of
    /// `a.b.c`.
    #[test]
    fn an_object_is_used_again_as_long_as_is_said_of_it_where_no_other_version_may_be_meant() {
        let at_address = "https://wiki.example/request.jwt";
        let by_hash =
            "https://wiki.example/request.jwt#hF4wRIgJ4ryJWOsCW_x5UjXROwd6U9DDq70jhRcNybg";
        for (said, seconds) in [
            (None, 0),
            (Some("no-store"), 0),
            (Some("max-age=60"), 60),
            (Some("max-age=86400"), 3600),
        ] {
            let referred = read(said, b"a.b.c").unwrap();
            for (after, fresh) in [(0, seconds > 0), (seconds, false)] {
                let now = NOW.plus(Duration::from_secs(after));
                let answers = |uri: &str| referred.answers(&reference(uri), now);
                assert_eq!(answers(at_address), fresh, "{said:?} after {after}");
                assert_eq!(answers(by_hash), fresh, "{said:?} after {after}");
                assert!(!answers(REGISTERED), "{said:?}");
                assert!(!answers("https://wiki.example/request.jwt#"), "{said:?}");
            }
            if seconds > 0 {
                let last = NOW.plus(Duration::from_secs(seconds - 1));
                assert!(referred.answers(&reference(at_address), last), "{said:?}");
            }
        }
    }

    #[test]
    fn what_is_no_text_or_of_another_type_is_no_object() {
        assert_eq!(read(None, b" a.b.c\r\n").unwrap().object().text, "a.b.c");
        assert_eq!(read(None, b"\xff").unwrap_err(), ReferenceRefused::NotText);
        let page = Fetched {
            status: 200,
            content_type: Some("text/html".to_owned()),
            ..Fetched::default()
        };
        let refused = Referred::read(&reference(REGISTERED), &page, NOW).unwrap_err();
        assert_eq!(refused.code(), ErrorCode::InvalidRequestUri);
    }
}
