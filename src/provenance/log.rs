//! The log as it grows: appends in groups, each begun by the one successor of what was there and ended by a signed
//! checkpoint; finishes at the next opening what a crash interrupted. Its objects are only ever added.

use std::{
    collections::{HashMap, VecDeque},
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::{
    event_v1::{Entry, Event},
    keys,
    merkle::{self, Hash, node_hash, root_of},
    note::{Checkpoint, SignerKey, VerifierKey, read_checkpoint},
    successor::{self, Edge},
    tiles::{self, LOG, WIDTH},
};
use crate::{
    Error, ErrorKind, Result,
    error::Context,
    storage::{ObjectName, Store},
};

/// An event that is among the last so many is known and not appended again.
const REMEMBERED: usize = 4096;

/// The log of an archive, open for appending. One process at a time has it open.
pub struct Log {
    store: Store,
    signer: SignerKey,
    state: Mutex<State>,
    /// Its key is lost, and that of `signer` is to take its place.
    taken_over: bool,
    completed: u64,
}

/// The right edge of the tree, and what was appended lately.
#[derive(Clone, Default)]
struct State {
    edge: Edge,
    /// From what size on it has successors; none yet where that is not known.
    since: Option<u64>,
    recent: HashMap<String, u64>,
    order: VecDeque<String>,
    head: Option<Checkpoint>,
}

impl State {
    fn root(&self) -> Hash {
        peak_root(&self.edge.levels)
    }

    fn remember(&mut self, id: String, index: u64) {
        if self.order.len() == REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.recent.remove(&oldest);
        }
        self.order.push_back(id.clone());
        self.recent.insert(id, index);
    }
}

impl Log {
    /// Opens the log in a store with the key at `key_file`, which is made for a store that has no log yet. What the log
    /// has beyond its last checkpoint is signed only if `is_own` knows every event of it: any other was written by
    /// somebody else.
    pub fn open(store: &Store, key_file: &Path, is_own: &dyn Fn(&Event) -> bool) -> Result<Self> {
        let signer = match SignerKey::read(key_file)? {
            Some(signer) => signer,
            None if is_begun(store)? => return Err(key_is_gone(key_file)),
            None => SignerKey::make(key_file)?,
        };
        Self::checked(store, signer, is_own, false)
    }

    /// Opens the log with a key, and takes what it has beyond its last checkpoint for its own.
    pub fn with_key(store: &Store, signer: SignerKey) -> Result<Self> {
        Self::checked(store, signer, &|_| true, false)
    }

    /// Opens a log whose key is lost with another, which is to sign from now on: the first event appended must say so, or
    /// the one that a stopped program appended and did not sign, which `is_own` knows then.
    pub fn taken_over(store: &Store, signer: SignerKey, is_own: &dyn Fn(&Event) -> bool) -> Result<Self> {
        Self::checked(store, signer, is_own, true)
    }

    fn checked(store: &Store, signer: SignerKey, is_own: &dyn Fn(&Event) -> bool, taken_over: bool) -> Result<Self> {
        let chain = keys::chain(store, std::slice::from_ref(signer.verifier()))?;
        let signer = match &chain {
            Some(chain) if !taken_over && !chain.active().is_same_key(signer.verifier()) => {
                return Err(not_its_key(chain, signer.verifier()));
            }
            Some(chain) => signer.for_log(chain.active().name()),
            None if !taken_over => {
                let lying = keys::lying_in(store)?;
                if !lying.is_empty() && !lying.contains(signer.verifier()) {
                    return Err(not_its_key(&keys::Chain::begun_with(lying[0].clone()), signer.verifier()));
                }
                signer
            }
            None => signer,
        };
        let mut log = Self { store: store.clone(), signer, state: Mutex::default(), taken_over, completed: 0 };
        if !taken_over {
            log.lay_down(log.verifier())?;
        }
        let (state, completed) = log.recover(chain.as_ref(), is_own).doing(|| "failed to open the provenance log")?;
        *log.state() = state;
        log.completed = completed;
        Ok(log)
    }

    /// Takes up what others appended since this log was opened. Each event of theirs is shown to `may_follow` with its
    /// place; where that refuses one, the log stays as it was, and appends nothing more.
    pub fn catch_up(&self, may_follow: impl Fn(u64, &Event) -> Result<()>) -> Result<()> {
        let chain = keys::chain(&self.store, std::slice::from_ref(self.verifier()))?;
        if let Some(chain) = chain.as_ref().filter(|chain| !chain.active().is_same_key(self.verifier())) {
            return Err(not_its_key(chain, self.verifier()));
        }
        let (next, _) = self.recover(chain.as_ref(), &|_| false).doing(|| "failed to go on with the provenance log")?;
        for entry in entries(&self.store, self.next_index(), next.edge.size) {
            let (place, _, event) = entry?;
            may_follow(place, &event)?;
        }
        *self.state() = next;
        Ok(())
    }

    fn lay_down(&self, key: &VerifierKey) -> Result<()> {
        let name: ObjectName = format!("{LOG}/keys/{}", key.id_hex()).parse()?;
        self.store.put_new(&name, key.encode() + "\n").map(|_| ())
    }

    /// How many events a stopped program had written and not signed, which were signed when the log was opened.
    pub fn completed(&self) -> u64 {
        self.completed
    }

    /// The index that the next event gets.
    pub fn next_index(&self) -> u64 {
        self.state().edge.size
    }

    /// The signed head, once there is an event.
    pub fn head(&self) -> Option<Checkpoint> {
        self.state().head.clone()
    }

    /// The key that checks the checkpoints signed from now on.
    pub fn verifier(&self) -> &VerifierKey {
        self.signer.verifier()
    }

    /// Where an event stands, if it is among the last 4,096.
    pub fn find(&self, id: &str) -> Option<u64> {
        self.state().recent.get(id).copied()
    }

    /// Appends events and returns where they stand. When it returns they are on disk under a signed checkpoint. Those
    /// that are among the last 4,096 of the log keep their place, so a group may be handed in again after a crash.
    ///
    /// Each call writes the unfinished bundle anew: hand in the events of many documents at once. Where another writer
    /// appended since this log was opened, nothing is appended, and the error's reason is [`GREW`].
    pub fn append(&self, events: &[Event]) -> Result<Vec<u64>> {
        self.append_telling(events, || ())
    }

    /// The same; calls `is_won` once no other writer can append in its place.
    pub fn append_telling(&self, events: &[Event], is_won: impl Fn()) -> Result<Vec<u64>> {
        let mut state = self.state();
        // Worked out on the side: after an error the log is as it was, and the same call may be made again.
        let mut next = state.clone();
        let append = state.edge.size;
        let mut places = Vec::with_capacity(events.len());
        let mut entries = Vec::new();
        for event in events {
            let place = match next.recent.get(&event.id) {
                Some(place) => *place,
                None => {
                    let index = append + entries.len() as u64;
                    let entry = Entry::encode(append, event);
                    if entry.len() > usize::from(u16::MAX) {
                        let message = format!("the event `{}` is longer than 64 KiB", event.id);
                        return Err(
                            Error::new(ErrorKind::InvalidInput, message).hint("name fewer objects in one event")
                        );
                    }
                    entries.push(entry);
                    next.remember(event.id.clone(), index);
                    index
                }
            };
            places.push(place);
        }
        if !entries.is_empty() {
            // Beside the log before the log tells of it: whoever reads the log looks there for keys.
            for key in events.iter().filter_map(Event::new_key) {
                self.lay_down(&key)?;
            }
            self.write(&mut next, entries, is_won).map_err(|error| match error.reason() {
                Some(GREW) => error,
                _ => error.context("failed to append to the provenance log"),
            })?;
            *state = next;
        }
        Ok(places)
    }

    /// The successor first, which one writer alone can lay; then entries, hashes, and the checkpoint that makes them count.
    fn write(&self, state: &mut State, entries: Vec<Vec<u8>>, is_won: impl Fn()) -> Result<()> {
        let size = state.edge.size;
        let objects = state.edge.grow(entries.iter().cloned())?;
        let (checkpoint, note) = self.signer.sign(state.edge.size, state.root());
        let name = tiles::successor_name(size);
        let since = *state.since.get_or_insert(size);
        self.store.put_new(&name, successor::encode(since, &note, &entries)?).map_err(|error| match error.kind() {
            ErrorKind::Conflict => written_by_another(size).source(error),
            _ => error,
        })?;
        is_won();
        self.lay_out(objects, state.edge.size, note.into_bytes())?;
        state.head = Some(checkpoint);
        Ok(())
    }

    /// Writes what follows from a successor. Whoever does it writes the same.
    fn lay_out(&self, objects: Vec<(ObjectName, Vec<u8>)>, size: u64, note: Vec<u8>) -> Result<()> {
        let objects = objects.into_iter().chain([(tiles::checkpoint_name(size), note)]);
        for (name, bytes) in objects {
            self.store.put_new(&name, bytes).map_err(|error| match error.kind() {
                ErrorKind::Conflict => in_the_way(&name).source(error),
                _ => error,
            })?;
        }
        Ok(())
    }

    /// Takes up the log at its last checkpoint, then finishes an append that was won and not signed for, whoever won it;
    /// says how many events those were.
    fn recover(&self, chain: Option<&keys::Chain>, is_own: &dyn Fn(&Event) -> bool) -> Result<(State, u64)> {
        let mut state = State::default();
        let size = signed_size(&self.store)?;
        if let Some(chain) = chain.filter(|_| size > 0) {
            let head = chain
                .read(size, &self.store.get(&tiles::checkpoint_name(size))?)
                .map_err(|_| foreign_checkpoint(size))?;
            state.edge = self.edge_at(size)?;
            if state.root() != head.root || head.size != size {
                let message = "the tiles of the log do not give the root that its checkpoint signs";
                return Err(Error::new(ErrorKind::FixityMismatch, message).hint("run `griffie verify`"));
            }
            state.head = Some(head);
            self.remember_tail(&mut state)?;
        }
        let begin = state.edge.size;
        while self.follow(&mut state, chain)? {}
        if state.edge.size > begin {
            let completed = state.edge.size - begin;
            return Ok((state, completed));
        }
        // Of a program that knew no successors.
        let unsigned = self.unsigned_entries(&state)?;
        let completed = unsigned.len() as u64;
        if !unsigned.is_empty() {
            for (index, entry) in (begin..).zip(&unsigned) {
                let (_, event) = Entry::decode(entry)?;
                if !is_own(&event) {
                    return Err(foreign(begin, index));
                }
                state.remember(event.id, index);
            }
            self.write(&mut state, unsigned, || ())?;
        }
        Ok((state, completed))
    }

    fn edge_at(&self, size: u64) -> Result<Edge> {
        let mut edge = Edge { size, ..Edge::default() };
        let mut level = 0;
        while size >> (8 * level) > 0 {
            let width = (size >> (8 * level)) % WIDTH;
            let index = size >> (8 * (level + 1));
            let hashes = if width == 0 { Vec::new() } else { tiles::read_tile(&self.store, level, index, width)? };
            edge.levels.push(hashes);
            level += 1;
        }
        if !size.is_multiple_of(WIDTH) {
            let bundle = self.store.get(&tiles::bundle_name(size / WIDTH, size % WIDTH))?;
            edge.bundle = tiles::unpack(&bundle, size % WIDTH)?;
        }
        Ok(edge)
    }

    /// Goes on with the successor of a log of this size, where one was laid: whoever won it was stopped, or is still at it.
    /// A key of the log signed for it, so that nothing else need vouch for its events.
    fn follow(&self, state: &mut State, chain: Option<&keys::Chain>) -> Result<bool> {
        let name = tiles::successor_name(state.edge.size);
        let bytes = match self.store.get(&name) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(false),
            Err(error) => return Err(error),
        };
        let mut keys: Vec<_> = chain.map(|chain| chain.active().clone()).into_iter().collect();
        if chain.is_none() || self.taken_over {
            keys.push(self.verifier().clone());
        }
        let Some(next) = successor::read(&bytes, state.edge.size, |note| read_checkpoint(note, &keys).ok()) else {
            return Err(foreign_successor(&name));
        };
        let objects = state.edge.grow(next.entries.iter().cloned())?;
        if state.root() != next.checkpoint.root {
            return Err(foreign_successor(&name));
        }
        let mut key_changed = false;
        for (index, entry) in (state.edge.size - next.entries.len() as u64..).zip(&next.entries) {
            let (_, event) = Entry::decode(entry)?;
            key_changed |= event.new_key().is_some();
            state.remember(event.id, index);
        }
        self.lay_out(objects, state.edge.size, next.note)?;
        (state.head, state.since) = (Some(next.checkpoint), Some(next.since));
        // What comes behind that is another key's to sign.
        Ok(!key_changed)
    }

    fn remember_tail(&self, state: &mut State) -> Result<()> {
        let from = state.edge.size.saturating_sub(REMEMBERED as u64);
        let mut begun = 0;
        for entry in entries(&self.store, from, state.edge.size) {
            let (index, append, event) = entry?;
            begun = append;
            state.remember(event.id, index);
        }
        state.since = match self.store.get(&tiles::successor_name(begun)) {
            Ok(bytes) => successor::split(&bytes).map(|(since, ..)| since),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        Ok(())
    }

    fn unsigned_entries(&self, state: &State) -> Result<Vec<Vec<u8>>> {
        let mut found = Vec::new();
        for index in state.edge.size / WIDTH.. {
            let (name, width) = match self.store.head(&tiles::bundle_name(index, WIDTH))? {
                Some(_) => (tiles::bundle_name(index, WIDTH), WIDTH),
                None => {
                    let mut widest = 0;
                    for entry in self.store.list(&tiles::partial_bundles(index)).objects() {
                        widest = widest.max(entry?.name.last().parse().unwrap_or(0));
                    }
                    (tiles::bundle_name(index, widest), widest)
                }
            };
            let known = if index == state.edge.size / WIDTH { state.edge.bundle.len() } else { 0 };
            if width as usize <= known {
                break;
            }
            let bundle = tiles::unpack(&self.store.get(&name)?, width)?;
            if bundle[..known] != state.edge.bundle[..known] {
                let message = format!("`{name}` does not go on from the last checkpoint");
                return Err(Error::new(ErrorKind::FixityMismatch, message).hint("run `griffie verify`"));
            }
            found.extend_from_slice(&bundle[known..]);
            if width < WIDTH {
                break;
            }
        }
        Ok(found)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // State is replaced whole, so a panic elsewhere cannot leave it half done.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The reason of an append that came second.
pub const GREW: &str = "log_grew";

/// Since it was opened somebody else has appended to the log.
fn written_by_another(size: u64) -> Error {
    let message = format!("another griffie wrote to this log since it had {size} events; nothing of it was changed");
    Error::new(ErrorKind::Conflict, message)
        .hint("give `griffie rebuild`, then the same command again; let one data folder write to a store")
        .because(
            GREW,
            format!(
                "een andere griffie schreef in dit logboek sinds het {size} gebeurtenissen had; er is niets aan veranderd: \
                 geef `griffie rebuild` en dan dezelfde opdracht nog eens; laat één gegevensmap in een opslag schrijven"
            ),
        )
}

/// Where the log goes on lies something else, which no key of it signed.
fn in_the_way(name: &ObjectName) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("`{name}` lies where the log goes on, with other bytes than it must have"))
        .hint("somebody else laid it there, or it was changed: run `griffie verify`, put it aside, and begin again")
        .dutch(format!(
            "`{name}` ligt waar het logboek verdergaat, met andere bytes dan daar horen: een ander legde het daar, of het is \
             veranderd; geef `griffie verify`, leg het opzij en begin opnieuw"
        ))
}

fn foreign_successor(name: &ObjectName) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("`{name}` is to go on with the log, and no key of the log signed for it"))
        .hint("somebody else laid it there, or it was changed: run `griffie verify`, put it aside, and begin again")
        .dutch(format!(
            "`{name}` moet het logboek voortzetten, en geen sleutel ervan heeft ervoor getekend: een ander legde het daar, of \
             het is veranderd; geef `griffie verify`, leg het opzij en begin opnieuw"
        ))
}

/// The key in a file, which must be the one that signs the store's log.
pub fn signer_of(store: &Store, key_file: &Path) -> Result<SignerKey> {
    let signer = SignerKey::read(key_file)?.ok_or_else(|| key_is_gone(key_file))?;
    match keys::chain(store, std::slice::from_ref(signer.verifier()))? {
        Some(chain) if !chain.active().is_same_key(signer.verifier()) => Err(not_its_key(&chain, signer.verifier())),
        Some(chain) => Ok(signer.for_log(chain.active().name())),
        None => Ok(signer),
    }
}

/// Whether a store has a log, or the beginning of one.
fn is_begun(store: &Store) -> Result<bool> {
    Ok(!checkpoints(store)?.is_empty() || !keys::lying_in(store)?.is_empty())
}

/// Without its key nothing can be added to a log, and another key would be somebody else's word.
pub fn key_is_gone(key_file: &Path) -> Error {
    let file = key_file.display();
    Error::new(ErrorKind::Refused, format!("the store has a log, and `{file}`, the key that signs it, is gone"))
        .hint(
            "put log.key back from the backup; only if it is lost for good, `griffie log new-key --by NAME` goes on with \
             a new key, which the log then tells of for ever",
        )
        .dutch(format!(
            "de opslag heeft een logboek, en `{file}`, de sleutel die het ondertekent, is er niet: zet log.key terug uit \
             de reservekopie; alleen als die voorgoed weg is, gaat `griffie log new-key --by NAAM` verder met een nieuwe \
             sleutel, wat het logboek dan altijd vermeldt"
        ))
}

fn not_its_key(chain: &keys::Chain, own: &VerifierKey) -> Error {
    let (active, own, name) = (chain.active().id_hex(), own.id_hex(), chain.active().name());
    let since = chain.changes().last();
    let (since_en, since_nl) = match since {
        Some(change) => (
            format!(" since event {} ({}, by {})", change.event, change.at, change.by),
            format!(" sinds gebeurtenis {} ({}, door {})", change.event, change.at, change.by),
        ),
        None => Default::default(),
    };
    Error::new(
        ErrorKind::Refused,
        format!("the log `{name}` is signed with the key {active}{since_en}; log.key is another key ({own})"),
    )
    .hint(
        "put the log's own log.key back from the backup, and give `griffie verify`; if its key is lost for good, \
         `griffie log new-key --by NAME` goes on with a new one, which the log then tells of for ever",
    )
    .dutch(format!(
        "het logboek `{name}` wordt ondertekend met de sleutel {active}{since_nl}; log.key is een andere ({own}): zet de \
         log.key van dit logboek terug uit de reservekopie, en geef `griffie verify`; is die voorgoed weg, dan gaat \
         `griffie log new-key --by NAAM` verder met een nieuwe, wat het logboek dan altijd vermeldt"
    ))
}

pub(super) fn foreign_checkpoint(size: u64) -> Error {
    let name = tiles::checkpoint_name(size);
    Error::new(ErrorKind::FixityMismatch, format!("the checkpoint `{name}` does not bear the signature of the log's key"))
        .hint("it was changed, or somebody else wrote to the log: run `griffie verify`, and restore the store from a copy")
        .dutch(format!(
            "het ijkpunt `{name}` draagt niet de handtekening van de sleutel van het logboek: het is veranderd, of een ander \
             schreef in het logboek; geef `griffie verify`, en zet de opslag terug uit een kopie"
        ))
}

/// Beyond its last checkpoint the log has an event that the program did not write.
fn foreign(size: u64, index: u64) -> Error {
    let bundles = tiles::partial_bundles(index / WIDTH);
    let message = format!("event {index} of the log, beyond its last checkpoint at {size}, is not this archive's");
    Error::new(ErrorKind::FixityMismatch, message)
        .hint(format!(
            "look into `{bundles}`: no checkpoint signs what was added there. In a copy that was put back `griffie rebuild \
             --restored --by NAME` puts it aside, and tells so in the log; else put it aside and begin again"
        ))
        .dutch(format!(
            "gebeurtenis {index} van het logboek, na het laatste ijkpunt op {size}, is niet van dit archief: kijk in \
             `{bundles}`, geen ijkpunt ondertekent wat daar is toegevoegd; in een teruggezette kopie legt `griffie rebuild \
             --restored --by NAAM` het opzij, wat het logboek vermeldt; leg het anders opzij en begin opnieuw"
        ))
}

/// The root over the right edge of a tree: on each tile level the hashes of the tile that is not full yet.
pub(crate) fn peak_root(edges: &[Vec<Hash>]) -> Hash {
    // Every edge splits into full subtrees, larger ones to the left; higher levels stand left of lower ones.
    let mut subtrees = Vec::new();
    for edge in edges.iter().rev() {
        let mut rest = &edge[..];
        while !rest.is_empty() {
            let (left, right) = rest.split_at(1 << rest.len().ilog2());
            subtrees.push(root_of(left));
            rest = right;
        }
    }
    let Some(last) = subtrees.pop() else { return merkle::empty_root() };
    subtrees.iter().rev().fold(last, |right, left| node_hash(left, &right))
}

/// Adds a leaf to the right edge of a tree: on each tile level the hashes of the tile that is not full yet.
pub(crate) fn push_leaf(edges: &mut Vec<Vec<Hash>>, leaf: Hash) {
    let (mut level, mut hash) = (0, leaf);
    loop {
        if edges.len() == level {
            edges.push(Vec::new());
        }
        edges[level].push(hash);
        if (edges[level].len() as u64) < WIDTH {
            return;
        }
        hash = root_of(&std::mem::take(&mut edges[level]));
        level += 1;
    }
}

/// How many events the signed log of a store has.
pub fn signed_size(store: &Store) -> Result<u64> {
    Ok(checkpoints(store)?.last().copied().unwrap_or(0))
}

/// The sizes of all checkpoints in a store, smallest first.
pub fn checkpoints(store: &Store) -> Result<Vec<u64>> {
    let mut sizes = Vec::new();
    for entry in store.list(&format!("{LOG}/checkpoints")).objects() {
        // A foreign name is for `verify` to report.
        sizes.extend(entry?.name.last().parse::<u64>().ok());
    }
    sizes.sort_unstable();
    Ok(sizes)
}

/// The events from `from` up to `size`, which is that of a checkpoint: index, index of the first event of their append,
/// event.
pub fn entries(store: &Store, from: u64, size: u64) -> impl Iterator<Item = Result<(u64, u64, Event)>> + use<'_> {
    (from / WIDTH..size.div_ceil(WIDTH)).flat_map(move |index| {
        let width = (size - index * WIDTH).min(WIDTH);
        let bundle = store.get(&tiles::bundle_name(index, width)).and_then(|bytes| tiles::unpack(&bytes, width));
        let (entries, error) = match bundle {
            Ok(entries) => (entries, None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        let skip = usize::try_from(from.saturating_sub(index * WIDTH)).unwrap_or(usize::MAX);
        let events = (index * WIDTH..).zip(entries).skip(skip).map(|(index, entry)| {
            let (append, event) = Entry::decode(&entry)?;
            Ok((index, append, event))
        });
        error.into_iter().chain(events)
    })
}

#[cfg(test)]
mod tests;
