//! The UserInfo endpoint's rules ([OpenID Connect Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use serde_json::{Map, Value};

use crate::bearer::BearerRefused;
use crate::claims;
use crate::client::Client;
use crate::grant::Grant;
use crate::person::Person;
use crate::scope::{self, Scope};

/// What `client` may learn of `person` with an access token of `scope` that came from `grant`.
///
/// Fewer scopes than the grant's narrow the answer; single claims were granted with the grant itself.
pub fn claims(
    grant: &Grant,
    person: &Person,
    scope: &Scope,
) -> Result<Map<String, Value>, BearerRefused> {
    if !scope.contains(scope::OPENID) {
        return Err(BearerRefused::Scope);
    }
    let mut claims = claims::released(
        person,
        &scope.intersection(&grant.scope),
        &grant.claims.userinfo,
    );
    claims.insert("sub".to_owned(), person.id.to_string().into());
    Ok(claims)
}

/// The same as the content of a signed answer, which says who made it and for whom
/// ([OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
pub fn signed(mut claims: Map<String, Value>, issuer: &str, client: &Client) -> Map<String, Value> {
    claims.insert("iss".to_owned(), issuer.into());
    claims.insert("aud".to_owned(), client.client_id.as_str().into());
    claims
}
