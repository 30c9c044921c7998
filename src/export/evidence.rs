//! What came with the originals of a bag, as it is kept: a ZIP file with everything else that the bag held, or the whole
//! bag where it came as one. Gives what people decided in the archive that the bag is from.

use std::{
    collections::HashMap,
    fs::File,
    io::{BufReader, Read},
    path::Path,
};

use zip::ZipArchive;

use super::proof::{Line, json_lines};
use crate::{
    Error, ErrorKind, Result,
    archive::{Area, Decision, Format as _, Manifest},
    error::Fold as _,
    model::{Blake3, DocumentId, RecordId},
    provenance::decode_entry,
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
                        for object in decode_entry(line.entry.as_bytes())?.1.objects {
                            if object.name.folder() == Area::Decisions.folder() {
                                events.entry(object.name.to_string()).or_insert(line.index);
                            }
                        }
                    }
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
        Ok(evidence)
    }
}

fn bytes(entry: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    entry.take(LARGEST).read_to_end(&mut bytes).fold(ErrorKind::FixityMismatch, doing)?;
    Ok(bytes)
}
