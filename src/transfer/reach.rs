//! Of several addresses the first one that answers.

use super::call::{Calls, Conn};
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Why there is no connection.
pub(super) enum Unreached {
    /// Somebody wants it to end.
    Stopped,
    /// What came of each address.
    All(Vec<(SocketAddr, io::Error)>),
}

/// Connects to the first of the addresses that answers. `limit`: how long each may take to answer the SYN.
pub(super) fn first<'a>(
    addresses: &[SocketAddr],
    limit: Duration,
    calls: Calls<'a>,
    stop: Option<&'a AtomicBool>,
) -> Result<Conn<'a>, Unreached> {
    let mut tries = Vec::new();
    for &address in addresses {
        match Conn::connect(address, limit, calls, stop) {
            Ok(conn) => return Ok(conn),
            Err(error) => tries.push((address, error)),
        }
        if stop.is_some_and(|stop| stop.load(Ordering::Relaxed)) {
            return Err(Unreached::Stopped);
        }
    }
    Err(Unreached::All(tries))
}

/// Each address with what came of it.
pub(super) fn list(tries: &[(SocketAddr, io::Error)]) -> String {
    tries.iter().map(|(address, error)| format!("{address} ({error})")).collect::<Vec<_>>().join(", ")
}
