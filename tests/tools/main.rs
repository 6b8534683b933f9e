//! What is exported is taken by those that it is exported for: mermaid, PlantUML, Marp, Slidev, reveal.js, XeLaTeX and a browser.
//! `scripts/setup test` brings them.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::print_stderr)]

#[path = "../support/mod.rs"]
mod support;

mod decks;
mod diagrams;
mod pictures;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use support::hostile;
use synfin::ladder::{Content, Ladder, View};
use synfin::render::{self, Charset, Format, Style};
use synfin::timeline::{Lang, Timeline};

/// A timeline to export, and in which language.
struct Case {
    name: &'static str,
    lang: Lang,
    timeline: Timeline,
    /// It has hostile words wherever there is room for words, more than any place was made for.
    is_hostile: bool,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let case = |name: &'static str, capture: &str, lang| {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("captures").join(capture);
        let output =
            Command::new(env!("CARGO_BIN_EXE_synfin")).args(["replay", "--format", "json"]).arg(&path).output();
        let output = output.unwrap();
        assert!(output.status.success(), "{capture}: {}", String::from_utf8_lossy(&output.stderr));
        let timeline = serde_json::from_slice(&output.stdout).unwrap();
        Case { name, lang, timeline, is_hostile: false }
    };
    let hostile = |name: &'static str, lang| {
        let mut case = case(name, "lab/web-server.pcapng", lang);
        hostile::fill(&mut case.timeline);
        Case { is_hostile: true, ..case }
    };
    vec![
        case("lost", "lab/syn-lost.pcapng", Lang::En),
        case("chat", "lab/gbk-chat.pcapng", Lang::Zh),
        case("handshake", "lab/three-way.pcapng", Lang::Zh),
        case("crossing", "lab/simultaneous-close.pcapng", Lang::En),
        case("http", "lab/http-keep-alive.pcapng", Lang::En),
        case("waiting", "lab/time-wait-protected.pcapng", Lang::Zh),
        case("download", "download.pcap", Lang::En),
        case("reset", "reset.pcap", Lang::Zh),
        hostile("hostile", Lang::En),
        hostile("hostile-zh", Lang::Zh),
    ]
});

impl Case {
    fn style(&self) -> Style {
        Style::new(self.lang, Charset::Unicode, 100)
    }

    fn ladder(&self) -> Ladder {
        Ladder::of(&self.timeline, self.timeline.connections[0].id).unwrap()
    }

    fn steps(&self) -> usize {
        self.ladder().steps.len()
    }

    /// How many arrows a drawing of it has: one for each segment, one for each direction of what is folded.
    fn arrows(&self) -> usize {
        let of = |content: &Content| match content {
            Content::Segment(_) => 1,
            Content::Folded(run) => run.flows.len().min(2),
            _ => 0,
        };
        self.ladder().rows.iter().map(|row| of(&row.content)).sum()
    }

    fn export(&self, format: Format, style: &Style) -> String {
        let mut out = Vec::new();
        render::write(&self.timeline, &View::default(), format, style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// Writes it into a file.
    fn save(&self, format: Format, path: &Path) -> String {
        let text = self.export(format, &self.style());
        std::fs::write(path, &text).unwrap();
        text
    }
}

/// A program by one of its names.
fn find(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

/// Where `scripts/setup test` puts what comes from npm, if that is there and of the versions that are asked for.
fn npm() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).parent()?.join("tools");
    let wanted = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/package-lock.json")).ok()?;
    (std::fs::read(folder.join("node_modules/of.json")).ok()? == wanted).then_some(folder)
}

/// What a test needs, or nothing and a loud word.
fn needed<T>(test: &str, what: &str, found: Option<T>) -> Option<T> {
    if found.is_none() {
        eprintln!("SKIPPED {test}: no {what} here; scripts/setup test brings it");
    }
    found
}

fn browser(test: &str) -> Option<[PathBuf; 2]> {
    let chromium = needed(test, "Chromium", find(&["chromium", "chromium-browser", "google-chrome"]))?;
    Some([needed(test, "python3", find(&["python3"]))?, chromium])
}

/// Runs it to its end; what it printed, or a panic with that.
fn run(program: &mut Command) -> String {
    let output = program.output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program:?}\n{told}");
    told
}

/// One of the programs in `tests/browser`, with Chromium.
fn drive(browser: &[PathBuf; 2], script: &str) -> Command {
    let [python, chromium] = browser;
    let mut program = Command::new(python);
    program.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser").join(script)).arg(chromium);
    program
}

/// Fails with the lines of the checks that failed; there must be as many as `checks`.
fn judge(program: &mut Command, checks: usize) {
    let told = run(program);
    let ok = told.lines().filter(|line| line.starts_with("ok")).count();
    assert!(ok >= checks, "{ok} of {checks}: {told}");
}
