//! A directory of many clients: what it costs to be any of them, and to start with all of them.

use std::{path::PathBuf, rc::Rc};

use anyhow::Context as _;
use doorward::provider::Ambient;
use doorward_core::{client::Client as Registered, jose, scope::Scope};
use serde::Serialize;

use crate::{
    cell::median,
    doorward::{Binary, OPAQUE_SCOPE, Provider},
    operation::ClientCredentials,
    process::resident_megabytes,
    relying_party::Client,
    scale::{Population, Target, client_id, client_secret},
    signature::Algorithm,
};

/// A provider with many clients, who have the algorithms of tokens in turn.
pub(crate) struct Crowd {
    pub(crate) provider: Provider,
    clients: u32,
}

/// What a start costs with few clients and with many.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Starts {
    /// How many there are where there are many.
    pub(crate) clients: u32,
    /// With a client for each algorithm.
    pub(crate) few: Start,
    /// With all of them.
    pub(crate) many: Start,
}

/// One start on existing data.
#[derive(Clone, Copy, Debug, Serialize)]
pub(crate) struct Start {
    /// From exec to the first answer that it is ready, in milliseconds.
    pub(crate) ready_ms: f64,
    /// What it has in memory then, in megabytes.
    pub(crate) resident_mb: f64,
}

impl Crowd {
    /// Sets up a fresh provider with so many clients.
    pub(crate) async fn gather(binary: &Binary, clients: u32) -> anyhow::Result<Self> {
        let provider = Provider::start(binary).await?;
        let population = Population::new(1, Ambient::default().clock.now())?;
        let fill = async |file: PathBuf| {
            let all = (0..clients).map(|number| registered(&population, number));
            Target::Sqlite(file).put_clients(all).await
        };
        Ok(Self {
            provider: provider.refurnished(fill).await?,
            clients,
        })
    }

    /// The same provider in a new process.
    pub(crate) async fn restart(self) -> anyhow::Result<Self> {
        Ok(Self {
            provider: self.provider.restart().await?,
            ..self
        })
    }

    /// A request for a token with that algorithm, of each client that has it.
    pub(crate) fn requests(&self, of: Algorithm) -> anyhow::Result<Rc<[Vec<u8>]>> {
        let having = (0..self.clients).filter(|number| algorithm(*number) == Some(of));
        self.requests_of(having, Client::OWN_SCOPE)
    }

    /// A request for an opaque token, of each client.
    pub(crate) fn opaque_requests(&self) -> anyhow::Result<Rc<[Vec<u8>]>> {
        self.requests_of(0..self.clients, OPAQUE_SCOPE)
    }

    fn requests_of(
        &self,
        clients: impl Iterator<Item = u32>,
        scope: &str,
    ) -> anyhow::Result<Rc<[Vec<u8>]>> {
        let server = self.provider.server.address;
        let path = &self.provider.party(Algorithm::Es256)?.endpoints.token;
        let request = |number| {
            let secret = client_secret(number);
            let client = Client::known(client_id(number)?.as_str(), secret.reveal());
            Ok(ClientCredentials::request(server, path, &client, scope))
        };
        clients.map(request).collect()
    }
}

/// The algorithm of a client's tokens.
fn algorithm(number: u32) -> Option<Algorithm> {
    let turn = usize::try_from(number).ok()? % Algorithm::ALL.len();
    Algorithm::ALL.get(turn).copied()
}

/// A client as the directory has it.
fn registered(population: &Population, number: u32) -> anyhow::Result<Registered> {
    let usual = population.client(number)?;
    let own = [Client::OWN_SCOPE, OPAQUE_SCOPE].join(" ");
    let scope: Scope = format!("{} {own}", usual.scope).parse()?;
    let algorithm = algorithm(number).context("an algorithm")?;
    Ok(Registered {
        scope,
        access_token_signed_response_alg: match algorithm {
            Algorithm::EdDsa => jose::Algorithm::EdDsa,
            Algorithm::Es256 => jose::Algorithm::Es256,
            Algorithm::Rs256 => jose::Algorithm::Rs256,
        },
        ..usual
    })
}

impl Starts {
    /// Starts both so often, and takes the median.
    pub(crate) async fn measure(
        mut few: Provider,
        mut many: Crowd,
        times: u32,
    ) -> anyhow::Result<(Provider, Crowd, Self)> {
        let mut starts = (Vec::new(), Vec::new());
        for _ in 0..times {
            few = few.restart().await?;
            starts.0.push(Start::of(&few)?);
            many = many.restart().await?;
            starts.1.push(Start::of(&many.provider)?);
        }
        let measured = Self {
            clients: many.clients,
            few: Start::median(&starts.0).context("no start")?,
            many: Start::median(&starts.1).context("no start")?,
        };
        Ok((few, many, measured))
    }
}

impl Start {
    fn of(provider: &Provider) -> anyhow::Result<Self> {
        Ok(Self {
            ready_ms: provider.server.started_in.as_secs_f64() * 1e3,
            resident_mb: resident_megabytes(provider.server.pid)?,
        })
    }

    fn median(of: &[Self]) -> Option<Self> {
        Some(Self {
            ready_ms: median(of.iter().map(|start| start.ready_ms))?,
            resident_mb: median(of.iter().map(|start| start.resident_mb))?,
        })
    }
}

#[cfg(test)]
mod tests {
    use doorward_directory::Directory;

    use super::*;

    #[tokio::test]
    async fn the_product_reads_every_client_of_the_crowd_as_it_was_meant() {
        let folder = tempfile::tempdir().unwrap();
        let target = Target::Sqlite(folder.path().join("directory.sqlite"));
        let population = Population::new(1, Ambient::default().clock.now()).unwrap();
        let open = async || Directory::open(&target.location().unwrap()).await.unwrap();
        open().await.close().await.unwrap();
        let clients = || (0..4).map(|number| registered(&population, number));
        target.put_clients(clients()).await.unwrap();
        let directory = open().await;
        for client in clients() {
            let client = client.unwrap();
            let found = directory.clients().client(&client.client_id);
            assert_eq!(found.as_deref(), Some(&client));
        }
        let algorithms: Vec<_> = (0..4).map(algorithm).collect();
        let [first, second, third] = Algorithm::ALL.map(Some);
        assert_eq!(algorithms, [first, second, third, first]);
    }
}
