//! The way from a site to the provider and back.

use std::time::Duration;

use reqwest::Method;

use super::{Guarded, Visitor, location};

#[tokio::test]
async fn somebody_who_is_signed_in_comes_back_without_being_asked_to_where_they_wanted() {
    let guarded = Guarded::new().await;
    let browser = guarded.browser();
    let back = browser.comes_by("/reports/7?a=b&c=%2F").await;
    assert!(
        back.starts_with("http://reports.example/.doorward/callback?code=dw_se_"),
        "{back}"
    );
    let answer = browser.comes_back(&back).await;
    assert_eq!(
        location(&answer),
        "http://reports.example/reports/7?a=b&c=%2F"
    );
    // Nothing is left of the way but the session.
    let cookies = browser.cookie();
    assert!(
        cookies.starts_with("doorward-site=dw_ss_") && !cookies.contains("; "),
        "{cookies}"
    );
}

#[tokio::test]
async fn somebody_who_is_not_signed_in_is_asked_to_and_told_which_site_wants_it() {
    let guarded = Guarded::new().await;
    let provider = &guarded.scene.provider;
    let (browser, visitor) = (provider.browser(), guarded.browser());
    let start = visitor.sets_out("/reports").await;
    let page = browser.get(&start).await.sign_in_page();
    assert!(page.body.contains("Reports"), "{}", page.body);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("form-action 'self' http://reports.example;"),
        "{policy}"
    );
    let (action, form) = page.pressed("sign-in", &guarded.scene.alice.typed());
    let sent = browser.fetch(Method::POST, &action, Some(form), None).await;
    assert_eq!(sent.status, 303, "{sent:?}");
    let back = sent.header("location").expect("a location").to_owned();
    let answer = visitor.comes_back(&back).await;
    assert_eq!(location(&answer), "http://reports.example/reports");
    assert_eq!(visitor.check("/reports").await.status, 200);
}

/// N02: no address leads to another host than that of a registered site.
#[tokio::test]
async fn nobody_is_sent_elsewhere() {
    let guarded = Guarded::new().await;
    for wanted in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "evil",
        "",
    ] {
        let browser = guarded.browser();
        let back = browser.comes_by(wanted).await;
        let answer = browser.comes_back(&back).await;
        assert_eq!(location(&answer), "http://reports.example/", "{wanted}");
    }
    let browser = &guarded.scene.browser;
    let challenge = "A".repeat(43);
    for query in [
        format!("site=evil.example&challenge={challenge}&return_to=/"),
        format!("site=reports.example.evil.example&challenge={challenge}"),
        format!("challenge={challenge}"),
        "site=reports.example".to_owned(),
        "site=reports.example&challenge=x".to_owned(),
    ] {
        let page = browser.get(&format!("/auth/start?{query}")).await.page();
        assert_eq!(page.status, 400, "{query}");
    }
    let unknown = Visitor {
        host: "evil.example",
        ..guarded.browser()
    };
    assert_eq!(unknown.get("/.doorward/sign-in").await.status, 400);
}

#[tokio::test]
async fn a_code_works_once_for_a_minute_at_its_site_and_in_the_browser_that_set_out() {
    let guarded = Guarded::new().await;
    guarded.add_site("files.example", "files").await;
    let refused = async |visitor: &Visitor<'_>, back: &str, reason: &str| {
        let answer = visitor.comes_back(back).await;
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(!visitor.cookie().contains("doorward-site"));
        assert_eq!(guarded.reason(&answer).await, reason);
    };

    let browser = guarded.browser();
    let back = browser.comes_by("/reports").await;
    let another = guarded.browser();
    another.sets_out("/reports").await;
    let lacking = "the browser lacks the cookie of the one that set out";
    refused(&another, &back, lacking).await;
    let used = "the code is unknown or was used before";
    refused(&browser, &back, used).await;

    let back = browser.comes_by("/reports").await;
    let at_another = Visitor {
        host: "files.example",
        ..guarded.browser()
    };
    let elsewhere = back.replace("reports.example", "files.example");
    refused(&at_another, &elsewhere, "the code is for another site").await;

    let back = browser.comes_by("/reports").await;
    guarded
        .scene
        .provider
        .clock()
        .advance(Duration::from_mins(1));
    let answer = browser.comes_back(&back).await;
    assert_eq!(answer.status, 400, "{answer:?}");

    let broken = "http://reports.example/.doorward/callback?code=x";
    refused(&browser, broken, used).await;
}

#[tokio::test]
async fn a_session_of_one_site_is_none_at_another() {
    let guarded = Guarded::new().await;
    guarded.add_site("files.example", "files").await;
    let browser = guarded.browser();
    browser.comes_in().await;
    let cookie = browser.cookie();
    let told = [
        ("x-forwarded-method", "GET"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-host", "files.example"),
        ("x-forwarded-uri", "/reports"),
        ("cookie", &*cookie),
    ];
    assert_eq!(guarded.get("/auth/check", &told).await.status, 401);
}

#[tokio::test]
async fn signing_out_at_a_site_is_signing_out_at_the_provider() {
    let guarded = Guarded::new().await;
    let left = location(&guarded.browser().get("/.doorward/sign-out").await);
    assert_eq!(left, format!("{}/logout", guarded.scene.provider.issuer()));
}
