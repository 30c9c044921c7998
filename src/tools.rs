//! Finds and runs other programs and worker processes, within limits of memory and CPU time.
//! Knows nothing of documents: what workers are asked and answer is their callers' business.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

mod frames;
mod program;
mod sandbox;
mod worker;

pub use program::{Program, find, run};
pub use sandbox::Sandbox;
pub use worker::{Channel, Death, Worker, WorkerProgram};

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
}
