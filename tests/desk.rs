//! What a contract manager meets at the desk: a full disk, a configuration that does not fit, mail from Outlook, an option
//! that perhaps was used.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{fs, io::Cursor, io::Write as _, process::Command};

use cfb::CompoundFile;
use common::{Desk, check, json_of, own_rules, write_pdf, write_zip};

const LEASE: &str = "Huurovereenkomst\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Verhuurder; en\n\
    Bakkerij De Korenaar B.V., hierna te noemen: Huurder;\nkomen overeen als volgt.\nArtikel 1 Duur\n\
    Deze overeenkomst gaat in op 1 maart 2021 en eindigt op 28 februari 2024.\n\
    Huurder heeft de optie om de overeenkomst te verlengen met een jaar.";

/// A desk with one contract in its archive.
fn desk(text: &str) -> (Desk, String) {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), text);
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("a.pdf")), &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    (desk, record)
}

#[test]
fn on_a_full_disk_the_register_is_read_and_what_goes_wrong_is_told_plainly() {
    let (desk, record) = desk(LEASE);
    // No file may grow beyond some kilobytes: the database meets that as it meets a full disk.
    let full = |arguments: &[&str]| {
        let mut command = Command::new("sh");
        command.args(["-c", "trap '' XFSZ; ulimit -f 8; exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_griffie")]);
        command.args(arguments).env("GRIFFIE_DATA", desk.path("data")).env("GRIFFIE_LANGUAGE", "en");
        command
    };
    for file in ["griffie.sqlite-wal", "griffie.sqlite-shm"] {
        let _ = fs::remove_file(desk.path("data").join(file));
    }
    let (register, _) = check(&mut full(&["register"]), 0);
    assert!(register.starts_with(&record), "{register}");
    let (hits, _) = check(&mut full(&["search", "optie"]), 0);
    assert!(hits.contains(&record), "{hits}");
    check(&mut full(&["show", &record]), 0);
    let (_, stderr) = check(&mut full(&["decide", &record, "--by", "J", "accept", "title"]), 10);
    assert!(stderr.contains("the disk is full") && stderr.contains("make room"), "{stderr}");
    let output = full(&["verify"]).output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains("griffie: ") && !stderr.contains("WARN") && !stderr.contains("T1"), "{stderr}");
}

#[test]
fn what_is_asked_of_an_option_waits_for_a_person_until_it_is_answered() {
    let (desk, record) = desk(LEASE);
    let listed = || json_of(&mut desk.griffie(&["register", "--waiting", "--json", "--as-of", "2026-01-01"]), &[0]);
    let decide = |arguments: &[&str]| {
        check(desk.griffie(&["decide", &record, "--by", "J"]).args(arguments), 0);
    };
    for field in listed()[0]["waiting"].as_array().unwrap() {
        decide(&["accept", field["field"].as_str().unwrap(), "--choose", "1"]);
    }
    let waiting = listed();
    assert_eq!((&waiting[0]["id"], &waiting[0]["waiting"]), (&record.as_str().into(), &serde_json::json!([])));
    let (csv, _) = check(&mut desk.griffie(&["register", "--waiting", "--csv", "--as-of", "2026-01-01"]), 0);
    assert!(csv.lines().any(|line| line.contains(",lifecycle,ended,") && line.contains("unless the option")), "{csv}");
    let (list, _) = check(&mut desk.griffie(&["register", "--list", "--as-of", "2026-01-01"]), 0);
    assert!(list.lines().nth(1).unwrap().ends_with(" 1"), "{list}");
    decide(&["ended-on", "2024-02-28"]);
    assert_eq!(listed(), serde_json::json!([]));
}

#[test]
fn a_configuration_that_is_not_read_or_leads_nowhere_is_told() {
    let (desk, _) = desk(LEASE);
    fs::write(desk.path("griffie.toml"), "language = \"nl\"").unwrap();
    let register = || {
        let mut command = desk.griffie(&["register"]);
        command.current_dir(desk.path(""));
        command
    };
    let (_, stderr) = check(&mut register(), 0);
    assert!(
        stderr.starts_with("griffie: `griffie.toml` in this folder is not read: this archive has its own in `"),
        "{stderr}"
    );
    let (_, stderr) = check(register().args(["--config", "griffie.toml"]), 0);
    assert_eq!(stderr, "");
    fs::write(desk.path("data/griffie.toml"), "rules = \"our-rules\"").unwrap();
    let (_, stderr) = check(desk.griffie(&["ingest"]).arg(desk.path("a.pdf")), 6);
    assert!(stderr.contains("data/our-rules`, which `rules` in griffie.toml names"), "{stderr}");
    assert!(stderr.contains("starts in the folder of that griffie.toml"), "{stderr}");
}

#[test]
fn rules_whose_examples_do_not_hold_read_not_without_a_word() {
    let (desk, _) = desk(LEASE);
    let rules = own_rules(&desk.path("data"));
    let (_, stderr) = check(&mut desk.griffie(&["reread", "--dry-run"]), 0);
    assert!(!stderr.contains("not hold"), "{stderr}");
    let file = rules.join("contract/rules/dates.en.toml");
    let text = fs::read_to_string(&file).unwrap();
    fs::write(&file, text.replacen("want = [\"2", "want = [\"3", 1)).unwrap();
    for command in [&["reread", "--dry-run"][..], &["extract", &desk.path("a.pdf").to_string_lossy()]] {
        let (_, stderr) = check(&mut desk.griffie(command), 0);
        assert!(
            stderr.contains("1 example of the rules in `") && stderr.contains("griffie rules test --rules "),
            "{stderr}"
        );
    }
}

#[test]
fn what_an_archive_may_unpack_to_is_configured() {
    let (desk, _) = desk(LEASE);
    let content: Vec<u8> =
        (0..3_000_000_u32).flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes()).take(1 << 21).collect();
    write_zip(&desk.path("a.zip"), &[("b.pdf", &[&b"%PDF-1.4\n"[..], &content].concat())]);
    fs::write(desk.path("data/griffie.toml"), "unpacked_mib = 1").unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("a.zip")), &[11]);
    let reason = &receipt["files"][0]["reason"];
    assert_eq!(reason["kind"], "too_much_inside", "{receipt:#}");
    assert!(reason["message"].as_str().unwrap().contains("unpacked_mib"), "{reason}");
}

/// A message as Outlook saves it, with this subject, text and attached file.
fn message(subject: &str, text: &str, name: &str, attached: &[u8]) -> Vec<u8> {
    let mut compound = CompoundFile::create(Cursor::new(Vec::new())).unwrap();
    let storage = "/__attach_version1.0_#00000000";
    compound.create_storage(storage).unwrap();
    let wide = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
    let streams = [
        ("/__properties_version1.0".to_owned(), vec![0; 32]),
        ("/__substg1.0_0037001F".to_owned(), wide(subject)),
        ("/__substg1.0_0C1A001F".to_owned(), wide("Inkoop")),
        ("/__substg1.0_1000001F".to_owned(), wide(text)),
        (format!("{storage}/__properties_version1.0"), vec![0; 8]),
        (format!("{storage}/__substg1.0_3707001F"), wide(name)),
        (format!("{storage}/__substg1.0_37010102"), attached.to_vec()),
    ];
    for (path, bytes) in streams {
        compound.create_stream(path).unwrap().write_all(&bytes).unwrap();
    }
    compound.flush().unwrap();
    compound.into_inner().into_inner()
}

#[test]
fn a_contract_that_came_by_outlook_is_read_and_its_mail_is_kept() {
    let desk = Desk::new();
    write_pdf(&desk.path("a.pdf"), LEASE);
    let pdf = fs::read(desk.path("a.pdf")).unwrap();
    let mail = message("Huurcontract getekend", "Hierbij het getekende contract.", "Huurcontract Korenaar.pdf", &pdf);
    fs::write(desk.path("bericht.dat"), &mail).unwrap();
    let receipt = json_of(desk.griffie(&["ingest", "--json"]).arg(desk.path("bericht.dat")), &[0]);
    let told = |at: usize, key: &str| receipt["files"][at][key].as_str().unwrap().to_owned();
    assert_eq!([0, 1, 2].map(|at| told(at, "state")), ["container", "archived", "archived"]);
    assert!(told(1, "path").ends_with("bericht.dat!Huurcontract getekend.msg"));
    assert!(told(2, "path").ends_with("bericht.dat!Huurcontract Korenaar.pdf"));
    let (list, _) = check(&mut desk.griffie(&["register", "--list"]), 0);
    assert!(list.contains("1 record on ") && list.contains("and 1 covering e-mail"), "{list}");
    let (hits, _) = check(&mut desk.griffie(&["search", "hierbij"]), 0);
    assert!(hits.contains("Hierbij het getekende contract."), "{hits}");
    let letter = receipt["files"][1]["documents"][0]["id"].as_str().unwrap();
    check(desk.griffie(&["get", letter, "-o"]).arg(desk.path("back.msg")), 0);
    assert_eq!(fs::read(desk.path("back.msg")).unwrap(), mail);
    check(&mut desk.griffie(&["verify"]), 0);
    let before = check(&mut desk.griffie(&["register", "--csv"]), 0).0;
    check(&mut desk.griffie(&["rebuild"]), 0);
    assert_eq!(check(&mut desk.griffie(&["register", "--csv"]), 0).0, before);
}

#[test]
fn files_whose_names_are_not_utf8_are_told_apart_and_keep_their_names() {
    use std::os::unix::ffi::OsStrExt as _;
    let desk = Desk::new();
    let inbox = desk.path("inbox");
    fs::create_dir(&inbox).unwrap();
    let names: [&[u8]; 4] = [b"Andr\xe8.pdf", b"Andr\xe9.pdf", b"Andr\\xe9.pdf", b"Andr\xef\xbf\xbd.pdf"];
    for (name, text) in names.iter().zip([LEASE, "Geheimhouding\nanders", "Brief\nnog anders", "Offerte\nweer iets"]) {
        write_pdf(&inbox.join(std::ffi::OsStr::from_bytes(name)), text);
    }
    let done = desk.path("done");
    let ingest =
        desk.griffie(&["ingest", "--json", "--no-copies", "--move-to"]).arg(&done).arg(&inbox).output().unwrap();
    let receipt: serde_json::Value = serde_json::from_slice(&ingest.stdout).unwrap();
    assert!(ingest.status.success(), "{}", String::from_utf8_lossy(&ingest.stderr));
    let told: Vec<_> = receipt["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    for name in ["Andr\\xe8.pdf", "Andr\\xe9.pdf", "Andr\\x5cxe9.pdf", "Andr\u{fffd}.pdf"] {
        assert_eq!(told.iter().filter(|path| path.ends_with(&format!("/{name}"))).count(), 1, "{told:?}");
    }
    assert_eq!(receipt["totals"]["archived"], 4, "{receipt}");
    for name in names {
        assert!(done.join(std::ffi::OsStr::from_bytes(name)).exists(), "it was moved");
    }
    assert_eq!(json_of(&mut desk.griffie(&["verify", "--json"]), &[0])["findings"], serde_json::json!([]));
}
