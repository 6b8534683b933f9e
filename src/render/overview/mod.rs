//! The whole capture at a glance: what matters first, then kinds, TIME-WAIT over time, loss and round trips.

mod bars;
pub(super) mod between;
mod chart;
mod findings;
mod number;

pub(in crate::render) use number::grouped;

use super::ink::Ink;
use super::line::Line;
use super::text::{Glyphs, joined};
use super::{Style, time, width};
use crate::timeline::{Lang, Overview, Standout, TimeWaits};
use number::{per_thousand, percent};
use std::io;

/// From so many connections on there is more to say than the table does.
pub(super) const WORTH_IT: u64 = 4;

/// Left edge, columns.
const INDENT: usize = 2;

/// Writes the glance.
pub(super) fn write(overview: &Overview, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    for text in joined(&size(overview, style), style.width, style) {
        let mut line = Line::new(style);
        line.push(&text, Ink::Strong);
        line.write(out)?;
    }
    let found = findings::findings(overview, style);
    for (severity, text) in &found {
        let mark = Glyphs::of(style.charset).severity(*severity);
        hanging(mark, text, Ink::severity(*severity), style, out)?;
    }
    if let Some(text) = findings::assumption(overview, style) {
        hanging(" ", &text, Ink::Dim, style, out)?;
    }
    Line::new(style).write(out)?;
    bars::write(overview, style, out)?;
    Line::new(style).write(out)?;
    let lang = style.lang;
    if let Some(waits) = &overview.time_wait {
        section("TIME-WAIT", &waiting(overview, waits, style), style, out)?;
        chart::write(waits, style, out)?;
    }
    section(lang.pick("sent again", "重传"), &again(overview, style), style, out)?;
    if let Some(trips) = &overview.round_trip {
        let spans = [trips.min_ns, trips.median_ns, trips.p95_ns, trips.max_ns].map(time::span);
        let [min, median, p95, max] = &spans;
        let parts = match lang {
            Lang::En => [
                format!("median {median}"),
                format!("95 % within {p95}"),
                format!("{min} to {max}"),
                format!("{} handshake{}", grouped(trips.count), plural(trips.count)),
            ],
            Lang::Zh => [
                format!("中位数 {median}"),
                format!("95 % 不超过 {p95}"),
                format!("{min} 至 {max}"),
                format!("{} 次握手", grouped(trips.count)),
            ],
        };
        section(lang.pick("round trip", "往返时间"), &parts, style, out)?;
    }
    Ok(())
}

fn plural(count: u64) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// How much there is of it.
fn size(overview: &Overview, style: &Style) -> Vec<String> {
    let [connections, segments] = [overview.connections, overview.segments].map(grouped);
    let (data, span) = (time::octets(overview.bytes), time::span(overview.span_ns));
    match style.lang {
        Lang::En => vec![
            format!("{connections} connection{}", plural(overview.connections)),
            format!("{segments} segment{}", plural(overview.segments)),
            format!("{data} of data"),
            format!("in {span}"),
        ],
        Lang::Zh => vec![
            format!("{connections} 个连接"),
            format!("{segments} 个报文段"),
            format!("数据 {data}"),
            format!("历时 {span}"),
        ],
    }
}

fn waiting(overview: &Overview, waits: &TimeWaits, style: &Style) -> Vec<String> {
    let [count, peak, at_end] = [waits.count, waits.peak, waits.at_end].map(grouped);
    let (when, clients) = (time::span(waits.peak_ns), percent(waits.at_clients, waits.count));
    let mut parts = match style.lang {
        Lang::En => vec![
            format!("{count} in all"),
            format!("at most {peak}, at {when}"),
            format!("{at_end} at the end"),
            format!("{clients} at clients"),
        ],
        Lang::Zh => vec![
            format!("共 {count} 个"),
            format!("最多 {peak} 个（{when} 时）"),
            format!("结束时 {at_end} 个"),
            format!("{clients} 在客户端"),
        ],
    };
    if waits.peak == 0 {
        // All began and ended between two samples.
        parts.truncate(1);
    }
    let lists = [&overview.clients.closed_first, &overview.servers.closed_first];
    let mut first: Vec<&Standout> = lists.into_iter().flatten().collect();
    first.sort_by_key(|host| std::cmp::Reverse(host.count));
    if first.len() > 1 {
        // Of many that did so once none stands out.
        first.retain(|host| host.count > 1);
    }
    let names: Vec<String> =
        first.iter().take(3).map(|host| format!("{} ({})", findings::address(host), grouped(host.count))).collect();
    if !names.is_empty() {
        parts.push(match style.lang {
            Lang::En => format!("who closed first: {}", names.join(", ")),
            Lang::Zh => format!("主动关闭方：{}", names.join("、")),
        });
    }
    parts
}

fn again(overview: &Overview, style: &Style) -> Vec<String> {
    let loss = &overview.loss;
    let lang = style.lang;
    if loss.retransmissions == 0 && loss.missing == 0 {
        return vec![lang.pick("nothing", "无").to_string()];
    }
    let share = per_thousand(loss.retransmissions, overview.segments);
    let [count, connections] = [loss.retransmissions, loss.connections].map(grouped);
    let mut parts = vec![match lang {
        Lang::En => format!(
            "{count} segment{} ({share}) in {connections} connection{}",
            plural(loss.retransmissions),
            plural(loss.connections)
        ),
        Lang::Zh => format!("{connections} 个连接中的 {count} 个报文段（{share}）"),
    }];
    let named = [(loss.syn, "SYN"), (loss.syn_ack, "SYN,ACK"), (loss.fin, "FIN")];
    let named: Vec<String> = named
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{} {name}", grouped(*count)))
        .collect();
    if !named.is_empty() {
        let named = named.join(lang.pick(", ", "、"));
        parts.push(match lang {
            Lang::En => format!("{named} among them"),
            Lang::Zh => format!("其中 {named}"),
        });
    }
    if loss.missing > 0 {
        let missing = time::octets(loss.missing);
        parts.push(match lang {
            Lang::En => format!("{missing} never captured"),
            Lang::Zh => format!("{missing} 没有捕获到"),
        });
    }
    parts
}

/// A name, and what there is to say of it, in as many lines as it takes.
fn section(name: &str, parts: &[String], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let edge = INDENT + 12;
    let wide = style.width >= 60;
    let indent = if wide { edge } else { INDENT + 2 };
    let room = style.width.saturating_sub(indent);
    let mut line = Line::new(style);
    line.to(INDENT).push(name, Ink::Strong);
    if !wide {
        line.write(out)?;
        line = Line::new(style);
    }
    for text in joined(parts, room, style) {
        line.to(indent).push(&text, Ink::Plain);
        line.write(out)?;
        line = Line::new(style);
    }
    Ok(())
}

/// A mark, and the text beside it in as many lines as it takes.
fn hanging(mark: &str, text: &str, ink: Ink, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let indent = INDENT + 2;
    for (at, part) in width::wrap(text, style.width.saturating_sub(indent)).iter().enumerate() {
        let mut line = Line::new(style);
        line.to(INDENT);
        if at == 0 {
            line.push(mark, ink);
        }
        line.to(indent).push(part, ink);
        line.write(out)?;
    }
    Ok(())
}
