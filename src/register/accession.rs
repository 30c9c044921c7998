//! What came in: batches and their items. An item is set aside with its ids before any work on it, and gets its one
//! final state together with everything that this state tells of, in one transaction.

use jiff::Timestamp;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};
use serde::{Deserialize, Serialize};

use super::{Db as _, Document, Event, NewDocument, Original, Register, document, json_column, named, outbox};
use super::{parsed, parsed_option, to_json};
use crate::{
    Error, ErrorKind, Result,
    model::{BatchId, Digests, DocumentId, ItemId, RecordId},
};

/// Everything that came in together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    /// When it was begun.
    pub started: Timestamp,
    /// When its last item got its state.
    pub finished: Option<Timestamp>,
    /// What was handed over.
    pub paths: Vec<String>,
}

/// A place where a file stands, before it has ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewItem {
    /// The file, or the outermost container it is in.
    pub source: String,
    /// The path inside the container (`inner.zip!letter.pdf`); made different by the caller where two are the same.
    pub member: Option<String>,
    /// The container.
    pub parent: Option<ItemId>,
    /// When responsibility for it was taken.
    pub accessioned: Timestamp,
}

/// A file of a batch, or a member of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// Its id.
    pub id: ItemId,
    /// The batch it came in with.
    pub batch: BatchId,
    /// Its place in the batch, from 0.
    pub ordinal: u32,
    /// The file, or the outermost container it is in.
    pub source: String,
    /// The path inside the container.
    pub member: Option<String>,
    /// The container.
    pub parent: Option<ItemId>,
    /// When responsibility for it was taken.
    pub accessioned: Timestamp,
    /// The id set aside for its document.
    pub document: DocumentId,
    /// The id set aside for its record.
    pub record: RecordId,
    /// What became of it.
    pub state: ItemState,
    /// Why it is quarantined.
    pub reason: Option<Reason>,
    /// Digests of its bytes, once they are known.
    pub digests: Option<Digests>,
}

impl Item {
    /// Its path as a receipt shows it: members of a container as `container!member`.
    pub fn path(&self) -> String {
        match &self.member {
            Some(member) => format!("{}!{member}", self.source),
            None => self.source.clone(),
        }
    }

    fn of_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let digests = match (parsed_option(row, "blake3")?, parsed_option(row, "sha256")?, row.get("size_bytes")?) {
            (Some(blake3), Some(sha256), Some(size)) => {
                Some(Digests { blake3, sha256, size_bytes: i64::unsigned_abs(size) })
            }
            _ => None,
        };
        let (kind, message) = (row.get("reason_kind")?, row.get("reason_message")?);
        Ok(Self {
            id: parsed(row, "item")?,
            batch: parsed(row, "batch")?,
            ordinal: row.get("ordinal")?,
            source: row.get("source")?,
            member: row.get("member")?,
            parent: parsed_option(row, "parent")?,
            accessioned: parsed(row, "accessioned")?,
            document: parsed(row, "document")?,
            record: parsed(row, "record")?,
            state: named(row, "state")?,
            reason: Option::zip(kind, message).map(|(kind, message)| Reason { kind, message }),
            digests,
        })
    }
}

/// The one accounted state of an item, or that it has none yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Work on it has not ended.
    Pending,
    /// Its bytes and documents are in the archive.
    Archived,
    /// Its bytes were there already.
    Duplicate,
    /// It could not be taken in; the reason says why.
    Quarantined,
    /// It holds other items, which are accounted for themselves.
    Container,
}

/// Why an item is quarantined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// A typed kind in snake_case (`encrypted`, `truncated`).
    pub kind: String,
    /// A sentence for people.
    pub message: String,
}

/// Who reads an original.
#[derive(Clone, Debug, PartialEq)]
pub enum Claim {
    /// The item that asked: go on.
    Granted,
    /// Nobody: the bytes are archived already, with these documents.
    Archived(Vec<Document>),
    /// Another item, which is at work on the same bytes: ask again when it has its state.
    Taken(ItemId),
}

/// What becomes of an item.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Archived, with the documents that its bytes hold.
    Archived {
        /// The bytes.
        original: Original,
        /// The documents (one, until a bundle is split).
        documents: Vec<NewDocument>,
    },
    /// Its bytes were archived before.
    Duplicate(Digests),
    /// It cannot be taken in.
    Quarantined {
        /// Digests of its bytes, where they could be read.
        digests: Option<Digests>,
        /// Why.
        reason: Reason,
    },
    /// It holds other items; they must have been reserved before.
    Container(Option<Digests>),
}

/// An item, what became of it, and the events that tell of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// The item.
    pub item: ItemId,
    /// What became of it.
    pub outcome: Outcome,
    /// Events for the provenance log.
    pub events: Vec<Event>,
}

impl Register {
    /// Whether nothing was ever handed over.
    pub fn is_empty(&self) -> Result<bool> {
        self.read(|tx| {
            tx.query_row("SELECT NOT EXISTS (SELECT 1 FROM batches)", [], |row| row.get(0)).db("cannot count batches")
        })
    }

    /// Whether a batch is known.
    pub fn has_batch(&self, batch: &BatchId) -> Result<bool> {
        self.read(|tx| {
            tx.prepare_cached("SELECT EXISTS (SELECT 1 FROM batches WHERE batch = ?1)")
                .and_then(|mut statement| statement.query_row([batch.as_str()], |row| row.get(0)))
                .db("cannot look up a batch")
        })
    }

    /// Begins a batch.
    pub fn begin_batch(&self, batch: &Batch) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "INSERT INTO batches (batch, started, finished, paths) VALUES (?1, ?2, ?3, ?4)",
                params![
                    batch.id.as_str(),
                    batch.started.to_string(),
                    batch.finished.map(|moment| moment.to_string()),
                    to_json(&batch.paths)?
                ],
            )
            .db("cannot begin a batch")?;
            Ok(())
        })
    }

    /// Ends a batch, all of whose items have their state.
    pub fn finish_batch(&self, batch: &BatchId, finished: Timestamp) -> Result<()> {
        self.write(|tx| {
            let pending: u32 = tx
                .query_row(
                    "SELECT count(*) FROM items WHERE batch = ?1 AND state = 'pending'",
                    [batch.as_str()],
                    |row| row.get(0),
                )
                .db("cannot count the items of a batch")?;
            if pending > 0 {
                return Err(Error::new(ErrorKind::Conflict, format!("{pending} items of `{batch}` have no state yet")));
            }
            tx.execute(
                "UPDATE batches SET finished = ?2 WHERE batch = ?1 AND finished IS NULL",
                params![batch.as_str(), finished.to_string()],
            )
            .db("cannot end a batch")?;
            Ok(())
        })
    }

    /// The batches that were begun and not ended, oldest first: what a new run goes on with.
    pub fn open_batches(&self) -> Result<Vec<Batch>> {
        self.batches("SELECT * FROM batches WHERE finished IS NULL ORDER BY started, batch")
    }

    /// All batches, oldest first.
    pub fn all_batches(&self) -> Result<Vec<Batch>> {
        self.batches("SELECT * FROM batches ORDER BY started, batch")
    }

    fn batches(&self, query: &str) -> Result<Vec<Batch>> {
        self.read(|tx| {
            tx.prepare_cached(query)
                .and_then(|mut statement| statement.query_map([], batch_of_row)?.collect())
                .db("cannot list batches")
        })
    }

    /// The items of a batch, in their order.
    pub fn items(&self, batch: &BatchId) -> Result<Vec<Item>> {
        self.read(|tx| items_of(tx, batch))
    }

    /// The items of a batch that have no state yet, in their order.
    pub fn pending_items(&self, batch: &BatchId) -> Result<Vec<Item>> {
        self.read(|tx| {
            tx.prepare_cached("SELECT * FROM items WHERE batch = ?1 AND state = 'pending' ORDER BY ordinal")
                .and_then(|mut statement| statement.query_map([batch.as_str()], Item::of_row)?.collect())
                .db("cannot list pending items")
        })
    }

    /// One item.
    pub fn item(&self, id: &ItemId) -> Result<Item> {
        self.read(|tx| {
            tx.prepare_cached("SELECT * FROM items WHERE item = ?1")
                .and_then(|mut statement| statement.query_row([id.as_str()], Item::of_row).optional())
                .db("cannot look up an item")?
                .ok_or_else(|| Error::new(ErrorKind::NotFound, format!("there is no item `{id}`")))
        })
    }

    /// The items as which a document's bytes came in: the one that it was made of, then its duplicates, oldest first.
    pub fn arrivals(&self, document: &Document) -> Result<Vec<Item>> {
        self.read(|tx| {
            tx.prepare_cached(
                "SELECT * FROM items WHERE document = ?1 OR blake3 = ?2 AND state = 'duplicate'
                 ORDER BY document <> ?1, accessioned, item",
            )
            .and_then(|mut statement| {
                statement.query_map([document.id.as_str(), &document.original.hex()], Item::of_row)?.collect()
            })
            .db("cannot look up how a document came in")
        })
    }

    /// Whether everything in a container, at any depth, is archived (or was before).
    pub fn all_taken_below(&self, container: &ItemId) -> Result<bool> {
        self.read(|tx| {
            tx.prepare_cached(
                "WITH RECURSIVE below (item, state) AS (
                     SELECT item, state FROM items WHERE parent = ?1
                     UNION SELECT items.item, items.state FROM items JOIN below ON items.parent = below.item
                     -- What is attached to an archived PDF is in the archive with it, whether it can be read or not.
                     WHERE items.state <> 'quarantined' OR below.state NOT IN ('archived', 'duplicate'))
                 SELECT NOT EXISTS (SELECT 1 FROM below WHERE state IN ('pending', 'quarantined'))",
            )
            .and_then(|mut statement| statement.query_row([container.as_str()], |row| row.get(0)))
            .db("cannot look into a container")
        })
    }

    /// Gives up the claims of a batch whose process is gone: its pending items wait again to be read.
    pub fn release_claims(&self, batch: &BatchId) -> Result<()> {
        self.write(|tx| {
            tx.execute(
                "UPDATE items SET blake3 = NULL, sha256 = NULL, size_bytes = NULL
                 WHERE batch = ?1 AND state = 'pending'",
                [batch.as_str()],
            )
            .db("cannot give up the claims of a batch")?;
            Ok(())
        })
    }

    /// Sets items aside before any work on them, each with its ids. A place that the batch has already (found again by
    /// a run that goes on) gives the item that is there; a place named twice gives one item.
    pub fn reserve_items(&self, batch: &BatchId, new: &[NewItem]) -> Result<Vec<Item>> {
        self.write(|tx| {
            let mut ordinal: u32 = tx
                .query_row("SELECT ifnull(max(ordinal) + 1, 0) FROM items WHERE batch = ?1", [batch.as_str()], |row| {
                    row.get(0)
                })
                .db("cannot number items")?;
            let mut items = Vec::with_capacity(new.len());
            let mut given = std::collections::HashSet::new();
            for place in new {
                let item = match item_at(tx, batch, place)? {
                    Some(item) => item,
                    None => {
                        let item = Item {
                            id: ItemId::random(),
                            batch: batch.clone(),
                            ordinal,
                            source: place.source.clone(),
                            member: place.member.clone(),
                            parent: place.parent.clone(),
                            accessioned: place.accessioned,
                            document: DocumentId::random(),
                            record: RecordId::random(),
                            state: ItemState::Pending,
                            reason: None,
                            digests: None,
                        };
                        insert_item(tx, &item)?;
                        ordinal += 1;
                        item
                    }
                };
                if given.insert(item.id.clone()) {
                    items.push(item);
                }
            }
            Ok(items)
        })
    }

    /// Puts items back as the store tells of them, before their states are given back with [`Self::complete_items`].
    pub fn restore_items(&self, items: &[Item]) -> Result<()> {
        self.write(|tx| items.iter().try_for_each(|item| insert_item(tx, item)))
    }

    /// Asks who reads the bytes of an item, and notes their digests if it is this one. Two items with the same bytes
    /// are never read at the same time, in whatever batch or process they are.
    pub fn claim_original(&self, item: &ItemId, digests: &Digests) -> Result<Claim> {
        self.write(|tx| {
            let documents = document::documents_of_original(tx, digests.blake3)?;
            if !documents.is_empty() {
                return Ok(Claim::Archived(documents));
            }
            let other: Option<String> = tx
                .prepare_cached("SELECT item FROM items WHERE blake3 = ?1 AND state = 'pending' AND item <> ?2")
                .and_then(|mut statement| {
                    statement.query_row([digests.blake3.hex().as_str(), item.as_str()], |row| row.get(0)).optional()
                })
                .db("cannot ask who reads an original")?;
            if let Some(other) = other {
                let other =
                    other.parse().map_err(|error| Error::new(ErrorKind::Storage, "an item's id").source(error))?;
                return Ok(Claim::Taken(other));
            }
            set_state(tx, item, ItemState::Pending, Some(digests), None)?;
            Ok(Claim::Granted)
        })
    }

    /// Gives items their final states, with everything that these states tell of: all of it or nothing.
    pub fn complete_items(&self, completions: &[Completion]) -> Result<()> {
        self.write(|tx| completions.iter().try_for_each(|completion| complete(tx, &self.seal, completion, false)))
    }

    /// The same for states that the store tells of. There the same bytes may be archived twice, by programs that did not
    /// know of each other: their documents stand beside each other.
    pub fn restore_completions(&self, completions: &[Completion]) -> Result<()> {
        self.write(|tx| completions.iter().try_for_each(|completion| complete(tx, &self.seal, completion, true)))
    }
}

fn complete(tx: &Transaction<'_>, seal: &outbox::Seal, completion: &Completion, restored: bool) -> Result<()> {
    let item = &completion.item;
    match &completion.outcome {
        Outcome::Archived { original, documents } => {
            if documents.is_empty() {
                return Err(Error::new(ErrorKind::Internal, format!("archived item `{item}` has no document")));
            }
            if restored {
                document::restore_original(tx, original)?
            } else {
                document::insert_original(tx, original)?
            }
            documents.iter().try_for_each(|new| document::insert_document(tx, new))?;
            set_state(tx, item, ItemState::Archived, Some(&original.digests), None)?;
        }
        Outcome::Duplicate(digests) => {
            if document::documents_of_original(tx, digests.blake3)?.is_empty() {
                let message = format!("item `{item}` is a duplicate of bytes that are not archived");
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            set_state(tx, item, ItemState::Duplicate, Some(digests), None)?;
        }
        Outcome::Quarantined { digests, reason } => {
            set_state(tx, item, ItemState::Quarantined, digests.as_ref(), Some(reason))?;
        }
        Outcome::Container(digests) => set_state(tx, item, ItemState::Container, digests.as_ref(), None)?,
    }
    outbox::insert(tx, seal, &completion.events)
}

/// Changes a pending item; one that has its state keeps it. Digests that it was claimed with go where it ends without any:
/// the file changed since.
fn set_state(
    tx: &Transaction<'_>,
    item: &ItemId,
    state: ItemState,
    digests: Option<&Digests>,
    reason: Option<&Reason>,
) -> Result<()> {
    let changed = tx
        .prepare_cached(
            "UPDATE items SET state = ?2, blake3 = ?3, sha256 = ?4, size_bytes = ?5, reason_kind = ?6, reason_message = ?7
             WHERE item = ?1 AND state = 'pending'",
        )
        .db("cannot change an item")?
        .execute(params![
            item.as_str(),
            super::name(&state)?,
            digests.map(|digests| digests.blake3.hex()),
            digests.map(|digests| digests.sha256.hex()),
            digests.map(|digests| digests.size_bytes.cast_signed()),
            reason.map(|reason| &reason.kind),
            reason.map(|reason| &reason.message),
        ])
        .db("cannot change an item")?;
    if changed == 1 {
        return Ok(());
    }
    let known = tx
        .query_row("SELECT 1 FROM items WHERE item = ?1", [item.as_str()], |_| Ok(()))
        .optional()
        .db("cannot look up an item")?;
    Err(match known {
        Some(()) => Error::new(ErrorKind::Conflict, format!("item `{item}` has its state already")),
        None => Error::new(ErrorKind::NotFound, format!("there is no item `{item}`")),
    })
}

fn item_at(tx: &Transaction<'_>, batch: &BatchId, place: &NewItem) -> Result<Option<Item>> {
    tx.prepare_cached("SELECT * FROM items WHERE batch = ?1 AND source = ?2 AND ifnull(member, '') = ifnull(?3, '')")
        .and_then(|mut statement| {
            statement.query_row(params![batch.as_str(), place.source, place.member], Item::of_row).optional()
        })
        .db("cannot look up an item")
}

pub(super) fn items_of(tx: &Transaction<'_>, batch: &BatchId) -> Result<Vec<Item>> {
    tx.prepare_cached("SELECT * FROM items WHERE batch = ?1 ORDER BY ordinal")
        .and_then(|mut statement| statement.query_map([batch.as_str()], Item::of_row)?.collect())
        .db("cannot list the items of a batch")
}

fn insert_item(tx: &Transaction<'_>, item: &Item) -> Result<()> {
    tx.prepare_cached(
        "INSERT INTO items (item, batch, ordinal, source, member, parent, accessioned, document, record, state)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'pending')",
    )
    .and_then(|mut statement| {
        statement.execute(params![
            item.id.as_str(),
            item.batch.as_str(),
            item.ordinal,
            item.source,
            item.member,
            item.parent.as_ref().map(ItemId::as_str),
            item.accessioned.to_string(),
            item.document.as_str(),
            item.record.as_str(),
        ])
    })
    .db("cannot set an item aside")?;
    Ok(())
}

fn batch_of_row(row: &Row<'_>) -> rusqlite::Result<Batch> {
    Ok(Batch {
        id: parsed(row, "batch")?,
        started: parsed(row, "started")?,
        finished: parsed_option(row, "finished")?,
        paths: json_column(row, "paths")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Fields,
        register::testing::{TestRegister, archived, moment, place},
    };

    fn quarantined(item: &Item) -> Completion {
        let reason = Reason { kind: "encrypted".into(), message: "the file asks for a password".into() };
        let outcome = Outcome::Quarantined { digests: Some(Digests::of(b"x")), reason };
        Completion { item: item.id.clone(), outcome, events: Vec::new() }
    }

    #[test]
    fn a_run_that_goes_on_gets_the_items_that_it_set_aside() {
        let register = TestRegister::new();
        let (batch, first) = register.batch(&["a.pdf", "b.pdf"]);
        let again = register.reserve_items(&batch, &[place("b.pdf"), place("c.pdf"), place("b.pdf")]).unwrap();
        assert_eq!(again[0], first[1]);
        assert_eq!((again.len(), again[1].ordinal), (2, 2));
        assert_eq!(register.open_batches().unwrap()[0].id, batch);
        assert_eq!(register.pending_items(&batch).unwrap().len(), 3);
    }

    #[test]
    fn a_file_that_changed_while_it_was_read_has_no_digests() {
        let register = TestRegister::new();
        let (_, items) = register.batch(&["a.pdf"]);
        register.claim_original(&items[0].id, &Digests::of(b"a")).unwrap();
        let reason = Reason { kind: "changed".into(), message: "the file changed while it was read".into() };
        let outcome = Outcome::Quarantined { digests: None, reason };
        let completion = Completion { item: items[0].id.clone(), outcome, events: Vec::new() };
        register.complete_items(&[completion]).unwrap();
        assert_eq!(register.item(&items[0].id).unwrap().digests, None, "as its accession says");
    }

    #[test]
    fn of_two_items_with_the_same_bytes_one_reads_and_the_other_is_a_duplicate() {
        let register = TestRegister::new();
        let (batch, items) = register.batch(&["a.pdf", "copy of a.pdf"]);
        let digests = Digests::of(b"a");
        assert_eq!(register.claim_original(&items[0].id, &digests).unwrap(), Claim::Granted);
        assert_eq!(register.claim_original(&items[0].id, &digests).unwrap(), Claim::Granted, "after a restart");
        assert_eq!(register.claim_original(&items[1].id, &digests).unwrap(), Claim::Taken(items[0].id.clone()));
        register.complete_items(&[archived(&items[0], b"a", Fields::absent())]).unwrap();
        let Claim::Archived(documents) = register.claim_original(&items[1].id, &digests).unwrap() else {
            panic!("the bytes are archived");
        };
        assert_eq!(documents[0].id, items[0].document);
        let duplicate =
            Completion { item: items[1].id.clone(), outcome: Outcome::Duplicate(digests), events: Vec::new() };
        register.complete_items(&[duplicate]).unwrap();
        let receipt = register.receipt(&batch).unwrap();
        assert_eq!((receipt.totals.archived, receipt.totals.duplicate, receipt.totals.pages.total()), (1, 1, 2));
        assert_eq!(receipt.files[0].documents, receipt.files[1].documents);
    }

    #[test]
    fn bytes_that_were_quarantined_are_tried_again() {
        let register = TestRegister::new();
        let (_, items) = register.batch(&["a.pdf", "copy of a.pdf"]);
        register.claim_original(&items[0].id, &Digests::of(b"x")).unwrap();
        register.complete_items(&[quarantined(&items[0])]).unwrap();
        assert_eq!(register.claim_original(&items[1].id, &Digests::of(b"x")).unwrap(), Claim::Granted);
    }

    #[test]
    fn a_state_is_given_once_and_with_all_that_it_tells_of_or_not_at_all() {
        let register = TestRegister::new();
        let (batch, items) = register.batch(&["a.pdf", "b.pdf"]);
        register.complete_items(&[quarantined(&items[0])]).unwrap();
        // The second completion fails, so the first leaves nothing behind either.
        let error = register
            .complete_items(&[archived(&items[1], b"b", Fields::absent()), quarantined(&items[0])])
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict);
        assert_eq!(register.pending_items(&batch).unwrap(), items[1..]);
        assert!(register.find_original(Digests::of(b"b").blake3).unwrap().is_none());
        assert!(register.waiting_events(9).unwrap().is_empty());
    }

    #[test]
    fn a_duplicate_of_nothing_is_refused() {
        let register = TestRegister::new();
        let (_, items) = register.batch(&["a.pdf"]);
        let outcome = Outcome::Duplicate(Digests::of(b"a"));
        let duplicate = Completion { item: items[0].id.clone(), outcome, events: Vec::new() };
        assert_eq!(register.complete_items(&[duplicate]).unwrap_err().kind(), ErrorKind::Conflict);
    }

    #[test]
    fn a_batch_ends_when_every_item_has_its_state() {
        let register = TestRegister::new();
        let (batch, items) = register.batch(&["a.pdf"]);
        assert_eq!(register.finish_batch(&batch, moment()).unwrap_err().kind(), ErrorKind::Conflict);
        register.complete_items(&[quarantined(&items[0])]).unwrap();
        register.finish_batch(&batch, moment()).unwrap();
        assert!(register.open_batches().unwrap().is_empty());
    }

    #[test]
    fn readers_do_not_wait_for_a_writer() {
        let register = TestRegister::new();
        let (batch, _) = register.batch(&["a.pdf"]);
        register
            .write(|tx| {
                tx.execute("UPDATE items SET source = 'z.pdf'", []).db("test")?;
                assert_eq!(register.items(&batch)?[0].source, "a.pdf");
                Ok(())
            })
            .unwrap();
        assert_eq!(register.items(&batch).unwrap()[0].source, "z.pdf");
    }
}
