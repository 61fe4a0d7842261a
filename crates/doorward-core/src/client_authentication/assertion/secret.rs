//! Assertions that a client's secret authenticates: `client_secret_jwt`
//! ([OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)).

use serde_json::{Map, Value};

use super::{AssertionRefused, ClientAssertion, TYPES};
use crate::client::{Client, ClientSecret, ClientSecrets};
use crate::client_authentication::ClientRefused;
use crate::jose::{JwtRefused, Unverified};
use crate::secret::Secret;
use crate::time::Timestamp;

impl ClientAssertion {
    /// Its claims, if a secret of `client` that works now authenticates them.
    pub(super) fn made_with_secret(
        &self,
        client: &Client,
        secrets: &ClientSecrets,
        now: Timestamp,
    ) -> Result<Map<String, Value>, ClientRefused> {
        let token = Unverified::parse_mac(&self.text).map_err(AssertionRefused::from)?;
        let stored = client.secrets.iter();
        let (live, ended): (Vec<_>, Vec<_>) = stored.partition(|secret| secret.is_live(now));
        let known = again(secrets, &live);
        if known.is_empty() && !live.is_empty() {
            return Err(AssertionRefused::OtherKey.into());
        }
        let verified = token.verify(&known, &TYPES);
        let with_ended = || token.verify(&again(secrets, &ended), &TYPES);
        if verified == Err(JwtRefused::SignatureWrong) && with_ended().is_ok() {
            return Err(ClientRefused::Expired);
        }
        Ok(verified.map_err(AssertionRefused::from)?)
    }
}

/// Those of the secrets that come from our key.
fn again(secrets: &ClientSecrets, stored: &[&ClientSecret]) -> Vec<Secret> {
    let known = stored.iter().filter_map(|stored| secrets.again(stored));
    known.collect()
}

#[cfg(test)]
mod tests;
