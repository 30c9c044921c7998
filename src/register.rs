//! The contract register, and with it the whole database: what came in and what it became, documents, records, field
//! values with their evidence, decisions, events on their way to the log. SQLite in one file; reads no contract and
//! asks no clock. All of it can be rebuilt from the object store, through the same functions that wrote it first.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, PoisonError},
};

use rusqlite::{Connection, Row, Transaction, TransactionBehavior, types::Type};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, ErrorKind, Result,
    error::{Context as _, Fold as _},
};

mod accession;
mod current;
mod decision;
mod document;
mod dossier;
mod dump;
mod fields;
mod holding;
pub mod lifecycle;
mod listing;
mod outbox;
mod receipt;
mod record;
mod schema;

pub use accession::{Batch, Claim, Completion, Item, ItemState, NewItem, Outcome, Reason};
pub use current::{Closure, Current};
pub use decision::{Act, Decision, Request, choices};
pub use document::{ArchivalCopy, Document, Findings, NewDocument, Original, PageCounts, Role};
pub use dossier::{Related, Relation};
pub use holding::Filter;
pub use listing::Entry;
pub use outbox::Event;
pub use receipt::{ArchivalState, Receipt, ReceiptDocument, ReceiptFile, Totals};
pub use record::{Named, Record};

/// The database of one data folder. Cheap to share between threads: one writes at a time, and readers see the state
/// of the last commit without waiting for it.
pub struct Register {
    path: PathBuf,
    writer: Mutex<Connection>,
    idle_readers: Mutex<Vec<Connection>>,
}

impl Register {
    /// Opens the database, makes it where there is none, and brings an older one up to date.
    pub fn open(path: &Path) -> Result<Self> {
        let doing = || format!("failed to open the database `{}`", path.display());
        let mut writer = Connection::open(path).db("cannot open the file").doing(doing)?;
        schema::configure(&writer).doing(doing)?;
        schema::migrate(&mut writer).doing(doing)?;
        Ok(Self { path: path.to_owned(), writer: Mutex::new(writer), idle_readers: Mutex::default() })
    }

    /// Runs a piece of work in one transaction: all of it is there afterwards, on disk, or nothing of it.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        // A panic in another thread rolled its transaction back: the connection is sound.
        let mut writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction =
            writer.transaction_with_behavior(TransactionBehavior::Immediate).db("cannot begin a transaction")?;
        let done = work(&transaction)?;
        transaction.commit().db("cannot commit to the database")?;
        Ok(done)
    }

    /// Runs queries on one consistent state.
    fn read<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        let idle = self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut reader = match idle {
            Some(reader) => reader,
            None => self.open_reader()?,
        };
        let transaction = reader.transaction().db("cannot begin to read")?;
        let found = work(&transaction)?;
        transaction.finish().db("cannot end a read")?;
        self.idle_readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        Ok(found)
    }

    fn open_reader(&self) -> Result<Connection> {
        let reader = Connection::open(&self.path).db("cannot open the database")?;
        schema::configure(&reader)?;
        reader.pragma_update(None, "query_only", true).db("cannot open the database for reading")?;
        Ok(reader)
    }
}

/// Folds a database error into griffie's: a broken constraint contradicts what is there, the rest is the store's fault.
trait Db<T> {
    fn db(self, doing: &'static str) -> Result<T>;
}

impl<T> Db<T> for rusqlite::Result<T> {
    fn db(self, doing: &'static str) -> Result<T> {
        self.map_err(|error| {
            let kind = match error.sqlite_error_code() {
                Some(rusqlite::ErrorCode::ConstraintViolation) => ErrorKind::Conflict,
                _ => ErrorKind::Storage,
            };
            Error::new(kind, doing).source(error)
        })
    }
}

/// A column in its own text form: ids, digests, dates, languages.
fn parsed<T: FromStr<Err: Into<Box<dyn std::error::Error + Send + Sync>>>>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| unreadable(row, column, error.into()))
}

/// The same, where it may be null.
fn parsed_option<T: FromStr<Err: Into<Box<dyn std::error::Error + Send + Sync>>>>(
    row: &Row<'_>,
    column: &str,
) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|error: T::Err| unreadable(row, column, error.into()))).transpose()
}

/// A column that holds JSON.
fn json_column<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text).map_err(|error| unreadable(row, column, error.into()))
}

/// A column that holds the snake_case name of an enum's variant.
fn named<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let name: String = row.get(column)?;
    serde_json::from_value(name.into()).map_err(|error| unreadable(row, column, error.into()))
}

fn unreadable(row: &Row<'_>, column: &str, error: Box<dyn std::error::Error + Send + Sync>) -> rusqlite::Error {
    let index = row.as_ref().column_index(column).unwrap_or_default();
    rusqlite::Error::FromSqlConversionFailure(index, Type::Text, error)
}

fn to_json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).fold(ErrorKind::Internal, || "a value does not serialize")
}

/// The snake_case name of an enum's variant.
fn name(variant: &impl Serialize) -> Result<String> {
    match serde_json::to_value(variant).fold(ErrorKind::Internal, || "a name does not serialize")? {
        serde_json::Value::String(name) => Ok(name),
        other => Err(Error::new(ErrorKind::Internal, format!("`{other}` is no name"))),
    }
}

#[cfg(test)]
mod testing;
