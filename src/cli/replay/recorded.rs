//! `synfin replay` of a file that synfin's lab recorded: both sides of one wire by one clock, with what the programs called
//! and what the kernel said.

use super::super::config::Config;
use super::{FrameFilter, open};
use crate::analyze::{Both, Side, Told, Wishes};
use crate::app::Encoding;
use crate::assemble::Remarks;
use crate::source::journal::Entry;
use crate::source::{Backwards, CaptureReader};
use crate::timeline::{Source, SourceKind, Timeline};
use anyhow::Result;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::PathBuf;

/// What the section's application or hardware begins with.
const MARK: &str = "synfin lab";
/// The two interfaces.
const SIDES: [(&str, Side); 2] = [("client", Side::Client), ("server", Side::Server)];

/// In a lesson every segment has its place: connections of the lab that show no more than this do not fold.
pub(super) const WHOLE: usize = 60;

/// Where the lab's hosts stand.
const HOSTS: [(IpAddr, Side); 6] = [
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)), Side::Client),
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 2)), Side::Server),
    (IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 1)), Side::Client),
    (IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 2)), Side::Server),
    (IpAddr::V4(Ipv4Addr::new(10, 0, 0, 53)), Side::Server),
    (IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 0x53)), Side::Server),
];

/// The sides of both hosts, by interface, of a recording of the lab's.
pub(super) struct Sides(Vec<Option<Side>>);

/// Those of the file, if it is the only one and the lab's. A pipe cannot be read twice, so it is none.
pub(super) fn only(files: &[PathBuf], config: &Config) -> Result<Option<Sides>> {
    let [file] = files else { return Ok(None) };
    if !file.metadata().is_ok_and(|found| found.is_file()) {
        return Ok(None);
    }
    Ok(sides(&mut open(file, config)?))
}

/// Those of what is read, if it is the lab's, of two hosts. Its first packet is read.
pub(super) fn sides(reader: &mut CaptureReader) -> Option<Sides> {
    // Section and interfaces stand before the first packet.
    let _ = reader.next();
    let side = |name: &str| SIDES.iter().find(|(known, _)| *known == name).map(|(_, side)| *side);
    let sides: Vec<Option<Side>> =
        reader.interfaces().iter().map(|interface| interface.name.as_deref().and_then(side)).collect();
    let is_ours = is_marked(reader) && SIDES.iter().all(|(_, side)| sides.contains(&Some(*side)));
    is_ours.then_some(Sides(sides))
}

/// What a recording of the lab's says of itself, also of its loopback: of its few connections it tells all that it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Lesson {
    /// What the programs say is text in this encoding.
    pub(super) text: Option<Encoding>,
}

impl Lesson {
    /// Of the file, if it is the only one and the lab's.
    pub(super) fn of_only(files: &[PathBuf], config: &Config) -> Result<Option<Lesson>> {
        let [file] = files else { return Ok(None) };
        if !file.metadata().is_ok_and(|found| found.is_file()) {
            return Ok(None);
        }
        Ok(Lesson::begins(&mut open(file, config)?))
    }

    /// Of what is read, if it is the lab's. Its first packet is read.
    pub(super) fn begins(reader: &mut CaptureReader) -> Option<Lesson> {
        // The section stands before the first packet.
        let _ = reader.next();
        let remarks = reader.about().map_or(&[][..], |about| &about.comments);
        let text = remarks.iter().find_map(|remark| Encoding::remarked(remark));
        is_marked(reader).then_some(Lesson { text })
    }
}

/// Whether the lab made it, so far as it was read: only then its journal is ours.
pub(super) fn is_marked(reader: &CaptureReader) -> bool {
    let by = reader.about().map(|about| [&about.application, &about.hardware]);
    by.is_some_and(|by| by.into_iter().flatten().any(|text| text.starts_with(MARK)))
}

/// Whether a timeline is of a recording that the lab made.
pub(super) fn is_lesson(source: &Source) -> bool {
    let by = source.captured_by.as_ref().map(|by| [&by.application, &by.hardware]);
    by.is_some_and(|by| by.into_iter().flatten().any(|text| text.starts_with(MARK)))
}

/// Reads a recording of this name from its beginning; says whether it was damaged.
pub(super) fn read(
    mut reader: CaptureReader,
    name: &str,
    Sides(sides): &Sides,
    wishes: Wishes,
    filter: &mut FrameFilter,
) -> Result<(Timeline, bool)> {
    let mut both = Both::new(wishes, true);
    for (host, side) in HOSTS {
        both.lives(host, side);
    }
    let mut told = Told::default();
    let mut remarks = Remarks::default();
    let mut backwards = Backwards::default();
    while let Some(frame) = reader.next() {
        let number = frame.number;
        let Some(Some(side)) = sides.get(frame.interface as usize) else { continue };
        if !filter.matches(&frame)? {
            continue;
        }
        backwards.see(number, frame.time);
        both.push(*side, &frame);
        if let (Some(comment), Some((src, dst))) = (reader.comment(), both.last_ends()) {
            remarks.add(number, src, dst, comment);
        }
    }
    for (side, interface) in sides.iter().zip(reader.interfaces()) {
        if let Some(side) = side.filter(|_| interface.dropped.is_some_and(|dropped| dropped > 0)) {
            both.let_go(side);
        }
    }
    for entry in reader.journal() {
        match entry {
            Entry::Call(word) => both.hear_call(word.clone()),
            Entry::Hosts(word) => both.hear_hosts(word.clone()),
            Entry::Kernel(word) => both.hear_kernel(word),
            Entry::Sample(word) => both.hear_sample(word.clone()),
            Entry::Act(word) => both.hear_act(word.clone()),
            Entry::Polling { polling, until } => {
                both.hear_polling(polling.clone());
                both.watched(*until);
            }
        }
    }
    told.file(name, &reader, &backwards);
    told.remarks(remarks);
    let damaged = told.damaged;
    Ok((both.finish(SourceKind::File, name, told.ending), damaged))
}
