//! Text of a body in the encoding that its media type names (RFC 9110 8.3.2).

use encoding_rs::Encoding;

/// The encoding that `text/html; charset=gb2312` names, if it is one that is known.
pub(super) fn declared(media_type: &str) -> Option<&'static Encoding> {
    let mut parameters = media_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('='));
    let (_, label) = parameters.find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))?;
    Encoding::for_label(label.trim().trim_matches('"').as_bytes())
}

/// The text, where all octets are of that encoding. Its beginning may end within a character: that one is left out.
pub(super) fn read(encoding: &'static Encoding, octets: &[u8]) -> Option<String> {
    let (text, _) = encoding.decode_with_bom_removal(octets);
    let whole = text.trim_end_matches('\u{fffd}');
    (!whole.contains('\u{fffd}') && !whole.is_empty()).then(|| whole.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_found_by_its_label() {
        let name = |kind: &str| declared(kind).map(Encoding::name);
        assert_eq!(name("text/plain; a=b; Charset=\"utf-16LE\""), Some("UTF-16LE"));
        assert_eq!(
            [name("text/plain;charset=gb2312"), name("text/plain"), name("a; charset=x")],
            [Some("GBK"), None, None]
        );
        assert_eq!(read(encoding_rs::UTF_16LE, b"\xff\xfeh\0i\0!").as_deref(), Some("hi"));
        assert_eq!(read(encoding_rs::GBK, b"\xc4\xe3\xff\xff\xba\xc3"), None);
    }
}
