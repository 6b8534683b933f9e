//! What is left of a frame behind the headers taken off so far.

use crate::source::Frame;

#[derive(Debug, Clone, Copy)]
pub(super) struct Rest<'a> {
    /// The octets that were captured.
    pub(super) bytes: &'a [u8],
    /// Octets after them that were on the wire and that the capture lacks.
    pub(super) missing: u32,
    /// The VLAN ids so far, 12 bits each, the innermost lowest; 0 for none. Of a third tag above, the lowest 8 bits stay.
    pub(super) vlan: u32,
    /// A header promised more than even the wire had, so no checksum over all of it can be computed.
    pub(super) short: bool,
}

impl<'a> Rest<'a> {
    pub(super) fn of(frame: &Frame<'a>) -> Rest<'a> {
        let captured = u32::try_from(frame.bytes.len()).unwrap_or(u32::MAX);
        Rest { bytes: frame.bytes, missing: frame.wire_len.saturating_sub(captured), vlan: 0, short: false }
    }

    /// A packet of which all is there.
    pub(super) fn whole(bytes: &'a [u8], vlan: u32) -> Rest<'a> {
        Rest { bytes, missing: 0, vlan, short: false }
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

    /// Takes a field of 16 bits in network order off.
    #[inline]
    pub(super) fn take_u16(&mut self) -> Option<u16> {
        self.take_array().map(|field| u16::from_be_bytes(*field))
    }

    /// Octets that follow on the wire, captured or not.
    #[inline]
    pub(super) fn len(&self) -> u32 {
        u32::try_from(self.bytes.len()).unwrap_or(u32::MAX).saturating_add(self.missing)
    }

    /// From here on a header promises `len` octets: drops what lies behind them (Ethernet padding, checksum). What was on
    /// the wire is all there can be, whatever is promised.
    #[inline]
    pub(super) fn limit(&mut self, len: u32) {
        let captured = u32::try_from(self.bytes.len()).unwrap_or(u32::MAX);
        let on_the_wire = self.missing.saturating_add(captured);
        self.short |= len > on_the_wire;
        self.missing = len.min(on_the_wire).saturating_sub(captured);
        self.bytes = self.bytes.get(..len as usize).unwrap_or(self.bytes);
    }

    /// A tag with this id; 0 is a priority alone, and names no VLAN (802.1Q).
    pub(super) fn enter_vlan(&mut self, id: u16) {
        if id != 0 {
            self.vlan = self.vlan << 12 | u32::from(id);
        }
    }
}
