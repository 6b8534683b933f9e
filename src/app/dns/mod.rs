//! DNS messages (RFC 1035 4): what is asked and what is answered, as far as it can be read, and what is wrong with the rest.
//!
//! simple-dns reads names and data, and refuses a message as a whole; so it is shown a copy that ends where the walk before it
//! found the first fault, with counts that fit and with types and classes that it knows.

mod data;
mod lookups;
#[cfg(test)]
mod tests;
mod walk;
mod way;
mod words;

pub use lookups::{Lookups, Sent};
pub(super) use way::Messages;
pub use words::record_type;

use crate::timeline::{DnsMessage, DnsQuestion, DnsRecord, Text};
use simple_dns::rdata::RData;
use simple_dns::{Packet, ResourceRecord};
use walk::{HEADER, Walk, number, walk};

/// A type that every question may have: ANY.
const ANY: [u8; 2] = [0, 255];
/// The class of the Internet.
const IN: [u8; 2] = [0, 1];

/// Reads a message, of which the capture may lack the end. What is wrong with it is told beside it.
///
/// # Errors
/// Where not even its header is there.
pub fn read(octets: &[u8]) -> Result<(DnsMessage, Vec<Text>), Text> {
    let (Some(id), Some(flags), true) = (number(octets, 0), number(octets, 2), octets.len() >= HEADER) else {
        let len = octets.len();
        return Err(Text::new(
            format!("{len} octets are no DNS message: its header has {HEADER}"),
            format!("{len} 字节不是 DNS 报文：首部就有 {HEADER} 字节"),
        ));
    };
    let walk = walk(octets);
    let mut problems: Vec<Text> = walk.problem.iter().cloned().collect();
    let is_response = flags & 0x8000 != 0;
    let opcode = flags >> 11 & 15;
    if opcode != 0 {
        problems.push(Text::new(format!("no standard query: opcode {opcode}"), format!("非标准查询：操作码 {opcode}")));
    }
    let mut message = DnsMessage {
        query_id: id,
        is_response,
        question: None,
        rcode: is_response.then(|| words::rcode(flags & 15)),
        truncated: flags & 0x0200 != 0,
        records: Vec::new(),
        records_left_out: walk.left_out,
        addresses_left_out: walk.addresses_left_out,
    };
    let mut copy = fit_to_read(octets, &walk);
    let total = walk.answers.len();
    let sound = most_sound(&mut copy, total);
    set(&mut copy, 6, (sound as u16).to_be_bytes());
    if let Ok(packet) = Packet::parse(&copy) {
        message.question = packet.questions.first().zip(walk.questions.first()).map(|(question, at)| DnsQuestion {
            name: words::name(&question.qname),
            record_type: record_type(number(octets, *at).unwrap_or_default()),
        });
        let answers = packet.answers.iter().zip(&walk.answers);
        message.records = answers.map(|(answer, at)| record(answer, octets, *at)).collect();
    }
    if sound < total {
        let n = sound + 1;
        problems.push(Text::new(
            format!("the data of answer {n} of {total} cannot be read"),
            format!("第 {n} 条回答（共 {total} 条）的数据无法解读"),
        ));
    }
    Ok((message, problems))
}

/// With how many of so many answers, from the first, simple-dns reads a message. Asked few times, as each may cost much.
fn most_sound(copy: &mut [u8], total: usize) -> usize {
    let (mut sound, mut unsound) = (0, total + 1);
    while unsound - sound > 1 {
        // All of them first: mostly all are.
        let count = if unsound > total { total } else { usize::midpoint(sound, unsound) };
        set(copy, 6, (count as u16).to_be_bytes());
        match Packet::parse(copy) {
            Ok(_) => sound = count,
            Err(_) => unsound = count,
        }
    }
    sound
}

/// What was walked over, and nothing that simple-dns would refuse it for.
fn fit_to_read(octets: &[u8], walk: &Walk) -> Vec<u8> {
    let mut copy = octets.get(..walk.end).unwrap_or(octets).to_vec();
    set(&mut copy, 2, [0, 0]);
    set(&mut copy, 4, (walk.questions.len() as u16).to_be_bytes());
    // Of authorities and further records nothing is told.
    set(&mut copy, 8, [0, 0]);
    set(&mut copy, 10, [0, 0]);
    for at in &walk.questions {
        set(&mut copy, *at, ANY);
        set(&mut copy, at + 2, IN);
    }
    for at in &walk.answers {
        set(&mut copy, at + 2, IN);
    }
    copy
}

fn set(octets: &mut [u8], at: usize, value: [u8; 2]) {
    if let Some(field) = octets.get_mut(at..).and_then(|rest| rest.first_chunk_mut::<2>()) {
        *field = value;
    }
}

fn record(record: &ResourceRecord<'_>, octets: &[u8], at: usize) -> DnsRecord {
    let target = match &record.rdata {
        RData::CNAME(data) => Some(&data.0),
        RData::NS(data) => Some(&data.0),
        RData::PTR(data) => Some(&data.0),
        RData::MX(data) => Some(&data.exchange),
        RData::SRV(data) => Some(&data.target),
        RData::SVCB(data) => Some(&data.target),
        RData::HTTPS(data) => Some(&data.target),
        _ => None,
    };
    let ip = match &record.rdata {
        RData::A(data) => Some(std::net::Ipv4Addr::from(data.address).into()),
        RData::AAAA(data) => Some(std::net::Ipv6Addr::from(data.address).into()),
        _ => None,
    };
    DnsRecord {
        name: words::name(&record.name),
        record_type: record_type(number(octets, at).unwrap_or_default()),
        ttl_s: record.ttl,
        ip,
        target: target.map(words::name),
        data: data::data(&record.rdata, octets, at),
    }
}
