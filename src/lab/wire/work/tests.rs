#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::super::craft::Craft;
use super::*;
use crate::lab::fault::Fault;
use crate::lab::hosts::address;
use crate::lab::pace::Rate;
use crate::tcp::{Flags, SeqNumber};
use nix::errno::Errno;
use std::net::SocketAddr;

/// A way out that keeps what goes there, or refuses it.
#[derive(Default)]
struct Out {
    sent: Vec<Vec<u8>>,
    is_full: bool,
}

impl Outlet for Out {
    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if self.is_full {
            return Err(Errno::ENOBUFS.into());
        }
        self.sent.push(bytes.to_vec());
        Ok(())
    }
}

/// A wire whose time is the test's.
struct Bench {
    work: Work<Out>,
    begun: Instant,
    /// What came out: milliseconds since the beginning, and what it was.
    out: Vec<(u64, String)>,
    /// The hosts' kernels let all go that is given to them.
    takes_nothing: bool,
}

impl Bench {
    /// 20 ms one way.
    fn new(faults: &[&str]) -> Bench {
        Bench::at_rate(faults, None)
    }

    fn at_rate(faults: &[&str], rate: Option<Rate>) -> Bench {
        let faults = faults.iter().map(|text| Fault::parse(text).unwrap()).collect();
        let plan = Plan { delay: Duration::from_millis(20), rate, faults };
        Bench {
            work: Work::new(plan, Default::default(), Arc::default()),
            begun: Instant::now(),
            out: Vec::new(),
            takes_nothing: false,
        }
    }

    /// A host sends a segment after so many milliseconds.
    fn send(&mut self, ms: u64, from: Peer, port: u16, what: &str) {
        self.frame(ms, from, segment(from, port, what));
    }

    fn frame(&mut self, ms: u64, from: Peer, bytes: Vec<u8>) {
        self.until(ms);
        let at = self.begun + Duration::from_millis(ms);
        self.work.take(Came { from, time: Timestamp(ms as i64 * 1_000_000), at, bytes });
    }

    fn until(&mut self, ms: u64) {
        while let Some(at) = self.work.next().filter(|at| at.duration_since(self.begun).as_millis() <= ms.into()) {
            let before = Peer::BOTH.map(|peer| peer.of(&self.work.outlets).sent.len());
            assert!(self.work.give_out(at));
            for peer in Peer::BOTH {
                let ms = at.duration_since(self.begun).as_millis() as u64;
                let new = peer.of(&self.work.outlets).sent[*peer.of(&before)..].to_vec();
                for bytes in new.iter().filter(|_| !self.takes_nothing) {
                    self.work.arrived(peer, Timestamp(ms as i64 * 1_000_000), bytes);
                    self.out.push((ms, name(bytes)));
                }
            }
        }
    }

    /// All that comes out, as `20 a, 30 b`.
    fn came(&mut self) -> String {
        self.until(u64::MAX);
        let words: Vec<String> = self.out.iter().map(|(ms, what)| format!("{ms} {what}")).collect();
        words.join(", ")
    }

    fn under_way(&self) -> u64 {
        self.work.carried.under_way.load(Ordering::Acquire)
    }

    /// What is said of what the client sent, frame by frame.
    fn comments(self) -> Vec<Option<String>> {
        let sightings = self.work.end().sightings.into_iter().filter(|sighting| sighting.at == Peer::A);
        sightings.map(|sighting| sighting.comment.map(Cow::into_owned)).collect()
    }
}

/// FIN, ACK of the other's FIN, or data of this text.
fn segment(from: Peer, port: u16, what: &str) -> Vec<u8> {
    let [client, server] =
        [(Peer::A, port), (Peer::B, 80)].map(|(peer, port)| SocketAddr::new(address(peer, false), port));
    let (src, dst) = if from == Peer::A { (client, server) } else { (server, client) };
    let (flags, data) = match what {
        "FIN" => (Flags::FIN | Flags::ACK, ""),
        "ACK" => (Flags::ACK, ""),
        text => (Flags::PSH | Flags::ACK, text),
    };
    let (seq, ack) = (SeqNumber(100), SeqNumber(101));
    Craft { from, src, dst, seq, ack, flags: flags.0 as u8, window: 9, data: data.as_bytes() }.frame().unwrap()
}

fn name(bytes: &[u8]) -> String {
    let frame = Frame {
        number: 0,
        time: Timestamp(0),
        link: LinkType::ETHERNET,
        wire_len: bytes.len() as u32,
        bytes,
        interface: 0,
    };
    match Decoder::new().decode(&frame) {
        Decoded::Segment(segment) if segment.flags.fin() => "FIN".into(),
        Decoded::Segment(segment) if segment.len == 0 => "ACK".into(),
        Decoded::Segment(segment) => String::from_utf8_lossy(segment.payload).into_owned(),
        _ => "other".into(),
    }
}

/// What comes of three data segments of the client's, sent at 0, 1 and 2 ms.
fn three(faults: &[&str]) -> String {
    let mut bench = Bench::new(faults);
    for (ms, what) in [(0, "a"), (1, "b"), (2, "c")] {
        bench.send(ms, Peer::A, 5000, what);
    }
    bench.came()
}

#[test]
fn each_fault_does_what_its_name_says() {
    assert_eq!(three(&[]), "20 a, 21 b, 22 c");
    assert_eq!(three(&["drop the first data segment"]), "21 b, 22 c");
    assert_eq!(three(&["delay the first data segment by 5ms"]), "21 b, 22 c, 25 a");
    assert_eq!(three(&["duplicate the first data segment"]), "20 a, 20 a, 21 b, 22 c");
    assert_eq!(three(&["reorder the first data segment"]), "21 b, 21 a, 22 c");
    // 'a' with its last bit turned round.
    assert_eq!(three(&["corrupt the first data segment"]), "20 `, 21 b, 22 c");
    assert_eq!(three(&["hold the first data segment until the 3rd data segment"]), "21 b, 22 c, 22 a");
}

#[test]
fn faults_on_one_segment_add_up() {
    let first = "the first data segment";
    let pairs = |one: &str, other: &str| {
        let both = [one, other].map(|fault| fault.replace("THIS", first));
        let [one, other] = both.each_ref().map(String::as_str);
        // In whatever order they are written.
        assert_eq!(three(&[one, other]), three(&[other, one]));
        three(&[one, other])
    };
    assert_eq!(pairs("reorder THIS", "duplicate THIS"), "21 b, 21 a, 21 a, 22 c");
    assert_eq!(pairs("reorder THIS", "delay THIS by 9ms"), "21 b, 22 c, 29 a");
    assert_eq!(pairs("reorder THIS", "corrupt THIS"), "21 b, 21 `, 22 c");
    assert_eq!(pairs("reorder THIS", "hold THIS until the 3rd data segment"), "21 b, 22 c, 22 a");
    assert_eq!(pairs("duplicate THIS", "delay THIS by 9ms"), "21 b, 22 c, 29 a, 29 a");
    assert_eq!(pairs("duplicate THIS", "corrupt THIS"), "20 `, 20 `, 21 b, 22 c");
    assert_eq!(pairs("duplicate THIS", "hold THIS until the 2nd data segment"), "21 b, 21 a, 21 a, 22 c");
    assert_eq!(pairs("corrupt THIS", "corrupt every data segment"), "20 `, 21 c, 22 b");
    assert_eq!(pairs("delay THIS by 1ms", "delay every data segment by 2ms"), "23 a, 23 b, 24 c");
    let [second, third] = ["hold THIS until the 2nd data segment", "hold THIS until the 3rd data segment"];
    assert_eq!(pairs(second, third), "21 b, 22 c, 22 a");
    assert_eq!(pairs("drop THIS", "duplicate THIS"), "21 b, 22 c");
}

#[test]
fn what_overtakes_is_late_itself_and_still_overtakes() {
    let late = "delay the 2nd data segment by 7ms";
    assert_eq!(three(&["reorder the first data segment", late]), "22 c, 28 b, 28 a");
    // One that is lost lets go all the same: it has come to the wire.
    assert_eq!(three(&["reorder the first data segment", "drop the 2nd data segment"]), "21 a, 22 c");
    assert_eq!(three(&["reorder every data segment"]), "21 b, 21 a");
    let rate = Rate { bits_per_second: 80_000, queue: 10_000 };
    let mut bench = Bench::at_rate(&["reorder the first data segment"], Some(rate));
    bench.send(0, Peer::A, 5000, "a");
    bench.send(1, Peer::A, 5000, "b");
    // 55 octets take 5.5 ms each.
    assert_eq!(bench.came(), "31 b, 31 a");
}

#[test]
fn what_waits_for_the_other_side_arrives_when_that_does() {
    let mut bench = Bench::new(&["hold the first FIN from the client until the first FIN from the server"]);
    bench.send(0, Peer::A, 5000, "FIN");
    assert_eq!(bench.under_way(), 0, "nothing moves");
    bench.send(50, Peer::B, 5000, "FIN");
    assert_eq!(bench.under_way(), 2);
    assert_eq!(bench.came(), "70 FIN, 70 FIN");
    assert_eq!(bench.under_way(), 0);
}

#[test]
fn what_never_arrived_is_told_with_its_reason() {
    let faults = [
        "drop the first data segment",
        "duplicate the 2nd data segment",
        "corrupt the 2nd data segment",
        "hold the 3rd data segment until the first RST",
    ];
    let mut bench = Bench::new(&faults);
    for (ms, what) in [(0, "a"), (1, "b"), (2, "c"), (3, "d")] {
        bench.send(ms, Peer::A, 5000, what);
    }
    bench.until(22);
    let told = bench.work.record.sightings.iter().find(|sighting| sighting.at == Peer::B).unwrap();
    let way = "the wire changed its way: duplicate the 2nd data segment";
    let both = format!("{way}; the wire changed one bit of it: corrupt the 2nd data segment");
    assert_eq!(told.comment.as_deref(), Some(both.as_str()));
    let [a, b, c, d] = <[_; 4]>::try_from(bench.comments()).unwrap();
    assert_eq!(a.as_deref(), Some("the wire dropped it: drop the first data segment"));
    assert_eq!(b.as_deref(), Some(both.as_str()));
    let held = "the wire changed its way: hold the 3rd data segment until the first RST; the wire still held it when the lab ended";
    assert_eq!(c.as_deref(), Some(held));
    assert_eq!(d.as_deref(), Some("it was still on the wire when the lab ended"));
}

#[test]
fn what_a_host_cannot_be_given_is_told() {
    let mut bench = Bench::new(&[]);
    bench.work.outlets[1].is_full = true;
    bench.send(0, Peer::A, 5000, "a");
    assert_eq!(bench.came(), "");
    let comments = bench.comments();
    let refused = io::Error::from(Errno::ENOBUFS);
    assert_eq!(comments, [Some(format!("the wire could not give it out: {refused}"))]);
}

#[test]
fn what_a_host_does_not_take_is_told_unless_it_was_not_seen() {
    let lost = |unseen| {
        let mut bench = Bench::new(&[]);
        bench.takes_nothing = true;
        bench.send(0, Peer::A, 5000, "a");
        assert_eq!(bench.came(), "");
        bench.work.over(Peer::B, unseen);
        bench.work.end().sightings.remove(0).comment
    };
    assert_eq!(lost(0).as_deref(), Some("the host's kernel did not take it"));
    assert_eq!(lost(1), None);
}

#[test]
fn the_last_ack_is_of_one_connection() {
    let mut bench = Bench::new(&["drop the last ACK"]);
    // Of the first connection the client closes, of the second the server.
    bench.send(0, Peer::A, 5000, "FIN");
    bench.send(1, Peer::B, 5001, "FIN");
    bench.send(2, Peer::A, 5001, "ACK");
    bench.send(3, Peer::B, 5000, "ACK");
    assert_eq!(bench.came(), "20 FIN, 21 FIN, 22 ACK, 23 ACK");
    bench.send(100, Peer::B, 5000, "FIN");
    bench.send(101, Peer::A, 5000, "ACK");
    assert_eq!(bench.came(), "20 FIN, 21 FIN, 22 ACK, 23 ACK, 120 FIN");
}

#[test]
fn what_is_not_tcp_passes_unharmed() {
    let mut bench = Bench::new(&["drop every segment", "reorder the first segment"]);
    let mut datagram = segment(Peer::A, 5000, "a");
    // IPv4's protocol: UDP.
    datagram[14 + 9] = 17;
    bench.frame(0, Peer::A, datagram.clone());
    assert_eq!(bench.under_way(), 0, "it keeps nobody waiting for quiet");
    bench.send(1, Peer::A, 5000, "a");
    assert_eq!(bench.came(), "20 other");
    assert_eq!(bench.work.outlets[1].sent, [datagram]);
    // A group report of IPv6's: nobody asked for it.
    let mut report = vec![0x33, 0x33, 0, 0, 0, 0x16, 2, 0, 0, 0, 0, 1, 0x86, 0xdd, 0x60, 0, 0, 0, 0, 0, 0, 1];
    report.resize(90, 0);
    bench.frame(100, Peer::A, report);
    assert_eq!(bench.came(), "20 other");
    assert_eq!(bench.work.carried.came.load(Ordering::Acquire), 1);
}
