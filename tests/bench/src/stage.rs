//! The product and the reference server, side by side, and one measurement on either.

use std::{env, fs::File, net::SocketAddr, rc::Rc};

use anyhow::Context;
use doorward_tests::machine::cores;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{
    cell::Cell,
    crowd::{Crowd, Starts},
    doorward::{Binary, OPAQUE_SCOPE, Provider},
    driver::{Window, drive},
    operation::{
        Check, ClientCredentials, CodeRoundTrip, Fetch, Introspection, Login, PEOPLE, Refresh,
    },
    reference,
    relying_party::{Client, Endpoints, RelyingParty, Scope},
    server::{Server, free_address},
    shape::Shape,
    signature::Algorithm,
    usage::core_speed,
};

/// Both servers, running on one machine. Only one of them has work at any time.
pub(crate) struct Stage {
    product: Provider,
    crowd: Option<Crowd>,
    reference: Server,
    _files: TempDir,
}

impl Stage {
    /// Starts both servers.
    pub(crate) async fn set(binary: &Binary) -> anyhow::Result<Self> {
        let files = tempfile::tempdir()?;
        Ok(Self {
            product: Provider::start(binary).await?,
            crowd: None,
            reference: start_reference(&files).await?,
            _files: files,
        })
    }

    /// Adds a provider of so many clients, and compares so often how it starts with how the one of few does.
    pub(crate) async fn crowded(
        self,
        binary: &Binary,
        clients: u32,
        times: u32,
    ) -> anyhow::Result<(Self, Starts)> {
        let crowd = Crowd::gather(binary, clients).await?;
        let (product, crowd, starts) = Starts::measure(self.product, crowd, times).await?;
        let crowd = Some(crowd);
        let stage = Self {
            product,
            crowd,
            ..self
        };
        Ok((stage, starts))
    }

    fn crowd(&self) -> anyhow::Result<&Crowd> {
        self.crowd.as_ref().context("there is no crowd")
    }

    /// The signatures that one answer to a refreshing client costs the product.
    pub(crate) async fn signatures(&self, algorithm: Algorithm) -> anyhow::Result<Vec<Algorithm>> {
        Ok(Refresh::prepare(self.product.party(algorithm)?)
            .await?
            .signatures)
    }

    /// Measures one cell.
    pub(crate) async fn measure(
        &self,
        shape: Shape,
        connections: usize,
        window: Window,
    ) -> anyhow::Result<Cell> {
        let product = &self.product.server;
        let reference = self.reference.address;
        let speed_before = core_speed();
        let load = match shape {
            Shape::Discovery => {
                let workers = fetchers(connections, product.address, Endpoints::DISCOVERY).await?;
                drive(workers, window, product.pid).await
            }
            Shape::Jwks => {
                let workers = fetchers(connections, product.address, &self.product.jwks).await?;
                drive(workers, window, product.pid).await
            }
            Shape::Credentials(algorithm) => {
                let party = self.product.party(algorithm)?;
                let (path, client) = (&party.endpoints.token, &party.client);
                let workers = applicants(
                    connections,
                    product.address,
                    path,
                    client,
                    Client::OWN_SCOPE,
                );
                drive(workers, window, product.pid).await
            }
            Shape::Opaque => {
                let party = self.product.party(Algorithm::Es256)?;
                let (path, client) = (&party.endpoints.token, &party.client);
                let workers = applicants(connections, product.address, path, client, OPAQUE_SCOPE);
                drive(workers, window, product.pid).await
            }
            Shape::CrowdCredentials(algorithm) => {
                let crowd = self.crowd()?;
                let workers = any_of(connections, crowd, &crowd.requests(algorithm)?);
                drive(workers, window, crowd.provider.server.pid).await
            }
            Shape::CrowdOpaque => {
                let crowd = self.crowd()?;
                let workers = any_of(connections, crowd, &crowd.opaque_requests()?);
                drive(workers, window, crowd.provider.server.pid).await
            }
            Shape::Introspection(algorithm) => {
                let party = self.product.party(algorithm)?;
                let workers = askers(connections, &party, Scope::Tokens).await?;
                drive(workers, window, product.pid).await
            }
            Shape::IntrospectionOpaque => {
                let party = self.product.party(Algorithm::Es256)?;
                let workers = askers(connections, &party, Scope::Api(OPAQUE_SCOPE)).await?;
                let workers = workers.into_iter().map(Introspection::opaque);
                let workers = workers.collect::<anyhow::Result<_>>()?;
                drive(workers, window, product.pid).await
            }
            Shape::ForwardAuthOpaque => {
                let party = self.product.party(Algorithm::Es256)?;
                let workers = proxies(connections, &party, Scope::Api(OPAQUE_SCOPE)).await?;
                drive(workers, window, product.pid).await
            }
            Shape::Refresh(algorithm) => {
                let workers = refreshers(connections, &self.product.party(algorithm)?).await?;
                drive(workers, window, product.pid).await
            }
            Shape::Code(algorithm) => {
                let workers = code_takers(connections, &self.product.party(algorithm)?).await?;
                drive(workers, window, product.pid).await
            }
            Shape::Login => {
                let workers = logins(connections, &self.product.party(Algorithm::Es256)?)?;
                drive(workers, window, product.pid).await
            }
            Shape::ReferenceJson => {
                let workers = fetchers(connections, reference, reference::JSON_PATH).await?;
                drive(workers, window, self.reference.pid).await
            }
            Shape::ReferenceToken(algorithm) => {
                let path = reference::token_path(algorithm);
                let client = reference::client();
                let workers = applicants(connections, reference, &path, &client, Client::OWN_SCOPE);
                drive(workers, window, self.reference.pid).await
            }
            Shape::ReferenceDurable => {
                let workers = applicants(
                    connections,
                    reference,
                    reference::DURABLE_PATH,
                    &reference::client(),
                    Client::OWN_SCOPE,
                );
                drive(workers, window, self.reference.pid).await
            }
        };
        let load = load.with_context(|| format!("{shape} at {connections} connections"))?;
        Ok(Cell::new(shape, connections, load, speed_before))
    }
}

async fn start_reference(files: &TempDir) -> anyhow::Result<Server> {
    let address = free_address()?;
    let mut command = Command::new(env::current_exe()?);
    command
        .arg("reference")
        .args(["--listen", &address.to_string()]);
    command.args(["--workers", &cores().to_string()]);
    command
        .arg("--database")
        .arg(files.path().join("tokens.db"));
    let log = files.path().join("reference.log");
    File::create(&log)?;
    Server::start(command, address, "/", &log)
        .await
        .context("the reference server")
}

async fn fetchers(count: usize, server: SocketAddr, path: &str) -> anyhow::Result<Vec<Fetch>> {
    let mut workers = Vec::with_capacity(count);
    for _ in 0..count {
        workers.push(Fetch::prepare(server, path).await?);
    }
    Ok(workers)
}

/// Workers that each hold a refresh token.
pub(crate) async fn refreshers(
    count: usize,
    party: &Rc<RelyingParty>,
) -> anyhow::Result<Vec<Refresh>> {
    let mut workers = Vec::with_capacity(count);
    for _ in 0..count {
        workers.push(
            Refresh::prepare(Rc::clone(party))
                .await
                .context("preparing to refresh")?,
        );
    }
    Ok(workers)
}

async fn code_takers(count: usize, party: &Rc<RelyingParty>) -> anyhow::Result<Vec<CodeRoundTrip>> {
    let mut workers = Vec::with_capacity(count);
    for _ in 0..count {
        workers.push(
            CodeRoundTrip::prepare(Rc::clone(party))
                .await
                .context("signing in")?,
        );
    }
    Ok(workers)
}

/// Workers that log in.
pub(crate) fn logins(count: usize, party: &Rc<RelyingParty>) -> anyhow::Result<Vec<Login>> {
    PEOPLE
        .iter()
        .cycle()
        .take(count)
        .map(|name| Login::new(Rc::clone(party), name))
        .collect()
}

fn applicants(
    count: usize,
    server: SocketAddr,
    path: &str,
    client: &Client,
    scope: &str,
) -> Vec<ClientCredentials> {
    (0..count)
        .map(|_| ClientCredentials::new(server, path, client, scope))
        .collect()
}

fn any_of(count: usize, crowd: &Crowd, requests: &Rc<[Vec<u8>]>) -> Vec<ClientCredentials> {
    let server = crowd.provider.server.address;
    (0..count)
        .map(|_| ClientCredentials::any_of(server, Rc::clone(requests)))
        .collect()
}

async fn proxies(
    count: usize,
    party: &Rc<RelyingParty>,
    scope: Scope,
) -> anyhow::Result<Vec<Check>> {
    let mut workers = Vec::with_capacity(count);
    for _ in 0..count {
        let worker = Check::prepare(Rc::clone(party), scope).await;
        workers.push(worker.context("preparing to ask as a proxy")?);
    }
    Ok(workers)
}

async fn askers(
    count: usize,
    party: &Rc<RelyingParty>,
    scope: Scope,
) -> anyhow::Result<Vec<Introspection>> {
    let mut workers = Vec::with_capacity(count);
    for _ in 0..count {
        workers.push(
            Introspection::prepare(Rc::clone(party), scope)
                .await
                .context("preparing to introspect")?,
        );
    }
    Ok(workers)
}
