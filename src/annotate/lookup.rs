//! A lookup in one sentence: the name, its addresses, who said so, and which of them is tried.

use crate::timeline::amount::{some, span, times};
use crate::timeline::{Asked, Attempt, Lookup, LookupAddress, LookupOutcome, OpenKind, Text};
use std::net::{IpAddr, Ipv6Addr};

/// Addresses told in the sentence; the others are counted.
const MOST_TOLD: usize = 4;

/// `lookup www.lab.test → 10.0.0.2 (A, 60 s) by DNS server 10.0.0.53, 1.2 ms; private address`. `t_ns` is when it was asked.
pub fn sentence(lookup: &Lookup, t_ns: i64) -> Text {
    let name = lookup.name_text();
    let mut text = Text::new(format!("lookup {}", name.en), format!("查询 {}", name.zh));
    for alias in lookup.aliases.iter().take(MOST_TOLD) {
        push(&mut text, &format!(" = {alias}"), &format!(" = {alias}"));
    }
    let by = lookup.asked.text();
    let took = lookup.answered_ns.map(|answered| answered.saturating_sub(t_ns)).filter(|took| *took > 0).map(span);
    let [took_en, took_zh] = took.map_or_else(Default::default, |took| [format!(", {took}"), format!("，用时 {took}")]);
    let kind = lookup.record_type.as_deref().map_or_else(String::new, |kind| format!(" {kind}"));
    let rcode = lookup.rcode.as_deref().unwrap_or("?");
    let is_file = matches!(lookup.asked, Asked::HostsFile { .. });
    let (en, zh) = match lookup.outcome {
        LookupOutcome::Addresses => {
            let found = found(lookup);
            (format!(" → {} by {}{took_en}", found.en, by.en), format!(" → {}，由 {} 给出{took_zh}", found.zh, by.zh))
        }
        LookupOutcome::NoAddress | LookupOutcome::NoName if is_file => {
            (format!(": not in {}", by.en), format!("：{} 中没有", by.zh))
        }
        LookupOutcome::NoAddress if !lookup.records.is_empty() => {
            let held = held(lookup);
            (
                format!("{kind} → {} by {}{took_en}", held.en, by.en),
                format!("{kind} → {}，由 {} 给出{took_zh}", held.zh, by.zh),
            )
        }
        LookupOutcome::NoAddress if lookup.asks_for_other_than_addresses() => (
            format!("{kind}: answered by {}, with no address{took_en}", by.en),
            format!("{kind}：{} 已应答，其中没有地址{took_zh}", by.zh),
        ),
        LookupOutcome::NoAddress => (
            format!(": no {}, says {}{took_en}", records(lookup), by.en),
            format!("：{} 答复：没有{kind} 记录{took_zh}", by.zh),
        ),
        LookupOutcome::NoName => (
            format!("{kind}: no such name ({rcode}), says {}{took_en}", by.en),
            format!("{kind}：{} 答复：没有这个名字（{rcode}）{took_zh}", by.zh),
        ),
        LookupOutcome::Failed => (
            format!("{kind}: {} failed ({rcode}){took_en}", by.en),
            format!("{kind}：{} 查询失败（{rcode}）{took_zh}", by.zh),
        ),
        LookupOutcome::Truncated => (
            format!("{kind}: the answer of {} does not fit in a datagram{took_en}; to be asked over TCP", by.en),
            format!("{kind}：{} 的应答放不进一个数据报{took_zh}；须改用 TCP 查询", by.zh),
        ),
        LookupOutcome::Unanswered => {
            (format!("{kind}: {} does not answer", by.en), format!("{kind}：{} 没有应答", by.zh))
        }
        LookupOutcome::Unreadable => (
            format!("{kind}: the answer of {} cannot be read{took_en}", by.en),
            format!("{kind}：{} 的应答无法解读{took_zh}", by.zh),
        ),
    };
    push(&mut text, &en, &zh);
    if !lookup.again_ns.is_empty() {
        let count = u32::try_from(lookup.again_ns.len() + 1).unwrap_or(u32::MAX);
        push(&mut text, &format!("; asked {}", times(count)), &format!("；共查询 {count} 次"));
    }
    reach(lookup, &mut text);
    choice(lookup, &mut text);
    text
}

fn push(text: &mut Text, en: &str, zh: &str) {
    text.en.push_str(en);
    text.zh.push_str(zh);
}

fn records(lookup: &Lookup) -> String {
    match lookup.record_type.as_deref() {
        Some(kind) => format!("{kind} record"),
        None => "address".into(),
    }
}

/// What records that are no addresses hold.
fn held(lookup: &Lookup) -> Text {
    let told = lookup.records.iter().take(MOST_TOLD).map(|record| match Some(&record.record_type) {
        kind if kind == lookup.record_type.as_ref() => record.data.clone(),
        _ => format!("{} {}", record.record_type, record.data),
    });
    let told: Vec<String> = told.collect();
    let mut text = Text::new(told.join(", "), told.join("、"));
    if let Some(more) = lookup.records.len().checked_sub(MOST_TOLD).filter(|more| *more > 0) {
        push(&mut text, &format!(" and {more} more"), &format!(" 等共 {} 条", lookup.records.len()));
    }
    text
}

/// The addresses, each with what its source says of it.
fn found(lookup: &Lookup) -> Text {
    let told = |address: &LookupAddress| {
        let (en, zh) = match (address.line, address.ttl_s) {
            (Some(line), _) => (format!("line {line}"), format!("第 {line} 行")),
            (None, Some(ttl)) => {
                let ttl = span(i64::from(ttl).saturating_mul(1_000_000_000));
                let kind = if address.ip.is_ipv4() { "A" } else { "AAAA" };
                (format!("{kind}, {ttl}"), format!("{kind}，{ttl}"))
            }
            (None, None) => return Text::new(address.ip.to_string(), address.ip.to_string()),
        };
        Text::new(format!("{} ({en})", address.ip), format!("{}（{zh}）", address.ip))
    };
    let texts: Vec<Text> = lookup.addresses.iter().take(MOST_TOLD).map(told).collect();
    let join = |words: Vec<&str>, with| words.join(with);
    let mut all = Text::new(
        join(texts.iter().map(|text| text.en.as_str()).collect(), ", "),
        join(texts.iter().map(|text| text.zh.as_str()).collect(), "、"),
    );
    let (listed, total) = (lookup.addresses.len() as u64, lookup.address_count());
    if let Some(more) = total.checked_sub(MOST_TOLD as u64).filter(|more| *more > 0) {
        let (en, zh) = match total > listed {
            true => (format!(" ({listed} of {total} are listed)"), format!("（列出 {listed} 个）")),
            false => Default::default(),
        };
        push(&mut all, &format!(" and {more} more{en}"), &format!(" 等共 {total} 个{zh}"));
    }
    all
}

/// How far the addresses reach: of all, or of the one that is used.
fn reach(lookup: &Lookup, text: &mut Text) {
    let Some(first) = lookup.addresses.first() else { return };
    let is_same = lookup.addresses_left_out == 0 && lookup.addresses.iter().all(|address| address.scope == first.scope);
    let used = lookup.addresses.iter().find(|address| address.used);
    let (scope, count) = match used {
        _ if is_same => (first.scope, lookup.addresses.len()),
        Some(used) => (used.scope, 1),
        None => return,
    };
    let (en, zh) = scope.words();
    let ending = if count > 1 { "es" } else { "" };
    match used.filter(|_| !is_same) {
        Some(used) => push(text, &format!("; {} is {en}", used.ip), &format!("；{} 是{zh}地址", used.ip)),
        None => push(text, &format!("; {en} address{ending}"), &format!("；{zh}地址")),
    }
}

/// Which address this connection tries, where there is a choice, and what came of those before it.
fn choice(lookup: &Lookup, text: &mut Text) {
    let Some(used) = lookup.addresses.iter().find(|address| address.used) else { return };
    if let Some((last, others)) = lookup.after.split_last() {
        let Attempt { ip, connection, outcome } = last;
        let (en, zh) = match outcome {
            OpenKind::Refused => ("refused", "拒绝了连接"),
            OpenKind::Unreachable => ("is unreachable", "不可达"),
            OpenKind::Unanswered => ("did not answer", "没有应答"),
            _ => ("did not open", "未能建立连接"),
        };
        let [more_en, more_zh] = match others.len() {
            0 => Default::default(),
            n => [format!(", as {} before it", some(n as u64, "other")), format!("，此前还有 {n} 个地址未成功")],
        };
        let chosen = used.ip;
        push(
            text,
            &format!("; {ip} {en} (connection {connection}){more_en}, so {chosen} is tried"),
            &format!("；{ip} {zh}（连接 {connection}）{more_zh}，因此改试 {chosen}"),
        );
    } else if lookup.addresses.len() > 1 {
        push(text, &format!("; {} is tried first", used.ip), &format!("；先试 {}", used.ip));
    } else if matches!(lookup.asked, Asked::Rule { .. }) && used.ip == IpAddr::V6(Ipv6Addr::LOCALHOST) {
        // What the rule adds is only what the hosts file lacks: there it is 127.0.0.1.
        push(text, "; ::1 is tried first, IPv6 before IPv4 (RFC 6724 6)", "；先试 ::1，IPv6 先于 IPv4（RFC 6724 6）");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::tcp::Scope;
    use crate::timeline::{DnsTransport, LookupRecord};

    fn address(ip: &str, used: bool) -> LookupAddress {
        let ip = ip.parse().unwrap();
        LookupAddress { ip, scope: Scope::of(ip), ttl_s: None, line: None, used }
    }

    fn lookup(asked: Asked, outcome: LookupOutcome, addresses: Vec<LookupAddress>) -> Lookup {
        Lookup {
            endpoint: "e1".into(),
            program: None,
            name: "www.lab.test".into(),
            record_type: None,
            asked,
            outcome,
            rcode: None,
            answered_ns: None,
            again_ns: Vec::new(),
            aliases: Vec::new(),
            records: Vec::new(),
            addresses,
            addresses_left_out: 0,
            frames: Vec::new(),
            after: Vec::new(),
            problems: Vec::new(),
            text: Text::default(),
        }
    }

    fn server(transport: DnsTransport) -> Asked {
        Asked::DnsServer { ip: "10.0.0.53".parse().unwrap(), port: 53, transport }
    }

    #[test]
    fn a_server_answers() {
        let mut told = lookup(server(DnsTransport::Udp), LookupOutcome::Addresses, vec![address("10.0.0.2", true)]);
        told.addresses[0].ttl_s = Some(60);
        told.record_type = Some("A".into());
        told.answered_ns = Some(1_200_000);
        let text = sentence(&told, 0);
        assert_eq!(
            text.en,
            "lookup www.lab.test → 10.0.0.2 (A, 60 s) by DNS server 10.0.0.53, 1.2 ms; private address"
        );
        assert_eq!(
            text.zh,
            "查询 www.lab.test → 10.0.0.2（A，60 s），由 DNS 服务器 10.0.0.53 给出，用时 1.2 ms；私有地址"
        );
    }

    #[test]
    fn what_a_rule_adds_for_localhost_is_tried_first() {
        let rule = Asked::Rule { rfc: "RFC 6761 6.3".into() };
        let told = |ip| sentence(&lookup(rule.clone(), LookupOutcome::Addresses, vec![address(ip, true)]), 0);
        let text = told("::1");
        assert!(text.en.ends_with("; ::1 is tried first, IPv6 before IPv4 (RFC 6724 6)"), "{}", text.en);
        assert!(text.zh.ends_with("；先试 ::1，IPv6 先于 IPv4（RFC 6724 6）"), "{}", text.zh);
        assert!(!told("127.0.0.1").en.contains("tried"));
    }

    #[test]
    fn the_hosts_file_has_two_and_the_second_is_tried() {
        let file = Asked::HostsFile { path: "/etc/hosts".into() };
        let mut told =
            lookup(file.clone(), LookupOutcome::Addresses, vec![address("::1", false), address("127.0.0.1", true)]);
        told.name = "localhost".into();
        told.addresses[0].line = Some(2);
        told.addresses[1].line = Some(1);
        told.after = vec![Attempt { ip: "::1".parse().unwrap(), connection: 1, outcome: OpenKind::Refused }];
        assert_eq!(
            sentence(&told, 0).en,
            "lookup localhost → ::1 (line 2), 127.0.0.1 (line 1) by /etc/hosts; loopback addresses; ::1 refused \
             (connection 1), so 127.0.0.1 is tried"
        );
        let none = lookup(file, LookupOutcome::NoName, Vec::new());
        assert_eq!(sentence(&none, 0).en, "lookup www.lab.test: not in /etc/hosts");
    }

    #[test]
    fn what_other_records_hold_is_told() {
        let mut told = lookup(server(DnsTransport::Udp), LookupOutcome::NoAddress, Vec::new());
        told.record_type = Some("MX".into());
        let record = |data: &str| LookupRecord { record_type: "MX".into(), data: data.into(), ttl_s: 60 };
        told.records = vec![record("10 a.test"), record("20 b.test")];
        assert_eq!(sentence(&told, 0).en, "lookup www.lab.test MX → 10 a.test, 20 b.test by DNS server 10.0.0.53");
        told.records = vec![record("1 x"); 9];
        assert!(
            sentence(&told, 0).zh.contains("MX → 1 x、1 x、1 x、1 x 等共 9 条，由 DNS 服务器"),
            "{}",
            sentence(&told, 0).zh
        );
    }

    #[test]
    fn what_fails_says_how() {
        let told = |outcome, rcode: &str| {
            let mut told = lookup(server(DnsTransport::Tcp), outcome, Vec::new());
            told.record_type = Some("AAAA".into());
            told.rcode = Some(rcode.into());
            told.again_ns = vec![5];
            sentence(&told, 0).en
        };
        assert_eq!(
            told(LookupOutcome::NoName, "NXDOMAIN"),
            "lookup www.lab.test AAAA: no such name (NXDOMAIN), says DNS server 10.0.0.53 over TCP; asked twice"
        );
        assert_eq!(
            told(LookupOutcome::NoAddress, "NOERROR"),
            "lookup www.lab.test: no AAAA record, says DNS server 10.0.0.53 over TCP; asked twice"
        );
        assert!(told(LookupOutcome::Failed, "SERVFAIL").contains("failed (SERVFAIL)"));
        assert!(told(LookupOutcome::Unanswered, "").contains("does not answer; asked twice"));
    }
}
