//! A grey page in memory: scaling and turning. No I/O.

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
        let columns = Spans::new(self.width, width);
        let rows = Spans::new(self.height, height);
        let mut luma = Vec::with_capacity(width * height);
        let mut sums = vec![0_u32; self.width];
        for span in rows.all() {
            sums.fill(0);
            let covered = self.luma[span.first * self.width..].chunks_exact(self.width);
            for (row, &weight) in covered.zip(span.weights) {
                for (sum, &pixel) in sums.iter_mut().zip(row) {
                    *sum += u32::from(pixel) * weight;
                }
            }
            // Rows are weighed to 256 together, columns too: 24 bits in all.
            luma.extend(columns.all().map(|span| {
                let covered = &sums[span.first..span.first + span.weights.len()];
                let sum: u32 = covered.iter().zip(span.weights).map(|(sum, weight)| sum * weight).sum();
                ((sum + (1 << 15)) >> 16) as u8
            }));
        }
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

/// The old pixels that each new one covers, along one axis.
struct Spans {
    /// Where each one's pixels start, and where its weights end in `weights`.
    ends: Vec<(usize, usize)>,
    /// The weights of all, one after the other: every pixel of the page reads them.
    weights: Vec<u32>,
}

/// A run of old pixels; the first and last count in part. All weights add up to 256.
struct Span<'a> {
    first: usize,
    weights: &'a [u32],
}

impl Spans {
    fn new(from: usize, to: usize) -> Self {
        let step = from as f64 / to as f64;
        let mut spans = Self { ends: Vec::with_capacity(to), weights: Vec::with_capacity(from + 2 * to) };
        for i in 0..to {
            let (start, end) = (i as f64 * step, ((i + 1) as f64 * step).min(from as f64));
            let first = (start as usize).min(from - 1);
            let last = (end.ceil() as usize).clamp(first + 1, from);
            let cover = |x: usize| (end.min((x + 1) as f64) - start.max(x as f64)).max(0.0) / (end - start);
            let own = spans.weights.len();
            spans.weights.extend((first..last).map(|x| (cover(x) * 256.0).round() as u32));
            // What rounding lost or won goes to the heaviest.
            let weights = &mut spans.weights[own..];
            let sum: u32 = weights.iter().sum();
            if let Some(heaviest) = weights.iter_mut().max() {
                *heaviest = (*heaviest + 256).saturating_sub(sum);
            }
            spans.ends.push((first, spans.weights.len()));
        }
        spans
    }

    fn all(&self) -> impl Iterator<Item = Span<'_>> {
        self.ends.iter().scan(0, |start, &(first, end)| {
            let weights = &self.weights[std::mem::replace(start, end)..end];
            Some(Span { first, weights })
        })
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
