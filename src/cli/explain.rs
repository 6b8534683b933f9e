//! `synfin explain`: what a note, a kind or one of Wireshark's marks means, and what to do about it.

use super::args::Explain;
use super::config::Config;
use super::exit::{Exit, Failure};
use crate::annotate::glossary::{Entry, Family, glossary};
use crate::annotate::{Rule, rules, table};
use crate::render::explain::{self, Item};
use crate::timeline::Text;
use anyhow::Result;
use std::io::{self, BufWriter, Write};

pub(super) fn run(args: &Explain, config: &Config) -> Result<Exit> {
    let style = config.stdout_style();
    let mut out = BufWriter::new(io::stdout().lock());
    if args.list || args.words.is_empty() {
        for rule in rules() {
            explain::row(&of_rule(rule), &style, &mut out)?;
        }
        out.flush()?;
        return Ok(Exit::Done);
    }
    for (place, word) in args.words.iter().enumerate() {
        let word = word.trim().to_ascii_lowercase().replace(' ', "-");
        let found = items(&word);
        if found.is_empty() {
            out.flush()?;
            return Err(unknown(&word).into());
        }
        for (nth, item) in found.iter().enumerate() {
            if place + nth > 0 {
                writeln!(out)?;
            }
            explain::write(item, &style, &mut out)?;
        }
    }
    out.flush()?;
    Ok(Exit::Done)
}

/// Everything that goes by this name.
fn items(word: &str) -> Vec<Item> {
    let same = |entry: &Entry| last(&entry.word) == last(word) || entry.word == word;
    let rules = rules().filter(|rule| rule.id == word || rule.id == word.replace('_', "-")).map(of_rule);
    rules.chain(glossary().filter(same).map(of_entry)).collect()
}

/// `retransmission` of `tcp.analysis.retransmission`, with one kind of hyphen.
fn last(word: &str) -> String {
    word.rsplit('.').next().unwrap_or(word).replace('_', "-")
}

fn of_rule(rule: &'static Rule) -> Item {
    let pair = |(en, zh): (&str, &str)| Text::new(en, zh);
    let severity = table::severity_name(rule.severity);
    let (_, zh) = explain::severity(rule.severity);
    Item {
        name: rule.id.into(),
        what: Text::new(severity, zh),
        severity: Some(rule.severity),
        clause: Some(rule.rfc.into()),
        meaning: pair(rule.explain),
        brief: Text::new(table::first_sentence(rule.explain.0), table::first_sentence(rule.explain.1)),
        advice: rule.advice.map(pair),
        see: None,
    }
}

fn of_entry(entry: Entry) -> Item {
    let Entry { word, family, meaning, advice, rule } = entry;
    let (what, see) = match family {
        Family::Opening => (Text::new("opening", "建立方式"), Some(format!("synfin replay FILE --where open={word}"))),
        Family::Closing => (Text::new("closing", "关闭方式"), Some(format!("synfin replay FILE --where close={word}"))),
        Family::OpeningCause => (Text::new("cause of an opening", "建立的原因"), None),
        Family::ClosingCause => (Text::new("cause of a closing", "关闭的原因"), None),
        Family::Application => (Text::new("what applications say", "应用程序的内容"), None),
        Family::Names => (Text::new("names and addresses", "名字与地址"), None),
        Family::Kernel => (Text::new("the kernel's word", "内核的说法"), None),
        Family::Wireshark => {
            (Text::new("Wireshark", "Wireshark 标记"), rule.map(|rule| format!("synfin explain {rule}")))
        }
    };
    Item { name: word, what, severity: None, clause: None, brief: meaning.clone(), meaning, advice, see }
}

fn unknown(word: &str) -> Failure {
    let known = rules().map(|rule| rule.id.to_string()).chain(glossary().map(|entry| last(&entry.word)));
    let mut near: Vec<(f64, String)> = known
        .map(|known| {
            let holds = word.len() > 2 && known.contains(word);
            (if holds { 1.0 } else { strsim::jaro_winkler(&known, &last(word)) }, known)
        })
        .filter(|(likeness, _)| *likeness > 0.8)
        .collect();
    near.sort_by(|(one, a), (other, b)| other.total_cmp(one).then(a.cmp(b)));
    near.dedup_by(|(_, one), (_, other)| one == other);
    let near: Vec<String> = near.into_iter().take(4).map(|(_, name)| name).collect();
    let mut failure = Failure::new(
        Exit::Usage,
        Text::new(format!("no rule, kind or mark is called '{word}'"), format!("没有名为 '{word}' 的规则、类型或标记")),
    );
    if !near.is_empty() {
        failure = failure
            .help(Text::new(format!("did you mean {}?", near.join(", ")), format!("是否指 {}？", near.join("、"))));
    }
    failure.help(Text::new("synfin explain --list shows all rules", "synfin explain --list 列出所有规则"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_kinds_and_marks_are_found_by_any_of_their_names() {
        let families = |word: &str| items(word).into_iter().map(|item| item.what.en).collect::<Vec<_>>();
        assert_eq!(families("refused"), ["error", "opening"]);
        assert_eq!(families("simultaneous"), ["opening", "closing"]);
        assert_eq!(families("tcp.analysis.fast_retransmission"), ["Wireshark"]);
        assert_eq!(families("retransmission").len(), 2);
        assert_eq!(families("closed-port"), ["cause of an opening", "cause of a closing"]);
        assert_eq!(families("tcp_abort_on_close"), ["the kernel's word"]);
        assert_eq!(families("kernel-states"), ["the kernel's word"]);
        assert!(families("nonsense").is_empty());
        assert!(rules().all(|rule| !items(rule.id).is_empty()));
        let help = unknown("retransmision").help;
        assert!(format!("{help:?}").contains("retransmission"), "{help:?}");
    }

    #[test]
    fn every_kind_and_cause_says_what_to_do() {
        // Of the kernel's states there is nothing to do.
        let is_ours = |entry: &Entry| entry.family != Family::Wireshark && entry.word != "kernel-states";
        let known: Vec<Entry> = glossary().filter(is_ours).collect();
        assert!(known.iter().all(|entry| entry.advice.is_some()));
        for word in ["unread-data", "linger-zero", "filtered", "third-ack-lost", "closed-window", "half-open"] {
            assert!(items(word).iter().all(|item| item.advice.is_some()) && !items(word).is_empty(), "{word}");
        }
    }

    #[test]
    fn marks_lead_to_rules_that_exist() {
        for rule in glossary().filter_map(|entry| entry.rule) {
            assert!(rules().any(|known| known.id == rule), "{rule}");
        }
    }
}
