//! Diagrams as text are taken by what draws them, and hostile words stay words in the drawing.

use super::{CASES, browser, drive, find, judge, needed, npm, run};
use serde_json::json;
use std::process::Command;
use synfin::render::Format;

/// Words of which the drawing must have these, as text.
const HOSTILE: &str = "</script><script>alert(1)";

#[test]
fn mermaid_draws_them() {
    let Some(browser) = browser("mermaid") else { return };
    let Some(npm) = needed("mermaid", "mermaid", npm()) else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut diagrams = Vec::new();
    for case in CASES.iter() {
        let file = folder.path().join(case.name);
        case.save(Format::Mermaid, &file);
        let words = if case.is_hostile { [HOSTILE, "TIME-WAIT"] } else { ["ESTABLISHED", "seq=0"] };
        diagrams.push(json!({ "name": case.name, "file": file, "arrows": case.arrows(), "words": words }));
    }
    let list = folder.path().join("diagrams.json");
    std::fs::write(&list, json!(diagrams).to_string()).unwrap();
    let mermaid = npm.join("node_modules/mermaid/dist/mermaid.min.js");
    judge(drive(&browser, "diagrams.py").arg(mermaid).arg(&list), diagrams.len() * 5);
}

#[test]
fn plantuml_draws_them() {
    let Some(plantuml) = needed("plantuml", "plantuml", find(&["plantuml"])) else { return };
    let folder = tempfile::tempdir().unwrap();
    for case in CASES.iter() {
        case.save(Format::Plantuml, &folder.path().join(case.name).with_extension("puml"));
    }
    // What a hostile !include would bring in.
    std::fs::write(folder.path().join("x"), "note over C : included").unwrap();
    let mut program = Command::new(plantuml);
    program.args(["-charset", "UTF-8", "-failfast2", "-tsvg", "-nometadata"]).current_dir(folder.path());
    run(program.args(CASES.iter().map(|case| format!("{}.puml", case.name))));
    for case in CASES.iter() {
        let drawing = std::fs::read_to_string(folder.path().join(case.name).with_extension("svg")).unwrap();
        let drawing = roxmltree::Document::parse(&drawing).unwrap();
        let texts = drawing.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")));
        let words = texts.filter_map(|text| text.text()).collect::<Vec<_>>().join("\n").replace('\u{a0}', " ");
        let wanted = if case.is_hostile { HOSTILE } else { "seq=0" };
        assert!(words.contains(wanted), "{}: {words}", case.name);
        for unwanted in ["included", "Syntax Error", "<U+"] {
            // Our own way to write what must not steer.
            let is_ours = unwanted == "<U+" && case.is_hostile;
            assert!(is_ours || !words.contains(unwanted), "{}: {unwanted} in {words}", case.name);
        }
        let count = |name| words.matches(name).count();
        assert!(count("seq=") >= case.arrows().saturating_sub(2), "{}: {words}", case.name);
        assert!(!drawing.descendants().any(|node| matches!(node.tag_name().name(), "script" | "image" | "a")));
    }
}
