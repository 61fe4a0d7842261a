//! Authorization codes ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use serde::{Deserialize, Serialize};

use crate::authorization::{ProofKey, ProofRefused};
use crate::error::ErrorCode;
use crate::grant::GrantFallen;
use crate::identifiers::{ClientId, GrantId};
use crate::parameters::Parameters;
use crate::random::Random;
use crate::secret::{Secret, SecretKind};
use crate::time::Timestamp;
use crate::token::TokenRequestRefused;

/// What a code stands for, as the session store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationCode {
    /// What was allowed.
    pub grant: GrantId,
    /// To whom.
    pub client: ClientId,
    /// The `redirect_uri` of the authorization request.
    pub redirect_uri: String,
    /// What binds the code to the one who asked for it.
    pub proof_key: ProofKey,
    /// Echoed in the ID Token.
    pub nonce: Option<String>,
    /// When the code stops working.
    pub expires_at: Timestamp,
}

/// What the store knows of a code. A code is `Fresh` at most once, whoever asks and however often.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed<C = AuthorizationCode> {
    /// It was never used before.
    Fresh(C),
    /// It was used before, and stood for this grant.
    Replayed(GrantId),
    /// It never was, or its time is over.
    Unknown,
}

impl<C> Redeemed<C> {
    /// What the code stood for, if it was never used before.
    pub fn fresh(self) -> Result<C, CodeRefused> {
        match self {
            Self::Fresh(code) => Ok(code),
            Self::Replayed(grant) => Err(CodeRefused::Replayed(grant)),
            Self::Unknown => Err(CodeRefused::Unknown),
        }
    }
}

/// A new code for a grant. It names the grant, so that one step of the store can spend it and remember what for.
pub fn generate(grant: GrantId, random: &dyn Random) -> Secret {
    let secret = random.bytes::<32>();
    Secret::from_bytes(
        SecretKind::AuthorizationCode,
        &[&grant.as_bytes()[..], &secret].concat(),
    )
}

/// A code as a client showed it: well-formed, and not yet known to live.
#[derive(Debug)]
pub struct PresentedCode {
    /// The grant it names.
    pub grant: GrantId,
    /// All of it.
    pub secret: Secret,
}

impl PresentedCode {
    /// Reads a code; `None` for anything that was never one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Secret::parse_bytes(SecretKind::AuthorizationCode, text)?;
        let (grant, random) = bytes.split_first_chunk::<16>()?;
        (random.len() == 32).then_some(())?;
        let secret = Secret::parse(SecretKind::AuthorizationCode, text)?;
        Some(Self {
            grant: GrantId::from_bytes(*grant),
            secret,
        })
    }
}

/// A request to exchange a code.
#[derive(Debug)]
pub struct CodeRequest {
    /// The code.
    pub code: PresentedCode,
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
            code: PresentedCode::parse(code).ok_or(TokenRequestRefused::Garbage("code"))?,
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
    /// What it stands for no longer holds.
    #[error(transparent)]
    Grant(#[from] GrantFallen),
    /// What it stands for is not in the directory any more.
    #[error("the grant of the code is gone")]
    GrantGone,
}

impl CodeRefused {
    /// The standard's code; the client learns no more ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidGrant
    }
}

/// Exchanges a code, which the store has redeemed in one step, for what it stands for.
pub fn exchange(
    redeemed: Redeemed,
    request: &CodeRequest,
    client: &ClientId,
    now: Timestamp,
) -> Result<AuthorizationCode, CodeRefused> {
    let code = redeemed.fresh()?;
    if now >= code.expires_at {
        return Err(CodeRefused::Expired);
    }
    if code.client != *client {
        return Err(CodeRefused::WrongClient);
    }
    if code.redirect_uri != request.redirect_uri {
        return Err(CodeRefused::WrongRedirectUri);
    }
    code.proof_key.prove(request.code_verifier.as_deref())?;
    Ok(code)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::testing::{FixedRandom, NOW, Pairs, parameters};

    /// The example of [RFC 7636 appendix B](https://www.rfc-editor.org/rfc/rfc7636#appendix-B).
    const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    const PROOF_KEY: &str = r#"{"challenge":"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}"#;
    const CALLBACK: &str = "https://wiki.example/callback";
    const GRANT: GrantId = GrantId::from_bytes([1; 16]);

    fn good() -> AuthorizationCode {
        AuthorizationCode {
            grant: GRANT,
            client: "wiki".parse().unwrap(),
            redirect_uri: CALLBACK.to_owned(),
            proof_key: serde_json::from_str(PROOF_KEY).unwrap(),
            nonce: Some("n-0S6_WzA2Mj".to_owned()),
            expires_at: NOW.plus(Duration::from_mins(1)),
        }
    }

    fn code() -> Secret {
        generate(GRANT, &FixedRandom::default())
    }

    fn request(changes: Pairs<'_>) -> Result<CodeRequest, TokenRequestRefused> {
        let code = code();
        let example = [
            ("code", code.reveal()),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        CodeRequest::parse(&parameters(&example, changes))
    }

    fn exchanged(redeemed: Redeemed, changes: Pairs<'_>) -> Result<AuthorizationCode, CodeRefused> {
        let request = request(changes).unwrap();
        exchange(redeemed, &request, &good().client, NOW)
    }

    #[test]
    fn a_code_names_its_grant() {
        let presented = PresentedCode::parse(code().reveal()).unwrap();
        assert_eq!(presented.grant, GRANT);
        assert!(presented.secret == code());
        for length in [16, 32, 47, 49] {
            let other = Secret::from_bytes(SecretKind::AuthorizationCode, &vec![7; length]);
            assert!(PresentedCode::parse(other.reveal()).is_none(), "{length}");
        }
    }

    #[test]
    fn a_request_has_a_code_of_ours_and_its_redirect_uri() {
        assert!(request(&[]).is_ok());
        let refresh_token = Secret::from_bytes(SecretKind::RefreshToken, &[7; 48]);
        for (change, reason) in [
            (("code", ""), TokenRequestRefused::Missing("code")),
            (
                ("redirect_uri", ""),
                TokenRequestRefused::Missing("redirect_uri"),
            ),
            (("code", "garbage"), TokenRequestRefused::Garbage("code")),
            (
                ("code", refresh_token.reveal()),
                TokenRequestRefused::Garbage("code"),
            ),
        ] {
            assert_eq!(request(&[change]).unwrap_err(), reason, "{change:?}");
        }
    }

    #[test]
    fn a_code_works_as_it_was_made() {
        assert_eq!(exchanged(Redeemed::Fresh(good()), &[]), Ok(good()));
    }

    #[test]
    fn each_broken_rule_has_its_reason_and_the_client_learns_none_of_them() {
        let fresh = |change: fn(&mut AuthorizationCode)| {
            let mut code = good();
            change(&mut code);
            Redeemed::Fresh(code)
        };
        let unbound = || fresh(|code| code.proof_key = ProofKey::Absent);
        let wrong = "x".repeat(43);
        let table: [(Redeemed, Pairs<'_>, CodeRefused); 11] = [
            (Redeemed::Unknown, &[], CodeRefused::Unknown),
            (Redeemed::Replayed(GRANT), &[], CodeRefused::Replayed(GRANT)),
            (
                fresh(|code| code.expires_at = NOW),
                &[],
                CodeRefused::Expired,
            ),
            (
                fresh(|code| code.client = "payroll".parse().unwrap()),
                &[],
                CodeRefused::WrongClient,
            ),
            (
                fresh(|_| ()),
                &[("redirect_uri", "https://wiki.example/callback?")],
                CodeRefused::WrongRedirectUri,
            ),
            (
                fresh(|_| ()),
                &[("redirect_uri", "https://wiki.example/Callback")],
                CodeRefused::WrongRedirectUri,
            ),
            (
                fresh(|_| ()),
                &[("code_verifier", "")],
                CodeRefused::ProofKey(ProofRefused::VerifierMissing),
            ),
            (
                fresh(|_| ()),
                &[("code_verifier", &wrong)],
                CodeRefused::ProofKey(ProofRefused::Mismatch),
            ),
            (
                fresh(|_| ()),
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
                fresh(|code| code.client = "payroll".parse().unwrap()),
                &[
                    ("redirect_uri", "https://evil.example"),
                    ("code_verifier", ""),
                ],
                CodeRefused::WrongClient,
            ),
        ];
        for (row, (redeemed, changes, reason)) in table.into_iter().enumerate() {
            let refused = exchanged(redeemed, changes).unwrap_err();
            assert_eq!(refused, reason, "row {row}");
            assert_eq!(refused.code(), ErrorCode::InvalidGrant, "row {row}");
        }
        assert!(exchanged(unbound(), &[("code_verifier", "")]).is_ok());
    }
}
