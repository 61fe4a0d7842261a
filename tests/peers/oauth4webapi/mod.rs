//! [`oauth4webapi`](README.md), the library for every JavaScript runtime.

use crate::harness::{
    KEY, Language, Library, MadeBy, NONCES, PAYING, REGISTRATION, SELF_SIGNED, SIGNING, Setting,
    VOUCHED, fapi,
};

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

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)
#[tokio::test]
async fn proves_who_it_is_by_a_secret_that_it_never_sends() {
    let assertions = ["--auth-method", "client_secret_jwt"];
    OAUTH4WEBAPI.plays("signs_in", &assertions).await;
}

/// [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)
#[tokio::test]
async fn signs_somebody_in_without_a_secret() {
    OAUTH4WEBAPI.plays("signs_in", &["--public"]).await;
}

/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)
#[tokio::test]
async fn proves_who_it_is_by_its_key() {
    OAUTH4WEBAPI.plays("signs_in", &KEY).await;
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

/// [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)
#[tokio::test]
async fn binds_its_tokens_to_a_key() {
    OAUTH4WEBAPI
        .plays("proves_its_key", &["--require-dpop"])
        .await;
}

/// [RFC 9449 sections 8 and 9](https://www.rfc-editor.org/rfc/rfc9449#section-8)
#[tokio::test]
async fn proves_its_key_with_the_nonces_that_it_is_given() {
    let setting = Setting {
        configuration: NONCES,
        ..Setting::default()
    };
    OAUTH4WEBAPI.plays_in(&setting, "proves_its_key").await;
}

/// [RFC 9101](https://www.rfc-editor.org/rfc/rfc9101)
#[tokio::test]
async fn signs_its_request() {
    let signing = [&KEY[..], &["--require-signed-requests"]].concat();
    OAUTH4WEBAPI.plays("signs_its_request", &signing).await;
}

/// [JARM section 2.4](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.4)
#[tokio::test]
async fn verifies_a_signed_response() {
    let algorithm = ["--response-algorithm", "PS256"];
    OAUTH4WEBAPI
        .plays("reads_a_signed_response", &algorithm)
        .await;
}

/// [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)
#[tokio::test]
async fn connects_a_device() {
    let device = ["--grant-type", "authorization_code,device_code"];
    OAUTH4WEBAPI.plays("connects_a_device", &device).await;
}

/// [RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)
#[tokio::test]
async fn registers_itself_with_its_key() {
    let setting = Setting {
        configuration: REGISTRATION,
        ..Setting::default()
    };
    OAUTH4WEBAPI.plays_in(&setting, "registers_itself").await;
}

/// [RFC 8707](https://www.rfc-editor.org/rfc/rfc8707) and
/// [RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)
#[tokio::test]
async fn gets_a_token_that_its_api_takes() {
    let ordering = ["--scope", "openid orders:read"];
    OAUTH4WEBAPI.plays("asks_for_an_api", &ordering).await;
}

/// [RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7)
#[tokio::test]
async fn protects_an_api_with_tokens_that_are_bound_to_a_key() {
    let ordering = ["--scope", "openid orders:read"];
    OAUTH4WEBAPI.plays("protects_with_keys", &ordering).await;
}

/// [FAPI 2.0 Security Profile section 5.3](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3)
#[tokio::test]
async fn meets_fapi_with_es256() {
    let setting = Setting {
        registration: &fapi("ES256"),
        ..Setting::default()
    };
    OAUTH4WEBAPI.plays_in(&setting, "meets_fapi").await;
}

/// [FAPI 2.0 Message Signing section 5](https://openid.net/specs/fapi-message-signing-2_0-final.html#section-5)
#[tokio::test]
async fn meets_fapi_message_signing_with_ps256() {
    let setting = Setting {
        configuration: NONCES,
        key: "PS256",
        registration: &[&fapi("PS256"), &SIGNING[..]].concat(),
        ..Setting::default()
    };
    OAUTH4WEBAPI.plays_in(&setting, "meets_fapi").await;
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
    OAUTH4WEBAPI
        .plays_in(&setting, "shows_its_certificate")
        .await;
}

/// [RFC 8705 section 2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2) and
/// [section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)
#[tokio::test]
async fn shows_a_certificate_that_it_made_itself() {
    let setting = Setting {
        registration: &SELF_SIGNED,
        certificate: Some(MadeBy::Itself),
        ..Setting::default()
    };
    OAUTH4WEBAPI
        .plays_in(&setting, "shows_its_certificate")
        .await;
}

/// [RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)
#[tokio::test]
async fn asks_in_detail() {
    OAUTH4WEBAPI.plays("asks_in_detail", &PAYING).await;
}
