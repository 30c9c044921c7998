//! An event of the log, version 1: PREMIS terms, ids and digests, never content.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    ErrorKind, Result,
    error::Fold,
    model::{Blake3, digest::Hasher},
    storage::ObjectName,
};

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id: the same event handed in twice is one event.
    pub id: String,
    /// What was done.
    pub event: EventKind,
    /// When.
    pub at: Timestamp,
    /// Who or what did it.
    pub agent: Agent,
    /// The batch, item, document or record that it was done to.
    pub about: Vec<String>,
    /// The objects that it put into the store or looked at, with their digests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub objects: Vec<ObjectRef>,
    /// How it ended.
    pub outcome: Outcome,
    /// A typed reason in snake_case (`encrypted`), or the digest of a rule set; never words of a document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The detail of the event that opens a batch. Until the one that closes it, objects may be in the store that no event
/// names yet.
pub const BATCH_BEGUN: &str = "begun";
/// The detail of the event that closes a batch.
pub const BATCH_RECEIPT: &str = "receipt";

/// Work on documents that were taken in earlier. Between the event that begins it and the one that ends it, objects may
/// be in the store that no event names yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Work {
    /// Archival copies are made.
    Copying,
    /// The rules are applied again to the words that are kept.
    Rereading,
}

impl Work {
    const ALL: [Self; 2] = [Self::Copying, Self::Rereading];

    /// Of what kind its events are.
    pub fn kind(self) -> EventKind {
        match self {
            Self::Copying => EventKind::Normalization,
            Self::Rereading => EventKind::MetadataExtraction,
        }
    }

    /// The detail of the event that begins it, or of the one that ends it.
    pub fn detail(self, begins: bool) -> &'static str {
        match (self, begins) {
            (Self::Copying, true) => "copying_begun",
            (Self::Copying, false) => "copying_done",
            (Self::Rereading, true) => "rereading_begun",
            (Self::Rereading, false) => "rereading_done",
        }
    }
}

/// The detail of the event that names what a stopped run left and no run took up.
pub const LEFT_OVER: &str = "left_over";

/// Kinds of event: terms of the PREMIS event type vocabulary in snake_case, and some of our own at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the terms are defined by PREMIS
pub enum EventKind {
    Ingestion,
    MessageDigestCalculation,
    FormatIdentification,
    MetadataExtraction,
    Validation,
    Normalization,
    Quarantine,
    FixityCheck,
    Replication,
    Dissemination,
    Deaccession,
    Deletion,
    /// Words were read from page images or taken from a digital page.
    TextRecognition,
    /// A person decided about a record.
    Decision,
    /// A legal hold was laid or lifted.
    Hold,
    /// An access mark was set.
    AccessMark,
    /// Objects are to be kept longer than the store promised before.
    RetentionLengthened,
    /// An authority stamped a checkpoint of the log with its time.
    TimeStamp,
    /// Another key signs the log from here on.
    KeyChange,
}

/// Who or what did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "kind")]
pub enum Agent {
    /// A program with its version.
    Program {
        /// Its name.
        name: String,
        /// Its version.
        version: String,
    },
    /// A person, as named to griffie.
    Person {
        /// The name.
        name: String,
    },
}

impl Agent {
    /// This program.
    pub fn griffie() -> Self {
        Self::Program { name: env!("CARGO_PKG_NAME").into(), version: env!("CARGO_PKG_VERSION").into() }
    }
}

/// An object of the store and what its bytes were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObjectRef {
    /// Its name.
    pub name: ObjectName,
    /// Digest of its bytes.
    pub blake3: Blake3,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// As it should.
    Success,
    /// In part: some pages could not be read, some objects not checked.
    Partial,
    /// It failed; the detail says why.
    Failure,
}

impl Event {
    /// An event by this program that went well. Its id follows from what it says, so that the same work done again
    /// after a crash gives the same event, wherever time and objects are the same.
    pub fn new(event: EventKind, at: Timestamp, about: impl IntoIterator<Item = String>) -> Self {
        Self {
            id: String::new(),
            event,
            at,
            agent: Agent::griffie(),
            about: about.into_iter().collect(),
            objects: Vec::new(),
            outcome: Outcome::Success,
            detail: None,
        }
        .named()
    }

    /// Adds objects.
    pub fn objects(mut self, stored: impl IntoIterator<Item = impl Into<ObjectRef>>) -> Self {
        self.objects.extend(stored.into_iter().map(Into::into));
        self.named()
    }

    /// Says who did it.
    pub fn by(mut self, agent: Agent) -> Self {
        self.agent = agent;
        self.named()
    }

    /// Says how it ended.
    pub fn outcome(mut self, outcome: Outcome, detail: Option<String>) -> Self {
        (self.outcome, self.detail) = (outcome, detail);
        self.named()
    }

    /// For what happens anew each time, and leaves nothing in the store that tells one time from another (work begins, the
    /// store is checked): the same words a second later, or in the same second, are another event. Said last.
    pub fn once_more(mut self) -> Self {
        let mut tail = [0; 12];
        getrandom::fill(&mut tail).expect("the operating system gives random bytes");
        self.id = tail.iter().fold(String::from("e-"), |id, byte| format!("{id}{byte:02x}"));
        self
    }

    fn named(mut self) -> Self {
        self.id.clear();
        let mut hasher = Hasher::default();
        hasher.update(&serde_json::to_vec(&self).expect("an event is plain data"));
        self.id = format!("e-{}", &hasher.finish().blake3.hex()[..24]);
        self
    }

    /// The batch that it opens or closes, and whether it opens it.
    pub fn batch_boundary(&self) -> Option<(&str, bool)> {
        let opens = match self.detail.as_deref()? {
            BATCH_BEGUN => true,
            BATCH_RECEIPT => false,
            _ => return None,
        };
        self.about.first().filter(|_| self.event == EventKind::Ingestion).map(|batch| (batch.as_str(), opens))
    }

    /// The work that begins (`true`) or ends with it, where it says so.
    pub fn work_boundary(&self) -> Option<(Work, bool)> {
        let detail = self.detail.as_deref()?;
        let boundaries = Work::ALL.into_iter().flat_map(|work| [(work, true), (work, false)]);
        boundaries.into_iter().find(|&(work, begins)| self.event == work.kind() && detail == work.detail(begins))
    }

    /// As the outbox keeps it.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).expect("an event is plain data")
    }

    /// Digest of what the outbox keeps.
    pub fn digest(&self) -> Blake3 {
        Blake3::of(self.to_json().as_bytes())
    }

    /// Back from the outbox.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json).fold(ErrorKind::InvalidInput, || "this is no event")
    }
}

/// An event as it stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "schema")]
pub(super) enum Entry {
    #[serde(rename = "griffie-event/1")]
    V1 {
        /// The index of the first event of the append that it came with: so the entries themselves tell which
        /// checkpoints there must be.
        append: u64,
        #[serde(flatten)]
        event: Event,
    },
}

impl Entry {
    pub(super) fn encode(append: u64, event: &Event) -> Vec<u8> {
        serde_json::to_vec(&Self::V1 { append, event: event.clone() }).expect("an event is plain data")
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<(u64, Event)> {
        let flat: Flat =
            serde_json::from_slice(bytes).fold(ErrorKind::FixityMismatch, || "an entry of the log is no event")?;
        let Flat { schema: Schema::V1, append, id, event, at, agent, about, objects, outcome, detail } = flat;
        Ok((append, Event { id, event, at, agent, about, objects, outcome, detail }))
    }
}

/// The same as it is read: a check reads every entry, and without a buffer between it does so three times as fast.
#[derive(Deserialize)]
struct Flat {
    schema: Schema,
    append: u64,
    id: String,
    event: EventKind,
    at: Timestamp,
    agent: Agent,
    about: Vec<String>,
    #[serde(default)]
    objects: Vec<ObjectRef>,
    outcome: Outcome,
    #[serde(default)]
    detail: Option<String>,
}

#[derive(Deserialize)]
enum Schema {
    #[serde(rename = "griffie-event/1")]
    V1,
}
