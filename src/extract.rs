//! The rule engine: finds values in a text, settles conflicts, keeps how each was found. Pure: no I/O, no clock.

use crate::{
    Result,
    model::{Fields, Language},
    text::Text,
};

pub mod dictionary;
pub mod entity;

/// The rules, word lists and calibration of one rule set, compiled.
pub struct RuleSet {}

impl RuleSet {
    /// The rules and word lists that are built into the program.
    pub fn embedded() -> Result<Self> {
        Ok(Self {})
    }

    /// Digest of everything that decides the result, for keys and provenance.
    pub fn digest(&self) -> crate::model::Blake3 {
        crate::model::Blake3::of(b"")
    }

    /// Reads a contract. `language` is that of the explanations.
    pub fn extract(&self, _text: &Text, _language: Language) -> Fields {
        Fields::absent()
    }
}
