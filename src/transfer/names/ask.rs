//! A client of DNS: asks for the addresses of a name, for IPv4 and IPv6 at once, one server after the other until one answers.

use super::{LONGEST, over_tcp};
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

/// The addresses of a name, those of IPv4 first; none where the name has none. Of several servers the next one is asked where
/// one does not answer, or says that it cannot (resolv.conf(5)).
///
/// # Errors
/// Where no server gives an answer to both questions: what came of the last one.
pub fn ask(servers: &[SocketAddr], name: &str, stop: &AtomicBool) -> Result<Vec<IpAddr>, AskError> {
    ask_within(PATIENCE, servers, name, stop)
}

fn ask_within(
    patience: Duration,
    servers: &[SocketAddr],
    name: &str,
    stop: &AtomicBool,
) -> Result<Vec<IpAddr>, AskError> {
    // Numbers that nobody can guess (RFC 5452 4.3).
    let chance = RandomState::new();
    let query = |kind: TYPE| Query::new(chance.hash_one(u16::from(kind)) as u16, name, kind);
    let queries = [query(TYPE::A)?, query(TYPE::AAAA)?];
    let mut last = AskError::Silent;
    for _ in 0..ATTEMPTS {
        for server in servers {
            match ask_one(*server, &queries, patience, stop) {
                Ok(addresses) => return Ok(addresses),
                // No other server knows better.
                Err(AskError::Refused(rcode)) if rcode == "NXDOMAIN" => return Err(AskError::Refused(rcode)),
                Err(error) => last = error,
            }
            if stop.load(Ordering::Relaxed) {
                return Err(last);
            }
        }
    }
    Err(last)
}

fn ask_one(
    server: SocketAddr,
    queries: &[Query; 2],
    patience: Duration,
    stop: &AtomicBool,
) -> Result<Vec<IpAddr>, AskError> {
    let any: IpAddr = if server.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind((any, 0))?;
    socket.connect(server)?;
    socket.set_read_timeout(Some(GLANCE))?;
    for query in queries {
        socket.send(&query.octets)?;
    }
    let mut answers: [Option<DnsMessage>; 2] = [None, None];
    let until = Instant::now() + patience;
    while answers.iter().any(Option::is_none) && Instant::now() < until && !stop.load(Ordering::Relaxed) {
        let mut buffer = [0; LONGEST];
        let len = match socket.recv(&mut buffer) {
            Ok(len) => len,
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error.into()),
        };
        let Ok((message, _)) = read(buffer.get(..len).unwrap_or_default()) else { continue };
        let asked = queries.iter().zip(&mut answers).find(|(query, _)| query.is_answer(&message));
        let Some((query, answer)) = asked.filter(|(_, answer)| answer.is_none()) else { continue };
        // What did not fit is asked for again over a connection (RFC 7766 5).
        *answer = Some(match message.truncated {
            true => over_tcp::ask(server, &query.octets, |message| query.is_answer(message), patience, stop)?,
            false => message,
        });
    }
    let [Some(a), Some(aaaa)] = answers else { return Err(AskError::Silent) };
    let refused = [&a, &aaaa].into_iter().find_map(|answer| answer.rcode.clone().filter(|rcode| rcode != "NOERROR"));
    if let Some(rcode) = refused {
        return Err(AskError::Refused(rcode));
    }
    Ok([a, aaaa].iter().flat_map(|answer| &answer.records).filter_map(|record| record.ip).collect())
}

/// One question.
struct Query<'n> {
    id: u16,
    name: &'n str,
    kind: TYPE,
    octets: Vec<u8>,
}

impl Query<'_> {
    fn new(id: u16, name: &str, kind: TYPE) -> Result<Query<'_>, AskError> {
        let wrong = |_| AskError::Name(name.into());
        let mut query = Packet::new_query(id);
        query.set_flags(PacketFlag::RECURSION_DESIRED);
        let asked = Name::new(name).map_err(wrong)?;
        query.questions.push(Question::new(asked, QTYPE::TYPE(kind), QCLASS::CLASS(CLASS::IN), false));
        let octets = query.build_bytes_vec().map_err(wrong)?;
        Ok(Query { id, name, kind, octets })
    }

    fn is_answer(&self, message: &DnsMessage) -> bool {
        let name = self.name.strip_suffix('.').unwrap_or(self.name);
        let asked = message.question.as_ref();
        message.is_response
            && message.query_id == self.id
            && asked.is_some_and(|asked| {
                let kind = crate::app::dns::record_type(self.kind.into());
                asked.name.eq_ignore_ascii_case(name) && asked.record_type == kind
            })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::NameServer;
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    const NAME: &str = "big.lab.test";
    const PORT_ANY: &str = "127.0.0.1:0";

    /// A server with so many addresses of the name that they fit in no datagram: there it says so.
    struct Big {
        udp: UdpSocket,
        tcp: TcpListener,
    }

    impl Big {
        fn bind() -> Big {
            let tcp = TcpListener::bind(PORT_ANY).unwrap();
            let udp = UdpSocket::bind(tcp.local_addr().unwrap()).unwrap();
            Big { udp, tcp }
        }

        /// Answers both questions, of which that for A comes again over TCP. The answer is sent in small pieces.
        fn run(&self) {
            let mut buffer = [0; 512];
            for _ in 0..2 {
                let (len, from) = self.udp.recv_from(&mut buffer).unwrap();
                let query = buffer[..len].to_vec();
                let is_a = query[len - 3] == 1;
                self.udp.send_to(&answer(&query, 0, is_a), from).unwrap();
                if is_a {
                    let (mut stream, _) = self.tcp.accept().unwrap();
                    let mut again = vec![0; len + 2];
                    stream.read_exact(&mut again).unwrap();
                    assert_eq!(again, [&(len as u16).to_be_bytes()[..], &query].concat());
                    let whole = answer(&query, 60, false);
                    let whole = [&(whole.len() as u16).to_be_bytes()[..], &whole].concat();
                    whole.chunks(700).for_each(|piece| stream.write_all(piece).unwrap());
                }
            }
        }
    }

    /// With so many addresses, or truncated.
    fn answer(query: &[u8], count: u8, truncated: bool) -> Vec<u8> {
        let mut octets = query.to_vec();
        (octets[2], octets[7]) = (if truncated { 0x83 } else { 0x81 }, count);
        for n in 0..count {
            octets.extend([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, n]);
        }
        octets
    }

    #[test]
    fn what_is_truncated_is_asked_for_over_tcp() {
        let (server, stop) = (Big::bind(), AtomicBool::new(false));
        let address = server.udp.local_addr().unwrap();
        let found = std::thread::scope(|scope| {
            scope.spawn(|| server.run());
            ask(&[address], NAME, &stop).unwrap()
        });
        assert_eq!(found, (0..60).map(|n| IpAddr::from([192, 0, 2, n])).collect::<Vec<_>>());
    }

    #[test]
    fn the_next_server_is_asked_where_one_does_not_answer() {
        let stop = AtomicBool::new(false);
        let silent = UdpSocket::bind(PORT_ANY).unwrap();
        let gone = UdpSocket::bind(PORT_ANY).unwrap().local_addr().unwrap();
        let good = NameServer::bind(PORT_ANY.parse().unwrap(), vec![(NAME.into(), [10, 0, 0, 2].into())]).unwrap();
        let servers = [silent.local_addr().unwrap(), gone, good.address().unwrap()];
        let patience = Duration::from_millis(200);
        std::thread::scope(|scope| {
            scope.spawn(|| good.run(2, &stop));
            let found = ask_within(patience, &servers, NAME, &stop);
            stop.store(true, Ordering::Relaxed);
            assert_eq!(found.unwrap(), [IpAddr::from([10, 0, 0, 2])]);
        });
        let mut buffer = [0; 512];
        silent.recv(&mut buffer).unwrap();
        let nobody = ask_within(patience, &servers[..1], NAME, &AtomicBool::new(false));
        assert!(matches!(nobody, Err(AskError::Silent)), "{nobody:?}");
    }
}
