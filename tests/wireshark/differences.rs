//! Where Wireshark is wrong: `--packets` speaks its words all the same, and the connection's own verdict says the truth.

use crate::fixture::Fixture;
use synfin::wireshark::Completeness;

/// One deliberate difference between the words and the verdict.
pub(crate) struct Difference {
    pub(crate) name: &'static str,
    /// Why the verdict differs.
    pub(crate) reason: &'static str,
    /// The segments with Wireshark's words; `opened` and `closed` are the verdict's.
    pub(crate) text: &'static str,
    /// `tcp.completeness`, and whether an initial round trip is told.
    pub(crate) completeness: u8,
    pub(crate) initial_rtt: bool,
}

pub(crate) const DIFFERENCES: &[Difference] = &[
    Difference {
        name: "simultaneous open",
        reason: "RFC 9293 3.5: both SYN-ACKs are due answers to a SYN that crossed; nothing is sent again because it was lost",
        text: "
            opened simultaneous
            A > S  100:100(0)
            B > S  300:300(0)
            A > S. 100:100(0) ack 301   # retransmission
            B > S. 300:300(0) ack 101   # retransmission
            A > .  101:101(0) ack 301   # duplicate_ack
            B > .  301:301(0) ack 101   # duplicate_ack",
        completeness: 7,
        initial_rtt: true,
    },
    Difference {
        name: "half-closed",
        reason: "One FIN ends one direction (RFC 9293 3.6); the other is still open, so the conversation is not complete",
        text: "
            opened three-way
            closed half-closed
            A > S  100:100(0)
            B > S. 300:300(0) ack 101
            A > .  101:101(0) ack 301
            A > F. 101:101(0) ack 301
            B > .  301:301(0) ack 102",
        completeness: 23,
        initial_rtt: true,
    },
    Difference {
        name: "a RST outside the window",
        reason: "RFC 9293 3.5.3: such a RST changes nothing, and the connection goes on",
        text: "
            opened three-way
            closed none
            A > S  100:100(0)
            B > S. 300:300(0) ack 101
            A > .  101:101(0) ack 301
            B > R  900000:900000(0)
            A > P. 101:111(10) ack 301
            B > .  301:301(0) ack 111",
        completeness: 47,
        initial_rtt: true,
    },
    Difference {
        name: "refused",
        reason: "The ACK bit of a RST is no third step of a handshake: there was none, and so no round trip of one",
        text: "
            opened refused
            A > S  100:100(0)
            B > R. 0:0(0) ack 101 win 0",
        completeness: 37,
        initial_rtt: true,
    },
];

#[test]
fn the_words_are_tsharks_and_the_verdict_is_true() {
    eprintln!("Where the verdict differs from Wireshark's words, and why:");
    for difference in DIFFERENCES {
        eprintln!("  {}: {}", difference.name, difference.reason);
        let fixture = Fixture::parse(difference.text);
        let marks = fixture.check();
        let last = marks.last().unwrap();
        assert_eq!(last.completeness, Completeness(difference.completeness), "{}", difference.name);
        let told = marks.iter().any(|marks| marks.initial_rtt_ns.is_some());
        assert_eq!(told, difference.initial_rtt, "{}", difference.name);
        fixture.sequence.check();
    }
}
