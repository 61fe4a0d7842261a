//! Request objects that clients publish, fetched when a browser brings the address of one
//! ([RFC 9101 section 5.2.3](https://www.rfc-editor.org/rfc/rfc9101#section-5.2.3)).

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// How many answers of a share are remembered.
const MOST: usize = 256;

/// What the addresses of request objects answered. Clients that registered themselves take no memory from what an operator
/// registered.
#[derive(Default)]
pub(crate) struct RequestObjects {
    operators: Share,
    dynamic: Share,
}

/// What the addresses of some answered last.
#[derive(Default)]
struct Share {
    answers: Mutex<HashMap<OutboundUri, Answered>>,
    moments: AtomicU64,
}

/// What an address answered.
struct Answered {
    /// When it was asked.
    asked: Moment,
    outcome: Result<Referred, ReferenceRefused>,
}

/// A point in the order in which people come and addresses are asked. Clocks are too coarse for that.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Moment(u64);

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
    let share = app.request_objects.share(registrant);
    let came = share.moment();
    if let Some(outcome) = share.settled(&reference, came, app.now()) {
        return outcome;
    }
    let url = reference.uri().address().url();
    let turns = [
        app.turns.of_publisher(client),
        app.turns.of_objects_at(registrant, url),
    ];
    // Who gives up waiting does not end the request, or many who give up would make many requests.
    let asking = ask(app.clone(), turns, reference, came);
    let asking = tokio::spawn(timeout(PATIENCE, asking));
    match asking.await {
        Ok(Ok(referred)) => referred,
        Ok(Err(_)) => {
            let reason = "its turn did not come in time, or its answer".to_owned();
            Err(ReferenceRefused::NoAnswer(reason))
        }
        Err(stopped) => Err(ReferenceRefused::NoAnswer(stopped.to_string())),
    }
}

/// Asks when it is our turn, unless somebody has done so since we came: however many wait for an address, one of them asks. The
/// turns are its client's and its host's.
async fn ask(
    app: App,
    [publisher, host]: [Turn; 2],
    reference: ObjectReference,
    came: Moment,
) -> Result<Referred, ReferenceRefused> {
    let _held = (publisher.hold().await, host.hold().await);
    let share = app.request_objects.share(host.registrant);
    if let Some(outcome) = share.settled(&reference, came, app.now()) {
        return outcome;
    }
    let asked = share.moment();
    let url = reference.uri().address().url();
    let outcome = match fetch_in_turn(&app, &host, url, Document::RequestObject).await {
        Ok(fetched) => Referred::read(&reference, &fetched, app.now()),
        Err(NoAnswer(reason)) => Err(ReferenceRefused::NoAnswer(reason)),
    };
    let address = reference.uri().address().clone();
    share.learn(address, asked, outcome.clone());
    outcome
}

impl Share {
    fn moment(&self) -> Moment {
        Moment(self.moments.fetch_add(1, Ordering::Relaxed))
    }

    /// What is known without asking, for somebody who came then: what was asked after that, or may be used again.
    fn settled(
        &self,
        reference: &ObjectReference,
        came: Moment,
        now: Timestamp,
    ) -> Option<Result<Referred, ReferenceRefused>> {
        let answers = lock(&self.answers);
        let Answered { asked, outcome } = answers.get(reference.uri().address())?;
        let is_fresh = |referred: &Referred| referred.answers(reference, now);
        (*asked > came || outcome.as_ref().is_ok_and(is_fresh)).then(|| outcome.clone())
    }

    fn learn(
        &self,
        address: OutboundUri,
        asked: Moment,
        outcome: Result<Referred, ReferenceRefused>,
    ) {
        let mut answers = lock(&self.answers);
        if answers.len() >= MOST && !answers.contains_key(&address) {
            let oldest = answers.iter().min_by_key(|(_, answered)| answered.asked);
            let oldest = oldest.map(|(address, _)| address.clone());
            oldest.and_then(|oldest| answers.remove(&oldest));
        }
        answers.insert(address, Answered { asked, outcome });
    }
}
