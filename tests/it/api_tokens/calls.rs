//! Programs that call the API, each of whose answers is held against the document of the API.

use doorward_tests::token_client::Answer;
use reqwest::Method;
use serde_json::{Value, json};

use super::stage::Stage;
use crate::scene::http;

pub(super) const TOKENS: &str = "/api/v1/tokens";
pub(super) const TOKEN: &str = "/api/v1/tokens/{id}";
pub(super) const ROTATE: &str = "/api/v1/tokens/{id}/rotate";
pub(super) const SUSPEND: &str = "/api/v1/tokens/{id}/suspend";
pub(super) const RESUME: &str = "/api/v1/tokens/{id}/resume";
pub(super) const REVOKE: &str = "/api/v1/tokens/{id}/revoke";

/// The API of one provider, and what its document says.
pub(super) struct Api {
    origin: String,
    pub(super) document: Value,
}

/// One call.
pub(super) struct Call<'a> {
    api: &'a Api,
    method: Method,
    path: &'static str,
    id: &'a str,
    query: &'a str,
    body: Option<Value>,
    headers: Vec<(&'static str, String)>,
}

impl Api {
    pub(super) async fn of(stage: &Stage) -> Self {
        let origin = stage.provider().issuer().to_owned();
        let document = Answer::of(http().get(format!("{origin}/api/v1/openapi.json"))).await;
        assert_eq!(document.status, 200);
        Self {
            document: document.json(),
            origin,
        }
    }

    pub(super) fn get(&self, path: &'static str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub(super) fn post(&self, path: &'static str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub(super) fn call(&self, method: Method, path: &'static str) -> Call<'_> {
        Call {
            api: self,
            method,
            path,
            id: "",
            query: "",
            body: None,
            headers: Vec::new(),
        }
    }

    /// Holds an answer against what the document says of it.
    #[track_caller]
    fn assert_described(&self, method: &Method, path: &str, answer: &Answer) {
        let method = method.as_str().to_lowercase();
        let status = answer.status.as_str();
        let told = &self.document["paths"][path][&method]["responses"][status]["content"];
        let media = answer.header("content-type").unwrap_or_default();
        let schema = &told[media]["schema"];
        assert!(schema.is_object(), "{method} {path} {status} {media}");
        self.assert_fits(schema, &answer.json());
    }

    /// Holds what was sent, and taken, against what the document says of it.
    #[track_caller]
    fn assert_body_described(&self, method: &Method, path: &str, body: &Value) {
        let method = method.as_str().to_lowercase();
        let told = &self.document["paths"][path][&method]["requestBody"]["content"];
        self.assert_fits(&told["application/json"]["schema"], body);
    }

    #[track_caller]
    fn assert_fits(&self, schema: &Value, value: &Value) {
        let components = &self.document["components"];
        let schema = json!({ "allOf": [schema], "components": components });
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let faults: Vec<String> = validator
            .iter_errors(value)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{faults:?} in {value}");
    }
}

impl<'a> Call<'a> {
    /// About the token of this id.
    pub(super) fn about(mut self, id: &'a Value) -> Self {
        self.id = id.as_str().expect("an id");
        self
    }

    pub(super) fn id(mut self, id: &'a str) -> Self {
        self.id = id;
        self
    }

    pub(super) fn query(mut self, query: &'a str) -> Self {
        self.query = query;
        self
    }

    pub(super) fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    pub(super) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    /// Calls with this token.
    pub(super) async fn by(self, token: &str) -> Answer {
        self.header("authorization", &format!("Bearer {token}"))
            .unchanged()
            .await
    }

    /// Calls without a token.
    pub(super) async fn unchanged(self) -> Answer {
        let path = self.path.replace("{id}", self.id);
        let url = format!("{}{path}{}", self.api.origin, self.query);
        let mut request = http().request(self.method.clone(), url);
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = &self.body {
            request = request.json(body);
        }
        let answer = Answer::of(request).await;
        self.api.assert_described(&self.method, self.path, &answer);
        if let (true, Some(body)) = (answer.status.is_success(), &self.body) {
            self.api
                .assert_body_described(&self.method, self.path, body);
        }
        answer
    }
}
