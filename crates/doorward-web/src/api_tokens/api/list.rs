//! `GET /api/v1/tokens` and `GET /api/v1/tokens/{id}`

use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::{Extension, Json};
use doorward_core::api_token::READ_TOKENS;
use doorward_core::event::Reference;
use doorward_core::identifiers::ApiTokenId;
use doorward_directory::api_tokens::ApiTokenFilter;
use url::form_urlencoded;

use super::caller::Caller;
use super::document::{Always, OfOne, OfQueries};
use super::error::ApiError;
use super::view::{TokenList, TokenView};
use crate::provider::App;

/// How many tokens a page has when nobody says.
const PAGE: u32 = 50;

/// The most tokens that a page has.
const LONGEST_PAGE: u32 = 100;

/// List your tokens
///
/// The newest first, those that were revoked or have expired for ninety days too. A page that is full says where the next one begins.
#[utoipa::path(
    get,
    path = "/api/v1/tokens",
    tag = "tokens",
    operation_id = "listTokens",
    params(
        ("after" = Option<String>, Query, description = "The ID that the page begins after: `next` of the page before"),
        ("limit" = Option<u32>, Query, description = "How many at most; 50 when absent", minimum = 1, maximum = 100),
    ),
    responses((status = 200, description = "A page of tokens", body = TokenList), Always, OfQueries),
    security(("api_token" = ["doorward:tokens:read"]))
)]
pub(super) async fn list(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    parts: Parts,
) -> Result<Json<TokenList>, ApiError> {
    let caller = Caller::with(READ_TOKENS, &app, reference, &parts).await?;
    let Page { after, limit } = Page::parse(parts.uri.query().unwrap_or_default())?;
    let filter = ApiTokenFilter::of(&caller.token().acts_for);
    let tokens = app.directory.api_tokens();
    let page = tokens.list(&filter, after, limit).await?;
    Ok(Json(TokenList::of(&page, limit, app.now())))
}

/// Show one of your tokens
#[utoipa::path(
    get,
    path = "/api/v1/tokens/{id}",
    tag = "tokens",
    operation_id = "showToken",
    params(("id" = String, Path, description = "The ID of the token: not the token itself")),
    responses((status = 200, description = "The token", body = TokenView), Always, OfOne),
    security(("api_token" = ["doorward:tokens:read"]))
)]
pub(super) async fn show(
    State(app): State<App>,
    Extension(reference): Extension<Reference>,
    Path(id): Path<String>,
    parts: Parts,
) -> Result<Json<TokenView>, ApiError> {
    let caller = Caller::with(READ_TOKENS, &app, reference, &parts).await?;
    let found = caller.own(&app, &id).await?;
    Ok(Json(TokenView::of(&found, app.now())))
}

/// Which page is asked for.
struct Page {
    after: Option<ApiTokenId>,
    limit: u32,
}

impl Page {
    /// Reads the parameters, each of which is known and given once at most.
    fn parse(query: &str) -> Result<Self, ApiError> {
        let (mut after, mut limit) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let before = match &*name {
                "after" => after.replace(value),
                "limit" => limit.replace(value),
                _ => return Err(unreadable("the only parameters are after and limit")),
            };
            if before.is_some() {
                return Err(unreadable("after and limit are given once at most"));
            }
        }
        let after = after.map(|after| after.parse()).transpose();
        let limit = limit.map_or(Ok(PAGE), |limit| limit.parse());
        let limit = limit
            .ok()
            .filter(|limit| (1..=LONGEST_PAGE).contains(limit));
        Ok(Self {
            after: after.map_err(|_| unreadable("after is the ID of a token"))?,
            limit: limit.ok_or_else(|| unreadable("limit is a number from 1 to 100"))?,
        })
    }
}

fn unreadable(why: &str) -> ApiError {
    ApiError::Unreadable(why.to_owned())
}
