//! Live capture through libpcap: opening a device with the right settings, and reading it without ever hanging.

use super::filter::{self, FilterError, detail, dlt, linktype};
use super::interfaces::{self, nearest};
use super::syscall::is_nanosecond;
use super::{Frame, LinkType, Timestamp};
use crate::timeline::Text;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use pcap::{Active, Capture, Linktype, Precision};
use std::ops::ControlFlow;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};
use thiserror::Error;

/// Octets that hold every header up to TCP's options: link layer with VLANs, IPv6 with an extension, TCP at its longest.
pub const HEADERS_ONLY: u32 = 256;
/// libpcap's and tcpdump's word for "all of it".
pub const WHOLE_PACKETS: u32 = 262_144;
/// How long the kernel may keep a block of frames that is not full. Frames come at most so late, in bunches.
const BLOCK_TIMEOUT: Duration = Duration::from_millis(30);
/// Octets of the ring: at 300 octets a frame a third of a second of the densest loopback traffic, and of whole packets what a
/// slow disk needs. Tried in this order where the system has not so much memory in one piece, or a limit.
const RINGS: [i32; 3] = [64 << 20, 16 << 20, 2 << 20];
/// Frames read in one go before the caller may look at its clock again.
const BATCH: usize = 4096;

/// How to open a device.
#[derive(Debug, Clone)]
pub struct LiveOptions {
    pub device: String,
    /// Octets kept of each frame.
    pub snaplen: u32,
    /// Octets of the kernel's ring at most; a smaller one is taken where this is refused.
    pub buffer: i32,
    /// Words of a packet filter; none for everything.
    pub filter: Vec<String>,
    /// Also what is addressed to others. Has no meaning, and is left off, on loopback and `any`.
    pub promiscuous: bool,
    /// Every frame at once instead of within 30 ms. The ring then has slots of `snaplen` octets, so keep that small: 65535
    /// leaves so few slots that a short burst is lost.
    pub immediate: bool,
}

impl LiveOptions {
    /// Headers only, a ring of 64 MiB, in blocks.
    pub fn new(device: impl Into<String>) -> LiveOptions {
        let [buffer, ..] = RINGS;
        LiveOptions {
            device: device.into(),
            snaplen: HEADERS_ONLY,
            buffer,
            filter: Vec::new(),
            promiscuous: true,
            immediate: false,
        }
    }

    /// So many octets of each frame.
    pub fn keeping(self, snaplen: u32) -> LiveOptions {
        LiveOptions { snaplen, ..self }
    }
}

/// tcpdump's three counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Frames handed on.
    pub captured: u64,
    /// Frames that passed the filter, also those not yet read.
    pub received: u64,
    /// Frames that found no room: dropped by the kernel or by the device.
    pub dropped: u64,
}

/// Why a device could not be opened or read.
#[derive(Debug, Error)]
pub enum LiveError {
    #[error("there is no device '{device}'{}", .nearest.as_ref().map(|name| format!("; did you mean '{name}'?")).unwrap_or_default())]
    Unknown { device: String, nearest: Option<String> },
    #[error("the device '{device}' is down")]
    Down { device: String },
    #[error("no permission to capture on '{device}' ({detail})")]
    NotPermitted { device: String, detail: String },
    #[error(transparent)]
    Filter(#[from] FilterError),
    #[error("cannot open the device '{device}': {detail}")]
    Open { device: String, detail: String },
    #[error("cannot read from the device '{device}': {detail}")]
    Read { device: String, detail: String },
}

impl LiveError {
    /// The error in both languages.
    pub fn text(&self) -> Text {
        let zh = match self {
            LiveError::Unknown { device, nearest } => {
                let meant = nearest.as_ref().map(|name| format!("；是否想用 '{name}'？")).unwrap_or_default();
                format!("没有名为 '{device}' 的网络设备{meant}")
            }
            LiveError::Down { device } => format!("网络设备 '{device}' 未启用"),
            LiveError::NotPermitted { device, detail } => format!("没有在 '{device}' 上抓包的权限（{detail}）"),
            LiveError::Filter(error) => return error.text(),
            LiveError::Open { device, detail } => format!("无法打开网络设备 '{device}': {detail}"),
            LiveError::Read { device, detail } => format!("无法从网络设备 '{device}' 读取：{detail}"),
        };
        Text::new(self.to_string(), zh)
    }
}

/// An open device.
pub struct LiveCapture {
    handle: Capture<Active>,
    device: String,
    link: LinkType,
    /// Nanoseconds of one unit of the fraction of a second.
    unit: i64,
    captured: u64,
    /// The kernel counts every packet of a loopback twice where it could not be told to ignore outgoing ones.
    counted_twice: bool,
}

impl LiveCapture {
    /// Opens a device and sets its filter. Once this has returned no rights are needed any more.
    ///
    /// # Errors
    /// Each of [`LiveError`]'s but `Read`. That a device does not exist is found in the list of devices: to one without
    /// rights libpcap only says "permission denied".
    pub fn open(options: &LiveOptions) -> Result<LiveCapture, LiveError> {
        let device = options.device.clone();
        let interfaces = interfaces::list().unwrap_or_default();
        let found = interfaces.iter().find(|interface| interface.name == device);
        if found.is_none() && !interfaces.is_empty() {
            let nearest = nearest(&device, interfaces.iter().map(|interface| interface.name.as_str()));
            return Err(LiveError::Unknown { device, nearest: nearest.map(String::from) });
        }
        let loopback = found.is_some_and(|interface| interface.loopback);
        let down = found.is_some_and(|interface| !interface.up && interface.index.is_some());
        let any = device == "any";

        let refused = |error: pcap::Error| refusal(&device, detail(&error), down);
        let mut handle = match activate(options, options.promiscuous && !loopback && !any).map_err(refused) {
            // A device that cannot be promiscuous says so with a warning, which the crate takes for an error.
            Err(LiveError::Open { .. }) => activate(options, false).map_err(refused)?,
            other => other?,
        };
        if any {
            // Cooked version 2 tells the interface; a libpcap that has only version 1 is read as well.
            let _ = handle.set_datalink(Linktype::LINUX_SLL2);
        }
        let counted_twice = loopback && !is_told_to_ignore_outgoing(&handle);
        let link = linktype(handle.get_datalink().0);
        // Always, also where everything is wanted: libpcap tells the kernel the snaplen only in a filter's result, and without
        // one TPACKET_V3 copies each packet whole, so that 64 KiB segments fill a block of the ring by fours.
        let expression = filter::expression(&options.filter).unwrap_or_default();
        handle.filter(&expression, true).map_err(|error| FilterError { expression, detail: detail(&error) })?;
        let handle = handle.setnonblock().map_err(refused)?;
        let unit = if is_nanosecond(&handle) { 1 } else { 1000 };
        Ok(LiveCapture { handle, device, link, unit, captured: 0, counted_twice })
    }

    pub fn device(&self) -> &str {
        &self.device
    }

    pub fn link(&self) -> LinkType {
        self.link
    }

    /// Hands on the frames that are there, waiting up to `timeout` for the first. Returns how many there were: none when
    /// the time is over or a signal came. Ends early when `each` breaks, and after some thousands, so that the caller can
    /// look at its clock and its stop flag however dense the traffic is.
    ///
    /// # Errors
    /// [`LiveError::Read`], as when the device goes away.
    pub fn poll_frames(
        &mut self,
        timeout: Duration,
        each: &mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>,
    ) -> Result<usize, LiveError> {
        let there = self.read(each)?;
        if there > 0 || !self.wait(timeout)? {
            return Ok(there);
        }
        self.read(each)
    }

    /// Hands on what the kernel still holds back, after the last call of `poll_frames`: waits until every block begun
    /// before now has been handed over.
    pub fn drain(&mut self, each: &mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>) -> Result<usize, LiveError> {
        let end = Instant::now() + BLOCK_TIMEOUT * 2;
        let mut total = 0;
        let mut stopped = false;
        loop {
            let mut once = |frame: &Frame<'_>| {
                let flow = each(frame);
                stopped |= flow.is_break();
                flow
            };
            total += self.poll_frames(end.saturating_duration_since(Instant::now()), &mut once)?;
            if stopped || Instant::now() >= end {
                return Ok(total);
            }
        }
    }

    /// Frames handed on so far.
    pub fn captured(&self) -> u64 {
        self.captured
    }

    /// tcpdump's three counts so far.
    pub fn counts(&mut self) -> Counts {
        let stat = self.handle.stats().ok();
        let received = stat.map_or(self.captured, |stat| u64::from(stat.received));
        Counts {
            captured: self.captured,
            received: if self.counted_twice { received.div_ceil(2) } else { received },
            dropped: stat.map_or(0, |stat| u64::from(stat.dropped) + u64::from(stat.if_dropped)),
        }
    }

    fn read(&mut self, each: &mut dyn FnMut(&Frame<'_>) -> ControlFlow<()>) -> Result<usize, LiveError> {
        let mut count = 0;
        while count < BATCH {
            let packet = match self.handle.next_packet() {
                Ok(packet) => packet,
                // Means "nothing there" on a descriptor that does not block.
                Err(pcap::Error::TimeoutExpired | pcap::Error::NoMorePackets) => break,
                Err(error) => {
                    return Err(LiveError::Read { device: self.device.clone(), detail: detail(&error) });
                }
            };
            self.captured += 1;
            count += 1;
            let frame = Frame {
                number: self.captured,
                time: timestamp(&packet.header.ts, self.unit),
                link: self.link,
                wire_len: packet.header.len,
                bytes: packet.data,
                interface: 0,
            };
            if each(&frame).is_break() {
                break;
            }
        }
        Ok(count)
    }

    /// Whether frames may be there before the time is over; a signal ends the wait. libpcap's own timeout is no timer: it
    /// never runs on an idle device.
    fn wait(&self, timeout: Duration) -> Result<bool, LiveError> {
        // Rounded up: a rest of less than a millisecond must not become a busy loop.
        let milliseconds = timeout.as_nanos().div_ceil(1_000_000);
        let timeout = PollTimeout::try_from(milliseconds).unwrap_or(PollTimeout::MAX);
        let mut ready = [PollFd::new(self.handle.as_fd(), PollFlags::POLLIN)];
        match poll(&mut ready, timeout) {
            Ok(count) => Ok(count > 0),
            Err(Errno::EINTR) => Ok(false),
            Err(error) => Err(LiveError::Read { device: self.device.clone(), detail: error.to_string() }),
        }
    }
}

/// Opens the device itself, with a smaller ring where the system refuses the larger. The error is that of the largest: only
/// it tells of a device that cannot be opened at all.
fn activate(options: &LiveOptions, promiscuous: bool) -> Result<Capture<Active>, pcap::Error> {
    let smaller = RINGS.into_iter().filter(|ring| *ring < options.buffer);
    activate_with(options, options.buffer, promiscuous).or_else(|error| match &error {
        pcap::Error::PcapError(words) if words.contains("ring") || words.contains("memory") => {
            smaller.into_iter().find_map(|ring| activate_with(options, ring, promiscuous).ok()).ok_or(error)
        }
        _ => Err(error),
    })
}

fn activate_with(options: &LiveOptions, ring: i32, promiscuous: bool) -> Result<Capture<Active>, pcap::Error> {
    Capture::from_device(options.device.as_str())?
        .precision(Precision::Nano)
        .snaplen(i32::try_from(options.snaplen).unwrap_or(i32::MAX))
        .buffer_size(ring)
        .timeout(i32::try_from(BLOCK_TIMEOUT.as_millis()).unwrap_or(i32::MAX))
        .immediate_mode(options.immediate)
        .promisc(promiscuous)
        .open()
}

/// Which error libpcap's words mean.
fn refusal(device: &str, detail: String, down: bool) -> LiveError {
    let device = device.to_string();
    let words = detail.to_lowercase();
    if words.contains("permi") {
        LiveError::NotPermitted { device, detail }
    } else if words.contains("no such device") {
        LiveError::Unknown { device, nearest: None }
    } else if down || words.contains("not up") || words.contains("network is down") {
        LiveError::Down { device }
    } else {
        LiveError::Open { device, detail }
    }
}

#[cfg(target_os = "linux")]
fn is_told_to_ignore_outgoing(handle: &Capture<Active>) -> bool {
    super::syscall::ignore_outgoing(handle.as_fd()).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn is_told_to_ignore_outgoing(_: &Capture<Active>) -> bool {
    // Only Linux shows a loopback's packets twice.
    true
}

/// The time of a frame. The fraction, which the name says to be microseconds, is in units of so many nanoseconds.
fn timestamp(time: &nix::libc::timeval, unit: i64) -> Timestamp {
    #[allow(clippy::unnecessary_cast)] // The fields have other widths on other systems.
    let (seconds, fraction) = (time.tv_sec as i64, time.tv_usec as i64);
    Timestamp(seconds.saturating_mul(1_000_000_000).saturating_add(fraction.saturating_mul(unit)))
}

/// The link type's name as tcpdump prints it, as `EN10MB (Ethernet)`.
pub fn link_name(link: LinkType) -> String {
    let known = Linktype(dlt(link));
    match (known.get_name(), known.get_description()) {
        (Ok(name), Ok(description)) => format!("{name} ({description})"),
        (Ok(name), Err(_)) => name,
        (Err(_), _) => format!("LINKTYPE {}", link.0),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn each_refusal_is_told_apart() {
        let what = |words: &str, down| refusal("eth0", words.to_string(), down);
        assert!(matches!(what("socket: Operation not permitted", false), LiveError::NotPermitted { .. }));
        assert!(matches!(what("You don't have permission to capture", true), LiveError::NotPermitted { .. }));
        assert!(matches!(what("No such device exists", false), LiveError::Unknown { .. }));
        assert!(matches!(what("That device is not up", false), LiveError::Down { .. }));
        assert!(matches!(what("", true), LiveError::Down { .. }));
        assert!(matches!(what("can't mmap rx ring", false), LiveError::Open { .. }));
    }

    #[test]
    fn an_unknown_device_is_named_as_such_without_rights() {
        let error = LiveCapture::open(&LiveOptions::new("l0")).map(drop).unwrap_err();
        let LiveError::Unknown { device, nearest } = &error else { panic!("{error}") };
        assert_eq!((device.as_str(), nearest.is_some()), ("l0", true));
        assert!(error.text().zh.contains("l0"));
    }

    #[test]
    fn times_are_nanoseconds() {
        let time = nix::libc::timeval { tv_sec: 2, tv_usec: 123_456_789 };
        assert_eq!(timestamp(&time, 1), Timestamp(2_123_456_789));
        let time = nix::libc::timeval { tv_sec: 2, tv_usec: 123_456 };
        assert_eq!(timestamp(&time, 1000), Timestamp(2_123_456_000));
    }
}
