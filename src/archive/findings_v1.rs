//! What the rules found in a document, version 1.

use serde::{Deserialize, Serialize};

use super::{Format, Recipe};
use crate::model::{Blake3, Fields};

/// The fields as one run of the rules left them. It names no document and no time: the same reading and the same rules
/// give the same findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// What made them; its digest is their key.
    pub recipe: Recipe,
    /// The key of the reading that they stand in.
    pub reading: Blake3,
    /// Digest of the rule set.
    pub rule_set: String,
    /// The fields, in the record format: `griffie-record/1` is a published format and changes no faster than this one.
    pub fields: Fields,
}

impl Format for Findings {
    const SCHEMA: &'static str = "griffie-findings/1";
}
