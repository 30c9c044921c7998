//! Archival copies: the ways of making one are tried in the parent, a worker makes and examines each. The worker sees untrusted
//! bytes and can neither write files nor start programs: a copy comes out of it through the pipe.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use crossbeam_channel::Sender;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{Reader, slot::Work, worker::Reply};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{Digests, MediaType, PageNo, Reading},
    renditions::{self, Acceptance, Built, Effort, Request, Tried, Verdict, Way},
    tools::{CancelFlag, Channel, Sandbox},
};

/// Bytes of a copy in one message.
const MESSAGE_BYTES: usize = 256 << 10;

/// What a copy is made of.
#[derive(Clone, Serialize, Deserialize)]
pub struct Source {
    /// The file: the original, or the PDF through which a word-processor file was read.
    pub path: PathBuf,
    /// Its kind.
    pub media: MediaType,
    /// What opens it, where it is encrypted.
    pub password: Option<String>,
    /// What was read in it.
    pub reading: Arc<Reading>,
    /// The original's digests.
    pub digests: Digests,
    /// The document's title, where one was read.
    pub title: Option<String>,
    /// When the copy is made: a second try after a crash gives the same bytes.
    pub made: Timestamp,
}

/// A copy that was made, and what its examination said.
pub struct Copied {
    folder: TempDir,
    file: PathBuf,
    /// How it was made.
    pub built: Built,
    /// Whether it may be called an archival copy.
    pub acceptance: Acceptance,
}

impl Copied {
    /// Where it is, until this is dropped.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join(&self.file)
    }
}

/// One copy, as a worker gets it.
#[derive(Clone, Serialize, Deserialize)]
pub struct CopyJob {
    limits: Sandbox,
    source: Arc<Source>,
    /// The PDF to build from, where it is not the source itself.
    instead: Option<PathBuf>,
    effort: Effort,
    /// Where the parent writes it.
    pub out: PathBuf,
}

impl CopyJob {
    /// The copy, as it is asked of a worker.
    pub fn within(&self, limits: Sandbox) -> Self {
        Self { limits, ..self.clone() }
    }

    /// A copy of all pages may take what each of them might: reading one is dearer than copying it.
    pub fn pages(&self) -> u64 {
        self.source.reading.pages.len() as u64
    }

    /// Allows what building or examining takes, beside the files that are mapped for it.
    fn allow(&self, files: &[&Path]) -> Result<()> {
        self.limits
            .allow_memory(files.iter().filter_map(|path| path.metadata().ok()).map(|facts| facts.len()).sum())?;
        self.limits.allow_work()
    }
}

/// Tells the worker that all bytes of its copy are in the file.
#[derive(Serialize, Deserialize)]
pub struct Written;

/// A copy, on its way to a worker and back.
pub struct CopyTask {
    pub job: CopyJob,
    pub answer: Sender<Result<Answer>>,
    pub abandoned: Arc<AtomicBool>,
}

/// What comes of it.
pub type Answer = (Built, Verdict);

/// The worker's side: builds a copy, and examines it once the parent has written it.
pub fn perform(job: &CopyJob, channel: &mut Channel) -> Result<()> {
    let source = &job.source;
    let last = PageNo::from_index(source.reading.pages.len().saturating_sub(1));
    let request = Request {
        original: &source.path,
        media: source.media,
        password: source.password.as_deref(),
        reading: &source.reading,
        first_page: PageNo::from_index(0),
        last_page: last,
        digests: &source.digests,
        title: source.title.as_deref(),
        made: source.made,
    };
    let built = job.allow(&[job.instead.as_deref().unwrap_or(&source.path)]).and_then(|()| {
        let mut request = request;
        if let Some(instead) = &job.instead {
            request = Request { original: instead, media: MediaType::Pdf, password: None, ..request };
        }
        let mut out = io::BufWriter::with_capacity(MESSAGE_BYTES, Pipe(channel));
        let built = renditions::write(&request, &job.effort, &mut out)?;
        out.flush().fold(ErrorKind::Engine, || "cannot send a copy").map(|()| built)
    });
    match built {
        Ok(built) => channel.reply(&Reply::Built(built))?,
        Err(error) => return channel.reply(&Reply::Refused((&error).into())),
    }
    let Some(Written) = channel.next_request()? else { return Ok(()) };
    let judged = job.allow(&[&source.path, &job.out]).and_then(|()| {
        let verdict = renditions::judge(&request, &job.effort, job.instead.is_some(), &job.out)?;
        serde_json::to_string(&verdict).fold(ErrorKind::Internal, || "the figures of an examination cannot be told")
    });
    let reply = judged.map_or_else(|error| Reply::Refused((&error).into()), Reply::Judged);
    channel.reply(&reply)
}

/// Sends what is written to the parent.
struct Pipe<'a>(&'a mut Channel);

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = &bytes[..bytes.len().min(MESSAGE_BYTES)];
        self.0.reply(&Reply::Bytes(part.to_vec())).map_err(io::Error::other)?;
        Ok(part.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Reader {
    /// Makes an archival copy and has it examined, in the most faithful way in which it is accepted. What comes back may
    /// not have been accepted all the same; an error means that no copy could be made.
    pub fn copy(&self, source: Source, cancel: &CancelFlag) -> Result<Copied> {
        let folder = tempfile::tempdir().fold(ErrorKind::Storage, || "cannot make a temporary folder")?;
        let reading = Arc::clone(&source.reading);
        let mut place = Place { reader: self, source: Arc::new(source), folder: folder.path(), cancel, made: 0 };
        let Tried { copy, built, verdict } = renditions::climb(&reading, &mut |way| place.make(way))?;
        Ok(Copied { folder, file: copy, built, acceptance: verdict.acceptance })
    }
}

/// Where the copies of one document are made.
struct Place<'a> {
    reader: &'a Reader,
    source: Arc<Source>,
    folder: &'a Path,
    cancel: &'a CancelFlag,
    /// How many were made there.
    made: u32,
}

impl Place<'_> {
    /// Makes a copy in one way and has it examined.
    fn make(&mut self, way: Way) -> Result<Tried<PathBuf>> {
        let (effort, instead) = match way {
            Way::Original(effort) => (effort, None),
            Way::Anew if self.source.media != MediaType::Pdf => {
                return Err(Error::new(ErrorKind::UnsupportedDocument, "only a PDF can be written anew"));
            }
            Way::Anew => {
                let password = self.source.password.as_deref();
                let (path, pages) = (&self.source.path, self.source.reading.pages.len() as u64);
                (Effort::Faithful, Some(renditions::by_ghostscript(path, password, pages, self.folder, self.cancel)?))
            }
        };
        self.made += 1;
        let copy = PathBuf::from(format!("copy-{}.pdf", self.made));
        let limits = Sandbox { memory_bytes: 0, cpu_seconds: 0 };
        let source = Arc::clone(&self.source);
        let job = CopyJob { limits, source, instead, effort, out: self.folder.join(&copy) };
        let work = |answer, abandoned| Work::Copy(CopyTask { job, answer, abandoned });
        let (built, verdict) = self.reader.ask(work, self.cancel)?;
        Ok(Tried { copy, built, verdict })
    }
}

/// A worker said what was not its turn to say.
pub fn turn() -> Error {
    Error::new(ErrorKind::Internal, "a worker process spoke out of turn")
}

/// Writes what a worker sends of a copy.
pub fn begin(out: &Path) -> Result<File> {
    File::create(out).fold(ErrorKind::Storage, || format!("cannot write `{}`", out.display()))
}
