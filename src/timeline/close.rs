//! How a connection closed: the kind, who closed, and what lies behind it.

use super::cause::CloseCause;
use super::{Text, is_zero};
use crate::tcp::Basis;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the connection closed, as far as the capture shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Close {
    /// The kind by its stable name.
    pub kind: CloseKind,
    /// What lies behind it, where the segments tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<CloseCause>,
    /// What the kind rests on.
    pub basis: Basis,
    /// The kind in words.
    pub title: Text,
    /// Why it is called that.
    pub why: Text,
    /// Endpoint id of who closed first: sent the first FIN, or the RST that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub active_closer: Option<String>,
    /// Endpoint ids of those who sent a RST.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reset_by: Vec<String>,
    /// Nanoseconds of silence before the RST that ended it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idle_before_reset_ns: Option<i64>,
    /// RSTs that did nothing: outside the window, answered by a challenge ACK, or disproved by what followed.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub ignored_resets: u32,
    /// How often a FIN was sent again, both sides together.
    pub fin_retransmissions: u32,
    /// Octets that the second closer still sent after the first FIN.
    #[serde(default)]
    pub late_bytes: u64,
}

/// How a connection closed, by its stable name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CloseKind {
    /// FIN, ACK, FIN, ACK.
    FourSegment,
    /// The second FIN rode on the ACK of the first.
    ThreeSegment,
    /// One side's FIN was acknowledged; the other has not closed.
    HalfClosed,
    /// Both FINs were sent before either had arrived (RFC 9293 figure 13).
    Simultaneous,
    /// A RST ended it.
    Reset,
    /// A RST ended it while it was closing.
    ResetAfterFin,
    /// A FIN was never acknowledged.
    UnansweredFin,
    /// Neither FIN nor an effective RST was seen.
    None,
}

impl CloseKind {
    /// Every kind, in the order of declaration.
    pub const ALL: [CloseKind; 8] = [
        CloseKind::FourSegment,
        CloseKind::ThreeSegment,
        CloseKind::HalfClosed,
        CloseKind::Simultaneous,
        CloseKind::Reset,
        CloseKind::ResetAfterFin,
        CloseKind::UnansweredFin,
        CloseKind::None,
    ];
}
