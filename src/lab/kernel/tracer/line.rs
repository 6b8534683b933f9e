//! A line of tracefs's `trace` file: `task-pid [cpu] flags seconds: event: key=value …`.

use crate::tcp::{KernelDeed, State, Timestamp};
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

/// What the kernel did, and on which socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lab) struct Traced {
    pub(in crate::lab) local: SocketAddr,
    pub(in crate::lab) remote: SocketAddr,
    pub(in crate::lab) at: Timestamp,
    pub(in crate::lab) event: Event,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::lab) enum Event {
    /// The socket came from one state to another.
    Became {
        from: State,
        to: State,
    },
    Did(KernelDeed),
}

/// Characters of a reason at most.
const LONGEST: usize = 64;

/// Reads a line; the clock is ahead of its times by this.
pub(super) fn read(line: &str, ahead: Duration) -> Option<Traced> {
    let (before, rest) = line.split_once(": ")?;
    let seconds = before.rsplit(' ').next()?;
    let (name, fields) = rest.split_once(": ")?;
    let get = |key: &str| fields.split(' ').find_map(|field| field.strip_prefix(key)?.strip_prefix('='));
    let at = Timestamp(i64::try_from((time(seconds)? + ahead).as_nanos()).ok()?);
    // The reason came with Linux 6.10, and `src=` and `dest=` a version before; they stand for any sender of a RST, also one
    // without a socket.
    let reason = || get("reason").unwrap_or_default().chars().take(LONGEST).collect();
    if name == "tcp_send_reset"
        && let (Some(local), Some(remote)) = (get("src"), get("dest"))
    {
        let (local, remote) = (plain(local.parse().ok()?), plain(remote.parse().ok()?));
        return Some(Traced { local, remote, at, event: Event::Did(KernelDeed::SentReset(reason())) });
    }
    let address = |v4: &str, v6: &str, port: &str| -> Option<SocketAddr> {
        let ip: IpAddr = get(v6).or_else(|| get(v4))?.parse().ok()?;
        Some(SocketAddr::new(ip.to_canonical(), get(port)?.parse().ok()?))
    };
    let event = match name {
        "tcp_retransmit_skb" | "tcp_retransmit_synack" => Event::Did(KernelDeed::SentAgain),
        "tcp_send_reset" => Event::Did(KernelDeed::SentReset(reason())),
        "tcp_receive_reset" => Event::Did(KernelDeed::TookReset),
        "inet_sock_set_state" => Event::Became { from: state(get("oldstate")?)?, to: state(get("newstate")?)? },
        _ => return None,
    };
    let local = address("saddr", "saddrv6", "sport")?;
    let remote = address("daddr", "daddrv6", "dport")?;
    Some(Traced { local, remote, at, event })
}

fn plain(address: SocketAddr) -> SocketAddr {
    SocketAddr::new(address.ip().to_canonical(), address.port())
}

fn time(text: &str) -> Option<Duration> {
    let (seconds, micros) = text.split_once('.')?;
    Some(Duration::new(seconds.parse().ok()?, micros.parse::<u32>().ok()?.checked_mul(1000)?))
}

fn state(name: &str) -> Option<State> {
    Some(match name {
        "TCP_LISTEN" => State::Listen,
        "TCP_SYN_SENT" => State::SynSent,
        "TCP_SYN_RECV" | "TCP_NEW_SYN_RECV" => State::SynReceived,
        "TCP_ESTABLISHED" => State::Established,
        "TCP_FIN_WAIT1" => State::FinWait1,
        "TCP_FIN_WAIT2" => State::FinWait2,
        "TCP_CLOSE_WAIT" => State::CloseWait,
        "TCP_CLOSING" => State::Closing,
        "TCP_LAST_ACK" => State::LastAck,
        "TCP_TIME_WAIT" => State::TimeWait,
        "TCP_CLOSE" => State::Closed,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn events_are_read() {
        let ahead = Duration::from_secs(1000);
        let change = "            wire-17839   [000] ..s2.  6105.506660: inet_sock_set_state: family=AF_INET protocol=IPPROTO_TCP sport=60512 dport=8080 saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2 oldstate=TCP_SYN_SENT newstate=TCP_ESTABLISHED";
        let local: SocketAddr = "10.0.0.1:60512".parse().unwrap();
        let remote: SocketAddr = "10.0.0.2:8080".parse().unwrap();
        let at = Timestamp(7_105_506_660_000);
        let event = Event::Became { from: State::SynSent, to: State::Established };
        assert_eq!(read(change, ahead), Some(Traced { local, remote, at, event }));
        let reset = "a b: c-1 [000] .N...  6105.948389: tcp_send_reset: skbaddr=0 skaddr=0 src=10.0.0.1:60512 dest=10.0.0.2:8080 state=TCP_CLOSE reason=TCP_ABORT_ON_CLOSE";
        assert_eq!(read(reset, ahead), None, "a task's name may hold anything");
        let reset = reset.trim_start_matches("a b: ");
        let event = Event::Did(KernelDeed::SentReset("TCP_ABORT_ON_CLOSE".into()));
        assert_eq!(read(reset, ahead).unwrap().event, event);
        let without = reset.trim_end_matches(" reason=TCP_ABORT_ON_CLOSE");
        let event = Event::Did(KernelDeed::SentReset(String::new()));
        assert_eq!(read(without, ahead).unwrap().event, event, "as Linux 6.9 has it");
        let old = "a-1 [000] .N... 1.000001: tcp_send_reset: skbaddr=0 skaddr=0 family=AF_INET sport=60512 dport=8080 saddr=10.0.0.1 daddr=10.0.0.2 saddrv6=::ffff:10.0.0.1 daddrv6=::ffff:10.0.0.2 state=TCP_CLOSE";
        let old = read(old, ahead).unwrap();
        assert_eq!((old.local, old.remote, old.event), (local, remote, event), "as Linux had it before");
        assert_eq!(read("# tracer: nop", ahead), None);
        let gone = change.replace("newstate=TCP_ESTABLISHED", "newstate=TCP_CLOSE");
        let event = Event::Became { from: State::SynSent, to: State::Closed };
        assert_eq!(read(&gone, ahead).unwrap().event, event);
        assert_eq!(read(&change.replace("newstate=TCP_ESTABLISHED", "newstate=TCP_NEW"), ahead), None);
        let taken = "idle-0 [001] ..s2. 1.000001: tcp_receive_reset: family=AF_INET6 sport=8080 dport=40000 saddr=0.0.0.0 daddr=0.0.0.0 saddrv6=fd00::2 daddrv6=fd00::1 sock_cookie=1f";
        let taken = read(taken, ahead).unwrap();
        assert_eq!((taken.local, taken.event), ("[fd00::2]:8080".parse().unwrap(), Event::Did(KernelDeed::TookReset)));
        let again = "idle-0 [001] ..s2. 1.000001: tcp_retransmit_synack: family=AF_INET sport=8080 dport=40000 saddr=10.0.0.2 daddr=10.0.0.1 saddrv6=::ffff:10.0.0.2 daddrv6=::ffff:10.0.0.1";
        assert_eq!(read(again, ahead).unwrap().event, Event::Did(KernelDeed::SentAgain));
    }

    proptest! {
        #[test]
        fn no_line_panics(line in "\\PC*", seconds in "[0-9]{1,25}[.][0-9]{1,12}") {
            let _ = read(&line, Duration::ZERO);
            let _ = read(&format!("x {seconds}: tcp_send_reset: {line}"), Duration::ZERO);
        }
    }
}
