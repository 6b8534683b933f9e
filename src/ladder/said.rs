//! A message beside the segments that carry it: who says it, and what in one line.

use super::{Lanes, Side};
use crate::timeline::amount::some;
use crate::timeline::{
    Body, Content, DnsMessage, Header, Http2KnownBy, Http2Preface, Lang, Lookup, Message, RawData, Text, TextMessage,
    TlsClientHello,
};

/// A message in few words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    pub from: Side,
    /// `HTTP`, `HTTP/2`, `TLS`, `DNS`, `text` or `data`.
    pub protocol: &'static str,
    /// The start line of HTTP, what a ClientHello asks for, or the text: as it was recorded, not safe for a terminal.
    pub line: Text,
    /// Further words: the body, the segments that carry it.
    pub details: Vec<Text>,
    /// What is wrong with it.
    pub problems: Vec<Text>,
    /// It did not come to its end.
    pub is_cut: bool,
}

impl Said {
    pub(super) fn of(message: &Message, lanes: &Lanes) -> Said {
        let (protocol, line, body) = match &message.content {
            Content::HttpRequest(request) => {
                let line = request.start_line();
                ("HTTP", Text::new(line.clone(), line), request.body.as_ref().map(|body| (body, &request.headers)))
            }
            Content::HttpResponse(response) => {
                let line = response.start_line();
                ("HTTP", Text::new(line.clone(), line), response.body.as_ref().map(|body| (body, &response.headers)))
            }
            Content::TlsClientHello(hello) => ("TLS", client_hello(hello), None),
            Content::Http2Preface(preface) => ("HTTP/2", http2(*preface), None),
            Content::Dns(message) => ("DNS", dns(message), None),
            Content::Text(text) => ("text", Text::new(quoted(&text.text), quoted(&text.text)), None),
            Content::Data(data) => ("data", raw(data, message.len), None),
            Content::Unknown => ("?", Text::default(), None),
        };
        // What is malformed is shown as it was sent.
        let raw = message.parts.first().and_then(|part| part.line.as_deref()).filter(|_| !message.problems.is_empty());
        let line = match (&message.content, raw) {
            (Content::HttpRequest(_) | Content::HttpResponse(_), Some(raw)) => {
                let raw = raw.trim_end_matches(['\r', '\n']);
                Text::new(raw, raw)
            }
            _ => line,
        };
        let mut details: Vec<Text> = body.map(|(body, headers)| describe(body, headers)).into_iter().collect();
        if let Content::Text(text) = &message.content {
            details.extend(encoding(text));
        }
        if message.follows.is_some() {
            details.insert(0, Text::new("where the redirect led", "由重定向而来"));
        }
        if message.segments > 1 {
            let count = message.segments;
            details.push(Text::new(format!("in {count} segments"), format!("由 {count} 个报文段承载")));
        }
        if message.missing > 0 {
            let missing = message.missing;
            details.push(Text::new(
                format!("{missing} octets of it are not in the capture"),
                format!("其中 {missing} 字节不在抓包中"),
            ));
        }
        Said {
            from: lanes.side(&message.from).unwrap_or(Side::Left),
            protocol,
            line,
            details,
            problems: message.problems.clone(),
            is_cut: !message.complete,
        }
    }

    /// What the client learned of a name before it connects.
    pub(super) fn of_lookup(lookup: &Lookup, lanes: &Lanes) -> Said {
        Said {
            from: lanes.side(&lookup.endpoint).unwrap_or(Side::Left),
            protocol: "DNS",
            line: lookup.text.clone(),
            details: Vec::new(),
            problems: lookup.problems.clone(),
            is_cut: false,
        }
    }

    /// In one line, as it was recorded: not safe for a terminal.
    pub fn words(&self, lang: Lang) -> String {
        let mut words = self.line.get(lang).to_string();
        for detail in &self.details {
            words.push_str(lang.pick(", ", "，"));
            words.push_str(detail.get(lang));
        }
        words
    }
}

/// What a message says that no line of its own tells: a ClientHello, a DNS message.
pub fn in_words(content: &Content) -> Option<Text> {
    match content {
        Content::TlsClientHello(hello) => Some(client_hello(hello)),
        Content::Dns(message) => Some(dns(message)),
        _ => None,
    }
}

fn client_hello(hello: &TlsClientHello) -> Text {
    let TlsClientHello { version, server_name, alpn } = hello;
    let (mut en, mut zh) = (format!("ClientHello: TLS {version}"), format!("ClientHello：TLS {version}"));
    if let Some(name) = server_name {
        en.push_str(&format!(" for {name}"));
        zh.push_str(&format!("，目标 {name}"));
    }
    if !alpn.is_empty() {
        let list = alpn.join(" ");
        en.push_str(&format!(", would speak {list}"));
        zh.push_str(&format!("，可用协议 {list}"));
    }
    en.push_str("; the rest is encrypted");
    zh.push_str("；其后内容均已加密");
    Text::new(en, zh)
}

fn http2(preface: Http2Preface) -> Text {
    match preface.known_by {
        Http2KnownBy::Upgrade => Text::new(
            "connection preface of HTTP/2, after the upgrade (RFC 9113 3.4); the frames that follow are not decoded",
            "升级之后的 HTTP/2 连接前言（RFC 9113 3.4）；其后的帧不作解析",
        ),
        Http2KnownBy::PriorKnowledge => Text::new(
            "connection preface of HTTP/2, with prior knowledge (RFC 9113 3.3, 3.4); the frames that follow are not decoded",
            "HTTP/2 连接前言，客户端预先知道对方支持（RFC 9113 3.3、3.4）；其后的帧不作解析",
        ),
    }
}

fn dns(message: &DnsMessage) -> Text {
    let asked = message.question.as_ref();
    let asked = asked.map_or_else(String::new, |question| format!(" {} {}", question.name, question.record_type));
    let Some(rcode) = &message.rcode else {
        return Text::new(format!("DNS query{asked}"), format!("DNS 查询{asked}"));
    };
    let told = message.records.iter().filter_map(|answer| {
        answer
            .ip
            .map(|ip| ip.to_string())
            .or_else(|| answer.data.as_ref().map(|data| format!("{} {data}", answer.record_type)))
            .or_else(|| answer.target.as_ref().map(|target| format!("{} {target}", answer.record_type)))
    });
    let told: Vec<String> = told.take(4).collect();
    let told = if told.is_empty() { String::new() } else { format!(" → {}", told.join(", ")) };
    Text::new(format!("DNS response {rcode}{asked}{told}"), format!("DNS 应答 {rcode}{asked}{told}"))
}

fn describe(body: &Body, headers: &[Header]) -> Text {
    let kind = headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-type"));
    let kind = kind.map(|header| format!(" {}", header.value.split(';').next().unwrap_or_default().trim()));
    let kind = kind.unwrap_or_default();
    let len = body.len;
    match body.chunks {
        Some(chunks) => Text::new(
            format!("body{kind}: {} in {}", some(len, "octet"), some(chunks, "chunk")),
            format!("正文{kind}：{len} 字节，共 {chunks} 个分块"),
        ),
        None => Text::new(format!("body{kind}: {}", some(len, "octet")), format!("正文{kind}：{len} 字节")),
    }
}

/// Text between quotation marks, its lines in one.
fn quoted(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end_matches(['\r', '\n']).lines().collect();
    format!("“{}”", lines.join(" ⏎ "))
}

/// In what a text was read, and how far it can be trusted.
pub fn encoding(text: &TextMessage) -> Vec<Text> {
    let name = match text.encoding.as_str() {
        "us-ascii" => "ASCII".to_string(),
        other => other.to_ascii_uppercase(),
    };
    let mut details = vec![if text.guessed {
        Text::new(format!("{name} as far as one can guess"), format!("编码推测为 {name}"))
    } else {
        Text::new(name.clone(), name.clone())
    }];
    if text.malformed {
        details.push(Text::new(format!("with octets that are no {name}"), format!("含有不符合 {name} 的字节")));
    }
    if text.cut {
        details.push(Text::new("only its beginning is shown", "仅显示开头"));
    }
    details
}

fn raw(data: &RawData, len: u64) -> Text {
    let RawData { hex } = data;
    if hex.is_empty() {
        return Text::new(format!("{}, not shown", some(len, "octet")), format!("{len} 字节，内容未显示"));
    }
    let more = if hex.len() as u64 / 2 < len { "…" } else { "" };
    Text::new(format!("{len} octets that are no text: {hex}{more}"), format!("{len} 字节非文本数据：{hex}{more}"))
}
