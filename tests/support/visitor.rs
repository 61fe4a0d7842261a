//! A person with a plain browser: cookies, links and forms over HTTP, and no JavaScript.

use std::sync::Mutex;

use reqwest::header::{HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Method, StatusCode};
use url::{Url, form_urlencoded};

use self::line::{Line, Received};
use crate::serving::{Application, Node};
use crate::tls_client::TlsClient;

mod line;

/// The name that the person signs in with.
pub const USERNAME: &str = "alice";

/// Her password.
pub const PASSWORD: &str = "curiouser and curiouser";

/// The browser, with its cookies. As in every browser, they are the host's, whatever the port.
#[derive(Debug)]
pub struct Visitor {
    username: String,
    line: Line,
    cookies: Mutex<Vec<String>>,
}

/// Where a visit ended: a page of the provider, or an address elsewhere that nobody opened.
#[derive(Debug)]
pub struct Page {
    /// Where it is.
    pub url: Url,
    /// Its status.
    pub status: StatusCode,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its text.
    pub body: String,
    /// Where the provider sent the browser.
    pub left_for: Option<Url>,
}

impl Default for Visitor {
    fn default() -> Self {
        Self::new()
    }
}

impl Visitor {
    /// The browser of [`USERNAME`].
    pub fn new() -> Self {
        Self::named(USERNAME)
    }

    /// The browser of somebody who has the same password.
    pub fn named(username: &str) -> Self {
        Self::on(Line::plain(), username)
    }

    /// The browser of [`USERNAME`], who reaches servers over TLS alone.
    pub fn over_tls(client: TlsClient) -> Self {
        Self::on(Line::tls(client), USERNAME)
    }

    fn on(line: Line, username: &str) -> Self {
        Self {
            username: username.to_owned(),
            line,
            cookies: Mutex::default(),
        }
    }

    /// The value of every cookie that was ever set.
    pub fn cookies(&self) -> Vec<String> {
        self.cookies.lock().expect("nobody panicked").clone()
    }

    /// Opens an address, and follows where its server leads while it is its own.
    pub async fn open(&self, address: &str) -> Page {
        let url = address.parse().expect("an address");
        self.visit(Method::GET, url, String::new()).await
    }

    /// Sends the page's form with these fields beside its hidden ones.
    pub async fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        let (action, hidden) = page.form();
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(hidden)
            .extend_pairs(fields)
            .finish();
        self.visit(Method::POST, action, form).await
    }

    /// Begins a sign-in at `application`, with more parameters than it must have.
    pub async fn authorize(
        &self,
        node: &Node,
        application: &Application,
        more: &[(&str, &str)],
    ) -> Page {
        self.open(&authorization(node, application, more)).await
    }

    /// Signs in at a page that asks for it.
    pub async fn sign_in(&self, page: &Page) -> Page {
        let fields = [
            ("username", self.username.as_str()),
            ("password", PASSWORD),
            ("action", "sign-in"),
        ];
        self.submit(page, &fields).await
    }

    /// Goes to `application` as somebody who is not signed in, signs in, and returns with a code.
    pub async fn code(
        &self,
        node: &Node,
        application: &Application,
        more: &[(&str, &str)],
    ) -> String {
        let page = self.authorize(node, application, more).await;
        self.sign_in(&page).await.code()
    }

    /// What `application` learns when it asks whether somebody is signed in: the code, or the error.
    pub async fn silently(&self, node: &Node, application: &Application) -> Result<String, String> {
        let page = self
            .authorize(node, application, &[("prompt", "none")])
            .await;
        match page.answer("error") {
            Some(error) => Err(error),
            None => Ok(page.code()),
        }
    }

    async fn visit(&self, mut method: Method, mut url: Url, mut form: String) -> Page {
        loop {
            let Received {
                status,
                headers,
                body,
            } = self.line.send(method, &url, form).await;
            self.remember(&headers);
            let next = headers.get(LOCATION).map(|location| {
                let location = location.to_str().expect("an address is text");
                url.join(location).expect("a redirect has an address")
            });
            let stays = next
                .as_ref()
                .is_some_and(|next| next.origin() == url.origin());
            let Some(next) = next.filter(|_| stays) else {
                let left_for = headers
                    .get(LOCATION)
                    .and_then(|to| to.to_str().ok()?.parse().ok());
                return Page {
                    url,
                    status,
                    headers,
                    body,
                    left_for,
                };
            };
            (method, url, form) = (Method::GET, next, String::new());
        }
    }

    fn remember(&self, headers: &HeaderMap) {
        let values = headers
            .get_all(SET_COOKIE)
            .iter()
            .filter_map(|cookie| cookie.to_str().ok()?.split(';').next()?.split_once('='))
            .map(|(_, value)| value.to_owned())
            .filter(|value| !value.is_empty());
        self.cookies.lock().expect("nobody panicked").extend(values);
    }
}

impl Page {
    /// A parameter of the authorization response with which the browser was sent away.
    pub fn answer(&self, name: &str) -> Option<String> {
        let left_for = self.left_for.as_ref()?;
        let mut parameters = left_for.query_pairs();
        parameters
            .find(|(found, _)| found == name)
            .map(|(_, value)| value.into_owned())
    }

    /// The code with which the browser was sent away.
    pub fn code(&self) -> String {
        let code = self.answer("code");
        code.unwrap_or_else(|| panic!("no code but {self:?}"))
    }

    /// The reference that an error page shows.
    pub fn reference(&self) -> String {
        let after = self.body.split_once("id=\"error-reference\">");
        let (reference, _) = after
            .and_then(|(_, after)| after.split_once('<'))
            .expect("an error page");
        reference.to_owned()
    }

    /// Whether the page asks for a password.
    pub fn asks_for_a_password(&self) -> bool {
        self.body.contains("name=\"password\"")
    }

    /// Whether the page asks if an application may have what it asks for.
    pub fn asks_for_permission(&self) -> bool {
        self.body.contains("value=\"allow\"")
    }

    /// The form that the page posts to the application by itself where scripts run
    /// ([OAuth 2.0 Form Post Response Mode](https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html)),
    /// and where to.
    pub fn form_post(&self) -> Option<(Url, String)> {
        if !self.body.contains("id=\"form-post\"") {
            return None;
        }
        let (action, fields) = self.form();
        let form = form_urlencoded::Serializer::new(String::new())
            .extend_pairs(fields)
            .finish();
        Some((action, form))
    }

    /// The addresses of the page's frames.
    pub fn frames(&self) -> Vec<String> {
        let tags = self.body.split("<iframe ").skip(1);
        tags.filter_map(|tag| attribute(tag, "src")).collect()
    }

    /// The value of a hidden field of the page's form.
    pub fn hidden(&self, name: &str) -> String {
        let (_, fields) = self.form();
        let field = fields.into_iter().find(|(found, _)| found == name);
        field.map(|(_, value)| value).expect(name)
    }

    /// Where the last form of the page goes, and its hidden fields.
    fn form(&self) -> (Url, Vec<(String, String)>) {
        let (_, form) = self
            .body
            .rsplit_once("<form ")
            .unwrap_or_else(|| panic!("no form in {self:?}"));
        let (form, _) = form.split_once("</form>").expect("the form ends");
        let hidden = form
            .split("<input ")
            .filter(|input| input.starts_with("type=\"hidden\""))
            .filter_map(|input| Some((attribute(input, "name")?, attribute(input, "value")?)));
        let action = attribute(form, "action").expect("a form leads somewhere");
        (
            self.url.join(&action).expect("an address"),
            hidden.collect(),
        )
    }
}

/// The value of an attribute in a tag of ours.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, value) = tag.split_once(&format!("{name}=\""))?;
    let (value, _) = value.split_once('"')?;
    Some(
        value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&amp;", "&"),
    )
}

/// The address of an authorization request ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
pub fn authorization(node: &Node, application: &Application, more: &[(&str, &str)]) -> String {
    let mut url: Url = node.url("/authorize").parse().expect("an address");
    url.query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &application.id)
        .append_pair("redirect_uri", &application.redirect_uri);
    if !more.iter().any(|(name, _)| *name == "scope") {
        url.query_pairs_mut().append_pair("scope", "openid");
    }
    url.query_pairs_mut().extend_pairs(more);
    url.into()
}
