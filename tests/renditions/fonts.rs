//! Fonts that an original brings badly or not at all.

use super::*;

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
