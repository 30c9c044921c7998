//! Checks a whole store, or as much of it as time allows: every object against its digest, the log against its signed
//! checkpoints, and each against the other. Needs no database and changes nothing in the store.

mod ledger;
mod log;
mod object;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use super::Archive;
use crate::{
    Result,
    provenance::note::{Checkpoint, VerifierKey},
    storage::ObjectName,
};
use ledger::Ledger;

/// How to check.
#[derive(Clone, Debug, Default)]
pub struct VerifyOptions {
    /// Begin no further object after this time. Those that were not looked at for longest come first.
    pub budget: Option<Duration>,
    /// A file outside the store that remembers when each object was last checked; made if it is not there.
    pub history: Option<PathBuf>,
    /// Checkpoints from elsewhere (printed, mailed, kept by another party) that this log must have grown from.
    pub known: Vec<Checkpoint>,
    /// Keys from elsewhere; where there are any, those in the store count for nothing.
    pub keys: Vec<VerifierKey>,
}

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct VerifyFinding {
    /// A typed kind.
    pub kind: FindingKind,
    /// The name of the object.
    pub what: String,
    /// A sentence for people.
    pub message: String,
}

/// Kinds of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// Its bytes are not what they were.
    ChangedObject,
    /// It is gone.
    MissingObject,
    /// The log knows nothing of it.
    UnloggedObject,
    /// No object of an archive has such a name.
    ForeignObject,
    /// It cannot be read at all.
    UnreadableObject,
    /// A checkpoint of the log is not as it was signed.
    BadCheckpoint,
    /// A checkpoint of the log is gone.
    MissingCheckpoint,
    /// A checkpoint is signed, but the log has another root: the log was rewritten.
    Rewritten,
    /// The log is shorter than a checkpoint from elsewhere says.
    Truncated,
    /// A bundle of events is not as it was.
    BadEntries,
    /// A bundle of events is gone.
    MissingEntries,
    /// A tile of the log's tree is not as it was.
    BadTile,
    /// A tile of the log's tree is gone.
    MissingTile,
    /// A key of the log is not as it was.
    BadKey,
    /// A key that signed checkpoints is gone.
    MissingKey,
}

/// What was looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Objects whose bytes were read and compared, those of the log aside.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Objects that wait for another run because time was up.
    pub waiting: u64,
    /// Events of the log.
    pub events: u64,
    /// Signed checkpoints.
    pub checkpoints: u64,
    /// Of all objects, when the one was checked that was not looked at for longest; `None` while any never was.
    pub oldest: Option<Timestamp>,
}

/// The result: right if there are no findings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// What was looked at.
    pub checked: Checked,
    /// What is wrong, sorted.
    pub findings: Vec<VerifyFinding>,
}

/// Collects findings.
#[derive(Default)]
struct Findings(std::collections::BTreeSet<VerifyFinding>);

impl Findings {
    fn add(&mut self, kind: FindingKind, what: impl ToString, message: impl Into<String>) {
        self.0.insert(VerifyFinding { kind, what: what.to_string(), message: message.into() });
    }

    fn changed(&mut self, name: &ObjectName) {
        self.add(FindingKind::ChangedObject, name, "its bytes are not those that were stored");
    }
}

impl Archive {
    /// Checks the store. `now` dates the history.
    pub fn verify(&self, options: &VerifyOptions, now: Timestamp) -> Result<VerifyReport> {
        let begun = Instant::now();
        let mut ledger = Ledger::open(options.history.as_deref())?;
        let mut findings = Findings::default();
        ledger.take_stock(self.store().list(""), &mut findings)?;
        let mut checked = log::verify(self.store(), options, &mut ledger, &mut findings)?;
        object::verify(self.store(), options.budget, begun, now, &mut ledger, &mut findings, &mut checked)?;
        for (name, by) in ledger.missing()? {
            let message = format!("it is gone; `{by}` names it");
            findings.add(FindingKind::MissingObject, name, message);
        }
        checked.oldest = ledger.oldest()?;
        Ok(VerifyReport { checked, findings: findings.0.into_iter().collect() })
    }
}

#[cfg(test)]
mod tests;
