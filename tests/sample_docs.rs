//! Takes in all of `sample-docs/` in one run of the built program and compares states and fields with the
//! `.expected.toml` beside each document. Prints precision and recall per field; fails below the floors, and on any
//! wrong value that would fill the register by itself.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
    process::Command,
};

use griffie::{archive::Archive, storage::Store};
use serde_json::Value;

/// Share of values given that are right, and share of values to be found that were found, over all fields.
const PRECISION_FLOOR: f64 = 0.88;
const RECALL_FLOOR: f64 = 0.78;

/// What a `.expected.toml` says of a document or of a member of a container.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    state: String,
    reason: Option<String>,
    /// Fields that a careful clerk looks at first: they must not fill the register by themselves.
    #[serde(default)]
    look_first: Vec<String>,
    /// Fields of which two readings stand side by side: what the other one must say.
    #[serde(default)]
    conflicts: BTreeMap<String, Value>,
    /// `"none"`: the contract has none. A field that is left out is not compared.
    #[serde(default)]
    fields: BTreeMap<String, Value>,
    #[serde(default)]
    members: BTreeMap<String, Expected>,
}

#[derive(Default)]
struct Tally {
    right: usize,
    given: usize,
    wanted: usize,
}

#[derive(Default)]
struct Outcome {
    tallies: BTreeMap<String, Tally>,
    misses: String,
    faults: Vec<String>,
}

fn griffie(arguments: &[&str], paths: &[PathBuf], data: &Path) -> Value {
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_griffie"));
    let output = command.args(arguments).args(paths).arg("--data").arg(data).output().unwrap();
    let status = output.status.code();
    assert!(matches!(status, Some(0 | 11)), "{status:?}: {}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The documents in `sample-docs/`, each with what it must yield.
fn samples() -> Vec<(PathBuf, Expected)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-docs");
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let expected = path.with_extension("expected.toml");
        let is_document = path.extension().is_some_and(|ending| ending != "toml");
        if is_document && expected.try_exists().unwrap() {
            let text = std::fs::read_to_string(&expected).unwrap();
            let expected: Expected =
                toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", expected.display()));
            samples.push((path, expected));
        }
    }
    // Which of two equal files is the duplicate is told by the order in which they come in.
    samples.sort_by(|(a, what), (b, other)| (what.state == "duplicate", a).cmp(&(other.state == "duplicate", b)));
    assert!(samples.len() >= 14, "{} samples", samples.len());
    samples
}

#[test]
fn sample_documents_yield_their_records() {
    let data = tempfile::tempdir().unwrap();
    let samples = samples();
    let paths: Vec<_> = samples.iter().map(|(path, _)| path.clone()).collect();
    let receipt = griffie(&["ingest", "--json"], &paths, data.path());
    let register = griffie(&["register", "--json"], &[], data.path());

    let mut outcome = Outcome::default();
    for (path, expected) in &samples {
        let path = path.to_str().unwrap();
        outcome.compare(path, expected, &receipt, &register);
        for (member, expected) in &expected.members {
            outcome.compare(&format!("{path}!{member}"), expected, &receipt, &register);
        }
    }
    outcome.report();
    copies_of_scans_are_little_larger(data.path());
}

/// 5 % at most, or 8 kB a page where that is more.
fn copies_of_scans_are_little_larger(data: &Path) {
    let archive = Archive::existing(Store::existing_folder(&data.join("store")).unwrap());
    let mut scans = 0;
    for manifest in archive.documents().unwrap().flat_map(|series| series.unwrap().1) {
        for copy in &manifest.renditions {
            let built = &copy.acceptance["built"];
            if built["method"] == "scan_streams_kept" || built["method"] == "images_wrapped" {
                let (before, after) = (manifest.original.digests.size_bytes, copy.digests.size_bytes);
                let most = (before * 105 / 100).max(before + 8192 * built["pages"].as_u64().unwrap());
                assert!(after <= most, "{}: {before} bytes became {after}", manifest.original.name);
                scans += 1;
            }
        }
    }
    assert!(scans >= 4, "{scans} scans");
}

impl Outcome {
    fn compare(&mut self, path: &str, expected: &Expected, receipt: &Value, register: &Value) {
        let name = path.rsplit('/').next().unwrap();
        let files = receipt["files"].as_array().unwrap();
        let Some(file) = files.iter().find(|file| file["path"] == path) else {
            return self.faults.push(format!("{name}: not in the receipt"));
        };
        let (state, reason) = (&file["state"], &file["reason"]["kind"]);
        if *state != expected.state.as_str() || expected.reason.as_deref().is_some_and(|want| reason != want) {
            let want = (&expected.state, &expected.reason);
            self.faults.push(format!("{name}: is {state} {reason}, must be {want:?}"));
        }
        if expected.fields.is_empty() {
            return;
        }
        let record = &file["documents"][0]["record"];
        let Some(found) = register.as_array().unwrap().iter().find(|entry| entry["id"] == *record) else {
            return self.faults.push(format!("{name}: has no record"));
        };
        for (field, want) in &expected.fields {
            let look_first = expected.look_first.contains(field);
            self.field(name, field, want, &found["fields"][field], look_first);
        }
        for (field, other) in &expected.conflicts {
            let entries = found["fields"][field].as_array().cloned().unwrap_or_default();
            let stands = entries.iter().filter(|entry| entry["status"] == "conflict").any(|entry| {
                let others = entry["alternatives"].as_array();
                others.is_some_and(|others| others.iter().any(|one| fits(field, other, &one["value"])))
            });
            if !stands {
                self.faults.push(format!("{name}: {field} is not in conflict with {other}"));
            }
        }
    }

    fn field(&mut self, name: &str, field: &str, want: &Value, found: &Value, look_first: bool) {
        let wanted = match want {
            Value::String(none) if none == "none" => Vec::new(),
            Value::Array(many) => many.clone(),
            one => vec![one.clone()],
        };
        let found = found.as_array().cloned().unwrap_or_else(|| vec![found.clone()]);
        let given: Vec<_> = found.iter().filter(|entry| !entry["value"].is_null()).collect();
        let mut left = wanted.clone();
        let mut right = 0;
        for entry in &given {
            let place = left.iter().position(|want| fits(field, want, &entry["value"]));
            match place {
                Some(place) => {
                    left.remove(place);
                    right += 1;
                }
                None if entry["status"] == "auto" => {
                    self.faults.push(format!("{name}: {field} fills itself with {}, must be {want}", entry["value"]));
                }
                None => {}
            }
            if look_first && entry["status"] == "auto" {
                self.faults.push(format!("{name}: {field} fills itself where a person must look first"));
            }
        }
        if right < given.len().max(wanted.len()) {
            let values: Value = given.iter().map(|entry| entry["value"].clone()).collect();
            let _ = writeln!(self.misses, "{name}: {field}: found {values}, must be {want}");
        }
        let tally = self.tallies.entry(field.to_owned()).or_default();
        tally.right += right;
        tally.given += given.len();
        tally.wanted += wanted.len();
    }

    fn report(self) {
        let share = |part: usize, whole: usize| if whole == 0 { 1.0 } else { part as f64 / whole as f64 };
        let mut all = Tally::default();
        println!("{:<18}{:>10}{:>8}", "field", "precision", "recall");
        for (field, Tally { right, given, wanted }) in &self.tallies {
            println!("{field:<18}{:>10.2}{:>8.2}", share(*right, *given), share(*right, *wanted));
            all.right += right;
            all.given += given;
            all.wanted += wanted;
        }
        let (precision, recall) = (share(all.right, all.given), share(all.right, all.wanted));
        println!("{:<18}{precision:>10.2}{recall:>8.2}\n\n{}", "all", self.misses);
        assert!(self.faults.is_empty(), "{}", self.faults.join("\n"));
        assert!(precision >= PRECISION_FLOOR && recall >= RECALL_FLOOR, "precision {precision}, recall {recall}");
    }
}

/// Whether a value is what was wanted: every part that the expectation names is equal. Names and titles are compared
/// by their words, periods by their length.
fn fits(field: &str, want: &Value, found: &Value) -> bool {
    match (want, found) {
        (Value::Object(want), Value::Object(found)) => {
            want.iter().all(|(part, want)| found.get(part).is_some_and(|found| fits(part, want, found)))
        }
        (Value::String(want), Value::String(found)) => match field {
            "term" | "period" => length(want) == length(found),
            "title" | "court" | "name" | "role" | "by" => words(want) == words(found),
            _ => want == found,
        },
        _ => want == found,
    }
}

fn length(period: &str) -> Result<(u32, u32), &str> {
    period.parse::<griffie::model::Period>().map(griffie::model::Period::months_and_days).map_err(|_| period)
}

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.filter(|word| !matches!(word.as_str(), "de" | "het" | "the")).collect()
}
