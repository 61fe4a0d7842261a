//! Applications that run in the browser: what their scripts may send and read
//! ([Fetch, CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol)).

use doorward_tests::token_client::Answer;
use reqwest::Method;
use reqwest::header::ORIGIN;

use super::Bound;
use crate::scene::http;

const PATHS: [&str; 3] = ["/token", "/par", "/userinfo"];

#[tokio::test]
async fn scripts_may_send_proofs() {
    let bound = Bound::new().await;
    for path in PATHS {
        let asking = http().request(Method::OPTIONS, bound.scene.provider.url(path));
        let asking = asking.header(ORIGIN, "https://app.example");
        let asking = asking.header("access-control-request-method", "POST");
        let asking = asking.header("access-control-request-headers", "dpop");
        let answer = Answer::of(asking).await;
        let allowed = answer.header("access-control-allow-headers");
        let allowed = allowed.unwrap_or_default();
        assert!(
            allowed.split(", ").any(|name| name == "dpop"),
            "{path}: {allowed}"
        );
    }
}

#[tokio::test]
async fn scripts_may_read_nonces_and_challenges() {
    let bound = Bound::new().await;
    for path in PATHS {
        let method = if path == "/userinfo" {
            Method::GET
        } else {
            Method::POST
        };
        let request = http().request(method, bound.scene.provider.url(path));
        let answer = Answer::of(request.header(ORIGIN, "https://app.example")).await;
        let exposed = answer.header("access-control-expose-headers");
        assert_eq!(exposed, Some("dpop-nonce, www-authenticate"), "{path}");
    }
}
