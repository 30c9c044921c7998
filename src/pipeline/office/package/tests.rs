//! What becomes of the parts of a package.

use super::*;

fn settled(xml: &str, format: Format) -> (Option<String>, Notes) {
    let mut notes = Notes::default();
    let mut styles = Styles::default();
    styles.add(xml.as_bytes(), format);
    let targets = xml::pieces(xml.as_bytes()).filter_map(Tag::of).filter_map(|tag| format.target(&tag)).collect();
    let part = Part { format, styles: &styles, targets: &targets, is_comments: xml.contains("w:comment") };
    let settled = settle_xml(xml.as_bytes(), &part, &mut notes).map(|bytes| String::from_utf8(bytes).unwrap());
    (settled, notes)
}

#[test]
fn deleted_text_is_gone_and_inserted_text_stays() {
    let check = |xml: &str, format: Format, want: Option<&str>| {
        let (settled, notes) = settled(xml, format);
        assert_eq!((settled.as_deref(), notes.changes), (want, want.is_some()), "{xml}");
    };
    check(
        r#"<?xml a>b?><w:p><!-- <w:del> --><w:r>huur </w:r><w:del w:author="a>b"><w:r><w:delText>EUR 1</w:delText></w:r></w:del><w:ins w:id="1"><w:r>EUR 2</w:r></w:ins></w:p>"#,
        Format::Docx,
        Some("<?xml a>b?><w:p><!-- <w:del> --><w:r>huur </w:r><w:r>EUR 2</w:r></w:p>"),
    );
    check(
        "<w:p><w:rPr><w:del/></w:rPr><w:moveFrom>a<w:moveFrom>b</w:moveFrom>c</w:moveFrom>d</w:p>",
        Format::Docx,
        Some("<w:p><w:rPr></w:rPr>d</w:p>"),
    );
    check("<w:p><w:delText>a</w:delText></w:p>", Format::Docx, None);
    check(
        "<o:text><text:tracked-changes><text:deletion>weg</text:deletion></text:tracked-changes>\
         <text:p>een<text:change text:change-id=\"1\"/> twee</text:p></o:text>",
        Format::Odt,
        Some("<o:text><text:p>een twee</text:p></o:text>"),
    );
}

#[test]
fn a_day_is_that_which_stands_in_the_file() {
    let check = |xml: &str, format: Format, want: Option<&str>, stored: &[&str], without: &[&str]| {
        let (settled, notes) = settled(xml, format);
        assert_eq!(settled.as_deref(), want, "{xml}");
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let want = Notes { as_stored: names(stored), without_value: names(without), ..Notes::default() };
        assert_eq!(notes, want, "{xml}");
    };
    let docx = Format::Docx;
    check(
        r#"<w:p><w:fldSimple w:instr=" DATE \@ &quot;d&quot; "><w:r><w:t>3 maart</w:t></w:r></w:fldSimple></w:p>"#,
        docx,
        Some("<w:p><w:r><w:t>3 maart</w:t></w:r></w:p>"),
        &["DATE"],
        &[],
    );
    let run = |of: &str| format!("<w:r>{of}</w:r>");
    let char = |kind: &str| run(&format!(r#"<w:fldChar w:fldCharType="{kind}"/>"#));
    let field = |instruction: &str, value: &str| {
        [
            &char("begin"),
            &run(&format!("<w:instrText> {instruction} </w:instrText>")),
            &char("separate"),
            value,
            &char("end"),
        ]
        .concat()
    };
    let value = run("<w:t>3 maart</w:t>");
    let left = |value: &str| [&run(""), &run(""), &run(""), value, &run("")].concat();
    check(&field("date", &value), docx, Some(&left(&value)), &["DATE"], &[]);
    check(&field("TIME", ""), docx, Some(&left("")), &[], &["TIME"]);
    // A field inside keeps its own; the page's number is worked out for every page.
    check(&field("PAGE", &value), docx, None, &[], &[]);
    check(&field("DATE", &field("PAGE", &value)), docx, Some(&left(&field("PAGE", &value))), &["DATE"], &[]);
    check(&field("TOC", &field("DATE", &value)), docx, Some(&field("TOC", &left(&value))), &["DATE"], &[]);
    // Marks that are elements with something in them, or nothing.
    check(
        r#"<w:fldChar w:fldCharType="begin"><w:x/></w:fldChar><w:instrText>DATE</w:instrText><w:fldChar w:fldCharType="separate"></w:fldChar><w:t>1</w:t><w:fldChar w:fldCharType="end"></w:fldChar>"#,
        docx,
        Some("<w:t>1</w:t>"),
        &["DATE"],
        &[],
    );
    check(r#"<w:fldSimple w:instr="FILENAME"/>a"#, docx, Some("a"), &[], &["FILENAME"]);
    check(r#"<w:fldChar w:fldCharType="end"/></w:fldSimple><w:fldChar w:fldCharType="begin"/>"#, docx, None, &[], &[]);
    let odt = Format::Odt;
    check(
        r#"<text:p>op <text:date text:date-value="2015-03-03">3 maart</text:date>, <text:page-number>1</text:page-number></text:p>"#,
        odt,
        Some("<text:p>op 3 maart, <text:page-number>1</text:page-number></text:p>"),
        &["date"],
        &[],
    );
    check("<text:p><text:time/></text:p>", odt, Some("<text:p></text:p>"), &[], &["time"]);
    check("<office:meta><dc:date>2015</dc:date></office:meta>", odt, None, &[], &[]);
}

#[test]
fn what_a_field_showed_is_read_whatever_it_would_come_to() {
    let docx = |body: &str, want: &str, stored: &[&str], without: &[&str]| {
        let (settled, notes) = settled(body, Format::Docx);
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        assert_eq!(settled.as_deref().unwrap_or(body), want, "{body}");
        let want = Notes { as_stored: names(stored), without_value: names(without), ..Notes::default() };
        assert_eq!(notes, want, "{body}");
    };
    let simple = |instruction: &str, text: &str| {
        format!(r#"<w:fldSimple w:instr="{instruction}"><w:r><w:t>{text}</w:t></w:r></w:fldSimple>"#)
    };
    let run = |text: &str| format!("<w:r><w:t>{text}</w:t></w:r>");
    docx(&simple(" REF weg \\h ", "7"), &run("7"), &["REF"], &[]);
    docx(&simple(" IF 1 = 2 &quot;a&quot; ", "boete 500"), &run("boete 500"), &["IF"], &[]);
    docx(&simple(" =100*9 ", "100"), &run("100"), &["="], &[]);
    docx(&simple("MERGEFIELD naam", ""), &run(""), &[], &["MERGEFIELD"]);
    // What it refers to is in the file: everybody comes to the same.
    let mark = r#"<w:bookmarkStart w:id="1" w:name="_Ref1"/>"#;
    docx(&[mark, &simple("REF _Ref1 \\r", "7")].concat(), &[mark, &run("7")].concat(), &[], &[]);
    docx(&simple("SEQ Figuur", "2"), &run("2"), &[], &[]);
    for harmless in ["PAGE", "HYPERLINK &quot;x&quot;", "toc \\o", "FORMTEXT", "STYLEREF Kop"] {
        let field = simple(harmless, "3");
        docx(&field, &field, &[], &[]);
    }
    // Fields in an instruction go with it, and with what they show.
    let char = |kind: &str| format!(r#"<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>"#);
    let told = |text: &str| format!("<w:r><w:instrText>{text}</w:instrText></w:r>");
    let inner = |name: &str| [char("begin"), told(name), char("separate"), run("binnen"), char("end")].concat();
    for name in ["MERGEFIELD soort", "PAGE"] {
        let outer =
            [char("begin"), told("IF "), inner(name), told("= 1"), char("separate"), run("buiten"), char("end")];
        let (settled, notes) = settled(&outer.concat(), Format::Docx);
        let settled = settled.unwrap();
        assert!(settled.contains("buiten") && !settled.contains("binnen") && !settled.contains("fldChar"), "{settled}");
        assert_eq!(notes.as_stored, ["IF".to_owned()].into());
    }
    let odt = r#"<text:p><text:bookmark-ref text:ref-name="weg">7</text:bookmark-ref></text:p>"#;
    let (settled, notes) = settled(odt, Format::Odt);
    assert_eq!((settled.as_deref(), notes.as_stored.len()), (Some("<text:p>7</text:p>"), 1));
}

#[test]
fn boxes_of_a_form_say_whether_they_are_ticked() {
    let read = |state: &str| {
        let data = format!(r#"<w:ffData><w:checkBox><w:sizeAuto/>{state}</w:checkBox></w:ffData>"#);
        let field = format!(
            r#"<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>"#
        );
        let (settled, notes) = settled(&field, Format::Docx);
        assert_eq!(notes, Notes::default());
        settled.unwrap().replace("<w:r></w:r>", "")
    };
    let sign = |sign: &str| format!("<w:r><w:t>{sign}</w:t></w:r>");
    assert_eq!(read(""), sign("☐"));
    assert_eq!(read(r#"<w:default w:val="1"/>"#), sign("☒"));
    assert_eq!(read(r#"<w:default w:val="0"/><w:checked/>"#), sign("☒"));
    assert_eq!(read(r#"<w:default w:val="1"/><w:checked w:val="0"/>"#), sign("☐"));
}

#[test]
fn signs_of_fonts_that_nobody_maps_become_text() {
    let sign = |font: &str, place: &str| {
        settled(&format!(r#"<w:r><w:sym w:font="{font}" w:char="{place}"/></w:r>"#), Format::Docx).0
    };
    assert_eq!(sign("Wingdings 2", "F052").as_deref(), Some("<w:r><w:t>☑</w:t></w:r>"));
    assert_eq!(sign("Symbol", "F0A3").as_deref(), Some("<w:r><w:t>≤</w:t></w:r>"));
    assert_eq!((sign("Wingdings", "F0FE"), sign("Symbol", "x")), (None, None));
}

#[test]
fn what_is_struck_out_is_named() {
    let check = |xml: &str, format: Format, want: &[&str]| {
        let mut notes = Notes::default();
        for text in want {
            notes.struck.push(text);
            notes.struck.end();
        }
        assert_eq!(settled(xml, format).1, notes, "{xml}");
    };
    let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    let docx = Format::Docx;
    check(
        &[
            "<w:p>",
            &run("<w:strike/>", "twee &amp; "),
            &run("<w:strike/>", "meer"),
            &run("", "x"),
            &run("<w:dstrike/>", "boete"),
            "</w:p>",
        ]
        .concat(),
        docx,
        &["twee & meer", "boete"],
    );
    check(&run(r#"<w:strike w:val="0"/><w:rPrChange><w:strike/></w:rPrChange>"#, "x"), docx, &[]);
    check("<w:p><w:pPr><w:rPr><w:strike/></w:rPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>", docx, &[]);
    let style = r#"<w:style w:styleId="Weg"><w:strike/></w:style>"#;
    check(&[style, &run(r#"<w:rStyle w:val="Weg"/>"#, "a"), &run("", "b")].concat(), docx, &["a"]);
    check(
        &format!(
            r#"{style}<w:p><w:pPr><w:pStyle w:val="Weg"/></w:pPr>{}</w:p><w:p>{}</w:p>"#,
            run("", "a"),
            run("", "b")
        ),
        docx,
        &["a"],
    );
    check(
        r#"<style:style style:name="T1"><style:text-properties style:text-line-through-style="solid"/></style:style><text:p>a <text:span text:style-name="T1">b</text:span> c</text:p>"#,
        Format::Odt,
        &["b"],
    );
}

#[test]
fn what_is_hidden_is_named_and_what_only_looks_so_stays() {
    let check = |xml: &str, format: Format, want: &[&str]| {
        let mut notes = Notes::default();
        want.iter().for_each(|text| {
            notes.hidden.push(text);
            notes.hidden.end();
        });
        assert_eq!(settled(xml, format).1, notes, "{xml}");
    };
    let run = |properties: &str, text: &str| format!("<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>");
    let docx = Format::Docx;
    check(&format!("<w:p>{}{}</w:p>", run("<w:vanish/>", "boete"), run("", "huur")), docx, &["boete"]);
    check(&run(r#"<w:vanish w:val="0"/>"#, "huur"), docx, &[]);
    check("<w:p><w:pPr><w:rPr><w:vanish/></w:rPr></w:pPr><w:r><w:t>x</w:t></w:r></w:p>", docx, &[]);
    // A style that goes on from one that hides; a ring of styles has an end too.
    let styles = r#"<w:style w:styleId="A"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:styleId="B"><w:basedOn w:val="A"/></w:style><w:style w:styleId="C"><w:basedOn w:val="D"/></w:style><w:style w:styleId="D"><w:basedOn w:val="C"/></w:style>"#;
    let paragraph = |style: &str, runs: &str| format!(r#"<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{runs}</w:p>"#);
    let runs = [run("", "boete"), run(r#"<w:vanish w:val="false"/>"#, "huur")].concat();
    check(&[styles, &paragraph("B", &runs), &paragraph("C", &runs)].concat(), docx, &["boete"]);
    let odt = r#"<style:style style:name="T1"><style:text-properties text:display="none"/></style:style><style:style style:name="T2" style:parent-style-name="T1"/><text:p>a <text:span text:style-name="T2">b</text:span> c</text:p><text:section text:display="none"><text:p>d</text:p></text:section><text:section text:display="true"><text:p>e</text:p></text:section>"#;
    check(odt, Format::Odt, &["b", "d"]);
    let (settled, notes) = settled(&run("<w:webHidden/>", "12"), docx);
    assert_eq!((settled, notes), (Some(run("", "12")), Notes::default()), "hidden on the web only");
}

#[test]
fn comments_are_named_with_what_they_say() {
    let (_, notes) = settled(
        "<w:comments><w:comment><w:p><w:r><w:t>DRIE maanden</w:t></w:r></w:p></w:comment>\
         <w:comment><w:p><w:r><w:t>ja</w:t></w:r></w:p></w:comment></w:comments>",
        Format::Docx,
    );
    let problems = notes.problems(crate::model::Language::Dutch);
    let [problem] = &problems[..] else { panic!("{problems:?}") };
    assert_eq!(problem.kind, "comments_left_out");
    assert!(problem.message.ends_with("“DRIE maanden | ja”"), "{}", problem.message);
    let (_, notes) = settled(
        "<text:p>a<office:annotation><dc:creator>Jan</dc:creator><text:p>nee</text:p></office:annotation>b</text:p>",
        Format::Odt,
    );
    assert!(notes.problems(crate::model::Language::English)[0].message.ends_with("“nee”"), "{notes:?}");
}

#[test]
fn a_package_is_copied_with_its_other_parts() {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("a.docx"), folder.path().join("b.docx"));
    let mut package = ZipWriter::new(File::create(&path).unwrap());
    let parts = [
        ("word/document.xml", "<w:del>weg</w:del>blijft"),
        ("media/a.bin", "<w:del>"),
        ("word/embeddings/contract.pdf", "%PDF"),
        ("word/afchunk1.html", "x"),
    ];
    for (name, text) in parts {
        package.start_file(name, SimpleFileOptions::default()).unwrap();
        package.write_all(text.as_bytes()).unwrap();
    }
    package.finish().unwrap();
    let mut notes = Notes::default();
    assert!(settle(&path, &copy, Format::Docx, &mut notes).unwrap());
    let inside = ["afchunk1.html".to_owned(), "contract.pdf".to_owned()].into();
    assert_eq!(notes, Notes { changes: true, inside, ..Notes::default() });
    let mut package = ZipArchive::new(File::open(&copy).unwrap()).unwrap();
    let mut text = |name: &str| std::io::read_to_string(package.by_name(name).unwrap()).unwrap();
    assert_eq!((text("word/document.xml").as_str(), text("media/a.bin").as_str()), ("blijft", "<w:del>"));
    std::fs::write(&path, "no package").unwrap();
    assert!(!settle(&path, &copy, Format::Odt, &mut notes).unwrap());
}
