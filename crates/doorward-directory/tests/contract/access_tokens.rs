//! Access tokens: those that were revoked before they expired, and those that say nothing themselves.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::access_token::{AccessTokenClaims, Subject};
use doorward_core::grant::GrantLifetime;
use doorward_core::identifiers::ClientId;
use doorward_core::jose::Audience;
use doorward_core::opaque_token::OpaqueToken;
use doorward_core::secret::{Secret, SecretKind};
use doorward_core::token::exchange::Actor;

use crate::support::{NOW, Store, at_once, confirmation};

contract![
    a_revoked_token_is_known_everywhere_and_what_it_came_from_lives_on,
    a_token_is_revoked_once,
    a_revocation_is_forgotten_when_the_token_has_expired_by_any_clock,
    an_opaque_token_is_known_everywhere_until_it_expires,
];

const LIFETIME: Duration = Duration::from_mins(10);

async fn a_revoked_token_is_known_everywhere_and_what_it_came_from_lives_on(store: Store) {
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let other = store.another().await;
    let tokens = store.directory.access_tokens();
    assert!(!tokens.standing("a").await.unwrap().revoked);

    let revoked = other
        .access_tokens()
        .revoke("a", NOW.plus(LIFETIME), None)
        .await;
    assert_eq!(revoked, Ok(true));
    assert!(tokens.standing("a").await.unwrap().revoked);
    for (jti, expected) in [("a", true), ("b", false)] {
        let (standing, found, person) = tokens.with_grant(jti, grant.id).await.unwrap().unwrap();
        assert_eq!(standing.revoked, expected, "{jti}");
        assert_eq!((&found, &person), (&grant, &ada));
        assert_eq!(found.revoked_at, None);
    }
}

async fn a_token_is_revoked_once(store: Store) {
    let revoked = at_once(|_| {
        let directory = store.directory.clone();
        async move {
            let tokens = directory.access_tokens();
            tokens.revoke("a", NOW.plus(LIFETIME), None).await.unwrap()
        }
    });
    assert_eq!(revoked.await, 1);
}

async fn a_revocation_is_forgotten_when_the_token_has_expired_by_any_clock(store: Store) {
    let tokens = store.directory.access_tokens();
    let expiry = NOW.plus(LIFETIME);
    assert_eq!(tokens.revoke("a", expiry, None).await, Ok(true));
    for (after, expected) in [(29, 0), (30, 1), (30, 0)] {
        let now = expiry.plus(Duration::from_secs(after));
        let swept = store.directory.sweep(now).await.unwrap();
        assert_eq!(swept.access_tokens, expected, "{after} s after");
        let known = tokens.standing("a").await.unwrap().revoked;
        assert_eq!(known, after < 30, "{after} s after");
    }
}

/// An opaque token whose bytes are all the same.
pub(crate) fn token(byte: u8) -> OpaqueToken {
    let text = Secret::from_bytes(SecretKind::AccessToken, &[byte; 48]);
    OpaqueToken::parse(text.reveal()).unwrap()
}

/// What an opaque token of `client` stands for.
pub(crate) fn opaque(client: &ClientId, expires_at: Timestamp) -> AccessTokenClaims {
    AccessTokenClaims {
        iss: "https://login.example.com".to_owned(),
        aud: Audience::One("urn:reports".to_owned()),
        client_id: client.clone(),
        iat: NOW.as_seconds(),
        exp: expires_at.as_seconds(),
        jti: "a".to_owned(),
        authorization_details: doorward_core::authorization_details::AuthorizationDetails::default(
        ),
        scope: "reports:read".parse().unwrap(),
        cnf: Some(confirmation()),
        act: Some(Actor {
            sub: "reports-api".to_owned(),
            client_id: client.clone(),
            act: None,
        }),
        status: None,
        subject: Subject::Client {
            sub: client.clone(),
        },
    }
}

async fn an_opaque_token_is_known_everywhere_until_it_expires(store: Store) {
    let other = store.another().await;
    let expiry = NOW.plus(LIFETIME);
    let ours = token(7);
    let stranger = token(8);
    let claims = opaque(&"wiki".parse().unwrap(), expiry);
    let tokens = store.directory.access_tokens();
    assert_eq!(tokens.issue(&ours, &claims).await, Ok(()));
    let find = async |token, now| other.access_tokens().find(token, now).await.unwrap();
    assert_eq!(find(&ours, NOW).await, Some(claims));
    assert_eq!(find(&stranger, NOW).await, None);
    assert_eq!(find(&ours, expiry).await, None);
    // A node whose clock is behind still takes it for valid.
    for (after, expected) in [(29, 0), (30, 1)] {
        let now = expiry.plus(Duration::from_secs(after));
        let swept = store.directory.sweep(now).await.unwrap();
        assert_eq!(swept.access_tokens, expected, "{after} s after");
    }
    assert_eq!(find(&ours, NOW).await, None);
}
