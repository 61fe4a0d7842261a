//! Points in time, as people read them.

use doorward_core::Timestamp;
use maud::{Markup, html};
use time::OffsetDateTime;
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;

/// A point in time to the minute. It is in UTC and says so, since nobody has told us where the person is.
pub(super) fn moment(at: Timestamp) -> Markup {
    let machine = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
    let person = format_description!("[year]-[month]-[day], [hour]:[minute] UTC");
    html! {
        time datetime=(formatted(at, machine)) { (formatted(at, person)) }
    }
}

fn formatted(at: Timestamp, format: &[BorrowedFormatItem<'_>]) -> String {
    OffsetDateTime::from_unix_timestamp(at.as_seconds())
        .ok()
        .and_then(|at| at.format(format).ok())
        .unwrap_or_else(|| at.as_seconds().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_and_programs_both_read_it() {
        let shown = moment(Timestamp::from_seconds(1_700_000_000)).into_string();
        assert_eq!(
            shown,
            r#"<time datetime="2023-11-14T22:13:20Z">2023-11-14, 22:13 UTC</time>"#
        );
    }
}
