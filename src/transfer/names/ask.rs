//! A client of DNS: asks one server for the addresses of a name, for IPv4 and IPv6 at once, as systems' resolvers do.

use super::LONGEST;
use crate::app::dns::read;
use crate::timeline::DnsMessage;
use simple_dns::{CLASS, Name, Packet, PacketFlag, QCLASS, QTYPE, Question, TYPE};
use std::hash::{BuildHasher, RandomState};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long an answer may take before the query is sent again, and how often it is sent (resolv.conf(5)).
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 2;
/// How often a wait looks whether it should stop.
const GLANCE: Duration = Duration::from_millis(50);

#[derive(Debug, thiserror::Error)]
pub enum AskError {
    #[error("'{0}' is no name that can be asked for")]
    Name(String),
    #[error("the DNS server does not answer")]
    Silent,
    /// The response code, as `NXDOMAIN`.
    #[error("the DNS server says {0}")]
    Refused(String),
    #[error("the DNS server cannot be asked")]
    Socket(#[from] io::Error),
}

/// The addresses of a name, those of IPv4 first; none where the name has none.
///
/// # Errors
/// Where the server does not give an answer to both questions.
pub fn ask(server: SocketAddr, name: &str, stop: &AtomicBool) -> Result<Vec<IpAddr>, AskError> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(GLANCE))?;
    // Numbers that nobody can guess (RFC 5452 4.3).
    let chance = RandomState::new();
    let queries = [TYPE::A, TYPE::AAAA].map(|kind| (chance.hash_one(u16::from(kind)) as u16, kind));
    let queries = queries.map(|(id, kind)| Ok::<_, AskError>((id, kind, query(id, name, kind)?)));
    let [a, aaaa] = queries;
    let queries = [a?, aaaa?];
    let mut answers: [Option<DnsMessage>; 2] = [None, None];
    for _ in 0..ATTEMPTS {
        for ((_, _, octets), _) in queries.iter().zip(&answers).filter(|(_, answer)| answer.is_none()) {
            socket.send(octets)?;
        }
        let until = Instant::now() + PATIENCE;
        while answers.iter().any(Option::is_none) && Instant::now() < until && !stop.load(Ordering::Relaxed) {
            let mut buffer = [0; LONGEST];
            let len = match socket.recv(&mut buffer) {
                Ok(len) => len,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => return Err(error.into()),
            };
            let Ok((message, _)) = read(buffer.get(..len).unwrap_or_default()) else { continue };
            let fits = queries.iter().position(|(id, kind, _)| is_answer(&message, *id, name, *kind));
            if let Some(place) = fits.and_then(|place| answers.get_mut(place)) {
                *place = Some(message);
            }
        }
    }
    let [Some(a), Some(aaaa)] = answers else { return Err(AskError::Silent) };
    let refused = [&a, &aaaa].into_iter().find_map(|answer| answer.rcode.clone().filter(|rcode| rcode != "NOERROR"));
    if let Some(rcode) = refused {
        return Err(AskError::Refused(rcode));
    }
    Ok([a, aaaa].iter().flat_map(|answer| &answer.records).filter_map(|record| record.ip).collect())
}

fn query(id: u16, name: &str, kind: TYPE) -> Result<Vec<u8>, AskError> {
    let wrong = |_| AskError::Name(name.into());
    let mut query = Packet::new_query(id);
    query.set_flags(PacketFlag::RECURSION_DESIRED);
    let name = Name::new(name).map_err(wrong)?;
    query.questions.push(Question::new(name, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
    query.build_bytes_vec().map_err(wrong)
}

fn is_answer(message: &DnsMessage, id: u16, name: &str, kind: TYPE) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    let asked = message.question.as_ref();
    message.is_response
        && message.query_id == id
        && asked.is_some_and(|asked| {
            asked.name.eq_ignore_ascii_case(name) && asked.record_type == crate::app::dns::record_type(kind.into())
        })
}
