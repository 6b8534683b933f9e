//! Why a request is not answered as it was meant: a status code, and what is wrong in words.

use crate::timeline::Text;

/// An answer with an error (RFC 9110 15.5, 15.6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    pub(super) status: u16,
    pub(super) why: Text,
}

pub(super) fn fault(status: u16, en: impl Into<String>, zh: impl Into<String>) -> Fault {
    Fault { status, why: Text::new(en, zh) }
}

/// The reason phrase of a status code that the server sends.
pub(super) fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        301 => "Moved Permanently",
        304 => "Not Modified",
        400 => "Bad Request",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        411 => "Length Required",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        501 => "Not Implemented",
        505 => "HTTP Version Not Supported",
        _ => "Internal Server Error",
    }
}
