//! One connection as its sender sees each direction: what leaves when, and what comes back when.

use crate::timeline::{Connection, Detail, Fate, KernelSample, Lang, Run, SegmentEvent, Text, Timeline};

/// A connection, for plotting.
pub(super) struct Path<'t> {
    pub(super) connection: &'t Connection,
    events: Vec<Seen<'t>>,
    /// Where its first event stands in time.
    pub(super) origin_ns: i64,
    /// Of client and server.
    pub(super) names: [Text; 2],
    pub(super) samples: [Vec<&'t KernelSample>; 2],
}

/// What was seen of it.
enum Seen<'t> {
    Segment {
        /// 0: the client's, 1: the server's.
        from: usize,
        sent_ns: i64,
        /// When its receiver had it; the time of the capture where nobody knows better.
        arrived_ns: i64,
        segment: &'t SegmentEvent,
    },
    Folded {
        begins_ns: i64,
        run: &'t Run,
    },
}

/// One direction, as its sender sees it.
pub(super) enum Way<'t> {
    /// A segment of the sender leaves.
    Leaves(&'t SegmentEvent),
    /// Its peer's word comes back.
    Returns(&'t SegmentEvent),
    /// So many octets of it are folded until then.
    Folds(i64, i64),
}

impl<'t> Path<'t> {
    pub(super) fn of(timeline: &'t Timeline, id: u64) -> Option<Path<'t>> {
        let connection = timeline.connection(id)?;
        let own = timeline.events.iter().filter(|event| event.connection == id);
        let side = |endpoint: &str| usize::from(endpoint != connection.client);
        let events: Vec<Seen<'t>> = own
            .filter_map(|event| match &event.detail {
                Detail::Segment(segment) => Some(Seen::Segment {
                    from: side(&segment.from),
                    sent_ns: event.t_ns,
                    arrived_ns: segment.received_ns.unwrap_or(event.t_ns),
                    segment,
                }),
                Detail::Run(run) => Some(Seen::Folded { begins_ns: event.t_ns, run }),
                _ => None,
            })
            .collect();
        let name = |lang: Lang, id: &str, role: &'static str| {
            let endpoint = timeline.endpoints.iter().find(|endpoint| endpoint.id == id);
            endpoint.map_or(role.to_string(), |endpoint| match (&endpoint.name, lang) {
                (Some(name), Lang::En) => format!("{role} ({name})"),
                (Some(name), Lang::Zh) => format!("{role}（{name}）"),
                (None, _) => role.to_string(),
            })
        };
        let names = [(&connection.client, "client", "客户端"), (&connection.server, "server", "服务器")]
            .map(|(id, en, zh)| Text::new(name(Lang::En, id, en), name(Lang::Zh, id, zh)));
        let of = |id: &String| connection.kernel_samples.iter().filter(|sample| sample.endpoint == *id).collect();
        let samples = [&connection.client, &connection.server].map(of);
        Some(Path { connection, events, origin_ns: connection.start_ns, names, samples })
    }

    /// What the sender of one direction sees, by its time.
    pub(super) fn ways(&self, sender: usize) -> Vec<(i64, Way<'t>)> {
        let mut ways: Vec<(i64, Way<'t>)> = Vec::with_capacity(self.events.len());
        for seen in &self.events {
            match seen {
                Seen::Segment { from, sent_ns, segment, .. } if *from == sender => {
                    ways.push((*sent_ns, Way::Leaves(segment)))
                }
                Seen::Segment { arrived_ns, segment, .. } if segment.fate != Fate::Lost => {
                    ways.push((*arrived_ns, Way::Returns(segment)));
                }
                Seen::Segment { .. } => {}
                Seen::Folded { begins_ns, run } => {
                    let own = run.flows.iter().filter(|flow| self.side(&flow.from) == sender);
                    let bytes = own.fold(0_u64, |sum, flow| sum.saturating_add(flow.bytes));
                    let bytes = i64::try_from(bytes).unwrap_or(i64::MAX);
                    ways.push((*begins_ns, Way::Folds(run.end_ns, bytes)));
                }
            }
        }
        ways.sort_by_key(|(t_ns, _)| *t_ns);
        ways
    }

    /// From whom to whom.
    pub(super) fn direction(&self, from: usize) -> Text {
        let [client, server] = &self.names;
        let (from, to) = if from == 0 { (client, server) } else { (server, client) };
        Text::new(format!("{} → {}", from.en, to.en), format!("{} → {}", from.zh, to.zh))
    }

    /// The directions that carried data; the client's where none did.
    pub(super) fn directions(&self) -> Vec<usize> {
        let mut carried = [false; 2];
        for seen in &self.events {
            match seen {
                Seen::Segment { from, segment, .. } if segment.len > 0 => set(&mut carried, *from),
                Seen::Folded { run, .. } => {
                    for flow in run.flows.iter().filter(|flow| flow.bytes > 0) {
                        set(&mut carried, self.side(&flow.from));
                    }
                }
                Seen::Segment { .. } => {}
            }
        }
        let with_data: Vec<usize> = [0, 1].into_iter().filter(|from| carried.get(*from) == Some(&true)).collect();
        if with_data.is_empty() { vec![0, 1] } else { with_data }
    }

    fn side(&self, endpoint: &str) -> usize {
        usize::from(endpoint != self.connection.client)
    }
}

fn set(flags: &mut [bool; 2], at: usize) {
    if let Some(flag) = flags.get_mut(at) {
        *flag = true;
    }
}

/// Sequence numbers that a segment takes, with SYN and FIN (RFC 9293 3.4).
pub(super) fn length(segment: &SegmentEvent) -> i64 {
    let control = segment.flags.iter().filter(|flag| matches!(flag.as_str(), "SYN" | "FIN")).count();
    i64::from(segment.len) + i64::try_from(control).unwrap_or_default()
}

pub(super) fn has(segment: &SegmentEvent, flag: &str) -> bool {
    segment.flags.iter().any(|own| own == flag)
}

/// Whether its receiver is known not to have it.
pub(super) fn is_lost(segment: &SegmentEvent) -> bool {
    segment.fate == Fate::Lost
}

/// The window in octets.
pub(super) fn window(segment: &SegmentEvent) -> i64 {
    i64::try_from(segment.wnd_bytes.unwrap_or(segment.wnd.into())).unwrap_or(i64::MAX)
}

/// A number that pictures are made of: beyond 2^53 nobody sees an octet.
pub(super) fn value(number: i64) -> f64 {
    number as f64
}
