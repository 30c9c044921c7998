//! Provenance events on their way to the log: written and sealed in the transaction of what they tell of, taken in order,
//! and marked with their place in the log once they stand there.

use std::sync::OnceLock;

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

/// An event that waits for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// It.
    pub event: Event,
    /// The seal of whoever added it; without one it was added by other means.
    pub seal: Option<String>,
}

/// Seals the content of an event, or says why it must not be added.
pub type Sealer = Box<dyn Fn(&str) -> Result<String> + Send + Sync>;

/// What seals the events of a register, once that is known.
#[derive(Default)]
pub(super) struct Seal(OnceLock<Sealer>);

impl Register {
    /// Says what seals the events that are added from now on; the first that is said stands.
    pub fn seal_with(&self, sealer: Sealer) {
        let _ = self.seal.0.set(sealer);
    }

    /// Adds events that tell of nothing else in the database (a fixity check, an export).
    pub fn add_events(&self, events: &[Event]) -> Result<()> {
        self.write(|tx| insert(tx, &self.seal, events))
    }

    /// Adds an event that stands in the log already.
    pub fn add_logged_event(&self, event: &Event, place: u64) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO outbox (event, json, log_index) VALUES (?1, ?2, ?3)
                 ON CONFLICT (event) DO UPDATE SET log_index = excluded.log_index",
                params![event.id, event.json, place.cast_signed()],
            )
            .db("cannot add an event")?;
            Ok(())
        })
    }

    /// Takes back an event that waits: what it tells of was not done.
    pub fn withdraw_event(&self, id: &str) -> Result<()> {
        self.write(|tx| {
            tx.execute("DELETE FROM outbox WHERE event = ?1 AND log_index IS NULL", [id])
                .db("cannot take an event back")?;
            Ok(())
        })
    }

    /// The oldest events that are not in the log yet.
    pub fn waiting_events(&self, at_most: u32) -> Result<Vec<Waiting>> {
        self.read(|tx| {
            tx.prepare_cached("SELECT event, json, seal FROM outbox WHERE log_index IS NULL ORDER BY position LIMIT ?1")
                .and_then(|mut statement| {
                    let waiting = |row: &rusqlite::Row<'_>| {
                        let event = Event { id: row.get(0)?, json: row.get(1)? };
                        Ok(Waiting { event, seal: row.get(2)? })
                    };
                    statement.query_map([at_most], waiting)?.collect()
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

    /// Shows all events that stand in the log, with their place, in the order of their places.
    pub fn logged_events(&self, mut take: impl FnMut(u64, Waiting) -> Result<()>) -> Result<()> {
        self.read(|tx| {
            let doing = "cannot read the events that are in the log";
            let sql = "SELECT log_index, event, json, seal FROM outbox WHERE log_index IS NOT NULL ORDER BY log_index";
            let mut statement = tx.prepare(sql).db(doing)?;
            let mut rows = statement.query([]).db(doing)?;
            while let Some(row) = rows.next().db(doing)? {
                let logged = || {
                    let event = Event { id: row.get(1)?, json: row.get(2)? };
                    Ok((row.get::<_, i64>(0)?, Waiting { event, seal: row.get(3)? }))
                };
                let (index, event) = logged().db(doing)?;
                take(index.cast_unsigned(), event)?;
            }
            Ok(())
        })
    }

    /// Notes how many events the log has before the first of this database; what was noted first stands.
    pub fn note_log_begin(&self, place: u64) -> Result<()> {
        if self.log_begin()?.is_some() {
            return Ok(());
        }
        self.write(|tx| {
            tx.execute(
                "INSERT INTO log_begin SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM log_begin)",
                [place.cast_signed()],
            )
            .db("cannot note where the log stood")?;
            Ok(())
        })
    }

    /// How many events the log had when this database began to write to it.
    pub fn log_begin(&self) -> Result<Option<u64>> {
        self.read(|tx| {
            tx.prepare_cached("SELECT place FROM log_begin")
                .and_then(|mut statement| statement.query_map([], |row| row.get::<_, i64>(0))?.next().transpose())
                .map(|place| place.map(i64::cast_unsigned))
                .db("cannot read where the log stood")
        })
    }

    /// The last event that stands in the log, and where.
    pub fn last_logged_event(&self) -> Result<Option<(u64, String)>> {
        self.read(|tx| {
            let sql = "SELECT log_index, json FROM outbox WHERE log_index IS NOT NULL ORDER BY log_index DESC LIMIT 1";
            tx.prepare_cached(sql)
                .and_then(|mut statement| {
                    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?));
                    statement.query_map([], row)?.next().transpose()
                })
                .db("cannot read the events that are in the log")
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

pub(super) fn insert(tx: &Transaction<'_>, seal: &Seal, events: &[Event]) -> Result<()> {
    let mut statement = tx
        .prepare_cached("INSERT INTO outbox (event, json, seal) VALUES (?1, ?2, ?3) ON CONFLICT (event) DO NOTHING")
        .db("cannot add events")?;
    for event in events {
        let seal = seal.0.get().map(|seal| seal(&event.json)).transpose()?;
        statement.execute(params![event.id, event.json, seal]).db("cannot add events")?;
    }
    Ok(())
}
