//! Devices without a browser: `/device_authorization`, the page `/device`, and the token endpoint with a Device Code
//! ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)).

mod answering;
mod beginning;
mod entering;
mod faults;
mod polling;

use std::time::Duration;

use doorward_core::event::Event;
use doorward_tests::device::Device;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, TokenClient};

use crate::scene::Scene;

/// What a client waits between two questions.
const INTERVAL: Duration = Duration::from_secs(5);

/// A public client of devices.
async fn television(provider: &TestProvider) -> RelyingParty {
    provider.public_client("tv").await
}

/// The refusal has this code, and the events have exactly this reason.
async fn assert_refused(provider: &TestProvider, answer: Answer, code: &str, reason: &str) {
    let reference = answer.assert_error(code);
    assert_eq!(provider.refusal(&reference).await.reason, reason);
}

/// The reasons of the last refusals at the page, newest first.
async fn reasons_at_the_page(provider: &TestProvider) -> Vec<String> {
    let events = provider.recent_events().await.into_iter();
    let reasons = events.filter_map(|record| match record.event {
        Event::Refused {
            endpoint, reason, ..
        } if endpoint == "device" => Some(reason),
        _ => None,
    });
    reasons.collect()
}

impl Scene {
    /// How often something of this name happened.
    async fn happened(&self, name: &str) -> usize {
        let events = self.provider.recent_events().await;
        let named = events.iter().filter(|record| record.event.name() == name);
        named.count()
    }

    /// A device that Alice has allowed.
    async fn allowed(&self, token: &TokenClient, scope: &str) -> Device {
        let device = token.device(scope).await;
        self.allow(&device).await;
        device
    }

    async fn allow(&self, device: &Device) {
        let asks = self.browser.confirmation(device).await;
        self.browser.press(&asks, "allow", &[]).await.device_done();
    }
}
