//! Reads originals in worker processes: hands out pages, keeps the books of what came back, replaces workers that
//! fail. A failing page costs that page; the document goes on. What decoding and OCR do is the workers' business.

use std::{
    path::Path,
    sync::{Arc, Mutex, atomic::AtomicBool},
    thread::JoinHandle,
    time::Duration,
};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, unbounded};

use crate::{
    Error, ErrorKind, Result,
    model::{MediaType, PageNo, PageReading, PageState, Reading},
    ocr::{EngineFacts, EngineSettings, Languages, language},
    tools::{CancelFlag, Sandbox, WorkerProgram},
};

mod attaching;
mod copying;
mod signing;
mod slot;
mod worker;

pub use copying::{Copied, Source as CopySource};
use slot::{Event, Slot, Task, Work};
pub use worker::{DocumentReader, serve, worker_main};

/// The hidden argument that makes this program a worker.
pub const WORKER_ARGUMENT: &str = "worker";

/// Pages of a longer document are handed out in pieces of at most so many, so that all workers have their share.
const CHUNK: usize = 8;

/// An original of more pages is not read: a small file can name one page any number of times, and each takes its share
/// of time and of this process's memory.
const MOST_PAGES: usize = 20_000;

/// How originals are read.
#[derive(Clone, Debug)]
pub struct ReadSettings {
    /// How many worker processes.
    pub workers: usize,
    /// Limits of each worker; CPU time is for each page. One worker at a time may use twice the memory, for a page
    /// that needs it.
    pub limits: Sandbox,
    /// How long a page may take on the clock: far above any CPU limit, since machines are busy.
    pub patience: Duration,
    /// The OCR engine.
    pub engine: EngineSettings,
    /// What to start as a worker; this program where absent.
    pub program: Option<WorkerProgram>,
}

impl Default for ReadSettings {
    fn default() -> Self {
        Self {
            workers: std::thread::available_parallelism().map_or(1, usize::from),
            limits: Sandbox { memory_bytes: 512 << 20, cpu_seconds: 20 },
            patience: Duration::from_secs(300),
            engine: EngineSettings::default(),
            program: None,
        }
    }
}

/// A page is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageDone {
    /// Which one.
    pub page: PageNo,
    /// How many the original has.
    pub of: usize,
    /// How it ended.
    pub state: PageState,
}

/// Worker processes that read originals. Many threads may ask at once.
pub struct Reader {
    tasks: Option<Sender<Work>>,
    slots: Vec<JoinHandle<()>>,
    facts: EngineFacts,
    workers: usize,
}

impl Reader {
    /// Starts the workers. Fails with [`ErrorKind::MissingTool`] where no OCR engine is installed.
    pub fn start(settings: ReadSettings) -> Result<Self> {
        let program = match settings.program.clone() {
            Some(program) => program,
            None => WorkerProgram::this(WORKER_ARGUMENT)?,
        };
        let workers = settings.workers.max(1);
        let (tasks, queue) = unbounded();
        let (ready, started) = unbounded();
        let (settings, room) = (Arc::new(settings), Arc::new(Mutex::new(())));
        // One a core starts at once; those beyond only when there is a page for them.
        let at_once = std::thread::available_parallelism().map_or(1, usize::from).min(workers);
        let slots = (0..workers)
            .map(|place| {
                let slot = Slot::new(program.clone(), Arc::clone(&settings), queue.clone(), Arc::clone(&room));
                let ready = (place < at_once).then(|| ready.clone());
                // A worker dies with the thread that started it, so that each slot has a thread for good.
                std::thread::Builder::new().spawn(move || slot.work(ready.as_ref())).map_err(Error::no_thread)
            })
            .collect::<Result<_>>()?;
        let mut reader = Self { tasks: Some(tasks), slots, facts: EngineFacts::default(), workers };
        for _ in 0..at_once {
            reader.facts = started
                .recv()
                .unwrap_or_else(|_| Err(Error::new(ErrorKind::Internal, "a worker's thread ended at its start")))?;
        }
        Ok(reader)
    }

    /// What reads: said at start and kept with each reading.
    pub fn engine_facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// Reads an original. Each page is told to `on_page` when it is done, in the order in which they come back.
    /// The result does not depend on that order, nor on how many workers there are.
    pub fn read(
        &self,
        path: &Path,
        media: MediaType,
        password: Option<&str>,
        on_page: &dyn Fn(PageDone),
        cancel: &CancelFlag,
    ) -> Result<Reading> {
        let (task, come_back) = task(path, media, password);
        let _abandon = Abandon(Arc::clone(&task.abandoned));
        let mut books = Books::default();
        self.submit(Work::Pages(task.clone()));
        while !books.complete() {
            match next(&come_back, cancel)? {
                Event::Opened(pages) => books.open(pages)?,
                Event::Page(page) => {
                    let done = PageDone { page: page.page, of: books.pages.len(), state: page.state };
                    books.enter(page);
                    on_page(done);
                }
                Event::LeadDone { next, languages } => self.submit_rest(&task, next..books.pages.len(), languages),
                Event::Refused(error) => return Err(error),
            }
        }
        Ok(books.close(&self.facts))
    }

    /// Has a worker do what takes one answer, and waits for that.
    fn ask<T>(&self, work: impl FnOnce(Sender<Result<T>>, Arc<AtomicBool>) -> Work, cancel: &CancelFlag) -> Result<T> {
        let (answer, comes_back) = unbounded();
        let abandoned = Arc::default();
        let _abandon = Abandon(Arc::clone(&abandoned));
        self.submit(work(answer, abandoned));
        next(&comes_back, cancel)?
    }

    fn submit(&self, work: Work) {
        if let Some(tasks) = &self.tasks {
            // Fails only when all slots are gone; the caller then sees its events disconnected.
            let _ = tasks.send(work);
        }
    }

    /// The first pages decided the language; the others can now be read in any order, on all workers.
    fn submit_rest(&self, lead: &Task, pages: std::ops::Range<usize>, languages: Languages) {
        let chunk = pages.len().div_ceil(self.workers * 2).clamp(1, CHUNK);
        for start in pages.clone().step_by(chunk) {
            let pages = start..pages.end.min(start + chunk);
            self.submit(Work::Pages(Task { pages, lead: false, languages: Some(languages), ..lead.clone() }));
        }
    }
}

/// A task that begins with the first page, and where its events come back.
fn task(path: &Path, media: MediaType, password: Option<&str>) -> (Task, Receiver<Event>) {
    let (events, come_back) = unbounded();
    let task = Task {
        path: Arc::from(path),
        media,
        password: password.map(Arc::from),
        pages: 0..usize::MAX,
        lead: true,
        languages: None,
        events,
        abandoned: Arc::default(),
        slow: Arc::default(),
        large: Arc::default(),
    };
    (task, come_back)
}

/// Waits for the next that comes back of a task.
fn next<T>(events: &Receiver<T>, cancel: &CancelFlag) -> Result<T> {
    loop {
        match events.recv_timeout(Duration::from_millis(100)) {
            Ok(event) => return Ok(event),
            Err(RecvTimeoutError::Timeout) if cancel.is_set() => {
                return Err(Error::new(ErrorKind::Interrupted, "stopped by the user"));
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                return Err(Error::new(ErrorKind::Internal, "the worker's thread is gone"));
            }
        }
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.tasks = None;
        for slot in self.slots.drain(..) {
            let _ = slot.join();
        }
    }
}

/// Nobody waits for the rest any more once the caller has returned.
struct Abandon(Arc<AtomicBool>);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Which pages an original has, and which of them are accounted for.
#[derive(Default)]
struct Books {
    opened: bool,
    pages: Vec<Option<PageReading>>,
    open_entries: usize,
}

impl Books {
    fn open(&mut self, pages: usize) -> Result<()> {
        if pages > MOST_PAGES {
            return Err(Error::new(
                ErrorKind::UnsupportedDocument,
                format!("it has {pages} pages, which is more than the {MOST_PAGES} that are read"),
            )
            .hint("split it, and hand in the parts")
            .because(
                "too_many_pages",
                format!("het heeft {pages} pagina's, meer dan de {MOST_PAGES} die worden gelezen: splits het"),
            ));
        }
        if !self.opened {
            *self = Self { opened: true, pages: vec![None; pages], open_entries: pages };
        }
        // Every piece of a document opens it again; a file that changes meanwhile must not pass.
        if self.pages.len() == pages { Ok(()) } else { Err(changed()) }
    }

    fn enter(&mut self, page: PageReading) {
        if let Some(entry) = self.pages.get_mut(page.page.index())
            && entry.is_none()
        {
            *entry = Some(page);
            self.open_entries -= 1;
        }
    }

    fn complete(&self) -> bool {
        self.opened && self.open_entries == 0
    }

    fn close(self, facts: &EngineFacts) -> Reading {
        let pages: Vec<PageReading> = self.pages.into_iter().flatten().collect();
        let language = language::main_language(pages.iter().map(|page| page.text.as_str()));
        Reading { pages, language, engine: facts.to_string(), problems: Vec::new() }
    }
}

fn changed() -> Error {
    Error::new(ErrorKind::UnsupportedDocument, "the file changed while it was read")
        .hint("try again when it is complete")
        .because("changed", "het bestand veranderde terwijl het werd gelezen: probeer het opnieuw als het klaar is")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_too_many_pages_says_so() {
        assert!(Books::default().open(MOST_PAGES).is_ok());
        let error = Books::default().open(MOST_PAGES + 1).unwrap_err();
        assert_eq!((error.kind(), error.reason()), (ErrorKind::UnsupportedDocument, Some("too_many_pages")));
    }
}
