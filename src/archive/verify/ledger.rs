//! What a check must remember about every object, in a temporary database, so that memory does not grow with the store;
//! and the history of checks, which outlives it.

use std::{borrow::Cow, collections::BTreeMap, path::Path, time::Duration};

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, config::DbConfig, params};
use serde::Serialize;

use super::{Checked, FindingKind, name_of};
use crate::{
    Error, ErrorKind, Result,
    archive::Area,
    error::Fold,
    model::Blake3,
    provenance::{Event, ObjectRef, Work, tiles::LOG},
    storage::{Entry, ObjectName},
};

/// How an object was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// As it should be.
    Good,
    /// Not so.
    Found(FindingKind),
    /// A stopped run has not come to log it.
    Unfinished,
}

impl Outcome {
    fn name(self) -> Cow<'static, str> {
        match self {
            Self::Good => GOOD.into(),
            Self::Found(kind) => name_of(kind).into(),
            Self::Unfinished => "unfinished".into(),
        }
    }

    /// Whether its bytes are what they were.
    pub fn is_sound(self) -> bool {
        !matches!(self, Self::Found(_))
    }
}

const GOOD: &str = "good";

/// Checks of an object in a row that all ended the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PastChecks {
    /// The object.
    pub object: String,
    /// The first of them.
    pub since: Timestamp,
    /// The last of them.
    pub until: Timestamp,
    /// How many.
    pub times: u64,
    /// `good`, or the kind of damage.
    pub outcome: String,
}

/// The last of an object's rows tells how it was found last.
const HISTORY: &str = "
    CREATE TABLE IF NOT EXISTS history.checks (
        name TEXT NOT NULL, number INTEGER NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, times INTEGER NOT NULL,
        outcome TEXT NOT NULL, PRIMARY KEY (name, number)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS history.runs (
        at TEXT NOT NULL, objects INTEGER NOT NULL, bytes INTEGER NOT NULL, waiting INTEGER NOT NULL,
        events INTEGER NOT NULL, findings INTEGER NOT NULL
    ) STRICT;";

/// The objects to check, with the one row that tells most of each: how it was found last, else when it was stored. Anybody
/// may write into the history: what it dates later than this run was never.
const STANDING: &str = "
    FROM seen
    LEFT JOIN (
        SELECT name, max(number) AS number, CASE WHEN until <= (SELECT now FROM run) THEN until END AS until, outcome
        FROM history.checks GROUP BY name
    ) AS last USING (name)
    LEFT JOIN named USING (name)
    WHERE seen.name NOT BETWEEN 'log/' AND 'log0'";

/// A row of the history that somebody wrote must not keep an object from being looked at for ever: after so many that were
/// not looked at for longest comes one that is drawn.
const DRAWN_AFTER: u64 = 4;
/// What is drawn is drawn by the remainders of this prime.
const PRIME: u64 = (1 << 31) - 1;

/// An object that waits to be looked at.
pub(super) struct Waiting {
    /// Its place in the line.
    pub position: i64,
    pub name: ObjectName,
    pub size_bytes: u64,
    /// It must be looked at whatever time it takes.
    pub must: bool,
    /// All that it says must be decoded, not only what made it.
    pub whole: bool,
}

/// Whether it is kept how objects were found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum History {
    /// For nobody: a single run of which nothing stays.
    None,
    /// From this run on.
    Empty,
    /// As after earlier runs.
    Told,
}

/// The books of one check.
pub(super) struct Ledger {
    db: Connection,
    /// How many events of the log cannot be read any more: what they named is not known.
    pub lost_events: u64,
    /// Batches that the log says are begun and not closed, and since when.
    pub open_batches: BTreeMap<String, Timestamp>,
    /// Whether there are objects that nobody has begun with.
    to_line_up: bool,
    /// Whether a history is kept, and whether it tells of earlier runs.
    history: History,
    /// What the log says is begun and not ended, of work on documents that were taken in earlier, and since when.
    pub open_work: BTreeMap<Work, Timestamp>,
    /// Whether the words of all documents are to be decoded.
    pub words: bool,
    /// What objects are drawn by: the log's root.
    pub seed: [u8; 32],
    /// What events name that wait in the database, written by this program.
    pub waiting: BTreeMap<String, Blake3>,
    /// What the events of an append name that was stopped before its checkpoint.
    pub unsigned: BTreeMap<String, Blake3>,
    /// What the data folder was about to store, sorted.
    pub announced: Vec<ObjectRef>,
}

fn doing() -> &'static str {
    "cannot keep the books of the check"
}

fn attach(db: &Connection, history: &str) -> Result<()> {
    db.busy_timeout(Duration::from_secs(5)).fold(ErrorKind::Storage, doing)?;
    db.execute("ATTACH ?1 AS history", [history]).fold(ErrorKind::Storage, || "cannot open the history of checks")?;
    db.execute_batch(HISTORY).fold(ErrorKind::Storage, || "cannot read the history of checks")
}

/// What the history in a file says of the objects whose names start with `prefix`, oldest first.
pub fn past_checks(history: &Path, prefix: &str) -> Result<Vec<PastChecks>> {
    if !history.is_file() {
        return Err(Error::new(ErrorKind::NotFound, format!("there is no history of checks `{}`", history.display())));
    }
    let db = Connection::open("").fold(ErrorKind::Storage, doing)?;
    attach(&db, &history.display().to_string())?;
    let row = |row: &rusqlite::Row<'_>| {
        let time = |column| {
            row.get::<_, String>(column)?.parse().map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error))
            })
        };
        let (since, until) = (time("since")?, time("until")?);
        let times: i64 = row.get("times")?;
        Ok(PastChecks {
            object: row.get("name")?,
            since,
            until,
            times: times.cast_unsigned(),
            outcome: row.get("outcome")?,
        })
    };
    db.prepare("SELECT * FROM history.checks WHERE substr(name, 1, length(?1)) = ?1 ORDER BY name, number")
        .and_then(|mut select| select.query_map([prefix], row)?.collect())
        .fold(ErrorKind::Storage, || "cannot read the history of checks")
}

impl Ledger {
    /// Opens the books of a run at `now`.
    pub fn open(history: Option<&Path>, now: Timestamp) -> Result<Self> {
        // An empty path is SQLite's private temporary database, which goes to disk only when it is large.
        let db = Connection::open("").fold(ErrorKind::Storage, doing)?;
        // Else statements are compiled anew for the values that they are given, which costs more than running them.
        db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).fold(ErrorKind::Storage, doing)?;
        db.set_prepared_statement_cache_capacity(32);
        attach(&db, &history.map_or(String::new(), |path| path.display().to_string()))?;
        db.execute_batch(
            // The books of some hundred thousand objects fit into this much memory; those of more go to disk.
            "PRAGMA main.journal_mode = OFF;
             PRAGMA main.cache_size = -65536;
             CREATE TABLE seen (name TEXT PRIMARY KEY, size INTEGER NOT NULL, accounted INTEGER NOT NULL) WITHOUT ROWID;
             CREATE TABLE named (name TEXT PRIMARY KEY, blake3 BLOB, by TEXT NOT NULL, stored TEXT) WITHOUT ROWID;
             CREATE TABLE run (now TEXT NOT NULL);
             CREATE TABLE made (name TEXT NOT NULL, input BLOB NOT NULL, PRIMARY KEY (name, input)) WITHOUT ROWID;
             CREATE TABLE claims (by TEXT NOT NULL, name TEXT NOT NULL, input BLOB NOT NULL);
             CREATE TABLE deciders (name TEXT PRIMARY KEY, person TEXT NOT NULL) WITHOUT ROWID;
             CREATE TABLE line (
                position INTEGER PRIMARY KEY, name TEXT NOT NULL, size INTEGER NOT NULL, must INTEGER NOT NULL
             );
             BEGIN IMMEDIATE;",
        )
        .fold(ErrorKind::Storage, doing)?;
        db.execute("INSERT INTO run VALUES (?1)", [now.to_string()]).fold(ErrorKind::Storage, doing)?;
        let told: bool = db
            .query_row("SELECT EXISTS (SELECT 1 FROM history.checks)", [], |row| row.get(0))
            .fold(ErrorKind::Storage, doing)?;
        let history = match history {
            None => History::None,
            Some(_) if told => History::Told,
            Some(_) => History::Empty,
        };
        Ok(Self {
            db,
            lost_events: 0,
            open_batches: BTreeMap::new(),
            to_line_up: false,
            history,
            open_work: BTreeMap::new(),
            words: false,
            seed: [0; 32],
            waiting: BTreeMap::new(),
            unsigned: BTreeMap::new(),
            announced: Vec::new(),
        })
    }

    /// Notes all objects that are there. Those beside the log are shown to `begin`, which may begin with them at once:
    /// what it says yes to need not be lined up.
    pub fn take_stock(
        &mut self,
        objects: impl Iterator<Item = Result<Entry>>,
        mut begin: impl FnMut(&Entry, bool) -> bool,
    ) -> Result<()> {
        for object in objects {
            match object {
                Ok(entry) => {
                    let begun = entry.name.folder() != LOG && begin(&entry, self.is_wanted_whole(&entry.name)?);
                    self.to_line_up |= !begun && entry.name.folder() != LOG;
                    self.db
                        .prepare_cached("INSERT OR IGNORE INTO seen (name, size, accounted) VALUES (?1, ?2, ?3)")
                        .and_then(|mut insert| {
                            insert.execute(params![entry.name.as_str(), entry.size_bytes.cast_signed(), begun])
                        })
                        .fold(ErrorKind::Storage, doing)?;
                }
                // The listing keeps it, and it is named from there.
                Err(error) if error.kind() == ErrorKind::InvalidInput => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Whether all the words of a document are to be decoded.
    fn is_wanted_whole(&self, name: &ObjectName) -> Result<bool> {
        if name.folder() != Area::Readings.folder() || self.words || self.history == History::None {
            return Ok(self.words);
        }
        let last: Option<String> = self
            .db
            .prepare_cached("SELECT outcome FROM history.checks WHERE name = ?1 ORDER BY number DESC LIMIT 1")
            .and_then(|mut select| select.query_row([name.as_str()], |row| row.get(0)).optional())
            .fold(ErrorKind::Storage, doing)?;
        Ok(last.as_deref() != Some(GOOD))
    }

    /// Whether an object is announced, or named by an event that is not logged yet.
    pub fn is_awaited(&self, name: &ObjectName) -> bool {
        let told = |told: &BTreeMap<String, Blake3>| told.contains_key(name.as_str());
        told(&self.waiting) || told(&self.unsigned) || self.announced.iter().any(|object| object.name == *name)
    }

    /// How many objects there are beside the log.
    pub fn objects(&self) -> Result<u64> {
        let objects: i64 = self
            .db
            .query_row("SELECT count(*) FROM seen WHERE name NOT BETWEEN 'log/' AND 'log0'", [], |row| row.get(0))
            .fold(ErrorKind::Storage, doing)?;
        Ok(objects.cast_unsigned())
    }

    /// Notes what an event says of work that is begun or ended.
    pub fn boundary(&mut self, event: &Event) {
        match event.batch_boundary() {
            // One that is gone on with after it was stopped began when it began.
            Some((batch, true)) => _ = self.open_batches.entry(batch.to_owned()).or_insert(event.at),
            Some((batch, false)) => _ = self.open_batches.remove(batch),
            None => match event.work_boundary() {
                Some((work, true)) => _ = self.open_work.entry(work).or_insert(event.at),
                Some((work, false)) => _ = self.open_work.remove(&work),
                None => {}
            },
        }
    }

    /// The work under way that an event belongs to: when that began.
    pub fn under_way(&self, event: &Event) -> Option<Timestamp> {
        let batch = event.about.first().and_then(|batch| self.open_batches.get(batch));
        batch.copied().or_else(|| self.open_work.iter().find(|(work, _)| work.kind() == event.event).map(|(_, at)| *at))
    }

    /// The place of the event that names an object.
    pub fn event_of(&self, name: &str) -> Result<Option<u64>> {
        let by: Option<String> = self
            .db
            .prepare_cached("SELECT by FROM named WHERE name = ?1 AND blake3 IS NOT NULL")
            .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional())
            .fold(ErrorKind::Storage, doing)?;
        Ok(by.and_then(|by| by.split(' ').nth(1)?.parse().ok()))
    }

    /// When an object was stored, as the log tells.
    pub fn stored_at(&self, name: &str) -> Result<Option<Timestamp>> {
        let at: Option<Option<String>> = self
            .db
            .prepare_cached("SELECT stored FROM named WHERE name = ?1")
            .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional())
            .fold(ErrorKind::Storage, doing)?;
        Ok(at.flatten().and_then(|at| at.parse().ok()))
    }

    /// Notes that an object must be there.
    pub fn refer_to(&self, name: &ObjectName, by: &str) -> Result<()> {
        self.db
            .prepare_cached("INSERT OR IGNORE INTO named (name, by) VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute([name.as_str(), by]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// Notes that an object must be there, with what digest and, where that is known, since when.
    pub fn name(&self, name: &ObjectName, digest: &Blake3, stored: Option<Timestamp>, by: &str) -> Result<()> {
        let (blake3, stored) = (digest.0, stored.map(|at| at.to_string()));
        self.db
            .prepare_cached(
                "INSERT INTO named (name, blake3, by, stored) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (name) DO UPDATE
                 SET blake3 = ifnull(blake3, excluded.blake3), stored = ifnull(stored, excluded.stored)",
            )
            .and_then(|mut insert| insert.execute(params![name.as_str(), blake3, by, stored]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// The digest that the log gives for an object.
    pub fn logged(&self, name: &str) -> Result<Option<Blake3>> {
        let found: Option<Option<[u8; 32]>> = self
            .db
            .prepare_cached("SELECT blake3 FROM named WHERE name = ?1")
            .and_then(|mut select| select.query_row([name], |row| row.get(0)).optional())
            .fold(ErrorKind::Storage, doing)?;
        Ok(found.flatten().map(Blake3))
    }

    /// How many objects below a folder the log names.
    pub fn logged_below(&self, folder: &str) -> Result<u64> {
        let count: i64 = self
            .db
            .prepare_cached(
                "SELECT count(*) FROM named WHERE blake3 IS NOT NULL AND name BETWEEN ?1 || '/' AND ?1 || '0'",
            )
            .and_then(|mut select| select.query_row([folder], |row| row.get(0)))
            .fold(ErrorKind::Storage, doing)?;
        Ok(count.cast_unsigned())
    }

    /// Notes that words or findings were made of something.
    pub fn made_of(&self, name: &ObjectName, input: &Blake3) -> Result<()> {
        self.db
            .prepare_cached("INSERT OR IGNORE INTO made VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute(params![name.as_str(), input.0]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// Notes that an object takes another to be made of something.
    pub fn claim(&self, by: &ObjectName, name: &ObjectName, input: &Blake3) -> Result<()> {
        self.db
            .prepare_cached("INSERT INTO claims VALUES (?1, ?2, ?3)")
            .and_then(|mut insert| insert.execute(params![by.as_str(), name.as_str(), input.0]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// What takes which object to be made of what it was not made of, as far as both were read.
    pub fn false_claims(&self) -> Result<Vec<(String, String)>> {
        self.db
            .prepare_cached(
                "SELECT by, name FROM claims WHERE name IN (SELECT name FROM made)
                 AND NOT EXISTS (SELECT 1 FROM made WHERE made.name = claims.name AND made.input = claims.input)
                 ORDER BY by, name",
            )
            .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .fold(ErrorKind::Storage, doing)
    }

    /// Notes who took a decision, by its event.
    pub fn decided_by(&self, name: &ObjectName, person: &str) -> Result<()> {
        self.db
            .prepare_cached("INSERT OR IGNORE INTO deciders VALUES (?1, ?2)")
            .and_then(|mut insert| insert.execute([name.as_str(), person]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// Who took a decision, by its event.
    pub fn decider(&self, name: &ObjectName) -> Result<Option<String>> {
        self.db
            .prepare_cached("SELECT person FROM deciders WHERE name = ?1")
            .and_then(|mut select| select.query_row([name.as_str()], |row| row.get(0)).optional())
            .fold(ErrorKind::Storage, doing)
    }

    /// The highest name in a folder that the log gives.
    pub fn last_logged(&self, folder: &str) -> Result<Option<String>> {
        self.db
            .prepare_cached(
                "SELECT max(name) FROM named WHERE blake3 IS NOT NULL AND name BETWEEN ?1 || '/' AND ?1 || '0'",
            )
            .and_then(|mut select| select.query_row([folder], |row| row.get(0)))
            .fold(ErrorKind::Storage, doing)
    }

    /// The name in a series before this one that the log gives, however far the numbers lie apart.
    pub fn last_logged_before(&self, name: &ObjectName) -> Result<Option<ObjectName>> {
        let folder = name.as_str().rsplit_once('/').map_or("", |(folder, _)| folder);
        let before: Option<String> = self
            .db
            .prepare_cached("SELECT max(name) FROM named WHERE blake3 IS NOT NULL AND name > ?1 || '/' AND name < ?2")
            .and_then(|mut select| select.query_row([folder, name.as_str()], |row| row.get(0)))
            .fold(ErrorKind::Storage, doing)?;
        before.map(|before| before.parse()).transpose()
    }

    /// Notes that an object of the log has its place in it.
    pub fn account(&self, name: &ObjectName) -> Result<()> {
        self.db
            .prepare_cached("UPDATE seen SET accounted = 1 WHERE name = ?1")
            .and_then(|mut update| update.execute([name.as_str()]))
            .fold(ErrorKind::Storage, doing)?;
        Ok(())
    }

    /// Objects under a folder that have no place yet.
    pub fn unaccounted(&self, folder: &str) -> Result<Vec<String>> {
        self.db
            .prepare_cached(
                "SELECT name FROM seen WHERE accounted = 0 AND name BETWEEN ?1 || '/' AND ?1 || '0' ORDER BY name",
            )
            .and_then(|mut select| select.query_map([folder], |row| row.get(0))?.collect())
            .fold(ErrorKind::Storage, doing)
    }

    /// Lines up the objects to check that nobody has begun with, and gives how many they are: first what was damaged when it was looked at last, so
    /// that no run is silent about it, then what was not looked at for longest, and between those what is drawn. An object
    /// that no run has looked at yet was read back when it was stored.
    pub fn line_up(&self, within: Option<Duration>, now: Timestamp) -> Result<u64> {
        if !self.to_line_up {
            return Ok(0);
        }
        let limit = match within {
            Some(within) => Some(before(now, within).saturating_add(self.gap(now)?).unwrap_or(now).to_string()),
            None => None,
        };
        let bad = format!("ifnull(last.outcome, '{GOOD}') <> '{GOOD}'");
        let looked_at = "ifnull(ifnull(last.until, named.stored), '')";
        let sql = format!(
            "WITH
             aged AS (
                SELECT name, seen.size AS size, {bad} AS bad, {bad} OR ifnull({looked_at} < ?1, 0) AS must,
                    row_number() OVER (ORDER BY {bad} DESC, {looked_at}, name) AS age
                {STANDING} AND seen.accounted = 0
             ),
             drawn AS (SELECT *, row_number() OVER (ORDER BY (age * ?2 + ?3) % {PRIME}) AS drawn FROM aged)
             INSERT INTO line (name, size, must)
             SELECT name, size, must FROM drawn
             ORDER BY bad DESC, min(age * 2, drawn * {DRAWN_AFTER} * 2 - {DRAWN_AFTER} + 1)"
        );
        let [factor, more] = self.lot(now);
        let lined_up = self.db.execute(&sql, params![limit, factor, more]).fold(ErrorKind::Storage, doing)?;
        Ok(lined_up as u64)
    }

    /// What is drawn in this run: the same for the same log at the same time.
    fn lot(&self, now: Timestamp) -> [i64; 2] {
        let lot = Blake3::of(&[&self.seed[..], now.to_string().as_bytes()].concat()).0;
        let number =
            |from: usize| u64::from_le_bytes(lot[from..from + 8].try_into().expect("eight bytes")) % (PRIME - 1);
        [number(0) + 1, number(8)].map(u64::cast_signed)
    }

    /// The next in the line after a position, so many of them. What no object can be called is not in it.
    pub fn next_in_line(&self, after: i64, at_most: u32) -> Result<Vec<Waiting>> {
        let row = |row: &rusqlite::Row<'_>| {
            let name = row.get::<_, String>(1)?.parse().map_err(|error| {
                rusqlite::Error::FromSqlConversionFailure(1, rusqlite::types::Type::Text, Box::<Error>::new(error))
            })?;
            Ok(Waiting {
                position: row.get(0)?,
                name,
                size_bytes: row.get::<_, i64>(2)?.cast_unsigned(),
                must: row.get(3)?,
                whole: self.words,
            })
        };
        let mut next: Vec<Waiting> = self
            .db
            .prepare_cached(
                "SELECT position, name, size, must FROM line WHERE position > ?1 ORDER BY position LIMIT ?2",
            )
            .and_then(|mut select| select.query_map(params![after, at_most], row)?.collect())
            .fold(ErrorKind::Storage, doing)?;
        for waiting in &mut next {
            waiting.whole = self.is_wanted_whole(&waiting.name)?;
        }
        Ok(next)
    }

    /// How many objects nobody has looked at within a period.
    pub fn late(&self, within: Duration, now: Timestamp) -> Result<u64> {
        let sql = format!("SELECT count(*) {STANDING} AND ifnull(last.until, named.stored) < ?1");
        let late: i64 = self
            .db
            .query_row(&sql, [before(now, within).to_string()], |row| row.get(0))
            .fold(ErrorKind::Storage, doing)?;
        Ok(late.cast_unsigned())
    }

    /// The time since the last run: the next one is expected as long from now.
    fn gap(&self, now: Timestamp) -> Result<SignedDuration> {
        let last: Option<String> = self
            .db
            .query_row("SELECT max(at) FROM history.runs WHERE at <= (SELECT now FROM run)", [], |row| row.get(0))
            .fold(ErrorKind::Storage, doing)?;
        let last = last.and_then(|at| at.parse::<Timestamp>().ok());
        Ok(last.map_or(SignedDuration::ZERO, |last| now.duration_since(last).max(SignedDuration::ZERO)))
    }

    /// Notes in the history how an object was found: as the last time, or otherwise.
    pub fn checked(&self, name: &str, at: Timestamp, outcome: Outcome) -> Result<()> {
        if self.history == History::None {
            return Ok(());
        }
        let (at, outcome) = (at.to_string(), outcome.name());
        let as_before = match self.history {
            History::Told => self
                .db
                .prepare_cached(
                    "UPDATE history.checks SET until = ?2, times = times + 1 WHERE name = ?1 AND outcome = ?3
                     AND number = (SELECT max(number) FROM history.checks WHERE name = ?1)",
                )
                .and_then(|mut update| update.execute(params![name, at, outcome]))
                .fold(ErrorKind::Storage, doing)?,
            _ => 0,
        };
        if as_before == 0 {
            self.db
                .prepare_cached(
                    "INSERT INTO history.checks (name, number, since, until, times, outcome)
                     SELECT ?1, ifnull(max(number), 0) + 1, ?2, ?2, 1, ?3 FROM history.checks WHERE name = ?1",
                )
                .and_then(|mut insert| insert.execute(params![name, at, outcome]))
                .fold(ErrorKind::Storage, doing)?;
        }
        Ok(())
    }

    /// Puts the history so far on disk: a run that is killed is gone on with by the next.
    pub fn save(&self) -> Result<()> {
        self.db.execute_batch("COMMIT; BEGIN").fold(ErrorKind::Storage, doing)
    }

    /// What must be there and is not, and what names it.
    pub fn missing(&self) -> Result<Vec<(String, String)>> {
        self.db
            .prepare_cached("SELECT name, by FROM named WHERE name NOT IN (SELECT name FROM seen) ORDER BY name")
            .and_then(|mut select| select.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .fold(ErrorKind::Storage, doing)
    }

    /// When the object was checked that was not looked at for longest; `waiting` were not looked at in this run.
    pub fn oldest(&self, now: Timestamp, waiting: u64) -> Result<Option<Timestamp>> {
        if self.history == History::None {
            return Ok((waiting == 0 && self.objects()? > 0).then_some(now));
        }
        let sql = format!("SELECT CASE WHEN count(*) = count(last.until) THEN min(last.until) END {STANDING}");
        let oldest: Option<String> = self.db.query_row(&sql, [], |row| row.get(0)).fold(ErrorKind::Storage, doing)?;
        Ok(oldest.and_then(|at| at.parse().ok()))
    }

    /// Ends the books and keeps the history.
    pub fn close(self, at: Timestamp, checked: &Checked, findings: usize) -> Result<()> {
        let counts = [checked.objects, checked.bytes, checked.waiting, checked.events, findings as u64];
        let [objects, bytes, waiting, events, findings] = counts.map(u64::cast_signed);
        self.db
            .execute(
                "INSERT INTO history.runs VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
                params![at.to_string(), objects, bytes, waiting, events, findings],
            )
            .fold(ErrorKind::Storage, doing)?;
        self.db.execute_batch("COMMIT").fold(ErrorKind::Storage, doing)
    }
}

fn before(now: Timestamp, within: Duration) -> Timestamp {
    SignedDuration::try_from(within).ok().and_then(|within| now.checked_sub(within).ok()).unwrap_or(Timestamp::MIN)
}
