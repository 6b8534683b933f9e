//! Sequences that somebody expects of a capture, as text a student can read, and whether a timeline shows them. Pure.
//!
//! ```text
//! client SYN lost          # one line a segment, in the order of sending
//! client SYN again
//! server SYN-ACK
//! client ACK
//! client data 10           # 10 octets; `data` alone is any number
//! server data +            # one or more; ? there or not, * any number of them
//! ...                      # whatever comes here
//! client FIN | server FIN  # they cross: either order
//! client: SYN-SENT ESTABLISHED ... TIME-WAIT CLOSED?
//! open: three-way
//! time-wait: client
//! ```
//! Pure acknowledgments that are not named are free; every other segment must be named, and its marks `lost`, `again`
//! and `corrupt` with it. `one` and `other` are client and server, or server and client. Lines below `connection 2:`
//! speak of that connection, lines above any such line of every connection that has none of its own.

mod check;
mod claims;
mod describe;
mod difference;
mod instead;
mod line;
mod matching;
mod named;
mod parse;
mod shot;
mod token;
mod written;

pub use check::{Verdict, check, check_each};
pub use difference::{Came, Difference, Expected};
pub use line::Sequence;
pub use named::{NAMED, Named, likest, named};
pub use parse::{LONGEST, ParseError, likest as likest_of};
pub use written::write;

#[cfg(test)]
mod tests;
