//! Holds a bag that griffie wrote against its own proof: its events must lead to its checkpoint, a key of its log must
//! have signed that, and every file must have the bytes that an event names. Whose log it is, it cannot tell.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fs::File,
    io::{BufRead, BufReader, Read as _},
    path::{Path, PathBuf},
};

use serde::Deserialize;

use crate::{
    archive::{Area, Format as _, Manifest, name},
    bagit::Fault,
    model::{Blake3, digest::Hasher},
    provenance::{
        Event, EventKind, decode_entry,
        keys::Chain,
        merkle::{Hash, consistency_holds, inclusion_holds, leaf_hash},
        note::{Checkpoint, VerifierKey, read_checkpoint},
        timestamp::Response,
    },
    storage::ObjectName,
};

const EVENTS: &str = "data/log/events.jsonl";
const CHECKPOINT: &str = "data/log/checkpoint";
const CONSISTENCY: &str = "data/log/consistency.jsonl";
/// Longer files of these kinds are none.
const LONGEST: u64 = 16 << 20;

/// An event in a bag, and its place in the log that it comes from.
#[derive(Deserialize)]
pub(super) struct Line {
    pub index: u64,
    pub entry: String,
    proof: Vec<String>,
}

#[derive(Deserialize)]
struct GoesOn {
    from: u64,
    to: u64,
    proof: Vec<String>,
}

/// Checks a bag whose files are what its lists say; `payload` are the files of its payload.
pub fn hold_against_its_proof(folder: &Path, payload: &[PathBuf]) -> Result<(), Fault> {
    let disproved = |what: &str| Fault::Disproved(what.to_owned());
    let keys = keys(folder)?;
    let head = signed(folder, CHECKPOINT, &keys)?;
    let mut told = Told::default();
    let mut changes = Vec::new();
    let notes = notes(folder, payload)?;
    let mut last = None;
    for line in lines::<Line>(folder, EVENTS)? {
        let line = line?;
        let place = format!("{EVENTS}: {}", line.index);
        // Each stands once, in the order of the log.
        if last.is_some_and(|last| line.index <= last) {
            return Err(disproved(&place));
        }
        last = Some(line.index);
        let proof = hashes(&line.proof).ok_or_else(|| disproved(&place))?;
        if !inclusion_holds(&leaf_hash(line.entry.as_bytes()), line.index, head.size, &head.root, &proof) {
            return Err(disproved(&place));
        }
        let (append, event) = decode_entry(line.entry.as_bytes()).map_err(|_| disproved(&place))?;
        if event.event == EventKind::KeyChange {
            changes.push((line.index, append, event.clone()));
        }
        told.take(event).map_err(|name| disproved(name.as_str()))?;
    }
    // The log is named after its first key; another one counts only from an event of the log on that names it.
    let chain = chain(&keys, &changes, &notes).ok_or_else(|| disproved(CHECKPOINT))?;
    if let Some(key) = keys.iter().find(|key| !chain.has(key)) {
        return Err(disproved(&format!("data/log/keys/{}", key.id_hex())));
    }
    if chain.read(head.size, &read(folder, CHECKPOINT)?).is_err() {
        return Err(disproved(CHECKPOINT));
    }
    time_stamps(folder, payload, &head, &keys)?;
    let (mut records, mut decisions) = (HashSet::new(), HashSet::new());
    for file in payload {
        let path = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
        let parts: Vec<_> = path.split('/').skip(1).collect();
        records.extend(parts.first().map(|&record| record.to_owned()));
        if let [.., record, "decisions", number] = parts[..] {
            records.insert(record.to_owned());
            decisions.insert(format!("{}/{record}/{number}", Area::Decisions.folder()));
        }
        let is_free = match parts[..] {
            ["README.txt"] | [_, "record.json"] => true,
            ["log", kind, ..] => kind != "timestamps",
            _ => false,
        };
        if !is_free && !told.names(&parts, &digest(folder, &path)?) {
            return Err(Fault::Unnamed(path));
        }
        if let [record, document, "original", file] = parts[..]
            && called(folder, payload, record, document)?.is_some_and(|name| name != file)
        {
            return Err(disproved(&path));
        }
    }
    // What people decided is a row of numbers: none of those that the log tells of may be left out.
    let of = |name: &ObjectName| name.as_str().split('/').nth(1).is_some_and(|record| records.contains(record));
    let named = told.by_name.keys().filter(|name| name.folder() == Area::Decisions.folder() && of(name));
    let missing = named.filter(|name| !decisions.contains(name.as_str())).min();
    missing.map_or(Ok(()), |name| Err(Fault::Missing(name.to_string())))
}

/// How a document's original is called in a bag, by its last manifest there: other files of the bag bear that out.
fn called(folder: &Path, payload: &[PathBuf], record: &str, document: &str) -> Result<Option<String>, Fault> {
    let manifests = folder.join("data").join(record).join(document).join(Area::Manifests.folder());
    let last = payload.iter().filter(|path| path.parent() == Some(&manifests)).max();
    let Some(last) = last.and_then(|path| path.strip_prefix(folder).ok()?.to_str()) else { return Ok(None) };
    let manifest = Manifest::decode(&read(folder, last)?).map_err(|_| Fault::Malformed(last.to_owned()))?;
    Ok(Some(super::file_name(&manifest.original.name)))
}

/// Who might sign the log of a bag, by its events about that and the checkpoints in the bag: one of those came with each.
pub(super) fn chain(
    keys: &[VerifierKey],
    changes: &[(u64, u64, Event)],
    notes: &BTreeMap<u64, Vec<u8>>,
) -> Option<Chain> {
    let mut chain = Chain::begun_with(keys.iter().find(|key| key.named_itself())?.clone());
    for (place, append, event) in changes {
        chain.event(*place, *append, event);
        if let Some((size, note)) = notes.range(place + 1..).next() {
            chain.ended(*size, |key| read_checkpoint(note, std::slice::from_ref(key)).is_ok());
        }
    }
    Some(chain)
}

/// The earlier checkpoints in a bag, by how many events the log had.
fn notes(folder: &Path, payload: &[PathBuf]) -> Result<BTreeMap<u64, Vec<u8>>, Fault> {
    let names = payload.iter().filter_map(|path| path.strip_prefix(folder).ok()?.to_str());
    let sizes = names.filter_map(|name| name.strip_prefix("data/log/checkpoints/")?.parse().ok());
    sizes.map(|size: u64| Ok((size, read(folder, &format!("data/log/checkpoints/{size}"))?))).collect()
}

/// What the events say of objects.
#[derive(Default)]
struct Told {
    by_name: HashMap<ObjectName, Blake3>,
    digests: HashSet<Blake3>,
}

impl Told {
    /// Takes an event; one that gives an object other bytes than another did is refused.
    fn take(&mut self, event: Event) -> Result<(), ObjectName> {
        for object in event.objects {
            self.digests.insert(object.blake3);
            if *self.by_name.entry(object.name.clone()).or_insert(object.blake3) != object.blake3 {
                return Err(object.name);
            }
        }
        Ok(())
    }

    /// Whether the bytes of a file are those that an event names, under the name that the file's place stands for.
    fn names(&self, parts: &[&str], found: &Blake3) -> bool {
        let object = match parts {
            [.., "original", _] => Some(name::original(found)),
            [.., id, series @ ("decisions" | "manifests"), number] => format!("{series}/{id}/{number}").parse().ok(),
            ["batches", batch] => format!("batches/{batch}").parse().ok(),
            _ => return self.digests.contains(found),
        };
        object.is_some_and(|name| self.by_name.get(&name) == Some(found))
    }
}

/// The earlier heads of the log must be beginnings of this one, and each time-stamp must be about one of them.
fn time_stamps(folder: &Path, payload: &[PathBuf], head: &Checkpoint, keys: &[VerifierKey]) -> Result<(), Fault> {
    let disproved = |what: &str| Err(Fault::Disproved(what.to_owned()));
    let names: Vec<_> = payload.iter().filter_map(|path| path.strip_prefix(folder).ok()?.to_str()).collect();
    let mut goes_on = HashSet::new();
    if names.contains(&CONSISTENCY) {
        for line in lines::<GoesOn>(folder, CONSISTENCY)? {
            let line = line?;
            let then = signed(folder, &format!("data/log/checkpoints/{}", line.from), keys)?;
            let proof = hashes(&line.proof).unwrap_or_default();
            let sizes = then.size == line.from && line.to == head.size && then.origin == head.origin;
            if !sizes || !consistency_holds(then.size, &then.root, head.size, &head.root, &proof) {
                return disproved(&format!("{CONSISTENCY}: {}", line.from));
            }
            goes_on.insert(line.from);
        }
    }
    for path in names.iter().filter(|path| path.starts_with("data/log/timestamps/")) {
        let size = path.rsplit('/').next().and_then(|name| name.split('-').next()?.parse().ok()).unwrap_or(0);
        let note = read(folder, &format!("data/log/checkpoints/{size}"))?;
        let held = Response::read(&read(folder, path)?, None).and_then(|response| response.proves(&note));
        if held.is_err() || !goes_on.contains(&size) {
            return disproved(path);
        }
    }
    Ok(())
}

/// The keys in a bag.
fn keys(folder: &Path) -> Result<Vec<VerifierKey>, Fault> {
    let place = "data/log/keys";
    let listed = std::fs::read_dir(folder.join(place)).map_err(|_| Fault::Missing(place.into()))?;
    let mut keys = Vec::new();
    for entry in listed {
        let entry = entry.map_err(|_| Fault::Unreadable(place.into()))?;
        let path = format!("{place}/{}", entry.file_name().to_string_lossy());
        let text = String::from_utf8(read(folder, &path)?).ok();
        let key = text.and_then(|text| VerifierKey::decode(text.trim_end()).ok());
        keys.push(key.ok_or(Fault::Malformed(path))?);
    }
    Ok(keys)
}

/// A checkpoint that one of the keys signed, of the log that those are of.
fn signed(folder: &Path, path: &str, keys: &[VerifierKey]) -> Result<Checkpoint, Fault> {
    let head = read_checkpoint(&read(folder, path)?, keys).map_err(|_| Fault::Disproved(path.into()))?;
    let is_named = keys.iter().any(|key| key.named_itself() && key.name() == head.origin);
    let is_one = keys.iter().all(|key| key.name() == head.origin);
    if is_named && is_one { Ok(head) } else { Err(Fault::Disproved(path.into())) }
}

fn hashes(hex: &[String]) -> Option<Vec<Hash>> {
    hex.iter().map(|hash| hex::decode(hash).ok()?.try_into().ok()).collect()
}

fn open(folder: &Path, path: &str) -> Result<File, Fault> {
    File::open(folder.join(path)).map_err(|_| Fault::Missing(path.into()))
}

fn read(folder: &Path, path: &str) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::new();
    open(folder, path)?.take(LONGEST).read_to_end(&mut bytes).map_err(|_| Fault::Unreadable(path.into()))?;
    Ok(bytes)
}

fn digest(folder: &Path, path: &str) -> Result<Blake3, Fault> {
    let (mut file, mut hasher, mut part) = (open(folder, path)?, Hasher::default(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut part).map_err(|_| Fault::Unreadable(path.into()))? {
            0 => return Ok(hasher.finish().blake3),
            length => hasher.update(&part[..length]),
        }
    }
}

/// The lines of a file, each a value in JSON.
fn lines<T: for<'de> Deserialize<'de>>(
    folder: &Path,
    path: &'static str,
) -> Result<impl Iterator<Item = Result<T, Fault>>, Fault> {
    Ok(json_lines(BufReader::new(open(folder, path)?)).map(|line| line.ok_or_else(|| Fault::Malformed(path.into()))))
}

/// The same of any reader; `None` for what cannot be read, which ends it.
pub(super) fn json_lines<T: for<'de> Deserialize<'de>>(mut from: impl BufRead) -> impl Iterator<Item = Option<T>> {
    let mut is_over = false;
    std::iter::from_fn(move || {
        let mut line = String::new();
        let read = from.by_ref().take(LONGEST).read_line(&mut line);
        if is_over || matches!(read, Ok(0)) {
            return None;
        }
        let value = read.ok().and_then(|_| serde_json::from_str(&line).ok());
        is_over = value.is_none();
        Some(value)
    })
}
