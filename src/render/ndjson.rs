//! One JSON object per line and connection, flat: every field has one name, the same that `--where` knows.

use super::json::line;
use crate::select::{flat, resolved};
use crate::timeline::{Connection, Endpoint, Timeline};
use std::io;

/// Writes a line for each connection.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    for (connection, client, server) in timeline.with_endpoints() {
        row(connection, client, server, out)?;
    }
    Ok(())
}

/// Writes the line of one connection, whatever else there is: nothing needs to be kept.
pub fn row(
    connection: &Connection,
    client: Option<&Endpoint>,
    server: Option<&Endpoint>,
    out: &mut impl io::Write,
) -> io::Result<()> {
    line(&flat(resolved(connection, client, server)), out)
}
