//! Pixels of one bit as fax has them (ITU-T T.6, Group 4): without loss, and mostly in less room than deflated. What was
//! coded is decoded again before it is given.

use fax::{Color, VecWriter, encoder::Encoder};
use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};

use super::value::{Dict, Value};

/// Runs are counted by the coder in so many bits, with a sign.
const WIDEST: u32 = 32_000;

/// The coding and the data of rows that each begin on a byte; a set bit is white.
pub(super) fn coded(width: u32, height: u32, rows: &[u8]) -> Option<(Dict, Vec<u8>)> {
    let row_bytes = width.div_ceil(8) as usize;
    if width == 0 || width > WIDEST || rows.len() != row_bytes * height as usize {
        return None;
    }
    let across = u16::try_from(width).ok()?;
    let mut encoder = Encoder::new(VecWriter::new());
    for row in rows.chunks_exact(row_bytes) {
        let is_white = |x: u16| row[usize::from(x) / 8] & 0x80 >> (x % 8) != 0;
        let pixels = (0..across).map(|x| if is_white(x) { Color::White } else { Color::Black });
        encoder.encode_line(pixels, across).ok()?;
    }
    let data = encoder.finish().ok()?.finish();
    if !gives(&data, width, height, rows) {
        return None;
    }
    let parameters = Dict::of([
        ("K", Value::Number(-1.0)),
        ("Columns", Value::Number(width.into())),
        ("Rows", Value::Number(height.into())),
    ]);
    let coding = Dict::of([("Filter", Value::name("CCITTFaxDecode")), ("DecodeParms", Value::Dict(parameters))]);
    Some((coding, data))
}

/// Do the data come out as these rows?
fn gives(data: &[u8], width: u32, height: u32, rows: &[u8]) -> bool {
    let settings = DecodeSettings {
        columns: width,
        rows: height,
        end_of_block: true,
        end_of_line: false,
        rows_are_byte_aligned: false,
        encoding: EncodingMode::Group4,
        strict: false,
    };
    let mut found = Found { left: rows, width, is_same: true };
    hayro_ccitt::decode(data, &mut found, &mut DecoderContext::new(settings)).is_ok()
        && found.is_same
        && found.left.is_empty()
}

/// The rows that are still to come.
struct Found<'a> {
    left: &'a [u8],
    width: u32,
    is_same: bool,
}

impl hayro_ccitt::Decoder for Found<'_> {
    fn push_row(&mut self, changes: &[u32]) {
        let Some((row, left)) = self.left.split_at_checked(self.width.div_ceil(8) as usize) else {
            self.is_same = false;
            return;
        };
        self.left = left;
        let mut changes = changes.iter().copied().peekable();
        let mut is_white = true;
        for x in 0..self.width {
            while changes.next_if(|change| *change <= x).is_some() {
                is_white = !is_white;
            }
            self.is_same &= is_white == (row[x as usize / 8] & 0x80 >> (x % 8) != 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn strokes_take_less_room_than_as_they_are() {
        let is_ink = |x: usize, y: usize| y % 40 < 22 && (x * 7 + y / 3) % 31 < 6;
        let row =
            |y: usize| (0..150).map(move |byte| (0..8).fold(0, |b, bit| b << 1 | u8::from(!is_ink(byte * 8 + bit, y))));
        let rows: Vec<u8> = (0..800).flat_map(row).collect();
        let (_, data) = coded(1200, 800, &rows).unwrap();
        assert!(data.len() < rows.len() / 2, "{}", data.len());
    }

    #[test]
    fn what_cannot_be_coded_is_left() {
        assert!(coded(0, 1, &[]).is_none() && coded(8, 2, &[0]).is_none());
        assert!(coded(40_000, 1, &[0; 5_000]).is_none());
    }

    proptest! {
        #[test]
        fn every_pixel_comes_back(width in 1_u32..200, seed in proptest::collection::vec(any::<u8>(), 1..40)) {
            let bytes = width.div_ceil(8) as usize;
            let height = seed.len() as u32;
            let rows: Vec<u8> =
                seed.iter().flat_map(|seed| (0..bytes).map(move |x| seed.rotate_left(x as u32 % 5) | seed >> (x % 7))).collect();
            // Bits behind the last column are nobody's.
            prop_assert!(coded(width, height, &rows).is_some());
        }
    }
}
