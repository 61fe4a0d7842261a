//! What can go wrong between us and a server, and what follows from it.

use std::fmt;

use ::redis::{ErrorKind, RedisError};

use super::address::Address;
use crate::Unavailable;

/// Why a request has no answer.
#[derive(Clone, Debug)]
pub(super) struct Fault {
    pub(super) effect: Effect,
    reason: String,
}

/// What is known of a request that failed, and when it may be tried again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// It was not carried out, and a moment later it may be.
    NotYet,
    /// It was not carried out: the server may not write, so another is the master, or will be.
    NotMaster,
    /// It was not carried out: this node of the cluster has the key.
    Moved(Address),
    /// It was not carried out: this node has the key for now, and wants to be asked specially.
    Ask(Address),
    /// It was not carried out, nor will it be until somebody does something about it.
    Refused,
    /// The connection ended before an answer came. It may have been carried out.
    InDoubt,
    /// There was no answer in time. It may have been carried out, or be so later.
    Late,
}

impl Fault {
    pub(super) fn new(effect: Effect, reason: impl Into<String>) -> Self {
        Self {
            effect,
            reason: reason.into(),
        }
    }

    /// Of a server that is asked for more than it has time for.
    pub(super) fn late(who: &impl ToString) -> Self {
        let reason = format!(
            "{} gives no answer in time; it is paused, overloaded or cut off",
            who.to_string()
        );
        Self::new(Effect::Late, reason)
    }

    /// Why there is no connection to a server. Whatever was to be sent was not.
    pub(super) fn of_connecting(error: &RedisError, to: &Address) -> Self {
        if error.is_timeout() {
            return Self::late(to);
        }
        let mut fault = Self::of_request(error, to);
        if fault.effect == Effect::InDoubt {
            fault.effect = Effect::NotYet;
            fault.reason = format!("there is no connection to {to}: {error}");
        }
        fault
    }

    /// Why a request that was sent to a server failed.
    pub(super) fn of_request(error: &RedisError, to: &Address) -> Self {
        if error.is_timeout() {
            return Self::late(to);
        }
        match Refusal::of(error) {
            Some(refusal) => refusal.fault(to),
            None if error.kind() == ErrorKind::Io && !is_about_certificates(error) => Self::new(
                Effect::InDoubt,
                format!("the connection to {to} was lost: {error}"),
            ),
            None => Self::new(Effect::Refused, format!("{to}: {error}")),
        }
    }

    /// Whether the connection that it came from is of no further use.
    pub(super) fn ends_connection(&self) -> bool {
        matches!(
            self.effect,
            Effect::NotMaster | Effect::InDoubt | Effect::Late
        )
    }

    /// The same as it looks to those who come later, and have not sent anything.
    pub(super) fn before_sending(&self) -> Self {
        Self::new(Effect::NotYet, self.reason.clone())
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.reason)
    }
}

impl From<Fault> for Unavailable {
    fn from(fault: Fault) -> Self {
        Self::because(fault.reason)
    }
}

/// A certificate that is not trusted is not trusted a moment later either.
fn is_about_certificates(error: &RedisError) -> bool {
    error.to_string().contains("certificate")
}

/// A server's own word for why it did not do what it was asked.
struct Refusal {
    code: String,
    detail: String,
    redirect: Option<String>,
}

impl Refusal {
    fn of(error: &RedisError) -> Option<Self> {
        let redirect = error.redirect_node().map(|(node, _)| node.to_owned());
        let errors = error.clone().into_server_errors()?;
        let (_, first) = errors.first()?;
        let detail = first.details().unwrap_or_default().to_owned();
        // Before version 7 the error of a command within a script has the script's code, and stands in its text.
        let code = match within_script(&detail) {
            Some(code) if first.code() == "ERR" => code,
            _ => first.code(),
        };
        Some(Self {
            code: code.to_owned(),
            detail,
            redirect,
        })
    }

    fn fault(self, server: &Address) -> Fault {
        let redirect = self.redirect.as_deref();
        let elsewhere = redirect.and_then(|node| Address::told_by(server, node));
        let effect = match (self.code.as_str(), elsewhere) {
            ("MOVED", Some(address)) => Effect::Moved(address),
            ("ASK", Some(address)) => Effect::Ask(address),
            ("READONLY" | "MASTERDOWN", _) => Effect::NotMaster,
            ("LOADING" | "CLUSTERDOWN" | "TRYAGAIN", _) => Effect::NotYet,
            _ => Effect::Refused,
        };
        let Self { code, detail, .. } = self;
        let reason = match advice(&code) {
            Some(advice) => format!("{server} {advice} ({code})"),
            None => format!("{server} refuses: {code} {detail}"),
        };
        Fault::new(effect, reason)
    }
}

/// The code in a text such as `… user_script:1: -READONLY You can't write …`.
fn within_script(detail: &str) -> Option<&str> {
    let code = |word: &str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_uppercase());
    detail
        .split_whitespace()
        .filter_map(|word| word.strip_prefix('-'))
        .find(|word| code(word))
}

/// What is the matter with a server that gives this code, and what helps.
fn advice(code: &str) -> Option<&'static str> {
    Some(match code {
        "READONLY" => {
            "is a replica and takes no writes: name its master, or let sentinels do so with redis+sentinel://"
        }
        "NOREPLICAS" => {
            "takes no writes, since fewer replicas follow it than its min-replicas-to-write: bring them back"
        }
        "MASTERDOWN" => "is a replica that has lost its master",
        "OOM" => "has no memory left: raise its maxmemory",
        "MISCONF" => "takes no writes, since it could not save to its disk: see its log",
        "LOADING" => "is reading its data and will answer by itself",
        "CLUSTERDOWN" => {
            "belongs to a cluster that is down or lacks an owner for the key: see `redis-cli --cluster check`"
        }
        "TRYAGAIN" => "is handing the key to another node and will answer by itself",
        "MOVED" | "ASK" => "and another node each say that the other has the key",
        "NOAUTH" | "WRONGPASS" => {
            "does not accept the user name and password in the setting `sessions`"
        }
        "NOPERM" => {
            "does not let our user do this: compare its ACL rules with those in docs/operations.md"
        }
        "WRONGTYPE" => "has something else under a key of ours: give Doorward a prefix of its own",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(answer: &str) -> Fault {
        let value = ::redis::parse_redis_value(answer.as_bytes()).unwrap();
        let error = value.extract_error().unwrap_err();
        Fault::of_request(&error, &Address::parse("cache:1", 0).unwrap())
    }

    #[test]
    fn each_refusal_says_what_helps_and_whether_to_try_again() {
        let elsewhere = || Address::parse("10.0.0.2:7", 0).unwrap();
        for (answer, effect, word) in [
            ("-READONLY You can't write", Effect::NotMaster, "replica"),
            ("-NOREPLICAS Not enough", Effect::Refused, "min-replicas"),
            ("-OOM command not allowed", Effect::Refused, "maxmemory"),
            ("-MISCONF Redis is", Effect::Refused, "disk"),
            ("-LOADING Redis is", Effect::NotYet, "reading"),
            ("-CLUSTERDOWN Hash slot", Effect::NotYet, "--cluster check"),
            ("-NOAUTH Authentication", Effect::Refused, "`sessions`"),
            ("-WRONGPASS invalid", Effect::Refused, "`sessions`"),
            ("-NOPERM this user", Effect::Refused, "ACL"),
            ("-MOVED 1 10.0.0.2:7", Effect::Moved(elsewhere()), "other"),
            ("-ASK 1 10.0.0.2:7", Effect::Ask(elsewhere()), "other"),
            ("-ERR unheard of", Effect::Refused, "ERR unheard of"),
            (
                "-ERR Error running script: user_script:1: -READONLY You can't",
                Effect::NotMaster,
                "replica",
            ),
        ] {
            let fault = fault(&format!("{answer}\r\n"));
            assert_eq!(fault.effect, effect, "{answer}");
            assert!(fault.reason.contains(word), "{}", fault.reason);
        }
    }
}
