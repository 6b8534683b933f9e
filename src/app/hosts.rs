//! The hosts file (hosts(5)): an address and its names on each line, `#` before what is for people.

use std::net::IpAddr;

/// Octets of a file that are read; a longer one is no hosts file.
pub const MOST_OCTETS: usize = 4 * 1024 * 1024;
/// Addresses of one name that are told.
const MOST_ADDRESSES: usize = 64;

/// An address that the file has for a name, and on which line, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub ip: IpAddr,
    pub line: u64,
}

/// The addresses of a name, in the order of the file; each once. Names are compared without regard to case and to a dot at
/// the end (RFC 1034 3.1).
pub fn look_up(file: &[u8], name: &str) -> Vec<Entry> {
    let wanted = name.strip_suffix('.').unwrap_or(name);
    let mut found: Vec<Entry> = Vec::new();
    for (line, ip, names) in lines(file) {
        let is_it = names.clone().any(|name| name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case(wanted));
        if is_it && found.len() < MOST_ADDRESSES && !found.iter().any(|entry| entry.ip == ip) {
            found.push(Entry { ip, line });
        }
    }
    found
}

/// The lines that have an address: their numbers, the address, and the names behind it.
fn lines(file: &[u8]) -> impl Iterator<Item = (u64, IpAddr, std::str::SplitAsciiWhitespace<'_>)> {
    (1..).zip(file.split(|octet| *octet == b'\n')).filter_map(|(line, octets)| {
        let text = octets.split(|octet| *octet == b'#').next().and_then(|octets| std::str::from_utf8(octets).ok())?;
        let mut words = text.split_ascii_whitespace();
        // A link-local address may name its interface, which is no part of it.
        let address = words.next()?.split('%').next()?;
        Some((line, address.parse().ok()?, words))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(file: &str, name: &str) -> Vec<(String, u64)> {
        look_up(file.as_bytes(), name).into_iter().map(|entry| (entry.ip.to_string(), entry.line)).collect()
    }

    const FILE: &str =
        "# static\n127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # both\n\n10.0.0.2 web www.lab.test\n";

    #[test]
    fn a_name_has_the_addresses_of_its_lines() {
        assert_eq!(found(FILE, "localhost"), [("127.0.0.1".into(), 2), ("::1".into(), 3)]);
        assert_eq!(found(FILE, "WWW.lab.test."), [("10.0.0.2".into(), 5)]);
        for name in ["both", "lab.test", "10.0.0.2", ""] {
            assert_eq!(found(FILE, name), [], "{name}");
        }
    }

    #[test]
    fn an_address_is_told_once_and_its_interface_is_no_part_of_it() {
        assert_eq!(
            found("127.0.0.1 a\n127.0.0.1 a\r\nfe80::1%lo a\n", "a"),
            [("127.0.0.1".into(), 1), ("fe80::1".into(), 3)]
        );
    }

    #[test]
    fn what_is_no_entry_is_passed_over() {
        assert_eq!(found("localhost 127.0.0.1\n300.0.0.1 a\n\u{0}\n127.0.0.1\n127.0.0.2 # a\n", "a"), []);
        assert_eq!(look_up(b"\xff\xfe 1\n127.0.0.1 a", "a").len(), 1);
        let many: String = (0..200).map(|n| format!("10.0.0.{n} a\n")).collect();
        assert_eq!(found(&many, "a").len(), 64);
    }
}
