//! `synfin explain`, and the rule table in the README that comes from the same source.

use crate::program::{run, text};
use synfin::annotate::{rules, table};

const README: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
const MARKS: [&str; 2] =
    ["<!-- rules: UPDATE_GOLDEN=1 cargo test --test whole the_readme_has_the_rule_table -->\n", "<!-- /rules -->"];

#[test]
fn the_readme_has_the_rule_table() {
    let readme = std::fs::read_to_string(README).unwrap();
    let [begin, end] = MARKS;
    let (before, rest) = readme.split_once(begin).expect("the README marks where the rule table begins");
    let (shown, after) = rest.split_once(end).expect("the README marks where the rule table ends");
    let table = table::markdown();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(README, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    assert!(
        shown == table,
        "the rule table in README.md is not that of the program. Renew it with:\n  \
         UPDATE_GOLDEN=1 cargo test --test whole the_readme_has_the_rule_table"
    );
}

#[test]
fn every_rule_is_explained_in_both_languages() {
    for rule in rules() {
        for (lang, (meaning, advice)) in [
            ("en", (rule.explain.0, rule.advice.map(|(en, _)| en))),
            ("zh", (rule.explain.1, rule.advice.map(|(_, zh)| zh))),
        ] {
            let out = run(&["explain", rule.id, "--lang", lang, "--width", "1000"]);
            assert!(out.status.success(), "{}", rule.id);
            let shown = text(&out.stdout);
            // Lines are as long as lines of text should be, so words are compared without the breaks.
            let plain = |text: &str| text.split_whitespace().collect::<String>();
            for wanted in [Some(meaning), advice, Some(rule.rfc)].into_iter().flatten() {
                assert!(plain(&shown).contains(&plain(wanted)), "{} in {lang}: {shown}\nlacks {wanted}", rule.id);
            }
        }
    }
    let list = text(&run(&["explain", "--list"]).stdout);
    assert!(rules().all(|rule| list.contains(rule.id)));
}

#[test]
fn near_misses_are_told() {
    let out = run(&["explain", "syn-retransmision"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(text(&out.stderr).contains("syn-retransmission"), "{}", text(&out.stderr));
}
