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

use super::{bearer, information, new_secret, new_token, note, with_sector};
use crate::form;
use crate::provider::App;
use crate::refusal::RegistrationError;

/// What the client is registered with ([RFC 7592 section 2.1](https://www.rfc-editor.org/rfc/rfc7592#section-2.1)). The token
/// stays the same, so that whoever reads twice at once locks nobody out.
pub(super) async fn read(
    State(app): State<App>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, RegistrationError> {
    let client = managed(&app, &id, &headers).await?;
    let same = Credentials {
        client_secret: None,
        registration_access_token: Secret::parse(
            SecretKind::RegistrationAccessToken,
            &bearer(&headers)?,
        ),
    };
    Ok(information(&app, StatusCode::OK, &client, &same))
}

/// Another registration in place of the present one ([RFC 7592 section 2.2](https://www.rfc-editor.org/rfc/rfc7592#section-2.2)).
pub(super) async fn update(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<Response, RegistrationError> {
    let client = managed(&app, &id, request.headers()).await?;
    let request = RegistrationRequest::parse(&form::json(request).await?)?;
    let request = with_sector(&app, request).await?;
    let mut client = request.update(&app.settings.registration, &client)?;
    let credentials = Credentials {
        client_secret: new_secret(&app, &mut client),
        registration_access_token: new_token(&app, &mut client),
    };
    if !app.directory.clients().update(&client).await? {
        return Err(gone());
    }
    note(&app, reference, &client, RegistrationChange::Updated);
    Ok(information(&app, StatusCode::OK, &client, &credentials))
}

/// The end of the registration and of all that came of it
/// ([RFC 7592 section 2.3](https://www.rfc-editor.org/rfc/rfc7592#section-2.3)).
pub(super) async fn remove(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(reference): Extension<Reference>,
    headers: HeaderMap,
) -> Result<StatusCode, RegistrationError> {
    let client = managed(&app, &id, &headers).await?;
    let clients = app.directory.clients();
    if !clients.remove(&client.client_id, app.now()).await? {
        return Err(gone());
    }
    note(&app, reference, &client, RegistrationChange::Removed);
    Ok(StatusCode::NO_CONTENT)
}

/// The client that an address names, to whoever has its token. A token that is shown for another client has been lost by its
/// owner, and is good for nothing any more.
async fn managed(
    app: &App,
    id: &str,
    headers: &HeaderMap,
) -> Result<Arc<Client>, RegistrationError> {
    let token = PresentedRegistrationToken::parse(&bearer(headers)?).ok_or_else(gone)?;
    let clients = app.directory.clients();
    let client = id
        .parse::<ClientId>()
        .ok()
        .and_then(|id| clients.client(&id));
    if let Some(client) = client.filter(|client| token.manages(client)) {
        return Ok(client);
    }
    let owner = clients.list();
    let owner = owner.iter().find(|client| token.manages(client));
    if let Some(owner) = owner {
        let mut robbed = Client::clone(owner);
        if let Some(dynamic) = &mut robbed.dynamic {
            dynamic.registration_access_token = None;
        }
        clients.update(&robbed).await?;
    }
    Err(gone())
}

fn gone() -> RegistrationError {
    RegistrationError::token("the registration access token")
}
