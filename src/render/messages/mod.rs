//! Each message octet by octet, as the course draws it: the start line, the header lines, the blank line, the body; where each
//! begins, and which segment carries it.

mod bodiless;
mod body;
mod frames;
mod lines;

use super::ink::Ink;
use super::line::Line;
use super::text::{Glyphs, joined};
use super::time::octets;
use super::{Charset, Style, capture, summary, width};
use crate::ladder::{encoding, in_words};
use crate::timeline::amount::some;
use crate::timeline::{Content, Detail, Event, Gap, Lang, Message, Part, PartKind, Timeline};
use body::Shown;
use lines::{Piece, chunks, line_of};
use std::borrow::Cow;
use std::collections::HashMap;
use std::io;

/// Where the octets stand, after a place and a gap.
const LEFT: usize = 11;
/// Lines of a body that are shown.
const MOST_LINES: usize = 24;
/// Lines of chunks, and stretches of their data, that are shown.
const MOST_CHUNK_LINES: usize = 48;
/// Characters of one field.
const LONGEST: usize = 400;

/// Writes every message of the timeline, in the order in which they began.
pub fn write(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    summary::title(summary::source(&timeline.source, style).into_iter(), style, out)?;
    capture::write(&timeline.source, style, out)?;
    let frames: HashMap<u64, u64> =
        timeline.events.iter().filter_map(|event| Some((event.id, frame(event)?))).collect();
    let mut numbers = HashMap::new();
    let messages = timeline.events.iter().filter_map(|event| match &event.detail {
        Detail::Message(message) => Some((event.id, message)),
        _ => None,
    });
    let messages: HashMap<u64, &Message> = messages.collect();
    for event in &timeline.events {
        if let Detail::Message(message) = &event.detail {
            Line::new(style).write(out)?;
            numbers.insert(event.id, numbers.len() + 1);
            let drawing = Drawing { timeline, frames: &frames, numbers: &numbers, messages: &messages, style };
            drawing.head(event, message, out)?;
            drawing.parts(message, out)?;
        }
    }
    if numbers.is_empty() {
        Line::new(style).write(out)?;
        let none = style.lang.pick(
            "no message was read: the connections speak no HTTP/1.x, or their octets were not captured (--snaplen 0); --text shows text",
            "没有读到消息：连接上不是 HTTP/1.x，或未捕获其内容（--snaplen 0）；--text 可显示文本",
        );
        for text in width::wrap(none, style.width) {
            Line::new(style).push(&text, Ink::Plain).write(out)?;
        }
    }
    summary::warnings(timeline, style, out)
}

fn frame(event: &Event) -> Option<u64> {
    match &event.detail {
        Detail::Segment(segment) => Some(segment.frame),
        Detail::Run(run) => Some(run.first_frame),
        _ => None,
    }
}

struct Drawing<'d> {
    timeline: &'d Timeline,
    /// By event.
    frames: &'d HashMap<u64, u64>,
    /// By event: the how-manieth message it is.
    numbers: &'d HashMap<u64, usize>,
    /// By event.
    messages: &'d HashMap<u64, &'d Message>,
    style: &'d Style,
}

impl Drawing<'_> {
    /// `2  server → client  HTTP response  answers 1 · 103 B in 1 segment · connection 1`
    fn head(&self, event: &Event, message: &Message, out: &mut impl io::Write) -> io::Result<()> {
        let lang = self.style.lang;
        let connection = self.timeline.connection(event.connection);
        let is_client = connection.is_some_and(|connection| connection.client == message.from);
        let (client, server) = (lang.pick("client", "客户端"), lang.pick("server", "服务器"));
        let arrow = if self.style.charset == Charset::Ascii { "->" } else { "→" };
        let (way, ink) = match is_client {
            true => (format!("{client} {arrow} {server}"), Ink::Client),
            false => (format!("{server} {arrow} {client}"), Ink::Server),
        };
        let number = self.numbers.get(&event.id).copied().unwrap_or_default();
        let mut facts = vec![octets(message.len)];
        let count = message.segments;
        let mut carried = match (lang, count) {
            (Lang::En, 1) => "in 1 segment".into(),
            (Lang::En, _) => format!("in {count} segments"),
            (Lang::Zh, _) => format!("{count} 个报文段"),
        };
        if message.parts.is_empty() {
            carried.push_str(&self.carriers(message));
        }
        facts.push(carried);
        if let Content::Text(text) = &message.content {
            facts.extend(encoding(text).iter().map(|word| width::clean(word.get(lang), 60, self.style)));
        }
        if let Some(asked) = message.answers.and_then(|id| self.numbers.get(&id)) {
            facts.push(format!("{} {asked}", lang.pick("answers", "应答")));
        }
        if let Some(from) = message.follows.and_then(|id| self.numbers.get(&id)) {
            facts.push(format!("{} {from}", lang.pick("follows the redirect of", "遵循重定向")));
        }
        facts.push(format!("{} {}", lang.pick("connection", "连接"), event.connection));
        if !message.complete {
            facts.push(lang.pick("cut short", "不完整").into());
        }
        if message.missing > 0 {
            let missing = octets(message.missing);
            facts.push(format!("{missing} {}", lang.pick("not in the capture", "不在抓包中")));
        }
        let mut line = Line::new(self.style);
        line.push(&format!("{number}"), Ink::Strong).to(4).push(&way, ink).push("  ", Ink::Plain);
        line.push(lines::kind(&message.content, lang), Ink::Strong).push("  ", Ink::Plain);
        let whole = facts.join(Glyphs::between(self.style));
        if line.used() + width::width(&whole) <= self.style.width {
            return line.push(&whole, Ink::Dim).write(out);
        }
        line.write(out)?;
        for text in joined(&facts, self.style.width.saturating_sub(4), self.style) {
            Line::new(self.style).to(4).push(&text, Ink::Dim).write(out)?;
        }
        Ok(())
    }

    /// Where something is left out.
    fn more(&self) -> &'static str {
        if self.style.charset == Charset::Ascii { ".." } else { "…" }
    }

    /// ` (frames 4, 6)`: what has no parts has no line that tells where it is.
    fn carriers(&self, message: &Message) -> String {
        let mut frames = message.frames.clone();
        if frames.is_empty() {
            frames = message.carried_by.iter().filter_map(|id| self.frames.get(id)).copied().collect();
            frames.dedup();
        }
        let list = frames::named(&frames, self.style);
        list.map_or_else(String::new, |list| match self.style.lang {
            Lang::En => format!(" ({list})"),
            Lang::Zh => format!("（{list}）"),
        })
    }

    /// ` · frames 4, 5`, where a part is not just in the frame that carried what stands before it. (A timeline of an earlier
    /// version knows the event of its first octet only.)
    fn fresh(&self, part: &Part, carried: &mut Option<u64>) -> String {
        let first: Vec<u64> = part.event.and_then(|id| self.frames.get(&id)).copied().into_iter().collect();
        let own = if part.frames.is_empty() { &first } else { &part.frames };
        let told = frames::fresh(own, carried, self.style);
        told.map_or_else(String::new, |told| format!("{}{told}", Glyphs::between(self.style)))
    }

    fn parts(&self, message: &Message, out: &mut impl io::Write) -> io::Result<()> {
        let (mut hidden, mut carried) = (0, None);
        for part in &message.parts {
            self.part(message, part, hidden, &mut carried, out)?;
            hidden += usize::from(part.part == PartKind::Header && part.line.is_none());
        }
        if message.parts.is_empty() {
            self.lines_of(&Shown::of(&message.content, self.style.lang).text, out)?;
        }
        if let Some(words) = in_words(&message.content) {
            self.text(None, words.get(self.style.lang), out)?;
        }
        let asked = message.answers.and_then(|id| self.messages.get(&id)).map(|asked| &asked.content);
        let why = bodiless::why(&message.content, asked, self.style.lang).filter(|_| message.complete);
        for text in why.iter().flat_map(|why| {
            width::wrap(&width::clean(why, LONGEST, self.style), self.style.width.saturating_sub(LEFT).max(16))
        }) {
            Line::new(self.style).to(LEFT).push(&text, Ink::Lesson).write(out)?;
        }
        for problem in &message.problems {
            let problem = width::clean(problem.get(self.style.lang), LONGEST, self.style);
            for text in width::wrap(&format!("! {problem}"), self.style.width.saturating_sub(LEFT).max(16)) {
                Line::new(self.style).to(LEFT).push(&text, Ink::Error).write(out)?;
            }
        }
        Ok(())
    }

    /// One part. `carried`: the frame that carried what stands before it.
    fn part(
        &self,
        message: &Message,
        part: &Part,
        hidden: usize,
        carried: &mut Option<u64>,
        out: &mut impl io::Write,
    ) -> io::Result<()> {
        let lang = self.style.lang;
        let place = part.offset.saturating_sub(message.offset);
        let before = *carried;
        let name = format!("{}{}", lines::name(part.part, lang), self.fresh(part, carried));
        if matches!(part.part, PartKind::Body | PartKind::Trailer) {
            let mut line = Line::new(self.style);
            line.push_before(LEFT - 2, &place.to_string(), Ink::Dim).to(LEFT);
            let mut about = format!("{name}{}{}", Glyphs::between(self.style), octets(part.len));
            if let Some(chunks) = chunks(&message.content) {
                match lang {
                    Lang::En => about.push_str(&format!(", with the frames of {}", some(chunks, "chunk"))),
                    Lang::Zh => about.push_str(&format!("，含 {chunks} 个分块的长度行")),
                }
            }
            let shown = Shown::of(&message.content, lang);
            if part.part == PartKind::Body {
                let kind = shown.media_type.map(|own| own.split(';').next().unwrap_or_default().trim());
                for word in kind.into_iter().chain(shown.encoding.as_deref()).filter(|word| !word.is_empty()) {
                    about.push_str(Glyphs::between(self.style));
                    about.push_str(&width::clean(word, 80, self.style));
                }
            }
            line.push(&about, Ink::Dim).write(out)?;
            if !message.chunks.is_empty() {
                return self.chunks(message, before, out);
            }
            self.lines_of(&shown.text, out)?;
            self.octets(&shown, out)?;
            for gap in gaps(&message.content).iter().filter(|_| part.part == PartKind::Body) {
                self.gap(gap, out)?;
                let behind = Shown::behind(gap, &message.content, lang);
                self.lines_of(&behind.text, out)?;
                self.octets(&behind, out)?;
            }
            return Ok(());
        }
        self.fields(place, &line_of(&message.content, part, hidden), &name, out)
    }

    /// `10 B not in the capture`, amid a body.
    fn gap(&self, gap: &Gap, out: &mut impl io::Write) -> io::Result<()> {
        let missing = octets(gap.len);
        let bars = if self.style.charset == Charset::Ascii { "~~" } else { "╌╌" };
        let text = match self.style.lang {
            Lang::En => format!("{bars} {missing} not in the capture {bars}"),
            Lang::Zh => format!("{bars} {missing} 不在抓包中 {bars}"),
        };
        Line::new(self.style).to(LEFT + 2).push(&text, Ink::Warning).write(out)
    }

    /// A chunked body as it was sent: each size, its data, and what ends it. `carried`: the frame that carried what stands
    /// before it.
    fn chunks(&self, message: &Message, mut carried: Option<u64>, out: &mut impl io::Write) -> io::Result<()> {
        let lang = self.style.lang;
        let body = Shown::of(&message.content, lang);
        // Where a chunk's data begins is known of octets, not of characters that were other octets.
        let text: &str = if matches!(body.text, Cow::Borrowed(_)) { &body.text } else { "" };
        // How much data came so far.
        let mut before = 0_u64;
        let mut shown = message.chunks.iter();
        for part in shown.by_ref().take(MOST_CHUNK_LINES) {
            let fresh = self.fresh(part, &mut carried);
            let mut name = match (part.part, part.line.as_deref().and_then(lines::size)) {
                (PartKind::ChunkSize, Some(size)) => format!("{} {size}", lines::name(part.part, lang)),
                (PartKind::BlankLine, _) => lang.pick("blank line: the body ends here", "空行：正文到此结束").into(),
                (kind, _) => lines::name(kind, lang).to_string(),
            };
            name.push_str(&fresh);
            let place = part.offset.saturating_sub(message.offset);
            if part.part != PartKind::ChunkData {
                let secret = || vec![Piece::Text("…".into()), Piece::CarriageReturn, Piece::LineFeed];
                let pieces = if part.line.is_some() { line_of(&message.content, part, 0) } else { secret() };
                self.fields(place, &pieces, &name, out)?;
                continue;
            }
            let mut line = Line::new(self.style);
            line.push_before(LEFT - 2, &place.to_string(), Ink::Dim).to(LEFT);
            line.push(&format!("{name}{}{}", Glyphs::between(self.style), octets(part.len)), Ink::Dim).write(out)?;
            self.lines_of(lines::slice(text, before, part.len), out)?;
            if before == 0 && text.is_empty() {
                self.lines_of(&body.text, out)?;
                self.octets(&body, out)?;
            }
            let end = before.saturating_add(part.len);
            self.behind(message, before, end, out)?;
            before = end;
        }
        if shown.next().is_some() {
            Line::new(self.style).to(LEFT).push("…", Ink::Dim).write(out)?;
        }
        Ok(())
    }

    /// What stands behind the gaps, of a chunk's data from one place of the body to another.
    fn behind(&self, message: &Message, from: u64, end: u64, out: &mut impl io::Write) -> io::Result<()> {
        for gap in gaps(&message.content) {
            let begins = gap.at.saturating_add(gap.len);
            if (from..end).contains(&gap.at) {
                self.gap(gap, out)?;
            }
            let behind = Shown::behind(gap, &message.content, self.style.lang);
            let skipped = from.saturating_sub(begins);
            let room = end.saturating_sub(begins.max(from));
            self.lines_of(lines::slice(&behind.text, skipped, room), out)?;
            if (from..end).contains(&begins) {
                self.octets(&behind, out)?;
            }
        }
        Ok(())
    }

    /// The first octets of what is no text.
    fn octets(&self, body: &Shown<'_>, out: &mut impl io::Write) -> io::Result<()> {
        for octets in &body.octets {
            Line::new(self.style).to(LEFT + 2).push(octets, Ink::Plain).write(out)?;
        }
        if body.has_more {
            Line::new(self.style).to(LEFT + 2).push(self.more(), Ink::Dim).write(out)?;
        }
        Ok(())
    }

    /// The first lines of a text.
    fn lines_of(&self, text: &str, out: &mut impl io::Write) -> io::Result<()> {
        let mut shown = text.lines();
        for text in shown.by_ref().take(MOST_LINES) {
            self.text(None, text, out)?;
        }
        if shown.next().is_some() {
            Line::new(self.style).to(LEFT).push("…", Ink::Dim).write(out)?;
        }
        Ok(())
    }

    /// `    20  │Host│:│SP│10.0.0.2:8080│CR│LF│   header`
    fn fields(&self, place: u64, pieces: &[Piece], name: &str, out: &mut impl io::Write) -> io::Result<()> {
        let bar = if self.style.charset == Charset::Ascii { "|" } else { "│" };
        let room = self.style.width.saturating_sub(1);
        let mut line = Line::new(self.style);
        line.push_before(LEFT - 2, &place.to_string(), Ink::Dim).to(LEFT).push(bar, Ink::Dim);
        let mut used = LEFT + 1;
        for piece in pieces {
            let (text, ink) = match piece {
                Piece::Text(text) => (width::clean(text, LONGEST, self.style), Ink::Plain),
                Piece::Space => (self.style.lang.pick("SP", "空格").to_string(), Ink::Wait),
                Piece::Tab => (self.style.lang.pick("HT", "制表符").to_string(), Ink::Wait),
                Piece::CarriageReturn => (self.style.lang.pick("CR", "回车").to_string(), Ink::Wait),
                Piece::LineFeed => (self.style.lang.pick("LF", "换行").to_string(), Ink::Wait),
            };
            let mut rest = text.as_str();
            // What is longer than the line goes on in the next.
            while used + width::width(rest) + 1 > room {
                let head = width::head(rest, room.saturating_sub(used).max(1));
                if head.is_empty() {
                    break;
                }
                line.push(head, ink).write(out)?;
                rest = rest.get(head.len()..).unwrap_or_default();
                line = Line::new(self.style);
                line.to(LEFT + 1);
                used = LEFT + 1;
            }
            line.push(rest, ink).push(bar, Ink::Dim);
            used += width::width(rest) + 1;
        }
        if used + 3 + width::width(name) > room {
            line.write(out)?;
            line = Line::new(self.style);
            line.to(LEFT);
        }
        line.push("   ", Ink::Plain).push(name, Ink::Dim).write(out)
    }

    fn text(&self, name: Option<&str>, text: &str, out: &mut impl io::Write) -> io::Result<()> {
        let room = self.style.width.saturating_sub(LEFT + 2).max(16);
        for text in width::wrap(&width::clean(text, 2 * LONGEST, self.style), room) {
            let mut line = Line::new(self.style);
            line.to(LEFT + 2).push(&text, Ink::Plain);
            if let Some(name) = name {
                line.push("   ", Ink::Plain).push(name, Ink::Dim);
            }
            line.write(out)?;
        }
        Ok(())
    }
}

fn gaps(content: &Content) -> &[Gap] {
    let body = match content {
        Content::HttpRequest(request) => request.body.as_ref(),
        Content::HttpResponse(response) => response.body.as_ref(),
        _ => None,
    };
    body.map_or(&[], |body| body.gaps.as_slice())
}
