//! Which sites' scripts may read answers ([Fetch, CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol)).

use doorward_tests::token_client::Answer;
use reqwest::Method;
use reqwest::header::ORIGIN;

use crate::scene::{Scene, http};

const ALLOWED: &str = "access-control-allow-origin";

#[tokio::test]
async fn scripts_of_registered_sites_may_read_answers_and_no_others() {
    let scene = Scene::new().await;
    let shop = scene.provider.public_client("shop").await;
    let token = scene.tokens(&shop, "openid").await.access_token;
    for (origin, allowed) in [
        ("https://shop.example", true),
        ("https://shop.example.evil.example", false),
        ("https://shop.exampl", false),
        ("https://shop.example:8443", false),
        ("http://shop.example", false),
        ("https://evil.example", false),
        ("https:", false),
        ("https://", false),
        ("null", false),
    ] {
        for path in ["/userinfo", "/token", "/par"] {
            let address = scene.provider.url(path);
            let method = if path == "/userinfo" {
                Method::GET
            } else {
                Method::POST
            };
            let request = http().request(method, &address).bearer_auth(&token);
            let answer = Answer::of(request.header(ORIGIN, origin)).await;
            let expected = allowed.then_some(origin);
            assert_eq!(answer.header(ALLOWED), expected, "{path} {origin}");
            assert_eq!(answer.header("access-control-allow-credentials"), None);

            let asking = http().request(Method::OPTIONS, &address);
            let asking = asking.header(ORIGIN, origin);
            let asking = asking.header("access-control-request-method", "POST");
            let answer = Answer::of(asking).await;
            assert_eq!(answer.header(ALLOWED), expected, "{path} {origin}");
            if allowed {
                assert_eq!(answer.status, 204, "{answer:?}");
                let headers = answer.header("access-control-allow-headers");
                assert!(headers.is_some_and(|headers| headers.contains("authorization")));
                assert!(answer.header("vary").is_some(), "{answer:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_preflight_request_of_a_site_that_nobody_registered_is_told_nothing() {
    let scene = Scene::new().await;
    let asking = http().request(Method::OPTIONS, scene.provider.url("/token"));
    let answer = Answer::of(asking.header(ORIGIN, "https://evil.example")).await;
    assert_eq!(answer.status, 405, "{answer:?}");
    assert_eq!(answer.header(ALLOWED), None);
}

/// P18: not even one of a registered site.
/// [RFC 9700 section 2.6](https://www.rfc-editor.org/rfc/rfc9700#section-2.6).
#[tokio::test]
async fn no_script_may_read_what_is_for_browsers() {
    let scene = Scene::new().await;
    scene.provider.public_client("shop").await;
    for path in ["/authorize", "/sign-in/x", "/logout", "/"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            let request = http().request(method.clone(), scene.provider.url(path));
            let request = request.header("access-control-request-method", "POST");
            let answer = Answer::of(request.header(ORIGIN, "https://shop.example")).await;
            assert_eq!(answer.header(ALLOWED), None, "{method} {path}");
        }
    }
}
