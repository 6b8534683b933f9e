//! The lines of the head on loss, order and flow; a connection with nothing to tell has none.

use super::*;
use crate::render::time;
use crate::timeline::amount::some;
use crate::timeline::{FlowTotals, Lang, Vantage};

/// Fewer round trips than this say no more than the handshake does.
const FEW: u64 = 8;
/// A round trip counts as that of the whole way where what it leaves out is less than a fourth of it.
const NEAR: i64 = 4;
/// What a host itself takes to answer is less than this, nanoseconds.
const WORTH_NS: i64 = 200_000;

/// Label and text of each line.
pub(super) fn rows(ladder: &Ladder, style: &Style) -> Vec<(&'static str, String)> {
    let lang = style.lang;
    let mut rows = vec![
        (lang.pick("loss", "丢包"), by_side(ladder, style, loss)),
        (lang.pick("flow", "流控"), by_side(ladder, style, flow)),
        (lang.pick("marks", "标记"), by_side(ladder, style, marks)),
        (lang.pick("RTT", "往返"), by_side(ladder, style, round_trips)),
    ];
    if let Some((_, text)) = rows.last_mut().filter(|(_, text)| !text.is_empty()) {
        text.extend(part_of_way(ladder, style));
    }
    let twice = ladder.connection.captured_twice;
    if twice > 0 {
        let doubled = ladder.connection.doubled_by_network;
        let text = match (lang, doubled) {
            (Lang::En, 0) => format!("{} seen twice; each counts once", some(twice, "packet")),
            (Lang::Zh, 0) => format!("{twice} 个数据包出现两次，只计一次"),
            (Lang::En, _) if doubled == twice => format!(
                "{} doubled by the network, as the receiver reports (D-SACK); each counts once",
                some(twice, "packet")
            ),
            (Lang::Zh, _) if doubled == twice => {
                format!("{twice} 个数据包被网络复制（接收方以 D-SACK 报告），只计一次")
            }
            (Lang::En, _) => format!(
                "{} seen twice, {doubled} of them doubled by the network, as the receiver reports (D-SACK); each counts once",
                some(twice, "packet")
            ),
            (Lang::Zh, _) => {
                format!("{twice} 个数据包出现两次，其中 {doubled} 个被网络复制（接收方以 D-SACK 报告），只计一次")
            }
        };
        rows.push((lang.pick("copies", "重复"), text));
    }
    rows.retain(|(_, text)| !text.is_empty());
    rows
}

/// What `tell` has to say of each side's totals, under its name.
fn by_side(ladder: &Ladder, style: &Style, tell: fn(&FlowTotals, Lang) -> Vec<String>) -> String {
    let totals = &ladder.connection.totals;
    let sides = [(Side::Left, &totals.client), (Side::Right, &totals.server)];
    let told = sides.into_iter().filter_map(|(side, totals)| {
        let parts = tell(totals, style.lang);
        let who = crate::render::summary::lane_name(ladder.lanes.get(side), style);
        (!parts.is_empty()).then(|| match style.lang {
            Lang::En => format!("{who}: {}", parts.join(", ")),
            Lang::Zh => format!("{who}：{}", parts.join("，")),
        })
    });
    told.collect::<Vec<_>>().join(style.lang.pick("; ", "；"))
}

fn loss(totals: &FlowTotals, lang: Lang) -> Vec<String> {
    let causes = totals.causes.unwrap_or_default();
    counted(
        lang,
        &[
            (causes.timeout, "after a timeout", "超时重传"),
            (causes.after_timeout, "in its wake", "超时后继续重传"),
            (causes.fast, "fast retransmission(s)", "快速重传"),
            (causes.tail_loss_probe, "tail loss probe(s)", "尾部丢失探测"),
            (causes.path_mtu, "after ICMP packet too big", "ICMP 数据包过大后重传"),
            (causes.already_acknowledged, "sent again though acknowledged", "已确认却重传"),
            (causes.unknown, "sent again without a cause seen", "原因不明的重传"),
            (causes.spurious, "proved needless", "证明不必要"),
            (totals.lost_before_capture, "lost before the capture", "在观测点之前丢失"),
            (totals.out_of_order, "out of order", "乱序"),
            (totals.duplicate_acks, "duplicate ACK(s) sent", "发出的重复 ACK"),
            (totals.outdated, "with outdated timestamps", "时间戳过期"),
        ],
    )
}

fn flow(totals: &FlowTotals, lang: Lang) -> Vec<String> {
    let mut parts = Vec::new();
    if let Some(closed) = totals.zero_window {
        let (total, longest) = (time::span(closed.total_ns), time::span(closed.longest_ns));
        parts.push(match lang {
            Lang::En => format!(
                "window closed {}, {total} in all, {longest} at most, {}",
                words::times(u32::try_from(closed.spells).unwrap_or(u32::MAX), lang),
                some(closed.probes, "probe")
            ),
            Lang::Zh => format!("窗口关闭 {} 次，共 {total}，最长 {longest}，探测 {} 次", closed.spells, closed.probes),
        });
    }
    parts.extend(counted(
        lang,
        &[
            (totals.window_full, "x the other's window full", "次填满对方窗口"),
            (totals.acks.map_or(0, |acks| acks.delayed), "delayed ACK(s)", "个延迟确认"),
            (totals.keep_alives, "keep-alive(s)", "次保活"),
            (totals.keep_alives_unanswered, "of them in a row unanswered", "次连续无应答"),
        ],
    ));
    parts
}

fn marks(totals: &FlowTotals, lang: Lang) -> Vec<String> {
    let ecn = totals.ecn.unwrap_or_default();
    counted(
        lang,
        &[
            (ecn.marked, "packet(s) marked by routers (CE)", "个数据包被路由器标记（CE）"),
            (ecn.echoes, "echo(es) (ECE)", "次回显（ECE）"),
            (ecn.reduced, "reduction(s) (CWR)", "次减小窗口（CWR）"),
        ],
    )
}

fn round_trips(totals: &FlowTotals, lang: Lang) -> Vec<String> {
    let Some(rtt) = totals.rtt.filter(|rtt| rtt.samples >= FEW) else { return Vec::new() };
    let [min, median, max] = [rtt.min_ns, rtt.median_ns, rtt.max_ns].map(time::span);
    vec![match lang {
        Lang::En => format!("{min} / {median} / {max} (least, median, most of {})", rtt.samples),
        Lang::Zh => format!("{min} / {median} / {max}（{} 次的最小、中位、最大）", rtt.samples),
    }]
}

/// Where the capture stands shows only a part of the way in round trips: those of data cover the way from the capture to
/// the data's receiver and back. Nothing where that is the whole of it.
fn part_of_way(ladder: &Ladder, style: &Style) -> Option<String> {
    if matches!(ladder.source.vantage, Vantage::Both | Vantage::Loopback) {
        return None;
    }
    let (open, totals) = (&ladder.connection.open, &ladder.connection.totals);
    // The handshake's may hold the time that a host took.
    let least = |shake: Option<i64>, totals: &FlowTotals| {
        let shake = shake.filter(|_| open.rtt_valid);
        shake.into_iter().chain(totals.rtt.map(|rtt| rtt.min_ns)).min()
    };
    let to_server = least(open.syn_to_synack_ns, &totals.client)?;
    let to_client = least(open.synack_to_ack_ns, &totals.server)?;
    // The rest of the way is what the other direction's round trips cover.
    let sides = [
        (Side::Left, &totals.client, to_client, to_server, Side::Right),
        (Side::Right, &totals.server, to_server, to_client, Side::Left),
    ];
    let name = |side: Side| crate::render::summary::lane_name(ladder.lanes.get(side), style);
    let told = sides.into_iter().filter(|(_, totals, rest, own, _)| {
        totals.rtt.is_some_and(|rtt| rtt.samples >= FEW) && *own < rest.saturating_mul(NEAR) && *rest >= WORTH_NS
    });
    let told: Vec<String> = told
        .map(|(whose, .., receiver)| match style.lang {
            Lang::En => format!("{}'s only from the capture to {} and back", name(whose), name(receiver)),
            Lang::Zh => format!("{}的数据仅为观测点与{}之间的往返", name(whose), name(receiver)),
        })
        .collect();
    let told = told.join(style.lang.pick(", ", "，"));
    (!told.is_empty()).then(|| match style.lang {
        Lang::En => format!("; {told}: not the whole way"),
        Lang::Zh => format!("；{told}，不是全程"),
    })
}

fn counted(lang: Lang, counts: &[(u64, &str, &str)]) -> Vec<String> {
    counts
        .iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, en, zh)| match lang {
            Lang::En if *count == 1 => format!("1 {}", en.replace("(s)", "").replace("(es)", "")),
            Lang::En => format!("{count} {}", en.replace("(s)", "s").replace("(es)", "es")),
            Lang::Zh => format!("{count} {zh}"),
        })
        .collect()
}
