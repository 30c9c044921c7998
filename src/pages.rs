//! Turns an original into pages: born-digital words where they are sound, else the page's image for OCR.
//! Runs in worker processes: its input is untrusted. Does no OCR and changes no original.

use std::path::Path;

use crate::{
    Result,
    model::{MediaType, PageBox, PageNo, PageReading},
};

/// What a page gives.
pub enum Page {
    /// Born-digital words, or a page without anything on it: nothing is left to read.
    Digital(PageReading),
    /// An image that must be read by OCR.
    Image(PageImage),
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
    /// What went in a lesser way so far.
    pub problems: Vec<crate::model::Problem>,
}

/// An opened original.
pub struct Source {}

impl Source {
    /// Opens an original. Errors of kind `UnsupportedDocument` say why it cannot be read.
    pub fn open(_path: &Path, _media: MediaType, _password: Option<&str>) -> Result<Self> {
        Ok(Self {})
    }

    /// How many pages it has.
    pub fn page_count(&self) -> usize {
        0
    }

    /// One page.
    pub fn page(&self, page: PageNo) -> Result<Page> {
        Ok(Page::Digital(PageReading::wordless(page, crate::model::PageState::Blank, 595.0, 842.0)))
    }
}
