//! What carries a browser's requests.

use std::net::SocketAddr;

use reqwest::header::{CONTENT_TYPE, COOKIE, HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, StatusCode};
use url::{Position, Url};

use crate::cookies::Cookies;
use crate::tls_client::TlsClient;

/// How servers are reached.
#[derive(Debug)]
pub(super) enum Line {
    /// By HTTP; the client keeps the cookies.
    Plain(Client),
    /// By HTTPS.
    Tls(TlsClient, Cookies),
}

/// What came back.
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: String,
}

impl Line {
    pub(super) fn plain() -> Self {
        let http = Client::builder()
            .cookie_store(true)
            .redirect(Policy::none())
            .build();
        Self::Plain(http.expect("a client without surprises"))
    }

    pub(super) fn tls(client: TlsClient) -> Self {
        Self::Tls(client, Cookies::default())
    }

    /// Sends a request, with the cookies that came before; an empty form is none.
    pub(super) async fn send(&self, method: Method, url: &Url, form: String) -> Received {
        match self {
            Self::Plain(http) => plainly(http, method, url, form).await,
            Self::Tls(client, cookies) => securely(client, cookies, method, url, form).await,
        }
    }
}

async fn plainly(http: &Client, method: Method, url: &Url, form: String) -> Received {
    let mut request = http.request(method, url.clone());
    if !form.is_empty() {
        request = request
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(form);
    }
    let answer = request.send().await.expect("the server answers");
    Received {
        status: answer.status(),
        headers: answer.headers().clone(),
        body: answer.text().await.expect("a page is text"),
    }
}

async fn securely(
    client: &TlsClient,
    cookies: &Cookies,
    method: Method,
    url: &Url,
    form: String,
) -> Received {
    let path = &url[Position::BeforePath..Position::AfterQuery];
    let cookie = cookies.header();
    let headers = cookie.as_deref().map(|cookie| (COOKIE.as_str(), cookie));
    let headers = headers.as_slice();
    let answer = client.send(server(url), method, path, headers, form).await;
    cookies.keep(answer.headers.get_all(SET_COOKIE));
    Received {
        status: answer.status,
        headers: answer.headers,
        body: answer.text,
    }
}

fn server(url: &Url) -> SocketAddr {
    let addresses = url.socket_addrs(|| None).expect("a server of this machine");
    *addresses.first().expect("an address")
}
