//! Where frames come from: a live device or a saved file. The only room that reads packets from outside.

#[cfg(feature = "capture")]
pub mod filter;
pub mod frame;
#[cfg(feature = "capture")]
pub mod interfaces;
#[cfg(feature = "capture")]
pub mod live;
#[cfg(unix)]
pub mod privilege;
#[cfg(unix)]
pub(crate) mod syscall;

pub use frame::{Frame, LinkType, Timestamp};
