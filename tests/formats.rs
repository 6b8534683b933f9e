//! Every format of every recorded capture: drawn from the capture and, by another run of the program, from its JSON alone the bytes are
//! the same; each is well-formed; and none changes unnoticed. After a change that is meant: `cargo insta review`, or
//! `INSTA_UPDATE=always cargo test --test formats` and a look at what changed.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use synfin::render::Format;

fn captures() -> Vec<PathBuf> {
    let folders = ["captures", "captures/lab"].map(|folder| Path::new(env!("CARGO_MANIFEST_DIR")).join(folder));
    let entries = folders.iter().flat_map(|folder| std::fs::read_dir(folder).unwrap());
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|suffix| suffix != "md"));
    paths.sort();
    assert!(paths.len() > 50);
    paths
}

/// All but pixels, which the fonts of the machine make.
fn formats() -> Vec<Format> {
    Format::ALL.into_iter().filter(|format| *format != Format::Png).collect()
}

/// Runs the program so that it writes every format into the folder; gives the files.
fn write_all(args: &[&str], from: &Path, folder: &Path) -> Vec<(Format, Vec<u8>)> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
    program.args(["--lang", "en"]).args(args).arg(from);
    let file = |format: Format| folder.join(format!("x.{}", format.suffix()));
    for format in formats() {
        program.arg("-o").arg(file(format));
    }
    let output = program.output().unwrap();
    assert!(output.status.success(), "{}: {}", from.display(), String::from_utf8_lossy(&output.stderr));
    formats().into_iter().map(|format| (format, std::fs::read(file(format)).unwrap())).collect()
}

fn json(text: &str, what: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// Panics where a reader of the format would stumble.
fn check(format: Format, text: &str, what: &str) {
    let count = |part: &str| text.matches(part).count();
    match format {
        Format::Svg => drop(roxmltree::Document::parse(text).unwrap_or_else(|error| panic!("{what}: {error}"))),
        Format::Json | Format::Har | Format::Trace => drop(json(text, what)),
        Format::Ndjson | Format::EventsNdjson | Format::Cast => text.lines().for_each(|line| drop(json(line, what))),
        Format::Csv | Format::EventsCsv => {
            // A line break within quotes is no end of a record.
            let fields = |line: &str| line.split('"').step_by(2).map(|plain| plain.matches(',').count()).sum::<usize>();
            let head = fields(text.lines().next().unwrap());
            assert!(
                head > 10 && text.lines().all(|line| fields(line) == head),
                "{what}: not as many fields in each line"
            );
        }
        Format::Html => {
            assert_eq!((count("<!doctype html>"), count("</html>")), (1, 1), "{what}");
            drop(json(island(text), what));
        }
        Format::Reveal => {
            assert_eq!(count("<section"), count("</section>"), "{what}");
            assert_eq!((count("<!doctype html>"), count("</html>")), (1, 1), "{what}");
        }
        Format::Beamer => {
            for (begin, end) in [("\\begin{document}", "\\end{document}"), ("\\begin{frame}", "\\end{frame}")] {
                assert!(count(begin) > 0 && count(begin) == count(end), "{what}");
            }
            let plain = text.replace("\\{", "").replace("\\}", "");
            assert_eq!(plain.matches('{').count(), plain.matches('}').count(), "{what}");
        }
        Format::Marp | Format::Slidev => {
            assert!(text.starts_with("---\n") && count("<!--") == count("-->"), "{what}");
        }
        Format::Mermaid => assert!(text.starts_with("sequenceDiagram\n"), "{what}"),
        Format::Plantuml => {
            assert!(text.starts_with("@startuml\n") && text.ends_with("@enduml\n"), "{what}");
            assert_eq!((count("@startuml"), count("@enduml")), (1, 1), "{what}");
        }
        // What nobody but people reads has no form to keep.
        _ => assert!(!text.is_empty() && !text.contains('\u{1b}'), "{what}"),
    }
}

/// The data within a page.
fn island(page: &str) -> &str {
    let (_, behind) = page.split_once("type=\"application/json\"").unwrap();
    behind.split_once('>').unwrap().1.split_once("</script>").unwrap().0
}

/// FNV-1a: fast without optimization, and nobody here means harm.
fn hash(bytes: &[u8]) -> u32 {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    (hash >> 32) as u32 ^ hash as u32
}

/// A line of hashes, a column for each format.
fn row(path: &Path) -> String {
    let folder = tempfile::tempdir().unwrap();
    let [straight, again] = ["straight", "again"].map(|name| folder.path().join(name));
    [&straight, &again].into_iter().for_each(|folder| std::fs::create_dir(folder).unwrap());
    let drawn = write_all(&["replay"], path, &straight);
    let from_json = write_all(&["render"], &straight.join("x.json"), &again);
    let mut row = format!("{:<36}", path.file_stem().unwrap().to_string_lossy());
    for ((format, bytes), (_, other)) in drawn.into_iter().zip(from_json) {
        let what = format!("{} as {}", path.display(), format.suffix());
        assert!(bytes == other, "{what}: from JSON alone it differs");
        let text = String::from_utf8(bytes).unwrap_or_else(|error| panic!("{what}: {error}"));
        check(format, &text, &what);
        // The version of the program is no change of a picture, nor is a page's own script.
        let told = if format == Format::Html { island(&text) } else { &text };
        let told = told.replace(&format!("\"{}\"", env!("CARGO_PKG_VERSION")), "\"…\"");
        row += &format!(" {:08x}", hash(told.as_bytes()));
    }
    row
}

#[test]
fn every_format_of_every_capture() {
    let paths = captures();
    let (next, rows) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(path) = paths.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let row = row(path);
                    rows.lock().unwrap().push(row);
                }
            });
        }
    });
    let mut rows = rows.into_inner().unwrap();
    rows.sort();
    let head: String = formats().iter().map(|format| format!(" {:<8.8}", format.suffix())).collect();
    insta::assert_snapshot!("hashes", format!("{:<36}{head}\n{}", "", rows.join("\n")));
}
