//! The values of `[keys]` and `[pkcs11]`.

use std::time::Duration;

use doorward_core::jose::{Algorithm, RsaSize};
use doorward_core::keys::Schedule;

use super::mtls::Contradiction;
use super::value::{Value, parse_span, quoted, show_span};
use super::{Configuration, DAY, Keys};

/// The least and the greatest time that a key may sign for, in seconds.
const BOUNDS: std::ops::RangeInclusive<u64> = 2 * DAY..=2 * 365 * DAY;

/// How long a key signs, if the next one takes its place by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotateEvery(Option<u64>);

impl RotateEvery {
    /// After this many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Some(seconds))
    }
}

impl Value for RotateEvery {
    fn allowed() -> String {
        "a time from 2d to 730d, such as \"90d\", or \"never\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "never" {
            return Some(Self(None));
        }
        let seconds = parse_span(text)?;
        BOUNDS.contains(&seconds).then_some(Self(Some(seconds)))
    }

    fn show(&self) -> String {
        quoted(&self.0.map_or_else(|| "never".to_owned(), show_span))
    }
}

impl Configuration {
    /// When signing keys change.
    pub fn key_schedule(&self) -> Schedule {
        /// The longest that any token may be configured to live.
        const LONGEST_TOKEN: Duration = Duration::from_hours(1);
        Schedule {
            rotate_every: self.keys.rotate_every.0.map(Duration::from_secs),
            publish_before: self.keys.publish_before.duration(),
            wait_for_uptake: self.keys.wait_for_uptake.duration(),
            longest_use: self.session.absolute.duration().max(LONGEST_TOKEN),
        }
    }
}

/// The contradiction between the two times of a schedule: a key whose successor must be published before it signs itself.
pub(super) fn contradiction(keys: &Keys) -> Option<Contradiction> {
    let every = keys.rotate_every.0.map(Duration::from_secs)?;
    (every < keys.publish_before.duration()).then_some((
        "keys.rotate_every",
        "keys.rotate_every is shorter than keys.publish_before",
        "a time that is longer than the next key waits in the key set, or a shorter keys.publish_before",
    ))
}

/// What signing keys are made for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Algorithms(pub Vec<Algorithm>);

/// [OpenID Connect Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata) demands the one, and
/// access tokens have the other unless something else is registered.
const NEEDED: [Algorithm; 2] = [Algorithm::Rs256, Algorithm::Es256];

impl Algorithms {
    /// What clients ask for.
    pub fn usual() -> Self {
        Self(Algorithm::USUAL.into())
    }
}

impl Value for Algorithms {
    fn allowed() -> String {
        let all = Algorithm::ALL.map(|algorithm| quoted(algorithm.as_str()));
        format!(
            "a list of {}, with \"RS256\" and \"ES256\" among them",
            all.join(", ")
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let named = text.split(',').map(|name| name.trim().parse().ok());
        let named = named.collect::<Option<Vec<Algorithm>>>()?;
        let has_needed = NEEDED.iter().all(|needed| named.contains(needed));
        // In the order of metadata, and each once.
        let all = Algorithm::ALL.into_iter();
        has_needed.then(|| Self(all.filter(|algorithm| named.contains(algorithm)).collect()))
    }

    fn show(&self) -> String {
        let names: Vec<String> = self.0.iter().map(|own| quoted(own.as_str())).collect();
        format!("[{}]", names.join(", "))
    }
}

impl Value for RsaSize {
    fn allowed() -> String {
        "2048, 3072 or 4096".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let bits: u32 = text.parse().ok()?;
        Self::ALL.into_iter().find(|size| size.bits() == bits)
    }

    fn show(&self) -> String {
        self.bits().to_string()
    }
}

/// A text that may be left out: a label, or a command.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(Option<String>);

impl Line {
    /// None.
    pub const fn none() -> Self {
        Self(None)
    }

    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl Value for Line {
    fn allowed() -> String {
        "one line of text; nothing between the quotation marks is none".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let is_line = !text.chars().any(char::is_control);
        let text = Some(text.to_owned()).filter(|text| !text.is_empty());
        is_line.then_some(Self(text))
    }

    fn show(&self) -> String {
        quoted(self.0.as_deref().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_for_some_days_or_until_it_is_told_otherwise() {
        for (text, seconds) in [
            ("90d", Some(90 * DAY)),
            ("never", None),
            ("48h", Some(2 * DAY)),
        ] {
            assert_eq!(RotateEvery::parse(text), Some(RotateEvery(seconds)));
        }
        for text in ["", "1d", "731d", "often"] {
            assert_eq!(RotateEvery::parse(text), None, "{text}");
        }
        assert_eq!(RotateEvery(None).show(), "\"never\"");
        assert_eq!(RotateEvery::seconds(90 * DAY).show(), "\"90d\"");
    }
}
