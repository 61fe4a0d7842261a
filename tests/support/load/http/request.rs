//! Requests as the bytes that go over the wire.

use std::{fmt::Write, net::SocketAddr};

use url::form_urlencoded;

/// A request in the making.
pub struct Request {
    head: String,
    body: String,
}

impl Request {
    /// `GET` of a path with its query.
    pub fn get(host: SocketAddr, path: &str) -> Self {
        Self {
            head: format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n"),
            body: String::new(),
        }
    }

    /// `POST` of a body that [`form`] has encoded.
    pub fn post(host: SocketAddr, path: &str, form: String) -> Self {
        let length = form.len();
        Self {
            head: format!(
                "POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n"
            ),
            body: form,
        }
    }

    /// A request by any method, with JSON or with nothing.
    pub fn json(method: &str, host: SocketAddr, path: &str, body: Option<String>) -> Self {
        let body = body.unwrap_or_default();
        let length = body.len();
        Self {
            head: format!(
                "{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n"
            ),
            body,
        }
    }

    /// Adds a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl std::fmt::Display) -> Self {
        // Writing to a string cannot fail.
        let _ = write!(self.head, "{name}: {value}\r\n");
        self
    }

    /// The request's bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        let Self { mut head, body } = self;
        head.push_str("\r\n");
        head.push_str(&body);
        head.into_bytes()
    }
}

/// Encodes pairs as `application/x-www-form-urlencoded`.
pub fn form<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_carries_its_length_its_headers_and_its_body() {
        let host = SocketAddr::from(([127, 0, 0, 1], 80));
        let body = form([("scope", "a b"), ("state", "ü&")]);
        let bytes = Request::post(host, "/token", body)
            .header("Cookie", "a=b")
            .into_bytes();

        assert_eq!(
            String::from_utf8(bytes).unwrap(),
            "POST /token HTTP/1.1\r\nHost: 127.0.0.1:80\r\nContent-Type: application/x-www-form-urlencoded\r\n\
             Content-Length: 25\r\nCookie: a=b\r\n\r\nscope=a+b&state=%C3%BC%26"
        );
    }
}
