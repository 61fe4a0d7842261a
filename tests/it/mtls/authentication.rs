//! Who a client is, by its certificate ([RFC 8705 section 2](https://www.rfc-editor.org/rfc/rfc8705#section-2)).

use std::time::Duration;

use doorward_core::client::{AuthMethod, GrantType};
use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::key_server::{KeyServer, Publication};
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::TokenClient;

use super::House;

const OWN: [(&str, &str); 1] = [("grant_type", "client_credentials")];

/// Each endpoint that clients call, and a form that it takes of a client that it knows.
const ENDPOINTS: [(&str, &[(&str, &str)]); 5] = [
    ("/token", &OWN),
    ("/device_authorization", &[("scope", "openid")]),
    ("/introspect", &[("token", "x")]),
    ("/revoke", &[("token", "x")]),
    (
        "/par",
        &[
            ("response_type", "code"),
            ("scope", "openid"),
            ("client_id", "ledger"),
            ("redirect_uri", "https://ledger.example/callback"),
        ],
    ),
];

/// Whether the client is known at every endpoint, or at none.
async fn known_everywhere(client: &TokenClient) -> bool {
    let mut known = Vec::new();
    for (path, form) in ENDPOINTS {
        let answer = client.send_to(path, form).await;
        if answer.status.is_success() {
            known.push(path);
        } else {
            answer.assert_error("invalid_client");
        }
    }
    assert!(
        known.is_empty() || known.len() == ENDPOINTS.len(),
        "{known:?}"
    );
    !known.is_empty()
}

/// [RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1); P39, P23: whoever has another certificate, or none, is nobody.
#[tokio::test]
async fn at_every_endpoint_a_certificate_of_the_authority_proves_the_client_that_it_names() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    let own = house.authority.certify("ledger");
    let renewed = house.authority.certify("ledger");
    for certificate in [&own, &renewed] {
        assert!(known_everywhere(&house.token(&ledger).showing(certificate)).await);
    }
    let others = [
        house.authority.certify("payroll"),
        Authority::new("house").certify("ledger"),
        Certified::self_signed("ledger"),
    ];
    for certificate in &others {
        assert!(!known_everywhere(&house.token(&ledger).showing(certificate)).await);
    }
    assert!(!known_everywhere(&house.token(&ledger)).await);
}

/// [RFC 8705 section 2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2).
#[tokio::test]
async fn at_every_endpoint_a_certificate_of_its_own_proves_the_client_that_is_registered_with_it() {
    let house = House::new().await;
    let own = Certified::self_signed("whoever");
    let ledger = house.with_own("ledger", &own).await;
    assert!(known_everywhere(&house.token(&ledger).showing(&own)).await);
    let others = [
        Certified::self_signed("whoever"),
        house.authority.certify("ledger"),
    ];
    for certificate in &others {
        assert!(!known_everywhere(&house.token(&ledger).showing(certificate)).await);
    }
    assert!(!known_everywhere(&house.token(&ledger)).await);
}

/// The operator is told what does not fit, and the client is not.
#[tokio::test]
async fn the_operator_learns_why_a_certificate_was_refused() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    let (payroll, stranger) = (
        house.authority.certify("payroll"),
        Certified::self_signed("ledger"),
    );
    for (certificate, parts) in [
        (
            Some(&payroll),
            ["CN=payroll,O=Example", "CN=ledger,O=Example"],
        ),
        (Some(&stranger), ["no configured authority", "vouches"]),
        (None, ["without a certificate", "proxy"]),
    ] {
        let token = house.token(&ledger);
        let token = match certificate {
            Some(certificate) => token.showing(certificate),
            None => token,
        };
        let refused = token.send(&OWN).await;
        let reason = house.reason(&refused.assert_error("invalid_client")).await;
        for part in parts {
            assert!(reason.contains(part), "{reason}");
            assert!(!refused.text.contains(part), "{refused:?}");
        }
    }
}

/// A secret is no certificate, and a certificate no secret.
#[tokio::test]
async fn a_client_proves_itself_as_it_is_registered_and_in_no_other_way() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    let wiki = house.scene.provider.client("wiki").await;
    let own = house.authority.certify("wiki");
    let by_certificate = RelyingParty {
        registered: house.vouched("shop").await.registered,
        ..wiki.clone()
    };
    let named = [OWN[0], ("client_id", "wiki")];
    let refused = house
        .token(&by_certificate)
        .showing(&own)
        .send(&named)
        .await;
    refused.assert_error("invalid_client");
    let with_secret = [OWN[0], ("client_secret", "x")];
    let own = house.authority.certify("ledger");
    let refused = house.token(&ledger).showing(&own).send(&with_secret).await;
    refused.assert_error("invalid_client");
}

/// [RFC 8705 section 2.2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2.2): a new certificate works as soon as it is published,
/// and an old one until it is not.
#[tokio::test]
async fn certificates_are_found_where_the_client_publishes_them() {
    let house = House::new().await;
    let (old, new) = (Certified::self_signed("old"), Certified::self_signed("new"));
    let server = KeyServer::start(old.jwks()).await;
    let ledger = house.scene.provider.client("ledger").with(|client| {
        client.token_endpoint_auth_method = AuthMethod::SelfSignedTlsClientAuth;
        client.jwks_uri = Some(server.uri.parse().expect("an address"));
    });
    let ledger = ledger.await;
    let shows = async |certificate| house.token(&ledger).showing(certificate).send(&OWN).await;
    shows(&old).await.assert_ok();
    shows(&new).await.assert_error("invalid_client");
    server.publish(Publication::Keys(new.jwks()));
    house
        .scene
        .provider
        .clock()
        .advance(Duration::from_secs(10));
    shows(&new).await.assert_ok();
    shows(&old).await.assert_error("invalid_client");
}

/// [RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4): the one who polls is the one who began.
#[tokio::test]
async fn a_device_that_shows_a_certificate_polls_with_it() {
    let house = House::new().await;
    let ledger = house.vouched("ledger").await;
    assert!(ledger.registered.may_use(GrantType::DeviceCode));
    let own = house.authority.certify("ledger");
    let token = house.token(&ledger).showing(&own);
    let begun = token.send_to("/device_authorization", &[("scope", "openid")]);
    let begun = begun.await.json();
    let polls = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        (
            "device_code",
            begun["device_code"].as_str().expect("a code"),
        ),
    ];
    let pending = token.send(&polls).await.json();
    assert_eq!(pending["error"], "authorization_pending");
    house
        .token(&ledger)
        .send(&polls)
        .await
        .assert_error("invalid_client");
}
