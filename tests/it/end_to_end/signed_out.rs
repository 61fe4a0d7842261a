//! An operator ends a session at the command line, and the application hears of it.

use doorward_tests::logout_receiver::{LogoutReceiver, Reply};
use doorward_tests::serving::{Installation, eventually};

use super::client::redeem;
use super::visitor::{PASSWORD, USERNAME, Visitor};

const SETTINGS: &str = "[outbound]\nallow = [\"127.0.0.0/8\"]\n";

#[tokio::test]
async fn an_application_hears_of_a_session_that_was_ended_at_the_command_line() {
    let Some(installation) = Installation::new(SETTINGS) else {
        return;
    };
    let mut receiver = LogoutReceiver::start([Reply::Status(204)]).await;
    installation.add_person(USERNAME, PASSWORD).await;
    let told = ["--backchannel-logout-uri", &receiver.uri];
    let callback = "https://shop.example/callback";
    let shop = installation.add_application("shop", callback, &told).await;
    let node = installation.serve().await;
    let code = Visitor::new().code(&node, &shop, &[]).await;
    assert_eq!(redeem(&node, &shop, &code).await.status, 200);
    let listed = installation.ask(&["session", "list"], "").await;
    let session = listed[0]["session"].as_str().expect("alice's").to_owned();

    installation.ask(&["session", "end", &session], "").await;
    receiver.told().await.logout_token();

    let delivery = eventually("what it answered is shown", async || {
        let shown = installation.ask(&["session", "show", &session], "").await;
        let delivery = shown["told"][0].clone();
        (delivery["status"] == "delivered").then_some(delivery)
    });
    let delivery = delivery.await;
    assert_eq!(delivery["client"], "shop");
    assert_eq!(delivery["outcome"], "HTTP 204");
    assert_eq!(delivery["attempts"], 1);
}
