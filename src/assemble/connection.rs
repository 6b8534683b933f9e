//! A connection's entry in the contract.

use super::aborts::Aborts;
use super::kernel::Heard;
use super::totals::totals;
use super::unsent;
use crate::annotate::{self, verdict};
use crate::tcp::Timestamp;
use crate::tcp::{Basis, MslProfile, Peer};
use crate::timeline::{self, Close, EndCause, EndStates, IcmpReport, Mptcp, Open, Reuse, ReuseProof, TimeWait, Totals};
use crate::track::{self, Circumstances, Connection, Ended, SynFact};

/// What holds for all connections of a capture.
#[derive(Clone, Copy)]
pub(super) struct Setting<'s> {
    /// Zero of all times.
    pub(super) start: Timestamp,
    pub(super) end: Timestamp,
    pub(super) msl: MslProfile,
    pub(super) kernel: &'s Heard,
    /// Why programs aborted connections.
    pub(super) aborted: &'s Aborts,
}

pub(super) fn summary(connection: &Connection, ids: &[String; 2], setting: Setting<'_>) -> timeline::Connection {
    let Setting { start, msl, .. } = setting;
    let opening = verdict::opening(connection);
    let closing = verdict::closing_told(
        connection,
        opening.kind,
        setting.aborted.of(connection.id),
        unsent::of(connection, setting.kernel, start),
    );
    let story = verdict::story(connection, &opening, &closing, msl);
    let trips = verdict::round_trips(connection);
    let again = |facts: &[Option<SynFact>; 2]| facts.iter().flatten().map(|fact| fact.copies - 1).sum();
    let [client, server] = ids.clone();
    let evidence = connection.evidence.as_deref();
    timeline::Connection {
        id: connection.id,
        client,
        server,
        incarnation: connection.incarnation,
        start_ns: connection.first.since(start),
        end_ns: connection.last.since(start),
        open: Open {
            kind: opening.kind,
            cause: opening.cause,
            basis: opening.basis,
            title: opening.title,
            why: opening.why,
            syn_to_synack_ns: trips.map(|(to_syn_ack, ..)| to_syn_ack),
            synack_to_ack_ns: trips.map(|(_, to_ack, _)| to_ack),
            rtt_ns: trips.map(|(to_syn_ack, to_ack, _)| to_syn_ack.saturating_add(to_ack)),
            rtt_valid: trips.is_some_and(|(.., valid)| valid),
            syn_retransmissions: again(&connection.opening.syn),
            synack_retransmissions: again(&connection.opening.syn_ack),
            syn_waits_ns: evidence.map(|evidence| evidence.syn_waits.iter().collect()).unwrap_or_default(),
            syn_backoff: verdict::syn_backoff(connection),
            fast_open: verdict::fast_open(connection),
            icmp: evidence.and_then(|evidence| icmp_report(connection, evidence)),
            reuse: evidence.and_then(|evidence| evidence.reuse).map(reuse),
            negotiated: opening.negotiated,
        },
        close: Close {
            kind: closing.kind,
            cause: closing.cause,
            basis: closing.basis,
            title: closing.title,
            why: closing.why,
            active_closer: closing.active_closer.map(|peer| peer.of(ids).clone()),
            reset_by: Peer::BOTH
                .into_iter()
                .filter(|peer| peer.of(&connection.closing.reset).is_some())
                .map(|peer| peer.of(ids).clone())
                .collect(),
            idle_before_reset_ns: evidence
                .and_then(|evidence| evidence.reset)
                .filter(|_| closing.cause.is_some())
                .map(|reset| reset.idle_ns),
            ignored_resets: connection.closing.ignored_resets,
            fin_retransmissions: connection.closing.fin.iter().flatten().map(|fin| fin.copies - 1).sum(),
            late_bytes: connection.closing.late_bytes,
        },
        time_wait: time_waits(connection, ids, setting),
        history: connection.history.as_str().into(),
        zeek: Some(timeline::Zeek {
            conn_state: connection.history.conn_state(connection.flows.iter().any(|flow| flow.bytes > 0)).into(),
            history: connection.history.as_str().into(),
        }),
        totals: Totals { client: totals(connection, Peer::A), server: totals(connection, Peer::B) },
        captured_twice: connection.captured_twice().into(),
        doubled_by_network: connection.doubled_by_network().into(),
        mptcp: connection.paths().map(mptcp),
        ways: None,
        kernel_states: Vec::new(),
        kernel_samples: Vec::new(),
        kernel_acts: Vec::new(),
        kernel_agreement: None,
        last_states: EndStates {
            client: connection.state(Peer::A),
            server: connection.state(connection.receiver_of(Peer::A)),
        },
        verdict: story,
    }
}

fn icmp_report(connection: &Connection, evidence: &Circumstances) -> Option<IcmpReport> {
    let fact = evidence.icmp?;
    let asked = connection.opening.syn.iter().flatten().map(|syn| syn.first.time).next()?;
    let text = annotate::words::icmp_reason(fact.reason);
    Some(IcmpReport { reporter: fact.reporter, after_ns: fact.time.since(asked), text })
}

fn mptcp(paths: &track::Paths) -> Mptcp {
    let [token_client, token_server] = paths.tokens;
    Mptcp {
        version: paths.version,
        agreed: paths.speaks == [true; 2],
        token_client,
        token_server,
        joins: paths.joins.and_then(|joins| joins.of),
        joins_token: paths.joins.map(|joins| joins.token),
    }
}

fn reuse(reuse: track::Reuse) -> Reuse {
    let proof = reuse.proof.map(|proof| match proof {
        track::ReuseProof::LinuxStep => ReuseProof::LinuxStep,
        track::ReuseProof::Timestamp => ReuseProof::Timestamp,
        track::ReuseProof::LargerNumber => ReuseProof::LargerNumber,
    });
    Reuse { of: reuse.of, after_ns: reuse.after_ns, proof, taken: reuse.taken, refused_first: reuse.refused_first }
}

fn time_waits(connection: &Connection, ids: &[String; 2], setting: Setting<'_>) -> Vec<TimeWait> {
    let Setting { start, end, msl, kernel, .. } = setting;
    let two_msl_ns = msl.two_msl_ns();
    let entry = |peer: Peer| {
        let wait = peer.of(&connection.time_wait).as_ref()?;
        let due = wait.due(two_msl_ns);
        let (cause, at) = match wait.ended {
            None => (EndCause::CaptureEnded, end),
            Some((Ended::Unwatched, _)) => (EndCause::LetGo, end),
            Some((Ended::Expired, at)) => (EndCause::Expired, at),
            Some((Ended::Reused, at)) => (EndCause::Reused, at),
            Some((Ended::Reset | Ended::ResetByNext, at)) => (EndCause::Reset, at),
        };
        let kernel = kernel.timer(connection.id, peer).cloned();
        Some(TimeWait {
            endpoint: peer.of(ids).clone(),
            begins_ns: wait.begins.since(start),
            due_ns: due.since(start),
            two_msl_ns,
            msl_profile: msl,
            rearmed: wait.rearmed,
            end: cause,
            end_ns: at.since(start),
            remaining_ns: due.since(at).max(0),
            basis: if kernel.is_some() { Basis::Kernel } else { Basis::Inferred },
            kernel,
        })
    };
    Peer::BOTH.into_iter().filter_map(entry).collect()
}
