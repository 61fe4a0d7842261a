//! How a token was used.

use doorward_core::Timestamp;
use maud::{Markup, html};

use super::super::moment::moment;
use crate::texts::{Text, Texts, Value};

/// How a token was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ApiTokenUsage {
    /// The last time; never when absent.
    pub last: Option<LastUse>,
    /// How often on each of the last days, the present one at the end.
    pub days: Vec<u64>,
}

/// The last use of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// By what, as coarsely as it is kept.
    pub agent: Option<String>,
    /// From which network, as coarsely as it is kept.
    pub network: Option<String>,
    /// At which API.
    pub server: Option<String>,
}

/// The size of the picture: a bar for each day, with a gap after it.
const BAR: u64 = 6;
const GAP: u64 = 2;
const HEIGHT: u64 = 32;
const STEP: usize = 8;

impl ApiTokenUsage {
    /// The last use in words.
    pub(super) fn last(&self, texts: &Texts) -> Markup {
        let Some(last) = &self.last else {
            return html! { (texts.get(Text::ApiTokenUnused)) };
        };
        let circumstances = [
            (Text::ApiTokenUsedWith, &last.agent),
            (Text::ApiTokenUsedFrom, &last.network),
            (Text::ApiTokenUsedAt, &last.server),
        ];
        html! {
            (moment(last.at))
            @for (text, name) in circumstances {
                @if let Some(name) = name { " " (texts.get_with(text, &[("name", Value::Name(name))])) }
            }
        }
    }

    /// A bar for each day, and what they say as a sentence for whoever does not see them. Nothing when there was no use.
    pub(super) fn graph(&self, texts: &Texts) -> Option<Markup> {
        let most = self.days.iter().copied().max().filter(|&most| most > 0)?;
        let width = (BAR + GAP) * u64::try_from(self.days.len()).ok()? - GAP;
        let total = self.days.iter().sum();
        let number = |count: u64| Value::Number(u32::try_from(count).unwrap_or(u32::MAX));
        let numbers = [("total", number(total)), ("most", number(most))];
        Some(html! {
            figure.graph {
                svg viewBox=(format!("0 0 {width} {HEIGHT}")) width=(width) height=(HEIGHT)
                    aria-hidden="true" focusable="false" preserveAspectRatio="none" {
                    @for (x, count) in (0..).step_by(STEP).zip(&self.days) {
                        (bar(x, *count, most))
                    }
                }
                figcaption.note { (texts.get_with(Text::ApiTokenGraph, &numbers)) }
            }
        })
    }
}

/// A day's bar. A day without use keeps a line, and the least use is seen beside the most.
fn bar(x: u64, count: u64, most: u64) -> Markup {
    let height = match count {
        0 => 1,
        _ => (count.saturating_mul(HEIGHT) / most).clamp(3, HEIGHT),
    };
    let class = (count == 0).then_some("none");
    html! {
        rect class=[class] x=(x) y=(HEIGHT - height) width=(BAR) height=(height) fill="currentColor" {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(days: &[u64]) -> Option<String> {
        let usage = ApiTokenUsage {
            last: None,
            days: days.to_vec(),
        };
        let graph = usage.graph(Texts::negotiate(None, None));
        graph.map(Markup::into_string)
    }

    #[test]
    fn the_busiest_day_is_as_high_as_the_picture_and_every_other_in_proportion() {
        let graph = graph(&[0, 1, 50, 100]).unwrap();
        let heights: Vec<_> = graph
            .split(" height=\"")
            .skip(2)
            .map(|rest| rest.split('"').next().unwrap())
            .collect();
        assert_eq!(heights, ["1", "3", "16", "32"]);
        assert!(graph.contains("viewBox=\"0 0 30 32\""));
        assert!(graph.contains("151 uses in the last 30 days, 100 on the busiest"));
    }

    #[test]
    fn what_was_not_used_has_no_picture() {
        assert_eq!(graph(&[0; 30]), None);
        assert_eq!(graph(&[]), None);
    }
}
