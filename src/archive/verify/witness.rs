//! What the log says of objects, for whoever is about to believe one: a rebuild, a decision.

use jiff::Timestamp;

use super::ledger::Ledger;
use crate::{
    Result,
    model::Blake3,
    provenance::{ObjectRef, entries, signed_size},
    storage::{ObjectName, Store},
};

/// The digests that the events of a log give, as far as a checkpoint signs them.
pub struct Witness(Ledger);

/// What the log says of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// These bytes were stored.
    Same,
    /// Other bytes were stored, of this digest.
    Other(Blake3),
    /// Nothing.
    Unknown,
}

impl Witness {
    pub(in crate::archive) fn of(store: &Store) -> Result<Self> {
        Ok(Self(logged(store)?))
    }

    /// What the log says of an object whose bytes have this digest.
    pub fn says(&self, name: &ObjectName, found: &Blake3) -> Result<Word> {
        Ok(match self.0.logged(name.as_str())? {
            Some(logged) if logged == *found => Word::Same,
            Some(logged) => Word::Other(logged),
            None => Word::Unknown,
        })
    }

    /// Whether the log names an object with its digest.
    pub fn has(&self, object: &ObjectRef) -> Result<bool> {
        Ok(self.says(&object.name, &object.blake3)? == Word::Same)
    }
}

/// What the log says of objects.
pub(super) fn logged(store: &Store) -> Result<Ledger> {
    let mut ledger = Ledger::open(None, Timestamp::MAX)?;
    let size = signed_size(store)?;
    for entry in entries(store, 0, size) {
        let (index, _, event) = entry?;
        ledger.boundary(&event);
        for object in &event.objects {
            ledger.name(&object.name, &object.blake3, None, &index.to_string())?;
        }
    }
    Ok(ledger)
}
