//! Archival copies: the ladder of efforts in the parent, the steps of one copy in a worker. The worker sees untrusted
//! bytes and can neither write files nor start programs: a copy comes out of it through the pipe.

use std::{
    fs::File,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use crossbeam_channel::{RecvTimeoutError, Sender, unbounded};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use super::{Abandon, Reader, slot::Work, worker::Reply};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{Digests, MediaType, PageNo, Reading},
    renditions::{self, Acceptance, Built, Effort, Method, Request},
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

/// One step, as a worker gets it.
#[derive(Clone, Serialize, Deserialize)]
pub struct CopyJob {
    limits: Sandbox,
    source: Arc<Source>,
    /// The PDF to build from, where it is not the source itself.
    instead: Option<PathBuf>,
    step: Step,
}

#[derive(Clone, Serialize, Deserialize)]
enum Step {
    Build(Effort),
    Judge(PathBuf),
}

impl CopyJob {
    /// Bytes of the files that the step maps.
    fn mapped(&self) -> u64 {
        let judged = match &self.step {
            Step::Judge(copy) => Some(copy),
            Step::Build(_) => None,
        };
        let files = [Some(&self.source.path), self.instead.as_ref(), judged];
        files.into_iter().flatten().filter_map(|path| path.metadata().ok()).map(|facts| facts.len()).sum()
    }

    /// The step, as it is handed to a worker.
    pub fn within(&self, limits: Sandbox) -> Self {
        Self { limits, ..self.clone() }
    }

    /// A step for all pages may take what each of them might: reading one is dearer than copying it.
    pub fn pages(&self) -> u64 {
        self.source.reading.pages.len() as u64
    }
}

/// A step, on its way to a worker and back.
pub struct CopyTask {
    pub job: CopyJob,
    /// Where a copy goes that is built.
    pub out: Option<PathBuf>,
    pub answer: Sender<Result<Answer>>,
    pub abandoned: Arc<AtomicBool>,
}

/// What comes of a step.
pub enum Answer {
    Built(Built),
    Judged(Acceptance),
}

/// The worker's side of a step.
pub fn perform(job: &CopyJob, channel: &mut Channel) -> Result<()> {
    job.limits.allow_memory(job.mapped())?;
    job.limits.allow_work()?;
    let source = &job.source;
    let last = PageNo::from_index(source.reading.pages.len().saturating_sub(1));
    let mut request = Request {
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
    let reply = match &job.step {
        Step::Build(effort) => {
            if let Some(instead) = &job.instead {
                request = Request { original: instead, media: MediaType::Pdf, password: None, ..request };
            }
            let mut out = io::BufWriter::with_capacity(MESSAGE_BYTES, Pipe(channel));
            let built = renditions::write(&request, effort, &mut out)
                .and_then(|built| out.flush().fold(ErrorKind::Engine, || "cannot send a copy").map(|()| built));
            drop(out);
            built.map(Reply::Built)
        }
        Step::Judge(copy) => renditions::accept(&request, copy).and_then(|acceptance| {
            let json = serde_json::to_string(&acceptance);
            json.map(Reply::Judged).fold(ErrorKind::Internal, || "the figures of an examination cannot be told")
        }),
    };
    channel.reply(&reply.unwrap_or_else(|error| Reply::Refused((&error).into())))
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
    /// Makes an archival copy and has it examined: from the original's own objects where that succeeds, else written
    /// anew by Ghostscript where that is installed, else with those pages drawn as images that failed. What comes
    /// back may not have been accepted all the same; an error means that no copy could be made.
    pub fn copy(&self, source: Source, cancel: &CancelFlag) -> Result<Copied> {
        let folder = tempfile::tempdir().fold(ErrorKind::Storage, || "cannot make a temporary folder")?;
        let ladder = Ladder { reader: self, source: Arc::new(source), folder: folder.path(), cancel };
        let (file, built, acceptance) = ladder.climb()?;
        Ok(Copied { folder, file, built, acceptance })
    }
}

type Rung = (PathBuf, Built, Acceptance);

struct Ladder<'a> {
    reader: &'a Reader,
    source: Arc<Source>,
    folder: &'a Path,
    cancel: &'a CancelFlag,
}

impl Ladder<'_> {
    fn climb(&self) -> Result<Rung> {
        let faithful = self.rung("faithful.pdf", None, Effort::Faithful);
        if accepted(&faithful) {
            return faithful;
        }
        let why = why(&faithful);
        if self.source.media == MediaType::Pdf
            && let Ok(written) =
                renditions::by_ghostscript(&self.source.path, self.source.password.as_deref(), self.folder)
            && let Ok((file, built, acceptance)) = self.rung("anew.pdf", Some(written), Effort::Faithful)
            && acceptance.accepted
        {
            return Ok((file, Built { method: Method::Ghostscript, why: Some(why), ..built }, acceptance));
        }
        let pages = faithful.map(|(.., acceptance)| acceptance.pages_concerned()).unwrap_or_default();
        let all = pages.is_empty();
        let mut drawn = self.rung("drawn.pdf", None, Effort::Facsimile { pages });
        if !accepted(&drawn) && !all {
            drawn = self.rung("all-drawn.pdf", None, Effort::Facsimile { pages: Vec::new() });
        }
        drawn.map(|(file, built, acceptance)| (file, Built { why: Some(why), ..built }, acceptance))
    }

    /// Makes a copy in one way and has it examined.
    fn rung(&self, name: &str, instead: Option<PathBuf>, effort: Effort) -> Result<Rung> {
        let out = self.folder.join(name);
        let step = |step, instead| CopyJob {
            limits: Sandbox { memory_bytes: 0, cpu_seconds: 0 },
            source: Arc::clone(&self.source),
            instead,
            step,
        };
        let Answer::Built(built) = self.ask(step(Step::Build(effort), instead), Some(&out))? else {
            return Err(turn());
        };
        let Answer::Judged(acceptance) = self.ask(step(Step::Judge(out.clone()), None), None)? else {
            return Err(turn());
        };
        Ok((name.into(), built, acceptance))
    }

    fn ask(&self, job: CopyJob, out: Option<&Path>) -> Result<Answer> {
        let (answer, comes_back) = unbounded();
        let abandoned = Arc::default();
        let _abandon = Abandon(Arc::clone(&abandoned));
        self.reader.submit(Work::Copy(CopyTask { job, out: out.map(Path::to_path_buf), answer, abandoned }));
        loop {
            match comes_back.recv_timeout(Duration::from_millis(100)) {
                Ok(answer) => return answer,
                Err(RecvTimeoutError::Timeout) => self.cancel.check()?,
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(Error::new(ErrorKind::Internal, "the worker's thread is gone"));
                }
            }
        }
    }
}

fn accepted(rung: &Result<Rung>) -> bool {
    match rung {
        Ok((.., acceptance)) => acceptance.accepted,
        // Nobody wants the other ways any more.
        Err(error) => error.kind() == ErrorKind::Interrupted,
    }
}

/// Why a copy in the most faithful way was not accepted.
fn why(rung: &Result<Rung>) -> String {
    match rung {
        Ok((.., acceptance)) => acceptance.reasons.join("; "),
        Err(error) => error.to_string(),
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
