//! `synfin render`: draws a saved timeline again, with no capture and no privileges.

use super::args::Render;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::output::Outputs;
use crate::ladder::View;
use crate::timeline::{SCHEMA, Timeline};
use anyhow::{Context, Result};
use std::io::Read;
use std::path::Path;

/// Longest value that is quoted in an error, in characters.
const QUOTED: usize = 60;

pub(super) fn run(args: &Render, config: &Config) -> Result<Exit> {
    let outputs = Outputs::new(args.format, &args.output)?;
    let (name, bytes) = read(&args.file)?;
    let timeline = parse(&bytes, &name)?;
    drop(bytes);
    outputs.write(&timeline, &View { connection: args.connection }, config)?;
    Ok(Exit::Done)
}

fn read(path: &Path) -> Result<(String, Vec<u8>)> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().lock().read_to_end(&mut bytes).context("cannot read standard input")?;
        return Ok(("standard input".to_string(), bytes));
    }
    let name = format!("'{}'", path.display());
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {name}"))?;
    Ok((name, bytes))
}

/// Reads a timeline. The schema is looked at first, so that a file of another kind is named as such.
fn parse(bytes: &[u8], name: &str) -> Result<Timeline> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(Failure::new(Exit::Failed, format!("{name} is empty: no timeline in it"))
            .help("make one with: synfin replay FILE --format json")
            .into());
    }
    let schema = schema(bytes, name)?;
    if schema.as_deref() != Some(SCHEMA) {
        let found = match &schema {
            Some(schema) => format!("its schema is \"{}\"", schema.chars().take(QUOTED).collect::<String>()),
            None => "it has no field \"schema\"".to_string(),
        };
        let newer = schema.as_deref().is_some_and(|schema| schema.starts_with("synfin-timeline/"));
        let help = if newer {
            "another version of synfin wrote it: render it with that version"
        } else {
            "make a timeline with: synfin replay FILE --format json"
        };
        let message = format!("{name} is not a timeline that this synfin can read: {found}, expected \"{SCHEMA}\"");
        return Err(Failure::new(Exit::Failed, message).help(help).into());
    }
    serde_json::from_slice(bytes)
        .with_context(|| format!("{name} says that it is a timeline, but it does not keep to the schema"))
}

/// The value of `schema`, in words where it is not a text.
fn schema(bytes: &[u8], name: &str) -> Result<Option<String>> {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(default)]
        schema: Option<serde_json::Value>,
    }
    let head: Head =
        serde_json::from_slice(bytes).with_context(|| match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
            Some(b'{') => format!("{name} is damaged JSON"),
            _ => format!("{name} is not a timeline: a JSON object was expected"),
        })?;
    Ok(head.schema.map(|value| match value {
        serde_json::Value::String(text) => text,
        other => other.to_string(),
    }))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn error(json: &str) -> String {
        let error = parse(json.as_bytes(), "'x.json'").unwrap_err();
        error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": ")
    }

    #[test]
    fn what_is_not_a_timeline_is_named() {
        assert!(error("").contains("empty"));
        assert!(error("{}").contains("no field \"schema\""));
        assert!(error("{\"schema\": \"qlog/1\"}").contains("qlog/1"));
        assert!(error("{\"schema\": 7}").contains("\"7\""));
        assert!(error("{\"schema\": \"synfin-timeline/1\"").contains("damaged JSON"));
        assert!(error("[1,2]").contains("object"));
        assert!(error("{\"schema\": \"synfin-timeline/1\"}").contains("generator"));
    }
}
