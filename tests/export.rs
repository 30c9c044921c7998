//! Packages that leave the archive: valid to the Library of Congress's own program, provable without griffie, and the
//! same bytes when they come back.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

#[path = "common/authority.rs"]
mod authority;
mod common;

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use authority::Authority;
use common::{griffie, json_of, write_pdf};
use griffie::provenance::{
    merkle::{Hash, inclusion_holds, leaf_hash},
    note::{VerifierKey, read_checkpoint},
};
use serde_json::Value;

const LEASE: &str = "Huurovereenkomst\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Verhuurder; en\n\
    Bakkerij De Korenaar B.V., hierna te noemen: Huurder;\nkomen overeen als volgt.\nArtikel 1 Duur\n\
    Deze overeenkomst gaat in op 1 maart 2021 en eindigt op 28 februari 2026.";

/// A data folder with two contracts, one of them with a name that not every system takes, and a decision.
struct Desk {
    folder: tempfile::TempDir,
    lease: String,
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inbox = folder.path().join("inbox");
        fs::create_dir(&inbox).unwrap();
        write_pdf(&inbox.join("huur 100% \u{e9}.pdf"), LEASE);
        write_pdf(&inbox.join("nda.pdf"), "Geheimhoudingsovereenkomst\nDeze overeenkomst gaat in op 1 mei 2022.");
        let receipt = json_of(griffie(&folder.path().join("data")).args(["ingest", "--json"]).arg(&inbox), &[0]);
        let lease = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
        let desk = Self { folder, lease };
        let decided =
            desk.griffie(&["decide", &desk.lease, "--by", "A. Jansen", "correct", "end_date", "2027-02-28"]).status();
        assert!(decided.unwrap().success());
        desk
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn griffie(&self, arguments: &[&str]) -> Command {
        let mut command = griffie(&self.path("data"));
        command.args(arguments).stdout(std::process::Stdio::piped());
        command
    }

    fn export(&self, arguments: &[&str]) -> (PathBuf, Value) {
        let target = self.path("bag");
        let written = json_of(self.griffie(&["export", "--json"]).args(arguments).arg("--bagit").arg(&target), &[0]);
        (target, written)
    }
}

/// All files below a folder, by their path in it.
fn files(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned());
            }
        }
    }
    found
}

#[track_caller]
fn assert_valid(bag: &Path) {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map_or_else(|| PathBuf::from(std::env::var_os("HOME").unwrap()).join(".cache"), PathBuf::from);
    let python = cache.join("griffie/bagit-1.9.0/bin/python3");
    let output = Command::new(&python).args(["-m", "bagit", "--validate"]).arg(bag).output();
    let output = output.unwrap_or_else(|error| panic!("{}: {error}: run tests/setup.sh", python.display()));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn a_bag_is_valid_to_the_library_of_congress_and_holds_all_of_a_record() {
    let desk = Desk::new();
    let (bag, written) = desk.export(&["--record", &desk.lease]);
    assert_valid(&bag);
    let names = files(&bag);
    let below = |start: &str| names.iter().filter(|name| name.starts_with(start)).count();
    let record = format!("data/{}", desk.lease);
    assert_eq!(below(&format!("{record}/decisions/")), 1);
    let document = names.iter().find_map(|name| name.strip_suffix("/manifests/000001.json")).unwrap();
    assert!(document.starts_with(&format!("{record}/d-")), "{document}");
    assert!(names.contains(&format!("{document}/original/huur 100_ é.pdf")), "{names:?}");
    assert_eq!((below(&format!("{document}/readings/")), below(&format!("{document}/findings/"))), (1, 1));
    let line: Value = serde_json::from_slice(&fs::read(bag.join(format!("{record}/record.json"))).unwrap()).unwrap();
    assert_eq!(
        (&line["schema"], &line["fields"]["end_date"]["value"]),
        (&"griffie-record/1".into(), &"2027-02-28".into())
    );
    assert_eq!(below("data/c-"), below(&record), "no other record goes along");
    let info = fs::read_to_string(bag.join("bag-info.txt")).unwrap();
    let payload = names.iter().filter(|name| name.starts_with("data/")).count();
    assert!(info.contains(&format!("Payload-Oxum: {}.{payload}\n", written["bytes"])), "{info}");
}

#[test]
fn what_was_decided_about_a_joined_document_goes_with_the_dossier() {
    let desk = Desk::new();
    let listed = json_of(&mut desk.griffie(&["register", "--json"]), &[0]);
    let ids = listed.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap());
    let other = ids.into_iter().find(|id| *id != desk.lease).unwrap().to_owned();
    for act in [&["not-in-contract", "court"][..], &["belongs-to", &desk.lease]] {
        let decided = desk.griffie(&["decide", &other, "--by", "A. Jansen"]).args(act).status().unwrap();
        assert!(decided.success(), "{act:?}");
    }
    // Whichever of the two is named, and with all.
    for (n, which) in [&["--record", &desk.lease][..], &["--record", &other], &["--all"]].iter().enumerate() {
        let (bag, written) = desk.export(which);
        assert_valid(&bag);
        let folder = bag.join(format!("data/{}/joined/{other}/decisions", desk.lease));
        assert_eq!(files(&folder).len(), 2, "{which:?}");
        let joined: Value = serde_json::from_slice(&fs::read(folder.join("000002.json")).unwrap()).unwrap();
        assert_eq!((&joined["act"], &joined["by"]), (&"belongs_to".into(), &"A. Jansen".into()));
        assert!(written["about"][0].as_array().unwrap().contains(&other.as_str().into()), "{written}");
        let events = fs::read_to_string(bag.join("data/log/events.jsonl")).unwrap();
        assert_eq!(events.matches(r#"\"decision\""#).count(), 3, "{which:?}");
        fs::rename(bag, desk.path(&format!("bag-{n}"))).unwrap();
    }
}

#[test]
fn every_event_in_a_bag_proves_itself_and_every_object_is_in_one() {
    let desk = Desk::new();
    let (bag, _) = desk.export(&["--all"]);
    assert_valid(&bag);
    let keys: Vec<_> = fs::read_dir(bag.join("data/log/keys"))
        .unwrap()
        .map(|key| VerifierKey::decode(fs::read_to_string(key.unwrap().path()).unwrap().trim_end()).unwrap())
        .collect();
    let head = read_checkpoint(&fs::read(bag.join("data/log/checkpoint")).unwrap(), &keys).unwrap();
    let (mut digests, mut decisions) = (BTreeSet::new(), 0);
    for line in fs::read_to_string(bag.join("data/log/events.jsonl")).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        let entry = line["entry"].as_str().unwrap();
        let proof: Vec<Hash> = line["proof"]
            .as_array()
            .unwrap()
            .iter()
            .map(|hash| hex::decode(hash.as_str().unwrap()).unwrap().try_into().unwrap())
            .collect();
        let index = line["index"].as_u64().unwrap();
        assert!(inclusion_holds(&leaf_hash(entry.as_bytes()), index, head.size, &head.root, &proof), "{entry}");
        let event: Value = serde_json::from_str(entry).unwrap();
        decisions += u32::from(event["event"] == "decision");
        for object in event["objects"].as_array().into_iter().flatten() {
            digests.insert(object["blake3"].as_str().unwrap().to_owned());
        }
    }
    assert_eq!(decisions, 1);
    let told = |name: &&String| !name.starts_with("log/") && !name.ends_with("/record.json") && *name != "README.txt";
    for name in files(&bag.join("data")).iter().filter(told) {
        let digest = blake3::hash(&fs::read(bag.join("data").join(name)).unwrap()).to_string();
        assert!(digests.contains(&digest), "no event names {name}");
    }
    // The log tells of the export.
    let (_, again) = {
        fs::rename(&bag, desk.path("first")).unwrap();
        desk.export(&["--all"])
    };
    assert!(again["events"].as_u64() > Some(0));
    let events = fs::read_to_string(desk.path("bag/data/log/events.jsonl")).unwrap();
    assert_eq!(events.matches("dissemination").count(), 2, "one for each record");
    assert_eq!(json_of(&mut desk.griffie(&["verify", "--json"]), &[0])["findings"], Value::Array(Vec::new()));
}

/// The indented lines of the README in a bag, which a stranger types, from the one that begins so to the end of its part.
fn as_told(readme: &str, from: &str) -> String {
    let at = readme.find(from).unwrap_or_else(|| panic!("{from}"));
    let start = readme[..at].rfind('\n').unwrap() + 1;
    let lines = readme[start..].lines().take_while(|line| line.is_empty() || line.starts_with("    "));
    lines.map(|line| line.strip_prefix("    ").unwrap_or(line)).collect::<Vec<_>>().join("\n")
}

#[test]
fn a_stranger_checks_a_bag_with_what_its_readme_says() {
    let (desk, authority) = (Desk::new(), Authority::new(&["rsa:2048"]));
    let stamp = |name: &str| {
        let request = desk.path(name);
        common::check(desk.griffie(&["log", "timestamp", "--request"]).arg(&request), 0);
        let answer = authority.answer(&request);
        common::check(desk.griffie(&["log", "timestamp", "--response"]).arg(&answer), 0);
    };
    stamp("1.tsq");
    // Comes in again, in a container: that is told as well. The log is stamped twice more, and the second adds nothing.
    common::write_zip(&desk.path("again.zip"), &[("nda.pdf", &fs::read(desk.path("inbox/nda.pdf")).unwrap())]);
    common::check(desk.griffie(&["ingest"]).arg(desk.path("again.zip")), 0);
    ["2.tsq", "3.tsq", "4.tsq"].into_iter().for_each(stamp);
    let (bag, _) = desk.export(&["--all"]);
    assert_valid(&bag);
    let names = files(&bag.join("data"));
    let count = |part: &str| names.iter().filter(|name| name.contains(part)).count();
    assert_eq!((count("/accessions/"), count("batches/")), (2 + 2, 2), "{names:?}");
    let stamps = [count("log/timestamps/"), count("log/checkpoints/")];
    assert_eq!(stamps, [3, 3], "the first after the lease, the first after the container, and the last: {names:?}");

    let readme = fs::read_to_string(bag.join("data/README.txt")).unwrap();
    assert!(readme.contains("`sha256sum -c --quiet manifest-sha256.txt`"));
    run(&bag, "sha256sum -c --quiet manifest-sha256.txt", true);
    let data = bag.join("data");
    let proof = as_told(&readme, "T=$(mktemp -d)") + "\n" + &as_told(&readme, "cat > $T/check.py");
    let told = run(&data, &proof, true);
    assert!(told.contains("the checkpoint is signed with the key"), "{told}");
    assert!(told.contains("events are in the log of the checkpoint"), "{told}");
    assert_eq!(told.matches("are those of the checkpoint of then").count(), 3, "{told}");
    let verify = as_told(&readme, "openssl ts -reply");
    for name in names.iter().filter_map(|name| name.strip_prefix("log/timestamps/")) {
        let (size, stem) = name.trim_end_matches(".tsr").split_once('-').unwrap();
        let ca = authority.path("ca.pem");
        let commands = verify.replace("NAME", stem).replace("SIZE", size).replace("ca.pem", ca.to_str().unwrap());
        let told = run(&data, &commands, true);
        assert!(told.contains("Verification: OK"), "{told}");
    }
    // What was altered does not hold.
    for (file, from, to) in [
        ("log/events.jsonl", "A. Jansen", "B. Jansen"),
        ("log/checkpoint", "griffie-log-", "griffie-lag-"),
        ("log/consistency.jsonl", "\"proof\":[\"", "\"proof\":[\"00"),
    ] {
        let right = fs::read_to_string(data.join(file)).unwrap();
        fs::write(data.join(file), right.replacen(from, to, 1)).unwrap();
        run(&data, &proof, false);
        fs::write(data.join(file), right).unwrap();
    }
}

/// What a folder's commands print; they must end well or not, as said.
fn run(folder: &Path, script: &str, well: bool) -> String {
    let output = Command::new("bash").args(["-e", "-c", script]).current_dir(folder).output().unwrap();
    let told = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.success(), well, "{told}");
    told
}

#[test]
fn a_bag_tells_of_every_key_and_whether_the_one_before_signed_for_it() {
    let desk = Desk::new();
    let keys = || common::keys_of(&desk.path("data/store/log/keys"));
    let first = keys().remove(0);
    let change = || common::check(&mut desk.griffie(&["log", "new-key", "--by", "A. Jansen"]), 0);
    let bag_of = |name: &str| {
        let (bag, _) = desk.export(&["--all"]);
        fs::rename(&bag, desk.path(name)).unwrap();
        assert_valid(&desk.path(name));
        desk.path(name)
    };
    change();
    common::check(&mut desk.griffie(&["decide", &desk.lease, "--by", "A. Jansen", "accept", "title"]), 0);
    let handed_over = bag_of("handed-over");
    // Somebody without the key takes the log over.
    fs::remove_file(desk.path("data/log.key")).unwrap();
    let before = keys();
    change();
    let newest = keys().into_iter().find(|key| !before.contains(key)).unwrap();
    let taken = bag_of("taken");
    let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[8]);
    let event = report["key_changes"][1]["event"].as_u64().unwrap().to_string();
    common::check(&mut desk.griffie(&["log", "accept-key", &event, "--by", "B. Smit"]), 0);
    let accepted = bag_of("accepted");

    let readme = fs::read_to_string(taken.join("data/README.txt")).unwrap();
    let proof = as_told(&readme, "T=$(mktemp -d)") + "\n" + &as_told(&readme, "cat > $T/check.py");
    let counts = |bag: &Path| {
        let told = run(&bag.join("data"), &proof, true);
        let count = |part: &str| told.matches(part).count();
        assert_eq!(count("was begun with the key") + count("the checkpoint is signed with the key"), 2, "{told}");
        let said = count(&format!("B. Smit): says that the change of key by event {event} is right"));
        [count("; the old key signed that"), count("; NOT SIGNED BY THE OLD KEY"), said]
    };
    assert_eq!([counts(&handed_over), counts(&taken), counts(&accepted)], [[1, 0, 0], [1, 1, 0], [1, 1, 1]]);
    // Where it comes in it is told as well.
    for (bag, told) in [
        (&handed_over, &["the old key signed that"][..]),
        (&taken, &["the old key signed that", "did not sign that: ask the archive whether it was its keeper"]),
        (&accepted, &["the old key signed that", "did not sign that, B. Smit said"]),
    ] {
        let there = bag.join("../there").join(event.as_str()).join(bag.file_name().unwrap());
        // The key that is trusted vouches for those that it signed, and for no other.
        common::trust(&first, &there);
        let holds = bag == &handed_over;
        let receipt = json_of(griffie(&there).args(["ingest", "--json"]).arg(bag), &[if holds { 0 } else { 11 }]);
        let (kind, remark) = remarks(&receipt).pop().unwrap();
        assert_eq!(kind, if holds { "decisions_taken_over" } else { "decision_not_taken_over" }, "{receipt}");
        if !holds {
            assert!(remark.contains(&format!("whether `{newest}` is its key")), "{remark}");
            common::trust(&newest, &there);
            let receipt = json_of(griffie(&there).args(["ingest", "--json"]).arg(bag), &[0]);
            assert_eq!(remarks(&receipt).pop().unwrap().0, "decisions_taken_over", "{receipt}");
        }
        let remarks: Vec<_> = remarks(&receipt).into_iter().filter(|(kind, _)| *kind == "key_changed_there").collect();
        assert_eq!(remarks.len(), told.len(), "{receipt}");
        for ((_, remark), told) in remarks.iter().zip(told) {
            assert!(remark.contains("A. Jansen") && remark.contains(told), "{remark}");
        }
    }
    // Neither a third key nor a checkpoint that lacks passes for the archive's.
    let other = Desk::new();
    let third = files(&other.export(&["--all"]).0.join("data/log/keys")).pop_first().unwrap();
    let third_key = fs::read(other.path("bag/data/log/keys").join(&third)).unwrap();
    type Change<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Change<'_>); 2] = [
        ("third", &|data| fs::write(data.join("log/keys").join(&third), &third_key).unwrap()),
        ("lacking", &|data| {
            let notes = data.join("log/checkpoints");
            let last = files(&notes).into_iter().max_by_key(|name| name.parse::<u64>().unwrap()).unwrap();
            fs::remove_file(notes.join(last)).unwrap();
        }),
    ];
    for (name, change) in cases {
        let copy = desk.path(name);
        assert!(Command::new("cp").arg("-a").arg(&taken).arg(&copy).status().unwrap().success());
        change(&copy.join("data"));
        run(&copy.join("data"), &proof, false);
        let whole = desk.path(&format!("{name}-whole"));
        forged(&copy, &whole, |_, bytes| Some(bytes));
        let receipt =
            json_of(griffie(&desk.path(&format!("{name}-data"))).args(["ingest", "--json"]).arg(&whole), &[11]);
        assert_eq!(receipt["files"][0]["reason"]["kind"], "bag_contradicts", "{name}");
    }
}

#[test]
fn a_search_or_a_filter_chooses_what_goes_along() {
    let desk = Desk::new();
    let records = |arguments: &[&str]| {
        let (bag, written) = desk.export(arguments);
        fs::rename(bag, desk.path(&arguments.concat().replace(' ', "-"))).unwrap();
        written["about"].as_array().unwrap().len()
    };
    assert_eq!(records(&["--all"]), 2);
    assert_eq!(records(&["--search", "Korenaar"]), 1);
    assert_eq!(records(&["--party", "korenaar"]), 1);
    for (arguments, code) in [(&["--record", "c-zzzz"][..], 6), (&["--search", "Zeppelin"], 6), (&[], 2)] {
        let status = desk.griffie(&["export", "--bagit"]).arg(desk.path("none")).args(arguments).status().unwrap();
        assert_eq!(status.code(), Some(code), "{arguments:?}");
        assert!(!desk.path("none").try_exists().unwrap());
    }
    fs::create_dir(desk.path("bag")).unwrap();
    let status = desk.griffie(&["export", "--all", "--bagit"]).arg(desk.path("bag")).status().unwrap();
    assert_eq!(status.code(), Some(6), "a folder that is there is left alone");
    assert_eq!(fs::read_dir(desk.path("bag")).unwrap().count(), 0);
}

#[test]
fn changed_bytes_do_not_leave_the_archive() {
    let desk = Desk::new();
    let reading = files(&desk.path("data/store/readings")).pop_first().unwrap();
    let path = desk.path("data/store/readings").join(reading);
    let mut bytes = fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    fs::rename(&path, desk.path("aside")).unwrap();
    fs::write(&path, bytes).unwrap();
    let status = desk.griffie(&["export", "--all", "--bagit"]).arg(desk.path("bag")).status().unwrap();
    assert_eq!(status.code(), Some(8));
    assert!(!desk.path("bag").try_exists().unwrap());
}

/// Packs a folder as a ZIP file, with its name before each path.
fn zipped(folder: &Path, to: &Path) {
    let members: Vec<_> =
        files(folder).into_iter().map(|name| (format!("bag/{name}"), fs::read(folder.join(name)).unwrap())).collect();
    let members: Vec<_> = members.iter().map(|(name, bytes)| (name.as_str(), &bytes[..])).collect();
    common::write_zip(to, &members);
}

/// The kinds of the remarks in a receipt, and their words.
fn remarks(receipt: &Value) -> Vec<(&str, &str)> {
    let files = receipt["files"].as_array().unwrap().iter();
    let remarks = files.filter_map(|file| file["remarks"].as_array()).flatten();
    remarks.map(|remark| (remark["kind"].as_str().unwrap(), remark["message"].as_str().unwrap())).collect()
}

#[test]
fn a_bag_comes_back_with_the_same_digests_and_what_people_decided() {
    let desk = Desk::new();
    let listed = json_of(&mut desk.griffie(&["register", "--json"]), &[0]);
    let ids = listed.as_array().unwrap().iter().map(|entry| entry["id"].as_str().unwrap());
    let other = ids.into_iter().find(|id| *id != desk.lease).unwrap().to_owned();
    for act in [&["belongs-to", &desk.lease][..], &["not-in-contract", "court"]] {
        assert!(desk.griffie(&["decide", &other, "--by", "B. Pietersen"]).args(act).status().unwrap().success());
    }
    let (bag, _) = desk.export(&["--all"]);
    zipped(&bag, &desk.path("bag.zip"));
    for (data, from) in [("folder", "bag"), ("zip", "bag.zip")] {
        let there = |arguments: &[&str]| {
            let mut command = griffie(&desk.path(data));
            command.args(arguments);
            command
        };
        common::trust_the_log_of(&bag, &desk.path(data));
        let receipt = json_of(there(&["ingest", "--json"]).arg(desk.path(from)), &[0]);
        let totals = ["files", "container", "archived"].map(|total| receipt["totals"][total].as_u64().unwrap());
        assert_eq!(totals, [3, 1, 2], "{receipt}");
        let originals = |data: &str| files(&desk.path(data).join("store/originals"));
        assert!(originals(data).is_superset(&originals("data")));
        let container = receipt["files"][0]["blake3"].as_str().unwrap();
        let kept = format!("originals/{}/{container}", &container[..2]);
        let told = remarks(&receipt);
        assert_eq!(told.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["bag_kept", "decisions_taken_over"]);
        assert!(told[0].1.contains(&kept) && told[1].1.starts_with("3 decisions"), "{told:?}");
        // Nothing that came along is lost: it lies there.
        let pack = fs::read(desk.path(data).join("store").join(kept)).unwrap();
        for part in ["log/events.jsonl", "accessions/", "renditions/", "bag-info.txt"] {
            assert!(pack.windows(part.len()).any(|window| window == part.as_bytes()), "{part}");
        }
        // One dossier of two documents, with the day that was decided, and by whom and where.
        let listed = json_of(&mut there(&["register", "--json"]), &[0]);
        assert_eq!(listed.as_array().unwrap().len(), 1, "{listed}");
        let record = listed[0]["id"].as_str().unwrap();
        assert_ne!(record, desk.lease);
        let check_shown = || {
            let (shown, _) = common::check(&mut there(&["show", record]), 0);
            let log = fs::read_to_string(bag.join("data/log/checkpoint")).unwrap();
            let log = log.lines().next().unwrap();
            assert!(shown.contains("2027-02-28"), "{shown}");
            let marked = format!("A. Jansen (on {} in another archive, {log}; taken over", desk.lease);
            assert!(shown.contains(&marked) && shown.contains("B. Pietersen (on c-"), "{shown}");
            shown
        };
        let shown = check_shown();
        assert_eq!(json_of(&mut there(&["verify", "--json"]), &[0])["findings"], Value::Array(Vec::new()));
        common::check(&mut there(&["rebuild"]), 0);
        assert_eq!(check_shown(), shown);
        // Given again, nothing comes twice, and what was taken over holds.
        let again = json_of(there(&["ingest", "--json"]).arg(desk.path(from)), &[0]);
        assert_eq!(again["totals"]["duplicate"], 2);
        assert_eq!(
            remarks(&again).iter().map(|(kind, _)| *kind).collect::<Vec<_>>(),
            ["bag_kept", "decisions_taken_over"]
        );
        let decided = |text: &str| text.lines().filter(|line| line.contains("decision ")).count();
        assert_eq!(decided(&check_shown()), decided(&shown));
    }
    // Anybody can make an archive and a bag of it: what was decided there holds once that log is trusted.
    let stranger = desk.path("stranger");
    let receipt = json_of(griffie(&stranger).args(["ingest", "--json"]).arg(&bag), &[11]);
    let told = remarks(&receipt);
    assert!(told[1..].iter().all(|(kind, why)| *kind == "decision_not_taken_over" && why.contains("`trusted_logs`")));
    assert_eq!(told.len(), 4, "{told:?}");
    common::trust_the_log_of(&bag, &stranger);
    let receipt = json_of(griffie(&stranger).args(["ingest", "--json"]).arg(&bag), &[0]);
    assert!(remarks(&receipt)[1].1.starts_with("3 decisions"), "{receipt}");

    let again = json_of(desk.griffie(&["ingest", "--json"]).arg(&bag), &[0]);
    assert_eq!(again["totals"]["duplicate"], 2, "the archive that it left knows it");
    assert_eq!(remarks(&again).len(), 1, "and what was decided in it: {again}");
}

#[test]
fn a_bag_that_was_stopped_on_its_way_in_is_gone_on_with_and_nothing_is_decided_twice() {
    let desk = Desk::new();
    for act in [&["accept", "title"][..], &["not-in-contract", "court"]] {
        common::check(desk.griffie(&["decide", &desk.lease, "--by", "A. Jansen"]).args(act), 0);
    }
    let (bag, _) = desk.export(&["--all"]);
    for (n, point) in ["decision-announced", "decision-stored", "decision-noted"].into_iter().enumerate() {
        for nth in [1, 2] {
            let data = desk.path(&format!("killed-{n}-{nth}"));
            common::trust_the_log_of(&bag, &data);
            let ingest = || {
                let mut command = griffie(&data);
                command.args(["ingest", "--no-copies", "--json"]).arg(&bag);
                command
            };
            let killed = ingest().env("GRIFFIE_STOP_AT", format!("{point}:{nth}")).output().unwrap();
            assert_eq!(killed.status.code(), None, "{point} is reached");
            let receipt = json_of(&mut ingest(), &[0]);
            assert_eq!(receipt["totals"]["files"], 3);
            assert!(remarks(&receipt)[1].1.starts_with("3 decisions"), "{receipt}");
            let listed = json_of(griffie(&data).args(["register", "--json", "--party", "korenaar"]), &[0]);
            let shown = json_of(griffie(&data).args(["show", "--json", listed[0]["id"].as_str().unwrap()]), &[0]);
            assert_eq!(shown["decisions"].as_array().unwrap().len(), 3, "{point} {nth}");
            assert_eq!(json_of(griffie(&data).args(["verify", "--json"]), &[0])["findings"], Value::Array(Vec::new()));
        }
    }
}

#[test]
fn what_another_archive_decided_about_a_document_that_is_here_is_left_to_people() {
    let desk = Desk::new();
    let (bag, _) = desk.export(&["--all"]);
    let data = desk.path("other");
    common::trust_the_log_of(&bag, &data);
    let first = json_of(griffie(&data).args(["ingest", "--json"]).arg(desk.path("inbox")), &[0]);
    let record = first["files"][0]["documents"][0]["record"].as_str().unwrap();
    let (text, _) = common::check(griffie(&data).arg("ingest").arg(&bag), 11);
    assert!(text.contains(&format!("griffie decide {record}")) && text.contains("was not taken over"), "{text}");
    let (batch, _) = text.lines().next().unwrap().split_at("Receipt ".len());
    let batch = text.strip_prefix(batch).unwrap().lines().next().unwrap();
    let (again, _) = common::check(griffie(&data).args(["show", batch]), 0);
    assert_eq!(again, text, "the receipt tells it once more");
    let shown = json_of(griffie(&data).args(["show", "--json", record]), &[0]);
    assert_eq!(shown["decisions"], Value::Array(Vec::new()));
}

/// The same bag with other bytes for some of its files, or without them, and lists that fit.
fn forged(bag: &Path, to: &Path, change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>) {
    let (label, value) = griffie::bagit::OURS;
    rewritten(bag, to, &[(label.into(), value.into())], str::to_owned, change);
}

/// The same with other names as well, and with what is said of the bag.
fn rewritten(
    bag: &Path,
    to: &Path,
    info: &[(String, String)],
    called: impl Fn(&str) -> String,
    change: impl Fn(&str, Vec<u8>) -> Option<Vec<u8>>,
) {
    let mut writer = griffie::bagit::Writer::begin(to).unwrap();
    for name in files(&bag.join("data")) {
        let bytes = fs::read(bag.join("data").join(&name)).unwrap();
        if let Some(bytes) = change(&name, bytes) {
            writer.add(&called(&name), |payload| payload.write(&bytes)).unwrap();
        }
    }
    writer.close(info).unwrap();
    assert_valid(to);
}

#[test]
fn an_original_in_a_bag_is_called_as_its_manifest_says() {
    let desk = Desk::new();
    let (bag, _) = desk.export(&["--all"]);
    let (label, value) = griffie::bagit::OURS;
    let renamed = |name: &str| match name.rsplit_once("/original/") {
        Some((folder, _)) => format!("{folder}/original/something else.pdf"),
        None => name.to_owned(),
    };
    let folder = desk.path("renamed");
    rewritten(&bag, &folder, &[(label.into(), value.into())], renamed, |_, bytes| Some(bytes));
    let receipt = json_of(griffie(&desk.path("there")).args(["ingest", "--json"]).arg(&folder), &[11]);
    assert_eq!(receipt["files"][0]["reason"]["kind"], "bag_contradicts", "{receipt}");
}

#[test]
fn a_bag_without_the_mark_of_an_archive_proves_nothing_and_the_receipt_says_so() {
    let desk = Desk::new();
    let (bag, _) = desk.export(&["--record", &desk.lease]);
    let folder = desk.path("stripped");
    // A changed original, without the line that says whose bag it is and without the log that would tell.
    rewritten(&bag, &folder, &[], str::to_owned, |name, bytes| match name {
        _ if name.starts_with("log/") => None,
        _ if name.contains("/original/") => Some([&bytes[..], b"\n%x"].concat()),
        _ => Some(bytes),
    });
    zipped(&folder, &desk.path("stripped.zip"));
    for (data, from) in [("folder", folder), ("zip", desk.path("stripped.zip"))] {
        let receipt = json_of(griffie(&desk.path(data)).args(["ingest", "--json", "--no-copies"]).arg(from), &[11]);
        let told = remarks(&receipt);
        let plain: Vec<_> = told.iter().filter(|(kind, _)| *kind == "plain_bag").map(|(_, words)| *words).collect();
        assert!(plain.len() == 1 && plain[0].contains("lacks the mark"), "{told:?}");
    }
}

#[test]
fn a_valid_bag_that_contradicts_its_own_log_is_refused_whole() {
    let desk = Desk::new();
    common::check(desk.griffie(&["decide", &desk.lease, "--by", "A. Jansen"]).args(["accept", "title"]), 0);
    let (bag, _) = desk.export(&["--all"]);
    let swap = |from: &'static str, to: &'static str| {
        move |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replacen(from, to, 1).into_bytes()
    };
    let other = Desk::new();
    let strange_key = {
        let (bag, _) = other.export(&["--all"]);
        let name = files(&bag.join("data/log/keys")).pop_first().unwrap();
        fs::read(bag.join("data/log/keys").join(name)).unwrap()
    };
    type Change<'a> = &'a dyn Fn(&str, Vec<u8>) -> Option<Vec<u8>>;
    let on = |part: &'static str, by: &dyn Fn(Vec<u8>) -> Option<Vec<u8>>, name: &str, bytes: Vec<u8>| {
        if name.contains(part) { by(bytes) } else { Some(bytes) }
    };
    let cases: [(&str, Change<'_>); 7] = [
        ("bag_contradicts", &|name, bytes| {
            on("original/huur", &|bytes| Some([&bytes[..], b" "].concat()), name, bytes)
        }),
        ("bag_contradicts", &|name, bytes| {
            on("decisions/000001", &|bytes| Some(swap("2027-02-28", "2031-03-31")(bytes)), name, bytes)
        }),
        ("bag_contradicts", &|name, bytes| {
            on("log/events", &|bytes| Some(swap("A. Jansen", "B. Jansen")(bytes)), name, bytes)
        }),
        // The last event once more.
        ("bag_contradicts", &|name, bytes| {
            let twice = |bytes: Vec<u8>| {
                let text = String::from_utf8(bytes).unwrap();
                Some(format!("{text}{}\n", text.lines().last().unwrap()).into_bytes())
            };
            on("log/events", &twice, name, bytes)
        }),
        ("bag_contradicts", &|name, bytes| on("log/keys", &|_| Some(strange_key.clone()), name, bytes)),
        ("bag_incomplete", &|name, bytes| on("decisions/000002", &|_| None, name, bytes)),
        ("bag_contradicts", &|name, bytes| on("findings/", &|bytes| Some([&bytes[..], b" "].concat()), name, bytes)),
    ];
    for (number, (kind, change)) in cases.iter().enumerate() {
        let folder = desk.path(&format!("forged-{number}"));
        forged(&bag, &folder, change);
        zipped(&folder, &folder.with_extension("zip"));
        for path in [folder.clone(), folder.with_extension("zip")] {
            let data = desk.path(&format!("data-{number}"));
            let receipt = json_of(griffie(&data).args(["ingest", "--json"]).arg(&path), &[11]);
            assert_eq!((&receipt["totals"]["files"], &receipt["totals"]["quarantined"]), (&1.into(), &1.into()));
            assert_eq!(receipt["files"][0]["reason"]["kind"], *kind, "{number}: {receipt}");
        }
    }
}

#[test]
fn a_bag_that_is_not_as_it_says_is_refused_whole() {
    let desk = Desk::new();
    let (bag, _) = desk.export(&["--record", &desk.lease]);
    let name = files(&bag).into_iter().find(|name| name.contains("/original/")).unwrap();
    let right = fs::read(bag.join(&name)).unwrap();
    let check = |what: &str, kind: &str| {
        let data = desk.path(what);
        let receipt = json_of(griffie(&data).args(["ingest", "--json"]).arg(&bag), &[11]);
        assert_eq!((&receipt["totals"]["files"], &receipt["totals"]["quarantined"]), (&1.into(), &1.into()), "{what}");
        assert_eq!(receipt["files"][0]["reason"]["kind"], kind, "{what}");
    };
    fs::write(bag.join(&name), [&right[..], b" "].concat()).unwrap();
    check("changed", "bag_changed");
    fs::rename(bag.join(&name), desk.path("aside")).unwrap();
    check("missing", "bag_incomplete");
    fs::write(bag.join(&name), &right).unwrap();
    fs::write(bag.join("data/extra.pdf"), &right).unwrap();
    check("unlisted", "bag_unlisted");
}

#[test]
fn the_payload_of_anothers_bag_is_taken_file_by_file() {
    let desk = Desk::new();
    let mut writer = griffie::bagit::Writer::begin(&desk.path("foreign")).unwrap();
    let pdf = fs::read(desk.path("inbox/nda.pdf")).unwrap();
    writer.add("contracts/nda.pdf", |payload| payload.write(&pdf)).unwrap();
    writer.add("notes.txt", |payload| payload.write(b"plain text")).unwrap();
    writer.close(&[]).unwrap();
    assert_valid(&desk.path("foreign"));
    let receipt = json_of(griffie(&desk.path("other")).args(["ingest", "--json"]).arg(desk.path("foreign")), &[11]);
    let files: Vec<_> = receipt["files"].as_array().unwrap().iter().map(|file| &file["state"]).collect();
    assert_eq!(files, ["container", "archived", "quarantined"]);
    let told = remarks(&receipt);
    let plain = told.iter().find(|(kind, _)| *kind == "plain_bag").map(|(_, words)| *words);
    assert_eq!(
        plain,
        Some("a plain bag: nothing proves whose it is and that nothing in it was changed but its own lists")
    );
    // No other container is called a bag.
    let (pdf, other) = (fs::read(desk.path("inbox/nda.pdf")).unwrap(), desk.path("other.zip"));
    common::write_zip(&other, &[("nda.pdf", &pdf)]);
    let receipt = json_of(griffie(&desk.path("third")).args(["ingest", "--json"]).arg(other), &[0]);
    assert!(remarks(&receipt).iter().all(|(kind, _)| *kind != "plain_bag"), "{receipt}");
}
