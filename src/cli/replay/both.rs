//! `synfin replay --client FILE --server FILE`: both sides of the same connections.

use super::super::args::SideArg;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::{FrameFilter, damage, name, open};
use crate::analyze::{Both, Ending, Side, Wishes};
use crate::render::safe;
use crate::timeline::amount::some;
use crate::timeline::{SourceKind, Text, Timeline};
use anyhow::Result;

/// Reads both captures; says whether one was damaged.
pub(super) fn read(
    [client, server]: [&SideArg; 2],
    one_clock: bool,
    wishes: Wishes,
    filter: &mut FrameFilter,
    config: &Config,
) -> Result<(Timeline, bool)> {
    if client == server {
        return Err(same(client).into());
    }
    let one_file = client.file == server.file;
    let mut both = Both::new(wishes, one_clock || one_file);
    let mut warnings = Vec::new();
    let mut gaps = Vec::new();
    let mut dropped = 0;
    for (side, arg) in [(Side::Client, client), (Side::Server, server)] {
        let chosen = arg.interface.as_ref().map(|wanted| numbers(arg, wanted, config)).transpose()?;
        let is_chosen = |interface: u32| chosen.as_ref().is_none_or(|chosen| chosen.contains(&interface));
        let mut reader = open(&arg.file, config)?;
        while let Some(frame) = reader.next() {
            if is_chosen(frame.interface) && filter.matches(&frame)? {
                both.push(side, &frame);
            }
        }
        let gone = (0..).zip(reader.interfaces()).filter(|(number, _)| is_chosen(*number));
        let gone: u64 = gone.filter_map(|(_, interface)| interface.dropped).sum();
        if gone > 0 {
            both.let_go(side);
            dropped += gone;
            let name = name(&arg.file);
            gaps.push(Text::new(
                format!(
                    "{name} lacks {} that its kernel dropped: what it does not have is not called lost",
                    some(gone, "packet")
                ),
                format!("{name} 缺少 {gone} 个被内核丢弃的数据包：其中没有的报文段不算丢失"),
            ));
        }
        warnings.extend(damage(&arg.file, &reader));
    }
    let names = if one_file { name(&client.file) } else { [client, server].map(|arg| name(&arg.file)).join(" ") };
    let damaged = !warnings.is_empty();
    warnings.extend(gaps);
    let ending = Ending { warnings, dropped, ..Ending::default() };
    Ok((both.finish(SourceKind::File, &names, ending), damaged))
}

/// The numbers of the interfaces that are meant. A name may stand for one in each section of the file.
fn numbers(arg: &SideArg, wanted: &str, config: &Config) -> Result<Vec<u32>> {
    let mut reader = open(&arg.file, config)?;
    while reader.next().is_some() {}
    let known: Vec<(u32, String)> = (0..)
        .zip(reader.interfaces())
        .map(|(number, interface)| (number, interface.name.clone().unwrap_or_default()))
        .collect();
    let number = wanted.parse::<u32>().ok();
    let found: Vec<u32> = known
        .iter()
        .filter(|(place, name)| name == wanted || number == Some(*place))
        .map(|(place, _)| *place)
        .collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let file = name(&arg.file);
    let known: Vec<String> = known
        .iter()
        .map(|(number, name)| if name.is_empty() { number.to_string() } else { format!("{number} ({})", safe(name)) })
        .collect();
    let wanted = safe(wanted);
    let message = Text::new(format!("{file} has no interface '{wanted}'"), format!("{file} 中没有接口 '{wanted}'"));
    let help = Text::new(format!("it has: {}", known.join(", ")), format!("其中有：{}", known.join("、")));
    Err(Failure::new(Exit::Usage, message).help(help).into())
}

/// Both sides are one and the same.
fn same(arg: &SideArg) -> Failure {
    let file = name(&arg.file);
    let message = Text::new(
        format!("--client and --server are the same capture: {file}"),
        format!("--client 与 --server 是同一个捕获：{file}"),
    );
    let help = Text::new(
        format!("choose an interface for each: --client {file}#0 --server {file}#1"),
        format!("请分别选择接口：--client {file}#0 --server {file}#1"),
    );
    Failure::new(Exit::Usage, message).help(help)
}
