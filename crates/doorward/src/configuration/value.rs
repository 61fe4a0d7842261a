//! The kinds of values that settings have.
//!
//! Every value has a text form, the same in the file, in a variable and in a flag; numbers and
//! lists of the file are turned into it first.

use doorward_web::WITHOUT_COOKIE_LAYER;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use doorward_core::dpop::NoncePolicy;
use doorward_sessions::{Location, UnknownLocation};
use ipnet::IpNet;
use tracing_subscriber::EnvFilter;

/// A value that can be configured.
pub trait Value: Sized {
    /// What may be written, to follow the words "allowed is".
    fn allowed() -> String;
    /// Reads the text form; `None` when it is not allowed.
    fn parse(text: &str) -> Option<Self>;
    /// The value in the notation of the file, without secrets.
    fn show(&self) -> String;
    /// A refused text, as it may be shown to people.
    fn quote(text: &str) -> String {
        quoted(text)
    }
}

/// `text` between quotation marks, as TOML writes it.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::from(text).to_string()
}

/// A span of `MIN` to `MAX` seconds, written like `90s`, `10m`, `8h` or `30d`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span<const MIN: u64, const MAX: u64>(u64);

impl<const MIN: u64, const MAX: u64> Span<MIN, MAX> {
    /// The span of this many seconds, brought within its bounds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(if seconds < MIN {
            MIN
        } else if seconds > MAX {
            MAX
        } else {
            seconds
        })
    }

    /// The span, for arithmetic.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0)
    }
}

/// The units of spans, with their seconds.
const UNITS: [(&str, u64); 4] = [("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)];

/// The seconds of a text such as `90s`.
pub(crate) fn parse_span(text: &str) -> Option<u64> {
    UNITS.iter().find_map(|(unit, seconds)| {
        let count = text.strip_suffix(unit)?;
        let digits = count.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| count.parse::<u64>().ok())?
            .and_then(|count| count.checked_mul(*seconds))
    })
}

/// `seconds` in the greatest unit that divides them.
pub(crate) fn show_span(seconds: u64) -> String {
    UNITS
        .iter()
        .find(|(_, unit)| seconds >= *unit && seconds.is_multiple_of(*unit))
        .map_or_else(
            || format!("{seconds}s"),
            |(name, unit)| format!("{}{name}", seconds / unit),
        )
}

impl<const MIN: u64, const MAX: u64> Value for Span<MIN, MAX> {
    fn allowed() -> String {
        format!(
            "a time from {} to {}, such as \"{}\"",
            show_span(MIN),
            show_span(MAX),
            show_span(MAX)
        )
    }

    fn parse(text: &str) -> Option<Self> {
        let seconds = parse_span(text)?;
        (MIN..=MAX).contains(&seconds).then_some(Self(seconds))
    }

    fn show(&self) -> String {
        quoted(&show_span(self.0))
    }
}

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count<const MIN: u32, const MAX: u32>(u32);

impl<const MIN: u32, const MAX: u32> Count<MIN, MAX> {
    /// This number, brought within its bounds.
    pub const fn of(number: u32) -> Self {
        Self(if number < MIN {
            MIN
        } else if number > MAX {
            MAX
        } else {
            number
        })
    }

    /// The number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

impl<const MIN: u32, const MAX: u32> Value for Count<MIN, MAX> {
    fn allowed() -> String {
        format!("a whole number from {MIN} to {MAX}")
    }

    fn parse(text: &str) -> Option<Self> {
        let number = text.parse().ok()?;
        (MIN..=MAX).contains(&number).then_some(Self(number))
    }

    fn show(&self) -> String {
        self.0.to_string()
    }
}

impl Value for SocketAddr {
    fn allowed() -> String {
        "an IP address and a port, such as \"127.0.0.1:8000\" or \"[::]:8000\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok()
    }

    fn show(&self) -> String {
        quoted(&self.to_string())
    }
}

impl Value for PathBuf {
    fn allowed() -> String {
        "a path in UTF-8, relative to the directory that the program is started in unless it is absolute"
            .to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        // Variables and flags that are no UTF-8 have the replacement character where they are not.
        let readable = !text.is_empty() && !text.contains(char::REPLACEMENT_CHARACTER);
        readable.then(|| Self::from(text))
    }

    fn show(&self) -> String {
        quoted(&self.to_string_lossy())
    }
}

/// Where browser sessions and other things that expire are kept: `embedded`, or a URL of Redis, which may hold
/// passwords.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionStore(String);

impl SessionStore {
    /// In a file in the data directory.
    pub fn embedded() -> Self {
        Self("embedded".to_owned())
    }

    /// The store, for a data directory.
    pub fn location(&self, data: &Path) -> Result<Location, UnknownLocation> {
        Location::parse(&self.0, data)
    }
}

impl fmt::Debug for SessionStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl Value for SessionStore {
    fn allowed() -> String {
        "\"embedded\", or a URL of Redis: \"redis://HOST:PORT/DATABASE\", \"redis+sentinel://HOST:PORT,…/MASTER_NAME\" or \
         \"redis+cluster://HOST:PORT,…\", with \"rediss\" for TLS and USER:PASSWORD@ before the hosts"
            .to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        Location::parse(text, Path::new("")).ok()?;
        Some(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        Self::quote(&self.0)
    }

    fn quote(text: &str) -> String {
        quoted(&without_credentials(text))
    }
}

/// Parameters of a store's URL that are no secrets.
const PUBLIC_PARAMETERS: [&str; 6] = [
    "prefix",
    "ca",
    "sslmode",
    "sslrootcert",
    "connections",
    "target_session_attrs",
];

/// The URL with whatever stands before its `@` hidden, and the values of its parameters but those that are no secrets.
pub(super) fn without_credentials(url: &str) -> String {
    let (place, parameters) = match url.rsplit_once('@') {
        None => split(url),
        Some((before, after)) => {
            let scheme = before.split_once("://").map_or("", |(scheme, _)| scheme);
            let (host, parameters) = split(after);
            // An `@` behind the `?` leaves open where a password ends.
            if before.contains('?') {
                return format!("{scheme}://***");
            }
            (format!("{scheme}://***@{host}"), parameters)
        }
    };
    let shown = parameters
        .split('&')
        .map(|parameter| match parameter.split_once('=') {
            Some((name, _)) if PUBLIC_PARAMETERS.contains(&name) => parameter.to_owned(),
            Some((name, _)) => format!("{name}=***"),
            None => "***".to_owned(),
        });
    match parameters {
        "" => place,
        _ => format!("{place}?{}", shown.collect::<Vec<_>>().join("&")),
    }
}

/// What stands before the `?`, and after it.
fn split(url: &str) -> (String, &str) {
    let (place, parameters) = url.split_once('?').unwrap_or((url, ""));
    (place.to_owned(), parameters)
}

/// A list of networks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Networks(pub Vec<IpNet>);

impl Value for Networks {
    fn allowed() -> String {
        "a list of networks, such as [\"10.0.0.0/8\", \"fd00::/8\"]; in a variable, separated by commas".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        text.split(',')
            .map(str::trim)
            .filter(|network| !network.is_empty())
            .map(|network| network.parse().ok())
            .collect::<Option<Vec<_>>>()
            .map(Self)
    }

    fn show(&self) -> String {
        let networks: Vec<String> = self
            .0
            .iter()
            .map(|network| quoted(&network.to_string()))
            .collect();
        format!("[{}]", networks.join(", "))
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people on a terminal, JSON elsewhere.
    Auto,
    /// For people.
    Human,
    /// One JSON object per line.
    Json,
}

impl Value for LogFormat {
    fn allowed() -> String {
        "\"auto\", \"human\" or \"json\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "auto" => Some(Self::Auto),
            "human" => Some(Self::Human),
            "json" => Some(Self::Json),
            _ => None,
        }
    }

    fn show(&self) -> String {
        quoted(match self {
            Self::Auto => "auto",
            Self::Human => "human",
            Self::Json => "json",
        })
    }
}

/// Whether a proof of possession must have a nonce.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NonceDemand(pub NoncePolicy);

impl Value for NonceDemand {
    fn allowed() -> String {
        "\"optional\" or \"required\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "optional" => Some(Self(NoncePolicy::Optional)),
            "required" => Some(Self(NoncePolicy::Required)),
            _ => None,
        }
    }

    fn show(&self) -> String {
        quoted(match self.0 {
            NoncePolicy::Optional => "optional",
            NoncePolicy::Required => "required",
        })
    }
}

/// Which log lines are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogFilter(String);

impl LogFilter {
    /// What the provider did, and what somebody must look at.
    pub fn informative() -> Self {
        Self::of_ours("info")
    }

    /// Only what somebody must look at.
    pub fn quiet() -> Self {
        Self::of_ours("warn")
    }

    /// Lines from `level` on, without the spans that the cookie layer puts around every request.
    fn of_ours(level: &str) -> Self {
        Self(format!("{level},{WITHOUT_COOKIE_LAYER}"))
    }

    /// The text form.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for LogFilter {
    fn allowed() -> String {
        "a level (\"error\", \"warn\", \"info\", \"debug\", \"trace\"), or levels by module, such as \"info,doorward_web=debug\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        EnvFilter::try_new(text).ok()?;
        (!text.trim().is_empty()).then(|| Self(text.to_owned()))
    }

    fn show(&self) -> String {
        quoted(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_read_and_shown_in_the_greatest_unit() {
        for (text, shown) in [
            ("90s", "90s"),
            ("60s", "1m"),
            ("120m", "2h"),
            ("48h", "2d"),
            ("0s", "0s"),
        ] {
            assert_eq!(parse_span(text).map(show_span).as_deref(), Some(shown));
        }
        for bad in [
            "",
            "5",
            "s",
            "-1s",
            "+1s",
            "1.5h",
            "1 h",
            "1w",
            "99999999999999999999s",
            "999999999999999999d",
        ] {
            assert_eq!(parse_span(bad), None, "{bad}");
        }
    }

    #[test]
    fn spans_and_counts_keep_their_bounds() {
        assert!(Span::<10, 60>::parse("10s").is_some());
        assert!(Span::<10, 60>::parse("1m").is_some());
        assert!(Span::<10, 60>::parse("61s").is_none());
        assert!(Span::<10, 60>::parse("9s").is_none());
        assert!(Count::<1, 8>::parse("8").is_some());
        assert!(Count::<1, 8>::parse("9").is_none());
        assert!(Count::<1, 8>::parse("0").is_none());
        assert_eq!(Span::<10, 60>::seconds(500), Span::<10, 60>::seconds(60));
    }

    #[test]
    fn the_password_of_a_store_is_never_shown() {
        let url = "redis://someone:hush@redis.example:6379/0";
        let store = SessionStore::parse(url).unwrap();
        for shown in [store.show(), format!("{store:?}"), SessionStore::quote(url)] {
            assert_eq!(shown, "\"redis://***@redis.example:6379/0\"");
        }
        for hidden in [
            "reds//someone:hu@sh@host",
            "redis://someone:hu?sh@host",
            "redis+sentinel://host/main?sentinel_password=hush",
            "redis+sentinel://host/main?sentinel_password=a@hush",
        ] {
            let shown = SessionStore::quote(hidden);
            assert!(!shown.contains("hu") && !shown.contains("sh"), "{shown}");
        }
        assert_eq!(
            SessionStore::quote("rediss://cache?prefix=a:&ca=/ca.pem&hush=hush"),
            "\"rediss://cache?prefix=a:&ca=/ca.pem&hush=***\""
        );
    }

    #[test]
    fn networks_are_read_from_a_list() {
        let networks = Networks::parse("10.0.0.0/8, fd00::/8").unwrap();
        assert_eq!(networks.show(), "[\"10.0.0.0/8\", \"fd00::/8\"]");
        assert_eq!(Networks::parse(""), Some(Networks::default()));
        assert!(Networks::parse("10.0.0.0/33").is_none());
        assert!(Networks::parse("example.com").is_none());
    }

    #[test]
    fn only_stores_that_exist_are_read() {
        for bad in [
            "",
            "Embedded",
            "memory",
            "http://localhost",
            "redis://",
            "redis",
        ] {
            assert!(SessionStore::parse(bad).is_none(), "{bad}");
        }
    }
}
