use doorward_tests::browser::{Browser, ColorScheme};

use super::pages::Site;

async fn good_page() -> Option<(Browser, Site)> {
    let browser = Browser::start().await?;
    let site = Site::start().await;
    browser.goto(&site.page("/good")).await;
    Some((browser, site))
}

async fn style(browser: &Browser, id: &str, property: &str) -> String {
    let value = browser.element(id).await.css_value(property).await;
    value.expect("an element has a style")
}

#[tokio::test]
async fn a_form_is_filled_in_and_followed() {
    let Some((browser, site)) = good_page().await else {
        return;
    };
    browser.fill("username", "alice").await;
    let typed = browser.element("username").await.prop("value").await;
    assert_eq!(
        typed.expect("a field has a value"),
        Some("alice".to_owned())
    );
    assert_eq!(browser.text("title").await, "Sign in");

    browser.follow("login-submit").await;

    assert_eq!(browser.text("title").await, "Welcome");
    assert_eq!(browser.url().await.as_str(), site.page("/welcome"));
    assert!(!browser.has("username").await);
}

#[tokio::test]
async fn pages_see_the_colours_and_the_size_that_were_asked_for_and_keep_them_over_a_reload() {
    let Some((browser, site)) = good_page().await else {
        return;
    };
    browser.prefer(ColorScheme::Dark).await;
    browser.resize(360, 640).await;
    browser.goto(&site.page("/good")).await;
    assert_eq!(
        style(&browser, "title", "color").await,
        "rgba(255, 255, 255, 1)"
    );
    assert_eq!(
        style(&browser, "title", "text-transform").await,
        "uppercase"
    );

    browser.prefer(ColorScheme::Light).await;
    browser.resize(1280, 800).await;
    assert_eq!(style(&browser, "title", "color").await, "rgba(0, 0, 0, 1)");
    assert_eq!(style(&browser, "title", "text-transform").await, "none");
    assert!(browser.screenshot().await.starts_with(b"\x89PNG"));
}

#[tokio::test]
async fn a_browser_without_javascript_shows_what_is_meant_for_it() {
    let Some(browser) = Browser::start_without_javascript().await else {
        return;
    };
    let site = Site::start().await;
    browser.goto(&site.page("/good")).await;
    assert_eq!(browser.text("no-script").await, "No scripts here.");

    browser.follow("login-submit").await;
    assert_eq!(browser.text("title").await, "Welcome");
}

#[tokio::test]
async fn two_browsers_share_nothing() {
    let Some((browser, site)) = good_page().await else {
        return;
    };
    let Some(other) = Browser::start().await else {
        return;
    };
    other.goto(&site.page("/good")).await;
    browser.goto(&site.page("/remember")).await;

    let cookies = async |browser: &Browser| {
        browser
            .client()
            .get_all_cookies()
            .await
            .expect("cookies")
            .len()
    };
    assert_eq!(cookies(&browser).await, 1);
    assert_eq!(cookies(&other).await, 0);
}
