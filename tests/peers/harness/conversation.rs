//! What a peer's program and the test say to each other: the program asks in a line of JSON for what only a
//! person, an operator or a listener can do, and reads the answer, a line of JSON too.

use doorward_tests::visitor::Page;
use serde::{Deserialize, Serialize};

use super::scene::Scene;

/// What a program may ask for.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(super) enum Ask {
    /// That Alice's browser opens this address, and signs her in where that is asked for.
    Open { url: String },
    /// That an operator ends her sessions.
    EndSessions,
    /// What the application is told next at its address for back-channel logout.
    Told,
}

/// The answer.
#[derive(Default, Serialize)]
pub(super) struct Answer {
    /// Where the browser was sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<String>,
    /// What it posts there, if it was to post.
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<String>,
    /// The Logout Token.
    #[serde(skip_serializing_if = "Option::is_none")]
    logout_token: Option<String>,
}

/// Does what was asked for.
pub(super) async fn answer(ask: Ask, scene: &mut Scene) -> Answer {
    match ask {
        Ask::Open { url } => open(&url, scene).await,
        Ask::EndSessions => {
            scene.end_sessions().await;
            Answer::default()
        }
        Ask::Told => Answer {
            logout_token: Some(scene.receiver.told().await.logout_token()),
            ..Answer::default()
        },
    }
}

async fn open(url: &str, scene: &Scene) -> Answer {
    let mut page = scene.alice.open(url).await;
    if page.asks_for_a_password() {
        page = scene.alice.sign_in(&page).await;
    }
    went(&page)
}

fn went(page: &Page) -> Answer {
    if let Some((action, form)) = page.form_post() {
        return Answer {
            url: Some(action.into()),
            form: Some(form),
            ..Answer::default()
        };
    }
    let left_for = page.left_for.as_ref();
    let left_for = left_for.unwrap_or_else(|| panic!("the browser stays: {page:?}"));
    Answer {
        url: Some(left_for.to_string()),
        ..Answer::default()
    }
}
