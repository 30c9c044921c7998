//! Tells what a stopped run left behind from damage. An object without an event is unfinished only where the data folder
//! it came from says under the log's seal that it stored these bytes: its journal of what it was about to store, or an
//! event that waits in its database. Everything else without an event stays a finding, whatever it says of itself.

use std::collections::BTreeSet;

use super::{Findings, ledger::Ledger, witness::logged};
use crate::{
    ErrorKind, Result,
    archive::{Area, Format, Manifest, own::manifests},
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
    /// The documents of which it stored a manifest and did not come to log it, each with the name of that, sorted by it.
    pub documents: Vec<(DocumentId, ObjectName)>,
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
    let announced = ObjectRef { name: name.clone(), blake3: *found };
    if !waits && ledger.announced.binary_search_by(|it| order(it).cmp(&order(&announced))).is_err() {
        return Ok(None);
    }
    if let (Some(Area::Manifests), Some((_, work))) = (Area::of(name), half_done_by(store, name, ledger)?) {
        return Ok(Some(Stopped::Work(work)));
    }
    let work = match Area::of(name) {
        // No work takes decisions.
        Some(Area::Decisions) => return Ok(Some(Stopped::Act)),
        Some(Area::Findings) => ledger.open_work.keys().next_back(),
        _ => ledger.open_work.keys().next(),
    };
    Ok(Some(match work {
        _ if !ledger.open_batches.is_empty() => Stopped::Batch,
        Some(work) => Stopped::Work(*work),
        None => Stopped::Act,
    }))
}

/// What the announced are sorted by.
pub(super) fn order(object: &ObjectRef) -> (&str, [u8; 32]) {
    (object.name.as_str(), object.blake3.0)
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

/// Of what was announced: what lies in the store with these bytes, which no event names and no document has; and what is
/// logged or came to nothing. To be asked when no batch is open. What waits for its batch, or for the work that goes on
/// with it, is neither.
pub(in crate::archive) fn left_over(store: &Store, announced: &[ObjectRef]) -> Result<[Vec<ObjectRef>; 2]> {
    let ledger = logged(store)?;
    let (mut left, mut settled) = (Vec::new(), Vec::new());
    for object in announced {
        let name = &object.name;
        let lies_there = match store.blake3(name) {
            Ok((found, _)) => found == object.blake3,
            Err(error) if error.kind() == ErrorKind::NotFound => false,
            Err(error) => return Err(error),
        };
        if !lies_there || ledger.logged(name.as_str())?.is_some() {
            settled.push(object.clone());
        } else if match Area::of(name) {
            Some(Area::Accessions | Area::Batches) => false,
            Some(Area::Manifests) => counts_for_nothing(store, name, &ledger)?,
            _ => true,
        } {
            left.push(object.clone());
        }
    }
    Ok([left, settled])
}

/// Whether a manifest is not the one that holds of its document.
fn counts_for_nothing(store: &Store, name: &ObjectName, ledger: &Ledger) -> Result<bool> {
    let Some((_, series)) = in_its_series(store, name) else { return Ok(false) };
    Ok(ledger.last_logged(&series)?.is_none_or(|last| name.as_str() < last.as_str()))
}

/// What stopped work on documents left, of what was announced.
pub(in crate::archive) fn half_done(store: &Store, announced: &[ObjectRef]) -> Result<HalfDone> {
    let ledger = logged(store)?;
    let mut documents = Vec::new();
    for ObjectRef { name, blake3 } in manifests(announced) {
        let lies_there = store.blake3(name).is_ok_and(|(found, _)| found == *blake3);
        if lies_there && let Some((document, _)) = half_done_by(store, name, &ledger)? {
            documents.push((document, name.clone()));
        }
    }
    Ok(HalfDone { work: ledger.open_work.into_keys().collect(), documents })
}
