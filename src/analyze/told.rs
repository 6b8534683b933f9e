//! What capture files say beside their packets: damage, drops, interfaces, comments, names, and the order of time.

use super::Ending;
use crate::assemble::Remarks;
use crate::source::{Backwards, CaptureReader, Interface};
use crate::timeline::amount::some;
use crate::timeline::{CaptureInterface, CapturedBy, Text};

/// Interfaces shown at most.
const INTERFACES: usize = 64;

/// Gathered over all files.
#[derive(Default)]
pub struct Told {
    pub ending: Ending,
    /// Files were damaged.
    pub damaged: bool,
}

impl Told {
    /// A file was read to its end. `name` is safe already.
    pub fn file(&mut self, name: &str, reader: &CaptureReader, backwards: &Backwards) {
        let ending = &mut self.ending;
        self.damaged |= !reader.damage().is_empty();
        let said = reader.damage().iter().map(|damage| damage.text()).chain(backwards.text());
        ending.warnings.extend(said.map(|Text { en, zh }| Text::new(format!("{name}: {en}"), format!("{name}：{zh}"))));
        for interface in reader.interfaces() {
            ending.dropped = ending.dropped.saturating_add(interface.dropped.unwrap_or(0));
            if is_described(interface) && ending.interfaces.len() < INTERFACES {
                ending.interfaces.push(shown(interface));
            }
        }
        let Some(about) = reader.about() else { return };
        ending.comments.extend(about.comments.iter().cloned());
        ending.names.extend(about.names.iter().cloned());
        let by = CapturedBy {
            hardware: about.hardware.clone(),
            os: about.os.clone(),
            application: about.application.clone(),
        };
        if ending.captured_by.is_none() && by != CapturedBy::default() {
            ending.captured_by = Some(by);
        }
    }

    /// The comments on packets, once all files were read.
    pub fn remarks(&mut self, remarks: Remarks) {
        if remarks.left_out > 0 {
            let count = remarks.left_out;
            self.ending.warnings.push(Text::new(
                format!("{} on packets not shown", some(count, "more comment")),
                format!("另有 {count} 条数据包注释未显示"),
            ));
        }
        self.ending.remarks = remarks;
    }
}

/// Whether the file says more of an interface than its link type.
fn is_described(interface: &Interface) -> bool {
    let Interface { name, description, received, dropped, comments, .. } = interface;
    name.is_some() || description.is_some() || received.is_some() || dropped.is_some() || !comments.is_empty()
}

fn shown(interface: &Interface) -> CaptureInterface {
    CaptureInterface {
        name: interface.name.clone().unwrap_or_default(),
        description: interface.description.clone(),
        link: interface.link.0,
        snaplen: interface.snaplen,
        received: interface.received,
        dropped: interface.dropped,
        comments: interface.comments.clone(),
    }
}
