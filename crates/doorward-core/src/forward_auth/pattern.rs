//! Which paths a rule is about.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::RequestPath;
use super::path::bare;

/// Paths, as an operator writes them: `/status`, `/users/*/avatar` with any one segment, `/admin/**` with whatever follows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct PathPattern {
    segments: Vec<Segment>,
    end: End,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Segment {
    /// This one.
    Literal(String),
    /// Any one.
    Any,
}

/// What may follow the segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Here,
    Anywhere,
}

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PatternRefused {
    /// It does not begin with a slash.
    #[error("{0:?} does not begin with a slash")]
    Relative(String),
    /// Nothing could ever match it.
    #[error(
        "{0:?} matches nothing: write the path decoded, without empty segments, '.', '..', '%', '?', '#' or a backslash"
    )]
    Unmatchable(String),
    /// An asterisk stands where it means nothing.
    #[error(
        "{0:?} has an asterisk beside other characters, or ** before its end: * is one whole segment, ** all that follow"
    )]
    Asterisk(String),
}

impl PathPattern {
    /// Whether it is about exactly this path.
    pub(super) fn matches(&self, path: &RequestPath) -> bool {
        self.matches_by(path, str::eq)
    }

    /// Whether some application could take this path for one that it is about: in other letters, or with parameters.
    pub(super) fn could_match(&self, path: &RequestPath) -> bool {
        self.matches_by(path, |literal, segment| {
            literal.to_lowercase() == bare(segment).to_lowercase()
                || literal.to_lowercase() == segment.to_lowercase()
        })
    }

    fn matches_by(&self, path: &RequestPath, same: impl Fn(&str, &str) -> bool) -> bool {
        let found = path.segments();
        let long_enough = match self.end {
            End::Here => found.len() == self.segments.len(),
            End::Anywhere => found.len() >= self.segments.len(),
        };
        let mut pairs = self.segments.iter().zip(found);
        long_enough
            && pairs.all(|(wanted, found)| match wanted {
                Segment::Literal(literal) => same(literal, found),
                Segment::Any => true,
            })
    }
}

impl FromStr for PathPattern {
    type Err = PatternRefused;

    fn from_str(text: &str) -> Result<Self, PatternRefused> {
        let path = text
            .strip_prefix('/')
            .ok_or_else(|| PatternRefused::Relative(text.to_owned()))?;
        let (path, end) = match path.strip_suffix("**") {
            Some(before) if before.is_empty() || before.ends_with('/') => (before, End::Anywhere),
            _ => (path, End::Here),
        };
        let path = path.strip_suffix('/').unwrap_or(path);
        let segments = match path {
            "" => Vec::new(),
            path => {
                let segments = path.split('/').map(|it| segment(it, text));
                segments.collect::<Result<_, _>>()?
            }
        };
        Ok(Self { segments, end })
    }
}

fn segment(written: &str, whole: &str) -> Result<Segment, PatternRefused> {
    let unmatchable = |char: char| char.is_control() || matches!(char, '%' | '?' | '#' | '\\');
    if matches!(bare(written), "" | "." | "..") || written.contains(unmatchable) {
        return Err(PatternRefused::Unmatchable(whole.to_owned()));
    }
    match written {
        "*" => Ok(Segment::Any),
        literal if literal.contains('*') => Err(PatternRefused::Asterisk(whole.to_owned())),
        literal => Ok(Segment::Literal(literal.to_owned())),
    }
}

impl fmt::Display for PathPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for segment in &self.segments {
            match segment {
                Segment::Literal(literal) => write!(f, "/{literal}")?,
                Segment::Any => f.write_str("/*")?,
            }
        }
        match self.end {
            End::Anywhere => f.write_str("/**"),
            End::Here if self.segments.is_empty() => f.write_str("/"),
            End::Here => Ok(()),
        }
    }
}

impl TryFrom<String> for PathPattern {
    type Error = PatternRefused;

    fn try_from(text: String) -> Result<Self, PatternRefused> {
        text.parse()
    }
}

impl From<PathPattern> for String {
    fn from(pattern: PathPattern) -> Self {
        pattern.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, target: &str) -> bool {
        let pattern: PathPattern = pattern.parse().unwrap();
        pattern.matches(&RequestPath::parse(target).unwrap())
    }

    #[test]
    fn a_pattern_matches_whole_segments() {
        for (pattern, target, matching) in [
            ("/", "/", true),
            ("/", "/a", false),
            ("/**", "/", true),
            ("/**", "/a/b", true),
            ("/admin", "/admin", true),
            ("/admin", "/admin/", true),
            ("/admin/", "/admin", true),
            ("/admin", "/admin/users", false),
            ("/admin", "/administrator", false),
            ("/admin", "/Admin", false),
            ("/admin", "/%61dmin", true),
            ("/admin/**", "/admin", true),
            ("/admin/**", "/admin/users/1", true),
            ("/admin/**", "/administrator", false),
            ("/users/*/avatar", "/users/7/avatar", true),
            ("/users/*/avatar", "/users/avatar", false),
            ("/users/*/avatar", "/users/7/8/avatar", false),
            ("/café", "/caf%C3%A9", true),
        ] {
            assert_eq!(matches(pattern, target), matching, "{pattern} {target}");
        }
    }

    #[test]
    fn what_an_application_could_take_for_it_is_known() {
        let admin: PathPattern = "/admin/**".parse().unwrap();
        for target in ["/admin", "/ADMIN/users", "/admin;v=1/users", "/Admin;x"] {
            let path = RequestPath::parse(target).unwrap();
            assert!(admin.could_match(&path), "{target}");
        }
        let path = RequestPath::parse("/administrator").unwrap();
        assert!(!admin.could_match(&path));
    }

    #[test]
    fn a_pattern_reads_back_as_it_was_written() {
        for text in ["/", "/**", "/a", "/a/*/b", "/a/**"] {
            assert_eq!(text.parse::<PathPattern>().unwrap().to_string(), text);
        }
        for bad in [
            "", "a", "/a//b", "/../a", "/a%20b", "/a?b", "/a/**/b", "/a*", "/**a", "/a#", "/;x",
        ] {
            assert!(bad.parse::<PathPattern>().is_err(), "{bad}");
        }
    }
}
