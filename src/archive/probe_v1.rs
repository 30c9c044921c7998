//! What a probe of the store found, version 1.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Format;
use crate::storage;

/// A probe of the store.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Probe {
    /// The store, as it was named.
    pub store: String,
    /// When.
    pub at: Timestamp,
    /// `pass`, `fail` or `not_tried`.
    pub verdict: storage::Trialed,
    /// Each attempt.
    pub attempts: Vec<storage::Attempt>,
}

impl From<&storage::Probe> for Probe {
    fn from(probe: &storage::Probe) -> Self {
        let (store, attempts) = (probe.store.clone(), probe.attempts.clone());
        Self { store, at: probe.at, verdict: probe.verdict(), attempts }
    }
}

impl Format for Probe {
    const SCHEMA: &'static str = "griffie-probe/1";
}
