//! Who may sign a log: the key that the log's name is made from, and after it only a key that an event of the log names.
//! Any other key proves nothing, wherever it lies.

use jiff::Timestamp;
use serde::Serialize;

use super::{
    event_v1::{Agent, Event, EventKind},
    log::{checkpoints, entries},
    note::{Checkpoint, VerifierKey, read_checkpoint},
    tiles::{self, LOG},
};
use crate::{
    Error, ErrorKind, Result,
    error::Context as _,
    storage::{ObjectName, Store},
};

/// That another key signs a log from some event on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyChange {
    /// The event that names both keys.
    pub event: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
    /// The id of the key that signed until then.
    pub old: String,
    /// The id of the key that signs since.
    pub new: String,
    /// Whether the old key signed the event: without that nobody but the keeper of the new key says so.
    pub signed_by_old: bool,
    /// That a person took a change for the keeper's own which the old key did not sign.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted: Option<Accepted>,
}

impl KeyChange {
    /// Whether neither the old key nor a person says that it was the keeper's.
    pub fn is_unproven(&self) -> bool {
        !self.signed_by_old && self.accepted.is_none()
    }
}

/// Who took a change of key for the keeper's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Accepted {
    /// The event that tells of it.
    pub event: u64,
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub by: String,
}

/// What the detail of the event that tells of it begins with.
const ACCEPTED: &str = "accepted ";

/// The keys of a log in their order, as far as it has been read.
#[derive(Clone, Debug)]
pub struct Chain {
    /// Each with how many events the log had when it began to sign.
    keys: Vec<(VerifierKey, u64)>,
    changes: Vec<KeyChange>,
    /// A change that the present append brings.
    pending: Option<(KeyChange, VerifierKey, u64)>,
}

impl Chain {
    /// The chain of a log that was begun with a key.
    pub fn begun_with(key: VerifierKey) -> Self {
        Self { keys: vec![(key, 0)], changes: Vec::new(), pending: None }
    }

    /// The key that signs now.
    pub fn active(&self) -> &VerifierKey {
        &self.keys.last().expect("a chain has a first key").0
    }

    /// All keys, oldest first.
    pub fn keys(&self) -> impl Iterator<Item = &VerifierKey> {
        self.keys.iter().map(|(key, _)| key)
    }

    /// The changes of key, oldest first.
    pub fn changes(&self) -> &[KeyChange] {
        &self.changes
    }

    /// Whether a key is one of the log's.
    pub fn has(&self, key: &VerifierKey) -> bool {
        self.keys().any(|own| own.is_same_key(key))
    }

    /// Whether a change of key waits for the end of its append.
    pub(crate) fn is_changing(&self) -> bool {
        self.pending.is_some()
    }

    /// Takes note of an event; `append` is where the append begins that it came with.
    pub fn event(&mut self, place: u64, append: u64, event: &Event) {
        if let Some((about, accepted)) = event.accepted_key(place) {
            let change = self.changes.iter_mut().find(|change| change.event == about && change.is_unproven());
            if let Some(change) = change {
                change.accepted = Some(accepted);
            }
            return;
        }
        let Some((old, new)) = event.key_change() else { return };
        // Who names another than the key that signs knows nothing of this log.
        if old != self.active().id_hex() || new.name() != self.active().name() || self.has(&new) {
            return;
        }
        let by = match &event.agent {
            Agent::Person { name } => name.clone(),
            Agent::Program { name, .. } => name.clone(),
        };
        let (at, new_id) = (event.at, new.id_hex());
        let change = KeyChange { event: place, at, by, old, new: new_id, signed_by_old: false, accepted: None };
        self.pending = Some((change, new, append));
    }

    /// An append ended, so the log has `size` events; `signed_by` tells whether a key signed its checkpoint. Says whether
    /// that is a key which may.
    pub fn ended(&mut self, size: u64, signed_by: impl Fn(&VerifierKey) -> bool) -> bool {
        let pending = self.pending.take();
        let by_old = signed_by(self.active());
        match pending {
            Some((change, new, _)) if by_old => {
                self.keys.push((new, size));
                self.changes.push(KeyChange { signed_by_old: true, ..change });
                true
            }
            // Whoever lost the old key can only begin with the event, and sign it with the new one.
            Some((change, new, append)) if change.event == append && signed_by(&new) => {
                self.keys.push((new, append));
                self.changes.push(change);
                true
            }
            _ => by_old,
        }
    }

    /// Reads the checkpoint of a size, which only the key of that time may have signed.
    pub fn read(&self, size: u64, note: &[u8]) -> Result<Checkpoint> {
        let of_then = self.keys.iter().rev().find(|(_, after)| *after < size).unwrap_or(&self.keys[0]);
        read_checkpoint(note, std::slice::from_ref(&of_then.0))
    }
}

impl Event {
    /// Another key signs from here on.
    pub fn of_key_change(old: &VerifierKey, new: &VerifierKey, by: &str, at: Timestamp) -> Self {
        Self::new(EventKind::KeyChange, at, [old.id_hex(), new.id_hex()])
            .by(Agent::Person { name: by.to_owned() })
            .outcome(super::Outcome::Success, Some(new.encode()))
    }

    /// A person takes a change of key that the old key did not sign for the keeper's own.
    pub fn of_accepted_key(change: &KeyChange, by: &str, at: Timestamp) -> Self {
        Self::new(EventKind::KeyChange, at, [change.old.clone(), change.new.clone()])
            .by(Agent::Person { name: by.to_owned() })
            .outcome(super::Outcome::Success, Some(format!("{ACCEPTED}{}", change.event)))
    }

    /// The place of the change that a person accepts by it, where it is about that; `said` is its own.
    fn accepted_key(&self, said: u64) -> Option<(u64, Accepted)> {
        let detail = self.detail.as_deref().filter(|_| self.event == EventKind::KeyChange)?;
        let about = detail.strip_prefix(ACCEPTED)?.parse().ok()?;
        let Agent::Person { name } = &self.agent else { return None };
        Some((about, Accepted { event: said, at: self.at, by: name.clone() }))
    }

    /// The key that signs from here on, where it is about that.
    pub(crate) fn new_key(&self) -> Option<VerifierKey> {
        self.key_change().map(|(_, new)| new)
    }

    /// The id of the old key and the new key, where it is about that.
    fn key_change(&self) -> Option<(String, VerifierKey)> {
        let new = self.detail.as_deref().filter(|_| self.event == EventKind::KeyChange)?;
        Some((self.about.first()?.clone(), VerifierKey::decode(new).ok()?))
    }
}

/// The keys that lie in a store, whosever they are.
pub(super) fn lying_in(store: &Store) -> Result<Vec<VerifierKey>> {
    let mut keys = Vec::new();
    for entry in store.list(&format!("{LOG}/keys")).objects() {
        let name = entry?.name;
        // What is no key is for `verify` to report: it must not stop the reading of what is proved without it.
        keys.extend(decode(&name, &store.get(&name)?));
    }
    Ok(keys)
}

/// The key in an object of `log/keys`, where it is the one that the object's name says.
pub fn decode(name: &ObjectName, bytes: &[u8]) -> Option<VerifierKey> {
    let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
    VerifierKey::decode(text).ok().filter(|key| key.id_hex() == name.last())
}

/// The name that the first checkpoint of a store gives its log, its signature not looked at.
pub fn name_of_log(store: &Store, first: u64) -> Option<String> {
    let note = store.get(&tiles::checkpoint_name(first)).ok()?;
    std::str::from_utf8(&note).ok()?.lines().next().map(str::to_owned)
}

/// Of some keys the one with which the log was begun that has checkpoints of these sizes: that of the first of them whose
/// name is made from a key.
pub fn begun_with(store: &Store, sizes: &[u64], keys: &[VerifierKey]) -> Option<VerifierKey> {
    let named: Vec<_> = keys.iter().filter(|key| key.named_itself()).collect();
    let of_checkpoint = |size: &u64| {
        let name = name_of_log(store, *size)?;
        named.iter().find(|key| key.name() == name).map(|key| (*key).clone())
    };
    if named.is_empty() { None } else { sizes.iter().find_map(of_checkpoint) }
}

/// The keys of a store's log; `None` where no checkpoint was signed yet. Those of `own` are looked at as those in the
/// store are.
pub fn chain(store: &Store, own: &[VerifierKey]) -> Result<Option<Chain>> {
    let sizes = checkpoints(store)?;
    let (Some(first), Some(last)) = (sizes.first(), sizes.last()) else { return Ok(None) };
    let mut lying = lying_in(store)?;
    lying.extend(own.iter().filter(|own| !lying.contains(own)).cloned().collect::<Vec<_>>());
    let begun_with = begun_with(store, &sizes, &lying).ok_or_else(|| {
        let name = name_of_log(store, *first).unwrap_or_default();
        Error::new(
            ErrorKind::FixityMismatch,
            format!("the key with which the log `{name}` was begun is not in {LOG}/keys"),
        )
        .hint("run `griffie verify`; the key stands on every printed checkpoint, and follows from log.key")
        .dutch(format!(
            "de sleutel waarmee het logboek `{name}` begon staat niet in {LOG}/keys: geef `griffie verify`; de sleutel \
                 staat op elk afgedrukt ijkpunt, en volgt uit log.key"
        ))
    })?;
    let mut chain = Chain::begun_with(begun_with);
    let head = store.get(&tiles::checkpoint_name(*last))?;
    // Signed by the first key, it was never changed; else the events tell.
    if chain.read(*last, &head).is_ok() && lying.iter().all(|key| chain.has(key)) {
        return Ok(Some(chain));
    }
    let mut began = 0;
    for entry in entries(store, 0, *last) {
        let (place, append, event) = entry?;
        if append != began {
            end(store, &mut chain, place)?;
            began = append;
        }
        chain.event(place, append, &event);
    }
    end(store, &mut chain, *last)?;
    Ok(Some(chain))
}

fn end(store: &Store, chain: &mut Chain, size: u64) -> Result<()> {
    if chain.is_changing() {
        let note = store.get(&tiles::checkpoint_name(size))?;
        chain.ended(size, |key| read_checkpoint(&note, std::slice::from_ref(key)).is_ok());
    }
    Ok(())
}

/// The chain of a log that has a checkpoint.
pub fn chain_of(store: &Store) -> Result<Chain> {
    chain(store, &[])
        .and_then(|chain| chain.ok_or_else(|| Error::new(ErrorKind::NotFound, "the log has no checkpoint yet")))
        .doing(|| "failed to read who may sign the log")
}
