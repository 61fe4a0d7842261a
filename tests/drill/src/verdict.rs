//! The end of a round: everything that was acknowledged is asked for, at every node, while nobody else does anything.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use doorward_tests::load::browser::Browser;
use doorward_tests::load::http::Connection;
use doorward_tests::load::relying_party::{
    AuthorizationRequest, Prompt, Refused, Registration, Scope,
};
use tokio::time::sleep;

use crate::cluster::node::Node;
use crate::ledger::{GrantId, Probe, Seen};
use crate::load::{Books, PATIENCE, Place, elsewhere, wants_sign_in};

/// How often a question is asked again that got no answer, and how long after.
const ATTEMPTS: u32 = 40;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(250);

/// Asks for everything and writes down what is found. Nobody may use the provider meanwhile.
pub(crate) async fn judge(place: &Place, books: &Books, operator: &Node) -> Result<()> {
    for node in &place.nodes {
        let judge = Judge {
            place,
            books,
            node: *node,
        };
        let probes = books.ledger().probes(*node, Instant::now());
        for probe in probes {
            judge.ask(probe).await?;
        }
    }
    let live = live_sessions(operator).await?;
    let mut ledger = books.ledger();
    ledger.compare(&live);
    ledger.close();
    Ok(())
}

/// The sessions that the directory says are live, by the names that ID tokens have for them.
async fn live_sessions(operator: &Node) -> Result<BTreeSet<String>> {
    let answer = operator.administer(&["session", "list"], "").await?;
    let sessions = answer
        .as_array()
        .context("`session list` answered no list")?;
    let names = sessions.iter().filter_map(|session| session.get("session"));
    Ok(names
        .filter_map(|name| Some(name.as_str()?.to_owned()))
        .collect())
}

/// One who asks one node.
struct Judge<'a> {
    place: &'a Place,
    books: &'a Books,
    node: SocketAddr,
}

impl Judge<'_> {
    async fn ask(&self, probe: Probe) -> Result<()> {
        match probe {
            Probe::Session(id, mut browser) => {
                let seen = self.session(&mut browser).await?;
                self.books.ledger().session_seen(id, seen);
            }
            Probe::Access(id, client, token) => {
                let seen = self.access(client, &token).await?;
                self.books.ledger().access_seen(id, seen);
            }
            Probe::Registration(id, registration) => {
                let read = self.registration(&registration).await?;
                self.books.ledger().registration_seen(id, read.as_ref());
            }
            Probe::Exchanged(id, client, token) => {
                let seen = self.exchanged(client, &token).await?;
                self.books.ledger().exchanged_seen(id, seen);
            }
            Probe::Refresh(id, client, token) => self.refresh(id, client, &token).await?,
        }
        Ok(())
    }

    async fn session(&self, browser: &mut Browser) -> Result<Seen> {
        let client = self.place.clients.first().context("no application")?;
        answered(async || {
            let request = AuthorizationRequest::new()?;
            let path = client.authorization_path(&request, Scope::Tokens, Prompt::None);
            let mut browser = browser.again_at(self.node);
            let landing = browser.open(&path).await?;
            match elsewhere(landing).and_then(|url| request.code(&url)) {
                Ok(code) => {
                    self.books.ledger().secret("code", &code);
                    Ok(Seen::Works)
                }
                Err(error) if wants_sign_in(&error) => Ok(Seen::Refused),
                Err(error) => Err(error),
            }
        })
        .await
        .context("asking for a session")
    }

    async fn access(&self, client: usize, token: &str) -> Result<Seen> {
        let client = self.place.clients.get(client).context("no application")?;
        answered(async || {
            let mut connection = Connection::to(self.node).within(PATIENCE);
            match client.userinfo(&mut connection, token).await {
                Ok(()) => Ok(Seen::Works),
                Err(error) if error.is::<Refused>() => Ok(Seen::Refused),
                Err(error) => Err(error),
            }
        })
        .await
        .context("asking UserInfo")
    }

    async fn registration(&self, registration: &Registration) -> Result<Option<Registration>> {
        answered(async || {
            let mut connection = Connection::to(self.node).within(PATIENCE);
            match registration.read(&mut connection).await {
                Ok(read) => Ok(Some(read)),
                Err(error) if Refused::is_unauthorized(&error) => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await
        .context("reading a registration")
    }

    async fn exchanged(&self, client: usize, token: &str) -> Result<Seen> {
        let client = self.place.clients.get(client).context("no application")?;
        answered(async || {
            let mut connection = Connection::to(self.node).within(PATIENCE);
            let active = client.introspect(&mut connection, token).await?;
            Ok(if active { Seen::Works } else { Seen::Refused })
        })
        .await
        .context("asking about an exchanged token")
    }

    async fn refresh(&self, id: GrantId, client: usize, token: &str) -> Result<()> {
        let client = self.place.clients.get(client).context("no application")?;
        let asked = Instant::now();
        let tokens = answered(async || {
            let mut connection = Connection::to(self.node).within(PATIENCE);
            match client.refresh(&mut connection, token).await {
                Ok(tokens) => Ok(Some(tokens)),
                Err(error) if error.is::<Refused>() => Ok(None),
                Err(error) => Err(error),
            }
        })
        .await
        .context("refreshing")?;
        let mut ledger = self.books.ledger();
        match tokens {
            Some(tokens) => ledger.refreshed(id, token, &tokens, Instant::now()),
            None => ledger.refresh_refused(id, asked),
        }
        Ok(())
    }
}

/// Asks until there is an answer, for the provider may still be getting up.
async fn answered<T>(ask: impl AsyncFn() -> Result<T>) -> Result<T> {
    let mut attempts = 0;
    loop {
        match ask().await {
            Err(error) if attempts < ATTEMPTS && may_come_again(&error) => {
                attempts += 1;
                sleep(BETWEEN_ATTEMPTS).await;
            }
            answer => return answer,
        }
    }
}

fn may_come_again(error: &anyhow::Error) -> bool {
    use doorward_tests::load::http::{Broken, Busy};
    error.is::<Busy>() || error.is::<Broken>()
}
