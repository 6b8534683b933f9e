//! Finding the place behind a broken header where records go on.

use super::buffer::Buffer;

/// How far is looked. More would keep a pipe waiting and prove nothing.
const REACH: usize = 1024 * 1024;

/// So many records in a row are no accident; fewer suffice where they end exactly with the file.
const CHAIN: usize = 3;

/// How many octets to pass over from the broken header on, up to where records certainly go on. `probe` gives the length
/// of the record that begins with these octets, if they look like one.
#[cold]
pub(super) fn find(buffer: &mut Buffer, probe: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    let ended = !buffer.fill(REACH);
    let bytes = buffer.available();
    (1..bytes.len()).find(|start| {
        let mut at = *start;
        for _ in 0..CHAIN {
            match bytes.get(at..).and_then(&probe) {
                Some(len) => at += len,
                None => return false,
            }
            if at == bytes.len() && ended {
                return true;
            }
        }
        at <= bytes.len()
    })
}
