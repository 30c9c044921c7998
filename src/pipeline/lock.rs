//! Who may write: the locks of a data folder and of its store. All are the operating system's, so that a program that
//! is killed leaves none behind.

use std::{
    fmt::Display,
    fs::{File, TryLockError},
    io::Write as _,
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    Error, ErrorKind, Result,
    config::Config,
    error::Fold as _,
    plain,
    storage::{self, Store},
};

/// How often it is asked for what others have for moments.
const EVERY: Duration = Duration::from_millis(5);
/// The same of what others have for long.
const EVERY_LONG: Duration = Duration::from_millis(200);
/// Who has the lock of a data folder for longer has it for long.
const PATIENCE: Duration = Duration::from_secs(2);
/// So long it is asked for where those who have it log what was decided: many people at once take turns.
const TURNS: Duration = Duration::from_secs(30);
/// What the lock's file says of who works for long.
const AT_WORK: &[u8] = b"at work\n";
/// What it says of who logs what was decided.
const LOGGING: &[u8] = b"logging\n";

/// The lock of a data folder. While a program takes things in, the lock's file says so: what is found saying so was left by
/// one that was stopped.
pub(super) struct Lock {
    file: File,
    /// That of the store, which other data folders may share.
    store: Option<storage::Lock>,
    /// This process wrote that it is at work.
    taken: bool,
    /// An earlier process had, and did not come to take it back.
    pub found_taken: bool,
    /// Leftovers of that process were too young to be told from the work of another.
    pub left_some: bool,
}

impl Lock {
    /// The lock of a data folder, where no other process has it.
    pub fn of(data: &Path) -> Result<Option<Self>> {
        let doing = || format!("cannot lock `{}`", data.display());
        let file = open(&data.join("lock"), doing)?;
        let lock = Self { file, store: None, taken: false, found_taken: false, left_some: false };
        match lock.file.try_lock() {
            Ok(()) => Ok(Some(lock)),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).fold(ErrorKind::Storage, doing),
        }
    }

    /// The same, with patience for those who have it for moments: whoever decides, logs or searches.
    pub fn soon(data: &Path) -> Result<Option<Self>> {
        patiently(PATIENCE, || Self::of(data))
    }

    /// The same, where another process is a refusal, once it was waited for as long as was asked.
    pub fn or_refuse(data: &Path, config: &Config) -> Result<Self> {
        let begun = Instant::now();
        let turns = || begun.elapsed() < TURNS && plain::read(&data.join("lock")).is_ok_and(|said| said != AT_WORK);
        let mut lock = Self::soon(data)?;
        while lock.is_none() && turns() {
            lock = Self::soon(data)?;
        }
        if lock.is_none() {
            lock = waiting(config, &data.display(), || Self::of(data))?;
        }
        lock.ok_or_else(|| {
            Error::new(ErrorKind::Conflict, format!("another griffie is at work in `{}`", data.display()))
                .hint("wait until it is done (`--wait 6h` does), or give another --data folder")
                .dutch(format!(
                    "in `{}` is al een griffie aan het werk: wacht tot die klaar is (dat doet `--wait 6h`), of geef een andere \
                     map met --data",
                    data.display()
                ))
        })
    }

    /// Takes the store's lock as well; says whether no program with another data folder has it.
    pub fn also(&mut self, store: &Store) -> Result<bool> {
        self.store = store.try_lock()?;
        Ok(self.store.is_some())
    }

    /// The same, where another process is a refusal.
    pub fn also_or_refuse(&mut self, store: &Store, location: &storage::Location, config: &Config) -> Result<()> {
        if self.also(store)? {
            return Ok(());
        }
        self.store = waiting(config, location, || store.try_lock())?;
        if self.store.is_some() {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Conflict,
            format!("another griffie, with a data folder of its own, is at work in the store `{location}`"),
        )
        .hint("wait until it is done; a store is best written from one data folder")
        .dutch(format!(
            "in de opslag `{location}` is al een griffie met een eigen gegevensmap aan het werk: wacht tot die klaar \
             is; laat liefst één gegevensmap in een opslag schrijven"
        )))
    }

    /// Notes that a program is at work.
    pub fn take(&mut self) -> Result<()> {
        self.take_as(AT_WORK)
    }

    /// Notes that a program logs what was decided, which takes moments.
    pub fn take_to_log(&mut self) -> Result<()> {
        self.take_as(LOGGING)
    }

    fn take_as(&mut self, what: &[u8]) -> Result<()> {
        let doing = || "cannot note that a program is at work";
        let length = self.file.metadata().fold(ErrorKind::Storage, doing)?.len();
        (self.taken, self.found_taken) = (true, length > 0);
        if length > 0 {
            return Ok(());
        }
        (&self.file).write_all(what).and_then(|()| self.file.sync_all()).fold(ErrorKind::Storage, doing)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if self.taken && !self.left_some {
            // Where this fails, the next one looks for leftovers in vain.
            let _ = self.file.set_len(0);
        }
    }
}

/// The right to write to a database beside a program that takes things in (a decision, an export), or the sole right to
/// put another database in its place.
pub(super) struct InPlace {
    _file: File,
}

impl InPlace {
    /// The database stays the one that it is as long as this is held.
    pub fn stays(data: &Path) -> Result<Self> {
        Self::locked(data, File::try_lock_shared)
    }

    /// Nobody writes to the database as long as this is held.
    pub fn goes(data: &Path) -> Result<Self> {
        Self::locked(data, File::try_lock)
    }

    fn locked(data: &Path, lock: impl Fn(&File) -> Result<(), TryLockError>) -> Result<Self> {
        let doing = || format!("cannot lock the database in `{}`", data.display());
        let file = open(&data.join("rebuild.lock"), doing)?;
        match lock(&file) {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(Error::new(
                ErrorKind::Conflict,
                format!("the database in `{}` is being rebuilt, or written to by another griffie", data.display()),
            )
            .hint("wait until it is done, and give the same command again")
            .dutch(format!(
                "de database in `{}` wordt herbouwd, of een andere griffie schrijft erin: wacht tot dat klaar is, en geef \
                 dezelfde opdracht nog eens",
                data.display()
            ))),
            Err(TryLockError::Error(error)) => Err(error).fold(ErrorKind::Storage, doing),
        }
    }
}

/// The turn to decide. A decision is announced, stored and noted; whoever looks between two of these, to number the next
/// one, to log it or to compare, would take it for what a stopped program left.
pub(super) struct Turn {
    _file: File,
}

impl Turn {
    /// Waits for those who are at it, who take fractions of a second each.
    pub fn of(data: &Path) -> Result<Self> {
        Self::or_refuse(data, Duration::from_secs(60))
    }

    /// The same, with so much patience.
    pub fn or_refuse(data: &Path, most: Duration) -> Result<Self> {
        Self::within(data, most)?.ok_or_else(|| {
            let (data, most) = (data.display(), most.as_secs());
            Error::new(ErrorKind::Conflict, format!("another griffie has been deciding in `{data}` for {most} seconds"))
                .hint("nothing was done: give the same command again")
                .dutch(format!(
                    "een andere griffie is al {most} seconden aan het beslissen in `{data}`; er is niets gedaan: geef dezelfde opdracht \
                     nog eens"
                ))
        })
    }

    /// The same for whoever can go on without it.
    pub fn within(data: &Path, most: Duration) -> Result<Option<Self>> {
        let doing = || format!("cannot lock the decisions in `{}`", data.display());
        let file = open(&data.join("decision.lock"), doing)?;
        let is_ours = patiently(most, || match file.try_lock() {
            Ok(()) => Ok(Some(())),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).fold(ErrorKind::Storage, doing),
        })?;
        Ok(is_ours.map(|()| Self { _file: file }))
    }
}

/// Asks for what others have for moments until it is there, or so much time has passed.
pub(super) fn patiently<T>(most: Duration, mut ask: impl FnMut() -> Result<Option<T>>) -> Result<Option<T>> {
    let begun = Instant::now();
    loop {
        match ask()? {
            None if begun.elapsed() < most => std::thread::sleep(EVERY),
            found => return Ok(found),
        }
    }
}

/// Waits for whoever is at work for long, as long as was asked, and says so.
fn waiting<T>(config: &Config, place: &dyn Display, ask: impl Fn() -> Result<Option<T>>) -> Result<Option<T>> {
    let Some(most) = config.wait.filter(|most| !most.is_zero()) else { return Ok(None) };
    let told = config.language.say(
        format!("wacht op een andere griffie, die aan het werk is in `{place}`"),
        format!("waiting for another griffie, which is at work in `{place}`"),
    );
    tracing::warn!("{told}");
    let begun = Instant::now();
    loop {
        match ask()? {
            None if begun.elapsed() < most => std::thread::sleep(EVERY_LONG.min(most)),
            found => return Ok(found),
        }
    }
}

fn open(path: &Path, doing: impl Fn() -> String) -> Result<File> {
    use std::io::ErrorKind::{PermissionDenied, ReadOnlyFilesystem};
    let opened = plain::open(File::options().create(true).truncate(false).write(true), path);
    opened.map_err(|error| match error.kind() {
        PermissionDenied | ReadOnlyFilesystem => Error::new(
            ErrorKind::Refused,
            format!("{}: it may only be read", doing()),
        )
        .hint("do this as a user who may write to the folder, or on the machine that keeps it")
        .dutch(
            "de gegevensmap mag alleen worden gelezen: doe dit als een gebruiker die er mag schrijven, of op de \
                 machine die haar beheert",
        )
        .source(error),
        _ => Error::new(ErrorKind::Storage, doing()).source(error),
    })
}
