//! Pairwise subjects: each client knows people by a name of its own
//! ([OpenID Connect Core section 8](https://openid.net/specs/openid-connect-core-1_0.html#SubjectIDTypes)).

use doorward_core::subject::Sector;
use doorward_tests::id_token::IdToken;
use doorward_tests::logout_receiver::LogoutReceiver;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Tokens;
use serde_json::{Value, json};

use crate::scene::{Scene, http, logout_link};

impl Scene {
    /// A client that knows people by names of its own.
    async fn pairwise_client(&self, id: &str) -> RelyingParty {
        let registration = self.provider.client(id).with(|client| {
            let sector = Sector::of_redirect_uris(&client.redirect_uris);
            client.sector = Some(sector.expect("one host"));
        });
        registration.await
    }

    /// What a token that is signed by the provider says.
    async fn claims(&self, token: &str) -> IdToken {
        let jwks = http().get(self.provider.url("/jwks")).send().await;
        let jwks = jwks.expect("the provider answers").json().await;
        IdToken::verify(token, &jwks.expect("keys"))
    }

    /// What a client calls the person of its ID Token.
    async fn subject(&self, tokens: &Tokens) -> String {
        let id_token = tokens.id_token.as_deref().expect("an ID Token");
        let claims = self.claims(id_token).await;
        claims.get("sub").as_str().expect("a subject").to_owned()
    }

    /// What becomes of a silent request with one parameter more.
    async fn silently_with(&self, client: &RelyingParty, name: &str, value: &str) -> String {
        let request = client.request().with("prompt", "none").with(name, value);
        let response = self.browser.authorize(request).await.response();
        response.get("error").unwrap_or("code").to_owned()
    }
}

/// The `claims` of a request that expects somebody.
fn expecting(subject: &str) -> String {
    json!({ "id_token": { "sub": { "value": subject } } }).to_string()
}

/// P45. [OpenID Connect Core section 8.1](https://openid.net/specs/openid-connect-core-1_0.html#PairwiseAlg)
#[tokio::test]
async fn each_client_knows_somebody_by_another_name_that_stays() {
    let mut scene = Scene::new().await;
    let (wiki, shop) = (
        scene.pairwise_client("wiki").await,
        scene.pairwise_client("shop").await,
    );
    let public = scene.provider.client("public").await;
    let mut subjects = Vec::new();
    for client in [&wiki, &shop, &public] {
        let tokens = scene.tokens(client, "openid").await;
        subjects.push(scene.subject(&tokens).await);
    }
    assert_eq!(subjects[2], scene.alice.sub());
    assert!(subjects[0] != subjects[1] && !subjects.contains(&String::new()));
    assert!(!subjects[..2].contains(&subjects[2]), "{subjects:?}");
    scene.provider.restart().await;
    let again = scene.tokens(&wiki, "openid").await;
    assert_eq!(scene.subject(&again).await, subjects[0]);
}

/// P45: wherever a client hears of somebody, it is by the same name, and never by their public one.
#[tokio::test]
async fn a_client_hears_the_same_name_everywhere() {
    let scene = Scene::new().await;
    let wiki = scene.pairwise_client("wiki").await;
    let client = scene.provider.token(&wiki);
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let subject = scene.subject(&tokens).await;
    let refresh_token = tokens.refresh_token.as_deref().expect("one");

    let access_token = scene.claims(&tokens.access_token).await;
    let heard = [
        Value::Object(access_token.claims),
        scene.userinfo(&wiki, &tokens.access_token).await.json(),
        client.introspect(&tokens.access_token).await.json(),
        client.introspect(refresh_token).await.json(),
    ];
    for said in heard {
        assert_eq!(said["sub"], subject, "{said}");
        assert!(!said.to_string().contains(&scene.alice.sub()), "{said}");
    }
    let refreshed = client.refresh(refresh_token).await.assert_ok();
    assert_eq!(scene.subject(&refreshed).await, subject);
}

/// P45, P47. [OpenID Connect Back-Channel Logout section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)
#[tokio::test]
async fn a_logout_token_names_somebody_as_its_client_knows_them() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let wiki = scene.pairwise_client("wiki").await;
    let there = receiver.uri.parse().expect("an address");
    scene
        .change(&wiki, |client| client.backchannel_logout_uri = Some(there))
        .await;
    let tokens = scene.tokens(&wiki, "openid").await;
    let hint = tokens.id_token.as_deref().expect("an ID Token");
    let link = logout_link(&[("id_token_hint", hint)]);
    assert_eq!(scene.browser.get(&link).await.page().status, 200);
    let told = receiver.told().await.logout_token();
    let logout_token = scene.claims(&told).await;
    assert_eq!(logout_token.get("sub"), &scene.subject(&tokens).await);
}

/// P45. [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
#[tokio::test]
async fn whom_a_client_expects_it_names_as_it_knows_them() {
    let scene = Scene::new().await;
    let (wiki, shop) = (
        scene.pairwise_client("wiki").await,
        scene.pairwise_client("shop").await,
    );
    let (at_wiki, at_shop) = (
        scene.tokens(&wiki, "openid").await,
        scene.tokens(&shop, "openid").await,
    );
    for (tokens, becomes) in [(&at_wiki, "code"), (&at_shop, "login_required")] {
        let hint = tokens.id_token.as_deref().expect("an ID Token");
        let silent = scene.silently_with(&wiki, "id_token_hint", hint).await;
        assert_eq!(silent, becomes);
        let claims = expecting(&scene.subject(tokens).await);
        let silent = scene.silently_with(&wiki, "claims", &claims).await;
        assert_eq!(silent, becomes);
    }
    let public = expecting(&scene.alice.sub());
    let silent = scene.silently_with(&wiki, "claims", &public).await;
    assert_eq!(
        silent, "login_required",
        "nobody finds out whose name it is"
    );
    let nonsense = expecting("alice");
    let silent = scene.silently_with(&wiki, "claims", &nonsense).await;
    assert_eq!(silent, "invalid_request");
}

/// P45, P46. [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[tokio::test]
async fn a_hint_of_a_pairwise_client_signs_out_whom_it_names_and_nobody_else() {
    let scene = Scene::new().await;
    let wiki = scene.pairwise_client("wiki").await;
    let bobs = {
        let bob = scene.provider.person("bob").await;
        let browser = scene.provider.browser();
        let code = browser.authorize_as(&bob, &wiki).await.code();
        let answer = scene.provider.token(&wiki).exchange(&code).await;
        answer.assert_ok().id_token.expect("an ID Token")
    };
    let alices = scene.tokens(&wiki, "openid").await.id_token;
    let alices = alices.expect("an ID Token");
    let hinted = async |hint: &str| {
        let link = logout_link(&[("id_token_hint", hint)]);
        scene.browser.get(&link).await.page()
    };
    assert!(hinted(&bobs).await.form_with("sign-out").is_some());
    assert_eq!(scene.silently(&wiki).await, "code");
    assert!(hinted(&alices).await.form_with("sign-out").is_none());
    assert_eq!(scene.silently(&wiki).await, "login_required");
}
