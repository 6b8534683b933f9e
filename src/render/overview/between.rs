//! With both ends captured: how the clocks stand, how long the ways took, and what was lost there, over all connections.

use super::section;
use crate::render::text::clocks;
use crate::render::{Style, time};
use crate::timeline::{Lang, OneWay, Timeline};
use std::io;

/// What one direction of all connections comes to.
#[derive(Default)]
struct Way {
    arrived: u64,
    lost: u64,
    appeared: u64,
    least: Option<i64>,
    most: Option<i64>,
    /// By connection: its median and how many it is of.
    medians: Vec<(i64, u64)>,
}

/// Writes the lines, where there is something to tell.
pub(in crate::render) fn write(timeline: &Timeline, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let Some(clock) = &timeline.source.clock else { return Ok(()) };
    let [mut to_server, mut to_client] = [Way::default(), Way::default()];
    for ways in timeline.connections.iter().filter_map(|connection| connection.ways.as_ref()) {
        to_server.add(&ways.to_server);
        to_client.add(&ways.to_client);
    }
    let lang = style.lang;
    let parts = [
        to_server.told(lang.pick("to servers", "到服务器"), style),
        to_client.told(lang.pick("to clients", "到客户端"), style),
    ];
    section(lang.pick("one way", "单程"), &parts, style, out)?;
    section(lang.pick("clocks", "时钟"), &[clocks(clock, style)], style, out)
}

impl Way {
    fn add(&mut self, way: &OneWay) {
        self.arrived = self.arrived.saturating_add(way.arrived);
        self.lost = self.lost.saturating_add(way.lost);
        self.appeared = self.appeared.saturating_add(way.appeared);
        if let Some(delay) = &way.delay {
            self.least = Some(self.least.map_or(delay.min_ns, |least| least.min(delay.min_ns)));
            self.most = self.most.max(Some(delay.max_ns));
            self.medians.push((delay.median_ns, way.arrived));
        }
    }

    /// `to servers 5.3 ms (5.1 ms – 12 ms), 12 of 49 lost`
    fn told(&mut self, name: &str, style: &Style) -> String {
        let lang = style.lang;
        let mut text = match (self.median(), self.least.zip(self.most)) {
            (Some(median), Some((least, most))) => {
                format!("{name} {} ({})", time::span(median), time::range(least, most, style))
            }
            _ => format!("{name}{}", lang.pick(": nothing seen to arrive", "：未见到达")),
        };
        let sent = self.arrived.saturating_add(self.lost);
        match lang {
            Lang::En => text += &format!(", {} of {sent} lost", self.lost),
            Lang::Zh => text += &format!("，{sent} 个中丢失 {} 个", self.lost),
        }
        if self.appeared > 0 {
            match lang {
                Lang::En => text += &format!(", {} sent by neither", self.appeared),
                Lang::Zh => text += &format!("，{} 个并非由对方发出", self.appeared),
            }
        }
        text
    }

    /// The median of the connections' medians, each as heavy as it has segments.
    fn median(&mut self) -> Option<i64> {
        self.medians.sort_unstable();
        let mut left = self.medians.iter().map(|(_, weight)| weight).sum::<u64>() / 2;
        for (median, weight) in &self.medians {
            if left < *weight {
                return Some(*median);
            }
            left -= weight;
        }
        self.medians.last().map(|(median, _)| *median)
    }
}
