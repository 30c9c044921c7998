//! JPEG, PNG and WebP files as images of a PDF: the file's own bytes where PDF reads them, else the pixels without loss.

use std::{borrow::Cow, io::Cursor};

use image::{DynamicImage, ImageDecoder as _, ImageFormat, ImageReader, metadata::Orientation};

use super::{
    group4,
    picture::{Colors, Picture, Sheet, png_coding, sound_profile},
    value::{Dict, Value},
};
use crate::{ErrorKind, Result, error::Fold as _, model::MediaType};

/// What an image's own bytes are worth: only where they take more room than this are others written.
const WORTH: usize = 4096;
/// Larger images stay as they are: they would have to be held whole.
const MOST_PIXELS: u64 = 450_000_000;
const AS_FAX: &str = "its black and white pixels take less room as fax: they were written without loss";

/// A PNG of one bit a pixel as fax, where that is so much smaller that the copy would else be large beside the original.
fn smaller(picture: &Picture<'_>, file: &[u8]) -> Option<(Dict, Vec<u8>)> {
    if picture.bits != 1 || u64::from(picture.width) * u64::from(picture.height) > MOST_PIXELS {
        return None;
    }
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(file), png::Limits { bytes: 64 << 20 });
    decoder.set_transformations(png::Transformations::IDENTITY);
    let mut reader = decoder.read_info().ok()?;
    let mut rows = vec![0; reader.output_buffer_size()?];
    reader.next_frame(&mut rows).ok()?;
    let fax = group4::coded(picture.width, picture.height, &rows)?;
    (fax.1.len() + WORTH < picture.data.len()).then_some(fax)
}

/// The page that an image file makes.
pub(super) fn sheet(file: &[u8], media: MediaType) -> Result<Sheet<'_>> {
    let format = match media {
        MediaType::Jpeg => ImageFormat::Jpeg,
        MediaType::Png => ImageFormat::Png,
        _ => ImageFormat::WebP,
    };
    let mut decoder = ImageReader::with_format(Cursor::new(file), format)
        .into_decoder()
        .fold(ErrorKind::UnsupportedDocument, || "the image is damaged or of an unknown kind")?;
    let orientation = u32::from(decoder.orientation().unwrap_or(Orientation::NoTransforms).to_exif());
    let profile = decoder.icc_profile().ok().flatten();
    let kept = match media {
        MediaType::Jpeg => jpeg(file, profile.as_deref()),
        MediaType::Png => png(file, profile.as_deref()),
        _ => None,
    };
    if let Some(picture) = kept {
        let (picture, why) = match smaller(&picture, file) {
            Some((coding, data)) => (Picture { coding, data: data.into(), ..picture }, Some(AS_FAX)),
            None => (picture, None),
        };
        return Ok(Sheet { strips: vec![picture], orientation, why });
    }
    let image = DynamicImage::from_decoder(decoder)
        .fold(ErrorKind::UnsupportedDocument, || "the image is damaged: it cannot be decoded")?;
    let why = match media {
        MediaType::Jpeg => "its kind of JPEG is not allowed in an archival copy: the pixels were written without loss",
        MediaType::Png => "its kind of PNG cannot stand in a PDF: the pixels were written without loss",
        _ => "a PDF has no WebP: the pixels were written without loss",
    };
    Ok(Sheet { strips: vec![pixels(image, profile)], orientation, why: Some(why) })
}

/// A JPEG's own bytes (ITU-T T.81): baseline or progressive, coded after Huffman, gray or color.
pub(super) fn jpeg<'a>(file: impl Into<Cow<'a, [u8]>>, profile: Option<&[u8]>) -> Option<Picture<'a>> {
    let data = file.into();
    let frame = jpeg_frame(&data)?;
    let colors = match frame.components {
        1 => Colors::Gray,
        3 => Colors::Rgb,
        // The profile of a press shows them otherwise than they were read.
        4 if profile.is_none() => Colors::Inks,
        _ => return None,
    };
    let colors = sound_profile(profile.map(<[u8]>::to_vec), frame.components).unwrap_or(colors);
    let coding = Dict::of([("Filter", Value::name("DCTDecode"))]);
    let (width, height) = (frame.width, frame.height);
    // Programs write the paper that shows between the dots, not the ink (Adobe Technical Note 5116).
    let inverted = matches!(colors, Colors::Inks);
    Some(Picture { width, height, bits: 8, colors, coding, inverted, data, alpha: None })
}

struct JpegFrame {
    width: u32,
    height: u32,
    components: u8,
}

fn jpeg_frame(file: &[u8]) -> Option<JpegFrame> {
    let mut at = 2;
    if !file.starts_with(&[0xFF, 0xD8]) {
        return None;
    }
    loop {
        while *file.get(at)? == 0xFF && *file.get(at + 1)? == 0xFF {
            at += 1;
        }
        let (lead, marker) = (*file.get(at)?, *file.get(at + 1)?);
        if lead != 0xFF {
            return None;
        }
        match marker {
            // Sizes of images stand in the first frame header: SOF0 to SOF2 are what a PDF reads.
            0xC0..=0xC2 => {
                let [bits, h1, h0, w1, w0, components] = *file.get(at + 4..at + 10)?.first_chunk()?;
                let (width, height) = (u16::from_be_bytes([w1, w0]), u16::from_be_bytes([h1, h0]));
                let is_sound = bits == 8 && width > 0 && height > 0;
                return is_sound.then_some(JpegFrame { width: width.into(), height: height.into(), components });
            }
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD9 | 0xDA => return None,
            0x01 | 0xD0..=0xD8 => at += 2,
            _ => at += 2 + usize::from(u16::from_be_bytes([*file.get(at + 2)?, *file.get(at + 3)?])),
        }
    }
}

/// The image data of a PNG without interlacing and transparency: a PDF reads the same rows.
fn png<'a>(file: &'a [u8], profile: Option<&[u8]>) -> Option<Picture<'a>> {
    let mut chunks = Chunks(file.strip_prefix(b"\x89PNG\r\n\x1a\n")?);
    let (kind, header) = chunks.next()?;
    if kind != b"IHDR" {
        return None;
    }
    let [w3, w2, w1, w0, h3, h2, h1, h0, bits, color, _, _, interlace] = *header.first_chunk()?;
    let (width, height) = (u32::from_be_bytes([w3, w2, w1, w0]), u32::from_be_bytes([h3, h2, h1, h0]));
    let (mut palette, mut data) = (None, Vec::new());
    for (kind, bytes) in chunks {
        match kind {
            b"PLTE" => palette = Some(bytes.to_vec()),
            b"tRNS" => return None,
            b"IDAT" => data.extend(bytes),
            _ => {}
        }
    }
    let (plain, count) = match color {
        0 => (Colors::Gray, 1),
        2 => (Colors::Rgb, 3),
        3 => (Colors::Palette(palette?, None), 1),
        _ => return None,
    };
    let colors = match &plain {
        Colors::Palette(..) => plain,
        _ => sound_profile(profile.map(<[u8]>::to_vec), count).unwrap_or(plain),
    };
    let coding = png_coding(width, bits, count);
    let data = Cow::Owned(data);
    (interlace == 0).then_some(Picture { width, height, bits, colors, coding, inverted: false, data, alpha: None })
}

/// The chunks of a PNG: kind and content (PNG, 5.3).
struct Chunks<'a>(&'a [u8]);

impl<'a> Iterator for Chunks<'a> {
    type Item = (&'a [u8], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let length = u32::from_be_bytes(*self.0.first_chunk()?) as usize;
        let kind = self.0.get(4..8)?;
        let content = self.0.get(8..8_usize.checked_add(length)?)?;
        self.0 = self.0.get(12 + length..).unwrap_or(&[]);
        Some((kind, content))
    }
}

/// Decoded pixels without loss; transparency becomes a soft mask.
fn pixels(image: DynamicImage, profile: Option<Vec<u8>>) -> Picture<'static> {
    let (width, height) = (image.width(), image.height());
    let color = image.color();
    let deep = color.bytes_per_pixel() / color.channel_count() > 1;
    let is_gray = !color.has_color();
    let alpha = color.has_alpha().then(|| {
        let rgba = image.to_rgba8();
        let alpha: Vec<u8> = rgba.pixels().map(|pixel| pixel.0[3]).collect();
        Picture::mask(width, height, &alpha)
    });
    let wide = |samples: Vec<u16>| samples.into_iter().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
    let (bits, samples) = match (deep, is_gray) {
        (true, true) => (16, wide(image.into_luma16().into_raw())),
        (true, false) => (16, wide(image.into_rgb16().into_raw())),
        (false, true) => (8, image.into_luma8().into_raw()),
        (false, false) => (8, image.into_rgb8().into_raw()),
    };
    let (plain, count) = if is_gray { (Colors::Gray, 1) } else { (Colors::Rgb, 3) };
    let colors = sound_profile(profile, count).unwrap_or(plain);
    Picture { alpha: alpha.flatten(), ..Picture::lossless(width, height, bits, colors, &samples) }
}
