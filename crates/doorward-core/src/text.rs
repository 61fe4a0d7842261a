//! Texts that people are shown.

/// Whether `text` is shown as what it is, on one line: no control characters, none that reorder what is beside them, at most
/// 256 characters.
pub fn is_shown_as_one_line(text: &str) -> bool {
    let reorders = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().count() <= 256 && !text.chars().any(|c| c.is_control() || reorders(c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_reorders_hides_or_breaks_text_is_not_one_line() {
        assert!(is_shown_as_one_line("Ädá's 🦀 Wiki"));
        for bad in ["a\nb", "a\u{202e}b", "a\u{2066}b", "a\u{0}", "a\u{7f}"] {
            assert!(!is_shown_as_one_line(bad), "{bad:?}");
        }
        assert!(is_shown_as_one_line(&"ä".repeat(256)));
        assert!(!is_shown_as_one_line(&"ä".repeat(257)));
    }
}
