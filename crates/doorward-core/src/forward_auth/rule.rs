//! Rules of sites.

use serde::{Deserialize, Serialize};

use super::{PathPattern, RequestMethod, Who};
use crate::network::Networks;

/// One rule: whom it lets pass or turns away, and what it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "Written", try_from = "Written")]
pub struct Rule {
    /// What becomes of whom.
    pub verdict: Verdict,
    /// The paths that it is about; all when absent.
    pub paths: Option<Vec<PathPattern>>,
    /// The methods; all when absent.
    pub methods: Option<Vec<RequestMethod>>,
    /// Where requests come from; anywhere when absent.
    pub networks: Option<Networks>,
}

/// What a rule does, and to whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// These may pass.
    Allow(Vec<Who>),
    /// These may not.
    Deny(Vec<Who>),
}

impl Verdict {
    /// Whom it concerns.
    pub fn whom(&self) -> &[Who] {
        match self {
            Self::Allow(whom) | Self::Deny(whom) => whom,
        }
    }
}

/// A rule as it is written down.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    allow: Option<Vec<Who>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    deny: Option<Vec<Who>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paths: Option<Vec<PathPattern>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    methods: Option<Vec<RequestMethod>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    networks: Option<Networks>,
}

/// Why something is no rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RuleRefused {
    /// It says neither what it does, or both.
    #[error("a rule has either allow or deny")]
    Verdict,
    /// A list has nothing in it, so that the rule would fit nothing.
    #[error(
        "{0} is empty, so the rule would fit nothing: leave it out, or write something into it"
    )]
    Empty(&'static str),
}

impl TryFrom<Written> for Rule {
    type Error = RuleRefused;

    fn try_from(written: Written) -> Result<Self, RuleRefused> {
        let verdict = match (written.allow, written.deny) {
            (Some(whom), None) => Verdict::Allow(whom),
            (None, Some(whom)) => Verdict::Deny(whom),
            _ => return Err(RuleRefused::Verdict),
        };
        let empty = [
            ("allow or deny", verdict.whom().is_empty()),
            ("paths", written.paths.as_ref().is_some_and(Vec::is_empty)),
            (
                "methods",
                written.methods.as_ref().is_some_and(Vec::is_empty),
            ),
            (
                "networks",
                written.networks.as_ref().is_some_and(Networks::is_empty),
            ),
        ];
        match empty.into_iter().find(|(_, empty)| *empty) {
            Some((list, _)) => Err(RuleRefused::Empty(list)),
            None => Ok(Self {
                verdict,
                paths: written.paths,
                methods: written.methods,
                networks: written.networks,
            }),
        }
    }
}

impl From<Rule> for Written {
    fn from(rule: Rule) -> Self {
        let (allow, deny) = match rule.verdict {
            Verdict::Allow(whom) => (Some(whom), None),
            Verdict::Deny(whom) => (None, Some(whom)),
        };
        Self {
            allow,
            deny,
            paths: rule.paths,
            methods: rule.methods,
            networks: rule.networks,
        }
    }
}
