//! What `griffie verify` says of a store that was damaged: for each kind of damage the exact report, kept in
//! `tests/fixity`; and a thousand random damages, each of which must be found and named.
//!
//! `GRIFFIE_WRITE_REPORTS=1` writes the reports anew; read the difference before it is committed.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;
#[path = "fixity/store.rs"]
mod store;

use std::{
    fs,
    path::{Path, PathBuf},
};

use griffie::{
    archive::{Archive, Decision, FindingKind, Manifest, Stored, VerifyOptions},
    model::Blake3,
    provenance::{
        Event, EventKind, Log, ObjectRef, Outcome,
        note::{Checkpoint, SignerKey},
        tiles,
    },
    storage::Store,
};

/// A copy of the store, on which damage is done with other means than griffie's.
struct Copy {
    folder: tempfile::TempDir,
}

impl Copy {
    fn of(made: &Path) -> Self {
        let copy = Self { folder: tempfile::tempdir().unwrap() };
        copy_below(&made.join("store"), &copy.root());
        copy
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("data/store")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    fn names(&self, folder: &str) -> Vec<String> {
        let store = Store::existing_folder(&self.root()).unwrap();
        let mut names: Vec<_> = store.list(folder).map(|entry| entry.unwrap().name.to_string()).collect();
        names.sort();
        names
    }

    /// The object of a folder at a place in the order of names.
    fn nth(&self, folder: &str, place: usize) -> String {
        self.names(folder)[place].clone()
    }

    fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        fs::write(self.path(name), bytes).unwrap();
    }

    fn remove(&self, name: &str) {
        fs::remove_file(self.path(name)).unwrap();
    }

    fn rename(&self, from: &str, to: &str) {
        fs::create_dir_all(self.path(to).parent().unwrap()).unwrap();
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Turns over one bit in the middle.
    fn flip(&self, name: &str) {
        let mut bytes = self.read(name);
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        self.write(name, bytes);
    }

    fn swap(&self, one: &str, other: &str) {
        let (first, second) = (self.read(one), self.read(other));
        self.write(one, second);
        self.write(other, first);
    }

    /// Removes what the last append left in the log.
    fn cut_log(&self) {
        let size = 312;
        for name in self.names("log/tile") {
            let width: Option<u64> = name.rsplit_once(".p/").and_then(|(_, width)| width.parse().ok());
            if width == Some(size % tiles::WIDTH) {
                self.remove(&name);
            }
        }
        self.remove(tiles::checkpoint_name(size).as_str());
        self.remove(self.names("log/next").last().unwrap());
    }

    fn archive(&self) -> Archive {
        Archive::existing(Store::existing_folder(&self.root()).unwrap())
    }

    fn lay_key(&self, key: &SignerKey) {
        self.write(&format!("log/keys/{}", key.verifier().id_hex()), key.verifier().encode() + "\n");
    }

    /// Logs objects at a time, as the keeper of a key.
    fn log(&self, key: SignerKey, kind: EventKind, at: &str, objects: &[Stored]) {
        let event = Event::new(kind, at.parse().unwrap(), ["d-000000000001".to_owned()]).objects(objects);
        Log::with_key(self.archive().store(), key).unwrap().append(&[event]).unwrap();
    }

    /// Gives the first document another manifest, with other bytes in the store.
    fn exchange_original(&self, key: SignerKey) {
        let forged = self.folder.path().join("forged.pdf");
        fs::write(&forged, "%PDF-1.7 forged").unwrap();
        let (archive, digests) = (self.archive(), griffie::storage::digests_of_file(&forged).unwrap());
        let original = archive.store_original(&forged, &digests).unwrap();
        let mut manifest = archive.manifests(&"d-000000000001".parse().unwrap()).unwrap().remove(0);
        manifest.original.digests = digests;
        let manifest = archive.put_manifest(&manifest).unwrap();
        self.log(key, EventKind::Normalization, "2026-03-01T09:30:00Z", &[original.stored().clone(), manifest]);
    }

    /// Gives the first document a further manifest, changed with that of the second at hand.
    fn add_manifest(&self, key: SignerKey, change: fn(&mut Manifest, &Manifest)) {
        let archive = self.archive();
        let [mut manifest, other] = [1, 2]
            .map(|number| archive.manifests(&format!("d-00000000000{number}").parse().unwrap()).unwrap().remove(0));
        change(&mut manifest, &other);
        let manifest = archive.put_manifest(&manifest).unwrap();
        self.log(key, EventKind::Normalization, "2026-03-01T09:30:00Z", &[manifest]);
    }

    /// Takes a decision of a day, and logs it on one.
    fn decide(&self, day: &str, logged: &str) {
        let archive = self.archive();
        let last = archive.decisions_on(&"c-000000000001".parse().unwrap()).unwrap().pop().unwrap();
        let decision = Decision { number: last.number + 1, at: day.parse().unwrap(), ..last };
        let stored = archive.put_decision(&decision).unwrap();
        self.log(store::signer(), EventKind::Decision, logged, &[stored]);
    }

    /// Lays a decision that a person took whom its event names, changed.
    fn lay_decision(&self, change: fn(&mut Decision)) {
        let archive = self.archive();
        let last = archive.decisions_on(&"c-000000000001".parse().unwrap()).unwrap().pop().unwrap();
        let at = "2026-03-01T09:30:00Z".parse().unwrap();
        let mut decision = Decision { number: last.number + 1, at, ..last };
        change(&mut decision);
        self.log_decision(archive.put_decision(&decision).unwrap().name().as_str());
    }

    fn log_decision(&self, name: &str) {
        let object = ObjectRef { name: name.parse().unwrap(), blake3: Blake3::of(&self.read(name)) };
        let event = Event::new(EventKind::Decision, "2026-03-01T09:30:00Z".parse().unwrap(), ["c-000000000001".into()])
            .by(griffie::provenance::Agent::Person { name: "A. Archivist".into() })
            .objects([object]);
        Log::with_key(self.archive().store(), store::signer()).unwrap().append(&[event]).unwrap();
    }

    /// Writes the whole log anew, with another event at a place, signed with a key.
    fn write_log_anew(&self, place: u64, key: SignerKey) {
        let archive = Archive::existing(Store::existing_folder(&self.root()).unwrap());
        let events: Vec<Event> = griffie::provenance::entries(archive.store(), 0, 312)
            .map(|entry| entry.unwrap())
            .map(|(index, _, event)| if index == place { event.outcome(Outcome::Failure, None) } else { event })
            .collect();
        fs::remove_dir_all(self.path("log")).unwrap();
        Log::with_key(archive.store(), key).unwrap().append(&events).unwrap();
    }
}

fn copy_below(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_below(&entry.path(), &target);
        } else {
            // A copy by content: who tampers is not stopped by a file mode.
            fs::write(target, fs::read(entry.path()).unwrap()).unwrap();
        }
    }
}

type Damage = (&'static str, fn(&Copy));

const CHANGED: [Damage; 13] = [
    ("byte-changed-in-original", |copy| copy.flip(&copy.nth("originals", 0))),
    ("byte-changed-in-rendition", |copy| copy.flip(&copy.nth("renditions", 0))),
    ("byte-changed-in-manifest", |copy| copy.flip(&copy.nth("manifests", 0))),
    ("byte-changed-in-reading", |copy| copy.flip(&copy.nth("readings", 0))),
    ("byte-changed-in-findings", |copy| copy.flip(&copy.nth("findings", 0))),
    ("byte-changed-in-accession", |copy| copy.flip(&copy.nth("accessions", 0))),
    ("byte-changed-in-batch", |copy| copy.flip(&copy.nth("batches", 0))),
    ("byte-changed-in-readme", |copy| copy.flip("README.txt")),
    ("date-changed-in-decision", |copy| {
        let name = copy.nth("decisions", 0);
        let text = String::from_utf8(copy.read(&name)).unwrap();
        copy.write(&name, text.replace("2027-02-28", "2026-02-28"));
    }),
    ("manifest-back-dated", |copy| {
        let name = copy.nth("manifests", 0);
        let text = String::from_utf8(copy.read(&name)).unwrap();
        copy.write(&name, text.replace("2026-03-01T09:30:00Z", "2019-03-01T09:30:00Z"));
    }),
    ("original-cut-short", |copy| {
        let name = copy.nth("originals", 1);
        copy.write(&name, &copy.read(&name)[..9]);
    }),
    ("original-emptied", |copy| copy.write(&copy.nth("originals", 1), "")),
    ("hold-lifted-in-place", |copy| {
        let name = copy.nth("holds", 2);
        let text = String::from_utf8(copy.read(&name)).unwrap();
        copy.write(&name, text.replace("\"on\": true", "\"on\": false"));
    }),
];

const MOVED: [Damage; 14] = [
    ("original-removed", |copy| copy.remove(&copy.nth("originals", 0))),
    ("manifest-removed", |copy| copy.remove(&copy.nth("manifests", 0))),
    ("last-manifest-of-series-removed", |copy| copy.remove("manifests/d-000000000003/000002.json")),
    ("reading-removed", |copy| copy.remove(&copy.nth("readings", 3))),
    ("decision-removed", |copy| copy.remove("decisions/c-000000000001/000002.json")),
    ("access-mark-removed", |copy| copy.remove("access/d-000000000002/000001.json")),
    ("originals-swapped", |copy| copy.swap(&copy.nth("originals", 0), &copy.nth("originals", 1))),
    ("manifests-swapped", |copy| copy.swap(&copy.nth("manifests", 0), &copy.nth("manifests", 1))),
    ("decisions-swapped", |copy| copy.swap(&copy.nth("decisions", 0), &copy.nth("decisions", 1))),
    ("original-renamed", |copy| {
        let hex = Blake3::of(b"another").hex();
        copy.rename(&copy.nth("originals", 0), &format!("originals/{}/{hex}", &hex[..2]));
    }),
    ("manifest-renamed", |copy| copy.rename(&copy.nth("manifests", 0), "manifests/d-000000000009/000001.json")),
    ("original-added", |copy| {
        let hex = Blake3::of(b"smuggled").hex();
        copy.write(&format!("originals/{}/{hex}", &hex[..2]), "smuggled");
    }),
    ("back-dated-manifest-added", |copy| {
        let text = String::from_utf8(copy.read(&copy.nth("manifests", 0))).unwrap();
        let text = text.replace("2026-03-01T09:30:00Z", "2019-03-01T09:30:00Z");
        copy.write("manifests/d-000000000001/000002.json", text);
    }),
    ("foreign-files-added", |copy| {
        copy.write("notes/todo.txt", "buy milk");
        copy.write("originals/ab/readme", "no digest");
        copy.write("log/tile/0/000.p/200", "no tile");
    }),
];

const LOG: [Damage; 18] = [
    ("log-entries-changed", |copy| copy.flip("log/tile/entries/000")),
    ("log-last-entries-changed", |copy| copy.flip("log/tile/entries/001.p/56")),
    ("log-earlier-entries-changed", |copy| copy.flip("log/tile/entries/000.p/5")),
    ("log-tile-changed", |copy| copy.flip("log/tile/0/000")),
    ("log-upper-tile-changed", |copy| copy.flip("log/tile/1/000.p/1")),
    ("log-checkpoint-changed", |copy| copy.flip("log/checkpoints/000000000005")),
    ("log-key-changed", |copy| copy.flip(&copy.nth("log/keys", 0))),
    ("log-entries-removed", |copy| copy.remove("log/tile/entries/000")),
    ("log-last-entries-removed", |copy| copy.remove("log/tile/entries/001.p/56")),
    ("log-tile-removed", |copy| copy.remove("log/tile/0/000")),
    ("log-entries-and-tile-removed", |copy| {
        copy.remove("log/tile/entries/000");
        copy.remove("log/tile/0/000");
    }),
    ("log-checkpoint-removed", |copy| copy.remove("log/checkpoints/000000000005")),
    ("log-key-removed", |copy| copy.remove(&copy.nth("log/keys", 0))),
    ("log-checkpoints-swapped", |copy| {
        copy.swap("log/checkpoints/000000000002", "log/checkpoints/000000000005");
    }),
    ("log-entries-reordered", |copy| {
        let bytes = copy.read("log/tile/entries/000");
        let mut entries = tiles::unpack(&bytes, tiles::WIDTH).unwrap();
        entries.swap(20, 21);
        copy.write("log/tile/entries/000", tiles::pack(&entries).unwrap());
    }),
    ("log-entry-taken-out", |copy| {
        let bytes = copy.read("log/tile/entries/000");
        let mut entries = tiles::unpack(&bytes, tiles::WIDTH).unwrap();
        entries.remove(20);
        copy.write("log/tile/entries/000", tiles::pack(&entries).unwrap());
    }),
    ("log-tail-removed", Copy::cut_log),
    ("log-removed", |copy| fs::remove_dir_all(copy.path("log")).unwrap()),
];

/// What was done by one who knows how a log is written, with a key of his own or with the log's.
const FORGED: [Damage; 19] = [
    ("words-of-another-document-in-a-later-manifest", |copy| {
        copy.add_manifest(store::signer(), |manifest, other| {
            manifest.reading = other.reading;
            manifest.findings.clone_from(&other.findings);
        });
    }),
    ("copy-of-another-document-in-a-later-manifest", |copy| {
        copy.add_manifest(store::signer(), |manifest, other| {
            let mut renditions = other.renditions.clone();
            renditions[0].recipe.inputs = vec![other.original.digests.blake3];
            manifest.renditions.extend(renditions);
        });
    }),
    ("later-manifest-of-long-ago", |copy| {
        copy.add_manifest(store::signer(), |manifest, _| manifest.made = "2019-03-01T09:30:00Z".parse().unwrap());
    }),
    ("last-page-changed-by-a-later-manifest", |copy| {
        copy.add_manifest(store::signer(), |manifest, _| manifest.last_page = None);
    }),
    ("later-manifest-of-the-last-number", |copy| {
        copy.add_manifest(store::signer(), |manifest, _| manifest.last_page = None);
        let (last, far) = ("manifests/d-000000000001/000002.json", "manifests/d-000000000001/4294967295.json");
        copy.write(far, copy.read(last));
        copy.log_decision(far);
    }),
    ("pages-changed-by-a-later-manifest", |copy| {
        copy.add_manifest(store::signer(), |manifest, _| (manifest.pages.read, manifest.pages.blank) = (0, 1));
    }),
    ("decision-in-another-name-than-its-event", |copy| {
        copy.lay_decision(|decision| decision.by = "Burgemeester".into())
    }),
    ("decision-in-nobodys-name", |copy| copy.lay_decision(|decision| decision.by = " ".into())),
    ("decision-with-a-number-that-is-not-due", |copy| copy.lay_decision(|decision| decision.number += 3)),
    ("decision-that-cannot-be-read", |copy| {
        let bytes = copy.read("decisions/c-000000000001/000001.json");
        let name = "decisions/c-000000000001/000007.json";
        copy.write(name, [&bytes[..], b"{}"].concat());
        copy.log_decision(name);
    }),
    ("log-key-laid-beside", |copy| copy.lay_key(&SignerKey::from_secret([9; 32]))),
    ("log-gone-on-with-another-key", |copy| {
        copy.exchange_original(store::signer());
        let other = SignerKey::from_secret([9; 32]).for_log(store::signer().verifier().name());
        copy.lay_key(&other);
        let name = tiles::checkpoint_name(313);
        let note = String::from_utf8(copy.read(name.as_str())).unwrap();
        let root = Checkpoint::parse(note.split("\n\n").next().map(|text| format!("{text}\n")).unwrap().as_str())
            .unwrap()
            .root;
        copy.write(name.as_str(), other.sign(313, root).1);
        copy.remove(tiles::successor_name(312).as_str());
    }),
    ("log-taken-over-with-another-key", |copy| {
        let store = Store::existing_folder(&copy.root()).unwrap();
        let own = store::signer();
        let other = SignerKey::from_secret([9; 32]).for_log(own.verifier().name());
        let event = Event::of_key_change(own.verifier(), other.verifier(), "Mallory", store::moment());
        Log::taken_over(&store, other, &|_| false).unwrap().append(&[event]).unwrap();
    }),
    ("event-beyond-the-last-checkpoint", |copy| {
        copy.exchange_original(store::signer());
        copy.remove(tiles::checkpoint_name(313).as_str());
        copy.remove(tiles::successor_name(312).as_str());
    }),
    ("original-exchanged-by-a-later-manifest", |copy| copy.exchange_original(store::signer())),
    ("original-of-another-document-in-a-later-manifest", |copy| {
        copy.add_manifest(store::signer(), |manifest, other| manifest.original = other.original.clone());
    }),
    ("decision-of-long-ago-added", |copy| copy.decide("2020-01-05T08:17:00Z", "2020-01-05T08:17:00Z")),
    ("decision-of-another-day-than-its-event", |copy| copy.decide("2020-01-05T08:17:00Z", "2026-03-01T09:30:00Z")),
    ("object-is-a-link", |copy| {
        let name = copy.nth("originals", 0);
        let aside = copy.folder.path().join("aside");
        fs::rename(copy.path(&name), &aside).unwrap();
        std::os::unix::fs::symlink(aside, copy.path(&name)).unwrap();
    }),
];

/// What a store by itself cannot tell: it takes a checkpoint kept elsewhere, such as the data folder's note of the head.
const KNOWN_HEAD: [Damage; 3] = [
    ("log-tail-removed-with-its-objects", |copy| {
        copy.cut_log();
        for folder in ["decisions", "batches"] {
            fs::remove_dir_all(copy.path(folder)).unwrap();
        }
        copy.remove("accessions/b-000000000001/i-000000000006.json");
    }),
    ("log-written-anew-by-another", |copy| copy.write_log_anew(20, SignerKey::from_secret([9; 32]))),
    ("log-written-anew-by-its-keeper", |copy| copy.write_log_anew(20, store::signer())),
];

/// What the program prints of a store, in both forms, with its exit code.
fn report(copy: &Copy, data_folder: bool) -> String {
    let run = |more: &[&str]| {
        let mut command = common::griffie(&copy.folder.path().join("data"));
        command.arg("verify").args(more);
        if !data_folder {
            command.arg("--store").arg(copy.root());
        }
        let output = command.output().unwrap();
        let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        let code = output.status.code().unwrap();
        assert!(matches!(code, 0 | 8), "{code}: {stderr}");
        (stdout, code)
    };
    let ((text, code), (json, _)) = (run(&[]), run(&["--json"]));
    // When the objects were looked at is now; how many bytes they are hangs on the text that explains the store.
    let bytes = serde_json::from_str::<serde_json::Value>(&json).unwrap()["checked"]["bytes"].to_string();
    let text = text.replace(&format!("({bytes} bytes)"), "(… bytes)");
    let json: String = json
        .lines()
        .filter(|line| !line.contains("\"oldest\"") && !line.contains("\"bytes\""))
        .map(|line| format!("{line}\n"))
        .collect();
    format!("$ griffie verify\n{text}exit code {code}\n\n$ griffie verify --json\n{json}")
}

#[test]
fn every_damage_is_reported_exactly() {
    let made = tempfile::tempdir().unwrap();
    store::make(made.path());
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixity");
    let write = std::env::var_os("GRIFFIE_WRITE_REPORTS").is_some();
    let (mut wrong, mut reports) = (Vec::new(), Vec::new());
    let sound: Damage = ("nothing", |_| ());
    let damages =
        std::iter::once(sound).chain(CHANGED).chain(MOVED).chain(LOG).chain(FORGED).map(|damage| (damage, false));
    for ((name, damage), known_head) in damages.chain(KNOWN_HEAD.map(|damage| (damage, true))) {
        let copy = Copy::of(made.path());
        if known_head {
            let archive = Archive::existing(Store::existing_folder(&copy.root()).unwrap());
            let log = Log::with_key(archive.store(), store::signer()).unwrap();
            let signer = store::signer().for_log(log.verifier().name());
            griffie::pipeline::head::keep(&copy.folder.path().join("data"), &signer, &log.head().unwrap()).unwrap();
        }
        damage(&copy);
        // Of what is a few minutes old a store by itself cannot tell whether it is still to be logged.
        let aged = ["-exec", "touch", "-d", "2026-03-01T10:00:00Z", "{}", "+"];
        assert!(
            std::process::Command::new("find")
                .arg(copy.root())
                .args(["-type", "f"])
                .args(aged)
                .status()
                .unwrap()
                .success()
        );
        let found = report(&copy, known_head);
        assert_eq!(found.contains("exit code 0"), name == "nothing", "{name}: {found}");
        let file = kept.join(format!("{name}.txt"));
        if write {
            fs::write(&file, &found).unwrap();
        } else if fs::read_to_string(&file).unwrap_or_default() != found {
            wrong.push(format!("--- {name}\n{found}"));
        }
        reports.push(format!("{name}.txt"));
    }
    assert!(wrong.is_empty(), "{} reports differ from those kept:\n{}", wrong.len(), wrong.join("\n"));
    let files = fs::read_dir(kept).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let stray: Vec<_> = files.filter(|name| name.ends_with(".txt") && !reports.contains(name)).collect();
    assert!(stray.is_empty(), "reports of no damage: {stray:?}");
}

#[test]
fn a_store_verifies_on_another_machine_in_the_readers_language() {
    let made = tempfile::tempdir().unwrap();
    store::make(made.path());
    let copy = Copy::of(made.path());
    copy.flip(&copy.nth("manifests", 0));
    let mut command = common::griffie(&copy.folder.path().join("nowhere"));
    let output = command.args(["verify", "--language", "nl", "--store"]).arg(copy.root()).output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains("de bytes zijn niet die welke zijn opgeslagen"), "{stdout}");
    assert!(!copy.folder.path().join("nowhere").try_exists().unwrap(), "a check leaves nothing behind");
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
    let made = tempfile::tempdir().unwrap();
    store::make(made.path());
    let copy = Copy::of(made.path());
    let names = copy.names("");
    let (mut random, mut tried) = (Random(1), [0; 3]);
    while tried.iter().sum::<u32>() < 1000 {
        let name = &names[random.below(names.len())];
        let bytes = copy.read(name);
        let kind = random.below(3);
        match kind {
            0 => {
                let (place, bit) = (random.below(bytes.len()), random.below(8));
                let mut changed = bytes.clone();
                changed[place] ^= 1 << bit;
                copy.write(name, changed);
                assert_found(&copy, &[name], &format!("bit {bit} of byte {place} of {name}"));
                copy.write(name, &bytes);
            }
            1 => {
                copy.remove(name);
                assert_found(&copy, &[name], &format!("{name} removed"));
                copy.write(name, &bytes);
            }
            _ => {
                let other = &names[random.below(names.len())];
                if copy.read(other) == bytes {
                    continue;
                }
                copy.swap(name, other);
                assert_found(&copy, &[name, other], &format!("{name} and {other} swapped"));
                copy.swap(name, other);
            }
        }
        tried[kind] += 1;
    }
    assert_eq!(found(&copy), [""; 0]);
    let [changes, removals, swaps] = tried;
    println!("{} objects: {changes} bits turned, {removals} removals, {swaps} swaps, all found", names.len());
}

#[test]
fn every_event_edited_taken_out_or_moved_is_found() {
    let made = tempfile::tempdir().unwrap();
    store::make(made.path());
    let copy = Copy::of(made.path());
    let bundles = copy.names("log/tile/entries");
    let mut tried = 0;
    for name in &bundles {
        let bytes = copy.read(name);
        let width = name.rsplit_once(".p/").map_or(tiles::WIDTH, |(_, width)| width.parse().unwrap());
        let entries = tiles::unpack(&bytes, width).unwrap();
        for at in 0..entries.len() {
            let (mut edited, mut taken_out, mut moved) = (entries.clone(), entries.clone(), entries.clone());
            let middle = edited[at].len() / 2;
            edited[at][middle] ^= 1;
            taken_out.remove(at);
            moved.swap(at, (at + 1) % entries.len());
            for (what, forged) in [("edited", edited), ("taken out", taken_out), ("moved", moved)] {
                if forged == entries {
                    continue;
                }
                copy.write(name, tiles::pack(&forged).unwrap());
                assert_found(&copy, &[name], &format!("event {at} of {name} {what}"));
                tried += 1;
            }
        }
        copy.write(name, &bytes);
    }
    assert_eq!(found(&copy), [""; 0]);
    assert!(tried > 3 * 312 - 10, "{tried}");
    println!("{} bundles: {tried} events edited, taken out or moved, all found", bundles.len());
}

/// The data folder's note of the head is a checkpoint from elsewhere.
#[test]
fn a_log_cut_off_at_any_checkpoint_is_found() {
    let made = tempfile::tempdir().unwrap();
    store::make(made.path());
    let whole = Copy::of(made.path());
    let sizes: Vec<u64> =
        whole.names("log/checkpoints").iter().map(|name| name.rsplit_once('/').unwrap().1.parse().unwrap()).collect();
    let (last, earlier) = sizes.split_last().unwrap();
    assert!(earlier.len() > 3);
    let archive = Archive::existing(Store::existing_folder(&whole.root()).unwrap());
    let head = Log::with_key(archive.store(), store::signer()).unwrap().head().unwrap();
    for size in earlier {
        let copy = Copy::of(made.path());
        for name in copy.names("log/tile") {
            let (folder, width) = name.split_once(".p/").unwrap_or((&name, "256"));
            let mut parts = folder.rsplit('/');
            let (index, level): (u64, &str) = (parts.next().unwrap().parse().unwrap(), parts.next().unwrap());
            let events = (index * tiles::WIDTH + width.parse::<u64>().unwrap())
                * tiles::WIDTH.pow(level.parse().unwrap_or_default());
            if events > *size {
                copy.remove(&name);
            }
        }
        sizes
            .iter()
            .filter(|later| *later > size)
            .for_each(|later| copy.remove(tiles::checkpoint_name(*later).as_str()));
        let archive = Archive::existing(Store::existing_folder(&copy.root()).unwrap());
        let options = VerifyOptions { known: vec![head.clone()], ..VerifyOptions::default() };
        let report = archive.verify(&options, store::moment()).unwrap();
        let cut_off = report.findings.iter().any(|finding| finding.kind == FindingKind::Truncated);
        assert!(cut_off && report.checked.events == *size, "{size} of {last}: {report:#?}");
    }
}

fn found(copy: &Copy) -> Vec<String> {
    let archive = Archive::existing(Store::existing_folder(&copy.root()).unwrap());
    let report = archive.verify(&VerifyOptions::default(), store::moment()).unwrap();
    report.findings.into_iter().map(|finding| finding.what).collect()
}

/// All damaged objects are named.
#[track_caller]
fn assert_found(copy: &Copy, damaged: &[&String], what: &str) {
    let found = found(copy);
    for name in damaged {
        assert!(found.contains(name), "{what}: `{name}` is not among {found:#?}");
    }
}
