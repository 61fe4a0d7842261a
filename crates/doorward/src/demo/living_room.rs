//! `/television` at the wiki: the place where the television stands.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::header::REFRESH;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use doorward_core::random::Random;

use super::application::{Look, failed, html, redirect};
use super::pages::LivingRoom;
use super::television::{Picture, Television};
use super::visitors::{Visitor, Visitors};

/// The address of the page.
const TELEVISION: &str = "/television";

/// Seconds after which the page of a television that waits looks again.
const AGAIN: &str = "2";

#[derive(Clone)]
struct Room(Arc<Furniture>);

struct Furniture {
    television: Television,
    visitors: Visitors,
    random: Arc<dyn Random>,
}

/// The page as a router.
pub(super) fn router(television: Television, random: Arc<dyn Random>) -> Router {
    let room = Room(Arc::new(Furniture {
        television,
        visitors: Visitors::new("television_session"),
        random,
    }));
    Router::new()
        .route(TELEVISION, get(show).post(switch_on))
        .with_state(room)
}

async fn show(State(Room(room)): State<Room>, headers: HeaderMap) -> Response {
    let picture = room.visitors.screen(&headers).map(|on| on.picture());
    let waits = matches!(picture, Some(Picture::Code { .. }));
    let page = LivingRoom { picture }.page().into_string();
    let page = html(StatusCode::OK, page);
    if waits {
        return ([(REFRESH, AGAIN)], page).into_response();
    }
    page
}

async fn switch_on(State(Room(room)): State<Room>) -> Response {
    match room.television.switch_on().await {
        Ok(screen) => {
            let visitor = Visitor::Watching(screen);
            let cookie = room.visitors.remember(visitor, &*room.random);
            redirect(TELEVISION, Some(cookie))
        }
        Err(error) => failed(Look::Wiki, &error),
    }
}
