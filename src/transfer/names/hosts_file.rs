//! What the system's hosts file says of a name, and what is so for `localhost` whatever it says.

use crate::app::hosts;
use crate::tcp::{HostsWord, Timestamp};
use std::fs::File;
use std::io::Read;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::Path;
use std::time::{Duration, Instant};

/// Where it is on all systems of the Unix kind.
pub const HOSTS_FILE: &str = "/etc/hosts";

/// Looks a name up in a hosts file: what was found there, or that nothing was; then, for `localhost`, the loopback addresses that
/// the file lacks (RFC 6761 6.3). A file that cannot be read has no names.
pub fn look_up(path: &Path, name: &str, now: impl Fn() -> Timestamp) -> Vec<HostsWord> {
    let (at, clock) = (now(), Instant::now());
    let mut octets = Vec::new();
    if let Ok(file) = File::open(path) {
        // What was read before an error is as good as it is.
        let _ = file.take(hosts::MOST_OCTETS as u64).read_to_end(&mut octets);
    }
    let found: Vec<(IpAddr, Option<u64>)> =
        hosts::look_up(&octets, name).into_iter().map(|entry| (entry.ip, Some(entry.line))).collect();
    let is_localhost = is_localhost(name);
    let lacks = |ip: &IpAddr| is_localhost && !found.iter().any(|(known, _)| known == ip);
    let always = [IpAddr::V6(Ipv6Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::LOCALHOST)];
    let always: Vec<(IpAddr, Option<u64>)> = always.into_iter().filter(lacks).map(|ip| (ip, None)).collect();
    let took = clock.elapsed();
    let word = |path: Option<String>, took, found| HostsWord {
        client: None,
        program: None,
        name: name.into(),
        at,
        took,
        path,
        found,
    };
    let mut words = vec![word(Some(path.to_string_lossy().into_owned()), took, found)];
    if !always.is_empty() {
        words.push(word(None, Duration::ZERO, always));
    }
    words
}

/// `localhost` and all names below it.
fn is_localhost(name: &str) -> bool {
    let last = name.strip_suffix('.').unwrap_or(name).rsplit('.').next();
    last.is_some_and(|last| last.eq_ignore_ascii_case("localhost"))
}

/// The order in which addresses are tried: IPv6 before IPv4 (RFC 6724 2.1, where `::1` comes first of all), each once.
pub fn in_order(addresses: impl IntoIterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut once: Vec<IpAddr> = Vec::new();
    for ip in addresses {
        if !once.contains(&ip) {
            once.push(ip);
        }
    }
    once.sort_by_key(|ip| (ip.is_ipv4(), !ip.is_loopback()));
    once
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::io::Write;

    /// Whether the file says it, and the addresses with their lines.
    type Said = (bool, Vec<(String, Option<u64>)>);

    fn words(text: &str, name: &str) -> Vec<Said> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        let words = look_up(file.path(), name, || Timestamp(5));
        let shown = |found: Vec<(IpAddr, Option<u64>)>| found.into_iter().map(|(ip, line)| (ip.to_string(), line));
        words.into_iter().map(|word| (word.path.is_some(), shown(word.found).collect())).collect()
    }

    #[test]
    fn localhost_has_both_loopbacks_whatever_the_file_says() {
        let (v4, v6) = ("127.0.0.1".to_string(), "::1".to_string());
        let lines = [(v4.clone(), Some(1)), (v6.clone(), Some(2))];
        assert_eq!(words("127.0.0.1 localhost\n::1 localhost\n", "localhost"), [(true, lines.to_vec())]);
        let lacks = [(true, vec![(v4.clone(), Some(1))]), (false, vec![(v6.clone(), None)])];
        assert_eq!(words("127.0.0.1 localhost\n", "LocalHost."), lacks);
        assert_eq!(words("", "a.localhost"), [(true, vec![]), (false, vec![(v6, None), (v4, None)])]);
        assert_eq!(words("127.0.0.1 localhost\n", "localhost.example"), [(true, vec![])]);
    }

    #[test]
    fn a_file_that_is_not_there_has_no_names() {
        let found = look_up(Path::new("/nowhere/hosts"), "a", || Timestamp(5));
        assert!(found.iter().all(|word| word.found.is_empty() && word.at == Timestamp(5)));
    }

    #[test]
    fn ipv6_is_tried_first() {
        let ips = ["127.0.0.1", "10.0.0.2", "2001:db8::1", "::1", "10.0.0.2"].map(|ip| ip.parse().unwrap());
        let order: Vec<String> = in_order(ips).iter().map(IpAddr::to_string).collect();
        assert_eq!(order, ["::1", "2001:db8::1", "127.0.0.1", "10.0.0.2"]);
    }
}
