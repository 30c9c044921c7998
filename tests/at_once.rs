//! Several people and programs at work on one archive at the same time: nothing is lost, and nobody is accused.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread::scope,
};

use common::{Desk, check, griffie, json_of, write_pdf};

const PEOPLE: usize = 4;
const DECISIONS: usize = 8;

fn contract(number: usize) -> String {
    common::contract(&format!("Schoonmaakovereenkomst {number}"))
}

/// Everybody decides, on one record and on one of his own, while others check the archive, hand it out and add to it.
#[test]
fn decisions_that_are_taken_at_once_all_stand_once() {
    let desk = Desk::new();
    fs::create_dir(desk.path("in")).unwrap();
    for number in 0..PEOPLE {
        write_pdf(&desk.path(&format!("in/{number}.pdf")), &contract(number));
    }
    let receipt = json_of(desk.griffie(&["ingest", "--json", "--no-copies"]).arg(desk.path("in")), &[0]);
    let records: Vec<_> =
        (0..PEOPLE).map(|file| receipt["files"][file]["documents"][0]["record"].as_str().unwrap().to_owned()).collect();
    let done = AtomicBool::new(false);
    scope(|scope| {
        let people: Vec<_> = (0..PEOPLE)
            .map(|person| {
                let (desk, records) = (&desk, &records);
                scope.spawn(move || {
                    for turn in 0..DECISIONS {
                        let record = &records[if turn % 2 == 0 { 0 } else { person }];
                        let (by, title) = (format!("P. {person}"), format!("Titel {person}-{turn}"));
                        check(&mut desk.griffie(&["decide", record, "--by", &by, "correct", "title", &title]), 0);
                    }
                })
            })
            .collect();
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // Whoever is at work may keep the database from being compared, which is no finding.
                let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0, 11]);
                assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
            }
        });
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                // The store by itself, as from another machine: what is not logged yet is no stranger's.
                let store = desk.path("data/store");
                let mut verify = griffie(&desk.path("none"));
                let report = json_of(verify.args(["verify", "--json", "--store"]).arg(store), &[0]);
                assert_eq!(report["findings"], serde_json::json!([]));
                // Often enough, and no load on the others.
                std::thread::sleep(std::time::Duration::from_secs(2));
            }
        });
        scope.spawn(|| {
            for bag in (0..).take_while(|_| !done.load(Ordering::Relaxed)) {
                let target = desk.path(&format!("bag-{bag}"));
                let mut export = desk.griffie(&["export", "--record", &records[1], "--bagit"]);
                let output = export.arg(target).output().unwrap();
                // What was decided just now may not be in the log yet, which is said.
                let is_refused = output.status.code() == Some(6)
                    && String::from_utf8_lossy(&output.stderr).contains("is not in the log yet");
                assert!(output.status.success() || is_refused, "{output:?}");
            }
        });
        scope.spawn(|| {
            for more in (0..).take_while(|_| !done.load(Ordering::Relaxed)) {
                let path = desk.path(&format!("more-{more}.pdf"));
                write_pdf(&path, &contract(100 + more));
                check(desk.griffie(&["ingest", "--no-copies"]).arg(path), 0);
            }
        });
        let ended: Vec<_> = people.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        done.store(true, Ordering::Relaxed);
        assert!(ended.iter().all(Result::is_ok), "a decision was refused");
    });
    let decided = || -> usize {
        let of = |record: &String| json_of(&mut desk.griffie(&["show", record, "--json"]), &[0])["decisions"].clone();
        records.iter().map(|record| of(record).as_array().unwrap().len()).sum()
    };
    assert_eq!(decided(), PEOPLE * DECISIONS);
    let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0]);
    assert_eq!(report["findings"], serde_json::json!([]));
    assert!(report.get("unfinished").is_none(), "{report:#}");
    let (told, _) = check(&mut desk.griffie(&["rebuild"]), 0);
    assert!(told.ends_with(&format!("{} decisions\n", PEOPLE * DECISIONS)), "{told}");
    assert_eq!(decided(), PEOPLE * DECISIONS);
}

#[test]
fn checks_that_are_made_at_once_all_come_to_their_end() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), &contract(1));
    check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("a.pdf")), 0);
    scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                // One at a time keeps the history and compares the database; whoever leaves out says so.
                let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0, 11]);
                assert_eq!(report["findings"], serde_json::json!([]));
            });
        }
    });
}
