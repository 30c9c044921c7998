//! Who meets another griffie at work waits for it where that was asked, says so, and is refused where it was not.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

#[path = "common/authority.rs"]
mod authority;
mod common;

use std::{fs, thread, time::Duration};

use authority::Authority;
use common::{Desk, check, write_pdf};

/// Works in a data folder as an ingest does, for so long.
fn at_work(desk: &Desk, most: Duration) -> thread::JoinHandle<()> {
    let lock = desk.path("data/lock");
    let held = fs::File::options().write(true).open(&lock).unwrap();
    held.try_lock().unwrap();
    fs::write(&lock, b"at work\n").unwrap();
    thread::spawn(move || {
        thread::sleep(most);
        held.set_len(0).unwrap();
        drop(held);
    })
}

#[test]
fn who_is_asked_to_wait_takes_its_turn_when_the_other_is_done() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("a.pdf")), 0);

    let other = at_work(&desk, Duration::from_secs(60));
    for command in [&["copies"][..], &["reread"], &["ingest", "--wait", "0s", "."], &["copies", "--wait", "1s"]] {
        let (_, stderr) = check(&mut desk.griffie(command), 6);
        assert!(stderr.contains("another griffie is at work") && stderr.contains("--wait 6h"), "{stderr}");
    }
    drop(other);
}

#[test]
fn copies_and_time_stamps_wait_and_say_so() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("a.pdf")), 0);
    let authority = Authority::new(&["rsa:2048"]);
    let (request, said) = (desk.path("ask.tsq"), "waiting for another griffie, which is at work in `");
    check(desk.griffie(&["log", "timestamp", "--request"]).arg(&request), 0);
    let answer = authority.answer(&request);

    let other = at_work(&desk, Duration::from_secs(4));
    let mut stamp = desk.griffie(&["log", "timestamp", "--response"]);
    let (stdout, stderr) = check(stamp.arg(answer), 0);
    assert!(stdout.contains("time-stamp: the checkpoint with") && stderr.contains(said), "{stdout} {stderr}");
    other.join().unwrap();

    let other = at_work(&desk, Duration::from_secs(4));
    let (_, stderr) = check(&mut desk.griffie(&["copies", "--wait", "2m"]), 0);
    assert!(stderr.contains(said), "{stderr}");
    other.join().unwrap();

    let (help, _) = check(&mut desk.griffie(&["log", "timestamp", "--help"]), 0);
    assert!(help.contains("at most 6 hours") && help.contains("--wait <DURATION>"), "{help}");
}
