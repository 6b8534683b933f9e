#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use super::*;
use proptest::prelude::*;

fn wrong(text: &str) -> WhereError {
    parse(text).expect_err(text)
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let error = wrong("open.knd=refused and server.port=80");
    assert_eq!((error.at, error.len, error.suggestion.as_deref()), (0, 8, Some("open.kind")));
    let error = wrong("open=refused and close=rseet");
    assert_eq!((error.at, error.len, error.suggestion.as_deref()), (23, 5, Some("reset")));
    for (text, at) in [
        ("", 0),
        ("open=", 5),
        ("open=refused close=reset", 13),
        ("(open=refused", 0),
        ("open=refused)", 12),
        ("port in 80", 8),
        ("port in (80 443)", 12),
        ("port=abc", 5),
        ("rtt>10parsec", 4),
        ("server.ip=10.0.0.0/33", 10),
        ("open<refused", 4),
        ("history='S", 8),
        ("open.rtt_valid=maybe", 15),
        ("not", 3),
        ("and", 0),
        ("totals>1", 0),
        ("open & close", 5),
    ] {
        assert_eq!(wrong(text).at, at, "{text}: {:?}", wrong(text));
    }
    assert!(parse(&"(".repeat(100_000)).is_err() && parse(&"not ".repeat(2_000)).is_err());
    assert_eq!(wrong("rtt_ns > 5ms").suggestion.as_deref(), Some("open.rtt_ns"));
}

#[test]
fn the_fields_of_the_contract_are_known() {
    for name in [
        "id",
        "client.ip",
        "client.port",
        "server.ip",
        "server.port",
        "open.kind",
        "open.rtt_ns",
        "open.negotiated.mss.client",
        "close.kind",
        "close.active_closer",
        "close.reset_by",
        "time_wait",
        "time_wait.end",
        "totals.client.bytes",
        "history",
        "last_states.client",
        "verdict.en",
        "totals.bytes",
        "duration_ns",
    ] {
        assert!(field(name).is_some(), "{name}");
    }
    for (alias, name) in ALIASES {
        assert!(fields().iter().any(|field| field.name == name), "{alias} leads to {name}");
    }
    assert_eq!(field("open.rtt_ns").unwrap().kind, Kind::Time);
    assert_eq!(field("server.ip").unwrap().kind, Kind::Address);
    assert!(matches!(&field("close").unwrap().kind, Kind::Name(names) if names.len() == 8));
    assert!(matches!(&field("last_states.server").unwrap().kind, Kind::Name(names) if names.len() == 11));
    for field in fields() {
        assert!(!field.about.is_empty() || field.kind == Kind::Text || field.name.contains('.'), "{field:?}");
    }
}

fn any_test() -> impl Strategy<Value = Test> {
    let times = (any::<i64>(), prop_oneof![Just(Op::Less), Just(Op::AtLeast), Just(Op::Equal), Just(Op::Unequal)]);
    prop_oneof![
        times.prop_map(|(n, op)| Test { field: "rtt".into(), op, values: vec![Literal::Number(n)] }),
        (".{0,8}", prop_oneof![Just(Op::Equal), Just(Op::Like), Just(Op::Unequal)]).prop_map(|(word, op)| Test {
            field: "history".into(),
            op,
            values: vec![Literal::Word(word)]
        }),
        proptest::collection::vec(any::<i64>(), 1..4).prop_map(|list| Test {
            field: "server.port".into(),
            op: Op::In,
            values: list.into_iter().map(Literal::Number).collect(),
        }),
        (any::<std::net::Ipv6Addr>(), 0..=128_u8).prop_map(|(ip, bits)| Test {
            field: "client.ip".into(),
            op: Op::Equal,
            values: vec![Literal::Net(ip.into(), bits)],
        }),
        any::<bool>().prop_map(|truth| Test {
            field: "open.rtt_valid".into(),
            op: Op::Equal,
            values: vec![Literal::Truth(truth)]
        }),
        Just(Test { field: "close".into(), op: Op::Equal, values: vec![Literal::Word("rst".into())] }),
        Just(Test { field: "time_wait".into(), op: Op::Has, values: Vec::new() }),
    ]
}

fn any_expr() -> impl Strategy<Value = Expr> {
    any_test().prop_map(Expr::Test).prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::Or),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expr::And),
            inner.prop_map(|inner| Expr::Not(Box::new(inner))),
        ]
    })
}

proptest! {
    #[test]
    fn no_string_panics(text in ".{0,60}") {
        let _ = parse(&text);
        let _ = keys(&text);
    }

    #[test]
    fn no_sentence_of_its_own_words_panics(
        words in proptest::collection::vec(prop_oneof![
            Just("open"), Just("="), Just("refused"), Just("("), Just(")"), Just("and"), Just("or"), Just("not"), Just("in"),
            Just(","), Just("80"), Just("port"), Just("'"), Just("~"), Just("!"), Just("10ms"), Just("rtt"), Just("<="),
            Just("µs"), Just("server.ip"), Just("::/0"),
        ], 0..20)
    ) {
        let _ = parse(&words.join(" "));
        let _ = parse(&words.concat());
    }

    #[test]
    fn printed_it_parses_to_the_same(expr in any_expr()) {
        let printed = expr.to_string();
        let again = parse(&printed);
        prop_assert_eq!(again.as_ref(), Ok(&expr), "{}", printed);
    }
}

#[test]
fn the_first_in_order_are_kept() {
    let rank = |n: i64| Rank::of(&keys("-id").unwrap(), &serde_json::json!({ "id": n }));
    let came = [(4, 0), (9, 1), (1, 2), (9, 3), (7, 4), (9, 5)];
    for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 5, 0, 1, 4, 2]] {
        let mut keeper = Keeper::new(Some(3));
        for (n, id) in order.map(|at| came[at]) {
            keeper.offer(&rank(n), id, || (n, id));
            assert!(keeper.kept() <= 3);
        }
        assert_eq!(keeper.finish(), [(9, 1), (9, 3), (9, 5)]);
    }
    let mut none = Keeper::new(Some(0));
    none.offer(&rank(1), 1, || ());
    assert!(none.finish().is_empty());
    let absent = Rank::of(&keys("-rtt,id").unwrap(), &serde_json::json!({ "id": 1 }));
    let there = Rank::of(&keys("-rtt,id").unwrap(), &serde_json::json!({ "id": 2, "open": { "rtt_ns": 5 } }));
    assert!(there < absent);
}
