//! What is done to the store and the log as a whole: probes, lengthening of retentions, time-stamps. Each is told to
//! the log.

use jiff::Timestamp;

use super::{App, events};
use crate::{
    Error, ErrorKind, Result, archive,
    error::Fold as _,
    provenance::{
        Event, KeyChange, checkpoints, keys,
        proof::{self, Head},
        timestamp::{Response, TimeStamp},
    },
    storage::{Extended, Probe},
};

/// Probes the store; the result becomes an object and an event.
pub fn probe(app: &App) -> Result<Probe> {
    let probe = app.archive.store().probe(app.location.to_string(), app.clock.now())?;
    let stored = app.archive.put_probe(&archive::Probe::from(&probe))?;
    app.register.add_events(&[events::probed(&probe, &stored)])?;
    app.log_waiting_events()?;
    Ok(probe)
}

/// Lengthens the retentions that end within so many days.
pub fn extend(app: &App, within_days: u16) -> Result<Extended> {
    let now = app.clock.now();
    let extended = app.archive.store().extend_retention(days_after(now, within_days)?, now)?;
    app.register.add_events(&[events::extended(&extended, now)])?;
    app.log_waiting_events()?;
    Ok(extended)
}

/// Keeps a time-stamp on a checkpoint of the log. Which one it is about is found, newest first.
pub fn keep_timestamp(app: &App, response: &Response, bytes: Vec<u8>) -> Result<(Head, TimeStamp)> {
    let store = app.archive.store();
    for size in checkpoints(store)?.into_iter().rev() {
        let head = proof::checkpoint(store, size)?;
        if response.is_about(head.note.as_bytes()) {
            let stamp = response.proves(head.note.as_bytes())?;
            let stored = app.archive.put_timestamp(size, bytes)?;
            app.register.add_events(&[events::stamped(size, &stamp, app.clock.now(), &stored)])?;
            app.log_waiting_events()?;
            return Ok((head, stamp));
        }
    }
    Err(Error::new(ErrorKind::NotFound, "the time-stamp is about no checkpoint of this log")
        .hint("`griffie log timestamp --request FILE` writes a request that is"))
}

/// Says in the log that a clock was wrong when an event was logged, or one before it; of all from one to another where both
/// are given (`FIRST..LAST`, or `FIRST..` for all up to now). Gives the places of the first and the last.
pub fn clock_was_wrong(app: &App, what: &str, by: &str) -> Result<(u64, u64)> {
    let by = named(by)?;
    let store = app.archive.store();
    let size = proof::head(store)?.checkpoint.size;
    let (first, last) = what.split_once("..").unwrap_or((what, what));
    let first = proof::find(store, size, first)?;
    let last = if last.is_empty() { size.saturating_sub(1) } else { proof::find(store, size, last)? };
    if last < first {
        return Err(Error::new(ErrorKind::InvalidInput, format!("event {last} came before event {first}"))
            .hint("name the first and then the last: FIRST..LAST")
            .dutch(format!("gebeurtenis {last} kwam voor gebeurtenis {first}: noem de eerste en dan de laatste")));
    }
    tell(app, &Event::of_wrong_clock(first, last, by, app.clock.now()))?;
    Ok((first, last))
}

/// Says in the log that a change of its key which the old key did not sign was the keeper's own. Said again it stands once.
pub fn accept_key(app: &App, place: u64, by: &str) -> Result<KeyChange> {
    let by = named(by)?;
    let changed = || -> Result<KeyChange> {
        let chain = keys::chain_of(app.archive.store())?;
        let change = chain.changes().iter().find(|change| change.event == place && !change.signed_by_old).cloned();
        change.ok_or_else(|| {
            let message = format!("event {place} is no change of the log's key that the old key did not sign");
            Error::new(ErrorKind::NotFound, message)
                .hint("`griffie verify` names the event of each such change")
                .dutch(format!(
                    "gebeurtenis {place} is geen wisseling van de sleutel die de oude niet ondertekende: `griffie verify` \
                     noemt de gebeurtenis van elke zulke wisseling"
                ))
        })
    };
    let change = changed()?;
    if change.is_unproven() {
        tell(app, &Event::of_accepted_key(&change, by, app.clock.now()))?;
    }
    changed()
}

/// The name of whoever says something of the log.
fn named(by: &str) -> Result<&str> {
    let by = by.trim();
    match by.is_empty() {
        true => Err(Error::new(ErrorKind::InvalidInput, "it takes the name of whoever says so").hint("give --by NAME")),
        false => Ok(by),
    }
}

fn tell(app: &App, event: &Event) -> Result<()> {
    app.register.add_events(&[events::outbox(event)])?;
    app.log_waiting_events()
}

fn days_after(now: Timestamp, days: u16) -> Result<Timestamp> {
    now.checked_add(jiff::SignedDuration::from_hours(24 * i64::from(days)))
        .fold(ErrorKind::InvalidInput, || format!("{days} days from now is no date"))
}
