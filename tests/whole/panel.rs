//! Requests and responses as a network panel tells them: paired, timed, as HAR and as a waterfall.

use crate::support::contract;
use crate::support::web::{MS, Web, page};
use serde_json::{Value, json};
use synfin::analyze::{Analyzer, Wishes};
use synfin::app::Manner;
use synfin::assemble::{Reads, Watch};
use synfin::exchange::{Exchange, Outcome, Panel, Phase};
use synfin::ladder::View;
use synfin::render::{self, Charset, Format, Style};
use synfin::tcp::{Peer, Timestamp};
use synfin::timeline::{Detail, Lang, Timeline};
use unicode_width::UnicodeWidthStr;

fn len(exchange: &Exchange<'_>, phase: Phase) -> Option<i64> {
    exchange.times.get(phase).map(|span| span.len_ns() / MS)
}

#[test]
fn requests_find_their_responses() {
    let timeline = page().timeline(Wishes::default());
    let panel = Panel::of(&timeline);
    let told: Vec<_> = panel
        .exchanges
        .iter()
        .map(|one| {
            let status = one.response.as_ref().map(|response| response.content.status);
            (one.connection.id, one.turn, one.url.as_str(), status, one.outcome(), one.follows)
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, 1, "http://example.org/old", Some(302), Outcome::Whole, None),
            (1, 2, "http://example.org/new?q=a+b&%E4%B8%AD=", Some(200), Outcome::Whole, Some(1)),
            (2, 1, "http://example.org/form", Some(404), Outcome::Whole, None),
            (1, 3, "http://example.org/a.png", Some(200), Outcome::Cut, None),
            (1, 4, "http://example.org/never", None, Outcome::Unanswered, None),
        ]
    );
    assert_eq!(panel.exchanges.iter().map(|one| one.interim).collect::<Vec<_>>(), [0, 0, 1, 0, 0]);
    assert_eq!(panel.exchanges[3].missing(), 100);
}

#[test]
fn each_part_takes_as_long_as_its_packets() {
    let timeline = page().timeline(Wishes::default());
    let panel = Panel::of(&timeline);
    let all = [Phase::Lookup, Phase::Connect, Phase::Idle, Phase::Send, Phase::Wait, Phase::Receive];
    let told: Vec<[Option<i64>; 6]> = panel.exchanges.iter().map(|one| all.map(|phase| len(one, phase))).collect();
    assert_eq!(
        told,
        [
            [None, Some(10), Some(1), Some(0), Some(10), Some(0)],
            [None, None, None, Some(0), Some(20), Some(20)],
            [None, Some(10), Some(7), Some(5), Some(20), Some(0)],
            [None, None, None, Some(0), Some(10), Some(4)],
            [None, None, None, Some(0), Some(20), None],
        ]
    );
    for exchange in &panel.exchanges {
        let sum: i64 = exchange.times.phases().iter().map(|(_, span)| span.len_ns()).sum();
        assert_eq!(sum, exchange.times.len_ns(), "no gap in {}", exchange.url);
    }
}

fn har(timeline: &Timeline) -> Value {
    let mut out = Vec::new();
    let style = Style::new(Lang::En, Charset::Unicode, 80);
    render::write(timeline, &View::default(), Format::Har, &style, &mut out).unwrap();
    let har: Value = serde_json::from_slice(&out).unwrap();
    let schema: Value = serde_json::from_str(include_str!("../golden/har-1.2.schema.json")).unwrap();
    let judge = jsonschema::validator_for(&schema).unwrap();
    let complaints: Vec<_> =
        judge.iter_errors(&har).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(complaints.is_empty(), "no HAR 1.2:\n{}\n{har:#}", complaints.join("\n"));
    har
}

#[test]
fn a_har_is_valid_and_says_what_was_said() {
    let har = har(&page().timeline(Wishes::default()));
    let at = |place: &str| har.pointer(&format!("/log/entries/{place}")).unwrap_or(&Value::Null).clone();
    for (place, value) in [
        ("0/startedDateTime", json!("2001-09-09T01:46:40.000000000Z")),
        ("0/time", json!(21.0)),
        ("0/timings/connect", json!(10.0)),
        ("0/timings/blocked", json!(1.0)),
        ("0/timings/dns", json!(-1.0)),
        ("0/response/redirectURL", json!("/new?q=a+b&%E4%B8%AD=")),
        ("0/serverIPAddress", json!("192.0.2.80")),
        ("0/connection", json!("1")),
        ("1/connection", json!("1")),
        ("2/connection", json!("2")),
        ("1/_followsEntry", json!(0)),
        ("1/timings/connect", json!(-1.0)),
        ("1/timings/receive", json!(20.0)),
        ("1/request/queryString", json!([{ "name": "q", "value": "a b" }, { "name": "中", "value": "" }])),
        ("1/response/content/text", json!("<p>hello</")),
        ("1/response/content/mimeType", json!("text/html; charset=utf-8")),
        ("1/response/bodySize", json!(10)),
        ("2/request/postData/params", json!([{ "name": "a", "value": "1" }, { "name": "b", "value": "  c" }])),
        ("2/response/status", json!(404)),
        ("2/_interimResponses", json!(1)),
        ("3/response/content/encoding", json!("base64")),
        ("3/response/content/text", json!("iVBORw0KGgr/")),
        ("3/response/content/comment", json!("the first 9 of 117 octets")),
        ("3/_outcome", json!("cut")),
        ("3/_missingOctets", json!(100)),
        ("4/response/status", json!(0)),
        ("4/response/_error", json!("no response")),
        ("4/_outcome", json!("unanswered")),
    ] {
        assert_eq!(at(place), value, "{place}");
    }
    for entry in har["log"]["entries"].as_array().unwrap() {
        let sum: f64 =
            entry["timings"].as_object().unwrap().values().filter_map(Value::as_f64).map(|ms| ms.max(0.0)).sum();
        assert!((sum - entry["time"].as_f64().unwrap()).abs() < 1e-9, "{entry:#}");
    }
}

/// However the timeline came about: with all its events, with its messages alone, or from its own JSON.
#[test]
fn the_same_har_comes_from_less() {
    let all = page().timeline(Wishes::default());
    let said = Wishes { watch: Watch::One(0), reads: Reads::First(10), ..Wishes::default() };
    let said = page().timeline(said);
    assert!(said.events.iter().all(|event| matches!(event.detail, Detail::Message(_))) && !said.events.is_empty());
    assert_eq!(har(&said), har(&all));
    let json = contract::json(&all);
    assert_eq!(har(&serde_json::from_value(json).unwrap()), har(&all));
    let few = Wishes { watch: Watch::One(0), reads: Reads::Few(1), ..Wishes::default() };
    assert_eq!(page().timeline(few).events, [], "there are two connections");
    let first = Wishes { watch: Watch::One(0), reads: Reads::First(1), ..Wishes::default() };
    let first = page().timeline(first);
    assert!(first.events.iter().all(|event| event.connection == 1) && !first.events.is_empty());
    assert!(
        first.source.warnings.iter().any(|warning| warning.en.contains("1 connection later")),
        "{:?}",
        first.source
    );
}

#[test]
fn secrets_are_masked_everywhere_unless_asked_for() {
    let masked = har(&page().timeline(Wishes::default())).to_string();
    for secret in ["hush", "id=42", "dark", "c2VjcmV0"] {
        assert!(!masked.contains(secret), "{secret}");
    }
    let open =
        har(&page()
            .timeline(Wishes { manner: Manner { shows_secrets: true, ..Manner::default() }, ..Wishes::default() }));
    let entries = &open["log"]["entries"];
    assert_eq!(entries[0]["request"]["cookies"], json!([{"name":"id","value":"42"}, {"name":"theme","value":"dark"}]));
    let set = json!([{"name":"token","value":"hush","path":"/","httpOnly":true}]);
    assert_eq!(entries[1]["response"]["cookies"], set);
    assert!(open.to_string().contains("c2VjcmV0"));
}

fn drawn(timeline: &Timeline, lang: Lang, charset: Charset, width: usize) -> String {
    let mut out = Vec::new();
    let style = Style::new(lang, charset, width);
    render::write(timeline, &View::default(), Format::Waterfall, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn a_waterfall_as_wide_as_wished() {
    let timeline = page().timeline(Wishes::default());
    insta::assert_snapshot!("waterfall-en-80", drawn(&timeline, Lang::En, Charset::Unicode, 80));
    insta::assert_snapshot!("waterfall-en-120", drawn(&timeline, Lang::En, Charset::Unicode, 120));
    insta::assert_snapshot!("waterfall-zh-80", drawn(&timeline, Lang::Zh, Charset::Narrow, 80));
    insta::assert_snapshot!("waterfall-ascii-50", drawn(&timeline, Lang::En, Charset::Ascii, 50));
    for width in 20..200 {
        for (lang, charset) in [(Lang::En, Charset::Unicode), (Lang::Zh, Charset::Narrow), (Lang::En, Charset::Ascii)] {
            for line in drawn(&timeline, lang, charset, width).lines() {
                assert!(line.width() <= width, "{width}: {line}");
                assert!(charset != Charset::Ascii || line.is_ascii(), "{line}");
            }
        }
    }
}

#[test]
fn a_table_says_what_was_said() {
    let few = |most| Wishes { watch: Watch::Sole, reads: Reads::Few(most), ..Wishes::default() };
    let table = |timeline: &Timeline, lang| {
        let style = Style::new(lang, Charset::Unicode, 100);
        let mut out = Vec::new();
        render::table::write(timeline, None, &style, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let timeline = page().timeline(few(2));
    let shown = table(&timeline, Lang::En);
    assert!(shown.contains("\n   GET /old → 302 Found, and 3 more\n"), "{shown}");
    assert!(shown.contains("\n   POST /form → 404 Not Found\n"), "{shown}");
    assert!(shown.contains("5 HTTP requests: --format waterfall"), "{shown}");
    let shown = table(&timeline, Lang::Zh);
    assert!(shown.contains("GET /old → 302 Found，另有 3 个\n") && shown.contains("5 个 HTTP 请求"), "{shown}");
    let shown = table(&page().timeline(few(1)), Lang::En);
    assert!(!shown.contains("GET"), "more than are read: {shown}");
}

/// Messages are given out once, each behind the segment with its last octet, and forgotten where nobody wants them at the end.
#[test]
fn while_it_goes_on_messages_come_as_they_are_complete() {
    let talk = page().talk();
    for (watch, reads, keeps) in [(Watch::Passing, Reads::Passing, false), (Watch::Passing, Reads::First(9), true)] {
        let mut analyzer = Analyzer::new(Wishes { watch, reads, ..Wishes::default() });
        let mut told: Vec<(u64, String)> = Vec::new();
        let mut hear = |analyzer: &mut Analyzer, now| {
            analyzer.settle(now, &mut |id, _, event| match event.detail {
                Detail::Segment(segment) => told.push((id, format!("{} octets", segment.len))),
                Detail::Message(message) => told.push((id, format!("message to {}", message.offset + message.len))),
                _ => {}
            });
        };
        talk.frames(|frame| {
            analyzer.push(frame);
            hear(&mut analyzer, frame.time);
        });
        hear(&mut analyzer, Timestamp(i64::MAX));
        let of_first: Vec<&str> = told.iter().filter(|(id, _)| *id == 1).map(|(_, what)| what.as_str()).collect();
        let beginning = [
            "0 octets",
            "0 octets",
            "0 octets",
            "67 octets",
            "message to 67",
            "74 octets",
            "message to 74",
            "88 octets",
            "message to 155",
            "77 octets",
            "52 octets",
            "2 octets",
            "message to 205",
        ];
        assert_eq!(of_first[..beginning.len()], beginning, "{told:#?}");
        let timeline = talk.finish(analyzer);
        let kept = timeline.events.iter().filter(|event| matches!(event.detail, Detail::Message(_))).count();
        assert_eq!(kept > 5, keeps, "{kept}");
    }
}

/// A browser opens a connection beforehand: the request that goes over it later stands where it began itself.
#[test]
fn a_preconnected_request_stands_where_it_began() {
    let mut web = Web::default();
    let (one, two) = (web.open(0), web.open(1));
    web.ask(one, 12, "GET /first HTTP/1.1\r\n\r\n");
    web.answer(one, 30, "HTTP/1.1 204 No Content\r\n\r\n");
    web.ask(one, 40, "get /second HTTP/1.1\r\n\r\n");
    web.answer(one, 60, "HTTP/1.1 204\r\n\r\n");
    web.ask(two, 90, "GET /third HTTP/1.1\r\n\r\n");
    web.answer(two, 110, "HTTP/1.1 204 No Content\r\n\r\n");
    let three = web.open(70);
    web.ask(three, 81, "GET /before-third HTTP/1.1\r\n\r\n");
    web.answer(three, 95, "HTTP/1.1 204 No Content\r\n\r\n");
    let timeline = web.timeline(Wishes::default());
    let har = har(&timeline);
    let entries = har["log"]["entries"].as_array().unwrap();
    let told: Vec<_> = entries
        .iter()
        .map(|entry| {
            let url = entry["request"]["url"].as_str().unwrap().rsplit('/').next().unwrap();
            let started = entry["startedDateTime"].as_str().unwrap().split('.').nth(1).unwrap();
            (url, started, entry["timings"]["connect"].as_f64().unwrap(), entry["time"].as_f64().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            ("first", "000000000Z", 10.0, 30.0),
            ("second", "040000000Z", -1.0, 20.0),
            ("before-third", "070000000Z", 10.0, 25.0),
            ("third", "090000000Z", -1.0, 20.0),
        ]
    );
    let picture = drawn(&timeline, Lang::En, Charset::Unicode, 100);
    // The waterfall counts the same.
    for (place, ms) in [("/first", "30 ms"), ("/second", "20 ms"), ("/before-third", "25 ms"), ("/third", "20 ms")] {
        let row = picture.lines().find(|line| line.contains(&format!(" {place} "))).unwrap();
        assert!(row.contains(&format!(" {ms} ")), "{ms}: {row}");
    }
    assert!(picture.contains(" request: the method \"get\" is not GET"), "{picture}");
    assert!(picture.contains(" response: no blank behind the status code"), "{picture}");
    assert!(drawn(&timeline, Lang::Zh, Charset::Unicode, 100).contains(" 响应：状态码之后没有空格"));
}

/// The octets of a chunked body, drawn as they were sent.
#[test]
fn a_chunked_body_is_drawn_with_its_frames() {
    let mut web = Web::default();
    let one = web.open(0);
    web.ask(one, 11, "GET / HTTP/1.1\r\nHost: example.org\r\n\r\n");
    web.answer(
        one,
        21,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;lang=en\r\nHello\r\n8\r\n, 世界\r\n0\r\n",
    );
    web.answer(one, 22, "ETag: \"v1\"\r\nSet-Cookie: id=1\r\n\r\n");
    let timeline = web.timeline(Wishes::default());
    contract::json(&timeline);
    let english = messages(&timeline, Lang::En);
    let expected = r#"
       47  body · frames 5, 6 · 66 B, with the frames of 2 chunks · UTF-8
       47  │5│;│lang=en│CR│LF│   chunk size 5
       58  chunk data · 5 B
             Hello
       63  │CR│LF│   end of the chunk
       65  │8│CR│LF│   chunk size 8
       68  chunk data · 8 B
             , 世界
       76  │CR│LF│   end of the chunk
       78  │0│CR│LF│   last chunk
       81  │ETag│:│SP│"v1"│CR│LF│   trailer field · frame 6
       93  │…│CR│LF│   trailer field
      111  │CR│LF│   blank line: the body ends here
"#;
    assert!(english.contains(expected), "{english}");
    assert!(messages(&timeline, Lang::Zh).contains("│5│;│lang=en│回车│换行│   分块长度 5"));
}

fn messages(timeline: &Timeline, lang: Lang) -> String {
    messages_in(90, timeline, lang)
}

fn messages_in(width: usize, timeline: &Timeline, lang: Lang) -> String {
    let style = Style::new(lang, Charset::Unicode, width);
    let mut out = Vec::new();
    render::write(timeline, &View::default(), Format::Messages, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What is nearly HTTP is shown with what is wrong, and nothing untrue is said of the other side.
#[test]
fn what_is_nearly_http_or_goes_on_as_something_else_is_named() {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";
    let mut web = Web::default();
    let asked = ["GET  /two HTTP/1.1", "GET\t/tab\tHTTP/1.1", "get /small HTTP/1.1"];
    for (n, line) in asked.iter().enumerate() {
        let at = 100 * n as i64;
        let one = web.open(at);
        web.ask(one, at + 11, &format!("{line}\r\nHost: x\r\n\r\n"));
        web.answer(one, at + 21, if n == 1 { "HTTP 200 OK\r\nContent-Length: 0\r\n\r\n" } else { whole });
    }
    let two = web.open(400);
    web.say(two, Peer::A, 411, b"\xff\xfe\r\n");
    web.answer(two, 421, whole);
    let three = web.open(500);
    web.say(three, Peer::A, 511, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00");
    web.say(three, Peer::B, 521, b"\x00\x00\x00\x04\x00\x00\x00\x00\x00");
    let timeline = web.timeline(Wishes::default());
    let panel = Panel::of(&timeline);
    let told: Vec<_> = panel.exchanges.iter().map(|one| (one.url.as_str(), one.outcome())).collect();
    let urls = ["http://x/two", "http://x/tab", "http://x/small"].map(|url| (url, Outcome::Whole));
    assert_eq!(told, [&urls[..], &[("http://192.0.2.80:80/", Outcome::RequestMissing)]].concat());
    assert_eq!(panel.http2, [5]);
    for (lang, expected) in [
        (
            Lang::En,
            [
                "not parted by one space each",
                "the status line has no version",
                "what the client sent is no HTTP that can be read",
                "1 connection goes on in HTTP/2 in the clear: its frames are not decoded",
            ],
        ),
        (
            Lang::Zh,
            ["不是恰好一个空格", "状态行缺少版本号", "客户端发送的内容不是可识别的 HTTP", "1 个连接改用明文 HTTP/2"],
        ),
    ] {
        let waterfall = drawn(&timeline, lang, Charset::Unicode, 100);
        expected.iter().for_each(|words| assert!(waterfall.contains(words), "{words}: {waterfall}"));
    }
    let drawn = [Lang::En, Lang::Zh].map(|lang| messages(&timeline, lang));
    assert!(drawn[0].contains("│GET│SP│SP│/two│SP│HTTP/1.1│") && drawn[0].contains("│GET│HT│/tab│"), "{}", drawn[0]);
    assert!(drawn[0].contains("HTTP/2 with prior knowledge (RFC 9113 3.3)") && drawn[1].contains("HTTP/2 连接前言"));
}

/// Bodies are never passed over in silence: their media type, the encoding of their text, or their first octets.
#[test]
fn messages_name_encodings_segments_and_octets() {
    let mut web = Web::default();
    let one = web.open(0);
    web.ask(one, 11, "GET /a.png HTTP/1.1\r\nHost: x\r\n\r\n");
    web.answer(one, 21, "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nContent-Length: 9\r\n\r\n");
    web.say(one, Peer::B, 22, b"\x89PNG\r\n\x1a\n\xff");
    web.ask(one, 31, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    web.answer(one, 41, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 6\r\n\r\n");
    web.say(one, Peer::B, 42, b"\xc4\xe3\xba\xc3\xa3\xa1");
    let two = web.open(100);
    web.say(two, Peer::A, 111, b"\xc4\xe3");
    web.say(two, Peer::A, 112, b"\xba\xc3");
    let text = Some(synfin::app::Encoding::Auto);
    let timeline = web.timeline(Wishes { manner: Manner { text, ..Manner::default() }, ..Wishes::default() });
    let [english, chinese] = [Lang::En, Lang::Zh].map(|lang| messages(&timeline, lang));
    for words in [
        "body · frame 6 · 9 B · image/png · no text",
        "89 50 4e 47 0d 0a 1a 0a ff                        .PNG.....",
        "· text/plain · GBK as far as one can guess\n             你好！",
        "in 2 segments (frames 13, 14) · GBK as far as one can guess",
    ] {
        assert!(english.contains(words), "{words}: {english}");
    }
    for words in ["image/png · 非文本", "text/plain · 编码推测为 GBK", "2 个报文段（帧 13, 14） · 编码推测为 GBK"]
    {
        assert!(chinese.contains(words), "{words}: {chinese}");
    }
}

#[test]
fn what_is_no_whole_request_is_paired_and_counted_as_what_it_is() {
    let mut web = Web::default();
    let one = web.open(0);
    web.ask(one, 11, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
    web.answer(one, 21, "HTTP/1.1 204 No Content\r\n\r\n");
    web.ask(one, 31, "CONNECT x:443 HTTP/1.1\r\nHost: x:443\r\n\r\n");
    web.answer(one, 41, "HTTP/1.1 405 No\r\nContent-Length: 2\r\n\r\nno!!");
    let two = web.open(50);
    web.ask(two, 61, "GET /slow HTTP/1.1\r\nHost: h\r\nAcc");
    web.answer(two, 71, "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n");
    web.close(two, Peer::B, 72);
    let three = web.open(80);
    web.answer(three, 91, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    let timeline = web.timeline(Wishes::default());
    let panel = Panel::of(&timeline);
    let statuses: Vec<_> = panel
        .exchanges
        .iter()
        .map(|one| (one.request.is_some(), one.response.as_ref().map(|said| said.content.status)))
        .collect();
    assert_eq!(statuses, [(true, Some(204)), (true, Some(405)), (true, Some(408)), (false, Some(400))]);
    assert_eq!(synfin::compare::Cost::of(&timeline).requests, 3);
    for (lang, wanted) in [
        (
            Lang::En,
            [
                "OPTIONS h * ",
                "3 requests on 3 connections",
                "1 response without its request",
                "2 octets behind it are no HTTP message",
            ],
        ),
        (
            Lang::Zh,
            ["OPTIONS h * ", "3 个连接上共 3 个请求", "另有 1 个响应没有对应的请求", "其后 2 字节不是 HTTP 消息"],
        ),
    ] {
        let drawn = drawn(&timeline, lang, Charset::Unicode, 120);
        for words in wanted {
            assert!(drawn.contains(words), "{words}:\n{drawn}");
        }
        assert!(drawn.contains("CONNECT x:443 ") && !drawn.contains("x:443/"), "{drawn}");
    }
}

/// Which frames carry what is known without the events of the segments, and of a line that is cut by segments too.
#[test]
fn each_part_is_tied_to_its_frames_also_where_no_segment_is_told() {
    let mut web = Web::default();
    let one = web.open(0);
    web.ask(one, 11, "GET / HTTP/1.1\r\nHo");
    web.ask(one, 12, "st: x\r\nX-A: b\r\n");
    web.ask(one, 13, "\r\n");
    web.answer(one, 21, "HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n");
    for n in 0..40 {
        web.answer(one, 22 + n, &"x".repeat(100));
    }
    let bare = Wishes { watch: Watch::One(0), reads: Reads::First(10), ..Wishes::default() };
    let bare = web.timeline(bare);
    contract::json(&bare);
    assert!(bare.events.iter().all(|event| matches!(event.detail, Detail::Message(_))));
    let [english, chinese] = [Lang::En, Lang::Zh].map(|lang| messages(&bare, lang));
    for words in [
        "│HTTP/1.1│CR│LF│   request line: method, target, version · frame 4\n",
        "│Host│:│SP│x│CR│LF│   header · frames 4, 5\n",
        "│X-A│:│SP│b│CR│LF│   header\n",
        "blank line: the head ends here · frame 6\n",
        "body · frames 8–23, … · 4000 B",
    ] {
        assert!(english.contains(words), "{words}: {english}");
    }
    assert!(chinese.contains("头部字段 · 帧 4, 5\n") && chinese.contains("正文 · 帧 8–23, … · "), "{chinese}");
    assert_eq!(messages(&web.timeline(Wishes::default()), Lang::En), english);
    let frames = |timeline: &Timeline| {
        timeline.events.iter().any(|event| match &event.detail {
            Detail::Message(message) => {
                message.frames.len() > 100 || message.parts.iter().any(|part| part.frames.len() > 16)
            }
            _ => false,
        })
    };
    assert!(!frames(&bare));
}

/// What was captured behind a gap is drawn behind it, also amid a chunk; and who has no body says why.
#[test]
fn a_gap_is_drawn_where_it_is_and_each_head_says_why_no_body_follows() {
    let mut web = Web::default();
    let one = web.open(0);
    web.ask(one, 11, "GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
    web.answer(one, 21, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 16\r\n\r\nbefore");
    web.miss(one, Peer::B, 22, 4);
    web.answer(one, 23, "behind");
    web.ask(one, 31, "GET /b HTTP/1.1\r\nHost: x\r\n\r\n");
    web.answer(one, 41, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\na\r\nab");
    web.miss(one, Peer::B, 42, 5);
    web.answer(one, 43, "xyz\r\n2\r\nup\r\n0\r\n\r\n");
    web.ask(one, 51, "POST /c HTTP/1.1\r\nHost: x\r\n\r\n");
    web.answer(one, 61, "HTTP/1.1 204 No Content\r\n\r\n");
    web.ask(one, 71, "HEAD /d HTTP/1.1\r\nHost: x\r\n\r\n");
    web.answer(one, 81, "HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
    web.ask(one, 91, "GET /e HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
    web.answer(one, 92, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n\u{1}\u{2}");
    let timeline = web.timeline(Wishes::default());
    contract::json(&timeline);
    let [english, chinese] = [Lang::En, Lang::Zh].map(|lang| messages_in(160, &timeline, lang));
    for words in [
        "             before\n             ╌╌ 4 B not in the capture ╌╌\n             behind\n",
        "             ab\n             ╌╌ 5 B not in the capture ╌╌\n             xyz\n",
        "chunk data · 2 B\n             up\n",
        "no body: neither Content-Length nor Transfer-Encoding announces one (RFC 9112 6.3)",
        "no body: status 204 never has one (RFC 9112 6.3)",
        "no body: it answers HEAD (RFC 9112 6.3); Content-Length counts what GET would get",
        "no body; what follows both ways is no longer HTTP/1.1 but websocket",
    ] {
        assert!(english.contains(words), "{words}: {english}");
    }
    for words in [
        "             ╌╌ 4 B 不在抓包中 ╌╌\n             behind\n",
        "状态码 204 的响应从不带正文",
        "它是对 HEAD 的应答",
        "此后双向都不再是 HTTP/1.1，而是 websocket",
    ] {
        assert!(chinese.contains(words), "{words}: {chinese}");
    }
}

#[test]
fn a_client_hello_says_whom_it_asks_for_and_that_nothing_else_can_be_read() {
    let mut web = Web::default();
    let one = web.open(0);
    web.say(one, Peer::A, 11, client_hello());
    let timeline = web.timeline(Wishes::default());
    assert!(
        messages_in(160, &timeline, Lang::En)
            .contains("ClientHello: TLS 1.2 for a.b, would speak h2; the rest is encrypted")
    );
    assert!(
        messages_in(160, &timeline, Lang::Zh).contains("ClientHello：TLS 1.2，目标 a.b，可用协议 h2；其后内容均已加密")
    );
}

/// With a name and one protocol (RFC 8446 4.1.2).
fn client_hello() -> Vec<u8> {
    let name = [&[0, 0, 0, 8, 0, 6, 0, 0, 3][..], b"a.b"].concat();
    let alpn = [&[0, 16, 0, 5, 0, 3, 2][..], b"h2"].concat();
    let mut body = vec![3, 3];
    body.extend([0; 32]);
    body.extend([0, 0, 2, 0x13, 0x01, 1, 0]);
    body.extend([0, (name.len() + alpn.len()) as u8]);
    body.extend(name.iter().chain(&alpn));
    let message = [&[1, 0, 0, body.len() as u8][..], &body].concat();
    [&[22, 3, 1, 0, message.len() as u8][..], &message].concat()
}
