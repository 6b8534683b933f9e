//! What programs called and what the kernel said, among the segments.

use crate::program::{run, text};
use crate::support::contract;
use crate::support::packet::{Endian, PcapngFile};
use crate::support::witnessed::kernel;
use crate::support::witnessed::{CLIENT, SERVER, call, calls, joined, question};
use std::time::Duration;
use synfin::analyze::Side;
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::source::journal;
use synfin::tcp::{Basis, CallName, KernelWord, State, Timestamp};
use synfin::timeline::{Call, Detail, Event, Lang, Timeline};

fn draw(timeline: &Timeline, lang: Lang, charset: Charset, width: usize) -> String {
    let style = Style::new(lang, charset, width);
    let mut out = Vec::new();
    render::write(timeline, &View::default(), Format::Text, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn called(event: &Event) -> Option<&Call> {
    if let Detail::Call(call) = &event.detail { Some(call) } else { None }
}

/// Every call once, each before what it caused, and each return where it came.
#[test]
fn calls_stand_among_the_segments() {
    let timeline = joined(&question(), &calls(), &[]);
    contract::assert_sound(&timeline);
    contract::json(&timeline);
    let told: Vec<_> = timeline.events.iter().filter(|event| called(event).is_some()).collect();
    assert_eq!(told.len(), calls().len());
    let timers = |event: &&Event| !matches!(event.detail, Detail::Timer(_));
    let times: Vec<i64> = timeline.events.iter().filter(timers).map(|event| event.t_ns).collect();
    assert!(times.is_sorted(), "{times:?}");
    assert!(told.iter().all(|event| event.connection == 1));
    let listen = told.iter().find(|event| called(event).unwrap().call == CallName::Listen).unwrap();
    assert_eq!((listen.t_ns, listen.states[0].to, listen.states[0].basis), (-2_700_000, State::Listen, Basis::Kernel));
    assert_eq!(timeline.endpoints[0].process.as_deref(), Some("client.py"));
    let in_steps: usize = timeline.steps.iter().map(|step| step.events.len()).sum();
    assert_eq!(in_steps, timeline.events.len());
    let mut album = String::new();
    for (lang, charset, width) in [
        (Lang::En, Charset::Unicode, 100),
        (Lang::Zh, Charset::Unicode, 100),
        (Lang::En, Charset::Ascii, 80),
        (Lang::Zh, Charset::Narrow, 60),
        (Lang::En, Charset::Unicode, 40),
    ] {
        let picture = draw(&timeline, lang, charset, width);
        album.push_str(&format!("=== {width} columns, {charset:?}, {lang:?}\n{picture}\n"));
    }
    insta::assert_snapshot!("calls-ladder", album);
}

#[test]
fn a_call_without_a_connection_is_kept_apart() {
    let lonely = call(("10.0.0.2:9", None), CallName::Bind, "10.0.0.2:9", 1.0, Some(0.1), Err("EACCES"));
    let timeline = joined(&question(), &[lonely], &[]);
    contract::json(&timeline);
    let [other] = timeline.other_calls.as_slice() else { panic!("{:?}", timeline.other_calls) };
    assert_eq!(other.call.text.en, "bind → EACCES: not permitted");
    assert_eq!(timeline.endpoint(&other.call.endpoint).unwrap().address(), "10.0.0.2:9");
    assert!(timeline.events.iter().all(|event| called(event).is_none()));
}

/// A failed call of a listener belongs to the connection that was, one that succeeds to the one that comes.
#[test]
fn a_listener_s_calls_belong_to_a_connection() {
    let anywhere = ("0.0.0.0:80", None);
    let words = [
        call(anywhere, CallName::Listen, "5", -5.0, Some(0.1), Ok(None)),
        call(anywhere, CallName::Bind, "0.0.0.0:80", 70.0, Some(0.1), Err("EADDRINUSE")),
        call((CLIENT, Some(SERVER)), CallName::Recv, "1", 71.0, None, Ok(None)),
    ];
    let timeline = joined(&question(), &words, &[]);
    let told: Vec<&Call> = timeline.events.iter().filter_map(called).collect();
    let [listen, bind, recv] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((listen.endpoint.as_str(), bind.endpoint.as_str(), recv.endpoint.as_str()), ("e2", "e2", "e1"));
    assert_eq!((bind.error.as_deref(), recv.took_ns), (Some("EADDRINUSE"), None));
    assert_eq!(recv.text.zh, "recv → 尚未返回");
}

/// Many receives that nothing keeps apart are one.
#[test]
fn calls_fold_unless_all_are_wanted() {
    let words: Vec<_> = (0..1000)
        .map(|n| {
            call((SERVER, Some(CLIENT)), CallName::Recv, "1", 60.0 + f64::from(n) / 1000.0, Some(0.0005), Ok(Some(3)))
        })
        .collect();
    let timeline = joined(&question(), &words, &[]);
    contract::json(&timeline);
    let [only] = timeline.events.iter().filter_map(called).collect::<Vec<_>>()[..] else { panic!() };
    assert_eq!((only.times, only.result), (Some(1000), Some(3000)));
    assert_eq!(only.text.en, "recv → 3000 bytes (1000 calls)");
}

/// A program's words are text and nothing else.
#[test]
fn hostile_words_do_not_reach_the_terminal() {
    let nasty =
        call((CLIENT, Some(SERVER)), CallName::Send, "\x1b[2J\n\u{202e}", 20.25, Some(0.1), Err("E\x1b]0;x\x07"));
    let timeline = joined(&question(), &[nasty], &[]);
    for width in [40, 80, 120] {
        let picture = draw(&timeline, Lang::En, Charset::Unicode, width);
        assert!(!picture.contains(['\x1b', '\x07', '\u{202e}']), "{picture:?}");
    }
}

/// What the kernel shows of [`question`], asked every millisecond.
fn states() -> Vec<KernelWord> {
    use State::{CloseWait, Established, FinWait1, FinWait2, LastAck, SynReceived, SynSent, TimeWait};
    let client =
        [(0.5, SynSent), (20.5, Established), (21.0, FinWait1), (40.6, FinWait2), (40.9, TimeWait), (50.0, TimeWait)];
    let server = [(10.4, SynReceived), (30.2, Established), (30.6, CloseWait), (31.0, LastAck), (50.5, LastAck)];
    let told = |is_client| move |(at, state): &(f64, State)| kernel(is_client, *at, Some(*state));
    let mut all: Vec<_> = client.iter().map(told(true)).chain(server.iter().map(told(false))).collect();
    all.push(kernel(false, 51.0, None));
    all
}

/// A file as the lab writes it.
fn recorded(words: &[KernelWord], mark: &[u8]) -> Vec<u8> {
    let mut file = PcapngFile::new();
    let name = |name: &'static str| [(2, name.as_bytes()), (9, &[9][..])];
    file.section(Endian::Little, &[(4, mark)]).interface(1, 0, &name("client")).interface(1, 0, &name("server"));
    let sides = question();
    let mut frames = Vec::new();
    for (interface, side) in [(0, Side::Client), (1, Side::Server)] {
        frames.extend(sides.capture(side).into_iter().map(|shot| (shot.time, interface, shot.packet.ethernet())));
    }
    frames.sort();
    for (place, (time, interface, bytes)) in frames.iter().enumerate() {
        let comment: &[(u16, &[u8])] = if place == 0 { &[(1, b"the wire lets it pass")] } else { &[] };
        file.enhanced(*interface, *time as u64, bytes, bytes.len() as u32, comment);
    }
    let out = &mut file.bytes;
    calls().iter().for_each(|word| journal::write_call(word, out).unwrap());
    words.iter().for_each(|word| journal::write_state(word, out).unwrap());
    journal::write_polling(&Duration::from_millis(1).into(), Timestamp(0), out).unwrap();
    file.bytes
}

fn replayed(bytes: &[u8]) -> Timeline {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("question.pcapng");
    std::fs::write(&path, bytes).unwrap();
    let output = run(&["replay", path.to_str().unwrap(), "--format", "json"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    contract::parse(&output.stdout);
    serde_json::from_slice(&output.stdout).unwrap()
}

/// A recorded file needs no options: sides, clock, calls and the kernel's states are in it.
#[test]
fn a_recorded_file_replays_as_it_was() {
    let replay = replayed(&recorded(&states(), b"synfin lab 0.1.0"));
    let mut live = joined(&question(), &calls(), &states());
    let comments: Vec<_> = replay.events.iter().flat_map(|event| &event.comments).collect();
    assert_eq!((comments.len(), comments[0].frame), (1, 1));
    let mut events = replay.events.clone();
    for event in events.iter_mut().chain(&mut live.events) {
        event.comments.clear();
        // Here each side was numbered for itself.
        if let Detail::Segment(segment) = &mut event.detail {
            segment.frame = 0;
        }
    }
    assert!(events == live.events, "{events:#?}\n{:#?}", live.events);
    assert_eq!(replay.endpoints, live.endpoints);
    let connection = &replay.connections[0];
    let agreement = connection.kernel_agreement.as_ref().unwrap();
    assert!(agreement.agrees, "{agreement:?}");
    assert!(live.connections[0].kernel_agreement.is_none(), "nobody told how often the kernel was asked");
    live.connections[0].kernel_agreement = connection.kernel_agreement.clone();
    assert_eq!(replay.connections, live.connections);
    assert_eq!(connection.kernel_states.len(), 10);
}

#[test]
fn a_kernel_that_says_otherwise_is_told_of() {
    let mut words = states();
    words.retain(|word| word.state != Some(State::CloseWait));
    let place = words.iter().position(|word| word.state == Some(State::LastAck)).unwrap();
    words.insert(place, kernel(false, 30.9, Some(State::FinWait1)));
    let timeline = replayed(&recorded(&words, b"synfin lab"));
    let agreement = timeline.connections[0].kernel_agreement.clone().unwrap();
    let difference = agreement.difference.unwrap();
    assert!(!agreement.agrees);
    assert_eq!((difference.endpoint.as_str(), difference.kernel), ("e2", State::FinWait1));
    assert_eq!((difference.inferred, difference.at_ns), (State::LastAck, 30_900_000));
}

#[test]
fn another_program_s_file_is_not_joined() {
    let timeline = replayed(&recorded(&[], b"dumpcap"));
    assert!(timeline.source.clock.is_none());
    assert!(timeline.events.iter().all(|event| called(event).is_none()));
}
