//! Born-digital documents: what is drawn is kept, and what else a page shows or leads to.

use super::*;

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
    let layer = pdf.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("uit") });
    let looks = shown(&mut pdf, b"0 1 0 rg 0 0 8 8 re f");
    let mut in_layer = annotation(looks, 4);
    in_layer.set("OC", layer);
    let annotations = vec![annotation(seen, 4).into(), annotation(hidden, 2).into(), in_layer.into()];
    let layers = dictionary! {
        "OCGs" => vec![Object::from(layer)], "D" => dictionary! { "OFF" => vec![Object::from(layer)] },
    };
    let root = pdf.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    pdf.get_dictionary_mut(root).unwrap().set("OCProperties", layers);
    pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap().set("Annots", annotations);
    pdf.save(&original).unwrap();
    let mut reading = page_with(0, &[]);
    reading.source = TextSource::None;
    let reading = reading_of(vec![reading]);
    let accepted = accepted(&original, MediaType::Pdf, &reading, &copy, Method::ScanStreamsKept);
    assert!(accepted.pages[0].max < 0.01, "{:?}", accepted.pages);
    let bytes = String::from_utf8_lossy(&fs::read(&copy).unwrap()).into_owned();
    assert!(bytes.contains("0 0 10 10 re f") && !bytes.contains("/Annot"));
    assert!(!bytes.contains("0 0 9 9 re f") && !bytes.contains("0 0 8 8 re f"));
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
