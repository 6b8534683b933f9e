//! The served folder as a web site: paths become files, folders their index.html or a list.

use super::answer::{Answer, Body, is_known};
use super::fault::{Fault, fault};
use super::pages;
use super::request::{Request, decode};
use crate::transfer::protocol::Refusal;
use crate::transfer::root::Root;
use std::fs::File;

pub(super) const HTML: &str = "text/html; charset=utf-8";
pub(super) const TEXT: &str = "text/plain; charset=utf-8";
const INDEX: &[u8] = b"index.html";
/// What is sent as what, by the end of its name.
const KINDS: [(&str, &str); 15] = [
    ("html", HTML),
    ("htm", HTML),
    ("txt", TEXT),
    ("md", TEXT),
    ("css", "text/css; charset=utf-8"),
    ("js", "text/javascript; charset=utf-8"),
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("svg", "image/svg+xml"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("gif", "image/gif"),
    ("ico", "image/x-icon"),
    ("pdf", "application/pdf"),
    ("zip", "application/zip"),
];

/// What GET and HEAD are answered with.
pub(super) fn get(root: &Root, request: &Request) -> Result<Answer, Fault> {
    let (path, query) = request.path()?;
    let decoded = decode(path)?;
    let name = decoded.strip_prefix(b"/").unwrap_or(&decoded);
    if name.is_empty() || name.ends_with(b"/") {
        let index = [name, INDEX].concat();
        return match root.file(&index) {
            Ok((file, length)) => Ok(send(file, length, INDEX, request)),
            Err(_) => {
                let entries = root.entries(if name.is_empty() { b"." } else { name }).map_err(refused)?;
                Ok(Answer::page(200, HTML, pages::list(&String::from_utf8_lossy(&decoded), &entries)))
            }
        };
    }
    match root.file(name) {
        Ok((file, length)) => Ok(send(file, length, name, request)),
        // Links in its page are relative to the folder only where the path ends with a slash.
        Err(Refusal::NotAFile) if root.entries(name).is_ok() => {
            let query = query.map_or_else(String::new, |query| format!("?{query}"));
            let location = format!("{}/{query}", pages::encode(&decoded));
            let page = pages::moved(301, &location);
            Ok(Answer { location: Some(location), ..Answer::page(301, HTML, page) })
        }
        Err(why) => Err(refused(why)),
    }
}

fn send(file: File, length: u64, name: &[u8], request: &Request) -> Answer {
    let modified = file.metadata().and_then(|facts| facts.modified()).ok();
    let since = request.fields.first("if-modified-since").filter(|_| request.fields.first("if-none-match").is_none());
    let is_known = modified.zip(since).is_some_and(|(modified, since)| is_known(modified, since));
    let (status, body) = if is_known { (304, Body::None) } else { (200, Body::File(file, length)) };
    Answer { status, why: None, location: None, modified, kind: kind(name), body }
}

fn kind(name: &[u8]) -> &'static str {
    let dot = name.iter().rposition(|octet| *octet == b'.');
    let ending = dot.and_then(|dot| name.get(dot + 1..)).unwrap_or_default();
    let found = KINDS.iter().find(|(known, _)| known.as_bytes().eq_ignore_ascii_case(ending));
    found.map_or("application/octet-stream", |(_, kind)| kind)
}

fn refused(why: Refusal) -> Fault {
    let status = match why {
        Refusal::Outside | Refusal::Unreadable => 403,
        _ => 404,
    };
    let text = why.text();
    fault(status, text.en, text.zh)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::transfer::http::request::read;
    use std::fs;
    use std::path::Path;

    fn answer(root: &Root, target: &str) -> (u16, Option<String>, u64) {
        let (request, _) = read(format!("GET {target} HTTP/1.0\r\n\r\n").as_bytes()).unwrap().unwrap();
        let answer = get(root, &request).unwrap_or_else(Answer::from);
        (answer.status, answer.location.clone(), answer.length())
    }

    #[test]
    fn paths_lead_to_files_lists_and_redirects_and_never_out() {
        let house = tempfile::tempdir().unwrap();
        let path = |name: &str| house.path().join(name);
        fs::create_dir_all(path("root/sub/课 件")).unwrap();
        fs::write(path("secret"), "secret").unwrap();
        fs::write(path("root/index.html"), "front").unwrap();
        fs::write(path("root/sub/a b.txt"), "1234567").unwrap();
        let root = Root::open(Path::new(&path("root"))).unwrap();
        assert_eq!(answer(&root, "/"), (200, None, 5));
        assert_eq!(answer(&root, "/index.html?x"), (200, None, 5));
        assert_eq!(answer(&root, "/sub/a%20b.txt"), (200, None, 7));
        assert_eq!(answer(&root, "/sub").1.as_deref(), Some("/sub/"));
        assert_eq!(
            answer(&root, "/sub/%E8%AF%BE%20%E4%BB%B6?a=b").1.as_deref(),
            Some("/sub/%E8%AF%BE%20%E4%BB%B6/?a=b")
        );
        assert_eq!(answer(&root, "/sub/").0, 200);
        for (missing, status) in [
            ("/none", 404),
            ("/none/", 404),
            ("/index.html/", 404),
            ("/../secret", 403),
            ("/%2e%2e/secret", 403),
            ("//etc/passwd", 403),
            ("/%00", 404),
            ("/%", 400),
        ] {
            assert_eq!(answer(&root, missing).0, status, "{missing}");
        }
    }

    #[test]
    fn the_ending_says_the_type() {
        assert_eq!((kind(b"a/b.HTML"), kind(b"x.png")), (HTML, "image/png"));
        assert_eq!((kind(b"png"), kind(b"x.")), ("application/octet-stream", "application/octet-stream"));
    }
}
