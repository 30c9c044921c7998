//! What the log went on with, append by append: the one object that a writer must lay first. A log that a program without
//! successors began has them from some append on.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ledger, Walk};
use crate::{
    ErrorKind, Result,
    archive::verify::{FindingKind, beside::is_newer, grown::SOON},
    model::Blake3,
    provenance::{
        Event, decode_entry,
        note::{VerifierKey, read_checkpoint},
        peak_root,
        successor::{self, Edge, Successor},
        tiles,
    },
    storage::ObjectName,
};

/// What is known of them.
#[derive(Default)]
pub(super) struct Successors {
    /// The sizes that one is listed for.
    listed: BTreeSet<u64>,
    /// Digests of the signed checkpoints.
    pub notes: BTreeMap<u64, Blake3>,
    /// Where the append that is gone through began, where that is known.
    from: Option<u64>,
    /// Over its entries, as far as none is lost.
    packed: Option<blake3::Hasher>,
    /// From what size on the log has them, as the first that was met says.
    since: Option<u64>,
    /// Where appends began before that, and whether something lies there.
    before: Vec<(u64, bool)>,
    /// Whether the beginning of an append is not known, so that what it began with cannot be told.
    blind: bool,
    /// What the log is to be gone on with, and that again, each with the size that it goes on from.
    next: Vec<(u64, Successor)>,
}

impl Successors {
    /// Those that a listing of the store has.
    pub fn listed(ledger: &Ledger) -> Result<Self> {
        let names = ledger.unaccounted(tiles::SUCCESSORS)?;
        let size = |name: &String| tiles::told_by(&name.parse().ok()?)?.checked_sub(1);
        Ok(Self { listed: names.iter().filter_map(size).collect(), ..Self::default() })
    }

    /// An append begins.
    pub fn begin(&mut self, from: Option<u64>) {
        self.blind |= from.is_none();
        (self.from, self.packed) = (from, Some(blake3::Hasher::new()));
    }

    /// An entry of it.
    pub fn add(&mut self, entry: Option<&[u8]>) {
        let length = entry.and_then(|entry| u16::try_from(entry.len()).ok());
        match (&mut self.packed, entry, length) {
            (Some(packed), Some(entry), Some(length)) => _ = packed.update(&length.to_be_bytes()).update(entry),
            _ => self.packed = None,
        }
    }
}

impl Walk<'_> {
    /// Looks for what a log of so many signed events is to be gone on with: a writer was stopped, or is at it now.
    pub(super) fn find_next(&mut self, signed: u64, keys: &[VerifierKey]) -> Result<bool> {
        let mut size = signed;
        loop {
            let name = tiles::successor_name(size);
            let bytes = match self.store.get(&name) {
                Ok(bytes) => bytes,
                Err(error) if error.kind() == ErrorKind::NotFound => return Ok(size > signed),
                Err(error) => {
                    self.ledger.account(&name)?;
                    self.findings.unreadable(&name, &error);
                    return Ok(size > signed);
                }
            };
            let Some(next) = successor::read(&bytes, size, |note| read_checkpoint(note, keys).ok()) else {
                self.ledger.account(&name)?;
                let nl = "het moet het logboek voortzetten, en geen sleutel ervan heeft ervoor getekend: een ander legde het \
                          daar, of het is veranderd; zolang het daar ligt wordt niets vastgelegd";
                let en = "it is to go on with the log, and no key of it signed for it: somebody else laid it there, or it was \
                          changed; as long as it lies there nothing is logged";
                self.findings.add(FindingKind::ForeignObject, &name, nl, en);
                return Ok(size > signed);
            };
            size = next.checkpoint.size;
            self.successors.next.push((size - next.entries.len() as u64, next));
        }
    }

    /// Goes through what is to come behind the last checkpoint: it counts, and need not be there yet.
    ///
    /// What the data folder knows to be signed, `known` events, was there.
    pub(super) fn goes_on(&mut self, known: u64) -> Result<()> {
        let next = std::mem::take(&mut self.successors.next);
        if next.first().is_some_and(|(from, _)| *from == self.size) {
            let bundle = self.bundle.clone().unwrap_or_default();
            let mut edge = Edge { size: self.size, bundle, levels: self.edges.clone() };
            for (from, next) in next {
                let name = tiles::successor_name(from);
                self.ledger.account(&name)?;
                let events: Vec<Event> =
                    next.entries.iter().filter_map(|entry| Some(decode_entry(entry).ok()?.1)).collect();
                for object in events.iter().flat_map(|event| &event.objects) {
                    self.ledger.unsigned.insert(object.name.to_string(), object.blake3);
                }
                for (name, bytes) in edge.grow(next.entries)? {
                    self.may_be(&name, &bytes)?;
                }
                self.may_be(&tiles::checkpoint_name(edge.size), &next.note)?;
                if peak_root(&edge.levels) != next.checkpoint.root {
                    let nl = "de gebeurtenissen geven niet de wortel waarvoor is getekend";
                    self.findings.add(
                        FindingKind::BadEntries,
                        &name,
                        nl,
                        "its events do not give the root that was signed",
                    );
                    break;
                }
                let told = self.told.as_ref().map(|told| &told.waiting);
                let waits = told.is_some_and(|waiting| events.iter().all(|event| waiting.contains(event)));
                if from < known || !waits && !is_newer(self.store.changed(&name), SOON, self.now) {
                    let nl = "het is weggehaald, of een programma dat deze gebeurtenissen vastlegde is gestopt: wie hierna schrijft \
                              maakt het opnieuw";
                    let en = "it was removed, or a program that logged these events was stopped: whoever writes next makes it \
                              anew";
                    self.findings.add(FindingKind::MissingCheckpoint, tiles::checkpoint_name(edge.size), nl, en);
                    continue;
                }
                let nl = "het programma is gestopt terwijl het deze gebeurtenissen vastlegde, of is er nog mee bezig: wie \
                          hierna schrijft rondt dat af";
                let en = "the program was stopped while it logged these events, or is still at it: whoever writes next \
                          completes that";
                self.findings.unfinished(&name, nl, en);
            }
        }
        // Where the log is damaged it cannot be told what these went on from.
        if self.successors.blind {
            for size in std::mem::take(&mut self.successors.listed).into_iter().filter(|size| *size < self.size) {
                self.ledger.account(&tiles::successor_name(size))?;
            }
        }
        Ok(())
    }

    fn may_be(&mut self, name: &ObjectName, bytes: &[u8]) -> Result<()> {
        self.ledger.account(name)?;
        if self.store.head(name)?.is_some() && self.get(name)?.is_some_and(|found| found != bytes) {
            let nl = "de bytes zijn niet die welke volgen uit dat waarmee het logboek verdergaat";
            self.findings.add(
                FindingKind::BadEntries,
                name,
                nl,
                "its bytes are not those that the log is to go on with",
            );
        }
        Ok(())
    }

    /// At the end of an append: what it began with must say the same.
    pub(super) fn was_gone_on_with(&mut self, size: u64) -> Result<()> {
        let Some(from) = self.successors.from.take() else { return Ok(()) };
        let packed = self.successors.packed.take().map(|packed| Blake3(*packed.finalize().as_bytes()));
        let name = tiles::successor_name(from);
        if !self.successors.listed.contains(&from) && self.store.head(&name)?.is_none() {
            match self.successors.since {
                Some(_) if self.is_unsigned(size) => {}
                Some(_) => self.successor_is_gone(&name),
                None => self.successors.before.push((from, false)),
            }
            return Ok(());
        }
        self.ledger.account(&name)?;
        let Some(bytes) = self.get(&name)? else { return Ok(()) };
        let found = successor::split(&bytes).filter(|(since, note, entries)| {
            let is_told = match self.successors.since {
                Some(told) => *since == told,
                None => {
                    *since == from
                        || self.successors.blind && *since < from
                        || self.successors.before.iter().any(|(before, _)| before == since)
                }
            };
            is_told
                && self.successors.notes.get(&size).is_none_or(|signed| *signed == Blake3::of(note))
                && packed.is_none_or(|packed| packed == Blake3::of(entries))
        });
        let Some((since, ..)) = found else {
            let nl = "de bytes zijn niet die waarmee het logboek verderging";
            self.findings.add(FindingKind::BadEntries, name, nl, "its bytes are not those that the log went on with");
            if self.successors.since.is_none() {
                self.successors.before.push((from, true));
            }
            return Ok(());
        };
        self.successors.since = Some(since);
        for (before, is_there) in std::mem::take(&mut self.successors.before) {
            if before >= since && !is_there {
                self.successor_is_gone(&tiles::successor_name(before));
            }
        }
        Ok(())
    }

    fn successor_is_gone(&mut self, name: &ObjectName) {
        let nl = "het logboek ging ermee verder, en andere zeggen dat het er was";
        let en = "the log went on with it, and others tell that it was there";
        self.findings.add(FindingKind::MissingEntries, name, nl, en);
    }
}
