//! API tokens at an API with `doorward-verify` in front of its routes.

use std::net::IpAddr;
use std::time::Duration;

use axum::http::Request;
use doorward_core::Clock;
use doorward_core::api_token::{ActsFor, Cause, Owner};
use doorward_verify::{Authorized, Refused, Verifier};

use super::exchange::{exchanging, signed};
use super::stage::{REPORTS, Stage, ip};

fn verifier(stage: &Stage) -> Verifier {
    let secret = stage.api.secret.clone().expect("a secret");
    let verifier = Verifier::builder(stage.provider().issuer(), REPORTS)
        .introspect_as(stage.api.id(), secret)
        .peer(|extensions| extensions.get::<IpAddr>().copied())
        .clock(stage.provider().time());
    verifier.build().expect("a verifier")
}

/// What becomes of a request with this token, from there.
async fn judged(
    verifier: &Verifier,
    token: &str,
    from: Option<IpAddr>,
) -> Result<Authorized, Refused> {
    let request = Request::builder().header("authorization", format!("Bearer {token}"));
    let (mut parts, ()) = request.body(()).expect("a request").into_parts();
    if let Some(from) = from {
        parts.extensions.insert(from);
    }
    verifier.authorize(&parts, "").await
}

/// T08: a token that was suspended is dead once the answer about it is five seconds old.
#[tokio::test]
async fn a_personal_token_opens_an_api_until_it_is_suspended() {
    let stage = Stage::new().await;
    let verifier = verifier(&stage);
    let made = stage.token(|_| ()).await;
    let token = made.secret.reveal();
    let authorized = judged(&verifier, token, None).await.expect("it is good");
    assert_eq!(authorized.subject(), Some(&*stage.alice.to_string()));
    assert_eq!(authorized.client_id(), None, "nobody but Alice has it");
    assert!(authorized.allows("reports:read reports:write"));

    let suspend = |token: &mut doorward_core::api_token::ApiToken| {
        let now = stage.provider().clock().now();
        token.state = token.state.clone().suspended(now, Cause::Operator);
    };
    stage.change(&made.token, suspend).await;
    stage.provider().clock().advance(Duration::from_secs(5));
    let refused = judged(&verifier, token, None).await;
    assert_eq!(refused.map(drop), Err(Refused::Inactive));
}

#[tokio::test]
async fn an_api_key_says_whose_project_a_request_is() {
    let stage = Stage::new().await;
    let made = stage.token(|new| {
        new.acts_for = ActsFor::Project {
            project: "website".parse().expect("a project"),
            owner: Owner::Group("accountants".parse().expect("a group")),
        };
        new.scope = doorward_core::scope::Scope::default();
        new.resources = [REPORTS.parse().expect("a resource")].into();
    });
    let made = made.await;
    let authorized = judged(&verifier(&stage), made.secret.reveal(), None).await;
    let authorized = authorized.expect("it is good");
    assert_eq!(authorized.subject(), Some("project:website"));
    assert!(!authorized.allows("reports:read"));
}

/// T06: what is good in the office is good nowhere else, whichever of the two came first, and by whatever token.
#[tokio::test]
async fn a_token_of_some_networks_is_good_in_them_alone() {
    let stage = exchanging().await;
    let verifier = verifier(&stage);
    let made = stage.token(|new| new.networks = "192.0.2.0/24".parse().ok());
    let made = made.await;
    let opaque = made.secret.reveal();
    let exchanged = signed(&stage, &made, Some("192.0.2.7")).await;
    let (office, home) = (ip("192.0.2.7"), ip("198.51.100.1"));
    for token in [opaque, &*exchanged] {
        for _ in 0..2 {
            let decided = judged(&verifier, token, Some(office)).await;
            assert_eq!(decided.map(drop), Ok(()));
            for from in [Some(home), None] {
                let decided = judged(&verifier, token, from).await;
                let refused = decided.map(drop).unwrap_err();
                assert_eq!(refused.status(), 401, "{from:?} {refused}");
            }
        }
    }
}
