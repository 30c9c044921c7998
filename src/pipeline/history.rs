//! Everything that happened to a document, or to the documents of a record, in the order of the log: from the log and the
//! objects that it names, and from nothing else. What an object says counts only with the bytes that the log names.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::{decide, stored::ARCHIVAL_COPY};
use crate::{
    Error, ErrorKind, Result,
    archive::{Accession, Act, Archive, Area, Batch, Format as _, Manifest, Totals, name},
    model::{Blake3, DocumentId, RecordId},
    provenance::{Agent, BATCH_BEGUN, Event, EventKind, ObjectRef, Outcome, entries, proof},
    register::Decision,
    storage::{ObjectName, Store},
};

/// What happened.
#[derive(Debug, Serialize)]
pub struct History {
    /// The records that it is about, and the documents.
    pub about: BTreeSet<String>,
    /// The log.
    pub log: String,
    /// How many events it has.
    pub size: u64,
    /// What happened, in order.
    pub events: Vec<Happened>,
}

/// An event.
#[derive(Debug, Serialize)]
pub struct Happened {
    /// Its place in the log.
    pub index: u64,
    /// When.
    pub at: Timestamp,
    /// What was done.
    pub event: EventKind,
    /// How it ended.
    pub outcome: Outcome,
    /// Who or what did it.
    pub agent: Agent,
    /// A typed reason, or a digest.
    pub detail: Option<String>,
    /// What it was done to; nothing where it was done to the whole store.
    pub about: Vec<String>,
    /// What it put into the store.
    pub objects: Vec<ObjectRef>,
    /// What these objects say.
    pub facts: Vec<Fact>,
}

/// What an object says.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fact {
    /// How bytes came in.
    Accession {
        /// The name that they came in under.
        path: String,
        /// With what.
        batch: String,
        /// What became of them.
        state: crate::archive::AccessionState,
        /// Why they are quarantined.
        reason: Option<String>,
    },
    /// What a document is.
    Manifest {
        /// Which of the document's manifests.
        number: String,
        /// The digest of its original.
        original: Blake3,
        /// The rule set by which its fields were found last.
        rules: Option<String>,
        /// Whether it has an archival copy, with the figures of its checks.
        copy: Option<Value>,
        /// Why a copy was refused.
        copy_refused: Option<String>,
    },
    /// What a person decided.
    Decision {
        /// As `griffie show --json` gives it.
        #[serde(serialize_with = "as_shown")]
        decision: Box<Decision>,
    },
    /// The receipt of a batch.
    Receipt {
        /// The batch.
        batch: String,
        /// Its totals.
        totals: Totals,
    },
    /// An object is gone, or has other bytes than the log says.
    Unread {
        /// Its name.
        object: ObjectName,
        /// Why.
        why: String,
    },
}

fn as_shown<S: serde::Serializer>(decision: &Decision, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    let mut shown = decide::as_json(std::slice::from_ref(decision))[0].take();
    shown["record"] = decision.record.to_string().into();
    shown.serialize(serializer)
}

/// What happened to what an id names; the start of one is enough.
pub fn of(store: &Store, id: &str) -> Result<History> {
    let head = proof::head(store)?;
    let size = head.checkpoint.size;
    let archive = Archive::existing(store.clone());
    let id = whole(store, size, id)?;
    let mut search = Search { about: BTreeSet::from([id.clone()]), ..Search::default() };
    let documents = match id.parse::<DocumentId>() {
        Ok(document) => vec![document],
        Err(_) => search.dossier(&archive, &id, size)?,
    };
    for document in documents {
        search.document(&archive, document, size)?;
    }
    let mut events = Vec::new();
    for entry in entries(store, 0, size) {
        let (index, _, event) = entry?;
        if search.concerns(&event, !events.is_empty()) {
            let facts = event.objects.iter().filter_map(|object| fact(store, object).transpose());
            let facts = facts.collect::<Result<_>>()?;
            let Event { event, at, agent, about, objects, outcome, detail, .. } = event;
            events.push(Happened { index, at, event, outcome, agent, detail, about, objects, facts });
        }
    }
    Ok(History { about: search.about, log: head.checkpoint.origin, size, events })
}

/// What is looked for.
#[derive(Default)]
struct Search {
    /// Records and documents.
    about: BTreeSet<String>,
    /// Items as which their bytes came in.
    items: HashSet<String>,
    /// Receipts of the batches of those.
    receipts: HashSet<ObjectName>,
    /// How the log names the digests of their originals.
    digests: HashSet<String>,
}

impl Search {
    /// The documents of a record: those that came in as it, and those that people joined to it.
    fn dossier(&mut self, archive: &Archive, id: &str, size: u64) -> Result<Vec<DocumentId>> {
        let mut joined = BTreeMap::<RecordId, bool>::new();
        for entry in entries(archive.store(), 0, size) {
            // One that is gone, or cannot be read, is told where it stands in the log; it ends nothing.
            for object in entry?.2.objects.iter().filter(|object| Area::of(&object.name) == Some(Area::Decisions)) {
                let bytes = archive.store().get(&object.name).ok().filter(|bytes| Blake3::of(bytes) == object.blake3);
                let decision = bytes.and_then(|bytes| crate::archive::Decision::decode(&bytes).ok());
                if let Some(decision) = decision.filter(|decision| decision.act == Act::BelongsTo) {
                    let to = decision.value.as_ref().and_then(Value::as_str);
                    joined.insert(decision.record.clone(), to == Some(id));
                }
            }
        }
        self.about.extend(joined.iter().filter(|(_, is_in)| **is_in).map(|(record, _)| record.to_string()));
        let mut documents = BTreeSet::new();
        for entry in entries(archive.store(), 0, size) {
            let (_, _, event) = entry?;
            if event.event == EventKind::Ingestion && event.about.iter().any(|about| self.about.contains(about)) {
                documents.extend(event.about.iter().filter_map(|about| about.parse::<DocumentId>().ok()));
            }
        }
        Ok(documents.into_iter().collect())
    }

    /// A document, and the bytes that it came in as. Of a manifest that cannot be read the log says as what its bytes came in.
    fn document(&mut self, archive: &Archive, document: DocumentId, size: u64) -> Result<()> {
        let manifest = match archive.manifests(&document) {
            Ok(mut manifests) if !manifests.is_empty() => Some(manifests.swap_remove(0)),
            // A later one that is not what it was takes nothing from the first.
            _ => {
                let first = name::numbered(Area::Manifests, document.as_str(), 1);
                archive.store().get(&first).ok().and_then(|bytes| Manifest::decode(&bytes).ok())
            }
        };
        if let Some(Manifest { record, original, .. }) = manifest {
            self.about.insert(record.to_string());
            self.items.insert(original.item.to_string());
            self.digests.insert(format!("blake3:{}", original.digests.blake3));
        } else {
            self.told_of(archive.store(), &document, size)?;
        }
        self.about.insert(document.to_string());
        Ok(())
    }

    /// What the log alone says of a document whose manifest cannot be read: as what its bytes came in.
    fn told_of(&mut self, store: &Store, document: &DocumentId, size: u64) -> Result<()> {
        for entry in entries(store, 0, size) {
            let event = entry?.2;
            if !event.about.iter().any(|about| about == document.as_str()) {
                continue;
            }
            self.about.extend(event.about.iter().filter(|about| about.parse::<RecordId>().is_ok()).cloned());
            for object in &event.objects {
                match Area::of(&object.name) {
                    Some(Area::Accessions) => {
                        self.items.insert(object.name.last().trim_end_matches(".json").to_owned());
                    }
                    Some(Area::Originals) => _ = self.digests.insert(format!("blake3:{}", object.blake3)),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Whether an event is about what is looked for. Those about the whole store count once something `has_begun`.
    fn concerns(&mut self, event: &Event, has_begun: bool) -> bool {
        let digest = event.detail.as_ref().filter(|_| event.event == EventKind::MessageDigestCalculation);
        if digest.is_some_and(|digest| self.digests.contains(digest)) {
            self.items.extend(event.about.get(1).cloned());
        }
        let of_item = event.about.iter().any(|about| self.items.contains(about));
        if of_item {
            let batch = event.about.first().and_then(|batch| batch.parse().ok());
            self.receipts.extend(batch.map(|batch| name::batch(&batch)));
        }
        let is_begin = event.detail.as_deref() == Some(BATCH_BEGUN);
        let of_all = matches!(event.event, EventKind::FixityCheck | EventKind::TimeStamp) && has_begun;
        !is_begin
            && (of_item
                || of_all
                || event.about.iter().any(|about| self.about.contains(about))
                || event.objects.iter().any(|object| self.receipts.contains(&object.name)))
    }
}

/// The one record or document of the log that a text is the id of, or the start of its id.
fn whole(store: &Store, size: u64, text: &str) -> Result<String> {
    let start = text.trim().to_ascii_lowercase();
    let is_one = |id: &str| id.parse::<RecordId>().is_ok() || id.parse::<DocumentId>().is_ok();
    let mut found = BTreeSet::new();
    for entry in entries(store, 0, size) {
        let about = entry?.2.about.into_iter();
        let fits = |id: &String| {
            let rest = id.get(2..).unwrap_or_default();
            is_one(id) && (id.starts_with(&start) || rest.starts_with(&start))
        };
        found.extend(about.filter(fits));
    }
    let mut several = found.into_iter();
    match (several.next(), several.next()) {
        (Some(one), None) => Ok(one),
        (Some(one), Some(other)) => {
            let message = format!("`{start}` is the start of several ids: {one}, {other}, …");
            Err(Error::new(ErrorKind::InvalidInput, message)
                .hint("give more of the id")
                .dutch(format!("met `{start}` beginnen er meer: {one}, {other}, …; geef meer van het kenmerk")))
        }
        _ => Err(Error::new(ErrorKind::NotFound, format!("the log tells of no record or document `{start}`"))
            .hint("`griffie register` lists the records")
            .dutch(format!(
                "het logboek vertelt van geen dossier of document `{start}`: `griffie register` noemt de dossiers"
            ))),
    }
}

/// What an object says that people ask about.
fn fact(store: &Store, object: &ObjectRef) -> Result<Option<Fact>> {
    let area = Area::of(&object.name);
    let unread = |why: String| Some(Fact::Unread { object: object.name.clone(), why });
    let says_something = matches!(area, Some(Area::Accessions | Area::Manifests | Area::Decisions | Area::Batches));
    let got = match says_something {
        true => store.get(&object.name).map(|bytes| (Blake3::of(&bytes), Some(bytes))),
        // Originals, copies, words: whether they are what they were.
        false => store.blake3(&object.name).map(|(found, _)| (found, None)),
    };
    let bytes = match got {
        Ok((found, Some(bytes))) if found == object.blake3 => bytes,
        Ok((found, None)) if found == object.blake3 => return Ok(None),
        Ok(_) => return Ok(unread("it has other bytes than the log says".into())),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(unread("it is gone".into())),
        Err(error) => return Ok(unread(error.to_string())),
    };
    let told = match area {
        Some(Area::Accessions) => Accession::decode(&bytes).map(|accession| {
            let member = accession.member.map(|member| format!("!{member}")).unwrap_or_default();
            Fact::Accession {
                path: accession.source + &member,
                batch: accession.batch.to_string(),
                state: accession.state,
                reason: accession.reason.map(|reason| reason.message),
            }
        }),
        Some(Area::Manifests) => Manifest::decode(&bytes).map(|manifest| {
            let copy = manifest.renditions.iter().rev().find(|rendition| rendition.kind == ARCHIVAL_COPY);
            let refused = manifest.refused.iter().rev().find(|refusal| refusal.kind == ARCHIVAL_COPY);
            Fact::Manifest {
                number: object.name.last().trim_end_matches(".json").to_owned(),
                original: manifest.original.digests.blake3,
                rules: manifest.findings.last().map(|found| found.rule_set.clone()),
                copy_refused: refused.filter(|_| copy.is_none()).map(|refusal| refusal.reason.clone()),
                copy: copy.map(|copy| copy.acceptance.clone()),
            }
        }),
        Some(Area::Decisions) => crate::archive::Decision::decode(&bytes)
            .and_then(decide::row)
            .map(|decision| Fact::Decision { decision: Box::new(decision) }),
        _ => Batch::decode(&bytes).map(|batch| Fact::Receipt { batch: batch.batch.to_string(), totals: batch.totals }),
    };
    Ok(told.map_or_else(|error| unread(error.to_string()), Some))
}
