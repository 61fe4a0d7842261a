//! One process's worth of a provider: its own connections to what it keeps, and a listener.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use doorward::outbound::Outbound;
use doorward_core::Clock as _;
use doorward_core::client::ClientSecrets;
use doorward_core::dpop::Nonces;
use doorward_core::subject::Subjects;
use doorward_directory::Directory;
use doorward_sessions::{Location, Store};
use doorward_web::{Parts, Provider, Settings, router, tell_clients, tend_api_tokens};
use ipnet::IpNet;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::clock::{SystemRandom, TestClock};
use crate::keys::{self, ROOT_KEY};
use crate::observed::{Observation, Observed};

/// A running node. Several may serve one issuer.
#[derive(Debug)]
pub struct Node {
    directory: Directory,
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    served: JoinHandle<()>,
}

/// What all nodes of an issuer have in common.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    pub(crate) issuer: String,
    pub(crate) settings: Settings,
    pub(crate) directory: doorward_directory::Location,
    pub(crate) sessions: Location,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) observation: Observation,
    /// Networks that requests of the provider's own may lead to.
    pub(crate) outbound: Vec<IpNet>,
}

/// A listener on a port of its own.
pub(crate) fn listener() -> TcpListener {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a free port");
    let unblocked = listener.set_nonblocking(true);
    unblocked.expect("a listener that does not block");
    listener
}

pub(crate) fn address(listener: &TcpListener) -> SocketAddr {
    listener.local_addr().expect("a listener has an address")
}

impl Node {
    /// Opens what the provider keeps and serves it.
    pub(crate) async fn start(plan: &Plan, listener: &TcpListener) -> Self {
        let directory = Directory::open(&plan.directory).await;
        let directory = directory.expect("the directory opens");
        let provider = Arc::new(Provider::new(Parts {
            issuer: plan.issuer.clone(),
            settings: plan.settings.clone(),
            sessions: sessions(plan).await,
            signing_keys: keys::signing_keys(&directory, plan.clock.now()).await,
            nonces: Nonces::new(ROOT_KEY.authenticator("dpop-nonce")),
            subjects: Subjects::new(ROOT_KEY.authenticator("pairwise-subject")),
            client_secrets: ClientSecrets::of(&ROOT_KEY),
            directory: directory.clone(),
            clock: plan.clock.clone(),
            random: Arc::new(SystemRandom),
            outbound: Arc::new(Outbound::new(plan.outbound.clone())),
        }));
        let (stop, stopped) = oneshot::channel();
        let shared = listener.try_clone().expect("a listener can be shared");
        let served = tokio::spawn(serve(provider, shared, stopped));
        Self {
            directory,
            address: address(listener),
            stop: Some(stop),
            served,
        }
    }

    /// Where the node listens, such as `http://127.0.0.1:4711`.
    pub fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The node's own view of the directory.
    pub const fn directory(&self) -> &Directory {
        &self.directory
    }

    /// Finishes the requests under way and closes everything, as a node does that is told to end.
    pub(crate) async fn stop(mut self) {
        self.stop.take();
        self.served.await.expect("the server ends");
        self.directory.close().await.expect("the directory closes");
    }
}

async fn sessions(plan: &Plan) -> Store {
    let backend = doorward_sessions::open(&plan.sessions, plan.clock.clone()).await;
    let observed = Observed {
        backend: backend.expect("the session store opens"),
        observation: plan.observation.clone(),
    };
    let sealer = ROOT_KEY.sealer("session");
    Store::new(Arc::new(observed), sealer, Arc::new(SystemRandom))
}

/// Serves until the other end of `stopped` is used or dropped.
async fn serve(provider: Arc<Provider>, listener: TcpListener, stopped: oneshot::Receiver<()>) {
    let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
    let service = router(Arc::clone(&provider)).into_make_service_with_connect_info::<SocketAddr>();
    let until = async {
        stopped.await.ok();
    };
    let served = axum::serve(listener, service).with_graceful_shutdown(until);
    let (over, ended) = oneshot::channel::<()>();
    let ended = async move {
        ended.await.ok();
    };
    let tending = tokio::spawn(tend_api_tokens(Arc::clone(&provider), ended));
    tokio::select! {
        served = served.into_future() => served.expect("the server serves"),
        () = tell_clients(provider) => {}
    }
    drop(over);
    tending
        .await
        .expect("the use of API tokens is written down");
}
