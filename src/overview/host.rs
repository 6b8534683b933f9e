//! A host in its role, as a number: a server is known by address and port, a client by its address.

use std::hash::{Hash, Hasher};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The order is that of the addresses, then of the ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Host {
    is_v6: bool,
    /// The two halves of the address; an IPv4 address is the low one.
    high: u64,
    low: u64,
    port: Option<u16>,
}

impl Host {
    pub(super) fn client(ip: IpAddr) -> Host {
        Host::of(ip, None)
    }

    pub(super) fn server(address: SocketAddr) -> Host {
        Host::of(address.ip(), Some(address.port()))
    }

    #[inline]
    fn of(ip: IpAddr, port: Option<u16>) -> Host {
        match ip {
            IpAddr::V4(ip) => Host { is_v6: false, high: 0, low: u32::from(ip).into(), port },
            IpAddr::V6(ip) => {
                let number = u128::from(ip);
                Host { is_v6: true, high: (number >> 64) as u64, low: number as u64, port }
            }
        }
    }

    pub(super) fn ip(&self) -> IpAddr {
        match self.is_v6 {
            false => Ipv4Addr::from(self.low as u32).into(),
            true => Ipv6Addr::from(u128::from(self.high) << 64 | u128::from(self.low)).into(),
        }
    }

    pub(super) fn port(&self) -> Option<u16> {
        self.port
    }
}

/// (A port makes no more than another number of it: all of one table have one, or none has.)
impl Hash for Host {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        let port = u64::from(self.port.unwrap_or(0));
        if self.is_v6 {
            state.write_u64(self.high);
            state.write_u64(self.low);
            state.write_u64(port);
        } else {
            state.write_u64(self.low << 16 | port);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn they_give_their_addresses_back_and_keep_their_order() {
        let all = ["10.0.0.9:80", "10.0.0.10:79", "10.0.0.10:80", "[::1]:443", "[2001:db8::2]:1"];
        let addresses = all.map(|text| text.parse::<SocketAddr>().unwrap());
        let hosts = addresses.map(Host::server);
        for (host, address) in hosts.iter().zip(addresses) {
            assert_eq!((host.ip(), host.port()), (address.ip(), Some(address.port())));
            assert_eq!(Host::client(address.ip()).ip(), address.ip());
        }
        assert!(hosts.is_sorted() && addresses.is_sorted());
    }
}
