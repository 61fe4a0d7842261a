//! Security events as log lines, with the same names for the same things as everywhere.

use doorward_core::event::{ApiTokenChange, Event, EventClass, Extent};
use doorward_core::jose::Algorithm;
use doorward_core::keys::Stage;
use doorward_core::time::Timestamp;

/// What a line says beside the event's name; what does not apply is left out.
#[derive(Default)]
struct Line {
    user: Option<String>,
    client: Option<String>,
    session: Option<String>,
    grant: Option<String>,
    token: Option<String>,
    client_address: Option<String>,
    scope: Option<String>,
    resources: Option<String>,
    details: Option<String>,
    actor: Option<String>,
    target: Option<String>,
    endpoint: Option<String>,
    error: Option<String>,
    reason: Option<String>,
}

/// Writes an event to the log.
pub(crate) fn write(event: &Event) {
    if !tracing::enabled!(tracing::Level::INFO) {
        return;
    }
    let Line {
        user,
        client,
        session,
        grant,
        token,
        client_address,
        scope,
        resources,
        details,
        actor,
        target,
        endpoint,
        error,
        reason,
    } = line(event);
    tracing::info!(
        event = event.name(),
        event.class = EventClass::of(event).name(),
        user.id = user,
        client.id = client,
        session.id = session,
        grant.id = grant,
        token.id = token,
        client.address = client_address,
        scope,
        resources,
        authorization_details.types = details,
        actor,
        target,
        endpoint,
        error,
        reason,
    );
}

/// What was allowed; names of APIs and of types have no spaces.
fn allowed(extent: &Extent) -> Line {
    let further = extent.further_resources;
    let further = (further > 0).then(|| format!("and {further} more"));
    let resources = extent.resources.iter().map(ToString::to_string);
    let types = extent.authorization_details_types.iter();
    Line {
        scope: Some(extent.scope.to_string()),
        resources: joined(resources.chain(further)),
        details: joined(types.map(ToString::to_string)),
        ..Line::default()
    }
}

fn joined(names: impl Iterator<Item = String>) -> Option<String> {
    let names: Vec<String> = names.collect();
    (!names.is_empty()).then(|| names.join(" "))
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn line(event: &Event) -> Line {
    let line = Line::default();
    match event {
        Event::SignedIn {
            person,
            session,
            client,
        } => Line {
            user: Some(person.to_string()),
            session: Some(session.to_string()),
            client: client.as_ref().map(ToString::to_string),
            ..line
        },
        Event::SignedOut { person, session } => Line {
            user: Some(person.to_string()),
            session: Some(session.to_string()),
            ..line
        },
        Event::Authorized {
            person,
            client,
            grant,
            extent,
        }
        | Event::DeviceAuthorized {
            person,
            client,
            grant,
            extent,
        } => Line {
            user: Some(person.to_string()),
            client: Some(client.to_string()),
            grant: Some(grant.to_string()),
            ..allowed(extent)
        },
        Event::ConsentGiven {
            person,
            client,
            extent,
        } => Line {
            user: Some(person.to_string()),
            client: Some(client.to_string()),
            ..allowed(extent)
        },
        Event::SiteEntered {
            person,
            session,
            site,
        } => Line {
            user: Some(person.to_string()),
            session: Some(session.to_string()),
            target: Some(site.clone()),
            ..line
        },
        Event::DeviceDenied { person, client } => Line {
            user: Some(person.to_string()),
            client: Some(client.to_string()),
            ..line
        },
        Event::TokensIssued { client, grant } | Event::TokensRefreshed { client, grant } => Line {
            client: Some(client.to_string()),
            grant: Some(grant.to_string()),
            ..line
        },
        Event::ClientTokenIssued { client, scope } => Line {
            client: Some(client.to_string()),
            scope: Some(scope.to_string()),
            ..line
        },
        Event::TokenExchanged {
            client,
            subject,
            actor,
            target,
            scope,
        } => Line {
            user: Some(subject.clone()),
            client: Some(client.to_string()),
            actor: actor.clone(),
            target: Some(target.clone()),
            scope: Some(scope.to_string()),
            ..line
        },
        Event::AssertionAccepted {
            client,
            issuer,
            subject,
            target,
            scope,
        } => Line {
            user: Some(subject.clone()),
            client: Some(client.to_string()),
            actor: Some(issuer.to_string()),
            target: Some(target.clone()),
            scope: Some(scope.to_string()),
            ..line
        },
        Event::AccessTokenRevoked { client } | Event::ClientRegistration { client, .. } => Line {
            client: Some(client.to_string()),
            ..line
        },
        Event::ApiTokenChanged {
            token,
            name,
            owner,
            change,
        } => Line {
            token: Some(token.to_string()),
            target: Some(name.clone()),
            actor: Some(owner.clone()),
            reason: api_token_changed(change),
            ..line
        },
        Event::ApiTokenRefused {
            token,
            reason,
            address,
        } => Line {
            token: token.map(|token| token.to_string()),
            client_address: address.map(|address| address.to_string()),
            reason: Some(reason.clone()),
            ..line
        },
        Event::ApiTokenSignalled {
            token,
            name,
            owner,
            signal,
            words,
            reaction,
        } => Line {
            token: Some(token.to_string()),
            target: Some(name.clone()),
            actor: Some(owner.clone()),
            reason: Some(format!("{signal}: {words} ({reaction})")),
            ..line
        },
        Event::GrantRevoked { grant, cause } => Line {
            grant: Some(grant.to_string()),
            reason: Some(format!("{cause:?}")),
            ..line
        },
        Event::LogoutDelivered { client, session } => Line {
            client: Some(client.to_string()),
            session: Some(session.to_string()),
            ..line
        },
        Event::LogoutUndelivered {
            client,
            session,
            reason,
            status,
        } => Line {
            client: Some(client.to_string()),
            session: Some(session.to_string()),
            reason: Some(format!("{reason}; {}", status.as_str())),
            ..line
        },
        Event::Refused {
            endpoint,
            error,
            reason,
            client,
        } => Line {
            endpoint: Some(endpoint.clone()),
            error: Some(error.clone()),
            reason: Some(reason.clone()),
            client: client.clone(),
            ..line
        },
        Event::Failed { endpoint, reason } => Line {
            endpoint: Some(endpoint.clone()),
            reason: Some(reason.clone()),
            ..line
        },
        Event::SigningKeyChanged {
            kid,
            algorithm,
            stage,
            at,
            unknown_to,
        } => Line {
            reason: Some(signing_key_changed(
                kid, *algorithm, *stage, *at, unknown_to,
            )),
            ..line
        },
        Event::Administered { action, target } => Line {
            endpoint: Some(action.clone()),
            reason: Some(target.clone()),
            ..line
        },
    }
}

fn signing_key_changed(
    kid: &str,
    algorithm: Algorithm,
    stage: Stage,
    at: Timestamp,
    unknown_to: &[String],
) -> String {
    let change = format!("{algorithm} {kid} is {stage} from {} on", at.as_seconds());
    if unknown_to.is_empty() {
        return change;
    }
    let unknown_to = unknown_to.join(", ");
    format!("{change}, though not seen to be known to {unknown_to}")
}

fn api_token_changed(change: &ApiTokenChange) -> Option<String> {
    match change {
        ApiTokenChange::Created { scope } => Some(scope.to_string()),
        ApiTokenChange::Suspended { because } | ApiTokenChange::Revoked { because } => {
            Some(because.to_string())
        }
        ApiTokenChange::Rotated | ApiTokenChange::Resumed => None,
    }
}
