//! The load: a number of people, each with a browser and some applications, who do what people do until told to stop.

mod application;
mod applications;
mod device;
mod flow;
mod person;
mod registration;
mod setback;
mod tally;
mod theft;
mod ticket;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use doorward_tests::load::relying_party::RelyingParty;
use fastrand::Rng;
use tokio::sync::{OwnedRwLockWriteGuard, RwLock};
use tokio::task::JoinSet;
use url::Url;

use crate::cluster::Keepsakes;
use crate::cluster::node::Node;
use crate::ledger::Ledger;
pub(crate) use applications::FILES;
pub(crate) use flow::{elsewhere, wants_sign_in};
use person::Person;
use setback::Setback;
pub(crate) use tally::Figures;
use tally::Tally;

/// How long a client waits for an answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);

/// The provider as its clients see it.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// What everybody knows it by.
    pub(crate) issuer: Url,
    /// Where requests usually go.
    pub(crate) front: SocketAddr,
    /// Each node, for what only somebody with a choice of nodes can do.
    pub(crate) nodes: Vec<SocketAddr>,
    /// The applications.
    pub(crate) clients: Vec<Arc<RelyingParty>>,
    /// The node that nobody goes to past the balancer, since it is not ready.
    shunned: Arc<Mutex<Option<SocketAddr>>>,
}

impl Place {
    /// From now on nobody goes to that node past the balancer, or everybody to all of them.
    pub(crate) fn shun(&self, node: Option<SocketAddr>) {
        *self.shunned.lock().unwrap_or_else(PoisonError::into_inner) = node;
    }

    /// The nodes that somebody may choose.
    fn choice(&self) -> Vec<SocketAddr> {
        let shunned = *self.shunned.lock().unwrap_or_else(PoisonError::into_inner);
        let nodes = self.nodes.iter().copied();
        nodes.filter(|node| Some(*node) != shunned).collect()
    }
}

/// Somebody who can sign in.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) username: String,
    pub(crate) password: String,
}

/// What people and checks write down together.
#[derive(Clone, Debug, Default)]
pub(crate) struct Books {
    ledger: Arc<Mutex<Ledger>>,
    tally: Arc<Mutex<Tally>>,
}

impl Books {
    /// What was acknowledged.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How it goes.
    pub(crate) fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// People at work. Dropping it sends them home.
#[derive(Debug)]
pub(crate) struct Load {
    /// Where they are.
    pub(crate) place: Place,
    /// What they write down.
    pub(crate) books: Books,
    /// When the applications were registered.
    pub(crate) registered: Instant,
    gate: Arc<RwLock<()>>,
    _people: JoinSet<()>,
}

/// Nobody does anything while this is held.
#[derive(Debug)]
pub(crate) struct Quiet {
    books: Books,
    _gate: OwnedRwLockWriteGuard<()>,
}

impl Load {
    /// Adds people and applications to a provider, and lets the people begin.
    pub(crate) async fn start(
        node: &Node,
        (issuer, front, nodes): (Url, SocketAddr, Vec<SocketAddr>),
        people: usize,
        rng: &mut Rng,
    ) -> Result<Self> {
        let books = Books::default();
        let place = Place {
            clients: applications::register(node, &issuer, front, &nodes, &books).await?,
            issuer,
            front,
            nodes,
            shunned: Arc::default(),
        };
        let gate = Arc::new(RwLock::new(()));
        let mut at_work = JoinSet::new();
        for credentials in add_people(node, people, &books).await? {
            let person = Person::new(credentials, place.clone(), books.clone(), rng.fork());
            at_work.spawn(person.live(Arc::clone(&gate)));
        }
        books.tally().resume(Instant::now());
        Ok(Self {
            place,
            books,
            registered: Instant::now(),
            gate,
            _people: at_work,
        })
    }

    /// Waits until everybody has come to the end of what they do, and holds them there.
    pub(crate) async fn quiet(&self) -> Quiet {
        let gate = Arc::clone(&self.gate).write_owned().await;
        self.books.tally().pause(Instant::now());
        Quiet {
            books: self.books.clone(),
            _gate: gate,
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        self.books.tally().resume(Instant::now());
    }
}

async fn add_people(node: &Node, number: usize, books: &Books) -> Result<Vec<Credentials>> {
    let mut people = Vec::new();
    for number in 1..=number {
        let credentials = Credentials {
            username: format!("person-{number}"),
            password: crate::cluster::random_text::<12>(),
        };
        books.ledger().secret("password", &credentials.password);
        let (name, password) = (&credentials.username, &credentials.password);
        let email = format!("{name}@example.com");
        let arguments = ["user", "add", name, "--email", &email, "--password-stdin"];
        node.administer(&arguments, &format!("{password}\n"))
            .await?;
        people.push(credentials);
    }
    Ok(people)
}

/// Writes down what no log of a cluster may have.
pub(crate) fn keep_secrets(books: &Books, keepsakes: &Keepsakes) {
    let mut ledger = books.ledger();
    for secret in keepsakes.secrets() {
        ledger.secret("password of a store", secret);
    }
}
