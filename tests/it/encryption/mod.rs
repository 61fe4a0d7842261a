//! What is encrypted for the clients that read it
//! ([OpenID Connect Core section 10.2](https://openid.net/specs/openid-connect-core-1_0.html#Encryption)).

mod given;
mod keys;

use doorward_core::client::EncryptedResponses;
use doorward_core::jose::{ContentEncryption, Encryption, JwkSet, KeyManagement};
use doorward_tests::decryption_key::DecryptionKey;
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::{Registration, RelyingParty};
use serde_json::json;

use crate::scene::Scene;

const ECDH: Encryption = Encryption {
    alg: KeyManagement::EcdhEs,
    enc: ContentEncryption::A256Gcm,
};

/// Everything is encrypted like this.
fn all(encryption: Encryption) -> EncryptedResponses {
    EncryptedResponses {
        id_token: Some(encryption),
        userinfo: Some(encryption),
        authorization: Some(encryption),
        introspection: Some(encryption),
    }
}

/// The client has this key, and everything is encrypted for it like this.
fn reading<'a>(
    registration: Registration<'a>,
    key: &DecryptionKey,
    encryption: Encryption,
) -> Registration<'a> {
    let jwks = JwkSet::parse(key.jwks().to_string().as_bytes());
    registration.with(|client| {
        client.jwks = Some(jwks.expect("a JWK Set"));
        client.encrypted_responses = all(encryption);
    })
}

impl Scene {
    /// What a client reads with its key, once it has verified the signature that is inside
    /// ([RFC 7519 section 5.2](https://www.rfc-editor.org/rfc/rfc7519#section-5.2)).
    async fn opened(&self, client: &RelyingParty, key: &DecryptionKey, sealed: &str) -> IdToken {
        let opened = key.decrypt(sealed);
        assert_eq!(opened.header.get("cty"), Some(&json!("JWT")));
        let jwks = self.provider.token(client).get("/jwks").await.json();
        IdToken::verify(&opened.token, &jwks)
    }
}
