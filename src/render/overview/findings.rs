//! What to look at first: ports that run out, who refuses, who never answers, who resets, who knocks everywhere.

use super::number::{grouped, percent};
use crate::render::safe;
use crate::render::text::Glyphs;
use crate::render::{Style, time};
use crate::timeline::{Lang, Overview, Route, Severity, Standout, TimeWaits};
use std::net::SocketAddr;

/// Hosts told for one reason.
const EACH: usize = 3;
/// A client that asked fewer times in vain is no scanner.
const SCAN_FROM: u64 = 10;

/// Sentences, the gravest first.
pub(super) fn findings(overview: &Overview, style: &Style) -> Vec<(Severity, String)> {
    let mut found = Vec::new();
    if let Some(waits) = &overview.time_wait {
        found.extend(waits.routes.iter().filter_map(|route| ports(route, waits, style)));
    }
    let (servers, clients, lang) = (&overview.servers, &overview.clients, style.lang);
    found.extend(knocker(overview, lang));
    found.extend(worst(&servers.refused, EACH).map(|server| {
        let (who, part) = (address(server), part(server, lang));
        let text = match lang {
            Lang::En if always(server) => format!("{who} refused {part}: nobody listens there"),
            Lang::Zh if always(server) => format!("{who} 拒绝了{part}：该端口没有进程监听"),
            Lang::En => format!("{who} refused {part}: at times nobody listened there"),
            Lang::Zh => format!("{who} 拒绝了{part}：该端口有时没有进程监听"),
        };
        (Severity::Error, text)
    }));
    found.extend(worst(&servers.unanswered, EACH).map(|server| {
        let (who, part) = (address(server), part(server, lang));
        let text = match lang {
            Lang::En if always(server) => format!("{who} never answered {part}: filtered, or nobody there"),
            Lang::Zh if always(server) => format!("{who} 没有应答{part}：被过滤，或目标不存在"),
            Lang::En => format!("{who} left {part} unanswered: lost on the way, or its accept queue was full"),
            Lang::Zh => format!("{who} 没有应答{part}：途中丢失，或其全连接队列已满"),
        };
        (Severity::Error, text)
    }));
    for (role, list) in
        [(lang.pick("server", "服务器"), &servers.reset), (lang.pick("client", "客户端"), &clients.reset)]
    {
        found.extend(worst(list, EACH - 1).map(|host| {
            let (who, part) = (address(host), part(host, lang));
            let text = match lang {
                Lang::En => format!("{who} ({role}) ended {part} by RST"),
                Lang::Zh => format!("{who}（{role}）以 RST 终止了{part}"),
            };
            (Severity::Warning, text)
        }));
    }
    found.sort_by_key(|(severity, _)| std::cmp::Reverse(rank(*severity)));
    found
}

/// A client that asks in vain at many places, more often than any server there refuses or keeps silent.
fn knocker(overview: &Overview, lang: Lang) -> Option<(Severity, String)> {
    let (servers, clients) = (&overview.servers, &overview.clients);
    let worst = servers.refused.iter().chain(&servers.unanswered).map(|server| server.count).max()?;
    let both = clients.refused.iter().chain(&clients.unanswered).map(|client| {
        let same = |list: &[Standout]| list.iter().find(|other| other.ip == client.ip).map_or(0, |other| other.count);
        Standout { count: same(&clients.refused).saturating_add(same(&clients.unanswered)), ..client.clone() }
    });
    let client = both.max_by_key(|client| client.count)?;
    if client.count < SCAN_FROM || client.count <= worst.saturating_mul(2) {
        return None;
    }
    let (who, part) = (address(&client), part(&client, lang));
    let text = match lang {
        Lang::En => format!("{who} asked at many places in vain, in {part}: a scan, or a stale list of addresses"),
        Lang::Zh => format!("{who} 向多个目标发起连接未成功，涉及{part}：扫描，或过期的地址列表"),
    };
    Some((Severity::Error, text))
}

/// The first few; those of which there is but one case only where nothing is worse.
fn worst(list: &[Standout], count: usize) -> impl Iterator<Item = &Standout> {
    list.iter().take(count).enumerate().filter(|(at, host)| *at == 0 || host.count > 1).map(|(_, host)| host)
}

/// On what the forecast of ports rests, where there is one.
pub(super) fn assumption(overview: &Overview, style: &Style) -> Option<String> {
    let waits = overview.time_wait.as_ref()?;
    let route = waits.routes.iter().find(|route| ports(route, waits, style).is_some())?;
    let lasts = time::span(waits.two_msl_ns);
    let count = grouped(waits.ports.into());
    let mut text = match style.lang {
        Lang::En => format!("assumed: {count} ports (Linux: 32768 to 60999), TIME-WAIT of {lasts}, no port reused"),
        Lang::Zh => format!("假定：{count} 个端口（Linux：32768 至 60999），TIME-WAIT 为 {lasts}，不重用端口"),
    };
    if route.client.is_loopback() {
        text += style.lang.pick(
            "; on loopback Linux reuses them after 1 s (tcp_tw_reuse=2)",
            "；环回接口上 Linux 在 1 s 后即可重用（tcp_tw_reuse=2）",
        );
    }
    Some(text)
}

/// Ports of one client for one server, where half of them or more were or will be held.
fn ports(route: &Route, waits: &TimeWaits, style: &Style) -> Option<(Severity, String)> {
    let all = u64::from(waits.ports);
    let grave = route.exhausted_in_ns.is_some() || route.peak >= all;
    // Reuse is proven: a port in TIME-WAIT is none that is missing.
    if route.reused > 0 || !grave && route.peak.saturating_mul(2) < all {
        return None;
    }
    let lang = style.lang;
    let server = SocketAddr::new(route.server, route.port);
    let arrow = Glyphs::of(style.charset).right;
    let (from, most, of) = (format!("{} {arrow} {server}", route.client), grouped(route.peak), grouped(all));
    let (share, when) = (percent(route.peak, all), time::span(route.peak_ns));
    let mut text = match lang {
        Lang::En => format!("{from}: {most} of {of} ports in TIME-WAIT at {when} ({share})"),
        Lang::Zh => format!("{from}：{when} 时有 {most} 个端口处于 TIME-WAIT，共 {of} 个（{share}）"),
    };
    let rate = route.interval_ns.map(|interval| grouped((1_000_000_000 / interval.max(1)).unsigned_abs()));
    match (route.exhausted_in_ns, rate, lang) {
        (Some(0), _, Lang::En) => text.push_str(": none is left for a new connection"),
        (Some(0), _, Lang::Zh) => text.push_str("：已没有端口可用于新连接"),
        (Some(left), Some(rate), Lang::En) => {
            text += &format!("; at this rate ({rate} a second) none is left {} after the capture", time::span(left));
        }
        (Some(left), Some(rate), Lang::Zh) => {
            text += &format!("；按此速率（每秒 {rate} 个），捕获结束后 {} 端口将用尽", time::span(left));
        }
        _ => {}
    }
    Some((if grave { Severity::Error } else { Severity::Warning }, text))
}

fn always(host: &Standout) -> bool {
    host.count == host.connections
}

/// `3,000 of 3,100 connections`.
fn part(host: &Standout, lang: Lang) -> String {
    let (count, all) = (grouped(host.count), grouped(host.connections));
    match lang {
        Lang::En if host.connections == 1 => "its only connection".to_string(),
        Lang::En if host.count == host.connections => format!("all {all} connections"),
        Lang::En => format!("{count} of {all} connections"),
        Lang::Zh if host.count == host.connections => format!("全部 {all} 个连接"),
        Lang::Zh => format!(" {all} 个连接中的 {count} 个"),
    }
}

/// `ip:port` of a server, the address of a client; a name that it was given in place of the address.
pub(super) fn address(host: &Standout) -> String {
    if let Some(name) = &host.name {
        let name = safe(name);
        return host.port.map_or_else(|| name.to_string(), |port| format!("{name}:{port}"));
    }
    host.port.map_or_else(|| host.ip.to_string(), |port| SocketAddr::new(host.ip, port).to_string())
}

fn rank(severity: Severity) -> u8 {
    match severity {
        Severity::Error => 3,
        Severity::Warning => 2,
        Severity::Note => 1,
        Severity::Lesson => 0,
    }
}
