//! The C API of tesseract, opened with `dlopen`: the one file of this room that speaks C. Linking against it would
//! need its headers and clang to build griffie, and would tie the program to one of the two libraries it can use.

use std::{
    ffi::{CStr, CString, c_char, c_int, c_uchar, c_void},
    os::unix::ffi::OsStrExt,
    path::Path,
    sync::Arc,
};

use libloading::Library;

use super::canvas::Canvas;
use crate::{Error, ErrorKind, Result, error::Fold};

/// Handles of the library's own types.
type Base = *mut c_void;
type Results = *mut c_void;
type Page = *mut c_void;

/// `OEM_LSTM_ONLY`: the only engine that the fast build has, and the only one that Debian's data serves.
const LSTM_ONLY: c_int = 1;
/// `PSM_AUTO`: finds columns and blocks by itself; every other mode reads contracts worse.
const AUTO: c_int = 3;
/// `RIL_BLOCK`, `RIL_TEXTLINE`, `RIL_WORD`.
const BLOCK: c_int = 0;
const LINE: c_int = 2;
const WORD: c_int = 3;

macro_rules! c_api {
    ($($name:ident = $symbol:literal: fn($($argument:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions that are used, and the library that must outlive them.
        struct Functions {
            $($name: unsafe extern "C" fn($($argument),*) $(-> $result)?,)*
            _library: Library,
        }

        impl Functions {
            #[expect(unsafe_code, reason = "opens a C library")]
            fn open(file: &Path) -> Result<Self, libloading::Error> {
                // SAFETY: tesseract's and leptonica's initializers only register themselves, and the types below are
                // those of tesseract's capi.h, which have not changed since 4.0; the file's name carries that version.
                unsafe {
                    let library = Library::new(file)?;
                    Ok(Self { $($name: *library.get(concat!($symbol, "\0").as_bytes())?,)* _library: library })
                }
            }
        }
    };
}

c_api! {
    version = "TessVersion": fn() -> *const c_char;
    create = "TessBaseAPICreate": fn() -> Base;
    delete = "TessBaseAPIDelete": fn(Base);
    init = "TessBaseAPIInit2": fn(Base, *const c_char, *const c_char, c_int) -> c_int;
    set_mode = "TessBaseAPISetPageSegMode": fn(Base, c_int);
    set_image = "TessBaseAPISetImage": fn(Base, *const c_uchar, c_int, c_int, c_int, c_int);
    set_resolution = "TessBaseAPISetSourceResolution": fn(Base, c_int);
    recognize = "TessBaseAPIRecognize": fn(Base, *mut c_void) -> c_int;
    clear = "TessBaseAPIClear": fn(Base);
    results = "TessBaseAPIGetIterator": fn(Base) -> Results;
    delete_results = "TessResultIteratorDelete": fn(Results);
    as_page = "TessResultIteratorGetPageIterator": fn(Results) -> Page;
    next = "TessResultIteratorNext": fn(Results, c_int) -> c_int;
    text = "TessResultIteratorGetUTF8Text": fn(Results, c_int) -> *mut c_char;
    delete_text = "TessDeleteText": fn(*mut c_char);
    confidence = "TessResultIteratorConfidence": fn(Results, c_int) -> f32;
    font = "TessResultIteratorWordFontAttributes":
        fn(Results, *mut c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int) -> *const c_char;
    begins = "TessPageIteratorIsAtBeginningOf": fn(Page, c_int) -> c_int;
    bounds = "TessPageIteratorBoundingBox": fn(Page, c_int, *mut c_int, *mut c_int, *mut c_int, *mut c_int) -> c_int;
}

/// An opened library.
#[derive(Clone)]
pub struct Api(Arc<Functions>);

impl Api {
    pub fn open(file: &Path) -> Result<Self, libloading::Error> {
        Functions::open(file).map(|functions| Self(Arc::new(functions)))
    }

    #[expect(unsafe_code, reason = "calls a C function")]
    pub fn version(&self) -> String {
        // SAFETY: takes nothing and gives a string constant.
        let version = unsafe { CStr::from_ptr((self.0.version)()) };
        version.to_string_lossy().into_owned()
    }
}

/// A word as the engine sees it, in pixels of the image.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadWord {
    pub text: String,
    /// 0 to 100.
    pub confidence: f32,
    /// Left, top, right, bottom.
    pub bounds: [f32; 4],
    /// Points, 0 where unknown.
    pub points: u16,
    pub block: u16,
    pub line: u16,
}

/// An engine with its languages loaded.
pub struct Tesseract {
    api: Api,
    base: Base,
}

impl Tesseract {
    #[expect(unsafe_code, reason = "calls C functions")]
    pub fn load(api: &Api, data: &Path, languages: &str) -> Result<Self> {
        let doing = || "cannot load the OCR engine";
        let path = CString::new(data.as_os_str().as_bytes()).fold(ErrorKind::Config, doing)?;
        let code = CString::new(languages).fold(ErrorKind::Internal, doing)?;
        // SAFETY: creates a handle that only this value owns, and that `Drop` deletes.
        let engine = Self { api: api.clone(), base: unsafe { (api.0.create)() } };
        // SAFETY: the handle is fresh; both strings end in NUL and outlive the call, which copies them.
        let failed = unsafe { (api.0.init)(engine.base, path.as_ptr(), code.as_ptr(), LSTM_ONLY) } != 0;
        if failed {
            let message = format!("the OCR engine cannot load its data for {languages} from `{}`", data.display());
            return Err(Error::new(ErrorKind::Engine, message));
        }
        // SAFETY: the handle is initialized.
        unsafe { (api.0.set_mode)(engine.base, AUTO) };
        Ok(engine)
    }

    /// Reads a page.
    #[expect(unsafe_code, reason = "calls C functions")]
    pub fn read(&mut self, page: &Canvas, dpi: f32) -> Result<Vec<ReadWord>> {
        let size = |pixels: usize| c_int::try_from(pixels).ok().filter(|&size| size <= c_int::from(i16::MAX));
        let (Some(width), Some(height)) = (size(page.width), size(page.height)) else {
            return Err(Error::new(ErrorKind::UnsupportedDocument, "the page is too large to be read"));
        };
        if page.luma.len() != page.width * page.height || page.luma.is_empty() {
            return Err(Error::new(ErrorKind::Internal, "a page image does not fit its size"));
        }
        let api = &self.api.0;
        // SAFETY: the handle is initialized, and the pixels are exactly `height` rows of `width` bytes; the engine
        // copies them before `set_image` returns.
        let failed = unsafe {
            (api.set_image)(self.base, page.luma.as_ptr(), width, height, 1, width);
            (api.set_resolution)(self.base, dpi.round() as c_int);
            (api.recognize)(self.base, std::ptr::null_mut()) != 0
        };
        let words = if failed { Vec::new() } else { self.words() };
        // SAFETY: the handle is initialized, and the iterator over its results is gone.
        unsafe { (api.clear)(self.base) };
        if failed { Err(Error::new(ErrorKind::Engine, "the OCR engine gave up on the page")) } else { Ok(words) }
    }

    #[expect(unsafe_code, reason = "walks over results in C")]
    fn words(&self) -> Vec<ReadWord> {
        let api = &self.api.0;
        let mut words = Vec::new();
        let (mut blocks, mut lines) = (0_u16, 0_u16);
        // SAFETY: a page was recognized. The iterator is valid until it is deleted below, and `as_page` is another
        // view of it; each text is a string of the engine that is copied and handed back.
        unsafe {
            let results = (api.results)(self.base);
            if results.is_null() {
                return words;
            }
            let page = (api.as_page)(results);
            loop {
                blocks = blocks.saturating_add(u16::from((api.begins)(page, BLOCK) != 0));
                lines = lines.saturating_add(u16::from((api.begins)(page, LINE) != 0));
                let text = (api.text)(results, WORD);
                if !text.is_null() {
                    let [mut x0, mut y0, mut x1, mut y1] = [0; 4];
                    (api.bounds)(page, WORD, &mut x0, &mut y0, &mut x1, &mut y1);
                    let [mut a, mut b, mut c, mut d, mut e, mut f, mut points, mut g] = [0; 8];
                    (api.font)(results, &mut a, &mut b, &mut c, &mut d, &mut e, &mut f, &mut points, &mut g);
                    words.push(ReadWord {
                        text: CStr::from_ptr(text).to_string_lossy().into_owned(),
                        confidence: (api.confidence)(results, WORD),
                        bounds: [x0, y0, x1, y1].map(|pixels| pixels as f32),
                        points: u16::try_from(points).unwrap_or(0),
                        block: blocks.saturating_sub(1),
                        line: lines.saturating_sub(1),
                    });
                    (api.delete_text)(text);
                }
                if (api.next)(results, WORD) == 0 {
                    break;
                }
            }
            (api.delete_results)(results);
        }
        words
    }
}

impl Drop for Tesseract {
    #[expect(unsafe_code, reason = "calls a C function")]
    fn drop(&mut self) {
        // SAFETY: the handle is this value's own, and this is its last use.
        unsafe { (self.api.0.delete)(self.base) }
    }
}
