//! Where frames come from: a live device or a saved file. The only room that reads packets from outside.

pub mod file;
pub mod frame;
pub mod save;

pub use file::{CaptureReader, Damage, DamageKind, Interface, OpenError};
pub use frame::{Frame, LinkType, Timestamp};
pub use save::PcapWriter;
