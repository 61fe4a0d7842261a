//! The cookies of a browser, by name: there is one host and one path.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use reqwest::header::HeaderValue;

#[derive(Debug, Default)]
pub(crate) struct Cookies(Mutex<BTreeMap<String, String>>);

impl Cookies {
    fn locked(&self) -> MutexGuard<'_, BTreeMap<String, String>> {
        self.0.lock().expect("no test panicked before")
    }

    pub(crate) fn all(&self) -> BTreeMap<String, String> {
        self.locked().clone()
    }

    pub(crate) fn put(&self, name: &str, value: &str) {
        self.locked().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn clear(&self) {
        self.locked().clear();
    }

    /// The value of the header `Cookie`; none without cookies.
    pub(crate) fn header(&self) -> Option<String> {
        let cookies = self.locked();
        let pairs = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let header = pairs.collect::<Vec<_>>().join("; ");
        (!header.is_empty()).then_some(header)
    }

    /// Does what the headers `Set-Cookie` of an answer say.
    pub(crate) fn keep<'a>(&self, headers: impl IntoIterator<Item = &'a HeaderValue>) {
        for header in headers {
            let text = header.to_str().expect("a cookie is text");
            let mut parts = text.split(';').map(str::trim);
            let pair = parts.next().and_then(|pair| pair.split_once('='));
            let (name, value) = pair.expect("a cookie has a name and a value");
            if parts.any(|part| part.eq_ignore_ascii_case("Max-Age=0")) {
                self.locked().remove(name);
            } else {
                self.put(name, value);
            }
        }
    }
}
