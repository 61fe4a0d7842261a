//! `POST /revoke`, the revocation endpoint ([RFC 7009 section 2](https://www.rfc-editor.org/rfc/rfc7009#section-2)).

use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::routing::post;
use axum::{Extension, Router};
use doorward_core::client::Client;
use doorward_core::event::{Event, Reference, RevocationCause};
use doorward_core::revocation::{self, ForeignToken, Revocation};
use doorward_core::token::presented::PresentedToken;
use doorward_core::token::refresh::{self, PresentedRefreshToken};

use crate::access_token::read;
use crate::client_authentication::FromClient;
use crate::provider::App;
use crate::refusal::{BearerError, Refusal, TokenError};

/// The address of the endpoint.
pub(crate) const REVOKE: &str = "/revoke";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(REVOKE, post(revoke))
}

/// Says yes also to what is no token, or none any more: the client wanted it gone, and it is
/// ([RFC 7009 section 2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2)).
async fn revoke(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    request: Request,
) -> Result<StatusCode, Refusal> {
    let revoked = answer(&app, reference, request).await;
    revoked
        .map(|()| StatusCode::OK)
        .map_err(|error| error.at("revocation"))
}

async fn answer(app: &App, reference: Reference, request: Request) -> Result<(), TokenError> {
    let FromClient {
        client, parameters, ..
    } = FromClient::read(app, request).await?;
    let by_client = |error: TokenError| error.by(&client.client_id);
    let token = PresentedToken::parse(&parameters)
        .map_err(|refused| by_client(TokenError::refused(refused.code(), refused)))?;
    let decided = match token {
        PresentedToken::Refresh(token) => of_refresh_token(app, &token, &client).await?,
        // Its owner revokes it, and no client has one.
        PresentedToken::Api(_) => revocation::of_others(&client),
        PresentedToken::Access(token) => match read(app, &token).await {
            Ok(claims) => revocation::of_access_token(claims, &client),
            Err(BearerError::Refused(_)) => Ok(None),
            Err(BearerError::Failed(failed)) => return Err(failed.into()),
        },
    };
    let revocation =
        decided.map_err(|foreign| by_client(TokenError::refused(foreign.code(), foreign)))?;
    match revocation {
        Some(revocation) => commit(app, reference, revocation, &client).await,
        None => Ok(()),
    }
}

async fn of_refresh_token(
    app: &App,
    token: &PresentedRefreshToken,
    client: &Client,
) -> Result<Result<Option<Revocation>, ForeignToken>, TokenError> {
    let found = app.directory.grants().refresh_token(token.family).await?;
    Ok(match found {
        Some((family, grant, _)) if refresh::is_held(token, &family) => {
            revocation::of_refresh_token(&grant, client)
        }
        _ => Ok(None),
    })
}

async fn commit(
    app: &App,
    reference: Reference,
    revocation: Revocation,
    client: &Client,
) -> Result<(), TokenError> {
    let (revoked, event) = match revocation {
        Revocation::Grant(grant) => {
            let cause = RevocationCause::Client;
            let revoked = app.directory.grants().revoke(grant, app.now()).await?;
            (revoked, Event::GrantRevoked { grant, cause })
        }
        Revocation::AccessToken {
            jti,
            expires_at,
            status,
        } => {
            let client = client.client_id.clone();
            let index = status.and_then(|status| app.status_lists.index_of(&status));
            let tokens = app.directory.access_tokens();
            let revoked = tokens.revoke(&jti, expires_at, index).await?;
            (revoked, Event::AccessTokenRevoked { client })
        }
    };
    if revoked {
        app.note(reference, event);
    }
    Ok(())
}
