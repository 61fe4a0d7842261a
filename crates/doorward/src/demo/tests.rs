use axum::http::Request;
use openidconnect::HttpResponse;

use std::path::Path;

use super::*;
use crate::demo::http::HttpClient;

async fn start(data: &Path) -> Demonstration {
    let listeners = Listeners::bind(0, 0, 0).await.unwrap();
    let mut configuration = Configuration::default();
    configuration.server.data = data.to_path_buf();
    Demonstration::start(listeners, configuration, &Ambient::default())
        .await
        .unwrap()
}

async fn send(method: &str, url: &Url) -> HttpResponse {
    let request = Request::builder().method(method).uri(url.as_str());
    HttpClient::new()
        .send(request.body(Vec::new()).unwrap())
        .await
        .unwrap()
}

#[tokio::test]
async fn both_applications_send_people_to_the_provider_with_what_they_registered() {
    let data = tempfile::tempdir().unwrap();
    // The second start finds what the first one added, and new ports.
    start(data.path()).await.stop().await.unwrap();
    let demonstration = start(data.path()).await;
    for (application, client_id) in [
        (demonstration.wiki(), "wiki"),
        (demonstration.payroll(), "payroll"),
    ] {
        let page = String::from_utf8(send("GET", application).await.into_body()).unwrap();
        assert!(page.contains("id=\"sign-in\""), "{page}");

        let away = send("POST", &application.join("sign-in").unwrap()).await;
        assert_eq!(away.status(), 303);
        let to = Url::parse(away.headers()["location"].to_str().unwrap()).unwrap();
        assert_eq!(to.origin(), demonstration.issuer().url().origin());
        let parameter = |name: &str| {
            let mut pairs = to.query_pairs();
            pairs
                .find(|(other, _)| other == name)
                .map(|(_, value)| value.into_owned())
        };
        assert_eq!(parameter("client_id").as_deref(), Some(client_id));
        assert_eq!(parameter("code_challenge_method").as_deref(), Some("S256"));
        assert!(parameter("nonce").is_some() && parameter("state").is_some());
        let sign_in = send("GET", &to).await;
        assert!(
            sign_in.status().is_redirection() || sign_in.status().is_success(),
            "{sign_in:?}"
        );
        assert!(!String::from_utf8_lossy(sign_in.body()).contains("error-page"));
    }
    demonstration.stop().await.unwrap();
}

#[tokio::test]
async fn a_browser_that_began_no_sign_in_is_not_signed_in() {
    let data = tempfile::tempdir().unwrap();
    let demonstration = start(data.path()).await;
    let forged = demonstration
        .wiki()
        .join("callback?code=a&state=b")
        .unwrap();
    let answer = send("GET", &forged).await;
    assert_eq!(answer.status(), 502);
    let page = String::from_utf8(answer.into_body()).unwrap();
    assert!(
        page.contains("this browser began no sign-in here"),
        "{page}"
    );
    demonstration.stop().await.unwrap();
}
