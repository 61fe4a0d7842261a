//! What a token is for that came of an issuer's word ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).

use std::sync::Arc;

use super::{JwtBearer, JwtBearerRefused};
use crate::authorization_details::AuthorizationDetails;
use crate::jose::Audience;
use crate::resource_server::{ResourceServer, Target, TargetRefused};

/// The one resource server, and what the client is registered for and the issuer's word opens there.
pub(super) fn opening(asked: &JwtBearer<'_>) -> Result<Target, JwtBearerRefused> {
    let server = server(asked)?;
    let resource = &server.resource;
    if !asked.issuer.resources.contains(resource) {
        return Err(JwtBearerRefused::TargetNotAllowed(resource.clone()));
    }
    let registered = server.scopes.scope().intersection(&asked.client.scope);
    let most = match &asked.issuer.scope {
        Some(opened) => registered.intersection(opened),
        None => registered,
    };
    let scope = asked.scope.unwrap_or(&most);
    if scope.is_empty() || !scope.is_within(&most) {
        return Err(JwtBearerRefused::Scope);
    }
    Ok(Target {
        audience: Audience::One(resource.to_string()),
        scope: scope.clone(),
        authorization_details: AuthorizationDetails::default(),
        server: Some(Arc::clone(server)),
    })
}

/// The one that is named, or that the scope belongs to, or that alone comes into question.
fn server<'a>(asked: &JwtBearer<'a>) -> Result<&'a Arc<ResourceServer>, JwtBearerRefused> {
    if let Some(named) = asked.resource {
        let unknown = || TargetRefused::NotRegistered(named.clone());
        return Ok(asked.servers.get(named).ok_or_else(unknown)?);
    }
    let scope = asked.scope.cloned().unwrap_or_default();
    let mut reached = asked
        .servers
        .reached(&scope, &std::collections::BTreeSet::new())
        .into_values();
    match (reached.next(), reached.next()) {
        (Some(server), None) => Ok(server),
        (Some(one), Some(other)) => {
            let several = format!("{}, {}", one.resource, other.resource);
            Err(TargetRefused::Several(several).into())
        }
        (None, _) => only(asked),
    }
}

fn only<'a>(asked: &JwtBearer<'a>) -> Result<&'a Arc<ResourceServer>, JwtBearerRefused> {
    let resources = asked.issuer.resources.iter();
    let mut servers = resources.filter_map(|resource| asked.servers.get(resource));
    match (servers.next(), servers.next()) {
        (Some(server), None) if asked.scope.is_none() => Ok(server),
        _ => Err(JwtBearerRefused::NoTarget),
    }
}
