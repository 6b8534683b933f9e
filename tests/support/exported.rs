//! Recorded captures in the formats that are texts.

use std::path::Path;
use std::process::Command;
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::timeline::{Lang, Timeline};

/// The timeline of a capture, as the program makes it; without the version, which changes.
pub fn timeline(capture: &str) -> Timeline {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(capture);
    let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
    let output = program.args(["replay", "--format", "json"]).arg(&path).output().unwrap();
    assert!(output.status.success(), "{capture}: {}", String::from_utf8_lossy(&output.stderr));
    let mut timeline: Timeline = serde_json::from_slice(&output.stdout).unwrap();
    timeline.generator.version = "…".into();
    timeline
}

/// It in one format, whole.
pub fn export(timeline: &Timeline, format: Format, lang: Lang) -> String {
    let mut out = Vec::new();
    let style = Style::new(lang, Charset::Unicode, 100);
    render::write(timeline, &View::default(), format, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}
