//! What the demo and kernel truth need: namespaces, sock_diag, and settings that bend TIME-WAIT.

use super::probe::{self, Outcome};
use super::{Check, same};
use crate::timeline::Text;

pub(super) fn checks() -> Vec<Check> {
    let mut all = private_network(probe::ask());
    all.push(sock_diag());
    all.extend(settings(&|name| std::fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).ok()));
    all
}

/// What the child saw.
fn private_network(outcome: Option<Outcome>) -> Vec<Check> {
    let title = ("private network for demo and lab (really tried)", "演示与实验所需的私有网络（实际尝试）");
    let (user_namespace, connection) = match outcome {
        None => {
            let found = Text::new("the trial ended without a word", "尝试未返回结果");
            return vec![Check::new("namespace", false, title, found)];
        }
        Some(Outcome::Failed { text, fixes, .. }) => {
            return vec![Check::new("namespace", false, title, text).fixes(fixes.into_iter().chain(without()))];
        }
        Some(Outcome::Entered { user_namespace, connection }) => (user_namespace, connection),
    };
    let found = if user_namespace {
        Text::new("made without root, in a user namespace of its own", "无需 root，在自己的用户命名空间中建立")
    } else {
        Text::new("made with root's rights", "以 root 权限建立")
    };
    let watched = ("capture and kernel in there", "其中的抓包与内核视角");
    let second = match connection {
        Ok(seen) => {
            let left = seen.time_wait_ms.map_or("?".to_string(), |left| format!("{left} ms"));
            let ok = seen.packets > 0 && seen.dropped == 0 && seen.in_order && seen.time_wait_ms.is_some();
            Check::new("trial", ok, watched, {
                Text::new(
                    format!(
                        "one connection: {} packets, {} dropped; TIME-WAIT has {left} left",
                        seen.packets, seen.dropped
                    ),
                    format!("一条连接：{} 个数据包，丢弃 {} 个；TIME-WAIT 还剩 {left}", seen.packets, seen.dropped),
                )
            })
        }
        Err(error) => Check::new("trial", false, watched, same(error)),
    };
    vec![Check::new("namespace", true, title, found), second]
}

/// What can be done all the same.
fn without() -> Option<Text> {
    cfg!(all(target_os = "linux", feature = "capture")).then(|| {
        Text::new(
            "without it, what a loopback alone can show of the lab runs where capturing is allowed: synfin lab run --all",
            "没有它时，只要允许抓包，仅靠环回接口就能展示的实验场景仍可运行：synfin lab run --all",
        )
    })
}

#[cfg(target_os = "linux")]
fn sock_diag() -> Check {
    use crate::lab::kernel::sock_diag::SockDiag;
    let title = ("the kernel's word on sockets (sock_diag)", "内核的套接字信息（sock_diag）");
    match SockDiag::open().and_then(|mut kernel| kernel.dump(&[])) {
        Ok(sockets) => Check::new("sock-diag", true, title, {
            let count = sockets.len();
            Text::new(format!("answers: {count} TCP sockets"), format!("可用：{count} 个 TCP 套接字"))
        }),
        Err(error) => Check::new("sock-diag", false, title, same(error.to_string())).fixes([Text::new(
            "a sandbox forbids NETLINK_SOCK_DIAG, or the module is missing: sudo modprobe -a inet_diag tcp_diag",
            "沙箱禁止了 NETLINK_SOCK_DIAG，或缺少模块：sudo modprobe -a inet_diag tcp_diag",
        )]),
    }
}

#[cfg(not(target_os = "linux"))]
fn sock_diag() -> Check {
    let title = ("the kernel's word on sockets (sock_diag)", "内核的套接字信息（sock_diag）");
    Check::new("sock-diag", false, title, Text::new("needs Linux", "需要 Linux"))
}

/// Settings of TCP that a lesson on TIME-WAIT meets. Their meaning: ip-sysctl of the kernel's documentation.
fn settings(read: &dyn Fn(&str) -> Option<String>) -> Vec<Check> {
    // Read as text: values come from the kernel as one number and a newline.
    let value = |name| read(name).map(|text| text.trim().to_string());
    let mut all = Vec::new();
    if let Some(reuse) = value("tcp_tw_reuse") {
        let (en, zh) = match reuse.as_str() {
            "0" => (
                "a port in TIME-WAIT is never taken for a new outgoing connection",
                "新的主动连接从不使用处于 TIME-WAIT 的端口",
            ),
            "2" => (
                "on loopback a port in TIME-WAIT may be taken for a new outgoing connection after a second",
                "在环回接口上，处于 TIME-WAIT 的端口一秒后可用于新的主动连接",
            ),
            _ => (
                "a port in TIME-WAIT may be taken for a new outgoing connection after a second",
                "处于 TIME-WAIT 的端口一秒后可用于新的主动连接",
            ),
        };
        all.push(Check::new("tcp_tw_reuse", None, ("tcp_tw_reuse", "tcp_tw_reuse"), {
            Text::new(format!("{reuse}: {en}"), format!("{reuse}: {zh}"))
        }));
    }
    if let Some(seconds) = value("tcp_fin_timeout") {
        all.push(Check::new("tcp_fin_timeout", None, ("tcp_fin_timeout", "tcp_fin_timeout"), {
            Text::new(
                format!("{seconds} s: how long a closed program's FIN-WAIT-2 lasts; this is NOT TIME-WAIT, which is always 60 s on Linux"),
                format!("{seconds} 秒：程序关闭后 FIN-WAIT-2 的时长；这不是 TIME-WAIT，Linux 的 TIME-WAIT 固定为 60 秒"),
            )
        }));
    }
    if value("tcp_max_tw_buckets").as_deref() == Some("0") {
        all.push(
            Check::new("tcp_max_tw_buckets", false, ("tcp_max_tw_buckets", "tcp_max_tw_buckets"), {
                Text::new("0: this kernel keeps no TIME-WAIT at all", "0：内核完全不保留 TIME-WAIT")
            })
            .fixes([same("sudo sysctl net.ipv4.tcp_max_tw_buckets=262144")]),
        );
    }
    if value("tcp_rfc1337").as_deref() == Some("0") {
        all.push(Check::new("tcp_rfc1337", None, ("tcp_rfc1337", "tcp_rfc1337"), {
            Text::new("0: an RST ends TIME-WAIT early (RFC 1337)", "0: RST 会提前结束 TIME-WAIT (RFC 1337)")
        }));
    }
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::cli::doctor::probe::Connection;

    #[test]
    fn a_trial_is_good_only_when_nothing_was_lost() {
        let judged = |packets, dropped, in_order, left| {
            let connection = Connection { packets, dropped, in_order, time_wait_ms: left };
            let outcome = Outcome::Entered { user_namespace: true, connection: Ok(connection) };
            private_network(Some(outcome))[1].ok
        };
        assert_eq!(judged(10, 0, true, Some(59_000)), Some(true));
        assert_eq!(judged(0, 0, true, Some(59_000)), Some(false));
        assert_eq!(judged(10, 1, true, Some(59_000)), Some(false));
        assert_eq!(judged(10, 0, false, Some(59_000)), Some(false));
        assert_eq!(judged(10, 0, true, None), Some(false));
    }

    #[test]
    fn a_failed_step_brings_its_fixes() {
        let outcome = Outcome::Failed { step: "unshare".to_string(), text: same("no"), fixes: vec![same("mend")] };
        let line = serde_json::to_string(&outcome).unwrap();
        let checks = private_network(serde_json::from_str(&line).ok());
        let fixes = &checks[0].fixes;
        assert_eq!((checks.len(), checks[0].ok, fixes[0].en.as_str()), (1, Some(false), "mend"));
        let lab = fixes.iter().any(|fix| fix.en.ends_with("synfin lab run --all"));
        assert_eq!(lab, cfg!(all(target_os = "linux", feature = "capture")));
        assert_eq!(private_network(None)[0].ok, Some(false));
    }

    #[test]
    fn fin_timeout_is_told_apart_from_time_wait() {
        let told = settings(&|name| Some(if name == "tcp_fin_timeout" { "60\n" } else { "0\n" }.to_string()));
        let by = |id: &str| told.iter().find(|check| check.id == id).unwrap();
        assert!(by("tcp_fin_timeout").found.en.contains("NOT TIME-WAIT"));
        assert_eq!(by("tcp_max_tw_buckets").ok, Some(false));
        assert!(settings(&|_| None).is_empty());
    }
}
