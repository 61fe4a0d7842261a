//! What a request asks for, however it came: scope, resource servers and details.

use std::collections::BTreeSet;

use crate::acr::Necessity;
use crate::authorization::prompt::{Prompt, Prompts};
use crate::authorization::request::AuthorizationRefused;
use crate::authorization_details::AuthorizationDetails;
use crate::client::{Client, ConsentPolicy, GrantType};
use crate::parameters::Parameters;
use crate::resource_server::{Entitlement, Resource, ResourceServers};
use crate::scope::{self, Scope};

/// What `client` asks for and may be granted; nothing left is an error. `resource` says where the scope counts, and nothing of
/// the details, each of which names its own resource server
/// ([RFC 9396 section 3.3](https://www.rfc-editor.org/rfc/rfc9396#section-3.3)).
pub(crate) fn wanted(
    parameters: &Parameters,
    client: &Client,
    prompts: &Prompts,
    servers: &ResourceServers,
) -> Result<Entitlement, AuthorizationRefused> {
    let mut resources = servers.requested(parameters, client)?;
    let requested = requested_scope(parameters, servers, &resources)?;
    let scope = granted_scope(&requested, client, prompts);
    let details = AuthorizationDetails::requested(parameters, client, servers)?;
    let authorization_details = details.unwrap_or_default();
    if scope.is_empty() && authorization_details.is_empty() {
        return Err(AuthorizationRefused::ScopeNotRegistered {
            requested: requested.to_string(),
            registered: client.scope.to_string(),
        });
    }
    resources.extend(servers.of_details(&authorization_details));
    Ok(Entitlement {
        scope,
        resources,
        authorization_details,
    })
}

/// Whether the `acr_values` of a request must be met: one that is for an API would not get far without
/// ([RFC 9470 section 5](https://www.rfc-editor.org/rfc/rfc9470#section-5)), and for a sign-in alone they are a wish
/// ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
pub(crate) fn necessity(wanted: &Entitlement, servers: &ResourceServers) -> Necessity {
    if servers.reached(&wanted.scope, &wanted.resources).is_empty() {
        Necessity::Voluntary
    } else {
        Necessity::Essential
    }
}

/// What is asked for: without a word about it, all that there is at the resource servers that the request names; and nothing
/// at others, if it names any.
fn requested_scope(
    parameters: &Parameters,
    servers: &ResourceServers,
    resources: &BTreeSet<Resource>,
) -> Result<Scope, AuthorizationRefused> {
    match parameters.one("scope") {
        None => Ok(servers.scope_of(resources)),
        Some(text) => {
            let requested = text
                .parse()
                .map_err(|_| AuthorizationRefused::ScopeMalformed)?;
            Ok(servers.within(requested, resources))
        }
    }
}

/// What of that may be granted. What the client is not registered for is left out, as OpenID Connect
/// does with scopes it does not know.
fn granted_scope(requested: &Scope, client: &Client, prompts: &Prompts) -> Scope {
    let registered = requested.intersection(&client.scope);
    // Section 11 of OpenID Connect Core: without explicit consent, offline access needs another ground.
    let grounds = client.consent_policy() == ConsentPolicy::Trusted || prompts.has(Prompt::Consent);
    if grounds && client.may_use(GrantType::RefreshToken) && registered.contains(scope::OPENID) {
        registered
    } else {
        registered.without(scope::OFFLINE_ACCESS)
    }
}
