//! What `synfin live` does with what it captures: save, analyse, draw as it happens, ask the kernel, sum up.

use super::super::args::{Live, Show};
use super::super::choose;
use super::super::config::Config;
use super::super::exit::{Exit, Failure};
use super::super::names;
use super::super::output::Outputs;
use super::super::replay::MOST_TOLD;
use super::super::saving;
use super::pictures::Pictures;
use crate::analyze::{Analyzer, Ending, Wishes};
use crate::assemble::{Pair, Reads, Watch};
use crate::ladder::{Ladder, Lanes};
use crate::render::{Format, Style, lookups, safe, table, text};
use crate::source::clock::now;
use crate::source::live::Counts;
use crate::source::privilege::Dropped;
use crate::source::{Frame, LinkType, PcapWriter, Timestamp};
use crate::timeline::{Endpoint, Relabel, SourceKind, Text, Timeline};
use crate::track::Keep;
use anyhow::{Context, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};

/// One live capture from its opening to its summary.
pub(super) struct Session<'s> {
    config: &'s Config,
    device: String,
    outputs: Outputs,
    show: Show,
    analyzer: Analyzer,
    packets: Option<PcapWriter<File>>,
    pictures: Pictures,
    kernel: kernel::Kernel,
}

impl Session<'_> {
    pub(super) fn new<'s>(arguments: &Live, config: &'s Config) -> Result<Session<'s>> {
        let output = &arguments.output;
        let outputs = output.outputs()?;
        refuse(&output.show, &outputs)?;
        choose::refuse_other_pictures(&output.show, &outputs)?;
        let draws = outputs.stdout_format() == Format::Text;
        // What only tells of messages needs neither events nor all connections.
        let keeps = outputs.keeps_events();
        let watch = match (keeps, draws) {
            (true, _) => Watch::Both,
            (false, true) => Watch::Passing,
            (false, false) => Watch::One(0),
        };
        let has_payload = arguments.snaplen.is_some() || arguments.write.is_some();
        let reads = match outputs.has_messages() {
            true => Reads::First(MOST_TOLD as u64),
            // Headers alone say nothing.
            false if has_payload => Reads::Passing,
            false => Reads::Kept,
        };
        // What is only drawn is let go once it is over, but for the rows of the summary: live may run for days.
        let first = if outputs.has_messages() { MOST_TOLD } else { table::ROWS };
        let rows = Keep { first: first as u64, one: None, is_watched: true };
        let keep = if keeps { Keep::ALL } else { rows };
        let (merge_vlans, body, octets) =
            (arguments.merge_vlans, outputs.body(), outputs.has_octets() || output.show.header.is_some());
        Ok(Session {
            config,
            show: output.show.clone(),
            device: arguments.interface.clone(),
            outputs,
            analyzer: Analyzer::new(Wishes {
                watch,
                full: output.keeps_segments(),
                msl: output.msl,
                keep,
                merge_vlans,
                manner: output.manner(None, body),
                reads,
                octets,
                ..Wishes::default()
            }),
            packets: None,
            pictures: Pictures::new(config.stdout_style()),
            kernel: kernel::Kernel::default(),
        })
    }

    /// Gives up the rights that opened the device.
    pub(super) fn settle_rights(&self) -> Result<Dropped> {
        self.outputs.settle_rights()
    }

    /// The device is open and all privileges are gone. `saved` is the open file of `--write`.
    pub(super) fn open(&mut self, link: LinkType, snaplen: u32, saved: Option<File>) -> Result<()> {
        self.packets = saved.map(|file| saving::packets(file, link, snaplen, self.config.lang)).transpose()?;
        Ok(())
    }

    /// One frame, in the order of capture.
    pub(super) fn frame(&mut self, frame: &Frame<'_>) -> Result<()> {
        if let Some(packets) = &mut self.packets {
            packets.write(frame).context(self.config.lang.pick("cannot save the packets", "无法保存数据包"))?;
        }
        self.analyzer.push(frame);
        Ok(())
    }

    /// After every bunch of frames, and at least every 100 ms.
    pub(super) fn tick(&mut self) -> Result<()> {
        let now = now();
        self.analyzer.advance(now);
        self.kernel.look(&mut self.analyzer, now);
        self.draw(now)
    }

    fn draw(&mut self, now: Timestamp) -> Result<()> {
        if self.outputs.stdout_format() != Format::Text {
            return Ok(());
        }
        let mut out = BufWriter::new(io::stdout().lock());
        let mut drawn = Ok(());
        let (pictures, names) = (&mut self.pictures, &self.config.names);
        pictures.pass(now.0 / 1_000_000_000);
        self.analyzer.settle(now, &mut |id, pair, event| {
            if drawn.is_ok() {
                let lanes = || lanes(pair, names);
                drawn = pictures.draw(id, &lanes, &event, &mut out);
            }
        });
        self.analyzer.make_room(pictures.room());
        drawn
            .and_then(|()| out.flush())
            .context(self.config.lang.pick("cannot write to standard output", "无法写入标准输出"))
    }

    /// The summary, and the files.
    pub(super) fn finish(mut self, counts: Counts) -> Result<()> {
        let now = now();
        self.analyzer.advance(now);
        self.kernel.tell(&mut self.analyzer, now);
        // Whatever could still have changed is drawn as it stands.
        self.draw(Timestamp(i64::MAX))?;
        if let Some(packets) = &mut self.packets {
            packets.flush().context(self.config.lang.pick("cannot save the packets", "无法保存数据包"))?;
        }
        let opened = self.analyzer.opened();
        let ending = Ending { at: Some(now), dropped: counts.dropped, ..Ending::default() };
        let mut timeline = self.analyzer.finish(SourceKind::Live, &safe(&self.device), ending);
        names::give(&mut timeline, self.config)?;
        let timeline = choose::hide(timeline, &self.show, self.config)?;
        let view = choose::shown(&self.show, self.config);
        self.outputs.write_files(&timeline, &view, self.config)?;
        if self.outputs.stdout_format() != Format::Text {
            return self.outputs.write_stdout(&timeline, &view, self.config);
        }
        let mut out = BufWriter::new(io::stdout().lock());
        self.pictures.end(opened, &mut out)?;
        sum_up(&timeline, self.pictures.style(), &mut out)?;
        out.flush().context(self.config.lang.pick("cannot write to standard output", "无法写入标准输出"))
    }
}

/// What is drawn as it comes hides nobody, leaves nothing out and has the numbers of the timeline.
///
/// # Errors
/// What would have to be known before, in a picture that is drawn while it happens.
fn refuse(show: &Show, outputs: &Outputs) -> Result<()> {
    let asks = show.anonymize
        || show.graph.is_some()
        || show.header.is_some()
        || show.absolute
        || show.steps.is_some()
        || !show.phase.is_empty()
        || !show.only.is_empty();
    if !asks || outputs.stdout_format() != Format::Text {
        return Ok(());
    }
    let message = Text::new(
        "what is drawn as it comes is drawn whole, with its own addresses and relative numbers",
        "实时绘制的内容是完整的，使用真实地址和相对序号",
    );
    let help = Text::new(
        "print another format, as --format json, or save the packets with -w and replay them",
        "请输出其他格式，如 --format json；或用 -w 保存数据包后再 replay",
    );
    Err(Failure::new(Exit::Usage, message).help(help).into())
}

fn lanes(pair: &Pair, names: &[Relabel]) -> Lanes {
    let [client, server] = pair.clone().map(|mut endpoint| {
        endpoint.iter_mut().for_each(|endpoint| _ = endpoint.relabel(names));
        endpoint
    });
    let id = |endpoint: &Option<Endpoint>| endpoint.as_ref().map(|endpoint| endpoint.id.clone()).unwrap_or_default();
    Lanes::new((&id(&client), client.as_ref()), (&id(&server), server.as_ref()))
}

/// What it all came to: one connection in a few lines, or the table of many.
fn sum_up(timeline: &Timeline, style: &Style, out: &mut impl Write) -> Result<()> {
    writeln!(out)?;
    match timeline.connections.as_slice() {
        [only] => {
            if let Some(ladder) = Ladder::of(timeline, only.id) {
                text::head(&ladder, style, out)?;
            }
        }
        _ => table::write(timeline, Some(table::ROWS), style, out)?,
    }
    lookups::write(timeline, Some(table::ROWS), style, out)?;
    Ok(())
}

#[cfg(target_os = "linux")]
mod kernel {
    use crate::analyze::Analyzer;
    use crate::lab::kernel::witness::{Seen, Witness};
    use crate::source::clock;
    use crate::tcp::Timestamp;
    use std::net::SocketAddr;

    /// Addresses whose owners are looked for at the end.
    const MOST_OWNERS: usize = 256;
    /// The kernel is asked at most so often while no connection begins.
    const EVERY_NS: i64 = 250_000_000;
    /// An answer takes long where sockets are many: for so many times as long it is not asked again.
    const REST: i64 = 50;

    /// The kernel as witness of local sockets, where it may be asked.
    #[derive(Default)]
    pub(super) struct Kernel {
        witness: Option<Witness>,
        ports: Vec<u16>,
        /// Connections known so far.
        known: u64,
        asked: Option<Timestamp>,
        /// How long its last answer took.
        took_ns: i64,
    }

    impl Kernel {
        pub(super) fn look(&mut self, analyzer: &mut Analyzer, now: Timestamp) {
            for port in analyzer.server_ports().get(self.ports.len()..).unwrap_or_default() {
                self.ports.push(*port);
                if let Some(witness) = &mut self.witness {
                    witness.watch(*port);
                }
            }
            let is_new = analyzer.opened() > self.known;
            self.known = analyzer.opened();
            let pause = if is_new { 0 } else { EVERY_NS }.max(self.took_ns * REST);
            if self.ports.is_empty() || self.asked.is_some_and(|asked| now.since(asked) < pause) {
                return;
            }
            self.asked = Some(now);
            if self.witness.is_none() {
                // Where netlink is forbidden the timeline does without the kernel's word.
                self.witness = Witness::open(&self.ports).ok();
            }
            if let Some(witness) = &mut self.witness {
                let _ = witness.look(|| now);
                self.took_ns = clock::now().since(now).max(0);
            }
        }

        pub(super) fn tell(&mut self, analyzer: &mut Analyzer, now: Timestamp) {
            self.asked = None;
            self.look(analyzer, now);
            let Some(witness) = &self.witness else { return };
            let addresses: Vec<SocketAddr> =
                analyzer.connections().iter().flat_map(|connection| connection.addresses).take(MOST_OWNERS).collect();
            for address in addresses {
                if let Some(process) = witness.process(address) {
                    analyzer.hear_owner(address, &process.to_string());
                }
            }
            for word in witness.seen().iter().flat_map(Seen::words) {
                analyzer.hear_kernel(&word);
            }
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod kernel {
    use crate::analyze::Analyzer;
    use crate::tcp::Timestamp;

    /// Only Linux answers.
    #[derive(Default)]
    pub(super) struct Kernel;

    impl Kernel {
        pub(super) fn look(&mut self, _: &mut Analyzer, _: Timestamp) {}
        pub(super) fn tell(&mut self, _: &mut Analyzer, _: Timestamp) {}
    }
}
