use serde_json::json;

use super::super::{ClientRefused, Judge, NeededKey, Presented, Proof, authenticate, presented};
use super::*;
use crate::certificate::SubjectMember;
use crate::certificate::testing::{authority, given, params, self_signed, trusted};
use crate::client::{AuthMethod, MutualTls};
use crate::client_authentication::Addressee;
use crate::error::ErrorCode;
use crate::jose::JwkSet;
use crate::testing::{NOW, SECRET, client, client_secrets, parameters};

fn judged(
    client: &Client,
    certificate: Option<&Certificate>,
    authorities: &Authorities,
    now: Timestamp,
) -> Result<Proof, ClientRefused> {
    let by = Judge {
        addressee: Addressee {
            issuer: "https://login.example.com",
            token_endpoint: "https://login.example.com/token",
            token_endpoint_alias: None,
        },
        secrets: &client_secrets(),
        authorities,
    };
    authenticate(&shown(certificate), Some(client), by, now)
}

fn shown(certificate: Option<&Certificate>) -> Presented {
    let form = parameters(&[("client_id", "wiki")], &[]);
    presented(None, &form).unwrap().with(certificate.cloned())
}

/// A client whose certificate authorities vouch for.
fn vouched() -> Client {
    Client {
        token_endpoint_auth_method: AuthMethod::TlsClientAuth,
        secrets: Vec::new(),
        mutual_tls: MutualTls {
            subject: SubjectMember::SubjectDn.parse("CN=wiki,O=Example").ok(),
            ..MutualTls::default()
        },
        ..client()
    }
}

/// A client that is registered with certificates of its own.
fn with_own(certificates: &[&Certificate]) -> Client {
    let keys = (1..).zip(certificates).map(|(kid, certificate)| {
        json!({
            "kty": "OKP",
            "crv": "Ed25519",
            "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            "kid": format!("{kid}"),
            "x5t#S256": certificate.thumbprint(),
        })
    });
    let keys = json!({ "keys": keys.collect::<Vec<_>>() });
    Client {
        token_endpoint_auth_method: AuthMethod::SelfSignedTlsClientAuth,
        secrets: Vec::new(),
        jwks: Some(JwkSet::parse(keys.to_string().as_bytes()).unwrap()),
        ..client()
    }
}

fn refused(judged: Result<Proof, ClientRefused>) -> CertificateRefused {
    let refused = judged.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidClient);
    match refused {
        ClientRefused::Certificate(refused) => refused,
        other => panic!("{other}"),
    }
}

const YEARS: [i64; 2] = [-2, 2];

fn years_from_now(years: i64) -> Timestamp {
    Timestamp::from_seconds(NOW.as_seconds() + years * 365 * 86_400)
}

/// P39: [RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1).
#[test]
fn a_certificate_of_an_authority_proves_the_client_that_it_names_and_no_other() {
    let ours = authority("ours");
    let authorities = trusted(&ours);
    let certificate = given(&ours, &params("wiki"));
    let proven = judged(&vouched(), Some(&certificate), &authorities, NOW);
    assert_eq!(proven, Ok(Proof::Complete));

    let other = given(&ours, &params("payroll"));
    let told = refused(judged(&vouched(), Some(&other), &authorities, NOW)).to_string();
    for part in [
        "tls_client_auth_subject_dn",
        "CN=wiki,O=Example",
        "CN=payroll,O=Example",
    ] {
        assert!(told.contains(part), "{told}");
    }
    let stranger = given(&authority("theirs"), &params("wiki"));
    let judged_as = |certificate| refused(judged(&vouched(), certificate, &authorities, NOW));
    assert!(matches!(
        judged_as(Some(&stranger)),
        CertificateRefused::NotVouchedFor(_)
    ));
    assert_eq!(judged_as(None), CertificateRefused::Absent);
    for years in YEARS {
        let at = years_from_now(years);
        let refused = refused(judged(&vouched(), Some(&certificate), &authorities, at));
        assert!(matches!(refused, CertificateRefused::Time(_)), "{refused}");
    }
    let mut unnamed = vouched();
    unnamed.mutual_tls.subject = None;
    let judged = judged(&unnamed, Some(&certificate), &authorities, NOW);
    assert_eq!(refused(judged), CertificateRefused::NoSubject);
}

/// P39: [RFC 8705 section 2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2). Two keys are there while one follows the other.
#[test]
fn a_certificate_of_its_own_proves_the_client_that_is_registered_with_it() {
    let (old, new) = (self_signed("wiki"), self_signed("wiki"));
    let nobody = Authorities::default();
    let client = with_own(&[&old, &new]);
    for certificate in [&old, &new] {
        let proven = judged(&client, Some(certificate), &nobody, NOW);
        assert_eq!(proven, Ok(Proof::Complete));
    }
    let rotated = with_own(&[&new]);
    let gone = refused(judged(&rotated, Some(&old), &nobody, NOW));
    assert_eq!(
        gone,
        CertificateRefused::NotRegistered(old.thumbprint().clone())
    );
    assert_eq!(
        refused(judged(&client, None, &nobody, NOW)),
        CertificateRefused::Absent
    );
    for years in YEARS {
        let refused = refused(judged(&client, Some(&old), &nobody, years_from_now(years)));
        assert!(matches!(refused, CertificateRefused::Time(_)), "{refused}");
    }
    let keyless = Client {
        jwks: None,
        ..client
    };
    assert_eq!(
        refused(judged(&keyless, Some(&old), &nobody, NOW)),
        CertificateRefused::NoKeys
    );
}

/// What is published at a `jwks_uri` is asked for by the certificate that came, so that a new one works at once.
#[test]
fn the_key_that_is_needed_is_that_of_the_certificate() {
    let own = self_signed("wiki");
    let needed = shown(Some(&own)).needed_key(&with_own(&[&own]));
    assert_eq!(needed, Some(NeededKey::Certified(own.thumbprint().clone())));
    assert_eq!(shown(None).needed_key(&with_own(&[&own])), None);
    assert_eq!(shown(Some(&own)).needed_key(&vouched()), None);
    let keys = with_own(&[&own]).jwks.unwrap();
    assert!(keys.has(&needed.unwrap()));
    let other = self_signed("wiki").thumbprint().clone();
    assert!(!keys.has(&NeededKey::Certified(other)));
}

/// A certificate is nothing to a client that is registered to prove itself otherwise, and a secret nothing to one that shows
/// certificates.
#[test]
fn a_certificate_takes_the_place_of_nothing() {
    let ours = authority("ours");
    let (authorities, certificate) = (trusted(&ours), given(&ours, &params("wiki")));
    let judged_as = judged(&client(), Some(&certificate), &authorities, NOW);
    assert!(
        matches!(judged_as, Err(ClientRefused::Method { .. })),
        "{judged_as:?}"
    );
    let form = parameters(&[("client_id", "wiki"), ("client_secret", SECRET)], &[]);
    let with_secret = presented(None, &form).unwrap().with(Some(certificate));
    let by = Judge {
        addressee: Addressee {
            issuer: "",
            token_endpoint: "",
            token_endpoint_alias: None,
        },
        secrets: &client_secrets(),
        authorities: &authorities,
    };
    let judged = authenticate(&with_secret, Some(&vouched()), by, NOW);
    assert!(
        matches!(judged, Err(ClientRefused::Method { .. })),
        "{judged:?}"
    );
}
