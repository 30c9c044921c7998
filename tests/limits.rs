//! What the system withholds is told with what to allow, ends no program without a word, and breaks nothing.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, process::Command};

use common::{Desk, check, write_pdf};

/// A command under a limit of the shell.
fn limited(desk: &Desk, limit: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new("bash");
    command.args(["-c", &format!("ulimit {limit}; exec \"$0\" \"$@\""), env!("CARGO_BIN_EXE_griffie")]);
    command.args(arguments).arg("--data").arg(desk.path("data")).args(["--workers", "1", "--language", "en"]);
    command
}

fn archive() -> Desk {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    write_pdf(&desk.path("b.pdf"), "Geheimhoudingsovereenkomst\nDeze overeenkomst gaat in op 1 mei 2022.");
    check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("a.pdf")), 0);
    desk
}

fn is_whole(desk: &Desk) {
    check(&mut desk.griffie(&["verify"]), 0);
    check(desk.griffie(&["ingest", "--no-copies"]).arg(desk.path("b.pdf")), 0);
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn too_little_memory_is_refused_before_anything_is_done() {
    let desk = archive();
    let file = desk.path("b.pdf");
    for megabytes in [200, 400] {
        let limit = format!("-v {}", megabytes * 1000);
        let (_, stderr) = check(&mut limited(&desk, &limit, &["ingest", file.to_str().unwrap()]), 7);
        assert!(stderr.contains("MB of memory here, and wants 600") && stderr.contains("ulimit -v"), "{stderr}");
    }
    is_whole(&desk);
}

#[test]
fn an_index_that_could_not_be_opened_is_not_broken() {
    let desk = archive();
    let mut of_the_index = 0;
    for files in 8..28 {
        let file = desk.path("b.pdf");
        let mut ingest = limited(&desk, &format!("-n {files}"), &["ingest", "--no-copies", file.to_str().unwrap()]);
        let output = ingest.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some_and(|code| code != 101), "{files}: {stderr}");
        if stderr.contains("the index: Too many open files") {
            of_the_index += 1;
            assert!(stderr.contains("ulimit -n 1024"), "{files}: {stderr}");
        }
        let names: Vec<_> =
            fs::read_dir(desk.path("data/index")).unwrap().map(|name| name.unwrap().file_name()).collect();
        assert_eq!(names, ["v2"], "{files}: {stderr}");
    }
    assert!(of_the_index > 0);
    is_whole(&desk);
}

#[test]
fn a_file_that_may_not_grow_is_an_error_and_no_sudden_end() {
    let desk = archive();
    for kilobytes in [1, 16, 64] {
        let file = desk.path("b.pdf");
        let mut ingest = limited(&desk, &format!("-f {kilobytes}"), &["ingest", "--no-copies", file.to_str().unwrap()]);
        let output = ingest.output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.code().is_some(), "{kilobytes}: ended by a signal: {stderr}");
        assert!(output.status.success() || stderr.lines().any(|line| line.starts_with("griffie: ")), "{stderr}");
        assert!(kilobytes > 16 || stderr.contains("ulimit -f"), "{kilobytes}: {stderr}");
    }
    is_whole(&desk);
}
