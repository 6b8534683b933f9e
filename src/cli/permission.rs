//! What helps when the system does not permit something: lines to copy, with the real path of this program.

#[cfg(feature = "capture")]
use super::exit::{Exit, Failure};
#[cfg(all(feature = "capture", target_os = "linux"))]
use crate::lab::namespace::NamespaceError;
#[cfg(feature = "capture")]
use crate::source::live::LiveError;
#[cfg(feature = "capture")]
use crate::timeline::Lang;
#[cfg(feature = "capture")]
use crate::timeline::Text;
use std::path::{Path, PathBuf};

/// The real path of this program, links followed: capabilities belong to that file.
pub(super) fn executable() -> PathBuf {
    std::env::current_exe().and_then(|path| path.canonicalize()).unwrap_or_else(|_| PathBuf::from("synfin"))
}

/// A path as a shell takes it, quoted where it must be.
pub(super) fn quoted(path: &Path) -> String {
    let text = path.to_string_lossy();
    if !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/._+-:@%,=".contains(c)) {
        text.into_owned()
    } else {
        format!("'{}'", text.replace('\'', r"'\''"))
    }
}

/// How a user comes to be allowed to capture. `arguments` is what the sudo line ends with.
#[cfg(feature = "capture")]
pub(super) fn capture_remedies(executable: &Path, arguments: &str) -> Vec<Text> {
    let path = quoted(executable);
    if nix::unistd::geteuid().is_root() {
        return vec![Text::new(
            "root lacks cap_net_raw here; in a container: start it with --cap-add NET_RAW",
            "此处 root 没有 cap_net_raw；在容器中：用 --cap-add NET_RAW 启动",
        )];
    }
    let mut all = vec![Text::new(
        format!("run it with root's rights, which it gives up once the device is open: sudo {path} {arguments}"),
        format!("以 root 权限运行，打开设备后即放弃该权限：sudo {path} {arguments}"),
    )];
    if cfg!(target_os = "linux") {
        let is_nosuid = on_nosuid(executable);
        if is_nosuid {
            all.push(Text::new(
                format!(
                    "its file system is mounted nosuid, where capabilities have no effect; install it elsewhere: sudo install {path} /usr/local/bin/"
                ),
                format!("该文件系统以 nosuid 挂载，文件权能无效；请安装到别处：sudo install {path} /usr/local/bin/"),
            ));
        } else {
            all.push(Text::new(
                format!(
                    "or allow this program once (then every user of this machine can capture with it): sudo setcap cap_net_raw+ep {path}"
                ),
                format!("或者一次性授权本程序（此后本机所有用户都能用它抓包）：sudo setcap cap_net_raw+ep {path}"),
            ));
        }
    }
    all
}

/// Whether the file lies where the system ignores capabilities of files.
pub(super) fn on_nosuid(path: &Path) -> bool {
    use nix::sys::statvfs::{FsFlags, statvfs};
    statvfs(path).is_ok_and(|found| found.flags().contains(FsFlags::ST_NOSUID))
}

/// An error of live capture with its exit code and its remedies.
#[cfg(feature = "capture")]
pub(super) fn capture_failure(error: &LiveError, lang: Lang) -> Failure {
    let text = error.text();
    let message = text.get(lang);
    match error {
        LiveError::NotPermitted { device, .. } => {
            let arguments = format!("live -i {}", quoted(Path::new(device)));
            let mut failure = Failure::new(Exit::NotPermitted, message);
            for remedy in capture_remedies(&executable(), &arguments) {
                failure = failure.help(remedy.get(lang));
            }
            failure.help(lang.pick(
                "without any rights: synfin demo shows a connection of its own, synfin replay FILE a saved one",
                "无需任何权限：synfin demo 展示自建的连接，synfin replay FILE 展示已保存的抓包",
            ))
        }
        LiveError::Unknown { .. } => Failure::new(Exit::Failed, message)
            .help(lang.pick("synfin interfaces lists the devices", "用 synfin interfaces 列出网络设备")),
        LiveError::Down { device } => {
            let device = quoted(Path::new(device));
            Failure::new(Exit::Failed, message)
                .help(format!("{}sudo ip link set {device} up", lang.pick("switch it on: ", "启用它：")))
        }
        LiveError::Filter(_) => Failure::new(Exit::Usage, message),
        LiveError::Open { .. } | LiveError::Read { .. } => Failure::new(Exit::Failed, message),
    }
}

/// An error of the private network with its exit code and its remedies. `arguments` is what the sudo line ends with.
#[cfg(all(feature = "capture", target_os = "linux"))]
pub(super) fn namespace_failure(error: &NamespaceError, arguments: &str, lang: Lang) -> Failure {
    let remedies = error.remedies(&executable(), arguments);
    remedies.iter().fold(Failure::new(Exit::NotPermitted, error.text().get(lang)), |failure, remedy| {
        failure.help(remedy.get(lang))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        assert_eq!(quoted(Path::new("/usr/local/bin/synfin")), "/usr/local/bin/synfin");
        assert_eq!(quoted(Path::new("/home/a b/it's")), r"'/home/a b/it'\''s'");
        assert_eq!(quoted(Path::new("")), "''");
    }

    #[test]
    #[cfg(feature = "capture")]
    fn a_refused_device_has_its_exit_code_and_lines_to_copy() {
        let error = LiveError::NotPermitted { device: "eth0".to_string(), detail: "socket".to_string() };
        for lang in [Lang::En, Lang::Zh] {
            let failure = capture_failure(&error, lang);
            assert_eq!(failure.exit, Exit::NotPermitted);
            let help = failure.help.iter().map(|line| line.get(lang)).collect::<Vec<_>>().join("\n");
            let line = match nix::unistd::geteuid().is_root() {
                true => "--cap-add NET_RAW".to_string(),
                false => format!("sudo {} live -i eth0", quoted(&executable())),
            };
            assert!(help.contains(&line), "{help}");
            assert!(help.contains("synfin replay"), "{help}");
        }
    }
}
