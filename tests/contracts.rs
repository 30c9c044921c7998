//! Reads contracts by many hands that are kept here with their labels, and compares. Each set was read once before the
//! rules were mended with it (`fixtures/first-seen.jsonl` keeps how); now it guards what they learnt. Prints precision and
//! recall per field; fails below the floors. All people, firms and agreements in them are invented.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
    process::Command,
};

use serde_json::Value;

/// Share of values given that are right, and share of what labels name that was found. The newest set is read as it was at
/// first: no rule was mended with it yet.
const PRECISION_FLOOR: f64 = 0.865;
const RECALL_FLOOR: f64 = 0.80;

#[derive(Default)]
struct Tally {
    right: u64,
    given: u64,
    labelled: u64,
}

#[test]
fn contracts_are_read_as_they_are_labelled() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/contracts");
    let scratch = tempfile::tempdir().unwrap();
    let (seen, calibration) = (scratch.path().join("seen.jsonl"), scratch.path().join("calibration.toml"));
    let sets = std::fs::read_dir(folder).unwrap().map(|set| set.unwrap().path());
    #[expect(clippy::disallowed_methods, reason = "the program under test")]
    let mut command = Command::new(env!("CARGO_BIN_EXE_griffie"));
    command.args(["rules", "calibrate"]).args(sets).args(["--variant", "digital", "--observations"]).arg(&seen);
    let output = command.arg("--out").arg(calibration).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));

    let mut tallies: BTreeMap<String, Tally> = BTreeMap::new();
    let mut documents = BTreeSet::new();
    for line in std::fs::read_to_string(seen).unwrap().lines() {
        let one: Value = serde_json::from_str(line).unwrap();
        let tally = tallies.entry(one["field"].as_str().unwrap().to_owned()).or_default();
        tally.given += 1;
        tally.right += u64::from(one["right"] == true);
        if documents.insert(one["document"].as_str().unwrap().to_owned()) {
            for (field, count) in one["labelled"].as_object().unwrap() {
                tallies.entry(field.clone()).or_default().labelled += count.as_u64().unwrap();
            }
        }
    }
    assert_eq!(documents.len(), 239, "every contract gives something");
    let share = |part: u64, whole: u64| part as f64 / whole.max(1) as f64;
    let mut all = Tally::default();
    for (field, Tally { right, given, labelled }) in &tallies {
        println!("{field:16} precision {:.2} recall {:.2}", share(*right, *given), share(*right, *labelled));
        all = Tally { right: all.right + right, given: all.given + given, labelled: all.labelled + labelled };
    }
    let (precision, recall) = (share(all.right, all.given), share(all.right, all.labelled));
    println!("all: precision {precision:.3}, recall {recall:.3} of {} values", all.labelled);
    assert!(precision >= PRECISION_FLOOR && recall >= RECALL_FLOOR);
}
