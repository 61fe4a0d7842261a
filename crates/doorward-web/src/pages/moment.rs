//! Points in time, as people read them.

use doorward_core::Timestamp;
use maud::{Markup, html};
use time::macros::format_description;

/// A point in time to the minute. It is in UTC and says so, since nobody has told us where the person is.
pub(super) fn moment(at: Timestamp) -> Markup {
    let person = format_description!("[year]-[month]-[day], [hour]:[minute] UTC");
    html! {
        time datetime=(at.rfc3339()) { (at.formatted(person)) }
    }
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
