//! Work on documents that are in the archive already: said in the log when it begins and when it ends, and completed by
//! the next command where it was stopped on the way.

use std::collections::BTreeSet;

use super::{
    App, events,
    stop::reached,
    stored::{self, document},
};
use crate::{
    Error, ErrorKind, Result,
    archive::{HalfDone, Manifest},
    model::DocumentId,
    provenance::Work,
    storage::ObjectName,
};

/// What a stopped command left, completed.
#[derive(Default)]
pub(super) struct Completed {
    /// The work that was stopped, and is to be ended.
    pub open: BTreeSet<Work>,
    /// The manifests that had been stored, and are told of now.
    pub manifests: Vec<(Work, Manifest)>,
}

/// Completes what stopped work left half done: a manifest that is stored holds, and is told to register and log.
pub(super) fn complete(app: &App) -> Result<Completed> {
    let HalfDone { work, documents } = app.archive.half_done()?;
    let mut manifests = Vec::new();
    for (id, name) in documents {
        let series = app.archive.named_manifests(&id)?;
        let Some(place) = series.iter().position(|(its, _)| *its == name) else { continue };
        let before = place.checked_sub(1).map(|before| &series[before].1);
        let manifest = &series[place].1;
        let work = complete_one(app, &id, &name, before, manifest)?;
        manifests.push((work, manifest.clone()));
    }
    app.log_waiting_events()?;
    Ok(Completed { open: work, manifests })
}

fn complete_one(
    app: &App,
    id: &DocumentId,
    name: &ObjectName,
    before: Option<&Manifest>,
    manifest: &Manifest,
) -> Result<Work> {
    let known = before.map(Manifest::refers_to).unwrap_or_default();
    let mut objects = Vec::new();
    for object in manifest.refers_to().into_iter().filter(|object| !known.contains(object)) {
        objects.push(app.archive.stored(object)?);
    }
    objects.push(app.archive.stored(name.clone())?);
    let row = document(manifest);
    if before.is_some_and(|before| before.findings.len() == manifest.findings.len()) {
        let event = events::copied(manifest, row.archival_copy, &objects);
        app.register.set_archival_copy(id, row.archival_copy, &[event])?;
        return Ok(Work::Copying);
    }
    let found = stored::restored_document(&app.archive, manifest)?
        .findings
        .ok_or_else(|| Error::new(ErrorKind::FixityMismatch, format!("the manifest of `{id}` names no findings")))?;
    app.register.add_findings(id, row.role, &found, &[events::reread(manifest, &objects)])?;
    Ok(Work::Rereading)
}

/// Does work, and says in the log when it begins and ends.
pub(super) fn within<T>(app: &App, work: Work, perform: impl FnOnce() -> Result<T>) -> Result<T> {
    app.register.add_events(&[events::boundary(work, true, app.clock.now())])?;
    app.log_waiting_events()?;
    reached(match work {
        Work::Copying => "copying-begun",
        Work::Rereading => "rereading-begun",
    });
    let done = perform();
    // After any other error something may be stored that is not noted.
    if done.as_ref().err().is_none_or(|error| error.kind() == ErrorKind::Interrupted) {
        app.log_waiting_events()?;
        // What an open batch left is for the run that goes on with it.
        if app.register.open_batches()?.is_empty() {
            let now = app.clock.now();
            stored::log_left_over(app, events::STORE, now)?;
            app.register.add_events(&[events::boundary(work, false, now)])?;
            app.log_waiting_events()?;
        }
    }
    done
}
