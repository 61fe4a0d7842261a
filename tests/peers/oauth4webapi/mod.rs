//! [`oauth4webapi`](README.md), the library for every JavaScript runtime.

use crate::harness::{Language, Library};

const OAUTH4WEBAPI: Library = Library {
    folder: "oauth4webapi",
    language: Language::JavaScript,
};

/// [OpenID Connect Core section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth)
#[tokio::test]
async fn signs_somebody_in_and_verifies_rs256() {
    OAUTH4WEBAPI.plays("signs_in", &[]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_ps256() {
    OAUTH4WEBAPI
        .plays("signs_in", &["--algorithm", "PS256"])
        .await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_es256() {
    OAUTH4WEBAPI
        .plays("signs_in", &["--algorithm", "ES256"])
        .await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_eddsa() {
    OAUTH4WEBAPI
        .plays("signs_in", &["--algorithm", "EdDSA"])
        .await;
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
#[tokio::test]
async fn sends_its_secret_in_the_form() {
    let post = ["--auth-method", "client_secret_post"];
    OAUTH4WEBAPI.plays("signs_in", &post).await;
}

/// [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)
#[tokio::test]
async fn signs_somebody_in_without_a_secret() {
    OAUTH4WEBAPI.plays("signs_in", &["--public"]).await;
}

/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)
#[tokio::test]
async fn proves_who_it_is_by_its_key() {
    let key = ["--auth-method", "private_key_jwt", "--jwks", "KEY"];
    OAUTH4WEBAPI.plays("signs_in", &key).await;
}

/// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)
#[tokio::test]
async fn verifies_signed_claims() {
    let signed = ["--userinfo-algorithm", "ES256"];
    OAUTH4WEBAPI.plays("signs_in", &signed).await;
}

/// [RFC 9126](https://www.rfc-editor.org/rfc/rfc9126)
#[tokio::test]
async fn pushes_its_request() {
    OAUTH4WEBAPI.plays("pushes", &["--require-par"]).await;
}

/// [RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6) and
/// [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
#[tokio::test]
async fn refreshes_until_it_gives_its_token_back() {
    OAUTH4WEBAPI.plays("refreshes", &[]).await;
}

/// [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662) and [RFC 9701](https://www.rfc-editor.org/rfc/rfc9701)
#[tokio::test]
async fn reads_the_same_of_a_token_in_plain_and_in_signed_answers() {
    OAUTH4WEBAPI.plays("introspects", &[]).await;
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
    OAUTH4WEBAPI.plays("acts_for_itself", &service).await;
}

/// [RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)
#[tokio::test]
async fn protects_an_api_with_access_tokens_and_takes_no_other_token_for_one() {
    OAUTH4WEBAPI.plays("protects", &[]).await;
}
