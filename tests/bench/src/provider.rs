//! A provider just good enough to prove the benchmark's flows against, without the product.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    rc::Rc,
    sync::Arc,
};

use axum::{
    Json, Router,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{Html, IntoResponse, Redirect, Response},
    routing::get,
};
use serde_json::json;
use tokio::net::TcpListener;

use crate::{
    operation::{PASSWORD, PEOPLE},
    relying_party::{Client, Endpoints, RelyingParty},
    signature::{Algorithm, SigningKey},
};

type Pairs = HashMap<String, String>;

/// What the provider says to the password.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mood {
    /// Lets the person in.
    Welcoming,
    /// Says 503, and when to come again.
    Busy,
}

/// Starts the provider, and returns a relying party that is registered there.
pub(crate) async fn start(mood: Mood) -> Rc<RelyingParty> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    let key = Arc::new(SigningKey::generate(Algorithm::Es256).unwrap());
    let router = Router::new()
        .route(Endpoints::DISCOVERY, get(async move || discovery(address)))
        .route("/authorize", get(authorize))
        .route(
            "/sign-in",
            get(page).post(async move |form: String| sign_in(mood, &form)),
        )
        .route("/token", axum::routing::post(token))
        .with_state(key);
    tokio::spawn(async move { axum::serve(listener, router).await });
    let endpoints = Endpoints::discover(address).await.unwrap();
    Rc::new(RelyingParty::new(
        address,
        endpoints,
        Client::known("bench", "secret"),
    ))
}

fn pairs(encoded: &str) -> Pairs {
    url::form_urlencoded::parse(encoded.as_bytes())
        .into_owned()
        .collect()
}

fn discovery(address: SocketAddr) -> Response {
    let url = |path: &str| format!("http://{address}{path}");
    Json(json!({
        "authorization_endpoint": url("/authorize"),
        "token_endpoint": url("/token"),
        "pushed_authorization_request_endpoint": url("/par"),
        "device_authorization_endpoint": url("/device_authorization"),
        "revocation_endpoint": url("/revoke"),
        "introspection_endpoint": url("/introspect"),
        "userinfo_endpoint": url("/userinfo"),
        "jwks_uri": url("/jwks"),
    }))
    .into_response()
}

/// A code is the request's nonce, so that the token endpoint knows it without a memory.
fn redirect_with_code(request: &Pairs) -> Redirect {
    let (to, nonce, state) = (
        &request["redirect_uri"],
        &request["nonce"],
        &request["state"],
    );
    Redirect::to(&format!("{to}?code={nonce}&state={state}"))
}

async fn authorize(headers: HeaderMap, RawQuery(query): RawQuery) -> Redirect {
    let request = pairs(&query.unwrap_or_default());
    let signed_in = headers
        .get(header::COOKIE)
        .is_some_and(|cookies| cookies.to_str().unwrap().contains("session=1"));
    match (signed_in, request.get("prompt")) {
        (true, _) => redirect_with_code(&request),
        (false, Some(_)) => {
            let (to, state) = (&request["redirect_uri"], &request["state"]);
            Redirect::to(&format!("{to}?error=login_required&state={state}"))
        }
        (false, None) => {
            let pairs = url::form_urlencoded::Serializer::new(String::new())
                .extend_pairs(&request)
                .finish();
            Redirect::to(&format!("/sign-in?{pairs}"))
        }
    }
}

async fn page(RawQuery(query): RawQuery) -> impl IntoResponse {
    let request = pairs(&query.unwrap_or_default());
    let fields = ["redirect_uri", "nonce", "state"].map(|name| {
        let value = &request[name];
        format!(r#"<input type="hidden" name="{name}" value="{value}">"#)
    });
    let fields = fields.concat();
    let page = format!(
        r#"<form method="post">{fields}<input name="username"><input type="password" name="password">
           <button name="action" value="sign-in">Sign in</button></form>"#
    );
    ([(header::SET_COOKIE, "browser=1")], Html(page))
}

fn sign_in(mood: Mood, form: &str) -> Response {
    let form = pairs(form);
    if mood == Mood::Busy {
        return (
            StatusCode::SERVICE_UNAVAILABLE,
            [(header::RETRY_AFTER, "2")],
        )
            .into_response();
    }
    let sent = ["username", "password", "action"].map(|name| form[name].as_str());
    if sent != [PEOPLE[0], PASSWORD, "sign-in"] {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    (
        [(header::SET_COOKIE, "session=1")],
        redirect_with_code(&form),
    )
        .into_response()
}

async fn token(State(key): State<Arc<SigningKey>>, form: String) -> Response {
    let form = pairs(&form);
    let (nonce, next) = match form["grant_type"].as_str() {
        "authorization_code" => (form["code"].clone(), "1".to_owned()),
        _ => (String::new(), format!("{}1", form["refresh_token"])),
    };
    let token = |claims| key.access_token(&claims).unwrap();
    Json(json!({
        "access_token": token(json!({})),
        "id_token": token(json!({ "nonce": nonce })),
        "refresh_token": next,
    }))
    .into_response()
}
