//! What a status list is called.

use std::fmt;
use std::str::FromStr;

use super::index::StatusIndex;
use super::status::StatusReference;
use crate::jose::Algorithm;
use crate::time::Timestamp;

/// What a list is called: the last part of its URI.
///
/// A list can be had with the signature of each algorithm, so that whoever verifies tokens of one needs no other. Its epoch is when
/// the directory was last restored: what was issued before has lists that are there no more, and whoever cannot get a list takes no token of it
/// ([Token Status List section 8.3](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-8.3)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ListName {
    /// How the list is signed.
    pub algorithm: Algorithm,
    /// When the directory was last restored.
    pub epoch: Timestamp,
    /// Which list it is.
    pub number: u64,
}

/// Why a text is no name of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no name of a status list, such as ES256-0-17")]
pub struct NoListName;

impl ListName {
    /// Where the status at `index` is, when lists are below `lists`.
    pub fn reference(
        algorithm: Algorithm,
        epoch: Timestamp,
        index: StatusIndex,
        lists: &str,
    ) -> StatusReference {
        let name = Self {
            algorithm,
            epoch,
            number: index.list(),
        };
        StatusReference {
            idx: index.idx(),
            uri: name.uri(lists),
        }
    }

    /// The index that `reference` names, if it is one of the lists below `lists`.
    pub fn index_of(reference: &StatusReference, lists: &str) -> Option<StatusIndex> {
        let name = reference.uri.strip_prefix(lists)?.strip_prefix('/')?;
        let name: Self = name.parse().ok()?;
        Some(StatusIndex::at(name.number, reference.idx))
    }

    /// Its URI below `lists`.
    pub fn uri(&self, lists: &str) -> String {
        format!("{lists}/{self}")
    }
}

impl fmt::Display for ListName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            algorithm,
            epoch,
            number,
        } = self;
        write!(f, "{}-{}-{number}", algorithm.as_str(), epoch.as_millis())
    }
}

impl FromStr for ListName {
    type Err = NoListName;

    fn from_str(text: &str) -> Result<Self, NoListName> {
        let mut parts = text.splitn(3, '-');
        let mut part = || parts.next().ok_or(NoListName);
        let (algorithm, epoch, number) = (part()?, part()?, part()?);
        let name = Self {
            algorithm: algorithm.parse().map_err(|_| NoListName)?,
            epoch: Timestamp::from_millis(epoch.parse().map_err(|_| NoListName)?),
            number: number.parse().map_err(|_| NoListName)?,
        };
        // Each list has one name: "+1" and "01" are none.
        if name.to_string() == text {
            Ok(name)
        } else {
            Err(NoListName)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTS: &str = "https://id.example.com/status-lists";

    #[test]
    fn a_name_is_read_as_it_is_written() {
        let name = ListName {
            algorithm: Algorithm::EdDsa,
            epoch: Timestamp::from_millis(1_700_000_000_123),
            number: 17,
        };
        assert_eq!(name.to_string(), "EdDSA-1700000000123-17");
        assert_eq!("EdDSA-1700000000123-17".parse(), Ok(name));
        for bad in [
            "",
            "ES256",
            "ES256-0",
            "ES256-0-",
            "ES256-0-+1",
            "ES256-0-01",
            "HS256-0-1",
            "ES256-0-1-2",
            "ES256--1-1",
        ] {
            assert_eq!(bad.parse::<ListName>(), Err(NoListName), "{bad}");
        }
    }

    #[test]
    fn a_reference_leads_back_to_its_index_and_one_elsewhere_to_none() {
        let index = StatusIndex::at(3, 99);
        let epoch = Timestamp::from_millis(0);
        let reference = ListName::reference(Algorithm::Es256, epoch, index, LISTS);
        assert_eq!(
            reference.uri,
            "https://id.example.com/status-lists/ES256-0-3"
        );
        assert_eq!(reference.idx, 99);
        assert_eq!(ListName::index_of(&reference, LISTS), Some(index));
        let elsewhere = StatusReference {
            uri: reference.uri.replace("id.", "login."),
            ..reference
        };
        assert_eq!(ListName::index_of(&elsewhere, LISTS), None);
    }
}
