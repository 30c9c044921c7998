//! Reads a bundle of events with the hashes that belong to it, and decides which of the two is right where they do not
//! agree; finds again what it can of events that are gone.

use std::collections::HashMap;

use super::{FindingKind, Walk};
use crate::{
    ErrorKind, Result,
    provenance::{
        merkle::{Hash, leaf_hash, root_of},
        peak_root, tiles,
    },
};

/// The events of a bundle, each at its place, as far as they are known.
type Entries = Vec<Option<Vec<u8>>>;

/// The hashes of events.
pub(super) fn hashes(entries: &[Vec<u8>]) -> Vec<Hash> {
    entries.iter().map(|entry| leaf_hash(entry)).collect()
}

/// What can be read of a bundle that is not whole.
fn readable_entries(mut bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let Some((entry, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { break };
        entries.push(entry.to_vec());
        bytes = rest;
    }
    entries
}

impl Walk<'_> {
    /// The events of a bundle that something vouches for, and the hashes of all its events. Without the hashes the tree
    /// cannot be built any further, except over it.
    pub(super) fn read_bundle(&mut self, index: u64, width: u64, end: u64) -> Result<(Entries, Option<Vec<Hash>>)> {
        let (bundle, tile) = (tiles::bundle_name(index, width), tiles::tile_name(0, index, width));
        let bytes = self.get(&bundle)?;
        let entries = match &bytes {
            Some(bytes) => tiles::unpack(bytes, width).ok(),
            None => {
                if self.store.head(&bundle)?.is_none() {
                    let nl = "een bundel gebeurtenissen is weg";
                    self.findings.add(FindingKind::MissingEntries, &bundle, nl, "a bundle of events is gone");
                }
                None
            }
        };
        let stored = match tiles::read_tile(self.store, 0, index, width) {
            Ok(hashes) => Some(hashes),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                if !self.is_unsigned(index * tiles::WIDTH + width) {
                    self.gone(FindingKind::MissingTile, &tile);
                }
                None
            }
            Err(error) if error.kind() == ErrorKind::FixityMismatch => {
                let nl = "het is geen tegel van zoveel hashes";
                self.findings.add(FindingKind::BadTile, &tile, nl, "it is no tile of so many hashes");
                None
            }
            Err(error) => {
                self.findings.unreadable(&tile, &error);
                None
            }
        };
        self.ledger.account(&bundle)?;
        let computed = entries.as_deref().map(hashes);
        Ok(match (entries, computed, stored) {
            (Some(entries), Some(computed), Some(stored)) if computed != stored => {
                let (by_entries, by_hashes) = (self.fits(index, end, &computed)?, self.fits(index, end, &stored)?);
                if by_hashes && !by_entries {
                    (self.changed_entries(index, &stored, bytes.as_deref())?, Some(stored))
                } else {
                    if !by_entries {
                        let nl = "er zijn gebeurtenissen of hun hashes veranderd";
                        self.findings.add(FindingKind::BadEntries, bundle, nl, "events or their hashes were changed");
                    }
                    let nl = "er zijn hashes van gebeurtenissen veranderd";
                    self.findings.add(FindingKind::BadTile, tile, nl, "hashes of events were changed");
                    (entries.into_iter().map(Some).collect(), Some(computed))
                }
            }
            (Some(entries), computed, _) => (entries.into_iter().map(Some).collect(), computed),
            (None, _, Some(stored)) => (self.changed_entries(index, &stored, bytes.as_deref())?, Some(stored)),
            (None, _, None) => {
                if bytes.is_some() {
                    let nl = "het is geen bundel van zoveel gebeurtenissen";
                    self.findings.add(FindingKind::BadEntries, &bundle, nl, "it is no bundle of so many events");
                }
                let mut entries: Entries = self.earlier_entries(index, width)?.into_iter().map(Some).collect();
                entries.resize(width as usize, None);
                (entries, None)
            }
        })
    }

    /// Of a bundle that was changed or is gone, all events that have one of its hashes: from what is left of it and from
    /// its earlier, shorter states.
    fn changed_entries(&mut self, index: u64, stored: &[Hash], bytes: Option<&[u8]>) -> Result<Entries> {
        let width = stored.len() as u64;
        let found = bytes.map(readable_entries).unwrap_or_default();
        if bytes.is_some() {
            let differs =
                (0..stored.len()).find(|at| found.get(*at).map(|entry| leaf_hash(entry)) != Some(stored[*at]));
            let first = index * tiles::WIDTH + differs.unwrap_or(stored.len()) as u64;
            let nl = format!("vanaf gebeurtenis {first} zijn er gebeurtenissen veranderd, verwijderd of verplaatst");
            let en = format!("from event {first} on, events were changed, removed or moved");
            self.findings.add(FindingKind::BadEntries, tiles::bundle_name(index, width), nl, en);
        }
        let mut known: HashMap<Hash, Vec<u8>> = HashMap::new();
        for earlier in self.earlier_widths(index, width)? {
            let bytes = self.store.get(&tiles::bundle_name(index, earlier)).unwrap_or_default();
            known.extend(readable_entries(&bytes).into_iter().map(|entry| (leaf_hash(&entry), entry)));
        }
        known.extend(found.into_iter().map(|entry| (leaf_hash(&entry), entry)));
        Ok(stored.iter().map(|hash| known.get(hash).cloned()).collect())
    }

    /// Whether hashes of a bundle give what stands above them: a hash of level 1, or the root of the whole.
    fn fits(&self, index: u64, end: u64, leaves: &[Hash]) -> Result<bool> {
        if leaves.len() as u64 == tiles::WIDTH {
            return Ok(self.hash_above(index, end) == Some(root_of(leaves)));
        }
        Ok(self.root_at(end) == Some(&self.root_with(leaves)))
    }

    /// The root of the log up to the present bundle, and of it these hashes.
    fn root_with(&self, leaves: &[Hash]) -> Hash {
        let mut edges = self.edges.clone();
        edges.resize_with(edges.len().max(1), Vec::new);
        edges[0] = leaves.to_vec();
        peak_root(&edges)
    }

    /// The hash of a full bundle as the tile above has it.
    fn hash_above(&self, index: u64, end: u64) -> Option<Hash> {
        let (tile, place) = (index / tiles::WIDTH, (index % tiles::WIDTH) as usize);
        let width = ((end >> 8) - tile * tiles::WIDTH).min(tiles::WIDTH);
        tiles::read_tile(self.store, 1, tile, width).ok()?.get(place).copied()
    }

    /// How many events the earlier, shorter states of a bundle have that are still there, fewest first.
    fn earlier_widths(&self, index: u64, width: u64) -> Result<Vec<u64>> {
        let mut widths: Vec<u64> = Vec::new();
        for entry in self.store.list(&tiles::partial_bundles(index)).objects() {
            widths.extend(entry?.name.last().parse::<u64>().ok().filter(|earlier| *earlier < width));
        }
        widths.sort_unstable();
        Ok(widths)
    }

    /// Of a bundle that is gone with its hashes, the events that an earlier state of it has and a checkpoint vouches for.
    fn earlier_entries(&self, index: u64, width: u64) -> Result<Vec<Vec<u8>>> {
        for earlier in self.earlier_widths(index, width)?.into_iter().rev() {
            let Ok(bytes) = self.store.get(&tiles::bundle_name(index, earlier)) else { continue };
            let Ok(entries) = tiles::unpack(&bytes, earlier) else { continue };
            if self.root_at(index * tiles::WIDTH + earlier) == Some(&self.root_with(&hashes(&entries))) {
                return Ok(entries);
            }
        }
        Ok(Vec::new())
    }

    /// Steps over a full bundle of which neither events nor hashes are left, if the tile above has its hash. What earlier
    /// states of it left behind has its place, but cannot be checked.
    pub(super) fn skip_bundle(&mut self, index: u64, width: u64, end: u64) -> Result<bool> {
        let Some(hash) = self.hash_above(index, end).filter(|_| width == tiles::WIDTH) else { return Ok(false) };
        let hashes = tiles::partial_bundles(index).replacen("/entries/", "/0/", 1);
        for folder in [tiles::partial_bundles(index), hashes] {
            for name in self.ledger.unaccounted(&folder)? {
                self.ledger.account(&name.parse()?)?;
            }
        }
        for (level, edge) in (0_u32..).zip(&self.edges).skip(1) {
            let name = tiles::tile_name(level, self.size >> (8 * (level + 1)), edge.len() as u64);
            if !edge.is_empty() {
                self.ledger.account(&name)?;
            }
        }
        self.size += tiles::WIDTH;
        self.climb(1, hash)?;
        self.bundle = Some(Vec::new());
        Ok(true)
    }
}
