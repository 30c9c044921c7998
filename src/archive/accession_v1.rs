//! What became of a submission item, version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Format, name};
use crate::{
    model::{BatchId, Digests, DocumentId, ItemId, Problem, RecordId},
    storage::ObjectName,
};

/// One submission item and its one accounted state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accession {
    /// The batch it came in with.
    pub batch: BatchId,
    /// The item.
    pub item: ItemId,
    /// Its place in the batch, from 0.
    pub ordinal: u32,
    /// The file, or the outermost container it is in, as found.
    pub source: String,
    /// The path inside the container.
    pub member: Option<String>,
    /// The item of the container.
    pub parent: Option<ItemId>,
    /// The department that handed it over.
    pub department: Option<String>,
    /// When responsibility for it was taken.
    pub accessioned: Timestamp,
    /// What became of it.
    pub state: AccessionState,
    /// Why it is quarantined; only then.
    pub reason: Option<Reason>,
    /// Digests of its bytes, where they could be read.
    pub digests: Option<Digests>,
    /// IANA media type, where it could be told.
    pub media_type: Option<String>,
    /// The documents that its bytes hold; of a duplicate those that were there already.
    pub documents: Vec<DocumentId>,
    /// The id set aside for its document.
    pub reserved_document: DocumentId,
    /// The id set aside for its record.
    pub reserved_record: RecordId,
    /// What a person should know of what came in with it; of a bag, where that is kept and what was not taken over.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<Problem>,
}

/// The one accounted state of an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessionState {
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

impl Accession {
    /// The objects that it says are there: of what was taken in its bytes, and the first manifest of each document.
    pub fn refers_to(&self) -> Vec<ObjectName> {
        let kept = matches!(self.state, AccessionState::Archived | AccessionState::Duplicate);
        let bytes = self.digests.iter().map(|digests| name::original(&digests.blake3));
        let manifests = self.documents.iter().map(|id| name::manifest(id, 1));
        bytes.chain(manifests).filter(|_| kept).collect()
    }
}

impl Format for Accession {
    const SCHEMA: &'static str = "griffie-accession/1";
}
