//! The `openidconnect` crate as relying party: it knows issuer, client id and secret, and discovers the rest.

use std::pin::Pin;

use doorward_tests::serving::{Application, Installation, Node};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreTokenResponse,
    CoreUserInfoClaims,
};
use openidconnect::{
    AccessTokenHash, AsyncHttpClient, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, HttpResponse, IssuerUrl,
    LogoutRequest, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier,
    PostLogoutRedirectUrl, ProviderMetadataWithLogout, RedirectUrl, Scope, TokenResponse, http,
};
use reqwest::redirect::Policy;
use url::Url;

use super::visitor::{PASSWORD, Page, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";
const HOME: &str = "https://shop.example/";

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Brings the crate's requests over.
struct Http(reqwest::Client);

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = reqwest::Error;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, Self::Error>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async {
            let answer = self.0.execute(request.try_into()?).await?;
            let mut response = http::Response::builder().status(answer.status());
            for (name, value) in answer.headers() {
                response = response.header(name, value);
            }
            let body = answer.bytes().await?.to_vec();
            Ok(response
                .body(body)
                .expect("a response of parts that were one"))
        })
    }
}

/// An application, and the provider that it is registered at.
struct Shop {
    _installation: Installation,
    node: Node,
    registered: Application,
    http: Http,
    metadata: ProviderMetadataWithLogout,
}

/// What the application remembers of a browser that it sent away.
struct Pending {
    url: Url,
    state: CsrfToken,
    nonce: Nonce,
    verifier: PkceCodeVerifier,
}

impl Shop {
    async fn open(arguments: &[&str]) -> Option<Self> {
        Some(Self::at(Installation::new("")?, arguments).await)
    }

    async fn at(installation: Installation, arguments: &[&str]) -> Self {
        installation.add_person(USERNAME, PASSWORD).await;
        let arguments = [&["--post-logout-redirect-uri", HOME], arguments].concat();
        let registered = installation
            .add_application("shop", CALLBACK, &arguments)
            .await;
        let node = installation.serve().await;
        let http = reqwest::Client::builder().redirect(Policy::none()).build();
        let http = Http(http.expect("a client without surprises"));
        let issuer = IssuerUrl::new(node.place.issuer.clone()).expect("the issuer is an address");
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &http).await;
        let metadata = metadata.expect("the provider can be discovered");
        Self {
            _installation: installation,
            node,
            registered,
            http,
            metadata,
        }
    }

    fn client(&self) -> Client {
        let secret = ClientSecret::new(self.registered.secret.clone());
        let id = ClientId::new(self.registered.id.clone());
        let redirect_uri = RedirectUrl::new(CALLBACK.to_owned()).expect("an address");
        CoreClient::from_provider_metadata(self.metadata.clone(), id, Some(secret))
            .set_redirect_uri(redirect_uri)
    }

    fn begin(&self, scopes: &[&str]) -> Pending {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let client = self.client();
        let request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .set_pkce_challenge(challenge)
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())));
        let (url, state, nonce) = request.url();
        Pending {
            url,
            state,
            nonce,
            verifier,
        }
    }

    async fn redeem(&self, back: &Page, verifier: PkceCodeVerifier) -> CoreTokenResponse {
        let client = self.client();
        let exchange = client
            .exchange_code(AuthorizationCode::new(back.code()))
            .expect("discovery named a token endpoint")
            .set_pkce_verifier(verifier);
        let tokens = exchange.request_async(&self.http).await;
        tokens.expect("the code is exchanged")
    }
}

/// Signs in, and lets the crate judge everything that the provider says of it
/// ([OpenID Connect Core section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation)).
async fn signs_in(name: &str, algorithm: CoreJwsSigningAlgorithm) {
    if let Some(installation) = Installation::new("") {
        signs_in_at(installation, name, algorithm).await;
    }
}

/// The same at an installation that is there already.
pub(super) async fn signs_in_at(
    installation: Installation,
    name: &str,
    algorithm: CoreJwsSigningAlgorithm,
) {
    let shop = Shop::at(installation, &["--algorithm", name]).await;
    let pending = shop.begin(&["profile", "email"]);
    let alice = Visitor::new();
    let page = alice.open(pending.url.as_str()).await;
    let back = alice.sign_in(&page).await;
    assert_eq!(back.answer("state").as_ref(), Some(pending.state.secret()));
    assert_eq!(back.answer("iss").as_ref(), Some(&shop.node.place.issuer));

    let tokens = shop.redeem(&back, pending.verifier).await;

    let client = shop.client();
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs([algorithm.clone()]);
    let id_token = tokens.id_token().expect("there is an ID Token");
    let claims = id_token
        .claims(&verifier, &pending.nonce)
        .expect("the ID Token is good");
    assert_eq!(id_token.signing_alg().expect("it says"), &algorithm);
    let hash = AccessTokenHash::from_token(
        tokens.access_token(),
        id_token.signing_alg().expect("it says"),
        id_token.signing_key(&verifier).expect("it is published"),
    );
    assert_eq!(
        claims.access_token_hash(),
        Some(&hash.expect("it can be hashed"))
    );
    let wrong = Nonce::new_random();
    assert!(
        id_token.claims(&verifier, &wrong).is_err(),
        "the crate looks at the nonce"
    );

    let about = client
        .user_info(
            tokens.access_token().clone(),
            Some(claims.subject().clone()),
        )
        .expect("discovery named a UserInfo endpoint");
    let about: CoreUserInfoClaims = about.request_async(&shop.http).await.expect("claims");
    let email = about.email().map(|email| email.as_str());
    assert_eq!(email, Some("alice@example.com"));
    let name = about.preferred_username().map(|name| name.as_str());
    assert_eq!(name, Some(USERNAME));
}

#[tokio::test]
async fn a_relying_party_of_others_verifies_rs256() {
    signs_in("RS256", CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256).await;
}

#[tokio::test]
async fn a_relying_party_of_others_verifies_ps256() {
    signs_in("PS256", CoreJwsSigningAlgorithm::RsaSsaPssSha256).await;
}

#[tokio::test]
async fn a_relying_party_of_others_verifies_es256() {
    signs_in("ES256", CoreJwsSigningAlgorithm::EcdsaP256Sha256).await;
}

#[tokio::test]
async fn a_relying_party_of_others_verifies_eddsa() {
    signs_in("EdDSA", CoreJwsSigningAlgorithm::EdDsa).await;
}

/// [OpenID Connect Core section 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens):
/// the ID Token of a refresh is about the same person, from the same sign-in.
#[tokio::test]
async fn a_relying_party_of_others_refreshes() {
    let Some(shop) = Shop::open(&[]).await else {
        return;
    };
    let pending = shop.begin(&["offline_access"]);
    let alice = Visitor::new();
    let page = alice.open(pending.url.as_str()).await;
    let back = alice.sign_in(&page).await;
    let tokens = shop.redeem(&back, pending.verifier).await;
    let refresh_token = tokens
        .refresh_token()
        .expect("offline access was asked for");

    let client = shop.client();
    let request = client
        .exchange_refresh_token(refresh_token)
        .expect("a token endpoint");
    let refreshed = request.request_async(&shop.http).await.expect("new tokens");

    assert_ne!(
        refreshed.refresh_token().expect("a successor").secret(),
        refresh_token.secret()
    );
    let verifier = client.id_token_verifier();
    let before = tokens.id_token().expect("an ID Token");
    let before = before
        .claims(&verifier, &pending.nonce)
        .expect("it is good");
    let after = refreshed.id_token().expect("an ID Token");
    let any = |_: Option<&Nonce>| Ok(());
    let after = after.claims(&verifier, any).expect("it is good");
    assert_eq!(after.subject(), before.subject());
    assert_eq!(after.auth_time(), before.auth_time());
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[tokio::test]
async fn a_relying_party_of_others_signs_somebody_out() {
    let Some(shop) = Shop::open(&[]).await else {
        return;
    };
    let pending = shop.begin(&[]);
    let alice = Visitor::new();
    let page = alice.open(pending.url.as_str()).await;
    let back = alice.sign_in(&page).await;
    let tokens = shop.redeem(&back, pending.verifier).await;

    let endpoint = shop
        .metadata
        .additional_metadata()
        .end_session_endpoint
        .clone();
    let home = PostLogoutRedirectUrl::new(HOME.to_owned()).expect("an address");
    let request = LogoutRequest::from(endpoint.expect("discovery names it"))
        .set_id_token_hint(tokens.id_token().expect("an ID Token"))
        .set_post_logout_redirect_uri(home)
        .set_state(CsrfToken::new("of-the-shop".to_owned()));
    let left = alice.open(request.http_get_url().as_str()).await.left_for;

    let left = left.map(String::from);
    assert_eq!(
        left.as_deref(),
        Some("https://shop.example/?state=of-the-shop")
    );
    let again = alice.silently(&shop.node, &shop.registered).await;
    assert_eq!(again, Err("login_required".to_owned()));
}

/// A signed UserInfo answer is verified with the same published keys ([section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).
#[tokio::test]
async fn a_relying_party_of_others_verifies_signed_claims() {
    let Some(shop) = Shop::open(&["--userinfo-algorithm", "RS256"]).await else {
        return;
    };
    let pending = shop.begin(&["email"]);
    let alice = Visitor::new();
    let page = alice.open(pending.url.as_str()).await;
    let back = alice.sign_in(&page).await;
    let tokens = shop.redeem(&back, pending.verifier).await;

    let client = shop.client();
    let about = client
        .user_info(tokens.access_token().clone(), None)
        .expect("a UserInfo endpoint")
        .require_signed_response(true);
    let about: CoreUserInfoClaims = about.request_async(&shop.http).await.expect("claims");
    assert_eq!(
        about.email().map(|email| email.as_str()),
        Some("alice@example.com")
    );
}
