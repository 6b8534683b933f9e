//! Plots as pictures: the same series in shapes for SVG and PNG, or in characters for a terminal.

mod axis;
mod marks;
mod meaning;
mod scale;
pub mod svg;
pub mod text;
