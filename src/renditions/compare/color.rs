//! Tells colors that are gone or came in, or are others: a stamp that turned grey is as dark as it was. Looks at squares so
//! small that the stroke of a pen weighs in one, and so large that half a pixel does not.

use crate::pages::Samples;

/// The side of a square in pixels.
const SIDE: usize = 8;

/// The largest difference of a square's color, 0 to 1, of those that are most of the color: profiles and inks that two
/// decoders take otherwise change a color, but take none away.
pub(super) fn altered(before: &Samples, after: &Samples, width: usize) -> f64 {
    let sides = [before, after].map(|samples| match samples {
        Samples::Scanned(pixels) | Samples::Color(pixels) => Some(pixels.as_slice()),
        Samples::Gray(_) | Samples::Colorless(_) => None,
    });
    let (Some(rows), true) = (sides.iter().flatten().map(|pixels| pixels.len() / 4 / width.max(1)).min(), width > 0)
    else {
        return 0.0;
    };
    let mut most = 0;
    for top in (0..rows).step_by(SIDE) {
        let tall = SIDE.min(rows - top);
        let bands = sides.map(|pixels| pixels.map(|pixels| &pixels[top * width * 4..(top + tall) * width * 4]));
        if bands[0] == bands[1] {
            continue;
        }
        let [before, after] = bands.map(|band| tones(band, width));
        for (square, (before, after)) in before.iter().zip(&after).enumerate() {
            let pixels = (tall * SIDE.min(width - square * SIDE)) as i32;
            let apart = (0..2).map(|i| (before[i] - after[i]).abs()).max().unwrap_or(0) / pixels;
            let strength = before.iter().chain(after).map(|tone| tone.abs()).max().unwrap_or(0) / pixels;
            if apart * 2 > strength {
                most = apart.max(most);
            }
        }
    }
    f64::from(most) / 255.0
}

/// Of each square of a band of rows, by how much red and blue are above green, all pixels together.
fn tones(band: Option<&[u8]>, width: usize) -> Vec<[i32; 2]> {
    let mut squares = vec![[0; 2]; width.div_ceil(SIDE)];
    for row in band.unwrap_or_default().chunks_exact(width * 4) {
        for (square, pixels) in squares.iter_mut().zip(row.as_chunks::<4>().0.chunks(SIDE)) {
            for [red, green, blue, _] in pixels {
                square[0] += i32::from(*red) - i32::from(*green);
                square[1] += i32::from(*blue) - i32::from(*green);
            }
        }
    }
    squares
}
