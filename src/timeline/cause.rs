//! Why a connection opened or closed as it did: machine keys, and what stands beside them.

use super::Text;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::net::IpAddr;

/// What lies behind an opening, where there is more to say than its kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OpenCause {
    /// The first SYN did not arrive: the answer echoes the timestamp of a later one.
    SynLost,
    /// A SYN,ACK was seen, yet the SYN came again.
    SynAckLost,
    /// The SYN,ACK came again before anything acknowledged it: it was lost, or the acknowledgment of it; nothing tells which.
    SynAckOrAckLost,
    /// The SYN or its answer was lost before the capture: nothing tells which.
    SynOrAnswerLost,
    /// The acknowledgment of the SYN,ACK was seen, yet the SYN,ACK came again once.
    ThirdAckLost,
    /// The server repeats its SYN,ACK whatever the client acknowledges, or ignores SYNs after it had accepted others.
    AcceptQueueFull,
    /// A RST: nobody listens on the port.
    ClosedPort,
    /// No answer at all.
    Filtered,
    /// The client took its SYN back by a RST before any answer.
    Withdrawn,
    /// The SYN,ACK was never acknowledged.
    NoAck,
    /// The acknowledgment of the SYN,ACK came when the server had given up waiting for it: it answered by RST.
    AckTooLate,
    /// SYN, SYN,ACK, RST and no more: a port scan, or a SYN that its sender did not know.
    SynScan,
    /// A SYN of an earlier connection was answered, and the answer refused by RST (RFC 9293 figure 8).
    StaleSyn,
    /// The SYN,ACK was answered by a number that was never sent.
    WrongAck,
    /// The server still knew an older connection of these ports (RFC 9293 figure 9).
    OldConnection,
    /// The server answered the SYN by a SYN of its own, and the client acknowledged that.
    FourWay,
    /// The server answered by ACK first, and by a SYN of its own afterwards.
    FiveWay,
    /// ICMP: no way to the network.
    NetUnreachable,
    /// ICMP: the host does not answer, or there is no way to it.
    HostUnreachable,
    /// ICMP: the host does not speak TCP.
    ProtocolUnreachable,
    /// ICMP: no such port.
    PortUnreachable,
    /// ICMP: a firewall forbids it.
    Prohibited,
    /// ICMP: the time to live ran out on the way.
    TimeExceeded,
}

impl OpenCause {
    /// Every cause, in the order of declaration.
    pub const ALL: [OpenCause; 23] = [
        OpenCause::SynLost,
        OpenCause::SynAckLost,
        OpenCause::SynAckOrAckLost,
        OpenCause::SynOrAnswerLost,
        OpenCause::ThirdAckLost,
        OpenCause::AcceptQueueFull,
        OpenCause::ClosedPort,
        OpenCause::Filtered,
        OpenCause::Withdrawn,
        OpenCause::NoAck,
        OpenCause::AckTooLate,
        OpenCause::SynScan,
        OpenCause::StaleSyn,
        OpenCause::WrongAck,
        OpenCause::OldConnection,
        OpenCause::FourWay,
        OpenCause::FiveWay,
        OpenCause::NetUnreachable,
        OpenCause::HostUnreachable,
        OpenCause::ProtocolUnreachable,
        OpenCause::PortUnreachable,
        OpenCause::Prohibited,
        OpenCause::TimeExceeded,
    ];
}

/// What lies behind a closing, where the segments tell. Except for what a RST answers, the wire shows no reasons: these are
/// inferred.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CloseCause {
    /// The RST came with another TTL than its sender's segments: a device on the way may have sent it.
    OtherDevice,
    /// It answers a first segment without SYN and ACK, as a scan sends it: nobody listens on the port.
    ClosedPort,
    /// The closer had waited in FIN-WAIT-2 and forgot the connection; what came later was answered by RST.
    FinWait2Abandoned,
    /// Data arrived after its receiver had closed its socket.
    DataAfterClose,
    /// The sender of the RST knows no such connection any more.
    VanishedSocket,
    /// The closer sent FIN, and then aborted without waiting for the other side.
    AbortAfterFin,
    /// Aborted after a silence.
    IdleTimeout,
    /// Its keep-alives or retransmissions had gone unanswered: it likely gave the peer up (ETIMEDOUT).
    PeerVanished,
    /// The other side's window had been closed for long: its program did not read.
    ClosedWindow,
    /// Aborted while data arrived that it can not have read.
    UnreadData,
    /// Aborted while its own data was under way.
    MidTransfer,
    /// Aborted although nothing had arrived that could be unread: as with linger 0.
    LingerZero,
    /// Aborted: linger 0 or unread data, which the wire does not tell apart.
    Abort,
    /// Its kernel says that a program has closed, but the FIN waits behind data that did not get through.
    FinBehindData,
}

impl CloseCause {
    /// Every cause, in the order of declaration.
    pub const ALL: [CloseCause; 14] = [
        CloseCause::OtherDevice,
        CloseCause::ClosedPort,
        CloseCause::FinWait2Abandoned,
        CloseCause::DataAfterClose,
        CloseCause::VanishedSocket,
        CloseCause::AbortAfterFin,
        CloseCause::IdleTimeout,
        CloseCause::PeerVanished,
        CloseCause::ClosedWindow,
        CloseCause::UnreadData,
        CloseCause::MidTransfer,
        CloseCause::LingerZero,
        CloseCause::Abort,
        CloseCause::FinBehindData,
    ];
}

/// Fast Open (RFC 7413): what was asked and what came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FastOpen {
    /// What came of it.
    pub outcome: FastOpenOutcome,
    /// Octets that rode on the first SYN.
    pub sent: u32,
    /// Octets of them that the SYN,ACK acknowledged.
    pub accepted: u32,
}

/// What came of a Fast Open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum FastOpenOutcome {
    /// The client asked for a cookie and got none.
    CookieAsked,
    /// The client asked for a cookie, and the server gave one for the next time.
    CookieGiven,
    /// The SYN,ACK acknowledged data that came with the SYN.
    DataAccepted,
    /// The SYN,ACK acknowledged the SYN alone: its data had to be sent again.
    DataIgnored,
    /// The SYN carried a cookie and no data.
    CookieOnly,
}

/// Which schedule the waits between repeated SYNs fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Backoff {
    /// 1, 1, 1, 1, 1, 2, 4 … seconds: Linux since 6.5 (`net.ipv4.tcp_syn_linear_timeouts` = 4).
    LinuxLinear,
    /// 1, 2, 4 … seconds, each twice the one before (RFC 6298 5.5).
    Doubling,
    /// Too few waits to tell the two apart.
    Undecided,
    /// Neither.
    Other,
}

/// What the network reported of a SYN.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct IcmpReport {
    /// Who reports: the destination itself, or a router on the way.
    pub reporter: IpAddr,
    /// Nanoseconds after the first SYN.
    pub after_ns: i64,
    /// What it says, in words.
    pub text: Text,
}

/// Addresses and ports taken over from a connection whose TIME-WAIT had not run out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Reuse {
    /// Id of the connection before.
    pub of: u64,
    /// How long its TIME-WAIT had lasted, nanoseconds.
    pub after_ns: i64,
    /// What shows that the new SYN is no old duplicate; `null` for nothing.
    pub proof: Option<ReuseProof>,
    /// Whether the one who waited gave way; false where the new SYN was refused or not answered.
    pub taken: bool,
    /// Whether its TIME-WAIT first answered the SYN by the old connection's acknowledgment, and the RST in answer to that
    /// ended it (RFC 1337).
    #[serde(default)]
    pub refused_first: bool,
}

/// What shows that a SYN is younger than the connection whose ports it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ReuseProof {
    /// Its number, or the answer's, is the old SND.NXT and 65537: Linux remembers the old connection.
    LinuxStep,
    /// A later timestamp (RFC 6191).
    Timestamp,
    /// Only a larger initial number (RFC 9293 3.10.7.4, MAY-2).
    LargerNumber,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cause_is_listed_once() {
        // The schema has one entry for each variant.
        let variants = |schema: schemars::Schema| schema.get("oneOf").and_then(|all| all.as_array()).map(Vec::len);
        assert_eq!(variants(schemars::schema_for!(OpenCause)), Some(OpenCause::ALL.len()));
        assert_eq!(variants(schemars::schema_for!(CloseCause)), Some(CloseCause::ALL.len()));
        assert!(OpenCause::ALL.iter().enumerate().all(|(place, cause)| *cause as usize == place));
        assert!(CloseCause::ALL.iter().enumerate().all(|(place, cause)| *cause as usize == place));
    }
}
