//! What language a request asks for. Both lists come from strangers: what cannot be read is passed over.

use fluent_langneg::LanguageIdentifier;

/// More than any person's list of languages; what is longer is cut.
const MOST_TAGS: usize = 32;

/// The tags of `ui_locales`, best first
/// ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
pub(super) fn ui_locales(text: &str) -> Vec<LanguageIdentifier> {
    text.split_whitespace()
        .take(MOST_TAGS)
        .filter_map(|tag| tag.parse().ok())
        .collect()
}

/// The tags of `Accept-Language`, best first
/// ([RFC 9110 section 12.5.4](https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4)).
pub(super) fn accept_language(text: &str) -> Vec<LanguageIdentifier> {
    let mut weighed: Vec<(LanguageIdentifier, u16)> = text
        .split(',')
        .take(MOST_TAGS)
        .filter_map(weighed_tag)
        .filter(|(_, weight)| *weight > 0)
        .collect();
    weighed.sort_by_key(|(_, weight)| std::cmp::Reverse(*weight));
    weighed.into_iter().map(|(tag, _)| tag).collect()
}

/// One entry such as `de-AT;q=0.8`, with its weight in thousandths.
fn weighed_tag(entry: &str) -> Option<(LanguageIdentifier, u16)> {
    let mut parts = entry.split(';').map(str::trim);
    let tag = parts.next()?.parse().ok()?;
    let weight = match parts.find_map(|part| part.strip_prefix("q=")) {
        Some(weight) => thousandths(weight)?,
        None => 1000,
    };
    Some((tag, weight))
}

/// A weight from 0 to 1 with at most three digits after the point
/// ([RFC 9110 section 12.4.2](https://www.rfc-editor.org/rfc/rfc9110#section-12.4.2)).
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    match whole {
        "0" => format!("{fraction:0<3}").parse().ok(),
        "1" if fraction.bytes().all(|byte| byte == b'0') => Some(1000),
        _ => None,
    }
}
