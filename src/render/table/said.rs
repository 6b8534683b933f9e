//! How each connection got its address and what was said over it, in a line below its row.

use crate::exchange::{Exchange, Panel};
use crate::render::ink::Ink;
use crate::render::line::Line;
use crate::render::text::Glyphs;
use crate::render::{Style, lookups, width};
use crate::timeline::{Detail, Lang, Lookup, Timeline};
use std::collections::HashMap;
use std::io;

/// Characters shown of a request.
const LONGEST: usize = 120;

/// The line of each connection that has one.
pub(super) struct SaidLines {
    lines: HashMap<u64, String>,
    requests: u64,
}

impl SaidLines {
    pub(super) fn of(timeline: &Timeline, style: &Style) -> SaidLines {
        let panel = Panel::of(timeline);
        let mut by_connection: HashMap<u64, Vec<&Exchange<'_>>> = HashMap::new();
        for exchange in &panel.exchanges {
            by_connection.entry(exchange.connection.id).or_default().push(exchange);
        }
        let mut lines: HashMap<u64, String> = by_connection
            .into_iter()
            .filter_map(|(id, exchanges)| {
                let first = exchanges.iter().min_by_key(|exchange| exchange.turn)?;
                Some((id, words(first, exchanges.len() as u64 - 1, style)))
            })
            .collect();
        let requests = panel.exchanges.len() as u64;
        for (id, hello) in &panel.encrypted {
            let name = hello.server_name.as_deref().map(|name| width::clean(name, LONGEST, style));
            lines.entry(*id).or_insert_with(|| match (name, style.lang) {
                (Some(name), Lang::En) => format!("TLS for {name}; encrypted"),
                (None, Lang::En) => "TLS; encrypted".into(),
                (Some(name), Lang::Zh) => format!("TLS，目标 {name}；已加密"),
                (None, Lang::Zh) => "TLS；已加密".into(),
            });
        }
        for id in &panel.http2 {
            let text = style.lang.pick("HTTP/2 in the clear; frames not decoded", "明文 HTTP/2；帧不作解析");
            lines.entry(*id).or_insert_with(|| text.to_string());
        }
        for (id, words) in looked_up(timeline, style) {
            match lines.get_mut(&id) {
                Some(line) => *line = format!("{words}{}{line}", Glyphs::between(style)),
                None => _ = lines.insert(id, words),
            }
        }
        SaidLines { lines, requests }
    }

    /// Writes what was said over a connection, if anything, from this column on.
    pub(super) fn write(&self, id: u64, at: usize, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
        let Some(words) = self.lines.get(&id) else { return Ok(()) };
        let mut line = Line::new(style);
        line.to(at).push(words, Ink::Dim);
        line.write(out)
    }

    /// Says how to see more of it.
    pub(super) fn hint(&self, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
        let text = match (self.requests, style.lang) {
            (0, _) => return Ok(()),
            (1, Lang::En) => "1 HTTP request: --format waterfall draws it, --format har saves it".to_string(),
            (count, Lang::En) => {
                format!("{count} HTTP requests: --format waterfall draws them, --format har saves them")
            }
            (count, Lang::Zh) => {
                format!("{count} 个 HTTP 请求：用 --format waterfall 画成瀑布图，用 --format har 保存")
            }
        };
        Line::new(style).write(out)?;
        for part in width::wrap(&text, style.width) {
            let mut line = Line::new(style);
            line.push(&part, Ink::Dim);
            line.write(out)?;
        }
        Ok(())
    }
}

/// How the name became the address that each connection leads to: by the lookup that has it, else by the last one.
fn looked_up(timeline: &Timeline, style: &Style) -> HashMap<u64, String> {
    let mut by_connection: HashMap<u64, (i64, &Lookup)> = HashMap::new();
    for event in &timeline.events {
        let Detail::Lookup(lookup) = &event.detail else { continue };
        let has_it = |lookup: &Lookup| lookup.addresses.iter().any(|address| address.used);
        let known = by_connection.entry(event.connection).or_insert((event.t_ns, lookup));
        if has_it(lookup) || !has_it(known.1) {
            *known = (event.t_ns, lookup);
        }
    }
    by_connection.into_iter().map(|(id, (t_ns, lookup))| (id, lookups::brief(lookup, t_ns, style))).collect()
}

/// `GET /index.html → 200 OK, and 3 more`.
fn words(first: &Exchange<'_>, more: u64, style: &Style) -> String {
    let lang = style.lang;
    let asked = match &first.request {
        Some(said) => format!("{} {}", said.content.method, said.content.target),
        None => lang.pick("(not captured)", "（未捕获）").into(),
    };
    let answered = match &first.response {
        Some(said) => format!("{} {}", said.content.status, said.content.reason),
        None => lang.pick("no response", "无响应").into(),
    };
    let (asked, answered) = (width::clean(&asked, LONGEST, style), width::clean(&answered, LONGEST, style));
    let arrow = Glyphs::of(style.charset).right;
    let more = match (more, lang) {
        (0, _) => String::new(),
        (more, Lang::En) => format!(", and {more} more"),
        (more, Lang::Zh) => format!("，另有 {more} 个"),
    };
    format!("{asked} {arrow} {}{more}", answered.trim())
}
