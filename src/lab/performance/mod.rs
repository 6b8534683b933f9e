//! What is performed: a scenario ([`player`]), any two programs ([`exec`]) or one download ([`rehearsal`]), and what comes of it.

mod error;
pub mod exec;
pub mod player;
mod recording;
pub mod rehearsal;
mod traced;
mod watch;

pub use error::LabError;
pub use recording::Recording;
