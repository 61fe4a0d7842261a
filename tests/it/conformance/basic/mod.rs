//! The plans `oidcc-basic-certification-test-plan` and `oidcc-formpost-basic-certification-test-plan`: the same
//! modules, once with the default response mode and once with `form_post`.
//!
//! The relying parties of the plans are confidential and send no code challenge.

mod authentication;
mod codes;
mod happy;
mod parameters;
mod scopes;
mod userinfo;

use doorward_tests::authorization::{AuthorizationRequest, AuthorizationResponse, ResponseMode};
use doorward_tests::id_token::IdToken;
use doorward_tests::people::TestPerson;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Tokens;
use doorward_tests::user_agent::{Destination, UserAgent};
use serde_json::Value;

/// Makes one test of each response mode from a module of the plans.
macro_rules! modules {
    ($($(#[$doc:meta])* $name:ident = $body:path;)+) => {$(
        mod $name {
            use doorward_tests::authorization::ResponseMode;

            $(#[$doc])*
            #[tokio::test]
            async fn basic() {
                $body(super::super::Plan::start(ResponseMode::Query).await).await;
            }

            $(#[$doc])*
            #[tokio::test]
            async fn form_post() {
                $body(super::super::Plan::start(ResponseMode::FormPost).await).await;
            }
        }
    )+};
}
use modules;

/// What every module begins with: a provider, somebody who can sign in, a client and a browser.
struct Plan {
    provider: TestProvider,
    person: TestPerson,
    client: RelyingParty,
    browser: UserAgent,
    mode: ResponseMode,
}

/// The two claims of a sign-in that modules compare.
#[derive(Debug, PartialEq, Eq)]
struct SignedIn {
    sub: Value,
    auth_time: i64,
}

impl Plan {
    async fn start(mode: ResponseMode) -> Self {
        let provider = TestProvider::start().await;
        Self {
            person: provider.person("alice").await,
            client: provider.client("suite").await,
            browser: provider.browser(),
            provider,
            mode,
        }
    }

    /// A request of the plan's client.
    fn request(&self) -> AuthorizationRequest {
        self.request_of(&self.client)
    }

    fn request_of(&self, client: &RelyingParty) -> AuthorizationRequest {
        let request = client.request().without_pkce();
        match self.mode {
            ResponseMode::FormPost => request.with("response_mode", "form_post"),
            _ => request,
        }
    }

    /// The response, which came as the plan demands: with `form_post` nothing is in the address.
    #[track_caller]
    fn callback(&self, destination: Destination) -> AuthorizationResponse {
        let response = destination.response();
        assert_eq!(response.mode, self.mode);
        if self.mode == ResponseMode::FormPost {
            assert_eq!(response.address, self.client.redirect_uri());
        }
        response
    }

    /// Goes through the whole course, signing in on the way if that is asked.
    async fn tokens(&self, request: AuthorizationRequest) -> Tokens {
        let arrived = match self.browser.authorize(request).await {
            Destination::Page(page) => self.browser.sign_in_at(&page, &self.person).await,
            client @ Destination::Client(_) => client,
        };
        self.exchange(arrived).await
    }

    /// The same where nothing may be asked.
    async fn tokens_without_asking(&self, request: AuthorizationRequest) -> Tokens {
        self.exchange(self.browser.authorize(request).await).await
    }

    /// Exchanges the code and holds the ID Token to what every module demands of it.
    async fn exchange(&self, destination: Destination) -> Tokens {
        let code = self.callback(destination).code();
        assert!(code.value.len() >= 22, "128 bits at least");
        let client = self.provider.token(&self.client);
        let tokens = client.exchange(&code).await.assert_ok();
        let id_token = self.id_token(&tokens).await;
        let now = self.provider.clock().seconds();
        assert_eq!(id_token.header["alg"], "RS256");
        assert_eq!(id_token.get("nonce").as_str(), code.nonce.as_deref());
        assert_eq!(id_token.get("iat"), now);
        assert!(id_token.get("exp").as_i64().is_some_and(|exp| exp > now));
        assert_eq!(id_token.get("sub"), &self.person.sub());
        for personal in ["name", "email", "phone_number", "address"] {
            assert_eq!(id_token.get(personal), &Value::Null, "{personal} leaks");
        }
        tokens
    }

    async fn id_token(&self, tokens: &Tokens) -> IdToken {
        self.provider.token(&self.client).id_token(tokens).await
    }

    async fn signed_in(&self, tokens: &Tokens) -> SignedIn {
        let id_token = self.id_token(tokens).await;
        let auth_time = id_token.get("auth_time").as_i64();
        SignedIn {
            sub: id_token.get("sub").clone(),
            auth_time: auth_time.expect("auth_time is a number"),
        }
    }

    /// What the UserInfo endpoint says; it is of the same person.
    async fn userinfo(&self, tokens: &Tokens) -> Value {
        let client = self.provider.token(&self.client);
        let answer = client.userinfo(&tokens.access_token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let claims = answer.json();
        assert_eq!(claims["sub"], self.person.sub());
        claims
    }
}
