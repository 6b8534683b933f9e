//! Names of kinds and roles in both languages, one place for each word.

use crate::decode::Reason;
use crate::timeline::{CloseKind, EndCause, Lang, OpenKind, Phase, Role, SourceKind, Vantage};

pub(super) fn role(role: Role, lang: Lang) -> &'static str {
    match role {
        Role::Client => lang.pick("client", "客户端"),
        Role::Server => lang.pick("server", "服务器"),
        Role::Peer => lang.pick("peer", "对端"),
    }
}

pub(super) fn phase(phase: Phase, lang: Lang) -> &'static str {
    match phase {
        Phase::Lookup => lang.pick("LOOKUP", "查询"),
        Phase::Open => lang.pick("OPEN", "建立连接"),
        Phase::Data => lang.pick("DATA", "数据传输"),
        Phase::Close => lang.pick("CLOSE", "关闭连接"),
        Phase::TimeWait => "TIME-WAIT",
    }
}

/// A short name for tables; the timeline's own title is longer.
pub(super) fn open(kind: OpenKind, lang: Lang) -> &'static str {
    match kind {
        OpenKind::ThreeWay => lang.pick("three-way", "三次握手"),
        OpenKind::Simultaneous => lang.pick("simultaneous", "同时打开"),
        OpenKind::SelfConnect => lang.pick("self-connect", "自连接"),
        OpenKind::FastOpen => lang.pick("fast open", "快速打开"),
        OpenKind::Split => lang.pick("split", "分离握手"),
        OpenKind::Refused => lang.pick("refused", "被拒绝"),
        OpenKind::Unreachable => lang.pick("unreachable", "不可达"),
        OpenKind::Unanswered => lang.pick("unanswered", "无应答"),
        OpenKind::HalfOpen => lang.pick("half-open", "半打开"),
        OpenKind::MidStream => lang.pick("mid-stream", "中途捕获"),
        OpenKind::OneSided => lang.pick("one-sided", "仅见单向"),
    }
}

pub(super) fn close(kind: CloseKind, lang: Lang) -> &'static str {
    match kind {
        CloseKind::FourSegment => lang.pick("four-segment", "四次挥手"),
        CloseKind::ThreeSegment => lang.pick("three-segment", "三次挥手"),
        CloseKind::HalfClosed => lang.pick("half-closed", "半关闭"),
        CloseKind::Simultaneous => lang.pick("simultaneous", "同时关闭"),
        CloseKind::Reset => lang.pick("reset", "复位"),
        CloseKind::ResetAfterFin => lang.pick("reset after FIN", "FIN 后复位"),
        CloseKind::UnansweredFin => lang.pick("unanswered FIN", "FIN 无应答"),
        CloseKind::None => lang.pick("still open", "仍未关闭"),
    }
}

/// Where room is scarce.
pub(super) fn open_short(kind: OpenKind, lang: Lang) -> &'static str {
    match kind {
        OpenKind::ThreeWay => lang.pick("3-way", "三次"),
        OpenKind::Simultaneous => lang.pick("simult.", "同时"),
        OpenKind::SelfConnect => lang.pick("self", "自连接"),
        OpenKind::Unanswered => lang.pick("no answer", "无应答"),
        OpenKind::MidStream => lang.pick("midway", "中途"),
        OpenKind::OneSided => lang.pick("one-sided", "单向"),
        other => open(other, lang),
    }
}

/// Where room is scarce.
pub(super) fn close_short(kind: CloseKind, lang: Lang) -> &'static str {
    match kind {
        CloseKind::FourSegment => lang.pick("4-seg", "四次"),
        CloseKind::ThreeSegment => lang.pick("3-seg", "三次"),
        CloseKind::HalfClosed => lang.pick("half", "半关闭"),
        CloseKind::Simultaneous => lang.pick("simult.", "同时"),
        CloseKind::ResetAfterFin => lang.pick("FIN, RST", "FIN、RST"),
        CloseKind::UnansweredFin => lang.pick("FIN", "FIN"),
        CloseKind::Reset | CloseKind::None => close(kind, lang),
    }
}

pub(super) fn end(cause: EndCause, lang: Lang) -> &'static str {
    match cause {
        EndCause::Expired => lang.pick("expired", "已到期"),
        EndCause::Reused => lang.pick("reused", "被重用"),
        EndCause::Reset => lang.pick("reset", "被复位"),
        EndCause::CaptureEnded => lang.pick("still waiting", "仍在等待"),
        EndCause::LetGo => lang.pick("not watched", "未跟踪到底"),
    }
}

pub(super) fn source(kind: SourceKind, lang: Lang) -> &'static str {
    match kind {
        SourceKind::Live => lang.pick("live on", "实时捕获"),
        SourceKind::File => lang.pick("file", "文件"),
        SourceKind::Lab => lang.pick("lab", "实验"),
    }
}

pub(super) fn vantage(vantage: Vantage, lang: Lang) -> &'static str {
    match vantage {
        Vantage::Loopback => lang.pick("loopback", "环回"),
        Vantage::Client => lang.pick("seen at the client", "在客户端观测"),
        Vantage::Server => lang.pick("seen at the server", "在服务器端观测"),
        Vantage::Network => lang.pick("seen in the network", "在网络中观测"),
        Vantage::Both => lang.pick("seen at both ends", "在两端观测"),
    }
}

/// How often: `once`, `twice`, `3 times`.
pub(super) fn times(count: u32, lang: Lang) -> String {
    match (count, lang) {
        (1, Lang::En) => "once".to_string(),
        (2, Lang::En) => "twice".to_string(),
        (_, Lang::En) => format!("{count} times"),
        (_, Lang::Zh) => format!("{count} 次"),
    }
}

/// Why packets were left out, by the stable name in the timeline; `None` for a name of a later version.
pub(super) fn skipped(reason: &str, lang: Lang) -> Option<&'static str> {
    Reason::from_name(reason).map(|reason| reason.words(lang))
}
