//! When a token ends, as people count it.

use std::time::Duration;

use doorward_core::Timestamp;
use maud::{Markup, html};

use super::super::moment::moment;
use crate::texts::{Text, Texts, Value};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// When something ends that ends at `end`, or never does.
pub(super) fn expiry(end: Option<Timestamp>, now: Timestamp, texts: &Texts) -> Markup {
    let Some(end) = end else {
        return html! { (texts.get(Text::ApiTokenNever)) };
    };
    html! {
        @if end > now { (left(end.since(now), texts)) }
        @else { (texts.get(Text::ApiTokenOver)) }
        " " span.note { (moment(end)) }
    }
}

/// How much time is left, in the largest unit that there is one of. What was thirty days a moment ago still is.
fn left(span: Duration, texts: &Texts) -> Markup {
    let seconds = span.as_secs();
    let (text, count) = match seconds {
        DAY.. => (Text::ApiTokenInDays, (seconds + HOUR) / DAY),
        HOUR.. => (Text::ApiTokenInHours, (seconds + MINUTE) / HOUR),
        _ => (Text::ApiTokenInMinutes, seconds.div_ceil(MINUTE)),
    };
    counted(text, count, texts)
}

/// A text with a number in it.
pub(super) fn counted(text: Text, count: u64, texts: &Texts) -> Markup {
    let count = u32::try_from(count).unwrap_or(u32::MAX);
    texts.get_with(text, &[("count", Value::Number(count))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_told_in_the_largest_unit_that_there_is_one_of() {
        let texts = Texts::negotiate(None, None);
        for (seconds, words) in [
            (1, "in one minute"),
            (61, "in 2 minutes"),
            (HOUR, "in one hour"),
            (DAY - MINUTE - 1, "in 23 hours"),
            (DAY, "in one day"),
            (12 * DAY - HOUR, "in 12 days"),
            (13 * DAY - HOUR - 1, "in 12 days"),
        ] {
            let told = left(Duration::from_secs(seconds), texts);
            assert_eq!(told.into_string(), words, "{seconds}");
        }
    }
}
