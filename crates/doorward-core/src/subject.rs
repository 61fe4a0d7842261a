//! What clients call End-Users
//! ([OpenID Connect Core section 8](https://openid.net/specs/openid-connect-core-1_0.html#SubjectIDTypes)).
//!
//! A public subject is the person's id, the same for every client. A pairwise one is the id, marked together with the client's sector
//! by a key that all nodes have: another for each sector, so that clients of two cannot tell that they know the same person. Nothing is stored
//! of it; when one comes back it is compared with that of whoever is here.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE;
use serde::{Deserialize, Serialize};
use url::Url;

use crate::client::Client;
use crate::identifiers::PersonId;
use crate::outbound::OutboundUri;
use crate::redirect_uri::RedirectUri;
use crate::seal::Authenticator;

/// `sub`, as one client knows it. A pairwise one ends in `=`, which no person's id and no `client_id` does.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SubjectIdentifier(String);

/// A text that is nobody's subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is neither a public nor a pairwise subject of ours")]
pub struct NoSubject;

impl From<PersonId> for SubjectIdentifier {
    /// The public one.
    fn from(person: PersonId) -> Self {
        Self(person.to_string())
    }
}

impl FromStr for SubjectIdentifier {
    type Err = NoSubject;

    fn from_str(text: &str) -> Result<Self, NoSubject> {
        let is_pairwise = || {
            BASE64_URL_SAFE
                .decode(text)
                .is_ok_and(|mark| mark.len() == 32)
        };
        if text.parse::<PersonId>().is_ok() || is_pairwise() {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoSubject)
        }
    }
}

impl TryFrom<String> for SubjectIdentifier {
    type Error = NoSubject;

    fn try_from(text: String) -> Result<Self, NoSubject> {
        text.parse()
    }
}

impl From<SubjectIdentifier> for String {
    fn from(subject: SubjectIdentifier) -> Self {
        subject.0
    }
}

impl fmt::Display for SubjectIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The types of subjects, as metadata lists them.
pub const SUBJECT_TYPES: [&str; 2] = ["public", "pairwise"];

/// The host that stands for all clients which know a person by the same pairwise subject
/// ([OpenID Connect Core section 8.1](https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sector(String);

/// Why a client has no sector.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSector {
    /// There is no redirect URI with a host.
    #[error("its redirect URIs have no host that could stand for it")]
    NoHost,
    /// There are several.
    #[error("its redirect URIs have several hosts, and nothing says which stands for it")]
    SeveralHosts,
    /// The address that says so is no `https` one.
    #[error("it is no address that begins with https://")]
    NotHttps,
}

impl Sector {
    /// The one host of a client's redirect URIs.
    pub fn of_redirect_uris(redirect_uris: &[RedirectUri]) -> Result<Self, NoSector> {
        let host = |uri: &RedirectUri| Url::parse(uri.as_str()).ok()?.host_str().map(str::to_owned);
        let mut hosts = redirect_uris.iter().map(host);
        let first = hosts.next().flatten().ok_or(NoSector::NoHost)?;
        if hosts.all(|host| host.as_ref() == Some(&first)) {
            Ok(Self(first))
        } else {
            Err(NoSector::SeveralHosts)
        }
    }

    /// The host of a `sector_identifier_uri` whose document was read.
    pub fn of_outbound_uri(uri: &OutboundUri) -> Option<Self> {
        uri.url().host_str().map(|host| Self(host.to_owned()))
    }

    /// The host of a `sector_identifier_uri` that an operator answers for.
    pub fn of_sector_identifier_uri(uri: &Url) -> Result<Self, NoSector> {
        match (uri.scheme(), uri.host_str()) {
            ("https", Some(host)) => Ok(Self(host.to_owned())),
            _ => Err(NoSector::NotHttps),
        }
    }
}

/// What makes the subjects of all clients.
#[derive(Debug)]
pub struct Subjects(Authenticator);

impl Subjects {
    /// Subjects that are marked so. They are the same wherever the key is.
    pub const fn new(authenticator: Authenticator) -> Self {
        Self(authenticator)
    }

    /// What `client` calls `person`.
    pub fn of(&self, person: PersonId, client: &Client) -> SubjectIdentifier {
        match &client.sector {
            None => person.into(),
            Some(Sector(host)) => {
                // No host has a zero byte, so that no two pairs are the same message.
                let message = [host.as_bytes(), &[0], person.as_bytes()].concat();
                SubjectIdentifier(BASE64_URL_SAFE.encode(self.0.mark(&message)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::identifiers::ClientId;
    use crate::seal::RootKey;
    use crate::testing::{FixedRandom, alice, client, subjects};

    const BOB: PersonId = PersonId::from_bytes([3; 16]);

    fn of_sector(host: &str) -> Client {
        let uri = Url::parse(&format!("https://{host}/sector.json")).unwrap();
        Client {
            sector: Some(Sector::of_sector_identifier_uri(&uri).unwrap()),
            ..client()
        }
    }

    /// P45. [OpenID Connect Core section 8.1](https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg)
    #[test]
    fn each_sector_knows_each_person_by_a_name_that_stays_and_says_nothing() {
        let (wiki, shop) = (of_sector("wiki.example"), of_sector("shop.example"));
        let names: BTreeSet<String> = [(&wiki, alice().id), (&wiki, BOB), (&shop, alice().id)]
            .map(|(client, person)| subjects().of(person, client).to_string())
            .into();
        assert_eq!(names.len(), 3);
        for name in &names {
            assert!(name.parse::<PersonId>().is_err(), "{name}");
            assert!(name.parse::<ClientId>().is_err(), "{name}");
            assert!(name.parse::<SubjectIdentifier>().is_ok(), "{name}");
        }
        let same = Client {
            client_id: "wiki-on-the-phone".parse().unwrap(),
            ..wiki.clone()
        };
        assert_eq!(
            subjects().of(BOB, &wiki),
            subjects().of(BOB, &same),
            "clients of one sector share it"
        );
        let key = RootKey::generate(&FixedRandom::default());
        let elsewhere = Subjects::new(key.authenticator("pairwise-subject"));
        assert_ne!(
            subjects().of(BOB, &wiki),
            elsewhere.of(BOB, &wiki),
            "the salt is secret"
        );
    }

    #[test]
    fn a_public_subject_is_the_persons_id() {
        let public = subjects().of(BOB, &client());
        assert_eq!(public.to_string(), BOB.to_string());
        assert_eq!(public, BOB.into());
    }

    /// P45. [OpenID Connect Core section 8.1](https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg)
    #[test]
    fn the_sector_is_the_one_host_of_the_redirect_uris() {
        let sector = |uris: &[&str]| {
            let uris: Vec<_> = uris.iter().map(|uri| uri.parse().unwrap()).collect();
            Sector::of_redirect_uris(&uris)
        };
        let wiki = Ok(Sector("wiki.example".to_owned()));
        for (uris, expected) in [
            (&["https://wiki.example/a"][..], wiki.clone()),
            (
                &["https://wiki.example/a", "https://wiki.example:8443/b"],
                wiki,
            ),
            (&[], Err(NoSector::NoHost)),
            (&["com.example.wiki:/cb"], Err(NoSector::NoHost)),
            (
                &["https://wiki.example/a", "https://www.wiki.example/a"],
                Err(NoSector::SeveralHosts),
            ),
            (
                &["https://wiki.example/a", "com.example.wiki:/cb"],
                Err(NoSector::SeveralHosts),
            ),
        ] {
            assert_eq!(sector(uris), expected, "{uris:?}");
        }
        let plain = Url::parse("http://wiki.example/").unwrap();
        let refused = Sector::of_sector_identifier_uri(&plain);
        assert_eq!(refused, Err(NoSector::NotHttps));
    }

    #[test]
    fn what_is_no_subject_is_told_apart() {
        for text in ["", "alice", "=", "d2lraQ==", "wiki", &"A".repeat(43)] {
            let refused = text.parse::<SubjectIdentifier>();
            assert_eq!(refused, Err(NoSubject), "{text}");
        }
    }
}
