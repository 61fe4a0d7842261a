//! A site as answers show it.

use std::fmt::{Display, Write as _};

use anyhow::Result;
use doorward_core::forward_auth::{Rule, Site, Verdict};
use serde_json::{Map, Value, json};

use crate::cli::answer::{Answer, facts, timestamp};

/// The answer that shows `site`.
pub(super) fn answer(site: &Site) -> Result<Answer> {
    let resource = site.resource.as_ref();
    let known = [
        ("host", Some(site.host.to_string())),
        ("name", Some(site.name.clone())),
        ("resource", resource.map(ToString::to_string)),
        ("created_at", Some(timestamp(site.created_at))),
    ];
    let mut text = facts(&known);
    for (number, rule) in (1..).zip(&site.rules) {
        write!(text, "\n{number:>3}. {}", sentence(rule))?;
    }
    write!(text, "\n     what no rule fits is denied")?;
    Ok(Answer::new(&members(site), text)?)
}

/// The registration, as far as it says anything.
pub(super) fn members(site: &Site) -> Map<String, Value> {
    let members = [
        ("host", json!(site.host)),
        ("name", json!(site.name)),
        ("resource", json!(site.resource)),
        ("rules", json!(site.rules)),
        ("created_at", json!(timestamp(site.created_at))),
    ];
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// A rule on one line.
pub(super) fn sentence(rule: &Rule) -> String {
    let verb = match rule.verdict {
        Verdict::Allow(_) => "allow",
        Verdict::Deny(_) => "deny",
    };
    let mut sentence = format!("{verb} {}", listed(rule.verdict.whom(), " or "));
    let methods = rule.methods.as_ref();
    let conditions = [
        ("to", methods.map(|methods| listed(methods, ", "))),
        ("on", rule.paths.as_ref().map(|paths| listed(paths, ", "))),
        (
            "from",
            rule.networks.as_ref().map(|them| listed(them.iter(), ", ")),
        ),
    ];
    for (word, condition) in conditions {
        if let Some(condition) = condition {
            sentence.extend([" ", word, " ", &condition]);
        }
    }
    sentence
}

fn listed(items: impl IntoIterator<Item = impl Display>, between: &str) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(between)
}
