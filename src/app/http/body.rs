//! The body of a message: how its end is known (RFC 9112 6.3), and its chunks (RFC 9112 7.1).

use super::{Method, secret};
use crate::app::Manner;
use crate::app::message::{Draft, Unread, readable};
use crate::timeline::{self, Framing, Header, PartKind};
use data_encoding::BASE64;

/// Octets of a line that tells a chunk's size, or of one behind the last chunk, at most.
const MOST_LINE: usize = 8 * 1024;
/// Octets of all lines behind the last chunk at most.
const MOST_TRAILER: u64 = 64 * 1024;
/// Gaps that are told of one body at most.
const MOST_GAPS: usize = 16;

/// A body that is being read.
#[derive(Debug)]
pub(super) struct Body {
    framing: Framing,
    promised: Option<u64>,
    /// Data so far.
    len: u64,
    sample: Vec<u8>,
    gaps: Vec<Behind>,
    /// Octets of it that are kept at most.
    most: usize,
    chunks: u64,
    at: At,
    /// Where it began.
    began: Option<u64>,
    /// Octets so far, with the frames of chunks.
    taken: u64,
    /// The place behind them.
    here: u64,
    /// The size of the chunk in hand.
    chunk: u64,
    /// The line before this one, behind the last chunk, holds a secret.
    is_secret: bool,
    shows_secrets: bool,
    /// Its length is one of two that differ.
    is_doubtful: bool,
}

/// A gap in its data, and what came behind it.
#[derive(Debug)]
struct Behind {
    at: u64,
    len: u64,
    sample: Vec<u8>,
}

/// Where in the body.
#[derive(Debug)]
enum At {
    /// In data, of which so much is left; `None`: until the connection ends.
    Data(Option<u64>),
    /// In the line that tells the next chunk's size.
    Size(Vec<u8>),
    /// Behind a chunk's data, before the end of its line.
    Behind(Vec<u8>),
    /// In a line behind the last chunk; so many octets of such lines came.
    Trailer(Vec<u8>, u64),
    /// There is no more.
    End,
}

/// Whether a body has come to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    NotYet,
    Reached,
    /// It cannot be read on, and neither can what follows.
    Broken,
}

impl Body {
    /// No framing: no body.
    pub(super) fn of_request(headers: &[Header], draft: &mut Draft) -> Body {
        framed(headers, draft, true).unwrap_or_else(Body::none)
    }

    /// No framing: until the connection ends.
    pub(super) fn of_response(status: u16, method: Method, headers: &[Header], draft: &mut Draft) -> Body {
        let has_none = method == Method::Head || (100..200).contains(&status) || matches!(status, 204 | 304);
        if has_none || method == Method::Connect && (200..300).contains(&status) {
            return Body::none();
        }
        framed(headers, draft, false).unwrap_or_else(|| Body::new(Framing::UntilClose, None, At::Data(None)))
    }

    /// The message has none, or nobody knows: its head is not whole.
    pub(super) fn none() -> Body {
        Body::new(Framing::ContentLength, None, At::End)
    }

    fn new(framing: Framing, promised: Option<u64>, at: At) -> Body {
        Body {
            framing,
            promised,
            len: 0,
            sample: Vec::new(),
            gaps: Vec::new(),
            most: Manner::SAMPLE,
            chunks: 0,
            at,
            began: None,
            taken: 0,
            here: 0,
            chunk: 0,
            is_secret: false,
            shows_secrets: false,
            is_doubtful: false,
        }
    }

    /// The same, read in this manner.
    pub(super) fn keeping(self, manner: Manner) -> Body {
        Body { most: manner.body, shows_secrets: manner.shows_secrets, ..self }
    }

    /// Whether another recipient may find its end elsewhere.
    pub(super) fn is_doubtful(&self) -> bool {
        self.is_doubtful
    }

    /// Octets that are kept.
    pub(super) fn held(&self) -> usize {
        let line = match &self.at {
            At::Size(line) | At::Behind(line) | At::Trailer(line, _) => line.len(),
            At::Data(_) | At::End => 0,
        };
        self.kept() + line
    }

    /// Octets of its data that are.
    fn kept(&self) -> usize {
        self.sample.len() + self.gaps.iter().map(|gap| gap.sample.len()).sum::<usize>()
    }

    /// Whether nothing of it has to be read.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self.at, At::End | At::Data(Some(0)))
    }

    /// As the contract has it; `None`: the message has no body.
    pub(super) fn told(self) -> Option<timeline::Body> {
        let Body { framing, promised, len, sample, gaps, chunks, at, .. } = self;
        let has_none = matches!(at, At::End) && promised.is_none() && framing == Framing::ContentLength;
        let (text, base64) = told(&sample);
        let gaps = gaps.into_iter().map(|Behind { at, len, sample }| {
            let (text, base64) = told(&sample);
            timeline::Gap { at, len, text, base64 }
        });
        let gaps = gaps.collect();
        let chunks = (framing == Framing::Chunked).then_some(chunks);
        (!has_none).then_some(timeline::Body { framing, len, promised, chunks, text, base64, gaps })
    }

    pub(super) fn read(&mut self, unread: &mut Unread<'_>, draft: &mut Draft) -> End {
        self.began.get_or_insert(unread.offset);
        while !unread.octets.is_empty() {
            match self.read_some(unread, draft) {
                End::NotYet => {}
                end => {
                    self.tell_part(draft);
                    return end;
                }
            }
        }
        End::NotYet
    }

    /// Octets that were not captured.
    pub(super) fn miss(&mut self, offset: u64, len: u64, draft: &mut Draft) -> End {
        self.began.get_or_insert(offset);
        match &mut self.at {
            At::Data(None) => {}
            At::Data(Some(left)) if *left >= len => *left -= len,
            _ => {
                draft.problem(
                    format!("{len} octets are not in the capture: where the message ends cannot be told"),
                    format!("有 {len} 字节不在抓包中：无法得知消息在何处结束"),
                );
                self.tell_part(draft);
                return End::Broken;
            }
        }
        draft.miss(len);
        self.gap(len);
        self.here = offset.saturating_add(len);
        (self.len, self.taken) = (self.len + len, self.taken + len);
        if matches!(self.at, At::Data(Some(0))) { self.end_of_data(draft) } else { End::NotYet }
    }

    /// What comes behind a gap is not what came next: it is kept for itself.
    fn gap(&mut self, len: u64) {
        let is_full = self.gaps.len() >= MOST_GAPS;
        match self.gaps.last_mut() {
            Some(last) if last.at + last.len == self.len => last.len += len,
            _ if !is_full => self.gaps.push(Behind { at: self.len, len, sample: Vec::new() }),
            // Nor is what comes behind one that is not told.
            _ => self.most = 0,
        }
    }

    /// The connection has ended: says whether that is the body's end.
    pub(super) fn ends_with_connection(&mut self, draft: &mut Draft) -> bool {
        self.tell_part(draft);
        let Body { len, promised, .. } = self;
        match (&self.at, promised) {
            (At::Data(None) | At::End, _) => return true,
            (_, Some(promised)) => draft.problem(
                format!("the connection or the capture ended after {len} of {promised} octets of the body"),
                format!("连接或抓包在正文 {promised} 字节中的第 {len} 字节处结束"),
            ),
            _ => draft.problem(
                format!("the connection or the capture ended before the last chunk, after {len} octets of the body"),
                format!("连接或抓包在最后一个分块之前结束，正文已有 {len} 字节"),
            ),
        }
        false
    }

    fn tell_part(&mut self, draft: &mut Draft) {
        match (&self.at, self.framing) {
            (At::Data(Some(left)), Framing::Chunked) => self.tell_data(*left, draft),
            (At::Size(line), _) => self.tell_line(PartKind::ChunkSize, line, draft),
            (At::Behind(line), _) => self.tell_line(PartKind::ChunkEnd, line, draft),
            (At::Trailer(line, _), _) => self.tell_line(trailer(line), line, draft),
            _ => {}
        }
        if let Some(began) = self.began {
            draft.part(PartKind::Body, began, std::mem::take(&mut self.taken));
        }
    }

    /// What came of the chunk in hand, of which so much is left.
    fn tell_data(&self, left: u64, draft: &mut Draft) {
        let len = self.chunk.saturating_sub(left);
        draft.chunk(PartKind::ChunkData, self.here.saturating_sub(len), len, None);
    }

    /// A line that ends here.
    fn tell_line(&self, part: PartKind, line: &[u8], draft: &mut Draft) {
        let is_told = part != PartKind::Trailer || self.shows_secrets || !secret::is_in(line, self.is_secret);
        let len = line.len() as u64;
        draft.chunk(part, self.here.saturating_sub(len), len, is_told.then_some(line));
    }

    fn read_some(&mut self, unread: &mut Unread<'_>, draft: &mut Draft) -> End {
        let offset = unread.offset;
        let room = self.most.saturating_sub(self.kept());
        let (taken, end) = match &mut self.at {
            At::Data(left) => {
                let most = left.map_or(usize::MAX, |left| usize::try_from(left).unwrap_or(usize::MAX));
                let data = unread.split(most);
                let sample = self.gaps.last_mut().map_or(&mut self.sample, |gap| &mut gap.sample);
                sample.extend_from_slice(data.get(..room.min(data.len())).unwrap_or_default());
                self.len += data.len() as u64;
                *left = left.map(|left| left - data.len() as u64);
                (data.len(), End::NotYet)
            }
            At::Behind(line) => {
                // Octet by octet: whatever is no end of a line breaks it off there, however it is cut into segments.
                let piece = unread.split(1);
                line.extend_from_slice(piece);
                (piece.len(), End::NotYet)
            }
            At::Size(line) | At::Trailer(line, _) => {
                let most = unread.octets.iter().position(|octet| *octet == b'\n').map_or(usize::MAX, |place| place + 1);
                let piece = unread.split(most.min(MOST_LINE.saturating_sub(line.len())));
                line.extend_from_slice(piece);
                let too_long = line.len() >= MOST_LINE && !line.ends_with(b"\n");
                (piece.len(), if too_long { End::Broken } else { End::NotYet })
            }
            At::End => return End::Reached,
        };
        draft.take(offset, taken as u64, unread.carrier);
        self.taken += taken as u64;
        self.here = offset.saturating_add(taken as u64);
        if end == End::Broken {
            draft.problem(
                "a chunk's size line without an end: the body is not read on",
                "分块长度行没有结尾：不再继续解析正文",
            );
            return end;
        }
        match &self.at {
            At::Data(Some(0)) => self.end_of_data(draft),
            At::Size(line) if line.ends_with(b"\n") => self.size(draft),
            At::Behind(_) => self.behind(draft),
            At::Trailer(line, _) if line.ends_with(b"\n") => self.trailer(draft),
            _ => End::NotYet,
        }
    }

    fn end_of_data(&mut self, draft: &mut Draft) -> End {
        if self.framing == Framing::Chunked {
            self.tell_data(0, draft);
            self.at = At::Behind(Vec::new());
            End::NotYet
        } else {
            self.tell_part(draft);
            self.at = At::Data(Some(0));
            End::Reached
        }
    }

    /// `chunk-size [ chunk-ext ] CRLF`.
    fn size(&mut self, draft: &mut Draft) -> End {
        let At::Size(line) = &self.at else { return End::NotYet };
        let text = readable(line);
        let digits = text.split(';').next().unwrap_or_default().trim();
        let size = u64::from_str_radix(digits, 16).ok().filter(|_| !digits.starts_with('+'));
        if let Some(size) = size {
            let part = if size == 0 { PartKind::LastChunk } else { PartKind::ChunkSize };
            self.tell_line(part, line, draft);
        }
        match size {
            Some(0) => self.at = At::Trailer(Vec::new(), 0),
            Some(size) => {
                self.chunks += 1;
                self.chunk = size;
                self.at = At::Data(Some(size));
            }
            None => {
                let is_too_large = !digits.is_empty() && digits.bytes().all(|octet| octet.is_ascii_hexdigit());
                if is_too_large {
                    draft.problem(
                        "a chunk's size that no counter can hold: the body is not read on",
                        "分块长度超出可计数范围：不再继续解析正文",
                    );
                } else {
                    draft.problem(
                        "a chunk's size that is no hexadecimal number: the body is not read on",
                        "分块长度不是十六进制数：不再继续解析正文",
                    );
                }
                return End::Broken;
            }
        }
        End::NotYet
    }

    fn behind(&mut self, draft: &mut Draft) -> End {
        let At::Behind(line) = &self.at else { return End::NotYet };
        match line.as_slice() {
            b"\r" => {}
            b"\r\n" | b"\n" => {
                self.tell_line(PartKind::ChunkEnd, line, draft);
                self.at = At::Size(Vec::new());
            }
            _ => {
                draft.problem(
                    "a chunk is longer than its size says: the body is not read on",
                    "分块内容超过其声明的长度：不再继续解析正文",
                );
                return End::Broken;
            }
        }
        End::NotYet
    }

    fn trailer(&mut self, draft: &mut Draft) -> End {
        let At::Trailer(line, before) = &self.at else { return End::NotYet };
        let so_far = before + line.len() as u64;
        if matches!(line.as_slice(), b"\r\n" | b"\n") {
            return End::Reached;
        }
        if so_far > MOST_TRAILER {
            draft.problem("the lines behind the last chunk have no end", "最后一个分块之后的行没有结尾");
            return End::Broken;
        }
        self.tell_line(trailer(line), line, draft);
        self.is_secret = secret::is_in(line, self.is_secret);
        self.at = At::Trailer(Vec::new(), so_far);
        End::NotYet
    }
}

/// What a line behind the last chunk is.
fn trailer(line: &[u8]) -> PartKind {
    if line.iter().all(|octet| matches!(octet, b'\r' | b'\n')) { PartKind::BlankLine } else { PartKind::Trailer }
}

/// What Transfer-Encoding and Content-Length say; `None`: neither is there.
fn framed(headers: &[Header], draft: &mut Draft, is_request: bool) -> Option<Body> {
    let values = |name: &'static str| {
        headers.iter().filter(move |header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    };
    let codings: Vec<&str> = values("transfer-encoding").flat_map(|value| value.split(',')).map(str::trim).collect();
    let mut lengths = values("content-length").flat_map(|value| value.split(',')).map(str::trim);
    let first = lengths.next();
    if let Some(last) = codings.last() {
        if first.is_some() {
            draft.problem(
                "both Transfer-Encoding and Content-Length: the latter counts for nothing, and it may be an attack (RFC 9112 6.1)",
                "同时出现 Transfer-Encoding 与 Content-Length：后者无效，可能是攻击（RFC 9112 6.1）",
            );
        }
        if last.eq_ignore_ascii_case("chunked") {
            return Some(Body::new(Framing::Chunked, None, At::Size(Vec::new())));
        }
        let (en, zh) = ("Transfer-Encoding does not end with chunked", "Transfer-Encoding 不以 chunked 结尾");
        return Some(endless(en, zh, is_request, draft));
    }
    let first = first?;
    let is_doubtful = lengths.any(|other| other != first);
    if is_doubtful {
        draft.problem(
            format!(
                "two lengths that differ in Content-Length: {first} is taken here, another recipient may take the other; it may be an attack, and must be refused (RFC 9112 6.3)"
            ),
            format!(
                "Content-Length 出现两个不同的值：此处取 {first}，其他接收方可能取另一个；可能是攻击，必须拒绝（RFC 9112 6.3）"
            ),
        );
    }
    match first.parse::<u64>() {
        Ok(promised) if first.bytes().all(|octet| octet.is_ascii_digit()) => {
            let body = Body::new(Framing::ContentLength, Some(promised), At::Data(Some(promised)));
            Some(Body { is_doubtful, ..body })
        }
        _ => {
            let (en, zh) = (
                format!("Content-Length is no number of octets: {first}"),
                format!("Content-Length 不是字节数：{first}"),
            );
            Some(endless(&en, &zh, is_request, draft))
        }
    }
}

/// A body whose length cannot be known for this reason: all that comes until the connection's end.
fn endless(en: &str, zh: &str, is_request: bool, draft: &mut Draft) -> Body {
    if is_request {
        draft.problem(
            format!("{en}: where the body ends cannot be known, and a server must refuse it (RFC 9112 6.3)"),
            format!("{zh}：无法得知正文在何处结束，服务器必须拒绝（RFC 9112 6.3）"),
        );
    } else {
        draft.problem(
            format!("{en}: only the connection's end ends the body (RFC 9112 6.3)"),
            format!("{zh}：只有连接关闭才能结束正文（RFC 9112 6.3）"),
        );
    }
    Body::new(Framing::UntilClose, None, At::Data(None))
}
/// As text where it is text in UTF-8, else in Base64.
fn told(sample: &[u8]) -> (Option<String>, Option<String>) {
    let text = match std::str::from_utf8(sample) {
        Ok(text) => Some(text),
        // The last character may be cut.
        Err(error) if error.error_len().is_none() => {
            sample.get(..error.valid_up_to()).and_then(|whole| std::str::from_utf8(whole).ok())
        }
        Err(_) => None,
    };
    let text: Option<String> = text.filter(|text| !text.is_empty() && !text.contains('\0')).map(Into::into);
    let base64 = (text.is_none() && !sample.is_empty()).then(|| BASE64.encode(sample));
    (text, base64)
}
