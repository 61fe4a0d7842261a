//! Who acts for the one that a token speaks for.

use serde::{Deserialize, Serialize};

use super::{ExchangeRefused, Presented, PresentedAccessToken};
use crate::identifiers::ClientId;

/// Who acts: the `act` claim ([RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// A person, or a client that acts for itself.
    pub sub: String,
    /// The client that the actor uses.
    pub client_id: ClientId,
    /// Who acted before, of whom the present actor got the token; says nothing about who may do what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Box<Self>>,
}

/// The longest chain of actors, so that tokens stay short.
const LONGEST_CHAIN: usize = 4;

impl Actor {
    /// The holder of `actor`, after those who acted `before`.
    pub(super) fn after(
        actor: &PresentedAccessToken,
        before: Option<&Self>,
    ) -> Result<Self, ExchangeRefused> {
        if before.is_some_and(|before| before.chain() >= LONGEST_CHAIN) {
            return Err(ExchangeRefused::Chain);
        }
        let client_id = actor.client.clone().filter(|_| !actor.was_exchanged());
        Ok(Self {
            sub: actor.subject.sub(),
            client_id: client_id.ok_or(ExchangeRefused::NotOwn(Presented::Actor))?,
            act: before.cloned().map(Box::new),
        })
    }

    fn chain(&self) -> usize {
        std::iter::successors(Some(self), |actor| actor.act.as_deref()).count()
    }
}
