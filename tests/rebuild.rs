//! Database and index made anew from the store: what the store's log says and nothing else, whole or not at all, however
//! often it is stopped on its way; and no command that takes a part of it for all.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use common::{Desk, check, griffie, json_of, write_pdf};
use griffie::{
    model::Blake3,
    provenance::{Agent, Event, EventKind, ObjectRef},
    register::Register,
};
use serde_json::Value;

const TITLES: [&str; 3] = ["Huurovereenkomst", "Raamovereenkomst", "Licentieovereenkomst"];

fn contract(title: &str) -> String {
    format!(
        "{title}\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Opdrachtgever; en\nBedrijf {title} B.V., \
         hierna te noemen: Opdrachtnemer;\nkomen overeen als volgt.\nArtikel 1 Duur\nDeze overeenkomst gaat in op \
         1 maart 2021 en eindigt op 28 februari 2026."
    )
}

/// A desk with three contracts taken in and a decision on the first, whose record is told.
fn archive() -> (Desk, String) {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    for title in TITLES {
        write_pdf(&desk.path(&format!("in/{title}.pdf")), &contract(title));
    }
    let receipt = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(desk.path("in")), &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    decide(&desk, &record, &["accept", "title"]);
    (desk, record)
}

#[track_caller]
fn decide(desk: &Desk, record: &str, act: &[&str]) {
    check(desk.griffie(&["decide", record, "--by", "A. Jansen"]).args(act), 0);
}

fn dump(data: &Path) -> String {
    Register::open(&data.join("griffie.sqlite")).unwrap().dump().unwrap()
}

fn records(data: &Path) -> usize {
    json_of(griffie(data).args(["register", "--json"]), &[0]).as_array().unwrap().len()
}

fn findings(data: &Path) -> Vec<(String, String)> {
    let report = json_of(griffie(data).args(["verify", "--json"]), &[0, 8]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|finding| (text(&finding["kind"]), text(&finding["what"]))).collect()
}

fn lose_database(data: &Path) {
    for name in ["griffie.sqlite", "griffie.sqlite-wal", "griffie.sqlite-shm"] {
        let _ = fs::remove_file(data.join(name));
    }
}

fn copy(from: &Path, to: &Path) {
    assert!(Command::new("cp").arg("-a").arg(from).arg(to).status().unwrap().success());
}

/// The objects of a part of the store, sorted.
fn objects(data: &Path, part: &str) -> Vec<PathBuf> {
    let (mut found, mut folders) = (Vec::new(), vec![data.join("store").join(part)]);
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() { folders.push(path) } else { found.push(path) }
        }
    }
    found.sort();
    found
}

#[test]
fn a_full_store_without_its_database_is_never_begun_anew() {
    let (desk, record) = archive();
    let (data, store) = (desk.path("data"), desk.path("data/store"));
    let before = dump(&data);
    lose_database(&data);
    let originals = objects(&data, "originals");
    let told = "holds 3 documents, this data folder knows none of them";
    let refused = |command: &mut Command| {
        let (stdout, stderr) = check(command, 6);
        assert!(stderr.contains("griffie rebuild") && stdout.is_empty(), "{stdout}{stderr}");
        stderr
    };
    assert!(refused(desk.griffie(&["ingest"]).arg(desk.path("in"))).contains(told));
    for command in [
        &["register"][..],
        &["search", "duur"],
        &["show", &record],
        &["copies"],
        &["export", "--all", "--bagit", "bag"],
    ] {
        refused(&mut desk.griffie(command));
    }
    // Another data folder on the same store, and an empty database in the place of the one that was lost.
    let other = desk.path("other");
    let on_store = |arguments: &[&str]| {
        let mut command = griffie(&other);
        command.args(arguments).arg("--store").arg(&store);
        command
    };
    assert!(refused(on_store(&["ingest"]).arg(desk.path("in"))).contains(told));
    drop(Register::open(&data.join("griffie.sqlite")).unwrap());
    for command in [&["register"][..], &["search", "duur"], &["decide", &record, "--by", "J.", "accept", "title"]] {
        assert!(refused(&mut desk.griffie(command)).contains(told));
    }
    assert!(refused(desk.griffie(&["ingest"]).arg(desk.path("in"))).contains(told));
    assert_eq!(objects(&data, "originals"), originals, "nothing was taken in");
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(dump(&data), before);
    let again = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in")), &[0]);
    assert_eq!(again["totals"]["duplicate"], 3);
    assert_eq!(findings(&data), []);
}

#[test]
fn a_database_that_is_behind_its_store_says_so() {
    let (desk, record) = archive();
    let data = desk.path("data");
    copy(&data.join("griffie.sqlite"), &desk.path("older.sqlite"));
    decide(&desk, &record, &["correct", "title", "Huur"]);
    let now = dump(&data);
    lose_database(&data);
    copy(&desk.path("older.sqlite"), &data.join("griffie.sqlite"));
    for command in [&["register"][..], &["decide", &record, "--by", "J.", "accept", "title"]] {
        let (_, stderr) = check(&mut desk.griffie(command), 6);
        assert!(stderr.contains("another griffie wrote") && stderr.contains("griffie rebuild"), "{stderr}");
    }
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(dump(&data), now);
    decide(&desk, &record, &["accept", "contract_type"]);
}

/// Two programs that knew nothing of each other archived the same bytes twice: here one forgets what it had.
#[test]
fn an_original_that_was_archived_twice_is_two_documents_beside_each_other() {
    let (desk, _) = archive();
    let data = desk.path("data");
    let forget = "PRAGMA foreign_keys = OFF; DELETE FROM holding_values; DELETE FROM decisions; DELETE FROM field_values;
                  DELETE FROM findings; DELETE FROM documents; DELETE FROM records; DELETE FROM originals; DELETE FROM items;";
    rusqlite::Connection::open(data.join("griffie.sqlite")).unwrap().execute_batch(forget).unwrap();
    let again = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(desk.path("in")), &[0]);
    assert_eq!(again["totals"]["archived"], 3);
    let (told, _) = check(&mut desk.griffie(&["rebuild"]), 0);
    assert!(told.contains("6 items, 6 documents, 1 decisions"), "{told}");
    assert_eq!((records(&data), findings(&data)), (6, Vec::new()));
    let whole = dump(&data);
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(dump(&data), whole);
    let third = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(desk.path("in")), &[0]);
    assert_eq!(third["totals"]["duplicate"], 3);
    assert_eq!(third["files"][0]["documents"].as_array().unwrap().len(), 2);
}

#[test]
fn killed_at_any_point_a_rebuild_leaves_the_old_state_or_says_that_it_was_not_finished() {
    let (desk, _) = archive();
    let whole = dump(&desk.path("data"));
    for point in griffie::pipeline::stop::REBUILD_POINTS {
        for lost in [false, true] {
            let what = format!("killed at `{point}`, the database lost: {lost}");
            let case = tempfile::tempdir().unwrap();
            let data = case.path().join("data");
            copy(&desk.path("data"), &data);
            if lost {
                lose_database(&data);
            }
            let mut rebuild = griffie(&data);
            rebuild.arg("rebuild").env("GRIFFIE_STOP_AT", point).stdout(Stdio::null()).stderr(Stdio::null());
            assert_eq!(rebuild.status().unwrap().code(), None, "`{point}` was not reached");
            let in_place = ["rebuild-put-aside", "rebuild-in-place"].contains(&point);
            if in_place || lost {
                let (stdout, stderr) = check(griffie(&data).arg("register"), 6);
                let why = if in_place { "was not finished" } else { "there is no database" };
                assert!(stdout.is_empty() && stderr.contains(why), "{what}: {stderr}");
                assert!(stderr.contains("griffie rebuild"), "{what}: {stderr}");
                check(griffie(&data).arg("ingest").arg(desk.path("in")), 6);
            } else {
                assert_eq!(records(&data), 3, "{what}");
                assert_eq!(dump(&data), whole, "{what}");
            }
            check(griffie(&data).arg("rebuild"), 0);
            assert_eq!(dump(&data), whole, "{what}");
            assert_eq!(records(&data), 3, "{what}");
            assert!(check(griffie(&data).args(["search", "duur"]), 0).0.ends_with("3 hits\n"), "{what}");
            assert_eq!(findings(&data), [], "{what}");
            let left = fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
            assert!(!left.into_iter().any(|name| name.contains("new-") || name.contains("unfinished")), "{what}");
        }
    }
}

#[test]
fn what_the_log_does_not_name_stays_out_and_what_it_names_must_be_whole() {
    let (desk, record) = archive();
    let data = desk.path("data");
    decide(&desk, &record, &["correct", "title", "Huur"]);
    let whole = dump(&data);
    // Laid there by other means: a manifest that is none, and a decision that nobody took.
    let manifest = objects(&data, "manifests").remove(0).with_file_name("000002.json");
    fs::write(&manifest, "{").unwrap();
    let decision = data.join(format!("store/decisions/{record}/000003.json"));
    let forged = fs::read_to_string(decision.with_file_name("000002.json")).unwrap();
    fs::write(&decision, forged.replace("Huur", "Koop").replace("\"number\": 2", "\"number\": 3")).unwrap();
    let (stdout, _) = check(&mut desk.griffie(&["rebuild"]), 11);
    let told: Vec<_> = stdout.lines().filter(|line| line.starts_with("left out:")).collect();
    assert!(told.len() == 2 && told[0].contains("decisions/") && told[1].contains("manifests/"), "{stdout}");
    assert_eq!(dump(&data), whole);
    fs::remove_file(manifest).unwrap();
    fs::remove_file(&decision).unwrap();

    let finding = objects(&data, "findings").remove(0);
    let decided = decision.with_file_name("000001.json");
    for (object, change) in [(&finding, None), (&decided, None), (&decided, Some("accept")), (&finding, Some("status"))]
    {
        let bytes = fs::read_to_string(object).unwrap();
        let name = object.strip_prefix(data.join("store")).unwrap().display().to_string();
        fs::remove_file(object).unwrap();
        if let Some(word) = change {
            fs::write(object, bytes.replacen(word, "x", 1)).unwrap();
        }
        for language in ["en", "nl"] {
            let (_, stderr) = check(&mut desk.griffie(&["rebuild", "--language", language]), 8);
            assert!(stderr.contains(&name) && stderr.contains("griffie rebuild"), "{stderr}");
        }
        assert_eq!(dump(&data), whole, "the database stands as it was");
        assert_eq!(records(&data), 3);
        let _ = fs::remove_file(object);
        fs::write(object, bytes).unwrap();
        check(&mut desk.griffie(&["rebuild"]), 0);
        assert_eq!(dump(&data), whole);
    }
}

#[test]
fn a_rebuild_waits_for_no_one_and_takes_nothing_from_a_program_at_work() {
    let (desk, record) = archive();
    let data = desk.path("data");
    let before = fs::metadata(data.join("griffie.sqlite")).unwrap();
    let lock = fs::File::options().write(true).open(data.join("lock")).unwrap();
    lock.lock().unwrap();
    let (_, stderr) = check(&mut desk.griffie(&["rebuild"]), 6);
    assert!(stderr.contains("at work"), "{stderr}");
    use std::os::unix::fs::MetadataExt as _;
    assert_eq!(
        fs::metadata(data.join("griffie.sqlite")).unwrap().ino(),
        before.ino(),
        "the database stays where it is"
    );
    drop(lock);
    // While another database is put in its place nobody writes to this one.
    let lock = fs::File::options().create(true).truncate(false).write(true).open(data.join("rebuild.lock")).unwrap();
    lock.lock().unwrap();
    let (_, stderr) = check(&mut desk.griffie(&["decide", &record, "--by", "J.", "accept", "contract_type"]), 6);
    assert!(stderr.contains("being rebuilt"), "{stderr}");
    drop(lock);
    decide(&desk, &record, &["accept", "contract_type"]);
    check(&mut desk.griffie(&["rebuild"]), 0);
}

#[test]
fn one_data_folder_at_a_time_writes_to_a_store() {
    let (desk, record) = archive();
    let (data, other) = (desk.path("data"), desk.path("other"));
    let store = data.join("store");
    let lock = fs::File::options().write(true).open(store.join("incoming/lock")).unwrap();
    lock.lock().unwrap();
    for command in [&["ingest", "--no-copies"][..], &["rebuild"]] {
        let mut command = desk.griffie(command);
        if command.get_args().next().unwrap() == "ingest" {
            command.arg(desk.path("in"));
        }
        let (_, stderr) = check(&mut command, 6);
        assert!(stderr.contains("at work in the store"), "{stderr}");
    }
    drop(lock);
    // The second one is told what to do, does it, and then the first one is behind.
    let (_, stderr) = check(griffie(&other).arg("rebuild").arg("--store").arg(&store), 7);
    assert!(stderr.contains("put log.key back"), "the log has one key: {stderr}");
    fs::copy(data.join("log.key"), other.join("log.key")).unwrap();
    check(griffie(&other).arg("rebuild").arg("--store").arg(&store), 0);
    write_pdf(&desk.path("new.pdf"), &contract("Koopovereenkomst"));
    check(griffie(&other).args(["ingest", "--no-copies"]).arg(desk.path("new.pdf")), 0);
    let (_, stderr) = check(&mut desk.griffie(&["register"]), 6);
    assert!(stderr.contains("holds 4 documents") && stderr.contains("knows 3 documents"), "{stderr}");
    check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("new.pdf")), 6);
    check(&mut desk.griffie(&["decide", &record, "--by", "J.", "accept", "contract_type"]), 6);
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(records(&data), 4);
    decide(&desk, &record, &["accept", "contract_type"]);
    assert_eq!(findings(&data), []);
}

#[test]
fn a_rebuild_makes_the_index_anew_and_search_tells_of_a_damaged_one() {
    let (desk, _) = archive();
    let data = desk.path("data");
    for file in fs::read_dir(data.join("index/v2")).unwrap().map(|entry| entry.unwrap().path()) {
        if file.extension().is_some_and(|extension| extension == "idx" || extension == "store") {
            let mut bytes = fs::read(&file).unwrap();
            let quarter = bytes.len() / 4;
            bytes[quarter..3 * quarter].fill(0);
            fs::write(&file, bytes).unwrap();
        }
    }
    for (language, words) in [("en", "the index is damaged"), ("nl", "de index is beschadigd")] {
        let (_, stderr) = check(&mut desk.griffie(&["search", "overeenkomst", "--language", language]), 10);
        assert!(stderr.contains(words) && stderr.contains("griffie rebuild"), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
    }
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert!(data.join("index.before-rebuild-1").is_dir());
    assert!(check(&mut desk.griffie(&["search", "duur"]), 0).0.ends_with("3 hits\n"));
}

#[test]
fn what_joined_a_dossier_is_found_in_it() {
    let (desk, record) = archive();
    let register = json_of(&mut desk.griffie(&["register", "--json"]), &[0]);
    let ids = register.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap().to_owned());
    let joining = ids.into_iter().find(|id| *id != record).unwrap();
    decide(&desk, &joining, &["belongs-to", &record]);
    for _ in 0..2 {
        let (found, _) = check(&mut desk.griffie(&["search", "--records", "duur"]), 0);
        assert!(!found.contains(&joining) && found.contains(&record) && found.ends_with("2 records\n"), "{found}");
        assert!(!check(&mut desk.griffie(&["search", "duur"]), 0).0.contains(&joining));
        check(&mut desk.griffie(&["rebuild"]), 0);
    }
}

fn change(data: &Path, sql: &str) {
    rusqlite::Connection::open(data.join("griffie.sqlite")).unwrap().execute_batch(sql).unwrap();
}

#[test]
fn what_the_database_says_otherwise_than_the_store_is_found_and_never_handed_out() {
    let (desk, record) = archive();
    let whole = desk.path("data");
    assert_eq!(findings(&whole), []);
    let no_keys = "PRAGMA foreign_keys = OFF;";
    let cases = [
        (
            "UPDATE field_values SET value = '\"2040-01-01\"' WHERE field = 'end_date' AND document =
             (SELECT document FROM documents WHERE record = '{}')",
            "altered_row",
            "{} end_date",
        ),
        ("UPDATE decisions SET by = 'De Vries'", "altered_row", "{} 1"),
        ("DELETE FROM decisions", "missing_row", "{} 1"),
        (
            "INSERT INTO decisions VALUES ('{}', 2, 'ended_on', NULL, '\"2020-01-01\"', 'Niemand', '2026-01-01T00:00:00Z', NULL, NULL)",
            "additional_row",
            "{} 2",
        ),
        (
            "DELETE FROM holding_values WHERE record = '{}'; DELETE FROM decisions;
             DELETE FROM field_values WHERE document IN (SELECT document FROM documents WHERE record = '{}');
             DELETE FROM findings WHERE document IN (SELECT document FROM documents WHERE record = '{}');
             DELETE FROM documents WHERE record = '{}'; DELETE FROM records WHERE record = '{}'",
            "missing_row",
            "{}",
        ),
    ];
    for (sql, kind, what) in cases {
        let case = tempfile::tempdir().unwrap();
        let data = case.path().join("data");
        copy(&whole, &data);
        change(&data, &format!("{no_keys} {}", sql.replace("{}", &record)));
        for _ in 0..2 {
            let found = findings(&data);
            assert!(found.contains(&(kind.into(), what.replace("{}", &record))), "{sql}: {found:?}");
            assert!(found.iter().all(|(_, what)| what.contains(&record)), "{sql}: {found:?}");
        }
        let (_, stderr) = check(griffie(&data).arg("verify"), 8);
        assert!(stderr.contains("griffie rebuild"), "{stderr}");
        let bag = case.path().join("bag");
        let (_, stderr) = check(griffie(&data).args(["export", "--all", "--bagit"]).arg(&bag), 8);
        assert!(stderr.contains("nothing is handed out") && !bag.exists(), "{stderr}");
        check(griffie(&data).arg("rebuild"), 0);
        assert_eq!(findings(&data), [], "{sql}");
        check(griffie(&data).args(["export", "--all", "--bagit"]).arg(&bag), 0);
    }
}

#[test]
fn a_damaged_database_or_index_is_a_finding_and_the_answer_of_every_command() {
    let (desk, _) = archive();
    let data = desk.path("data");
    let idx = fs::read_dir(data.join("index/v2")).unwrap().map(|entry| entry.unwrap().path());
    let idx = idx.into_iter().find(|path| path.extension().is_some_and(|extension| extension == "idx")).unwrap();
    let mut bytes = fs::read(&idx).unwrap();
    bytes[20] ^= 0xff;
    fs::write(&idx, bytes).unwrap();
    let name = format!("index/{}", idx.file_name().unwrap().to_str().unwrap());
    assert_eq!(findings(&data), [("damaged_file".to_owned(), name)]);
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(findings(&data), []);
    let database = fs::File::options().write(true).open(data.join("griffie.sqlite")).unwrap();
    database.set_len(40_000).unwrap();
    assert_eq!(findings(&data), [("damaged_file".to_owned(), "griffie.sqlite".to_owned())]);
    for (language, words) in [("en", "the database is damaged"), ("nl", "de database is beschadigd")] {
        let (_, stderr) = check(&mut desk.griffie(&["register", "--language", language]), 10);
        assert!(stderr.contains(words) && stderr.contains("griffie rebuild"), "{stderr}");
    }
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!((findings(&data), records(&data)), (Vec::new(), 3));
}

#[test]
fn one_damaged_original_stops_no_other_file_of_a_batch() {
    let (desk, _) = archive();
    let original = objects(&desk.path("data"), "originals").remove(1);
    let bytes = fs::read(&original).unwrap();
    fs::remove_file(&original).unwrap();
    fs::write(&original, &bytes[1..]).unwrap();
    write_pdf(&desk.path("in/Vierde.pdf"), &contract("Koopovereenkomst"));
    for (language, words) in [("en", "restore `originals/"), ("nl", "zet `originals/")] {
        let arguments = ["ingest", "--no-copies", "--json", "--language", language];
        let receipt = json_of(desk.griffie(&arguments).arg(desk.path("in")), &[11]);
        let totals = &receipt["totals"];
        assert_eq!((&totals["files"], &totals["quarantined"]), (&4.into(), &1.into()), "{receipt:#}");
        let refused = receipt["files"].as_array().unwrap().iter().find(|file| file["state"] == "quarantined").unwrap();
        assert_eq!(refused["reason"]["kind"], "stored_changed");
        assert!(refused["reason"]["message"].as_str().unwrap().contains(words), "{refused}");
    }
    fs::remove_file(&original).unwrap();
    fs::write(&original, bytes).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--no-copies", "--json"]).arg(desk.path("in")), &[0]);
    assert_eq!(receipt["totals"]["duplicate"], 4);
    assert_eq!(findings(&desk.path("data")), []);
    let whole = dump(&desk.path("data"));
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(dump(&desk.path("data")), whole);
}

#[test]
fn an_append_that_was_stopped_is_settled_without_the_database_where_the_key_vouches_for_it() {
    let (desk, record) = archive();
    let data = desk.path("data");
    let checkpoints = || objects(&data, "log/checkpoints");
    let (before, head) = (checkpoints(), fs::read(data.join("log.head")).unwrap());
    decide(&desk, &record, &["terminated-on", "2025-12-31"]);
    let whole = dump(&data);
    // The checkpoint of the last append was not written yet when the program was stopped; then the database was lost.
    let signed: Vec<_> = checkpoints().into_iter().filter(|name| !before.contains(name)).collect();
    let [last] = &signed[..] else { panic!("{signed:?}") };
    let note = fs::read(last).unwrap();
    fs::remove_file(last).unwrap();
    // By a program that knew no successors.
    fs::remove_dir_all(data.join("store/log/next")).unwrap();
    fs::write(data.join("log.head"), head).unwrap();
    lose_database(&data);

    let pending = data.join("log.pending");
    let sealed = fs::read_to_string(&pending).unwrap();
    let (seal, text) = sealed.split_once('\n').unwrap();
    let size = text.lines().nth(1).unwrap();
    let other = [
        (sealed.replace(size, "1"), "of another size"),
        (format!("{seal}\n{}", text.replace("griffie-pending/1", "griffie-pending/2")), "of another form"),
        (String::new(), "of nothing"),
    ];
    for (forged, what) in other {
        fs::write(&pending, forged).unwrap();
        let (_, stderr) = check(&mut desk.griffie(&["rebuild"]), 8);
        assert!(stderr.contains("beyond its last checkpoint"), "{what}: {stderr}");
        assert!(!last.exists());
    }
    fs::write(&pending, &sealed).unwrap();
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(fs::read(last).unwrap(), note, "the same checkpoint, by the same key");
    assert_eq!(dump(&data), whole);
    assert_eq!(findings(&data), []);
}

/// What a check finds, and what it tells of copies that were put back.
fn told_of_copies(data: &Path) -> (Vec<(String, String)>, Vec<String>) {
    let (stdout, _) = check(griffie(data).args(["verify", "--language", "en"]), 0);
    let told = stdout.lines().filter(|line| line.starts_with("put back from a copy")).map(str::to_owned);
    (findings(data), told.collect())
}

#[test]
fn a_copy_made_in_any_order_at_any_moment_can_be_put_back_and_the_log_tells_so_for_ever() {
    let (desk, record) = archive();
    let live = desk.path("data");
    let act = ["correct", "title", "Huur"];
    let case = |name: &str, parts: &[&str]| {
        let case = desk.path(name);
        fs::create_dir_all(&case).unwrap();
        for part in parts {
            copy(&live.join(part), &case.join(part));
        }
        case
    };
    let restored = |case: &Path, put_aside: bool, known: bool| {
        let (_, stderr) = check(griffie(case).arg("rebuild"), 8);
        assert!(stderr.contains("griffie rebuild --restored --by NAME"), "{stderr}");
        let (stdout, _) = check(griffie(case).args(["rebuild", "--restored", "--by", "A. Jansen"]), 0);
        assert_eq!(stdout.contains("put aside in"), put_aside, "{stdout}");
        assert_eq!(records(case), 3);
        let (found, told) = told_of_copies(case);
        assert!(found.is_empty(), "{found:?}");
        assert!(told.len() == 1 && told[0].contains("by A. Jansen"), "{told:?}");
        assert_eq!(told[0].contains("what lay between is gone"), known, "{told:?}");
        // What was not in the copy is done again, and stands once.
        check(griffie(case).args(["decide", &record, "--by", "J"]).args(act), 0);
        let shown = common::json_of(griffie(case).args(["show", &record, "--json"]), &[0]);
        let titles = shown["decisions"].as_array().unwrap().iter().filter(|decision| decision["value"] == "Huur");
        assert_eq!(titles.count(), 1, "{shown:#}");
        // Nothing of it is told twice, and a database is not gone behind.
        check(griffie(case).arg("rebuild"), 0);
        let (_, stderr) = check(griffie(case).args(["rebuild", "--restored", "--by", "A. Jansen"]), 6);
        assert!(stderr.contains("there is a database"), "{stderr}");
        assert_eq!(told_of_copies(case), (vec![], told));
    };
    // The store first, then a decision, then the note of the log's end.
    let late = case("late", &["store", "log.key"]);
    let in_order = case("in-order", &["log.key", "log.head"]);
    fs::create_dir_all(in_order.join("store/log")).unwrap();
    copy(&live.join("store/log/checkpoints"), &in_order.join("store/log/checkpoints"));
    decide(&desk, &record, &act);
    copy(&live.join("log.head"), &late.join("log.head"));
    restored(&late, false, true);
    // As the README says, while others work.
    for part in ["store/log/keys", "store/log/tile"] {
        copy(&live.join(part), &in_order.join(part));
    }
    write_pdf(&desk.path("late.pdf"), "Koopovereenkomst\nDeze overeenkomst eindigt op 28 februari 2031.");
    check(desk.griffie(&["ingest"]).arg(desk.path("late.pdf")), 0);
    for part in fs::read_dir(live.join("store")).unwrap().map(|entry| entry.unwrap().file_name()) {
        if part != "log" {
            copy(&live.join("store").join(&part), &in_order.join("store").join(&part));
        }
    }
    restored(&in_order, true, false);
    let aside = in_order.join("store.before-rebuild-1");
    check(griffie(&in_order).arg("ingest").arg(aside.join("originals")), 0);
    assert_eq!(records(&in_order), 4);
    // An append without its checkpoint, and one without its tiles.
    for (name, parts) in [("unsigned", &["checkpoints"][..]), ("torn", &["tile/0/000.p"])] {
        let torn = case(name, &["store", "log.key"]);
        for part in parts {
            let number = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().parse::<u64>().unwrap();
            let newest = objects(&torn, &format!("log/{part}")).into_iter().max_by_key(number);
            fs::remove_file(newest.unwrap()).unwrap();
        }
        let (_, stderr) = check(griffie(&torn).args(["rebuild", "--restored", "--by", " "]), 2);
        assert!(stderr.contains("--by"), "{stderr}");
        check(griffie(&torn).args(["rebuild", "--restored", "--by", "A. Jansen"]), 0);
        let (found, told) = told_of_copies(&torn);
        assert!(found.is_empty() && told.len() == 1, "{name}: {found:?} {told:?}");
    }
    let (_, stderr) = check(&mut desk.griffie(&["rebuild", "--restored"]), 2);
    assert!(stderr.contains("--by"), "{stderr}");
}

/// Store and head of yesterday with today's database: that is the last that knows how far the log went.
#[test]
fn a_rebuild_asks_the_database_that_it_replaces_where_the_log_ended() {
    let (desk, record) = archive();
    let (data, old) = (desk.path("data"), desk.path("old"));
    copy(&data, &old);
    decide(&desk, &record, &["not-in-contract", "court"]);
    for part in ["store", "log.head"] {
        fs::rename(data.join(part), desk.path(&format!("new-{part}"))).unwrap();
        copy(&old.join(part), &data.join(part));
    }
    let (_, stderr) = check(&mut desk.griffie(&["rebuild"]), 8);
    assert!(stderr.contains("`griffie.sqlite` tells of") && stderr.contains("its end is gone"), "{stderr}");
    // Told to, it takes the copy up; what is lost is the word of whoever says so.
    lose_database(&data);
    check(&mut desk.griffie(&["rebuild", "--restored", "--by", "A. Jansen"]), 0);
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn a_copy_of_work_half_done_is_taken_up_without_its_journal_or_with_an_old_one() {
    let desk = archive().0;
    let live = desk.path("data");
    let old = fs::read(live.join("store.journal")).unwrap();
    write_pdf(&desk.path("late.pdf"), &contract("Koopovereenkomst"));
    for point in ["original-stored", "manifest-stored", "log-appended"] {
        let killed = desk.path(&format!("killed-{point}"));
        copy(&live, &killed);
        let mut ingest = griffie(&killed);
        ingest.args(["ingest", "--no-copies"]).arg(desk.path("late.pdf")).env("GRIFFIE_STOP_AT", point);
        assert_eq!(ingest.output().unwrap().status.code(), None, "{point} is reached");
        for (name, journal, by_itself) in [("none", None, false), ("old", Some(&old), true)] {
            let case = desk.path(&format!("{point}-{name}"));
            fs::create_dir(&case).unwrap();
            for part in ["store", "log.key", "log.head"] {
                copy(&killed.join(part), &case.join(part));
            }
            if let Some(journal) = journal {
                fs::write(case.join("store.journal"), journal).unwrap();
            }
            // A rebuild that is not told what it is says how to go on; with its own journal nothing is a stray.
            if by_itself {
                let whole = desk.path(&format!("{point}-whole"));
                copy(&case, &whole);
                fs::copy(killed.join("store.journal"), whole.join("store.journal")).unwrap();
                let (stdout, stderr) = check(griffie(&case).arg("rebuild"), 8);
                assert!(
                    stdout.is_empty() && stderr.contains("give `griffie rebuild --restored --by NAME`"),
                    "{stderr}"
                );
                assert!(!case.join("griffie.sqlite").exists(), "nothing was made");
                let told = griffie(&whole).arg("rebuild").output().unwrap().stdout;
                assert!(!String::from_utf8(told).unwrap().contains("--restored"), "{point}");
            }
            check(griffie(&case).args(["rebuild", "--restored", "--by", "A. Jansen"]), 0);
            assert_eq!(told_of_copies(&case).0, [], "{point} {name}");
            check(griffie(&case).args(["ingest", "--no-copies"]).arg(desk.path("late.pdf")), 0);
            assert_eq!((told_of_copies(&case).0, records(&case)), (vec![], 4), "{point} {name}");
        }
    }
}

/// A backup in the README's order: a decision was taken after the log was copied and before the decisions were.
#[test]
fn a_decision_that_a_copy_ends_with_is_never_dropped_in_silence() {
    let (desk, record) = archive();
    let (live, case) = (desk.path("data"), desk.path("case"));
    fs::create_dir_all(case.join("store")).unwrap();
    for part in ["log.key", "log.head", "store.journal", "store/log"] {
        copy(&live.join(part), &case.join(part));
    }
    decide(&desk, &record, &["correct", "title", "Huur"]);
    for part in fs::read_dir(live.join("store")).unwrap().map(|entry| entry.unwrap().file_name()) {
        if part != "log" {
            copy(&live.join("store").join(&part), &case.join("store").join(&part));
        }
    }
    let name = format!("decisions/{record}/000002.json");
    for _ in 0..2 {
        let (stdout, stderr) = check(griffie(&case).arg("rebuild"), 8);
        assert!(stdout.is_empty() && stderr.contains(&name) && stderr.contains("--restored --by NAME"), "{stderr}");
    }
    let (stdout, _) = check(griffie(&case).args(["rebuild", "--restored", "--by", "J"]), 0);
    assert!(stdout.contains(&format!("a decision by A. Jansen on {record}")) && stdout.contains(&name), "{stdout}");
    assert_eq!(findings(&case), []);
    check(griffie(&case).args(["decide", &record, "--by", "A. Jansen", "correct", "title", "Huur"]), 0);
    assert_eq!(findings(&case), []);
    // The same, laid there by somebody else into an archive whose database was lost.
    lose_database(&case);
    fs::write(case.join(format!("store/decisions/{record}/000007.json")), "{}").unwrap();
    let (_, stderr) = check(griffie(&case).arg("rebuild"), 8);
    assert!(stderr.contains("000007.json") && stderr.contains("put them aside yourself"), "{stderr}");
}

/// Another process has the log at first, and what the data folder notes of it is gone when that lets go of it.
#[test]
fn a_decision_that_the_log_refuses_is_kept_and_said_to_be_or_is_not_taken() {
    let (desk, record) = archive();
    let data = desk.path("data");
    let head = fs::read(data.join("log.head")).unwrap();
    let lock = fs::File::options().write(true).open(data.join("lock")).unwrap();
    let second = data.join(format!("store/decisions/{record}/000002.json"));
    lock.try_lock().unwrap();
    // What can be seen beforehand is seen: nothing is taken.
    fs::remove_file(data.join("log.head")).unwrap();
    let (_, stderr) = check(griffie(&data).args(["decide", &record, "--by", "J", "correct", "title", "Huur"]), 7);
    assert!(stderr.contains("log.head") && !second.exists(), "{stderr}");
    fs::write(data.join("log.head"), &head).unwrap();
    let mut deciding = griffie(&data);
    deciding.args(["decide", &record, "--by", "J", "correct", "title", "Huur"]);
    let deciding = deciding.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while !second.exists() {
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    fs::remove_file(data.join("log.head")).unwrap();
    lock.unlock().unwrap();
    let output = deciding.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(11), "{stderr}");
    assert!(stderr.contains("taken and kept") && stderr.contains("Do not take it again"), "{stderr}");
    fs::write(data.join("log.head"), &head).unwrap();
    decide(&desk, &record, &["accept", "effective_date"]);
    assert_eq!(findings(&data), []);
    let shown = json_of(griffie(&data).args(["show", &record, "--json"]), &[0]);
    assert_eq!(shown["decisions"].as_array().unwrap().len(), 3, "{shown:#}");
}

#[test]
fn a_database_that_was_not_compared_is_no_success() {
    let (desk, _) = archive();
    let data = desk.path("data");
    let verify = |code: i32| {
        let report = common::json_of(griffie(&data).args(["verify", "--json"]), &[code]);
        let (stdout, stderr) = check(griffie(&data).args(["verify"]), code);
        (report, stdout, stderr)
    };
    let (report, stdout, _) = verify(0);
    assert!(report["database_not_compared"].is_null() && stdout.trim_end().ends_with("0 findings"), "{stdout}");
    for lock in ["lock", "decision.lock"] {
        // Whoever holds the second matters only where something else was found.
        let held = fs::File::options().write(true).open(data.join(lock)).unwrap();
        held.lock().unwrap();
        if lock == "decision.lock" {
            change(&data, "UPDATE decisions SET by = 'K'");
        }
        let (report, stdout, stderr) = verify(11);
        assert!(report["database_not_compared"].as_str().unwrap().contains("another griffie"), "{report}");
        assert!(
            stdout.contains("0 findings; the database was not compared") && stderr.contains("another griffie"),
            "{stdout}"
        );
    }
    let named = |code, want: &str| {
        let (report, stdout, stderr) = verify(code);
        assert_eq!(report["findings"][0]["kind"], want);
        assert!(stdout.contains("griffie.sqlite") && stderr.contains("griffie rebuild"), "{stdout}{stderr}");
    };
    fs::rename(data.join("griffie.sqlite"), desk.path("elsewhere.sqlite")).unwrap();
    named(8, "missing_database");
    std::os::unix::fs::symlink(desk.path("elsewhere.sqlite"), data.join("griffie.sqlite")).unwrap();
    named(8, "no_plain_file");
    check(&mut desk.griffie(&["rebuild"]), 0);
    verify(0);
}

#[test]
fn no_command_waits_at_a_pipe_that_lies_where_a_file_should() {
    let (desk, record) = archive();
    let checkpoint = objects(&desk.path("data"), "log/checkpoints").pop().unwrap();
    let original = objects(&desk.path("data"), "originals").pop().unwrap();
    let inside = |path: &Path| path.strip_prefix(desk.path("data")).unwrap().to_str().unwrap().to_owned();
    let (checkpoint, original) = (inside(&checkpoint), inside(&original));
    check(&mut desk.griffie(&["verify"]), 0);
    let files = [
        "log.head",
        "log.key",
        "log.pending",
        "store.journal",
        "griffie.toml",
        "store.location",
        "lock",
        "rebuild.lock",
        "fixity.history",
    ];
    for (number, name) in files.into_iter().chain(["griffie.sqlite", &checkpoint, &original]).enumerate() {
        let data = desk.path(&format!("case-{number}"));
        copy(&desk.path("data"), &data);
        let _ = fs::remove_file(data.join(name));
        assert!(Command::new("mkfifo").arg(data.join(name)).status().unwrap().success());
        let decide = ["decide", &record, "--by", "J", "correct", "title", "Huur"];
        for arguments in [&["verify"][..], &decide, &["rebuild"], &["log", "checkpoint"]] {
            let mut command = Command::new("timeout");
            command.arg("60").arg(env!("CARGO_BIN_EXE_griffie")).args(arguments).arg("--data").arg(&data);
            let output = command.output().unwrap();
            assert_ne!(output.status.code(), Some(124), "{arguments:?} waits at `{name}`");
            assert!(output.status.code().is_some_and(|code| code != 101), "{arguments:?} at `{name}`: {output:?}");
        }
    }
}

/// What somebody does who has the key of the log.
fn lay_and_log(data: &Path, name: &str, bytes: &[u8], event: impl FnOnce(ObjectRef) -> Event) {
    let path = data.join("store").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
    let store = griffie::storage::Store::existing_folder(&data.join("store")).unwrap();
    let log = griffie::provenance::Log::open(&store, &data.join("log.key"), &|_| true).unwrap();
    log.append(&[event(ObjectRef { name: name.parse().unwrap(), blake3: Blake3::of(bytes) })]).unwrap();
}

#[test]
fn a_later_manifest_that_contradicts_is_neither_rebuilt_from_nor_handed_out() {
    let (desk, _) = archive();
    check(&mut desk.griffie(&["copies"]), 0);
    let whole = desk.path("data");
    let newest = |data: &Path| {
        let mut manifests: Vec<_> = objects(data, "manifests");
        manifests.retain(|path| path.ends_with("000002.json"));
        manifests
            .into_iter()
            .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
            .collect::<Vec<Value>>()
    };
    type Change = (&'static str, fn(&mut Value, &Value));
    let changes: [Change; 3] = [
        ("a copy of another", |one, other| {
            one["renditions"].as_array_mut().unwrap().push(other["renditions"][0].clone());
        }),
        ("the words of another", |one, other| one["reading"] = other["reading"].clone()),
        ("other pages", |one, _| one["last_page"] = 7.into()),
    ];
    for (number, (what, change)) in changes.into_iter().enumerate() {
        let data = desk.path(&format!("data-{number}"));
        copy(&whole, &data);
        let manifests = newest(&data);
        let (mut one, other) = (manifests[0].clone(), &manifests[1]);
        change(&mut one, other);
        let now = jiff::Timestamp::now();
        one["made"] = now.to_string().into();
        let id = one["document"].as_str().unwrap().to_owned();
        lay_and_log(&data, &format!("manifests/{id}/000003.json"), one.to_string().as_bytes(), |object| {
            Event::new(EventKind::Normalization, now, [id.clone()]).objects([object])
        });
        let (_, stderr) = check(griffie(&data).arg("rebuild"), 8);
        assert!(stderr.contains(&id), "{what}: {stderr}");
        let mut get = griffie(&data);
        let got = get.args(["get", &id, "--archival", "-o", "copy.pdf"]).current_dir(desk.path("in")).output().unwrap();
        assert!(!got.status.success(), "{what}");
        assert!(!desk.path("in/copy.pdf").exists());
        let found = findings(&data);
        assert!(found.iter().any(|(kind, object)| kind == "contradicted" && object.contains(&id)), "{what}: {found:?}");
    }
}

#[test]
fn what_was_logged_and_cannot_be_read_is_named_by_every_check_and_by_the_rebuild() {
    let (desk, record) = archive();
    let data = desk.path("data");
    // By somebody who has the key.
    let number = objects(&data, &format!("decisions/{record}")).len() + 1;
    let name = format!("decisions/{record}/{number:06}.json");
    let at = jiff::Timestamp::now();
    let json = serde_json::json!({
        "schema": "griffie-decision/1", "record": record, "number": number, "act": "terminated_on", "field": null,
        "value": "no day", "by": "M", "at": at, "note": null,
    });
    let bytes = json.to_string();
    lay_and_log(&data, &name, bytes.as_bytes(), |object| {
        Event::new(EventKind::Decision, at, [record]).by(Agent::Person { name: "M".into() }).objects([object])
    });
    let (_, stderr) = check(&mut desk.griffie(&["rebuild"]), 8);
    assert!(stderr.contains(&format!("failed to read `{name}`")), "{stderr}");
    lose_database(&data);
    let (_, stderr) = check(&mut desk.griffie(&["rebuild"]), 8);
    assert!(stderr.contains(&format!("failed to read `{name}`")), "{stderr}");
    for store in [&["verify"][..], &["verify", "--store", data.join("store").to_str().unwrap()]] {
        let (stdout, _) = check(&mut desk.griffie(store), 8);
        assert!(stdout.contains(&format!("malformed  {name}: it was logged like this")), "{store:?}: {stdout}");
    }
}

#[test]
fn a_rebuild_names_originals_and_copies_that_are_gone() {
    let (desk, _) = archive();
    check(&mut desk.griffie(&["copies"]), 0);
    let data = desk.path("data");
    check(&mut desk.griffie(&["rebuild"]), 0);
    for area in ["originals", "renditions"] {
        let object = objects(&data, area).remove(0);
        let name = object.strip_prefix(data.join("store")).unwrap().display().to_string();
        let bytes = fs::read(&object).unwrap();
        for left in [None, Some(&bytes[1..])] {
            fs::remove_file(&object).unwrap();
            if let Some(left) = left {
                fs::write(&object, left).unwrap();
            }
            let (stdout, _) = check(&mut desk.griffie(&["rebuild"]), 11);
            assert!(stdout.contains(&format!("`{name}` is gone or has another length")), "{stdout}");
            let _ = fs::remove_file(&object);
            fs::write(&object, &bytes).unwrap();
        }
    }
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(records(&data), 3);
}

#[test]
fn a_container_that_was_stopped_half_taken_in_stops_no_rebuild() {
    let desk = Desk::new();
    let inside: Vec<_> = TITLES.iter().map(|title| desk.path(&format!("{title}.pdf"))).collect();
    for (title, path) in TITLES.iter().zip(&inside) {
        write_pdf(path, &contract(title));
    }
    let members: Vec<_> = TITLES.iter().copied().zip(inside.iter().map(|path| fs::read(path).unwrap())).collect();
    let members: Vec<_> = members.iter().map(|(name, bytes)| (*name, &bytes[..])).collect();
    common::write_zip(&desk.path("in.zip"), &members);
    // Each member is in the log, and of the container only the bytes are there.
    let mut killed = desk.griffie(&["ingest", "--no-copies", "--move-to"]);
    killed.arg(desk.path("done")).arg(desk.path("in.zip")).env("GRIFFIE_STOP_AT", "accession-stored:4");
    assert_eq!(killed.output().unwrap().status.code(), None);
    let data = desk.path("data");
    assert_eq!(findings(&data), [], "the database and what a rebuild would make of the store agree");
    lose_database(&data);
    check(&mut desk.griffie(&["rebuild"]), 11);
    assert_eq!((records(&data), findings(&data)), (3, vec![]));
    let again = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("in.zip")), &[0]);
    assert_eq!((&again["totals"]["duplicate"], &again["totals"]["container"]), (&3.into(), &1.into()));
    assert_eq!(findings(&data), []);
}
