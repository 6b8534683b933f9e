//! What a server answers: the head of a response, judged (RFC 9112 4, 6.3). Pure.

use super::fields::Fields;
use crate::timeline::Text;

/// The longest head of a response, in octets, its blank line included.
const LONGEST_HEAD: usize = 64 * 1024;
/// Header fields of a response.
const MOST_FIELDS: usize = 200;

/// How a body tells where it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// There is no body.
    None,
    Length(u64),
    Chunked,
    /// With the connection: a body that was cut off looks like a whole one.
    UntilClose,
}

#[derive(Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) reason: String,
    /// Of HTTP/1: 0 or 1.
    pub(super) minor: u8,
    pub(super) fields: Fields,
}

/// Reads a head: it and its length in octets, or `None` where more must come; `Err` with what is wrong.
pub(super) fn read(octets: &[u8]) -> Result<Option<(Response, usize)>, Text> {
    let mut places = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut parsed = httparse::Response::new(&mut places);
    match parsed.parse(octets) {
        Ok(httparse::Status::Complete(len)) => {
            let response = Response {
                status: parsed.code.unwrap_or_default(),
                reason: parsed.reason.unwrap_or_default().into(),
                minor: parsed.version.unwrap_or_default(),
                fields: Fields::of(parsed.headers),
            };
            Ok(Some((response, len)))
        }
        Ok(httparse::Status::Partial) if octets.len() < LONGEST_HEAD => Ok(None),
        Ok(httparse::Status::Partial) => Err(Text::new(
            format!("the head is longer than {LONGEST_HEAD} octets"),
            format!("首部超过 {LONGEST_HEAD} 字节"),
        )),
        Err(error) => Err(wrong(error)),
    }
}

/// What the parser found, in both languages.
fn wrong(error: httparse::Error) -> Text {
    let zh = match error {
        httparse::Error::HeaderName => "头部字段名有误",
        httparse::Error::HeaderValue => "头部字段值有误",
        httparse::Error::NewLine => "换行有误",
        httparse::Error::Status => "状态码有误",
        httparse::Error::Token => "含有不允许的字符",
        httparse::Error::TooManyHeaders => "头部字段过多",
        httparse::Error::Version => "协议版本有误",
    };
    Text::new(error.to_string(), zh)
}

impl Response {
    /// Where the body of an answer to GET or POST ends; `Err` with what is wrong.
    pub(super) fn framing(&self) -> Result<Framing, Text> {
        if matches!(self.status, 100..=199 | 204 | 304) {
            return Ok(Framing::None);
        }
        let mut codings = self.fields.members("transfer-encoding").peekable();
        if codings.peek().is_some() {
            return match codings.collect::<Vec<_>>().as_slice() {
                [only] if only.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
                // Nobody asked for another one (RFC 9110 10.1.4).
                others => Err(Text::new(
                    format!("a transfer coding that is not understood: {}", others.join(", ")),
                    format!("无法理解的传输编码：{}", others.join("、")),
                )),
            };
        }
        let length = self.fields.length().map_err(|value| {
            Text::new(
                format!("Content-Length is no number, or two: {value:?}"),
                format!("Content-Length 不是数字，或出现两个值：{value:?}"),
            )
        })?;
        Ok(length.map_or(Framing::UntilClose, Framing::Length))
    }

    /// Where it redirects to.
    pub(super) fn location(&self) -> Option<&str> {
        matches!(self.status, 301 | 302 | 303 | 307 | 308).then(|| self.fields.first("location")).flatten()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn framing(text: &str) -> Result<Framing, Text> {
        read(format!("HTTP/1.1 {text}\r\n\r\n").as_bytes()).unwrap().unwrap().0.framing()
    }

    #[test]
    fn the_framing_is_what_the_head_says() {
        assert_eq!(framing("200 OK"), Ok(Framing::UntilClose));
        assert_eq!(framing("200 OK\r\nContent-Length: 7"), Ok(Framing::Length(7)));
        assert_eq!(framing("200\r\nContent-Length: 7\r\nTransfer-Encoding: Chunked"), Ok(Framing::Chunked));
        assert_eq!(framing("304 Not Modified\r\nContent-Length: 7"), Ok(Framing::None));
        assert!(framing("200 OK\r\nContent-Length: 7\r\nContent-Length: 8").is_err());
        assert!(framing("200 OK\r\nTransfer-Encoding: gzip, chunked").is_err());
        assert!(read(b"synfin: ok 6\nhello\n").is_err() && read(b"HTTP/1.1 2").unwrap().is_none());
        let wrong = |octets: &[u8]| read(octets).unwrap_err().zh;
        assert_eq!(wrong(b"synfin: ok 6\nhello\n"), "协议版本有误");
        assert_eq!(wrong(b"HTTP/1.1 2x0 OK\r\n\r\n"), "状态码有误");
        assert_eq!(framing("200 OK\r\nTransfer-Encoding: gzip").unwrap_err().zh, "无法理解的传输编码：gzip");
        assert!(read(&[b"HTTP/1.1 200 OK\r\na: ".as_slice(), &[b'x'; LONGEST_HEAD]].concat()).is_err());
    }
}
