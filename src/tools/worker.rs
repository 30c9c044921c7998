//! A worker process of the same program: started with a hidden argument, spoken to over its pipes, watched, replaced
//! when it dies. Both ends of the pipe are here.

use std::{
    collections::VecDeque,
    ffi::OsString,
    fmt,
    io::{self, BufReader, BufWriter, Read},
    os::unix::process::{CommandExt, ExitStatusExt},
    path::PathBuf,
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicBool, Ordering},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, RecvTimeoutError};
use rustix::process::Signal;
use serde::{Serialize, de::DeserializeOwned};

use super::{LOOK_UP, frames};
use crate::{ErrorKind, Result, error::Fold};

/// How much of a worker's last words is kept.
const LAST_WORDS: usize = 4096;

/// How to start a worker.
#[derive(Clone, Debug)]
pub struct WorkerProgram {
    /// The program.
    pub path: PathBuf,
    /// Its arguments.
    pub arguments: Vec<OsString>,
}

impl WorkerProgram {
    /// This program with one argument.
    pub fn this(argument: &str) -> Result<Self> {
        let path = std::env::current_exe().fold(ErrorKind::Internal, || "cannot tell the file of this program")?;
        Ok(Self { path, arguments: vec![argument.into()] })
    }
}

/// Why a worker is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Death {
    /// It took more CPU time than it may.
    CpuTime,
    /// It wanted more memory than it may have, or the machine had none left.
    Memory,
    /// It did nothing for too long.
    Stuck,
    /// Anything else, in a few words.
    Crashed(String),
    /// Nobody wanted its answer any more.
    Unwanted,
}

impl fmt::Display for Death {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CpuTime => f.write_str("it takes more CPU time than a page may have"),
            Self::Memory => f.write_str("it takes more memory than a page may have"),
            Self::Stuck => f.write_str("the reader was stuck"),
            Self::Crashed(how) => write!(f, "the reader crashed ({how})"),
            Self::Unwanted => f.write_str("it was stopped on request"),
        }
    }
}

/// A running worker process, as its parent sees it.
pub struct Worker<Reply> {
    child: Child,
    requests: BufWriter<ChildStdin>,
    replies: Receiver<io::Result<Reply>>,
    last_words: Option<JoinHandle<VecDeque<u8>>>,
}

impl<Reply: DeserializeOwned + Send + 'static> Worker<Reply> {
    /// Starts a worker. It dies with the thread that starts it.
    #[expect(clippy::disallowed_methods, reason = "one of the two places that start processes")]
    pub fn start(program: &WorkerProgram) -> Result<Self> {
        let mut command = Command::new(&program.path);
        // Debian's tesseract is built with OpenMP, whose threads fight each other where workers already fill all cores.
        // A trace of calls would push its last words out of what is kept of them: that memory ran out, for one.
        command.args(&program.arguments).env("OMP_THREAD_LIMIT", "1").env("RUST_BACKTRACE", "0");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        // A group of its own: the terminal's Ctrl-C is for the parent, who then decides.
        command.process_group(0);
        let doing = || format!("cannot start a worker process of `{}`", program.path.display());
        let mut child = command.spawn().fold(ErrorKind::Engine, doing)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(crate::Error::new(ErrorKind::Internal, "a child process has no pipes"));
        };
        Ok(Self { child, requests: BufWriter::new(stdin), replies: listen(stdout), last_words: Some(keep_end(stderr)) })
    }

    /// Sends a request.
    pub fn send(&mut self, request: &impl Serialize) -> Result<(), Death> {
        frames::write(&mut self.requests, request).map_err(|_| self.death())
    }

    /// Waits for the next reply, until it takes too long or nobody wants it any more.
    pub fn receive(&mut self, patience: Duration, unwanted: &AtomicBool) -> Result<Reply, Death> {
        let begun = Instant::now();
        loop {
            match self.replies.recv_timeout(patience.saturating_sub(begun.elapsed()).min(LOOK_UP)) {
                Ok(Ok(reply)) => return Ok(reply),
                Ok(Err(error)) => {
                    self.end();
                    return Err(Death::Crashed(error.to_string()));
                }
                Err(RecvTimeoutError::Disconnected) => return Err(self.death()),
                Err(RecvTimeoutError::Timeout) if unwanted.load(Ordering::Relaxed) => {
                    self.end();
                    return Err(Death::Unwanted);
                }
                Err(RecvTimeoutError::Timeout) if begun.elapsed() >= patience => {
                    self.end();
                    return Err(Death::Stuck);
                }
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
    }

    /// Whatever it still had to say was said: how did it end?
    fn death(&mut self) -> Death {
        let Ok(status) = self.child.wait() else { return Death::Crashed("it vanished".to_owned()) };
        let words = self.last_words.take().and_then(|words| words.join().ok()).unwrap_or_default();
        let words = String::from_utf8_lossy(&Vec::from(words)).into_owned();
        // Rust's and C++'s words for a failed allocation, before they abort.
        let starved = words.contains("memory allocation of") || words.contains("bad_alloc");
        match status.signal() {
            Some(signal) if signal == Signal::XCPU.as_raw() => Death::CpuTime,
            // The kernel ends who eats the machine's last memory with SIGKILL; nobody else does.
            Some(signal) if starved || signal == Signal::KILL.as_raw() => Death::Memory,
            Some(signal) => Death::Crashed(format!("signal {signal}")),
            None if words.contains("panicked at") => Death::Crashed("a fault in its program".to_owned()),
            None => Death::Crashed(format!("code {}", status.code().unwrap_or(-1))),
        }
    }
}

impl<Reply> Worker<Reply> {
    fn end(&mut self) {
        // Fails only where it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<Reply> Drop for Worker<Reply> {
    fn drop(&mut self) {
        self.end();
    }
}

/// Passes on a worker's replies, one message ahead.
fn listen<Reply: DeserializeOwned + Send + 'static>(stdout: impl Read + Send + 'static) -> Receiver<io::Result<Reply>> {
    let (sender, replies) = crossbeam_channel::bounded(1);
    thread::spawn(move || {
        let mut stdout = BufReader::new(stdout);
        while let Some(reply) = frames::read(&mut stdout).transpose() {
            // A message cut short is a worker that died while it spoke: its exit status says why.
            let died = matches!(&reply, Err(error) if error.kind() == io::ErrorKind::UnexpectedEof);
            if died || sender.send(reply).is_err() {
                return;
            }
        }
    });
    replies
}

/// Keeps the end of what a worker prints on stderr.
fn keep_end(mut stderr: impl Read + Send + 'static) -> JoinHandle<VecDeque<u8>> {
    thread::spawn(move || {
        let (mut end, mut buffer) = (VecDeque::new(), [0; 1024]);
        while let Ok(n @ 1..) = stderr.read(&mut buffer) {
            end.extend(&buffer[..n]);
            let excess = end.len().saturating_sub(LAST_WORDS);
            end.drain(..excess);
        }
        end
    })
}

/// The worker's end of the pipes.
pub struct Channel {
    requests: BufReader<io::Stdin>,
    replies: BufWriter<io::Stdout>,
}

impl Channel {
    /// Takes stdin and stdout of this process.
    pub fn of_this_process() -> Self {
        Self { requests: BufReader::new(io::stdin()), replies: BufWriter::new(io::stdout()) }
    }

    /// The next request; `None` when the parent has no more.
    pub fn next_request<Request: DeserializeOwned>(&mut self) -> Result<Option<Request>> {
        frames::read(&mut self.requests).fold(ErrorKind::Engine, || "cannot read what the parent asks")
    }

    /// Sends a reply.
    pub fn reply(&mut self, reply: &impl Serialize) -> Result<()> {
        frames::write(&mut self.replies, reply).fold(ErrorKind::Engine, || "cannot answer the parent")
    }
}
