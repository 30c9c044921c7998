//! Draws pages of text, lines and areas, each in one color: what most digital pages are made of. Faster than the
//! renderer, which can draw everything ([`super::drawn`]); a page with anything else on it is left to that one.

use std::{
    hash::{Hash, Hasher},
    iter::{once, repeat},
    ops::Range,
    rc::Rc,
};

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask,
        StrokeProps,
        font::{Glyph, GlyphRun, OutlineGlyph},
    },
    kurbo::{Affine, BezPath, PathEl, Rect, Shape as _, Stroke, StrokeOpts, stroke},
};
use rustc_hash::FxHashMap;

use super::{
    Samples,
    coverage::{self, Inside, Mask, pixels_around},
    survey::form_key,
};

/// A glyph stands at a quarter of a pixel across.
const STEPS: f64 = 4.0;
/// Pixels of the largest glyph that is kept.
const LARGE: f64 = 128.0 * 128.0;
/// Nothing of a page lies so many pixels from its corner.
const FAR: i32 = 1_000_000;
/// Glyphs kept of a document, in bytes.
const MAX_KEPT: usize = 16 << 20;
/// Areas are drawn of so many times the page's pixels; a page with more is left to the renderer.
const MOST_AREA: usize = 24;
/// The thinnest line, and the thinnest outline of a letter, in pixels: as the renderer has them.
const THIN: f64 = 1.0;
const THIN_LETTER: f64 = 0.25;

/// Glyphs that were drawn, and their outlines.
#[derive(Default)]
pub(super) struct Glyphs {
    outlines: FxHashMap<u128, Rc<BezPath>>,
    masks: FxHashMap<Key, Option<Rc<Mask>>>,
    kept: usize,
}

/// All that a glyph's pixels depend on.
#[derive(PartialEq, Eq)]
struct Key {
    glyph: u128,
    linear: [u32; 4],
    step: u8,
    line: Option<[u32; 8]>,
}

impl Hash for Key {
    /// What tells most of a page's letters apart: each is looked up.
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.glyph as u64 ^ u64::from(self.step));
        state.write_u64(u64::from(self.linear[0]) << 32 | u64::from(self.linear[1]));
    }
}

impl Glyphs {
    fn outline(&mut self, glyph: &OutlineGlyph, id: u128) -> Rc<BezPath> {
        let Self { outlines, kept, .. } = self;
        let outline = outlines.entry(id).or_insert_with(|| {
            let outline = glyph.outline();
            *kept += size_of_val(outline.elements()) + 64;
            Rc::new(outline)
        });
        Rc::clone(outline)
    }
}

/// A page in the making.
pub(super) struct Canvas<'g> {
    width: usize,
    /// From the page's units to pixels.
    scale: Affine,
    /// Brightness of each pixel, until something has a color.
    gray: Vec<u8>,
    /// Four samples a pixel, once something has.
    color: Option<Vec<u8>>,
    /// Pixels within which is drawn: left, top, right, bottom.
    clips: Vec<[i32; 4]>,
    glyphs: &'g mut Glyphs,
    area_left: usize,
    /// Nothing came that is not drawn here.
    is_plain: bool,
}

impl<'g> Canvas<'g> {
    pub(super) fn new((width, height): (u32, u32), (across, down): (f64, f64), glyphs: &'g mut Glyphs) -> Self {
        if glyphs.kept > MAX_KEPT {
            *glyphs = Glyphs::default();
        }
        let (width, height) = (width as usize, height as usize);
        Self {
            width,
            scale: Affine::scale_non_uniform(across, down),
            gray: vec![255; width * height],
            color: None,
            clips: vec![[0, 0, width as i32, height as i32]],
            glyphs,
            area_left: MOST_AREA * width * height,
            is_plain: true,
        }
    }

    /// The page, if all that came was drawn.
    pub(super) fn finish(self) -> Option<Samples> {
        self.is_plain.then(|| self.color.map_or(Samples::Colorless(self.gray), Samples::Color))
    }

    fn clip(&self) -> [i32; 4] {
        *self.clips.last().expect("the page itself is never taken away")
    }

    /// The color to draw with; none where nothing is drawn. Leaves the page to the renderer where it is no color.
    fn ink(&mut self, props: &DrawProps<'_>) -> Option<Ink> {
        let is_plain = props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal;
        let Paint::Color(color) = &props.paint else {
            self.is_plain = false;
            return None;
        };
        self.is_plain &= is_plain;
        let [red, green, blue, alpha] = color.to_rgba().to_rgba8();
        let is_gray = red == green && green == blue;
        if alpha > 0 && !is_gray && self.color.is_none() {
            self.color = Some(Samples::colored(&self.gray));
        }
        (self.is_plain && alpha > 0).then_some(Ink { rgb: [red, green, blue], alpha })
    }

    /// Takes what drawing so many pixels costs; false where it is too much.
    fn afford(&mut self, pixels: usize) -> bool {
        match self.area_left.checked_sub(pixels) {
            Some(left) => self.area_left = left,
            None => self.is_plain = false,
        }
        self.is_plain
    }

    fn area(&mut self, path: &BezPath, matrix: Affine, inside: Inside, ink: Ink) {
        let [a, b, c, d, ..] = matrix.as_coeffs();
        let is_straight = (b == 0.0 && c == 0.0) || (a == 0.0 && d == 0.0);
        if is_straight && let Some(sides) = rectangle(path) {
            return self.rectangle(matrix.transform_rect_bbox(sides), ink);
        }
        let Some([left, top, right, bottom]) =
            pixels_around(matrix.transform_rect_bbox(path.control_box()), self.clip())
        else {
            return;
        };
        let rows = (bottom - top) as usize;
        let sides = path.elements().len().saturating_mul(rows);
        if self.afford((rows * (right - left) as usize).saturating_add(sides))
            && let Some(mask) = coverage::of(path, matrix, inside, self.clip())
        {
            self.put(&mask, 0, 0, ink);
        }
    }

    fn line(&mut self, path: &BezPath, matrix: Affine, line: &StrokeProps, thin: f64, ink: Ink) {
        // Dashes can be many and tiny.
        if !line.dash_array.is_empty() {
            self.is_plain = false;
            return;
        }
        let Some(outline) = stroked(path, matrix, line, thin) else { return };
        self.area(&outline, matrix, Inside::NonZero, ink);
    }

    /// A glyph, by its `own` matrix in the space where lines have their width, and that space's.
    fn glyph(&mut self, glyph: &OutlineGlyph, space: Affine, own: Affine, line: Option<&StrokeProps>, ink: Ink) {
        if line.is_some_and(|line| !line.dash_array.is_empty()) {
            self.is_plain = false;
            return;
        }
        let whole = space * own;
        let [.., e, f] = whole.as_coeffs();
        if !(e.abs() < FAR.into() && f.abs() < FAR.into()) {
            return;
        }
        let (steps, y) = (nearest(e * STEPS), nearest(f));
        let (x, step) = (steps.div_euclid(STEPS as i32), steps.rem_euclid(STEPS as i32));
        let id = form_key(glyph);
        let key = Key {
            glyph: id,
            linear: linear(whole),
            step: step as u8,
            line: line.map(|line| {
                let [a, b, c, d] = linear(space);
                let form = line.line_join as u32 * 4 + line.line_cap as u32;
                [a, b, c, d, line.line_width.to_bits(), line.miter_limit.to_bits(), form, 0]
            }),
        };
        if let Some(kept) = self.glyphs.masks.get(&key) {
            if let Some(mask) = kept.clone() {
                self.put(&mask, x, y, ink);
            }
            return;
        }
        let outline = self.glyphs.outline(glyph, id);
        let at_step = |[a, b, c, d, ..]: [f64; 6]| Affine::new([a, b, c, d, f64::from(step) / STEPS, 0.0]);
        let (outline, matrix) = match line {
            None => (outline, at_step(whole.as_coeffs())),
            Some(line) => {
                let [a, b, c, d, ..] = own.as_coeffs();
                let set = Affine::new([a, b, c, d, 0.0, 0.0]) * (*outline).clone();
                let Some(outline) = stroked(&set, space, line, THIN_LETTER) else { return };
                (Rc::new(outline), at_step(space.as_coeffs()))
            }
        };
        let bounds = matrix.transform_rect_bbox(outline.control_box());
        if bounds.width() * bounds.height() > LARGE {
            self.area(&outline, Affine::translate((f64::from(x), f64::from(y))) * matrix, Inside::NonZero, ink);
            return;
        }
        let mask = coverage::of(&outline, matrix, Inside::NonZero, [-FAR, -FAR, FAR, FAR]).map(Rc::new);
        self.glyphs.kept += mask.as_ref().map_or(0, |mask| mask.covered.len()) + 128;
        if let Some(mask) = &mask {
            self.put(mask, x, y, ink);
        }
        self.glyphs.masks.insert(key, mask);
    }

    /// Lays a color over a rectangle, its sides along the page's.
    fn rectangle(&mut self, sides: Rect, ink: Ink) {
        let Some([left, top, right, bottom]) = pixels_around(sides, self.clip()) else { return };
        if !self.afford((right - left) as usize * (bottom - top) as usize) {
            return;
        }
        let share = |at: i32, from: f64, to: f64| (to.min((at + 1).into()) - from.max(at.into())).clamp(0.0, 1.0);
        for y in top..bottom {
            let tall = share(y, sides.y0, sides.y1);
            let covered = |x: i32| (share(x, sides.x0, sides.x1) * tall * 255.0 + 0.5) as u8;
            self.lay(y, left..left + 1, once(covered(left)), ink);
            if right - left > 2 {
                self.lay(y, left + 1..right - 1, repeat(covered(left + 1)), ink);
            }
            if right - left > 1 {
                self.lay(y, right - 1..right, once(covered(right - 1)), ink);
            }
        }
    }

    /// Lays a color over what a mask covers, the mask's own place moved to (`x`, `y`).
    fn put(&mut self, mask: &Mask, x: i32, y: i32, ink: Ink) {
        let [left, top, right, bottom] = self.clip();
        let (x, y) = (x + mask.left, y + mask.top);
        let (from, to) = (x.max(left), (x + mask.width as i32).min(right));
        if from >= to {
            return;
        }
        for (at, row) in (y..bottom).zip(mask.covered.chunks_exact(mask.width)).filter(|(at, _)| *at >= top) {
            let covered = &row[(from - x) as usize..(to - x) as usize];
            self.lay(at, from..to, covered.iter().copied(), ink);
        }
    }

    /// Lays a color over pixels of a row within the clip; `covered` says how much of each.
    fn lay(&mut self, y: i32, pixels: Range<i32>, covered: impl Iterator<Item = u8>, ink: Ink) {
        let start = y as usize * self.width + pixels.start as usize;
        let count = (pixels.end - pixels.start) as usize;
        match &mut self.color {
            None => {
                let row = &mut self.gray[start..][..count];
                row.iter_mut().zip(covered).for_each(|(pixel, covered)| ink.over(pixel, covered, ink.rgb[0]));
            }
            Some(color) => {
                let row = &mut color.as_chunks_mut::<4>().0[start..][..count];
                for (pixel, covered) in row.iter_mut().zip(covered) {
                    pixel.iter_mut().zip(ink.rgb).for_each(|(sample, here)| ink.over(sample, covered, here));
                }
            }
        }
    }
}

/// What is drawn with.
#[derive(Clone, Copy)]
struct Ink {
    rgb: [u8; 3],
    alpha: u8,
}

impl Ink {
    fn over(self, sample: &mut u8, covered: u8, ink: u8) {
        // Most pixels of a letter's mask are empty or full.
        if covered == 0 {
            return;
        }
        if covered == 255 && self.alpha == 255 {
            *sample = ink;
            return;
        }
        // None of it is over 255 × 255 + 127, and half the width is laid in half the time.
        let share = (u16::from(covered) * u16::from(self.alpha) + 127) / 255;
        *sample = ((u16::from(*sample) * (255 - share) + u16::from(ink) * share + 127) / 255) as u8;
    }
}

/// The whole number that is nearest to one that is not far from nothing. The library's own rounding is called for, which
/// takes as long as laying a row of a letter.
fn nearest(number: f64) -> i32 {
    let up = number + 0.5;
    let whole = up as i32;
    whole - i32::from(f64::from(whole) > up)
}

/// A matrix without where it moves things.
fn linear(matrix: Affine) -> [u32; 4] {
    let [a, b, c, d, ..] = matrix.as_coeffs();
    [a, b, c, d].map(|v| (v as f32).to_bits())
}

/// The outline of a line along a path, at least so thin in pixels.
fn stroked(path: &BezPath, matrix: Affine, line: &StrokeProps, thin: f64) -> Option<BezPath> {
    let [a, b, c, d, ..] = matrix.as_coeffs();
    let scale = a.hypot(b).max(c.hypot(d));
    if !scale.is_finite() || scale <= 0.0 {
        return None;
    }
    let width = f64::from(line.line_width).max(thin / scale);
    let style =
        Stroke::new(width).with_join(line.line_join).with_caps(line.line_cap).with_miter_limit(line.miter_limit.into());
    Some(stroke(path.iter(), &style, &StrokeOpts::default(), 0.1 / scale))
}

/// The rectangle that a path is, its sides along the page's.
fn rectangle(path: &BezPath) -> Option<Rect> {
    let bounds = path.bounding_box();
    let at_corner = |element: &PathEl| match element {
        PathEl::MoveTo(point) | PathEl::LineTo(point) => {
            let near = |a: f64, b: f64| (a - b).abs() < 1e-3;
            (near(point.x, bounds.x0) || near(point.x, bounds.x1))
                && (near(point.y, bounds.y0) || near(point.y, bounds.y1))
        }
        PathEl::ClosePath => true,
        _ => false,
    };
    let is_one = path.elements().len() <= 6
        && path.elements().iter().all(at_corner)
        && (path.area().abs() - bounds.area()).abs() <= 1e-3 * bounds.area();
    is_one.then_some(bounds)
}

impl<'a> Device<'a> for Canvas<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if !self.is_plain || matches!(mode, DrawMode::Invisible) {
            return;
        }
        let Some(ink) = self.ink(&props) else { return };
        let matrix = self.scale * props.transform;
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            let inside = if *rule == FillRule::EvenOdd { Inside::EvenOdd } else { Inside::NonZero };
            self.area(path, matrix, inside, ink);
        }
        if let DrawMode::Stroke(line) | DrawMode::FillAndStroke(_, line) = mode {
            self.line(path, matrix, line, THIN, ink);
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let bounds = if clip.path.elements().is_empty() { Some(Rect::ZERO) } else { rectangle(&clip.path) };
        match bounds {
            Some(bounds) => self.push_clip_rect(&bounds),
            None => {
                self.is_plain = false;
                self.clips.push(self.clip());
            }
        }
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        let within = pixels_around(self.scale.transform_rect_bbox(*rect), self.clip());
        self.clips.push(within.unwrap_or([0; 4]));
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        // What is opaque and not blended looks as if it stood on the page itself.
        self.is_plain &= opacity >= 1.0 && mask.is_none() && blend_mode == BlendMode::Normal;
    }

    fn pop_transparency_group(&mut self) {}

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if !self.is_plain || matches!(mode, DrawMode::Invisible) {
            return;
        }
        let Some(ink) = self.ink(&props) else { return };
        let space = self.scale * props.transform;
        for glyph in run.glyphs() {
            let Glyph::Outline(outline) = &**glyph else {
                self.is_plain = false;
                return;
            };
            if let DrawMode::Fill(_) | DrawMode::FillAndStroke(..) = mode {
                self.glyph(outline, space, glyph.transform(), None, ink);
            }
            if let DrawMode::Stroke(line) | DrawMode::FillAndStroke(_, line) = mode {
                self.glyph(outline, space, glyph.transform(), Some(line), ink);
            }
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.is_plain = false;
    }
}
