//! People whom another provider vouches for.

use doorward_core::Clock;
use doorward_core::assertion_issuer::Identity;
use doorward_core::client::{Client, ConsentPolicy};
use doorward_core::person::PersonStatus;
use serde_json::json;

use super::Stage;

async fn people(identity: Identity) -> Stage {
    Stage::with(|issuer| issuer.identity = identity).await
}

/// [RFC 7521 section 6.3](https://www.rfc-editor.org/rfc/rfc7521#section-6.3): for a person, by the name that their provider has for them.
#[tokio::test]
async fn another_provider_vouches_for_a_person_by_a_name_that_both_know() {
    for identity in [Identity::Subject, Identity::Username, Identity::Email] {
        let stage = people(identity.clone()).await;
        let alice = stage.scene.alice.clone();
        let named = match identity {
            Identity::Subject => json!({"sub": alice.sub()}),
            Identity::Email => {
                json!({"sub": "248289761001", "email": "Alice@MAIL.example", "email_verified": true})
            }
            _ => json!({"sub": "alice"}),
        };
        let tokens = stage.bring(&stage.claims_with(&named)).await.assert_ok();
        let told = stage.told(&tokens.access_token).await;
        assert_eq!(told["sub"], alice.sub(), "{identity:?}");
        let nobody = json!({"sub": "nobody", "jti": "other", "email": "nobody@example.com", "email_verified": true});
        let answer = stage.bring(&stage.claims_with(&nobody)).await;
        answer.assert_error("invalid_grant");
    }
}

/// P33: the person is active, both when a token is made and whenever it is used.
#[tokio::test]
async fn nobody_is_vouched_for_who_is_disabled_or_was_not_asked() {
    let stage = people(Identity::Username).await;
    let claims = stage.claims_with(&json!({"sub": "alice"}));
    let token = stage.bring(&claims).await.assert_ok().access_token;
    assert!(stage.is_active(&token).await);
    let again = stage.claims_with(&json!({"sub": "alice", "jti": "second"}));
    let ask = |client: &mut Client| client.consent = ConsentPolicy::Ask;
    stage.scene.change(&stage.nightly, ask).await;
    assert!(!stage.is_active(&token).await);
    let answer = stage.bring(&again).await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("consent"), "{reason}");
    stage.scene.change(&stage.nightly, |_| ()).await;
    assert!(stage.is_active(&token).await);
    let people = stage.scene.provider.directory().people();
    let now = stage.scene.provider.clock().now();
    let id = stage.scene.alice.id;
    let disabled = people.set_status(id, PersonStatus::Disabled, now).await;
    assert!(disabled.is_ok());
    assert!(!stage.is_active(&token).await);
    let answer = stage.bring(&again).await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("disabled"), "{reason}");
}
