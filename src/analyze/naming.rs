//! What the matcher of queries and answers hears: datagrams, and DNS messages over TCP.

use crate::app::MessageWord;
use crate::app::dns::{Lookups, Sent};
use crate::decode::Datagram;
use crate::timeline::{Content, DnsTransport};
use crate::track::Connection;

/// A datagram of the Domain Name System.
pub(super) fn datagram(datagram: &Datagram<'_>, lookups: &mut Lookups) {
    let Datagram { src, dst, time, frame, payload } = *datagram;
    lookups.datagram(Sent { src, dst, at: time, frame }, payload);
}

/// The DNS messages among these. The connections come by their ids.
pub(super) fn messages(messages: &[MessageWord], connections: &[&Connection], lookups: &mut Lookups) {
    for word in messages {
        let Content::Dns(message) = &word.content else { continue };
        let place = connections.binary_search_by_key(&word.connection, |connection| connection.id);
        let Some(connection) = place.ok().and_then(|place| connections.get(place)) else { continue };
        let [src, dst] = [word.peer, !word.peer].map(|peer| *peer.of(&connection.addresses));
        let at = if message.is_response { word.last.at } else { word.began() };
        lookups.message(
            Sent { src, dst, at, frame: word.last.frame },
            DnsTransport::Tcp,
            message,
            word.problems.clone(),
        );
    }
}
