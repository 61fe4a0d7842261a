use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::client::ClientSecret;
use crate::testing::{NOW, Pairs, SECRET, client, client_secrets, parameters};

const US: Addressee<'_> = Addressee {
    issuer: "https://login.example.com",
    token_endpoint: "https://login.example.com/token",
    token_endpoint_alias: None,
};

fn basic_header(credentials: &str) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(credentials))
}

fn form(pairs: Pairs<'_>) -> Parameters {
    parameters(&[], pairs)
}

fn judged(presented: &Presented, client: Option<&Client>) -> Result<Proof, ClientRefused> {
    let judge = Judge {
        addressee: US,
        secrets: &client_secrets(),
        authorities: &Authorities::default(),
    };
    authenticate(presented, client, judge, NOW)
}

fn proven(
    client: &Client,
    authorization: Option<&str>,
    pairs: Pairs<'_>,
) -> Result<(), ClientRefused> {
    judged(&presented(authorization, &form(pairs))?, Some(client))
        .map(|proof| assert_eq!(proof, Proof::Complete))
}

fn registered_for(method: AuthMethod) -> Client {
    Client {
        token_endpoint_auth_method: method,
        ..client()
    }
}

const NAME: (&str, &str) = ("client_id", "wiki");
const IN_FORM: (&str, &str) = ("client_secret", SECRET);

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[test]
fn each_client_authenticates_in_its_registered_way_and_no_other() {
    let header = basic_header(&format!("wiki:{SECRET}"));
    let ways: [(AuthMethod, Option<&str>, Pairs<'_>); 3] = [
        (AuthMethod::ClientSecretBasic, Some(&header), &[]),
        (AuthMethod::ClientSecretPost, None, &[NAME, IN_FORM]),
        (AuthMethod::None, None, &[NAME]),
    ];
    for registered in AuthMethod::ALL {
        let client = registered_for(registered);
        for (used, authorization, pairs) in ways {
            let shows_certificate = matches!(
                registered,
                AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth
            );
            let expected = if used == registered {
                Ok(())
            } else if used == AuthMethod::None && shows_certificate {
                Err(CertificateRefused::Absent.into())
            } else {
                Err(ClientRefused::Method {
                    registered: registered.as_str(),
                    used: used.as_str(),
                })
            };
            assert_eq!(proven(&client, authorization, pairs), expected, "{used:?}");
        }
    }
}

/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1): an empty secret may be left out, so
/// one that is sent says no more than one that is not.
#[test]
fn an_empty_secret_is_none() {
    let header = basic_header("wiki:");
    let empty = [NAME, ("client_secret", "")];
    let ways: [(Option<&str>, Pairs<'_>); 3] = [
        (Some(&header), &[]),
        (Some(&header), &[NAME]),
        (None, &empty),
    ];
    for (authorization, pairs) in ways {
        for registered in AuthMethod::ALL {
            let accepted = proven(&registered_for(registered), authorization, pairs).is_ok();
            assert_eq!(accepted, registered == AuthMethod::None, "{registered:?}");
        }
    }
}

#[test]
fn the_name_may_stand_beside_the_header_if_it_is_the_same() {
    let header = basic_header(&format!("wiki:{SECRET}"));
    assert_eq!(proven(&client(), Some(&header), &[NAME]), Ok(()));
}

/// [RFC 6749 section 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3): one method per request.
#[test]
fn two_methods_or_two_names_are_refused() {
    let header = basic_header(&format!("wiki:{SECRET}"));
    for pairs in [
        &[NAME, IN_FORM][..],
        &[IN_FORM],
        &[IN_FORM, IN_FORM],
        &[NAME, NAME],
        &[("client_id", "payroll")],
    ] {
        let refused = presented(Some(&header), &form(pairs)).unwrap_err();
        assert_eq!(refused, ClientRefused::TwoMethods, "{pairs:?}");
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
}

#[test]
fn a_request_without_a_client_names_none() {
    for pairs in [&[][..], &[IN_FORM], &[NAME, NAME], &[("client_id", "")]] {
        let refused = presented(None, &form(pairs)).unwrap_err();
        assert_eq!(refused, ClientRefused::Absent, "{pairs:?}");
        assert_eq!(refused.code(), ErrorCode::InvalidClient);
    }
}

/// P21: base64 and form encoding are read in one way.
/// [RFC 7617 section 2](https://www.rfc-editor.org/rfc/rfc7617#section-2) and
/// [RFC 6749 section 2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1).
#[test]
fn a_header_that_is_not_basic_as_the_standards_write_it_is_refused() {
    let good = BASE64_STANDARD.encode(format!("wiki:{SECRET}"));
    let raw = |bytes: &[u8]| format!("Basic {}", BASE64_STANDARD.encode(bytes));
    for header in [
        String::new(),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        good.clone(),
        format!("Bearer {good}"),
        format!("Basic\t{good}"),
        format!("Basic {good} "),
        format!("Basic {}", good.trim_end_matches('=').to_owned() + "=!"),
        format!("Basic *{good}"),
        format!("Basic {}\n{}", &good[..4], &good[4..]),
        "Basic d2lraTpf_w==".to_owned(),
        basic_header("wiki"),
        basic_header(":secret"),
        basic_header("wiki:one&v=two"),
        basic_header("wiki&:secret"),
        basic_header("wiki:%00"),
        raw(b"wiki:\xff"),
        basic_header("wiki:%FF"),
    ] {
        let refused = presented(Some(&header), &form(&[])).unwrap_err();
        assert_eq!(refused, ClientRefused::MalformedHeader, "{header:?}");
        assert_eq!(refused.code(), ErrorCode::InvalidClient);
    }
}

#[test]
fn the_scheme_may_have_any_case_and_more_than_one_space() {
    let header = basic_header(&format!("wiki:{SECRET}"));
    for scheme in ["basic ", "BASIC ", "Basic   "] {
        let header = header.replace("Basic ", scheme);
        assert_eq!(proven(&client(), Some(&header), &[]), Ok(()), "{header}");
    }
}

#[test]
fn name_and_secret_are_form_encoded_in_the_header() {
    for (secret, encoded) in [
        ("p:ss word+ä&=%", "p%3Ass+word%2B%C3%A4%26%3D%25"),
        ("a:b", "a:b"),
        ("a=b", "a=b"),
    ] {
        let mut client = client();
        client.secrets[0].hash = SecretHash::of(secret);
        let header = basic_header(&format!("%77iki:{encoded}"));
        assert_eq!(proven(&client, Some(&header), &[]), Ok(()), "{secret}");
    }
}

#[test]
fn an_unknown_client_is_refused_like_a_malformed_name() {
    let presented = presented(None, &form(&[NAME])).unwrap();
    let refused = judged(&presented, None).unwrap_err();
    assert_eq!(refused, ClientRefused::Unknown("wiki".to_owned()));
    let name = "two words ".repeat(100);
    let refused = super::presented(None, &form(&[("client_id", &name)])).unwrap_err();
    assert_eq!(refused, ClientRefused::Unknown(name[..128].to_owned()));
    assert_eq!(refused.code(), ErrorCode::InvalidClient);
}

#[test]
fn a_wrong_secret_is_refused_however_near_it_is() {
    for wrong in ["x", "Wiki's secret", "wiki's secret ", "wiki's secre"] {
        let header = basic_header(&format!("wiki:{wrong}"));
        let refused = proven(&client(), Some(&header), &[]).unwrap_err();
        assert_eq!(refused, ClientRefused::Secret, "{wrong}");
        assert_eq!(refused.code(), ErrorCode::InvalidClient);
    }
}

#[test]
fn a_client_without_secrets_lets_nobody_in() {
    let mut client = registered_for(AuthMethod::ClientSecretPost);
    client.secrets.clear();
    let refused = proven(&client, None, &[NAME, IN_FORM]);
    assert_eq!(refused, Err(ClientRefused::Secret));
}

#[test]
fn a_secret_works_until_the_moment_it_expires() {
    let header = basic_header(&format!("wiki:{SECRET}"));
    let second = Duration::from_secs(1);
    for (expires_at, expected) in [
        (NOW.plus(second), Ok(())),
        (NOW, Err(ClientRefused::Expired)),
        (NOW.minus(second), Err(ClientRefused::Expired)),
    ] {
        let mut client = client();
        client.secrets[0].expires_at = Some(expires_at);
        assert_eq!(proven(&client, Some(&header), &[]), expected);
    }
}

#[test]
fn while_a_secret_is_rotated_both_work() {
    let mut client = client();
    client.secrets.push(ClientSecret {
        hash: SecretHash::of("the new one"),
        salt: None,
        created_at: NOW,
        expires_at: None,
    });
    for secret in [SECRET, "the new one"] {
        let header = basic_header(&format!("wiki:{secret}"));
        assert_eq!(proven(&client, Some(&header), &[]), Ok(()), "{secret}");
    }
    client.secrets[0].expires_at = Some(NOW);
    let old = basic_header(&format!("wiki:{SECRET}"));
    let refused = proven(&client, Some(&old), &[]);
    assert_eq!(refused, Err(ClientRefused::Expired));
}

#[test]
fn no_secret_is_printed() {
    let presented = presented(None, &form(&[NAME, IN_FORM])).unwrap();
    assert_eq!(
        format!("{presented:?}"),
        "Presented(wiki, client_secret_post)"
    );
}

proptest! {
    #[test]
    fn any_header_is_read_or_refused(header in ".{0,200}") {
        let _ = presented(Some(&header), &form(&[]));
        let _ = presented(Some(&basic_header(&header)), &form(&[]));
    }

    #[test]
    fn whatever_the_secret_is_it_arrives(secret in "\\PC{1,60}") {
        let mut client = client();
        client.secrets[0].hash = SecretHash::of(&secret);
        let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
        let header = basic_header(&format!("wiki:{encoded}"));
        prop_assert_eq!(proven(&client, Some(&header), &[]), Ok(()));
    }
}
