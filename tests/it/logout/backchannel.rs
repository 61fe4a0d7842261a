//! Clients are told that a session is over
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::time::Duration;

use doorward_core::backchannel_logout::{Delivery, DeliveryStatus};
use doorward_core::event::Event;
use doorward_core::identifiers::SessionId;
use doorward_core::jose::Algorithm;
use doorward_core::person::PersonStatus;
use doorward_tests::id_token::IdToken;
use doorward_tests::logout_receiver::{LogoutReceiver, Reply, Told};
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::serving::eventually;
use serde_json::{Value, json};

use crate::scene::{Scene, http, logout_link};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

impl Scene {
    /// A client that is told there.
    pub(super) async fn told_client(&self, id: &str, uri: &str) -> RelyingParty {
        let registration = self.provider.client(id).with(|client| {
            client.backchannel_logout_uri = Some(uri.parse().expect("an address"));
            client.backchannel_logout_session_required = true;
        });
        registration.await
    }

    /// The ID Token of a code flow with a client.
    pub(super) async fn id_token(&self, client: &RelyingParty) -> IdToken {
        let tokens = self.tokens(client, "openid").await;
        self.provider.token(client).id_token(&tokens).await
    }

    /// A Logout Token that was told, once its signature is verified with the published keys.
    async fn verified(&self, told: &Told) -> IdToken {
        let jwks = http().get(self.provider.url("/jwks")).send().await;
        let jwks = jwks.expect("the provider answers").json().await;
        let jwks = jwks.expect("keys");
        IdToken::verify(&told.logout_token(), &jwks)
    }

    /// The deliveries of a session, once each was tried and `found` finds what it wants.
    pub(super) async fn deliveries<T>(
        &self,
        session: &Value,
        found: impl Fn(&[Delivery]) -> Option<T>,
    ) -> T {
        let session: SessionId = session
            .as_str()
            .and_then(|sid| sid.parse().ok())
            .expect("a sid");
        eventually("the clients are told", async || {
            let door = self.provider.directory().logout_deliveries();
            let deliveries = door.of_session(session).await;
            found(&deliveries.expect("the directory reads deliveries"))
        })
        .await
    }

    /// The one delivery of a session, once it was tried `attempts` times and what came of the last one is known.
    pub(super) async fn delivery(&self, session: &Value, attempts: u32) -> Delivery {
        let now = self.provider.clock().seconds();
        self.deliveries(session, |all| {
            let [delivery] = all else { return None };
            // While it is claimed, it is due in half a minute; put off, in ten seconds or a multiple.
            let claimed = delivery
                .next_attempt_at
                .is_some_and(|at| at.as_seconds() == now + 30);
            (delivery.attempts == attempts && !claimed).then(|| delivery.clone())
        })
        .await
    }
}

/// `oidcc-backchannel-logout-discovery-endpoint-verification`
#[tokio::test]
async fn oidcc_backchannel_logout_discovery_endpoint_verification() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let path = "/.well-known/openid-configuration";
    let metadata = provider.token(&wiki).get(path).await.json();
    assert_eq!(metadata["backchannel_logout_supported"], true);
    assert_eq!(metadata["backchannel_logout_session_supported"], true);
    assert_eq!(metadata["end_session_endpoint"], provider.url("/logout"));
}

/// P36: a Logout Token is a `logout+jwt`.
/// `oidcc-backchannel-rp-initiated-logout`
#[tokio::test]
async fn oidcc_backchannel_rp_initiated_logout() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let tokens = scene.tokens(&wiki, "openid").await;
    let id_token = scene.provider.token(&wiki).id_token(&tokens).await;
    let link = logout_link(&[
        ("id_token_hint", tokens.id_token.as_deref().expect("one")),
        (
            "post_logout_redirect_uri",
            "https://wiki.example/signed-out",
        ),
        ("state", "af0ifjsldkj"),
    ]);
    let response = scene.browser.get(&link).await.response();
    assert_eq!(response.get("state"), Some("af0ifjsldkj"));

    let told = receiver.told().await;
    let logout_token = scene.verified(&told).await;
    assert_eq!(logout_token.header["typ"], "logout+jwt");
    assert_eq!(logout_token.header["alg"], "RS256");
    let now = scene.provider.clock().seconds();
    assert!(
        logout_token
            .get("jti")
            .as_str()
            .is_some_and(|jti| jti.len() >= 20)
    );
    let mut claims = logout_token.claims.clone();
    claims.remove("jti");
    assert_eq!(
        Value::Object(claims),
        json!({
            "iss": scene.provider.issuer(),
            "aud": "wiki",
            "iat": now,
            "exp": now + 120,
            "sub": id_token.get("sub"),
            "sid": id_token.get("sid"),
            "events": { EVENT: {} },
        })
    );
    assert_eq!(scene.silently(&wiki).await, "login_required");
    let delivery = scene.delivery(id_token.get("sid"), 1).await;
    assert_eq!(delivery.status, DeliveryStatus::Delivered);
    assert_eq!(delivery.outcome.as_deref(), Some("HTTP 200"));
    let events = scene.provider.recent_events().await;
    let delivered = Event::LogoutDelivered {
        client: wiki.registered.client_id.clone(),
        session: delivery.session,
    };
    assert!(events.iter().any(|it| it.event == delivered), "{events:?}");
}

/// [OpenID Connect Back-Channel Logout section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken):
/// as its ID Tokens are signed.
#[tokio::test]
async fn a_logout_token_is_signed_as_the_clients_id_tokens_are() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let mut expected = Vec::new();
    for algorithm in Algorithm::ALL {
        let name = algorithm.as_str();
        let client = scene.told_client(&name.to_lowercase(), &receiver.uri).await;
        scene
            .change(&client, |client| {
                client.id_token_signed_response_alg = algorithm;
            })
            .await;
        scene.tokens(&client, "openid").await;
        expected.push((name.to_lowercase(), name.to_owned()));
    }
    scene.sign_out().await;
    let mut told = Vec::new();
    for _ in &expected {
        let token = scene.verified(&receiver.told().await).await;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        told.push((text(token.get("aud")), text(&token.header["alg"])));
    }
    told.sort();
    expected.sort();
    assert_eq!(told, expected);
}

#[tokio::test]
async fn each_client_of_the_session_is_told_once_and_no_other() {
    let scene = Scene::new().await;
    let [mut wiki_hears, mut shop_hears, mut bank_hears] = [
        LogoutReceiver::start([]).await,
        LogoutReceiver::start([]).await,
        LogoutReceiver::start([]).await,
    ];
    let wiki = scene.told_client("wiki", &wiki_hears.uri).await;
    let shop = scene.told_client("shop", &shop_hears.uri).await;
    let bank = scene.told_client("bank", &bank_hears.uri).await;
    let quiet = scene.provider.client("quiet").await;
    let other = scene.provider.browser();
    other.sign_in(&scene.alice).await;
    let code = other.authorize(&bank).await.code();
    scene
        .provider
        .token(&bank)
        .exchange(&code)
        .await
        .assert_ok();
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    for client in [&wiki, &shop, &quiet] {
        scene.tokens(client, "openid").await;
    }
    let second = scene.provider.second_node().await;
    scene.sign_out().await;

    for hears in [&mut wiki_hears, &mut shop_hears] {
        let token = scene.verified(&hears.told().await).await;
        assert_eq!(token.get("sid"), &sid);
    }
    let done = |all: &[Delivery]| {
        let delivered = |it: &&Delivery| it.status == DeliveryStatus::Delivered && it.attempts == 1;
        (all.iter().filter(delivered).count() == all.len()).then_some(all.len())
    };
    assert_eq!(scene.deliveries(&sid, done).await, 2);
    for hears in [&mut wiki_hears, &mut shop_hears, &mut bank_hears] {
        hears.assert_nothing_more();
    }
    drop(second);
}

/// Grants are swept within minutes, sessions last for days.
#[tokio::test]
async fn a_client_is_told_when_its_grants_are_long_gone() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    scene.provider.clock().advance(Duration::from_hours(20));
    let now = doorward_core::Clock::now(scene.provider.clock());
    let swept = scene.provider.directory().sweep(now).await;
    assert_eq!(swept.expect("it sweeps").grants, 1);
    scene.sign_out().await;
    let token = scene.verified(&receiver.told().await).await;
    assert_eq!(token.get("sid"), &sid);
}

/// P47: one that does not answer holds up nobody.
/// F03: four at once to one host, and whoever signs out sees the same.
/// The slow one has not answered yet, and will not, when the person is signed out and others are told.
#[tokio::test]
async fn a_dead_and_a_slow_client_delay_nobody() {
    let scene = Scene::new().await;
    let mut slow_hears = LogoutReceiver::start(vec![Reply::Never; 40]).await;
    let mut wiki_hears = LogoutReceiver::start([]).await;
    let dead = LogoutReceiver::start([]).await.uri.clone();
    let slow = scene.told_client("slow", &slow_hears.uri).await;
    let dead = scene.told_client("dead", &dead).await;
    let wiki = scene.told_client("wiki", &wiki_hears.uri).await;
    let mut sessions = Vec::new();
    for at in 0..10 {
        if at > 0 {
            scene.browser.sign_in(&scene.alice).await;
        }
        for client in [&slow, &dead] {
            scene.tokens(client, "openid").await;
        }
        sessions.push(scene.id_token(&wiki).await.get("sid").clone());
        scene.sign_out().await;
    }
    for _ in 0..10 {
        wiki_hears.told().await;
    }
    slow_hears.told().await;
    wiki_hears.assert_nothing_more();
    let mut under_way = 0;
    for session in &sessions {
        let waits = |all: &[Delivery]| {
            let to_slow = all.iter().find(|it| it.client.as_str() == "slow")?;
            Some(to_slow.attempts == 1 && to_slow.outcome.is_none())
        };
        under_way += usize::from(scene.deliveries(session, waits).await);
    }
    assert!(under_way <= 4, "{under_way} at once to one host");
}

/// F03: then it is put off.
#[tokio::test]
async fn a_client_that_never_answers_is_given_five_seconds() {
    let scene = Scene::new().await;
    let receiver = LogoutReceiver::start([Reply::Never]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    scene.sign_out().await;
    let put_off = scene.delivery(&sid, 1).await;
    assert_eq!(put_off.status, DeliveryStatus::Waiting);
    assert_eq!(put_off.outcome.as_deref(), Some("no answer within 5s"));
}

/// F04: no parameter does.
#[tokio::test]
async fn no_request_says_where_a_client_is_told() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let mut elsewhere = LogoutReceiver::start([]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let mut request = wiki.request();
    for name in [
        "backchannel_logout_uri",
        "frontchannel_logout_uri",
        "jwks_uri",
        "sector_identifier_uri",
        "client_uri",
        "logo_uri",
    ] {
        request = request.with(name, &elsewhere.uri);
    }
    let code = scene.code(request).await;
    scene
        .provider
        .token(&wiki)
        .exchange(&code)
        .await
        .assert_ok();
    let link = logout_link(&[("backchannel_logout_uri", &elsewhere.uri)]);
    let page = scene.browser.get(&link).await.page();
    scene.browser.press(&page, "sign-out", &[]).await.page();
    receiver.told().await;
    elsewhere.assert_nothing_more();
}

/// P47: again and again.
#[tokio::test]
async fn who_cannot_be_told_is_told_later_even_after_a_restart() {
    let mut scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([Reply::Status(503)]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    scene.sign_out().await;
    let first = scene.verified(&receiver.told().await).await;
    let put_off = scene.delivery(&sid, 1).await;
    assert_eq!(put_off.status, DeliveryStatus::Waiting);
    assert_eq!(put_off.outcome.as_deref(), Some("HTTP 503"));
    let events = scene.provider.recent_events().await;
    let undelivered = Event::LogoutUndelivered {
        client: wiki.registered.client_id.clone(),
        session: put_off.session,
        reason: "HTTP 503".to_owned(),
        status: DeliveryStatus::Waiting,
    };
    assert!(
        events.iter().any(|it| it.event == undelivered),
        "{events:?}"
    );

    scene.provider.restart().await;
    receiver.assert_nothing_more();
    scene.provider.clock().advance(Duration::from_secs(10));
    let second = scene.verified(&receiver.told().await).await;
    assert_eq!(second.get("sid"), &sid);
    assert_ne!(second.get("jti"), first.get("jti"));
    assert_ne!(second.get("iat"), first.get("iat"));
    let delivered = scene.delivery(&sid, 2).await;
    assert_eq!(delivered.status, DeliveryStatus::Delivered);
}

/// A node that ends while the client has not answered yet leaves the delivery to whoever is there half a minute later.
#[tokio::test]
async fn what_a_node_left_half_done_another_one_does() {
    let mut scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([Reply::Never]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    scene.sign_out().await;
    receiver.told().await;
    scene.provider.restart().await;
    scene.provider.clock().advance(Duration::from_secs(30));
    receiver.told().await;
    let delivered = scene.delivery(&sid, 2).await;
    assert_eq!(delivered.status, DeliveryStatus::Delivered);
}

/// [OpenID Connect Back-Channel Logout section 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)
#[tokio::test]
async fn a_client_that_refuses_the_token_is_not_asked_again() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([Reply::Status(400)]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    scene.sign_out().await;
    receiver.told().await;
    let refused = scene.delivery(&sid, 1).await;
    assert_eq!(refused.status, DeliveryStatus::Refused);
    assert_eq!(refused.next_attempt_at, None);
}

/// The command line is another process, which nobody here hears of.
#[tokio::test]
async fn clients_of_somebody_who_is_disabled_elsewhere_are_told() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let id_token = scene.id_token(&wiki).await;
    let sub = id_token.get("sub").as_str().expect("a sub");
    let people = scene.provider.directory().people();
    let now = doorward_core::Clock::now(scene.provider.clock());
    let id = sub.parse().expect("a person's");
    let disabled = people.set_status(id, PersonStatus::Disabled, now).await;
    assert_eq!(disabled, Ok(true));
    let token = scene.verified(&receiver.told().await).await;
    assert_eq!(token.get("sub"), sub);
    assert_eq!(token.get("sid"), id_token.get("sid"));
}

#[tokio::test]
async fn somebody_elses_sign_in_at_the_same_browser_is_the_end_of_the_session() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    let bob = scene.provider.person("bob").await;
    let request = wiki.request().with("prompt", "login");
    let page = scene.browser.authorize(request).await.page();
    assert!(page.is_sign_in(), "{page:?}");
    scene.browser.sign_in_at(&page, &bob).await;
    let token = scene.verified(&receiver.told().await).await;
    assert_eq!(token.get("sid"), &sid);
}

/// F01: a redirect is an answer like any other.
#[tokio::test]
async fn redirects_are_not_followed() {
    let scene = Scene::new().await;
    let mut elsewhere = LogoutReceiver::start([]).await;
    let mut receiver = LogoutReceiver::start([Reply::Redirect(elsewhere.uri.clone())]).await;
    let wiki = scene.told_client("wiki", &receiver.uri).await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    scene.sign_out().await;
    receiver.told().await;
    let put_off = scene.delivery(&sid, 1).await;
    assert_eq!(put_off.outcome.as_deref(), Some("HTTP 307"));
    assert_eq!(put_off.status, DeliveryStatus::Waiting);
    elsewhere.assert_nothing_more();
}

/// F01: and nobody is called before that.
#[tokio::test]
async fn an_address_that_the_operator_does_not_allow_is_not_called() {
    let provider = TestProvider::builder().outbound(&["10.0.0.0/8"]);
    let scene = Scene::at(provider.start().await).await;
    let mut receiver = LogoutReceiver::start([]).await;
    let secured = receiver.uri.replace("http://", "https://");
    for (id, uri, reason) in [
        ("plain", &receiver.uri, "is not reached by https"),
        ("secured", &secured, "outbound.allow does not name it"),
    ] {
        let client = scene.told_client(id, uri).await;
        let sid = scene.id_token(&client).await.get("sid").clone();
        scene.sign_out().await;
        let put_off = scene.delivery(&sid, 1).await;
        let outcome = put_off.outcome.unwrap_or_default();
        assert!(outcome.ends_with(reason), "{outcome}");
        scene.browser.sign_in(&scene.alice).await;
    }
    receiver.assert_nothing_more();
}
