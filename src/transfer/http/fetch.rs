//! What the web client asks for: a URL as people type it, the head of its request, and where a redirect leads.

use super::client::WebError;
use super::pages::FORM;
use crate::timeline::url;
use crate::transfer::address::Target;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// Absolute, as [`Fetch::new`] writes it.
    pub url: String,
    /// The body of a POST; without it, it is a GET.
    pub data: Option<Vec<u8>>,
}

impl Fetch {
    /// Of a URL as people type it: what may not stand in one is percent-encoded.
    pub fn new(text: &str, data: Option<Vec<u8>>) -> Result<Fetch, WebError> {
        let url = text.contains("://").then(|| url::resolve("http://unknown/", text)).flatten();
        match url.ok_or_else(|| WebError::Url(text.into()))? {
            url if url.starts_with("http://") => Ok(Fetch { url, data }),
            url => Err(WebError::Tls(url)),
        }
    }

    /// Whom to ask.
    pub fn target(&self) -> Result<Target, WebError> {
        let host = parts(&self.url).0;
        let has_port = host.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
        Ok(if has_port { host.parse()? } else { format!("{host}:80").parse()? })
    }

    /// The path, without its query.
    pub fn path(&self) -> &str {
        parts(&self.url).1.split('?').next().unwrap_or_default()
    }

    pub(super) fn head(&self, server_closes: bool) -> Vec<u8> {
        let (host, path) = parts(&self.url);
        let method = self.method();
        let agent = concat!("synfin/", env!("CARGO_PKG_VERSION"));
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {agent}\r\nAccept: */*\r\n");
        if let Some(data) = &self.data {
            head.push_str(&format!("Content-Type: {FORM}\r\nContent-Length: {}\r\n", data.len()));
        }
        if server_closes {
            head.push_str("Connection: close\r\n");
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    pub(super) fn method(&self) -> &'static str {
        if self.data.is_some() { "POST" } else { "GET" }
    }

    /// Whether asking twice means no more than asking once (RFC 9110 9.2.2).
    pub(super) fn is_idempotent(&self) -> bool {
        self.data.is_none()
    }

    /// What to ask next (RFC 9110 15.4): 307 and 308 keep a POST, the others make it a GET.
    pub(super) fn redirected(&self, status: u16, location: &str) -> Result<Fetch, WebError> {
        let url = url::resolve(&self.url, location).ok_or_else(|| WebError::Elsewhere(location.into()))?;
        if !url.starts_with("http://") || parts(&url).0 != parts(&self.url).0 {
            return Err(WebError::Elsewhere(url));
        }
        let data = self.data.clone().filter(|_| matches!(status, 307 | 308));
        Ok(Fetch { url, data })
    }
}

/// Host (with a port that is not HTTP's own) and path (with query) of an absolute URL.
fn parts(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("http://").unwrap_or(url);
    rest.find('/').map_or((rest, "/"), |at| rest.split_at(at))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn urls_as_people_type_them() {
        let told = |url: &str| {
            let fetch = Fetch::new(url, None).unwrap();
            let target = fetch.target().unwrap();
            (target.host, target.port, parts(&fetch.url).1.to_string())
        };
        assert_eq!(told("http://Example.org"), ("example.org".into(), 80, "/".into()));
        assert_eq!(
            told("HTTP://localhost:8080/课 件?a#b"),
            ("localhost".into(), 8080, "/%E8%AF%BE%20%E4%BB%B6?a".into())
        );
        assert_eq!(told("http://[::1]/x"), ("::1".into(), 80, "/x".into()));
        assert_eq!(told("http://[::1]:81/x"), ("::1".into(), 81, "/x".into()));
        assert!(matches!(Fetch::new("https://x/", None), Err(WebError::Tls(_))));
        for wrong in ["x", "ftp://x/", "http://", "http://a b/", "http://user@host/", "http://a\r\nb/"] {
            assert!(matches!(Fetch::new(wrong, None), Err(WebError::Url(_))), "{wrong}");
        }
    }

    #[test]
    fn redirects_stay_with_their_server() {
        let post = Fetch::new("http://a/x/y", Some(b"d".to_vec())).unwrap();
        let next = |status, to| post.redirected(status, to).map(|fetch| (fetch.url, fetch.data.is_some())).ok();
        assert_eq!(next(302, "z"), Some(("http://a/x/z".into(), false)));
        assert_eq!(next(307, "http://A:80/z"), Some(("http://a/z".into(), true)));
        for elsewhere in ["http://a:81/", "//b/", "https://a/", "mailto:a"] {
            assert_eq!(next(301, elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn a_post_has_a_body_and_tells_its_length() {
        let head = |data| String::from_utf8(Fetch::new("http://a:81/x?y", data).unwrap().head(false)).unwrap();
        assert!(head(None).starts_with("GET /x?y HTTP/1.1\r\nHost: a:81\r\n") && !head(None).contains("Content"));
        assert!(head(Some(b"a=b".to_vec())).ends_with("\r\nContent-Length: 3\r\n\r\n"));
    }
}
