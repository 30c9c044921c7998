//! A scan that comes as an image file: its resolution, its size on paper, and the page that it makes.

use super::{
    Page, PageImage, Scaled,
    blank::Look,
    raster::{Pose, Raster},
    scaled_down,
};
use crate::model::{PageBox, PageNo, PageReading, PageState};

/// Resolution where nothing tells another.
const USUAL_DPI: f64 = 300.0;
/// Width in inches of A4, and its height divided by its width.
const A4: (f64, f64) = (8.268, std::f64::consts::SQRT_2);
/// The same of US letter.
const LETTER: (f64, f64) = (8.5, 11.0 / 8.5);

/// Dots per inch across and down, where what the file says can be true; else as if the paper were A4 or letter.
pub(super) fn resolution(said: Option<(f64, f64)>, width: u32, height: u32) -> (f64, f64) {
    if let Some((across, down)) = said {
        let sane = (50.0..=2400.0).contains(&across) && (50.0..=2400.0).contains(&down);
        // Cameras and programs write 72 or 96 where they know nothing; no contract is half a meter wide.
        let paper = f64::from(width.min(height)) / across.max(down) <= 17.0 || across > 100.0;
        if sane && paper {
            return (across, down);
        }
    }
    let (short, long) = (f64::from(width.min(height).max(1)), f64::from(width.max(height).max(1)));
    let dpi = [A4, LETTER]
        .into_iter()
        .find(|(_, shape)| (long / short / shape - 1.0).abs() < 0.03)
        .map(|(inches, _)| short / inches)
        .filter(|dpi| (60.0..=1300.0).contains(dpi))
        .unwrap_or(USUAL_DPI);
    (dpi, dpi)
}

/// The pose that an orientation of TIFF and EXIF (1 to 8) asks for.
pub(crate) fn pose_of(orientation: u32) -> Pose {
    let (mirrored, quarters) = match orientation {
        2 => (true, 0),
        3 => (false, 2),
        4 => (true, 2),
        5 => (true, 3),
        6 => (false, 1),
        7 => (true, 1),
        8 => (false, 3),
        _ => (false, 0),
    };
    Pose { mirrored, quarters }
}

/// An image file's pixels as stored, and what it takes to show them.
pub(super) struct Scanned<P> {
    pub(super) pixels: P,
    /// Dots per inch across and down.
    pub(super) resolution: (f64, f64),
    pub(super) pose: Pose,
    pub(super) scaled: Option<Scaled>,
}

impl<P> Scanned<P> {
    /// An image file's pixels, scaled down where they are too many to be read; what the file says of its resolution.
    pub(super) fn of(pixels: P, size: (u32, u32), divisor: u32, said: Option<(f64, f64)>, pose: Pose) -> Self {
        let (across, down) = resolution(said, size.0, size.1);
        let by = f64::from(divisor);
        let scaled = (divisor > 1).then_some(Scaled { from: size, divisor });
        Self { pixels, resolution: (across / by, down / by), pose, scaled }
    }

    /// The same with the pixels taken in another way.
    pub(super) fn map<Q>(self, take: impl FnOnce(P) -> Q) -> Scanned<Q> {
        let Self { pixels, resolution, pose, scaled } = self;
        Scanned { pixels: take(pixels), resolution, pose, scaled }
    }
}

/// The page that an image makes.
pub(super) fn page(number: PageNo, scanned: Scanned<Raster>) -> Page {
    let Scanned { pixels: mut raster, resolution: (across, down), pose, scaled } = scanned;
    let points = |pixels: u32, dpi: f64| (f64::from(pixels) * 72.0 / dpi) as f32;
    let (mut width_pt, mut height_pt) = (points(raster.width, across), points(raster.height, down));
    if pose.quarters % 2 == 1 {
        (width_pt, height_pt) = (height_pt, width_pt);
    }
    // Fax pixels may be twice as high as wide: OCR wants them square, or nearly so.
    let (mut own_pixels, mut dpi) = (scaled.is_none(), across);
    if !(0.9..1.1).contains(&(across / down)) {
        dpi = across.max(down);
        let size = |pixels: u32, has: f64| (f64::from(pixels) * dpi / has).round() as u32;
        raster = raster.scaled(size(raster.width, across), size(raster.height, down));
        own_pixels = false;
    }
    let raster = raster.posed(pose);
    let look = raster.look(dpi as f32);
    if look == Look::Blank {
        return Page::Digital(PageReading::wordless(number, PageState::Blank, width_pt, height_pt));
    }
    Page::Image(PageImage {
        page: number,
        width_pt,
        height_pt,
        place: PageBox::new(0.0, 0.0, 1.0, 1.0),
        width: raster.width,
        height: raster.height,
        bilevel: raster.is_bilevel(),
        luma: raster.luma,
        dpi: dpi as f32,
        own_pixels,
        is_doubtful: look == Look::Doubtful,
        problems: scaled.map(|scaled| scaled_down(number, scaled)).into_iter().collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_as_large_as_its_pixels_are_set_across_and_down() {
        let size = |down: f64, quarters: u8| {
            let pixels = Raster { width: 1728, height: 2200, luma: vec![0; 1728 * 2200] };
            let pose = Pose { mirrored: false, quarters };
            match page(PageNo::from_index(0), Scanned { pixels, resolution: (204.0, down), pose, scaled: None }) {
                Page::Image(image) => (image.width_pt.round(), image.height_pt.round()),
                Page::Digital(page) => (page.width_pt.round(), page.height_pt.round()),
            }
        };
        // Fine fax (ITU-T T.4): its pixels are nearly square.
        assert_eq!(size(196.0, 0), (610.0, 808.0));
        assert_eq!(size(196.0, 1), (808.0, 610.0));
        assert_eq!(size(98.0, 0), (610.0, 1616.0));
    }

    #[test]
    fn resolution_is_believed_where_it_can_be_true() {
        assert_eq!(resolution(Some((200.0, 100.0)), 1728, 1100), (200.0, 100.0));
        let guessed = |said, width, height| resolution(said, width, height).0.round();
        assert_eq!(guessed(None, 2480, 3508), 300.0);
        assert_eq!(guessed(Some((72.0, 72.0)), 2480, 3508), 300.0);
        assert_eq!(guessed(Some((0.0, 1e9)), 1654, 2339), 200.0);
        assert_eq!(guessed(None, 3300, 2550), 300.0);
        assert_eq!(guessed(None, 1000, 1000), 300.0);
    }

    #[test]
    fn eight_orientations_bring_an_image_upright() {
        // The upright image, and how each orientation stores it (TIFF 6.0, section 8).
        let upright = Raster::new(2, 2, vec![1, 2, 3, 4]);
        let stored: [[u8; 4]; 8] = [
            [1, 2, 3, 4],
            [2, 1, 4, 3],
            [4, 3, 2, 1],
            [3, 4, 1, 2],
            [1, 3, 2, 4],
            [2, 4, 1, 3],
            [4, 2, 3, 1],
            [3, 1, 4, 2],
        ];
        for (orientation, luma) in (1..).zip(stored) {
            let posed = Raster::new(2, 2, luma.to_vec()).posed(pose_of(orientation));
            assert_eq!(posed, upright, "orientation {orientation}");
        }
    }
}
