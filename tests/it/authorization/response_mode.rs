//! `response_mode`: how the answer travels
//! ([OAuth 2.0 Multiple Response Types section 2.1](https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes)).

use doorward_tests::authorization::ResponseMode;
use doorward_tests::provider::TestProvider;
use url::Url;

use super::assert_refused_there;

/// P08: `iss` comes with every code.
#[tokio::test]
async fn a_code_travels_as_the_client_asks() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for (asked, mode) in [
        (None, ResponseMode::Query),
        (Some("query"), ResponseMode::Query),
        (Some("fragment"), ResponseMode::Fragment),
        (Some("form_post"), ResponseMode::FormPost),
    ] {
        let request = match asked {
            Some(asked) => wiki.request().with("response_mode", asked),
            None => wiki.request(),
        };
        let response = browser.authorize(request).await.response();
        assert_eq!(response.mode, mode);
        let code = response.code();
        provider.token(&wiki).exchange(&code).await.assert_ok();
    }
}

/// P08: and with every error.
#[tokio::test]
async fn an_error_travels_as_the_client_asks() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    for (asked, mode) in [
        ("query", ResponseMode::Query),
        ("fragment", ResponseMode::Fragment),
        ("form_post", ResponseMode::FormPost),
    ] {
        let request = wiki
            .request()
            .with("prompt", "none")
            .with("response_mode", asked);
        let response = provider.browser().authorize(request).await.response();
        assert_eq!(response.error(), "login_required");
        assert_eq!(response.mode, mode);
    }
}

/// P10: there are these three.
#[tokio::test]
async fn a_mode_that_does_not_exist_is_an_error_in_the_query() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    for unknown in ["smoke.jwt", "JWT", "web_message", "Query"] {
        let request = wiki.request().with("response_mode", unknown);
        let destination = provider.browser().authorize(request).await;
        let response = destination.clone().response();
        assert_eq!(response.mode, ResponseMode::Query);
        let reason = format!(
            "response_mode {unknown:?} is not query, fragment or form_post, nor one of these with .jwt, nor jwt"
        );
        assert_refused_there(&provider, destination, "invalid_request", &reason).await;
    }
}

/// P10: nor one that the client is not registered for, whether it says so or leaves it out.
#[tokio::test]
async fn a_mode_that_the_client_is_not_registered_for_is_refused_by_one_that_it_is() {
    let provider = TestProvider::start().await;
    let form_post = doorward_core::authorization::ResponseMode::parse("form_post");
    let wiki = provider.client("wiki").with(|client| {
        client.response_modes = form_post.into_iter().collect();
    });
    let wiki = wiki.await;
    let alice = provider.person("alice").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for (request, mode) in [
        (wiki.request(), "query"),
        (wiki.request().with("response_mode", "fragment"), "fragment"),
        (
            wiki.request().with("response_mode", "form_post.jwt"),
            "form_post.jwt",
        ),
    ] {
        let destination = browser.authorize(request).await;
        assert_eq!(destination.clone().response().mode, ResponseMode::FormPost);
        let reason = format!("the client is not registered for response_mode {mode}");
        assert_refused_there(&provider, destination, "invalid_request", &reason).await;
    }
    let request = wiki.request().with("response_mode", "form_post");
    let response = browser.authorize(request).await.response();
    let tokens = provider.token(&wiki).exchange(&response.code()).await;
    tokens.assert_ok();
}

/// P35: however it travels.
#[tokio::test]
async fn no_cache_keeps_an_answer_that_carries_a_code() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for mode in ["query", "fragment", "form_post"] {
        let request = wiki.request().with("response_mode", mode);
        let path = format!("/authorize?{}", request.encoded());
        let answer = browser
            .fetch(reqwest::Method::GET, &path, None, Some(request))
            .await;
        let carried = answer.header("location").unwrap_or(&answer.body);
        assert!(carried.contains("dw_ac_"), "{answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{mode}");
    }
}

/// P11: the address ends with an empty one.
/// A browser would carry the fragment of the request's address over to one without
/// ([RFC 9110 section 10.2.2](https://www.rfc-editor.org/rfc/rfc9110#section-10.2.2)).
#[tokio::test]
async fn an_answer_in_the_query_keeps_the_registered_query_and_takes_no_fragment_along() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let client = provider.client("wiki");
    let wiki = client
        .redirect_uris(&["https://wiki.example/cb?tenant=a%20b&iss=me"])
        .await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let address = browser.authorize(&wiki).await.response().address;
    assert!(
        address.starts_with("https://wiki.example/cb?tenant=a%20b&iss=me&code="),
        "{address}"
    );
    let url: Url = address.parse().expect("an address");
    assert_eq!(url.fragment(), Some(""));
}

/// P10: what a client sent is no markup.
/// [OAuth 2.0 Form Post Response Mode section 2](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html).
#[tokio::test]
async fn the_page_that_posts_a_response_works_under_its_own_policy() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = wiki
        .request()
        .with("response_mode", "form_post")
        .with("state", "\"><script>alert('x')</script>&amp;");
    let path = format!("/authorize?{}", request.encoded());
    let page = browser
        .fetch(reqwest::Method::GET, &path, None, Some(request))
        .await;

    assert_eq!(page.status, 200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(policy.contains("form-action 'self' https:;"), "{policy}");
    assert!(!policy.contains("unsafe-inline"), "{policy}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    assert!(!page.body.contains("alert('x')</script>"), "{}", page.body);
    let [form] = &page.forms()[..] else {
        panic!("one form: {page:?}")
    };
    assert_eq!(form.action, wiki.redirect_uri());
    let names: Vec<&str> = form.fields.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["code", "state", "iss"]);
    assert_eq!(form.fields[1].1, "\"><script>alert('x')</script>&amp;");
    assert!(page.body.contains("<button"), "a way on without scripts");
}
