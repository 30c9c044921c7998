//! Every version of every stored format stays readable for ever: the kept examples in `tests/formats` are read and, in
//! their newest version, written again byte for byte. An example is never edited.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::{fs, path::Path};

use griffie::{
    archive::{Access, Accession, Archive, Batch, Decision, Findings, Format, Hold, Manifest, Probe, name},
    model::{Blake3, PageState},
    provenance::Event,
    storage::Store,
};

fn example(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/formats").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[track_caller]
fn check<T: Format>(name: &str) -> T {
    let bytes = example(name);
    let value = T::decode(&bytes).unwrap();
    assert_eq!(String::from_utf8(value.encode().unwrap()), String::from_utf8(bytes), "{name}");
    value
}

#[test]
fn manifest() {
    let manifest = check::<Manifest>("manifest/v1.json");
    assert_eq!(manifest.pages.read + manifest.pages.blank, 3);
    assert_eq!((manifest.renditions.len(), manifest.findings.len()), (1, 1));
}

#[test]
fn accession() {
    assert_eq!(check::<Accession>("accession/v1.json").reason.unwrap().kind, "encrypted");
    assert_eq!(check::<Accession>("accession/v1-remarks.json").remarks[0].kind, "bag_kept");
}

#[test]
fn batch() {
    assert_eq!(check::<Batch>("batch/v1.json").totals.files, 4);
}

#[test]
fn findings() {
    let findings = check::<Findings>("findings/v1.json");
    assert_eq!(findings.fields.governing_law.value.as_deref(), Some("NL"));
    assert_eq!(findings.recipe.key().hex(), "6e53426914d5f4c2feb613276f9bf54d458cb6f80f03675f6bb5eaa891aed377");
}

#[test]
fn decision() {
    assert_eq!(check::<Decision>("decision/v1.json").number, 2);
    assert_eq!(check::<Decision>("decision/v1-withdraw.json").act, griffie::archive::Act::Withdraw);
    let compared = check::<Decision>("decision/v1-compared.json");
    assert_eq!(compared.act, griffie::archive::Act::ComparedWithPaper);
    assert_eq!(check::<Decision>("decision/v1-elsewhere.json").elsewhere.unwrap().event, 17);
    assert_eq!(check::<Decision>("decision/v1-still-holds.json").act, griffie::archive::Act::StillHolds);
}

#[test]
fn probe() {
    assert_eq!(check::<Probe>("probe/v1.json").attempts.len(), 3);
}

#[test]
fn hold() {
    assert!(check::<Hold>("hold/v1.json").on);
}

#[test]
fn access() {
    assert_eq!(check::<Access>("access/v1.json").departments.unwrap(), ["legal"]);
}

#[test]
fn event() {
    let json = String::from_utf8(example("event/v1.json")).unwrap();
    let event = Event::from_json(&json).unwrap();
    assert_eq!(event.to_json() + "\n", json);
}

#[test]
fn reading() {
    let store = Store::memory();
    let key = Blake3::of(b"any");
    store.put_new(&name::reading(&key), example("reading/v1.json.zst")).unwrap();
    let reading = Archive::existing(store).reading(&key).unwrap().unwrap();
    let page = &reading.pages[0];
    assert_eq!((page.state, page.word_text(&page.words[1])), (PageState::Read, "tot"));
    assert_eq!(page.words[1].bounds, griffie::model::PageBox::new(0.25, 0.1, 0.3, 0.12));
}

#[test]
fn a_format_of_another_kind_or_time_is_refused() {
    let error = Hold::decode(&example("access/v1.json")).unwrap_err();
    assert_eq!(error.to_string(), "its format is `griffie-access/1`, not `griffie-hold/1`");
    let newer = String::from_utf8(example("hold/v1.json")).unwrap().replace("griffie-hold/1", "griffie-hold/2");
    assert!(Hold::decode(newer.as_bytes()).unwrap_err().advice().unwrap().contains("newer"));
}
