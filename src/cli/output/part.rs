//! A file on its way: it stands whole or not at all.

use super::{folder, is_special};
use anyhow::Result;
use std::fs::{File, OpenOptions};
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
    pub(in crate::cli) fn create(path: &Path, mode: u32) -> Result<Part> {
        let path = path.to_path_buf();
        if is_special(&path) {
            let file = OpenOptions::new().write(true).open(&path)?;
            return Ok(Part { path, written: Written::Special(file) });
        }
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
