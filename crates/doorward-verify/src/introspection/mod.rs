//! Opaque tokens: only the issuer knows what they stand for, and is asked
//! ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).

mod answers;
mod credentials;

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::outbound::{Document, Fetched};
use http::HeaderValue;
use serde_json::{Map, Value};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use url::form_urlencoded;

use self::answers::{Answer, Answers, Question, Told};
pub(crate) use self::credentials::basic;
use crate::authorized::Token;
use crate::http_client::Unreachable;
use crate::issuer::Issuer;
use crate::refused::Refused;

const ENDPOINT: &str = "the introspection endpoint";

/// How long it is believed that a token does not work, or that the issuer does not answer.
const SHORTLY: Duration = Duration::from_secs(1);

/// How many questions may be on their way at once: more wait, and a flood of tokens reaches this API and not the issuer.
const AT_ONCE: usize = 64;

/// How long they wait.
const PATIENCE: Duration = Duration::from_secs(2);

/// Asks the issuer about opaque tokens.
pub(crate) struct Introspection {
    credentials: HeaderValue,
    /// How long an answer is believed.
    kept: Duration,
    answers: Answers,
    turns: Semaphore,
}

impl Introspection {
    /// Asks with these credentials, and keeps at most so many answers for that long.
    pub(crate) fn new(credentials: HeaderValue, kept: Duration, most: usize) -> Self {
        Self {
            credentials,
            kept,
            answers: Answers::at_most(most),
            turns: Semaphore::new(AT_ONCE),
        }
    }

    /// What an opaque token stands for when it is used from `address`.
    pub(crate) async fn token(
        &self,
        token: &str,
        address: Option<IpAddr>,
        (issuer, resource): (&Issuer, &str),
    ) -> Told {
        let slot = self.answers.slot(Question::about(token, address));
        let mut answer = slot.lock().await;
        if let Some(known) = answer.as_ref().filter(|known| known.is_good(issuer.now())) {
            return known
                .told
                .clone()
                .and_then(|token| living(token, issuer.now()));
        }
        let told = self.ask(token, address, issuer).await;
        let told = told.and_then(|fetched| read(&fetched, &issuer.name, resource));
        let kept = if told.is_ok() {
            self.kept
        } else {
            SHORTLY.min(self.kept)
        };
        *answer = Some(Answer::at(issuer.now(), told.clone(), kept));
        told.and_then(|token| living(token, issuer.now()))
    }

    async fn ask(
        &self,
        token: &str,
        address: Option<IpAddr>,
        issuer: &Issuer,
    ) -> Result<Fetched, Refused> {
        let metadata = issuer.metadata().await?;
        let endpoint = metadata.value.introspection_endpoint.as_ref();
        let endpoint =
            endpoint.ok_or_else(|| Unreachable::new(ENDPOINT, "the metadata names none"))?;
        let turn = timeout(PATIENCE, self.turns.acquire()).await;
        let busy = || Unreachable::new(ENDPOINT, "too many tokens are asked about at once");
        let _turn = turn.map_err(|_| busy())?;
        let form = form(token, address);
        let asked = issuer
            .http
            .post(ENDPOINT, endpoint, &self.credentials, form);
        Ok(asked.await?)
    }
}

/// The question ([RFC 7662 section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)). `client_ip` is Doorward's: where the
/// token is used, which decides of one that is for some networks only.
fn form(token: &str, address: Option<IpAddr>) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    form.append_pair("token", token);
    form.append_pair("token_type_hint", "access_token");
    if let Some(address) = address {
        form.append_pair("client_ip", &address.to_string());
    }
    form.finish()
}

/// Reads an answer ([RFC 7662 section 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2)).
fn read(fetched: &Fetched, issuer: &str, resource: &str) -> Told {
    let unreadable = |reason: &dyn fmt::Display| Unreachable::new(ENDPOINT, reason);
    let body = fetched
        .body_of(Document::Json)
        .map_err(|e| unreadable(&e))?;
    let claims: Map<String, Value> = serde_json::from_slice(body).map_err(|e| unreadable(&e))?;
    match claims.get("active") {
        Some(Value::Bool(true)) => {}
        Some(Value::Bool(false)) => return Err(Refused::Inactive),
        _ => return Err(unreadable(&"the answer has no active").into()),
    }
    let token = Token::read(claims).map_err(|error| Refused::Claims(error.to_string()))?;
    let said = &token.said;
    let ours = said.iss.as_deref().is_none_or(|iss| iss == issuer)
        && said.aud.as_ref().is_none_or(|aud| aud.contains(resource));
    if ours {
        Ok(Arc::new(token))
    } else {
        Err(Refused::Misdirected)
    }
}

/// An answer outlives no token.
fn living(token: Arc<Token>, now: Timestamp) -> Told {
    if token.has_expired(now) {
        Err(Refused::Inactive)
    } else {
        Ok(token)
    }
}

/// Without the credentials.
impl fmt::Debug for Introspection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Introspection")
            .field("kept", &self.kept)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ISSUER: &str = "https://id.example";
    const RESOURCE: &str = "https://reports.example";

    fn answer(body: &Value) -> Told {
        let fetched = Fetched {
            status: 200,
            content_type: Some("application/json".to_owned()),
            cache_control: None,
            body: body.to_string().into_bytes(),
        };
        read(&fetched, ISSUER, RESOURCE)
    }

    fn good() -> Value {
        json!({"active": true, "iss": ISSUER, "aud": RESOURCE, "sub": "alice", "scope": "reports:read", "exp": 1_700_000_000})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut answer = good();
        answer[name] = value;
        answer
    }

    #[test]
    fn an_active_token_of_the_issuer_for_this_api_is_read() {
        let token = answer(&good()).ok().unwrap();
        assert!(token.said.scope.contains("reports:read"));
        assert!(!token.has_expired(Timestamp::from_seconds(1_699_999_999)));
        assert!(token.has_expired(Timestamp::from_seconds(1_700_000_000)));
    }

    /// P41: what is not active, or not for this API, opens nothing here.
    #[test]
    fn every_other_answer_opens_nothing() {
        let refused = |body: &Value| answer(body).err().map(|refused| refused.status().as_u16());
        for (body, status) in [
            (json!({"active": false}), 401),
            (with("active", json!("true")), 503),
            (json!({"iss": ISSUER}), 503),
            (json!([]), 503),
            (with("iss", json!("https://other.example")), 401),
            (with("aud", json!("https://files.example")), 401),
            (with("networks", json!(["everywhere"])), 401),
            (with("cnf", json!({"unheard": "of"})), 401),
            (with("exp", json!("never")), 401),
        ] {
            assert_eq!(refused(&body), Some(status), "{body}");
        }
    }

    #[test]
    fn an_answer_that_is_no_success_is_no_answer() {
        for status in [302, 401, 429, 500, 503] {
            let fetched = Fetched {
                status,
                content_type: Some("application/json".to_owned()),
                cache_control: None,
                body: good().to_string().into_bytes(),
            };
            let refused = read(&fetched, ISSUER, RESOURCE).err().unwrap();
            assert_eq!(refused.status(), 503, "{status}");
        }
    }

    /// T06: where the token is used goes along.
    #[test]
    fn the_question_names_the_token_and_where_it_is_used() {
        let hint = "token_type_hint=access_token";
        assert_eq!(form("dw_at_1", None), format!("token=dw_at_1&{hint}"));
        let asked = form("dw_at_1", Some("2001:db8::1".parse().unwrap()));
        assert_eq!(
            asked,
            format!("token=dw_at_1&{hint}&client_ip=2001%3Adb8%3A%3A1")
        );
    }
}
