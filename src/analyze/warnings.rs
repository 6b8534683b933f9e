//! What the reader is warned of at the end: what was dropped, seen twice, split, overlapping or let go of. `None` where
//! there was none of it.

use crate::app::LeftOut;
use crate::timeline::Text;
use crate::timeline::amount::some;
use crate::track::LetGo;

/// Packets that the kernel let go while capturing.
pub(super) fn dropped(count: u64) -> Option<Text> {
    (count > 0).then(|| {
        Text::new(
            format!(
                "{} {} dropped while capturing: what was in {} is missing here",
                some(count, "packet"),
                if count == 1 { "was" } else { "were" },
                if count == 1 { "it" } else { "them" }
            ),
            format!("捕获时丢弃了 {count} 个数据包：时间线缺少其内容"),
        )
    })
}

/// Packets that the capture holds twice.
pub(super) fn captured_twice(count: u64) -> Option<Text> {
    (count > 0).then(|| {
        Text::new(
            format!(
                "{} seen twice (a mirror port, several interfaces, or doubled by the network); each counts once",
                some(count, "packet")
            ),
            format!("{count} 个数据包出现两次（镜像端口、多个接口，或被网络复制）：只计一次"),
        )
    })
}

/// Lookups of names that found no room.
pub(super) fn lookups_left_out(count: u64) -> Option<Text> {
    (count > 0).then(|| {
        Text::new(
            format!("{} of names not shown: too many are recorded", some(count, "lookup")),
            format!("{count} 次域名查询未显示：记录过多"),
        )
    })
}

/// Calls of programs that found no room.
pub(super) fn calls_left_out(count: u64) -> Option<Text> {
    (count > 0).then(|| {
        Text::new(
            format!("{} of programs not shown: too many are recorded", some(count, "call")),
            format!("程序的 {count} 次调用未显示：记录过多"),
        )
    })
}

/// Messages of applications that found no room, or were not read.
pub(super) fn unread(left_out: LeftOut) -> Vec<Text> {
    let LeftOut { messages, bodies, connections } = left_out;
    let told = [
        (messages, "message", " of applications not shown: there are too many", "应用程序的", "条消息未显示：数量过多"),
        (bodies, "message", " shown without the body: there is no room for more", "", "条消息未保留正文：空间不足"),
        (
            connections,
            "connection",
            " not read to the end for messages: too much is under way at once",
            "",
            "个连接的消息未读完：同时进行的内容过多",
        ),
    ];
    let told = told.into_iter().filter(|(count, ..)| *count > 0);
    let told = told.map(|(count, thing, en, zh, behind)| {
        let gap = if zh.is_empty() { "" } else { " " };
        Text::new(some(count, thing) + en, format!("{zh}{gap}{count} {behind}"))
    });
    told.collect()
}

/// Connections whose messages nobody looked for: only the first ones are read.
pub(super) fn beyond_reading(count: u64) -> Option<Text> {
    (count > 0).then(|| {
        Text::new(
            format!(
                "{} later than the first ones not read for messages: a packet filter chooses which ones come",
                some(count, "connection")
            ),
            format!("后面的 {count} 个连接未读取消息：可用包过滤器选择连接"),
        )
    })
}

/// IP fragments that overlap and agree.
pub(super) fn overlapping(count: u64) -> Option<Text> {
    (count > 0).then(|| {
        Text::new(
            format!(
                "{} overlapped others with the same octets: no host sends such (RFC 5722); they were put together all the same",
                some(count, "IP fragment")
            ),
            format!("{count} 个 IP 分片与其他分片重叠且内容相同：正常主机不会这样发送（RFC 5722）；仍已重组"),
        )
    })
}

/// Connections whose directions go by different VLANs.
pub(super) fn split_by_vlan(count: u64) -> Option<Text> {
    let who = if count == 1 { "1 connection has".into() } else { format!("{count} connections have") };
    (count > 0).then(|| {
        Text::new(
            format!("{who} another VLAN (or no tag) in one direction than in the other, as where a mirror port shows a trunk: both directions were put together"),
            format!("{count} 个连接两个方向的 VLAN 不同（或仅一个方向带标签），常见于镜像 Trunk 端口：已合并两个方向"),
        )
    })
}

/// What was let go of, so that memory stays bounded.
pub(super) fn let_go(let_go: LetGo) -> Option<Text> {
    let LetGo { active, lone_syns, stragglers } = let_go;
    let parts = [
        (active, "connection", " still open", "个未结束的连接"),
        (lone_syns, "unanswered SYN", "", "个未得到应答的 SYN"),
        (stragglers, "segment", " after the end of its connection", "个在连接结束之后到达的报文段"),
    ];
    let told = parts.iter().filter(|(count, ..)| *count > 0);
    let (en, zh): (Vec<String>, Vec<String>) =
        told.map(|(count, thing, more, zh)| (some(*count, thing) + more, format!("{count} {zh}"))).unzip();
    (!en.is_empty()).then(|| {
        Text::new(
            format!("let go of early, so that memory stays bounded (they are counted): {}", en.join(", ")),
            format!("为限制内存而提前放弃跟踪（已计数）：{}", zh.join("、")),
        )
    })
}
