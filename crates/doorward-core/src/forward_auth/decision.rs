//! Whether a request may pass: the first rule that fits decides.

use std::net::IpAddr;

use super::{Caller, RequestMethod, RequestPath, Rule, Site, Verdict};

/// A request that a proxy asks about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its method.
    pub method: RequestMethod,
    /// Its path.
    pub path: RequestPath,
    /// Where it comes from.
    pub address: IpAddr,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may pass, by the rule of this number. The first rule is number one.
    Allowed(usize),
    /// It may not.
    Denied(Denied),
    /// Nobody knows who asks, and a rule speaks for somebody who shows that.
    Unknown,
}

/// Why a request may not pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The rule of this number says so.
    #[error("rule {0} denies it")]
    Rule(usize),
    /// No rule fits.
    #[error("no rule allows it")]
    Default,
}

/// What comes of asking one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step<'a> {
    /// Its number.
    pub number: usize,
    /// The rule.
    pub rule: &'a Rule,
    /// Whether it decides.
    pub weighed: Weighed,
}

/// Whether a rule decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// It does.
    Decides,
    /// It is about something else.
    Passed(Mismatch),
}

/// What a rule and a request differ in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// The path.
    Path,
    /// The method.
    Method,
    /// Where the request comes from.
    Network,
    /// Who asks.
    Caller,
}

/// Decides about a request.
pub fn decide(site: &Site, asked: &Asked, caller: &Caller) -> Decision {
    let mut others_may = false;
    for Step {
        number,
        rule,
        weighed,
    } in steps(site, asked, caller)
    {
        match (weighed, &rule.verdict) {
            (Weighed::Decides, Verdict::Allow(_)) => return Decision::Allowed(number),
            (Weighed::Decides, Verdict::Deny(_)) => return Decision::Denied(Denied::Rule(number)),
            (Weighed::Passed(Mismatch::Caller), Verdict::Allow(_)) => others_may = true,
            (Weighed::Passed(_), _) => {}
        }
    }
    match caller {
        Caller::Nobody if others_may => Decision::Unknown,
        _ => Decision::Denied(Denied::Default),
    }
}

/// Every rule in turn, and what comes of asking it; up to the one that decides.
pub fn steps<'a>(
    site: &'a Site,
    asked: &'a Asked,
    caller: &'a Caller,
) -> impl Iterator<Item = Step<'a>> {
    let mut decided = false;
    let steps = (1..).zip(&site.rules).map(|(number, rule)| Step {
        number,
        rule,
        weighed: rule.weigh(asked, caller),
    });
    steps.take_while(move |step| {
        let before = decided;
        decided |= step.weighed == Weighed::Decides;
        !before
    })
}

impl Rule {
    fn weigh(&self, asked: &Asked, caller: &Caller) -> Weighed {
        if !self.fits_path(&asked.path) {
            Weighed::Passed(Mismatch::Path)
        } else if !self.fits_method(&asked.method) {
            Weighed::Passed(Mismatch::Method)
        } else if !self.fits_address(asked.address) {
            Weighed::Passed(Mismatch::Network)
        } else if !self.verdict.whom().iter().any(|who| who.includes(caller)) {
            Weighed::Passed(Mismatch::Caller)
        } else {
            Weighed::Decides
        }
    }

    /// A denial is about every path that an application could take for one of its own.
    fn fits_path(&self, path: &RequestPath) -> bool {
        let Some(patterns) = &self.paths else {
            return true;
        };
        patterns.iter().any(|pattern| match self.verdict {
            Verdict::Allow(_) => pattern.matches(path),
            Verdict::Deny(_) => pattern.could_match(path),
        })
    }

    fn fits_method(&self, asked: &RequestMethod) -> bool {
        let methods = self.methods.as_ref();
        methods.is_none_or(|methods| methods.iter().any(|method| method.covers(asked)))
    }

    fn fits_address(&self, address: IpAddr) -> bool {
        let networks = self.networks.as_ref();
        networks.is_none_or(|networks| networks.contains(address))
    }
}
