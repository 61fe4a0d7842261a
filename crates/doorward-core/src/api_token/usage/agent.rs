//! Which program shows a token, in a word or two.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::user_agent::UserAgent;

/// What shows a token, by what it says of itself ([RFC 9110 section 10.1.5](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5)):
/// a program or a browser whose name we know. It proves nothing; a change of it is worth a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agent {
    /// A program or a library, by its name in `PROGRAMS`.
    Program(&'static str),
    /// A browser.
    Browser(UserAgent),
}

/// How programs that call APIs begin to say what they are, and their names.
const PROGRAMS: [(&str, &str); 18] = [
    ("curl/", "curl"),
    ("Wget/", "Wget"),
    ("HTTPie/", "HTTPie"),
    ("PostmanRuntime/", "Postman"),
    ("insomnia/", "Insomnia"),
    ("python-requests/", "Python requests"),
    ("python-httpx/", "Python httpx"),
    ("Python-urllib/", "Python urllib"),
    ("Python/", "Python aiohttp"),
    ("Go-http-client/", "Go"),
    ("Java/", "Java"),
    ("Apache-HttpClient/", "Java"),
    ("okhttp/", "OkHttp"),
    ("axios/", "axios"),
    ("node", "Node.js"),
    ("GuzzleHttp/", "PHP Guzzle"),
    ("Ruby", "Ruby"),
    ("git/", "git"),
];

impl Agent {
    /// What a header `User-Agent` says; nothing when it has no name that we know.
    pub fn of_header(header: &[u8]) -> Option<Self> {
        let program = PROGRAMS
            .iter()
            .find(|(begin, _)| header.starts_with(begin.as_bytes()));
        let program = program.map(|(_, name)| Self::Program(name));
        program.or_else(|| UserAgent::of_header(header).map(Self::Browser))
    }
}

impl fmt::Display for Agent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Program(name) => f.write_str(name),
            Self::Browser(browser) => browser.fmt(f),
        }
    }
}

/// Reads what was kept. Words of another release are left out.
impl FromStr for Agent {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let program = PROGRAMS.iter().find(|(_, name)| *name == text);
        match program {
            Some((_, name)) => Ok(Self::Program(name)),
            None => text.parse().map(Self::Browser),
        }
    }
}

impl Serialize for Agent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Agent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let Ok(agent) = text.parse();
        Ok(agent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_browsers_are_told_by_what_they_say_of_themselves() {
        for (header, said) in [
            ("curl/8.5.0", "curl"),
            ("python-requests/2.32.3", "Python requests"),
            ("Go-http-client/2.0", "Go"),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Linux",
            ),
        ] {
            let agent = Agent::of_header(header.as_bytes()).unwrap();
            assert_eq!(agent.to_string(), said);
            assert_eq!(said.parse(), Ok(agent));
        }
        assert_eq!(Agent::of_header(b"a secret of mine"), None);
        assert_eq!(Agent::of_header(b"\xff"), None);
    }
}
