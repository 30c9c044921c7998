//! The built program on a store that is no folder: everything works there as elsewhere, and what the store promises is
//! tried and told as it is.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;
#[path = "common/moto.rs"]
mod moto;

use std::{fs, path::Path};

use common::{Desk, check, json_of, write_pdf};
use moto::Moto;
use serde_json::Value;

const LOCKED: &str = "retention = \"compliance\"\nretention_days = 5\n";

/// What each trial came to, the verdict last.
fn results(probe: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let attempts = probe["attempts"].as_array().unwrap().iter();
    let mut results: Vec<_> = attempts.map(|attempt| (text(&attempt["trial"]), text(&attempt["result"]))).collect();
    results.push(("verdict".into(), text(&probe["verdict"])));
    results
}

fn result<'a>(results: &'a [(String, String)], trial: &str) -> &'a str {
    &results.iter().find(|(name, _)| name == trial).unwrap().1
}

#[test]
fn everything_works_on_s3_and_follows_from_it() {
    let (moto, desk) = (Moto::start(), Desk::new());
    moto.make_bucket("archief", true);
    moto.write_config(&desk.path("data"), LOCKED);
    write_pdf(&desk.path("lease.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    let store = ["--store", "s3://archief/griffie"];
    let ingest = |code| {
        let mut command = desk.griffie(&["ingest", "--json"]);
        json_of(command.args(store).arg(desk.path("lease.pdf")), &[code])
    };
    let receipt = ingest(0);
    let document = receipt["files"][0]["documents"][0]["id"].as_str().unwrap_or_else(|| panic!("{receipt}")).to_owned();
    assert_eq!(ingest(0)["files"][0]["state"], "duplicate");
    assert!(!desk.path("data/store").try_exists().unwrap());
    // The data folder remembers its store.
    let register = json_of(&mut desk.griffie(&["register", "--json", "--as-of", "2025-01-01"]), &[0]);
    let (stdout, _) = check(&mut desk.griffie(&["verify"]), 0);
    assert!(stdout.contains("; 0 findings"), "{stdout}");
    check(desk.griffie(&["get", &document, "-o"]).arg(desk.path("out.pdf")), 0);
    assert_eq!(fs::read(desk.path("out.pdf")).unwrap(), fs::read(desk.path("lease.pdf")).unwrap());

    // The data folder knows how its store was reached, so that a lost configuration does not lead elsewhere.
    let config = desk.path("data/griffie.toml");
    let configured = fs::read_to_string(&config).unwrap();
    let credentials = configured.lines().find(|line| line.starts_with("credentials_file")).unwrap();
    fs::write(&config, format!("[s3]\n{credentials}\n")).unwrap();
    assert_eq!(json_of(&mut desk.griffie(&["register", "--json", "--as-of", "2025-01-01"]), &[0]), register);
    check(&mut desk.griffie(&["verify"]), 0);
    fs::write(&config, configured).unwrap();

    let (_, stderr) = check(&mut desk.griffie(&["register", "--store", "s3://archief/another"]), 6);
    assert!(stderr.contains("belongs to the store `s3://archief/griffie`"), "{stderr}");

    // Another machine, with the store and what signs its log.
    let other = Desk::new();
    moto.write_config(&other.path("data"), LOCKED);
    let (_, stderr) = check(other.griffie(&["rebuild"]).args(store), 7);
    assert!(stderr.contains("log.key") && stderr.contains("put log.key back"), "{stderr}");
    for name in ["log.key", "log.head"] {
        fs::copy(desk.path("data").join(name), other.path("data").join(name)).unwrap();
    }
    check(other.griffie(&["rebuild"]).args(store), 0);
    assert_eq!(json_of(&mut other.griffie(&["register", "--json", "--as-of", "2025-01-01"]), &[0]), register);
    // Checks of one second that found the same are one event.
    std::thread::sleep(std::time::Duration::from_millis(1100));
    check(&mut other.griffie(&["verify"]), 0);
    // The first one sees that somebody else writes to its log now.
    let (stdout, _) = check(&mut desk.griffie(&["verify"]), 8);
    assert!(stdout.contains("foreign_event"), "{stdout}");
}

#[test]
fn damage_on_s3_is_named_and_never_leaves_the_archive() {
    let (moto, desk) = (Moto::start(), Desk::new());
    moto.make_bucket("archief", true);
    moto.write_config(&desk.path("data"), LOCKED);
    write_pdf(&desk.path("lease.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    let mut ingest = desk.griffie(&["ingest", "--json", "--store", "s3://archief/griffie"]);
    let receipt = json_of(ingest.arg(desk.path("lease.pdf")), &[0]);
    let document = receipt["files"][0]["documents"][0]["id"].as_str().unwrap().to_owned();
    let export = |to: &str, code| check(desk.griffie(&["export", "--all", "--bagit"]).arg(desk.path(to)), code);
    export("bag", 0);

    // An export that was damaged on its way is refused whole where it comes in.
    let original = fs::read_dir(desk.path("bag/data")).unwrap().find_map(|record| {
        let document = record.unwrap().path().join(&document).join("original/lease.pdf");
        document.is_file().then_some(document)
    });
    let mut bytes = fs::read(original.as_ref().unwrap()).unwrap();
    bytes[100] ^= 1;
    fs::write(original.unwrap(), bytes).unwrap();
    let other = Desk::new();
    let receipt = json_of(other.griffie(&["ingest", "--json"]).arg(desk.path("bag")), &[11]);
    assert_eq!(receipt["files"][0]["reason"]["kind"], "bag_changed");

    let hex = blake3::hash(&fs::read(desk.path("lease.pdf")).unwrap()).to_hex();
    let object = format!("originals/{}/{hex}", &hex[..2]);
    let get = || check(desk.griffie(&["get", &document, "-o"]).arg(desk.path("out.pdf")), 8);
    let named = |kind: &str| {
        let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[8]);
        let findings = report["findings"].as_array().unwrap();
        assert_eq!(findings.len(), 1, "{report:#}");
        assert_eq!((&findings[0]["kind"], &findings[0]["what"]), (&kind.into(), &object.as_str().into()));
        let message = findings[0]["message"].as_str().unwrap();
        assert!(message.contains("below it has the bytes that were stored"), "{message}");
        message.split('`').find(|part| part.starts_with("aws ")).unwrap().to_owned()
    };
    for hidden in [false, true] {
        match hidden {
            false => moto.overwrite("archief", &format!("griffie/{object}"), "other bytes"),
            true => moto.hide("archief", &format!("griffie/{object}")),
        }
        let line = named(if hidden { "missing_object" } else { "changed_object" });
        moto.copy_object(&line);
        check(&mut desk.griffie(&["verify"]), 0);
    }
    moto.overwrite("archief", &format!("griffie/{object}"), "other bytes");
    named("changed_object");
    get();
    export("again", 8);
    assert!(!desk.path("out.pdf").try_exists().unwrap() && !desk.path("again").try_exists().unwrap());
    moto.hide("archief", &format!("griffie/{object}"));
    named("missing_object");
    export("again", 6);
    assert!(!desk.path("again").try_exists().unwrap());
}

#[test]
fn a_second_data_folder_on_a_bucket_is_told_of_the_first_and_takes_nothing_in_twice() {
    let (moto, desk, other) = (Moto::start(), Desk::new(), Desk::new());
    moto.make_bucket("archief", false);
    for desk in [&desk, &other] {
        moto.write_config(&desk.path("data"), "");
        write_pdf(&desk.path("lease.pdf"), "Huurovereenkomst\nDeze overeenkomst eindigt op 28 februari 2026.");
    }
    write_pdf(&other.path("nda.pdf"), "Geheimhoudingsovereenkomst\nDeze overeenkomst gaat in op 1 mei 2022.");
    let ingest = |desk: &Desk, file: &str, code| {
        let arguments = ["ingest", "--no-copies", "--json", "--store", "s3://archief"];
        check(desk.griffie(&arguments).arg(desk.path(file)), code)
    };
    ingest(&desk, "lease.pdf", 0);
    let (_, stderr) = ingest(&other, "lease.pdf", 6);
    assert!(stderr.contains("holds 1 documents, this data folder knows none of them"), "{stderr}");
    assert!(stderr.contains("griffie rebuild"), "{stderr}");
    fs::copy(desk.path("data/log.key"), other.path("data/log.key")).unwrap();
    check(&mut other.griffie(&["rebuild", "--store", "s3://archief"]), 0);
    assert!(ingest(&other, "lease.pdf", 0).0.contains("\"duplicate\": 1"));
    ingest(&other, "nda.pdf", 0);
    let (_, stderr) = ingest(&desk, "lease.pdf", 6);
    assert!(stderr.contains("another griffie wrote") && stderr.contains("griffie rebuild"), "{stderr}");
    check(&mut desk.griffie(&["rebuild"]), 0);
    ingest(&desk, "lease.pdf", 0);
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn a_server_that_lets_retentions_be_shortened_fails_the_probe() {
    let (moto, desk) = (Moto::start(), Desk::new());
    moto.make_bucket("archief", true);
    moto.write_config(&desk.path("data"), LOCKED);
    let probe = json_of(&mut desk.griffie(&["store", "probe", "--json", "--store", "s3://archief"]), &[11]);
    let results = results(&probe);
    for held in ["ask_for_retention", "take_retention", "put_twice", "overwrite", "delete", "delete_version"] {
        assert_eq!(result(&results, held), "pass", "{held}: {probe:#}");
    }
    for broken in ["shorten_retention", "downgrade_retention", "bypass_shorten", "verdict"] {
        assert_eq!(result(&results, broken), "fail", "{broken}: {probe:#}");
    }
    for language in ["nl", "en"] {
        let (stdout, _) = check(&mut desk.griffie(&["store", "probe", "--language", language]), 11);
        assert!(stdout.contains("FAIL  s3://archief: ") && !stdout.contains("WORM"), "{stdout}");
    }
    // Each probe is an object that the log knows.
    check(&mut desk.griffie(&["verify"]), 0);
}

#[test]
fn a_bucket_or_folder_without_retentions_fails_the_probe() {
    let (moto, desk) = (Moto::start(), Desk::new());
    moto.make_bucket("plain", false);
    moto.write_config(&desk.path("data"), "");
    let probe = json_of(&mut desk.griffie(&["store", "probe", "--json", "--store", "s3://plain"]), &[11]);
    let (on_s3, desk) = (results(&probe), Desk::new());
    let folder = desk.path("folder").to_str().unwrap().to_owned();
    let probe = json_of(&mut desk.griffie(&["store", "probe", "--json", "--store", &folder]), &[11]);
    for results in [on_s3, results(&probe)] {
        assert_eq!(result(&results, "put_twice"), "pass");
        assert_eq!(result(&results, "take_retention"), "fail");
        assert_eq!(result(&results, "delete"), "fail");
        assert_eq!(result(&results, "shorten_retention"), "not_tried");
        assert_eq!(result(&results, "verdict"), "fail");
    }
    let (stdout, _) = check(&mut desk.griffie(&["store", "probe"]), 11);
    assert!(!stdout.contains("WORM"), "{stdout}");
}

#[test]
fn retentions_are_lengthened_and_never_shortened() {
    let (moto, desk) = (Moto::start(), Desk::new());
    moto.make_bucket("archief", true);
    let extend = |days: u32, within: &str| {
        moto.write_config(&desk.path("data"), &format!("retention = \"governance\"\nretention_days = {days}\n"));
        json_of(&mut desk.griffie(&["store", "extend", "--within", within, "--json", "--store", "s3://archief"]), &[0])
    };
    // The folder's own first objects: the store's explanation and the key of its log.
    assert_eq!(extend(5, "1")["lengthened"], 0);
    let first = extend(40, "14");
    assert!(first["lengthened"].as_u64().unwrap() >= 2 && first["refusals"] == 0, "{first}");
    let again = extend(40, "14");
    assert_eq!(again["lengthened"], 0, "{again}");
    assert_eq!(extend(3, "14")["lengthened"], 0);
    let refused = Desk::new();
    check(&mut refused.griffie(&["store", "extend", "--store", refused.path("folder").to_str().unwrap()]), 7);
}

#[test]
fn a_store_that_cannot_be_had_is_told_with_what_to_do() {
    let (moto, desk) = (Moto::start(), Desk::new());
    moto.write_config(&desk.path("data"), "");
    write_pdf(&desk.path("lease.pdf"), "Huurovereenkomst");
    let refusal =
        |store: &str, code| check(desk.griffie(&["ingest", "--store", store]).arg(desk.path("lease.pdf")), code).1;
    let stderr = refusal("s3://nowhere", 3);
    assert!(stderr.contains("there is no bucket") && stderr.contains("hint: make it first"), "{stderr}");
    let stderr = refusal("gs://archief", 3);
    assert!(stderr.contains("only folders and s3://"), "{stderr}");
    let nobody = "[s3]\nendpoint = \"http://127.0.0.1:1\"\n";
    fs::write(
        desk.path("data/griffie.toml"),
        format!("{nobody}credentials_file = \"{}\"\n", moto.credentials_file().display()),
    )
    .unwrap();
    let stderr = refusal("s3://archief", 10);
    assert!(stderr.contains("cannot reach the store") && stderr.contains("hint: check the network"), "{stderr}");
    assert!(is_clean(&desk.path("data")), "a store that cannot be opened leaves nothing behind");
}

/// Nothing but the configuration and the lock.
fn is_clean(data: &Path) -> bool {
    let names = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.into_iter().all(|name| ["griffie.toml", "lock"].contains(&name.as_str()))
}
