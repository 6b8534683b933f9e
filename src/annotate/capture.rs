//! Rules on the capture itself: what looks odd and is not, and what a receiver would have thrown away.

use super::words::some;
use super::{Finding, Rule};
use crate::tcp::{Checksum, Flags};
use crate::timeline::Severity::{Lesson, Note, Warning};
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
        advice: None,
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
        advice: Some((
            "Look at cables, drivers and memory on the way; if all of one sender's checksums are wrong, it is offloading.",
            "检查途中的线路、驱动和内存；若某一方的检验和全部错误，那只是由网卡填写。",
        )),
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
            "Larger than an Ethernet frame: loopback carries up to 64 KiB at once; elsewhere the network card cuts segments up or puts them together (TSO, GRO).",
            "比以太网帧大：环回接口一次可传送最多 64 KiB；在其他接口上由网卡切分或合并（TSO、GRO）。",
        ),
        advice: Some((
            "To see segments as on the wire, capture on another machine, or switch TSO, GSO and GRO off (ethtool -K).",
            "若要看到线路上的报文段，请在另一台机器上捕获，或关闭 TSO、GSO、GRO（ethtool -K）。",
        )),
        check: super_segment,
    },
    Rule {
        id: "gap",
        severity: Note,
        rfc: "RFC 9293 3.4",
        explain: (
            "Sequence numbers were passed over. The octets were lost before the capture, come later, or the capture missed them (see the dropped packets).",
            "序号出现跳跃。这些字节在到达观测点之前丢失、稍后到达，或被捕获遗漏（参见丢弃的数据包数）。",
        ),
        advice: Some((
            "Look whether the capture dropped packets; capture headers only, or with a larger buffer.",
            "查看捕获是否丢包；可只捕获首部，或加大缓冲区。",
        )),
        check: gap,
    },
    Rule {
        id: "captured-twice",
        severity: Note,
        rfc: "RFC 6864 4",
        explain: (
            "The same packets are seen twice: the same header, identification and payload again within a moment. Mostly the capture made the copies: a mirror port copies both directions, or several interfaces (or `any`) see the packet pass. Sometimes the network did; then the receiver reports the octets as received twice (D-SACK). Neither are retransmissions: the second copies are counted and otherwise left out.",
            "同一数据包出现两次：相同的首部、标识和数据在瞬间重复。多数情况下是捕获造成的：镜像端口复制了双向流量，或多个接口（或 `any`）都看到了它。有时是网络复制的，此时接收方会报告收到两次（D-SACK）。两者都不是重传：第二份只计数，不参与分析。",
        ),
        advice: Some((
            "Capture on one interface, or mirror one direction per port; `editcap -d` takes the copies out of a file. `--packets` shows every packet as Wireshark does.",
            "只在一个接口上捕获，或每个镜像端口只复制一个方向；`editcap -d` 可从文件中去除重复。`--packets` 按 Wireshark 的方式显示每个数据包。",
        )),
        check: |_, seen| {
            let count = seen.recovery.copies;
            (count > 0).then(|| {
                Finding::new(
                    format!("seen twice: {} so far came again at once, and count once", some(count.into(), "packet")),
                    format!("出现两次：至此有 {count} 个数据包立即再次出现，只计一次"),
                )
            })
        },
    },
    Rule {
        id: "illegal-flags",
        severity: Warning,
        rfc: "RFC 9293 3.1",
        explain: (
            "Control bits that do not go together, such as SYN with FIN or RST. No stack sends this; a scanner or a fuzzer does.",
            "互相矛盾的控制位，例如 SYN 与 FIN 或 RST 同时出现。正常协议栈不会这样发送；通常来自扫描器或模糊测试。",
        ),
        advice: Some((
            "Look who sends it: a scan, a test tool, or a damaged header.",
            "查看是谁发送的：扫描、测试工具，或首部损坏。",
        )),
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
        advice: Some((
            "Look at the bytes of the frame; if many are malformed, the snap length is too short or a device damages them.",
            "查看该帧的字节；若大量出现，可能是捕获长度太短，或有设备损坏了它们。",
        )),
        check: |_, seen| {
            (seen.segment.malformed || seen.segment.options.malformed).then(|| {
                Finding::new("malformed header: shown as far as it can be read", "首部格式错误：显示能读出的部分")
            })
        },
    },
];

fn checksum_offloaded(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    if seen.ordinal != 0 || seen.segment.checksum != Checksum::Offloaded {
        return None;
    }
    Some(if is_local(step) {
        Finding::new("checksums are not filled in on loopback: not checked", "环回接口上不填写检验和：未检查")
    } else {
        Finding::new(
            "checksums are left to the network card: offloaded, not checked",
            "检验和由网卡填写（已卸载）：未检查",
        )
    })
}

fn super_segment(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let len = seen.segment.len;
    let largest_before = seen.peer.of(&step.connection.flows).largest_before;
    let other = step.connection.receiver_of(seen.peer);
    let facts = &step.connection.opening;
    let mss = other.of(&facts.syn_ack).or(*other.of(&facts.syn)).and_then(|fact| fact.options.mss);
    let mss = mss.map(u32::from);
    if let Some(mss) = mss.filter(|mss| len > *mss && largest_before <= *mss) {
        return Some(Finding::new(
            format!(
                "{len} octets at once, MSS {mss}: cut up later by the network card, or put together by it (TSO, GRO)"
            ),
            format!("一次 {len} 字节，超过 MSS {mss}：稍后由网卡切分，或由网卡合并而成（TSO、GRO）"),
        ));
    }
    let is_large = len > LARGEST_ETHERNET_PAYLOAD && largest_before <= LARGEST_ETHERNET_PAYLOAD;
    (is_large && is_local(step)).then(|| {
        Finding::new(
            format!("{len} octets in one segment: loopback takes far more than Ethernet's {LARGEST_ETHERNET_PAYLOAD}"),
            format!("一个报文段 {len} 字节：环回接口的 MTU 远大于以太网（{LARGEST_ETHERNET_PAYLOAD} 字节）"),
        )
    })
}

/// Whether both ends are on this machine.
fn is_local(step: &Step<'_>) -> bool {
    let [a, b] = step.connection.addresses.map(|address| address.ip());
    a == b || a.is_loopback() && b.is_loopback()
}

fn gap(step: &Step<'_>, seen: &Seen<'_>) -> Option<Finding> {
    let before = seen.peer.of(&step.before).snd.nxt?;
    let missing = seen.segment.seq.offset_from(before);
    let grew = seen.peer.of(&step.connection.tcb).snd.nxt != Some(before);
    (missing > 0 && grew && !seen.segment.flags.any(Flags::SYN | Flags::RST)).then(|| {
        Finding::new(
            format!(
                "{} before this {} not captured: lost, late, or missed by the capture",
                some(missing.unsigned_abs().into(), "octet"),
                if missing == 1 { "was" } else { "were" }
            ),
            format!("此前有 {missing} 字节没有捕获到：丢失、迟到，或捕获遗漏"),
        )
    })
}
