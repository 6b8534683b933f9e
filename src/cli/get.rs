//! `synfin get`: downloads a file or a web page, with a progress bar and a clear end.

mod web;

use super::args::Get;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::interrupt;
use super::serve::{closer, misaddressed, who_waits};
use crate::render::{Charset, safe};
use crate::timeline::Lang;
use crate::transfer::{Client, GetError, Received, SaveError, Saving, Target, local_name, resolve};
use anyhow::Result;
use indicatif::{HumanBytes, ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, ErrorKind, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) fn run(args: &Get, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    if args.address.contains("://") {
        return web::run(args, config);
    }
    let asked = args.name.as_deref().ok_or_else(|| {
        let words = lang.pick("which file? Write its name behind the address", "要哪个文件？请在地址后面写上文件名");
        Failure::new(Exit::Usage, words).help(
            lang.pick(
                "for a page of a web server: synfin get http://HOST/PATH",
                "若要网页：synfin get http://HOST/PATH",
            ),
        )
    })?;
    if args.data.is_some() {
        return Err(
            Failure::new(Exit::Usage, lang.pick("--data needs a URL: http://…", "--data 需要 URL：http://…")).into()
        );
    }
    let target: Target = args.address.parse().map_err(|error| misaddressed(&error, lang))?;
    let addresses = resolve(&target).map_err(|error| misaddressed(&error, lang))?;
    let stop = interrupt::flag()?;
    let client = Client {
        close_first: closer(args.closing.close_first),
        half_close: args.half_close,
        linger: args.closing.linger.map(|seconds| Duration::from_secs(seconds.into())),
        stop: Some(&stop),
        ..Client::default()
    };
    let bar = bar(config);
    let progress = |octets, all: Option<u64>| show(&bar, octets, all);
    if args.output.as_deref() == Some(Path::new("-")) {
        let result = client.get(&addresses, asked, &mut io::stdout().lock(), progress);
        bar.finish_and_clear();
        let received = result.map_err(|error| explain(error, lang))?;
        summary(&received, None, lang, &mut io::stderr().lock())?;
        return Ok(Exit::Done);
    }
    let path = place(args, asked, lang)?;
    let mut file = Saving::begin(&path, args.force).map_err(|error| unsaved(error, lang))?;
    let result = client.get(&addresses, asked, &mut file, progress);
    bar.finish_and_clear();
    let received = result.map_err(|error| explain(error, lang))?;
    file.keep().map_err(|error| unsaved(error, lang))?;
    summary(&received, Some(&path), lang, &mut io::stdout().lock())?;
    Ok(Exit::Done)
}

/// Where to save: the path given, a file of the asked name in the folder given, or in this one.
fn place(args: &Get, asked: &str, lang: Lang) -> Result<PathBuf, Failure> {
    let name = || {
        let words = lang.pick("this name does not say what to call the file here", "无法由该名称得出本地文件名");
        local_name(asked).ok_or_else(|| {
            Failure::new(Exit::Usage, words).help(lang.pick("name it with -o FILE", "用 -o FILE 指定文件名"))
        })
    };
    match &args.output {
        Some(folder) if folder.is_dir() => Ok(folder.join(name()?)),
        Some(path) => Ok(path.clone()),
        None => Ok(name()?.into()),
    }
}

/// On a terminal only: indicatif hides itself elsewhere.
fn bar(config: &Config) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let chars = if config.charset == Charset::Ascii { "#>-" } else { "█▌ " };
    if let Ok(style) = ProgressStyle::with_template("{bytes} {binary_bytes_per_sec} {elapsed}") {
        bar.set_style(style.progress_chars(chars));
    }
    bar
}

fn show(bar: &ProgressBar, octets: u64, all: Option<u64>) {
    if let (Some(all), None) = (all, bar.length()) {
        bar.set_length(all);
        let template = "{percent:>3}% [{wide_bar}] {bytes}/{total_bytes} {binary_bytes_per_sec} {eta}";
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style.progress_chars("=> "));
        }
    }
    bar.set_position(octets);
}

fn summary(received: &Received, path: Option<&Path>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let Received { octets, peer, took, closed_first, announced, .. } = received;
    let rate = save_rate(*octets, *took);
    let name = path.map_or_else(|| "-".into(), |path| safe(&path.to_string_lossy()).into_owned());
    let closed = who_waits(*closed_first, lang);
    let took = took.as_secs_f64();
    match lang {
        Lang::En => {
            let known = if *announced { ", the announced length" } else { "" };
            writeln!(out, "saved {name}: {octets} octets{known} from {peer} in {took:.3} s ({rate}/s)\n{closed}")?;
        }
        Lang::Zh => {
            let known = if *announced { "（与告知的长度一致）" } else { "" };
            writeln!(out, "已保存 {name}：{octets} 字节{known}，来自 {peer}，用时 {took:.3} 秒（{rate}/s）\n{closed}")?;
        }
    }
    // FIN alone does not tell a whole file from the end of a server that was killed.
    if !*announced {
        let words = lang.pick(
            "this server announces no length: whether the file is whole cannot be told",
            "该服务器不告知长度：无法判断文件是否完整",
        );
        writeln!(out, "{words}")?;
    }
    Ok(())
}

/// Octets in a second, for people.
fn save_rate(octets: u64, took: Duration) -> HumanBytes {
    HumanBytes((octets as f64 / took.as_secs_f64().max(1e-9)) as u64)
}

fn unsaved(error: SaveError, lang: Lang) -> anyhow::Error {
    let shown = |path: &Path| safe(&path.to_string_lossy()).into_owned();
    match error {
        SaveError::Exists(path) => {
            let words = lang.pick("this file exists already:", "文件已存在：");
            Failure::new(Exit::Failed, format!("{words} {}", shown(&path)))
                .help(lang.pick("--force overwrites it; -o FILE saves elsewhere", "用 --force 覆盖，或用 -o FILE 另存"))
                .into()
        }
        SaveError::Folder(path) => {
            let words = lang.pick("this is a folder:", "这是文件夹：");
            Failure::new(Exit::Failed, format!("{words} {}", shown(&path))).into()
        }
        SaveError::Write { path, source } => {
            let words = lang.pick("cannot write", "无法写入");
            let exit = if source.kind() == ErrorKind::PermissionDenied { Exit::NotPermitted } else { Exit::Failed };
            Failure::new(exit, format!("{words} {}: {source}", shown(&path)))
                .help(lang.pick("save elsewhere with -o FILE", "用 -o FILE 保存到别处"))
                .into()
        }
    }
}

/// The error in the user's language, with its remedy.
fn explain(error: GetError, lang: Lang) -> anyhow::Error {
    // A reader that went away (`-o - | head`) is judged by the exit code's own rule.
    if let GetError::Write(source) = error {
        return anyhow::Error::new(source).context(lang.pick("cannot write what came", "无法写入收到的数据"));
    }
    let zh = match &error {
        GetError::Connect(tries) => {
            let tries: Vec<String> = tries.iter().map(|(address, error)| format!("{address}（{error}）")).collect();
            format!("无法连接 {}", tries.join("、"))
        }
        GetError::Name => "文件名为空、过长，或含有换行符".into(),
        GetError::Refused(why) => format!("服务器拒绝：{}", why.text().zh),
        GetError::RefusedOtherwise(words) => format!("服务器拒绝：{words}"),
        GetError::Short { announced, got } => format!("服务器告知 {announced} 字节，却只发送 {got} 字节就关闭了连接"),
        GetError::Long { announced } => format!("服务器发送的数据多于所告知的 {announced} 字节"),
        GetError::Foreign => "服务器没有发送状态行：它不告知长度，客户端无法先关闭".into(),
        GetError::Silent { limit, got } => format!("收到 {got} 字节后，服务器已 {} 秒没有响应", limit.as_secs()),
        GetError::Broken { got, source } => format!("收到 {got} 字节后连接中断：{source}"),
        GetError::Stopped { got } => format!("已停止，此前收到 {got} 字节"),
        GetError::Write(_) => String::new(),
    };
    let en = match &error {
        GetError::Broken { source, .. } => format!("{error}: {source}"),
        _ => error.to_string(),
    };
    let exit = match &error {
        GetError::Name => Exit::Usage,
        GetError::Stopped { .. } => Exit::Interrupted,
        _ => Exit::Failed,
    };
    let failure = Failure::new(exit, if lang == Lang::Zh { zh } else { en });
    match &error {
        GetError::Connect(tries) => refused_help(failure, tries, lang),
        GetError::Foreign => failure.help(
            lang.pick("let the server close first: --close-first server", "让服务器先关闭：--close-first server"),
        ),
        _ => failure,
    }
    .into()
}

/// What to do where no address could be connected to.
fn refused_help(failure: Failure, tries: &[(SocketAddr, io::Error)], lang: Lang) -> Failure {
    if tries.iter().all(|(_, error)| error.kind() == ErrorKind::ConnectionRefused) {
        return failure.help(lang.pick(
            "nobody listens there (the SYN was answered by RST): start the server first, and check the port",
            "该端口无人监听（SYN 得到 RST 应答）：请先启动服务器，并检查端口号",
        ));
    }
    failure.help(lang.pick("check the host, the port and the firewall", "请检查主机、端口和防火墙"))
}
