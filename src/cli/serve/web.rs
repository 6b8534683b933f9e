//! What the web server does, a line for each event.

use super::who_waits;
use crate::render::safe;
use crate::timeline::Lang;
use crate::transfer::http::WebEvent;
use colored::Colorize;
use std::io::{self, Write};

/// One event, one line.
pub(super) fn tell(event: &WebEvent, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let number = |client: &u64| format!("#{client}").bold();
    match event {
        WebEvent::Listening { local } => {
            let words = lang.pick("listening on", "正在监听");
            let end = lang.pick("(Ctrl-C ends)", "（按 Ctrl-C 结束）");
            writeln!(out, "{words} {}  {end}", format!("http://{local}/").bold())
        }
        WebEvent::Accepted { client, peer, local } => {
            let words = lang.pick("connected to", "已连接到");
            writeln!(out, "{} {peer} {words} {local}", number(client))
        }
        WebEvent::Request { client, method, target, minor } => {
            let (method, target) = (safe(method), safe(target));
            writeln!(out, "{} {method} {}  (HTTP/1.{minor})", number(client), target.bold())
        }
        WebEvent::Body { client, octets } => match lang {
            Lang::En => writeln!(out, "{} the body: {octets} octets", number(client)),
            Lang::Zh => writeln!(out, "{} 正文：{octets} 字节", number(client)),
        },
        WebEvent::Answered { client, status, reason, octets, why, location, keeps_open } => {
            let line = format!("{status} {reason}");
            let line = if *status < 400 { line.green() } else { line.red() };
            let leads = location.as_ref().map_or_else(String::new, |to| format!(" → {}", safe(to)));
            let why = why
                .as_ref()
                .map_or_else(String::new, |why| format!("{}{}", lang.pick(": ", "："), safe(why.get(lang))));
            let then = match keeps_open {
                true => lang.pick("the connection stays open", "连接保持打开"),
                false => lang.pick("Connection: close", "Connection: close"),
            };
            match lang {
                Lang::En => writeln!(out, "{} {line}{leads}{why}  ({octets} octets; {then})", number(client)),
                Lang::Zh => writeln!(out, "{} {line}{leads}{why}  （{octets} 字节；{then}）", number(client)),
            }
        }
        WebEvent::Failed { client, error } => {
            let words = lang.pick("failed:", "失败：").red();
            writeln!(out, "{} {words} {}", number(client), safe(&error.to_string()))
        }
        WebEvent::Closed { client, first } => writeln!(out, "{} {}", number(client), who_waits(*first, lang)),
        WebEvent::NotAccepted { error } => {
            let words = lang.pick("a client could not be accepted:", "无法接受客户端：").red();
            writeln!(out, "{words} {}", safe(&error.to_string()))
        }
    }?;
    out.flush()
}
