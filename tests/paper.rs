//! That scans were compared with the paper: stated by a named person, listed, and taken back.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::fs;

use common::{Desk, check, griffie, json_of, write_pdf};
use serde_json::Value;

struct Batch {
    desk: Desk,
    id: String,
    documents: Vec<String>,
    records: Vec<String>,
}

/// Three documents and a file that cannot be read; the third has no archival copy yet.
fn batch() -> Batch {
    let desk = Desk::new();
    let inbox = desk.path("inbox");
    fs::create_dir(&inbox).unwrap();
    for name in ["a.pdf", "b.pdf", "c.pdf"] {
        write_pdf(&inbox.join(name), &format!("Huurovereenkomst {name}\nDeze overeenkomst gaat in op 1 maart 2021."));
    }
    fs::write(inbox.join("d.bin"), [0, 1, 2, 3]).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(&inbox), &[11]);
    let of = |name: &str| {
        let documents =
            receipt["files"].as_array().unwrap().iter().filter_map(|file| file["documents"][0][name].as_str());
        documents.map(str::to_owned).collect::<Vec<_>>()
    };
    let (documents, records) = (of("id"), of("record"));
    Batch { desk, id: receipt["batch"].as_str().unwrap().to_owned(), documents, records }
}

impl Batch {
    fn decide(&self, id: &str, act: &[&str], code: i32) -> (String, String) {
        check(self.desk.griffie(&["decide", id, "--by", "A. Jansen"]).args(act), code)
    }

    fn paper(&self, id: &str) -> Value {
        json_of(&mut self.desk.griffie(&["show", id, "--paper", "--json"]), &[0])
    }
}

#[test]
fn a_scan_is_said_to_be_the_paper_by_a_person_and_the_list_says_which_is_not() {
    let batch = batch();
    let [a, b, c] = [0, 1, 2].map(|n| batch.documents[n].as_str());
    let compared = |list: &Value| {
        let documents = list["documents"].as_array().unwrap().iter();
        documents.map(|scanned| !scanned["compared"].is_null()).collect::<Vec<_>>()
    };
    let list = batch.paper(&batch.id);
    assert_eq!(compared(&list), [false, false, false]);
    let totals =
        ["documents", "not_compared", "with_exceptions", "not_taken_in"].map(|sum| list["totals"][sum].as_u64());
    assert_eq!(totals, [3, 3, 3, 1].map(Some), "{list}");
    assert_eq!(list["documents"][0]["exceptions"][0]["kind"], "no_copy");
    assert_eq!(list["not_taken_in"][0]["exception"]["kind"], "unknown_type");
    check(&mut batch.desk.griffie(&["copies"]), 0);

    // A count that is not that of the scan states nothing.
    let (_, stderr) = batch.decide(a, &["compared-with-paper", "--pages", "2"], 2);
    assert!(stderr.contains("has 2 pages, and the scan has 1"), "{stderr}");
    check(&mut batch.desk.griffie(&["decide", a, "compared-with-paper"]), 2);
    let (stdout, _) = batch.decide(a, &["compared-with-paper", "--pages", "1", "--note", "doos 12"], 0);
    assert!(
        stdout.contains("complete and legible, by A. Jansen on ") && stdout.contains("1 document = 1 compared"),
        "{stdout}"
    );
    let list = batch.paper(&batch.id);
    assert_eq!(compared(&list), [true, false, false]);
    assert_eq!(list["totals"]["with_exceptions"], 0, "{list}");
    let shown = check(&mut batch.desk.griffie(&["show", &batch.records[0]]), 0).0;
    assert!(shown.contains(&format!("complete and legible: {a} (1 page) – doos 12")), "{shown}");
    let (history, _) = check(&mut batch.desk.griffie(&["log", "history", a]), 0);
    assert!(history.contains("A. Jansen") && history.contains("complete and legible"), "{history}");

    // The rest of the batch by a sample; what was compared before stays as it was stated.
    batch.decide(&batch.id, &["compared-with-paper", "--sample", b], 0);
    let list = batch.paper(&batch.id);
    assert_eq!(compared(&list), [true, true, true]);
    let sample = |n: usize| list["documents"][n]["compared"]["value"]["sample"].clone();
    assert_eq!([sample(0), sample(1), sample(2)], [Value::Null, Value::Null, serde_json::json!([b])]);
    let (text, _) = check(&mut batch.desk.griffie(&["show", &batch.id, "--paper"]), 0);
    assert!(text.contains("(by a sample)") && text.contains("not taken in"), "{text}");
    assert!(text.contains("3 documents = 3 compared + 0 not compared; 0 with something to look at; 1 files"), "{text}");
    let log = || check(&mut batch.desk.griffie(&["log", "checkpoint"]), 0).0;
    let before = log();
    batch.decide(&batch.id, &["compared-with-paper"], 0);
    assert_eq!(log(), before, "stated once");

    // A second pair of eyes, and what else the first one saw, are kept too.
    let second = ["decide", a, "--by", "B. Smit", "--note", "bladzijde 1 is vaag", "compared-with-paper"];
    check(&mut batch.desk.griffie(&second), 0);
    assert_ne!(log(), before);
    let (history, _) = check(&mut batch.desk.griffie(&["log", "history", a]), 0);
    assert!(["A. Jansen", "B. Smit"].iter().all(|by| history.contains(by)), "{history}");
    let list = batch.paper(a);
    assert_eq!(list["documents"][0]["compared"]["note"], "bladzijde 1 is vaag", "{list}");
    let before = log();
    check(&mut batch.desk.griffie(&second), 0);
    assert_eq!(log(), before, "stated once");
    let (_, stderr) = batch.decide(a, &["compared-with-paper", "--pages", "9"], 2);
    assert!(stderr.contains("has 9 pages, and the scan has 1"), "{stderr}");

    // What stands for others is looked at again once it is taken back.
    batch.decide(b, &["undo", "compared_with_paper"], 0);
    let list = batch.paper(&batch.id);
    assert_eq!(compared(&list), [true, false, true]);
    assert_eq!(list["documents"][2]["exceptions"][0]["kind"], "sample_withdrawn", "{list}");
    batch.decide(b, &["compared-with-paper"], 0);
    assert_eq!(batch.paper(&batch.id)["totals"]["with_exceptions"], 0);

    // Taken back, and only of that document.
    batch.decide(c, &["undo", "compared_with_paper"], 0);
    assert_eq!(compared(&batch.paper(&batch.id)), [true, true, false]);
    batch.decide(c, &["undo", "compared_with_paper"], 0);
    let (_, stderr) = check(&mut batch.desk.griffie(&["decide", c, "--by", "B", "undo", "compared_with_paper"]), 2);
    assert!(stderr.contains("nobody stated"), "{stderr}");
    batch.decide(c, &["compared-with-paper", "--sample", "c-"], 2);

    // Of a dossier all documents, and after a rebuild the same.
    batch.decide(&batch.records[2], &["belongs-to", &batch.records[0]], 0);
    batch.decide(&batch.records[0], &["compared-with-paper"], 0);
    let list = batch.paper(&batch.records[0]);
    assert_eq!(compared(&list), [true, true]);
    assert_eq!(json_of(&mut batch.desk.griffie(&["verify", "--json"]), &[0])["findings"], Value::Array(Vec::new()));
    check(&mut batch.desk.griffie(&["rebuild"]), 0);
    assert_eq!(batch.paper(&batch.records[0]), list);
}

#[test]
fn it_goes_along_in_a_bag_and_says_where_it_was_stated() {
    let batch = batch();
    check(&mut batch.desk.griffie(&["copies"]), 0);
    batch.decide(&batch.id, &["compared-with-paper", "--sample", &batch.documents[0]], 0);
    check(batch.desk.griffie(&["export", "--all", "--bagit"]).arg(batch.desk.path("bag")), 0);
    let there = batch.desk.path("there");
    common::trust_the_log_of(&batch.desk.path("bag"), &there);
    let receipt = json_of(griffie(&there).args(["ingest", "--json"]).arg(batch.desk.path("bag")), &[0]);
    let list = json_of(griffie(&there).args(["show", "--paper", "--json", receipt["batch"].as_str().unwrap()]), &[0]);
    assert_eq!(list["totals"]["compared"], 3, "{list}");
    let mut samples = Vec::new();
    for scanned in list["documents"].as_array().unwrap() {
        let stated = &scanned["compared"];
        assert_eq!((&stated["by"], &stated["value"]["document"]), (&"A. Jansen".into(), &scanned["document"]));
        assert!(stated["elsewhere"]["log"].as_str().unwrap().starts_with("griffie-log-"));
        samples.extend(stated["value"]["sample"].as_array().into_iter().flatten().cloned());
    }
    let own: Vec<_> = list["documents"].as_array().unwrap().iter().map(|scanned| &scanned["document"]).collect();
    assert!(samples.len() == 2 && samples.iter().all(|id| own.contains(&id)), "{samples:?}");
}
