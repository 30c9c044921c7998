//! TIFF files as images of a PDF: fax, JPEG and deflated strips as they are, all else as samples without loss.

use std::{borrow::Cow, collections::HashMap};

use tiff::{
    ColorType,
    decoder::{Decoder, DecodingResult},
    tags::Tag,
};

use super::{
    picture::{Colors, Picture, Sheet},
    still,
    value::{Dict, Value},
};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    pages::{self, Disguised, Truth},
};

/// More strips than this cost more than they save: each is an object of its own.
const MAX_STRIPS: usize = 32;

/// An open TIFF file.
pub(super) struct Tiff<'a> {
    file: &'a [u8],
    decoder: Decoder<Disguised<&'a [u8]>>,
    truths: HashMap<u64, Truth>,
    pages: Vec<usize>,
}

fn sound<T>(decoded: tiff::TiffResult<T>) -> Result<T> {
    decoded.fold(ErrorKind::UnsupportedDocument, || "the TIFF is damaged or of an unknown kind")
}

impl<'a> Tiff<'a> {
    /// Opens a file and finds its pages.
    pub(super) fn open(file: &'a [u8]) -> Result<Self> {
        let disguised = Disguised::new(file);
        let truths = disguised.truths();
        let mut decoder = sound(Decoder::new(disguised))?;
        let pages = pages::tiff_pages(&mut decoder);
        Ok(Self { file, decoder, truths, pages })
    }

    /// The page with this index.
    pub(super) fn sheet(&mut self, index: usize) -> Result<Sheet<'a>> {
        let directory =
            *self.pages.get(index).ok_or_else(|| Error::new(ErrorKind::NotFound, "no such page in the TIFF"))?;
        sound(self.decoder.seek_to_image(directory))?;
        let orientation = self.unsigned(Tag::Orientation).unwrap_or(1) as u32;
        let truth = self.decoder.ifd_pointer().and_then(|pointer| self.truths.get(&pointer.0).copied());
        if truth.is_none()
            && let Some(strips) = self.strips()
        {
            return Ok(Sheet { strips, orientation, why: None });
        }
        let picture = self.samples(truth)?;
        let why = "its kind of TIFF cannot stand in a PDF: the pixels were written without loss";
        Ok(Sheet { strips: vec![picture], orientation, why: Some(why) })
    }

    fn unsigned(&mut self, tag: Tag) -> Option<u64> {
        self.decoder.find_tag_unsigned(tag).ok().flatten()
    }

    /// The strips' own bytes, where a PDF reads them.
    fn strips(&mut self) -> Option<Vec<Picture<'a>>> {
        let (width, height) = self.decoder.dimensions().ok()?;
        let compression = self.unsigned(Tag::Compression).unwrap_or(1);
        let offsets: Vec<usize> = self.decoder.find_tag_unsigned_vec(Tag::StripOffsets).ok()??;
        let lengths: Vec<usize> = self.decoder.find_tag_unsigned_vec(Tag::StripByteCounts).ok()??;
        let rows = self.unsigned(Tag::RowsPerStrip).unwrap_or(height.into()).min(height.into()).max(1) as u32;
        if offsets.len() != lengths.len()
            || offsets.len() != height.div_ceil(rows) as usize
            || offsets.len() > MAX_STRIPS
        {
            return None;
        }
        let mut strips = Vec::with_capacity(offsets.len());
        for (i, (offset, length)) in offsets.into_iter().zip(lengths).enumerate() {
            let data = self.file.get(offset..offset.checked_add(length)?)?;
            let tall = rows.min(height - i as u32 * rows);
            strips.push(match compression {
                3 | 4 => self.fax(data, width, tall, compression == 4)?,
                7 => self.jpeg(data, tall)?,
                8 | 32946 => self.deflated(data, width, tall)?,
                _ => return None,
            });
        }
        Some(strips)
    }

    /// ITU-T T.4 and T.6 (TIFF 6.0, sections 10 and 11; ISO 32000-1, 7.4.6).
    fn fax(&mut self, data: &'a [u8], width: u32, height: u32, group4: bool) -> Option<Picture<'a>> {
        let two_dimensional = self.unsigned(Tag::Unknown(292)).unwrap_or(0) & 1 == 1;
        let k = if group4 { -1.0 } else { f64::from(u8::from(two_dimensional)) };
        let parameters = Dict::of([
            ("K", Value::Number(k)),
            ("Columns", Value::Number(width.into())),
            ("Rows", Value::Number(height.into())),
            ("EndOfBlock", Value::Bool(false)),
            // Black runs are black pixels, unless the file says that they are white ones.
            ("BlackIs1", Value::Bool(self.unsigned(Tag::PhotometricInterpretation) == Some(1))),
        ]);
        let coding = Dict::of([("Filter", Value::name("CCITTFaxDecode")), ("DecodeParms", Value::Dict(parameters))]);
        let data = match self.unsigned(Tag::FillOrder) {
            Some(2) => Cow::Owned(data.iter().map(|byte| byte.reverse_bits()).collect()),
            _ => Cow::Borrowed(data),
        };
        Some(Picture { width, height, bits: 1, colors: Colors::Gray, coding, inverted: false, data, alpha: None })
    }

    /// A JPEG in a TIFF (Technical Note 2) may keep its tables apart: they are put before its scan again.
    fn jpeg(&mut self, data: &'a [u8], height: u32) -> Option<Picture<'a>> {
        let planes = self.unsigned(Tag::PlanarConfiguration) == Some(2);
        let mut file = Cow::Borrowed(data);
        if let Ok(tables) = self.decoder.get_tag_u8_vec(Tag::JPEGTables) {
            let tables = tables.strip_prefix(&[0xFF, 0xD8])?;
            let tables = tables.strip_suffix(&[0xFF, 0xD9]).unwrap_or(tables);
            file = Cow::Owned([&[0xFF, 0xD8], tables, data.strip_prefix(&[0xFF, 0xD8])?].concat());
        }
        let mut picture = still::jpeg(file, None)?;
        // Inks are not stored the other way round here.
        if picture.height != height || planes || matches!(picture.colors, Colors::Inks) {
            return None;
        }
        if self.unsigned(Tag::PhotometricInterpretation) == Some(2) {
            // Red, green and blue as they are, not as luma and chroma.
            let parameters = Dict::of([("ColorTransform", Value::Number(0.0))]);
            picture.coding.set("DecodeParms", Value::Dict(parameters));
        }
        Some(picture)
    }

    fn deflated(&mut self, data: &'a [u8], width: u32, height: u32) -> Option<Picture<'a>> {
        let bits: Vec<u8> = self.decoder.find_tag_unsigned_vec(Tag::BitsPerSample).ok()?.unwrap_or_else(|| vec![1]);
        let photometric = self.unsigned(Tag::PhotometricInterpretation)?;
        let predictor = self.unsigned(Tag::Predictor).unwrap_or(1);
        let planes = self.unsigned(Tag::PlanarConfiguration) == Some(2);
        let swapped = self.unsigned(Tag::FillOrder) == Some(2);
        let (colors, inverted) = match (photometric, bits.as_slice()) {
            (0 | 1, [1 | 2 | 4 | 8]) => (Colors::Gray, photometric == 0),
            (2, [8, 8, 8]) => (Colors::Rgb, false),
            _ => return None,
        };
        if planes || swapped || !matches!(predictor, 1 | 2) {
            return None;
        }
        let mut coding = Dict::of([("Filter", Value::name("FlateDecode"))]);
        if predictor == 2 {
            let parameters = Dict::of([
                ("Predictor", Value::Number(2.0)),
                ("Colors", Value::Number(bits.len() as f64)),
                ("BitsPerComponent", Value::Number(bits[0].into())),
                ("Columns", Value::Number(width.into())),
            ]);
            coding.set("DecodeParms", Value::Dict(parameters));
        }
        let data = Cow::Borrowed(data);
        Some(Picture { width, height, bits: bits[0], colors, coding, inverted, data, alpha: None })
    }

    /// Decodes the image, strip by strip or tile by tile; what is damaged stays white.
    fn samples(&mut self, truth: Option<Truth>) -> Result<Picture<'static>> {
        let (width, height) = sound(self.decoder.dimensions())?;
        let color = sound(self.decoder.colortype())?;
        let (bits, count) = (usize::from(color.bit_depth()), usize::from(color.num_samples()));
        let planes = self.unsigned(Tag::PlanarConfiguration) == Some(2) && count > 1;
        let (chunk_width, chunk_height) = self.decoder.chunk_dimensions();
        let (across, down) = (width.div_ceil(chunk_width.max(1)), height.div_ceil(chunk_height.max(1)));
        let row = (width as usize * bits * count).div_ceil(8);
        let mut page = vec![0xFF_u8; row * height as usize];
        let is_reversed = pages::stores_low_bits_first(&mut self.decoder);
        let (depth, apart) = (bits.div_ceil(8), if planes { count } else { 1 });
        if planes && bits < 8 {
            return Err(Error::new(ErrorKind::UnsupportedDocument, "the TIFF's planes are not read"));
        }
        for chunk in 0..across * down * apart as u32 {
            let (plane, place) = ((chunk / (across * down)) as usize, chunk % (across * down));
            let (left, top) = (place % across * chunk_width, place / across * chunk_height);
            let (part_width, _) = self.decoder.chunk_data_dimensions(chunk);
            let Ok(data) = self.decoder.read_chunk(chunk) else { continue };
            let mut data = bytes(data)?;
            if is_reversed {
                data.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
            }
            let part_row = (part_width as usize * bits * if planes { 1 } else { count }).div_ceil(8).max(1);
            for (y, line) in data.chunks_exact(part_row).enumerate() {
                let start = (top as usize + y) * row;
                if planes {
                    for (x, sample) in line.chunks_exact(depth).enumerate() {
                        let at = start + ((left as usize + x) * count + plane) * depth;
                        if let Some(into) = page.get_mut(at..at + depth) {
                            into.copy_from_slice(sample);
                        }
                    }
                } else {
                    let at = start + left as usize * bits * count / 8;
                    if let Some(into) = page.get_mut(at..at + line.len()) {
                        into.copy_from_slice(line);
                    }
                }
            }
        }
        match truth {
            Some(truth) => self.disguised(width, height, (truth, color), page),
            None => Self::picture(width, height, color, page),
        }
    }

    /// Samples that the decoder gives under another name.
    fn disguised(
        &mut self,
        width: u32,
        height: u32,
        kind: (Truth, ColorType),
        mut samples: Vec<u8>,
    ) -> Result<Picture<'static>> {
        let picture = |bits, colors, samples: &[u8]| Ok(Picture::lossless(width, height, bits, colors, samples));
        match kind {
            (Truth::Palette, ColorType::Gray(bits @ 1..=8)) => {
                let mut map = pages::of_map(&sound(self.decoder.get_tag_u16_vec(Tag::ColorMap))?);
                // As many as the numbers can name: what the map lacks is paper.
                map.resize(1 << bits, [255; 3]);
                picture(bits, Colors::Palette(map.concat(), None), &samples)
            }
            (Truth::IccLab, ColorType::RGB(8)) => picture(8, Colors::Lab, &samples),
            (Truth::Lab, ColorType::RGB(bits @ (8 | 16))) => {
                // A sign is the highest bit of the highest byte; a PDF counts from the least value on.
                let depth = usize::from(bits / 8);
                let signs =
                    samples.chunks_exact_mut(3 * depth).flat_map(|pixel| pixel.iter_mut().skip(depth).step_by(depth));
                signs.for_each(|byte| *byte ^= 0x80);
                picture(bits, Colors::Lab, &samples)
            }
            _ => Err(unread_colors()),
        }
    }

    fn picture(width: u32, height: u32, color: ColorType, samples: Vec<u8>) -> Result<Picture<'static>> {
        let depth = usize::from(color.bit_depth()).div_ceil(8);
        let bits = if depth == 2 { 16 } else { color.bit_depth() };
        let every = |count: usize, take: std::ops::Range<usize>| -> Vec<u8> {
            let pixels = samples.chunks_exact(count * depth);
            pixels.flat_map(|pixel| &pixel[take.start * depth..take.end * depth]).copied().collect()
        };
        let covered = |count: usize, at: usize| {
            // The first byte of each sample is its most significant one.
            let alpha: Vec<u8> = every(count, at..at + 1).chunks_exact(depth).map(|sample| sample[0]).collect();
            Picture::mask(width, height, &alpha)
        };
        let gray = |samples: &[u8]| Picture::lossless(width, height, bits, Colors::Gray, samples);
        let rgb = |samples: &[u8]| Picture::lossless(width, height, bits, Colors::Rgb, samples);
        Ok(match color {
            ColorType::Gray(_) => gray(&samples),
            ColorType::GrayA(_) | ColorType::Multiband { num_samples: 2, .. } => {
                Picture { alpha: covered(2, 1), ..gray(&every(2, 0..1)) }
            }
            ColorType::RGB(_) => rgb(&samples),
            ColorType::RGBA(_) => Picture { alpha: covered(4, 3), ..rgb(&every(4, 0..3)) },
            ColorType::CMYK(8) => rgb(&samples.chunks_exact(4).flat_map(pages::from_inks).collect::<Vec<u8>>()),
            ColorType::YCbCr(8) => rgb(&samples.chunks_exact(3).flat_map(pages::from_ycbcr).collect::<Vec<u8>>()),
            _ => return Err(unread_colors()),
        })
    }
}

fn unread_colors() -> Error {
    Error::new(ErrorKind::UnsupportedDocument, "the TIFF's kind of color is not read")
}

/// Samples as bytes, the most significant one first.
fn bytes(samples: DecodingResult) -> Result<Vec<u8>> {
    Ok(match samples {
        DecodingResult::U8(samples) => samples,
        DecodingResult::U16(samples) => samples.into_iter().flat_map(u16::to_be_bytes).collect(),
        _ => return Err(Error::new(ErrorKind::UnsupportedDocument, "the TIFF's kind of samples is not read")),
    })
}
