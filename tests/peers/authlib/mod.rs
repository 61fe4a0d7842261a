//! [Authlib](README.md), the library of Python's web frameworks.

use crate::harness::{Language, Library, MadeBy, Setting, VOUCHED};

const AUTHLIB: Library = Library {
    folder: "authlib",
    language: Language::Python,
};

/// [OpenID Connect Core section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth)
#[tokio::test]
async fn signs_somebody_in_and_verifies_rs256() {
    AUTHLIB.plays("signs_in", &[]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_ps256() {
    AUTHLIB.plays("signs_in", &["--algorithm", "PS256"]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_es256() {
    AUTHLIB.plays("signs_in", &["--algorithm", "ES256"]).await;
}

#[tokio::test]
async fn signs_somebody_in_and_verifies_eddsa() {
    AUTHLIB.plays("signs_in", &["--algorithm", "EdDSA"]).await;
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)
#[tokio::test]
async fn sends_its_secret_in_the_form() {
    let post = ["--auth-method", "client_secret_post"];
    AUTHLIB.plays("signs_in", &post).await;
}

/// [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)
#[tokio::test]
async fn signs_somebody_in_without_a_secret() {
    AUTHLIB.plays("signs_in", &["--public"]).await;
}

/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2): its assertions address the token
/// endpoint, which the operator has to allow.
#[tokio::test]
async fn proves_who_it_is_by_its_key() {
    let key = ["--auth-method", "private_key_jwt", "--jwks", "KEY"];
    let old = ["--assertion-audience", "token_endpoint_too"];
    AUTHLIB
        .plays("signs_in", &[key.as_slice(), &old].concat())
        .await;
}

/// [RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6) and
/// [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
#[tokio::test]
async fn refreshes_until_it_gives_its_token_back() {
    AUTHLIB.plays("refreshes", &[]).await;
}

/// [RFC 7662](https://www.rfc-editor.org/rfc/rfc7662) and [RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)
#[tokio::test]
async fn sees_that_an_access_token_is_alive_until_it_revokes_it() {
    AUTHLIB.plays("introspects", &[]).await;
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
    AUTHLIB.plays("acts_for_itself", &service).await;
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
#[tokio::test]
async fn signs_somebody_out() {
    AUTHLIB.plays("signs_out", &[]).await;
}

/// [RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1) and
/// [section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)
#[tokio::test]
async fn shows_a_certificate_of_an_authority() {
    let setting = Setting {
        registration: &VOUCHED,
        certificate: Some(MadeBy::Authority),
        ..Setting::default()
    };
    AUTHLIB.plays_in(&setting, "shows_its_certificate").await;
}
