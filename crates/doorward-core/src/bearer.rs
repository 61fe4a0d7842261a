//! Access tokens as requests carry them ([RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2)).

use crate::access_token::AccessTokenFallen;
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
    /// It does not work any more.
    #[error(transparent)]
    Fallen(#[from] AccessTokenFallen),
    /// It speaks for a client itself, and there is nobody to tell of.
    #[error("the access token speaks for its client and for no person")]
    NoEndUser,
    /// It lacks the scope `openid`.
    #[error("the access token lacks the scope openid")]
    Scope,
}

impl BearerRefused {
    /// The standard's code; none when the request has no token at all
    /// ([RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Absent => None,
            Self::Misplaced => Some(ErrorCode::InvalidRequest),
            Self::Scope => Some(ErrorCode::InsufficientScope),
            _ => Some(ErrorCode::InvalidToken),
        }
    }
}

/// Finds the one access token of a request: in the `Authorization` header, or in the form of a POST.
pub fn presented<'a>(
    authorization: Option<&'a str>,
    form: &'a Parameters,
    query: &Parameters,
) -> Result<&'a str, BearerRefused> {
    let name = "access_token";
    if query.one(name).is_some() || query.is_repeated(name) || form.is_repeated(name) {
        return Err(BearerRefused::Misplaced);
    }
    let in_header = authorization.and_then(|header| {
        let (scheme, token) = header.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then_some(token.trim())
    });
    match (in_header, form.one(name)) {
        (Some(_), Some(_)) => Err(BearerRefused::Misplaced),
        (Some(token), None) | (None, Some(token)) if !token.is_empty() => Ok(token),
        _ => Err(BearerRefused::Absent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_taken_from_one_place_only() {
        let parse = |text: &str| Parameters::parse(text.as_bytes()).unwrap();
        let token = "access_token=t";
        for (header, form, query, found) in [
            (Some("Bearer t"), "", "", Ok("t")),
            (Some("bearer t"), "", "", Ok("t")),
            (None, token, "", Ok("t")),
            (Some("Bearer t"), token, "", Err(BearerRefused::Misplaced)),
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
