//! `--where`, `--sort`, `--limit`, and `--anonymize`, for every command that shows connections.

use super::args::{Choose, Show};
use super::config::Config;
use super::exit::{Exit, Failure};
use super::output::Outputs;
use crate::anonymize::{anonymize, not_hidden};
use crate::ladder::{Numbers, View};
use crate::render::{Format, table};
use crate::select::{self, ALIASES, Kind, Sieve, WhereError};
use crate::timeline::{Lang, Relabel, Text, Timeline};
use anyhow::{Context, Result};
use std::io::{self, Write};

/// Settles what is asked for; `None` when the fields were to be listed, which is then done.
///
/// # Errors
/// A condition or a key that cannot be read, with its place.
pub(super) fn sieve(choose: &Choose, config: &Config) -> Result<Option<Sieve>> {
    if choose.filter.as_deref() == Some("help") {
        list(config.lang, &mut io::stdout().lock())?;
        return Ok(None);
    }
    let filter = choose.filter.as_deref().map(select::parse).transpose().map_err(|error| wrong("--where", &error))?;
    let sort = choose.sort.as_deref().map(select::keys).transpose().map_err(|error| wrong("--sort", &error))?;
    let limit = choose.limit.filter(|limit| *limit > 0);
    Ok(Some(Sieve { filter, sort: sort.unwrap_or_default(), limit }))
}

/// No capture to choose from.
pub(super) fn no_file() -> Failure {
    Failure::new(Exit::Usage, Text::new("no file to read", "没有要读取的文件"))
        .help(Text::new("name a file, or - for standard input", "请给出文件，或用 - 表示标准输入"))
}

/// What is shown of each connection.
pub(super) fn shown(show: &Show, config: &Config) -> View {
    let only = show.only.iter().flat_map(|part| part.phases().iter().copied());
    View {
        steps: show.steps.clone().map(|steps| steps.0).unwrap_or_default(),
        phases: show.phase.iter().copied().chain(only).collect(),
        numbers: if show.absolute { Numbers::Absolute } else { Numbers::Relative },
        detail: config.detail,
        graph: show.graph,
        header: show.header,
        title: show.title.clone(),
        ..View::default()
    }
}

/// Graphs and headers are drawn by themselves: no page, deck or diagram shows them.
///
/// # Errors
/// A format that would show a ladder instead.
pub(super) fn refuse_other_pictures(show: &Show, outputs: &Outputs) -> Result<()> {
    let option = match (show.graph, show.header) {
        (Some(_), _) => "--graph",
        (_, Some(_)) => "--header",
        (None, None) => return Ok(()),
    };
    let draws_ladder = |format: &Format| {
        let draws = format.is_of_one() || *format == Format::Html;
        draws && !matches!(format, Format::Svg | Format::Png | Format::Wavedrom) && outputs.has(*format)
    };
    let Some(format) = Format::ALL.into_iter().find(draws_ladder) else { return Ok(()) };
    let suffix = format.suffix();
    let message = Text::new(
        format!("{option} is drawn as text, SVG or PNG: .{suffix} would show the ladder"),
        format!("{option} 只能绘制为文本、SVG 或 PNG：.{suffix} 显示的是时序图"),
    );
    let help = Text::new("write the two by two commands", "请分两条命令输出");
    Err(Failure::new(Exit::Usage, message).help(help).into())
}

/// How much of a table to show, and what of each connection.
pub(super) fn view(choose: &Choose, connection: Option<u64>, show: &Show, config: &Config) -> View {
    let limit = match choose.limit {
        None => Some(table::ROWS),
        Some(0) => None,
        Some(limit) => Some(limit),
    };
    View { connection, limit, ..shown(show, config) }
}

/// The timeline as others may see it, where that is asked for; what it still tells is said.
///
/// # Errors
/// What cannot be written, or hidden.
pub(super) fn hide(timeline: Timeline, show: &Show, config: &Config) -> Result<Timeline> {
    if !show.anonymize {
        return Ok(timeline);
    }
    let own: Vec<&str> = config.names.iter().map(Relabel::name).collect();
    let hidden = anonymize(timeline, &own).context(config.lang.pick("cannot anonymize it", "无法匿名"))?;
    writeln!(io::stderr().lock(), "{}", not_hidden().get(config.lang))?;
    Ok(hidden)
}

/// The error with the text and its place, and how to go on.
fn wrong(option: &str, error: &WhereError) -> anyhow::Error {
    let WhereError { what, text, at, len, suggestion } = error;
    // Around the place, where the text is long.
    let from = at.saturating_sub(60);
    let shown: String = text.chars().skip(from).take(160).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut failure =
        Failure::new(Exit::Usage, Text::new(format!("in {option}: {}", what.en), format!("{option} 中：{}", what.zh)))
            .place(shown, at - from, *len);
    if let Some(name) = suggestion {
        failure = failure.help(Text::new(format!("did you mean {name}?"), format!("是否指 {name}？")));
    }
    failure.help(Text::new("--where help lists the fields", "--where help 列出所有字段")).into()
}

/// Every field, with what it is.
fn list(lang: Lang, out: &mut impl Write) -> io::Result<()> {
    let intro = lang.pick(
        "Conditions: FIELD OP VALUE with = != < <= > >= ~ (contains, or a pattern with * and ?) and in (A, B);\n\
         joined by and, or, not and parentheses; FIELD alone: it is there and not zero. Times take ns us ms s min h,\n\
         counts k M G KiB MiB GiB, addresses a network as 10.0.0.0/8.\n\n\
         synfin replay big.pcap --where 'close=rst and server.port in (80, 443)'\n\
         synfin replay big.pcap --where 'open=failed and client.ip=10.0.0.0/8' --sort=-start\n\
         synfin replay big.pcap --where 'rtt > 200ms or retransmissions >= 10' --format csv\n",
        "条件：字段 运算符 值，运算符有 = != < <= > >= ~（包含，或带 * 和 ? 的模式）以及 in (A, B)；\n\
         用 and、or、not 和括号组合；只写字段名表示其存在且不为零。时间单位 ns us ms s min h，\n\
         计数单位 k M G KiB MiB GiB，地址可写网段，如 10.0.0.0/8。\n\n\
         synfin replay big.pcap --where 'close=rst and server.port in (80, 443)'\n\
         synfin replay big.pcap --where 'open=failed and client.ip=10.0.0.0/8' --sort=-start\n\
         synfin replay big.pcap --where 'rtt > 200ms or retransmissions >= 10' --format csv\n",
    );
    writeln!(out, "{intro}")?;
    writeln!(out, "{}", lang.pick("Short names", "简称"))?;
    for (alias, field) in ALIASES {
        writeln!(out, "  {alias:<16} {field}")?;
    }
    writeln!(out, "\n{}", lang.pick("Fields", "字段"))?;
    for field in select::fields() {
        let kind = match &field.kind {
            Kind::Number => lang.pick("number", "数"),
            Kind::Time => lang.pick("time", "时间"),
            Kind::Truth => "true|false",
            Kind::Text => lang.pick("text", "文本"),
            Kind::Address => lang.pick("address", "地址"),
            Kind::Name(names) => &names.join("|"),
            Kind::Group => lang.pick("there or not", "有无"),
        };
        writeln!(out, "  {:<34} {} ({kind})", field.name, field.about)?;
    }
    Ok(())
}
