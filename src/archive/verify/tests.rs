//! What a check finds: nothing in a sound store, and everything that was done to a small one.
#![allow(clippy::disallowed_methods, reason = "damage is done as one would who has no scruples")]

use std::{
    fs,
    path::Path,
    sync::{Arc, atomic::Ordering::Relaxed},
};

use super::*;
use crate::{
    archive::{Access, Accession, AccessionState, Act, Archive, Hold, Recipe, name, reading_v1},
    model::{Blake3, DocumentId, Reading, RecordId},
    provenance::{Agent, Event, EventKind, Log, merkle, note::SignerKey, tiles},
    storage::{Store, digests_of_file},
};

fn now() -> Timestamp {
    Timestamp::UNIX_EPOCH
}

fn signer() -> SignerKey {
    SignerKey::from_secret([7; 32])
}

/// A store with a few objects of several kinds and a log of many appends, one of which fills a bundle.
fn small_store(folder: &Path) -> Archive {
    let archive = Archive::open(Store::folder(&folder.join("store")).unwrap()).unwrap();
    let log = Log::with_key(archive.store(), signer()).unwrap();
    for i in 0..6 {
        let path = folder.join(format!("{i}.txt"));
        fs::write(&path, format!("contract {i}")).unwrap();
        let original = archive.store_original(&path, &digests_of_file(&path).unwrap()).unwrap();
        let document: DocumentId = format!("d-00000000000{i}").parse().unwrap();
        let access = Access { document: document.clone(), departments: None, by: format!("person {i}"), at: now() };
        let access = archive.put_access(&access).unwrap();
        let record: RecordId = format!("c-00000000000{i}").parse().unwrap();
        let hold = Hold { record, hold: "x".into(), on: true, reason: format!("{i}"), by: "p".into(), at: now() };
        let hold = archive.put_hold(&hold).unwrap();
        let accession = archive.put_accession(&accession(i, original.digests())).unwrap();
        let stored = [original.stored(), &access, &hold, &accession];
        let mut events = vec![Event::new(EventKind::Ingestion, now(), [document.to_string()]).objects(stored)];
        let fill = if i == 3 { 280 } else { i };
        events.extend((0..fill).map(|n| Event::new(EventKind::FixityCheck, now(), [format!("{i}-{n}")])));
        log.append(&events).unwrap();
    }
    archive
}

/// That bytes came in, of no document.
fn accession(number: u32, digests: &crate::model::Digests) -> Accession {
    Accession {
        batch: "b-000000000001".parse().unwrap(),
        item: format!("i-00000000000{number}").parse().unwrap(),
        ordinal: number,
        source: format!("/in/{number}.txt"),
        member: None,
        parent: None,
        department: None,
        accessioned: now(),
        state: AccessionState::Archived,
        reason: None,
        digests: Some(*digests),
        media_type: None,
        documents: Vec::new(),
        reserved_document: format!("d-00000000000{number}").parse().unwrap(),
        reserved_record: format!("c-00000000000{number}").parse().unwrap(),
        remarks: Vec::new(),
    }
}

/// Words and a decision that were logged, and that no command can read.
fn junk(archive: &Archive) -> [String; 2] {
    let recipe = Recipe {
        step: "read".into(),
        version: "1".into(),
        settings: Blake3::of(b""),
        inputs: vec![Blake3::of(b"contract 1")],
    };
    let reading = Reading { pages: Vec::new(), language: None, engine: "e".into(), problems: Vec::new() };
    let packed = reading_v1::pack(&recipe, &reading).unwrap();
    let json = String::from_utf8(zstd::decode_all(&packed[..]).unwrap()).unwrap();
    assert!(json.contains("\"pages\":[]"), "{json}");
    let packed = zstd::bulk::compress(json.replace("\"pages\":[]", "\"pages\":7").as_bytes(), 3).unwrap();
    let record: RecordId = "c-000000000001".parse().unwrap();
    let decision = Decision {
        record: record.clone(),
        number: 1,
        act: Act::Correct,
        field: Some("end_date".into()),
        value: Some("no date".into()),
        by: "P".into(),
        at: now(),
        note: None,
        elsewhere: None,
    };
    let stored = archive.put_decision(&decision).unwrap();
    let name = name::reading(&recipe.key());
    archive.store().put_new(&name, packed.clone()).unwrap();
    let log = Log::with_key(archive.store(), signer()).unwrap();
    let person = Agent::Person { name: "P".into() };
    log.append(&[
        Event::new(EventKind::Decision, now(), [record.to_string()]).by(person).objects([&stored]),
        Event::new(EventKind::TextRecognition, now(), ["d-000000000001".to_owned()])
            .objects([ObjectRef { name: name.clone(), blake3: Blake3::of(&packed) }]),
    ])
    .unwrap();
    [stored.name.to_string(), name.to_string()]
}

#[test]
fn what_was_logged_and_no_rebuild_can_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let [decision, words] = junk(&archive);
    let means: Means = |decision| match decision.value.as_ref().is_some_and(|value| *value == "no date") {
        true => Err(Error::new(crate::ErrorKind::FixityMismatch, "it has no sense")),
        false => Ok(()),
    };
    let found = |options: &VerifyOptions| {
        let findings = archive.verify(options, now()).unwrap().findings;
        assert!(findings.iter().all(|found| found.kind == FindingKind::Malformed), "{findings:?}");
        findings.into_iter().map(|found| found.what).collect::<Vec<_>>()
    };
    let by_itself = VerifyOptions { means, ..VerifyOptions::default() };
    assert_eq!(found(&by_itself), std::slice::from_ref(&decision), "words by their head alone");
    let all = [decision, words];
    assert_eq!(found(&VerifyOptions { words: true, ..by_itself.clone() }), all);
    // Where it is remembered what was found good, all else is decoded, in every run and order.
    let history = Some(folder.path().join("fixity.db"));
    for budget in [None, Some(Duration::from_secs(600)), None] {
        assert_eq!(found(&VerifyOptions { budget, history: history.clone(), ..by_itself.clone() }), all);
    }
}

fn by(told: Told) -> Option<ToldBy> {
    let so_far = told.logged.last().map_or(0, |(place, _)| place + 1);
    Some(ToldBy::new(so_far, move || Ok(told.clone())))
}

fn check(archive: &Archive) -> VerifyReport {
    archive.verify(&VerifyOptions::default(), now()).unwrap()
}

fn kinds(archive: &Archive) -> Vec<(FindingKind, String)> {
    check(archive).findings.into_iter().map(|finding| (finding.kind, finding.what)).collect()
}

#[test]
fn a_sound_store_has_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    let report = check(&small_store(folder.path()));
    assert_eq!(report.findings, []);
    assert_eq!((report.checked.objects, report.checked.events, report.checked.checkpoints), (25, 298, 6));
}

#[test]
fn what_was_added_by_other_means_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let digest = crate::model::Blake3::of(b"smuggled");
    let name = crate::archive::name::original(&digest);
    archive.store().put_new(&name, "smuggled").unwrap();
    archive.store().put_new(&"notes/todo.txt".parse().unwrap(), "buy milk").unwrap();
    archive.store().put_new(&"log/tile/0/000.p/200".parse().unwrap(), "x").unwrap();
    let want = [
        (FindingKind::UnloggedObject, name.to_string()),
        (FindingKind::ForeignObject, "log/tile/0/000.p/200".into()),
        (FindingKind::ForeignObject, "notes/todo.txt".into()),
    ];
    assert_eq!(kinds(&archive), want);
}

#[test]
fn what_no_object_can_be_called_is_named_and_what_a_stopped_program_left_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let root = archive.store().root().unwrap().to_owned();
    let digest = Blake3::of(b"half of it");
    let upload = format!("incoming/{}", &digest.hex()[..32]);
    let halves = ["holds/c-000000000001/000002.json#1".into(), format!("{}#7", name::original(&digest)), upload];
    let foreign = ["originals/secret#1", "a b", "incoming/x", "incoming/x#1", "originals/zz/deeper/x#1"];
    for name in halves.iter().map(String::as_str).chain(foreign) {
        fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
        fs::write(root.join(name), "half of it").unwrap();
    }
    fs::create_dir_all(root.join("holds/c-000000000099")).unwrap();
    fs::create_dir_all(root.join("notes/of/nobody")).unwrap();
    let found = |stopped: Option<bool>, at: Timestamp| {
        let report = archive.verify(&VerifyOptions { stopped, ..VerifyOptions::default() }, at).unwrap();
        let of = |kind| move |finding: &&VerifyFinding| finding.kind == kind;
        assert!(report.findings.iter().all(|finding| of(FindingKind::ForeignObject)(&finding)), "{report:#?}");
        let names: Vec<_> = report.findings.into_iter().map(|finding| finding.what).collect();
        (names, report.leftovers)
    };
    let mut by_others: Vec<String> = foreign.map(String::from).to_vec();
    by_others.push("notes/of/nobody/".into());
    by_others.sort();
    let mut left = halves.to_vec();
    left.sort();
    // Of a store by itself nobody knows who was stopped, and what is a moment old may be somebody's work.
    for (stopped, at) in [(None, now()), (Some(true), now()), (Some(false), crate::clock::Clock::System.now())] {
        assert_eq!(found(stopped, at), (by_others.clone(), left.clone()), "{stopped:?}");
    }
    let mut all = [by_others, left, vec!["holds/c-000000000099/".into()]].concat();
    all.sort();
    assert_eq!(found(Some(false), now()), (all, Vec::new()));
    let cleared =
        archive.store().clear_leftovers(std::time::SystemTime::now(), crate::archive::is_left_of_ours).unwrap();
    assert_eq!(cleared.removed.len(), 3);
    assert!(root.join("originals/secret#1").exists() && !root.join("holds/c-000000000099").exists());
}

#[cfg(unix)]
#[test]
fn a_link_in_the_place_of_a_folder_is_named_and_nothing_is_written_through_it() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let root = archive.store().root().unwrap().to_owned();
    let elsewhere = folder.path().join("elsewhere");
    for part in ["incoming", "holds"] {
        fs::create_dir_all(elsewhere.join(part)).unwrap();
        let _ = fs::rename(root.join(part), elsewhere.join(part));
        std::os::unix::fs::symlink(elsewhere.join(part), root.join(part)).unwrap();
    }
    let plain = |name: &str| (FindingKind::NoPlainFile, name.to_owned());
    assert_eq!(kinds(&archive), [plain("holds"), plain("incoming")]);
    assert_eq!(archive.store().try_lock().unwrap_err().kind(), crate::ErrorKind::Refused);
    assert_eq!(fs::read_dir(elsewhere.join("incoming")).unwrap().count(), 0);
}

#[test]
fn of_a_store_by_itself_what_is_new_may_still_be_logged_and_is_a_finding_later() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let name = name::original(&Blake3::of(b"new"));
    archive.store().put_new(&name, "new").unwrap();
    let at = |at: Timestamp, told: Option<ToldBy>| {
        let report = archive.verify(&VerifyOptions { told, ..VerifyOptions::default() }, at).unwrap();
        let of = |some: Vec<VerifyFinding>| -> Vec<_> { some.into_iter().map(|it| (it.kind, it.what)).collect() };
        (of(report.findings), of(report.unfinished))
    };
    let found = |kind| vec![(kind, name.to_string())];
    let today = crate::clock::Clock::System.now();
    let (unlogged, unfinished) = (found(FindingKind::UnloggedObject), found(FindingKind::Unfinished));
    assert_eq!(at(today, None), (Vec::new(), unfinished));
    assert_eq!(at(today + std::time::Duration::from_secs(3600), None), (unlogged.clone(), Vec::new()));
    // Whose data folder is at hand is asked, whatever the age.
    let told = by(Told { begin: Some(299), ..Told::default() });
    assert!(at(today, told).0.contains(&unlogged[0]));
}

#[test]
fn a_checkpoint_amid_an_append_is_named_though_the_key_of_the_log_signed_it() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let name = tiles::checkpoint_name(100);
    let laid = |note: String| {
        fs::write(folder.path().join("store").join(name.as_str()), note).unwrap();
        kinds(&archive)
    };
    assert_eq!(laid(signer().sign(100, [0; 32]).1), [(FindingKind::Rewritten, name.to_string())]);
    let bundle = archive.store().get(&tiles::bundle_name(0, tiles::WIDTH)).unwrap();
    let entries = tiles::unpack(&bundle, tiles::WIDTH).unwrap();
    let root = merkle::root_of(&entries[..100].iter().map(|entry| merkle::leaf_hash(entry)).collect::<Vec<_>>());
    assert_eq!(laid(signer().sign(100, root).1), [(FindingKind::BadCheckpoint, name.to_string())]);
}

#[test]
fn a_log_cut_short_or_written_anew_does_not_fit_a_checkpoint_from_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let (right, _) = signer().sign(298, [0; 32]);
    let longer = signer().sign(300, [0; 32]).0;
    let options = VerifyOptions { known: vec![right, longer], ..VerifyOptions::default() };
    let report = archive.verify(&options, now()).unwrap();
    let kinds: Vec<_> = report.findings.iter().map(|finding| finding.kind).collect();
    assert_eq!(kinds, [FindingKind::Rewritten, FindingKind::Truncated]);
    let head = Log::with_key(archive.store(), signer()).unwrap().head().unwrap();
    let options = VerifyOptions { known: vec![head], ..VerifyOptions::default() };
    assert_eq!(archive.verify(&options, now()).unwrap().findings, []);
}

#[test]
fn keys_from_elsewhere_unmask_a_log_signed_with_another() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let options = |secret| VerifyOptions {
        keys: vec![SignerKey::from_secret([secret; 32]).verifier().clone()],
        ..VerifyOptions::default()
    };
    assert_eq!(archive.verify(&options(7), now()).unwrap().findings, []);
    let findings = archive.verify(&options(8), now()).unwrap().findings;
    assert_eq!(findings.iter().map(|finding| finding.kind).collect::<Vec<_>>(), [FindingKind::ForeignKey]);
}

#[test]
fn what_time_did_not_allow_comes_first_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let history = Some(folder.path().join("fixity.db"));
    let none = VerifyOptions { budget: Some(Duration::ZERO), history: history.clone(), ..VerifyOptions::default() };
    let checked = archive.verify(&none, now()).unwrap().checked;
    assert_eq!((checked.objects, checked.waiting, checked.oldest), (0, 25, None));
    let all = VerifyOptions { history, ..VerifyOptions::default() };
    let checked = archive.verify(&all, now()).unwrap().checked;
    assert_eq!((checked.objects, checked.waiting, checked.oldest), (25, 0, Some(now())));
    let checked = archive.verify(&none, now()).unwrap().checked;
    assert_eq!((checked.waiting, checked.oldest), (25, Some(now())));
}

const DAY: Duration = Duration::from_secs(86_400);

fn day(number: u64) -> Timestamp {
    now() + DAY * u32::try_from(number).unwrap()
}

/// A budget that is spent after so many objects that need not be looked at.
fn after(objects: u64) -> impl Fn() -> bool {
    let left = std::sync::atomic::AtomicU64::new(objects);
    move || left.fetch_update(Relaxed, Relaxed, |left| left.checked_sub(1)).is_err()
}

#[test]
fn runs_with_a_budget_reach_all_objects_in_turn() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let options = VerifyOptions { history: Some(folder.path().join("fixity.db")), ..VerifyOptions::default() };
    let run = |number| archive.verify_until(&options, day(number), Some(&after(5))).unwrap().checked;
    // One of each five is drawn, and may be one that its turn comes for.
    let oldest: Vec<_> = (1..=21).map(|number| run(number).oldest).collect();
    assert_eq!(oldest[..4], [None; 4]);
    for (oldest, number) in oldest.iter().zip(1..).skip(6) {
        assert!(oldest.is_some_and(|oldest| oldest >= day(number - 6)), "seven runs go round: {oldest:?} on {number}");
    }
}

#[test]
fn no_row_of_the_history_keeps_an_object_from_being_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let history = folder.path().join("fixity.db");
    let options = VerifyOptions { history: Some(history.clone()), ..VerifyOptions::default() };
    archive.verify(&options, day(1)).unwrap();
    let name = "holds/c-000000000002/000001.json";
    fs::remove_file(folder.path().join("store").join(name)).unwrap();
    fs::write(folder.path().join("store").join(name), "{}").unwrap();
    let set = |until: &str, name: &str| {
        let history = rusqlite::Connection::open(&history).unwrap();
        history.execute("UPDATE checks SET until = ?1 WHERE name = ?2", [until, name]).unwrap();
    };
    let found = |number, objects| {
        let report = archive.verify_until(&options, day(number), Some(&after(objects))).unwrap();
        report.findings.iter().any(|finding| finding.what == name)
    };
    // Dated in the future, or with what is no time: as if it was never looked at, and so the first.
    for until in ["2999-01-01T00:00:00Z", "zzz"] {
        set(until, name);
        let past = fs::read(&history).unwrap();
        assert!(found(2, 1), "{until}");
        fs::write(&history, past).unwrap();
    }
    // Dated today before every run: it is drawn some day.
    let mut number = 2;
    while !{
        set(&day(number).to_string(), name);
        found(number, 5)
    } {
        number += 1;
        assert!(number < 200);
    }
    assert!(number > 2);
}

#[test]
fn every_object_is_looked_at_within_the_period_whatever_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let history = folder.path().join("fixity.db");
    let within = 10;
    let options =
        VerifyOptions { within: Some(DAY * within), history: Some(history.clone()), ..VerifyOptions::default() };
    // Runs of every third day have no time at all.
    for number in (0..60).step_by(3) {
        let report = archive.verify_until(&options, day(number), Some(&after(0))).unwrap();
        assert_eq!((report.checked.late, report.findings), (0, Vec::new()), "on day {number}");
    }
    for past in past_checks(&history, "originals/").unwrap() {
        assert!(past.times >= 60 / u64::from(within) - 1 && past.outcome == "good", "{past:?}");
    }
    let late = archive.verify_until(&options, day(100), Some(&after(0))).unwrap().checked;
    assert_eq!((late.late, late.objects), (25, 25), "a run that comes too late says so, and catches up");
}

#[test]
fn known_damage_is_told_by_every_run_and_its_history_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let history = folder.path().join("fixity.db");
    let options = VerifyOptions { history: Some(history.clone()), ..VerifyOptions::default() };
    archive.verify(&options, day(1)).unwrap();
    archive.verify(&options, day(2)).unwrap();
    let name = "holds/c-000000000002/000001.json";
    let path = folder.path().join("store").join(name);
    let (right, aside) = (fs::read(&path).unwrap(), folder.path().join("aside"));
    fs::rename(&path, &aside).unwrap();
    fs::write(&path, "{}").unwrap();
    archive.verify(&options, day(3)).unwrap();
    for number in 4..7 {
        let report = archive.verify_until(&options, day(number), Some(&after(0))).unwrap();
        let found: Vec<_> = report.findings.iter().map(|finding| (finding.kind, finding.what.as_str())).collect();
        assert_eq!(found, [(FindingKind::ChangedObject, name)], "no time, and yet not silent");
        assert_eq!((report.checked.objects, report.checked.waiting), (1, 24));
    }
    fs::rename(&path, folder.path().join("damaged")).unwrap();
    archive.verify(&options, day(7)).unwrap();
    fs::write(&path, right).unwrap();
    assert_eq!(archive.verify(&options, day(8)).unwrap().findings, []);
    let past = |since, until, times, outcome: &str| PastChecks {
        object: name.into(),
        since: day(since),
        until: day(until),
        times,
        outcome: outcome.into(),
    };
    let want = [
        past(1, 2, 2, "good"),
        past(3, 6, 4, "changed_object"),
        past(7, 7, 1, "missing_object"),
        past(8, 8, 1, "good"),
    ];
    assert_eq!(past_checks(&history, name).unwrap(), want);
}

/// A small store with a batch that was begun and not closed, and what a stopped run stored of it: bytes, words, a
/// manifest.
fn stopped_store(folder: &Path) -> (Archive, Vec<ObjectName>) {
    let archive = small_store(folder);
    let log = Log::with_key(archive.store(), signer()).unwrap();
    let begun = Event::new(EventKind::Ingestion, now(), ["b-000000000009".into()])
        .outcome(crate::provenance::Outcome::Success, Some(crate::provenance::BATCH_BEGUN.into()));
    log.append(&[begun]).unwrap();
    let path = folder.join("late.txt");
    fs::write(&path, "a late contract").unwrap();
    let digests = digests_of_file(&path).unwrap();
    let at_work = archive.at_work(Arc::new(Said::default()));
    let original = at_work.store_original(&path, &digests).unwrap();
    let recipe = crate::archive::Recipe {
        step: "read".into(),
        version: "1".into(),
        settings: digests.blake3,
        inputs: vec![digests.blake3],
    };
    let reading =
        crate::model::Reading { pages: Vec::new(), language: None, engine: "test".into(), problems: Vec::new() };
    let (reading, _) = at_work.put_reading(&recipe, &reading).unwrap();
    let names = vec![original.stored().name().clone(), reading.name().clone()];
    (at_work, names)
}

/// A journal that nobody stops.
#[derive(Default)]
struct Said(std::sync::Mutex<Vec<ObjectRef>>);

impl crate::archive::Journal for Said {
    fn announce(&self, object: &ObjectRef) -> Result<()> {
        self.0.lock().unwrap().push(object.clone());
        Ok(())
    }
    fn has(&self, object: &ObjectRef) -> bool {
        self.0.lock().unwrap().contains(object)
    }
    fn all(&self) -> Vec<ObjectRef> {
        self.0.lock().unwrap().clone()
    }
    fn forget(&self, objects: &[ObjectRef]) -> Result<()> {
        self.0.lock().unwrap().retain(|said| !objects.contains(said));
        Ok(())
    }
}

/// Checks a store together with what its data folder announced.
fn check_own(archive: &Archive) -> VerifyReport {
    let announced = archive.own.as_ref().unwrap().journal.all();
    let told = by(Told { announced, ..Told::default() });
    let head = Some(signer().sign(0, [0; 32]).0);
    archive.verify(&VerifyOptions { told, head, ..VerifyOptions::default() }, now()).unwrap()
}

#[test]
fn what_a_stopped_run_left_is_unfinished_and_no_damage() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, names) = stopped_store(folder.path());
    assert_eq!(check(&archive).findings.len(), names.len(), "a copy cannot tell whose they are");
    let report = check_own(&archive);
    assert_eq!(report.findings, []);
    let unfinished: Vec<_> = report.unfinished.into_iter().map(|left| left.what).collect();
    assert_eq!(unfinished, names.iter().map(ToString::to_string).collect::<Vec<_>>());
    let left: Vec<_> = archive.left_over().unwrap().into_iter().map(|object| object.name).collect();
    assert_eq!(left, names);
}

/// While a batch is open, each of these stays a finding: of this kind, about an object of this folder.
#[test]
fn damage_does_not_hide_behind_a_stopped_run() {
    let check = |what: &str, damage: &dyn Fn(&Archive, &Path, &[ObjectName]), want: (FindingKind, &str)| {
        let folder = tempfile::tempdir().unwrap();
        let (archive, names) = stopped_store(folder.path());
        damage(&archive, &folder.path().join("store"), &names);
        let found = check_own(&archive).findings;
        assert!(found.iter().any(|f| f.kind == want.0 && f.what.starts_with(want.1)), "{what}: {found:?}");
    };
    let write = |path: &Path, bytes: &[u8]| {
        let _ = fs::remove_file(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    };
    let unlogged = FindingKind::UnloggedObject;
    check(
        "unfinished bytes that changed",
        &|_, root, names| write(&root.join(names[0].as_str()), b"other"),
        (FindingKind::ChangedObject, "originals/"),
    );
    check(
        "sound words that somebody else laid there",
        &|archive, _, _| {
            let recipe = crate::archive::Recipe {
                step: "read".into(),
                version: "1".into(),
                settings: Blake3::of(b"theirs"),
                inputs: Vec::new(),
            };
            let reading = crate::model::Reading {
                pages: Vec::new(),
                language: None,
                engine: "test".into(),
                problems: Vec::new(),
            };
            Archive::existing(archive.store().clone()).put_reading(&recipe, &reading).unwrap();
        },
        (unlogged, "readings/"),
    );
    check(
        "an original that somebody else laid there",
        &|_, root, _| write(&root.join(name::original(&Blake3::of(b"theirs")).as_str()), b"theirs"),
        (unlogged, "originals/"),
    );
    check(
        "words under the key of others",
        &|archive, root, names| {
            let key = Blake3::of(b"other");
            write(&root.join(name::reading(&key).as_str()), &archive.store().get(&names[1]).unwrap());
        },
        (unlogged, "readings/"),
    );
    check(
        "words that are none",
        &|_, root, _| write(&root.join(name::reading(&Blake3::of(b"x")).as_str()), b"no words"),
        (unlogged, "readings/"),
    );
    check(
        "a decision that nobody took",
        &|_, root, _| write(&root.join("decisions/c-000000000001/000001.json"), b"{}"),
        (unlogged, "decisions/"),
    );
    check(
        "a mark that gives access",
        &|_, root, _| write(&root.join("access/d-000000000001/000002.json"), b"{}"),
        (unlogged, "access/"),
    );
    check(
        "an accession of a batch that is not open",
        &|_, root, _| write(&root.join("accessions/b-000000000001/i-000000000099.json"), b"{}"),
        (unlogged, "accessions/"),
    );
    check(
        "a logged object that is gone",
        &|_, root, _| fs::remove_file(root.join("holds/c-000000000002/000001.json")).unwrap(),
        (FindingKind::MissingObject, "holds/"),
    );
    check(
        "a checkpoint that was taken away",
        &|_, root, _| {
            fs::remove_file(root.join("log/checkpoints/000000000299")).unwrap();
            fs::remove_file(root.join("log/next/000000000298")).unwrap();
        },
        (FindingKind::MissingCheckpoint, "log/"),
    );
    check(
        "a log that is not whole tells nothing of open batches",
        &|_, root, _| fs::remove_file(root.join("log/checkpoints/000000000298")).unwrap(),
        (unlogged, "originals/"),
    );
}

#[test]
fn an_append_that_was_stopped_is_unfinished_only_if_the_database_waits_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let all = || crate::provenance::entries(archive.store(), 0, 298).map(|entry| entry.unwrap());
    let waiting: Vec<_> = all().skip(292).map(|(_, _, event)| event).collect();
    let logged: Vec<_> = all().take(292).map(|(place, _, event)| (place, event.digest())).collect();
    // By a program that knew no successors.
    fs::remove_dir_all(folder.path().join("store/log/next")).unwrap();
    fs::remove_file(folder.path().join("store/log/checkpoints/000000000298")).unwrap();
    let kinds = |told: Option<Told>| {
        let head = signer().sign(0, [0; 32]).0;
        let options =
            VerifyOptions { head: told.is_some().then_some(head), told: told.and_then(by), ..VerifyOptions::default() };
        let report = archive.verify(&options, now()).unwrap();
        let kinds: Vec<_> = report.findings.iter().map(|found| found.kind).collect();
        (kinds, report.unfinished.iter().map(|left| left.what.clone()).collect::<Vec<_>>())
    };
    let told = |waiting: &[Event], logged: &[(u64, Blake3)]| {
        Some(Told { begin: Some(0), waiting: waiting.to_vec(), logged: logged.to_vec(), ..Told::default() })
    };
    let foreign = kinds(told(&waiting[1..], &logged)).0;
    assert!(
        foreign.contains(&FindingKind::MissingCheckpoint) && foreign.contains(&FindingKind::ForeignEvent),
        "{foreign:?}"
    );
    assert!(kinds(None).0.contains(&FindingKind::MissingCheckpoint), "a copy cannot tell");
    let (found, unfinished) = kinds(told(&waiting, &logged));
    assert_eq!(found, []);
    assert!(unfinished.contains(&"log/checkpoints/000000000298".to_owned()), "{unfinished:?}");
    fs::remove_file(folder.path().join("store/log/tile/0/001.p/42")).unwrap();
    assert_eq!(kinds(told(&waiting, &logged)).0, [], "tiles are written after bundles");
    Log::with_key(archive.store(), signer()).unwrap();
    assert_eq!((check(&archive).findings, check(&archive).unfinished), (vec![], vec![]), "the next start completes it");
}

/// Everything behind the last checkpoint but one is taken away, in the order in which it was not yet written.
#[test]
fn an_append_that_was_won_is_unfinished_whoever_asks() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let path = |name: &str| folder.path().join("store").join(name);
    let all = || crate::provenance::entries(archive.store(), 0, 298).map(|entry| entry.unwrap());
    let all_events: Vec<_> = all().map(|(_, _, event)| event).collect();
    let logged: Vec<_> = (0..).zip(&all_events).map(|(place, event)| (place, event.digest())).collect();
    let report = |told: Option<Told>| {
        let head = told.is_some().then(|| signer().sign(0, [0; 32]).0);
        let options = VerifyOptions { head, told: told.and_then(by), ..VerifyOptions::default() };
        let report = archive.verify(&options, now()).unwrap();
        let kinds: Vec<_> = report.findings.iter().map(|found| (found.kind, found.what.clone())).collect();
        (kinds, report.unfinished.iter().map(|left| left.what.clone()).collect::<Vec<_>>())
    };
    let told = |logged: &[(u64, Blake3)]| Some(Told { begin: Some(0), logged: logged.to_vec(), ..Told::default() });
    let date = |seconds_ago| {
        let laid = fs::File::options().read(true).open(path("log/next/000000000292")).unwrap();
        laid.set_modified(std::time::SystemTime::from(now()) - Duration::from_secs(seconds_ago)).unwrap();
    };
    date(60);
    let names = ["checkpoints/000000000298", "tile/0/001.p/42", "tile/entries/001.p/42"];
    for name in names {
        fs::remove_file(path(&format!("log/{name}"))).unwrap();
        for told in [None, told(&logged[..292])] {
            let (found, unfinished) = report(told);
            assert_eq!(found, [], "without {name}");
            assert!(unfinished.contains(&"log/next/000000000292".to_owned()), "{unfinished:?}");
        }
    }
    // Nobody is at it for so long; a database that waits for its events has them still.
    date(3600);
    let waiting: Vec<_> = all_events[292..].to_vec();
    assert_eq!(report(told(&logged[..292]).map(|told| Told { waiting, ..told })).0, []);
    let gone = (FindingKind::MissingCheckpoint, "log/checkpoints/000000000298".to_owned());
    for told in [None, told(&logged[..292])] {
        assert!(report(told).0.contains(&gone));
    }
    date(60);
    let (found, _) = report(told(&logged));
    assert!(found.contains(&gone), "the database knows of it: {found:?}");
    // Half written otherwise than it must be.
    fs::write(path("log/tile/entries/001.p/42"), b"x").unwrap();
    let other = (FindingKind::BadEntries, "log/tile/entries/001.p/42".to_owned());
    assert!(report(None).0.contains(&other));
    fs::remove_file(path("log/tile/entries/001.p/42")).unwrap();
    Log::with_key(archive.store(), signer()).unwrap();
    assert_eq!(report(told(&logged)), (vec![], vec![]), "the next start completes it");
}

#[test]
fn what_the_log_went_on_with_is_held_against_it() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let root = folder.path().join("store/log/next");
    let name = |size: u64| root.join(format!("{size:012}"));
    let sizes: Vec<u64> = {
        let names = archive.store().list("log/next").map(|entry| entry.unwrap().name);
        names.map(|name| name.last().parse().unwrap()).collect()
    };
    assert!(sizes.len() > 2, "{sizes:?}");
    let found = || check(&archive).findings.into_iter().map(|found| (found.kind, found.what)).collect::<Vec<_>>();
    let what = |size: u64| format!("log/next/{size:012}");
    for size in &sizes {
        let kept = fs::read(name(*size)).unwrap();
        for at in [0, 15, 16, kept.len() / 3, kept.len() - 1] {
            let mut bytes = kept.clone();
            bytes[at] ^= 1;
            fs::remove_file(name(*size)).unwrap();
            fs::write(name(*size), &bytes).unwrap();
            assert_eq!(found(), [(FindingKind::BadEntries, what(*size))], "byte {at}");
        }
        fs::remove_file(name(*size)).unwrap();
        assert_eq!(found(), [(FindingKind::MissingEntries, what(*size))], "gone: {size}");
        fs::write(name(*size), &kept).unwrap();
    }
    assert_eq!(found(), []);
    // Amid an append, and where the log ends.
    for size in [sizes[1] + 1, 298] {
        fs::write(name(size), b"x").unwrap();
        assert_eq!(found(), [(FindingKind::ForeignObject, what(size))]);
        fs::remove_file(name(size)).unwrap();
    }
    // An older program wrote all of it.
    fs::remove_dir_all(&root).unwrap();
    assert_eq!(found(), []);
}

#[test]
fn a_database_that_tells_another_story_than_the_log_is_heard() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let head = Log::with_key(archive.store(), signer()).unwrap().head();
    let all = || crate::provenance::entries(archive.store(), 0, 298).map(|entry| entry.unwrap());
    let logged: Vec<_> = all().skip(10).map(|(place, _, event)| (place, event.digest())).collect();
    let found = |logged: &[(u64, Blake3)], head: &Option<Checkpoint>, foreign: &[&str]| {
        let foreign = foreign.iter().map(|id| (*id).to_owned()).collect();
        let told = by(Told { begin: Some(10), logged: logged.to_vec(), foreign, ..Told::default() });
        let options = VerifyOptions { told, head: head.clone(), ..VerifyOptions::default() };
        let findings = archive.verify(&options, now()).unwrap().findings;
        findings.into_iter().map(|found| (found.kind, found.what)).collect::<Vec<_>>()
    };
    assert_eq!(found(&logged, &head, &[]), []);
    assert_eq!(found(&logged, &None, &[]), [(FindingKind::MissingHead, "log.head".to_owned())]);
    let foreign = [(FindingKind::ForeignEvent, "griffie.sqlite: e-1".to_owned())];
    assert_eq!(found(&logged, &head, &["e-1"]), foreign);
    let (mut other, mut longer, mut shorter) = (logged.clone(), logged.clone(), logged.clone());
    other[5].1 = Blake3::of(b"another");
    assert_eq!(found(&other, &head, &[]), [(FindingKind::Rewritten, "griffie.sqlite".to_owned())]);
    longer.push((298, Blake3::of(b"one more")));
    assert_eq!(found(&longer, &head, &[]), [(FindingKind::Truncated, "griffie.sqlite".to_owned())]);
    shorter.remove(7);
    assert_eq!(found(&shorter, &head, &[]), [(FindingKind::ForeignEvent, "event 17".to_owned())]);
}

#[test]
fn what_the_database_waits_for_is_unfinished_and_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let record: RecordId = "c-000000000001".parse().unwrap();
    let hold = Hold { record, hold: "y".into(), on: true, reason: "r".into(), by: "p".into(), at: now() };
    let stored = archive.put_hold(&hold).unwrap();
    let waiting = vec![Event::new(EventKind::Hold, now(), []).objects([&stored])];
    let head = Log::with_key(archive.store(), signer()).unwrap().head();
    let told = by(Told { waiting, ..Told::default() });
    let report = archive.verify(&VerifyOptions { told, head, ..VerifyOptions::default() }, now()).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.unfinished[0].what, stored.name().as_str());
    assert_eq!(kinds(&archive), [(FindingKind::UnloggedObject, stored.name().to_string())], "a copy cannot tell");
}

#[test]
fn an_event_of_long_ago_is_told_once_and_a_batch_that_was_gone_on_with_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let log = Log::with_key(archive.store(), signer()).unwrap();
    let event = |kind, day: i64, about: &str| {
        Event::new(kind, Timestamp::from_second(day * 86_400).unwrap(), [about.to_owned()])
    };
    let kinds_on = |day: i64| {
        let now = Timestamp::from_second(day * 86_400).unwrap();
        let report = archive.verify(&VerifyOptions::default(), now).unwrap();
        report.findings.into_iter().map(|found| (found.kind, found.what)).collect::<Vec<_>>()
    };
    let boundary = |day, detail: &str| {
        event(EventKind::Ingestion, day, "b-000000000009")
            .outcome(crate::provenance::Outcome::Success, Some(detail.into()))
    };
    let sound = [
        boundary(10, crate::provenance::BATCH_BEGUN),
        event(EventKind::Decision, 13, "c-000000000001"),
        event(EventKind::Ingestion, 10, "b-000000000009"),
        boundary(14, crate::provenance::BATCH_RECEIPT),
        event(EventKind::FixityCheck, 12, "store"),
        event(EventKind::Decision, 14, "c-000000000001"),
    ];
    log.append(&sound).unwrap();
    assert_eq!(kinds_on(20), []);
    let forged = [event(EventKind::Ingestion, 10, "b-000000000009"), event(EventKind::Decision, 11, "c-000000000001")];
    log.append(&forged).unwrap();
    log.append(&[event(EventKind::Decision, 15, "c-000000000001")]).unwrap();
    assert_eq!(kinds_on(20), [(FindingKind::BackDated, "event 304".to_owned())]);
    // What a clock that ran ahead says has not come yet.
    log.append(&[event(EventKind::FixityCheck, 30, "store")]).unwrap();
    let ahead = |day| kinds_on(day).iter().filter(|(kind, _)| *kind == FindingKind::Ahead).count();
    assert_eq!((ahead(20), ahead(31)), (1, 0));
    // What a person says of it in the log is told instead, and nothing is said of what is still to come.
    let at = Timestamp::from_second(15 * 86_400).unwrap();
    let before = kinds_on(20);
    log.append(&[Event::of_wrong_clock(999, 999, "A. Jansen", at)]).unwrap();
    assert_eq!(kinds_on(20), before);
    let ahead_at = log.next_index() - 2;
    log.append(&[Event::of_wrong_clock(ahead_at, ahead_at, "A. Jansen", at)]).unwrap();
    let report = archive.verify(&VerifyOptions::default(), Timestamp::from_second(20 * 86_400).unwrap()).unwrap();
    assert_eq!(report.findings.len(), before.len() - 1);
    let [note] = &report.clock_notes[..] else { panic!("{:?}", report.clock_notes) };
    assert_eq!((note.event, note.by.as_str()), (ahead_at, "A. Jansen"));
    assert!(note.message.contains("still to come"), "{}", note.message);
}

#[test]
fn what_is_no_plain_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let store = folder.path().join("store");
    let links = ["holds/c-000000000002/000001.json", "log/checkpoints/000000000298", "log/tile/0/000"];
    for (number, name) in links.into_iter().enumerate() {
        let aside = folder.path().join(format!("aside-{number}"));
        fs::rename(store.join(name), &aside).unwrap();
        std::os::unix::fs::symlink(&aside, store.join(name)).unwrap();
    }
    fs::rename(store.join("access"), folder.path().join("access")).unwrap();
    std::os::unix::fs::symlink(folder.path().join("access"), store.join("access")).unwrap();
    rustix::fs::mknodat(rustix::fs::CWD, store.join("pipe"), rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0)
        .unwrap();
    let mut want: Vec<_> = links.iter().map(|name| (FindingKind::NoPlainFile, (*name).to_owned())).collect();
    want.extend([(FindingKind::NoPlainFile, "access".to_owned()), (FindingKind::NoPlainFile, "pipe".to_owned())]);
    want.sort();
    assert_eq!(kinds(&archive), want);
}

#[test]
fn a_pipe_in_the_place_of_an_object_holds_nothing_up() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let store = folder.path().join("store");
    for name in ["holds/c-000000000002/000001.json", "log/checkpoints/000000000003", "log/tile/entries/000"] {
        fs::remove_file(store.join(name)).unwrap();
        let (kind, mode) = (rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU);
        rustix::fs::mknodat(rustix::fs::CWD, store.join(name), kind, mode, 0).unwrap();
    }
    let found = kinds(&archive);
    assert_eq!(found.iter().filter(|(kind, _)| *kind == FindingKind::NoPlainFile).count(), 3, "{found:?}");
}

#[test]
fn the_log_is_a_witness_of_what_was_stored() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let name: ObjectName = "holds/c-000000000002/000001.json".parse().unwrap();
    let (digest, other) = (archive.store().blake3(&name).unwrap().0, Blake3::of(b"other"));
    let witness = archive.witness().unwrap();
    assert_eq!(witness.says(&name, &digest).unwrap(), Word::Same);
    assert_eq!(witness.says(&name, &other).unwrap(), Word::Other(digest));
    assert_eq!(witness.says(&"holds/c-000000000002/000002.json".parse().unwrap(), &digest).unwrap(), Word::Unknown);
}

#[test]
fn an_older_text_about_the_layout_is_no_damage_where_the_log_has_its_digest() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::folder(&folder.path().join("store")).unwrap();
    store.put_new(&name::README.parse().unwrap(), "the layout as an older program told it").unwrap();
    let archive = Archive::open(store).unwrap();
    let log = Log::with_key(archive.store(), signer()).unwrap();
    let event = Event::new(EventKind::Ingestion, now(), ["b-000000000009".into()]);
    log.append(&[event.objects([&archive.explanation().unwrap()])]).unwrap();
    assert_eq!(check(&archive).findings, []);
    let path = folder.path().join("store").join(name::README);
    fs::remove_file(&path).unwrap();
    fs::write(&path, include_str!("../README.txt")).unwrap();
    assert_eq!(kinds(&archive), [(FindingKind::ChangedObject, name::README.to_owned())]);
}
