//! The receipt of a batch: every file in one accounted state, and totals that reconcile with them. It serializes as
//! `griffie-receipt/1`.

use std::collections::HashMap;

use rusqlite::{Row, Transaction};
use serde::{Deserialize, Serialize};

use super::{Db as _, Document, Item, ItemState, PageCounts, Reason, Register, accession};
use crate::{
    Error, ErrorKind, Result,
    model::{BatchId, Blake3, DocumentId, ItemId, Problem, RecordId},
};

/// What a batch became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// Name and version of this format.
    pub schema: &'static str,
    /// The batch.
    pub batch: BatchId,
    /// Its files and members of containers, in the order in which they were found.
    pub files: Vec<ReceiptFile>,
    /// Their sums.
    pub totals: Totals,
}

/// What one file became.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptFile {
    /// As found; members of a container as `container!member`.
    pub path: String,
    /// Its accounted state.
    pub state: ItemState,
    /// Why it is quarantined.
    pub reason: Option<Reason>,
    /// Digest of its bytes, where they could be read.
    pub blake3: Option<Blake3>,
    /// The documents that its bytes hold; for a duplicate those that were there.
    pub documents: Vec<ReceiptDocument>,
    /// The item.
    #[serde(skip)]
    pub item: ItemId,
    /// What a person should know of what came in with it, where the store was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Problem>,
}

/// A document in a receipt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptDocument {
    /// Its id.
    pub id: DocumentId,
    /// Its contract record.
    pub record: RecordId,
    /// Its pages by state.
    pub pages: PageCounts,
    /// What became of its archival copy.
    pub archival_copy: ArchivalState,
    /// Why the copy was refused, where the store was asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub copy_refused: Option<String>,
    /// What was read only partly, where the store was asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<Problem>,
}

/// State of an archival copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchivalState {
    /// It was made and passed its checks.
    Accepted,
    /// It was made and did not pass.
    Refused,
    /// None was made.
    None,
}

/// Sums of a batch: `files` = `archived` + `duplicate` + `quarantined` + `container` (+ `pending`, which is only there
/// while the batch is not finished).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[allow(missing_docs)] // the names are the states
pub struct Totals {
    pub files: u32,
    pub archived: u32,
    pub duplicate: u32,
    pub quarantined: u32,
    pub container: u32,
    #[serde(skip_serializing_if = "is_zero")]
    pub pending: u32,
    /// Pages of the archived files by state; those of duplicates were counted when they first came in.
    pub pages: PageCounts,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// Members behind what they are in: those of a PDF are found when it is read, whatever came in meanwhile.
fn in_order(items: Vec<Item>) -> Vec<Item> {
    let mut members: HashMap<Option<ItemId>, Vec<Item>> = HashMap::new();
    for item in items.into_iter().rev() {
        members.entry(item.parent.clone()).or_default().push(item);
    }
    let mut waiting = members.remove(&None).unwrap_or_default();
    let mut ordered = Vec::new();
    while let Some(item) = waiting.pop() {
        waiting.extend(members.remove(&Some(item.id.clone())).unwrap_or_default());
        ordered.push(item);
    }
    ordered
}

impl Register {
    /// The receipt of a batch. Files without a state yet are counted as pending and not listed.
    pub fn receipt(&self, batch: &BatchId) -> Result<Receipt> {
        self.read(|tx| {
            let items = in_order(accession::items_of(tx, batch)?);
            let documents = documents_of(tx, batch)?;
            let mut totals = Totals::default();
            let mut files = Vec::with_capacity(items.len());
            for item in items {
                totals.files += 1;
                let documents = match item.state {
                    ItemState::Archived | ItemState::Duplicate => {
                        documents.get(item.id.as_str()).cloned().unwrap_or_default()
                    }
                    _ => Vec::new(),
                };
                match item.state {
                    ItemState::Pending => totals.pending += 1,
                    ItemState::Archived => totals.archived += 1,
                    ItemState::Duplicate => totals.duplicate += 1,
                    ItemState::Quarantined => totals.quarantined += 1,
                    ItemState::Container => totals.container += 1,
                }
                if item.state == ItemState::Archived {
                    documents.iter().for_each(|document| totals.pages += document.pages);
                }
                if item.state != ItemState::Pending {
                    let path = item.path();
                    let blake3 = item.digests.map(|digests| digests.blake3);
                    let (state, reason, remarks) = (item.state, item.reason, Vec::new());
                    files.push(ReceiptFile { path, state, reason, blake3, documents, item: item.id, remarks });
                }
            }
            reconcile(tx, batch, &totals)?;
            Ok(Receipt { schema: "griffie-receipt/1", batch: batch.clone(), files, totals })
        })
    }
}

/// The documents of all archived and duplicate items of a batch, by item.
fn documents_of(tx: &Transaction<'_>, batch: &BatchId) -> Result<HashMap<String, Vec<ReceiptDocument>>> {
    let entry = |row: &Row<'_>| {
        let document = Document::of_row(row)?;
        let archival_copy = document.archival_copy.state();
        let Document { id, record, pages, .. } = document;
        Ok((
            row.get::<_, String>("item")?,
            ReceiptDocument { id, record, pages, archival_copy, copy_refused: None, problems: Vec::new() },
        ))
    };
    let mut by_item: HashMap<String, Vec<ReceiptDocument>> = HashMap::new();
    let mut statement = tx
        .prepare_cached(
            "SELECT items.item, documents.* FROM items JOIN documents ON documents.original = items.blake3
             WHERE items.batch = ?1 AND items.state IN ('archived', 'duplicate')
             ORDER BY documents.first_page, documents.document",
        )
        .db("cannot list the documents of a batch")?;
    for found in statement.query_map([batch.as_str()], entry).db("cannot list the documents of a batch")? {
        let (item, document) = found.db("cannot read a document")?;
        by_item.entry(item).or_default().push(document);
    }
    Ok(by_item)
}

/// Counts pages a second time, straight from the tables: a receipt whose sums disagree is not given out.
fn reconcile(tx: &Transaction<'_>, batch: &BatchId, totals: &Totals) -> Result<()> {
    let pages: u32 = tx
        .query_row(
            "SELECT ifnull(sum(last_page - first_page + 1), 0) FROM documents WHERE original IN
             (SELECT blake3 FROM items WHERE batch = ?1 AND state = 'archived')",
            [batch.as_str()],
            |row| row.get(0),
        )
        .db("cannot count the pages of a batch")?;
    let files = totals.archived + totals.duplicate + totals.quarantined + totals.container + totals.pending;
    if pages != totals.pages.total() || files != totals.files {
        return Err(Error::new(ErrorKind::Internal, format!("the totals of batch `{batch}` do not reconcile")));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Fields,
        register::{
            Completion, NewItem, Outcome,
            testing::{TestRegister, archived, moment},
        },
    };

    #[test]
    fn a_receipt_accounts_for_every_file_and_its_format_stands() {
        let register = TestRegister::new();
        let (batch, items) = register.batch(&["mail.eml", "b.pdf", "c.pdf"]);
        let member = NewItem {
            source: "mail.eml".into(),
            member: Some("lease.pdf".into()),
            parent: Some(items[0].id.clone()),
            accessioned: moment(),
        };
        let member = register.reserve_items(&batch, &[member]).unwrap().remove(0);
        let reason = Reason { kind: "zero_bytes".into(), message: "the file is empty".into() };
        register
            .complete_items(&[
                Completion { item: items[0].id.clone(), outcome: Outcome::Container(None), events: Vec::new() },
                archived(&member, b"lease", Fields::absent()),
                Completion {
                    item: items[1].id.clone(),
                    outcome: Outcome::Quarantined { digests: None, reason },
                    events: Vec::new(),
                },
            ])
            .unwrap();
        let json = serde_json::to_value(register.receipt(&batch).unwrap()).unwrap();
        let totals = serde_json::json!({
            "files": 4, "archived": 1, "duplicate": 0, "quarantined": 1, "container": 1, "pending": 1,
            "pages": {"read": 1, "blank": 1, "separator": 0, "unreadable": 0},
        });
        assert_eq!(json["totals"], totals);
        assert_eq!(json["schema"], "griffie-receipt/1");
        assert_eq!(json["files"][0]["state"], "container");
        assert_eq!(json["files"][1]["path"], "mail.eml!lease.pdf", "behind what it is in, though found later");
        let document = &json["files"][1]["documents"][0];
        assert_eq!(json["files"][2]["reason"]["kind"], "zero_bytes");
        assert_eq!(json["files"][2]["blake3"], serde_json::Value::Null);
        assert_eq!(document["id"], member.document.as_str());
        assert_eq!(document["record"], member.record.as_str());
        assert_eq!(document["archival_copy"], "none");
    }
}
