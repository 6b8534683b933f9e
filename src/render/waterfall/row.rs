//! What stands in the columns of one request.

use super::led;
use crate::exchange::{Exchange, Outcome, Times};
use crate::render::ink::Ink;
use crate::render::{Style, time, width};
use crate::timeline::Header;

/// One request, in words.
pub(super) struct Row {
    pub(super) number: String,
    pub(super) request: String,
    pub(super) status: (String, Ink),
    pub(super) kind: String,
    pub(super) size: String,
    pub(super) connection: String,
    pub(super) time: String,
}

impl Row {
    /// `shared` is where all requests go, which is told once.
    pub(super) fn of(exchange: &Exchange<'_>, shared: Option<&str>, style: &Style) -> Row {
        let (origin, path) = split(&exchange.url);
        let host = origin.strip_prefix("http://").unwrap_or(origin);
        let place = match (target(exchange), shared) {
            (Target::Authority(authority), _) => authority.to_string(),
            (Target::Asterisk, Some(_)) => "*".to_string(),
            (Target::Asterisk, None) => format!("{host} *"),
            (Target::Path, Some(_)) => path.to_string(),
            (Target::Path, None) => format!("{host}{path}"),
        };
        let method = exchange.request.as_ref().map_or("?", |said| said.content.method.as_str());
        let place = width::clean(&readable(&place), 200, style);
        let led = if exchange.follows.is_some() { led(style) } else { String::new() };
        let response = exchange.response.as_ref();
        let kind = response.map(|said| kind(&said.content.headers)).unwrap_or_default();
        Row {
            number: exchange.number.to_string(),
            request: format!("{led}{} {place}", width::clean(method, 12, style)),
            status: status(exchange),
            kind: if kind.is_empty() { "-".into() } else { width::clean(&kind, 10, style) },
            size: response.map_or_else(|| "-".into(), |said| time::octets(said.message.len)),
            connection: exchange.connection.id.to_string(),
            time: width::clean(&time::span(own_ns(&exchange.times)), 20, style),
        }
    }
}

/// The forms of a target that are shown as sent, for they are no URL (RFC 9112 3.2).
pub(super) enum Target<'t> {
    /// As of CONNECT.
    Authority(&'t str),
    /// As of OPTIONS.
    Asterisk,
    Path,
}

pub(super) fn target<'t>(exchange: &'t Exchange<'_>) -> Target<'t> {
    match &exchange.request {
        Some(said) if said.content.method == "CONNECT" => Target::Authority(&said.content.target),
        Some(said) if said.content.target == "*" => Target::Asterisk,
        _ => Target::Path,
    }
}

/// How long it took from when it began itself: while the connection had been opened beforehand and stood idle, nobody waited.
/// (The `time` of HAR counts the same.)
fn own_ns(times: &Times) -> i64 {
    times.ended_ns().saturating_sub(times.start_ns()).max(0)
}

fn status(exchange: &Exchange<'_>) -> (String, Ink) {
    let Some(response) = &exchange.response else { return ("-".into(), Ink::Error) };
    let code = response.content.status;
    if exchange.outcome() == Outcome::Cut {
        return (format!("{code} !"), Ink::Error);
    }
    let ink = match code {
        200..300 => Ink::State,
        100..200 | 300..400 => Ink::Lesson,
        _ => Ink::Error,
    };
    (code.to_string(), ink)
}

/// Origin and path of an absolute URL.
pub(super) fn split(url: &str) -> (&str, &str) {
    let host = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(host..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| host + at);
    url.split_at(end)
}

/// Percent-encoded UTF-8 as people read it, where that is what it is.
fn readable(place: &str) -> String {
    let mut out = Vec::with_capacity(place.len());
    let mut rest = place;
    while let Some(at) = rest.find('%') {
        out.extend_from_slice(rest.get(..at).unwrap_or_default().as_bytes());
        let code = rest.get(at + 1..at + 3).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        match code.filter(|octet| !octet.is_ascii()) {
            Some(octet) => {
                out.push(octet);
                rest = rest.get(at + 3..).unwrap_or_default();
            }
            None => {
                out.push(b'%');
                rest = rest.get(at + 1..).unwrap_or_default();
            }
        }
    }
    out.extend_from_slice(rest.as_bytes());
    String::from_utf8(out).unwrap_or_else(|_| place.to_string())
}

/// `text/html; charset=utf-8` as `html`.
fn kind(headers: &[Header]) -> String {
    let named = headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-type"));
    let kind = named.map_or("", |header| header.value.split(';').next().unwrap_or_default().trim());
    let (_, subtype) = kind.split_once('/').unwrap_or(("", kind));
    let bare = subtype.to_ascii_lowercase();
    let bare = bare.strip_prefix("x-").unwrap_or(&bare);
    let bare = bare.strip_prefix("vnd.").unwrap_or(bare);
    let bare = bare.split('+').next().unwrap_or_default();
    match bare {
        "javascript" | "ecmascript" => "js".into(),
        "octet-stream" => "bin".into(),
        "plain" => "text".into(),
        "microsoft.icon" | "icon" => "ico".into(),
        "event-stream" => "events".into(),
        other => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_told_as_browsers_do() {
        let of = |value: &str| kind(&[Header { name: "Content-type".into(), value: value.into(), masked: false }]);
        let told = ["text/html; charset=x", "text/javascript", "image/svg+xml", "image/x-icon", "", "odd"].map(of);
        assert_eq!(told, ["html", "js", "svg", "ico", "", "odd"]);
        assert_eq!(kind(&[]), "");
    }

    #[test]
    fn a_path_is_readable() {
        assert_eq!(readable("/%E6%96%87?a=%20%zz%"), "/文?a=%20%zz%");
        assert_eq!(readable("/%ff%1b"), "/%ff%1b");
        assert_eq!(split("http://a:8/b//c"), ("http://a:8", "/b//c"));
    }
}
