//! At what rate a client runs out of ports, and why that depends on who closes first.

use super::super::ink::Ink;
use super::super::line::Line;
use super::super::overview::grouped;
use super::super::{Charset, Style, width};
use super::{INDENT, Row};
use crate::compare::Cost;
use crate::timeline::Lang;
use std::io;

/// Columns of the sentence at most.
const WIDEST: usize = 100;

/// The rate, and the one that it would be where now the server closes first.
pub(super) fn rows(a: &Cost, b: &Cost, style: &Style) -> Vec<Row> {
    let head = if a.requests.max(b.requests) > 0 {
        style.lang.pick("requests: ports run out at", "请求：端口耗尽于")
    } else {
        style.lang.pick("connections: ports run out at", "连接：端口耗尽于")
    };
    let mut rows = vec![row(head, a.exhausted_at, b.exhausted_at, style)];
    if [a, b].into_iter().any(|cost| cost.server_waits > 0) {
        let head = style.lang.pick("  had the client closed first", "  若由客户端先关闭");
        rows.push(row(head, a.exhausted_at_if_client_first, b.exhausted_at_if_client_first, style));
    }
    rows
}

fn row(head: &'static str, a: Option<f64>, b: Option<f64>, style: &Style) -> Row {
    let never = || style.lang.pick("never", "不会").to_string();
    let rate =
        |rate: Option<f64>| rate.map_or_else(never, |rate| format!("{}/s", grouped(rate.round().max(0.0) as u64)));
    let factor = match (a, b) {
        (Some(a), Some(b)) if a > 0.0 => format!("×{:.2}", b / a),
        _ => String::new(),
    };
    let factor = if style.charset == Charset::Ascii { factor.replace('×', "x") } else { factor };
    Row { head, numbers: [rate(a), rate(b), factor] }
}

/// Who keeps the TIME-WAITs, and what that costs whom.
pub(super) fn why(a: &Cost, b: &Cost, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let sides = [("A", a), ("B", b)];
    let which = |is_wanted: &dyn Fn(&Cost) -> bool| {
        let letters = sides.iter().filter(|(_, cost)| is_wanted(cost)).map(|(letter, _)| *letter);
        let letters: Vec<&str> = letters.collect();
        (!letters.is_empty()).then(|| letters.join(style.lang.pick(" and ", " 与 ")))
    };
    let is_mixed = |cost: &Cost| cost.client_waits > 0 && cost.server_waits > 0;
    let client = which(&|cost| cost.client_waits > 0 && !is_mixed(cost));
    let server = which(&|cost| cost.server_waits > 0 && !is_mixed(cost));
    let mixed: Vec<(&str, &Cost)> = sides.into_iter().filter(|(_, cost)| is_mixed(cost)).collect();
    if client.is_none() && server.is_none() && mixed.is_empty() {
        return Ok(());
    }
    let mut text = style
        .lang
        .pick(
            "Who closes first keeps the TIME-WAIT (RFC 9293 3.6.1).",
            "谁先关闭，谁保留 TIME-WAIT（RFC 9293 3.6.1）。",
        )
        .to_string();
    if !mixed.is_empty() {
        text.push_str(&both(&mixed, client, server, style));
    } else {
        text.push_str(&either(client, server, style));
    }
    Line::new(style).write(out)?;
    for text in width::wrap(&text, style.width.min(WIDEST).saturating_sub(INDENT)) {
        Line::new(style).to(INDENT).push(&text, Ink::Lesson).write(out)?;
    }
    Ok(())
}

/// Each side closes in one way.
fn either(client: Option<String>, server: Option<String>, style: &Style) -> String {
    let mut text = String::new();
    if let Some(letters) = client {
        text.push_str(&style.lang.pick(
            " In {} the client does: each of its ports is bound for 2MSL, and it has 28,232 of them for one server.",
            "{} 中是客户端：它的每个端口都要占用 2MSL，而面向同一服务器只有 28,232 个端口。",
        ).replace("{}", &letters));
    }
    if let Some(letters) = server {
        text.push_str(&style.lang.pick(
            " In {} the server does: the client has its ports back at once, and the server keeps the waits. They cost it memory but no port, for all its connections share one; that is no merit of short connections, it only moves the wait.",
            "{} 中是服务器：客户端的端口立即可以再用，等待留在服务器一方，占用它的内存而不占用端口（它的全部连接共用一个端口）。这不是短连接的优点，只是等待换了一方。",
        ).replace("{}", &letters));
    }
    text
}

/// On these sides now the client closes first and now the server: who does where is said by numbers, and what it costs once.
fn both(mixed: &[(&str, &Cost)], client: Option<String>, server: Option<String>, style: &Style) -> String {
    let mut text = String::new();
    for (letter, cost) in mixed {
        let (client, server) = (grouped(cost.client_waits), grouped(cost.server_waits));
        text.push_str(&match style.lang {
            Lang::En => format!(" In {letter} both occur: {client} × the client, {server} × the server."),
            Lang::Zh => format!("{letter} 中两者都有：客户端 {client} 次，服务器 {server} 次。"),
        });
    }
    if let Some(letters) = client {
        text.push_str(&style.lang.pick(" In {} the client does.", "{} 中是客户端。").replace("{}", &letters));
    }
    if let Some(letters) = server {
        text.push_str(&style.lang.pick(" In {} the server does.", "{} 中是服务器。").replace("{}", &letters));
    }
    text.push_str(style.lang.pick(
        " Where the client does, each of its ports is bound for 2MSL, and it has 28,232 of them for one server. Where the server does, the client has its ports back at once, and the server keeps the waits, which cost it memory but no port.",
        "由客户端先关闭时，它的每个端口都要占用 2MSL，而面向同一服务器只有 28,232 个端口；由服务器先关闭时，客户端的端口立即可以再用，等待留在服务器一方，占用它的内存而不占用端口。",
    ));
    if style.charset == Charset::Ascii { text.replace('×', "x") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Overhead;

    fn cost(client_waits: u64, server_waits: u64) -> Cost {
        let rate = |waits: u64| (waits > 0).then(|| 1000.0 / waits as f64);
        Cost {
            connections: 2,
            requests: 2,
            segments: 0,
            bare_segments: None,
            payload: 0,
            overhead: Overhead { octets: 0, is_exact: true },
            handshakes: 0,
            handshakes_ns: 0,
            first_octet_ns: None,
            total_ns: 0,
            client_waits,
            server_waits,
            exhausted_at: rate(client_waits),
            exhausted_at_if_client_first: rate(client_waits + server_waits),
        }
    }

    fn told(a: &Cost, b: &Cost, lang: Lang) -> String {
        let style = Style::new(lang, Charset::Unicode, 100);
        let mut out = Vec::new();
        for Row { head, numbers } in rows(a, b, &style) {
            out.extend_from_slice(format!("{head}: {}\n", numbers.join(" ")).as_bytes());
        }
        assert!(why(a, b, &style, &mut out).is_ok());
        String::from_utf8_lossy(&out).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn who_keeps_the_waits_is_told_with_the_rate() {
        let said = told(&cost(1, 0), &cost(0, 2), Lang::En);
        assert!(said.contains("run out at: 1,000/s never had the client closed first: 1,000/s 500/s ×0.50"), "{said}");
        assert!(said.contains("In A the client does") && said.contains("In B the server does"), "{said}");
        let said = told(&cost(1, 0), &cost(2, 0), Lang::En);
        assert!(said.contains("In A and B the client does") && !said.contains("server does"), "{said}");
        let said = told(&cost(0, 1), &cost(2, 0), Lang::Zh);
        assert!(
            said.contains("B 中是客户端") && said.contains("A 中是服务器") && said.contains("若由客户端先关闭"),
            "{said}"
        );
        let said = told(&cost(3, 2), &cost(1, 1), Lang::En);
        assert!(said.contains("In A both occur: 3 × the client, 2 × the server. In B both occur: 1 ×"), "{said}");
        assert!(said.matches("Where the client does").count() == 1 && !said.contains("In A and B"), "{said}");
        let said = told(&cost(3, 2), &cost(1, 0), Lang::En);
        assert!(said.contains("2 × the server. In B the client does. Where the client does"), "{said}");
        let said = told(&cost(3, 2), &cost(0, 1), Lang::Zh);
        assert!(said.contains("A 中两者都有：客户端 3 次，服务器 2 次。B 中是服务"), "{said}");
        assert_eq!(said.matches("由客户端先关闭时").count(), 1, "{said}");
        assert_eq!(told(&cost(0, 0), &cost(0, 0), Lang::En), "requests: ports run out at: never never");
    }
}
