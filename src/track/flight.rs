//! What one peer has sent and nothing has yet proved to have arrived. Data is a range (SND.UNA to SND.NXT, in the control
//! block); only SYN and FIN wait one by one, and acknowledgments that would change the receiver's state.

use crate::tcp::{Passage, Segment, SeqNumber, Timestamp};

/// How many SYNs with different numbers wait at a time. An old duplicate beside the true one makes two (RFC 9293 figure 8).
const SYNS: usize = 3;

/// Whoever takes a SYN answers it sooner after its arrival, nanoseconds; no timer repeats it so soon.
const UNANSWERED_NS: i64 = 500_000_000;

/// The control segments under way from one peer to the other.
#[derive(Debug, Clone, Default)]
pub(super) struct Flight {
    syns: [Option<Box<Sent>>; SYNS],
    /// One of `syns` may not have been received. An ordinary segment looks at this, and not into the boxes.
    awaits_syn: bool,
    pub(super) fin: Option<Sent>,
    /// Acknowledgments of the receiver's SYN or FIN that came with data or after a FIN, and wait for its proof.
    pub(super) waiting: Option<WaitingAck>,
}

/// A SYN or FIN, with its first and its last copy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sent {
    /// The number that the control bit uses.
    pub seq: SeqNumber,
    pub is_syn_ack: bool,
    pub copies: u32,
    pub first: Transmission,
    pub last: Transmission,
    pub received: bool,
    /// The first copy that was seen to arrive, and of a SYN the first that may have been answered, with the time of its arrival.
    pub(super) landed: Option<Transmission>,
    /// An earlier copy of a SYN had landed, and nothing answered it.
    pub(super) ignored: bool,
    /// Its arrival was seen, all before it had arrived, and the receiver has gone by it.
    pub(super) taken: bool,
    /// The copy that the receiver's last acknowledgment answered.
    pub(super) answered: u64,
}

/// One transmission of a segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Transmission {
    /// Its place in the connection.
    pub ordinal: u64,
    pub time: Timestamp,
    pub tsval: Option<u32>,
    /// The acknowledgment number that it carried.
    pub ack: Option<SeqNumber>,
    /// Its checksum was wrong, so it was thrown away where it arrived; or it was lost.
    pub damaged: bool,
    /// The time is that of its arrival, which was seen.
    pub(super) arrived: bool,
}

/// An acknowledgment that takes effect once everything before `behind` is proved to have arrived.
#[derive(Debug, Clone, Copy)]
pub(super) struct WaitingAck {
    pub ack: SeqNumber,
    pub behind: SeqNumber,
    pub ordinal: u64,
    pub time: Timestamp,
    /// It came alone, so its own arrival leaves no proof.
    pub pure: bool,
}

impl Transmission {
    pub(super) fn of(segment: &Segment<'_>, ordinal: u64, damaged: bool) -> Transmission {
        Transmission {
            ordinal,
            time: segment.time,
            tsval: segment.options.timestamps.map(|(tsval, _)| tsval),
            ack: segment.acknowledges(),
            damaged: damaged || segment.passage == Passage::Lost,
            arrived: false,
        }
    }
}

impl Sent {
    fn new(seq: SeqNumber, segment: &Segment<'_>, copy: Transmission) -> Sent {
        Sent {
            seq,
            is_syn_ack: segment.flags.syn() && segment.flags.ack(),
            copies: 1,
            first: copy,
            last: copy,
            received: false,
            landed: None,
            ignored: false,
            taken: false,
            answered: copy.ordinal,
        }
    }

    fn again(&mut self, copy: Transmission) {
        self.copies = self.copies.saturating_add(1);
        self.last = copy;
    }

    /// Which copy arrived, as far as the answer tells: its TSecr echoes the TSval of the copy (RFC 7323 4.1). Without
    /// timestamps the last copy is the likelier one, since a peer repeats only after a wait far longer than a round trip.
    pub(super) fn arrived(&self, tsecr: Option<u32>) -> Transmission {
        if let Some(landed) = self.landed {
            return landed;
        }
        match (tsecr, self.first.tsval, self.last.tsval) {
            _ if self.last.damaged && !self.first.damaged => self.first,
            _ if self.first.damaged => self.last,
            (Some(echo), Some(first), Some(last)) if echo == first && first != last => self.first,
            _ => self.last,
        }
    }

    /// Whether the answer tells one copy from another.
    pub(super) fn is_told_apart(&self, tsecr: Option<u32>) -> bool {
        self.copies > 1
            && self.landed.is_none()
            && tsecr.is_some()
            && self.first.tsval.is_some()
            && self.first.tsval != self.last.tsval
    }
}

impl Flight {
    /// Notes a SYN or SYN,ACK. Gives the copy before it when this one is a repetition.
    pub(super) fn send_syn(&mut self, segment: &Segment<'_>, copy: Transmission) -> Option<Sent> {
        let is_syn_ack = segment.flags.ack();
        if let Some(known) =
            self.syns.iter_mut().flatten().find(|syn| syn.seq == segment.seq && syn.is_syn_ack == is_syn_ack)
        {
            let before = **known;
            known.again(copy);
            return Some(before);
        }
        let sent = Sent::new(segment.seq, segment, copy);
        // The oldest makes room when all places are taken.
        let place = self.syns.iter().position(Option::is_none).unwrap_or(0);
        if let Some(slot) = self.syns.get_mut(place) {
            *slot = Some(Box::new(sent));
            self.awaits_syn = true;
        }
        None
    }

    /// Notes that a copy of a SYN or SYN,ACK was seen to arrive.
    pub(super) fn land_syn(&mut self, segment: &Segment<'_>, copy: Transmission) {
        let is_syn_ack = segment.flags.ack();
        let found = self.syns.iter_mut().flatten().find(|syn| syn.seq == segment.seq && syn.is_syn_ack == is_syn_ack);
        if let Some(syn) = found {
            let landed = *syn.landed.get_or_insert(copy);
            if !is_syn_ack && !syn.received && copy.time.since(landed.time) >= UNANSWERED_NS {
                (syn.landed, syn.ignored) = (Some(copy), true);
            }
        }
    }

    /// Notes a FIN. Gives the copy before it when this one is a repetition.
    pub(super) fn send_fin(&mut self, segment: &Segment<'_>, copy: Transmission) -> Option<Sent> {
        let seq = segment.fin_seq();
        match &mut self.fin {
            // What was received stays; another FIN behind it is nonsense.
            Some(known) if known.received && known.seq != seq => None,
            Some(known) if known.seq == seq => {
                let before = *known;
                known.again(copy);
                Some(before)
            }
            _ => {
                self.fin = Some(Sent::new(seq, segment, copy));
                None
            }
        }
    }

    /// How long a SYN was under way, where a capture at its receiver tells, nanoseconds.
    pub(super) fn syn_way_ns(&self) -> Option<i64> {
        self.syns.iter().flatten().find_map(|syn| {
            let landed = syn.landed?;
            let sent = [syn.first, syn.last].into_iter().find(|copy| copy.ordinal == landed.ordinal)?;
            Some(landed.time.since(sent.time))
        })
    }

    /// Whether a SYN was seen to arrive, by a capture at its receiver.
    pub(super) fn has_landed(&self) -> bool {
        self.syns.iter().flatten().any(|syn| syn.landed.is_some())
    }

    /// Whether the first copy of a SYN,ACK was seen to be lost.
    pub(super) fn has_lost_syn_ack(&self) -> bool {
        self.syns.iter().flatten().any(|syn| syn.is_syn_ack && syn.first.damaged)
    }

    /// Whether a SYN is under way whose arrival nothing has proved.
    #[inline]
    pub(super) fn awaits_syn(&self) -> bool {
        self.awaits_syn
    }

    /// To be said when a SYN was received.
    pub(super) fn note_received_syn(&mut self) {
        self.awaits_syn = self.syns.iter().flatten().any(|syn| !syn.received);
    }

    /// The SYN that an acknowledgment proves: the one just before it, else the youngest of those before it. A bare
    /// acknowledgment answers a SYN,ACK rather than the SYN with the same number (RFC 9293 3.10.7.3); a SYN,ACK the SYN.
    pub(super) fn syn_proved_by(&mut self, ack: SeqNumber, is_syn_ack: bool) -> Option<&mut Sent> {
        let fits = |syn: &Option<Box<Sent>>| syn.as_ref().is_some_and(|syn| !syn.received && syn.seq + 1 == ack);
        let exact = if is_syn_ack { self.syns.iter().position(fits) } else { self.syns.iter().rposition(fits) };
        let place = exact.or_else(|| {
            self.syns.iter().rposition(|syn| syn.as_ref().is_some_and(|syn| !syn.received && (syn.seq + 1).le(ack)))
        })?;
        self.syns.get_mut(place)?.as_deref_mut()
    }

    /// The end of the SYN or FIN that is under way and whose arrival nothing has proved. Of SYNs only the one with the
    /// sender's initial number counts: old duplicates may never be answered.
    #[inline]
    pub(super) fn control_unproved(&self, iss: Option<SeqNumber>) -> Option<SeqNumber> {
        if let Some(fin) = self.fin.as_ref().filter(|fin| !fin.received) {
            return Some(fin.seq + 1);
        }
        if !self.awaits_syn {
            return None;
        }
        self.syns.iter().flatten().find(|syn| !syn.received && Some(syn.seq) == iss).map(|syn| syn.seq + 1)
    }

    /// Nothing is under way but data.
    #[inline]
    pub(super) fn is_settled(&self) -> bool {
        !self.awaits_syn && self.fin.is_none() && self.waiting.is_none()
    }

    /// Whether this number is that of a SYN already noted.
    pub(super) fn has_syn(&self, seq: SeqNumber) -> bool {
        self.syns.iter().flatten().any(|syn| syn.seq == seq)
    }

    /// A SYN that was answered before is under way anew.
    pub(super) fn expect_syn_anew(&mut self, seq: SeqNumber) {
        for syn in self.syns.iter_mut().flatten().filter(|syn| syn.seq == seq) {
            syn.received = false;
            self.awaits_syn = true;
        }
    }

    /// Forgets all SYNs: their sender fell back to LISTEN.
    pub(super) fn forget_syns(&mut self) {
        self.syns = Default::default();
        self.awaits_syn = false;
    }
}
