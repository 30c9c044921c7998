//! Originals, documents and what was found in them, as rows. Rows are only ever added; of a document only the state of
//! its archival copy, the record it belongs to and what it is there may become known later.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{
    ArchivalState, Db as _, Event, Register, dossier, fields, holding, json_column, name, named, outbox, parsed,
    parsed_option, to_json,
};
use crate::{
    Error, ErrorKind, Result,
    model::{Blake3, Digests, DocumentId, Fields, Language, MediaType, PageNo, PageState, Problem, Reading, RecordId},
};

/// The bytes as received.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// Its digests.
    pub digests: Digests,
    /// Its kind, told by content.
    pub media_type: MediaType,
    /// When these bytes first came in.
    pub accessioned: Timestamp,
}

/// How many pages are in each state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the names are those of `PageState`
pub struct PageCounts {
    pub read: u32,
    pub blank: u32,
    pub separator: u32,
    pub unreadable: u32,
}

impl PageCounts {
    /// The counts of a reading.
    pub fn of(reading: &Reading) -> Self {
        let count = |state| u32::try_from(reading.count(state)).unwrap_or(u32::MAX);
        Self {
            read: count(PageState::Read),
            blank: count(PageState::Blank),
            separator: count(PageState::Separator),
            unreadable: count(PageState::Unreadable),
        }
    }

    /// All pages.
    pub fn total(self) -> u32 {
        self.read + self.blank + self.separator + self.unreadable
    }
}

impl std::ops::AddAssign for PageCounts {
    fn add_assign(&mut self, other: Self) {
        self.read += other.read;
        self.blank += other.blank;
        self.separator += other.separator;
        self.unreadable += other.unreadable;
    }
}

/// What a document is in its dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The contract itself.
    Main,
    /// It changes the contract.
    Amendment,
    /// It belongs to the contract.
    Annex,
    /// It is about the contract.
    Letter,
}

/// The archival copy of a document.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ArchivalCopy {
    /// None was made.
    #[default]
    None,
    /// One was made, and did not pass its checks.
    Refused,
    /// It passed; this is its digest.
    Accepted(Blake3),
}

impl ArchivalCopy {
    /// Its state as a receipt shows it.
    pub fn state(self) -> ArchivalState {
        match self {
            Self::None => ArchivalState::None,
            Self::Refused => ArchivalState::Refused,
            Self::Accepted(_) => ArchivalState::Accepted,
        }
    }

    fn digest(self) -> Option<String> {
        match self {
            Self::Accepted(digest) => Some(digest.hex()),
            Self::None | Self::Refused => None,
        }
    }
}

/// A document: a range of an original's pages.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its id, set aside by its item (the documents of a split bundle get ids of their own).
    pub id: DocumentId,
    /// The record whose dossier it is in; made with it where there is none yet.
    pub record: RecordId,
    /// What it is in that dossier.
    pub role: Role,
    /// The bytes that it is a part of.
    pub original: Blake3,
    /// Its first page in the original.
    pub first_page: PageNo,
    /// Its last page in the original.
    pub last_page: PageNo,
    /// Its pages by state.
    pub pages: PageCounts,
    /// Main language.
    pub language: Option<Language>,
    /// `digital`, `ocr`, `mixed` or `none`.
    pub text_source: String,
    /// Mean confidence (0 to 1) of the words read by OCR.
    pub mean_ocr_confidence: Option<f64>,
    /// What read it.
    pub engine: String,
    /// Under what key its reading is stored.
    pub reading_key: String,
    /// What a person should know.
    pub problems: Vec<Problem>,
    /// Its archival copy.
    pub archival_copy: ArchivalCopy,
}

impl Document {
    pub(super) fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let page = |column| row.get(column).map(|number: u32| PageNo::from_index(number.saturating_sub(1) as usize));
        let state: String = row.get("archival_state")?;
        Ok(Self {
            id: parsed(row, "document")?,
            record: parsed(row, "record")?,
            role: named(row, "role")?,
            original: parsed(row, "original")?,
            first_page: page("first_page")?,
            last_page: page("last_page")?,
            pages: PageCounts {
                read: row.get("pages_read")?,
                blank: row.get("pages_blank")?,
                separator: row.get("pages_separator")?,
                unreadable: row.get("pages_unreadable")?,
            },
            language: parsed_option(row, "language")?,
            text_source: row.get("text_source")?,
            mean_ocr_confidence: row.get("mean_ocr_confidence")?,
            engine: row.get("engine")?,
            reading_key: row.get("reading_key")?,
            problems: json_column(row, "problems")?,
            archival_copy: match parsed_option(row, "archival_blake3")? {
                Some(digest) => ArchivalCopy::Accepted(digest),
                None if state == "refused" => ArchivalCopy::Refused,
                None => ArchivalCopy::None,
            },
        })
    }
}

/// What one run of the rules found in a document.
#[derive(Clone, Debug, PartialEq)]
pub struct Findings {
    /// Under what key they are stored.
    pub key: String,
    /// Digest of the rule set that found them.
    pub rule_set: Blake3,
    /// When.
    pub found: Timestamp,
    /// What.
    pub fields: Fields,
}

/// A document that comes into the register, with what was found in it.
#[derive(Clone, Debug, PartialEq)]
pub struct NewDocument {
    /// The document.
    pub document: Document,
    /// When its record was made, if it makes one.
    pub created: Timestamp,
    /// What was found, where the rules have run.
    pub findings: Option<Findings>,
}

impl Register {
    /// The documents of these bytes, where they are archived.
    pub fn find_original(&self, blake3: Blake3) -> Result<Option<(Original, Vec<Document>)>> {
        self.read(|tx| {
            let original = tx
                .prepare_cached("SELECT * FROM originals WHERE blake3 = ?1")
                .and_then(|mut statement| statement.query_row([blake3.hex()], original_of_row).optional())
                .db("cannot look up an original")?;
            original.map(|original| Ok((original, documents_of_original(tx, blake3)?))).transpose()
        })
    }

    /// Adds what a new run of the rules found in a document; what was found before stays. The same findings again
    /// (the same key) change nothing. What the document is in its dossier follows them, unless a person said it.
    pub fn add_findings(&self, document: &DocumentId, role: Role, findings: &Findings, events: &[Event]) -> Result<()> {
        self.write(|tx| {
            if !dossier::is_placed(tx, document)? {
                tx.execute("UPDATE documents SET role = ?2 WHERE document = ?1", [document.as_str(), &name(&role)?])
                    .db("cannot note what a document is")?;
            }
            insert_findings(tx, document, findings)?;
            outbox::insert(tx, &self.seal, events)
        })
    }

    /// Says what became of a document's archival copy.
    pub fn set_archival_copy(&self, document: &DocumentId, copy: ArchivalCopy, events: &[Event]) -> Result<()> {
        self.write(|tx| {
            let changed = tx
                .execute(
                    "UPDATE documents SET archival_state = ?2, archival_blake3 = ?3 WHERE document = ?1",
                    params![document.as_str(), name(&copy.state())?, copy.digest()],
                )
                .db("cannot note an archival copy")?;
            if changed == 0 {
                return Err(Error::new(ErrorKind::NotFound, format!("there is no document `{document}`")));
            }
            outbox::insert(tx, &self.seal, events)
        })
    }
}

pub(super) fn documents_of_original(tx: &Transaction<'_>, blake3: Blake3) -> Result<Vec<Document>> {
    tx.prepare_cached("SELECT * FROM documents WHERE original = ?1 ORDER BY first_page, document")
        .and_then(|mut statement| statement.query_map([blake3.hex()], Document::of_row)?.collect())
        .db("cannot look up the documents of an original")
}

fn original_of_row(row: &Row<'_>) -> rusqlite::Result<Original> {
    Ok(Original {
        digests: Digests {
            blake3: parsed(row, "blake3")?,
            sha256: parsed(row, "sha256")?,
            size_bytes: row.get::<_, i64>("size_bytes")?.unsigned_abs(),
        },
        media_type: named(row, "media_type")?,
        accessioned: parsed(row, "accessioned")?,
    })
}

pub(super) fn insert_original(tx: &Transaction<'_>, original: &Original) -> Result<()> {
    let Digests { blake3, sha256, size_bytes } = original.digests;
    tx.execute(
        "INSERT INTO originals (blake3, sha256, size_bytes, media_type, accessioned) VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            blake3.hex(),
            sha256.hex(),
            size_bytes.cast_signed(),
            name(&original.media_type)?,
            original.accessioned.to_string()
        ],
    )
    .db("cannot add an original")?;
    Ok(())
}

/// The same where the bytes may be there already: what came in first tells of them, in whatever order they are restored.
pub(super) fn restore_original(tx: &Transaction<'_>, original: &Original) -> Result<()> {
    let known = tx
        .prepare_cached("SELECT * FROM originals WHERE blake3 = ?1")
        .and_then(|mut statement| statement.query_row([original.digests.blake3.hex()], original_of_row).optional())
        .db("cannot look up an original")?;
    match known {
        None => insert_original(tx, original),
        Some(known) if known.digests != original.digests => Err(Error::new(
            ErrorKind::FixityMismatch,
            format!("two manifests tell differently of the original `{}`", original.digests.blake3),
        )
        .hint("`griffie verify` names what was changed")),
        Some(known) if known.accessioned <= original.accessioned => Ok(()),
        Some(_) => {
            tx.execute(
                "UPDATE originals SET media_type = ?2, accessioned = ?3 WHERE blake3 = ?1",
                params![original.digests.blake3.hex(), name(&original.media_type)?, original.accessioned.to_string()],
            )
            .db("cannot restore an original")?;
            Ok(())
        }
    }
}

pub(super) fn insert_document(tx: &Transaction<'_>, new: &NewDocument) -> Result<()> {
    let document = &new.document;
    let record = document.record.as_str();
    tx.execute(
        "INSERT INTO records (record, created) VALUES (?1, ?2)
         ON CONFLICT DO UPDATE SET created = min(created, excluded.created)",
        params![record, new.created.to_string()],
    )
    .db("cannot add a record")?;
    tx.prepare_cached(
        "INSERT INTO documents
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            document.id.as_str(),
            record,
            name(&document.role).map_err(to_sql)?,
            document.original.hex(),
            document.first_page.get(),
            document.last_page.get(),
            document.pages.read,
            document.pages.blank,
            document.pages.separator,
            document.pages.unreadable,
            document.language.map(Language::code),
            document.text_source,
            document.mean_ocr_confidence,
            document.engine,
            document.reading_key,
            to_json(&document.problems).map_err(to_sql)?,
            name(&document.archival_copy.state()).map_err(to_sql)?,
            document.archival_copy.digest(),
        ])
    })
    .db("cannot add a document")?;
    match &new.findings {
        Some(findings) => insert_findings(tx, &document.id, findings),
        None => Ok(()),
    }
}

fn to_sql(error: Error) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(error.into())
}

fn insert_findings(tx: &Transaction<'_>, document: &DocumentId, findings: &Findings) -> Result<()> {
    let known: Option<(u32, u32)> = tx
        .query_row(
            "SELECT generation, (SELECT max(generation) FROM findings WHERE document = ?1) FROM findings
             WHERE document = ?1 AND findings_key = ?2",
            params![document.as_str(), findings.key],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()
        .db("cannot look up findings")?;
    match known {
        Some((generation, last)) if generation == last => return Ok(()),
        // The rules of an earlier day hold again, and with them what they found.
        Some((generation, last)) => {
            tx.execute_batch("PRAGMA defer_foreign_keys = ON").db("cannot renew findings")?;
            for table in ["findings", "field_values"] {
                tx.execute(
                    &format!("UPDATE {table} SET generation = ?3 WHERE document = ?1 AND generation = ?2"),
                    params![document.as_str(), generation, last + 1],
                )
                .db("cannot renew findings")?;
            }
            tx.execute(
                "UPDATE findings SET found = ?2 WHERE document = ?1 AND findings_key = ?3",
                params![document.as_str(), findings.found.to_string(), findings.key],
            )
            .db("cannot renew findings")?;
            return holding::refresh_of_document(tx, document);
        }
        None => {}
    }
    let generation: u32 = tx
        .query_row(
            "INSERT INTO findings
             SELECT ?1, 1 + ifnull(max(generation), 0), ?2, ?3, ?4 FROM findings WHERE document = ?1
             RETURNING generation",
            params![document.as_str(), findings.key, findings.rule_set.hex(), findings.found.to_string()],
            |row| row.get(0),
        )
        .db("cannot add findings")?;
    fields::insert(tx, document, generation, &findings.fields)?;
    holding::refresh_of_document(tx, document)
}
