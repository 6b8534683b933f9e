//! What the glance needs of one connection: numbers and kinds, no text.

use super::routes::Held;
use super::series::End;
use crate::annotate::verdict;
use crate::tcp::{Peer, Timestamp};
use crate::timeline::{self, CloseKind, EndCause, Endpoint, OpenKind};
use crate::track::{Connection, Ended, LoneSyn, Ordinary};
use std::net::SocketAddr;

/// One finished connection.
#[derive(Debug, Clone, Copy)]
pub struct Fact {
    /// Client and server.
    pub(super) addresses: [SocketAddr; 2],
    pub(super) open: OpenKind,
    pub(super) close: CloseKind,
    pub(super) active_closer: Option<Peer>,
    /// By peer: its RST took part in the end.
    pub(super) reset_by: [bool; 2],
    /// By peer, with the time that it was held.
    pub(super) time_wait: [Option<Held>; 2],
    pub(super) end_ns: i64,
    pub(super) segments: u64,
    pub(super) bytes: u64,
    pub(super) missing: u64,
    pub(super) retransmissions: u64,
    /// SYNs, SYN-ACKs and FINs sent again.
    pub(super) again: [u32; 3],
    /// Only where it may be used (Karn).
    pub(super) round_trip_ns: Option<i64>,
}

impl Fact {
    /// Of a connection that is over, or that the capture's end cut short. `start` is zero of all times; TIME-WAIT lasts
    /// `two_msl_ns`.
    pub fn of(connection: &Connection, start: Timestamp, two_msl_ns: i64) -> Fact {
        let open = verdict::open_kind(connection);
        let (close, active_closer) = verdict::close_kind(connection, open);
        let [client, server] = &connection.flows;
        let facts = (&connection.opening, &connection.closing);
        let syns = |two: &[Option<crate::track::SynFact>; 2]| {
            two.iter().flatten().fold(0_u32, |sum, fact| sum.saturating_add(fact.copies.saturating_sub(1)))
        };
        let fins = facts.1.fin.iter().flatten();
        let held = |wait: &crate::track::TimeWait| Held {
            from_ns: wait.begins.since(start),
            end: match wait.ended {
                Some((Ended::Reused | Ended::Reset | Ended::ResetByNext, at)) => End::At(at.since(start)),
                None | Some((Ended::Expired | Ended::Unwatched, _)) => End::Due(wait.due(two_msl_ns).since(start)),
            },
            reused: wait.ended.is_some_and(|(ended, _)| ended == Ended::Reused),
        };
        Fact {
            addresses: connection.addresses,
            open,
            close,
            active_closer,
            reset_by: [facts.1.reset[0].is_some(), facts.1.reset[1].is_some()],
            time_wait: [connection.time_wait[0].as_ref().map(held), connection.time_wait[1].as_ref().map(held)],
            end_ns: connection.last.since(start),
            segments: client.segments.saturating_add(server.segments),
            bytes: client.bytes.saturating_add(server.bytes),
            missing: client.missing.saturating_add(server.missing),
            retransmissions: client.retransmissions.saturating_add(server.retransmissions),
            again: [
                syns(&facts.0.syn),
                syns(&facts.0.syn_ack),
                fins.fold(0, |sum, fin| sum.saturating_add(fin.copies.saturating_sub(1))),
            ],
            round_trip_ns: verdict::round_trips(connection)
                .filter(|(.., valid)| *valid)
                .map(|(to_syn_ack, to_ack, _)| to_syn_ack.saturating_add(to_ack)),
        }
    }

    /// Until when something of it is known, at the end of a capture: its last segment, or the end of a TIME-WAIT.
    pub fn until_ns(&self, end_ns: i64) -> i64 {
        let waits = self.time_wait.iter().flatten().map(|held| match held.end {
            End::At(ns) | End::Due(ns) => ns.min(end_ns),
        });
        waits.fold(self.end_ns, i64::max)
    }

    /// Of a SYN that nothing followed, what [`Fact::of`] says of the connection that it makes.
    pub fn of_lone(syn: &LoneSyn, start: Timestamp) -> Fact {
        let [one, other] = syn.addresses;
        Fact {
            addresses: syn.addresses,
            open: if one == other { OpenKind::SelfConnect } else { OpenKind::Unanswered },
            close: CloseKind::None,
            active_closer: None,
            reset_by: [false; 2],
            time_wait: [None; 2],
            end_ns: syn.time.since(start),
            segments: 1,
            bytes: 0,
            missing: 0,
            retransmissions: 0,
            again: [0; 3],
            round_trip_ns: None,
        }
    }

    /// Of a connection in which nothing unusual was seen, what [`Fact::of`] says of it as a whole.
    pub fn of_ordinary(connection: &Ordinary, start: Timestamp) -> Fact {
        let Ordinary { addresses, last, segments, bytes, round_trip_ns, active_closer, in_three, .. } = *connection;
        let held = Held {
            from_ns: connection.waits_from.since(start),
            end: End::Due(connection.waits_until.since(start)),
            reused: false,
        };
        let mut time_wait = [None; 2];
        *active_closer.of_mut(&mut time_wait) = Some(held);
        Fact {
            addresses,
            open: OpenKind::ThreeWay,
            close: if in_three { CloseKind::ThreeSegment } else { CloseKind::FourSegment },
            active_closer: Some(active_closer),
            reset_by: [false; 2],
            time_wait,
            end_ns: last.since(start),
            segments,
            bytes,
            missing: 0,
            retransmissions: 0,
            again: [0; 3],
            round_trip_ns: Some(round_trip_ns),
        }
    }

    /// The same of a connection in a timeline, with its endpoints.
    pub fn told(connection: &timeline::Connection, client: &Endpoint, server: &Endpoint) -> Fact {
        let timeline::Connection { open, close, totals, .. } = connection;
        let ids = [&connection.client, &connection.server];
        let peer = |id: &String| Peer::BOTH.into_iter().find(|peer| *peer.of(&ids) == id);
        let held = |peer: Peer| {
            let wait = connection.time_wait.iter().find(|wait| &wait.endpoint == *peer.of(&ids))?;
            Some(Held {
                from_ns: wait.begins_ns,
                end: match wait.end {
                    EndCause::CaptureEnded | EndCause::LetGo => End::Due(wait.due_ns),
                    EndCause::Expired => End::Due(wait.end_ns),
                    EndCause::Reused | EndCause::Reset => End::At(wait.end_ns),
                },
                reused: wait.end == EndCause::Reused,
            })
        };
        let (one, two) = (&totals.client, &totals.server);
        Fact {
            addresses: [client, server].map(|endpoint| SocketAddr::new(endpoint.ip, endpoint.port)),
            open: open.kind,
            close: close.kind,
            active_closer: close.active_closer.as_ref().and_then(peer),
            reset_by: Peer::BOTH.map(|peer| close.reset_by.contains(*peer.of(&ids))),
            time_wait: Peer::BOTH.map(held),
            end_ns: connection.end_ns,
            segments: one.segments.saturating_add(two.segments),
            bytes: one.bytes.saturating_add(two.bytes),
            missing: one.missing.saturating_add(two.missing),
            retransmissions: one.retransmissions.saturating_add(two.retransmissions),
            again: [open.syn_retransmissions, open.synack_retransmissions, close.fin_retransmissions],
            round_trip_ns: open.rtt_ns.filter(|_| open.rtt_valid),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tcp::{Checksum, Flags, MslProfile, Options, Passage, Segment, SeqNumber};
    use crate::track::{Hear, Input, Keep, Step, Tracker};

    fn syn(n: u16) -> Segment<'static> {
        let src = if n == 3 { ([10, 0, 0, 2], 80) } else { ([10, 0, 0, 1], 4_000 + n) };
        Segment {
            frame: 0,
            time: Timestamp(i64::from(n) * 1_000),
            passage: Passage::Unknown,
            interface: 0,
            src: src.into(),
            dst: ([10, 0, 0, 2], 80).into(),
            seq: SeqNumber(7),
            ack: SeqNumber(0),
            flags: if n.is_multiple_of(2) { Flags::SYN } else { Flags::SYN | Flags::ECE | Flags::CWR },
            wnd: n,
            urgent: 0,
            options: Options { timestamps: (n > 4).then_some((9, 0)), wscale: Some(7), ..Options::default() },
            len: 0,
            payload: &[],
            checksum: if n.is_multiple_of(3) { Checksum::Invalid } else { Checksum::Valid },
            multipath: None,
            ttl: 64,
            ecn: 0,
            ip_id: n,
            vlan: 0,
            header_len: 20,
            tcp_len: 20,
            header_cut: false,
            malformed: false,
        }
    }

    /// Facts of SYNs, told as they are where `is_short`, or by the connections that they make.
    struct Facts(Vec<String>, bool);

    impl Hear for Facts {
        fn step(&mut self, step: &Step<'_>) {
            // The first of a capture is never set aside.
            if matches!(step.input, Input::Retired) {
                self.0.push(format!("{:?}", Fact::of(step.connection, Timestamp(500), MslProfile::Linux.two_msl_ns())));
            } else {
                assert_eq!(step.connection.id, 1);
            }
        }

        fn lone(&mut self, syn: &LoneSyn) -> bool {
            if self.1 {
                self.0.push(format!("{:?}", Fact::of_lone(syn, Timestamp(500))));
            }
            self.1
        }
    }

    #[test]
    fn a_lone_syn_is_told_as_its_connection_would_be() {
        let [short, long] = [true, false].map(|is_short| {
            let keep = Keep { first: 0, one: None, is_watched: false };
            let mut tracker = Tracker::keeping(MslProfile::Linux, keep, false);
            let mut facts = Facts(Vec::new(), is_short);
            (0..12).for_each(|n| tracker.push(&syn(n), &mut facts));
            tracker.finish(Timestamp(1_000_000), &mut facts);
            facts.0
        });
        assert_eq!(short.len(), 12);
        assert_eq!(short, long);
    }
}
