//! A web server and a web client over HTTP/1.1 (RFC 9110, RFC 9112): small, and right in what they do.
//!
//! The server sends the files of a folder to GET and HEAD, and answers POST by telling what came. Connections stay open as
//! HTTP/1.1 has it. It reads heads of 8 KiB at most (431) and bodies of 1 MiB at most (413), with a length or
//! in chunks. A
//! request that is malformed is answered with what is wrong, and ends the connection: where the next one would begin, nobody knows.
//!
//! The client asks for one URL, follows redirects to the same server, and reads bodies with a length, in chunks, or up to the end.

mod answer;
mod body;
mod client;
mod fault;
mod fetch;
mod fields;
mod pages;
mod request;
mod response;
mod server;
mod session;
mod site;
mod stream;

pub use client::{Page, WebClient, WebError, WebTold};
pub use fetch::Fetch;
pub use response::Framing;
pub use server::{WebEvent, WebServer};
