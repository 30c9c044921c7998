//! Files attached to a PDF: each is taken in by itself, whatever it is, and the PDF is a document all the same.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, path::Path, process::Stdio};

use common::{Desk, check, contract, json_of, write_pdf};
use lopdf::{Document, Object, Stream, dictionary};
use serde_json::{Value, json};

/// How a file is attached.
enum By {
    Name,
    Document,
    Annotation,
}

/// A PDF of one page that says `text`, with files attached to it.
fn carrier(path: &Path, text: &str, files: &[(By, &str, &[u8])]) {
    write_pdf(path, text);
    let mut pdf = Document::load(path).unwrap();
    let root = pdf.trailer.get(b"Root").and_then(Object::as_reference).unwrap();
    let page = *pdf.get_pages().values().next().unwrap();
    let (mut names, mut belonging, mut annotations) = (Vec::new(), Vec::new(), Vec::new());
    for (by, name, bytes) in files {
        let mut stream =
            Stream::new(dictionary! { "Params" => dictionary! { "Size" => bytes.len() as i64 } }, bytes.to_vec());
        stream.compress().unwrap();
        let inside = pdf.add_object(stream);
        let name = Object::string_literal(*name);
        let file = dictionary! { "Type" => "Filespec", "F" => name.clone(), "EF" => dictionary! { "F" => inside } };
        let file = Object::from(pdf.add_object(file));
        match by {
            By::Name => {
                names.extend([name, file.clone()]);
                // As PDF/A-3 wants it: named twice.
                belonging.push(file);
            }
            By::Document => belonging.push(file),
            By::Annotation => annotations.push(Object::from(
                dictionary! { "Type" => "Annot", "Subtype" => "FileAttachment", "FS" => file, "Rect" => vec![0.into(); 4] },
            )),
        }
    }
    let catalog = pdf.get_object_mut(root).and_then(Object::as_dict_mut).unwrap();
    catalog.set("Names", dictionary! { "EmbeddedFiles" => dictionary! { "Names" => names } });
    catalog.set("AF", belonging);
    pdf.get_object_mut(page).and_then(Object::as_dict_mut).unwrap().set("Annots", annotations);
    pdf.save(path).unwrap();
}

fn pdf(desk: &Desk, text: &str) -> Vec<u8> {
    let path = desk.path("made.pdf");
    write_pdf(&path, text);
    fs::read(path).unwrap()
}

/// Each file of a receipt as `name state-or-reason`.
fn states(receipt: &Value) -> Vec<String> {
    let files = receipt["files"].as_array().unwrap().iter();
    files
        .map(|file| {
            let path = file["path"].as_str().unwrap();
            let what = file["reason"]["kind"].as_str().or(file["state"].as_str()).unwrap();
            format!("{} {what}", path.rsplit("/in/").next().unwrap())
        })
        .collect()
}

#[test]
fn each_attached_file_is_an_item_and_the_pdf_a_document() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    let (one, two) = (pdf(&desk, &contract("Schoonmaakovereenkomst")), pdf(&desk, &contract("Huurovereenkomst")));
    let inner = desk.path("inner.pdf");
    carrier(&inner, "Zie de bijlage van deze bijlage.", &[(By::Document, "huur.pdf", &two)]);
    let inner = fs::read(inner).unwrap();
    common::write_zip(&desk.path("z.zip"), &[("a.pdf", &two), ("b.exe", b"MZ program")]);
    let zip = fs::read(desk.path("z.zip")).unwrap();
    carrier(
        &desk.path("in/brief.pdf"),
        "Geachte heer, hierbij ontvangt u de overeenkomst.",
        &[
            (By::Name, "../schoonmaak.pdf", &one),
            (By::Name, "a\nb.pdf", &inner),
            (By::Document, "alles.zip", &zip),
            (By::Annotation, "schoonmaak.pdf", &one),
            (By::Annotation, "leeg.pdf", b""),
        ],
    );
    let receipt = json_of(desk.griffie(&["ingest", "--json", "--workers", "1"]).arg(desk.path("in")), &[11]);
    let mut found = states(&receipt);
    // Of the same bytes in two places either may be the first.
    for state in &mut found {
        *state = state.replace(" duplicate", " archived");
    }
    assert_eq!(
        found,
        [
            "brief.pdf archived",
            "brief.pdf!../schoonmaak.pdf archived",
            "brief.pdf!a b.pdf archived",
            "brief.pdf!a b.pdf!huur.pdf archived",
            "brief.pdf!alles.zip container",
            "brief.pdf!alles.zip!a.pdf archived",
            "brief.pdf!alles.zip!b.exe unsupported_type",
            "brief.pdf!schoonmaak.pdf archived",
            "brief.pdf!leeg.pdf empty",
        ]
    );
    assert_eq!(receipt["totals"]["duplicate"], 2);
    let register = json_of(&mut desk.griffie(&["register", "--json"]), &[0]);
    let titles: Vec<_> =
        register.as_array().unwrap().iter().filter_map(|one| one["fields"]["title"]["value"].as_str()).collect();
    assert!(titles.contains(&"Schoonmaakovereenkomst") && titles.contains(&"Huurovereenkomst"), "{titles:?}");
    check(&mut desk.griffie(&["verify"]), 0);
    fs::remove_file(desk.path("data/griffie.sqlite")).unwrap();
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(json_of(&mut desk.griffie(&["register", "--json"]), &[0]), register);
}

#[test]
fn an_invoice_with_its_figures_as_data_is_done_and_goes_to_the_done_folder() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    let data = "\u{feff}<?xml version=\"1.0\"?><rsm:CrossIndustryInvoice/>";
    let files: [(By, &str, &[u8]); 2] =
        [(By::Name, "factur-x.xml", data.as_bytes()), (By::Document, "formule.xml", b"<math><mi>x</mi></math>")];
    carrier(&desk.path("in/factuur.pdf"), "Factuur 2019-1", &files);
    common::write_zip(&desk.path("in/map.zip"), &[("factuur.pdf", &fs::read(desk.path("in/factuur.pdf")).unwrap())]);
    let mut ingest = desk.griffie(&["ingest", "--language", "nl", "--move-to"]);
    let (told, told_meanwhile) = check(ingest.arg(desk.path("done")).arg(desk.path("in")), 0);
    assert!(told.contains("factuur.pdf!factur-x.xml  (attached_data: het zijn gegevens voor computers"), "{told}");
    assert!(told.contains("7 bestanden = 1 gearchiveerd + 1 dubbel + 4 in quarantaine + 1 houder"), "{told}");
    assert!(!told_meanwhile.contains(".xml"), "{told_meanwhile}");
    assert!(desk.path("done/factuur.pdf").is_file() && desk.path("done/map.zip").is_file());
}

#[test]
fn a_document_inside_a_docx_file_is_taken_and_its_figures_are_named() {
    if griffie::tools::find("soffice", "libreoffice-writer-nogui").is_err() {
        eprintln!("SKIPPED: LibreOffice is not installed (apt-get install libreoffice-writer-nogui)");
        return;
    }
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    let contract = pdf(&desk, &contract("Huurovereenkomst"));
    let embedded: [(&str, &[u8]); 2] =
        [("word/embeddings/huur.pdf", &contract), ("word/embeddings/cijfers.bin", b"figures of a diagram")];
    let body = "<w:p><w:r><w:t>Hierbij ontvangt u de overeenkomst.</w:t></w:r></w:p>";
    common::write_docx(&desk.path("in/brief.docx"), body, &embedded);
    let receipt = json_of(desk.griffie(&["ingest", "--json", "--no-copies"]).arg(desk.path("in")), &[0]);
    assert_eq!(states(&receipt), ["brief.docx archived", "brief.docx!huur.pdf archived"]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap();
    let shown = json_of(&mut desk.griffie(&["show", record, "--json"]), &[0]);
    let problems = shown["record"]["document"]["problems"].to_string();
    assert!(problems.contains("no part of this text") && problems.contains("cijfers.bin"), "{problems}");
}

#[test]
fn what_cannot_be_taken_out_is_accounted_for() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    let whole = pdf(&desk, &contract("Huurovereenkomst"));
    let path = desk.path("in/brief.pdf");
    carrier(
        &path,
        "Zie de bijlage.",
        &[(By::Name, "kapot.pdf", &whole), (By::Name, "heel.pdf", &contract("").into_bytes())],
    );
    // Its data are cut off inside the file.
    let mut damaged = Document::load(&path).unwrap();
    let streams = damaged.objects.values_mut().filter_map(|object| object.as_stream_mut().ok());
    let longest = streams.max_by_key(|stream| stream.dict.has(b"Params").then_some(stream.content.len())).unwrap();
    longest.content.truncate(longest.content.len() / 2);
    damaged.save(&path).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in")), &[11]);
    assert_eq!(
        states(&receipt),
        ["brief.pdf archived", "brief.pdf!kapot.pdf damaged_attached_file", "brief.pdf!heel.pdf unsupported_type"]
    );
    // One that unpacks to more than a worker may hold costs itself and what comes after it.
    fs::create_dir(desk.path("data")).ok();
    fs::write(desk.path("data/griffie.toml"), "worker_memory_mib = 256\n").unwrap();
    fs::create_dir_all(desk.path("bomb/in")).unwrap();
    let (small, bomb) = (pdf(&desk, &contract("Raamovereenkomst")), vec![0; 300 << 20]);
    carrier(&desk.path("bomb/in/a.pdf"), "Zie.", &[(By::Name, "eerst.pdf", &small), (By::Name, "bom", &bomb)]);
    let receipt = json_of(desk.griffie(&["ingest", "--json", "--no-copies"]).arg(desk.path("bomb")), &[11]);
    let want = ["a.pdf archived", "a.pdf!eerst.pdf archived", "a.pdf!… damaged_attached_file"];
    assert_eq!(states(&receipt), want);
    fs::remove_file(desk.path("data/griffie.toml")).unwrap();
    // One inside the other, deeper than archives may be.
    let mut inner = whole;
    for depth in 0..4 {
        let next = desk.path("next.pdf");
        carrier(&next, &format!("Omslag {depth}"), &[(By::Document, "b.pdf", &inner)]);
        inner = fs::read(next).unwrap();
    }
    fs::create_dir(desk.path("deep")).unwrap();
    fs::create_dir(desk.path("deep/in")).unwrap();
    fs::write(desk.path("deep/in/a.pdf"), inner).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("deep")), &[11]);
    let last = states(&receipt).pop().unwrap();
    assert_eq!(last, "a.pdf!b.pdf!b.pdf!b.pdf!… nested_too_deep");
}

#[test]
fn what_is_attached_is_not_lost_when_the_run_is_stopped_and_the_file_is_gone() {
    for point in ["database-committed:1", "reserved:2", "accession-stored:2"] {
        let desk = Desk::new();
        fs::create_dir(desk.path("in")).unwrap();
        let (one, two) = (pdf(&desk, &contract("Schoonmaakovereenkomst")), pdf(&desk, &contract("Huurovereenkomst")));
        let files: [(By, &str, &[u8]); 2] = [(By::Name, "a.pdf", &one), (By::Name, "b.pdf", &two)];
        carrier(&desk.path("in/brief.pdf"), "Zie de bijlagen.", &files);
        let ingest = || {
            let mut ingest = desk.griffie(&["ingest", "--json", "--no-copies"]);
            ingest.arg(desk.path("in"));
            ingest
        };
        let mut killed = ingest();
        killed.env("GRIFFIE_STOP_AT", point).stdout(Stdio::null()).stderr(Stdio::null());
        assert_eq!(killed.status().unwrap().code(), None, "`{point}` was not reached");
        assert_eq!(json_of(&mut desk.griffie(&["verify", "--json"]), &[0, 8])["findings"], json!([]), "{point}");
        fs::remove_file(desk.path("in/brief.pdf")).unwrap();
        let receipt = json_of(&mut ingest(), &[0]);
        let want = ["brief.pdf archived", "brief.pdf!a.pdf archived", "brief.pdf!b.pdf archived"];
        assert_eq!(states(&receipt), want, "{point}");
        check(&mut desk.griffie(&["verify"]), 0);
    }
}
