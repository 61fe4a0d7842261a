//! `/api/v1/tokens`: a person's tokens, managed by their programs. Every answer is held against the document of the API.

use std::collections::BTreeSet;

use doorward_core::Clock;
use doorward_core::api_token::{Cause, NewApiToken, Quota, State};
use doorward_core::event::Event;
use doorward_core::person::PersonStatus;
use doorward_tests::token_client::Answer;
use doorward_web::TrustedProxies;
use reqwest::Method;
use serde_json::{Value, json};

use super::calls::{Api, RESUME, REVOKE, ROTATE, SUSPEND, TOKEN, TOKENS};
use super::stage::{Made, REPORTS, Stage, days};
use crate::scene::{Scene, http};
use doorward_tests::provider::TestProvider;

const READ: &str = "doorward:tokens:read";
const BOTH: &str = "doorward:tokens:read doorward:tokens:manage reports:read";

impl Stage {
    /// A token of Alice's that may manage her others, and read reports.
    async fn manager(&self) -> Made {
        let all = |new: &mut NewApiToken| {
            new.scope = BOTH.parse().expect("a scope");
            new.resources = [REPORTS.parse().expect("a resource")].into();
        };
        self.token(all).await
    }

    /// Whether an API is told that a token works.
    async fn works(&self, token: &str) -> bool {
        let answer = self.answer(token, None).await;
        answer.json()["active"] == true
    }
}

#[track_caller]
fn assert_refused(answer: &Answer, status: u16, detail: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let problem = answer.json();
    assert_eq!(
        (&problem["type"], &problem["status"]),
        (&json!("about:blank"), &json!(status))
    );
    let told = problem["detail"].as_str().expect("a detail");
    assert!(told.contains(detail), "{told}");
}

/// Reports that may be read, by a token of this name.
fn reading(name: &str) -> Value {
    json!({ "name": name, "scope": "reports:read" })
}

fn text<'a>(answer: &'a Value, member: &str) -> &'a str {
    answer[member].as_str().expect("a text")
}

/// T03, A09: what a token has is told, what opens it in the answer alone that makes it.
#[tokio::test]
async fn a_program_makes_lists_rotates_and_ends_tokens() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    let asked = json!({
        "name": "backup",
        "scope": "reports:read",
        "resources": [REPORTS],
        "networks": ["192.0.2.0/24"],
        "quota": { "per_minute": 60 },
        "expires_in": 2_592_000,
    });
    let answer = api.post(TOKENS).body(asked).by(by).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let made = answer.json();
    let id = &made["id"];
    let address = format!(
        "{}{TOKENS}/{}",
        stage.provider().issuer(),
        text(&made, "id")
    );
    assert_eq!(answer.header("location"), Some(address.as_str()));
    assert!(text(&made, "token").starts_with("dw_pat_"));
    for (member, value) in [
        ("kind", json!("personal_access_token")),
        ("networks", json!(["192.0.2.0/24"])),
        ("quota", json!({ "per_minute": 60, "per_day": null })),
        ("status", json!("active")),
    ] {
        assert_eq!(made[member], value, "{member}");
    }
    let from_there = stage.answer(text(&made, "token"), Some("192.0.2.7")).await;
    assert_eq!(from_there.json()["active"], true);

    let shown = api.get(TOKEN).about(id).by(by).await.json();
    let listed = api.get(TOKENS).by(by).await;
    let tokens = listed.json()["tokens"].clone();
    assert!(tokens.as_array().expect("tokens").contains(&shown));
    assert!(!listed.text.contains("dw_pat_"), "{}", listed.text);

    let rotated = api.post(ROTATE).about(id).body(json!({ "overlap": 0 }));
    let rotated = rotated.by(by).await.json();
    assert_ne!(rotated["token"], made["token"]);
    assert_eq!(rotated["previous_works_until"], rotated["rotated_at"]);
    assert!(!stage.works(text(&made, "token")).await);
    let revoked = api.post(REVOKE).about(id).by(by).await.json();
    assert_eq!(revoked["status"], "revoked");
    assert!(!stage.works(text(&rotated, "token")).await);
    for path in [RESUME, SUSPEND, ROTATE] {
        assert_eq!(api.post(path).about(id).by(by).await.status, 409, "{path}");
    }
}

#[tokio::test]
async fn a_token_is_suspended_and_resumed() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    let made = api.post(TOKENS).body(reading("one")).by(by).await.json();
    let (id, token) = (&made["id"], text(&made, "token"));
    let suspended = api.post(SUSPEND).about(id).by(by).await.json();
    assert_eq!(suspended["status"], "suspended");
    assert!(text(&suspended, "reason").contains("by the person"));
    assert!(!stage.works(token).await);
    let resumed = api.post(RESUME).about(id).by(by).await.json();
    assert_eq!(
        (&resumed["status"], &resumed["reason"]),
        (&json!("active"), &Value::Null)
    );
    assert!(stage.works(token).await);
    assert_eq!(
        api.post(ROTATE).about(id).by(by).await.status,
        200,
        "without a body"
    );
}

/// A10: a page has an end.
#[tokio::test]
async fn tokens_are_listed_page_by_page() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    for name in ["one", "two", "three", "four"] {
        let made = api.post(TOKENS).body(reading(name)).by(by).await;
        assert_eq!(made.status, 201);
    }
    let (mut after, mut pages) = (String::new(), Vec::new());
    loop {
        let query = format!("?limit=2{after}");
        let page = api.get(TOKENS).query(&query).by(by).await.json();
        let tokens = page["tokens"].as_array().expect("tokens").iter();
        pages.push(
            tokens
                .map(|token| text(token, "id").to_owned())
                .collect::<Vec<_>>(),
        );
        match page["next"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break,
        }
    }
    let lengths: Vec<_> = pages.iter().map(Vec::len).collect();
    assert_eq!(lengths, [2, 2, 1]);
    assert_eq!(pages.concat().into_iter().collect::<BTreeSet<_>>().len(), 5);
    for query in [
        "?limit=0",
        "?limit=101",
        "?limit=x",
        "?after=x",
        "?limit=1&limit=2",
        "?owner=bob",
    ] {
        let refused = api.get(TOKENS).query(query).by(by).await;
        assert_eq!(refused.status, 400, "{query}");
    }
}

/// A04: members that nobody knows are refused, and nothing that is not a caller's to say is one.
#[tokio::test]
async fn what_the_document_does_not_name_is_refused() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    for member in [
        "id",
        "owner",
        "user",
        "kind",
        "status",
        "created_at",
        "admin",
    ] {
        let mut body = reading("one");
        body[member] = json!("x");
        let answer = api.post(TOKENS).body(body).by(by).await;
        assert_refused(&answer, 400, "unknown field");
    }
    let mut body = reading("one");
    body["quota"] = json!({ "per_minute": 1, "per_year": 2 });
    assert_refused(
        &api.post(TOKENS).body(body).by(by).await,
        400,
        "unknown field",
    );
    for (member, value) in [
        ("name", json!("two\nlines")),
        ("scope", json!("\"")),
        ("networks", json!(["192.0.2.7/24"])),
        ("expires_in", json!("30d")),
        ("quota", json!({ "per_day": -1 })),
    ] {
        let mut body = reading("one");
        body[member] = value;
        assert_eq!(
            api.post(TOKENS).body(body).by(by).await.status,
            400,
            "{member}"
        );
    }
    let form = api
        .post(TOKENS)
        .header("content-type", "text/plain")
        .by(by)
        .await;
    assert_refused(&form, 415, "application/json");
    let held = api.get(TOKENS).by(by).await.json()["tokens"].clone();
    assert_eq!(held.as_array().map(Vec::len), Some(1), "nothing was made");
}

/// [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3).
/// P35: 401 with its challenge.
#[tokio::test]
async fn whoever_shows_no_token_that_works_here_learns_how_to_come_back_and_no_more() {
    let stage = Stage::new().await;
    let api = Api::of(&stage).await;
    let wiki = stage.provider().client("wiki").await;
    let access_token = stage.scene.tokens(&wiki, "openid").await.access_token;
    let nobody = api.get(TOKENS).send().await;
    assert_refused(&nobody, 401, "dw_pat_");
    assert_eq!(
        nobody.header("www-authenticate"),
        Some("Bearer realm=\"doorward\"")
    );
    for token in ["dw_pat_garbage", "x", access_token.as_str()] {
        let answer = api.get(TOKENS).by(token).await;
        assert_refused(&answer, 401, "unknown, expired or revoked");
        let challenge = answer.header("www-authenticate");
        assert_eq!(
            challenge,
            Some("Bearer realm=\"doorward\", error=\"invalid_token\"")
        );
    }
    let reader = stage
        .token(|new| new.scope = READ.parse().expect("a scope"))
        .await;
    let reader = reader.secret.reveal();
    assert_eq!(api.get(TOKENS).by(reader).await.status, 200);
    let answer = api.post(TOKENS).body(reading("one")).by(reader).await;
    assert_refused(&answer, 403, "doorward:tokens:manage");
    let challenge = answer.header("www-authenticate").expect("a challenge");
    assert!(
        challenge.ends_with("error=\"insufficient_scope\", scope=\"doorward:tokens:manage\""),
        "{challenge}"
    );
    let query = format!("?access_token={reader}");
    assert_eq!(
        api.get(TOKENS).query(&query).send().await.status,
        400,
        "T09: never in an address"
    );
}

/// No site can make a browser call: a cookie is no token, and no other origin reads an answer.
#[tokio::test]
async fn a_browser_that_is_signed_in_opens_nothing_here() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let cookies = stage.scene.browser.cookies();
    let cookies: Vec<_> = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    assert!(!cookies.is_empty());
    let answer = api
        .get(TOKENS)
        .header("cookie", &cookies.join("; "))
        .send()
        .await;
    assert_refused(&answer, 401, "");
    let answer = api.get(TOKENS).header("origin", "https://wiki.example");
    let answer = answer.by(manager.secret.reveal()).await;
    assert_eq!(answer.status, 200);
    for name in ["access-control-allow-origin", "set-cookie"] {
        assert_eq!(answer.header(name), None, "{name}");
    }
}

/// T05: no more scope, no longer life, no wider networks, and no more uses than itself.
#[tokio::test]
async fn a_token_makes_none_that_can_do_more_than_itself() {
    let stage = Stage::new().await;
    let api = Api::of(&stage).await;
    let manager = stage.token(|new| {
        new.scope = BOTH.parse().expect("a scope");
        new.networks = "127.0.0.0/8".parse().ok();
        new.quota = Quota {
            per_minute: Some(100),
            per_day: None,
        };
        new.lifetime = doorward_core::api_token::Lifetime::For(days(30));
    });
    let manager = manager.await;
    let by = manager.secret.reveal();
    let within = || {
        let mut body = reading("one");
        body["networks"] = json!(["127.0.0.0/8"]);
        body["quota"] = json!({ "per_minute": 10 });
        body
    };
    let made = api.post(TOKENS).body(within()).by(by).await.json();
    let end = manager.token.expires_at.expect("an end").rfc3339();
    assert_eq!(made["expires_at"], end, "it ends with the one that made it");
    for (member, value, status, detail) in [
        ("scope", json!("reports:write"), 403, "the scope"),
        ("scope", json!("reports:erase"), 422, "reports:erase"),
        ("scope", json!(""), 422, "at least one scope"),
        ("expires_in", json!(31 * 86_400), 403, "the time"),
        ("expires_in", json!(400 * 86_400), 422, "366 days"),
        ("expires_in", json!(1), 422, "a minute"),
        (
            "networks",
            json!(["127.0.0.0/8", "192.0.2.7"]),
            403,
            "the networks",
        ),
        ("networks", Value::Null, 403, "the networks"),
        ("quota", json!({}), 403, "the quota"),
        (
            "resources",
            json!(["https://other.example"]),
            422,
            "https://other.example",
        ),
    ] {
        let mut body = within();
        body[member] = value;
        let answer = api.post(TOKENS).body(body).by(by).await;
        assert_refused(&answer, status, detail);
    }
}

/// T05: it extends neither itself nor others, and gets no secret of one that can do more.
/// A02: the token in question is judged, not the address.
#[tokio::test]
async fn a_token_reaches_nothing_beyond_its_own_life_person_and_scope() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    let own = manager.token.id.to_string();
    stage.provider().clock().advance(days(10));
    let longer = json!({ "expires_in": 90 * 86_400 });
    let answer = api.post(ROTATE).id(&own).body(longer).by(by).await;
    assert_refused(&answer, 403, "the time");
    let rotated = api.post(ROTATE).id(&own).by(by).await.json();
    let end = manager.token.expires_at.expect("an end").rfc3339();
    assert_eq!(rotated["expires_at"], end);

    let stronger = stage.token(|_| ()).await.token.id.to_string();
    let answer = api.post(ROTATE).id(&stronger).by(by).await;
    assert_refused(&answer, 403, "the scope");
    let because = Cause::OperatorBecause {
        words: "it leaked".to_owned(),
    };
    let weaker = stage
        .token(|new| new.scope = "reports:read".parse().expect("a scope"))
        .await;
    let at = weaker.token.created_at;
    let suspend = |token: &mut doorward_core::api_token::ApiToken| {
        token.state = State::Live.suspended(at, because.clone());
    };
    stage.change(&weaker.token, suspend).await;
    let weaker = weaker.token.id.to_string();
    let answer = api.post(RESUME).id(&weaker).by(by).await;
    assert_refused(&answer, 403, "it leaked");

    let bob = stage
        .provider()
        .person("bob")
        .await
        .sub()
        .parse()
        .expect("a person");
    let of_bob = stage
        .token(|new| new.acts_for = doorward_core::api_token::ActsFor::Person(bob))
        .await;
    let of_bob = of_bob.token.id.to_string();
    for id in [of_bob.as_str(), "0192f0c1-0000-7000-8000-000000000000", "x"] {
        for call in [
            api.get(TOKEN),
            api.post(ROTATE),
            api.post(SUSPEND),
            api.post(RESUME),
            api.post(REVOKE),
        ] {
            assert_refused(&call.id(id).by(by).await, 404, "no such token of yours");
        }
    }
}

/// T03, T04: a token that works no more opens nothing, and says not why; the reference does.
#[tokio::test]
async fn a_token_that_was_stopped_manages_no_others() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    let own = manager.token.id.to_string();
    let other = stage.manager().await;
    assert_eq!(api.post(SUSPEND).id(&own).by(by).await.status, 200);
    let answer = api.get(TOKENS).by(by).await;
    assert_refused(&answer, 401, "unknown, expired or revoked");
    let reference = answer.json()["reference"]
        .as_str()
        .expect("a reference")
        .to_owned();
    let events = stage.provider().events(&reference).await;
    let explained = events.iter().any(|record| {
        matches!(&record.event, Event::ApiTokenRefused { reason, .. } if reason.contains("suspended"))
    });
    assert!(explained, "{events:?}");
    assert!(!format!("{events:?}").contains(by), "T09");

    let by = other.secret.reveal();
    let (people, now) = (
        stage.provider().directory().people(),
        stage.provider().clock().now(),
    );
    for (status, answered) in [(PersonStatus::Disabled, 401), (PersonStatus::Enabled, 200)] {
        assert_eq!(people.set_status(stage.alice, status, now).await, Ok(true));
        assert_eq!(api.get(TOKENS).by(by).await.status, answered);
    }
    stage.provider().clock().advance(days(90));
    assert_eq!(api.get(TOKENS).by(by).await.status, 401);
}

/// T06, N01: where the request comes from counts, and who may say so.
#[tokio::test]
async fn a_token_with_networks_manages_others_from_there_alone() {
    for (trusted, here, elsewhere) in [(false, 200, 200), (true, 401, 200)] {
        let provider = TestProvider::builder().settings(|settings| {
            let proxies = trusted.then(|| "127.0.0.1/32".parse().expect("a network"));
            settings.trusted_proxies = TrustedProxies::new(proxies.into_iter().collect());
        });
        let stage = Stage::at(Scene::at(provider.start().await).await).await;
        let api = Api::of(&stage).await;
        let network = if trusted {
            "192.0.2.0/24"
        } else {
            "127.0.0.0/8"
        };
        let manager = stage.token(|new| {
            new.scope = BOTH.parse().expect("a scope");
            new.networks = network.parse().ok();
        });
        let manager = manager.await;
        let by = manager.secret.reveal();
        assert_eq!(api.get(TOKENS).by(by).await.status, here);
        let forwarded = api.get(TOKENS).header("x-forwarded-for", "192.0.2.7");
        assert_eq!(forwarded.by(by).await.status, elsewhere);
    }
}

#[tokio::test]
async fn a_token_is_made_once_for_an_idempotency_key() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    let create = async |key: &str, body: Value| {
        let call = api.post(TOKENS).header("idempotency-key", key);
        call.body(body).by(by).await
    };
    let refused = create("one", json!({ "name": "x", "scope": "reports:write" })).await;
    assert_eq!(refused.status, 403, "what is refused takes no key");
    let made = create("one", reading("one")).await.json();
    assert_refused(&create("one", reading("one")).await, 409, text(&made, "id"));
    assert_eq!(create("two", reading("two")).await.status, 201);
    for key in ["", &"x".repeat(256)] {
        assert_eq!(create(key, reading("three")).await.status, 400);
    }
    let listed = api.get(TOKENS).by(by).await.json();
    assert_eq!(listed["tokens"].as_array().map(Vec::len), Some(3));
}

/// A person's programs make so many secrets in an hour, whichever of them asks.
#[tokio::test]
async fn how_many_tokens_are_made_in_an_hour_is_limited() {
    let stage = Stage::new().await;
    let (api, manager) = (Api::of(&stage).await, stage.manager().await);
    let by = manager.secret.reveal();
    let id = manager.token.id.to_string();
    let shortest = json!({ "overlap": 3600 });
    let made = api.post(TOKENS).body(reading("one")).by(by).await.json();
    for _ in 1..60 {
        let rotated = api.post(ROTATE).about(&made["id"]).body(shortest.clone());
        assert_eq!(rotated.by(by).await.status, 200);
    }
    let too_many = api.post(TOKENS).body(reading("two")).by(by).await;
    assert_refused(&too_many, 429, "within an hour");
    assert!(too_many.header("retry-after").is_some());
    assert_eq!(api.post(ROTATE).id(&id).by(by).await.status, 429);
    assert_eq!(api.post(REVOKE).about(&made["id"]).by(by).await.status, 200);
    stage
        .provider()
        .clock()
        .advance(std::time::Duration::from_hours(1));
    let later = api.post(TOKENS).body(reading("two")).by(by).await;
    assert_eq!(later.status, 201);
}

/// The document has every method of every path, and each an example of what goes wrong.
#[tokio::test]
async fn the_document_says_what_there_is() {
    let stage = Stage::new().await;
    let api = Api::of(&stage).await;
    assert_eq!(api.document["servers"][0]["url"], stage.provider().issuer());
    assert!(text(&api.document, "openapi").starts_with("3.1"));
    let paths = api.document["paths"].as_object().expect("paths");
    for (path, methods) in paths {
        let described: BTreeSet<String> = methods
            .as_object()
            .expect("methods")
            .keys()
            .map(|method| method.to_uppercase())
            .collect();
        let address = stage.provider().url(&path.replace("{id}", "x"));
        let answer = Answer::of(http().request(Method::TRACE, address)).await;
        assert_eq!(answer.status, 405, "{path}");
        let allowed = answer.header("allow").expect("what is allowed");
        let allowed = allowed.split(',').map(|method| method.trim().to_owned());
        let allowed: BTreeSet<String> = allowed.filter(|method| method != "HEAD").collect();
        assert_eq!(allowed, described, "{path}");
        for (method, operation) in methods.as_object().expect("methods") {
            let responses = operation["responses"].as_object().expect("responses");
            for (status, response) in responses
                .iter()
                .filter(|(status, _)| !status.starts_with('2'))
            {
                let told = &response["content"]["application/problem+json"];
                assert!(
                    told["example"]["reference"].is_string(),
                    "{method} {path} {status}"
                );
            }
        }
    }
}
