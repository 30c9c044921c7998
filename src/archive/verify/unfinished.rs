//! Tells what a stopped run left behind from damage. An object without an event is unfinished only while the signed log
//! says that a batch is begun and not closed, if the object is what its name says and changes the meaning of nothing
//! that is logged; everything else without an event stays a finding.

use super::{Findings, ledger::Ledger};
use crate::{
    Result,
    archive::{Accession, Area, Batch, Format, Manifest, name, reading_v1},
    model::Blake3,
    provenance::{ObjectRef, checkpoints, entries},
    storage::{ObjectName, Store},
};

/// Whether an object that the log does not name, with bytes of this digest, waits for a stopped run to be gone on with.
pub(super) fn is(store: &Store, name: &ObjectName, found: &Blake3, ledger: &Ledger, log: &Findings) -> Result<bool> {
    if ledger.lost_events > 0 || log.of_log() {
        return Ok(false);
    }
    if ledger.unsigned.get(name.as_str()) == Some(found) {
        return Ok(true);
    }
    if ledger.open_batches.is_empty() {
        return Ok(false);
    }
    Ok(match Area::of(name) {
        Some(Area::Accessions) => {
            let accession = store.get(name).ok().and_then(|bytes| Accession::decode(&bytes).ok());
            accession.is_some_and(|accession| {
                ledger.open_batches.contains(accession.batch.as_str())
                    && name::accession(&accession.batch, &accession.item) == *name
            })
        }
        Some(Area::Batches) => {
            let batch = store.get(name).ok().and_then(|bytes| Batch::decode(&bytes).ok());
            batch.is_some_and(|receipt| {
                ledger.open_batches.contains(receipt.batch.as_str()) && name::batch(&receipt.batch) == *name
            })
        }
        _ => counts_for_nothing(store, name, ledger)?,
    })
}

/// Whether an object that the log does not name is what its name says and belongs to no document: bytes under their
/// digest, results under their key, and manifests that are not the one that holds.
fn counts_for_nothing(store: &Store, name: &ObjectName, ledger: &Ledger) -> Result<bool> {
    let bytes = || store.get(name).ok();
    Ok(match Area::of(name) {
        Some(area @ (Area::Originals | Area::Renditions)) => {
            let Ok(digest) = name.last().parse::<Blake3>() else { return Ok(false) };
            let right = if area == Area::Originals { name::original(&digest) } else { name::rendition(&digest) };
            right == *name && store.digests(name)?.blake3 == digest
        }
        Some(Area::Readings) => bytes()
            .and_then(|bytes| reading_v1::recipe(&bytes).ok())
            .is_some_and(|recipe| name::reading(&recipe.key()) == *name),
        Some(Area::Findings) => bytes()
            .and_then(|bytes| crate::archive::Findings::decode(&bytes).ok())
            .is_some_and(|findings| name::findings(&findings.recipe.key()) == *name),
        Some(Area::Manifests) => {
            let Some(manifest) = bytes().and_then(|bytes| Manifest::decode(&bytes).ok()) else { return Ok(false) };
            let series = Area::Manifests.folder_of(manifest.document.as_str());
            let in_series = name.as_str().strip_prefix(&series).is_some_and(|rest| rest.starts_with('/'));
            in_series && ledger.last_logged(&series)?.is_none_or(|last| name.as_str() < last.as_str())
        }
        _ => false,
    })
}

/// The objects that a stopped run left, which no event names and no document has. To be asked when no batch is open.
pub(in crate::archive) fn left_over(store: &Store) -> Result<Vec<ObjectRef>> {
    let mut ledger = Ledger::open(None)?;
    let mut findings = Findings::new(crate::model::Language::English);
    ledger.take_stock(store.list(""), &mut findings)?;
    let size = checkpoints(store)?.last().copied().unwrap_or(0);
    for entry in entries(store, 0, size) {
        let (index, _, event) = entry?;
        for object in &event.objects {
            ledger.name(&object.name, Some((&object.blake3, None)), &index.to_string())?;
        }
    }
    let mut left = Vec::new();
    for text in ledger.unnamed()? {
        let name: ObjectName = text.parse()?;
        if counts_for_nothing(store, &name, &ledger)? {
            let blake3 = store.digests(&name)?.blake3;
            left.push(ObjectRef { name, blake3 });
        }
    }
    Ok(left)
}
