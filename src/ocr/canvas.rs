//! A grey page in memory: scaling and turning. No I/O.

use crate::pages::averaged;

/// What differs less from the paper nobody sees.
const FAINTEST: u8 = 8;

/// Grey pixels, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub luma: Vec<u8>,
}

impl Canvas {
    /// Scaled by the average of the area that each new pixel covers: takes a scanner's noise out, moves nothing.
    pub fn scaled(&self, factor: f32) -> Self {
        let size = |pixels: usize| ((pixels as f32 * factor).round() as usize).max(1);
        let (width, height) = (size(self.width), size(self.height));
        let luma = averaged(&self.luma, (self.width, self.height), (width, height));
        Self { width, height, luma }
    }

    /// Turned clockwise by 0, 90, 180 or 270 degrees.
    pub fn turned(&self, turn: u16) -> Self {
        let (w, h) = (self.width, self.height);
        let pixels = |at: &dyn Fn(usize, usize) -> usize, width: usize, height: usize| {
            let mut luma = Vec::with_capacity(w * h);
            for y in 0..height {
                luma.extend((0..width).map(|x| self.luma[at(x, y)]));
            }
            Self { width, height, luma }
        };
        match turn % 360 {
            90 => pixels(&|x, y| (h - 1 - x) * w + y, h, w),
            180 => Self { width: w, height: h, luma: self.luma.iter().rev().copied().collect() },
            270 => pixels(&|x, y| x * w + (w - 1 - y), h, w),
            _ => self.clone(),
        }
    }

    /// As seen from behind.
    pub fn mirrored(&self) -> Self {
        let mut page = self.clone();
        page.luma.chunks_mut(self.width.max(1)).for_each(<[u8]>::reverse);
        page
    }

    /// Spreads faint ink over all shades, and makes paper white with what it varies: the engine parts ink from paper at
    /// one brightness for the whole page, which a faint line among much paper does not move.
    pub fn darken(&mut self) {
        let mut histogram = [0_usize; 256];
        self.luma.iter().for_each(|pixel| histogram[usize::from(*pixel)] += 1);
        // The brightness that so many in ten thousand pixels are below.
        let below = |share: usize| {
            let mut sum = 0;
            let found = histogram.iter().position(|count| {
                sum += count;
                sum * 10_000 > self.luma.len() * share
            });
            found.unwrap_or(255) as i32
        };
        let (ink, paper) = (below(2), below(5_000));
        // Half a deviation below the middle lie three in ten; dirt and ink are fewer.
        let white = paper - 4 * (paper - below(3_100)).max(1);
        let spread = (white - ink).max(i32::from(FAINTEST));
        let shade = |pixel: usize| (255 - (white - pixel as i32).clamp(0, spread) * 255 / spread) as u8;
        let shades: Vec<u8> = (0..256).map(shade).collect();
        self.luma.iter_mut().for_each(|pixel| *pixel = shades[usize::from(*pixel)]);
    }

    /// Whether anything at all stands out from the paper.
    pub fn has_ink(&self) -> bool {
        let (mut darkest, mut lightest) = (u8::MAX, 0);
        for &pixel in &self.luma {
            darkest = darkest.min(pixel);
            lightest = lightest.max(pixel);
        }
        lightest.saturating_sub(darkest) > FAINTEST
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_averages_areas() {
        let page = Canvas { width: 4, height: 2, luma: vec![0, 100, 200, 200, 100, 200, 200, 200] };
        assert_eq!(page.scaled(0.5), Canvas { width: 2, height: 1, luma: vec![100, 200] });
        let white = Canvas { width: 7, height: 5, luma: vec![255; 35] };
        assert!(white.scaled(0.43).luma.iter().chain(&white.scaled(1.7).luma).all(|&pixel| pixel == 255));
    }

    #[test]
    fn a_quarter_turn_is_clockwise() {
        let page = Canvas { width: 2, height: 3, luma: vec![1, 2, 3, 4, 5, 6] };
        assert_eq!(page.turned(90), Canvas { width: 3, height: 2, luma: vec![5, 3, 1, 6, 4, 2] });
        assert_eq!(page.turned(90).turned(90), page.turned(180));
        assert_eq!(page.turned(180).turned(90), page.turned(270));
    }
}
