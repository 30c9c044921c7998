//! Who may know of a document, version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Format;
use crate::model::DocumentId;

/// An access mark. The last of a document's series holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Access {
    /// The document.
    pub document: DocumentId,
    /// The departments that may see it; `None` is everyone who may use the archive, an empty list nobody.
    pub departments: Option<Vec<String>>,
    /// Who set it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Format for Access {
    const SCHEMA: &'static str = "griffie-access/1";
}
