//! Two timelines next to each other: their bars on one scale, what each cost, and how that grows with the distance.

mod ports;

use super::ink::Ink;
use super::line::Line;
use super::overview::grouped;
use super::time::{octets, span};
use super::{Charset, Style, safe, width};
use crate::compare::{Bar, Document, Pair, SCHEMA, Side};
use crate::timeline::Phase;
use std::io;

/// Columns of what a row is about.
const HEAD: usize = 30;
/// Columns of a number.
const NUMBER: usize = 15;
/// Left edge.
const INDENT: usize = 2;
/// The bars are no longer than this.
const LONGEST: usize = 100;

/// As one JSON object.
pub fn json(pairs: &[Pair], out: &mut impl io::Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, &Document { schema: SCHEMA, pairs })?;
    out.write_all(b"\n")
}

/// As text: of several delays the last one whole, and the curve of all.
pub fn write(pairs: &[Pair], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let Some(pair) = pairs.last() else { return Ok(()) };
    let mut title = Line::new(style);
    title.push("synfin · ", Ink::Dim).push(style.lang.pick("comparison", "对比"), Ink::Strong);
    if let Some(delay) = pair.delay_ns {
        let one_way = style.lang.pick("one way", "单程");
        title.push(&format!(" · {one_way} {}", span(delay)), Ink::Dim);
    }
    title.write(out)?;
    for (letter, side, ink) in sides(pair) {
        let mut line = Line::new(style);
        line.to(INDENT).push(letter, ink).push("  ", Ink::Plain).push(&safe(&side.name), Ink::Plain).write(out)?;
    }
    Line::new(style).write(out)?;
    lanes(pair, style, out)?;
    costs(pair, style, out)?;
    if pairs.len() > 1 {
        curve(pairs, style, out)?;
    }
    Ok(())
}

fn sides(pair: &Pair) -> [(&'static str, &Side, Ink); 2] {
    [("A", &pair.a, Ink::Client), ("B", &pair.b, Ink::Server)]
}

/// The bars of both, on one scale.
fn lanes(pair: &Pair, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let longest = pair.a.cost.total_ns.max(pair.b.cost.total_ns).max(1);
    let room = style.width.saturating_sub(INDENT + 8).clamp(8, LONGEST);
    for (letter, side, ink) in sides(pair) {
        for (row, bar) in side.bars.iter().enumerate() {
            let mut line = Line::new(style);
            line.to(INDENT).push(if row == 0 { letter } else { " " }, ink);
            line.push_before(INDENT + 5, &bar.connection.to_string(), Ink::Dim).to(INDENT + 6);
            place(&mut line, bar, longest, room, style);
            line.write(out)?;
        }
        let hidden = side.cost.connections.saturating_sub(side.bars.len() as u64);
        if hidden > 0 {
            let more = style.lang.pick("more connections", "个连接未画出");
            Line::new(style).to(INDENT + 6).push(&format!("… {hidden} {more}"), Ink::Dim).write(out)?;
        }
    }
    let mut scale = Line::new(style);
    scale.to(INDENT + 6).push("0", Ink::Dim).push_before(INDENT + 6 + room, &span(longest), Ink::Dim).write(out)?;
    let mut legend = Line::new(style);
    legend.to(INDENT + 6);
    for phase in [Phase::Open, Phase::Data, Phase::Close] {
        let (block, ink, name) = look(phase, style);
        legend.push(&block.repeat(2), ink).push(&format!(" {name}   "), Ink::Dim);
    }
    legend.write(out)?;
    Line::new(style).write(out)
}

fn look(phase: Phase, style: &Style) -> (&'static str, Ink, &'static str) {
    let is_ascii = style.charset == Charset::Ascii;
    match phase {
        Phase::Lookup | Phase::Open => {
            (if is_ascii { "o" } else { "▒" }, Ink::State, style.lang.pick("handshake", "握手"))
        }
        Phase::Data => (if is_ascii { "#" } else { "█" }, Ink::Lesson, style.lang.pick("data", "数据")),
        Phase::Close | Phase::TimeWait => {
            (if is_ascii { "x" } else { "░" }, Ink::Wait, style.lang.pick("teardown", "挥手"))
        }
    }
}

fn place(line: &mut Line<'_>, bar: &Bar, longest: i64, room: usize, style: &Style) {
    let scale = |ns: i64| {
        let columns = i128::from(ns.max(0)) * room as i128 / i128::from(longest);
        usize::try_from(columns).unwrap_or(room).min(room)
    };
    let left = INDENT + 6;
    let mut at = 0;
    for part in &bar.parts {
        let (from, to) = (scale(part.from_ns).max(at), scale(part.to_ns));
        let len = to.saturating_sub(from).max(1);
        if from >= room {
            continue;
        }
        let (block, ink, _) = look(part.phase, style);
        line.to(left + from).push(&block.repeat(len.min(room - from)), ink);
        at = from + len;
    }
}

/// A row for each number, and the difference.
fn costs(pair: &Pair, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let mut head = Line::new(style);
    for (at, (text, ink)) in [("A", Ink::Client), ("B", Ink::Server), ("B − A", Ink::Dim)].into_iter().enumerate() {
        let text = if style.charset == Charset::Ascii { text.replace('−', "-") } else { text.to_string() };
        head.push_before(INDENT + HEAD + NUMBER * (at + 1), &text, ink);
    }
    head.write(out)?;
    let (a, b) = (&pair.a.cost, &pair.b.cost);
    let mut rows: Vec<Row> = vec![
        Row::count(lang.pick("connections", "连接数"), a.connections, b.connections),
        Row::count(lang.pick("segments", "报文段"), a.segments, b.segments),
    ];
    if a.requests.max(b.requests) > 0 {
        rows.insert(1, Row::count(lang.pick("HTTP requests", "HTTP 请求"), a.requests, b.requests));
    }
    if let (Some(a), Some(b)) = (a.bare_segments, b.bare_segments) {
        rows.push(Row::count(lang.pick("  of these without payload", "  其中不带数据"), a, b));
    }
    rows.push(Row::octets(lang.pick("payload", "数据"), a.payload, b.payload));
    let about = if a.overhead.is_exact && b.overhead.is_exact {
        lang.pick("overhead: TCP/IP headers", "开销：TCP/IP 首部")
    } else {
        lang.pick("overhead: headers, about", "开销：首部（约）")
    };
    rows.push(Row::octets(about, a.overhead.octets, b.overhead.octets));
    rows.push(Row::count(lang.pick("handshake round trips", "握手往返次数"), a.handshakes, b.handshakes));
    rows.push(Row::span(lang.pick("  time spent on them", "  耗时"), a.handshakes_ns, b.handshakes_ns));
    if let (Some(a), Some(b)) = (a.first_octet_ns, b.first_octet_ns) {
        rows.push(Row::span(lang.pick("first octet of an answer", "首个应答字节"), a, b));
    }
    rows.push(Row::span(lang.pick("all over after", "总用时"), a.total_ns, b.total_ns));
    rows.push(Row::count(lang.pick("TIME-WAITs at the client", "客户端的 TIME-WAIT"), a.client_waits, b.client_waits));
    if a.server_waits.max(b.server_waits) > 0 {
        rows.push(Row::count(
            lang.pick("TIME-WAITs at the server", "服务器的 TIME-WAIT"),
            a.server_waits,
            b.server_waits,
        ));
    }
    rows.extend(ports::rows(a, b, style));
    for row in rows {
        let mut line = Line::new(style);
        line.to(INDENT).push(&width::clip(row.head, HEAD, style.charset), Ink::Dim);
        for (at, number) in row.numbers.iter().enumerate() {
            let ink = if at == 2 { Ink::Strong } else { Ink::Plain };
            line.push_before(INDENT + HEAD + NUMBER * (at + 1), number, ink);
        }
        line.write(out)?;
    }
    ports::why(a, b, style, out)
}

/// One row: what it is about, A, B, and B − A.
struct Row {
    head: &'static str,
    numbers: [String; 3],
}

impl Row {
    fn of<T: Copy + Into<i128>>(head: &'static str, a: T, b: T, say: impl Fn(u64) -> String) -> Row {
        let (a, b): (i128, i128) = (a.into(), b.into());
        let magnitude = |value: i128| say(u64::try_from(value.unsigned_abs()).unwrap_or(u64::MAX));
        let difference = match b - a {
            0 => "=".to_string(),
            more if more > 0 => format!("+{}", magnitude(more)),
            less => format!("-{}", magnitude(less)),
        };
        Row { head, numbers: [magnitude(a), magnitude(b), difference] }
    }

    fn count(head: &'static str, a: u64, b: u64) -> Row {
        Row::of(head, a, b, grouped)
    }

    fn octets(head: &'static str, a: u64, b: u64) -> Row {
        Row::of(head, a, b, octets)
    }

    fn span(head: &'static str, a: i64, b: i64) -> Row {
        Row::of(head, a, b, |ns| span(i64::try_from(ns).unwrap_or(i64::MAX)))
    }
}

/// The whole time of both at each delay.
fn curve(pairs: &[Pair], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    Line::new(style).write(out)?;
    let lang = style.lang;
    Line::new(style)
        .to(INDENT)
        .push(lang.pick("all over after, by the delay of the wire one way", "总用时随线路单程时延的变化"), Ink::Strong)
        .write(out)?;
    let longest = pairs.iter().map(|pair| pair.a.cost.total_ns.max(pair.b.cost.total_ns)).max().unwrap_or(1).max(1);
    let left = INDENT + 12;
    let room = style.width.saturating_sub(left + 12).clamp(8, LONGEST);
    let block = if style.charset == Charset::Ascii { "#" } else { "█" };
    for pair in pairs {
        for (letter, side, ink) in sides(pair) {
            let mut line = Line::new(style);
            if letter == "A" {
                line.push_before(INDENT + 9, &span(pair.delay_ns.unwrap_or_default()), Ink::Dim);
            }
            line.to(left - 2).push(letter, ink).to(left);
            let len = i128::from(side.cost.total_ns) * room as i128 / i128::from(longest);
            line.push(&block.repeat(usize::try_from(len).unwrap_or(0).clamp(1, room)), ink);
            line.push(&format!(" {}", span(side.cost.total_ns)), Ink::Plain).write(out)?;
        }
    }
    Ok(())
}
