//! `POST /leaked-tokens`: tokens that somebody found where they do not belong.
//!
//! Whoever hands some in need not say who they are and learns nothing: what has the form of a token is written down by its hash and looked
//! at later, so that neither the answer nor the time that it takes depends on what there is (T02).

use std::collections::BTreeSet;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use doorward_core::api_token::PresentedApiToken;
use doorward_core::error::ErrorCode;
use doorward_core::network::Network;
use doorward_directory::api_tokens::Find;
use serde::Deserialize;

use crate::client_address::{client, counted};
use crate::form::{self, Form};
use crate::limits::{self, Verdict};
use crate::provider::App;
use crate::refusal::{Refusal, TokenError};

/// The address of the endpoint.
const LEAKED_TOKENS: &str = "/leaked-tokens";

/// The most that one request may hand in.
const MOST: usize = 100;

pub(crate) fn routes() -> Router<App> {
    Router::new().route(LEAKED_TOKENS, post(hand_in))
}

/// What is handed in: the texts alone, or what is known of each as scanners of source code send it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Handed {
    Text(String),
    Found { token: String },
}

async fn hand_in(State(app): State<App>, request: Request) -> Result<Response, Refusal> {
    let taken = take_in(&app, request).await;
    taken.map_err(|error| error.at("leaked-tokens"))?;
    Ok(StatusCode::ACCEPTED.into_response())
}

async fn take_in(app: &App, request: Request) -> Result<(), TokenError> {
    let (parts, body) = request.into_parts();
    let from = counted(&parts, &app.settings.trusted_proxies);
    if limits::finds(app, &from).await? == Verdict::Exceeded {
        return Err(TokenError::too_many(format!("{from} hands in too much")));
    }
    let finder = client(&parts, &app.settings.trusted_proxies).map(Network::around);
    let found_at = app.now();
    let texts = texts(parts, body).await?;
    let hashes = texts
        .iter()
        .filter_map(|text| PresentedApiToken::parse(text.trim()))
        .map(|presented| presented.hash());
    let finds: Vec<Find> = hashes
        .map(|hash| Find {
            hash,
            finder,
            found_at,
        })
        .collect();
    app.directory.api_tokens().hand_in(&finds).await?;
    app.metrics.handed_in(finds.len());
    app.api_token_uses.stirred.notify_one();
    Ok(())
}

/// What is handed in, each once.
async fn texts(parts: Parts, body: Body) -> Result<BTreeSet<String>, TokenError> {
    let is_json = form::is_of(&parts, "application/json");
    let request = Request::from_parts(parts, body);
    let texts: BTreeSet<String> = if is_json {
        let body = form::json(request).await.map_err(invalid)?;
        let handed: Vec<Handed> = serde_json::from_slice(&body).map_err(|_| no_list())?;
        handed.into_iter().map(Handed::text).collect()
    } else {
        let form = Form::read(request).await.map_err(invalid)?;
        form.parameters.all("token").map(str::to_owned).collect()
    };
    if texts.is_empty() || texts.len() > MOST {
        return Err(no_list());
    }
    Ok(texts)
}

impl Handed {
    fn text(self) -> String {
        match self {
            Self::Text(token) | Self::Found { token } => token,
        }
    }
}

fn no_list() -> TokenError {
    invalid(format_args!(
        "send from 1 to {MOST} tokens, as a JSON list of texts or of objects with the member \"token\", or as a form with a field \
         \"token\" for each"
    ))
}

fn invalid(reason: impl ToString) -> TokenError {
    TokenError::refused(ErrorCode::InvalidRequest, reason)
}
