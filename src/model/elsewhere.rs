//! Where a decision was taken that came in with a bag: in another archive, by its log.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::RecordId;

/// A decision of another archive, as that archive's log knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Elsewhere {
    /// The name of the log.
    pub log: String,
    /// The number of the event that tells of the decision.
    pub event: u64,
    /// The record there.
    pub record: RecordId,
    /// The number of the decision in that record's series.
    pub number: u32,
    /// When it was taken.
    pub at: Timestamp,
}
