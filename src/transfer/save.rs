//! A downloaded file comes into being whole or not at all, and replaces nothing that was not meant to go.

use std::ffi::OsString;
use std::fs::{File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    #[error("'{}' exists already", .0.display())]
    Exists(PathBuf),
    #[error("'{}' is a folder", .0.display())]
    Folder(PathBuf),
    #[error("cannot write '{}'", .path.display())]
    Write { path: PathBuf, source: io::Error },
}

/// A file being written beside its final place, under another name.
#[derive(Debug)]
pub struct Saving {
    path: PathBuf,
    overwrite: bool,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Beside(NamedTempFile),
    /// A device or a FIFO, as /dev/null: written as it is.
    Through(File),
}

impl Saving {
    /// # Errors
    /// `Exists` without `overwrite`; `Write` where the folder cannot be written.
    pub fn begin(path: &Path, overwrite: bool) -> Result<Saving, SaveError> {
        let failed = |source| SaveError::Write { path: path.into(), source };
        let place = match path.metadata() {
            Ok(facts) if facts.is_dir() => return Err(SaveError::Folder(path.into())),
            Ok(facts) if !facts.is_file() => Place::Through(OpenOptions::new().write(true).open(path).map_err(failed)?),
            Ok(_) if !overwrite => return Err(SaveError::Exists(path.into())),
            // A symbolic link that leads nowhere: renaming over it would lose it.
            Err(_) if path.is_symlink() && !overwrite => return Err(SaveError::Exists(path.into())),
            _ => {
                let folder = match path.parent() {
                    Some(folder) if !folder.as_os_str().is_empty() => folder,
                    _ => Path::new("."),
                };
                // tempfile's own 0600 would stay after the rename; the umask takes its share from this.
                let mode = Permissions::from_mode(0o666);
                let mut file = tempfile::Builder::new();
                let file = file.prefix(".synfin-").suffix(".part").permissions(mode).tempfile_in(folder);
                Place::Beside(file.map_err(failed)?)
            }
        };
        Ok(Saving { path: path.into(), overwrite, place })
    }

    /// Gives the file its name, and to the user behind sudo. Without this call nothing stays behind.
    pub fn keep(self) -> Result<(), SaveError> {
        let Place::Beside(file) = self.place else { return Ok(()) };
        #[cfg(unix)]
        crate::source::privilege::give_to_user(file.as_file());
        let kept = if self.overwrite { file.persist(&self.path) } else { file.persist_noclobber(&self.path) };
        match kept {
            Ok(_) => Ok(()),
            Err(failed) if failed.error.kind() == io::ErrorKind::AlreadyExists => Err(SaveError::Exists(self.path)),
            Err(failed) => Err(SaveError::Write { path: self.path, source: failed.error }),
        }
    }
}

impl io::Write for Saving {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match &mut self.place {
            Place::Beside(file) => file.write(octets),
            Place::Through(file) => file.write(octets),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match &mut self.place {
            Place::Beside(file) => file.flush(),
            Place::Through(file) => file.flush(),
        }
    }
}

/// The name to save an asked file under: its last component, with nothing in it that steers a terminal or a path.
/// `None` where no name is left, as for `..`.
pub fn local_name(asked: &str) -> Option<OsString> {
    let last = asked.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or_default();
    let mut name = String::new();
    for c in crate::safe::safe(last).chars() {
        // Most file systems take 255 octets; the temporary name needs some too.
        if name.len() + c.len_utf8() > 240 {
            break;
        }
        name.push(c);
    }
    (!matches!(name.as_str(), "" | "." | "..")).then(|| name.into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use std::fs;
    use std::io::Write;

    #[test]
    fn the_local_name_is_the_last_component() {
        let name = |asked: &str| local_name(asked).map(|name| name.into_string().unwrap());
        assert_eq!(name("notes.txt").unwrap(), "notes.txt");
        assert_eq!(name("a/b/课件.pdf").unwrap(), "课件.pdf");
        assert_eq!(name("a\\b.txt").unwrap(), "b.txt");
        assert_eq!(name("../../etc/passwd").unwrap(), "passwd");
        assert_eq!(name("a/\x1b[2J").unwrap(), "␛[2J");
        for none in ["", "..", "/", "a/..", "."] {
            assert_eq!(name(none), None, "{none}");
        }
        assert!(name(&"长".repeat(200)).unwrap().len() <= 240);
    }

    #[test]
    fn nothing_is_replaced_unasked_and_nothing_half_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("f");
        let mut first = Saving::begin(&path, false).unwrap();
        first.write_all(b"one").unwrap();
        let second = Saving::begin(&path, false).unwrap();
        first.keep().unwrap();
        assert!(matches!(second.keep(), Err(SaveError::Exists(_))), "a file that came meanwhile");
        assert!(matches!(Saving::begin(&path, false), Err(SaveError::Exists(_))));
        drop(Saving::begin(&path, true).unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"one");
        Saving::begin(&path, true).unwrap().keep().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(matches!(Saving::begin(folder.path(), true), Err(SaveError::Folder(_))));
        Saving::begin(Path::new("/dev/null"), false).unwrap().keep().unwrap();
    }
}
