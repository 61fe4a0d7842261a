//! A browser without scripts: cookies, forms, and redirects as far as they stay at the provider.

use std::collections::BTreeMap;
use std::sync::Mutex;

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, LOCATION, SET_COOKIE};
use reqwest::{Client, Method, StatusCode, redirect};

use crate::authorization::{AuthorizationRequest, AuthorizationResponse, Pushed};
use crate::cookies::Cookies;
pub use crate::destination::Destination;
use crate::node::Node;
use crate::page::Page;
use crate::people::TestPerson;

/// A browser with cookies of its own.
#[derive(Debug)]
pub struct UserAgent {
    http: Client,
    issuer: String,
    base: Mutex<String>,
    cookies: Cookies,
    /// Headers that it sends with everything.
    headers: HeaderMap,
}

impl UserAgent {
    pub(crate) fn new(issuer: &str, base: &str) -> Self {
        Self {
            http: http_client(),
            issuer: issuer.to_owned(),
            base: Mutex::new(base.to_owned()),
            cookies: Cookies::default(),
            headers: HeaderMap::new(),
        }
    }

    /// The same browser, sending this header with everything.
    #[must_use]
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        let value = value.parse().expect("a header's value");
        self.headers.insert(name, value);
        self
    }

    /// From now on another node answers this browser.
    pub fn move_to(&self, node: &Node) {
        *self.base.lock().expect("no test panicked before") = node.base();
    }

    /// The browser's cookies by name.
    pub fn cookies(&self) -> BTreeMap<String, String> {
        self.cookies.all()
    }

    /// Puts a cookie into the browser.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.put(name, value);
    }

    /// Forgets all cookies.
    pub fn clear_cookies(&self) {
        self.cookies.clear();
    }

    /// Goes to a path of the provider, or to a whole address there.
    pub async fn get(&self, path: &str) -> Destination {
        self.visit(Method::GET, path, None, None).await
    }

    /// Posts a form to a path of the provider.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> Destination {
        self.visit(Method::POST, path, Some(encoded(form)), None)
            .await
    }

    /// Goes to the authorization endpoint as a client sends it there.
    pub async fn authorize(&self, request: impl Into<AuthorizationRequest>) -> Destination {
        let request = request.into();
        let path = format!("/authorize?{}", request.encoded());
        self.visit(Method::GET, &path, None, Some(request)).await
    }

    /// The same by POST ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
    pub async fn authorize_by_post(&self, request: impl Into<AuthorizationRequest>) -> Destination {
        let request = request.into();
        let form = request.encoded();
        self.visit(Method::POST, "/authorize", Some(form), Some(request))
            .await
    }

    /// Goes to the authorization endpoint with what a client pushed
    /// ([RFC 9126 section 4](https://www.rfc-editor.org/rfc/rfc9126#section-4)).
    pub async fn open(&self, pushed: &Pushed) -> Destination {
        let path = format!("/authorize?{}", pushed.link.encoded());
        let request = pushed.request.clone();
        self.visit(Method::GET, &path, None, Some(request)).await
    }

    /// Presses the button of this value on a page; `typed` is put in place of the fields' values.
    #[track_caller]
    pub fn press(
        &self,
        page: &Page,
        button: &str,
        typed: &[(&str, &str)],
    ) -> impl Future<Output = Destination> {
        let (action, form) = page.pressed(button, typed);
        let request = page.request.clone();
        async move { self.visit(Method::POST, &action, Some(form), request).await }
    }

    /// Fills in the sign-in page.
    pub async fn sign_in_at(&self, page: &Page, person: &TestPerson) -> Destination {
        self.press(page, "sign-in", &person.typed()).await
    }

    /// Signs in at the provider itself.
    pub async fn sign_in(&self, person: &TestPerson) -> &Self {
        let page = self.get("/").await.sign_in_page();
        let home = self.sign_in_at(&page, person).await.page();
        assert_eq!(home.path, "/", "not signed in: {home:?}");
        self
    }

    /// Allows what a consent page asks.
    pub async fn allow(&self, page: &Page) -> Destination {
        self.press(page, "allow", &[]).await
    }

    /// Goes to the authorization endpoint and signs in there.
    pub async fn authorize_as(
        &self,
        person: &TestPerson,
        request: impl Into<AuthorizationRequest>,
    ) -> Destination {
        let page = self.authorize(request).await.sign_in_page();
        self.sign_in_at(&page, person).await
    }

    async fn visit(
        &self,
        method: Method,
        path: &str,
        form: Option<String>,
        request: Option<AuthorizationRequest>,
    ) -> Destination {
        let (mut method, mut path, mut form) = (method, path.to_owned(), form);
        for _ in 0..10 {
            let page = self
                .fetch(method, &path, form.take(), request.clone())
                .await;
            let Some(location) = page.header(LOCATION.as_str()).map(str::to_owned) else {
                return self.arrived(page);
            };
            assert_eq!(page.status, StatusCode::SEE_OTHER, "{page:?}");
            let Some(next) = self.path_here(&location) else {
                let response = AuthorizationResponse::of_redirect(&location, request, &self.issuer);
                return Destination::Client(response);
            };
            path = next;
            method = Method::GET;
        }
        panic!("redirected in a circle, at last to {path}");
    }

    /// A page, or the response that it is to post where scripts run.
    fn arrived(&self, page: Page) -> Destination {
        if !page.body.contains("id=\"form-post\"") {
            return Destination::Page(page);
        }
        let form = page.forms().into_iter().next().expect("a form to post");
        let (action, fields) = (&form.action, form.fields);
        let response = AuthorizationResponse::of_form(action, fields, page.request, &self.issuer);
        Destination::Client(response)
    }

    /// The path of an address, if it is at the provider.
    fn path_here(&self, location: &str) -> Option<String> {
        if location.starts_with('/') {
            return Some(location.to_owned());
        }
        let path = location.strip_prefix(&self.issuer)?;
        path.starts_with('/').then(|| path.to_owned())
    }

    /// One request and its answer, whatever it is.
    pub async fn fetch(
        &self,
        method: Method,
        path: &str,
        form: Option<String>,
        request: Option<AuthorizationRequest>,
    ) -> Page {
        let path = self.path_here(path).expect("a path of the provider");
        let base = self.base.lock().expect("no test panicked before").clone();
        let mut sending = self.http.request(method, format!("{base}{path}"));
        sending = sending.headers(self.headers.clone());
        if let Some(cookies) = self.cookies.header() {
            sending = sending.header(COOKIE, cookies);
        }
        if let Some(form) = form {
            sending = sending.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
            sending = sending.body(form);
        }
        let answer = sending.send().await.expect("the provider answers");
        self.cookies.keep(answer.headers().get_all(SET_COOKIE));
        Page {
            path,
            status: answer.status(),
            headers: answer.headers().clone(),
            body: answer.text().await.expect("the answer is text"),
            request,
        }
    }
}

fn encoded<N: AsRef<str>, V: AsRef<str>>(pairs: &[(N, V)]) -> String {
    let mut serializer = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in pairs {
        serializer.append_pair(name.as_ref(), value.as_ref());
    }
    serializer.finish()
}

/// A client for HTTP that follows nothing by itself.
pub fn http_client() -> Client {
    let client = Client::builder().redirect(redirect::Policy::none());
    client.no_proxy().build().expect("a client for HTTP")
}
