//! A data folder, opened: archive, register, index and log, and who may write.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, Instant, SystemTime},
};

use super::{
    decide, head,
    journal::Journal,
    lock::{InPlace, Lock, Turn, patiently},
    log_key, pending, rebuild, standing,
    stop::reached,
    told,
    units::units_of,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{Archive, is_left_of_ours},
    clock::Clock,
    config::{self, Config},
    error::Fold as _,
    index::{Index, IndexDocument, Unit},
    model::{Blake3, Reading},
    plain,
    provenance::{
        Event, EventKind, GREW, Log, ObjectRef, checkpoints,
        note::{Checkpoint, SignerKey, VerifierKey},
        proof, signed_size, signer_of,
    },
    register::{Document, Register},
    storage::{Location, Store},
    text::Text,
    tools::must_have_memory,
};

/// How many events are handed to the log at once.
const EVENTS_AT_ONCE: u32 = 1000;
/// So many threads work beside those for the workers.
pub(super) const THREADS_BESIDE: usize = 2;
/// How many documents wait for the index at most.
const INDEXED_AT_ONCE: usize = 100;

/// The key that signs the log, in the data folder.
pub const LOG_KEY: &str = "log.key";
/// Where a data folder notes its store, if that is elsewhere.
const STORE_NOTE: &str = "store.location";
/// How often the log grows while nothing waits for it.
const LOG_EVERY: Duration = Duration::from_secs(1);
/// Who takes a decision is done with it in less.
const TURN_WITHIN: Duration = Duration::from_secs(2);
/// So long it is waited for another process to log a decision.
pub(super) const LOGGED_WITHIN: Duration = Duration::from_millis(1500);

/// A half-written file that is older than this is no other process's work of the moment.
const LEFTOVER_AGE: Duration = Duration::from_secs(60);

struct OpenLog {
    log: Log,
    last: Option<Instant>,
    /// Whether its head is noted in the data folder: a database that is still made beside another one notes nothing.
    noted: bool,
    /// Whose seals count on events that wait.
    keys: Vec<VerifierKey>,
    /// Seals what is about to be appended.
    signer: SignerKey,
}

/// The key that checks what a data folder signs, where it can be read: an onlooker may not.
pub fn known_key(data: &Path) -> Vec<VerifierKey> {
    let key = SignerKey::read(&data.join(LOG_KEY)).ok().flatten();
    key.map(|key| key.verifier().clone()).into_iter().collect()
}

/// Where the objects of a data folder lie: as it was first said, in the configuration or by `--store`. A data folder
/// stays with its store, since its database tells of those objects and no others.
pub fn location(data: &Path, config: &Config) -> Result<Location> {
    let asked = config.store.as_deref().map(str::parse::<Location>).transpose()?;
    match (asked, known_location(data)?) {
        (Some(asked), Some(known)) if asked != known => Err(Error::new(
            ErrorKind::Conflict,
            format!("the data folder `{}` belongs to the store `{known}`, not to `{asked}`", data.display()),
        )
        .hint("give another --data folder; `griffie rebuild --data FOLDER --store STORE` makes one for a store")),
        (Some(location), _) | (None, Some(location)) => Ok(location),
        (None, None) => own_folder(data),
    }
}

/// The store that a data folder is known to belong to.
pub fn known_location(data: &Path) -> Result<Option<Location>> {
    match noted_store(data)? {
        Some(text) => text.lines().next().unwrap_or_default().trim_end().parse().map(Some),
        None => {
            let own = own_folder(data)?;
            Ok(own.folder().is_some_and(Path::is_dir).then_some(own))
        }
    }
}

/// Whether a data folder says that a program is at work in it, or was stopped: either may have left something half written.
pub fn may_be_stopped(data: &Path) -> bool {
    std::fs::metadata(data.join("lock")).is_ok_and(|lock| lock.len() > 0)
}

/// The database of a data folder.
pub(super) fn database(data: &Path) -> PathBuf {
    data.join("griffie.sqlite")
}

/// Which file that is now.
fn file_of(path: &Path) -> Option<(u64, u64)> {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}

/// How the store of a data folder is reached: as configured, and where that says nothing as when it was first reached.
pub fn s3(data: &Path, config: &Config) -> Result<config::S3> {
    let mut s3 = config.s3.clone();
    for line in noted_store(data)?.as_deref().unwrap_or_default().lines().skip(1) {
        match line.split_once(' ') {
            Some(("endpoint", value)) => s3.endpoint = s3.endpoint.or_else(|| Some(value.to_owned())),
            Some(("region", value)) => s3.region = s3.region.or_else(|| Some(value.to_owned())),
            _ => {}
        }
    }
    Ok(s3)
}

/// What a data folder notes of its store: its address, and on the lines below it how it is reached.
fn noted_store(data: &Path) -> Result<Option<String>> {
    match plain::read_to_string(&data.join(STORE_NOTE)) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).fold(ErrorKind::Storage, || format!("cannot read `{STORE_NOTE}`")),
    }
}

/// Whether an archive is there; else what to do.
fn must_be_there(data: &Path, config: &Config) -> Result<()> {
    standing::must_be_finished(data)?;
    // Not to be allowed to look is another thing than that nothing is there.
    match std::fs::metadata(database(data)) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            return Err(config::may_not_read(data).source(error));
        }
        _ => {}
    }
    let location = location(data, config)?;
    let lost = location.folder().filter(|folder| !folder.is_dir());
    if let Some(store) = lost
        && (database(data).is_file() || data.join(head::LOG_HEAD).is_file())
    {
        let store = store.display();
        return Err(Error::new(ErrorKind::NotFound, format!("the store `{store}` of this archive is gone"))
            .hint("put it back from its backup, or mount it, before anything else; do not take anything in anew")
            .dutch(format!(
                "de opslag `{store}` van dit archief is weg: zet haar terug uit de back-up of koppel haar aan, voor al het \
                 andere; neem niets opnieuw op"
            )));
    }
    if lost.is_some() {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no archive in `{}`", data.display()))
            .hint("`griffie ingest` makes one; --data names the folder of another")
            .dutch(format!(
                "in `{}` is geen archief: `griffie ingest` maakt er een; --data noemt de map van een ander",
                data.display()
            )));
    }
    if !database(data).is_file() {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no database in `{}`", data.display()))
            .hint("`griffie rebuild` makes it anew from the object store")
            .dutch(format!(
                "in `{}` is geen database: `griffie rebuild` maakt die opnieuw uit de objecten",
                data.display()
            )));
    }
    Ok(())
}

fn own_folder(data: &Path) -> Result<Location> {
    let folder = std::path::absolute(data.join("store")).fold(ErrorKind::InvalidInput, || "the data folder's name")?;
    Ok(Location::Folder(folder))
}

/// An opened data folder.
pub struct App {
    /// The folder.
    pub data: PathBuf,
    /// The configuration.
    pub config: Config,
    /// Tells the time.
    pub clock: Clock,
    /// Where the objects lie.
    pub location: Location,
    /// The objects.
    pub archive: Archive,
    /// The database.
    pub register: Register,
    /// The full-text index.
    pub index: Index,
    /// Which file the database was opened in, where a rebuild may put another in its place.
    opened: Option<(u64, u64)>,
    /// Documents that are in the register and not yet in the index.
    waiting: Mutex<Vec<IndexDocument>>,
    /// The log and the lock on the data folder; only a process that has them takes things in.
    log: Option<Mutex<OpenLog>>,
    lock: Option<Lock>,
}

/// The objects of a data folder, and where they lie.
pub(super) struct Stored {
    pub location: Location,
    pub archive: Archive,
}

impl Stored {
    pub fn open(data: &Path, config: &Config) -> Result<Self> {
        let location = location(data, config)?;
        let archive = Archive::open(Store::open(&location, &s3(data, config)?)?)?;
        Ok(Self { location, archive })
    }
}

impl App {
    /// Opens a data folder for taking things in; makes it where there is none. Refused while another process does, and
    /// where the database is not that of the store.
    pub fn open_for_writing(data: &Path, config: Config) -> Result<Self> {
        must_have_memory(config.workers + THREADS_BESIDE)?;
        std::fs::create_dir_all(data).fold(ErrorKind::Storage, || format!("cannot make `{}`", data.display()))?;
        let mut lock = Lock::or_refuse(data, &config)?;
        standing::must_be_finished(data)?;
        // The store and what explains it before the database: without them nothing is to be made here, and whoever finds
        // a database may look for both.
        let stored = Stored::open(data, &config)?;
        lock.also_or_refuse(stored.archive.store(), &stored.location, &config)?;
        log_key::complete(data, stored.archive.store())?;
        if !Self::is_there(data) {
            standing::must_be_empty(&stored.archive, &stored.location)?;
        }
        let register = Register::open(&database(data))?;
        standing::must_know(&register, &stored.archive, &stored.location, data)?;
        let mut app = Self::of_parts(data, config, stored, register, Index::open(&data.join("index"))?);
        app.note_location()?;
        lock.take()?;
        app.clear_leftovers(&mut lock)?;
        app.must_be_in_time()?;
        app.take_log(lock)?;
        app.log_waiting_events()?;
        app.index_what_is_missing()?;
        Ok(app)
    }

    /// Whether a data folder holds a database.
    pub fn is_there(data: &Path) -> bool {
        database(data).is_file()
    }

    /// Opens a data folder that is there for work on what is in it. A slip of the pen makes no second archive.
    pub fn open_existing_for_writing(data: &Path, config: Config) -> Result<Self> {
        must_be_there(data, &config)?;
        Self::open_for_writing(data, config)
    }

    /// A data folder with a database and an index that are made beside those that are there. The log is told what waits
    /// in that database, which knows nothing of the events that the last program handed to the log.
    pub(super) fn beside(
        data: &Path,
        config: Config,
        stored: Stored,
        register: Register,
        index: Index,
        mut lock: Lock,
    ) -> Result<Self> {
        let mut app = Self::of_parts(data, config, stored, register, index);
        lock.take()?;
        app.clear_leftovers(&mut lock)?;
        rebuild::take_over_events(data, app.archive.store(), &app.register)?;
        app.note_location()?;
        app.open_log(lock, true)?;
        app.log_waiting_events()?;
        Ok(app)
    }

    /// Lets go of database and index, which may then be moved; the lock is kept. Gives the head of the log as well, with
    /// the key that seals it.
    pub(super) fn into_lock(self) -> (Option<Lock>, Option<(Checkpoint, SignerKey)>) {
        let log = self.log.map(|log| log.into_inner().unwrap_or_else(PoisonError::into_inner));
        (self.lock, log.and_then(|log| Some((log.log.head()?, log.signer))))
    }

    /// Opens a data folder that is there, for reading and for decisions.
    pub fn open(data: &Path, config: Config) -> Result<Self> {
        must_be_there(data, &config)?;
        let opened = file_of(&database(data));
        let register = Register::open_for_reading(&database(data))?;
        let index = match register.is_read_only() {
            true => Index::open_for_reading(&data.join("index"))?,
            false => Index::open(&data.join("index"))?,
        };
        let stored = Stored::open(data, &config)?;
        if !register.is_read_only() {
            log_key::complete_if_free(data, stored.archive.store())?;
        }
        // Over a network this would cost every command some questions.
        if stored.archive.store().root().is_some() || register.is_empty()? {
            standing::must_know(&register, &stored.archive, &stored.location, data)?;
        }
        Ok(Self { opened, ..Self::of_parts(data, config, stored, register, index) })
    }

    fn of_parts(data: &Path, config: Config, stored: Stored, register: Register, index: Index) -> Self {
        let Stored { location, archive } = stored;
        let (store, key_file, signer) = (archive.store().clone(), data.join(LOG_KEY), OnceLock::<SignerKey>::new());
        register.seal_with(Box::new(move |json| {
            if signer.get().is_none() {
                let _ = signer.set(signer_of(&store, &key_file)?);
            }
            Ok(signer.get().map(|signer| signer.seal(json)).unwrap_or_default())
        }));
        Self {
            data: data.to_owned(),
            config,
            clock: Clock::System,
            location,
            archive,
            register,
            index,
            opened: None,
            waiting: Mutex::default(),
            log: None,
            lock: None,
        }
    }

    fn note_location(&self) -> Result<()> {
        if known_location(&self.data)?.is_some() {
            return Ok(());
        }
        // Flushed before the first object is written: without it, the next command would begin another store.
        File::create(self.data.join(STORE_NOTE))
            .and_then(|mut note| {
                writeln!(note, "{}", self.location)?;
                let reached = [("endpoint", &self.config.s3.endpoint), ("region", &self.config.s3.region)];
                let reached = reached.iter().filter(|_| self.location.folder().is_none());
                for (key, value) in reached.filter_map(|(key, value)| Some((key, value.as_deref()?))) {
                    writeln!(note, "{key} {value}")?;
                }
                note.sync_all()
            })
            .fold(ErrorKind::Storage, || "cannot note where the store is")
    }

    /// Removes the unfinished files that a stopped program left in the store, and says so. They are no objects.
    fn clear_leftovers(&self, lock: &mut Lock) -> Result<()> {
        if !lock.found_taken {
            return Ok(());
        }
        let old = SystemTime::from(self.clock.now()).checked_sub(LEFTOVER_AGE).unwrap_or(SystemTime::UNIX_EPOCH);
        let left = self.archive.store().clear_leftovers(old, is_left_of_ours)?;
        lock.left_some = left.younger > 0;
        if !left.removed.is_empty() {
            let (count, names) = (left.removed.len(), left.removed.join(", "));
            let told = self.config.language.say(
                format!("{count} half geschreven bestanden van een gestopt programma opgeruimd: {names}"),
                format!("removed {count} half-written files that a stopped program left: {names}"),
            );
            tracing::warn!("{told}");
        }
        Ok(())
    }

    fn take_log(&mut self, lock: Lock) -> Result<()> {
        self.open_log(lock, false)
    }

    fn open_log(&mut self, lock: Lock, is_anew: bool) -> Result<()> {
        let store = self.archive.store();
        let keys = told::keys_that_count(&self.data, store)?;
        // An append is written for events that wait in the database, and marked there once it is signed.
        let waiting = told::waiting(&self.register, &keys, EVENTS_AT_ONCE)?.own;
        let (noted, size) = (pending::noted(&self.data, &keys), signed_size(store)?);
        let is_own =
            |event: &Event| waiting.contains(event) || noted.as_ref().is_some_and(|noted| noted.has(size, event));
        let log = Log::open(store, &self.data.join(LOG_KEY), &is_own)?;
        let signer = signer_of(store, &self.data.join(LOG_KEY))?;
        self.must_fit(&log, &signer, is_anew)?;
        // A bucket has no lock: another data folder may have appended since this one was asked what it knows.
        if !is_anew && store.root().is_none() {
            standing::must_know(&self.register, &self.archive, &self.location, &self.data)?;
        }
        self.register.note_log_begin(log.next_index())?;
        let keys = told::keys_that_count(&self.data, store)?;
        let journal = Journal::open(&self.data, signer.clone(), &keys)?;
        self.archive = self.archive.at_work(Arc::new(journal));
        self.log = Some(Mutex::new(OpenLog { log, last: None, noted: !is_anew, keys, signer }));
        self.lock = Some(lock);
        Ok(())
    }

    /// The log must be the one that this data folder knows, gone on: what was cut off is not written over.
    fn must_fit(&self, log: &Log, signer: &SignerKey, is_anew: bool) -> Result<()> {
        let (store, size) = (self.archive.store(), log.next_index());
        match head::must_be_reached(&self.data, store, size)? {
            Some(noted) if noted.is_sealed => {}
            _ if is_anew || size == 0 => {
                head::keep(&self.data, signer, &log.head().unwrap_or_else(|| head::none(log.verifier())))?;
            }
            noted => return Err(head::is_gone(&self.data, noted.is_some())),
        }
        head::must_be_as_told(&self.register, store, size)
    }

    /// Refuses a clock that stands before the log's.
    pub(super) fn must_be_in_time(&self) -> Result<()> {
        standing::must_be_in_time(&self.archive, self.clock.now(), &self.config)
    }

    /// Whether this data folder has the key that signs the log; without it nothing is to be done that must be logged.
    pub(super) fn must_sign(&self) -> Result<()> {
        signer_of(self.archive.store(), &self.data.join(LOG_KEY)).map(|_| ())
    }

    /// Events of this program that wait for the log.
    pub(super) fn waiting_events(&self) -> Result<Vec<Event>> {
        let keys = told::keys_that_count(&self.data, self.archive.store())?;
        Ok(told::waiting(&self.register, &keys, EVENTS_AT_ONCE)?.own)
    }

    /// While another process has the log, this one can only see whether the note of its end is one to go on from.
    pub(super) fn must_have_head(&self) -> Result<()> {
        let store = self.archive.store();
        if self.log.is_some() || checkpoints(store)?.is_empty() {
            return Ok(());
        }
        match head::of(&self.data, store)? {
            Some(noted) if noted.is_sealed => Ok(()),
            noted => Err(head::is_gone(&self.data, noted.is_some())),
        }
    }

    /// Where containers are unpacked.
    pub(super) fn scratch(&self) -> Result<PathBuf> {
        let scratch = self.data.join("scratch");
        std::fs::create_dir_all(&scratch)
            .fold(ErrorKind::Storage, || format!("cannot make `{}`", scratch.display()))?;
        Ok(scratch)
    }

    /// Hands the events that wait in the database to the log. Threads that come while one is at it find theirs logged.
    pub(super) fn log_waiting_events(&self) -> Result<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let (own, _turn) = self.to_be_logged(&log.keys)?;
            if own.is_empty() {
                return Ok(());
            }
            let (events, not_done): (Vec<_>, Vec<_>) = own.into_iter().partition(|event| self.was_done(event));
            for event in not_done {
                self.register.withdraw_event(&event.id)?;
            }
            // Where a rebuild begins with nothing, it adds decisions in its turn.
            for event in events.iter().filter(|_| log.noted) {
                decide::note_stored(self, event, &events)?;
            }
            // Whose turn it is not is not at it: a decision that was stopped while it was stored is stored by now, or was not
            // taken.
            self.clear_after(&events)?;
            pending::note(&self.data, &log.signer, log.log.next_index(), &events)?;
            let places = match log.log.append_telling(&events, || reached("log-claimed")) {
                Err(error) if error.reason() == Some(GREW) => {
                    self.catch_up(&log)?;
                    continue;
                }
                appended => appended?,
            };
            log.last = Some(Instant::now());
            // Noted first: where the database says that events are logged, the head tells of them.
            if let Some(head) = log.log.head().filter(|_| log.noted) {
                head::keep(&self.data, &log.signer, &head)?;
            }
            self.register.mark_logged(events.iter().map(|event| event.id.as_str()).zip(places))?;
            self.archive.note_logged(&events)?;
        }
    }

    /// Goes on behind what another data folder appended to the log of a shared store, unless this one's register lacks what
    /// follows from that. While a database is made anew what is in the store comes into it later.
    fn catch_up(&self, log: &OpenLog) -> Result<()> {
        log.log.catch_up(|_, event| match log.noted && standing::lacks(&self.register, event)? {
            true => Err(standing::another_wrote(&self.register, &self.archive, &self.location)?),
            false => Ok(()),
        })
    }

    /// What waits for the log, with the turn to decide where decisions are among it: then whoever took one is done with it,
    /// or was stopped. Those that are being taken wait for the next time.
    fn to_be_logged(&self, keys: &[VerifierKey]) -> Result<(Vec<Event>, Option<Turn>)> {
        let waiting = || {
            let told::Waiting { own, foreign } = told::waiting(&self.register, keys, EVENTS_AT_ONCE)?;
            foreign.first().map_or(Ok(own), |foreign| Err(told::foreign(foreign)))
        };
        let mut own = waiting()?;
        if !own.iter().any(is_decision) {
            return Ok((own, None));
        }
        let turn = Turn::within(&self.data, TURN_WITHIN)?;
        match turn {
            Some(_) => own = waiting()?,
            None => own.retain(|event| !is_decision(event)),
        }
        Ok((own, turn))
    }

    /// Removes what is half written of decisions.
    fn clear_after(&self, events: &[Event]) -> Result<()> {
        let decided = events.iter().filter(|event| is_decision(event)).flat_map(|event| &event.objects);
        let folders: std::collections::BTreeSet<_> =
            decided.filter_map(|object| object.name.as_str().rsplit_once('/')).map(|(folder, _)| folder).collect();
        folders.into_iter().try_for_each(|folder| self.archive.store().clear_unfinished(folder))
    }

    /// A decision is announced before it is stored. One that was not stored was not taken.
    fn was_done(&self, event: &Event) -> bool {
        let is_there = |object: &ObjectRef| {
            self.archive.store().blake3(&object.name).is_ok_and(|(found, _)| found == object.blake3)
        };
        !is_decision(event) || event.objects.iter().all(is_there)
    }

    /// The same, but at most once in a while: each append writes the log's right edge anew. Events are safe in the
    /// database meanwhile; only a sender's file may not be released before they are logged.
    pub(super) fn log_now_and_then(&self) -> Result<()> {
        let Some(log) = &self.log else { return Ok(()) };
        let due = match log.try_lock() {
            Ok(log) => log.last.is_none_or(|last| last.elapsed() >= LOG_EVERY),
            // Another thread is at it.
            Err(_) => false,
        };
        if due { self.log_waiting_events() } else { Ok(()) }
    }

    /// The same for a process that has not locked the data folder; if another one has, that one logs them.
    pub(super) fn log_if_free(&mut self) -> Result<()> {
        if self.register.is_read_only() {
            return Ok(());
        }
        if self.log.is_none() {
            let Some(mut lock) = Lock::of(&self.data)? else { return Ok(()) };
            if !lock.also(self.archive.store())? {
                return Ok(());
            }
            standing::must_know(&self.register, &self.archive, &self.location, &self.data)?;
            // Noted here too: a program that is stopped while it logs leaves half-written files as any other.
            lock.take_to_log()?;
            self.clear_leftovers(&mut lock)?;
            self.take_log(lock)?;
        }
        self.log_waiting_events()
    }

    /// The same, with a little patience for a process that has locked the data folder: it logs decisions, or is done.
    pub(super) fn log_soon(&mut self) -> Result<()> {
        self.log_if_free()?;
        if self.log.is_some() {
            return Ok(());
        }
        // Read once: over a network they cost questions.
        let keys = told::keys_that_count(&self.data, self.archive.store())?;
        // What the other one has not logged by then it logs later.
        patiently(LOGGED_WITHIN, || {
            self.log_if_free()?;
            let waiting = told::waiting(&self.register, &keys, EVENTS_AT_ONCE)?;
            Ok((self.log.is_some() || !waiting.own.iter().any(is_decision)).then_some(()))
        })?;
        Ok(())
    }

    /// To be held by a process that writes to the database without the lock on the data folder: no rebuild puts another
    /// database in its place meanwhile.
    pub(super) fn stays(&self) -> Result<InPlace> {
        let stays = InPlace::stays(&self.data)?;
        // What is written to the one that was put aside meanwhile nobody would find.
        if self.opened.is_some() && file_of(&database(&self.data)) != self.opened {
            return Err(Error::new(
                ErrorKind::Conflict,
                format!("the database in `{}` was made anew at this moment", self.data.display()),
            )
            .hint("nothing was done: give the same command again")
            .dutch(format!(
                "de database in `{}` is op dit moment opnieuw gemaakt; er is niets gedaan: geef dezelfde opdracht nog eens",
                self.data.display()
            )));
        }
        Ok(stays)
    }

    /// Notes a document for the index, with what the register says that it was made of.
    pub(super) fn index_soon(&self, document: &Document, made_of: String, units: Vec<Unit>) -> Result<()> {
        let full = {
            let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.push(IndexDocument {
                record: document.record.clone(),
                document: document.id.clone(),
                made_of,
                units,
            });
            if waiting.len() < INDEXED_AT_ONCE {
                return Ok(());
            }
            std::mem::take(&mut *waiting)
        };
        self.index.add_documents(full)
    }

    /// Brings the index up to what was noted.
    pub(super) fn index_now(&self) -> Result<()> {
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        if waiting.is_empty() { Ok(()) } else { self.index.add_documents(waiting) }
    }

    /// The same for a process that only searches: while another one takes things in, what it has not indexed yet is
    /// not found yet.
    ///
    /// Where nothing may be written nothing is added either, and how many documents are not found is the answer.
    pub fn index_what_is_missing_if_free(&self) -> Result<usize> {
        if self.register.is_read_only() {
            let documents = self.register.documents_as_read()?;
            let known = documents.iter().map(|(document, made_of)| (&document.id, made_of.as_str()));
            return Ok(self.index.lag(known)?.missing.len());
        }
        if let Some(_lock) = Lock::of(&self.data)? {
            self.index_what_is_missing()?;
        }
        Ok(0)
    }

    /// Adds what the register has and the index lacks, from the stored words.
    pub fn index_what_is_missing(&self) -> Result<()> {
        let documents = self.register.documents_as_read()?;
        let lag = self.index.lag(documents.iter().map(|(document, made_of)| (&document.id, made_of.as_str())))?;
        let missing: std::collections::HashSet<_> = lag.missing.into_iter().collect();
        for (document, made_of) in documents.into_iter().filter(|(document, _)| missing.contains(&document.id)) {
            let found = self.register.findings(&document.id)?;
            let units = units_of(&Text::build(&self.reading(&document)?), found.as_ref().map(|found| &found.fields));
            self.index_soon(&document, made_of, units)?;
        }
        self.index_now()
    }

    /// The words of a document.
    pub fn reading(&self, document: &Document) -> Result<Reading> {
        let key: Blake3 = document.reading_key.parse().fold(ErrorKind::Storage, || "a reading's key")?;
        self.archive.reading(&key)?.ok_or_else(|| {
            Error::new(ErrorKind::FixityMismatch, format!("the words of `{}` are not in the store", document.id))
                .hint("`griffie verify` names everything that is missing")
        })
    }
}

fn is_decision(event: &Event) -> bool {
    event.event == EventKind::Decision
}

/// Refuses to go on from a log that another key signs, or whose newest checkpoint is somebody else's, before anything is
/// touched.
pub(super) fn must_be_own_log(data: &Path, store: &Store) -> Result<()> {
    if checkpoints(store)?.is_empty() {
        return Ok(());
    }
    signer_of(store, &data.join(LOG_KEY))?;
    proof::head(store).map(|_| ())
}
