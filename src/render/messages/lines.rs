//! The lines of a message as the octets between their ends: what is written, the spaces that part it, CR and LF.

use crate::timeline::{Content, Header, Lang, Part, PartKind};

/// A stretch of a line. (RFC 9112 2.2: a line ends by CR and LF; 3: one space stands between the words of the start line.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Space,
    Tab,
    CarriageReturn,
    LineFeed,
}

/// What the message is.
pub(super) fn kind(content: &Content, lang: Lang) -> &'static str {
    match content {
        Content::HttpRequest(_) => lang.pick("HTTP request", "HTTP 请求"),
        Content::HttpResponse(_) => lang.pick("HTTP response", "HTTP 响应"),
        Content::TlsClientHello(_) => "TLS ClientHello",
        Content::Http2Preface(_) => lang.pick("HTTP/2 connection preface", "HTTP/2 连接前言"),
        Content::Dns(_) => "DNS",
        Content::Text(_) => lang.pick("text", "文本"),
        Content::Data(_) => lang.pick("data", "数据"),
        Content::Unknown => "?",
    }
}

pub(super) fn name(part: PartKind, lang: Lang) -> &'static str {
    match part {
        PartKind::RequestLine => lang.pick("request line: method, target, version", "请求行：方法、URL、协议版本"),
        PartKind::StatusLine => lang.pick("status line: version, status, reason", "状态行：协议版本、状态码、原因"),
        PartKind::Header => lang.pick("header", "头部字段"),
        PartKind::BlankLine => lang.pick("blank line: the head ends here", "空行：头部到此结束"),
        PartKind::Body => lang.pick("body", "正文"),
        PartKind::Trailer => lang.pick("trailer field", "尾部字段"),
        PartKind::ChunkSize => lang.pick("chunk size", "分块长度"),
        PartKind::ChunkData => lang.pick("chunk data", "分块数据"),
        PartKind::ChunkEnd => lang.pick("end of the chunk", "分块结束"),
        PartKind::LastChunk => lang.pick("last chunk", "最后一个分块"),
    }
}

/// The line of a part that is one. `hidden`: how many lines before it were not told, as they hold secrets.
pub(super) fn line_of(content: &Content, part: &Part, hidden: usize) -> Vec<Piece> {
    match &part.line {
        Some(line) => pieces(line, part),
        None => secret(content, hidden),
    }
}

/// A line as it was sent: words and the single octets that part them.
fn pieces(line: &str, part: &Part) -> Vec<Piece> {
    let bare = line.trim_end_matches(['\r', '\n']);
    let mut pieces = Vec::new();
    match (part.part, bare.split_once(':')) {
        (PartKind::ChunkSize | PartKind::LastChunk, _) => extensions(bare, &mut pieces),
        (PartKind::RequestLine | PartKind::StatusLine, _) => words(bare, &mut pieces),
        (PartKind::Header | PartKind::Trailer, Some((name, value))) if !name.starts_with([' ', '\t']) => {
            words(name, &mut pieces);
            pieces.push(Piece::Text(":".into()));
            let text = value.trim_start_matches(' ');
            pieces.extend((text.len()..value.len()).map(|_| Piece::Space));
            let is_told = !text.is_empty();
            pieces.extend(is_told.then(|| Piece::Text(text.into())));
        }
        _ => {
            let is_told = !bare.is_empty();
            pieces.extend(is_told.then(|| Piece::Text(bare.into())));
        }
    }
    // (An octet that is no UTF-8 takes two here: then the line seems longer than it was.)
    let is_whole = line.len() as u64 >= part.len;
    pieces.extend((!is_whole).then(|| Piece::Text("…".into())));
    let end = line.get(bare.len()..).unwrap_or_default().chars();
    pieces.extend(end.map(|own| if own == '\r' { Piece::CarriageReturn } else { Piece::LineFeed }));
    pieces
}

/// `4;name=value`: the size, and each extension behind its semicolon.
fn extensions(text: &str, pieces: &mut Vec<Piece>) {
    for (place, word) in text.split(';').enumerate() {
        pieces.extend((place > 0).then(|| Piece::Text(";".into())));
        words(word, pieces);
    }
}

/// Each space and each tab by itself: two that follow each other are two octets.
fn words(text: &str, pieces: &mut Vec<Piece>) {
    for word in text.split_inclusive([' ', '\t']) {
        let bare = word.trim_end_matches([' ', '\t']);
        pieces.extend((!bare.is_empty()).then(|| Piece::Text(bare.into())));
        pieces.extend(word.get(bare.len()..).and_then(|blank| match blank {
            " " => Some(Piece::Space),
            "\t" => Some(Piece::Tab),
            _ => None,
        }));
    }
}

/// The how-manieth field that holds a secret, with how long it is.
fn secret(content: &Content, number: usize) -> Vec<Piece> {
    let headers: &[Header] = match content {
        Content::HttpRequest(request) => &request.headers,
        Content::HttpResponse(response) => &response.headers,
        _ => &[],
    };
    let mut pieces = match headers.iter().filter(|header| header.masked).nth(number) {
        Some(header) => {
            let (name, value) = (header.name.clone(), header.value.clone());
            vec![Piece::Text(name), Piece::Text(":".into()), Piece::Space, Piece::Text(value)]
        }
        None => vec![Piece::Text("…".into())],
    };
    pieces.extend([Piece::CarriageReturn, Piece::LineFeed]);
    pieces
}

/// The size of a chunk in decimal digits, where it can be read.
pub(super) fn size(line: &str) -> Option<u64> {
    u64::from_str_radix(line.split([';', '\r', '\n']).next()?.trim(), 16).ok()
}

/// Chunks of a body, whose sizes are among its octets and not in its text.
pub(super) fn chunks(content: &Content) -> Option<u64> {
    match content {
        Content::HttpRequest(request) => request.body.as_ref()?.chunks,
        Content::HttpResponse(response) => response.body.as_ref()?.chunks,
        _ => None,
    }
}

/// So much of a text, by places of octets; of a character that is cut, nothing.
pub(super) fn slice(text: &str, from: u64, len: u64) -> &str {
    let place = |at: u64| {
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(text.len());
        (at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(text.len())
    };
    text.get(place(from)..place(from.saturating_add(len))).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(part: PartKind, line: &str) -> String {
        let part =
            Part { part, offset: 0, len: line.len() as u64, line: Some(line.into()), event: None, frames: Vec::new() };
        let pieces = line_of(&Content::Unknown, &part, 0).into_iter().map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Space => "SP".into(),
            Piece::Tab => "HT".into(),
            Piece::CarriageReturn => "CR".into(),
            Piece::LineFeed => "LF".into(),
        });
        pieces.collect::<Vec<_>>().join("|")
    }

    #[test]
    fn a_line_is_drawn_as_it_was_sent() {
        assert_eq!(drawn(PartKind::RequestLine, "GET /page HTTP/1.1\r\n"), "GET|SP|/page|SP|HTTP/1.1|CR|LF");
        assert_eq!(drawn(PartKind::RequestLine, "GET  /a\tHTTP/1.1 \n"), "GET|SP|SP|/a|HT|HTTP/1.1|SP|LF");
        assert_eq!(drawn(PartKind::StatusLine, "HTTP/1.1 999999 \n"), "HTTP/1.1|SP|999999|SP|LF");
        assert_eq!(drawn(PartKind::Header, "Host: a\r\n"), "Host|:|SP|a|CR|LF");
        assert_eq!(drawn(PartKind::Header, "Host :a b\r\n"), "Host|SP|:|a b|CR|LF");
        assert_eq!(drawn(PartKind::Header, " folded: on\r\n"), " folded: on|CR|LF");
        assert_eq!(drawn(PartKind::Header, "NoColonHere\r\n"), "NoColonHere|CR|LF");
        assert_eq!(drawn(PartKind::Header, "Never-ended: x"), "Never-ended|:|SP|x");
        assert_eq!(drawn(PartKind::BlankLine, "\n"), "LF");
        assert_eq!(drawn(PartKind::ChunkSize, "1a; a=\"b\"\r\n"), "1a|;|SP|a=\"b\"|CR|LF");
        assert_eq!((size("1a; a=b\r\n"), size("x\r\n")), (Some(26), None));
        assert_eq!((slice("aäb", 0, 2), slice("aäb", 2, 9)), ("aä", "b"));
    }
}
