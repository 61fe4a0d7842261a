//! `/api-tokens`, as somebody without scripts uses it.

mod changing;
mod making;
mod others;
mod recent;
mod watching;

use doorward_core::event::Event;
use doorward_core::identifiers::ApiTokenId;
use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::UserAgent;
use doorward_web::Settings;

use super::stage::Stage;
use crate::scene::Scene;

const NEW: &str = "/api-tokens/new";

/// What is typed to make a token that reads reports.
const READING: [(&str, &str); 2] = [("name", "backup of the wiki"), ("scope", "reports:read")];

impl Stage {
    /// The stage with other settings.
    async fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let provider = TestProvider::builder().settings(change).start();
        Self::at(Scene::at(provider.await).await).await
    }

    fn browser(&self) -> &UserAgent {
        &self.scene.browser
    }

    /// What a page shows to Alice.
    async fn page(&self, path: &str) -> Page {
        self.browser().get(path).await.page()
    }

    /// What Alice sees after she filled the form like this.
    async fn filled(&self, typed: &[(&str, &str)]) -> Page {
        let form = self.page(NEW).await;
        assert_eq!((form.status.as_u16(), &*form.path), (200, NEW), "{form:?}");
        self.browser().press(&form, "make", typed).await.page()
    }

    /// What opens a token that Alice makes like this, and its name among tokens.
    async fn made(&self, typed: &[(&str, &str)]) -> (String, ApiTokenId) {
        let secret = secret(&self.filled(typed).await);
        (secret, newest(self.provider()).await)
    }

    /// Whether an API is told that what opens it is active.
    async fn is_active(&self, secret: &str) -> bool {
        self.answer(secret, None).await.json()["active"] == true
    }
}

/// What opens the token that a page shows. Panics when it shows none.
#[track_caller]
fn secret(page: &Page) -> String {
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(page.header("cache-control"), Some("no-store"));
    page.text_of("token")
        .unwrap_or_else(|| panic!("no token: {page:?}"))
}

/// The token that was last made.
async fn newest(provider: &TestProvider) -> ApiTokenId {
    let events = provider.recent_events().await;
    let mut events = events.into_iter().map(|record| record.event);
    let made = events.find_map(|event| match event {
        Event::ApiTokenChanged { token, .. } => Some(token),
        _ => None,
    });
    made.expect("a token was made")
}
