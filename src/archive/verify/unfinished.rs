//! Tells what a stopped run left behind from damage. An object without an event is unfinished only while the signed log
//! says that a batch, or work on documents that are there, is begun and not ended, if the object is what its name says and
//! changes the meaning of nothing that is logged but by what that work adds; everything else without an event stays a
//! finding.

use std::collections::BTreeSet;

use super::{Findings, ledger::Ledger, witness::logged};
use crate::{
    Result,
    archive::{Accession, Area, Batch, Format, Manifest, name, reading_v1},
    model::{Blake3, DocumentId},
    provenance::{ObjectRef, Work},
    storage::{ObjectName, Store},
};

/// What was stopped, and completes what it left when it is gone on with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stopped {
    /// The taking in of a batch.
    Batch,
    /// Work on documents that were taken in earlier.
    Work(Work),
    /// Some other act, of which the database still has to tell the log.
    Act,
}

/// What stopped work left in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HalfDone {
    /// The work that was stopped.
    pub work: BTreeSet<Work>,
    /// The documents of which it stored a manifest and did not come to log it, each with how many manifests of it the log
    /// names.
    pub documents: Vec<(DocumentId, usize)>,
}

/// What was stopped that left an object which the log does not name, with bytes of this digest; `None` where that is not
/// how it came.
pub(super) fn of(
    store: &Store,
    name: &ObjectName,
    found: &Blake3,
    ledger: &Ledger,
    log: &Findings,
) -> Result<Option<Stopped>> {
    if ledger.lost_events > 0 || log.of_log() {
        return Ok(None);
    }
    let waits = [&ledger.unsigned, &ledger.waiting].into_iter().any(|told| told.get(name.as_str()) == Some(found));
    if ledger.open_batches.is_empty() && ledger.open_work.is_empty() {
        return Ok(waits.then_some(Stopped::Act));
    }
    let left = match Area::of(name) {
        Some(Area::Accessions) => {
            let accession = store.get(name).ok().and_then(|bytes| Accession::decode(&bytes).ok());
            accession.is_some_and(|accession| {
                ledger.may_have_left(accession.batch.as_str(), accession.item.as_str())
                    && name::accession(&accession.batch, &accession.item) == *name
            })
        }
        Some(Area::Batches) => {
            let batch = store.get(name).ok().and_then(|bytes| Batch::decode(&bytes).ok());
            batch.is_some_and(|receipt| {
                ledger.open_batches.contains_key(receipt.batch.as_str()) && name::batch(&receipt.batch) == *name
            })
        }
        Some(Area::Manifests) => match half_done_by(store, name, ledger)? {
            Some((_, work)) => return Ok(Some(Stopped::Work(work))),
            None => counts_for_nothing(store, name, ledger)?,
        },
        _ => counts_for_nothing(store, name, ledger)?,
    };
    let work = match Area::of(name) {
        Some(Area::Findings) => ledger.open_work.keys().next_back(),
        _ => ledger.open_work.keys().next(),
    };
    let stopped = work.copied().map_or(Stopped::Batch, Stopped::Work);
    let stopped = if ledger.open_batches.is_empty() { stopped } else { Stopped::Batch };
    Ok(if left { Some(stopped) } else { waits.then_some(Stopped::Act) })
}

/// Whether an object that the log does not name is what its name says and belongs to no document: bytes under their
/// digest, results under their key, and manifests that are not the one that holds, of documents that an open batch may
/// have set aside.
fn counts_for_nothing(store: &Store, name: &ObjectName, ledger: &Ledger) -> Result<bool> {
    let bytes = || store.get(name).ok();
    Ok(match Area::of(name) {
        Some(area @ (Area::Originals | Area::Renditions)) => {
            let Ok(digest) = name.last().parse::<Blake3>() else { return Ok(false) };
            let right = if area == Area::Originals { name::original(&digest) } else { name::rendition(&digest) };
            right == *name && store.blake3(name)?.0 == digest
        }
        Some(Area::Readings) => bytes()
            .and_then(|bytes| reading_v1::recipe(&bytes).ok())
            .is_some_and(|recipe| name::reading(&recipe.key()) == *name),
        Some(Area::Findings) => bytes()
            .and_then(|bytes| crate::archive::Findings::decode(&bytes).ok())
            .is_some_and(|findings| name::findings(&findings.recipe.key()) == *name),
        Some(Area::Manifests) => {
            let Some((manifest, series)) = in_its_series(store, name) else { return Ok(false) };
            match ledger.last_logged(&series)? {
                Some(last) => name.as_str() < last.as_str(),
                // No batch is open when it is asked what was left over.
                None if ledger.open_batches.is_empty() => true,
                None => ledger.open_batches.keys().any(|batch| ledger.may_have_left(batch, manifest.document.as_str())),
            }
        }
        _ => false,
    })
}

/// A manifest that stands in its document's series, and the folder of that.
fn in_its_series(store: &Store, name: &ObjectName) -> Option<(Manifest, String)> {
    let manifest = Manifest::decode(&store.get(name).ok()?).ok()?;
    let series = Area::Manifests.folder_of(manifest.document.as_str());
    let rest = name.as_str().strip_prefix(&series)?;
    rest.starts_with('/').then_some((manifest, series))
}

/// The document of a manifest that comes after the last one logged and says nothing else than that one, but what open work
/// adds: that a copy was made or refused since, or that the rules found something in the same words.
fn half_done_by(store: &Store, name: &ObjectName, ledger: &Ledger) -> Result<Option<(DocumentId, Work)>> {
    let Some((manifest, series)) = in_its_series(store, name) else { return Ok(None) };
    let Some(last) = ledger.last_logged(&series)?.filter(|last| name.as_str() > last.as_str()) else { return Ok(None) };
    let Some((before, _)) = in_its_series(store, &last.parse()?) else { return Ok(None) };
    let mut without = manifest.clone();
    without.made = before.made;
    without.program.clone_from(&before.program);
    let work = if manifest.findings.len() > before.findings.len() {
        without.findings.truncate(before.findings.len());
        without.role = before.role;
        Work::Rereading
    } else {
        without.renditions.truncate(before.renditions.len());
        without.refused.truncate(before.refused.len());
        Work::Copying
    };
    let adds = without == before && manifest != without && ledger.open_work.contains_key(&work);
    Ok(adds.then_some((manifest.document, work)))
}

/// The objects that a stopped run left, which no event names and no document has. To be asked when no batch is open.
pub(in crate::archive) fn left_over(store: &Store) -> Result<Vec<ObjectRef>> {
    let ledger = logged(store, Some(""))?;
    let mut left = Vec::new();
    for text in ledger.unnamed()? {
        let name: ObjectName = text.parse()?;
        if counts_for_nothing(store, &name, &ledger)? {
            let (blake3, _) = store.blake3(&name)?;
            left.push(ObjectRef { name, blake3 });
        }
    }
    Ok(left)
}

/// Objects of an archive that the log does not name.
pub(in crate::archive) fn unlogged(store: &Store) -> Result<Vec<ObjectName>> {
    let names = logged(store, Some(""))?.unnamed()?;
    let names = names.iter().map(|name| name.parse()).collect::<Result<Vec<ObjectName>>>()?;
    Ok(names.into_iter().filter(|name| Area::of(name).is_some()).collect())
}

/// What stopped work on documents left.
pub(in crate::archive) fn half_done(store: &Store) -> Result<HalfDone> {
    let ledger = logged(store, Some(Area::Manifests.folder()))?;
    if ledger.open_work.is_empty() {
        return Ok(HalfDone::default());
    }
    let mut documents = Vec::new();
    for text in ledger.unnamed()? {
        if let Some((document, _)) = half_done_by(store, &text.parse()?, &ledger)? {
            let last = ledger.last_logged(&Area::Manifests.folder_of(document.as_str()))?;
            let number = last.and_then(|last| last.rsplit('/').next()?.trim_end_matches(".json").parse().ok());
            documents.extend(number.map(|number| (document, number)));
        }
    }
    documents.dedup();
    Ok(HalfDone { work: ledger.open_work.into_keys().collect(), documents })
}
