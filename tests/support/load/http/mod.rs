//! A small HTTP/1.1 client that keeps its connection: cheap enough to leave the machine to the server.
//!
//! A request is bytes that were prepared once; an answer is read whole. Nothing is sent twice: a
//! connection that breaks is an error for the caller to count.

mod request;
mod response;

use std::{io, net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

pub use request::{Request, form};
pub use response::{Busy, Response};

/// Why an exchange ended without an answer.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// No connection could be made, so nothing was sent.
    #[error("cannot connect to {0}: {1}")]
    Unreachable(SocketAddr, io::Error),
    /// The connection ended after the request and before the first byte of its answer.
    #[error("the server closed the connection instead of answering")]
    Unanswered,
    /// The connection ended in the middle of an answer.
    #[error("the server's answer broke off")]
    CutOff,
    /// What came is not an HTTP/1.1 answer.
    #[error("not an HTTP/1.1 answer: {0}")]
    Malformed(&'static str),
}

/// A connection to one server, made when it is first needed and again after the server closed it.
#[derive(Debug)]
pub struct Connection {
    address: SocketAddr,
    stream: Option<TcpStream>,
    received: Vec<u8>,
    patience: Option<Duration>,
    exchanges: u64,
}

impl Connection {
    /// A connection that will be made at the first exchange.
    pub fn to(address: SocketAddr) -> Self {
        Self {
            address,
            stream: None,
            received: Vec::with_capacity(16 * 1024),
            patience: None,
            exchanges: 0,
        }
    }

    /// The same, giving up an answer that takes longer.
    #[must_use]
    pub fn within(self, patience: Duration) -> Self {
        Self {
            patience: Some(patience),
            ..self
        }
    }

    /// A new connection to another server, with the same patience.
    #[must_use]
    pub fn like_at(&self, address: SocketAddr) -> Self {
        Self {
            patience: self.patience,
            ..Self::to(address)
        }
    }

    /// How many requests were sent, or were to be.
    pub fn exchanges(&self) -> u64 {
        self.exchanges
    }

    /// The server's address, which is also the requests' `Host`.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Ends the connection; the next exchange makes another.
    pub fn close(&mut self) {
        self.stream = None;
    }

    /// Whether the next exchange would go over the connection of the last one.
    pub fn is_open(&self) -> bool {
        self.stream.is_some()
    }

    /// Sends one request and reads its answer.
    pub async fn exchange(&mut self, request: &[u8]) -> Result<Response, Broken> {
        self.exchanges += 1;
        match self.patience {
            Some(patience) => timeout(patience, self.attempt(request))
                .await
                .unwrap_or(Err(Broken::Unanswered)),
            None => self.attempt(request).await,
        }
    }

    async fn attempt(&mut self, request: &[u8]) -> Result<Response, Broken> {
        let mut stream = match self.stream.take() {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        stream
            .write_all(request)
            .await
            .map_err(|_| Broken::Unanswered)?;
        let response = self.receive(&mut stream).await?;
        if response.keeps_connection {
            self.stream = Some(stream);
        }
        Ok(response)
    }

    async fn connect(&self) -> Result<TcpStream, Broken> {
        let unreachable = |error| Broken::Unreachable(self.address, error);
        let stream = TcpStream::connect(self.address)
            .await
            .map_err(unreachable)?;
        stream.set_nodelay(true).map_err(unreachable)?;
        Ok(stream)
    }

    async fn receive(&mut self, stream: &mut TcpStream) -> Result<Response, Broken> {
        self.received.clear();
        loop {
            let more = stream.read_buf(&mut self.received).await;
            if !matches!(more, Ok(1..)) {
                return Err(if self.received.is_empty() {
                    Broken::Unanswered
                } else {
                    Broken::CutOff
                });
            }
            if let Some(response) = Response::parse(&self.received)? {
                return Ok(response);
            }
        }
    }
}
