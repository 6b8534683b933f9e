//! The lines of a message as the octets between their ends: what is written, the spaces that part it, CR and LF.

use crate::timeline::{Content, Header, Lang, Part, PartKind};

/// A stretch of a line. (RFC 9112 2.2: a line ends by CR and LF; 3: one space stands between the words of the start line.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece {
    Text(String),
    Space,
    CarriageReturn,
    LineFeed,
}

/// What the message is.
pub(super) fn kind(content: &Content, lang: Lang) -> &'static str {
    match content {
        Content::HttpRequest(_) => lang.pick("HTTP request", "HTTP 请求"),
        Content::HttpResponse(_) => lang.pick("HTTP response", "HTTP 响应"),
        Content::TlsClientHello(_) => "TLS ClientHello",
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
        PartKind::Trailer => lang.pick("trailer", "尾部字段"),
    }
}

/// The line of a part that is one. `header`: the how-manieth header it is, from 0.
pub(super) fn line_of(content: &Content, part: &Part, header: usize) -> Vec<Piece> {
    let text = |text: &str| Piece::Text(text.to_string());
    let mut pieces = match (part.part, content) {
        (PartKind::RequestLine, Content::HttpRequest(request)) => {
            let version = text(&format!("HTTP/{}", request.version));
            vec![text(&request.method), Piece::Space, text(&request.target), Piece::Space, version]
        }
        (PartKind::StatusLine, Content::HttpResponse(response)) => {
            let version = text(&format!("HTTP/{}", response.version));
            let mut pieces = vec![version, Piece::Space, text(&response.status.to_string())];
            if !response.reason.is_empty() {
                pieces.extend([Piece::Space, text(&response.reason)]);
            }
            pieces
        }
        (PartKind::Header, Content::HttpRequest(request)) => field(request.headers.get(header), part.len),
        (PartKind::Header, Content::HttpResponse(response)) => field(response.headers.get(header), part.len),
        _ => Vec::new(),
    };
    pieces.extend([Piece::CarriageReturn, Piece::LineFeed]);
    pieces
}

fn field(header: Option<&Header>, len: u64) -> Vec<Piece> {
    let Some(Header { name, value, masked }) = header else { return vec![Piece::Text("…".into())] };
    let mut pieces = vec![Piece::Text(name.clone()), Piece::Text(":".into())];
    // Name, colon, value and the end of the line: what is left over are spaces.
    if *masked || len > (name.len() + value.len()) as u64 + 3 {
        pieces.push(Piece::Space);
    }
    pieces.push(Piece::Text(value.clone()));
    pieces
}

/// What is known of the body's text.
pub(super) fn body(content: &Content) -> &str {
    let body = match content {
        Content::HttpRequest(request) => request.body.as_ref(),
        Content::HttpResponse(response) => response.body.as_ref(),
        Content::Text(text) => return &text.text,
        Content::Data(data) => return &data.hex,
        _ => None,
    };
    body.and_then(|body| body.text.as_deref()).unwrap_or_default()
}

/// Why a request has no body.
pub(super) fn without_body(content: &Content, lang: Lang) -> Option<&'static str> {
    let Content::HttpRequest(request) = content else { return None };
    match (request.method.as_str(), &request.body) {
        ("GET" | "HEAD", None) => {
            Some(lang.pick("no body: all that it asks for stands in its head", "没有正文：所请求的一切都写在头部"))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::timeline::HttpRequest;

    #[test]
    fn a_request_line_is_three_words_two_spaces_and_an_end() {
        let content = Content::HttpRequest(HttpRequest {
            method: "GET".into(),
            target: "/page".into(),
            version: "1.1".into(),
            headers: vec![Header { name: "Host".into(), value: "a".into(), masked: false }],
            body: None,
        });
        let part = |part, len| Part { part, offset: 0, len, event: None };
        let text = |text: &str| Piece::Text(text.into());
        let end = [Piece::CarriageReturn, Piece::LineFeed];
        let line = line_of(&content, &part(PartKind::RequestLine, 20), 0);
        let words = [text("GET"), Piece::Space, text("/page"), Piece::Space, text("HTTP/1.1")];
        assert_eq!(line, [&words[..], &end[..]].concat());
        let spaced = line_of(&content, &part(PartKind::Header, 9), 0);
        assert_eq!(spaced, [&[text("Host"), text(":"), Piece::Space, text("a")][..], &end[..]].concat());
        let tight = line_of(&content, &part(PartKind::Header, 8), 0);
        assert_eq!(tight, [&[text("Host"), text(":"), text("a")][..], &end[..]].concat());
        assert_eq!(line_of(&content, &part(PartKind::BlankLine, 2), 0), end);
    }
}
