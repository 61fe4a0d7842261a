//! What a command answers: JSON for programs, aligned text for people.

use doorward_core::Timestamp;
use serde::Serialize;
use serde_json::Value;
use time::macros::format_description;

/// The answer of one command, in both forms.
#[derive(Debug)]
pub(super) struct Answer {
    /// For programs: one JSON value, whose members stay as they are from release to release.
    pub(super) json: Value,
    /// For people.
    pub(super) text: String,
}

impl Answer {
    /// The answer `value`, and how people read it.
    pub(super) fn new(
        value: &impl Serialize,
        text: impl Into<String>,
    ) -> Result<Self, serde_json::Error> {
        Ok(Self {
            json: serde_json::to_value(value)?,
            text: text.into(),
        })
    }

    /// The form that was asked for.
    pub(super) fn rendered(&self, json: bool) -> String {
        if !json {
            return self.text.clone();
        }
        if self.json.is_null() {
            return String::new();
        }
        format!("{:#}", self.json)
    }

    /// No answer: whatever there was to say was said on the way.
    pub(super) fn none() -> Self {
        Self {
            json: Value::Null,
            text: String::new(),
        }
    }
}

/// Lines of equal columns under their headings; `nothing` when there are no rows.
pub(super) fn table<const N: usize>(
    headings: [&str; N],
    rows: &[[String; N]],
    nothing: &str,
) -> String {
    if rows.is_empty() {
        return nothing.to_owned();
    }
    let headings = headings.map(str::to_owned);
    let width = |column: usize| {
        let cells = rows.iter().chain([&headings]).map(|row| row.get(column));
        cells
            .flatten()
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
    };
    let line = |row: &[String; N]| {
        let cells = row.iter().enumerate();
        let padded: Vec<String> = cells
            .map(|(column, cell)| format!("{cell:<width$}", width = width(column)))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    let lines: Vec<String> = [&headings].into_iter().chain(rows).map(line).collect();
    lines.join("\n")
}

/// One line per fact, the names aligned; facts without a value are left out.
pub(super) fn facts(facts: &[(&str, Option<String>)]) -> String {
    let known = || {
        facts
            .iter()
            .filter_map(|(name, value)| Some((name, value.as_ref()?)))
    };
    let width = known().map(|(name, _)| name.len()).max().unwrap_or(0);
    let lines: Vec<String> = known()
        .map(|(name, value)| format!("{name:<width$}  {value}"))
        .collect();
    lines.join("\n")
}

/// A point in time as people read it, in UTC.
pub(super) fn date(at: Timestamp) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    at.formatted(format)
}

/// A point in time as programs read it ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)).
pub(super) fn timestamp(at: Timestamp) -> String {
    at.rfc3339()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows =
            [["wiki", "confidential"], ["a-phone", "public"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(["ID", "KIND"], &rows, ""),
            "ID       KIND\nwiki     confidential\na-phone  public"
        );
        assert_eq!(table(["ID"], &[], "no clients"), "no clients");
    }

    #[test]
    fn facts_without_a_value_are_left_out() {
        let shown = facts(&[
            ("name", Some("Alice".to_owned())),
            ("nickname", None),
            ("e-mail", Some("a@b".to_owned())),
        ]);
        assert_eq!(shown, "name    Alice\ne-mail  a@b");
    }

    #[test]
    fn dates_are_in_utc() {
        let at = Timestamp::from_seconds(1_700_000_000);
        assert_eq!(date(at), "2023-11-14 22:13:20 UTC");
        assert_eq!(timestamp(at), "2023-11-14T22:13:20Z");
    }
}
