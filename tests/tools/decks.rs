//! Decks are built by their own programs, and gone through in a browser or counted in their PDF.

use super::{CASES, Case, browser, drive, find, judge, needed, npm, run};
use serde_json::{Value, json};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use synfin::render::Format;
use synfin::render::svg::Frames;
use synfin::timeline::Lang;

/// The pictures that a deck shows, in its folder.
fn draw(case: &Case, folder: &Path) {
    let frames = Frames::of(&case.ladder(), &case.style());
    let digits = frames.len().to_string().len().max(2);
    for step in 1..=frames.len() {
        let mut picture = Vec::new();
        frames.write(step, &mut picture).unwrap();
        std::fs::write(folder.join(format!("step-{step:0digits$}.svg")), picture).unwrap();
    }
}

/// How many slides a deck has: the title, one for each step, and those in the end, by their headings.
fn slides(case: &Case, deck: &str, heading: &str) -> usize {
    let title = case.lang.pick("In the end", "小结");
    let ends = deck.matches(&heading.replace('@', title)).count();
    assert!(ends >= 1 && (case.is_hostile || ends <= 3), "{}: {ends}", case.name);
    1 + case.steps() + ends
}

fn described(case: &Case, kind: &str, file: &Path, slides: usize) -> Value {
    json!({
        "name": format!("{kind} {}", case.name), "kind": kind, "file": file, "slides": slides, "pictures": case.steps(),
        "tame": if case.is_hostile { 0 } else { slides },
    })
}

/// Goes through them in the browser.
fn go_through(browser: &[PathBuf; 2], decks: &[Value]) {
    let folder = tempfile::tempdir().unwrap();
    let list = folder.path().join("decks.json");
    std::fs::write(&list, json!(decks).to_string()).unwrap();
    let mut program = drive(browser, "decks.py");
    // For those who want to look at them.
    let pictures = std::env::var_os("SYNFIN_DECK_PICTURES");
    judge(program.arg(&list).args(pictures), decks.len() * 4);
}

#[test]
fn reveal_shows_them() {
    let Some(browser) = browser("reveal") else { return };
    let Some(npm) = needed("reveal", "reveal.js", npm()) else { return };
    let folder = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(npm.join("node_modules"), folder.path().join("node_modules")).unwrap();
    let mut decks = Vec::new();
    for case in CASES.iter() {
        let file = folder.path().join(case.name).with_extension("html");
        let deck = case.save(Format::Reveal, &file);
        decks.push(described(case, "reveal", &file, slides(case, &deck, "<h2>@</h2>")));
    }
    go_through(&browser, &decks);
}

#[test]
fn marp_builds_them() {
    let Some(browser) = browser("marp") else { return };
    let Some(npm) = needed("marp", "Marp", npm()) else { return };
    let Some(node) = needed("marp", "node", find(&["node"])) else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut decks, mut files) = (Vec::new(), Vec::new());
    for case in CASES.iter() {
        let own = folder.path().join(case.name);
        std::fs::create_dir(&own).unwrap();
        draw(case, &own);
        let deck = case.save(Format::Marp, &own.join("deck.md"));
        decks.push(described(case, "marp", &own.join("deck.html"), slides(case, &deck, "\n## @\n")));
        files.push(own.join("deck.md"));
    }
    let program = npm.join("node_modules/@marp-team/marp-cli/marp-cli.js");
    run(Command::new(node).arg(program).arg("--no-stdin").args(files));
    go_through(&browser, &decks);
}

/// One build for all of them, as it takes long; what was built of the very same decks is not built again.
#[test]
fn slidev_builds_them() {
    let Some(browser) = browser("slidev") else { return };
    let Some(npm) = needed("slidev", "Slidev", npm()) else { return };
    let Some(node) = needed("slidev", "node", find(&["node"])) else { return };
    // An English one, a Chinese one, a hostile one.
    let cases: Vec<&Case> = CASES.iter().filter(|case| ["lost", "chat", "hostile"].contains(&case.name)).collect();
    let decks: Vec<String> = cases.iter().map(|case| case.export(Format::Slidev, &case.style())).collect();
    let mut hasher = DefaultHasher::new();
    (&decks, std::fs::read(npm.join("package-lock.json")).unwrap()).hash(&mut hasher);
    let place = npm.join("slidev").join(format!("{:016x}", hasher.finish()));
    let built = place.join("built");
    if !built.join("index.html").is_file() {
        // Those of other decks are of no more use.
        let _ = std::fs::remove_dir_all(npm.join("slidev"));
        let mut whole = String::new();
        for (case, deck) in cases.iter().zip(&decks) {
            let own = place.join(case.name);
            std::fs::create_dir_all(&own).unwrap();
            draw(case, &own);
            std::fs::write(own.join("slides.md"), deck).unwrap();
            // The first one's head is that of all.
            let head = if whole.is_empty() { deck.split("---\n").nth(1).unwrap() } else { "" };
            whole += &format!("---\n{head}src: ./{}/slides.md\n---\n\n", case.name);
        }
        std::fs::write(place.join("slides.md"), whole).unwrap();
        let program = npm.join("node_modules/@slidev/cli/bin/slidev.mjs");
        let mut node = Command::new(node);
        run(node.arg(program).args(["build", "slides.md", "--out", "being-built"]).current_dir(&place));
        std::fs::rename(place.join("being-built"), &built).unwrap();
    }
    let count = |is_hostile: bool| {
        let own = cases.iter().zip(&decks).filter(|(case, _)| case.is_hostile == is_hostile);
        own.map(|(case, deck)| slides(case, deck, "\n## @\n")).sum::<usize>()
    };
    let (tame, pictures) = (count(false), cases.iter().map(|case| case.steps()).sum::<usize>());
    let deck = json!({
        "name": "slidev", "kind": "slidev", "file": built, "slides": tame + count(true), "pictures": pictures, "tame": tame,
    });
    go_through(&browser, &[deck]);
}

#[test]
fn xelatex_sets_them() {
    let Some(xelatex) = needed("beamer", "xelatex", find(&["xelatex"])) else { return };
    let wanted = Command::new("kpsewhich").args(["beamer.cls", "ctex.sty", "xeCJK.sty", "pzdr.tfm"]).output();
    let Some(_) = needed("beamer", "Beamer with Chinese", wanted.ok().filter(|found| found.status.success())) else {
        return;
    };
    for case in CASES.iter().filter(|case| ["lost", "chat"].contains(&case.name) || case.is_hostile) {
        let folder = tempfile::tempdir().unwrap();
        let json = folder.path().join("timeline.json");
        // Small pictures are drawn soon. Those of hostile words need letters that no font here may have.
        let plain = if case.is_hostile { &CASES[0].timeline } else { &case.timeline };
        std::fs::write(&json, serde_json::to_string(plain).unwrap()).unwrap();
        let mut program = Command::new(env!("CARGO_BIN_EXE_synfin"));
        program.arg("render").arg(&json).args(["--format", "json", "--size", "480x270", "--frames"]).arg(folder.path());
        run(&mut program);
        for step in 1..=case.steps() {
            let picture = folder.path().join(format!("step-{step:02}.png"));
            if case.is_hostile && !picture.exists() {
                std::fs::copy(folder.path().join("step-01.png"), picture).unwrap();
            }
        }
        case.save(Format::Beamer, &folder.path().join("deck.tex"));
        let mut program = Command::new(&xelatex);
        program.args(["-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "deck.tex"]);
        run(program.current_dir(folder.path()));
        let log = std::fs::read(folder.path().join("deck.log")).unwrap();
        let log = String::from_utf8_lossy(&log);
        let pages = log.split("Output written on deck.pdf (").nth(1).and_then(|rest| rest.split(' ').next());
        let pages: usize = pages.unwrap().parse().unwrap();
        let ends = pages - 1 - case.steps();
        assert!(ends >= 1 && (case.is_hostile || ends <= 2), "{}: {pages} pages, {} steps", case.name, case.steps());
        if !case.is_hostile {
            let absent: Vec<&str> = log.lines().filter(|line| line.starts_with("Missing character")).collect();
            assert!(absent.is_empty(), "{}: {absent:?}", case.name);
            let wide: Vec<&str> = log.lines().filter(|line| line.starts_with("Overfull")).collect();
            assert!(wide.is_empty(), "{}: {wide:?}", case.name);
        }
        assert_eq!(case.lang == Lang::Zh, log.contains("ctex"), "{}", case.name);
    }
}
