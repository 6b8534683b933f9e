//! The addresses and ports that take part, each with one id.

use super::numbers::endpoint;
use crate::timeline::{Endpoint, Role};
use crate::track::Connection;
use std::collections::HashMap;
use std::net::SocketAddr;

/// Endpoints in the order of their appearance.
#[derive(Debug, Default)]
pub struct Endpoints {
    list: Vec<Endpoint>,
    /// The flag tells the receiving end of a socket that connected to itself: one address, two lifelines.
    known: HashMap<(SocketAddr, bool), usize, foldhash::fast::RandomState>,
}

impl Endpoints {
    /// The ids of client and server.
    pub(super) fn of(&mut self, connection: &Connection) -> [String; 2] {
        let [client, server] = connection.addresses;
        [self.id(client, false, Role::Client), self.id(server, connection.is_self_connect(), Role::Server)]
    }

    fn id(&mut self, address: SocketAddr, is_second: bool, role: Role) -> String {
        let place = *self.known.entry((address, is_second)).or_insert_with(|| {
            self.list.push(endpoint(address, (self.list.len() as u64 + 1, role)));
            self.list.len() - 1
        });
        self.list.get(place).map(|endpoint| endpoint.id.clone()).unwrap_or_default()
    }

    /// The id of an address that no packet came from.
    pub(super) fn stranger(&mut self, address: SocketAddr) -> String {
        self.id(address, false, Role::Peer)
    }

    pub(super) fn address(&self, id: &str) -> Option<SocketAddr> {
        let endpoint = self.list.iter().find(|endpoint| endpoint.id == id)?;
        Some(SocketAddr::new(endpoint.ip, endpoint.port))
    }

    pub(super) fn set_process(&mut self, address: SocketAddr, process: &str) {
        if let Some(place) = self.known.get(&(address, false))
            && let Some(endpoint) = self.list.get_mut(*place)
        {
            endpoint.process = Some(process.into());
        }
    }

    /// Client and server of a connection, as far as they are known yet.
    pub fn pair(&self, connection: &Connection) -> [Option<&Endpoint>; 2] {
        let [client, server] = connection.addresses;
        let find = |address, is_second| self.known.get(&(address, is_second)).and_then(|place| self.list.get(*place));
        [find(client, false), find(server, connection.is_self_connect())]
    }

    pub(super) fn list(&self) -> &[Endpoint] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<Endpoint> {
        self.list
    }
}
