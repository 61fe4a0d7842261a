//! The page of security rules, and the tests that name its rules.
//!
//! A rule is named where it is proven: in the documentation of a test, by its number. The page has a row for each, with its tests.

use std::collections::BTreeSet;

/// A row of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The rule's number, such as `P01`.
    pub rule: String,
    /// What proves it.
    pub proofs: Vec<Proof>,
    /// Whether the row says that what the rule is about is not there yet.
    pub is_awaited: bool,
}

/// A test that a row names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The test's name.
    pub test: String,
    /// Where the row says that it is, as its link has it.
    pub file: String,
}

/// The rows of every table on a page whose first column is a rule's number.
pub fn rows(page: &str) -> Vec<Row> {
    page.lines().filter_map(row).collect()
}

fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.strip_prefix("| ")?.split(" | ").collect();
    let (rule, tests) = (cells.first()?, cells.last()?);
    is_number(rule).then(|| Row {
        rule: (*rule).to_owned(),
        proofs: proofs(line),
        is_awaited: tests.starts_with("Not there yet"),
    })
}

/// The tests that the last cell of a row names: ``` `one`, `another` in [`file.rs`](../file.rs); `third` in … ```.
pub fn proofs(row: &str) -> Vec<Proof> {
    let cell = row.rsplit(" | ").next().unwrap_or_default();
    let places = cell.split("](").collect::<Vec<_>>();
    let pairs = places.windows(2).filter_map(|pair| match pair {
        [before, after] => Some((before.rsplit_once(" in [")?.0, after.split(')').next()?)),
        _ => None,
    });
    pairs
        .flat_map(|(names, file)| {
            let names = names.split('`').skip(1).step_by(2);
            names.map(move |test| Proof {
                test: test.to_owned(),
                file: file.to_owned(),
            })
        })
        .collect()
}

/// The documentation of a function, attributes left out; `None` where there is no such function.
pub fn documentation(source: &str, function: &str) -> Option<String> {
    let lines: Vec<&str> = source.lines().map(str::trim).collect();
    let begins = format!("fn {function}(");
    let at = lines
        .iter()
        .position(|line| !line.starts_with("//") && line.contains(&begins))?;
    let above = lines.iter().take(at).rev();
    let belongs = |line: &&&str| line.starts_with("///") || line.starts_with("#[");
    let mut documentation: Vec<&str> = above
        .take_while(belongs)
        .filter_map(|line| line.strip_prefix("///"))
        .collect();
    documentation.reverse();
    Some(documentation.join("\n"))
}

/// The rules that a text names.
pub fn named(text: &str) -> BTreeSet<String> {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words
        .filter(|word| is_number(word))
        .map(str::to_owned)
        .collect()
}

/// The rules that the comments of a source name.
pub fn named_in_comments(source: &str) -> BTreeSet<String> {
    let lines = source.lines().map(str::trim);
    let comments = lines.filter(|line| line.starts_with("//"));
    comments.flat_map(named).collect()
}

/// A letter of the chapters that the page has, and two digits.
fn is_number(word: &str) -> bool {
    word.strip_prefix(['P', 'K', 'F', 'N', 'T'])
        .is_some_and(|number| {
            number.len() == 2 && number.bytes().all(|digit| digit.is_ascii_digit())
        })
}
