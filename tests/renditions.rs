//! Archival copies: what is kept byte for byte, where the words lie, and that other programs find no fault.
//! `copies_of_a_folder` makes copies of many files, for a validator to look at (see its documentation).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

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

/// Copies a scan and looks at everything that the copy promises.
#[track_caller]
fn check_scan(images: usize, page: Dictionary, parent: Dictionary, turn: u16) {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("scan.pdf"), folder.path().join("copy.pdf"));
    let rotate = page.get(b"Rotate").or(parent.get(b"Rotate")).and_then(Object::as_i64).unwrap_or(0);
    let sideways = rotate % 180 != 0;
    let streams = scan(&original, images, page, parent);
    let mut read = page_with(0, WORDS);
    read.turn = turn;
    for word in &mut read.words {
        // The places above are those of the upright page.
        word.bounds = word.bounds.turned(360 - turn);
    }
    let built = build(&original, MediaType::Pdf, &reading_of(vec![read]), &copy).unwrap();
    let bytes = fs::read(&copy).unwrap();
    assert_eq!((built.method, built.pages, built.size_bytes), (Method::ScanStreamsKept, 1, bytes.len() as u64));
    let before = fs::metadata(&original).unwrap().len();
    assert!(built.size_bytes <= (before * 105 / 100).max(before + 8192), "{before} bytes became {}", built.size_bytes);
    for stream in streams {
        let start = format!("/Length {}", stream.len());
        assert!(String::from_utf8_lossy(&bytes).contains(&start));
        assert!(bytes.windows(stream.len()).any(|window| window == stream), "a scan's bytes were changed");
    }
    for forbidden in ["JavaScript", "OpenAction", "Interpolate"] {
        assert!(!String::from_utf8_lossy(&bytes).contains(forbidden), "{forbidden}");
    }
    check_sound(&copy);
    if let Some(text) = printed("pdftotext", &["-raw", copy.to_str().unwrap(), "-"]) {
        // The tool gives text that lies on its side word by word.
        let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
        let lines: Vec<&str> =
            lines.flat_map(|line| if turn == 0 { vec![line] } else { line.split(' ').collect() }).collect();
        match turn {
            0 => assert_eq!(lines, ["Huurovereenkomst kantoor", "Artikel één", "€ 𝄞-noot"]),
            _ => assert_eq!(lines, ["Huurovereenkomst", "kantoor", "Artikel", "één", "€", "𝄞-noot"]),
        }
    }
    if turn == 0
        && let Some(boxes) = printed("pdftotext", &["-bbox", "-cropbox", copy.to_str().unwrap(), "-"])
    {
        check_boxes(&boxes, sideways);
    }
    let again = folder.path().join("again.pdf");
    let mut read = page_with(0, WORDS);
    read.turn = turn;
    read.words.iter_mut().for_each(|word| word.bounds = word.bounds.turned(360 - turn));
    build(&original, MediaType::Pdf, &reading_of(vec![read]), &again).unwrap();
    assert!(fs::read(&again).unwrap() == bytes, "the same input gave other bytes");
}

/// Every word lies where it was read, to a fiftieth of the page's width and a hundredth of its height.
fn check_boxes(xml: &str, sideways: bool) {
    let number = |line: &str, name: &str| -> f32 {
        let rest = line.split(&format!("{name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let page = xml.lines().find(|line| line.contains("<page ")).unwrap();
    let (mut width, mut height) = (number(page, "width"), number(page, "height"));
    if sideways {
        // The tool names the page's size before its rotation, and the words' places after it.
        std::mem::swap(&mut width, &mut height);
    }
    let words: Vec<&str> = xml.lines().filter(|line| line.contains("<word ")).collect();
    assert_eq!(words.len(), WORDS.len(), "{xml}");
    for (text, [x0, y0, x1, y1]) in WORDS {
        let text = text.trim_start_matches('|');
        let found = words.iter().find(|line| line.contains(&format!(">{text}<"))).unwrap();
        let got = ["xMin", "xMax"].map(|name| number(found, name) / width);
        assert!((got[0] - x0).abs() < 0.02 && (got[1] - x1).abs() < 0.02, "{text}: {got:?}");
        let got = ["yMin", "yMax"].map(|name| number(found, name) / height);
        assert!((got[0] - y0).abs() < 0.01 && (got[1] - y1).abs() < 0.01, "{text}: {got:?}");
    }
}

#[test]
fn a_scan_keeps_its_bytes_and_gets_its_words() {
    check_scan(1, dictionary! { "MediaBox" => boxed([0, 0, 595, 842]) }, dictionary! {}, 0);
}

#[test]
fn several_images_make_one_page() {
    check_scan(3, dictionary! { "MediaBox" => boxed([0, 0, 595, 842]) }, dictionary! {}, 0);
}

#[test]
fn words_lie_on_rotated_and_cropped_pages_with_inherited_boxes() {
    let crop = || dictionary! { "CropBox" => boxed([50, 100, 550, 800]) };
    let media = || dictionary! { "MediaBox" => boxed([-10, -10, 595, 842]) };
    check_scan(1, crop(), media(), 0);
    for rotate in [90, 180, 270] {
        let mut page = crop();
        page.set("Rotate", rotate);
        check_scan(1, page, media(), 0);
        let mut parent = media();
        parent.set("Rotate", rotate);
        check_scan(1, crop(), parent, 0);
    }
}

#[test]
fn words_of_a_page_that_lies_on_its_side_are_read_upright() {
    for turn in [90, 180, 270] {
        check_scan(1, dictionary! { "MediaBox" => boxed([0, 0, 595, 842]) }, dictionary! {}, turn);
    }
}

#[test]
fn an_ocr_layer_that_was_there_is_not_extracted_twice() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("scan.pdf"), folder.path().join("copy.pdf"));
    scan(&original, 1, dictionary! { "MediaBox" => boxed([0, 0, 595, 842]) }, dictionary! {});
    let mut pdf = Document::load(&original).unwrap();
    let page = pdf.page_iter().next().unwrap();
    pdf.add_page_contents(page, b"Q BT /F1 10 Tf 3 Tr 60 700 Td (Hvvroverccnkornst) Tj ET".to_vec()).unwrap();
    pdf.save(&original).unwrap();
    build(&original, MediaType::Pdf, &reading_of(vec![page_with(0, WORDS)]), &copy).unwrap();
    if let Some(text) = printed("pdftotext", &[copy.to_str().unwrap(), "-"]) {
        assert!(text.contains("Huurovereenkomst kantoor") && !text.contains("Hvvrover"), "{text}");
    }
}

#[test]
fn what_is_no_pdf_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("scan.pdf"), folder.path().join("copy.pdf"));
    fs::write(&original, b"%PDF-1.4 nothing more").unwrap();
    let error = build(&original, MediaType::Pdf, &reading_of(vec![page_with(0, WORDS)]), &copy).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnsupportedDocument);
}

#[test]
fn what_annotations_show_is_drawn_into_the_page() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("form.pdf"), folder.path().join("copy.pdf"));
    scan(&original, 1, dictionary! { "MediaBox" => boxed([0, 0, 595, 842]) }, dictionary! {});
    let mut pdf = Document::load(&original).unwrap();
    let shown = |pdf: &mut Document, content: &[u8]| {
        let form = dictionary! { "BBox" => boxed([0, 0, 10, 10]) };
        pdf.add_object(Stream::new(form, content.to_vec()))
    };
    let (seen, hidden) = (shown(&mut pdf, b"0 0 10 10 re f"), shown(&mut pdf, b"1 0 0 rg 0 0 9 9 re f"));
    let annotation = |form, flags| {
        dictionary! {
            "Type" => "Annot", "Subtype" => "Widget", "FT" => "Tx", "F" => flags, "Rect" => boxed([100, 100, 300, 200]),
            "AP" => dictionary! { "N" => Object::Reference(form) }, "AA" => dictionary! {},
        }
    };
    let page = pdf.page_iter().next().unwrap();
    // Smoothed enlargement, which the standard forbids, would be a difference too.
    pdf.objects.values_mut().filter_map(|object| object.as_stream_mut().ok()).for_each(|stream| {
        stream.dict.remove(b"Interpolate");
    });
    pdf.change_page_content(page, b"q 595 0 0 842 0 0 cm /Im0 Do Q".to_vec()).unwrap();
    let annotations = vec![annotation(seen, 4).into(), annotation(hidden, 2).into()];
    pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap().set("Annots", annotations);
    pdf.save(&original).unwrap();
    let mut reading = page_with(0, &[]);
    reading.source = TextSource::None;
    let reading = reading_of(vec![reading]);
    let accepted = accepted(&original, MediaType::Pdf, &reading, &copy, Method::ScanStreamsKept);
    assert!(accepted.pages[0].max < 0.01, "{:?}", accepted.pages);
    let bytes = String::from_utf8_lossy(&fs::read(&copy).unwrap()).into_owned();
    assert!(bytes.contains("0 0 10 10 re f") && !bytes.contains("0 0 9 9 re f") && !bytes.contains("/Annot"));
}

#[test]
fn links_and_bookmarks_are_kept_where_they_lead_to_a_page_or_to_the_web() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("report.pdf"), folder.path().join("copy.pdf"));
    common::write_pdf(&original, "Inhoud");
    let mut pdf = Document::load(&original).unwrap();
    let first = pdf.page_iter().next().unwrap();
    let page = pdf.get_dictionary(first).unwrap().clone();
    let (tree, second) = (page.get(b"Parent").unwrap().as_reference().unwrap(), pdf.add_object(page));
    let tree = pdf.get_object_mut(tree).unwrap().as_dict_mut().unwrap();
    tree.set("Kids", vec![first.into(), second.into()]);
    tree.set("Count", 2);
    let pages = [first, second];
    let to_second = || Object::Array(vec![pages[1].into(), "XYZ".into(), 10.into(), 700.into(), Object::Null]);
    let link = |more: (&str, Object)| {
        let mut link = dictionary! { "Type" => "Annot", "Subtype" => "Link", "Rect" => boxed([10, 10, 90, 30]) };
        link.set(more.0, more.1);
        Object::Dictionary(link)
    };
    let action = |kind: &str, key: &str, value: &str| {
        Object::Dictionary(dictionary! { "S" => kind, key => Object::string_literal(value) })
    };
    let links = vec![
        link(("Dest", Object::string_literal("artikel"))),
        link(("A", action("URI", "URI", "https://example.org/?q=1"))),
        link(("A", action("JavaScript", "JS", "app.alert(1)"))),
        link(("A", action("Launch", "F", "calc.exe"))),
    ];
    pdf.get_object_mut(pages[0]).unwrap().as_dict_mut().unwrap().set("Annots", links);
    let (outlines, mark) = (pdf.new_object_id(), pdf.new_object_id());
    let title = Object::string_literal("Artikel 1");
    let item = dictionary! { "Title" => title, "Parent" => outlines, "Dest" => to_second() };
    pdf.objects.insert(mark, item.into());
    pdf.objects.insert(outlines, dictionary! { "First" => mark, "Last" => mark, "Count" => 1 }.into());
    let named = dictionary! { "Names" => vec![Object::string_literal("artikel"), to_second()] };
    let catalog = pdf.catalog_mut().unwrap();
    catalog.set("Outlines", outlines);
    catalog.set("Names", dictionary! { "Dests" => named });
    pdf.save(&original).unwrap();

    build(&original, MediaType::Pdf, &digital_reading(&original), &copy).unwrap();
    check_sound(&copy);
    let pdf = Document::load(&copy).unwrap();
    let pages: Vec<_> = pdf.page_iter().collect();
    let kept = pdf.get_dictionary(pages[0]).unwrap().get(b"Annots").unwrap().as_array().unwrap();
    let [to_page, to_web] = &kept[..] else { panic!("{kept:?}") };
    let leads_to = |dict: &Dictionary| dict.get(b"Dest").unwrap().as_array().unwrap()[0].as_reference().unwrap();
    assert_eq!(leads_to(to_page.as_dict().unwrap()), pages[1]);
    let address = to_web.as_dict().unwrap().get(b"A").unwrap().as_dict().unwrap().get(b"URI").unwrap();
    assert_eq!(address.as_str().unwrap(), b"https://example.org/?q=1");
    let outlines = pdf.catalog().unwrap().get(b"Outlines").unwrap().as_reference().unwrap();
    let first = pdf.get_dictionary(outlines).unwrap().get(b"First").unwrap().as_reference().unwrap();
    assert_eq!(leads_to(pdf.get_dictionary(first).unwrap()), pages[1]);
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

/// Pages of a size that PDF/A does not let a page have are counted in other units; no page costs the others their copy.
#[test]
fn a_page_of_any_size_has_its_copy() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("plan.pdf"), folder.path().join("copy.pdf"));
    let mut pdf = Document::with_version("1.7");
    let tree = pdf.new_object_id();
    let helvetica = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica" };
    let font = pdf.add_object(helvetica);
    let drawn = "BT /F1 300 Tf 500 8000 Td (BOUWTEKENING huur gaat in op 1 maart 2021) Tj ET 500 500 9000 2000 re f";
    let sheets =
        [([0, 0, 20_000, 9_000], drawn), ([0, 0, 2, 2], ""), ([0, 0, 595, 842], "BT /F1 12 Tf 60 700 Td (Plan) Tj ET")];
    let kids: Vec<Object> = sheets
        .map(|(sides, content)| {
            let content = pdf.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
            let link = dictionary! {
                "Type" => "Annot", "Subtype" => "Link", "Rect" => boxed([100, 200, 300, 400]),
                "A" => dictionary! { "S" => "URI", "URI" => Object::string_literal("https://example.org/") },
            };
            let page = dictionary! {
                "Type" => "Page", "Parent" => tree, "MediaBox" => boxed(sides), "Contents" => content,
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } }, "Annots" => vec![link.into()],
            };
            pdf.add_object(page).into()
        })
        .to_vec();
    pdf.objects.insert(tree, dictionary! { "Type" => "Pages", "Count" => 3, "Kids" => kids }.into());
    let catalog = pdf.add_object(dictionary! { "Type" => "Catalog", "Pages" => tree });
    pdf.trailer.set("Root", catalog);
    pdf.save(&original).unwrap();
    let reading = digital_reading(&original);
    let acceptance = accepted(&original, MediaType::Pdf, &reading, &copy, Method::MadeConforming);
    assert!(acceptance.pages.iter().all(|page| page.max < 0.1 && page.size < 0.001), "{:?}", acceptance.pages);
    let made = Document::load(&copy).unwrap();
    let pages: Vec<_> = made.page_iter().map(|page| made.get_dictionary(page).unwrap()).collect();
    let unit = |page: &Dictionary| page.get(b"UserUnit").map_or(1.0, |unit| unit.as_float().unwrap());
    assert_eq!([unit(pages[0]), unit(pages[1]), unit(pages[2])], [2.0, 0.5, 1.0]);
    let link = pages[0].get(b"Annots").unwrap().as_array().unwrap()[0].as_dict().unwrap();
    let sides = link.get(b"Rect").unwrap().as_array().unwrap().iter().map(|side| side.as_float().unwrap());
    assert_eq!(sides.collect::<Vec<_>>(), [50.0, 100.0, 150.0, 200.0]);

    // As images of what they show, too.
    let digests = Digests::of(&fs::read(&original).unwrap());
    let request = request(&original, MediaType::Pdf, &reading, &digests);
    let effort = Effort::Facsimile { pages: Vec::new() };
    renditions::write(&request, &effort, &mut fs::File::create(&copy).unwrap()).unwrap();
    let acceptance = renditions::accept(&request, &effort, &copy).unwrap();
    assert!(acceptance.accepted, "{:?}", acceptance.reasons);
    check_sound(&copy);
}

#[test]
fn a_copy_of_another_size_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let [original, other, copy] = ["letter.pdf", "other.pdf", "copy.pdf"].map(|name| folder.path().join(name));
    common::write_pdf(&original, "HUUROVEREENKOMST");
    let mut pdf = Document::load(&original).unwrap();
    let page = pdf.page_iter().next().unwrap();
    pdf.get_dictionary_mut(page).unwrap().set("MediaBox", boxed([0, 0, 595, 900]));
    pdf.save(&other).unwrap();
    let reading = digital_reading(&original);
    let digests = Digests::of(&fs::read(&original).unwrap());
    let request = request(&original, MediaType::Pdf, &reading, &digests);
    let of_other = Request { original: &other, ..request };
    renditions::write(&of_other, &Effort::Faithful, &mut fs::File::create(&copy).unwrap()).unwrap();
    let acceptance = renditions::accept(&request, &Effort::Faithful, &copy).unwrap();
    assert!(acceptance.reasons[0].contains("its width or height differs by 6.4 %"), "{:?}", acceptance.reasons);
}

#[test]
fn a_page_that_cannot_conform_is_drawn_with_its_words() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter.pdf"), folder.path().join("copy.pdf"));
    // Without an encoding nobody knows what the codes of a font are that nobody has.
    let font = dictionary! { "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "Tahoma" };
    write_in_fonts(&original, vec![font], &[(1, b"HUUROVEREENKOMST"), (1, b"Artikel 2 Duur")]);
    let reading = digital_reading(&original);
    let tried = climb(&original, MediaType::Pdf, &reading, &copy).unwrap();
    let acceptance = tried.verdict.acceptance;
    assert!(acceptance.accepted, "{:?}", acceptance.reasons);
    assert!(matches!(tried.built.method, Method::Ghostscript | Method::Facsimile), "{:?}", tried.built);
    let why = tried.built.why.unwrap();
    assert!(why.contains("a font is not embedded"), "{why}");
    assert!(why.contains("Tahoma: it does not say which characters its codes are"), "{why}");
    assert!(acceptance.text.share > 0.99, "{:?}", acceptance.text);
    check_sound(&copy);
}

/// A page with a line for each text, in the font whose number stands before it; fonts are named `F1`, `F2` and so on.
fn write_in_fonts(path: &Path, fonts: Vec<Dictionary>, lines: &[(usize, &[u8])]) {
    let mut pdf = Document::with_version("1.7");
    let fonts: Vec<_> = fonts.into_iter().map(|font| pdf.add_object(font)).collect();
    let mut content = b"BT 24 TL 60 780 Td\n".to_vec();
    for (font, line) in lines {
        content.extend(format!("/F{font} 14 Tf <{}> Tj T*\n", hex::encode(line)).bytes());
    }
    content.extend(b"ET");
    let content = pdf.add_object(Stream::new(dictionary! {}, content));
    let pages = pdf.new_object_id();
    common::save_page(pdf, pages, fonts[0], content, path);
    if fonts.len() > 1 {
        let mut pdf = Document::load(path).unwrap();
        let page = *pdf.get_pages().values().next().unwrap();
        let named = (1..).zip(&fonts).map(|(n, font)| (format!("F{n}").into_bytes(), Object::from(*font)));
        let named = named.collect::<Dictionary>();
        let page = pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap();
        page.set("Resources", dictionary! { "Font" => named });
        pdf.save(path).unwrap();
    }
}

/// Widths of the codes from 32 on, as a document may state them: all of one width, but for the letter `i`.
fn stated_widths() -> Vec<Object> {
    (32..=255).map(|code| if code == i32::from(b'i') { 229.5.into() } else { Object::Integer(546) }).collect()
}

/// Fonts that an original names and does not bring: Helvetica without widths, Tahoma with widths of its own, letters
/// that only differences tell, signs of Symbol.
fn unembedded() -> Vec<Dictionary> {
    let descriptor = dictionary! {
        "Type" => "FontDescriptor", "FontName" => "Tahoma", "Flags" => 32, "ItalicAngle" => 0, "Ascent" => 1000,
        "Descent" => -207, "CapHeight" => 727, "StemV" => 92,
        "FontBBox" => vec![(-600).into(), (-208).into(), 1338.into(), 1034.into()],
    };
    let differing: Vec<Object> = vec![
        1.into(),
        Object::Name("H".into()),
        Object::Name("u".into()),
        Object::Name("r".into()),
        128.into(),
        Object::Name("eacute".into()),
        Object::Name("Euro".into()),
    ];
    vec![
        dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        },
        dictionary! {
            "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "Tahoma", "Encoding" => "WinAnsiEncoding",
            "FirstChar" => 32, "LastChar" => 255, "Widths" => stated_widths(), "FontDescriptor" => descriptor,
        },
        dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Times-Italic",
            "Encoding" => dictionary! { "Type" => "Encoding", "Differences" => differing },
        },
        dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Symbol" },
    ]
}

#[test]
fn fonts_that_the_original_does_not_bring_are_embedded() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter.pdf"), folder.path().join("copy.pdf"));
    let lines: [(usize, &[u8]); 4] =
        [(1, b"Huurprijs \x80 1.250,00"), (2, b"opzegging \xe9\xe9n maand"), (3, &[1, 2, 2, 3, 128, 129]), (4, b"abS")];
    write_in_fonts(&original, unembedded(), &lines);
    let reading = digital_reading(&original);
    accepted(&original, MediaType::Pdf, &reading, &copy, Method::MadeConforming);
    let built = build(&original, MediaType::Pdf, &reading, &folder.path().join("again.pdf")).unwrap();
    assert_eq!(fs::read(&copy).unwrap(), fs::read(folder.path().join("again.pdf")).unwrap());
    assert_eq!(
        built.why.unwrap(),
        "fonts that the original does not bring are drawn by substitutes: Helvetica by FoxitSans, Symbol by \
         FoxitSymbol, Tahoma by FoxitSans, Times-Italic by FoxitSerif-Italic"
    );
    if let Some(text) = printed("pdftotext", &["-layout", copy.to_str().unwrap(), "-"]) {
        let text: Vec<&str> = text.split_whitespace().collect();
        assert_eq!(text, ["Huurprijs", "€", "1.250,00", "opzegging", "één", "maand", "Huuré€", "αβΣ"]);
    }
    // What the document states of widths stands there as it was; the standard metrics stand where it states none.
    let pdf = Document::load(&copy).unwrap();
    let fonts: Vec<&Dictionary> = pdf.objects.values().filter_map(|object| object.as_dict().ok()).collect();
    let number = |object: &Object| object.as_float().unwrap();
    let widths = |codes: [i64; 2]| {
        let ends =
            |font: &Dictionary| [b"FirstChar", &b"LastChar"[..]].map(|key| font.get(key).and_then(Object::as_i64));
        let font = fonts.iter().find(|font| ends(font).into_iter().flatten().eq(codes)).unwrap();
        font.get(b"Widths").unwrap().as_array().unwrap().iter().map(number).collect::<Vec<_>>()
    };
    assert_eq!(widths([32, 255]), stated_widths().iter().map(number).collect::<Vec<_>>());
    let times = widths([1, 129]);
    assert_eq!((&times[..3], &times[127..]), (&[722.0, 500.0, 389.0][..], &[444.0, 500.0][..]));
}

/// Glyphs that a substitute lacks, and signs where the encoding has letters, are left to the next way.
#[test]
fn no_substitute_draws_what_it_does_not_have() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter.pdf"), folder.path().join("copy.pdf"));
    let font = |name: &str| {
        let differing: Vec<Object> = vec![1.into(), Object::Name("uni0416".into())];
        dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => name,
            "Encoding" => dictionary! { "BaseEncoding" => "WinAnsiEncoding", "Differences" => differing },
        }
    };
    let check = |name: &str, line: &[u8], want: &str| {
        write_in_fonts(&original, vec![font(name)], &[(1, line)]);
        let mut page = page_with(0, &[("Huur", [0.1, 0.1, 0.2, 0.2])]);
        page.source = TextSource::Digital;
        let built = build(&original, MediaType::Pdf, &reading_of(vec![page]), &copy).unwrap();
        assert_eq!(built.why.unwrap(), format!("no substitute was embedded for a font: {name}: {want}"));
        let findings = renditions::check(&copy).unwrap();
        assert!(findings.iter().any(|finding| finding.what == "a font is not embedded"), "{findings:?}");
    };
    check("Tahoma", b"Huur\x01", "the substitute has no glyph for its code 1 (Ж)");
    check("Tahoma", b"Huur\x02", "nobody knows which character its code 2 is");
    check("Wingdings-Regular", b"Huur", "it draws signs that no substitute has");
}

/// A font of two bytes a code that is not there cannot be known; where it shows nothing, that is no loss.
#[test]
fn a_composite_font_that_shows_nothing_needs_no_letters() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter.pdf"), folder.path().join("copy.pdf"));
    let composite = || {
        let system = dictionary! {
            "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("Identity"),
            "Supplement" => 0,
        };
        let inner = dictionary! {
            "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "Tahoma", "CIDSystemInfo" => system,
        };
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "Tahoma", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![inner.into()],
        }
    };
    let fonts = || vec![unembedded().remove(0), composite()];
    write_in_fonts(&original, fonts(), &[(1, b"Huurprijs"), (2, b"")]);
    let reading = digital_reading(&original);
    accepted(&original, MediaType::Pdf, &reading, &copy, Method::MadeConforming);
    let why = build(&original, MediaType::Pdf, &reading, &copy).unwrap().why.unwrap();
    assert!(why.ends_with(": Helvetica by FoxitSans"), "{why}");
    write_in_fonts(&original, fonts(), &[(1, b"Huurprijs"), (2, b"\0H")]);
    let why = build(&original, MediaType::Pdf, &reading, &copy).unwrap().why.unwrap();
    assert!(why.ends_with(": Tahoma: its codes are glyphs of a font that nobody has"), "{why}");
}

/// Without a map from characters to glyphs they are the same, which an archival copy must say (ISO 19005-2, 6.2.11.3.2).
#[test]
fn a_composite_font_says_which_glyphs_its_characters_have() {
    let folder = tempfile::tempdir().unwrap();
    let [original, unsaid, copy] = ["scan.pdf", "unsaid.pdf", "copy.pdf"].map(|name| folder.path().join(name));
    scan(&original, 1, dictionary! { "MediaBox" => boxed([0, 0, 595, 842]) }, dictionary! {});
    // One letter: its code and its glyph are 1.
    let reading = reading_of(vec![page_with(0, &[("I", [0.1, 0.1, 0.2, 0.2])])]);
    build(&original, MediaType::Pdf, &reading, &unsaid).unwrap();
    let mut pdf = Document::load(&unsaid).unwrap();
    let fonts = pdf.objects.values_mut().filter_map(|object| object.as_dict_mut().ok());
    assert_eq!(fonts.filter_map(|font| font.remove(b"CIDToGIDMap")).count(), 1);
    pdf.save(&unsaid).unwrap();
    let lacks = |file: &Path| renditions::check(file).unwrap().iter().any(|finding| finding.clause == "6.2.11.3.2");
    assert!(lacks(&unsaid));
    let wordless = reading_of(vec![page_with(0, &[])]);
    build(&unsaid, MediaType::Pdf, &wordless, &copy).unwrap();
    assert!(!lacks(&copy), "{:?}", renditions::check(&copy).unwrap());
    check_sound(&copy);
}

/// A page of squares that a font gives names made by rule, of which a reader of PDF/A knows none (ISO 19005-2, 6.2.11.7.2).
#[test]
fn glyphs_whose_names_are_made_by_rule_get_their_characters() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter.pdf"), folder.path().join("copy.pdf"));
    let mut pdf = Document::with_version("1.7");
    let square = pdf.add_object(Stream::new(dictionary! {}, b"600 0 0 0 500 500 d1 0 0 500 500 re f".to_vec()));
    let names = ["uni20AC", "one.oldstyle", "f_f"];
    let glyphs = names.iter().map(|name| (name.as_bytes().to_vec(), square.into())).collect::<Dictionary>();
    let differences = std::iter::once(97.into()).chain(names.map(|name| Object::Name(name.into()))).collect::<Vec<_>>();
    let font = pdf.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type3", "FontBBox" => vec![0.into(), 0.into(), 500.into(), 500.into()],
        "FontMatrix" => vec![0.001.into(), 0.into(), 0.into(), 0.001.into(), 0.into(), 0.into()],
        "FirstChar" => 97, "LastChar" => 99, "Widths" => vec![Object::Integer(600); 3], "CharProcs" => glyphs,
        "Encoding" => dictionary! { "Type" => "Encoding", "Differences" => differences },
        "Resources" => dictionary! {},
    });
    let content = pdf.add_object(Stream::new(dictionary! {}, b"BT /F1 20 Tf 60 700 Td (abc) Tj ET".to_vec()));
    let pages = pdf.new_object_id();
    common::save_page(pdf, pages, font, content, &original);
    let mut page = page_with(0, &[("€1ff", [0.1, 0.1, 0.2, 0.2])]);
    page.source = TextSource::Digital;
    accepted(&original, MediaType::Pdf, &reading_of(vec![page]), &copy, Method::MadeConforming);
    if let Some(text) = printed("pdftotext", &[copy.to_str().unwrap(), "-"]) {
        assert_eq!(text.trim(), "€1ff");
    }
}

/// A page that says of its text that it is another: those who search in the copy find what the page shows.
#[test]
fn a_copy_gives_the_text_that_its_page_shows() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("lease.pdf"), folder.path().join("copy.pdf"));
    common::write_pdf(&original, "De huurprijs bedraagt");
    let mut pdf = Document::load(&original).unwrap();
    let page = pdf.page_iter().next().unwrap();
    let fonts: Vec<_> = pdf.get_page_fonts(page).unwrap().keys().cloned().collect();
    let font = String::from_utf8(fonts[0].clone()).unwrap();
    let line = |list: &str, text: &str, down: i32| {
        format!(" /Span {list} BDC BT /{font} 12 Tf 72 {down} Td ({text}) Tj ET EMC")
    };
    let form = pdf.add_object(Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => vec![0.into(), 0.into(), 600.into(), 800.into()] },
        line("<</ActualText (NEGEN)>>", "drie", 300).into_bytes(),
    ));
    pdf.add_xobject(page, "Fm0", form).unwrap();
    let named = pdf.add_object(dictionary! { "ActualText" => Object::string_literal("9.250,00") });
    let resources = pdf.get_dict_in_dict(pdf.get_dictionary(page).unwrap(), b"Resources").unwrap().clone();
    let mut resources = resources;
    resources.set("Properties", dictionary! { "Said" => named });
    pdf.get_object_mut(page).and_then(Object::as_dict_mut).unwrap().set("Resources", resources);
    let more = line("<</ActualText (7.250,00)>>", "1.250,00", 400) + &line("/Said", "2.250,00", 350) + " /Fm0 Do";
    pdf.add_page_contents(page, more.into_bytes()).unwrap();
    pdf.save(&original).unwrap();

    let reading = digital_reading(&original);
    assert!(reading.pages[0].text.contains("1.250,00") && reading.pages[0].text.contains("drie"));
    accepted(&original, MediaType::Pdf, &reading, &copy, Method::MadeConforming);
    let copied = Document::load(&copy).unwrap();
    for object in copied.objects.values() {
        if let Ok(stream) = object.as_stream() {
            let content = stream.decompressed_content().unwrap_or_default();
            assert!(!content.windows(10).any(|window| window == b"ActualText"));
        }
        assert!(object.as_dict().is_ok_and(|dict| !dict.has(b"ActualText")) || object.as_dict().is_err());
    }
    if let Some(text) = printed("pdftotext", &[copy.to_str().unwrap(), "-"]) {
        assert!(text.contains("1.250,00") && text.contains("2.250,00") && text.contains("drie"), "{text}");
    }
}

fn digital_reading(original: &Path) -> Reading {
    let source = Source::open(original, MediaType::Pdf, None).unwrap();
    let pages = (0..source.page_count()).map(PageNo::from_index).map(|number| match source.page(number).unwrap() {
        Page::Digital(reading) => reading,
        Page::Image(_) => panic!("the page is no born-digital one"),
    });
    reading_of(pages.collect())
}

/// An image file becomes a page that looks the same; `kept` says whether the file's own image data stand in it. Gives the
/// copy's size.
#[track_caller]
fn check_image(name: &str, media: MediaType, file: &[u8], kept: Option<&[u8]>) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join(name), folder.path().join("copy.pdf"));
    fs::write(&original, file).unwrap();
    let source = Source::open(&original, media, None).unwrap();
    let pages = (0..source.page_count()).map(PageNo::from_index).map(|number| match source.page(number).unwrap() {
        Page::Digital(page) => PageReading::wordless(number, PageState::Read, page.width_pt, page.height_pt),
        Page::Image(page) => PageReading::wordless(number, PageState::Read, page.width_pt, page.height_pt),
    });
    let reading = reading_of(pages.collect());
    accepted(&original, media, &reading, &copy, Method::ImagesWrapped);
    if let Some(kept) = kept {
        let bytes = fs::read(&copy).unwrap();
        assert!(bytes.windows(kept.len()).any(|window| window == kept), "{name}: its bytes were changed");
    }
    fs::metadata(&copy).unwrap().len()
}

fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

/// Stripes in all colors, with a dark block in one corner, so that turning and mirroring show.
fn picture() -> RgbaImage {
    RgbaImage::from_fn(240, 320, |x, y| {
        let dark = x < 60 && y < 80;
        Rgba(if dark { [0, 0, 0, 255] } else { [(y / 2) as u8 + 90, 200, (x / 2) as u8 + 60, 255 - (x / 4) as u8] })
    })
}

#[test]
fn jpegs_keep_their_bytes() {
    let color = DynamicImage::from(picture()).into_rgb8();
    for image in [DynamicImage::from(color.clone()), DynamicImage::from(color).into_luma8().into()] {
        let file = encoded(&image, ImageFormat::Jpeg);
        check_image("photo.jpg", MediaType::Jpeg, &file, Some(&file));
    }
}

/// A JPEG of inks, in blocks of one color each, as Adobe's programs write it (ITU-T T.81; Technical Note 5116).
fn jpeg_of_inks(across: u16, down: u16, paper: impl Fn(u16, u16) -> [u8; 4]) -> Vec<u8> {
    let segment =
        |marker: u8, body: &[u8]| [&[0xFF, marker][..], &(body.len() as u16 + 2).to_be_bytes(), body].concat();
    let components: Vec<u8> = (1..=4).flat_map(|id| [id, 0x11, 0]).collect();
    let [w, h] = [across * 8, down * 8].map(u16::to_be_bytes);
    // Twelve codes of four bits for the blocks' means, one of a bit for "nothing more".
    let means = [&[0_u8, 0, 0, 0, 12][..], &[0; 12], &(0..12).collect::<Vec<u8>>()].concat();
    let mut file = [
        &[0xFF, 0xD8][..],
        &segment(0xEE, b"Adobe\0\x64\0\0\0\0\0"),
        &segment(0xDB, &[&[0][..], &[1; 64]].concat()),
        &segment(0xC0, &[&[8][..], &h, &w, &[4], &components].concat()),
        &segment(0xC4, &means),
        &segment(0xC4, &[&[0x10_u8, 1][..], &[0; 15], &[0]].concat()),
        &segment(0xDA, &[4, 1, 0, 2, 0, 3, 0, 4, 0, 0, 63, 0]),
    ]
    .concat();
    let mut bits = Vec::new();
    let mut put = |value: i32, count: u32| bits.extend((0..count).rev().map(|bit| value >> bit & 1 == 1));
    let mut before = [0; 4];
    for (x, y) in (0..down).flat_map(|y| (0..across).map(move |x| (x, y))) {
        for (before, paper) in before.iter_mut().zip(paper(x, y)) {
            let mean = (i32::from(paper) - 128) * 8;
            let step = mean - *before;
            *before = mean;
            let size = i32::BITS - step.abs().leading_zeros();
            put(size as i32, 4);
            put(if step < 0 { step + (1 << size) - 1 } else { step }, size);
            put(0, 1);
        }
    }
    bits.resize(bits.len().next_multiple_of(8), true);
    for byte in bits.chunks(8).map(|bits| bits.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))) {
        file.push(byte);
        // What could be taken for a marker is none.
        file.extend((byte == 0xFF).then_some(0));
    }
    file.extend([0xFF, 0xD9]);
    file
}

#[test]
fn jpegs_of_inks_keep_their_bytes() {
    // From no ink to all of it, each ink beside each other.
    let paper = |x: u16, y: u16| {
        let (x, y) = (x as u8 * 8, y as u8 * 8);
        [255 - x, 255 - y, 255 - (x / 2 + y / 2), if x > y { 255 } else { 255 - x / 2 }]
    };
    let file = jpeg_of_inks(32, 32, paper);
    let decoded = image::load_from_memory(&file).unwrap().into_rgb8();
    assert_eq!(decoded.get_pixel(4, 4).0, [255; 3]);
    assert_eq!(decoded.get_pixel(252, 4).0, [7, 255, 131]);
    check_image("photo.jpg", MediaType::Jpeg, &file, Some(&file));
}

#[test]
fn pngs_keep_their_image_data_where_a_pdf_can_read_them() {
    let image = DynamicImage::from(picture());
    let data = |file: &[u8]| {
        let at = file.windows(4).position(|window| window == b"IDAT").unwrap();
        let length = u32::from_be_bytes(file[at - 4..at].try_into().unwrap()) as usize;
        file[at + 4..at + 4 + length].to_vec()
    };
    let plain: [DynamicImage; 4] =
        [image.to_rgb8().into(), image.to_luma8().into(), image.to_rgb16().into(), image.to_luma16().into()];
    for image in plain {
        let file = encoded(&image, ImageFormat::Png);
        check_image("page.png", MediaType::Png, &file, Some(&data(&file)));
    }
    check_image("page.png", MediaType::Png, &encoded(&image, ImageFormat::Png), None);
}

/// Black and white that deflate packs badly is written as fax: the same pixels, and a copy within the size rule.
#[test]
fn black_and_white_that_is_large_as_png_becomes_fax() {
    // Type twice as fine as it was scanned: 2480 pixels across.
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let letter = image::open(fixture).unwrap().into_luma8();
    let fine = image::imageops::resize(&letter, 2480, 1800, image::imageops::FilterType::CatmullRom);
    let is_ink = |x: usize, y: usize| fine.get_pixel(x as u32, y as u32).0[0] < 140;
    let eight = |at: usize| (0..8).fold(0_u8, |byte, bit| byte << 1 | u8::from(!is_ink(at % 310 * 8 + bit, at / 310)));
    let rows: Vec<u8> = (0..310 * 1800).map(eight).collect();
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 2480, 1800);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::One);
    // Black is the second color here.
    encoder.set_palette(vec![255, 255, 255, 0, 0, 0]);
    let inverted: Vec<u8> = rows.iter().map(|byte| !byte).collect();
    encoder.write_header().unwrap().write_image_data(&inverted).unwrap();
    let size = check_image("page.png", MediaType::Png, &file, None);
    assert!(size < file.len() as u64, "{size} bytes, as a PNG {}", file.len());

    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("page.png"), folder.path().join("copy.pdf"));
    fs::write(&original, &file).unwrap();
    let reading = reading_of(vec![PageReading::wordless(PageNo::from_index(0), PageState::Read, 595.2, 432.0)]);
    let built = build(&original, MediaType::Png, &reading, &copy).unwrap();
    assert!(built.why.is_some_and(|why| why.contains("as fax")));
    let pixels = shown(&copy, (2480, 1800));
    assert!((0..2480 * 1800).all(|at| pixels[at] == [if is_ink(at % 2480, at / 2480) { 0 } else { 255 }; 3]));
}

/// Type in grey, as fine as a screen, a fax or a scanner has it: the renderer's own spreading of pixels is no difference.
#[test]
fn type_scanned_coarsely_looks_the_same() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let fine = image::open(fixture).unwrap().into_luma8();
    for across in [600, 762, 827, 1000, 1240, 1500] {
        let down = across * fine.height() / fine.width();
        let coarse = image::imageops::resize(&fine, across, down, image::imageops::FilterType::Triangle);
        check_image("page.png", MediaType::Png, &encoded(&coarse.into(), ImageFormat::Png), None);
    }
}

/// A JPEG or TIFF that says how it is to be turned and mirrored keeps its own image data: the page is turned.
#[test]
fn turned_and_mirrored_images_keep_their_bytes() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let fine = image::open(fixture).unwrap().into_luma8();
    for across in [827, 1240] {
        let down = across * fine.height() / fine.width();
        let letter = image::imageops::resize(&fine, across, down, image::imageops::FilterType::Triangle);
        let jpeg = encoded(&letter.clone().into(), ImageFormat::Jpeg);
        for orientation in 1..=8 {
            // EXIF 2.3: a TIFF directory with the tag 274 alone, in an APP1 segment.
            let tag = [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0];
            let exif = [&b"Exif\0\0MM\0*\0\0\0\x08\0\x01"[..], &tag, &[0; 4]].concat();
            let segment = [&[0xFF, 0xE1][..], &(exif.len() as u16 + 2).to_be_bytes(), &exif].concat();
            let file = [&jpeg[..2], &segment, &jpeg[2..]].concat();
            check_image(&format!("{across}-{orientation}.jpg"), MediaType::Jpeg, &file, Some(&file));

            let mut file = Cursor::new(Vec::new());
            let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
            let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(across, down).unwrap();
            image.encoder().write_tag(tiff::tags::Tag::Orientation, u16::from(orientation)).unwrap();
            image.write_data(&letter).unwrap();
            check_image(&format!("{across}-{orientation}.tif"), MediaType::Tiff, &file.into_inner(), None);
        }
    }
}

/// A TIFF of one strip with these tags beside those that each has.
fn tiff_file(width: u16, height: u16, tags: &[(u16, u16)], strip: &[u8]) -> Vec<u8> {
    tiff_with_map(width, height, tags, &[], strip)
}

/// The same with a map of colors.
fn tiff_with_map(width: u16, height: u16, tags: &[(u16, u16)], map: &[[u8; 3]], strip: &[u8]) -> Vec<u8> {
    let mut entries: Vec<(u16, u32)> = vec![(256, width.into()), (257, height.into()), (273, 8), (278, height.into())];
    entries.push((279, strip.len() as u32));
    let mapped = 8 + strip.len().next_multiple_of(2) as u32;
    entries.extend((!map.is_empty()).then_some((320, mapped)));
    entries.extend(tags.iter().map(|(tag, value)| (*tag, u32::from(*value))));
    entries.sort_unstable();
    let directory = mapped + map.len() as u32 * 6;
    let mut file = [&b"II*\0"[..], &directory.to_le_bytes(), strip].concat();
    file.resize(mapped as usize, 0);
    (0..3).for_each(|part| file.extend(map.iter().flat_map(|color| [0, color[part]])));
    file.extend((entries.len() as u16).to_le_bytes());
    for (tag, value) in entries {
        let (kind, count) = if tag == 320 { (3_u16, map.len() as u32 * 3) } else { (4, 1) };
        file.extend([&tag.to_le_bytes()[..], &kind.to_le_bytes(), &count.to_le_bytes(), &value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file
}

#[test]
fn bits_that_are_stored_from_the_other_end_are_read() {
    // Lines of strokes that no byte begins with: from the other end they are others.
    let ink = |x: usize, y: usize| y % 50 < 25 && x % 27 < 5;
    let packed: Vec<u8> = (0..800 * 80)
        .map(|at| (0..8).fold(0, |byte, bit| byte << 1 | u8::from(!ink(at % 80 * 8 + bit, at / 80))))
        .collect();
    let turned: Vec<u8> = packed.iter().map(|byte| byte.reverse_bits()).collect();
    let file =
        |order: u16, strip: &[u8]| tiff_file(640, 800, &[(258, 1), (259, 1), (262, 1), (266, order), (277, 1)], strip);
    let folder = tempfile::tempdir().unwrap();
    let luma = |file: &[u8]| {
        let path = folder.path().join("page.tif");
        fs::write(&path, file).unwrap();
        match Source::open(&path, MediaType::Tiff, None).unwrap().page(PageNo::from_index(0)).unwrap() {
            Page::Image(page) => page.luma,
            Page::Digital(_) => panic!("the page is an image"),
        }
    };
    assert_eq!(luma(&file(1, &packed)), luma(&file(2, &turned)));
    check_image("turned.tif", MediaType::Tiff, &file(2, &turned), None);
}

#[test]
fn colors_of_a_kind_that_is_not_read_say_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lab.tif");
    fs::write(&path, tiff_file(16, 16, &[(258, 8), (259, 1), (262, 10), (277, 1)], &[90; 256])).unwrap();
    let source = Source::open(&path, MediaType::Tiff, None).unwrap();
    let error = source.page(PageNo::from_index(0)).err().unwrap();
    assert_eq!(error.reason(), Some("unsupported_image"), "{error}");
}

/// The page of a copy, pixel by pixel of the image on it.
fn shown(copy: &Path, size: (u32, u32)) -> Vec<[u8; 3]> {
    let proof = Source::open(copy, MediaType::Pdf, None).unwrap().proof(PageNo::from_index(0), size).unwrap();
    let Samples::Color(pixels) = proof.samples else { panic!("a page of a PDF is drawn in color") };
    pixels.chunks_exact(4).map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect()
}

#[test]
fn numbers_of_colors_in_a_tiff_are_read_and_copied_as_they_are() {
    let (width, height) = (600_u16, 480_u16);
    for bits in [1, 2, 4, 8_u16] {
        let numbers = 1_usize << bits;
        let shade = |i: usize| (i * 255 / (numbers - 1)) as u8;
        let map: Vec<[u8; 3]> = (0..numbers).map(|i| [shade(i), shade(i), 60 + shade(i) / 2]).collect();
        // Strokes in all colors on paper of the last.
        let is_ink = |x: usize, y: usize| y % 12 < 6 && x % 9 < 3;
        let number = |x: usize, y: usize| if is_ink(x, y) { (x / 9 + y / 12) % numbers } else { numbers - 1 };
        let rows = (0..usize::from(height)).flat_map(|y| {
            let in_byte = 8 / usize::from(bits);
            (0..usize::from(width).div_ceil(in_byte)).map(move |byte| {
                let of = |at: usize| if byte * in_byte + at < 600 { number(byte * in_byte + at, y) } else { 0 };
                (0..in_byte).fold(0_usize, |packed, at| packed << bits | of(at)) as u8
            })
        });
        let tags = [(258, bits), (259, 1), (262, 3), (277, 1)];
        let file = tiff_with_map(width, height, &tags, &map, &rows.collect::<Vec<u8>>());
        check_image("numbers.tif", MediaType::Tiff, &file, None);

        let folder = tempfile::tempdir().unwrap();
        let (original, copy) = (folder.path().join("numbers.tif"), folder.path().join("copy.pdf"));
        fs::write(&original, file).unwrap();
        let source = Source::open(&original, MediaType::Tiff, None).unwrap();
        let Page::Image(page) = source.page(PageNo::from_index(0)).unwrap() else { panic!("the page is an image") };
        let at = |wanted: usize| (0..600 * 480).find(|at| number(at % 600, at / 600) == wanted).unwrap();
        assert!(page.luma[at(0)] < 20 && page.luma[at(numbers - 1)] > 230, "{bits} bits");
        let reading =
            reading_of(vec![PageReading::wordless(page.page, PageState::Read, page.width_pt, page.height_pt)]);
        build(&original, MediaType::Tiff, &reading, &copy).unwrap();
        let pixels = shown(&copy, (600, 480));
        assert!((0..600 * 480).all(|at| pixels[at] == map[number(at % 600, at / 600)]), "{bits} bits");
    }
}

#[test]
fn lab_of_a_tiff_is_read_and_copied_as_it_is() {
    // White paper with a stamp in the red of sRGB: L* 54, a* 81, b* 70.
    let is_ink = |at: usize| (40..110).contains(&(at % 150)) && (20..60).contains(&(at / 150));
    for (kind, red, white) in [(8, [138, 81, 70], [255, 0, 0]), (9, [138, 209, 198], [255, 128, 128])] {
        let strip: Vec<u8> = (0..150 * 90).flat_map(|at| if is_ink(at) { red } else { white }).collect();
        let file = tiff_file(150, 90, &[(258, 8), (259, 1), (262, kind), (277, 3)], &strip);
        check_image("lab.tif", MediaType::Tiff, &file, None);
        let folder = tempfile::tempdir().unwrap();
        let (original, copy) = (folder.path().join("lab.tif"), folder.path().join("copy.pdf"));
        fs::write(&original, file).unwrap();
        let reading = reading_of(vec![PageReading::wordless(PageNo::from_index(0), PageState::Read, 36.0, 21.6)]);
        build(&original, MediaType::Tiff, &reading, &copy).unwrap();
        let pixels = shown(&copy, (150, 90));
        let near =
            |found: [u8; 3], want: [u8; 3]| found.iter().zip(want).all(|(found, want)| found.abs_diff(want) < 12);
        assert!(
            (0..150 * 90).all(|at| near(pixels[at], if is_ink(at) { [255, 0, 0] } else { [255; 3] })),
            "kind {kind}"
        );
    }
}

/// A letter with a red stamp on it, as an image file of each kind.
fn stamped_letter() -> Vec<(MediaType, Vec<u8>)> {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let letter =
        image::open(fixture).unwrap().resize_exact(1240, 1754, image::imageops::FilterType::Triangle).into_rgb8();
    let letter = image::RgbImage::from_fn(letter.width(), letter.height(), |x, y| {
        let in_stamp = (700..1000).contains(&x) && (1000..1160).contains(&y);
        let is_ink = in_stamp && ((x - 700) % 40 < 5 || (y - 1000) % 40 < 5);
        if is_ink { image::Rgb([205, 45, 45]) } else { *letter.get_pixel(x, y) }
    });
    let letter = DynamicImage::from(letter);
    let kinds = [
        (MediaType::Jpeg, ImageFormat::Jpeg),
        (MediaType::Png, ImageFormat::Png),
        (MediaType::Tiff, ImageFormat::Tiff),
    ];
    kinds.map(|(media, format)| (media, encoded(&letter, format))).to_vec()
}

#[test]
fn an_image_file_that_is_drawn_keeps_its_colors_and_grey_in_their_place_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (original, copy) = (folder.path().join("letter"), folder.path().join("copy.pdf"));
    for (media, file) in stamped_letter() {
        fs::write(&original, &file).unwrap();
        let page = Source::open(&original, media, None).unwrap().page(PageNo::from_index(0)).unwrap();
        let Page::Image(page) = page else { panic!("the page is an image") };
        let reading =
            reading_of(vec![PageReading::wordless(page.page, PageState::Read, page.width_pt, page.height_pt)]);
        let digests = Digests::of(&file);
        let request = request(&original, media, &reading, &digests);
        let drawn = Effort::Facsimile { pages: Vec::new() };
        renditions::write(&request, &drawn, &mut fs::File::create(&copy).unwrap()).unwrap();
        let acceptance = renditions::accept(&request, &drawn, &copy).unwrap();
        assert!(acceptance.accepted, "{media:?} {:?}", acceptance.reasons);
        let is_red = |[red, green, blue]: &[u8; 3]| *red > 150 && *green < 110 && *blue < 110;
        assert!(shown(&copy, (1240, 1754)).iter().filter(|pixel| is_red(pixel)).count() > 3_000, "{media:?}");

        // The same page without its colors is another.
        let gray = folder.path().join("gray.jpg");
        let luma = image::load_from_memory(&file).unwrap().into_luma8();
        fs::write(&gray, encoded(&luma.into(), ImageFormat::Jpeg)).unwrap();
        let of_gray = Request { original: &gray, media: MediaType::Jpeg, ..request };
        renditions::write(&of_gray, &Effort::Faithful, &mut fs::File::create(&copy).unwrap()).unwrap();
        let acceptance = renditions::accept(&request, &drawn, &copy).unwrap();
        assert!(acceptance.reasons.iter().any(|reason| reason.contains("a color is gone")), "{:?}", acceptance.reasons);
    }
}

#[test]
fn tiff_and_webp_become_pages() {
    let image = DynamicImage::from(picture());
    for image in [image.to_rgb8().into(), image.to_luma8().into(), image.to_luma16().into(), image.clone()] {
        check_image("page.tif", MediaType::Tiff, &encoded(&image, ImageFormat::Tiff), None);
    }
    check_image("page.webp", MediaType::Webp, &encoded(&image, ImageFormat::WebP), None);
}

/// What has no form of its own in a PDF is still not larger than it must be: colors and covering that are not there take
/// no room, and few colors are a list.
#[test]
fn pixels_written_without_loss_stay_within_the_size_rule() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/lease-page.png");
    let letter = DynamicImage::from(image::open(fixture).unwrap().into_luma8());
    let shades = DynamicImage::from(letter.to_luma8()).blur(0.7);
    let ink = image::RgbImage::from_fn(letter.width(), letter.height(), |x, y| {
        let dark = letter.to_luma8().get_pixel(x, y).0[0] < 128;
        image::Rgb(if dark { [20, 30, 120] } else { [250, 248, 240] })
    });
    for (name, image) in [
        ("gray as color", DynamicImage::from(shades.to_rgb8())),
        ("covered", DynamicImage::from(shades.to_rgba8())),
        ("two colors", DynamicImage::from(ink)),
    ] {
        let webp = encoded(&image, ImageFormat::WebP);
        let size = check_image(name, MediaType::Webp, &webp, None);
        let png = encoded(&image, ImageFormat::Png).len() as u64;
        let most = (png + png / 20).max(png + 8192);
        assert!(size <= most, "{name}: {size} bytes, as a PNG {png}");
    }
}

#[test]
fn scans_of_fax_strips_keep_their_bytes() {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-docs");
    let file = fs::read(samples.join("huurovereenkomst-kantoor-allonge.tif")).unwrap();
    check_image("letter.tif", MediaType::Tiff, &file, None);
    let file = fs::read(samples.join("opdrachtbevestiging.jpg")).unwrap();
    check_image("letter.jpg", MediaType::Jpeg, &file, Some(&file));
}

#[test]
fn ghostscript_writes_a_pdf_that_can_be_copied() {
    let folder = tempfile::tempdir().unwrap();
    let original = folder.path().join("letter.pdf");
    common::write_pdf(&original, "HUUROVEREENKOMST\nDe huurprijs bedraagt 1.250,00 per maand.");
    let written = match renditions::by_ghostscript(&original, None, 1, folder.path(), &CancelFlag::default()) {
        Err(error) if error.kind() == ErrorKind::MissingTool => {
            eprintln!("SKIPPED: {error}");
            return;
        }
        written => written.unwrap(),
    };
    let reading = digital_reading(&original);
    accepted(&written, MediaType::Pdf, &reading, &folder.path().join("copy.pdf"), Method::MadeConforming);
}

/// Copies every document of the folder `GRIFFIE_COPIES_FROM` (and the folders in it) into `GRIFFIE_COPIES_TO` and tells
/// how each was made; what was read is kept there too, so that a second run need not read again. `GRIFFIE_COPIES_ONLY`
/// narrows it to paths that hold a word, `GRIFFIE_COPIES_PAGES` to so many first pages of each. Run it with `cargo test --test renditions -- --ignored --nocapture`.
#[test]
#[ignore = "makes copies of a folder that the environment names"]
fn copies_of_a_folder() {
    let (Some(from), Some(to)) = (std::env::var_os("GRIFFIE_COPIES_FROM"), std::env::var_os("GRIFFIE_COPIES_TO"))
    else {
        panic!("set GRIFFIE_COPIES_FROM and GRIFFIE_COPIES_TO");
    };
    let (from, to) = (PathBuf::from(from), PathBuf::from(to));
    let only = std::env::var("GRIFFIE_COPIES_ONLY").unwrap_or_default();
    let mut engine = None;
    for entry in walkdir::WalkDir::new(&from).sort_by_file_name().into_iter().flatten() {
        let path = entry.path();
        if !path.to_string_lossy().contains(&only) {
            continue;
        }
        let Some(media) = media_of(path) else { continue };
        let name = path.strip_prefix(&from).unwrap().to_string_lossy().replace('/', "~");
        let reading = match kept_reading(path, media, &to.join(format!("{name}.json")), &mut engine) {
            Ok(reading) => reading,
            Err(error) => {
                println!("{name}: not read: {error}");
                continue;
            }
        };
        let copy = to.join(format!("{name}.copy.pdf"));
        let (tried, took) = timed_climb(path, media, &reading, &copy);
        match tried {
            Ok(Tried { built, verdict, .. }) => {
                let before = fs::metadata(path).unwrap().len();
                let [building, examining] = took.map(|ms| ms / f64::from(built.pages.max(1)));
                let verdict = match verdict.acceptance.accepted {
                    true => "accepted".to_owned(),
                    false => format!("REFUSED: {}", verdict.acceptance.reasons.join(" | ")),
                };
                println!(
                    "{name}: {:?}, {} pages, {} to {} bytes, CPU ms a page {building:.1} to build and {examining:.1} to \
                     examine, {verdict}{}",
                    built.method,
                    built.pages,
                    before,
                    built.size_bytes,
                    built.why.map(|why| format!("; {why}")).unwrap_or_default(),
                );
            }
            Err(error) => println!("{name}: no copy: {error}"),
        }
    }
}

fn media_of(path: &Path) -> Option<MediaType> {
    match path.extension()?.to_str()? {
        "pdf" => Some(MediaType::Pdf),
        "tif" | "tiff" => Some(MediaType::Tiff),
        "jpg" | "jpeg" => Some(MediaType::Jpeg),
        "png" => Some(MediaType::Png),
        "webp" => Some(MediaType::Webp),
        _ => None,
    }
}

fn kept_reading(path: &Path, media: MediaType, kept: &Path, engine: &mut Option<Engine>) -> griffie::Result<Reading> {
    if let Ok(bytes) = fs::read(kept) {
        return Ok(serde_json::from_slice(&bytes).unwrap());
    }
    let source = Source::open(path, media, None)?;
    let most = std::env::var("GRIFFIE_COPIES_PAGES").map_or(usize::MAX, |most| most.parse().unwrap());
    let mut pages = Vec::new();
    for number in (0..source.page_count().min(most)).map(PageNo::from_index) {
        pages.push(match source.page(number) {
            Ok(Page::Digital(reading)) => reading,
            Ok(Page::Image(image)) => {
                let engine = engine.get_or_insert_with(|| Engine::open(&EngineSettings::default()).unwrap());
                engine.read(image, None)?
            }
            Err(_) => PageReading::wordless(number, PageState::Unreadable, 595.0, 842.0),
        });
    }
    let reading = reading_of(pages);
    fs::write(kept, serde_json::to_vec(&reading).unwrap()).unwrap();
    Ok(reading)
}

/// Tries the limits of the comparison on pages of the files in `GRIFFIE_COPIES_FROM` from page `GRIFFIE_LIMITS_FIRST` on:
/// the copy of a page must look the same, and what is painted over in it must be found. Tells the counts.
#[test]
#[ignore = "tries the limits on a folder that the environment names"]
fn limits_of_the_comparison_on_a_folder() {
    let from = PathBuf::from(std::env::var_os("GRIFFIE_COPIES_FROM").expect("set GRIFFIE_COPIES_FROM"));
    let first: usize = std::env::var("GRIFFIE_LIMITS_FIRST").map_or(0, |first| first.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.pdf");
    let (mut pages, mut refused) = ([0; 2], [0; 2]);
    let mut found: std::collections::BTreeMap<&str, (u32, u32)> = Default::default();
    let mut engine = None;
    for entry in walkdir::WalkDir::new(&from).sort_by_file_name().into_iter().flatten() {
        let path = entry.path();
        let Some(media) = media_of(path) else { continue };
        let Ok(source) = Source::open(path, media, None) else { continue };
        // Two pages of a document, spread over those that are asked for.
        for index in
            (first..source.page_count()).step_by((source.page_count().saturating_sub(first) / 2).max(1)).take(2)
        {
            let number = PageNo::from_index(index);
            let page = match source.page(number) {
                Ok(Page::Digital(page)) => page,
                Ok(Page::Image(image)) => engine
                    .get_or_insert_with(|| Engine::open(&EngineSettings::default()).unwrap())
                    .read(image, None)
                    .unwrap(),
                Err(_) => continue,
            };
            if page.words.len() < 40 {
                continue;
            }
            let digests = Digests::of(&fs::read(path).unwrap());
            let mut reading = reading_of(vec![page]);
            let blank = |at: usize| PageReading::wordless(PageNo::from_index(at), PageState::Unreadable, 595.0, 842.0);
            reading.pages = (0..index).map(blank).chain(reading.pages).collect();
            let whole = request(path, media, &reading, &digests);
            let request = Request { first_page: number, last_page: number, ..whole };
            let looks = |copy: &Path, effort: &Effort| {
                let examined = renditions::accept(&request, effort, copy).unwrap();
                let against = examined.reasons.iter().any(|reason| reason.contains("look different"));
                (!against, examined.pages[0].clone())
            };
            for (kind, effort) in [Effort::Faithful, Effort::Facsimile { pages: Vec::new() }].iter().enumerate() {
                if renditions::write(&request, effort, &mut fs::File::create(&copy).unwrap()).is_err() {
                    continue;
                }
                pages[kind] += 1;
                let (same, figures) = looks(&copy, effort);
                if !same {
                    refused[kind] += 1;
                    println!("{} page {number}, {effort:?}: refused: {figures:?}", path.display());
                }
            }
            renditions::write(&request, &Effort::Faithful, &mut fs::File::create(&copy).unwrap()).unwrap();
            for (what, at) in damages(reading.pages.last().unwrap()) {
                let damaged = folder.path().join("damaged.pdf");
                if paint_over(&copy, at, &damaged) {
                    let counts = found.entry(what).or_default();
                    counts.0 += u32::from(!looks(&damaged, &Effort::Faithful).0);
                    counts.1 += 1;
                }
            }
        }
    }
    println!(
        "kept as they are: {} pages, {} refused; drawn: {} pages, {} refused",
        pages[0], refused[0], pages[1], refused[1]
    );
    for (what, (found, of)) in found {
        println!("{what}: {found} of {of} found");
    }
}

/// Places on a page that may be damaged, by what is lost there.
fn damages(page: &PageReading) -> Vec<(&'static str, PageBox)> {
    let words = &page.words;
    let text = |word: &Word| page.text[word.start as usize..word.end as usize].chars().count();
    let middle = words.len() / 2;
    let mut places = Vec::new();
    let mut place = |what, word: Option<&Word>| places.extend(word.map(|word| (what, word.bounds)));
    place("a word", words[middle..].iter().find(|word| text(word) > 5));
    place("a short word", words[middle..].iter().find(|word| (2..=4).contains(&text(word))));
    place("a character", words[middle..].iter().find(|word| text(word) == 1));
    let line: Vec<&Word> =
        words.iter().filter(|word| word.line == words[middle].line && word.block == words[middle].block).collect();
    let over = |words: &[&Word]| {
        words.iter().fold(words[0].bounds, |all, word| {
            let at = word.bounds;
            PageBox::new(all.x0.min(at.x0), all.y0.min(at.y0), all.x1.max(at.x1), all.y1.max(at.y1))
        })
    };
    places.push(("a line", over(&line)));
    let at = words[middle].bounds;
    places.push(("a stamp", PageBox::new(at.x0, at.y0, (at.x0 + 0.12).min(1.0), (at.y0 + 0.09).min(1.0))));
    places
}

/// Paints white over a place of a copy's one page; not on pages that are turned.
fn paint_over(copy: &Path, at: PageBox, damaged: &Path) -> bool {
    let mut pdf = Document::load(copy).unwrap();
    let page = pdf.page_iter().next().unwrap();
    let leaf = pdf.get_dictionary(page).unwrap().clone();
    if leaf.get(b"Rotate").is_ok() {
        return false;
    }
    let sides: Vec<f32> = leaf
        .get(b"CropBox")
        .or(leaf.get(b"MediaBox"))
        .and_then(Object::as_array)
        .unwrap()
        .iter()
        .map(|side| side.as_float().unwrap())
        .collect();
    let (width, height) = (sides[2] - sides[0], sides[3] - sides[1]);
    let (left, bottom) = (sides[0] + at.x0 * width, sides[3] - at.y1 * height);
    // However many states the content leaves open.
    let paint = format!(
        "\n{}1 1 1 rg {left} {bottom} {} {} re f",
        "Q ".repeat(40),
        (at.x1 - at.x0) * width,
        (at.y1 - at.y0) * height
    );
    let before = pdf.add_object(Stream::new(dictionary! {}, b"q ".to_vec()));
    let after = pdf.add_object(Stream::new(dictionary! {}, paint.into_bytes()));
    let contents = leaf.get(b"Contents").unwrap();
    let contents = contents.as_array().cloned().unwrap_or_else(|_| vec![contents.clone()]);
    let contents = std::iter::once(before.into()).chain(contents).chain([after.into()]).collect::<Vec<Object>>();
    pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap().set("Contents", contents);
    pdf.save(damaged).unwrap();
    true
}
