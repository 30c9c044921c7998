//! Grey pixels: turning, scaling, pasting, and telling whether anything is on them. Knows no file format.

use super::{blank::Look, scale::averaged};

/// A grey image: one byte a pixel, rows from the top; 0 black, 255 white.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Raster {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) luma: Vec<u8>,
}

/// How an image must be moved to stand as displayed: first mirrored (left to right), then turned clockwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pose {
    pub(crate) mirrored: bool,
    /// Quarter turns, 0 to 3.
    pub(crate) quarters: u8,
}

/// Brightness of a color, by ITU-R BT.601 as JPEG uses it.
pub(super) fn luma_of(red: u8, green: u8, blue: u8) -> u8 {
    ((u32::from(red) * 19_595 + u32::from(green) * 38_470 + u32::from(blue) * 7_471 + 32_768) >> 16) as u8
}

/// Brightness where something of a brightness and an opacity lies over another.
pub(super) fn over(top: u8, alpha: u8, below: u8) -> u8 {
    let alpha = u32::from(alpha);
    ((u32::from(top) * alpha + u32::from(below) * (255 - alpha) + 127) / 255) as u8
}

/// Brightness that differs less than this over a page tells little.
const DULL: u8 = 60;
/// What a color tells must be so many times as much.
const TELLING: u8 = 2;

/// Which of red, green and blue differs most over a page whose brightness hardly does: red on green, yellow on white.
/// Looks at one pixel in 64, in every row that it looks at at others.
fn telling_color(width: u32, rgb: &[u8]) -> Option<usize> {
    let mut histograms = [[0_u32; 256]; 4];
    let row = width.max(1) as usize * 3;
    for (y, row) in rgb.chunks_exact(row).step_by(8).enumerate() {
        for pixel in row.as_chunks::<3>().0.iter().skip(y * 3 % 8).step_by(8) {
            (0..3).for_each(|color| histograms[color][usize::from(pixel[color])] += 1);
            histograms[3][usize::from(luma_of(pixel[0], pixel[1], pixel[2]))] += 1;
        }
    }
    // A few pixels are noise.
    let total = histograms[3].iter().sum::<u32>();
    let few = total / 10_000;
    let spread = |histogram: &[u32; 256]| {
        let mut sum = 0;
        let within: Vec<usize> = (0..256)
            .filter(|value| {
                let before = sum;
                sum += histogram[*value];
                sum > few && before + few < total
            })
            .collect();
        let (first, last) = (within.first().copied().unwrap_or(0), within.last().copied().unwrap_or(0));
        (last - first) as u8
    };
    let brightness = spread(&histograms[3]);
    let (most, color) = (0..3).map(|color| (spread(&histograms[color]), color)).max()?;
    (brightness < DULL && most >= DULL && most / TELLING >= brightness).then_some(color)
}

impl Raster {
    pub(super) fn new(width: u32, height: u32, mut luma: Vec<u8>) -> Self {
        // A decoder that ran out of data leaves white, not a fault.
        luma.resize(width as usize * height as usize, 255);
        Self { width, height, luma }
    }

    pub(super) fn white(width: u32, height: u32) -> Self {
        Self::new(width, height, Vec::new())
    }

    /// Three bytes a pixel to one, in place: brightness, or where that tells little the color that tells most.
    pub(super) fn to_read(width: u32, height: u32, rgb: Vec<u8>) -> Self {
        match telling_color(width, &rgb) {
            None => Self::from_rgb(width, height, rgb),
            Some(color) => Self::by_color(width, height, rgb, |pixel| pixel[color]),
        }
    }

    /// Three bytes a pixel to one, in place: brightness.
    pub(super) fn from_rgb(width: u32, height: u32, rgb: Vec<u8>) -> Self {
        Self::by_color(width, height, rgb, |color| luma_of(color[0], color[1], color[2]))
    }

    fn by_color(width: u32, height: u32, mut rgb: Vec<u8>, grey: impl Fn(&[u8; 3]) -> u8) -> Self {
        let pixels = rgb.len() / 3;
        // A block is taken out before it is written over: with places that may be one, pixels go one by one.
        const BLOCK: usize = 256;
        let mut block = [0; 3 * BLOCK];
        for start in (0..pixels).step_by(BLOCK) {
            let block = &mut block[..3 * BLOCK.min(pixels - start)];
            block.copy_from_slice(&rgb[3 * start..][..block.len()]);
            for (luma, color) in rgb[start..].iter_mut().zip(block.as_chunks::<3>().0) {
                *luma = grey(color);
            }
        }
        rgb.truncate(pixels);
        rgb.shrink_to_fit();
        Self::new(width, height, rgb)
    }

    fn row(&self, y: u32) -> &[u8] {
        let width = self.width as usize;
        &self.luma[y as usize * width..][..width]
    }

    /// Is every pixel black or white?
    pub(super) fn is_bilevel(&self) -> bool {
        self.luma.iter().all(|v| *v == 0 || *v == 255)
    }

    /// The image as displayed.
    pub(super) fn posed(mut self, pose: Pose) -> Self {
        if pose.mirrored {
            self.luma.chunks_mut(self.width.max(1) as usize).for_each(<[u8]>::reverse);
        }
        match pose.quarters % 4 {
            1 => self.turned(true),
            2 => {
                self.luma.reverse();
                self
            }
            3 => self.turned(false),
            _ => self,
        }
    }

    fn turned(self, clockwise: bool) -> Self {
        let (width, height) = (self.width as usize, self.height as usize);
        let mut luma = vec![0; self.luma.len()];
        // Tiles that fit the cache: a column at a time would miss it at every pixel.
        const TILE: usize = 32;
        for top in (0..height).step_by(TILE) {
            for left in (0..width).step_by(TILE) {
                for y in top..(top + TILE).min(height) {
                    for x in left..(left + TILE).min(width) {
                        let (to_x, to_y) = if clockwise { (height - 1 - y, x) } else { (y, width - 1 - x) };
                        luma[to_y * height + to_x] = self.luma[y * width + x];
                    }
                }
            }
        }
        Self { width: self.height, height: self.width, luma }
    }

    /// Scaled by averaging (smaller) or repeating (larger) pixels.
    pub(super) fn scaled(&self, width: u32, height: u32) -> Self {
        let (width, height) = (width.max(1), height.max(1));
        if (width, height) == (self.width, self.height) || self.luma.is_empty() {
            return self.clone();
        }
        let size = |width: u32, height: u32| (width as usize, height as usize);
        let luma = averaged(&self.luma, size(self.width, self.height), size(width, height));
        Self { width, height, luma }
    }

    /// A part of it.
    pub(super) fn part(&self, left: u32, top: u32, width: u32, height: u32) -> Self {
        let mut luma = Vec::with_capacity(width as usize * height as usize);
        (top..top + height).for_each(|y| luma.extend_from_slice(&self.row(y)[left as usize..][..width as usize]));
        Self::new(width, height, luma)
    }

    /// Cuts off the paper around all that stands on it, but for so many pixels; where what is left lies. Nothing where all
    /// of it is paper.
    pub(super) fn trim(&mut self, around: u32) -> Option<(u32, u32)> {
        const PAPER: u8 = 250;
        let is_ink = |v: &u8| *v < PAPER;
        let mut sides: Option<[u32; 4]> = None;
        for y in 0..self.height {
            let row = self.row(y);
            let Some(first) = row.iter().position(is_ink) else { continue };
            let last = row.iter().rposition(is_ink).unwrap_or(first);
            let [left, top, right, _] = sides.unwrap_or([first as u32, y, last as u32, y]);
            sides = Some([left.min(first as u32), top, right.max(last as u32), y]);
        }
        let [left, top, right, bottom] = sides?;
        let (left, top) = (left.saturating_sub(around), top.saturating_sub(around));
        let (right, bottom) = ((right + 1 + around).min(self.width), (bottom + 1 + around).min(self.height));
        *self = self.part(left, top, right - left, bottom - top);
        Some((left, top))
    }

    /// Makes a part of it paper.
    pub(super) fn wipe(&mut self, (left, top): (f32, f32), (right, bottom): (f32, f32)) {
        let (left, right) = (left.max(0.0) as usize, (right.max(0.0) as usize).min(self.width as usize));
        let (top, bottom) = (top.max(0.0) as usize, bottom.max(0.0) as usize);
        let rows = self.luma.chunks_exact_mut(self.width.max(1) as usize).take(bottom).skip(top);
        rows.filter_map(|row| row.get_mut(left..right)).for_each(|part| part.fill(255));
    }

    /// Puts another image on this one, its corner at (`x`, `y`); what sticks out is cut off. Ink alone lets the
    /// paper below shine through.
    pub(super) fn paste(&mut self, other: &Self, x: i64, y: i64, ink_alone: bool) {
        let from = (-x).max(0) as usize;
        for row in 0..other.height {
            let to_y = y + i64::from(row);
            if !(0..i64::from(self.height)).contains(&to_y) {
                continue;
            }
            let source = other.row(row).get(from..).unwrap_or(&[]);
            let start = to_y as usize * self.width as usize + x.max(0) as usize;
            let room = (i64::from(self.width) - x.max(0)).max(0) as usize;
            let length = source.len().min(room);
            if length > 0 {
                let target = &mut self.luma[start..start + length];
                if ink_alone {
                    target.iter_mut().zip(source).for_each(|(to, from)| *to = (*to).min(*from));
                } else {
                    target.copy_from_slice(&source[..length]);
                }
            }
        }
    }

    /// What stands on it?
    pub(super) fn look(&self, dpi: f32) -> Look {
        super::blank::look(self, dpi)
    }
}

/// A page that is scaled down by averaging while its parts come in, so that it never is in memory whole.
pub(super) struct Shrinker {
    size: (u32, u32),
    divisor: u32,
    small: (u32, u32),
    /// Of each pixel that is left, the ink of those that it stands for: paper that never comes in is white.
    ink: Vec<u32>,
}

impl Shrinker {
    pub(super) fn new(width: u32, height: u32, divisor: u32) -> Self {
        let small = (width.div_ceil(divisor), height.div_ceil(divisor));
        Self { size: (width, height), divisor, small, ink: vec![0; small.0 as usize * small.1 as usize] }
    }

    /// Adds rows of a part whose upper left corner is at (`left`, `top`).
    pub(super) fn add(&mut self, luma: &[u8], left: u32, top: u32, width: u32) {
        let seen = width.min(self.size.0.saturating_sub(left)) as usize;
        for (y, row) in (top..self.size.1).zip(luma.chunks_exact(width.max(1) as usize)) {
            let start = (y / self.divisor) as usize * self.small.0 as usize;
            let sums = &mut self.ink[start..][..self.small.0 as usize];
            for (x, v) in (left..).zip(&row[..seen]) {
                sums[(x / self.divisor) as usize] += u32::from(255 - v);
            }
        }
    }

    pub(super) fn finish(self) -> Raster {
        let Self { size, divisor, small, ink } = self;
        let side = |at: u32, whole: u32| divisor.min(whole - at * divisor);
        let luma = (0..small.1).flat_map(|y| (0..small.0).map(move |x| (x, y))).zip(ink).map(|((x, y), ink)| {
            let cells = side(x, size.0) * side(y, size.1);
            255 - ((ink + cells / 2) / cells) as u8
        });
        Raster::new(small.0, small.1, luma.collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pose_mirrors_first_and_turns_clockwise() {
        let image = Raster::new(2, 1, vec![1, 2]);
        let posed = |mirrored, quarters| image.clone().posed(Pose { mirrored, quarters });
        assert_eq!(posed(false, 1), Raster::new(1, 2, vec![1, 2]));
        assert_eq!(posed(false, 2), Raster::new(2, 1, vec![2, 1]));
        assert_eq!(posed(false, 3), Raster::new(1, 2, vec![2, 1]));
        assert_eq!(posed(true, 1), Raster::new(1, 2, vec![2, 1]));
    }

    #[test]
    fn paper_is_cut_off_around_what_stands_on_it() {
        let mut page = Raster::white(9, 7);
        assert_eq!(page.clone().trim(2), None);
        page.luma[2 * 9 + 6] = 90;
        page.luma[4 * 9 + 4] = 90;
        let mut narrow = page.clone();
        assert_eq!(narrow.trim(0), Some((4, 2)));
        assert_eq!((narrow.width, narrow.height), (3, 3));
        assert_eq!(narrow.luma, [255, 255, 90, 255, 255, 255, 90, 255, 255]);
        // No more than there is.
        assert_eq!(page.trim(3), Some((1, 0)));
        assert_eq!((page.width, page.height), (8, 7));
    }

    #[test]
    fn letters_as_bright_as_their_paper_are_told_by_their_color() {
        let page = |ink: [u8; 3], paper: [u8; 3]| {
            let pixels = (0..80_u32).flat_map(|y| (0..100_u32).map(move |x| (x, y)));
            let rgb = pixels.flat_map(|(x, y)| if y % 20 < 6 && x % 7 < 2 { ink } else { paper }).collect();
            let page = Raster::to_read(100, 80, rgb);
            (page.luma[0], page.luma[10 * 100])
        };
        assert_eq!(page([190, 60, 60], [60, 128, 60]), (190, 60));
        assert_eq!(page([240, 220, 60], [255, 255, 255]), (60, 255));
        // Where brightness tells, it stays.
        assert_eq!(page([20, 20, 90], [250, 240, 200]), (luma_of(20, 20, 90), luma_of(250, 240, 200)));
        assert_eq!(page([255; 3], [255; 3]), (255, 255));
    }

    proptest! {
        #[test]
        fn four_quarter_turns_change_nothing(width in 1_u32..70, height in 1_u32..70, seed: u8) {
            let luma = (0..width * height).map(|i| (i as u8).wrapping_mul(31) ^ seed).collect();
            let image = Raster::new(width, height, luma);
            let quarter = Pose { mirrored: false, quarters: 1 };
            let turned = (0..4).fold(image.clone(), |image, _| image.posed(quarter));
            prop_assert_eq!(turned, image);
        }

        #[test]
        fn scaling_keeps_the_mean(width in 1_u32..9, height in 1_u32..9, times in 1_u32..5) {
            let luma: Vec<u8> = (0..width * height * times * times).map(|i| (i * 37 % 256) as u8).collect();
            let image = Raster::new(width * times, height * times, luma);
            let small = image.scaled(width, height);
            let mean = |r: &Raster| r.luma.iter().map(|v| f64::from(*v)).sum::<f64>() / r.luma.len() as f64;
            prop_assert!((mean(&image) - mean(&small)).abs() < 1.0);
        }

        #[test]
        fn shrinking_part_by_part_is_scaling(width in 1_u32..30, height in 1_u32..30, by in 1_u32..5, band in 1_u32..9) {
            let (width, height) = (width * by, height * by);
            let luma: Vec<u8> = (0..width * height).map(|i| (i * 37 % 256) as u8).collect();
            let image = Raster::new(width, height, luma.clone());
            let mut small = Shrinker::new(width, height, by);
            for (n, rows) in (0..).zip(luma.chunks((width * band) as usize)) {
                small.add(rows, 0, n * band, width);
            }
            let (small, want) = (small.finish(), image.scaled(width / by, height / by));
            prop_assert_eq!((small.width, small.height), (want.width, want.height));
            prop_assert!(small.luma.iter().zip(&want.luma).all(|(a, b)| a.abs_diff(*b) <= 1));
        }

        #[test]
        fn pasting_anywhere_stays_inside(x in -9_i64..9, y in -9_i64..9) {
            let mut page = Raster::white(5, 4);
            page.paste(&Raster::new(3, 2, vec![0; 6]), x, y, false);
            let inside = |at: i64, size: i64, length: i64| (at + length).min(size) - at.max(0);
            let want = inside(x, 5, 3).max(0) * inside(y, 4, 2).max(0);
            prop_assert_eq!(page.luma.iter().filter(|v| **v == 0).count() as i64, want);
        }
    }
}
