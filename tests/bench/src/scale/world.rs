//! A filled provider that is served, and what those who use it remember.

use std::{cell::RefCell, collections::VecDeque, net::SocketAddr, path::Path, time::Duration};

use anyhow::Context as _;
use doorward_tests::cluster::{
    folder::Folder, node::Node, postgres::Postgres, programs::Programs, redis::Redis,
};
use url::Url;

use super::{
    backing::Backing,
    cookie::{self, Cookie},
    kept::Kept,
    population::{Population, Visit, client_id, client_secret},
    stores::{DATA, Stores},
    usage::Watched,
};
use crate::{
    browser::Browser,
    process::resident_megabytes,
    relying_party::{Client, Endpoints, RelyingParty},
};

/// How long a request may take before it counts as failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// The settings under test. All load comes from one address, which the usual limits would stop; and what was filled
/// yesterday is still signed in today.
const SETTINGS: &str = "
[session]
idle = \"30d\"
absolute = \"30d\"

[limits]
failed_sign_ins_per_minute_and_address = 100000
sign_in_attempts_per_account = 1000
authorization_requests_per_minute_and_address = 1000000
";

/// A running provider with its people.
pub(crate) struct World {
    /// Where everything is.
    pub(crate) backing: Backing,
    /// Who is in it.
    pub(crate) population: Population,
    /// What its node took in memory when it had just started, in megabytes.
    pub(crate) idle_mb: f64,
    nodes: Vec<Node>,
    endpoints: Endpoints,
    issuer: Url,
    guests: RefCell<VecDeque<Visit>>,
    kept: RefCell<Kept>,
    ground: Ground,
}

impl World {
    /// Opens what a run before has filled, or fills it, and serves it with one node. So many guests come to sign out.
    pub(crate) async fn open(
        programs: &Programs,
        keep: &Path,
        backing: Backing,
        people: u32,
        guests: u32,
    ) -> anyhow::Result<Self> {
        let folder = keep.join(backing.folder(people));
        let kept = Kept::take(&folder, people)?;
        let folder = Folder::kept(&folder)?;
        let stores = Stores::start(programs, &folder, backing).await?;
        let population = Population::new(people, kept.filled_at)?;
        if !kept.is_filled {
            eprintln!("{backing}: {people} people");
            stores.fill(&population, &kept).await?;
        }
        let guests = stores.invite(&population, &kept, guests).await?;
        let ground = Ground {
            programs: programs.clone(),
            folder,
            key: kept.key.clone(),
            stores,
        };
        let node = ground.node("node-1", None).await?;
        let address = node.address();
        Ok(Self {
            backing,
            population,
            idle_mb: resident_megabytes(node.id().context("the node does not run")?)?,
            endpoints: Endpoints::discover(address).await?,
            issuer: Url::parse(&format!("http://{address}"))?,
            nodes: vec![node],
            guests: RefCell::new(guests.into()),
            kept: RefCell::new(kept),
            ground,
        })
    }

    /// Starts another node on the same stores.
    pub(crate) async fn add_node(&mut self) -> anyhow::Result<()> {
        let name = format!("node-{}", self.nodes.len() + 1);
        let node = self.ground.node(&name, Some(&self.issuer));
        self.nodes.push(node.await?);
        Ok(())
    }

    /// Who holds its state.
    pub(crate) fn stores(&self) -> &Stores {
        &self.ground.stores
    }

    /// Where the nodes listen.
    pub(crate) fn addresses(&self) -> Vec<SocketAddr> {
        self.nodes.iter().map(Node::address).collect()
    }

    /// Its processes, to be watched.
    pub(crate) fn watched(&self) -> anyhow::Result<Watched<'_>> {
        let nodes = self
            .nodes
            .iter()
            .map(|node| node.id().context("a node has ended"));
        Ok(Watched {
            nodes: nodes.collect::<Result<_, _>>()?,
            database: self.stores().postgres.as_ref().and_then(Postgres::id),
            sessions: self.stores().redis.as_ref().and_then(Redis::id),
            directory: &self.stores().directory,
        })
    }

    /// A browser in which nobody is signed in.
    pub(crate) fn browser(&self, node: SocketAddr) -> Browser {
        Browser::of_issuer(node, &self.issuer, PATIENCE)
    }

    /// Signs the browser in, by the cookie of a session that is there.
    pub(crate) fn sign_in(browser: &mut Browser, visit: Visit) {
        browser.forget();
        browser.accept(cookie::NAME, &Cookie::of(visit).value);
    }

    /// A client, at one of the nodes.
    pub(crate) fn party(&self, node: SocketAddr, client: u32) -> anyhow::Result<RelyingParty> {
        let secret = client_secret(client);
        let client = Client::known(client_id(client)?.as_str(), secret.reveal());
        Ok(RelyingParty::new(node, self.endpoints.clone(), client))
    }

    /// The newest refresh token of a person's grant.
    pub(crate) fn refresh_token(&self, person: u32) -> String {
        match self.kept.borrow().refresh_tokens.get(&person) {
            Some(newest) => newest.clone(),
            None => self.population.refresh_token(person).0.reveal().to_owned(),
        }
    }

    /// Remembers the token that came for the one before.
    pub(crate) fn rotated(&self, person: u32, newest: String) {
        self.kept.borrow_mut().refresh_tokens.insert(person, newest);
    }

    /// A session that nobody else will end.
    pub(crate) fn next_guest(&self) -> anyhow::Result<Visit> {
        self.guests
            .borrow_mut()
            .pop_front()
            .context("all guests have signed out")
    }

    /// Ends everything, and keeps what the next run has to know.
    pub(crate) async fn close(mut self) -> anyhow::Result<()> {
        for node in &mut self.nodes {
            node.stop().await?;
        }
        let Ground { stores, folder, .. } = self.ground;
        stores.stop().await?;
        self.kept.borrow().put_back(&folder)
    }
}

/// What every node is started on.
struct Ground {
    programs: Programs,
    folder: Folder,
    key: String,
    stores: Stores,
}

impl Ground {
    /// Starts a node; its own address is the issuer's unless there is one already.
    async fn node(&self, name: &str, issuer: Option<&Url>) -> anyhow::Result<Node> {
        // An embedded store is in the data folder, which the first node has.
        let data = if issuer.is_none() { DATA } else { name };
        let data = self.folder.private(data)?;
        let settings = |address: SocketAddr| {
            let own = format!("http://{address}");
            let issuer = issuer.map_or(own.as_str(), Url::as_str);
            let (issuer, data) = (issuer.trim_end_matches('/'), data.display());
            let stores = self.stores.settings();
            Ok(format!(
                "issuer = \"{issuer}\"\ndata = \"{data}\"\n{stores}{SETTINGS}"
            ))
        };
        let mut node = Node::new(&self.programs, &self.folder, name, &self.key, settings)?;
        node.start().await?;
        Ok(node)
    }
}
