//! What an HTTP request asks for as an absolute URL (RFC 9112 3.3), and where a redirect leads (RFC 3986 5.2).

use super::HttpRequest;
use std::fmt::Write as _;
use std::net::SocketAddr;

impl HttpRequest {
    /// The absolute URL that it asks for; `server` stands for a Host that is missing or none. Whatever no URL may hold is
    /// encoded, so that it is one whatever was sent.
    pub fn url(&self, server: Option<SocketAddr>) -> String {
        let target = self.target.as_str();
        let named = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case("host"));
        let host = named.map(|header| header.value.as_str()).filter(|host| is_host(host));
        let host = host.map_or_else(|| server.map_or_else(|| "unknown".into(), |at| at.to_string()), Into::into);
        if let Some(url) = absolute(target) {
            return url;
        }
        if self.method == "CONNECT" && is_host(target) {
            return format!("http://{}/", authority(target));
        }
        let path = if target == "*" { "" } else { target.strip_prefix('/').unwrap_or(target) };
        format!("http://{}/{}", authority(&host), escape(path))
    }
}

/// Where a `Location` leads that was given at this URL; `None`: not to HTTP.
pub fn resolve(base: &str, location: &str) -> Option<String> {
    let location = location.split('#').next().unwrap_or_default().trim();
    if let Some(url) = absolute(location) {
        return Some(url);
    }
    let (scheme, rest) = base.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let path = path.split('#').next().unwrap_or_default();
    let bare = path.split('?').next().unwrap_or_default();
    if let Some(other) = location.strip_prefix("//") {
        return absolute(&format!("{scheme}://{other}"));
    }
    if has_scheme(location) {
        return None;
    }
    let joined = match location.chars().next() {
        None => return Some(base.into()),
        Some('/') => location.get(1..).unwrap_or_default().to_string(),
        Some('?') => format!("{bare}{location}"),
        Some(_) => {
            format!("{}{location}", bare.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/")))
        }
    };
    Some(format!("{scheme}://{host}/{}", escape(&without_dots(&joined))))
}

/// An absolute URL of HTTP, written the one way in which others of the same meaning are.
fn absolute(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "http" && scheme != "https" {
        return None;
    }
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (host, path) = rest.split_at(end);
    let host = if is_host(host) { authority(host) } else { return None };
    let host = if scheme == "https" { host.strip_suffix(":443").unwrap_or(&host).into() } else { host };
    let path = path.split('#').next().unwrap_or_default();
    Some(format!("{scheme}://{host}/{}", escape(path.strip_prefix('/').unwrap_or(path))))
}

/// Host and port as they stand in a URL: small letters, and no port where it is HTTP's own.
fn authority(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    host.strip_suffix(":80").map_or_else(|| host.clone(), Into::into)
}

/// `host [ ":" port ]`, with nothing else in it.
fn is_host(text: &str) -> bool {
    let (name, port) = match text.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((ip, behind)) if ip.bytes().all(|octet| octet.is_ascii_hexdigit() || matches!(octet, b':' | b'.')) => {
            ("literal", behind.strip_prefix(':').unwrap_or(if behind.is_empty() { "0" } else { "?" }))
        }
        Some(_) => return false,
        None => text.split_once(':').unwrap_or((text, "0")),
    };
    let is_name = |octet: u8| octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_');
    !name.is_empty()
        && name.bytes().all(is_name)
        && !port.is_empty()
        && port.bytes().all(|octet| octet.is_ascii_digit())
}

/// Whether it begins with a scheme (RFC 3986 3.1).
fn has_scheme(text: &str) -> bool {
    let name = text.split(['/', '?', '#']).next().unwrap_or_default();
    name.split_once(':').is_some_and(|(scheme, _)| scheme.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// Path and query with all that they may not hold as percent-encoded UTF-8.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, c) in text.char_indices() {
        let is_code = || {
            let digits = text.as_bytes().get(at + 1..at + 3);
            digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
        };
        match c {
            '%' if is_code() => out.push(c),
            c if c.is_ascii_alphanumeric() || "-._~:/?@!$&'()*+,;=".contains(c) => out.push(c),
            c => {
                for octet in c.encode_utf8(&mut [0; 4]).bytes() {
                    let _ = write!(out, "%{octet:02X}");
                }
            }
        }
    }
    out
}

/// A path (without its first slash) without `.` and `..` (RFC 3986 5.2.4).
fn without_dots(path: &str) -> String {
    let (path, query) = path.find('?').map_or((path, ""), |at| path.split_at(at));
    let mut kept: Vec<&str> = Vec::new();
    let mut parts = path.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "." | ".." => {
                if part == ".." {
                    kept.pop();
                }
                if is_last {
                    kept.push("");
                }
            }
            part => kept.push(part),
        }
    }
    format!("{}{query}", kept.join("/"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::timeline::Header;

    fn url(method: &str, target: &str, host: &str) -> String {
        let headers = vec![Header { name: "HOST".into(), value: host.into(), masked: false }];
        let request =
            HttpRequest { method: method.into(), target: target.into(), version: "1.1".into(), headers, body: None };
        request.url(Some("[::1]:8080".parse().unwrap()))
    }

    #[test]
    fn every_request_has_an_absolute_url() {
        assert_eq!(url("GET", "/a?b=1", "Example.org:80"), "http://example.org/a?b=1");
        assert_eq!(url("GET", "http://other:8000/x#y", "example.org"), "http://other:8000/x");
        assert_eq!(url("OPTIONS", "*", "example.org"), "http://example.org/");
        assert_eq!(url("CONNECT", "example.org:443", "example.org:443"), "http://example.org:443/");
        assert_eq!(url("GET", "/文 \"%zz%41#[", ""), "http://[::1]:8080/%E6%96%87%20%22%25zz%41%23%5B");
        for host in ["a b", "a/b", "user@a", "a:b", ":80", "[zz]", "[::1]x", "\u{1b}[31m"] {
            assert_eq!(url("GET", "/", host), "http://[::1]:8080/", "{host}");
        }
        assert_eq!(url("GET", "/", "[::1]:81"), "http://[::1]:81/");
    }

    #[test]
    fn a_location_leads_where_the_rfc_says() {
        let base = "http://example.org/a/b?c=1";
        for (location, leads) in [
            ("/x", "http://example.org/x"),
            ("x", "http://example.org/a/x"),
            ("../x?y=..", "http://example.org/x?y=.."),
            ("./", "http://example.org/a/"),
            ("..", "http://example.org/"),
            ("../../..", "http://example.org/"),
            ("?d", "http://example.org/a/b?d"),
            ("#there", base),
            ("", base),
            ("//other.net:80/z", "http://other.net/z"),
            ("HTTPS://Example.org:443", "https://example.org/"),
            ("/a:b", "http://example.org/a:b"),
        ] {
            assert_eq!(resolve(base, location).as_deref(), Some(leads), "{location}");
        }
        assert_eq!(resolve(base, "mailto:a@b"), None);
        assert_eq!(resolve(base, "ftp://a/b"), None);
    }
}
