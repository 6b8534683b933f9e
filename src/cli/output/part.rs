//! A file on its way: it stands whole or not at all.

use super::{folder, is_special};
use anyhow::Result;
use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Written under another name beside its own, and removed if it is never finished. A device or a pipe is written as it is.
pub(super) struct Part {
    path: PathBuf,
    written: Written,
}

enum Written {
    Special(File),
    Beside(NamedTempFile),
}

impl Part {
    pub(super) fn create(path: &Path) -> Result<Part> {
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
            // As any new file: the umask takes away what it takes away.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let beside = builder.tempfile_in(folder(&path))?;
        Ok(Part { path, written: Written::Beside(beside) })
    }

    pub(super) fn file(&self) -> &File {
        match &self.written {
            Written::Special(file) => file,
            Written::Beside(beside) => beside.as_file(),
        }
    }

    /// All is written: the file gets its name.
    pub(super) fn finish(self) -> Result<()> {
        if let Written::Beside(beside) = self.written {
            #[cfg(unix)]
            crate::source::privilege::give_to_user(beside.as_file());
            // The error carries the temporary file: it is removed with it.
            beside.persist(self.path).map_err(|error| error.error)?;
        }
        Ok(())
    }
}
