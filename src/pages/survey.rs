//! Looks over a PDF page without drawing it: which glyphs can be seen and where, which images lie where, what else
//! is painted. Decodes no image and decides nothing.

use std::{
    hash::{Hash as _, Hasher},
    sync::LazyLock,
};

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, FillRule, Image, ImageDrawProps, Paint, SoftMask,
        font::{Glyph as FontGlyph, GlyphRun, OutlineGlyph},
        hayro_cmap::BfString,
    },
    hayro_syntax::object::{Stream, dict::keys},
    kurbo::{Affine, BezPath, Point, Rect, Shape, Stroke, StrokeOpts, Vec2, stroke},
};
use hayro_font::{FontData, GlyphId, StandardFont};
use rustc_hash::FxHashMap;

use super::{
    shapes,
    veiled::{self, Group, THICK, is_near, on_paper},
    whole,
};

/// A glyph on the page, in points of the displayed page (origin top left, y downwards).
#[derive(Clone, Copy, Debug)]
pub(super) struct Glyph {
    /// Its characters in [`Survey::text`].
    pub(super) start: u32,
    /// End of its characters.
    pub(super) end: u32,
    /// Where it stands on its baseline.
    pub(super) origin: Point,
    /// From its origin to where the next glyph would stand.
    pub(super) advance: Vec2,
    /// From the baseline to one em above it.
    pub(super) up: Vec2,
    /// Set in bold.
    pub(super) bold: bool,
    /// When it was drawn, counted over everything on the page.
    pub(super) order: u32,
    /// Painted (nearly) white.
    pub(super) white: bool,
    /// Its color on white paper; none of patterns.
    pub(super) color: Option<[u8; 3]>,
    /// Something may hide it.
    pub(super) is_veiled: bool,
}

/// An image on the page.
#[derive(Clone, Debug)]
pub(super) struct Placed {
    /// From its pixels (y downwards) to points of the displayed page.
    pub(super) matrix: Affine,
    /// Pixels across.
    pub(super) width: u32,
    /// Pixels down.
    pub(super) height: u32,
    /// What of it is inside the clip.
    pub(super) visible: Rect,
    /// It paints with masks, groups or clips that a copy of its pixels would not show.
    pub(super) composed: bool,
    /// When it was drawn.
    pub(super) order: u32,
}

/// Something painted over an area: a filled shape or an image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cover {
    pub(super) area: Rect,
    pub(super) order: u32,
    /// Nothing below shines through, and the whole of `area` is painted.
    pub(super) opaque: bool,
    /// Painted (nearly) white.
    pub(super) white: bool,
    /// It is an image.
    pub(super) image: bool,
    pub(super) color: Option<[u8; 3]>,
}

/// What lies on a page.
#[derive(Default)]
pub(super) struct Survey {
    /// Characters of all glyphs.
    pub(super) text: String,
    /// Glyphs that are painted inside the page and its clips, in the order of drawing.
    pub(super) glyphs: Vec<Glyph>,
    /// Images, in the order of drawing.
    pub(super) images: Vec<Placed>,
    /// The data of one of them have no end.
    pub(super) has_cut_image: bool,
    /// One of them has more data than a white one takes.
    pub(super) has_inked_image: bool,
    /// Fills and images, in the order of drawing.
    pub(super) covers: Vec<Cover>,
    /// Lines and shapes other than white fills.
    pub(super) strokes: usize,
    /// Pieces of the outlines of shapes that are no rectangles: letters may be drawn so.
    pub(super) outlined: usize,
    /// Glyphs of text that is not painted (an OCR layer).
    pub(super) invisible: usize,
    /// Glyphs that nobody sees, unless they were taken as if they were painted.
    pub(super) unseen: Vec<Glyph>,
    /// Characters that are painted, and for which a font that stands in for the document's own has no form.
    pub(super) undrawn: Vec<char>,
    /// Glyphs that are clearly other letters or digits than their text.
    pub(super) misnamed: usize,
    /// Painted glyphs and images that lie outside the page or its clips.
    pub(super) outside: usize,
    /// Steps taken to look for letters below paints.
    pub(super) steps: usize,
}

impl Survey {
    /// The characters of a glyph.
    pub(super) fn text_of(&self, glyph: &Glyph) -> &str {
        self.text.get(glyph.start as usize..glyph.end as usize).unwrap_or("")
    }

    /// Takes away the glyphs that nobody sees: painted over later, white on white, or in the color of what is below them.
    /// Is something of the rest in doubt?
    pub(super) fn drop_hidden(&mut self) -> bool {
        let over: Vec<Cover> = self.covers.iter().copied().filter(|cover| cover.opaque).collect();
        let dark: Vec<Cover> = self.covers.iter().copied().filter(|cover| !cover.white).collect();
        let first_gone = self.unseen.len();
        if !over.is_empty() || self.glyphs.iter().any(|glyph| glyph.white) {
            let Self { glyphs, unseen, .. } = self;
            glyphs.retain(|glyph| {
                let middle = veiled::middle(glyph);
                let is_on = |cover: &&Cover| cover.order < glyph.order && cover.area.contains(middle);
                let covered = over.iter().any(|cover| cover.order > glyph.order && cover.area.contains(middle));
                let is_lost = match glyph.white {
                    true => !dark.iter().any(|cover| is_on(&cover)),
                    false => over.iter().rfind(is_on).is_some_and(|ground| match (ground.color, glyph.color) {
                        (Some(ground), Some(color)) => is_near(ground, color),
                        _ => false,
                    }),
                };
                let is_seen = !covered && !is_lost;
                unseen.extend((!is_seen).then_some(*glyph));
                is_seen
            });
        }
        let gone = self.unseen[first_gone..].to_vec();
        self.is_veiled(&gone)
    }
}

/// The longest list of fills kept: a drawing with more is no page whose text hides behind them.
const MOST_COVERS: usize = 4_000;
/// The most glyphs kept of one page; a page of small print has some 12,000.
const MOST_GLYPHS: usize = 400_000;

/// Rectangles and lines have no more pieces.
const MOST_PLAIN: usize = 6;
/// A thick line of more pieces is taken for the area within it.
const MOST_STROKED: usize = 5_000;
/// A page with more glyphs before an image is no scan.
const MOST_STAMPED: usize = 1_000;

/// A group or clip that is open.
#[derive(Clone, Copy)]
struct Frame {
    clip: Rect,
    /// The clip is not a plain rectangle.
    shaped: bool,
    /// So many of the shapes cut it.
    shapes: usize,
}

/// What a glyph's form tells of it.
#[derive(Clone, Copy, Default)]
pub(super) struct Form {
    /// Its type is bold.
    bold: bool,
    /// It is what a font shows that has no form for a character: told of fonts that stand in for others, and of Type 1,
    /// which cannot be told from them here.
    lacks: bool,
    /// It is clearly another letter or digit than the font's text map says.
    is_other: bool,
}

/// The device that looks.
pub(super) struct Surveyor<'c> {
    pub(super) survey: Survey,
    clips: Vec<Frame>,
    /// Clips that are more than one rectangle.
    shapes: Vec<ClipPath>,
    groups: Vec<Group>,
    order: u32,
    forms: &'c mut FxHashMap<u128, Form>,
    run: Vec<Glyph>,
    /// Width to height of each glyph's matrix in the run.
    ratios: Vec<f64>,
    /// The last run that told: is the ratio a stretch of outlines?
    stretched: bool,
    /// Take glyphs that are not painted too.
    unpainted: bool,
}

impl<'c> Surveyor<'c> {
    pub(super) fn new(page: Rect, forms: &'c mut FxHashMap<u128, Form>) -> Self {
        Self {
            survey: Survey::default(),
            clips: vec![Frame { clip: page, shaped: false, shapes: 0 }],
            shapes: Vec::new(),
            groups: Vec::new(),
            order: 0,
            forms,
            run: Vec::new(),
            ratios: Vec::new(),
            stretched: true,
            unpainted: false,
        }
    }

    /// Takes glyphs that are not painted as if they were: the text layer of a scan.
    pub(super) fn with_unpainted(mut self) -> Self {
        self.unpainted = true;
        self
    }

    fn frame(&self) -> Frame {
        *self.clips.last().expect("the page itself is never popped")
    }

    fn plain_group(&self) -> bool {
        self.groups.iter().all(Group::is_plain)
    }

    fn cover(&mut self, cover: Cover) {
        let area = cover.area.intersect(self.frame().clip);
        if area.area() <= 0.0 {
            return;
        }
        if self.survey.covers.len() < MOST_COVERS {
            self.survey.covers.push(Cover { area, ..cover });
        } else if cover.opaque {
            self.survey.veil(area, None);
        }
    }

    /// A shape that is painted: what it surely hides, and what it may.
    fn fill(&mut self, path: &BezPath, rule: FillRule, props: &DrawProps<'_>, (alpha, white): (f32, bool)) {
        let group = Group::joined(&self.groups, alpha, props.soft_mask.is_some(), props.blend_mode);
        let bounds = path.bounding_box();
        let rectangle = path.elements().len() <= 6 && (path.area().abs() - bounds.area()).abs() < 0.5;
        let frame = self.frame();
        let opaque = rectangle && group.is_plain() && !frame.shaped;
        let color = on_paper(props, 1.0);
        self.cover(Cover { area: bounds, order: self.order, opaque, white, image: false, color });
        let area = bounds.intersect(frame.clip);
        let is_rule = area.width().min(area.height()) < THICK;
        if !opaque && !is_rule && group.hides(color) {
            self.survey.veil(area, (!rectangle).then_some((path, rule)));
        }
    }

    /// What a glyph's form tells, given the character that it is said to be. Asked once for each of a font.
    fn form(&mut self, glyph: &FontGlyph<'_>, claim: u8) -> Form {
        let FontGlyph::Outline(glyph) = glyph else { return Form::default() };
        *self.forms.entry(form_key(glyph) ^ u128::from(claim) << 120).or_insert_with(|| {
            let lacks = || glyph.glyph_id() == GlyphId::NOTDEF || glyph.outline().is_empty();
            // A box or nothing where a letter should be: the font has no form for it.
            let is_missing = || claim.is_ascii_alphanumeric() && (lacks() || shapes::is_box(&glyph.outline(), claim));
            let is_other = shapes::is_other(&glyph.outline(), claim);
            let Some(font) = glyph.font_data() else {
                return Form { bold: false, lacks: lacks(), is_other: is_other || is_missing() };
            };
            let is_other = is_other || !stands_in(&font.data) && is_missing();
            let lacks = stands_in(&font.data) && lacks();
            let bold = font.weight.is_some_and(|weight| weight >= 600)
                || font.postscript_name.is_some_and(|name| {
                    let name = name.to_ascii_lowercase();
                    ["bold", "black", "heavy", "vet"].iter().any(|word| name.contains(word))
                });
            Form { bold, lacks, is_other }
        })
    }
}

/// What tells a glyph's form from all others of a document: the digest that its font has already, with the glyph's number.
/// The interpreter's own key is a digest of both, made anew for each letter on a page.
pub(super) fn form_key(glyph: &OutlineGlyph) -> u128 {
    struct Key(u128);
    impl Hasher for Key {
        fn write(&mut self, bytes: &[u8]) {
            self.0 = bytes.iter().fold(self.0, |key, byte| key.rotate_left(8) ^ u128::from(*byte));
        }

        fn write_u128(&mut self, digest: u128) {
            self.0 = self.0.rotate_left(64) ^ digest;
        }

        fn finish(&self) -> u64 {
            self.0 as u64
        }
    }
    let mut key = Key(0);
    glyph.identifier().hash(&mut key);
    key.0
}

/// Alpha and whiteness of a paint; patterns are opaque and not white.
fn alpha_and_white(paint: &Paint<'_>) -> (f32, bool) {
    match paint {
        Paint::Color(color) => {
            let [red, green, blue, alpha] = color.to_rgba().components();
            (alpha, red > 0.95 && green > 0.95 && blue > 0.95)
        }
        Paint::Pattern(_) => (1.0, false),
    }
}

/// Is it one of the fonts that stand in for those that a document does not bring?
fn stands_in(font: &FontData) -> bool {
    use StandardFont::*;
    const ALL: [StandardFont; 14] = [
        Helvetica,
        HelveticaBold,
        HelveticaOblique,
        HelveticaBoldOblique,
        Courier,
        CourierBold,
        CourierOblique,
        CourierBoldOblique,
        TimesRoman,
        TimesBold,
        TimesItalic,
        TimesBoldItalic,
        ZapfDingBats,
        Symbol,
    ];
    // They are part of the program: where their bytes are, no other font's can be.
    fn place(font: &FontData) -> usize {
        (**font).as_ref().as_ptr() as usize
    }
    static PLACES: LazyLock<[usize; 14]> = LazyLock::new(|| ALL.map(|font| place(&font.get_font_data().0)));
    PLACES.contains(&place(font))
}

/// Does a character show anything?
pub(super) fn has_form(c: char) -> bool {
    !(c.is_whitespace() || c.is_control() || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}'))
}

fn push_unicode(text: &mut String, unicode: Option<BfString>) {
    match unicode {
        Some(BfString::Char(c)) => text.push(c),
        Some(BfString::String(s)) => text.push_str(&s),
        None => text.push(char::REPLACEMENT_CHARACTER),
    }
}

/// Does the image have a mask of its own (soft, hard, or by color)?
pub(super) fn has_mask(stream: &Stream<'_>) -> bool {
    let dict = stream.dict();
    dict.contains_key(keys::SMASK)
        || dict.contains_key(keys::MASK)
        || dict.get::<u8>(keys::SMASK_IN_DATA).is_some_and(|kind| kind > 0)
}

impl<'a> Device<'a> for Surveyor<'_> {
    fn draw_path(&mut self, path: &BezPath, props: DrawProps<'a>, mode: &DrawMode) {
        self.order += 1;
        let (alpha, white) = alpha_and_white(&props.paint);
        let area = (props.transform * path.bounding_box().to_path(0.1)).bounding_box();
        let seen = area.inflate(0.1, 0.1).intersect(self.frame().clip);
        if alpha < 0.02 || seen.area() <= 0.0 || matches!(mode, DrawMode::Invisible) {
            return;
        }
        if !white {
            self.survey.strokes += 1;
            // Through a clip that is no rectangle, a plain fill shows the clip's shape.
            let pieces = if self.frame().shaped { MOST_PLAIN * 10 } else { path.elements().len() };
            self.survey.outlined += if pieces > MOST_PLAIN { pieces } else { 0 };
        }
        let shape = || props.transform * path.clone();
        if let DrawMode::Fill(rule) | DrawMode::FillAndStroke(rule, _) = mode {
            self.fill(&shape(), *rule, &props, (alpha, white));
        } else if !white {
            self.cover(Cover { area, order: self.order, opaque: false, white, image: false, color: None });
        }
        if let DrawMode::Stroke(line) | DrawMode::FillAndStroke(_, line) = mode {
            let [a, b, c, d, ..] = props.transform.as_coeffs();
            let width = f64::from(line.line_width);
            if width * (a * d - b * c).abs().sqrt() >= THICK && width.is_finite() {
                let style = Stroke::new(width)
                    .with_caps(line.line_cap)
                    .with_join(line.line_join)
                    .with_dashes(line.dash_offset.into(), line.dash_array.iter().map(|dash| f64::from(*dash)));
                let within = path.elements().len() <= MOST_STROKED;
                let drawn = if within { stroke(path, &style, &StrokeOpts::default(), 0.1) } else { shape() };
                self.fill(&(props.transform * drawn), FillRule::NonZero, &props, (alpha, white));
            }
        }
    }

    fn push_clip_path(&mut self, clip: &ClipPath) {
        let frame = self.frame();
        let area = if clip.path.elements().is_empty() { Rect::ZERO } else { clip.path.bounding_box() };
        // A clip drawn as a path may still be a plain rectangle.
        let shaped = (clip.path.area().abs() - area.area()).abs() > 0.01 * area.area();
        if shaped || clip.path.elements().len() > MOST_PLAIN {
            self.shapes.push(clip.clone());
        }
        let shapes = self.shapes.len();
        self.clips.push(Frame { clip: frame.clip.intersect(area), shaped: frame.shaped || shaped, shapes });
    }

    fn push_clip_rect(&mut self, rect: &Rect) {
        let frame = self.frame();
        self.clips.push(Frame { clip: frame.clip.intersect(*rect), ..frame });
    }

    fn pop_clip(&mut self) {
        if self.clips.len() > 1 {
            self.clips.pop();
            self.shapes.truncate(self.frame().shapes);
        }
    }

    fn push_transparency_group(&mut self, opacity: f32, mask: Option<SoftMask<'a>>, blend_mode: BlendMode) {
        self.groups.push(Group { opacity, has_mask: mask.is_some(), blend: blend_mode });
    }

    fn pop_transparency_group(&mut self) {
        self.groups.pop();
    }

    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, mode: &DrawMode) {
        self.order += 1;
        let (alpha, white) = alpha_and_white(&props.paint);
        let group = Group::joined(&self.groups, alpha, props.soft_mask.is_some(), props.blend_mode);
        let color = on_paper(&props, group.opacity);
        let white = white || color.is_some_and(|color| color.iter().all(|part| *part > 242));
        let is_painted = !matches!(mode, DrawMode::Invisible) && alpha >= 0.02;
        if !is_painted {
            self.survey.invisible += run.glyphs().len();
        }
        let clip = self.frame().clip.inflate(1.0, 1.0);
        self.run.clear();
        self.ratios.clear();
        for glyph in run.glyphs() {
            if self.survey.glyphs.len() + self.survey.unseen.len() + self.run.len() >= MOST_GLYPHS {
                break;
            }
            let matrix = props.transform * glyph.transform();
            let [a, b, c, d, e, f] = matrix.as_coeffs();
            let origin = Point::new(e, f);
            let width = match &**glyph {
                FontGlyph::Outline(outline) => outline.advance_width(),
                FontGlyph::Type3(type3) => type3.advance_width(),
            };
            let advance = Vec2::new(a, b) * f64::from(width.unwrap_or(500.0));
            let up = Vec2::new(c, d) * 1000.0;
            let start = self.survey.text.len() as u32;
            push_unicode(&mut self.survey.text, glyph.as_unicode());
            let end = self.survey.text.len() as u32;
            let claim = shapes::claim(&self.survey.text[start as usize..]);
            let Form { bold, lacks, is_other } = self.form(glyph, claim);
            self.survey.misnamed += usize::from(is_other && is_painted);
            if is_painted && lacks && self.survey.undrawn.len() < MOST_GLYPHS {
                self.survey.undrawn.extend(self.survey.text[start as usize..].chars().next().filter(|c| has_form(*c)));
            }
            let is_veiled = is_painted && group.dims(up.hypot());
            self.ratios.push((a.hypot(b) / c.hypot(d).max(1e-9)).clamp(0.05, 20.0));
            self.run.push(Glyph { start, end, origin, advance, up, bold, order: self.order, white, color, is_veiled });
        }
        true_advances(&mut self.run, &self.ratios, &mut self.stretched);
        for glyph in self.run.drain(..) {
            let middle = veiled::middle(&glyph);
            let sane = middle.is_finite() && glyph.up.hypot() > 0.01;
            let steps = &mut self.survey.steps;
            let is_cut = |clip: &ClipPath| {
                !veiled::is_too_much(*steps) && !veiled::is_within(&clip.path, clip.fill, middle, steps)
            };
            let is_in = sane && clip.contains(middle) && !self.shapes.iter().any(is_cut);
            if is_in {
                let seen = is_painted || self.unpainted;
                if seen { &mut self.survey.glyphs } else { &mut self.survey.unseen }.push(glyph);
            } else if is_painted || self.unpainted {
                self.survey.outside += 1;
                self.survey.unseen.extend((sane && !glyph.white).then_some(glyph));
            }
        }
    }

    fn draw_image(&mut self, image: Image<'a, '_>, props: ImageDrawProps<'a>) {
        self.order += 1;
        let (width, height) = (image.width(), image.height());
        let (stencil, masked) = match &image {
            Image::Stencil(_) => (true, false),
            Image::Raster(raster) => (false, has_mask(raster.stream())),
        };
        let frame = self.frame();
        let whole = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let area = props.transform.transform_rect_bbox(whole);
        let visible = area.intersect(frame.clip);
        if !visible.is_finite() || visible.area() <= 0.0 {
            self.survey.outside += 1;
            return;
        }
        if let Image::Raster(raster) = &image {
            // Pages of words are not read from their images.
            if self.survey.glyphs.len() < MOST_STAMPED {
                self.survey.has_cut_image |= whole::is_cut(raster.stream());
                self.survey.has_inked_image |= whole::has_ink(raster.stream(), height);
            }
        }
        let plain = self.plain_group() && props.soft_mask.is_none() && props.blend_mode == BlendMode::Normal;
        let composed = masked || frame.shaped || !plain;
        self.survey.images.push(Placed {
            matrix: props.transform,
            width,
            height,
            visible,
            composed,
            order: self.order,
        });
        let opaque = !stencil && !composed && squareness(props.transform) < 1e-3;
        self.cover(Cover { area, order: self.order, opaque, white: false, image: true, color: None });
        let group = Group::joined(&self.groups, 1.0, props.soft_mask.is_some(), props.blend_mode);
        if !opaque && visible.width().min(visible.height()) >= THICK && group.hides(None) {
            self.survey.veil(visible, None);
        }
    }
}

/// How far a matrix is from turns by quarters: 0 where its sides lie along the page's.
pub(super) fn squareness(matrix: Affine) -> f64 {
    let [a, b, c, d, _, _] = matrix.as_coeffs();
    let straight = (b.abs() + c.abs()) / (a.abs() + d.abs()).max(1e-12);
    let turned = (a.abs() + d.abs()) / (b.abs() + c.abs()).max(1e-12);
    straight.min(turned)
}

/// Mends the advances of a run. The interpreter stretches the outlines of substitute fonts to the widths that the
/// PDF names, so a matrix's ratio of width to height is that stretch, which must not count twice, or the text's
/// own horizontal scaling (ISO 32000-1, 9.3.4), which must. Where the next glyphs stand tells which.
fn true_advances(run: &mut [Glyph], ratios: &[f64], stretched: &mut bool) {
    if ratios.iter().all(|ratio| (ratio - 1.0).abs() < 0.02) {
        return;
    }
    let (mut as_is, mut undone) = (0.0, 0.0);
    for (pair, ratio) in run.windows(2).zip(ratios) {
        let step = (pair[1].origin - pair[0].origin).hypot();
        let width = pair[0].advance.hypot();
        // Wide steps are spaces and columns and tell nothing.
        if step < 2.5 * width {
            as_is += (step - width).abs();
            undone += (step - width / ratio).abs();
        }
    }
    if as_is != undone {
        *stretched = undone < as_is;
    }
    if *stretched {
        for (glyph, ratio) in run.iter_mut().zip(ratios) {
            glyph.advance /= *ratio;
        }
    }
}
