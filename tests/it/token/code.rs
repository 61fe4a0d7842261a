//! Codes are exchanged once, by the client they were made for
//! ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).

use std::sync::Arc;
use std::time::Duration;

use doorward_core::person::PersonStatus;
use doorward_tests::authorization::Code;
use doorward_tests::provider::TestProvider;

use crate::scene::Scene;

#[tokio::test]
async fn a_code_yields_the_tokens_that_were_asked_for() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;

    let tokens = scene.tokens(&wiki, "openid email").await;
    assert_eq!(tokens.all["scope"], "email openid");
    assert_eq!(tokens.all["expires_in"], 600);
    assert!(tokens.id_token.is_some() && tokens.refresh_token.is_none());

    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    assert!(tokens.refresh_token.is_some());

    let tokens = scene.tokens(&wiki, "email").await;
    assert!(tokens.id_token.is_none(), "nothing asked for an ID Token");
}

/// P23: the signed access token as well.
/// [RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): what came of the code is revoked.
#[tokio::test]
async fn a_code_used_again_takes_everything_that_came_of_it_with_it() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let untouched = scene.tokens(&wiki, "openid offline_access").await;
    let request = wiki.request().with("scope", "openid offline_access");
    let code = scene.code(request).await;
    let client = scene.provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    assert!(!scene.is_dead(&wiki, &tokens.access_token).await);

    scene.provider.clock().advance(Duration::from_secs(30));
    client.exchange(&code).await.assert_error("invalid_grant");

    assert!(scene.is_dead(&wiki, &tokens.access_token).await);
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let refreshed = client.refresh(&refresh_token).await;
    refreshed.assert_error("invalid_grant");
    assert!(!scene.is_dead(&wiki, &untouched.access_token).await);
    let other = untouched.refresh_token.expect("a refresh token");
    client.refresh(&other).await.assert_ok();
}

/// P23: everything of it is revoked even then.
#[tokio::test]
async fn a_replay_is_noticed_minutes_after_the_code_expired() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let request = wiki.request().with("scope", "openid offline_access");
    let code = scene.code(request).await;
    let client = scene.provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();

    scene.provider.clock().advance(Duration::from_mins(10));
    client.exchange(&code).await.assert_error("invalid_grant");

    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let refreshed = client.refresh(&refresh_token).await;
    refreshed.assert_error("invalid_grant");
}

type Change = fn(&mut Code);

/// P22: address and proof must be those of the request.
/// Each change of a good exchange, and the beginning of the reason that the operator reads.
#[tokio::test]
async fn whatever_is_wrong_about_an_exchange_the_client_learns_the_same_and_the_code_is_spent() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let changes: [(Change, &str); 6] = [
        (
            |code| code.redirect_uri = "https://wiki.example/other".to_owned(),
            "redirect_uri is not",
        ),
        (|code| code.redirect_uri.push('/'), "redirect_uri is not"),
        (|code| code.code_verifier = None, "code_verifier is missing"),
        (
            |code| code.code_verifier = Some("x".repeat(43)),
            "code_verifier does not match",
        ),
        (
            |code| code.code_verifier = Some("x".repeat(42)),
            "code_verifier is malformed",
        ),
        (
            |code| code.code_verifier = Some("x".repeat(129)),
            "code_verifier is malformed",
        ),
    ];
    for (change, reason) in changes {
        let good = scene.code(&wiki).await;
        let mut wrong = good.clone();
        change(&mut wrong);
        let client = scene.provider.token(&wiki);
        let reference = client.exchange(&wrong).await.assert_error("invalid_grant");
        let refusal = scene.provider.refusal(&reference).await;
        assert!(refusal.reason.starts_with(reason), "{refusal:?}");
        let again = client.exchange(&good).await;
        again.assert_error("invalid_grant");
    }
}

/// [RFC 9700 section 4.8.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.8.2).
#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let client = scene.provider.token(&wiki);
    let plain = scene.code(wiki.request().without_pkce()).await;
    client.exchange(&plain).await.assert_ok();

    let mut extra = scene.code(wiki.request().without_pkce()).await;
    extra.code_verifier = Some("x".repeat(43));
    client.exchange(&extra).await.assert_error("invalid_grant");
}

/// P22: it is its client's alone.
#[tokio::test]
async fn a_code_is_of_no_use_to_another_client() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let other = scene.provider.client("other");
    let other = other.redirect_uris(&[wiki.redirect_uri()]).await;
    let code = scene.code(&wiki).await;

    let stolen = scene.provider.token(&other).exchange(&code).await;
    let reference = stolen.assert_error("invalid_grant");
    let refusal = scene.provider.refusal(&reference).await;
    assert_eq!(refusal.reason, "the code was made for another client");
    assert_eq!(refusal.client.as_deref(), Some("other"));
}

/// P23: it is good for sixty seconds.
#[tokio::test]
async fn a_code_lives_for_a_minute() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let (early, late) = (scene.code(&wiki).await, scene.code(&wiki).await);
    let client = scene.provider.token(&wiki);

    scene.provider.clock().advance(Duration::from_secs(59));
    client.exchange(&early).await.assert_ok();
    scene.provider.clock().advance(Duration::from_secs(1));
    client.exchange(&late).await.assert_error("invalid_grant");
}

#[tokio::test]
async fn what_was_never_a_code_is_refused_without_a_trace_of_it() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let good = scene.code(&wiki).await;
    let client = scene.provider.token(&wiki);
    let refresh_token = scene
        .tokens(&wiki, "openid offline_access")
        .await
        .refresh_token;
    let long = "x".repeat(10_000);
    let changed = good.value.replace(char::is_numeric, "a");
    for garbage in [
        "garbage",
        "dw_ac_",
        &long,
        "ä",
        &changed,
        refresh_token.as_deref().expect("a refresh token"),
    ] {
        let code = Code {
            value: garbage.to_owned(),
            ..good.clone()
        };
        client.exchange(&code).await.assert_error("invalid_grant");
    }
    client.exchange(&good).await.assert_ok();
    scene.provider.assert_never_recorded(&[&good.value]).await;
}

/// P05: at the token endpoint too.
#[tokio::test]
async fn a_parameter_that_is_missing_or_doubled_is_named_to_the_operator() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let code = scene.code(&wiki).await;
    let client = scene.provider.token(&wiki);
    let verifier = code.code_verifier.as_deref().unwrap_or_default();
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code.value.as_str()),
        ("redirect_uri", code.redirect_uri.as_str()),
        ("code_verifier", verifier),
    ];
    for (name, value) in good {
        let mut doubled = good.to_vec();
        doubled.push((name, value));
        let reference = client.send(&doubled).await.assert_error("invalid_request");
        let reason = scene.provider.refusal(&reference).await.reason;
        assert!(reason.contains(name), "{reason}");
    }
    for missing in ["grant_type", "code", "redirect_uri"] {
        let form: Vec<_> = good
            .into_iter()
            .filter(|(name, _)| *name != missing)
            .collect();
        let reference = client.send(&form).await.assert_error("invalid_request");
        let reason = scene.provider.refusal(&reference).await.reason;
        assert_eq!(reason, format!("{missing} is missing"));
    }
    client.exchange(&code).await.assert_ok();
}

/// P22: the person must still be active.
#[tokio::test]
async fn a_code_of_somebody_who_was_disabled_meanwhile_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let code = scene.code(&wiki).await;
    let now = doorward_core::Clock::now(scene.provider.clock());
    let people = scene.provider.directory().people();
    let disabled = people.set_status(scene.alice.id, PersonStatus::Disabled, now);
    disabled.await.expect("the directory keeps people");

    let answer = scene.provider.token(&wiki).exchange(&code).await;
    answer.assert_error("invalid_grant");
}

/// What was allowed to a client is nothing to another one that gets its name.
#[tokio::test]
async fn a_code_of_a_client_that_was_removed_is_nothing_to_one_of_the_same_name() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let request = wiki.request().with("scope", "openid offline_access");
    let code = scene.code(request).await;
    let clients = scene.provider.directory().clients();
    let now = doorward_core::Clock::now(scene.provider.clock());
    let removed = clients.remove(&wiki.registered.client_id, now).await;
    assert_eq!(removed, Ok(true));

    scene.provider.clock().advance(Duration::from_secs(1));
    let wiki = scene.provider.client("wiki").await;
    let answer = scene.provider.token(&wiki).exchange(&code).await;
    let reference = answer.assert_error("invalid_grant");
    let reason = scene.provider.refusal(&reference).await.reason;
    assert!(reason.contains("older than the client"), "{reason}");
    scene.tokens(&wiki, "openid").await;
}

/// P22: the consent must still be there.
#[tokio::test]
async fn a_code_needs_the_consent_that_it_came_from() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &wiki).await.consent_page();
    let code = browser.allow(&page).await.code();
    let consents = provider.directory().consents();
    let withdrawn = consents.withdraw(alice.id, &wiki.registered.client_id);
    assert!(withdrawn.await.expect("the directory keeps consents"));

    let answer = provider.token(&wiki).exchange(&code).await;
    let reference = answer.assert_error("invalid_grant");
    let reason = provider.refusal(&reference).await.reason;
    assert!(reason.contains("consent was withdrawn"), "{reason}");
}

/// Fifty clients race for one code. Exactly one gets tokens, and since it was shown again, what came of it is dead.
async fn race(scene: Scene) {
    let wiki = scene.provider.client("wiki").await;
    let request = wiki.request().with("scope", "openid offline_access");
    let code = scene.code(request).await;
    let client = Arc::new(scene.provider.token(&wiki));
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (client, code) = (Arc::clone(&client), code.clone());
        racing.spawn(async move { client.exchange(&code).await });
    }
    let answers = racing.join_all().await;
    let (won, lost): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!(won.len(), 1, "exactly one gets tokens");
    for answer in lost {
        answer.assert_error("invalid_grant");
    }
    for answer in won {
        let tokens = answer.assert_ok();
        assert!(scene.is_dead(&wiki, &tokens.access_token).await);
        let refresh_token = tokens.refresh_token.expect("a refresh token");
        let refreshed = client.refresh(&refresh_token).await;
        refreshed.assert_error("invalid_grant");
    }
    let recorded = scene.provider.recent_events().await;
    let replayed = recorded.iter().filter(|record| {
        let event = format!("{:?}", record.event);
        event.contains("the code was used before")
    });
    assert_eq!(replayed.count(), 49, "exactly one found it fresh");
}

/// P24: fifty at once.
#[tokio::test]
async fn of_fifty_at_once_one_finds_a_code_fresh() {
    race(Scene::new().await).await;
}

#[tokio::test]
async fn of_fifty_at_once_one_finds_a_code_on_redis_fresh() {
    if let Some((scene, _redis)) = Scene::on_redis().await {
        race(scene).await;
    }
}
