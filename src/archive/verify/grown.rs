//! A store by itself, checked while somebody writes into it: what came to be logged meanwhile is no finding, and what is a
//! few minutes old may yet be. Where the data folder is at hand it is asked instead.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{FindingKind, Findings, beside::is_newer};
use crate::{
    Result,
    model::Blake3,
    provenance::{
        entries, proof,
        tiles::{self, LOG, SUCCESSORS},
    },
    storage::{ObjectName, Store},
};

/// A document is read, copied and logged within this time, but for the largest.
pub(super) const SOON: Duration = Duration::from_secs(600);

/// Looks again at what was found and may be the work of this moment. The log had so many events when it was gone through.
pub(super) fn settle(store: &Store, events: u64, now: Timestamp, findings: &mut Findings) -> Result<()> {
    let may_be_new = |kind: FindingKind, what: &str| match kind {
        FindingKind::UnloggedObject | FindingKind::MissingCheckpoint => true,
        FindingKind::MissingTile | FindingKind::MissingEntries => !what.starts_with(SUCCESSORS),
        FindingKind::ForeignObject => what.starts_with(LOG),
        _ => false,
    };
    let found: Vec<(FindingKind, String)> =
        findings.found.keys().filter(|(kind, what)| may_be_new(*kind, what)).cloned().collect();
    if found.is_empty() {
        return Ok(());
    }
    // A log that cannot be read on has nothing to add.
    let signed = proof::head(store).map_or(0, |head| head.checkpoint.size);
    let end = signed.max(events);
    let logged = logged_since(store, events, end);
    for (kind, what) in found {
        let Ok(name) = what.parse::<ObjectName>() else { continue };
        let is_logged = match kind {
            FindingKind::UnloggedObject => {
                logged.get(&name).is_some_and(|blake3| store.blake3(&name).is_ok_and(|(found, _)| found == *blake3))
            }
            // The next check goes through what was appended meanwhile.
            FindingKind::ForeignObject => tiles::told_by(&name).is_some_and(|told| told > events && told <= end),
            _ => end > events && store.head(&name)?.is_some() && is_newer(store.changed(&name), SOON, now),
        };
        if is_logged {
            findings.found.remove(&(kind, what));
            continue;
        }
        let newest = match kind {
            FindingKind::MissingCheckpoint | FindingKind::MissingTile | FindingKind::MissingEntries => {
                let width = events % tiles::WIDTH;
                let full =
                    if width == 0 { events / tiles::WIDTH - u64::from(events > 0) } else { events / tiles::WIDTH };
                tiles::bundle_name(full, if width == 0 { tiles::WIDTH } else { width })
            }
            _ => name.clone(),
        };
        // A checkpoint is written after the tiles and bundles of its append: what it tells of is not on its way.
        let is_at_the_end = match kind {
            FindingKind::MissingCheckpoint => what == tiles::checkpoint_name(events).as_str(),
            FindingKind::MissingTile | FindingKind::MissingEntries => {
                tiles::told_by(&name).is_none_or(|told| told > signed)
            }
            _ => true,
        };
        if is_at_the_end && is_newer(store.changed(&newest), SOON, now) {
            findings.found.remove(&(kind, what.clone()));
            let nl = "nog niet vastgelegd: het is van de laatste minuten, dus er wordt aan gewerkt, of dat stopte net; controleer \
                      later nog eens";
            let en = "not logged yet: it is of the last minutes, so somebody is at work on it, or was stopped just now; check \
                      again later";
            findings.unfinished(what, nl, en);
        }
    }
    Ok(())
}

/// What the events name that were logged since.
fn logged_since(store: &Store, begin: u64, end: u64) -> BTreeMap<ObjectName, Blake3> {
    let mut logged = BTreeMap::new();
    for (_, _, event) in entries(store, begin, end).map_while(Result::ok) {
        logged.extend(event.objects.into_iter().map(|object| (object.name, object.blake3)));
    }
    logged
}
