//! What is told to the provenance log of an item or a decision, in PREMIS terms. Never words of a document.

use jiff::Timestamp;

use super::stored;
use crate::{
    archive::{self, Manifest, Stored, VerifyReport},
    model::{Digests, MediaType},
    provenance::{
        Agent, BATCH_BEGUN, BATCH_RECEIPT, Event, EventKind, LEFT_OVER, ObjectRef, Outcome, Work, timestamp::TimeStamp,
    },
    register::{self, ArchivalCopy, Batch, Decision, Item, Reason},
    storage::{Extended, Probe, Trialed},
};

/// What an event about the whole store is about.
pub(super) const STORE: &str = "store";

/// What happened to an item, in order. Times are the item's own: the same work done again after a crash tells the
/// same story.
pub(super) struct Story<'a> {
    item: &'a Item,
    about: Vec<String>,
    events: Vec<Event>,
    objects: Vec<Stored>,
}

impl<'a> Story<'a> {
    /// Begins with nothing.
    pub(super) fn of(item: &'a Item) -> Self {
        let about = vec![item.batch.to_string(), item.id.to_string()];
        Self { item, about, events: Vec::new(), objects: Vec::new() }
    }

    fn tell(&mut self, kind: EventKind, outcome: Outcome, detail: Option<String>) {
        let event = Event::new(kind, self.item.accessioned, self.about.clone()).outcome(outcome, detail);
        self.events.push(event);
    }

    /// An object was stored on the way. The last event, which gives the item its state, names them all.
    pub(super) fn stored(&mut self, object: Stored) {
        self.objects.push(object);
    }

    /// It was received, hashed and, where that was possible, identified.
    pub(super) fn received(mut self, digests: Option<&Digests>, media: Option<MediaType>) -> Self {
        if let Some(digests) = digests {
            let detail = format!("blake3:{}", digests.blake3);
            self.tell(EventKind::MessageDigestCalculation, Outcome::Success, Some(detail));
        }
        if let Some(media) = media {
            self.tell(EventKind::FormatIdentification, Outcome::Success, Some(media.iana().to_owned()));
        }
        self
    }

    /// Its document is in the archive.
    pub(super) fn archived(mut self, manifest: &Manifest) -> Self {
        self.about.extend([manifest.document.to_string(), manifest.record.to_string()]);
        let whole = if manifest.pages.unreadable == 0 { Outcome::Success } else { Outcome::Partial };
        let rules = manifest.findings.last().map(|findings| findings.rule_set.clone());
        self.tell(EventKind::TextRecognition, whole, Some(manifest.engine.clone()));
        self.tell(EventKind::MetadataExtraction, Outcome::Success, rules);
        match stored::document(manifest).archival_copy {
            ArchivalCopy::None => {}
            copy => self.tell(EventKind::Normalization, normalized(copy), None),
        }
        self.tell(EventKind::Ingestion, Outcome::Success, None);
        self
    }

    /// Its bytes were there already.
    pub(super) fn duplicate(mut self) -> Self {
        self.tell(EventKind::Ingestion, Outcome::Success, Some("duplicate".into()));
        self
    }

    /// It holds others.
    pub(super) fn container(mut self) -> Self {
        self.tell(EventKind::Ingestion, Outcome::Success, Some("container".into()));
        self
    }

    /// It could not be taken in.
    pub(super) fn quarantined(mut self, reason: &Reason) -> Self {
        self.tell(EventKind::Quarantine, Outcome::Failure, Some(reason.kind.clone()));
        self
    }

    /// For the outbox.
    pub(super) fn events(mut self) -> Vec<register::Event> {
        if let Some(last) = self.events.pop() {
            self.events.push(last.objects(&self.objects));
        }
        self.events.iter().map(outbox).collect()
    }
}

/// A batch is begun: what is stored from here on is in the log no later than its receipt. `layout` is the text that
/// explains the store.
pub(super) fn begun(batch: &Batch, layout: &Stored) -> register::Event {
    let event = Event::new(EventKind::Ingestion, batch.started, [batch.id.to_string()])
        .objects([layout])
        .outcome(Outcome::Success, Some(BATCH_BEGUN.into()));
    outbox(&event)
}

/// Objects that a stopped run left and no run took up: no document has them.
pub(super) fn left_over(about: &str, objects: &[ObjectRef], at: Timestamp) -> register::Event {
    let event = Event::new(EventKind::Ingestion, at, [about.to_owned()])
        .objects(objects.iter().cloned())
        .outcome(Outcome::Partial, Some(LEFT_OVER.into()));
    outbox(&event)
}

/// Work on documents that were taken in earlier begins or ends: what it stores in between is in the log no later than
/// that.
pub(super) fn boundary(work: Work, begins: bool, at: Timestamp) -> register::Event {
    let event = Event::new(work.kind(), at, [STORE.to_owned()]);
    outbox(&event.outcome(Outcome::Success, Some(work.detail(begins).to_owned())).once_more())
}

/// A batch is finished: its receipt is an object.
pub(super) fn finished(batch: &archive::Batch, stored: &Stored) -> register::Event {
    let event = Event::new(EventKind::Ingestion, batch.finished, [batch.batch.to_string()])
        .objects([stored])
        .outcome(Outcome::Success, Some(BATCH_RECEIPT.into()));
    outbox(&event)
}

/// A person decided.
pub(super) fn decided(decision: &Decision, stored: &ObjectRef) -> register::Event {
    // One that was taken elsewhere this program took over: the object tells whose it is.
    let agent = match decision.elsewhere {
        Some(_) => Agent::griffie(),
        None => Agent::Person { name: decision.by.clone() },
    };
    let event = Event::new(EventKind::Decision, decision.at, [decision.record.to_string()])
        .by(agent)
        .objects([stored.clone()])
        .outcome(Outcome::Success, Some(decision.act.name().to_owned()));
    outbox(&event)
}

/// The store was checked.
pub(super) fn fixity_check(report: &VerifyReport, at: Timestamp) -> register::Event {
    let (checked, findings) = (report.checked, report.findings.len());
    let left_out = u64::from(report.database_not_compared.is_some());
    let outcome = match (findings, checked.waiting + report.unfinished.len() as u64 + left_out) {
        (0, 0) => Outcome::Success,
        (0, _) => Outcome::Partial,
        _ => Outcome::Failure,
    };
    let detail = format!("objects:{} waiting:{} findings:{findings}", checked.objects, checked.waiting);
    outbox(&Event::new(EventKind::FixityCheck, at, []).outcome(outcome, Some(detail)).once_more())
}

/// The store was probed.
pub(super) fn probed(probe: &Probe, stored: &Stored) -> register::Event {
    let (outcome, detail) = match probe.verdict() {
        Trialed::Pass => (Outcome::Success, "pass"),
        Trialed::Fail => (Outcome::Failure, "fail"),
        Trialed::NotTried => (Outcome::Partial, "not_tried"),
    };
    let event = Event::new(EventKind::Validation, probe.at, [STORE.to_owned()]);
    outbox(&event.objects([stored]).outcome(outcome, Some(detail.to_owned())))
}

/// Retentions were lengthened.
pub(super) fn extended(extended: &Extended, at: Timestamp) -> register::Event {
    let outcome = if extended.refusals == 0 { Outcome::Success } else { Outcome::Partial };
    let detail = format!("{} of {} to {}", extended.lengthened, extended.versions, extended.until);
    let event = Event::new(EventKind::RetentionLengthened, at, [STORE.to_owned()]);
    outbox(&event.outcome(outcome, Some(detail)).once_more())
}

/// Records went along in a bag; the seal stands for every byte of it.
pub(super) fn exported(about: &[String], seal: &str, at: Timestamp) -> register::Event {
    let event = Event::new(EventKind::Dissemination, at, about.iter().cloned());
    outbox(&event.outcome(Outcome::Success, Some(format!("bag sha256:{seal}"))).once_more())
}

/// An authority stamped the checkpoint of a size.
pub(super) fn stamped(size: u64, stamp: &TimeStamp, at: Timestamp, stored: &Stored) -> register::Event {
    let event = Event::new(EventKind::TimeStamp, at, [STORE.to_owned()]).objects([stored]);
    outbox(&event.outcome(Outcome::Success, Some(format!("checkpoint {size} at {}", stamp.at))))
}

/// An archival copy was made later than its document was taken in.
pub(super) fn copied(manifest: &Manifest, copy: ArchivalCopy, objects: &[Stored]) -> register::Event {
    let about = [manifest.document.to_string(), manifest.record.to_string()];
    let event =
        Event::new(EventKind::Normalization, manifest.made, about).objects(objects).outcome(normalized(copy), None);
    outbox(&event)
}

/// The rules were applied again to the words that are kept of a document.
pub(super) fn reread(manifest: &Manifest, objects: &[Stored]) -> register::Event {
    let about = [manifest.document.to_string(), manifest.record.to_string()];
    let rules = manifest.findings.last().map(|findings| findings.rule_set.clone());
    let event = Event::new(EventKind::MetadataExtraction, manifest.made, about).objects(objects);
    outbox(&event.outcome(Outcome::Success, rules))
}

fn normalized(copy: ArchivalCopy) -> Outcome {
    match copy {
        ArchivalCopy::Accepted(_) => Outcome::Success,
        ArchivalCopy::Refused | ArchivalCopy::None => Outcome::Failure,
    }
}

pub(super) fn outbox(event: &Event) -> register::Event {
    register::Event { id: event.id.clone(), json: event.to_json() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_that_begins_twice_in_one_second_is_told_twice() {
        let at = Timestamp::UNIX_EPOCH;
        let told = || boundary(Work::Rereading, true, at);
        assert_ne!(told().id, told().id);
        assert_ne!(exported(&[], "00", at).id, exported(&[], "00", at).id);
    }
}
