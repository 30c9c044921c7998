//! Tells whether an image's bytes go to their end: decoders paint what is missing of a cut one grey or white, and say nothing.

use hayro::hayro_syntax::{Filter, object::Stream};

use super::{Page, damaged};
use crate::{
    Result,
    model::{PageNo, Problem},
};

/// Whether an image's data have no end, as far as that can be told without decoding them.
pub(super) fn is_cut(image: &Stream<'_>) -> bool {
    match image.filters().as_slice() {
        [Filter::DctDecode] => is_cut_jpeg(&image.raw_data()),
        [Filter::JpxDecode] => is_cut_jpx(&image.raw_data()),
        _ => false,
    }
}

/// A JPEG whose scans have no end (ITU-T T.81, B.1.1.3: EOI). One without scans is cut too.
pub(crate) fn is_cut_jpeg(bytes: &[u8]) -> bool {
    let mut at = 2;
    // Segments have lengths, and may hold pictures with ends of their own; within scans a marker is never data.
    loop {
        let Some(&[first, marker]) = bytes.get(at..at + 2) else { return true };
        match (first, marker) {
            (0xff, 0xda) => break,
            (0xff, 0xff) => at += 1,
            (0xff, 0x01 | 0xd0..=0xd8) => at += 2,
            (0xff, _) => match bytes.get(at + 2..at + 4) {
                Some(&[high, low]) => at += 2 + usize::from(u16::from_be_bytes([high, low])).max(2),
                _ => return true,
            },
            // No decoder agrees with another on what stands between segments.
            _ => return false,
        }
    }
    // It stands at the end of most.
    !bytes[at..].windows(2).rev().any(|pair| pair == [0xff, 0xd9])
}

/// A JPEG 2000 codestream without its end (ISO/IEC 15444-1, A.4.4: EOC). Boxes may follow it.
fn is_cut_jpx(bytes: &[u8]) -> bool {
    !bytes.windows(2).rev().any(|pair| pair == [0xff, 0xd9])
}

/// A page of which part of an image is missing: read as far as it goes, with a note; unreadable where nothing is left.
pub(super) fn with_part_missing(page: Page, number: PageNo) -> Result<Page> {
    match page {
        Page::Image(mut image) => {
            image.problems.push(Problem {
                kind: "image_incomplete".to_owned(),
                message: format!("an image on page {number} is cut off or damaged: what is missing could not be read"),
                page: Some(number),
            });
            Ok(Page::Image(image))
        }
        Page::Digital(_) => Err(damaged("the image on it is cut off or damaged")),
    }
}

#[cfg(test)]
mod tests {
    use image::{DynamicImage, ImageFormat, RgbImage};

    use super::*;

    #[test]
    fn an_image_without_its_end_is_cut() {
        let mut jpeg = Vec::new();
        let image = DynamicImage::ImageRgb8(RgbImage::from_fn(64, 64, |x, y| image::Rgb([x as u8, y as u8, 7])));
        image.write_to(&mut std::io::Cursor::new(&mut jpeg), ImageFormat::Jpeg).unwrap();
        assert!(!is_cut_jpeg(&jpeg));
        assert!(!is_cut_jpeg(&[&*jpeg, b"\0\0after"].concat()));
        for length in [0, 2, 3, 20, 300, jpeg.len() / 2, jpeg.len() - 2] {
            assert!(is_cut_jpeg(&jpeg[..length.min(jpeg.len())]), "{length}");
        }
        // A picture within a segment has an end of its own.
        let thumbnail = [&[0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0, 0][..], &jpeg[2..jpeg.len() - 2]].concat();
        assert!(is_cut_jpeg(&thumbnail));
        assert!(is_cut_jpx(b"\xff\x4f\xff\x51") && !is_cut_jpx(b"\xff\x4f\xff\x51\xff\xd9"));
    }
}
