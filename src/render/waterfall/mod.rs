//! A row per HTTP request, and a bar of where its time went: the network panel of a browser, from packets.

mod bar;
mod columns;
mod row;

use super::ink::Ink;
use super::line::Line;
use super::text::{Glyphs, joined};
use super::{Style, capture, summary, time, width};
use crate::exchange::{Exchange, Outcome, Panel, Phase};
use crate::timeline::amount::some;
use crate::timeline::{Lang, Text, Timeline};
use bar::{Axis, Marks};
use columns::Columns;
use row::{Row, Target};
use std::collections::BTreeSet;
use std::io;

/// Writes the panel: head, a row for each request, legend and totals.
pub fn write(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let panel = Panel::of(timeline);
    summary::title(summary::source(&timeline.source, style).into_iter(), style, out)?;
    capture::write(&timeline.source, style, out)?;
    if panel.exchanges.is_empty() {
        nothing(&panel, style, out)?;
    } else {
        rows(&panel.exchanges, style, out)?;
        unreadable(&panel, style, out)?;
    }
    summary::warnings(timeline, style, out)
}

fn rows(exchanges: &[Exchange<'_>], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let shared = shared_origin(exchanges);
    if let Some(origin) = &shared {
        let mut line = Line::new(style);
        line.to(2).push(&width::clean(origin, 200, style), Ink::Server);
        line.write(out)?;
    }
    Line::new(style).write(out)?;
    let rows: Vec<Row> = exchanges.iter().map(|exchange| Row::of(exchange, shared.as_deref(), style)).collect();
    let axis = Axis::of(exchanges);
    let columns = Columns::of(&rows, style);
    columns.head(&axis, style, out)?;
    for (row, exchange) in rows.iter().zip(exchanges) {
        columns.row(row, &exchange.times, &axis, style, out)?;
        for trouble in trouble(exchange, style) {
            columns.trouble(&trouble, style, out)?;
        }
    }
    Line::new(style).write(out)?;
    legend(exchanges, style, out)?;
    totals(exchanges, &axis, style, out)
}

/// `http://example.org`, where all requests go there.
fn shared_origin(exchanges: &[Exchange<'_>]) -> Option<String> {
    // (CONNECT names another place, and is shown with it.)
    let here = exchanges.iter().filter(|exchange| !matches!(row::target(exchange), Target::Authority(_)));
    let mut origins = here.map(|exchange| row::split(&exchange.url).0);
    let first = origins.next()?;
    origins.all(|origin| origin == first).then(|| first.to_string())
}

/// What is wrong with an exchange, in a line each.
fn trouble(exchange: &Exchange<'_>, style: &Style) -> Vec<String> {
    let lang = style.lang;
    let told = |whose: &str, problems: &[Text]| {
        let told = problems.iter().map(|problem| width::clean(problem.get(lang), 200, style));
        told.map(|problem| format!("{whose}{problem}")).collect::<Vec<_>>()
    };
    let (request, response) = (lang.pick("request: ", "请求："), lang.pick("response: ", "响应："));
    let asked = exchange.request.iter().flat_map(|said| told(request, &said.message.problems));
    let answered = exchange.response.iter().flat_map(|said| told(response, &said.message.problems));
    let problems: Vec<String> = asked.chain(answered).take(4).collect();
    // Where more is known, that is enough.
    let unexplained = problems.is_empty();
    let outcome = match exchange.outcome() {
        Outcome::Unanswered if exchange.is_unreadable() => {
            Some(("what the server sent is no HTTP that can be read", "服务器发送的内容不是可识别的 HTTP"))
        }
        Outcome::RequestMissing if exchange.is_unreadable() => {
            Some(("what the client sent is no HTTP that can be read", "客户端发送的内容不是可识别的 HTTP"))
        }
        Outcome::Unanswered => Some(("no HTTP response to it in the capture", "抓包中没有对它的 HTTP 响应")),
        Outcome::RequestMissing => Some(("no HTTP request for it in the capture", "抓包中没有对应的 HTTP 请求")),
        Outcome::RequestCut if unexplained => Some(("the request was cut off", "请求不完整")),
        Outcome::Cut if unexplained => Some(("the response was cut off", "响应不完整")),
        Outcome::Whole | Outcome::RequestCut | Outcome::Cut => None,
    };
    let mut told: Vec<String> = outcome.map(|(en, zh)| lang.pick(en, zh).to_string()).into_iter().collect();
    match (exchange.missing(), lang) {
        (0, _) => {}
        (missing, Lang::En) => told.push(format!("{} not in the capture", some(missing, "octet"))),
        (missing, Lang::Zh) => told.push(format!("有 {missing} 字节不在抓包中")),
    }
    told.extend(problems);
    told
}

/// What the bars are made of, and how long each part took in all.
fn legend(exchanges: &[Exchange<'_>], style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let marks = Marks::of(style.charset);
    let mut line = Line::new(style);
    let mut used = 2;
    line.to(2);
    for phase in bar::PHASES {
        let spans = exchanges.iter().filter_map(|exchange| exchange.times.get(phase));
        let spans: Vec<i64> = spans.map(|span| span.len_ns()).collect();
        let sum = spans.iter().fold(0_i64, |sum, ns| sum.saturating_add(*ns));
        // That something came is drawn even if it came all at once.
        if sum == 0 && (phase != Phase::Receive || spans.is_empty()) {
            continue;
        }
        let (name, sum) = (bar::name(phase, style.lang), width::clean(&time::span(sum), 20, style));
        let wide = 2 + width::width(name) + 1 + width::width(&sum);
        if used > 2 && used + 3 + wide > style.width {
            line.write(out)?;
            line = Line::new(style);
            line.to(2);
            used = 2;
        } else if used > 2 {
            line.push("   ", Ink::Plain);
            used += 3;
        }
        line.push(marks.of_phase(phase), bar::ink(phase)).push(" ", Ink::Plain);
        line.push(name, Ink::Plain).push(" ", Ink::Plain).push(&sum, Ink::Dim);
        used += wide;
    }
    line.write(out)
}

fn totals(exchanges: &[Exchange<'_>], axis: &Axis, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let connections: BTreeSet<u64> = exchanges.iter().map(|exchange| exchange.connection.id).collect();
    let requests = exchanges.iter().filter(|exchange| exchange.request.is_some()).count() as u64;
    let (unasked, connections) = ((exchanges.len() as u64).saturating_sub(requests), connections.len() as u64);
    let again = exchanges.iter().filter(|exchange| exchange.turn > 1 && exchange.request.is_some()).count();
    let opened = exchanges.iter().filter(|exchange| exchange.times.get(Phase::Connect).is_some()).count();
    let sum =
        |len: &dyn Fn(&Exchange<'_>) -> u64| exchanges.iter().fold(0_u64, |sum, one| sum.saturating_add(len(one)));
    let sent = time::octets(sum(&|one| one.request.as_ref().map_or(0, |said| said.message.len)));
    let received = time::octets(sum(&|one| one.response.as_ref().map_or(0, |said| said.message.len)));
    let span = width::clean(&time::span(axis.len_ns()), 20, style);
    let mut parts = match style.lang {
        Lang::En => vec![
            format!("{} on {}", some(requests, "request"), some(connections, "connection")),
            format!("{received} received"),
            format!("{sent} sent"),
            format!("{span} from first to last"),
        ],
        Lang::Zh => vec![
            format!("{connections} 个连接上共 {requests} 个请求"),
            format!("接收 {received}"),
            format!("发送 {sent}"),
            format!("从头到尾共 {span}"),
        ],
    };
    // A response alone is no request.
    if unasked > 0 {
        let whose = if unasked == 1 { "its request" } else { "their requests" };
        let text = match style.lang {
            Lang::En => format!("{} without {whose}", some(unasked, "response")),
            Lang::Zh => format!("另有 {unasked} 个响应没有对应的请求"),
        };
        parts.insert(1, text);
    }
    // Long connections save handshakes: each request that needed none of its own.
    if again > 0 && opened > 0 {
        parts.push(match style.lang {
            Lang::En => format!(
                "{} without a handshake of {}",
                some(again as u64, "request"),
                if again == 1 { "its own" } else { "their own" }
            ),
            Lang::Zh => format!("{again} 个请求复用已有连接，无需握手"),
        });
    }
    for text in joined(&parts, style.width.saturating_sub(2), style) {
        let mut line = Line::new(style);
        line.to(2).push(&text, Ink::Strong);
        line.write(out)?;
    }
    Ok(())
}

/// The connections whose requests are there and cannot be read.
fn unreadable(panel: &Panel<'_>, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let names: BTreeSet<&str> = panel.encrypted.iter().filter_map(|(_, hello)| hello.server_name.as_deref()).collect();
    let names: Vec<String> = names.into_iter().take(8).map(|name| width::clean(name, 60, style)).collect();
    let names = if names.is_empty() { String::new() } else { format!(" ({})", names.join(", ")) };
    let encrypted = match (panel.encrypted.len(), style.lang) {
        (0, _) => None,
        (1, Lang::En) => Some(format!("1 connection speaks TLS{names}: what it asks for cannot be read")),
        (count, Lang::En) => Some(format!("{count} connections speak TLS{names}: what they ask for cannot be read")),
        (count, Lang::Zh) => Some(format!("{count} 个连接使用 TLS{names}：无法读取其中的请求")),
    };
    let frames = match (panel.http2.len(), style.lang) {
        (0, _) => None,
        (1, Lang::En) => Some("1 connection goes on in HTTP/2 in the clear: its frames are not decoded".to_string()),
        (count, Lang::En) => {
            Some(format!("{count} connections go on in HTTP/2 in the clear: their frames are not decoded"))
        }
        (count, Lang::Zh) => Some(format!("{count} 个连接改用明文 HTTP/2：其中的帧不作解析")),
    };
    for text in encrypted.into_iter().chain(frames) {
        for part in width::wrap(&text, style.width.saturating_sub(2)) {
            let mut line = Line::new(style);
            line.to(2).push(&part, Ink::Dim);
            line.write(out)?;
        }
    }
    Ok(())
}

/// There is no request that could be read: what may be the reason.
fn nothing(panel: &Panel<'_>, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    Line::new(style).write(out)?;
    let text = style.lang.pick("no HTTP request in it that can be read", "其中没有可读取的 HTTP 请求");
    let mut line = Line::new(style);
    line.to(2).push(text, Ink::Strong);
    line.write(out)?;
    let why = style.lang.pick(
        "Where only headers were captured, nothing is left to read: capture with --snaplen 0, or with -w.",
        "若只捕获了首部，就没有可读的内容：请用 --snaplen 0 或 -w 捕获。",
    );
    if panel.encrypted.is_empty() && panel.http2.is_empty() {
        for part in width::wrap(why, style.width.saturating_sub(2)) {
            let mut line = Line::new(style);
            line.to(2).push(&part, Ink::Dim);
            line.write(out)?;
        }
        return Ok(());
    }
    unreadable(panel, style, out)
}

/// The arrow before a request to which a redirect led.
fn led(style: &Style) -> String {
    match style.charset {
        super::Charset::Unicode => "↳ ".into(),
        charset => format!("{} ", Glyphs::of(charset).right),
    }
}
