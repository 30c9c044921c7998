//! A small PDF for each clause: as it conforms, and changed so that it has exactly one fault.

use std::sync::Arc;

/// The objects of a conforming file; `8` is the page's content.
fn objects() -> Vec<String> {
    let metadata = "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?><x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
        <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\"><rdf:Description rdf:about=\"\" \
        xmlns:pdfaid=\"http://www.aiim.org/pdfa/ns/id/\" pdfaid:part=\"2\" pdfaid:conformance=\"U\"/></rdf:RDF>\
        </x:xmpmeta><?xpacket end=\"w\"?>";
    let profile = format!("{:\0<12}mntrRGB XYZ {:\0<104}", "\0\0\0\0\0\0\0\0\u{2}", "");
    let stream = |dict: &str, data: &str| format!("<<{dict}/Length {}>>\nstream\n{data}\nendstream", data.len());
    vec![
        "<</Type/Catalog/Pages 2 0 R/Metadata 4 0 R/OutputIntents[5 0 R]>>".into(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".into(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Resources<</ExtGState<</G 7 0 R>>/XObject<</X 9 0 R>>>>\
         /Contents 8 0 R/Annots[10 0 R]>>"
            .into(),
        stream("/Type/Metadata/Subtype/XML", metadata),
        "<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/DestOutputProfile 6 0 R>>".into(),
        stream("/N 3", &profile),
        "<</Type/ExtGState/BM/Normal>>".into(),
        stream("", "/G gs 1 0 0 rg 0 0 9 9 re f /X Do BT (x) Tj ET"),
        stream("/Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray", "x"),
        "<</Type/Annot/Subtype/Link/F 4/Rect[0 0 9 9]>>".into(),
    ]
}

fn file(objects: &[String]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for (index, object) in objects.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", out.len()));
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", index + 1).bytes());
    }
    let start = out.len();
    out.extend(table.bytes());
    let size = objects.len() + 1;
    out.extend(format!("trailer\n<</Size {size}/Root 1 0 R/ID[<01><02>]>>\nstartxref\n{start}\n%%EOF\n").bytes());
    out
}

/// Replaces a part of the file by one that is no longer than it, and tells the clauses that are found.
fn check(change: (&str, &str), clauses: &[&str]) {
    let (from, to) = change;
    let changed: Vec<String> = objects()
        .into_iter()
        .map(|object| {
            let Some((dict, data)) = object.split_once("\nstream\n") else { return object.replacen(from, to, 1) };
            if dict.contains(from) {
                return object.replacen(from, to, 1);
            }
            // The length follows the data.
            let (data, end) = data.rsplit_once("\nendstream").unwrap();
            let new = data.replacen(from, to, 1);
            let dict = dict.replace(&format!("/Length {}", data.len()), &format!("/Length {}", new.len()));
            format!("{dict}\nstream\n{new}\nendstream{end}")
        })
        .collect();
    told(file(&changed), change, clauses);
}

/// Changes the finished file.
fn check_bytes(change: (&str, &str), clauses: &[&str]) {
    let bytes = file(&objects());
    let at = bytes.windows(change.0.len()).rposition(|window| window == change.0.as_bytes()).expect("it is there");
    let changed = [&bytes[..at], change.1.as_bytes(), &bytes[at + change.0.len()..]].concat();
    told(changed, change, clauses);
}

fn told(bytes: Vec<u8>, change: (&str, &str), clauses: &[&str]) {
    let findings = super::check_bytes(Arc::new(bytes)).unwrap();
    let found: Vec<&str> = findings.iter().map(|finding| &*finding.clause).collect();
    assert_eq!(found, clauses, "{change:?}: {findings:?}");
}

#[test]
fn a_conforming_file_has_no_findings() {
    check(("", ""), &[]);
}

#[test]
fn faults_of_the_file_are_found() {
    check_bytes(("%%EOF\n", "%%EOF\n\n"), &["6.1.3"]);
    check_bytes(("/ID[<01><02>]", ""), &["6.1.3"]);
    check_bytes(("xref\n0 11", "xref \n0 11"), &["6.1.4"]);
    check(("(sRGB)", "<414>"), &["6.1.6"]);
    check(("/Length 1>>", "/Length 9>>"), &["6.1.7.1"]);
    check(("/Width 1", "/Width 1/F(x)"), &["6.1.7.1"]);
    check(("/Width 1", "/Width 1/Filter/LZWDecode"), &["6.1.7.2"]);
    check(
        ("/Width 1", "/Width 1/DecodeParms<</Predictor 15/Columns 2147483647/Colors 32/BitsPerComponent 16>>"),
        &["6.1.13"],
    );
    check_bytes(("10 0 obj\n", "10 0 obj "), &["6.1.9"]);
}

#[test]
fn faults_of_limits_are_found() {
    check(("0 0 9 9]", "0 0 9 99999999999]"), &["6.1.13"]);
    check(("[0 0 100 100]", "[0 0 2 100]"), &["6.1.13"]);
    check(("/G gs", &"q ".repeat(29)), &["6.1.13"]);
    check(("(sRGB)", &format!("({})", "x".repeat(32_768))), &["6.1.13"]);
}

#[test]
fn faults_of_drawing_are_found() {
    check(("/G gs", "0 xx"), &["6.2.2"]);
    check(("/X Do", "/Y Do"), &["6.2.2"]);
    check(("mntrRGB", "scnrRGB"), &["6.2.3"]);
    check(("1 0 0 rg", "1 0 0 0 k"), &["6.2.4.3"]);
    check(("/OutputIntents[5 0 R]", ""), &["6.2.4.3", "6.2.4.3"]);
    check(("/BM/Normal", "/TR/Identity"), &["6.2.5"]);
    check(("/G gs", "/Best ri"), &["6.2.6"]);
    check(("/Width 1", "/Width 1/Interpolate true"), &["6.2.8"]);
    check(("/BitsPerComponent 8", "/BitsPerComponent 3"), &["6.2.8"]);
    check(("/BitsPerComponent 8", "/BitsPerComponent 8/Filter/DCTDecode"), &["6.2.8"]);
    check(("/Subtype/Image", "/Subtype/PS"), &["6.2.9"]);
    check(("/BM/Normal", "/BM/Darkest"), &["6.2.10"]);
}

/// A font that the graphics state brings in, with these entries.
fn check_font(entries: &str, clauses: &[&str]) {
    check(("/BM/Normal", &format!("/Font[<</Type/Font/Subtype/Type1{entries}>> 9]")), clauses);
}

#[test]
fn faults_of_fonts_are_found() {
    check_font("", &["6.2.11.2"]);
    check_font("/BaseFont/Helvetica", &["6.2.11.4.1"]);
    check_font("/BaseFont/H#e9", &["6.1.8", "6.2.11.4.1"]);
    for unlisted in ["circlecopyrt", "x.sc", "uni0078"] {
        let encoding = format!("/BaseFont/H/Encoding<</Differences[120/{unlisted}]>>");
        check_font(&encoding, &["6.2.11.4.1", "6.2.11.7.2"]);
    }
}

#[test]
fn faults_of_what_moves_are_found() {
    check(("/Subtype/Link", "/Subtype/Movie"), &["6.3.1", "6.3.3"]);
    check(("/F 4", "/F 6"), &["6.3.2"]);
    check(("/Subtype/Link", "/Subtype/Square"), &["6.3.3"]);
    check(("/F 4", "/F 4/A<</S/JavaScript>>"), &["6.5.1"]);
    check(("/Type/Catalog", "/Type/Catalog/AA<<>>"), &["6.5.2"]);
    check(("/Type/Catalog", "/Type/Catalog/AcroForm<</XFA(x)>>"), &["6.4.2"]);
    check(("/Type/Catalog", "/Type/Catalog/OCProperties<</D<<>>>>"), &["6.9"]);
}

#[test]
fn faults_of_metadata_are_found() {
    check(("/Metadata 4 0 R", ""), &["6.6.2.1"]);
    check(("</rdf:RDF>", ""), &["6.6.2.1"]);
    check(("pdfaid:part=\"2\"", "pdfaid:part=\"1\""), &["6.6.4"]);
    check(("conformance=\"U\"", "conformance=\"B\""), &["6.6.4"]);
}
