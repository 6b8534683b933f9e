//! A network of our own: the process moves into a private network namespace with a loopback that nobody else uses.

mod remedy;

use crate::timeline::Text;
use nix::errno::Errno;
use remedy::Settings;
use std::fmt;
use std::path::Path;
use thiserror::Error;

/// Where the process is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entered {
    /// Root took a network namespace; users and rights are as before.
    Network,
    /// An ordinary user became the root of an own user namespace, which owns the network namespace.
    UserAndNetwork,
}

/// The steps into a namespace, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Unshare,
    SetGroups,
    UidMap,
    GidMap,
    LoUp,
    /// The system is not Linux.
    System,
}

impl Step {
    /// As messages name it.
    pub fn name(self) -> &'static str {
        match self {
            Step::Unshare => "unshare",
            Step::SetGroups => "setgroups",
            Step::UidMap => "uid_map",
            Step::GidMap => "gid_map",
            Step::LoUp => "lo up",
            Step::System => "system",
        }
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The step that failed, and what the kernel said. The process may then be in a half-made namespace: end it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot make a private network: step '{step}' failed: {errno}")]
pub struct NamespaceError {
    pub step: Step,
    pub errno: Errno,
    settings: Settings,
}

impl NamespaceError {
    /// What happened, in both languages.
    pub fn text(&self) -> Text {
        if self.step == Step::System {
            return Text::new("a private network needs Linux", "私有网络需要 Linux");
        }
        Text::new(self.to_string(), format!("无法建立私有网络：步骤 '{}' 失败：{}", self.step, self.errno))
    }

    /// Whether the process is still where it was: no namespace was made at all.
    pub fn is_where_it_was(&self) -> bool {
        matches!(self.step, Step::Unshare | Step::System)
    }

    /// How to mend it, the likeliest way first. `executable` is named in commands to copy, with these `arguments` behind sudo.
    pub fn remedies(&self, executable: &Path, arguments: &str) -> Vec<Text> {
        remedy::remedies(self.step, self.errno, &self.settings, executable, arguments)
    }
}

/// Moves the process into a private network with `lo` up. Call it before any thread starts, and never in a test process.
///
/// # Errors
/// The step that failed, with errno and remedies.
#[cfg(target_os = "linux")]
pub fn enter() -> Result<Entered, NamespaceError> {
    use crate::source::syscall::link_up;
    use nix::sched::{CloneFlags, unshare};
    use nix::sys::socket::{AddressFamily, SockFlag, SockType, socket};
    use nix::unistd::{getegid, geteuid};
    use std::os::fd::AsFd;

    // Afterwards both are the overflow ids until the maps are written.
    let (uid, gid) = (geteuid(), getegid());
    let at = |step| move |errno| NamespaceError { step, errno, settings: Settings::look() };
    let write = |step: Step, file: &str, text: String| {
        std::fs::write(file, text).map_err(|error| at(step)(error.raw_os_error().map_or(Errno::EIO, Errno::from_raw)))
    };

    // Root of a container may lack CAP_SYS_ADMIN; then it goes the way of an ordinary user.
    let as_root = if uid.is_root() { unshare(CloneFlags::CLONE_NEWNET) } else { Err(Errno::EPERM) };
    let entered = match as_root {
        Ok(()) => Entered::Network,
        Err(errno) if errno != Errno::EPERM => return Err(at(Step::Unshare)(errno)),
        Err(_) => {
            // A program that got capabilities from its file is not dumpable, and its files in /proc are root's.
            let _ = nix::sys::prctl::set_dumpable(true);
            unshare(CloneFlags::CLONE_NEWUSER | CloneFlags::CLONE_NEWNET).map_err(at(Step::Unshare))?;
            // user_namespaces(7): a gid map of one's own needs setgroups denied first.
            write(Step::SetGroups, "/proc/self/setgroups", "deny".to_string())?;
            write(Step::UidMap, "/proc/self/uid_map", format!("0 {uid} 1"))?;
            write(Step::GidMap, "/proc/self/gid_map", format!("0 {gid} 1"))?;
            Entered::UserAndNetwork
        }
    };
    let socket =
        socket(AddressFamily::Inet, SockType::Datagram, SockFlag::SOCK_CLOEXEC, None).map_err(at(Step::LoUp))?;
    link_up(socket.as_fd(), "lo").map_err(at(Step::LoUp))?;
    Ok(entered)
}

/// A private network needs Linux.
#[cfg(not(target_os = "linux"))]
pub fn enter() -> Result<Entered, NamespaceError> {
    Err(NamespaceError { step: Step::System, errno: Errno::ENOSYS, settings: Settings::default() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn the_failing_step_is_named_in_both_languages() {
        let error = NamespaceError { step: Step::UidMap, errno: Errno::EPERM, settings: Settings::default() };
        let text = error.text();
        assert!(text.en.contains("uid_map") && text.en.contains("EPERM"), "{}", text.en);
        assert!(text.zh.contains("uid_map") && text.zh.contains("EPERM"), "{}", text.zh);
        assert!(!error.remedies(Path::new("/usr/bin/synfin"), "demo").is_empty());
    }

    #[test]
    fn only_before_the_first_step_nothing_was_made() {
        let at = |step| NamespaceError { step, errno: Errno::EPERM, settings: Settings::default() };
        assert!([Step::Unshare, Step::System].into_iter().all(|step| at(step).is_where_it_was()));
        let later = [Step::SetGroups, Step::UidMap, Step::GidMap, Step::LoUp];
        assert!(!later.into_iter().any(|step| at(step).is_where_it_was()));
    }
}
