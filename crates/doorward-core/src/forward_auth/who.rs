//! Whom a rule is about.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Caller, Holder};
use crate::person::{GroupName, Person};
use crate::scope::Scope;

/// Whom a rule is about: one or several demands with spaces between them, all of which hold.
///
/// `anyone`; `signed_in`, in a browser; `group:staff`, in a browser as well; `scope:reports:read`, by an access token that has it;
/// `token`, by any access token for the site's resource server; `scope:reports:read group:staff`, by an access token of a person who is in that
/// group. A token never passes as its person: it has what it says, not all that the person may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Who {
    by: By,
    groups: BTreeSet<GroupName>,
    scope: Scope,
}

/// By what somebody shows who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Nothing,
    Session,
    Token,
}

/// Why a text names nobody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WhoRefused {
    /// A word is unknown.
    #[error("{0:?} is nobody: allowed are anyone, signed_in, token, group:NAME and scope:NAME")]
    Unknown(String),
    /// Two words exclude each other.
    #[error("{0:?} contradicts itself: anyone stands alone, and nobody is signed_in by a token")]
    Contradiction(String),
}

impl Who {
    /// Anyone at all.
    pub fn anyone() -> Self {
        Self {
            by: By::Nothing,
            groups: BTreeSet::new(),
            scope: Scope::default(),
        }
    }

    /// Whether it is about `caller`.
    pub fn includes(&self, caller: &Caller) -> bool {
        match (self.by, caller) {
            (By::Nothing, _) => true,
            (By::Session, Caller::Browser(person)) => self.has_groups(Some(person)),
            (By::Token, Caller::Token(holder)) => self.includes_holder(holder),
            _ => false,
        }
    }

    /// Whether an access token is needed to be one of them.
    pub fn is_by_token(&self) -> bool {
        self.by == By::Token
    }

    fn includes_holder(&self, holder: &Holder) -> bool {
        self.scope.is_within(&holder.scope) && self.has_groups(holder.person.as_ref())
    }

    fn has_groups(&self, person: Option<&Person>) -> bool {
        self.groups.is_empty() || person.is_some_and(|person| self.groups.is_subset(&person.groups))
    }

    /// Every scope token and group that it names.
    pub fn names(&self) -> (&Scope, &BTreeSet<GroupName>) {
        (&self.scope, &self.groups)
    }
}

impl FromStr for Who {
    type Err = WhoRefused;

    fn from_str(text: &str) -> Result<Self, WhoRefused> {
        let mut who = Self::anyone();
        let (mut shown, mut scopes) = (BTreeSet::new(), Vec::new());
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let unknown = || WhoRefused::Unknown(word.to_owned());
            match word.split_once(':') {
                None if ["anyone", "signed_in", "token"].contains(&word) => {
                    shown.insert(word);
                }
                Some(("group", name)) => {
                    let name = name.parse().map_err(|_| unknown())?;
                    who.groups.insert(name);
                }
                Some(("scope", token)) => {
                    let scope: Scope = token.parse().map_err(|_| unknown())?;
                    if scope.is_empty() {
                        return Err(unknown());
                    }
                    scopes.push(scope);
                }
                _ => return Err(unknown()),
            }
        }
        who.scope = scopes.iter().fold(who.scope, |all, more| all.union(more));
        who.by = by(text, &shown, &who)?;
        Ok(who)
    }
}

/// By what all of it is shown.
fn by(text: &str, shown: &BTreeSet<&str>, who: &Who) -> Result<By, WhoRefused> {
    let contradiction = || Err(WhoRefused::Contradiction(text.to_owned()));
    let by_token = shown.contains("token") || !who.scope.is_empty();
    let by_session = shown.contains("signed_in");
    match (shown.contains("anyone"), by_session, by_token) {
        (true, false, false) if who.groups.is_empty() => Ok(By::Nothing),
        (false, true, false) => Ok(By::Session),
        (false, false, true) => Ok(By::Token),
        (false, false, false) if !who.groups.is_empty() => Ok(By::Session),
        (false, false, false) => Err(WhoRefused::Unknown(text.to_owned())),
        _ => contradiction(),
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self.by {
            By::Nothing => Some("anyone"),
            By::Session if self.groups.is_empty() => Some("signed_in"),
            By::Token if self.scope.is_empty() => Some("token"),
            By::Session | By::Token => None,
        };
        let groups = self.groups.iter().map(|group| format!("group:{group}"));
        let scopes = self.scope.iter().map(|token| format!("scope:{token}"));
        let words = kind
            .map(str::to_owned)
            .into_iter()
            .chain(scopes)
            .chain(groups);
        f.write_str(&words.collect::<Vec<_>>().join(" "))
    }
}

impl TryFrom<String> for Who {
    type Error = WhoRefused;

    fn try_from(text: String) -> Result<Self, WhoRefused> {
        text.parse()
    }
}

impl From<Who> for String {
    fn from(who: Who) -> Self {
        who.to_string()
    }
}
