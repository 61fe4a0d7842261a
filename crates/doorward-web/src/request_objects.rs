//! Request objects that clients publish, fetched when a browser brings the address of one
//! ([RFC 9101 section 5.2.3](https://www.rfc-editor.org/rfc/rfc9101#section-5.2.3)).

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use doorward_core::Timestamp;
use doorward_core::authorization::request_object::{ObjectReference, ReferenceRefused, Referred};
use doorward_core::authorization::{Addressed, address};
use doorward_core::client::Client;
use doorward_core::outbound::{Document, OutboundUri};
use doorward_core::parameters::Parameters;
use tokio::time::timeout;

use crate::outbound::NoAnswer;
use crate::pages::Problem;
use crate::provider::App;
use crate::refusal::{AuthorizationError, PageError};
use crate::turns::{PATIENCE, Registrant, Turn, fetch_in_turn, lock};

/// How many objects of a share are remembered.
const MOST: usize = 256;

/// The objects that may be used again without asking. Clients that registered themselves take no memory from what an operator
/// registered.
#[derive(Default)]
pub(crate) struct RequestObjects {
    operators: Share,
    dynamic: Share,
}

/// The objects of some, by their addresses.
#[derive(Default)]
struct Share(Mutex<HashMap<OutboundUri, Referred>>);

impl RequestObjects {
    const fn share(&self, registrant: Registrant) -> &Share {
        match registrant {
            Registrant::Operator => &self.operators,
            Registrant::Client => &self.dynamic,
        }
    }
}

/// The request object that a request of `client` refers to, if it does.
pub(crate) async fn referred(
    app: &App,
    client: &Arc<Client>,
    parameters: &Parameters,
) -> Result<Option<Referred>, AuthorizationError> {
    let found = match ObjectReference::of(parameters, client) {
        Ok(None) => return Ok(None),
        Ok(Some(reference)) => published(app, client, reference).await,
        Err(refused) => Err(refused),
    };
    found
        .map(Some)
        .map_err(|refused| unreferred(&refused, client, parameters))
}

/// Nothing is proven then and nothing disproven, so the client is told where the request beside the reference says, if that is
/// registered.
fn unreferred(
    refused: &ReferenceRefused,
    client: &Arc<Client>,
    parameters: &Parameters,
) -> AuthorizationError {
    let by_page = |_| {
        let page = PageError::bad_request("authorization", Problem::InvalidLink, refused);
        AuthorizationError::from(page.by(Some(client.client_id.as_str())))
    };
    let by_client = |Addressed { client, target }| AuthorizationError::Return {
        to: target,
        code: refused.code(),
        reason: refused.to_string(),
        client: client.client_id.clone(),
    };
    address(parameters, Arc::clone(client)).map_or_else(by_page, by_client)
}

/// What is where `reference` leads, which `client` registered.
async fn published(
    app: &App,
    client: &Client,
    reference: ObjectReference,
) -> Result<Referred, ReferenceRefused> {
    let registrant = Registrant::of(client);
    let known = app.request_objects.share(registrant);
    if let Some(referred) = known.answering(&reference, app.now()) {
        return Ok(referred);
    }
    let turn = app.turns.at(registrant, reference.uri().address().url());
    // Who gives up waiting does not end the request, or many who give up would make many requests.
    let asking = tokio::spawn(timeout(PATIENCE, ask(app.clone(), turn, reference)));
    match asking.await {
        Ok(Ok(referred)) => referred,
        Ok(Err(_)) => {
            let reason = "its turn did not come in time, or its answer".to_owned();
            Err(ReferenceRefused::NoAnswer(reason))
        }
        Err(stopped) => Err(ReferenceRefused::NoAnswer(stopped.to_string())),
    }
}

/// Asks when it is our turn, unless somebody has done so meanwhile.
async fn ask(
    app: App,
    turn: Turn,
    reference: ObjectReference,
) -> Result<Referred, ReferenceRefused> {
    let _held = turn.hold().await;
    let known = app.request_objects.share(turn.registrant);
    if let Some(referred) = known.answering(&reference, app.now()) {
        return Ok(referred);
    }
    let url = reference.uri().address().url();
    let fetched = fetch_in_turn(&app, &turn, url, Document::RequestObject).await;
    let fetched = fetched.map_err(|NoAnswer(reason)| ReferenceRefused::NoAnswer(reason))?;
    let now = app.now();
    let referred = Referred::read(&reference, &fetched, now)?;
    known.keep(&referred, now);
    Ok(referred)
}

impl Share {
    fn answering(&self, reference: &ObjectReference, now: Timestamp) -> Option<Referred> {
        let known = lock(&self.0);
        let referred = known.get(reference.uri().address())?;
        referred.answers(reference, now).then(|| referred.clone())
    }

    fn keep(&self, referred: &Referred, now: Timestamp) {
        let mut known = lock(&self.0);
        if known.len() >= MOST {
            known.retain(|_, referred| referred.is_fresh(now));
        }
        let address = referred.uri().address().clone();
        if referred.is_fresh(now) && known.len() < MOST {
            known.insert(address, referred.clone());
        } else {
            known.remove(&address);
        }
    }
}
