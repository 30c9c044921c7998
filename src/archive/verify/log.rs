//! Checks the log: recomputes from its events every tile, bundle and root that there must be, and compares. Where a
//! part is damaged, the rest is checked all the same, with what still vouches for it.

mod bundle;

use std::collections::BTreeMap;

use bytes::Bytes;

use super::{Checked, FindingKind, Findings, VerifyOptions, ledger::Ledger};
use crate::{
    Error, ErrorKind, Result,
    provenance::{
        decode_entry,
        merkle::{Hash, root_of},
        note::{Checkpoint, VerifierKey, read_checkpoint, signer_id},
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
    /// Roots of checkpoints that cannot be checked, because no key is left.
    unproven: BTreeMap<u64, Hash>,
    /// Checkpoints that are there, but do not hold.
    bad: Vec<u64>,
    /// Roots computed at the end of each append that a checkpoint from elsewhere is about.
    roots: BTreeMap<u64, Hash>,
    wanted: Vec<u64>,
    /// Where the last append begins, if it was stopped before its checkpoint.
    unsigned_from: Option<u64>,
    size: u64,
    edges: Vec<Vec<Hash>>,
    /// The entries of the present bundle; `None` where they are damaged.
    bundle: Option<Vec<Vec<u8>>>,
    buffer: Vec<u8>,
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
        unproven: BTreeMap::new(),
        bad: Vec::new(),
        roots: BTreeMap::new(),
        wanted: options.known.iter().map(|known| known.size).collect(),
        unsigned_from: None,
        size: 0,
        edges: Vec::new(),
        bundle: Some(Vec::new()),
        buffer: Vec::new(),
    };
    walk.read_checkpoints(&keys)?;
    let end = walk.extent(options.noted)?;
    walk.run(end)?;
    if end == 0 && walk.ledger.objects()? > 1 {
        let nl = "er is geen logboek: van geen object is na te gaan of het zo is opgeslagen";
        let en = "there is no log: of no object can be told whether it was stored like this";
        walk.findings.add(FindingKind::MissingLog, tiles::LOG, nl, en);
    }
    for known in &options.known {
        let name = tiles::checkpoint_name(known.size);
        if known.size > end {
            let nl = format!("een ijkpunt van elders telt {} gebeurtenissen, het logboek maar {end}", known.size);
            let en = format!("a checkpoint from elsewhere has {} events, the log only {end}", known.size);
            walk.findings.add(FindingKind::Truncated, name, nl, en);
        } else if known.size > 0 && walk.roots.get(&known.size) != Some(&known.root) {
            let nl = "een ijkpunt van elders heeft een andere wortel: het logboek is herschreven";
            let en = "a checkpoint from elsewhere has another root: the log was rewritten";
            walk.findings.add(FindingKind::Rewritten, name, nl, en);
        }
    }
    for name in walk.ledger.unaccounted(tiles::LOG)? {
        let (nl, en) = ("het heeft geen plaats in het logboek", "it has no place in the log");
        walk.findings.add(FindingKind::ForeignObject, name, nl, en);
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
            _ => {
                let (nl, en) = ("het is niet de sleutel die de naam noemt", "it is not the key that its name says");
                findings.add(FindingKind::BadKey, name, nl, en);
            }
        }
    }
    Ok(keys)
}

/// A checkpoint whose signature cannot be checked.
fn unsigned(note: &[u8]) -> Option<Checkpoint> {
    let (text, _) = std::str::from_utf8(note).ok()?.rsplit_once("\n\n")?;
    Checkpoint::parse(&format!("{text}\n"))
}

/// So many checkpoints are held at once.
const CHECKPOINTS_AT_ONCE: usize = 4096;
/// A thread for fewer than this costs more than it saves.
const CHECKPOINTS_A_THREAD: usize = 32;

/// The bytes of a checkpoint, and what they say if their signature holds.
type Opened = (Bytes, Result<Checkpoint>);

/// Reads checkpoints and checks their signatures, by several threads: signatures take longer than all else of the log.
fn open_checkpoints(store: &Store, some: &[(ObjectName, u64)], keys: &[VerifierKey]) -> Vec<Result<Opened>> {
    let open = |(name, _): &(ObjectName, u64)| {
        let note = store.get(name)?;
        let checkpoint = read_checkpoint(&note, keys);
        Ok((note, checkpoint))
    };
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let share = some.len().div_ceil(threads).max(CHECKPOINTS_A_THREAD);
    if some.len() <= share {
        return some.iter().map(open).collect();
    }
    std::thread::scope(|scope| {
        let shares: Vec<_> =
            some.chunks(share).map(|share| scope.spawn(move || share.iter().map(open).collect::<Vec<_>>())).collect();
        shares.into_iter().flat_map(|share| share.join().expect("reading a checkpoint does not panic")).collect()
    })
}

impl Walk<'_> {
    fn read_checkpoints(&mut self, keys: &[VerifierKey]) -> Result<()> {
        let mut named = Vec::new();
        for text in self.ledger.unaccounted(&format!("{}/checkpoints", tiles::LOG))? {
            let name: ObjectName = text.parse()?;
            if let Some(size) = name.last().parse().ok().filter(|size| tiles::checkpoint_name(*size) == name) {
                named.push((name, size));
            }
        }
        for some in named.chunks(CHECKPOINTS_AT_ONCE) {
            for ((name, size), opened) in some.iter().zip(open_checkpoints(self.store, some, keys)) {
                self.ledger.account(name)?;
                self.take_checkpoint(name, *size, opened, keys)?;
            }
        }
        Ok(())
    }

    fn take_checkpoint(
        &mut self,
        name: &ObjectName,
        size: u64,
        opened: Result<Opened>,
        keys: &[VerifierKey],
    ) -> Result<()> {
        let (note, checkpoint) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.none(name, &error);
                self.bad.push(size);
                return Ok(());
            }
        };
        match checkpoint {
            Ok(checkpoint) if checkpoint.size == size => {
                self.signed.insert(size, checkpoint.root);
            }
            Ok(_) => {
                let (nl, en) = ("het is het ijkpunt van een andere lengte", "it is the checkpoint of another size");
                self.bad_checkpoint(size, nl, en);
            }
            Err(error) => {
                match unsigned(&note).filter(|checkpoint| keys.is_empty() && checkpoint.size == size) {
                    Some(checkpoint) => _ = self.unproven.insert(size, checkpoint.root),
                    None => {
                        let nl = format!("het ijkpunt klopt niet ({error})");
                        self.bad_checkpoint(size, nl, error.to_string());
                    }
                }
                if let Some(id) = signer_id(&note) {
                    let key = format!("{}/keys/{id}", tiles::LOG).parse()?;
                    if self.store.head(&key)?.is_none() && !self.missing_key_is_damage(&id, keys) {
                        let nl = "er zijn ijkpunten mee ondertekend, die nu niet zijn na te gaan";
                        let en = "checkpoints are signed with it, which cannot be checked now";
                        self.findings.add(FindingKind::MissingKey, key, nl, en);
                    }
                }
            }
        }
        Ok(())
    }

    /// The root that a checkpoint gives for so many events.
    fn root_at(&self, size: u64) -> Option<&Hash> {
        self.signed.get(&size).or_else(|| self.unproven.get(&size))
    }

    /// A damaged signature line names a key that never was: then the checkpoint is damaged, and no key is missing.
    fn missing_key_is_damage(&self, id: &str, keys: &[VerifierKey]) -> bool {
        !keys.is_empty()
            && !keys.iter().any(|key| key.id_hex() == id)
            && self.signed.len() + self.bad.len() > 1
            && !self.signed.is_empty()
    }

    fn bad_checkpoint(&mut self, size: u64, nl: impl Into<String>, en: impl Into<String>) {
        self.bad.push(size);
        self.findings.add(FindingKind::BadCheckpoint, tiles::checkpoint_name(size), nl, en);
    }

    /// The bytes of an object, if it is there and can be read; what cannot be read is named.
    fn get(&mut self, name: &ObjectName) -> Result<Option<Bytes>> {
        match self.store.get(name) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => {
                self.none(name, &error);
                Ok(None)
            }
        }
    }

    /// Names what is there and cannot be read.
    fn none(&mut self, name: &ObjectName, error: &Error) {
        if error.kind() != ErrorKind::NotFound {
            self.findings.unreadable(name, error);
        }
    }

    /// How many events there are, by whatever tells most: a checkpoint or a bundle.
    fn extent(&mut self, noted: Option<u64>) -> Result<u64> {
        let last = |roots: &BTreeMap<u64, Hash>| roots.keys().last().copied().unwrap_or(0);
        let signed = last(&self.signed).max(last(&self.unproven));
        let end = self.widest(signed)?;
        // The data folder notes the head after the checkpoint is stored: a checkpoint that was taken away would be noted.
        let stopped = end > signed && self.bad.is_empty() && noted.is_some_and(|noted| noted <= signed);
        self.unsigned_from = stopped.then_some(signed);
        Ok(end)
    }

    /// How many events the bundles have, at least `end`.
    fn widest(&self, mut end: u64) -> Result<u64> {
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
        let mut append = Some(0);
        for index in 0..end.div_ceil(tiles::WIDTH) {
            let first = index * tiles::WIDTH;
            let width = (end - first).min(tiles::WIDTH);
            let (entries, leaves) = self.read_bundle(index, width, end)?;
            let lost = entries.iter().filter(|entry| entry.is_none()).count() as u64;
            self.ledger.lost_events += lost;
            let Some(leaves) = leaves else {
                for (place, entry) in (first..).zip(entries.iter().flatten()) {
                    self.event(place, entry, &mut append)?;
                }
                append = None;
                if self.skip_bundle(index, width, end)? {
                    continue;
                }
                // Nothing after it can be checked.
                for name in self.ledger.unaccounted(tiles::LOG)? {
                    self.ledger.account(&name.parse()?)?;
                }
                return Ok(());
            };
            self.bundle = (lost == 0).then(Vec::new);
            for (at, leaf) in leaves.into_iter().enumerate() {
                let place = first + at as u64;
                let ended = match &entries[at] {
                    Some(entry) => self.event(place, entry, &mut append)?,
                    None => {
                        append = None;
                        self.root_at(place).is_some()
                    }
                };
                if ended {
                    self.append_ended(place)?;
                }
                if let (Some(bundle), Some(entry)) = (&mut self.bundle, &entries[at]) {
                    bundle.push(entry.clone());
                }
                self.push(leaf)?;
            }
            if self.size < end && lost > 0 {
                self.bundle = Some(Vec::new());
            }
        }
        if end > 0 {
            self.append_ended(end)?;
        }
        Ok(())
    }

    /// Takes note of an event, and says whether a new append begins with it. `append` is where the append began that
    /// the event before it came with, as far as that is known.
    fn event(&mut self, place: u64, entry: &[u8], append: &mut Option<u64>) -> Result<bool> {
        let name = tiles::bundle_name(place / tiles::WIDTH, tiles::WIDTH);
        match decode_entry(entry) {
            Ok((began, event)) => {
                let unsigned = self.unsigned_from.is_some_and(|from| place >= from);
                if !unsigned {
                    self.ledger.boundary(&event);
                }
                for object in &event.objects {
                    if unsigned {
                        self.ledger.unsigned.insert(object.name.to_string(), object.blake3);
                        continue;
                    }
                    let by = format!("event {place} of the log");
                    self.ledger.name(&object.name, &object.blake3, Some(event.at), &by)?;
                }
                if append.is_some_and(|append| began != append) && began != place {
                    let nl = format!("gebeurtenis {place} hoort bij geen bijschrijving");
                    let en = format!("event {place} belongs to no append");
                    self.findings.add(FindingKind::BadEntries, name, nl, en);
                }
                let ended = began == place && place > 0;
                *append = Some(began);
                Ok(ended)
            }
            Err(error) => {
                let (nl, en) = (format!("gebeurtenis {place}: {error}"), format!("event {place}: {error}"));
                self.findings.add(FindingKind::BadEntries, name, nl, en);
                *append = None;
                Ok(self.root_at(place).is_some())
            }
        }
    }

    /// Whether the log of so many events ends in an append that was stopped before its checkpoint.
    fn is_unsigned(&self, size: u64) -> bool {
        self.unsigned_from.is_some_and(|from| size > from)
    }

    fn push(&mut self, leaf: Hash) -> Result<()> {
        self.size += 1;
        self.climb(0, leaf)
    }

    /// Adds a hash at a level; a tile that it fills must be there, and gives a hash of the level above.
    fn climb(&mut self, mut level: usize, mut hash: Hash) -> Result<()> {
        loop {
            if self.edges.len() <= level {
                self.edges.resize_with(level + 1, Vec::new);
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
                let nl = "de handtekening klopt, maar het logboek heeft een andere wortel: het is herschreven";
                let en = "its signature holds, but the log has another root: the log was rewritten";
                self.findings.add(FindingKind::Rewritten, tiles::checkpoint_name(size), nl, en);
            }
            None if self.unproven.get(&size) == Some(&root) || self.bad.contains(&size) => {}
            None if self.is_unsigned(size) => {
                let nl = "het programma is gestopt tijdens het vastleggen van de laatste gebeurtenissen: de volgende start \
                          rondt dat af";
                let en = "the program was stopped while it logged the last events: its next start completes that";
                self.findings.unfinished(tiles::checkpoint_name(size), nl, en);
            }
            None if self.unproven.contains_key(&size) => {
                let nl = "de wortel is niet die welke uit de gebeurtenissen volgt";
                self.bad_checkpoint(size, nl, "its root is not the one that the events give");
            }
            None => {
                let nl = "de gebeurtenissen van een bijschrijving zijn er, het ijkpunt niet: het is weggehaald, of het \
                          programma is gestopt tijdens het vastleggen (de volgende start herstelt dat)";
                let en = "the events of an append are there, its checkpoint is not: it was removed, or the program was \
                          stopped while it logged (its next start mends that)";
                self.findings.add(FindingKind::MissingCheckpoint, tiles::checkpoint_name(size), nl, en);
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
        let Some(bytes) = self.get(name)? else {
            if self.store.head(name)?.is_none() {
                let nl = "het ijkpunt zegt dat het er moet zijn";
                let en = "its checkpoint tells that it must be there";
                self.findings.add(FindingKind::MissingEntries, name, nl, en);
            }
            return Ok(());
        };
        let hashes = tiles::unpack(&bytes, width).map(|entries| bundle::hashes(&entries));
        if hashes.ok().as_ref() != self.edges.first() {
            let nl = "de gebeurtenissen erin geven niet de hashes van het logboek";
            self.findings.add(FindingKind::BadEntries, name, nl, "its events do not give the hashes of the log");
        }
        Ok(())
    }

    fn expect(&mut self, name: &ObjectName, bytes: &[u8], gone: FindingKind, bad: FindingKind) -> Result<()> {
        self.ledger.account(name)?;
        if self.store.read_at_once(name, bytes.len() as u64, &mut self.buffer) == Some(bytes) {
            return Ok(());
        }
        match self.get(name)? {
            Some(found) if found == bytes => {}
            Some(_) => {
                let nl = "de bytes zijn niet die welke uit de gebeurtenissen volgen";
                self.findings.add(bad, name, nl, "its bytes are not those that the events give");
            }
            // Bundles are written first: the rest of a stopped append is made from them.
            None if self.is_unsigned(self.size) => {}
            None if self.store.head(name)?.is_none() => self.gone(gone, name),
            None => {}
        }
        Ok(())
    }

    fn gone(&mut self, kind: FindingKind, name: &ObjectName) {
        let nl = "uit de gebeurtenissen volgt dat het er moet zijn";
        self.findings.add(kind, name, nl, "the events tell that it must be there");
    }
}
