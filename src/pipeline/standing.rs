//! Whether a data folder's database is that of its store. It is not where it was lost and begun anew, where it was put
//! back from an older copy, or where a griffie with another data folder wrote to the store: then nothing is taken in
//! twice, and no part of a register is shown as if it were all.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::head;
use crate::{
    Error, ErrorKind, Result,
    archive::{Archive, TOLERANCE, is_of_register},
    config::Config,
    error::Fold as _,
    provenance::{Event, entries, signed_size, tiles},
    register::Register,
    storage::Location,
};

/// Clocks are set right by this much without a word.
const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// Is there from when a rebuild begins to put its work in place until it is done.
const UNFINISHED: &str = "rebuild.unfinished";

/// Refuses a data folder in which a rebuild was stopped while it put its work in place.
pub(super) fn must_be_finished(data: &Path) -> Result<()> {
    let mark = data.join(UNFINISHED);
    let there = mark.try_exists().fold(ErrorKind::Storage, || format!("cannot look for `{}`", mark.display()))?;
    if !there {
        return Ok(());
    }
    Err(Error::new(ErrorKind::Conflict, format!("a rebuild of `{}` was not finished", data.display()))
        .hint("give `griffie rebuild` again: nothing is lost")
        .dutch(format!(
            "een herbouw van `{}` is niet afgemaakt: geef nog eens `griffie rebuild`, er is niets verloren",
            data.display()
        )))
}

/// The file that says so.
pub(super) fn unfinished(data: &Path) -> std::path::PathBuf {
    data.join(UNFINISHED)
}

/// Refuses to begin a database beside a store that holds something already.
pub(super) fn must_be_empty(archive: &Archive, location: &Location) -> Result<()> {
    let (documents, events) = (archive.count_documents()?, signed_size(archive.store())?);
    if documents == 0 && events == 0 { Ok(()) } else { Err(unknown(location, documents, 0, events)) }
}

/// Refuses a database that does not know all that the log of its store tells of. A log that cannot be read is for
/// `verify` to name, and for those who write to it.
pub(super) fn must_know(register: &Register, archive: &Archive, location: &Location, data: &Path) -> Result<()> {
    match knows(register, archive, location, data) {
        Err(error) if error.kind() != ErrorKind::Conflict => Ok(()),
        known => known,
    }
}

fn knows(register: &Register, archive: &Archive, location: &Location, data: &Path) -> Result<()> {
    // The log first: what it has, this database's outbox had before, unless somebody else wrote it.
    let size = signed_size(archive.store())?;
    let empty = register.is_empty()?;
    let known = match register.logged_until()? {
        // What was there before it was made it has from the store, whichever of those events it was told of again.
        Some(until) => until.max(register.log_begin()?.unwrap_or(0)),
        // It was rebuilt and has told nothing since.
        None if !empty || archive.count_documents()? == 0 => {
            head::of(data, archive.store())?.map_or(0, |noted| noted.head.size)
        }
        None => 0,
    };
    for entry in entries(archive.store(), known, size) {
        let (_, _, event) = entry?;
        if lacks(register, &event)? {
            return Err(unknown(location, archive.count_documents()?, register.documents()?.len(), size));
        }
    }
    // A database that was begun anew beside a store tells the log of itself from then on, and lacks what was before.
    let lacks_a_batch = |archive: &Archive| -> Result<bool> {
        let batches = archive.finished_batches()?;
        Ok(batches.iter().map(|batch| register.has_batch(batch)).collect::<Result<Vec<_>>>()?.contains(&false))
    };
    let strange = empty && size == 0 && archive.count_documents()? > 0;
    if strange || lacks_a_batch(archive)? && lacks_a_batch(&archive.as_logged(&[])?)? {
        return Err(unknown(location, archive.count_documents()?, register.documents()?.len(), size));
    }
    Ok(())
}

/// Whether something of a register follows from an event that its own database does not know.
pub(super) fn lacks(register: &Register, event: &Event) -> Result<bool> {
    Ok(is_of_register(event) && !register.has_event(&event.id)?)
}

/// The refusal of a database that lacks what another data folder logged.
pub(super) fn another_wrote(register: &Register, archive: &Archive, location: &Location) -> Result<Error> {
    let size = signed_size(archive.store())?;
    Ok(unknown(location, archive.count_documents()?, register.documents()?.len(), size))
}

/// Refuses to go on with a clock that stands before what the log tells of last: what it would date stands for ever. What
/// `verify` would not call back-dated is said, and no more. A check of the store takes any clock: it must always be told.
pub(super) fn must_be_in_time(archive: &Archive, now: Timestamp, config: &Config) -> Result<()> {
    let size = signed_size(archive.store())?;
    let (mut times, mut wrong) = (Vec::new(), Vec::new());
    for entry in entries(archive.store(), size.saturating_sub(tiles::WIDTH), size) {
        let (place, _, event) = entry?;
        wrong.extend(event.wrong_clock(place).map(|note| note.event..=note.last));
        times.push((place, event.at));
    }
    // Of what a person said that the clock was wrong then, the time tells nothing.
    let latest = times
        .into_iter()
        .filter(|(place, _)| !wrong.iter().any(|places| places.contains(place)))
        .map(|(_, at)| at)
        .max();
    let Some(latest) = latest.filter(|latest| latest.duration_since(now) > SLACK && !config.clock_is_right) else {
        return Ok(());
    };
    let (en, nl) = (
        format!("the clock of this machine stands at {now}, and the log tells of {latest}"),
        format!("de klok van deze machine staat op {now}, en het logboek vertelt al van {latest}"),
    );
    if latest.duration_since(now) <= TOLERANCE {
        tracing::warn!("{}", config.language.say(nl, en));
        return Ok(());
    }
    Err(Error::new(ErrorKind::Refused, en)
        .hint(
            "set the clock right: nothing was stored. If it is right, and was wrong then, give the command once more with \
             --clock-is-right; `griffie verify` tells of the gap for ever",
        )
        .dutch(format!(
            "{nl}: zet de klok goed, er is niets opgeslagen; staat hij goed, en stond hij toen verkeerd, geef de opdracht dan \
             nog eens met --clock-is-right; `griffie verify` vertelt altijd van het gat"
        )))
}

fn unknown(location: &Location, there: usize, known: usize, events: u64) -> Error {
    let (en, nl) = match known {
        _ if there == 0 => (
            format!("the store `{location}` has a log of {events} events that this data folder does not know"),
            format!(
                "de opslag `{location}` heeft een logboek van {events} gebeurtenissen dat deze gegevensmap niet kent"
            ),
        ),
        0 => (
            format!("the store `{location}` holds {there} documents, this data folder knows none of them"),
            format!("de opslag `{location}` bevat {there} documenten, deze gegevensmap kent er geen van"),
        ),
        _ => (
            format!(
                "another griffie wrote to the store `{location}`: it holds {there} documents and a log of {events} \
                 events; this data folder knows {known} documents, and not all of those events"
            ),
            format!(
                "een andere griffie schreef in de opslag `{location}`: die bevat {there} documenten en een logboek van \
                 {events} gebeurtenissen; deze gegevensmap kent {known} documenten, en niet al die gebeurtenissen"
            ),
        ),
    };
    Error::new(ErrorKind::Conflict, en)
        .hint("give `griffie rebuild`: it makes the database anew from the store, and takes nothing in twice")
        .dutch(format!(
            "{nl}: geef `griffie rebuild`, dat maakt de database opnieuw uit de opslag en neemt niets dubbel op"
        ))
}
