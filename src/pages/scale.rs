//! Scales grey pixels by the average of the area that each new pixel covers: takes a scanner's noise out, moves nothing.

/// How many weights are taken together: a loop of a fixed length costs a third of one that may have any.
const TOGETHER: usize = 4;

/// Grey rows of a size (pixels across, down; neither 0), scaled to another. The pixels must be as many as `from` says.
pub(crate) fn averaged(luma: &[u8], from: (usize, usize), to: (usize, usize)) -> Vec<u8> {
    averaged_of::<1>(luma, 0, from, to)
}

/// The same of one of the samples that each pixel has.
pub(super) fn averaged_of<const SAMPLES: usize>(
    pixels: &[u8],
    sample: usize,
    from: (usize, usize),
    to: (usize, usize),
) -> Vec<u8> {
    let across = from.0 * SAMPLES;
    let (columns, rows) = (Spans::new(from.0, to.0), Spans::new(from.1, to.1));
    let mut scaled = vec![0; to.0 * to.1];
    // Weights add up to 256 along both axes: 16 bits hold a column's sum, 24 the sum of all. Past the last column stand
    // those that padding reads.
    let mut sums = vec![0_u16; from.0 + columns.length];
    for ((&first, weights), scaled) in rows.all().zip(scaled.chunks_exact_mut(to.0)) {
        sums.fill(0);
        for (row, &weight) in
            pixels[first * across..].chunks_exact(across).zip(weights).filter(|(_, weight)| **weight > 0)
        {
            for (sum, pixel) in sums.iter_mut().zip(row.as_chunks::<SAMPLES>().0) {
                *sum += u16::from(pixel[sample]) * weight;
            }
        }
        for ((&first, weights), pixel) in columns.all().zip(scaled) {
            let mut sum = 1 << 15;
            for (weights, sums) in weights.as_chunks::<TOGETHER>().0.iter().zip(sums[first..].as_chunks::<TOGETHER>().0)
            {
                for (weight, column) in weights.iter().zip(sums) {
                    sum += u32::from(*weight) * u32::from(*column);
                }
            }
            *pixel = (sum >> 16) as u8;
        }
    }
    scaled
}

/// The old pixels that each new one covers, along one axis.
struct Spans {
    /// Where each one's pixels start.
    firsts: Vec<usize>,
    /// How many weights each one has: as many as the widest, and up to a multiple of [`TOGETHER`].
    length: usize,
    /// The weights of all, one after the other, each one's 256 together.
    weights: Vec<u16>,
}

impl Spans {
    fn new(from: usize, to: usize) -> Self {
        let step = from as f64 / to as f64;
        let length = (step.ceil() as usize + 1).next_multiple_of(TOGETHER);
        let mut spans = Self { firsts: Vec::with_capacity(to), length, weights: Vec::with_capacity(to * length) };
        for i in 0..to {
            let (start, end) = (i as f64 * step, ((i + 1) as f64 * step).min(from as f64));
            let first = (start as usize).min(from - 1);
            let last = (end.ceil() as usize).clamp(first + 1, from).min(first + length);
            // Rounded where each pixel ends, not for itself: so they add up, however many there are.
            let until = |x: usize| match x == last {
                true => 256,
                false => (((x as f64).max(start) - start) / (end - start) * 256.0).round() as u16,
            };
            spans.firsts.push(first);
            spans.weights.extend((first..last).map(|x| until(x + 1) - until(x)));
            spans.weights.resize(spans.firsts.len() * length, 0);
        }
        spans
    }

    fn all(&self) -> impl Iterator<Item = (&usize, &[u16])> {
        self.firsts.iter().zip(self.weights.chunks_exact(self.length))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn whole_areas_are_averaged_and_parts_count_in_part() {
        assert_eq!(averaged(&[0, 100, 200, 60], (2, 2), (1, 1)), [90]);
        assert_eq!(averaged(&[0, 90, 240], (3, 1), (2, 1)), [30, 190]);
        assert_eq!(averaged(&[10, 20], (2, 1), (4, 1)), [10, 10, 20, 20]);
    }

    proptest! {
        #[test]
        fn what_is_even_stays_even(value: u8, from in (1_usize..300, 1_usize..9), to in (1_usize..40, 1_usize..20)) {
            let scaled = averaged(&vec![value; from.0 * from.1], from, to);
            prop_assert_eq!(scaled, vec![value; to.0 * to.1]);
        }

        #[test]
        fn every_weight_counts_once(from in 1_usize..3_000, to in 1_usize..900) {
            let spans = Spans::new(from, to);
            for (&first, weights) in spans.all() {
                prop_assert_eq!(weights.iter().sum::<u16>(), 256);
                let last = weights.iter().rposition(|weight| *weight > 0).unwrap_or(0);
                prop_assert!(first + last < from);
            }
        }
    }
}
