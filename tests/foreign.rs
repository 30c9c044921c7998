//! What somebody who can write to the store, and has no key, lays there under names that are known beforehand: it is never
//! believed, never signed, and `griffie verify` goes on naming it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test may fail loudly and ask the environment")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use common::{Desk, check, griffie, json_of, write_pdf};
use serde_json::Value;

fn contract(title: &str, year: u32) -> String {
    format!(
        "{title}\nDe ondergetekenden:\nGemeente Voorbeeldstad, hierna te noemen: Opdrachtgever; en\nBedrijf {year} B.V., \
         hierna te noemen: Opdrachtnemer;\nkomen overeen als volgt.\nArtikel 1 Duur\nDeze overeenkomst gaat in op \
         1 maart {year} en wordt aangegaan voor de duur van vier jaar."
    )
}

/// A data folder with one contract in it, and two that are still to come.
fn desk() -> Desk {
    let desk = Desk::new();
    write_pdf(&desk.path("old.pdf"), &contract("Raamovereenkomst", 2019));
    ingest(&desk.path("data"), &[&desk.path("old.pdf")], 0);
    fs::create_dir(desk.path("in")).unwrap();
    write_pdf(&desk.path("in/huur.pdf"), &contract("Huurovereenkomst", 2021));
    write_pdf(&desk.path("in/koop.pdf"), &contract("Koopovereenkomst", 2022));
    desk
}

#[track_caller]
fn ingest(data: &Path, paths: &[&Path], code: i32) -> Value {
    json_of(griffie(data).args(["ingest", "--no-copies", "--json"]).args(paths), &[code])
}

/// The objects of a folder of a store, by their names.
fn objects(data: &Path, folder: &str) -> Vec<String> {
    let store = data.join("store");
    let (mut found, mut folders) = (Vec::new(), vec![store.join(folder)]);
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).into_iter().flatten() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => found.push(path.strip_prefix(&store).unwrap().to_str().unwrap().to_owned()),
            }
        }
    }
    found.retain(|name| !name.contains('#'));
    found.sort();
    found
}

fn lay(data: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = data.join("store").join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    fs::write(&path, bytes).unwrap();
    path
}

/// What a check finds, as kind and object; it must end with damage.
#[track_caller]
fn damage(data: &Path) -> Vec<(String, String)> {
    let report = json_of(griffie(data).args(["verify", "--json"]), &[8]);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    report["findings"].as_array().unwrap().iter().map(|found| (text(&found["kind"]), text(&found["what"]))).collect()
}

fn unlogged(name: &str) -> (String, String) {
    ("unlogged_object".into(), name.into())
}

#[track_caller]
fn sound(data: &Path) {
    let report = json_of(griffie(data).args(["verify", "--json"]), &[0]);
    assert_eq!((&report["findings"], &report["unfinished"]), (&Value::Array(Vec::new()), &Value::Null));
}

fn starts(data: &Path) -> Vec<String> {
    let register = json_of(griffie(data).args(["register", "--json"]), &[0]);
    let start = |record: &Value| record["fields"]["effective_date"]["value"].as_str().unwrap_or("none").to_owned();
    let mut starts: Vec<_> = register.as_array().unwrap().iter().map(start).collect();
    starts.sort();
    starts
}

#[test]
fn words_and_findings_that_lie_there_before_an_ingest_are_refused() {
    let desk = desk();
    // On the forger's own machine: the names that the words and the findings will have, and what is right.
    ingest(&desk.path("forger"), &[&desk.path("in/huur.pdf")], 0);
    for folder in ["findings", "readings"] {
        let data = desk.path(folder);
        assert!(Command::new("cp").arg("-a").arg(desk.path("data")).arg(&data).status().unwrap().success());
        let name = objects(&desk.path("forger"), folder).remove(0);
        let right = fs::read(desk.path("forger").join("store").join(&name)).unwrap();
        let forged = match folder {
            "findings" => String::from_utf8(right.clone()).unwrap().replace("2021-", "2031-").into_bytes(),
            _ => fs::read(data.join("store").join(objects(&data, "readings").remove(0))).unwrap(),
        };
        assert_ne!(forged, right);
        let path = lay(&data, &name, &forged);
        assert_eq!(damage(&data), [unlogged(&name)]);
        let receipt = ingest(&data, &[&desk.path("in")], 8);
        let files = receipt["files"].as_array().unwrap();
        let refused = files.iter().find(|file| file["state"] == "quarantined").unwrap();
        assert_eq!(refused["reason"]["kind"], "foreign_object", "{receipt:#}");
        assert!(refused["reason"]["message"].as_str().unwrap().contains(&name), "{receipt:#}");
        assert_eq!(receipt["totals"]["archived"], 1, "the other file is taken in: {receipt:#}");
        assert_eq!(damage(&data), [unlogged(&name)], "it is named for as long as it lies there");
        let (_, told) = check(griffie(&data).args(["log", "proof", &name]), 6);
        assert!(told.contains(&name), "{told}");
        assert_eq!(starts(&data), ["2019-03-01", "2022-03-01"]);
        fs::remove_file(path).unwrap();
        ingest(&data, &[&desk.path("in")], 0);
        sound(&data);
        assert_eq!(starts(&data), ["2019-03-01", "2021-03-01", "2022-03-01"]);
    }
    // What comes out the same is what it should be, whoever laid it there.
    let data = desk.path("data");
    for folder in ["findings", "readings", "originals"] {
        let name = objects(&desk.path("forger"), folder).remove(0);
        lay(&data, &name, &fs::read(desk.path("forger").join("store").join(&name)).unwrap());
    }
    ingest(&data, &[&desk.path("in")], 0);
    sound(&data);
}

#[test]
fn findings_and_manifests_that_lie_there_before_a_reread_are_not_taken_for_its_own() {
    let desk = desk();
    let (data, forger) = (desk.path("data"), desk.path("forger"));
    ingest(&data, &[&desk.path("in")], 0);
    assert!(Command::new("cp").arg("-a").arg(&data).arg(&forger).status().unwrap().success());
    // A set of rules is known by its folder as well, and both have the one of the office.
    fs::create_dir(desk.path("office")).unwrap();
    common::rules_that_read_no_start(&desk.path("office"));
    let rules = format!("rules = {:?}\n", desk.path("office/rules"));
    fs::write(forger.join("griffie.toml"), &rules).unwrap();
    let before = objects(&data, "findings");
    json_of(griffie(&forger).args(["reread", "--json"]), &[0]);
    let name = objects(&forger, "findings").into_iter().find(|name| !before.contains(name)).unwrap();
    let mut forged: Value = serde_json::from_slice(&fs::read(forger.join("store").join(&name)).unwrap()).unwrap();
    let old: Value = serde_json::from_slice(&fs::read(data.join("store").join(&before[0])).unwrap()).unwrap();
    forged["fields"] = old["fields"].clone();
    let path = lay(&data, &name, &serde_json::to_vec(&forged).unwrap());
    // A second manifest for one of the documents, with another's words.
    let manifests = objects(&data, "manifests");
    let first: Value = serde_json::from_slice(&fs::read(data.join("store").join(&manifests[0])).unwrap()).unwrap();
    let other: Value = serde_json::from_slice(&fs::read(data.join("store").join(&manifests[1])).unwrap()).unwrap();
    let mut planted = first.clone();
    planted["reading"] = other["reading"].clone();
    let second = manifests[0].replace("000001", "000002");
    let manifest = lay(&data, &second, &serde_json::to_vec(&planted).unwrap());
    let mut found = vec![unlogged(&name), unlogged(&second)];
    found.sort();
    assert_eq!(damage(&data), found);
    fs::write(data.join("griffie.toml"), &rules).unwrap();
    let receipt = json_of(griffie(&data).args(["reread", "--json"]), &[8]);
    assert_eq!((&receipt["totals"]["changed"], &receipt["totals"]["failed"]), (&2.into(), &1.into()), "{receipt:#}");
    let failed = receipt["records"].as_array().unwrap().iter().find(|record| record["state"] == "failed").unwrap();
    assert_eq!(failed["failures"][0]["kind"], "foreign_object");
    assert!(failed["failures"][0]["message"].as_str().unwrap().contains(&name), "{failed:#}");
    assert_eq!(damage(&data), found);
    for name in objects(&data, "manifests").into_iter().filter(|name| *name != second) {
        let manifest: Value = serde_json::from_slice(&fs::read(data.join("store").join(&name)).unwrap()).unwrap();
        let its = manifest["document"] == first["document"];
        assert!(!its || manifest["reading"] == first["reading"], "{name} was made of what somebody laid there");
    }
    fs::remove_file(path).unwrap();
    fs::remove_file(manifest).unwrap();
    json_of(griffie(&data).args(["reread", "--json"]), &[0]);
    sound(&data);
    assert_eq!(starts(&data), ["none"; 3]);
}

/// Kills an ingest of what is to come at a point, and gives what it left that the log does not name.
fn killed(desk: &Desk, point: &str) -> Vec<String> {
    let mut run = griffie(&desk.path("data"));
    run.args(["ingest", "--no-copies"]).arg(desk.path("in")).env("GRIFFIE_STOP_AT", point);
    assert_eq!(run.stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap().code(), None);
    let report = json_of(griffie(&desk.path("data")).args(["verify", "--json"]), &[0]);
    let left = report["unfinished"].as_array().unwrap().iter();
    left.map(|left| left["what"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_laid_beside_the_work_of_a_stopped_run_is_damage_and_is_never_signed() {
    let desk = desk();
    let data = desk.path("data");
    assert!(!killed(&desk, "manifest-stored").is_empty());
    let bytes = b"%PDF-1.7 forged";
    let digest = blake3::hash(bytes).to_hex().to_string();
    let mut names: Vec<_> = ["originals", "renditions"].map(|area| format!("{area}/{}/{digest}", &digest[..2])).into();
    names.iter().for_each(|name| _ = lay(&data, name, bytes));
    let manifest = fs::read_to_string(data.join("store").join(&objects(&data, "manifests")[0])).unwrap();
    let document = serde_json::from_str::<Value>(&manifest).unwrap()["document"].as_str().unwrap().to_owned();
    names.insert(0, "manifests/d-777777777776/000001.json".into());
    lay(&data, &names[0], manifest.replace(&document, "d-777777777776").as_bytes());
    names.sort();
    let want: Vec<_> = names.iter().map(|name| unlogged(name)).collect();
    let of_unlogged = |data: &Path| damage(data).into_iter().filter(|it| it.0 == "unlogged_object").collect::<Vec<_>>();
    assert_eq!(of_unlogged(&data), want);
    ingest(&data, &[&desk.path("in")], 0);
    assert_eq!(of_unlogged(&data), want, "the next run signs nothing of it");
    for name in &names {
        check(griffie(&data).args(["log", "proof", name]), 6);
        fs::remove_file(data.join("store").join(name)).unwrap();
    }
    sound(&data);
}

#[test]
fn what_a_stopped_run_left_is_not_believed_once_it_was_exchanged() {
    for folder in ["readings", "findings", "manifests", "accessions"] {
        let desk = desk();
        let data = desk.path("data");
        let left = killed(&desk, "accession-stored");
        let name = left.iter().find(|name| name.starts_with(folder)).unwrap();
        let right = fs::read(data.join("store").join(name)).unwrap();
        let forged = match folder {
            "readings" => {
                fs::read(data.join("store").join(objects(&data, folder).iter().find(|it| *it != name).unwrap()))
            }
            _ => Ok(String::from_utf8(right.clone()).unwrap().replace("20", "30").into_bytes()),
        };
        let path = lay(&data, name, &forged.unwrap());
        let of_it = |data: &Path| damage(data).into_iter().any(|(_, what)| what == *name);
        assert!(of_it(&data), "{folder}");
        let mut again = griffie(&data);
        let (_, told) = check(again.args(["ingest", "--no-copies"]).arg(desk.path("in")), 8);
        assert!(told.contains("nobody logged") || told.contains(name.as_str()), "{told}");
        assert!(of_it(&data), "{folder}: it is named for as long as it lies there");
        let (_, told) = check(griffie(&data).args(["log", "proof", name]), 6);
        assert!(told.contains(name.as_str()), "{told}");
        fs::remove_file(path).unwrap();
        ingest(&data, &[&desk.path("in")], 0);
        sound(&data);
        assert_eq!(starts(&data), ["2019-03-01", "2021-03-01", "2022-03-01"], "{folder}");
    }
}

#[test]
fn bytes_of_another_document_are_not_handed_out_for_a_row_that_was_altered() {
    let desk = desk();
    let data = desk.path("data");
    ingest(&data, &[&desk.path("in")], 0);
    let register = json_of(griffie(&data).args(["register", "--json"]), &[0]);
    let [one, other] = [0, 1].map(|n: usize| register[n]["documents"][0].as_str().unwrap().to_owned());
    let get = |code| check(griffie(&data).args(["get", &one, "-o"]).arg(desk.path(&format!("out-{code}.pdf"))), code).1;
    get(0);
    let database = rusqlite::Connection::open(data.join("griffie.sqlite")).unwrap();
    let swap =
        "UPDATE documents SET original = (SELECT original FROM documents WHERE document = ?2) WHERE document = ?1";
    assert_eq!(database.execute(swap, [&one, &other]).unwrap(), 1);
    drop(database);
    let told = get(8);
    assert!(told.contains(&one) && told.contains("griffie rebuild"), "{told}");
    assert!(!desk.path("out-8.pdf").exists());
    check(griffie(&data).arg("rebuild"), 0);
    fs::remove_file(desk.path("out-0.pdf")).unwrap();
    get(0);
}

#[test]
fn a_contract_that_was_taken_out_of_the_index_is_named() {
    let desk = desk();
    let data = desk.path("data");
    ingest(&data, &[&desk.path("in")], 0);
    let hits = || json_of(griffie(&data).args(["search", "--json", "Voorbeeldstad"]), &[0]).to_string();
    let before = hits();
    sound(&data);
    // Anybody's library can do it, and writes the sums of the files along.
    let index = tantivy::Index::open_in_dir(data.join("index/v2")).unwrap();
    for name in ["griffie_dutch", "griffie_english", "griffie_exact"] {
        index.tokenizers().register(name, tantivy::tokenizer::TextAnalyzer::default());
    }
    let field = |name| index.schema().get_field(name).unwrap();
    let term = |name, text: &str| -> Box<dyn tantivy::query::Query> {
        let term = tantivy::Term::from_field_text(field(name), text);
        Box::new(tantivy::query::TermQuery::new(term, tantivy::schema::IndexRecordOption::Basic))
    };
    let register = json_of(griffie(&data).args(["register", "--json"]), &[0]);
    let one = register[0]["documents"][0].as_str().unwrap();
    let units = tantivy::query::BooleanQuery::intersection(vec![term("document", one), term("kind", "unit")]);
    let mut writer = index.writer_with_num_threads::<tantivy::TantivyDocument>(1, 20_000_000).unwrap();
    writer.delete_query(Box::new(units)).unwrap();
    writer.commit().unwrap();
    drop(writer);
    assert_ne!(hits(), before);
    assert_eq!(damage(&data), [("damaged_file".to_owned(), format!("index: {one}"))]);
    check(griffie(&data).arg("rebuild"), 0);
    sound(&data);
    assert_eq!(hits(), before);
}

/// What a check of the data folder names, and one of its store by itself.
fn named(desk: &Desk) -> [Vec<String>; 2] {
    let data = desk.path("data");
    let alone = desk.path("none");
    let mut by_itself = griffie(&alone);
    by_itself.args(["verify", "--json", "--store"]).arg(data.join("store"));
    [json_of(griffie(&data).args(["verify", "--json"]), &[8]), json_of(&mut by_itself, &[8])].map(|report| {
        let found = report["findings"].as_array().unwrap().iter();
        found.map(|found| found["what"].as_str().unwrap().trim_end_matches('/').to_owned()).collect()
    })
}

#[test]
fn what_cannot_be_read_is_named_and_hides_nothing_else() {
    let desk = desk();
    let data = desk.path("data");
    let record = json_of(griffie(&data).args(["register", "--json"]), &[0])[0]["id"].as_str().unwrap().to_owned();
    check(griffie(&data).args(["decide", &record, "--by", "J.", "terminated-on", "2027-01-01"]), 0);
    let other = objects(&data, "originals").remove(0);
    fs::write(data.join("store").join(&other), "changed").unwrap();
    let folders =
        ["accessions", "batches", "decisions", "findings", "manifests", "readings", "log/keys", "log/checkpoints"];
    let newest = objects(&data, "log/tile/entries").pop().unwrap();
    for name in folders.map(|folder| objects(&data, folder).remove(0)).into_iter().chain([newest]) {
        let (path, aside) = (data.join("store").join(&name), desk.path("aside"));
        fs::rename(&path, &aside).unwrap();
        fs::create_dir(&path).unwrap();
        for found in named(&desk) {
            assert!(found.contains(&name) && found.contains(&other), "{name}: {found:?}");
        }
        fs::remove_dir(&path).unwrap();
        fs::rename(&aside, &path).unwrap();
    }
    for name in ["log/keys/72~", "log/checkpoints/72~", "log/tile/entries/000.p/72~", "log/tile/0/000.p/72~"] {
        let path = lay(&data, name, b"");
        for found in named(&desk) {
            assert!(found.iter().any(|found| found == name) && found.contains(&other), "{name}: {found:?}");
        }
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn a_folder_in_which_no_object_of_the_log_can_lie_is_named() {
    let desk = desk();
    let store = desk.path("data/store");
    let strange = ["log/keys/new", "log/checkpoints/000", "log/x", "log/tile/new", "log/tile/0/new", "log/tile/0/000"];
    for name in strange {
        fs::create_dir_all(store.join(name)).unwrap();
    }
    // These an append makes before what is to lie in them.
    for name in ["log/next", "log/tile/1/000.p", "log/tile/0/x001/234.p", "log/tile/entries/x001/x234/567.p"] {
        fs::create_dir_all(store.join(name)).unwrap();
    }
    let mut strange = strange.map(str::to_owned);
    strange.sort();
    for mut found in named(&desk) {
        found.sort();
        assert_eq!(found, strange);
    }
}

#[test]
fn a_tile_of_an_earlier_state_of_the_log_stays_missed_while_the_log_grows() {
    let desk = desk();
    let data = desk.path("data");
    let tile = objects(&data, "log/tile/0").remove(0);
    let bundle = objects(&data, "log/tile/entries").remove(0);
    for name in [&tile, &bundle] {
        fs::remove_file(data.join("store").join(name)).unwrap();
    }
    for _ in 0..3 {
        let before = objects(&data, "log/checkpoints").len();
        for found in named(&desk) {
            assert!(found.contains(&tile) && found.contains(&bundle), "{found:?}");
        }
        assert!(objects(&data, "log/checkpoints").len() > before, "the check was logged");
    }
}
