//! Tokens that may be used from some networks only.

use std::net::SocketAddr;

use axum::extract::ConnectInfo;
use axum::http::Method;
use doorward_verify::Builder;
use serde_json::json;

use super::api::{Answer, Api};
use super::issuer::Issuer;

fn knowing_its_peers(builder: Builder) -> Builder {
    builder.peer(|extensions| Some(extensions.get::<ConnectInfo<SocketAddr>>()?.ip()))
}

async fn read(api: &Api, token: &str, forwarded: &str) -> Answer {
    let bearer = format!("Bearer {token}");
    let headers = [("authorization", &*bearer), ("x-forwarded-for", forwarded)];
    api.ask(Method::GET, &headers).await
}

/// T06: a signed token carries its allow-list along, and whoever does not know where a request came from lets nobody in.
#[tokio::test]
async fn a_signed_token_is_good_in_its_networks_alone() {
    let issuer = Issuer::start().await;
    let here = issuer.token("networks", &json!(["127.0.0.0/8", "2001:db8::/32"]));
    let elsewhere = issuer.token("networks", &json!(["192.0.2.0/24"]));
    let nowhere = issuer.token("networks", &json!([]));
    let unreadable = issuer.token("networks", &json!(["127.0.0.0/8", "everywhere"]));
    let verifier = knowing_its_peers(issuer.verifier()).build();
    let api = Api::start(&verifier.expect("a verifier")).await;
    api.read(&here).await.assert_allowed();
    for token in [&elsewhere, &nowhere, &unreadable] {
        api.read(token).await.assert_refused(401, "invalid_token");
    }
    let blind = issuer.verifier().build().expect("a verifier");
    let api = Api::start(&blind).await;
    api.read(&here).await.assert_refused(401, "invalid_token");
}

/// N01: behind a proxy that is trusted the address is the one that it names; nobody else can name one.
#[tokio::test]
async fn the_address_that_counts_is_what_a_trusted_proxy_says() {
    let issuer = Issuer::start().await;
    let office = issuer.token("networks", &json!(["192.0.2.0/24"]));
    let local = issuer.token("networks", &json!(["127.0.0.1"]));
    let verifier = || knowing_its_peers(issuer.verifier());
    let api = Api::start(&verifier().build().expect("a verifier")).await;
    let answer = read(&api, &office, "192.0.2.7").await;
    answer.assert_refused(401, "invalid_token");
    read(&api, &local, "192.0.2.7").await.assert_allowed();

    let behind = verifier().trusted_proxies("127.0.0.0/8").build();
    let api = Api::start(&behind.expect("a verifier")).await;
    read(&api, &office, "192.0.2.7").await.assert_allowed();
    let answer = read(&api, &office, "192.0.2.7, 198.51.100.1").await;
    answer.assert_refused(401, "invalid_token");
    let answer = read(&api, &local, "192.0.2.7").await;
    answer.assert_refused(401, "invalid_token");
}

/// [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3): the API's TLS says which certificate a request came with.
#[tokio::test]
async fn a_token_that_is_bound_to_a_certificate_works_with_that_one_alone() {
    let issuer = Issuer::start().await;
    let verifier = issuer.verifier().build().expect("a verifier");
    let api = Api::start(&verifier).await;
    // The SHA-256 of "a certificate", which the API says that all requests come with.
    let own = issuer.token(
        "cnf",
        &json!({"x5t#S256": "gazXYhQPppKhQoItL75NxvVLyqUB9oqzflru0Lr-TZk"}),
    );
    let other = issuer.token(
        "cnf",
        &json!({"x5t#S256": "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"}),
    );
    let unheard = issuer.token("cnf", &json!({"kid": "one"}));
    api.read(&own).await.assert_allowed();
    for token in [&other, &unheard] {
        api.read(token).await.assert_refused(401, "invalid_token");
    }
}
