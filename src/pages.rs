//! Turns an original into pages: born-digital words where they are sound, else the page's image for OCR.
//! Runs in worker processes: its input is untrusted. Does no OCR and changes no original.

mod beside;
mod blank;
mod ccitt;
mod columns;
mod coverage;
mod disguise;
mod drawn;
mod fax;
mod forms;
mod further;
pub mod hidden;
mod layers;
mod marks;
mod mend;
mod nested;
mod pdf;
mod plain;
mod raster;
mod scale;
mod scan;
mod seen;
mod shapes;
mod sheet;
mod soundness;
mod still;
mod survey;
mod tints;
mod update;
mod uses;
mod veiled;
mod whole;
mod words;
mod xfa;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
    sync::Arc,
};

use hayro::hayro_syntax::{
    Pdf,
    object::{Dict, Stream},
};
use image::ImageFormat;
use memmap2::Mmap;

pub(crate) use disguise::{Disguised, Truth};
pub(crate) use fax::{page_directories as tiff_pages, stores_low_bits_first};
pub(crate) use scale::averaged;
pub(crate) use sheet::pose_of;
pub(crate) use tints::{from_inks, from_ycbcr, of_map};
pub(crate) use update::write_name;
pub(crate) use whole::is_cut_jpeg;

use crate::{
    Error, ErrorKind, Result,
    error::{Context, Fold},
    model::{Blake3, MediaType, PageBox, PageNo, PageReading, Problem},
};

/// The most pixels of one page, or of one image on it, that are read as they are. An A3 page at 600 dpi has 70 million.
const MAX_PIXELS: u64 = 120_000_000;
/// The most pixels of an image that must be decoded whole before it can be scaled down for reading.
const MAX_DECODED: u64 = 450_000_000;
/// The most pixels of an image that is decoded strip by strip and scaled down on the way.
const MAX_STRIPPED: u64 = 4_000_000_000;
/// So many pixels are left of an image that is scaled down: more than an A3 page at 400 dpi has.
const SCALED_PIXELS: u64 = 40_000_000;

/// By how much the sides of an image are divided so that it can be read.
fn divisor(width: u32, height: u32) -> u32 {
    let pixels = u64::from(width) * u64::from(height);
    if pixels <= MAX_PIXELS { 1 } else { pixels.div_ceil(SCALED_PIXELS).isqrt() as u32 + 1 }
}

/// An image that was scaled down for reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Scaled {
    /// Width and height before.
    from: (u32, u32),
    /// What its sides were divided by.
    divisor: u32,
}

/// The files inside a PDF, each once. `each` gets the name of one, and its bytes where they can be unpacked.
pub fn attached_files(
    path: &Path,
    password: Option<&str>,
    mut each: impl FnMut(&str, Option<&[u8]>) -> Result<()>,
) -> Result<()> {
    let parsed = pdf::parse(&Arc::new(map(path)?), password)?;
    for (name, bytes) in beside::files(&parsed.pdf) {
        // Damaged data unpacks to its sound beginning: how long it must be, it mostly says (7.11.4.1).
        let size = |bytes: &Stream<'_>| bytes.dict().get::<Dict<'_>>("Params")?.get::<i64>("Size");
        let is_whole = |unpacked: &[u8]| {
            bytes
                .as_ref()
                .and_then(size)
                .is_none_or(|size| i64::try_from(unpacked.len()).is_ok_and(|length| length >= size))
        };
        let unpacked = bytes.as_ref().and_then(|bytes| bytes.decoded_data().ok());
        let unpacked = unpacked.filter(|unpacked| is_whole(unpacked));
        each(&name, unpacked.as_deref())?;
    }
    Ok(())
}

/// Says that a page was scaled down for reading.
fn scaled_down(page: PageNo, scaled: Scaled) -> Problem {
    let Scaled { from: (width, height), divisor } = scaled;
    let message = format!(
        "page {page} has an image of {width} × {height} pixels: it was read at one {divisor}th of its resolution; the \
         original is as it was"
    );
    Problem { kind: "scaled_for_reading".to_owned(), message, page: Some(page) }
}

/// What a page gives.
pub enum Page {
    /// Born-digital words, or a page without anything on it: nothing is left to read.
    Digital(PageReading),
    /// An image that must be read by OCR.
    Image(PageImage),
}

impl Page {
    /// What went in a lesser way so far.
    fn problems(&mut self) -> &mut Vec<Problem> {
        match self {
            Self::Digital(reading) => &mut reading.problems,
            Self::Image(image) => &mut image.problems,
        }
    }
}

/// A page's image, upright as the page is displayed.
pub struct PageImage {
    /// The page.
    pub page: PageNo,
    /// Width of the displayed page in points.
    pub width_pt: f32,
    /// Height of the displayed page in points.
    pub height_pt: f32,
    /// Where the image lies on the displayed page.
    pub place: PageBox,
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// One byte a pixel, rows from the top: 0 black, 255 white.
    pub luma: Vec<u8>,
    /// Dots per inch on the displayed page.
    pub dpi: f32,
    /// Every pixel is black or white.
    pub bilevel: bool,
    /// The page's own scan, not a rendering of it.
    pub own_pixels: bool,
    /// What stands on it is so faint or small that it may be show-through and dirt: without a word the page is blank.
    pub is_doubtful: bool,
    /// What went in a lesser way so far.
    pub problems: Vec<Problem>,
}

/// A page drawn small, as people see it: what a copy is compared by.
pub struct Proof {
    /// Width of the displayed page in points.
    pub width_pt: f32,
    /// Height of the displayed page in points.
    pub height_pt: f32,
    /// What it shows, rows from the top.
    pub samples: Samples,
}

/// What a page of text, lines and areas paints.
pub struct Painted {
    /// Width of the displayed page in points.
    pub width_pt: f32,
    /// Height of the displayed page in points.
    pub height_pt: f32,
    /// The digest of all its outlines, their places and colors: pages with the same one look the same to the last pixel.
    pub marks: Blake3,
}

/// A drawing's samples.
pub enum Samples {
    /// Brightness of an image file without colors, a byte a pixel.
    Gray(Vec<u8>),
    /// Red, green, blue and full opacity of an image file that has colors, a byte each: how its decoder takes them, and
    /// how its pixels are spread, is not all as the renderer does it.
    Scanned(Vec<u8>),
    /// Brightness of a page without colors.
    Colorless(Vec<u8>),
    /// Red, green, blue and full opacity, a byte each: as the renderer gives them.
    Color(Vec<u8>),
}

impl Proof {
    /// The page of an image file.
    fn of_scan(scanned: sheet::Scanned<seen::Seen>, size: (u32, u32)) -> Self {
        let sheet::Scanned { pixels, resolution: (across, down), pose, .. } = scanned;
        let points = |pixels: u32, dpi: f64| (f64::from(pixels) * 72.0 / dpi) as f32;
        let (width, height) = pixels.size();
        let (width_pt, height_pt) = (points(width, across), points(height, down));
        let is_lying = pose.quarters % 2 == 1;
        let (width_pt, height_pt) = if is_lying { (height_pt, width_pt) } else { (width_pt, height_pt) };
        Self { width_pt, height_pt, samples: pixels.drawn(pose, size) }
    }
}

impl Samples {
    /// Red, green, blue and full opacity of each pixel.
    pub fn colored(gray: &[u8]) -> Vec<u8> {
        gray.iter().flat_map(|v| [*v, *v, *v, 255]).collect()
    }
}

/// An opened original.
pub struct Source(Kind);

enum Kind {
    Pdf(Box<pdf::Document>),
    Tiff(Box<fax::Sheets>),
    Still(still::Still),
}

impl Source {
    /// Opens an original. Errors of kind `UnsupportedDocument` say why it cannot be read.
    pub fn open(path: &Path, media: MediaType, password: Option<&str>) -> Result<Self> {
        catch_unwind(AssertUnwindSafe(|| match media {
            MediaType::Pdf => pdf::Document::open(path, password).map(|document| Kind::Pdf(Box::new(document))),
            MediaType::Tiff => fax::Sheets::open(path).map(|sheets| Kind::Tiff(Box::new(sheets))),
            MediaType::Jpeg => still::Still::open(path, ImageFormat::Jpeg).map(Kind::Still),
            MediaType::Png => still::Still::open(path, ImageFormat::Png).map(Kind::Still),
            MediaType::Webp => still::Still::open(path, ImageFormat::WebP).map(Kind::Still),
            _ => Err(Error::new(ErrorKind::UnsupportedDocument, format!("{} has no pages to read", media.iana()))
                .because("unsupported_type", format!("{} heeft geen pagina's om te lezen", media.iana()))),
        }))
        .unwrap_or_else(|_| Err(damaged("the file is damaged: it cannot be opened")))
        .map(Self)
    }

    /// How many pages it has.
    pub fn page_count(&self) -> usize {
        match &self.0 {
            Kind::Pdf(document) => document.page_count(),
            Kind::Tiff(sheets) => sheets.page_count(),
            Kind::Still(_) => 1,
        }
    }

    /// One page. A fault in a decoder is an error of kind `Engine`; other pages can be read after it.
    pub fn page(&self, page: PageNo) -> Result<Page> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.page(page),
            Kind::Tiff(sheets) => sheets.page(page),
            Kind::Still(still) => still.page(page),
        })
        .doing(|| format!("failed to read page {page}"))
    }

    /// What else a page of words shows that was read last: its image without the words, where it has pictures that may
    /// hold others. An error tells that they cannot be drawn.
    pub fn pictures(&self, words: &PageReading) -> Result<Option<PageImage>> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.pictures(words),
            Kind::Tiff(_) | Kind::Still(_) => Ok(None),
        })
        .doing(|| format!("failed to draw the pictures of page {}", words.page))
    }

    /// Says that part of what a page shows could not be read.
    pub fn incomplete(page: PageNo) -> Problem {
        whole::content_incomplete(page)
    }

    /// A page drawn into so many pixels across and down.
    pub fn proof(&self, page: PageNo, size: (u32, u32)) -> Result<Proof> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.proof(page, size),
            Kind::Tiff(sheets) => sheets.seen(page).map(|scanned| Proof::of_scan(scanned, size)),
            Kind::Still(still) => still.seen().map(|scanned| Proof::of_scan(scanned, size)),
        })
        .doing(|| format!("failed to draw page {page}"))
    }

    /// The same of a PDF's page that has but text, lines and areas of one color each, drawn in fewer steps; nothing of
    /// another page. Two drawings can be compared where both are made so, or neither.
    pub fn plain_proof(&self, page: PageNo, size: (u32, u32)) -> Result<Option<Proof>> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.plain_proof(page, size),
            Kind::Tiff(_) | Kind::Still(_) => Ok(None),
        })
        .doing(|| format!("failed to draw page {page}"))
    }

    /// What such a page paints, without drawing it; nothing of another page. `with_words` keeps the page's words for who
    /// asks for them next.
    pub fn painted(&self, page: PageNo, with_words: bool) -> Result<Option<Painted>> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.painted(page, with_words),
            Kind::Tiff(_) | Kind::Still(_) => Ok(None),
        })
        .doing(|| format!("failed to look at page {page}"))
    }

    /// The words that a PDF's page gives to those who search in it, painted or not, in reading order; lines parted
    /// by `\n`. Images give none.
    pub fn words(&self, page: PageNo) -> Result<String> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.words(page),
            Kind::Tiff(_) | Kind::Still(_) => Ok(String::new()),
        })
        .doing(|| format!("failed to take the words of page {page}"))
    }

    /// The same in the order in which the page writes them, with the spaces that it writes: what programs give that do
    /// not look at places.
    pub fn written(&self, page: PageNo) -> Result<String> {
        self.guarded(|| match &self.0 {
            Kind::Pdf(document) => document.written(page),
            Kind::Tiff(_) | Kind::Still(_) => Ok(String::new()),
        })
        .doing(|| format!("failed to take the words of page {page}"))
    }

    /// Keeps a fault in a decoder to the page that it comes from.
    fn guarded<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(answer) => answer,
            Err(_) => {
                // The decoder may have left locks and caches half changed.
                if let Kind::Pdf(document) = &self.0 {
                    document.reopen()?;
                }
                Err(Error::new(ErrorKind::Engine, "a decoder failed on it"))
            }
        }
    }
}

/// Opens a PDF for a room that copies its objects, as it is read. The errors are those of [`Source::open`].
pub(crate) fn open_pdf(path: &Path, password: Option<&str>) -> Result<Pdf> {
    let parsed = catch_unwind(AssertUnwindSafe(|| pdf::parse(&Arc::new(map(path)?), password)));
    let parsed = parsed.unwrap_or_else(|_| Err(damaged("the file is damaged: it cannot be opened")))?;
    Ok(parsed.pdf)
}

/// Maps a file, so that memory does not grow with its size.
pub(crate) fn map(path: &Path) -> Result<Mmap> {
    let file = std::fs::File::open(path).fold(ErrorKind::Storage, || format!("cannot open `{}`", path.display()))?;
    #[expect(unsafe_code, reason = "a file can only be mapped so")]
    // SAFETY: what is mapped is the archive's own copy, which nothing writes to. Were it cut short all the same,
    // only the worker process that reads it would die.
    let map = unsafe { Mmap::map(&file) };
    map.fold(ErrorKind::UnsupportedDocument, || "the file is empty or cannot be read")
        .map_err(|error| error.because("empty", "het bestand is leeg of kan niet worden gelezen"))
}

/// The file's own bytes are at fault.
fn damaged(message: &'static str) -> Error {
    is_damaged(Error::new(ErrorKind::UnsupportedDocument, message))
}

fn is_damaged(error: Error) -> Error {
    error.because("damaged", "het bestand is beschadigd of van een onbekend soort: vraag om een andere kopie")
}

#[cfg(test)]
mod tests;
