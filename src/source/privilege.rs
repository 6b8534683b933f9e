//! Giving up root's rights as soon as they are not needed: after the device and the output files are open, before the
//! first packet is parsed.

use nix::errno::Errno;
use nix::unistd::{Gid, Uid, fchown, geteuid};
use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use thiserror::Error;

/// Whom to become instead of root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct User {
    pub uid: u32,
    pub gid: u32,
}

impl User {
    /// The user `nobody`, by the number that Linux reserves for it.
    pub const NOBODY: User = User { uid: 65534, gid: 65534 };

    /// Who called sudo, from the values of SUDO_UID and SUDO_GID. None where they are missing, root's or no numbers.
    pub fn of_sudo(uid: Option<&str>, gid: Option<&str>) -> Option<User> {
        // u32::MAX means "leave unchanged" to setresuid and fchown.
        let number = |text: Option<&str>| text?.parse::<u32>().ok().filter(|id| *id != 0 && *id != u32::MAX);
        Some(User { uid: number(uid)?, gid: number(gid)? })
    }

    /// Who called sudo, from this process's environment. Only root has reason to ask.
    pub fn behind_sudo() -> Option<User> {
        let value = |name| std::env::var(name).ok();
        User::of_sudo(value("SUDO_UID").as_deref(), value("SUDO_GID").as_deref())
    }
}

/// Gives a file that root has just created to the user who called sudo. True when it was given; a file that cannot be
/// given stays root's, which is no reason to fail. Devices and other people's files are never touched.
pub fn give_to_user(file: &File) -> bool {
    let is_ours = file.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.uid() == 0);
    if !geteuid().is_root() || !is_ours {
        return false;
    }
    User::behind_sudo()
        .is_some_and(|user| fchown(file, Some(Uid::from_raw(user.uid)), Some(Gid::from_raw(user.gid))).is_ok())
}

/// What giving up came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dropped {
    /// There was nothing to give up.
    Nothing,
    /// From root to this user.
    Root(User),
    /// Capabilities only: of the program's file, or of the root of a user namespace.
    Capabilities,
}

/// A step that failed. Parsing packets with rights that should be gone is not an option: end the program.
#[derive(Debug, Error)]
#[error("cannot give up privileges: {step}: {source}")]
pub struct PrivilegeError {
    pub step: &'static str,
    pub source: Errno,
}

/// Gives up all privileges for good. Call it while the process has one thread.
///
/// As root: no new privileges, no other groups, group and user of `user` (nobody where none is given), no capabilities;
/// then makes sure that there is no way back. With capabilities only: clears them.
///
/// # Errors
/// The step that failed.
pub fn drop_privileges(user: Option<User>) -> Result<Dropped, PrivilegeError> {
    let target = user.unwrap_or(User::NOBODY);
    let map = |kind| fs::read_to_string(format!("/proc/self/{kind}_map")).ok();
    let is_mapped =
        map("uid").is_none_or(|map| maps(&map, target.uid)) && map("gid").is_none_or(|map| maps(&map, target.gid));
    if geteuid().is_root() && is_mapped {
        become_user(target)?;
        return Ok(Dropped::Root(target));
    }
    clear()
}

#[cfg(any(target_os = "linux", target_os = "freebsd", target_os = "openbsd", target_os = "android"))]
fn become_user(user: User) -> Result<(), PrivilegeError> {
    use nix::unistd::{getresgid, getresuid, setgroups, setresgid, setresuid, setuid};
    let (uid, gid) = (Uid::from_raw(user.uid), Gid::from_raw(user.gid));
    let at = |step| move |source| PrivilegeError { step, source };

    #[cfg(target_os = "linux")]
    nix::sys::prctl::set_no_new_privs().map_err(at("no_new_privs"))?;
    setgroups(&[gid]).map_err(at("setgroups"))?;
    setresgid(gid, gid, gid).map_err(at("setresgid"))?;
    setresuid(uid, uid, uid).map_err(at("setresuid"))?;
    #[cfg(target_os = "linux")]
    super::syscall::clear_capabilities().map_err(at("capset"))?;

    let (uids, gids) = (getresuid().map_err(at("getresuid"))?, getresgid().map_err(at("getresgid"))?);
    let is_gone = [uids.real, uids.effective, uids.saved] == [uid; 3]
        && [gids.real, gids.effective, gids.saved] == [gid; 3]
        && setuid(Uid::from_raw(0)).is_err();
    if is_gone { Ok(()) } else { Err(PrivilegeError { step: "verify", source: Errno::EPERM }) }
}

#[cfg(not(any(target_os = "linux", target_os = "freebsd", target_os = "openbsd", target_os = "android")))]
fn become_user(user: User) -> Result<(), PrivilegeError> {
    use nix::unistd::{getegid, getuid, setgid, setuid};
    let at = |step| move |source| PrivilegeError { step, source };
    // For root these set the saved ids as well. (Apple's setgroups has a meaning of its own, so nix leaves it out.)
    setgid(Gid::from_raw(user.gid)).map_err(at("setgid"))?;
    setuid(Uid::from_raw(user.uid)).map_err(at("setuid"))?;
    let is_gone = getuid().as_raw() == user.uid
        && geteuid().as_raw() == user.uid
        && getegid().as_raw() == user.gid
        && setuid(Uid::from_raw(0)).is_err();
    if is_gone { Ok(()) } else { Err(PrivilegeError { step: "verify", source: Errno::EPERM }) }
}

#[cfg(target_os = "linux")]
fn clear() -> Result<Dropped, PrivilegeError> {
    let at = |step| move |source| PrivilegeError { step, source };
    let status = || fs::read_to_string("/proc/self/status").unwrap_or_default();
    if capabilities(&status(), "CapPrm") == Some(0) {
        return Ok(Dropped::Nothing);
    }
    nix::sys::prctl::set_no_new_privs().map_err(at("no_new_privs"))?;
    super::syscall::clear_capabilities().map_err(at("capset"))?;
    match capabilities(&status(), "CapPrm") {
        Some(0) | None => Ok(Dropped::Capabilities),
        Some(_) => Err(PrivilegeError { step: "verify", source: Errno::EPERM }),
    }
}

#[cfg(not(target_os = "linux"))]
fn clear() -> Result<Dropped, PrivilegeError> {
    Ok(Dropped::Nothing)
}

/// A capability set (`CapEff`, `CapPrm`, …) out of the text of `/proc/self/status`.
pub fn capabilities(status: &str, set: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(set)?.strip_prefix(':'))?;
    u64::from_str_radix(line.trim(), 16).ok()
}

/// Whether a user namespace knows this id: the text of `uid_map` or `gid_map` has lines of first, outside, length.
fn maps(map: &str, id: u32) -> bool {
    map.lines().any(|line| {
        let mut numbers = line.split_whitespace().map(str::parse::<u64>);
        let (Some(Ok(first)), Some(Ok(_)), Some(Ok(length))) = (numbers.next(), numbers.next(), numbers.next()) else {
            return false;
        };
        (first..first.saturating_add(length)).contains(&u64::from(id))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn sudo_names_an_ordinary_user_or_nobody() {
        let of = User::of_sudo;
        assert_eq!(of(Some("1000"), Some("1001")), Some(User { uid: 1000, gid: 1001 }));
        assert_eq!(of(Some("0"), Some("0")), None);
        assert_eq!(of(Some("1000"), Some("0")), None);
        assert_eq!(of(Some("1000"), None), None);
        assert_eq!(of(Some("-1"), Some("1")), None);
        assert_eq!(of(Some("4294967295"), Some("1")), None);
        assert_eq!(of(Some("1000; rm"), Some("1000")), None);
    }

    #[test]
    fn a_namespace_knows_only_the_ids_it_maps() {
        let initial = "         0          0 4294967295\n";
        assert!(maps(initial, 0) && maps(initial, 65534));
        let own = "0 1000 1\n";
        assert!(maps(own, 0) && !maps(own, 65534));
        assert!(!maps("", 0) && !maps("garbage in map", 1) && !maps("0 0", 0));
    }

    #[test]
    fn capability_sets_are_read_by_name() {
        let status = "Name:\tx\nCapPrm:\t0000000000002000\nCapEff:\t0000000000000000\n";
        assert_eq!(capabilities(status, "CapPrm"), Some(1 << 13));
        assert_eq!(capabilities(status, "CapEff"), Some(0));
        assert_eq!(capabilities(status, "CapAmb"), None);
    }
}
