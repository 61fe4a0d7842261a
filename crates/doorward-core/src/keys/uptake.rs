//! Which applications have been seen to fetch the key set, and since when they know which key.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::identifiers::Malformed;
use crate::time::Timestamp;

/// For how long an application that fetched the key set counts as in use. As long, how surely it was known counts: what is less sure says nothing.
pub const IN_USE: Duration = Duration::from_hours(30 * 24);

/// What was last seen of an application's fetches of the key set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The application: a `client_id`, or a resource server's identifier.
    pub application: String,
    /// When the newest key of the set that it got was published. A key that was published by then, it knows.
    pub newest: Timestamp,
    /// When it last fetched.
    pub seen_at: Timestamp,
    /// How it was known.
    pub way: Way,
}

/// How an application was known when it fetched the key set, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// It authenticated.
    Authenticated,
    /// It fetched from a network that is registered for it alone.
    Network,
    /// It named itself in the address.
    Address,
    /// It did not say who it is: this is no application, but what somebody calls themselves and where they are.
    UserAgent,
}

/// Whether an application knows a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uptake {
    /// The application.
    pub application: String,
    /// What is known of it.
    pub seen: Seen,
}

/// What is known of an application and a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It has fetched a key set with the key.
    Knows {
        /// When it last fetched.
        seen_at: Timestamp,
        /// How it was known.
        way: Way,
    },
    /// It has not fetched since the key was published.
    Behind {
        /// When it last fetched.
        seen_at: Timestamp,
        /// How it was known.
        way: Way,
    },
    /// It was never seen to fetch.
    Unseen,
}

impl Uptake {
    /// What is known of each of `applications` and a key that was published at `published_at`.
    pub fn of(
        published_at: Timestamp,
        applications: &[String],
        sightings: &[Sighting],
    ) -> Vec<Self> {
        let of_one = |application: &String| Self {
            application: application.clone(),
            seen: sightings
                .iter()
                .find(|sighting| sighting.application == *application)
                .map_or(Seen::Unseen, |sighting| sighting.of(published_at)),
        };
        applications.iter().map(of_one).collect()
    }

    /// Whether it knows the key.
    pub const fn is_known(&self) -> bool {
        matches!(self.seen, Seen::Knows { .. })
    }
}

impl Sighting {
    /// What both say together. Of two that are as sure it is the newer key set and the later moment. Of others the surer one counts alone, as long
    /// as it is not older by [`IN_USE`]: whoever knows an application's name can fetch the key set by it.
    pub fn absorb(&mut self, later: &Self) {
        let lapsed = later.seen_at.since(self.seen_at) >= IN_USE;
        if later.way > self.way && !lapsed {
            return;
        }
        let is_surer = later.way < self.way;
        *self = Self {
            newest: if is_surer {
                later.newest
            } else {
                self.newest.max(later.newest)
            },
            seen_at: self.seen_at.max(later.seen_at),
            way: later.way,
            application: std::mem::take(&mut self.application),
        };
    }

    const fn of(&self, published_at: Timestamp) -> Seen {
        let (seen_at, way) = (self.seen_at, self.way);
        if self.newest.as_millis() >= published_at.as_millis() {
            Seen::Knows { seen_at, way }
        } else {
            Seen::Behind { seen_at, way }
        }
    }
}

impl Way {
    /// Every way, the surest first.
    pub const ALL: [Self; 4] = [
        Self::Authenticated,
        Self::Network,
        Self::Address,
        Self::UserAgent,
    ];

    /// How an application was known, in words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Network => "by its network",
            Self::Address => "by its own address",
            Self::UserAgent => "by what it calls itself",
        }
    }

    /// The name in stores and lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Authenticated => "authenticated",
            Self::Network => "network",
            Self::Address => "address",
            Self::UserAgent => "user_agent",
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Way {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut all = Self::ALL.into_iter();
        all.find(|way| way.as_str() == text).ok_or(Malformed {
            expected: "authenticated, network, address or user_agent",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn an_application_knows_the_keys_that_were_published_when_it_last_fetched() {
        let sighting = |application: &str, newest| Sighting {
            application: application.to_owned(),
            newest: at(newest),
            seen_at: at(100),
            way: Way::Address,
        };
        let sightings = [sighting("knows", 50), sighting("behind", 49)];
        let applications = ["knows", "behind", "unseen"].map(str::to_owned);
        let uptake = Uptake::of(at(50), &applications, &sightings);
        let (seen_at, way) = (at(100), Way::Address);
        assert_eq!(
            uptake.iter().map(|uptake| uptake.seen).collect::<Vec<_>>(),
            [
                Seen::Knows { seen_at, way },
                Seen::Behind { seen_at, way },
                Seen::Unseen
            ]
        );
        assert_eq!(uptake.iter().filter(|uptake| uptake.is_known()).count(), 1);
    }

    /// Whoever knows an application's name can fetch the key set by it, and must not hide that the application itself has not.
    #[test]
    fn what_is_less_sure_says_nothing_for_a_month() {
        let day = |number: i64| number * 24 * 3600;
        let sighting = |way, newest, seen_at| Sighting {
            application: "wiki".to_owned(),
            newest: at(newest),
            seen_at: at(seen_at),
            way,
        };
        let known = |way, newest, seen_at| {
            let mut known = sighting(Way::Authenticated, 50, day(1));
            known.absorb(&sighting(way, newest, seen_at));
            (known.newest, known.seen_at, known.way)
        };
        let (sure, unsure) = (Way::Authenticated, Way::Address);
        assert_eq!(known(unsure, 99, day(30)), (at(50), at(day(1)), sure));
        assert_eq!(known(unsure, 99, day(31)), (at(99), at(day(31)), unsure));
        assert_eq!(known(sure, 99, day(2)), (at(99), at(day(2)), sure));
        assert_eq!(known(sure, 49, day(0)), (at(50), at(day(1)), sure));
        let mut known = sighting(unsure, 99, day(1));
        known.absorb(&sighting(sure, 50, day(2)));
        assert_eq!(known, sighting(sure, 50, day(2)));
    }

    #[test]
    fn each_way_has_its_name() {
        for way in Way::ALL {
            assert_eq!(way.as_str().parse(), Ok(way));
        }
        assert!("guess".parse::<Way>().is_err());
    }
}
