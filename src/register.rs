//! The contract register, and with it the whole database: what came in and what it became, documents, records, field
//! values with their evidence, decisions, events on their way to the log. SQLite in one file; reads no contract and
//! asks no clock. All of it can be rebuilt from the object store, through the same functions that wrote it first.

use std::{
    path::{Path, PathBuf},
    str::FromStr,
    sync::{Mutex, PoisonError},
};

use rusqlite::{Connection, OpenFlags, Row, Transaction, TransactionBehavior, types::Type};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, ErrorKind, Result,
    error::{Context as _, Fold as _},
};

mod accession;
mod current;
mod decision;
mod difference;
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
pub use current::{Closure, Current, NewlyFound};
pub use decision::{Act, COMPARED, Decision, Request, choices, example, typed};
pub use difference::{Difference, Differs};
pub use document::{ArchivalCopy, Document, Findings, NewDocument, Original, PageCounts, Role};
pub use dossier::{Related, Relation};
pub use holding::Filter;
pub use listing::Entry;
pub use outbox::{Event, Sealer, Waiting};
pub use receipt::{ArchivalState, Receipt, ReceiptDocument, ReceiptFile, Totals};
pub use record::{Named, Record};

/// The database of one data folder. Cheap to share between threads: one writes at a time, and readers see the state
/// of the last commit without waiting for it.
pub struct Register {
    path: PathBuf,
    /// Only to be looked at; nothing is written to its folder.
    read_only: Option<ReadOnly>,
    /// It is only looked at since nothing more can be written beside it.
    is_disk_full: bool,
    writer: Mutex<Connection>,
    idle_readers: Mutex<Vec<Connection>>,
    seal: outbox::Seal,
}

impl Register {
    /// Opens the database, makes it where there is none, and brings an older one up to date.
    pub fn open(path: &Path) -> Result<Self> {
        let doing = || format!("failed to open the database `{}`", path.display());
        let mut writer = Connection::open(path).db("cannot open the file").doing(doing)?;
        schema::configure(&writer).doing(doing)?;
        schema::migrate(&mut writer).doing(doing)?;
        Ok(Self {
            path: path.to_owned(),
            read_only: None,
            is_disk_full: false,
            writer: Mutex::new(writer),
            idle_readers: Mutex::default(),
            seal: Default::default(),
        })
    }

    /// Makes a database that counts only once it is whole: nothing is flushed on the way.
    pub fn scratch(path: &Path) -> Result<Self> {
        let register = Self::open(path)?;
        let writer = register.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.pragma_update(None, "synchronous", "OFF").db("cannot set up the connection to the database")?;
        drop(writer);
        Ok(register)
    }

    /// Opens a database that is there for reading; where nothing can be written to its folder (a mounted copy, a folder of
    /// another user, a full disk) without writing there.
    pub fn open_for_reading(path: &Path) -> Result<Self> {
        let error = match Self::open(path) {
            Ok(register) => return Ok(register),
            Err(error) => error,
        };
        let code = error.cause().and_then(|cause| cause.downcast_ref::<rusqlite::Error>()?.sqlite_error_code());
        match code {
            Some(rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::ReadOnly) => Self::open_read_only(path),
            _ if error.is_full_disk() => Ok(Self { is_disk_full: true, ..Self::open_read_only(path)? }),
            _ => Err(error),
        }
    }

    fn open_read_only(path: &Path) -> Result<Self> {
        let doing = || format!("failed to open the database `{}`, which may only be read", path.display());
        let log = path.with_extension("sqlite-wal");
        let has_log = log.metadata().is_ok_and(|log| log.len() > 0);
        if !has_log {
            let writer = open_immutable(path).doing(doing)?;
            if schema::is_current(&writer)? {
                let read_only = Some(ReadOnly::Immutable);
                let writer = Mutex::new(writer);
                return Ok(Self {
                    path: path.to_owned(),
                    read_only,
                    is_disk_full: false,
                    writer,
                    idle_readers: Mutex::default(),
                    seal: Default::default(),
                });
            }
        }
        let folder = tempfile::tempdir().fold(ErrorKind::Storage, doing)?;
        let copy = folder.path().join("griffie.sqlite");
        std::fs::copy(path, &copy).fold(ErrorKind::Storage, doing)?;
        if has_log {
            std::fs::copy(&log, copy.with_extension("sqlite-wal")).fold(ErrorKind::Storage, doing)?;
        }
        for copied in [copy.clone(), copy.with_extension("sqlite-wal")].iter().filter(|file| file.is_file()) {
            let mut permissions = copied.metadata().fold(ErrorKind::Storage, doing)?.permissions();
            #[expect(clippy::permissions_set_readonly_false, reason = "a copy of our own in a folder of our own")]
            permissions.set_readonly(false);
            std::fs::set_permissions(copied, permissions).fold(ErrorKind::Storage, doing)?;
        }
        Ok(Self { read_only: Some(ReadOnly::Copy(folder)), ..Self::open(&copy)? })
    }

    /// Whether an error says that the file itself is damaged.
    pub fn is_damaged_by(error: &Error) -> bool {
        error.cause().and_then(|cause| cause.downcast_ref()).is_some_and(is_damage)
    }

    /// Whether it may only be looked at.
    pub fn is_read_only(&self) -> bool {
        self.read_only.is_some()
    }

    /// Refuses where it may only be looked at.
    pub fn must_be_writable(&self) -> Result<()> {
        if !self.is_read_only() {
            return Ok(());
        }
        if self.is_disk_full {
            return Err(Error::new(ErrorKind::Storage, "the disk is full, so nothing can be written")
                .hint("make room on the disk, and give the same command again")
                .dutch("de schijf is vol, zodat er niets kan worden geschreven: maak ruimte en geef dezelfde opdracht nog eens"));
        }
        Err(Error::new(ErrorKind::Refused, "the data folder may only be read, so nothing can be written")
            .hint("do this as a user who may write to the folder, or on the machine that keeps it")
            .dutch(
                "de gegevensmap mag alleen worden gelezen: doe dit als een gebruiker die er mag schrijven, of op de \
                 machine die haar beheert",
            ))
    }

    /// Runs a piece of work in one transaction: all of it is there afterwards, on disk, or nothing of it.
    fn write<T>(&self, work: impl FnOnce(&Transaction<'_>) -> Result<T>) -> Result<T> {
        self.must_be_writable()?;
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
        if matches!(self.read_only, Some(ReadOnly::Immutable)) {
            return open_immutable(&self.path);
        }
        let reader = Connection::open(&self.path).db("cannot open the database")?;
        schema::configure(&reader)?;
        reader.pragma_update(None, "query_only", true).db("cannot open the database for reading")?;
        Ok(reader)
    }
}

fn open_immutable(path: &Path) -> Result<Connection> {
    let mut uri = "file:".to_owned();
    // A URI's own signs in a folder's name (RFC 3986).
    for &byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'%' | b'?' | b'#' | 128.. => uri.push_str(&format!("%{byte:02X}")),
            _ => uri.push(char::from(byte)),
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(uri + "?immutable=1", flags).db("cannot open the file for reading")?;
    connection.pragma_update(None, "temp_store", "MEMORY").db("cannot set up the connection to the database")?;
    Ok(connection)
}

/// How a database is opened whose folder nobody may write to, where SQLite cannot keep the files that it works with.
enum ReadOnly {
    /// As it stands: nobody can change it meanwhile.
    Immutable,
    /// A copy, since what its last commits wrote stands beside it, or an older program wrote it.
    Copy(#[expect(dead_code, reason = "goes when this does")] tempfile::TempDir),
}

fn is_damage(error: &rusqlite::Error) -> bool {
    let code = error.sqlite_error_code();
    matches!(code, Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase))
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
            let is_damaged = is_damage(&error);
            let folded = Error::new(kind, doing);
            let folded = if is_damaged {
                folded
                    .hint("the database is damaged: `griffie rebuild` makes it anew from the store")
                    .dutch("de database is beschadigd: `griffie rebuild` maakt die opnieuw uit de opslag")
            } else {
                folded
            };
            folded.source(error)
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

#[cfg(test)]
mod tests {
    use super::{
        testing::{TestRegister, auto, moment},
        *,
    };
    use crate::model::{Fields, Language};

    #[test]
    fn a_database_that_may_only_be_read_says_the_same_and_takes_nothing() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", Fields { title: auto("Huur".into()), ..Fields::absent() });
        let folder = tempfile::tempdir().unwrap();
        // Names that a URI would take for its own.
        let place = folder.path().join("a %20? # é");
        std::fs::create_dir(&place).unwrap();
        let path = place.join("griffie.sqlite");
        // While a database is open its last commits stand in a file beside it.
        std::fs::copy(&register.path, &path).unwrap();
        std::fs::copy(format!("{}-wal", register.path.display()), path.with_extension("sqlite-wal")).unwrap();
        for with_log in [true, false] {
            if !with_log {
                drop(Register::open(&path).unwrap());
            }
            let files =
                || -> Vec<_> { std::fs::read_dir(&place).unwrap().map(|entry| entry.unwrap().file_name()).collect() };
            let before = files();
            assert_eq!(before.len(), if with_log { 2 } else { 1 });
            let reader = Register::open_read_only(&path).unwrap();
            assert_eq!(matches!(reader.read_only, Some(ReadOnly::Copy(_))), with_log);
            let title = reader.current(&item.record, Language::English).unwrap().fields.title;
            assert_eq!(title.value.as_deref(), Some("Huur"));
            let request = Request::TerminatedOn(jiff::civil::date(2026, 1, 1));
            let decision = reader.prepare_decision(&item.record, request, "J.", moment(), None).unwrap();
            assert_eq!(reader.add_decision(&decision, &[]).unwrap_err().kind(), ErrorKind::Refused);
            assert_eq!(files(), before, "nothing is written there");
        }
    }
}
