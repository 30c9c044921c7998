//! A grey page in memory: scaling and turning. No I/O.

use crate::pages::averaged;

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

    /// Whether anything at all stands out from the paper.
    pub fn has_ink(&self) -> bool {
        let (mut darkest, mut lightest) = (u8::MAX, 0);
        for &pixel in &self.luma {
            darkest = darkest.min(pixel);
            lightest = lightest.max(pixel);
        }
        lightest - darkest > 30
    }

    /// Whether less of the page is dark than a line of text would be.
    pub fn nearly_blank(&self) -> bool {
        let dark = self.luma.iter().filter(|&&pixel| pixel < 128).count();
        dark * 500 < self.luma.len()
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
