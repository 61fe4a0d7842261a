//! What operators learn of a refusal, and what nobody can learn from the log.

use doorward_tests::processes::Signal;
use doorward_tests::serving::{Application, Installation, Node, eventually};
use serde_json::{Value, json};

use super::client::{Answer, redeem, refresh, userinfo};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";

async fn scene(settings: &str) -> Option<(Installation, Application, Node)> {
    let installation = Installation::new(settings)?;
    installation.add_person(USERNAME, PASSWORD).await;
    let more = ["--redirect-uri", "https://shop.example/other"];
    let shop = installation.add_application("shop", CALLBACK, &more).await;
    let node = installation.serve().await;
    Some((installation, shop, node))
}

/// What `doorward explain` says of a reference, once it has been written down.
async fn explained(installation: &Installation, reference: &str) -> (String, Value) {
    let text = eventually("the reason is written down", async || {
        let ran = installation.run(&["explain", reference], "").await;
        (ran.code == Some(0)).then_some(ran.output)
    });
    let text = text.await;
    (text, installation.ask(&["explain", reference], "").await)
}

/// The reference that an error's description names for the client's developer.
fn reference(description: &str) -> &str {
    let reference = description
        .split_once("(reference ")
        .and_then(|(_, after)| after.strip_suffix(')'));
    reference.unwrap_or_else(|| panic!("no reference in {description:?}"))
}

#[tokio::test]
async fn the_reference_of_an_error_page_leads_to_the_nearest_registered_address() {
    let Some((installation, shop, node)) = scene("").await else {
        return;
    };
    let misspelt = Application {
        redirect_uri: "https://shop.example/calback".to_owned(),
        ..shop
    };
    let page = Visitor::new().authorize(&node, &misspelt, &[]).await;
    assert_eq!(page.status, 400);
    assert!(
        !page.body.contains("calback"),
        "the page does not repeat what it was told"
    );

    let (text, value) = explained(&installation, &page.reference()).await;

    let reason = "redirect_uri \"https://shop.example/calback\" is not registered; \
                  the nearest registered one is https://shop.example/callback";
    assert!(text.contains(reason), "{text}");
    assert_eq!(value["reference"], page.reference());
    let event = &value["events"][0];
    assert_eq!(event["event"], "refused");
    assert_eq!(event["endpoint"], "authorization");
    assert_eq!(event["client"], "shop");
    assert_eq!(event["reason"], reason);
}

/// However it was copied from the page.
#[tokio::test]
async fn a_reference_is_understood_without_its_dash_and_in_lower_case() {
    let Some((installation, shop, node)) = scene("").await else {
        return;
    };
    let stranger = Application {
        id: "shopp".to_owned(),
        ..shop
    };
    let page = Visitor::new().authorize(&node, &stranger, &[]).await;

    let (_, value) = explained(&installation, &page.reference()).await;
    let copied = page.reference().to_lowercase().replace('-', "");
    let (_, again) = explained(&installation, &copied).await;

    assert_eq!(again, value);
    let reason = value["events"][0]["reason"].as_str().expect("a reason");
    assert!(reason.contains("shopp"), "{reason}");
}

#[tokio::test]
async fn the_reference_in_a_response_to_the_application_leads_to_the_reason() {
    let Some((installation, shop, node)) = scene("").await else {
        return;
    };
    let page = Visitor::new()
        .authorize(&node, &shop, &[("scope", "payroll")])
        .await;
    assert_eq!(page.answer("error").as_deref(), Some("invalid_scope"));

    let description = page.answer("error_description").expect("a description");
    let (_, value) = explained(&installation, reference(&description)).await;

    let reason = value["events"][0]["reason"].as_str().expect("a reason");
    assert!(
        reason.contains("payroll") && reason.contains("openid"),
        "{reason}"
    );
}

#[tokio::test]
async fn the_reference_of_a_token_error_leads_to_the_reason() {
    let Some((installation, shop, node)) = scene("").await else {
        return;
    };
    let code = Visitor::new().code(&node, &shop, &[]).await;
    let elsewhere = Application {
        redirect_uri: "https://shop.example/other".to_owned(),
        ..shop
    };
    let refused = redeem(&node, &elsewhere, &code).await;
    assert_eq!(refused.text("error"), "invalid_grant");

    let description = refused.text("error_description");
    let (text, value) = explained(&installation, reference(&description)).await;

    assert!(text.contains("redirect_uri"), "{text}");
    let event = &value["events"][0];
    assert_eq!(
        (&event["endpoint"], &event["error"]),
        (&json!("token"), &json!("invalid_grant"))
    );
    let everything = value.to_string();
    assert!(
        !everything.contains(&code) && !everything.contains(&elsewhere.secret),
        "{everything}"
    );
}

#[tokio::test]
async fn an_unknown_reference_is_said_to_be_unknown() {
    let Some((installation, ..)) = scene("").await else {
        return;
    };
    let unknown = installation.run(&["explain", "K7QX2-M4PTR"], "").await;
    assert_eq!(unknown.code, Some(1));
    assert!(
        unknown
            .errors
            .contains("nothing is recorded under K7QX2-M4PTR"),
        "{}",
        unknown.errors
    );
}

/// Goes through everything that has a secret, rightly and wrongly, and returns all secrets.
async fn use_every_secret(shop: &Application, node: &Node) -> Vec<String> {
    let alice = Visitor::new();
    let offline = [
        ("scope", "openid offline_access"),
        ("state", "state-of-the-shop"),
        ("nonce", "nonce-of-the-shop"),
    ];
    let page = alice.authorize(node, shop, &offline).await;
    let interaction = page
        .url
        .path()
        .rsplit('/')
        .next()
        .expect("a path has an end")
        .to_owned();
    let wrong = [
        ("username", USERNAME),
        ("password", "a wrong password"),
        ("action", "sign-in"),
    ];
    let again = alice.submit(&page, &wrong).await;
    let csrf = again.hidden("csrf");
    let code = alice.sign_in(&again).await.code();
    let tokens = redeem(node, shop, &code).await;
    let [access, refreshing, id] =
        ["access_token", "refresh_token", "id_token"].map(|name| tokens.text(name));
    userinfo(node, &access).await;
    userinfo(node, &format!("{access}x")).await;
    let next: Answer = refresh(node, shop, &refreshing).await;
    let guessing = Application {
        secret: "guessed-secret".to_owned(),
        ..shop.clone()
    };
    refresh(node, &guessing, &next.text("refresh_token")).await;
    redeem(node, shop, &code).await;
    refresh(node, shop, &next.text("refresh_token")).await;
    alice
        .open(&node.url(&format!("/sign-in/{interaction}")))
        .await;
    alice
        .open(&node.url(&format!("/logout?id_token_hint={id}x")))
        .await;
    alice
        .open(&node.url(&format!("/logout?id_token_hint={id}")))
        .await;
    let mut secrets = alice.cookies();
    secrets.extend([interaction, csrf, code, access, refreshing, id]);
    secrets.extend(["access_token", "refresh_token", "id_token"].map(|name| next.text(name)));
    secrets
        .extend([PASSWORD, "a wrong password", "guessed-secret", &shop.secret].map(str::to_owned));
    secrets
}

/// The log at its most talkative: whatever libraries say is in it.
#[tokio::test]
async fn no_secret_reaches_the_log() {
    let Some((_installation, shop, node)) = scene("[log]\nfilter = \"trace\"").await else {
        return;
    };
    let secrets = use_every_secret(&shop, &node).await;
    assert!(secrets.len() > 12, "{}", secrets.len());
    assert!(secrets.iter().all(|secret| secret.len() > 8));

    let Node { mut process, .. } = node;
    process.signal(Signal::TERM);
    process
        .line(|line| line.contains("\"stopped\"").then_some(()))
        .await;
    let log = process.output();

    for event in [
        "\"level\":\"TRACE\"",
        "signed_in",
        "tokens_issued",
        "tokens_refreshed",
        "refused",
        "signed_out",
    ] {
        assert!(log.contains(event), "there is no {event}");
    }
    for secret in secrets {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret} is in the log");
    }
}
