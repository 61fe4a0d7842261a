//! What is encrypted for a client, as it is registered.

use serde::{Deserialize, Serialize};

use super::Client;
use crate::jose::{ContentEncryption, Encryption, KeyManagement, NeededKey};

/// How what is made for a client is encrypted; what is absent is signed alone
/// ([OpenID Connect Dynamic Client Registration section 2], [JARM section 3], [RFC 9701 section 6]).
///
/// [OpenID Connect Dynamic Client Registration section 2]: https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata
/// [JARM section 3]: https://openid.net/specs/oauth-v2-jarm-final.html#section-3
/// [RFC 9701 section 6]: https://www.rfc-editor.org/rfc/rfc9701#section-6
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Members", into = "Members")]
pub struct EncryptedResponses {
    /// `id_token_encrypted_response_alg` and `_enc`: ID Tokens, and Logout Tokens with them.
    pub id_token: Option<Encryption>,
    /// `userinfo_encrypted_response_alg` and `_enc`.
    pub userinfo: Option<Encryption>,
    /// `authorization_encrypted_response_alg` and `_enc`: responses that it asks for as JWTs.
    pub authorization: Option<Encryption>,
    /// `introspection_encrypted_response_alg` and `_enc`: answers about tokens that it asks for as JWTs.
    pub introspection: Option<Encryption>,
}

/// Why what a client is registered for cannot be encrypted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EncryptionUnusable {
    /// The client has no keys.
    #[error("what is encrypted needs a key of the client, in its jwks or at its jwks_uri")]
    NoKeys,
    /// None of its keys fits.
    #[error(
        "no key in jwks is for encryption with {0}: it needs one with use \"enc\", or without use, of a kind and with an alg that fit"
    )]
    NoneEncrypts(KeyManagement),
}

impl EncryptedResponses {
    /// All that there are.
    pub fn all(&self) -> impl Iterator<Item = Encryption> {
        let all = [
            self.id_token,
            self.userinfo,
            self.authorization,
            self.introspection,
        ];
        all.into_iter().flatten()
    }
}

impl Client {
    /// Proves that there is a key for everything that is to be encrypted, as far as that can be known without asking its `jwks_uri`.
    pub fn with_encryption_keys(self) -> Result<Self, EncryptionUnusable> {
        for encryption in self.encrypted_responses.all() {
            match &self.jwks {
                Some(keys) if !keys.has(&NeededKey::Encrypts(encryption)) => {
                    return Err(EncryptionUnusable::NoneEncrypts(encryption.alg));
                }
                None if self.jwks_uri.is_none() => return Err(EncryptionUnusable::NoKeys),
                _ => {}
            }
        }
        Ok(self)
    }
}

/// The registered members.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
struct Members {
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_encrypted_response_alg: Option<KeyManagement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_token_encrypted_response_enc: Option<ContentEncryption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_encrypted_response_alg: Option<KeyManagement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    userinfo_encrypted_response_enc: Option<ContentEncryption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_encrypted_response_alg: Option<KeyManagement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authorization_encrypted_response_enc: Option<ContentEncryption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    introspection_encrypted_response_alg: Option<KeyManagement>,
    #[serde(skip_serializing_if = "Option::is_none")]
    introspection_encrypted_response_enc: Option<ContentEncryption>,
}

/// A `_enc` without its `_alg`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} goes with the alg of the same name")]
struct EncWithoutAlg(&'static str);

/// Both of a pair; what is not said of the content is the default.
fn pair(
    name: &'static str,
    alg: Option<KeyManagement>,
    enc: Option<ContentEncryption>,
) -> Result<Option<Encryption>, EncWithoutAlg> {
    match (alg, enc) {
        (None, Some(_)) => Err(EncWithoutAlg(name)),
        (None, None) => Ok(None),
        (Some(alg), enc) => Ok(Some(Encryption {
            alg,
            enc: enc.unwrap_or_default(),
        })),
    }
}

impl TryFrom<Members> for EncryptedResponses {
    type Error = EncWithoutAlg;

    fn try_from(members: Members) -> Result<Self, EncWithoutAlg> {
        Ok(Self {
            id_token: pair(
                "id_token_encrypted_response_enc",
                members.id_token_encrypted_response_alg,
                members.id_token_encrypted_response_enc,
            )?,
            userinfo: pair(
                "userinfo_encrypted_response_enc",
                members.userinfo_encrypted_response_alg,
                members.userinfo_encrypted_response_enc,
            )?,
            authorization: pair(
                "authorization_encrypted_response_enc",
                members.authorization_encrypted_response_alg,
                members.authorization_encrypted_response_enc,
            )?,
            introspection: pair(
                "introspection_encrypted_response_enc",
                members.introspection_encrypted_response_alg,
                members.introspection_encrypted_response_enc,
            )?,
        })
    }
}

impl From<EncryptedResponses> for Members {
    fn from(responses: EncryptedResponses) -> Self {
        let alg = |encryption: Option<Encryption>| encryption.map(|both| both.alg);
        let enc = |encryption: Option<Encryption>| encryption.map(|both| both.enc);
        Self {
            id_token_encrypted_response_alg: alg(responses.id_token),
            id_token_encrypted_response_enc: enc(responses.id_token),
            userinfo_encrypted_response_alg: alg(responses.userinfo),
            userinfo_encrypted_response_enc: enc(responses.userinfo),
            authorization_encrypted_response_alg: alg(responses.authorization),
            authorization_encrypted_response_enc: enc(responses.authorization),
            introspection_encrypted_response_alg: alg(responses.introspection),
            introspection_encrypted_response_enc: enc(responses.introspection),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::jose::JwkSet;
    use crate::jose::testing::keyring;
    use crate::testing::client;

    const ECDH: Encryption = Encryption {
        alg: KeyManagement::EcdhEs,
        enc: ContentEncryption::A256Gcm,
    };

    fn registered(members: &Value) -> Result<Client, serde_json::Error> {
        let mut document = serde_json::to_value(client()).unwrap();
        let members = members.as_object().unwrap().clone();
        document.as_object_mut().unwrap().extend(members);
        serde_json::from_value(document)
    }

    #[test]
    fn each_pair_has_the_names_of_the_standards_and_reads_back() {
        let responses = EncryptedResponses {
            id_token: Some(ECDH),
            userinfo: Some(ECDH),
            authorization: Some(ECDH),
            introspection: Some(ECDH),
        };
        let encrypted = Client {
            encrypted_responses: responses,
            ..client()
        };
        let written = serde_json::to_value(&encrypted).unwrap();
        for what in ["id_token", "userinfo", "authorization", "introspection"] {
            let member = |suffix| &written[format!("{what}_encrypted_response_{suffix}")];
            assert_eq!(member("alg"), "ECDH-ES");
            assert_eq!(member("enc"), "A256GCM");
        }
        let read: Client = serde_json::from_value(written).unwrap();
        assert_eq!(read, encrypted);
        let plain = serde_json::to_value(client()).unwrap();
        let mut names = plain.as_object().unwrap().keys();
        assert!(!names.any(|name| name.contains("_encrypted_")), "{plain}");
    }

    #[test]
    fn the_content_has_the_default_and_needs_the_other_half() {
        let read = registered(&json!({"userinfo_encrypted_response_alg": "RSA-OAEP-256"}));
        let userinfo = read.unwrap().encrypted_responses.userinfo.unwrap();
        assert_eq!(userinfo.enc, ContentEncryption::A128CbcHs256);
        let half = registered(&json!({"userinfo_encrypted_response_enc": "A128GCM"}));
        assert!(half.is_err());
    }

    #[test]
    fn a_key_must_fit_or_be_published_elsewhere() {
        let wants = Client {
            encrypted_responses: EncryptedResponses {
                id_token: Some(ECDH),
                ..EncryptedResponses::default()
            },
            ..client()
        };
        let judge = |client: Client| client.with_encryption_keys().map(drop);
        assert_eq!(judge(client()), Ok(()));
        assert_eq!(judge(wants.clone()), Err(EncryptionUnusable::NoKeys));
        let signs = Client {
            jwks: Some(JwkSet::parse(keyring().jwks()).unwrap()),
            ..wants.clone()
        };
        let refused = EncryptionUnusable::NoneEncrypts(KeyManagement::EcdhEs);
        assert_eq!(judge(signs), Err(refused));
        let published = Client {
            jwks_uri: Some("https://wiki.example/jwks".parse().unwrap()),
            ..wants
        };
        assert_eq!(judge(published), Ok(()));
    }
}
