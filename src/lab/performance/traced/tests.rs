#![allow(clippy::unwrap_used, clippy::indexing_slicing)]
use super::*;
use crate::tcp::Peer;
use State::{CloseWait, Closed, Established, FinWait1, FinWait2, SynSent, TimeWait};

const MS: i64 = 1_000_000;
const CLIENT: &str = "10.0.0.1:40000";
const SERVER: &str = "10.0.0.2:8080";

fn ends(local: &str, remote: &str) -> (SocketAddr, SocketAddr) {
    (local.parse().unwrap(), remote.parse().unwrap())
}

fn seen(states: &[(i64, State)]) -> Seen {
    let (local, remote) = ends(CLIENT, SERVER);
    let mut seen = Seen::at(local, remote);
    seen.states = states.iter().map(|(at, state)| (Timestamp(at * MS), *state)).collect();
    seen
}

fn became(at: i64, from: State, to: State) -> Traced {
    let (local, remote) = ends(CLIENT, SERVER);
    Traced { local, remote, at: Timestamp(at * MS), event: Event::Became { from, to } }
}

/// An Ethernet frame with a RST from the client to the server at this time.
fn with_reset(at: i64) -> Record {
    let mut bytes = vec![0; 12];
    bytes.extend([8, 0, 0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2]);
    bytes.extend(40_000u16.to_be_bytes());
    bytes.extend(8080u16.to_be_bytes());
    bytes.extend([0, 0, 0, 1, 0, 0, 0, 0, 0x50, 4, 0, 0, 0, 0, 0, 0]);
    let mut record = Record::default();
    record.note(Peer::A, Timestamp(at * MS), &bytes, None);
    record
}

const ANSWERS: [(i64, State); 3] = [(2, SynSent), (42, Established), (82, TimeWait)];

fn joined(traced: Vec<Traced>) -> Vec<(i64, State)> {
    let mut all = [seen(&ANSWERS)];
    join(&mut all, &Record::default(), traced);
    all[0].states.iter().map(|(at, state)| (at.0 / MS, *state)).collect()
}

#[test]
fn states_between_two_questions_are_filled_in_and_time_wait_is_left() {
    let life = vec![
        became(40, SynSent, Established),
        became(60, Established, FinWait1),
        became(80, FinWait1, FinWait2),
        became(81, FinWait2, Closed),
    ];
    assert_eq!(joined(life), [(2, SynSent), (40, Established), (60, FinWait1), (80, FinWait2), (82, TimeWait)]);
}

#[test]
fn two_lives_in_one_or_half_a_life_are_not_believed() {
    let mixed =
        vec![became(40, SynSent, Established), became(41, SynSent, Established), became(60, Established, CloseWait)];
    assert_eq!(joined(mixed), ANSWERS);
    assert_eq!(joined(vec![became(60, Established, FinWait1)]), ANSWERS, "the buffer lost the beginning");
}

#[test]
fn only_what_the_wire_bears_out_is_ours() {
    let (local, remote) = ends(CLIENT, SERVER);
    let foreign = ends("192.0.2.1:9", "192.0.2.7:41000");
    let reset = |(local, remote), at: i64| Traced {
        local,
        remote,
        at: Timestamp(at * MS),
        event: Event::Did(KernelDeed::SentReset("NO_SOCKET".into())),
    };
    let taken = Traced { event: Event::Did(KernelDeed::TookReset), ..reset((remote, local), 121) };
    let again = Traced { event: Event::Did(KernelDeed::SentAgain), ..reset((local, remote), 100) };
    let all = vec![reset((local, remote), 100), reset(foreign, 100), reset((local, remote), 900), taken, again];
    let acts = join(&mut [], &with_reset(101), all);
    let told: Vec<_> = acts.iter().map(|act| (act.local, act.at.0 / MS)).collect();
    assert_eq!(told, [(local, 100), (remote, 121)]);
}
