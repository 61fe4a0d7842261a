//! Marking what is given out, so that it is known again.

use std::fmt;

use aws_lc_rs::hmac;

/// Marks what is given out, so that it is known again when it is brought back, on any node
/// ([RFC 2104](https://www.rfc-editor.org/rfc/rfc2104)).
pub struct Authenticator(pub(super) hmac::Key);

impl Authenticator {
    /// The mark of `message`.
    pub fn mark(&self, message: &[u8]) -> [u8; 32] {
        let mut mark = [0; 32];
        let tag = hmac::sign(&self.0, message);
        for (byte, made) in mark.iter_mut().zip(tag.as_ref()) {
            *byte = *made;
        }
        mark
    }

    /// Whether `mark` is the one of `message`.
    pub fn knows(&self, message: &[u8], mark: &[u8]) -> bool {
        hmac::verify(&self.0, message, mark).is_ok()
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator(..)")
    }
}

#[cfg(test)]
mod tests {
    use crate::seal::RootKey;
    use crate::testing::FixedRandom;

    #[test]
    fn a_mark_is_known_to_whoever_has_the_key_and_for_its_purpose_and_message_alone() {
        let random = FixedRandom::default();
        let root = RootKey::generate(&random);
        let mark = root.authenticator("nonce").mark(b"message");
        assert!(root.authenticator("nonce").knows(b"message", &mark));
        assert!(!root.authenticator("nonce").knows(b"massage", &mark));
        assert!(!root.authenticator("other").knows(b"message", &mark));
        assert!(!root.authenticator("nonce").knows(b"message", &mark[1..]));
        let another = RootKey::generate(&random);
        assert!(!another.authenticator("nonce").knows(b"message", &mark));
        assert_eq!(
            format!("{:?}", root.authenticator("nonce")),
            "Authenticator(..)"
        );
    }
}
