//! A legal hold on a record or its end, version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Format;
use crate::model::RecordId;

/// A legal hold that was laid on a record, or lifted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    /// The record.
    pub record: RecordId,
    /// The name of the hold: laid and lifted under the same one.
    pub hold: String,
    /// Laid (true) or lifted (false).
    pub on: bool,
    /// Why.
    pub reason: String,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Format for Hold {
    const SCHEMA: &'static str = "griffie-hold/1";
}
