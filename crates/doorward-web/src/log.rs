//! Security events as log lines, with the same names for the same things as everywhere.

use std::fmt::Display;

use doorward_core::event::Event;

/// What a line says beside the event's name; what does not apply is left out.
#[derive(Default)]
struct Line {
    user: Option<String>,
    client: Option<String>,
    session: Option<String>,
    grant: Option<String>,
    scope: Option<String>,
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
        endpoint,
        error,
        reason,
    } = line(event);
    tracing::info!(
        event = event.name(),
        user.id = user,
        client.id = client,
        session.id = session,
        grant.id = grant,
        scope,
        endpoint,
        error,
        reason,
    );
}

fn line(event: &Event) -> Line {
    let line = Line::default();
    match event {
        Event::SignedIn {
            person,
            session,
            client,
        } => Line {
            user: text(person),
            session: text(session),
            client: client.as_ref().and_then(text),
            ..line
        },
        Event::SignedOut { person, session } => Line {
            user: text(person),
            session: text(session),
            ..line
        },
        Event::Authorized {
            person,
            client,
            grant,
            scope,
        } => Line {
            user: text(person),
            client: text(client),
            grant: text(grant),
            scope: text(scope),
            ..line
        },
        Event::ConsentGiven {
            person,
            client,
            scope,
        } => Line {
            user: text(person),
            client: text(client),
            scope: text(scope),
            ..line
        },
        Event::TokensIssued { client, grant } | Event::TokensRefreshed { client, grant } => Line {
            client: text(client),
            grant: text(grant),
            ..line
        },
        Event::GrantRevoked { grant, cause } => Line {
            grant: text(grant),
            reason: Some(format!("{cause:?}")),
            ..line
        },
        Event::Refused {
            endpoint,
            error,
            reason,
            client,
        } => Line {
            endpoint: text(endpoint),
            error: text(error),
            reason: text(reason),
            client: client.clone(),
            ..line
        },
        Event::Failed { endpoint, reason } => Line {
            endpoint: text(endpoint),
            reason: text(reason),
            ..line
        },
        Event::Administered { action, target } => Line {
            endpoint: text(action),
            reason: text(target),
            ..line
        },
    }
}

fn text(value: &impl Display) -> Option<String> {
    Some(value.to_string())
}
