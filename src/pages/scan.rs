//! Takes a scanned page's own pixels out of a PDF, as they are displayed. Decides when that is possible; what is
//! painted in any other way must be rendered.

use hayro::{
    hayro_interpret::{
        BlendMode, ClipPath, Device, DrawMode, DrawProps, Image, ImageData, ImageDrawProps, Paint, SoftMask,
        font::GlyphRun,
    },
    kurbo::{Affine, BezPath, Rect, Vec2},
};

use super::{
    MAX_DECODED, MAX_PIXELS, Scaled, divisor,
    raster::{Pose, Raster, luma_of, over},
    survey::{Placed, Survey, squareness},
};

/// Sides this far (as a tangent) from the page's count as along them: a third of a pixel in a thousand.
const SQUARE: f64 = 3e-4;

/// How a page's images make up one scan.
#[derive(Debug)]
pub(super) struct Scan {
    /// Where the scan lies on the page, in points.
    pub(super) area: Rect,
    /// Points a pixel, across and down the displayed page.
    pub(super) step: Vec2,
}

impl Scan {
    /// The scan that the page consists of: square images of one resolution and nothing else that can be seen.
    pub(super) fn of(survey: &Survey) -> Option<Self> {
        let first = survey.images.first()?;
        if !survey.glyphs.is_empty() || survey.images.iter().any(|image| image.composed) {
            return None;
        }
        let step = displayed_steps(first.matrix);
        for image in &survey.images {
            let own = displayed_steps(image.matrix);
            let one_size = (own.x / step.x - 1.0).abs() < 0.01 && (own.y / step.y - 1.0).abs() < 0.01;
            // Fax pixels may be a little off square; twice as high as wide they must be rendered.
            let square_pixels = (step.x / step.y - 1.0).abs() < 0.06;
            if squareness(image.matrix) > SQUARE || !one_size || !square_pixels {
                return None;
            }
        }
        let area = survey.images.iter().map(|image| image.visible).reduce(|a, b| a.union(b))?;
        // Marks under the scan are covered by it; marks elsewhere or over it are not on it.
        let hidden = survey.covers.iter().filter(|cover| !cover.image).all(|cover| {
            let under = cover.order < first.order;
            let inside = area.inflate(1.0, 1.0).contains_rect(cover.area);
            under && (cover.white || inside)
        });
        let opaque = survey.covers.iter().filter(|cover| cover.image).all(|cover| cover.opaque);
        let marks = survey.covers.iter().filter(|cover| !cover.image && !cover.white).count();
        let pixels = (area.width() / step.x) * (area.height() / step.y);
        // A single image can be scaled down.
        let most = if survey.images.len() == 1 { MAX_DECODED } else { MAX_PIXELS } as f64;
        (hidden && (opaque || marks == 0) && step.x > 0.0 && step.y > 0.0 && pixels <= most)
            .then_some(Self { area, step })
    }
}

/// Points per pixel along the image's own sides.
pub(super) fn steps(matrix: Affine) -> (f64, f64) {
    let [a, b, c, d, _, _] = matrix.as_coeffs();
    (a.hypot(b), c.hypot(d))
}

/// Points per pixel across and down the displayed page, for an image that lies along its sides.
fn displayed_steps(matrix: Affine) -> Vec2 {
    let (across, down) = steps(matrix);
    let [a, b, ..] = matrix.as_coeffs();
    if a.abs() >= b.abs() { Vec2::new(across, down) } else { Vec2::new(down, across) }
}

/// How a square image must be moved to stand as its matrix says.
fn pose(matrix: Affine) -> Pose {
    let [a, b, c, d, _, _] = matrix.as_coeffs();
    let mirrored = a * d - b * c < 0.0;
    // Where the image's top edge points after mirroring it back.
    let (x, y) = if mirrored { (-a, -b) } else { (a, b) };
    let quarters = match (x.abs() >= y.abs(), x >= 0.0, y >= 0.0) {
        (true, true, _) => 0,
        (true, false, _) => 2,
        (false, _, true) => 1,
        (false, _, false) => 3,
    };
    Pose { mirrored, quarters }
}

/// The device that takes the pixels out.
pub(super) struct Lifter<'s> {
    scan: &'s Scan,
    images: &'s [Placed],
    next: usize,
    order: u32,
    canvas: Option<Raster>,
    pub(super) scaled: Option<Scaled>,
    failed: bool,
}

impl<'s> Lifter<'s> {
    pub(super) fn new(scan: &'s Scan, images: &'s [Placed]) -> Self {
        Self { scan, images, next: 0, order: 0, canvas: None, scaled: None, failed: false }
    }

    /// The scan, unless an image of it could not be decoded.
    pub(super) fn finish(self) -> Option<Raster> {
        self.canvas.filter(|_| !self.failed && self.next == self.images.len())
    }

    fn put(&mut self, mut image: Raster, placed: &Placed, ink_alone: bool) {
        // Decoders may answer with another size than the PDF names.
        let (size, divisor) = ((image.width, image.height), divisor(image.width, image.height));
        if divisor > 1 {
            image = image.scaled(size.0 / divisor, size.1 / divisor);
            self.scaled = Some(Scaled { from: size, divisor });
        }
        let image = image.posed(pose(placed.matrix));
        let whole = Rect::new(0.0, 0.0, f64::from(placed.width), f64::from(placed.height));
        let at = placed.matrix.transform_rect_bbox(whole);
        let step = self.scan.step;
        let near = |rect: Rect| rect.inflate(step.x, step.y);
        let area = self.scan.area;
        let uncut =
            near(at).contains_rect(area) && near(area).contains_rect(at) && near(placed.visible).contains_rect(at);
        if self.images.len() == 1 && uncut {
            self.canvas = Some(image);
            return;
        }
        if divisor > 1 {
            // Cut or in parts, it is rendered.
            self.failed = true;
            return;
        }
        let pixels = |points: f64, step: f64| (points / step).round().max(1.0) as u32;
        let size = |rect: Rect| (pixels(rect.width(), step.x), pixels(rect.height(), step.y));
        let (width, height) = size(at);
        let fits = image.width.abs_diff(width) <= 1 && image.height.abs_diff(height) <= 1;
        let image = if fits { image } else { image.scaled(width, height) };
        let offset = |length: f64, step: f64| (length / step).round() as i64;
        let (canvas_width, canvas_height) = size(area);
        let canvas = self.canvas.get_or_insert_with(|| Raster::white(canvas_width, canvas_height));
        let (x, y) = (offset(at.x0 - area.x0, step.x), offset(at.y0 - area.y0, step.y));
        // Only what the clip lets through.
        let seen = placed.visible;
        let cut = |length: f64, step: f64| offset(length, step).max(0) as u32;
        let (left, top) = (cut(seen.x0 - at.x0, step.x), cut(seen.y0 - at.y0, step.y));
        let right = cut(seen.x1 - at.x0, step.x).min(image.width);
        let bottom = cut(seen.y1 - at.y0, step.y).min(image.height);
        if (left, top) == (0, 0) && (right + 1, bottom + 1) >= (image.width, image.height) {
            canvas.paste(&image, x, y, ink_alone);
        } else if right > left && bottom > top {
            let part = image.part(left, top, right - left, bottom - top);
            canvas.paste(&part, x + i64::from(left), y + i64::from(top), ink_alone);
        }
    }
}

impl<'a> Device<'a> for Lifter<'_> {
    fn draw_image(&mut self, image: Image<'a, '_>, _props: ImageDrawProps<'a>) {
        self.order += 1;
        let Some(placed) = self.images.get(self.next).filter(|placed| placed.order == self.order) else { return };
        self.next += 1;
        let (mut decoded, mut white_ink) = (None, false);
        let ink_alone = matches!(image, Image::Stencil(_));
        match image {
            Image::Raster(raster) => raster.with_rgba(
                |data, alpha| {
                    let mut raster = match data {
                        ImageData::Luma(luma) => Raster::new(luma.width, luma.height, luma.data),
                        ImageData::Rgb(rgb) => Raster::to_read(rgb.width, rgb.height, rgb.data),
                    };
                    if let Some(alpha) = alpha.filter(|alpha| alpha.data.len() == raster.luma.len()) {
                        for (v, alpha) in raster.luma.iter_mut().zip(alpha.data) {
                            *v = over(*v, alpha, 255);
                        }
                    }
                    decoded = Some(raster);
                },
                None,
            ),
            Image::Stencil(stencil) => stencil.with_stencil(
                |mask, paint| {
                    let ink = match paint {
                        Paint::Color(color) => {
                            let [red, green, blue, _] = color.to_rgba().to_rgba8();
                            luma_of(red, green, blue)
                        }
                        Paint::Pattern(_) => 0,
                    };
                    // White ink over another image hides it; pasting would not.
                    white_ink = ink > 127;
                    let luma = mask.data.into_iter().map(|alpha| over(ink, alpha, 255)).collect();
                    decoded = Some(Raster::new(mask.width, mask.height, luma));
                },
                None,
            ),
        }
        match decoded {
            Some(raster) if !(white_ink && self.images.len() > 1) => self.put(raster, placed, ink_alone),
            _ => self.failed = true,
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {
        self.order += 1;
    }
    fn draw_glyph_run(&mut self, _: &GlyphRun<'_, 'a>, _: DrawProps<'a>, _: &DrawMode) {
        self.order += 1;
    }
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn pop_clip(&mut self) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_transparency_group(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pose_undoes_what_the_matrix_did() {
        let check = |matrix: [f64; 4], want: (bool, u8)| {
            let [a, b, c, d] = matrix;
            let pose = pose(Affine::new([a, b, c, d, 0.0, 0.0]));
            assert_eq!((pose.mirrored, pose.quarters), want, "{matrix:?}");
        };
        check([1.0, 0.0, 0.0, 1.0], (false, 0));
        // The image's x axis points down the page: turned clockwise.
        check([0.0, 1.0, -1.0, 0.0], (false, 1));
        check([-1.0, 0.0, 0.0, -1.0], (false, 2));
        check([0.0, -1.0, 1.0, 0.0], (false, 3));
        check([-1.0, 0.0, 0.0, 1.0], (true, 0));
        check([1.0, 0.0, 0.0, -1.0], (true, 2));
    }
}
