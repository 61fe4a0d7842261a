//! One sample application: three addresses and a stylesheet.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, SET_COOKIE,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use doorward_core::random::Random;
use url::{Url, form_urlencoded};

use super::pages::{Failed, Home};
use super::relying_party::{Callback, RelyingParty};
use super::visitors::{Visitor, Visitors};
use crate::provider::Ambient;

/// Which of the two applications.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Pages that everybody reads.
    Wiki,
    /// Figures that nobody else sees.
    Payroll,
}

impl Look {
    /// The client id.
    pub(super) const fn client_id(self) -> &'static str {
        match self {
            Self::Wiki => "wiki",
            Self::Payroll => "payroll",
        }
    }

    /// What people call it.
    pub(super) const fn title(self) -> &'static str {
        match self {
            Self::Wiki => "Wonderland Wiki",
            Self::Payroll => "Looking-Glass Payroll",
        }
    }

    const fn cookie(self) -> &'static str {
        match self {
            Self::Wiki => "wiki_session",
            Self::Payroll => "payroll_session",
        }
    }
}

#[derive(Clone)]
struct App(Arc<Application>);

struct Application {
    look: Look,
    party: RelyingParty,
    visitors: Visitors,
    other: Url,
    random: Arc<dyn Random>,
}

/// The application as a router. `other` is the address of the other one.
pub(super) fn router(look: Look, party: RelyingParty, other: &Url, ambient: &Ambient) -> Router {
    let app = App(Arc::new(Application {
        look,
        party,
        visitors: Visitors::new(look.cookie()),
        other: other.clone(),
        random: Arc::clone(&ambient.random),
    }));
    Router::new()
        .route("/", get(home))
        .route("/sign-in", post(sign_in))
        .route("/callback", get(callback))
        .route("/sign-out", post(sign_out))
        .route("/demo.css", get(stylesheet))
        .with_state(app)
}

async fn home(State(App(app)): State<App>, headers: HeaderMap) -> Response {
    let page = app.visitors.with_signed_in(&headers, |signed_in| {
        Home {
            look: app.look,
            claims: signed_in.map(|signed_in| &signed_in.claims),
            other: &app.other,
        }
        .page()
    });
    html(StatusCode::OK, page.into_string())
}

async fn sign_in(State(App(app)): State<App>) -> Response {
    match app.party.begin().await {
        Ok((url, pending)) => {
            let cookie = app.visitors.remember(Visitor::Gone(pending), &*app.random);
            redirect(url.as_str(), Some(cookie))
        }
        Err(error) => failed(app.look, &error),
    }
}

async fn callback(
    State(App(app)): State<App>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Some(Visitor::Gone(pending)) = app.visitors.forget(&headers) else {
        return failed(
            app.look,
            &anyhow::anyhow!("this browser began no sign-in here"),
        );
    };
    match app
        .party
        .finish(parameters(&query.unwrap_or_default()), pending)
        .await
    {
        Ok(signed_in) => {
            let visitor = Visitor::SignedIn(Box::new(signed_in));
            redirect("/", Some(app.visitors.remember(visitor, &*app.random)))
        }
        Err(error) => failed(app.look, &error),
    }
}

async fn sign_out(State(App(app)): State<App>, headers: HeaderMap) -> Response {
    let Some(Visitor::SignedIn(signed_in)) = app.visitors.forget(&headers) else {
        return redirect("/", None);
    };
    match app.party.sign_out(&signed_in).await {
        Ok(url) => redirect(url.as_str(), None),
        Err(error) => failed(app.look, &error),
    }
}

async fn stylesheet() -> impl IntoResponse {
    (
        [(CONTENT_TYPE, "text/css; charset=utf-8")],
        include_str!("assets/demo.css"),
    )
}

fn parameters(query: &str) -> Callback {
    let mut callback = Callback::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let field = match &*name {
            "code" => &mut callback.code,
            "state" => &mut callback.state,
            "iss" => &mut callback.iss,
            "error" => &mut callback.error,
            _ => continue,
        };
        *field = Some(value.into_owned());
    }
    callback
}

pub(super) fn failed(look: Look, error: &anyhow::Error) -> Response {
    tracing::warn!(application = look.client_id(), "sign-in failed: {error:#}");
    let reason = format!("{error:#}");
    let page = Failed {
        look,
        reason: &reason,
    }
    .page();
    html(StatusCode::BAD_GATEWAY, page.into_string())
}

pub(super) fn html(status: StatusCode, page: String) -> Response {
    let headers = [
        (CACHE_CONTROL, "no-store"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ),
    ];
    (status, headers, Html(page)).into_response()
}

pub(super) fn redirect(to: &str, cookie: Option<String>) -> Response {
    let location = [(LOCATION, to.to_owned())];
    match cookie {
        Some(cookie) => (StatusCode::SEE_OTHER, location, [(SET_COOKIE, cookie)]).into_response(),
        None => (StatusCode::SEE_OTHER, location).into_response(),
    }
}
