//! What each address and each name becomes.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A name that everybody has tells nothing.
const OF_EVERYBODY: [&str; 2] = ["localhost", ""];

/// Addresses and names, each with what stands for it.
#[derive(Debug, Default)]
pub(super) struct Places {
    addresses: HashMap<IpAddr, IpAddr>,
    /// How many of IPv4 and of IPv6.
    counts: [u32; 2],
    /// The longer ones first, so that no part of one is taken for another.
    names: Vec<(String, String)>,
    /// Those that stay.
    own: Vec<String>,
}

impl Places {
    /// These names stay as they are.
    pub(super) fn keeping(own: &[&str]) -> Places {
        Places { own: own.iter().map(|name| name.to_ascii_lowercase()).collect(), ..Places::default() }
    }

    /// From now on the name is hidden wherever it stands.
    pub(super) fn learn(&mut self, name: &str) {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        // An address in place of a name is hidden as an address.
        if OF_EVERYBODY.contains(&name.as_str()) || self.own.contains(&name) || name.parse::<IpAddr>().is_ok() {
            return;
        }
        if self.names.iter().all(|(known, _)| *known != name) {
            let count = self.names.len() + 1;
            self.names.push((name, format!("host{count}.example")));
            self.names.sort_by_key(|(name, _)| (std::cmp::Reverse(name.len()), name.clone()));
        }
    }

    /// The text with each name and each address replaced.
    pub(super) fn hide(&mut self, text: &str) -> String {
        let mut text = text.to_string();
        for (name, other) in &self.names {
            text = replace(&text, name, other);
        }
        self.hide_addresses(&text)
    }

    fn hide_addresses(&mut self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(|c: char| c.is_ascii_hexdigit() || c == ':') {
            let (before, behind) = rest.split_at(start);
            out.push_str(before);
            let end = behind.find(|c: char| !(c.is_ascii_hexdigit() || matches!(c, ':' | '.'))).unwrap_or(behind.len());
            let (word, behind) = behind.split_at(end);
            // A section of an RFC looks like an address; a word goes on before or behind its hexadecimal letters.
            let in_word = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let is_word = in_word(out.chars().next_back()) || in_word(behind.chars().next());
            if is_word || is_section(&out) {
                out.push_str(word);
            } else {
                out.push_str(&self.hide_word(word));
            }
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// An address, alone or with a port or a stop behind it.
    fn hide_word(&mut self, word: &str) -> String {
        let ends = std::iter::once(word.len()).chain(word.rmatch_indices([':', '.']).map(|(at, _)| at)).take(3);
        for end in ends {
            let (address, rest) = word.split_at(end);
            if let Ok(address) = address.parse::<IpAddr>() {
                return format!("{}{rest}", self.address(address));
            }
        }
        word.to_string()
    }

    /// Loopback and the address that is none stay: everybody has them.
    fn address(&mut self, address: IpAddr) -> IpAddr {
        if address.is_loopback() || address.is_unspecified() {
            return address;
        }
        if let Some(known) = self.addresses.get(&address) {
            return *known;
        }
        let [fours, sixes] = &mut self.counts;
        let other = match address {
            IpAddr::V4(_) => {
                *fours += 1;
                IpAddr::V4(documentation(*fours))
            }
            IpAddr::V6(_) => {
                *sixes += 1;
                // RFC 3849.
                IpAddr::V6(Ipv6Addr::from(0x2001_0db8_u128 << 96 | u128::from(*sixes)))
            }
        };
        self.addresses.insert(address, other);
        other
    }
}

/// The networks for documentation (RFC 5737); beyond their 762 hosts that for benchmarks (RFC 2544).
fn documentation(count: u32) -> Ipv4Addr {
    let (place, host) = ((count - 1) / 254, (count - 1) % 254 + 1);
    let network = match place {
        0 => Ipv4Addr::new(192, 0, 2, 0),
        1 => Ipv4Addr::new(198, 51, 100, 0),
        2 => Ipv4Addr::new(203, 0, 113, 0),
        more => Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)).saturating_add((more - 3) << 8)),
    };
    Ipv4Addr::from(u32::from(network) | host)
}

/// Whether a section's number follows: `RFC 9293 `.
fn is_section(before: &str) -> bool {
    let words: Vec<&str> = before.rsplit([' ', '\u{a0}', '[', '(', '（']).take(3).collect();
    matches!(words.as_slice(), ["", number, "RFC"] if number.len() >= 3 && number.bytes().all(|c| c.is_ascii_digit()))
}

/// Whole words only, whatever their capitals; a name goes on with letters, digits, hyphens and further labels before it.
fn replace(text: &str, name: &str, other: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for (at, found) in lower.match_indices(name) {
        let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-');
        let (before, behind) = (lower.get(..at), lower.get(at + found.len()..));
        if is_part(before.and_then(|text| text.chars().next_back()))
            || is_part(behind.and_then(|text| text.chars().next()))
        {
            continue;
        }
        out.push_str(text.get(from..at).unwrap_or_default());
        out.push_str(other);
        from = at + found.len();
    }
    out.push_str(text.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_address_is_the_same_everywhere() {
        let mut places = Places::default();
        places.learn("www.lab.test.");
        let hidden = places
            .hide("WWW.lab.test → 10.0.0.2:8080, fe80::1 and 10.0.0.2. Not mywww.lab.tests, 127.0.0.1 or [::1]:80");
        assert_eq!(
            hidden,
            "host1.example → 192.0.2.1:8080, 2001:db8::1 and 192.0.2.1. Not mywww.lab.tests, 127.0.0.1 or [::1]:80"
        );
        assert_eq!(places.hide("from 10.0.0.9 to 10.0.0.2"), "from 192.0.2.2 to 192.0.2.1");
    }

    #[test]
    fn chinese_needs_no_blanks_round_them() {
        let mut places = Places::default();
        places.learn("www.lab.test");
        assert_eq!(
            places.hide("来自10.0.0.2的连接，主机www.lab.test的回答"),
            "来自192.0.2.1的连接，主机host1.example的回答"
        );
    }

    #[test]
    fn what_only_looks_like_an_address_stays() {
        let mut places = Places::default();
        for text in
            ["RFC 9293 3.10.7.4", "[RFC\u{a0}9293\u{a0}3.10.7.4]", "12:30:45", "1.5 ms", "face", "seq=0", "0..1"]
        {
            assert_eq!(places.hide(text), text);
        }
    }

    #[test]
    fn there_are_addresses_for_many() {
        assert_eq!(documentation(254), Ipv4Addr::new(192, 0, 2, 254));
        assert_eq!(documentation(255), Ipv4Addr::new(198, 51, 100, 1));
        assert_eq!(documentation(763), Ipv4Addr::new(198, 18, 0, 1));
        assert_eq!(documentation(763 + 254), Ipv4Addr::new(198, 18, 1, 1));
    }
}
