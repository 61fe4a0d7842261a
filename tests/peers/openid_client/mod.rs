//! [`openid-client`](README.md), the certified library for Node.js.

use crate::harness::{Language, Library};

const OPENID_CLIENT: Library = Library {
    folder: "openid_client",
    language: Language::JavaScript,
};

/// [OpenID Connect Core section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth)
#[tokio::test]
async fn signs_somebody_in_and_verifies_rs256() {
    OPENID_CLIENT.plays("signs_in", &[]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_ps256() {
    OPENID_CLIENT
        .plays("signs_in", &["--algorithm", "PS256"])
        .await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_es256() {
    OPENID_CLIENT
        .plays("signs_in", &["--algorithm", "ES256"])
        .await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_eddsa() {
    OPENID_CLIENT
        .plays("signs_in", &["--algorithm", "EdDSA"])
        .await;
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
#[tokio::test]
async fn sends_its_secret_in_the_form() {
    let post = ["--auth-method", "client_secret_post"];
    OPENID_CLIENT.plays("signs_in", &post).await;
}

/// [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)
#[tokio::test]
async fn signs_somebody_in_without_a_secret() {
    OPENID_CLIENT.plays("signs_in", &["--public"]).await;
}

/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)
#[tokio::test]
async fn proves_who_it_is_by_its_key() {
    let key = ["--auth-method", "private_key_jwt", "--jwks", "KEY"];
    OPENID_CLIENT.plays("signs_in", &key).await;
}

/// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)
#[tokio::test]
async fn verifies_signed_claims() {
    let signed = ["--userinfo-algorithm", "RS256"];
    OPENID_CLIENT.plays("signs_in", &signed).await;
}

/// [OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)
#[tokio::test]
async fn reads_a_response_that_is_posted() {
    OPENID_CLIENT.plays("form_post", &[]).await;
}

/// [RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)
#[tokio::test]
async fn pushes_its_request() {
    OPENID_CLIENT.plays("pushes", &["--require-par"]).await;
}

/// [RFC 9126](https://www.rfc-editor.org/rfc/rfc9126), with the authentication of FAPI 2.0.
#[tokio::test]
async fn pushes_its_request_and_proves_who_it_is_by_its_key() {
    let key = ["--auth-method", "private_key_jwt", "--jwks", "KEY"];
    let pushing = [&key[..], &["--require-par"]].concat();
    OPENID_CLIENT.plays("pushes", &pushing).await;
}

/// [OpenID Connect Core section 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens)
#[tokio::test]
async fn refreshes() {
    OPENID_CLIENT.plays("refreshes", &[]).await;
}

/// [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662) and [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
#[tokio::test]
async fn sees_that_an_access_token_is_alive_until_it_revokes_it() {
    OPENID_CLIENT.plays("introspects", &[]).await;
}

/// [RFC 9701](https://www.rfc-editor.org/rfc/rfc9701)
#[tokio::test]
async fn verifies_a_signed_answer_about_a_token() {
    OPENID_CLIENT.plays("introspects_signed", &[]).await;
}

/// [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
#[tokio::test]
async fn gives_a_refresh_token_back() {
    OPENID_CLIENT.plays("revokes", &[]).await;
}

/// [RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)
#[tokio::test]
async fn acts_for_itself() {
    let service = [
        "--grant-type",
        "authorization_code",
        "--grant-type",
        "client_credentials",
        "--scope",
        "openid stock:read",
    ];
    OPENID_CLIENT.plays("acts_for_itself", &service).await;
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[tokio::test]
async fn signs_somebody_out() {
    OPENID_CLIENT.plays("signs_out", &[]).await;
}

/// [OpenID Connect Back-Channel Logout section 2.6](https://openid.net/specs/openid-connect-backchannel-1_0.html#Validation)
#[tokio::test]
async fn verifies_that_it_is_told_of_a_sign_out() {
    OPENID_CLIENT.plays("hears_of_a_sign_out", &[]).await;
}
