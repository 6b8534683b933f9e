//! The facts of handshake and teardown that verdicts need.

use crate::tcp::{Options, Passage, Peer, Segment, SeqNumber, State, Timestamp};

/// The facts of the handshake, by peer where there are two.
#[derive(Debug, Clone, Copy, Default)]
pub struct Opening {
    /// SYN without ACK.
    pub syn: [Option<SynFact>; 2],
    pub syn_ack: [Option<SynFact>; 2],
    /// The first acknowledgment of the SYN,ACK.
    pub ack: Option<Moment>,
    /// The SYN that a RST answered.
    pub refused: Option<Moment>,
    /// A RST had answered an earlier copy of the SYN that was taken in the end.
    pub refused_before: bool,
    /// A SYN,ACK was answered by RST, and its sender fell back to LISTEN.
    pub dropped: Option<Moment>,
    /// Octets of the SYN's payload that the SYN,ACK acknowledged (Fast Open, RFC 7413).
    pub early_data: u32,
    /// A SYN was answered by an ACK without SYN.
    pub bare_ack_of_syn: bool,
    /// And that came before any SYN of its sender.
    pub ack_before_syn: bool,
    /// A SYN was answered by the ACK of an older connection: half-open (RFC 9293 3.5.1).
    pub met_old: bool,
    /// The SYN was made on the way or kept back there: its supposed sender's own capture does not have it.
    pub syn_unsent: bool,
    /// The TSecr of the answer shows that the first SYN did not arrive.
    pub syn_proved_lost: bool,
    /// The SYN,ACK was answered by an acknowledgment of what was never sent.
    pub wrong_ack: bool,
    /// The acknowledgment of the SYN,ACK came so late that it was answered by RST: its sender had given the opening up.
    pub ack_too_late: bool,
    /// A SYN arrived, as the capture at the other end shows, and was not answered; a later copy was.
    pub syn_ignored: bool,
    /// The first acknowledgment of the SYN,ACK never arrived, as the capture at the other end shows.
    pub ack_lost: bool,
    /// How often the SYN,ACK came again although its acknowledgment had been seen.
    pub syn_ack_after_ack: u16,
}

/// A SYN or SYN,ACK and its repetitions.
#[derive(Debug, Clone, Copy)]
pub struct SynFact {
    pub first: Moment,
    pub last: Moment,
    pub copies: u32,
    /// Copies that never arrived, as the capture at the other end shows.
    pub lost: u32,
    pub options: SynOptions,
    /// Payload octets that it carried.
    pub len: u32,
}

/// What a SYN or SYN,ACK offers, as far as anything asks for it later. (Four of these are in every connection.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SynOptions {
    /// Maximum segment size in octets.
    pub mss: Option<u16>,
    /// Window scale shift count, as sent.
    pub wscale: Option<u8>,
    pub sack_permitted: bool,
    pub timestamps: bool,
    /// Fast Open: `Some(0)` asks for a cookie, else the cookie's length in octets.
    pub fast_open: Option<u8>,
}

impl From<&Options> for SynOptions {
    fn from(options: &Options) -> SynOptions {
        let Options { mss, wscale, sack_permitted, timestamps, fast_open, .. } = *options;
        SynOptions { mss, wscale, sack_permitted, timestamps: timestamps.is_some(), fast_open }
    }
}

/// A place in the connection and its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub ordinal: u64,
    pub time: Timestamp,
}

/// The facts of the teardown.
#[derive(Debug, Clone, Copy, Default)]
pub struct Closing {
    pub fin: [Option<FinFact>; 2],
    /// Who sent the first FIN.
    pub first_fin: Option<Peer>,
    /// First RST of each peer that was not ignored.
    pub reset: [Option<Moment>; 2],
    /// RSTs that their receiver had to ignore.
    pub ignored_resets: u32,
    /// The state of the receiver that the first effective RST ended.
    pub reset_in: Option<State>,
    /// Payload octets that the second closer sent after the first FIN.
    pub late_bytes: u64,
}

/// A FIN and its repetitions.
#[derive(Debug, Clone, Copy)]
pub struct FinFact {
    /// The number that it used first.
    pub seq: SeqNumber,
    pub first: Moment,
    pub last: Moment,
    pub copies: u32,
    /// It did not acknowledge the other's FIN although that had been sent.
    pub crossed: bool,
    /// The first segment that acknowledged it.
    pub acknowledged: Option<Moment>,
    /// The number that this had.
    pub(super) acknowledged_at: SeqNumber,
}

impl Opening {
    /// Whether any SYN or SYN,ACK was seen.
    pub fn shows_any(&self) -> bool {
        self.syn.iter().chain(&self.syn_ack).any(Option::is_some)
    }

    /// Whether a SYN or SYN,ACK of each side was seen.
    pub fn shows_both(&self) -> bool {
        Peer::BOTH.iter().all(|peer| peer.of(&self.syn).is_some() || peer.of(&self.syn_ack).is_some())
    }
}

impl Closing {
    /// Whether the FIN of `second` had gone when it first acknowledged the FIN of `first`: the number of that segment lies
    /// beyond it, though the FIN itself was captured later.
    pub fn had_gone(&self, first: Peer, second: Peer) -> bool {
        let (Some(one), Some(two)) = (first.of(&self.fin), second.of(&self.fin)) else { return false };
        one.acknowledged.is_some_and(|moment| moment.ordinal < two.first.ordinal) && one.acknowledged_at == two.seq + 1
    }

    /// Whether both FINs were under way at once.
    pub fn is_simultaneous(&self) -> bool {
        self.fin.iter().all(Option::is_some) && self.fin.iter().flatten().any(|fin| fin.crossed)
    }

    /// The RST of this peer turned out to have done nothing.
    pub(super) fn ignore_reset(&mut self, sender: Peer) {
        if sender.of_mut(&mut self.reset).take().is_some() {
            self.ignored_resets += 1;
            self.reset_in = None;
        }
    }
}

impl Moment {
    pub(super) fn of(segment: &Segment<'_>, ordinal: u64) -> Moment {
        Moment { ordinal, time: segment.time }
    }
}

impl SynFact {
    /// Notes a SYN for the first time or again.
    pub(super) fn note(slot: &mut Option<SynFact>, segment: &Segment<'_>, ordinal: u64, is_repeat: bool) {
        let moment = Moment::of(segment, ordinal);
        let lost = u32::from(segment.passage == Passage::Lost);
        match slot {
            Some(fact) if is_repeat => {
                fact.last = moment;
                fact.copies = fact.copies.saturating_add(1);
                fact.lost = fact.lost.saturating_add(lost);
            }
            _ => {
                let options = SynOptions::from(&segment.options);
                *slot = Some(SynFact { first: moment, last: moment, copies: 1, lost, options, len: segment.len });
            }
        }
    }
}

impl FinFact {
    pub(super) fn new(seq: SeqNumber, moment: Moment, crossed: bool) -> FinFact {
        FinFact {
            seq,
            first: moment,
            last: moment,
            copies: 1,
            crossed,
            acknowledged: None,
            acknowledged_at: SeqNumber(0),
        }
    }
}
