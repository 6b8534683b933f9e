//! The served folder: opens files in it, and nothing outside it, whatever the name says and whoever moves files meanwhile.

use super::protocol::{LONGEST_NAME, Refusal};
use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;
use std::ffi::OsStr;
use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Entries of a folder that are looked at to tell whether a name is complete; beyond, there is doubt.
const MOST_ENTRIES: usize = 4096;
/// How often an open is tried again that a rename elsewhere disturbed (openat2(2), EAGAIN).
#[cfg(target_os = "linux")]
const TRIES: usize = 8;

/// An open folder. It stays the same folder when its path is renamed.
#[derive(Debug)]
pub struct Root {
    folder: OwnedFd,
}

impl Root {
    /// # Errors
    /// The system's, when the path is no folder or may not be read.
    pub fn open(path: &Path) -> io::Result<Root> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        Ok(Root { folder: nix::fcntl::open(path, flags, Mode::empty())? })
    }

    /// Opens a regular file below the root, and tells its length in octets. Symbolic links count where they stay below.
    pub fn file(&self, name: &[u8]) -> Result<(File, u64), Refusal> {
        check(name)?;
        // Without O_NONBLOCK the open of a FIFO would wait for a writer for ever.
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let file = File::from(self.beneath(name, flags).map_err(refusal)?);
        let facts = file.metadata().map_err(|_| Refusal::Unreadable)?;
        if facts.is_file() { Ok((file, facts.len())) } else { Err(Refusal::NotAFile) }
    }

    /// Names in a folder below the root, in their order, and whether each is a folder; the first few thousand that are found.
    pub fn entries(&self, name: &[u8]) -> Result<Vec<(Vec<u8>, bool)>, Refusal> {
        check(name)?;
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let folder = self.beneath(name, flags).map_err(refusal)?;
        let mut entries = Dir::from_fd(folder).map_err(refusal)?;
        let mut found: Vec<(Vec<u8>, bool)> = Vec::new();
        for entry in entries.iter().take(MOST_ENTRIES).filter_map(Result::ok) {
            let name = entry.file_name().to_bytes();
            if !matches!(name, b"." | b"..") {
                found.push((name.to_vec(), entry.file_type() == Some(nix::dir::Type::Directory)));
            }
        }
        found.sort();
        Ok(found)
    }

    /// Whether more octets could turn this name into that of another entry. See "Where a bare name ends".
    pub fn may_grow(&self, name: &[u8]) -> bool {
        let (folder, last) = match name.iter().rposition(|&octet| octet == b'/') {
            Some(0) => return false,
            Some(slash) => (name.get(..slash).unwrap_or_default(), name.get(slash + 1..).unwrap_or_default()),
            None => (b".".as_slice(), name),
        };
        if check(folder).is_err() {
            return false;
        }
        if last == b"." {
            return true;
        }
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let Ok(folder) = self.beneath(folder, flags) else { return false };
        let Ok(mut entries) = Dir::from_fd(folder) else { return false };
        for (count, entry) in entries.iter().enumerate() {
            let Ok(entry) = entry else { return true };
            let found = entry.file_name().to_bytes();
            if matches!(found, b"." | b"..") {
                continue;
            }
            let longer = found.len() > last.len() && found.starts_with(last);
            // `docs` may become `docs/x`. A symbolic link may lead to a folder; a file system may not tell what it is.
            let is_file = entry.file_type() == Some(nix::dir::Type::File);
            if longer || (found == last && !is_file) || count >= MOST_ENTRIES {
                return true;
            }
        }
        false
    }

    #[cfg(target_os = "linux")]
    fn beneath(&self, name: &[u8], flags: OFlag) -> Result<OwnedFd, Errno> {
        use nix::fcntl::{OpenHow, ResolveFlag, openat2};
        // The kernel itself keeps the walk below the root: a check before the open could be outrun by a rename.
        let how =
            OpenHow::new().flags(flags).resolve(ResolveFlag::RESOLVE_BENEATH | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        let mut result = Err(Errno::EAGAIN);
        for _ in 0..TRIES {
            result = openat2(self.folder.as_fd(), OsStr::from_bytes(name), how);
            if !matches!(result, Err(Errno::EAGAIN | Errno::EINTR)) {
                break;
            }
        }
        match result {
            // Before Linux 5.6, and in sandboxes that do not know the call.
            Err(Errno::ENOSYS | Errno::EPERM) => self.walk(name, flags),
            result => result,
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn beneath(&self, name: &[u8], flags: OFlag) -> Result<OwnedFd, Errno> {
        self.walk(name, flags)
    }

    /// One component at a time, no symbolic link followed: the way for systems without openat2.
    fn walk(&self, name: &[u8], flags: OFlag) -> Result<OwnedFd, Errno> {
        let mut folder = self.folder.try_clone().map_err(|_| Errno::EMFILE)?;
        let parts: Vec<&[u8]> = name.split(|&octet| octet == b'/').filter(|part| !part.is_empty()).collect();
        let (last, before) = parts.split_last().ok_or(Errno::ENOENT)?;
        for part in before {
            let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
            folder = openat(folder.as_fd(), OsStr::from_bytes(part), flags, Mode::empty())?;
        }
        openat(folder.as_fd(), OsStr::from_bytes(last), flags | OFlag::O_NOFOLLOW, Mode::empty())
    }
}

/// What a name may be before any file system is asked.
fn check(name: &[u8]) -> Result<(), Refusal> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.iter().any(u8::is_ascii_control) {
        return Err(Refusal::BadName);
    }
    if name.starts_with(b"/") || name.split(|&octet| octet == b'/').any(|part| part == b"..") {
        return Err(Refusal::Outside);
    }
    Ok(())
}

fn refusal(error: Errno) -> Refusal {
    match error {
        Errno::ENOENT | Errno::ENOTDIR => Refusal::NotFound,
        // RESOLVE_BENEATH answers EXDEV, O_NOFOLLOW answers ELOOP.
        Errno::EXDEV | Errno::ELOOP => Refusal::Outside,
        Errno::EISDIR | Errno::ENXIO | Errno::ENODEV => Refusal::NotAFile,
        Errno::ENAMETOOLONG | Errno::EINVAL => Refusal::BadName,
        _ => Refusal::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    fn house() -> (tempfile::TempDir, Root) {
        let house = tempfile::tempdir().unwrap();
        let root = house.path().join("root");
        fs::create_dir_all(root.join("sub")).unwrap();
        fs::write(house.path().join("secret"), "secret").unwrap();
        fs::write(root.join("a.txt"), "inside").unwrap();
        fs::write(root.join("sub/b.txt"), "below").unwrap();
        symlink("../secret", root.join("out")).unwrap();
        symlink(house.path(), root.join("up")).unwrap();
        symlink("sub/b.txt", root.join("in")).unwrap();
        nix::unistd::mkfifo(&root.join("fifo"), Mode::S_IRWXU).unwrap();
        let root = Root::open(&root).unwrap();
        (house, root)
    }

    #[test]
    fn only_regular_files_below_the_root() {
        let (_house, root) = house();
        let answer = |name: &str| root.file(name.as_bytes()).map(|(_, length)| length);
        assert_eq!(answer("a.txt"), Ok(6));
        assert_eq!(answer("./sub//b.txt"), Ok(5));
        assert_eq!(answer("in"), Ok(5));
        for outside in ["../secret", "/etc/passwd", "out", "up/secret", "sub/../a.txt", "..", "/"] {
            assert_eq!(answer(outside), Err(Refusal::Outside), "{outside}");
        }
        for no_file in ["sub", "fifo", "."] {
            assert_eq!(answer(no_file), Err(Refusal::NotAFile), "{no_file}");
        }
        for bad in ["", "a\0b", "a\x1b[31m", &"x".repeat(2000), &"x".repeat(300)] {
            assert_eq!(answer(bad), Err(Refusal::BadName), "{bad:?}");
        }
        assert_eq!(answer("none"), Err(Refusal::NotFound));
        assert_eq!(answer("a.txt/x"), Err(Refusal::NotFound));
    }

    #[test]
    fn the_walk_without_openat2_follows_no_link_at_all() {
        let (_house, root) = house();
        let open = |name: &str| root.walk(name.as_bytes(), OFlag::O_RDONLY | OFlag::O_NONBLOCK);
        assert!(open("a.txt").is_ok() && open("./sub//b.txt").is_ok());
        assert_eq!(open("out").map(drop), Err(Errno::ELOOP));
        assert!(matches!(open("up/secret").map(drop), Err(Errno::ELOOP | Errno::ENOTDIR)));
    }

    #[test]
    fn a_name_may_grow_while_another_entry_begins_with_it() {
        let (_house, root) = house();
        for grows in ["", "a", "a.tx", "sub", "sub/", "sub/b", "o", ".", "in", "./su"] {
            assert!(root.may_grow(grows.as_bytes()), "{grows}");
        }
        for whole in ["a.txt", "none", "sub/b.txt", "sub/c", "/", "/etc", "..", "../s", "none/x", "up/s"] {
            assert!(!root.may_grow(whole.as_bytes()), "{whole}");
        }
    }

    #[test]
    fn no_rename_outruns_the_check() {
        use std::io::Read;
        let (house, root) = house();
        let (inside, outside) = (house.path().join("root/a.txt"), house.path().join("secret"));
        let (flip, next) = (house.path().join("root/flip"), house.path().join("root/next"));
        symlink(&outside, &flip).unwrap();
        let done = std::sync::atomic::AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !done.load(std::sync::atomic::Ordering::Relaxed) {
                    fs::hard_link(&inside, &next).unwrap();
                    fs::rename(&next, &flip).unwrap();
                    symlink("../secret", &next).unwrap();
                    fs::rename(&next, &flip).unwrap();
                }
            });
            let began = std::time::Instant::now();
            let (mut inside, mut refused, mut wrong) = (0, 0, Vec::new());
            while (inside == 0 || refused == 0 || inside + refused < 20_000) && began.elapsed().as_secs() < 60 {
                match root.file(b"flip") {
                    Ok((mut file, _)) => {
                        let mut content = String::new();
                        file.read_to_string(&mut content).unwrap();
                        inside += 1;
                        wrong.extend((content != "inside").then_some(content));
                    }
                    Err(why) => {
                        refused += 1;
                        wrong.extend((why != Refusal::Outside).then(|| format!("{why:?}")));
                    }
                }
            }
            done.store(true, std::sync::atomic::Ordering::Relaxed);
            assert!(wrong.is_empty(), "{wrong:?}");
            assert!(inside > 0 && refused > 0, "both answers were meant to come");
        });
    }
}
