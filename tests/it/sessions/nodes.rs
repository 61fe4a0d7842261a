//! Two nodes with one directory and one Redis server are one provider.

use std::sync::Arc;

use crate::scene::Scene;

#[tokio::test]
async fn who_signed_in_at_one_node_is_signed_in_at_the_other() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    let wiki = scene.provider.client("wiki").await;
    let second = scene.provider.second_node().await;
    scene.browser.move_to(&second);
    assert_eq!(scene.silently(&wiki).await, "code");

    let code = scene.code(&wiki).await;
    let tokens = scene.provider.token(&wiki).exchange(&code).await;
    let tokens = tokens.assert_ok();
    let there = scene.provider.token(&wiki).at(&second);
    assert_eq!(there.userinfo(&tokens.access_token).await.status, 200);

    let page = scene.browser.get("/logout").await.page();
    scene.browser.press(&page, "sign-out", &[]).await.page();
    scene.browser.move_to(scene.provider.node());
    assert_eq!(scene.silently(&wiki).await, "login_required");
    assert!(scene.is_dead(&wiki, &tokens.access_token).await);
}

#[tokio::test]
async fn a_code_is_found_fresh_by_one_of_two_nodes() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    let wiki = scene.provider.client("wiki").await;
    let second = scene.provider.second_node().await;
    let code = scene.code(&wiki).await;
    let here = Arc::new(scene.provider.token(&wiki));
    let there = Arc::new(scene.provider.token(&wiki).at(&second));
    let mut racing = tokio::task::JoinSet::new();
    for client in [&here, &there].into_iter().cycle().take(50) {
        let (client, code) = (Arc::clone(client), code.clone());
        racing.spawn(async move { client.exchange(&code).await });
    }
    let answers = racing.join_all().await;
    let won = answers.iter().filter(|answer| answer.status == 200);
    assert_eq!(won.clone().count(), 1);
    for answer in won {
        let tokens = answer.assert_ok();
        assert!(scene.is_dead(&wiki, &tokens.access_token).await);
    }
}
