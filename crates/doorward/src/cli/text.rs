//! Parsers of arguments that are plain text of some kind.

use doorward_core::certificate::of_certificates;
use doorward_core::jose::JwkSet;
use url::Url;

/// One line that people are shown: no control characters, none that reorder text, at most 256 characters.
pub(super) fn line(text: &str) -> Result<String, &'static str> {
    let reorders = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if text.chars().count() <= 256 && !text.chars().any(|c| c.is_control() || reorders(c)) {
        Ok(text.to_owned())
    } else {
        Err("allowed are at most 256 characters on one line, none of them a control character")
    }
}

/// Several such lines, separated by `\n`.
pub(super) fn lines(text: &str) -> Result<String, &'static str> {
    for part in text.split('\n') {
        line(part)?;
    }
    Ok(text.to_owned())
}

/// A URL that an application shows to people: `https`, or `http` on this machine; at most 2,000 characters.
pub(super) fn web_url(text: &str) -> Result<Url, &'static str> {
    let is_safe = |url: &Url| match url.scheme() {
        "https" => true,
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    };
    formed(text)
        .filter(is_safe)
        .ok_or("allowed is a URL that begins with https://, of at most 2,000 characters")
}

/// A URL without a user's name, of a length that fits.
fn formed(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let names_nobody = url.username().is_empty() && url.password().is_none();
    (names_nobody && text.len() <= 2000).then_some(url)
}

/// The JWK Set in a file ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)), or the keys of the certificates in
/// it.
pub(super) fn jwks(path: &str) -> Result<JwkSet, String> {
    let text = std::fs::read(path).map_err(|error| format!("it cannot be read: {error}"))?;
    if text.starts_with(b"-----BEGIN CERTIFICATE-----") {
        return of_certificates(&text).map_err(|refused| refused.to_string());
    }
    JwkSet::parse(&text).map_err(|refused| refused.to_string())
}

/// A URL of the web as it was written, or nothing.
pub(super) fn web_address(text: &str) -> Result<String, &'static str> {
    let is_web = |url: Url| matches!(url.scheme(), "https" | "http");
    if text.is_empty() || formed(text).is_some_and(is_web) {
        Ok(text.to_owned())
    } else {
        Err("allowed is a URL that begins with https://")
    }
}

/// An e-mail address as far as its form tells, or nothing.
pub(super) fn email(text: &str) -> Result<String, &'static str> {
    let formed = text.rsplit_once('@').is_some_and(|(local, domain)| {
        !local.is_empty() && !domain.is_empty() && text.len() <= 254
    });
    let printable = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if text.is_empty() || (formed && printable) {
        Ok(text.to_owned())
    } else {
        Err("allowed is an address such as alice@example.com")
    }
}

/// A date of birth ([OpenID Connect Core section 5.1]), or nothing.
///
/// [OpenID Connect Core section 5.1]: https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
pub(super) fn birthdate(text: &str) -> Result<String, &'static str> {
    let digits =
        |part: &str, count| part.len() == count && part.bytes().all(|b| b.is_ascii_digit());
    let within = |part: &str, most: u8| part.parse().is_ok_and(|n: u8| (1..=most).contains(&n));
    let parts: Vec<&str> = text.split('-').collect();
    let formed = match parts.as_slice() {
        [""] => true,
        [year] => digits(year, 4),
        [year, month, day] => {
            digits(year, 4)
                && digits(month, 2)
                && digits(day, 2)
                && within(month, 12)
                && within(day, 31)
        }
        _ => false,
    };
    if formed {
        Ok(text.to_owned())
    } else {
        Err("allowed is YYYY-MM-DD, YYYY, or 0000-MM-DD without the year")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// P44: a name is one line that nothing reorders.
    #[test]
    fn lines_hide_nothing() {
        assert!(line("Ünïcode Wiki").is_ok());
        for bad in ["a\nb", "a\u{202e}b", "a\u{7}", &"a".repeat(257)] {
            assert!(line(bad).is_err(), "{bad:?}");
        }
        assert!(lines("1 Street\nTown").is_ok());
        assert!(lines("1 Street\r\nTown").is_err());
    }

    #[test]
    fn addresses_have_their_form() {
        for good in ["alice@example.com", "a.b+c@localhost", ""] {
            assert!(email(good).is_ok(), "{good}");
        }
        for bad in ["alice", "@example.com", "alice@", "a b@example.com"] {
            assert!(email(bad).is_err(), "{bad}");
        }
    }

    /// P44: links and logo come by https.
    #[test]
    fn what_people_are_shown_of_an_application_is_secured() {
        for good in ["https://example.com/logo.svg", "http://localhost:8080/"] {
            assert!(web_url(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "example.com",
            "http://example.com/logo.svg",
            "javascript:alert(1)",
            "data:image/svg+xml,x",
            "https://u@example.com",
            "https://:p@example.com",
            &format!("https://example.com/{}", "x".repeat(2000)),
        ] {
            assert!(web_url(bad).is_err(), "{bad}");
        }
        assert!(web_address("http://alice.example/").is_ok());
        assert!(web_address("").is_ok());
        assert!(web_address("javascript:alert(1)").is_err());
    }

    #[test]
    fn dates_of_birth_have_their_form() {
        for good in ["1990-01-31", "1990", "0000-12-01", ""] {
            assert!(birthdate(good).is_ok(), "{good}");
        }
        for bad in [
            "90-01-31",
            "1990-13-01",
            "1990-01-32",
            "1990-01",
            "31.1.1990",
            "1990-+1-01",
        ] {
            assert!(birthdate(bad).is_err(), "{bad}");
        }
    }
}
