//! Bodies: unpacked where they came packed and are whole, as text where they are text, else in Base64.

use super::form;
use super::shape::{Content, PostData};
use crate::render::charset;
use crate::timeline::Body;
use data_encoding::BASE64;
use encoding_rs::UTF_8;
use flate2::read::{MultiGzDecoder, ZlibDecoder};
use std::borrow::Cow;
use std::io::Read;

/// What stands for the type of a body that has none.
const UNKNOWN: &str = "x-unknown";
/// Octets that a packed body may become; a longer one stays packed.
const MOST_UNPACKED: usize = 8 << 20;

/// The body of a response.
pub(super) fn received<'t>(body: Option<&'t Body>, kind: Option<&'t str>, coding: Option<&str>) -> Content<'t> {
    let mime_type = kind.unwrap_or(UNKNOWN);
    let bare = Content { size: 0, compression: None, mime_type, text: None, encoding: None, comment: None };
    let Some(body) = body else { return bare };
    let (octets, is_whole) = octets(body);
    let coding = coding.map(str::trim).filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"));
    let unpacked = coding.filter(|_| is_whole).and_then(|coding| unpack(&octets, coding));
    let size = unpacked.as_ref().map_or(body.len, |unpacked| unpacked.len() as u64);
    let saved = i64::try_from(size).unwrap_or(i64::MAX).saturating_sub(i64::try_from(body.len).unwrap_or(i64::MAX));
    let comment = match (coding, &unpacked) {
        _ if !is_whole => Some(part(octets.len(), body)),
        (Some(coding), None) => Some(format!("still packed: {coding}")),
        _ => None,
    };
    let compression = unpacked.is_some().then_some(saved);
    let octets = unpacked.unwrap_or(octets);
    let still_packed = coding.is_some() && compression.is_none();
    let decoded = kind.filter(|_| !still_packed).and_then(|kind| decoded(&octets, kind));
    let (text, encoding) = match decoded.map_or_else(|| String::from_utf8(octets), Ok) {
        Ok(text) => ((!text.is_empty()).then_some(text), None),
        Err(error) => (Some(BASE64.encode(error.as_bytes())), Some("base64")),
    };
    Content { size, compression, text, encoding, comment, ..bare }
}

/// The body of a request.
pub(super) fn posted<'t>(body: &'t Body, kind: Option<&'t str>) -> PostData<'t> {
    let mime_type = kind.unwrap_or(UNKNOWN);
    let kept = octets(body);
    let text = match decoded(&kept.0, mime_type) {
        Some(text) => Some(Cow::Owned(text)),
        None => body.text.as_deref().map(Cow::Borrowed),
    };
    let comment = (!kept.1).then(|| part(kept.0.len(), body));
    let is_form = mime_type.split(';').next().unwrap_or_default().trim();
    let is_form = is_form.eq_ignore_ascii_case("application/x-www-form-urlencoded");
    let (params, text, encoding) = match (text, &body.base64) {
        (Some(text), _) if is_form && comment.is_none() => (Some(form::pairs(&text)), None, None),
        (Some(text), _) => (None, Some(text), None),
        (None, Some(base64)) => (None, Some(Cow::Borrowed(base64.as_str())), Some("base64")),
        (None, None) => (None, Some(Cow::Borrowed("")), None),
    };
    PostData { mime_type, params, text, encoding, comment }
}

/// The text in octets whose media type names another encoding than UTF-8, where all of them are of that.
fn decoded(octets: &[u8], kind: &str) -> Option<String> {
    charset::declared(kind).filter(|own| *own != UTF_8).and_then(|own| charset::read(own, octets))
}

/// What is kept of a body, and whether that is all.
fn octets(body: &Body) -> (Vec<u8>, bool) {
    let octets = match (&body.text, &body.base64) {
        (Some(text), _) => text.as_bytes().to_vec(),
        (None, Some(base64)) => BASE64.decode(base64.as_bytes()).unwrap_or_default(),
        (None, None) => Vec::new(),
    };
    let is_whole = octets.len() as u64 == body.len;
    (octets, is_whole)
}

fn part(kept: usize, body: &Body) -> String {
    match kept {
        0 => format!("nothing is kept of its {} octets", body.len),
        kept => format!("the first {kept} of {} octets", body.len),
    }
}

/// Takes one coding off (RFC 9110 8.4.1).
fn unpack(octets: &[u8], coding: &str) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let most = MOST_UNPACKED as u64 + 1;
    match coding.to_ascii_lowercase().as_str() {
        "gzip" | "x-gzip" => MultiGzDecoder::new(octets).take(most).read_to_end(&mut out).ok()?,
        "deflate" => ZlibDecoder::new(octets).take(most).read_to_end(&mut out).ok()?,
        _ => return None,
    };
    (out.len() <= MOST_UNPACKED).then_some(out)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::timeline::Framing;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use std::io::Write;

    fn body(octets: &[u8], len: u64) -> Body {
        let text = std::str::from_utf8(octets).ok().map(String::from);
        let base64 = text.is_none().then(|| BASE64.encode(octets));
        Body { framing: Framing::ContentLength, len, promised: Some(len), chunks: None, text, base64, gaps: Vec::new() }
    }

    fn gzip(octets: &[u8]) -> Vec<u8> {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        packer.write_all(octets).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_is_packed_is_unpacked() {
        let text = "synfin ".repeat(100);
        let packed = gzip(text.as_bytes());
        let body = body(&packed, packed.len() as u64);
        let told = received(Some(&body), Some("text/plain"), Some("GZIP"));
        assert_eq!((told.size, told.text.as_deref(), told.encoding), (700, Some(text.as_str()), None));
        assert_eq!(told.compression, Some(700 - packed.len() as i64));
        let other = received(Some(&body), None, Some("br"));
        assert_eq!((other.mime_type, other.encoding, other.compression), (UNKNOWN, Some("base64"), None));
        assert_eq!(other.comment.as_deref(), Some("still packed: br"));
    }

    #[test]
    fn a_bomb_stays_packed() {
        let packed = gzip(&vec![0; MOST_UNPACKED + 1]);
        let body = body(&packed, packed.len() as u64);
        let told = received(Some(&body), None, Some("gzip"));
        assert_eq!((told.size, told.compression), (packed.len() as u64, None));
    }

    #[test]
    fn what_is_kept_in_part_is_called_that() {
        let cut = body(b"abc", 10);
        let told = received(Some(&cut), None, None);
        assert_eq!((told.size, told.text.as_deref()), (10, Some("abc")));
        assert_eq!(told.comment.as_deref(), Some("the first 3 of 10 octets"));
        let form = Some("application/x-www-form-urlencoded; charset=utf-8");
        let [whole, part, binary] = [body(b"a=1", 3), body(b"a=1", 4), body(b"\xff", 1)];
        assert_eq!(posted(&whole, form).params.map(|all| all.len()), Some(1));
        assert_eq!(posted(&part, form).text.as_deref(), Some("a=1"));
        assert_eq!(posted(&binary, None).encoding, Some("base64"));
    }

    #[test]
    fn text_in_a_charset_that_is_named_is_told_as_text() {
        for (octets, kind, text) in [
            (&b"h\0i\0`O}Y"[..], "text/plain; charset=utf-16le", "hi你好"),
            (b"\xc4\xe3\xba\xc3", "text/html; charset=GBK", "你好"),
            // Looks like UTF-8.
            (b"\xd0\xbb\xd0\xbb", "text/html; charset=gb2312", "谢谢"),
        ] {
            let kept = body(octets, octets.len() as u64);
            let told = received(Some(&kept), Some(kind), None);
            assert_eq!((told.text.as_deref(), told.encoding, told.size), (Some(text), None, octets.len() as u64));
            let sent = posted(&kept, Some(kind));
            assert_eq!((sent.text.as_deref(), sent.encoding), (Some(text), None));
        }
        let wrong = body(b"\xff\xff", 2);
        let wrong = received(Some(&wrong), Some("text/plain; charset=gbk"), None);
        assert_eq!(wrong.encoding, Some("base64"));
    }
}
