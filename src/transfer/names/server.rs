//! A DNS server that knows a few names, and of all others that they do not exist: enough for a lesson.

use super::LONGEST;
use simple_dns::rdata::{A, AAAA, RData};
use simple_dns::{CLASS, Name, Packet, PacketFlag, QTYPE, RCODE, ResourceRecord, TYPE};
use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// For so many seconds an answer may be kept.
const TTL: u32 = 60;
/// How often it looks whether it should stop.
const GLANCE: Duration = Duration::from_millis(50);

/// A server at one address.
#[derive(Debug)]
pub struct NameServer {
    socket: UdpSocket,
    names: Vec<(String, IpAddr)>,
}

impl NameServer {
    /// Takes the address. A name with several addresses stands several times; they are told in this order.
    ///
    /// # Errors
    /// What the system says.
    pub fn bind(address: SocketAddr, names: Vec<(String, IpAddr)>) -> io::Result<NameServer> {
        let socket = UdpSocket::bind(address)?;
        socket.set_read_timeout(Some(GLANCE))?;
        Ok(NameServer { socket, names })
    }

    /// Where it is.
    ///
    /// # Errors
    /// What the system says.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.socket.local_addr()
    }

    /// Answers so many queries, or until `stop` is set. Gives how many were answered.
    ///
    /// # Errors
    /// What the system says.
    pub fn run(&self, count: u64, stop: &AtomicBool) -> io::Result<u64> {
        let mut answered = 0;
        while answered < count && !stop.load(Ordering::Relaxed) {
            let mut buffer = [0; LONGEST];
            let (len, from) = match self.socket.recv_from(&mut buffer) {
                Ok(came) => came,
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => continue,
                // A client that has gone says so with the next call (ICMP).
                Err(error) if matches!(error.kind(), ErrorKind::Interrupted | ErrorKind::ConnectionRefused) => continue,
                Err(error) => return Err(error),
            };
            if let Some(answer) = self.answer(buffer.get(..len).unwrap_or_default()) {
                self.socket.send_to(&answer, from)?;
                answered += 1;
            }
        }
        Ok(answered)
    }

    /// The answer to a query; nothing to what is none.
    fn answer(&self, octets: &[u8]) -> Option<Vec<u8>> {
        // The counts of a header are believed by nobody here: a query has one question and little else.
        if octets.get(4..12)?.chunks(2).zip([1, 0, 0, 1]).any(|(count, most)| !matches!(count, [0, n] if *n <= most)) {
            return None;
        }
        let query = Packet::parse(octets).ok().filter(|query| !query.has_flags(PacketFlag::RESPONSE))?;
        let question = query.questions.first()?.clone();
        let mut answer = Packet::new_reply(query.id());
        answer.set_flags(PacketFlag::AUTHORITATIVE_ANSWER);
        if query.has_flags(PacketFlag::RECURSION_DESIRED) {
            answer.set_flags(PacketFlag::RECURSION_DESIRED);
        }
        let mut is_known = false;
        for (name, ip) in &self.names {
            let Ok(name) = Name::new(name) else { continue };
            if name != question.qname {
                continue;
            }
            is_known = true;
            let data = match (ip, question.qtype) {
                (IpAddr::V4(ip), QTYPE::TYPE(TYPE::A) | QTYPE::ANY) => RData::A(A::from(*ip)),
                (IpAddr::V6(ip), QTYPE::TYPE(TYPE::AAAA) | QTYPE::ANY) => RData::AAAA(AAAA::from(*ip)),
                _ => continue,
            };
            answer.answers.push(ResourceRecord::new(question.qname.clone(), CLASS::IN, TTL, data));
        }
        if !is_known {
            *answer.rcode_mut() = RCODE::NameError;
        }
        answer.questions.push(question);
        answer.build_bytes_vec_compressed().ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::super::{AskError, ask};
    use super::*;

    /// What a lookup of a name gives.
    fn asked(name: &str) -> Result<Vec<String>, AskError> {
        let names = [("www.lab.test", "10.0.0.2"), ("www.lab.test", "10.0.0.3"), ("six.lab.test", "fd00::2")];
        let names = names.map(|(name, ip)| (name.to_string(), ip.parse().unwrap())).to_vec();
        let server = NameServer::bind("127.0.0.1:0".parse().unwrap(), names).unwrap();
        let (address, stop) = (server.address().unwrap(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let serving = scope.spawn(|| server.run(2, &stop));
            let asked = ask(&[address], name, &stop);
            stop.store(true, Ordering::Relaxed);
            serving.join().unwrap().unwrap();
            asked.map(|ips| ips.iter().map(IpAddr::to_string).collect())
        })
    }

    #[test]
    fn it_tells_what_it_knows() {
        assert_eq!(asked("WWW.lab.test").unwrap(), ["10.0.0.2", "10.0.0.3"]);
        assert_eq!(asked("six.lab.test").unwrap(), ["fd00::2"]);
        assert!(matches!(asked("no.lab.test"), Err(AskError::Refused(rcode)) if rcode == "NXDOMAIN"));
    }

    #[test]
    fn what_is_no_query_is_not_answered() {
        let server = NameServer::bind("127.0.0.1:0".parse().unwrap(), Vec::new()).unwrap();
        let mut query = Packet::new_query(1).build_bytes_vec().unwrap();
        assert_eq!(server.answer(&query), None);
        query[4] = 0xff;
        for octets in [&query[..], &[0xff; 512], b"", b"hello, who is there?"] {
            assert_eq!(server.answer(octets), None);
        }
    }
}
