//! Ids and roles of endpoints where connections are told one by one: as in a timeline of all of them, in bounded memory.

use crate::timeline::{Endpoint, Role};
use crate::track::Connection;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Endpoints that keep their id, some 3 MiB. What comes later is numbered on, and numbered anew where it comes again.
pub const MOST_KNOWN: usize = 32 * 1024;

/// The number of an endpoint, and the role in which it came first.
pub(super) type Number = (u64, Role);

/// Numbers endpoints in the order of their appearance.
#[derive(Debug, Default)]
pub(super) struct Numbers {
    known: HashMap<(SocketAddr, bool), Number, foldhash::fast::RandomState>,
    last: u64,
}

impl Numbers {
    /// The numbers of client and server.
    pub(super) fn of(&mut self, connection: &Connection) -> [Number; 2] {
        let [client, server] = connection.addresses;
        [self.number(client, false, Role::Client), self.number(server, connection.is_self_connect(), Role::Server)]
    }

    fn number(&mut self, address: SocketAddr, is_second: bool, role: Role) -> Number {
        if let Some(number) = self.known.get(&(address, is_second)) {
            return *number;
        }
        self.last += 1;
        if self.known.len() < MOST_KNOWN {
            self.known.insert((address, is_second), (self.last, role));
        }
        (self.last, role)
    }

    #[cfg(test)]
    pub(super) fn known(&self) -> usize {
        self.known.len()
    }
}

/// Client and server of a connection by their numbers.
pub(super) fn endpoints(connection: &Connection, numbers: &[Number; 2]) -> [Endpoint; 2] {
    let [client, server] = connection.addresses;
    let [one, other] = *numbers;
    [endpoint(client, one), endpoint(server, other)]
}

/// An endpoint of which no more is known than its address.
pub(super) fn endpoint(address: SocketAddr, (number, role): Number) -> Endpoint {
    let ip = address.ip();
    Endpoint {
        id: format!("e{number}"),
        role,
        ip,
        port: address.port(),
        name: ip.is_loopback().then(|| "localhost".into()),
        seen_as: None,
        process: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut numbers = Numbers::default();
        let address = |n: u32| SocketAddr::from((n.to_be_bytes(), 80));
        let all = u32::try_from(MOST_KNOWN).unwrap_or(u32::MAX) + 10;
        for n in 0..all {
            assert_eq!(numbers.number(address(n), false, Role::Client), (u64::from(n) + 1, Role::Client));
        }
        assert_eq!(numbers.known(), MOST_KNOWN);
        assert_eq!(numbers.number(address(3), false, Role::Server), (4, Role::Client));
        assert_eq!(numbers.number(address(all - 1), false, Role::Client), (u64::from(all) + 1, Role::Client));
    }
}
