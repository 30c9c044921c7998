//! The events that go along in a package: each as it stands in the log, with the path to the root that the checkpoint
//! signs; and the time-stamps that say when they stood there. The log is read as a stream; only the package's own ids
//! and objects are held in memory.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::{Package, changed};
use crate::{
    Error, ErrorKind, Result,
    archive::Area,
    provenance::{
        Event, EventKind, checkpoints, decode_entry,
        keys::{Chain, chain_of},
        merkle::{consistency_proof, inclusion_proof},
        tiles::{self, TileNodes},
    },
    storage::{ObjectName, Store},
};

impl Package<'_> {
    /// Adds the events about what is in the package, and compares every object with what they say of it.
    pub(super) fn events(&mut self) -> Result<u64> {
        let store = self.archive.store();
        let Some(size) = checkpoints(store)?.last().copied() else {
            return Err(Error::new(ErrorKind::FixityMismatch, "the log has no checkpoint").hint("run `griffie verify`"));
        };
        let chain = chain_of(store)?;
        let note = checkpoint(store, &chain, size)?;
        self.writer.add("log/checkpoint", |payload| payload.write(&note))?;
        for key in chain.keys() {
            let text = key.encode() + "\n";
            self.writer.add(&format!("log/keys/{}", key.id_hex()), |payload| payload.write(text.as_bytes()))?;
        }
        let mut places = Vec::new();
        walk(store, size, |place, _, event| {
            places.extend(self.is_told_of(&event).then_some(place));
            Ok(())
        })?;
        self.timestamps(&chain, size, &places)?;
        let objects = &mut self.objects;
        let ids = &self.ids;
        let mut events = 0;
        self.writer.add("log/events.jsonl", |payload| {
            walk(store, size, |place, entry, event| {
                let mut along = tells_of(ids, &event);
                for object in &event.objects {
                    if let Some((found, named)) = objects.get_mut(&object.name) {
                        if *found != object.blake3 {
                            return Err(changed(&object.name));
                        }
                        (along, *named) = (true, true);
                    }
                }
                if along {
                    let proof = inclusion_proof(&TileNodes { store, size }, place, size)?;
                    let line = json!({
                        "index": place,
                        "entry": String::from_utf8_lossy(entry),
                        "proof": proof.iter().map(hex::encode).collect::<Vec<_>>(),
                    });
                    payload.write(format!("{line}\n").as_bytes())?;
                    events += 1;
                }
                Ok(())
            })
        })?;
        Ok(events)
    }

    fn is_told_of(&self, event: &Event) -> bool {
        tells_of(&self.ids, event) || event.objects.iter().any(|object| self.objects.contains_key(&object.name))
    }

    /// The first time-stamp after each of these events, and the last of all: with the checkpoints that they are about,
    /// those that the changes of key came with, and how these go on to the one that the package's events lead to.
    fn timestamps(&mut self, chain: &Chain, size: u64, places: &[u64]) -> Result<()> {
        let store = self.archive.store();
        let mut stamps = BTreeMap::<u64, Vec<ObjectName>>::new();
        for entry in store.list(Area::Timestamps.folder()) {
            // What has no name of an object is for `verify` to tell.
            let Ok(entry) = entry else { continue };
            let of = entry.name.as_str().split('/').nth(1).and_then(|size| size.parse().ok());
            if let Some(of) = of.filter(|of| (1..=size).contains(of)) {
                stamps.entry(of).or_default().push(entry.name);
            }
        }
        let mut chosen = BTreeSet::new();
        // Who signed the first checkpoint after a change of key tells whether the old key did.
        let sizes = checkpoints(store)?;
        chosen.extend(chain.changes().iter().filter_map(|change| sizes.iter().find(|size| **size > change.event)));
        chosen.extend(stamps.last_key_value().map(|(size, _)| *size));
        let mut next = 0;
        for place in places.iter().filter(|place| !stamps.is_empty() && **place <= size) {
            if *place >= next {
                let Some((first, _)) = stamps.range(place + 1..).next() else { break };
                chosen.insert(*first);
                next = *first;
            }
        }
        let mut lines = String::new();
        for of in chosen {
            let note = checkpoint(store, chain, of)?;
            self.writer.add(&format!("log/checkpoints/{of}"), |payload| payload.write(&note))?;
            let proof = consistency_proof(&TileNodes { store, size }, of, size)?;
            let proof: Vec<_> = proof.iter().map(hex::encode).collect();
            lines += &format!("{}\n", json!({"from": of, "to": size, "proof": proof}));
            for stamp in stamps.get(&of).into_iter().flatten() {
                let digest = stamp.last().trim_end_matches(".tsr");
                let short = digest.get(..12).unwrap_or(digest);
                self.object(stamp, &format!("log/timestamps/{of}-{short}.tsr"), None)?;
            }
        }
        match lines.is_empty() {
            true => Ok(()),
            false => self.writer.add("log/consistency.jsonl", |payload| payload.write(lines.as_bytes())),
        }
    }
}

/// Whether an event is about one of these ids. That another key signs the log concerns whoever checks a signature.
fn tells_of(ids: &std::collections::HashSet<String>, event: &Event) -> bool {
    event.event == EventKind::KeyChange || event.about.iter().any(|id| ids.contains(id))
}

/// A checkpoint as it is stored, its signature checked.
fn checkpoint(store: &Store, chain: &Chain, size: u64) -> Result<Vec<u8>> {
    let note = store.get(&tiles::checkpoint_name(size))?;
    if chain.read(size, &note)?.size != size {
        return Err(changed(&tiles::checkpoint_name(size)));
    }
    Ok(note.to_vec())
}

/// Hands over each event of the log, with its place and its bytes.
fn walk(store: &Store, size: u64, mut take: impl FnMut(u64, &[u8], Event) -> Result<()>) -> Result<()> {
    for bundle in 0..size.div_ceil(tiles::WIDTH) {
        let width = (size - bundle * tiles::WIDTH).min(tiles::WIDTH);
        let entries = tiles::unpack(&store.get(&tiles::bundle_name(bundle, width))?, width)?;
        for (place, entry) in (bundle * tiles::WIDTH..).zip(entries) {
            take(place, &entry, decode_entry(&entry)?.1)?;
        }
    }
    Ok(())
}
