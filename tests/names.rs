//! Names looked up before a connection: queries matched with answers, and tied to the connections that used them. The messages
//! are made by simple-dns.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]

mod support;

use simple_dns::rdata::{A, AAAA, CNAME, MX, RData};
use simple_dns::{CLASS, Name, Packet as Dns, PacketFlag, QCLASS, QTYPE, Question, RCODE, ResourceRecord, TYPE};
use std::net::IpAddr;
use support::contract;
use support::packet::{ACK, FIN, PSH, Packet, RST, SYN};
use synfin::analyze::{Analyzer, Ending, Wishes};
use synfin::assemble::{Reads, Watch};
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::source::{Frame, LinkType};
use synfin::tcp::{Scope, Timestamp};
use synfin::timeline::*;
use synfin::track::Keep;

const CLIENT: &str = "10.0.0.1";
const SERVER: &str = "10.0.0.53:53";
const MS: i64 = 1_000_000;

fn message(id: u16, name: &'static str, kind: TYPE) -> Dns<'static> {
    let mut dns = Dns::new_query(id);
    dns.questions.push(Question::new(Name::new_unchecked(name), QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
    dns
}

fn address(name: &'static str, ip: &str) -> ResourceRecord<'static> {
    let data = match ip.parse().unwrap() {
        IpAddr::V4(ip) => RData::A(A::from(ip)),
        IpAddr::V6(ip) => RData::AAAA(AAAA::from(ip)),
    };
    ResourceRecord::new(Name::new_unchecked(name), CLASS::IN, 60, data)
}

fn answer(id: u16, name: &'static str, kind: TYPE, records: Vec<ResourceRecord<'static>>) -> Dns<'static> {
    let mut dns = message(id, name, kind).into_reply();
    dns.answers = records;
    dns
}

/// A capture to be, in whole milliseconds.
#[derive(Default)]
struct Scene {
    frames: Vec<(i64, Vec<u8>)>,
}

impl Scene {
    fn udp(&mut self, ms: i64, src: &str, dst: &str, dns: &Dns<'_>) {
        let packet = Packet::new(src, dst);
        let payload = dns.build_bytes_vec_compressed().unwrap();
        let mut udp: Vec<u8> =
            [packet.src.port(), packet.dst.port(), payload.len() as u16 + 8, 0].map(u16::to_be_bytes).concat();
        udp.extend(payload);
        self.frames.push((ms, packet.ip_with(17, &udp)));
    }

    fn asks(&mut self, ms: i64, port: u16, dns: &Dns<'_>) {
        self.udp(ms, &format!("{CLIENT}:{port}"), SERVER, dns);
    }

    fn answers(&mut self, ms: i64, port: u16, dns: &Dns<'_>) {
        self.udp(ms, SERVER, &format!("{CLIENT}:{port}"), dns);
    }

    fn tcp(&mut self, ms: i64, packet: Packet) {
        self.frames.push((ms, packet.ip()));
    }

    /// Opens, sends these in turns, and closes.
    fn talk(&mut self, ms: i64, client: &str, server: &str, said: &[&[u8]]) {
        let (mut seqs, ends) = ([100_u32, 500], [client, server]);
        let packet = |from: usize| Packet::new(ends[from], ends[1 - from]);
        self.tcp(ms, packet(0).seq(100).ack(0).flags(SYN));
        self.tcp(ms + 1, packet(1).seq(500).ack(101).flags(SYN | ACK));
        seqs = seqs.map(|seq| seq + 1);
        self.tcp(ms + 2, packet(0).seq(seqs[0]).ack(seqs[1]));
        for (n, said) in said.iter().enumerate() {
            let from = n % 2;
            self.tcp(
                ms + 3 + n as i64,
                packet(from).seq(seqs[from]).ack(seqs[1 - from]).flags(PSH | ACK).payload(said),
            );
            seqs[from] += said.len() as u32;
        }
        let end = ms + 4 + said.len() as i64;
        self.tcp(end, packet(0).seq(seqs[0]).ack(seqs[1]).flags(FIN | ACK));
        self.tcp(end + 1, packet(1).seq(seqs[1]).ack(seqs[0] + 1).flags(FIN | ACK));
        self.tcp(end + 2, packet(0).seq(seqs[0] + 1).ack(seqs[1] + 1));
    }

    fn refused(&mut self, ms: i64, client: &str, server: &str) {
        self.tcp(ms, Packet::new(client, server).seq(100).ack(0).flags(SYN));
        self.tcp(ms + 1, Packet::new(server, client).seq(0).ack(101).flags(RST | ACK));
    }

    fn push_to(&self, analyzer: &mut Analyzer) {
        for (n, (ms, bytes)) in self.frames.iter().enumerate() {
            analyzer.push(&Frame {
                number: n as u64 + 1,
                time: Timestamp(1_700_000_000_000_000_000 + ms * MS),
                link: LinkType::RAW,
                wire_len: bytes.len() as u32,
                bytes,
                interface: 0,
            });
        }
    }

    fn timeline(&self) -> Timeline {
        let mut analyzer = Analyzer::new(Wishes::default());
        self.push_to(&mut analyzer);
        let timeline = analyzer.finish(SourceKind::File, "scene", Ending::default());
        contract::assert_sound(&timeline);
        contract::json(&timeline);
        timeline
    }
}

fn lookups(timeline: &Timeline) -> Vec<(u64, i64, &Lookup)> {
    let of = |event: &'_ Event| (event.connection, event.t_ns / MS);
    let told = timeline.events.iter().filter_map(|event| match &event.detail {
        Detail::Lookup(lookup) => Some((of(event).0, of(event).1, &**lookup)),
        _ => None,
    });
    told.collect()
}

fn ladder(timeline: &Timeline, lang: Lang, width: usize) -> String {
    let mut out = Vec::new();
    let style = Style::new(lang, Charset::Unicode, width);
    render::write(timeline, &View::default(), Format::Text, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// A and AAAA at once, the first of them asked twice; an alias; then a page.
fn browser() -> Scene {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(7, "www.lab.test", TYPE::A));
    scene.asks(0, 4001, &message(8, "www.lab.test", TYPE::AAAA));
    scene.answers(2, 4001, &answer(8, "www.lab.test", TYPE::AAAA, vec![]));
    scene.asks(5, 4000, &message(7, "www.lab.test", TYPE::A));
    let alias = RData::CNAME(CNAME(Name::new_unchecked("web.lab.test")));
    let alias = ResourceRecord::new(Name::new_unchecked("www.lab.test"), CLASS::IN, 60, alias);
    let records = vec![alias, address("web.lab.test", "10.0.0.2"), address("web.lab.test", "10.0.0.3")];
    scene.answers(6, 4000, &answer(7, "WWW.lab.test", TYPE::A, records));
    scene.talk(8, "10.0.0.1:40000", "10.0.0.2:80", &[b"GET / HTTP/1.1\r\nHost: www.lab.test\r\n\r\n"]);
    scene
}

#[test]
fn a_lookup_stands_before_the_connection_that_came_of_it() {
    let timeline = browser().timeline();
    let told = lookups(&timeline);
    assert_eq!(told.iter().map(|(id, ms, _)| (*id, *ms)).collect::<Vec<_>>(), [(1, -8), (1, -8)]);
    let (a, aaaa) = (told[0].2, told[1].2);
    assert_eq!((aaaa.outcome, aaaa.rcode.as_deref()), (LookupOutcome::NoAddress, Some("NOERROR")));
    assert_eq!(a.outcome, LookupOutcome::Addresses);
    assert_eq!((a.answered_ns, a.again_ns.as_slice()), (Some(-2 * MS), &[-3 * MS][..]));
    assert_eq!((a.aliases.as_slice(), a.frames.as_slice()), (&["web.lab.test".to_string()][..], &[1, 5][..]));
    let addresses: Vec<_> = a.addresses.iter().map(|a| (a.ip.to_string(), a.ttl_s, a.scope, a.used)).collect();
    let private = |ip: &str, used| (ip.to_string(), Some(60), Scope::Private, used);
    assert_eq!(addresses, [private("10.0.0.2", true), private("10.0.0.3", false)]);
    let first_segment = timeline.events.iter().position(|event| matches!(event.detail, Detail::Segment(_)));
    assert_eq!(first_segment, Some(2));
    assert_eq!(timeline.steps[0].title.en, "Name lookup");
    insta::assert_snapshot!(
        [ladder(&timeline, Lang::En, 100), ladder(&timeline, Lang::Zh, 80), ladder(&timeline, Lang::En, 50)].concat()
    );
}

#[test]
fn the_next_address_is_tried_because_the_first_refused() {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(7, "www.lab.test", TYPE::A));
    let records = vec![address("www.lab.test", "10.0.0.2"), address("www.lab.test", "10.0.0.3")];
    scene.answers(1, 4000, &answer(7, "www.lab.test", TYPE::A, records));
    scene.refused(2, "10.0.0.1:40000", "10.0.0.2:80");
    scene.talk(5, "10.0.0.1:40001", "10.0.0.3:80", &[]);
    // Another port is another matter.
    scene.talk(30, "10.0.0.1:40002", "10.0.0.3:81", &[]);
    let timeline = scene.timeline();
    let told = lookups(&timeline);
    let after: Vec<_> = told.iter().map(|(id, _, lookup)| (*id, lookup.after.as_slice())).collect();
    let refused = [Attempt { ip: "10.0.0.2".parse().unwrap(), connection: 1, outcome: OpenKind::Refused }];
    assert_eq!(after, [(1, &[][..]), (2, &refused[..]), (3, &[][..])]);
    assert!(
        told[1].2.text.en.ends_with("10.0.0.2 refused (connection 1), so 10.0.0.3 is tried"),
        "{}",
        told[1].2.text.en
    );
}

#[test]
fn only_what_may_have_led_to_a_connection_is_told() {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(1, "old.lab.test", TYPE::A));
    scene.answers(1, 4000, &answer(1, "old.lab.test", TYPE::A, vec![address("old.lab.test", "10.0.0.2")]));
    scene.asks(20_000, 4000, &message(2, "new.lab.test", TYPE::A));
    scene.answers(20_001, 4000, &answer(2, "new.lab.test", TYPE::A, vec![address("new.lab.test", "10.0.0.2")]));
    scene.asks(20_002, 4000, &message(3, "other.lab.test", TYPE::A));
    // Of another number, to another port, and from one who was not asked: no answers.
    scene.answers(20_003, 4000, &answer(9, "other.lab.test", TYPE::A, vec![]));
    scene.talk(20_010, "10.0.0.1:40000", "10.0.0.2:80", &[]);
    // Another host did not ask.
    scene.talk(20_050, "10.0.0.9:40000", "10.0.0.2:80", &[]);
    // By now nobody remembers.
    scene.talk(90_000, "10.0.0.1:40001", "10.0.0.2:80", &[]);
    let timeline = scene.timeline();
    let told: Vec<_> = lookups(&timeline).into_iter().map(|(id, _, lookup)| (id, lookup.name.as_str())).collect();
    assert_eq!(told, [(1, "new.lab.test")]);
}

#[test]
fn what_does_not_fit_is_asked_for_over_tcp() {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(7, "big.lab.test", TYPE::A));
    let mut cut = answer(7, "big.lab.test", TYPE::A, vec![]);
    cut.set_flags(PacketFlag::TRUNCATION);
    scene.answers(1, 4000, &cut);
    let over_tcp = |dns: Dns<'_>| {
        let octets = dns.build_bytes_vec_compressed().unwrap();
        [&(octets.len() as u16).to_be_bytes()[..], &octets].concat()
    };
    let whole = answer(7, "big.lab.test", TYPE::A, vec![address("big.lab.test", "192.0.2.7")]);
    let (question, whole) = (over_tcp(message(7, "big.lab.test", TYPE::A)), over_tcp(whole));
    scene.talk(2, "10.0.0.1:40000", SERVER, &[&question, &whole]);
    scene.talk(20, "10.0.0.1:40001", "192.0.2.7:80", &[]);
    let timeline = scene.timeline();
    let told = lookups(&timeline);
    let outcomes: Vec<_> = told.iter().map(|(id, _, lookup)| (*id, lookup.outcome)).collect();
    assert_eq!(outcomes, [(2, LookupOutcome::Truncated), (2, LookupOutcome::Addresses)]);
    let Asked::DnsServer { transport, .. } = told[1].2.asked else { panic!() };
    assert_eq!((transport, told[1].2.addresses[0].scope), (DnsTransport::Tcp, Scope::Documentation));
    let said: Vec<_> = timeline
        .events
        .iter()
        .filter_map(|event| match &event.detail {
            Detail::Message(Message { content: Content::Dns(dns), answers, .. }) => Some((dns.is_response, *answers)),
            _ => None,
        })
        .collect();
    assert_eq!(said.iter().map(|(is_response, _)| *is_response).collect::<Vec<_>>(), [false, true]);
    assert!(said[1].1.is_some(), "the answer knows its query");
}

#[test]
fn failures_before_it_are_told_and_multicast_is_understood() {
    let mut scene = Scene::default();
    let other = "10.0.0.54:53";
    scene.udp(0, "10.0.0.1:4000", other, &message(1, "printer.local", TYPE::A));
    let mut failed = answer(2, "printer.local", TYPE::A, vec![]);
    *failed.rcode_mut() = RCODE::ServerFailure;
    scene.asks(10, 4001, &message(2, "printer.local", TYPE::A));
    scene.answers(11, 4001, &failed);
    scene.udp(20, "10.0.0.1:5353", "224.0.0.251:5353", &message(0, "printer.local", TYPE::A));
    let mut told = answer(0, "printer.local", TYPE::A, vec![address("printer.local", "169.254.7.7")]);
    told.questions.clear();
    scene.udp(21, "169.254.7.7:5353", "224.0.0.251:5353", &told);
    scene.talk(30, "10.0.0.1:40000", "169.254.7.7:631", &[]);
    let timeline = scene.timeline();
    let told = lookups(&timeline);
    let outcomes: Vec<_> = told.iter().map(|(.., lookup)| lookup.outcome).collect();
    assert_eq!(outcomes, [LookupOutcome::Unanswered, LookupOutcome::Failed, LookupOutcome::Addresses]);
    let texts: Vec<&str> = told.iter().map(|(.., lookup)| lookup.text.en.as_str()).collect();
    assert_eq!(
        texts,
        [
            "lookup printer.local A: DNS server 10.0.0.54 does not answer",
            "lookup printer.local A: DNS server 10.0.0.53 failed (SERVFAIL), 1 ms",
            "lookup printer.local → 169.254.7.7 (A, 60 s) by 169.254.7.7 (multicast DNS), 1 ms; link-local address",
        ]
    );
}

#[test]
fn a_malformed_answer_says_what_is_wrong_and_nothing_reaches_the_terminal() {
    let mut scene = browser();
    let at = scene.frames.iter().position(|(ms, _)| *ms == 6).unwrap();
    // The name that was asked gets an escape, and the last address is cut off.
    for place in [0, 3, at] {
        let frame = &mut scene.frames[place].1;
        while let Some(name) = frame.windows(3).position(|octets| octets.eq_ignore_ascii_case(b"www")) {
            frame[name] = 0x1b;
        }
    }
    let answer = &mut scene.frames[at].1;
    answer.truncate(answer.len() - 2);
    let timeline = scene.timeline();
    let told = lookups(&timeline);
    let lookup = told[0].2;
    assert_eq!((lookup.name.as_str(), lookup.addresses.len()), ("\\027ww.lab.test", 1));
    assert_eq!(lookup.problems[0].en, "answer 3 of 3 is cut short");
    assert!(!ladder(&timeline, Lang::En, 80).contains('\u{1b}'));
}

/// Lookups from which nothing came: no such name, a failure, no answer though asked again, addresses that nobody used, names
/// and answers that cannot be read.
fn in_vain() -> Scene {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(1, "gone.lab.test", TYPE::A));
    let mut none = answer(1, "gone.lab.test", TYPE::A, vec![]);
    *none.rcode_mut() = RCODE::NameError;
    scene.answers(2, 4000, &none);
    scene.asks(10, 4001, &message(2, "broken.lab.test", TYPE::AAAA));
    let mut failed = answer(2, "broken.lab.test", TYPE::AAAA, vec![]);
    *failed.rcode_mut() = RCODE::ServerFailure;
    scene.answers(1_500, 4001, &failed);
    for ms in [2_000, 7_000, 12_000] {
        scene.asks(ms, 4002, &message(3, "silent.lab.test", TYPE::A));
    }
    scene.asks(20_000, 4003, &message(4, "unused.lab.test", TYPE::A));
    let records = (1..=5).map(|n| address("unused.lab.test", &format!("192.0.2.{n}"))).collect();
    scene.answers(20_001, 4003, &answer(4, "unused.lab.test", TYPE::A, records));
    // The name of the question, and then that of the answer, leads to itself.
    scene.asks(30_000, 4004, &message(5, "loop.lab.test", TYPE::A));
    let question = &mut scene.frames.last_mut().unwrap().1;
    question.splice(40..40 + 15, [0xc0, 12]);
    scene.asks(31_000, 4005, &message(6, "cut.lab.test", TYPE::A));
    scene.answers(31_001, 4005, &answer(6, "cut.lab.test", TYPE::A, vec![address("cut.lab.test", "192.0.2.9")]));
    let answer = &mut scene.frames.last_mut().unwrap().1;
    let name = answer.len() - 16;
    assert_eq!(answer[name], 0xc0, "a pointer to the name of the question");
    answer[name + 1] = (name - 28) as u8;
    scene
}

#[test]
fn lookups_that_no_connection_came_of_are_listed() {
    let timeline = in_vain().timeline();
    assert_eq!(timeline.source.start.as_deref(), Some("2023-11-14T22:13:20.000000000Z"));
    let told: Vec<_> = timeline
        .lookups
        .iter()
        .map(|other| (other.t_ns / MS, other.lookup.name.as_str(), other.lookup.outcome, other.lookup.again_ns.len()))
        .collect();
    assert_eq!(
        told,
        [
            (0, "gone.lab.test", LookupOutcome::NoName, 0),
            (10, "broken.lab.test", LookupOutcome::Failed, 0),
            (2_000, "silent.lab.test", LookupOutcome::Unanswered, 2),
            (20_000, "unused.lab.test", LookupOutcome::Addresses, 0),
            (30_000, "", LookupOutcome::Unanswered, 0),
            (31_000, "cut.lab.test", LookupOutcome::Unreadable, 0),
        ]
    );
    assert!(timeline.lookups.iter().all(|other| other.client == CLIENT.parse().ok()));
    assert!(timeline.connections.is_empty() && timeline.events.is_empty());
    insta::assert_snapshot!(
        [ladder(&timeline, Lang::En, 100), ladder(&timeline, Lang::Zh, 80), ladder(&timeline, Lang::En, 50)].concat()
    );
}

#[test]
fn each_row_of_a_table_tells_its_lookup_and_the_rest_are_listed() {
    let mut scene = browser();
    scene.frames.extend(in_vain().frames.into_iter().map(|(ms, frame)| (ms + 50, frame)));
    scene.talk(40_000, "10.0.0.1:40001", "192.0.2.2:80", &[]);
    let timeline = scene.timeline();
    let names: Vec<_> = timeline.lookups.iter().map(|other| other.lookup.name.as_str()).collect();
    assert_eq!(names, ["gone.lab.test", "broken.lab.test", "silent.lab.test", "", "cut.lab.test"]);
    let picture = ladder(&timeline, Lang::En, 110);
    assert!(picture.contains("\n   www.lab.test A by DNS server 10.0.0.53, 6 ms · GET / → no response\n"), "{picture}");
    assert!(picture.contains("\n   unused.lab.test A by DNS server 10.0.0.53, 1 ms\n"), "{picture}");
    assert!(picture.contains("\n5 lookups of names that no connection came of\n"), "{picture}");
    assert!(ladder(&timeline, Lang::Zh, 110).contains("www.lab.test A，由 DNS 服务器 10.0.0.53 给出，用时 6 ms"));
}

/// Where only some connections are kept, nobody knows what came of the others' lookups.
#[test]
fn of_connections_that_are_not_shown_only_failed_lookups_are_listed() {
    let mut scene = browser();
    scene.frames.extend(in_vain().frames.into_iter().map(|(ms, frame)| (ms + 50, frame)));
    scene.talk(40_000, "10.0.0.1:40001", "192.0.2.2:80", &[]);
    let keep = Keep { first: 1, one: None, is_watched: false };
    let mut analyzer = Analyzer::new(Wishes { watch: Watch::Sole, keep, reads: Reads::Few(25), ..Wishes::default() });
    scene.push_to(&mut analyzer);
    let timeline = analyzer.finish(SourceKind::File, "scene", Ending::default());
    assert_eq!(timeline.connections.len(), 1);
    assert_eq!(lookups(&timeline).len(), 2, "those of the first connection");
    let names: Vec<_> = timeline.lookups.iter().map(|other| other.lookup.name.as_str()).collect();
    assert_eq!(names, ["gone.lab.test", "broken.lab.test", "silent.lab.test", "", "cut.lab.test"]);
}

/// As live does: events are given out as nothing can change them any more, and not kept.
#[test]
fn a_lookup_is_drawn_before_the_first_segment_of_its_connection() {
    let mut analyzer = Analyzer::new(Wishes { watch: Watch::Passing, ..Wishes::default() });
    browser().push_to(&mut analyzer);
    let mut drawn = Vec::new();
    analyzer.settle(Timestamp(i64::MAX), &mut |id, _, event| drawn.push((id, event.detail)));
    let is_lookup = |(id, detail): &(u64, Detail)| *id == 1 && matches!(detail, Detail::Lookup(_));
    assert!(drawn[..2].iter().all(is_lookup) && !drawn[2..].iter().any(is_lookup), "{drawn:?}");
    assert!(matches!(&drawn[2].1, Detail::Segment(segment) if segment.seq == 0), "{drawn:?}");
}

#[test]
fn of_very_many_addresses_it_is_said_how_many_there_are() {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(7, "big.lab.test", TYPE::A));
    let records = (0..400).map(|n| address("big.lab.test", &format!("10.1.{}.{}", n / 250, n % 250))).collect();
    scene.answers(1, 4000, &answer(7, "big.lab.test", TYPE::A, records));
    // The last one that is listed.
    scene.talk(2, "10.0.0.1:40000", "10.1.1.5:80", &[]);
    let timeline = scene.timeline();
    let lookup = lookups(&timeline)[0].2;
    assert_eq!((lookup.addresses.len(), lookup.addresses_left_out), (256, 144));
    assert!(lookup.addresses.last().unwrap().used, "each listed address ties its connection to the lookup");
    assert!(lookup.text.en.contains(" and 396 more (256 of 400 are listed) by DNS server"), "{}", lookup.text.en);
    assert!(lookup.text.zh.contains(" 等共 400 个（列出 256 个），由"), "{}", lookup.text.zh);
}

#[test]
fn what_other_records_hold_is_told() {
    let mut scene = Scene::default();
    scene.asks(0, 4000, &message(7, "lab.test", TYPE::MX));
    let record = |preference, exchange: &'static str| {
        let data = RData::MX(MX { preference, exchange: Name::new_unchecked(exchange) });
        ResourceRecord::new(Name::new_unchecked("lab.test"), CLASS::IN, 60, data)
    };
    let records = vec![record(10, "mail.lab.test"), record(20, "spare.lab.test")];
    scene.answers(1, 4000, &answer(7, "lab.test", TYPE::MX, records));
    let timeline = scene.timeline();
    let lookup = &timeline.lookups[0].lookup;
    let told: Vec<_> =
        lookup.records.iter().map(|record| (record.record_type.as_str(), record.data.as_str(), record.ttl_s)).collect();
    assert_eq!(told, [("MX", "10 mail.lab.test", 60), ("MX", "20 spare.lab.test", 60)]);
    assert!(lookup.text.en.contains("MX → 10 mail.lab.test, 20 spare.lab.test by DNS server"), "{}", lookup.text.en);
    assert!(lookup.text.zh.contains("MX → 10 mail.lab.test、20 spare.lab.test，由 DNS 服务器"), "{}", lookup.text.zh);
    let hidden = synfin::anonymize::anonymize(timeline, &[]).unwrap();
    let hidden = serde_json::to_string(&hidden).unwrap();
    assert!(!hidden.contains("mail") && !hidden.contains("spare"), "{hidden}");
}
