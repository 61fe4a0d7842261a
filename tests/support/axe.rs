//! Accessibility of the page that a browser shows, as axe-core sees it: [WCAG 2.2], levels A and AA.
//!
//! axe-core is not part of the project. `tests/run` fetches it and names its file in `DOORWARD_TEST_AXE`.
//!
//! [WCAG 2.2]: https://www.w3.org/TR/WCAG22/

use std::env;
use std::fmt::{self, Display};
use std::fs;

use serde::Deserialize;
use serde_json::json;

use crate::browser::Browser;
use crate::requirements::needed;

/// The rules that a page has to keep, by axe-core's names for their sources.
const RULES: [&str; 5] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/// Runs the rules and hands over what each broken one has to say.
const SCRIPT: &str = "
    const [rules, done] = arguments;
    axe.run(document, { runOnly: { type: 'tag', values: rules }, resultTypes: ['violations'] })
       .then(
           ({ violations, passes }) => done({ violations, passed: passes.length }),
           (error) => done({ error: String(error) }),
       );";

/// What a page does wrong.
#[derive(Debug, Deserialize)]
pub struct Violation {
    /// The rule's name, such as `color-contrast`.
    pub id: String,
    /// What the rule asks for.
    pub help: String,
    /// Where on the page it is broken.
    pub nodes: Vec<Node>,
}

/// One place of a violation.
#[derive(Debug, Deserialize)]
pub struct Node {
    /// The element, as markup.
    pub html: String,
    /// What would mend it.
    #[serde(rename = "failureSummary", default)]
    pub summary: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Outcome {
    Ran {
        violations: Vec<Violation>,
        passed: usize,
    },
    Failed {
        error: String,
    },
}

impl Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}: {}", self.id, self.help)?;
        for node in &self.nodes {
            writeln!(f, "  {}", node.html)?;
            for line in node.summary.lines() {
                writeln!(f, "    {line}")?;
            }
        }
        Ok(())
    }
}

/// What the page in the browser does wrong; nothing when it is fine. `None` where axe-core is not there.
///
/// Panics when no rule had anything to judge, for then a page without fault says nothing.
pub async fn violations(browser: &Browser) -> Option<Vec<Violation>> {
    let file = needed(
        "axe-core at DOORWARD_TEST_AXE",
        env::var("DOORWARD_TEST_AXE").ok(),
    )?;
    let axe = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
    let client = browser.client();
    client
        .execute(&axe, Vec::new())
        .await
        .expect("axe-core loads");
    let answer = client
        .execute_async(SCRIPT, vec![json!(RULES)])
        .await
        .expect("axe-core runs");
    match serde_json::from_value(answer).expect("axe-core's answer is as documented") {
        Outcome::Ran { passed: 0, .. } => panic!("axe-core found nothing to judge"),
        Outcome::Ran { violations, .. } => Some(violations),
        Outcome::Failed { error } => panic!("axe-core failed: {error}"),
    }
}

/// Asserts that the page in the browser breaks no rule.
pub async fn assert_accessible(browser: &Browser) {
    let Some(violations) = violations(browser).await else {
        return;
    };
    if !violations.is_empty() {
        let found: String = violations.iter().map(ToString::to_string).collect();
        panic!("{} is not accessible:\n{found}", browser.url().await);
    }
}
