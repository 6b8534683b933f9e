//! What is written on an arrow, and what moves to the line beneath it when the arrow is short.

use super::terse;
use crate::ladder::{Arrow, Detail};
use crate::render::width::{self, clean};
use crate::render::{Charset, Style, text::glyphs::Glyphs};
use crate::timeline::{Checksum, SegmentOptions};

/// Longest list of flags that is printed, in characters: nine flags fit, a liar's text does not.
const FLAGS_LIMIT: usize = 48;
/// The window's rank: the first to go.
const WINDOW: u8 = 1;
/// The rank of a sequence number that no octet uses: the next to go.
const PURE_ACK_SEQ: u8 = 2;

/// The subtypes of MPTCP's option by number (IANA, MPTCP option subtypes).
const MPTCP: [&str; 9] =
    ["MP_CAPABLE", "MP_JOIN", "DSS", "ADD_ADDR", "REMOVE_ADDR", "MP_PRIO", "MP_FAIL", "MP_FASTCLOSE", "MP_TCPRST"];

/// The label that fits into `room` columns, and the parts that did not.
pub(crate) fn label(arrow: &Arrow, room: usize, style: &Style) -> (String, Vec<String>) {
    let mut parts = parts(arrow, style);
    let mut moved = Vec::new();
    while parts.len() > 1 && width::width(&joined(&parts)) > room {
        let weakest = parts.iter().enumerate().min_by_key(|(_, (rank, _))| *rank).map(|(at, _)| at).unwrap_or_default();
        moved.push(parts.remove(weakest));
    }
    if style.detail == Detail::Normal {
        // A window that was said before need not be said again on a line of its own.
        moved.retain(|(rank, _)| *rank != WINDOW || arrow.window_changed);
        // Nor is the sequence number of a segment that uses none worth a line.
        moved.retain(|(rank, _)| *rank != PURE_ACK_SEQ);
    }
    // What was taken last stood first.
    moved.reverse();
    let label = width::clip(&joined(&parts), room, style.charset);
    (label, moved.into_iter().map(|(_, part)| part).collect())
}

/// What is said of a segment, in the order of reading; the number says how long a part is kept.
fn parts(arrow: &Arrow, style: &Style) -> Vec<(u8, String)> {
    let flags = flags(arrow, style);
    let again = arrow.repeats.map(|_| style.lang.pick("(again)", "重传").to_string());
    let rank = if arrow.is_pure_ack() { (PURE_ACK_SEQ, 5) } else { (5, 3) };
    let parts = match style.detail {
        Detail::Terse => vec![
            (9, Some(flags)),
            // In packetdrill's order: what has no room moves from the end.
            (8, Some(terse::octets(arrow))),
            (7, arrow.ack.map(|ack| format!("ack {ack}"))),
            (6, Some(format!("win {}", arrow.window_field))),
            (5, terse::options(&arrow.options, style)),
        ],
        Detail::Normal | Detail::Full => vec![
            (9, Some(flags)),
            (8, again),
            (rank.0, Some(format!("seq={}", arrow.seq))),
            (rank.1, arrow.ack.map(|ack| format!("ack={ack}"))),
            (6, (arrow.len > 0).then(|| format!("len={}", arrow.len))),
            (WINDOW, Some(format!("win={}", arrow.window))),
        ],
    };
    parts.into_iter().filter_map(|(rank, part)| part.map(|part| (rank, part))).collect()
}

/// The flags as people say them, or a letter each.
pub(crate) fn flags(arrow: &Arrow, style: &Style) -> String {
    if style.detail == Detail::Terse {
        return terse::flags(arrow);
    }
    if arrow.flags.is_empty() {
        return style.lang.pick("(no flags)", "（无标志）").to_string();
    }
    clean(&arrow.flags.iter().take(12).map(|flag| head(flag)).collect::<Vec<_>>().join(","), FLAGS_LIMIT, style)
}

fn head(flag: &str) -> &str {
    width::head(flag, 16)
}

fn joined(parts: &[(u8, String)]) -> String {
    parts.iter().map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(" ")
}

/// What else a reader of the ladder wants: the options of a SYN, and SACK blocks anywhere. Timestamps, which ride on
/// every segment, are told once; with full detail each time, as are the frame and the window field.
pub(crate) fn options(arrow: &Arrow, style: &Style) -> Vec<String> {
    let options: &SegmentOptions = &arrow.options;
    let is_full = style.detail == Detail::Full;
    let mut parts = Vec::new();
    if style.detail == Detail::Terse {
        return broken(arrow, style).into_iter().collect();
    }
    parts.extend(options.mss.map(|mss| format!("MSS {mss}")));
    if options.sack_permitted {
        parts.push(style.lang.pick("SACK ok", "允许 SACK").to_string());
    }
    if let Some(shift) = options.wscale {
        let times = if style.charset == Charset::Unicode { "×" } else { "x" };
        let factor = 1_u32.checked_shl(shift.min(14).into()).unwrap_or(1);
        parts.push(format!("{} {times}{factor}", style.lang.pick("scale", "窗口扩大")));
    }
    if let Some([value, echo]) = options.timestamps
        && (is_full || arrow.has_flag("SYN"))
    {
        parts.push(format!("{} {value}/{echo}", style.lang.pick("timestamps", "时间戳")));
    }
    parts.extend(options.sack.iter().take(4).map(|[left, right]| format!("SACK {left}-{right}")));
    parts.extend(options.fast_open.map(|len| match len {
        0 => style.lang.pick("fast open: asks for a cookie", "快速打开：请求 Cookie").to_string(),
        len => format!("{} {len} B", style.lang.pick("fast open cookie", "快速打开 Cookie")),
    }));
    parts.extend(options.mptcp.map(|subtype| match MPTCP.get(usize::from(subtype)) {
        Some(name) => format!("MPTCP {name}"),
        None => format!("MPTCP {subtype}"),
    }));
    parts.extend(match options.ao {
        Some(keys) => Some(format!("TCP-AO {} {}/{}", style.lang.pick("key", "密钥"), keys.key_id, keys.next_key_id)),
        None if options.md5 => Some("TCP-MD5".to_string()),
        None => options.signed.then(|| style.lang.pick("signed", "已签名").to_string()),
    });
    if !options.other.is_empty() {
        let kinds: Vec<String> = options.other.iter().take(8).map(u8::to_string).collect();
        parts.push(format!("{} {}", style.lang.pick("option kinds", "其他选项"), kinds.join(",")));
    }
    if options.malformed {
        parts.push(style.lang.pick("options malformed", "选项格式错误").to_string());
    }
    parts.extend(broken(arrow, style));
    if is_full {
        parts.push(format!("{} {}", style.lang.pick("window field", "窗口字段"), arrow.window_field));
        parts.push(format!("{} {}", style.lang.pick("frame", "帧"), arrow.frame));
    }
    parts
}

fn broken(arrow: &Arrow, style: &Style) -> Option<String> {
    let is_wrong = arrow.checksum == Checksum::Invalid && !arrow.is_loss_told;
    is_wrong.then(|| style.lang.pick("checksum wrong", "检验和错误").to_string())
}

/// What became of a segment that never came in whole.
pub(crate) fn lost(arrow: &Arrow, style: &Style) -> &'static str {
    match arrow.checksum {
        // It was sent with a right one: where both ends are seen, what is wrong is how it arrived.
        Checksum::Invalid => style.lang.pick("damaged on the way", "途中出错"),
        _ => style.lang.pick("lost on the way", "途中丢失"),
    }
}

/// Parts in lines of at most `columns`, broken between parts where that is possible.
pub(crate) fn lines(parts: &[String], columns: usize, style: &Style) -> Vec<String> {
    let dot = Glyphs::between(style);
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if width::width(line) + width::width(dot) + width::width(part) <= columns => {
                line.push_str(dot);
                line.push_str(part);
            }
            _ => lines.extend(width::wrap(part, columns)),
        }
    }
    lines
}
