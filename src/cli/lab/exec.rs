//! `synfin lab exec`: any two programs on the two hosts.

use super::super::args::LabExec;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::super::output::Outputs;
use super::super::permission::namespace_failure;
use super::super::{choose, interrupt, names, saving};
use super::{failed, interrupted, told, unmet};
use crate::lab::namespace::{self, Entered};
use crate::lab::performance::exec::{Ended, Exec, Happened, Told};
use crate::lab::wire::Plan;
use crate::render::safe;
use crate::source::privilege::User;
use crate::tcp::{Peer, State};
use crate::timeline::{Lang, Text};
use anyhow::Result;
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;

pub(super) fn run(args: &LabExec, config: &Config) -> Result<Exit> {
    let lang = config.lang;
    let outputs = args.output.outputs()?;
    choose::refuse_other_pictures(&args.output.show, &outputs)?;
    args.write.as_deref().map_or(Ok(()), |path| saving::foresee(path, lang))?;
    let user = User::behind_sudo().filter(|_| nix::unistd::geteuid().is_root());
    // Before any thread: only a process with one thread may move.
    let entered = namespace::enter().map_err(|error| namespace_failure(&error, "lab exec …", lang))?;
    if user.is_some() && entered == Entered::UserAndNetwork {
        return Err(unmapped().into());
    }
    let stop = interrupt::flag()?;
    let plan = Plan { delay: args.delay, rate: args.rate(), faults: args.fault.clone() };
    let (server, client) = (args.server.clone(), args.client.clone());
    let exec = Exec { server, client, plan, user, timeout: args.timeout };
    let Happened { mut recording, ended } = exec
        .perform(&stop, &(Arc::new(move |told: Told<'_>| tell(&told, lang)) as _))
        .map_err(|error| failed(error, lang))?;
    // Devices, namespaces and programs are let go: nothing from here on needs them.
    Outputs::settle_rights_to_write(outputs.has_files() || args.write.is_some())?;
    if ended == Ended::Stopped {
        interrupted(lang)?;
    }
    let faults = std::mem::take(&mut recording.record.unmet);
    let manner = args.output.manner(None, outputs.body());
    let mut timeline = told(recording, "exec", args.write.as_deref(), (&args.output, manner), config)?;
    names::give(&mut timeline, config)?;
    let timeline = choose::hide(timeline, &args.output.show, config)?;
    outputs.write(&timeline, &choose::shown(&args.output.show, config), config)?;
    let mut err = io::stderr().lock();
    for fault in &faults {
        writeln!(err, "{}{}", lang.pick("warning: ", "警告："), unmet(fault).get(lang))?;
    }
    // Behind the ladder: it is what the exit status is about.
    match (ended, lang) {
        (Ended::Client(status), _) if status.success() => return Ok(Exit::Done),
        (Ended::Stopped, _) => return Ok(Exit::Interrupted),
        (Ended::Client(status), Lang::En) => writeln!(err, "error: the client ended with {status}")?,
        (Ended::Client(status), Lang::Zh) => writeln!(err, "错误：客户端以 {status} 结束")?,
        (Ended::Timeout, _) => {
            let said = lang.pick("error: the time is over: the client was ended", "错误：时间已到，客户端被终止");
            writeln!(err, "{said}")?;
        }
    }
    Ok(Exit::Failed)
}

/// To standard error: standard output is the timeline's.
fn tell(told: &Told<'_>, lang: Lang) {
    let line = match told {
        Told::Said(Peer::A, line) => format!("{}{}", lang.pick("client: ", "客户端："), safe(line)),
        Told::Said(Peer::B, line) => format!("{}{}", lang.pick("server: ", "服务器："), safe(line)),
        Told::NobodyListens => lang
            .pick(
                "nobody listens at the server's host after 10 s: the client starts all the same",
                "10 秒后服务器主机上仍无程序监听：照样启动客户端",
            )
            .into(),
        Told::OnLoopback(address) => match lang {
            Lang::En => format!(
                "the server listens at {address} only: the client, on another host, cannot reach it (let it listen at $SERVER or 0.0.0.0)"
            ),
            Lang::Zh => {
                format!("服务器只在 {address} 上监听：位于另一台主机的客户端无法连接（请让它监听 $SERVER 或 0.0.0.0）")
            }
        },
        Told::Waiting(sockets) => waiting(sockets, lang),
    };
    let _ = writeln!(io::stderr().lock(), "{line}");
}

fn waiting(sockets: &[(SocketAddr, State)], lang: Lang) -> String {
    let each = sockets.iter().map(|(local, state)| match lang {
        Lang::En => format!("{local} is in {state}"),
        Lang::Zh => format!("{local} 处于 {state}"),
    });
    let each: Vec<String> = each.collect();
    match (each.is_empty(), lang) {
        (true, Lang::En) => "waiting until nothing more comes on the wire (Ctrl-C shows what came so far)".into(),
        (true, Lang::Zh) => "等待线路安静下来（按 Ctrl-C 显示已有的内容）".into(),
        (false, Lang::En) => format!("waiting: {} (Ctrl-C shows what came so far)", each.join(", ")),
        (false, Lang::Zh) => format!("等待中：{}（按 Ctrl-C 显示已有的内容）", each.join("，")),
    }
}

/// Root without the right to make a network made a user namespace, which knows root alone.
fn unmapped() -> Failure {
    let message = Text::new(
        "the programs cannot run as the user who called sudo: root may not make a network here",
        "无法以调用 sudo 的用户身份运行程序：此处 root 无权建立网络",
    );
    let help = Text::new("run it without sudo: users may make one", "请不用 sudo 运行：普通用户可以建立网络");
    Failure::new(Exit::NotPermitted, message).help(help)
}
