//! Cookies as header fields carry them (RFC 6265 4.1 and 4.2).

use super::shape::Cookie;

/// Those of a `Cookie` field.
pub(super) fn sent(field: &str) -> impl Iterator<Item = Cookie<'_>> {
    field.split(';').filter_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        Some(Cookie { name: name.trim(), value: value.trim(), ..Cookie::default() })
    })
}

/// That of a `Set-Cookie` field.
pub(super) fn set(field: &str) -> Option<Cookie<'_>> {
    let mut parts = field.split(';');
    let mut cookie = sent(parts.next()?).next()?;
    for part in parts {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "path" => cookie.path = Some(value),
            "domain" => cookie.domain = Some(value),
            "expires" => cookie.expires = iso(value),
            "httponly" => cookie.http_only = Some(true),
            "secure" => cookie.secure = Some(true),
            _ => {}
        }
    }
    Some(cookie)
}

/// `Wed, 21 Oct 2026 07:28:00 GMT` as ISO 8601.
fn iso(date: &str) -> Option<String> {
    let date = jiff::fmt::rfc2822::DateTimeParser::new().relaxed_weekday(true).parse_timestamp(date).ok()?;
    Some(date.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_read_with_its_attributes() {
        let told = set("id=a=b ; Path=/x; HttpOnly;SECURE; Expires=Wed, 21 Oct 2026 07:28:00 GMT; Max-Age=3");
        let expected = Cookie {
            name: "id",
            value: "a=b",
            path: Some("/x"),
            expires: Some("2026-10-21T07:28:00Z".into()),
            http_only: Some(true),
            secure: Some(true),
            ..Cookie::default()
        };
        assert_eq!(told, Some(expected));
        assert_eq!(set("nothing"), None);
        assert_eq!(sent("a=1; b; c=2").map(|cookie| cookie.value).collect::<Vec<_>>(), ["1", "2"]);
    }
}
