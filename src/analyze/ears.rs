//! Who hears each step of the tracker: the assembler, the glance, and whoever takes connections when they are over.

use super::over::{Over, Take};
use super::reading;
use crate::app::Reader;
use crate::assemble::Assembler;
use crate::overview::{Fact, Overview};
use crate::tcp::Timestamp;
use crate::track::{Hear, Input, LoneSyn, Ordinary, Seen, Step};

/// Server ports that are noted: whoever asks the kernel about more gets answers that grow with every socket.
const MOST_SERVER_PORTS: usize = 16;

/// The assembler and the glance hear every step; the ports that connections lead to may be noted.
pub(super) struct Ears<'a, 't> {
    /// Who reads what the applications say.
    pub(super) reader: &'a mut Reader,
    pub(super) assembler: &'a mut Assembler,
    pub(super) overview: &'a mut Overview,
    pub(super) ports: Option<&'a mut Vec<u16>>,
    pub(super) taker: Option<&'a mut (dyn Take + 't)>,
    /// When what is told now is so.
    pub(super) now: Timestamp,
}

impl<'a> Ears<'a, 'static> {
    /// Nobody else hears them.
    pub(super) fn of(
        reader: &'a mut Reader,
        assembler: &'a mut Assembler,
        overview: &'a mut Overview,
    ) -> Ears<'a, 'static> {
        Ears { reader, assembler, overview, ports: None, taker: None, now: Timestamp::default() }
    }
}

impl Ears<'_, '_> {
    /// Whether the end of a connection that was set aside is told by what it came to: nobody keeps its events, and none was
    /// drawn.
    fn is_enough(&self) -> bool {
        !self.assembler.keeps_any() && self.taker.is_none()
    }
}

impl Hear for Ears<'_, '_> {
    #[inline]
    fn step(&mut self, step: &Step<'_>) {
        if let Some(ports) = &mut self.ports {
            note_server_port(step, ports);
        }
        reading::read(step, self.reader, self.assembler);
        let fact = hear(step, self.assembler, self.overview);
        if let (Some(fact), Some(taker)) = (fact, &mut self.taker) {
            taker.take(&Over::new(step.connection, &fact, self.assembler, self.now));
        }
    }

    #[inline]
    fn looks(&self, id: u64, ordinal: u64) -> bool {
        // The first segment of each tells the server's port.
        ordinal == 0 || self.assembler.wants_events_of(id) || self.assembler.reads_beside(id)
    }

    fn lone(&mut self, syn: &LoneSyn) -> bool {
        let is_enough = self.is_enough();
        if is_enough {
            self.overview.note(&Fact::of_lone(syn, self.assembler.start().unwrap_or_default()));
        }
        is_enough
    }

    fn ordinary(&mut self, connection: &Ordinary) -> bool {
        let is_enough = self.is_enough();
        if is_enough {
            self.overview.note(&Fact::of_ordinary(connection, self.assembler.start().unwrap_or_default()));
        }
        is_enough
    }
}

/// What each step means for the timeline, and the last one of a connection for the glance.
#[inline]
pub(super) fn hear(step: &Step<'_>, assembler: &mut Assembler, overview: &mut Overview) -> Option<Fact> {
    let fact = matches!(step.input, Input::Retired).then(|| {
        let fact = Fact::of(step.connection, assembler.start().unwrap_or_default(), overview.two_msl_ns());
        overview.note(&fact);
        fact
    });
    assembler.step(step);
    fact
}

fn note_server_port(step: &Step<'_>, ports: &mut Vec<u16>) {
    let Input::Segment(Seen { ordinal: 0, .. }) = &step.input else { return };
    let [_, server] = step.connection.addresses;
    if ports.len() < MOST_SERVER_PORTS && !ports.contains(&server.port()) {
        ports.push(server.port());
    }
}
