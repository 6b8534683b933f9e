//! Which request follows a redirect: the same client's next one for the place to which a response sent it.

use crate::timeline::url::resolve;
use crate::timeline::{Content, Detail, Endpoint, Event, HttpRequest, HttpResponse};
use std::collections::{HashMap, VecDeque};
use std::net::{IpAddr, SocketAddr};

/// Redirects that wait for who follows them; the oldest is forgotten first.
const MOST_WAITING: usize = 1024;

/// Somebody was sent somewhere.
struct Sent {
    response: u64,
    whom: IpAddr,
    place: String,
}

/// Tells each request which response it follows. Events stand in the order of their ids.
pub(super) fn tell(events: &mut [Event], endpoints: &[Endpoint]) {
    let is_redirect = |event: &Event| {
        matches!(&event.detail, Detail::Message(message)
            if matches!(&message.content, Content::HttpResponse(response) if location(response).is_some()))
    };
    if !events.iter().any(is_redirect) {
        return;
    }
    let known: HashMap<&str, &Endpoint> = endpoints.iter().map(|end| (end.id.as_str(), end)).collect();
    let mut waiting: VecDeque<Sent> = VecDeque::new();
    for place in 0..events.len() {
        let (before, rest) = events.split_at_mut(place);
        let Some(Event { id, detail: Detail::Message(message), .. }) = rest.first_mut() else { continue };
        let client = match &message.content {
            Content::HttpRequest(_) => &message.from,
            _ => &message.to,
        };
        let Some(whom) = known.get(client.as_str()).map(|end| end.ip) else { continue };
        match &message.content {
            Content::HttpRequest(request) => {
                let url = request.url(address(&known, &message.to));
                let follows = waiting.iter().position(|sent| sent.whom == whom && sent.place == url);
                message.follows = follows.and_then(|at| waiting.remove(at)).map(|sent| sent.response);
            }
            Content::HttpResponse(response) => {
                let asked = message.answers.and_then(|id| request(before, id));
                let (Some(location), Some(asked)) = (location(response), asked) else { continue };
                let base = asked.url(address(&known, &message.from));
                let Some(place) = resolve(&base, location) else { continue };
                waiting.push_back(Sent { response: *id, whom, place });
                if waiting.len() > MOST_WAITING {
                    waiting.pop_front();
                }
            }
            _ => {}
        }
    }
}

/// Where a response sends its reader (RFC 9110 15.4).
fn location(response: &HttpResponse) -> Option<&str> {
    let sends = matches!(response.status, 301 | 302 | 303 | 307 | 308);
    let named = response.headers.iter().filter(|_| sends).find(|header| header.name.eq_ignore_ascii_case("location"));
    named.map(|header| header.value.as_str())
}

fn request(events: &[Event], id: u64) -> Option<&HttpRequest> {
    let place = events.binary_search_by_key(&id, |event| event.id).ok()?;
    match &events.get(place)?.detail {
        Detail::Message(message) => match &message.content {
            Content::HttpRequest(request) => Some(request),
            _ => None,
        },
        _ => None,
    }
}

fn address(known: &HashMap<&str, &Endpoint>, id: &str) -> Option<SocketAddr> {
    known.get(id).map(|end| SocketAddr::new(end.ip, end.port))
}
