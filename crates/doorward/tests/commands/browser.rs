//! A browser, as far as signing in needs one.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use crate::installation::PATIENCE;

/// Keeps cookies, and asks one provider.
pub(crate) struct Browser {
    provider: SocketAddr,
    cookies: BTreeMap<String, String>,
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: String,
}

impl Answer {
    /// The values of a header.
    fn headers(&self, name: &str) -> Vec<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(header, _)| header.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .collect()
    }
}

/// What lies between the first `before` and the `after` that follows it.
fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    Some(rest.split_once(after)?.0)
}

/// Sends one request on a connection of its own.
pub(crate) fn request(
    to: SocketAddr,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Answer {
    let mut stream = TcpStream::connect(to).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )
    .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    let (head, body) = text.split_once("\r\n\r\n").unwrap();
    Answer {
        status: head.split(' ').nth(1).unwrap().parse().unwrap(),
        head: head.to_owned(),
        body: body.to_owned(),
    }
}

impl Browser {
    pub(crate) fn new(provider: SocketAddr) -> Self {
        Self {
            provider,
            cookies: BTreeMap::new(),
        }
    }

    /// Types name and password into the provider's form; whether that signs in.
    pub(crate) fn sign_in(&mut self, username: &str, password: &str) -> bool {
        let begun = self.ask("GET", "/", "");
        let form = begun.headers("location")[0].to_owned();
        let page = self.ask("GET", &form, "");
        let csrf = between(&page.body, "name=\"csrf\" value=\"", "\"").unwrap();
        let password = password.replace(' ', "+");
        let filled = format!("csrf={csrf}&username={username}&password={password}&action=sign-in");
        self.ask("POST", &form, &filled);
        self.is_signed_in()
    }

    /// Whether the provider knows who this is.
    pub(crate) fn is_signed_in(&mut self) -> bool {
        self.ask("GET", "/", "").status == 200
    }

    fn ask(&mut self, method: &str, path: &str, body: &str) -> Answer {
        let cookies = self.cookies.iter();
        let cookies: Vec<String> = cookies
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let header = format!("Cookie: {}\r\n", cookies.join("; "));
        let answer = request(self.provider, method, path, &header, body);
        for cookie in answer.headers("set-cookie") {
            let pair = cookie.split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }
}
