//! The options of a header, read from its octets (RFC 9293 3.1; kinds by IANA).

use super::fields::{Field, number};
use crate::timeline::{SegmentEvent, Text};

/// Where options begin.
const FIRST: usize = 20;

/// Each option as a field, up to the end of the header or to a length that cannot be.
pub(super) fn fields(octets: &[u8], segment: &SegmentEvent) -> Vec<Field> {
    let end = octets.len();
    let mut fields = Vec::new();
    let mut at = FIRST;
    while at < end {
        let kind = octets.get(at).copied().unwrap_or_default();
        let told = octets.get(at + 1).map(|length| usize::from(*length));
        let length = match kind {
            // The list ends here: the rest is padding.
            0 => end - at,
            1 => 1,
            _ => told.unwrap_or_default(),
        };
        if length == 0 || (kind > 1 && length < 2) || at + length > end {
            let rest = end - at;
            let name = Text::new("malformed option", "格式错误的选项");
            fields.push(field(name, at, rest, hex(octets, at, rest), Text::default()));
            break;
        }
        match (kind, length) {
            (5, length) if length % 8 == 2 => fields.extend(sack(octets, at, length, segment)),
            (8, 10) => fields.extend(timestamps(octets, at)),
            _ => {
                let (name, value, meaning) = words(kind, octets, at, length);
                fields.push(field(name, at, length, value, meaning));
            }
        }
        at += length;
    }
    fields
}

fn field(name: Text, at: usize, length: usize, value: String, meaning: Text) -> Field {
    Field { name, short: None, bit: at * 8, bits: length * 8, value, meaning, flag: None }
}

/// Kind and length in one box, then each of the numbers behind them.
fn timestamps(octets: &[u8], at: usize) -> Vec<Field> {
    let value = |from: usize| number(octets, from * 8, 32).to_string();
    let (own, echo) = (Text::new("its own clock", "本端时钟"), Text::new("the peer's, echoed", "回显对端时钟"));
    vec![
        field(Text::new("timestamps", "时间戳"), at, 2, String::new(), Text::default()),
        field(Text::new("TSval", "TSval"), at + 2, 4, value(at + 2), own),
        field(Text::new("TSecr", "TSecr"), at + 6, 4, value(at + 6), echo),
    ]
}

/// The same for the edges of each block.
fn sack(octets: &[u8], at: usize, length: usize, segment: &SegmentEvent) -> Vec<Field> {
    let mut fields = vec![field(Text::new("SACK", "SACK"), at, 2, String::new(), Text::default())];
    for (block, from) in (at + 2..at + length).step_by(8).enumerate() {
        let told = segment.options.sack.get(block);
        for (en, zh, edge) in [("left edge", "左边界", 0), ("right edge", "右边界", 1)] {
            let relative = told.and_then(|edges| edges.get(edge));
            let meaning = relative.map(|own| Text::new(format!("{own} relative"), format!("相对 {own}")));
            let place = from + edge * 4;
            let value = number(octets, place * 8, 32).to_string();
            fields.push(field(Text::new(en, zh), place, 4, value, meaning.unwrap_or_default()));
        }
    }
    fields
}

/// Name, value and meaning.
fn words(kind: u8, octets: &[u8], at: usize, length: usize) -> (Text, String, Text) {
    let value = |from: usize, count: usize| number(octets, (at + from) * 8, count * 8);
    let none = Text::default();
    match (kind, length) {
        (0, _) => (Text::new("end of options", "选项结束"), String::new(), none),
        (1, _) => (Text::new("NOP", "NOP"), String::new(), none),
        (2, 4) => (Text::new("maximum segment size", "最大报文段长度"), value(2, 2).to_string(), none),
        (3, 3) => {
            let shift = value(2, 1);
            let times = 1_u64 << shift.min(14);
            (
                Text::new("window scale", "窗口扩大"),
                shift.to_string(),
                Text::new(format!("× {times}"), format!("× {times}")),
            )
        }
        (4, 2) => (Text::new("SACK permitted", "允许 SACK"), String::new(), none),
        (19, _) => (Text::new("MD5 signature", "MD5 签名"), hex(octets, at + 2, length - 2), none),
        (29, _) => (Text::new("TCP-AO", "TCP-AO"), hex(octets, at + 2, length - 2), none),
        (30, _) => (Text::new("MPTCP", "MPTCP"), hex(octets, at + 2, length - 2), none),
        (34, _) => (Text::new("fast open cookie", "快速打开 Cookie"), hex(octets, at + 2, length - 2), none),
        (kind, _) => {
            (Text::new(format!("option {kind}"), format!("选项 {kind}")), hex(octets, at + 2, length - 2), none)
        }
    }
}

fn hex(octets: &[u8], from: usize, count: usize) -> String {
    let octets: Vec<String> = octets.iter().skip(from).take(count).map(|octet| format!("{octet:02x}")).collect();
    octets.join(" ")
}
