//! Samples without loss, in as few bytes as a PDF lets them have: without colors that are not there, with a list of colors
//! where they are few, and with the prediction that serves the image best (PNG 9.2).

use std::collections::HashMap;

use flate2::Compression;

use super::{
    group4,
    picture::{Colors, Picture, png_coding},
    value::{Dict, Value},
    write::deflate_to,
};

/// Images of more bytes are not packed as tightly as can be: it takes seconds.
const TIGHT_BYTES: usize = 8 << 20;
/// The predictions are tried on so many bytes, in bands of so many rows from all over the image.
const TRIED_BYTES: usize = 512 << 10;
const BAND: usize = 16;

/// How a row is told from its neighbors: the number that PNG gives it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Prediction {
    None = 0,
    Up = 2,
    Paeth = 4,
}

impl Picture<'_> {
    /// Samples without loss.
    pub(super) fn lossless(width: u32, height: u32, bits: u8, colors: Colors, samples: &[u8]) -> Picture<'static> {
        let gray = (bits == 8 && matches!(colors, Colors::Rgb)).then(|| gray(samples)).flatten();
        let (colors, samples) = match &gray {
            Some(gray) => (Colors::Gray, gray.as_slice()),
            None => (colors, samples),
        };
        match listed(width, bits, &colors, samples) {
            Some((bits, colors, numbers)) => packed(width, height, bits, colors, &numbers),
            None => packed(width, height, bits, colors, samples),
        }
    }

    /// How much of each pixel covers the paper; `None` where each covers it all.
    pub(super) fn mask(width: u32, height: u32, alpha: &[u8]) -> Option<Box<Picture<'static>>> {
        let is_opaque = alpha.iter().all(|sample| *sample == 255);
        (!is_opaque).then(|| Box::new(packed(width, height, 8, Colors::Gray, alpha)))
    }
}

/// Brightness alone, where no pixel has a color.
fn gray(samples: &[u8]) -> Option<Vec<u8>> {
    let (pixels, _) = samples.as_chunks::<3>();
    pixels.iter().map(|[red, green, blue]| (red == green && green == blue).then_some(*red)).collect()
}

/// The colors that there are, and of each pixel which it has, where they are few. Numbers of fewer bits than eight are
/// packed into bytes, each row by itself.
fn listed(width: u32, bits: u8, colors: &Colors, samples: &[u8]) -> Option<(u8, Colors, Vec<u8>)> {
    let (count, profile) = match colors {
        _ if bits != 8 || width == 0 => return None,
        Colors::Gray => (1, None),
        Colors::Rgb => (3, None),
        Colors::Profile(3, profile) => (3, Some(profile.clone())),
        _ => return None,
    };
    // More shades of gray than this take as many bits as their numbers do.
    let most = if count == 1 { 16 } else { 256 };
    let (mut known, mut list) = (HashMap::new(), Vec::new());
    let (mut numbers, mut last) = (Vec::with_capacity(samples.len() / count), None);
    for pixel in samples.chunks_exact(count) {
        // Most pixels are as the one before them.
        let number = match last {
            Some((before, number)) if before == pixel => number,
            _ => *known.entry(pixel).or_insert_with(|| {
                list.push(pixel);
                list.len() - 1
            }),
        };
        if list.len() > most {
            return None;
        }
        last = Some((pixel, number));
        numbers.push(number as u8);
    }
    let bits = match list.len() {
        0..=2 => 1,
        3..=4 => 2,
        5..=16 => 4,
        _ => 8,
    };
    let list = list.iter().flat_map(|color| (0..3).map(|part| color[part % count])).collect();
    let in_byte = 8 / usize::from(bits);
    let numbers = numbers.chunks(width as usize).flat_map(|row| {
        row.chunks(in_byte).map(|some| {
            some.iter().enumerate().fold(0, |byte, (at, number)| byte | number << (8 - usize::from(bits) * (at + 1)))
        })
    });
    Some((bits, Colors::Palette(list, profile), numbers.collect()))
}

fn packed(width: u32, height: u32, bits: u8, colors: Colors, samples: &[u8]) -> Picture<'static> {
    let count = colors.count();
    let bits_a_pixel = usize::from(bits) * usize::from(count);
    let row = (width as usize * bits_a_pixel).div_ceil(8).max(1);
    let prediction = best(samples, row, bits_a_pixel);
    let level = if samples.len() <= TIGHT_BYTES { Compression::best() } else { Compression::default() };
    let (coding, data) = match prediction {
        Prediction::None => (Dict::of([("Filter", Value::name("FlateDecode"))]), deflate_to(samples, level)),
        _ => {
            let rows = predicted(samples, row, bits_a_pixel / 8, prediction, 0..samples.len().div_ceil(row));
            (png_coding(width, bits, count), deflate_to(&rows, level))
        }
    };
    let fax = (bits_a_pixel == 1).then(|| group4::coded(width, height, samples)).flatten();
    let (coding, data) = fax.filter(|(_, fax)| fax.len() < data.len()).unwrap_or((coding, data));
    Picture { width, height, bits, colors, coding, inverted: false, data: data.into(), alpha: None }
}

/// The prediction that makes a part of the image smallest. Bits are packed better as they are.
fn best(samples: &[u8], row: usize, bits_a_pixel: usize) -> Prediction {
    if bits_a_pixel < 8 {
        return Prediction::None;
    }
    let rows = samples.len().div_ceil(row);
    let step = samples.len().div_ceil(TRIED_BYTES).max(1) * BAND;
    let size = |prediction: &Prediction| {
        let bands = (0..rows).step_by(step).map(|top| top..(top + BAND).min(rows));
        let tried = bands.flat_map(|band| predicted(samples, row, bits_a_pixel / 8, *prediction, band));
        deflate_to(&tried.collect::<Vec<u8>>(), Compression::default()).len()
    };
    [Prediction::None, Prediction::Up, Prediction::Paeth].into_iter().min_by_key(size).unwrap_or(Prediction::None)
}

/// Some of the rows, each after the number of its prediction.
fn predicted(
    samples: &[u8],
    row: usize,
    pixel: usize,
    prediction: Prediction,
    rows: std::ops::Range<usize>,
) -> Vec<u8> {
    let line = |at: usize| &samples[at * row..((at + 1) * row).min(samples.len())];
    let mut out = Vec::with_capacity(rows.len() * (row + 1));
    for at in rows {
        let (here, above) = (line(at), if at > 0 { line(at - 1) } else { &[] });
        let up = |x: usize| above.get(x).copied().unwrap_or(0);
        out.push(prediction as u8);
        match prediction {
            Prediction::None => out.extend(here),
            Prediction::Up => out.extend(here.iter().enumerate().map(|(x, sample)| sample.wrapping_sub(up(x)))),
            Prediction::Paeth => out.extend(here.iter().enumerate().map(|(x, sample)| {
                let before = |of: &dyn Fn(usize) -> u8| x.checked_sub(pixel).map_or(0, of);
                sample.wrapping_sub(paeth(before(&|x| here[x]), up(x), before(&up)))
            })),
        }
    }
    out
}

/// Of left, above and above left, the one that is nearest to where they lead (PNG 9.4).
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let [a, b, c] = [left, above, corner].map(i16::from);
    let to = |of: i16| (a + b - c - of).abs();
    if to(a) <= to(b) && to(a) <= to(c) {
        left
    } else if to(b) <= to(c) {
        above
    } else {
        corner
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    fn unpacked(picture: &Picture<'_>) -> Vec<u8> {
        let mut bytes = Vec::new();
        flate2::read::ZlibDecoder::new(&*picture.data).read_to_end(&mut bytes).unwrap();
        bytes
    }

    /// What a PNG decoder makes of the data: it knows the same predictions.
    fn decoded(picture: &Picture<'_>) -> Vec<u8> {
        if picture.coding.get("DecodeParms").is_none() {
            return unpacked(picture);
        }
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, picture.width, picture.height);
        encoder.set_color(if picture.colors.count() == 3 { png::ColorType::Rgb } else { png::ColorType::Grayscale });
        let mut writer = encoder.write_header().unwrap();
        writer.write_chunk(png::chunk::IDAT, &picture.data).unwrap();
        writer.finish().unwrap();
        let mut reader = png::Decoder::new(std::io::Cursor::new(file)).read_info().unwrap();
        let mut samples = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut samples).unwrap();
        samples
    }

    #[test]
    fn whatever_the_prediction_the_samples_come_back() {
        let noise = |i: u32| crate::model::Blake3::of(&i.to_le_bytes()).0[0];
        let slope = |i: u32| ((i % 90).pow(2) / 32 + i / 90 * 5) as u8;
        for (sample, serves) in [(&noise as &dyn Fn(u32) -> u8, false), (&slope, true)] {
            let samples: Vec<u8> = (0..90 * 40).map(sample).collect();
            for (width, colors) in [(90, Colors::Gray), (30, Colors::Rgb)] {
                let picture = packed(width, 40, 8, colors, &samples);
                assert_eq!(picture.coding.get("DecodeParms").is_some(), serves);
                assert_eq!(decoded(&picture), samples);
            }
        }
    }

    #[test]
    fn colors_that_are_not_there_and_lists_of_few_take_no_room() {
        let grays: Vec<u8> = (0..300 * 20_u32).map(|i| (i % 251) as u8).collect();
        let as_rgb: Vec<u8> = grays.iter().flat_map(|gray| [*gray; 3]).collect();
        let picture = Picture::lossless(300, 20, 8, Colors::Rgb, &as_rgb);
        assert!(matches!(picture.colors, Colors::Gray) && decoded(&picture) == grays);

        let three: Vec<u8> = (0..5 * 2).flat_map(|i| [[9, 8, 7], [1, 2, 3], [4, 4, 4]][i % 3]).collect();
        let picture = Picture::lossless(5, 2, 8, Colors::Rgb, &three);
        let Colors::Palette(list, None) = &picture.colors else { panic!("{:?}", picture.colors) };
        assert_eq!((picture.bits, list.as_slice()), (2, &[9, 8, 7, 1, 2, 3, 4, 4, 4][..]));
        // 0 1 2 0 | 1, then 2 0 1 2 | 0: two bits each, the rows apart.
        assert_eq!(unpacked(&picture), [0b00_01_10_00, 0b01_00_00_00, 0b10_00_01_10, 0b00_00_00_00]);
        assert!(Picture::mask(5, 2, &[255; 10]).is_none() && Picture::mask(1, 1, &[254]).is_some());
    }
}
