//! Electronic signatures: a worker takes the PDF apart and tells what it found. A file that ends the workers who look is
//! a fact about it, and no error.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
};

use crossbeam_channel::Sender;
use serde::{Deserialize, Serialize};

use super::{Reader, slot::Work, worker::Reply};
use crate::{
    Result,
    signatures::{self, SignatureFact},
    tools::{CancelFlag, Channel, Sandbox},
};

/// A PDF to look into, as a worker gets it.
#[derive(Clone, Serialize, Deserialize)]
pub struct SignatureJob {
    limits: Sandbox,
    path: PathBuf,
    password: Option<String>,
}

impl SignatureJob {
    /// The job, as it is asked of a worker.
    pub fn within(&self, limits: Sandbox) -> Self {
        Self { limits, ..self.clone() }
    }
}

/// A PDF on its way to a worker, and where the answer comes back.
pub struct SignatureTask {
    pub job: SignatureJob,
    pub answer: Sender<Result<Vec<SignatureFact>>>,
    pub abandoned: Arc<AtomicBool>,
}

/// The worker's side.
pub fn perform(job: &SignatureJob, channel: &mut Channel) -> Result<()> {
    job.limits.allow_memory(job.path.metadata().map_or(0, |facts| facts.len()))?;
    job.limits.allow_work()?;
    let facts = signatures::facts(&job.path, job.password.as_deref());
    channel.reply(&facts.map_or_else(|error| Reply::Refused((&error).into()), Reply::Signatures))
}

impl Reader {
    /// What electronic signatures a PDF has.
    pub fn signatures(&self, path: &Path, password: Option<&str>, cancel: &CancelFlag) -> Result<Vec<SignatureFact>> {
        let limits = Sandbox { memory_bytes: 0, cpu_seconds: 0 };
        let job = SignatureJob { limits, path: path.to_owned(), password: password.map(str::to_owned) };
        self.ask(|answer, abandoned| Work::Signatures(SignatureTask { job, answer, abandoned }), cancel)
    }
}
