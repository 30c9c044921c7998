//! The built program: its exit codes and its lines, what a person decides, and an archive made anew from its objects.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{collections::BTreeMap, fs, path::Path};

use common::{Desk, check, json_of, write_pdf, write_zip};
use griffie::{
    archive::{Access, Archive, Hold},
    provenance::{Event, EventKind, Log, signer_of, tiles},
    register::Register,
    storage::Store,
};
use lopdf::dictionary;
use serde_json::Value;

const LEASE: &str = "Huurovereenkomst\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Verhuurder; en\n\
    Bakkerij De Korenaar B.V., hierna te noemen: Huurder;\nkomen overeen als volgt.\nArtikel 1 Duur\n\
    Deze overeenkomst gaat in op 1 maart 2021 en eindigt op 28 februari 2026.";

/// A desk with a lease taken in, and the id of its record.
fn with_lease() -> (Desk, String) {
    let desk = Desk::new();
    write_pdf(&desk.path("lease.pdf"), LEASE);
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("lease.pdf")), &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    (desk, record)
}

fn register(desk: &Desk) -> Value {
    json_of(&mut desk.griffie(&["register", "--json", "--as-of", "2024-01-01"]), &[0])
}

fn dump(desk: &Desk) -> String {
    Register::open(&desk.path("data/griffie.sqlite")).unwrap().dump().unwrap()
}

#[test]
fn a_broken_file_is_one_line_with_its_reason() {
    let desk = Desk::new();
    fs::write(desk.path("cut.pdf"), b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog").unwrap();
    let (stdout, _) = check(desk.griffie(&["extract", "--json"]).arg(desk.path("cut.pdf")), 11);
    assert_eq!(stdout.lines().count(), 1);
    let line: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(line["document"]["problems"][0]["kind"], "truncated");
    assert_eq!(line["fields"]["title"]["status"], "absent");
}

#[test]
fn quarantine_gives_its_reason_in_the_language_asked_for() {
    for (language, sentence) in [("nl", "de PDF is afgekapt"), ("en", "the PDF is cut off")] {
        let desk = Desk::new();
        fs::write(desk.path("cut.pdf"), b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog").unwrap();
        let arguments = ["ingest", "--json", "--language", language];
        let receipt = json_of(desk.griffie(&arguments).arg(desk.path("cut.pdf")), &[11]);
        let reason = &receipt["files"][0]["reason"];
        assert_eq!(reason["kind"], "truncated");
        assert!(reason["message"].as_str().unwrap().starts_with(sentence), "{reason}");
    }
}

#[test]
fn the_name_of_a_file_forges_no_line_and_json_has_it_exactly() {
    let desk = Desk::new();
    let names = ["a\n  archived      b.pdf", "fdp.\u{202e}exe\u{1b}[2J.pdf"];
    fs::create_dir(desk.path("in")).unwrap();
    for (n, name) in names.iter().enumerate() {
        write_pdf(&desk.path("in").join(name), &format!("Huurovereenkomst {n}"));
    }
    fs::write(desk.path("in/c\nd.xyz"), b"\0\x01\x02").unwrap();
    let shown = ["a\\n  archived      b.pdf", "c\\nd.xyz", "fdp.\\u{202e}exe\\u{1b}[2J.pdf"];
    let (told, told_meanwhile) = check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("in")), 11);
    for (line, name) in told.lines().skip(1).zip(shown) {
        assert!(line.contains(&format!("/in/{name}  ")), "{told}");
    }
    assert!(told_meanwhile.contains("/in/c\\nd.xyz: "), "{told_meanwhile}");
    let batch = told.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    let (again, _) = check(&mut desk.griffie(&["show", &batch]), 0);
    assert_eq!(again, told);
    let output = desk.griffie(&["show", &batch, "--json"]).output().unwrap().stdout;
    let json = String::from_utf8(output).unwrap();
    assert!(!json.contains('\u{202e}'), "{json}");
    let receipt: Value = serde_json::from_str(&json).unwrap();
    for (file, name) in [(0, names[0]), (1, "c\nd.xyz"), (2, names[1])] {
        assert!(receipt["files"][file]["path"].as_str().unwrap().ends_with(&format!("/in/{name}")), "{receipt:#}");
    }
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap();
    for arguments in [&["show", record][..], &["register", "--waiting"], &["register", "--waiting", "--csv"]] {
        let (told, _) = check(&mut desk.griffie(arguments), 0);
        assert!(!told.contains("a\n  archived"), "{told}");
    }
    let (told, _) = check(desk.griffie(&["extract"]).arg(desk.path("in").join(names[0])), 0);
    assert!(told.contains("/in/a\\n  archived      b.pdf ("), "{told}");
    let (_, told) = check(desk.griffie(&["text"]).arg(desk.path("in/c\nd.xyz")), 11);
    assert!(told.contains("/in/c\\nd.xyz`: "), "{told}");
}

#[test]
fn a_file_that_is_too_large_is_refused_alike_by_extract_and_ingest() {
    for language in ["nl", "en"] {
        let desk = Desk::new();
        write_pdf(&desk.path("large.pdf"), LEASE);
        fs::OpenOptions::new().write(true).open(desk.path("large.pdf")).unwrap().set_len((1 << 20) + 1).unwrap();
        fs::write(desk.path("small.toml"), "original_mib = 1").unwrap();
        let run = |command: &str| {
            let mut griffie = desk.griffie(&["--config"]);
            griffie.arg(desk.path("small.toml")).args([command, "--json", "--language", language]);
            json_of(griffie.arg(desk.path("large.pdf")), &[11])
        };
        let (line, receipt) = (run("extract"), run("ingest"));
        let (problem, reason) = (&line["document"]["problems"][0], &receipt["files"][0]["reason"]);
        assert_eq!((&problem["kind"], &problem["message"]), (&reason["kind"], &reason["message"]));
        assert_eq!((reason["kind"].as_str(), line["document"]["pages"].as_u64()), (Some("too_large"), Some(0)));
    }
}

#[test]
fn what_is_wrong_before_work_begins_has_its_exit_code() {
    let desk = Desk::new();
    check(&mut desk.griffie(&["register"]), 6);
    check(&mut desk.griffie(&["rebuild"]), 6);
    check(&mut desk.griffie(&["regster"]), 2);
    check(&mut desk.griffie(&["ingest", "no-such-folder"]), 6);
    fs::write(desk.path("wrong.toml"), "wrokers = 3").unwrap();
    let (_, stderr) = check(desk.griffie(&["register", "--config"]).arg(desk.path("wrong.toml")), 3);
    assert!(stderr.contains("wrokers"), "{stderr}");
}

#[test]
fn an_original_comes_out_byte_for_byte() {
    let (desk, record) = with_lease();
    check(desk.griffie(&["get", &record, "-o"]).arg(desk.path("out.pdf")), 0);
    assert_eq!(fs::read(desk.path("out.pdf")).unwrap(), fs::read(desk.path("lease.pdf")).unwrap());
}

#[test]
fn an_archival_copy_that_is_missing_is_made() {
    let desk = Desk::new();
    write_pdf(&desk.path("lease.pdf"), LEASE);
    let receipt = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(desk.path("lease.pdf")), &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    let get = |code| check(desk.griffie(&["get", &record, "--archival", "-o"]).arg(desk.path("copy.pdf")), code);
    let (_, stderr) = get(6);
    assert!(stderr.contains("archival copy"), "{stderr}");
    assert!(!desk.path("copy.pdf").try_exists().unwrap());
    let (stdout, _) = check(&mut desk.griffie(&["copies"]), 0);
    assert!(stdout.contains("1 made and accepted, 0 refused"), "{stdout}");
    get(0);
    assert!(fs::read(desk.path("copy.pdf")).unwrap().starts_with(b"%PDF-1.7"));
    check(&mut desk.griffie(&["verify"]), 0);
    let (stdout, _) = check(&mut desk.griffie(&["copies"]), 0);
    assert!(stdout.contains("0 made and accepted"), "{stdout}");
}

#[test]
fn what_a_mail_says_itself_is_found_and_comes_out_as_the_mail() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    let head = "From: Huurder <h@example.org>\r\nDate: Thu, 12 Mar 2015 10:00:00 +0100\r\nMIME-Version: 1.0\r\n";
    let plain = "Content-Type: text/plain\r\n\r\n";
    let letter = format!("{head}Subject: Opzegging\r\n{plain}Hierbij zeggen wij het contract op.\r\n");
    fs::write(desk.path("in/a.eml"), &letter).unwrap();
    let cover = format!(
        "{head}Subject: Getekend\r\nContent-Type: multipart/mixed; boundary=edge\r\n\r\n--edge\r\n{plain}\
         Bijgaand zenden wij het getekende stuk.\r\n--edge\r\nContent-Type: text/plain\r\n\
         Content-Disposition: attachment; filename=stuk.txt\r\n\r\nstuk\r\n--edge--\r\n"
    );
    fs::write(desk.path("in/b.eml"), &cover).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in")), &[11]);
    let files = receipt["files"].as_array().unwrap();
    let states: Vec<_> = files.iter().map(|file| file["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["archived", "container", "archived", "quarantined"], "{receipt:#}");
    for (words, file, mail) in [("zeggen contract", &files[0], &letter), ("getekende stuk", &files[2], &cover)] {
        let document = &file["documents"][0];
        assert_eq!(document["archival_copy"], "accepted", "{file}");
        let record = document["record"].as_str().unwrap();
        let (found, _) = check(&mut desk.griffie(&["search", words]), 0);
        assert!(found.contains(record), "{found}");
        let out = desk.path(&format!("{record}.eml"));
        check(desk.griffie(&["get", record, "-o"]).arg(&out), 0);
        assert_eq!(&fs::read_to_string(out).unwrap(), mail);
    }
    check(&mut desk.griffie(&["verify"]), 0);
    let before = dump(&desk);
    fs::remove_file(desk.path("data/griffie.sqlite")).unwrap();
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(dump(&desk), before);
}

/// The lease with an image on it that is too large to be drawn: what it looks like cannot be compared.
#[test]
fn a_copy_that_was_refused_is_tried_again_only_when_that_is_asked() {
    let desk = Desk::new();
    write_pdf(&desk.path("lease.pdf"), LEASE);
    let mut pdf = lopdf::Document::load(desk.path("lease.pdf")).unwrap();
    let image = dictionary! {
        "Type" => "XObject", "Subtype" => "Image", "Width" => 35_000, "Height" => 35_000, "BitsPerComponent" => 1,
        "ColorSpace" => "DeviceGray",
    };
    let image = pdf.add_object(lopdf::Stream::new(image, vec![0; 64]));
    let page = pdf.page_iter().next().unwrap();
    pdf.add_xobject(page, "Im0", image).unwrap();
    pdf.add_page_contents(page, b" q 40 0 0 40 500 60 cm /Im0 Do Q".to_vec()).unwrap();
    pdf.save(desk.path("lease.pdf")).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("lease.pdf")), &[11]);
    let document = &receipt["files"][0]["documents"][0];
    assert_eq!(document["archival_copy"], "refused", "{receipt:#}");
    // Paper is destroyed by what these lists say.
    let why = document["copy_refused"].as_str().unwrap();
    let batch = receipt["batch"].as_str().unwrap();
    for told in [["show", batch].as_slice(), &["show", document["id"].as_str().unwrap()]] {
        let (text, _) = check(desk.griffie(told).args(["--language", "en"]), 0);
        assert!(text.contains("no archival copy: ") && text.contains(&why[..20]), "{text}");
    }
    let (waiting, _) = check(&mut desk.griffie(&["register", "--waiting", "--language", "en"]), 0);
    assert!(waiting.contains("archival copy refused"), "{waiting}");
    let copies = |more: &[&str], code| check(desk.griffie(&["copies"]).args(more), code).0;
    assert!(copies(&[], 0).contains("0 made and accepted, 0 refused"));
    assert!(copies(&["--again"], 11).contains("0 made and accepted, 1 refused"));
    let record = document["record"].as_str().unwrap();
    let (_, stderr) = check(desk.griffie(&["get", record, "--archival", "-o"]).arg(desk.path("copy.pdf")), 6);
    assert!(stderr.contains("archival copy"), "what was refused is not called one: {stderr}");
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn a_damaged_manifest_of_an_earlier_document_costs_no_receipt() {
    let (desk, _) = with_lease();
    let manifests = desk.path("data/store/manifests");
    let folder = fs::read_dir(manifests).unwrap().next().unwrap().unwrap().path();
    let manifest = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(&manifest).unwrap();
    fs::write(&manifest, "{").unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(desk.path("lease.pdf")), &[11]);
    assert_eq!(receipt["totals"]["duplicate"], 1);
    assert_eq!(receipt["files"][0]["documents"][0]["problems"][0]["kind"], "manifest_unread", "{receipt:#}");
}

#[test]
fn decisions_stand_in_the_register() {
    let (desk, record) = with_lease();
    let decide = |act: &[&str]| check(desk.griffie(&["decide", &record, "--by", "A. Jansen"]).args(act), 0);
    check(desk.griffie(&["decide", &record, "accept", "title"]).env_remove("GRIFFIE_USER"), 2);
    decide(&["accept", "title"]);
    decide(&["correct", "end_date", "2027-02-28"]);
    let entry = &register(&desk)[0];
    assert_eq!(entry["fields"]["title"]["status"], "auto");
    assert_eq!(entry["fields"]["end_date"]["value"], "2027-02-28");
    decide(&["terminated-on", "2023-12-31"]);
    assert!(register(&desk)[0].to_string().contains("terminated"));
    let shown = json_of(&mut desk.griffie(&["show", &record, "--json"]), &[0]);
    let acts: Vec<_> = shown["decisions"].as_array().unwrap().iter().map(|decision| decision["act"].clone()).collect();
    assert_eq!(acts, ["accept", "correct", "terminated_on"]);
    decide(&["still-holds"]);
    assert!(!register(&desk)[0].to_string().contains("terminated"));
    decide(&["not-in-contract", "value"]);
    let (shown, _) = check(&mut desk.griffie(&["show", &record, "--language", "en"]), 0);
    for told in ["accepted by A. Jansen", "corrected by A. Jansen", "not in the contract according to A. Jansen"] {
        assert!(shown.contains(told), "{shown}");
    }
}

#[test]
fn an_amendment_is_shown_with_its_contract_and_joins_it_when_a_person_says_so() {
    let desk = Desk::new();
    write_pdf(&desk.path("lease.pdf"), &LEASE.replacen('\n', "\nKenmerk: HV-2021-044\n", 1));
    let parties = "De ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Verhuurder; en\n\
        Bakkerij De Korenaar B.V., hierna te noemen: Huurder;";
    let change = "komen overeen dat de huurovereenkomst eindigt op 29 februari 2028.";
    let text = format!("Allonge bij de huurovereenkomst met kenmerk HV-2021-044\n{parties}\n{change}");
    write_pdf(&desk.path("allonge.pdf"), &text);
    let taken = |name: &str| {
        let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path(name)), &[0]);
        receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned()
    };
    let (amendment, contract) = (taken("allonge.pdf"), taken("lease.pdf"));
    let shown = |record: &str| check(&mut desk.griffie(&["show", record]), 0).0;
    let advice =
        format!("may belong to {contract} (reference HV-2021-044): griffie decide {amendment} --by NAME belongs-to");
    assert!(shown(&amendment).contains(&advice), "{}", shown(&amendment));
    assert!(shown(&contract).contains(&format!("{amendment} may be about this contract")));
    check(&mut desk.griffie(&["decide", &amendment, "--by", "A. Jansen", "belongs-to", &contract]), 0);
    let entries = register(&desk);
    assert_eq!(entries.as_array().unwrap().len(), 1, "{entries}");
    assert_eq!(entries[0]["documents"].as_array().unwrap().len(), 2);
    assert_eq!(entries[0]["fields"]["end_date"]["value"], "2026-02-28", "the earlier of two days");
    assert_eq!(entries[0]["fields"]["end_date"]["status"], "conflict");
    assert!(shown(&amendment).starts_with(&contract), "who asks for the amendment gets the dossier");
    check(&mut desk.griffie(&["decide", &amendment, "--by", "A. Jansen", "stands-alone"]), 0);
    assert_eq!(register(&desk).as_array().unwrap().len(), 2);
}

#[test]
fn database_and_index_follow_from_the_objects() {
    let (desk, record) = with_lease();
    let lease = fs::read(desk.path("lease.pdf")).unwrap();
    write_pdf(&desk.path("nda.pdf"), "Geheimhoudingsovereenkomst\nDeze overeenkomst gaat in op 1 mei 2022.");
    let nda = fs::read(desk.path("nda.pdf")).unwrap();
    write_zip(&desk.path("more.zip"), &[("nda.pdf", &nda), ("again.pdf", &lease), ("empty.pdf", b"")]);
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("more.zip")), &[11]);
    check(&mut desk.griffie(&["decide", &record, "--by", "A. Jansen", "correct", "end_date", "2027-02-28"]), 0);
    let files = receipt["files"].as_array().unwrap();
    let other = files.iter().find_map(|file| file["documents"][0]["record"].as_str().filter(|other| *other != record));
    check(&mut desk.griffie(&["decide", other.unwrap(), "--by", "A. Jansen", "belongs-to", &record]), 0);
    mark(&desk, &record);
    let (dumped, registered) = (dump(&desk), register(&desk));
    let search = || json_of(&mut desk.griffie(&["search", "--json", "Korenaar"]), &[0]);
    let hits = search();
    assert_eq!(hits["total"], 1, "{hits}");
    let show = || json_of(&mut desk.griffie(&["show", &record, "--json"]), &[0]);
    let (shown, kept) = (show(), kept(&desk));
    assert!(kept.figures.len() == 2 && kept.figures.iter().all(|figures| figures["examination"]["accepted"] == true));

    for name in ["griffie.sqlite", "griffie.sqlite-wal", "griffie.sqlite-shm", "index"] {
        let from = desk.path("data").join(name);
        if from.try_exists().unwrap() {
            fs::rename(from, desk.path(name)).unwrap();
        }
    }
    check(&mut desk.griffie(&["register"]), 6);
    check(&mut desk.griffie(&["rebuild"]), 0);
    pretty_equal(&dump(&desk), &dumped);
    assert_eq!(register(&desk), registered);
    assert_eq!((search(), show()), (hits, shown));
    assert_eq!(self::kept(&desk), kept, "a rebuild adds nothing to the store and takes nothing from it");
    check(&mut desk.griffie(&["verify"]), 0);
}

/// An access mark on the document of a record, and a legal hold on the record; the log knows of both.
fn mark(desk: &Desk, record: &str) {
    let archive = Archive::existing(Store::existing_folder(&desk.path("data/store")).unwrap());
    let at = jiff::Timestamp::now();
    let by = "A. Jansen".to_owned();
    let manifests = archive.documents().unwrap().map(Result::unwrap);
    let (document, _) = manifests.into_iter().find(|(_, series)| series[0].record.as_str() == record).unwrap();
    let access = Access { document, departments: Some(vec!["Vastgoed".into()]), by: by.clone(), at };
    let hold =
        Hold { record: record.parse().unwrap(), hold: "h-1".into(), on: true, reason: "rechtszaak".into(), by, at };
    let stored = [archive.put_access(&access).unwrap(), archive.put_hold(&hold).unwrap()];
    let log = Log::open(archive.store(), &desk.path("data/log.key"), &|_| false).unwrap();
    let event = Event::new(EventKind::AccessMark, at, [record.to_owned()]).objects(&stored);
    let register = Register::open(&desk.path("data/griffie.sqlite")).unwrap();
    register.add_events(&[griffie::register::Event { id: event.id.clone(), json: event.to_json() }]).unwrap();
    let places = log.append(std::slice::from_ref(&event)).unwrap();
    register.mark_logged([(event.id.as_str(), places[0])]).unwrap();
    let signer = signer_of(archive.store(), &desk.path("data/log.key")).unwrap();
    griffie::pipeline::head::keep(&desk.path("data"), &signer, &log.head().unwrap()).unwrap();
}

/// What the store holds beside the rows of the database.
#[derive(Debug, PartialEq)]
struct Kept {
    /// All objects and their digests.
    objects: BTreeMap<String, String>,
    head: String,
    access: Vec<Access>,
    holds: Vec<Hold>,
    /// The figures of the examination of each archival copy.
    figures: Vec<Value>,
}

fn kept(desk: &Desk) -> Kept {
    let archive = Archive::existing(Store::existing_folder(&desk.path("data/store")).unwrap());
    let objects = archive.store().list("").map(|entry| entry.unwrap().name);
    let digest = |name: &_| archive.store().blake3(name).unwrap().0.hex();
    let manifests = archive.documents().unwrap().flat_map(|series| series.unwrap().1);
    Kept {
        objects: objects.map(|name| (name.to_string(), digest(&name))).collect(),
        head: fs::read_to_string(desk.path("data/log.head")).unwrap(),
        access: archive.access_marks().unwrap().flat_map(|series| series.unwrap().1).collect(),
        holds: archive.holds().unwrap().flat_map(|series| series.unwrap().1).collect(),
        figures: manifests.flat_map(|manifest| manifest.renditions).map(|rendition| rendition.acceptance).collect(),
    }
}

#[test]
fn an_event_that_somebody_added_to_the_log_is_not_signed() {
    let (desk, _) = with_lease();
    let bundles = desk.path("data/store/log/tile/entries/000.p");
    let widths = fs::read_dir(&bundles).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let last: u64 = widths.map(|width| width.parse().unwrap()).max().unwrap();
    let mut entries = tiles::unpack(&fs::read(bundles.join(last.to_string())).unwrap(), last).unwrap();
    let forged = String::from_utf8(entries.last().unwrap().clone()).unwrap().replace("\"id\":\"e-", "\"id\":\"e-0");
    entries.push(forged.into_bytes());
    fs::write(bundles.join((last + 1).to_string()), tiles::pack(&entries).unwrap()).unwrap();
    let (_, stderr) = check(desk.griffie(&["ingest"]).arg(desk.path("lease.pdf")), 8);
    assert!(stderr.contains(&format!("event {last} of the log")) && stderr.contains("000.p"), "{stderr}");
    let checkpoint = desk.path(&format!("data/store/log/checkpoints/{:012}", last + 1));
    assert!(!checkpoint.try_exists().unwrap(), "nobody signs it");
}

/// Names the first line that differs.
#[track_caller]
fn pretty_equal(found: &str, want: &str) {
    for (found, want) in found.lines().zip(want.lines()) {
        assert_eq!(found, want);
    }
    assert_eq!(found.lines().count(), want.lines().count());
}

#[test]
fn a_changed_byte_is_found_and_named() {
    let (desk, _) = with_lease();
    check(&mut desk.griffie(&["verify"]), 0);
    let hex = blake3::hash(&fs::read(desk.path("lease.pdf")).unwrap()).to_hex();
    let object = format!("originals/{}/{hex}", &hex[..2]);
    let path = desk.path("data/store").join(&object);
    let mut bytes = fs::read(&path).unwrap();
    bytes[100] ^= 1;
    // A stored object is read-only: whoever tampers puts another file in its place.
    fs::write(desk.path("tampered"), bytes).unwrap();
    fs::rename(desk.path("tampered"), &path).unwrap();
    // A run that came to nothing says nothing of what is stored.
    let (stdout, _) = check(&mut desk.griffie(&["verify", "--budget", "0s"]), 11);
    assert!(stdout.contains("0 objects (0 bytes) read and compared"), "{stdout}");
    let (stdout, _) = check(&mut desk.griffie(&["verify"]), 8);
    assert!(stdout.contains(&object), "{stdout}");
}

#[test]
fn rules_explain_a_contract_and_refuse_a_rule_that_is_not_there() {
    let desk = Desk::new();
    let lease = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-docs/huurovereenkomst-kantoor.pdf");
    let (told, _) = check(desk.griffie(&["rules", "explain", "--rule", "nl.term"]).arg(lease), 0);
    assert!(told.contains("nl.term") && told.contains("P5Y"), "{told}");
    check(&mut desk.griffie(&["rules", "explain", "--rule", "nl.nosuch", "--text", "De duur is een jaar."]), 6);
}
