//! Signing in ([OpenID Connect Core section 3.1.2.3](https://openid.net/specs/openid-connect-core-1_0.html#Authenticates)).

use doorward_core::Clock;
use doorward_core::event::Event;
use doorward_core::person::PersonStatus;
use doorward_tests::page::Page;
use doorward_tests::people::TestPerson;
use doorward_tests::provider::TestProvider;

/// What a page shows, without what is different on each: names of interactions, tokens and what was typed.
fn shown(page: &Page, person: &TestPerson) -> String {
    let csrf = page.forms().into_iter().next().map(|form| form.fields);
    let csrf = csrf.into_iter().flatten().find(|(name, _)| name == "csrf");
    let csrf = csrf.map(|(_, value)| value).unwrap_or_default();
    let body = page.body.replace(&page.path, "").replace(&csrf, "");
    body.replace(&person.username, "")
}

/// The reason of the last refusal.
async fn last_reason(provider: &TestProvider) -> String {
    let events = provider.recent_events().await;
    let reasons = events.into_iter().filter_map(|record| match record.event {
        Event::Refused {
            endpoint, reason, ..
        } if endpoint == "sign-in" => Some(reason),
        _ => None,
    });
    reasons.into_iter().next().expect("a refusal")
}

/// All who fail are told the same; only the operator can tell them apart.
#[tokio::test]
async fn nobody_learns_from_the_page_why_a_sign_in_failed() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let (people, now) = (provider.directory().people(), provider.clock().now());
    let disabled = people.set_status(bob.id, PersonStatus::Disabled, now).await;
    assert!(disabled.expect("the directory keeps people"));
    let mut nobody = alice.clone();
    nobody.username = "carol".to_owned();
    let mut pages = Vec::new();
    for (person, reason) in [
        (
            alice.with_password("wrong"),
            "the password is wrong, or none is set",
        ),
        (nobody, "nobody has this user name"),
        (bob.clone(), "the person is disabled"),
        (
            bob.with_password("wrong"),
            "the password is wrong, or none is set",
        ),
        (
            alice.with_password(""),
            "the user name or password is empty or malformed",
        ),
        (
            alice.with_password(&"x".repeat(4000)),
            "the user name or password is empty or malformed",
        ),
        (
            alice.with_password("a\0b"),
            "a parameter is not UTF-8, or has a NUL",
        ),
    ] {
        let destination = provider.browser().authorize_as(&person, &wiki).await;
        let page = destination.page();
        if reason.contains("NUL") {
            assert_eq!(provider.refusal(&page.reference()).await.reason, reason);
            continue;
        }
        assert!(page.is_sign_in(), "{page:?}");
        assert_eq!(last_reason(&provider).await, reason);
        assert!(!page.body.contains(&person.password) || person.password.is_empty());
        pages.push((page.status, shown(&page, &person)));
    }
    assert_eq!(pages[0].0, 403);
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
}

#[tokio::test]
async fn a_name_is_the_same_however_it_is_typed() {
    let provider = TestProvider::start().await;
    let (mut alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    alice.username = " ALICE ".to_owned();
    let browser = provider.browser();
    browser.authorize_as(&alice, &wiki).await.code();
}

/// P15: `login_hint` fills in a field and no more.
#[tokio::test]
async fn a_hint_is_filled_in_until_something_else_is_typed() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    for hint in ["alice", "nobody@id.example", "\"><script>x()</script>"] {
        let request = wiki.request().with("login_hint", hint);
        let browser = provider.browser();
        let page = browser.authorize(request).await.sign_in_page();
        assert_eq!(typed(&page), hint);
        assert!(!page.body.contains("<script>x()"), "{}", page.body);

        let wrong = alice.with_password("wrong");
        let again = browser.sign_in_at(&page, &wrong).await.sign_in_page();
        assert_eq!(typed(&again), "alice");
        browser.sign_in_at(&again, &alice).await.code();
    }
}

/// The user name that stands on the page.
fn typed(page: &Page) -> String {
    let form = page.form_with("sign-in").expect("the form");
    let name = form.fields.into_iter().find(|(name, _)| name == "username");
    name.map(|(_, value)| value).unwrap_or_default()
}

#[tokio::test]
async fn a_sign_in_is_an_event_that_names_the_client() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.authorize_as(&alice, &wiki).await.code();
    let events = provider.recent_events().await;
    let signed_in = events.iter().any(|record| {
        matches!(&record.event, Event::SignedIn { person, client, .. }
            if *person == alice.id && client.as_ref() == Some(&wiki.registered.client_id))
    });
    let authorized = events.iter().any(|record| {
        matches!(&record.event, Event::Authorized { person, client, .. }
            if *person == alice.id && *client == wiki.registered.client_id)
    });
    assert!(signed_in && authorized, "{events:?}");
}

/// Every course that has secrets in it is taken once; then none of them is anywhere in the events.
#[tokio::test]
async fn no_secret_is_ever_recorded() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").post().await,
    );
    let browser = provider.browser();
    let request = wiki
        .request()
        .with("scope", "openid offline_access email")
        .with("prompt", "consent");
    let wrong = alice.with_password("an old password of alice");
    let page = browser.authorize_as(&wrong, request).await.sign_in_page();
    let consent = browser.sign_in_at(&page, &alice).await.consent_page();
    let code = browser.allow(&consent).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    client.refresh(&refresh_token).await.assert_ok();
    client
        .refresh("dw_rt_unknown")
        .await
        .assert_error("invalid_grant");
    let hint = wiki.request().with("id_token_hint", &tokens.access_token);
    assert_eq!(browser.authorize(hint).await.error(), "invalid_request");
    client.exchange(&code).await.assert_error("invalid_grant");
    browser.get(&page.path).await.page().reference();

    let id_token = tokens.id_token.expect("an ID Token");
    let cookies = browser.cookies();
    let mut secrets: Vec<&str> = cookies.values().map(String::as_str).collect();
    secrets.extend([
        alice.password.as_str(),
        wrong.password.as_str(),
        code.value.as_str(),
        code.code_verifier.as_deref().expect("a verifier"),
        wiki.secret.as_deref().expect("a secret"),
        tokens.access_token.as_str(),
        refresh_token.as_str(),
        id_token.as_str(),
        page.path.trim_start_matches("/sign-in/"),
    ]);
    secrets.extend(["dw_ac_", "dw_rt_", "dw_cs_", "dw_ix_", "dw_bs_", "eyJ"]);
    provider.assert_never_recorded(&secrets).await;
}
