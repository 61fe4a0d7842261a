//! `/register/{client_id}`, the client configuration endpoint
//! ([RFC 7592 section 2](https://www.rfc-editor.org/rfc/rfc7592#section-2)).

use std::sync::Arc;

use axum::Extension;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use doorward_core::client::Client;
use doorward_core::event::{Reference, RegistrationChange};
use doorward_core::identifiers::ClientId;
use doorward_core::registration::{Credentials, PresentedRegistrationToken, RegistrationRequest};
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::clients::Updated;

use super::{bearer, information, new_secret, new_token, note, with_sector};
use crate::form;
use crate::limits::{self, Verdict};
use crate::provider::App;
use crate::refusal::RegistrationError;

/// What the client is registered with ([RFC 7592 section 2.1](https://www.rfc-editor.org/rfc/rfc7592#section-2.1)). The token
/// stays the same, so that whoever reads twice at once locks nobody out.
pub(super) async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, RegistrationError> {
    let token = bearer(&headers)?;
    let client = managed(&app, &id, &token).await?;
    Ok(information(&app, StatusCode::OK, &client, &same(&token)))
}

/// Another registration in place of the present one ([RFC 7592 section 2.2](https://www.rfc-editor.org/rfc/rfc7592#section-2.2)).
/// What changes nothing leaves the token as it is, too.
pub(super) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<Response, RegistrationError> {
    let token = bearer(request.headers())?;
    let client = managed(&app, &id, &token).await?;
    within_limit(&app, &client.client_id).await?;
    let request = RegistrationRequest::parse(&form::json(request).await?)?;
    let request = with_sector(&app, request).await?;
    let mut credentials = same(&token);
    let clients = app.directory.clients();
    let updated = clients.update(&client.client_id, |present| {
        let (client, made) = changed(&app, &request, present, &token)?;
        credentials = made;
        Ok::<_, RegistrationError>(client)
    });
    let client = match updated.await? {
        Updated::Absent => return Err(gone()),
        Updated::Unchanged(client) => client,
        Updated::Updated(client) => {
            note(&app, reference, &client, RegistrationChange::Updated);
            client
        }
    };
    Ok(information(&app, StatusCode::OK, &client, &credentials))
}

/// The client as it is asked to become by whoever has its token, and what it is told this once.
fn changed(
    app: &App,
    request: &RegistrationRequest,
    present: &Client,
    token: &str,
) -> Result<(Client, Credentials), RegistrationError> {
    if !parsed(token)?.manages(present) {
        return Err(gone());
    }
    let policy = &app.settings.registration;
    let mut client = request.clone().update(policy, present)?;
    let client_secret = new_secret(app, &mut client);
    if client == *present {
        return Ok((client, same(token)));
    }
    let registration_access_token = new_token(app, &mut client);
    let credentials = Credentials {
        client_secret,
        registration_access_token,
    };
    Ok((client, credentials))
}

async fn within_limit(app: &App, client: &ClientId) -> Result<(), RegistrationError> {
    match limits::registration_change(app, client).await? {
        Verdict::Within => Ok(()),
        Verdict::Exceeded => {
            let reason = format!("{client} changes its registration too often");
            Err(RegistrationError::TooMany(reason))
        }
    }
}

/// The end of the registration and of all that came of it
/// ([RFC 7592 section 2.3](https://www.rfc-editor.org/rfc/rfc7592#section-2.3)).
pub(super) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(reference): Extension<Reference>,
    headers: HeaderMap,
) -> Result<StatusCode, RegistrationError> {
    let client = managed(&app, &id, &bearer(&headers)?).await?;
    let clients = app.directory.clients();
    if !clients.remove(&client.client_id, app.now()).await? {
        return Err(gone());
    }
    note(&app, reference, &client, RegistrationChange::Removed);
    Ok(StatusCode::NO_CONTENT)
}

/// The client that an address names, to whoever has its token now, whichever node changed it last. A token that is shown for another
/// client has been lost by its owner, and is good for nothing any more.
async fn managed(app: &App, id: &str, token: &str) -> Result<Arc<Client>, RegistrationError> {
    let token = parsed(token)?;
    app.directory.refresh().await?;
    let clients = app.directory.clients();
    let id = id.parse::<ClientId>().ok();
    let client = id.and_then(|id| clients.client(&id));
    if let Some(client) = client.filter(|client| token.manages(client)) {
        return Ok(client);
    }
    if let Some(owner) = clients.managed_by(token) {
        let robbed = clients.update(&owner.client_id, |owner| {
            Ok::<_, RegistrationError>(owner.without_registration_token(token))
        });
        let _robbed = robbed.await?;
    }
    Err(gone())
}

fn parsed(token: &str) -> Result<PresentedRegistrationToken, RegistrationError> {
    PresentedRegistrationToken::parse(token).ok_or_else(gone)
}

/// The token that it has shown, and nothing new.
fn same(token: &str) -> Credentials {
    Credentials {
        client_secret: None,
        registration_access_token: Secret::parse(SecretKind::RegistrationAccessToken, token),
    }
}

fn gone() -> RegistrationError {
    RegistrationError::token("the registration access token")
}
