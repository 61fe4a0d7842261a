//! `doorward session`

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::identifiers::SessionId;
use doorward_core::session::{Authentication, AuthenticationMethod, Session};
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
    };
    assert!(directory.sessions().begin(&session, None).await.unwrap());
    directory.close().await.unwrap();
    session.id
}
