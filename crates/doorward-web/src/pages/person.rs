//! The End-User, as pages name them.

use maud::{Markup, html};

use super::client_card::initial;

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PersonCard {
    /// The name to show; the user name when there is no other.
    pub display_name: String,
    /// The name to sign in with.
    pub username: String,
}

impl PersonCard {
    /// The person with both names.
    pub(super) fn card(&self) -> Markup {
        html! {
            div.person {
                span.initial aria-hidden="true" { (initial(&self.display_name)) }
                p {
                    bdi.name { (self.display_name) }
                    @if self.display_name != self.username {
                        " " bdi.username { (self.username) }
                    }
                }
            }
        }
    }
}
