#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use super::*;

fn wrong(text: &str) -> ParseError {
    Sequence::parse(text).expect_err(text)
}

#[test]
fn what_is_wrong_is_said_with_line_and_column() {
    for (text, line, column, suggestion) in [
        ("client SYN\nserver SYNACK", 2, 8, Some("SYN-ACK")),
        ("# a\n\n  clint SYN", 3, 3, Some("client")),
        ("client", 1, 8, None),
        ("client SYN looost", 1, 12, Some("lost")),
        ("client SYN ??", 1, 13, None),
        ("client SYN | ", 1, 14, None),
        ("client SYN server SYN-ACK", 1, 12, None),
        ("client ACK win", 1, 16, None),
        ("client data or", 1, 16, None),
        ("... client", 1, 5, None),
        ("connection two:", 1, 12, None),
        ("connection 0:", 1, 12, None),
        ("connection 2", 1, 14, None),
        ("connection 2:\nconnection 2:", 2, 12, None),
        ("client: SYN-SENT ESTABLISHD", 1, 18, Some("ESTABLISHED")),
        ("server:", 1, 9, Some("")),
        ("open: threeway", 1, 7, Some("three-way")),
        ("open: three-way or", 1, 20, None),
        ("close: three-way", 1, 8, Some("three-segment")),
        ("cause: bad luck", 1, 8, None),
        ("time-wait: nobody", 1, 12, None),
        ("time-wait: client rearm", 1, 19, Some("rearmed")),
        ("opn: refused", 1, 1, Some("open")),
        ("客户端 SYN", 1, 1, None),
    ] {
        let error = wrong(text);
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}");
        if let Some(suggestion) = suggestion.filter(|word| !word.is_empty()) {
            assert_eq!(error.suggestion.as_deref(), Some(suggestion), "{text}");
        }
        assert!(!error.what.en.is_empty() && !error.what.zh.is_empty());
    }
    let many = "client SYN".to_string() + &" | server SYN".repeat(8);
    assert!(wrong(&many).what.en.contains("eight"));
    assert_eq!(wrong(&"#\n".repeat(LONGEST)).line, 1);
}

#[test]
fn capitals_and_a_chinese_keyboard_do_not_matter() {
    let plain =
        "client SYN lost\nclient data 10 + | server fin ?\n...\nclient: SYN-SENT ... CLOSED?\nopen: three-way\n";
    let other = "\u{feff}Client syn LOST # 注释\nclient DATA 10+｜server FIN？\n…\nCLIENT：syn-sent … closed？ ＃ x\nOpen: Three-Way";
    let blocks = |text: &str| {
        let mut sequence = Sequence::parse(text).unwrap();
        // The words as written are kept for differences.
        for block in &mut sequence.blocks {
            block.steps.iter_mut().for_each(|step| step.text.clear());
            block.claims.iter_mut().for_each(|claim| claim.text.clear());
        }
        sequence
    };
    assert_eq!(blocks(plain), blocks(other));
}

#[test]
fn every_name_has_a_sequence_that_can_be_read() {
    for known in NAMED {
        let sequence = Sequence::parse(known.text).unwrap_or_else(|error| panic!("{}: {error}", known.name));
        assert!(!sequence.is_empty() && !sequence.wants_full(), "{}", known.name);
        assert_eq!(named(&known.name.to_ascii_uppercase()), Some(known));
    }
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/expect/named")).unwrap();
    assert_eq!(folder.count(), NAMED.len(), "a file that is not in the table");
    assert_eq!(likest("four-way-clsoe").as_deref(), Some("four-way-close"));
}

#[test]
fn many_data_segments_one_by_one_want_a_full_timeline() {
    let one_by_one = "client data 10\n".repeat(20);
    assert!(Sequence::parse(&one_by_one).unwrap().wants_full());
    assert!(!Sequence::parse("client SYN\nclient data +\nclient FIN").unwrap().wants_full());
}
