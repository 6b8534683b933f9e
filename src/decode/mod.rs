//! Frames into segments.
