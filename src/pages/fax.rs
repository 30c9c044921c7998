//! TIFF: many pages, black and white (fax), grey or color. Decodes strip by strip, so that color takes no memory.

use std::{
    cell::RefCell,
    collections::HashMap,
    io::{Read, Seek},
    path::Path,
};

use memmap2::Mmap;
use tiff::{
    ColorType, TiffError,
    decoder::{Decoder, DecodingResult, Limits, ifd::Value},
    tags::Tag,
};

use super::{
    MAX_STRIPPED, Page, ccitt, damaged,
    disguise::{Disguised, Truth},
    divisor, further, is_damaged, map,
    pdf::refused_image,
    raster::{luma_of, over},
    seen::{Canvas, Seen, color_divisor},
    sheet::{self, Scanned},
    tints,
};
use crate::{Error, ErrorKind, Result, model::PageNo};

/// A file with more pages than this is taken for a loop.
const MOST_PAGES: usize = 50_000;

/// A TIFF file.
pub(super) struct Sheets {
    decoder: RefCell<Decoder<Disguised<Mmap>>>,
    truths: HashMap<u64, Truth>,
    file: Mmap,
    /// The directories that are pages (others are previews).
    pages: Vec<usize>,
    /// More are named than were found.
    lacks_pages: bool,
}

fn sound<T>(decoded: tiff::TiffResult<T>) -> Result<T> {
    decoded.map_err(fault)
}

/// Names the fault of a TIFF that the decoder gave up on.
fn fault(error: TiffError) -> Error {
    if let TiffError::UnsupportedError(_) = error {
        return unsupported(
            "its colors, its depth or its compression is of a kind that is not read: hand it in as PDF",
        );
    }
    is_damaged(Error::new(ErrorKind::UnsupportedDocument, "the TIFF is damaged or of an unknown kind").source(error))
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
        let disguised = Disguised::new(map(path)?);
        let truths = disguised.truths();
        let mut decoder = sound(Decoder::new(disguised))?.with_limits(limits);
        let (pages, lacks_pages) = directories(&mut decoder);
        Ok(Self { decoder: RefCell::new(decoder), truths, file: map(path)?, pages, lacks_pages })
    }

    pub(super) fn page_count(&self) -> usize {
        self.pages.len()
    }

    pub(super) fn page(&self, number: PageNo) -> Result<Page> {
        let mut page = sheet::page(number, self.scanned(number, true)?.map(Seen::read));
        if self.lacks_pages && number.index() == 0 {
            page.problems().push(further::pages_missing(1));
        }
        Ok(page)
    }

    /// A page's image as stored, as people see it.
    pub(super) fn seen(&self, number: PageNo) -> Result<Scanned<Seen>> {
        self.scanned(number, false)
    }

    /// A page's image as stored; in grey where it is read.
    fn scanned(&self, number: PageNo, is_read: bool) -> Result<Scanned<Seen>> {
        let index = *self.pages.get(number.index()).ok_or_else(|| Error::new(ErrorKind::NotFound, "no such page"))?;
        let decoder = &mut *self.decoder.borrow_mut();
        sound(decoder.seek_to_image(index))?;
        let size = sound(decoder.dimensions())?;
        let divisor = if is_read { divisor(size.0, size.1) } else { color_divisor(size.0, size.1) };
        let truth = decoder.ifd_pointer().and_then(|pointer| self.truths.get(&pointer.0).copied());
        let pixels = decode(decoder, truth, &self.file, divisor, is_read)?;
        let said = density(decoder);
        let orientation = decoder.find_tag_unsigned(Tag::Orientation).ok().flatten().unwrap_or(1);
        Ok(Scanned::of(pixels, size, divisor, said, sheet::pose_of(orientation)))
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
fn density(decoder: &mut Decoder<Disguised<Mmap>>) -> Option<(f64, f64)> {
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

/// So many rows of a strip are turned into pixels at once.
const BAND: u32 = 64;

fn decode(
    decoder: &mut Decoder<Disguised<Mmap>>,
    truth: Option<Truth>,
    file: &[u8],
    divisor: u32,
    is_read: bool,
) -> Result<Seen> {
    let (width, height) = sound(decoder.dimensions())?;
    if u64::from(width) * u64::from(height) > MAX_STRIPPED {
        return Err(refused_image(width, height));
    }
    let strips = ccitt::Strips::of(decoder, file)?;
    let color = if strips.is_some() { ColorType::Gray(1) } else { sound(decoder.colortype())? };
    let palette = match truth {
        Some(Truth::Palette) => tints::of_map(&sound(decoder.get_tag_u16_vec(Tag::ColorMap))?),
        _ => Vec::new(),
    };
    let (bits, samples) = (color.bit_depth(), usize::from(color.num_samples()));
    let tone = Tone::of(color, truth, &palette)?;
    let planar = decoder.find_tag_unsigned::<u16>(Tag::PlanarConfiguration).ok().flatten() == Some(2);
    let planes = if planar { samples } else { 1 };
    if bits < 8 && samples > 1 {
        return Err(unsupported("the image's kind of samples is not read"));
    }
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    let (across, down) = (width.div_ceil(chunk_width.max(1)), height.div_ceil(chunk_height.max(1)));
    let is_reversed = stores_low_bits_first(decoder);
    let colors = if is_read || tone.is_gray() { 1 } else { 3 };
    let mut page = Canvas::new(width, height, divisor, colors);
    let mut decoded = 0;
    let mut unread = None;
    for chunk in 0..across * down {
        let (part_width, part_height) = decoder.chunk_data_dimensions(chunk);
        // A damaged strip stays white; the others are read.
        let mut part = |chunk: u32| match &strips {
            Some(strips) => strips.decoded(chunk, part_width, part_height).map(DecodingResult::U8),
            None => decoder.read_chunk(chunk).map_err(|error| unread = Some(error)).ok(),
        };
        let parts: Option<Vec<_>> = (0..planes as u32).map(|plane| part(chunk + plane * across * down)).collect();
        let Some(parts) = parts else { continue };
        let mut parts = parts.into_iter().map(bytes).collect::<Result<Vec<_>>>()?;
        if is_reversed {
            parts.iter_mut().flatten().for_each(|byte| *byte = byte.reverse_bits());
        }
        let data = match parts.as_slice() {
            [one] => one,
            several => {
                let pixels = several.iter().map(Vec::len).min().unwrap_or(0);
                &(0..pixels).flat_map(|at| several.iter().map(move |plane| plane[at])).collect()
            }
        };
        let (left, top) = (chunk % across * chunk_width, chunk / across * chunk_height);
        let row_bytes = (part_width as usize * usize::from(bits.min(8)) * samples).div_ceil(8).max(1);
        for (band, data) in (0..).zip(data.chunks(row_bytes * BAND as usize)) {
            let rows = BAND.min(part_height.saturating_sub(band * BAND));
            let data = match bits {
                1..8 => &unpacked(data, bits, part_width, rows).collect::<Vec<u8>>(),
                _ => data,
            };
            let seen = if colors == 1 { tone.gray(data) } else { tone.rgb(data) };
            page.add(seen, left, top + band * BAND, part_width);
        }
        decoded += 1;
    }
    if decoded == 0 {
        let error = unread.map_or_else(|| damaged("the image is damaged: it cannot be decoded"), fault);
        return Err(error);
    }
    Ok(page.finish())
}

/// Samples of eight bits at the most, fewer packed as they are.
fn bytes(data: DecodingResult) -> Result<Vec<u8>> {
    Ok(match data {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().map(|v| (v >> 8) as u8).collect(),
        DecodingResult::U32(samples) => samples.into_iter().map(|v| (v >> 24) as u8).collect(),
        DecodingResult::F32(samples) => samples.into_iter().map(|v| (v.clamp(0.0, 1.0) * 255.0) as u8).collect(),
        _ => return Err(unsupported("the image's kind of samples is not read")),
    })
}

/// How the samples of a pixel, a byte each, are seen.
enum Tone<'p> {
    /// Brightness, of which this is white.
    Gray(u8),
    /// Brightness, and how much it covers the paper.
    GrayOver,
    /// The number of a color.
    Palette(&'p [[u8; 3]]),
    /// So many samples, and what they make.
    Colors(usize, fn(&[u8]) -> [u8; 3]),
}

impl<'p> Tone<'p> {
    fn of(color: ColorType, truth: Option<Truth>, palette: &'p [[u8; 3]]) -> Result<Self> {
        let signed = |p: &[u8]| tints::from_lab(&[p[0], p[1] ^ 0x80, p[2] ^ 0x80]);
        Ok(match (truth, color) {
            (Some(Truth::Palette), ColorType::Gray(1..=8)) => Self::Palette(palette),
            (Some(Truth::Lab), ColorType::RGB(8 | 16)) => Self::Colors(3, signed),
            (Some(Truth::IccLab), ColorType::RGB(8 | 16)) => Self::Colors(3, tints::from_lab),
            (None, ColorType::Gray(bits @ 1..8)) => Self::Gray(((1_u16 << bits) - 1) as u8),
            (None, ColorType::Gray(_)) => Self::Gray(255),
            // Grey with an extra sample, which is alpha in what scanners and programs write.
            (None, ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. }) => Self::GrayOver,
            (None, ColorType::RGB(_)) => Self::Colors(3, |p| [p[0], p[1], p[2]]),
            (None, ColorType::RGBA(_)) => Self::Colors(4, |p| [p[0], p[1], p[2]].map(|v| over(v, p[3], 255))),
            (None, ColorType::YCbCr(_)) => Self::Colors(3, tints::from_ycbcr),
            (None, ColorType::CMYK(_)) => Self::Colors(4, tints::from_inks),
            _ => return Err(unsupported("the image's kind of color is not read")),
        })
    }

    fn is_gray(&self) -> bool {
        matches!(self, Self::Gray(_) | Self::GrayOver)
    }

    /// Brightness of each pixel.
    fn gray(&self, samples: &[u8]) -> Vec<u8> {
        let luma = |[red, green, blue]: [u8; 3]| luma_of(red, green, blue);
        match self {
            Self::Gray(255) => samples.to_vec(),
            Self::Gray(white) => samples.iter().map(|v| (u16::from(*v) * 255 / u16::from(*white)) as u8).collect(),
            Self::GrayOver => samples.chunks_exact(2).map(|p| over(p[0], p[1], 255)).collect(),
            Self::Palette(colors) => {
                let shades: Vec<u8> = colors.iter().copied().map(luma).collect();
                samples.iter().map(|number| shades.get(usize::from(*number)).copied().unwrap_or(255)).collect()
            }
            Self::Colors(count, seen) => samples.chunks_exact(*count).map(seen).map(luma).collect(),
        }
    }

    /// Red, green and blue of each pixel.
    fn rgb(&self, samples: &[u8]) -> Vec<u8> {
        match self {
            Self::Gray(_) | Self::GrayOver => self.gray(samples).into_iter().flat_map(|luma| [luma; 3]).collect(),
            Self::Palette(colors) => {
                let color = |number: &u8| colors.get(usize::from(*number)).copied().unwrap_or([255; 3]);
                samples.iter().flat_map(color).collect()
            }
            Self::Colors(count, seen) => samples.chunks_exact(*count).flat_map(seen).collect(),
        }
    }
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
