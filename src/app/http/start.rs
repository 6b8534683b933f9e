//! Start lines (RFC 9112 3 and 4): which octets may begin a message, what the line says, and what is wrong with it.

use super::Kind;
use super::head::is_token;
use crate::app::message::{Draft, readable};

/// Methods that are known in small letters too, before their line says that they are such (RFC 9110 9.1, RFC 5789).
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
/// Letters of a method at most.
const LONGEST_METHOD: usize = 16;
/// Octets of a line that is waited for.
const LONGEST_LINE: usize = 16 * 1024;

/// What a start line says.
#[derive(Debug)]
pub(super) enum Start {
    Request { method: String, target: String, version: String },
    Response { version: String, status: u16, reason: String },
}

/// What a direction carries that begins with these octets: `None` where that is no HTTP/1.x, not even nearly.
pub fn begins(octets: &[u8]) -> Option<Kind> {
    let octets = octets.trim_ascii_start();
    if is_status(octets) {
        return Some(Kind::Responses);
    }
    let line = first_line(octets);
    let is_open = line.len() == octets.len() && line.len() < LONGEST_LINE;
    let token = octets.iter().take_while(|octet| is_token(**octet)).count();
    let name = octets.get(..token).unwrap_or_default();
    let is_named = (1..=LONGEST_METHOD).contains(&token);
    let is_request = match octets.get(token) {
        None => is_named && may_be_method(name),
        // Whatever may be a method, once its line says that it is one; else what looks like one, until the line is there.
        Some(b' ' | b'\t') => is_named && (names_version(line) || is_open && may_be_method(name) || is_simple(line)),
        Some(_) => false,
    };
    is_request.then_some(Kind::Requests)
}

/// Whether octets may begin a status line without its version, `200 OK`. Where nobody asked HTTP, such a line is that of
/// another protocol.
pub fn is_bare_status(octets: &[u8]) -> bool {
    let digits = octets.iter().take(3).take_while(|octet| octet.is_ascii_digit()).count();
    let is_class = octets.first().is_some_and(|first| matches!(first, b'1'..=b'5'));
    is_class && (digits == octets.len() || digits == 3 && matches!(octets.get(3), Some(b' ' | b'\r' | b'\n')))
}

/// Whether they surely do: the line is there.
pub(super) fn is_bare_surely(octets: &[u8]) -> bool {
    is_bare_status(octets) && octets.contains(&b'\n')
}

/// Whether octets that may begin a message surely do.
pub(super) fn is_surely(octets: &[u8]) -> bool {
    let octets = octets.trim_ascii_start();
    let line = first_line(octets);
    let is_old = line.len() < octets.len() && is_simple(line);
    let is_response = octets.len() > 4 && is_status(octets) && !matches!(octets.last(), Some(b' ' | b'\t'));
    is_response || is_old || begins(octets) == Some(Kind::Requests) && names_version(line)
}

/// Whether octets that may begin a message most likely do, as far as they came: a method that is known, or a part of its name
/// and nothing else; what begins a status line.
pub(super) fn is_nearly(octets: &[u8]) -> bool {
    let octets = octets.trim_ascii_start();
    let name = octets.get(..octets.iter().take_while(|octet| is_token(**octet)).count()).unwrap_or_default();
    let is_method = !name.is_empty()
        && match octets.get(name.len()..).unwrap_or_default() {
            [] => METHODS.iter().any(|method| method.as_bytes().starts_with(name)),
            [b' ', ..] => METHODS.iter().any(|method| method.as_bytes() == name) && begins(octets).is_some(),
            _ => false,
        };
    is_surely(octets) || is_method || is_status(octets)
}

/// Reads the start line of a message, without its end.
pub(super) fn read(line: &[u8], kind: Kind, draft: &mut Draft) -> Start {
    if matches!(line, [b' ' | b'\t', ..]) {
        draft.problem("blanks before the start line", "起始行之前有空白");
    }
    let line = readable(line.trim_ascii_start());
    match kind {
        Kind::Requests => request(&line, draft),
        Kind::Responses => response(&line, draft),
    }
}

/// All that a request of HTTP/0.9 is (RFC 1945 4.1): `GET` and where.
pub(super) fn is_simple(line: &[u8]) -> bool {
    let target = line.trim_ascii_end().strip_prefix(b"GET ");
    target.is_some_and(|target| target.starts_with(b"/") && !target.contains(&b' '))
}

/// A status line, or what nearly is one: `HTTP 200 OK`, `http/1.1 200`; and that of SHOUTcast, which answers HTTP with one of
/// its own: `ICY 200 OK`.
fn is_status(octets: &[u8]) -> bool {
    let is_icy = octets.strip_prefix(b"ICY ").is_some_and(|rest| rest.first().is_none_or(u8::is_ascii_digit));
    let (name, rest) = octets.split_at(octets.len().min(4));
    let is_http = !name.is_empty() && b"HTTP".get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name));
    let is_version = match rest {
        [] | [b'/', ..] => true,
        [b' ' | b'\t', rest @ ..] => rest.trim_ascii_start().first().is_none_or(u8::is_ascii_digit),
        _ => false,
    };
    is_icy || is_http && is_version
}

/// Whether a line says which HTTP it is, behind a blank.
fn names_version(line: &[u8]) -> bool {
    line.windows(6).any(|six| match six {
        [b' ' | b'\t', name @ ..] => name.eq_ignore_ascii_case(b"HTTP/"),
        _ => false,
    })
}

/// Capitals, or the beginning of a method that is known.
fn may_be_method(name: &[u8]) -> bool {
    let begins = |method: &str| method.as_bytes().get(..name.len()).is_some_and(|own| own.eq_ignore_ascii_case(name));
    name.iter().all(u8::is_ascii_uppercase) || METHODS.iter().any(|method| begins(method))
}

fn first_line(octets: &[u8]) -> &[u8] {
    octets.split(|octet| *octet == b'\n').next().unwrap_or_default()
}

/// `method SP request-target SP HTTP-version` (RFC 9112 3).
fn request(line: &str, draft: &mut Draft) -> Start {
    let (method, rest) = word(line);
    let behind = rest.trim_end_matches(BLANKS);
    let (target, version) = match behind.rsplit_once(BLANKS) {
        Some((target, version)) if is_version(version) => (target.trim_end_matches(BLANKS), version),
        _ if is_version(behind) => ("", behind),
        _ => (rest, ""),
    };
    if version.is_empty() {
        draft.problem(
            "the request line has no version, as in HTTP/0.9: \"METHOD target HTTP/1.1\" is expected",
            "请求行缺少版本号（HTTP/0.9 的写法）：应为“方法 目标 HTTP/1.1”",
        );
    }
    if method.bytes().any(|octet| octet.is_ascii_lowercase()) {
        let capitals = method.to_ascii_uppercase();
        draft.problem(
            format!("the method \"{method}\" is not {capitals}: letters and their case count (RFC 9110 9.1)"),
            format!("方法 “{method}” 不是 {capitals}：方法区分大小写（RFC 9110 9.1）"),
        );
    }
    // (PRI is the preface of HTTP/2, which is not whole here.)
    if method != "PRI" {
        judge_version(version, draft);
    }
    if target.is_empty() {
        draft.problem("the request line has no target", "请求行缺少请求目标");
    } else if target.trim_matches(BLANKS).contains(BLANKS) {
        draft.problem("a blank within the request target: it must be sent as %20", "请求目标中含有空格：应编码为 %20");
    }
    let parted = [method, target, version].into_iter().filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    judge_blanks(line, &parted, draft);
    judge_controls(target, "the request target", "请求目标", draft);
    Start::Request { method: method.into(), target: target.trim_matches(BLANKS).into(), version: number(version) }
}

/// `HTTP-version SP status-code SP [ reason-phrase ]` (RFC 9112 4).
fn response(line: &str, draft: &mut Draft) -> Start {
    let (version, rest) = if is_bare_status(line.as_bytes()) { ("", line) } else { word(line) };
    let (code, _) = word(rest);
    let reason = rest.get(code.len()..).unwrap_or_default();
    let is_code = code.len() == 3 && code.bytes().all(|octet| octet.is_ascii_digit());
    let status = if is_code { code.parse().unwrap_or_default() } else { 0 };
    if !is_code {
        draft.problem("the status line has no status code of three digits", "状态行缺少三位数字的状态码");
    } else if reason.is_empty() {
        draft.problem(
            "no blank behind the status code: one must be there, also without a reason (RFC 9112 4)",
            "状态码之后没有空格：即使没有原因短语也必须有（RFC 9112 4）",
        );
    }
    if version == "ICY" {
        draft.problem(
            "the status line begins with ICY, as SHOUTcast servers write it, and not with HTTP/1.1",
            "状态行以 ICY 开头（SHOUTcast 服务器的写法），而不是 HTTP/1.1",
        );
    } else if !is_version(version) {
        draft.problem(
            "the status line has no version: \"HTTP/1.1 200 OK\" is expected",
            "状态行缺少版本号：应为“HTTP/1.1 200 OK”",
        );
    }
    judge_version(version, draft);
    let reason = reason.strip_prefix(BLANKS).unwrap_or(reason);
    judge_blanks(line.trim_end(), format!("{version} {code} {reason}").trim(), draft);
    judge_controls(reason, "the reason phrase", "原因短语", draft);
    let version = if version == "ICY" { version.into() } else { number(version) };
    Start::Response { version, status, reason: reason.into() }
}

/// What parts the words of a start line: one SP; a recipient may take others for it.
const BLANKS: [char; 2] = [' ', '\t'];

/// The first word, and what stands behind the blanks that follow it.
fn word(line: &str) -> (&str, &str) {
    let (word, rest) = line.split_at(line.find(BLANKS).unwrap_or(line.len()));
    (word, rest.trim_start_matches(BLANKS))
}

fn is_version(word: &str) -> bool {
    word.get(..5).is_some_and(|own| own.eq_ignore_ascii_case("HTTP/"))
}

/// `1.1`; nothing where there is none.
fn number(version: &str) -> String {
    if is_version(version) { version.get(5..).unwrap_or_default().into() } else { String::new() }
}

fn judge_version(version: &str, draft: &mut Draft) {
    if is_version(version) && !version.starts_with("HTTP/") {
        let name: String = version.chars().take(4).collect();
        draft.problem(
            format!("\"{name}\" in small letters: the version's name is HTTP, and its case counts (RFC 9112 2.3)"),
            format!("“{name}” 使用了小写字母：版本名应为 HTTP，区分大小写（RFC 9112 2.3）"),
        );
    }
    let number = number(version);
    match number.as_bytes() {
        // A recipient takes a higher minor version for the highest that it knows (RFC 9110 2.5).
        [b'1', b'.', b'2'..=b'9'] => draft.problem(
            format!("HTTP/{number} is not known: it is read as HTTP/1.1, as a recipient must (RFC 9110 2.5)"),
            format!("HTTP/{number} 是未知的次版本：按规定当作 HTTP/1.1 读取（RFC 9110 2.5）"),
        ),
        [b'2' | b'3'] | [b'2' | b'3', b'.', b'0'..=b'9'] => draft.problem(
            format!(
                "HTTP/{number} in a start line: HTTP/2 and HTTP/3 have none, they are sent in frames (RFC 9113 4); it is read as HTTP/1.1"
            ),
            format!("起始行写着 HTTP/{number}：HTTP/2 与 HTTP/3 没有起始行，而是以帧传送（RFC 9113 4）；此处按 HTTP/1.1 读取"),
        ),
        _ => {}
    }
}

/// `parted`: the line as it should have been sent.
fn judge_blanks(line: &str, parted: &str, draft: &mut Draft) {
    if line != parted {
        draft.problem(
            "its words are not parted by one space each: more of them, or a tab, stand there (RFC 9112 3, 4)",
            "各部分之间不是恰好一个空格：有多余的空格或制表符（RFC 9112 3、4）",
        );
    }
}

fn judge_controls(text: &str, en: &str, zh: &str, draft: &mut Draft) {
    if text.chars().any(|own| own.is_ascii_control() && own != '\t') {
        draft.problem(format!("a control character in {en}"), format!("{zh}中含有控制字符"));
    }
}
