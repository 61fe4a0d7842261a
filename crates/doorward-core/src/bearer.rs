//! Access tokens as requests carry them ([RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2),
//! [RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7)).

use std::fmt;

use crate::access_token::AccessTokenFallen;
use crate::api_token::ApiTokenRefused;
use crate::certificate::{CertificateThumbprint, FieldRefused};
use crate::client_keys::KeysUnavailable;
use crate::confirmation::{Confirmation, TokenType};
use crate::dpop::{DpopRefused, Proof};
use crate::error::ErrorCode;
use crate::jose::JwtRefused;
use crate::parameters::Parameters;

/// Why a request with an access token was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BearerRefused {
    /// There is no token.
    #[error("the request has no access token")]
    Absent,
    /// There are two, or one in the query, where logs would keep it.
    #[error("the access token is given twice, or in the query")]
    Misplaced,
    /// It is no access token of ours, or not any more.
    #[error("the access token: {0}")]
    Token(#[from] JwtRefused),
    /// It is bound to a key, and came as if it were not.
    #[error("the access token is bound to a key and came as a bearer token")]
    Downgraded,
    /// It is bound to no key, and came as if it were.
    #[error("the access token is bound to no key and came with the scheme DPoP")]
    Unbound,
    /// What is to prove that its key is held does not.
    #[error(transparent)]
    Proof(#[from] DpopRefused),
    /// Another key is proven than the one that it is bound to.
    #[error("the DPoP proof is by another key than the access token is bound to")]
    OtherKey,
    /// It is bound to a certificate, and came without one.
    #[error(
        "the access token is bound to a certificate, and the request came without one: neither its connection nor a proxy \
         that is believed has one"
    )]
    NoCertificate,
    /// It came with another certificate than the one that it is bound to.
    #[error(
        "the access token is bound to another certificate than the one that the request came with"
    )]
    OtherCertificate,
    /// What is to say which certificate the request came with does not.
    #[error(transparent)]
    Certificate(#[from] FieldRefused),
    /// It does not work any more.
    #[error(transparent)]
    Fallen(#[from] AccessTokenFallen),
    /// It is an API token that does not work.
    #[error(transparent)]
    ApiToken(#[from] ApiTokenRefused),
    /// It is an API token, which opens APIs alone.
    #[error("it is an API token, which opens APIs and nothing about the sign-in of a person")]
    NoAccessToken,
    /// It speaks for a client itself, and there is nobody to tell of.
    #[error("the access token speaks for its client and for no person")]
    NoEndUser,
    /// It lacks the scope `openid`.
    #[error("the access token lacks the scope openid")]
    Scope,
    /// It works, and its client has no key that the answer could be encrypted with. It may have one later.
    #[error("the answer cannot be encrypted for its client: {0}")]
    NoKey(#[from] KeysUnavailable),
}

impl BearerRefused {
    /// The standard's code; none when the request has no token at all
    /// ([RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Absent => None,
            Self::Misplaced | Self::Certificate(_) => Some(ErrorCode::InvalidRequest),
            Self::Scope => Some(ErrorCode::InsufficientScope),
            Self::NoKey(_) => Some(ErrorCode::TemporarilyUnavailable),
            Self::Proof(refused) => Some(refused.code()),
            _ => Some(ErrorCode::InvalidToken),
        }
    }
}

/// An access token as it came, of which nothing is proven.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Presented<'a> {
    /// As what it came.
    pub scheme: TokenType,
    /// The token.
    pub token: &'a str,
}

impl fmt::Debug for Presented<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({})", self.scheme.as_str())
    }
}

impl<'a> Presented<'a> {
    /// The token that an `Authorization` header has, if it has one.
    pub fn of_header(header: &'a str) -> Option<Self> {
        let (scheme, token) = header.split_once(' ')?;
        let scheme = TokenType::parse(scheme)?;
        let token = token.trim();
        Some(Self { scheme, token })
    }
}

/// Whether a token that came as `scheme` may be used by whoever sent it, given its `cnf` and what they proved: a key
/// ([RFC 9449 sections 7.1 and 7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.1)), or that of the `certificate` of their
/// connection ([RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)). The proof is handed back, for its one use
/// is left to prove.
pub fn constrained(
    scheme: TokenType,
    confirmation: Option<&Confirmation>,
    proof: Option<Proof>,
    certificate: Result<Option<&CertificateThumbprint>, FieldRefused>,
) -> Result<Option<Proof>, BearerRefused> {
    match (scheme, confirmation) {
        // What else a bearer token comes with says nothing.
        (TokenType::Bearer, None) => Ok(None),
        (TokenType::Bearer, Some(Confirmation::Certificate(bound))) => match certificate? {
            None => Err(BearerRefused::NoCertificate),
            Some(certificate) if certificate == bound => Ok(None),
            Some(_) => Err(BearerRefused::OtherCertificate),
        },
        (TokenType::Bearer, Some(Confirmation::Jkt(_))) => Err(BearerRefused::Downgraded),
        (TokenType::Dpop, None | Some(Confirmation::Certificate(_))) => Err(BearerRefused::Unbound),
        (TokenType::Dpop, Some(Confirmation::Jkt(bound))) => match proof {
            None => Err(DpopRefused::Absent.into()),
            Some(proof) if proof.key == *bound => Ok(Some(proof)),
            Some(_) => Err(BearerRefused::OtherKey),
        },
    }
}

/// Finds the one access token of a request: in the `Authorization` header, or in the form of a POST.
pub fn presented<'a>(
    authorization: Option<&'a str>,
    form: &'a Parameters,
    query: &Parameters,
) -> Result<Presented<'a>, BearerRefused> {
    let name = "access_token";
    if query.one(name).is_some() || query.is_repeated(name) || form.is_repeated(name) {
        return Err(BearerRefused::Misplaced);
    }
    let in_header = authorization.and_then(Presented::of_header);
    let in_form = form.one(name).map(|token| Presented {
        scheme: TokenType::Bearer,
        token,
    });
    match (in_header, in_form) {
        (Some(_), Some(_)) => Err(BearerRefused::Misplaced),
        (Some(found), None) | (None, Some(found)) if !found.token.is_empty() => Ok(found),
        _ => Err(BearerRefused::Absent),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::dpop::ProofUse;

    /// [RFC 9449 section 7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2): a bound token is no bearer token.
    #[test]
    fn a_token_is_used_as_what_it_is_and_by_whom_it_was_given_to() {
        let key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        let other = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let proof = |key: &str| Proof {
            key: key.parse().unwrap(),
            single_use: ProofUse {
                name: "one".to_owned(),
                remembered: Duration::from_mins(1),
            },
        };
        let (bound, good) = (Confirmation::Jkt(key.parse().unwrap()), proof(key));
        let (bearer, dpop) = (TokenType::Bearer, TokenType::Dpop);
        for (scheme, confirmation, proven, decided) in [
            (bearer, None, None, Ok(None)),
            (bearer, None, Some(&good), Ok(None)),
            (bearer, Some(&bound), None, Err(BearerRefused::Downgraded)),
            (
                bearer,
                Some(&bound),
                Some(&good),
                Err(BearerRefused::Downgraded),
            ),
            (dpop, None, Some(&good), Err(BearerRefused::Unbound)),
            (dpop, Some(&bound), None, Err(DpopRefused::Absent.into())),
            (
                dpop,
                Some(&bound),
                Some(&proof(other)),
                Err(BearerRefused::OtherKey),
            ),
            (dpop, Some(&bound), Some(&good), Ok(Some(good.clone()))),
        ] {
            let found = constrained(scheme, confirmation, proven.cloned(), Ok(None));
            assert_eq!(found, decided, "{scheme:?} {confirmation:?} {proven:?}");
        }
        for refused in [
            BearerRefused::Downgraded,
            BearerRefused::Unbound,
            BearerRefused::OtherKey,
        ] {
            assert_eq!(refused.code(), Some(ErrorCode::InvalidToken));
        }
        let absent = BearerRefused::from(DpopRefused::Absent);
        assert_eq!(absent.code(), Some(ErrorCode::InvalidDpopProof));
    }

    /// P39: [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3).
    #[test]
    fn a_token_that_is_bound_to_a_certificate_works_with_that_one_alone() {
        let certificate = |text: &str| text.parse::<CertificateThumbprint>().unwrap();
        let own = certificate("A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0");
        let other = certificate("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        let bound = Confirmation::Certificate(own.clone());
        let (bearer, dpop) = (TokenType::Bearer, TokenType::Dpop);
        for (scheme, confirmation, with, decided) in [
            (bearer, Some(&bound), Some(&own), Ok(None)),
            (
                bearer,
                Some(&bound),
                Some(&other),
                Err(BearerRefused::OtherCertificate),
            ),
            (
                bearer,
                Some(&bound),
                None,
                Err(BearerRefused::NoCertificate),
            ),
            (dpop, Some(&bound), Some(&own), Err(BearerRefused::Unbound)),
            (bearer, None, Some(&own), Ok(None)),
        ] {
            let found = constrained(scheme, confirmation, None, Ok(with));
            assert_eq!(found, decided, "{scheme:?} {with:?}");
        }
        // What cannot be read fails only what needs it.
        let unreadable = || Err(FieldRefused::Repeated);
        let refused = constrained(bearer, Some(&bound), None, unreadable());
        assert_eq!(refused, Err(FieldRefused::Repeated.into()));
        assert_eq!(constrained(bearer, None, None, unreadable()), Ok(None));
        for refused in [
            BearerRefused::OtherCertificate,
            BearerRefused::NoCertificate,
        ] {
            assert_eq!(refused.code(), Some(ErrorCode::InvalidToken));
        }
    }

    #[test]
    fn a_token_is_taken_from_one_place_only() {
        let parse = |text: &str| Parameters::parse(text.as_bytes()).unwrap();
        let came_as = |scheme| Ok(Presented { scheme, token: "t" });
        let token = "access_token=t";
        for (header, form, query, found) in [
            (Some("Bearer t"), "", "", came_as(TokenType::Bearer)),
            (Some("bearer t"), "", "", came_as(TokenType::Bearer)),
            (Some("DPoP t"), "", "", came_as(TokenType::Dpop)),
            (Some("dpop t"), "", "", came_as(TokenType::Dpop)),
            (None, token, "", came_as(TokenType::Bearer)),
            (Some("Bearer t"), token, "", Err(BearerRefused::Misplaced)),
            (Some("DPoP t"), token, "", Err(BearerRefused::Misplaced)),
            (None, "", token, Err(BearerRefused::Misplaced)),
            (Some("Bearer t"), "", token, Err(BearerRefused::Misplaced)),
            (
                None,
                "access_token=t&access_token=t",
                "",
                Err(BearerRefused::Misplaced),
            ),
            (Some("Basic t"), "", "", Err(BearerRefused::Absent)),
            (Some("Bearer "), "", "", Err(BearerRefused::Absent)),
            (Some("Bearer"), "", "", Err(BearerRefused::Absent)),
            (None, "", "", Err(BearerRefused::Absent)),
        ] {
            let (form, query) = (parse(form), parse(query));
            assert_eq!(presented(header, &form, &query), found, "{header:?}");
        }
    }
}
