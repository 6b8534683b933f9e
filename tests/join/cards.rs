//! What network cards do to segments: several put together where they arrive, or one cut up where it is sent.

use super::support::packet::{ACK, PSH, Packet};
use super::support::two_sides::{BEGIN, MS, Shipment, TwoSides};
use super::{after_handshake, fates, segments};
use synfin::timeline::Fate;

#[test]
fn segments_put_together_where_they_arrive_are_no_loss() {
    let timeline = coalesced(&bulk(), false, 7).joined();
    assert_eq!(fates(&timeline), ">".repeat(24));
    assert_eq!(timeline.connections[0].totals.client.bytes, 20_000);
}

#[test]
fn segments_cut_up_by_the_card_are_shown_as_they_were_on_the_wire() {
    let mut sides = bulk();
    let lost = sides.shipments.iter().position(|it| it.packet.seq == 5_100).unwrap();
    sides.shipments[lost].arrives = None;
    // The acknowledgment tells of a copy of it.
    let mut again = sides.shipments[lost].clone();
    again.sent = again.sent.map(|sent| sent + 5 * MS);
    again.arrives = again.sent.map(|sent| sent + 10 * MS);
    again.packet.ip_id = 2000;
    again.packet.flags = PSH | ACK;
    sides.shipments.last_mut().unwrap().sent = again.arrives.map(|at| at + MS);
    sides.shipments.last_mut().unwrap().arrives = again.arrives.map(|at| at + 11 * MS);
    let mut card = coalesced(&sides, true, 10);
    card.shipments.push(again);
    let timeline = card.joined();
    let lost: Vec<_> = segments(&timeline)
        .into_iter()
        .filter(|(_, it)| it.fate == Fate::Lost)
        .map(|(_, it)| (it.seq, it.len))
        .collect();
    assert_eq!(lost, [(5001, 1000)], "{}", fates(&timeline));
    assert_eq!(timeline.connections[0].ways.unwrap().to_server.lost, 1);
}

/// 20 segments of 1000 octets one after the other, and an acknowledgment.
fn bulk() -> TwoSides {
    let mut sides = TwoSides::of(&after_handshake(""), true);
    let begin = BEGIN + 100 * MS;
    for n in 0..20_i64 {
        let packet = Packet::new("10.0.0.1:40000", "10.0.0.2:80").seq(100 + n as u32 * 1000).ack(300).flags(ACK);
        let mut packet = packet.payload(&[n as u8; 1000]);
        packet.ip_id = 1000 + n as u16;
        let sent = begin + n * 10_000;
        sides.shipments.push(Shipment { from_client: true, sent: Some(sent), arrives: Some(sent + 10 * MS), packet });
    }
    let packet = Packet::new("10.0.0.2:80", "10.0.0.1:40000").seq(300).ack(20_100).flags(ACK);
    let sent = begin + 11 * MS;
    sides.shipments.push(Shipment { from_client: false, sent: Some(sent), arrives: Some(sent + 10 * MS), packet });
    sides
}

/// Puts the packets of one side together as a card does: so many into one, with the time of the last (receiving) or the
/// first (sending).
fn coalesced(sides: &TwoSides, sending: bool, many: usize) -> TwoSides {
    let mut out = TwoSides { shipments: Vec::new(), ..sides.clone() };
    let (data, others): (Vec<_>, Vec<_>) =
        sides.shipments.iter().cloned().partition(|it| it.packet.payload.len() == 1000);
    out.shipments = others;
    for chunk in data.chunks(many) {
        let mut whole = chunk[0].packet.clone();
        whole.payload = chunk.iter().flat_map(|it| it.packet.payload.clone()).collect();
        if sending {
            let kept = chunk.iter().filter(|it| it.arrives.is_some());
            out.shipments.extend(kept.map(|it| Shipment { sent: None, ..it.clone() }));
            out.shipments.push(Shipment { arrives: None, packet: whole, ..chunk[0].clone() });
        } else {
            out.shipments.extend(chunk.iter().map(|it| Shipment { arrives: None, ..it.clone() }));
            let last = chunk.last().unwrap().clone();
            out.shipments.push(Shipment { sent: None, packet: whole, ..last });
        }
    }
    out
}
