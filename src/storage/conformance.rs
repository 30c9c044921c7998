//! What every back-end of the store must do: one suite, run on each of them.

#[path = "../../tests/common/moto.rs"]
mod moto;

use std::{collections::BTreeSet, fs, path::Path};

use object_store::ObjectStoreExt as _;

use super::{Put, Store};
use crate::{
    ErrorKind,
    config::{RetentionMode, S3},
    model::Digests,
};

fn name(text: &str) -> super::ObjectName {
    text.parse().unwrap()
}

fn conforms(store: &Store) {
    puts_once_and_never_overwrites(store);
    takes_files_of_every_size(store);
    refuses_a_file_that_changed(store);
    lists_what_is_there(store);
    says_what_is_not_there(store);
    keeps_apart_what_is_no_object(store);
}

/// Every back-end takes names that no object can have, from whoever writes past this program.
fn keeps_apart_what_is_no_object(store: &Store) {
    let by_other_means = |text: &str| match store.root() {
        Some(root) => {
            let path = root.join(text);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        None => {
            let path = object_store::path::Path::parse(text).unwrap();
            store.wait(store.backend.put(&path, "x".into())).unwrap();
        }
    };
    let names = ["odd/a#1", "odd/a b", "odd/%41", "odd/b#x", "odd/caf\u{e9}", "odd/x=1&y", "incoming/x"];
    for name in names {
        by_other_means(name);
    }
    store.put_new(&name("odd/good"), "good").unwrap();
    let mut listed = store.list("");
    let good: Vec<_> = (&mut listed).filter_map(Result::ok).filter(|it| it.name.folder() == "odd").collect();
    assert_eq!(good.len(), 1);
    let beside = listed.beside();
    let told: BTreeSet<_> =
        beside.unfinished.iter().map(|left| &left.name).chain(&beside.foreign).map(String::as_str).collect();
    assert_eq!(told, names.into());
    if let Some(root) = store.root() {
        let told: BTreeSet<_> = beside.unfinished.iter().map(|left| left.name.as_str()).collect();
        assert_eq!(told, ["odd/a#1", "incoming/x"].into());
        fs::create_dir_all(root.join("empty/within")).unwrap();
        let mut listed = store.list("");
        assert!((&mut listed).count() > 0);
        let empty: Vec<_> = listed.beside().empty.iter().map(|left| left.name.as_str()).collect();
        assert_eq!(empty, ["empty/within/"]);
    }
}

fn puts_once_and_never_overwrites(store: &Store) {
    let lease = name("originals/aa/lease");
    assert_eq!(store.put_new(&lease, "first").unwrap(), Put::Written);
    assert_eq!(store.put_new(&lease, "first").unwrap(), Put::AlreadyThere);
    for other in ["second", "firs", "first!", ""] {
        assert_eq!(store.put_new(&lease, other).unwrap_err().kind(), ErrorKind::Conflict, "{other}");
    }
    assert_eq!(&store.get(&lease).unwrap()[..], b"first");
    assert_eq!(store.digests(&lease).unwrap(), Digests::of(b"first"));
    assert_eq!(&store.get_range(&lease, 1..3).unwrap()[..], b"ir");
    assert_eq!(store.head(&lease).unwrap(), Some(5));
    assert_eq!(fs::read(&*store.local_file(&lease).unwrap()).unwrap(), b"first");
    assert_eq!(store.put_new(&name("originals/aa/nothing"), "").unwrap(), Put::Written);
}

fn takes_files_of_every_size(store: &Store) {
    let folder = tempfile::tempdir().unwrap();
    for size in [0, 1, super::PART_BYTES + 1, super::SINGLE_PUT_BYTES as usize + 1] {
        let path = folder.path().join(size.to_string());
        let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
        fs::write(&path, &bytes).unwrap();
        let digests = super::digests_of_file(&path).unwrap();
        let object = name(&format!("files/{size}"));
        assert_eq!(store.put_new_file(&object, &path, &digests).unwrap(), Put::Written);
        assert_eq!(store.put_new_file(&object, &path, &digests).unwrap(), Put::AlreadyThere);
        assert_eq!(store.digests(&object).unwrap(), Digests::of(&bytes));
        let other = Digests { size_bytes: digests.size_bytes + 1, ..digests };
        assert_eq!(store.put_new_file(&object, &path, &other).unwrap_err().kind(), ErrorKind::Conflict);
    }
}

fn refuses_a_file_that_changed(store: &Store) {
    let folder = tempfile::tempdir().unwrap();
    for size in [10, super::SINGLE_PUT_BYTES as usize + 1] {
        let path = folder.path().join("growing");
        fs::write(&path, vec![7; size]).unwrap();
        let digests = super::digests_of_file(&path).unwrap();
        fs::write(&path, vec![8; size]).unwrap();
        let object = name(&format!("changed/{size}"));
        assert_eq!(store.put_new_file(&object, &path, &digests).unwrap_err().kind(), ErrorKind::Conflict);
        assert_eq!(store.head(&object).unwrap(), None);
    }
}

fn lists_what_is_there(store: &Store) {
    for text in ["list/b/2", "list/a/1", "list/a/3", "lists/c"] {
        store.put_new(&name(text), text.to_owned()).unwrap();
    }
    let list = |prefix: &str| -> BTreeSet<String> {
        store.list(prefix).map(|entry| entry.unwrap()).map(|entry| entry.name.to_string()).collect()
    };
    assert_eq!(list("list"), ["list/a/1", "list/a/3", "list/b/2"].map(String::from).into());
    assert_eq!(list("list/a"), ["list/a/1", "list/a/3"].map(String::from).into());
    assert_eq!(list("nowhere"), BTreeSet::new());
    assert!(list("").contains("lists/c") && list("").iter().all(|name| !name.starts_with("incoming")));
    assert_eq!(store.folders("list").unwrap(), ["a", "b"]);
    assert_eq!(store.folders("nowhere").unwrap(), [""; 0]);
    assert_eq!(store.list("list/b").next().unwrap().unwrap().size_bytes, 8);
}

fn says_what_is_not_there(store: &Store) {
    let gone = name("originals/aa/gone");
    assert_eq!(store.head(&gone).unwrap(), None);
    assert_eq!(store.get(&gone).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(store.digests(&gone).unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(store.local_file(&gone).err().map(|error| error.kind()), Some(ErrorKind::NotFound));
}

#[test]
fn memory_conforms() {
    conforms(&Store::memory());
}

#[test]
fn a_folder_conforms() {
    let folder = tempfile::tempdir().unwrap();
    conforms(&Store::folder(&folder.path().join("store")).unwrap());
}

#[test]
fn s3_conforms() {
    let moto = moto::Moto::start();
    let config = S3 {
        endpoint: Some(moto.endpoint()),
        region: Some("us-east-1".into()),
        credentials_file: Some(moto.credentials_file()),
        ..S3::default()
    };
    let locked = S3 { retention: Some(RetentionMode::Compliance), ..config.clone() };
    for (bucket, config) in [("plain", config), ("locked", locked)] {
        moto.make_bucket(bucket, config.retention.is_some());
        for place in [format!("s3://{bucket}"), format!("s3://{bucket}/some/folders")] {
            conforms(&Store::open(&place.parse().unwrap(), &config).unwrap());
        }
    }
}

/// A server that is there already, with the buckets `plain` and `locked`: see `tests/radosgw.sh`.
#[test]
#[ignore = "needs a server: GRIFFIE_TEST_S3 and AWS_… tell where and who"]
fn another_s3_server_conforms() {
    let endpoint = crate::config::variable("GRIFFIE_TEST_S3");
    let config = S3 { endpoint, ..S3::default() };
    conforms(&Store::open(&"s3://plain".parse().unwrap(), &config).unwrap());
    let locked = S3 { retention: Some(RetentionMode::Compliance), retention_days: 1, ..config };
    conforms(&Store::open(&"s3://locked/some/folders".parse().unwrap(), &locked).unwrap());
}

/// What many writers put under one name at once: one of them wrote it, and the others are told so.
#[test]
fn one_of_many_writers_has_the_name() {
    let folder = tempfile::tempdir().unwrap();
    for store in [Store::memory(), Store::folder(folder.path()).unwrap()] {
        let put = |writer: usize| store.put_new(&name("decisions/one"), writer.to_string());
        let results: Vec<_> = std::thread::scope(|scope| {
            let writers: Vec<_> = (0..8).map(|writer| scope.spawn(move || put(writer))).collect();
            writers.into_iter().map(|writer| writer.join().unwrap()).collect()
        });
        let written: Vec<_> = (0..8).filter(|writer| matches!(results[*writer], Ok(Put::Written))).collect();
        assert_eq!(written.len(), 1);
        assert_eq!(store.get(&name("decisions/one")).unwrap(), written[0].to_string());
    }
}

fn folder_with(plant: impl FnOnce(&Path)) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    plant(folder.path());
    let store = Store::folder(folder.path()).unwrap();
    (folder, store)
}

#[test]
fn leftovers_of_interrupted_writes_are_no_objects() {
    let (_folder, store) = folder_with(|root| {
        fs::create_dir_all(root.join("originals/ab")).unwrap();
        fs::create_dir_all(root.join("incoming")).unwrap();
        fs::write(root.join("originals/ab/abcd#1"), "hal").unwrap();
        fs::write(root.join("incoming/0123"), "half").unwrap();
    });
    assert_eq!(store.list("").count(), 0);
    assert_eq!(store.put_new(&name("originals/ab/abcd"), "whole").unwrap(), Put::Written);
    assert_eq!(store.list("").count(), 1);
}

#[test]
fn stored_files_are_read_only() {
    let (folder, store) = folder_with(|_| {});
    store.put_new(&name("originals/ab/abcd"), "whole").unwrap();
    assert!(fs::metadata(folder.path().join("originals/ab/abcd")).unwrap().permissions().readonly());
}

#[test]
fn a_foreign_name_is_reported_and_the_listing_goes_on() {
    let (_folder, store) = folder_with(|root| {
        fs::write(root.join("my notes.txt"), "not an object").unwrap();
        fs::write(root.join("zebra"), "an object").unwrap();
    });
    let (good, bad): (Vec<_>, Vec<_>) = store.list("").partition(|entry| entry.is_ok());
    assert_eq!((good.len(), bad.len()), (1, 1));
}

#[test]
fn a_store_that_must_be_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    assert_eq!(Store::existing_folder(&missing).err().map(|error| error.kind()), Some(ErrorKind::NotFound));
    assert!(!missing.try_exists().unwrap());
}
