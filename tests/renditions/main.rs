//! Archival copies: what is kept byte for byte, where the words lie, and that other programs find no fault.
//! `copies_of_a_folder` makes copies of many files, for a validator to look at (see its documentation).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

#[path = "../common/mod.rs"]
mod common;
mod documents;
mod folder;
mod fonts;
mod images;
mod scans;

use std::{
    fs,
    io::Cursor,
    path::{Path, PathBuf},
    process::Command,
};

use griffie::{
    ErrorKind,
    model::{Digests, Language, MediaType, PageBox, PageNo, PageReading, PageState, Reading, TextSource, Word},
    ocr::{Engine, EngineSettings},
    pages::{Page, Samples, Source},
    renditions::{self, Built, Effort, Method, Request, Tried, Way},
    tools::CancelFlag,
};
use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};
use lopdf::{Dictionary, Document, Object, Stream, dictionary};

/// Reads one page with words at places: text, left, top, right, bottom; `|` starts a line.
fn page_with(number: usize, words: &[(&str, [f32; 4])]) -> PageReading {
    let mut page = PageReading::wordless(PageNo::from_index(number), PageState::Read, 595.0, 842.0);
    page.source = TextSource::Ocr;
    let mut line = 0;
    for (word, [x0, y0, x1, y1]) in words {
        let (starts_line, word) = (word.starts_with('|'), word.trim_start_matches('|'));
        if starts_line {
            line += 1;
        }
        if !page.text.is_empty() {
            page.text.push(if starts_line { '\n' } else { ' ' });
        }
        let start = page.text.len() as u32;
        page.text.push_str(word);
        let end = page.text.len() as u32;
        let bounds = PageBox::new(*x0, *y0, *x1, *y1);
        page.words.push(Word { start, end, bounds, confidence: 90, size: 0, bold: false, block: 0, line });
    }
    page
}

fn reading_of(pages: Vec<PageReading>) -> Reading {
    Reading { pages, language: Some(Language::Dutch), engine: "test".to_owned(), problems: Vec::new() }
}

fn request<'a>(original: &'a Path, media: MediaType, reading: &'a Reading, digests: &'a Digests) -> Request<'a> {
    Request {
        original,
        media,
        password: None,
        reading,
        first_page: PageNo::from_index(0),
        last_page: PageNo::from_index(reading.pages.len() - 1),
        digests,
        title: Some("Huurovereenkomst & bijlagen"),
        made: "2026-01-02T03:04:05Z".parse().unwrap(),
    }
}

/// Writes the most faithful copy, whatever an examination might say.
fn build(original: &Path, media: MediaType, reading: &Reading, out: &Path) -> griffie::Result<Built> {
    let digests = Digests::of(&fs::read(original).unwrap());
    let request = request(original, media, reading, &digests);
    renditions::write(&request, &Effort::Faithful, &mut fs::File::create(out).unwrap())
}

/// Milliseconds of CPU that a piece of work takes in this thread.
fn cpu_ms<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let now = || {
        let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
        time.tv_sec as f64 * 1e3 + time.tv_nsec as f64 / 1e6
    };
    let start = now();
    let done = work();
    (done, now() - start)
}

/// Makes a copy in the most faithful way in which it is accepted.
fn climb(original: &Path, media: MediaType, reading: &Reading, out: &Path) -> griffie::Result<Tried<()>> {
    timed_climb(original, media, reading, out).0
}

/// The same, with the CPU time of building and of examining the last copy that was tried.
fn timed_climb(
    original: &Path,
    media: MediaType,
    reading: &Reading,
    out: &Path,
) -> (griffie::Result<Tried<()>>, [f64; 2]) {
    let mut took = [0.0; 2];
    let digests = Digests::of(&fs::read(original).unwrap());
    let request = request(original, media, reading, &digests);
    let folder = tempfile::tempdir().unwrap();
    let tried = renditions::climb(reading, &mut |way| {
        let (effort, from) = match way {
            Way::Original(effort) => (effort, original.to_path_buf()),
            Way::Anew => (
                Effort::Faithful,
                renditions::by_ghostscript(
                    original,
                    None,
                    reading.pages.len() as u64,
                    folder.path(),
                    &CancelFlag::default(),
                )?,
            ),
        };
        let from = Request { original: &from, ..request };
        let (built, building) = cpu_ms(|| renditions::write(&from, &effort, &mut fs::File::create(out).unwrap()));
        let is_anew = from.original != original;
        let (verdict, examining) = cpu_ms(|| renditions::judge(&request, &effort, is_anew, out));
        took = [building, examining];
        Ok(Tried { copy: (), built: built?, verdict: verdict? })
    });
    (tried, took)
}

/// What a program prints, or nothing where it is not installed: then the test says that it looked at less.
fn printed(program: &str, arguments: &[&str]) -> Option<String> {
    match Command::new(program).args(arguments).output() {
        Ok(output) => {
            let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
            assert!(output.status.success(), "{program}: {}{complaint}", String::from_utf8_lossy(&output.stdout));
            Some(String::from_utf8_lossy(&output.stdout).into_owned())
        }
        Err(_) => {
            eprintln!("SKIPPED in part: `{program}` is not installed");
            None
        }
    }
}

fn check_sound(copy: &Path) {
    if let Some(report) = printed("qpdf", &["--check", copy.to_str().unwrap()]) {
        assert!(report.contains("No syntax or stream encoding errors found"), "{report}");
    }
}

/// A scan in a PDF: images of one bit a pixel, one beneath the other, and what the page and its parent say of boxes.
fn scan(path: &Path, images: usize, page: Dictionary, parent: Dictionary) -> Vec<Vec<u8>> {
    let mut pdf = Document::with_version("1.4");
    let pages = pdf.new_object_id();
    let mut objects = Dictionary::new();
    let mut content = String::new();
    let mut streams = Vec::new();
    for i in 0..images {
        let data: Vec<u8> = (0..8 * 64).map(|n| (n * 37 + i * 11) as u8).collect();
        let image = pdf.add_object(Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => 64, "Height" => 64, "BitsPerComponent" => 1,
                "ColorSpace" => "DeviceGray", "Interpolate" => true,
            },
            data.clone(),
        ));
        streams.push(data);
        objects.set(format!("Im{i}"), image);
        content += &format!("q 595 0 0 {} 0 {} cm /Im{i} Do Q\n", 842 / images, 842 / images * i);
    }
    // A state that is left open and scaled: the words must not follow it.
    content += "q 3 0 0 3 0 0 cm";
    let content = pdf.add_object(Stream::new(dictionary! {}, content.into_bytes()));
    let mut leaf = page;
    leaf.set("Type", "Page");
    leaf.set("Parent", pages);
    leaf.set("Contents", content);
    leaf.set("Resources", dictionary! { "XObject" => objects });
    let leaf = pdf.add_object(leaf);
    let mut tree = parent;
    tree.set("Type", "Pages");
    tree.set("Kids", vec![leaf.into()]);
    tree.set("Count", 1);
    pdf.objects.insert(pages, Object::Dictionary(tree));
    let script = dictionary! { "S" => "JavaScript", "JS" => Object::string_literal("app.alert(1)") };
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages, "OpenAction" => script });
    pdf.trailer.set("Root", catalog);
    pdf.save(path).unwrap();
    streams
}

const WORDS: &[(&str, [f32; 4])] = &[
    ("Huurovereenkomst", [0.1, 0.10, 0.5, 0.12]),
    ("kantoor", [0.52, 0.10, 0.7, 0.12]),
    ("|Artikel", [0.1, 0.14, 0.25, 0.16]),
    ("één", [0.27, 0.14, 0.34, 0.16]),
    ("|€", [0.1, 0.18, 0.12, 0.2]),
    ("𝄞-noot", [0.14, 0.18, 0.3, 0.2]),
];

fn boxed(sides: [i64; 4]) -> Object {
    sides.map(Object::Integer).to_vec().into()
}

/// Copies and accepts; the copy must be an archival copy.
#[track_caller]
fn accepted(
    original: &Path,
    media: MediaType,
    reading: &Reading,
    copy: &Path,
    method: Method,
) -> renditions::Acceptance {
    let built = build(original, media, reading, copy).unwrap();
    assert_eq!(built.method, method, "{:?}", built.why);
    let digests = Digests::of(&fs::read(original).unwrap());
    let acceptance = renditions::accept(&request(original, media, reading, &digests), &Effort::Faithful, copy).unwrap();
    assert!(acceptance.accepted, "{:?}", acceptance.reasons);
    check_sound(copy);
    acceptance
}

fn digital_reading(original: &Path) -> Reading {
    let source = Source::open(original, MediaType::Pdf, None).unwrap();
    let pages = (0..source.page_count()).map(PageNo::from_index).map(|number| match source.page(number).unwrap() {
        Page::Digital(reading) => reading,
        Page::Image(_) => panic!("the page is no born-digital one"),
    });
    reading_of(pages.collect())
}

#[test]
fn what_is_no_pdf_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("scan.pdf"), folder.path().join("copy.pdf"));
    fs::write(&original, b"%PDF-1.4 nothing more").unwrap();
    let error = build(&original, MediaType::Pdf, &reading_of(vec![page_with(0, WORDS)]), &copy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedDocument);
}
