//! The page in a real browser: every control by key and by mouse, both languages, wide and narrow, hostile words, 5,000 rows.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A program by one of its names.
fn find(names: &[&str]) -> Option<PathBuf> {
    let folders: Vec<PathBuf> = std::env::split_paths(&std::env::var_os("PATH")?).collect();
    names.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| path.is_file())
}

#[test]
fn every_control_of_the_page_works() {
    let (Some(chromium), Some(python)) = (find(&["chromium", "chromium-browser", "google-chrome"]), find(&["python3"]))
    else {
        writeln!(std::io::stderr(), "SKIPPED page: no Chromium or no python3 here").unwrap();
        return;
    };
    let home = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("page.html");
    let drawn = Command::new(env!("CARGO_BIN_EXE_synfin"))
        .arg("replay")
        .arg(home.join("captures/lab/simultaneous-close.pcapng"))
        .arg("-o")
        .arg(&page)
        .output()
        .unwrap();
    assert!(drawn.status.success(), "{}", String::from_utf8_lossy(&drawn.stderr));
    let driven =
        Command::new(python).arg(home.join("tests/browser/page.py")).arg(chromium).arg(&page).output().unwrap();
    let told = String::from_utf8_lossy(&driven.stdout);
    assert!(driven.status.success(), "{told}{}", String::from_utf8_lossy(&driven.stderr));
    assert!(told.lines().filter(|line| line.starts_with("ok")).count() > 90, "{told}");
}
