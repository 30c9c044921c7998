//! Stores originals, renditions and everything known about them as objects that explain themselves, and reads them
//! back for a rebuild of the database. Knows nothing of the database, and interprets no contract.

mod access_v1;
mod accession_v1;
mod batch_v1;
mod decision_v1;
mod findings_v1;
mod format;
mod hold_v1;
mod known;
mod layout;
mod manifest_v1;
mod own;
mod probe_v1;
mod reading_v1;
mod recipe;
mod succession;
mod verify;

use std::{fs, io, path::Path, sync::Arc};

pub use access_v1::Access;
pub use accession_v1::{Accession, AccessionState, Reason};
pub use batch_v1::{Batch, Totals};
pub use decision_v1::{Act, Decision};
pub use findings_v1::Findings;
pub use format::Format;
pub use hold_v1::Hold;
pub use known::is_of_register;
pub use layout::{Area, is_left_of_ours, name};
pub use manifest_v1::{DocumentRole, FindingsRef, Manifest, ManifestOriginal, PageCounts, Refusal, Rendition};
pub use own::Journal;
pub use probe_v1::Probe;
pub use recipe::Recipe;
pub use verify::{
    Checked, FindingKind, HalfDone, HeadFault, Means, OwnKey, PastChecks, Stamped, TOLERANCE, Told, ToldBy,
    VerifyFinding, VerifyOptions, VerifyReport, Witness, Word, past_checks,
};

use crate::{
    Error, ErrorKind, Result,
    error::{Context, Fold},
    model::{BatchId, Blake3, Digests, DocumentId, ItemId, Reading, RecordId},
    provenance::{Event, ObjectRef},
    storage::{LocalFile, ObjectName, Put, Store, digests_of_file},
};
use known::Known;
use own::Own;

/// The archive: what is in a store, by its meaning. Clones share it.
#[derive(Clone)]
pub struct Archive {
    store: Store,
    /// Where only what the log names counts, and only with the bytes that it names.
    known: Option<Arc<Known>>,
    /// Where it is at work: what it believes of what lies there.
    own: Option<Arc<Own>>,
}

/// An object that is not what the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its name.
    pub name: ObjectName,
    /// In which way.
    pub how: How,
}

/// In which way an object is not what the log says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// It is gone.
    Missing,
    /// Its bytes are others.
    Changed,
    /// The log does not name it.
    Unlogged,
}

/// An object that was written and read back, now or earlier. Only the archive makes one: who holds it holds the proof.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    name: ObjectName,
    digests: Digests,
    put: Put,
}

impl From<&Stored> for ObjectRef {
    fn from(stored: &Stored) -> Self {
        Self { name: stored.name.clone(), blake3: stored.digests.blake3 }
    }
}

impl Stored {
    /// Its name in the store.
    pub fn name(&self) -> &ObjectName {
        &self.name
    }

    /// Digests of its bytes as stored.
    pub fn digests(&self) -> &Digests {
        &self.digests
    }

    /// Whether it was written just now.
    pub fn is_new(&self) -> bool {
        self.put == Put::Written
    }
}

/// The bytes as received, safe in the store. It can only come from a completed write that was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original(Stored);

impl Original {
    /// The object.
    pub fn stored(&self) -> &Stored {
        &self.0
    }

    /// Its digests; the BLAKE3 names it.
    pub fn digests(&self) -> &Digests {
        &self.0.digests
    }
}

impl Archive {
    /// Opens the archive in a store; a new one gets the text that explains it.
    pub fn open(store: Store) -> Result<Self> {
        let archive = Self::existing(store);
        let readme = name::README.parse()?;
        if archive.store.head(&readme)?.is_none() {
            archive.store.put_new(&readme, include_str!("archive/README.txt"))?;
        }
        Ok(archive)
    }

    /// Opens the archive in a store without writing to it: a copy that is to be verified, for one.
    pub fn existing(store: Store) -> Self {
        Self { store, known: None, own: None }
    }

    /// The same archive as its log tells of it: what the log does not name is not there, and what has other bytes than
    /// the log says is an error. `also` are events that are still on their way to the log.
    pub fn as_logged(&self, also: &[Event]) -> Result<Self> {
        let known = Some(Arc::new(Known::of(&self.store, also)?));
        Ok(Self { store: self.store.clone(), known, own: None })
    }

    /// The same archive at work: it announces what it stores, and believes only what it announced or its log names.
    pub fn at_work(&self, journal: Arc<dyn Journal>) -> Self {
        let own = Some(Arc::new(Own::new(self.store.clone(), journal)));
        Self { store: self.store.clone(), known: None, own }
    }

    /// Notes at work what events tell that stand in the log now.
    pub fn note_logged(&self, events: &[Event]) -> Result<()> {
        self.own.as_ref().map_or(Ok(()), |own| own.logged(events))
    }

    fn announce(&self, name: &ObjectName, blake3: Blake3) -> Result<()> {
        let Some(own) = &self.own else { return Ok(()) };
        own.journal.announce(&ObjectRef { name: name.clone(), blake3 })
    }

    /// Says of a put that found other bytes whose they are.
    fn in_the_way(&self, name: &ObjectName, error: Error) -> Error {
        match &self.own {
            Some(own) => own.in_the_way(name, error),
            None => error,
        }
    }

    /// What a register follows from and is not as the log of [`Self::as_logged`] says, in the order of names.
    pub fn against_log(&self) -> Result<Vec<Wrong>> {
        let Some(known) = &self.known else { return Ok(Vec::new()) };
        let mut wrong = Vec::new();
        for area in known::TOLD {
            for name in known.names(area.folder())? {
                let how = match self.store.blake3(&name) {
                    Ok((found, _)) if known.digest(&name)? == Some(found) => continue,
                    Ok(_) => How::Changed,
                    Err(error) if error.kind() == ErrorKind::NotFound => How::Missing,
                    Err(error) => return Err(error),
                };
                wrong.push(Wrong { name, how });
            }
            for entry in self.store.list(area.folder()) {
                let name = match entry {
                    Ok(entry) => entry.name,
                    // No object can have its name, so nothing reads it.
                    Err(error) if error.kind() == ErrorKind::InvalidInput => continue,
                    Err(error) => return Err(error),
                };
                if known.digest(&name)?.is_none() {
                    wrong.push(Wrong { name, how: How::Unlogged });
                }
            }
        }
        wrong.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(wrong)
    }

    /// The bytes of a document, and other forms of it, that are not there with the length that its manifest gives.
    pub fn without_bytes(&self, document: &DocumentId) -> Result<Vec<ObjectName>> {
        let Some(manifest) = self.manifests(document)?.pop() else { return Ok(Vec::new()) };
        let original = (name::original(&manifest.original.digests.blake3), manifest.original.digests.size_bytes);
        let renditions = manifest.renditions.iter();
        let others = renditions.map(|other| (name::rendition(&other.digests.blake3), other.digests.size_bytes));
        let mut without = Vec::new();
        for (name, size) in others.chain([original]) {
            if self.store.head(&name)? != Some(size) {
                without.push(name);
            }
        }
        Ok(without)
    }

    /// Words or findings that a document names and that were made from another.
    pub fn made_from_another(&self, document: &DocumentId) -> Result<Option<ObjectName>> {
        let Some(manifest) = self.manifests(document)?.pop() else { return Ok(None) };
        let Some(reading) = manifest.reading else { return Ok(None) };
        let is_of = |name: &ObjectName, input: &Blake3, recipe: fn(&[u8]) -> Result<Recipe>| -> Result<bool> {
            let recipe = self.bytes(name)?.map(|bytes| recipe(&bytes)).transpose()?;
            Ok(recipe.is_none_or(|recipe| recipe.inputs.contains(input)))
        };
        let words = name::reading(&reading);
        if !is_of(&words, &manifest.original.digests.blake3, reading_v1::recipe)? {
            return Ok(Some(words));
        }
        for found in &manifest.findings {
            let name = name::findings(&found.key);
            if !is_of(&name, &reading, |bytes| Ok(Findings::decode(bytes)?.recipe))? {
                return Ok(Some(name));
            }
        }
        Ok(None)
    }

    /// How many documents have a manifest in the store.
    pub fn count_documents(&self) -> Result<usize> {
        Ok(self.folders(Area::Manifests)?.len())
    }

    /// The text that explains the store.
    pub fn explanation(&self) -> Result<Stored> {
        self.stored(name::README.parse()?)
    }

    /// An object that is there, read back now; at work only one that is believed.
    pub fn stored(&self, name: ObjectName) -> Result<Stored> {
        let digests = self.store.digests(&name)?;
        if let Some(own) = &self.own {
            own.must_believe(&name, &digests.blake3)?;
        }
        Ok(Stored { name, digests, put: Put::AlreadyThere })
    }

    /// The store that it is in.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Stores a file as an original. `digests` are those under which it was identified; a file that changed since is
    /// refused. Bytes that are there already are read back and compared.
    pub fn store_original(&self, path: &Path, digests: &Digests) -> Result<Original> {
        let name = name::original(&digests.blake3);
        let put = self
            .put_file(&name, path, digests)
            .doing(|| format!("failed to store `{}` as an original", path.display()))?;
        Ok(Original(Stored { name, digests: *digests, put }))
    }

    /// Stores a file as a rendition, under its digest. What made it stands in the manifest.
    pub fn store_rendition(&self, path: &Path) -> Result<Stored> {
        let digests = digests_of_file(path)?;
        let name = name::rendition(&digests.blake3);
        let put = self
            .put_file(&name, path, &digests)
            .doing(|| format!("failed to store `{}` as a rendition", path.display()))?;
        Ok(Stored { name, digests, put })
    }

    fn put_file(&self, name: &ObjectName, path: &Path, digests: &Digests) -> Result<Put> {
        // What is there need not be announced: if it is not logged yet, nobody knows who laid it there.
        if self.own.is_some() && self.store.head(name)?.is_none() {
            self.announce(name, digests.blake3)?;
        }
        self.store.put_new_file(name, path, digests).map_err(|error| self.in_the_way(name, error))
    }

    /// Why an object that must be there is not to be had, where an archive at work finds another's in its place.
    pub fn in_its_place(&self, name: &ObjectName) -> Option<Error> {
        let lies_there = self.own.is_some() && matches!(self.store.head(name), Ok(Some(_)));
        lies_there.then(|| own::foreign(name))
    }

    /// Refuses bytes that are not those their name says: before something is made of them.
    pub fn must_be_whole(&self, name: &ObjectName, digest: &Blake3) -> Result<()> {
        if self.store.blake3(name)?.0 == *digest { Ok(()) } else { Err(own::changed(name)) }
    }

    /// An original as a local file, to be read only.
    pub fn original_file(&self, digest: &Blake3) -> Result<LocalFile> {
        self.store.local_file(&name::original(digest))
    }

    /// A rendition as a local file, to be read only.
    pub fn rendition_file(&self, digest: &Blake3) -> Result<LocalFile> {
        self.store.local_file(&name::rendition(digest))
    }

    /// Writes an original out to a file, checking its digest on the way: wrong bytes are an error, and then no file is
    /// left that looks right.
    pub fn copy_original(&self, digest: &Blake3, to: &Path) -> Result<u64> {
        self.copy_out(&name::original(digest), digest, to)
    }

    /// The same for a rendition.
    pub fn copy_rendition(&self, digest: &Blake3, to: &Path) -> Result<u64> {
        self.copy_out(&name::rendition(digest), digest, to)
    }

    fn copy_out(&self, name: &ObjectName, digest: &Blake3, to: &Path) -> Result<u64> {
        let doing = || format!("cannot write `{}`", to.display());
        let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder).fold(ErrorKind::InvalidInput, doing)?;
        let (mut hasher, mut written) = (blake3::Hasher::new(), Ok(()));
        let size_bytes = self.store.read(name, |part| {
            hasher.update(part);
            if written.is_ok() {
                written = io::Write::write_all(&mut file, part);
            }
        })?;
        written.fold(ErrorKind::InvalidInput, doing)?;
        if hasher.finalize().as_bytes() != &digest.0 {
            return Err(Error::new(ErrorKind::FixityMismatch, format!("the stored bytes of `{name}` have changed"))
                .hint("run `griffie verify` and restore the object from a copy"));
        }
        // A temporary file is for its maker only; what is handed out follows the user's own habit.
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
            fs::set_permissions(file.path(), mode).fold(ErrorKind::InvalidInput, doing)?;
        }
        file.persist_noclobber(to).map_err(|error| match error.error.kind() {
            io::ErrorKind::AlreadyExists => Error::new(
                ErrorKind::InvalidInput,
                format!("`{}` is there already, and is not overwritten", to.display()),
            )
            .dutch(format!("`{}` is er al, en wordt niet overschreven", to.display()))
            .hint("name another file"),
            _ => Error::new(ErrorKind::InvalidInput, format!("{}: {}", doing(), error.error)),
        })?;
        Ok(size_bytes)
    }

    /// Adds a manifest to its document's series; one that is the same as the last is there already.
    pub fn put_manifest(&self, manifest: &Manifest) -> Result<Stored> {
        self.put_next(Area::Manifests, manifest.document.as_str(), manifest)
    }

    /// A document's manifests, oldest first; none where the document is unknown.
    pub fn manifests(&self, document: &DocumentId) -> Result<Vec<Manifest>> {
        Ok(self.named_manifests(document)?.into_iter().map(|(_, manifest)| manifest).collect())
    }

    /// The same, each with its name.
    pub fn named_manifests(&self, document: &DocumentId) -> Result<Vec<(ObjectName, Manifest)>> {
        let (names, manifests): (Vec<_>, Vec<_>) =
            self.named_series(Area::Manifests, document.as_str())?.into_iter().unzip();
        must_be_a_series(document, &manifests)?;
        Ok(names.into_iter().zip(manifests).collect())
    }

    /// All documents with their manifests, oldest first, in the order of their ids.
    pub fn documents(&self) -> Result<impl Iterator<Item = Result<(DocumentId, Vec<Manifest>)>>> {
        let all = self.all_series(Area::Manifests)?;
        Ok(all.map(|series: Result<(DocumentId, Vec<Manifest>)>| {
            let (document, manifests) = series?;
            must_be_a_series(&document, &manifests)?;
            Ok((document, manifests))
        }))
    }

    /// Stores what became of a submission item. Each item has exactly one accession: another one that counts is an error
    /// of kind `Conflict`.
    pub fn put_accession(&self, accession: &Accession) -> Result<Stored> {
        let name = name::accession(&accession.batch, &accession.item);
        match self.put(name.clone(), accession) {
            Err(error) if error.kind() == ErrorKind::Conflict && self.bytes(&name)?.is_none() => {
                Err(self.in_the_way(&name, error))
            }
            stored => stored,
        }
    }

    /// What became of a submission item, once that is stored.
    pub fn accession(&self, batch: &BatchId, item: &ItemId) -> Result<Option<Accession>> {
        self.get_optional(&name::accession(batch, item))
    }

    /// The accessions of a batch, in the order of their items' ids.
    pub fn accessions(&self, batch: &BatchId) -> Result<Vec<Accession>> {
        self.series(Area::Accessions, batch.as_str())
    }

    /// Stores the receipt of a finished batch.
    pub fn put_batch(&self, batch: &Batch) -> Result<Stored> {
        let name = name::batch(&batch.batch);
        self.put(name.clone(), batch).map_err(|error| self.in_the_way(&name, error))
    }

    /// The receipt of a batch, where it finished.
    pub fn batch(&self, batch: &BatchId) -> Result<Option<Batch>> {
        self.get_optional(&name::batch(batch))
    }

    /// All batches, whether they finished or not, in the order of their ids.
    pub fn batches(&self) -> Result<Vec<BatchId>> {
        let mut ids =
            self.folders(Area::Accessions)?.iter().map(|id| parse_id(id)).collect::<Result<Vec<BatchId>>>()?;
        ids.extend(self.finished_batches()?);
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// The batches whose receipt is stored, in the order of their ids.
    pub fn finished_batches(&self) -> Result<Vec<BatchId>> {
        let names = self.names(Area::Batches.folder())?;
        names.iter().map(|name| parse_id(name.last().trim_end_matches(".json"))).collect()
    }

    /// Stores the words read under the key of what read them, and returns those that hold: where a reading with this
    /// recipe was stored before, that one.
    pub fn put_reading(&self, recipe: &Recipe, reading: &Reading) -> Result<(Stored, Reading)> {
        let name = name::reading(&recipe.key());
        if let Some((stored, earlier)) = self.stored_reading(&name)? {
            return Ok((stored, earlier));
        }
        let bytes = reading_v1::pack(recipe, reading)?;
        let stored = self.put_bytes(name.clone(), bytes).map_err(|error| self.in_the_way(&name, error))?;
        Ok((stored, reading.clone()))
    }

    /// The words read under a key.
    pub fn reading(&self, key: &Blake3) -> Result<Option<Reading>> {
        Ok(self.stored_reading(&name::reading(key))?.map(|(_, reading)| reading))
    }

    fn stored_reading(&self, name: &ObjectName) -> Result<Option<(Stored, Reading)>> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let reading = reading_v1::unpack(&bytes).doing(|| format!("failed to read `{name}`"))?;
        let stored = Stored { name: name.clone(), digests: Digests::of(&bytes), put: Put::AlreadyThere };
        Ok(Some((stored, reading)))
    }

    /// Stores what the rules found under the key of what found it, and returns those findings that hold: where some
    /// with this recipe were stored before, those.
    pub fn put_findings(&self, findings: &Findings) -> Result<(Stored, Findings)> {
        let name = name::findings(&findings.recipe.key());
        if let Some(bytes) = self.bytes(&name)? {
            let earlier = Findings::decode(&bytes).doing(|| format!("failed to read `{name}`"))?;
            let stored = Stored { name, digests: Digests::of(&bytes), put: Put::AlreadyThere };
            return Ok((stored, earlier));
        }
        let stored = self.put(name.clone(), findings).map_err(|error| self.in_the_way(&name, error))?;
        Ok((stored, findings.clone()))
    }

    /// The findings under a key.
    pub fn findings(&self, key: &Blake3) -> Result<Option<Findings>> {
        self.get_optional(&name::findings(key))
    }

    /// Stores a person's decision under its number in its record's series. Another decision with that number is an
    /// error of kind `Conflict`.
    pub fn put_decision(&self, decision: &Decision) -> Result<Stored> {
        self.put(name::numbered(Area::Decisions, decision.record.as_str(), decision.number), decision)
    }

    /// Name and digest that a decision gets.
    pub fn decision_ref(decision: &Decision) -> Result<ObjectRef> {
        let name = name::numbered(Area::Decisions, decision.record.as_str(), decision.number);
        Ok(ObjectRef { name, blake3: Blake3::of(&decision.encode()?) })
    }

    /// What the log says of the objects, to hold them against.
    pub fn witness(&self) -> Result<Witness> {
        Witness::of(&self.store)
    }

    /// The decisions on a record, oldest first, whoever laid them there: they are announced as events, so that whoever
    /// takes one up must ask whether it was.
    pub fn decisions_on(&self, record: &RecordId) -> Result<Vec<Decision>> {
        Self { own: None, ..self.clone() }.series(Area::Decisions, record.as_str())
    }

    /// All records with decisions, oldest first.
    pub fn decisions(&self) -> Result<impl Iterator<Item = Result<(RecordId, Vec<Decision>)>>> {
        self.all_series(Area::Decisions)
    }

    /// Adds a legal hold, or its end, to its record's series.
    pub fn put_hold(&self, hold: &Hold) -> Result<Stored> {
        self.put_next(Area::Holds, hold.record.as_str(), hold)
    }

    /// All records that ever had a hold, oldest first.
    pub fn holds(&self) -> Result<impl Iterator<Item = Result<(RecordId, Vec<Hold>)>>> {
        self.all_series(Area::Holds)
    }

    /// Adds an access mark to its document's series; the last one holds, and without one access is closed.
    pub fn put_access(&self, access: &Access) -> Result<Stored> {
        self.put_next(Area::Access, access.document.as_str(), access)
    }

    /// All documents with access marks, oldest first.
    pub fn access_marks(&self) -> Result<impl Iterator<Item = Result<(DocumentId, Vec<Access>)>>> {
        self.all_series(Area::Access)
    }

    /// Stores what a probe of the store found.
    pub fn put_probe(&self, probe: &Probe) -> Result<Stored> {
        let bytes = probe.encode()?;
        let taken = self.store.list(Area::Probes.folder()).try_fold(0, |last, entry| {
            Ok::<_, Error>(entry?.name.last().trim_end_matches(".json").parse().unwrap_or(0_u32).max(last))
        })?;
        for number in taken + 1.. {
            match self.put_bytes(name::probe(number), bytes.clone()) {
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                done => return done,
            }
        }
        Err(Error::new(ErrorKind::Internal, "a series has no end"))
    }

    /// Stores a time-stamp on the checkpoint of a size, as its authority sent it.
    pub fn put_timestamp(&self, size: u64, response: Vec<u8>) -> Result<Stored> {
        self.put_bytes(name::timestamp(size, &Blake3::of(&response)), response)
    }

    fn put<T: Format>(&self, name: ObjectName, value: &T) -> Result<Stored> {
        self.put_bytes(name, value.encode()?)
    }

    fn put_bytes(&self, name: ObjectName, bytes: Vec<u8>) -> Result<Stored> {
        let digests = Digests::of(&bytes);
        self.announce(&name, digests.blake3)?;
        let put = self.store.put_new(&name, bytes)?;
        Ok(Stored { name, digests, put })
    }

    /// The next number is found by trying: the create-only put decides between two writers, and what somebody else laid
    /// there is passed over.
    fn put_next<T: Format>(&self, area: Area, id: &str, value: &T) -> Result<Stored> {
        let (bytes, folder) = (value.encode()?, area.folder_of(id));
        // Of a new series nothing is there, and the log need not be asked.
        let is_new = self.own.is_some() && self.store.list(&folder).next().transpose()?.is_none();
        let before = if is_new { None } else { self.believed(&folder)?.pop() };
        if let Some((name, _)) = before.as_ref().filter(|(_, last)| **last == bytes) {
            return Ok(Stored { name: name.clone(), digests: Digests::of(&bytes), put: Put::AlreadyThere });
        }
        let last = before.map_or(0, |(name, _)| name.last().trim_end_matches(".json").parse().unwrap_or(0_u32));
        for number in last.saturating_add(1)..=u32::MAX {
            let name = name::numbered(area, id, number);
            match self.put_bytes(name.clone(), bytes.clone()) {
                // The first has its name from others: an accession, for one.
                Err(error) if number == 1 && self.own.is_some() => return Err(self.in_the_way(&name, error)),
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                done => return done,
            }
        }
        Err(Error::new(ErrorKind::Internal, "a series has no end"))
    }

    fn series<T: Format>(&self, area: Area, id: &str) -> Result<Vec<T>> {
        Ok(self.named_series(area, id)?.into_iter().map(|(_, value)| value).collect())
    }

    fn named_series<T: Format>(&self, area: Area, id: &str) -> Result<Vec<(ObjectName, T)>> {
        let decode = |(name, bytes): (ObjectName, bytes::Bytes)| {
            let value = T::decode(&bytes).doing(|| format!("failed to read `{name}`"))?;
            Ok((name, value))
        };
        self.believed(&area.folder_of(id))?.into_iter().map(decode).collect()
    }

    /// The objects below some folders that are there, and at work believed, sorted by name.
    fn believed(&self, prefix: &str) -> Result<Vec<(ObjectName, bytes::Bytes)>> {
        let mut believed = Vec::new();
        for name in self.names(prefix)? {
            match (self.bytes(&name)?, &self.own) {
                (Some(bytes), _) => believed.push((name, bytes)),
                // What came before it would be believed in its stead.
                (None, Some(own)) if own.digest(&name)?.is_some() => return Err(gone(&name)),
                (None, _) => {}
            }
        }
        Ok(believed)
    }

    fn all_series<T, I>(&self, area: Area) -> Result<impl Iterator<Item = Result<(I, Vec<T>)>>>
    where
        T: Format,
        I: std::str::FromStr<Err: Into<Box<dyn std::error::Error + Send + Sync>>>,
    {
        let ids = self.folders(area)?;
        Ok(ids.into_iter().map(move |id| Ok((parse_id(&id)?, self.series(area, &id)?))))
    }

    /// The names of the objects below some folders, sorted.
    fn names(&self, prefix: &str) -> Result<Vec<ObjectName>> {
        if let Some(known) = &self.known {
            return known.names(prefix);
        }
        if let Some(own) = &self.own {
            return own.names(prefix);
        }
        let mut names = self.store.list(prefix).map(|entry| Ok(entry?.name)).collect::<Result<Vec<_>>>()?;
        names.sort_unstable();
        Ok(names)
    }

    fn folders(&self, area: Area) -> Result<Vec<String>> {
        match &self.known {
            Some(known) => known.folders(area.folder()),
            None => self.store.folders(area.folder()),
        }
    }

    fn get_optional<T: Format>(&self, name: &ObjectName) -> Result<Option<T>> {
        let bytes = self.bytes(name)?;
        bytes.map(|bytes| T::decode(&bytes).doing(|| format!("failed to read `{name}`"))).transpose()
    }

    fn bytes(&self, name: &ObjectName) -> Result<Option<bytes::Bytes>> {
        let digest = match &self.known {
            Some(known) => match known.digest(name)? {
                Some(digest) => Some(digest),
                None => return Ok(None),
            },
            None => None,
        };
        match (self.store.get(name), digest, &self.own) {
            (Ok(bytes), Some(digest), _) if digest == Blake3::of(&bytes) => Ok(Some(bytes)),
            (Ok(_), Some(_), _) => Err(own::changed(name)),
            (Ok(bytes), None, Some(own)) => Ok(own.believes(name, &Blake3::of(&bytes))?.then_some(bytes)),
            (Ok(bytes), None, None) => Ok(Some(bytes)),
            (Err(error), None, _) if error.kind() == ErrorKind::NotFound => Ok(None),
            (Err(error), Some(_), _) if error.kind() == ErrorKind::NotFound => Err(gone(name)),
            (Err(error), ..) => Err(error),
        }
    }
}

fn gone(name: &ObjectName) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("`{name}` is gone; the log names it"))
        .hint("run `griffie verify` and restore the object from a copy")
}

/// Refuses manifests that are no series of one document: nothing is read from, made of or handed out by such.
fn must_be_a_series(document: &DocumentId, manifests: &[Manifest]) -> Result<()> {
    let Some(first) = manifests.first() else { return Ok(()) };
    let is_other = |manifest: &Manifest| manifest.document != *document || !manifest.is_of_the_same_original(first);
    if let Some(other) = manifests.iter().position(is_other) {
        let number = other + 1;
        return Err(Error::new(
            ErrorKind::FixityMismatch,
            format!("manifest {number} of `{document}` names another original, item or accession than the first"),
        )
        .hint("somebody exchanged what the document is: run `griffie verify`, and restore the store from a copy")
        .dutch(format!(
            "manifest {number} van `{document}` noemt een ander origineel, stuk of ontvangst dan het eerste: iemand heeft \
             verwisseld wat het document is; geef `griffie verify`, en zet de opslag terug uit een kopie"
        )));
    }
    let of_others = manifests.iter().position(|manifest| !manifest.has_its_own_copies());
    let otherwise = manifests.windows(2).position(|two| !two[1].says_otherwise(&two[0]).is_empty());
    let Some(number) = of_others.map(|at| at + 1).or(otherwise.map(|at| at + 2)) else { return Ok(()) };
    Err(Error::new(
        ErrorKind::FixityMismatch,
        format!("manifest {number} of `{document}` contradicts those before it, or names a copy of another document"),
    )
    .hint("somebody with the key of the log wrote it: run `griffie verify`, and restore the store from a copy")
    .dutch(format!(
        "manifest {number} van `{document}` spreekt de eerdere tegen, of noemt een kopie van een ander document: iemand met de \
         sleutel van het logboek schreef het; geef `griffie verify`, en zet de opslag terug uit een kopie"
    )))
}

fn parse_id<I: std::str::FromStr<Err: Into<Box<dyn std::error::Error + Send + Sync>>>>(id: &str) -> Result<I> {
    id.parse().fold(ErrorKind::FixityMismatch, || format!("a foreign name `{id}` is in the store"))
}

#[cfg(test)]
mod tests;
