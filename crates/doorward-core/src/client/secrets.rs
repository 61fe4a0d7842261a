//! The secrets of a client: one that works, and beside it the one before while the client changes over.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{AuthMethod, Client, Salt};
use crate::random::Random;
use crate::secret::{Secret, SecretHash, SecretKind};
use crate::time::Timestamp;

/// One secret of a client, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSecret {
    /// The SHA-256 of the secret.
    pub hash: SecretHash,
    /// What the secret is derived from again, where the client authenticates its assertions with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salt: Option<Salt>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

impl ClientSecret {
    /// A new secret that nobody can know again but from whoever it is shown to.
    pub fn random(random: &dyn Random, now: Timestamp) -> (Secret, Self) {
        let secret = Secret::generate(SecretKind::ClientSecret, random);
        let stored = Self::of(&secret, None, now);
        (secret, stored)
    }

    pub(super) fn of(secret: &Secret, salt: Option<Salt>, now: Timestamp) -> Self {
        Self {
            hash: secret.hash(),
            salt,
            created_at: now,
            expires_at: None,
        }
    }

    /// Whether it works at that time.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|expiry| now < expiry)
    }
}

impl Client {
    /// Those of its secrets that it keeps when it authenticates by `method` from now on. Assertions need one that can be known
    /// again; one that can be is for nothing else.
    pub fn secrets_kept_for(&self, method: AuthMethod) -> Vec<ClientSecret> {
        let is_derived = method == AuthMethod::ClientSecretJwt;
        let secrets = self.secrets.iter().filter(|_| method.needs_secret());
        let kept = secrets.filter(|secret| secret.salt.is_some() == is_derived);
        kept.cloned().collect()
    }

    /// Puts `new` in place of the secret of today, which goes on working for the `overlap`, but no longer than it would have. Those
    /// before it end at once: of a client two secrets work at most.
    pub fn rotate_secret(&mut self, new: ClientSecret, overlap: Duration, now: Timestamp) {
        let until = now.plus(overlap);
        let live = |secret: &ClientSecret| secret.is_live(now) && now < until;
        let last = self.secrets.iter().rfind(|secret| live(secret)).cloned();
        let last = last.map(|secret| ClientSecret {
            expires_at: Some(secret.expires_at.map_or(until, |at| at.min(until))),
            ..secret
        });
        self.secrets = last.into_iter().chain([new]).collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{NOW, client};

    const DAY: Duration = Duration::from_hours(24);

    fn secret(text: &str, expires_at: Option<Timestamp>) -> ClientSecret {
        ClientSecret {
            hash: SecretHash::of(text),
            salt: None,
            created_at: NOW,
            expires_at,
        }
    }

    fn having(secrets: &[ClientSecret]) -> Client {
        Client {
            secrets: secrets.to_vec(),
            ..client()
        }
    }

    /// P29: two at most, each with its end.
    #[test]
    fn the_secret_of_today_works_beside_the_new_one_for_the_overlap_and_no_earlier_one_does() {
        let mut client = having(&[secret("one", None)]);
        client.rotate_secret(secret("two", None), DAY, NOW);
        let until = Some(NOW.plus(DAY));
        assert_eq!(client.secrets, [secret("one", until), secret("two", None)]);
        client.rotate_secret(secret("three", None), DAY * 2, NOW);
        let until = Some(NOW.plus(DAY * 2));
        let expected = [secret("two", until), secret("three", None)];
        assert_eq!(client.secrets, expected);
        client.rotate_secret(secret("four", until), Duration::ZERO, NOW);
        assert_eq!(client.secrets, [secret("four", until)]);
    }

    #[test]
    fn an_overlap_makes_no_secret_work_longer_and_none_that_has_ended_again() {
        let soon = Some(NOW.plus(DAY / 2));
        let mut client = having(&[secret("one", soon)]);
        client.rotate_secret(secret("two", None), DAY, NOW);
        assert_eq!(client.secrets, [secret("one", soon), secret("two", None)]);
        let mut client = having(&[secret("one", Some(NOW))]);
        client.rotate_secret(secret("two", None), DAY, NOW);
        assert_eq!(client.secrets, [secret("two", None)]);
        let mut client = having(&[]);
        client.rotate_secret(secret("one", None), DAY, NOW);
        assert_eq!(client.secrets, [secret("one", None)]);
    }
}
