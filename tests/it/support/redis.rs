use std::time::Duration;

use doorward_tests::redis::{RedisServer, shared_redis};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

/// Says one inline command to Redis and returns the first bytes of the answer.
async fn ask(url: &str, command: &str) -> std::io::Result<String> {
    let url: Url = url.parse().expect("an address");
    let host = url.host_str().expect("a host");
    let mut redis = TcpStream::connect((host, url.port().expect("a port"))).await?;
    redis.write_all(format!("{command}\r\n").as_bytes()).await?;
    let mut answer = Vec::with_capacity(64);
    redis.read_buf(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[tokio::test]
async fn the_shared_server_answers() {
    let Some(url) = shared_redis() else {
        return;
    };
    assert_eq!(ask(&url, "PING").await.expect("an answer"), "+PONG\r\n");
}

#[tokio::test]
async fn a_server_that_was_killed_is_gone_and_comes_back_with_what_it_knew() {
    let Some(mut redis) = RedisServer::start().await else {
        return;
    };
    let url = redis.url();
    assert_eq!(
        ask(&url, "SET door open").await.expect("an answer"),
        "+OK\r\n"
    );

    redis.kill().await;
    assert!(ask(&url, "PING").await.is_err());

    redis.start_again().await;
    assert_eq!(
        ask(&url, "GET door").await.expect("an answer"),
        "$4\r\nopen\r\n"
    );
}

#[tokio::test]
async fn a_paused_server_keeps_silent_until_it_is_resumed() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let url = redis.url();

    redis.pause();
    let soon = Duration::from_millis(200);
    assert!(timeout(soon, ask(&url, "PING")).await.is_err());

    redis.resume();
    assert_eq!(ask(&url, "PING").await.expect("an answer"), "+PONG\r\n");
}
