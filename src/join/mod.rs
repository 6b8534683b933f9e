//! Two captures of the same connections, one from each host, joined into one stream: each segment with the time when it left
//! and the time when it arrived, both on the client's clock, or lost between the two. Pure: captures in, segments out.

mod clock;
mod conversation;
mod copies;
mod damage;
mod passages;
mod ranges;
mod sighting;
mod way;

pub use clock::Clock;
pub use passages::Passages;
pub use sighting::{Capture, MOST_SIGHTINGS};

use crate::tcp::{Passage, Segment, Timestamp};
use clock::{Bounds, Point};
use conversation::{Conversation, Pair};
use copies::{Copies, Usual};
use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};
use way::{Here, Way};

/// What both captures tell together.
#[derive(Debug)]
pub struct Joined<'c> {
    /// In the order in which they were sent, on the client's clock, by the addresses that the client's capture has.
    pub segments: Vec<Segment<'c>>,
    /// `None`: the captures share too little to compare their clocks, and nothing was joined.
    pub clock: Option<Clock>,
    /// Both were said to tell one time, and something arrived by so many nanoseconds before it was sent.
    pub contradicted_ns: Option<i64>,
    /// Addresses and ports that a NAT between the two changed: as the client's capture has them, as the server's has them.
    pub translated: Vec<(SocketAddr, SocketAddr)>,
    /// Connections that both captures have.
    pub connections: usize,
    /// Segments that arrived twice although they were sent once.
    pub doubled: u64,
    /// The end of both captures on the client's clock.
    pub end: Option<Timestamp>,
}

/// Joins the client's capture and the server's. With `one_clock` both tell the same time, as two devices of one machine do,
/// unless something arrives before it was sent: then the clocks are compared all the same.
pub fn join<'c>(client: &'c Capture, server: &'c Capture, one_clock: bool) -> Joined<'c> {
    let captures = [client, server];
    let ours = conversation::all(client);
    let theirs = conversation::all(server);
    let pairs = conversation::pair(captures, [&ours, &theirs]);
    let mut meetings: Vec<Meeting> = pairs
        .iter()
        .filter_map(|pair| Meeting::of(captures, ours.get(pair.client)?, theirs.get(pair.server)?, pair))
        .collect();
    // Alike in addresses only: nothing that one captured is in the other.
    // Copies that nothing tells apart, as those of a SYN that nobody answers, are in both all the same.
    meetings.retain(|meeting| meeting.ways.iter().flatten().any(Copies::in_both));
    let homes = Homes::of(captures, &meetings);
    for meeting in &mut meetings {
        meeting.at_client = homes.sides(captures, meeting);
    }
    let origin = client.covers.map(|(first, _)| first).unwrap_or_default();
    let bounds = bounds(captures, &meetings, origin);
    let contradicted_ns = if one_clock { bounds.against_one_clock() } else { None };
    let clock = match (one_clock, contradicted_ns) {
        (true, None) => Some(Clock::same()),
        // Where one direction is all there is, nothing better is known.
        (true, Some(_)) => Clock::estimate(origin, &bounds).or(Some(Clock::same())),
        (false, _) => Clock::estimate(origin, &bounds),
    };
    let Some(clock) = clock else { return apart(client) };
    let mut joined = Joined {
        segments: Vec::new(),
        clock: Some(clock),
        contradicted_ns,
        translated: Vec::new(),
        connections: meetings.len(),
        doubled: 0,
        end: None,
    };
    let server_covers = server.covers.map(|(first, last)| (clock.on_clients(first), clock.on_clients(last)));
    let covers = [client.covers, server_covers];
    joined.end = covers.iter().flatten().map(|(_, last)| *last).max();
    let usual = Usuals::of(captures, &meetings, &clock);
    let here = |capture: usize| Here {
        capture: if capture == 0 { client } else { server },
        clock: (capture == 1).then_some(clock),
        covers: covers.get(capture).copied().flatten(),
    };
    let mut received = Vec::new();
    let mut met = [vec![false; ours.len()], vec![false; theirs.len()]];
    for meeting in &meetings {
        for (list, place) in met.iter_mut().zip([meeting.client, meeting.server]) {
            if let Some(slot) = list.get_mut(place) {
                *slot = true;
            }
        }
        joined.translated.extend(meeting.translated());
        for direction in 0..2 {
            let from_client = meeting.at_client == (direction == 0);
            let (sender, receiver) = if from_client { (0, 1) } else { (1, 0) };
            let (Some(groups), [src, dst]) = (meeting.ways.get(direction), meeting.towards(direction)) else {
                continue;
            };
            let way = Way {
                sender: here(sender),
                receiver: here(receiver),
                usual: usual.of_way(from_client),
                src,
                dst,
                answers: meeting.sent_by_other(captures, direction, receiver),
            };
            joined.doubled += way.follow(groups, sender == 0, &mut joined.segments, &mut received);
        }
    }
    // What only one of them has: the client's as it stands; the server's on the client's clock.
    for (list, capture) in [(&ours, 0), (&theirs, 1)] {
        for (index, conversation) in list.iter().enumerate() {
            if met.get(capture).and_then(|met| met.get(index)) == Some(&true) {
                continue;
            }
            homes.alone(&here(capture), &here(1 - capture), capture, conversation, &usual, &mut joined.segments);
        }
    }
    // Of two at one time the one that only its receiver has comes first: the other may answer it.
    received.append(&mut joined.segments);
    received.sort_by_key(|segment| segment.time);
    joined.segments = received;
    joined.translated.sort();
    joined.translated.dedup();
    joined
}

/// The client's capture alone, where the two cannot be compared.
fn apart(client: &Capture) -> Joined<'_> {
    Joined {
        segments: (0..client.sightings.len()).filter_map(|place| client.segment(place)).collect(),
        clock: None,
        contradicted_ns: None,
        translated: Vec::new(),
        connections: 0,
        doubled: 0,
        end: client.covers.map(|(_, last)| last),
    }
}

/// One conversation as both captures have it.
struct Meeting {
    client: usize,
    server: usize,
    /// As the client's capture has them, and as the server's has the same two.
    addresses: [[SocketAddr; 2]; 2],
    /// By sender, the places of its segments in both captures.
    places: [[Vec<u32>; 2]; 2],
    /// By sender, its segments sorted into copies.
    ways: [Vec<Copies>; 2],
    /// The first of the two addresses is on the client's side.
    at_client: bool,
}

impl Meeting {
    fn of(captures: [&Capture; 2], ours: &Conversation, theirs: &Conversation, pair: &Pair) -> Option<Meeting> {
        let turn = |side: usize| if pair.flipped { 1 - side } else { side };
        let address = |side: usize| theirs.addresses.get(turn(side)).copied();
        let places = |side: usize| Some([ours.sent.get(side)?.clone(), theirs.sent.get(turn(side))?.clone()]);
        let places = [places(0)?, places(1)?];
        let ways = [0, 1].map(|side: usize| {
            let [ours, theirs] =
                places.get(side).map(|[ours, theirs]| [ours.as_slice(), theirs.as_slice()]).unwrap_or_default();
            copies::of(captures, [ours, theirs])
        });
        Some(Meeting {
            client: pair.client,
            server: pair.server,
            addresses: [ours.addresses, [address(0)?, address(1)?]],
            places,
            ways,
            at_client: true,
        })
    }

    /// Sender and receiver, as the client's capture names them.
    fn towards(&self, direction: usize) -> [SocketAddr; 2] {
        let [[one, other], _] = self.addresses;
        if direction == 0 { [one, other] } else { [other, one] }
    }

    fn translated(&self) -> impl Iterator<Item = (SocketAddr, SocketAddr)> {
        let [ours, theirs] = self.addresses;
        ours.into_iter().zip(theirs).filter(|(here, there)| here != there)
    }

    /// What the receiver of this direction sent itself, as its own capture has it: it tells what had arrived.
    fn sent_by_other<'c, 'm>(
        &'m self,
        captures: [&'c Capture; 2],
        direction: usize,
        capture: usize,
    ) -> (&'c Capture, &'m [u32]) {
        let [client, server] = captures;
        let places = self.places.get(1 - direction).and_then(|places| places.get(capture));
        (if capture == 0 { client } else { server }, places.map(Vec::as_slice).unwrap_or_default())
    }

    /// Segments that are plainly the same in both: when each capture has them.
    fn plain<'m>(&'m self, captures: [&'m Capture; 2], direction: usize) -> impl Iterator<Item = [Timestamp; 2]> + 'm {
        let [client, server] = captures;
        let time = |capture: &Capture, place: u32| capture.sightings.get(place as usize).map(|it| it.segment.time);
        let groups = self.ways.get(direction).map(Vec::as_slice).unwrap_or_default();
        groups
            .iter()
            .filter_map(Copies::sole)
            .filter_map(move |(ours, theirs)| Some([time(client, ours)?, time(server, theirs)?]))
    }
}

/// What weighs more than all that captures can say for a side.
const KNOWN: i64 = 1 << 40;

/// Which host stands on which side.
struct Homes {
    /// By address as the client's capture has it: how much speaks for the client's side, and how much against.
    votes: HashMap<IpAddr, i64, foldhash::fast::RandomState>,
}

impl Homes {
    fn of(captures: [&Capture; 2], meetings: &[Meeting]) -> Homes {
        let mut homes = Homes { votes: HashMap::default() };
        for (capture, vote) in captures.into_iter().zip([KNOWN, -KNOWN]) {
            homes.votes.extend(capture.hosts.iter().map(|host| (*host, vote)));
        }
        for meeting in meetings {
            let vote = nearness(captures, meeting);
            let [[one, other], _] = meeting.addresses;
            *homes.votes.entry(one.ip()).or_default() += vote;
            *homes.votes.entry(other.ip()).or_default() -= vote;
        }
        homes
    }

    /// Whether the first address of a conversation is on the client's side.
    fn sides(&self, captures: [&Capture; 2], meeting: &Meeting) -> bool {
        let [[one, other], _] = meeting.addresses;
        let vote = |ip: IpAddr| self.votes.get(&ip).copied().unwrap_or_default();
        let own = nearness(captures, meeting);
        let all = if one.ip() == other.ip() { own } else { vote(one.ip()) - vote(other.ip()) };
        // Where nothing tells, the one that sent first is the client.
        if own != 0 { own > 0 } else { all >= 0 }
    }

    /// A conversation that one capture alone has. Only where its receiver stands on the other side is it known to be lost, and
    /// only where its sender does is it known that nobody sent it.
    fn alone<'c>(
        &self,
        here: &Here<'c>,
        there: &Here<'c>,
        capture: usize,
        conversation: &Conversation,
        usual: &Usuals,
        out: &mut Vec<Segment<'c>>,
    ) {
        let side = |ip: IpAddr| self.votes.get(&ip).copied().unwrap_or_default().signum();
        let own = if capture == 0 { 1 } else { -1 };
        for (direction, places) in conversation.sent.iter().enumerate() {
            let [one, other] = conversation.addresses;
            let (src, dst) = if direction == 0 { (one, other) } else { (other, one) };
            let is_lost = side(src.ip()) == own && side(dst.ip()) == -own;
            let has_come = side(src.ip()) == -own && side(dst.ip()) == own;
            let usual = usual.of_way(capture == 0);
            for place in places {
                let Some(mut segment) = here.segment(*place) else { continue };
                if is_lost && there.has_seen_to(segment.time, usual) {
                    segment.passage = Passage::Lost;
                } else if has_come && there.has_seen_from(segment.time, usual) {
                    segment.passage = Passage::Appeared;
                }
                out.push(segment);
            }
        }
    }
}

/// How much speaks for the first address being on the client's side: what a host sends comes late to the other capture and
/// what it receives early, whatever their clocks say.
fn nearness(captures: [&Capture; 2], meeting: &Meeting) -> i64 {
    let mut plain: Vec<(Timestamp, bool, i64)> = Vec::new();
    for direction in 0..2 {
        plain.extend(
            meeting.plain(captures, direction).map(|[ours, theirs]| (ours, direction == 0, theirs.since(ours))),
        );
    }
    plain.sort_by_key(|(ours, ..)| *ours);
    let mut votes = 0;
    let mut last: [Option<i64>; 2] = [None; 2];
    for (_, is_first, ahead) in plain {
        let [first, second] = &mut last;
        *(if is_first { first } else { second }) = Some(ahead);
        if let [Some(first), Some(second)] = last {
            votes += first.cmp(&second) as i64;
        }
    }
    votes
}

fn bounds(captures: [&Capture; 2], meetings: &[Meeting], origin: Timestamp) -> Bounds {
    let mut bounds = Bounds::default();
    for meeting in meetings {
        for direction in 0..2 {
            let from_client = meeting.at_client == (direction == 0);
            let list = if from_client { &mut bounds.most } else { &mut bounds.least };
            list.extend(
                meeting
                    .plain(captures, direction)
                    .map(|[ours, theirs]| Point { at: ours.since(origin) as f64, ahead: theirs.since(ours) as f64 }),
            );
        }
    }
    bounds
}

/// How long each way usually takes.
struct Usuals {
    /// To the server, to the client.
    ways: [Option<Usual>; 2],
}

impl Usuals {
    fn of(captures: [&Capture; 2], meetings: &[Meeting], clock: &Clock) -> Usuals {
        let mut delays: [Vec<i64>; 2] = Default::default();
        for meeting in meetings {
            for direction in 0..2 {
                let from_client = meeting.at_client == (direction == 0);
                let [to_server, to_client] = &mut delays;
                for [ours, theirs] in meeting.plain(captures, direction) {
                    let theirs = clock.on_clients(theirs);
                    if from_client { to_server.push(theirs.since(ours)) } else { to_client.push(ours.since(theirs)) }
                }
            }
        }
        let slack_ns = clock.uncertainty_ns().saturating_add(2_000);
        let ways = delays.map(|mut delays| {
            delays.sort_unstable();
            let (least, most) = (*delays.first()?, *delays.last()?);
            Some(Usual {
                least_ns: least.max(0),
                median_ns: *delays.get(delays.len() / 2)?,
                most_ns: most.max(0),
                slack_ns,
            })
        });
        Usuals { ways }
    }

    /// Where nothing arrived in one direction the other one is the measure.
    fn of_way(&self, from_client: bool) -> Usual {
        let [to_server, to_client] = self.ways;
        let found = if from_client { to_server.or(to_client) } else { to_client.or(to_server) };
        found.unwrap_or(Usual { least_ns: 0, median_ns: 0, most_ns: 0, slack_ns: 2_000 })
    }
}
