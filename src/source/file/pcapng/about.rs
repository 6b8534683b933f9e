//! Section headers and name resolution blocks: what they say of the capture and its addresses.

use super::options::{COMMENT, Walker};
use crate::source::file::Order;
use crate::source::file::about::{About, COMMENT_LIMIT, COMMENTS_KEPT, NAMES_KEPT, TEXT_LIMIT, text};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Option codes of the section header block.
const HARDWARE: u16 = 2;
const OS: u16 = 3;
const APPLICATION: u16 = 4;

/// Record types of the name resolution block.
const END: u16 = 0;
const IPV4: u16 = 1;
const IPV6: u16 = 2;

/// Takes in a section header; whether all of its options fitted.
pub(super) fn section(order: Order, body: &[u8], about: &mut About) -> Option<bool> {
    // Byte-order magic, version and section length come before the options.
    let mut options = Walker::new(order, body.get(16..)?);
    for (code, value) in &mut options {
        let field = match code {
            COMMENT if about.comments.len() < COMMENTS_KEPT => {
                about.comments.push(text(value, COMMENT_LIMIT));
                continue;
            }
            HARDWARE => &mut about.hardware,
            OS => &mut about.os,
            APPLICATION => &mut about.application,
            _ => continue,
        };
        if field.is_none() && !value.is_empty() {
            *field = Some(text(value, TEXT_LIMIT));
        }
    }
    Some(options.is_sound())
}

/// Takes in names; whether all records fitted. They are built as options are: type, length, value, padding.
pub(super) fn names(order: Order, body: &[u8], about: &mut About) -> Option<bool> {
    let mut records = Walker::new(order, body);
    for (kind, value) in &mut records {
        let (address, names) = match kind {
            END => break,
            IPV4 => value.split_first_chunk::<4>().map(|(ip, names)| (IpAddr::from(Ipv4Addr::from(*ip)), names))?,
            IPV6 => value.split_first_chunk::<16>().map(|(ip, names)| (IpAddr::from(Ipv6Addr::from(*ip)), names))?,
            _ => continue,
        };
        let first = names.split(|octet| *octet == 0).next().unwrap_or_default();
        if !first.is_empty() && about.names.len() < NAMES_KEPT {
            about.names.push((address, text(first, TEXT_LIMIT)));
        }
    }
    Some(records.is_sound())
}
