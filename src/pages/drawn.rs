//! Draws PDF pages, and grey pixels with the same renderer: what a copy merely wraps then looks the same to the pixel.
//! Knows nothing of files.

use std::{io::Write as _, sync::Arc};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::{Pdf, page::Page},
    vello_cpu::{Pixmap, color::palette::css::WHITE},
};

use super::raster::{Pose, Raster, luma_of};

/// A page, so many pixels a unit across and down.
pub(super) fn page<'a>(
    page: &'a Page<'a>,
    cache: &RenderCache<'a>,
    settings: &InterpreterSettings,
    (across, down): (f64, f64),
) -> Pixmap {
    let pixels = PixmapSettings { x_scale: across as f32, y_scale: down as f32, bg_color: WHITE };
    let unhinted = RenderSettings { hinting: false, ..Default::default() };
    hayro::render(page, cache, settings, &unhinted, &pixels)
}

/// What makes so many pixels of a length. The renderer cuts off fractions of a pixel: a little more than asked makes
/// exactly that many.
pub(super) fn scale(pixels: u32, length: f64) -> f64 {
    (f64::from(pixels) + 0.05) / length.max(1e-3)
}

/// Pixels as they stand in this pose, drawn into so many across and down.
pub(super) fn raster(raster: &Raster, pose: Pose, (width, height): (u32, u32)) -> Raster {
    let otherwise = || raster.clone().posed(pose).scaled(width, height);
    let Ok(pdf) = Pdf::new(Arc::new(wrapped(raster, pose))) else { return otherwise() };
    let Some(leaf) = pdf.pages().first() else { return otherwise() };
    let shown = leaf.render_dimensions();
    let scale = (scale(width, shown.0.into()), scale(height, shown.1.into()));
    let pixels = page(leaf, &RenderCache::new(), &InterpreterSettings::default(), scale);
    let luma = pixels.data().iter().map(|pixel| luma_of(pixel.r, pixel.g, pixel.b)).collect();
    Raster::new(width, height, luma)
}

/// A PDF of one page with the pixels on it, a unit each; turned and mirrored as the page of a copy is.
fn wrapped(raster: &Raster, pose: Pose) -> Vec<u8> {
    let Raster { width, height, luma } = raster;
    let (across, left) = if pose.mirrored { (-i64::from(*width), *width) } else { (i64::from(*width), 0) };
    let content = format!("{across} 0 0 {height} {left} 0 cm /I Do");
    let turn = u16::from(pose.quarters % 4) * 90;
    let leaf = format!(
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {turn} /Contents 4 0 R /Resources \
         <</XObject <</I 5 0 R>>>>>>"
    );
    let image = format!(
        "<</Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /DeviceGray /BitsPerComponent 8 \
         /Length {}>>\nstream\n",
        luma.len()
    );
    let parts: [(&str, &[u8]); 5] = [
        ("<</Type /Catalog /Pages 2 0 R>>", b""),
        ("<</Type /Pages /Kids [3 0 R] /Count 1>>", b""),
        (&leaf, b""),
        (&format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()), b""),
        (&image, luma),
    ];
    let mut pdf = Vec::with_capacity(luma.len() + 1024);
    pdf.extend_from_slice(b"%PDF-1.7\n");
    let mut places = String::new();
    for (number, (object, data)) in (1..).zip(parts) {
        places += &format!("{:010} 00000 n \n", pdf.len());
        // Writing to memory does not fail.
        let _ = write!(pdf, "{number} 0 obj\n{object}");
        if !data.is_empty() {
            pdf.extend_from_slice(data);
            pdf.extend_from_slice(b"\nendstream");
        }
        pdf.extend_from_slice(b"\nendobj\n");
    }
    let start = pdf.len();
    let _ = write!(
        pdf,
        "xref\n0 6\n0000000000 65535 f \n{places}trailer\n<</Size 6 /Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    );
    pdf
}

#[cfg(test)]
mod tests {
    use super::*;

    const UPRIGHT: Pose = Pose { mirrored: false, quarters: 0 };

    #[test]
    fn pixels_that_are_not_scaled_stay_as_they_are_in_any_pose() {
        let image = Raster::new(31, 17, (0..31 * 17).map(|at| (at * 37 % 256) as u8).collect());
        for (mirrored, quarters) in [false, true].into_iter().flat_map(|mirrored| (0..4).map(move |n| (mirrored, n))) {
            let pose = Pose { mirrored, quarters };
            let posed = image.clone().posed(pose);
            assert_eq!(raster(&image, pose, (posed.width, posed.height)), posed, "{pose:?}");
        }
    }

    #[test]
    fn a_drawing_has_the_size_that_was_asked_for() {
        let image = Raster::new(31, 17, vec![90; 31 * 17]);
        assert_eq!(raster(&image, UPRIGHT, (40, 20)), Raster::new(40, 20, vec![90; 800]));
    }
}
