//! Where nothing can be played: a scenario is read, what is wrong with it is told, and what it teaches.

use super::super::args::LabRun;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::super::scenarios;
use crate::render::{prose, safe};
use crate::timeline::Text;
use anyhow::Result;
use std::io::{self, Write};

/// Tells the lesson where that is wished, and always what one can do with the scenario here.
pub(super) fn run(args: &LabRun, config: &Config) -> Result<Exit> {
    let Some(name) = args.scenario.as_deref() else { return Err(missing().into()) };
    let scenario = scenarios::find(name)?;
    if args.explain {
        let lesson = &scenario.lesson;
        let mut err = io::stderr().lock();
        let style = config.stderr_style();
        let texts = [&scenario.title, &lesson.before, &lesson.during, &lesson.after];
        for text in texts.into_iter().map(|text| text.get(config.lang)).filter(|text| !text.is_empty()) {
            writeln!(err, "{}\n", prose::lines(text, style.width, &style).join("\n"))?;
        }
    }
    let name = safe(name);
    let failure = missing().help(Text::new(
        format!("the scenario itself is fine; to hold a capture against it: synfin check CAPTURE --like {name}"),
        format!("场景文件本身没有问题；要用它检查捕获：synfin check 捕获文件 --like {name}"),
    ));
    Err(failure.into())
}

/// The lab needs what is not here.
pub(super) fn missing() -> Failure {
    let message = if cfg!(target_os = "linux") {
        Text::new(
            "this synfin was built without libpcap, so its lab cannot play",
            "此 synfin 未包含 libpcap，无法运行实验",
        )
    } else {
        Text::new(
            "the lab plays on Linux only: it needs private networks and a kernel that tells the states of its sockets",
            "实验只能在 Linux 上运行：需要私有网络，以及能告知套接字状态的内核",
        )
    };
    let failure = Failure::new(Exit::Failed, message);
    if cfg!(target_os = "linux") {
        return failure.help(Text::new("build it with: cargo build --release", "请重新编译：cargo build --release"));
    }
    failure.help(Text::new(
        "here you can watch the loopback: synfin live in one terminal, synfin serve and synfin get in two others",
        "在本系统可以观察环回接口：一个终端运行 synfin live，另两个运行 synfin serve 和 synfin get",
    ))
}
