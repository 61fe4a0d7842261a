//! Authorization codes ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use serde::{Deserialize, Serialize};

use crate::authorization::{ProofKey, ProofRefused};
use crate::client::Client;
use crate::error::ErrorCode;
use crate::grant::{Grant, GrantFallen};
use crate::identifiers::GrantId;
use crate::jose::Thumbprint;
use crate::parameters::Parameters;
use crate::secret::{Secret, SecretKind};
use crate::time::Timestamp;
use crate::token::TokenRequestRefused;

/// What a code stands for, as the session store keeps it.
///
/// The grant is not in the directory yet: it is recorded there when the code is redeemed, and since a grant is recorded
/// once, a code is redeemed at most once, whatever becomes of the session store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// What was allowed.
    pub grant: Grant,
    /// When its client was registered: one that gets the name later is another one.
    pub client_created_at: Timestamp,
    /// The `redirect_uri` of the authorization request.
    pub redirect_uri: String,
    /// What binds the code to the one who asked for it.
    pub proof_key: ProofKey,
    /// The key that must come with the code
    /// ([RFC 9449 section 10](https://www.rfc-editor.org/rfc/rfc9449#section-10)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dpop_jkt: Option<Thumbprint>,
    /// Echoed in the ID Token.
    pub nonce: Option<String>,
    /// When the code stops working.
    pub expires_at: Timestamp,
}

/// A request to exchange a code.
#[derive(Debug)]
pub struct CodeRequest {
    /// The code.
    pub code: Secret,
    redirect_uri: String,
    code_verifier: Option<String>,
}

impl CodeRequest {
    pub(super) fn parse(form: &Parameters) -> Result<Self, TokenRequestRefused> {
        let code = form
            .one("code")
            .ok_or(TokenRequestRefused::Missing("code"))?;
        // The authorization request always has one here, so the token request always repeats it.
        let redirect_uri = form
            .one("redirect_uri")
            .ok_or(TokenRequestRefused::Missing("redirect_uri"))?;
        Ok(Self {
            code: Secret::parse(SecretKind::AuthorizationCode, code)
                .ok_or(TokenRequestRefused::Garbage("code"))?,
            redirect_uri: redirect_uri.to_owned(),
            code_verifier: form.one("code_verifier").map(str::to_owned),
        })
    }
}

/// Why a code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeRefused {
    /// It never was, or its time was over long ago.
    #[error("the code is unknown")]
    Unknown,
    /// It was used before; everything that came of it is to be revoked.
    #[error("the code was used before; its grant {0} is revoked")]
    Replayed(GrantId),
    /// Its time is over.
    #[error("the code has expired")]
    Expired,
    /// It was made for another client.
    #[error("the code was made for another client")]
    WrongClient,
    /// The redirect URI is not the authorization request's.
    #[error("redirect_uri is not the one of the authorization request")]
    WrongRedirectUri,
    /// The proof key breaks a rule.
    #[error(transparent)]
    ProofKey(#[from] ProofRefused),
    /// It is bound to a key, and whoever shows it did not prove that they hold that.
    #[error("the code is bound to the key of dpop_jkt, and the request proves another or none")]
    WrongKey,
    /// What it stands for no longer holds.
    #[error(transparent)]
    Grant(#[from] GrantFallen),
    /// The session in which it was allowed is over.
    #[error("the session of the code was ended meanwhile")]
    SessionOver,
}

impl CodeRefused {
    /// The standard's code; the client learns no more ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidGrant
    }
}

impl AuthorizationCode {
    /// Whether `client` may have what this stands for.
    pub fn admits(
        &self,
        request: &CodeRequest,
        client: &Client,
        now: Timestamp,
    ) -> Result<(), CodeRefused> {
        if now >= self.expires_at {
            return Err(CodeRefused::Expired);
        }
        if self.grant.client != client.client_id {
            return Err(CodeRefused::WrongClient);
        }
        if self.client_created_at != client.created_at {
            return Err(GrantFallen::ClientRegisteredAnew.into());
        }
        if self.redirect_uri != request.redirect_uri {
            return Err(CodeRefused::WrongRedirectUri);
        }
        self.proof_key.prove(request.code_verifier.as_deref())?;
        Ok(())
    }

    /// Whether whoever proved to hold `key`, or none, may have what this stands for
    /// ([RFC 9449 section 10](https://www.rfc-editor.org/rfc/rfc9449#section-10)).
    pub fn is_held_by(&self, key: Option<&Thumbprint>) -> Result<(), CodeRefused> {
        match &self.dpop_jkt {
            Some(bound) if key != Some(bound) => Err(CodeRefused::WrongKey),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::id_token::tests::grant;
    use crate::testing::{NOW, Pairs, client, parameters};

    /// The example of [RFC 7636 appendix B](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const PROOF_KEY: &str = r#"{"challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}"#;
    const CALLBACK: &str = "https://wiki.example/callback";

    fn good() -> AuthorizationCode {
        AuthorizationCode {
            grant: grant(),
            client_created_at: client().created_at,
            redirect_uri: CALLBACK.to_owned(),
            proof_key: serde_json::from_str(PROOF_KEY).unwrap(),
            dpop_jkt: None,
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
            expires_at: NOW.plus(Duration::from_mins(1)),
        }
    }

    fn secret(kind: SecretKind) -> String {
        Secret::from_bytes(kind, &[7; 32]).reveal().to_owned()
    }

    fn request(changes: Pairs<'_>) -> Result<CodeRequest, TokenRequestRefused> {
        let code = secret(SecretKind::AuthorizationCode);
        let example = [
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        CodeRequest::parse(&parameters(&example, changes))
    }

    fn judged(code: &AuthorizationCode, changes: Pairs<'_>) -> Result<(), CodeRefused> {
        code.admits(&request(changes).unwrap(), &client(), NOW)
    }

    #[test]
    fn a_request_has_a_code_of_ours_and_its_redirect_uri() {
        assert!(request(&[]).is_ok());
        let refresh_token = secret(SecretKind::RefreshToken);
        for (change, reason) in [
            (("code", ""), TokenRequestRefused::Missing("code")),
            (
                ("redirect_uri", ""),
                TokenRequestRefused::Missing("redirect_uri"),
            ),
            (("code", "garbage"), TokenRequestRefused::Garbage("code")),
            (
                ("code", &refresh_token),
                TokenRequestRefused::Garbage("code"),
            ),
        ] {
            assert_eq!(request(&[change]).unwrap_err(), reason, "{change:?}");
        }
    }

    #[test]
    fn a_code_works_as_it_was_made() {
        assert_eq!(judged(&good(), &[]), Ok(()));
    }

    /// [RFC 9449 section 10](https://www.rfc-editor.org/rfc/rfc9449#section-10).
    #[test]
    fn a_code_that_is_bound_to_a_key_works_with_that_key_alone() {
        let key: Thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"
            .parse()
            .unwrap();
        let other: Thumbprint = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"
            .parse()
            .unwrap();
        let mut code = good();
        for any in [None, Some(&key), Some(&other)] {
            assert_eq!(code.is_held_by(any), Ok(()));
        }
        code.dpop_jkt = Some(key.clone());
        assert_eq!(code.is_held_by(Some(&key)), Ok(()));
        for wrong in [None, Some(&other)] {
            assert_eq!(code.is_held_by(wrong), Err(CodeRefused::WrongKey));
        }
    }

    /// P22: any one that is wrong is enough.
    #[test]
    fn each_broken_rule_has_its_reason_and_the_client_learns_none_of_them() {
        let changed = |change: fn(&mut AuthorizationCode)| {
            let mut code = good();
            change(&mut code);
            code
        };
        let unbound = || changed(|code| code.proof_key = ProofKey::Absent);
        let wrong = "x".repeat(43);
        let table: [(AuthorizationCode, Pairs<'_>, CodeRefused); 10] = [
            (
                changed(|code| code.expires_at = NOW),
                &[],
                CodeRefused::Expired,
            ),
            (
                changed(|code| code.grant.client = "payroll".parse().unwrap()),
                &[],
                CodeRefused::WrongClient,
            ),
            (
                changed(|code| code.client_created_at = NOW.plus(Duration::from_millis(1))),
                &[],
                CodeRefused::Grant(GrantFallen::ClientRegisteredAnew),
            ),
            (
                changed(|_| ()),
                &[("redirect_uri", "https://wiki.example/callback?")],
                CodeRefused::WrongRedirectUri,
            ),
            (
                changed(|_| ()),
                &[("redirect_uri", "https://wiki.example/Callback")],
                CodeRefused::WrongRedirectUri,
            ),
            (
                changed(|_| ()),
                &[("code_verifier", "")],
                CodeRefused::ProofKey(ProofRefused::VerifierMissing),
            ),
            (
                changed(|_| ()),
                &[("code_verifier", &wrong)],
                CodeRefused::ProofKey(ProofRefused::Mismatch),
            ),
            (
                changed(|_| ()),
                &[("code_verifier", "short")],
                CodeRefused::ProofKey(ProofRefused::VerifierMalformed),
            ),
            (
                unbound(),
                &[],
                CodeRefused::ProofKey(ProofRefused::VerifierAlone),
            ),
            // Whoever has no right to the code does not learn whether the rest was right.
            (
                changed(|code| code.grant.client = "payroll".parse().unwrap()),
                &[
                    ("redirect_uri", "https://evil.example"),
                    ("code_verifier", ""),
                ],
                CodeRefused::WrongClient,
            ),
        ];
        for (row, (code, changes, reason)) in table.into_iter().enumerate() {
            let refused = judged(&code, changes).unwrap_err();
            assert_eq!(refused, reason, "row {row}");
            assert_eq!(refused.code(), ErrorCode::InvalidGrant, "row {row}");
        }
        assert!(judged(&unbound(), &[("code_verifier", "")]).is_ok());
    }
}
