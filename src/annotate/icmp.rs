//! Rules of ICMP errors that quote a segment: what the network says, and what TCP makes of it (RFC 1122 4.2.3.9, RFC 5927).

use super::words::{icmp_reason, role, span};
use super::{Finding, Rule};
use crate::tcp::{IcmpReason, State};
use crate::timeline::Severity::{Error, Note, Warning};
use crate::track::{Report, Seen, Step};

/// They speak of reports, not of segments, so no segment makes them fire: [`hear`] does.
pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "icmp-unreachable",
        severity: Error,
        rfc: "RFC 1122 4.2.3.9, RFC 792, RFC 4443 3.1",
        explain: (
            "The network reports that the SYN cannot reach its destination. Linux ends connect() at once with EHOSTUNREACH, ENETUNREACH or ECONNREFUSED; other systems keep trying.",
            "网络报告 SYN 无法到达目的地。Linux 的 connect() 立即以 EHOSTUNREACH、ENETUNREACH 或 ECONNREFUSED 失败；其他系统会继续尝试。",
        ),
        advice: Some((
            "Look at the reporter: the destination itself, its router (no route, no such host) or a firewall (prohibited).",
            "查看报告者：目的主机本身、其路由器（没有路由或没有该主机），还是防火墙（被禁止）。",
        )),
        check: no_segment,
    },
    Rule {
        id: "icmp-soft-error",
        severity: Note,
        rfc: "RFC 1122 4.2.3.9, RFC 5927 4",
        explain: (
            "The network reports trouble with a connection that is open. That is a soft error: TCP goes on and sends again; only if nothing gets through does the program learn of it.",
            "网络报告已建立的连接遇到问题。这是软错误：TCP 继续运行并重传；只有始终无法送达时程序才会得知。",
        ),
        advice: Some((
            "See who reports it and whether the segments come through afterwards; if not, mend the route or the filter there.",
            "查看由谁报告，以及此后报文段能否送达；若不能，修复该处的路由或过滤规则。",
        )),
        check: no_segment,
    },
    Rule {
        id: "icmp-too-big",
        severity: Note,
        rfc: "RFC 1191 3, RFC 8201 4, RFC 5927 7",
        explain: (
            "A router could not pass a segment on undivided and names the MTU of its next link: path MTU discovery. The sender makes its segments smaller and sends again.",
            "路由器无法不分片地转发报文段，并告知下一链路的 MTU：路径 MTU 发现。发送方改用更小的报文段并重传。",
        ),
        advice: Some((
            "Nothing if smaller segments follow. If the same size is repeated, the message did not reach the sender: let ICMP type 3 code 4 (IPv6: type 2) pass, or clamp the MSS.",
            "若随后改用更小的报文段则无需处理。若仍以相同大小重传，说明消息未到达发送方：放行 ICMP 类型 3 代码 4（IPv6 类型 2），或钳制 MSS。",
        )),
        check: no_segment,
    },
    Rule {
        id: "icmp-not-ours",
        severity: Warning,
        rfc: "RFC 5927 4.1",
        explain: (
            "The ICMP error quotes a number that cannot be under way: it is late, or forged to disturb the connection. TCP ignores it.",
            "ICMP 差错引用的序号不可能在途：它迟到了，或是为干扰连接而伪造的。TCP 忽略它。",
        ),
        advice: Some((
            "Many of these on one connection are an attack on it, or a router that answers very late.",
            "同一连接上大量出现，说明有人在攻击它，或某台路由器应答极迟。",
        )),
        check: no_segment,
    },
];

fn no_segment(_: &Step<'_>, _: &Seen<'_>) -> Option<Finding> {
    None
}

/// Which of these rules an ICMP error meets, and its words.
pub(super) fn hear(step: &Step<'_>, report: &Report<'_>) -> (&'static str, Finding) {
    let error = report.error;
    let who = error.reporter;
    let what = icmp_reason(error.reason);
    let (en, zh) = (format!("{who} says {}", what.en), format!("{who} 报告{}", what.zh));
    let of = role(report.peer);
    match (report.is_strange, error.reason, report.peer.of(&step.before).state) {
        (true, ..) => {
            let finding = Finding::new(
                format!("ICMP: {en}, of a number that the {} has not under way: ignored", of.en),
                format!("ICMP：{zh}，但所引用的序号并不在{}的在途范围内：被忽略", of.zh),
            );
            ("icmp-not-ours", finding)
        }
        (_, IcmpReason::TooBig { .. }, _) => {
            let finding = Finding::new(format!("ICMP to the {}: {en}", of.en), format!("发给{}的 ICMP：{zh}", of.zh));
            ("icmp-too-big", finding)
        }
        (_, reason, Some(State::SynSent)) if reason.is_unreachable() => {
            let asked = report.peer.of(&step.connection.opening.syn).map(|syn| span(error.time.since(syn.last.time)));
            let after = asked.unwrap_or_default();
            let finding = Finding::new(
                format!("answered by ICMP after {after}: {en}"),
                format!("{after} 后得到 ICMP 应答：{zh}"),
            );
            ("icmp-unreachable", finding)
        }
        _ => {
            let finding = Finding::new(
                format!("ICMP to the {}: {en}; a soft error, the connection goes on", of.en),
                format!("发给{}的 ICMP：{zh}；软错误，连接继续", of.zh),
            );
            ("icmp-soft-error", finding)
        }
    }
}
