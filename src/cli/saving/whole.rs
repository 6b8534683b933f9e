//! A file of packets that are all there at once: written when root's rights are gone, and whole or not at all.

use super::super::output::part::{Part, refuse_read_only};
use super::{is_link, unwritten};
use crate::source::privilege::User;
use crate::timeline::Lang;
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::unistd::{AccessFlags, access, geteuid};
use std::fs::{DirBuilder, Metadata};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::path::Path;

/// Whether [`whole`] would come to nothing, so far as it can be known before any work is done.
pub(in crate::cli) fn foresee(path: &Path, lang: Lang) -> Result<()> {
    if path == Path::new("-") {
        return Ok(());
    }
    let looked = || -> io::Result<()> {
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => return Err(is_link(lang)),
            Ok(found) if found.is_dir() => return Err(Errno::EISDIR.into()),
            // A device or a pipe.
            Ok(found) if !found.is_file() => return Ok(access(path, AccessFlags::W_OK)?),
            _ => refuse_read_only(path, lang)?,
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        access(folder, AccessFlags::W_OK | AccessFlags::X_OK)?;
        // By then root's rights are given up.
        let user = User::behind_sudo().filter(|_| geteuid().is_root());
        match user {
            Some(user) if !may_write(&folder.metadata()?, user) => Err(io::Error::other(
                lang.pick("the user who called sudo may not write there", "调用 sudo 的用户在该处没有写权限"),
            )),
            _ => Ok(()),
        }
    };
    looked().with_context(|| unwritten(path, lang))
}

/// Makes the folder for several files where there is none, and gives it to the user behind sudo.
pub(in crate::cli) fn folder(path: &Path, lang: Lang) -> Result<()> {
    let make = || -> io::Result<()> {
        if path.is_dir() {
            return Ok(());
        }
        DirBuilder::new().mode(0o700).create(path)?;
        if let Some(User { uid, gid }) = User::behind_sudo().filter(|_| geteuid().is_root()) {
            chown(path, Some(uid), Some(gid))?;
        }
        Ok(())
    };
    make().with_context(|| unwritten(path, lang))
}

/// Whether a folder lets a user without other groups make a file in it.
fn may_write(folder: &Metadata, user: User) -> bool {
    const WRITE_AND_SEARCH: u32 = 0o3;
    let bits = match user {
        User { uid, .. } if folder.uid() == uid => folder.mode() >> 6,
        User { gid, .. } if folder.gid() == gid => folder.mode() >> 3,
        _ => folder.mode(),
    };
    bits & WRITE_AND_SEARCH == WRITE_AND_SEARCH
}

/// Writes all of it: to standard output, or to a file that nobody else may read and that has its name only when it is whole.
pub(in crate::cli) fn whole(path: &Path, bytes: &[u8], lang: Lang) -> Result<()> {
    let write = || -> Result<()> {
        if path == Path::new("-") {
            let mut out = io::stdout().lock();
            return Ok(out.write_all(bytes).and_then(|()| out.flush())?);
        }
        if path.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return Err(is_link(lang).into());
        }
        let part = Part::create(path, 0o600, lang)?;
        part.file().write_all(bytes)?;
        part.finish()
    };
    write().with_context(|| unwritten(path, lang))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};

    #[test]
    fn a_file_is_whole_and_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcapng");
        fs::write(&path, "before").unwrap();
        foresee(&path, Lang::En).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"before", "what is foreseen is not begun");
        whole(&path, b"packets", Lang::En).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"packets");
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_read_only_file_stays_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.pcapng");
        fs::write(&path, "before").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        for refused in [foresee(&path, Lang::En), whole(&path, b"packets", Lang::En)] {
            assert!(format!("{:#}", refused.unwrap_err()).contains("read-only"));
        }
        assert_eq!(fs::read(&path).unwrap(), b"before");
    }

    #[test]
    fn a_folder_is_made_once() {
        let parent = tempfile::tempdir().unwrap();
        let path = parent.path().join("all");
        super::folder(&path, Lang::En).unwrap();
        super::folder(&path, Lang::En).unwrap();
        assert!(path.is_dir());
        assert!(super::folder(&parent.path().join("no/all"), Lang::En).is_err());
        fs::write(path.join("file"), "").unwrap();
        assert!(super::folder(&path.join("file"), Lang::En).is_err());
    }

    #[test]
    fn a_folder_lets_its_own_write() {
        let folder = tempfile::tempdir().unwrap();
        let may = |mode, uid, gid| {
            fs::set_permissions(folder.path(), fs::Permissions::from_mode(mode)).unwrap();
            may_write(&folder.path().metadata().unwrap(), User { uid, gid })
        };
        let found = folder.path().metadata().unwrap();
        let (uid, gid) = (found.uid(), found.gid());
        assert!(may(0o700, uid, gid + 1) && !may(0o577, uid, gid));
        assert!(may(0o730, uid + 1, gid) && !may(0o707, uid + 1, gid) && !may(0o720, uid + 1, gid));
        assert!(may(0o703, uid + 1, gid + 1) && !may(0o775, uid + 1, gid + 1));
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn what_cannot_be_written_is_foreseen() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("link");
        symlink("elsewhere", &link).unwrap();
        for path in [link.as_path(), folder.path(), &folder.path().join("no/a.pcapng")] {
            assert!(foresee(path, Lang::En).is_err(), "{}", path.display());
            assert!(whole(path, b"packets", Lang::En).is_err(), "{}", path.display());
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
