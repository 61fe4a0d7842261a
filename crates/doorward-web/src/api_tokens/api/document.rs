//! `GET /api/v1/openapi.json`: the API for programs that write programs
//! ([OpenAPI 3.1](https://spec.openapis.org/oas/v3.1.0)).

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{self, ContentBuilder, Ref, RefOr, ResponseBuilder, Server};
use utoipa::{IntoResponses, Modify, OpenApi};

use super::problem::{PROBLEM, ProblemDetails};
use super::{create, list, rotate, stop};
use crate::provider::App;

/// The API.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Doorward",
        version = "1",
        description = "A person's own API tokens. Call it with a personal access token that has a scope of Doorward itself: \
                       `Authorization: Bearer dw_pat_…`. Members that the schemas do not name are refused; answers may get more."
    ),
    paths(
        list::list,
        list::show,
        create::create,
        rotate::rotate,
        stop::suspend,
        stop::resume,
        stop::revoke,
        document
    ),
    components(schemas(ProblemDetails)),
    modifiers(&Bearer),
    tags((name = "tokens", description = "Personal access tokens"))
)]
struct Api;

/// How callers say who they are.
struct Bearer;

impl Modify for Bearer {
    fn modify(&self, api: &mut openapi::OpenApi) {
        let components = api.components.get_or_insert_default();
        let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("api_token", scheme);
    }
}

/// This document
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "tokens",
    operation_id = "describe",
    responses((status = 200, description = "The OpenAPI document", body = serde_json::Value)),
    security(())
)]
pub(super) async fn document(State(app): State<App>) -> Response {
    let mut api = Api::openapi();
    api.servers = Some(vec![Server::new(app.issuer.as_str())]);
    ([(CACHE_CONTROL, "public, max-age=300")], Json(api)).into_response()
}

/// Refusals that every call may meet.
pub(super) struct Always;
/// Those of calls with parameters.
pub(super) struct OfQueries;
/// Those of calls with a body.
pub(super) struct OfBodies;
/// Those of calls about one token.
pub(super) struct OfOne;
/// Those of calls that make a secret.
pub(super) struct OfMaking;
/// Those of calls that stop a token or let it go on.
pub(super) struct OfStates;

/// Writes down with which problems, each with an example, calls of a kind are refused.
macro_rules! refusals {
    ($($kind:ident: $([$status:literal, $description:literal, $detail:literal])+)+) => {$(
        impl IntoResponses for $kind {
            fn responses() -> BTreeMap<String, RefOr<openapi::Response>> {
                BTreeMap::from([$(problem($status, $description, $detail)),+])
            }
        }
    )+};
}

refusals! {
    Always:
        [401, "There is no API token, or none that works", "The access token is unknown, expired or revoked, or is bound to a key and came without."]
        [403, "The token may not do this", "the API token has not the scope doorward:tokens:manage, or not any more"]
        [405, "The path has no such method", "PATCH is not a method of this"]
        [503, "Doorward cannot answer now", "Try again later."]
    OfQueries:
        [400, "A parameter cannot be read, or is unknown", "limit is a number from 1 to 100"]
    OfBodies:
        [400, "The body cannot be read, or has a member that is unknown", "unknown field `admin`, expected one of `name`, `scope`"]
        [415, "The body is not JSON", "the body is not application/json"]
    OfOne:
        [400, "The token is shown twice, or in the address", "A parameter is missing, malformed or given twice."]
        [404, "There is no such token of yours", "there is no such token of yours"]
    OfMaking:
        [409, "It goes not with how things stand", "only a token that works is rotated: resume it before, or make another one"]
        [422, "No such token may be made", "a token lives at most 366 days here"]
        [429, "Too many were made", "too many tokens were made or rotated within an hour"]
    OfStates:
        [409, "The token was revoked", "the token was revoked, which cannot be undone; make another one"]
}

fn problem(status: u16, description: &str, detail: &str) -> (String, RefOr<openapi::Response>) {
    let title = axum::http::StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let example = json!({
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": detail,
        "reference": "K7QX2-M4PTR",
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ProblemDetails")))
        .example(Some(example))
        .build();
    let response = ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, content)
        .build();
    (status.to_string(), response.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_route_is_in_the_document_and_nothing_else() {
        let routes = super::super::endpoints().map(|(path, _)| path.to_owned());
        let described = Api::openapi().paths.paths.into_keys();
        assert_eq!(described.collect::<BTreeSet<_>>(), routes.into());
    }
}
