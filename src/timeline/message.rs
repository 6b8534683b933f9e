//! What the octets say: messages of applications.

use super::{DnsMessage, Text};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One message that an application sent over a connection. The event's time is that of the segment with its first octet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Message {
    /// Endpoint id of the sender.
    pub from: String,
    /// Endpoint id of the receiver.
    pub to: String,
    /// When the segment with its last octet was captured, nanoseconds after `source.start`.
    pub end_ns: i64,
    /// When the last of its segments was captured, where that was later: one in its midst came late, or again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_ns: Option<i64>,
    /// When its first octet reached the receiver, nanoseconds after `source.start`; known only with two vantage points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_ns: Option<i64>,
    /// When all of it had reached the receiver; known only with two vantage points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole_received_ns: Option<i64>,
    /// Place of its first octet in what its sender sent over the connection, from 0.
    pub offset: u64,
    /// Its octets, captured or not.
    pub len: u64,
    /// Whether it came to its end. Without that, the connection or the capture ended first, or it cannot be read on.
    pub complete: bool,
    /// Octets of it that were sent and are not in the capture.
    #[serde(default, skip_serializing_if = "super::is_zero")]
    pub missing: u64,
    /// Ids of the events whose segments carry it, in order; of very many the first ones and the last.
    pub carried_by: Vec<u64>,
    /// Segments that carry it.
    pub segments: u64,
    /// Numbers of the frames that carry it, in order, whether or not events show them; of very many the first ones and the last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<u64>,
    /// Id of the message that this one answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<u64>,
    /// Id of the response that sent the client here: this request asks for the place that its `Location` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follows: Option<u64>,
    /// Its parts in order, none left out; of very many headers, the first ones.
    pub parts: Vec<Part>,
    /// What a chunked body is made of, in order, from the first chunk's size to the blank line behind the trailer; of very many
    /// chunks the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub chunks: Vec<Part>,
    /// What is wrong with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Text>,
    /// What it says.
    #[serde(flatten)]
    pub content: Content,
}

/// A part of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Part {
    /// What it is.
    pub part: PartKind,
    /// Place of its first octet in what the sender sent over the connection, from 0.
    pub offset: u64,
    /// Its octets, with the end of the line where it is one.
    pub len: u64,
    /// The line as it was sent, its end included; of a very long one the beginning. Octets that are no UTF-8 are read as Latin-1.
    /// Absent where it holds a secret, and where the part is no line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Id of the event whose segment carries its first octet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// Numbers of the frames that carry it, in order, whether or not events show them; of many the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub frames: Vec<u64>,
}

impl Part {
    /// Frames that are told of one part at most.
    pub const MOST_FRAMES: usize = 16;
}

/// A part of a message (RFC 9112 2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PartKind {
    /// `GET / HTTP/1.1`.
    RequestLine,
    /// `HTTP/1.1 200 OK`.
    StatusLine,
    /// `Name: value`.
    Header,
    /// The empty line that ends the head.
    BlankLine,
    /// What follows the head, with the frames of its chunks.
    Body,
    /// A header field behind the last chunk.
    Trailer,
    /// `4;name=value`: the size of a chunk, in hexadecimal digits, and its extensions (RFC 9112 7.1).
    ChunkSize,
    /// A chunk's data.
    ChunkData,
    /// The end of the line behind a chunk's data.
    ChunkEnd,
    /// The size of a chunk without data: it is the last one.
    LastChunk,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "message", rename_all = "kebab-case")]
pub enum Content {
    /// An HTTP request.
    HttpRequest(HttpRequest),
    /// An HTTP response.
    HttpResponse(HttpResponse),
    /// The first message of TLS, in the clear: what it asks for. All that follows is encrypted.
    TlsClientHello(TlsClientHello),
    /// The preface of HTTP/2, which the client sends first. The frames that both send from here on are not decoded.
    Http2Preface(Http2Preface),
    /// A DNS message over TCP, behind its length.
    Dns(DnsMessage),
    /// Text of an application whose protocol is not known: what one side said until the other one spoke.
    Text(TextMessage),
    /// The same where it is no text.
    Data(RawData),
    /// A kind of a later version: pass over it.
    #[serde(other)]
    Unknown,
}

/// An HTTP request (RFC 9112 3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HttpRequest {
    /// `GET`.
    pub method: String,
    /// What is asked for, as it stands in the request line.
    pub target: String,
    /// `1.1`; empty where the request line has none.
    pub version: String,
    /// Header fields as sent, in order.
    pub headers: Vec<Header>,
    /// Absent where the message has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// An HTTP response (RFC 9112 4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HttpResponse {
    /// `1.1`; empty where the status line has none.
    pub version: String,
    /// `200`.
    pub status: u16,
    /// `OK`; may be empty.
    pub reason: String,
    /// Header fields as sent, in order.
    pub headers: Vec<Header>,
    /// Absent where the message has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

impl HttpRequest {
    /// The line in words: without a version (HTTP/0.9) there is none.
    pub fn start_line(&self) -> String {
        [&self.method, &self.target, &protocol(&self.version)].map(String::as_str).join(" ").trim_end().into()
    }
}

impl HttpResponse {
    /// The line in words.
    pub fn start_line(&self) -> String {
        let protocol = if self.version.is_empty() { "HTTP".into() } else { protocol(&self.version) };
        format!("{protocol} {} {}", self.status, self.reason)
    }
}

/// `HTTP/1.1`; what is no number stands for itself, as SHOUTcast's `ICY`.
pub fn protocol(version: &str) -> String {
    if version.is_empty() || version == "ICY" { version.into() } else { format!("HTTP/{version}") }
}

/// A header field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Header {
    /// As sent; compare without regard to case.
    pub name: String,
    /// Without the blanks around it. Octets that are no UTF-8 are read as Latin-1.
    pub value: String,
    /// The value is a secret: `value` only tells how long it was.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub masked: bool,
}

/// The body of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Body {
    /// How its end is known.
    pub framing: Framing,
    /// Its octets as far as they came, without the frames of chunks.
    pub len: u64,
    /// What Content-Length promised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<u64>,
    /// Chunks with data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chunks: Option<u64>,
    /// Its beginning, where it is text in UTF-8: up to the first gap, and not more than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Its beginning in Base64 (RFC 4648 4), where it is no such text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
    /// Its gaps in order, each with what was captured behind it; of many the first ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gaps: Vec<Gap>,
}

/// Octets of a body that are not in the capture, and what came behind them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Gap {
    /// Place of the first missing octet in the body, without the frames of chunks, from 0.
    pub at: u64,
    /// Octets that are missing.
    pub len: u64,
    /// What came behind it up to the next gap, where that is text in UTF-8; not more than was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The same in Base64 (RFC 4648 4), where it is no such text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base64: Option<String>,
}

/// How the end of a body is known (RFC 9112 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Framing {
    /// Content-Length counts it.
    ContentLength,
    /// It comes in chunks, the last of which is empty.
    Chunked,
    /// The connection's end is its end.
    UntilClose,
}

/// A ClientHello (RFC 8446 4.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TlsClientHello {
    /// The newest version that it offers, as `1.3`.
    pub version: String,
    /// The name of the server that it asks for (RFC 6066 3).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server_name: Option<String>,
    /// The protocols that it would speak inside, as `h2` (RFC 7301).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alpn: Vec<String>,
}

/// The client's connection preface (RFC 9113 3.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Http2Preface {
    /// How it knows that the server speaks HTTP/2.
    pub known_by: Http2KnownBy,
}

/// How a client comes to speak HTTP/2 without TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Http2KnownBy {
    /// It knew before (RFC 9113 3.3).
    PriorKnowledge,
    /// The server agreed to `Upgrade: h2c` (RFC 7540 3.2; RFC 9113 3.1 no longer has it).
    Upgrade,
}

/// Text as it was said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TextMessage {
    /// IANA's name of its encoding in lower case: `us-ascii`, `utf-8`, `gbk`, `gb18030`, `iso-8859-1`.
    pub encoding: String,
    /// Nobody named the encoding: it is the first one that fits.
    pub guessed: bool,
    /// As it was sent: not safe for a terminal.
    pub text: String,
    /// Some octets are no characters in this encoding; U+FFFD stands for them.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub malformed: bool,
    /// `text` is only its beginning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cut: bool,
}

/// Octets that are no text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RawData {
    /// The first ones, two hexadecimal digits each.
    pub hex: String,
}
