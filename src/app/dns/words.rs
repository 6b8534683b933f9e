//! The names of what DNS has numbers for, and its names as text.

use simple_dns::Name;
use std::fmt::Write;

/// A record type as people write it (IANA, DNS Resource Record Types; RFC 3597 5 for those without a name).
pub fn record_type(number: u16) -> String {
    let name = match number {
        1 => "A",
        2 => "NS",
        5 => "CNAME",
        6 => "SOA",
        12 => "PTR",
        13 => "HINFO",
        15 => "MX",
        16 => "TXT",
        28 => "AAAA",
        33 => "SRV",
        35 => "NAPTR",
        39 => "DNAME",
        41 => "OPT",
        43 => "DS",
        46 => "RRSIG",
        47 => "NSEC",
        48 => "DNSKEY",
        52 => "TLSA",
        64 => "SVCB",
        65 => "HTTPS",
        251 => "IXFR",
        252 => "AXFR",
        255 => "ANY",
        257 => "CAA",
        other => return format!("TYPE{other}"),
    };
    name.into()
}

/// The response code in the header (IANA, DNS RCODEs; RFC 1035 4.1.1, RFC 2136 2.2).
pub(super) fn rcode(number: u16) -> String {
    let name = match number {
        0 => "NOERROR",
        1 => "FORMERR",
        2 => "SERVFAIL",
        3 => "NXDOMAIN",
        4 => "NOTIMP",
        5 => "REFUSED",
        6 => "YXDOMAIN",
        7 => "YXRRSET",
        8 => "NXRRSET",
        9 => "NOTAUTH",
        10 => "NOTZONE",
        other => return format!("RCODE{other}"),
    };
    name.into()
}

/// A name as text, without a dot at its end; the root is `.`. What is no text stands as `\DDD` (RFC 4343 2.1).
pub(super) fn name(name: &Name<'_>) -> String {
    let mut text = String::new();
    for (n, label) in name.as_bytes().enumerate() {
        if n > 0 {
            text.push('.');
        }
        match std::str::from_utf8(label) {
            Ok(label) => label.chars().for_each(|next| push(&mut text, next)),
            Err(_) => label.iter().for_each(|octet| push_octet(&mut text, *octet)),
        }
    }
    if text.is_empty() { ".".into() } else { text }
}

fn push(text: &mut String, next: char) {
    match next {
        '.' | '\\' => text.extend(['\\', next]),
        next if next.is_control() || next.is_whitespace() => {
            next.encode_utf8(&mut [0; 4]).bytes().for_each(|octet| _ = write!(text, "\\{octet:03}"));
        }
        next => text.push(next),
    }
}

fn push_octet(text: &mut String, octet: u8) {
    match octet {
        0x21..=0x7e => push(text, char::from(octet)),
        _ => _ = write!(text, "\\{octet:03}"),
    }
}
