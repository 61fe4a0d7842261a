//! Modules of parameters that must not break anything, and of those that must be refused.

use doorward_tests::authorization::AuthorizationRequest;

use super::{Plan, modules};

modules! {
    /// [RFC 6749 section 3.1.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.1).
    oidcc_response_type_missing = super::response_type_missing;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_display_page = super::display_page;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_display_popup = super::display_popup;
    /// [RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1).
    oidcc_ensure_request_with_unknown_parameter_succeeds = super::unknown_parameter;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_ui_locales = super::ui_locales;
    /// [OpenID Connect Core section 5.2](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsLanguagesAndScripts).
    oidcc_claims_locales = super::claims_locales;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_ensure_request_with_acr_values_succeeds = super::acr_values;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_ensure_registered_redirect_uri = super::registered_redirect_uri;
    /// [OpenID Connect Core section 6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter).
    oidcc_request_uri_unsigned_supported_correctly_or_rejected_as_unsupported = super::request_uri;
    /// [OpenID Connect Core section 6.1](https://openid.net/specs/openid-connect-core-1_0.html#RequestObject).
    oidcc_unsigned_request_object_supported_correctly_or_rejected_as_unsupported = super::request_object;
    /// [OpenID Connect Core section 6.1](https://openid.net/specs/openid-connect-core-1_0.html#RequestObject).
    oidcc_ensure_request_object_with_redirect_uri = super::request_object_with_redirect_uri;
}

/// The base64url of `{"alg":"none"}`, and of a request object with the claim `state`.
const UNSIGNED: &str = "eyJhbGciOiJub25lIn0.eyJzdGF0ZSI6Imluc2lkZSJ9.";

async fn refused(plan: &Plan, request: AuthorizationRequest) -> String {
    let response = plan.callback(plan.browser.authorize(request).await);
    response.error().to_owned()
}

async fn response_type_missing(plan: Plan) {
    let request = plan.request().without("response_type");
    assert_eq!(refused(&plan, request).await, "invalid_request");
}

async fn display_page(plan: Plan) {
    plan.tokens(plan.request().with("display", "page")).await;
}

async fn display_popup(plan: Plan) {
    plan.tokens(plan.request().with("display", "popup")).await;
}

async fn unknown_parameter(plan: Plan) {
    plan.tokens(plan.request().with("extra", "foobar")).await;
}

async fn ui_locales(plan: Plan) {
    plan.tokens(plan.request().with("ui_locales", "se")).await;
}

async fn claims_locales(plan: Plan) {
    let request = plan.request().with("claims_locales", "se");
    plan.tokens(request).await;
}

async fn acr_values(plan: Plan) {
    let client = plan.provider.token(&plan.client);
    let metadata = client.get("/.well-known/openid-configuration").await.json();
    let offered = metadata["acr_values_supported"].as_array().cloned();
    let offered = offered.expect("acr_values_supported");
    let all: Vec<&str> = offered.iter().filter_map(|acr| acr.as_str()).collect();
    let request = plan.request().with("acr_values", &all.join(" "));
    let tokens = plan.tokens(request).await;
    let acr = plan.id_token(&tokens).await.get("acr").clone();
    assert!(offered.contains(&acr), "{acr}");
}

async fn registered_redirect_uri(plan: Plan) {
    let foreign = format!("{}?unregistered", plan.client.redirect_uri());
    let request = plan.request().with("redirect_uri", &foreign);
    let page = plan.browser.authorize(request).await.page();
    assert_eq!(page.status, 400);
    page.reference();
}

async fn request_uri(plan: Plan) {
    let uri = "https://suite.example/request-object";
    let request = plan.request().with("request_uri", uri);
    assert_eq!(refused(&plan, request).await, "request_uri_not_supported");
}

async fn request_object(plan: Plan) {
    let request = plan.request().with("request", UNSIGNED);
    assert_eq!(refused(&plan, request).await, "request_not_supported");
}

/// Whatever stands inside the object, the address outside decides where nothing is sent.
async fn request_object_with_redirect_uri(plan: Plan) {
    let request = plan.request().with("request", UNSIGNED);
    let request = request.with("redirect_uri", "https://evil.example/");
    let page = plan.browser.authorize(request).await.page();
    assert_eq!(page.status, 400);
    page.reference();
}
