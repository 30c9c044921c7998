//! Fax strips of a TIFF that the TIFF decoder does not read: Group 3, and bits that are stored from the other end.

use std::io::{Read, Seek};

use hayro_ccitt::{DecodeSettings, DecoderContext, EncodingMode};
use tiff::{decoder::Decoder, tags::Tag};

use super::fax::unsupported;
use crate::Result;

/// The strips of a page, and how they are coded.
pub(super) struct Strips<'a> {
    file: &'a [u8],
    places: Vec<(usize, usize)>,
    encoding: EncodingMode,
    /// Each row starts on a byte, and no code ends one (TIFF 6.0, section 10).
    bare_rows: bool,
    /// The lowest bit of a byte comes first (TIFF 6.0, FillOrder).
    reversed: bool,
    /// What is coded as white is black.
    inverted: bool,
}

impl<'a> Strips<'a> {
    /// The strips of the present page, where it is the TIFF decoder's business no more.
    pub(super) fn of<R: Read + Seek>(decoder: &mut Decoder<R>, file: &'a [u8]) -> Result<Option<Self>> {
        let mut number = |tag| decoder.find_tag_unsigned::<u32>(tag).ok().flatten();
        let (compression, reversed) = (number(Tag::Compression).unwrap_or(1), number(Tag::FillOrder) == Some(2));
        let two_dimensional = number(Tag::Unknown(292)).unwrap_or(0) & 1 == 1;
        let inverted = number(Tag::PhotometricInterpretation) == Some(1);
        let encoding = match compression {
            2 => EncodingMode::Group3_1D,
            3 if two_dimensional => EncodingMode::Group3_2D,
            3 => EncodingMode::Group3_1D,
            4 if reversed => EncodingMode::Group4,
            // Bytes that are not coded are turned once they are read.
            1 => return Ok(None),
            _ if reversed && number(Tag::BitsPerSample).unwrap_or(1) < 8 => {
                return Err(unsupported("the image's bits are stored in an order that is not read"));
            }
            _ => return Ok(None),
        };
        let mut list = |tag| decoder.find_tag_unsigned_vec::<usize>(tag).ok().flatten().unwrap_or_default();
        let places = list(Tag::StripOffsets).into_iter().zip(list(Tag::StripByteCounts)).collect();
        Ok(Some(Self { file, places, encoding, bare_rows: compression == 2, reversed, inverted }))
    }

    /// The pixels of a strip, eight a byte, each row from a new byte; a set bit is white. What cannot be read stays so.
    pub(super) fn decoded(&self, strip: u32, width: u32, height: u32) -> Option<Vec<u8>> {
        let (offset, length) = *self.places.get(strip as usize)?;
        let data = self.file.get(offset..offset.checked_add(length)?)?;
        let turned: Vec<u8>;
        let data = if self.reversed {
            turned = data.iter().map(|byte| byte.reverse_bits()).collect();
            &turned
        } else {
            data
        };
        let mut context = DecoderContext::new(DecodeSettings {
            columns: width,
            rows: height,
            end_of_block: self.encoding == EncodingMode::Group4,
            end_of_line: self.encoding != EncodingMode::Group4 && !self.bare_rows,
            rows_are_byte_aligned: self.bare_rows,
            encoding: self.encoding,
            strict: false,
        });
        let mut rows = Rows { packed: Vec::new(), width, most: height };
        // Rows before a fault are read.
        let _ = hayro_ccitt::decode(data, &mut rows, &mut context);
        let mut packed = rows.packed;
        if packed.is_empty() {
            return None;
        }
        if self.inverted {
            packed.iter_mut().for_each(|byte| *byte = !*byte);
        }
        packed.resize(width.div_ceil(8) as usize * height as usize, 0xff);
        Some(packed)
    }
}

struct Rows {
    packed: Vec<u8>,
    width: u32,
    most: u32,
}

impl hayro_ccitt::Decoder for Rows {
    fn push_row(&mut self, changes: &[u32]) {
        let row_bytes = self.width.div_ceil(8) as usize;
        let start = self.packed.len();
        if start >= row_bytes * self.most as usize {
            return;
        }
        self.packed.resize(start + row_bytes, 0xff);
        for run in changes.chunks(2) {
            let end = run.get(1).copied().unwrap_or(self.width);
            for x in run[0]..end.min(self.width) {
                self.packed[start + x as usize / 8] &= !(0x80 >> (x % 8));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fax_rows_are_read_in_every_coding_that_tiff_has() {
        // Three white pixels, two black ones, three white ones: 1000 11 1000 (ITU-T T.4, table 2).
        let check = |file: &[u8], encoding, bare_rows, reversed, inverted, want: u8| {
            let strips = Strips { file, places: vec![(0, file.len())], encoding, bare_rows, reversed, inverted };
            assert_eq!(strips.decoded(0, 8, 1), Some(vec![want]));
        };
        check(&[0x8e, 0x00], EncodingMode::Group3_1D, true, false, false, 0b1110_0111);
        check(&[0x8e, 0x00], EncodingMode::Group3_1D, true, false, true, 0b0001_1000);
        check(&[0x71, 0x00], EncodingMode::Group3_1D, true, true, false, 0b1110_0111);
        // The same after an end of line: 0000 0000 0001; in two dimensions a 1 says that the row is coded in one.
        check(&[0x00, 0x18, 0xe0], EncodingMode::Group3_1D, false, false, false, 0b1110_0111);
        check(&[0x00, 0x1c, 0x70], EncodingMode::Group3_2D, false, false, false, 0b1110_0111);
        // Group 4, horizontal mode: 001, both runs, and the rest of the row vertical.
        check(&[0b0011_0001, 0b1100_0000], EncodingMode::Group4, false, false, false, 0b1110_0111);
    }

    #[test]
    fn a_strip_that_is_not_there_is_none() {
        let encoding = EncodingMode::Group4;
        let strips =
            |places| Strips { file: &[1], places, encoding, bare_rows: false, reversed: false, inverted: false };
        assert_eq!(strips(vec![(0, 2)]).decoded(0, 8, 1), None);
        assert_eq!(strips(vec![(usize::MAX, 2)]).decoded(0, 8, 1), None);
        assert_eq!(strips(Vec::new()).decoded(0, 8, 1), None);
    }
}
