//! Paths of requests, as far as there is one reading of them.

use percent_encoding::percent_decode_str;

/// The path of a request, decoded, segment by segment.
///
/// The application behind the proxy reads the path once more. So whatever two programs are known to read differently is no path:
/// segments that climb, empty ones, slashes and percent signs that hide in codes, control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestPath(Vec<String>);

/// Why a path has no certain meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathRefused {
    /// It does not begin with a slash: a whole URL, `*`, or nothing.
    #[error("the path does not begin with a slash")]
    Relative,
    /// Two slashes stand beside each other.
    #[error("the path has an empty segment")]
    Empty,
    /// A segment is `.` or `..`, perhaps in code, perhaps with a parameter.
    #[error("the path has a segment that climbs")]
    Climbs,
    /// A percent sign is not followed by two digits, or by what is UTF-8 in the end.
    #[error("the path is not encoded as it should be")]
    Encoding,
    /// It is encoded more than once.
    #[error("the path is encoded twice")]
    EncodedTwice,
    /// It has a slash in code, a backslash, a `#` or a control character.
    #[error("the path has a character that programs read differently")]
    Ambiguous,
}

impl RequestPath {
    /// Reads the path of a request target ([RFC 9112 section 3.2.1](https://www.rfc-editor.org/rfc/rfc9112#section-3.2.1)); a query is
    /// left out. A slash at its end says nothing.
    pub fn parse(target: &str) -> Result<Self, PathRefused> {
        let path = target.split('?').next().unwrap_or_default();
        let path = path.strip_prefix('/').ok_or(PathRefused::Relative)?;
        let path = match path.strip_suffix('/') {
            Some("") => return Err(PathRefused::Empty),
            Some(path) => path,
            None if path.is_empty() => return Ok(Self(Vec::new())),
            None => path,
        };
        path.split('/')
            .map(segment)
            .collect::<Result<_, _>>()
            .map(Self)
    }

    pub(super) fn segments(&self) -> &[String] {
        &self.0
    }

    /// As much of it as may stand in a log: what follows may be a secret of the application.
    pub fn beginning(&self) -> String {
        let Some((first, rest)) = self.0.split_first() else {
            return "/".to_owned();
        };
        let first: String = first.chars().take(64).collect();
        let more = if rest.is_empty() { "" } else { "/…" };
        format!("/{first}{more}")
    }
}

fn segment(encoded: &str) -> Result<String, PathRefused> {
    if encoded.is_empty() {
        return Err(PathRefused::Empty);
    }
    if codes(encoded).any(|code| code.is_none()) {
        return Err(PathRefused::Encoding);
    }
    let decoded = percent_decode_str(encoded).decode_utf8();
    let decoded = decoded.map_err(|_| PathRefused::Encoding)?;
    if codes(&decoded).any(|code| code.is_some()) {
        return Err(PathRefused::EncodedTwice);
    }
    let differs = |char: char| char.is_control() || matches!(char, '/' | '\\' | '#');
    if decoded.contains(differs) {
        return Err(PathRefused::Ambiguous);
    }
    // Some programs take what follows a semicolon away, and only then look where the path leads.
    match bare(&decoded) {
        "" => Err(PathRefused::Empty),
        "." | ".." => Err(PathRefused::Climbs),
        _ => Ok(decoded.into_owned()),
    }
}

/// What follows each percent sign: a code of two digits, or none.
fn codes(text: &str) -> impl Iterator<Item = Option<&str>> {
    let after = text.split('%').skip(1);
    after.map(|rest| {
        rest.get(..2)
            .filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()))
    })
}

/// A segment without its parameters ([RFC 3986 section 3.3](https://www.rfc-editor.org/rfc/rfc3986#section-3.3)).
pub(super) fn bare(segment: &str) -> &str {
    segment.split(';').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_path_is_read_segment_by_segment_without_query_or_last_slash() {
        for (target, segments) in [
            ("/", &[][..]),
            ("/?a=/../b", &[]),
            ("/wiki", &["wiki"]),
            ("/wiki/", &["wiki"]),
            ("/Wiki/a%20b/caf%C3%A9?x", &["Wiki", "a b", "café"]),
            ("/100%25", &["100%"]),
            ("/a;b=c", &["a;b=c"]),
            ("/...", &["..."]),
            ("/.well-known/x", &[".well-known", "x"]),
        ] {
            let path = RequestPath::parse(target).unwrap();
            assert_eq!(path.segments(), segments, "{target}");
        }
    }

    /// N02: whoever asks by a path that two programs read differently gets nowhere.
    #[test]
    fn what_two_programs_read_differently_is_no_path() {
        use PathRefused::{Ambiguous, Climbs, Empty, EncodedTwice, Encoding, Relative};
        for (target, refused) in [
            ("", Relative),
            ("*", Relative),
            ("wiki", Relative),
            ("https://wiki.example/", Relative),
            ("//", Empty),
            ("//wiki", Empty),
            ("/a//b", Empty),
            ("/a//", Empty),
            ("/;x/a", Empty),
            ("/a/;/b", Empty),
            ("/%3Bx/a", Empty),
            ("/a/./b", Climbs),
            ("/a/../b", Climbs),
            ("/a/..", Climbs),
            ("/a/%2e%2E/b", Climbs),
            ("/a/.%2e/b", Climbs),
            ("/a/..;/b", Climbs),
            ("/a/..;x=1/b", Climbs),
            ("/a%2Fb", Ambiguous),
            ("/a%5cb", Ambiguous),
            ("/a\\b", Ambiguous),
            ("/a#b", Ambiguous),
            ("/a%00", Ambiguous),
            ("/a%0d%0ab", Ambiguous),
            ("/a%7f", Ambiguous),
            ("/a%", Encoding),
            ("/a%2", Encoding),
            ("/a%zz", Encoding),
            ("/a%ff", Encoding),
            ("/a%c0%ae", Encoding),
            ("/%252e%252e/b", EncodedTwice),
            ("/a%252fb", EncodedTwice),
        ] {
            assert_eq!(RequestPath::parse(target), Err(refused), "{target}");
        }
    }

    proptest! {
        #[test]
        fn no_path_climbs_or_hides_anything(target in "/[a-z./%;2e5cF\\\\]{0,24}") {
            if let Ok(path) = RequestPath::parse(&target) {
                for segment in path.segments() {
                    prop_assert!(!segment.is_empty());
                    prop_assert!(!segment.contains(['/', '\\']));
                    prop_assert!(!matches!(bare(segment), "." | ".."));
                }
            }
        }
    }

    #[test]
    fn a_log_shows_where_it_begins() {
        for (target, shown) in [
            ("/", "/"),
            ("/reset", "/reset"),
            ("/reset/s3cr3t", "/reset/…"),
        ] {
            assert_eq!(RequestPath::parse(target).unwrap().beginning(), shown);
        }
    }
}
