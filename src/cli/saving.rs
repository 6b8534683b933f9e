//! The file of `--write`: while a capture goes on, opened with the rights of the beginning and filled when they are gone; where
//! all is there at once, written when they are gone, and whole or not at all.

#[cfg(target_os = "linux")]
use super::output::part::Part;
use crate::source::privilege::give_to_user;
use crate::source::{LinkType, PcapWriter};
use crate::timeline::Lang;
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::libc::O_NOFOLLOW;
use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Creates the file for packets, never through a link, and gives it to the user behind sudo. `-` is standard output.
pub(super) fn create(path: &Path, lang: Lang) -> Result<File> {
    let open = || -> io::Result<File> {
        if path == Path::new("-") {
            return Ok(File::from(io::stdout().as_fd().try_clone_to_owned()?));
        }
        File::options().write(true).create(true).truncate(true).mode(0o600).custom_flags(O_NOFOLLOW).open(path)
    };
    let file = open()
        .map_err(|error| match Errno::from_raw(error.raw_os_error().unwrap_or_default()) {
            Errno::ELOOP => is_link(lang),
            _ => error,
        })
        .with_context(|| unwritten(path, lang))?;
    give_to_user(&file);
    Ok(file)
}

fn is_link(lang: Lang) -> io::Error {
    io::Error::other(lang.pick("it is a symbolic link; name the file itself", "它是符号链接；请直接给出文件"))
}

fn unwritten(path: &Path, lang: Lang) -> String {
    format!("{} '{}'", lang.pick("cannot write", "无法写入"), path.display())
}

/// Whether [`whole`] would come to nothing, before any work is done.
#[cfg(target_os = "linux")]
pub(super) fn foresee(path: &Path, lang: Lang) -> Result<()> {
    use nix::unistd::{AccessFlags, access};
    if path == Path::new("-") {
        return Ok(());
    }
    let looked = || -> io::Result<()> {
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => return Err(is_link(lang)),
            Ok(found) if found.is_dir() => return Err(Errno::EISDIR.into()),
            // A device or a pipe.
            Ok(found) if !found.is_file() => return Ok(access(path, AccessFlags::W_OK)?),
            _ => {}
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        Ok(access(folder, AccessFlags::W_OK | AccessFlags::X_OK)?)
    };
    looked().with_context(|| unwritten(path, lang))
}

/// Writes all of it: to standard output, or to a file that nobody else may read and that has its name only when it is whole.
#[cfg(target_os = "linux")]
pub(super) fn whole(path: &Path, bytes: &[u8], lang: Lang) -> Result<()> {
    let write = || -> Result<()> {
        if path == Path::new("-") {
            let mut out = io::stdout().lock();
            return Ok(out.write_all(bytes).and_then(|()| out.flush())?);
        }
        if path.symlink_metadata().is_ok_and(|found| found.is_symlink()) {
            return Err(is_link(lang).into());
        }
        let part = Part::create(path, 0o600)?;
        part.file().write_all(bytes)?;
        part.finish()
    };
    write().with_context(|| unwritten(path, lang))
}

/// A writer of packets into it.
pub(super) fn packets(file: File, link: LinkType, snaplen: u32, lang: Lang) -> Result<PcapWriter<File>> {
    PcapWriter::new(file, link, snaplen).context(lang.pick("cannot save the packets", "无法保存数据包"))
}

#[cfg(all(test, target_os = "linux"))]
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
