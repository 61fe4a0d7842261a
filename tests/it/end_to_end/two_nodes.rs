//! Two nodes on one directory and one Redis are one provider: on one machine with an SQLite file, on many with PostgreSQL.

use doorward_tests::redis::RedisServer;
use doorward_tests::serving::{Application, Installation, Node, eventually};

use super::client::{redeem, userinfo};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";

struct Cluster {
    installation: Installation,
    one: Node,
    other: Node,
    shop: Application,
    _redis: RedisServer,
}

/// Makes a test of each behaviour for each place that a directory can be in.
macro_rules! on_every_directory {
    ($($behaviour:ident),+ $(,)?) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    if let Some(cluster) = super::Cluster::start("embedded").await {
                        super::$behaviour(cluster).await;
                    }
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    let Some(schema) = doorward_tests::postgres::Schema::new().await else {
                        return;
                    };
                    if let Some(cluster) = super::Cluster::start(&schema.url()).await {
                        super::$behaviour(cluster).await;
                    }
                }
            )+
        }
    };
}

on_every_directory![
    signed_in_on_one_is_signed_in_on_the_other_and_so_is_signed_out,
    a_sign_in_may_wander_between_nodes_and_its_code_works_once_on_either,
    what_the_command_line_changes_both_nodes_see,
];

impl Cluster {
    async fn start(directory: &str) -> Option<Self> {
        let redis = RedisServer::start().await?;
        let sessions = redis.url();
        let settings = format!("directory = \"{directory}\"\nsessions = \"{sessions}\"");
        let installation = Installation::new(&settings)?;
        installation.add_person(USERNAME, PASSWORD).await;
        let shop = installation.add_application("shop", CALLBACK, &[]).await;
        let one = installation.serve().await;
        Some(Self {
            other: installation.serve_for(&one.place.issuer).await,
            one,
            installation,
            shop,
            _redis: redis,
        })
    }
}

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
