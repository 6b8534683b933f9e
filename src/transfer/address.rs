//! Addresses as people type them, and the sockets' addresses that they stand for.

use crate::timeline::Text;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::str::FromStr;

/// A host and a port. The host is a name or an address, without brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub host: String,
    pub port: u16,
}

#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    #[error("'{0}' has no port: write HOST:PORT, as in localhost:8080")]
    NoPort(String),
    #[error("'{0}' is no port: use a number from 0 to 65535")]
    BadPort(String),
    #[error("port out of range: '{0}'; use a number from 0 to 65535")]
    PortRange(String),
    #[error("write an IPv6 address in brackets: [{0}]:PORT")]
    NoBrackets(String),
    #[error("there is no address for '{host}'")]
    Unknown { host: String, source: Option<io::Error> },
}

impl AddressError {
    /// The same for people, in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            AddressError::NoPort(text) => format!("“{text}”缺少端口号：请写成 HOST:PORT，例如 localhost:8080"),
            AddressError::BadPort(text) => format!("“{text}”不是端口号：请用 0 到 65535 的数字"),
            AddressError::PortRange(text) => format!("端口号超出范围：“{text}”；请用 0 到 65535 的数字"),
            AddressError::NoBrackets(text) => format!("IPv6 地址要写在方括号里：[{text}]:PORT"),
            AddressError::Unknown { host, .. } => format!("找不到“{host}”的地址"),
        };
        Text::new(self.to_string(), zh)
    }
}

impl FromStr for Target {
    type Err = AddressError;

    /// `PORT` (on localhost), `HOST:PORT`, or `[IPV6]:PORT`.
    fn from_str(text: &str) -> Result<Target, AddressError> {
        if let Ok(port) = text.parse() {
            return Ok(Target { host: "localhost".into(), port });
        }
        if is_number(text) {
            return Err(AddressError::PortRange(text.into()));
        }
        if text.parse::<Ipv6Addr>().is_ok() {
            return Err(AddressError::NoBrackets(text.into()));
        }
        let Some((host, port)) = text.rsplit_once(':') else { return Err(AddressError::NoPort(text.into())) };
        let host = match host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            Some(inner) => inner,
            // A name with two colons is a slip of another kind.
            None if host.contains(':') && host.parse::<Ipv6Addr>().is_err() => {
                return Err(AddressError::Unknown { host: host.into(), source: None });
            }
            None if host.contains(':') => return Err(AddressError::NoBrackets(host.into())),
            None => host,
        };
        if host.is_empty() {
            return Err(AddressError::Unknown { host: host.into(), source: None });
        }
        let port = port.parse().map_err(|_| match is_number(port) {
            true => AddressError::PortRange(port.into()),
            false => AddressError::BadPort(port.into()),
        })?;
        Ok(Target { host: host.into(), port })
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit())
}

/// All addresses of the target, in the order to try them. `localhost` is always both loopbacks, whatever the hosts file says.
pub fn resolve(target: &Target) -> Result<Vec<SocketAddr>, AddressError> {
    let unknown = |source| AddressError::Unknown { host: target.host.clone(), source };
    let is_localhost = target.host.eq_ignore_ascii_case("localhost");
    let mut found: Vec<SocketAddr> = match (target.host.as_str(), target.port).to_socket_addrs() {
        Ok(found) => found.collect(),
        Err(_) if is_localhost => Vec::new(),
        Err(error) => return Err(unknown(Some(error))),
    };
    if is_localhost {
        let loopbacks = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        found.extend(loopbacks.map(|ip| SocketAddr::new(ip, target.port)));
    }
    let mut once = Vec::new();
    for address in found {
        if !once.contains(&address) {
            once.push(address);
        }
    }
    if once.is_empty() { Err(unknown(None)) } else { Ok(once) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn addresses_as_people_type_them() {
        let target = |host: &str, port| Target { host: host.into(), port };
        assert_eq!("8080".parse::<Target>().unwrap(), target("localhost", 8080));
        assert_eq!("127.0.0.1:0".parse::<Target>().unwrap(), target("127.0.0.1", 0));
        assert_eq!("[::1]:80".parse::<Target>().unwrap(), target("::1", 80));
        assert_eq!("example.org:80".parse::<Target>().unwrap(), target("example.org", 80));
        assert!(matches!("::1".parse::<Target>(), Err(AddressError::NoBrackets(_))));
        assert!(matches!("::1:80".parse::<Target>(), Err(AddressError::NoBrackets(_))));
        assert!(matches!("localhost".parse::<Target>(), Err(AddressError::NoPort(_))));
        for text in ["localhost:99999", "99999", "[::1]:65536"] {
            assert!(matches!(text.parse::<Target>(), Err(AddressError::PortRange(_))), "{text}");
        }
        assert!(matches!("localhost:http".parse::<Target>(), Err(AddressError::BadPort(_))));
        assert!(matches!(":80".parse::<Target>(), Err(AddressError::Unknown { .. })));
    }

    #[test]
    fn localhost_is_both_loopbacks() {
        let found = resolve(&"localhost:7".parse().unwrap()).unwrap();
        assert!(found.contains(&"127.0.0.1:7".parse().unwrap()) && found.contains(&"[::1]:7".parse().unwrap()));
    }
}
