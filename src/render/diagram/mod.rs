//! Sequence diagrams as text, for pages that draw them: Mermaid and PlantUML. Whatever packets hold stays text in them.

pub mod mermaid;
pub mod plantuml;
pub mod timing;
