//! HTTP/2's connection preface (RFC 9113 3.4): made so that a server of HTTP/1.x reads it as a request that it does not know.

use crate::app::message::Draft;
use crate::timeline::{Content, Header, Http2KnownBy, Http2Preface, PartKind};

/// What looks like a head.
const HEAD: &[u8] = b"PRI * HTTP/2.0\r\n\r\n";
/// What stands behind it.
pub(super) const REST: &[u8] = b"SM\r\n\r\n";

/// Whether a head is the preface's.
pub(super) fn begins(head: &[u8]) -> bool {
    head == HEAD
}

/// The draft has just taken its head in, as its only octets.
pub(super) fn tell_head(draft: &mut Draft) {
    let (line, blank) = HEAD.split_at(HEAD.len() - 2);
    let begin = draft.span.offset;
    draft.line(PartKind::RequestLine, begin, line, false);
    draft.line(PartKind::BlankLine, begin + line.len() as u64, blank, false);
}

pub(super) fn content(known_by: Http2KnownBy) -> Content {
    Content::Http2Preface(Http2Preface { known_by })
}

/// These octets came behind its head: says whether it is whole.
pub(super) fn end(rest: &[u8], draft: &mut Draft) -> bool {
    let begin = draft.span.offset + HEAD.len() as u64;
    draft.part(PartKind::Body, begin, rest.len() as u64);
    if rest != REST && REST.starts_with(rest) {
        draft.problem("the connection or the capture ended within the preface", "连接或抓包在连接前言中途结束");
    } else if rest != REST {
        draft.problem(
            "the preface does not end with SM, as it must (RFC 9113 3.4)",
            "连接前言没有按规定以 SM 结尾（RFC 9113 3.4）",
        );
    }
    rest == REST
}

/// Whether a response with status 101 agrees to go on in HTTP/2 (RFC 7540 3.2).
pub(super) fn is_agreed(headers: &[Header]) -> bool {
    let mut upgrades = headers.iter().filter(|header| header.name.eq_ignore_ascii_case("upgrade"));
    upgrades.any(|header| header.value.split(',').any(|name| name.trim().eq_ignore_ascii_case("h2c")))
}
