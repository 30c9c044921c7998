//! Words that a page holds and nobody sees: what is told of them.

use super::*;

#[track_caller]
fn told(reading: &PageReading, kind: &str) -> String {
    let found: Vec<_> = reading.problems.iter().filter(|problem| problem.kind == kind).collect();
    let [problem] = found.as_slice() else { panic!("{kind}: {:?}", reading.problems) };
    problem.message.clone()
}

#[test]
fn words_that_are_not_painted_white_or_covered_are_counted_and_not_read() {
    let sketch = |hidden: &str| Sketch::new(&format!("{WORDS} {hidden}")).digital();
    for hidden in [
        "BT /F1 12 Tf 3 Tr 72 600 Td (eindigt op 1 januari 2030) Tj ET",
        "1 g BT /F1 12 Tf 72 600 Td (boete van EUR 900.000) Tj 60 0 Td (per) Tj ET",
        "BT /F1 12 Tf 72 600 Td (onder een zwarte balk) Tj ET 70 590 300 30 re f",
    ] {
        let reading = sketch(hidden);
        assert_eq!(reading.text, "De huurovereenkomst eindigt\nop 31 december 2024.");
        // What stands on the page as well is not counted.
        let count = told(&reading, "hidden_words").rsplit(' ').next().map(str::to_owned);
        assert!(matches!(count.as_deref(), Some("3" | "4" | "5")), "{hidden}: {:?}", reading.problems);
    }
    assert!(sketch("").problems.is_empty());
    // Letters drawn twice, and signs, are no hidden words.
    assert!(sketch("1 g BT /F1 12 Tf 73 701 Td (De huurovereenkomst) Tj 0 -90 Td (---) Tj ET").problems.is_empty());
    // A page with nothing else on it is blank, and holds them all the same.
    let blank = Sketch::new("BT /F1 12 Tf 3 Tr 72 600 Td (eindigt op 1 januari) Tj ET").digital();
    assert_eq!(blank.state, PageState::Blank);
    assert!(told(&blank, "hidden_words").ends_with(": 4"));
}

#[test]
fn the_text_under_a_scan_is_not_hidden() {
    let layer = "q 595 0 0 842 0 0 cm /Im Do Q BT /F1 12 Tf 3 Tr 72 600 Td (eindigt op 1 januari 2030) Tj ET";
    let image = Sketch::new(layer).image("Im", 1240, 1754, scan(1240, 1754)).image_of();
    assert!(image.problems.is_empty(), "{:?}", image.problems);
}

/// A page whose second font is a Japanese one, which the file does not bring; `named` says whether its text map is there.
fn japanese(shown: &str) -> Sketch {
    let mut sketch = Sketch::new(&format!("{WORDS} BT /F2 12 Tf 72 600 Td {shown} Tj ET"));
    let system = dictionary! {
        "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("Japan1"), "Supplement" => 2,
    };
    let inner = dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType0", "BaseFont" => "HeiseiMin-W3", "CIDSystemInfo" => system,
        "FontDescriptor" => dictionary! { "Type" => "FontDescriptor", "FontName" => "HeiseiMin-W3", "Flags" => 4 },
    };
    let font = sketch.document.add_object(dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "HeiseiMin-W3", "Encoding" => "90ms-RKSJ-H",
        "DescendantFonts" => vec![inner.into()],
    });
    let fonts = sketch.resources.get_mut(b"Font").and_then(Object::as_dict_mut).unwrap();
    fonts.set("F2", font);
    sketch
}

#[test]
fn characters_of_a_font_that_nobody_has_are_named() {
    let message = told(&japanese("<93fa967b8cea>").digital(), "font_missing");
    assert!(message.contains("3 characters") && message.ends_with("日本語"), "{message}");
    // A space shows nothing, and Latin letters have a form here.
    assert!(japanese("<20>").digital().problems.is_empty());
    assert!(japanese("<414243>").digital().problems.is_empty());
    let cyrillic = dictionary! {
        "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => "Tahoma",
        "Encoding" => dictionary! { "Type" => "Encoding", "Differences" => vec![65.into(), "afii10017".into()] },
    };
    let mut sketch = Sketch::new(&format!("{WORDS} BT /F2 12 Tf 72 600 Td (A) Tj ET"));
    sketch.resources.get_mut(b"Font").and_then(Object::as_dict_mut).unwrap().set("F2", cyrillic);
    assert!(told(&sketch.digital(), "font_missing").contains("1 characters"));
}

/// A ticked box of Wingdings is read as a letter where the file does not bring the font.
#[test]
fn signs_of_a_font_that_the_file_does_not_bring_are_told() {
    let problems = |name: &str| {
        let font = dictionary! {
            "Type" => "Font", "Subtype" => "TrueType", "BaseFont" => name, "Encoding" => "WinAnsiEncoding",
        };
        let mut sketch = Sketch::new(&format!("{WORDS} BT /F2 12 Tf 72 600 Td (A) Tj ET"));
        sketch.resources.get_mut(b"Font").and_then(Object::as_dict_mut).unwrap().set("F2", font);
        sketch.digital()
    };
    for name in ["Wingdings", "ABCDEF+Wingdings-Regular", "Webdings"] {
        assert!(told(&problems(name), "font_missing").contains("a font of signs"), "{name}");
    }
    assert!(problems("ZapfDingbats").problems.is_empty() && problems("Verdana").problems.is_empty());
}

/// A document with a layer that is off, and what its page says.
fn layered(content: &str, base: Option<&str>) -> PageReading {
    let mut sketch = Sketch::new(content);
    let layer = |sketch: &mut Sketch, name: &str| {
        sketch.document.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal(name) })
    };
    let (on, off) = (layer(&mut sketch, "Tekst"), layer(&mut sketch, "Concept"));
    sketch.resources.set("Properties", dictionary! { "On" => on, "Off" => off });
    let mut document = sketch.finish();
    let mut settings = match base {
        Some(base) => dictionary! { "BaseState" => base, "ON" => vec![on.into()] },
        None => dictionary! { "OFF" => vec![off.into()] },
    };
    settings.set("Order", vec![on.into(), off.into()]);
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    let catalog = document.get_dictionary_mut(root).unwrap();
    catalog.set("OCProperties", dictionary! { "OCGs" => vec![on.into(), off.into()], "D" => settings });
    match first_page(&mut document) {
        Page::Digital(reading) => reading,
        Page::Image(_) => panic!("an image came out"),
    }
}

#[test]
fn words_in_a_layer_that_is_off_are_counted_with_its_name() {
    let hidden = "/OC /Off BDC BT /F1 12 Tf 72 500 Td (eindigt op 31 december 2099) Tj ET EMC";
    for base in [None, Some("OFF")] {
        let reading = layered(&format!("/OC /On BDC {WORDS} EMC {hidden}"), base);
        assert_eq!(reading.text, "De huurovereenkomst eindigt\nop 31 december 2024.");
        let message = told(&reading, "layer_not_shown");
        assert!(message.ends_with(": “Concept”, 5"), "{message}");
    }
    // A layer without words is nobody's loss.
    let drawn = layered(&format!("{WORDS} /OC /Off BDC 10 10 50 50 re f EMC"), None);
    assert!(drawn.problems.is_empty(), "{:?}", drawn.problems);
    // A page that shows nothing else is blank, and holds the words.
    let blank = layered(hidden, None);
    assert_eq!(blank.state, PageState::Blank);
    assert!(told(&blank, "layer_not_shown").ends_with(": “Concept”, 5"));
}

#[test]
fn layers_that_a_screen_and_paper_show_otherwise_are_told() {
    let read = |view: Option<&str>, print: Option<&str>, is_annotation: bool| {
        let mut sketch = Sketch::new(&format!("/OC /L BDC {WORDS} EMC"));
        let mut usage = dictionary! {};
        view.into_iter().for_each(|state| usage.set("View", dictionary! { "ViewState" => state }));
        print.into_iter().for_each(|state| usage.set("Print", dictionary! { "PrintState" => state }));
        let name = Object::string_literal("Stempel");
        let layer = sketch.document.add_object(dictionary! { "Type" => "OCG", "Name" => name, "Usage" => usage });
        let membership = dictionary! { "Type" => "OCMD", "OCGs" => vec![layer.into()] };
        let membership = sketch.document.add_object(membership);
        if is_annotation {
            let note =
                dictionary! { "Type" => "Annot", "Subtype" => "Link", "Rect" => vec![0.into(); 4], "OC" => layer };
            sketch = sketch.with("Annots", vec![note.into()]);
        } else {
            sketch.resources.set("Properties", dictionary! { "L" => membership });
        }
        let mut document = sketch.finish();
        let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
        let layers = dictionary! { "OCGs" => vec![layer.into()], "D" => dictionary! {} };
        document.get_dictionary_mut(root).unwrap().set("OCProperties", layers);
        let Page::Digital(reading) = first_page(&mut document) else { panic!("an image came out") };
        assert_eq!(reading.words.len(), 7);
        let told = reading.problems.iter().find(|problem| problem.kind == "layer_by_use");
        told.map(|problem| problem.message.rsplit_once(": ").unwrap().1.to_owned())
    };
    for is_annotation in [false, true] {
        assert_eq!(read(Some("ON"), Some("ON"), is_annotation), None);
        let on_screen = read(Some("ON"), Some("OFF"), is_annotation);
        assert_eq!(on_screen.as_deref(), Some("“Stempel” (PrintState OFF)"));
        let nowhere = read(Some("OFF"), Some("OFF"), is_annotation);
        assert_eq!(nowhere.as_deref(), Some("“Stempel” (ViewState OFF, PrintState OFF)"));
    }
    assert_eq!(read(None, None, false), None);
}

/// A page with an amount on it, what else is painted before and after it, and its graphics states.
fn amount(before: &str, text: &str, after: &str) -> Page {
    let mut sketch = Sketch::new(&format!("{before} {WORDS} {text} {after}"));
    let form = Stream::new(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "BBox" => A4.map(Object::from).to_vec(),
            "Group" => dictionary! { "S" => "Transparency", "CS" => "DeviceGray" },
        },
        b"1 g 0 0 595 842 re f 0 g 70 595 200 20 re f".to_vec(),
    );
    let group = sketch.document.add_object(form);
    let mut states = dictionary! {
        "Mask" => dictionary! { "SMask" => dictionary! { "S" => "Luminosity", "G" => group } },
        "Half" => dictionary! { "ca" => 0.5 },
        "Dense" => dictionary! { "ca" => 0.9 },
        "Faint" => dictionary! { "ca" => 0.1 },
    };
    for mode in ["Screen", "Lighten", "ColorDodge", "Multiply", "Darken"] {
        states.set(mode, dictionary! { "BM" => mode });
    }
    sketch.resources.set("ExtGState", states);
    sketch.read()
}

const AMOUNT: &str = "BT /F1 12 Tf 72 600 Td (boete EUR 48.250,00) Tj ET";

#[test]
fn words_that_something_may_hide_are_read_from_what_the_page_shows() {
    let mask = "BI /W 8 /H 8 /IM true ID \0\0\0\0\0\0\0\0 EI";
    let image = format!("q 200 0 0 20 70 595 cm {mask} Q");
    for (before, text, after) in [
        ("", AMOUNT, "/Screen gs 1 g 70 595 200 20 re f"),
        ("", AMOUNT, "/Lighten gs 1 g 70 595 200 20 re f"),
        ("", AMOUNT, "/ColorDodge gs 1 g 70 595 200 20 re f"),
        ("", AMOUNT, "/Multiply gs 0 g 70 595 200 20 re f"),
        ("", AMOUNT, "/Dense gs 1 g 70 595 200 20 re f"),
        ("", AMOUNT, "0 G 14 w 1 J 1 j 70 600 m 150 607 l 260 604 l S"),
        ("", AMOUNT, "0 g 60 605 m 165 590 l 300 605 l 165 640 l h f"),
        ("", AMOUNT, "BT /F1 12 Tf 72 600 Td (WWWWW WWW WWWWWWWW) Tj ET"),
        // The last digits are left of a number.
        ("", AMOUNT, "1 g 70 595 80 20 re f"),
        ("", AMOUNT, image.as_str()),
        ("/Mask gs", AMOUNT, ""),
        ("/Faint gs", AMOUNT, ""),
    ] {
        let Page::Image(page) = amount(before, text, after) else { panic!("believed: {before} {after}") };
        let faults: Vec<_> = page.problems.iter().filter(|problem| problem.kind == "bad_text_layer").collect();
        assert!(faults.len() == 1 && faults[0].message.contains("may hide words"), "{after}: {:?}", page.problems);
    }
    // Where it is sure, the words are hidden.
    for (before, text, after) in [
        ("", AMOUNT, "0 G 20 w 70 604 m 270 604 l S"),
        ("", AMOUNT, "1 G 20 w 70 604 m 270 604 l S"),
        ("0 g 70 595 200 20 re f", AMOUNT, ""),
        ("", "q 0 0 595 842 re 70 595 200 20 re W* n", &*format!("{AMOUNT} Q")),
    ] {
        let Page::Digital(page) = amount(before, text, after) else { panic!("{before} {after}") };
        assert_eq!(page.text, "De huurovereenkomst eindigt\nop 31 december 2024.", "{before} {after}");
        told(&page, "hidden_words");
    }
}

#[test]
fn what_is_usual_on_pages_leaves_their_words() {
    for (before, after) in [
        ("", "/Multiply gs 1 1 0 rg 70 595 200 20 re f"),
        ("", "/Half gs 1 1 0 rg 70 595 200 20 re f"),
        ("0.9 g 70 595 200 20 re f 0 g", ""),
        ("", "0 G 1 w 70 598 m 270 598 l S"),
        ("", "0 G 5 w 20 20 555 800 re S"),
        ("", "0 G 12 w 70 570 m 270 570 l S"),
        ("", "BT /F1 12 Tf 72 598 Td (_________________) Tj ET"),
        ("", "0.8 g BT /F1 90 Tf 20 560 Td (CONCEPT) Tj ET"),
        ("q 60 580 m 300 580 l 310 610 l 300 640 l 60 640 l h W n", "Q"),
    ] {
        let Page::Digital(page) = amount(before, AMOUNT, after) else { panic!("not believed: {before} {after}") };
        assert!(page.text.contains("EUR 48.250,00"), "{before} {after}: {}", page.text);
    }
}
