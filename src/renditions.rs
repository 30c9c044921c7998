//! Makes the archival copy of a document (PDF/A-2u, ISO 19005-2) and says whether it may be called one.
//! Pure functions of their input, called in worker processes on untrusted bytes; stores nothing.

mod accept;
mod allowed;
mod annotations;
mod check;
mod compare;
mod content;
mod envelope;
mod facsimile;
mod fax;
mod font;
mod frame;
mod ghostscript;
mod graph;
mod group4;
mod icc;
mod ladder;
mod links;
mod pack;
mod picture;
mod sheets;
mod still;
mod substitute;
mod value;
mod words;
mod write;
mod xmp;

use std::{
    io::Write,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use accept::{Acceptance, accept, stands_against_all};
pub use check::{Finding, check};
pub use compare::{PageComparison, TextComparison};
pub use ghostscript::by_ghostscript;
pub use ladder::{Tried, Verdict, Way, climb, judge};

use crate::{
    Error, ErrorKind, Result,
    error::Context as _,
    model::{Digests, MediaType, PageNo, PageReading, Reading},
    pages,
};

/// What an archival copy is made of.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The original's file.
    pub original: &'a Path,
    /// Its kind: PDF, TIFF, JPEG, PNG or WebP.
    pub media: MediaType,
    /// What opens it, where it is encrypted.
    pub password: Option<&'a str>,
    /// What was read from the whole original.
    pub reading: &'a Reading,
    /// The document's first page in the original.
    pub first_page: PageNo,
    /// The document's last page in the original.
    pub last_page: PageNo,
    /// The original's digests.
    pub digests: &'a Digests,
    /// The document's title, where one was read.
    pub title: Option<&'a str>,
    /// When the copy is made: it stands in its metadata.
    pub made: Timestamp,
}

impl<'a> Request<'a> {
    /// What was read from the document's pages.
    fn pages(&self) -> impl Iterator<Item = &'a PageReading> + use<'a> {
        let (first, last) = (self.first_page, self.last_page);
        self.reading.pages.iter().filter(move |page| (first..=last).contains(&page.page))
    }
}

/// How a copy was made, from the most faithful way to the least.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// The pages' images are the original's streams, byte for byte; the words lie invisibly over them.
    ScanStreamsKept,
    /// Image files wrapped into pages.
    ImagesWrapped,
    /// A born-digital PDF whose drawing was kept, without what the standard forbids.
    MadeConforming,
    /// Written anew by Ghostscript.
    Ghostscript,
    /// Pages drawn as images, with their words.
    Facsimile,
}

/// A copy that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Built {
    /// How.
    pub method: Method,
    /// Why it was made in a lesser way, where it was, and by which substitutes text is drawn whose fonts the original
    /// does not bring.
    pub why: Option<String>,
    /// How many pages it has.
    pub pages: u32,
    /// Its size.
    pub size_bytes: u64,
}

/// How faithful a copy is tried to be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effort {
    /// What the pages draw is kept as it is.
    Faithful,
    /// These pages are drawn as images, all where none is named; the others are kept as they are.
    Facsimile {
        /// Pages of the original.
        pages: Vec<PageNo>,
    },
}

impl Effort {
    /// Is this page drawn as an image?
    fn draws(&self, page: PageNo) -> bool {
        match self {
            Self::Faithful => false,
            Self::Facsimile { pages } => pages.is_empty() || pages.contains(&page),
        }
    }
}

/// Writes a copy front to back, in one way. Whether it may be called archival is for [`judge`] to say. A fault of a
/// decoder is an error of kind `Engine`.
pub fn write(request: &Request<'_>, effort: &Effort, out: &mut dyn Write) -> Result<Built> {
    catch_unwind(AssertUnwindSafe(|| write_unguarded(request, effort, out)))
        .unwrap_or_else(|_| Err(Error::new(ErrorKind::Engine, "a decoder failed on the original")))
        .doing(|| "failed to make the archival copy")
}

fn write_unguarded(request: &Request<'_>, effort: &Effort, out: &mut dyn Write) -> Result<Built> {
    let is_drawn = |page: PageNo| effort.draws(page);
    match request.media {
        MediaType::Pdf => {
            let pdf = pages::open_pdf(request.original, request.password)?;
            sheets::copy(request, &pdf, &is_drawn, out)
        }
        MediaType::Tiff => {
            let file = pages::map(request.original)?;
            let mut tiff = fax::Tiff::open(&file)?;
            wrap(request, &is_drawn, out, |page| tiff.sheet(page.index()))
        }
        MediaType::Jpeg | MediaType::Png | MediaType::Webp => {
            let file = pages::map(request.original)?;
            wrap(request, &is_drawn, out, |_| still::sheet(&file, request.media))
        }
        other => Err(Error::new(ErrorKind::UnsupportedDocument, format!("{} has no archival copy", other.iana()))),
    }
}

/// Wraps image files into pages.
fn wrap<'a>(
    request: &Request<'_>,
    is_drawn: &dyn Fn(PageNo) -> bool,
    out: &mut dyn Write,
    mut sheet: impl FnMut(PageNo) -> Result<picture::Sheet<'a>>,
) -> Result<Built> {
    let mut envelope = envelope::Envelope::start(out)?;
    let (mut method, mut why) = (Method::ImagesWrapped, None);
    for reading in request.pages() {
        if is_drawn(reading.page) {
            let source = pages::Source::open(request.original, request.media, request.password)?;
            facsimile::page(&mut envelope, &source, reading)?;
            method = Method::Facsimile;
            continue;
        }
        let sheet = sheet(reading.page).doing(|| format!("failed to wrap page {}", reading.page))?;
        picture::page(&mut envelope, &sheet, reading)?;
        why = why.or(sheet.why.map(|why| format!("page {}: {why}", reading.page)));
    }
    let pages = envelope.page_count() as u32;
    let size_bytes = envelope.finish(request, value::Dict::default())?;
    Ok(Built { method, why, pages, size_bytes })
}
