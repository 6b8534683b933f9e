//! What is left of a frame behind the headers taken off so far.

use crate::source::Frame;

#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a> {
    /// The octets that were captured.
    pub(super) bytes: &'a [u8],
    /// Octets after them that the headers promise and the capture lacks.
    pub(super) missing: u32,
    /// The innermost VLAN id so far, 0 for none.
    pub(super) vlan: u16,
}

impl<'a> Rest<'a> {
    pub(super) fn of(frame: &Frame<'a>) -> Rest<'a> {
        let captured = u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX);
        Rest { bytes: frame.bytes, missing: frame.wire_len.saturating_sub(captured), vlan: 0 }
    }

    /// Takes a header of `n` octets off; `None` when so many were not captured.
    #[inline]
    pub(super) fn take(&mut self, n: usize) -> Option<&'a [u8]> {
        let (header, bytes) = self.bytes.split_at_checked(n)?;
        self.bytes = bytes;
        Some(header)
    }

    /// Takes a header of `N` octets off; `None` when so many were not captured.
    #[inline]
    pub(super) fn take_array<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (header, bytes) = self.bytes.split_first_chunk::<N>()?;
        self.bytes = bytes;
        Some(header)
    }

    /// Octets that follow on the wire, captured or not.
    #[inline]
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX).saturating_add(self.missing)
    }

    /// From here on a header promises exactly `len` octets: drops what lies behind them (Ethernet padding, checksum),
    /// and counts as missing what does not lie there.
    #[inline]
    pub(super) fn limit(&mut self, len: u32) {
        let captured = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        self.missing = len.saturating_sub(captured);
        self.bytes = self.bytes.get(..len as usize).unwrap_or(self.bytes);
    }
}
