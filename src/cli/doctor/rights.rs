//! What live capture needs: libpcap, rights, devices.

#[cfg(feature = "capture")]
use super::super::permission::capture_remedies;
use super::super::permission::{executable, on_nosuid, quoted};
use super::{Check, same};
use crate::source::privilege::capabilities;
use crate::timeline::Text;
use std::path::Path;

/// `CAP_NET_RAW` of capabilities(7), the one right that capturing needs.
const CAP_NET_RAW: u32 = 13;

pub(super) fn checks() -> Vec<Check> {
    let path = executable();
    let mut all = vec![Check::new("program", None, ("program", "程序"), {
        same(format!("synfin {} {}", env!("CARGO_PKG_VERSION"), quoted(&path)))
    })];
    all.extend(capture(&path));
    if cfg!(target_os = "linux") {
        all.push(effective());
        all.push(of_file(&path));
    }
    all
}

#[cfg(feature = "capture")]
fn capture(path: &Path) -> Vec<Check> {
    use crate::source::interfaces::list;
    use crate::source::live::{LiveCapture, LiveError, LiveOptions};
    use crate::source::syscall::libpcap_version;

    let devices = list().unwrap_or_default();
    let names: Vec<&str> = devices.iter().map(|device| device.name.as_str()).collect();
    let listed = Check::new(
        "devices",
        !devices.is_empty(),
        ("devices (synfin interfaces)", "网络设备（synfin interfaces）"),
        same(names.join(" ")),
    );
    let loopback = devices.iter().find(|device| device.loopback).map_or("lo", |device| device.name.as_str());
    let title = ("live capture (really tried)", "实时抓包（实际尝试）");
    let opened = match LiveCapture::open(&LiveOptions::new(loopback)) {
        Ok(_) => Check::new(
            "capture",
            true,
            title,
            Text::new(format!("'{loopback}' can be opened"), format!("可以打开 '{loopback}'")),
        ),
        Err(error) => {
            let check = Check::new("capture", false, title, error.text());
            match error {
                LiveError::NotPermitted { .. } if nix::unistd::geteuid().is_root() => {
                    check.fixes(capture_remedies(path, ""))
                }
                LiveError::NotPermitted { .. } => check
                    .fixes(capture_remedies(path, &format!("live -i {loopback}")))
                    .fixes([Text::new(
                        "if sudo says \"command not found\", its secure_path lacks this folder: sudo \"$(command -v synfin)\" live",
                        "若 sudo 提示 \"command not found\"，是其 secure_path 不含该目录：sudo \"$(command -v synfin)\" live",
                    )]),
                LiveError::Down { .. } => check.fixes([same(format!("sudo ip link set {loopback} up"))]),
                _ => check,
            }
        }
    };
    vec![Check::new("libpcap", true, ("libpcap", "libpcap"), same(libpcap_version())), listed, opened]
}

#[cfg(not(feature = "capture"))]
fn capture(_: &Path) -> Vec<Check> {
    let found = Text::new(
        "this program was built without it: no live capture, no demo",
        "本程序编译时未包含：无实时抓包与演示",
    );
    let fix = Text::new("build it with the feature 'capture' (the default)", "编译时启用 'capture' 特性（默认启用）");
    vec![Check::new("libpcap", false, ("libpcap", "libpcap"), found).fixes([fix])]
}

/// What this process may do now.
fn effective() -> Check {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let title = ("rights of this process", "本进程的权限");
    let Some(set) = capabilities(&status, "CapEff") else {
        return Check::new("effective", None, title, Text::new("unknown: no /proc", "未知：没有 /proc"));
    };
    let user = nix::unistd::geteuid();
    let has = set & (1 << CAP_NET_RAW) != 0;
    let (en, zh) = if has { ("cap_net_raw", "cap_net_raw") } else { ("no cap_net_raw", "没有 cap_net_raw") };
    Check::new("effective", None, title, {
        Text::new(format!("user {user}, {en} (CapEff {set:016x})"), format!("用户 {user}，{zh} (CapEff {set:016x})"))
    })
}

/// What the program's file would give, and why it may not.
#[cfg(target_os = "linux")]
fn of_file(path: &Path) -> Check {
    let attribute = crate::source::syscall::file_capability(path).ok().flatten();
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let no_new_privs =
        status.lines().any(|line| line.strip_prefix("NoNewPrivs:").is_some_and(|value| value.trim() == "1"));
    judge_file(attribute.as_deref().map(parse_attribute), on_nosuid(path), no_new_privs, path)
}

#[cfg(not(target_os = "linux"))]
fn of_file(path: &Path) -> Check {
    judge_file(None, on_nosuid(path), false, path)
}

/// Permitted set of a file and whether it is effective at once, of `struct vfs_cap_data`.
#[cfg(any(test, target_os = "linux"))]
fn parse_attribute(bytes: &[u8]) -> Option<(u64, bool)> {
    let word = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
    let (magic, low, high) = (word(0)?, word(4)?, word(12).unwrap_or(0));
    // Revision 1 had one word of each set.
    let high = if magic >> 24 == 1 { 0 } else { high };
    Some((u64::from(low) | u64::from(high) << 32, magic & 1 != 0))
}

fn judge_file(attribute: Option<Option<(u64, bool)>>, nosuid: bool, no_new_privs: bool, path: &Path) -> Check {
    let title = ("capabilities of the program's file", "程序文件的权能");
    let path = quoted(path);
    let set = format!("sudo setcap cap_net_raw+ep {path}");
    let check = match attribute {
        None => return Check::new("file", None, title, Text::new("none", "无")),
        Some(None) => {
            let found = Text::new("set, but damaged", "已设置，但内容损坏");
            return Check::new("file", false, title, found).fixes([same(set)]);
        }
        Some(Some((permitted, _))) if permitted & (1 << CAP_NET_RAW) == 0 => {
            let found = Text::new("set, but without cap_net_raw", "已设置，但不含 cap_net_raw");
            return Check::new("file", false, title, found).fixes([same(set)]);
        }
        Some(Some((_, false))) => {
            let found = Text::new("cap_net_raw+p: not effective without e", "cap_net_raw+p：缺少 e，不生效");
            return Check::new("file", false, title, found).fixes([same(set)]);
        }
        Some(Some((_, true))) => Check::new("file", !(nosuid || no_new_privs), title, same("cap_net_raw+ep")),
    };
    let mut causes = Vec::new();
    if nosuid {
        causes.push(Text::new(
            format!("ignored: its file system is mounted nosuid (findmnt -T {path}); sudo install {path} /usr/local/bin/ and set it there"),
            format!("不生效：所在文件系统以 nosuid 挂载（findmnt -T {path}）；请 sudo install {path} /usr/local/bin/ 后在那里设置"),
        ));
    }
    if no_new_privs {
        causes.push(Text::new(
            "ignored: this process runs under no_new_privs, as in a sandbox or a hardened service; start it from an ordinary shell",
            "不生效：本进程处于 no_new_privs 之下（如沙箱或受限服务）；请从普通终端启动",
        ));
    }
    check.fixes(causes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    fn attribute(magic: u32, low: u32) -> Vec<u8> {
        [magic, low, 0, 0, 0].iter().flat_map(|word| word.to_le_bytes()).collect()
    }

    fn judge(attribute: Option<Option<(u64, bool)>>, nosuid: bool, no_new_privs: bool) -> Check {
        judge_file(attribute, nosuid, no_new_privs, Path::new("/a b"))
    }

    #[test]
    fn file_capabilities_are_read() {
        assert_eq!(parse_attribute(&attribute(0x0200_0001, 1 << 13)), Some((1 << 13, true)));
        assert_eq!(parse_attribute(&attribute(0x0300_0000, 1 << 13)), Some((1 << 13, false)));
        assert_eq!(parse_attribute(&[1, 2, 3]), None);
        assert_eq!(parse_attribute(&[]), None);
    }

    #[test]
    fn each_reason_why_they_have_no_effect_is_named() {
        let good = Some(Some((1 << 13, true)));
        assert_eq!(judge(good, false, false).ok, Some(true));
        assert_eq!(judge(None, false, false).ok, None);
        assert!(judge(good, true, false).fixes[0].en.contains("nosuid"));
        assert!(judge(good, false, true).fixes[0].en.contains("no_new_privs"));
        let not_effective = judge(Some(Some((1 << 13, false))), false, false);
        assert!(not_effective.ok == Some(false) && not_effective.fixes[0].en == "sudo setcap cap_net_raw+ep '/a b'");
        assert_eq!(judge(Some(Some((1 << 12, true))), false, false).ok, Some(false));
        assert_eq!(judge(Some(None), false, false).ok, Some(false));
    }
}
