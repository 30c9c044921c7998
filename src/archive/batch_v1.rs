//! The receipt of a finished batch, version 1. Its items are accessions of their own.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Format, PageCounts};
use crate::model::BatchId;

/// A batch that is finished: all its items have their state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// Its id.
    pub batch: BatchId,
    /// When it was begun.
    pub started: Timestamp,
    /// When its last item got its state.
    pub finished: Timestamp,
    /// The program that took it in, with its version.
    pub program: String,
    /// What was handed over.
    pub paths: Vec<String>,
    /// How many of each.
    pub totals: Totals,
}

/// Totals of a batch; `files` is the sum of the four states.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)] // the names are those of `AccessionState`
pub struct Totals {
    pub files: u32,
    pub archived: u32,
    pub duplicate: u32,
    pub quarantined: u32,
    pub container: u32,
    pub pages: PageCounts,
}

impl Format for Batch {
    const SCHEMA: &'static str = "griffie-batch/1";
}
