//! Ports that nobody uses.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};

use anyhow::{Result, bail};

/// Below what Linux gives to outgoing connections, so that none of them takes the port of a process that restarts.
const RANGE: std::ops::Range<u16> = 15_000..32_000;

/// How often to try.
const ATTEMPTS: usize = 200;

/// An address on loopback with a port that was free just now.
pub fn free_address() -> Result<SocketAddr> {
    for _ in 0..ATTEMPTS {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, fastrand::u16(RANGE)));
        if TcpListener::bind(address).is_ok() {
            return Ok(address);
        }
    }
    bail!("no port from {} to {} is free", RANGE.start, RANGE.end)
}
