//! Finds and runs other programs and worker processes, within limits of memory and CPU time.
//! Knows nothing of documents: what workers are asked and answer is their callers' business.

use signal_hook::consts::{SIGINT, SIGTERM};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use crate::{Error, ErrorKind, Result, error::Fold as _};

mod frames;
mod program;
mod sandbox;
mod worker;

pub use program::{Program, find, run};
pub use sandbox::Sandbox;
pub use worker::{Channel, Death, Worker, WorkerProgram};

/// How often one who waits for a process asks whether it still has to.
const LOOK_UP: Duration = Duration::from_millis(100);

/// Exit code of a program that was asked twice to stop.
const INTERRUPTED: i32 = ErrorKind::Interrupted.exit_code() as i32;

/// Gives the system back what was freed: the allocator keeps it for the thread that freed it, which may not want it again.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator can only be asked in C")]
pub fn give_memory_back() {
    // SAFETY: the function takes a number, may be called from any thread at any time, and touches nothing in use.
    unsafe { libc::malloc_trim(0) };
}

/// Other allocators give back by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_memory_back() {}

/// Keeps what this process frees for its next page: pages take the same megabytes one after the other, and each time the
/// system would clean them anew.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[expect(unsafe_code, reason = "the allocator can only be told in C")]
pub fn keep_memory() {
    /// Larger pieces are taken from the system one by one, and go back at once: the most that the allocator accepts.
    const LARGE: libc::c_int = 32 << 20;
    /// More than this goes back.
    const KEPT: libc::c_int = 64 << 20;
    // SAFETY: the function takes numbers and touches nothing in use.
    unsafe {
        libc::mallopt(libc::M_MMAP_THRESHOLD, LARGE);
        libc::mallopt(libc::M_TRIM_THRESHOLD, KEPT);
    }
}

/// Other allocators decide by themselves.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn keep_memory() {}

/// Lets a write beyond the size that files may have here fail as any other, instead of ending the program without a word.
pub fn outlive_limits() -> Result<()> {
    signal_hook::flag::register(libc::SIGXFSZ, Arc::default())
        .map(|_| ())
        .fold(ErrorKind::Internal, || "cannot listen for the limit on the size of files")
}

/// Refuses work that the memory which this process may have will not do for: what is not granted on the way ends the
/// program without a word. `threads` are those that it starts.
pub fn must_have_memory(threads: usize) -> Result<()> {
    /// What work takes by itself, and what each thread of it takes: addresses, most of which are never touched.
    const LEAST: (u64, u64) = (300_000_000, 100_000_000);
    let least = LEAST.0 + LEAST.1 * threads as u64;
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current;
    let Some(limit) = limit.filter(|limit| *limit < least) else { return Ok(()) };
    let (limit, least) = (limit / 1_000_000, least.div_ceil(1_000_000));
    Err(Error::new(ErrorKind::Refused, format!("this program may have {limit} MB of memory here, and wants {least}"))
        .hint(
            "nothing was done: allow it more (`ulimit -v unlimited`), or let it work with less at a time (--workers 1), and \
             give the same command again",
        )
        .dutch(format!(
            "dit programma mag hier {limit} MB geheugen hebben, en wil {least}; er is niets gedaan: sta meer toe (`ulimit -v \
             unlimited`), of laat het met minder tegelijk werken (--workers 1), en geef dezelfde opdracht nog eens"
        )))
}

/// Asks long work to stop; clones ask the same.
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// Asks to stop.
    pub fn set(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether somebody asked.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    /// A flag that Ctrl-C and the request to terminate set; the second one ends the program at once.
    pub fn on_signals() -> Result<Self> {
        let flag = Self::default();
        for signal in [SIGINT, SIGTERM] {
            signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&flag.0))
                .and_then(|_| signal_hook::flag::register(signal, Arc::clone(&flag.0)))
                .fold(ErrorKind::Internal, || "cannot listen for the request to stop")?;
        }
        Ok(flag)
    }

    /// The error of work that was asked to stop.
    pub fn check(&self) -> Result<()> {
        if !self.is_set() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Interrupted, "stopped on request; what was done is kept")
            .hint("the same command goes on from here"))
    }
}
