//! Signed tokens that Doorward issued and that were revoked, at an API that looks them up in Doorward's own status lists
//! ([Token Status List section 13.7](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-13.7)).

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_core::api_token::{ApiToken, Cause, State};
use doorward_core::person::PersonStatus;
use doorward_core::resource_server::{AccessTokenStatus, ResourceServer};
use doorward_core::{Clock, Timestamp};
use doorward_directory::Failure;
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use doorward_verify::Verifier;

use super::api::{Api, own_token};
use crate::api_tokens::exchange::{exchanging, signed};
use crate::api_tokens::stage::{Made, REPORTS, Stage};
use crate::scene::Scene;

/// What lists promise.
const TTL: Duration = Duration::from_secs(15);

/// Reports, whose API refuses what a list calls revoked. A robot reads them by itself, a wiki by Alice's leave, and a script with an API
/// token of hers, which the API exchanges.
struct Reports {
    stage: Stage,
    robot: RelyingParty,
    wiki: RelyingParty,
    script: Made,
    api: Api,
}

impl Reports {
    async fn new() -> Self {
        let stage = exchanging().await;
        let servers = stage.provider().directory().resource_servers();
        let listed = |server: &ResourceServer| {
            Ok::<_, Failure>(ResourceServer {
                access_token_status: AccessTokenStatus::StatusList,
                ..server.clone()
            })
        };
        let reports = REPORTS.parse().expect("a resource");
        let changed = servers.update(&reports, listed).await;
        assert!(changed.is_ok(), "{changed:?}");
        let client = |id| stage.provider().client(id).scope("reports:read");
        let (robot, wiki) = (client("robot").await, client("wiki").await);
        let verifier = Verifier::builder(stage.provider().issuer(), REPORTS);
        let verifier = verifier.clock(stage.provider().time()).build();
        Self {
            api: Api::start(&verifier.expect("a verifier")).await,
            script: stage.token(|_| ()).await,
            stage,
            robot,
            wiki,
        }
    }

    const fn scene(&self) -> &Scene {
        &self.stage.scene
    }

    async fn robots(&self) -> String {
        own_token(self.scene(), &self.robot, "reports:read").await
    }

    async fn wikis(&self) -> String {
        let tokens = self.scene().tokens(&self.wiki, "reports:read").await;
        tokens.access_token
    }

    async fn scripts(&self) -> String {
        signed(&self.stage, &self.script, None).await
    }

    /// Ends `dead` by `end`: the API lets them in until then, however often it fetches the list, and refuses them when the copy of it
    /// that it had is as old as the list allows. It goes on to let `living` in, which are in the same list.
    async fn refused(&self, dead: &[&str], living: &[&str], end: impl AsyncFnOnce()) {
        let all = [dead, living].concat();
        assert_eq!(self.lists(&all).await.len(), 1);
        self.allowed(&all).await;
        self.stage.provider().clock().advance(TTL);
        self.allowed(&all).await;

        end().await;
        self.stage.provider().clock().advance(TTL);
        for token in dead {
            let answer = self.api.read(token).await;
            answer.assert_refused(401, "invalid_token");
        }
        self.allowed(living).await;
    }

    async fn allowed(&self, tokens: &[&str]) {
        for token in tokens {
            self.api.read(token).await.assert_allowed();
        }
    }

    /// The lists that the tokens are in.
    async fn lists(&self, tokens: &[&str]) -> BTreeSet<String> {
        let provider = self.stage.provider();
        let jwks = provider.token(&self.robot).get("/jwks").await.json();
        let list = |token: &&str| {
            let status = &IdToken::verify(token, &jwks).claims["status"];
            status["status_list"]["uri"].to_string()
        };
        tokens.iter().map(list).collect()
    }
}

/// T08. [RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1): of a client's tokens the one that it gave back.
#[tokio::test]
async fn what_a_client_revoked_is_refused_within_the_ttl_of_its_list() {
    let reports = Box::pin(Reports::new()).await;
    let (revoked, other) = (reports.robots().await, reports.robots().await);
    let (wikis, scripts) = (reports.wikis().await, reports.scripts().await);
    let living = [&*other, &*wikis, &*scripts];
    let client = reports.stage.provider().token(&reports.robot);
    let revoke = async || assert_eq!(client.revoke(&revoked).await.status, 200);
    reports.refused(&[&revoked], &living, revoke).await;
}

/// T08: the tokens of grants that ended with the session that they were given in.
#[tokio::test]
async fn what_a_person_allowed_is_refused_within_the_ttl_after_she_signed_out() {
    let reports = Box::pin(Reports::new()).await;
    let dead = [reports.wikis().await, reports.wikis().await];
    let (robots, scripts) = (reports.robots().await, reports.scripts().await);
    let sign_out = async || reports.scene().sign_out().await;
    let dead = dead.each_ref().map(String::as_str);
    reports.refused(&dead, &[&robots, &scripts], sign_out).await;
}

/// T08: all that speaks for somebody ends with them, whoever has it.
#[tokio::test]
async fn what_speaks_for_a_person_is_refused_within_the_ttl_after_she_was_disabled() {
    let reports = Box::pin(Reports::new()).await;
    let (wikis, scripts) = (reports.wikis().await, reports.scripts().await);
    let robots = reports.robots().await;
    let provider = reports.stage.provider();
    let disable = async || {
        let (people, now) = (provider.directory().people(), provider.clock().now());
        let changed = people.set_status(reports.stage.alice, PersonStatus::Disabled, now);
        assert_eq!(changed.await, Ok(true));
    };
    reports
        .refused(&[&wikis, &scripts], &[&robots], disable)
        .await;
}

/// T08: what an API token was exchanged for ends with it, for good or for as long as it is suspended.
#[tokio::test]
async fn what_an_api_token_was_exchanged_for_is_refused_within_the_ttl_after_it() {
    let ends: [fn(State, Timestamp) -> State; 2] = [
        |state, now| state.revoked(now, Cause::Leak),
        |state, now| state.suspended(now, Cause::Operator),
    ];
    for end in ends {
        let reports = Box::pin(Reports::new()).await;
        let dead = reports.scripts().await;
        let another = reports.stage.token(|_| ()).await;
        let other = signed(&reports.stage, &another, None).await;
        let (wikis, robots) = (reports.wikis().await, reports.robots().await);
        let stop = async || {
            let now = reports.stage.provider().clock().now();
            let stopped = |token: &mut ApiToken| {
                token.state = end(token.state.clone(), now);
            };
            reports.stage.change(&reports.script.token, stopped).await;
        };
        let living = [&*other, &*wikis, &*robots];
        reports.refused(&[&dead], &living, stop).await;
    }
}
