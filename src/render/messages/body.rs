//! What a body holds: its media type, the encoding of its text, and where it is no text its first octets.

use crate::render::charset;
use crate::timeline::{Content, Gap, Header, Lang};
use data_encoding::BASE64;
use encoding_rs::{Encoding, GBK, UTF_8};
use std::borrow::Cow;

/// Octets shown of what is no text.
const MOST_OCTETS: usize = 32;
/// Octets in a line of them.
const IN_LINE: usize = 16;

/// A body as far as it can be shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Shown<'m> {
    /// Its beginning, not safe for a terminal; empty where it is no text.
    pub(super) text: Cow<'m, str>,
    /// The name of the encoding of `text`, or that there is none.
    pub(super) encoding: Option<String>,
    /// As the head has it: not safe for a terminal.
    pub(super) media_type: Option<&'m str>,
    /// Lines of its first octets where it is no text: `89 50 4e 47   .PNG`.
    pub(super) octets: Vec<String>,
    /// There are more of them.
    pub(super) has_more: bool,
}

impl<'m> Shown<'m> {
    pub(super) fn of(content: &'m Content, lang: Lang) -> Shown<'m> {
        let (headers, body) = match content {
            Content::HttpRequest(request) => (&request.headers, request.body.as_ref()),
            Content::HttpResponse(response) => (&response.headers, response.body.as_ref()),
            Content::Text(text) => return Shown { text: Cow::Borrowed(&text.text), ..Shown::default() },
            Content::Data(data) => return Shown { text: Cow::Borrowed(&data.hex), ..Shown::default() },
            _ => return Shown::default(),
        };
        let Some(body) = body else { return Shown::default() };
        let whole = Kept { text: body.text.as_deref(), base64: body.base64.as_deref(), len: body.len };
        Shown::kept(whole, headers, lang)
    }

    /// What came behind a gap in a body.
    pub(super) fn behind(gap: &'m Gap, content: &'m Content, lang: Lang) -> Shown<'m> {
        let headers = match content {
            Content::HttpRequest(request) => request.headers.as_slice(),
            Content::HttpResponse(response) => response.headers.as_slice(),
            _ => &[],
        };
        Shown::kept(Kept { text: gap.text.as_deref(), base64: gap.base64.as_deref(), len: 0 }, headers, lang)
    }

    fn kept(kept: Kept<'m>, headers: &'m [Header], lang: Lang) -> Shown<'m> {
        let value = |name: &str| {
            headers.iter().find(|header: &&Header| header.name.eq_ignore_ascii_case(name)).map(|own| own.value.as_str())
        };
        let media_type = value("content-type");
        let shown = Shown { media_type, ..Shown::default() };
        let declared = media_type.and_then(charset::declared);
        if let Some(text) = kept.text {
            // Octets of another encoding may look like UTF-8.
            let other = declared.filter(|own| *own != UTF_8 && !text.is_ascii());
            if let Some((encoding, text)) = other.and_then(|own| Some((own, charset::read(own, text.as_bytes())?))) {
                return Shown { text: Cow::Owned(text), encoding: Some(named(encoding, lang)), ..shown };
            }
            let name = if text.is_ascii() { "ASCII" } else { "UTF-8" };
            return Shown { text: Cow::Borrowed(text), encoding: Some(name.into()), ..shown };
        }
        let octets = kept.base64.and_then(|base64| BASE64.decode(base64.as_bytes()).ok()).unwrap_or_default();
        if octets.is_empty() {
            return shown;
        }
        let is_packed = value("content-encoding").is_some_and(|coding| !coding.trim().eq_ignore_ascii_case("identity"));
        if let Some((text, encoding)) = (!is_packed).then(|| decoded(&octets, media_type, lang)).flatten() {
            return Shown { text: Cow::Owned(text), encoding: Some(encoding), ..shown };
        }
        let no_text = match (is_packed, lang) {
            (true, _) => format!("Content-Encoding {}", value("content-encoding").unwrap_or_default()),
            (false, Lang::En) => "no text".into(),
            (false, Lang::Zh) => "非文本".into(),
        };
        let has_more = kept.len.max(octets.len() as u64) > MOST_OCTETS as u64;
        Shown { encoding: Some(no_text), octets: dump(&octets), has_more, ..shown }
    }
}

/// Octets of a body as the contract has them.
struct Kept<'m> {
    text: Option<&'m str>,
    base64: Option<&'m str>,
    /// How many there were, kept or not.
    len: u64,
}

fn named(encoding: &'static Encoding, lang: Lang) -> String {
    let name = encoding.name().to_ascii_uppercase();
    match lang {
        Lang::En => format!("{name}, as its charset says"),
        Lang::Zh => format!("{name}（由 charset 指明）"),
    }
}

/// Text in the encoding that the media type names, or in the one that is guessed. (What is UTF-8 was told as such before.)
fn decoded(octets: &[u8], media_type: Option<&str>, lang: Lang) -> Option<(String, String)> {
    let media_type = media_type.unwrap_or_default();
    let is_text = media_type.trim_start().get(..5).is_some_and(|own| own.eq_ignore_ascii_case("text/"));
    match charset::declared(media_type) {
        Some(encoding) => charset::read(encoding, octets).map(|text| (text, named(encoding, lang))),
        None if is_text && !octets.contains(&0) => {
            let guessed = lang.pick("GBK as far as one can guess", "编码推测为 GBK").to_string();
            charset::read(GBK, octets).map(|text| (text, guessed))
        }
        None => None,
    }
}

/// The first octets, in hexadecimal and as ASCII.
fn dump(octets: &[u8]) -> Vec<String> {
    octets.get(..MOST_OCTETS).unwrap_or(octets).chunks(IN_LINE).map(line).collect()
}

fn line(octets: &[u8]) -> String {
    let hex: Vec<String> = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let ascii = octets.iter().map(|octet| if octet.is_ascii_graphic() { char::from(*octet) } else { '.' });
    format!("{:<width$}   {}", hex.join(" "), ascii.collect::<String>(), width = 3 * IN_LINE - 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;
    use crate::timeline::{Body, Framing, HttpResponse};

    fn response(fields: &[(&str, &str)], octets: &[u8]) -> Content {
        let headers =
            fields.iter().map(|(name, value)| Header { name: (*name).into(), value: (*value).into(), masked: false });
        let base64 = Some(BASE64.encode(octets));
        let body = Body {
            framing: Framing::UntilClose,
            len: 40,
            promised: None,
            chunks: None,
            text: None,
            base64,
            gaps: Vec::new(),
        };
        let (version, reason) = ("1.1".into(), "OK".into());
        Content::HttpResponse(HttpResponse {
            version,
            status: 200,
            reason,
            headers: headers.collect(),
            body: Some(body),
        })
    }

    #[test]
    fn what_is_no_text_is_shown_octet_by_octet() {
        let content =
            response(&[("Content-Type", "image/png")], b"\x89PNG\r\n\x1a\n\xff\x00\x01\x02\x03\x04\x05\x06\x07");
        let shown = Shown::of(&content, Lang::En);
        let lines =
            ["89 50 4e 47 0d 0a 1a 0a ff 00 01 02 03 04 05 06   .PNG............", &format!("{:<47}   .", "07")];
        assert_eq!((shown.octets, shown.encoding.as_deref()), (lines.map(String::from).to_vec(), Some("no text")));
        assert_eq!((shown.media_type, &*shown.text), (Some("image/png"), ""));
        let many = response(&[], &[0xff; 2000]);
        let shown = Shown::of(&many, Lang::Zh);
        assert_eq!((shown.octets.len(), shown.has_more, shown.encoding.as_deref()), (2, true, Some("非文本")));
    }

    #[test]
    fn text_that_is_no_utf_8_is_decoded_and_it_is_said_how() {
        let octets = GBK.encode("你好").0;
        for (kind, lang, encoding) in [
            ("text/html; charset=gb2312", Lang::En, "GBK, as its charset says"),
            ("text/html", Lang::En, "GBK as far as one can guess"),
            ("text/html", Lang::Zh, "编码推测为 GBK"),
        ] {
            let content = response(&[("content-type", kind)], &octets);
            let shown = Shown::of(&content, lang);
            assert_eq!((&*shown.text, shown.encoding.as_deref()), ("你好", Some(encoding)));
        }
        let cut = response(&[("content-type", "text/html")], &octets[..3]);
        assert_eq!(Shown::of(&cut, Lang::En).text, "你");
        let packed = response(&[("content-type", "text/html"), ("Content-Encoding", "gzip")], &octets);
        assert_eq!(Shown::of(&packed, Lang::En).encoding.as_deref(), Some("Content-Encoding gzip"));
    }
}
