//! What the log names of the objects that a register follows from, with their digests: a store is read by its log, not
//! by what lies in it. Kept in a temporary database, so that memory does not grow with the archive.

use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OptionalExtension as _, params};

use super::Area;
use crate::{
    Error, ErrorKind, Result,
    error::Fold,
    model::Blake3,
    provenance::{
        Event, decode_entry,
        keys::chain_of,
        merkle::{Hash, leaf_hash},
        peak_root, push_leaf, signed_size,
        tiles::{WIDTH, bundle_name, checkpoint_name, unpack},
    },
    storage::{ObjectName, Store},
};

/// The parts of the store that a register follows from.
pub(super) const TOLD: [Area; 7] =
    [Area::Manifests, Area::Accessions, Area::Batches, Area::Readings, Area::Findings, Area::Decisions, Area::Holds];

fn is_told(name: &ObjectName) -> bool {
    Area::of(name).is_some_and(|area| TOLD.contains(&area))
}

/// Whether an event tells of what a register follows from: a check of the store, for one, does not.
pub fn is_of_register(event: &Event) -> bool {
    event.objects.iter().any(|object| is_told(&object.name))
}

/// Names and digests of objects, as the log gives them.
pub(super) struct Known(Mutex<Connection>);

fn doing() -> &'static str {
    "cannot keep what the log names"
}

impl Known {
    /// What the log of a store names up to its last checkpoint, whose root its events must give. `also` are events that
    /// are still on their way there.
    pub fn of(store: &Store, also: &[Event]) -> Result<Self> {
        // An empty path is SQLite's private temporary database, which goes to disk only when it is large.
        let db = Connection::open("").fold(ErrorKind::Storage, doing)?;
        db.execute_batch(
            "PRAGMA journal_mode = OFF;
             CREATE TABLE known (name TEXT PRIMARY KEY, blake3 BLOB NOT NULL) WITHOUT ROWID;
             BEGIN;",
        )
        .fold(ErrorKind::Storage, doing)?;
        let known = Self(Mutex::new(db));
        let size = signed_size(store)?;
        let mut edges: Vec<Vec<Hash>> = Vec::new();
        for index in 0..size.div_ceil(WIDTH) {
            let width = (size - index * WIDTH).min(WIDTH);
            let name = bundle_name(index, width);
            for entry in unpack(&store.get(&name)?, width)? {
                push_leaf(&mut edges, leaf_hash(&entry));
                known.add(&decode_entry(&entry)?.1)?;
            }
        }
        if size > 0 {
            let head = chain_of(store)?.read(size, &store.get(&checkpoint_name(size))?)?;
            if head.size != size || head.root != peak_root(&edges) {
                let message = "the events of the log are not those that its last checkpoint signs";
                return Err(Error::new(ErrorKind::FixityMismatch, message).hint("run `griffie verify`"));
            }
        }
        also.iter().try_for_each(|event| known.add(event))?;
        Ok(known)
    }

    /// An object never changes, so what was said of it first holds.
    pub fn add(&self, event: &Event) -> Result<()> {
        for object in &event.objects {
            self.db()
                .prepare_cached("INSERT OR IGNORE INTO known VALUES (?1, ?2)")
                .and_then(|mut insert| insert.execute(params![object.name.as_str(), object.blake3.0]))
                .fold(ErrorKind::Storage, doing)?;
        }
        Ok(())
    }

    /// The digest of an object's bytes, where the log names it.
    pub fn digest(&self, name: &ObjectName) -> Result<Option<Blake3>> {
        self.db()
            .prepare_cached("SELECT blake3 FROM known WHERE name = ?1")
            .and_then(|mut select| select.query_row([name.as_str()], |row| Ok(Blake3(row.get(0)?))).optional())
            .fold(ErrorKind::Storage, doing)
    }

    /// The names of the objects below some folders, sorted.
    pub fn names(&self, prefix: &str) -> Result<Vec<ObjectName>> {
        // `0` follows `/`, so this is a range of the primary key.
        let names: Vec<String> = self
            .db()
            .prepare_cached("SELECT name FROM known WHERE name BETWEEN ?1 || '/' AND ?1 || '0' ORDER BY name")
            .and_then(|mut select| select.query_map([prefix], |row| row.get(0))?.collect())
            .fold(ErrorKind::Storage, doing)?;
        names.iter().map(|name| name.parse()).collect()
    }

    /// The names of the folders right below some folders, sorted.
    pub fn folders(&self, prefix: &str) -> Result<Vec<String>> {
        let length = i64::try_from(prefix.len() + 1).unwrap_or(i64::MAX);
        self.db()
            .prepare_cached(
                "SELECT DISTINCT substr(name, ?2 + 1, instr(substr(name, ?2 + 1), '/') - 1) FROM known
                 WHERE name BETWEEN ?1 || '/' AND ?1 || '0' AND instr(substr(name, ?2 + 1), '/') > 0 ORDER BY 1",
            )
            .and_then(|mut select| select.query_map(params![prefix, length], |row| row.get(0))?.collect())
            .fold(ErrorKind::Storage, doing)
    }

    fn db(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
