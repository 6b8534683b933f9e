#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
use crate::app::message::Whole;
use crate::app::{Carrier, Heard, Manner, MessageWord, Piece, Reader};
use crate::tcp::{Peer, Timestamp};
use crate::timeline::{Content, Framing, Http2KnownBy, HttpRequest, HttpResponse, PartKind};

/// Both directions of a connection, piece by piece.
#[derive(Default)]
struct Said {
    reader: Reader,
    sent: [u64; 2],
    segments: u64,
    /// The segments in which a message begins.
    begun: Vec<u64>,
}

impl Said {
    fn say(&mut self, peer: Peer, octets: &[u8]) {
        self.say_all(peer, octets, octets.len() as u32);
    }

    /// So many octets were sent, of which these were captured.
    fn say_all(&mut self, peer: Peer, octets: &[u8], len: u32) {
        let place = if peer == Peer::A { 0 } else { 1 };
        let carrier = Carrier {
            ordinal: self.segments,
            frame: self.segments + 1,
            at: Timestamp(self.segments as i64),
            arrived: None,
            first: 0,
        };
        let piece = Piece { offset: self.sent[place], octets, len, carrier };
        let heard =
            Heard { connection: 1, peer, is_dns: false, is_syn: true, is_fin: false, piece, acknowledged: None };
        if self.reader.hear(&heard) {
            self.begun.push(self.segments);
        }
        self.segments += 1;
        self.sent[place] += u64::from(len);
    }

    fn told(self) -> Vec<MessageWord> {
        self.reader.finish().0
    }
}

/// What was told of these octets of both peers, sent in pieces of a size.
fn told(requests: &[u8], responses: &[u8], size: usize) -> Vec<MessageWord> {
    let mut said = Said::default();
    for (peer, octets) in [(Peer::A, requests), (Peer::B, responses)] {
        octets.chunks(size).for_each(|piece| said.say(peer, piece));
    }
    said.told()
}

fn request(word: &MessageWord) -> &HttpRequest {
    let Content::HttpRequest(request) = &word.content else { panic!("{word:?}") };
    request
}

fn response(word: &MessageWord) -> &HttpResponse {
    let Content::HttpResponse(response) = &word.content else { panic!("{word:?}") };
    response
}

/// Without what depends on how the octets were cut.
fn essence(words: Vec<MessageWord>) -> Vec<MessageWord> {
    let bare = |word: MessageWord| MessageWord {
        carriers: Vec::new(),
        last: Carrier::default(),
        segments: 0,
        whole: Whole::default(),
        ..word
    };
    words.into_iter().map(bare).collect()
}

fn problems(word: &MessageWord) -> String {
    word.problems.iter().map(|text| text.en.as_str()).collect::<Vec<_>>().join("; ")
}

const REQUESTS: &[u8] = b"GET /a HTTP/1.1\r\nHost: x\r\nCookie: secret\r\n\r\n\
POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello\
HEAD /c HTTP/1.1\r\nHost: x\r\n\r\nGET /d HTTP/1.0\n\n";
const RESPONSES: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc\
HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nWiki\r\n6\r\npedia \r\n0\r\nA: b\r\n\r\n\
HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nHTTP/1.0 200 \r\n\r\nto the end";

#[test]
fn messages_follow_each_other_and_answers_find_their_requests() {
    let words = told(REQUESTS, RESPONSES, usize::MAX >> 1);
    assert_eq!(words.len(), 9);
    assert!(words.iter().all(|word| word.complete && word.problems.is_empty()), "{words:#?}");
    let requests = &words[..4];
    let targets: Vec<_> =
        requests.iter().map(|word| format!("{} {}", request(word).method, request(word).target)).collect();
    assert_eq!(targets, ["GET /a", "POST /b", "HEAD /c", "GET /d"]);
    let bodies: Vec<_> =
        requests.iter().map(|word| request(word).body.as_ref().and_then(|body| body.text.as_deref())).collect();
    assert_eq!(bodies, [None, Some("hello"), None, None]);
    let answers: Vec<_> = words[4..].iter().map(|word| (response(word).status, word.answers)).collect();
    assert_eq!(answers, [(200, Some(0)), (100, Some(1)), (404, Some(1)), (200, Some(2)), (200, Some(3))]);
    let chunked = response(&words[6]).body.as_ref().unwrap();
    assert_eq!((chunked.framing, chunked.len, chunked.chunks), (Framing::Chunked, 10, Some(2)));
    assert_eq!(chunked.text.as_deref(), Some("Wikipedia "));
    assert_eq!(response(&words[7]).body, None, "an answer to HEAD has no body, whatever its length says");
    let last = response(&words[8]).body.as_ref().unwrap();
    assert_eq!((last.framing, last.text.as_deref()), (Framing::UntilClose, Some("to the end")));
}

#[test]
fn however_it_is_cut_the_same_is_told() {
    let whole = essence(told(REQUESTS, RESPONSES, 10_000));
    for size in 1..80 {
        assert_eq!(essence(told(REQUESTS, RESPONSES, size)), whole, "{size}");
    }
}

#[test]
fn parts_cover_each_message_without_a_gap() {
    for size in [1, 7, 10_000] {
        for word in told(REQUESTS, RESPONSES, size) {
            let mut at = word.span.offset;
            for part in &word.parts {
                assert_eq!(part.offset, at, "{word:#?}");
                at += part.len;
            }
            assert_eq!(at, word.span.offset + word.span.len, "{word:#?}");
        }
    }
    let words = told(REQUESTS, b"", 10_000);
    let kinds: Vec<_> = words[1].parts.iter().map(|part| (part.part, part.len)).collect();
    let expected = [
        (PartKind::RequestLine, 18),
        (PartKind::Header, 9),
        (PartKind::Header, 19),
        (PartKind::BlankLine, 2),
        (PartKind::Body, 5),
    ];
    assert_eq!(kinds, expected);
}

#[test]
fn the_frames_of_chunks_are_told_as_they_were_sent() {
    let said = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=\"y\"\r\nWiki\r\n06\npedia \r\n000\r\nA: b\r\nCookie: s\r\n t\r\n\r\n";
    let chunks = |size: usize| {
        let words = told(b"", said.as_bytes(), size);
        assert!(words[0].complete);
        let (first, body) = (words[0].chunks[0].offset, words[0].parts.last().unwrap());
        let mut at = first;
        for part in &words[0].chunks {
            assert_eq!(part.offset, at, "{size}");
            at += part.len;
        }
        assert_eq!((first, at), (body.offset, body.offset + body.len), "all of the body and nothing else");
        words[0].chunks.iter().map(|part| (part.part, part.line.clone().unwrap_or_default())).collect::<Vec<_>>()
    };
    let expected = [
        (PartKind::ChunkSize, "4;x=\"y\"\r\n"),
        (PartKind::ChunkData, ""),
        (PartKind::ChunkEnd, "\r\n"),
        (PartKind::ChunkSize, "06\n"),
        (PartKind::ChunkData, ""),
        (PartKind::ChunkEnd, "\r\n"),
        (PartKind::LastChunk, "000\r\n"),
        (PartKind::Trailer, "A: b\r\n"),
        // Secrets.
        (PartKind::Trailer, ""),
        (PartKind::Trailer, ""),
        (PartKind::BlankLine, "\r\n"),
    ];
    let expected: Vec<_> = expected.into_iter().map(|(part, line)| (part, line.to_string())).collect();
    for size in [1, 2, 7, 1000] {
        assert_eq!(chunks(size), expected, "{size}");
    }
}

#[test]
fn a_body_of_chunks_that_breaks_off_is_told_up_to_there() {
    let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (rest, expected) in [
        ("5\r\nab", &[(PartKind::ChunkSize, 3), (PartKind::ChunkData, 2)][..]),
        ("zz\r\nab", &[(PartKind::ChunkSize, 4)]),
        ("1\r\nabc", &[(PartKind::ChunkSize, 3), (PartKind::ChunkData, 1), (PartKind::ChunkEnd, 1)]),
        ("0\r\nA: ", &[(PartKind::LastChunk, 3), (PartKind::Trailer, 3)]),
    ] {
        let words = told(b"", format!("{head}{rest}").as_bytes(), 1000);
        let parts: Vec<_> = words[0].chunks.iter().map(|part| (part.part, part.len)).collect();
        assert_eq!(parts, expected, "{rest:?}");
    }
    let many: String = "1\r\na\r\n".repeat(1000);
    assert_eq!(told(b"", format!("{head}{many}").as_bytes(), 1000)[0].chunks.len(), 256, "bounded");
}

#[test]
fn each_message_knows_the_segments_that_carry_it() {
    let mut said = Said::default();
    said.say(Peer::A, b"GET / HTTP/1.1\r\nHo");
    said.say(Peer::A, b"st: x\r\n\r\nGET /2 HTTP/1.1\r\n\r\n");
    said.say(Peer::B, b"HTTP/1.1 204 No Content\r\n\r\n");
    assert_eq!(said.begun, [0, 1, 2]);
    let carried: Vec<Vec<u64>> =
        said.told().iter().map(|word| word.carriers.iter().map(|carrier| carrier.ordinal).collect()).collect();
    assert_eq!(carried, [vec![0, 1], vec![1], vec![2]]);
}

#[test]
fn secrets_are_masked_unless_asked_for() {
    let header = |words: &[MessageWord]| request(&words[0]).headers[1].clone();
    let masked = header(&told(REQUESTS, b"", 1000));
    assert_eq!((masked.value.as_str(), masked.masked), ("(6 octets)", true));
    let mut said = Said { reader: Reader::new(Manner { shows_secrets: true, ..Manner::default() }), ..Said::default() };
    said.say(Peer::A, REQUESTS);
    assert_eq!(header(&said.told()).value, "secret");
}

#[test]
fn malformed_heads_are_read_as_far_as_they_go_and_it_is_said_what_is_wrong() {
    for (head, what) in [
        ("GET /a b HTTP/1.1\r\n\r\n", "blank within the request target"),
        ("GET /\r\n\r\n", "no version, as in HTTP/0.9"),
        ("GET /\r\n", "no version, as in HTTP/0.9"),
        ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", "line 2: a blank between the field's name and the colon"),
        ("GET / HTTP/1.1\r\nnonsense\r\n\r\n", "line 2 has no colon"),
        ("GET / HTTP/1.1\r\na: 1\r\n b\r\n\r\n", "line 3 goes on with the field before it"),
        ("GET / HTTP/1.1\r\na: \x1b[31m\r\n\r\n", "line 2: a control character"),
        ("GET / HTTP/1.1\r\n(a): 1\r\n\r\n", "line 2: the field's name holds"),
        ("GET / HTTP/1.1\r\nContent-Length: 1x\r\n\r\n", "no number of octets: 1x"),
        ("GET / HTTP/1.1\r\nContent-Length: 1, 2\r\n\r\nx", "two lengths that differ"),
        (
            "GET / HTTP/1.1\r\nContent-Length: 0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "both Transfer-Encoding",
        ),
        ("GET / HTTP/7.x\r\n\r\n", "a strict parser refuses it: invalid HTTP version"),
    ] {
        let words = told(head.as_bytes(), b"", 1000);
        assert_eq!(words.len(), 1, "{head:?}");
        assert!(problems(&words[0]).contains(what), "{head:?}: {}", problems(&words[0]));
        assert_eq!(request(&words[0]).method, "GET");
    }
}

#[test]
fn a_blank_before_the_colon_is_judged_by_who_sends_it() {
    let sent = |octets: &str| problems(&told(octets.as_bytes(), b"", 1000)[0]);
    let (asked, answered) = ("GET / HTTP/1.1\r\nHost : x\r\n\r\n", "HTTP/1.1 204 No Content\r\nServer : x\r\n\r\n");
    assert!(sent(asked).contains("a server must refuse it (RFC 9112 5.1)"), "{}", sent(asked));
    assert!(sent(answered).contains("a proxy must remove it (RFC 9112 5.1)"), "{}", sent(answered));
}

#[test]
fn start_lines_that_are_nearly_right_are_shown_and_it_is_said_what_is_wrong() {
    for (octets, line, what) in [
        (
            "get /x HTTP/1.1\r\n\r\n",
            "get /x HTTP/1.1",
            "the method \"get\" is not GET: letters and their case count (RFC 9110 9.1)",
        ),
        ("M-SEARCH * HTTP/1.1\r\nHost: x\r\nMX: 1\r\n\r\n", "M-SEARCH * HTTP/1.1", ""),
        ("GET /old\r\n", "GET /old", "no version, as in HTTP/0.9"),
        ("GET  /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1", "not parted by one space each"),
        ("GET\t/a\tHTTP/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1", "or a tab, stand there (RFC 9112 3, 4)"),
        ("post /a HTTP/1.1\r\nHost: x\r\n\r\n", "post /a HTTP/1.1", "\"post\" is not POST"),
        ("GET /a http/1.1\r\nHost: x\r\n\r\n", "GET /a HTTP/1.1", "\"http\" in small letters"),
        ("GET HTTP/1.1\r\nHost: x\r\n\r\n", "GET  HTTP/1.1", "no target"),
        (
            "GET /\x1b[31m HTTP/1.1\r\nHost: x\r\n\r\n",
            "GET /\x1b[31m HTTP/1.1",
            "control character in the request target",
        ),
        ("GET \x07 HTTP/1.1\r\nHost: x\r\n\r\n", "GET \x07 HTTP/1.1", "control character in the request target"),
    ] {
        for size in [1, 8, 1000] {
            if size < 1000 && octets.starts_with("M-SEARCH") {
                // Only capitals and known methods are waited for until the line says what it is.
                continue;
            }
            let words = told(octets.as_bytes(), b"", size);
            assert_eq!(words.len(), 1, "{octets:?} by {size}");
            assert!(words[0].complete);
            assert_eq!(request(&words[0]).start_line(), line);
            assert!(
                problems(&words[0]).contains(what) && problems(&words[0]).is_empty() == what.is_empty(),
                "{words:?}"
            );
        }
    }
    for (octets, line, what) in [
        ("ICY 200 OK\r\nicy-name: x\r\n\r\nmusic", "ICY 200 OK", "begins with ICY"),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 ", "no blank behind the status code"),
        ("HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 404 ", ""),
        ("HTTP 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP 200 OK", "has no version: \"HTTP/1.1 200 OK\" is expected"),
        ("http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK", "\"http\" in small letters"),
        ("HTTP/1.1  200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK", "not parted by one space each"),
        ("HTTP/1.1\t200\tOK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 200 OK", "not parted by one space each"),
        (
            "HTTP/1.1 200 \x1b[31m\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 \x1b[31m",
            "control character in the reason phrase",
        ),
    ] {
        for size in [1, 1000] {
            let words = told(b"", octets.as_bytes(), size);
            assert_eq!(words.len(), 1, "{octets:?} by {size}");
            assert_eq!(response(&words[0]).start_line(), line);
            assert!(
                problems(&words[0]).contains(what) && problems(&words[0]).is_empty() == what.is_empty(),
                "{words:?}"
            );
        }
    }
}

#[test]
fn versions_that_are_not_known_are_named() {
    for (version, what) in [
        ("1.2", "HTTP/1.2 is not known: it is read as HTTP/1.1"),
        ("2.0", "HTTP/2.0 in a start line: HTTP/2 and HTTP/3 have none"),
        ("2", "HTTP/2 in a start line"),
        ("1.1", ""),
        ("1.0", ""),
    ] {
        let asked = format!("GET / HTTP/{version}\r\nHost: x\r\n\r\n");
        let answered = format!("HTTP/{version} 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
        let words = told(asked.as_bytes(), answered.as_bytes(), 1000);
        assert_eq!(words.len(), 2);
        for word in &words {
            assert!(word.complete && word.problems.len() == usize::from(!what.is_empty()), "{word:#?}");
            assert!(problems(word).contains(what) && word.problems.iter().all(|text| !text.zh.is_ascii()), "{word:#?}");
        }
        assert_eq!((request(&words[0]).version.as_str(), response(&words[1]).version.as_str()), (version, version));
    }
    let bare = told(b"GET / HTTP/1.2\r\n\r\n", b"", 1000);
    assert!(problems(&bare[0]).contains("no Host"), "read as 1.1: {}", problems(&bare[0]));
}

#[test]
fn a_status_line_without_a_version_is_read_where_http_was_asked() {
    let asked = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for size in [1, 3, 1000] {
        let words = told(asked, b"200 OK\r\nContent-Length: 2\r\n\r\nhi", size);
        assert_eq!(words.len(), 2, "by {size}: {words:#?}");
        assert_eq!((response(&words[1]).status, response(&words[1]).reason.as_str()), (200, "OK"));
        assert_eq!(words[1].answers, Some(0));
        assert_eq!(problems(&words[1]), "the status line has no version: \"HTTP/1.1 200 OK\" is expected");
        assert_eq!(response(&words[1]).body.as_ref().unwrap().text.as_deref(), Some("hi"));
        assert_eq!(told(b"", b"220 mail.example ESMTP\r\n", size), [], "nobody asked");
        assert_eq!(told(asked, b"2001-01-01 it is\r\n", size).len(), 1);
        assert_eq!(told(asked, b"999 x\r\n", size).len(), 1);
    }
}

#[test]
fn a_body_whose_length_nobody_can_know_takes_all_that_comes() {
    let more = "GET /not-this HTTP/1.1\r\nHost: x\r\n\r\nHTTP/1.1 404 No\r\n\r\n";
    for fields in ["Transfer-Encoding: gzip", "Content-Length: 12x", "Content-Length: -1"] {
        for size in [1, 1000] {
            let asked = format!("POST / HTTP/1.1\r\nHost: x\r\n{fields}\r\n\r\n{more}");
            let words = told(asked.as_bytes(), b"", size);
            assert_eq!(words.len(), 1, "{words:#?}");
            assert!(problems(&words[0]).contains("where the body ends cannot be known"), "{words:#?}");
            let answered = format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n{more}");
            let words = told(b"", answered.as_bytes(), size);
            assert_eq!(words.len(), 1, "{words:#?}");
            let body = response(&words[0]).body.as_ref().unwrap();
            assert_eq!((body.framing, body.len), (Framing::UntilClose, more.len() as u64));
            assert!(problems(&words[0]).contains("only the connection's end ends the body"), "{words:#?}");
        }
    }
    let words = told(b"GET / HTTP/1.0\r\n\r\n", format!("HTTP/1.0 200 OK\r\n\r\n{more}").as_bytes(), 7);
    assert_eq!(words.len(), 2, "{words:#?}");
}

#[test]
fn what_a_request_owes_is_judged() {
    for (asked, what) in [
        ("GET / HTTP/1.1\r\n\r\n", "no Host"),
        ("GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", "2 Host fields"),
        ("GET / HTTP/1.0\r\n\r\n", ""),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx", "GET with a body"),
        ("GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", ""),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
            "it may be an attack, and must be refused",
        ),
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx", ""),
    ] {
        let words = told(asked.as_bytes(), b"", 1000);
        let said = problems(&words[0]);
        assert!(words.len() == 1 && said.contains(what) && said.is_empty() == what.is_empty(), "{asked:?}: {said}");
        assert!(words[0].problems.iter().all(|text| !text.zh.is_ascii()));
    }
    let cut = told(b"GET / HTTP/1.1\r\nAccept: a", b"", 1000);
    assert!(!problems(&cut[0]).contains("Host"), "it may have come later: {cut:?}");
}

#[test]
fn a_request_that_is_not_whole_finds_its_answer() {
    for (asked, answer) in [
        ("GET /slow HTTP/1.1\r\nHost: x\r\nAcc", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 2\r\n\r\nno"),
        ("GET /notes.txt\n", "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"),
        ("GET /sl", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"),
        ("HEAD /x HTTP/1.1\r\nHost", "HTTP/1.1 408 Request Timeout\r\nContent-Length: 99\r\n\r\n"),
    ] {
        for (size, again) in [(1, false), (1000, false), (1000, true)] {
            let mut said = Said::default();
            asked.as_bytes().chunks(size).for_each(|piece| said.say(Peer::A, piece));
            said.say(Peer::B, b"HTTP/1.1 100 Continue\r\n\r\n");
            answer.as_bytes().chunks(size).for_each(|piece| said.say(Peer::B, piece));
            if again {
                // The rest of it comes after the answer, and another request.
                said.say(Peer::A, b"\r\n\r\nGET /next HTTP/1.1\r\nHost: x\r\n\r\n");
                said.say(Peer::B, b"HTTP/1.1 204 No Content\r\n\r\n");
            }
            let words = said.told();
            let told: Vec<_> = words.iter().map(|word| (word.number, word.answers, word.complete)).collect();
            let is_old = asked.ends_with('\n');
            match again {
                false => assert_eq!(told, [(0, None, is_old), (1, Some(0), true), (2, Some(0), true)], "{words:#?}"),
                true => assert_eq!(
                    words.last().unwrap().answers.map(|at| request(&words[at as usize]).target.as_str()),
                    Some("/next")
                ),
            }
        }
    }
    let mut said = Said::default();
    said.say(Peer::A, b"GET / HTTP/1.1\r\nX: ");
    said.say(Peer::B, b"HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n");
    for _ in 0..100 {
        said.say(Peer::A, &[b'a'; 1000]);
    }
    let words = said.told();
    assert_eq!((words.len(), words[1].answers), (2, Some(0)));
    assert!(problems(&words[0]).contains("no blank line within 65536 octets"), "{}", problems(&words[0]));
}

#[test]
fn octets_behind_a_whole_message_are_called_so() {
    let whole = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc";
    let next = "HTTP/1.1 204 No Content\r\n\r\n";
    for (behind, len) in [("defg\r\n\r\n", 8), ("!", 1), ("EXTRA JUNK", 10), ("\r\n", 0), ("HTTX\r\n", 6)] {
        for follows in ["", next] {
            let is_line = behind.ends_with('\n') || follows.is_empty();
            for size in [1, 1000] {
                if !is_line || size == 1 && !follows.is_empty() && len > 0 {
                    continue;
                }
                let words = told(b"", format!("{whole}{behind}{follows}").as_bytes(), size);
                assert_eq!(words.len(), 1 + usize::from(!follows.is_empty()), "{behind:?} by {size}: {words:#?}");
                let expected = match len {
                    0 => String::new(),
                    1 => "1 octet behind it is no HTTP message".into(),
                    len => format!("{len} octets behind it are no HTTP message"),
                };
                assert_eq!(problems(&words[0]), expected);
                assert!(words[0].complete && words[0].problems.iter().all(|text| !text.zh.is_ascii()));
                assert!(words.get(1).is_none_or(|word| word.problems.is_empty()));
            }
        }
    }
    let smuggled = "POST /f HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde";
    let mut said = Said::default();
    said.say(Peer::A, smuggled.as_bytes());
    said.say(Peer::A, b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n");
    assert_eq!(said.begun, [0, 1]);
    let words = said.told();
    assert_eq!(words.len(), 2, "{words:#?}");
    assert!(problems(&words[0]).ends_with("2 octets behind it are no HTTP message"), "{}", problems(&words[0]));
    assert_eq!(request(&words[1]).target, "/next");
    let broken = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nab\r\nHTTP/1.1 200 no\r\n\r\n";
    let words = told(b"", broken.as_bytes(), 1000);
    assert_eq!(words.len(), 1, "what looks so may be a part of its body: {words:#?}");
    assert!(problems(&words[0]).ends_with("23 octets behind that are not read"), "{}", problems(&words[0]));
}

#[test]
fn the_preface_of_http_2_is_named_and_nothing_behind_it_is_read() {
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00GET / HTTP/1.1\r\n\r\n";
    for size in [1, 5, 19, 1000] {
        let words = told(preface, b"\x00\x00\x00\x04\x00\x00\x00\x00\x00HTTP/1.1 200 OK\r\n\r\n", size);
        assert_eq!(words.len(), 1, "{words:#?}");
        let Content::Http2Preface(told) = &words[0].content else { panic!("{words:?}") };
        assert_eq!((told.known_by, words[0].span.len), (Http2KnownBy::PriorKnowledge, 24));
        assert!(words[0].complete && words[0].problems.is_empty());
    }
    let broken = told(b"PRI * HTTP/2.0\r\n\r\nGET / HTTP/1.1\r\n\r\n", b"", 1000);
    assert!(problems(&broken[0]).contains("does not end with SM") && !broken[0].complete, "{broken:?}");
}

#[test]
fn an_upgrade_to_http_2_leads_to_its_preface() {
    for size in [1, 1000] {
        let mut said = Said::default();
        let asked = "GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n";
        asked.as_bytes().chunks(size).for_each(|piece| said.say(Peer::A, piece));
        let agreed = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
        agreed.chunks(size).for_each(|piece| said.say(Peer::B, piece));
        let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00";
        preface.chunks(size).for_each(|piece| said.say(Peer::A, piece));
        said.say(Peer::B, b"HTTP/1.1 200 no\r\n\r\n");
        let words = said.told();
        assert_eq!(words.len(), 3, "{words:#?}");
        let Content::Http2Preface(told) = &words[2].content else { panic!("{words:?}") };
        assert_eq!(told.known_by, Http2KnownBy::Upgrade);
    }
}

#[test]
fn words_of_a_chat_that_could_begin_a_request_are_told_as_text() {
    let manner = Manner { text: Some(crate::app::Encoding::Auto), ..Manner::default() };
    for pieces in [
        &[(Peer::A, "HELLO"), (Peer::B, "get"), (Peer::A, "BYE")][..],
        &[(Peer::A, "GET"), (Peer::A, "TING on\r\n\r\nwell"), (Peer::B, "OK"), (Peer::A, "BYE")],
        &[(Peer::A, "OK")],
    ] {
        let mut said = Said { reader: Reader::new(manner), ..Said::default() };
        for (peer, octets) in pieces {
            said.say(*peer, octets.as_bytes());
        }
        let texts: String = said
            .told()
            .into_iter()
            .map(|word| match word.content {
                Content::Text(text) => text.text,
                other => panic!("{other:?}"),
            })
            .collect();
        let mut expected: Vec<char> = pieces.iter().flat_map(|(_, text)| text.chars()).collect();
        let mut texts: Vec<char> = texts.chars().collect();
        expected.sort_unstable();
        texts.sort_unstable();
        assert_eq!(texts, expected);
    }
}

#[test]
fn what_is_never_complete_is_told_as_far_as_it_came() {
    for (octets, what) in [
        ("HTTP/1.1 200 OK\r\nContent-Le", "within the head"),
        ("HTTP/1.1 200 OK\r\nContent-Length: 2147483648\r\n\r\nabc", "after 3 of 2147483648 octets"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "before the last chunk, after 3 octets"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nabc", "that no counter can hold"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nabc", "no hexadecimal number"),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc", "longer than its size says"),
    ] {
        let words = told(b"", octets.as_bytes(), 1000);
        assert_eq!(words.len(), 1, "{octets:?}");
        assert!(!words[0].complete, "{octets:?}");
        assert!(problems(&words[0]).contains(what), "{octets:?}: {}", problems(&words[0]));
    }
}

#[test]
fn a_head_or_a_line_without_end_is_bounded() {
    let mut said = Said::default();
    said.say(Peer::A, b"GET / HTTP/1.1\r\n");
    for _ in 0..1000 {
        said.say(Peer::A, &[b'a'; 1000]);
    }
    let words = said.told();
    assert_eq!(words.len(), 1);
    assert!(problems(&words[0]).contains("no blank line within 65536 octets"), "{}", problems(&words[0]));
    let mut said = Said::default();
    said.say(Peer::B, b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for _ in 0..1000 {
        said.say(Peer::B, &[b'0'; 1000]);
    }
    assert!(problems(&said.told()[0]).contains("size line without an end"));
}

#[test]
fn gaps_of_the_capture_are_gaps_of_the_message() {
    let mut said = Said::default();
    said.say_all(Peer::B, b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc", 60);
    said.say(Peer::B, &[b'x'; 80]);
    said.say(Peer::B, b"HTTP/1.1 204 No Content\r\n\r\n");
    let words = said.told();
    assert_eq!(words.len(), 2);
    assert!(words.iter().all(|word| word.complete && word.problems.is_empty()), "{words:#?}");
    assert_eq!((words[0].span.len, words[0].span.missing), (140, 17));
    let mut said = Said::default();
    said.say_all(Peer::B, b"HTTP/1.1 200 OK\r\nContent", 60);
    said.say(Peer::B, b"rest of it\r\n\r\n");
    said.say(Peer::B, b"HTTP/1.1 204 No Content\r\n\r\n");
    let words = said.told();
    assert_eq!(words.len(), 2, "it is read on where a message begins: {words:#?}");
    assert!(problems(&words[0]).contains("36 octets within the head"), "{}", problems(&words[0]));
}

#[test]
fn no_line_that_touches_a_gap_is_judged() {
    for (octets, headers) in [
        ("GET /a HTTP/1.1\r\nHo", 0),
        ("GET /a HTTP/1.1\r\nHost: a\r\nContent-Length: 1", 1),
        ("GET /a HTTP/1.", 0),
        ("GET /a HTTP/1.1\r\nHost: a\r\nContent Leng", 1),
    ] {
        let mut said = Said::default();
        said.say_all(Peer::A, octets.as_bytes(), octets.len() as u32 + 13);
        said.say(Peer::A, b"x\r\n\r\n");
        let words = said.told();
        assert_eq!(words.len(), 1, "{words:#?}");
        assert_eq!(
            problems(&words[0]),
            "13 octets within the head are not in the capture; 5 octets behind that are not read"
        );
        assert_eq!((request(&words[0]).headers.len(), &request(&words[0]).body), (headers, &None));
        assert!(!words[0].complete);
    }
    let words = told(b"GET /a HTTP/1.1\r\nnonsense\r\nHo", b"", 1000);
    assert!(problems(&words[0]).ends_with("line 2 has no colon"), "a line before it is: {}", problems(&words[0]));
}

#[test]
fn after_an_upgrade_nothing_more_is_read() {
    let upgrade = b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n";
    let switching = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\nHTTP/1.1 200 no\r\n\r\n";
    let words = told(upgrade, switching, 1000);
    assert_eq!(words.len(), 2);
    assert_eq!(response(&words[1]).status, 101);
}

#[test]
fn what_only_looks_like_it_is_not_told() {
    for octets in [
        "A\r\n",
        "HELLO world\r\n",
        "QUIT\r\n",
        "SSH-2.0-x\r\n",
        "EHLO a.example HT\r\n",
        "GETAWAY",
        "HTTPS",
        "GET file.txt\r\n",
        "get it\r\n",
        "ICY ROAD\r\n",
    ] {
        for size in [1, 3, 1000] {
            assert_eq!(told(octets.as_bytes(), b"", size), [], "{octets:?}");
        }
    }
}

/// Fragments of messages, right and wrong.
const FRAGMENTS: &[&[u8]] = &[
    b"GET / HTTP/1.1\r\n",
    b"POST /x HTTP/1.1\r\n",
    b"HTTP/1.1 200 OK\r\n",
    b"HTTP/1.1 101 \r\n",
    b"HTTP/1.0 99999 x\r\n",
    b"Content-Length: 10\r\n",
    b"Content-Length: 18446744073709551615\r\n",
    b"Content-Length: 18446744073709551616\r\n",
    b"Transfer-Encoding: chunked\r\n",
    b"Cookie: a\r\n",
    b" folded\r\n",
    b"\r\n",
    b"\n",
    b"\r",
    b"5\r\nabcde\r\n",
    b"ffffffffffffffff\r\n",
    b"0\r\n\r\n",
    b"0123456789",
    b"\x00\x1b[31m\xff\xfe",
    b"HEAD",
    b" ",
];

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { failure_persistence: None, ..Default::default() })]

    /// Whatever is said, in whatever order it is captured and whatever is missing: nothing panics, and what is told of a
    /// message does not contradict itself.
    #[test]
    fn any_octets_are_told_without_contradiction(
        pieces in proptest::collection::vec((0..FRAGMENTS.len(), 0..4_u64, proptest::bool::ANY, 0..3_u32), 0..60),
    ) {
        let mut reader = Reader::default();
        let mut sent = [0_u64; 2];
        for (ordinal, (fragment, jump, is_first, cut)) in pieces.into_iter().enumerate() {
            let (octets, place) = (FRAGMENTS[fragment], usize::from(is_first));
            let peer = if is_first { Peer::A } else { Peer::B };
            // Some come again, some leave a gap, some are cut short by the capture.
            let offset = (sent[place] + jump * 7).saturating_sub(if jump == 3 { 25 } else { 0 });
            let carrier = Carrier { ordinal: ordinal as u64, frame: ordinal as u64 + 1, ..Carrier::default() };
            let kept = octets.get(..octets.len().saturating_sub(cut as usize)).unwrap();
            let piece = Piece { offset, octets: kept, len: octets.len() as u32, carrier };
            let acknowledged = (jump == 2).then_some(sent[1 - place]);
            reader.hear(&Heard { connection: 1, peer, is_dns: false, is_syn: true, is_fin: jump == 1 && cut == 2, piece, acknowledged });
            sent[place] = sent[place].max(offset + octets.len() as u64);
        }
        for word in reader.finish().0 {
            let (begin, end) = (word.span.offset, word.span.offset + word.span.len);
            assert!(word.span.missing <= word.span.len, "{word:#?}");
            assert!(word.answers.is_none_or(|number| number < word.number), "{word:#?}");
            let mut at = begin;
            for part in &word.parts {
                assert!(part.offset >= at && part.offset + part.len <= end, "{word:#?}");
                at = part.offset + part.len;
            }
        }
    }
}
