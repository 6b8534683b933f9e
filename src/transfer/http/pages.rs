//! The pages that the server writes itself: errors, lists of folders, and what a POST brought.

use super::fault::reason;
use super::request::decode;
use crate::safe::safe;
use crate::timeline::Text;
use std::fmt::Write as _;

/// Fields of a form that are told.
const MOST_FIELDS: usize = 64;
/// Characters of a name or value that are told.
const MOST_CHARS: usize = 500;
pub(super) const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn error(status: u16, why: &Text) -> String {
    let title = format!("{status} {}", reason(status));
    let (en, zh) = (html(&why.en), html(&why.zh));
    page(&title, &format!("<h1>{title}</h1>\n<p>{en}</p>\n<p lang=\"zh\">{zh}</p>\n"))
}

pub(super) fn moved(status: u16, to: &str) -> String {
    let (title, to) = (format!("{status} {}", reason(status)), html(to));
    page(&title, &format!("<h1>{title}</h1>\n<p><a href=\"{to}\">{to}</a></p>\n"))
}

/// The list of a folder: names, and whether each is a folder.
pub(super) fn list(path: &str, entries: &[(Vec<u8>, bool)]) -> String {
    let title = html(&safe(path));
    let mut body = format!("<h1>{title}</h1>\n<ul>\n");
    for (name, is_folder) in entries {
        let slash = if *is_folder { "/" } else { "" };
        let shown = String::from_utf8_lossy(name);
        // `./`: a name with a colon in it is no scheme.
        let _ = writeln!(body, "<li><a href=\"./{}{slash}\">{}{slash}</a></li>", encode(name), html(&safe(&shown)));
    }
    body.push_str("</ul>\n");
    page(&title, &body)
}

/// What came with a POST, as plain text: how long it was, of which type, and the fields of a form.
pub(super) fn posted(target: &str, kind: Option<&str>, length: u64, kept: &[u8]) -> String {
    let shown = kind.map_or_else(|| "no Content-Type".into(), |kind| format!("Content-Type: {}", safe(kind)));
    let mut text = format!("POST {}\n{length} octets came, {shown}\n", safe(target));
    let is_form =
        kind.is_some_and(|kind| kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM)));
    if !is_form {
        return text;
    }
    let fields = String::from_utf8_lossy(kept);
    let mut fields = fields.split('&').filter(|field| !field.is_empty());
    for field in fields.by_ref().take(MOST_FIELDS) {
        let (name, value) = field.split_once('=').unwrap_or((field, ""));
        let _ = writeln!(text, "{} = {}", plain(name), plain(value));
    }
    if (kept.len() as u64) < length || fields.next().is_some() {
        text.push_str("…\n");
    }
    text
}

/// A name or value of a form: `+` is a blank, `%XX` an octet.
fn plain(text: &str) -> String {
    let blanks = text.replace('+', " ");
    let octets = decode(&blanks).unwrap_or_else(|_| blanks.clone().into_bytes());
    let text = String::from_utf8_lossy(&octets);
    let mut shown: String = safe(&text).chars().take(MOST_CHARS).collect();
    if shown.chars().count() == MOST_CHARS {
        shown.push('…');
    }
    shown
}

/// A path with all that it may not hold as it is percent-encoded; slashes stay.
pub(super) fn encode(path: &[u8]) -> String {
    let mut out = String::with_capacity(path.len());
    for &octet in path {
        if octet.is_ascii_alphanumeric() || b"-._~/".contains(&octet) {
            out.push(octet.into());
        } else {
            let _ = write!(out, "%{octet:02X}");
        }
    }
    out
}

fn page(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"><title>{title}</title></head>\n<body>\n{body}</body></html>\n"
    )
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_told_field_by_field() {
        let told =
            posted("/form", Some("application/x-www-form-urlencoded; charset=utf-8"), 30, b"name=a+b&%E6%96%87=%1b&x");
        assert_eq!(
            told,
            "POST /form\n30 octets came, Content-Type: application/x-www-form-urlencoded; charset=utf-8\nname = a b\n文 = ␛\nx = \n…\n"
        );
        assert_eq!(posted("/", None, 3, b"a=b"), "POST /\n3 octets came, no Content-Type\n");
    }

    #[test]
    fn names_cannot_break_out_of_a_list() {
        let told = list("/", &[(b"<b>\"\x1b".to_vec(), false), (b"a:b".to_vec(), true)]);
        assert!(told.contains("<a href=\"./%3Cb%3E%22%1B\">&lt;b&gt;&quot;␛</a>"), "{told}");
        assert!(told.contains("<a href=\"./a%3Ab/\">a:b/</a>"), "{told}");
    }
}
