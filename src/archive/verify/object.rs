//! Checks objects one by one against the digest that their name or the log gives, and notes what they refer to.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{
    Checked, FindingKind, Findings,
    ledger::{Ledger, Outcome},
    unfinished,
};
use crate::{
    ErrorKind, Result,
    archive::{Accession, Area, Format, Manifest, name},
    model::Blake3,
    provenance::tiles,
    storage::{ObjectName, Store},
};

/// What the bytes of an object told.
struct Seen {
    name: ObjectName,
    /// Digest and length, or why it cannot be read.
    digest: Result<(Blake3, u64)>,
    /// Objects that it says are there.
    refers_to: Vec<ObjectName>,
}

/// How often the history goes to disk.
const SAVE_EVERY: Duration = Duration::from_secs(1);

/// Checks objects in the order of the ledger's queue: those that must be, then others until time is up.
pub(super) fn verify(
    store: &Store,
    within: Option<Duration>,
    now: Timestamp,
    time_is_up: &(dyn Fn() -> bool + Sync),
    ledger: &mut Ledger,
    findings: &mut Findings,
    checked: &mut Checked,
) -> Result<()> {
    let readme: ObjectName = name::README.parse()?;
    let layout = Blake3::of(include_bytes!("../README.txt"));
    ledger.name(&readme, Some((&layout, None)), "the layout of the store")?;
    let queue = ledger.queue(within, now)?;
    checked.late = within.map_or(Ok(0), |within| ledger.late(within, now))?;
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get()).min(8);
    let (to_do, jobs) = crossbeam_channel::bounded::<ObjectName>(threads);
    let (done, results) = crossbeam_channel::bounded::<Seen>(threads);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let (jobs, done) = (jobs.clone(), done.clone());
            scope.spawn(move || {
                for name in jobs {
                    if done.send(look_at(store, name)).is_err() {
                        break;
                    }
                }
            });
        }
        drop((jobs, done));
        let total = queue.len() as u64;
        let names = queue.iter().take_while(|(_, must)| *must || !time_is_up());
        scope.spawn(move || {
            for name in names.filter_map(|(name, _)| name.parse().ok()) {
                if to_do.send(name).is_err() {
                    break;
                }
            }
        });
        let (mut looked_at, mut saved) = (0, Instant::now());
        for seen in results {
            looked_at += 1;
            let outcome = judge(store, &seen, ledger, findings)?;
            if let Ok((_, size)) = seen.digest {
                checked.objects += 1;
                checked.bytes += size;
            }
            ledger.checked(seen.name.as_str(), now, outcome)?;
            // What was tampered with is no witness.
            for name in seen.refers_to.iter().filter(|_| outcome.is_sound()) {
                ledger.name(name, None, seen.name.as_str())?;
            }
            if saved.elapsed() >= SAVE_EVERY {
                ledger.save()?;
                saved = Instant::now();
            }
        }
        checked.waiting = total - looked_at;
        Ok(())
    })
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
    let name = &seen.name;
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
    if !changed && logged.is_none() && unfinished::is(store, name, &found, ledger, findings)? {
        let nl = "een gestopte levering heeft het opgeslagen en nog niet vastgelegd: geef dezelfde `griffie ingest` nog eens";
        let en = "a stopped run stored it and has not logged it yet: give the same `griffie ingest` again";
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
    Ok(match (changed, logged) {
        (true, _) => Outcome::Found(FindingKind::ChangedObject),
        (false, None) => Outcome::Found(FindingKind::UnloggedObject),
        (false, Some(_)) => Outcome::Good,
    })
}

fn look_at(store: &Store, name: ObjectName) -> Seen {
    let area = Area::of(&name);
    if !matches!(area, Some(Area::Manifests | Area::Accessions)) {
        let mut hasher = blake3::Hasher::new();
        let read = store.read(&name, |part| _ = hasher.update(part));
        let digest = read.map(|size| (Blake3(*hasher.finalize().as_bytes()), size));
        return Seen { name, digest, refers_to: Vec::new() };
    }
    match store.get(&name) {
        Ok(bytes) => {
            let digest = Ok((Blake3::of(&bytes), bytes.len() as u64));
            // What does not decode has changed, and its digest says so.
            let refers_to = match area {
                Some(Area::Manifests) => Manifest::decode(&bytes).map(|manifest| manifest.refers_to()),
                _ => Accession::decode(&bytes).map(|accession| accession.refers_to()),
            };
            Seen { name, digest, refers_to: refers_to.unwrap_or_default() }
        }
        Err(error) => Seen { name, digest: Err(error), refers_to: Vec::new() },
    }
}
