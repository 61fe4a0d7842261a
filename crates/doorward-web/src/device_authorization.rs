//! `POST /device_authorization`, where clients of devices begin
//! ([RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)).

use axum::extract::{Request, State};
use axum::http::header::PRAGMA;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use doorward_core::client::Client;
use doorward_core::device_authorization::{
    DeviceAuthorization, DeviceRequest, DeviceResponse, LIFETIME, REMEMBERED, UserCode,
};
use doorward_core::parameters::Parameters;
use doorward_core::secret::{Secret, SecretKind};
use doorward_sessions::Inserted;

use crate::client_address::counted;
use crate::client_authentication::FromClient;
use crate::device::DEVICE;
use crate::limits::{self, Verdict};
use crate::provider::App;
use crate::refusal::{Failed, Refusal, TokenError};

/// The address of the endpoint.
pub(crate) const DEVICE_AUTHORIZATION: &str = "/device_authorization";

/// How often a user code is drawn anew that another device has.
const DRAWS: usize = 5;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(DEVICE_AUTHORIZATION, post(device_authorization))
}

async fn device_authorization(
    State(app): State<App>,
    request: Request,
) -> Result<impl IntoResponse, Refusal> {
    let response = answer(&app, request).await;
    response
        .map(|response| ([(PRAGMA, "no-cache")], Json(response)))
        .map_err(|error| error.at("device_authorization"))
}

async fn answer(app: &App, request: Request) -> Result<DeviceResponse, TokenError> {
    let (parts, body) = request.into_parts();
    let address = counted(&parts, &app.settings.trusted_proxies);
    let request = Request::from_parts(parts, body);
    let FromClient {
        client, parameters, ..
    } = FromClient::read(app, request).await?;
    let begun = begin(app, &client, &parameters, &address).await;
    begun.map_err(|error| error.by(&client.client_id))
}

/// Judges what a device asks for, and lets it wait.
async fn begin(
    app: &App,
    client: &Client,
    parameters: &Parameters,
    address: &str,
) -> Result<DeviceResponse, TokenError> {
    let servers = app.directory.resource_servers().registry();
    let request = DeviceRequest::parse(parameters, client, &servers)
        .map_err(|refused| TokenError::refused(refused.code(), refused))?;
    // Whoever keeps no secret has proven nothing, and may be anybody.
    if client.is_public() && limits::device(app, address).await? == Verdict::Exceeded {
        return Err(TokenError::too_many(format!(
            "{address} began too many device authorizations"
        )));
    }
    for _ in 0..DRAWS {
        let code = Secret::generate(SecretKind::DeviceCode, &*app.random);
        let device = DeviceAuthorization::waiting(request.clone(), &code, app.now());
        let ttl = LIFETIME + REMEMBERED;
        let kept = app.devices.keep(UserCode::of(&code), &device, ttl);
        if kept.await? == Inserted::New {
            return Ok(DeviceResponse::new(
                &code,
                &format!("{}{DEVICE}", app.issuer),
            ));
        }
    }
    Err(Failed("no user code was free".to_owned()).into())
}
