//! What most tests begin with: a provider, and somebody who is signed in at a browser.

use doorward_core::client::Client;
use doorward_directory::Failure;
use doorward_directory::clients::Updated;
use doorward_tests::authorization::{AuthorizationRequest, Code};
use doorward_tests::people::TestPerson;
use doorward_tests::provider::TestProvider;
use doorward_tests::redis::RedisServer;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, Tokens};
use doorward_tests::user_agent::UserAgent;

/// Alice is signed in.
pub(crate) struct Scene {
    pub(crate) provider: TestProvider,
    pub(crate) alice: TestPerson,
    pub(crate) browser: UserAgent,
}

impl Scene {
    pub(crate) async fn new() -> Self {
        Self::at(TestProvider::start().await).await
    }

    pub(crate) async fn at(provider: TestProvider) -> Self {
        let alice = provider.person("alice").await;
        let browser = provider.browser();
        browser.sign_in(&alice).await;
        Self {
            provider,
            alice,
            browser,
        }
    }

    /// The same with sessions on a Redis server, which goes when it is dropped.
    pub(crate) async fn on_redis() -> Option<(Self, RedisServer)> {
        let redis = RedisServer::start().await?;
        let provider = TestProvider::builder().sessions(&redis.url()).start().await;
        Some((Self::at(provider).await, redis))
    }

    /// A code for a client that asks for nobody's consent.
    pub(crate) async fn code(&self, request: impl Into<AuthorizationRequest>) -> Code {
        self.browser.authorize(request).await.code()
    }

    /// Tokens of that scope.
    pub(crate) async fn tokens(&self, client: &RelyingParty, scope: &str) -> Tokens {
        let code = self.code(client.request().with("scope", scope)).await;
        let answer = self.provider.token(client).exchange(&code).await;
        answer.assert_ok()
    }

    /// Alice signs out.
    pub(crate) async fn sign_out(&self) {
        let page = self.browser.get(&logout_link(&[])).await.page();
        let page = self.browser.press(&page, "sign-out", &[]).await.page();
        assert_eq!(page.status, 200, "{page:?}");
    }

    /// What the UserInfo endpoint says to an access token.
    pub(crate) async fn userinfo(&self, client: &RelyingParty, access_token: &str) -> Answer {
        self.provider.token(client).userinfo(access_token).await
    }

    /// What becomes of a silent request.
    pub(crate) async fn silently(&self, client: &RelyingParty) -> String {
        let request = client.request().with("prompt", "none");
        let response = self.browser.authorize(request).await.response();
        match response.get("error") {
            Some(error) => error.to_owned(),
            None => "code".to_owned(),
        }
    }

    /// Changes a client's registration.
    pub(crate) async fn change(&self, client: &RelyingParty, change: impl FnOnce(&mut Client)) {
        let mut registered = client.registered.clone();
        change(&mut registered);
        let clients = self.provider.directory().clients();
        let id = &client.registered.client_id;
        let updated = clients.update(id, |_| Ok::<_, Failure>(registered.clone()));
        let updated = updated.await.expect("the directory keeps clients");
        assert_ne!(updated, Updated::Absent);
    }
}

/// A client for HTTP that is nobody's.
pub(crate) fn http() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.redirect(reqwest::redirect::Policy::none());
    client.build().expect("a client for HTTP")
}

impl Scene {
    /// Whether an access token still opens the UserInfo endpoint.
    pub(crate) async fn is_dead(&self, client: &RelyingParty, access_token: &str) -> bool {
        let answer = self.userinfo(client, access_token).await;
        match answer.status.as_u16() {
            200 => false,
            401 => true,
            other => unreachable!("{other}: {answer:?}"),
        }
    }
}

/// A link to the end session endpoint.
pub(crate) fn logout_link(parameters: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!("/logout?{}", query.extend_pairs(parameters).finish())
}
