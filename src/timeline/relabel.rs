//! Names that somebody gives to endpoints: they take the place of client and server, in sentences too.

use super::{Connection, Endpoint, Overview, Standout, Text, Timeline};
use std::collections::HashMap;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

/// Characters kept of a name.
const LONGEST_NAME: usize = 80;

/// A name for an address, or for one port of it, as `10.0.0.1=Client` or `[::1]:80=Web`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relabel {
    ip: IpAddr,
    port: Option<u16>,
    name: String,
}

impl Relabel {
    /// The name that is given.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Timeline {
    /// Names endpoints, also where sentences speak of them. Of several names for one the last that fits counts, and one for a
    /// port more than one for its address. Gives those names that fit no endpoint here.
    pub fn relabel<'n>(&mut self, names: &'n [Relabel]) -> Vec<&'n Relabel> {
        if names.is_empty() {
            return Vec::new();
        }
        let hosts: Vec<&Standout> = self.overview.iter().flat_map(Overview::hosts).collect();
        let unused = |name: &&Relabel| {
            !self.endpoints.iter().any(|endpoint| name.fits(endpoint)) && !hosts.iter().any(|host| name.fits_host(host))
        };
        let unused: Vec<&Relabel> = names.iter().filter(unused).collect();
        let mut named: HashMap<String, String> = HashMap::new();
        for endpoint in &mut self.endpoints {
            if endpoint.relabel(names)
                && let Some(name) = &endpoint.name
            {
                named.entry(endpoint.id.clone()).or_insert_with(|| name.clone());
            }
        }
        self.rename(&named);
        for host in self.overview.iter_mut().flat_map(Overview::hosts_mut) {
            let name = chosen(names.iter().filter(|name| name.fits_host(host)));
            host.name = name.map(|name| name.name.clone()).or(host.name.take());
        }
        unused
    }

    /// Puts these names, by endpoint, in the place of the roles that sentences speak of.
    fn rename(&mut self, named: &HashMap<String, String>) {
        let mut of_connection: HashMap<u64, [Option<&str>; 2]> = HashMap::new();
        for connection in &mut self.connections {
            let names = [&connection.client, &connection.server].map(|id| named.get(id).map(String::as_str));
            if names.iter().all(Option::is_none) {
                continue;
            }
            of_connection.insert(connection.id, names);
            connection.rename(names);
        }
        for event in &mut self.events {
            let Some(names) = of_connection.get(&event.connection) else { continue };
            event.notes.iter_mut().for_each(|note| note.text.rename(*names));
        }
        for step in &mut self.steps {
            let Some(names) = of_connection.get(&step.connection) else { continue };
            step.title.rename(*names);
            step.note.rename(*names);
        }
    }
}

impl Connection {
    /// Names its endpoints, also where its sentences speak of them, as [`Timeline::relabel`] does.
    pub fn relabel(&mut self, ends: [&mut Endpoint; 2], names: &[Relabel]) {
        let named = ends.map(|end| if end.relabel(names) { end.name.as_deref() } else { None });
        self.rename(named);
    }

    /// Puts the names of client and server in the place of these words.
    fn rename(&mut self, names: [Option<&str>; 2]) {
        let (open, close) = (&mut self.open, &mut self.close);
        for text in [&mut open.title, &mut open.why, &mut close.title, &mut close.why, &mut self.verdict] {
            text.rename(names);
        }
    }
}

impl Endpoint {
    /// Gives it the name that is meant for it; says whether there is one.
    pub fn relabel(&mut self, names: &[Relabel]) -> bool {
        let Some(chosen) = chosen(names.iter().filter(|name| name.fits(self))) else { return false };
        self.name = Some(chosen.name.clone());
        true
    }
}

/// Of several that are meant the last; one for a port before one for its address.
fn chosen<'n>(meant: impl Iterator<Item = &'n Relabel>) -> Option<&'n Relabel> {
    meant.reduce(|best, next| if best.port.is_some() && next.port.is_none() { best } else { next })
}

impl Overview {
    /// All hosts that stand out.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &Standout> {
        [&self.servers, &self.clients]
            .into_iter()
            .flat_map(|all| [&all.refused, &all.unanswered, &all.reset, &all.closed_first])
            .flatten()
    }

    fn hosts_mut(&mut self) -> impl Iterator<Item = &mut Standout> {
        [&mut self.servers, &mut self.clients]
            .into_iter()
            .flat_map(|all| [&mut all.refused, &mut all.unanswered, &mut all.reset, &mut all.closed_first])
            .flatten()
    }
}

impl Relabel {
    /// A client stands out with all of its ports.
    fn fits_host(&self, host: &Standout) -> bool {
        host.ip == self.ip && (self.port.is_none() || self.port == host.port)
    }

    fn fits(&self, endpoint: &Endpoint) -> bool {
        self.is_for(SocketAddr::new(endpoint.ip, endpoint.port))
    }

    /// Whether it is a name for this address.
    pub fn is_for(&self, address: SocketAddr) -> bool {
        address.ip() == self.ip && self.port.is_none_or(|port| port == address.port())
    }
}

impl Text {
    /// Speaks of client and server by these names, where they have one.
    fn rename(&mut self, [client, server]: [Option<&str>; 2]) {
        for (name, en, zh) in [(client, "the client", "客户端"), (server, "the server", "服务器")] {
            let Some(name) = name else { continue };
            self.en = replaced(&self.en, en, name);
            self.zh = set_in(&self.zh, zh, name);
        }
    }
}

/// `text` with `name` for each whole `word`.
fn replaced(text: &str, word: &str, name: &str) -> String {
    let mut pieces = text.split(word);
    let mut result = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        let is_whole = !piece.starts_with(|next: char| next.is_alphanumeric() || next == '-');
        result += if is_whole { name } else { word };
        result += piece;
    }
    result
}

/// The same in Chinese, where a space stands between a Latin word and the text about it.
fn set_in(text: &str, word: &str, name: &str) -> String {
    let is_han = |next: Option<char>| next.is_some_and(|next| ('\u{4e00}'..='\u{9fff}').contains(&next));
    let is_latin = |edge: Option<char>| edge.is_some_and(|edge| edge.is_ascii_alphanumeric());
    let mut pieces = text.split(word);
    let mut result = pieces.next().unwrap_or_default().to_string();
    for piece in pieces {
        if is_latin(name.chars().next()) && is_han(result.chars().next_back()) {
            result.push(' ');
        }
        result += name;
        if is_latin(name.chars().next_back()) && is_han(piece.chars().next()) {
            result.push(' ');
        }
        result += piece;
    }
    result
}

impl FromStr for Relabel {
    type Err = String;

    fn from_str(text: &str) -> Result<Relabel, String> {
        let wanted = || format!("'{text}' is not ADDRESS=NAME, as 10.0.0.1=Client or [::1]:80=Web");
        let (address, name) = text.split_once('=').filter(|(_, name)| !name.is_empty()).ok_or_else(wanted)?;
        let ip = address.parse::<IpAddr>().map(|ip| (ip, None));
        let (ip, port) = ip
            .or_else(|_| address.parse::<SocketAddr>().map(|address| (address.ip(), Some(address.port()))))
            .map_err(|_| wanted())?;
        Ok(Relabel { ip, port, name: name.chars().take(LONGEST_NAME).collect() })
    }
}

impl fmt::Display for Relabel {
    /// As it was asked for.
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.port {
            Some(port) => write!(to, "{}={}", SocketAddr::new(self.ip, port), self.name),
            None => write!(to, "{}={}", self.ip, self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_whole_words_are_names() {
        let renamed = |text: &str| replaced(text, "the client", "Alice");
        assert_eq!(renamed("the client's FIN, by the client"), "Alice's FIN, by Alice");
        assert_eq!(renamed("the clients and the client-side"), "the clients and the client-side");
    }

    #[test]
    fn a_latin_name_keeps_its_distance_from_chinese() {
        assert_eq!(set_in("由客户端应答；客户端：", "客户端", "Bob"), "由 Bob 应答；Bob：");
        assert_eq!(set_in("由客户端应答", "客户端", "小明"), "由小明应答");
    }

    #[test]
    fn a_name_reads_as_it_was_written() {
        for text in ["10.0.0.1=Client", "[::1]:80=Web", "::1=Host"] {
            assert_eq!(text.parse::<Relabel>().unwrap().to_string(), text);
        }
    }
}
