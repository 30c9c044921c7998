//! Scans in a PDF: their bytes are kept, and words lie where they were read.

use super::*;

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
