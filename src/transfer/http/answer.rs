//! What the server answers: status line, header fields, blank line, body (RFC 9112 4).

use super::fault::{Fault, reason};
use super::{pages, site};
use crate::timeline::Text;
use std::fmt::Write as _;
use std::fs::File;
use std::time::SystemTime;

#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// What is wrong, where something is.
    pub(super) why: Option<Text>,
    /// Where it redirects to.
    pub(super) location: Option<String>,
    pub(super) modified: Option<SystemTime>,
    pub(super) kind: &'static str,
    pub(super) body: Body,
}

#[derive(Debug)]
pub(super) enum Body {
    /// There is none, and no length is told (304).
    None,
    Octets(Vec<u8>),
    File(File, u64),
}

impl Answer {
    pub(super) fn page(status: u16, kind: &'static str, text: String) -> Answer {
        Answer { status, why: None, location: None, modified: None, kind, body: Body::Octets(text.into_bytes()) }
    }

    /// How many octets its body has.
    pub(super) fn length(&self) -> u64 {
        match &self.body {
            Body::None => 0,
            Body::Octets(octets) => octets.len() as u64,
            Body::File(_, length) => *length,
        }
    }

    /// All before the body. `connection` is that field's value, where it has to be said.
    pub(super) fn head(&self, now: SystemTime, connection: Option<&str>) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        let mut field = |name: &str, value: &str| {
            let _ = write!(head, "{name}: {value}\r\n");
        };
        field("Server", concat!("synfin/", env!("CARGO_PKG_VERSION")));
        if let Some(date) = date(now) {
            field("Date", &date);
        }
        if let Some(location) = &self.location {
            field("Location", location);
        }
        if self.status == 405 {
            field("Allow", "GET, HEAD, POST");
        }
        if !matches!(self.body, Body::None) {
            field("Content-Type", self.kind);
            field("Content-Length", &self.length().to_string());
        }
        if let Some(date) = self.modified.and_then(date) {
            field("Last-Modified", &date);
        }
        if let Some(connection) = connection {
            field("Connection", connection);
        }
        head.push_str("\r\n");
        head.into_bytes()
    }
}

impl From<Fault> for Answer {
    fn from(fault: Fault) -> Answer {
        let page = pages::error(fault.status, &fault.why);
        Answer { why: Some(fault.why), ..Answer::page(fault.status, site::HTML, page) }
    }
}

/// A time as HTTP writes it (RFC 9110 5.6.7).
fn date(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}

/// Whether something of this time is not newer than a date that the client has.
pub(super) fn is_known(modified: SystemTime, since: &str) -> bool {
    let since = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(since).ok();
    let modified = jiff::Timestamp::try_from(modified).ok();
    // The date has whole seconds.
    since.zip(modified).is_some_and(|(since, modified)| modified.as_second() <= since.as_second())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::time::Duration;

    #[test]
    fn dates_are_written_as_http_does_and_read_again() {
        let time = SystemTime::UNIX_EPOCH + Duration::from_millis(784_111_777_500);
        let written = date(time).unwrap();
        assert_eq!(written, "Sun, 06 Nov 1994 08:49:37 GMT");
        assert!(is_known(time, &written) && !is_known(time + Duration::from_secs(1), &written));
        assert!(!is_known(time, "yesterday"));
    }

    #[test]
    fn a_redirect_says_where_to() {
        let answer = Answer { location: Some("/sub/".into()), ..Answer::page(301, site::HTML, "moved".into()) };
        let head = String::from_utf8(answer.head(SystemTime::UNIX_EPOCH, Some("close"))).unwrap();
        assert!(head.starts_with("HTTP/1.1 301 Moved Permanently\r\n"), "{head}");
        assert!(head.contains("\r\nLocation: /sub/\r\n") && head.contains("\r\nContent-Length: 5\r\n"), "{head}");
        assert!(head.ends_with("\r\nConnection: close\r\n\r\n"), "{head}");
    }
}
