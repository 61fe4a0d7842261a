use doorward_tests::axe::{assert_accessible, violations};
use doorward_tests::browser::Browser;

use super::pages::Site;

#[tokio::test]
async fn a_page_without_fault_has_no_violation_even_under_a_strict_policy() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let site = Site::start().await;
    browser.goto(&site.page("/good")).await;

    assert_accessible(&browser).await;
}

#[tokio::test]
async fn a_page_with_faults_has_each_of_them_reported() {
    let Some(browser) = Browser::start().await else {
        return;
    };
    let site = Site::start().await;
    browser.goto(&site.page("/bad")).await;

    let Some(found) = violations(&browser).await else {
        return;
    };
    for rule in ["label", "image-alt", "html-has-lang", "color-contrast"] {
        let violation = found.iter().find(|violation| violation.id == rule);
        let violation = violation.expect(rule).to_string();
        assert!(violation.contains("Fix"), "{violation}");
    }
}
