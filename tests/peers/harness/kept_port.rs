//! A port for a script to listen at, which is registered before the script runs.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::net::TcpSocket;

/// A port of the loopback address that nobody else is given while this is there. Who asks for it by its number and shares
/// it (`SO_REUSEADDR`, as Python's servers do) gets it, for nobody listens here.
pub(crate) struct KeptPort(TcpSocket);

impl KeptPort {
    /// Takes one.
    pub(crate) fn new() -> Self {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_reuseaddr(true).expect("it may be shared");
        let any = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        socket.bind(any).expect("a free port");
        Self(socket)
    }

    /// The address of a path at it.
    pub(crate) fn url(&self, path: &str) -> String {
        let address = self.0.local_addr().expect("it has an address");
        format!("http://{address}{path}")
    }
}
