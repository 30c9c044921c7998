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

/// A day ahead while many things were logged, and right again: said once of them all.
#[test]
fn a_clock_that_ran_ahead_is_told_in_one_event_of_all_that_it_dated() {
    let (desk, record) = desk(SignedDuration::from_hours(25));
    let store = Store::existing(&Location::Folder(desk.path("data/store")), &S3::default()).unwrap();
    let verify = |status| json_of(&mut desk.griffie(&["verify", "--json"]), &[status]);
    let first = verify(8)["checked"]["events"].as_u64().unwrap() - 1;
    let log = Log::open(&store, &desk.path("data/log.key"), &|_| true).unwrap();
    let later = Timestamp::now() + SignedDuration::from_hours(25);
    let events: Vec<_> = (0..50).map(|n| Event::new(EventKind::Validation, later, [format!("store-{n}")])).collect();
    log.append(&events).unwrap();
    drop(log);
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "accept", "title", "--clock-is-right"]), 0);
    let report = verify(8);
    // Of the database's word on who wrote them this is not about.
    let of_times = |report: &serde_json::Value| {
        let kinds = report["findings"].as_array().unwrap().iter().map(|finding| finding["kind"].as_str().unwrap());
        kinds.filter(|kind| ["ahead", "back_dated"].contains(kind)).count()
    };
    assert_eq!(of_times(&report), 52, "{report:#}");
    let range = format!("{first}..");
    check(&mut desk.griffie(&["log", "clock-was-wrong", "9..3", "--by", "A. Jansen"]), 2);
    let (told, _) = check(&mut desk.griffie(&["log", "clock-was-wrong", &range, "--by", "A. Jansen"]), 0);
    assert!(told.contains(&format!("events {first} to ")), "{told}");
    let report = verify(8);
    assert_eq!(of_times(&report), 0, "{report:#}");
    let notes = report["clock_notes"].as_array().unwrap();
    assert_eq!((notes.len(), &notes[0]["event"], &notes[0]["times"]), (1, &first.into(), &52.into()), "{notes:#?}");
    // And nobody is asked about the clock any more.
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "correct", "title", "Huur"]), 0);
}

/// One moment, on both sides of the line at which the day changes: 14 hours after UTC and 12 before it.
#[test]
fn people_are_shown_their_own_days_and_what_is_stored_bears_utc() {
    let (desk, record) = desk(SignedDuration::ZERO);
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "accept", "title"]), 0);
    check(&mut desk.griffie(&["decide", &record, "--by", "J", "compared-with-paper"]), 0);
    let asked = |zone: &str, arguments: &[&str]| check(desk.griffie(arguments).env("TZ", zone), 0).0;
    let stored: serde_json::Value = serde_json::from_str(&asked("UTC", &["show", &record, "--json"])).unwrap();
    let taken: Timestamp = stored["decisions"][0]["at"].as_str().unwrap().parse().unwrap();
    let zones = ["Pacific/Kiritimati", "Etc/GMT+12"];
    let days = zones.map(|zone| taken.in_tz(zone).unwrap().date().to_string());
    assert_ne!(days[0], days[1]);
    let batch =
        common::json_of(&mut desk.griffie(&["show", "b-", "--json"]), &[0])["batch"].as_str().unwrap().to_owned();
    for (zone, day) in zones.into_iter().zip(&days) {
        let shown = asked(zone, &["show", &record]);
        assert!(shown.contains(&format!("received {day}")), "{zone}: {shown}");
        assert!(shown.contains(&format!("decision {day} J")), "{zone}: {shown}");
        assert!(asked(zone, &["show", &batch, "--paper"]).contains(&format!("by J on {day}")), "{zone}");
        let told: serde_json::Value = serde_json::from_str(&asked(zone, &["show", &record, "--json"])).unwrap();
        assert_eq!(told["decisions"], stored["decisions"], "{zone}");
    }
}

#[test]
fn a_clock_that_is_a_little_behind_is_said_and_stops_nobody() {
    let (desk, record) = desk(SignedDuration::from_mins(30));
    let (_, stderr) = check(&mut desk.griffie(&["decide", &record, "--by", "J", "accept", "title"]), 0);
    assert!(stderr.contains("the clock of this machine stands at"), "{stderr}");
}
