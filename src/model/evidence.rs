//! Where a value stands: the words as read, the page, the boxes.

use serde::{Deserialize, Serialize};

use super::{PageBox, PageNo};

/// A place on one page that carries a value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Evidence {
    /// The page it stands on.
    pub page: PageNo,
    /// The words as read, never repaired.
    pub quote: String,
    /// One box a line of text, as displayed.
    pub boxes: Vec<PageBox>,
    /// Number and heading of the clause it stands in.
    pub clause: Option<String>,
    /// What it is, where it is not words on a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<EvidenceKind>,
}

/// Evidence other than words on a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EvidenceKind {
    /// An electronic signature in the file: the quote says whose and when.
    Signature,
}
