//! Whether a letter or a digit looks like the one that a font says it is: a font's text map is whatever its maker wrote.
//! Forms are held against those of the fonts that stand in for others, each stretched to one box.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use hayro::{
    hayro_interpret::font::FontQuery,
    kurbo::{Affine, BezPath, PathEl, Point, Shape as _},
};
use hayro_font::{FontCache, FontGlyph, FontResolverFn, StandardFont};

use super::{
    coverage::{self, Inside},
    survey::has_form,
};
use crate::model::Blake3;

/// The box that forms are stretched to, in cells.
const ACROSS: usize = 12;
const DOWN: usize = 16;
/// A digit's form is another's where it is at least so like that one, and by so much liker than to its own. Of the digits
/// in the fonts of 300 contracts none is liker by more than 0.1.
const LIKE: f32 = 0.8;
const MARGIN: f32 = 0.15;
/// The same of letters, of which some are drawn in two ways: the `g` of one typewriter face is liker to the `q` of another.
const LIKE_LETTER: f32 = 0.88;
/// The same where it is said to be nothing: boxes, too, stand for what a font lacks.
const LIKE_ONE: f32 = 0.9;
/// It is kept of so many outlines.
const MOST_KNOWN: usize = 20_000;

/// What a form is compared with.
const FONTS: [StandardFont; 7] = [
    StandardFont::Helvetica,
    StandardFont::HelveticaBold,
    StandardFont::HelveticaOblique,
    StandardFont::TimesRoman,
    StandardFont::TimesBold,
    StandardFont::TimesItalic,
    StandardFont::Courier,
];
const CHARACTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Plain bars and rings, which marks in symbol fonts look like too.
const PLAIN: &[u8] = b"01IOlo";

type Form = [f32; ACROSS * DOWN];

/// A glyph that is said to show nothing, or several digits.
const NO_DIGIT: u8 = b' ';

/// What a glyph is said to be, where that can be told by its form; 0 where not.
pub(super) fn claim(text: &str) -> u8 {
    match text.as_bytes() {
        [byte] if byte.is_ascii_alphanumeric() => *byte,
        bytes if !text.chars().any(has_form) || bytes.iter().all(u8::is_ascii_digit) => NO_DIGIT,
        _ => 0,
    }
}

/// Is a form clearly that of another character than it is said to be? Most documents are set in the same few faces: what
/// was told of an outline is kept.
pub(super) fn is_other(outline: &BezPath, claim: u8) -> bool {
    static KNOWN: Mutex<BTreeMap<[u8; 32], bool>> = Mutex::new(BTreeMap::new());
    if claim == 0 {
        return false;
    }
    let key = digest(outline, claim);
    let known = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(told) = known().get(&key) {
        return *told;
    }
    let told = looks_other(outline, claim);
    let mut known = known();
    if known.len() >= MOST_KNOWN {
        known.clear();
    }
    known.insert(key, told);
    told
}

/// Is it the box that fonts show for what they lack: a rectangle around it, empty or crossed? Fewer letters and digits
/// than bars and rings look so.
pub(super) fn is_box(outline: &BezPath, claim: u8) -> bool {
    let bounds = outline.bounding_box();
    let subpaths =
        || outline.elements().split(|piece| matches!(piece, PathEl::ClosePath)).filter(|part| !part.is_empty());
    let is_corner = |piece: &PathEl| match piece {
        PathEl::MoveTo(to) | PathEl::LineTo(to) => {
            (to.x - bounds.x0).abs().min((to.x - bounds.x1).abs()) < 1.0
                && (to.y - bounds.y0).abs().min((to.y - bounds.y1).abs()) < 1.0
        }
        _ => false,
    };
    let is_around = subpaths().next().is_some_and(|part| (4..=5).contains(&part.len()) && part.iter().all(is_corner));
    // Pixel faces have letters of rectangles.
    is_around && !PLAIN.contains(&claim) && matches!(subpaths().count(), 2 | 5)
}

/// What no other outline with such a claim has.
fn digest(outline: &BezPath, claim: u8) -> [u8; 32] {
    let mut bytes = vec![claim];
    for piece in outline.elements() {
        let (kind, points): (u8, &[Point]) = match piece {
            PathEl::MoveTo(to) => (0, &[*to]),
            PathEl::LineTo(to) => (1, &[*to]),
            PathEl::QuadTo(by, to) => (2, &[*by, *to]),
            PathEl::CurveTo(by, and, to) => (3, &[*by, *and, *to]),
            PathEl::ClosePath => (4, &[]),
        };
        bytes.push(kind);
        bytes.extend(points.iter().flat_map(|point| [point.x.to_le_bytes(), point.y.to_le_bytes()]).flatten());
    }
    Blake3::of(&bytes).0
}

fn looks_other(outline: &BezPath, claim: u8) -> bool {
    let Some(form) = form(outline) else { return false };
    // Small capitals are said to be small letters.
    let own = [claim.to_ascii_uppercase(), claim.to_ascii_lowercase()].map(|c| likeness(&form, c));
    let like = if claim.is_ascii_alphabetic() { LIKE_LETTER } else { LIKE };
    let least = if claim == NO_DIGIT { LIKE_ONE } else { like.max(own[0].max(own[1]) + MARGIN) };
    // Nothing is liker than the same.
    if least > 1.0 {
        return false;
    }
    let candidates = CHARACTERS.iter().filter(|c| match claim.is_ascii_alphabetic() {
        true => !PLAIN.contains(*c),
        false => c.is_ascii_digit(),
    });
    candidates.filter(|c| !c.eq_ignore_ascii_case(&claim)).any(|c| likeness(&form, *c) >= least)
}

/// How like a form is to a character: 1 where it is the same.
fn likeness(form: &Form, character: u8) -> f32 {
    let of = |sample: &Form| form.iter().zip(sample).map(|(a, b)| a * b).sum::<f32>();
    samples(character).iter().map(of).fold(-1.0, f32::max)
}

/// A character's forms.
fn samples(character: u8) -> &'static [Form] {
    static SAMPLES: [OnceLock<Vec<Form>>; 128] = [const { OnceLock::new() }; 128];
    SAMPLES[usize::from(character & 0x7f)].get_or_init(|| {
        let fonts: FontResolverFn = Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(_) => None,
        });
        let cache = FontCache::new();
        let outline = |font: StandardFont| {
            let font = cache.standard_font(font, &fonts)?;
            let code = u32::from(character);
            match font.glyph(font.map_code(code), code) {
                FontGlyph::Outline(glyph) => form(&glyph.outline()),
                FontGlyph::Type3(_) => None,
            }
        };
        FONTS.into_iter().filter_map(outline).collect()
    })
}

/// An outline stretched to the box: how much of each cell it covers, about a mean of 0 and of length 1. None where it
/// has no area.
fn form(outline: &BezPath) -> Option<Form> {
    let bounds = outline.bounding_box();
    if !(bounds.is_finite() && bounds.width() > 1.0 && bounds.height() > 1.0) {
        return None;
    }
    let (across, down) = (ACROSS as f64 / bounds.width(), DOWN as f64 / bounds.height());
    let matrix = Affine::new([across, 0.0, 0.0, -down, -bounds.x0 * across, bounds.y1 * down]);
    let mask = coverage::of(outline, matrix, Inside::NonZero, [0, 0, ACROSS as i32, DOWN as i32])?;
    let mut form = [0.0; ACROSS * DOWN];
    for (row, cells) in mask.covered.chunks_exact(mask.width.max(1)).enumerate() {
        for (column, covered) in cells.iter().enumerate() {
            let at = (row + mask.top as usize) * ACROSS + column + mask.left as usize;
            if let Some(cell) = form.get_mut(at) {
                *cell = f32::from(*covered);
            }
        }
    }
    let mean = form.iter().sum::<f32>() / form.len() as f32;
    form.iter_mut().for_each(|cell| *cell -= mean);
    let length = form.iter().map(|cell| cell * cell).sum::<f32>().sqrt();
    (length > 1.0).then(|| form.map(|cell| cell / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_digit_is_told_from_every_other_and_none_from_itself() {
        let fonts: FontResolverFn = Arc::new(|query| match query {
            FontQuery::Standard(font) => Some(font.get_font_data()),
            FontQuery::Fallback(_) => None,
        });
        let cache = FontCache::new();
        let others =
            [StandardFont::CourierBoldOblique, StandardFont::TimesBoldItalic, StandardFont::HelveticaBoldOblique];
        for (at, font) in FONTS.into_iter().chain(others).enumerate() {
            let is_known = at < FONTS.len();
            let font = cache.standard_font(font, &fonts).unwrap();
            for shown in b'0'..=b'9' {
                let code = u32::from(shown);
                let FontGlyph::Outline(glyph) = font.glyph(font.map_code(code), code) else { panic!("no outline") };
                for claim in b'0'..=b'9' {
                    let is_told = is_other(&glyph.outline(), claim);
                    let is_right = is_told == (shown != claim) || (!is_told && !is_known);
                    assert!(is_right, "{} as {} of font {at}", shown as char, claim as char);
                }
            }
        }
    }

    #[test]
    fn a_box_is_no_letter() {
        let frame: BezPath =
            [rectangle(0.0, 0.0, 500.0, 700.0), rectangle(50.0, 50.0, 450.0, 650.0)].concat().into_iter().collect();
        assert!(is_box(&frame, b'8') && is_box(&frame, b'a') && !is_box(&frame, b'0'));
        let bar: BezPath = rectangle(0.0, 0.0, 100.0, 700.0).into_iter().collect();
        assert!(!is_box(&bar, b'l') && !is_box(&bar, b'8'));
    }

    fn rectangle(x0: f64, y0: f64, x1: f64, y1: f64) -> Vec<PathEl> {
        let to = |x, y| PathEl::LineTo(Point::new(x, y));
        vec![PathEl::MoveTo(Point::new(x0, y0)), to(x1, y0), to(x1, y1), to(x0, y1), PathEl::ClosePath]
    }
}
