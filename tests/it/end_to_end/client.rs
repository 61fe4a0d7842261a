//! An application's requests to the provider, without the browser.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doorward_tests::serving::{Application, Node};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName};
use reqwest::{Client, StatusCode};
use serde_json::Value;
use url::form_urlencoded;

/// What the provider answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) json: Value,
}

impl Answer {
    /// A text of the answer, which has to be there.
    pub(super) fn text(&self, name: &str) -> String {
        let text = self.json[name].as_str();
        text.unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .to_owned()
    }
}

/// Exchanges a code for tokens ([RFC 6749 section 4.1.3](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3)).
pub(super) async fn redeem(node: &Node, application: &Application, code: &str) -> Answer {
    let redirect_uri = ("redirect_uri", application.redirect_uri.as_str());
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code),
        redirect_uri,
    ];
    token(node, application, &fields).await
}

/// Exchanges a refresh token for its successor ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
pub(super) async fn refresh(node: &Node, application: &Application, refresh_token: &str) -> Answer {
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh_token),
    ];
    token(node, application, &fields).await
}

/// A token that an application has by itself ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
pub(super) async fn of_itself(node: &Node, application: &Application) -> Answer {
    token(node, application, &[("grant_type", "client_credentials")]).await
}

/// Gives a token back ([RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1)).
pub(super) async fn revoke(node: &Node, application: &Application, token: &str) -> Answer {
    let headers = [(AUTHORIZATION, &*basic(application))];
    post_to(&node.url("/revoke"), &headers, &[("token", token)]).await
}

/// Asks who a token is about ([OpenID Connect Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).
pub(super) async fn userinfo(node: &Node, access_token: &str) -> Answer {
    let request = Client::new()
        .get(node.url("/userinfo"))
        .bearer_auth(access_token);
    answer(request).await
}

/// A document that everybody may read.
pub(super) async fn document(node: &Node, path: &str) -> Answer {
    answer(Client::new().get(node.url(path))).await
}

async fn token(node: &Node, application: &Application, fields: &[(&str, &str)]) -> Answer {
    post(node, &[(AUTHORIZATION, &basic(application))], fields).await
}

/// How an application shows its secret.
pub(super) fn basic(application: &Application) -> String {
    let credentials = STANDARD.encode(format!("{}:{}", application.id, application.secret));
    format!("Basic {credentials}")
}

/// Sends a form to the token endpoint.
pub(super) async fn post(
    node: &Node,
    headers: &[(HeaderName, &str)],
    fields: &[(&str, &str)],
) -> Answer {
    post_to(&node.url("/token"), headers, fields).await
}

async fn post_to(url: &str, headers: &[(HeaderName, &str)], fields: &[(&str, &str)]) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish();
    let request = Client::new()
        .post(url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    let with_headers = headers.iter().fold(request, |request, (name, value)| {
        request.header(name, *value)
    });
    answer(with_headers).await
}

/// Asks what a token is good for ([RFC 7662 section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)).
pub(super) async fn introspect(node: &Node, application: &Application, token: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", token)
        .finish();
    let request = Client::new()
        .post(node.url("/introspect"))
        .header(AUTHORIZATION, basic(application))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    answer(request).await
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    let answer = request.send().await.expect("the provider answers");
    Answer {
        status: answer.status(),
        headers: answer.headers().clone(),
        json: answer.json().await.unwrap_or_default(),
    }
}
