//! The last resort for a page that cannot be made to conform: an image of what it shows, with its words invisibly over
//! it, born digital or read.

use std::borrow::Cow;

use image::{ExtendedColorType, ImageEncoder as _, codecs::jpeg::JpegEncoder};

use super::{
    envelope::Envelope,
    picture::{self, Colors, Picture, Sheet},
    still,
};
use crate::{
    ErrorKind, Result,
    error::Fold as _,
    model::{PageReading, TextSource, Word},
    pages::{Proof, Samples, Source},
};

/// Resolution of the image, in dots per inch: what print is read at with ease; and the highest, where print is small.
const DPI: f32 = 200.0;
const FINEST: f32 = 600.0;
/// The smallest print that is read with ease at the former, in points.
const SMALL: f32 = 6.0;
/// The most pixels of an image; larger pages are drawn coarser.
const MAX_PIXELS: f32 = 24e6;
/// The most pixels along a side.
const MAX_SIDE: f32 = 16_000.0;
/// Quality of the JPEG, where it is one.
const QUALITY: u8 = 90;

/// Writes a page of the original as an image.
pub(super) fn page(envelope: &mut Envelope<'_>, source: &Source, reading: &PageReading) -> Result<()> {
    let (width, height) = (reading.width_pt.max(1.0), reading.height_pt.max(1.0));
    let most = (MAX_PIXELS / (width * height)).sqrt().min(MAX_SIDE / width.max(height));
    let scale = (resolution(reading) / 72.0).min(most);
    let pixels = |points: f32| ((points * scale).round() as u32).max(1);
    let (width, height) = (pixels(width), pixels(height));
    let proof = source.proof(reading.page, (width, height))?;
    let sheet = Sheet { strips: vec![picture_of(&proof, width, height)?], orientation: 1, why: None };
    picture::page(envelope, &sheet, reading)
}

/// The smaller the print, the finer the image. What OCR read of a page was drawn no finer than it is.
fn resolution(reading: &PageReading) -> f32 {
    if reading.source != TextSource::Digital {
        return DPI;
    }
    let is_print = |word: &&Word| reading.word_text(word).chars().filter(|c| c.is_alphanumeric()).nth(1).is_some();
    let printed = reading.words.iter().filter(is_print).filter(|word| word.size > 0);
    let heights = printed.map(|word| f32::from(word.size) / 4.0);
    let smallest = heights.fold(SMALL, f32::min);
    (DPI * SMALL / smallest).clamp(DPI, FINEST)
}

/// The smaller of the image without loss and as a JPEG; gray and black-and-white images are written as such.
fn picture_of(proof: &Proof, width: u32, height: u32) -> Result<Picture<'static>> {
    let (is_gray, samples): (bool, Cow<'_, [u8]>) = match &proof.samples {
        Samples::Gray(luma) | Samples::Colorless(luma) => (true, luma.into()),
        Samples::Scanned(pixels) | Samples::Color(pixels) => {
            let pixels = pixels.as_chunks::<4>().0;
            let is_gray = pixels.iter().all(|[red, green, blue, _]| red == green && green == blue);
            let shown = if is_gray { 1 } else { 3 };
            (is_gray, pixels.iter().flat_map(|pixel| &pixel[..shown]).copied().collect())
        }
    };
    if is_gray && samples.iter().all(|sample| matches!(sample, 0 | 255)) {
        let rows = samples.chunks(width as usize);
        let bits = rows.flat_map(|row| {
            row.chunks(8).map(|eight| eight.iter().enumerate().fold(0, |byte, (i, sample)| byte | (sample & 0x80) >> i))
        });
        return Ok(Picture::lossless(width, height, 1, Colors::Gray, &bits.collect::<Vec<u8>>()));
    }
    let (colors, kind) =
        if is_gray { (Colors::Gray, ExtendedColorType::L8) } else { (Colors::Rgb, ExtendedColorType::Rgb8) };
    let lossless = Picture::lossless(width, height, 8, colors, &samples);
    let mut file = Vec::new();
    JpegEncoder::new_with_quality(&mut file, QUALITY)
        .write_image(&samples, width, height, kind)
        .fold(ErrorKind::Internal, || "cannot write a page's image")?;
    let packed = still::jpeg(file, None).filter(|packed| packed.data.len() < lossless.data.len());
    Ok(packed.unwrap_or(lossless))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{PageBox, PageNo, PageState};

    #[test]
    fn small_print_is_drawn_finer() {
        let check = |text: &str, points: f32, source: TextSource, want: f32| {
            let mut reading = PageReading::wordless(PageNo::from_index(0), PageState::Read, 500.0, 800.0);
            reading.source = source;
            reading.text = text.to_owned();
            let (bounds, size) = (PageBox::new(0.1, 0.1, 0.5, 0.2), (points * 4.0) as u8);
            reading.words = vec![Word {
                start: 0,
                end: text.len() as u32,
                bounds,
                confidence: 100,
                line: 0,
                block: 0,
                bold: false,
                size,
            }];
            assert!((resolution(&reading) - want).abs() < 1.0, "{text} {points}: {}", resolution(&reading));
        };
        check("boete", 12.0, TextSource::Digital, 200.0);
        check("boete", 3.0, TextSource::Digital, 400.0);
        check("boete", 0.5, TextSource::Digital, 600.0);
        check("--", 0.5, TextSource::Digital, 200.0);
        check("boete", 3.0, TextSource::Ocr, 200.0);
    }
}
