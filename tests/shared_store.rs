//! Two data folders that write to one store at the same time: one history comes of it, on a folder and on S3, and all that
//! was answered with success stands in it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;
#[path = "common/moto.rs"]
mod moto;

use std::{fs, process::Output, thread::scope};

use common::{Desk, check, griffie, json_of, write_pdf};
use moto::Moto;

const TURNS: usize = 6;

fn contract(number: usize) -> String {
    common::contract(&format!("Schoonmaakovereenkomst {number}"))
}

/// Clerks decide and take in on both folders, make the database anew where they are told to, and go on.
fn at_once(desks: [&Desk; 2], store: Option<&str>) {
    let [first, second] = desks;
    let with_store: Vec<&str> = store.into_iter().flat_map(|store| ["--store", store]).collect();
    write_pdf(&first.path("0.pdf"), &contract(0));
    let mut ingest = first.griffie(&["ingest", "--json", "--no-copies"]);
    let receipt = json_of(ingest.args(&with_store).arg(first.path("0.pdf")), &[0]);
    let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
    fs::create_dir_all(second.path("data")).unwrap();
    for name in ["log.key", "log.head"] {
        fs::copy(first.path("data").join(name), second.path("data").join(name)).unwrap();
    }
    let folder = first.path("data/store");
    let place = store.unwrap_or_else(|| folder.to_str().unwrap());
    check(second.griffie(&["rebuild", "--store"]).arg(place), 0);

    // What may be said to somebody who comes second, and never that anything is damaged.
    let done = |output: &Output, is_rebuild: bool| {
        let told = String::from_utf8_lossy(&output.stderr);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 6 | 11)), "{code:?} {told}");
        let rebuild = code == Some(6) && told.contains("griffie rebuild") || code == Some(11) && !is_rebuild;
        (code == Some(0), rebuild)
    };
    let stands: Vec<String> = scope(|scope| {
        let clerks: Vec<_> = desks
            .into_iter()
            .enumerate()
            .map(|(place, desk)| {
                let record = &record;
                scope.spawn(move || {
                    let mut stands = Vec::new();
                    for turn in 0..TURNS {
                        let title = format!("Titel {place}-{turn}");
                        let mut command = if turn % 3 == 2 {
                            let path = desk.path(&format!("{place}{turn}.pdf"));
                            write_pdf(&path, &contract(100 * place + turn + 1));
                            let mut ingest = desk.griffie(&["ingest", "--no-copies"]);
                            ingest.arg(path);
                            ingest
                        } else {
                            desk.griffie(&["decide", record, "--by", "J.", "correct", "title", &title])
                        };
                        let (is_done, rebuild) = done(&command.output().unwrap(), false);
                        if is_done && turn % 3 != 2 {
                            stands.push(title);
                        }
                        if rebuild {
                            done(&desk.griffie(&["rebuild"]).output().unwrap(), true);
                        }
                    }
                    stands
                })
            })
            .collect();
        clerks.into_iter().flat_map(|clerk| clerk.join().unwrap()).collect()
    });
    // Each logs what it still had to, and then both know all.
    for desk in [first, second, first, second] {
        desk.griffie(&["rebuild"]).output().unwrap();
    }
    let told: Vec<_> = desks
        .iter()
        .map(|desk| {
            // The other's check is an event that this one did not write.
            check(&mut desk.griffie(&["rebuild"]), 0);
            assert_eq!(json_of(&mut desk.griffie(&["verify", "--json"]), &[0])["findings"], serde_json::json!([]));
            json_of(&mut desk.griffie(&["show", &record, "--json"]), &[0])["decisions"].clone()
        })
        .collect();
    assert_eq!(told[0], told[1]);
    let titles: Vec<_> = told[0].as_array().unwrap().iter().map(|one| one["value"].to_string()).collect();
    for title in &stands {
        assert_eq!(titles.iter().filter(|one| one.contains(title.as_str())).count(), 1, "{title}: {titles:?}");
    }
    assert!(!stands.is_empty());
}

#[test]
fn two_data_folders_on_a_bucket_write_one_history() {
    let (moto, first, second) = (Moto::start(), Desk::new(), Desk::new());
    moto.make_bucket("archief", true);
    for desk in [&first, &second] {
        moto.write_config(&desk.path("data"), "");
    }
    at_once([&first, &second], Some("s3://archief/griffie"));
}

#[test]
fn two_data_folders_on_a_folder_write_one_history() {
    let (first, second) = (Desk::new(), Desk::new());
    at_once([&first, &second], None);
}

/// Stopped once it had won and before anything else of the append was written; whoever comes next completes it.
#[test]
fn what_one_data_folder_won_and_did_not_complete_another_completes() {
    for same in [true, false] {
        let (first, second) = (Desk::new(), Desk::new());
        write_pdf(&first.path("0.pdf"), &contract(0));
        let receipt = json_of(first.griffie(&["ingest", "--json", "--no-copies"]).arg(first.path("0.pdf")), &[0]);
        let record = receipt["files"][0]["documents"][0]["record"].as_str().unwrap().to_owned();
        let decide = ["decide", &record, "--by", "J.", "correct", "title", "Anders"];
        let mut stopped = first.griffie(&decide);
        assert_eq!(stopped.env("GRIFFIE_STOP_AT", "log-claimed").output().unwrap().status.code(), None);
        let store = first.path("data/store");
        let mut verify = griffie(&first.path("none"));
        let report = json_of(verify.args(["verify", "--json", "--store"]).arg(&store), &[0]);
        assert_eq!(report["findings"], serde_json::json!([]));
        let left = report["unfinished"].as_array().unwrap();
        assert!(left.iter().any(|left| left["what"].as_str().unwrap().starts_with("log/next/")), "{report:#}");
        let desk = if same {
            check(&mut first.griffie(&decide), 0);
            &first
        } else {
            // Its data folder is lost but for the key.
            fs::create_dir_all(second.path("data")).unwrap();
            for name in ["log.key", "log.head"] {
                fs::copy(first.path("data").join(name), second.path("data").join(name)).unwrap();
            }
            check(second.griffie(&["rebuild", "--store"]).arg(&store), 0);
            &second
        };
        let decisions = json_of(&mut desk.griffie(&["show", &record, "--json"]), &[0])["decisions"].clone();
        assert_eq!(decisions.as_array().unwrap().len(), 1, "{decisions}");
        let report = json_of(&mut desk.griffie(&["verify", "--json"]), &[0]);
        assert_eq!((&report["findings"], report.get("unfinished")), (&serde_json::json!([]), None));
    }
}
