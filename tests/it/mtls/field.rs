//! What a header says of a certificate, and who is believed ([RFC 9440](https://www.rfc-editor.org/rfc/rfc9440)).

use doorward_core::certificate::CertificateField;
use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, basic};
use doorward_web::{CertificateSource, TrustedProxies};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderName, HeaderValue};

use super::{House, behind_a_proxy, bound};
use crate::scene::Scene;

const CLIENT_CERT: HeaderName = HeaderName::from_static("client-cert");

/// Asks for a token of its own, with these headers.
async fn asks(house: &House, client: &RelyingParty, headers: &[(&'static str, &str)]) -> Answer {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(
            HeaderName::from_static(name),
            HeaderValue::from_bytes(value.as_bytes()).expect("a value"),
        );
    }
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", client.id()),
    ];
    house.token(client).raw(&form, map).await
}

/// P39: [RFC 9440 section 4](https://www.rfc-editor.org/rfc/rfc9440#section-4): what anybody can write proves nothing.
#[tokio::test]
async fn a_header_of_anybody_but_a_trusted_proxy_says_nothing() {
    let authority = Authority::new("house");
    let elsewhere = "192.0.2.0/24".parse().expect("a network");
    let far = behind_a_proxy(&authority)
        .settings(|settings| settings.trusted_proxies = TrustedProxies::new(vec![elsewhere]));
    let off = behind_a_proxy(&authority)
        .settings(|settings| settings.mutual_tls.source = CertificateSource::Nowhere);
    let connected = behind_a_proxy(&authority)
        .settings(|settings| settings.mutual_tls.source = CertificateSource::Connection);
    for builder in [far, off, connected] {
        let house = House {
            scene: Scene::at(builder.start().await).await,
            authority: Authority::new("another"),
        };
        let ledger = house.vouched("ledger").await;
        let own = authority.certify("ledger").byte_sequence();
        let refused = asks(&house, &ledger, &[("client-cert", &own)]).await;
        let reason = house.reason(&refused.assert_error("invalid_client")).await;
        assert!(reason.contains("without a certificate"), "{reason}");
    }
}

/// P39: one header, as the operator configured it, and no other that looks like one.
#[tokio::test]
async fn the_configured_header_alone_is_read() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    let own = house.authority.certify("ledger");
    for name in [
        "ssl-client-cert",
        "x-client-cert",
        "x-ssl-cert",
        "x-forwarded-client-cert",
    ] {
        for value in [own.byte_sequence(), own.escaped_pem()] {
            let refused = asks(&house, &ledger, &[(name, &value)]).await;
            refused.assert_error("invalid_client");
        }
    }
    let field = own.byte_sequence();
    asks(&house, &ledger, &[("client-cert", &field)])
        .await
        .assert_ok();
    // A proxy says so where there is none.
    let none = asks(&house, &ledger, &[("client-cert", "")]).await;
    none.assert_error("invalid_client");
}

/// A proxy that adds its header to one of the client's, and does not take that away, is found out.
#[tokio::test]
async fn a_header_that_is_doubled_or_is_no_certificate_is_refused() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    let (own, other) = (
        house.authority.certify("ledger").byte_sequence(),
        Certified::self_signed("ledger").byte_sequence(),
    );
    for headers in [
        &[("client-cert", &*other), ("client-cert", &*own)][..],
        &[("client-cert", &format!("{other}, {own}"))],
        &[("client-cert", "nothing of the kind")],
        &[("client-cert", ":AAAA:")],
        &[(
            "client-cert",
            &house.authority.certify("ledger").escaped_pem(),
        )],
        &[("client-cert", &*own), ("client-cert-chain", "between")],
    ] {
        let refused = asks(&house, &ledger, headers).await;
        let reason = house.reason(&refused.assert_error("invalid_request")).await;
        assert!(reason.contains("certificate"), "{reason}");
    }
}

/// A header that cannot be read is as good as none for whoever needs no certificate: at each endpoint.
#[tokio::test]
async fn a_header_that_is_no_certificate_fails_only_what_needs_one() {
    let house = House::new().await;
    let (wiki, app) = (
        house.scene.provider.client("wiki").await,
        house
            .scene
            .provider
            .client("app")
            .public()
            .with(bound)
            .await,
    );
    let own = Certified::self_signed("app");
    let code = house.scene.code(&app).await;
    let bound = house.token(&app).showing(&own).exchange(&code).await;
    let bound = bound.assert_ok();
    let code = house.scene.code(&wiki).await;
    let unreadable = || HeaderMap::from_iter([(CLIENT_CERT, HeaderValue::from_static("x"))]);

    let mut headers = unreadable();
    headers.insert(
        AUTHORIZATION,
        basic("wiki", wiki.secret.as_deref().expect("a secret")),
    );
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code.value),
        ("redirect_uri", &code.redirect_uri),
        (
            "code_verifier",
            code.code_verifier.as_deref().expect("PKCE"),
        ),
    ];
    let plain = house.token(&wiki).raw(&form, headers).await.assert_ok();
    let form = [("grant_type", "refresh_token"), ("client_id", "app")];
    let refused = house.token(&app).raw(&form, unreadable()).await;
    let reason = house.reason(&refused.assert_error("invalid_request")).await;
    assert!(reason.contains("certificate"), "{reason}");

    for (tokens, status) in [(&plain, 200), (&bound, 400)] {
        let request = crate::scene::http().get(house.scene.provider.url("/userinfo"));
        let request = request.bearer_auth(&tokens.access_token);
        let told = Answer::of(request.headers(unreadable())).await;
        assert_eq!(told.status, status, "{told:?}");
    }
}

/// What nginx writes with `$ssl_client_escaped_cert`, under whatever name.
#[tokio::test]
async fn a_proxy_may_write_percent_encoded_pem() {
    let authority = Authority::new("house");
    let builder = behind_a_proxy(&authority).settings(|settings| {
        settings.mutual_tls.source = CertificateSource::Header {
            name: HeaderName::from_static("x-ssl-cert"),
            field: CertificateField::EscapedPem,
        };
    });
    let provider: TestProvider = builder.start().await;
    let house = House {
        scene: Scene::at(provider).await,
        authority,
    };
    let ledger = house.vouched("ledger").await;
    let own = house.authority.certify("ledger");
    let field = own.escaped_pem();
    // The header of chains belongs to another notation, so no proxy of this one takes it away.
    for chain in [&[][..], &[("client-cert-chain", "ä")]] {
        let headers = [&[("x-ssl-cert", &*field)], chain].concat();
        asks(&house, &ledger, &headers).await.assert_ok();
    }
    let other = own.byte_sequence();
    let refused = asks(&house, &ledger, &[("x-ssl-cert", &other)]).await;
    refused.assert_error("invalid_request");
}
