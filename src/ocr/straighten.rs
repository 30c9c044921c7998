//! Finds by how much a page is skewed, from where its dark pixels fall into rows, and takes the skew out.

use super::canvas::Canvas;

/// Skew is looked for up to this angle first, in degrees: what a feeder does.
const MOST: f32 = 6.0;
/// A page without sharp lines up to there was laid down by hand: it is looked at up to this angle.
const WIDEST: f32 = 20.0;
/// A page's lines are sharp where the best angle is so many times sharper than the middle one of all.
const SHARP: f32 = 4.0;
/// Rows of lines differ from the next by at least this share of what they differ from the mean: lines of a page in
/// order by a quarter and more, those of a skewed one by a tenth and less.
const PARTED: f32 = 0.16;
/// A wide angle must be so many times sharper than the best small one.
const SHARPER: f32 = 1.3;
/// So many dark pixels tell a wide angle.
const ENOUGH: usize = 20_000;
/// Less than this does not trouble the engine, in degrees.
const LEAST: f32 = 0.3;
/// Bits after the point of a place in fixed point.
const FRACTION: u32 = 32;

/// The skew of a page in degrees clockwise, from a small image of it; 0 where it has too little text to tell, or
/// hardly any.
pub fn skew(small: &Canvas) -> f32 {
    let ink = ink(small);
    if ink.len() < 500 {
        return 0.0;
    }
    let tried = |ink: &[(f32, f32)], from: f32, to: f32, step: f32| -> Vec<(f32, f32)> {
        let steps = ((to - from) / step).round() as usize;
        let angles = (0..=steps).map(|i| from + i as f32 * step);
        angles.map(|angle| (sharpness(ink, small, angle), angle)).collect()
    };
    let mut narrow = tried(&ink, -MOST, MOST, 0.5);
    let mut coarse = sharpest(&narrow);
    narrow.sort_by(|a, b| a.0.total_cmp(&b.0));
    let is_sharp = coarse.0 > narrow[narrow.len() / 2].0 * SHARP && coarse.1.abs() < MOST - 0.5;
    let is_sharp = is_sharp && is_parted(&rows(&ink, small, coarse.1));
    if !is_sharp {
        let few: Vec<(f32, f32)> = ink.iter().step_by(ink.len().div_ceil(ENOUGH)).copied().collect();
        let mut wide = tried(&few, -WIDEST, -MOST - 0.5, 0.5);
        wide.extend(tried(&few, MOST + 0.5, WIDEST, 0.5));
        let wide = (sharpness(&ink, small, sharpest(&wide).1), sharpest(&wide).1);
        if wide.0 > coarse.0 * SHARPER {
            coarse = wide;
        }
    }
    let (sharp, angle) = sharpest(&tried(&ink, coarse.1 - 0.4, coarse.1 + 0.4, 0.1));
    let level = sharpness(&ink, small, 0.0);
    // At the edge of what is looked for nothing was found, and a hardly sharper page is as good as it was.
    let is_edge = coarse.1.abs() <= MOST && angle.abs() > MOST || angle.abs() > WIDEST;
    if angle.abs() < LEAST || is_edge || sharp < level * 1.05 { 0.0 } else { angle }
}

/// Of angles and how sharp they are, the sharpest; of equals the last.
fn sharpest(tried: &[(f32, f32)]) -> (f32, f32) {
    tried.iter().copied().max_by(|a, b| a.0.total_cmp(&b.0)).unwrap_or_default()
}

/// Dark pixels, without those of large dark areas (a scanner's borders, photographs), which have no lines.
fn ink(page: &Canvas) -> Vec<(f32, f32)> {
    let threshold = threshold(&page.luma);
    let (w, h) = (page.width, page.height);
    let dark = |x: usize, y: usize| page.luma[y * w + x] < threshold;
    let mut ink = Vec::new();
    for y in 4..h.saturating_sub(4) {
        for x in 4..w.saturating_sub(4) {
            if dark(x, y) && !(dark(x - 4, y) && dark(x + 4, y) && dark(x, y - 4) && dark(x, y + 4)) {
                ink.push((x as f32, y as f32));
            }
        }
    }
    ink
}

/// Between the page's dark and light, by the mean of both: small pages have few pixels that are wholly dark.
fn threshold(luma: &[u8]) -> u8 {
    let mean = luma.iter().map(|&pixel| u64::from(pixel)).sum::<u64>() / luma.len().max(1) as u64;
    let dark = luma.iter().filter(|&&pixel| u64::from(pixel) < mean);
    let (sum, n) = dark.fold((0_u64, 0_u64), |(sum, n), &pixel| (sum + u64::from(pixel), n + 1));
    sum.checked_div(n).map_or(0, |dark| ((dark + mean) / 2) as u8)
}

/// How sharply rows of ink and rows of paper part when the page is turned back by an angle.
fn sharpness(ink: &[(f32, f32)], page: &Canvas, angle: f32) -> f32 {
    edges(&rows(ink, page, angle))
}

fn edges(rows: &[f32]) -> f32 {
    rows.windows(2).map(|pair| (pair[1] - pair[0]).powi(2)).sum()
}

/// How much ink each row has when the page is turned back by an angle.
fn rows(ink: &[(f32, f32)], page: &Canvas, angle: f32) -> Vec<f32> {
    let slope = angle.to_radians().tan();
    let margin = (page.width as f32 * slope.abs()).ceil() + 1.0;
    let mut rows = vec![0.0_f32; page.height + 2 * margin as usize + 1];
    for (x, y) in ink {
        rows[(y - x * slope + margin) as usize] += 1.0;
    }
    rows
}

/// Does the ink change from row to row by much of what it changes over the page? Lines of text do; blurred ones swell.
fn is_parted(rows: &[f32]) -> bool {
    let mean = rows.iter().sum::<f32>() / rows.len() as f32;
    edges(rows) > PARTED * rows.iter().map(|row| (row - mean).powi(2)).sum::<f32>()
}

/// A turn by a small angle around the page's middle.
#[derive(Clone, Copy)]
pub struct Rotation {
    sin: f32,
    cos: f32,
    middle: (f32, f32),
}

impl Rotation {
    /// The turn that a page has undergone that is skewed by `degrees` clockwise.
    pub fn of(page: &Canvas, degrees: f32) -> Self {
        let (sin, cos) = degrees.to_radians().sin_cos();
        Self { sin, cos, middle: (page.width as f32 / 2.0, page.height as f32 / 2.0) }
    }

    /// Where a place of the straightened page lies on the skewed one.
    fn skewed(self, x: f32, y: f32) -> (f32, f32) {
        let (dx, dy) = (x - self.middle.0, y - self.middle.1);
        (self.middle.0 + dx * self.cos - dy * self.sin, self.middle.1 + dx * self.sin + dy * self.cos)
    }

    /// The box on the skewed page around a box of the straightened one: around the middles of its sides, so that it
    /// does not grow into the lines above and below.
    pub fn skewed_box(self, [x0, y0, x1, y1]: [f32; 4]) -> [f32; 4] {
        let (x, y) = self.skewed((x0 + x1) / 2.0, (y0 + y1) / 2.0);
        let (w, h) = ((x1 - x0) / 2.0, (y1 - y0) / 2.0);
        let w = w * self.cos.abs() + h * self.sin.abs();
        let h = h * self.cos.abs() + (w * self.sin.abs()).min(h * 0.5);
        [x - w, y - h, x + w, y + h]
    }

    /// The page made straight.
    pub fn straighten(self, page: &Canvas) -> Canvas {
        let paper = *page.luma.iter().max().unwrap_or(&u8::MAX);
        let (w, h) = (page.width, page.height);
        let mut luma = vec![paper; w * h];
        // Places in fixed point: a step to the right is always the same.
        let (right, down) = (fixed(self.cos), fixed(self.sin));
        for (y, row) in luma.chunks_exact_mut(w.max(1)).enumerate() {
            let (x, y) = self.skewed(0.5, y as f32 + 0.5);
            let mut from = Place { x: fixed(x - 0.5), y: fixed(y - 0.5) };
            let mut left = &mut row[..];
            while !left.is_empty() {
                let run = from.run(right, down).min(left.len());
                let (pixels, rest) = left.split_at_mut(run);
                from.copy(page, pixels, right, down);
                from = Place { x: from.x + run as i64 * right, y: from.y + run as i64 * down };
                left = rest;
            }
        }
        Canvas { width: w, height: h, luma }
    }
}

fn fixed(pixels: f32) -> i64 {
    (f64::from(pixels) * (1_i64 << FRACTION) as f64).round() as i64
}

/// A place on the skewed page, between four pixels, in fixed point.
#[derive(Clone, Copy)]
struct Place {
    x: i64,
    y: i64,
}

impl Place {
    /// How many steps in a row fall between pixels that lie in a row too: a page's skew is small, so there are many, and
    /// they can be taken together.
    fn run(self, right: i64, down: i64) -> usize {
        const ONE: i64 = 1 << FRACTION;
        let steps = |at: i64, step: i64| match step {
            0 => i64::MAX,
            1.. => (ONE - 1 - at) / step + 1,
            _ => at / -step + 1,
        };
        let within = |place: i64| place & (ONE - 1);
        steps(within(self.x), right - ONE).min(steps(within(self.y), down)) as usize
    }

    /// Copies a run of pixels from here; where the page ends they stay as they are.
    fn copy(self, page: &Canvas, pixels: &mut [u8], right: i64, down: i64) {
        let (w, h) = (page.width as i64, page.height as i64);
        let (left, top) = (self.x >> FRACTION, self.y >> FRACTION);
        let first = (-left).clamp(0, pixels.len() as i64);
        let end = (w - 1 - left).clamp(first, pixels.len() as i64);
        if !(0..h - 1).contains(&top) || first == end {
            return;
        }
        let (at, count) = ((top * w + left + first) as usize, (end - first) as usize);
        let pixels = &mut pixels[first as usize..][..count];
        // Slices of one length, so that the loop below does eight pixels at once.
        let corner = |at: usize| &page.luma[at..][..count];
        let (a, b) = (corner(at), corner(at + 1));
        let (c, d) = (corner(at + page.width), corner(at + page.width + 1));
        // What lies behind the point alone: within a run it never carries.
        let (mut x, mut y) = ((self.x + first * right) as u32, (self.y + first * down) as u32);
        for i in 0..count {
            let (fx, fy) = ((x >> 24) as u16, (y >> 24) as u16);
            let between = |left: u8, right: u8| u32::from(u16::from(left) * (256 - fx) + u16::from(right) * fx);
            let (above, below) = (between(a[i], b[i]), between(c[i], d[i]));
            pixels[i] = ((above * u32::from(256 - fy) + below * u32::from(fy) + (1 << 15)) >> 16) as u8;
            x = x.wrapping_add(right as u32);
            y = y.wrapping_add(down as u32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of "words" on a page that was skewed by an angle.
    fn lines(degrees: f32) -> Canvas {
        let (width, height) = (600, 800);
        let straight = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        // Words as uneven as real ones: even ones would stand in rows at many angles.
        let is_word = |x: usize, y: usize| {
            let seed = ((x + y / 16 * (y / 16) * 5) as u32 / 9 * 73 + y as u32 / 16 * 1009).wrapping_mul(2_654_435_761);
            (seed ^ seed >> 15).wrapping_mul(2_246_822_519) >> 16 & 7 != 0
        };
        let luma =
            straight.map(|(x, y)| if y % 16 < 6 && y / 16 % 7 != 0 && is_word(x, y) { 20 } else { 230 }).collect();
        let page = Canvas { width, height, luma };
        Rotation::of(&page, -degrees).straighten(&page)
    }

    #[test]
    fn skew_is_found_and_taken_out() {
        for degrees in [-17.0, -11.0, -7.0, -5.0, -3.0, -0.7, 0.0, 1.2, 3.0, 6.4, 9.0, 15.0] {
            let page = lines(degrees);
            let found = skew(&page);
            assert!((found - degrees).abs() < 0.25, "{degrees}: {found}");
            let straight = Rotation::of(&page, found).straighten(&page);
            assert_eq!(skew(&straight), 0.0, "{degrees}");
        }
    }

    #[test]
    fn an_empty_page_has_no_skew() {
        assert_eq!(skew(&Canvas { width: 300, height: 300, luma: vec![255; 90_000] }), 0.0);
    }
}
