//! Refresh tokens ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::Clock;
use doorward_core::person::PersonStatus;
use doorward_core::scope::Scope;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{TokenClient, Tokens};
use reqwest::header::HeaderMap;

use crate::scene::Scene;

const DAY: Duration = Duration::from_hours(24);

/// A client with tokens for `openid email offline_access`.
async fn begun(scene: &Scene) -> (RelyingParty, TokenClient, Tokens) {
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid email offline_access").await;
    let client = scene.provider.token(&wiki);
    (wiki, client, tokens)
}

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh_token.as_deref().expect("a refresh token")
}

#[tokio::test]
async fn each_use_yields_new_tokens_and_the_next_refresh_token() {
    let scene = Scene::new().await;
    let (wiki, client, mut tokens) = begun(&scene).await;
    let mut seen = BTreeSet::new();
    for _ in 0..5 {
        assert!(seen.insert(refresh_token(&tokens).to_owned()));
        assert!(seen.insert(tokens.access_token.clone()));
        scene.provider.clock().advance(Duration::from_mins(5));
        tokens = client.refresh(refresh_token(&tokens)).await.assert_ok();
        assert_eq!(tokens.all["scope"], "email offline_access openid");
        assert!(!scene.is_dead(&wiki, &tokens.access_token).await);
    }
}

/// [OpenID Connect Core section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
#[tokio::test]
async fn a_refreshed_id_token_speaks_of_the_same_sign_in() {
    let scene = Scene::new().await;
    let (_, client, tokens) = begun(&scene).await;
    let first = client.id_token(&tokens).await;
    scene.provider.clock().advance(Duration::from_secs(100));

    let refreshed = client.refresh(refresh_token(&tokens)).await.assert_ok();
    let second = client.id_token(&refreshed).await;
    for same in ["iss", "sub", "aud", "azp", "auth_time", "sid", "acr", "amr"] {
        assert_eq!(first.get(same), second.get(same), "{same}");
        assert!(!first.get(same).is_null(), "{same}");
    }
    assert_eq!(second.get("iat"), scene.provider.clock().seconds());
    assert_ne!(first.get("iat"), second.get("iat"));
    assert_ne!(first.get("at_hash"), second.get("at_hash"));
    assert!(second.get("nonce").is_null());
}

/// P26: the grace forks nothing.
#[tokio::test]
async fn a_client_that_missed_the_answer_gets_the_same_successor_again() {
    let scene = Scene::new().await;
    let (_, client, tokens) = begun(&scene).await;
    let first = client.refresh(refresh_token(&tokens)).await.assert_ok();
    scene.provider.clock().advance(Duration::from_secs(59));
    let again = client.refresh(refresh_token(&tokens)).await.assert_ok();
    assert_eq!(first.refresh_token, again.refresh_token);
    client.refresh(refresh_token(&first)).await.assert_ok();
}

/// P26: reuse is theft.
/// [RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).
#[tokio::test]
async fn a_token_used_again_after_the_grace_ends_its_whole_family() {
    let scene = Scene::new().await;
    let (wiki, client, tokens) = begun(&scene).await;
    let untouched = scene.tokens(&wiki, "openid offline_access").await;
    let second = client.refresh(refresh_token(&tokens)).await.assert_ok();
    scene.provider.clock().advance(Duration::from_mins(1));
    assert!(!scene.is_dead(&wiki, &second.access_token).await);

    let reused = client.refresh(refresh_token(&tokens)).await;
    let reference = reused.assert_error("invalid_grant");
    let reason = scene.provider.refusal(&reference).await.reason;
    assert!(reason.contains("used before"), "{reason}");

    for access_token in [&tokens.access_token, &second.access_token] {
        assert!(scene.is_dead(&wiki, access_token).await);
    }
    let living = client.refresh(refresh_token(&second)).await;
    living.assert_error("invalid_grant");
    client.refresh(refresh_token(&untouched)).await.assert_ok();
}

#[tokio::test]
async fn a_token_two_generations_old_ends_its_family_even_within_the_grace() {
    let scene = Scene::new().await;
    let (_, client, first) = begun(&scene).await;
    let second = client.refresh(refresh_token(&first)).await.assert_ok();
    let third = client.refresh(refresh_token(&second)).await.assert_ok();
    let reused = client.refresh(refresh_token(&first)).await;
    reused.assert_error("invalid_grant");
    let living = client.refresh(refresh_token(&third)).await;
    living.assert_error("invalid_grant");
}

/// Fifty at once, from one client that lost count: they all get the same successor, so one token lives.
async fn race(scene: Scene) {
    let (_, client, tokens) = begun(&scene).await;
    let client = Arc::new(client);
    let mut racing = tokio::task::JoinSet::new();
    for _ in 0..50 {
        let (client, token) = (Arc::clone(&client), refresh_token(&tokens).to_owned());
        racing.spawn(async move { client.refresh(&token).await });
    }
    let answers = racing.join_all().await;
    let successors: BTreeSet<_> = answers
        .iter()
        .map(|answer| answer.assert_ok().refresh_token)
        .collect();
    assert_eq!(successors.len(), 1, "{successors:?}");
    let successor = successors.into_iter().next().flatten();
    let successor = successor.expect("a refresh token");
    client.refresh(&successor).await.assert_ok();
}

#[tokio::test]
async fn fifty_uses_at_once_leave_one_living_successor() {
    race(Scene::new().await).await;
}

#[tokio::test]
async fn fifty_uses_at_once_leave_one_living_successor_with_sessions_on_redis() {
    if let Some((scene, _redis)) = Scene::on_redis().await {
        race(scene).await;
    }
}

/// P25: the scope becomes less, never more.
#[tokio::test]
async fn the_scope_may_shrink_for_one_access_token_and_never_grows() {
    let scene = Scene::new().await;
    let (_, client, tokens) = begun(&scene).await;
    let with_scope = async |token: &str, scope: &str| {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token),
            ("scope", scope),
        ];
        client.send(&form).await
    };
    let narrow = with_scope(refresh_token(&tokens), "openid")
        .await
        .assert_ok();
    assert_eq!(narrow.all["scope"], "openid");
    let told = client.userinfo(&narrow.access_token).await.json();
    assert!(told["email"].is_null(), "{told}");

    let without = with_scope(refresh_token(&narrow), "email")
        .await
        .assert_ok();
    assert!(without.id_token.is_none(), "no openid, no ID Token");
    let shut = client.userinfo(&without.access_token).await;
    assert_eq!(shut.status, 403, "{shut:?}");

    let token = refresh_token(&without);
    for wider in ["openid phone", "phone", "openid email profile"] {
        with_scope(token, wider).await.assert_error("invalid_scope");
    }
    with_scope(token, "a\"b")
        .await
        .assert_error("invalid_scope");
    let whole = client.refresh(token).await.assert_ok();
    assert_eq!(whole.all["scope"], "email offline_access openid");
}

/// P25: it is its client's.
#[tokio::test]
async fn a_refresh_token_is_of_no_use_to_another_client_and_survives_the_attempt() {
    let scene = Scene::new().await;
    let (_, client, tokens) = begun(&scene).await;
    let other = scene.provider.client("other").await;
    let public = scene.provider.public_client("public").await;
    for thief in [other, public] {
        let thief = scene.provider.token(&thief);
        let stolen = thief.refresh(refresh_token(&tokens)).await;
        stolen.assert_error("invalid_grant");
    }
    client.refresh(refresh_token(&tokens)).await.assert_ok();
}

/// P25: a confidential client proves who it is each time.
#[tokio::test]
async fn a_refresh_token_is_worth_nothing_without_its_clients_secret() {
    let scene = Scene::new().await;
    let (wiki, client, tokens) = begun(&scene).await;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token(&tokens)),
        ("client_id", "wiki"),
    ];
    let named = client.raw(&form, HeaderMap::new()).await;
    named.assert_error("invalid_client");
    let guessing = RelyingParty {
        secret: Some("a guess".to_owned()),
        ..wiki
    };
    let guessing = scene.provider.token(&guessing);
    let guessed = guessing.refresh(refresh_token(&tokens)).await;
    guessed.assert_error("invalid_client");
    client.refresh(refresh_token(&tokens)).await.assert_ok();
}

#[tokio::test]
async fn what_was_never_a_refresh_token_is_refused() {
    let scene = Scene::new().await;
    let (_, client, tokens) = begun(&scene).await;
    let changed = refresh_token(&tokens).replace(char::is_numeric, "a");
    let garbage = ["x", "dw_rt_", &changed, &tokens.access_token];
    for token in garbage {
        client.refresh(token).await.assert_error("invalid_grant");
    }
    client.refresh("").await.assert_error("invalid_request");
    client.refresh(refresh_token(&tokens)).await.assert_ok();
    let shown = [refresh_token(&tokens)];
    scene.provider.assert_never_recorded(&shown).await;
}

/// P27: a token that is not used ends after a month.
#[tokio::test]
async fn a_token_that_is_not_used_for_a_month_dies_and_use_keeps_it_alive() {
    let scene = Scene::new().await;
    let (_, client, mut tokens) = begun(&scene).await;
    for _ in 0..3 {
        scene.provider.clock().advance(29 * DAY);
        tokens = client.refresh(refresh_token(&tokens)).await.assert_ok();
    }
    scene.provider.clock().advance(30 * DAY);
    let late = client.refresh(refresh_token(&tokens)).await;
    let reference = late.assert_error("invalid_grant");
    let reason = scene.provider.refusal(&reference).await.reason;
    assert_eq!(reason, "the refresh token was not used for too long");
}

/// P27: a grant ends after a year.
#[tokio::test]
async fn no_use_keeps_a_grant_alive_for_ever() {
    let scene = Scene::new().await;
    let (_, client, mut tokens) = begun(&scene).await;
    for _ in 0..14 {
        scene.provider.clock().advance(26 * DAY);
        tokens = client.refresh(refresh_token(&tokens)).await.assert_ok();
    }
    scene.provider.clock().advance(DAY);
    let late = client.refresh(refresh_token(&tokens)).await;
    let reference = late.assert_error("invalid_grant");
    let reason = scene.provider.refusal(&reference).await.reason;
    assert_eq!(reason, "the grant has expired");
}

/// P25: the person is looked at again.
#[tokio::test]
async fn a_disabled_person_is_refreshed_no_more() {
    let scene = Scene::new().await;
    let (wiki, client, tokens) = begun(&scene).await;
    let now = scene.provider.clock().now();
    let people = scene.provider.directory().people();
    let disabled = people.set_status(scene.alice.id, PersonStatus::Disabled, now);
    disabled.await.expect("the directory keeps people");

    let refused = client.refresh(refresh_token(&tokens)).await;
    refused.assert_error("invalid_grant");
    assert!(scene.is_dead(&wiki, &tokens.access_token).await);
}

/// P25: whether it may have offline access is looked at again.
#[tokio::test]
async fn a_client_that_may_have_offline_access_no_more_is_refreshed_no_more() {
    let scene = Scene::new().await;
    let (wiki, client, tokens) = begun(&scene).await;
    let without = Scope::standard().without("offline_access");
    scene.change(&wiki, |client| client.scope = without).await;
    let refused = client.refresh(refresh_token(&tokens)).await;
    refused.assert_error("invalid_grant");
}

#[tokio::test]
async fn a_client_with_a_narrower_registration_is_given_no_more_than_that() {
    let scene = Scene::new().await;
    let (wiki, client, tokens) = begun(&scene).await;
    let narrower = Scope::standard().without("email");
    scene.change(&wiki, |client| client.scope = narrower).await;
    let refreshed = client.refresh(refresh_token(&tokens)).await.assert_ok();
    assert_eq!(refreshed.all["scope"], "offline_access openid");
}

/// P25: the client is looked at again.
#[tokio::test]
async fn a_client_that_was_removed_is_nobody() {
    let scene = Scene::new().await;
    let (wiki, client, tokens) = begun(&scene).await;
    let now = scene.provider.clock().now();
    let clients = scene.provider.directory().clients();
    let removed = clients.remove(&wiki.registered.client_id, now).await;
    assert!(removed.expect("the directory keeps clients"));
    let refused = client.refresh(refresh_token(&tokens)).await;
    refused.assert_error("invalid_client");
    assert!(scene.is_dead(&wiki, &tokens.access_token).await);
}

/// P25: the consent is looked at again.
#[tokio::test]
async fn who_takes_back_their_consent_ends_what_came_of_it() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let request = wiki.request().with("scope", "openid offline_access");
    let request = request.with("prompt", "consent");
    let page = browser.authorize_as(&alice, request).await.consent_page();
    let code = browser.allow(&page).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    let tokens = client.refresh(refresh_token(&tokens)).await.assert_ok();

    let consents = provider.directory().consents();
    let withdrawn = consents.withdraw(alice.id, &wiki.registered.client_id);
    assert!(withdrawn.await.expect("the directory keeps consents"));

    let refused = client.refresh(refresh_token(&tokens)).await;
    refused.assert_error("invalid_grant");
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 401);
}
