//! Packet filters in tcpdump's language (pcap-filter(7)), compiled by libpcap, for frames that come from files.

use super::syscall::program_matches;
use super::{Frame, LinkType};
use crate::timeline::Text;
use pcap::{BpfProgram, Capture, Linktype};
use thiserror::Error;

/// The words of a filter as one expression, as tcpdump joins them. None where there is nothing but blanks.
pub fn expression(words: &[String]) -> Option<String> {
    let joined = words.join(" ");
    let trimmed = joined.trim();
    (!trimmed.is_empty()).then(|| trimmed.to_string())
}

/// A filter that libpcap refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the filter '{expression}' is not understood: {detail}; see pcap-filter(7)")]
pub struct FilterError {
    /// The whole expression, words joined.
    pub expression: String,
    /// What libpcap said.
    pub detail: String,
}

impl FilterError {
    /// The error in both languages.
    pub fn text(&self) -> Text {
        Text::new(
            self.to_string(),
            format!("无法理解过滤表达式 '{}': {}；参见 pcap-filter(7)", self.expression, self.detail),
        )
    }
}

/// A filter compiled for one link type.
pub struct Filter {
    program: BpfProgram,
}

impl Filter {
    /// Compiles an expression for frames of one link type.
    pub fn compile(link: LinkType, expression: &str) -> Result<Filter, FilterError> {
        let refused = |error: pcap::Error| FilterError { expression: expression.to_string(), detail: detail(&error) };
        let program =
            Capture::dead(Linktype(dlt(link))).and_then(|dead| dead.compile(expression, true)).map_err(refused)?;
        Ok(Filter { program })
    }

    /// Whether the filter lets a frame through. `bytes` is what was kept, `wire_len` how long it was on the wire.
    pub fn matches(&self, bytes: &[u8], wire_len: u32) -> bool {
        program_matches(&self.program, bytes, wire_len)
    }
}

/// One expression for a file whose interfaces may have several link types: compiled for each when it first comes.
pub struct Filters {
    expression: Option<String>,
    compiled: Vec<(LinkType, Filter)>,
}

impl Filters {
    /// From the words of a command line; no words let everything through. Compiled for Ethernet at once, so that a slip of
    /// the pen is told before the file is read. (Good words for Ethernet may have no meaning for another link type, as
    /// `ether src` for raw IP: that is told when such a frame comes.)
    pub fn new(words: &[String]) -> Result<Filters, FilterError> {
        let mut filters = Filters { expression: expression(words), compiled: Vec::new() };
        if let Some(expression) = &filters.expression {
            let ethernet = Filter::compile(LinkType::ETHERNET, expression)?;
            filters.compiled.push((LinkType::ETHERNET, ethernet));
        }
        Ok(filters)
    }

    /// Whether the filter lets this frame through.
    pub fn matches(&mut self, frame: &Frame<'_>) -> Result<bool, FilterError> {
        let Some(expression) = &self.expression else { return Ok(true) };
        if let Some((_, filter)) = self.compiled.iter().find(|(link, _)| *link == frame.link) {
            return Ok(filter.matches(frame.bytes, frame.wire_len));
        }
        let filter = Filter::compile(frame.link, expression)?;
        let matches = filter.matches(frame.bytes, frame.wire_len);
        self.compiled.push((frame.link, filter));
        Ok(matches)
    }
}

/// The number by which this system's libpcap knows a link type. Only a few differ from the numbers in files.
pub(super) fn dlt(link: LinkType) -> i32 {
    match link {
        // DLT_RAW is 14 on OpenBSD and 12 elsewhere.
        LinkType::RAW if cfg!(target_os = "openbsd") => 14,
        LinkType::RAW => 12,
        // DLT_LOOP is 12 on OpenBSD and 108 elsewhere.
        LinkType::LOOP if cfg!(target_os = "openbsd") => 12,
        LinkType(number) => i32::from(number),
    }
}

/// The link type, as capture files number it, of a device's `DLT_…`.
pub(super) fn linktype(dlt: i32) -> LinkType {
    match dlt {
        12 if cfg!(target_os = "openbsd") => LinkType::LOOP,
        12 | 14 => LinkType::RAW,
        // No registered number is outside of 16 bits; what is, is a type nobody can read.
        other => LinkType(u16::try_from(other).unwrap_or(u16::MAX)),
    }
}

/// libpcap's words without the crate's preface.
pub(super) fn detail(error: &pcap::Error) -> String {
    match error {
        pcap::Error::PcapError(text) => text.clone(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing)]
    use super::*;
    use crate::tcp::Timestamp;

    fn words(text: &str) -> Vec<String> {
        text.split(' ').map(String::from).collect()
    }

    /// 10.0.0.1:4000 > 10.0.0.2:8080, a TCP segment without data, as raw IPv4.
    fn raw_segment() -> Vec<u8> {
        let mut packet = vec![0x45, 0, 0, 40, 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2];
        packet.extend_from_slice(&[0x0f, 0xa0, 0x1f, 0x90, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0]);
        packet
    }

    fn frame(link: LinkType, bytes: &[u8], wire_len: u32) -> Frame<'_> {
        Frame { number: 1, time: Timestamp(0), link, wire_len, bytes, interface: 0 }
    }

    #[test]
    fn one_expression_for_several_link_types() {
        let mut filters = Filters::new(&words("tcp port 8080")).unwrap();
        let raw = raw_segment();
        let mut ethernet = vec![0; 12];
        ethernet.extend_from_slice(&[8, 0]);
        ethernet.extend_from_slice(&raw);
        assert!(filters.matches(&frame(LinkType::RAW, &raw, 40)).unwrap());
        assert!(filters.matches(&frame(LinkType::ETHERNET, &ethernet, 54)).unwrap());
        assert!(filters.matches(&frame(LinkType::IPV4, &raw, 40)).unwrap());
        // The same octets are not a segment when read as another link type.
        assert!(!filters.matches(&frame(LinkType::ETHERNET, &raw, 40)).unwrap());
        assert!(!Filters::new(&words("tcp port 8081")).unwrap().matches(&frame(LinkType::RAW, &raw, 40)).unwrap());
    }

    #[test]
    fn a_cut_frame_counts_with_its_whole_length() {
        let raw = raw_segment();
        let filter = Filter::compile(LinkType::RAW, "greater 1000").unwrap();
        assert!(filter.matches(&raw, 1500));
        assert!(!filter.matches(&raw, 40));
    }

    #[test]
    fn no_words_let_everything_through_and_short_frames_do_no_harm() {
        let mut all = Filters::new(&[]).unwrap();
        assert!(all.matches(&frame(LinkType::RAW, &[], 0)).unwrap());
        let mut port = Filters::new(&words("tcp port 80")).unwrap();
        let raw = raw_segment();
        for length in 0..=raw.len() {
            assert!(!port.matches(&frame(LinkType::RAW, &raw[..length], 40)).unwrap());
        }
    }

    #[test]
    fn an_error_shows_the_expression_and_where_to_read() {
        let error = Filters::new(&words("tcp prt 80")).map(drop).unwrap_err();
        assert_eq!(error.expression, "tcp prt 80");
        assert!(error.to_string().contains("'tcp prt 80'") && error.to_string().contains("pcap-filter(7)"), "{error}");
        assert!(Filters::new(&["tcp\0".to_string()]).is_err());
    }

    #[test]
    fn words_for_one_link_type_are_refused_only_where_they_have_no_meaning() {
        let mut filters = Filters::new(&words("ether src 02:00:00:00:00:01")).unwrap();
        let mut ethernet = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0];
        ethernet.extend_from_slice(&raw_segment());
        assert!(filters.matches(&frame(LinkType::ETHERNET, &ethernet, 54)).unwrap());
        assert!(filters.matches(&frame(LinkType::RAW, &raw_segment(), 40)).is_err());
    }

    #[test]
    fn link_types_survive_the_way_there_and_back() {
        for link in [LinkType::NULL, LinkType::ETHERNET, LinkType::RAW, LinkType::LOOP, LinkType::LINUX_SLL2] {
            assert_eq!(linktype(dlt(link)), link);
        }
        assert_eq!(linktype(14), LinkType::RAW);
    }
}
