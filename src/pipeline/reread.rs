//! Applies changed rules to documents that are in the archive: to their words as they are stored, never to the original
//! again. What was found before stays; a person's decisions hold on top of what is found now.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use serde::Serialize;
use serde_json::Value;

use super::{
    App, events, examine,
    standing_work::{self, Completed},
    stop::reached,
    stored::{self, PROGRAM, Words},
    units::units_of,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{self, Manifest},
    error::{Context as _, Fold as _},
    extract::RuleSet,
    index::Unit,
    model::{Blake3, DocumentId, Fields, RecordId},
    provenance::Work,
    register::{Document, NewlyFound},
    signatures::SignatureFact,
    text::Text,
    tools::{self, CancelFlag},
};

/// The text of a document of so many pages takes as much memory as a worker does.
const LONG: u32 = 200;

const SCHEMA: &str = "griffie-reread/1";

/// What became of the records that were asked for.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// Name and version of this format.
    pub schema: &'static str,
    /// Nothing was written: it tells what would be.
    pub dry_run: bool,
    /// Digest of the rule set.
    pub rule_set: Blake3,
    /// What was read again and what could not be, in the order of the register; what these rules have read already is
    /// only counted.
    pub records: Vec<RecordReread>,
    /// How many there are of each.
    pub totals: Totals,
}

/// Sums: `records` = `changed` + `unchanged` + `current` + `failed`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Records that were asked for.
    pub records: usize,
    /// Read again; some of their fields have other values.
    pub changed: usize,
    /// Read again; they say what they said.
    pub unchanged: usize,
    /// What they say was read by these rules already.
    pub current: usize,
    /// Some of their documents cannot be read again.
    pub failed: usize,
    /// Documents, of all records that were asked for, whose words were read as an older program read them.
    pub older_words: usize,
}

/// A record that was read again.
#[derive(Clone, Debug, Serialize)]
pub struct RecordReread {
    /// Its id.
    pub record: RecordId,
    /// Its title, as it is now.
    pub title: Option<String>,
    /// How it went.
    pub state: State,
    /// What changed, field by field.
    pub changes: Vec<FieldChange>,
    /// Documents that cannot be read again, and why.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub failures: Vec<Failure>,
}

/// How the reading of a record went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // the names are those of `Totals`
pub enum State {
    Changed,
    Unchanged,
    Failed,
}

/// A document that cannot be read again.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The document.
    pub document: DocumentId,
    /// A typed kind in snake_case.
    pub kind: String,
    /// A sentence for people.
    pub message: String,
}

/// A field that says something else than before.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldChange {
    /// The field.
    pub field: &'static str,
    /// Its values as they were; none where it was empty.
    pub old: Vec<FieldValue>,
    /// As they are now.
    pub new: Vec<FieldValue>,
}

/// A value with how certain it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FieldValue {
    /// The value, in the record format.
    pub value: Value,
    /// Its status, in the record format.
    pub status: Value,
    /// Other readings, between which a person chooses.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub or: Vec<Value>,
}

/// A record with documents that other rules have read.
struct Behind<'a> {
    record: &'a RecordId,
    documents: Vec<Document>,
}

/// Reads records again; with `dry_run` nothing is written. `told` hears of each record that is done, and of how many
/// pages it has. Stopped, it goes on the next time: what is done already is current then.
pub fn reread(
    app: &App,
    rules: &RuleSet,
    records: &[RecordId],
    dry_run: bool,
    told: &(dyn Fn(&RecordReread, u32) + Sync),
    cancel: &CancelFlag,
) -> Result<Receipt> {
    let stopped = if dry_run { Completed::default() } else { standing_work::complete(app)? };
    if !stopped.manifests.is_empty() {
        app.index_what_is_missing()?;
    }
    let mut totals = Totals { records: records.len(), ..Totals::default() };
    let mut behind = Vec::new();
    for record in records {
        cancel.check()?;
        let mut documents = app.register.record(record)?.documents;
        totals.older_words += documents.iter().filter(|document| !stored::is_read_as_now(document)).count();
        let mut current = Vec::with_capacity(documents.len());
        for document in &documents {
            current.push(match app.register.findings(&document.id)? {
                Some(found) => stored::is_found_by(app, rules, document, &found)?,
                None => false,
            });
        }
        let mut is_current = current.into_iter();
        documents.retain(|_| !is_current.next().unwrap_or_default());
        if documents.is_empty() {
            totals.current += 1;
        } else {
            behind.push(Behind { record, documents });
        }
    }
    let run = Run { app, rules, dry_run, told, cancel };
    let was_stopped = stopped.open.contains(&Work::Rereading);
    let records = if dry_run || behind.is_empty() && !was_stopped {
        run.all(&behind)?
    } else {
        let read = standing_work::within(app, Work::Rereading, || run.all(&behind));
        app.index_now()?;
        read?
    };
    for record in &records {
        match record.state {
            State::Changed => totals.changed += 1,
            State::Unchanged => totals.unchanged += 1,
            State::Failed => totals.failed += 1,
        }
    }
    Ok(Receipt { schema: SCHEMA, dry_run, rule_set: rules.digest(), records, totals })
}

struct Run<'a> {
    app: &'a App,
    rules: &'a RuleSet,
    dry_run: bool,
    told: &'a (dyn Fn(&RecordReread, u32) + Sync),
    cancel: &'a CancelFlag,
}

/// What the rules find in a document now, not stored yet.
struct Found {
    manifest: Manifest,
    findings: archive::Findings,
    units: Vec<Unit>,
}

impl Run<'_> {
    /// Reads records side by side, and gives what became of each in their order.
    fn all(&self, records: &[Behind<'_>]) -> Result<Vec<RecordReread>> {
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::with_capacity(records.len())));
        let work = || {
            while let Some((number, behind)) = {
                let number = next.fetch_add(1, Ordering::Relaxed);
                records.get(number).map(|behind| (number, behind))
            } {
                self.cancel.check()?;
                let read = self
                    .record(behind)
                    .doing(|| format!("cannot read `{}` again", behind.record))
                    // What one thread cannot write, the others cannot either.
                    .inspect_err(|_| self.cancel.set())?;
                (self.told)(&read, behind.documents.iter().map(|document| document.pages.total()).sum());
                done.lock().unwrap_or_else(PoisonError::into_inner).push((number, read));
            }
            Ok(())
        };
        let ended = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..self.app.config.workers.max(1))
                .map(|_| std::thread::Builder::new().spawn_scoped(scope, work).map_err(Error::no_thread))
                .collect();
            let ended = threads.into_iter().map(|thread| match thread?.join() {
                Ok(ended) => ended,
                Err(_) => Err(Error::new(ErrorKind::Internal, "a thread that reads again panicked")),
            });
            let (interrupted, failed): (Vec<_>, Vec<_>) =
                ended.filter_map(Result::err).partition(|error| error.kind() == ErrorKind::Interrupted);
            failed.into_iter().chain(interrupted).next().map_or(Ok(()), Err)
        });
        ended?;
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(number, _)| *number);
        Ok(done.into_iter().map(|(_, read)| read).collect())
    }

    fn record(&self, behind: &Behind<'_>) -> Result<RecordReread> {
        let (app, language) = (self.app, self.app.config.language);
        let before = app.register.current(behind.record, language)?.fields;
        let (mut newly, mut failures) = (NewlyFound::new(), Vec::new());
        for document in &behind.documents {
            let mut failed = |error: &Error| {
                let (kind, message) = (examine::fault_name(error), error.explain(language));
                failures.push(Failure { document: document.id.clone(), kind, message });
            };
            match self.find(document) {
                Ok(found) => {
                    let role =
                        stored::role(stored::role_of(&found.findings.fields, found.manifest.original.media_type));
                    let fields = found.findings.fields.clone();
                    match if self.dry_run { Ok(()) } else { self.keep(document, found) } {
                        Err(error) if stored::lies_in_the_way(&error) => failed(&error),
                        kept => {
                            kept?;
                            newly.insert(document.id.clone(), (role, fields));
                        }
                    }
                }
                // It lies in what is stored of this document: the others are read all the same.
                Err(error) if !matches!(error.kind(), ErrorKind::Storage | ErrorKind::Internal) => failed(&error),
                Err(error) => return Err(error),
            }
            if document.pages.total() >= LONG {
                tools::give_memory_back();
            }
        }
        let after = match self.dry_run {
            true => app.register.foreseen(behind.record, &newly, language)?,
            false => app.register.current(behind.record, language)?,
        };
        let changes = changes(&before, &after.fields)?;
        let state = match (failures.is_empty(), changes.is_empty()) {
            (false, _) => State::Failed,
            (true, false) => State::Changed,
            (true, true) => State::Unchanged,
        };
        Ok(RecordReread { record: behind.record.clone(), title: after.fields.title.value, state, changes, failures })
    }

    /// Applies the rules to the words that are kept of a document.
    fn find(&self, document: &Document) -> Result<Found> {
        let app = self.app;
        let lost = |what| {
            Error::new(ErrorKind::FixityMismatch, format!("{what} of `{}` is not in the store", document.id))
                .hint("`griffie verify` names everything that is missing")
        };
        let manifest = app.archive.manifests(&document.id)?.pop().ok_or_else(|| lost("the manifest"))?;
        let key = manifest.reading.ok_or_else(|| {
            Error::new(ErrorKind::UnsupportedDocument, "no words were kept of it when it was taken in")
                .hint("what was found in it then stays; a new archive reads its original anew")
                .because(
                    "no_words",
                    "er zijn geen woorden van bewaard toen het werd opgenomen: wat er toen in is gevonden blijft staan; \
                     een nieuw archief leest het origineel opnieuw",
                )
        })?;
        let reading = app.archive.reading(&key)?.ok_or_else(|| lost("the reading"))?;
        let signatures = manifest.signatures.iter().map(|fact| serde_json::from_value(fact.clone()));
        let signatures = signatures
            .collect::<std::result::Result<Vec<SignatureFact>, _>>()
            .fold(ErrorKind::FixityMismatch, || "its manifest tells of signatures in an unknown way")?;
        let text = examine::guarded(|| Text::build(&reading))?;
        drop(reading);
        let words = Words { key, text: &text, signatures: &signatures };
        let findings = stored::find(app, self.rules, app.config.language, &words)?;
        let units = examine::guarded(|| units_of(&text, Some(&findings.fields)))?;
        Ok(Found { manifest, findings, units })
    }

    /// Findings, manifest, database, log: as a document is taken in.
    fn keep(&self, document: &Document, found: Found) -> Result<()> {
        let (app, Found { mut manifest, findings, units }) = (self.app, found);
        let kept = stored::keep(app, &findings, self.rules)?;
        reached("new-findings-stored");
        let reference = kept.at(app.clock.now());
        manifest.made = reference.found;
        manifest.program = PROGRAM.into();
        manifest.role = stored::role_of(&kept.fields, manifest.original.media_type);
        manifest.findings.push(reference.clone());
        let stored = app.archive.put_manifest(&manifest)?;
        reached("reread-manifest-stored");
        let event = events::reread(&manifest, &[kept.stored, stored]);
        let row = stored::register_findings(&reference, kept.fields)?;
        app.register.add_findings(&document.id, stored::role(manifest.role), &row, &[event])?;
        reached("reread-database-committed");
        app.index_soon(document, app.register.read_as(&document.id)?, units)?;
        app.log_now_and_then()
    }
}

/// The fields that say something else: another value, another certainty, or other readings to choose between.
fn changes(before: &Fields, after: &Fields) -> Result<Vec<FieldChange>> {
    let json = |fields: &Fields| serde_json::to_value(fields).fold(ErrorKind::Internal, || "fields do not serialize");
    let (before, after) = (json(before)?, json(after)?);
    let told = Fields::NAMES.iter().map(|&field| {
        let (old, new) = (values(&before[field]), values(&after[field]));
        FieldChange { field, old, new }
    });
    Ok(told.filter(|change| change.old != change.new).collect())
}

fn values(field: &Value) -> Vec<FieldValue> {
    let values = field.as_array().map_or(std::slice::from_ref(field), Vec::as_slice);
    let is_there = |value: &&Value| value["status"] != "absent";
    let shown = |value: &Value| FieldValue {
        value: value["value"].clone(),
        status: value["status"].clone(),
        or: match value["alternatives"].as_array().filter(|_| value["status"] == "conflict") {
            Some(others) => others.iter().map(|other| other["value"].clone()).collect(),
            None => Vec::new(),
        },
    };
    values.iter().filter(is_there).map(shown).collect()
}
