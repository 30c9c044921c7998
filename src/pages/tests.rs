//! Whole originals, made here with lopdf and read back.

use std::path::Path;

use lopdf::{Dictionary, Document, EncryptionState, EncryptionVersion, Object, Permissions, Stream, dictionary};

use super::*;
use crate::model::{Language, PageState, TextSource};

mod hidden;
mod proofs;
mod unshown;

const A4: [i64; 4] = [0, 0, 595, 842];

/// A PDF of one page with this content; `page` changes its dictionary.
struct Sketch {
    document: Document,
    page: Dictionary,
    resources: Dictionary,
}

impl Sketch {
    fn new(content: &str) -> Self {
        let mut document = Document::with_version("1.5");
        let font = document.add_object(dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Helvetica", "Encoding" => "WinAnsiEncoding",
        });
        let content = document.add_object(Stream::new(dictionary! {}, content.as_bytes().to_vec()));
        let page = dictionary! {
            "Type" => "Page", "Contents" => content, "MediaBox" => A4.map(Object::from).to_vec(),
        };
        let resources = dictionary! { "Font" => dictionary! { "F1" => font } };
        Self { document, page, resources }
    }

    fn with(mut self, key: &str, value: impl Into<Object>) -> Self {
        self.page.set(key, value.into());
        self
    }

    /// Adds a grey image named `name`.
    fn image(mut self, name: &str, width: i64, height: i64, luma: Vec<u8>) -> Self {
        let stream = Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Image", "Width" => width, "Height" => height,
                "ColorSpace" => "DeviceGray", "BitsPerComponent" => 8,
            },
            luma,
        );
        let image = self.document.add_object(stream);
        if !self.resources.has(b"XObject") {
            self.resources.set("XObject", dictionary! {});
        }
        let images = self.resources.get_mut(b"XObject").and_then(Object::as_dict_mut).expect("just set");
        images.set(name, image);
        self
    }

    fn finish(mut self) -> Document {
        self.page.set("Resources", self.resources);
        let pages = self.document.new_object_id();
        self.page.set("Parent", pages);
        let page = self.document.add_object(self.page);
        self.document
            .objects
            .insert(pages, dictionary! { "Type" => "Pages", "Count" => 1, "Kids" => vec![page.into()] }.into());
        let catalog = self.document.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages });
        self.document.trailer.set("Root", catalog);
        self.document.trailer.set("ID", vec![Object::string_literal("0123456789abcdef"), Object::string_literal("0")]);
        self.document
    }

    fn read(self) -> Page {
        first_page(&mut self.finish())
    }

    #[track_caller]
    fn digital(self) -> PageReading {
        match self.read() {
            Page::Digital(reading) => reading,
            Page::Image(_) => panic!("an image came out"),
        }
    }

    #[track_caller]
    fn image_of(self) -> PageImage {
        match self.read() {
            Page::Image(image) => image,
            Page::Digital(reading) => panic!("no image came out, but {:?} {:?}", reading.state, reading.text),
        }
    }
}

fn saved(document: &mut Document) -> tempfile::TempPath {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    document.save_to(&mut file).unwrap();
    file.into_temp_path()
}

fn open(path: &Path, password: Option<&str>) -> Result<Source> {
    Source::open(path, MediaType::Pdf, password)
}

fn first_page(document: &mut Document) -> Page {
    open(&saved(document), None).unwrap().page(PageNo::from_index(0)).unwrap()
}

/// An image of `width` × `height` with text-like strokes, and one black pixel block in its top left corner.
fn scan(width: i64, height: i64) -> Vec<u8> {
    (0..height)
        .flat_map(|y| {
            (0..width).map(move |x| {
                let corner = x < width / 4 && y < height / 4;
                let strokes = y % 16 < 8 && x % 12 < 5 && (width / 3..width * 2 / 3).contains(&x);
                if corner || strokes { 10 } else { 250 }
            })
        })
        .collect()
}

const WORDS: &str = "BT /F1 12 Tf 72 700 Td (De huurovereenkomst eindigt) Tj 0 -14 Td (op 31 december 2024.) Tj ET";

#[test]
fn a_digital_page_gives_words_in_lines_with_places() {
    let reading = Sketch::new(WORDS).digital();
    assert_eq!(reading.text, "De huurovereenkomst eindigt\nop 31 december 2024.");
    assert_eq!((reading.state, reading.source), (PageState::Read, TextSource::Digital));
    let word = &reading.words[0];
    assert_eq!((reading.word_text(word), word.size, word.line, word.confidence), ("De", 48, 0, 100));
    assert!((word.bounds.x0 - 72.0 / 595.0).abs() < 0.002, "{:?}", word.bounds);
    assert!((word.bounds.y1 - (842.0 - 700.0 + 2.64) / 842.0).abs() < 0.002, "{:?}", word.bounds);
    assert_eq!(reading.words.last().map(|word| word.line), Some(1));
}

#[test]
fn places_follow_the_displayed_page() {
    // Turned clockwise: what stood at the left of the top now stands at the top, near the right.
    let turned = Sketch::new(WORDS).with("Rotate", 90).digital();
    assert_eq!((turned.width_pt, turned.height_pt), (842.0, 595.0));
    assert!(turned.text.starts_with("De huurovereenkomst"));
    let first = turned.words[0].bounds;
    assert!(first.x0 > 0.8 && first.y0 < 0.15, "{first:?}");
    let crop: Vec<Object> = [36, 0, 595, 842].map(Object::from).to_vec();
    let cropped = Sketch::new(WORDS).with("CropBox", crop).digital();
    assert!((cropped.words[0].bounds.x0 - 36.0 / 559.0).abs() < 0.002);
}

#[test]
fn a_page_of_words_says_how_it_is_turned_upright() {
    let upright = Sketch::new(WORDS).digital();
    let check = |turned: PageReading, turn: u16| {
        assert_eq!((turned.turn, &turned.text), (turn, &upright.text));
        let size = turned.upright_size();
        for (word, want) in turned.words.iter().zip(&upright.words) {
            let (got, want) = (<[f64; 4]>::from(turned.upright(word)), <[f64; 4]>::from(want.bounds));
            // In points from the first word: what was drawn turned stands elsewhere on its page.
            let first = |page: &PageReading| <[f64; 4]>::from(page.upright(&page.words[0]));
            let scale = [size.0, size.1, size.0, size.1].map(f64::from);
            let full = [595.0, 842.0, 595.0, 842.0];
            for i in 0..4 {
                let by = (got[i] - first(&turned)[i]) * scale[i] - (want[i] - first(&upright)[i]) * full[i];
                assert!(by.abs() < 0.5, "{turn}: {got:?}, not {want:?}");
            }
        }
    };
    for (rotate, turn) in [(0, 0), (90, 270), (180, 180), (270, 90), (-90, 90), (450, 270)] {
        check(Sketch::new(WORDS).with("Rotate", rotate).digital(), turn);
    }
    let drawn = |matrix: &str| Sketch::new(&format!("q {matrix} cm {WORDS} Q")).digital();
    check(drawn("0 1 -1 0 800 0"), 90);
    check(drawn("-1 0 0 -1 595 842"), 180);
    check(drawn("0 -1 1 0 -300 800"), 270);
    // What runs up the margin, or slantwise across the page, turns no page.
    let margin =
        "BT /F1 8 Tf 0 1 -1 0 30 300 Tm (Blad 1) Tj ET BT /F1 40 Tf 0.7 0.7 -0.7 0.7 100 300 Tm (CONCEPT) Tj ET";
    assert_eq!(Sketch::new(&format!("{WORDS} {margin}")).digital().turn, 0);
    assert_eq!(Sketch::new(margin.split_at(margin.find("BT /F1 40").unwrap()).1).digital().turn, 0);
}

#[test]
fn spaces_come_from_gaps_and_letter_spacing_is_no_gap() {
    let check = |content: &str, want: &str| assert_eq!(Sketch::new(content).digital().text, want, "{content}");
    check("BT /F1 12 Tf 72 700 Td [(de) -400 (huur) -5 (der)] TJ ET", "de huurder");
    check("BT /F1 12 Tf 4 Tc 72 700 Td (OVEREENKOMST) Tj ET", "OVEREENKOMST");
    check("BT /F1 12 Tf 72 700 Td (A R T I K E L  1) Tj ET", "ARTIKEL 1");
    // Printed twice, a little apart, to look bold.
    check("BT /F1 12 Tf 72 700 Td (Huurder) Tj 0.3 0 Td (Huurder) Tj ET", "Huurder");
    check("BT /F1 12 Tf 72 700 Td (10) Tj /F1 7 Tf 4 Ts (e) Tj ET", "10e");
}

#[test]
fn small_raised_figures_are_no_digits_of_the_number_before_them() {
    let check = |before: &str, raised: &str, want: &str| {
        for rise in 2..=5 {
            let content = format!(
                "BT /F1 11 Tf 72 700 Td ({before}) Tj /F1 7 Tf {rise} Ts ({raised}) Tj /F1 11 Tf 0 Ts ( maanden) Tj ET"
            );
            assert_eq!(Sketch::new(&content).digital().text, want, "{before} {raised} {rise}");
        }
    };
    check("2", "1", "2¹ maanden");
    check("4.825", "2", "4.825² maanden");
    check("48.250", "12", "48.250¹² maanden");
    check("48.250", "1\\)", "48.250¹⁾ maanden");
    check("850", "50", "850⁵⁰ maanden");
    check("850,", "50", "850,⁵⁰ maanden");
    check("\\(3\\)", "1", "(3)¹ maanden");
    check("12 m", "2", "12 m2 maanden");
    check("14", "th", "14th maanden");
    let at = |x: f64, y: f64| format!("BT /F1 11 Tf 72 700 Td (2) Tj ET BT /F1 7 Tf {x} {y} Td (1) Tj ET");
    assert_eq!(Sketch::new(&at(78.2, 704.0)).digital().text, "2¹");
    assert_eq!(Sketch::new(&at(80.5, 703.0)).digital().text, "2 ¹");
    // Lowered figures, and small ones on the line, stay as they are.
    assert_eq!(Sketch::new(&at(78.2, 700.0)).digital().text, "21");
    assert_eq!(Sketch::new(&at(78.2, 698.0)).digital().text, "21");
}

#[test]
fn a_scan_gives_its_own_pixels_as_displayed() {
    let (width, height) = (400, 560);
    let luma = scan(width, height);
    let page = || Sketch::new("q 595 0 0 842 0 0 cm /Im0 Do Q").image("Im0", width, height, luma.clone());
    let upright = page().image_of();
    assert!(upright.own_pixels && !upright.bilevel);
    assert_eq!((upright.width, upright.height, &upright.luma), (400, 560, &luma));
    assert_eq!(upright.place, PageBox::new(0.0, 0.0, 1.0, 1.0));
    assert!((upright.dpi - 48.4).abs() < 0.1);
    let turned = page().with("Rotate", 90).image_of();
    assert_eq!((turned.width, turned.height, turned.own_pixels), (560, 400, true));
    // The dark corner moved from the top left to the top right.
    assert_eq!((turned.luma[0], turned.luma[559]), (250, 10));
}

#[test]
fn strips_make_one_scan() {
    let luma = scan(400, 560);
    let (top, bottom) = luma.split_at(400 * 280);
    let page = Sketch::new("q 595 0 0 421 0 421 cm /Im0 Do Q q 595 0 0 421 0 0 cm /Im1 Do Q")
        .image("Im0", 400, 280, top.to_vec())
        .image("Im1", 400, 280, bottom.to_vec())
        .image_of();
    assert_eq!((page.width, page.height, page.own_pixels, page.luma == luma), (400, 560, true, true));
}

#[test]
fn a_text_layer_that_is_not_seen_makes_no_digital_page() {
    let layer = "BT 3 Tr /F1 12 Tf 72 700 Td (Misread w0rds of an 0CR program that nobody sees) Tj ET";
    let over = format!("q 595 0 0 842 0 0 cm /Im0 Do Q {layer}");
    assert!(Sketch::new(&over).image("Im0", 400, 560, scan(400, 560)).image_of().own_pixels);
    // Painted first and covered by the scan.
    let under = format!("{} q 595 0 0 842 0 0 cm /Im0 Do Q", layer.replace("3 Tr", ""));
    assert!(Sketch::new(&under).image("Im0", 400, 560, scan(400, 560)).image_of().own_pixels);
    // White on white, and outside the page.
    let hidden = "BT 1 g /F1 12 Tf 72 700 Td (secret) Tj 0 g 0 2000 Td (outside) Tj 0 -2100 Td (seen) Tj ET";
    assert_eq!(Sketch::new(hidden).digital().text, "seen");
}

#[test]
fn a_stamped_scan_is_read_as_a_whole() {
    let stamped = "q 595 0 0 842 0 0 cm /Im0 Do Q BT /F1 10 Tf 400 20 Td (KENMERK 2024-0042) Tj ET";
    let page = Sketch::new(stamped).image("Im0", 400, 560, scan(400, 560)).image_of();
    assert!(!page.own_pixels && page.problems.is_empty());
}

#[test]
fn a_skewed_scan_is_rendered() {
    let page = Sketch::new("q 590 20 -20 838 0 0 cm /Im0 Do Q").image("Im0", 400, 560, scan(400, 560)).image_of();
    assert!(!page.own_pixels);
    assert_eq!((page.width, page.height), (1652, 2338));
}

#[test]
fn a_font_without_mapping_sends_the_page_to_ocr() {
    let mut sketch = Sketch::new("BT /F2 12 Tf 72 700 Td (abcdefghijklmnop) Tj 0 -20 Td (abcdefghijklmnop) Tj ET");
    let names: Vec<Object> =
        std::iter::once(Object::from(97)).chain((0..16).map(|n| Object::Name(format!("g{n}").into_bytes()))).collect();
    let shape =
        sketch.document.add_object(Stream::new(dictionary! {}, b"600 0 0 0 500 700 d1 0 0 300 700 re f".to_vec()));
    let mut shapes = Dictionary::new();
    (0..16).for_each(|n| shapes.set(format!("g{n}"), shape));
    let font = sketch.document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type3", "FirstChar" => 97, "LastChar" => 112,
        "FontBBox" => [0, 0, 600, 700].map(Object::from).to_vec(),
        "FontMatrix" => [0.001, 0.0, 0.0, 0.001, 0.0, 0.0].map(|v: f32| Object::Real(v)).to_vec(),
        "Widths" => vec![Object::from(600); 16], "CharProcs" => shapes,
        "Encoding" => dictionary! { "Type" => "Encoding", "Differences" => names },
    });
    sketch.resources.set("Font", dictionary! { "F2" => font });
    let page = sketch.image_of();
    assert_eq!(page.problems.iter().map(|problem| problem.kind.as_str()).collect::<Vec<_>>(), ["bad_text_layer"]);
    assert!(!page.own_pixels && page.luma.contains(&0));
}

#[test]
fn pages_without_anything_on_them_are_blank() {
    assert_eq!(Sketch::new("").digital().state, PageState::Blank);
    assert_eq!(Sketch::new("1 1 1 rg 0 0 595 842 re f").digital().state, PageState::Blank);
    // Paper with dust and two punch holes.
    let (width, height) = (1240_i64, 1754_i64);
    let mut luma = vec![245; (width * height) as usize];
    for (x, y) in [(300, 400), (801, 1203), (640, 77)] {
        luma[(y * width + x) as usize] = 0;
    }
    for (x, y) in (0..38).flat_map(|x| (0..38).map(move |y| (x, y))) {
        if (x - 19) * (x - 19) + (y - 19) * (y - 19) < 19 * 19 {
            luma[((640 + y) * width + 60 + x) as usize] = 20;
            luma[((1110 + y) * width + 60 + x) as usize] = 20;
        }
    }
    let scan = |luma| Sketch::new("q 595 0 0 842 0 0 cm /Im0 Do Q").image("Im0", width, height, luma);
    assert_eq!(scan(luma.clone()).digital().state, PageState::Blank);
    // A page number is something.
    for (x, y) in (0..10).flat_map(|x| (0..22).map(move |y| (x, y))) {
        luma[((1600 + y) * width + 620 + x) as usize] = 0;
    }
    assert!(scan(luma).image_of().own_pixels);
}

/// A page with one form field of these entries.
fn form(field: Dictionary, is_stale: bool) -> Document {
    let mut sketch = Sketch::new("BT /F1 12 Tf 72 700 Td (Einddatum:) Tj ET");
    let mut widget = dictionary! {
        "Type" => "Annot", "Subtype" => "Widget", "F" => 4, "T" => Object::string_literal("einde"),
        "Rect" => [150, 690, 400, 714].map(Object::from).to_vec(),
        "DA" => Object::string_literal("/Helv 0 Tf 0 g"),
    };
    field.iter().for_each(|(key, value)| widget.set(key.clone(), value.clone()));
    let field = sketch.document.add_object(widget);
    sketch.page.set("Annots", vec![field.into()]);
    let mut document = sketch.finish();
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    let form = dictionary! { "Fields" => vec![field.into()], "NeedAppearances" => is_stale };
    document.get_object_mut(root).and_then(Object::as_dict_mut).unwrap().set("AcroForm", form);
    document
}

#[test]
fn filled_fields_that_nobody_drew_are_read() {
    let check = |field: Dictionary, want: &str| {
        let Page::Digital(reading) = first_page(&mut form(field, true)) else { panic!("no words") };
        assert_eq!((reading.text.as_str(), reading.problems.len()), (want, 0));
    };
    let text = |value: &str| dictionary! { "FT" => "Tx", "V" => Object::string_literal(value) };
    check(text("31 december 2031"), "Einddatum: 31 december 2031");
    check(text("  "), "Einddatum:");
    let utf16 = Object::String(b"\xfe\xff\x20\xac\x00 \x001".to_vec(), lopdf::StringFormat::Hexadecimal);
    check(dictionary! { "FT" => "Tx", "V" => utf16 }, "Einddatum: \u{20ac} 1");
    let pair = |a: &str, b: &str| Object::Array(vec![Object::string_literal(a), Object::string_literal(b)]);
    check(
        dictionary! {
            "FT" => "Ch", "V" => Object::string_literal("2"), "Opt" => vec![pair("1", "een jaar"), pair("2", "twee jaar")],
        },
        "Einddatum: twee jaar",
    );
    check(dictionary! { "FT" => "Btn", "V" => "Yes" }, "Einddatum: \u{2714}");
    check(dictionary! { "FT" => "Btn", "V" => "Off" }, "Einddatum:");
}

#[test]
fn a_field_that_shows_its_value_stays_as_it_is() {
    let read = |shown: &str, is_stale: bool| {
        let mut document =
            form(dictionary! { "FT" => "Tx", "V" => Object::string_literal("31 december 2031") }, is_stale);
        let content = format!("/Tx BMC BT /F1 9 Tf 2 8 Td ({shown}) Tj ET EMC");
        let font = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier" };
        let appearance = document.add_object(Stream::new(
            dictionary! {
                "Type" => "XObject", "Subtype" => "Form", "BBox" => [0, 0, 250, 24].map(Object::from).to_vec(),
                "Resources" => dictionary! { "Font" => dictionary! { "F1" => font } },
            },
            content.into_bytes(),
        ));
        for object in document.objects.values_mut() {
            if let Ok(widget) = object.as_dict_mut()
                && widget.has(b"Rect")
            {
                widget.set("AP", dictionary! { "N" => appearance });
            }
        }
        let Page::Digital(reading) = first_page(&mut document) else { panic!("no words") };
        (reading.text.clone(), reading.words.last().map(|word| word.size))
    };
    let as_it_is = ("Einddatum: op 31 december 2031".to_owned(), Some(36));
    assert_eq!(read("op 31 december 2031", false), as_it_is);
    assert_eq!(read("op 31 december 2031", true), as_it_is);
    // What is shown is what was signed, unless viewers are asked to show the value.
    assert_eq!(read("1 mei 2020", false).0, "Einddatum: 1 mei 2020");
    assert_eq!(read("1 mei 2020", true).0, "Einddatum: 31 december 2031");
    assert_eq!(read("", false).0, "Einddatum: 31 december 2031");
}

#[test]
fn a_value_that_cannot_be_drawn_is_told() {
    let flat = dictionary! {
        "FT" => "Tx", "V" => Object::string_literal("31 mei"), "Rect" => [0, 0, 0, 0].map(Object::from).to_vec(),
    };
    let Page::Digital(reading) = first_page(&mut form(flat, true)) else { panic!("no words") };
    let told: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(told, ["page 1 has a form field whose value is not drawn: 31 mei"]);
}

#[test]
fn what_a_file_holds_beside_its_pages_is_told() {
    let told = |change: &dyn Fn(&mut Document, &mut Dictionary, &mut Dictionary)| -> Vec<(String, String)> {
        let mut document = Sketch::new(WORDS).finish();
        let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
        let is_page = |object: &Object| object.as_dict().is_ok_and(|dict| dict.has_type(b"Page"));
        let page = *document.objects.iter().find(|(_, object)| is_page(object)).unwrap().0;
        let [mut catalog, mut leaf] = [root, page].map(|id| document.get_dictionary(id).unwrap().clone());
        change(&mut document, &mut catalog, &mut leaf);
        document.objects.insert(root, catalog.into());
        document.objects.insert(page, leaf.into());
        let Page::Digital(reading) = first_page(&mut document) else { panic!("no words") };
        reading
            .problems
            .into_iter()
            .map(|problem| (problem.kind.clone(), problem.told(Language::Dutch).into_owned()))
            .collect()
    };
    let file = |document: &mut Document, name: &str| {
        let stream = document.add_object(Stream::new(dictionary! { "Type" => "EmbeddedFile" }, b"%PDF-1.4".to_vec()));
        let name = Object::string_literal(name);
        dictionary! { "Type" => "Filespec", "UF" => name, "EF" => dictionary! { "F" => stream } }
    };
    let attached = |names: &str| {
        let message = format!(
            "het bestand heeft bijlagen, die geen deel van deze tekst zijn; `griffie ingest` neemt elk apart op: {names}"
        );
        vec![("attachments_not_read".to_owned(), message)]
    };
    let listed = told(&|document, catalog, _| {
        let leaf = vec![Object::string_literal("1"), file(document, "contract.pdf").into()];
        let tree = dictionary! { "Kids" => vec![dictionary! { "Names" => leaf }.into()] };
        catalog.set("Names", dictionary! { "EmbeddedFiles" => tree });
        catalog.set("AF", vec![file(document, "bijlage 2.pdf").into()]);
    });
    assert_eq!(listed, attached("bijlage 2.pdf, contract.pdf"));
    let many = told(&|document, catalog, _| {
        let file = Object::from(file(document, "a.pdf"));
        let names = (0..2_001).flat_map(|_| [Object::string_literal("a"), file.clone()]).collect::<Vec<_>>();
        catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
    });
    assert_eq!(many, attached("a.pdf, …"));
    let annotation = |subtype: &str, contents: &str| {
        let contents = Object::string_literal(contents);
        dictionary! { "Type" => "Annot", "Subtype" => subtype, "Contents" => contents }
    };
    let clipped = told(&|document, _, leaf| {
        let mut clip = annotation("FileAttachment", "");
        clip.set("FS", file(document, "a.pdf"));
        leaf.set("Annots", vec![clip.into()]);
    });
    assert_eq!(clipped, attached("a.pdf"));
    let remarked = told(&|_, _, leaf| {
        let mut hidden = annotation("Text", "verborgen");
        hidden.set("F", 2);
        let annotations =
            [annotation("FreeText", "5.555"), annotation("Text", "nee"), annotation("StrikeOut", ""), hidden];
        leaf.set("Annots", annotations.map(Object::from).to_vec());
    });
    let remarked: Vec<_> = remarked.iter().map(|(kind, told)| format!("{kind} {told}")).collect();
    assert_eq!(
        remarked,
        [
            "annotation_not_shown pagina 1 heeft tekst in een annotatie die niet wordt getekend: 5.555",
            "drawing_not_shown pagina 1 heeft annotaties die geen tekening van zichzelf meebrengen; andere programma's maken \
             er een, die in geen kopie staat: StrikeOut",
            "note_not_shown pagina 1 heeft een notitie die geen deel van de pagina is: nee",
            "struck_out pagina 1 heeft tekst die met een annotatie is doorgehaald, en die is meegelezen: ga na wat geldt",
        ]
    );
}

#[test]
fn annotations_that_others_draw_of_themselves_are_named() {
    let told = |annotations: Vec<Dictionary>| {
        let annotations: Vec<Object> = annotations.into_iter().map(Object::from).collect();
        let reading = Sketch::new(WORDS).with("Annots", annotations).digital();
        reading.problems.into_iter().map(|problem| problem.message).collect::<Vec<_>>().join("; ")
    };
    let annotation = |subtype: &str| {
        let color = [1, 0, 0].map(Object::from).to_vec();
        dictionary! { "Type" => "Annot", "Subtype" => subtype, "Rect" => [60, 60, 160, 90].map(Object::from).to_vec(), "C" => color }
    };
    assert!(told(vec![annotation("Square"), annotation("Ink"), annotation("Ink")]).ends_with("no copy: Ink, Square"));
    let with = |key: &str, value: Object| {
        let mut annotation = annotation("Ink");
        annotation.set(key, value);
        annotation
    };
    let looks = dictionary! { "N" => dictionary! {} };
    let unseen =
        vec![annotation("Link"), with("F", 2.into()), with("C", Object::Array(Vec::new())), with("AP", looks.into())];
    assert_eq!(told(unseen), "");
}

#[test]
fn boxes_that_leave_nothing_of_a_page_are_read_as_viewers_do() {
    let check = |key: &str, area: [f32; 4], want: (f32, f32)| {
        let reading = Sketch::new(WORDS).with(key, area.map(Object::from).to_vec()).digital();
        assert_eq!((reading.words.len(), reading.width_pt, reading.height_pt), (7, want.0, want.1), "{key}");
    };
    check("CropBox", [2000.0, 2000.0, 3000.0, 3000.0], (595.0, 842.0));
    check("CropBox", [10.0, 10.0, 10.0, 10.0], (595.0, 842.0));
    check("MediaBox", [0.0; 4], (612.0, 792.0));
}

#[test]
fn numbers_as_only_viewers_read_them_lose_no_page() {
    let mut file = Vec::new();
    Sketch::new(WORDS)
        .with("MediaBox", vec![0.into(), 0.into(), 595.into(), 842.1251.into()])
        .finish()
        .save_to(&mut file)
        .unwrap();
    let at = file.windows(8).position(|window| window == b"842.1251").unwrap();
    for odd in [b"8.4212e2", b"842..125"] {
        file[at..at + 8].copy_from_slice(odd);
        let stored = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(stored.path(), &file).unwrap();
        let Page::Digital(reading) = open(stored.path(), None).unwrap().page(PageNo::from_index(0)).unwrap() else {
            panic!("no words")
        };
        assert_eq!((reading.words.len(), reading.height_pt.round()), (7, 842.0));
    }
}

#[test]
fn a_page_that_is_named_many_times_is_so_many_pages() {
    let count = |times: usize| {
        let mut document = Sketch::new(WORDS).finish();
        for object in document.objects.values_mut() {
            if let Ok(node) = object.as_dict_mut()
                && let Ok(kids) = node.get(b"Kids").and_then(Object::as_array).cloned()
            {
                node.set("Kids", vec![kids[0].clone(); times]);
            }
        }
        let source = open(&saved(&mut document), None).unwrap();
        let Page::Digital(last) = source.page(PageNo::from_index(source.page_count() - 1)).unwrap() else { panic!() };
        assert_eq!(last.words.len(), 7);
        let Page::Digital(first) = source.page(PageNo::from_index(0)).unwrap() else { panic!() };
        (source.page_count(), first.problems.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>())
    };
    assert_eq!(count(40), (40, Vec::new()));
    let told = "the file names more pages than could be found or shown (left out: 499)".to_owned();
    assert_eq!(count(2_500), (2_001, vec![told]));
}

/// The fault of a page that is not blank, though nothing of it is drawn.
#[track_caller]
fn check_unreadable(mut document: Document, want: &str) {
    let read = open(&saved(&mut document), None).unwrap().page(PageNo::from_index(0));
    assert_eq!(read.err().and_then(|error| error.reason().map(str::to_owned)).as_deref(), Some(want));
}

#[test]
fn what_could_not_be_drawn_is_not_blank() {
    // The content is not in the file, cannot be parsed, is cut.
    let mut missing = Sketch::new(WORDS).finish();
    let content = missing.objects.iter().find_map(|(id, object)| object.as_stream().is_ok().then_some(*id)).unwrap();
    missing.objects.remove(&content);
    check_unreadable(missing, "content_damaged");
    check_unreadable(Sketch::new(&format!("<< /x >> ]] ) > {WORDS}")).finish(), "content_damaged");
    let packed = |content: &str| {
        let mut stream = Stream::new(dictionary! {}, content.as_bytes().to_vec());
        stream.compress().unwrap();
        stream
    };
    let mut cut = Sketch::new("");
    let rest: String = (1..200).map(|n| format!("1 0 0 1 {} {} cm ", n * 7919 % 997, n * 104_729 % 991)).collect();
    let mut stream = packed(&format!("{WORDS} {rest}"));
    stream.content.truncate(stream.content.len() - 30);
    stream.dict.set("Length", stream.content.len() as i64);
    let content = cut.document.add_object(stream);
    let reading = cut.with("Contents", content).digital();
    let problems: Vec<&str> = reading.problems.iter().map(|problem| problem.kind.as_str()).collect();
    assert_eq!((reading.words.len(), problems), (7, vec!["content_incomplete"]));
    // A fax of another width than it says.
    let noise: Vec<u8> = (0..9_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    let fax = Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 1240, "Height" => 1754, "ColorSpace" => "DeviceGray",
            "BitsPerComponent" => 1, "Filter" => "JBIG2Decode",
        },
        noise,
    );
    let mut sketch = Sketch::new("q 595 0 0 842 0 0 cm /Im0 Do Q");
    let image = sketch.document.add_object(fax);
    sketch.resources.set("XObject", dictionary! { "Im0" => image });
    check_unreadable(sketch.finish(), "damaged");
}

#[test]
fn an_encrypted_pdf_asks_for_its_password() {
    let encrypted = |user: &str| {
        let mut document = Sketch::new(WORDS).finish();
        let version = EncryptionVersion::V2 {
            document: &document,
            owner_password: "owner",
            user_password: user,
            key_length: 128,
            permissions: Permissions::all(),
        };
        let state = EncryptionState::try_from(version).unwrap();
        document.encrypt(&state).unwrap();
        saved(&mut document)
    };
    assert_eq!(open(&encrypted(""), None).unwrap().page_count(), 1);
    let locked = encrypted("geheim");
    let refused =
        |password| open(&locked, password).err().map(|error| (error.reason().map(str::to_owned), error.to_string()));
    let (reason, message) = refused(None).unwrap();
    assert_eq!((reason.as_deref(), message.as_str()), (Some("encrypted"), "the PDF is protected with a password"));
    let (reason, message) = refused(Some("fout")).unwrap();
    assert_eq!(reason.as_deref(), Some("wrong_password"));
    assert!(message.contains("the one given does not open it"));
    let page = open(&locked, Some("geheim")).unwrap().page(PageNo::from_index(0)).unwrap();
    assert!(matches!(page, Page::Digital(reading) if reading.words.len() == 7));
}

#[test]
fn what_cannot_be_read_says_why() {
    let check = |bytes: &[u8], reason: &str, want: &str| {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(&file, bytes).unwrap();
        let error = open(file.path(), None).err().unwrap();
        assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::UnsupportedDocument, want));
        assert_eq!(error.reason(), Some(reason));
    };
    check(b"", "empty", "the file is empty");
    check(b"Geachte heer, mevrouw", "not_a_pdf", "the file is not a PDF");
    check(b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog", "truncated", "the PDF is cut off: its end is missing");
    // The list of its pages was lost as well.
    let pageless = "%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R] /Count 1 >>\nendobj\n";
    check(pageless.as_bytes(), "truncated", "the PDF is cut off: its end is missing");
    let whole = format!("{pageless}trailer\n<< /Root 1 0 R >>\n%%EOF\n");
    check(whole.as_bytes(), "no_pages", "the PDF has no pages");
    check(b"%PDF-1.7\nnothing\n%%EOF", "damaged", "the PDF is damaged: no page can be found in it");
}

/// Writes a TIFF of two grey pages, one of them to be turned, and reads it back.
#[test]
fn tiff_pages_stand_upright() {
    let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let luma = scan(400, 560);
    let mut encoder = tiff::encoder::TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    for orientation in [1_u16, 6] {
        let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(400, 560).unwrap();
        image.encoder().write_tag(tiff::tags::Tag::Orientation, orientation).unwrap();
        let inch = tiff::tags::ResolutionUnit::Inch;
        image.resolution(inch, tiff::encoder::Rational { n: 150, d: 1 });
        image.write_data(&luma).unwrap();
    }
    drop(encoder);
    let source = Source::open(&path, MediaType::Tiff, None).unwrap();
    assert_eq!(source.page_count(), 2);
    let sizes = [0, 1].map(|index| match source.page(PageNo::from_index(index)).unwrap() {
        Page::Image(image) => (image.width, image.height, image.dpi, image.luma[0]),
        Page::Digital(_) => panic!("blank"),
    });
    assert_eq!(sizes, [(400, 560, 150.0, 10), (560, 400, 150.0, 250)]);
}

/// 12,000 × 10,100 black and white pixels, packed, white but for a black square of a twelfth of the height in the upper
/// left quarter.
fn large_scan() -> (u32, u32, Vec<u8>) {
    let (width, height) = (12_000_u32, 10_100_u32);
    let row_bytes = width as usize / 8;
    let mut bits = vec![0xff; row_bytes * height as usize];
    for y in 1000..1800 {
        bits[y * row_bytes + 200..][..100].fill(0);
    }
    (width, height, bits)
}

/// It is scaled down, says so, and the square is where it was.
fn check_scaled(page: Page) {
    let Page::Image(image) = page else { panic!("the page has ink") };
    let problems: Vec<_> = image.problems.iter().map(|problem| problem.kind.as_str()).collect();
    assert_eq!(problems, ["scaled_for_reading"]);
    assert!(!image.own_pixels && u64::from(image.width) * u64::from(image.height) <= SCALED_PIXELS);
    let at = |x: f64, y: f64| {
        let (x, y) = ((x * f64::from(image.width)) as usize, (y * f64::from(image.height)) as usize);
        image.luma[y * image.width as usize + x]
    };
    assert_eq!((at(2000.0 / 12_000.0, 0.14), at(0.5, 0.5), at(2000.0 / 12_000.0, 0.05)), (0, 255, 255));
}

#[test]
fn a_page_too_large_to_read_as_it_is_is_scaled_down_strip_by_strip() {
    let (width, height, bits) = large_scan();
    let rows_a_strip = 500;
    let strips = height.div_ceil(rows_a_strip);
    let strip_bytes = width / 8 * rows_a_strip;
    let mut tiff = b"II*\0\x08\0\0\0".to_vec();
    let (entries, after) = (9_u32, 8 + 2 + 9 * 12 + 4);
    let data = after + 8 * strips;
    tiff.extend((entries as u16).to_le_bytes());
    let mut entry = |tag: u16, kind: u16, count: u32, value: u32| {
        tiff.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        tiff.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    };
    entry(256, 4, 1, width);
    entry(257, 4, 1, height);
    entry(258, 3, 1, 1);
    entry(259, 3, 1, 1);
    entry(262, 3, 1, 1);
    entry(273, 4, strips, after);
    entry(277, 3, 1, 1);
    entry(278, 4, 1, rows_a_strip);
    entry(279, 4, strips, after + 4 * strips);
    tiff.extend(0_u32.to_le_bytes());
    (0..strips).for_each(|n| tiff.extend((data + n * strip_bytes).to_le_bytes()));
    (0..strips).for_each(|n| tiff.extend(strip_bytes.min(bits.len() as u32 - n * strip_bytes).to_le_bytes()));
    tiff.extend(&bits);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.tif");
    std::fs::write(&path, tiff).unwrap();
    let source = Source::open(&path, MediaType::Tiff, None).unwrap();
    check_scaled(source.page(PageNo::from_index(0)).unwrap());
}

/// A TIFF whose compression nobody reads (zstd, WebP, JPEG 2000) is whole, and is not called damaged.
#[test]
fn a_tiff_in_an_unknown_compression_is_not_damaged() {
    let fault = |compression: u16| {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("packed.tif");
        let mut encoder = tiff::encoder::TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
        let packed = encoder.new_image::<tiff::encoder::colortype::Gray8>(40, 50).unwrap();
        packed.write_data(&[255; 2000]).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let entry = [259_u16.to_le_bytes(), 3_u16.to_le_bytes()].concat();
        let at = bytes.windows(4).position(|window| *window == *entry).unwrap() + 8;
        bytes[at..at + 2].copy_from_slice(&compression.to_le_bytes());
        std::fs::write(&path, bytes).unwrap();
        let source = Source::open(&path, MediaType::Tiff, None);
        source
            .and_then(|source| source.page(PageNo::from_index(0)))
            .err()
            .and_then(|error| error.reason().map(str::to_owned))
    };
    assert_eq!(fault(1), None);
    for compression in [34_712, 50_000, 50_001] {
        assert_eq!(fault(compression).as_deref(), Some("unsupported_image"), "{compression}");
    }
    // Not deflated at all.
    assert_eq!(fault(8).as_deref(), Some("damaged"));
}

#[test]
fn a_large_scan_in_a_pdf_is_scaled_down() {
    let (width, height, bits) = large_scan();
    let mut sketch =
        Sketch::new("q 595 0 0 501 0 0 cm /S Do Q").with("MediaBox", vec![0.into(), 0.into(), 595.into(), 501.into()]);
    let stream = Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => i64::from(width), "Height" => i64::from(height),
            "ColorSpace" => "DeviceGray", "BitsPerComponent" => 1,
        },
        bits,
    );
    let image = sketch.document.add_object(stream);
    sketch.resources.set("XObject", dictionary! { "S" => image });
    check_scaled(sketch.read());
}

#[test]
fn a_large_png_is_scaled_down_row_by_row() {
    let (width, height, bits) = large_scan();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.png");
    let mut encoder = png::Encoder::new(std::fs::File::create(&path).unwrap(), width, height);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    encoder.set_compression(png::Compression::Fast);
    encoder.write_header().unwrap().write_image_data(&bits).unwrap();
    check_scaled(Source::open(&path, MediaType::Png, None).unwrap().page(PageNo::from_index(0)).unwrap());
}

/// What a scan shows that is white but for what is put on it, of a size in pixels at 150 dots per inch.
fn scanned_with(put: impl Fn(i64, i64) -> Option<u8>) -> Page {
    let (width, height) = (1240_i64, 1754_i64);
    let luma = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| {
        let noise = ((x * 7919 + y * 104_729) % 5) as u8;
        put(x, y).unwrap_or(245) - noise
    });
    let sketch = Sketch::new("q 595 0 0 842 0 0 cm /Im0 Do Q").image("Im0", width, height, luma.collect());
    sketch.read()
}

#[test]
fn a_page_with_anything_on_it_is_not_blank() {
    // Letters of a size whose left upper corner is somewhere.
    let letters = |left: i64, top: i64, count: i64, shade: u8| {
        move |x: i64, y: i64| {
            let (x, y) = (x - left, y - top);
            let is_stroke = x % 14 < 3 || (y % 20 < 3 && x % 14 < 10);
            ((0..count * 14).contains(&x) && (0..20).contains(&y) && is_stroke).then_some(shade)
        }
    };
    let is_doubtful = |page: Page| match page {
        Page::Image(image) => image.is_doubtful,
        Page::Digital(reading) => panic!("{:?}", reading.state),
    };
    // In the middle, and two pixels from the edges.
    for (left, top) in [(500, 800), (500, 2), (2, 800), (1000, 1730)] {
        assert!(!is_doubtful(scanned_with(letters(left, top, 12, 40))), "{left} {top}");
    }
    // So faint that OCR must tell.
    assert!(is_doubtful(scanned_with(letters(500, 800, 12, 215))));
    // A corner that is folded, a border, and a staple.
    let blank = |page: Page| matches!(page, Page::Digital(reading) if reading.state == PageState::Blank);
    assert!(blank(scanned_with(|x, y| (x + y < 90 || x > 1215).then_some(60))));
    assert!(blank(scanned_with(|x, y| ((20..80).contains(&x) && (30..33).contains(&y)).then_some(60))));
}

/// The kinds of problems of a page of words.
fn told(sketch: Sketch) -> Vec<String> {
    sketch.digital().problems.into_iter().map(|problem| problem.kind).collect()
}

/// A page with words in a form that lies in so many others.
fn nested(deep: usize, loops: bool) -> Sketch {
    let mut sketch = Sketch::new("BT /F1 12 Tf 72 700 Td (De huur eindigt niet.) Tj ET /Fm Do");
    let font = sketch.resources.get(b"Font").unwrap().clone();
    let form = |within: Option<lopdf::ObjectId>, content: &str| {
        let mut resources = dictionary! { "Font" => font.clone() };
        if let Some(within) = within {
            resources.set("XObject", dictionary! { "Fm" => within });
        }
        let sides = A4.map(Object::from).to_vec();
        let dict = dictionary! { "Type" => "XObject", "Subtype" => "Form", "BBox" => sides, "Resources" => resources };
        Stream::new(dict, content.as_bytes().to_vec())
    };
    let innermost = sketch.document.add_object(form(None, "BT /F1 12 Tf 72 400 Td (Onderhuur is verboden.) Tj ET"));
    if loops {
        let again = form(Some(innermost), "BT /F1 12 Tf 72 400 Td (Onderhuur is verboden.) Tj ET /Fm Do");
        sketch.document.objects.insert(innermost, again.into());
    }
    let outermost = (1..deep).fold(innermost, |within, _| sketch.document.add_object(form(Some(within), "/Fm Do")));
    sketch.resources.set("XObject", dictionary! { "Fm" => outermost });
    sketch
}

#[test]
fn forms_that_lie_too_deep_are_told() {
    let page = nested(50, false).digital();
    assert!(page.text.contains("Onderhuur") && page.problems.is_empty(), "{page:?}");
    let page = nested(51, false).digital();
    assert!(!page.text.contains("Onderhuur"));
    assert_eq!(page.problems.iter().map(|problem| &*problem.kind).collect::<Vec<_>>(), ["content_incomplete"]);
    let page = nested(3, true).digital();
    assert!(page.text.contains("Onderhuur") && page.problems.is_empty(), "{page:?}");
}

#[test]
fn what_is_drawn_beside_words_but_not_in_the_file_is_told() {
    let content = format!("{WORDS} q 100 0 0 100 0 0 cm /Im0 Do Q");
    let with_missing = |content: &str| {
        let mut sketch = Sketch::new(content);
        let missing = sketch.document.new_object_id();
        sketch.resources.set("XObject", dictionary! { "Im0" => missing });
        sketch
    };
    assert_eq!(told(with_missing(&content)), ["content_incomplete"]);
    // What is named and not drawn lacks nothing.
    assert_eq!(told(with_missing(WORDS)), Vec::<String>::new());
    assert_eq!(told(Sketch::new(&content).image("Im0", 2, 2, vec![9; 4])), Vec::<String>::new());
    // A content that unpacks to its end, but not to what was packed.
    let packed = |damage: u8| {
        let mut sketch = Sketch::new("");
        let mut stream = Stream::new(dictionary! {}, format!("{WORDS} {}", "0 0 m ".repeat(60)).into_bytes());
        stream.compress().unwrap();
        *stream.content.last_mut().unwrap() ^= damage;
        let content = sketch.document.add_object(stream);
        told(sketch.with("Contents", content))
    };
    assert_eq!((packed(0).len(), packed(1)), (0, vec!["content_incomplete".to_owned()]));
}

#[test]
fn pictures_on_pages_of_words_are_given_without_the_words() {
    let pictures = |sketch: Sketch| {
        let source = open(&saved(&mut sketch.finish()), None).unwrap();
        let Page::Digital(words) = source.page(PageNo::from_index(0)).unwrap() else { panic!("an image") };
        source.pictures(&words).unwrap()
    };
    let picture = |height: u32| {
        let content = format!("{WORDS} q 80 0 0 {height} 72 300 cm /Im0 Do Q");
        pictures(Sketch::new(&content).image("Im0", 40, 10, vec![60; 400]))
    };
    let image = picture(20).unwrap();
    // The picture, and paper around it.
    let middle = &image.luma[(image.height / 2 * image.width) as usize..][..image.width as usize];
    let ink = middle.iter().filter(|pixel| **pixel == 60).count();
    assert!(image.height < 140 && ink > 215 && middle[..35].iter().all(|pixel| *pixel > 240) && !image.is_doubtful);
    let PageBox { x0, y0, x1, y1 } = image.place;
    let points = [x0 * 595.0, 842.0 - y1 * 842.0, x1 * 595.0, 842.0 - y0 * 842.0];
    let want = [72.0 - 14.4, 300.0 - 14.4, 152.0 + 14.4, 320.0 + 14.4];
    assert!(points.iter().zip(want).all(|(at, want)| (at - want).abs() < 1.0), "{points:?}");

    // Nothing but words, a rule, letters that are drawn.
    assert!(pictures(Sketch::new(WORDS)).is_none() && picture(3).is_none());
    let letters: String = (0..12)
        .map(|n| {
            format!("{x} 300 m {x} 320 l {x} 330 9 9 20 300 c 3 3 5 5 4 4 c 1 1 l 2 300 l 8 8 l h f ", x = 80 + n * 9)
        })
        .collect();
    assert!(pictures(Sketch::new(&format!("{WORDS} {letters}"))).is_some());
}

#[test]
fn a_preview_in_a_tiff_is_smaller_than_its_pages() {
    let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let mut encoder = tiff::encoder::TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    for (width, height, kind) in [(400, 560, 0_u32), (100, 140, 1), (400, 560, 1), (400, 300, 0)] {
        let mut image = encoder.new_image::<tiff::encoder::colortype::Gray8>(width, height).unwrap();
        image.encoder().write_tag(tiff::tags::Tag::NewSubfileType, kind).unwrap();
        image.write_data(&vec![255; (width * height) as usize]).unwrap();
    }
    assert_eq!(Source::open(&path, MediaType::Tiff, None).unwrap().page_count(), 3);
}

#[test]
fn pages_of_a_tiff_that_cannot_be_found_are_told() {
    let path = tempfile::NamedTempFile::new().unwrap().into_temp_path();
    let mut encoder = tiff::encoder::TiffEncoder::new(std::fs::File::create(&path).unwrap()).unwrap();
    for _ in 0..2 {
        encoder.write_image::<tiff::encoder::colortype::Gray8>(100, 80, &[200; 8000]).unwrap();
    }
    let whole = std::fs::read(&path).unwrap();
    let problems = |file: &[u8]| {
        std::fs::write(&path, file).unwrap();
        let source = Source::open(&path, MediaType::Tiff, None).unwrap();
        let mut page = source.page(PageNo::from_index(0)).unwrap();
        (source.page_count(), page.problems().iter().map(|problem| problem.kind.clone()).collect::<Vec<_>>())
    };
    assert_eq!(problems(&whole), (2, vec![]));
    // The second directory, cut off.
    let told = problems(&whole[..whole.len() - 30]);
    assert_eq!(told.1, ["pages_missing"], "{told:?}");
}
