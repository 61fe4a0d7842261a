//! `doorward session`

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::authorization_details::AuthorizationDetails;
use doorward_core::claims::ClaimsRequest;
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::identifiers::{GrantId, SessionId};
use doorward_core::session::{Authentication, AuthenticationMethod, Session};
use doorward_core::user_agent::UserAgent;
use doorward_directory::Recorded;
use serde_json::json;

use super::{NOW, Operator, REFUSED, USAGE};
use crate::ambient::SystemRandom;

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let operator = Operator::new();
    operator
        .types("doorward user add alice --generate-password")
        .await
        .done();
    let session = sign_in_at(NOW, &operator).await;
    let listed = operator
        .types("doorward session list --user alice --json")
        .await
        .json();
    assert_eq!(
        listed,
        operator.types("doorward session list --json").await.json()
    );
    assert_eq!(listed[0]["session"], session.to_string());
    assert_eq!(listed[0]["username"], "alice");
    assert_eq!(listed[0]["browser"], "Firefox on Windows");
    assert_eq!(listed[0]["expires_at"], "2023-11-15T22:13:20Z");

    operator
        .types(&format!("doorward session end {session}"))
        .await
        .done();
    assert_eq!(
        operator.types("doorward session list --json").await.json(),
        json!([])
    );
    sign_in_at(NOW, &operator).await;
    let ended = operator
        .types("doorward session end --user alice --json")
        .await
        .json();
    assert_eq!(ended, json!({ "ended": 1 }));
    operator.types("doorward session end").await.refused(USAGE);
}

#[tokio::test]
async fn what_applications_were_told_of_a_sessions_end_is_shown() {
    let operator = Operator::new();
    for line in [
        "doorward user add alice --generate-password",
        "doorward client add wiki --redirect-uri https://wiki.example/cb \
         --backchannel-logout-uri https://wiki.example/signed-out",
    ] {
        operator.types(line).await.done();
    }
    let session = sign_in_at(NOW, &operator).await;
    grant_in(session, &operator).await;
    let show = format!("doorward session show {session}");
    let shown = operator.types(&format!("{show} --json")).await.json();
    assert_eq!(shown["username"], "alice");
    assert_eq!(shown["browser"], "Firefox on Windows");
    assert_eq!(shown["ended_at"], json!(null));
    assert_eq!(shown["told"], json!([]));

    let end = format!("doorward session end {session}");
    operator.types(&end).await.done();
    let shown = operator.types(&format!("{show} --json")).await.json();
    assert_eq!(shown["ended_at"], "2023-11-14T22:13:20Z");
    assert_eq!(
        shown["told"],
        json!([{
            "client": "wiki",
            "status": "waiting",
            "queued_at": "2023-11-14T22:13:20Z",
            "attempts": 0,
            "next_attempt_at": "2023-11-14T22:13:20Z",
            "finished_at": null,
            "outcome": null,
        }])
    );
    let removed = "doorward user remove alice";
    operator.types(removed).await.done();
    let text = operator.types(&show).await.done();
    assert!(
        text.contains("wiki  waiting  2023-11-14 22:13:20 UTC  0"),
        "{text}"
    );
}

/// Grants the client `wiki` something in a session.
async fn grant_in(session: SessionId, operator: &Operator) {
    let directory = operator.directory().await;
    let found = directory.sessions().with_person(session).await;
    let (session, person) = found.unwrap().unwrap();
    let grant = Grant {
        id: GrantId::generate(NOW, &SystemRandom),
        person: person.id,
        client: "wiki".parse().unwrap(),
        session: session.id,
        scope: "openid".parse().unwrap(),
        resources: std::collections::BTreeSet::new(),
        authorization_details: AuthorizationDetails::default(),
        acr: None,
        claims: ClaimsRequest::default(),
        authentication: session.authentication,
        lifetime: GrantLifetime::Session,
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_mins(10)),
        revoked_at: None,
    };
    let recorded = directory.grants().record(&grant, None).await;
    assert_eq!(recorded, Ok(Recorded::Recorded));
    directory.close().await.unwrap();
}

/// The directory keeps sessions for a while after they have expired.
#[tokio::test]
async fn a_session_that_has_expired_is_over() {
    let operator = Operator::new();
    operator
        .types("doorward user add alice --generate-password")
        .await
        .done();
    let long_ago = NOW.minus(Duration::from_hours(25));
    let session = sign_in_at(long_ago, &operator).await;
    let listed = operator.types("doorward session list --json").await.json();
    assert_eq!(listed, json!([]));
    let errors = operator
        .types(&format!("doorward session end {session}"))
        .await
        .refused(REFUSED);
    assert!(errors.contains("it is over"), "{errors}");
    let ended = operator
        .types("doorward session end --user alice --json")
        .await
        .json();
    assert_eq!(ended, json!({ "ended": 0 }));
}

/// Begins a session of alice's at this time.
async fn sign_in_at(at: Timestamp, operator: &Operator) -> SessionId {
    let directory = operator.directory().await;
    let alice = "alice".parse().unwrap();
    let person = directory
        .people()
        .by_username(&alice)
        .await
        .unwrap()
        .unwrap();
    let session = Session {
        id: SessionId::generate(at, &SystemRandom),
        person: person.id,
        authentication: Authentication {
            at,
            methods: vec![AuthenticationMethod::Password],
        },
        started_at: at,
        seen_at: at,
        ended_at: None,
        user_agent: UserAgent::of_header(b"Firefox/140.0 (Windows)"),
    };
    assert!(directory.sessions().begin(&session, None).await.unwrap());
    directory.close().await.unwrap();
    session.id
}
