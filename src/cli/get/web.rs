//! `synfin get http://…`: a page from any web server, saved like any other file.

use super::{bar, refused_help, save_rate, show, unsaved};
use crate::cli::args::{CloserArg, Get};
use crate::cli::config::Config;
use crate::cli::exit::{Exit, Failure};
use crate::cli::interrupt;
use crate::cli::serve::{misaddressed, who_waits};
use crate::render::safe;
use crate::timeline::Lang;
use crate::transfer::http::{Fetch, Framing, Page, WebClient, WebError, WebTold};
use crate::transfer::{Saving, local_name, resolve};
use anyhow::Result;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) fn run(args: &Get, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let usage = |en: &str, zh: &str| Failure::new(Exit::Usage, lang.pick(en, zh).to_string());
    if args.name.is_some() {
        return Err(usage("a URL names the page already", "URL 已经指明了页面，不需要再写文件名").into());
    }
    if args.half_close {
        return Err(usage(
            "--half-close is for the file downloader, not for HTTP",
            "--half-close 只用于文件下载器，不用于 HTTP",
        )
        .into());
    }
    let fetch =
        Fetch::new(&args.address, args.data.clone().map(String::into_bytes)).map_err(|error| explain(error, lang))?;
    let addresses =
        resolve(&fetch.target().map_err(|error| explain(error, lang))?).map_err(|error| misaddressed(&error, lang))?;
    let stop = interrupt::flag()?;
    let client = WebClient {
        server_closes: matches!(args.closing.close_first, Some(CloserArg::Server)),
        linger: args.closing.linger.map(|seconds| Duration::from_secs(seconds.into())),
        stop: Some(&stop),
        ..WebClient::default()
    };
    let bar = bar(config);
    let is_stdout = args.output.as_deref() == Some(Path::new("-"));
    let told = |told: WebTold| match told {
        WebTold::Progress { octets, all } => show(&bar, octets, all),
        other => bar.suspend(|| {
            let line = line(&other, lang);
            // The page itself may go to standard output; a reader that went away is noticed there.
            let _ = if is_stdout { writeln!(io::stderr(), "{line}") } else { writeln!(io::stdout(), "{line}") };
        }),
    };
    if is_stdout {
        let result = client.fetch(&addresses, &fetch, &mut io::stdout().lock(), told);
        bar.finish_and_clear();
        let page = result.map_err(|error| explain(error, lang))?;
        summary(&page, None, lang, &mut io::stderr().lock())?;
        return Ok(Exit::Done);
    }
    let path = place(args, &fetch);
    let mut file = Saving::begin(&path, args.force).map_err(|error| unsaved(error, lang))?;
    let result = client.fetch(&addresses, &fetch, &mut file, told);
    bar.finish_and_clear();
    let page = result.map_err(|error| explain(error, lang))?;
    file.keep().map_err(|error| unsaved(error, lang))?;
    summary(&page, Some(&path), lang, &mut io::stdout().lock())?;
    Ok(Exit::Done)
}

/// Where to save: as the path says, or a file of the page's name; the page of a folder is its index.html.
fn place(args: &Get, fetch: &Fetch) -> PathBuf {
    let last = fetch.path().rsplit('/').next().unwrap_or_default();
    let last = percent_decoded(last);
    let name = local_name(&last).unwrap_or_else(|| "index.html".into());
    match &args.output {
        Some(folder) if folder.is_dir() => folder.join(name),
        Some(path) => path.clone(),
        None => name.into(),
    }
}

/// The text that a percent-encoded one stands for, where it is UTF-8.
fn percent_decoded(text: &str) -> String {
    let mut octets = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&octet, behind)) = rest.split_first() {
        let digits = behind.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        let code = digits.filter(|_| octet == b'%').and_then(|digits| u8::from_str_radix(digits, 16).ok());
        octets.push(code.unwrap_or(octet));
        rest = if code.is_some() { behind.get(2..).unwrap_or_default() } else { behind };
    }
    String::from_utf8(octets).unwrap_or_else(|_| text.into())
}

fn line(told: &WebTold, lang: Lang) -> String {
    match told {
        WebTold::Request { method, url } => format!("{method} {}", safe(url)),
        WebTold::Response { minor, status, reason, location } => {
            let leads = location.as_ref().map_or_else(String::new, |to| format!(" → {}", safe(to)));
            format!("{} HTTP/1.{minor} {status} {}{leads}", lang.pick("answer:", "应答："), safe(reason))
        }
        WebTold::Again { method } => match lang {
            Lang::En => format!(
                "the server had closed the kept connection before it answered: {method} goes out again over a new one (RFC 9112 9.3.1)"
            ),
            Lang::Zh => format!("服务器在应答之前关闭了保持的连接：通过新连接重新发送 {method}（RFC 9112 9.3.1）"),
        },
        WebTold::Progress { .. } => String::new(),
    }
}

fn summary(page: &Page, path: Option<&Path>, lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let Page { octets, framing, peer, took, closed_first, connections } = page;
    let rate = save_rate(*octets, *took);
    let name = path.map_or_else(|| "-".into(), |path| safe(&path.to_string_lossy()).into_owned());
    let ends = match framing {
        Framing::None => lang.pick("no body", "没有正文"),
        Framing::Length(_) => lang.pick("as Content-Length said", "与 Content-Length 一致"),
        Framing::Chunked => lang.pick("in chunks", "分块传输"),
        Framing::UntilClose => lang.pick(
            "up to the server's FIN: whether the page is whole cannot be told",
            "直到服务器的 FIN：无法判断页面是否完整",
        ),
    };
    let (took, closed) = (took.as_secs_f64(), who_waits(*closed_first, lang));
    match lang {
        Lang::En => {
            let plural = if *connections == 1 { "" } else { "s" };
            writeln!(
                out,
                "saved {name}: {octets} octets ({ends}) from {peer} in {took:.3} s ({rate}/s), {connections} connection{plural}"
            )
        }
        Lang::Zh => writeln!(
            out,
            "已保存 {name}：{octets} 字节（{ends}），来自 {peer}，用时 {took:.3} 秒（{rate}/s），{connections} 个连接"
        ),
    }?;
    writeln!(out, "{closed}")
}

/// The error in the user's language, with its remedy.
fn explain(error: WebError, lang: Lang) -> anyhow::Error {
    let error = match error {
        WebError::Address(error) => return misaddressed(&error, lang).into(),
        // A reader that went away (`-o - | head`) is judged by the exit code's own rule.
        WebError::Write(source) => {
            return anyhow::Error::new(source).context(lang.pick("cannot write what came", "无法写入收到的数据"));
        }
        error => error,
    };
    let zh = match &error {
        WebError::Url(text) => format!("“{text}”不是 HTTP 的 URL：请写成 http://HOST[:PORT]/PATH"),
        WebError::Tls(url) => format!("“{url}”需要 TLS，本客户端不支持"),
        WebError::Connect(tries) => {
            let tries: Vec<String> = tries.iter().map(|(address, error)| format!("{address}（{error}）")).collect();
            format!("无法连接 {}", tries.join("、"))
        }
        WebError::Status { status, reason } => format!("服务器应答 {status} {reason}"),
        WebError::Elsewhere(url) => format!("重定向指向另一个服务器：{url}"),
        WebError::Redirects(most) => format!("重定向超过 {most} 次"),
        WebError::Foreign(why) => format!("这不是 HTTP/1 响应：{}", why.zh),
        WebError::Short { got } => format!("服务器在应答完整之前就关闭了连接，此前收到页面的 {got} 字节"),
        WebError::Silent { limit, got } => format!("收到页面的 {got} 字节后，服务器已 {} 秒没有响应", limit.as_secs()),
        WebError::Broken { got, source } => format!("收到页面的 {got} 字节后连接中断：{source}"),
        WebError::Stopped { got } => format!("已停止，此前收到页面的 {got} 字节"),
        WebError::Address(_) | WebError::Write(_) => String::new(),
    };
    let en = match &error {
        WebError::Broken { source, .. } => format!("{error}: {source}"),
        _ => error.to_string(),
    };
    let exit = match &error {
        WebError::Url(_) | WebError::Tls(_) => Exit::Usage,
        WebError::Stopped { .. } => Exit::Interrupted,
        _ => Exit::Failed,
    };
    let words = if lang == Lang::Zh { zh } else { en };
    let failure = Failure::new(exit, safe(&words).into_owned());
    match &error {
        WebError::Connect(tries) => refused_help(failure, tries, lang),
        WebError::Elsewhere(_) => {
            failure.help(lang.pick("ask there yourself, if you trust it", "如果信任它，请直接向它请求"))
        }
        _ => failure,
    }
    .into()
}
