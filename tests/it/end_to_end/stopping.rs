//! Starting, stopping, and what happens when something that is needed is not there.

use doorward_tests::processes::Signal;
use doorward_tests::redis::RedisServer;
use doorward_tests::serving::{Installation, Node, eventually};
use reqwest::StatusCode;
use reqwest::header::RETRY_AFTER;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::{Duration, timeout};

use super::client::{document, redeem, refresh, userinfo};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";

/// Far less than requests that have begun may take, so that nothing idle is waited for.
const SOON: Duration = Duration::from_secs(10);

/// Sends the head of a request and waits until the provider reads its body.
async fn begin_request(node: &Node, body: &str) -> BufReader<TcpStream> {
    let connection = TcpStream::connect(node.place.address).await;
    let mut connection = BufReader::new(connection.expect("the node accepts"));
    let head = format!(
        "POST /token HTTP/1.1\r\nHost: {}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        node.place.address,
        body.len(),
    );
    connection
        .write_all(head.as_bytes())
        .await
        .expect("the node reads");
    let mut line = String::new();
    connection
        .read_line(&mut line)
        .await
        .expect("the node answers");
    assert_eq!(line, "HTTP/1.1 100 Continue\r\n");
    connection
}

#[tokio::test]
async fn a_provider_that_is_told_to_stop_answers_what_has_begun_and_ends() {
    let Some(installation) = Installation::new("") else {
        return;
    };
    let mut node = installation.serve().await;
    let idle = TcpStream::connect(node.place.address)
        .await
        .expect("the node accepts");
    let body = "grant_type=authorization_code&code=none";
    let mut connection = begin_request(&node, body).await;

    node.process.signal(Signal::TERM);
    eventually("the node is no longer ready", async || {
        (!node.is_ready().await).then_some(())
    })
    .await;
    connection
        .write_all(body.as_bytes())
        .await
        .expect("the node still reads");
    let mut answer = String::new();
    connection
        .read_to_string(&mut answer)
        .await
        .expect("the node still answers");

    assert!(answer.contains("HTTP/1.1 401 Unauthorized"), "{answer}");
    assert!(answer.contains("\"error\":\"invalid_client\""), "{answer}");
    let ended = timeout(SOON, node.process.ended())
        .await
        .expect("idle connections are not waited for");
    assert_eq!(ended.code(), Some(0));
    drop(idle);
}

#[tokio::test]
async fn a_second_provider_at_the_same_port_says_so() {
    let Some(installation) = Installation::new("") else {
        return;
    };
    let node = installation.serve().await;
    let address = node.place.address.to_string();

    let second = installation.run(&["serve", "--listen", &address], "").await;

    assert_eq!(second.code, Some(1));
    let expected = format!("error: cannot listen on {address}: Address already in use");
    assert!(second.errors.contains(&expected), "{}", second.errors);
}

#[tokio::test]
async fn a_broken_configuration_stops_the_start_with_line_key_and_what_is_allowed() {
    let settings =
        "listen = \"127.0.0.1:0\"\n\n[tokens]\ncode = \"5m\"\n[session]\nidel = \"1h\"\n";
    let Some(installation) = Installation::new(settings) else {
        return;
    };
    let refused = installation.run(&["serve"], "").await;

    assert_eq!(refused.code, Some(1));
    let errors = refused.errors;
    for said in [
        "doorward.toml, line 4: tokens.code is \"5m\"\n  allowed: a time from 10s to 1m",
        "doorward.toml, line 6: ",
        "session.idel",
        "allowed: idle, absolute",
    ] {
        assert!(errors.contains(said), "{said} is not in {errors}");
    }
}

#[tokio::test]
async fn a_configuration_that_is_no_toml_stops_the_start_with_its_line() {
    let Some(installation) = Installation::new("listen = \"127.0.0.1:0\"\nissuer = http://\n")
    else {
        return;
    };
    let refused = installation.run(&["serve"], "").await;

    assert_eq!(refused.code, Some(1));
    assert!(
        refused.errors.contains("doorward.toml, line 2"),
        "{}",
        refused.errors
    );
}

#[tokio::test]
async fn a_session_store_that_is_not_there_stops_the_start_and_is_named_without_its_password() {
    let settings = "listen = \"127.0.0.1:0\"\nsessions = \"redis://:hunter2@127.0.0.1:1/\"";
    let Some(installation) = Installation::new(settings) else {
        return;
    };
    let refused = installation.run(&["serve"], "").await;

    assert_eq!(refused.code, Some(1));
    assert!(refused.errors.contains("error: "), "{}", refused.errors);
    assert!(
        refused.errors.contains("redis://127.0.0.1:1/"),
        "{}",
        refused.errors
    );
    assert!(!refused.errors.contains("hunter2"), "{}", refused.errors);
}

/// Asserts that nobody can sign in at the moment, and that everything else goes on.
async fn assert_only_sign_in_fails(node: &Node, access_token: &str) {
    let page = Visitor::new().open(&node.url("/")).await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.headers.contains_key(RETRY_AFTER));
    assert!(
        page.body.contains("id=\"error-reference\""),
        "{}",
        page.body
    );
    assert!(node.is_ready().await, "tokens go on");
    assert_eq!(userinfo(node, access_token).await.status, StatusCode::OK);
    for path in ["/jwks", "/.well-known/openid-configuration"] {
        assert_eq!(document(node, path).await.status, StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn without_redis_sign_in_waits_and_the_rest_goes_on() {
    let Some(mut redis) = RedisServer::start().await else {
        return;
    };
    let Some(installation) = Installation::new(&format!("sessions = \"{}\"", redis.url())) else {
        return;
    };
    installation.add_person(USERNAME, PASSWORD).await;
    let shop = installation.add_application("shop", CALLBACK, &[]).await;
    let node = installation.serve().await;
    let alice = Visitor::new();
    let code = alice
        .code(&node, &shop, &[("scope", "openid offline_access")])
        .await;
    let tokens = redeem(&node, &shop, &code).await;
    let access_token = tokens.text("access_token");
    let unredeemed = alice
        .silently(&node, &shop)
        .await
        .expect("alice is signed in");

    redis.kill().await;
    assert_only_sign_in_fails(&node, &access_token).await;
    let refused = redeem(&node, &shop, &unredeemed).await;
    assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers.contains_key(RETRY_AFTER));
    let refreshed = refresh(&node, &shop, &tokens.text("refresh_token")).await;
    assert_eq!(refreshed.status, StatusCode::OK, "{refreshed:?}");

    redis.start_again().await;
    eventually("the node is ready again", async || {
        node.is_ready().await.then_some(())
    })
    .await;
    alice
        .silently(&node, &shop)
        .await
        .expect("alice is still signed in");
    assert_eq!(
        redeem(&node, &shop, &unredeemed).await.status,
        StatusCode::OK
    );

    redis.pause();
    assert_only_sign_in_fails(&node, &access_token).await;
    redis.resume();
    eventually("the node is ready again", async || {
        node.is_ready().await.then_some(())
    })
    .await;
    alice
        .silently(&node, &shop)
        .await
        .expect("alice is still signed in");
}
