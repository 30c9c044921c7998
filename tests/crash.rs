//! Kills the program (SIGKILL) at every named point of the commit order and at random moments, starts it again, and
//! finds nothing lost, nothing double, and totals equal to those of an undisturbed run.
//!
//! `GRIFFIE_RANDOM_KILLS` sets how many random moments are tried (6 without it).
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use common::{griffie, json_of, write_pdf};
use serde_json::{Value, json};

/// What must be equal whatever happened on the way.
#[derive(Clone, Debug, PartialEq)]
struct Account {
    /// State by file name; empty where the batch was finished by the run that was killed.
    states: BTreeMap<String, String>,
    totals: Value,
    /// Title and number of documents by record, in order of title.
    register: Vec<(String, usize)>,
    originals: Vec<String>,
    /// Files that are still with the sender, and that were moved to the done folder.
    left: Vec<String>,
    done: Vec<String>,
}

struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    /// A sender's folder: four contracts, a duplicate, an archive with a contract and an empty file in it, and a file
    /// of no known kind.
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inbox = folder.path().join("inbox");
        fs::create_dir(&inbox).unwrap();
        for (n, title) in ["Huurovereenkomst", "Raamovereenkomst", "Dienstverleningsovereenkomst"].iter().enumerate() {
            write_pdf(&inbox.join(format!("{n}.pdf")), &contract(title, n));
        }
        fs::copy(inbox.join("0.pdf"), inbox.join("9-again.pdf")).unwrap();
        fs::write(inbox.join("notes.xyz"), b"\x00\x01 no kind that anyone knows").unwrap();
        let inner = folder.path().join("inner.pdf");
        write_pdf(&inner, &contract("Onderhoudsovereenkomst", 7));
        common::write_zip(&inbox.join("5.zip"), &[("inner.pdf", &fs::read(&inner).unwrap()), ("empty.pdf", b"")]);
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn ingest(&self) -> Command {
        let mut command = griffie(&self.path("data"));
        command.arg("ingest").arg(self.path("inbox")).arg("--move-to").arg(self.path("done")).arg("--json");
        command
    }

    /// The totals of the batch, if it was finished: what is left to a further run is a batch of its own.
    fn finished(&self) -> Option<Value> {
        let receipts = fs::read_dir(self.path("data/store/batches")).ok()?;
        let first =
            receipts.map(|entry| entry.unwrap().path()).find(|path| path.extension() == Some("json".as_ref()))?;
        let receipt: Value = serde_json::from_slice(&fs::read(first).unwrap()).unwrap();
        Some(receipt["totals"].clone())
    }

    /// What a check of the store finds wrong, and how much it says is unfinished.
    fn verify(&self) -> (Value, usize) {
        let report = json_of(griffie(&self.path("data")).args(["verify", "--json"]), &[0, 8]);
        (report["findings"].clone(), report["unfinished"].as_array().map_or(0, Vec::len))
    }

    /// Runs to the end and accounts for everything; the store must verify.
    fn settle(&self) -> Account {
        let finished = self.finished();
        let receipt = json_of(&mut self.ingest(), &[0, 11]);
        assert_eq!(self.verify(), (json!([]), 0), "after the run was gone on with");
        let register = json_of(griffie(&self.path("data")).args(["register", "--json"]), &[0]);
        let mut records: Vec<_> = register
            .as_array()
            .unwrap()
            .iter()
            .map(|record| {
                let title = record["fields"]["title"]["value"].as_str().unwrap_or("?").to_owned();
                (title, record["documents"].as_array().unwrap().len())
            })
            .collect();
        records.sort();
        let states = receipt["files"].as_array().unwrap().iter().map(|file| {
            let name = file["path"].as_str().unwrap().rsplit("inbox/").next().unwrap().to_owned();
            (name, file["state"].as_str().unwrap().to_owned())
        });
        let states: Vec<_> = states.collect();
        let by_name: BTreeMap<_, _> = states.iter().cloned().collect();
        assert_eq!(states.len(), by_name.len(), "a file is listed twice");
        Account {
            states: if finished.is_some() { BTreeMap::new() } else { by_name },
            totals: finished.unwrap_or_else(|| receipt["totals"].clone()),
            register: records,
            // What an interrupted write leaves behind has a `#` in its name and is no object.
            originals: files_below(&self.path("data/store/originals"))
                .into_iter()
                .filter(|n| !n.contains('#'))
                .collect(),
            left: files_below(&self.path("inbox")),
            done: files_below(&self.path("done")),
        }
    }
}

fn contract(title: &str, n: usize) -> String {
    format!(
        "{title}\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Opdrachtgever; en\nBedrijf {n} B.V., \
         hierna te noemen: Opdrachtnemer;\nkomen overeen als volgt.\nArtikel 1 Duur\nDeze overeenkomst gaat in op \
         1 maart 202{n} en wordt aangegaan voor de duur van vier jaar."
    )
}

/// The crash matrix as the README shows it.
const TABLE_HEAD: &str = "\
| killed when it had | `griffie verify` | after the same command again | the totals |
|---|---|---|---|
";

/// The README must show this table; `GRIFFIE_WRITE_README=1` writes it there.
fn readme_has(table: &str) {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    let readme = fs::read_to_string(&place).unwrap();
    let (head, _) = TABLE_HEAD.split_once('\n').unwrap();
    let start = readme.find(head).expect("the README has the crash matrix");
    let end = start + readme[start..].find("\n\n").map_or(readme.len() - start, |end| end + 1);
    if std::env::var_os("GRIFFIE_WRITE_README").is_some() {
        fs::write(&place, format!("{}{table}{}", &readme[..start], &readme[end..])).unwrap();
    } else {
        assert_eq!(&readme[start..end], table, "GRIFFIE_WRITE_README=1 writes the table");
    }
}

/// File names below a folder, sorted.
fn files_below(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn killed_at_every_point_of_the_commit_order_nothing_is_lost_or_double() {
    let undisturbed = Desk::new().settle();
    assert_eq!(undisturbed.totals["files"], 8);
    assert_eq!(undisturbed.originals.len(), 4 + 2, "the originals, the container and what is quarantined");
    let mut table = String::from(TABLE_HEAD);
    for point in griffie::pipeline::stop::POINTS {
        for nth in [1, 3] {
            let desk = Desk::new();
            let status = desk
                .ingest()
                .env("GRIFFIE_STOP_AT", format!("{point}:{nth}"))
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .unwrap();
            assert_eq!(status.code(), None, "`{point}` was not reached a {nth}. time");
            let (found, unfinished) = desk.verify();
            assert_eq!(found, json!([]), "killed at `{point}` for the {nth}. time: no damage");
            assert_eq!(desk.settle(), undisturbed, "killed at `{point}` for the {nth}. time");
            println!("{point:<22} {nth}. time    {unfinished:>2} objects unfinished, nothing lost, nothing double");
        }
        table += &format!("| `{point}` | no damage | nothing lost | nothing double |\n");
    }
    readme_has(&table);
}

#[test]
fn killed_at_random_moments_nothing_is_lost_or_double() {
    let kills: u32 = std::env::var("GRIFFIE_RANDOM_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(6);
    let start = std::time::Instant::now();
    let undisturbed = Desk::new().settle();
    let whole_run = start.elapsed();
    let (mut cut, mut state) = (0, 0x9e37_79b9_7f4a_7c15_u64);
    for round in 0..kills {
        let desk = Desk::new();
        let mut child = desk.ingest().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // xorshift64: the moments differ in every round and are the same in every run.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        std::thread::sleep(whole_run.mul_f64((state % 1000) as f64 / 1000.0).min(Duration::from_secs(20)));
        child.kill().unwrap();
        cut += u32::from(child.wait().unwrap().code().is_none());
        if desk.path("data/griffie.sqlite").exists() {
            assert_eq!(desk.verify().0, json!([]), "killed in round {round}: no damage");
        }
        let account = desk.settle();
        // A kill after the receipt leaves a finished batch: its states are in the receipt that was lost.
        let states = if account.states.is_empty() { BTreeMap::new() } else { undisturbed.states.clone() };
        assert_eq!(account, Account { states, ..undisturbed.clone() }, "killed in round {round}");
    }
    println!("random kills: {kills} moments, {cut} before the end; nothing lost, nothing double");
    assert!(kills == 0 || cut > 0, "no kill came before the end");
}

#[test]
fn stopped_on_request_it_says_so_and_goes_on_later() {
    let undisturbed = Desk::new().settle();
    let desk = Desk::new();
    // Once the first words are stored, the rest of the batch is still to come.
    let mut child = desk.ingest().stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while child.try_wait().unwrap().is_none() && files_below(&desk.path("data/store/readings")).is_empty() {
        std::thread::yield_now();
    }
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(130 | 11)), "{code:?}");
    let account = desk.settle();
    let states = if account.states.is_empty() { BTreeMap::new() } else { undisturbed.states.clone() };
    assert_eq!(account, Account { states, ..undisturbed });
}

/// Kills a run at a point.
fn killed_at(point: &str) -> Desk {
    let desk = Desk::new();
    let status =
        desk.ingest().env("GRIFFIE_STOP_AT", point).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert_eq!(status.code(), None, "`{point}` was not reached");
    desk
}

#[test]
fn what_a_run_left_and_none_takes_up_is_logged_when_the_batch_is_closed() {
    let desk = killed_at("manifest-stored:2");
    for name in ["0.pdf", "1.pdf", "2.pdf", "9-again.pdf"] {
        let _ = fs::remove_file(desk.path("inbox").join(name));
    }
    assert!(desk.verify().1 > 0);
    json_of(&mut desk.ingest(), &[0, 11]);
    assert_eq!(desk.verify(), (json!([]), 0));
}

#[test]
fn an_accession_that_was_stored_holds_when_the_senders_file_is_gone() {
    let desk = killed_at("accession-stored:3");
    // What another thread was still writing has a `#` in its name and is no object.
    let accessions = files_below(&desk.path("data/store/accessions"));
    let before = accessions.iter().filter(|name| !name.contains('#')).count();
    for name in files_below(&desk.path("inbox")) {
        fs::remove_file(desk.path("inbox").join(name)).unwrap();
    }
    let receipt = json_of(&mut desk.ingest(), &[0, 11]);
    let vanished = receipt["files"].as_array().unwrap().iter().filter(|file| file["reason"]["kind"] == "vanished");
    assert_eq!(vanished.count() + before, receipt["files"].as_array().unwrap().len(), "{receipt:#}");
    assert_eq!(desk.verify(), (json!([]), 0));
    json_of(griffie(&desk.path("data")).args(["register", "--json"]), &[0]);
}

#[test]
fn half_written_files_are_cleared_by_the_next_run_unless_they_may_be_anothers_work() {
    let desk = killed_at("original-stored:2");
    let store = desk.path("data/store");
    let originals = files_below(&store.join("originals"));
    let original = originals.iter().find(|name| !name.contains('#')).unwrap();
    // Not `#1`: the run may have been killed while that was a second name of the object itself.
    let (old, young) =
        (format!("originals/{}/{original}#9", &original[..2]), format!("incoming/{}", "0123456789abcdef".repeat(2)));
    for name in [&old, &young] {
        fs::create_dir_all(store.join(name).parent().unwrap()).unwrap();
        fs::write(store.join(name), "half of it").unwrap();
    }
    let hours_ago = std::time::SystemTime::now() - Duration::from_secs(7200);
    fs::File::options().write(true).open(store.join(&old)).unwrap().set_modified(hours_ago).unwrap();
    let output = desk.ingest().output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains(&old) && !told.contains(&young), "{told}");
    assert!(!store.join(&old).exists() && store.join(&young).exists());
    assert_eq!(desk.verify(), (json!([]), 0));
    let report = json_of(griffie(&desk.path("data")).args(["verify", "--json"]), &[0]);
    assert!(report["leftovers"].as_array().unwrap().contains(&json!(young)), "{report:#}");
    let left = report["leftovers"].as_array().unwrap().iter().map(|name| name.as_str().unwrap());
    for name in left {
        // What was killed as it got its name is read-only.
        assert!(Command::new("touch").args(["-d", "2 hours ago"]).arg(store.join(name)).status().unwrap().success());
    }
    json_of(&mut desk.ingest(), &[0, 11]);
    assert!(!store.join(&young).exists(), "it is remembered that some were left");
    // Where nobody was stopped, nobody but a stranger leaves such a thing.
    fs::write(store.join(&old), "half of it").unwrap();
    fs::File::options().write(true).open(store.join(&old)).unwrap().set_modified(hours_ago).unwrap();
    let (findings, _) = desk.verify();
    assert_eq!((&findings[0]["kind"], &findings[0]["what"]), (&json!("foreign_object"), &json!(old)));
}

/// Says whether a stopped run left a manifest that the log does not name, by the report of `verify`.
fn is_left_out(report: &Value) -> bool {
    let mut left = report["unfinished"].as_array().into_iter().flatten();
    left.any(|left| left["what"].as_str().unwrap().starts_with("manifests/"))
}

/// Runs `griffie copies` to its end and gives how many it says were made.
fn copied(data: &Path) -> usize {
    let (told, _) = common::check(griffie(data).arg("copies"), 0);
    told.split_whitespace().find_map(|word| word.parse().ok()).unwrap_or_else(|| panic!("{told}"))
}

#[test]
fn copies_that_were_stopped_are_no_damage_and_are_completed_by_the_same_command() {
    let desk = Desk::new();
    json_of(desk.ingest().arg("--no-copies"), &[11]);
    let documents = files_below(&desk.path("data/store/manifests")).len();
    assert_eq!(documents, 4);
    let cases = griffie::pipeline::stop::COPYING_POINTS.into_iter().flat_map(|point| {
        let nths: &[u32] = if point == "copying-begun" { &[1] } else { &[1, 3] };
        nths.iter().map(move |nth| (point, *nth))
    });
    // With the database lost as well, the store alone must tell.
    let rebuilt = [("missing-copy-stored", 1), ("copied-manifest-stored", 1)].map(|(point, nth)| (point, nth, true));
    for (point, nth, rebuilt) in cases.map(|(point, nth)| (point, nth, false)).chain(rebuilt) {
        let what = format!("killed at `{point}` for the {nth}. time, rebuilt: {rebuilt}");
        let case = tempfile::tempdir().unwrap();
        let data = case.path().join("data");
        let copied_folder = Command::new("cp").arg("-a").arg(desk.path("data")).arg(&data).status().unwrap();
        assert!(copied_folder.success());
        let mut copies = griffie(&data);
        copies.arg("copies").env("GRIFFIE_STOP_AT", format!("{point}:{nth}"));
        let status = copies.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), None, "`{point}` was not reached a {nth}. time");
        let verify = || json_of(griffie(&data).args(["verify", "--json"]), &[0, 8]);
        let report = verify();
        assert_eq!(report["findings"], json!([]), "{what}: no damage");
        for left in report["unfinished"].as_array().into_iter().flatten() {
            assert!(left["message"].as_str().unwrap().contains("griffie copies"), "{what}: {left}");
        }
        if rebuilt {
            fs::remove_file(data.join("griffie.sqlite")).unwrap();
            // A manifest that the log does not name yet stays out, and is told. Another worker may have left one, too.
            let left_out = is_left_out(&report);
            assert!(left_out || point != "copied-manifest-stored", "{what}: {report:#}");
            common::check(griffie(&data).arg("rebuild"), if left_out { 11 } else { 0 });
        }
        copied(&data);
        let report = verify();
        assert_eq!((&report["findings"], &report["unfinished"]), (&json!([]), &Value::Null), "{what}: completed");
        assert_eq!(copied(&data), 0, "{what}: all have theirs");
        // What a stopped run stored came out the same again: no document has a manifest too many.
        assert_eq!(files_below(&data.join("store/manifests")).len(), 2 * documents, "{what}");
        println!("{what}: nothing lost, nothing double");
    }
}

/// Runs `griffie reread` to its end and gives its totals.
fn reread(data: &Path) -> Value {
    json_of(griffie(data).args(["reread", "--json"]), &[0])["totals"].clone()
}

#[test]
fn reading_again_that_was_stopped_is_no_damage_and_is_completed_by_the_same_command() {
    let desk = Desk::new();
    json_of(desk.ingest().arg("--no-copies"), &[11]);
    let documents = files_below(&desk.path("data/store/manifests")).len();
    common::rules_that_read_no_start(&desk.path("data"));
    let register = |data: &Path| json_of(griffie(data).args(["register", "--json"]), &[0]);
    let copy = |name: &str| {
        let data = desk.path(name);
        assert!(Command::new("cp").arg("-a").arg(desk.path("data")).arg(&data).status().unwrap().success());
        data
    };
    let undisturbed = copy("undisturbed");
    assert_eq!(reread(&undisturbed)["changed"], documents);
    let want = register(&undisturbed);
    assert_ne!(want, register(&desk.path("data")));
    let points = griffie::pipeline::stop::REREADING_POINTS.into_iter().flat_map(|point| {
        let nths: &[u32] = if point == "rereading-begun" { &[1] } else { &[1, 3] };
        nths.iter().map(move |nth| (point, *nth, false))
    });
    // With the database lost as well, the store alone must tell.
    let rebuilt = [("new-findings-stored", 2, true), ("reread-manifest-stored", 2, true)];
    for (round, (point, nth, rebuilt)) in points.chain(rebuilt).enumerate() {
        let what = format!("killed at `{point}` for the {nth}. time, rebuilt: {rebuilt}");
        let data = copy(&format!("data-{round}"));
        let mut run = griffie(&data);
        run.arg("reread").env("GRIFFIE_STOP_AT", format!("{point}:{nth}"));
        let status = run.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), None, "`{point}` was not reached a {nth}. time");
        let verify = || json_of(griffie(&data).args(["verify", "--json"]), &[0, 8]);
        let report = verify();
        assert_eq!(report["findings"], json!([]), "{what}: no damage");
        for left in report["unfinished"].as_array().into_iter().flatten() {
            assert!(left["message"].as_str().unwrap().contains("griffie reread"), "{what}: {left}");
        }
        if rebuilt {
            fs::remove_file(data.join("griffie.sqlite")).unwrap();
            // A manifest that the log does not name yet stays out, and is told. Another worker may have left one, too.
            let left_out = is_left_out(&report);
            assert!(left_out || point != "reread-manifest-stored", "{what}: {report:#}");
            common::check(griffie(&data).arg("rebuild"), if left_out { 11 } else { 0 });
        }
        reread(&data);
        assert_eq!(register(&data), want, "{what}");
        let report = verify();
        assert_eq!((&report["findings"], &report["unfinished"]), (&json!([]), &Value::Null), "{what}: completed");
        assert_eq!(reread(&data)["current"], documents, "{what}: all are read so");
        // No document has a manifest or findings too many; what was half written has a `#` in its name and is no object.
        for folder in ["manifests", "findings"] {
            let stored = files_below(&data.join("store").join(folder));
            let stored: Vec<_> = stored.iter().filter(|name| !name.contains('#')).collect();
            assert_eq!(stored.len(), 2 * documents, "{what}: {folder} {stored:?}");
        }
        println!("{what}: nothing lost, nothing double");
    }
}

#[test]
fn what_stopped_copies_left_is_completed_before_the_documents_are_read_again() {
    let desk = Desk::new();
    json_of(desk.ingest().arg("--no-copies"), &[11]);
    let data = desk.path("data");
    let mut copies = griffie(&data);
    copies.arg("copies").env("GRIFFIE_STOP_AT", "copied-manifest-stored:2");
    copies.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    common::rules_that_read_no_start(&data);
    reread(&data);
    copied(&data);
    let report = json_of(griffie(&data).args(["verify", "--json"]), &[0, 8]);
    assert_eq!((&report["findings"], &report["unfinished"]), (&json!([]), &Value::Null));
    let documents = files_below(&data.join("store/readings")).len();
    assert_eq!(files_below(&data.join("store/manifests")).len(), 3 * documents);
    assert_eq!(files_below(&data.join("store/renditions")).len(), documents);
}

#[test]
fn what_somebody_lays_into_a_batch_that_was_stopped_is_told_from_what_it_left() {
    let desk = Desk::new();
    let killed = desk.ingest().env("GRIFFIE_STOP_AT", "accession-stored:3").output().unwrap();
    assert_eq!(killed.status.code(), None);
    let store = desk.path("data/store");
    // What waits in the database goes to the log with the first check.
    json_of(griffie(&desk.path("data")).args(["verify", "--json"]), &[0]);
    let (findings, unfinished) = {
        let report = json_of(griffie(&desk.path("data")).args(["verify", "--json"]), &[0, 8]);
        (report["findings"].clone(), report["unfinished"].as_array().unwrap().len())
    };
    assert!(findings.as_array().unwrap().is_empty() && unfinished > 0, "{findings}");
    // The same objects once more, of an item and a document that nobody set aside.
    let first = |area: &str| {
        let folders = fs::read_dir(store.join(area)).unwrap().map(|folder| folder.unwrap().path());
        let mut objects = folders.flat_map(|folder| fs::read_dir(folder).unwrap()).map(|object| object.unwrap().path());
        // What another thread was writing when it was killed is none.
        objects.find(|object| object.extension() == Some("json".as_ref())).unwrap()
    };
    let (accession, manifest) = (first("accessions"), first("manifests"));
    let (item, document) = (accession.file_stem().unwrap().to_str().unwrap(), manifest.parent().unwrap().file_name());
    let document = document.unwrap().to_str().unwrap();
    let other = |path: &Path, from: &str, to: &str| {
        let text = fs::read_to_string(path).unwrap().replace(from, to);
        let path = PathBuf::from(path.to_str().unwrap().replace(from, to));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    other(&accession, item, "i-000000000001");
    other(&manifest, document, "d-000000000001");
    let report = json_of(griffie(&desk.path("data")).args(["verify", "--json"]), &[8]);
    let found: Vec<_> = report["findings"].as_array().unwrap().iter().map(|finding| &finding["kind"]).collect();
    assert_eq!(found, ["unlogged_object", "unlogged_object"], "{report}");
    assert_eq!(report["unfinished"].as_array().unwrap().len(), unfinished);
}
