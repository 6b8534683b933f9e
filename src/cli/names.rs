//! `--relabel`: gives the names, and says which of them fit nobody.

use super::config::Config;
use crate::render::safe;
use crate::timeline::{Lang, Relabel, Timeline};
use std::io::{self, Write};

pub(super) fn give(timeline: &mut Timeline, config: &Config) -> io::Result<()> {
    let unused = timeline.relabel(&config.names);
    // Where there is nobody at all that is told elsewhere.
    if timeline.endpoints.is_empty() { Ok(()) } else { tell_unused(&unused, config) }
}

/// Says which names fit nobody.
pub(super) fn tell_unused(unused: &[&Relabel], config: &Config) -> io::Result<()> {
    let mut err = io::stderr().lock();
    for name in unused {
        let name = name.to_string();
        let name = safe(&name);
        match config.lang {
            Lang::En => writeln!(err, "warning: --relabel {name} names none of the endpoints shown")?,
            Lang::Zh => writeln!(err, "警告：--relabel {name} 与所显示的任何端点都不符")?,
        }
    }
    Ok(())
}
