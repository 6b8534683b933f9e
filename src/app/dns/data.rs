//! The data of a record as a zone file has it (RFC 1035 5.1): bounded, and nothing in it that a terminal would obey.

use super::walk::number;
use super::words;
use simple_dns::rdata::RData;
use std::fmt::Write;

/// Characters of one record's data.
const LONGEST: usize = 256;
/// Octets shown of data that nobody here can read.
const MOST_RAW: usize = 32;

/// What the record holds; `None` where its address or its alias is told elsewhere. Its type stands at `at`.
pub(super) fn data(data: &RData<'_>, octets: &[u8], at: usize) -> Option<String> {
    let len = usize::from(number(octets, at + 8)?);
    let raw = octets.get(at + 10..at + 10 + len)?;
    let mut text = match data {
        RData::A(_) | RData::AAAA(_) | RData::CNAME(_) => return None,
        RData::NS(data) => words::name(&data.0),
        RData::PTR(data) => words::name(&data.0),
        RData::MX(data) => format!("{} {}", data.preference, words::name(&data.exchange)),
        RData::SRV(data) => {
            format!("{} {} {} {}", data.priority, data.weight, data.port, words::name(&data.target))
        }
        RData::SOA(data) => format!(
            "{} {} {} {} {} {} {}",
            words::name(&data.mname),
            words::name(&data.rname),
            data.serial,
            data.refresh,
            data.retry,
            data.expire,
            data.minimum
        ),
        RData::SVCB(data) => format!("{} {}", data.priority, words::name(&data.target)),
        RData::HTTPS(data) => format!("{} {}", data.0.priority, words::name(&data.0.target)),
        RData::TXT(_) => strings(raw),
        RData::CAA(_) => match raw {
            [flags, rest @ ..] => format!("{flags} {}", tagged(rest)),
            [] => String::new(),
        },
        _ => unknown(raw),
    };
    if let Some((cut, _)) = text.char_indices().nth(LONGEST) {
        text.truncate(cut);
        text.push('…');
    }
    Some(text)
}

/// `"one" "two"`: each string behind its length (RFC 1035 3.3.14).
fn strings(raw: &[u8]) -> String {
    let mut rest = raw;
    let mut told = Vec::new();
    while let [len, behind @ ..] = rest
        && told.len() < LONGEST
    {
        let (string, after) = behind.split_at(usize::from(*len).min(behind.len()));
        told.push(quoted(string));
        rest = after;
    }
    told.join(" ")
}

/// `issue "ca.example"`: a name behind its length, and its value (RFC 8659 4.1).
fn tagged(raw: &[u8]) -> String {
    let [len, behind @ ..] = raw else { return String::new() };
    let (tag, value) = behind.split_at(usize::from(*len).min(behind.len()));
    format!("{} {}", quoted(tag).trim_matches('"'), quoted(value))
}

fn quoted(octets: &[u8]) -> String {
    let mut text = String::from("\"");
    for octet in octets.iter().take(LONGEST) {
        match octet {
            b'"' | b'\\' => text.extend(['\\', char::from(*octet)]),
            0x20..=0x7e => text.push(char::from(*octet)),
            // (Writing to a string cannot fail.)
            _ => _ = write!(text, "\\{octet:03}"),
        }
    }
    text.push('"');
    text
}

/// As RFC 3597 5 writes what has no words of its own.
fn unknown(raw: &[u8]) -> String {
    let mut text = format!("\\# {}", raw.len());
    if !raw.is_empty() {
        text.push(' ');
    }
    raw.iter().take(MOST_RAW).for_each(|octet| _ = write!(text, "{octet:02x}"));
    if raw.len() > MOST_RAW {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::read;

    /// What is told of an answer of this type with this data; the name is `a`.
    fn told(kind: u8, data: &[u8]) -> (Option<String>, usize) {
        let mut octets = vec![0, 7, 0x81, 0, 0, 1, 0, 1, 0, 0, 0, 0, 1, b'a', 0, 0, kind, 0, 1];
        octets.extend([0xc0, 12, 0, kind, 0, 1, 0, 0, 0, 60]);
        octets.extend((data.len() as u16).to_be_bytes());
        octets.extend_from_slice(data);
        let (message, problems) = read(&octets).unwrap();
        (message.records.first().and_then(|record| record.data.clone()), problems.len())
    }

    #[test]
    fn what_records_hold_is_told_as_in_a_zone_file() {
        let says = |kind, data: &[u8]| told(kind, data).0.unwrap_or_default();
        assert_eq!(says(15, b"\x00\x0a\x04mail\xc0\x0c"), "10 mail.a");
        assert_eq!(says(2, b"\x02ns\xc0\x0c"), "ns.a");
        assert_eq!(says(33, b"\x00\x01\x00\x02\x13\xc4\x03sip\x00"), "1 2 5060 sip");
        assert_eq!(says(16, b"\x05v=spf\x03a\"b"), "\"v=spf\" \"a\\\"b\"");
        assert_eq!(says(99, b"\x01\x02"), "\\# 2 0102");
        assert_eq!(told(1, &[10, 0, 0, 1]).0, None, "an address stands elsewhere");
    }

    #[test]
    fn hostile_data_is_bounded_and_escaped() {
        assert_eq!(told(16, b"\x05\x1b[31m\x02\xff\n").0.unwrap(), "\"\\027[31m\" \"\\255\\010\"");
        let long = [&[255][..], &[b'x'; 255], &[255], &[b'y'; 255]].concat();
        let text = told(16, &long).0.unwrap();
        assert!(text.chars().count() <= 257 && text.ends_with('…'), "{text}");
        assert!(told(99, &[0; 60_000]).0.unwrap().len() < 100);
        for (kind, data) in [(16, &b"\xff"[..]), (16, b""), (15, b"\x00"), (33, b""), (2, b"\xc0\xff"), (6, b"\x00")] {
            let (text, problems) = told(kind, data);
            assert!(text.is_some() || problems > 0, "{kind}");
        }
    }
}
