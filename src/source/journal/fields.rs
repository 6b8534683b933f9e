//! The fields of a journal entry, as `journalctl -o export` writes them: `KEY=value` in a line, or the key alone in a line,
//! the value's length in eight octets and the value.

use super::BLOCK;
use crate::tcp::Timestamp;
use std::fmt::Display;
use std::io::{self, Write};

/// Fields looked at in one entry.
const MOST: usize = 64;

/// An entry that is being written.
pub(super) struct Fields {
    text: String,
}

impl Fields {
    /// With what every journal reader shows: when, by whom, and a message.
    pub(super) fn begin(at: Timestamp, by: &str, message: &str) -> Fields {
        let mut fields = Fields { text: String::new() };
        // The format's own field counts microseconds.
        fields.add("__REALTIME_TIMESTAMP", at.0.max(0) / 1000).add("PRIORITY", 6);
        fields.add("SYSLOG_IDENTIFIER", by).add("MESSAGE", message).add("SYNFIN_TIME_NS", at.0);
        fields
    }

    /// Adds a field; what would end its line becomes a space.
    pub(super) fn add(&mut self, key: &str, value: impl Display) -> &mut Fields {
        let value = value.to_string().replace(char::is_control, " ");
        for part in [key, "=", &value, "\n"] {
            self.text.push_str(part);
        }
        self
    }

    pub(super) fn add_some(&mut self, key: &str, value: Option<impl Display>) -> &mut Fields {
        match value {
            Some(value) => self.add(key, value),
            None => self,
        }
    }

    /// Writes the block.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let padding = self.text.len().next_multiple_of(4) - self.text.len();
        let total = u32::try_from(self.text.len() + padding + 12).map_err(io::Error::other)?.to_le_bytes();
        out.write_all(&BLOCK.to_le_bytes())?;
        out.write_all(&total)?;
        out.write_all(self.text.as_bytes())?;
        out.write_all([0; 3].get(..padding).unwrap_or_default())?;
        out.write_all(&total)
    }
}

/// Keys and values that are text, as far as they can be read.
pub(super) fn read(body: &[u8]) -> Vec<(&str, &str)> {
    let mut fields = Vec::new();
    let mut rest = body;
    while fields.len() < MOST {
        let Some(end) = rest.iter().position(|octet| *octet == b'\n') else { break };
        let Some((line, after)) = rest.split_at_checked(end) else { break };
        let after = after.get(1..).unwrap_or_default();
        let field = match line.iter().position(|octet| *octet == b'=') {
            Some(middle) => {
                rest = after;
                line.get(..middle).zip(line.get(middle + 1..))
            }
            None => {
                let Some((length, value)) = after.split_first_chunk::<8>() else { break };
                let Ok(length) = usize::try_from(u64::from_le_bytes(*length)) else { break };
                let Some((value, after)) = value.split_at_checked(length) else { break };
                rest = after.get(1..).unwrap_or_default();
                Some((line, value))
            }
        };
        let text = |bytes| std::str::from_utf8(bytes).ok();
        fields.extend(field.and_then(|(key, value)| Some((text(key)?, text(value)?))));
    }
    fields
}
