//! The file of `--write`: opened with the rights of the beginning, filled when they are gone.

#[cfg(target_os = "linux")]
mod whole;

#[cfg(target_os = "linux")]
pub(super) use whole::{folder, foresee, whole};

use crate::source::privilege::give_to_user;
use crate::source::{LinkType, PcapWriter};
use crate::timeline::Lang;
use anyhow::{Context, Result};
use nix::errno::Errno;
use nix::libc::O_NOFOLLOW;
use std::fs::File;
use std::io;
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

/// A writer of packets into it.
pub(super) fn packets(file: File, link: LinkType, snaplen: u32, lang: Lang) -> Result<PcapWriter<File>> {
    PcapWriter::new(file, link, snaplen).context(lang.pick("cannot save the packets", "无法保存数据包"))
}
