//! How far an address reaches: this host, this link, private networks, or the Internet.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// How far an address reaches (IANA, IPv4 and IPv6 Special-Purpose Address Registries: RFC 6890).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// No address at all, as `0.0.0.0` (RFC 1122 3.2.1.3, RFC 4291 2.5.2).
    Unspecified,
    /// This host, as 127.0.0.1 (RFC 1122 3.2.1.3, RFC 4291 2.5.3).
    Loopback,
    /// This link, as 169.254.0.1 (RFC 3927, RFC 4291 2.5.6).
    LinkLocal,
    /// A private network, as 10.0.0.1, 172.16.0.1 and 192.168.0.1 (RFC 1918), or unique local in IPv6 (RFC 4193).
    Private,
    /// Between a provider and its customers, behind its address translation: 100.64.0.0/10 (RFC 6598).
    Shared,
    /// For examples in books, as 192.0.2.1 (RFC 5737, RFC 3849, RFC 9637).
    Documentation,
    /// A group of hosts, as 224.0.0.251 (RFC 1112, RFC 4291 2.7).
    Multicast,
    /// Everyone on this link: 255.255.255.255 (RFC 919).
    Broadcast,
    /// Set apart for something else, as 198.18.0.0/15 for measurements (RFC 2544) and 240.0.0.0/4 for later (RFC 1112).
    Reserved,
    /// The Internet.
    Public,
}

impl Scope {
    /// The scope of an address; an IPv4 address that is written as an IPv6 one (RFC 4291 2.5.5.2) has that of the former.
    pub fn of(ip: IpAddr) -> Scope {
        match ip.to_canonical() {
            IpAddr::V4(ip) => v4(ip),
            IpAddr::V6(ip) => v6(ip),
        }
    }

    /// In words before `address`, as `private`.
    pub fn words(self) -> (&'static str, &'static str) {
        match self {
            Scope::Unspecified => ("unspecified", "未指定"),
            Scope::Loopback => ("loopback", "环回"),
            Scope::LinkLocal => ("link-local", "链路本地"),
            Scope::Private => ("private", "私有"),
            Scope::Shared => ("shared (CGNAT)", "共享（CGNAT）"),
            Scope::Documentation => ("documentation", "文档示例"),
            Scope::Multicast => ("multicast", "组播"),
            Scope::Broadcast => ("broadcast", "广播"),
            Scope::Reserved => ("reserved", "保留"),
            Scope::Public => ("public", "公网"),
        }
    }
}

fn v4(ip: Ipv4Addr) -> Scope {
    match ip.octets() {
        [0, 0, 0, 0] => Scope::Unspecified,
        [127, ..] => Scope::Loopback,
        [169, 254, ..] => Scope::LinkLocal,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] => Scope::Private,
        [100, 64..=127, ..] => Scope::Shared,
        [192, 0, 2, _] | [198, 51, 100, _] | [203, 0, 113, _] => Scope::Documentation,
        [255, 255, 255, 255] => Scope::Broadcast,
        [224..=239, ..] => Scope::Multicast,
        // PCP and TURN anycast (RFC 7723, RFC 8155) are of the Internet.
        [192, 0, 0, 9 | 10] => Scope::Public,
        // "This network" (RFC 791 3.2), IETF protocols (RFC 6890 2.1), measurements (RFC 2544), what is left (RFC 1112 4).
        [0, ..] | [192, 0, 0, _] | [198, 18 | 19, ..] | [240..=255, ..] => Scope::Reserved,
        _ => Scope::Public,
    }
}

fn v6(ip: Ipv6Addr) -> Scope {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => Scope::Unspecified,
        [0, 0, 0, 0, 0, 0, 0, 1] => Scope::Loopback,
        [0xfe80..=0xfebf, ..] => Scope::LinkLocal,
        [0xfc00..=0xfdff, ..] => Scope::Private,
        [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Scope::Documentation,
        [0xff00..=0xffff, ..] => Scope::Multicast,
        // Local translation (RFC 8215), discard (RFC 6666), measurements (RFC 5180).
        [0x64, 0xff9b, 1, ..] | [0x100, 0, 0, 0 | 1, ..] | [0x2001, 2, 0, ..] => Scope::Reserved,
        // Global unicast (RFC 4291 2.4), and addresses of IPv4 behind the well-known prefix (RFC 6052).
        [0x2000..=0x3fff, ..] | [0x64, 0xff9b, 0, 0, 0, 0, ..] => Scope::Public,
        _ => Scope::Reserved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_registry_entry_begins_and_ends_where_it_should() {
        let cases = [
            (Scope::Unspecified, "0.0.0.0 ::"),
            (Scope::Loopback, "127.0.0.1 127.255.255.255 ::1 ::ffff:127.0.0.1"),
            (Scope::LinkLocal, "169.254.0.1 169.254.255.255 fe80::1 febf::1"),
            (Scope::Private, "10.0.0.1 172.16.0.0 172.31.255.255 192.168.1.1 fc00::1 fdff::1"),
            (Scope::Shared, "100.64.0.0 100.127.255.255"),
            (Scope::Documentation, "192.0.2.1 198.51.100.7 203.0.113.9 2001:db8::1 3fff::1 3fff:fff::1"),
            (Scope::Multicast, "224.0.0.251 239.255.255.255 ff02::fb"),
            (Scope::Broadcast, "255.255.255.255"),
            (
                Scope::Reserved,
                "0.0.0.1 192.0.0.1 198.18.0.1 198.19.255.255 240.0.0.1 64:ff9b:1::1 100::1 2001:2::1 fec0::1",
            ),
            (
                Scope::Public,
                "9.255.255.255 11.0.0.0 172.15.0.1 172.32.0.0 100.63.0.1 100.128.0.0 192.0.0.9 192.167.0.1",
            ),
            (Scope::Public, "8.8.8.8 2606:4700::1111 2001:db7::1 3fff:1000::1 64:ff9b::808:808"),
        ];
        for (scope, addresses) in cases {
            for address in addresses.split(' ') {
                assert_eq!(address.parse().map(Scope::of), Ok(scope), "{address}");
            }
        }
    }
}
