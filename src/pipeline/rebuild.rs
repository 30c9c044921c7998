//! Makes database and index anew from the object store alone, through the functions that wrote them first.

use std::path::Path;

use super::{App, app::location, decide, stored};
use crate::{
    Error, ErrorKind, Result,
    archive::{Accession, AccessionState},
    config::Config,
    error::Fold as _,
    model::BatchId,
    register::{Batch, Completion, Outcome},
};

/// What was found in the store.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Batches.
    pub batches: usize,
    /// Submission items.
    pub items: usize,
    /// Documents.
    pub documents: usize,
    /// Decisions of people.
    pub decisions: usize,
}

/// Rebuilds a data folder. A database that is there is put aside, never overwritten.
pub fn rebuild(data: &Path, config: &Config) -> Result<Counts> {
    if location(data, config)?.folder().is_some_and(|folder| !folder.is_dir()) {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no object store in `{}`", data.display()))
            .hint("restore the folder `store` first, or name a --store: everything else follows from it"));
    }
    put_aside(data)?;
    let app = App::open_anew(data, config.clone())?;
    let mut counts = Counts::default();
    let batches = app.archive.batches()?;
    for id in &batches {
        let accessions = accessions(&app, id)?;
        let id = id.clone();
        let batch = match app.archive.batch(&id)? {
            Some(batch) => Batch { id, started: batch.started, finished: Some(batch.finished), paths: batch.paths },
            // It was stopped: when it began is known by its first item, what was handed over is not.
            None => {
                let Some(started) = accessions.iter().map(|accession| accession.accessioned).min() else { continue };
                Batch { id, started, finished: None, paths: Vec::new() }
            }
        };
        app.register.begin_batch(&batch)?;
        counts.batches += 1;
        counts.items += accessions.len();
        let items: Vec<_> = accessions.iter().map(stored::item).collect();
        app.register.restore_items(&items)?;
    }
    // Originals before their duplicates, which may lie in a batch that comes first.
    for duplicates in [false, true] {
        for id in &batches {
            for accession in accessions(&app, id)? {
                if (accession.state == AccessionState::Duplicate) == duplicates {
                    let outcome = stored::outcome(&app, &accession)?;
                    if let Outcome::Archived { documents, .. } = &outcome {
                        counts.documents += documents.len();
                    }
                    let completion = Completion { item: accession.item, outcome, events: Vec::new() };
                    app.register.complete_items(&[completion])?;
                }
            }
        }
    }
    for series in app.archive.decisions()? {
        for decision in series?.1 {
            app.register.add_decision(&decide::row(decision)?, &[])?;
            counts.decisions += 1;
        }
    }
    app.index_what_is_missing()?;
    Ok(counts)
}

/// What became of the items of a batch, in the order in which they were found.
fn accessions(app: &App, batch: &BatchId) -> Result<Vec<Accession>> {
    let mut accessions = app.archive.accessions(batch).collect::<Result<Vec<_>>>()?;
    accessions.sort_by_key(|accession| accession.ordinal);
    Ok(accessions)
}

/// Moves the database, if there is one, to a name that nothing has. The index is made anew where it is behind.
fn put_aside(data: &Path) -> Result<()> {
    for name in ["griffie.sqlite", "griffie.sqlite-wal", "griffie.sqlite-shm"] {
        let from = data.join(name);
        if !from.is_file() {
            continue;
        }
        let free = (1..).map(|number| data.join(format!("{name}.before-rebuild-{number}")));
        let Some(to) = free.into_iter().find(|path| matches!(path.try_exists(), Ok(false))) else { continue };
        std::fs::rename(&from, &to).fold(ErrorKind::Storage, || format!("cannot put `{}` aside", from.display()))?;
    }
    Ok(())
}
