//! Security events as log lines, with the same names for the same things as everywhere.

use doorward_core::event::{Event, EventClass};

/// What a line says beside the event's name; what does not apply is left out.
#[derive(Default)]
struct Line {
    user: Option<String>,
    client: Option<String>,
    session: Option<String>,
    grant: Option<String>,
    scope: Option<String>,
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
        scope,
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
        scope,
        actor,
        target,
        endpoint,
        error,
        reason,
    );
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
            scope,
        }
        | Event::DeviceAuthorized {
            person,
            client,
            grant,
            scope,
        } => Line {
            user: Some(person.to_string()),
            client: Some(client.to_string()),
            grant: Some(grant.to_string()),
            scope: Some(scope.to_string()),
            ..line
        },
        Event::ConsentGiven {
            person,
            client,
            scope,
        } => Line {
            user: Some(person.to_string()),
            client: Some(client.to_string()),
            scope: Some(scope.to_string()),
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
        Event::Administered { action, target } => Line {
            endpoint: Some(action.clone()),
            reason: Some(target.clone()),
            ..line
        },
    }
}
