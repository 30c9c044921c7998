//! A person's decision about a record, version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Format;
use crate::model::{Elsewhere, RecordId};

/// What a person decided. Nothing replaces it; a later decision stands beside it and holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// The record.
    pub record: RecordId,
    /// Its number among the record's decisions, from 1.
    pub number: u32,
    /// What was done.
    pub act: Act,
    /// The field that it is about.
    pub field: Option<String>,
    /// The value that was accepted or set, or the day, in the record format.
    pub value: Option<serde_json::Value>,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub note: Option<String>,
    /// Where it was taken, if not in this archive: then `by` is who took it there, and `at` when it was taken over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub elsewhere: Option<Elsewhere>,
}

/// Kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// The proposed value is right.
    Accept,
    /// Another value is right.
    Correct,
    /// The contract does not say.
    NotInContract,
    /// What was decided about the field before holds no more.
    Withdraw,
    /// The contract was terminated on a day.
    TerminatedOn,
    /// The contract ended on a day.
    EndedOn,
    /// The documents belong in the dossier of the record that the value names; its own name says `stands_alone` in
    /// older objects.
    BelongsTo,
    /// It is a contract of its own after all.
    StandsAlone,
    /// The contract that the value names took its place; its own name says `still_holds` in older objects.
    SupersededBy,
    /// The scan of the document that the value names was compared with the paper, and is complete and legible; the value
    /// says how many pages it has, and where others were looked at in its stead, which.
    ComparedWithPaper,
    /// It did not end, and no contract took its place.
    StillHolds,
}

impl Format for Decision {
    const SCHEMA: &'static str = "griffie-decision/1";
}
