//! Where frames come from: a live device or a saved file. The only room that reads packets from outside.

pub mod frame;

pub use frame::{Frame, LinkType, Timestamp};
