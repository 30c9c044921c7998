//! Letters that something lies over, under or around, of which only a drawing shows what is left: thick lines, paints that
//! let something through, blends, masks, other letters. Says which letters are in doubt; hides none.

use hayro::{
    hayro_interpret::{BlendMode, DrawProps, FillRule, Paint},
    kurbo::{BezPath, Point, Rect, Shape as _},
};

use super::survey::{Glyph, Survey, has_form};

/// A line so thick, in points, is more than a rule under words or through them.
pub(super) const THICK: f64 = 2.5;
/// Steps that are taken on a page to look for letters below a paint; one that wants more is not believed.
const MOST_STEPS: usize = 40_000_000;
/// A paint leaves so little of the contrast below it.
const HIDES: f32 = 0.7;
/// The same where it may turn light into dark.
const TINTS: f32 = 0.3;
/// Colors nearer than this, of 255, are one to the eye.
const NEAR: u8 = 16;
/// So many letters one after the other in the place of others are no accents, nor words that were set too close; a digit
/// counts as all of them.
const MOST_IN_PLACE: usize = 5;

/// What paints within it are subject to.
#[derive(Clone, Copy)]
pub(super) struct Group {
    pub(super) opacity: f32,
    pub(super) has_mask: bool,
    pub(super) blend: BlendMode,
}

impl Group {
    /// Does it paint what is in it unchanged?
    pub(super) fn is_plain(&self) -> bool {
        self.opacity > 0.98 && !self.has_mask && self.blend == BlendMode::Normal
    }

    /// All that a paint is subject to.
    pub(super) fn joined(groups: &[Self], opacity: f32, has_mask: bool, blend: BlendMode) -> Self {
        let rank = |blend: BlendMode| match blend {
            BlendMode::Normal => 0,
            BlendMode::Multiply | BlendMode::Darken => 1,
            _ => 2,
        };
        groups.iter().fold(Self { opacity, has_mask, blend }, |all, group| Self {
            opacity: all.opacity * group.opacity,
            has_mask: all.has_mask || group.has_mask,
            blend: if rank(group.blend) > rank(all.blend) { group.blend } else { all.blend },
        })
    }

    /// May a paint of this color, where it has one, hide the letters below it?
    pub(super) fn hides(&self, color: Option<[u8; 3]>) -> bool {
        let is_light = color.is_some_and(|color| color.iter().any(|part| *part > 90));
        match self.blend {
            BlendMode::Normal => self.opacity > HIDES,
            BlendMode::Multiply | BlendMode::Darken => self.opacity > HIDES && !is_light,
            _ => self.opacity > TINTS,
        }
    }

    /// May letters of small type that are painted so not be seen, whatever their color?
    pub(super) fn dims(&self, size: f64) -> bool {
        let is_faint = self.opacity < 0.2 && size < 20.0;
        is_faint || self.has_mask || !matches!(self.blend, BlendMode::Normal | BlendMode::Multiply | BlendMode::Darken)
    }
}

/// A paint's color as it stands on white paper; none of patterns.
pub(super) fn on_paper(props: &DrawProps<'_>, opacity: f32) -> Option<[u8; 3]> {
    let Paint::Color(color) = &props.paint else { return None };
    let [red, green, blue, _] = color.to_rgba().components();
    Some([red, green, blue].map(|part| (255.0 * (1.0 - (1.0 - part) * opacity)).round() as u8))
}

pub(super) fn is_near(a: [u8; 3], b: [u8; 3]) -> bool {
    a.iter().zip(b).all(|(a, b)| a.abs_diff(b) < NEAR)
}

/// Is a point within a shape? Counts the steps.
pub(super) fn is_within(path: &BezPath, rule: FillRule, point: Point, steps: &mut usize) -> bool {
    *steps += path.elements().len();
    let turns = path.winding(point);
    if matches!(rule, FillRule::EvenOdd) { turns & 1 == 1 } else { turns != 0 }
}

/// Is it too much to look further?
pub(super) fn is_too_much(steps: usize) -> bool {
    steps > MOST_STEPS
}

pub(super) fn middle(glyph: &Glyph) -> Point {
    glyph.origin + glyph.advance * 0.5 + glyph.up * 0.3
}

fn says(survey: &Survey, glyph: &Glyph, is: impl Fn(char) -> bool) -> bool {
    survey.text_of(glyph).chars().any(is)
}

impl Survey {
    /// Marks the letters below a paint that may hide them.
    pub(super) fn veil(&mut self, area: Rect, shape: Option<(&BezPath, FillRule)>) {
        self.steps += self.glyphs.len();
        let (mut steps, mut any) = (self.steps, false);
        for glyph in &mut self.glyphs {
            let middle = middle(glyph);
            if !glyph.is_veiled && area.contains(middle) {
                let is_below =
                    is_too_much(steps) || shape.is_none_or(|(path, rule)| is_within(path, rule, middle, &mut steps));
                glyph.is_veiled = is_below;
                any |= is_below;
            }
            if is_too_much(steps) && any {
                break;
            }
        }
        self.steps = steps;
    }

    /// Does something veil letters or digits of those that are left?
    pub(super) fn is_veiled(&self, gone: &[Glyph]) -> bool {
        let is_word = |glyph: &&Glyph| says(self, glyph, char::is_alphanumeric);
        self.glyphs.iter().filter(is_word).any(|glyph| glyph.is_veiled) || self.is_overtyped() || self.is_torn(gone)
    }

    /// Do letters stand in one another's place?
    fn is_overtyped(&self) -> bool {
        const NONE: u32 = u32::MAX;
        const CELL: f64 = 10.0;
        const SIDE: usize = 256;
        const MOST_CELLS: usize = 400;
        let is_shown = |glyph: &Glyph| {
            let is_read = |c: char| has_form(c) && !matches!(c, '_' | '.' | '…' | '·' | '-' | '–' | '—' | '☐' | '□');
            let is_inked = glyph.color.is_none_or(|color| color.iter().map(|part| u32::from(*part)).sum::<u32>() < 384);
            says(self, glyph, is_read) && (is_inked || glyph.white)
        };
        let boxed = |glyph: &Glyph| {
            Rect::from_points(
                glyph.origin + glyph.advance * 0.15 + glyph.up * 0.05,
                glyph.origin + glyph.advance * 0.85 + glyph.up * 0.65,
            )
        };
        // What lies beyond the last cells is looked for in them.
        let cell = |at: f64| (at / CELL).clamp(0.0, (SIDE - 1) as f64) as usize;
        let mut last = vec![NONE; SIDE * SIDE];
        let mut links: Vec<(u32, u32)> = Vec::with_capacity(self.glyphs.len() * 2);
        let (mut in_place, mut steps) = (0, 0);
        for (index, glyph) in self.glyphs.iter().enumerate() {
            if !is_shown(glyph) {
                continue;
            }
            let area = boxed(glyph);
            let (columns, rows) = (cell(area.x0)..=cell(area.x1), cell(area.y0)..=cell(area.y1));
            if columns.clone().count() * rows.clone().count() > MOST_CELLS {
                continue;
            }
            let mut is_over = 0;
            for at in rows.flat_map(|row| columns.clone().map(move |column| row * SIDE + column)) {
                let mut link = last[at];
                while let Some((other, before)) = links.get(link as usize) {
                    steps += 1;
                    let other = &self.glyphs[*other as usize];
                    let is_same = self.text_of(other) == self.text_of(glyph);
                    if !is_same && (area.contains(middle(other)) || boxed(other).contains(middle(glyph))) {
                        let weight = |glyph: &Glyph| match () {
                            () if says(self, glyph, |c| c.is_ascii_digit()) => MOST_IN_PLACE,
                            () => usize::from(says(self, glyph, char::is_alphanumeric)),
                        };
                        is_over = is_over.max(weight(other)).max(weight(glyph));
                    }
                    link = *before;
                }
                if steps > MOST_STEPS {
                    return true;
                }
                links.push((index as u32, last[at]));
                last[at] = (links.len() - 1) as u32;
            }
            in_place = if is_over > 0 { in_place + is_over } else { 0 };
            if in_place >= MOST_IN_PLACE {
                return true;
            }
        }
        false
    }

    /// Do digits stand right beside digits that are hidden? What is left of a number is another one.
    fn is_torn(&self, gone: &[Glyph]) -> bool {
        let is_number = |glyph: &&Glyph| says(self, glyph, |c| c.is_ascii_digit());
        let gone: Vec<&Glyph> = gone.iter().filter(is_number).collect();
        if gone.len().saturating_mul(self.glyphs.len()) > MOST_STEPS {
            return true;
        }
        self.glyphs.iter().filter(is_number).any(|glyph| {
            gone.iter().any(|gone| {
                let em = gone.up.hypot();
                let gap = (glyph.origin - (gone.origin + gone.advance)).hypot();
                let other = (gone.origin - (glyph.origin + glyph.advance)).hypot();
                let level = (glyph.origin - gone.origin).dot(gone.up).abs() / em.max(1e-6);
                gap.min(other) < 2.0 * em && level < 0.5 * em
            })
        })
    }
}
