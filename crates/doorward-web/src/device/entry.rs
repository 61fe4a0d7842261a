//! A code that somebody typed, and the device that it leads to.

use axum::http::request::Parts;
use doorward_core::device_authorization::{DeviceNotFound, FoundDevice, UserCode, find};
use doorward_core::identifiers::PersonId;

use crate::client_address::counted;
use crate::limits::{self, Verdict};
use crate::pages::DeviceCodeProblem;
use crate::provider::App;
use crate::refusal::PageError;

/// Why no device was found: what the person is told, and what the operator is.
pub(crate) type NotEntered = (DeviceCodeProblem, String);

/// Finds the device whose code was typed. The attempt is counted before anything is looked up, and a wrong one against its
/// address, as a wrong password is ([RFC 8628 section 5.1](https://www.rfc-editor.org/rfc/rfc8628#section-5.1)).
pub(crate) async fn enter(
    app: &App,
    parts: &Parts,
    typed: &str,
    person: Option<PersonId>,
) -> Result<Result<FoundDevice, NotEntered>, PageError> {
    let address = counted(parts, &app.settings.trusted_proxies);
    if limits::user_code(app, &address, person).await? == Verdict::Exceeded {
        let reason = format!("too many user codes from {address} or by this account");
        return Ok(Err((DeviceCodeProblem::TooManyAttempts, reason)));
    }
    let found = match typed.parse() {
        Ok(code) => look_up(app, code).await?.map_err(|gone| gone.to_string()),
        Err(_) => Err("the user code is malformed".to_owned()),
    };
    let Err(reason) = found else {
        return Ok(found.map_err(|reason| (DeviceCodeProblem::Wrong, reason)));
    };
    limits::sign_in_failed(app, &address).await?;
    Ok(Err((DeviceCodeProblem::Wrong, reason)))
}

/// The device of this code, if somebody may still answer it.
pub(super) async fn look_up(
    app: &App,
    code: UserCode,
) -> Result<Result<FoundDevice, DeviceNotFound>, PageError> {
    let Some(stored) = app.devices.find(code).await? else {
        return Ok(Err(DeviceNotFound::Unknown));
    };
    let answer = app.devices.answer(&stored.device_code).await?;
    let client = app.client(&stored.request.client);
    let (client, now) = (client.as_deref(), app.now());
    Ok(find(code, Some(stored), answer.as_ref(), client, now))
}
