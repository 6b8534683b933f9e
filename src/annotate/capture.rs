//! Rules on the capture itself: what looks odd and is not, and what a receiver would have thrown away.

use super::{Finding, Rule};
use crate::tcp::{Checksum, Flags};
use crate::timeline::Severity::{Lesson, Warning};
use crate::track::{Seen, Step};

/// A payload beyond this fits no link: the kernel segments it later, or never on loopback.
const LARGEST_ETHERNET_PAYLOAD: u32 = 1460;

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "checksum-offloaded",
        severity: Lesson,
        rfc: "RFC 9293 3.1",
        explain: (
            "On loopback, and where the network card fills it in, the checksum is not final when the packet is captured. That is no error.",
            "在环回接口上，或由网卡填写检验和时，捕获到的检验和还不是最终值。这不是错误。",
        ),
        check: checksum_offloaded,
    },
    Rule {
        id: "checksum-invalid",
        severity: Warning,
        rfc: "RFC 9293 3.1",
        explain: (
            "The checksum is wrong: the segment was damaged on the way, and its receiver discards it silently.",
            "检验和错误：报文段在途中损坏，接收方会静默丢弃。",
        ),
        check: |_, seen| {
            (seen.segment.checksum == Checksum::Invalid)
                .then(|| Finding::new("wrong checksum: the receiver discards it", "检验和错误：接收方丢弃"))
        },
    },
    Rule {
        id: "super-segment",
        severity: Lesson,
        rfc: "RFC 9293 3.7.1",
        explain: (
            "Larger than any frame: the kernel hands over up to 64 KiB at once and leaves cutting it up to the card (TSO, GRO), or to nobody on loopback.",
            "比任何帧都大：内核一次交出最多 64 KiB，由网卡切分（TSO、GRO），在环回接口上则不切分。",
        ),
        check: super_segment,
    },
    Rule {
        id: "illegal-flags",
        severity: Warning,
        rfc: "RFC 9293 3.1",
        explain: (
            "Control bits that do not go together, such as SYN with FIN or RST. No stack sends this; a scanner or a fuzzer does.",
            "互相矛盾的控制位，例如 SYN 与 FIN 或 RST 同时出现。正常协议栈不会这样发送；通常来自扫描器或模糊测试。",
        ),
        check: |_, seen| {
            let flags = seen.segment.flags;
            let illegal = flags.syn() && flags.any(Flags::FIN | Flags::RST) || flags.fin() && flags.rst();
            illegal.then(|| Finding::new(format!("{flags} do not go together"), format!("{flags} 不应同时出现")))
        },
    },
    Rule {
        id: "malformed-header",
        severity: Warning,
        rfc: "RFC 9293 3.1",
        explain: (
            "The TCP header lies about its length, or its options cannot be read to their end. What could be read is shown.",
            "TCP 首部的长度有误，或选项无法完整读取。显示能读出的部分。",
        ),
        check: |_, seen| {
            (seen.segment.malformed || seen.segment.options.malformed).then(|| {
                Finding::new("malformed header: shown as far as it can be read", "首部格式错误：显示能读出的部分")
            })
        },
    },
];

fn checksum_offloaded(_: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    (seen.ordinal == 0 && seen.segment.checksum == Checksum::Offloaded).then(|| {
        Finding::new(
            "checksums are left to the hardware here: offloaded, not checked",
            "检验和由硬件填写（已卸载），未检查",
        )
    })
}

fn super_segment(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let len = seen.segment.len;
    let largest_before = seen.peer.of(&step.connection.flows).largest_before;
    (len > LARGEST_ETHERNET_PAYLOAD && largest_before <= LARGEST_ETHERNET_PAYLOAD).then(|| {
        Finding::new(
            format!("{len} octets in one segment: larger than an Ethernet frame, since nothing cuts it up here"),
            format!("一个报文段 {len} 字节：超过以太网帧，因为这里没有切分（分段卸载）"),
        )
    })
}
