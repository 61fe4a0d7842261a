//! The header of a token ([RFC 7515 section 4](https://www.rfc-editor.org/rfc/rfc7515#section-4)).

use serde_json::{Map, Value};

use super::JwtRefused;
use crate::jose::{base64url, json};

/// The longest name of a key that is looked up, in bytes.
const MAX_KID_LENGTH: usize = 128;

/// Members that change what is signed or must be understood, none of which we ever write.
///
/// `jku`, `x5c` and `x5u`, keys that a token brings along, are ignored, and so is `jwk` but for proofs of possession: a key
/// is found by `kid` alone.
const REFUSED: [&str; 3] = ["crit", "b64", "zip"];

/// What a token says of how it was signed, with one of the algorithms `A`.
pub(super) struct Header<A> {
    pub(super) algorithm: A,
    pub(super) kid: Option<String>,
    pub(super) typ: Option<String>,
    /// The key that the token brings along, which anybody may have put there.
    pub(super) jwk: Option<Value>,
}

impl<A> Header<A> {
    /// Reads a header whose `alg` is one that `named` knows.
    pub(super) fn parse(
        encoded: &str,
        named: impl FnOnce(&str) -> Option<A>,
    ) -> Result<Self, JwtRefused> {
        let bytes = base64url::decode(encoded).ok_or(JwtRefused::HeaderEncoding)?;
        let mut members = json::object(&bytes).ok_or(JwtRefused::HeaderMalformed)?;
        if let Some(name) = REFUSED.into_iter().find(|&name| members.contains_key(name)) {
            return Err(JwtRefused::HeaderMember(name));
        }
        Ok(Self {
            algorithm: text(&members, "alg")?
                .and_then(named)
                .ok_or(JwtRefused::UnknownAlgorithm)?,
            kid: match text(&members, "kid")? {
                Some(kid) if kid.len() > MAX_KID_LENGTH => return Err(JwtRefused::UnknownKey),
                kid => kid.map(str::to_owned),
            },
            typ: text(&members, "typ")?.map(str::to_owned),
            jwk: members.remove("jwk"),
        })
    }

    /// Proves that `typ` is one of these in any case, or absent.
    pub(super) fn is_of(&self, types: &[&'static str]) -> Result<(), JwtRefused> {
        let Some(typ) = self.typ.as_deref() else {
            return Ok(());
        };
        if types
            .iter()
            .any(|admitted| admitted.eq_ignore_ascii_case(typ))
        {
            return Ok(());
        }
        let wanted = types.first().copied().unwrap_or_default();
        Err(JwtRefused::OtherType(wanted))
    }
}

/// A member that may be absent and is a text otherwise.
fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, JwtRefused> {
    match members.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(JwtRefused::HeaderMalformed),
    }
}
