//! Two nodes on one directory and one Redis are one provider: on one machine with an SQLite file, on many with PostgreSQL.

use doorward_tests::serving::eventually;

use super::client::{redeem, userinfo};
use super::cluster::Cluster;
use super::visitor::{USERNAME, Visitor};

on_every_directory![
    signed_in_on_one_is_signed_in_on_the_other_and_so_is_signed_out,
    a_sign_in_may_wander_between_nodes_and_its_code_works_once_on_either,
    what_the_command_line_changes_both_nodes_see,
];

/// OpenID Connect Core section 3.1.2.1: `prompt=none` answers from the session that the browser has.
async fn signed_in_on_one_is_signed_in_on_the_other_and_so_is_signed_out(cluster: Cluster) {
    let Cluster {
        one,
        other,
        shop,
        _redis,
        installation: _installation,
    } = cluster;
    let alice = Visitor::new();
    alice.code(&one, &shop, &[]).await;

    alice
        .silently(&other, &shop)
        .await
        .expect("alice is signed in on the other");

    let question = alice.open(&other.url("/logout")).await;
    alice.submit(&question, &[("action", "sign-out")]).await;
    for node in [&one, &other] {
        assert_eq!(
            alice.silently(node, &shop).await,
            Err("login_required".to_owned())
        );
    }
}

/// A sign-in that begins on one node ends on the other, as behind a proxy that asks them in turn.
async fn a_sign_in_may_wander_between_nodes_and_its_code_works_once_on_either(cluster: Cluster) {
    let Cluster {
        one, other, shop, ..
    } = &cluster;
    let alice = Visitor::new();
    let begun = alice.authorize(one, shop, &[]).await;
    let elsewhere = alice.open(&other.url(begun.url.path())).await;
    let code = alice.sign_in(&elsewhere).await.code();

    let tokens = redeem(one, shop, &code).await;
    assert!(userinfo(other, &tokens.text("access_token")).await.json["sub"].is_string());
    assert_eq!(
        redeem(other, shop, &code).await.text("error"),
        "invalid_grant"
    );
}

async fn what_the_command_line_changes_both_nodes_see(cluster: Cluster) {
    let Cluster {
        installation,
        one,
        other,
        shop,
        ..
    } = &cluster;
    let alice = Visitor::new();
    let code = alice.code(one, shop, &[]).await;
    let tokens = redeem(other, shop, &code).await;

    let blog = installation
        .add_application("blog", "https://blog.example/cb", &[])
        .await;
    for node in [one, other] {
        eventually("the new client is known", async || {
            let page = alice.authorize(node, &blog, &[("prompt", "none")]).await;
            page.answer("code")
        })
        .await;
    }

    let disabled = installation.run(&["user", "disable", USERNAME], "").await;
    assert_eq!(disabled.code, Some(0), "{}", disabled.errors);
    for node in [one, other] {
        assert_eq!(
            alice.silently(node, shop).await,
            Err("login_required".to_owned())
        );
        assert_eq!(
            userinfo(node, &tokens.text("access_token")).await.status,
            401
        );
    }
}
