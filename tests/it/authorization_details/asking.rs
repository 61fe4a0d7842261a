//! How people are asked, and what of that is remembered.

use doorward_core::client::Client;
use doorward_core::event::{Event, Extent};
use doorward_tests::device::Device;
use serde_json::json;

use super::{BANK, account, asking, furnished, payment};

/// P17: what is allowed is shown, each detail in words and with all that it says.
/// [RFC 9396 section 11](https://www.rfc-editor.org/rfc/rfc9396#section-11).
#[tokio::test]
async fn people_are_asked_in_the_words_of_the_api_and_in_their_language() {
    let (scene, shop) = furnished().await;
    let mut bill = payment("123.50");
    bill["reference"] = json!("Bill 7 <b>");
    bill["urgent"] = json!(true);
    let details = json!([bill, account(&["balance", "history"])]);
    for (language, shown) in [
        (
            "en",
            [
                "<bdi>Merchant A</bdi>",
                "Reference",
                "Urgent",
                "At <bdi>Example Bank</bdi>",
                "<bdi>what is on it</bdi></strong>, <strong class=\"one\"><bdi>what was paid</bdi>",
            ],
        ),
        (
            "de",
            [
                "</strong> zahlen",
                "Verwendungszweck",
                "Eilig",
                "Bei <bdi>Example Bank</bdi>",
                "<bdi>den Stand</bdi></strong>, <strong class=\"one\"><bdi>Buchungen</bdi>",
            ],
        ),
    ] {
        let request = asking(&shop, "openid", &details).and("ui_locales", language);
        let page = scene.browser.authorize(request).await.consent_page();
        for shown in shown {
            assert!(page.body.contains(shown), "{shown} in {}", page.body);
        }
        assert!(page.body.contains("<bdi>123.50</bdi>"), "{}", page.body);
        assert!(page.body.contains("Bill 7 &lt;b&gt;"), "{}", page.body);
    }
}

/// P17: what is asked each time is not said to be remembered.
#[tokio::test]
async fn people_are_told_for_how_long_they_answer() {
    let (scene, shop) = furnished().await;
    let remembered = "If you allow it, we remember that and ask again";
    let in_part = "except for what is for this time only";
    let once = "we ask again next time";
    for (scope, details, said) in [
        ("openid", json!([account(&["balance"])]), remembered),
        ("openid", json!([payment("5.00")]), in_part),
        ("", json!([payment("5.00")]), once),
    ] {
        let request = asking(&shop, scope, &details);
        let page = scene.browser.authorize(request).await.consent_page();
        assert!(page.body.contains(said), "{said} in {}", page.body);
    }
}

/// A payment that was allowed once says nothing of the next; access to an account lasts.
#[tokio::test]
async fn a_detail_is_asked_about_anew_unless_it_is_the_same_and_its_type_lasts() {
    let (scene, shop) = furnished().await;
    let allowed = [
        json!([payment("5.00")]),
        json!([account(&["balance"])]),
        json!([account(&["balance", "history"])]),
    ];
    for details in &allowed {
        let page = scene
            .browser
            .authorize(asking(&shop, "openid", details))
            .await;
        scene.browser.allow(&page.consent_page()).await.code();
    }
    for details in &allowed[1..] {
        let again = asking(&shop, "openid", details);
        scene.browser.authorize(again).await.code();
    }
    scene
        .browser
        .authorize(shop.request().with("scope", "openid"))
        .await
        .code();
    for anew in [
        json!([payment("5.00")]),
        json!([account(&["balance"]), payment("5.00")]),
        json!([account(&["history"])]),
    ] {
        let anew = asking(&shop, "openid", &anew);
        scene.browser.authorize(anew).await.consent_page();
    }
    let silent = asking(&shop, "openid", &allowed[0]).and("prompt", "none");
    let refused = scene.browser.authorize(silent).await.error();
    assert_eq!(refused, "consent_required");
}

/// Whom an operator trusts with scopes is not trusted with details for that.
#[tokio::test]
async fn a_trusted_client_is_asked_about_details_all_the_same() {
    let (scene, shop) = furnished().await;
    let trust = |client: &mut Client| {
        client.consent = doorward_core::client::ConsentPolicy::Trusted;
    };
    scene.change(&shop, trust).await;
    scene.browser.authorize(&shop).await.code();
    let details = json!([payment("5.00")]);
    let request = || asking(&shop, "openid", &details);
    scene.browser.authorize(request()).await.consent_page();
    let trust = |client: &mut Client| {
        trust(client);
        client.authorization_details_consent = doorward_core::client::ConsentPolicy::Trusted;
    };
    scene.change(&shop, trust).await;
    scene.browser.authorize(request()).await.code();
}

/// L01: what was allowed in detail is written down by the name of its type, and of what it says nothing.
#[tokio::test]
async fn events_name_the_types_and_the_apis_of_what_was_allowed() {
    let (scene, shop) = furnished().await;
    let details = json!([payment("5.00")]);
    let page = scene.browser.authorize(asking(&shop, "openid", &details));
    let page = page.await.consent_page();
    scene.browser.allow(&page).await.code();
    let client = scene.provider.token(&shop);
    let text = details.to_string();
    let form = [("scope", "openid"), ("authorization_details", &text)];
    let device: Device = client.begin(&form).await.assert_begun();
    let asks = scene.browser.confirmation(&device).await;
    scene.browser.press(&asks, "allow", &[]).await.device_done();

    let expected = Extent {
        scope: "openid".parse().expect("a scope"),
        resources: [BANK.parse().expect("a resource")].into(),
        authorization_details_types: ["payment_initiation".parse().expect("a type")].into(),
        further_resources: 0,
    };
    let events = scene.provider.recent_events().await;
    let named: Vec<_> = events
        .iter()
        .filter_map(|record| match &record.event {
            Event::ConsentGiven { extent, .. }
            | Event::Authorized { extent, .. }
            | Event::DeviceAuthorized { extent, .. } => Some((record.event.name(), extent)),
            _ => None,
        })
        .filter(|(_, extent)| **extent == expected)
        .map(|(name, _)| name)
        .collect();
    for name in ["consent_given", "authorized", "device_authorized"] {
        assert!(named.contains(&name), "{name}: {events:?}");
    }
    scene.provider.assert_never_recorded(&["Merchant A"]).await;
}

#[tokio::test]
async fn a_device_asks_in_detail_too() {
    let (scene, shop) = furnished().await;
    let client = scene.provider.token(&shop);
    let details = json!([payment("9.00")]);
    let text = details.to_string();
    let form = [("scope", "openid"), ("authorization_details", &text)];
    let device: Device = client.begin(&form).await.assert_begun();
    let asks = scene.browser.confirmation(&device).await;
    assert!(asks.body.contains("<bdi>9.00</bdi>"), "{}", asks.body);
    scene.browser.press(&asks, "allow", &[]).await.device_done();
    let tokens = client.poll(&device).await;
    tokens.assert_ok();
    assert_eq!(tokens.json()["authorization_details"], details);
}

/// [RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1): a token opens an API by its `aud` alone, so people
/// are told of an API that is named although nothing of it is.
#[tokio::test]
async fn an_api_that_is_named_without_a_word_is_shown_and_remembered() {
    let (scene, shop) = furnished().await;
    let request = || {
        let request = shop.request().with("scope", "openid email");
        request.and("resource", BANK)
    };
    let page = scene
        .browser
        .authorize(shop.request().with("scope", "openid email"));
    let page = page.await.consent_page();
    assert!(!page.body.contains("Example Bank"), "{}", page.body);
    scene.browser.allow(&page).await.code();
    let page = scene.browser.authorize(request()).await.consent_page();
    assert!(page.body.contains("Use "), "{}", page.body);
    assert!(page.body.contains("Example Bank"), "{}", page.body);
    scene.browser.allow(&page).await.code();
    scene.browser.authorize(request()).await.code();
}
