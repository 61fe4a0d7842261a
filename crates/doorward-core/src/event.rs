//! Security events: what the provider did or refused, and why. One enum, so that they can be listed.
//!
//! No variant holds a secret, and none can: secrets have no `Serialize`.

mod class;
mod extent;

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::api_token::Cause;
use crate::assertion_issuer::AssertionIssuerName;
use crate::backchannel_logout::DeliveryStatus;
use crate::identifiers::{ApiTokenId, ClientId, EventId, GrantId, Malformed, PersonId, SessionId};
use crate::jose::Algorithm;
use crate::keys::Stage;
use crate::random::Random;
use crate::scope::Scope;
use crate::time::Timestamp;

pub use class::EventClass;
pub use extent::Extent;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRecord {
    /// Its name; sorts by time.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// The reference of the request it happened in; none for what the command line did.
    pub reference: Option<Reference>,
    /// What.
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// Somebody proved who they are.
    SignedIn {
        /// Who.
        person: PersonId,
        /// The browser's session.
        session: SessionId,
        /// The client they were on the way to.
        #[serde(skip_serializing_if = "Option::is_none")]
        client: Option<ClientId>,
    },
    /// A session ended.
    SignedOut {
        /// Whose.
        person: PersonId,
        /// Which.
        session: SessionId,
    },
    /// Somebody who is signed in came to a site.
    SiteEntered {
        /// Who.
        person: PersonId,
        /// The browser's session at the provider.
        session: SessionId,
        /// The host of the site.
        site: String,
    },
    /// A client was allowed to learn who somebody is.
    Authorized {
        /// Who.
        person: PersonId,
        /// The client.
        client: ClientId,
        /// The grant that came of it.
        grant: GrantId,
        /// What was allowed.
        #[serde(flatten)]
        extent: Extent,
    },
    /// A person allowed a client what it asked for.
    ConsentGiven {
        /// Who.
        person: PersonId,
        /// The client.
        client: ClientId,
        /// What was allowed.
        #[serde(flatten)]
        extent: Extent,
    },
    /// Somebody allowed a device to act for them.
    DeviceAuthorized {
        /// Who.
        person: PersonId,
        /// The device's client.
        client: ClientId,
        /// The grant that came of it.
        grant: GrantId,
        /// What was allowed.
        #[serde(flatten)]
        extent: Extent,
    },
    /// Somebody said no to a device.
    DeviceDenied {
        /// Who.
        person: PersonId,
        /// The device's client.
        client: ClientId,
    },
    /// A code was exchanged for tokens.
    TokensIssued {
        /// The client.
        client: ClientId,
        /// The grant.
        grant: GrantId,
    },
    /// A refresh token was exchanged for its successor.
    TokensRefreshed {
        /// The client.
        client: ClientId,
        /// The grant.
        grant: GrantId,
    },
    /// A client got a token for itself.
    ClientTokenIssued {
        /// The client.
        client: ClientId,
        /// What the token opens.
        scope: Scope,
    },
    /// A client got a token in exchange for another one.
    TokenExchanged {
        /// The client.
        client: ClientId,
        /// For whom both tokens speak: a person, or a client.
        subject: String,
        /// Who acts for them, if the new token says so.
        #[serde(skip_serializing_if = "Option::is_none")]
        actor: Option<String>,
        /// The resource server that the new token is for.
        target: String,
        /// What it opens there.
        scope: Scope,
    },
    /// A client got a token for the word of an assertion issuer.
    AssertionAccepted {
        /// The client.
        client: ClientId,
        /// The assertion issuer, by the name that operators call it.
        issuer: AssertionIssuerName,
        /// For whom the token speaks: a person, or the client.
        subject: String,
        /// The resource server that it is for.
        target: String,
        /// What it opens there.
        scope: Scope,
    },
    /// A client registered itself, or changed or removed its registration.
    ClientRegistration {
        /// The client.
        client: ClientId,
        /// What it did.
        change: RegistrationChange,
    },
    /// A client gave an access token back before it expired.
    AccessTokenRevoked {
        /// The client.
        client: ClientId,
    },
    /// An API token was made, or changed.
    ApiTokenChanged {
        /// The token.
        token: ApiTokenId,
        /// What its owner calls it.
        name: String,
        /// Who answers for it.
        owner: String,
        /// What happened to it.
        #[serde(flatten)]
        change: ApiTokenChange,
    },
    /// An API token was shown and does not work.
    ApiTokenRefused {
        /// The token; absent when there is none of that form.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<ApiTokenId>,
        /// Exactly why.
        reason: String,
        /// From where it was shown, if whoever checked it knew.
        #[serde(skip_serializing_if = "Option::is_none")]
        address: Option<IpAddr>,
    },
    /// Something in the use of an API token is worth a look.
    ApiTokenSignalled {
        /// The token.
        token: ApiTokenId,
        /// What its owner calls it.
        name: String,
        /// Who answers for it.
        owner: String,
        /// What kind of thing it is.
        signal: String,
        /// What was seen, in words and with its figures.
        words: String,
        /// What follows.
        reaction: String,
    },
    /// A grant was revoked, and every token that came from it.
    GrantRevoked {
        /// The grant.
        grant: GrantId,
        /// Why.
        cause: RevocationCause,
    },
    /// A client was told that a session is over.
    LogoutDelivered {
        /// The client.
        client: ClientId,
        /// The session.
        session: SessionId,
    },
    /// A client could not be told that a session is over.
    LogoutUndelivered {
        /// The client.
        client: ClientId,
        /// The session.
        session: SessionId,
        /// Why not.
        reason: String,
        /// Whether it is tried again.
        status: DeliveryStatus,
    },
    /// A request was refused.
    Refused {
        /// Where, such as `authorization` or `token`.
        endpoint: String,
        /// The standard's error code, or the page's.
        error: String,
        /// Exactly why, for operators; never sent to a client.
        reason: String,
        /// The client, when one was named.
        #[serde(skip_serializing_if = "Option::is_none")]
        client: Option<String>,
    },
    /// A request failed for a reason of ours.
    Failed {
        /// Where.
        endpoint: String,
        /// What went wrong.
        reason: String,
    },
    /// A signing key comes to another stage of its life.
    SigningKeyChanged {
        /// Its name.
        kid: String,
        /// The algorithm it signs with.
        algorithm: Algorithm,
        /// The stage.
        stage: Stage,
        /// When it comes to it.
        at: Timestamp,
        /// Applications that were not seen to know it, though it waited for them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        unknown_to: Vec<String>,
    },
    /// An operator changed something at the command line.
    Administered {
        /// What was done, such as `user add`.
        action: String,
        /// To whom or what.
        target: String,
    },
}

/// What happened to an API token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum ApiTokenChange {
    /// It was made.
    Created {
        /// What it may do.
        scope: Scope,
    },
    /// It has another secret.
    Rotated,
    /// It works no more, until somebody resumes it.
    Suspended {
        /// Why.
        because: Cause,
    },
    /// It works again.
    Resumed,
    /// It never works again.
    Revoked {
        /// Why.
        because: Cause,
    },
}

/// What a client did with its registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RegistrationChange {
    /// It registered.
    Registered,
    /// It changed what it is registered with.
    Updated,
    /// It removed itself.
    Removed,
    /// It was removed, since nobody used it.
    Expired,
}

/// Why a grant was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RevocationCause {
    /// Its code was used twice.
    CodeReplayed,
    /// One of its refresh tokens was used twice.
    RefreshTokenReused,
    /// The session it hung on ended.
    SignedOut,
    /// An operator ended it.
    Operator,
    /// The client gave its refresh token back.
    Client,
}

impl Event {
    /// The name in logs, such as `signed_in`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::SignedIn { .. } => "signed_in",
            Self::SignedOut { .. } => "signed_out",
            Self::SiteEntered { .. } => "site_entered",
            Self::Authorized { .. } => "authorized",
            Self::ConsentGiven { .. } => "consent_given",
            Self::DeviceAuthorized { .. } => "device_authorized",
            Self::DeviceDenied { .. } => "device_denied",
            Self::TokensIssued { .. } => "tokens_issued",
            Self::TokensRefreshed { .. } => "tokens_refreshed",
            Self::ClientTokenIssued { .. } => "client_token_issued",
            Self::TokenExchanged { .. } => "token_exchanged",
            Self::AssertionAccepted { .. } => "assertion_accepted",
            Self::ClientRegistration { change, .. } => change.event(),
            Self::AccessTokenRevoked { .. } => "access_token_revoked",
            Self::ApiTokenChanged { change, .. } => change.event(),
            Self::ApiTokenRefused { .. } => "api_token_refused",
            Self::ApiTokenSignalled { .. } => "api_token_signalled",
            Self::GrantRevoked { .. } => "grant_revoked",
            Self::LogoutDelivered { .. } => "logout_delivered",
            Self::LogoutUndelivered { .. } => "logout_undelivered",
            Self::Refused { .. } => "refused",
            Self::Failed { .. } => "failed",
            Self::SigningKeyChanged { .. } => "signing_key_changed",
            Self::Administered { .. } => "administered",
        }
    }
}

impl ApiTokenChange {
    const fn event(&self) -> &'static str {
        match self {
            Self::Created { .. } => "api_token_created",
            Self::Rotated => "api_token_rotated",
            Self::Suspended { .. } => "api_token_suspended",
            Self::Resumed => "api_token_resumed",
            Self::Revoked { .. } => "api_token_revoked",
        }
    }
}

impl RegistrationChange {
    const fn event(self) -> &'static str {
        match self {
            Self::Registered => "client_registered",
            Self::Updated => "client_updated",
            Self::Removed => "client_removed",
            Self::Expired => "client_expired",
        }
    }
}

/// What a person reads to an operator, who then finds out why: ten letters and digits, such as `K7QX2-M4PTR`.
///
/// It names one request; [Crockford's alphabet](https://www.crockford.com/base32.html) leaves out
/// the letters that are mistaken for others, and reading forgives them.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Reference([u8; 10]);

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl Reference {
    /// A new one, of 50 random bits.
    pub fn generate(random: &dyn Random) -> Self {
        Self(random.bytes().map(|byte: u8| {
            ALPHABET
                .get(usize::from(byte & 31))
                .copied()
                .unwrap_or(b'0')
        }))
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, byte) in self.0.iter().enumerate() {
            if at == 5 {
                f.write_str("-")?;
            }
            write!(f, "{}", char::from(*byte))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Reference {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed {
            expected: "a reference like K7QX2-M4PTR",
        };
        let read: Vec<u8> = text
            .trim()
            .bytes()
            .filter(|byte| !matches!(byte, b'-' | b' '))
            .map(|byte| match byte.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            })
            .collect();
        if read.iter().all(|byte| ALPHABET.contains(byte)) {
            read.try_into().map(Self).map_err(|_| malformed)
        } else {
            Err(malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedRandom;

    #[test]
    fn a_reference_survives_being_read_aloud() {
        let reference = Reference::generate(&FixedRandom::default());
        let text = reference.to_string();
        assert_eq!(text.len(), 11);
        for spoken in [
            text.clone(),
            text.to_lowercase(),
            text.replace('-', ""),
            text.replace('0', "O").replace('1', "l"),
        ] {
            assert_eq!(spoken.parse(), Ok(reference), "{spoken}");
        }
        for bad in ["", "K7QX2", "K7QX2-M4PTRX", "K7QX2-M4PT!", "K7QX2-M4PTU"] {
            assert!(bad.parse::<Reference>().is_err(), "{bad}");
        }
    }
}
