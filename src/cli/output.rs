//! Where a timeline goes: standard output, and files by their suffix. A file stands whole or not at all.

mod frames;
mod lines;
pub(in crate::cli) mod part;

pub use lines::LinesOut;

use super::config::Config;
use super::exit::{Exit, Failure};
use crate::app::Manner;
use crate::ladder::View;
use crate::render::{self, Format, Style, header};
#[cfg(unix)]
use crate::source::privilege::{Dropped, User, drop_privileges};
use crate::timeline::{Lang, Text, Timeline};
use anyhow::Result;
use part::Part;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Octets gathered before they are written.
const BUFFER: usize = 1 << 16;
/// Permissions of any new file.
const ANYONE: u32 = 0o666;

/// Where to write, settled before any work is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outputs {
    stdout: Format,
    files: Vec<(PathBuf, Format)>,
    /// Where one picture per step goes.
    frames: Option<PathBuf>,
}

impl Outputs {
    /// Settles the formats. `-` among the files is standard output, which is written in any case.
    ///
    /// # Errors
    /// A suffix that is not known, or a folder that does not exist.
    pub fn new(stdout: Format, files: &[PathBuf], frames: Option<&Path>) -> Result<Outputs> {
        let named = files.iter().filter(|path| path.as_os_str() != "-");
        let files = named.map(|path| file(path, stdout, frames)).collect::<Result<_>>()?;
        if let Some(frames) = frames {
            folder_of(frames)?;
        }
        Ok(Outputs { stdout, files, frames: frames.map(Path::to_path_buf) })
    }

    /// The format of standard output.
    pub fn stdout_format(&self) -> Format {
        self.stdout
    }

    /// Gives up privileges before packets are parsed. Root without a user behind it keeps them where files are to be
    /// written at the end: nobody else might write there.
    ///
    /// # Errors
    /// What giving up says.
    #[cfg(unix)]
    pub fn settle_rights(&self) -> Result<Dropped> {
        Outputs::settle_rights_to_write(self.has_files())
    }

    /// The same, where something is to be written by name, or not.
    ///
    /// # Errors
    /// What giving up says.
    #[cfg(unix)]
    pub fn settle_rights_to_write(writes: bool) -> Result<Dropped> {
        let user = User::behind_sudo();
        if user.is_none() && writes && nix::unistd::geteuid().is_root() {
            return Ok(Dropped::Nothing);
        }
        Ok(drop_privileges(user)?)
    }

    /// Whether anything is to be written to a file.
    pub fn has_files(&self) -> bool {
        !self.files.is_empty() || self.frames.is_some()
    }

    /// Whether one connection is drawn.
    pub fn has_pictures(&self) -> bool {
        self.frames.is_some() || Format::ALL.into_iter().any(|format| format.is_of_one() && self.has(format))
    }

    /// Whether anything is written in this format.
    pub fn has(&self, format: Format) -> bool {
        self.stdout == format || self.files.iter().any(|(_, of)| *of == format)
    }

    /// Whether anything is written that shows headers octet by octet.
    pub fn has_octets(&self) -> bool {
        self.has(Format::Html) || self.has(Format::Wavedrom)
    }

    /// Whether anything is written that is about what applications said, and needs no events but that.
    pub fn has_messages(&self) -> bool {
        [Format::Har, Format::Waterfall, Format::Messages].into_iter().any(|format| self.has(format))
    }

    /// Whether anything is written that is made of all events, or of all connections. (What is drawn as it comes is not.)
    pub fn keeps_events(&self) -> bool {
        let is_whole = |format: Format| !matches!(format, Format::Har | Format::Waterfall | Format::Messages);
        self.stdout != Format::Text && is_whole(self.stdout)
            || self.files.iter().any(|(_, format)| is_whole(*format))
            || self.frames.is_some()
    }

    /// Octets of each message's body that are worth keeping.
    pub fn body(&self) -> usize {
        if self.has(Format::Har) { Manner::WHOLE } else { Manner::SAMPLE }
    }

    /// Whether anything is written a line per connection.
    pub fn has_lines(&self) -> bool {
        self.has(Format::Csv) || self.has(Format::Ndjson)
    }

    /// Opens all that is written a line per connection. With `sorted` lines are sorted, and at most so many.
    ///
    /// # Errors
    /// A file that cannot be written, by its name.
    pub fn open_lines(&self, sorted: Option<Option<usize>>, config: &Config) -> Result<Vec<LinesOut>> {
        let files = self.files.iter().filter(|(_, format)| format.is_lines());
        let files = files.map(|(path, format)| LinesOut::file(path, *format, sorted, config));
        let stdout = self.stdout.is_lines().then(|| Ok(LinesOut::stdout(self.stdout, sorted)));
        files.chain(stdout).collect()
    }

    /// Writes all but what is written a line per connection.
    ///
    /// # Errors
    /// As [`Outputs::write`].
    pub fn write_but_lines(&self, timeline: &Timeline, view: &View, config: &Config) -> Result<()> {
        let files = self.files.iter().filter(|(_, format)| !format.is_lines()).cloned().collect();
        let others = Outputs { stdout: self.stdout, files, frames: self.frames.clone() };
        others.write_files(timeline, view, config)?;
        if self.stdout.is_lines() { Ok(()) } else { self.write_stdout(timeline, view, config) }
    }

    /// Writes the files, then standard output.
    ///
    /// # Errors
    /// An unknown connection; whatever cannot be written, by its name. A closed pipe comes out as its `io::Error`.
    pub fn write(&self, timeline: &Timeline, view: &View, config: &Config) -> Result<()> {
        self.write_files(timeline, view, config)?;
        self.write_stdout(timeline, view, config)
    }

    /// Writes the files alone, for a command that has drawn on standard output already.
    ///
    /// # Errors
    /// As [`Outputs::write`].
    pub fn write_files(&self, timeline: &Timeline, view: &View, config: &Config) -> Result<()> {
        if let Some(folder) = &self.frames {
            frames::make(folder, config)?;
        }
        for (path, format) in &self.files {
            let saved = save(path, config.lang, |out| draw(timeline, view, *format, &config.file_style(), out));
            saved.map_err(|error| if error.is::<Failure>() { error } else { unwritten(error, Some(path), config) })?;
        }
        if let Some(folder) = &self.frames {
            frames::write(folder, timeline, view, config)?;
        }
        Ok(())
    }

    /// Writes standard output alone.
    ///
    /// # Errors
    /// As [`Outputs::write`].
    pub fn write_stdout(&self, timeline: &Timeline, view: &View, config: &Config) -> Result<()> {
        let mut out = BufWriter::with_capacity(BUFFER, io::stdout().lock());
        let drawn = draw(timeline, view, self.stdout, &config.stdout_style(), &mut out);
        let written = drawn.and_then(|()| Ok(out.flush()?));
        written.map_err(|error| if error.is::<Failure>() { error } else { unwritten(error, None, config) })
    }

    /// On standard output, below the table of a few connections, each of them: a lesson of the lab is about all of them.
    ///
    /// # Errors
    /// As [`Outputs::write`].
    pub fn write_ladders(&self, timeline: &Timeline, view: &View, config: &Config) -> Result<()> {
        let few = 2..=MOST_LADDERS;
        if self.stdout != Format::Text
            || view.graph.is_some()
            || view.header.is_some()
            || !few.contains(&timeline.connections.len())
        {
            return Ok(());
        }
        // A timeline may hold the events of some connections only.
        let is_told = |id| timeline.events.iter().any(|event| event.connection == id);
        for connection in timeline.connections.iter().filter(|connection| is_told(connection.id)) {
            writeln!(io::stdout()).map_err(|error| unwritten(error.into(), None, config))?;
            self.write_stdout(timeline, &View { connection: Some(connection.id), ..view.clone() }, config)?;
        }
        Ok(())
    }
}

/// So many connections of a lesson are drawn one below the other.
const MOST_LADDERS: usize = 4;

fn draw(timeline: &Timeline, view: &View, format: Format, style: &Style, out: &mut impl io::Write) -> Result<()> {
    match render::write(timeline, view, format, style, out) {
        Err(error) if matches!(error, render::Error::UnknownConnection { .. }) => Err(unknown(&error).into()),
        Err(render::Error::Io(error)) => Err(error.into()),
        Err(render::Error::Nothing) => {
            let message = Text::new("there is no TCP connection to tell of", "没有可讲述的 TCP 连接");
            Err(Failure::new(Exit::Failed, message).into())
        }
        Err(error @ render::Error::NothingChosen(steps)) => {
            let zh = format!("没有可显示的内容：共有 {steps} 个步骤，都不在所选范围内");
            let help = Text::new(
                "choose others with --steps, --phase or --only",
                "请用 --steps、--phase 或 --only 选择其他部分",
            );
            Err(Failure::new(Exit::Failed, Text::new(error.to_string(), zh)).help(help).into())
        }
        Err(error @ render::Error::NothingToPlot) => {
            let zh = "没有可绘制的数据：时间线中没有该连接的这类测量值";
            Err(Failure::new(Exit::Failed, Text::new(error.to_string(), zh)).into())
        }
        Err(render::Error::Header(error)) => Err(unheaded(error).into()),
        Err(render::Error::Picture(error)) => Err(frames::undrawn(&error).into()),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(()),
    }
}

/// Why no header is drawn, and what helps.
fn unheaded(error: header::Error) -> Failure {
    let zh = match error {
        header::Error::NoSegment(frame) => format!("帧 {frame} 中没有 TCP 报文段"),
        header::Error::Elsewhere { frame, connection } => format!("帧 {frame} 中没有连接 {connection} 的 TCP 报文段"),
        header::Error::NoSegments => "没有 TCP 报文段".to_string(),
        header::Error::NoOctets(frame) => format!("该时间线不含帧 {frame} 的字节；--anonymize 会去掉它们"),
    };
    let failure = Failure::new(Exit::Failed, Text::new(error.to_string(), zh));
    match error {
        header::Error::NoOctets(_) => failure.help(Text::new(
            "draw it from the capture, or write the timeline with --header, as: synfin replay FILE --header 1 -o x.json",
            "请直接用抓包绘制，或在写时间线时加上 --header，如：synfin replay FILE --header 1 -o x.json",
        )),
        header::Error::NoSegment(_) | header::Error::Elsewhere { .. } | header::Error::NoSegments => failure,
    }
}

/// A connection that the timeline does not have, and which ones it has.
fn unknown(error: &render::Error) -> Failure {
    let zh = match error {
        render::Error::UnknownConnection { asked, known } => {
            let has = match known.as_slice() {
                [] => "其中没有连接".to_string(),
                [only] => format!("其中只有连接 {only}"),
                [first, rest @ ..] => {
                    let (least, most) =
                        rest.iter().fold((first, first), |(least, most), id| (least.min(id), most.max(id)));
                    format!("其中的连接从 {least} 到 {most}")
                }
            };
            format!("没有连接 {asked}：{has}")
        }
        other => other.to_string(),
    };
    Failure::new(Exit::Usage, Text::new(error.to_string(), zh))
}

fn file(path: &Path, stdout: Format, frames: Option<&Path>) -> Result<(PathBuf, Format)> {
    // A device or a pipe, as the shell's >(…), has no suffix to choose: it gets what standard output gets.
    if path.extension().is_none() && is_special(path) {
        return Ok((path.to_path_buf(), stdout));
    }
    let suffix = path.extension().and_then(|suffix| suffix.to_str()).unwrap_or_default();
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let Some(format) = Format::from_name(name) else {
        let known: Vec<String> = Format::ALL.iter().map(|format| format!(".{}", format.suffix())).collect();
        let message = match suffix {
            "" => Text::new(
                format!("'{}' has no suffix that names a format", path.display()),
                format!("'{}' 没有表示格式的后缀", path.display()),
            ),
            suffix => Text::new(
                format!("'{}': the suffix .{suffix} names no format", path.display()),
                format!("'{}'：后缀 .{suffix} 不是已知的格式", path.display()),
            ),
        };
        return Err(Failure::new(Exit::Usage, message)
            .help(Text::new(
                format!("give the file one of these: {}", known.join(", ")),
                format!("请使用下列后缀之一：{}", known.join("、")),
            ))
            .into());
    };
    // The folder of the frames is made for them.
    if frames != Some(folder(path)) {
        folder_of(path)?;
    }
    if let (Err(en), Err(zh)) = (part::refuse_read_only(path, Lang::En), part::refuse_read_only(path, Lang::Zh)) {
        let message = Text::new(
            format!("cannot write '{}': {en}", path.display()),
            format!("无法写入 '{}'：{zh}", path.display()),
        );
        return Err(Failure::new(Exit::Failed, message).into());
    }
    Ok((path.to_path_buf(), format))
}

/// Makes sure that there is a folder to put a file in.
fn folder_of(path: &Path) -> Result<()> {
    let folder = folder(path);
    if !folder.is_dir() {
        let message = Text::new(
            format!("cannot write '{}': there is no folder '{}'", path.display(), folder.display()),
            format!("无法写入 '{}'：文件夹 '{}' 不存在", path.display(), folder.display()),
        );
        let help = Text::new("make the folder first, or name another", "请先建立该文件夹，或换一个");
        return Err(Failure::new(Exit::Failed, message).help(help).into());
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Where it could not be written: a file, or standard output.
fn unwritten(error: anyhow::Error, path: Option<&Path>, config: &Config) -> anyhow::Error {
    match path {
        Some(path) => error.context(format!("{} '{}'", config.lang.pick("cannot write", "无法写入"), path.display())),
        None => error.context(config.lang.pick("cannot write to standard output", "无法写入标准输出")),
    }
}

/// Writes a file under another name beside it and renames it when it is whole. A device or a pipe is written as it is.
fn save(path: &Path, lang: Lang, write: impl FnOnce(&mut BufWriter<&File>) -> Result<()>) -> Result<()> {
    let part = Part::create(path, ANYONE, lang)?;
    let mut out = BufWriter::with_capacity(BUFFER, part.file());
    write(&mut out)?;
    out.flush()?;
    drop(out);
    part.finish()
}

/// Neither a file nor a folder: nothing that could be put in its place would be the same.
fn is_special(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| !found.is_file() && !found.is_dir())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_suffix_names_the_format_before_any_work() {
        let formats = |files: &[&str]| {
            let files: Vec<PathBuf> = files.iter().map(PathBuf::from).collect();
            Outputs::new(Format::Text, &files, None)
                .map(|outputs| outputs.files.iter().map(|(_, format)| *format).collect::<Vec<_>>())
        };
        assert_eq!(formats(&["a.json", "-", "b.TXT"]).unwrap(), [Format::Json, Format::Text]);
        assert!(formats(&["a.pdf"]).unwrap_err().to_string().contains(".pdf"));
        assert!(formats(&["json"]).is_err());
        assert!(formats(&["no/such/folder/a.json"]).unwrap_err().to_string().contains("no/such/folder"));
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_file_is_refused_before_any_work_and_stays() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        fs::write(&path, "old").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o444)).unwrap();
        let refused = Outputs::new(Format::Text, std::slice::from_ref(&path), None).unwrap_err();
        assert!(refused.to_string().contains("read-only"), "{refused}");
        let refused = save(&path, Lang::En, |out| Ok(out.write_all(b"new")?)).unwrap_err();
        assert!(refused.to_string().contains("read-only"), "{refused}");
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
    }

    #[test]
    fn a_failed_write_leaves_what_was_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, "old").unwrap();
        let failed = save(&path, Lang::En, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("no more").into())
        });
        assert!(failed.is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        save(&path, Lang::En, |out| Ok(out.write_all(b"new")?)).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
