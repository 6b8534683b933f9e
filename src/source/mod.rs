//! Where frames come from: a live device or a saved file. The only room that reads packets from outside.

pub mod backwards;
pub mod clock;
pub mod file;
#[cfg(feature = "capture")]
pub mod filter;
pub mod frame;
#[cfg(feature = "capture")]
pub mod interfaces;
pub mod journal;
#[cfg(feature = "capture")]
pub mod live;
#[cfg(unix)]
pub mod privilege;
pub mod save;
#[cfg(unix)]
pub(crate) mod syscall;

pub use crate::tcp::Timestamp;
pub use backwards::Backwards;
pub use file::{About, CaptureReader, Damage, DamageKind, Interface, OpenError, Packing};
pub use frame::{Frame, LinkType};
pub use save::PcapWriter;
