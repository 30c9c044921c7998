//! What an archive at work believes of what lies in its store: what its log names, and what it announced itself before it
//! stored it, each with these bytes. Whoever can write to the store can lay something under a name that is known
//! beforehand; what nobody announced is made anew, and counts only where the same bytes come out.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Area, known::Known, name};
use crate::{
    Error, ErrorKind, Result,
    model::Blake3,
    provenance::{Event, ObjectRef},
    storage::{FOREIGN, ObjectName, STORED_CHANGED, Store},
};

/// Where an archive at work says what it is about to store. Nobody else can say it there.
pub trait Journal: Send + Sync {
    /// Says it, so that it stands there whatever happens next.
    fn announce(&self, object: &ObjectRef) -> Result<()>;
    /// Whether it was said, now or by a run that was stopped.
    fn has(&self, object: &ObjectRef) -> bool;
    /// All that was said and not forgotten, sorted by name.
    fn all(&self) -> Vec<ObjectRef>;
    /// These stand in the log by now, or came to nothing.
    fn forget(&self, objects: &[ObjectRef]) -> Result<()>;
}

/// What is believed.
pub(super) struct Own {
    store: Store,
    pub journal: Arc<dyn Journal>,
    /// What the log names, once something is asked that the journal does not know: most runs never ask.
    known: Mutex<Option<Known>>,
}

impl Own {
    pub fn new(store: Store, journal: Arc<dyn Journal>) -> Self {
        Self { store, journal, known: Mutex::default() }
    }

    fn with_known<T>(&self, ask: impl FnOnce(&Known) -> Result<T>) -> Result<T> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        match &*known {
            Some(known) => ask(known),
            None => ask(known.insert(Known::of(&self.store, &[])?)),
        }
    }

    /// Notes what events tell that stand in the log now.
    pub fn logged(&self, events: &[Event]) -> Result<()> {
        if let Some(known) = &*self.known.lock().unwrap_or_else(PoisonError::into_inner) {
            events.iter().try_for_each(|event| known.add(event))?;
        }
        let objects: Vec<_> = events.iter().flat_map(|event| &event.objects).cloned().collect();
        self.journal.forget(&objects)
    }

    /// The digest that the log gives for an object.
    pub fn digest(&self, name: &ObjectName) -> Result<Option<Blake3>> {
        self.with_known(|known| known.digest(name))
    }

    /// Whether an object with bytes of this digest is the archive's own. Where the log gives it others, that is damage.
    pub fn believes(&self, name: &ObjectName, found: &Blake3) -> Result<bool> {
        if self.journal.has(&ObjectRef { name: name.clone(), blake3: *found }) {
            return Ok(true);
        }
        match self.digest(name)? {
            Some(logged) if logged == *found => Ok(true),
            Some(_) => Err(changed(name)),
            None => Ok(false),
        }
    }

    /// Refuses an object that is about to be told to the log, and is not the archive's own. Bytes under their own digest
    /// and the text that explains the store are what they say.
    pub fn must_believe(&self, name: &ObjectName, found: &Blake3) -> Result<()> {
        let is_named = name::original(found) == *name || name::rendition(found) == *name;
        let explains = name.as_str() == name::README && *found == Blake3::of(include_bytes!("README.txt"));
        if is_named || explains || self.believes(name, found)? { Ok(()) } else { Err(foreign(name)) }
    }

    /// The names below some folders that may be believed, sorted.
    pub fn names(&self, prefix: &str) -> Result<Vec<ObjectName>> {
        let mut names = self.with_known(|known| known.names(prefix))?;
        let is_below = |name: &ObjectName| name.as_str().strip_prefix(prefix).is_some_and(|rest| rest.starts_with('/'));
        names.extend(self.journal.all().into_iter().map(|object| object.name).filter(is_below));
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Whose the bytes are that a put found in the way of its own.
    pub fn in_the_way(&self, name: &ObjectName, error: Error) -> Error {
        match self.digest(name) {
            _ if error.reason() != Some(STORED_CHANGED) => error,
            Ok(Some(_)) => changed(name),
            Ok(None) => foreign(name),
            Err(error) => error,
        }
    }
}

/// The manifests among objects.
pub(super) fn manifests(objects: &[ObjectRef]) -> impl Iterator<Item = &ObjectRef> {
    objects.iter().filter(|object| Area::of(&object.name) == Some(Area::Manifests))
}

pub(super) fn changed(name: &ObjectName) -> Error {
    Error::new(ErrorKind::FixityMismatch, format!("the stored bytes of `{name}` have changed"))
        .hint("run `griffie verify` and restore the object from a copy")
        .because(
            STORED_CHANGED,
            format!(
                "de opgeslagen bytes van `{name}` zijn veranderd: geef `griffie verify`, en zet het terug uit een kopie"
            ),
        )
}

pub(super) fn foreign(name: &ObjectName) -> Error {
    Error::new(
        ErrorKind::FixityMismatch,
        format!("`{name}` lies in the store with other bytes than were made now, and the log does not name it"),
    )
    .hint(
        "somebody else laid it there, and nothing of it was believed: `griffie verify` names it; have the keeper of the \
         store take it out of the way (in a bucket with Object Lock: by a delete marker) and note that, then give the same \
         again",
    )
    .because(
        FOREIGN,
        format!(
            "`{name}` ligt in de opslag met andere bytes dan er nu zijn gemaakt, en het logboek noemt het niet: iemand \
             anders heeft het daar gelegd, en er is niets van geloofd; `griffie verify` noemt het; laat de beheerder van de \
             opslag het opzij leggen (in een emmer met Object Lock: met een verwijdermarkering) en dat vastleggen, en geef \
             hetzelfde dan nog eens"
        ),
    )
}
