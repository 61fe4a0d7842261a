//! An API on loopback, and the provider that issues its tokens.

use std::net::{Ipv4Addr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::Method;
use axum::routing::get;
use axum::{Extension, Router};
use doorward_core::jose::Algorithm;
use doorward_core::resource_server::{AccessTokenFormat, ResourceServer};
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::user_agent::http_client;
use doorward_verify::{Authorized, Builder, PeerCertificate, Verifier};
use reqwest::header::{AUTHORIZATION, WWW_AUTHENTICATE};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::resource_servers::{api, register, resource_server};
use crate::scene::Scene;

pub(crate) const REPORTS: &str = "https://reports.example";

/// An API at `/reports`: reading it requires `reports:read`, changing it `reports:write`. Dropping it ends it.
pub(crate) struct Api {
    pub(super) address: SocketAddr,
    served: JoinHandle<()>,
}

impl Api {
    pub(crate) async fn start(verifier: &Verifier) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let subject = |Extension(authorized): Extension<Authorized>| async move {
            authorized.subject().unwrap_or("nobody").to_owned()
        };
        let reports = get(subject)
            .layer(verifier.require("reports:read"))
            .merge(axum::routing::post(subject).layer(verifier.require("reports:write")));
        let router = Router::new()
            .route("/reports", reports)
            .layer(Extension(PeerCertificate::from_der(b"a certificate")))
            .into_make_service_with_connect_info::<SocketAddr>();
        let served = tokio::spawn(async move {
            let served = axum::serve(listener, router).await;
            served.expect("it serves");
        });
        Self { address, served }
    }

    /// The address of the reports.
    pub(super) fn url(&self) -> String {
        format!("http://{}/reports", self.address)
    }

    /// What the API answers to a request with these headers.
    pub(crate) async fn ask(&self, method: Method, headers: &[(&str, &str)]) -> Answer {
        let request = http_client().request(method, self.url());
        let request = headers.iter().fold(request, |request, (name, value)| {
            request.header(*name, *value)
        });
        let answer = request.send().await.expect("an answer");
        let challenges = answer.headers().get_all(WWW_AUTHENTICATE).iter();
        let challenges = challenges.map(|value| value.to_str().expect("ASCII").to_owned());
        Answer {
            status: answer.status().as_u16(),
            challenges: challenges.collect(),
            body: answer.text().await.expect("a text"),
        }
    }

    /// The same for a reader who has this token.
    pub(crate) async fn read(&self, token: &str) -> Answer {
        let bearer = format!("Bearer {token}");
        self.ask(Method::GET, &[(AUTHORIZATION.as_str(), &bearer)])
            .await
    }
}

impl Drop for Api {
    fn drop(&mut self) {
        self.served.abort();
    }
}

/// An answer of the API.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(super) challenges: Vec<String>,
    pub(super) body: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn assert_allowed(&self) {
        assert_eq!(self.status, 200, "{self:?}");
    }

    /// Panics unless it is a refusal with this status and code.
    #[track_caller]
    pub(crate) fn assert_refused(&self, status: u16, code: &str) {
        assert_eq!(self.status, status, "{self:?}");
        let error = format!("error=\"{code}\"");
        let first = self.challenges.first().map(String::as_str);
        assert!(
            first.is_some_and(|first| first.contains(&error)),
            "{self:?}"
        );
        assert_eq!(self.body, "");
    }
}

/// Reports, whose tokens look so, and a wiki that may have them and those for files.
pub(super) async fn furnished(format: AccessTokenFormat) -> (Scene, RelyingParty) {
    let scene = Scene::new().await;
    let reports = ResourceServer {
        access_token_format: format,
        access_token_signed_response_alg: Some(Algorithm::Es256),
        ..resource_server("reports")
    };
    register(&scene.provider, reports).await;
    register(&scene.provider, resource_server("files")).await;
    let scope = "openid offline_access reports:read reports:write files:read";
    let wiki = scene.provider.client("wiki").scope(scope).await;
    (scene, wiki)
}

/// A verifier for the reports, which asks as `reports-api` and lives by the provider's clock.
pub(super) async fn verifier(scene: &Scene) -> Builder {
    let asker = api(scene, "reports-api").await;
    Verifier::builder(scene.provider.issuer(), REPORTS)
        .introspect_as(asker.id().to_owned(), asker.secret.unwrap_or_default())
        .clock(scene.provider.time())
        .peer(|extensions| Some(extensions.get::<ConnectInfo<SocketAddr>>()?.ip()))
}

/// A token of the wiki's own.
pub(super) async fn own_token(scene: &Scene, wiki: &RelyingParty, scope: &str) -> String {
    let form = [("grant_type", "client_credentials"), ("scope", scope)];
    let answer = scene.provider.token(wiki).send(&form).await;
    answer.assert_ok().access_token
}
