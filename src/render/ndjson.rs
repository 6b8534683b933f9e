//! One JSON object per line and connection, flat: every field has one name, the same that `--where` knows.

use super::json::line;
use crate::select::{flat, resolved};
use crate::timeline::{Connection, Endpoint, Timeline};
use std::collections::HashMap;
use std::io;

/// Writes a line for each connection.
pub fn write(timeline: &Timeline, out: &mut impl io::Write) -> io::Result<()> {
    let mut endpoints: HashMap<&str, &Endpoint> = HashMap::with_capacity(timeline.endpoints.len());
    for endpoint in &timeline.endpoints {
        endpoints.entry(&endpoint.id).or_insert(endpoint);
    }
    for connection in &timeline.connections {
        let get = |id: &String| endpoints.get(id.as_str()).copied();
        row(connection, get(&connection.client), get(&connection.server), out)?;
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
