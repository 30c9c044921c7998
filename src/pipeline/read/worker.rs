//! The worker's side: opens documents and reads their pages one after the other, within limits that it sets itself
//! before it sees the first of them.

use std::{
    ops::Range,
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::{Deserialize, Serialize};

use super::{
    attaching::{self, AttachedJob},
    copying::{self, CopyJob},
    signing::{self, SignatureJob},
    slot::unreadable,
};
use crate::{
    Error, ErrorKind, Result,
    model::{MediaType, PageNo, PageReading, Problem, TextSource},
    ocr::{Engine, EngineFacts, EngineSettings, Languages, language},
    pages::{Page, Source},
    renditions::Built,
    signatures::SignatureFact,
    tools::{self, Channel, Sandbox},
};

/// The first message to a worker.
#[derive(Serialize, Deserialize)]
pub struct Opening {
    pub limits: Sandbox,
    pub engine: EngineSettings,
}

/// A piece of work.
#[derive(Serialize, Deserialize)]
pub enum Job {
    /// Pages to read.
    Pages(Pages),
    /// An archival copy to make and examine.
    Copy(Box<CopyJob>),
    /// A PDF to look for signatures in.
    Signatures(SignatureJob),
    /// A PDF to take files out of.
    Attached(AttachedJob),
}

/// Pages to read.
#[derive(Serialize, Deserialize)]
pub struct Pages {
    pub limits: Sandbox,
    pub path: PathBuf,
    pub media: MediaType,
    pub password: Option<String>,
    pub pages: Range<usize>,
    pub lead: bool,
    pub languages: Option<Languages>,
}

/// What a worker says.
#[derive(Serialize, Deserialize)]
pub enum Reply {
    /// It is ready, with this engine.
    Ready(EngineFacts),
    /// It cannot start, or the document cannot be opened.
    Refused(Refusal),
    /// The document is open and has so many pages.
    Opened(usize),
    /// A page was read.
    Page(PageReading),
    /// What signatures the document has.
    Signatures(Vec<SignatureFact>),
    /// The job is done, or as much of a lead as is needed.
    Done,
    /// The next file that is attached to a PDF has this name, and so many bytes, which follow; none that can be had.
    File(String, Option<u64>),
    /// The next bytes of an archival copy, or of an attached file.
    Bytes(Vec<u8>),
    /// All bytes of a copy were sent.
    Built(Built),
    /// A copy was examined; its figures as JSON, which names what the pipe's own format does not.
    Judged(String),
}

/// An error on its way between processes.
#[derive(Serialize, Deserialize)]
pub struct Refusal {
    kind: ErrorKind,
    message: String,
    hint: Option<String>,
    /// The name of the document's fault and the Dutch sentence about it.
    typed: Option<(String, String)>,
}

impl From<&Error> for Refusal {
    fn from(error: &Error) -> Self {
        Self {
            kind: error.kind(),
            message: error.to_string(),
            hint: error.advice().map(str::to_owned),
            typed: error.typed().map(|(kind, dutch)| (kind.to_owned(), dutch.to_owned())),
        }
    }
}
impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        let mut error = Self::new(refusal.kind, refusal.message);
        if let Some(hint) = refusal.hint {
            error = error.hint(hint);
        }
        match refusal.typed {
            Some((kind, dutch)) => error.because(kind, dutch),
            None => error,
        }
    }
}

/// What a worker does with documents.
pub trait DocumentReader: Sized {
    /// An open document.
    type Document;

    /// Prepares, inside the worker's limits.
    fn start(engine: &EngineSettings) -> Result<Self>;

    /// What reads.
    fn facts(&self) -> EngineFacts;

    /// Opens a document.
    fn open(&mut self, path: &Path, media: MediaType, password: Option<&str>) -> Result<Self::Document>;

    /// How many pages it has.
    fn page_count(&self, document: &Self::Document) -> usize;

    /// Reads a page.
    fn page(&mut self, document: &Self::Document, page: PageNo, languages: Option<Languages>) -> Result<PageReading>;
}

/// The real one: pages from the original, words from the page or from the OCR engine.
struct Office {
    engine: Engine,
}

impl DocumentReader for Office {
    type Document = Source;

    fn start(engine: &EngineSettings) -> Result<Self> {
        Ok(Self { engine: Engine::open(engine)? })
    }

    fn facts(&self) -> EngineFacts {
        self.engine.facts().clone()
    }

    fn open(&mut self, path: &Path, media: MediaType, password: Option<&str>) -> Result<Source> {
        Source::open(path, media, password)
    }

    fn page_count(&self, source: &Source) -> usize {
        source.page_count()
    }

    fn page(&mut self, source: &Source, page: PageNo, languages: Option<Languages>) -> Result<PageReading> {
        match source.page(page)? {
            Page::Digital(mut reading) => {
                let problem = match source.pictures(&reading) {
                    Ok(None) => None,
                    Ok(Some(image)) => self.engine.unread_words(image, &reading, languages)?,
                    Err(_) => Some(Source::incomplete(page)),
                };
                let is_new = |problem: &Problem| reading.problems.iter().all(|known| known.kind != problem.kind);
                if let Some(problem) = problem.filter(is_new) {
                    reading.problems.push(problem);
                }
                Ok(reading)
            }
            Page::Image(image) => self.engine.read(image, languages),
        }
    }
}

/// Runs this process as a worker.
pub fn worker_main() -> ExitCode {
    serve::<Office>()
}

/// Serves the parent until it has no more jobs.
pub fn serve<R: DocumentReader>() -> ExitCode {
    tools::keep_memory();
    let mut channel = Channel::of_this_process();
    match serve_on::<R>(&mut channel) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // The parent reads what it can of it from stderr.
            eprintln!("{error}");
            ExitCode::from(error.kind().exit_code())
        }
    }
}

fn serve_on<R: DocumentReader>(channel: &mut Channel) -> Result<()> {
    let Some(opening) = channel.next_request::<Opening>()? else { return Ok(()) };
    let started =
        opening.limits.confine().and_then(|()| opening.limits.allow_work()).and_then(|()| R::start(&opening.engine));
    let mut reader = match started {
        Ok(reader) => reader,
        Err(error) => return channel.reply(&Reply::Refused((&error).into())),
    };
    channel.reply(&Reply::Ready(reader.facts()))?;
    let mut open: Option<(PathBuf, u64, R::Document)> = None;
    while let Some(job) = channel.next_request::<Job>()? {
        let job = match job {
            Job::Pages(job) => job,
            Job::Copy(job) => {
                open = None;
                copying::perform(&job, channel)?;
                continue;
            }
            Job::Signatures(job) => {
                signing::perform(&job, channel)?;
                continue;
            }
            Job::Attached(job) => {
                attaching::perform(&job, channel)?;
                continue;
            }
        };
        // Pieces of one document mostly come in a row.
        if open.as_ref().is_none_or(|(path, ..)| *path != job.path) || job.lead {
            open = None;
            let mapped = job.path.metadata().map_or(0, |facts| facts.len());
            job.limits.allow_memory(mapped)?;
            job.limits.allow_work()?;
            match reader.open(&job.path, job.media, job.password.as_deref()) {
                Ok(document) => open = Some((job.path.clone(), mapped, document)),
                Err(error) => {
                    channel.reply(&Reply::Refused((&error).into()))?;
                    continue;
                }
            }
        }
        if let Some((_, mapped, document)) = &open {
            // What the last piece might use, this one may not.
            job.limits.allow_memory(*mapped)?;
            read_pages(&mut reader, document, &job, channel)?;
        }
    }
    Ok(())
}

fn read_pages<R: DocumentReader>(
    reader: &mut R,
    document: &R::Document,
    job: &Pages,
    channel: &mut Channel,
) -> Result<()> {
    let count = reader.page_count(document);
    channel.reply(&Reply::Opened(count))?;
    let mut lead = Lead { languages: job.languages, read_by_ocr: 0 };
    for index in job.pages.start..job.pages.end.min(count) {
        job.limits.allow_work()?;
        let page = PageNo::from_index(index);
        let languages = if job.lead { lead.languages } else { job.languages };
        // Tried again once: an error that comes back is the page's own.
        let reading = reader
            .page(document, page, languages)
            .or_else(|_| reader.page(document, page, languages))
            .unwrap_or_else(|error| unreadable(page, error.reason(), &error.to_string()));
        let enough = job.lead && lead.enough(&reading, count);
        channel.reply(&Reply::Page(reading))?;
        if enough {
            break;
        }
    }
    channel.reply(&Reply::Done)
}

/// The first pages of a document: it is one piece of work for one worker until its language is known.
struct Lead {
    languages: Option<Languages>,
    read_by_ocr: usize,
}

impl Lead {
    /// Documents of so few pages read by OCR stay with one worker.
    const SMALL: usize = 3;
    /// Where the language is not known after so many pages read by OCR, it is mixed or cannot be told.
    const PATIENCE: usize = 4;

    /// Takes note of a page; tells whether the others may go to all workers.
    fn enough(&mut self, page: &PageReading, count: usize) -> bool {
        self.languages = self.languages.or_else(|| language::decide(page));
        self.read_by_ocr += usize::from(page.source == TextSource::Ocr);
        let decided = self.languages.is_some() && self.read_by_ocr > 0;
        count > Self::SMALL && (decided || self.read_by_ocr >= Self::PATIENCE)
    }
}
