//! What the messages of a timeline come to: each request with what answers it, and how long every part of it took. Knows
//! nothing but the timeline.

mod times;

pub use times::{Phase, Span, Times};

use crate::timeline::{
    Connection, Content, Detail, Endpoint, Event, HttpRequest, HttpResponse, Message, Timeline, TlsClientHello,
};
use std::collections::HashMap;
use std::net::SocketAddr;
use times::Clock;

/// All that was asked and answered.
#[derive(Debug, Clone, Default)]
pub struct Panel<'t> {
    /// By when each request itself began.
    pub exchanges: Vec<Exchange<'t>>,
    /// Connections that speak TLS, whose requests nobody can read, with what their first message asks for.
    pub encrypted: Vec<(u64, &'t TlsClientHello)>,
    /// Connections that speak HTTP/2 in the clear, whose frames are not decoded.
    pub http2: Vec<u64>,
}

/// A request and what answers it; one of the two may not be in the capture.
#[derive(Debug, Clone)]
pub struct Exchange<'t> {
    /// Counted from 1, by when they began.
    pub number: u64,
    pub connection: &'t Connection,
    /// Its place among those of its connection, from 1.
    pub turn: u64,
    pub client: Option<&'t Endpoint>,
    pub server: Option<&'t Endpoint>,
    pub request: Option<Said<'t, HttpRequest>>,
    /// The final one.
    pub response: Option<Said<'t, HttpResponse>>,
    /// Responses before the final one, such as 100 (RFC 9110 15.2).
    pub interim: u64,
    /// What is asked for; where no request was captured, only whom.
    pub url: String,
    /// The number of the exchange whose redirect it follows.
    pub follows: Option<u64>,
    pub times: Times,
}

/// A message of one kind.
#[derive(Debug, Clone, Copy)]
pub struct Said<'t, T> {
    /// Id of its event.
    pub id: u64,
    pub t_ns: i64,
    pub message: &'t Message,
    pub content: &'t T,
}

/// What became of an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Both messages came to their ends.
    Whole,
    /// The response was cut off.
    Cut,
    /// No response came that can be read.
    Unanswered,
    /// Not even the request came to its end.
    RequestCut,
    /// The request is not in the capture, or is none that can be read.
    RequestMissing,
}

impl Exchange<'_> {
    pub fn outcome(&self) -> Outcome {
        match (&self.request, &self.response) {
            (None, _) => Outcome::RequestMissing,
            (Some(_), Some(response)) if !response.message.complete => Outcome::Cut,
            (Some(_), Some(_)) => Outcome::Whole,
            (Some(request), None) if !request.message.complete => Outcome::RequestCut,
            (Some(_), None) => Outcome::Unanswered,
        }
    }

    /// Where one of the two is missing: whether the octets of the side that should have sent it are in the capture, and are
    /// no HTTP that can be read.
    pub fn is_unreadable(&self) -> bool {
        let totals = &self.connection.totals;
        let (has_none, flow) = match (&self.request, &self.response) {
            (None, _) => (self.turn == 1, totals.client),
            (_, None) => (self.turn == 1, totals.server),
            _ => return false,
        };
        has_none && flow.bytes > 0 && flow.missing == 0
    }

    /// Octets of both messages that were sent and are not in the capture.
    pub fn missing(&self) -> u64 {
        let asked = self.request.as_ref().map_or(0, |request| request.message.missing);
        asked.saturating_add(self.response.as_ref().map_or(0, |response| response.message.missing))
    }
}

impl<'t> Panel<'t> {
    /// Pairs the messages of a timeline.
    pub fn of(timeline: &'t Timeline) -> Panel<'t> {
        let mut known = HashMap::with_capacity(timeline.connections.len());
        for (connection, client, server) in timeline.with_endpoints() {
            known.entry(connection.id).or_insert((connection, client, server));
        }
        let mut panel = Panel::default();
        let mut pairs: Vec<Pair<'t>> = Vec::new();
        let mut by_request: HashMap<u64, usize> = HashMap::new();
        for event in &timeline.events {
            let Detail::Message(message) = &event.detail else { continue };
            match &message.content {
                Content::HttpRequest(content) => {
                    by_request.insert(event.id, pairs.len());
                    pairs.push(Pair { request: Some(said(event, message, content)), ..Pair::of(event.connection) });
                }
                Content::HttpResponse(content) => {
                    let asked = message.answers.and_then(|id| by_request.get(&id));
                    match asked.and_then(|place| pairs.get_mut(*place)).filter(|pair| pair.response.is_none()) {
                        Some(pair) => pair.answer(said(event, message, content)),
                        None => pairs
                            .push(Pair { response: Some(said(event, message, content)), ..Pair::of(event.connection) }),
                    }
                }
                Content::TlsClientHello(hello) => panel.encrypted.push((event.connection, hello)),
                Content::Http2Preface(_) => panel.http2.push(event.connection),
                Content::Dns(_) | Content::Text(_) | Content::Data(_) | Content::Unknown => {}
            }
        }
        let clock = Clock::of(timeline);
        let mut turns: HashMap<u64, u64> = HashMap::new();
        let told = pairs.into_iter().filter_map(|pair| {
            let (connection, client, server) = *known.get(&pair.connection)?;
            let turn = turns.entry(pair.connection).or_default();
            *turn = turn.saturating_add(1);
            let address = server.map(|end| SocketAddr::new(end.ip, end.port));
            let times = clock.times(&pair, connection, *turn == 1);
            let url = match &pair.request {
                Some(request) => request.content.url(address),
                None => address.map_or_else(|| "http://unknown/".into(), |at| format!("http://{at}/")),
            };
            let Pair { request, response, interim, .. } = pair;
            let (number, follows, turn) = (0, None, *turn);
            Some(Exchange { number, connection, turn, client, server, request, response, interim, url, follows, times })
        });
        panel.exchanges = told.collect();
        panel.find_preconnected();
        panel.exchanges.sort_by_key(|exchange| (exchange.times.start_ns(), exchange.sent_ns()));
        panel.number();
        panel
    }

    /// Finds the connections that were opened before anybody knew for what.
    fn find_preconnected(&mut self) {
        let hosts =
            |exchange: &Exchange<'_>| Some((exchange.client?.ip, exchange.server.map(|end| (end.ip, end.port))?));
        let mut sent: HashMap<_, Vec<(i64, u64)>> = HashMap::new();
        for exchange in &self.exchanges {
            if let Some(hosts) = hosts(exchange) {
                sent.entry(hosts).or_default().push((exchange.sent_ns(), exchange.connection.id));
            }
        }
        sent.values_mut().for_each(|list| list.sort_unstable());
        for exchange in self.exchanges.iter_mut().filter(|exchange| exchange.turn == 1) {
            let Some((idle, all)) = exchange.times.long_idle().zip(hosts(exchange).and_then(|hosts| sent.get(&hosts)))
            else {
                continue;
            };
            let since = all.partition_point(|(at_ns, _)| *at_ns < idle.from_ns);
            let meanwhile = all.iter().skip(since).take_while(|(at_ns, _)| *at_ns < idle.to_ns);
            exchange.times.preconnected = meanwhile.into_iter().any(|(_, other)| *other != exchange.connection.id);
        }
    }

    /// Counts them, and tells which one follows which.
    fn number(&mut self) {
        let mut by_response: HashMap<u64, u64> = HashMap::new();
        for (place, exchange) in self.exchanges.iter_mut().enumerate() {
            exchange.number = place as u64 + 1;
            if let Some(response) = &exchange.response {
                by_response.insert(response.id, exchange.number);
            }
        }
        for exchange in &mut self.exchanges {
            let after = exchange.request.as_ref().and_then(|request| request.message.follows);
            exchange.follows = after.and_then(|id| by_response.get(&id)).copied();
        }
    }
}

impl Exchange<'_> {
    /// When its first message began.
    fn sent_ns(&self) -> i64 {
        let asked = self.request.as_ref().map(|request| request.t_ns);
        asked.or(self.response.as_ref().map(|response| response.t_ns)).unwrap_or_default()
    }
}

/// A request and its response while they are put together.
struct Pair<'t> {
    connection: u64,
    request: Option<Said<'t, HttpRequest>>,
    response: Option<Said<'t, HttpResponse>>,
    interim: u64,
}

impl<'t> Pair<'t> {
    fn of(connection: u64) -> Pair<'t> {
        Pair { connection, request: None, response: None, interim: 0 }
    }

    fn answer(&mut self, response: Said<'t, HttpResponse>) {
        // After 101 both speak another protocol: no other response comes.
        if (100..200).contains(&response.content.status) && response.content.status != 101 {
            self.interim = self.interim.saturating_add(1);
        } else {
            self.response = Some(response);
        }
    }
}

fn said<'t, T>(event: &Event, message: &'t Message, content: &'t T) -> Said<'t, T> {
    Said { id: event.id, t_ns: event.t_ns, message, content }
}
