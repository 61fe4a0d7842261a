//! Recognisable random secrets: `dw_<kind>_<random><checksum>`.
//!
//! Every secret that Doorward makes and hands out has this form, so that garbage is dropped
//! without a look-up and secret scanners find leaks by one pattern ([`PATTERN`]). Only the
//! SHA-256 of a secret is ever stored: it carries 160 bits or more, so a slow hash would add nothing.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::base62;
use crate::random::Random;

/// The regular expression that finds every secret of Doorward's in a text.
pub const PATTERN: &str =
    "dw_(ac|rt|at|ra|ia|cs|ix|bs|par|dc|se|ss|pat|sat|key)_[0-9A-Za-z]{33,81}";

/// What a secret is for; its short name stands in the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecretKind {
    /// `ac`: an Authorization Code.
    AuthorizationCode,
    /// `rt`: a Refresh Token.
    RefreshToken,
    /// `at`: an Access Token that says nothing itself.
    AccessToken,
    /// `ra`: a Registration Access Token.
    RegistrationAccessToken,
    /// `ia`: an Initial Access Token.
    InitialAccessToken,
    /// `cs`: a client secret.
    ClientSecret,
    /// `ix`: names an interaction, a request to authorize that waits for its End-User.
    Interaction,
    /// `bs`: binds an interaction to the browser that began it.
    BrowserBinding,
    /// `par`: stands in a `request_uri` for a pushed authorization request.
    PushedRequest,
    /// `dc`: a Device Code.
    DeviceCode,
    /// A code that lets a browser in at a site, once.
    SiteEntry,
    /// The name of a browser's session at a site.
    SiteSession,
    /// `pat`: a personal access token.
    PersonalAccessToken,
    /// `sat`: a token of a service account.
    ServiceAccountToken,
    /// `key`: an API key.
    ApiKey,
}

impl SecretKind {
    const fn name(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "ac",
            Self::RefreshToken => "rt",
            Self::AccessToken => "at",
            Self::RegistrationAccessToken => "ra",
            Self::InitialAccessToken => "ia",
            Self::ClientSecret => "cs",
            Self::Interaction => "ix",
            Self::BrowserBinding => "bs",
            Self::PushedRequest => "par",
            Self::DeviceCode => "dc",
            Self::SiteEntry => "se",
            Self::SiteSession => "ss",
            Self::PersonalAccessToken => "pat",
            Self::ServiceAccountToken => "sat",
            Self::ApiKey => "key",
        }
    }
}

/// A secret in the clear. It has no `Display` and no `Serialize`; [`Secret::reveal`] is the one way to its text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret {
    text: Zeroizing<String>,
}

impl Secret {
    /// A new secret of 256 random bits.
    pub fn generate(kind: SecretKind, random: &dyn Random) -> Self {
        Self::from_bytes(kind, &random.bytes::<32>())
    }

    /// The secret whose random part is `bytes`.
    pub fn from_bytes(kind: SecretKind, bytes: &[u8]) -> Self {
        let mut text = format!("dw_{}_{}", kind.name(), base62::encode(bytes));
        let checksum = crc32fast::hash(text.as_bytes());
        text.push_str(&base62::encode(&checksum.to_be_bytes()));
        Self {
            text: Zeroizing::new(text),
        }
    }

    /// Reads a secret of one kind, or `None` for anything that was never one.
    pub fn parse(kind: SecretKind, text: &str) -> Option<Self> {
        Self::parse_with_bytes(kind, text).map(|(secret, _)| secret)
    }

    /// The same, with its random part.
    pub(crate) fn parse_with_bytes(
        kind: SecretKind,
        text: &str,
    ) -> Option<(Self, Zeroizing<Vec<u8>>)> {
        let bytes = Self::parse_bytes(kind, text)?;
        let text = Zeroizing::new(text.to_owned());
        Some((Self { text }, bytes))
    }

    /// Reads the random part of a secret of one kind, or `None` for anything that was never one.
    pub fn parse_bytes(kind: SecretKind, text: &str) -> Option<Zeroizing<Vec<u8>>> {
        if text.len() > 128 || !text.is_ascii() {
            return None;
        }
        let body = text
            .strip_prefix("dw_")?
            .strip_prefix(kind.name())?
            .strip_prefix('_')?;
        let (random, checksum) = body.split_at_checked(body.len().checked_sub(CHECKSUM_DIGITS)?)?;
        let covered = text.get(..text.len() - CHECKSUM_DIGITS)?;
        let expected = crc32fast::hash(covered.as_bytes()).to_be_bytes();
        if base62::decode(checksum)?.as_slice() != expected {
            return None;
        }
        base62::decode(random).map(Zeroizing::new)
    }

    /// The text, to be sent to the one who may know it.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The hash under which it is stored.
    pub fn hash(&self) -> SecretHash {
        SecretHash::of(self.reveal())
    }
}

/// Base62 digits of a CRC-32.
const CHECKSUM_DIGITS: usize = 6;

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// The SHA-256 of a secret; all that is ever stored of one. Compared in constant time.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretHash([u8; 32]);

impl SecretHash {
    /// The hash of `secret`.
    pub fn of(secret: &str) -> Self {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, secret.as_bytes()).as_ref());
        Self(hash)
    }

    /// The hash with these bytes, as a store keeps them.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for a store.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `secret` is the one that was hashed.
    pub fn matches(&self, secret: &str) -> bool {
        *self == Self::of(secret)
    }
}

impl PartialEq for SecretHash {
    fn eq(&self, other: &Self) -> bool {
        verify_slices_are_equal(&self.0, &other.0).is_ok()
    }
}

impl Eq for SecretHash {}

impl fmt::Debug for SecretHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretHash(..)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::testing::FixedRandom;

    #[test]
    fn a_secret_reads_back_and_only_as_its_kind() {
        let secret = Secret::generate(SecretKind::RefreshToken, &FixedRandom::default());
        let text = secret.reveal();
        assert!(text.starts_with("dw_rt_"), "{text}");
        assert!(Secret::parse(SecretKind::RefreshToken, text).unwrap() == secret);
        assert!(Secret::parse(SecretKind::ClientSecret, text).is_none());
    }

    /// P29: made by the server.
    /// P37: there is nothing in it to read.
    #[test]
    fn a_secret_has_256_random_bits_and_no_two_are_the_same() {
        let random = FixedRandom::default();
        let one = Secret::generate(SecretKind::ClientSecret, &random);
        let other = Secret::generate(SecretKind::ClientSecret, &random);
        assert_ne!(one.reveal(), other.reveal());
        let bytes = Secret::parse_bytes(SecretKind::ClientSecret, one.reveal());
        assert_eq!(bytes.map(|bytes| bytes.len()), Some(32));
    }

    #[test]
    fn no_secret_can_be_printed() {
        let secret = Secret::generate(SecretKind::ClientSecret, &FixedRandom::default());
        assert_eq!(
            format!("{secret:?} {:?}", secret.hash()),
            "Secret(..) SecretHash(..)"
        );
    }

    /// P37: every character counts.
    #[test]
    fn one_changed_character_is_noticed() {
        let secret = Secret::generate(SecretKind::ClientSecret, &FixedRandom::default());
        for at in 0..secret.reveal().len() {
            let mut changed = secret.reveal().as_bytes().to_vec();
            changed[at] = if changed[at] == b'7' { b'8' } else { b'7' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(
                Secret::parse(SecretKind::ClientSecret, &changed).is_none(),
                "{changed}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_bytes_read_back(bytes in prop::collection::vec(any::<u8>(), 20..48)) {
            let secret = Secret::from_bytes(SecretKind::RefreshToken, &bytes);
            let read = Secret::parse_bytes(SecretKind::RefreshToken, secret.reveal());
            prop_assert_eq!(read.map(|read| read.to_vec()), Some(bytes));
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,200}") {
            let _ = Secret::parse(SecretKind::ClientSecret, &text);
            let _ = Secret::parse(SecretKind::ClientSecret, &format!("dw_cs_{text}"));
        }
    }
}
