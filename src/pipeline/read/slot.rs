//! A place for one worker process: gives it tasks, passes on what it reads, and puts a new one in its place when it
//! dies. A page that ends two workers is `unreadable`.

use std::{
    io::Write as _,
    ops::Range,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
    time::Duration,
};

use crossbeam_channel::{Receiver, Sender};

use super::{
    ReadSettings,
    attaching::AttachedTask,
    copying::{self, Answer, CopyTask, Written},
    signing::SignatureTask,
    worker::{Job, Opening, Pages, Reply},
};
use crate::{
    Error, ErrorKind, Result,
    error::{Context, Fold as _},
    intake::{Attached, Reason},
    model::{MediaType, PageNo, PageReading, PageState, Problem},
    ocr::{EngineFacts, Languages, language},
    signatures::SignatureFact,
    tools::{Death, Sandbox, Worker, WorkerProgram},
};

/// Width and height in points of a page of which nothing is known: A4.
const UNKNOWN_PAGE: (f32, f32) = (595.0, 842.0);

/// What waits for a worker.
pub enum Work {
    /// Pages to read.
    Pages(Task),
    /// An archival copy to make.
    Copy(CopyTask),
    /// A PDF to look for signatures in.
    Signatures(SignatureTask),
    /// A PDF to take files out of.
    Attached(AttachedTask),
}

/// Pages of a document for a worker.
#[derive(Clone)]
pub struct Task {
    pub path: Arc<Path>,
    pub media: MediaType,
    pub password: Option<Arc<str>>,
    /// Indexes of the pages; cut at the document's end.
    pub pages: Range<usize>,
    /// The first pages of a document, as many as it takes to decide its language.
    pub lead: bool,
    /// The languages to read in, once decided.
    pub languages: Option<Languages>,
    pub events: Sender<Event>,
    /// Nobody waits for it any more.
    pub abandoned: Arc<AtomicBool>,
    /// How many pages in a row took all the CPU time that they may.
    pub slow: Arc<AtomicU32>,
    /// A page of the document took all the memory that it may.
    pub large: Arc<AtomicBool>,
}

/// What becomes of a task.
pub enum Event {
    /// The document has so many pages.
    Opened(usize),
    /// A page is accounted for.
    Page(PageReading),
    /// The first pages are done; the others start at `next`.
    LeadDone { next: usize, languages: Languages },
    /// The document cannot be read.
    Refused(Error),
}

/// A place for one worker.
pub struct Slot {
    program: WorkerProgram,
    settings: Arc<ReadSettings>,
    queue: Receiver<Work>,
    worker: Option<Worker<Reply>>,
    /// Held by the one worker that may use more memory than the others.
    room: Arc<Mutex<()>>,
}

/// How many times its usual memory a worker may use while it holds the room for it.
const LARGE: u64 = 2;

/// How an attempt at a task ended.
enum Attempt {
    Done,
    /// Nobody waits for it any more.
    Abandoned,
    Died(Death),
}

impl Slot {
    pub fn new(
        program: WorkerProgram,
        settings: Arc<ReadSettings>,
        queue: Receiver<Work>,
        room: Arc<Mutex<()>>,
    ) -> Self {
        Self { program, settings, queue, worker: None, room }
    }

    /// Works until there are no more tasks. Its worker starts at once where somebody waits for that, else with its first
    /// task.
    pub fn work(mut self, ready: Option<&Sender<Result<EngineFacts>>>) {
        if let Some(ready) = ready {
            let started = self.start();
            let failed = started.is_err();
            if ready.send(started).is_err() || failed {
                return;
            }
        }
        while let Ok(work) = self.queue.recv() {
            match work {
                Work::Pages(task) if !task.abandoned.load(Ordering::Relaxed) => self.perform(task),
                Work::Copy(task) if !task.abandoned.load(Ordering::Relaxed) => self.copy(&task),
                Work::Signatures(task) if !task.abandoned.load(Ordering::Relaxed) => self.look_for_signatures(&task),
                Work::Attached(task) if !task.abandoned.load(Ordering::Relaxed) => self.take_out_attached(&task),
                Work::Pages(_) | Work::Copy(_) | Work::Signatures(_) | Work::Attached(_) => {}
            }
        }
    }

    fn start(&mut self) -> Result<EngineFacts> {
        self.worker = None;
        let mut worker = Worker::start(&self.program)?;
        let opening = Opening { limits: self.settings.limits, engine: self.settings.engine.clone() };
        let died = |death: Death| Error::new(ErrorKind::Engine, format!("a worker process did not start: {death}"));
        worker.send(&opening).map_err(died)?;
        match worker.receive(self.settings.patience, &AtomicBool::new(false)).map_err(died)? {
            Reply::Ready(facts) => {
                self.worker = Some(worker);
                Ok(facts)
            }
            Reply::Refused(error) => Err(error.into()),
            _ => Err(copying::turn()),
        }
    }

    /// Has an archival copy made.
    fn copy(&mut self, task: &CopyTask) {
        let answer = match self.twice(|slot, memory_bytes| slot.attempt_copy(task, memory_bytes)) {
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => {
                self.worker = None;
                return;
            }
            Ok(Err(death)) => {
                let (kind, dutch) = fault_of(&death);
                Err(Error::new(ErrorKind::Engine, format!("the archival copy cannot be made: {death}"))
                    .because(kind, format!("de archiefkopie kan niet worden gemaakt, {dutch}")))
            }
            Err(error) => Err(error),
        };
        // Fails when the caller has gone: then nobody wants to know.
        let _ = task.answer.send(answer);
    }

    /// Has signatures looked for.
    fn look_for_signatures(&mut self, task: &SignatureTask) {
        let tried = self.twice(|slot, memory_bytes| slot.attempt_signatures(task, memory_bytes));
        let answer = tried.map(|tried| tried.unwrap_or_else(|_| vec![SignatureFact::of_hostile_file()]));
        // Fails when the caller has gone: then nobody wants to know.
        let _ = task.answer.send(answer);
    }

    /// Has attached files taken out. Where that ends the workers who try, what was out by then is there.
    fn take_out_attached(&mut self, task: &AttachedTask) {
        let mut out = Vec::new();
        let tried = self.twice(|slot, memory_bytes| {
            let limits = Sandbox { memory_bytes, ..slot.settings.limits };
            let patience = slot.settings.patience;
            task.attempt(slot.worker()?, limits, patience, &mut out)
        });
        let answer = tried.map(|tried| {
            if tried.is_err_and(|death| death != Death::Unwanted) {
                out.push(Attached::rest(Reason::DamagedAttached));
            }
            out
        });
        // Fails when the caller has gone: then nobody wants to know.
        let _ = task.answer.send(answer);
    }

    /// Tries something with so much memory, and once more where that ended the worker: with more where it had too little,
    /// for which there is room in one place at a time. What took too long would do so again.
    fn twice<T>(
        &mut self,
        mut attempt: impl FnMut(&mut Self, u64) -> Result<Result<T, Death>>,
    ) -> Result<Result<T, Death>> {
        let memory_bytes = self.settings.limits.memory_bytes;
        let death = match attempt(self, memory_bytes)? {
            Ok(done) => return Ok(Ok(done)),
            Err(death) => death,
        };
        self.worker = None;
        if matches!(death, Death::CpuTime | Death::Stuck | Death::Unwanted) {
            return Ok(Err(death));
        }
        let large = matches!(death, Death::Memory);
        let room = Arc::clone(&self.room);
        let _room = large.then(|| room.lock().unwrap_or_else(PoisonError::into_inner));
        let tried = attempt(self, if large { memory_bytes * LARGE } else { memory_bytes })?;
        if tried.is_err() {
            self.worker = None;
        }
        Ok(tried)
    }

    fn attempt_signatures(
        &mut self,
        task: &SignatureTask,
        memory_bytes: u64,
    ) -> Result<Result<Vec<SignatureFact>, Death>> {
        let limits = Sandbox { memory_bytes, ..self.settings.limits };
        let patience = self.settings.patience;
        let worker = self.worker()?;
        if let Err(death) = worker.send(&Job::Signatures(task.job.within(limits))) {
            return Ok(Err(death));
        }
        match worker.receive(patience, &task.abandoned) {
            Ok(Reply::Signatures(facts)) => Ok(Ok(facts)),
            Ok(Reply::Refused(error)) => Err(error.into()),
            Ok(_) => Err(copying::turn()),
            Err(death) => Ok(Err(death)),
        }
    }

    /// Lets the worker make a copy and examine it; `None` once nobody waits for it any more.
    fn attempt_copy(&mut self, task: &CopyTask, memory_bytes: u64) -> Result<Result<Option<Answer>, Death>> {
        let (limits, patience) = allowed_for_copy(&self.settings, memory_bytes, task.job.pages());
        let worker = self.worker()?;
        let job = Job::Copy(Box::new(task.job.within(limits)));
        if let Err(death) = worker.send(&job) {
            return Ok(Err(death));
        }
        let mut out = copying::begin(&task.job.out)?;
        let mut made = None;
        loop {
            match (worker.receive(patience, &task.abandoned), &made) {
                (Ok(Reply::Bytes(bytes)), None) => {
                    out.write_all(&bytes).fold(ErrorKind::Storage, || "cannot write a copy")?;
                }
                (Ok(Reply::Built(built)), None) => {
                    made = Some(built);
                    if let Err(death) = worker.send(&Written) {
                        return Ok(Err(death));
                    }
                }
                (Ok(Reply::Judged(json)), Some(built)) => {
                    let verdict = serde_json::from_str(&json).fold(ErrorKind::Internal, || "figures of a copy")?;
                    return Ok(Ok(Some((built.clone(), verdict))));
                }
                (Ok(Reply::Refused(error)), _) => return Err(error.into()),
                (Ok(_), _) => return Err(copying::turn()),
                (Err(death), _) => return Ok(Err(death)),
            }
            if task.abandoned.load(Ordering::Relaxed) {
                return Ok(Ok(None));
            }
        }
    }

    /// The worker in this place, a new one where the last has died.
    fn worker(&mut self) -> Result<&mut Worker<Reply>> {
        if self.worker.is_none() {
            self.start().doing(|| "cannot replace a worker process")?;
        }
        self.worker.as_mut().ok_or_else(|| Error::new(ErrorKind::Internal, "no worker after its start"))
    }

    /// Performs a task to its end: every page of it is sent, or the document is refused.
    fn perform(&mut self, mut task: Task) {
        let mut tries = 0;
        loop {
            let before = (task.pages.start, task.pages.end);
            match self.attempt(&mut task) {
                Ok(Attempt::Done) => break,
                Ok(Attempt::Abandoned) => {
                    self.worker = None;
                    return;
                }
                Ok(Attempt::Died(death)) => {
                    self.worker = None;
                    match death {
                        Death::CpuTime => _ = task.slow.fetch_add(1, Ordering::Relaxed),
                        Death::Memory => task.large.store(true, Ordering::Relaxed),
                        Death::Stuck | Death::Crashed(_) | Death::Unwanted => {}
                    }
                    tries = if before == (task.pages.start, task.pages.end) { tries + 1 } else { 1 };
                    // What took too long would do so again.
                    if tries < 2 && death != Death::CpuTime {
                        continue;
                    }
                    tries = 0;
                    // Until it was opened, the end of the pages is not known.
                    if task.pages.end == usize::MAX {
                        return task.tell(Event::Refused(cannot_be_opened(&death)));
                    }
                    let page = PageNo::from_index(task.pages.start);
                    task.pages.start += 1;
                    task.tell(Event::Page(unreadable(page, Some(fault_of(&death).0), &death.to_string())));
                }
                Err(error) => return task.tell(Event::Refused(error)),
            }
        }
    }

    /// Lets the worker read; `task` keeps what is left.
    fn attempt(&mut self, task: &mut Task) -> Result<Attempt> {
        if task.pages.is_empty() {
            task.finish_lead();
            return Ok(Attempt::Done);
        }
        // A document with large pages is read by one worker at a time, so that the sum of all stays known.
        let room = Arc::clone(&self.room);
        let large = task.large.load(Ordering::Relaxed);
        let _room = large.then(|| room.lock().unwrap_or_else(PoisonError::into_inner));
        let usual = self.settings.limits.memory_bytes;
        // A document made to waste time does so on every page: once caught, it gets a quarter, and less with each page more.
        let slow = task.slow.load(Ordering::Relaxed);
        let halvings = if slow == 0 { 0 } else { slow.saturating_add(1).min(16) };
        let job = Job::Pages(Pages {
            limits: Sandbox {
                cpu_seconds: self.settings.limits.cpu_seconds.div_ceil(1 << halvings),
                memory_bytes: if large { usual * LARGE } else { usual },
            },
            path: task.path.to_path_buf(),
            media: task.media,
            password: task.password.as_deref().map(str::to_owned),
            pages: task.pages.clone(),
            lead: task.lead,
            languages: task.languages,
        });
        let patience = self.settings.patience;
        let worker = self.worker()?;
        if let Err(death) = worker.send(&job) {
            return Ok(Attempt::Died(death));
        }
        loop {
            match worker.receive(patience, &task.abandoned) {
                Ok(Reply::Opened(pages)) => {
                    task.pages.end = task.pages.end.min(pages);
                    task.tell(Event::Opened(pages));
                }
                Ok(Reply::Page(page)) => {
                    if task.lead {
                        task.languages = task.languages.or_else(|| language::decide(&page));
                    }
                    task.pages.start = page.page.index() + 1;
                    task.slow.fetch_min(1, Ordering::Relaxed);
                    task.tell(Event::Page(page));
                }
                Ok(Reply::Done) => {
                    task.finish_lead();
                    return Ok(Attempt::Done);
                }
                Ok(Reply::Refused(error)) => {
                    task.tell(Event::Refused(error.into()));
                    return Ok(Attempt::Done);
                }
                Ok(_) => return Err(copying::turn()),
                Err(Death::Unwanted) => return Ok(Attempt::Abandoned),
                Err(death) => return Ok(Attempt::Died(death)),
            }
            if task.abandoned.load(Ordering::Relaxed) {
                return Ok(Attempt::Abandoned);
            }
        }
    }
}

/// What a copy of so many pages may take, and how long it is waited for.
fn allowed_for_copy(settings: &ReadSettings, memory_bytes: u64, pages: u64) -> (Sandbox, Duration) {
    let of_page = settings.limits.cpu_seconds;
    // Some pages may be dear, not all of them.
    let cpu_seconds = of_page + pages;
    // Nothing is heard while a whole copy is examined: the clock stays as far above the CPU time as it does for a page.
    let patience = settings.patience.mul_f64(cpu_seconds as f64 / of_page.max(1) as f64);
    (Sandbox { memory_bytes, cpu_seconds }, patience)
}

impl Task {
    fn tell(&self, event: Event) {
        // Fails when the caller has gone: then nobody wants to know.
        let _ = self.events.send(event);
    }

    fn finish_lead(&self) {
        if self.lead {
            self.tell(Event::LeadDone { next: self.pages.start, languages: self.languages.unwrap_or_default() });
        }
    }
}

/// The fault by which a document or a page ends workers, and the same in Dutch.
fn fault_of(death: &Death) -> (&'static str, &'static str) {
    match death {
        Death::CpuTime => ("too_slow", "het kost meer rekentijd dan mag"),
        Death::Memory => ("too_large", "het kost meer geheugen dan mag"),
        Death::Stuck => ("too_slow", "het lezen bleef steken"),
        Death::Crashed(_) | Death::Unwanted => ("crashes_reader", "het leesproces viel er twee keer op om"),
    }
}

/// The document ended two workers before its first page.
fn cannot_be_opened(death: &Death) -> Error {
    let (kind, dutch) = fault_of(death);
    Error::new(ErrorKind::Engine, format!("the document cannot be opened: {death}"))
        .hint("ask the sender for another copy")
        .because(kind, format!("het document kan niet worden geopend, {dutch}: vraag de afzender om een andere kopie"))
}

/// The account of a page that could not be read.
pub fn unreadable(page: PageNo, fault: Option<&str>, why: &str) -> PageReading {
    let mut reading = PageReading::wordless(page, PageState::Unreadable, UNKNOWN_PAGE.0, UNKNOWN_PAGE.1);
    reading.problems.push(Problem::of_page(fault, page, why));
    reading
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_waited_for_as_its_pages_ask() {
        let settings = ReadSettings::default();
        let of_page = settings.patience.as_secs_f64() / settings.limits.cpu_seconds as f64;
        let allowed = |pages| allowed_for_copy(&settings, 7, pages);
        for pages in [1, 40, 2_000] {
            let (limits, patience) = allowed(pages);
            assert_eq!(limits.memory_bytes, 7);
            assert_eq!(limits.cpu_seconds, settings.limits.cpu_seconds + pages);
            let kept_above = patience.as_secs_f64() / limits.cpu_seconds as f64;
            assert!((kept_above - of_page).abs() < 1e-6, "{pages} pages: {kept_above} and not {of_page}");
        }
        assert_eq!(allowed(2_000).0.cpu_seconds - allowed(1_000).0.cpu_seconds, 1_000);
    }
}
