//! Which mail brought which documents: they came in as members of one mail, whose own words are a document beside them.

use rusqlite::{Transaction, params};

use super::{Relation, Result, record};
use crate::{
    ErrorKind,
    error::Fold as _,
    model::RecordId,
    register::{Db as _, Document, Register, Role, current},
};

/// What the mail and its attachments are to each other, with the path of the other one.
type Companion = (Relation, RecordId, String);

/// The documents that a record's mail brought, and the mails that brought the record's documents.
pub(super) fn with(tx: &Transaction<'_>, record: &RecordId) -> Result<Vec<Companion>> {
    // The letter has the bytes of the mail that it is in. It is looked for by them, so that a member of a large archive
    // costs no walk over all the others.
    let mails: Vec<(String, bool)> = rows(
        tx,
        "SELECT DISTINCT letter.item, letter.item = own.item FROM documents
         JOIN items AS own ON own.blake3 = documents.original AND own.parent IS NOT NULL
         JOIN items AS parent ON parent.item = own.parent
         JOIN items AS letter ON letter.blake3 = parent.blake3 AND letter.parent = parent.item
         WHERE documents.record = ?1 ORDER BY letter.item",
        record.as_str(),
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    let mut found = Vec::new();
    for (letter, is_own) in mails {
        let (relation, query) = match is_own {
            true => (Relation::Brought, BROUGHT),
            false => (Relation::BroughtBy, LETTER),
        };
        let others: Vec<(String, String)> = rows(tx, query, &letter, |row| Ok((row.get(0)?, row.get(1)?)))?;
        for (other, path) in others {
            let other: RecordId = other.parse().fold(ErrorKind::Storage, || "a stored id")?;
            if other != *record && !found.iter().any(|known: &Companion| (known.0, &known.1) == (relation, &other)) {
                found.push((relation, other, path));
            }
        }
    }
    Ok(found)
}

/// The members of the letter's mail; its labels begin with that of the mail, which the index finds.
const BROUGHT: &str = "SELECT documents.record, ifnull(other.member, other.source) FROM items AS letter
    JOIN items AS parent ON parent.item = letter.parent
    JOIN items AS other ON other.batch = letter.batch AND other.source = letter.source
        AND ifnull(other.member, '') > ifnull(parent.member || '!', '')
        AND ifnull(other.member, '') < ifnull(parent.member || '\"', char(1114111))
        AND other.parent = letter.parent AND other.item <> letter.item
    JOIN documents ON documents.original = other.blake3
    WHERE letter.item = ?1 ORDER BY other.ordinal, documents.document";

const LETTER: &str = "SELECT documents.record, ifnull(member, source) FROM items
    JOIN documents ON documents.original = blake3 WHERE item = ?1 ORDER BY documents.document";

fn rows<T>(
    tx: &Transaction<'_>,
    query: &str,
    about: &str,
    row: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>> {
    tx.prepare_cached(query)
        .and_then(|mut statement| statement.query_map(params![about], row)?.collect())
        .db("cannot look for the mail that brought a document")
}

/// Whether a record is no more than the mail that brought others: it says nothing of terms, and nobody decided about it.
fn is_covering_letter(tx: &Transaction<'_>, id: &RecordId) -> Result<bool> {
    let documents = record::record(tx, id)?.documents;
    if !documents.iter().all(|document: &Document| document.role == Role::Letter) {
        return Ok(false);
    }
    let shown = current::of_record(tx, id, crate::model::Language::English)?;
    let is_silent = !shown.fields.say_terms() && shown.decided.is_empty() && shown.closure.is_none();
    Ok(is_silent && with(tx, id)?.iter().any(|(relation, ..)| *relation == Relation::Brought))
}

impl Register {
    /// Whether a record is a covering letter: a mail that brought others and says nothing of a contract itself.
    pub fn is_covering_letter(&self, record: &RecordId) -> Result<bool> {
        self.read(|tx| is_covering_letter(tx, record))
    }
}
