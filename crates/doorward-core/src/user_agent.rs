//! Which browser somebody signed in with, in two words.
//!
//! A table of our own, on purpose: people tell their browsers apart by what these words say, and what a library for statistics
//! knows beyond them (versions, models of telephones) would only mark them out. What a browser says of itself proves nothing.

use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;

/// A browser and its operating system, by their names, where `User-Agent` has one that we know
/// ([RFC 9110 section 10.1.5](https://www.rfc-editor.org/rfc/rfc9110#section-10.1.5)). It is kept in the words in which it is shown;
/// words that another release wrote and this one does not know are left out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct UserAgent {
    browser: Option<&'static str>,
    system: Option<&'static str>,
}

/// What the header of a browser has in it. The first that is found counts, since browsers also name those that they are like.
const BROWSERS: [(&str, &str); 12] = [
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// The same for operating systems. A tablet of Apple's that asks for pages of computers says that it is one.
const SYSTEMS: [(&str, &str); 7] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
];

/// No browser says more of itself that matters.
const READ: usize = 512;

impl UserAgent {
    /// What the header `User-Agent` says; nothing when it has no word that we know.
    pub fn of_header(header: &[u8]) -> Option<Self> {
        let read = header.get(..READ).unwrap_or(header);
        let read = String::from_utf8_lossy(read);
        let found = |table: &[(&str, &'static str)]| {
            let mut table = table.iter();
            let found = table.find(|(token, _)| read.contains(token));
            found.map(|(_, name)| *name)
        };
        let user_agent = Self {
            browser: found(&BROWSERS),
            system: found(&SYSTEMS),
        };
        (user_agent != Self::default()).then_some(user_agent)
    }

    /// What the browser is called.
    pub const fn browser(self) -> Option<&'static str> {
        self.browser
    }

    /// What its operating system is called.
    pub const fn system(self) -> Option<&'static str> {
        self.system
    }
}

/// What stands for a browser without a name.
const NAMELESS: &str = "a browser";

impl fmt::Display for UserAgent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.browser.unwrap_or(NAMELESS))?;
        match self.system {
            Some(system) => write!(f, " on {system}"),
            None => Ok(()),
        }
    }
}

impl FromStr for UserAgent {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        let known = |table: &[(&str, &'static str)], text: &str| {
            let mut names = table.iter().map(|(_, name)| *name);
            names.find(|name| *name == text)
        };
        let (browser, system) = text.split_once(" on ").unwrap_or((text, ""));
        Ok(Self {
            browser: known(&BROWSERS, browser),
            system: known(&SYSTEMS, system),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn browsers_are_told_by_what_they_say_of_themselves() {
        for (header, said) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox on Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
                "Chrome on Linux",
            ),
            (
                "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
                "Samsung Internet on Android",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
                "Safari on macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/139.0.0.0 Mobile/15E148 Safari/604.1",
                "Chrome on iOS",
            ),
            ("Links (2.29; Linux x86_64)", "a browser on Linux"),
            ("Firefox/1", "Firefox"),
        ] {
            let user_agent = UserAgent::of_header(header.as_bytes()).unwrap();
            assert_eq!(user_agent.to_string(), said);
            assert_eq!(said.parse(), Ok(user_agent));
        }
        for unknown in ["", "curl/8.0", "\u{202e}"] {
            assert_eq!(UserAgent::of_header(unknown.as_bytes()), None);
        }
        let late = format!("{}Firefox/1", " ".repeat(READ));
        assert_eq!(UserAgent::of_header(late.as_bytes()), None);
    }

    #[test]
    fn words_of_another_release_are_left_out() {
        let read = |text: &str| text.parse::<UserAgent>().unwrap().to_string();
        assert_eq!(read("Netscape on Windows"), "a browser on Windows");
        assert_eq!(read("Firefox on Amiga"), "Firefox");
        assert_eq!(read(""), "a browser");
    }

    proptest! {
        /// L05: whatever a browser says, no words but ours are kept.
        #[test]
        fn any_header_is_read(header in prop::collection::vec(any::<u8>(), 0..600)) {
            if let Some(user_agent) = UserAgent::of_header(&header) {
                prop_assert_eq!(user_agent.to_string().parse(), Ok(user_agent));
            }
        }
    }
}
