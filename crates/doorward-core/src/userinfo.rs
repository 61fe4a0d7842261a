//! The UserInfo endpoint's rules ([OpenID Connect Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use serde_json::{Map, Value};

use crate::bearer::BearerRefused;
use crate::claims;
use crate::client::Client;
use crate::grant::Grant;
use crate::person::Person;
use crate::scope::{self, Scope};
use crate::subject::SubjectIdentifier;

/// Who is asked about, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was granted.
    pub grant: &'a Grant,
    /// The End-User.
    pub person: &'a Person,
    /// What the client calls them.
    pub sub: &'a SubjectIdentifier,
    /// The client.
    pub client: &'a Client,
}

/// What a client may learn of somebody with an access token of `scope`.
///
/// The token's scope narrows the answer, and so does what the client is registered for today.
pub fn claims(asked: Asked<'_>, scope: &Scope) -> Result<Map<String, Value>, BearerRefused> {
    let Asked {
        grant,
        person,
        sub,
        client,
    } = asked;
    if !scope.contains(scope::OPENID) {
        return Err(BearerRefused::Scope);
    }
    let scope = scope.intersection(&grant.scope).intersection(&client.scope);
    let requests = claims::permitted(grant.claims.clone(), &client.scope);
    let mut claims = claims::released(person, &scope, &requests.userinfo);
    claims.insert("sub".to_owned(), sub.to_string().into());
    Ok(claims)
}

/// The same as the content of a signed answer, which says who made it and for whom
/// ([OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
pub fn signed(mut claims: Map<String, Value>, issuer: &str, client: &Client) -> Map<String, Value> {
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("aud".to_owned(), client.client_id.as_str().into());
    claims
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::claims::ClaimsRequest;
    use crate::error::ErrorCode;
    use crate::id_token::tests::grant;
    use crate::testing::{alice, client};

    fn all(grant: &Grant, scope: &str) -> Result<Map<String, Value>, BearerRefused> {
        let asked = Asked {
            grant,
            person: &alice(),
            sub: &alice().id.into(),
            client: &client(),
        };
        claims(asked, &scope.parse().unwrap())
    }

    fn told(grant: &Grant, scope: &str) -> Result<Vec<String>, BearerRefused> {
        let claims = all(grant, scope)?;
        Ok(claims.keys().cloned().collect())
    }

    /// P40: whatever was asked for.
    /// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse).
    #[test]
    fn sub_is_always_told() {
        let claims = all(&grant(), "openid").unwrap();
        assert_eq!(json!(claims), json!({"sub": alice().id}));
    }

    #[test]
    fn a_token_without_openid_opens_nothing() {
        let refused = told(&grant(), "profile email").unwrap_err();
        assert_eq!(refused, BearerRefused::Scope);
        assert_eq!(refused.code(), Some(ErrorCode::InsufficientScope));
    }

    #[test]
    fn neither_the_token_nor_the_grant_opens_more_than_the_other() {
        let email = ["email", "email_verified", "sub"].map(str::to_owned).into();
        assert_eq!(told(&grant(), "openid email phone"), Ok(email));
    }

    #[test]
    fn single_claims_are_those_for_this_endpoint() {
        let mut grant = grant();
        let asked = r#"{"userinfo":{"nickname":null},"id_token":{"phone_number":null}}"#;
        grant.claims = ClaimsRequest::parse(asked).unwrap();
        let expected = ["nickname", "sub"].map(str::to_owned).into();
        assert_eq!(told(&grant, "openid"), Ok(expected));
    }

    #[test]
    fn a_signed_answer_says_who_made_it_and_for_whom() {
        let claims = all(&grant(), "openid").unwrap();
        let signed = signed(claims, "https://id.example", &client());
        assert_eq!(
            json!(signed),
            json!({"sub": alice().id, "iss": "https://id.example", "aud": "wiki"})
        );
    }
}
