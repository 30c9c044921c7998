//! Provenance events on their way to the log: written in the transaction of what they tell of, taken in order, and
//! marked with their place in the log once they stand there.

use rusqlite::{Transaction, params};

use super::{Db as _, Register};
use crate::Result;

/// An event as the log will hold it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its id; the same event twice is one event.
    pub id: String,
    /// Its content, serialized by the room that owns the format.
    pub json: String,
}

impl Register {
    /// Adds events that tell of nothing else in the database (a fixity check, an export).
    pub fn add_events(&self, events: &[Event]) -> Result<()> {
        self.write(|tx| insert(tx, events))
    }

    /// The oldest events that are not in the log yet.
    pub fn waiting_events(&self, at_most: u32) -> Result<Vec<Event>> {
        self.read(|tx| {
            tx.prepare_cached("SELECT event, json FROM outbox WHERE log_index IS NULL ORDER BY position LIMIT ?1")
                .and_then(|mut statement| {
                    let event = |row: &rusqlite::Row<'_>| Ok(Event { id: row.get(0)?, json: row.get(1)? });
                    statement.query_map([at_most], event)?.collect()
                })
                .db("cannot read the events that wait for the log")
        })
    }

    /// One more than the last place in the log that this database knows to be its own; `None` where it knows of none.
    pub fn logged_until(&self) -> Result<Option<u64>> {
        self.read(|tx| {
            tx.query_row("SELECT max(log_index) + 1 FROM outbox", [], |row| row.get(0))
                .map(|until: Option<i64>| until.map(i64::unsigned_abs))
                .db("cannot look up the last event that was logged")
        })
    }

    /// Whether an event was handed over here for the log.
    pub fn has_event(&self, event: &str) -> Result<bool> {
        self.read(|tx| {
            tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM outbox WHERE event = ?1)")
                .and_then(|mut statement| statement.query_row([event], |row| row.get(0)))
                .db("cannot look up an event")
        })
    }

    /// Notes where in the log events stand now.
    pub fn mark_logged<'a>(&self, places: impl IntoIterator<Item = (&'a str, u64)>) -> Result<()> {
        self.write(|tx| {
            let mut statement =
                tx.prepare_cached("UPDATE outbox SET log_index = ?2 WHERE event = ?1").db("cannot mark events")?;
            for (event, index) in places {
                statement.execute(params![event, index.cast_signed()]).db("cannot mark events")?;
            }
            Ok(())
        })
    }
}

pub(super) fn insert(tx: &Transaction<'_>, events: &[Event]) -> Result<()> {
    let mut statement = tx
        .prepare_cached("INSERT INTO outbox (event, json) VALUES (?1, ?2) ON CONFLICT (event) DO NOTHING")
        .db("cannot add events")?;
    for event in events {
        statement.execute(params![event.id, event.json]).db("cannot add events")?;
    }
    Ok(())
}
