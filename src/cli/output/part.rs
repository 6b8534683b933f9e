//! A file on its way: it stands whole or not at all.

use super::{folder, is_special};
use crate::timeline::Lang;
use anyhow::Result;
use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Written under another name beside its own, and removed if it is never finished. A device or a pipe is written as it is.
pub(in crate::cli) struct Part {
    path: PathBuf,
    written: Written,
}

enum Written {
    Special(File),
    Beside(NamedTempFile),
}

impl Part {
    /// With these permissions, of which the umask takes away what it takes away.
    ///
    /// # Errors
    /// What cannot be made; a read-only file in its place, which stays as it is.
    pub(in crate::cli) fn create(path: &Path, mode: u32, lang: Lang) -> Result<Part> {
        let path = path.to_path_buf();
        if is_special(&path) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(Part { path, written: Written::Special(file) });
        }
        refuse_read_only(&path, lang)?;
        let mut builder = tempfile::Builder::new();
        builder.prefix(".synfin-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(std::fs::Permissions::from_mode(mode));
        }
        #[cfg(not(unix))]
        let _ = mode;
        let beside = builder.tempfile_in(folder(&path))?;
        Ok(Part { path, written: Written::Beside(beside) })
    }

    pub(in crate::cli) fn file(&self) -> &File {
        match &self.written {
            Written::Special(file) => file,
            Written::Beside(beside) => beside.as_file(),
        }
    }

    /// All is written: the file gets its name.
    pub(in crate::cli) fn finish(self) -> Result<()> {
        if let Written::Beside(beside) = self.written {
            #[cfg(unix)]
            crate::source::privilege::give_to_user(beside.as_file());
            // The error carries the temporary file: it is removed with it.
            beside.persist(self.path).map_err(|error| error.error)?;
        }
        Ok(())
    }
}

/// Somebody took care that a read-only file stays as it is; one with another name would take its place all the same. Root may
/// write it, and should not by accident.
///
/// # Errors
/// That it is one.
pub(in crate::cli) fn refuse_read_only(path: &Path, lang: Lang) -> io::Result<()> {
    let Ok(found) = path.metadata() else { return Ok(()) };
    if !found.is_file() || !is_protected(path, &found) {
        return Ok(());
    }
    Err(io::Error::other(lang.pick(
        "it is read-only, and stays as it is; choose another name, or allow it: chmod u+w",
        "它是只读文件，不会被覆盖；请换一个文件名，或先执行 chmod u+w",
    )))
}

#[cfg(unix)]
fn is_protected(path: &Path, found: &Metadata) -> bool {
    use nix::unistd::{AccessFlags, access};
    found.permissions().readonly() || access(path, AccessFlags::W_OK).is_err()
}

#[cfg(not(unix))]
fn is_protected(_: &Path, found: &Metadata) -> bool {
    found.permissions().readonly()
}
