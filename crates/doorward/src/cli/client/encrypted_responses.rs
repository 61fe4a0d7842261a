//! What is encrypted for an application, and how
//! ([OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)).

use clap::Args;
use doorward_core::client::EncryptedResponses;
use doorward_core::identifiers::Malformed;
use doorward_core::jose::{ContentEncryption, Encryption};

#[derive(Debug, Args)]
pub(super) struct Encrypted {
    /// How its ID tokens are encrypted, such as ECDH-ES or ECDH-ES:A256GCM; logout tokens as well [default: not at all]
    #[arg(long = "id-token-encryption", value_name = "ALG[:ENC]", value_parser = encryption)]
    id_token: Option<Encryption>,
    /// How its UserInfo answers are encrypted [default: not at all]
    #[arg(long = "userinfo-encryption", value_name = "ALG[:ENC]", value_parser = encryption)]
    userinfo: Option<Encryption>,
    /// How the authorization responses are encrypted that it asks for as JWTs [default: not at all]
    #[arg(long = "response-encryption", value_name = "ALG[:ENC]", value_parser = encryption)]
    authorization: Option<Encryption>,
    /// How the answers about tokens are encrypted that it asks for as JWTs [default: not at all]
    #[arg(long = "introspection-encryption", value_name = "ALG[:ENC]", value_parser = encryption)]
    introspection: Option<Encryption>,
}

impl From<Encrypted> for EncryptedResponses {
    fn from(asked: Encrypted) -> Self {
        Self {
            id_token: asked.id_token,
            userinfo: asked.userinfo,
            authorization: asked.authorization,
            introspection: asked.introspection,
        }
    }
}

/// `ALG` or `ALG:ENC`.
fn encryption(text: &str) -> Result<Encryption, Malformed> {
    let (alg, enc) = match text.split_once(':') {
        Some((alg, enc)) => (alg, enc.parse()?),
        None => (text, ContentEncryption::default()),
    };
    Ok(Encryption {
        alg: alg.parse()?,
        enc,
    })
}

#[cfg(test)]
mod tests {
    use doorward_core::jose::KeyManagement;

    use super::*;

    #[test]
    fn the_content_is_encrypted_as_is_said_or_as_the_standard_has_it() {
        let read = encryption("RSA-OAEP-256").unwrap();
        assert_eq!(read.alg, KeyManagement::RsaOaep256);
        assert_eq!(read.enc, ContentEncryption::A128CbcHs256);
        let read = encryption("ECDH-ES+A256KW:A256GCM").unwrap();
        assert_eq!(read.alg, KeyManagement::EcdhEsA256Kw);
        assert_eq!(read.enc, ContentEncryption::A256Gcm);
        for wrong in ["RSA1_5", "ECDH-ES:", "A256GCM", "ECDH-ES:RSA-OAEP-256", ""] {
            assert!(encryption(wrong).is_err(), "{wrong}");
        }
    }
}
