//! Rules of explicit congestion notification: who offered it, who took it up, and what routers and peers say by it.

use super::words::role;
use super::{Finding, Rule};
use crate::timeline::Severity::{Lesson, Note};
use crate::track::{EcnNews, Seen};

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "ecn-agreed",
        severity: Lesson,
        rfc: "RFC 3168 6.1.1",
        explain: (
            "The SYN bore ECE and CWR, the SYN,ACK answers with ECE: from here on routers may mark packets instead of dropping them.",
            "SYN 带有 ECE 和 CWR，SYN,ACK 以 ECE 应答：此后路由器可以标记数据包而不是丢弃。",
        ),
        advice: Some((
            "Nothing: marks now tell of congestion before packets are dropped.",
            "无需处理：此后在丢包之前由标记告知拥塞。",
        )),
        check: |_, seen| {
            one(
                seen,
                EcnNews::Agreed,
                "ECN agreed: routers may mark instead of drop",
                "协商启用 ECN：路由器可标记而不丢弃",
            )
        },
    },
    Rule {
        id: "accurate-ecn-agreed",
        severity: Lesson,
        rfc: "RFC 9768 3.1",
        explain: (
            "The SYN bore AE, CWR and ECE, and the SYN,ACK answers in kind: the three bits now count marked packets instead of telling of one per round trip.",
            "SYN 带有 AE、CWR 和 ECE，SYN,ACK 相应应答：此后这三位用来计数被标记的数据包，而不是每个往返只报告一次。",
        ),
        advice: Some(("Nothing: marks are now counted one by one.", "无需处理：此后逐个计数标记。")),
        check: |_, seen| {
            one(seen, EcnNews::AgreedAccurate, "accurate ECN agreed: marks are counted", "协商启用精确 ECN：对标记计数")
        },
    },
    Rule {
        id: "ecn-refused",
        severity: Lesson,
        rfc: "RFC 3168 6.1.1",
        explain: (
            "The client offered ECN and the server does not take it up. On Linux it accepts by default (net.ipv4.tcp_ecn=2), so a device on the way may have cleared the bits.",
            "客户端提议 ECN，服务器没有接受。Linux 默认接受（net.ipv4.tcp_ecn=2），因此可能是途中设备清除了这些位。",
        ),
        advice: Some((
            "If ECN is wanted, compare the SYN at both ends: cleared bits name a device on the way; else set net.ipv4.tcp_ecn on the server.",
            "若需要 ECN，比较两端捕获的 SYN：位被清除说明途中设备所为；否则在服务器上设置 net.ipv4.tcp_ecn。",
        )),
        check: |_, seen| one(seen, EcnNews::Refused, "ECN was offered and is not taken up", "提议了 ECN，但未被接受"),
    },
    Rule {
        id: "congestion-experienced",
        severity: Note,
        rfc: "RFC 3168 5",
        explain: (
            "A router on the way marked this packet (CE) because its queue grows: the sender will slow down as if it had been lost, and nothing is lost.",
            "途中路由器因队列增长而标记了该数据包（CE）：发送方将像丢包一样减速，而没有任何丢失。",
        ),
        advice: Some((
            "Active queue management does its work. Many marks mean a link that is full: find it by capturing before and after.",
            "主动队列管理在起作用。大量标记说明有链路已满：在其前后捕获即可找到。",
        )),
        check: |_, seen| {
            one(seen, EcnNews::CongestionExperienced, "marked by a router: congestion (CE)", "被路由器标记：拥塞（CE）")
        },
    },
    Rule {
        id: "ecn-echo",
        severity: Note,
        rfc: "RFC 3168 6.1.3",
        explain: (
            "The receiver tells the sender of a marked packet, and goes on with every segment until the sender answers by CWR.",
            "接收方告知发送方有数据包被标记，并在每个报文段中重复，直到发送方以 CWR 应答。",
        ),
        advice: Some((
            "Nothing on the hosts. Many echoes mean a full link: capture before and after it.",
            "主机上无需处理。大量回显说明有链路已满：在其前后捕获。",
        )),
        check: |_, seen| {
            let who = role(seen.peer);
            (seen.recovery.ecn == Some(EcnNews::Echo)).then(|| {
                Finding::new(
                    format!("ECE: the {} has received a marked packet", who.en),
                    format!("ECE：{}收到了被标记的数据包", who.zh),
                )
            })
        },
    },
    Rule {
        id: "window-reduced",
        severity: Note,
        rfc: "RFC 3168 6.1.2",
        explain: (
            "The sender has reduced its congestion window because of a mark (or of a loss), and tells the receiver to stop echoing.",
            "发送方因标记（或丢包）减小了拥塞窗口，并告知接收方停止回显。",
        ),
        advice: Some((
            "Nothing: the sender slows down as it should. If the rate stays low, find the router that marks.",
            "无需处理：发送方按规定减速。若速率一直很低，找出打标记的路由器。",
        )),
        check: |_, seen| {
            one(
                seen,
                EcnNews::Reduced,
                "CWR: the sender has reduced its congestion window",
                "CWR：发送方已减小拥塞窗口",
            )
        },
    },
];

fn one(seen: &Seen<'_>, news: EcnNews, en: &str, zh: &str) -> Option<Finding> {
    (seen.recovery.ecn == Some(news)).then(|| Finding::new(en, zh))
}
