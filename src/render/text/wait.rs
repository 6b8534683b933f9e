//! TIME-WAIT in words and as a bar that shows how much of 2MSL is over.

use super::glyphs::Glyphs;
use crate::ladder::{Wait, WaitAction};
use crate::render::ink::Ink;
use crate::render::{Style, time};
use crate::timeline::Lang;

/// One line of it.
pub(super) enum Part {
    Words(String, Ink),
    Bar(String),
}

/// What happened, the bar, and the kernel's word. Times are told from `origin_ns` on.
pub(super) fn parts(wait: &Wait, who: &str, origin_ns: i64, columns: usize, style: &Style) -> Vec<Part> {
    let mut words = words(wait, who, origin_ns, style).into_iter();
    let mut parts: Vec<Part> = words.next().map(|words| Part::Words(words, Ink::Wait)).into_iter().collect();
    parts.extend(share(wait).map(|(elapsed, total)| Part::Bar(bar(elapsed, total, columns, style))));
    parts.extend(words.map(|words| Part::Words(words, Ink::Dim)));
    parts
}

/// How much of 2MSL is over when the wait ends, and how long that is, in nanoseconds.
pub(crate) fn share(wait: &Wait) -> Option<(i64, i64)> {
    let ends = !matches!(wait.action, WaitAction::Begins | WaitAction::Rearmed);
    wait.total_ns.filter(|total| ends && *total > 0).map(|total| (wait.elapsed_ns, total))
}

/// What happened, and behind it what the kernel says of it.
pub(crate) fn words(wait: &Wait, who: &str, origin_ns: i64, style: &Style) -> Vec<String> {
    let zh = style.lang == Lang::Zh;
    let pick = |en: String, zh_text: String| if zh { zh_text } else { en };
    let total = wait.total_ns.map(time::span).unwrap_or_else(|| "2MSL".to_string());
    let due = wait.due_ns.map(|due| time::point(due.saturating_sub(origin_ns), false).trim().to_string());
    let due_en = due.as_ref().map(|due| format!(", due {due}")).unwrap_or_default();
    let due_zh = due.as_ref().map(|due| format!("，{due} 到期")).unwrap_or_default();
    let left = wait.remaining_ns.map(time::span);
    let left_en = left.as_ref().map(|left| format!(", {left} left")).unwrap_or_default();
    let left_zh = left.as_ref().map(|left| format!("，还剩 {left}")).unwrap_or_default();
    let elapsed = time::span(wait.elapsed_ns);
    let words = match wait.action {
        WaitAction::Begins => pick(format!("2MSL {total}{due_en}"), format!("2MSL {total}{due_zh}")),
        WaitAction::Rearmed => pick(format!("2MSL again{due_en}"), format!("2MSL 重新计时{due_zh}")),
        WaitAction::Expired => pick(format!("2MSL over after {elapsed}"), format!("2MSL 到期，历时 {elapsed}")),
        WaitAction::Reused => {
            pick(format!("new SYN after {elapsed}{left_en}"), format!("{elapsed} 后被新 SYN 重用{left_zh}"))
        }
        WaitAction::Reset => pick(format!("RST after {elapsed}{left_en}"), format!("{elapsed} 后被 RST 终结{left_zh}")),
        WaitAction::CaptureEnded => match &left {
            Some(left) => pick(format!("{left} left at the end"), format!("捕获结束，还剩 {left}")),
            None => pick("the capture ends".to_string(), "捕获结束".to_string()),
        },
    };
    let words = pick(format!("{who}: {words}"), format!("{who}：{words}"));
    let mut told = vec![words];
    if let Some(kernel) = &wait.kernel {
        // Zero of the wait: what it lasted counts from its last arming.
        let armed = wait.due_ns.zip(wait.total_ns).map(|(due, total)| due.saturating_sub(total));
        let words = match (kernel.gone_ns, armed) {
            (Some(gone), Some(armed)) => {
                let lasted = time::span(gone.saturating_sub(armed));
                pick(format!("kernel: it really lasted {lasted}"), format!("内核：实际持续 {lasted}"))
            }
            (Some(gone), None) => {
                let gone = time::span(gone.saturating_sub(origin_ns));
                pick(format!("kernel: gone at {gone}"), format!("内核：{gone} 时已消失"))
            }
            (None, _) => {
                let left = time::span(kernel.remaining_ns);
                pick(format!("kernel: {left} left"), format!("内核：还剩 {left}"))
            }
        };
        told.push(words);
    }
    told
}

fn bar(elapsed_ns: i64, total_ns: i64, columns: usize, style: &Style) -> String {
    let [full, empty] = Glyphs::of(style.charset).bar;
    let ends = format!(" {}", time::span(total_ns));
    let room = columns.saturating_sub(crate::render::width::width(&ends) + 2).clamp(4, 60);
    let part = i128::from(elapsed_ns.clamp(0, total_ns)) * room as i128 / i128::from(total_ns.max(1));
    let part = usize::try_from(part).unwrap_or(0).min(room);
    format!("0 {}{}{ends}", full.repeat(part), empty.repeat(room - part))
}
