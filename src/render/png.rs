//! A picture as PNG, drawn from its SVG with the fonts of this machine: the one thing that a picture takes from outside.

use resvg::usvg::{self, FontResolver, Options, fontdb};
use resvg::{tiny_skia, usvg::Tree};
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

/// The largest picture, in pixels: 64 Mi of them take 256 MiB of memory.
const LARGEST: u64 = 64 << 20;

/// Why a picture was not drawn.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no font on this machine to draw letters with")]
    NoFont,
    /// The characters.
    #[error("no font on this machine has these characters: {0}")]
    NoGlyph(String),
    #[error("a picture of {0} by {1} pixels is too large")]
    TooLarge(u32, u32),
    #[error("the picture cannot be drawn: {0}")]
    Svg(#[from] usvg::Error),
    #[error("the picture cannot be packed: {0}")]
    Packing(String),
}

/// The fonts of this machine.
#[derive(Debug, Clone)]
pub struct Fonts(Arc<fontdb::Database>);

impl Fonts {
    /// Looks for them where the system keeps them.
    pub fn of_system() -> Fonts {
        let mut found = fontdb::Database::new();
        found.load_system_fonts();
        Fonts(Arc::new(found))
    }

    /// None at all.
    pub fn none() -> Fonts {
        Fonts(Arc::new(fontdb::Database::new()))
    }
}

/// Draws one of our pictures; its size is its own.
///
/// # Errors
/// No font, or none that has every character; a picture too large for memory.
pub fn draw(svg: &str, fonts: &Fonts) -> Result<Vec<u8>, Error> {
    if fonts.0.is_empty() {
        return Err(Error::NoFont);
    }
    let missing: Arc<Mutex<BTreeSet<char>>> = Arc::default();
    let options = Options {
        fontdb: Arc::clone(&fonts.0),
        font_family: any_family(&fonts.0),
        font_resolver: FontResolver {
            select_font: FontResolver::default_font_selector(),
            select_fallback: telling(Arc::clone(&missing)),
        },
        ..Options::default()
    };
    let tree = Tree::from_str(svg, &options)?;
    let missing = missing.lock().unwrap_or_else(PoisonError::into_inner);
    // What a packet holds must not keep its picture from being drawn.
    if !missing.is_empty() && missing.iter().all(|character| is_control_picture(*character)) {
        return draw(&svg.replace(is_control_picture, "?"), fonts);
    }
    if !missing.is_empty() {
        return Err(Error::NoGlyph(missing.iter().take(24).collect()));
    }
    let size = tree.size().to_int_size();
    let (width, height) = (size.width(), size.height());
    let paper = (u64::from(width) * u64::from(height) <= LARGEST).then(|| tiny_skia::Pixmap::new(width, height));
    let Some(mut paper) = paper.flatten() else { return Err(Error::TooLarge(width, height)) };
    resvg::render(&tree, tiny_skia::Transform::identity(), &mut paper.as_mut());
    paper.encode_png().map_err(|error| Error::Packing(error.to_string()))
}

/// The letters that stand for control characters: few fonts have them.
fn is_control_picture(character: char) -> bool {
    ('\u{2400}'..='\u{2426}').contains(&character)
}

/// The usual choice of a font for a character that the first one lacks; it is remembered where there is none.
fn telling(missing: Arc<Mutex<BTreeSet<char>>>) -> usvg::FallbackSelectionFn<'static> {
    let usual = FontResolver::default_fallback_selector();
    Box::new(move |character, tried, fonts| {
        let found = usual(character, tried, fonts);
        if found.is_none() && !character.is_whitespace() {
            missing.lock().unwrap_or_else(PoisonError::into_inner).insert(character);
        }
        found
    })
}

/// A family that is there, for where none of the wanted ones is.
fn any_family(fonts: &fontdb::Database) -> String {
    let sans = fontdb::Query { families: &[fontdb::Family::SansSerif], ..fontdb::Query::default() };
    let id = fonts.query(&sans).or_else(|| fonts.faces().next().map(|face| face.id));
    let face = id.and_then(|id| fonts.face(id));
    face.and_then(|face| face.families.first()).map(|(name, _)| name.clone()).unwrap_or_default()
}
