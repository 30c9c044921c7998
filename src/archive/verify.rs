//! Checks a whole store, or as much of it as time allows: every object against its digest, the log against its signed
//! checkpoints, and each against the other. Needs no database and changes nothing in the store.

mod beside;
mod content;
mod grown;
mod ledger;
mod log;
mod object;
mod stamp;
mod unfinished;
mod witness;

use std::{
    collections::BTreeMap,
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use serde::Serialize;
use x509_cert::Certificate;

use super::{Archive, Area, Decision, known::Known};
use crate::{
    Error, ErrorKind, Result,
    model::{Blake3, DocumentId, Language, RecordId},
    provenance::{
        ClockNote, Event, KeyChange, ObjectRef, Restoration, entries,
        note::{Checkpoint, SignerKey, VerifierKey},
        signed_size,
        tiles::LOG,
        timestamp::TimeStamp,
    },
    storage::{ObjectName, Store},
};
use ledger::{Ledger, Outcome};
pub use ledger::{PastChecks, past_checks};
pub use log::TOLERANCE;
pub use unfinished::HalfDone;
pub use witness::{Witness, Word};

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
    /// The head of the log as its own data folder noted it last.
    pub head: Option<Checkpoint>,
    /// What is wrong with that note itself.
    pub head_fault: Option<HeadFault>,
    /// What the database of its own data folder tells of the log. Without it nobody can say whose what the log has beyond
    /// its last checkpoint is.
    pub told: Option<ToldBy>,
    /// Whether the data folder says that a program is at work or was stopped, which may have left something half written;
    /// `None` for a store by itself.
    pub stopped: Option<bool>,
    /// What lies in the data folder as the key that signs the log; `None` where there is no data folder, or it may not be
    /// read.
    pub own_key: Option<OwnKey>,
    /// Keys from elsewhere: one of them must be the key that signs the log now.
    pub keys: Vec<VerifierKey>,
    /// Whether those were given by whoever asks. They then vouch for a change that the old key did not sign; one that lies
    /// in the data folder vouches for nothing.
    pub vouched: bool,
    /// The key that a change brings which this data folder announced and has not come to complete.
    pub coming_key: Option<VerifierKey>,
    /// Decode each word of all documents. Without this the words are decoded that no earlier run found good, where a
    /// history is kept; else only what made them is looked at: the words are most of what is to be decoded of a store.
    pub words: bool,
    /// Says whether a decision means something, as whoever takes it into a register asks.
    pub means: Means,
    /// Certificates to which those of time-stamps must lead; without them it is not asked.
    pub authorities: Option<Vec<Certificate>>,
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
            head: None,
            head_fault: None,
            told: None,
            stopped: None,
            own_key: None,
            keys: Vec::new(),
            words: false,
            means: |_| Ok(()),
            vouched: false,
            coming_key: None,
            authorities: None,
            language: Language::English,
        }
    }
}

/// Says whether a decision can be understood.
pub type Means = fn(&Decision) -> Result<()>;

/// Why a note of the log's head is not to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeadFault {
    /// It bears no seal: anybody may have put it there, or an older griffie.
    Unsealed,
    /// It is none, or no key of the log sealed it.
    False,
}

/// What lies where a data folder keeps the key that signs its log.
#[derive(Clone, Debug)]
pub enum OwnKey {
    /// Nothing.
    Gone,
    /// Something that is no key, for this reason.
    NoKey(String),
    /// A key.
    Key(VerifierKey),
}

impl OwnKey {
    /// What lies in a file; `None` where whoever asks may not read it.
    pub fn in_file(path: &Path) -> Option<Self> {
        match SignerKey::read(path) {
            Ok(Some(key)) => Some(Self::Key(key.verifier().clone())),
            Ok(None) => Some(Self::Gone),
            Err(error) if error.is_denied() => None,
            Err(error) => Some(Self::NoKey(error.to_string())),
        }
    }
}

/// What a database tells of the log that it hands its events to.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// From where on every event of the log passed through it.
    pub begin: Option<u64>,
    /// Where events stand in the log, and the digest of each, in the order of their places.
    pub logged: Vec<(u64, Blake3)>,
    /// Events of this program that wait.
    pub waiting: Vec<Event>,
    /// The ids of events that wait and that this program did not write.
    pub foreign: Vec<String>,
    /// What the data folder was about to store, under the log's seal.
    pub announced: Vec<ObjectRef>,
}

/// Asks a database what it tells. It is asked once it is known how far the log goes, since others may
/// be at work meanwhile.
#[derive(Clone)]
pub struct ToldBy {
    /// How many events of the log it told of before.
    so_far: u64,
    ask: Arc<dyn Fn() -> Result<Told> + Send + Sync>,
}

impl ToldBy {
    /// What `ask` answers, of a log that had so many events before.
    pub fn new(so_far: u64, ask: impl Fn() -> Result<Told> + Send + Sync + 'static) -> Self {
        Self { so_far, ask: Arc::new(ask) }
    }
}

impl fmt::Debug for ToldBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ToldBy").field("so_far", &self.so_far).finish_non_exhaustive()
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
    /// The documents and records that it belongs to, as far as the store tells.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
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
    /// A key that is not the log's.
    ForeignKey,
    /// A key that took the place of another, which did not sign that.
    UnprovenKey,
    /// A checkpoint signed with a key that is not the log's.
    ForeignCheckpoint,
    /// An event that the database of the data folder did not write.
    ForeignEvent,
    /// The data folder's note of the log's head is gone.
    MissingHead,
    /// No key of the log sealed it.
    BadHead,
    /// Its time is before that of what came before it, or another than the log's.
    BackDated,
    /// A later manifest names another original, item or accession than the first of its document.
    ChangedOrigin,
    /// It was logged, and cannot be read as what its name says.
    Malformed,
    /// It says something else than what is told of the same elsewhere.
    Contradicted,
    /// Its time has not come yet.
    Ahead,
    /// No accession tells where it came from.
    NoAccession,
    /// It is no plain file, but a link, for one.
    NoPlainFile,
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
    /// There is no database beside the store of a data folder.
    MissingDatabase,
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
    /// What a stopped program, or one at work, left half written: no objects. Whoever writes next clears them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub leftovers: Vec<String>,
    /// Time-stamps that hold, oldest checkpoint first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub timestamps: Vec<Stamped>,
    /// How many events the log has had since the newest of them: only what is kept elsewhere tells of their end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events_since_timestamp: Option<u64>,
    /// Changes of the key that signs the log, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub key_changes: Vec<KeyChange>,
    /// When the log was taken up where a copy of the store ended, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub restorations: Vec<Restoration>,
    /// Events whose times stand out, of which a person said that a clock was wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub clock_notes: Vec<ClockNote>,
    /// Why a data folder's database was not compared with the store: nothing is known of it then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub database_not_compared: Option<String>,
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
    /// Objects that a stopped run of this archive at work left, sound and of no document, which the log does not name. To
    /// be asked when no batch is open.
    pub fn left_over(&self) -> Result<Vec<ObjectRef>> {
        let Some(own) = &self.own else { return Ok(Vec::new()) };
        let announced = own.journal.all();
        if announced.is_empty() {
            return Ok(Vec::new());
        }
        let [left, settled] = unfinished::left_over(self.store(), &announced)?;
        own.journal.forget(&settled)?;
        Ok(left)
    }

    /// Objects that the log does not name, whoever left them.
    pub fn unlogged(&self) -> Result<Vec<ObjectName>> {
        let known = Known::of(self.store(), &[])?;
        let mut names = Vec::new();
        for listed in self.store().list("") {
            let name = match listed {
                Ok(entry) => entry.name,
                // What no object can be called is for a check to name.
                Err(error) if error.kind() == ErrorKind::InvalidInput => continue,
                Err(error) => return Err(error),
            };
            if Area::of(&name).is_some() && known.digest(&name)?.is_none() {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// What stopped work on documents left in the store, and this archive at work knows for its own.
    pub fn half_done(&self) -> Result<HalfDone> {
        let announced = self.own.as_ref().map(|own| own.journal.all()).unwrap_or_default();
        unfinished::half_done(self.store(), &announced)
    }

    /// Checks the store. `now` dates the history.
    pub fn verify(&self, options: &VerifyOptions, now: Timestamp) -> Result<VerifyReport> {
        let begun = Instant::now();
        match options.budget {
            Some(budget) => self.verify_until(options, now, Some(&|| begun.elapsed() >= budget)),
            None => self.verify_until(options, now, None),
        }
    }

    /// Of an object of a bucket that somebody laid something over, what lies below and how that is put back.
    fn below(&self, kind: FindingKind, what: &str, ledger: &Ledger, language: Language) -> String {
        if !matches!(kind, FindingKind::ChangedObject | FindingKind::MissingObject) {
            return String::new();
        }
        let found = || {
            let digest = ledger.logged(what).ok()??;
            self.store().puts_back(&what.parse().ok()?, &digest).ok()?
        };
        found().map_or(String::new(), |(version, line)| {
            language.say(
                format!(
                    "; versie {version} eronder heeft de bytes die zijn opgeslagen, en komt met `{line}` weer boven te liggen \
                     (daarna: `griffie store extend`)"
                ),
                format!(
                    "; version {version} below it has the bytes that were stored, and `{line}` lays it on top again (then: \
                     `griffie store extend`)"
                ),
            )
        })
    }

    /// The same, with another's word for when the budget is spent; without one there is none.
    fn verify_until(
        &self,
        options: &VerifyOptions,
        now: Timestamp,
        time_is_up: Option<&dyn Fn() -> bool>,
    ) -> Result<VerifyReport> {
        let mut ledger = Ledger::open(options.history.as_deref(), now)?;
        let mut findings = Findings::new(options.language);
        let (mut acts, mut leftovers) = (log::Acts::default(), Vec::new());
        let checked: Result<Checked> = std::thread::scope(|scope| {
            let mut readers = object::Readers::start(scope, self.store(), options.means)?;
            let within = options.within;
            let any_order = time_is_up.is_none() && within.is_none();
            let mut listed = self.store().list("");
            ledger.words = options.words;
            ledger.take_stock(&mut listed, |entry, whole| any_order && readers.take_listed(entry, whole))?;
            if any_order {
                object::begin(&mut readers, &ledger, now)?;
            }
            let (mut checked, told) = log::verify(self.store(), options, now, &mut ledger, &mut findings)?;
            acts = told;
            leftovers = beside::verify(listed.beside(), options.stopped, now, &ledger, &mut findings)?;
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
            // It was stored while the store was listed.
            if name.parse().is_ok_and(|name| matches!(self.store().head(&name), Ok(Some(_)))) {
                continue;
            }
            ledger.checked(&name, now, Outcome::Found(FindingKind::MissingObject))?;
            let nl = format!("het is weg; `{by}` noemt het");
            findings.add(FindingKind::MissingObject, name, nl, format!("it is gone; `{by}` names it"));
        }
        if options.told.is_none() {
            grown::settle(self.store(), checked.events, now, &mut findings)?;
        }
        let timestamps = stamp::verify(self.store(), options.authorities.as_deref(), &mut findings)?;
        checked.oldest = ledger.oldest(now, checked.waiting)?;
        let mut belongs = Belongs { store: self.store(), ledger: &ledger, size: None };
        let mut finding = |kind, what: String, message: String| {
            let about = belongs.to(&what)?;
            let message = message + &self.below(kind, &what, &ledger, options.language);
            Ok(VerifyFinding { kind, what, message, about })
        };
        let found = findings.found.into_iter().map(|((kind, what), message)| finding(kind, what, message));
        let found = found.collect::<Result<Vec<_>>>()?;
        let unfinished = findings.unfinished.into_iter();
        let unfinished = unfinished.map(|(what, message)| finding(FindingKind::Unfinished, what, message));
        let unfinished = unfinished.collect::<Result<_>>()?;
        ledger.close(now, &checked, found.len())?;
        let log::Acts { key_changes, restorations, clock_notes } = acts;
        let stamped = timestamps.iter().map(|stamped| stamped.size).max();
        Ok(VerifyReport {
            events_since_timestamp: stamped.map(|size| checked.events.saturating_sub(size)),
            checked,
            findings: found,
            unfinished,
            leftovers,
            timestamps,
            key_changes,
            restorations,
            clock_notes,
            database_not_compared: None,
        })
    }
}

/// Tells what an object belongs to: by its name, else by the event that names it.
struct Belongs<'a> {
    store: &'a Store,
    ledger: &'a Ledger,
    size: Option<u64>,
}

impl Belongs<'_> {
    fn to(&mut self, what: &str) -> Result<Vec<String>> {
        let ours = |id: &&str| id.parse::<DocumentId>().is_ok() || id.parse::<RecordId>().is_ok();
        let in_name: Vec<_> = what.split('/').filter(ours).map(str::to_owned).collect();
        let place = self.ledger.event_of(what)?.filter(|_| in_name.is_empty());
        let Some(place) = place else { return Ok(in_name) };
        let size = match self.size {
            Some(size) => size,
            // Where the log is damaged as well, the object's own name is all that there is.
            None => *self.size.insert(signed_size(self.store).unwrap_or(0)),
        };
        let event = entries(self.store, place, size.max(place)).next().and_then(|entry| entry.ok());
        let about = event.map(|(_, _, event)| event.about).unwrap_or_default();
        Ok(about.into_iter().filter(|id| ours(&id.as_str())).collect())
    }
}

#[cfg(test)]
mod tests;
