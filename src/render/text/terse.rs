//! A segment in the notation of packetdrill: `S. 0:0(0) ack 1 win 65160 <mss 1460>`.

use crate::ladder::Arrow;
use crate::render::Style;
use crate::render::width::clean;
use crate::timeline::SegmentOptions;

/// Longest list of options that is printed, in characters: all that 40 octets hold.
const LONGEST: usize = 160;

/// The flags, a letter each, and `.` for ACK: the letters of tcpdump, which packetdrill took over.
pub(super) fn flags(arrow: &Arrow) -> String {
    const LETTERS: [(&str, char); 9] = [
        ("SYN", 'S'),
        ("FIN", 'F'),
        ("PSH", 'P'),
        ("RST", 'R'),
        ("URG", 'U'),
        ("CWR", 'W'),
        ("ECE", 'E'),
        ("AE", 'e'),
        ("ACK", '.'),
    ];
    let letters: String = LETTERS.iter().filter(|(name, _)| arrow.has_flag(name)).map(|(_, letter)| letter).collect();
    if letters.is_empty() { "-".to_string() } else { letters }
}

/// The numbers: first octet, the one behind the last, and how many between them.
pub(super) fn octets(arrow: &Arrow) -> String {
    let end = arrow.seq.wrapping_add(arrow.len.into());
    // As they are on the wire they begin again behind 2^32.
    let end = if arrow.seq >= 0 && end >= 1 << 32 { end - (1 << 32) } else { end };
    format!("{}:{end}({})", arrow.seq, arrow.len)
}

/// The options in angle brackets; `None` where there are none.
pub(super) fn options(options: &SegmentOptions, style: &Style) -> Option<String> {
    let mut parts = Vec::new();
    parts.extend(options.mss.map(|mss| format!("mss {mss}")));
    parts.extend(options.sack_permitted.then(|| "sackOK".to_string()));
    parts.extend(options.timestamps.map(|[value, echo]| format!("TS val {value} ecr {echo}")));
    parts.extend(options.wscale.map(|shift| format!("wscale {shift}")));
    let blocks: Vec<String> = options.sack.iter().take(4).map(|[left, right]| format!("{left}:{right}")).collect();
    parts.extend((!blocks.is_empty()).then(|| format!("sack {}", blocks.join(" "))));
    parts.extend(options.fast_open.map(|len| if len == 0 { "FO".to_string() } else { format!("FO cookie {len}") }));
    parts.extend(options.mptcp.map(|subtype| format!("mptcp {subtype}")));
    parts.extend((options.md5 || options.ao.is_some() || options.signed).then(|| "md5/ao".to_string()));
    parts.extend(options.other.iter().take(8).map(|kind| format!("unknown-{kind}")));
    parts.extend(options.malformed.then(|| "bad opt".to_string()));
    (!parts.is_empty()).then(|| clean(&format!("<{}>", parts.join(",")), LONGEST, style))
}
