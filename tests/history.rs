//! What happened to a document, as `griffie log history` tells it: from the log and its objects, in order.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::fs;

use common::{Desk, check, griffie, json_of, write_pdf, write_zip};
use serde_json::Value;

/// The kinds of the events, with their details.
fn told(history: &Value) -> Vec<String> {
    let events = history["events"].as_array().unwrap().iter();
    let word = |event: &Value, name: &str| event[name].as_str().unwrap_or_default().to_owned();
    events.map(|event| format!("{} {}", word(event, "event"), word(event, "detail")).trim_end().to_owned()).collect()
}

#[test]
fn the_history_of_a_document_is_all_that_happened_to_it_and_nothing_else() {
    let desk = Desk::new();
    write_pdf(&desk.path("lease.pdf"), "Huurovereenkomst\nDeze overeenkomst gaat in op 1 maart 2021.");
    write_pdf(&desk.path("other.pdf"), "Geheimhoudingsovereenkomst\nDeze overeenkomst gaat in op 1 mei 2022.");
    let first = json_of(desk.griffie(&["ingest", "--json", "--no-copies"]).arg(desk.path("lease.pdf")), &[0]);
    let document = first["files"][0]["documents"][0]["id"].as_str().unwrap().to_owned();
    let record = first["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    let other = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("other.pdf")), &[0]);
    let other = other["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    check(&mut desk.griffie(&["verify"]), 0);
    check(&mut desk.griffie(&["copies"]), 0);
    let decide = |record: &str, act: &[&str]| {
        check(desk.griffie(&["decide", record, "--by", "A. Jansen"]).args(act), 0);
    };
    decide(&record, &["correct", "end_date", "2027-02-28"]);
    decide(&record, &["undo", "end_date"]);
    write_zip(&desk.path("again.zip"), &[("copy.pdf", &fs::read(desk.path("lease.pdf")).unwrap())]);
    check(desk.griffie(&["ingest"]).arg(desk.path("again.zip")), 0);
    check(desk.griffie(&["export", "--record", &record, "--bagit"]).arg(desk.path("bag")), 0);
    check(&mut desk.griffie(&["verify"]), 0);
    // Two checks of one second that found the same are one event.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    check(&mut desk.griffie(&["verify"]), 0);

    let history = json_of(&mut desk.griffie(&["log", "history", "--json", &document]), &[0]);
    let kinds = told(&history);
    let short: Vec<_> = kinds.iter().map(|kind| kind.split([' ', ':']).next().unwrap()).collect();
    let expected = [
        "message_digest_calculation",
        "format_identification",
        "text_recognition",
        "metadata_extraction",
        "ingestion",
        "ingestion", // the receipt
        "fixity_check",
        "normalization",
        "decision",
        "decision",
        "message_digest_calculation",
        "format_identification",
        "ingestion", // a duplicate
        "ingestion", // its receipt
        "dissemination",
        "fixity_check",
        "fixity_check",
    ];
    assert_eq!(short, expected, "{kinds:#?}");
    let order: Vec<_> = history["events"].as_array().unwrap().iter().map(|event| event["index"].as_u64()).collect();
    assert!(order.is_sorted());
    let (text, _) = check(&mut desk.griffie(&["log", "history", &document[..8]]), 0);
    for part in [
        "received, digest blake3:",
        "archived as ",
        "receipt of the batch",
        "lease.pdf",
        "manifest 000001; no archival copy",
        "every object read and compared, nothing found",
        "manifest 000002; archival copy made: ",
        "1 pages beside the original: at most 0.00 % of the pixels differ",
        "A. Jansen",
        "corrected end_date 2027-02-28",
        "decision withdrawn end_date",
        "again.zip!copy.pdf",
        "1 archived + 0 duplicate",
        "handed out: bag sha256:",
        "(2 times, last at ",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(!text.contains("other.pdf") && !text.contains(&other), "{text}");
    // The record tells the same, and with it a dossier that was joined to it.
    let of_record = json_of(&mut desk.griffie(&["log", "history", "--json", &record]), &[0]);
    assert_eq!(told(&of_record), kinds);
    decide(&other, &["belongs-to", &record]);
    let joined = json_of(&mut desk.griffie(&["log", "history", "--json", &record]), &[0]);
    assert!(joined["about"].as_array().unwrap().contains(&other.as_str().into()), "{joined}");
    assert!(told(&joined).len() > kinds.len() + 5);

    // With the store alone, and what is not what the log says is told.
    let elsewhere = || {
        let mut command = griffie(&desk.path("nowhere"));
        command.args(["log", "history", &document, "--store"]).arg(desk.path("data/store"));
        command
    };
    let events = |text: &str| text.lines().skip(1).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(events(&check(&mut elsewhere(), 0).0), events(&text));
    let manifest = desk.path("data/store/manifests").join(&document).join("000002.json");
    let changed = fs::read_to_string(&manifest).unwrap().replace("\"accepted\": true", "\"accepted\": false");
    fs::rename(&manifest, desk.path("aside")).unwrap();
    let (gone, _) = check(&mut elsewhere(), 0);
    assert!(gone.contains("000002.json`: it is gone; `griffie verify` tells more"), "{gone}");
    fs::write(&manifest, changed).unwrap();
    let (altered, _) = check(&mut elsewhere(), 0);
    assert!(altered.contains("000002.json`: it has other bytes than the log says"), "{altered}");
    check(&mut desk.griffie(&["log", "history", "d-zzzzzzzzzzzz"]), 6);
    check(&mut desk.griffie(&["log", "history", "d-"]), 2);
}

/// Originals, copies, words, findings, manifests, decisions, accessions and receipts, each gone and each with other bytes.
#[test]
fn of_every_object_the_history_says_whether_it_is_what_it_was_and_goes_on() {
    let desk = Desk::new();
    write_pdf(&desk.path("lease.pdf"), "Huurovereenkomst\nDeze overeenkomst gaat in op 1 maart 2021.");
    let first = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("lease.pdf")), &[0]);
    let record = first["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "correct", "end_date", "2027-02-28"]), 0);
    let history = || json_of(&mut desk.griffie(&["log", "history", "--json", &record]), &[0]);
    let list = |event: &Value, part: &str| event[part].as_array().unwrap().clone();
    let whole = history();
    let events = whole["events"].as_array().unwrap();
    let objects: Vec<_> = events.iter().flat_map(|event| list(event, "objects")).collect();
    let unread = |history: &Value| -> Vec<Value> {
        let facts = history["events"].as_array().unwrap().iter().flat_map(|event| list(event, "facts"));
        facts.filter(|fact| fact["kind"] == "unread").map(|fact| fact["object"].clone()).collect()
    };
    assert_eq!(unread(&whole), [Value::Null; 0]);
    let mut areas = std::collections::BTreeSet::new();
    for object in objects {
        let name = object["name"].as_str().unwrap();
        if name == "README.txt" {
            continue;
        }
        areas.insert(name.split('/').next().unwrap().to_owned());
        let path = desk.path("data/store").join(name);
        let bytes = fs::read(&path).unwrap();
        for left in [None, Some("{")] {
            fs::remove_file(&path).unwrap();
            if let Some(left) = left {
                fs::write(&path, left).unwrap();
            }
            let now = history();
            assert!(unread(&now).contains(&name.into()), "{name}: {now:#}");
            assert_eq!(now["events"].as_array().unwrap().len(), events.len(), "{name}");
            fs::write(&path, &bytes).unwrap();
        }
    }
    let want = ["accessions", "batches", "decisions", "findings", "manifests", "originals", "readings", "renditions"];
    assert_eq!(areas.into_iter().collect::<Vec<_>>(), want);
}
