//! `--relabel`: gives the names, and says which of them fit nobody.

use super::config::Config;
use crate::render::safe;
use crate::timeline::{Lang, Timeline};
use std::io::{self, Write};

pub(super) fn give(timeline: &mut Timeline, config: &Config) -> io::Result<()> {
    let unused = timeline.relabel(&config.names);
    if timeline.endpoints.is_empty() {
        // There is nobody at all, which is told elsewhere.
        return Ok(());
    }
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
