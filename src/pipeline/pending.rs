//! What is about to be appended to the log, noted in the data folder under a seal by the log's key. A program that is
//! stopped while it appends leaves events that no checkpoint signs; that they are this archive's the database tells, and
//! where that is lost as well this note does. Nobody without the key can make one.

use std::{collections::HashSet, path::Path};

use super::sealed;
use crate::{
    ErrorKind, Result,
    error::Fold as _,
    model::Blake3,
    provenance::{
        Event,
        note::{SignerKey, VerifierKey},
    },
};

/// Where it is noted.
pub const LOG_PENDING: &str = "log.pending";
const SCHEMA: &str = "griffie-pending/1";

/// Events that a log of so many was about to take in.
pub(super) struct Pending {
    size: u64,
    events: HashSet<Blake3>,
}

impl Pending {
    /// Whether an event is one of those, of a log that has not grown since.
    pub fn has(&self, size: u64, event: &Event) -> bool {
        size == self.size && self.events.contains(&event.digest())
    }
}

/// Notes what is about to be appended to a log of this size.
pub(super) fn note(data: &Path, signer: &SignerKey, size: u64, events: &[Event]) -> Result<()> {
    let doing = || "cannot note what is about to be logged";
    let mut text = format!("{SCHEMA}\n{size}\n");
    for event in events {
        text += &event.digest().hex();
        text.push('\n');
    }
    sealed::write(&data.join(LOG_PENDING), signer, &text).fold(ErrorKind::Storage, doing)
}

/// What was noted last, where one of these keys sealed it. Any other note says nothing.
pub(super) fn noted(data: &Path, keys: &[VerifierKey]) -> Option<Pending> {
    let note = sealed::read(&data.join(LOG_PENDING), keys).ok().filter(|note| note.is_sealed)?;
    let mut lines = note.text.lines();
    lines.next().filter(|schema| *schema == SCHEMA)?;
    let size = lines.next()?.parse().ok()?;
    let events = lines.map(str::parse).collect::<std::result::Result<_, _>>().ok()?;
    Some(Pending { size, events })
}
