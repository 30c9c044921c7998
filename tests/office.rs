//! Word-processor files: read through a PDF that LibreOffice makes, or quarantined with that reason where it is not
//! installed. With it absent from this machine the first half is skipped, and says so.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, path::Path};

use common::{Desk, check, json_of, write_docx, write_zip};
use griffie::tools;
use serde_json::Value;

const PARAGRAPHS: [&str; 4] = [
    "Huurovereenkomst",
    "De ondergetekenden: Gemeente Voorbeeldstad, hierna te noemen: Verhuurder; en Bakkerij De Korenaar B.V., hierna te \
     noemen: Huurder; komen overeen als volgt.",
    "Artikel 1 Duur",
    "Deze overeenkomst gaat in op 1 maart 2021 en eindigt op 28 februari 2026.",
];
const FILES: [&str; 3] = ["huur.docx", "huur.odt", "huur.rtf"];

fn paragraphs(open: &str, close: &str) -> String {
    PARAGRAPHS.iter().map(|text| format!("{open}{text}{close}")).collect()
}

fn write_odt(path: &Path) {
    let media_type = "application/vnd.oasis.opendocument.text";
    let manifest = format!(
        r#"<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">
        <manifest:file-entry manifest:full-path="/" manifest:media-type="{media_type}"/>
        <manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>"#
    );
    let body = paragraphs("<text:p>", "</text:p>");
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
        xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" office:version="1.2"><office:body><office:text>{body}
        </office:text></office:body></office:document-content>"#
    );
    let members = [
        ("mimetype", media_type.as_bytes()),
        ("META-INF/manifest.xml", manifest.as_bytes()),
        ("content.xml", content.as_bytes()),
    ];
    write_zip(path, &members);
}

fn desk_with_files() -> Desk {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    write_docx(&desk.path("in/huur.docx"), &paragraphs("<w:p><w:r><w:t>", "</w:t></w:r></w:p>"), &[]);
    write_odt(&desk.path("in/huur.odt"));
    fs::write(desk.path("in/huur.rtf"), format!(r"{{\rtf1\ansi {}}}", paragraphs("", r"\par "))).unwrap();
    desk
}

/// The batch's entries by the names of their files.
fn entries(receipt: &Value) -> impl Iterator<Item = (&'static str, &Value)> {
    FILES.into_iter().map(|name| {
        let ends_so = |file: &&Value| file["path"].as_str().unwrap().ends_with(name);
        (name, receipt["files"].as_array().unwrap().iter().find(ends_so).unwrap())
    })
}

#[test]
fn word_processor_files_are_read_through_a_pdf_that_is_kept() {
    if tools::find("soffice", "libreoffice-writer-nogui").is_err() {
        eprintln!("SKIPPED: LibreOffice is not installed (apt-get install libreoffice-writer-nogui)");
        return;
    }
    let desk = desk_with_files();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in")), &[0]);
    for (name, file) in entries(&receipt) {
        assert_eq!(file["state"], "archived", "{name}: {file}");
        let record = file["documents"][0]["record"].as_str().unwrap();
        let shown = json_of(&mut desk.griffie(&["show", record, "--json"]), &[0]);
        assert_eq!(shown["fields"]["effective_date"]["value"], "2021-03-01", "{name}");
        assert_eq!(shown["fields"]["end_date"]["value"], "2026-02-28", "{name}");
        // The record is the file as received; the PDF that its words stand on is kept beside it.
        check(desk.griffie(&["get", record, "-o"]).arg(desk.path(name)), 0);
        assert_eq!(fs::read(desk.path(name)).unwrap(), fs::read(desk.path(&format!("in/{name}"))).unwrap());
        let copy = desk.path(&format!("{name}.pdf"));
        check(desk.griffie(&["get", record, "--archival", "-o"]).arg(&copy), 0);
        assert!(fs::read(copy).unwrap().starts_with(b"%PDF-1.7"), "{name}");
    }
    let manifests = desk.path("data/store/manifests");
    let kinds: Vec<Value> = fs::read_dir(manifests)
        .unwrap()
        .map(|series| fs::read_dir(series.unwrap().path()).unwrap().next().unwrap().unwrap().path())
        .map(|path| serde_json::from_slice::<Value>(&fs::read(path).unwrap()).unwrap())
        .map(|manifest| manifest["renditions"].as_array().unwrap().iter().map(|made| made["kind"].clone()).collect())
        .collect();
    assert_eq!(kinds, vec![serde_json::json!(["read_through_pdf", "archival_copy"]); FILES.len()]);
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn the_same_file_gives_the_same_words_on_any_day() {
    if tools::find("soffice", "libreoffice-writer-nogui").is_err() {
        eprintln!("SKIPPED: LibreOffice is not installed (apt-get install libreoffice-writer-nogui)");
        return;
    }
    let desk = Desk::new();
    let field = r#"{\field{\*\fldinst DATE \\@ "d-M-yyyy"}{\fldrslt 3-3-2015}}"#;
    fs::write(
        desk.path("a.rtf"),
        format!(r"{{\rtf1\ansi Getekend op {field} te Zwolle. {{\strike Boete}} {{\v Niet waar}}\par}}"),
    )
    .unwrap();
    let (text, _) = check(desk.griffie(&["text"]).arg(desk.path("a.rtf")), 0);
    assert!(text.contains("Getekend op 3-3-2015 te Zwolle.") && !text.contains("Niet waar"), "{text}");
    let read = json_of(desk.griffie(&["extract", "--json"]).arg(desk.path("a.rtf")), &[0]);
    let problems = read["document"]["problems"].as_array().unwrap();
    let kinds: Vec<_> = problems.iter().map(|problem| problem["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["field_as_stored", "struck_out", "hidden_text"]);
}

#[test]
fn without_libreoffice_they_are_kept_and_named_in_quarantine() {
    let desk = desk_with_files();
    let mut command = desk.griffie(&["ingest", "--json"]);
    // No program is found on this path; the engine is a library.
    let receipt = json_of(command.arg(desk.path("in")).env("PATH", desk.path("nothing")), &[11]);
    for (name, file) in entries(&receipt) {
        assert_eq!(file["state"], "quarantined", "{name}: {file}");
        assert_eq!(file["reason"]["kind"], "missing_tool", "{name}");
        let message = file["reason"]["message"].as_str().unwrap();
        assert!(message.contains("libreoffice-writer-nogui"), "{message}");
    }
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn an_old_word_file_is_read_unless_it_tells_another_day_each_time() {
    let Ok(soffice) = tools::find("soffice", "libreoffice-writer-nogui") else {
        eprintln!("SKIPPED: LibreOffice is not installed (apt-get install libreoffice-writer-nogui)");
        return;
    };
    let desk = Desk::new();
    let words = paragraphs("<w:p><w:r><w:t>", "</w:t></w:r></w:p>");
    let struck = "<w:p><w:r><w:rPr><w:strike/></w:rPr><w:t>Artikel 2 vervalt.</w:t></w:r></w:p>";
    let today = r#"<w:p><w:fldSimple w:instr=" DATE \@ &quot;d MMMM yyyy&quot; "><w:r><w:t>3 mei 2011</w:t></w:r></w:fldSimple></w:p>"#;
    for (name, more) in [("huur", struck), ("vandaag", today)] {
        write_docx(&desk.path(&format!("{name}.docx")), &format!("{words}{more}"), &[]);
        let profile = format!("-env:UserInstallation=file://{}", desk.path("profile").display());
        let mut make = std::process::Command::new(&soffice);
        make.args([&profile, "--headless", "--convert-to", "doc", "--outdir"]).arg(desk.path("old"));
        assert!(make.arg(desk.path(&format!("{name}.docx"))).output().unwrap().status.success());
    }
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("old")), &[11]);
    let files = receipt["files"].as_array().unwrap();
    let of = |ending: &str| files.iter().find(|file| file["path"].as_str().unwrap().ends_with(ending)).unwrap();
    assert_eq!(of("huur.doc")["state"], "archived", "{receipt:#}");
    let problems = of("huur.doc")["documents"][0]["problems"].to_string();
    assert!(problems.contains("struck_out") && problems.contains("Artikel 2 vervalt."), "{problems}");
    let (register, _) = check(&mut desk.griffie(&["register"]), 0);
    assert!(register.contains("2026-02-28") && register.contains("Bakkerij De Korenaar B.V."), "{register}");
    assert_eq!(of("vandaag.doc")["reason"]["kind"], "field_worked_out_anew", "{receipt:#}");
    check(&mut desk.griffie(&["verify"]), 0);
}
