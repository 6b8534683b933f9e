//! `synfin serve`: the course's file server, or a web server, told line by line.

mod web;

use super::args::{CloserArg, Serve};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::{interrupt, port};
use crate::render::safe;
use crate::timeline::Lang;
use crate::transfer::http::{WebEvent, WebServer};
use crate::transfer::{AddressError, Ask, BindError, Closer, Event, Root, Server, Target};
use anyhow::{Context, Result};
use colored::Colorize;
use std::io::{self, ErrorKind, Write};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

pub(super) fn run(args: &Serve, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    colored::control::set_override(config.stdout_color);
    let root = Root::open(&args.root).with_context(|| {
        let words = lang.pick("cannot serve the folder", "无法提供文件夹");
        format!("{words} {}", args.root.display())
    })?;
    let linger = args.closing.linger.map(|seconds| Duration::from_secs(seconds.into()));
    let target: Target = args.address.parse().map_err(|error| misaddressed(&error, lang))?;
    let listeners = Server::bind(&target, None).map_err(|error| explain(error, lang))?;
    let stop = interrupt::flag()?;
    let teller = Teller { lang, stop: &stop, broken: Mutex::new(None), served: AtomicU64::new(0) };
    if args.http {
        let mut server = WebServer::new(root);
        server.close_each = matches!(args.closing.close_first, Some(CloserArg::Server));
        (server.linger, server.count) = (linger, args.count);
        server.run(&listeners, &stop, None, |event| {
            let is_closed = matches!(event, WebEvent::Closed { .. });
            teller.hear(is_closed, |out| web::tell(&event, lang, out));
        })?;
    } else {
        let mut server = Server::new(root);
        server.close_first = closer(args.closing.close_first);
        (server.linger, server.count) = (linger, args.count);
        server.run(&listeners, &stop, None, |event| {
            let is_closed = matches!(event, Event::Closed { .. });
            teller.hear(is_closed, |out| tell(&event, lang, out));
        })?;
    }
    teller.end()
}

/// Prints what happens, as long as somebody reads it.
struct Teller<'a> {
    lang: Lang,
    stop: &'a AtomicBool,
    broken: Mutex<Option<io::Error>>,
    served: AtomicU64,
}

impl Teller<'_> {
    fn hear(&self, is_closed: bool, tell: impl FnOnce(&mut io::StdoutLock<'_>) -> io::Result<()>) {
        if is_closed {
            self.served.fetch_add(1, Ordering::Relaxed);
        }
        if let Err(error) = tell(&mut io::stdout().lock()) {
            // Nobody reads any more (`| head`): end, and let the caller judge the error.
            self.broken.lock().unwrap_or_else(|lock| lock.into_inner()).get_or_insert(error);
            self.stop.store(true, Ordering::Relaxed);
        }
    }

    fn end(self) -> Result<Exit> {
        if let Some(error) = self.broken.into_inner().unwrap_or_else(|lock| lock.into_inner()) {
            return Err(error.into());
        }
        let served = self.served.into_inner();
        let mut out = io::stdout().lock();
        match self.lang {
            Lang::En => writeln!(out, "done: {served} client{} served", if served == 1 { "" } else { "s" })?,
            Lang::Zh => writeln!(out, "结束：共服务 {served} 个客户端")?,
        }
        Ok(Exit::Done)
    }
}

/// Who was asked to close first; the server, if nobody was named.
pub(super) fn closer(arg: Option<CloserArg>) -> Closer {
    match arg {
        Some(CloserArg::Client) => Closer::Client,
        Some(CloserArg::Server) | None => Closer::Server,
    }
}

/// One event, one line.
fn tell(event: &Event, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let number = |client: &u64| format!("#{client}").bold();
    match event {
        Event::Listening { local } => {
            let words = lang.pick("listening on", "正在监听");
            writeln!(out, "{words} {}  {}", local.to_string().bold(), lang.pick("(Ctrl-C ends)", "（按 Ctrl-C 结束）"))
        }
        Event::Accepted { client, peer, local } => {
            let words = lang.pick("connected to", "已连接到");
            writeln!(out, "{} {peer} {words} {local}", number(client))
        }
        Event::Request { client, name, ask } => {
            let asks = lang.pick("asks for", "请求文件");
            let way = match ask {
                Ask::Bare => lang.pick("bare name: the server must close first", "仅文件名：须由服务器先关闭"),
                Ask::Line => lang.pick("synfin: get: it is told the length", "synfin: get：先告知长度"),
            };
            writeln!(out, "{} {asks} {}  ({way})", number(client), safe(name).bold())
        }
        Event::Refused { client, why } => {
            let words = lang.pick("refused:", "拒绝：").red();
            writeln!(out, "{} {words} {}", number(client), why.text().get(lang))
        }
        Event::Sent { client, octets } => {
            let (sent, unit) = (lang.pick("sent", "已发送").green(), lang.pick("octets", "字节"));
            writeln!(out, "{} {sent} {octets} {unit}", number(client))
        }
        Event::Failed { client, error } => {
            let words = lang.pick("failed:", "失败：").red();
            writeln!(out, "{} {words} {}", number(client), safe(&error.to_string()))
        }
        Event::Closed { client, first } => writeln!(out, "{} {}", number(client), who_waits(*first, lang)),
        Event::NotAccepted { error } => {
            let words = lang.pick("a client could not be accepted:", "无法接受客户端：").red();
            writeln!(out, "{words} {}", safe(&error.to_string()))
        }
    }?;
    out.flush()
}

/// Who closed first, and what follows from it.
pub(super) fn who_waits(first: Closer, lang: Lang) -> &'static str {
    match (first, lang) {
        (Closer::Server, Lang::En) => "closed: the server sent FIN first, so the server's side waits in TIME-WAIT",
        (Closer::Server, Lang::Zh) => "已关闭：服务器先发送 FIN（主动关闭），服务器一侧进入 TIME-WAIT",
        (Closer::Client, Lang::En) => "closed: the client sent FIN first, so the client's side waits in TIME-WAIT",
        (Closer::Client, Lang::Zh) => "已关闭：客户端先发送 FIN（主动关闭），客户端一侧进入 TIME-WAIT",
        (Closer::Reset, Lang::En) => "closed by RST: nobody waits in TIME-WAIT",
        (Closer::Reset, Lang::Zh) => "由 RST 异常终止：双方都不进入 TIME-WAIT",
    }
}

pub(super) fn misaddressed(error: &AddressError, lang: Lang) -> Failure {
    match error {
        // Well written, and nobody knows it: no slip of the command line.
        AddressError::Unknown { source: Some(source), .. } => {
            Failure::new(Exit::Failed, format!("{}{}{source}", error.text().get(lang), lang.pick(": ", "：")))
                .help(lang.pick("check the name and the network", "请检查主机名和网络"))
        }
        _ => Failure::new(Exit::Usage, error.text().get(lang)),
    }
}

fn explain(error: BindError, lang: Lang) -> anyhow::Error {
    let (address, source) = match &error {
        BindError::Address(error) => return misaddressed(error, lang).into(),
        BindError::System { address, source } => (address, source),
    };
    let port = address.port();
    match source.kind() {
        ErrorKind::AddrInUse => {
            let mut failure = Failure::new(
                Exit::Failed,
                match lang {
                    Lang::En => format!("port {port} is in use: cannot listen on {address}"),
                    Lang::Zh => format!("端口 {port} 已被占用，无法监听 {address}"),
                },
            );
            for line in port::holders(port, lang) {
                failure = failure.help(line);
            }
            let other =
                lang.pick("take another port, or 0 for any free one: ", "换一个端口，或用 0 让系统分配空闲端口：");
            failure.help(format!("{other}synfin serve 0")).into()
        }
        ErrorKind::PermissionDenied => {
            Failure::new(
                Exit::NotPermitted,
                match lang {
                    Lang::En => format!("port {port} is privileged: not permitted to listen on {address}"),
                    Lang::Zh => format!("端口 {port} 是特权端口，无权监听 {address}"),
                },
            )
            .help(lang.pick("take a port from 1024 up: synfin serve 8080", "使用 1024 及以上的端口：synfin serve 8080"))
            .help(lang.pick(
                "or, with the same arguments: sudo synfin serve …",
                "或以相同参数加 sudo 运行：sudo synfin serve …",
            ))
            .help(format!(
                "{}sudo sysctl net.ipv4.ip_unprivileged_port_start={port}",
                lang.pick("or open the low ports to all users: ", "或向所有用户开放低端口：")
            ))
            .into()
        }
        ErrorKind::AddrNotAvailable => {
            let words = lang.pick("this machine has no address", "本机没有这个地址：");
            Failure::new(Exit::Failed, format!("{words} {}", address.ip()))
                .help(lang.pick("synfin serve PORT listens on localhost", "synfin serve PORT 在 localhost 上监听"))
                .into()
        }
        _ => anyhow::Error::new(error).context(lang.pick("cannot start the server", "无法启动服务器")),
    }
}
