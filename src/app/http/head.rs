//! The head of a message, line by line (RFC 9112 2 to 5). Where it is malformed, what can be read is read and the rest is said.

use super::start::{self, Start};
use super::{Kind, secret};
use crate::app::message::{Draft, readable};
use crate::timeline::{Header, PartKind};

/// Header fields remembered of one message.
const MOST_HEADERS: usize = 256;

/// A head that was read.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) start: Start,
    pub(super) headers: Vec<Header>,
}

/// How many of the new octets still belong to the head, where its blank line is among them.
pub(super) fn end(before: &[u8], new: &[u8]) -> Option<usize> {
    // Empty lines before the start line are passed over (RFC 9112 2.2).
    let mut in_start = before.iter().all(|octet| matches!(octet, b'\r' | b'\n'));
    let mut is_empty = true;
    for octet in before.iter().rev().take_while(|octet| **octet != b'\n') {
        is_empty &= *octet == b'\r';
    }
    // Nothing of the line in hand was seen where the octets before end with a line.
    for (place, octet) in new.iter().enumerate() {
        match octet {
            b'\n' if is_empty && !in_start => return Some(place + 1),
            b'\n' => is_empty = true,
            b'\r' => {}
            _ => (is_empty, in_start) = (false, false),
        }
    }
    None
}

impl Head {
    /// Reads the octets up to the blank line, or as far as they came. The draft has just taken them in as its only ones.
    pub(super) fn read(octets: &[u8], kind: Kind, shows_secrets: bool, draft: &mut Draft) -> Head {
        let mut at = draft.span.offset;
        let mut lines = octets.split_inclusive(|octet| *octet == b'\n');
        let mut first: &[u8] = &[];
        for line in lines.by_ref() {
            let bare = without_end(line);
            if !bare.is_empty() {
                let part = if kind == Kind::Requests { PartKind::RequestLine } else { PartKind::StatusLine };
                draft.line(part, at, line, false);
                at += line.len() as u64;
                first = bare;
                break;
            }
            at += line.len() as u64;
        }
        // A line that has no end, because the octets that came next are not there, is no fault of its sender.
        let mut unjudged = Draft::default();
        let is_first_whole = octets.get(..usize::try_from(at - draft.span.offset).unwrap_or(usize::MAX));
        let is_first_whole = is_first_whole.is_some_and(|before| before.ends_with(b"\n"));
        let start = start::read(first, kind, if is_first_whole { draft } else { &mut unjudged });
        let mut headers: Vec<Header> = Vec::new();
        let (mut number, mut dropped, mut is_secret) = (1_usize, 0_usize, false);
        for line in lines {
            number += 1;
            let bare = without_end(line);
            let part = if bare.is_empty() { PartKind::BlankLine } else { PartKind::Header };
            is_secret = secret::is_in(bare, is_secret);
            draft.line(part, at, line, is_secret && !shows_secrets);
            at += line.len() as u64;
            if bare.is_empty() || !line.ends_with(b"\n") {
                continue;
            }
            if headers.len() >= MOST_HEADERS {
                dropped += 1;
            } else {
                header(bare, number, kind, &mut headers, draft);
            }
        }
        if dropped > 0 {
            draft.problem(
                format!("more than {MOST_HEADERS} header fields: {dropped} are left out"),
                format!("首部字段超过 {MOST_HEADERS} 个：省略了 {dropped} 个"),
            );
        }
        let lines = octets.iter().rposition(|octet| *octet == b'\n').map_or(0, |last| last + 1);
        judge(octets.get(..lines).unwrap_or_default(), kind, draft);
        Head { start, headers }
    }
}

/// Without CRLF, or the bare LF that a recipient may take for it (RFC 9112 2.2).
fn without_end(line: &[u8]) -> &[u8] {
    let line = line.strip_suffix(b"\n").unwrap_or(line);
    line.strip_suffix(b"\r").unwrap_or(line)
}

/// `field-name ":" OWS field-value OWS` (RFC 9112 5).
fn header(line: &[u8], number: usize, kind: Kind, headers: &mut Vec<Header>, draft: &mut Draft) {
    if line.first().is_some_and(|octet| matches!(octet, b' ' | b'\t'))
        && let Some(last) = headers.last_mut()
    {
        draft.problem(
            format!("line {number} goes on with the field before it: obsolete line folding (RFC 9112 5.2)"),
            format!("第 {number} 行是上一字段的续行：已废弃的折行写法（RFC 9112 5.2）"),
        );
        last.value.push(' ');
        last.value.push_str(readable(line).trim());
        return;
    }
    let Some(colon) = line.iter().position(|octet| *octet == b':') else {
        draft.problem(format!("line {number} has no colon"), format!("第 {number} 行没有冒号"));
        headers.push(Header { name: readable(line), value: String::new(), masked: false });
        return;
    };
    let (name, value) = line.split_at(colon);
    let value = value.get(1..).unwrap_or_default();
    if name.last().is_some_and(u8::is_ascii_whitespace) {
        let (en, zh) = match kind {
            Kind::Requests => ("a server must refuse it", "服务器必须拒绝"),
            Kind::Responses => ("a proxy must remove it", "代理转发前必须将其删除"),
        };
        draft.problem(
            format!("line {number}: a blank between the field's name and the colon: {en} (RFC 9112 5.1)"),
            format!("第 {number} 行：字段名与冒号之间有空格，{zh}（RFC 9112 5.1）"),
        );
    } else if name.is_empty() || !name.iter().all(|octet| is_token(*octet)) {
        draft.problem(
            format!("line {number}: the field's name holds what no name may"),
            format!("第 {number} 行：字段名含有不允许的字符"),
        );
    }
    if value.iter().any(|octet| matches!(octet, 0 | b'\r') || *octet < 0x20 && *octet != b'\t' || *octet == 0x7f) {
        draft.problem(
            format!("line {number}: a control character in the field's value"),
            format!("第 {number} 行：字段值含有控制字符"),
        );
    }
    headers.push(Header { name: readable(name.trim_ascii()), value: readable(value.trim_ascii()), masked: false });
}

/// `tchar` of RFC 9110 5.6.2.
pub(super) fn is_token(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&octet)
}

/// What a strict parser says, where nothing was found that explains it.
fn judge(octets: &[u8], kind: Kind, draft: &mut Draft) {
    if !draft.problems.is_empty() {
        return;
    }
    let mut places = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let judged = match kind {
        Kind::Requests => httparse::Request::new(&mut places).parse(octets),
        Kind::Responses => httparse::Response::new(&mut places).parse(octets),
    };
    if let Err(error) = judged {
        draft.problem(format!("a strict parser refuses it: {error}"), format!("严格的解析器会拒绝：{error}"));
    }
}
