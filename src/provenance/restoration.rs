//! Taking up a log where a copy of it ends: a backup that was put back may be older than what its data folder noted last,
//! and hold the beginning of an append that no checkpoint in it signs. Both are told in the log for ever.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use serde::Serialize;

use super::{
    event_v1::{Agent, Event, EventKind, Outcome},
    log::{checkpoints, peak_root, push_leaf},
    merkle::{Hash, leaf_hash},
    note::Checkpoint,
    tiles::{self, LOG, WIDTH},
};
use crate::{
    Result,
    storage::{ObjectName, Store},
};

/// What the detail of the event begins with.
const TAKEN_UP: &str = "taken_up";

/// That a log was taken up where a store put back from a copy ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Restoration {
    /// The event that tells of it: so many events were there.
    pub event: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// How many events the log had had by the data folder's note, where those are more: the rest is gone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub known: Option<u64>,
    /// So many objects that no signed event names were put aside.
    pub put_aside: u64,
}

impl Event {
    /// A log is taken up where a copy of it ends. `known` is what was noted of its end before; `put_aside` are the objects
    /// beyond it.
    pub fn of_restoration(known: Option<&Checkpoint>, put_aside: u64, by: &str, at: Timestamp) -> Self {
        let known = known.map(|head| format!(" known:{}:{}", head.size, STANDARD.encode(head.root)));
        let detail = format!("{TAKEN_UP} put_aside:{put_aside}{}", known.unwrap_or_default());
        Self::new(EventKind::Replication, at, ["store".to_owned()])
            .by(Agent::Person { name: by.to_owned() })
            .outcome(Outcome::Success, Some(detail))
    }

    /// What it tells of a log that was taken up, where it is about that.
    pub fn restoration(&self, place: u64) -> Option<Restoration> {
        let detail = self.detail.as_deref().filter(|_| self.event == EventKind::Replication)?;
        let mut words = detail.strip_prefix(TAKEN_UP)?.split_whitespace();
        let put_aside = words.next()?.strip_prefix("put_aside:")?.parse().ok()?;
        let known = words.next().and_then(|known| known.strip_prefix("known:")?.split(':').next()?.parse().ok());
        let by = match &self.agent {
            Agent::Person { name } | Agent::Program { name, .. } => name.clone(),
        };
        Some(Restoration { event: place, at: self.at, by, known, put_aside })
    }
}

/// The size of the newest checkpoint up to which the log is all there, whoever signed it.
pub fn newest_whole(store: &Store) -> Result<Option<u64>> {
    let sizes = checkpoints(store)?;
    let Some(last) = sizes.last().copied() else { return Ok(None) };
    let (mut edges, mut size, mut newest) = (Vec::new(), 0, None);
    for index in 0..last.div_ceil(WIDTH) {
        // The widest version of a bundle begins with all others.
        let mut widths: Vec<u64> = store
            .list(&tiles::partial_bundles(index))
            .filter_map(|entry| entry.ok()?.name.last().parse().ok())
            .collect();
        widths.push(WIDTH);
        widths.sort_unstable_by(|a, b| b.cmp(a));
        let read = |width: &u64| tiles::unpack(&store.get(&tiles::bundle_name(index, *width)).ok()?, *width).ok();
        let Some(entries) = widths.iter().find_map(read) else { break };
        let is_full = entries.len() as u64 == WIDTH;
        for entry in entries {
            push_leaf(&mut edges, leaf_hash(&entry));
            size += 1;
            if sizes.binary_search(&size).is_ok() && is_whole(store, size, &edges)? {
                newest = Some(size);
            }
        }
        if !is_full {
            break;
        }
    }
    Ok(newest)
}

/// Whether the last tiles of a log of this size are there, and its checkpoint gives their root.
fn is_whole(store: &Store, size: u64, edges: &[Vec<Hash>]) -> Result<bool> {
    let note = store.get(&tiles::checkpoint_name(size)).ok();
    let text = note.as_deref().and_then(|note| std::str::from_utf8(note).ok()?.rsplit_once("\n\n"));
    let signed = text.and_then(|(text, _)| Checkpoint::parse(&format!("{text}\n")));
    if signed.is_none_or(|signed| signed.size != size || signed.root != peak_root(edges)) {
        return Ok(false);
    }
    if !size.is_multiple_of(WIDTH) && store.head(&tiles::bundle_name(size / WIDTH, size % WIDTH))?.is_none() {
        return Ok(false);
    }
    for (level, edge) in (0_u32..).zip(edges) {
        let (index, width) = (size >> (8 * (level + 1)), edge.len() as u64);
        if width > 0 && !tiles::read_tile(store, level, index, width).is_ok_and(|hashes| hashes == *edge) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The objects of a log that tell of more than so many events.
pub fn beyond(store: &Store, size: u64) -> Result<Vec<ObjectName>> {
    let mut beyond = Vec::new();
    for part in ["checkpoints", "next", "tile"] {
        for entry in store.list(&format!("{LOG}/{part}")) {
            // What cannot be called so is for a check to name.
            let Ok(entry) = entry else { continue };
            if tiles::told_by(&entry.name).is_some_and(|told| told > size) {
                beyond.push(entry.name);
            }
        }
    }
    beyond.sort();
    Ok(beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provenance::{Log, note::SignerKey};

    #[test]
    fn a_log_is_whole_up_to_the_last_checkpoint_whose_tiles_are_there() {
        let store = Store::memory();
        assert_eq!(newest_whole(&store).unwrap(), None);
        let log = Log::with_key(&store, SignerKey::from_secret([7; 32])).unwrap();
        let events = |from: u32, to: u32| -> Vec<Event> {
            let event = |n: u32| Event::new(EventKind::Validation, Timestamp::UNIX_EPOCH, [n.to_string()]);
            (from..to).map(event).collect()
        };
        for (from, to) in [(0, 200), (200, 256), (256, 300), (300, 520)] {
            log.append(&events(from, to)).unwrap();
            assert_eq!(newest_whole(&store).unwrap(), Some(u64::from(to)));
        }
        let names = |size| beyond(&store, size).unwrap().iter().map(ToString::to_string).collect::<Vec<_>>();
        assert!(names(520).is_empty());
        let beyond_300 = [
            "log/checkpoints/000000000520",
            "log/next/000000000300",
            "log/tile/0/001",
            "log/tile/0/002.p/8",
            "log/tile/1/000.p/2",
            "log/tile/entries/001",
            "log/tile/entries/002.p/8",
        ];
        assert_eq!(names(300), beyond_300);
        // Without what came last it is whole up to the checkpoint before.
        let torn = Store::memory();
        for entry in store.list("") {
            let name = entry.unwrap().name;
            if !["log/tile/0/002.p/8"].contains(&name.as_str()) {
                torn.put_new(&name, store.get(&name).unwrap()).unwrap();
            }
        }
        assert_eq!(newest_whole(&torn).unwrap(), Some(300));
    }

    #[test]
    fn the_event_tells_what_it_was_told() {
        let head = Checkpoint { origin: "griffie/x".into(), size: 98, root: [1; 32] };
        let event = Event::of_restoration(Some(&head), 4, "A. Jansen", Timestamp::UNIX_EPOCH);
        let told = event.restoration(95).unwrap();
        assert_eq!((told.event, told.by.as_str(), told.known, told.put_aside), (95, "A. Jansen", Some(98), 4));
        let event = Event::of_restoration(None, 0, "A. Jansen", Timestamp::UNIX_EPOCH);
        assert_eq!(event.restoration(95).unwrap().known, None);
        assert_eq!(Event::new(EventKind::Replication, Timestamp::UNIX_EPOCH, []).restoration(1), None);
    }
}
