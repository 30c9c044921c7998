//! What the log promises, above all after a crash.

use jiff::Timestamp;

use super::*;
use crate::provenance::{EventKind, ObjectRef, merkle::leaf_hash, proof, tiles::TileNodes};

fn signer() -> SignerKey {
    SignerKey::from_secret([7; 32])
}

fn log(store: &Store) -> Log {
    Log::with_key(store, signer()).unwrap()
}

fn events(from: u64, to: u64) -> Vec<Event> {
    (from..to).map(|i| Event::new(EventKind::Ingestion, Timestamp::UNIX_EPOCH, [format!("i-{i}")])).collect()
}

fn root_over(store: &Store, size: u64) -> Hash {
    let leaves: Vec<Hash> =
        entries(store, 0, size).map(|entry| entry.unwrap()).map(|(_, a, e)| leaf_hash(&Entry::encode(a, &e))).collect();
    root_of(&leaves)
}

#[test]
fn groups_of_any_size_give_the_root_over_all_entries() {
    let store = Store::memory();
    let mut size = 0;
    for group in [1, 2, 250, 3, 1, 600, 168, 255, 1] {
        let log = log(&store);
        assert_eq!(log.append(&events(size, size + group)).unwrap(), (size..size + group).collect::<Vec<_>>());
        size += group;
        let head = log.head().unwrap();
        assert_eq!((head.size, head.root), (size, root_over(&store, size)), "{size}");
    }
    assert_eq!(checkpoints(&store).unwrap(), [1, 3, 253, 256, 257, 857, 1025, 1280, 1281]);
    let log = log(&store);
    // Tiles of the present size answer for every earlier one too: hashes of full subtrees never change.
    let nodes = TileNodes { store: &store, size: log.next_index() };
    for (old, new) in [(1, 1281), (256, 257), (253, 1025), (857, 1280)] {
        let root =
            |size| read_checkpoint(&store.get(&tiles::checkpoint_name(size)).unwrap(), &[log.verifier().clone()]);
        let (old_root, new_root) = (root(old).unwrap().root, root(new).unwrap().root);
        let proof = merkle::consistency_proof(&nodes, old, new).unwrap();
        assert!(merkle::consistency_holds(old, &old_root, new, &new_root, &proof), "{old} {new}");
        let (_, append, event) = entries(&store, old - 1, size).next().unwrap().unwrap();
        let proof = merkle::inclusion_proof(&nodes, old - 1, new).unwrap();
        let leaf = leaf_hash(&Entry::encode(append, &event));
        assert!(merkle::inclusion_holds(&leaf, old - 1, new, &new_root, &proof), "{old} {new}");
    }
}

#[test]
fn an_event_handed_in_again_keeps_its_place() {
    let store = Store::memory();
    log(&store).append(&events(0, 5)).unwrap();
    let log = log(&store);
    assert_eq!(log.append(&events(3, 8)).unwrap(), [3, 4, 5, 6, 7]);
    assert_eq!((log.next_index(), log.find(&events(6, 7)[0].id)), (8, Some(6)));
    assert_eq!(log.append(&events(0, 8)).unwrap().len(), 8);
    assert_eq!(log.next_index(), 8);
}

/// Cuts the writing of an append short after each of its objects, by copying only so many of them.
#[test]
fn an_append_cut_short_anywhere_is_finished_or_never_was() {
    let before = Store::memory();
    log(&before).append(&events(0, 250)).unwrap();
    let after = copy_of(&before, |_| true);
    log(&after).append(&events(250, 530)).unwrap();
    let kept: Vec<String> = before.list("").map(|entry| entry.unwrap().name.to_string()).collect();
    let written = [
        "log/next/000000000250",
        "log/tile/entries/000",
        "log/tile/entries/001",
        "log/tile/entries/002.p/18",
        "log/tile/0/000",
        "log/tile/0/001",
        "log/tile/0/002.p/18",
        "log/tile/1/000.p/2",
    ];
    for survived in 0..=written.len() {
        let crashed_at = |survived: usize| {
            copy_of(&after, |name| kept.iter().any(|kept| kept == name) || written[..survived].contains(&name))
        };
        let crashed = crashed_at(survived);
        let log = log(&crashed);
        let mut places = log.append(&events(250, 530)).unwrap();
        places.sort_unstable();
        assert_eq!(places, (250..530).collect::<Vec<_>>(), "{survived}");
        assert_eq!(log.head().unwrap().root, root_over(&crashed, 530), "{survived}");
        // Another data folder's, which has none of these events, finishes it as well.
        let other = copy_of(&crashed_at(survived), |_| true);
        let reopened = Log::checked(&other, signer(), &|_| false, false).unwrap();
        let finished = if survived == 0 { 250 } else { 530 };
        assert_eq!((reopened.next_index(), signed_size(&other).unwrap()), (finished, finished), "{survived}");
        let ids: std::collections::HashSet<_> = entries(&crashed, 0, 530).map(|entry| entry.unwrap().2.id).collect();
        assert_eq!(ids.len(), 530, "{survived}");
    }
}

fn copy_of(store: &Store, keep: impl Fn(&str) -> bool) -> Store {
    let copy = Store::memory();
    for entry in store.list("").map(|entry| entry.unwrap()).filter(|entry| keep(entry.name.as_str())) {
        copy.put_new(&entry.name, store.get(&entry.name).unwrap()).unwrap();
    }
    copy
}

#[test]
fn a_tampered_edge_is_refused_at_opening() {
    let store = Store::memory();
    log(&store).append(&events(0, 10)).unwrap();
    let bad = copy_of(&store, |name| name != "log/tile/0/000.p/10");
    bad.put_new(&tiles::tile_name(0, 0, 10), vec![1; 320]).unwrap();
    assert_eq!(Log::with_key(&bad, signer()).err().unwrap().kind(), ErrorKind::FixityMismatch);
}

#[test]
fn what_somebody_else_wrote_beyond_the_last_checkpoint_is_not_signed() {
    let (store, own, other) = (Store::memory(), events(3, 4).remove(0), events(9, 10).remove(0));
    log(&store).append(&events(0, 3)).unwrap();
    let bundle = tiles::unpack(&store.get(&tiles::bundle_name(0, 3)).unwrap(), 3).unwrap();
    let with = |event: &Event| {
        let copy = copy_of(&store, |_| true);
        let longer = [bundle.clone(), vec![Entry::encode(3, event)]].concat();
        copy.put_new(&tiles::bundle_name(0, 4), tiles::pack(&longer).unwrap()).unwrap();
        copy
    };
    let open = |store: &Store| Log::checked(store, signer(), &|event| *event == own, false);
    let forged = with(&other);
    assert_eq!(open(&forged).err().unwrap().kind(), ErrorKind::FixityMismatch);
    assert_eq!(checkpoints(&forged).unwrap(), [3]);
    let completed = with(&own);
    assert_eq!((open(&completed).unwrap().completed(), checkpoints(&completed).unwrap()), (1, vec![3, 4]));
    assert_eq!(open(&completed).unwrap().completed(), 0);
}

fn change(log: &Log, new: &SignerKey) -> Event {
    let old = keys::chain_of(&log.store).unwrap().active().clone();
    Event::of_key_change(&old, new.clone().for_log(old.name()).verifier(), "A. Jansen", Timestamp::UNIX_EPOCH)
}

#[test]
fn another_key_signs_nothing_unless_the_log_tells_of_it() {
    let (store, other) = (Store::memory(), SignerKey::from_secret([8; 32]));
    log(&store).append(&events(0, 3)).unwrap();
    let refused = Log::with_key(&store, other.clone()).err().unwrap();
    assert_eq!(refused.kind(), ErrorKind::Refused);
    assert_eq!(keys::lying_in(&store).unwrap().len(), 1, "and lays its key nowhere");
    // A checkpoint by another key, however it is named, is none.
    let named = other.for_log(signer().verifier().name());
    store
        .put_new(&format!("log/keys/{}", named.verifier().id_hex()).parse().unwrap(), named.verifier().encode() + "\n")
        .unwrap();
    assert_eq!(log(&store).next_index(), 3, "a key laid beside changes nothing");
    let bundle = tiles::unpack(&store.get(&tiles::bundle_name(0, 3)).unwrap(), 3).unwrap();
    let longer = [bundle, vec![Entry::encode(3, &events(9, 10)[0])]].concat();
    store.put_new(&tiles::bundle_name(0, 4), tiles::pack(&longer).unwrap()).unwrap();
    store.put_new(&tiles::checkpoint_name(4), named.sign(4, [1; 32]).1).unwrap();
    assert_eq!(Log::with_key(&store, signer()).err().unwrap().kind(), ErrorKind::FixityMismatch);
    assert!(crate::provenance::proof::head(&store).is_err());
}

#[test]
fn the_old_key_hands_over_to_the_new_one_and_the_log_keeps_its_name() {
    let (store, other) = (Store::memory(), SignerKey::from_secret([8; 32]));
    let old = log(&store);
    old.append(&events(0, 3)).unwrap();
    old.append(&[change(&old, &other)]).unwrap();
    assert_eq!(Log::with_key(&store, signer()).err().unwrap().kind(), ErrorKind::Refused, "the old one signs no more");
    let new = Log::with_key(&store, other).unwrap();
    new.append(&events(3, 5)).unwrap();
    assert_eq!(new.head().unwrap().origin, signer().verifier().name());
    assert_eq!(new.head().unwrap().root, root_over(&store, 6));
    let changes = keys::chain_of(&store).unwrap().changes().to_vec();
    assert_eq!((changes.len(), changes[0].event, changes[0].signed_by_old), (1, 3, true));
}

#[test]
fn a_log_whose_key_is_lost_goes_on_and_tells_for_ever_that_the_old_key_did_not_sign() {
    let (store, other) = (Store::memory(), SignerKey::from_secret([8; 32]));
    log(&store).append(&events(0, 3)).unwrap();
    let taken = Log::taken_over(&store, other.clone(), &|_| false).unwrap();
    taken.append(&[change(&taken, &other)]).unwrap();
    let new = Log::with_key(&store, other).unwrap();
    new.append(&events(3, 5)).unwrap();
    assert_eq!(new.head().unwrap().origin, signer().verifier().name());
    let changes = keys::chain_of(&store).unwrap().changes().to_vec();
    assert_eq!((changes.len(), changes[0].event, changes[0].signed_by_old), (1, 3, false));
    // Not with other events before it, which nobody would have signed.
    let store = Store::memory();
    log(&store).append(&events(0, 3)).unwrap();
    let taken = Log::taken_over(&store, SignerKey::from_secret([9; 32]), &|_| false).unwrap();
    taken.append(&[events(3, 4).remove(0), change(&taken, &SignerKey::from_secret([9; 32]))]).unwrap();
    assert!(crate::provenance::proof::head(&store).is_err());
}

#[test]
fn a_store_with_a_log_gets_no_second_key() {
    let (store, folder) = (Store::memory(), tempfile::tempdir().unwrap());
    let key = folder.path().join("log.key");
    Log::open(&store, &key, &|_| false).unwrap().append(&events(0, 1)).unwrap();
    std::fs::rename(&key, folder.path().join("aside")).unwrap();
    assert_eq!(Log::open(&store, &key, &|_| false).err().unwrap().kind(), ErrorKind::Refused);
    assert!(!key.try_exists().unwrap(), "none is made");
}

#[test]
fn an_event_too_large_for_the_log_changes_nothing() {
    let (store, mut event) = (Store::memory(), events(0, 1).remove(0));
    event.about = vec!["x".repeat(70_000)];
    let log = log(&store);
    assert_eq!(log.append(&[event]).unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!((log.next_index(), checkpoints(&store).unwrap().len()), (0, 0));
    assert_eq!(log.append(&events(0, 1)).unwrap(), [0]);
}

#[test]
fn events_survive_the_outbox() {
    let event = events(0, 1).remove(0);
    assert_eq!(Event::from_json(&event.to_json()).unwrap(), event);
    assert_ne!(event.id, events(1, 2)[0].id);
}

#[test]
fn of_two_that_append_the_second_is_told_of_the_first_and_not_of_damage() {
    let store = Store::memory();
    log(&store).append(&events(0, 3)).unwrap();
    let (first, second) = (log(&store), log(&store));
    first.append(&events(3, 5)).unwrap();
    let error = second.append(&events(7, 9)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict);
    assert!(error.to_string().starts_with("another griffie wrote to this log"), "{error}");
    assert!(error.advice().unwrap().contains("griffie rebuild"));
    assert_eq!(error.reason(), Some(GREW));
    assert_eq!(log(&store).append(&events(7, 9)).unwrap(), [5, 6]);
    // It goes on behind what it has seen, and not behind what it may not pass over.
    let unknown = || Error::new(ErrorKind::Conflict, "unknown");
    assert!(second.catch_up(|place, _| if place == 6 { Err(unknown()) } else { Ok(()) }).is_err());
    assert_eq!((second.next_index(), second.append(&events(8, 10)).unwrap_err().reason()), (3, Some(GREW)));
    second.catch_up(|_, _| Ok(())).unwrap();
    assert_eq!(second.append(&events(8, 10)).unwrap(), [6, 7], "what it has is not appended again");
}

#[test]
fn of_two_that_append_after_the_same_checkpoint_one_wins_whatever_they_append() {
    let store = Store::memory();
    log(&store).append(&events(0, 3)).unwrap();
    let writers: Vec<Log> = (0..8).map(|_| log(&store)).collect();
    std::thread::scope(|scope| {
        for (number, writer) in (0_u64..).zip(&writers) {
            scope.spawn(move || {
                for turn in 0..6 {
                    // Groups of all lengths, over the edges of bundles too.
                    let first = 1000 * (number + 1) + 100 * turn;
                    let some = events(first, first + 1 + (7 * number + 11 * turn) % 90);
                    while let Err(error) = writer.append(&some) {
                        assert_eq!(error.reason(), Some(GREW), "{error}");
                        writer.catch_up(|_, _| Ok(())).unwrap();
                    }
                }
            });
        }
    });
    let size = signed_size(&store).unwrap();
    let ids: std::collections::HashSet<_> = entries(&store, 0, size).map(|entry| entry.unwrap().2.id).collect();
    assert_eq!(ids.len() as u64, size, "each once");
    let all: u64 = (0..8_u64).flat_map(|number| (0..6).map(move |turn| 1 + (7 * number + 11 * turn) % 90)).sum();
    assert_eq!(size, 3 + all);
    // Each checkpoint is one of the same history.
    for size in checkpoints(&store).unwrap() {
        let note = store.get(&tiles::checkpoint_name(size)).unwrap();
        assert_eq!(read_checkpoint(&note, &[signer().verifier().clone()]).unwrap().root, root_over(&store, size));
    }
}

#[test]
fn what_no_key_of_the_log_signed_to_go_on_with_is_refused_and_told() {
    let store = Store::memory();
    log(&store).append(&events(0, 3)).unwrap();
    let with = |name: ObjectName, bytes: Vec<u8>| {
        let copy = copy_of(&store, |_| true);
        copy.put_new(&name, bytes).unwrap();
        copy
    };
    let other = SignerKey::from_secret([8; 32]).for_log(signer().verifier().name());
    let entry = Entry::encode(3, &events(9, 10)[0]);
    let forged = successor::encode(0, &other.sign(4, [1; 32]).1, std::slice::from_ref(&entry)).unwrap();
    // With the log's own key, of another history.
    let wrong = successor::encode(0, &signer().sign(4, [1; 32]).1, &[entry]).unwrap();
    for bytes in [forged, wrong, b"x".to_vec(), Vec::new()] {
        let error = Log::with_key(&with(tiles::successor_name(3), bytes), signer()).err().unwrap();
        assert_eq!(error.kind(), ErrorKind::FixityMismatch);
        assert!(error.to_string().contains("log/next/000000000003"), "{error}");
    }
    let blocked = with(tiles::tile_name(0, 0, 4), vec![1; 128]);
    let error = log(&blocked).append(&events(3, 4)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::FixityMismatch, "{error}");
}

#[test]
fn a_log_that_knew_no_successors_is_gone_on_with() {
    let store = Store::memory();
    log(&store).append(&events(0, 3)).unwrap();
    log(&store).append(&events(3, 5)).unwrap();
    let older = copy_of(&store, |name| !name.starts_with("log/next"));
    for (from, to) in [(5, 6), (6, 8), (8, 9)] {
        log(&older).append(&events(from, to)).unwrap();
        let laid = older.get(&tiles::successor_name(from)).unwrap();
        assert_eq!(successor::split(&laid).unwrap().0, 5, "it tells from where on there must be others");
    }
    assert_eq!(older.list("log/next").count(), 3);
    assert_eq!(log(&older).head().unwrap().root, root_over(&older, 9));
}

#[test]
fn an_event_is_found_near_its_time_without_the_rest_of_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::folder(folder.path()).unwrap();
    let log = Log::with_key(&store, SignerKey::from_secret([7; 32])).unwrap();
    let object = |n: u64| ObjectRef {
        name: format!("manifests/d-{n:012}/000001.json").parse().unwrap(),
        blake3: crate::model::Blake3::of(&n.to_be_bytes()),
    };
    let at = |n: u64| Timestamp::from_second(60 * i64::try_from(n).unwrap()).unwrap();
    // Told in groups, of which the last came before the first by the clock.
    let size = 12 * WIDTH + 7;
    let events: Vec<_> = (0..size)
        .map(|n| Event::new(EventKind::Ingestion, at(n / 10 * 10 + 9 - n % 10), [n.to_string()]).objects([object(n)]))
        .collect();
    log.append(&events).unwrap();
    let near = |n, time| proof::find_near(&store, size, time, &object(n)).unwrap();
    for n in [0, 1, 255, 256, 1000, 2047, 3000, size - 1] {
        assert_eq!(near(n, at(n)), Some(n));
    }
    assert_eq!(near(3000, at(0)), None, "of another time");
    let other = ObjectRef { blake3: crate::model::Blake3::of(b"other"), ..object(5) };
    assert_eq!(proof::find_near(&store, size, at(5), &other).unwrap(), None, "with other bytes");
    // However long the log was before: that is not read.
    for bundle in 0..6 {
        #[expect(clippy::disallowed_methods, reason = "what is not there is not read")]
        std::fs::remove_file(folder.path().join(tiles::bundle_name(bundle, WIDTH).as_str())).unwrap();
    }
    for n in [2100, 3000, size - 1] {
        assert_eq!(near(n, at(n)), Some(n));
    }
}
