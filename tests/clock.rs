//! A clock that stands before what the log tells of: said at the time, since what it dates stands for ever.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask for the time")]

mod common;

use common::{Desk, check, json_of, write_pdf};
use griffie::{
    config::S3,
    provenance::{Event, EventKind, Log},
    storage::{Location, Store},
};
use jiff::{SignedDuration, Timestamp};

/// A data folder with a contract, whose log tells last of a time after that of this machine.
fn desk(ahead: SignedDuration) -> (Desk, String) {
    let desk = Desk::new();
    write_pdf(&desk.path("1.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("1.pdf")), &[0]);
    let store = Store::existing(&Location::Folder(desk.path("data/store")), &S3::default()).unwrap();
    let log = Log::open(&store, &desk.path("data/log.key"), &|_| true).unwrap();
    let later = Timestamp::now() + ahead;
    log.append(&[Event::new(EventKind::Validation, later, ["store".to_owned()])]).unwrap();
    (desk, receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned())
}

#[test]
fn nothing_is_dated_before_what_the_log_tells_of() {
    let (desk, record) = desk(SignedDuration::from_hours(24 * 365));
    write_pdf(&desk.path("2.pdf"), "Raamovereenkomst");
    let (paper, bag) = (desk.path("2.pdf"), desk.path("bag"));
    let (paper, bag) = (paper.to_str().unwrap(), bag.to_str().unwrap());
    let log = || check(&mut desk.griffie(&["log", "checkpoint"]), 0).0;
    let before = log();
    let commands = [
        &["ingest", paper][..],
        &["decide", &record, "--by", "J", "accept", "title"],
        &["decide", &record, "--by", "J", "compared-with-paper"],
        &["copies"],
        &["export", "--all", "--bagit", bag],
    ];
    for command in commands {
        let (_, stderr) = check(&mut desk.griffie(command), 7);
        assert!(
            stderr.contains("the clock of this machine stands at") && stderr.contains("--clock-is-right"),
            "{stderr}"
        );
        let (_, dutch) = check(desk.griffie(command).env("GRIFFIE_LANGUAGE", "nl"), 7);
        assert!(dutch.contains("zet de klok goed"), "{dutch}");
    }
    assert_eq!(log(), before);
    check(&mut desk.griffie(&["show", &record]), 0);
    // A clock that was wrong then stops nobody for ever.
    for command in commands {
        check(&mut desk.griffie(&[command, &["--clock-is-right"]].concat()), 0);
    }
    assert_ne!(log(), before);
}

#[test]
fn a_clock_that_is_a_little_behind_is_said_and_stops_nobody() {
    let (desk, record) = desk(SignedDuration::from_mins(30));
    let (_, stderr) = check(&mut desk.griffie(&["decide", &record, "--by", "J", "accept", "title"]), 0);
    assert!(stderr.contains("the clock of this machine stands at"), "{stderr}");
}
