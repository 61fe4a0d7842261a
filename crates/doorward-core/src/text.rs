//! Texts that people are shown.

/// Whether `text` is shown as what it is, on one line: no control characters, none that reorder what is beside them or are not
/// seen, at most 256 characters.
pub fn is_shown_as_one_line(text: &str) -> bool {
    text.chars().count() <= 256 && !text.chars().any(|c| c.is_control() || is_unseen(c))
}

/// Whether a character breaks or reorders what is beside it, or is nothing to see
/// ([Unicode, `Default_Ignorable_Code_Point`](https://www.unicode.org/reports/tr44/#Default_Ignorable_Code_Point)). Two of these make
/// one picture of several or ask for another look of one, which names may: U+200D and U+FE0F.
fn is_unseen(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200c}' | '\u{200e}' | '\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
            | '\u{fe00}'..='\u{fe0e}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fff8}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_hides_or_breaks_text_is_not_one_line() {
        assert!(is_shown_as_one_line("Ädá's 🦀 Wiki"));
        for bad in [
            "a\nb",
            "a\u{202e}b",
            "a\u{2066}b",
            "a\u{0}",
            "a\u{7f}",
            "a\u{200b}",
            "\u{3164}",
            "a\u{2028}b",
            "a\u{feff}",
            "a\u{ad}b",
            "a\u{e0041}",
        ] {
            assert!(!is_shown_as_one_line(bad), "{bad:?}");
        }
        assert!(is_shown_as_one_line(&"ä".repeat(256)));
        assert!(!is_shown_as_one_line(&"ä".repeat(257)));
    }
}
