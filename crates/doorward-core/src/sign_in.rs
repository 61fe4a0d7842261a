//! Whether a sign-in succeeds ([OpenID Connect Core section 3.1.2.3](https://openid.net/specs/openid-connect-core-1_0.html#Authenticates)).

use crate::password::Verified;
use crate::person::{Person, PersonStatus};

/// Why somebody was not signed in. They are all told the same, in the same time; the log has the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Nobody has this name.
    #[error("nobody has this user name")]
    Unknown,
    /// The password is wrong, or the person has none.
    #[error("the password is wrong, or none is set")]
    Password,
    /// The password is right, and the person is disabled.
    #[error("the person is disabled")]
    Disabled,
}

/// What is to be done about the stored hash of somebody who signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoredHash {
    /// It is as strong as hashes are made today.
    Keep,
    /// It is weaker, and the password is at hand to make a better one.
    Renew,
}

/// Judges a sign-in: who was found under the name that was given, and what came of checking the password.
pub fn judge(
    found: Option<Person>,
    verified: Verified,
) -> Result<(Person, StoredHash), SignInRefused> {
    let person = found.ok_or(SignInRefused::Unknown)?;
    let hash = match verified {
        Verified::Matches => StoredHash::Keep,
        Verified::MatchesButWeak => StoredHash::Renew,
        Verified::Differs => return Err(SignInRefused::Password),
    };
    match person.status {
        PersonStatus::Enabled => Ok((person, hash)),
        PersonStatus::Disabled => Err(SignInRefused::Disabled),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::alice;

    #[test]
    fn each_sign_in_succeeds_or_has_its_reason() {
        let disabled = || Person {
            status: PersonStatus::Disabled,
            ..alice()
        };
        let table = [
            (
                Some(alice()),
                Verified::Matches,
                Ok((alice(), StoredHash::Keep)),
            ),
            (
                Some(alice()),
                Verified::MatchesButWeak,
                Ok((alice(), StoredHash::Renew)),
            ),
            (
                Some(alice()),
                Verified::Differs,
                Err(SignInRefused::Password),
            ),
            (None, Verified::Differs, Err(SignInRefused::Unknown)),
            (None, Verified::Matches, Err(SignInRefused::Unknown)),
            (
                Some(disabled()),
                Verified::Matches,
                Err(SignInRefused::Disabled),
            ),
            (
                Some(disabled()),
                Verified::MatchesButWeak,
                Err(SignInRefused::Disabled),
            ),
            (
                Some(disabled()),
                Verified::Differs,
                Err(SignInRefused::Password),
            ),
        ];
        for (found, verified, expected) in table {
            assert_eq!(judge(found, verified), expected);
        }
    }
}
