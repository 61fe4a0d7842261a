//! `/authorize`, the authorization endpoint ([OpenID Connect Core section 3.1.2](https://openid.net/specs/openid-connect-core-1_0.html#AuthorizationEndpoint)).

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use doorward_core::authorization::pushed::RequestUri;
use doorward_core::authorization::request_object::{
    Asked, Referred, RequestObject, RequestObjectRefused,
};
use doorward_core::authorization::{
    AuthorizationRequest, AuthorizationResponse, Delivery, Progress, ResponseTarget, ToSign,
    Unaddressed, address, named_client, validate,
};
use doorward_core::client::Client;
use doorward_core::event::Reference;
use doorward_core::id_token::IdTokenHint;
use doorward_core::jose::{Encrypter, Expected, Expiry, JwtRefused, Typ};
use doorward_core::parameters::Parameters;
use doorward_core::subject::SubjectIdentifier;

use crate::browser::Browser;
use crate::client_address::counted;
use crate::client_documents::known_client;
use crate::client_keys::{encrypter_for, with_keys};
use crate::form::{self, Form, see_other};
use crate::headers::FormsLeadTo;
use crate::interaction::Course;
use crate::pages::{FormPost, Problem};
use crate::provider::App;
use crate::pushed_authorization;
use crate::refusal::{AuthorizationError, Failed, PageError};
use crate::request_objects::referred;
use crate::texts::Texts;

/// The address of the endpoint.
pub(crate) const AUTHORIZE: &str = "/authorize";

pub(crate) fn routes() -> Router<App> {
    Router::new().route(AUTHORIZE, get(authorize).post(by_post))
}

async fn authorize(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    browser: Browser,
    request: Request,
) -> Result<Response, AuthorizationError> {
    let (parts, _) = request.into_parts();
    let parameters = form::query(&parts).map_err(|refused| {
        PageError::bad_request("authorization", Problem::InvalidLink, refused)
    })?;
    let address = counted(&parts, &app.settings.trusted_proxies);
    let client = client_of(&app, &parameters, &address).await;
    let client = client.map_err(|error| error.by(parameters.one("client_id")))?;
    let request = match RequestUri::named(&parameters) {
        Some(uri) => pushed_authorization::open(&app, &client, uri).await?,
        None => judge(&app, &client, &parameters).await?,
    };
    tracing::Span::current().record("client.id", tracing::field::display(&request.client));
    let course = Course {
        app: &app,
        client,
        request,
        progress: Progress::default(),
        reference,
    };
    let here = browser.signed_in().await?;
    course.proceed(&parts, here.as_ref(), None).await
}

/// A form posted from another site comes without our cookies; the same request as a link has them.
async fn by_post(request: Request) -> Result<Response, PageError> {
    let refuse = |refused| PageError::bad_request("authorization", Problem::InvalidLink, refused);
    let form: Form = Form::read(request).await.map_err(refuse)?;
    form.as_link(AUTHORIZE).map_err(refuse)
}

/// From parameters, all of which the browser brought, to a valid request of a known client.
async fn judge(
    app: &App,
    client: &Arc<Client>,
    parameters: &Parameters,
) -> Result<AuthorizationRequest, AuthorizationError> {
    let by_client = |error: PageError| error.by(Some(client.client_id.as_str()));
    let referred = referred(app, client, parameters).await?;
    let asked = asked(app, parameters, referred.as_ref(), client).await;
    let asked = asked.map_err(by_client)?;
    let addressed = address(asked.parameters(), Arc::clone(client));
    let addressed = addressed.map_err(|reason| by_client(unaddressed(&reason)))?;
    let servers = app.directory.resource_servers().registry();
    let hint = |hint: &str| hinted_subject(app, hint);
    validate(&asked, &addressed, &servers, hint).map_err(|reason| AuthorizationError::Return {
        to: addressed.target.clone(),
        code: reason.code(),
        reason: reason.to_string(),
        client: client.client_id.clone(),
    })
}

/// What counts of a request: what is in its request object, if it brings one or refers to one. Of an object that is
/// not proven nothing counts, nor does anything beside it, so its client is not told.
async fn asked<'a>(
    app: &App,
    parameters: &'a Parameters,
    referred: Option<&Referred>,
    client: &Arc<Client>,
) -> Result<Asked<'a>, PageError> {
    let refuse = |refused: RequestObjectRefused| unproven(&refused);
    let brought = RequestObject::of(parameters, client).map_err(refuse)?;
    let Some(object) = brought.or_else(|| referred.map(Referred::object)) else {
        return Ok(Asked::Plain(parameters));
    };
    let key = object.signed_with().map_err(refuse)?;
    let signer = with_keys(app, client, &key.into()).await?;
    let opened = object.open(&signer, &app.issuer, app.now());
    opened.map_err(refuse)
}

fn unproven(refused: &RequestObjectRefused) -> PageError {
    let problem = match refused {
        RequestObjectRefused::Jwt(JwtRefused::Expired) | RequestObjectRefused::TooLong => {
            Problem::Expired
        }
        _ => Problem::InvalidLink,
    };
    PageError::bad_request("authorization", problem, refused)
}

/// The client that a request names, whoever asks from there.
pub(crate) async fn client_of(
    app: &App,
    parameters: &Parameters,
    address: &str,
) -> Result<Arc<Client>, PageError> {
    let id = named_client(parameters).map_err(|reason| unaddressed(&reason))?;
    let client = known_client(app, &id, address).await?;
    client.ok_or_else(|| unaddressed(&Unaddressed::UnknownClient(id.to_string())))
}

pub(crate) fn unaddressed(reason: &Unaddressed) -> PageError {
    let problem = match reason {
        Unaddressed::NoClient
        | Unaddressed::NoRedirectUri { .. }
        | Unaddressed::OtherResponseMode(_) => Problem::InvalidLink,
        Unaddressed::UnknownClient(_) => Problem::UnknownApplication,
        Unaddressed::UnregisteredRedirectUri { .. } => Problem::AddressNotRegistered,
    };
    PageError::bad_request("authorization", problem, reason)
}

/// Whom an ID Token of ours was made for, as its client knows them.
pub(crate) fn hinted_subject(app: &App, hint: &str) -> Result<SubjectIdentifier, String> {
    read_hint(app, hint).map(|hint| hint.sub)
}

/// Verifies an ID Token of ours; an expired one still says who it was made for.
pub(crate) fn read_hint(app: &App, token: &str) -> Result<IdTokenHint, String> {
    let expected = Expected {
        typ: Typ::IdToken,
        issuer: &app.issuer,
        audience: None,
        now: app.now(),
        expiry: Expiry::Tolerated,
    };
    app.keyring()
        .verify(token, expected)
        .map_err(|refused| refused.to_string())
}

/// Sends the browser on with an authorization response, signed and encrypted if its client wants that.
pub(crate) async fn respond(
    app: &App,
    response: AuthorizationResponse,
    encrypter: Option<Encrypter>,
    texts: &Texts,
) -> Result<Response, Failed> {
    let Some(ToSign { algorithm, claims }) = response.to_sign(app.now()) else {
        return Ok(deliver(response.plain(), texts));
    };
    let keyring = app.signers().await?;
    let pace = keyring.pace(algorithm);
    let typ = Typ::AuthorizationResponse;
    let sign = move || keyring.sign_for(encrypter.as_ref(), algorithm, typ, &claims);
    let jwt = app.signing.run(pace, sign).await??;
    Ok(deliver(response.signed(jwt), texts))
}

/// What encrypts the responses to `target` for the client that reads them, if they are to be encrypted. It is had before anything is
/// decided that only a response would tell: without the client's key there is none.
pub(crate) async fn response_encrypter(
    app: &App,
    target: &ResponseTarget,
) -> Result<Option<Encrypter>, PageError> {
    let Some((id, encryption)) = target.encryption() else {
        return Ok(None);
    };
    let client = app.directory.clients().client(id);
    let client = client.ok_or_else(|| Failed(format!("the client {id} is gone")))?;
    let encrypter = encrypter_for(app, &client, Some(encryption)).await;
    encrypter.map_err(|unavailable| PageError::from(unavailable).by(Some(id.as_str())))
}

fn deliver(delivery: Delivery, texts: &Texts) -> Response {
    match delivery {
        Delivery::Redirect(address) => see_other(&address),
        Delivery::FormPost { action, fields } => {
            let fields = fields
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
            let leads_to = FormsLeadTo(vec![action_source(&action)]);
            (Extension(leads_to), FormPost { action, fields }.page(texts)).into_response()
        }
    }
}

/// How a policy names the places that a form leads to: by the scheme of the address, `https` besides `http`.
///
/// The origin would be too narrow: browsers that hold `form-action` against redirects do so all the way, and
/// an application may answer at one origin and lead on to another, where it lives.
pub(crate) fn action_source(address: &str) -> String {
    match url::Url::parse(address) {
        Ok(url) if url.scheme() == "http" => "http: https:".to_owned(),
        Ok(url) => format!("{}:", url.scheme()),
        Err(_) => "'none'".to_owned(),
    }
}
