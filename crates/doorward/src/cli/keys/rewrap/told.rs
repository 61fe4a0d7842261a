//! What a change of the key-encryption key comes to, and what is left to do on which node.

use anyhow::Result;
use doorward_core::seal::Fingerprint;
use serde_json::json;

use crate::cli::answer::Answer;
use crate::encryption_key::Place;

const CHANGE: &str = "The same command without --dry-run, once, on any node: it seals the root key again. Servers that run go on as they are.";

/// How far the change has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// It was done before, or nobody has asked for one.
    NothingToDo,
    /// It would be done.
    ToDo,
    /// It was done.
    Done,
}

/// A change of the key-encryption key.
pub(super) struct Rewrapping<'a> {
    pub(super) stage: Stage,
    /// The key that the root key was sealed under before.
    pub(super) sealed_by: Fingerprint,
    /// The keys that this node has in place, the newest first.
    pub(super) in_place: Vec<Fingerprint>,
    pub(super) place: &'a Place,
    /// The key to seal under; none when it is still to be made.
    pub(super) target: Option<Fingerprint>,
    pub(super) target_place: &'a Place,
}

impl Rewrapping<'_> {
    pub(super) fn answer(&self) -> Result<Answer> {
        let steps = self.steps();
        let now = if self.stage == Stage::Done {
            self.target
        } else {
            Some(self.sealed_by)
        };
        let value = json!({
            "stage": match self.stage {
                Stage::NothingToDo => "nothing_to_do",
                Stage::ToDo => "to_do",
                Stage::Done => "done",
            },
            "sealed_by": now,
            "sealed_by_before": self.sealed_by,
            "to": self.target,
            "place": self.place.to_string(),
            "in_place": self.in_place,
            "steps": steps,
        });
        let numbered: Vec<String> = (1..)
            .zip(&steps)
            .map(|(number, step)| format!("  {number}. {step}"))
            .collect();
        let text = [self.headline(), numbered.join("\n")].join("\n\n");
        Ok(Answer::new(&value, text.trim_end())?)
    }

    fn headline(&self) -> String {
        let (before, to) = (self.sealed_by, self.to());
        match self.stage {
            Stage::NothingToDo => format!(
                "Nothing to do: the root key is sealed under the key-encryption key {before}, the newest in {}.",
                self.target_place
            ),
            Stage::ToDo => format!(
                "The root key is sealed under the key-encryption key {before}. This changes it for {to}:"
            ),
            Stage::Done => format!(
                "The root key is sealed under the key-encryption key {to} now, and no more under {before}.\n\
                 Servers that run go on as they are. What is left to do:"
            ),
        }
    }

    /// What the new key is called.
    fn to(&self) -> String {
        self.target
            .map_or_else(|| "a new one".to_owned(), |key| key.to_string())
    }

    /// Whether a start on this node finds the new key.
    fn is_in_place(&self) -> bool {
        self.target.is_some_and(|key| self.in_place.contains(&key))
    }

    fn steps(&self) -> Vec<String> {
        match self.stage {
            Stage::NothingToDo => self.beginning(),
            Stage::ToDo => [
                vec![self.preparation(), CHANGE.to_owned()],
                self.conclusion(),
            ]
            .concat(),
            Stage::Done if self.is_in_place() => self.conclusion(),
            Stage::Done => vec![self.haste(), self.keeping()],
        }
    }

    /// What comes after a change that is done, or before one.
    fn beginning(&self) -> Vec<String> {
        let old: Vec<String> = self
            .in_place
            .iter()
            .filter(|key| **key != self.sealed_by)
            .map(ToString::to_string)
            .collect();
        if !old.is_empty() {
            return vec![format!(
                "{} is not needed for a start any more: take it out of {} on every node, and keep it with the backups of its time.",
                old.join(" and "),
                self.place
            )];
        }
        vec![
            format!(
                "To change it, put a new key on the first line of {} on every node, above the present one. `openssl rand -hex 32` makes one.",
                self.place
            ),
            "Then run `doorward keys rewrap`, once, on any node.".to_owned(),
        ]
    }

    fn preparation(&self) -> String {
        let (to, before, place) = (self.to(), self.sealed_by, self.place);
        if self.is_in_place() {
            return format!(
                "Before: see to it that every node has {to} in its place, above {before}, as {place} here has."
            );
        }
        format!(
            "Before: put the key of {} on the first line of {place} on every node, above {before}. \
             Otherwise no server starts from the change until it is there.",
            self.target_place
        )
    }

    /// For whoever did the second step before the first.
    fn haste(&self) -> String {
        format!(
            "No server starts again before the key of {} is in its place: put it there on every node now, \
             instead of {} in {}, or name its place in the configuration.",
            self.target_place, self.sealed_by, self.place
        )
    }

    fn conclusion(&self) -> Vec<String> {
        let removal = format!("On every node: take {} out of its place.", self.sealed_by);
        vec![removal, self.keeping()]
    }

    fn keeping(&self) -> String {
        format!(
            "Keep {} with the backups and exports that were made under it, and destroy it with the last of them.",
            self.sealed_by
        )
    }
}
