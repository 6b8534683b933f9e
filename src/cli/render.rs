//! `synfin render`: draws a saved timeline again, with no capture and no privileges.

use super::args::Render;
use super::choose;
use super::config::Config;
use super::exit::{Exit, Failure};
use super::names;
use super::output::Outputs;
use super::replay;
use crate::timeline::{Lang, SCHEMA, Text, Timeline};
use anyhow::{Context, Result};
use std::io::Read;
use std::path::Path;

/// Longest value that is quoted in an error, in characters.
const QUOTED: usize = 60;

pub(super) fn run(args: &Render, config: &Config) -> Result<Exit> {
    let Some(sieve) = choose::sieve(&args.choose, config)? else { return Ok(Exit::Done) };
    let file = args.file.as_ref().ok_or_else(choose::no_file)?;
    let outputs = Outputs::new(args.format, &args.output, args.frames.as_deref())?;
    choose::refuse_other_pictures(&args.show, &outputs)?;
    let (name, bytes) = read(file, config.lang)?;
    let mut timeline = parse(&bytes, &name, config.lang)?;
    names::give(&mut timeline, config)?;
    drop(bytes);
    let timeline = choose::hide(sieve.select(timeline), &args.show, config)?;
    let view = choose::view(&args.choose, args.connection, &args.show, config);
    outputs.write(&timeline, &view, config)?;
    replay::lesson(&timeline, &view, &outputs, config)?;
    Ok(Exit::Done)
}

/// The timeline in a file.
pub(super) fn timeline(path: &Path, lang: Lang) -> Result<Timeline> {
    let (name, bytes) = read(path, lang)?;
    parse(&bytes, &name, lang)
}

fn read(path: &Path, lang: Lang) -> Result<(String, Vec<u8>)> {
    if path.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .context(lang.pick("cannot read standard input", "无法读取标准输入"))?;
        return Ok((lang.pick("standard input", "标准输入").to_string(), bytes));
    }
    let name = format!("'{}'", path.display());
    let bytes = std::fs::read(path).with_context(|| format!("{} {name}", lang.pick("cannot read", "无法读取")))?;
    Ok((name, bytes))
}

/// Reads a timeline. The schema is looked at first, so that a file of another kind is named as such.
fn parse(bytes: &[u8], name: &str, lang: Lang) -> Result<Timeline> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        let message = Text::new(format!("{name} is empty: no timeline in it"), format!("{name} 为空：其中没有时间线"));
        return Err(Failure::new(Exit::Failed, message).help(remedy()).into());
    }
    let schema = schema(bytes, name, lang)?;
    if schema.as_deref() != Some(SCHEMA) {
        let found = match &schema {
            Some(schema) => {
                let schema: String = schema.chars().take(QUOTED).collect();
                Text::new(format!("its schema is \"{schema}\""), format!("其 schema 为 \"{schema}\""))
            }
            None => Text::new("it has no field \"schema\"", "其中没有 \"schema\" 字段"),
        };
        let newer = schema.as_deref().is_some_and(|schema| schema.starts_with("synfin-timeline/"));
        let help = if newer {
            Text::new(
                "another version of synfin wrote it: render it with that version",
                "它由另一版本的 synfin 写成：请用该版本绘制",
            )
        } else {
            remedy()
        };
        let message = Text::new(
            format!("{name} is not a timeline that this synfin can read: {}, expected \"{SCHEMA}\"", found.en),
            format!("{name} 不是此 synfin 能读取的时间线：{}，应为 \"{SCHEMA}\"", found.zh),
        );
        return Err(Failure::new(Exit::Failed, message).help(help).into());
    }
    serde_json::from_slice(bytes).with_context(|| match lang {
        Lang::En => format!("{name} says that it is a timeline, but it does not keep to the schema"),
        Lang::Zh => format!("{name} 自称是时间线，但不符合 schema"),
    })
}

fn remedy() -> Text {
    Text::new("make a timeline with: synfin replay FILE --format json", "生成时间线：synfin replay FILE --format json")
}

/// The value of `schema`, in words where it is not a text.
fn schema(bytes: &[u8], name: &str, lang: Lang) -> Result<Option<String>> {
    #[derive(serde::Deserialize)]
    struct Head {
        #[serde(default)]
        schema: Option<serde_json::Value>,
    }
    let head: Head =
        serde_json::from_slice(bytes).with_context(|| match bytes.iter().find(|b| !b.is_ascii_whitespace()) {
            Some(b'{') => format!("{name} {}", lang.pick("is damaged JSON", "是损坏的 JSON")),
            _ => format!(
                "{name} {}",
                lang.pick("is not a timeline: a JSON object was expected", "不是时间线：应为一个 JSON 对象")
            ),
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
        let error = parse(json.as_bytes(), "'x.json'", Lang::En).unwrap_err();
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
