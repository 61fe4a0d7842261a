//! What a token that was exchanged is for
//! ([RFC 8693 section 2.1.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1.1)).

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{ExchangePolicy, ExchangeRefused, ExchangeRequest, PresentedAccessToken};
use crate::authorization_details::AuthorizationDetails;
use crate::client::Client;
use crate::jose::Audience;
use crate::resource_server::{Resource, ResourceServer, ResourceServers, Target, TargetRefused};
use crate::scope::Scope;

/// The one resource server that is named by `resource` or `audience`, or that the scope belongs to.
pub(super) fn server<'a>(
    servers: &'a ResourceServers,
    policy: &ExchangePolicy,
    request: &ExchangeRequest,
    resource: Option<&Resource>,
) -> Result<&'a Arc<ResourceServer>, ExchangeRefused> {
    let server = match named(request, resource)? {
        Some(named) if !policy.resources.contains(&named) => {
            return Err(ExchangeRefused::TargetNotAllowed(named));
        }
        Some(named) => servers
            .get(&named)
            .ok_or(TargetRefused::NotRegistered(named))?,
        None => by_scope(servers, request)?,
    };
    if policy.resources.contains(&server.resource) {
        Ok(server)
    } else {
        let resource = server.resource.clone();
        Err(ExchangeRefused::TargetNotAllowed(resource))
    }
}

/// `audience` has the names that `resource` has: both may name one, which must be the same.
fn named(
    request: &ExchangeRequest,
    resource: Option<&Resource>,
) -> Result<Option<Resource>, TargetRefused> {
    let audience = request.audience.iter().map(|name| name.parse());
    let mut names: BTreeSet<Resource> = audience.collect::<Result<_, _>>()?;
    names.extend(resource.cloned());
    match (names.pop_first(), names.pop_first()) {
        (name, None) => Ok(name),
        (_, Some(_)) => Err(TargetRefused::SeveralNamed),
    }
}

fn by_scope<'a>(
    servers: &'a ResourceServers,
    request: &ExchangeRequest,
) -> Result<&'a Arc<ResourceServer>, ExchangeRefused> {
    let scope = request.scope.clone().unwrap_or_default();
    let mut reached = servers.reached(&scope, &BTreeSet::new()).into_values();
    match (reached.next(), reached.next()) {
        (Some(server), None) => Ok(server),
        (Some(one), Some(other)) => {
            let several = format!("{}, {}", one.resource, other.resource);
            Err(TargetRefused::Several(several).into())
        }
        (None, _) => Err(ExchangeRefused::NoTarget),
    }
}

/// What the new token opens at `server`: what `client` is registered for there, and where the token or whoever allowed something
/// at first reaches `server` too, no more than that.
pub(super) fn opening(
    server: &Arc<ResourceServer>,
    subject: &PresentedAccessToken,
    client: &Client,
    requested: Option<&Scope>,
) -> Result<Target, ExchangeRefused> {
    let there = server.scopes.scope();
    let registered = there.intersection(&client.scope);
    if registered.is_empty() {
        let resource = server.resource.clone();
        return Err(TargetRefused::NotRegistered(resource).into());
    }
    let first = there.intersection(&subject.first_scope);
    let most = if subject.audience.contains(server.resource.as_str()) {
        registered.intersection(&subject.scope)
    } else if subject.is_for_its_audience_alone() {
        return Err(ExchangeRefused::NotFor(server.resource.clone()));
    } else if first.is_empty() {
        registered
    } else {
        registered.intersection(&first)
    };
    let scope = requested.unwrap_or(&most);
    if scope.is_empty() || !scope.is_within(&most) {
        return Err(ExchangeRefused::Scope);
    }
    Ok(Target {
        // What a detail means elsewhere only its own API knows.
        authorization_details: AuthorizationDetails::default(),
        server: Some(Arc::clone(server)),
        audience: Audience::One(server.resource.to_string()),
        scope: scope.clone(),
    })
}
