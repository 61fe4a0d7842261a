//! [pyoidc](README.md), OpenID Connect for Python as one of its first implementations had it.

use crate::harness::{KeptPort, Language, Library};

const PYOIDC: Library = Library {
    folder: "pyoidc",
    language: Language::Python,
};

/// [OpenID Connect Core section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth)
#[tokio::test]
async fn signs_somebody_in_and_verifies_rs256() {
    PYOIDC.plays("signs_in", &[]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_ps256() {
    PYOIDC.plays("signs_in", &["--algorithm", "PS256"]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_es256() {
    PYOIDC.plays("signs_in", &["--algorithm", "ES256"]).await;
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
#[tokio::test]
async fn sends_its_secret_in_the_form() {
    let post = ["--auth-method", "client_secret_post"];
    PYOIDC.plays("signs_in", &post).await;
}

/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2): its assertions address the token
/// endpoint, which the operator has to allow.
#[tokio::test]
async fn proves_who_it_is_by_its_key() {
    let key = ["--auth-method", "private_key_jwt", "--jwks", "KEY"];
    let old = ["--assertion-audience", "token_endpoint_too"];
    PYOIDC
        .plays("signs_in", &[key.as_slice(), &old].concat())
        .await;
}

/// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)
#[tokio::test]
async fn verifies_signed_claims() {
    let signed = ["--userinfo-algorithm", "RS256"];
    PYOIDC.plays("signs_in", &signed).await;
}

/// [OpenID Connect Core section 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens)
#[tokio::test]
async fn refreshes() {
    PYOIDC.plays("refreshes", &[]).await;
}

/// [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662) and [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
#[tokio::test]
async fn sees_that_an_access_token_is_alive_until_it_revokes_it() {
    PYOIDC.plays("introspects", &[]).await;
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[tokio::test]
async fn signs_somebody_out() {
    PYOIDC.plays("signs_out", &[]).await;
}

/// [OpenID Connect Back-Channel Logout section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
#[tokio::test]
async fn verifies_that_it_is_told_of_a_sign_out() {
    PYOIDC.plays("hears_of_a_sign_out", &[]).await;
}

/// [OpenID Connect Front-Channel Logout section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
#[tokio::test]
async fn ends_its_session_where_a_browser_that_signs_out_says_so() {
    let port = KeptPort::new();
    let told = port.url("/signed-out");
    let at = ["--redirect-uri", &told, "--frontchannel-logout-uri", &told];
    PYOIDC.plays("hears_from_the_browser", &at).await;
}

/// [RFC 9101 section 5.2](https://www.rfc-editor.org/rfc/rfc9101#section-5.2): what it publishes counts, and not what
/// the browser carries beside its address.
#[tokio::test]
async fn publishes_what_it_asks_for() {
    let port = KeptPort::new();
    let published = port.url("/request.jwt");
    let (signs, at) = (["--jwks", "KEY"], ["--request-uri", &published]);
    let all = [&signs[..], &at, &["--require-signed-requests"]].concat();
    PYOIDC.plays("publishes_its_request", &all).await;
}
