//! One thing that is used fifty times at once, on one node and spread over two.

use std::collections::BTreeSet;
use std::sync::Arc;

use doorward_tests::redis::RedisServer;
use doorward_tests::serving::{Application, Installation, Node, eventually};
use tokio::task::JoinSet;

use super::client::{Answer, redeem, refresh, userinfo};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";
const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

/// Nodes of one installation, and an application that asks them in turn.
struct Scene {
    nodes: Vec<Node>,
    shop: Application,
    _installation: Installation,
    _redis: Option<RedisServer>,
}

impl Scene {
    /// One node on the embedded stores.
    async fn of_one() -> Option<Arc<Self>> {
        Self::start(Installation::new("")?, 1, None).await
    }

    /// Two nodes on one Redis.
    async fn of_two() -> Option<Arc<Self>> {
        let redis = RedisServer::start().await?;
        let installation = Installation::new(&format!("sessions = \"{}\"", redis.url()))?;
        Self::start(installation, 2, Some(redis)).await
    }

    async fn start(
        installation: Installation,
        count: usize,
        redis: Option<RedisServer>,
    ) -> Option<Arc<Self>> {
        installation.add_person(USERNAME, PASSWORD).await;
        let shop = installation.add_application("shop", CALLBACK, &[]).await;
        let mut nodes = vec![installation.serve().await];
        let issuer = nodes[0].place.issuer.clone();
        while nodes.len() < count {
            nodes.push(installation.serve_for(&issuer).await);
        }
        Some(Arc::new(Self {
            nodes,
            shop,
            _installation: installation,
            _redis: redis,
        }))
    }

    async fn code(&self) -> String {
        Visitor::new()
            .code(&self.nodes[0], &self.shop, &OFFLINE)
            .await
    }

    /// Asks fifty times at once for what `secret` is good for.
    async fn fifty_times<F>(
        self: &Arc<Self>,
        secret: &str,
        ask: impl Fn(Arc<Self>, usize, String) -> F,
    ) -> Vec<Answer>
    where
        F: Future<Output = Answer> + Send + 'static,
    {
        let turns = 0..50;
        let asking: JoinSet<Answer> = turns
            .map(|turn| ask(Arc::clone(self), turn % self.nodes.len(), secret.to_owned()))
            .collect();
        asking.join_all().await
    }
}

/// [RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): a code used twice is refused,
/// and what came of it is revoked.
async fn one_finds_a_code_fresh(scene: Option<Arc<Scene>>) {
    let Some(scene) = scene else {
        return;
    };
    let code = scene.code().await;
    let answers = scene
        .fifty_times(&code, |scene, node, code| async move {
            redeem(&scene.nodes[node], &scene.shop, &code).await
        })
        .await;

    eventually("49 find the code used", async || {
        let logs = scene.nodes.iter().map(|node| node.process.output());
        let used = logs.map(|log| log.matches("the code was used before").count());
        (used.sum::<usize>() == 49).then_some(())
    })
    .await;
    let refused = |answer: &&Answer| answer.json["error"] == "invalid_grant";
    let redeemed: Vec<&Answer> = answers.iter().filter(|answer| !refused(answer)).collect();
    assert_eq!(redeemed.len(), 1, "{redeemed:?}");
    for (answer, node) in redeemed.iter().zip(&scene.nodes) {
        let about = userinfo(node, &answer.text("access_token")).await;
        assert_eq!(
            about.status, 401,
            "a code used twice takes its tokens along"
        );
    }
}

/// [RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2): a refresh token has one successor.
async fn one_successor_lives(scene: Option<Arc<Scene>>) {
    let Some(scene) = scene else {
        return;
    };
    let code = scene.code().await;
    let tokens = redeem(&scene.nodes[0], &scene.shop, &code).await;
    let refresh_token = tokens.text("refresh_token");
    let answers = scene
        .fifty_times(&refresh_token, |scene, node, token| async move {
            refresh(&scene.nodes[node], &scene.shop, &token).await
        })
        .await;

    let successors: BTreeSet<&str> = answers
        .iter()
        .filter_map(|answer| answer.json["refresh_token"].as_str())
        .collect();
    assert_eq!(successors.len(), 1, "{answers:?}");
    for successor in successors {
        let next = refresh(&scene.nodes[0], &scene.shop, successor).await;
        assert_eq!(next.status, 200, "{next:?}");
    }
}

#[tokio::test]
async fn one_of_fifty_at_once_finds_a_code_fresh() {
    one_finds_a_code_fresh(Scene::of_one().await).await;
}

/// P24: fifty at once, at two nodes.
#[tokio::test]
async fn one_of_fifty_at_once_on_two_nodes_finds_a_code_fresh() {
    one_finds_a_code_fresh(Scene::of_two().await).await;
}

#[tokio::test]
async fn fifty_refreshes_at_once_leave_one_living_successor() {
    one_successor_lives(Scene::of_one().await).await;
}

/// P26: the race has one outcome on all nodes.
#[tokio::test]
async fn fifty_refreshes_at_once_on_two_nodes_leave_one_living_successor() {
    one_successor_lives(Scene::of_two().await).await;
}
