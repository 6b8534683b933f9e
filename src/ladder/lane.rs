//! The two lifelines: who stands left, who stands right, and what is written above them.

use crate::timeline::{Connection, Endpoint, Role, Timeline};

/// One of the two lifelines. The client stands left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Left,
    Right,
}

impl Side {
    /// Left, then right.
    pub const BOTH: [Side; 2] = [Side::Left, Side::Right];

    /// The side's element of a pair.
    pub fn of<T>(self, pair: &[T; 2]) -> &T {
        let [left, right] = pair;
        match self {
            Side::Left => left,
            Side::Right => right,
        }
    }

    /// The side's element of a pair, to be changed.
    pub fn of_mut<T>(self, pair: &mut [T; 2]) -> &mut T {
        let [left, right] = pair;
        match self {
            Side::Left => left,
            Side::Right => right,
        }
    }
}

impl std::ops::Not for Side {
    type Output = Side;
    fn not(self) -> Side {
        match self {
            Side::Left => Side::Right,
            Side::Right => Side::Left,
        }
    }
}

/// One peer of the connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    /// Endpoint id.
    pub id: String,
    /// `ip:port`; the id itself where the timeline does not describe the endpoint.
    pub address: String,
    /// Without the port.
    pub ip: String,
    pub role: Role,
    pub name: Option<String>,
    /// What the other side's capture has for it, behind a NAT.
    pub seen_as: Option<String>,
    pub process: Option<String>,
}

impl Lane {
    /// The name that somebody gave it; `localhost` is none, every host has that.
    pub fn given_name(&self) -> Option<&str> {
        self.name.as_deref().filter(|name| *name != "localhost")
    }

    /// `name:port` where it was given a name, else `ip:port`.
    pub fn place(&self) -> String {
        match (self.given_name(), self.address.rsplit_once(':')) {
            (Some(name), Some((_, port))) => format!("{name}:{port}"),
            (Some(name), None) => name.to_string(),
            (None, _) => self.address.clone(),
        }
    }

    /// `name (ip)` where it was given a name, else the address without the port.
    pub fn host(&self) -> String {
        match self.given_name() {
            Some(name) => format!("{name} ({})", self.ip),
            None => self.ip.clone(),
        }
    }
}

/// Both peers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lanes {
    pub left: Lane,
    pub right: Lane,
}

impl Lanes {
    /// The lanes of one connection. Roles are its own: an endpoint may serve here and be a client elsewhere.
    pub fn of(timeline: &Timeline, connection: &Connection) -> Lanes {
        let (client, server) = (timeline.endpoint(&connection.client), timeline.endpoint(&connection.server));
        Lanes::new((&connection.client, client), (&connection.server, server))
    }

    /// Lanes from endpoint ids and what is known of them.
    pub fn new(client: (&str, Option<&Endpoint>), server: (&str, Option<&Endpoint>)) -> Lanes {
        Lanes { left: lane(client.0, client.1, Role::Client), right: lane(server.0, server.1, Role::Server) }
    }

    pub fn get(&self, side: Side) -> &Lane {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// The side of an endpoint; `None` for one that is not of this connection.
    pub fn side(&self, id: &str) -> Option<Side> {
        Side::BOTH.into_iter().find(|side| self.get(*side).id == id)
    }

    /// Which side sent, judged by both ids so that one unknown id does no harm.
    pub(super) fn sender(&self, from: &str, to: &str) -> Side {
        self.side(from).or_else(|| self.side(to).map(|side| !side)).unwrap_or(Side::Left)
    }
}

fn lane(id: &str, endpoint: Option<&Endpoint>, place: Role) -> Lane {
    let role = if endpoint.is_some_and(|endpoint| endpoint.role == Role::Peer) { Role::Peer } else { place };
    Lane {
        id: id.to_string(),
        address: endpoint.map_or_else(|| id.to_string(), Endpoint::address),
        ip: endpoint.map_or_else(|| id.to_string(), |endpoint| endpoint.ip.to_string()),
        role,
        name: endpoint.and_then(|endpoint| endpoint.name.clone()),
        seen_as: endpoint.and_then(|endpoint| endpoint.seen_as.clone()),
        process: endpoint.and_then(|endpoint| endpoint.process.clone()),
    }
}
