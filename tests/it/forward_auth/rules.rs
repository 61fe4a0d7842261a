//! `/auth/check`.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::forward_auth::IDENTITY;
use doorward_core::person::PersonStatus;
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Answer;
use reqwest::header::{COOKIE, WWW_AUTHENTICATE};

use super::{Guarded, PAGES, SITE};

fn challenge(answer: &Answer) -> &str {
    answer
        .header(WWW_AUTHENTICATE.as_str())
        .expect("a challenge")
}

/// Every header that tells an application who somebody is, and says something. All are there, so that a proxy replaces all of them.
fn identity(answer: &Answer) -> Vec<(&str, &str)> {
    let told = answer.headers.iter();
    let told = told.filter(|(name, _)| name.as_str().starts_with("remote-"));
    let text = |value| std::str::from_utf8(value).expect("UTF-8");
    let mut told: Vec<_> = told
        .map(|(name, value)| (name.as_str(), text(value.as_bytes())))
        .collect();
    assert_eq!(told.len(), IDENTITY.len(), "{answer:?}");
    told.retain(|(_, value)| !value.is_empty());
    told.sort_unstable();
    told
}

/// A client with scopes of both APIs, for people and for itself.
async fn client(guarded: &Guarded) -> RelyingParty {
    let scope = "openid reports:read reports:write files:read";
    let client = guarded.scene.provider.client("reporter").scope(scope);
    client.await
}

/// A token of the client's own.
async fn own_token(guarded: &Guarded, client: &RelyingParty, scope: &str) -> String {
    let token = guarded.scene.provider.token(client);
    let form = [("grant_type", "client_credentials"), ("scope", scope)];
    token.send(&form).await.assert_ok().access_token
}

async fn check_with(guarded: &Guarded, method: &str, target: &str, token: &str) -> Answer {
    let header = format!("Bearer {token}");
    guarded
        .check(method, target, &[("authorization", &header)])
        .await
}

#[tokio::test]
async fn anyone_passes_where_a_rule_says_so_and_is_nobody_to_the_application() {
    let guarded = Guarded::new().await;
    for answer in [
        guarded.check("GET", "/public/a?b", &[]).await,
        guarded.check("HEAD", "/public/a?b", &[PAGES]).await,
        guarded.check_by_status("/public/a?b", &[]).await,
    ] {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(identity(&answer), []);
        assert_eq!(answer.text, "");
    }
}

#[tokio::test]
async fn what_no_rule_allows_is_denied_and_the_reference_leads_to_the_reason() {
    let guarded = Guarded::new().await;
    for (method, target, reason) in [
        (
            "GET",
            "/elsewhere",
            "GET reports.example/elsewhere by nobody in particular from 127.0.0.1: no rule allows it",
        ),
        (
            "PUT",
            "/public/a",
            "PUT reports.example/public/… by nobody in particular from 127.0.0.1: no rule allows it",
        ),
        (
            "GET",
            "/internal/a",
            "GET reports.example/internal/… by nobody in particular from 127.0.0.1: rule 2 denies it",
        ),
        (
            "GET",
            "/Internal",
            "GET reports.example/Internal by nobody in particular from 127.0.0.1: rule 2 denies it",
        ),
    ] {
        let answer = guarded.check(method, target, &[]).await;
        assert_eq!(answer.status, 403, "{answer:?}");
        assert_eq!(answer.json()["error"], "access_denied");
        assert_eq!(guarded.reason(&answer).await, reason);
    }
    let answer = guarded.check_by_status("/elsewhere", &[]).await;
    assert_eq!(answer.status, 403);
    assert!(answer.header("doorward-reference").is_some());
}

/// N02: paths that two programs could read differently pass nowhere, whatever the rules say.
#[tokio::test]
async fn a_path_with_two_readings_passes_nowhere() {
    let guarded = Guarded::new().await;
    for target in [
        "/public/../internal/a",
        "/public/%2e%2e/internal/a",
        "/public/..%2finternal/a",
        "/public/%252e%252e/internal",
        "/public//a",
        "//public/a",
        "/public/..;/internal",
        "/public/a%00",
        "/public\\..\\internal",
        "http://reports.example/public/a",
        "public/a",
        "*",
    ] {
        let answer = guarded.check("GET", target, &[]).await;
        assert_eq!(answer.status, 403, "{target} {answer:?}");
        let answer = guarded.check_by_status(target, &[]).await;
        assert_eq!(answer.status, 403, "{target} {answer:?}");
    }
}

/// N01, N02: nobody but a configured proxy says what was asked of it.
#[tokio::test]
async fn a_peer_that_is_no_configured_proxy_is_not_heard() {
    let guarded = Guarded::believing("192.0.2.0/24").await;
    for answer in [
        guarded.check("GET", "/public/a", &[]).await,
        guarded.check_by_status("/public/a", &[]).await,
        guarded.browser().get("/.doorward/sign-in").await,
    ] {
        assert!(matches!(answer.status.as_u16(), 403 | 400), "{answer:?}");
        let reason = guarded.reason(&answer).await;
        assert!(
            reason.starts_with("127.0.0.1 is no configured proxy"),
            "{reason}"
        );
    }
}

/// N02: what browsers can write beside what the proxy does is believed by nobody.
#[tokio::test]
async fn a_request_that_is_told_twice_or_in_part_passes_nowhere() {
    let guarded = Guarded::new().await;
    let told = [
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", SITE),
        ("x-forwarded-uri", "/public/a"),
    ];
    assert_eq!(guarded.get("/auth/check", &told).await.status, 200);
    for left_out in 0..told.len() {
        let mut told = told.to_vec();
        told.remove(left_out);
        let answer = guarded.get("/auth/check", &told).await;
        assert_eq!(answer.status, 403, "{told:?}");
    }
    for more in [
        ("x-original-url", "http://reports.example/public/a"),
        ("x-forwarded-uri", "/public/a"),
        ("x-forwarded-host", SITE),
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", "http"),
    ] {
        let answer = guarded
            .get("/auth/check", &[&told[..], &[more]].concat())
            .await;
        assert_eq!(answer.status, 403, "{more:?}");
    }
    for (at, wrong) in [
        (0, "get"),
        (1, "https"),
        (2, "wiki.example"),
        (2, "reports.example."),
        (2, "reports.example:81"),
    ] {
        let mut told = told;
        told[at].1 = wrong;
        let answer = guarded.get("/auth/check", &told).await;
        assert_eq!(answer.status, 403, "{wrong}");
    }
    let mut told = told;
    told[2].1 = "Reports.Example:80";
    assert_eq!(guarded.get("/auth/check", &told).await.status, 200);
}

#[tokio::test]
async fn who_is_unknown_is_sent_to_sign_in_or_told_to_bring_a_token() {
    let guarded = Guarded::new().await;
    let sign_in = "http://reports.example/.doorward/sign-in?return_to=%2Freports%2F7%3Fa%3Db";
    let sent = guarded.check("GET", "/reports/7?a=b", &[PAGES]).await;
    assert_eq!(sent.status, 303);
    assert_eq!(sent.header("location"), Some(sign_in));
    let told = guarded.check_by_status("/reports/7?a=b", &[PAGES]).await;
    assert_eq!(told.status, 401);
    assert_eq!(told.header("location"), Some(sign_in));
    let by_script = ("sec-fetch-mode", "cors");
    let by_older_script = ("x-requested-with", "XMLHttpRequest");
    for answer in [
        guarded.check("POST", "/reports/7", &[PAGES]).await,
        guarded.check("GET", "/reports/7", &[]).await,
        guarded
            .check("GET", "/reports/7", &[("accept", "*/*")])
            .await,
        guarded
            .check("GET", "/reports/7", &[PAGES, by_script])
            .await,
        guarded
            .check("GET", "/reports/7", &[PAGES, by_older_script])
            .await,
        guarded.check_by_status("/reports/7", &[]).await,
    ] {
        assert_eq!(answer.status, 401, "{answer:?}");
        assert_eq!(challenge(&answer), "Bearer realm=\"doorward\"");
        assert_eq!(answer.header("location"), None);
    }
}

#[tokio::test]
async fn a_program_passes_by_a_token_for_the_sites_api_with_the_scope() {
    let guarded = Guarded::new().await;
    guarded.add_site("files.example", "files").await;
    let reporter = client(&guarded).await;
    let token = own_token(&guarded, &reporter, "reports:read").await;
    let answer = check_with(&guarded, "GET", "/api/7", &token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = [
        ("remote-client", "reporter"),
        ("remote-scope", "reports:read"),
        ("remote-subject", "reporter"),
    ];
    assert_eq!(identity(&answer), told);

    let answer = check_with(&guarded, "POST", "/api/7", &token).await;
    assert_eq!(answer.status, 403);
    assert!(challenge(&answer).contains("error=\"insufficient_scope\""));
    let reason = guarded.reason(&answer).await;
    assert!(
        reason.contains("by a token of reporter from 127.0.0.1: no rule allows it"),
        "{reason}"
    );

    let opaque = own_token(&guarded, &reporter, "files:read").await;
    assert!(opaque.starts_with("dw_at_"));
    let answer = check_with(&guarded, "GET", "/api/7", &opaque).await;
    assert_eq!(answer.status, 401, "a token for another API: {answer:?}");
    let told = [
        ("x-original-url", "http://files.example/api/7"),
        ("x-original-method", "GET"),
        ("authorization", &*format!("Bearer {opaque}")),
    ];
    let answer = guarded.get("/auth/check", &told).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

#[tokio::test]
async fn a_persons_token_has_what_it_says_and_their_groups_of_now() {
    let guarded = Guarded::new().await;
    let (scene, reporter) = (&guarded.scene, client(&guarded).await);
    let token = scene.tokens(&reporter, "openid reports:write").await;
    let token = token.access_token;
    let answer = check_with(&guarded, "POST", "/api/7", &token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = identity(&answer);
    assert!(told.contains(&("remote-user", "alice")), "{told:?}");
    assert!(told.contains(&("remote-groups", "staff")), "{told:?}");
    // A token is not its person: what people may do in a browser it may not.
    let answer = check_with(&guarded, "GET", "/reports/7", &token).await;
    assert_eq!(answer.status, 403);

    let groups = scene.provider.directory().groups();
    let staff = "staff".parse().expect("a group");
    let removed = groups.remove_member(&staff, scene.alice.id).await;
    assert!(removed.is_ok(), "{removed:?}");
    scene.provider.clock().advance(Duration::from_secs(1));
    let answer = check_with(&guarded, "POST", "/api/7", &token).await;
    assert_eq!(answer.status, 403, "{answer:?}");
}

/// A second after it is revoked a token passes nowhere, though it was found good a moment before.
#[tokio::test]
async fn a_token_that_does_not_work_is_refused_with_the_reason_for_the_operator() {
    let guarded = Guarded::new().await;
    let (provider, reporter) = (&guarded.scene.provider, client(&guarded).await);
    let token = own_token(&guarded, &reporter, "reports:read").await;
    assert_eq!(
        check_with(&guarded, "GET", "/api/7", &token).await.status,
        200
    );
    let revoked = provider.token(&reporter).revoke(&token).await;
    assert_eq!(revoked.status, 200);
    provider.clock().advance(Duration::from_secs(1));
    for (token, reason) in [
        (&*token, "the access token was revoked"),
        ("x", "the access token: "),
    ] {
        let answer = check_with(&guarded, "GET", "/api/7", token).await;
        assert_eq!(answer.status, 401, "{answer:?}");
        assert!(challenge(&answer).contains("error=\"invalid_token\""));
        let told = guarded.reason(&answer).await;
        assert!(told.starts_with(reason), "{told}");
        // Where anyone passes, what an application does with tokens of its own is its own affair.
        let answer = check_with(&guarded, "GET", "/public/a", token).await;
        assert_eq!(answer.status, 200);
        assert_eq!(identity(&answer), []);
    }
}

/// [RFC 9449 section 7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2): the proof would be for the site.
#[tokio::test]
async fn a_token_that_is_bound_to_a_key_is_no_bearer_token() {
    let guarded = Guarded::new().await;
    let (provider, reporter) = (&guarded.scene.provider, client(&guarded).await);
    let form = [
        ("grant_type", "client_credentials"),
        ("scope", "reports:read"),
    ];
    let key = DpopKey::generate("ES256");
    let bound = provider.proving(&reporter, &key).send(&form).await;
    let bound = bound.assert_bound().access_token;
    for scheme in ["Bearer", "DPoP"] {
        let header = format!("{scheme} {bound}");
        let headers = [("authorization", &*header)];
        let answer = guarded.check("GET", "/api/7", &headers).await;
        assert_eq!(answer.status, 401, "{scheme}");
    }
}

#[tokio::test]
async fn a_browser_passes_by_its_session_within_the_rules() {
    let guarded = Guarded::new().await;
    let browser = guarded.browser();
    browser.comes_in().await;
    let answer = browser.check("/reports/7").await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let sub = guarded.scene.alice.sub();
    let told = identity(&answer);
    for pair in [
        ("remote-user", "alice"),
        ("remote-groups", "staff"),
        ("remote-subject", &*sub),
    ] {
        assert!(told.contains(&pair), "{told:?}");
    }
    // The first file of a page asks the directory, those after it do not.
    assert_eq!(browser.check("/reports/8").await.status, 200);

    let denied = browser.check("/admin").await;
    assert_eq!(denied.status, 403);
    assert!(denied.text.contains("id=\"error-reference\""), "{denied:?}");
    assert!(denied.text.contains("/.doorward/assets/doorward.css"));
    let reason = guarded.reason(&denied).await;
    assert!(
        reason.ends_with("from 127.0.0.1: no rule allows it"),
        "{reason}"
    );
    let cookie = browser.cookie();
    let by_script = [(COOKIE.as_str(), &*cookie), ("accept", "application/json")];
    let denied = guarded.check("GET", "/admin", &by_script).await;
    assert_eq!(denied.status, 403);
    assert_eq!(denied.json()["error"], "access_denied");
}

/// Signing out, or being disabled, ends the session at each site within a second.
#[tokio::test]
async fn a_session_that_ended_at_the_provider_is_over_at_the_site() {
    let guarded = Guarded::new().await;
    let scene = &guarded.scene;
    let browser = guarded.browser();
    browser.comes_in().await;
    assert_eq!(browser.check("/reports/7").await.status, 200);

    let page = scene.browser.get("/logout").await.page();
    scene.browser.press(&page, "sign-out", &[]).await.page();
    scene.provider.clock().advance(Duration::from_secs(1));
    assert_eq!(browser.check("/reports/7").await.status, 303);

    scene.browser.sign_in(&scene.alice).await;
    browser.comes_in().await;
    assert_eq!(browser.check("/reports/7").await.status, 200);
    let now = scene.provider.clock().now();
    let people = scene.provider.directory().people();
    let disabled = people.set_status(scene.alice.id, PersonStatus::Disabled, now);
    assert!(disabled.await.is_ok());
    scene.provider.clock().advance(Duration::from_secs(1));
    assert_eq!(browser.check("/reports/7").await.status, 303);
}

#[tokio::test]
async fn a_site_that_is_removed_lets_nobody_pass() {
    let guarded = Guarded::new().await;
    let host = SITE.parse().expect("a host");
    let removed = guarded
        .scene
        .provider
        .directory()
        .sites()
        .remove(&host)
        .await;
    assert_eq!(removed, Ok(true));
    let answer = guarded.check("GET", "/public/a", &[]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(
        guarded.reason(&answer).await,
        "there is no site at reports.example"
    );
}
