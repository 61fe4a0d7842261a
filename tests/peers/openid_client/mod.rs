//! [`openid-client`](README.md), the certified library for Node.js.

use crate::harness::{
    ENCRYPTING, KEY, Language, Library, MadeBy, NONCES, PAYING, REGISTRATION, SELF_SIGNED, SIGNING,
    Setting, VOUCHED, fapi, fapi_with_certificates,
};

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

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)
#[tokio::test]
async fn proves_who_it_is_by_a_secret_that_it_never_sends() {
    let assertions = ["--auth-method", "client_secret_jwt"];
    OPENID_CLIENT.plays("signs_in", &assertions).await;
}

/// [RFC 7636](https://www.rfc-editor.org/rfc/rfc7636)
#[tokio::test]
async fn signs_somebody_in_without_a_secret() {
    OPENID_CLIENT.plays("signs_in", &["--public"]).await;
}

/// [RFC 7523 section 2.2](https://www.rfc-editor.org/rfc/rfc7523#section-2.2)
#[tokio::test]
async fn proves_who_it_is_by_its_key() {
    OPENID_CLIENT.plays("signs_in", &KEY).await;
}

/// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)
#[tokio::test]
async fn verifies_signed_claims() {
    let signed = ["--userinfo-algorithm", "RS256"];
    OPENID_CLIENT.plays("signs_in", &signed).await;
}

/// [OpenID Connect Core section 10.2](https://openid.net/specs/openid-connect-core-1_0.html#Encryption)
#[tokio::test]
async fn opens_what_is_encrypted_for_it() {
    OPENID_CLIENT.plays("opens", &ENCRYPTING).await;
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
    let pushing = [&KEY[..], &["--require-par"]].concat();
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

/// [RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)
#[tokio::test]
async fn binds_its_tokens_to_a_key() {
    OPENID_CLIENT
        .plays("proves_its_key", &["--require-dpop"])
        .await;
}

/// [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5): the refresh tokens of a public client are bound too.
#[tokio::test]
async fn binds_its_tokens_to_a_key_without_a_secret() {
    OPENID_CLIENT.plays("proves_its_key", &["--public"]).await;
}

/// [RFC 9449 sections 8 and 9](https://www.rfc-editor.org/rfc/rfc9449#section-8)
#[tokio::test]
async fn proves_its_key_with_the_nonces_that_it_is_given() {
    let setting = Setting {
        configuration: NONCES,
        ..Setting::default()
    };
    OPENID_CLIENT.plays_in(&setting, "proves_its_key").await;
}

/// [RFC 9101](https://www.rfc-editor.org/rfc/rfc9101)
#[tokio::test]
async fn signs_its_request() {
    let signing = [&KEY[..], &["--require-signed-requests"]].concat();
    OPENID_CLIENT.plays("signs_its_request", &signing).await;
}

/// [RFC 9126 section 3](https://www.rfc-editor.org/rfc/rfc9126#section-3)
#[tokio::test]
async fn pushes_its_signed_request() {
    let signing = [&KEY[..], &["--require-signed-requests", "--require-par"]].concat();
    OPENID_CLIENT
        .plays("pushes_its_signed_request", &signing)
        .await;
}

/// [JARM section 2.4](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.4)
#[tokio::test]
async fn verifies_a_signed_response() {
    OPENID_CLIENT.plays("reads_a_signed_response", &[]).await;
}

#[tokio::test]
async fn verifies_a_response_that_is_signed_as_it_registered() {
    let algorithm = ["--response-algorithm", "ES256"];
    OPENID_CLIENT
        .plays("reads_a_signed_response", &algorithm)
        .await;
}

/// [RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)
#[tokio::test]
async fn connects_a_device() {
    let device = [
        "--grant-type",
        "authorization_code,device_code,refresh_token",
    ];
    OPENID_CLIENT.plays("connects_a_device", &device).await;
}

#[tokio::test]
async fn connects_a_device_that_keeps_no_secret() {
    let device = [
        "--public",
        "--grant-type",
        "authorization_code,device_code,refresh_token",
    ];
    OPENID_CLIENT.plays("connects_a_device", &device).await;
}

/// [RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)
#[tokio::test]
async fn registers_itself() {
    let setting = Setting {
        configuration: REGISTRATION,
        ..Setting::default()
    };
    OPENID_CLIENT.plays_in(&setting, "registers_itself").await;
}

/// [FAPI 2.0 Security Profile section 5.3](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3)
#[tokio::test]
async fn meets_fapi_with_es256() {
    meets_fapi("ES256").await;
}

#[tokio::test]
async fn meets_fapi_with_ps256() {
    meets_fapi("PS256").await;
}

async fn meets_fapi(algorithm: &'static str) {
    let setting = Setting {
        key: algorithm,
        registration: &fapi(algorithm),
        ..Setting::default()
    };
    OPENID_CLIENT.plays_in(&setting, "meets_fapi").await;
}

/// [FAPI 2.0 Message Signing section 5](https://openid.net/specs/fapi-message-signing-2_0-final.html#section-5)
#[tokio::test]
async fn meets_fapi_message_signing() {
    let setting = Setting {
        key: "PS256",
        registration: &[&fapi("PS256"), &SIGNING[..]].concat(),
        ..Setting::default()
    };
    OPENID_CLIENT
        .plays_in(&setting, "meets_fapi_message_signing")
        .await;
}

/// [FAPI 2.0 Security Profile section 5.3.3](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.3)
#[tokio::test]
async fn meets_fapi_with_a_certificate() {
    let setting = Setting {
        registration: &fapi_with_certificates(),
        certificate: Some(MadeBy::Authority),
        ..Setting::default()
    };
    OPENID_CLIENT
        .plays_in(&setting, "meets_fapi_with_certificates")
        .await;
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
    OPENID_CLIENT
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
    OPENID_CLIENT
        .plays_in(&setting, "shows_its_certificate")
        .await;
}

/// [RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)
#[tokio::test]
async fn asks_in_detail() {
    OPENID_CLIENT.plays("asks_in_detail", &PAYING).await;
}
