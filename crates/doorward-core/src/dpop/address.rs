//! Whether a proof was made for an address
//! ([RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3), item 9).

use url::Url;

/// Whether `htu` names `address`, a URL of ours: whatever the case of scheme and host, with or without the default port, and
/// whatever query and fragment it has ([RFC 3986 sections 6.2.2 and 6.2.3](https://www.rfc-editor.org/rfc/rfc3986#section-6.2.2)).
pub(super) fn names(htu: &str, address: &str) -> bool {
    let Ok(mut named) = Url::parse(htu) else {
        return false;
    };
    named.set_query(None);
    named.set_fragment(None);
    Url::parse(address).is_ok_and(|address| address == named)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_be_written_in_several_ways_and_stays_one_address() {
        let ours = "https://id.example/token";
        for (htu, named) in [
            (ours, true),
            ("HTTPS://ID.EXAMPLE/token", true),
            ("https://id.example:443/token", true),
            ("https://id.example/token?x=1", true),
            ("https://id.example/token#x", true),
            ("https://id.example/Token", false),
            ("https://id.example/token/", false),
            ("https://id.example/", false),
            ("https://id.example:8443/token", false),
            ("http://id.example/token", false),
            ("http://id.example:443/token", false),
            ("https://other.example/token", false),
            ("https://id.example.evil.example/token", false),
            ("https://evil.example@id.example/token", false),
            ("/token", false),
            ("", false),
        ] {
            assert_eq!(names(htu, ours), named, "{htu}");
        }
    }
}
