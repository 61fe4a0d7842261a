//! T08: what our own endpoints refuse, a list calls revoked, and nothing else.

use doorward_core::client::GrantType;
use doorward_core::consent::{Consent, Permission};
use doorward_core::person::PersonStatus;

use super::Stage;

/// A token that dies and its neighbours, which live on.
struct Fates {
    dead: String,
    alive: Vec<String>,
}

/// Runs `end` and compares what our introspection and the lists say of each token, before and after.
async fn after(stage: &Stage, fates: Fates, end: impl AsyncFnOnce(&str)) {
    let mut statuses = Vec::new();
    for token in fates.alive.iter().chain([&fates.dead]) {
        let status = stage.status(token).await;
        assert!(stage.is_active(token).await);
        assert!(!stage.is_revoked(&status).await);
        statuses.push(status);
    }
    end(&fates.dead).await;
    stage.moment();
    let dead = statuses.pop().expect("the status of the dead one");
    assert!(!stage.is_active(&fates.dead).await, "it works here");
    assert!(stage.is_revoked(&dead).await, "the list calls it valid");
    for (token, status) in fates.alive.iter().zip(&statuses) {
        assert!(stage.is_active(token).await, "another one died here");
        assert!(
            !stage.is_revoked(status).await,
            "another one is called revoked"
        );
    }
}

/// T08. RFC 7009 section 2.1: of an access token that one alone.
#[tokio::test]
async fn a_token_that_its_client_revoked() {
    let stage = Stage::new().await;
    let fates = Fates {
        dead: stage.of_itself(&stage.robot).await,
        alive: vec![stage.of_itself(&stage.robot).await, stage.of_alice().await],
    };
    let client = stage.scene.provider.token(&stage.robot);
    after(&stage, fates, async |token| {
        assert_eq!(client.revoke(token).await.status, 200);
    })
    .await;
}

/// T08. RFC 7009 section 2.1: of a refresh token every token of its grant, also what was exchanged.
#[tokio::test]
async fn every_token_of_a_grant_that_was_revoked() {
    let stage = Stage::new().await;
    let other = stage.of_alice().await;
    let scope = "openid offline_access reports:read";
    let tokens = stage.scene.tokens(&stage.wiki, scope).await;
    let exchanged = exchanged(&stage, &tokens.access_token).await;
    let status = stage.status(&exchanged).await;
    assert!(!stage.is_revoked(&status).await);
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let client = stage.scene.provider.token(&stage.wiki);
    let refreshed = client.refresh(&refresh_token).await.assert_ok();
    let fates = Fates {
        dead: tokens.access_token,
        alive: vec![other, stage.of_itself(&stage.robot).await],
    };
    let living = refreshed.refresh_token.expect("a refresh token");
    after(&stage, fates, async |_| {
        assert_eq!(client.revoke(&living).await.status, 200);
    })
    .await;
    assert!(stage.is_revoked(&status).await);
    let refreshed = stage.status(&refreshed.access_token).await;
    assert!(stage.is_revoked(&refreshed).await);
}

/// A token that the gateway got for one that it was shown.
async fn exchanged(stage: &Stage, token: &str) -> String {
    let form = [
        (
            "grant_type",
            "urn:ietf:params:oauth:grant-type:token-exchange",
        ),
        ("subject_token", token),
        (
            "subject_token_type",
            "urn:ietf:params:oauth:token-type:access_token",
        ),
        ("resource", super::REPORTS),
    ];
    let client = stage.scene.provider.token(&stage.gateway);
    client.send(&form).await.assert_ok().access_token
}

/// T08.
#[tokio::test]
async fn every_token_of_a_session_that_ended() {
    let stage = Stage::new().await;
    let fates = Fates {
        dead: stage.of_alice().await,
        alive: vec![stage.of_itself(&stage.robot).await],
    };
    let alice = stage.scene.alice.id;
    let now = doorward_core::Clock::now(stage.scene.provider.clock());
    after(&stage, fates, async |_| {
        let sessions = stage.scene.provider.directory().sessions();
        assert_eq!(sessions.end_all_of(alice, now).await, Ok(1));
    })
    .await;
}

/// T08: mass revocation of a person.
#[tokio::test]
async fn every_token_of_somebody_who_was_disabled_or_removed() {
    for removed in [false, true] {
        let stage = Stage::new().await;
        let fates = Fates {
            dead: stage.of_alice().await,
            alive: vec![stage.of_itself(&stage.robot).await],
        };
        let alice = stage.scene.alice.id;
        let now = doorward_core::Clock::now(stage.scene.provider.clock());
        let people = stage.scene.provider.directory().people();
        after(&stage, fates, async |_| {
            let ended = if removed {
                people.remove(alice, now).await
            } else {
                people.set_status(alice, PersonStatus::Disabled, now).await
            };
            assert_eq!(ended, Ok(true));
        })
        .await;
    }
}

/// T08: mass revocation of a client.
#[tokio::test]
async fn every_token_of_a_client_that_was_removed() {
    let stage = Stage::new().await;
    let now = doorward_core::Clock::now(stage.scene.provider.clock());
    let clients = stage.scene.provider.directory().clients();
    let itself = stage.of_itself(&stage.gateway).await;
    for (client, dead) in [
        (&stage.wiki, stage.of_alice().await),
        (&stage.gateway, itself),
    ] {
        let fates = Fates {
            dead,
            alive: vec![stage.of_itself(&stage.robot).await],
        };
        after(&stage, fates, async |_| {
            let removed = clients.remove(&client.registered.client_id, now).await;
            assert_eq!(removed, Ok(true));
        })
        .await;
    }
}

/// T08: what a client may no longer have.
#[tokio::test]
async fn a_token_that_its_registration_no_longer_allows() {
    let stage = Stage::new().await;
    let fates = Fates {
        dead: stage.of_itself(&stage.gateway).await,
        alive: vec![stage.of_itself(&stage.robot).await],
    };
    after(&stage, fates, async |_| {
        let change = stage.scene.change(&stage.gateway, |client| {
            client.grant_types.remove(&GrantType::ClientCredentials);
        });
        change.await;
    })
    .await;

    let shown = stage.of_alice().await;
    let fates = Fates {
        dead: exchanged(&stage, &shown).await,
        alive: vec![shown],
    };
    after(&stage, fates, async |_| {
        let change = stage.scene.change(&stage.gateway, |client| {
            client.token_exchange = None;
        });
        change.await;
    })
    .await;
}

/// T08.
#[tokio::test]
async fn every_token_of_a_consent_that_was_withdrawn() {
    let stage = Stage::new().await;
    let fates = Fates {
        dead: {
            let shop = stage.scene.provider.client("shop").with(|client| {
                client.scope = "reports:read".parse().expect("a scope");
                client.consent = doorward_core::client::ConsentPolicy::Ask;
            });
            let shop = shop.await;
            let consent = Consent {
                person: stage.scene.alice.id,
                client: shop.registered.client_id.clone(),
                permission: Permission {
                    scope: "reports:read".parse().expect("a scope"),
                    ..Permission::default()
                },
                given_at: doorward_core::Clock::now(stage.scene.provider.clock()),
            };
            let consents = stage.scene.provider.directory().consents();
            assert_eq!(consents.give(&consent).await, Ok(true));
            stage.scene.tokens(&shop, "reports:read").await.access_token
        },
        alive: vec![stage.of_alice().await],
    };
    after(&stage, fates, async |_| {
        let consents = stage.scene.provider.directory().consents();
        let shop = "shop".parse().expect("a client id");
        let withdrawn = consents.withdraw(stage.scene.alice.id, &shop).await;
        assert_eq!(withdrawn, Ok(true));
    })
    .await;
}
