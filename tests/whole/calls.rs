//! What programs called and what the kernel said, among the segments.

use crate::support::contract;
use crate::support::witnessed::{CLIENT, SERVER, call, calls, joined, question};
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::tcp::{Basis, CallName, State};
use synfin::timeline::{Call, Detail, Event, Lang, Timeline};

fn draw(timeline: &Timeline, lang: Lang, charset: Charset, width: usize) -> String {
    let style = Style { lang, charset, width, color: false };
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
