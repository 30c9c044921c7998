//! What a check must remember about every object, in a temporary database, so that memory does not grow with the store;
//! and the history of checks, which outlives it.

use std::path::Path;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{FindingKind, Findings};
use crate::{
    ErrorKind, Result,
    error::Fold,
    model::Blake3,
    storage::{Entry, ObjectName},
};

/// The books of one check.
pub(super) struct Ledger {
    db: Connection,
}

fn doing() -> &'static str {
    "cannot keep the books of the check"
}

impl Ledger {
    pub fn open(history: Option<&Path>) -> Result<Self> {
        // An empty path is SQLite's private temporary database, which goes to disk only when it is large.
        let db = Connection::open("").fold(ErrorKind::Storage, doing)?;
        let history = history.map_or(String::new(), |path| path.display().to_string());
        db.execute("ATTACH ?1 AS history", [history])
            .fold(ErrorKind::Storage, || "cannot open the history of checks")?;
        db.execute_batch(
            "PRAGMA main.journal_mode = OFF;
             CREATE TABLE seen (name TEXT PRIMARY KEY, size INTEGER NOT NULL, accounted INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
             CREATE TABLE named (name TEXT PRIMARY KEY, blake3 BLOB, by TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE IF NOT EXISTS history.checked (name TEXT PRIMARY KEY, at TEXT NOT NULL, good INTEGER NOT NULL) WITHOUT ROWID;
             BEGIN;",
        )
        .fold(ErrorKind::Storage, doing)?;
        Ok(Self { db })
    }

    /// Notes all objects that are there.
    pub fn take_stock(&mut self, objects: impl Iterator<Item = Result<Entry>>, findings: &mut Findings) -> Result<()> {
        for object in objects {
            match object {
                Ok(entry) => {
                    self.db
                        .prepare_cached("INSERT OR IGNORE INTO seen (name, size) VALUES (?1, ?2)")
                        .and_then(|mut insert| {
                            insert.execute(params![entry.name.as_str(), entry.size_bytes.cast_signed()])
                        })
                        .fold(ErrorKind::Storage, doing)?;
                }
                Err(error) if error.kind() == ErrorKind::InvalidInput => {
                    findings.add(FindingKind::ForeignObject, "", error.to_string());
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Notes that an object must be there, and with what digest where that is known.
    pub fn name(&self, name: &ObjectName, blake3: Option<&Blake3>, by: &str) -> Result<()> {
        self.db
            .prepare_cached(
                "INSERT INTO named (name, blake3, by) VALUES (?1, ?2, ?3)
                 ON CONFLICT (name) DO UPDATE SET blake3 = ifnull(blake3, excluded.blake3)",
            )
            .and_then(|mut insert| insert.execute(params![name.as_str(), blake3.map(|digest| digest.0), by]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// The digest that the log gives for an object.
    pub fn logged(&self, name: &str) -> Result<Option<Blake3>> {
        let found: Option<Option<[u8; 32]>> = self
            .db
            .prepare_cached("SELECT blake3 FROM named WHERE name = ?1")
            .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional())
            .fold(ErrorKind::Storage, doing)?;
        Ok(found.flatten().map(Blake3))
    }

    /// Notes that an object of the log has its place in it.
    pub fn account(&self, name: &ObjectName) -> Result<()> {
        self.db
            .prepare_cached("UPDATE seen SET accounted = 1 WHERE name = ?1")
            .and_then(|mut update| update.execute([name.as_str()]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// Objects under a folder that have no place yet.
    pub fn unaccounted(&self, folder: &str) -> Result<Vec<String>> {
        self.names(
            "SELECT name FROM seen WHERE accounted = 0 AND name BETWEEN ?1 || '/' AND ?1 || '0' ORDER BY name",
            folder,
        )
    }

    /// The objects to check after `after`: those that were not looked at for longest come first.
    pub fn queue(&self) -> Result<Vec<String>> {
        self.names(
            "SELECT seen.name FROM seen LEFT JOIN history.checked USING (name)
             WHERE seen.name NOT BETWEEN ?1 || '/' AND ?1 || '0' ORDER BY checked.at NULLS FIRST, seen.name",
            crate::provenance::tiles::LOG,
        )
    }

    fn names(&self, sql: &str, folder: &str) -> Result<Vec<String>> {
        self.db
            .prepare_cached(sql)
            .and_then(|mut select| select.query_map([folder], |row| row.get(0))?.collect())
            .fold(ErrorKind::Storage, doing)
    }

    /// Notes a check in the history.
    pub fn checked(&self, name: &str, at: Timestamp, good: bool) -> Result<()> {
        self.db
            .prepare_cached("INSERT OR REPLACE INTO history.checked (name, at, good) VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![name, at.to_string(), good]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// What must be there and is not, and what names it.
    pub fn missing(&self) -> Result<Vec<(String, String)>> {
        self.db
            .prepare_cached("SELECT name, by FROM named WHERE name NOT IN (SELECT name FROM seen) ORDER BY name")
            .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .fold(ErrorKind::Storage, doing)
    }

    /// When the object was checked that was not looked at for longest; ends the books and keeps the history.
    pub fn oldest(&self) -> Result<Option<Timestamp>> {
        let oldest: Option<String> = self
            .db
            .query_row(
                "SELECT CASE WHEN count(*) = count(at) THEN min(at) END FROM seen LEFT JOIN history.checked USING (name)
                 WHERE seen.name NOT LIKE 'log/%'",
                [],
                |row| row.get(0),
            )
            .fold(ErrorKind::Storage, doing)?;
        self.db.execute_batch("COMMIT").fold(ErrorKind::Storage, doing)?;
        Ok(oldest.and_then(|at| at.parse().ok()))
    }
}
