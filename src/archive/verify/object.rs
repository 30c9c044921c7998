//! Checks objects one by one against the digest that their name or the log gives, and notes what they refer to.

use std::{
    collections::VecDeque,
    thread::Scope,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Sender, unbounded};
use jiff::Timestamp;

use super::{
    Checked, FindingKind, Findings, Means,
    content::{self, Tells},
    ledger::{Ledger, Outcome, Waiting},
    unfinished::{self, Stopped},
};
use crate::{
    Error, ErrorKind, Result,
    archive::{Area, name},
    model::Blake3,
    provenance::{Work, tiles},
    storage::{Entry, ObjectName, Store},
};

/// What the bytes of an object told.
struct Seen {
    object: Waiting,
    /// Digest and length, or why it cannot be read.
    digest: Result<(Blake3, u64)>,
    /// What it tells of itself that must agree with others, or why it cannot be read as what it is.
    tells: Result<Option<Tells>>,
}

/// How often the history goes to disk.
const SAVE_EVERY: Duration = Duration::from_secs(1);
/// So many objects, or so many bytes of them, are handed to a thread at once: small ones cost no less to hand over than to
/// read.
const TOGETHER: usize = 32;
const TOGETHER_BYTES: u64 = 1 << 20;
/// Objects up to here are read at once, into a buffer that each thread keeps.
const SMALL_BYTES: u64 = 256 << 10;
/// So many objects are taken from the line at once.
const PAGE: u32 = 1024;
/// So many times as much may lie with the threads while the log is gone through.
const AHEAD: usize = 512;

/// Threads that read objects.
pub(super) struct Readers {
    to_do: Sender<Vec<Waiting>>,
    seen: Receiver<Vec<Seen>>,
    /// The last that was taken from the line, and what was taken and not handed over yet.
    position: i64,
    page: VecDeque<Waiting>,
    page_bytes: u64,
    /// No further object is begun.
    closed: bool,
    lined_up: u64,
    threads: usize,
    /// How many times something lies with the threads.
    lent: usize,
}

impl Readers {
    /// Starts the threads. They end when this is dropped.
    pub fn start<'scope>(scope: &'scope Scope<'scope, '_>, store: &'scope Store, means: Means) -> Result<Self> {
        let (to_do, jobs) = unbounded::<Vec<Waiting>>();
        let (done, seen) = unbounded();
        let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
        for _ in 0..threads {
            let (jobs, done) = (jobs.clone(), done.clone());
            let work = move || {
                let mut buffer = Vec::new();
                for job in jobs {
                    let seen = job.into_iter().map(|object| look_at(store, object, means, &mut buffer)).collect();
                    if done.send(seen).is_err() {
                        break;
                    }
                }
            };
            std::thread::Builder::new().spawn_scoped(scope, work).map_err(Error::no_thread)?;
        }
        Ok(Self {
            to_do,
            seen,
            position: 0,
            page: VecDeque::new(),
            page_bytes: 0,
            closed: false,
            lined_up: 0,
            threads,
            lent: 0,
        })
    }

    /// Hands over an object that was just listed, where all are read whatever their order; says no where enough lies with
    /// the threads: it is lined up then.
    pub fn take_listed(&mut self, entry: &Entry, whole: bool) -> bool {
        if self.lent >= AHEAD {
            return false;
        }
        let Entry { name, size_bytes } = entry.clone();
        self.page.push_back(Waiting { position: 0, name, size_bytes, must: true, whole });
        self.page_bytes += entry.size_bytes;
        if self.page.len() >= TOGETHER || self.page_bytes >= TOGETHER_BYTES {
            self.hand_over_listed();
        }
        true
    }

    fn hand_over_listed(&mut self) {
        if !self.page.is_empty() {
            self.lined_up += self.page.len() as u64;
            let job = self.page.drain(..).collect();
            self.send(job);
        }
        self.page_bytes = 0;
    }

    fn send(&mut self, job: Vec<Waiting>) {
        self.lent += 1;
        // The threads end after this does.
        let _ = self.to_do.send(job);
    }

    /// Lines up the objects that are not handed over yet: those that must be read, then others until time is up.
    pub fn line_up(&mut self, ledger: &Ledger, within: Option<Duration>, now: Timestamp) -> Result<()> {
        self.hand_over_listed();
        self.lined_up += ledger.line_up(within, now)?;
        Ok(())
    }

    /// Hands over objects until so much lies with the threads, as long as there is time.
    pub fn hand_over(&mut self, at_most: usize, ledger: &Ledger, time_is_up: &dyn Fn() -> bool) -> Result<()> {
        while self.lent < at_most && !self.closed {
            let (mut job, mut bytes) = (Vec::new(), 0);
            while job.len() < TOGETHER && bytes < TOGETHER_BYTES {
                if self.page.is_empty() {
                    self.page = ledger.next_in_line(self.position, PAGE)?.into();
                }
                let Some(object) = self.page.pop_front().filter(|object| object.must || !time_is_up()) else {
                    self.closed = true;
                    break;
                };
                self.position = object.position;
                bytes += object.size_bytes;
                job.push(object);
            }
            if !job.is_empty() {
                self.send(job);
            }
        }
        Ok(())
    }
}

/// Where all objects are read whatever their order, this begins with those that were not handed over when they were
/// listed, while the log is gone through.
pub(super) fn begin(readers: &mut Readers, ledger: &Ledger, now: Timestamp) -> Result<()> {
    readers.line_up(ledger, None, now)?;
    readers.hand_over(AHEAD, ledger, &|| false)
}

/// Checks the objects that were lined up, and notes what they refer to.
pub(super) fn verify(
    store: &Store,
    readers: &mut Readers,
    now: Timestamp,
    time_is_up: &dyn Fn() -> bool,
    ledger: &mut Ledger,
    findings: &mut Findings,
    checked: &mut Checked,
) -> Result<()> {
    let (mut looked_at, mut saved) = (0, Instant::now());
    loop {
        readers.hand_over(2 * readers.threads, ledger, time_is_up)?;
        if readers.lent == 0 {
            break;
        }
        let Ok(several) = readers.seen.recv() else {
            return Err(Error::new(ErrorKind::Internal, "the threads that read objects are gone"));
        };
        readers.lent -= 1;
        for seen in several {
            looked_at += 1;
            let outcome = judge(store, &seen, ledger, findings)?;
            if let Ok((_, size)) = seen.digest {
                checked.objects += 1;
                checked.bytes += size;
            }
            ledger.checked(seen.object.name.as_str(), now, outcome)?;
            // What was tampered with is no witness.
            if outcome.is_sound()
                && let Ok(Some(tells)) = &seen.tells
            {
                content::agrees(store, &seen.object.name, tells, ledger, findings)?;
                for name in tells.refers_to() {
                    ledger.refer_to(&name, seen.object.name.as_str())?;
                }
            }
        }
        if saved.elapsed() >= SAVE_EVERY {
            ledger.save()?;
            saved = Instant::now();
        }
    }
    checked.waiting = readers.lined_up - looked_at;
    content::of_others(ledger, findings)
}

/// The digest that the object's own name gives.
fn digest_in_name(name: &ObjectName) -> Option<Blake3> {
    let digest = name.last().parse::<Blake3>().ok()?;
    let right = match Area::of(name)? {
        Area::Originals => name::original(&digest),
        Area::Renditions => name::rendition(&digest),
        _ => return None,
    };
    (right == *name).then_some(digest)
}

fn judge(store: &Store, seen: &Seen, ledger: &Ledger, findings: &mut Findings) -> Result<Outcome> {
    let name = &seen.object.name;
    let found = match &seen.digest {
        Ok((digest, _)) => *digest,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            let (nl, en) = ("het verdween tijdens de controle", "it went while the store was checked");
            findings.add(FindingKind::MissingObject, name, nl, en);
            return Ok(Outcome::Found(FindingKind::MissingObject));
        }
        Err(error) => {
            findings.unreadable(name, error);
            return Ok(Outcome::Found(FindingKind::UnreadableObject));
        }
    };
    let (named, logged) = (digest_in_name(name), ledger.logged(name.as_str())?);
    let content_named = matches!(Area::of(name), Some(Area::Originals | Area::Renditions));
    let changed = logged.or(named).is_some_and(|digest| digest != found) || named.is_some_and(|named| named != found);
    if Area::of(name).is_none() && logged.is_none() || content_named && named.is_none() {
        let (nl, en) = ("in een archief heet geen object zo", "no object of an archive has such a name");
        findings.add(FindingKind::ForeignObject, name, nl, en);
        return Ok(Outcome::Found(FindingKind::ForeignObject));
    }
    if changed && logged.is_none() {
        let (nl, en) = ("de bytes zijn niet die welke de naam noemt", "its bytes are not those that its name says");
        findings.add(FindingKind::ChangedObject, name, nl, en);
    } else if changed {
        findings.changed(name);
    }
    if !changed
        && logged.is_none()
        && let Some(stopped) = unfinished::of(store, name, &found, ledger, findings)?
    {
        let (nl, en) = match stopped {
            Stopped::Batch => (
                "een levering die nog bezig is, of is gestopt, heeft het opgeslagen en nog niet vastgelegd: geef dezelfde `griffie \
                 ingest` nog eens",
                "a run that is at work, or was stopped, stored it and has not logged it yet: give the same `griffie ingest` \
                 again",
            ),
            Stopped::Work(Work::Rereading) => (
                "een gestopte `griffie reread` heeft het opgeslagen en nog niet vastgelegd: geef die opdracht nog eens",
                "a stopped `griffie reread` stored it and has not logged it yet: give that command again",
            ),
            Stopped::Work(Work::Copying) => (
                "een gestopte `griffie copies` heeft het opgeslagen en nog niet vastgelegd: geef die opdracht nog eens",
                "a stopped `griffie copies` stored it and has not logged it yet: give that command again",
            ),
            Stopped::Act => (
                "een opdracht die nog bezig is, of is gestopt tussen opslaan en vastleggen, heeft het nagelaten; de database wacht \
                 erop: geef die opdracht nog eens",
                "a command that is still at work, or was stopped between storing and logging, left it; the database waits \
                 for it: give that command again",
            ),
        };
        findings.unfinished(name, nl, en);
        return Ok(Outcome::Unfinished);
    }
    // Where there is no log at all, that is said once.
    if logged.is_none() && !findings.has(FindingKind::MissingLog, tiles::LOG) {
        let nl = "geen gebeurtenis in het logboek noemt het: het is buiten griffie om toegevoegd, of het programma is \
                  gestopt tussen opslaan en vastleggen";
        let en = "no event of the log names it: it was added by other means, or the program was stopped between storing \
                  and logging it";
        let lost =
            ("geen gebeurtenis die van het logboek over is noemt het", "no event that is left of the log names it");
        let (nl, en) = if ledger.lost_events > 0 { lost } else { (nl, en) };
        findings.add(FindingKind::UnloggedObject, name, nl, en);
    }
    if let (false, Some(_), Err(error)) = (changed, logged, &seen.tells) {
        let nl =
            format!("het is zo vastgelegd, maar geen opdracht kan het lezen ({error}): `griffie rebuild` weigert het");
        let en = format!("it was logged like this, but no command can read it ({error}): `griffie rebuild` refuses it");
        findings.add(FindingKind::Malformed, name, nl, en);
        return Ok(Outcome::Found(FindingKind::Malformed));
    }
    Ok(match (changed, logged) {
        (true, _) => Outcome::Found(FindingKind::ChangedObject),
        (false, None) => Outcome::Found(FindingKind::UnloggedObject),
        (false, Some(_)) => Outcome::Good,
    })
}

fn look_at(store: &Store, object: Waiting, means: Means, buffer: &mut Vec<u8>) -> Seen {
    let name = &object.name;
    let area = Area::of(name).filter(|area| content::is_read(*area));
    let small =
        if object.size_bytes <= SMALL_BYTES { store.read_at_once(name, object.size_bytes, buffer) } else { None };
    let got;
    let bytes = match (small, area) {
        (Some(bytes), _) => bytes,
        (None, None) => {
            let digest = store.blake3(name);
            return Seen { object, digest, tells: Ok(None) };
        }
        (None, Some(_)) => match store.get(name) {
            Ok(bytes) => {
                got = bytes;
                &got
            }
            Err(error) => return Seen { object, digest: Err(error), tells: Ok(None) },
        },
    };
    let tells = area.map_or(Ok(None), |area| content::read(area, bytes, object.whole, means));
    let digest = Ok((Blake3::of(bytes), bytes.len() as u64));
    Seen { object, digest, tells }
}
