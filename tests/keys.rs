//! Who may write for an archive: the keeper of its key, its own database, and nobody else, whatever lies where.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and do damage")]

mod common;

use std::{fs, path::PathBuf, process::Stdio};

use common::{Desk, check, json_of, write_pdf};
use serde_json::Value;

/// A data folder with a contract in it, and the record of that.
fn desk() -> (Desk, String) {
    let desk = Desk::new();
    write_pdf(&desk.path("1.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    check(desk.griffie(&["ingest"]).arg(desk.path("1.pdf")), 0);
    let register = json_of(&mut desk.griffie(&["register", "--json"]), &[0]);
    let record = register[0]["id"].as_str().unwrap().to_owned();
    (desk, record)
}

fn checkpoint(desk: &Desk, name: &str) -> PathBuf {
    let (note, _) = check(&mut desk.griffie(&["log", "checkpoint"]), 0);
    fs::write(desk.path(name), note).unwrap();
    desk.path(name)
}

/// The kinds of findings of the store by itself, and of the data folder.
fn kinds(desk: &Desk) -> (Vec<String>, Vec<String>) {
    let kinds = |report: Value| -> Vec<String> {
        let found = report["findings"].as_array().unwrap().clone();
        found.iter().map(|found| found["kind"].as_str().unwrap().to_owned()).collect()
    };
    let store = desk.path("data/store");
    let alone = json_of(
        desk.griffie(&["verify", "--json", "--data"]).arg(desk.path("none")).arg("--store").arg(store),
        &[0, 8],
    );
    (kinds(alone), kinds(json_of(&mut desk.griffie(&["verify", "--json"]), &[0, 8])))
}

/// What the findings of the data folder name.
fn named(desk: &Desk) -> Vec<String> {
    let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0, 8]);
    let found = report["findings"].as_array().unwrap();
    found.iter().map(|found| found["what"].as_str().unwrap().to_owned()).collect()
}

fn nothing() -> (Vec<String>, Vec<String>) {
    (Vec::new(), Vec::new())
}

#[test]
fn without_the_key_of_the_log_nothing_is_written_and_nothing_is_made() {
    let (desk, record) = desk();
    let (key, aside) = (desk.path("data/log.key"), desk.path("aside.key"));
    fs::rename(&key, &aside).unwrap();
    let objects = |desk: &Desk| fs::read_dir(desk.path("data/store/log/checkpoints")).unwrap().count();
    let before = objects(&desk);
    write_pdf(&desk.path("2.pdf"), "Raamovereenkomst");
    let paper = desk.path("2.pdf");
    let ends = ["decide", &record, "--by", "J", "terminated-on", "2027-01-01"];
    for arguments in [&["ingest", paper.to_str().unwrap()][..], &ends, &["rebuild"], &["store", "probe"]] {
        let (_, stderr) = check(&mut desk.griffie(arguments), 7);
        assert!(stderr.contains("log.key") && stderr.contains("put log.key back"), "{arguments:?}: {stderr}");
    }
    assert!(!key.exists() && objects(&desk) == before);
    assert_eq!(kinds(&desk), (vec![], vec!["missing_key".to_owned()]));
    assert!(!desk.path("data/store/decisions").exists(), "no decision was stored");
    // Another key is no better.
    let other = self::desk().0;
    fs::copy(other.path("data/log.key"), &key).unwrap();
    let (_, stderr) = check(&mut desk.griffie(&ends), 7);
    assert!(stderr.contains("log.key is another key"), "{stderr}");
    assert_eq!(kinds(&desk), (vec![], vec!["foreign_key".to_owned()]));
    assert_eq!(named(&desk), ["log.key"]);
    // Nor is what is none: cut off, or with one byte or one bit of it changed.
    let pem = fs::read(&aside).unwrap();
    let changed = |at: usize, by: u8| pem.iter().enumerate().map(|(n, b)| if n == at { b ^ by } else { *b }).collect();
    let nul = [b"\0", &pem[1..]].concat();
    let bits = [vec![], pem[..40].to_vec(), nul, changed(60, 1), changed(100, 1), changed(3, 0x80)];
    for (case, damaged) in bits.iter().enumerate() {
        fs::write(&key, damaged).unwrap();
        assert_eq!(kinds(&desk), (vec![], vec!["bad_key".to_owned()]), "{case}");
        assert_eq!(named(&desk), ["log.key"], "{case}");
    }
    fs::remove_file(&key).unwrap();
    fs::create_dir(&key).unwrap();
    assert_eq!(named(&desk), ["log.key"]);
    fs::remove_dir(&key).unwrap();
    fs::rename(&aside, &key).unwrap();
    check(&mut desk.griffie(&ends), 0);
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(kinds(&desk), nothing());
}

#[test]
fn a_lost_key_is_replaced_by_an_act_that_is_told_for_ever() {
    let (desk, record) = desk();
    let paper = checkpoint(&desk, "paper");
    fs::remove_file(desk.path("data/log.key")).unwrap();
    let (told, _) = check(&mut desk.griffie(&["log", "new-key", "--by", "A. Jansen"]), 0);
    assert!(told.contains("by A. Jansen") && told.contains("without the old key"), "{told}");
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "terminated-on", "2027-01-01"]), 0);
    check(&mut desk.griffie(&["rebuild"]), 0);
    let unproven = || vec!["unproven_key".to_owned()];
    let (stdout, stderr) = check(&mut desk.griffie(&["verify"]), 8);
    assert!(stdout.contains("key changed") && stdout.contains("A. Jansen"), "{stdout}");
    assert!(stderr.contains("griffie log accept-key EVENT") && !stderr.contains("leave all as it is"), "{stderr}");
    let (stdout, _) = check(desk.griffie(&["log", "verify", "--checkpoint"]).arg(&paper), 0);
    assert!(stdout.contains("stand unchanged") && stdout.contains("key changed"), "{stdout}");
    // It is one question with one answer, whoever asks; only a key that is known from elsewhere vouches for it.
    assert_eq!(kinds(&desk), (unproven(), unproven()));
    let (page, _) = check(&mut desk.griffie(&["log", "checkpoint", "--print"]), 0);
    let key = page.lines().find_map(|line| line.strip_prefix("Key")).unwrap().trim().to_owned();
    let store = desk.path("data/store");
    check(desk.griffie(&["verify", "--key", &key, "--data"]).arg(desk.path("none")).arg("--store").arg(&store), 0);
    let newer = checkpoint(&desk, "newer");
    check(desk.griffie(&["log", "verify", "--checkpoint"]).arg(newer), 0);
    // Until a person says that it is right, which is told for ever.
    let event = told.split("event ").nth(1).unwrap().split(' ').next().unwrap();
    check(&mut desk.griffie(&["log", "accept-key", event, "--by", " "]), 2);
    check(&mut desk.griffie(&["log", "accept-key", "0", "--by", "B. Smit"]), 6);
    for _ in 0..2 {
        let (told, _) = check(&mut desk.griffie(&["log", "accept-key", event, "--by", "B. Smit"]), 0);
        assert!(told.contains("without the old key: B. Smit said"), "{told}");
    }
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(kinds(&desk), nothing());
    let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0]);
    assert_eq!(report["key_changes"][0]["accepted"]["by"], "B. Smit", "{report}");
    let (stdout, _) = check(&mut desk.griffie(&["verify"]), 0);
    assert!(stdout.contains("B. Smit said"), "{stdout}");
    // The next one is another question.
    fs::remove_file(desk.path("data/log.key")).unwrap();
    check(&mut desk.griffie(&["log", "new-key", "--by", "C"]), 0);
    assert_eq!(kinds(&desk), (unproven(), unproven()));
}

#[test]
fn a_key_hands_over_to_a_new_one_and_all_checkpoints_hold() {
    let (desk, record) = desk();
    let paper = checkpoint(&desk, "paper");
    let (told, _) = check(&mut desk.griffie(&["log", "new-key", "--by", "A. Jansen"]), 0);
    assert!(told.contains("the old key signed that"), "{told}");
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "terminated-on", "2027-01-01"]), 0);
    assert_eq!(kinds(&desk), nothing());
    for paper in [paper, checkpoint(&desk, "newer")] {
        let (stdout, _) = check(desk.griffie(&["log", "verify", "--checkpoint"]).arg(paper), 0);
        assert!(stdout.contains("stand unchanged"), "{stdout}");
    }
    // The old key, kept beside, signs no more.
    let old = fs::read_dir(desk.path("data")).unwrap().map(|entry| entry.unwrap().path());
    let old = old.into_iter().find(|path| path.to_string_lossy().contains("log.key.")).unwrap();
    fs::copy(old, desk.path("data/log.key")).unwrap();
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "ended-on", "2027-01-01"]), 7);
    assert_eq!(kinds(&desk), (vec![], vec!["foreign_key".to_owned()]));
}

#[test]
fn an_event_that_somebody_laid_in_the_database_is_named_by_every_check_and_never_signed() {
    let (desk, record) = desk();
    let database = rusqlite::Connection::open(desk.path("data/griffie.sqlite")).unwrap();
    let json: String = database.query_row("SELECT json FROM outbox LIMIT 1", [], |row| row.get(0)).unwrap();
    let mut event = griffie::provenance::Event::from_json(&json).unwrap();
    event.about = vec!["d-000000000000".into()];
    let event = event.outcome(griffie::provenance::Outcome::Success, None);
    let sql = "INSERT INTO outbox (event, json, seal) VALUES (?1, ?2, (SELECT max(seal) FROM outbox))";
    database.execute(sql, [&event.id, &event.to_json()]).unwrap();
    drop(database);
    let before = checkpoint(&desk, "before");
    for _ in 0..2 {
        assert_eq!(kinds(&desk).1, ["foreign_event"]);
    }
    let (_, stderr) = check(&mut desk.griffie(&["decide", &record, "--by", "J", "terminated-on", "2027-01-01"]), 8);
    assert!(stderr.contains(&event.id) && stderr.contains("griffie rebuild"), "{stderr}");
    assert_eq!(fs::read(before).unwrap(), fs::read(checkpoint(&desk, "after")).unwrap(), "nothing was signed");
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(kinds(&desk), nothing());
    check(&mut desk.griffie(&["log", "proof", &event.id]), 6);
}

#[test]
fn without_its_note_of_the_head_an_archive_is_not_gone_on_with() {
    let (desk, record) = desk();
    fs::remove_file(desk.path("data/log.head")).unwrap();
    for _ in 0..2 {
        assert_eq!(kinds(&desk).1, ["missing_head"]);
    }
    let decide = ["decide", &record, "--by", "J", "terminated-on", "2027-01-01"];
    let (_, stderr) = check(&mut desk.griffie(&decide), 7);
    assert!(stderr.contains("put log.head back"), "{stderr}");
    check(&mut desk.griffie(&["rebuild"]), 0);
    check(&mut desk.griffie(&decide), 0);
    assert_eq!(kinds(&desk), nothing());
}

#[test]
fn without_the_key_nobody_notes_an_earlier_end_of_the_log() {
    let (desk, record) = desk();
    let note = |desk: &Desk| desk.path("data/log.head");
    let earlier = fs::read_to_string(note(&desk)).unwrap();
    let decide = ["decide", &record, "--by", "J", "terminated-on", "2027-01-01"];
    check(&mut desk.griffie(&decide), 0);
    let right = fs::read_to_string(note(&desk)).unwrap();
    let lines = |note: &str| note.lines().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!((lines(&right).len(), lines(&right)[1].as_str()), (5, "griffie-head/1"), "{right}");
    // The earlier end with the seal of another, with none, and in the form of an older griffie.
    let [false_seal, none] =
        [&lines(&right)[0], ""].map(|seal| format!("{seal}\n{}\n", lines(&earlier)[1..].join("\n")));
    let unsealed = format!("{}\n", lines(&earlier)[2..].join("\n"));
    let pending = fs::read_to_string(desk.path("data/log.pending")).unwrap();
    for (forged, code) in [(&false_seal, 8), (&none, 8), (&pending, 8), (&String::new(), 8), (&unsealed, 7)] {
        fs::write(note(&desk), forged).unwrap();
        assert_eq!(kinds(&desk).1, ["bad_head"], "{forged}");
        let new_key: &[&str] = &["log", "new-key", "--by", "J"];
        for command in [&decide[..], new_key] {
            let (_, stderr) = check(&mut desk.griffie(command), code);
            assert!(stderr.contains("put log.head back"), "{stderr}");
        }
        assert_eq!(&fs::read_to_string(note(&desk)).unwrap(), forged, "nothing seals it");
        if code == 8 {
            check(&mut desk.griffie(&["rebuild"]), 8);
        }
    }
    // What an older griffie noted is taken once, by a person, and sealed; it is no way to write a log off that ends before.
    let longer = unsealed.replacen(&format!("\n{}\n", lines(&earlier)[3]), "\n999\n", 1);
    fs::write(note(&desk), longer).unwrap();
    assert_eq!(kinds(&desk).1, ["truncated", "bad_head"]);
    check(&mut desk.griffie(&["rebuild"]), 8);
    fs::write(note(&desk), unsealed).unwrap();
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(lines(&fs::read_to_string(note(&desk)).unwrap()).len(), 5);
    assert_eq!(kinds(&desk), nothing());
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "ended-on", "2027-01-01"]), 0);
    // With a new key the note is that key's, and the old one's is still the log's.
    let before = fs::read(note(&desk)).unwrap();
    check(&mut desk.griffie(&["log", "new-key", "--by", "J"]), 0);
    assert_eq!(kinds(&desk), nothing());
    fs::write(note(&desk), before).unwrap();
    assert_eq!(kinds(&desk), nothing());
}

#[test]
fn the_end_of_a_log_cut_off_with_its_note_is_missed_by_the_database() {
    let (desk, record) = desk();
    let before = desk.path("before");
    let copy = |from: &PathBuf, to: &PathBuf| {
        assert!(std::process::Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
    };
    copy(&desk.path("data/store"), &before);
    let head = fs::read(desk.path("data/log.head")).unwrap();
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "terminated-on", "2027-01-01"]), 0);
    fs::rename(desk.path("data/store"), desk.path("aside")).unwrap();
    copy(&before, &desk.path("data/store"));
    fs::write(desk.path("data/log.head"), head).unwrap();
    // The database has the decision still.
    let truncated = || (vec![], vec!["truncated".to_owned(), "additional_row".to_owned()]);
    assert_eq!(kinds(&desk), truncated());
    let (_, stderr) = check(&mut desk.griffie(&["decide", &record, "--by", "J", "ended-on", "2027-01-01"]), 8);
    assert!(stderr.contains("its end is gone"), "{stderr}");
    assert_eq!(kinds(&desk), truncated(), "and nothing is written over it");
}

#[test]
fn a_decision_killed_anywhere_is_no_damage_and_stands_once_when_given_again() {
    for point in griffie::pipeline::stop::DECIDING_POINTS {
        let (desk, record) = desk();
        let decide = ["decide", &record, "--by", "J", "terminated-on", "2027-01-01"];
        let mut killed = desk.griffie(&decide);
        let status = killed.env("GRIFFIE_STOP_AT", point).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), None, "`{point}` was not reached");
        // Of a copy of the folder: a check lets the log have what waits for it.
        let data = desk.path("copy");
        assert!(
            std::process::Command::new("cp").arg("-a").arg(desk.path("data")).arg(&data).status().unwrap().success()
        );
        let report = json_of(desk.griffie(&["verify", "--json", "--data"]).arg(&data), &[0]);
        let unfinished = report["unfinished"].as_array().map_or(0, Vec::len);
        assert_eq!(unfinished, usize::from(point != "decision-announced"), "{point}: {report}");
        // A check between the two completes what was left, and is none of it.
        for (data, checked) in [(&data, true), (&desk.path("data"), false)] {
            let on = |arguments: &[&str]| {
                let mut command = desk.griffie(arguments);
                command.env("GRIFFIE_DATA", data);
                command
            };
            if checked {
                let report = json_of(&mut on(&["verify", "--json"]), &[0]);
                assert_eq!(report["unfinished"], Value::Null, "{point}: {report}");
            }
            check(&mut on(&decide), 0);
            let shown = json_of(&mut on(&["show", &record, "--json"]), &[0]);
            assert_eq!(shown["decisions"].as_array().unwrap().len(), 1, "{point}, checked: {checked}");
            let report = json_of(&mut on(&["verify", "--json"]), &[0]);
            assert_eq!(report["unfinished"], Value::Null, "{point}, checked: {checked}: {report}");
        }
        assert_eq!(kinds(&desk), nothing(), "{point}");
        // Given anew later it is another decision.
        check(&mut desk.griffie(&["decide", &record, "--by", "J", "terminated-on", "2027-02-01"]), 0);
        let shown = json_of(&mut desk.griffie(&["show", &record, "--json"]), &[0]);
        assert_eq!(shown["decisions"].as_array().unwrap().len(), 2, "{point}");
    }
}

#[test]
fn a_decision_that_somebody_laid_in_the_store_is_not_taken_up() {
    let (desk, record) = desk();
    let decide = |day: &str| desk.griffie(&["decide", &record, "--by", "J", "terminated-on", day]);
    check(&mut decide("2027-01-01"), 0);
    let folder = desk.path("data/store/decisions").join(&record);
    let text = fs::read_to_string(folder.join("000001.json")).unwrap();
    fs::write(folder.join("000002.json"), text.replace("\"number\": 1", "\"number\": 2").replace("2027-01", "2020-01"))
        .unwrap();
    let (_, stderr) = check(&mut decide("2027-02-01"), 6);
    assert!(stderr.contains("000002.json") && stderr.contains("nothing was decided"), "{stderr}");
    // By itself a store cannot tell at once that nobody is about to log it.
    assert_eq!(kinds(&desk), (vec![], vec!["unlogged_object".to_owned()]));
    let hour_ago = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
    let laid = fs::File::options().write(true).open(folder.join("000002.json")).unwrap();
    laid.set_modified(hour_ago).unwrap();
    assert_eq!(kinds(&desk), (vec!["unlogged_object".to_owned()], vec!["unlogged_object".to_owned()]));
    fs::remove_file(folder.join("000002.json")).unwrap();
    check(&mut decide("2027-02-01"), 0);
    assert_eq!(kinds(&desk), nothing());
}

#[test]
fn a_finding_says_which_document_and_record_it_belongs_to() {
    let (desk, record) = desk();
    let readings = desk.path("data/store/readings");
    let folder = fs::read_dir(&readings).unwrap().next().unwrap().unwrap().path();
    let reading = fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    fs::remove_file(reading).unwrap();
    let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[8]);
    let about = report["findings"][0]["about"].as_array().unwrap();
    assert!(about.iter().any(|id| *id == *record) && about.len() == 2, "{report}");
    let (stdout, stderr) = check(&mut desk.griffie(&["verify"]), 8);
    assert!(stdout.contains(&format!(", {record}): it is gone")), "{stdout}");
    assert!(stderr.contains("restore the named objects") && !stderr.contains("was added"), "{stderr}");
}

/// A copy of a desk whose `log new-key` is killed at a point.
fn stopped_change(desk: &Desk, point: &str, key_is_lost: bool) -> Desk {
    let case = copy_of(desk);
    if key_is_lost {
        fs::remove_file(case.path("data/log.key")).unwrap();
    }
    let mut change = case.griffie(&["log", "new-key", "--by", "A. Jansen"]);
    let status = change.env("GRIFFIE_STOP_AT", point).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), None, "`{point}` was not reached");
    case
}

fn copy_of(desk: &Desk) -> Desk {
    let case = Desk::new();
    let copied =
        std::process::Command::new("cp").arg("-a").arg(desk.path("data")).arg(case.path("data")).status().unwrap();
    assert!(copied.success());
    case
}

/// Removes the newest objects of the log's last append, as if it had been stopped before it wrote them.
fn take_back(desk: &Desk, parts: &[&str]) {
    for part in parts {
        let newest = |folder: PathBuf| {
            let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
            files.max_by_key(|path| path.file_name().unwrap().to_string_lossy().parse::<u64>().unwrap()).unwrap()
        };
        fs::remove_file(newest(desk.path("data/store/log").join(part))).unwrap();
    }
}

#[test]
fn a_change_of_key_that_was_stopped_is_completed_by_the_same_command_and_by_any_other() {
    let (desk, record) = desk();
    let append: [&[&str]; 4] = [
        &[],
        &["checkpoints"],
        &["checkpoints", "tile/0/000.p"],
        &["checkpoints", "tile/0/000.p", "tile/entries/000.p"],
    ];
    for lost in [false, true] {
        for point in griffie::pipeline::stop::KEY_POINTS {
            for parts in append.iter().filter(|parts| parts.is_empty() || point == "new-key-logged") {
                let begun = stopped_change(&desk, point, lost);
                take_back(&begun, parts);
                let what = format!("at `{point}`, without {parts:?}, key lost: {lost}");
                let again: &[&str] = &["log", "new-key", "--by", "A. Jansen"];
                let decide: &[&str] = &["decide", &record, "--by", "J", "terminated-on", "2027-01-01"];
                let announced = point != "new-key-made";
                if announced {
                    assert_eq!(kinds(&copy_of(&begun)).1, Vec::<String>::new(), "{what}: no damage");
                }
                let others: [&[&str]; 4] = [decide, &["rebuild"], &["verify"], &["reread"]];
                // Where nothing of it was begun, a key that is lost is lost as before.
                let others = others.into_iter().take(if !announced && lost {
                    0
                } else if parts.len() == 1 {
                    4
                } else {
                    1
                });
                for goes_on in others.chain([again]) {
                    let case = copy_of(&begun);
                    check(&mut case.griffie(goes_on), 0);
                    check(&mut case.griffie(decide), 0);
                    let (stdout, _) = check(&mut case.griffie(&["verify"]), if lost { 8 } else { 0 });
                    let changes = stdout.lines().filter(|line| line.starts_with("key changed")).count();
                    assert_eq!(changes, usize::from(announced || goes_on == again), "{what}, {goes_on:?}: {stdout}");
                    assert!(!stdout.contains("unfinished"), "{what}, {goes_on:?}: {stdout}");
                    let unproven = if lost { vec!["unproven_key"] } else { vec![] };
                    assert_eq!(kinds(&case).1, unproven, "{what}, {goes_on:?}");
                    assert!(!case.path("data/log.key.change").exists());
                }
            }
        }
    }
}

#[test]
fn what_was_decided_is_taken_back_once_however_often_that_is_said() {
    let (desk, record) = desk();
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "not-in-contract", "end_date"]), 0);
    for _ in 0..2 {
        check(&mut desk.griffie(&["decide", &record, "--by", "J", "undo", "end_date"]), 0);
    }
    // Another person, or another reason, is another decision.
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "correct", "title", "Huur"]), 0);
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "correct", "title", "Huur"]), 0);
    check(&mut desk.griffie(&["decide", &record, "--by", "K", "correct", "title", "Huur"]), 0);
    let shown = json_of(&mut desk.griffie(&["show", &record, "--json"]), &[0]);
    let by: Vec<_> = shown["decisions"].as_array().unwrap().iter().map(|decision| decision["by"].clone()).collect();
    assert_eq!(by, ["J", "J", "J", "K"]);
    assert_eq!(kinds(&desk), nothing());
}

#[test]
fn a_clock_that_was_wrong_is_told_for_ever_and_no_finding_once_a_person_said_so() {
    let (desk, _) = desk();
    let store = griffie::storage::Store::existing_folder(&desk.path("data/store")).unwrap();
    let log = griffie::provenance::Log::open(&store, &desk.path("data/log.key"), &|_| true).unwrap();
    let ahead = "2199-01-01T00:00:00Z".parse().unwrap();
    let event =
        griffie::provenance::Event::new(griffie::provenance::EventKind::Validation, ahead, ["store".to_owned()]);
    let place = log.append(&[event]).unwrap()[0].to_string();
    drop(log);
    // The database learns of an event that another program of this archive logged.
    check(&mut desk.griffie(&["rebuild"]), 0);
    let (stdout, stderr) = check(&mut desk.griffie(&["verify"]), 8);
    assert!(
        stdout.contains(&format!("ahead  event {place}")) && stderr.contains("clock-was-wrong"),
        "{stdout}{stderr}"
    );
    check(&mut desk.griffie(&["log", "clock-was-wrong", &place, "--by", " "]), 2);
    check(&mut desk.griffie(&["log", "clock-was-wrong", &place, "--by", "A. Jansen"]), 0);
    for _ in 0..2 {
        let (stdout, _) = check(&mut desk.griffie(&["verify"]), 0);
        assert!(stdout.contains(&format!("clock: event {place}: ")) && stdout.contains("A. Jansen said"), "{stdout}");
        check(&mut desk.griffie(&["rebuild"]), 0);
    }
}
