//! Checks the log: recomputes from its events every tile, bundle and root that there must be, and compares. Where a
//! part is damaged, the rest is checked all the same, with what still vouches for it.

mod bundle;
mod successor;

use std::collections::BTreeMap;

use bytes::Bytes;
use jiff::{SignedDuration, Timestamp};

use super::{
    Checked, FindingKind, Findings, HeadFault, OwnKey, Told, VerifyOptions, ledger::Ledger, unfinished::order,
};
use crate::{
    Error, ErrorKind, Result,
    archive::Area,
    model::Blake3,
    provenance::{
        Agent, ClockNote, Event, EventKind, KeyChange, LEFT_OVER, Restoration, checkpoints, decode_entry, entries,
        keys::{self, Chain},
        merkle::{Hash, root_of},
        note::{Checkpoint, VerifierKey, read_checkpoint, signer_id},
        peak_root, tiles,
    },
    storage::{ObjectName, Store},
};

/// How the data folder's note of the log's head is called.
const LOG_HEAD: &str = "log.head";
/// How its key of the log is called.
const LOG_KEY: &str = "log.key";

/// So much earlier an event may be than those before it: clocks are set, and threads overtake each other.
pub const TOLERANCE: SignedDuration = SignedDuration::from_hours(1);

/// What was done to the log itself, which every check tells.
#[derive(Default)]
pub(super) struct Acts {
    pub key_changes: Vec<KeyChange>,
    pub restorations: Vec<Restoration>,
    pub clock_notes: Vec<ClockNote>,
}

/// The log as it should be up to here.
struct Walk<'a> {
    store: &'a Store,
    ledger: &'a mut Ledger,
    findings: &'a mut Findings,
    /// Roots of the checkpoints whose signatures hold.
    signed: BTreeMap<u64, Hash>,
    /// Roots of checkpoints that cannot be checked, because no key is left.
    unproven: BTreeMap<u64, Hash>,
    /// Checkpoints that are there, but do not hold.
    bad: Vec<u64>,
    /// Those of a key that is not the log's.
    foreign: Vec<u64>,
    /// Roots computed at the end of each append that a checkpoint from elsewhere is about.
    roots: BTreeMap<u64, Hash>,
    wanted: Vec<u64>,
    /// Where the last append begins, if it was stopped before its checkpoint.
    unsigned_from: Option<u64>,
    /// From where on only checkpoints of a key that is not the log's vouch for events.
    foreign_from: Option<u64>,
    /// The time of the event before this one, or of a later one before that.
    latest: Option<Timestamp>,
    /// When the check was begun.
    now: Timestamp,
    told: Option<Told>,
    /// What each append began with.
    successors: successor::Successors,
    restorations: Vec<Restoration>,
    /// What was found of the times of events, by their places.
    times: BTreeMap<u64, (FindingKind, String)>,
    /// What people said of them.
    clock_notes: Vec<ClockNote>,
    /// How many of the events that the database tells of were met.
    met: usize,
    size: u64,
    edges: Vec<Vec<Hash>>,
    /// The entries of the present bundle; `None` where they are damaged.
    bundle: Option<Vec<Vec<u8>>>,
    buffer: Vec<u8>,
}

pub(super) fn verify(
    store: &Store,
    options: &VerifyOptions,
    now: Timestamp,
    ledger: &mut Ledger,
    findings: &mut Findings,
) -> Result<(Checked, Acts)> {
    // Listed anew: whoever writes into the store at this moment logs what was listed a moment ago.
    ledger.take_stock(store.list(tiles::LOG), |_, _| false)?;
    let lying = lying_keys(store, ledger, findings)?;
    let chain = chain(store, options, ledger, &lying)?;
    // Before its first checkpoint a log has no name.
    let begun = !checkpoints(store)?.is_empty();
    judge_keys(options, chain.as_ref(), if chain.is_some() || begun { &lying } else { &[] }, findings);
    let successors = successor::Successors::listed(ledger)?;
    let mut walk = Walk {
        store,
        ledger,
        findings,
        signed: BTreeMap::new(),
        unproven: BTreeMap::new(),
        bad: Vec::new(),
        foreign: Vec::new(),
        roots: BTreeMap::new(),
        wanted: options.known.iter().chain(&options.head).map(|known| known.size).collect(),
        unsigned_from: None,
        foreign_from: None,
        latest: None,
        now,
        told: None,
        successors,
        restorations: Vec::new(),
        times: BTreeMap::new(),
        clock_notes: Vec::new(),
        met: 0,
        size: 0,
        edges: Vec::new(),
        bundle: Some(Vec::new()),
        buffer: Vec::new(),
    };
    walk.read_checkpoints(chain.as_ref(), &lying)?;
    let end = walk.extent(options, chain.as_ref(), &lying)?;
    walk.run(end)?;
    let (noted, told) = (options.head.as_ref().map(|head| head.size), options.told.as_ref().map(|told| told.so_far));
    walk.goes_on(noted.max(told).unwrap_or(0))?;
    let clock_notes = walk.settle_clocks();
    walk.compare_with_data_folder(options, end);
    if end == 0 && walk.ledger.objects()? > 1 {
        let nl = "er is geen logboek: van geen object is na te gaan of het zo is opgeslagen";
        let en = "there is no log: of no object can be told whether it was stored like this";
        walk.findings.add(FindingKind::MissingLog, tiles::LOG, nl, en);
    }
    for known in &options.known {
        let name = tiles::checkpoint_name(known.size);
        if known.size > end {
            let nl = format!("een ijkpunt van elders telt {} gebeurtenissen, het logboek maar {end}", known.size);
            let en = format!("a checkpoint from elsewhere has {} events, the log only {end}", known.size);
            walk.findings.add(FindingKind::Truncated, name, nl, en);
        } else if known.size > 0 && walk.roots.get(&known.size) != Some(&known.root) {
            let nl = "een ijkpunt van elders heeft een andere wortel: het logboek is herschreven";
            let en = "a checkpoint from elsewhere has another root: the log was rewritten";
            walk.findings.add(FindingKind::Rewritten, name, nl, en);
        }
    }
    for name in walk.ledger.unaccounted(tiles::LOG)? {
        let (nl, en) = ("het heeft geen plaats in het logboek", "it has no place in the log");
        walk.findings.add(FindingKind::ForeignObject, name, nl, en);
    }
    walk.ledger.seed = peak_root(&walk.edges);
    let checkpoints = walk.signed.len() as u64;
    let changes = chain.map(|chain| chain.changes().to_vec()).unwrap_or_default();
    let acts = Acts { key_changes: changes, restorations: walk.restorations, clock_notes };
    Ok((Checked { events: end, checkpoints, ..Checked::default() }, acts))
}

/// The keys that lie in the store, whosever they are.
fn lying_keys(store: &Store, ledger: &Ledger, findings: &mut Findings) -> Result<Vec<VerifierKey>> {
    let mut keys = Vec::new();
    for name in ledger.unaccounted(&format!("{}/keys", tiles::LOG))? {
        let name: ObjectName = name.parse()?;
        ledger.account(&name)?;
        match store.get(&name).ok().and_then(|bytes| keys::decode(&name, &bytes)) {
            Some(key) => keys.push(key),
            None => {
                let (nl, en) = ("het is niet de sleutel die de naam noemt", "it is not the key that its name says");
                findings.add(FindingKind::BadKey, name, nl, en);
            }
        }
    }
    Ok(keys)
}

/// Who may sign, as far as that can be told.
fn chain(store: &Store, options: &VerifyOptions, ledger: &Ledger, lying: &[VerifierKey]) -> Result<Option<Chain>> {
    if let Ok(chain) = keys::chain(store, &options.keys) {
        return Ok(chain);
    }
    // Where events cannot be read, no change of key counts.
    let checkpoints = ledger.unaccounted(&format!("{}/checkpoints", tiles::LOG))?;
    let sizes: Vec<u64> = checkpoints.iter().filter_map(|name| name.rsplit('/').next()?.parse().ok()).collect();
    let all: Vec<_> = lying.iter().chain(&options.keys).cloned().collect();
    Ok(keys::begun_with(store, &sizes, &all).map(Chain::begun_with))
}

/// Names keys that are not the log's, and a key that took the place of another without that one's word.
fn judge_keys(options: &VerifyOptions, chain: Option<&Chain>, lying: &[VerifierKey], findings: &mut Findings) {
    let comes = |key: &VerifierKey| options.coming_key.as_ref().is_some_and(|coming| coming.is_same_key(key));
    for key in lying.iter().filter(|key| chain.is_some_and(|chain| !chain.has(key))) {
        if comes(key) {
            let nl = "een wisseling van de sleutel van het logboek is gestopt: de volgende opdracht rondt dat af";
            let en = "a change of the log's key was stopped: the next command completes it";
            findings.unfinished(format!("{}/keys/{}", tiles::LOG, key.id_hex()), nl, en);
            continue;
        }
        let nl = "het is niet de sleutel waarmee het logboek begon, en geen gebeurtenis onder diens handtekening noemt hem: \
                  wat ermee is ondertekend bewijst niets";
        let en = "it is not the key with which the log was begun, and no event under that one's signature names it: what is \
                  signed with it proves nothing";
        findings.add(FindingKind::ForeignKey, format!("{}/keys/{}", tiles::LOG, key.id_hex()), nl, en);
    }
    let Some(chain) = chain else {
        for key in lying {
            let nl = "de naam van het logboek volgt niet uit deze sleutel: het logboek is er niet mee begonnen";
            let en =
                "the name of the log does not follow from this key: it is not the one with which the log was begun";
            findings.add(FindingKind::ForeignKey, format!("{}/keys/{}", tiles::LOG, key.id_hex()), nl, en);
        }
        return;
    };
    for key in chain.keys().filter(|key| !lying.contains(key)) {
        let (nl, en) = ("het is een sleutel van het logboek, en weg", "it is a key of the log, and it is gone");
        findings.add(FindingKind::MissingKey, format!("{}/keys/{}", tiles::LOG, key.id_hex()), nl, en);
    }
    let (active, pinned) = (chain.active(), &options.keys);
    if let Some(OwnKey::Key(own)) = &options.own_key
        && !own.is_same_key(active)
        && !comes(active)
    {
        let (own, active) = (own.id_hex(), active.id_hex());
        let nl = format!(
            "het is de sleutel {own}, en dit logboek is ondertekend met {active}: er kan niets meer worden vastgelegd; zet het \
             terug uit de reservekopie, en wisselde niemand de sleutel, dan nam een ander het logboek over"
        );
        let en = format!(
            "it is the key {own}, and this log is signed with {active}: nothing can be logged any more; put it back from the \
             backup, and if nobody changed the key, somebody else took the log over"
        );
        findings.add(FindingKind::ForeignKey, LOG_KEY, nl, en);
    } else if !pinned.is_empty() && !pinned.iter().any(|key| key.is_same_key(active)) && !comes(active) {
        let own = pinned[0].clone().id_hex();
        let nl =
            format!("het logboek is ermee ondertekend, de sleutel van elders (log.key of --key) is een andere ({own})");
        let en = format!("the log is signed with it, the key from elsewhere (log.key or --key) is another ({own})");
        findings.add(FindingKind::ForeignKey, format!("{}/keys/{}", tiles::LOG, active.id_hex()), nl, en);
    }
    for change in chain.changes().iter().filter(|change| change.is_unproven() && !options.vouched && !comes(active)) {
        let KeyChange { event, at, by, old, .. } = change;
        let nl = format!(
            "gebeurtenis {event} ({at}, door {by}) zette hem in de plaats van {old}, die dat niet ondertekende: alleen wie de \
             nieuwe sleutel heeft zegt het"
        );
        let en = format!(
            "event {event} ({at}, by {by}) put it in the place of {old}, which did not sign that: only the keeper of the new \
             key says so"
        );
        findings.add(FindingKind::UnprovenKey, format!("{}/keys/{}", tiles::LOG, change.new), nl, en);
    }
}

/// A checkpoint whose signature cannot be checked.
fn unsigned(note: &[u8]) -> Option<Checkpoint> {
    let (text, _) = std::str::from_utf8(note).ok()?.rsplit_once("\n\n")?;
    Checkpoint::parse(&format!("{text}\n"))
}

/// So many checkpoints are held at once.
const CHECKPOINTS_AT_ONCE: usize = 4096;
/// A thread for fewer than this costs more than it saves.
const CHECKPOINTS_A_THREAD: usize = 32;

/// The bytes of a checkpoint, and what they say if their signature holds.
type Opened = (Bytes, Result<Checkpoint>);

/// Reads checkpoints and checks their signatures, by several threads: signatures take longer than all else of the log.
fn open_checkpoints(store: &Store, some: &[(ObjectName, u64)], chain: Option<&Chain>) -> Vec<Result<Opened>> {
    let open = |(name, size): &(ObjectName, u64)| {
        let note = store.get(name)?;
        let checkpoint = chain.map_or_else(|| read_checkpoint(&note, &[]), |chain| chain.read(*size, &note));
        Ok((note, checkpoint))
    };
    let threads = std::thread::available_parallelism().map_or(1, |n| n.get());
    let share = some.len().div_ceil(threads).max(CHECKPOINTS_A_THREAD);
    if some.len() <= share {
        return some.iter().map(open).collect();
    }
    std::thread::scope(|scope| {
        let shares: Vec<_> =
            some.chunks(share).map(|share| scope.spawn(move || share.iter().map(open).collect::<Vec<_>>())).collect();
        shares.into_iter().flat_map(|share| share.join().expect("reading a checkpoint does not panic")).collect()
    })
}

impl Walk<'_> {
    fn read_checkpoints(&mut self, chain: Option<&Chain>, lying: &[VerifierKey]) -> Result<()> {
        let mut named = Vec::new();
        for text in self.ledger.unaccounted(&format!("{}/checkpoints", tiles::LOG))? {
            let name: ObjectName = text.parse()?;
            if let Some(size) = name.last().parse().ok().filter(|size| tiles::checkpoint_name(*size) == name) {
                named.push((name, size));
            }
        }
        for some in named.chunks(CHECKPOINTS_AT_ONCE) {
            for ((name, size), opened) in some.iter().zip(open_checkpoints(self.store, some, chain)) {
                self.ledger.account(name)?;
                self.take_checkpoint(name, *size, opened, chain, lying)?;
            }
        }
        Ok(())
    }

    fn take_checkpoint(
        &mut self,
        name: &ObjectName,
        size: u64,
        opened: Result<Opened>,
        chain: Option<&Chain>,
        lying: &[VerifierKey],
    ) -> Result<()> {
        let (note, checkpoint) = match opened {
            Ok(opened) => opened,
            Err(error) => {
                self.none(name, &error);
                self.bad.push(size);
                return Ok(());
            }
        };
        match checkpoint {
            Ok(checkpoint) if checkpoint.size == size => {
                self.signed.insert(size, checkpoint.root);
                self.successors.notes.insert(size, Blake3::of(&note));
            }
            Ok(_) => {
                let (nl, en) = ("het is het ijkpunt van een andere lengte", "it is the checkpoint of another size");
                self.bad_checkpoint(size, nl, en);
            }
            Err(_) if chain.is_some() && read_checkpoint(&note, lying).is_ok() => {
                let id = signer_id(&note).unwrap_or_default();
                let nl = format!("het is ondertekend met de sleutel {id}, die toen niet die van het logboek was");
                let en = format!("it is signed with the key {id}, which was not the log's then");
                self.bad.push(size);
                self.foreign.push(size);
                self.findings.add(FindingKind::ForeignCheckpoint, name, nl, en);
            }
            Err(error) => {
                let own: Vec<_> = chain.into_iter().flat_map(Chain::keys).cloned().collect();
                let keys = &own[..];
                match unsigned(&note).filter(|checkpoint| chain.is_none() && checkpoint.size == size) {
                    Some(checkpoint) => _ = self.unproven.insert(size, checkpoint.root),
                    None => {
                        let nl = format!("het ijkpunt klopt niet ({error})");
                        self.bad_checkpoint(size, nl, error.to_string());
                    }
                }
                if let Some(id) = signer_id(&note) {
                    let key = format!("{}/keys/{id}", tiles::LOG).parse()?;
                    if self.store.head(&key)?.is_none() && !self.missing_key_is_damage(&id, keys) {
                        let nl = "er zijn ijkpunten mee ondertekend, die nu niet zijn na te gaan";
                        let en = "checkpoints are signed with it, which cannot be checked now";
                        self.findings.add(FindingKind::MissingKey, key, nl, en);
                    }
                }
            }
        }
        Ok(())
    }

    /// The root that a checkpoint gives for so many events.
    fn root_at(&self, size: u64) -> Option<&Hash> {
        self.signed.get(&size).or_else(|| self.unproven.get(&size))
    }

    /// A damaged signature line names a key that never was: then the checkpoint is damaged, and no key is missing.
    fn missing_key_is_damage(&self, id: &str, keys: &[VerifierKey]) -> bool {
        !keys.is_empty()
            && !keys.iter().any(|key| key.id_hex() == id)
            && self.signed.len() + self.bad.len() > 1
            && !self.signed.is_empty()
    }

    fn bad_checkpoint(&mut self, size: u64, nl: impl Into<String>, en: impl Into<String>) {
        self.bad.push(size);
        self.findings.add(FindingKind::BadCheckpoint, tiles::checkpoint_name(size), nl, en);
    }

    /// The bytes of an object, if it is there and can be read; what cannot be read is named.
    fn get(&mut self, name: &ObjectName) -> Result<Option<Bytes>> {
        match self.store.get(name) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) => {
                self.none(name, &error);
                Ok(None)
            }
        }
    }

    /// Names what is there and cannot be read.
    fn none(&mut self, name: &ObjectName, error: &Error) {
        if error.kind() != ErrorKind::NotFound {
            self.findings.unreadable(name, error);
        }
    }

    /// How many events there are, by whatever tells most: a checkpoint or a bundle.
    fn extent(&mut self, options: &VerifyOptions, chain: Option<&Chain>, lying: &[VerifierKey]) -> Result<u64> {
        let last = |roots: &BTreeMap<u64, Hash>| roots.keys().last().copied().unwrap_or(0);
        let signed = last(&self.signed).max(last(&self.unproven));
        // What a key of the log signed to go on with vouches for what lies beyond.
        let may_sign: Vec<_> = match chain {
            Some(chain) => [chain.active()].into_iter().chain(&options.coming_key).cloned().collect(),
            None => lying.to_vec(),
        };
        let end = if self.find_next(signed, &may_sign)? { signed } else { self.widest(signed)? };
        // Asked now, the database knows of all up to here, whoever is at work meanwhile.
        self.told = options.told.as_ref().map(|told| (told.ask)()).transpose()?;
        for waiting in self.told.iter().flat_map(|told| &told.waiting).flat_map(|event| &event.objects) {
            self.ledger.waiting.insert(waiting.name.to_string(), waiting.blake3);
        }
        self.ledger.announced = self.told.as_ref().map(|told| told.announced.clone()).unwrap_or_default();
        self.ledger.announced.sort_by(|a, b| order(a).cmp(&order(b)));
        // Only what this program's own database waits for was left by this program.
        let waits = |told: &Told| {
            entries(self.store, signed, end).all(|entry| entry.is_ok_and(|(_, _, event)| told.waiting.contains(&event)))
        };
        let stopped = end > signed && self.bad.is_empty() && self.told.as_ref().is_some_and(waits);
        self.unsigned_from = stopped.then_some(signed);
        self.foreign_from = self.foreign.iter().any(|foreign| *foreign > signed).then_some(signed);
        Ok(end)
    }

    /// How many events the bundles have, at least `end`.
    fn widest(&self, mut end: u64) -> Result<u64> {
        for index in end / tiles::WIDTH.. {
            let full = self.store.head(&tiles::bundle_name(index, tiles::WIDTH))?.is_some();
            let mut widest = if full { tiles::WIDTH } else { 0 };
            for entry in self.store.list(&tiles::partial_bundles(index)).objects() {
                widest = widest.max(entry?.name.last().parse().ok().filter(|width| *width < tiles::WIDTH).unwrap_or(0));
            }
            end = end.max(index * tiles::WIDTH + widest);
            if widest < tiles::WIDTH {
                return Ok(end);
            }
        }
        Ok(end)
    }

    fn run(&mut self, end: u64) -> Result<()> {
        let mut append = Some(0);
        for index in 0..end.div_ceil(tiles::WIDTH) {
            let first = index * tiles::WIDTH;
            let width = (end - first).min(tiles::WIDTH);
            let (entries, leaves) = self.read_bundle(index, width, end)?;
            let lost = entries.iter().filter(|entry| entry.is_none()).count() as u64;
            self.ledger.lost_events += lost;
            let Some(leaves) = leaves else {
                for (place, entry) in (first..).zip(entries.iter().flatten()) {
                    self.event(place, entry, &mut append)?;
                }
                append = None;
                self.successors.begin(None);
                if self.skip_bundle(index, width, end)? {
                    continue;
                }
                // Nothing after it can be checked.
                for name in self.ledger.unaccounted(tiles::LOG)? {
                    self.ledger.account(&name.parse()?)?;
                }
                return Ok(());
            };
            self.bundle = (lost == 0).then(Vec::new);
            for (at, leaf) in leaves.into_iter().enumerate() {
                let place = first + at as u64;
                let ended = match &entries[at] {
                    Some(entry) => self.event(place, entry, &mut append)?,
                    None => {
                        append = None;
                        self.root_at(place).is_some()
                    }
                };
                if ended {
                    self.append_ended(place)?;
                } else {
                    self.append_goes_on(place);
                }
                if ended || place == 0 {
                    self.successors.begin(Some(place));
                }
                self.successors.add(entries[at].as_deref());
                if let (Some(bundle), Some(entry)) = (&mut self.bundle, &entries[at]) {
                    bundle.push(entry.clone());
                }
                self.push(leaf)?;
            }
            if self.size < end && lost > 0 {
                self.bundle = Some(Vec::new());
            }
        }
        if end > 0 {
            self.append_ended(end)?;
        }
        Ok(())
    }

    /// Takes note of an event, and says whether a new append begins with it. `append` is where the append began that
    /// the event before it came with, as far as that is known.
    fn event(&mut self, place: u64, entry: &[u8], append: &mut Option<u64>) -> Result<bool> {
        let name = tiles::bundle_name(place / tiles::WIDTH, tiles::WIDTH);
        match decode_entry(entry) {
            Ok((began, event)) => {
                let unsigned = self.unsigned_from.is_some_and(|from| place >= from);
                if !unsigned {
                    self.in_time(place, &event);
                    self.is_past(place, &event);
                    self.is_told(place, &event);
                    self.brings_accessions(place, &event);
                    self.ledger.boundary(&event);
                    self.restorations.extend(event.restoration(place));
                    self.clock_notes.extend(event.wrong_clock(place));
                }
                for object in &event.objects {
                    if unsigned {
                        self.ledger.unsigned.insert(object.name.to_string(), object.blake3);
                        continue;
                    }
                    if self.foreign_from.is_some_and(|from| place >= from) {
                        continue;
                    }
                    if let (EventKind::Decision, Agent::Person { name }) = (event.event, &event.agent) {
                        self.ledger.decided_by(&object.name, name)?;
                    }
                    let by = format!("event {place} of the log");
                    // What a stopped run left is logged when that is found, and bears the time at which it was made.
                    let stored = (event.detail.as_deref() != Some(LEFT_OVER)).then_some(event.at);
                    self.ledger.name(&object.name, &object.blake3, stored, &by)?;
                }
                if append.is_some_and(|append| began != append) && began != place {
                    let nl = format!("gebeurtenis {place} hoort bij geen bijschrijving");
                    let en = format!("event {place} belongs to no append");
                    self.findings.add(FindingKind::BadEntries, name, nl, en);
                }
                let ended = began == place && place > 0;
                *append = Some(began);
                Ok(ended)
            }
            Err(error) => {
                let (nl, en) = (format!("gebeurtenis {place}: {error}"), format!("event {place}: {error}"));
                self.findings.add(FindingKind::BadEntries, name, nl, en);
                *append = None;
                Ok(self.root_at(place).is_some())
            }
        }
    }

    /// Times do not run backwards, but for work that was stopped and gone on with: that bears the time of its beginning.
    /// A check of the store, or a lengthening of retentions, is told when it ends with the time at which it began.
    fn in_time(&mut self, place: u64, event: &Event) {
        let long = matches!(event.event, EventKind::FixityCheck | EventKind::RetentionLengthened);
        // Who says that a clock was wrong says it by one that is right.
        if long || event.detail.as_deref() == Some(LEFT_OVER) || event.wrong_clock(place).is_some() {
            return;
        }
        let Some(latest) = self.latest else {
            self.latest = Some(event.at);
            return;
        };
        let not_before = self.ledger.under_way(event).map_or(latest, |begun| begun.min(latest));
        if event.at.saturating_add(TOLERANCE).is_ok_and(|at| at < not_before) {
            let nl = format!(
                "de gebeurtenis is van {}, maar staat na een van {latest}: ze is teruggedateerd, of de klok liep verkeerd",
                event.at
            );
            let en = format!(
                "the event is of {}, and stands after one of {latest}: it is back-dated, or the clock was wrong",
                event.at
            );
            let what = event.objects.first().map_or(format!("event {place}"), |object| object.name.to_string());
            self.times.insert(place, (FindingKind::BackDated, what.clone()));
            self.findings.add(FindingKind::BackDated, what, nl, en);
            // A clock that was put right is told once.
            self.latest = Some(event.at);
            return;
        }
        self.latest = Some(latest.max(event.at));
    }

    /// Where a person said in the log that a clock was wrong, that is told instead of what was found.
    fn settle_clocks(&mut self) -> Vec<ClockNote> {
        let mut told = Vec::new();
        for mut note in std::mem::take(&mut self.clock_notes) {
            let places: Vec<u64> = self.times.range(note.event..=note.last).map(|(place, _)| *place).collect();
            for place in places {
                let Some(message) = self.times.remove(&place).and_then(|found| self.findings.found.remove(&found))
                else {
                    continue;
                };
                if note.times == 0 {
                    note.message = message;
                }
                note.times += 1;
            }
            if note.times > 0 {
                told.push(note);
            }
        }
        told
    }

    /// Nothing is logged before it is done.
    fn is_past(&mut self, place: u64, event: &Event) {
        if event.at.saturating_sub(TOLERANCE).is_ok_and(|at| at > self.now) {
            let nl = format!(
                "de gebeurtenis is van {}, dat nog komt: ze is vooruitgedateerd, of een klok liep verkeerd",
                event.at
            );
            let en = format!(
                "the event is of {}, which is still to come: it is dated ahead, or a clock was wrong",
                event.at
            );
            let what = event.objects.first().map_or(format!("event {place}"), |object| object.name.to_string());
            self.times.insert(place, (FindingKind::Ahead, what.clone()));
            self.findings.add(FindingKind::Ahead, what, nl, en);
        }
    }

    /// From its first event on the database wrote all that is in the log.
    fn is_told(&mut self, place: u64, event: &Event) {
        let Some(told) = &self.told else { return };
        while told.logged.get(self.met).is_some_and(|(logged, _)| *logged < place) {
            self.met += 1;
        }
        let logged = told.logged.get(self.met).filter(|(logged, _)| *logged == place);
        if logged.is_some_and(|(_, digest)| *digest != event.digest()) {
            let nl =
                format!("de database vertelt van een andere gebeurtenis {place} dan het logboek: dat is herschreven");
            let en = format!("the database tells of another event {place} than the log, which was rewritten");
            self.findings.add(FindingKind::Rewritten, "griffie.sqlite", nl, en);
        }
        let passed_it = told.begin.is_some_and(|begin| begin <= place);
        if logged.is_none() && passed_it && !told.waiting.contains(event) {
            let nl = "de database van deze gegevensmap heeft haar niet geschreven: een ander schreef in het logboek, of de \
                      database is ouder (`griffie rebuild` maakt haar opnieuw)";
            let en = "the database of this data folder did not write it: somebody else wrote to the log, or the database \
                      is older (`griffie rebuild` makes it anew)";
            self.findings.add(FindingKind::ForeignEvent, format!("event {place}"), nl, en);
        }
    }

    /// What was received came with an accession, in the same event.
    fn brings_accessions(&mut self, place: u64, event: &Event) {
        let is_in = |area| event.objects.iter().find(move |object| Area::of(&object.name) == Some(area));
        let Some(original) = is_in(Area::Originals) else { return };
        if is_in(Area::Accessions).is_none() && event.detail.as_deref() != Some(LEFT_OVER) {
            let nl = format!(
                "gebeurtenis {place} nam het op zonder te zeggen waar het vandaan kwam: er is geen ontvangst bij"
            );
            let en =
                format!("event {place} brought it in without saying where it came from: there is no accession with it");
            self.findings.add(FindingKind::NoAccession, &original.name, nl, en);
        }
    }

    /// What the data folder itself remembers of the log.
    fn compare_with_data_folder(&mut self, options: &VerifyOptions, end: u64) {
        match options.head_fault {
            Some(HeadFault::Unsealed) => {
                let nl = "het draagt geen zegel van de sleutel van het logboek: een oudere griffie schreef het, of iemand zonder \
                          de sleutel; leg het logboek naast een elders bewaard ijkpunt, en geef `griffie rebuild`, die het \
                          verzegelt";
                let en = "it bears no seal by the log's key: an older griffie wrote it, or somebody without the key; hold the \
                          log against a checkpoint kept elsewhere, and give `griffie rebuild`, which seals it";
                self.findings.add(FindingKind::BadHead, LOG_HEAD, nl, en);
            }
            Some(HeadFault::False) => {
                let nl = "geen sleutel van dit logboek heeft het verzegeld: iemand zonder de sleutel schreef het, of dit is niet \
                          het logboek waarvan het vertelt";
                let en = "no key of this log sealed it: somebody without the key wrote it, or this is not the log that it \
                          tells of";
                self.findings.add(FindingKind::BadHead, LOG_HEAD, nl, en);
            }
            None => {}
        }
        match (&options.head, &self.told) {
            (Some(head), _) if head.size > end => {
                let nl = format!(
                    "het telt {} gebeurtenissen van het logboek, dat er maar {end} heeft: het einde is weg",
                    head.size
                );
                let en = format!("it tells of {} events of the log, which has only {end}: its end is gone", head.size);
                self.findings.add(FindingKind::Truncated, LOG_HEAD, nl, en);
            }
            (Some(head), _) if head.size > 0 && self.roots.get(&head.size) != Some(&head.root) => {
                let nl = format!(
                    "het heeft een andere wortel voor {} gebeurtenissen: het logboek is herschreven",
                    head.size
                );
                let en = format!("it has another root for {} events: the log was rewritten", head.size);
                self.findings.add(FindingKind::Rewritten, LOG_HEAD, nl, en);
            }
            (None, Some(_)) if end > 0 && options.head_fault.is_none() => {
                let nl = "het is weg uit de gegevensmap: of het einde van het logboek is afgeknipt, is zo niet na te gaan; zet \
                          het terug uit de reservekopie";
                let en = "it is gone from the data folder: without it nobody can tell whether the end of the log was cut off; \
                          put it back from the backup";
                self.findings.add(FindingKind::MissingHead, LOG_HEAD, nl, en);
            }
            _ => {}
        }
        match &options.own_key {
            Some(OwnKey::Gone) if end > 0 => {
                let nl = "het is weg uit de gegevensmap: er kan niets meer worden vastgelegd; zet het terug uit de reservekopie";
                let en = "it is gone from the data folder: nothing can be logged any more; put it back from the backup";
                self.findings.add(FindingKind::MissingKey, LOG_KEY, nl, en);
            }
            Some(OwnKey::NoKey(why)) if end > 0 => {
                let nl = format!(
                    "het is geen sleutel meer ({why}): er kan niets meer worden vastgelegd; zet het terug uit de reservekopie"
                );
                let en = format!(
                    "it is no key any more ({why}): nothing can be logged any more; put it back from the backup"
                );
                self.findings.add(FindingKind::BadKey, LOG_KEY, nl, en);
            }
            _ => {}
        }
        let Some(told) = &self.told else { return };
        if let Some(told) = options.told.as_ref().map(|told| told.so_far).filter(|told| *told > end) {
            let nl = format!(
                "de database telt {told} gebeurtenissen van het logboek, dat er maar {end} heeft: het einde is weg"
            );
            let en = format!("the database tells of {told} events of the log, which has only {end}: its end is gone");
            self.findings.add(FindingKind::Truncated, "griffie.sqlite", nl, en);
        }
        for id in &told.foreign {
            let nl = "ze wacht in de database, en dit programma heeft haar niet geschreven: ze wordt niet vastgelegd";
            let en = "it waits in the database, and this program did not write it: it is not logged";
            self.findings.add(FindingKind::ForeignEvent, format!("griffie.sqlite: {id}"), nl, en);
        }
    }

    /// Whether the log of so many events ends in an append that was stopped before its checkpoint.
    fn is_unsigned(&self, size: u64) -> bool {
        self.unsigned_from.is_some_and(|from| size > from)
    }

    fn push(&mut self, leaf: Hash) -> Result<()> {
        self.size += 1;
        self.climb(0, leaf)
    }

    /// Adds a hash at a level; a tile that it fills must be there, and gives a hash of the level above.
    fn climb(&mut self, mut level: usize, mut hash: Hash) -> Result<()> {
        loop {
            if self.edges.len() <= level {
                self.edges.resize_with(level + 1, Vec::new);
            }
            self.edges[level].push(hash);
            if (self.edges[level].len() as u64) < tiles::WIDTH {
                return Ok(());
            }
            let full = std::mem::take(&mut self.edges[level]);
            hash = root_of(&full);
            if level == 0
                && let Some(bundle) = self.bundle.take()
            {
                let name = tiles::bundle_name(self.size / tiles::WIDTH - 1, tiles::WIDTH);
                self.expect(&name, &tiles::pack(&bundle)?, FindingKind::MissingEntries, FindingKind::BadEntries)?;
            }
            let index = (self.size >> (8 * (level as u32 + 1))) - 1;
            let name = tiles::tile_name(level as u32, index, tiles::WIDTH);
            self.expect(&name, &full.concat(), FindingKind::MissingTile, FindingKind::BadTile)?;
            if level == 0 {
                self.bundle = Some(Vec::new());
            }
            level += 1;
        }
    }

    /// Amid an append griffie signs nothing: a checkpoint there is of another history of the same log, or made by hand.
    fn append_goes_on(&mut self, size: u64) {
        let Some(signed) = self.root_at(size) else { return };
        if *signed != peak_root(&self.edges) {
            self.rewritten(size);
        } else {
            let nl = "er eindigt daar geen bijschrijving: griffie heeft het niet gemaakt";
            self.bad_checkpoint(size, nl, "no append ends there: griffie did not make it");
        }
    }

    fn rewritten(&mut self, size: u64) {
        let nl = "de handtekening klopt, maar het logboek heeft een andere wortel: het is herschreven";
        let en = "its signature holds, but the log has another root: the log was rewritten";
        self.findings.add(FindingKind::Rewritten, tiles::checkpoint_name(size), nl, en);
    }

    /// At the end of each append there is a checkpoint, and of what was not full a partial tile or bundle.
    fn append_ended(&mut self, size: u64) -> Result<()> {
        self.was_gone_on_with(size)?;
        let root = peak_root(&self.edges);
        if self.wanted.contains(&size) {
            self.roots.insert(size, root);
        }
        match self.signed.get(&size) {
            Some(signed) if *signed == root => {}
            Some(_) => self.rewritten(size),
            None if self.unproven.get(&size) == Some(&root) || self.bad.contains(&size) => {}
            None if self.is_unsigned(size) => {
                let nl = "het programma is gestopt tijdens het vastleggen van de laatste gebeurtenissen: de volgende start \
                          rondt dat af";
                let en = "the program was stopped while it logged the last events: its next start completes that";
                self.findings.unfinished(tiles::checkpoint_name(size), nl, en);
            }
            None if self.unproven.contains_key(&size) => {
                let nl = "de wortel is niet die welke uit de gebeurtenissen volgt";
                self.bad_checkpoint(size, nl, "its root is not the one that the events give");
            }
            None => {
                let own = (
                    "de gebeurtenissen van een bijschrijving zijn er, het ijkpunt niet, en de database wacht er niet op: het \
                     is weggehaald, of een ander schreef in het logboek",
                    "the events of an append are there, its checkpoint is not, and the database does not wait for them: it \
                     was removed, or somebody else wrote to the log",
                );
                let copy = (
                    "de gebeurtenissen van een bijschrijving zijn er, het ijkpunt niet: het is weggehaald, een ander schreef \
                     in het logboek, of het programma is gestopt tijdens het vastleggen (de gegevensmap weet welk van de drie)",
                    "the events of an append are there, its checkpoint is not: it was removed, somebody else wrote to the \
                     log, or the program was stopped while it logged (the data folder knows which of the three)",
                );
                let (nl, en) = if self.told.is_some() { own } else { copy };
                self.findings.add(FindingKind::MissingCheckpoint, tiles::checkpoint_name(size), nl, en);
            }
        }
        let width = size % tiles::WIDTH;
        if width > 0 {
            let name = tiles::bundle_name(size / tiles::WIDTH, width);
            match &self.bundle {
                Some(bundle) => {
                    let bytes = tiles::pack(bundle)?;
                    self.expect(&name, &bytes, FindingKind::MissingEntries, FindingKind::BadEntries)?;
                }
                // The hashes of the damaged bundle hold, so an earlier part of it can be checked against them.
                None => self.expect_hashes(&name, width)?,
            }
        }
        for (level, edge) in (0_u32..).zip(self.edges.clone()) {
            if !edge.is_empty() {
                let name = tiles::tile_name(level, size >> (8 * (level + 1)), edge.len() as u64);
                self.expect(&name, &edge.concat(), FindingKind::MissingTile, FindingKind::BadTile)?;
            }
        }
        Ok(())
    }

    fn expect_hashes(&mut self, name: &ObjectName, width: u64) -> Result<()> {
        self.ledger.account(name)?;
        let Some(bytes) = self.get(name)? else {
            if self.store.head(name)?.is_none() {
                let nl = "het ijkpunt zegt dat het er moet zijn";
                let en = "its checkpoint tells that it must be there";
                self.findings.add(FindingKind::MissingEntries, name, nl, en);
            }
            return Ok(());
        };
        let hashes = tiles::unpack(&bytes, width).map(|entries| bundle::hashes(&entries));
        if hashes.ok().as_ref() != self.edges.first() {
            let nl = "de gebeurtenissen erin geven niet de hashes van het logboek";
            self.findings.add(FindingKind::BadEntries, name, nl, "its events do not give the hashes of the log");
        }
        Ok(())
    }

    fn expect(&mut self, name: &ObjectName, bytes: &[u8], gone: FindingKind, bad: FindingKind) -> Result<()> {
        self.ledger.account(name)?;
        if self.store.read_at_once(name, bytes.len() as u64, &mut self.buffer) == Some(bytes) {
            return Ok(());
        }
        match self.get(name)? {
            Some(found) if found == bytes => {}
            Some(_) => {
                let nl = "de bytes zijn niet die welke uit de gebeurtenissen volgen";
                self.findings.add(bad, name, nl, "its bytes are not those that the events give");
            }
            // Bundles are written first: the rest of a stopped append is made from them.
            None if self.is_unsigned(self.size) => {}
            None if self.store.head(name)?.is_none() => self.gone(gone, name),
            None => {}
        }
        Ok(())
    }

    fn gone(&mut self, kind: FindingKind, name: &ObjectName) {
        let nl = "uit de gebeurtenissen volgt dat het er moet zijn";
        self.findings.add(kind, name, nl, "the events tell that it must be there");
    }
}
