//! Device Codes ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)).

use crate::authorization::ProofRefused;
use crate::client::Client;
use crate::device_authorization::{DeviceAnswer, DeviceAuthorization, DeviceCodeName};
use crate::error::ErrorCode;
use crate::grant::{Grant, GrantFallen};
use crate::identifiers::GrantId;
use crate::parameters::Parameters;
use crate::secret::{Secret, SecretKind};
use crate::time::Timestamp;
use crate::token::TokenRequestRefused;

/// A request to exchange a Device Code.
#[derive(Debug)]
pub struct DeviceCodeRequest {
    /// The code.
    pub device_code: Secret,
    code_verifier: Option<String>,
}

impl DeviceCodeRequest {
    pub(super) fn parse(form: &Parameters) -> Result<Self, TokenRequestRefused> {
        let device_code = form
            .one("device_code")
            .ok_or(TokenRequestRefused::Missing("device_code"))?;
        Ok(Self {
            device_code: Secret::parse(SecretKind::DeviceCode, device_code)
                .ok_or(TokenRequestRefused::Garbage("device code"))?,
            code_verifier: form.one("code_verifier").map(str::to_owned),
        })
    }
}

/// Why a Device Code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceCodeRefused {
    /// It never was, or its time was over long ago.
    #[error("the device code is unknown")]
    Unknown,
    /// It was made for another client.
    #[error("the device code was made for another client")]
    WrongClient,
    /// The proof key breaks a rule.
    #[error(transparent)]
    ProofKey(#[from] ProofRefused),
    /// Nobody has answered yet.
    #[error("nobody has answered yet")]
    Pending,
    /// Nobody has answered yet, and it was shown again too soon.
    #[error("nobody has answered yet, and the client asks too often")]
    TooFast,
    /// Nobody answered in time, or the answer was not fetched in time.
    #[error("the device code has expired")]
    Expired,
    /// Somebody said no.
    #[error("the person said no")]
    Denied,
    /// It was used before; everything that came of it is to be revoked.
    #[error("the device code was used before; its grant {0} is revoked")]
    Replayed(GrantId),
    /// What it stands for no longer holds.
    #[error(transparent)]
    Grant(#[from] GrantFallen),
    /// The session in which it was allowed is over.
    #[error("the session of the device code was ended meanwhile")]
    SessionOver,
}

impl DeviceCodeRefused {
    /// The standard's code ([RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Pending => ErrorCode::AuthorizationPending,
            Self::TooFast => ErrorCode::SlowDown,
            Self::Expired => ErrorCode::ExpiredToken,
            Self::Denied => ErrorCode::AccessDenied,
            _ => ErrorCode::InvalidGrant,
        }
    }
}

/// Whether `client` may have what was allowed, given what the store has.
///
/// That it is good for one exchange is not decided here: the grant is recorded once.
pub fn admit(
    request: &DeviceCodeRequest,
    stored: Option<DeviceAuthorization>,
    answer: Option<DeviceAnswer>,
    client: &Client,
    now: Timestamp,
) -> Result<Grant, DeviceCodeRefused> {
    let name = DeviceCodeName::of(&request.device_code);
    // The entry is found by the user code, to which another Device Code may lead.
    let stored = stored.filter(|stored| stored.device_code == name);
    let authorization = stored.ok_or(DeviceCodeRefused::Unknown)?;
    let asked = &authorization.request;
    if asked.client != client.client_id {
        return Err(DeviceCodeRefused::WrongClient);
    }
    if asked.client_created_at != client.created_at {
        return Err(GrantFallen::ClientRegisteredAnew.into());
    }
    asked.proof_key.prove(request.code_verifier.as_deref())?;
    match answer {
        Some(DeviceAnswer::Allowed(grant)) if now < authorization.collected_until() => Ok(*grant),
        Some(DeviceAnswer::Denied) => Err(DeviceCodeRefused::Denied),
        None if !authorization.is_over(now) => Err(DeviceCodeRefused::Pending),
        Some(DeviceAnswer::Allowed(_)) | None => Err(DeviceCodeRefused::Expired),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::device_authorization::{COLLECTION, DeviceRequest, LIFETIME};
    use crate::id_token::tests::grant;
    use crate::resource_server::ResourceServers;
    use crate::testing::{NOW, Pairs, client, parameters};

    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn secret(byte: u8) -> Secret {
        Secret::from_bytes(SecretKind::DeviceCode, &[byte; 32])
    }

    fn request(changes: Pairs<'_>) -> DeviceCodeRequest {
        let secret = secret(7);
        let example = [("device_code", secret.reveal())];
        DeviceCodeRequest::parse(&parameters(&example, changes)).unwrap()
    }

    fn waiting(changes: Pairs<'_>) -> DeviceAuthorization {
        let example = [("client_id", "wiki"), ("scope", "openid")];
        let asked = DeviceRequest::parse(
            &parameters(&example, changes),
            &client(),
            &ResourceServers::default(),
        )
        .unwrap();
        DeviceAuthorization::waiting(asked, &secret(7), NOW)
    }

    fn allowed() -> DeviceAnswer {
        DeviceAnswer::Allowed(Box::new(grant()))
    }

    fn after(
        answer: impl Into<Option<DeviceAnswer>>,
        span: Duration,
    ) -> Result<Grant, DeviceCodeRefused> {
        let stored = Some(waiting(&[]));
        admit(
            &request(&[]),
            stored,
            answer.into(),
            &client(),
            NOW.plus(span),
        )
    }

    /// [RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5).
    #[test]
    fn a_client_is_told_what_was_answered_and_when_it_is_too_late() {
        let (zero, moment) = (Duration::ZERO, Duration::from_millis(1));
        let denied = DeviceAnswer::Denied;
        assert_eq!(after(allowed(), zero), Ok(grant()));
        assert_eq!(after(denied.clone(), zero), Err(DeviceCodeRefused::Denied));
        assert_eq!(
            after(None, LIFETIME.checked_sub(moment).unwrap()),
            Err(DeviceCodeRefused::Pending)
        );
        assert_eq!(after(None, LIFETIME), Err(DeviceCodeRefused::Expired));
        assert_eq!(after(denied, LIFETIME), Err(DeviceCodeRefused::Denied));
        // Allowed at the last moment, it can still be fetched.
        assert_eq!(after(allowed(), LIFETIME), Ok(grant()));
        assert_eq!(
            after(allowed(), LIFETIME + COLLECTION),
            Err(DeviceCodeRefused::Expired)
        );
    }

    /// P22, P31.
    #[test]
    fn nobody_but_the_client_that_asked_gets_it() {
        let mut another = client();
        another.client_id = "another".parse().unwrap();
        let mut anew = client();
        anew.created_at = NOW.plus(Duration::from_secs(1));
        let of =
            |stored, client: &Client| admit(&request(&[]), stored, Some(allowed()), client, NOW);
        assert_eq!(
            of(Some(waiting(&[])), &another),
            Err(DeviceCodeRefused::WrongClient)
        );
        assert_eq!(
            of(Some(waiting(&[])), &anew),
            Err(GrantFallen::ClientRegisteredAnew.into())
        );
        assert_eq!(of(None, &client()), Err(DeviceCodeRefused::Unknown));
        let mut of_another_code = waiting(&[]);
        of_another_code.device_code = DeviceCodeName::of(&secret(8));
        assert_eq!(
            of(Some(of_another_code), &client()),
            Err(DeviceCodeRefused::Unknown)
        );
    }

    /// P09: a challenge that came must be met, and no verifier may come without one.
    #[test]
    fn a_proof_key_is_honoured_both_ways() {
        let challenge = [
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let with = |stored: Pairs<'_>, changes: Pairs<'_>| {
            let stored = Some(waiting(stored));
            admit(&request(changes), stored, Some(allowed()), &client(), NOW)
        };
        let verifier = [("code_verifier", VERIFIER)];
        assert_eq!(with(&challenge, &verifier), Ok(grant()));
        assert_eq!(
            with(&challenge, &[]),
            Err(ProofRefused::VerifierMissing.into())
        );
        assert_eq!(
            with(&[], &verifier),
            Err(ProofRefused::VerifierAlone.into())
        );
    }

    #[test]
    fn each_reason_has_the_standards_code() {
        use DeviceCodeRefused as R;
        for (reason, code) in [
            (R::Pending, "authorization_pending"),
            (R::TooFast, "slow_down"),
            (R::Denied, "access_denied"),
            (R::Expired, "expired_token"),
            (R::Unknown, "invalid_grant"),
            (R::WrongClient, "invalid_grant"),
            (R::Replayed(GrantId::from_bytes([1; 16])), "invalid_grant"),
            (R::SessionOver, "invalid_grant"),
        ] {
            assert_eq!(reason.code().as_str(), code);
        }
    }
}
