//! Tokens of ours as others verify them, who have no more than the keys that we publish.

use serde_json::{Map, Value};

use super::{Expected, JwtRefused, MAX_LENGTH, MAX_LIST_LENGTH, Unverified, claims};
use crate::jose::{JwkSet, Typ};

impl JwkSet {
    /// Reads the claims of a token of this type that one of these keys signed. What else they say is the caller's to judge.
    ///
    /// As where we verify our own tokens, the key is the one that `kid` names, and the algorithm is the key's. That there is
    /// no such key ([`JwtRefused::UnknownKey`]) may mean that it is newer than this copy of the keys.
    pub fn signed(&self, token: &str, typ: Typ) -> Result<Map<String, Value>, JwtRefused> {
        let longest = match typ {
            Typ::StatusList => MAX_LIST_LENGTH,
            _ => MAX_LENGTH,
        };
        let token = Unverified::parse_within(longest, token)?;
        let header = &token.header;
        if !typ.admits(header.typ.as_deref()) {
            return Err(JwtRefused::OtherType(typ.as_str()));
        }
        let kid = header.kid.as_deref().ok_or(JwtRefused::UnknownKey)?;
        let verifier = self.verifier(header.algorithm, Some(kid));
        let verifier = verifier.ok_or(JwtRefused::UnknownKey)?;
        token.claims_signed_by(|message, signature| {
            verifier.verify(message.as_bytes(), signature).is_ok()
        })
    }

    /// Reads the claims of a token that one of these keys signed and that is what was `expected`.
    pub fn issued(
        &self,
        token: &str,
        expected: Expected<'_>,
    ) -> Result<Map<String, Value>, JwtRefused> {
        let claims = self.signed(token, expected.typ)?;
        claims::judge(&claims, expected)?;
        Ok(claims)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::jose::testing::{key, keyring};
    use crate::jose::{Algorithm, Expiry, SigningKey};
    use crate::testing::NOW;

    const ISSUER: &str = "https://id.example";

    fn expected() -> Expected<'static> {
        Expected {
            typ: Typ::AccessToken,
            issuer: ISSUER,
            audience: Some("https://reports.example"),
            now: NOW,
            expiry: Expiry::Required,
        }
    }

    fn claims() -> Value {
        json!({
            "iss": ISSUER,
            "aud": "https://reports.example",
            "iat": NOW.as_seconds(),
            "exp": NOW.plus(Duration::from_mins(5)).as_seconds(),
        })
    }

    fn published() -> JwkSet {
        JwkSet::published(keyring().jwks()).unwrap()
    }

    /// K04: what we publish verifies what we sign, and no more.
    #[test]
    fn whoever_has_the_published_keys_reads_what_was_signed_with_them() {
        for algorithm in [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa] {
            let sign = |typ| key(algorithm).sign(typ, &claims()).unwrap();
            let token = sign(Typ::AccessToken);
            let read = published().issued(&token, expected());
            assert_eq!(read.map(Value::Object), Ok(claims()), "{algorithm}");
            let refused = published().issued(&sign(Typ::IdToken), expected());
            assert_eq!(refused, Err(JwtRefused::OtherType("at+jwt")));
            let late = Expected {
                now: NOW.plus(Duration::from_mins(5)),
                ..expected()
            };
            assert_eq!(published().issued(&token, late), Err(JwtRefused::Expired));
            let elsewhere = Expected {
                audience: Some("https://files.example"),
                ..expected()
            };
            let refused = published().issued(&token, elsewhere);
            assert_eq!(refused, Err(JwtRefused::OtherAudience));
        }
    }

    #[test]
    fn a_list_of_tokens_may_be_longer_than_a_token() {
        let long = json!({"lst": "x".repeat(100_000)});
        let sign = |typ| key(Algorithm::Es256).sign(typ, &long).unwrap();
        let read = published().signed(&sign(Typ::StatusList), Typ::StatusList);
        assert_eq!(read.map(Value::Object), Ok(long.clone()));
        let refused = published().signed(&sign(Typ::AccessToken), Typ::AccessToken);
        assert_eq!(refused, Err(JwtRefused::TooLong));
    }

    #[test]
    fn a_token_of_a_key_that_was_not_published_or_that_was_changed_is_refused() {
        let foreign = SigningKey::generate(Algorithm::Es256);
        let token = foreign.sign(Typ::AccessToken, &claims()).unwrap();
        let refused = published().issued(&token, expected());
        assert_eq!(refused, Err(JwtRefused::UnknownKey));

        let token = key(Algorithm::Es256)
            .sign(Typ::AccessToken, &claims())
            .unwrap();
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let (header, _) = signed.split_once('.').unwrap();
        let other = key(Algorithm::Es256)
            .sign(Typ::AccessToken, &json!({"sub": "eve"}))
            .unwrap();
        let stolen = other.split('.').nth(1).unwrap();
        let forged = format!("{header}.{stolen}.{signature}");
        let refused = published().issued(&forged, expected());
        assert_eq!(refused, Err(JwtRefused::SignatureWrong));
    }
}
