//! Draws PDF pages, and the pixels of image files with the same renderer: what a copy merely wraps then looks the same to the pixel.
//! Knows nothing of files.

use std::{io::Write as _, sync::Arc};

use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::{Pdf, page::Page},
    vello_cpu::{Pixmap, color::palette::css::WHITE, peniko::ImageAlphaType},
};

use super::{
    Samples,
    raster::{Pose, Raster, luma_of},
    seen::Seen,
};

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

/// An image as it stands in this pose, drawn into so many pixels across and down.
pub(super) fn image(seen: &Seen, pose: Pose, (width, height): (u32, u32)) -> Option<Samples> {
    let pdf = Pdf::new(Arc::new(wrapped(seen, pose))).ok()?;
    let leaf = pdf.pages().first()?;
    let shown = leaf.render_dimensions();
    let scale = (scale(width, shown.0.into()), scale(height, shown.1.into()));
    let pixels = page(leaf, &RenderCache::new(), &InterpreterSettings::default(), scale);
    Some(match seen {
        Seen::Gray(_) => {
            let luma = pixels.data().iter().map(|pixel| luma_of(pixel.r, pixel.g, pixel.b)).collect();
            Samples::Gray(Raster::new(width, height, luma).luma)
        }
        Seen::Color(_) => Samples::Scanned(pixels.take_rgba8(ImageAlphaType::AlphaPremultiplied)),
    })
}

/// A PDF of one page with the pixels on it, a unit each; turned and mirrored as the page of a copy is.
fn wrapped(seen: &Seen, pose: Pose) -> Vec<u8> {
    let ((width, height), bytes) = (seen.size(), seen.bytes());
    let colors = if matches!(seen, Seen::Gray(_)) { "DeviceGray" } else { "DeviceRGB" };
    let (across, left) = if pose.mirrored { (-i64::from(width), width) } else { (i64::from(width), 0) };
    let content = format!("{across} 0 0 {height} {left} 0 cm /I Do");
    let turn = u16::from(pose.quarters % 4) * 90;
    let leaf = format!(
        "<</Type /Page /Parent 2 0 R /MediaBox [0 0 {width} {height}] /Rotate {turn} /Contents 4 0 R /Resources \
         <</XObject <</I 5 0 R>>>>>>"
    );
    let image = format!(
        "<</Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace /{colors} /BitsPerComponent 8 \
         /Length {}>>\nstream\n",
        bytes.len()
    );
    let parts: [(&str, &[u8]); 5] = [
        ("<</Type /Catalog /Pages 2 0 R>>", b""),
        ("<</Type /Pages /Kids [3 0 R] /Count 1>>", b""),
        (&leaf, b""),
        (&format!("<</Length {}>>\nstream\n{content}\nendstream", content.len()), b""),
        (&image, &bytes),
    ];
    let mut pdf = Vec::with_capacity(bytes.len() + 1024);
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

    fn drawn(image: &Raster, pose: Pose, size: (u32, u32)) -> Vec<u8> {
        match super::image(&Seen::Gray(image.clone()), pose, size) {
            Some(Samples::Gray(luma)) => luma,
            _ => panic!("the image is grey"),
        }
    }

    #[test]
    fn pixels_that_are_not_scaled_stay_as_they_are_in_any_pose() {
        let image = Raster::new(31, 17, (0..31 * 17).map(|at| (at * 37 % 256) as u8).collect());
        for (mirrored, quarters) in [false, true].into_iter().flat_map(|mirrored| (0..4).map(move |n| (mirrored, n))) {
            let pose = Pose { mirrored, quarters };
            let posed = image.clone().posed(pose);
            assert_eq!(drawn(&image, pose, (posed.width, posed.height)), posed.luma, "{pose:?}");
        }
    }

    #[test]
    fn a_drawing_has_the_size_that_was_asked_for() {
        assert_eq!(drawn(&Raster::new(31, 17, vec![90; 31 * 17]), UPRIGHT, (40, 20)), vec![90; 800]);
    }
}
