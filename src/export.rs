//! Writes a chosen set of an archive as a package that proves itself without griffie: a BagIt bag with originals, copies,
//! manifests, records and the events of the log with their proofs. Decides nothing about who may have what.

mod events;
mod evidence;
mod proof;

pub use evidence::{Evidence, PlainBag};
pub use proof::hold_against_its_proof;

use std::{collections::HashMap, path::Path};

use jiff::Timestamp;
use serde_json::Value;

use crate::{
    Error, ErrorKind, Result,
    archive::{Archive, Area, Manifest, name},
    bagit::{OURS, Writer},
    error::Context as _,
    model::{BatchId, Blake3, DocumentId, ItemId, RecordId},
    provenance::ObjectRef,
    storage::ObjectName,
};

/// A record that goes along.
pub struct Chosen {
    /// Its id.
    pub record: RecordId,
    /// What the register says of it, in the record format.
    pub json: Value,
    /// Its dossier.
    pub documents: Vec<ChosenDocument>,
    /// The other records as which documents of the dossier came in: what was decided about them goes along.
    pub joined: Vec<RecordId>,
}

/// A document that goes along.
pub struct ChosenDocument {
    /// Its id.
    pub id: DocumentId,
    /// The items as which its bytes came in, each time, and the containers that these were in.
    pub items: Vec<(BatchId, ItemId)>,
}

/// What the bag says of itself.
pub struct Sender {
    /// Who hands it over, where that is known.
    pub organization: Option<String>,
    /// The program that made it.
    pub program: String,
    /// When.
    pub at: Timestamp,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Written {
    /// Ids of the records and documents.
    pub about: Vec<Vec<String>>,
    /// Files of the payload.
    pub files: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Events of the log that go along.
    pub events: u64,
    /// SHA-256 of the bag's tag manifest, which stands for every byte of the bag.
    pub seal: String,
}

/// A bag that is being filled.
struct Package<'a> {
    archive: &'a Archive,
    writer: Writer,
    /// The objects that went in, with their digests, and whether an event names them.
    objects: HashMap<ObjectName, (Blake3, bool)>,
    /// Ids of records, documents and items: events about them go along.
    ids: std::collections::HashSet<String>,
    /// The batches whose receipts are in.
    batches: std::collections::HashSet<BatchId>,
}

/// Writes a bag as the folder `target`, which must not be there. Stored bytes that are not what the log says are an
/// error, and then there is no bag. `told` says of an object that no event in the bag names whether one does that waits for
/// the log, or came into it meanwhile.
pub fn bag(
    archive: &Archive,
    chosen: impl IntoIterator<Item = Result<Chosen>>,
    target: &Path,
    sender: &Sender,
    told: impl Fn(&ObjectRef) -> Result<bool>,
) -> Result<Written> {
    let mut package = Package {
        archive,
        writer: Writer::begin(target)?,
        objects: HashMap::new(),
        ids: std::collections::HashSet::new(),
        batches: std::collections::HashSet::new(),
    };
    package.writer.add("README.txt", |payload| payload.write(include_bytes!("export/README.txt")))?;
    let mut about = Vec::new();
    for record in chosen {
        let record = record?;
        package.record(&record).doing(|| format!("failed to export `{}`", record.record))?;
        let ids = std::iter::once(&record.record).chain(&record.joined).map(RecordId::to_string);
        about.push(ids.chain(record.documents.iter().map(|document| document.id.to_string())).collect());
    }
    let events = package.events().doing(|| "failed to export the events of the log")?;
    if let Some((object, (digest, _))) =
        package.objects.iter().filter(|(_, (_, named))| !named).min_by_key(|(name, _)| *name)
    {
        if told(&ObjectRef { name: object.clone(), blake3: *digest })? {
            return Err(Error::new(ErrorKind::Conflict, format!("`{object}` is not in the log yet that would go along"))
                .hint("another griffie is at work, which logs it: give the same command again in a moment")
                .dutch(format!(
                    "`{object}` staat nog niet in het logboek dat zou meegaan: een andere griffie is aan het werk, die legt het \
                     vast; geef dezelfde opdracht zo nog eens"
                )));
        }
        return Err(Error::new(ErrorKind::FixityMismatch, format!("no event of the log names `{object}`"))
            .hint("`griffie verify` tells more"));
    }
    let (bytes, files) = package.writer.oxum();
    let organization = sender.organization.iter().map(|name| ("Source-Organization".to_owned(), name.clone()));
    let info: Vec<_> = organization
        .chain([
            ("Bagging-Date".to_owned(), sender.at.strftime("%Y-%m-%d").to_string()),
            ("Bag-Software-Agent".to_owned(), sender.program.clone()),
            (OURS.0.to_owned(), OURS.1.to_owned()),
        ])
        .collect();
    let seal = package.writer.close(&info)?;
    Ok(Written { about, files, bytes, events, seal })
}

impl Package<'_> {
    fn record(&mut self, chosen: &Chosen) -> Result<()> {
        let record = &chosen.record;
        let json = serde_json::to_vec_pretty(&chosen.json).unwrap_or_default();
        self.writer.add(&format!("{record}/record.json"), |payload| payload.write(&json))?;
        let joined = chosen.joined.iter().map(|id| (id, format!("{record}/joined/{id}")));
        for (id, folder) in std::iter::once((record, record.to_string())).chain(joined) {
            self.ids.insert(id.to_string());
            for area in [Area::Decisions, Area::Holds] {
                self.series(area, id.as_str(), &format!("{folder}/{}", area.folder()))?;
            }
        }
        for document in &chosen.documents {
            let folder = format!("{record}/{}", document.id);
            self.document(&document.id, &folder)?;
            for (batch, item) in &document.items {
                self.ids.insert(item.to_string());
                self.object(&name::accession(batch, item), &format!("{folder}/accessions/{item}.json"), None)?;
                self.receipt(batch)?;
            }
        }
        Ok(())
    }

    /// The receipt of a batch, where it is finished.
    fn receipt(&mut self, batch: &BatchId) -> Result<()> {
        if !self.batches.insert(batch.clone()) {
            return Ok(());
        }
        let receipt = name::batch(batch);
        match self.archive.store().head(&receipt)? {
            Some(_) => self.object(&receipt, &format!("batches/{batch}.json"), None),
            None => Ok(()),
        }
    }

    fn document(&mut self, document: &DocumentId, folder: &str) -> Result<()> {
        self.ids.insert(document.to_string());
        let manifests = self.archive.manifests(document)?;
        let last = manifests.last().ok_or_else(|| {
            Error::new(ErrorKind::FixityMismatch, format!("document `{document}` has no manifest in the store"))
        })?;
        self.ids.insert(last.original.item.to_string());
        let file = file_name(&last.original.name);
        let original = last.original.digests.blake3;
        self.object(&name::original(&original), &format!("{folder}/original/{file}"), Some(original))?;
        self.series(Area::Manifests, document.as_str(), &format!("{folder}/manifests"))?;
        self.series(Area::Access, document.as_str(), &format!("{folder}/access"))?;
        self.results(&manifests, folder)
    }

    /// What was read, found and made, according to any of the manifests.
    fn results(&mut self, manifests: &[Manifest], folder: &str) -> Result<()> {
        let mut done = std::collections::HashSet::new();
        for manifest in manifests {
            let mut results = Vec::new();
            for rendition in &manifest.renditions {
                let digest = rendition.digests.blake3;
                let ending = if rendition.media_type == "application/pdf" { ".pdf" } else { "" };
                let file = format!("{}-{}{ending}", file_name(&rendition.kind), &digest.hex()[..12]);
                results.push((name::rendition(&digest), format!("renditions/{file}"), Some(digest)));
            }
            if let Some(key) = &manifest.reading {
                results.push((name::reading(key), format!("readings/{key}.json.zst"), None));
            }
            for found in &manifest.findings {
                results.push((name::findings(&found.key), format!("findings/{}.json", found.key), None));
            }
            for (object, place, digest) in results {
                if done.insert(place.clone()) {
                    self.object(&object, &format!("{folder}/{place}"), digest)?;
                }
            }
        }
        Ok(())
    }

    fn series(&mut self, area: Area, id: &str, folder: &str) -> Result<()> {
        let listed = self.archive.store().list(&format!("{}/{id}", area.folder()));
        let mut names = listed.map(|entry| Ok(entry?.name)).collect::<Result<Vec<_>>>()?;
        names.sort_unstable();
        names.iter().try_for_each(|name| self.object(name, &format!("{folder}/{}", name.last()), None))
    }

    /// Copies an object as it is, part by part.
    fn object(&mut self, object: &ObjectName, place: &str, want: Option<Blake3>) -> Result<()> {
        let mut hasher = blake3::Hasher::new();
        let store = self.archive.store();
        self.writer.add(place, |payload| {
            store.read(object, |part| {
                hasher.update(part);
                payload.take(part);
            })?;
            payload.write(&[])
        })?;
        let found = Blake3(*hasher.finalize().as_bytes());
        if want.is_some_and(|want| want != found) {
            return Err(changed(object));
        }
        self.objects.entry(object.clone()).or_insert((found, false));
        Ok(())
    }
}

fn changed(object: &ObjectName) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("the stored bytes of `{object}` have changed"))
        .hint("run `griffie verify` and restore the object from a copy")
}

/// A name that every file system takes and every program that reads bags understands; the name as received stands in
/// the manifest.
fn file_name(name: &str) -> String {
    const LONGEST: usize = 200;
    let plain = |c: char| if c.is_control() || "/\\%<>:\"|?*".contains(c) { '_' } else { c };
    let name: String = name.chars().map(plain).collect();
    let (stem, ending) = match name.rsplit_once('.') {
        Some((stem, ending)) if ending.len() <= 10 => (stem.to_owned(), format!(".{ending}")),
        _ => (name.clone(), String::new()),
    };
    let mut short = String::new();
    for c in stem.chars() {
        if short.len() + c.len_utf8() + ending.len() > LONGEST {
            break;
        }
        short.push(c);
    }
    let whole = short + &ending;
    let whole = whole.trim_matches([' ', '.']);
    // Names of devices, which Windows gives to no file.
    let device = ["con", "prn", "aux", "nul"].contains(&whole.split('.').next().unwrap_or("").to_lowercase().as_str());
    match whole {
        "" => "original".into(),
        _ if device => format!("_{whole}"),
        _ => whole.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_as_it_was_where_that_can_be() {
        let check = |name: &str, want: &str| assert_eq!(file_name(name), want, "{name}");
        check("Huurovereenkomst 2019 (getekend).pdf", "Huurovereenkomst 2019 (getekend).pdf");
        check("100%\r\n.pdf", "100___.pdf");
        check("..", "original");
        check("a/b\\c.pdf", "a_b_c.pdf");
        check("CON.pdf", "_CON.pdf");
        check(".hidden", "hidden");
        assert_eq!(file_name(&format!("{}.pdf", "é".repeat(300))).len(), 200);
    }
}
