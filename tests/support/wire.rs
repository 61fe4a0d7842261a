//! A wire between a provider and a server, which a test may cut.

use std::net::SocketAddr;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// Passes on what is sent to its address, while it is whole.
#[derive(Debug)]
pub struct Wire {
    address: SocketAddr,
    whole: watch::Sender<bool>,
}

impl Wire {
    /// A wire to the server at `target`, such as `127.0.0.1:5432`.
    pub async fn to(target: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await;
        let listener = listener.expect("a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let (whole, state) = watch::channel(true);
        tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                if *state.borrow() {
                    tokio::spawn(pass_on(near, target.clone(), state.clone()));
                }
            }
        });
        Self { address, whole }
    }

    /// Its near end.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends all connections, and each new one at once.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    /// Lets new connections through again.
    pub fn mend(&self) {
        self.whole.send_replace(true);
    }
}

async fn pass_on(mut near: TcpStream, target: String, mut whole: watch::Receiver<bool>) {
    let Ok(mut far) = TcpStream::connect(target).await else {
        return;
    };
    tokio::select! {
        _ = copy_bidirectional(&mut near, &mut far) => {}
        _ = whole.wait_for(|whole| !whole) => {}
    }
}
