//! Checks the log: recomputes from its events every tile, bundle and root that there must be, and compares.

use std::collections::BTreeMap;

use super::{Checked, FindingKind, Findings, VerifyOptions, ledger::Ledger};
use crate::{
    ErrorKind, Result,
    provenance::{
        decode_entry,
        merkle::{Hash, leaf_hash, root_of},
        note::{VerifierKey, read_checkpoint, signer_id},
        peak_root, tiles,
    },
    storage::{ObjectName, Store},
};

/// The log as it should be up to here.
struct Walk<'a> {
    store: &'a Store,
    ledger: &'a mut Ledger,
    findings: &'a mut Findings,
    /// Roots of the checkpoints whose signatures hold.
    signed: BTreeMap<u64, Hash>,
    /// Checkpoints that are there, but do not hold.
    bad: Vec<u64>,
    /// Roots computed at the end of each append that a checkpoint from elsewhere is about.
    roots: BTreeMap<u64, Hash>,
    wanted: Vec<u64>,
    size: u64,
    edges: Vec<Vec<Hash>>,
    /// The entries of the present bundle; `None` where they are damaged.
    bundle: Option<Vec<Vec<u8>>>,
}

pub(super) fn verify(
    store: &Store,
    options: &VerifyOptions,
    ledger: &mut Ledger,
    findings: &mut Findings,
) -> Result<Checked> {
    let keys = keys(store, options, ledger, findings)?;
    let mut walk = Walk {
        store,
        ledger,
        findings,
        signed: BTreeMap::new(),
        bad: Vec::new(),
        roots: BTreeMap::new(),
        wanted: options.known.iter().map(|known| known.size).collect(),
        size: 0,
        edges: Vec::new(),
        bundle: Some(Vec::new()),
    };
    walk.read_checkpoints(&keys)?;
    let end = walk.extent()?;
    walk.run(end)?;
    for known in &options.known {
        let name = tiles::checkpoint_name(known.size);
        if known.size > end {
            let message = format!("a checkpoint from elsewhere has {} events, the log only {end}", known.size);
            walk.findings.add(FindingKind::Truncated, name, message);
        } else if known.size > 0 && walk.roots.get(&known.size) != Some(&known.root) {
            let message = "a checkpoint from elsewhere has another root: the log was rewritten";
            walk.findings.add(FindingKind::Rewritten, name, message);
        }
    }
    for name in walk.ledger.unaccounted(tiles::LOG)? {
        walk.findings.add(FindingKind::ForeignObject, name, "it has no place in the log");
    }
    Ok(Checked { events: end, checkpoints: walk.signed.len() as u64, ..Checked::default() })
}

fn keys(store: &Store, options: &VerifyOptions, ledger: &Ledger, findings: &mut Findings) -> Result<Vec<VerifierKey>> {
    let mut keys = options.keys.clone();
    for name in ledger.unaccounted(&format!("{}/keys", tiles::LOG))? {
        let name: ObjectName = name.parse()?;
        ledger.account(&name)?;
        let text = store.get(&name).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default();
        match text.strip_suffix('\n').and_then(|text| VerifierKey::decode(text).ok()) {
            Some(key) if key.id_hex() == name.last() => {
                if options.keys.is_empty() {
                    keys.push(key);
                }
            }
            _ => findings.add(FindingKind::BadKey, name, "it is not the key that its name says"),
        }
    }
    Ok(keys)
}

impl Walk<'_> {
    fn read_checkpoints(&mut self, keys: &[VerifierKey]) -> Result<()> {
        for text in self.ledger.unaccounted(&format!("{}/checkpoints", tiles::LOG))? {
            let name: ObjectName = text.parse()?;
            let Some(size) = name.last().parse().ok().filter(|size| tiles::checkpoint_name(*size) == name) else {
                continue;
            };
            self.ledger.account(&name)?;
            let note = self.store.get(&name)?;
            match read_checkpoint(&note, keys) {
                Ok(checkpoint) if checkpoint.size == size => {
                    self.signed.insert(size, checkpoint.root);
                }
                Ok(_) => self.bad_checkpoint(size, "it is the checkpoint of another size"),
                Err(error) => {
                    self.bad_checkpoint(size, error.to_string());
                    if let Some(id) = signer_id(&note) {
                        let key = format!("{}/keys/{id}", tiles::LOG).parse()?;
                        if self.store.head(&key)?.is_none() && !self.missing_key_is_damage(&id, keys) {
                            self.findings.add(FindingKind::MissingKey, key, "checkpoints are signed with it");
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A damaged signature line names a key that never was: then the checkpoint is damaged, and no key is missing.
    fn missing_key_is_damage(&self, id: &str, keys: &[VerifierKey]) -> bool {
        !keys.is_empty()
            && !keys.iter().any(|key| key.id_hex() == id)
            && self.signed.len() + self.bad.len() > 1
            && !self.signed.is_empty()
    }

    fn bad_checkpoint(&mut self, size: u64, message: impl Into<String>) {
        self.bad.push(size);
        self.findings.add(FindingKind::BadCheckpoint, tiles::checkpoint_name(size), message);
    }

    /// How many events there are, by whatever tells most: a checkpoint or a bundle.
    fn extent(&self) -> Result<u64> {
        let mut end = self.signed.keys().last().copied().unwrap_or(0);
        for index in end / tiles::WIDTH.. {
            let full = self.store.head(&tiles::bundle_name(index, tiles::WIDTH))?.is_some();
            let mut widest = if full { tiles::WIDTH } else { 0 };
            for entry in self.store.list(&tiles::partial_bundles(index)) {
                widest = widest.max(entry?.name.last().parse().ok().filter(|width| *width < tiles::WIDTH).unwrap_or(0));
            }
            end = end.max(index * tiles::WIDTH + widest);
            if widest < tiles::WIDTH {
                return Ok(end);
            }
        }
        Ok(end)
    }

    fn run(&mut self, end: u64) -> Result<()> {
        let mut append = 0;
        for index in 0..end.div_ceil(tiles::WIDTH) {
            let first = index * tiles::WIDTH;
            let width = (end - first).min(tiles::WIDTH);
            let Some((entries, leaves)) = self.bundle(index, width, end)? else {
                // Named by now, both of them; nothing after them can be checked.
                for name in self.ledger.unaccounted(tiles::LOG)? {
                    self.ledger.account(&name.parse()?)?;
                }
                return Ok(());
            };
            self.bundle = entries.is_some().then(Vec::new);
            for (at, leaf) in leaves.into_iter().enumerate() {
                let place = first + at as u64;
                let ended = match &entries {
                    Some(entries) => self.event(place, &entries[at], &mut append)?,
                    None => self.signed.contains_key(&place),
                };
                if ended {
                    self.append_ended(place)?;
                }
                if let (Some(bundle), Some(entries)) = (&mut self.bundle, &entries) {
                    bundle.push(entries[at].clone());
                }
                self.push(leaf)?;
            }
            if self.size < end && entries.is_none() {
                self.bundle = Some(Vec::new());
            }
        }
        if end > 0 {
            self.append_ended(end)?;
        }
        Ok(())
    }

    /// Takes note of an event, and says whether a new append begins with it.
    fn event(&mut self, place: u64, entry: &[u8], append: &mut u64) -> Result<bool> {
        let name = tiles::bundle_name(place / tiles::WIDTH, tiles::WIDTH);
        match decode_entry(entry) {
            Ok((began, event)) => {
                for object in &event.objects {
                    self.ledger.name(&object.name, Some(&object.blake3), &format!("event {place} of the log"))?;
                }
                if began != *append && began != place {
                    self.findings.add(FindingKind::BadEntries, name, format!("event {place} belongs to no append"));
                }
                let ended = began == place && place > 0;
                *append = began;
                Ok(ended)
            }
            Err(error) => {
                self.findings.add(FindingKind::BadEntries, name, format!("event {place}: {error}"));
                Ok(self.signed.contains_key(&place))
            }
        }
    }

    /// The entries of a bundle, where they hold, and their hashes. Of entries and hashes that do not agree, the level
    /// above tells which is right.
    #[expect(clippy::type_complexity, reason = "entries where they hold, and their hashes")]
    fn bundle(&mut self, index: u64, width: u64, end: u64) -> Result<Option<(Option<Vec<Vec<u8>>>, Vec<Hash>)>> {
        let (bundle, tile) = (tiles::bundle_name(index, width), tiles::tile_name(0, index, width));
        let entries = match self.store.get(&bundle) {
            Ok(bytes) => tiles::unpack(&bytes, width).ok(),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.findings.add(FindingKind::MissingEntries, &bundle, "a bundle of events is gone");
                None
            }
            Err(error) => return Err(error),
        };
        let hashes = match tiles::read_tile(self.store, 0, index, width) {
            Ok(hashes) => Some(hashes),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.findings.add(FindingKind::MissingTile, &tile, "the events tell that it must be there");
                None
            }
            Err(_) => {
                self.findings.add(FindingKind::BadTile, &tile, "it is no tile of so many hashes");
                None
            }
        };
        let computed: Option<Vec<Hash>> =
            entries.as_ref().map(|entries| entries.iter().map(|entry| leaf_hash(entry)).collect());
        let there = self.store.head(&bundle)?.is_some();
        Ok(match (entries, computed, hashes) {
            (Some(entries), Some(computed), Some(hashes)) if computed != hashes => {
                let (by_entries, by_hashes) = (self.fits(index, end, &computed)?, self.fits(index, end, &hashes)?);
                if by_hashes && !by_entries {
                    self.findings.add(FindingKind::BadEntries, bundle, "events were changed, removed or moved");
                    self.ledger.account(&tiles::bundle_name(index, width))?;
                    Some((None, hashes))
                } else {
                    if !by_entries {
                        self.findings.add(FindingKind::BadEntries, bundle, "events or their hashes were changed");
                    }
                    self.findings.add(FindingKind::BadTile, tile, "hashes of events were changed");
                    Some((Some(entries), computed))
                }
            }
            (Some(entries), Some(computed), _) => Some((Some(entries), computed)),
            (None, _, hashes) => {
                if there {
                    self.findings.add(FindingKind::BadEntries, &bundle, "it is no bundle of so many events");
                }
                self.ledger.account(&bundle)?;
                hashes.map(|hashes| (None, hashes))
            }
            (Some(_), None, _) => None,
        })
    }

    /// Whether hashes of a bundle give what stands above them: a hash of level 1, or the root of the whole.
    fn fits(&self, index: u64, end: u64, leaves: &[Hash]) -> Result<bool> {
        if leaves.len() as u64 == tiles::WIDTH {
            let (tile, place) = (index / tiles::WIDTH, (index % tiles::WIDTH) as usize);
            let width = ((end >> 8) - tile * tiles::WIDTH).min(tiles::WIDTH);
            let above = tiles::read_tile(self.store, 1, tile, width).ok();
            return Ok(above.is_some_and(|hashes| hashes.get(place) == Some(&root_of(leaves))));
        }
        let mut edges = self.edges.clone();
        edges.resize_with(edges.len().max(1), Vec::new);
        edges[0] = leaves.to_vec();
        Ok(self.signed.get(&end) == Some(&peak_root(&edges)))
    }

    fn push(&mut self, leaf: Hash) -> Result<()> {
        self.size += 1;
        let (mut level, mut hash) = (0, leaf);
        loop {
            if self.edges.len() == level {
                self.edges.push(Vec::new());
            }
            self.edges[level].push(hash);
            if (self.edges[level].len() as u64) < tiles::WIDTH {
                return Ok(());
            }
            let full = std::mem::take(&mut self.edges[level]);
            hash = root_of(&full);
            if level == 0
                && let Some(bundle) = self.bundle.take()
            {
                let name = tiles::bundle_name(self.size / tiles::WIDTH - 1, tiles::WIDTH);
                self.expect(&name, &tiles::pack(&bundle)?, FindingKind::MissingEntries, FindingKind::BadEntries)?;
            }
            let index = (self.size >> (8 * (level as u32 + 1))) - 1;
            let name = tiles::tile_name(level as u32, index, tiles::WIDTH);
            self.expect(&name, &full.concat(), FindingKind::MissingTile, FindingKind::BadTile)?;
            if level == 0 {
                self.bundle = Some(Vec::new());
            }
            level += 1;
        }
    }

    /// At the end of each append there is a checkpoint, and of what was not full a partial tile or bundle.
    fn append_ended(&mut self, size: u64) -> Result<()> {
        let root = peak_root(&self.edges);
        if self.wanted.contains(&size) {
            self.roots.insert(size, root);
        }
        match self.signed.get(&size) {
            Some(signed) if *signed == root => {}
            Some(_) => {
                let message = "its signature holds, but the log has another root: the log was rewritten";
                self.findings.add(FindingKind::Rewritten, tiles::checkpoint_name(size), message);
            }
            None if self.bad.contains(&size) => {}
            None => {
                let message = "the events of an append are there, its checkpoint is not: it was removed, or the program \
                               was stopped while it logged (its next start mends that)";
                self.findings.add(FindingKind::MissingCheckpoint, tiles::checkpoint_name(size), message);
            }
        }
        let width = size % tiles::WIDTH;
        if width > 0 {
            let name = tiles::bundle_name(size / tiles::WIDTH, width);
            match &self.bundle {
                Some(bundle) => {
                    let bytes = tiles::pack(bundle)?;
                    self.expect(&name, &bytes, FindingKind::MissingEntries, FindingKind::BadEntries)?;
                }
                // The hashes of the damaged bundle hold, so an earlier part of it can be checked against them.
                None => self.expect_hashes(&name, width)?,
            }
        }
        for (level, edge) in (0_u32..).zip(self.edges.clone()) {
            if !edge.is_empty() {
                let name = tiles::tile_name(level, size >> (8 * (level + 1)), edge.len() as u64);
                self.expect(&name, &edge.concat(), FindingKind::MissingTile, FindingKind::BadTile)?;
            }
        }
        Ok(())
    }

    fn expect_hashes(&mut self, name: &ObjectName, width: u64) -> Result<()> {
        self.ledger.account(name)?;
        let bytes = match self.store.get(name) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.findings.add(FindingKind::MissingEntries, name, "its checkpoint tells that it must be there");
                return Ok(());
            }
            Err(error) => return Err(error),
        };
        let hashes = tiles::unpack(&bytes, width).map(|entries| entries.iter().map(|entry| leaf_hash(entry)).collect());
        if hashes.ok().as_ref() != self.edges.first() {
            self.findings.add(FindingKind::BadEntries, name, "its events do not give the hashes of the log");
        }
        Ok(())
    }

    fn expect(&mut self, name: &ObjectName, bytes: &[u8], gone: FindingKind, bad: FindingKind) -> Result<()> {
        self.ledger.account(name)?;
        match self.store.get(name) {
            Ok(found) if found == bytes => {}
            Ok(_) => self.findings.add(bad, name, "its bytes are not those that the events give"),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.findings.add(gone, name, "the events tell that it must be there");
            }
            Err(error) => self.findings.add(FindingKind::UnreadableObject, name, error.to_string()),
        }
        Ok(())
    }
}
