//! synfin shows the life of a TCP connection, from SYN to the end of TIME-WAIT, as an annotated timeline of real packets.
//!
//! # One way through the house
//! ```text
//!  frames              segments          steps             notes               timeline           rows             bytes
//! source ──Frame──▶ decode ──Segment──▶ track ──Step──▶ annotate ──▶ assemble ──Timeline──▶ ladder ──Row──▶ render/{text,table,json}
//! (libpcap, files)                        ▲                             ▲            └────────────────────▶
//! transfer, lab ──the kernel's word───────┴─────────────────────────────┘
//! (sockets, namespaces)        everything between the two I/O columns is pure: no clock, no environment, no printing
//! ```
//! Ten rooms stand beside this way. [`app`], behind track: what the octets of a connection say, message by message, and which
//! names were looked up before it. [`join`], between decode and track: with a capture from each host, segments bear the time of
//! their arrival too. [`wireshark`], beside track: each segment in the words of tshark's analysis, right or wrong. [`overview`],
//! behind track: what a whole capture comes to, gathered from each connection as it is let go. Before render, all of a finished
//! timeline: [`select`], which connections are shown; [`expect`], whether it shows the sequence that somebody states;
//! [`plot`], what was sent and measured over time; [`exchange`], each request with what answers it, and where its time went; [`compare`], what one costs more than another; [`anonymize`], what of it
//! others may see.
//!
//! [`lab`] stands at the far end: it plays scenarios between two hosts of its own, and leaves a recording that is replayed like any
//! other. Its rooms, in the order in which a performance needs them: `scenario`, `fault`, `pace` and `deed` (pure words: what is to
//! be done, and what was), `namespace` (a private network), `kernel` (sockets asked, tracepoints heard), `hosts` (client and
//! server), `wire` (what lies between them) and `performance` (players and watchers of it all).
//!
//! A room uses only rooms to its left, and the two rooms of nouns: [`tcp`] (what RFC 9293 calls things) and [`timeline`] (the
//! public contract). Renderers never ask the tracker, rules never change state, layout never writes into events; time comes
//! with the frames. [`analyze::Analyzer`] is the whole middle as one object. [`cli`] alone prints, asks the environment and
//! ends the process.
//!
//! Memory is bounded by what is shown or still open: `track::keep` and `track::table` name the bounds.
//!
//! # The idea that carries it
//! A capture shows that a segment was *sent*, not that it arrived. A sent SYN or FIN stays under way until the receiver's own
//! acknowledgment proves it; then the shortest prefix that explains the acknowledgment is delivered ([`track`]). So
//! simultaneous opens and closes, lost SYNs and lost last ACKs come out as the RFC draws them, and every state says on what
//! it rests: [`tcp::Basis`].
//!
//! # In a few lines
//! ```
//! use synfin::analyze::{Analyzer, Ending, Wishes};
//! use synfin::{assemble::Watch, source::CaptureReader, tcp::MslProfile, timeline::{OpenKind, SourceKind}};
//!
//! let mut reader = CaptureReader::open("captures/download.pcap")?;
//! let mut analyzer = Analyzer::new(Wishes { watch: Watch::All, full: false, msl: MslProfile::Linux, ..Wishes::default() });
//! while let Some(frame) = reader.next() {
//!     analyzer.push(&frame);
//! }
//! let timeline = analyzer.finish(SourceKind::File, "download.pcap", Ending::default());
//! assert_eq!(timeline.connections[0].open.kind, OpenKind::ThreeWay);
//! assert_eq!(timeline.connections[0].time_wait[0].endpoint, "e1");
//! # Ok::<(), synfin::source::OpenError>(())
//! ```

pub mod analyze;
pub mod annotate;
pub mod anonymize;
pub mod app;
pub mod assemble;
pub mod cli;
pub mod compare;
pub mod decode;
pub mod exchange;
pub mod expect;
pub mod join;
pub mod lab;
pub mod ladder;
pub mod overview;
pub mod plot;
pub mod render;
pub mod safe;
pub mod select;
pub mod source;
pub mod tcp;
#[cfg(test)]
#[path = "../tests/support/packet.rs"]
mod test_packet;
pub mod timeline;
pub mod track;
pub mod transfer;
pub mod wireshark;
