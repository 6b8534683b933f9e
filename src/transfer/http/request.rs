//! What a client asks: the head of a request, judged (RFC 9112 3, 6). Pure.

use super::fault::{Fault, fault};
use super::fields::Fields;
use super::response::Framing;

/// The longest head of a request, in octets, its blank line included.
pub(super) const LONGEST_HEAD: usize = 8 * 1024;
/// Header fields of a request.
const MOST_FIELDS: usize = 100;
/// Methods that are known, and what they would need is not there.
const KNOWN: [&str; 6] = ["CONNECT", "DELETE", "OPTIONS", "PATCH", "PUT", "TRACE"];

#[derive(Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) target: String,
    /// Of HTTP/1: 0 or 1.
    pub(super) minor: u8,
    pub(super) fields: Fields,
}

/// Reads a head: it and its length in octets, or `None` where more must come.
pub(super) fn read(octets: &[u8]) -> Result<Option<(Request, usize)>, Fault> {
    let mut places = [httparse::EMPTY_HEADER; MOST_FIELDS];
    let mut parsed = httparse::Request::new(&mut places);
    match parsed.parse(octets) {
        Ok(httparse::Status::Complete(len)) if len <= LONGEST_HEAD => {
            let request = Request {
                method: parsed.method.unwrap_or_default().into(),
                target: parsed.path.unwrap_or_default().into(),
                minor: parsed.version.unwrap_or_default(),
                fields: Fields::of(parsed.headers),
            };
            Ok(Some((request, len)))
        }
        Ok(httparse::Status::Partial) if octets.len() < LONGEST_HEAD => Ok(None),
        Ok(_) => Err(fault(
            431,
            format!("the head is longer than {LONGEST_HEAD} octets"),
            format!("首部超过 {LONGEST_HEAD} 字节"),
        )),
        Err(error) => Err(malformed(error)),
    }
}

fn malformed(error: httparse::Error) -> Fault {
    use httparse::Error;
    match error {
        Error::TooManyHeaders => {
            fault(431, format!("more than {MOST_FIELDS} header fields"), format!("首部字段超过 {MOST_FIELDS} 个"))
        }
        Error::Version => fault(
            505,
            "the request line does not end with HTTP/1.1 or HTTP/1.0",
            "请求行没有以 HTTP/1.1 或 HTTP/1.0 结尾",
        ),
        Error::HeaderName => {
            fault(400, "a header line does not begin with a name and a colon", "有一行首部没有以“字段名:”开头")
        }
        Error::HeaderValue => fault(400, "a control character in a header field", "首部字段值中含有控制字符"),
        Error::NewLine => fault(400, "a line ends with CR and no LF behind it", "行末的 CR 之后没有 LF"),
        Error::Token | Error::Status => {
            fault(400, "the request line is not \"METHOD target HTTP/1.1\"", "请求行不是“方法 目标 HTTP/1.1”的形式")
        }
    }
}

impl Request {
    /// Where the body ends; `Err` where that cannot be told, is refused, or the head breaks a rule.
    pub(super) fn body(&self, longest: u64) -> Result<Framing, Fault> {
        self.check_host()?;
        let length = self.fields.length().map_err(|value| {
            fault(
                400,
                format!("Content-Length is no number, or two: {value:?}"),
                format!("Content-Length 不是唯一的数字：{value:?}"),
            )
        })?;
        if self.fields.first("transfer-encoding").is_some() {
            // With a length, or from HTTP/1.0, two readers could see two different messages (RFC 9112 6.1).
            if length.is_some() || self.minor == 0 {
                return Err(fault(400, "Transfer-Encoding where it may not be", "不允许出现 Transfer-Encoding"));
            }
            let mut codings = self.fields.members("transfer-encoding");
            return match (codings.next(), codings.next()) {
                (Some(only), None) if only.eq_ignore_ascii_case("chunked") => Ok(Framing::Chunked),
                _ => Err(fault(501, "no transfer coding but chunked is known", "除 chunked 外不支持其他传输编码")),
            };
        }
        match length {
            None if self.method == "POST" => {
                Err(fault(411, "POST has a body: send Content-Length", "POST 带有正文：请发送 Content-Length"))
            }
            Some(length) if length > longest => Err(fault(
                413,
                format!("a body of {length} octets; {longest} at most"),
                format!("正文有 {length} 字节；最多 {longest} 字节"),
            )),
            Some(length) => Ok(Framing::Length(length)),
            None => Ok(Framing::None),
        }
    }

    /// HTTP/1.1 has one Host (RFC 9112 3.2).
    fn check_host(&self) -> Result<(), Fault> {
        match self.fields.all("host").count() {
            1 => Ok(()),
            0 if self.minor == 0 => Ok(()),
            0 => Err(fault(400, "HTTP/1.1 requires a Host field", "HTTP/1.1 要求有 Host 字段")),
            _ => Err(fault(400, "more than one Host field", "Host 字段不止一个")),
        }
    }

    /// Whether the client waits for 100 before it sends the body (RFC 9110 10.1.1).
    pub(super) fn waits(&self) -> bool {
        self.minor >= 1 && self.fields.has("expect", "100-continue")
    }

    /// Whether the method is served.
    pub(super) fn check_method(&self) -> Result<(), Fault> {
        match self.method.as_str() {
            "GET" | "HEAD" | "POST" => Ok(()),
            known if KNOWN.contains(&known) => Err(fault(
                405,
                format!("{known} is not allowed here; GET, HEAD and POST are"),
                format!("这里不允许 {known}；允许 GET、HEAD 和 POST"),
            )),
            _ => Err(fault(501, "that method is not known", "未知的方法")),
        }
    }

    /// Path and query as they came (RFC 9112 3.2.1, 3.2.2).
    pub(super) fn path(&self) -> Result<(&str, Option<&str>), Fault> {
        let wrong = || {
            fault(
                400,
                "the target is neither a path (/…) nor an absolute URL (http://…)",
                "请求目标既不是路径（/…），也不是绝对 URL（http://…）",
            )
        };
        let target = self.target.as_str();
        let scheme = target.get(..7).filter(|scheme| scheme.eq_ignore_ascii_case("http://"));
        let path = match scheme.and_then(|_| target.get(7..)) {
            Some(rest) => rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/"),
            None => target,
        };
        if !path.starts_with('/') {
            return Err(wrong());
        }
        let path = path.split('#').next().unwrap_or_default();
        Ok(path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query))))
    }
}

/// The octets that a percent-encoded text stands for (RFC 3986 2.1).
pub(super) fn decode(text: &str) -> Result<Vec<u8>, Fault> {
    let mut out = Vec::with_capacity(text.len());
    let mut octets = text.bytes();
    while let Some(octet) = octets.next() {
        if octet != b'%' {
            out.push(octet);
            continue;
        }
        let mut digit = || octets.next().and_then(|octet| char::from(octet).to_digit(16));
        match (digit(), digit()) {
            (Some(high), Some(low)) => out.push((high * 16 + low) as u8),
            _ => return Err(fault(400, "% without two hexadecimal digits behind it", "% 之后没有两位十六进制数字")),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn request(text: &str) -> Request {
        read(text.as_bytes()).unwrap().unwrap().0
    }

    #[test]
    fn a_head_is_read_when_its_blank_line_has_come() {
        let text = "GET /a?b HTTP/1.1\r\nHost: x\r\n\r\nrest";
        for len in 0..text.len() - 4 {
            assert!(read(&text.as_bytes()[..len]).unwrap().is_none(), "{len}");
        }
        let (request, len) = read(text.as_bytes()).unwrap().unwrap();
        assert_eq!((request.method.as_str(), request.path().unwrap(), len), ("GET", ("/a", Some("b")), text.len() - 4));
        assert_eq!(request.body(10), Ok(Framing::None));
    }

    #[test]
    fn what_is_wrong_has_its_status() {
        let long = format!("GET / HTTP/1.1\r\nX: {}", "x".repeat(LONGEST_HEAD));
        let many = format!("GET / HTTP/1.1\r\n{}", "a: b\r\n".repeat(MOST_FIELDS + 1));
        for (text, status) in [
            ("GET\r\n\r\n", 400),
            ("GET / HTTP/2.0\r\n\r\n", 505),
            ("GET / HTTP/1.1\r\nno colon\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\na : b\r\n\r\n", 400),
            ("GET / HTTP/1.1\r\na: b\x00\r\n\r\n", 400),
            ("\x16\x03\x01\x02\x00\x01", 400),
            (long.as_str(), 431),
            (many.as_str(), 431),
        ] {
            assert_eq!(read(text.as_bytes()).unwrap_err().status, status, "{text:.40}");
        }
    }

    #[test]
    fn bodies_have_a_length_or_are_refused() {
        let body =
            |head: &str| request(&format!("POST / HTTP/1.1\r\n{head}\r\n\r\n")).body(100).map_err(|fault| fault.status);
        assert_eq!(body("Host: x\r\nContent-Length: 100"), Ok(Framing::Length(100)));
        assert_eq!(body("Host: x\r\nContent-Length: 101"), Err(413));
        assert_eq!(body("Host: x\r\nContent-Length: 1\r\nContent-Length: 2"), Err(400));
        assert_eq!(body("Host: x"), Err(411));
        assert_eq!(body("Host: x\r\nTransfer-Encoding: chunked"), Ok(Framing::Chunked));
        assert_eq!(body("Host: x\r\nTransfer-Encoding: gzip, chunked"), Err(501));
        assert_eq!(body("Host: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 2"), Err(400));
        assert_eq!(body("Content-Length: 1"), Err(400));
        assert_eq!(body("Host: x\r\nHost: x\r\nContent-Length: 1"), Err(400));
    }

    #[test]
    fn targets_are_paths_or_urls() {
        let path = |target: &str| {
            request(&format!("GET {target} HTTP/1.0\r\n\r\n")).path().ok().map(|(path, _)| path.to_string())
        };
        assert_eq!(path("/x#y"), Some("/x".into()));
        assert_eq!(path("HTTP://host/x?y"), Some("/x".into()));
        assert_eq!(path("http://host"), Some("/".into()));
        assert_eq!((path("x"), path("*")), (None, None));
        assert_eq!(decode("a%2Fb%e6%96%87").unwrap(), "a/b文".as_bytes());
        for wrong in ["%", "%4", "%zz", "a%"] {
            assert!(decode(wrong).is_err(), "{wrong}");
        }
    }
}
