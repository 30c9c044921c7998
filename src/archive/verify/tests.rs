//! What a check finds: nothing in a sound store, and everything that was done to a small one.

use std::{fs, path::Path};

use super::*;
use crate::{
    archive::{Access, Archive, Hold},
    model::{DocumentId, RecordId},
    provenance::{Event, EventKind, Log, note::SignerKey},
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
        let stored = [original.stored(), &access, &hold];
        let mut events = vec![Event::new(EventKind::Ingestion, now(), [document.to_string()]).objects(stored)];
        let fill = if i == 3 { 280 } else { i };
        events.extend((0..fill).map(|n| Event::new(EventKind::FixityCheck, now(), [format!("{i}-{n}")])));
        log.append(&events).unwrap();
    }
    archive
}

fn check(archive: &Archive) -> VerifyReport {
    archive.verify(&VerifyOptions::default(), now()).unwrap()
}

fn kinds(archive: &Archive) -> Vec<(FindingKind, String)> {
    check(archive).findings.into_iter().map(|finding| (finding.kind, finding.what)).collect()
}

fn make_writable(path: &Path) {
    let mut permissions = fs::metadata(path).unwrap().permissions();
    #[expect(clippy::permissions_set_readonly_false, reason = "a test folder of this user")]
    permissions.set_readonly(false);
    fs::set_permissions(path, permissions).unwrap();
}

#[test]
fn a_sound_store_has_no_findings() {
    let folder = tempfile::tempdir().unwrap();
    let report = check(&small_store(folder.path()));
    assert_eq!(report.findings, []);
    assert_eq!((report.checked.objects, report.checked.events, report.checked.checkpoints), (19, 298, 6));
}

/// A small generator of its own: the test does the same every time.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as usize
    }
}

#[test]
fn a_thousand_changes_removals_and_swaps_are_all_found_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let root = folder.path().join("store");
    let mut names: Vec<String> = archive.store().list("").map(|entry| entry.unwrap().name.to_string()).collect();
    names.sort();
    let (mut random, aside) = (Random(1), folder.path().join("aside"));
    for name in &names {
        make_writable(&root.join(name));
    }
    let mut tried = 0;
    while tried < 1000 {
        let name = &names[random.below(names.len())];
        let path = root.join(name);
        let bytes = fs::read(&path).unwrap();
        let mut damaged = vec![name.clone()];
        match random.below(3) {
            0 => {
                let mut changed = bytes.clone();
                let place = random.below(bytes.len());
                changed[place] ^= 1 << random.below(8);
                fs::write(&path, changed).unwrap();
                tried += 1;
                assert_found(&archive, &damaged, &format!("byte {place} of {name}"));
                fs::write(&path, &bytes).unwrap();
            }
            1 => {
                fs::rename(&path, &aside).unwrap();
                tried += 1;
                assert_found(&archive, &damaged, &format!("{name} removed"));
                fs::rename(&aside, &path).unwrap();
            }
            _ => {
                let other = &names[random.below(names.len())];
                let theirs = fs::read(root.join(other)).unwrap();
                if theirs == bytes {
                    continue;
                }
                damaged.push(other.clone());
                fs::write(&path, &theirs).unwrap();
                fs::write(root.join(other), &bytes).unwrap();
                tried += 1;
                assert_found(&archive, &damaged, &format!("{name} and {other} swapped"));
                fs::write(&path, &bytes).unwrap();
                fs::write(root.join(other), &theirs).unwrap();
            }
        }
    }
    assert_eq!(kinds(&archive), []);
}

#[track_caller]
fn assert_found(archive: &Archive, damaged: &[String], what: &str) {
    let found = kinds(archive);
    for name in damaged {
        assert!(found.iter().any(|(_, named)| named == name), "{what}: `{name}` is not among {found:#?}");
    }
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
    assert_eq!(findings.len(), 6);
    assert!(findings.iter().all(|finding| finding.kind == FindingKind::BadCheckpoint));
}

#[test]
fn what_time_did_not_allow_comes_first_next_time() {
    let folder = tempfile::tempdir().unwrap();
    let archive = small_store(folder.path());
    let history = Some(folder.path().join("fixity.db"));
    let none = VerifyOptions { budget: Some(Duration::ZERO), history: history.clone(), ..VerifyOptions::default() };
    let checked = archive.verify(&none, now()).unwrap().checked;
    assert_eq!((checked.objects, checked.waiting, checked.oldest), (0, 19, None));
    let all = VerifyOptions { history, ..VerifyOptions::default() };
    let checked = archive.verify(&all, now()).unwrap().checked;
    assert_eq!((checked.objects, checked.waiting, checked.oldest), (19, 0, Some(now())));
    let checked = archive.verify(&none, now()).unwrap().checked;
    assert_eq!((checked.waiting, checked.oldest), (19, Some(now())));
}
