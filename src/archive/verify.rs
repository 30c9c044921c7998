//! Checks a whole store, or as much of it as time allows: every object against its digest, the log against its signed
//! checkpoints, and each against the other. Needs no database and changes nothing in the store.

mod ledger;
mod log;
mod object;
mod stamp;
mod unfinished;

use std::{
    collections::BTreeMap,
    path::PathBuf,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;

use super::Archive;
use crate::{
    Error, Result,
    model::{Blake3, Language},
    provenance::{
        ObjectRef,
        note::{Checkpoint, VerifierKey},
        tiles::LOG,
        timestamp::TimeStamp,
    },
    storage::ObjectName,
};
use ledger::{Ledger, Outcome};
pub use ledger::{PastChecks, past_checks};
pub use unfinished::HalfDone;

/// How to check.
#[derive(Clone, Debug)]
pub struct VerifyOptions {
    /// Begin no further object after this time. Those that were not looked at for longest come first.
    pub budget: Option<Duration>,
    /// Look at every object at least once in this period: those whose time will have come before the next run (the
    /// runs are taken to come as regularly as the last two) are checked even when the budget is spent.
    pub within: Option<Duration>,
    /// A file outside the store that remembers how each object was found; made if it is not there.
    pub history: Option<PathBuf>,
    /// Checkpoints from elsewhere (printed, mailed, kept by another party) that this log must have grown from.
    pub known: Vec<Checkpoint>,
    /// How many events the log had when its own data folder noted it last (none of a copy): what the log has beyond its
    /// last checkpoint is then the work of a stopped program, and not of one who took a checkpoint away.
    pub noted: Option<u64>,
    /// Keys from elsewhere; where there are any, those in the store count for nothing.
    pub keys: Vec<VerifierKey>,
    /// Language of the sentences in the report.
    pub language: Language,
}

impl Default for VerifyOptions {
    fn default() -> Self {
        Self {
            budget: None,
            within: None,
            history: None,
            known: Vec::new(),
            noted: None,
            keys: Vec::new(),
            language: Language::English,
        }
    }
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
    /// There is no log at all.
    MissingLog,
    /// A run that was stopped has not come to log it: no damage, and mended when the run is gone on with.
    Unfinished,
    /// A time-stamp does not hold, or is not about its checkpoint.
    BadTimestamp,
    /// The database says something else than the store.
    AlteredRow,
    /// The database lacks what the store tells of.
    MissingRow,
    /// The database has what nothing in the store tells of.
    AdditionalRow,
    /// The file of the database, or one of the index, is not as it was written.
    DamagedFile,
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
    /// Objects that, when this run began, nobody had looked at for longer than the period that was asked for.
    pub late: u64,
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
    /// What a stopped run left to be gone on with, sorted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unfinished: Vec<VerifyFinding>,
    /// Time-stamps that hold, oldest checkpoint first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub timestamps: Vec<Stamped>,
}

/// A checkpoint that an authority stamped with its time: what the log held then, it held no later than that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Stamped {
    /// How many events the log had.
    pub size: u64,
    /// What the authority says.
    #[serde(flatten)]
    pub stamp: TimeStamp,
}

/// Collects findings: what was said first of an object's damage stands.
struct Findings {
    found: BTreeMap<(FindingKind, String), String>,
    unfinished: BTreeMap<String, String>,
    language: Language,
}

impl Findings {
    fn new(language: Language) -> Self {
        Self { found: BTreeMap::new(), unfinished: BTreeMap::new(), language }
    }

    fn unfinished(&mut self, what: impl ToString, nl: impl Into<String>, en: impl Into<String>) {
        let message = self.language.say(nl.into(), en.into());
        self.unfinished.entry(what.to_string()).or_insert(message);
    }

    /// Whether something is wrong with the log.
    fn of_log(&self) -> bool {
        self.found.keys().any(|(_, what)| what.split('/').next() == Some(LOG))
    }

    fn add(&mut self, kind: FindingKind, what: impl ToString, nl: impl Into<String>, en: impl Into<String>) {
        let message = self.language.say(nl.into(), en.into());
        self.found.entry((kind, what.to_string())).or_insert(message);
    }

    fn changed(&mut self, name: &ObjectName) {
        let (nl, en) = ("de bytes zijn niet die welke zijn opgeslagen", "its bytes are not those that were stored");
        self.add(FindingKind::ChangedObject, name, nl, en);
    }

    fn has(&self, kind: FindingKind, what: &str) -> bool {
        self.found.contains_key(&(kind, what.to_owned()))
    }

    fn unreadable(&mut self, name: &ObjectName, error: &Error) {
        let nl = format!("het kan niet worden gelezen ({error})");
        self.add(FindingKind::UnreadableObject, name, nl, error.to_string());
    }
}

/// What was found is named as in the report.
fn name_of(kind: FindingKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

impl Archive {
    /// Objects that a stopped run left, sound and of no document, which the log does not name. To be asked when no batch
    /// is open.
    pub fn left_over(&self) -> Result<Vec<ObjectRef>> {
        unfinished::left_over(self.store())
    }

    /// What stopped work on documents left in the store.
    pub fn half_done(&self) -> Result<HalfDone> {
        unfinished::half_done(self.store())
    }

    /// Checks the store. `now` dates the history.
    pub fn verify(&self, options: &VerifyOptions, now: Timestamp) -> Result<VerifyReport> {
        let begun = Instant::now();
        match options.budget {
            Some(budget) => self.verify_until(options, now, Some(&|| begun.elapsed() >= budget)),
            None => self.verify_until(options, now, None),
        }
    }

    /// The same, with another's word for when the budget is spent; without one there is none.
    fn verify_until(
        &self,
        options: &VerifyOptions,
        now: Timestamp,
        time_is_up: Option<&dyn Fn() -> bool>,
    ) -> Result<VerifyReport> {
        let mut ledger = Ledger::open(options.history.as_deref())?;
        let mut findings = Findings::new(options.language);
        let checked: Result<Checked> = std::thread::scope(|scope| {
            let mut readers = object::Readers::start(scope, self.store());
            let within = options.within;
            let any_order = time_is_up.is_none() && within.is_none();
            let listed = self.store().list("");
            ledger.take_stock(listed, &mut findings, |entry| any_order && readers.take_listed(entry))?;
            if any_order {
                object::begin(&mut readers, &ledger, now)?;
            }
            let mut checked = log::verify(self.store(), options, &mut ledger, &mut findings)?;
            let layout = Blake3::of(include_bytes!("README.txt"));
            ledger.name(&super::name::README.parse()?, &layout, None, "the layout of the store")?;
            if !any_order {
                readers.line_up(&ledger, within, now)?;
                checked.late = within.map_or(Ok(0), |within| ledger.late(within, now))?;
            }
            let time_is_up = time_is_up.unwrap_or(&|| false);
            object::verify(self.store(), &mut readers, now, time_is_up, &mut ledger, &mut findings, &mut checked)?;
            Ok(checked)
        });
        let mut checked = checked?;
        for (name, by) in ledger.missing()? {
            ledger.checked(&name, now, Outcome::Found(FindingKind::MissingObject))?;
            let nl = format!("het is weg; `{by}` noemt het");
            findings.add(FindingKind::MissingObject, name, nl, format!("it is gone; `{by}` names it"));
        }
        let timestamps = stamp::verify(self.store(), &mut findings)?;
        checked.oldest = ledger.oldest(now, checked.waiting)?;
        ledger.close(now, &checked, findings.found.len())?;
        let finding = |((kind, what), message)| VerifyFinding { kind, what, message };
        let unfinished = |(what, message)| VerifyFinding { kind: FindingKind::Unfinished, what, message };
        Ok(VerifyReport {
            checked,
            findings: findings.found.into_iter().map(finding).collect(),
            unfinished: findings.unfinished.into_iter().map(unfinished).collect(),
            timestamps,
        })
    }
}

#[cfg(test)]
mod tests;
