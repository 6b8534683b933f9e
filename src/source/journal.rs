//! What programs called and what the kernel said, as entries of a pcapng file: Systemd Journal Export Blocks (type 9), with
//! fields of synfin's own. Other entries are passed over; what is in them is text of unknown origin, not safe for a terminal.

mod fields;

use crate::tcp::{
    CallName, CallWord, HostsWord, KernelAct, KernelDeed, KernelSample, KernelWord, Polling, RunningTimer, Sample,
    State, Timestamp,
};
use fields::Fields;
use std::fmt::Write as _;
use std::io::{self, Write};
use std::net::IpAddr;
use std::time::Duration;

/// The block's type in pcapng.
pub(super) const BLOCK: u32 = 9;
/// A longer block is no entry of ours. systemd's own may hold core dumps.
pub(super) const LONGEST: u32 = 64 * 1024;
/// Characters kept of arguments and of a program's name, and of an error's.
const LONGEST_TEXT: usize = 256;
const LONGEST_ERROR: usize = 32;
/// Times that the kernel went unasked for longer than usual, at the most.
pub const MOST_GAPS: usize = 256;
/// Addresses of one name.
const MOST_FOUND: usize = 64;

/// One entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    Call(CallWord),
    Hosts(HostsWord),
    Kernel(KernelWord),
    Sample(KernelSample),
    Act(KernelAct),
    /// The times between two questions to the kernel: a state that was shorter may be missing.
    Polling {
        polling: Polling,
        /// When it was asked for the last time.
        until: Timestamp,
    },
}

/// Writes a call as one whole block, little-endian.
///
/// # Errors
/// Those of `out`.
pub fn write_call(word: &CallWord, out: &mut impl Write) -> io::Result<()> {
    let CallWord { local, remote, program, at, took, call, arguments, result } = word;
    let name = call.name();
    let came = match (took, result) {
        (None, _) => "?".to_string(),
        (_, Ok(count)) => count.unwrap_or(0).to_string(),
        (_, Err(error)) => error.clone(),
    };
    let program = program.as_deref();
    let mut entry = Fields::begin(*at, program.unwrap_or("program"), &format!("{name}({arguments}) = {came}"));
    entry.add("SYNFIN_CALL", name).add("SYNFIN_LOCAL", local);
    entry.add_some("SYNFIN_REMOTE", *remote).add_some("SYNFIN_PROGRAM", program);
    entry.add_some("SYNFIN_TOOK_NS", took.map(|took| took.as_nanos()));
    entry.add("SYNFIN_ARGUMENTS", arguments);
    match result {
        Ok(count) => entry.add_some("SYNFIN_RESULT", *count),
        Err(error) => entry.add("SYNFIN_ERROR", error),
    };
    entry.write(out)
}

/// Writes what a program found in the hosts file as one whole block, little-endian.
///
/// # Errors
/// Those of `out`.
pub fn write_hosts(word: &HostsWord, out: &mut impl Write) -> io::Result<()> {
    let HostsWord { client, program, name, at, took, path, found } = word;
    let one = |(ip, line): &(IpAddr, Option<u64>)| line.map_or_else(|| ip.to_string(), |line| format!("{ip}@{line}"));
    let found = found.iter().map(one).collect::<Vec<_>>().join(" ");
    let program = program.as_deref();
    let mut entry = Fields::begin(*at, program.unwrap_or("program"), &format!("looked {name} up: {found}"));
    entry.add("SYNFIN_NAME", name).add("SYNFIN_FOUND", found).add("SYNFIN_TOOK_NS", took.as_nanos());
    entry
        .add_some("SYNFIN_CLIENT", *client)
        .add_some("SYNFIN_PROGRAM", program)
        .add_some("SYNFIN_PATH", path.as_deref());
    entry.write(out)
}

/// Writes the kernel's word on a socket as one whole block, little-endian.
///
/// # Errors
/// Those of `out`.
pub fn write_state(word: &KernelWord, out: &mut impl Write) -> io::Result<()> {
    let KernelWord { local, remote, at, state, remaining, cookie } = word;
    let state = state.unwrap_or(State::Closed).name();
    let mut entry = Fields::begin(*at, "kernel", &format!("{local} to {remote}: {state}"));
    entry.add("SYNFIN_STATE", state).add("SYNFIN_LOCAL", local).add("SYNFIN_REMOTE", remote);
    entry.add_some("SYNFIN_REMAINING_NS", remaining.map(|left| left.as_nanos()));
    entry.add_some("SYNFIN_COOKIE", *cookie);
    entry.write(out)
}

/// Writes what the kernel said of a socket's sending as one whole block, little-endian.
///
/// # Errors
/// Those of `out`.
pub fn write_sample(word: &KernelSample, out: &mut impl Write) -> io::Result<()> {
    let KernelSample { local, remote, at, sample } = word;
    let Sample { cwnd, ssthresh, srtt, rttvar, rto, retransmits, timer, .. } = sample;
    let Sample { due_in, in_flight, unsent, window, unacknowledged, unread, .. } = sample;
    let words = format!("{local} to {remote}: cwnd {cwnd}, srtt {srtt:?}, rto {rto:?}");
    let mut entry = Fields::begin(*at, "kernel", &words);
    entry.add("SYNFIN_CWND", cwnd).add("SYNFIN_LOCAL", local).add("SYNFIN_REMOTE", remote);
    entry.add_some("SYNFIN_SSTHRESH", *ssthresh);
    entry.add("SYNFIN_SRTT_NS", srtt.as_nanos()).add("SYNFIN_RTO_NS", rto.as_nanos());
    entry.add("SYNFIN_RTTVAR_NS", rttvar.as_nanos()).add("SYNFIN_RETRANSMITS", retransmits);
    entry.add_some("SYNFIN_TIMER", timer.map(timer_name));
    entry.add_some("SYNFIN_DUE_NS", due_in.map(|left| left.as_nanos()));
    entry.add("SYNFIN_IN_FLIGHT", in_flight).add_some("SYNFIN_UNSENT", *unsent).add_some("SYNFIN_WINDOW", *window);
    entry.add("SYNFIN_UNACKNOWLEDGED", unacknowledged).add("SYNFIN_UNREAD", unread);
    entry.write(out)
}

const TIMERS: [RunningTimer; 3] = [RunningTimer::Retransmission, RunningTimer::Probe, RunningTimer::KeepAlive];

fn timer_name(timer: RunningTimer) -> &'static str {
    match timer {
        RunningTimer::Retransmission => "retransmission",
        RunningTimer::Probe => "probe",
        RunningTimer::KeepAlive => "keep-alive",
    }
}

/// Writes what a kernel did of its own accord as one whole block, little-endian.
///
/// # Errors
/// Those of `out`.
pub fn write_act(word: &KernelAct, out: &mut impl Write) -> io::Result<()> {
    let KernelAct { local, remote, at, deed } = word;
    let (act, reason) = match deed {
        KernelDeed::SentAgain => ("retransmission", None),
        KernelDeed::SentReset(reason) => ("reset", Some(reason.as_str())),
        KernelDeed::TookReset => ("reset-taken", None),
    };
    let because = reason.unwrap_or_default();
    let mut entry = Fields::begin(*at, "kernel", &format!("{local} to {remote}: {act} {because}"));
    entry.add("SYNFIN_ACT", act).add("SYNFIN_LOCAL", local).add("SYNFIN_REMOTE", remote);
    entry.add_some("SYNFIN_REASON", reason);
    entry.write(out)
}

/// Writes how long the kernel went unasked, as one whole block, little-endian. Without it nobody judges whether the kernel's
/// states agree with those on the wire.
///
/// # Errors
/// Those of `out`.
pub fn write_polling(polling: &Polling, at: Timestamp, out: &mut impl Write) -> io::Result<()> {
    let longest = polling.longest();
    let mut words = String::new();
    let _ = write!(words, "the kernel was asked at least every {longest:?}");
    let mut entry = Fields::begin(at, "synfin", &words);
    entry.add("SYNFIN_POLLED_NS", longest.as_nanos());
    if !polling.gaps.is_empty() {
        let gaps = polling.gaps.iter().take(MOST_GAPS).map(|(from, to)| format!("{}-{}", from.0, to.0));
        entry.add("SYNFIN_POLLED_MOSTLY_NS", polling.usual.as_nanos());
        entry.add("SYNFIN_GAPS_NS", gaps.collect::<Vec<_>>().join(" "));
    }
    entry.write(out)
}

/// The entry in a block's body, if it is one of ours and whole.
pub(super) fn read(body: &[u8]) -> Option<Entry> {
    let fields = fields::read(body);
    let get = |key: &str| fields.iter().find(|(known, _)| *known == key).map(|(_, value)| *value);
    let nanos = |key| get(key).and_then(|value| value.parse().ok()).map(Duration::from_nanos);
    let text = |value: &str, most| value.chars().take(most).collect::<String>();
    let at = Timestamp(get("SYNFIN_TIME_NS")?.parse().ok()?);
    if let Some(longest) = nanos("SYNFIN_POLLED_NS") {
        let gap = |text: &str| {
            let (from, to) = text.split_once('-')?;
            Some((Timestamp(from.parse().ok()?), Timestamp(to.parse().ok()?)))
        };
        let gaps = get("SYNFIN_GAPS_NS").unwrap_or_default().split(' ').filter_map(gap).take(MOST_GAPS).collect();
        let usual = nanos("SYNFIN_POLLED_MOSTLY_NS").unwrap_or(longest);
        return Some(Entry::Polling { polling: Polling { usual, gaps }, until: at });
    }
    if let Some(name) = get("SYNFIN_NAME") {
        let one = |word: &str| match word.split_once('@') {
            Some((ip, line)) => Some((ip.parse().ok()?, Some(line.parse().ok()?))),
            None => Some((word.parse().ok()?, None)),
        };
        return Some(Entry::Hosts(HostsWord {
            client: get("SYNFIN_CLIENT").and_then(|client| client.parse().ok()),
            program: get("SYNFIN_PROGRAM").map(|program| text(program, LONGEST_TEXT)),
            name: text(name, LONGEST_TEXT),
            at,
            took: nanos("SYNFIN_TOOK_NS")?,
            path: get("SYNFIN_PATH").map(|path| text(path, LONGEST_TEXT)),
            found: get("SYNFIN_FOUND")?.split_ascii_whitespace().take(MOST_FOUND).filter_map(one).collect(),
        }));
    }
    let local = get("SYNFIN_LOCAL")?.parse().ok()?;
    let remote = get("SYNFIN_REMOTE").and_then(|remote| remote.parse().ok());
    if let Some(call) = get("SYNFIN_CALL") {
        let result = match get("SYNFIN_ERROR") {
            Some(error) => Err(text(error, LONGEST_ERROR)),
            None => Ok(get("SYNFIN_RESULT").and_then(|count| count.parse().ok())),
        };
        return Some(Entry::Call(CallWord {
            local,
            remote,
            program: get("SYNFIN_PROGRAM").map(|program| text(program, LONGEST_TEXT)),
            at,
            took: nanos("SYNFIN_TOOK_NS"),
            call: CallName::of(call)?,
            arguments: text(get("SYNFIN_ARGUMENTS").unwrap_or_default(), LONGEST_TEXT),
            result,
        }));
    }
    if let Some(act) = get("SYNFIN_ACT") {
        let deed = match act {
            "retransmission" => KernelDeed::SentAgain,
            "reset" => KernelDeed::SentReset(text(get("SYNFIN_REASON").unwrap_or_default(), LONGEST_ERROR)),
            "reset-taken" => KernelDeed::TookReset,
            _ => return None,
        };
        return Some(Entry::Act(KernelAct { local, remote: remote?, at, deed }));
    }
    if let Some(cwnd) = get("SYNFIN_CWND") {
        let number = |key| get(key).and_then(|value| value.parse().ok());
        let sample = Sample {
            cwnd: cwnd.parse().ok()?,
            ssthresh: number("SYNFIN_SSTHRESH"),
            srtt: nanos("SYNFIN_SRTT_NS")?,
            rttvar: nanos("SYNFIN_RTTVAR_NS").unwrap_or_default(),
            rto: nanos("SYNFIN_RTO_NS")?,
            retransmits: get("SYNFIN_RETRANSMITS")?.parse().ok()?,
            timer: get("SYNFIN_TIMER").and_then(|name| TIMERS.into_iter().find(|timer| timer_name(*timer) == name)),
            due_in: nanos("SYNFIN_DUE_NS"),
            in_flight: number("SYNFIN_IN_FLIGHT").unwrap_or_default(),
            unsent: number("SYNFIN_UNSENT"),
            window: number("SYNFIN_WINDOW"),
            unacknowledged: number("SYNFIN_UNACKNOWLEDGED").unwrap_or_default(),
            unread: number("SYNFIN_UNREAD").unwrap_or_default(),
        };
        return Some(Entry::Sample(KernelSample { local, remote: remote?, at, sample }));
    }
    let state = get("SYNFIN_STATE")?;
    let state = State::ALL.into_iter().find(|known| known.name() == state)?;
    Some(Entry::Kernel(KernelWord {
        local,
        remote: remote?,
        at,
        state: Some(state).filter(|state| *state != State::Closed),
        remaining: nanos("SYNFIN_REMAINING_NS"),
        cookie: get("SYNFIN_COOKIE").and_then(|cookie| cookie.parse().ok()),
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    fn call() -> CallWord {
        CallWord {
            local: "10.0.0.1:40000".parse().unwrap(),
            remote: Some("[fd00::2]:8080".parse().unwrap()),
            program: Some("client.py[7]".into()),
            at: Timestamp(1_767_225_600_123_456_789),
            took: Some(Duration::from_nanos(50_123_456)),
            call: CallName::Connect,
            arguments: "fd00::2, 8080".into(),
            result: Err("ECONNREFUSED".into()),
        }
    }

    fn body(block: &[u8]) -> &[u8] {
        let length = u32::from_le_bytes(block[4..8].try_into().unwrap());
        assert_eq!((u32::from_le_bytes(block[..4].try_into().unwrap()), length as usize), (BLOCK, block.len()));
        assert_eq!(block[block.len() - 4..], block[4..8]);
        assert!(block.len().is_multiple_of(4));
        &block[8..block.len() - 4]
    }

    fn again(write: impl Fn(&mut Vec<u8>) -> io::Result<()>) -> Option<Entry> {
        let mut block = Vec::new();
        write(&mut block).unwrap();
        read(body(&block))
    }

    #[test]
    fn what_is_written_is_read() {
        let mut word = call();
        for (result, took) in [(Err("EPIPE".into()), word.took), (Ok(Some(0)), word.took), (Ok(None), None)] {
            (word.result, word.took) = (result, took);
            assert_eq!(again(|out| write_call(&word, out)), Some(Entry::Call(word.clone())));
        }
        word.remote = None;
        assert_eq!(again(|out| write_call(&word, out)), Some(Entry::Call(word.clone())));
        for state in State::ALL {
            let word = KernelWord {
                local: word.local,
                remote: word.local,
                at: word.at,
                state: Some(state).filter(|state| *state != State::Closed),
                remaining: Some(Duration::from_millis(59_996)),
                cookie: Some(u64::MAX),
            };
            assert_eq!(again(|out| write_state(&word, out)), Some(Entry::Kernel(word)));
        }
        let sample = Sample {
            cwnd: 10,
            ssthresh: Some(7),
            srtt: Duration::from_micros(40_123),
            rto: Duration::from_millis(241),
            retransmits: 2,
            timer: Some(RunningTimer::Retransmission),
            rttvar: Duration::from_micros(20_061),
            due_in: Some(Duration::from_millis(204)),
            in_flight: 1,
            unsent: Some(700),
            window: Some(65_536),
            unacknowledged: 1_000,
            unread: 3,
        };
        for sample in
            [sample, Sample { ssthresh: None, timer: None, due_in: None, unsent: None, window: None, ..sample }]
        {
            let word = KernelSample { local: word.local, remote: word.local, at: word.at, sample };
            assert_eq!(again(|out| write_sample(&word, out)), Some(Entry::Sample(word)));
        }
        for deed in [KernelDeed::SentAgain, KernelDeed::SentReset("TCP_ABORT_ON_CLOSE".into()), KernelDeed::TookReset] {
            let act = KernelAct { local: word.local, remote: word.local, at: word.at, deed };
            assert_eq!(again(|out| write_act(&act, out)), Some(Entry::Act(act)));
        }
        let found = vec![("127.0.0.1".parse().unwrap(), Some(1)), ("::1".parse().unwrap(), None)];
        let mut hosts = HostsWord {
            client: Some(word.local.ip()),
            program: word.program.clone(),
            name: "localhost".into(),
            at: word.at,
            took: Duration::from_micros(40),
            path: Some("/etc/hosts".into()),
            found,
        };
        assert_eq!(again(|out| write_hosts(&hosts, out)), Some(Entry::Hosts(hosts.clone())));
        (hosts.client, hosts.program, hosts.path, hosts.found) = (None, None, None, Vec::new());
        assert_eq!(again(|out| write_hosts(&hosts, out)), Some(Entry::Hosts(hosts)));
        let usual = Duration::from_micros(2_345);
        let gaps = vec![(Timestamp(1_767_225_600_000_000_000), Timestamp(1_767_225_600_050_000_000))];
        for polling in [Polling::from(usual), Polling { usual, gaps }] {
            let read = again(|out| write_polling(&polling, Timestamp(5), out));
            assert_eq!(read, Some(Entry::Polling { polling, until: Timestamp(5) }));
        }
    }

    #[test]
    fn a_value_stays_in_its_field() {
        let mut word = call();
        word.arguments = "1\nSYNFIN_CALL=close\nSYNFIN_LOCAL=9".into();
        let Some(Entry::Call(read)) = again(|out| write_call(&word, out)) else { panic!() };
        assert_eq!((read.call, read.local), (word.call, word.local));
        assert_eq!(read.arguments, "1 SYNFIN_CALL=close SYNFIN_LOCAL=9");
    }

    #[test]
    fn foreign_and_broken_entries_are_passed_over() {
        for body in [
            &b"__REALTIME_TIMESTAMP=5\nMESSAGE=hello\n"[..],
            b"SYNFIN_CALL=recv\nSYNFIN_LOCAL=10.0.0.1:1\n",
            b"SYNFIN_CALL=fork\nSYNFIN_LOCAL=10.0.0.1:1\nSYNFIN_TIME_NS=5\n",
            b"SYNFIN_STATE=OPEN\nSYNFIN_LOCAL=10.0.0.1:1\nSYNFIN_REMOTE=10.0.0.1:1\nSYNFIN_TIME_NS=5\n",
            b"SYNFIN_CALL\n\xff\xff\xff\xff\xff\xff\xff\xffrecv\n",
            b"\xff\xfe=\n\0\0",
            b"",
        ] {
            assert_eq!(read(body), None);
        }
        let mut binary =
            b"SYNFIN_TIME_NS=5\nSYNFIN_CALL\n\x04\0\0\0\0\0\0\0recv\nSYNFIN_LOCAL=10.0.0.1:1\n\0\0".to_vec();
        assert!(matches!(read(&binary), Some(Entry::Call(word)) if word.call == CallName::Recv));
        for cut in 0..binary.len() {
            read(&binary[..cut]);
        }
        binary.retain(|octet| *octet != b'\n');
        assert_eq!(read(&binary), None);
    }
}
