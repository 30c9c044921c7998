//! A digest of all that a page of text, lines and areas paints: each outline, its place, its color, in their order. Pages
//! with the same one look the same to the last pixel, at any resolution. A page with anything else on it has none.

use blake3::Hasher;
use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask,
        StrokeProps,
        font::{Glyph, GlyphRun},
    },
    kurbo::{Affine, BezPath, Cap, Join, PathEl, Point, Rect},
};

use super::survey::{Surveyor, form_key};
use crate::model::Blake3;

/// What is told goes into the digest in parts of so many bytes.
const PART: usize = 16 << 10;

/// The marks that a page makes.
pub(super) struct Marks {
    hasher: Hasher,
    part: Vec<u8>,
    /// All that came is told by its numbers.
    is_plain: bool,
}

impl Marks {
    pub(super) fn new() -> Self {
        Self { hasher: Hasher::new(), part: Vec::with_capacity(PART + 1024), is_plain: true }
    }

    /// The digest, if all that came is in it.
    pub(super) fn finish(mut self) -> Option<Blake3> {
        self.hasher.update(&self.part);
        self.is_plain.then(|| Blake3(*self.hasher.finalize().as_bytes()))
    }

    /// Begins a mark of this kind.
    fn mark(&mut self, kind: u8) {
        if self.part.len() >= PART {
            self.hasher.update(&self.part);
            self.part.clear();
        }
        self.part.push(kind);
    }

    fn numbers(&mut self, numbers: &[f64]) {
        numbers.iter().for_each(|number| self.part.extend_from_slice(&number.to_bits().to_le_bytes()));
    }

    fn matrix(&mut self, matrix: Affine) {
        self.numbers(&matrix.as_coeffs());
    }

    fn path(&mut self, path: &BezPath) {
        for element in path {
            let (kind, points): (u8, &[Point]) = match &element {
                PathEl::MoveTo(to) => (b'm', &[*to]),
                PathEl::LineTo(to) => (b'l', &[*to]),
                PathEl::QuadTo(by, to) => (b'q', &[*by, *to]),
                PathEl::CurveTo(by, then, to) => (b'c', &[*by, *then, *to]),
                PathEl::ClosePath => (b'h', &[]),
            };
            self.mark(kind);
            points.iter().for_each(|point| self.numbers(&[point.x, point.y]));
        }
    }

    fn rule(&mut self, rule: FillRule) {
        self.part.push(match rule {
            FillRule::NonZero => b'n',
            FillRule::EvenOdd => b'e',
        });
    }

    fn line(&mut self, line: &StrokeProps) {
        let StrokeProps { line_width, line_cap, line_join, miter_limit, dash_array, dash_offset } = line;
        self.part.push(match line_cap {
            Cap::Butt => b'b',
            Cap::Round => b'r',
            Cap::Square => b's',
        });
        self.part.push(match line_join {
            Join::Bevel => b'b',
            Join::Miter => b'm',
            Join::Round => b'r',
        });
        self.numbers(&[*line_width, *miter_limit, *dash_offset, dash_array.len() as f32].map(f64::from));
        dash_array.iter().for_each(|dash| self.numbers(&[f64::from(*dash)]));
    }

    /// Begins a mark: how and with what it is painted. Leaves out what has no color of its own.
    fn painted(&mut self, kind: u8, props: &DrawProps<'_>, mode: &DrawMode) {
        self.mark(kind);
        let Paint::Color(color) = &props.paint else {
            self.is_plain = false;
            return;
        };
        self.is_plain &= props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal;
        self.part.extend_from_slice(&color.to_rgba().to_rgba8());
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.rule(*rule);
        }
        if let DrawMode::Stroke(line) | DrawMode::FillAndStroke(_, line) = mode {
            self.line(line);
        }
        self.matrix(props.transform);
    }
}

impl<'a> Device<'a> for Marks {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        if self.is_plain && !matches!(mode, DrawMode::Invisible) {
            self.painted(b'P', &props, mode);
            self.path(path);
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.mark(b'C');
        self.rule(clip.fill);
        self.path(&clip.path);
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.mark(b'R');
        self.numbers(&[rect.x0, rect.y0, rect.x1, rect.y1]);
    }

    fn pop_clip(&mut self) {
        self.mark(b'c');
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        self.is_plain &= mask.is_none() && blend_mode == BlendMode::Normal;
        self.mark(b'G');
        self.numbers(&[f64::from(opacity)]);
    }

    fn pop_transparency_group(&mut self) {
        self.mark(b'g');
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        if !self.is_plain || matches!(mode, DrawMode::Invisible) {
            return;
        }
        self.painted(b'T', &props, mode);
        let mut form = None;
        for glyph in run.glyphs() {
            let Glyph::Outline(outline) = &**glyph else {
                self.is_plain = false;
                return;
            };
            // Nearly all letters of a run are as large as the one before.
            let [a, b, c, d, x, y] = glyph.transform().as_coeffs();
            if form != Some([a, b, c, d]) {
                self.mark(b'f');
                self.numbers(&[a, b, c, d]);
                form = Some([a, b, c, d]);
            }
            self.mark(b't');
            self.part.extend_from_slice(&form_key(outline).to_le_bytes());
            self.numbers(&[x, y]);
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.is_plain = false;
    }
}

/// Takes a page's marks while it is surveyed.
pub(super) struct Surveyed<'s> {
    pub(super) marks: Marks,
    pub(super) surveyor: Surveyor<'s>,
}

impl<'a> Device<'a> for Surveyed<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.marks.draw_path(path, props.clone(), mode);
        self.surveyor.draw_path(path, props, mode);
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        self.marks.push_clip_path(clip);
        self.surveyor.push_clip_path(clip);
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        self.marks.push_clip_rect(rect);
        self.surveyor.push_clip_rect(rect);
    }

    fn pop_clip(&mut self) {
        self.marks.pop_clip();
        self.surveyor.pop_clip();
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        self.marks.push_transparency_group(opacity, mask.clone(), blend_mode);
        self.surveyor.push_transparency_group(opacity, mask, blend_mode);
    }

    fn pop_transparency_group(&mut self) {
        self.marks.pop_transparency_group();
        self.surveyor.pop_transparency_group();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.marks.draw_glyph_run(run, props.clone(), mode);
        self.surveyor.draw_glyph_run(run, props, mode);
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.marks.is_plain = false;
        self.surveyor.draw_image(image, props);
    }
}
