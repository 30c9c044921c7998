//! Full-text index of clauses and pages. It holds no truth: it says when it is behind, and can be thrown away and made
//! again at any time. It knows nothing of parties, types, dates or rights: the caller resolves those in the register
//! for each query, so that a correction needs no re-indexing.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use tantivy::{
    IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, TantivyError, Term,
    collector::{Count, DocSetCollector},
    directory::error::{LockError, OpenDirectoryError, OpenReadError, OpenWriteError},
    query::TermQuery,
    schema::IndexRecordOption,
};

use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Language, PageNo, RecordId, Subject},
};

mod analysis;
mod fields;
mod guard;
mod hits;
mod matching;
mod query;
mod read_only;
mod units;

pub use hits::{Found, Hit, Options};
pub use query::Query;
#[cfg(test)]
pub(crate) use units::tests::page as page_of_lines;
pub use units::units;

use fields::{IndexFields, Shown};

/// Memory that the writer may fill before it writes a segment: one writing thread needs no more.
const WRITER_BYTES: usize = 48 << 20;
/// Name of the folder with this layout of the index; another layout gets another name and starts empty.
const LAYOUT: &str = "v2";

/// What is found as one hit: a clause, or the part of it that stands on one page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The page it stands on.
    pub page: PageNo,
    /// Number and heading of the clause.
    pub clause: Option<String>,
    /// Its place in the document's running text, in bytes.
    pub range: Range<usize>,
    /// The running text of that range.
    pub text: String,
    /// Its language, where known.
    pub language: Option<Language>,
    /// What it is about, as far as the caller told.
    pub subjects: Vec<Subject>,
}

/// A document for the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IndexDocument {
    /// The contract record it belongs to.
    pub record: RecordId,
    /// Its id.
    pub document: DocumentId,
    /// Under what key its reading is stored, and what else the caller made its units with: the index is behind where that
    /// is another one.
    pub made_of: String,
    /// Its units, in the order of the text; there may be none.
    pub units: Vec<Unit>,
}

/// What an index lacks of what the register has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lag {
    /// Documents to add.
    pub missing: Vec<DocumentId>,
    /// How many entries it has for documents or readings that are no more; making it anew removes them.
    pub surplus: usize,
}

/// The index of one data folder.
pub struct Index {
    index: tantivy::Index,
    fields: IndexFields,
    reader: IndexReader,
    // Opened by the first change: searching must not wait for another process that writes.
    writer: Mutex<Option<IndexWriter>>,
}

impl Index {
    /// Opens the index in a folder, and makes an empty one where there is none. One that cannot be read is put aside
    /// and replaced by an empty one: [`Self::lag`] then names every document.
    pub fn open(folder: &Path) -> Result<Self> {
        let place = folder.join(LAYOUT);
        let index = match open_in(&place) {
            Ok(index) => index,
            // What the system withheld is not broken.
            Err(error) if withheld(&error).is_some() => return Err(told(error, "cannot open the index")),
            Err(error) => {
                let aside = aside(folder)?;
                tracing::warn!(%error, aside = %aside.display(), "the index cannot be read and starts anew");
                std::fs::rename(&place, &aside)
                    .fold(ErrorKind::Storage, || format!("cannot put the broken index `{}` aside", place.display()))?;
                open_in(&place)
                    .map_err(|error| told(error, format!("cannot make an index in `{}`", place.display())))?
            }
        };
        Self::of(index)
    }

    /// The same where nobody may write to the folder: an index that is not there is empty.
    pub fn open_for_reading(folder: &Path) -> Result<Self> {
        let place = folder.join(LAYOUT);
        let index = if place.is_dir() {
            read_only::Folder::open(&place)
                .and_then(tantivy::Index::open)
                .fold(ErrorKind::Storage, || format!("cannot read the index in `{}`", place.display()))?
        } else {
            tantivy::Index::create_in_ram(IndexFields::schema())
        };
        Self::of(index)
    }

    fn of(index: tantivy::Index) -> Result<Self> {
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()
            .fold(ErrorKind::Storage, || "cannot read the index")?;
        let fields = IndexFields::of(&index.schema()).fold(ErrorKind::Internal, || "the index has other fields")?;
        analysis::register(index.tokenizers());
        Ok(Self { index, fields, reader, writer: Mutex::new(None) })
    }

    /// Adds documents, in place of what is there of them, in one commit: after it they are on disk and are found.
    pub fn add_documents(&self, documents: impl IntoIterator<Item = IndexDocument>) -> Result<()> {
        self.change(|writer| documents.into_iter().try_for_each(|document| self.add(writer, &document)))
    }

    /// Removes a document.
    pub fn delete_document(&self, document: &DocumentId) -> Result<()> {
        self.change(|writer| {
            writer.delete_term(Term::from_field_text(self.fields.document, document.as_str()));
            Ok(())
        })
    }

    /// Makes the index anew from all documents, in one commit: until it is done the old state is found.
    pub fn rebuild(&self, documents: impl IntoIterator<Item = Result<IndexDocument>>) -> Result<()> {
        self.change(|writer| {
            writer.delete_all_documents().fold(ErrorKind::Storage, || "cannot empty the index")?;
            documents.into_iter().try_for_each(|document| self.add(writer, &document?))
        })
    }

    /// Compares the index with the documents (and what they are made of) that the register has.
    pub fn lag<'a>(&self, documents: impl IntoIterator<Item = (&'a DocumentId, &'a str)>) -> Result<Lag> {
        self.guarded(|| self.lag_behind(documents))
    }

    fn lag_behind<'a>(&self, documents: impl IntoIterator<Item = (&'a DocumentId, &'a str)>) -> Result<Lag> {
        let searcher = self.reader.searcher();
        let count = |field, text: &str| {
            let query = TermQuery::new(Term::from_field_text(field, text), IndexRecordOption::Basic);
            searcher.search(&query, &Count).fold(ErrorKind::Storage, || "cannot count in the index")
        };
        let (mut missing, mut present) = (Vec::new(), 0);
        for (document, made_of) in documents {
            match count(self.fields.stamp, &stamp(document, made_of))? {
                0 => missing.push(document.clone()),
                _ => present += 1,
            }
        }
        let entries = count(self.fields.kind, fields::STAMP)?;
        Ok(Lag { missing, surplus: entries.saturating_sub(present) })
    }

    /// How many units it has, of whatever documents.
    pub fn units(&self) -> Result<usize> {
        self.guarded(|| {
            let query = TermQuery::new(Term::from_field_text(self.fields.kind, fields::UNIT), IndexRecordOption::Basic);
            self.reader.searcher().search(&query, &Count).fold(ErrorKind::Storage, || "cannot count in the index")
        })
    }

    /// How many units of a document it lacks, and how many it has that the document has not. What a hit shows counts.
    pub fn differs(&self, document: &IndexDocument) -> Result<[usize; 2]> {
        self.guarded(|| {
            let term = Term::from_field_text(self.fields.document, document.document.as_str());
            let query = TermQuery::new(term, IndexRecordOption::Basic);
            let searcher = self.reader.searcher();
            let failed = || "cannot look into the index";
            let mut found = Vec::new();
            for address in searcher.search(&query, &DocSetCollector).fold(ErrorKind::Storage, failed)? {
                let entry = searcher.doc::<TantivyDocument>(address).fold(ErrorKind::Storage, failed)?;
                found.extend(self.fields.shown(&entry));
            }
            found.sort_unstable();
            let entries = document.units.iter().map(|unit| self.fields.entry(document, unit));
            let mut wanted: Vec<_> = entries.filter_map(|entry| self.fields.shown(&entry)).collect();
            wanted.sort_unstable();
            let without = |these: &[Shown], those: &[Shown]| {
                let mut those = those.iter().peekable();
                let is_new = |this: &&Shown| {
                    while those.next_if(|that| that < this).is_some() {}
                    those.next_if_eq(this).is_none()
                };
                these.iter().filter(is_new).count()
            };
            Ok([without(&wanted, &found), without(&found, &wanted)])
        })
    }

    fn add(&self, writer: &IndexWriter, document: &IndexDocument) -> Result<()> {
        writer.delete_term(Term::from_field_text(self.fields.document, document.document.as_str()));
        let mut entry = TantivyDocument::new();
        entry.add_text(self.fields.document, document.document.as_str());
        entry.add_text(self.fields.kind, fields::STAMP);
        entry.add_text(self.fields.stamp, stamp(&document.document, &document.made_of));
        let units = document.units.iter().map(|unit| self.fields.entry(document, unit));
        for entry in std::iter::once(entry).chain(units) {
            writer.add_document(entry).fold(ErrorKind::Storage, || "cannot add to the index")?;
        }
        Ok(())
    }

    /// Makes changes and commits them; what fails leaves the last commit as it was.
    fn change(&self, work: impl FnOnce(&IndexWriter) -> Result<()>) -> Result<()> {
        let mut guard = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let writer = match guard.take() {
            Some(writer) => writer,
            None => self.index.writer_with_num_threads(1, WRITER_BYTES).map_err(|error| match error {
                TantivyError::LockFailure(LockError::LockBusy, _) => {
                    Error::new(ErrorKind::Storage, "cannot open the index for writing")
                        .source(error)
                        .hint("another griffie may be at work on the same data folder")
                }
                // The engine tells of a thread that could not be started in words alone.
                TantivyError::SystemError(_) => Error::no_thread(std::io::Error::other(error)),
                error => told(error, "cannot open the index for writing"),
            })?,
        };
        let writer = guard.insert(writer);
        let done = work(writer)
            .and_then(|()| writer.commit().map_err(|error| told(error, "cannot commit to the index")).map(|_| ()));
        if done.is_err() {
            // Dropped, so that nothing half done is in the next commit.
            *guard = None;
        }
        done?;
        self.reader.reload().map_err(|error| told(error, "cannot read the index anew"))
    }
}

fn stamp(document: &DocumentId, made_of: &str) -> String {
    format!("{document} {made_of}")
}

fn open_in(place: &Path) -> tantivy::Result<tantivy::Index> {
    std::fs::create_dir_all(place)?;
    tantivy::Index::open_or_create(tantivy::directory::MmapDirectory::open(place)?, IndexFields::schema())
}

/// An error of the engine, with that of the system under it.
fn told(error: TantivyError, doing: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    let told = Error::new(ErrorKind::Storage, doing);
    match withheld(&error) {
        Some(code) => told.source(std::io::Error::from_raw_os_error(code)),
        None => told.source(error),
    }
}

/// What the system withheld, where that is why the engine failed: handles, memory, room, rights, or the disk itself.
fn withheld(error: &TantivyError) -> Option<i32> {
    let io = match error {
        TantivyError::IoError(io)
        | TantivyError::LockFailure(LockError::IoError(io), _)
        | TantivyError::OpenDirectoryError(
            OpenDirectoryError::IoError { io_error: io, .. } | OpenDirectoryError::FailedToCreateTempDir(io),
        )
        | TantivyError::OpenReadError(OpenReadError::IoError { io_error: io, .. })
        | TantivyError::OpenWriteError(OpenWriteError::IoError { io_error: io, .. }) => io,
        _ => return None,
    };
    // Where a path is told around it, the system's number is left in the words alone.
    let in_words = || io.to_string().rsplit_once("(os error ")?.1.split(')').next()?.parse().ok();
    let code = io.raw_os_error().or_else(in_words)?;
    let of_the_system = [
        libc::EMFILE,
        libc::ENFILE,
        libc::ENOMEM,
        libc::EACCES,
        libc::EPERM,
        libc::EROFS,
        libc::EIO,
        libc::ENOSPC,
        libc::EDQUOT,
        libc::EFBIG,
        libc::EAGAIN,
    ];
    of_the_system.contains(&code).then_some(code)
}

/// A name that nothing has yet.
fn aside(folder: &Path) -> Result<PathBuf> {
    for number in 1..1000 {
        let aside = folder.join(format!("broken-{number}"));
        if !aside.try_exists().fold(ErrorKind::Storage, || "cannot look into the index's folder")? {
            return Ok(aside);
        }
    }
    Err(Error::new(ErrorKind::Storage, format!("`{}` is full of broken indexes", folder.display())))
}

#[cfg(test)]
mod tests;
