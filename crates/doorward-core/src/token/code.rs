//! Authorization codes ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use serde::{Deserialize, Serialize};

use crate::authorization::{ProofKey, ProofRefused};
use crate::error::ErrorCode;
use crate::grant::GrantFallen;
use crate::identifiers::{ClientId, GrantId};
use crate::parameters::Parameters;
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

/// Exchanges a code for what it stands for.
///
/// Every check is made of a code that is already spent: whoever shows it wrongly has used it up.
pub fn exchange(
    redeemed: Redeemed,
    request: &CodeRequest,
    client: &ClientId,
    now: Timestamp,
) -> Result<AuthorizationCode, CodeRefused> {
    let code = match redeemed {
        Redeemed::Fresh(code) => code,
        Redeemed::Replayed(grant) => return Err(CodeRefused::Replayed(grant)),
        Redeemed::Unknown => return Err(CodeRefused::Unknown),
    };
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
