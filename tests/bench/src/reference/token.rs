//! The reference token endpoint: `client_credentials` with `client_secret_basic`.

use std::{
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    constant_time,
    digest::{self, Digest, SHA256},
    rand::{SecureRandom, SystemRandom},
};
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Serialize;

use super::durable::DurableTokens;
use crate::signature::{Algorithm, SigningKey};

/// The only client's id.
pub(super) const CLIENT_ID: &str = "reference-client";
/// The only client's secret.
pub(super) const CLIENT_SECRET: &str = "reference-secret";

const LIFETIME_SECONDS: u64 = 3600;

/// What every token request needs.
pub(super) struct Issuer {
    rs256: SigningKey,
    es256: SigningKey,
    eddsa: SigningKey,
    secret: Digest,
    durable: DurableTokens,
}

/// A request that came from the client.
struct Authenticated {
    scope: String,
}

#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    token_type: &'static str,
    expires_in: u64,
    scope: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    iss: &'static str,
    sub: &'static str,
    aud: &'static str,
    exp: u64,
    iat: u64,
    jti: String,
    client_id: &'static str,
    scope: &'a str,
}

impl Issuer {
    /// An issuer with new keys.
    pub(super) fn new(durable: DurableTokens) -> anyhow::Result<Self> {
        Ok(Self {
            rs256: SigningKey::generate(Algorithm::Rs256)?,
            es256: SigningKey::generate(Algorithm::Es256)?,
            eddsa: SigningKey::generate(Algorithm::EdDsa)?,
            secret: digest::digest(&SHA256, CLIENT_SECRET.as_bytes()),
            durable,
        })
    }

    fn key(&self, algorithm: Algorithm) -> &SigningKey {
        match algorithm {
            Algorithm::Rs256 => &self.rs256,
            Algorithm::Es256 => &self.es256,
            Algorithm::EdDsa => &self.eddsa,
        }
    }

    fn authenticate(&self, headers: &HeaderMap, body: &[u8]) -> Result<Authenticated, StatusCode> {
        let credentials = headers
            .get(header::AUTHORIZATION)
            .and_then(|value| value.as_bytes().strip_prefix(b"Basic "))
            .and_then(|value| BASE64_STANDARD.decode(value).ok())
            .and_then(|pair| String::from_utf8(pair).ok())
            .ok_or(StatusCode::UNAUTHORIZED)?;
        let (id, secret) = credentials
            .split_once(':')
            .ok_or(StatusCode::UNAUTHORIZED)?;
        let secret = digest::digest(&SHA256, secret.as_bytes());
        let same = constant_time::verify_slices_are_equal(secret.as_ref(), self.secret.as_ref());
        if id != CLIENT_ID || same.is_err() {
            return Err(StatusCode::UNAUTHORIZED);
        }
        let (mut grant_type, mut scope) = (None, String::new());
        for (name, value) in url::form_urlencoded::parse(body) {
            match &*name {
                "grant_type" => grant_type = Some(value),
                "scope" => scope = value.into_owned(),
                _ => {}
            }
        }
        match grant_type.as_deref() {
            Some("client_credentials") => Ok(Authenticated { scope }),
            _ => Err(StatusCode::BAD_REQUEST),
        }
    }
}

/// `POST /{algorithm}/token`: a signed access token.
pub(super) async fn signed(
    State(issuer): State<Arc<Issuer>>,
    Path(algorithm): Path<Algorithm>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, StatusCode> {
    let Authenticated { scope } = issuer.authenticate(&headers, &body)?;
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(internal)?
        .as_secs();
    let claims = Claims {
        iss: "http://127.0.0.1",
        sub: CLIENT_ID,
        aud: "https://api.bench.test",
        exp: now + LIFETIME_SECONDS,
        iat: now,
        jti: random::<16>()?,
        client_id: CLIENT_ID,
        scope: &scope,
    };
    let access_token = issuer
        .key(algorithm)
        .access_token(&claims)
        .map_err(internal)?;
    Ok(respond(access_token, scope))
}

/// `POST /durable/token`: an opaque access token, on disk before the answer.
pub(super) async fn durable(
    State(issuer): State<Arc<Issuer>>,
    headers: HeaderMap,
    body: axum::body::Bytes,
) -> Result<Response, StatusCode> {
    let Authenticated { scope } = issuer.authenticate(&headers, &body)?;
    let access_token = random::<32>()?;
    issuer
        .durable
        .store(access_token.clone())
        .await
        .map_err(internal)?;
    Ok(respond(access_token, scope))
}

fn respond(access_token: String, scope: String) -> Response {
    let body = TokenResponse {
        access_token,
        token_type: "Bearer",
        expires_in: LIFETIME_SECONDS,
        scope,
    };
    ([(header::CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

fn random<const N: usize>() -> Result<String, StatusCode> {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).map_err(internal)?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn internal<E>(_: E) -> StatusCode {
    StatusCode::INTERNAL_SERVER_ERROR
}
