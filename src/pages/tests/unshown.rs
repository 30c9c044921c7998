//! Annotations, fields and forms of which viewers show nothing, or something else than the file holds.

use super::*;

fn appearance(sketch: &mut Sketch, text: &str) -> Object {
    let font = sketch.resources.get(b"Font").unwrap().clone();
    let entries = dictionary! {
        "Type" => "XObject", "Subtype" => "Form", "BBox" => [0, 0, 300, 30].map(Object::from).to_vec(),
        "Resources" => dictionary! { "Font" => font },
    };
    sketch.document.add_object(Stream::new(entries, format!("BT /F1 12 Tf 0 5 Td ({text}) Tj ET").into_bytes())).into()
}

/// A file with annotations; `change` may alter its catalog.
fn annotated(
    make: impl FnOnce(&mut Sketch) -> Vec<Object>,
    change: impl FnOnce(&mut Document, &mut Dictionary, &[Object]),
) -> PageReading {
    match first_page(&mut annotated_file(make, change)) {
        Page::Digital(reading) => reading,
        Page::Image(_) => panic!("an image came out"),
    }
}

fn annotated_file(
    make: impl FnOnce(&mut Sketch) -> Vec<Object>,
    change: impl FnOnce(&mut Document, &mut Dictionary, &[Object]),
) -> Document {
    let mut sketch = Sketch::new(WORDS);
    let annotations = make(&mut sketch);
    let mut document = sketch.with("Annots", annotations.clone()).finish();
    let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    let mut catalog = document.get_dictionary(root).unwrap().clone();
    change(&mut document, &mut catalog, &annotations);
    document.objects.insert(root, catalog.into());
    document
}

fn annotation(sketch: &mut Sketch, subtype: &str, text: &str, more: Dictionary) -> Object {
    let shown = appearance(sketch, text);
    let mut annotation = dictionary! {
        "Type" => "Annot", "Subtype" => subtype, "F" => 4, "Rect" => [60, 440, 360, 470].map(Object::from).to_vec(),
        "AP" => dictionary! { "N" => shown },
    };
    more.into_iter().for_each(|(key, value)| annotation.set(key, value));
    sketch.document.add_object(annotation).into()
}

#[track_caller]
fn check(reading: &PageReading, text: &str, problems: &[(&str, &str)]) {
    let found: Vec<(&str, &str)> = reading
        .problems
        .iter()
        .map(|problem| (&*problem.kind, problem.message.rsplit_once(": ").map_or("", |(_, told)| told)))
        .collect();
    assert_eq!((reading.text.replace('\n', " ").as_str(), found.as_slice()), (text, problems));
}

const TEXT: &str = "De huurovereenkomst eindigt op 31 december 2024.";

#[test]
fn an_annotation_in_a_layer_that_is_off_is_not_read_and_told() {
    let stamp = |subtype: &str, is_off: bool, member: bool| {
        let layer = std::cell::Cell::new(None);
        annotated(
            |sketch| {
                let made = dictionary! { "Type" => "OCG", "Name" => Object::string_literal("stempel") };
                let id = sketch.document.add_object(made);
                layer.set(Some(id));
                let of = if member { dictionary! { "Type" => "OCMD", "OCGs" => id }.into() } else { Object::from(id) };
                vec![annotation(sketch, subtype, "VERVALLEN per 2020", dictionary! { "OC" => of })]
            },
            |_, catalog, _| {
                let layer = Object::from(layer.get().unwrap());
                let off = if is_off { vec![layer.clone()] } else { vec![] };
                let settings = dictionary! { "OFF" => off };
                catalog.set("OCProperties", dictionary! { "OCGs" => vec![layer], "D" => settings });
            },
        )
    };
    let all = format!("{TEXT} VERVALLEN per 2020");
    for subtype in ["Stamp", "FreeText"] {
        check(&stamp(subtype, false, false), &all, &[]);
        let told = format!("{subtype} (“stempel”) VERVALLEN per 2020");
        check(&stamp(subtype, true, false), TEXT, &[("annotation_hidden", &told)]);
    }
    check(&stamp("Stamp", true, true), TEXT, &[("annotation_hidden", "Stamp VERVALLEN per 2020")]);
    check(&stamp("Stamp", false, true), &all, &[]);
}

#[test]
fn an_annotation_in_a_layer_that_is_off_of_an_encrypted_file_is_told() {
    let layer = std::cell::Cell::new(None);
    let mut document = annotated_file(
        |sketch| {
            layer.set(Some(sketch.document.add_object(dictionary! { "Type" => "OCG" })));
            vec![annotation(sketch, "Stamp", "VERVALLEN", dictionary! { "OC" => layer.get().unwrap() })]
        },
        |_, catalog, _| {
            let layer = Object::from(layer.get().unwrap());
            let settings = dictionary! { "OFF" => vec![layer.clone()] };
            catalog.set("OCProperties", dictionary! { "OCGs" => vec![layer], "D" => settings });
        },
    );
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password: "",
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    let Page::Digital(reading) = first_page(&mut document) else { panic!("an image came out") };
    check(&reading, &format!("{TEXT} VERVALLEN"), &[("annotation_not_hidden", "1")]);
}

#[test]
fn an_annotation_that_is_hidden_or_for_paper_only_is_told() {
    for flags in [2, 32, 4 | 32] {
        let reading = annotated(
            |sketch| vec![annotation(sketch, "Stamp", "VERVALLEN", dictionary! { "F" => flags })],
            |_, _, _| (),
        );
        check(&reading, TEXT, &[("annotation_hidden", "Stamp VERVALLEN")]);
    }
    let own = annotated(|sketch| vec![annotation(sketch, "Popup", "x", dictionary! { "F" => 2 })], |_, _, _| ());
    check(&own, TEXT, &[]);
}

/// A page with fields of these entries, each shown as `text`.
fn fields(fields: Vec<(&str, Dictionary)>, listed: Vec<Dictionary>) -> PageReading {
    annotated(
        |sketch| {
            let field = |(text, field): (&str, Dictionary)| {
                let mut entries = dictionary! { "FT" => "Tx", "T" => Object::string_literal("prijs") };
                field.into_iter().for_each(|(key, value)| entries.set(key, value));
                annotation(sketch, "Widget", text, entries)
            };
            fields.into_iter().map(field).collect()
        },
        |document, catalog, annotations| {
            let mut all = annotations.to_vec();
            all.extend(listed.into_iter().map(|field| Object::from(document.add_object(field))));
            catalog.set("AcroForm", dictionary! { "Fields" => all });
        },
    )
}

#[test]
fn a_value_that_no_page_shows_is_told_with_its_field() {
    let value = |value: &str| Object::string_literal(value);
    let shown = format!("{TEXT} 100,00");
    let differs: &[_] = &[("form_value_differs", "900,00")];
    check(&fields(vec![("100,00", dictionary! { "V" => value("100,00") })], vec![]), &shown, &[]);
    check(&fields(vec![("100,00", dictionary! { "V" => value("900,00") })], vec![]), &shown, differs);
    for flags in [2, 32] {
        check(&fields(vec![("900,00", dictionary! { "V" => value("900,00"), "F" => flags })], vec![]), TEXT, differs);
    }
    // A field that one place shows and another hides is shown.
    let both = || dictionary! { "V" => value("100,00") };
    let mut hidden = both();
    hidden.set("F", 2);
    check(&fields(vec![("100,00", both()), ("100,00", hidden)], vec![]), &shown, &[]);
    // Two places of one field that show different values.
    let elsewhere = [60, 400, 360, 430].map(Object::from).to_vec();
    let second = dictionary! { "V" => value("900,00"), "Rect" => elsewhere };
    let other = fields(vec![("100,00", dictionary! { "V" => value("900,00") }), ("900,00", second)], vec![]);
    assert_eq!(other.problems.len(), 1, "{:?}", other.problems);
    let secret = fields(vec![("", dictionary! { "V" => value("geheim"), "Ff" => 1 << 13 })], vec![]);
    check(&secret, TEXT, &[("form_value_differs", "******")]);
    let orphan = dictionary! { "FT" => "Tx", "T" => value("einddatum"), "V" => value("31 maart 2047") };
    let reading = fields(vec![], vec![orphan]);
    check(&reading, TEXT, &[("form_value_differs", "31 maart 2047")]);
    assert!(reading.problems[0].message.contains(": einddatum: "), "{:?}", reading.problems);
    assert!(reading.problems[0].told(Language::Dutch).ends_with("einddatum: 31 maart 2047"));
}

#[test]
fn a_box_whose_value_is_not_its_state_is_told() {
    let told = |value: &str, state: &str, states: &[&str]| {
        let reading = annotated(
            |sketch| {
                let mut shown = dictionary! {};
                states
                    .iter()
                    .for_each(|state| shown.set(*state, appearance(sketch, if *state == "Off" { "" } else { "X" })));
                let entries = dictionary! {
                    "FT" => "Btn", "T" => Object::string_literal("boete"), "V" => value, "AS" => state,
                    "AP" => dictionary! { "N" => shown },
                };
                vec![annotation(sketch, "Widget", "", entries)]
            },
            |_, catalog, fields| catalog.set("AcroForm", dictionary! { "Fields" => fields.to_vec() }),
        );
        let told: Vec<_> =
            reading.problems.iter().map(|it| it.message.rsplit_once(": ").unwrap().1.to_owned()).collect();
        (reading.text.ends_with('X'), told)
    };
    let none = Vec::<String>::new;
    assert_eq!(told("Ja", "Ja", &["Ja", "Off"]), (true, none()));
    assert_eq!(told("Off", "Off", &["Ja", "Off"]), (false, none()));
    assert_eq!(told("Ja", "Off", &["Ja", "Off"]), (false, vec!["Ja".to_owned()]));
    assert_eq!(told("Off", "Ja", &["Ja", "Off"]), (true, vec!["Off".to_owned()]));
    // Another of several is on.
    assert_eq!(told("Nee", "Off", &["Ja", "Off"]), (false, none()));
}

#[test]
fn a_form_that_only_other_programs_draw_is_told_with_its_values() {
    let xml = "<xdp:xdp><xfa:datasets><xfa:data><f><einde>31 maart 2047</einde><wie>A &amp; B</wie></f></xfa:data>\
               </xfa:datasets></xdp:xdp>";
    let form = |needs: bool, has_fields: bool, in_parts: bool| {
        annotated(
            |_| vec![],
            |document, catalog, _| {
                let part = document.add_object(Stream::new(dictionary! {}, xml.as_bytes().to_vec()));
                let field = document.add_object(dictionary! { "FT" => "Tx", "T" => Object::string_literal("f") });
                let xfa = match in_parts {
                    true => vec![Object::string_literal("datasets"), part.into()].into(),
                    false => Object::from(part),
                };
                let fields: Vec<Object> = if has_fields { vec![field.into()] } else { vec![] };
                catalog.set("NeedsRendering", needs);
                catalog.set("AcroForm", dictionary! { "Fields" => fields, "XFA" => xfa });
            },
        )
    };
    for in_parts in [true, false] {
        check(&form(true, true, in_parts), TEXT, &[("xfa_form", "31 maart 2047; A & B")]);
        check(&form(false, false, in_parts), TEXT, &[("xfa_form", "31 maart 2047; A & B")]);
        // Its fields stand on its pages as well.
        check(&form(false, true, in_parts), TEXT, &[]);
    }
    let told = form(true, true, true).problems[0].told(Language::Dutch).into_owned();
    assert!(told.starts_with("het bestand is een formulier") && told.ends_with("31 maart 2047; A & B"), "{told}");
}

/// A page with words in a font of its own.
fn lettered(shown: &str, font: impl FnOnce(&mut Document) -> Dictionary) -> Page {
    let mut sketch = Sketch::new(&format!("{WORDS} BT /F2 12 Tf 72 600 Td {shown} Tj ET"));
    let font = font(&mut sketch.document);
    sketch.resources.get_mut(b"Font").and_then(Object::as_dict_mut).unwrap().set("F2", font);
    sketch.read()
}

/// Helvetica with a text map of these pairs.
fn mapped(pairs: &[(char, &str)]) -> impl FnOnce(&mut Document) -> Dictionary {
    let code = |(code, text): &(char, &str)| {
        let text: String = text.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
        format!("<{:02x}> <{text}>\n", u32::from(*code))
    };
    let pairs: String = pairs.iter().map(code).collect();
    let count = pairs.lines().count();
    move |document| {
        let map = format!(
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n\
             1 begincodespacerange <00> <ff> endcodespacerange\n1 beginbfrange <20> <7e> <0020> endbfrange\n\
             {count} beginbfchar\n{pairs}endbfchar endcmap end end"
        );
        let map = document.add_object(Stream::new(dictionary! {}, map.into_bytes()));
        dictionary! {
            "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Times-Bold", "Encoding" => "WinAnsiEncoding",
            "ToUnicode" => map,
        }
    }
}

#[test]
fn a_text_map_that_names_other_letters_than_the_page_shows_is_not_believed() {
    let is_believed = |shown: &str, pairs: &[(char, &str)]| match lettered(shown, mapped(pairs)) {
        Page::Digital(reading) => reading.problems.is_empty(),
        Page::Image(image) => {
            let [problem] = image.problems.as_slice() else { panic!("{:?}", image.problems) };
            assert!(problem.kind == "bad_text_layer" && problem.message.contains("other letters or digits"));
            false
        }
    };
    assert!(is_believed("(0123456789 ABCXYZ abcxyz)", &[]));
    for (a, b) in [('7', "9"), ('1', "2"), ('0', "8"), ('3', "5"), ('6', "9"), ('n', "u"), ('e', "a"), ('R', "T")] {
        assert!(!is_believed(&format!("(op 31 maart {a})"), &[(a, b)]), "{a} as {b}");
        // What the page does not show misleads nobody.
        assert!(is_believed("(dit)", &[(a, b)]), "{a} as {b}");
    }
    // A digit that is said to be nothing, or two.
    for (digit, text) in [('2', " "), ('0', "\u{ad}"), ('2', "20")] {
        assert!(!is_believed("(op 31 maart 20)", &[(digit, text)]), "{text:?}");
    }
    assert!(is_believed("(op - _ . maart)", &[('-', "\u{ad}"), ('_', " "), ('.', "12")]));
    // Small capitals, signs and ligatures.
    assert!(is_believed("(ABC)", &[('A', "a"), ('B', "b"), ('C', "c")]));
    assert!(is_believed("(a+*)", &[('a', "\u{fb01}"), ('+', "x"), ('*', "l")]));
}

#[test]
fn numbers_of_forms_in_a_font_that_nobody_has_are_no_text() {
    let font = |_: &mut Document| {
        let system = dictionary! {
            "Registry" => Object::string_literal("Adobe"), "Ordering" => Object::string_literal("Identity"),
            "Supplement" => 0,
        };
        let inner = dictionary! {
            "Type" => "Font", "Subtype" => "CIDFontType2", "BaseFont" => "ArialMT", "CIDSystemInfo" => system,
            "FontDescriptor" => dictionary! { "Type" => "FontDescriptor", "FontName" => "ArialMT", "Flags" => 32 },
            "CIDToGIDMap" => "Identity",
        };
        dictionary! {
            "Type" => "Font", "Subtype" => "Type0", "BaseFont" => "ArialMT", "Encoding" => "Identity-H",
            "DescendantFonts" => vec![inner.into()],
        }
    };
    let mut alone = Sketch::new("BT /F9 12 Tf 72 700 Td <002500520048> Tj ET");
    let numbered = font(&mut alone.document);
    let numbered = alone.document.add_object(numbered);
    alone.resources.set("Font", dictionary! { "F9" => numbered });
    check_unreadable(alone.finish(), "font_missing");
    let Page::Digital(reading) = lettered("<002500520048>", font) else { panic!("an image came out") };
    assert_eq!(reading.text.replace('\n', " "), TEXT);
    let [problem] = reading.problems.as_slice() else { panic!("{:?}", reading.problems) };
    assert!(problem.kind == "font_missing" && problem.message.ends_with(": 3"), "{problem:?}");
    assert!(problem.told(Language::Dutch).ends_with("(hoeveel): 3"));
}

#[test]
fn words_outside_of_the_page_are_counted() {
    let crop: Vec<Object> = [0, 50, 595, 842].map(Object::from).to_vec();
    let content = format!("{WORDS} BT /F1 12 Tf 72 20 Td (Artikel 9: boete) Tj ET");
    let reading = Sketch::new(&content).with("CropBox", crop).digital();
    check(&reading, TEXT, &[("hidden_words", "3")]);
}

#[test]
fn what_stands_behind_an_error_in_the_content_is_told() {
    let told = |between: &str| {
        let content = format!("{WORDS} {between} BT /F1 12 Tf 72 500 Td (Artikel 4.) Tj ET");
        let reading = Sketch::new(&content).digital();
        (reading.text.ends_with("Artikel 4."), reading.problems.iter().any(|one| one.kind == "content_incomplete"))
    };
    for harmless in ["", "foo bar", "q q q", "Q Q", "EMC", "(x) Zz"] {
        assert_eq!(told(harmless), (true, false), "{harmless}");
    }
    for fault in ["<zz>", "]", "(open", "1 l"] {
        let (is_read, is_told) = told(fault);
        assert!(is_read != is_told, "{fault}: {is_read} {is_told}");
    }
    for (text, is_told) in [("VERVALLEN) Tj <zz> (per 2020", true), ("VERVALLEN", false)] {
        let stamped = annotated(|sketch| vec![annotation(sketch, "Stamp", text, dictionary! {})], |_, _, _| ());
        assert_eq!(stamped.problems.iter().any(|one| one.kind == "content_incomplete"), is_told, "{text}");
        let mut sketch = Sketch::new(&format!("{WORDS} /Fm Do"));
        let form = appearance(&mut sketch, text);
        sketch.resources.set("XObject", dictionary! { "Fm" => form });
        assert_eq!(sketch.digital().problems.iter().any(|one| one.kind == "content_incomplete"), is_told, "{text}");
    }
}

#[test]
fn a_picture_in_a_layer_that_is_off_is_told() {
    let picture = |sketch: Sketch, off: bool| {
        let mut sketch = sketch.image("Im", 400, 60, scan(400, 60));
        let layer =
            sketch.document.add_object(dictionary! { "Type" => "OCG", "Name" => Object::string_literal("foto") });
        let image = sketch.resources.get(b"XObject").and_then(Object::as_dict).unwrap().get(b"Im").unwrap();
        let image = image.as_reference().unwrap();
        let Ok(Object::Stream(stream)) = sketch.document.get_object_mut(image) else { panic!("no image") };
        stream.dict.set("OC", layer);
        let mut document = sketch.finish();
        let root = document.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
        let settings = dictionary! { "OFF" => if off { vec![layer.into()] } else { vec![] } };
        let layers = dictionary! { "OCGs" => vec![layer.into()], "D" => settings };
        document.get_dictionary_mut(root).unwrap().set("OCProperties", layers);
        match first_page(&mut document) {
            Page::Digital(reading) => reading,
            Page::Image(_) => panic!("an image came out"),
        }
    };
    let content = format!("{WORDS} q 200 0 0 30 72 500 cm /Im Do Q");
    check(&picture(Sketch::new(&content), true), TEXT, &[("picture_in_layer", "“foto”, 1")]);
    check(&picture(Sketch::new(&content), false), TEXT, &[]);
}
