//! Why a frame gave no segment, and how often.

use crate::timeline::{Lang, Skipped};

/// Why a frame gave no segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    NotIp,
    NotTcp,
    UnsupportedLinkType,
    TruncatedLink,
    TruncatedIp,
    TruncatedTcp,
    IpFragment,
    MalformedIp,
    TooManyLayers,
    TruncatedTunnel,
    Encrypted,
    Compressed,
    LinkFragment,
    IcmpError,
    IcmpQuote,
    IncompleteFragment,
    FragmentOverlap,
}

impl Reason {
    /// All reasons, in the order in which they are reported.
    pub const ALL: [Reason; 17] = [
        Reason::NotIp,
        Reason::NotTcp,
        Reason::UnsupportedLinkType,
        Reason::TruncatedLink,
        Reason::TruncatedIp,
        Reason::TruncatedTcp,
        Reason::IpFragment,
        Reason::MalformedIp,
        Reason::TooManyLayers,
        Reason::TruncatedTunnel,
        Reason::Encrypted,
        Reason::Compressed,
        Reason::LinkFragment,
        Reason::IcmpError,
        Reason::IcmpQuote,
        Reason::IncompleteFragment,
        Reason::FragmentOverlap,
    ];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Reason::NotIp => "not-ip",
            Reason::NotTcp => "not-tcp",
            Reason::UnsupportedLinkType => "unsupported-link-type",
            Reason::TruncatedLink => "truncated-link",
            Reason::TruncatedIp => "truncated-ip",
            Reason::TruncatedTcp => "truncated-tcp",
            Reason::IpFragment => "ip-fragment",
            Reason::MalformedIp => "malformed-ip",
            Reason::TooManyLayers => "too-many-layers",
            Reason::TruncatedTunnel => "truncated-tunnel",
            Reason::Encrypted => "encrypted",
            Reason::Compressed => "compressed",
            Reason::LinkFragment => "link-fragment",
            Reason::IcmpError => "icmp-error",
            Reason::IcmpQuote => "icmp-quote",
            Reason::IncompleteFragment => "incomplete-fragment",
            Reason::FragmentOverlap => "fragment-overlap",
        }
    }

    /// The reason of this stable name.
    pub fn from_name(name: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.name() == name)
    }

    /// Whether the frame may have held a segment that is lost to the timeline: not so where it is known to be something
    /// else, or where its content is told elsewhere.
    pub fn is_loss(self) -> bool {
        !matches!(self, Reason::NotIp | Reason::NotTcp | Reason::IcmpError | Reason::IpFragment)
    }

    /// The reason in words.
    pub fn words(self, lang: Lang) -> &'static str {
        let (en, zh) = match self {
            Reason::NotIp => ("not IP (ARP, for example)", "不是 IP（例如 ARP）"),
            Reason::NotTcp => ("IP, but not TCP", "是 IP，但不是 TCP"),
            Reason::UnsupportedLinkType => ("a link type that synfin does not read", "synfin 不支持的链路类型"),
            Reason::TruncatedLink => ("cut inside the link-layer header", "在链路层首部内被截断"),
            Reason::TruncatedIp => ("cut inside the IP header", "在 IP 首部内被截断"),
            Reason::TruncatedTcp => ("cut inside the TCP header", "在 TCP 首部内被截断"),
            Reason::IpFragment => {
                ("a fragment of an IP packet that its last fragment made whole", "IP 分片，由最后一个分片重组完整")
            }
            Reason::IncompleteFragment => {
                ("a fragment of an IP packet that never became whole", "IP 分片，始终未能重组完整")
            }
            Reason::FragmentOverlap => ("IP fragments that contradict each other", "IP 分片内容互相矛盾"),
            Reason::MalformedIp => ("an IP header that contradicts itself", "IP 首部自相矛盾"),
            Reason::TooManyLayers => ("headers nested too deeply", "首部嵌套过深"),
            Reason::TruncatedTunnel => ("cut inside a tunnel's header", "在隧道首部内被截断"),
            Reason::Encrypted => ("encrypted (ESP, MACsec, protected Wi-Fi)", "已加密（ESP、MACsec、受保护的 Wi-Fi）"),
            Reason::Compressed => ("compressed on a PPP link", "在 PPP 链路上被压缩"),
            Reason::LinkFragment => (
                "a piece of a frame that the link split (802.11, PPP multilink)",
                "被链路拆分的帧片段（802.11、PPP 多链路）",
            ),
            Reason::IcmpError => ("an ICMP error about a TCP segment", "关于某个 TCP 报文段的 ICMP 差错报文"),
            Reason::IcmpQuote => (
                "an ICMP error that quotes too little to tell whose it is",
                "ICMP 差错报文引用的内容太少，无法判断归属",
            ),
        };
        lang.pick(en, zh)
    }
}

/// How many frames were left out, by reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SkippedCounts([u64; Reason::ALL.len()]);

impl SkippedCounts {
    /// Counts one more.
    pub fn add(&mut self, reason: Reason) {
        if let Some(count) = self.0.get_mut(reason as usize) {
            *count += 1;
        }
    }

    /// Gives frames that were counted under one reason another, now that more is known of them.
    pub(super) fn reconsider(&mut self, from: Reason, to: Reason, frames: u64) {
        let moved = frames.min(self.count(from));
        for (reason, count) in Reason::ALL.into_iter().zip(&mut self.0) {
            match reason {
                reason if reason == from => *count -= moved,
                reason if reason == to => *count += moved,
                _ => {}
            }
        }
    }

    pub fn count(&self, reason: Reason) -> u64 {
        self.0.get(reason as usize).copied().unwrap_or(0)
    }

    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// The reasons that came up, with their counts.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, u64)> {
        Reason::ALL.into_iter().zip(self.0).filter(|(_, count)| *count > 0)
    }

    /// As the timeline's source reports it.
    pub fn report(&self) -> Vec<Skipped> {
        self.iter().map(|(reason, count)| Skipped { reason: reason.name().to_owned(), count }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_its_place() {
        for (place, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason as usize, place);
            let mut counts = SkippedCounts::default();
            counts.add(reason);
            assert_eq!(counts.iter().collect::<Vec<_>>(), [(reason, 1)]);
            assert_eq!(counts.report().first().map(|skipped| skipped.reason.as_str()), Some(reason.name()));
        }
    }
}
