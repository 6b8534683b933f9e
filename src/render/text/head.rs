//! What stands above a ladder: the connection in a few lines, the names of the lanes, headings of phases.

use super::columns::Columns;
use super::glyphs::Glyphs;
use super::*;
use crate::ladder::Lane;
use crate::render::{Charset, capture, summary};
use crate::timeline::amount::some;
use crate::timeline::{self, CloseKind, KernelAgreement, KernelDeed, Lang, OpenKind, Role, Text, TimeWait};

/// Characters shown of a name that the timeline brings.
const NAME: usize = 120;
/// Characters shown of a sentence.
const SENTENCE: usize = 400;

/// Resets told, and characters of a reason.
const RESETS: usize = 3;
const REASON: usize = 40;

/// How each peer that sent data came to send in the end, as the kernel has it.
fn sending(connection: &timeline::Connection, lang: Lang) -> Vec<String> {
    let totals = &connection.totals;
    let peers = [
        (&connection.client, totals.client.bytes, lang.pick("client", "客户端")),
        (&connection.server, totals.server.bytes, lang.pick("server", "服务器")),
    ];
    let told = peers.into_iter().filter(|(_, octets, _)| *octets > 0).filter_map(|(id, _, who)| {
        let own = || connection.kernel_samples.iter().filter(|sample| sample.endpoint == *id);
        let last = own().next_back()?;
        // Before the first round trip RTO is a guess of a second, and no backoff.
        let widest = own().filter(|sample| sample.retransmits > 0).map(|sample| sample.rto_ns).max().unwrap_or(0);
        let (srtt, rto, cwnd) = (time::span(last.srtt_ns), time::span(last.rto_ns), last.cwnd);
        let most = if widest >= last.rto_ns.saturating_mul(2) {
            let most = time::span(widest);
            match lang {
                Lang::En => format!(" (at most {most})"),
                Lang::Zh => format!("（最大 {most}）"),
            }
        } else {
            String::new()
        };
        let again = connection.kernel_acts.iter().filter(|act| act.endpoint == *id);
        let again = again.filter(|act| act.act == KernelDeed::Retransmission).count();
        let again = match (again, lang) {
            (0, _) => String::new(),
            (1, Lang::En) => ", 1 retransmission".into(),
            (count, Lang::En) => format!(", {count} retransmissions"),
            (count, Lang::Zh) => format!("，重传 {count} 次"),
        };
        let ssthresh = last.ssthresh.map(|segments| format!(", ssthresh {segments}")).unwrap_or_default();
        Some(format!("{who}: srtt {srtt}, RTO {rto}{most}, cwnd {cwnd}{ssthresh}{again}"))
    });
    told.collect()
}

/// Why each kernel sent RST, in its own words.
fn resets(connection: &timeline::Connection, style: &Style) -> Option<String> {
    let lang = style.lang;
    let told =
        connection.kernel_acts.iter().filter(|act| act.act == KernelDeed::Reset && act.reason.is_some()).map(|act| {
            let reason = width::clean(act.reason.as_deref().unwrap_or_default(), REASON, style);
            match (lang, act.endpoint == connection.client) {
                (Lang::En, true) => format!("the client's: RST, {reason}"),
                (Lang::En, false) => format!("the server's: RST, {reason}"),
                (Lang::Zh, true) => format!("客户端内核发送 RST：{reason}"),
                (Lang::Zh, false) => format!("服务器内核发送 RST：{reason}"),
            }
        });
    let told: Vec<String> = told.take(RESETS).collect();
    (!told.is_empty()).then(|| told.join(lang.pick("; ", "；")))
}

/// Whether the kernel's states are those that are drawn.
fn witnessed(agreement: &KernelAgreement, connection: &timeline::Connection, style: &Style) -> (String, Ink) {
    let lang = style.lang;
    let is_untold = |id: &String| agreement.untold.contains(id);
    // Whose states are borne out, and whose socket it told nothing of.
    let one_sided = match [&connection.client, &connection.server].map(is_untold) {
        [true, false] => Some([Role::Server, Role::Client]),
        [false, true] => Some([Role::Client, Role::Server]),
        _ => None,
    };
    match &agreement.difference {
        Some(difference) => (width::clean(difference.text.get(style.lang), SENTENCE, style), Ink::Error),
        None if agreement.agrees => match one_sided.map(|sides| sides.map(|role| words::role(role, lang))) {
            Some([told, untold]) => {
                let text = match lang {
                    Lang::En => {
                        format!("the {told}'s states are those of the packets; of the {untold} it told nothing")
                    }
                    Lang::Zh => format!("{told}的状态与数据包一致；内核没有告知{untold}的状态"),
                };
                (text, Ink::Plain)
            }
            None => {
                (lang.pick("its states are those of the packets", "内核的状态与数据包一致").to_string(), Ink::Plain)
            }
        },
        None => (style.lang.pick("its states differ", "内核的状态与数据包不一致").to_string(), Ink::Error),
    }
}

/// Writes the head block.
pub(super) fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let lang = style.lang;
    let connection = &ladder.connection;
    if let Some(title) = &ladder.title {
        let mut line = Line::new(style);
        line.push(&width::clean(title, SENTENCE, style), Ink::Strong);
        line.write(out)?;
    }
    let which = match lang {
        // The same for a timeline that holds this connection alone.
        Lang::En if ladder.siblings > 1 || connection.id > 1 => format!("connection {}", connection.id),
        Lang::Zh if ladder.siblings > 1 || connection.id > 1 => format!("连接 {}", connection.id),
        _ => String::new(),
    };
    summary::title([which].into_iter().chain(summary::source(&ladder.source, style)), style, out)?;

    let mut rows = rows(ladder, style);
    let verdict = width::clean(connection.verdict.get(lang), SENTENCE, style);
    if !verdict.is_empty() {
        rows.push((lang.pick("verdict", "结论"), verdict, Ink::Strong));
    }
    let indent = rows.iter().map(|(label, ..)| width::width(label)).max().unwrap_or(0).min(style.width / 3) + 4;
    for (label, value, ink) in &rows {
        let mut label = width::clip(label, indent.saturating_sub(3), style.charset);
        for value in width::wrap(value, style.width.saturating_sub(indent)) {
            let mut line = Line::new(style);
            line.to(2).push(&std::mem::take(&mut label), Ink::Dim).to(indent).push(&value, *ink);
            line.write(out)?;
        }
    }
    Line::new(style).write(out)
}

/// What there is to say of the connection: a name and a sentence each, the verdict not among them.
pub(crate) fn facts(ladder: &Ladder, style: &Style) -> Vec<(String, String)> {
    rows(ladder, style).into_iter().map(|(name, sentence, _)| (name.to_string(), sentence)).collect()
}

fn rows(ladder: &Ladder, style: &Style) -> Vec<(&'static str, String, Ink)> {
    let (lang, connection) = (style.lang, &ladder.connection);
    let mut rows: Vec<(&'static str, String, Ink)> = Vec::new();
    for side in Side::BOTH {
        let lane = ladder.lanes.get(side);
        rows.push((words::role(lane.role, lang), who(lane, style), Ink::side(side)));
    }
    let why = lang.pick("why", "原因");
    rows.push((lang.pick("opened", "打开"), opened(ladder, style), Ink::Plain));
    rows.extend(why::opened(connection, style).map(|text| (why, text, Ink::Plain)));
    // What never opened has no close to speak of.
    let opened = !matches!(connection.open.kind, OpenKind::Refused | OpenKind::Unreachable | OpenKind::Unanswered);
    if opened || connection.close.kind != CloseKind::None {
        rows.push((lang.pick("closed", "关闭"), closed(ladder, style), Ink::Plain));
        rows.extend(why::closed(connection, style).map(|text| (why, text, Ink::Plain)));
    }
    for wait in connection.time_wait.iter().take(2) {
        rows.push(("TIME-WAIT", time_wait(wait, ladder, style), Ink::Wait));
    }
    rows.push((lang.pick("data", "数据"), data(ladder, style), Ink::Plain));
    rows.extend(trouble::rows(ladder, style).into_iter().map(|(label, text)| (label, text, Ink::Plain)));
    if let Some(mptcp) = &connection.mptcp {
        rows.push(("MPTCP", paths::told(mptcp, lang), Ink::Plain));
    }
    if let Some(ways) = &connection.ways {
        rows.push((lang.pick("one way", "单程"), ways::told(ways, ladder, style), Ink::Plain));
    }
    if let Some(clock) = &ladder.source.clock {
        rows.push((lang.pick("clocks", "时钟"), ways::clocks(clock, style), Ink::Plain));
    }
    if let Some(agreement) = &connection.kernel_agreement {
        let (text, ink) = witnessed(agreement, connection, style);
        rows.push((lang.pick("kernel", "内核"), text, ink));
    }
    rows.extend(resets(connection, style).map(|text| (lang.pick("kernel", "内核"), text, Ink::Plain)));
    rows.extend(sending(connection, lang).into_iter().map(|text| (lang.pick("sending", "发送"), text, Ink::Plain)));
    rows.extend(capture::lines(&ladder.source, style).into_iter().map(|(label, text)| (label, text, Ink::Dim)));
    rows
}

/// Writes which connection the rows that follow belong to and, as each counts from its own zero, when that is.
pub(super) fn turn(id: u64, lanes: &Lanes, origin_ns: i64, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let [left, right] = Side::BOTH.map(|side| width::clean(&lanes.get(side).address, NAME, style));
    let text = format!("#{id} {left} {} {right}", if style.charset == Charset::Unicode { "→" } else { "->" });
    let zero = time::point(origin_ns, false);
    let zero = match (origin_ns, style.lang) {
        (0, _) => String::new(),
        (_, Lang::En) => format!("(0 = {} into the capture)", zero.trim()),
        (_, Lang::Zh) => format!("（0 = 捕获开始后 {}）", zero.trim()),
    };
    Line::new(style).write(out)?;
    let mut line = Line::new(style);
    line.push(&width::clip(&text, style.width, style.charset), Ink::Strong);
    if width::width(&text) + 1 + width::width(&zero) > style.width && !zero.is_empty() {
        line.write(out)?;
        line = Line::new(style);
    }
    line.push(" ", Ink::Plain).push(&zero, Ink::Dim);
    line.write(out)
}

/// Writes role and address above each lifeline.
pub(super) fn lanes(lanes: &Lanes, columns: &Columns, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let roles = Side::BOTH.map(|side| summary::lane_name(lanes.get(side), style));
    let addresses = Side::BOTH.map(|side| width::clean(&lanes.get(side).address, NAME, style));
    pair(&roles, columns, style, true, out)?;
    pair(&addresses, columns, style, false, out)
}

/// Writes a heading that sets a phase apart; the lifelines run through it.
pub(super) fn phase(phase: Phase, columns: &Columns, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let glyphs = Glyphs::of(style.charset);
    let mut line = Line::new(style);
    line.push(glyphs.rule, Ink::Dim).push(" ", Ink::Plain);
    line.push(words::phase(phase, style.lang), Ink::Strong).push(" ", Ink::Plain);
    let mut column = 3 + width::width(words::phase(phase, style.lang));
    while column < style.width {
        let crosses = column == columns.left || column == columns.right;
        line.push(if crosses { glyphs.cross } else { glyphs.rule }, Ink::Dim);
        column += 1;
    }
    line.write(out)
}

/// Two labels, each centred over its lifeline as far as there is room; below each other where there is none.
fn pair(
    [left, right]: &[String; 2],
    columns: &Columns,
    style: &Style,
    strong: bool,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let inks = if strong { [Ink::Client, Ink::Server] } else { [Ink::Plain, Ink::Plain] };
    let edge = columns.notes.map_or(style.width, |(from, _)| from.saturating_sub(2));
    let place = |text: &str, over: usize, from: usize, to: usize| {
        let wide = width::width(text);
        (over + 1).saturating_sub(wide.div_ceil(2)).min(to.saturating_sub(wide)).max(from)
    };
    let at_left = place(left, columns.left, 0, edge);
    let after = at_left + width::width(left) + 2;
    let at_right = place(right, columns.right, 0, edge);
    let mut line = Line::new(style);
    line.to(at_left).push(left, inks[0]);
    if at_right >= after {
        line.to(at_right).push(right, inks[1]);
        return line.write(out);
    }
    line.to(columns.right).push(Glyphs::of(style.charset).closed, Ink::Dim);
    line.write(out)?;
    let mut line = Line::new(style);
    if at_right > columns.left + 1 {
        line.to(columns.left).push(Glyphs::of(style.charset).closed, Ink::Dim);
    }
    line.to(at_right).push(right, inks[1]);
    line.write(out)
}

fn who(lane: &Lane, style: &Style) -> String {
    let mut more: Vec<String> =
        [&lane.name, &lane.process].into_iter().flatten().map(|name| width::clean(name, NAME, style)).collect();
    if let Some(there) = &lane.seen_as {
        let there = width::clean(there, NAME, style);
        more.push(match style.lang {
            Lang::En => format!("{there} beyond the NAT"),
            Lang::Zh => format!("NAT 另一侧为 {there}"),
        });
    }
    let address = width::clean(&lane.address, NAME, style);
    let more = more.join(comma(style.lang));
    match style.lang {
        _ if more.is_empty() => address,
        Lang::En => format!("{address} ({more})"),
        Lang::Zh => format!("{address}（{more}）"),
    }
}

fn opened(ladder: &Ladder, style: &Style) -> String {
    let lang = style.lang;
    let open = &ladder.connection.open;
    let mut text = title(&open.title, words::open(open.kind, lang), style);
    if let Some(rtt) = open.rtt_ns.filter(|_| open.rtt_valid) {
        text.push_str(&format!("{}{} {}", comma(lang), lang.pick("round trip", "往返时间"), time::span(rtt)));
    }
    for (name, count) in [("SYN", open.syn_retransmissions), ("SYN,ACK", open.synack_retransmissions)] {
        if count > 0 {
            let again = lang.pick("sent again", "重传");
            text.push_str(&format!("{}{name} {again} {}", comma(lang), words::times(count, lang)));
        }
    }
    width::clean(&text, SENTENCE, style)
}

fn closed(ladder: &Ladder, style: &Style) -> String {
    let lang = style.lang;
    let close = &ladder.connection.close;
    let mut text = title(&close.title, words::close(close.kind, lang), style);
    let abrupt = matches!(close.kind, CloseKind::Reset | CloseKind::Simultaneous);
    if let Some(first) = close.active_closer.as_ref().filter(|_| !abrupt) {
        let first = summary::peer_name(first, &ladder.lanes, style);
        text.push_str(&match lang {
            Lang::En => format!(", {first} closes first"),
            Lang::Zh => format!("，{first}主动关闭"),
        });
    }
    width::clean(&text, SENTENCE, style)
}

fn time_wait(wait: &TimeWait, ladder: &Ladder, style: &Style) -> String {
    let lang = style.lang;
    let who = summary::peer_name(&wait.endpoint, &ladder.lanes, style);
    let length = time::span(wait.two_msl_ns);
    let how = words::end(wait.end, lang);
    let left = time::span(wait.remaining_ns);
    let mut text = match (lang, wait.remaining_ns > 0) {
        (Lang::En, true) => format!("{who}, 2MSL = {length} ({}), {how}, {left} left", wait.msl_profile),
        (Lang::En, false) => format!("{who}, 2MSL = {length} ({}), {how}", wait.msl_profile),
        (Lang::Zh, true) => format!("{who}，2MSL = {length}（{}），{how}，还剩 {left}", wait.msl_profile),
        (Lang::Zh, false) => format!("{who}，2MSL = {length}（{}），{how}", wait.msl_profile),
    };
    if wait.rearmed > 0 {
        text.push_str(&match lang {
            Lang::En => format!(", started again {}", words::times(wait.rearmed, lang)),
            Lang::Zh => format!("，重新计时 {}", words::times(wait.rearmed, lang)),
        });
    }
    if let Some(kernel) = &wait.kernel {
        let left = time::span(kernel.remaining_ns);
        let lasted =
            kernel.gone_ns.map(|gone| time::span(gone.saturating_sub(wait.due_ns.saturating_sub(wait.two_msl_ns))));
        text.push_str(&match (lang, lasted) {
            (Lang::En, Some(lasted)) => format!("; kernel: it really lasted {lasted}"),
            (Lang::Zh, Some(lasted)) => format!("；内核：实际持续 {lasted}"),
            (Lang::En, None) => format!("; kernel: {left} left"),
            (Lang::Zh, None) => format!("；内核：还剩 {left}"),
        });
    }
    width::clean(&text, SENTENCE, style)
}

/// Octets of each side, then segments of each: these count bare ACKs too, so that they do not belong to the octets.
fn data(ladder: &Ladder, style: &Style) -> String {
    let totals = &ladder.connection.totals;
    let of = |side, bytes| {
        let who = summary::lane_name(ladder.lanes.get(side), style);
        format!("{who} {} {}", Glyphs::of(style.charset).right, time::octets(bytes))
    };
    let bytes = [of(Side::Left, totals.client.bytes), of(Side::Right, totals.server.bytes)].join(comma(style.lang));
    let (left, right) = (totals.client.segments, totals.server.segments);
    let again = totals.client.retransmissions.saturating_add(totals.server.retransmissions);
    let mut text = match style.lang {
        Lang::En if (left, right) == (1, 1) => format!("{bytes}; 1 segment each, ACKs included"),
        Lang::En if left == 1 || right == 1 => format!("{bytes}; segments: {left} and {right}, ACKs included"),
        Lang::En => format!("{bytes}; {left} and {right} segments, ACKs included"),
        Lang::Zh => format!("{bytes}；报文段 {left} 个与 {right} 个，含 ACK"),
    };
    if again > 0 {
        text.push_str(&match style.lang {
            Lang::En => format!("; {}", some(again, "retransmission")),
            Lang::Zh => format!("；重传 {again} 次"),
        });
    }
    text
}

fn title(text: &Text, otherwise: &str, style: &Style) -> String {
    let text = width::clean(text.get(style.lang), SENTENCE, style);
    if text.is_empty() { otherwise.to_string() } else { text }
}

fn comma(lang: Lang) -> &'static str {
    lang.pick(", ", "，")
}
