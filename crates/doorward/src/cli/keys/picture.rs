//! A timeline of keys, drawn in the terminal.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::keys::Happening;
use serde_json::{Value, json};

use crate::cli::answer::{date, timestamp};

/// What happens to keys from `now` on, from top to bottom.
pub(super) fn picture(happenings: &[Happening], now: Timestamp) -> String {
    let mut lines = vec![format!("{}  ● now", date(now))];
    let mut last = now;
    for happening in happenings {
        let span = happening.at.since(last);
        if !span.is_zero() {
            lines.push(format!("{:>23}  │ {}", "", later(span)));
        }
        lines.push(format!(
            "{}  ├ {:<5} {:<9} {}",
            date(happening.at),
            happening.algorithm.as_str(),
            short(happening.kid.as_deref()),
            happening.forecast.in_words(),
        ));
        last = happening.at;
    }
    if happenings.is_empty() {
        lines.push(format!(
            "{:>23}  │ nothing is due; keys do not change by themselves",
            ""
        ));
    }
    lines.join("\n")
}

/// The same for programs.
pub(super) fn programs(happenings: &[Happening]) -> Vec<Value> {
    let happenings = happenings.iter().map(|happening| {
        json!({
            "at": timestamp(happening.at),
            "algorithm": happening.algorithm,
            "kid": happening.kid,
            "what": happening.forecast.in_words(),
        })
    });
    happenings.collect()
}

/// Enough of a name to tell the few keys apart that there are.
fn short(kid: Option<&str>) -> String {
    match kid {
        None | Some("") => "(new)".to_owned(),
        Some(kid) => {
            let mut short: String = kid.chars().take(8).collect();
            if short.len() < kid.len() {
                short.push('…');
            }
            short
        }
    }
}

fn later(span: Duration) -> String {
    const UNITS: [(u64, &str); 4] = [
        (86_400, "day"),
        (3_600, "hour"),
        (60, "minute"),
        (1, "second"),
    ];
    let seconds = span.as_secs().max(1);
    let (unit, name) = UNITS
        .into_iter()
        .find(|(unit, _)| seconds >= *unit)
        .unwrap_or((1, "second"));
    match seconds / unit {
        1 => format!("1 {name} later"),
        count => format!("{count} {name}s later"),
    }
}

#[cfg(test)]
mod tests {
    use doorward_core::jose::Algorithm;
    use doorward_core::keys::Forecast;

    use super::*;

    #[test]
    fn what_happens_is_drawn_from_top_to_bottom_with_the_time_between() {
        let now = Timestamp::from_seconds(1_800_000_000);
        let happening = |hours, kid: Option<&str>, forecast| Happening {
            at: now.plus(Duration::from_hours(hours)),
            algorithm: Algorithm::Es256,
            kid: kid.map(str::to_owned),
            forecast,
        };
        let happenings = [
            happening(0, Some("abcdefghijkl"), Forecast::Published),
            happening(7 * 24, None, Forecast::Published),
            happening(7 * 24 + 1, None, Forecast::Signs),
        ];
        assert_eq!(
            picture(&happenings, now),
            "\
2027-01-15 08:00:00 UTC  ● now
2027-01-15 08:00:00 UTC  ├ ES256 abcdefgh… is published
                         │ 7 days later
2027-01-22 08:00:00 UTC  ├ ES256 (new)     is published
                         │ 1 hour later
2027-01-22 09:00:00 UTC  ├ ES256 (new)     signs"
        );
    }
}
