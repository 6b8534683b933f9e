//! `name=value&…` as it stands in a query and in a form that is posted (application/x-www-form-urlencoded).

use super::shape::Pair;

/// Pairs shown at most.
const MOST: usize = 1000;

pub(super) fn pairs(text: &str) -> Vec<Pair> {
    let pieces = text.split('&').filter(|piece| !piece.is_empty()).take(MOST);
    let pair = |piece: &str| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        Pair { name: decoded(name), value: decoded(value) }
    };
    pieces.map(pair).collect()
}

/// `+` is a space, and `%XX` an octet of UTF-8.
fn decoded(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let code = code.filter(|two| two.bytes().all(|octet| octet.is_ascii_hexdigit()));
        let code = code.and_then(|two| u8::from_str_radix(two, 16).ok());
        (out, rest) = match (first, code) {
            (b'%', Some(code)) => (with(out, code), after.get(2..).unwrap_or_default()),
            (b'+', _) => (with(out, b' '), after),
            (other, _) => (with(out, *other), after),
        };
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn with(mut octets: Vec<u8>, octet: u8) -> Vec<u8> {
    octets.push(octet);
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded() {
        let told: Vec<String> =
            pairs("a=1+2&%E4%B8%AD=%zz%&&b&c=d=e").into_iter().map(|p| p.name + "→" + &p.value).collect();
        assert_eq!(told, ["a→1 2", "中→%zz%", "b→", "c→d=e"]);
    }
}
