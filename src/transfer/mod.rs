//! The built-in server and client: the course's file downloader, over the simplest protocol that still tells errors.
//!
//! # The protocol
//! The client sends a file name. The server sends the file and closes. A program of ten lines can be either side:
//! `send(b"notes.txt")` and `recv(1024)` until `b""`; or `recv(1024)`, `open`, `send` in a loop, `close`.
//!
//! There are two ways to ask, and the beginning says which:
//!
//! | the client sends | the server answers |
//! |---|---|
//! | `notes.txt` (a *bare* name) | the octets of the file and FIN; or the error line and FIN |
//! | `synfin: get notes.txt` and a newline (a *line*) | `synfin: ok LENGTH` and a newline, then LENGTH octets; or the error line |
//!
//! Only a line gets a status line, so no other program finds one in its file: a student who ends his name with `\n` or
//! `\r\n` asks for the bare name all the same.
//!
//! The error line is `synfin: error CODE WORDS` and a newline. It cannot be taken for a file: a file that begins with
//! `synfin: error ` is not sent to a bare name (code `looks-like-error`), only to a line. So an empty file (no octets, FIN)
//! and a missing one (an error line, FIN) are two things, and a student who prints what came reads the reason.
//!
//! Who asks by line knows the length, so it can tell a cut file from a whole one, and it can close first. Who asks by
//! a bare name learns the end from the server's FIN alone; then the server has to close first. [`Client`] asks bare when the
//! server shall close first, which is what a student's server understands, and by line when it closes first itself.
//!
//! # Where a bare name ends
//! Names may come in pieces. A line ends at its newline (a `\r` before it is dropped), and so does a bare name that has one.
//! Without it a bare name ends at the client's half-close, or where the folder leaves no doubt: as soon as no other entry begins with what has come, more octets could
//! only spoil the name, so the server answers at once. In doubt (`note` while `notes.txt` exists, or `syn`, which may become a line) it waits for a pause of
//! [`Server::pause`]. What comes after the answer has begun is read and thrown away.
//!
//! # How it closes
//! Closing with unread octets makes the kernel send RST instead of FIN, and the client might lose the end of the file. So
//! both sides send FIN, read until the other's FIN (for a limited time), and then close. RST is sent only by a linger of
//! 0, and where a bare answer has to be cut short: there FIN would say "this was the whole file".

mod address;
mod call;
mod client;
mod door;
pub mod http;
pub mod names;
mod protocol;
mod reach;
mod root;
mod save;
mod server;
mod session;

pub use address::{AddressError, Target, resolve};
pub use call::{Call, CallKind, Calls, errno_name, octets};
pub use client::{Client, GetError, Received};
pub use protocol::{Ask, Closer, Refusal};
pub use root::Root;
pub use save::{SaveError, Saving, local_name};
pub use server::{BindError, Event, Server};
