//! A picture as SVG 1.1: real text, no scripts, no style sheets, nothing from elsewhere; slide programs take it apart by its groups.

mod theme;
mod xml;

use super::Style;
use super::picture::{Anchor, Dash, Paint, Scene, Shape, Size, Step, Stroke, Theme, Words};
use crate::ladder::Ladder;
use crate::timeline::Lang;
use std::io;
use theme::Palette;
pub(in crate::render) use xml::escape;

/// Fonts of which most machines have one; the last ones for Chinese.
const SANS: &str = "Inter, 'Segoe UI', 'Helvetica Neue', Helvetica, Arial, 'DejaVu Sans', 'Microsoft YaHei', 'PingFang SC', \
                    'Noto Sans CJK SC', 'WenQuanYi Zen Hei', sans-serif";
const MONO: &str = "'JetBrains Mono', Menlo, Consolas, 'DejaVu Sans Mono', 'Liberation Mono', 'Microsoft YaHei', 'PingFang SC', \
                    'Noto Sans Mono CJK SC', 'WenQuanYi Zen Hei Mono', monospace";

/// Writes the ladder as one picture.
pub fn write(ladder: &Ladder, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let scene = Scene::of(ladder, style);
    let window = Window { steps: scene.steps.len(), height: scene.height, scrolled: 0.0, size: scene.size };
    scene_to(&scene, &window, style, out)
}

/// What of a scene is shown.
struct Window {
    /// The first ones.
    steps: usize,
    /// Of what is seen, in the scene's pixels.
    height: f64,
    /// How far the rows are moved up.
    scrolled: f64,
    size: Size,
}

fn scene_to(scene: &Scene, window: &Window, style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let mut pen = Pen { palette: Palette::of(style.canvas.theme.unwrap_or(Theme::Light)), out };
    let Scene { width, left, title, about, .. } = scene;
    let sheet = Sheet { left: *left, width: *width, height: window.height, size: window.size, title, about };
    pen.begin(&sheet, style)?;
    let moves = window.scrolled > 0.0;
    if moves {
        writeln!(pen.out, "<g id=\"rows\" transform=\"translate(0 {})\">", number(-window.scrolled))?;
    }
    let shown = || scene.steps.iter().take(window.steps).enumerate();
    // What was moved up under the head needs no drawing.
    let edge = scene.top + window.scrolled;
    let is_seen = |shapes: &[Shape]| !moves || shapes.iter().any(|shape| shape.bottom() >= edge);
    for (index, step) in shown().filter(|(_, step)| !step.ground.is_empty() && is_seen(&step.ground)) {
        pen.group(&format!("ground-{}", index + 1), None, &step.ground)?;
    }
    for (index, step) in shown().filter(|(_, step)| !step.lifelines.is_empty() && is_seen(&step.lifelines)) {
        pen.group(&format!("lifelines-{}", index + 1), None, &step.lifelines)?;
    }
    // A step of which no row is left, of very many, has nothing to take apart.
    for (index, step) in shown().filter(|(_, step)| step.to > 0.0) {
        let shapes = if is_seen(&step.shapes) { step.shapes.as_slice() } else { &[] };
        pen.group(&format!("step-{}", index + 1), Some(step), shapes)?;
    }
    if moves {
        writeln!(pen.out, "</g>")?;
    }
    let below = scene.height - window.height;
    if below > 0.0 {
        // What was moved up, and what is still below, goes under the head and the legend.
        let foot = scene.foot - below;
        pen.paper(&sheet, 0.0, scene.top)?;
        pen.paper(&sheet, foot, window.height - foot)?;
    }
    pen.group("head", None, &scene.head)?;
    if below > 0.0 {
        writeln!(pen.out, "<g id=\"foot\" transform=\"translate(0 {})\">", number(-below))?;
    }
    pen.group("legend", None, &scene.legend)?;
    if below > 0.0 {
        writeln!(pen.out, "</g>")?;
    }
    writeln!(pen.out, "</svg>")
}

/// One picture per step, each with all before it. All have the size of a slide: where the rows are longer, they move up under the
/// head, so that the last one shown is in view.
pub struct Frames {
    scene: Scene,
    style: Style,
    /// Of a slide, in the scene's pixels.
    height: f64,
    size: Size,
}

impl Frames {
    pub fn of(ladder: &Ladder, style: &Style) -> Frames {
        let scene = Scene::of(ladder, style);
        let size = style.canvas.size.unwrap_or(Size::SLIDE);
        let height = (scene.width * f64::from(size.height) / f64::from(size.width.max(1))).min(scene.height);
        Frames { scene, style: *style, height, size }
    }

    /// How many there are: one at least.
    #[allow(clippy::len_without_is_empty)] // It never is.
    pub fn len(&self) -> usize {
        self.scene.steps.len()
    }

    /// Writes the picture of the first `steps` steps.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, steps: usize, out: &mut impl io::Write) -> io::Result<()> {
        let Frames { scene, style, height, size } = self;
        let shown = scene.steps.iter().take(steps);
        let end = shown.map(|step| step.to).fold(scene.top, f64::max);
        let below = scene.height - height;
        let room = scene.foot - below;
        let scrolled = (end + 8.0 - room).clamp(0.0, below.max(0.0));
        scene_to(scene, &Window { steps, height: *height, scrolled, size: *size }, style, out)
    }
}

/// Writes a picture that says that there is nothing to draw.
pub fn nothing(style: &Style, out: &mut impl io::Write) -> io::Result<()> {
    let palette = Palette::of(style.canvas.theme.unwrap_or(Theme::Light));
    let words = match style.lang {
        Lang::En => "no TCP connection to draw",
        Lang::Zh => "没有可绘制的 TCP 连接",
    };
    let size = style.canvas.size.unwrap_or(Size::SLIDE);
    let (width, height) = (size.width, size.height);
    writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" \
         font-family=\"{SANS}\">\n<rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>\n<text x=\"{}\" y=\"{}\" \
         font-size=\"25\" text-anchor=\"middle\" fill=\"{}\">{words}</text>\n</svg>",
        palette.hex(Paint::Paper),
        width / 2,
        height / 2,
        palette.hex(Paint::Text),
    )
}

/// What a picture is besides its shapes.
pub(in crate::render) struct Sheet<'s> {
    /// Of the drawing, in its own pixels; it begins left of nought where it stands in the middle of a wider picture.
    pub(in crate::render) left: f64,
    pub(in crate::render) width: f64,
    pub(in crate::render) height: f64,
    /// Of the picture.
    pub(in crate::render) size: Size,
    pub(in crate::render) title: &'s str,
    pub(in crate::render) about: &'s str,
}

/// Writes shapes as a picture.
pub(in crate::render) fn sheet(
    sheet: &Sheet<'_>,
    shapes: &[Shape],
    style: &Style,
    out: &mut impl io::Write,
) -> io::Result<()> {
    let mut pen = Pen { palette: Palette::of(style.canvas.theme.unwrap_or(Theme::Light)), out };
    pen.begin(sheet, style)?;
    pen.group("drawing", None, shapes)?;
    writeln!(pen.out, "</svg>")
}

struct Pen<'a, W> {
    palette: Palette,
    out: &'a mut W,
}

impl<W: io::Write> Pen<'_, W> {
    /// The root element, what the picture is, and its ground.
    fn begin(&mut self, sheet: &Sheet<'_>, style: &Style) -> io::Result<()> {
        let lang = style.lang.pick("en", "zh-CN");
        let (left, width, height) = (number(sheet.left), number(sheet.width), number(sheet.height));
        writeln!(
            self.out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"{left} 0 {width} {height}\" \
             xml:lang=\"{lang}\" role=\"img\" font-family=\"{SANS}\">",
            sheet.size.width, sheet.size.height
        )?;
        writeln!(self.out, "<title>{}</title>", escape(sheet.title))?;
        writeln!(self.out, "<desc>{}</desc>", escape(sheet.about))?;
        self.paper(sheet, 0.0, sheet.height)
    }

    /// Covers the whole width, from so far down.
    fn paper(&mut self, sheet: &Sheet<'_>, y: f64, height: f64) -> io::Result<()> {
        write!(self.out, "<rect")?;
        for (name, place) in [("x", sheet.left), ("y", y)] {
            if sheet.left < 0.0 || place > 0.0 {
                write!(self.out, " {name}=\"{}\"", number(place))?;
            }
        }
        let (width, height, paper) = (number(sheet.width), number(height), self.palette.hex(Paint::Paper));
        writeln!(self.out, " width=\"{width}\" height=\"{height}\" fill=\"{paper}\"/>")
    }

    fn group(&mut self, id: &str, step: Option<&Step>, shapes: &[Shape]) -> io::Result<()> {
        writeln!(self.out, "<g id=\"{id}\">")?;
        if let Some(step) = step.filter(|step| !step.title.is_empty()) {
            writeln!(self.out, "<title>{}</title>", escape(&step.title))?;
        }
        for shape in shapes {
            self.shape(shape)?;
        }
        writeln!(self.out, "</g>")
    }

    fn shape(&mut self, shape: &Shape) -> io::Result<()> {
        match shape {
            Shape::Path { points, closed, stroke, fill } => {
                if let ([from, to], false) = (points.as_slice(), *closed) {
                    write!(
                        self.out,
                        "<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"",
                        number(from.x),
                        number(from.y),
                        number(to.x),
                        number(to.y)
                    )?;
                } else {
                    let name = if *closed { "polygon" } else { "polyline" };
                    let points = points.iter().map(|point| format!("{},{}", number(point.x), number(point.y)));
                    write!(self.out, "<{name} points=\"{}\"", points.collect::<Vec<_>>().join(" "))?;
                }
                self.look(*stroke, *fill)
            }
            Shape::Box { at, width, height, round, stroke, fill } => {
                let (x, y, width, height) = (number(at.x), number(at.y), number(*width), number(*height));
                write!(self.out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"")?;
                if *round > 0.0 {
                    write!(self.out, " rx=\"{}\"", number(*round))?;
                }
                self.look(*stroke, *fill)
            }
            Shape::Dot { at, radius, stroke, fill } => {
                write!(self.out, "<circle cx=\"{}\" cy=\"{}\" r=\"{}\"", number(at.x), number(at.y), number(*radius))?;
                self.look(*stroke, *fill)
            }
            Shape::Words(words) => self.words(words),
        }
    }

    /// The end of an element: its colours.
    fn look(&mut self, stroke: Option<Stroke>, fill: Option<Paint>) -> io::Result<()> {
        let fill = fill.map_or("none", |paint| self.palette.hex(paint));
        write!(self.out, " fill=\"{fill}\"")?;
        if let Some(stroke) = stroke {
            write!(
                self.out,
                " stroke=\"{}\" stroke-width=\"{}\"",
                self.palette.hex(stroke.paint),
                number(stroke.width)
            )?;
            match stroke.dash {
                Dash::Solid => {}
                Dash::Dashed => write!(self.out, " stroke-dasharray=\"5 3\"")?,
                Dash::Dotted => write!(self.out, " stroke-dasharray=\"2 4\"")?,
            }
        }
        writeln!(self.out, "/>")
    }

    fn words(&mut self, words: &Words) -> io::Result<()> {
        let (x, y) = (number(words.at.x), number(words.at.y));
        write!(self.out, "<text x=\"{x}\" y=\"{y}\" font-size=\"{}\"", number(words.size))?;
        match words.anchor {
            Anchor::Start => {}
            Anchor::Middle => write!(self.out, " text-anchor=\"middle\"")?,
            Anchor::End => write!(self.out, " text-anchor=\"end\"")?,
        }
        if words.mono {
            write!(self.out, " font-family=\"{MONO}\"")?;
        }
        if words.turn.abs() >= 0.05 {
            write!(self.out, " transform=\"rotate({} {x} {y})\"", number(words.turn))?;
        }
        let weight = |bold: bool| if bold { " font-weight=\"bold\"" } else { "" };
        if let [part] = words.parts.as_slice() {
            let (fill, bold) = (self.palette.hex(part.paint), weight(part.bold));
            return writeln!(self.out, " fill=\"{fill}\"{bold}>{}</text>", escape(&part.text));
        }
        write!(self.out, ">")?;
        for part in words.parts.iter().filter(|part| !part.text.is_empty()) {
            let (fill, bold) = (self.palette.hex(part.paint), weight(part.bold));
            // Blanks at a part's edges are drawn as they are, in XML's own way and the newer one.
            write!(self.out, "<tspan fill=\"{fill}\"{bold} xml:space=\"preserve\">{}</tspan>", escape(&part.text))?;
        }
        writeln!(self.out, "</text>")
    }
}

/// Tenths of a pixel are fine enough, and the same on every machine.
fn number(value: f64) -> String {
    let tenths = (value * 10.0).round();
    // No number comes near the end of this range: a picture has far fewer pixels.
    let tenths = tenths.clamp(-1e12, 1e12) as i64;
    let sign = if tenths < 0 { "-" } else { "" };
    match (tenths.abs() / 10, tenths.abs() % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, tenth) => format!("{sign}{whole}.{tenth}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!([1.0, 0.25, -0.04, -1.26, 1280.0].map(number), ["1", "0.3", "0", "-1.3", "1280"]);
        assert_eq!(number(f64::NAN), "0");
    }
}
