//! Changed rules on documents that are in the archive: what they change, what they do not, and what is kept.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use common::{Desk, check, griffie, json_of, own_rules, write_pdf};
use serde_json::{Value, json};

const RULE: &str = r#"
schema = 1

[[rule]]
id = "nl.notice.who_stops"
title = { nl = "Wie eruit wil, meldt dat", en = "Who wants out says so" }
lang = "nl"
field = "notice"
strength = "strong"
say = ["eruit wil ...3 (meldt|laat) ...4 <period> (tevoren|van tevoren)"]
take = { value = "period" }
implies = { by = "any", against = "end_of_term" }
bounds = { min = "P7D", max = "P3Y" }
examples = [
  { text = "Wie eruit wil, meldt dat twee maanden van tevoren.", want = ["P2M any end_of_term"] },
]
counter_examples = [
  { text = "Wie wil verhuizen, meldt dat twee maanden van tevoren." },
]
"#;

fn contract(title: &str, last: &str) -> String {
    format!(
        "{title}\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Opdrachtgever; en\nPoets & Co B.V., \
         hierna te noemen: Opdrachtnemer;\nkomen overeen als volgt.\nArtikel 1 Duur\nDeze overeenkomst gaat in op 1 \
         januari 2022 en eindigt op 31 december 2027.\nArtikel 2 Einde\n{last}"
    )
}

/// Two contracts; in the first stands a sentence that the built-in rules miss.
fn desk() -> (Desk, String, String) {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    let missed = contract("Lesovereenkomst", "Wie eruit wil, meldt dat twee maanden van tevoren.");
    write_pdf(&desk.path("in/a.pdf"), &missed);
    write_pdf(&desk.path("in/b.pdf"), &contract("Schoonmaakovereenkomst", "Partijen overleggen."));
    let receipt = json_of(desk.griffie(&["ingest", "--json", "--no-copies"]).arg(desk.path("in")), &[0]);
    let record = |n: usize| receipt["files"][n]["documents"][0]["record"].as_str().unwrap().to_owned();
    let (lessons, cleaning) = (record(0), record(1));
    (desk, lessons, cleaning)
}

fn objects(data: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![data.join("store")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

/// A command that could not run the OCR engine if it wanted to.
fn reread(desk: &Desk, more: &[&str]) -> std::process::Command {
    let mut command = desk.griffie(&["reread"]);
    command.args(more).env("TESSDATA_PREFIX", "/nonexistent").env("LD_LIBRARY_PATH", "/nonexistent");
    command
}

fn register(data: &Path) -> Value {
    json_of(griffie(data).args(["register", "--json", "--as-of", "2026-01-01"]), &[0])
}

#[test]
fn a_new_rule_reaches_what_is_in_the_archive() {
    let (desk, lessons, cleaning) = desk();
    let data = desk.path("data");
    let (told, _) = check(&mut reread(&desk, &[]), 0);
    assert_eq!(told, "2 records = 0 changed + 0 unchanged + 2 read so before + 0 failed\n");
    // Originals are not opened.
    fs::rename(data.join("store/originals"), desk.path("originals")).unwrap();
    let (rules, before) = (own_rules(&data), (objects(&data), register(&data)));
    fs::write(rules.join("contract/rules/own.nl.toml"), RULE).unwrap();
    let change = "  notice              – → P2M, any, end_of_term [proposed]\n";

    let (told, _) = check(&mut reread(&desk, &["--dry-run"]), 0);
    assert!(told.starts_with(&format!("{lessons}  Lesovereenkomst\n")) && told.contains(change), "{told}");
    assert!(told.contains("  notice by           – → 2027-10-31 [proposed]\n"), "{told}");
    assert!(!told.contains(&cleaning), "{told}");
    let totals = "2 records = 1 would change + 1 would stay + 0 read so before + 0 failed; nothing was written\n";
    assert!(told.ends_with(totals), "{told}");
    let (dutch, _) = check(reread(&desk, &["--dry-run"]).env("GRIFFIE_LANGUAGE", "nl"), 0);
    assert!(dutch.contains("  opzegging           – → P2M, any, end_of_term [voorstel]\n"), "{dutch}");
    assert!(
        dutch.contains("2 records = 1 zouden wijzigen + 1 blijven gelijk + 0 al zo gelezen + 0 mislukt"),
        "{dutch}"
    );
    let foreseen = json_of(&mut reread(&desk, &["--dry-run", "--json"]), &[0]);
    assert_eq!((objects(&data), register(&data)), before, "nothing is written");

    let (told, _) = check(&mut reread(&desk, &[&cleaning]), 0);
    assert_eq!(told, "1 record = 0 changed + 1 unchanged + 0 read so before + 0 failed\n");
    let done = json_of(&mut reread(&desk, &["--json"]), &[0]);
    let of =
        |receipt: &Value| receipt["records"].as_array().unwrap().iter().find(|one| one["record"] == *lessons).cloned();
    assert_eq!(of(&done), of(&foreseen), "what was foreseen");
    let notice = json!({"field": "notice", "old": [], "new": [{
        "value": {"period": "P2M", "by": "any", "against": "end_of_term", "form": null}, "status": "proposed"}]});
    assert_eq!(of(&done).unwrap()["changes"][0], notice);
    assert_eq!(
        done["totals"],
        json!({"records": 2, "changed": 1, "unchanged": 0, "current": 1, "failed": 0, "older_words": 0})
    );
    let (told, _) = check(&mut reread(&desk, &[]), 0);
    assert_eq!(told, "2 records = 0 changed + 0 unchanged + 2 read so before + 0 failed\n");
    let after = objects(&data);
    assert!(before.0.iter().all(|object| after.contains(object)), "what was found before stays");

    fs::rename(desk.path("originals"), data.join("store/originals")).unwrap();
    let report = json_of(griffie(&data).args(["verify", "--json"]), &[0]);
    assert_eq!(report["findings"], json!([]));
    let rule_set = done["rule_set"].as_str().unwrap();
    let log = after.iter().filter(|object| object.to_string_lossy().contains("log/tile/entries"));
    let log: String = log.map(|object| String::from_utf8_lossy(&fs::read(object).unwrap()).into_owned()).collect();
    assert!(log.contains(&format!("\"detail\":\"{rule_set}\"")), "an event tells of the rules");

    let register_before = register(&data);
    fs::remove_file(data.join("griffie.sqlite")).unwrap();
    check(griffie(&data).arg("rebuild"), 0);
    assert_eq!(register(&data), register_before);
    assert_eq!(json_of(&mut reread(&desk, &["--json"]), &[0])["totals"]["current"], 2);
    let (hits, _) = check(griffie(&data).args(["search", "eruit"]), 0);
    assert!(hits.ends_with("1 hit\n"), "{hits}");
}

#[test]
fn a_persons_decision_holds_when_the_rules_no_longer_read_it() {
    let (desk, lessons, _) = desk();
    let data = desk.path("data");
    fs::write(own_rules(&data).join("contract/rules/own.nl.toml"), RULE).unwrap();
    check(&mut reread(&desk, &[]), 0);
    check(&mut desk.griffie(&["decide", &lessons, "--by", "J. de Wit", "accept", "notice"]), 0);
    check(&mut desk.griffie(&["decide", &lessons, "--by", "J. de Wit", "correct", "title", "Vioolles"]), 0);
    let before = register(&data);
    fs::remove_file(data.join("griffie.toml")).unwrap();
    let (told, _) = check(&mut reread(&desk, &[]), 0);
    assert!(told.contains("2 records = 0 changed + 2 unchanged"), "{told}");
    let shown = |register: &Value| {
        let records = register.as_array().unwrap().iter();
        records.map(|one| (one["fields"]["notice"].clone(), one["fields"]["title"].clone())).collect::<Vec<_>>()
    };
    assert_eq!(shown(&register(&data)), shown(&before));
    // Taken back, the field shows what is read now: nothing.
    check(&mut desk.griffie(&["decide", &lessons, "--by", "J. de Wit", "undo", "notice"]), 0);
    let now = register(&data);
    let record = now.as_array().unwrap().iter().find(|one| one["id"] == *lessons).unwrap();
    assert_eq!(record["fields"]["notice"], json!([]));
}

#[test]
fn a_document_whose_words_are_gone_costs_itself_only_and_older_words_are_told() {
    let (desk, lessons, cleaning) = desk();
    let data = desk.path("data");
    common::rules_that_read_no_start(&data);
    let document = json_of(&mut desk.griffie(&["show", &lessons, "--json"]), &[0]);
    let document = document["documents"][0].as_str().unwrap().to_owned();
    let manifest = fs::read_to_string(data.join(format!("store/manifests/{document}/000001.json"))).unwrap();
    let manifest: Value = serde_json::from_str(&manifest).unwrap();
    let key = manifest["reading"].as_str().unwrap();
    fs::remove_file(data.join(format!("store/readings/{}/{key}.json.zst", &key[..2]))).unwrap();
    let database = rusqlite::Connection::open(data.join("griffie.sqlite")).unwrap();
    database.execute("UPDATE documents SET engine = 'tesseract 0.1' WHERE document <> ?1", [&document]).unwrap();
    drop(database);
    for dry_run in [&["--dry-run"][..], &[]] {
        let receipt = json_of(&mut reread(&desk, &[dry_run, &["--json"]].concat()), &[11]);
        assert_eq!(
            (&receipt["totals"]["changed"], &receipt["totals"]["failed"]),
            (&json!(1), &json!(1)),
            "{receipt:#}"
        );
        assert_eq!(receipt["totals"]["older_words"], 1);
        let record = |id: &str| receipt["records"].as_array().unwrap().iter().find(|one| one["record"] == id).unwrap();
        assert_eq!(record(&lessons)["failures"][0]["kind"], "fixity_mismatch");
        assert_eq!(record(&cleaning)["state"], "changed");
    }
    let (told, _) = check(&mut reread(&desk, &[]), 11);
    assert!(
        told.contains(&format!("  ! {document}: not read again: the reading of `{document}` is not in the store")),
        "{told}"
    );
    assert!(told.contains("the words of 1 document were read as an earlier griffie read"), "{told}");
}

#[test]
fn a_slip_of_the_pen_reads_nothing_again() {
    let (desk, lessons, _) = desk();
    let (_, told) = check(&mut reread(&desk, &["c-zzzzzzzzzzzz"]), 6);
    assert!(told.contains("c-zzzzzzzzzzzz"), "{told}");
    let (told, _) = check(&mut reread(&desk, &[&lessons[..8], "--party", "iemand anders"]), 0);
    assert!(told.starts_with("0 records ="), "{told}");
    let mut nowhere = griffie(&desk.path("nowhere"));
    check(nowhere.arg("reread"), 6);
    assert!(!desk.path("nowhere").exists());
}
