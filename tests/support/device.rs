//! Devices without a browser, and people who allow them
//! ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)).

use reqwest::StatusCode;
use serde_json::Value;

use crate::authorization::assert_described;
use crate::destination::Destination;
use crate::page::Page;
use crate::token_client::{Answer, TokenClient};
use crate::user_agent::UserAgent;

/// The name of the grant type.
pub const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// What a device got to begin with.
#[derive(Clone, Debug)]
pub struct Device {
    /// What its client shows to the provider.
    pub device_code: String,
    /// What it shows to people.
    pub user_code: String,
    /// The whole answer.
    pub all: Value,
}

impl TokenClient {
    /// Asks for the codes of a device ([RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)).
    pub async fn begin(&self, form: &[(&str, &str)]) -> Answer {
        self.send_to("/device_authorization", form).await
    }

    /// A device that asks for that scope.
    pub async fn device(&self, scope: &str) -> Device {
        self.begin(&[("scope", scope)]).await.assert_begun()
    }

    /// Asks whether somebody has answered ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)).
    pub async fn poll(&self, device: &Device) -> Answer {
        self.poll_with(device, &[]).await
    }

    /// The same with more parameters.
    pub async fn poll_with(&self, device: &Device, more: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", DEVICE_CODE),
            ("device_code", device.device_code.as_str()),
        ];
        form.extend(more);
        self.send(&form).await
    }
}

impl Answer {
    /// The codes. Panics unless the answer is as [RFC 8628 section 3.2] has it.
    ///
    /// [RFC 8628 section 3.2]: https://www.rfc-editor.org/rfc/rfc8628#section-3.2
    #[track_caller]
    pub fn assert_begun(&self) -> Device {
        assert_eq!(self.status, StatusCode::OK, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        let all = self.json();
        let text = |name: &str| all[name].as_str().expect(name).to_owned();
        let members = all.as_object().map_or(0, serde_json::Map::len);
        assert_eq!(members, 6, "{self:?}");
        assert_eq!(
            (&all["expires_in"], &all["interval"]),
            (&600.into(), &5.into())
        );
        let complete = format!(
            "{}?user_code={}",
            text("verification_uri"),
            text("user_code")
        );
        assert_eq!(text("verification_uri_complete"), complete);
        Device {
            device_code: text("device_code"),
            user_code: text("user_code"),
            all,
        }
    }

    /// Panics unless the answer says that nobody has answered yet, by this code. It is no refusal, so there is no reference.
    #[track_caller]
    pub fn assert_undecided(&self, code: &str) {
        assert_eq!(self.status, StatusCode::BAD_REQUEST, "{self:?}");
        assert_eq!(self.header("cache-control"), Some("no-store"), "{self:?}");
        let body = self.json();
        assert_eq!(body["error"], code, "{self:?}");
        let description = body["error_description"].as_str().unwrap_or_default();
        assert_described(description);
        assert!(!description.contains("reference"), "{self:?}");
    }
}

impl UserAgent {
    /// Goes to the page for the code, and types one there.
    pub async fn enter(&self, typed: &str) -> Destination {
        let page = self.get("/device").await.page();
        self.press(&page, "enter", &[("user_code", typed)]).await
    }

    /// Enters a code where somebody is signed in, and comes to the page that asks.
    pub async fn confirmation(&self, device: &Device) -> Page {
        self.enter(&device.user_code).await.confirm_device_page()
    }
}

impl Destination {
    /// The page that asks whether a device may have what it asks for. Panics when it is not one.
    #[track_caller]
    pub fn confirm_device_page(self) -> Page {
        let page = self.consent_page();
        assert!(page.text_of("user-code").is_some(), "no device: {page:?}");
        page
    }

    /// What came of a device, as its heading tells. Panics on any other page, and when that asks for anything more.
    #[track_caller]
    pub fn device_done(self) -> String {
        let page = self.page();
        assert!(page.body.contains("id=\"device-done\""), "{page:?}");
        assert_eq!(page.forms(), []);
        let (_, after) = page.body.split_once("<h1>").expect("a heading");
        after.split('<').next().unwrap_or_default().to_owned()
    }
}
