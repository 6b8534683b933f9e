//! `synfin replay`: draw saved captures.

use super::args::{FormatArg, Replay};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::output::Outputs;
use crate::analyze::{Analyzer, Ending, Wishes};
use crate::assemble::Watch;
use crate::ladder::View;
use crate::render::safe;
use crate::source::{CaptureReader, Frame};
use crate::timeline::{SourceKind, Text};
use anyhow::Result;
use std::io::{self, Write};
use std::path::Path;

pub(super) fn run(args: &Replay, config: &Config) -> Result<Exit> {
    let outputs = Outputs::new(args.output.format, &args.output.output)?;
    let mut filter = FrameFilter::new(&args.filter, config)?;
    let json = args.output.format == FormatArg::Json || outputs.has_json_file();
    let watch = match args.connection {
        Some(id) => Watch::One(id),
        None if json => Watch::All,
        None => Watch::Sole,
    };
    let mut analyzer = Analyzer::new(Wishes { watch, full: args.output.full, msl: args.output.msl });
    let mut warnings = Vec::new();
    for path in &args.files {
        let mut reader = open(path, config)?;
        while let Some(frame) = reader.next() {
            if filter.matches(&frame)? {
                analyzer.push(&frame);
            }
        }
        let name = name(path);
        warnings.extend(reader.damage().iter().map(|damage| {
            let Text { en, zh } = damage.text();
            Text::new(format!("{name}: {en}"), format!("{name}：{zh}"))
        }));
    }
    let names: Vec<String> = args.files.iter().map(|path| name(path)).collect();
    let damaged = !warnings.is_empty();
    let timeline = analyzer.finish(SourceKind::File, &names.join(" "), Ending { warnings, ..Ending::default() });
    for warning in &timeline.source.warnings {
        let mut err = io::stderr().lock();
        writeln!(err, "{}{}", config.lang.pick("warning: ", "警告："), safe(warning.get(config.lang)))?;
    }
    outputs.write(&timeline, &View { connection: args.connection }, config)?;
    Ok(if damaged && args.strict { Exit::DamagedInput } else { Exit::Done })
}

fn open(path: &Path, config: &Config) -> Result<CaptureReader> {
    let reader = if path.as_os_str() == "-" { CaptureReader::stdin() } else { CaptureReader::open(path) };
    reader.map_err(|error| {
        let text = error.text();
        Failure::new(Exit::Failed, text.get(config.lang)).into()
    })
}

/// The file's name without its folder.
fn name(path: &Path) -> String {
    if path.as_os_str() == "-" {
        return "-".into();
    }
    let name = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
    safe(&name).into_owned()
}

#[cfg(feature = "capture")]
use with_libpcap::FrameFilter;
#[cfg(not(feature = "capture"))]
use without_libpcap::FrameFilter;

#[cfg(feature = "capture")]
mod with_libpcap {
    use super::*;
    use crate::source::filter::{FilterError, Filters};

    /// The packet filter, compiled by libpcap for each link type.
    pub(super) struct FrameFilter {
        filters: Option<Filters>,
        lang: crate::timeline::Lang,
    }

    impl FrameFilter {
        pub(super) fn new(words: &[String], config: &Config) -> Result<FrameFilter> {
            let lang = config.lang;
            let filters = if words.is_empty() { None } else { Some(Filters::new(words).map_err(|e| wrong(&e, lang))?) };
            Ok(FrameFilter { filters, lang })
        }

        pub(super) fn matches(&mut self, frame: &Frame<'_>) -> Result<bool> {
            match &mut self.filters {
                Some(filters) => filters.matches(frame).map_err(|error| wrong(&error, self.lang)),
                None => Ok(true),
            }
        }
    }

    fn wrong(error: &FilterError, lang: crate::timeline::Lang) -> anyhow::Error {
        Failure::new(Exit::Usage, error.text().get(lang)).into()
    }
}

#[cfg(not(feature = "capture"))]
mod without_libpcap {
    use super::*;

    /// Filters need libpcap's compiler.
    pub(super) struct FrameFilter;

    impl FrameFilter {
        pub(super) fn new(words: &[String], config: &Config) -> Result<FrameFilter> {
            if words.is_empty() {
                return Ok(FrameFilter);
            }
            let message = config.lang.pick(
                "this synfin was built without libpcap, so it has no filters",
                "此 synfin 编译时没有 libpcap，不支持过滤器",
            );
            Err(Failure::new(Exit::Failed, message)
                .help(config.lang.pick(
                    "build it with: cargo build --features capture",
                    "编译时加上：cargo build --features capture",
                ))
                .into())
        }

        pub(super) fn matches(&mut self, _: &Frame<'_>) -> Result<bool> {
            Ok(true)
        }
    }
}
