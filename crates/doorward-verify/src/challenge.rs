//! Answers to requests that are refused ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).

use doorward_core::confirmation::TokenType;
use doorward_core::dpop::ALGORITHMS;
use doorward_core::error::ErrorCode;
use doorward_core::jose::Algorithm;
use http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, Response, StatusCode};

use crate::refused::Refused;

/// What a challenge tells whoever comes back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Challenge<'a> {
    /// As what the token came.
    pub(crate) scheme: TokenType,
    /// The scope that the route requires.
    pub(crate) scope: &'a str,
    /// Where the API describes itself, if it does
    /// ([RFC 9728 section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1)).
    pub(crate) resource_metadata: Option<&'a str>,
}

impl Challenge<'_> {
    /// The answer to a request that was refused. Its body is empty.
    pub(crate) fn answer<B: Default>(self, refused: &Refused) -> Response<B> {
        let mut response = Response::new(B::default());
        let status = refused.status();
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        } else {
            self.write(headers, status, refused.code());
        }
        response
    }

    /// The scheme that was used is told the error; whoever used no key learns how to.
    fn write(self, headers: &mut HeaderMap, status: StatusCode, code: Option<ErrorCode>) {
        let other = self.scheme == TokenType::Bearer && status == StatusCode::UNAUTHORIZED;
        let challenges = [
            Some(self.of(self.scheme, code)),
            other.then(|| self.of(TokenType::Dpop, None)),
        ];
        for challenge in challenges.into_iter().flatten() {
            if let Ok(challenge) = HeaderValue::try_from(challenge) {
                headers.append(WWW_AUTHENTICATE, challenge);
            }
        }
    }

    fn of(self, scheme: TokenType, code: Option<ErrorCode>) -> String {
        let mut parameters = Vec::new();
        if let Some(code) = code {
            parameters.push(format!("error=\"{}\"", code.as_str()));
            parameters.push(format!("error_description=\"{}\"", described(code)));
        }
        if !self.scope.is_empty() {
            parameters.push(format!("scope=\"{}\"", self.scope));
        }
        if scheme == TokenType::Dpop {
            let algorithms = ALGORITHMS.map(Algorithm::names).concat().join(" ");
            parameters.push(format!("algs=\"{algorithms}\""));
        }
        if let Some(metadata) = self.resource_metadata {
            parameters.push(format!("resource_metadata=\"{metadata}\""));
        }
        format!("{} {}", scheme.as_str(), parameters.join(", "))
            .trim_end()
            .to_owned()
    }
}

/// What can be done about it.
const fn described(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::InvalidRequest => "Send one access token, in the Authorization header",
        ErrorCode::InsufficientScope => "The access token does not allow this: ask for the scope",
        ErrorCode::InvalidDpopProof => {
            "The DPoP proof is not a new one of the token's key for this request"
        }
        _ => "The access token is not good here and now: get another one",
    }
}

#[cfg(test)]
mod tests {
    use doorward_core::bearer::BearerRefused;
    use doorward_core::dpop::DpopRefused;

    use super::*;
    use crate::http_client::Unreachable;

    const CHALLENGE: Challenge<'_> = Challenge {
        scheme: TokenType::Bearer,
        scope: "reports:read",
        resource_metadata: Some("https://reports.example/.well-known/oauth-protected-resource"),
    };

    fn answer(challenge: Challenge<'_>, refused: &Refused) -> (u16, Vec<String>) {
        let response: Response<String> = challenge.answer(refused);
        let challenges = response.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenges = challenges.map(|value| value.to_str().unwrap().to_owned());
        (response.status().as_u16(), challenges.collect())
    }

    /// [RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1),
    /// [RFC 9728 section 5.1](https://www.rfc-editor.org/rfc/rfc9728#section-5.1).
    #[test]
    fn whoever_comes_without_a_token_learns_how_to_come_back_and_of_no_error() {
        let (status, challenges) = answer(CHALLENGE, &BearerRefused::Absent.into());
        assert_eq!(status, 401);
        let metadata =
            "resource_metadata=\"https://reports.example/.well-known/oauth-protected-resource\"";
        let algorithms = ALGORITHMS.map(Algorithm::names).concat().join(" ");
        let dpop = format!("DPoP scope=\"reports:read\", algs=\"{algorithms}\", {metadata}");
        let bearer = format!("Bearer scope=\"reports:read\", {metadata}");
        assert_eq!(challenges, [bearer, dpop]);
    }

    #[test]
    fn the_scheme_that_was_used_is_told_the_error() {
        let dpop = Challenge {
            scheme: TokenType::Dpop,
            scope: "",
            resource_metadata: None,
        };
        for (challenge, refused, status, begins) in [
            (
                CHALLENGE,
                Refused::Inactive,
                401,
                "Bearer error=\"invalid_token\"",
            ),
            (dpop, Refused::Revoked, 401, "DPoP error=\"invalid_token\""),
            (
                dpop,
                DpopRefused::Replayed.into(),
                401,
                "DPoP error=\"invalid_dpop_proof\"",
            ),
            (
                CHALLENGE,
                Refused::Scope("reports:read".to_owned()),
                403,
                "Bearer error=\"insufficient_scope\"",
            ),
            (
                CHALLENGE,
                BearerRefused::Misplaced.into(),
                400,
                "Bearer error=\"invalid_request\"",
            ),
        ] {
            let (answered, challenges) = answer(challenge, &refused);
            assert_eq!(answered, status, "{refused}");
            assert!(challenges[0].starts_with(begins), "{challenges:?}");
        }
    }

    #[test]
    fn what_nobody_can_decide_is_tried_again_later_and_challenges_nobody() {
        for refused in [
            Refused::Unavailable(Unreachable::new("the keys", "silence")),
            Refused::NotAsked,
            Refused::TooManyProofs,
        ] {
            let response: Response<String> = CHALLENGE.answer(&refused);
            assert_eq!(response.status(), 503);
            assert_eq!(response.headers()[RETRY_AFTER], "5");
            assert!(!response.headers().contains_key(WWW_AUTHENTICATE));
        }
    }
}
