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
}
