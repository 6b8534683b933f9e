//! Some lives of connections.

use super::{Build, MS, S};
use State::{
    CloseWait, Closed, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynReceived, SynSent,
    TimeWait as Waits,
};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use synfin::tcp::{Basis, MslProfile, State};
use synfin::timeline::*;

const US: i64 = 1_000;

/// A download that the client closes first, with its TIME-WAIT still running when the capture ends.
pub fn download() -> Timeline {
    let mut b = Build::new();
    b.timeline.endpoints[0].process = Some("synfin[4242]".to_string());
    b.timeline.endpoints[1].process = Some("synfin[4242]".to_string());
    b.timeline.endpoints[1].name = Some("localhost".to_string());
    b.handshake(48 * US);
    b.at(76 * US).c("PSH,ACK", 1, Some(1), 9);
    b.at(90 * US).s("ACK", 1, Some(10), 0);
    b.at(300 * US).s("PSH,ACK", 1, Some(10), 20000);
    b.at(330 * US).c("ACK", 10, Some(20001), 0);
    b.phase(Phase::Close);
    b.at(400 * US).c("FIN,ACK", 10, Some(20001), 0).state(true, Some(Established), FinWait1, Basis::Observed).note(
        Severity::Lesson,
        "The client has nothing more to send: it closes first.",
        "客户端没有更多数据要发送：主动关闭。",
    );
    b.state(false, Some(Established), CloseWait, Basis::Inferred);
    b.at(421 * US).s("ACK", 20001, Some(11), 0).state(true, Some(FinWait1), FinWait2, Basis::Inferred);
    b.at(480 * US).s("FIN,ACK", 20001, Some(11), 0).state(false, Some(CloseWait), LastAck, Basis::Observed);
    b.state(true, Some(FinWait2), Waits, Basis::Kernel);
    let due = 480 * US + 60 * S;
    b.phase(Phase::TimeWait).timer(true, TimerAction::Begins, Some(due), None);
    b.phase(Phase::Close);
    b.at(502 * US).c("ACK", 11, Some(20002), 0).state(false, Some(LastAck), Closed, Basis::Inferred);
    b.phase(Phase::TimeWait);
    b.at(150 * MS).timer(true, TimerAction::CaptureEnded, None, Some(due - 150 * MS));
    let kernel = KernelTimer { asked_ns: 140 * MS, remaining_ns: 59_872 * MS, gone_ns: None };
    if let Detail::Timer(timer) = &mut b.event().detail {
        timer.kernel = Some(kernel.clone());
    }
    let client = b.client();
    let it = b.it();
    it.close.kind = CloseKind::FourSegment;
    it.close.title = Text::new("four-way teardown", "四次挥手");
    it.close.active_closer = Some(client.clone());
    it.time_wait.push(synfin::timeline::TimeWait {
        endpoint: client,
        begins_ns: 480 * US,
        due_ns: due,
        two_msl_ns: 60 * S,
        msl_profile: MslProfile::Linux,
        rearmed: 0,
        end: EndCause::CaptureEnded,
        end_ns: 150 * MS,
        remaining_ns: due - 150 * MS,
        basis: Basis::Kernel,
        kernel: Some(kernel),
    });
    it.verdict = Text::new(
        "Opened by a three-way handshake, 20,000 octets downloaded, closed in order; the client waits in TIME-WAIT.",
        "三次握手建立连接，下载 20,000 字节，正常关闭；客户端处于 TIME-WAIT。",
    );
    b.done()
}

/// The same until TIME-WAIT is really over.
pub fn followed() -> Timeline {
    let mut timeline = download();
    let Detail::Timer(timer) = &mut timeline.events.last_mut().unwrap().detail else { unreachable!() };
    timer.action = TimerAction::Expired;
    timer.remaining_ns = Some(0);
    timer.kernel = Some(KernelTimer { asked_ns: S, remaining_ns: 59 * S, gone_ns: Some(60_900 * MS) });
    let last = timeline.events.last_mut().unwrap();
    last.t_ns = 60_900 * MS;
    last.states.push(StateChange {
        endpoint: "e1".to_string(),
        from: Some(Waits),
        from_basis: None,
        to: Closed,
        basis: Basis::Kernel,
        signal: "msl-timeout".to_string(),
        rfc: "9293 3.10.8".to_string(),
        at_ns: None,
        evidence: None,
    });
    let wait = &mut timeline.connections[0].time_wait[0];
    wait.end = EndCause::Expired;
    wait.remaining_ns = 0;
    timeline
}

/// Nobody listens.
pub fn refused() -> Timeline {
    let mut b = Build::new();
    b.c("SYN", 0, None, 0).state(true, Some(Closed), SynSent, Basis::Observed);
    b.at(11 * US).s("RST,ACK", 0, Some(1), 0).state(true, Some(SynSent), Closed, Basis::Inferred).note(
        Severity::Error,
        "Connection refused: nothing listens on port 8080, so the server's TCP answers the SYN with RST.",
        "连接被拒绝：8080 端口没有程序监听，服务器的 TCP 用 RST 回应 SYN。",
    );
    let it = b.it();
    it.open.kind = OpenKind::Refused;
    it.open.title = Text::new("refused", "连接被拒绝");
    it.verdict = Text::new("Refused: the port is closed.", "被拒绝：端口未开放。");
    b.done()
}

/// Nobody answers at all: three SYNs, none of which is known to have arrived.
pub fn unanswered() -> Timeline {
    let mut b = Build::new();
    for (n, at) in [0, 1_020 * MS, 3_060 * MS].into_iter().enumerate() {
        b.at(at).c("SYN", 0, None, 0);
        if let Detail::Segment(segment) = &mut b.event().detail {
            segment.fate = Fate::Unknown;
            segment.repeats = (n > 0).then_some(1);
        }
        if n == 0 {
            b.state(true, Some(Closed), SynSent, Basis::Observed);
        }
    }
    let it = b.it();
    it.open.kind = OpenKind::Unanswered;
    it.open.title = Text::new("unanswered", "无应答");
    it.open.syn_retransmissions = 2;
    b.done()
}

/// Both close at once and both wait; the server's wait starts anew and ends by a RST.
pub fn simultaneous_close() -> Timeline {
    let mut b = Build::new();
    b.handshake(20 * MS);
    b.phase(Phase::Close).at(30 * MS).c("FIN,ACK", 1, Some(1), 0).state(
        true,
        Some(Established),
        FinWait1,
        Basis::Observed,
    );
    b.at(31 * MS).s("FIN,ACK", 1, Some(1), 0).state(false, Some(Established), FinWait1, Basis::Observed);
    b.at(40 * MS).c("ACK", 2, Some(2), 0).state(true, Some(FinWait1), Closing, Basis::Inferred);
    b.at(41 * MS).s("ACK", 2, Some(2), 0).state(false, Some(FinWait1), Closing, Basis::Inferred);
    b.state(true, Some(Closing), Waits, Basis::Inferred).state(false, Some(Closing), Waits, Basis::Inferred);
    b.phase(Phase::TimeWait);
    b.at(41 * MS).timer(true, TimerAction::Begins, Some(41 * MS + 60 * S), None);
    b.timer(false, TimerAction::Begins, Some(41 * MS + 60 * S), None);
    b.at(8 * S).c("FIN,ACK", 1, Some(2), 0).repeats(4);
    b.timer(false, TimerAction::Rearmed, Some(68 * S), None);
    b.at(20 * S).c("RST", 2, None, 0).timer(false, TimerAction::Reset, None, Some(48 * S));
    b.state(false, Some(Waits), Closed, Basis::Inferred);
    b.at(60 * S + 41 * MS).timer(true, TimerAction::Expired, None, Some(0)).state(
        true,
        Some(Waits),
        Closed,
        Basis::Inferred,
    );
    b.it().close.kind = CloseKind::Simultaneous;
    b.it().close.title = Text::new("simultaneous close", "同时关闭");
    b.done()
}

/// A server that hangs up with data unread.
pub fn reset() -> Timeline {
    let mut b = Build::new();
    b.handshake(60 * US);
    b.at(5 * MS).c("PSH,ACK", 1, Some(1), 512);
    b.phase(Phase::Close).at(6 * MS).s("RST,ACK", 1, Some(513), 0).state(
        false,
        Some(Established),
        Closed,
        Basis::Observed,
    );
    b.state(true, Some(Established), Closed, Basis::Inferred).note(
        Severity::Error,
        "The server cut the connection with RST; what was on its way is lost.",
        "服务器用 RST 切断连接；在途数据丢失。",
    );
    let server = b.server();
    let it = b.it();
    it.close.kind = CloseKind::Reset;
    it.close.title = Text::new("reset by the server", "被服务器复位");
    it.close.active_closer = Some(server);
    b.done()
}

/// One side closes, the other goes on sending; addresses as long as they come.
pub fn half_close_ipv6() -> Timeline {
    let long = |last| IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0x85a3, 0x8d3, 0x1319, 0x8a2e, 0x370, last));
    let mut b = Build::between((long(0x7348), 50000), (long(0x9999), 65535));
    b.timeline.source.kind = SourceKind::File;
    b.timeline.source.name = "half-close.pcap".to_string();
    b.timeline.source.vantage = Vantage::Client;
    b.handshake(30 * MS);
    b.phase(Phase::Close).at(31 * MS).c("FIN,ACK", 1, Some(1), 0).state(
        true,
        Some(Established),
        FinWait1,
        Basis::Observed,
    );
    b.at(62 * MS).s("ACK", 1, Some(2), 0).state(false, Some(Established), CloseWait, Basis::Inferred);
    b.state(true, Some(FinWait1), FinWait2, Basis::Inferred);
    b.at(12 * S).s("PSH,ACK", 1, Some(2), 1448).note(
        Severity::Note,
        "Half-close: the server still sends after the client's FIN.",
        "半关闭：客户端发送 FIN 之后，服务器仍在发送数据。",
    );
    b.at(12 * S + 40 * US).c("ACK", 2, Some(1449), 0);
    b.at(12 * S + 90 * US).s("FIN,ACK", 1449, Some(2), 0).state(false, Some(CloseWait), LastAck, Basis::Observed);
    b.state(true, Some(FinWait2), Waits, Basis::Inferred);
    b.at(12 * S + 120 * US).c("ACK", 2, Some(1450), 0).state(false, Some(LastAck), Closed, Basis::Inferred);
    let client = b.client();
    let it = b.it();
    it.close.kind = CloseKind::HalfClosed;
    it.close.title = Text::new("half-close with late data", "半关闭，之后仍有数据");
    it.close.active_closer = Some(client.clone());
    it.time_wait.push(synfin::timeline::TimeWait {
        endpoint: client,
        begins_ns: 12 * S + 90 * US,
        due_ns: 72 * S + 90 * US,
        two_msl_ns: 60 * S,
        msl_profile: MslProfile::Linux,
        rearmed: 0,
        end: EndCause::CaptureEnded,
        end_ns: 12 * S + 120 * US,
        remaining_ns: 60 * S - 30 * US,
        basis: Basis::Inferred,
        kernel: None,
    });
    b.done()
}

/// The first SYN is lost, the second comes through after 1.02 s; 300 segments follow, folded.
pub fn lost_syn_and_fold() -> Timeline {
    let mut b = Build::new();
    b.c("SYN", 0, None, 0).state(true, Some(Closed), SynSent, Basis::Observed).lost();
    b.at(1_021_340 * US).c("SYN", 0, None, 0).repeats(1).note(
        Severity::Warning,
        "SYN retransmission 1 after 1.021 s: no answer to the first.",
        "SYN 第 1 次重传，间隔 1.021 s：第一个没有应答。",
    );
    let (client, server) = (b.client(), b.server());
    b.at(1_021_380 * US).s("SYN,ACK", 0, Some(1), 0).state(false, Some(Listen), SynReceived, Basis::Observed);
    b.state(true, Some(SynSent), Established, Basis::Inferred);
    b.at(1_021_400 * US).c("ACK", 1, Some(1), 0).state(false, Some(SynReceived), Established, Basis::Inferred);
    b.phase(Phase::Data).at(1_022_000 * US).push(Detail::Run(Run {
        end_ns: 1_067_200 * US,
        first_frame: 5,
        last_frame: 304,
        count: 300,
        flows: vec![
            Flow { from: server.clone(), to: client.clone(), segments: 200, bytes: 2_896_000 },
            Flow { from: client, to: server, segments: 100, bytes: 0 },
        ],
    }));
    b.it().open.rtt_valid = false;
    b.it().open.syn_retransmissions = 1;
    b.done()
}

/// Several connections of many kinds.
pub fn many() -> Timeline {
    let host = |last| IpAddr::V4(Ipv4Addr::new(192, 0, 2, last));
    let mut b = Build::between((host(10), 40001), (host(80), 443));
    b.handshake(20 * MS);
    let kinds = [
        (OpenKind::ThreeWay, CloseKind::FourSegment),
        (OpenKind::Refused, CloseKind::None),
        (OpenKind::ThreeWay, CloseKind::Reset),
        (OpenKind::Unanswered, CloseKind::None),
        (OpenKind::MidStream, CloseKind::HalfClosed),
        (OpenKind::ThreeWay, CloseKind::ThreeSegment),
    ];
    for (n, (open, close)) in kinds.into_iter().enumerate() {
        if n > 0 {
            b.connect((host(10), 40001 + n as u16), (host(80), 443));
            b.at(n as i64 * S).handshake(20 * MS);
        }
        b.at(n as i64 * S + 50 * MS).s("PSH,ACK", 1, Some(1), 12_345 * (n as u32 + 1));
        let (client, server) = (b.client(), b.server());
        let it = b.it();
        it.open.kind = open;
        it.close.kind = close;
        if close != CloseKind::None {
            it.close.active_closer = Some(if n % 2 == 0 { client.clone() } else { server });
        }
        if matches!(close, CloseKind::FourSegment | CloseKind::ThreeSegment) {
            it.time_wait.push(synfin::timeline::TimeWait {
                endpoint: client,
                begins_ns: it.end_ns,
                due_ns: it.end_ns + 60 * S,
                two_msl_ns: 60 * S,
                msl_profile: MslProfile::Linux,
                rearmed: 0,
                end: if n == 0 { EndCause::Expired } else { EndCause::CaptureEnded },
                end_ns: it.end_ns,
                remaining_ns: if n == 0 { 0 } else { 42 * S },
                basis: Basis::Inferred,
                kernel: None,
            });
        }
        it.verdict = Text::new("Opened and closed in order.", "正常建立，正常关闭。");
    }
    b.timeline
        .source
        .warnings
        .push(Text::new("The file is cut short: its last packet is incomplete.", "文件被截断：最后一个数据包不完整。"));
    b.done()
}
