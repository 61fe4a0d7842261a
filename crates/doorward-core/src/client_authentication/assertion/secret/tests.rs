use std::time::Duration;

use aws_lc_rs::hmac::{self, Algorithm as Hash, HMAC_SHA256, HMAC_SHA384, HMAC_SHA512};
use serde_json::{Value, json};

use super::super::super::{
    Addressee, ClientRefused, JWT_BEARER, Judge, Proof, SingleUse, authenticate, presented,
};
use super::super::AssertionRefused;
use super::*;
use crate::certificate::Authorities;
use crate::client::AuthMethod;
use crate::error::ErrorCode;
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, JwkSet, base64url};
use crate::seal::RootKey;
use crate::testing::{FixedRandom, NOW, client, client_secrets, parameters};

const ISSUER: &str = "https://login.example.com";
const DAY: Duration = Duration::from_hours(24);

/// The client `wiki` with a new secret that it authenticates assertions with, and that secret.
fn wiki() -> (Client, Secret) {
    let method = AuthMethod::ClientSecretJwt;
    let (secret, stored) = client_secrets().make(method, &FixedRandom::default(), NOW);
    let client = Client {
        token_endpoint_auth_method: method,
        secrets: vec![stored],
        ..client()
    };
    (client, secret)
}

fn claims() -> Value {
    json!({
        "iss": "wiki",
        "sub": "wiki",
        "aud": ISSUER,
        "jti": "one",
        "exp": NOW.as_seconds() + 60,
    })
}

fn with_claim(name: &str, value: Value) -> Value {
    let mut claims = claims();
    claims[name] = value;
    claims
}

/// A token with this header and these claims, and a MAC by `secret` whatever the header says.
fn mac(header: &Value, claims: &Value, hash: Hash, secret: &[u8]) -> String {
    let part = |value: &Value| base64url::encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let mac = hmac::sign(&hmac::Key::new(hash, secret), message.as_bytes());
    format!("{message}.{}", base64url::encode(mac))
}

fn made(secret: &Secret, claims: &Value) -> String {
    let header = json!({"alg": "HS256"});
    mac(&header, claims, HMAC_SHA256, secret.reveal().as_bytes())
}

fn proven_at(client: &Client, assertion: &str, now: Timestamp) -> Result<Proof, ClientRefused> {
    proven_by(client, assertion, &client_secrets(), now)
}

fn proven_by(
    client: &Client,
    assertion: &str,
    secrets: &ClientSecrets,
    now: Timestamp,
) -> Result<Proof, ClientRefused> {
    let form = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    let presented = presented(None, &parameters(&form, &[]))?;
    let judge = Judge {
        addressee: Addressee {
            issuer: ISSUER,
            token_endpoint: "https://login.example.com/token",
            token_endpoint_alias: None,
        },
        secrets,
        authorities: &Authorities::default(),
    };
    authenticate(&presented, Some(client), judge, now)
}

fn refused(client: &Client, assertion: &str) -> ClientRefused {
    let refused = proven_at(client, assertion, NOW).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidClient);
    refused
}

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[test]
fn an_assertion_that_the_secret_authenticates_proves_its_client_for_one_use() {
    let (client, secret) = wiki();
    let once = Proof::FirstUse(SingleUse {
        client: "wiki".parse().unwrap(),
        jti: "one".to_owned(),
        remembered: Duration::from_mins(1 + 1 + 1),
    });
    for header in [
        json!({"alg": "HS256"}),
        json!({"alg": "HS256", "typ": "JWT"}),
        json!({"alg": "HS256", "typ": "client-authentication+jwt", "kid": "mine"}),
    ] {
        let secret = secret.reveal().as_bytes();
        let assertion = mac(&header, &claims(), HMAC_SHA256, secret);
        assert_eq!(proven_at(&client, &assertion, NOW), Ok(once.clone()));
    }
}

/// P28: what a secret authenticates is judged as what a key signed.
#[test]
fn its_claims_are_judged_like_those_of_any_assertion() {
    let (client, secret) = wiki();
    let now = NOW.as_seconds();
    for (name, value, reason) in [
        ("aud", json!([ISSUER]), AssertionRefused::Audience),
        ("iss", json!("shop"), AssertionRefused::Issuer),
        ("jti", json!(""), AssertionRefused::Jti),
        ("exp", json!(now - 60), JwtRefused::Expired.into()),
        ("exp", json!(now + 600), AssertionRefused::TooLong),
        ("nbf", json!(now + 70), JwtRefused::TooEarly("nbf").into()),
    ] {
        let assertion = made(&secret, &with_claim(name, value));
        assert_eq!(refused(&client, &assertion), reason.into(), "{name}");
    }
}

#[test]
fn what_another_secret_or_another_hash_authenticates_is_refused() {
    let (client, secret) = wiki();
    let text = secret.reveal().as_bytes();
    let alg = |alg: &str| json!({"alg": alg});
    let wrong = JwtRefused::SignatureWrong;
    let bare = base64url::encode(alg("HS256").to_string());
    let bare = format!("{bare}.{}.", base64url::encode(claims().to_string()));
    let own = alg("HS256");
    for (assertion, reason) in [
        (mac(&own, &claims(), HMAC_SHA256, b""), wrong.clone()),
        (mac(&own, &claims(), HMAC_SHA256, &text[1..]), wrong.clone()),
        (mac(&own, &claims(), HMAC_SHA512, text), wrong.clone()),
        (
            mac(&own, &claims(), HMAC_SHA256, secret.hash().as_bytes()),
            wrong.clone(),
        ),
        (bare, wrong),
        (
            mac(&alg("HS384"), &claims(), HMAC_SHA384, text),
            JwtRefused::UnknownAlgorithm,
        ),
        (
            mac(&alg("HS512"), &claims(), HMAC_SHA512, text),
            JwtRefused::UnknownAlgorithm,
        ),
        (
            mac(&alg("none"), &claims(), HMAC_SHA256, text),
            JwtRefused::UnknownAlgorithm,
        ),
        (
            mac(
                &json!({"alg": "HS256", "typ": "at+jwt"}),
                &claims(),
                HMAC_SHA256,
                text,
            ),
            JwtRefused::OtherType("JWT"),
        ),
    ] {
        let reason = AssertionRefused::from(reason);
        assert_eq!(refused(&client, &assertion), reason.into(), "{assertion}");
    }
}

/// K04: the algorithm is the registration's. Who has the public keys of a client has no secret of it, and a signature is none either
/// ([RFC 8725 section 2.1](https://www.rfc-editor.org/rfc/rfc8725#section-2.1)).
#[test]
fn no_key_stands_for_a_secret_and_no_secret_for_a_key() {
    let (by_secret, secret) = wiki();
    let jwks = JwkSet::parse(keyring().jwks()).unwrap();
    let both = Client {
        jwks: Some(jwks),
        ..by_secret
    };
    let by_key = Client {
        token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
        ..both.clone()
    };
    let (signs, macs) = (AuthMethod::PrivateKeyJwt, AuthMethod::ClientSecretJwt);
    let other = |registered: AuthMethod, used: AuthMethod| ClientRefused::Method {
        registered: registered.as_str(),
        used: used.as_str(),
    };
    let own = json!({"alg": "HS256"});
    let public = keyring().jwks();
    let forged = mac(&own, &claims(), HMAC_SHA256, public);
    assert_eq!(refused(&by_key, &forged), other(signs, macs));
    let wrong = AssertionRefused::from(JwtRefused::SignatureWrong);
    assert_eq!(refused(&both, &forged), wrong.into());
    assert_eq!(
        refused(&by_key, &made(&secret, &claims())),
        other(signs, macs),
        "although it has that secret too"
    );
    for algorithm in Algorithm::ALL {
        let header = json!({"alg": algorithm}).to_string();
        let signed = key(algorithm).sign_anything(&header, &claims().to_string());
        assert_eq!(refused(&both, &signed), other(macs, signs), "{algorithm}");
        let header = json!({"alg": algorithm});
        let mac = mac(&header, &claims(), HMAC_SHA256, secret.reveal().as_bytes());
        assert_eq!(refused(&both, &mac), other(macs, signs), "{algorithm}");
    }
}

/// P29: both work during a rotation, and neither longer than it should.
#[test]
fn the_old_secret_authenticates_until_its_end_and_the_operator_learns_that_it_has_ended() {
    let (mut client, old) = wiki();
    let random = FixedRandom::default();
    let _used = client_secrets().make(AuthMethod::ClientSecretJwt, &random, NOW);
    let (new, stored) = client_secrets().make(AuthMethod::ClientSecretJwt, &random, NOW);
    client.rotate_secret(stored, DAY, NOW);
    let at = |now: Timestamp, secret: &Secret| {
        let assertion = made(secret, &with_claim("exp", json!(now.as_seconds() + 60)));
        proven_at(&client, &assertion, now)
    };
    assert!(at(NOW, &old).is_ok() && at(NOW, &new).is_ok());
    let later = NOW.plus(DAY);
    assert_eq!(at(later, &old), Err(ClientRefused::Expired));
    assert!(at(later, &new).is_ok());
}

#[test]
fn under_another_root_key_nobody_is_let_in_and_the_operator_learns_why() {
    let (client, secret) = wiki();
    let another = RootKey::generate(&FixedRandom::default());
    let another = ClientSecrets::of(&another);
    let refused = proven_by(&client, &made(&secret, &claims()), &another, NOW);
    assert_eq!(refused, Err(AssertionRefused::OtherKey.into()));
}
