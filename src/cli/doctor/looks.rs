//! How output will look: locale, language, characters, width, colour.

use super::super::config::{Config, locale};
use super::{Check, same};
use crate::render::Charset;
use crate::timeline::{Lang, Text};

pub(super) fn checks(config: &Config) -> Vec<Check> {
    let locale = locale();
    let utf8 = Check::new(
        "locale",
        locale.utf8,
        ("locale", "区域设置"),
        if locale.utf8 {
            Text::new("characters in UTF-8", "字符编码为 UTF-8")
        } else {
            Text::new("not UTF-8: drawn in plain ASCII", "不是 UTF-8：用纯 ASCII 绘制")
        },
    );
    let utf8 = if locale.utf8 {
        utf8
    } else {
        utf8.fixes([Text::new(
            "if the terminal does show UTF-8: export LC_ALL=C.UTF-8, or --charset unicode",
            "若终端能显示 UTF-8: export LC_ALL=C.UTF-8，或用 --charset unicode",
        )])
    };
    let charset = match config.charset {
        Charset::Unicode => "unicode",
        Charset::Narrow => "narrow",
        Charset::Ascii => "ascii",
    };
    let color = |on: bool| if on { "on" } else { "off" };
    let width = Check::new("width", config.width >= 80, ("width", "宽度"), {
        Text::new(format!("{} columns", config.width), format!("{} 列", config.width))
    });
    vec![
        utf8,
        Check::new("language", None, ("language (--lang)", "语言（--lang）"), {
            same(match config.lang {
                Lang::En => "English",
                Lang::Zh => "中文",
            })
        }),
        Check::new("charset", None, ("characters (--charset)", "字符集（--charset）"), same(charset)),
        if config.width >= 80 {
            width
        } else {
            width.fixes([Text::new(
                "the ladder is drawn whole from 80 columns: widen the terminal, or --width 80",
                "完整的时序图需要 80 列：加宽终端，或用 --width 80",
            )])
        },
        Check::new(
            "color",
            None,
            ("colour (--color)", "颜色（--color）"),
            same(format!("stdout {}, stderr {}", color(config.stdout_color), color(config.stderr_color))),
        ),
    ]
}
