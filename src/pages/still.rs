//! JPEG, PNG and WebP: one image, one page.

use std::{fs::File, io::BufReader, io::Read, path::Path, path::PathBuf};

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, metadata::Orientation};

use super::{
    MAX_DECODED, MAX_STRIPPED, Page, divisor, further, is_damaged, map,
    pdf::refused_image,
    raster::{Raster, luma_of, over},
    seen::{Canvas, Seen, color_divisor},
    sheet::{self, Scanned},
    whole,
};
use crate::{ErrorKind, Result, error::Fold, model::PageNo};

/// The most bytes that one decoded image may take: what a worker may have that is given room for a large page.
const MAX_BYTES: u64 = 800 << 20;

/// An image file.
pub(super) struct Still {
    path: PathBuf,
    format: ImageFormat,
}

impl Still {
    pub(super) fn open(path: &Path, format: ImageFormat) -> Result<Self> {
        let still = Self { path: path.to_owned(), format };
        let decoder = still.decoder()?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        let by_rows = still.is_read_by_rows(width, height);
        if by_rows && pixels > MAX_STRIPPED || !by_rows && (pixels > MAX_DECODED || decoder.total_bytes() > MAX_BYTES) {
            return Err(refused_image(width, height));
        }
        Ok(still)
    }

    /// Whether it is scaled down while its rows come in: a large PNG, unless its rows are interlaced.
    fn is_read_by_rows(&self, width: u32, height: u32) -> bool {
        let large = self.format == ImageFormat::Png && divisor(width, height) > 1;
        large && self.rows().is_ok_and(|rows| !rows.info().interlaced)
    }

    fn rows(&self) -> Result<png::Reader<BufReader<File>>> {
        let file =
            File::open(&self.path).fold(ErrorKind::Storage, || format!("cannot open `{}`", self.path.display()))?;
        let mut decoder = png::Decoder::new_with_limits(BufReader::new(file), png::Limits { bytes: 64 << 20 });
        decoder.set_transformations(png::Transformations::normalize_to_color8());
        sound(decoder.read_info())
    }

    /// The image scaled down by a divisor; grey where it is read.
    fn shrunk(&self, (width, height): (u32, u32), divisor: u32, is_read: bool) -> Result<Seen> {
        let mut rows = self.rows()?;
        let samples = rows.output_color_type().0.samples();
        let planes = if samples < 3 || is_read { 1 } else { 3 };
        let mut small = Canvas::new(width, height, divisor, planes);
        let mut top = 0;
        while let Some(row) = sound(rows.next_row())? {
            let row = row.data();
            let colors = |p: &[u8]| match *p {
                [red, green, blue, alpha] => [red, green, blue].map(|color| over(color, alpha, 255)),
                _ => [p[0], p[1], p[2]],
            };
            let pixels: Vec<u8> = match samples {
                1 => row.to_vec(),
                2 => row.chunks_exact(2).map(|p| over(p[0], p[1], 255)).collect(),
                _ if planes == 3 => row.chunks_exact(samples).flat_map(colors).collect(),
                _ => {
                    row.chunks_exact(samples).map(colors).map(|[red, green, blue]| luma_of(red, green, blue)).collect()
                }
            };
            small.add(pixels, 0, top, width);
            top += 1;
        }
        Ok(small.finish())
    }

    fn decoder(&self) -> Result<impl ImageDecoder + use<>> {
        let file =
            File::open(&self.path).fold(ErrorKind::Storage, || format!("cannot open `{}`", self.path.display()))?;
        let mut reader = ImageReader::with_format(BufReader::new(file), self.format);
        // The worker process has a limit of its own.
        reader.no_limits();
        reader
            .into_decoder()
            .fold(ErrorKind::UnsupportedDocument, || "the image is damaged or of an unknown kind")
            .map_err(is_damaged)
    }

    pub(super) fn page(&self, number: PageNo) -> Result<Page> {
        let mut page = sheet::page(number, self.scanned(true)?.map(Seen::read));
        let file = map(&self.path)?;
        page.problems().extend(further::left_out(&file, self.format, number));
        if self.format == ImageFormat::Jpeg && whole::is_cut_jpeg(&file) {
            return whole::with_part_missing(page, number);
        }
        Ok(page)
    }

    /// The image as stored, as people see it.
    pub(super) fn seen(&self) -> Result<Scanned<Seen>> {
        self.scanned(false)
    }

    /// The image as stored; in grey where it is read.
    fn scanned(&self, is_read: bool) -> Result<Scanned<Seen>> {
        let mut decoder = self.decoder()?;
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms).to_exif();
        let exif = decoder.exif_metadata().ok().flatten();
        let size = decoder.dimensions();
        let divisor = if is_read { divisor(size.0, size.1) } else { color_divisor(size.0, size.1) };
        let pixels = if self.is_read_by_rows(size.0, size.1) {
            self.shrunk(size, divisor, is_read)?
        } else {
            let gray = match decoded(sound(DynamicImage::from_decoder(decoder))?) {
                Decoded::Gray(luma) => Ok(Raster::new(size.0, size.1, luma)),
                Decoded::Rgb(rgb) if is_read => Ok(Raster::to_read(size.0, size.1, rgb)),
                Decoded::Rgb(rgb) => Err(Seen::of_rgb(size, &rgb, divisor)),
            };
            match gray {
                Ok(gray) if divisor > 1 => Seen::Gray(gray.scaled(size.0 / divisor, size.1 / divisor)),
                Ok(gray) => Seen::Gray(gray),
                Err(colors) => colors,
            }
        };
        let said = exif.as_deref().and_then(exif_density).or_else(|| self.density());
        Ok(Scanned::of(pixels, size, divisor, said, sheet::pose_of(orientation.into())))
    }

    /// Dots per inch as the file's head says.
    fn density(&self) -> Option<(f64, f64)> {
        let mut head = Vec::new();
        File::open(&self.path).ok()?.take(64 << 10).read_to_end(&mut head).ok()?;
        match self.format {
            ImageFormat::Jpeg => jfif_density(&head),
            ImageFormat::Png => png_density(&head),
            _ => None,
        }
    }
}

/// Names the fault of an image that a decoder gave up on.
fn sound<T, E: std::error::Error + Send + Sync + 'static>(decoded: Result<T, E>) -> Result<T> {
    decoded.fold(ErrorKind::UnsupportedDocument, || "the image is damaged: it cannot be decoded").map_err(is_damaged)
}

/// An image's samples, a byte each.
enum Decoded {
    Gray(Vec<u8>),
    Rgb(Vec<u8>),
}

/// An image as it lies on white paper.
fn decoded(image: DynamicImage) -> Decoded {
    let has_color = image.color().has_color();
    match image {
        DynamicImage::ImageLuma8(gray) => Decoded::Gray(gray.into_raw()),
        DynamicImage::ImageRgb8(rgb) => Decoded::Rgb(rgb.into_raw()),
        DynamicImage::ImageLuma16(gray) => Decoded::Gray(gray.into_raw().into_iter().map(|v| (v >> 8) as u8).collect()),
        image if image.color().has_alpha() => {
            let mut pixels = image.into_rgba8().into_raw();
            let samples = if has_color { 3 } else { 1 };
            let count = pixels.len() / 4;
            for at in 0..count {
                let alpha = pixels[4 * at + 3];
                (0..samples).for_each(|i| pixels[samples * at + i] = over(pixels[4 * at + i], alpha, 255));
            }
            pixels.truncate(samples * count);
            if has_color { Decoded::Rgb(pixels) } else { Decoded::Gray(pixels) }
        }
        image => Decoded::Rgb(image.into_rgb8().into_raw()),
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

/// The density of a JFIF header (ITU-T T.871, 10.1).
fn jfif_density(head: &[u8]) -> Option<(f64, f64)> {
    let at = head.windows(5).position(|window| window == b"JFIF\0")?;
    let unit = *head.get(at + 7)?;
    let (across, down) = (u16_at(head, at + 8)?, u16_at(head, at + 10)?);
    per_inch(across.into(), down.into(), if unit == 1 { 1.0 } else { 2.54 }, unit == 1 || unit == 2)
}

/// The density of a `pHYs` chunk (PNG, 11.3.4.3): pixels a meter.
fn png_density(head: &[u8]) -> Option<(f64, f64)> {
    let at = head.windows(4).position(|window| window == b"pHYs")?;
    let (across, down) = (u32_at(head, at + 4)?, u32_at(head, at + 8)?);
    per_inch(across.into(), down.into(), 0.0254, *head.get(at + 12)? == 1)
}

fn per_inch(across: f64, down: f64, inches: f64, known: bool) -> Option<(f64, f64)> {
    (known && across > 0.0 && down > 0.0).then_some((across * inches, down * inches))
}

/// The density in EXIF data: tags 282, 283 and 296 of its first directory (TIFF 6.0, section 8).
fn exif_density(exif: &[u8]) -> Option<(f64, f64)> {
    let little = exif.starts_with(b"II");
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = exif.get(at..at.checked_add(length)?)?;
        let add = |sum: usize, byte: &u8| sum << 8 | usize::from(*byte);
        Some(if little { bytes.iter().rev().fold(0, add) } else { bytes.iter().fold(0, add) })
    };
    let directory = number(4, 4)?;
    let entry = |tag: usize| {
        (0..number(directory, 2)?).map(|index| directory + 2 + 12 * index).find(|at| number(*at, 2) == Some(tag))
    };
    let ratio = |tag: usize| {
        let at = number(entry(tag)? + 8, 4)?;
        let (over, under) = (number(at, 4)?, number(at.checked_add(4)?, 4)?);
        (under > 0).then(|| over as f64 / under as f64)
    };
    let unit = entry(296).and_then(|at| number(at + 8, 2)).unwrap_or(2);
    per_inch(ratio(282)?, ratio(283)?, if unit == 3 { 2.54 } else { 1.0 }, unit == 2 || unit == 3)
}
