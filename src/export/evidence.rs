//! What came with the originals of a bag, as it is kept: a ZIP file with everything else that the bag held, or the whole
//! bag where it came as one. Gives what people decided in the archive that the bag is from.

use std::{
    collections::{BTreeMap, HashMap},
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use zip::ZipArchive;

use super::proof::{Line, chain, json_lines};
use crate::{
    Error, ErrorKind, Result,
    archive::{Area, Decision, Format as _, Manifest},
    error::Fold as _,
    model::{Blake3, DocumentId, RecordId},
    provenance::{EventKind, KeyChange, decode_entry, note::VerifierKey},
};

/// Larger files of these kinds are none.
const LARGEST: u64 = 64 << 20;

/// What a bag tells beside its originals.
#[derive(Debug, Default)]
pub struct Evidence {
    /// The log of the archive that it is from.
    pub log: String,
    /// Its files.
    pub files: usize,
    /// The documents, with the record as which each came in and the digest of its original.
    pub documents: Vec<(RecordId, DocumentId, Blake3)>,
    /// What people decided, each with the number of its event in that log; in the order in which it was decided.
    pub decisions: Vec<(Decision, u64)>,
    /// The keys that signed that log, oldest first.
    pub keys: Vec<VerifierKey>,
    /// How each key but the first came to sign it, oldest first.
    pub key_changes: Vec<KeyChange>,
}

fn doing() -> &'static str {
    "cannot read what came with a bag"
}

fn incomplete(what: &str) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("what came with a bag is not whole: {what}"))
}

impl Evidence {
    /// Reads it from the bytes that are kept.
    pub fn read(path: &Path) -> Result<Self> {
        let file = File::open(path).fold(ErrorKind::Storage, doing)?;
        let mut archive = ZipArchive::new(BufReader::new(file)).fold(ErrorKind::FixityMismatch, doing)?;
        let mut evidence = Self::default();
        let (mut events, mut seen) = (HashMap::new(), std::collections::HashSet::new());
        let (mut keys, mut changes, mut notes) = (Vec::new(), Vec::new(), BTreeMap::new());
        // Where the bag was packed with its folder, that stands before each path.
        let around = archive.file_names().filter_map(|name| name.ok()?.strip_suffix("bagit.txt").map(str::len)).min();
        let around = around.ok_or_else(|| incomplete("bagit.txt"))?;
        for place in 0..archive.len() {
            let entry = archive.by_index(place).fold(ErrorKind::FixityMismatch, doing)?;
            if entry.is_dir() {
                continue;
            }
            evidence.files += 1;
            let path = entry.name().fold(ErrorKind::FixityMismatch, doing)?.into_owned();
            let inside = path.get(around..).and_then(|path| path.strip_prefix("data/")).unwrap_or_default();
            let parts: Vec<_> = inside.split('/').collect();
            match parts[..] {
                ["log", "checkpoint"] => {
                    let text = String::from_utf8(bytes(entry)?).unwrap_or_default();
                    evidence.log = text.lines().next().unwrap_or_default().to_owned();
                }
                ["log", "events.jsonl"] => {
                    for line in json_lines::<Line>(BufReader::new(entry)) {
                        let line = line.ok_or_else(|| incomplete(&path))?;
                        let (append, event) = decode_entry(line.entry.as_bytes())?;
                        if event.event == EventKind::KeyChange {
                            changes.push((line.index, append, event.clone()));
                        }
                        for object in event.objects {
                            if object.name.folder() == Area::Decisions.folder() {
                                events.entry(object.name.to_string()).or_insert(line.index);
                            }
                        }
                    }
                }
                ["log", "keys", _] => {
                    let text = String::from_utf8(bytes(entry)?).unwrap_or_default();
                    keys.extend(VerifierKey::decode(text.trim_end()));
                }
                ["log", "checkpoints", size] => {
                    let size = size.parse().map_err(|_| incomplete(&path))?;
                    notes.insert(size, bytes(entry)?);
                }
                [.., "decisions", _] => evidence.decisions.push((Decision::decode(&bytes(entry)?)?, 0)),
                [.., "manifests", _] => {
                    let Manifest { record, document, original, .. } = Manifest::decode(&bytes(entry)?)?;
                    if seen.insert(document.clone()) {
                        evidence.documents.push((record, document, original.digests.blake3));
                    }
                }
                _ => {}
            }
        }
        for (decision, event) in &mut evidence.decisions {
            let name = format!("{}/{}/{:06}.json", Area::Decisions.folder(), decision.record, decision.number);
            *event = *events.get(&name).ok_or_else(|| incomplete(&name))?;
        }
        evidence.decisions.sort_by_key(|(_, event)| *event);
        let chain = chain(&keys, &changes, &notes).ok_or_else(|| incomplete("log/keys"))?;
        evidence.keys = chain.keys().cloned().collect();
        evidence.key_changes = chain.changes().to_vec();
        Ok(evidence)
    }

    /// Whether the keeper of a key that is trusted signed that log, or handed that on: a change of key which the old key
    /// did not sign can be anybody's, since its public half stands on every checkpoint.
    pub fn is_signed_by(&self, trusts: impl Fn(&VerifierKey) -> bool) -> bool {
        let since = |at: usize| self.key_changes.iter().skip(at);
        self.keys.iter().enumerate().any(|(at, key)| trusts(key) && since(at).all(|change| change.signed_by_old))
    }
}

fn bytes(entry: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(LARGEST).read_to_end(&mut bytes).fold(ErrorKind::FixityMismatch, doing)?;
    Ok(bytes)
}

/// What is kept of a bag that bears no mark of an archive: a ZIP file with its lists in it.
pub struct PlainBag {
    /// Whether its payload is laid out as that of an archive's bag.
    pub looks_like_ours: bool,
}

impl PlainBag {
    /// Reads it; `None` where the bytes are no bag's.
    pub fn read(path: &Path) -> Option<Self> {
        const MARK: &str = "bagit.txt";
        let mut archive = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
        let names: Vec<String> = archive.file_names().filter_map(|name| Some(name.ok()?.to_string())).collect();
        let around =
            names.iter().filter_map(|name| name.strip_suffix(MARK)).filter(|it| it.matches('/').count() < 2).min();
        let around = around.filter(|around| around.is_empty() || around.ends_with('/'))?;
        let list = names.iter().find(|name| {
            name.strip_prefix(around).is_some_and(|name| name.starts_with("manifest-") && name.ends_with(".txt"))
        })?;
        let mut lines = String::new();
        let listed = archive.by_name(list).ok()?.take(LARGEST).read_to_string(&mut lines);
        let is_ours = |line: &str| {
            let path = line.split_once(' ').map_or("", |(_, path)| path.trim_start());
            match path.split('/').collect::<Vec<_>>()[..] {
                ["data", "log", "events.jsonl"] => true,
                ["data", record, document, "original", _] => {
                    record.parse::<RecordId>().is_ok() && document.parse::<DocumentId>().is_ok()
                }
                _ => false,
            }
        };
        Some(Self { looks_like_ours: listed.is_ok() && lines.lines().any(is_ours) })
    }
}
