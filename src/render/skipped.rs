//! Packets that no connection was made of: why there is none, and what was left out beside those that there are.

use super::ink::Ink;
use super::line::Line;
use super::{Style, width, words};
use crate::decode::Reason;
use crate::timeline::amount::some;
use crate::timeline::{Lang, Skipped, Timeline};
use std::io;

/// Reasons shown; a timeline made to annoy may hold thousands.
const SHOWN: usize = 12;

/// Writes why there is no connection, with every reason for which packets were left out.
pub(super) fn nothing(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let packets = timeline.source.packets;
    let (seen, decoded) = (packets.seen, packets.decoded);
    let text = match (seen, decoded, style.lang) {
        (0, _, Lang::En) => "No TCP connection was seen: there was no packet.".to_string(),
        (0, _, Lang::Zh) => "没有看到 TCP 连接：一个数据包也没有。".to_string(),
        (_, 0, Lang::En) => format!("No TCP connection was seen: 0 of {seen} packets could be followed."),
        (_, 0, Lang::Zh) => format!("没有看到 TCP 连接：{seen} 个数据包中没有可跟踪的。"),
        (_, _, Lang::En) => format!("No TCP connection was seen, though {decoded} of {seen} packets were TCP."),
        (_, _, Lang::Zh) => format!("没有看到 TCP 连接，尽管 {seen} 个数据包中有 {decoded} 个是 TCP。"),
    };
    lines(&text, 0, Ink::Plain, style, out)?;
    for skipped in timeline.source.skipped.iter().filter(|skipped| skipped.count > 0).take(SHOWN) {
        lines(&told(skipped, style), 2, Ink::Dim, style, out)?;
    }
    Ok(())
}

/// Writes what was left out though it may have been TCP; nothing when all that was left out was something else.
pub(super) fn beside(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let skipped = timeline.source.skipped.iter();
    let told: Vec<String> = skipped
        .filter(|skipped| skipped.count > 0 && Reason::from_name(&skipped.reason).is_none_or(Reason::is_loss))
        .take(SHOWN)
        .map(|skipped| told(skipped, style))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let text = match style.lang {
        Lang::En => format!("left out: {}", told.join("; ")),
        Lang::Zh => format!("未使用：{}", told.join("；")),
    };
    lines(&text, 2, Ink::Dim, style, out)
}

/// One reason and its count: `3 packets: IP, but not TCP`.
fn told(Skipped { reason, count }: &Skipped, style: &Style) -> String {
    let why = words::skipped(reason, style.lang).unwrap_or(reason);
    let text = match style.lang {
        Lang::En => format!("{}: {why}", some(*count, "packet")),
        Lang::Zh => format!("{count} 个数据包：{why}"),
    };
    width::clean(&text, 120, style)
}

fn lines(text: &str, indent: usize, ink: Ink, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    for part in width::wrap(text, style.width.saturating_sub(indent)) {
        let mut line = Line::new(style);
        line.to(indent).push(&part, ink);
        line.write(out)?;
    }
    Ok(())
}
