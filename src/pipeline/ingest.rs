//! The main job: takes submissions in, one by one, in the commit order, and accounts for every one of them.
//! [`Run::archive`] is the way of a document. Each of its steps can be taken again after a crash and gives the same
//! objects, since ids and times are set aside before the first of them.

mod attached;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Condvar, Mutex, PoisonError},
    thread::Builder,
    time::Duration,
};

use super::{
    App,
    app::THREADS_BESIDE,
    copies::{self, Made, Subject},
    elsewhere,
    events::{self, Story},
    examine::{self, Examiner},
    release,
    stop::reached,
    stored,
    units::units_of,
};
use crate::{
    Error, ErrorKind, Result,
    archive::{self, Original},
    error::Context as _,
    export,
    intake::{self, Arrival, Intake, Room, text_of},
    model::{BatchId, Digests, ItemId, Language, MediaType, Problem},
    register::{Batch, Claim, Completion, Item, ItemState, NewItem, Outcome, Reason, Receipt},
    storage::{FOREIGN, STORED_CHANGED, digests_of_file},
    text::Text,
    tools::{self, CancelFlag},
};

/// What is asked of a run.
pub struct Request {
    /// Files and folders.
    pub paths: Vec<PathBuf>,
    /// Where the sender's files are moved once they are archived; without it they stay where they are.
    pub move_to: Option<PathBuf>,
    /// Whether archival copies are made at once; else [`copies::make_missing`] makes them later.
    pub copies: bool,
}

/// Who is told how far a run is; called from many threads.
pub trait Watcher: Sync {
    /// A file or a member of a container was found.
    fn found(&self);
    /// A page was read.
    fn page(&self);
    /// A file reached its state.
    fn done(&self, path: &str, state: ItemState, reason: Option<&Reason>);
}

/// How long an item waits before it asks again whether another one has read the same bytes.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// The text of a document of so many pages takes as much memory as a worker does.
const LONG: usize = 200;

/// Takes in all that is asked for and gives the batch's receipt. A batch of the same paths that was stopped before it
/// was finished is gone on with.
pub fn ingest(
    app: &App,
    examiner: &Examiner<'_>,
    request: &Request,
    watcher: &dyn Watcher,
    cancel: &CancelFlag,
) -> Result<Receipt> {
    let (batch, resumed) = begin_or_resume(app, request)?;
    app.register.add_events(&[events::begun(&batch, &app.archive.explanation()?)])?;
    app.log_waiting_events()?;
    let run = Run {
        app,
        examiner,
        request,
        watcher,
        cancel,
        batch: &batch,
        resumed,
        gate: Mutex::new(()),
        commits: Condvar::new(),
        room: Mutex::default(),
        blocked: Mutex::default(),
    };
    run.all()?;
    cancel.check()?;
    if let Some(error) = run.blocked.into_inner().unwrap_or_else(PoisonError::into_inner) {
        app.log_waiting_events()?;
        app.index_now()?;
        return Err(error);
    }
    stored::finish_batch(app, &batch)
}

/// The batch, and whether it was begun by a run that was stopped.
fn begin_or_resume(app: &App, request: &Request) -> Result<(Batch, bool)> {
    let absolute = |path: &PathBuf| text_of(&std::path::absolute(path).unwrap_or_else(|_| path.clone()));
    let paths: Vec<_> = request.paths.iter().map(absolute).collect();
    let mut resumed = None;
    for open in app.register.open_batches()? {
        // Whoever worked on it is gone: this process holds the data folder's lock.
        app.register.release_claims(&open.id)?;
        if open.paths == paths {
            resumed = Some(open);
        }
    }
    if let Some(batch) = resumed {
        return Ok((batch, true));
    }
    // A batch that was begun is gone on with whatever became of its files; a new one is not begun for a slip of the pen.
    check_paths(&request.paths)?;
    let batch = Batch { id: BatchId::random(), started: app.clock.now(), finished: None, paths };
    app.register.begin_batch(&batch)?;
    Ok((batch, false))
}

/// Whether everything that is to be taken in is there.
pub fn check_paths(paths: &[PathBuf]) -> Result<()> {
    for path in paths {
        if path.symlink_metadata().is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
            return Err(Error::new(ErrorKind::NotFound, format!("there is no `{}`", path.display()))
                .dutch(format!(
                    "`{}` is er niet; er is niets opgenomen: geef bestanden en mappen die er zijn",
                    path.display()
                ))
                .hint("nothing was taken in: give files and folders that are there"));
        }
    }
    Ok(())
}

struct Run<'a> {
    app: &'a App,
    examiner: &'a Examiner<'a>,
    request: &'a Request,
    watcher: &'a dyn Watcher,
    cancel: &'a CancelFlag,
    batch: &'a Batch,
    resumed: bool,
    gate: Mutex<()>,
    commits: Condvar,
    /// What may still come out of the PDFs of a file that came in, where something did.
    room: Mutex<HashMap<String, Room>>,
    /// Why a file could not even be accounted for: the batch stays open until that is mended.
    blocked: Mutex<Option<Error>>,
}

/// A container whose members are on their way.
struct Opened {
    item: Item,
    original: Original,
    source: PathBuf,
    is_own_bag: bool,
}

/// What the archive keeps of an item in quarantine.
enum Kept {
    Bytes(Original),
    Nothing(Option<Digests>),
}

impl Run<'_> {
    /// Finds the files in one thread and takes them in, in a few: two more than there are workers, so that a worker
    /// finds the next file ready while others wait for the disk. Containers get their state last, when all their members have theirs.
    fn all(&self) -> Result<()> {
        let threads = self.app.config.workers + THREADS_BESIDE;
        let (found, waiting) = crossbeam_channel::bounded::<(Item, Arrival)>(threads * 4);
        let containers = std::thread::scope(|scope| {
            let start = |_| {
                let waiting = waiting.clone();
                let work = move || waiting.iter().try_for_each(|(item, arrival)| self.take(&item, &arrival));
                Builder::new().spawn_scoped(scope, work).map_err(Error::no_thread)
            };
            let takers: Vec<_> = (0..threads).map(start).collect();
            drop(waiting);
            // Some of them are enough.
            let (takers, missing): (Vec<_>, Vec<_>) = takers.into_iter().partition(Result::is_ok);
            let missing = missing.into_iter().find_map(Result::err);
            let walked = match missing.filter(|_| takers.is_empty()) {
                Some(missing) => Err(missing),
                None => self.walk(&found),
            };
            drop(found);
            let taken = takers.into_iter().flatten().map(|taker| match taker.join() {
                Ok(result) => result,
                Err(_) => Err(Error::new(ErrorKind::Internal, "a thread of the run panicked")),
            });
            taken.fold(Ok(()), Result::and).and(walked)
        })?;
        if self.cancel.is_set() {
            return Ok(());
        }
        for container in containers {
            self.close_container(&container)?;
        }
        if self.resumed {
            self.take_what_was_attached_to_the_gone()?;
        }
        for gone in self.app.register.pending_items(&self.batch.id)? {
            let reason = Reason {
                kind: "vanished".into(),
                message: self.app.config.language.say(
                    "het bestand was er niet meer toen de onderbroken levering werd hervat".into(),
                    "the file was gone when the interrupted batch was gone on with".into(),
                ),
            };
            if let Err(error) = self.quarantine(&gone, Kept::Nothing(None), None, reason) {
                if !stored::lies_in_the_way(&error) {
                    return Err(error);
                }
                self.block(error);
            }
        }
        Ok(())
    }

    /// Sets an item aside for everything that comes in, and hands it on.
    fn walk(&self, found: &crossbeam_channel::Sender<(Item, Arrival)>) -> Result<Vec<Opened>> {
        let mut intake = self.intake()?;
        intake.leave_out =
            [Some(&self.app.data), self.request.move_to.as_ref()].into_iter().flatten().cloned().collect();
        let arrivals = intake.walk(&self.request.paths)?;
        self.set_aside(arrivals, HashMap::new(), &mut |item, arrival| {
            drop(found.send((item, arrival)));
            Ok(())
        })
    }

    fn intake(&self) -> Result<Intake> {
        let mut intake = Intake::new(self.app.clock, self.app.scratch()?);
        intake.limits.original_bytes = self.app.config.original_bytes();
        if let Some(bytes) = self.app.config.unpacked_bytes() {
            intake.limits.unpacked_bytes = bytes;
        }
        intake.prove = export::hold_against_its_proof;
        Ok(intake)
    }

    /// Sets an item aside for each arrival, and hands on those that hold no others; gives those that do, whose members
    /// were handed on. `ids` has the items of those that are open already, by the number of their arrival.
    fn set_aside(
        &self,
        arrivals: impl Iterator<Item = Arrival>,
        mut ids: HashMap<usize, ItemId>,
        hand_on: &mut dyn FnMut(Item, Arrival) -> Result<()>,
    ) -> Result<Vec<Opened>> {
        let mut containers = Vec::new();
        for arrival in arrivals {
            if self.cancel.is_set() {
                break;
            }
            let new = NewItem {
                source: text_of(&arrival.source),
                member: arrival.member.clone(),
                parent: arrival.parent.and_then(|parent| ids.get(&parent).cloned()),
                accessioned: self.app.clock.now(),
            };
            let reserved = self.app.register.reserve_items(&self.batch.id, &[new])?;
            let Some(item) = reserved.into_iter().next() else { continue };
            reached("reserved");
            self.watcher.found();
            if arrival.is_container {
                ids.insert(arrival.index, item.id.clone());
                containers.extend(self.open_container(item, &arrival)?);
            } else {
                hand_on(item, arrival)?;
            }
        }
        Ok(containers)
    }

    /// Keeps a container's own bytes.
    fn open_container(&self, item: Item, arrival: &Arrival) -> Result<Option<Opened>> {
        let Some(path) = arrival.path() else { return Ok(None) };
        let digests = digests_of_file(path)?;
        let original = match self.kept(path, &digests)? {
            Ok(original) => original,
            Err(reason) if item.state == ItemState::Pending => {
                self.quarantine(&item, Kept::Nothing(Some(digests)), None, reason)?;
                return Ok(None);
            }
            Err(_) => return Ok(None),
        };
        Ok(Some(Opened { item, original, source: arrival.source.clone(), is_own_bag: arrival.is_own_bag }))
    }

    /// The bytes of a file as an original, or why they are not: where those that are stored already have changed, that
    /// is no fault of the other files of the batch.
    fn kept(&self, path: &Path, digests: &Digests) -> Result<std::result::Result<Original, Reason>> {
        match self.app.archive.store_original(path, digests) {
            Ok(original) => Ok(Ok(original)),
            Err(error) if error.reason() == Some(STORED_CHANGED) => {
                let name = archive::name::original(&digests.blake3);
                let message = self.app.config.language.say(
                    format!(
                        "het archief heeft deze bytes al, en wat is opgeslagen is beschadigd: zet `{name}` terug uit een \
                         kopie van de opslag en geef het bestand dan opnieuw"
                    ),
                    format!(
                        "the archive has these bytes already, and what is stored is damaged: restore `{name}` from a copy \
                         of the store, then give the file again"
                    ),
                );
                Ok(Err(Reason { kind: STORED_CHANGED.into(), message }))
            }
            Err(error) if error.reason() == Some(FOREIGN) => Ok(Err(reason_of(&error, self.app.config.language))),
            Err(error) => Err(error),
        }
    }

    fn close_container(&self, container: &Opened) -> Result<()> {
        let item = &container.item;
        if item.state == ItemState::Pending {
            let digests = container.original.digests();
            let outcome = Outcome::Container(Some(*digests));
            let mut story = Story::of(item).received(Some(digests), None).container();
            story.stored(container.original.stored().clone());
            let remarks = match container.is_own_bag {
                true => elsewhere::take_over(self.app, item, &container.original)?,
                false => elsewhere::plain_bag(self.app, &container.original)?,
            };
            self.commit_with(item, outcome, story, None, remarks)?;
        }
        if item.parent.is_none() && self.app.register.all_taken_below(&item.id)? {
            self.release(item, &container.source)?;
        }
        Ok(())
    }

    /// Brings one item to its state. Only a fault of the archive itself is an error, and ends the run.
    fn take(&self, item: &Item, arrival: &Arrival) -> Result<()> {
        if self.cancel.is_set() {
            return Ok(());
        }
        let taken = match item.state {
            ItemState::Pending => self.take_pending(item, arrival),
            // A run that was stopped had come so far.
            state => {
                self.watcher.done(&item.path(), state, item.reason.as_ref());
                Ok(())
            }
        };
        let outcome = taken.and_then(|()| {
            let item = self.app.register.item(&item.id)?;
            self.take_attached(&item)?;
            self.released_if_taken(&item, arrival)
        });
        match outcome.doing(|| format!("failed to take in `{}`", item.path())) {
            Err(error) if stored::lies_in_the_way(&error) => {
                self.block(error);
                Ok(())
            }
            outcome => outcome.inspect_err(|_| self.cancel.set()),
        }
    }

    fn block(&self, error: Error) {
        self.blocked.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    }

    fn take_pending(&self, item: &Item, arrival: &Arrival) -> Result<()> {
        let language = self.app.config.language;
        let refused =
            |reason: &intake::Reason| Reason { kind: reason.kind().into(), message: reason.message(language) };
        let digests = match arrival.path().map(digests_of_file).transpose() {
            Ok(digests) => digests,
            Err(error) => {
                let gone = arrival.path().is_some_and(|path| matches!(path.try_exists(), Ok(false)));
                let reason = if gone { refused(&intake::Reason::Vanished) } else { reason_of(&error, language) };
                return self.quarantine(item, Kept::Nothing(None), None, reason);
            }
        };
        let (media, path, digests) = match (&arrival.media, arrival.path(), digests) {
            (Ok(media), Some(path), Some(digests)) => (*media, path, digests),
            // What no one can read is kept all the same: the reason may be ours.
            (Err(reason), Some(path), Some(digests)) if digests.size_bytes > 0 => {
                return match self.kept(path, &digests)? {
                    Ok(original) => self.quarantine(item, Kept::Bytes(original), None, refused(reason)),
                    Err(damaged) => self.quarantine(item, Kept::Nothing(Some(digests)), None, damaged),
                };
            }
            (Err(reason), _, digests) => return self.quarantine(item, Kept::Nothing(digests), None, refused(reason)),
            (Ok(_), ..) => return Err(Error::new(ErrorKind::Internal, "a file without a place")),
        };
        loop {
            match self.app.register.claim_original(&item.id, &digests)? {
                Claim::Granted => match self.archive(item, path, media, digests) {
                    Ok(()) => break,
                    Err(error) if is_the_files_own(error.kind()) || stored::lies_in_the_way(&error) => {
                        let kept = match self.app.archive.store_original(path, &digests) {
                            Ok(original) => Kept::Bytes(original),
                            Err(error) if stored::lies_in_the_way(&error) => Kept::Nothing(Some(digests)),
                            // It changed or went while it was read.
                            Err(error) if is_the_files_own(error.kind()) => Kept::Nothing(None),
                            Err(error) => return Err(error),
                        };
                        self.quarantine(item, kept, Some(media), reason_of(&error, language))?;
                        break;
                    }
                    Err(error) if error.kind() == ErrorKind::Interrupted => return Ok(()),
                    Err(error) => return Err(error),
                },
                Claim::Archived(_) => {
                    // The sender's file may go only if the archive's copy is whole.
                    if let Err(damaged) = self.kept(path, &digests)? {
                        self.quarantine(item, Kept::Nothing(Some(digests)), Some(media), damaged)?;
                        break;
                    }
                    let story = Story::of(item).received(Some(&digests), Some(media)).duplicate();
                    self.commit(item, Outcome::Duplicate(digests), story, Some(media))?;
                    break;
                }
                Claim::Taken(_) if self.cancel.is_set() => return Ok(()),
                Claim::Taken(_) => {
                    let gate = self.gate.lock().unwrap_or_else(PoisonError::into_inner);
                    drop(self.commits.wait_timeout(gate, ASK_AGAIN));
                }
            }
        }
        Ok(())
    }

    /// The way of a document.
    fn archive(&self, item: &Item, path: &Path, media: MediaType, digests: Digests) -> Result<()> {
        let app = self.app;
        let original = app.archive.store_original(path, &digests)?;
        reached("original-stored");
        let read = stored::reading(app, self.examiner, &original, media, &|_| self.watcher.page(), self.cancel)?;
        reached("reading-stored");
        let text = examine::guarded(|| Text::build(&read.reading))?;
        let rules = self.examiner.rules.ok_or_else(|| Error::new(ErrorKind::Internal, "a register needs rules"))?;
        let words = stored::Words { key: read.key, text: &text, signatures: &read.signatures };
        let found = stored::keep(app, &stored::find(app, rules, self.examiner.language, &words)?, rules)?;
        reached("findings-stored");
        let units = units_of(&text, Some(&found.fields));
        drop(text);
        if read.reading.pages.len() >= LONG {
            tools::give_memory_back();
        }
        let (mut made, mut renditions): (Vec<_>, Vec<_>) = stored::renditions(app, item, &read)?.into_iter().unzip();
        let mut refused = Vec::new();
        if self.request.copies {
            let subject = Subject {
                digests: &digests,
                media,
                reading: &read.reading,
                reading_key: read.key,
                read_through: renditions.first().map(|rendition| rendition.digests.blake3),
                title: found.fields.title.value.as_deref(),
                signatures: read.signatures.len(),
                made: item.accessioned,
            };
            match copies::archival_copy(app, self.examiner, &subject, self.cancel)? {
                Made::Accepted(copy) => {
                    let (copy, rendition) = *copy;
                    made.push(copy);
                    renditions.push(rendition);
                }
                Made::Refused(refusal) => refused.push(refusal),
            }
            reached("copy-stored");
        }
        let manifest = stored::manifest(item, &digests, media, &read, &found, renditions, refused);
        let kept = app.archive.put_manifest(&manifest)?;
        reached("manifest-stored");
        let mut story = Story::of(item).received(Some(&digests), Some(media)).archived(&manifest);
        for object in [original.stored().clone(), read.stored, found.stored, kept].into_iter().chain(made) {
            story.stored(object);
        }
        let new = stored::new_document(&manifest, found.fields)?;
        let document = new.document.clone();
        let outcome = Outcome::Archived { original: stored::original(&manifest), documents: vec![new] };
        self.commit(item, outcome, story, Some(media))?;
        app.index_soon(&document, document.reading_key.clone(), units)
    }

    fn quarantine(&self, item: &Item, kept: Kept, media: Option<MediaType>, reason: Reason) -> Result<()> {
        let digests = match &kept {
            Kept::Bytes(original) => Some(*original.digests()),
            Kept::Nothing(digests) => *digests,
        };
        let mut story = Story::of(item).received(digests.as_ref(), media).quarantined(&reason);
        if let Kept::Bytes(original) = kept {
            story.stored(original.stored().clone());
        }
        self.commit(item, Outcome::Quarantined { digests, reason }, story, media)
    }

    fn commit<'i>(&self, item: &'i Item, outcome: Outcome, story: Story<'i>, media: Option<MediaType>) -> Result<()> {
        self.commit_with(item, outcome, story, media, Vec::new())
    }

    /// Accession object, then database, then log: from here on the item has its state.
    fn commit_with<'i>(
        &self,
        item: &'i Item,
        mut outcome: Outcome,
        mut story: Story<'i>,
        media: Option<MediaType>,
        remarks: Vec<Problem>,
    ) -> Result<()> {
        let app = self.app;
        let there = match &outcome {
            Outcome::Duplicate(digests) => app.register.find_original(digests.blake3)?.map(|(_, documents)| documents),
            _ => None,
        };
        let accession = stored::accession(item, &outcome, media, &there.unwrap_or_default());
        let accession = archive::Accession { remarks, ..accession };
        match app.archive.put_accession(&accession) {
            Ok(stored) => story.stored(stored),
            // A run that was stopped had decided otherwise: the sender's file was there then, for one. That holds.
            Err(error) if error.kind() == ErrorKind::Conflict => {
                let Some(earlier) = app.archive.accession(&item.batch, &item.id)? else { return Err(error) };
                outcome = stored::outcome(&app.archive, &earlier)?;
                story = stored::story(app, item, &earlier)?;
            }
            Err(error) => return Err(error),
        }
        reached("accession-stored");
        app.register.complete_items(&[Completion { item: item.id.clone(), outcome, events: story.events() }])?;
        reached("database-committed");
        if self.request.move_to.is_some() {
            app.log_waiting_events()?;
        } else {
            app.log_now_and_then()?;
        }
        reached("log-appended");
        drop(self.gate.lock().unwrap_or_else(PoisonError::into_inner));
        self.commits.notify_all();
        let item = app.register.item(&item.id)?;
        self.watcher.done(&item.path(), item.state, item.reason.as_ref());
        Ok(())
    }

    /// The sender's file goes to the done folder when the archive has it. What is quarantined stays: its sender must
    /// see to it. Members go with their container.
    fn released_if_taken(&self, item: &Item, arrival: &Arrival) -> Result<()> {
        let taken = matches!(item.state, ItemState::Archived | ItemState::Duplicate);
        // What is attached to it may not have been taken when the run was stopped.
        if taken && item.parent.is_none() && !self.cancel.is_set() {
            self.release(item, &arrival.source)
        } else {
            Ok(())
        }
    }

    fn release(&self, item: &Item, source: &Path) -> Result<()> {
        let Some(done) = &self.request.move_to else { return Ok(()) };
        release::to_done(source, &self.request.paths, done)
            .doing(|| format!("`{}` is archived but cannot be moved", item.path()))?;
        reached("released");
        Ok(())
    }
}

/// Faults that lie in the file, or in what it needs to be read: the rest of the batch goes on.
fn is_the_files_own(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::UnsupportedDocument
            | ErrorKind::Engine
            | ErrorKind::MissingTool
            | ErrorKind::InvalidInput
            | ErrorKind::NotFound
            | ErrorKind::Conflict
    )
}

fn reason_of(error: &Error, language: Language) -> Reason {
    Reason { kind: examine::fault_name(error), message: error.explain(language) }
}
