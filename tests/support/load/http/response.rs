//! Answers, read from bytes ([RFC 9112 section 6]).
//!
//! [RFC 9112 section 6]: https://www.rfc-editor.org/rfc/rfc9112#section-6

use httparse::{Header, Status};

use super::Broken;

/// More headers than any answer of ours has.
const MOST_HEADERS: usize = 64;

/// One whole answer; of its headers only those that the measured flows look at.
#[derive(Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The values of all `Set-Cookie` headers.
    pub cookies: Vec<String>,
    /// When a refused request may come again.
    pub retry_after: Option<String>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// Whether the server will answer another request on this connection.
    pub keeps_connection: bool,
}

/// A server that cannot serve just now ([RFC 9110 section 15.6]).
///
/// [RFC 9110 section 15.6]: https://www.rfc-editor.org/rfc/rfc9110#section-15.6
#[derive(Debug, thiserror::Error)]
#[error("the server cannot serve just now ({status}); come again after {retry_after:?} seconds")]
pub struct Busy {
    /// The status, from 500 on.
    pub status: u16,
    /// The value of `Retry-After`, which should be there.
    pub retry_after: Option<String>,
}

/// How the end of the body is known.
enum Framing {
    Length(usize),
    Chunked,
    Nothing,
}

impl Response {
    /// Reads an answer; `None` while more bytes must come.
    pub fn parse(bytes: &[u8]) -> Result<Option<Self>, Broken> {
        let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
        let mut head = httparse::Response::new(&mut headers);
        let start = match head.parse(bytes) {
            Ok(Status::Complete(start)) => start,
            Ok(Status::Partial) => return Ok(None),
            Err(_) => return Err(Broken::Malformed("the head")),
        };
        let mut response = Self {
            status: head.code.unwrap_or_default(),
            location: None,
            cookies: Vec::new(),
            retry_after: None,
            body: Vec::new(),
            keeps_connection: true,
        };
        let framing = response.note_headers(head.headers)?;
        let rest = bytes.get(start..).unwrap_or_default();
        let body = match framing {
            Framing::Length(length) => rest.get(..length).map(<[u8]>::to_vec),
            Framing::Chunked => unchunk(rest)?,
            Framing::Nothing if has_no_body(response.status) => Some(Vec::new()),
            Framing::Nothing => return Err(Broken::Malformed("no length")),
        };
        Ok(body.map(|body| Self { body, ..response }))
    }

    fn note_headers(&mut self, headers: &[Header<'_>]) -> Result<Framing, Broken> {
        let mut framing = Framing::Nothing;
        for header in headers {
            let is = |name: &str| header.name.eq_ignore_ascii_case(name);
            let value = || String::from_utf8_lossy(header.value).into_owned();
            if is("content-length") {
                let length = value()
                    .parse()
                    .map_err(|_| Broken::Malformed("the length"))?;
                framing = Framing::Length(length);
            } else if is("transfer-encoding") {
                framing = Framing::Chunked;
            } else if is("connection") {
                self.keeps_connection = !header.value.eq_ignore_ascii_case(b"close");
            } else if is("location") {
                self.location = Some(value());
            } else if is("set-cookie") {
                self.cookies.push(value());
            } else if is("retry-after") {
                self.retry_after = Some(value());
            }
        }
        Ok(framing)
    }

    /// The answer, unless the server said that it cannot serve.
    pub fn unless_busy(self) -> Result<Self, Busy> {
        if self.status < 500 {
            return Ok(self);
        }
        Err(Busy {
            status: self.status,
            retry_after: self.retry_after,
        })
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

fn has_no_body(status: u16) -> bool {
    matches!(status, 100..=199 | 204 | 304)
}

/// Joins the chunks of a body ([RFC 9112 section 7.1]); `None` while more bytes must come.
///
/// [RFC 9112 section 7.1]: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
fn unchunk(mut rest: &[u8]) -> Result<Option<Vec<u8>>, Broken> {
    let malformed = || Broken::Malformed("a chunk");
    let mut body = Vec::new();
    loop {
        let (start, length) = match httparse::parse_chunk_size(rest) {
            Ok(Status::Complete(found)) => found,
            Ok(Status::Partial) => return Ok(None),
            Err(_) => return Err(malformed()),
        };
        let length = usize::try_from(length).map_err(|_| malformed())?;
        let end = start.checked_add(length).ok_or_else(malformed)?;
        let (Some(chunk), Some(after)) = (rest.get(start..end), rest.get(end + 2..)) else {
            return Ok(None);
        };
        if length == 0 {
            return Ok(Some(body));
        }
        body.extend_from_slice(chunk);
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REDIRECT: &[u8] =
        b"HTTP/1.1 303 See Other\r\nLocation: /a?b=c\r\nset-cookie: x=1\r\nSet-Cookie: y=2\r\n\
        Content-Length: 5\r\nConnection: close\r\n\r\nhello";

    #[test]
    fn an_answer_is_read_with_what_the_flows_need() {
        let response = Response::parse(REDIRECT).unwrap().unwrap();

        assert_eq!(response.status, 303);
        assert_eq!(response.location.as_deref(), Some("/a?b=c"));
        assert_eq!(response.cookies, ["x=1", "y=2"]);
        assert_eq!(response.body, b"hello");
        assert!(!response.keeps_connection);
    }

    #[test]
    fn an_answer_is_awaited_until_its_last_byte() {
        for cut in 0..REDIRECT.len() {
            assert_eq!(Response::parse(&REDIRECT[..cut]).unwrap(), None, "{cut}");
        }
    }

    #[test]
    fn chunks_are_joined_and_awaited() {
        let whole = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsign\r\n3;x=y\r\n in\r\n0\r\n\r\n";

        let response = Response::parse(whole).unwrap().unwrap();
        assert_eq!(response.text(), "sign in");
        for cut in 0..whole.len() {
            assert_eq!(Response::parse(&whole[..cut]).unwrap(), None, "{cut}");
        }
    }

    #[test]
    fn an_answer_without_a_length_is_refused_unless_it_has_no_body() {
        assert!(matches!(
            Response::parse(b"HTTP/1.1 200 OK\r\n\r\n"),
            Err(Broken::Malformed(_))
        ));
        let empty = Response::parse(b"HTTP/1.1 204 No Content\r\n\r\n");
        assert_eq!(empty.unwrap().unwrap().body, b"");
    }

    #[test]
    fn what_is_not_http_is_refused() {
        assert!(Response::parse(b"220 mail.example ESMTP\r\n\r\n").is_err());
    }
}
