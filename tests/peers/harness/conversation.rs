//! What a peer's program and the test say to each other: the program asks in a line of JSON for what only a
//! person, an operator or a listener can do, and reads the answer, a line of JSON too.

use doorward_tests::visitor::Page;
use serde::{Deserialize, Serialize};

use super::scene::Scene;

/// What a program may ask for.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "snake_case")]
pub(super) enum Ask {
    /// That Alice's browser opens this address, and that she signs in and allows what she is asked for.
    Open { url: String },
    /// That Alice signs out at this address, and that her browser loads the frames that she is shown.
    SignOut { url: String },
    /// That Alice enters the code of a device at this address, and allows what it asks for.
    Connect { url: String, user_code: String },
    /// That an operator makes a token to register one application with.
    InitialAccessToken,
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
    /// The token to register with.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

/// Does what was asked for.
pub(super) async fn answer(ask: Ask, scene: &mut Scene) -> Answer {
    match ask {
        Ask::Open { url } => went(&scene.open(&url).await),
        Ask::Connect { url, user_code } => {
            scene.connect(&url, &user_code).await;
            Answer::default()
        }
        Ask::SignOut { url } => {
            scene.sign_out(&url).await;
            Answer::default()
        }
        Ask::InitialAccessToken => Answer {
            token: Some(scene.initial_access_token().await),
            ..Answer::default()
        },
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
