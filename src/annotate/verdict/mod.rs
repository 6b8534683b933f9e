//! What a whole connection comes to: how it opened, how it closed, and one sentence on its life.

mod close;
mod open;
mod story;

pub use close::{Closing, close_kind, closing, never_opened};
pub use open::{Opening, open_kind, opening, round_trips};
pub use story::story;
