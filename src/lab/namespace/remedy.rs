//! Why a private network cannot be made on this machine, and what helps: from the step, the error and the machine's settings.

use super::Step;
use crate::timeline::Text;
use nix::errno::Errno;
use std::fs;
use std::path::Path;

/// Settings of this machine that forbid namespaces. None where there is no such setting.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Settings {
    /// `kernel.unprivileged_userns_clone` (Debian, Arch): 0 forbids.
    pub(super) userns_clone: Option<u64>,
    /// `kernel.apparmor_restrict_unprivileged_userns` (Ubuntu 23.10 and later): 1 forbids what follows unshare.
    pub(super) apparmor_restricts: Option<u64>,
    /// `user.max_user_namespaces` and `user.max_net_namespaces`: 0 forbids.
    pub(super) max_user: Option<u64>,
    pub(super) max_net: Option<u64>,
    /// Whether this is root already.
    pub(super) root: bool,
    /// A container whose seccomp filter may forbid unshare.
    pub(super) container: bool,
}

impl Settings {
    #[cfg_attr(not(target_os = "linux"), allow(dead_code))]
    pub(super) fn look() -> Settings {
        let number = |name: &str| fs::read_to_string(format!("/proc/sys/{name}")).ok()?.trim().parse().ok();
        Settings {
            userns_clone: number("kernel/unprivileged_userns_clone"),
            apparmor_restricts: number("kernel/apparmor_restrict_unprivileged_userns"),
            max_user: number("user/max_user_namespaces"),
            max_net: number("user/max_net_namespaces"),
            root: nix::unistd::geteuid().is_root(),
            container: ["/.dockerenv", "/run/.containerenv"].iter().any(|mark| Path::new(mark).exists()),
        }
    }
}

/// What helps, the likeliest first. `sudo` comes last, for it always helps where there is a root.
pub(super) fn remedies(step: Step, errno: Errno, settings: &Settings, executable: &Path, arguments: &str) -> Vec<Text> {
    let mut all = Vec::new();
    let path = executable.display();
    match (step, errno) {
        (Step::System, _) => {
            return vec![Text::new(
                "on this system use live capture instead: sudo synfin live",
                "在本系统上请改用实时抓包：sudo synfin live",
            )];
        }
        (Step::Unshare, Errno::EINVAL) => all.push(Text::new(
            "the process already had a second thread when it tried; this is a bug of synfin: please report it",
            "尝试时进程中已有第二个线程；这是 synfin 的缺陷，请报告",
        )),
        (Step::Unshare, Errno::ENOSPC | Errno::EUSERS) => {
            // A limit of 0 switches namespaces off; which of the two it is shows in its value.
            if settings.max_user == Some(0) || settings.max_net != Some(0) {
                all.push(sysctl(
                    "user.max_user_namespaces=10000",
                    "user namespaces are limited",
                    "用户命名空间数量受限",
                ));
            }
            if settings.max_net == Some(0) || settings.max_user != Some(0) {
                all.push(sysctl(
                    "user.max_net_namespaces=10000",
                    "network namespaces are limited",
                    "网络命名空间数量受限",
                ));
            }
        }
        (Step::Unshare, _) => {
            if settings.userns_clone == Some(0) {
                all.push(sysctl(
                    "kernel.unprivileged_userns_clone=1",
                    "this system forbids user namespaces to ordinary users",
                    "本系统禁止普通用户使用用户命名空间",
                ));
            }
            if settings.container || all.is_empty() {
                all.push(Text::new(
                    "in a container: start it with --cap-add SYS_ADMIN, or with a seccomp profile that allows unshare (docker run --security-opt seccomp=unconfined …)",
                    "在容器中：用 --cap-add SYS_ADMIN 启动，或使用允许 unshare 的 seccomp 配置（docker run --security-opt seccomp=unconfined …）",
                ));
            }
            all.push(Text::new(
                "unshare is also refused inside a chroot: leave it",
                "在 chroot 环境内 unshare 也会被拒绝：请退出 chroot",
            ));
        }
        // unshare went well and the new namespace has no rights: AppArmor's way of refusing.
        (Step::SetGroups | Step::UidMap | Step::GidMap | Step::LoUp, _) => {
            if settings.apparmor_restricts.is_none_or(|value| value != 0) {
                let profile = format!(
                    "printf 'abi <abi/4.0>,\\ninclude <tunables/global>\\nprofile synfin {path} flags=(unconfined) {{\\n  userns,\\n}}\\n' | sudo tee /etc/apparmor.d/synfin && sudo apparmor_parser -r /etc/apparmor.d/synfin"
                );
                all.push(Text::new(
                    format!(
                        "AppArmor restricts user namespaces (Ubuntu 23.10 and later); allow this program: {profile}"
                    ),
                    format!("AppArmor 限制了用户命名空间（Ubuntu 23.10 及以后）；放行本程序：{profile}"),
                ));
                all.push(sysctl(
                    "kernel.apparmor_restrict_unprivileged_userns=0",
                    "or lift the restriction for every program",
                    "或对所有程序取消该限制",
                ));
            }
        }
    }
    if settings.root {
        all.push(Text::new(
            "or watch the loopback that is there: synfin live in one terminal, synfin serve and synfin get in two others",
            "或者观察现有的环回接口：一个终端运行 synfin live，另两个运行 synfin serve 和 synfin get",
        ));
        return all;
    }
    all.push(Text::new(
        format!("with root's rights it needs no user namespace: sudo {path} {arguments}"),
        format!("以 root 权限运行则不需要用户命名空间：sudo {path} {arguments}"),
    ));
    all
}

fn sysctl(setting: &str, why: &str, zh: &str) -> Text {
    Text::new(format!("{why}: sudo sysctl {setting}"), format!("{zh}: sudo sysctl {setting}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    fn told(step: Step, errno: Errno, settings: Settings) -> String {
        let all = remedies(step, errno, &settings, Path::new("/opt/synfin"), "lab run syn-lost");
        for text in &all {
            assert!(!text.en.is_empty() && !text.zh.is_empty());
        }
        all.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn each_cause_has_its_own_remedy() {
        let debian = told(Step::Unshare, Errno::EPERM, Settings { userns_clone: Some(0), ..Settings::default() });
        assert!(debian.contains("sysctl kernel.unprivileged_userns_clone=1") && !debian.contains("seccomp"));
        let docker = told(Step::Unshare, Errno::EPERM, Settings { container: true, ..Settings::default() });
        assert!(docker.contains("seccomp") && !docker.contains("sysctl"));
        let ubuntu = told(Step::UidMap, Errno::EPERM, Settings { apparmor_restricts: Some(1), ..Settings::default() });
        assert!(
            ubuntu.contains("profile synfin /opt/synfin") && ubuntu.contains("apparmor_restrict_unprivileged_userns=0")
        );
        let limit = Settings { max_user: Some(0), max_net: Some(100), ..Settings::default() };
        let limit = told(Step::Unshare, Errno::ENOSPC, limit);
        assert!(limit.contains("max_user_namespaces") && !limit.contains("max_net_namespaces"), "{limit}");
        let limit =
            told(Step::Unshare, Errno::ENOSPC, Settings { max_user: Some(9), max_net: Some(0), ..Settings::default() });
        assert!(limit.contains("max_net_namespaces") && !limit.contains("max_user_namespaces"), "{limit}");
        assert!(told(Step::Unshare, Errno::EINVAL, Settings::default()).contains("second thread"));
    }

    #[test]
    fn sudo_names_the_real_program_and_other_systems_get_no_linux_advice() {
        assert!(told(Step::Unshare, Errno::EPERM, Settings::default()).contains("sudo /opt/synfin lab run syn-lost"));
        let root = told(Step::Unshare, Errno::EPERM, Settings { root: true, ..Settings::default() });
        assert!(!root.contains("sudo /opt/synfin") && root.contains("synfin live"), "{root}");
        let other = told(Step::System, Errno::ENOSYS, Settings::default());
        assert!(other.contains("live") && !other.contains("sysctl"));
    }
}
