//! A browser as far as sign-in needs one: cookies, redirects and the sign-in form.

use std::{collections::BTreeMap, net::SocketAddr, time::Duration};

use anyhow::{Context, bail};
use url::{Position, Url};

use crate::load::{
    form::Form,
    http::{Connection, Request, Response, form as encoded},
};

/// More redirects in a row than any sign-in has.
const MOST_REDIRECTS: usize = 10;

/// One browser with one connection and its cookies.
#[derive(Debug)]
pub struct Browser {
    connection: Connection,
    cookies: Cookies,
    origin: Url,
}

/// Where following the redirects ended.
#[derive(Debug)]
pub enum Landing {
    /// At a page or another answer of the server, with the address it has.
    Here(Url, Response),
    /// At an address of somebody else, who is not asked.
    Elsewhere(Url),
}

impl Browser {
    /// A browser that has never been anywhere.
    pub fn fresh(server: SocketAddr) -> anyhow::Result<Self> {
        Ok(Self {
            connection: Connection::to(server),
            cookies: Cookies::default(),
            origin: Url::parse(&format!("http://{server}/"))?,
        })
    }

    /// A browser that knows the provider by its issuer's address, wherever the server listens.
    pub fn of_issuer(server: SocketAddr, issuer: &Url, patience: Duration) -> Self {
        Self {
            connection: Connection::to(server).within(patience),
            cookies: Cookies::default(),
            origin: issuer.clone(),
        }
    }

    /// Another browser with the same cookies, at another server of the same provider.
    #[must_use]
    pub fn again_at(&self, server: SocketAddr) -> Self {
        Self {
            connection: self.connection.like_at(server),
            cookies: self.cookies.clone(),
            origin: self.origin.clone(),
        }
    }

    /// The values of its cookies.
    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        self.cookies.0.values().map(String::as_str)
    }

    /// Takes a cookie that it was given elsewhere.
    pub fn accept(&mut self, name: &str, value: &str) {
        self.cookies.0.insert(name.to_owned(), value.to_owned());
    }

    /// Forgets all cookies and keeps the connection.
    pub fn forget(&mut self) {
        self.cookies = Cookies::default();
    }

    /// The connection, for requests that are no navigation.
    pub fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }

    /// Opens a path of the server and follows its redirects.
    pub async fn open(&mut self, path: &str) -> anyhow::Result<Landing> {
        let url = self.origin.join(path)?;
        let request = Request::get(self.connection.address(), path);
        let response = self.send(request).await?;
        self.follow(url, response).await
    }

    /// Fills in the sign-in form of a page, sends it and follows the redirects.
    pub async fn submit(
        &mut self,
        page: &SignInPage,
        username: &str,
        password: &str,
    ) -> anyhow::Result<Landing> {
        let body = encoded(page.form.filled(username, password));
        self.post(&page.target, body).await
    }

    /// Presses the button of a page that asks something, and follows the redirects.
    pub async fn press(&mut self, page: &Question, button: &str) -> anyhow::Result<Landing> {
        let body = encoded(page.form.pressed(button));
        self.post(&page.target, body).await
    }

    /// Types into the field of a page that asks something, presses its button, and follows the redirects.
    pub async fn answer(
        &mut self,
        page: &Question,
        typed: &str,
        button: &str,
    ) -> anyhow::Result<Landing> {
        let body = encoded(page.form.pressed(button).chain(page.form.typed(typed)));
        self.post(&page.target, body).await
    }

    async fn post(&mut self, target: &Url, body: String) -> anyhow::Result<Landing> {
        let request = Request::post(self.connection.address(), path(target), body)
            .header("Origin", self.origin.origin().ascii_serialization());
        let response = self.send(request).await?;
        self.follow(target.clone(), response).await
    }

    async fn follow(&mut self, mut url: Url, mut response: Response) -> anyhow::Result<Landing> {
        for _ in 0..MOST_REDIRECTS {
            let Some(location) = response.location.as_deref() else {
                return Ok(Landing::Here(url, response));
            };
            url = url
                .join(location)
                .context("a redirect to what is no address")?;
            if url.origin() != self.origin.origin() {
                return Ok(Landing::Elsewhere(url));
            }
            let request = Request::get(self.connection.address(), path(&url));
            response = self.send(request).await?;
        }
        bail!("more than {MOST_REDIRECTS} redirects, the last to {url}")
    }

    async fn send(&mut self, request: Request) -> anyhow::Result<Response> {
        let request = match self.cookies.header() {
            Some(cookies) => request.header("Cookie", cookies),
            None => request,
        };
        let response = self.connection.exchange(&request.into_bytes()).await?;
        for cookie in &response.cookies {
            self.cookies.store(cookie);
        }
        Ok(response.unless_busy()?)
    }
}

/// A page that asks for a name and a password.
#[derive(Debug)]
pub struct SignInPage {
    target: Url,
    form: Form,
}

impl SignInPage {
    /// Reads the page at which a browser landed.
    pub fn read(landing: Landing) -> anyhow::Result<Self> {
        let (url, response) = match landing {
            Landing::Here(url, response) => (url, response),
            Landing::Elsewhere(url) => bail!("no sign-in page but a redirect to {url}"),
        };
        let text = response.text();
        let form = Form::asking_for_a_password(&text).with_context(|| {
            let status = response.status;
            format!(
                "no sign-in form at {url} (status {status}): {}",
                excerpt(&text)
            )
        })?;
        let target = url.join(form.action.as_deref().unwrap_or_default())?;
        Ok(Self { target, form })
    }
}

/// A page that asks to press one of its buttons.
#[derive(Debug)]
pub struct Question {
    target: Url,
    form: Form,
}

impl Question {
    /// Reads the page at which a browser landed, if it has a button of this value.
    pub fn read(landing: &Landing, button: &str) -> Option<Self> {
        let Landing::Here(url, response) = landing else {
            return None;
        };
        let form = Form::with_button(&response.text(), button)?;
        let target = url.join(form.action.as_deref().unwrap_or_default()).ok()?;
        Some(Self { target, form })
    }
}

/// The beginning of a text, for messages.
pub fn excerpt(text: &str) -> String {
    text.chars().take(400).collect()
}

fn path(url: &Url) -> &str {
    &url[Position::BeforePath..Position::AfterQuery]
}

/// The cookies of one server; their paths do not matter here.
#[derive(Clone, Debug, Default)]
struct Cookies(BTreeMap<String, String>);

impl Cookies {
    fn store(&mut self, set_cookie: &str) {
        let mut parts = set_cookie.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else {
            return;
        };
        if value.is_empty() || parts.any(|part| part.eq_ignore_ascii_case("max-age=0")) {
            self.0.remove(name);
        } else {
            self.0.insert(name.to_owned(), value.to_owned());
        }
    }

    fn header(&self) -> Option<String> {
        let pairs: Vec<_> = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_kept_replaced_and_deleted() {
        let mut cookies = Cookies::default();
        assert_eq!(cookies.header(), None);

        cookies.store("session=a=b; Path=/; HttpOnly");
        cookies.store("csrf=1");
        cookies.store("csrf=2; SameSite=Lax");
        assert_eq!(cookies.header().unwrap(), "csrf=2; session=a=b");

        cookies.store("csrf=gone; Max-Age=0");
        cookies.store("session=; Path=/");
        assert_eq!(cookies.header(), None);
    }
}
