//! The checker against the veraPDF corpus, whose file names carry their verdicts. The files are not part of the
//! project: without `../shared/data` the test says so and passes.

use std::{collections::BTreeMap, path::Path};

/// Clauses that the checker leaves to others: schemas of metadata; and what only level a asks for.
const NOT_CLAIMED: [&str; 3] = ["6.6.2.3", "6.7", "6.2.11.7.3"];

#[derive(Default)]
struct Row {
    found: usize,
    missed: Vec<String>,
    passed: usize,
    refused: Vec<String>,
}

/// The clause and the verdict in a name like `veraPDF test suite 6-2-4-3-t01-fail-a.pdf`.
fn verdict(name: &str) -> Option<(String, bool)> {
    let name = name.strip_prefix("veraPDF test suite ")?;
    let (clause, rest) = name.split_once("-t")?;
    Some((clause.replace('-', "."), rest.contains("-pass-")))
}

#[test]
fn the_corpus_is_judged_as_its_names_say() {
    let folder = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/pdfa-corpus"));
    let folder =
        std::env::var_os("GRIFFIE_DATA").map_or(folder.to_owned(), |data| Path::new(&data).join("pdfa-corpus"));
    let Ok(entries) = std::fs::read_dir(&folder) else {
        println!("SKIPPED: {} is not there", folder.display());
        return;
    };
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let mut table: BTreeMap<String, Row> = BTreeMap::new();
    for path in paths {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some((clause, passes)) = verdict(&name) else { continue };
        let findings = super::check(&path).unwrap_or_default();
        // Files of level b may lack what level u asks for, and say so.
        let (own, other): (Vec<_>, Vec<_>) = findings
            .iter()
            .filter(|finding| !finding.what.contains("level U"))
            .partition(|finding| finding.clause == clause || clause.starts_with(&finding.clause));
        if std::env::var_os("GRIFFIE_CORPUS_LIST").is_some() {
            let clauses: Vec<_> = findings.iter().map(|finding| format!("{finding}")).collect();
            println!("{name}|{}", clauses.join("|"));
        }
        let row = table.entry(clause).or_default();
        let level_b = |clause: &str| clause == "6.2.11.7.2";
        if !passes {
            if own.is_empty() && other.is_empty() { row.missed.push(name) } else { row.found += 1 }
        } else if own.is_empty() && other.iter().all(|finding| level_b(&finding.clause)) {
            row.passed += 1;
        } else {
            row.refused.push(name);
        }
    }
    let (mut found, mut missed, mut passed, mut refused) = (0, 0, 0, 0);
    println!("{:<14} {:>6} {:>6} {:>6} {:>7}", "clause", "found", "missed", "passed", "refused");
    for (clause, row) in &table {
        let claimed = !NOT_CLAIMED.iter().any(|other| clause.starts_with(other));
        println!(
            "{clause:<14} {:>6} {:>6} {:>6} {:>7}{}",
            row.found,
            row.missed.len(),
            row.passed,
            row.refused.len(),
            if claimed { "" } else { "  (not claimed)" }
        );
        if claimed {
            found += row.found;
            missed += row.missed.len();
        }
        passed += row.passed;
        refused += row.refused.len();
    }
    println!("claimed clauses: {found} of {} found; {refused} of {} refused", found + missed, passed + refused);
    assert!(missed * 100 <= 3 * (found + missed), "too many files that do not conform were not found");
    assert!(refused * 100 <= 2 * (passed + refused), "too many files that conform were refused");
}
