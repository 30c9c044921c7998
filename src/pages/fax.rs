//! TIFF: many pages, black and white (fax), grey or color. Decodes strip by strip, so that color takes no memory.

use std::{
    cell::RefCell,
    io::{Cursor, Read, Seek},
    path::Path,
};

use memmap2::Mmap;
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits, ifd::Value},
    tags::Tag,
};

use super::{
    MAX_STRIPPED, Page, ccitt, damaged, divisor, further, is_damaged, map,
    pdf::refused_image,
    raster::{Raster, Shrinker, luma_of, over},
    sheet::{self, Scanned},
};
use crate::{Error, ErrorKind, Result, error::Fold, model::PageNo};

/// A file with more pages than this is taken for a loop.
const MOST_PAGES: usize = 50_000;

/// A TIFF file.
pub(super) struct Sheets {
    decoder: RefCell<Decoder<Cursor<Mmap>>>,
    file: Mmap,
    /// The directories that are pages (others are previews).
    pages: Vec<usize>,
    /// More are named than were found.
    lacks_pages: bool,
}

/// Names the fault of a TIFF that the decoder gave up on.
fn sound<T>(decoded: tiff::TiffResult<T>) -> Result<T> {
    if let Err(TiffError::UnsupportedError(_)) = decoded {
        return Err(unsupported("its colors, its depth or its compression is of a kind that is not read"));
    }
    decoded.fold(ErrorKind::UnsupportedDocument, || "the TIFF is damaged or of an unknown kind").map_err(is_damaged)
}

pub(super) fn unsupported(message: &'static str) -> Error {
    Error::new(ErrorKind::UnsupportedDocument, message)
        .because("unsupported_image", "dit soort TIFF kan niet worden gelezen: lever het aan als PDF")
}

impl Sheets {
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = 256 << 20;
        limits.intermediate_buffer_size = 256 << 20;
        let mut decoder = sound(Decoder::new(Cursor::new(map(path)?)))?.with_limits(limits);
        let (pages, lacks_pages) = directories(&mut decoder);
        Ok(Self { decoder: RefCell::new(decoder), file: map(path)?, pages, lacks_pages })
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn page(&self, number: PageNo) -> Result<Page> {
        let mut page = sheet::page(number, self.scanned(number)?);
        if self.lacks_pages && number.index() == 0 {
            page.problems().push(further::pages_missing(1));
        }
        Ok(page)
    }

    /// A page's image as stored.
    pub(super) fn scanned(&self, number: PageNo) -> Result<Scanned> {
        let index = *self.pages.get(number.index()).ok_or_else(|| Error::new(ErrorKind::NotFound, "no such page"))?;
        let decoder = &mut *self.decoder.borrow_mut();
        sound(decoder.seek_to_image(index))?;
        let size = sound(decoder.dimensions())?;
        let divisor = divisor(size.0, size.1);
        let raster = decode(decoder, &self.file, divisor)?;
        let said = density(decoder);
        let orientation = decoder.find_tag_unsigned(Tag::Orientation).ok().flatten().unwrap_or(1);
        Ok(Scanned::of(raster, size, divisor, said, sheet::pose_of(orientation)))
    }
}

/// The directories that are pages.
pub(crate) fn page_directories<R: Read + Seek>(decoder: &mut Decoder<R>) -> Vec<usize> {
    directories(decoder).0
}

/// The directories that are pages, and whether more are named than can be found.
fn directories<R: Read + Seek>(decoder: &mut Decoder<R>) -> (Vec<usize>, bool) {
    let mut pages = Vec::new();
    let mut largest = 0;
    for index in 0..MOST_PAGES {
        // NewSubfileType (TIFF 6.0, section 8): bit 0 marks a smaller copy of another image. What is no smaller than all
        // pages before it is a page, whatever it is called.
        let pixels = decoder.dimensions().map_or(0, |(width, height)| u64::from(width) * u64::from(height));
        let kind = decoder.find_tag_unsigned::<u32>(Tag::NewSubfileType).ok().flatten().unwrap_or(0);
        if kind & 1 == 0 || index == 0 || pixels >= largest {
            largest = largest.max(pixels);
            pages.push(index);
        }
        // What follows a broken directory cannot be found; the pages before it can be read.
        if !decoder.more_images() {
            return (pages, false);
        }
        if decoder.next_image().is_err() {
            break;
        }
    }
    (pages, true)
}

/// Dots per inch as the file says.
fn density(decoder: &mut Decoder<Cursor<Mmap>>) -> Option<(f64, f64)> {
    let inches = match decoder.find_tag_unsigned::<u16>(Tag::ResolutionUnit).ok()?.unwrap_or(2) {
        2 => 1.0,
        3 => 2.54,
        _ => return None,
    };
    let mut ratio = |tag| match decoder.find_tag(tag).ok()?? {
        Value::Rational(over, under) if under > 0 => Some(f64::from(over) / f64::from(under)),
        value => value.into_f64().ok(),
    };
    let (across, down) = (ratio(Tag::XResolution)?, ratio(Tag::YResolution)?);
    Some((across * inches, down * inches))
}

/// Do the bytes of an image that is not compressed have their first pixel in their lowest bit (TIFF 6.0, FillOrder)?
pub(crate) fn stores_low_bits_first<R: Read + Seek>(decoder: &mut Decoder<R>) -> bool {
    let mut number = |tag| decoder.find_tag_unsigned::<u32>(tag).ok().flatten().unwrap_or(1);
    number(Tag::FillOrder) == 2 && number(Tag::Compression) == 1 && number(Tag::BitsPerSample) < 8
}

/// So many rows of a strip are turned into grey at once where the image is scaled down.
const BAND: u32 = 64;

fn decode(decoder: &mut Decoder<Cursor<Mmap>>, file: &[u8], divisor: u32) -> Result<Raster> {
    let (width, height) = sound(decoder.dimensions())?;
    if u64::from(width) * u64::from(height) > MAX_STRIPPED {
        return Err(refused_image(width, height));
    }
    let strips = ccitt::Strips::of(decoder, file)?;
    let color = if strips.is_some() { ColorType::Gray(1) } else { sound(decoder.colortype())? };
    let palette = match color {
        ColorType::Palette(_) => sound(decoder.get_tag_u16_vec(Tag::ColorMap))?,
        _ => Vec::new(),
    };
    // Stored plane by plane, the second of red, green and blue stands for brightness; a lone plane is itself.
    let planes = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten() == Some(2);
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    let (across, down) = (width.div_ceil(chunk_width.max(1)), height.div_ceil(chunk_height.max(1)));
    let plane = if planes && color.num_samples() >= 3 { 1 } else { 0 };
    let is_reversed = stores_low_bits_first(decoder);
    let mut page = if divisor > 1 {
        Canvas::Small(Shrinker::new(width, height, divisor))
    } else {
        Canvas::Whole(Raster::white(width, height))
    };
    let mut decoded = 0;
    for row in 0..down {
        for column in 0..across {
            let chunk = row * across + column + plane * across * down;
            let (part_width, part_height) = decoder.chunk_data_dimensions(chunk);
            // A damaged strip stays white; the others are read.
            let data = match &strips {
                Some(strips) => strips.decoded(chunk, part_width, part_height).map(DecodingResult::U8),
                None => decoder.read_chunk(chunk).ok(),
            };
            let Some(mut data) = data else { continue };
            if let (true, DecodingResult::U8(bytes)) = (is_reversed, &mut data) {
                bytes.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
            }
            let color = if planes { ColorType::Gray(color.bit_depth()) } else { color };
            let (left, top) = (column * chunk_width, row * chunk_height);
            match &mut page {
                Canvas::Whole(page) => {
                    let luma = grey(data, color, &palette, part_width, part_height)?;
                    page.paste(&Raster::new(part_width, part_height, luma), left.into(), top.into(), false);
                }
                Canvas::Small(page) => {
                    let DecodingResult::U8(samples) = data else {
                        return Err(refused_image(width, height));
                    };
                    let bits = part_width as usize * usize::from(color.bit_depth()) * usize::from(color.num_samples());
                    let band_bytes = bits.div_ceil(8).max(1) * BAND as usize;
                    for (band, samples) in (0..).zip(samples.chunks(band_bytes)) {
                        let rows = BAND.min(part_height.saturating_sub(band * BAND));
                        let luma = grey(DecodingResult::U8(samples.to_vec()), color, &palette, part_width, rows)?;
                        page.add(&luma, left, top + band * BAND, part_width);
                    }
                }
            }
            decoded += 1;
        }
    }
    if decoded == 0 {
        return Err(damaged("the image is damaged: it cannot be decoded"));
    }
    Ok(match page {
        Canvas::Whole(page) => page,
        Canvas::Small(page) => page.finish(),
    })
}

/// What the strips are put on.
enum Canvas {
    Whole(Raster),
    Small(Shrinker),
}

/// Brightness of decoded samples.
fn grey(data: DecodingResult, color: ColorType, palette: &[u16], width: u32, height: u32) -> Result<Vec<u8>> {
    let samples: Vec<u8> = match data {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|v| (v >> 8) as u8).collect(),
        DecodingResult::U32(samples) => samples.into_iter().map(|v| (v >> 24) as u8).collect(),
        DecodingResult::F32(samples) => samples.into_iter().map(|v| (v.clamp(0.0, 1.0) * 255.0) as u8).collect(),
        _ => return Err(unsupported("the image's kind of samples is not read")),
    };
    let lookup = |index: u8| {
        let third = palette.len() / 3;
        let part = |plane: usize| palette.get(plane * third + usize::from(index)).map_or(255, |v| (v >> 8) as u8);
        luma_of(part(0), part(1), part(2))
    };
    let pixels = |size: usize, of: &dyn Fn(&[u8]) -> u8| samples.chunks_exact(size).map(of).collect();
    Ok(match color {
        ColorType::Gray(bits @ 1..8) => {
            let most = (1_u16 << bits) - 1;
            unpacked(&samples, bits, width, height).map(|v| (u16::from(v) * 255 / most) as u8).collect()
        }
        ColorType::Palette(bits @ 1..8) => unpacked(&samples, bits, width, height).map(lookup).collect(),
        ColorType::Palette(_) => samples.iter().copied().map(lookup).collect(),
        ColorType::Gray(_) => samples,
        // Grey with an extra sample, which is alpha in what scanners and programs write.
        ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. } => pixels(2, &|p| over(p[0], p[1], 255)),
        ColorType::RGB(_) => pixels(3, &|p| luma_of(p[0], p[1], p[2])),
        ColorType::RGBA(_) => pixels(4, &|p| over(luma_of(p[0], p[1], p[2]), p[3], 255)),
        // Luma leads.
        ColorType::YCbCr(_) | ColorType::Lab(_) => pixels(3, &|p| p[0]),
        ColorType::CMYK(_) => pixels(4, &|p| {
            let ink = |v: u8| over(0, p[3], 255 - v);
            luma_of(ink(p[0]), ink(p[1]), ink(p[2]))
        }),
        _ => return Err(unsupported("the image's kind of color is not read")),
    })
}

/// Samples of fewer than eight bits; each row starts on a byte.
fn unpacked(bytes: &[u8], bits: u8, width: u32, height: u32) -> impl Iterator<Item = u8> {
    let (bits, width) = (usize::from(bits), width as usize);
    let row_bytes = (width * bits).div_ceil(8);
    (0..height as usize).flat_map(move |row| {
        (0..width).map(move |x| {
            let at = x * bits;
            let pair = |byte: usize| u16::from(bytes.get(row * row_bytes + byte).copied().unwrap_or(255));
            let both = pair(at / 8) << 8 | pair(at / 8 + 1);
            (both >> (16 - bits - at % 8)) as u8 & ((1_u16 << bits) - 1) as u8
        })
    })
}
