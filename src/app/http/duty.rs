//! What a request of HTTP/1.1 owes the server besides its form: a Host (RFC 9112 3.2), and no body without a meaning.

use super::head::Head;
use super::start::Start;
use crate::app::message::Draft;

/// Judges a request whose head is whole.
pub(super) fn judge(head: &Head, has_no_body: bool, draft: &mut Draft) {
    let Start::Request { method, version, .. } = &head.start else { return };
    let hosts = head.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host")).count();
    match hosts {
        0 if owes_host(version) => draft.problem(
            "no Host: a request of HTTP/1.1 must have one, and a server answers 400 (RFC 9112 3.2)",
            "缺少 Host 字段：HTTP/1.1 请求必须带有它，否则服务器应回应 400（RFC 9112 3.2）",
        ),
        0 | 1 => {}
        _ => draft.problem(
            format!("{hosts} Host fields: only one may be there, and a server answers 400 (RFC 9112 3.2)"),
            format!("有 {hosts} 个 Host 字段：只允许一个，服务器应回应 400（RFC 9112 3.2）"),
        ),
    }
    if matches!(method.as_str(), "GET" | "HEAD") && !has_no_body {
        draft.problem(
            format!("{method} with a body: it has no meaning there, and servers may refuse it (RFC 9110 9.3.1, 9.3.2)"),
            format!("{method} 请求带有正文：在此没有意义，服务器可以拒绝（RFC 9110 9.3.1、9.3.2）"),
        );
    }
}

/// Whether a version of 1.1 or one that is read as such.
fn owes_host(version: &str) -> bool {
    matches!(version.as_bytes(), [b'1', b'.', b'1'..=b'9'])
}
