//! What a whole connection comes to: how it opened, how it closed, and one sentence on its life.

mod backoff;
mod cause;
mod close;
mod close_words;
mod open;
mod open_words;
mod story;

pub use cause::{close_cause, open_cause};
pub use close::{Aborted, Closing, UnsentFin, close_kind, closing, closing_told, never_opened};
pub use open::{Opening, fast_open, open_kind, opening, round_trips};
pub use open_words::syn_backoff;
pub use story::story;
