//! Makes database and index anew from the object store alone, through the functions that wrote them first. What the log
//! does not name stays out; both are made beside those that are there, and put in their place when they are whole.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
};

use super::{
    App,
    app::{self, Stored, database, location},
    decide, events, head, journal,
    lock::{InPlace, Lock},
    log_key,
    restored::{self, PutAside},
    standing,
    stop::reached,
    stored, told,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{self, Accession, AccessionState, Archive, Area, How, Wrong},
    config::Config,
    error::{Context as _, Fold as _},
    index::Index,
    model::{BatchId, DocumentId, ItemId, RecordId},
    provenance::signed_size,
    register::{Batch, Completion, Item, ItemState, Outcome, Register},
    storage::{ObjectName, Store},
    tools::must_have_memory,
};

/// What was found in the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Counts {
    /// Batches.
    pub batches: usize,
    /// Submission items.
    pub items: usize,
    /// Documents.
    pub documents: usize,
    /// Decisions of people.
    pub decisions: usize,
    /// Objects that a register would follow from and that the log does not name: they were left out.
    pub left_out: Vec<ObjectName>,
    /// Originals and copies that are gone, or have another length than their manifests say: no register follows from them.
    pub without_bytes: Vec<ObjectName>,
    /// What lay beyond the log of a copy that was put back.
    pub put_aside: Option<PutAside>,
}

/// Where a rebuild works, in the data folder; with a number of its own behind it.
const WORKPLACE: &str = "rebuild.new-";
/// So many objects are named to people.
const NAMED: usize = 20;

/// Rebuilds a data folder. Database and index that are there are put aside, never overwritten, and stand untouched until
/// the new ones are whole. `restored_by` names who put the store back from a copy, to be taken up where that ends.
pub fn rebuild(data: &Path, config: &Config, restored_by: Option<&str>) -> Result<Counts> {
    if location(data, config)?.folder().is_some_and(|folder| !folder.is_dir()) {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no object store in `{}`", data.display()))
            .hint("restore the folder `store` first, or name a --store: everything else follows from it"));
    }
    must_have_memory(app::THREADS_BESIDE)?;
    std::fs::create_dir_all(data).fold(ErrorKind::Storage, || format!("cannot make `{}`", data.display()))?;
    let mut lock = Lock::or_refuse(data, config)?;
    let had_database = App::is_there(data);
    let _sole = InPlace::goes(data)?;
    let stored = Stored::open(data, config)?;
    lock.also_or_refuse(stored.archive.store(), &stored.location, config)?;
    let put_aside = match restored_by {
        Some(by) => restored::take_up(data, &stored.archive, by)?,
        None => None,
    };
    log_key::complete(data, stored.archive.store())?;
    app::must_be_own_log(data, stored.archive.store())?;
    // The database that is replaced may be the last that knows how far the log went. One that is damaged knows nothing.
    if let Some(old) = had_database.then(|| Register::open(&database(data)).ok()).flatten() {
        head::must_be_as_told(&old, stored.archive.store(), signed_size(stored.archive.store())?)?;
    }
    clear(data)?;
    let workplace = tempfile::Builder::new()
        .prefix(WORKPLACE)
        .tempdir_in(data)
        .fold(ErrorKind::Storage, || format!("cannot make a folder in `{}`", data.display()))?;
    let register = Register::scratch(&database(workplace.path()))?;
    let index = Index::open(&workplace.path().join("index"))?;
    let archive = stored.archive.clone();
    let mut app = App::beside(data, config.clone(), stored, register, index, lock)?;
    // Once what a stopped program had begun to log is logged.
    if !had_database {
        must_have_no_strays(data, &archive)?;
    }
    app.archive = archive.as_logged(&[])?;
    let mut counts = Counts { left_out: sound(&app.archive)?, put_aside, ..Counts::default() };
    reached("rebuild-begun");
    build(&app.archive, &app.register, &mut counts)?;
    for (document, _) in app.register.documents_as_read()? {
        if let Some(name) = app.archive.made_from_another(&document.id)? {
            return Err(another(&document.id, &name));
        }
        counts.without_bytes.extend(app.archive.without_bytes(&document.id)?);
    }
    reached("rebuild-database-made");
    app.index_what_is_missing()?;
    reached("rebuild-index-made");
    let (lock, ended) = app.into_lock();
    let made = std::fs::File::options().write(true).open(database(workplace.path()));
    made.and_then(|made| made.sync_all()).fold(ErrorKind::Storage, || "cannot flush the new database")?;
    put_in_place(data, workplace.path())?;
    if let Some((head, signer)) = ended {
        head::keep(data, &signer, &head)?;
    }
    // Into the folder that goes with the work: what is noted is so no more.
    std::fs::rename(standing::unfinished(data), workplace.path().join("unfinished"))
        .fold(ErrorKind::Storage, || "cannot note that the rebuild is done")?;
    drop(lock);
    Ok(counts)
}

/// Refuses a store in a folder that holds what neither its log nor the journal of the data folder tells of, before a database
/// is made where there was none: so a copy ends that was made while griffie worked, and what it holds of a decision or a
/// delivery would be left out.
fn must_have_no_strays(data: &Path, archive: &Archive) -> Result<()> {
    if archive.store().root().is_none() {
        return Ok(());
    }
    let announced = journal::said_in(data, &told::keys_that_count(data, archive.store())?)?;
    let is_own = |name: &ObjectName| announced.iter().any(|object| object.name == *name);
    let mut strays: Vec<ObjectName> = archive.unlogged()?.into_iter().filter(|name| !is_own(name)).collect();
    if strays.is_empty() {
        return Ok(());
    }
    // People's decisions first.
    strays.sort_by_key(|name| (Area::of(name) != Some(Area::Decisions), name.to_string()));
    let count = strays.len();
    let mut names: Vec<_> = strays.iter().take(NAMED).map(|name| format!("`{name}`")).collect();
    if count > NAMED {
        names.push("…".to_owned());
    }
    let names = names.join(", ");
    Err(Error::new(
        ErrorKind::FixityMismatch,
        format!(
            "{count} objects are in the store that neither its log nor this data folder tells of, and a register made now \
             would leave them out: {names}"
        ),
    )
    .hint(
        "nothing was made. If the store was put back from a copy (a backup), give `griffie rebuild --restored --by NAME`: it \
         takes the log up where the copy ends, puts these aside and names the decisions among them. If somebody laid them \
         there, put them aside yourself",
    )
    .dutch(format!(
        "van {count} objecten in de opslag weet het logboek niet en deze gegevensmap niet, en een register zou ze nu weglaten: \
         {names}; er is niets gemaakt. Is de opslag teruggezet uit een kopie (een back-up), geef dan `griffie rebuild --restored \
         --by NAAM`: die gaat verder waar de kopie eindigt, legt deze opzij en noemt de besluiten eronder. Legde iemand ze daar, \
         leg ze dan zelf opzij"
    )))
}

/// Refuses an archive of which the log names what is gone or changed: no part of a register is made as if it were all.
/// Gives what the log does not name.
fn sound(archive: &Archive) -> Result<Vec<ObjectName>> {
    let (unlogged, wrong): (Vec<_>, Vec<_>) =
        archive.against_log()?.into_iter().partition(|wrong| wrong.how == How::Unlogged);
    if wrong.is_empty() {
        // Words and findings that no document has yet count for nothing.
        let counts = |name: &ObjectName| !["readings", "findings"].contains(&name.folder());
        return Ok(unlogged.into_iter().map(|wrong| wrong.name).filter(counts).collect());
    }
    let told = |gone: &str, changed: &str, more: &str| {
        let one =
            |Wrong { name, how }: &Wrong| format!("`{name}` {}", if *how == How::Missing { gone } else { changed });
        let mut told: Vec<_> = wrong.iter().take(NAMED).map(one).collect();
        if wrong.len() > NAMED {
            told.push(format!("{more} {}", wrong.len() - NAMED));
        }
        told.join("; ")
    };
    let en = told("is gone", "has other bytes than the log says", "and so many more:");
    let nl = told("is weg", "heeft andere bytes dan het logboek zegt", "en nog eens");
    Err(Error::new(
        ErrorKind::FixityMismatch,
        format!("the register cannot be made whole, so it stays as it was: {en}"),
    )
    .hint("restore these objects from a copy of the store, then give `griffie rebuild` again")
    .dutch(format!(
        "het register kan niet heel worden gemaakt en blijft zoals het was: {nl}; zet die objecten terug uit een kopie \
             van de opslag, en geef nog eens `griffie rebuild`"
    )))
}

fn another(id: &DocumentId, name: &ObjectName) -> Error {
    Error::new(
        ErrorKind::FixityMismatch,
        format!("`{id}` names `{name}`, which was made from another document: the register stays as it was"),
    )
    .hint("somebody with the key of the log wrote it: run `griffie verify`, and restore the store from a copy")
    .dutch(format!(
        "`{id}` noemt `{name}`, dat uit een ander document is gemaakt; het register blijft zoals het was: iemand met de sleutel \
         van het logboek schreef het; geef `griffie verify`, en zet de opslag terug uit een kopie"
    ))
}

/// Fills an empty register with what an archive tells.
pub(super) fn build(archive: &Archive, register: &Register, counts: &mut Counts) -> Result<()> {
    let batches = archive.batches()?;
    for id in &batches {
        let accessions = accessions(archive, id)?;
        let id = id.clone();
        let batch = match archive.batch(&id)? {
            Some(batch) => Batch { id, started: batch.started, finished: Some(batch.finished), paths: batch.paths },
            // It was stopped: when it began is known by its first item, what was handed over is not.
            None => {
                let Some(started) = accessions.iter().map(|accession| accession.accessioned).min() else { continue };
                Batch { id, started, finished: None, paths: Vec::new() }
            }
        };
        register.begin_batch(&batch)?;
        counts.batches += 1;
        counts.items += accessions.len();
        register.restore_items(&with_containers(accessions.iter().map(stored::item).collect()))?;
    }
    // Originals before their duplicates, which may lie in a batch that comes first.
    for duplicates in [false, true] {
        for id in &batches {
            for accession in accessions(archive, id)? {
                if (accession.state == AccessionState::Duplicate) == duplicates {
                    let outcome = stored::outcome(archive, &accession)?;
                    if let Outcome::Archived { documents, .. } = &outcome {
                        counts.documents += documents.len();
                    }
                    let completion = Completion { item: accession.item, outcome, events: Vec::new() };
                    register.restore_completions(&[completion])?;
                }
            }
        }
    }
    for series in archive.decisions()? {
        for decision in series?.1 {
            let name = archive::name::numbered(archive::Area::Decisions, decision.record.as_str(), decision.number);
            let row = decide::row(decision).doing(|| format!("failed to read `{name}`"))?;
            register.add_decision(&row, &[])?;
            counts.decisions += 1;
        }
    }
    Ok(())
}

/// Items with the containers that they came out of. A run that was stopped before a container had its state left no
/// accession of it: its place is kept, without one.
fn with_containers(items: Vec<Item>) -> Vec<Item> {
    let known: BTreeSet<ItemId> = items.iter().map(|item| item.id.clone()).collect();
    let mut taken: BTreeSet<u32> = items.iter().map(|item| item.ordinal).collect();
    let mut stopped = BTreeMap::new();
    for item in &items {
        let Some(parent) = item.parent.as_ref().filter(|parent| !known.contains(*parent)) else { continue };
        if stopped.contains_key(parent) {
            continue;
        }
        // Before its members, as it was set aside, where there is room.
        let before = (0..item.ordinal).rev().find(|ordinal| !taken.contains(ordinal));
        let ordinal = before.unwrap_or_else(|| taken.last().map_or(0, |last| last + 1));
        taken.insert(ordinal);
        let around = item.member.as_deref().and_then(|member| member.rsplit_once('!'));
        let container = Item {
            id: parent.clone(),
            ordinal,
            member: around.map(|(container, _)| container.to_owned()),
            parent: None,
            document: DocumentId::random(),
            record: RecordId::random(),
            state: ItemState::Pending,
            reason: None,
            digests: None,
            ..item.clone()
        };
        stopped.insert(parent.clone(), container);
    }
    stopped.into_values().chain(items).collect()
}

/// What became of the items of a batch, in the order in which they were found.
fn accessions(archive: &Archive, batch: &BatchId) -> Result<Vec<Accession>> {
    let mut accessions = archive.accessions(batch)?;
    accessions.sort_by_key(|accession| accession.ordinal);
    Ok(accessions)
}

/// What the database that is there has still to tell the log goes along: else what it tells of would be unlogged for
/// ever. One that cannot be read has nothing to tell, and what nobody sealed was laid there by other means.
pub(super) fn take_over_events(data: &Path, store: &Store, register: &Register) -> Result<()> {
    if !database(data).is_file() {
        return Ok(());
    }
    let keys = told::keys_that_count(data, store)?;
    match Register::open(&database(data)).and_then(|old| told::waiting(&old, &keys, u32::MAX)) {
        Ok(waiting) => register.add_events(&waiting.own.iter().map(events::outbox).collect::<Vec<_>>()),
        Err(error) => {
            tracing::warn!("the database that is there cannot be read, and is put aside: {error}");
            Ok(())
        }
    }
}

/// Puts database and index aside, under names that nothing has, and those that were made in their place. Until the note
/// that is written first is gone again, no command works with what is there.
fn put_in_place(data: &Path, workplace: &Path) -> Result<()> {
    let failed = || format!("cannot put the new database in its place in `{}`", data.display());
    std::fs::File::create(standing::unfinished(data))
        .and_then(|note| note.sync_all())
        .fold(ErrorKind::Storage, failed)?;
    flush(data)?;
    let database = ["griffie.sqlite", "griffie.sqlite-wal", "griffie.sqlite-shm"];
    let names = || database.into_iter().chain(["index"]);
    for name in names() {
        let from = data.join(name);
        if from.try_exists().fold(ErrorKind::Storage, failed)? {
            std::fs::rename(&from, aside(data, name))
                .fold(ErrorKind::Storage, || format!("cannot put `{}` aside", from.display()))?;
        }
    }
    flush(data)?;
    reached("rebuild-put-aside");
    for name in names() {
        let made = workplace.join(name);
        if made.try_exists().fold(ErrorKind::Storage, failed)? {
            std::fs::rename(&made, data.join(name)).fold(ErrorKind::Storage, failed)?;
        }
    }
    flush(data)?;
    reached("rebuild-in-place");
    Ok(())
}

fn aside(data: &Path, name: &str) -> PathBuf {
    let mut free = (1..).map(|number| data.join(format!("{name}.before-rebuild-{number}")));
    free.find(|path| matches!(path.try_exists(), Ok(false)))
        .unwrap_or_else(|| data.join(format!("{name}.before-rebuild")))
}

fn flush(folder: &Path) -> Result<()> {
    std::fs::File::open(folder)
        .and_then(|folder| folder.sync_all())
        .fold(ErrorKind::Storage, || format!("cannot flush `{}`", folder.display()))
}

/// Removes the work of rebuilds that were stopped: the lock is held, so nobody is at it.
#[expect(clippy::disallowed_methods, reason = "what is removed here was made here, from the store, and never counted")]
fn clear(data: &Path) -> Result<()> {
    let failed = || format!("cannot look into `{}`", data.display());
    for entry in std::fs::read_dir(data).fold(ErrorKind::Storage, failed)? {
        let entry = entry.fold(ErrorKind::Storage, failed)?;
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(WORKPLACE));
        if is_ours && entry.file_type().fold(ErrorKind::Storage, failed)?.is_dir() {
            std::fs::remove_dir_all(entry.path())
                .fold(ErrorKind::Storage, || format!("cannot clear `{}`", entry.path().display()))?;
        }
    }
    Ok(())
}
