//! Why a message has no body (RFC 9112 6.3), and what stands behind one that is read as no other.

use crate::timeline::{Content, Header, Http2KnownBy, HttpRequest, HttpResponse, Lang};

/// Characters of the protocol that an upgrade names.
const MOST_NAME: usize = 60;

/// In a sentence, as it was recorded: not safe for a terminal. `asked`: the request that it answers.
pub(super) fn why(content: &Content, asked: Option<&Content>, lang: Lang) -> Option<String> {
    let said = |en: &str, zh: &str| Some(lang.pick(en, zh).to_string());
    match content {
        Content::Http2Preface(preface) => match preface.known_by {
            Http2KnownBy::PriorKnowledge => said(
                "HTTP/2 with prior knowledge (RFC 9113 3.3): frames follow both ways, which are not decoded",
                "客户端预先知道对方支持 HTTP/2（RFC 9113 3.3）：其后双向都是帧，不作解析",
            ),
            Http2KnownBy::Upgrade => said(
                "HTTP/2 after the upgrade (RFC 9113 3.4): frames follow both ways, which are not decoded",
                "升级为 HTTP/2（RFC 9113 3.4）：其后双向都是帧，不作解析",
            ),
        },
        Content::HttpRequest(request) => of_request(request, lang),
        Content::HttpResponse(response) => of_response(response, asked, lang),
        _ => None,
    }
}

fn of_request(request: &HttpRequest, lang: Lang) -> Option<String> {
    let said = |en: &str, zh: &str| Some(lang.pick(en, zh).to_string());
    match (&request.body, request.method.as_str()) {
        (Some(body), _) if body.promised == Some(0) => empty(lang),
        (Some(_), _) => None,
        (None, "GET" | "HEAD") => {
            said("no body: all that it asks for stands in its head", "没有正文：所请求的一切都写在头部")
        }
        (None, _) => said(
            "no body: neither Content-Length nor Transfer-Encoding announces one (RFC 9112 6.3)",
            "没有正文：既没有 Content-Length 也没有 Transfer-Encoding（RFC 9112 6.3）",
        ),
    }
}

fn of_response(response: &HttpResponse, asked: Option<&Content>, lang: Lang) -> Option<String> {
    let HttpResponse { status, headers, body, .. } = response;
    let method = match asked {
        Some(Content::HttpRequest(request)) => request.method.as_str(),
        _ => "",
    };
    match body {
        Some(body) if body.promised == Some(0) => return empty(lang),
        Some(_) => return None,
        None => {}
    }
    let length = field(headers, "content-length").is_some();
    let (en, zh) = match (status, method) {
        (101, _) => {
            let name: String = field(headers, "upgrade").unwrap_or("?").chars().take(MOST_NAME).collect();
            (
                format!(
                    "no body; what follows both ways is no longer HTTP/1.1 but {name} (RFC 9110 15.2.2): it is not read"
                ),
                format!("没有正文；此后双向都不再是 HTTP/1.1，而是 {name}（RFC 9110 15.2.2）：不再解析"),
            )
        }
        (100..200, _) => (
            format!(
                "no body: a response with status {status} never has one, the final response follows (RFC 9112 6.3)"
            ),
            format!("没有正文：状态码 {status} 的响应从不带正文，最终响应随后到来（RFC 9112 6.3）"),
        ),
        (204, _) if length => (
            "no body: status 204 never has one (RFC 9112 6.3); Content-Length must not stand there (RFC 9110 8.6)"
                .into(),
            "没有正文：状态码 204 的响应从不带正文（RFC 9112 6.3）；不应带有 Content-Length（RFC 9110 8.6）".into(),
        ),
        (204 | 304, _) => {
            let (en, zh) = counts(length);
            (
                format!("no body: status {status} never has one (RFC 9112 6.3){en}"),
                format!("没有正文：状态码 {status} 的响应从不带正文（RFC 9112 6.3）{zh}"),
            )
        }
        (_, "HEAD") => {
            let (en, zh) = counts(length);
            (
                format!("no body: it answers HEAD (RFC 9112 6.3){en}"),
                format!("没有正文：它是对 HEAD 的应答（RFC 9112 6.3）{zh}"),
            )
        }
        (200..300, "CONNECT") => (
            "no body: behind this head the tunnel begins, what follows is not read as HTTP (RFC 9112 6.3)".into(),
            "没有正文：头部之后就是隧道，其后内容不作为 HTTP 解析（RFC 9112 6.3）".into(),
        ),
        _ => return None,
    };
    Some(if lang == Lang::En { en } else { zh })
}

/// What a length says that counts no octets of this message (RFC 9110 8.6).
fn counts(is_there: bool) -> (&'static str, &'static str) {
    match is_there {
        true => (
            "; Content-Length counts what GET would get (RFC 9110 8.6)",
            "；Content-Length 是 GET 会得到的长度（RFC 9110 8.6）",
        ),
        false => ("", ""),
    }
}

fn empty(lang: Lang) -> Option<String> {
    let (en, zh) = ("no body: Content-Length says 0", "没有正文：Content-Length 为 0");
    Some(lang.pick(en, zh).to_string())
}

fn field<'h>(headers: &'h [Header], name: &str) -> Option<&'h str> {
    headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|own| own.value.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::timeline::{Body, Framing};

    fn request(method: &str) -> Content {
        let (method, target, version) = (method.into(), "/".into(), "1.1".into());
        Content::HttpRequest(HttpRequest { method, target, version, headers: Vec::new(), body: None })
    }

    fn response(status: u16, fields: &[(&str, &str)], body: Option<Body>) -> Content {
        let headers =
            fields.iter().map(|(name, value)| Header { name: (*name).into(), value: (*value).into(), masked: false });
        let (version, reason, headers) = ("1.1".into(), String::new(), headers.collect());
        Content::HttpResponse(HttpResponse { version, status, reason, headers, body })
    }

    #[test]
    fn each_that_has_no_body_says_why() {
        let length = [("Content-Length", "12")];
        let empty = || {
            let (framing, promised) = (Framing::ContentLength, Some(0));
            Some(Body { framing, len: 0, promised, chunks: None, text: None, base64: None, gaps: Vec::new() })
        };
        for (content, asked, en, zh) in [
            (request("POST"), None, "neither Content-Length nor", "既没有 Content-Length"),
            (request("GET"), None, "stands in its head", "都写在头部"),
            (
                response(200, &length, None),
                Some(request("HEAD")),
                "answers HEAD (RFC 9112 6.3); Content-Length counts what GET",
                "对 HEAD 的应答",
            ),
            (response(204, &length, None), None, "must not stand there", "不应带有"),
            (
                response(304, &length, None),
                None,
                "status 304 never has one (RFC 9112 6.3); Content-Length counts",
                "304 的响应从不带正文",
            ),
            (response(304, &[], None), None, "status 304 never has one (RFC 9112 6.3)", "304 的响应从不带正文"),
            (
                response(101, &[("Upgrade", "websocket")], None),
                None,
                "no longer HTTP/1.1 but websocket",
                "而是 websocket",
            ),
            (response(100, &[], None), None, "the final response follows", "最终响应随后到来"),
            (response(200, &[], None), Some(request("CONNECT")), "tunnel", "隧道"),
            (response(200, &[], empty()), None, "Content-Length says 0", "为 0"),
        ] {
            let told = |lang| why(&content, asked.as_ref(), lang).unwrap();
            assert!(told(Lang::En).contains(en), "{}", told(Lang::En));
            assert!(told(Lang::Zh).contains(zh), "{}", told(Lang::Zh));
        }
        assert_eq!(why(&response(200, &[], None), Some(&request("GET")), Lang::En), None);
    }
}
