//! Files attached to a PDF: a worker takes them out, and they come through the pipe; the parent writes them. What ends the
//! workers who try costs what was not out by then.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use crossbeam_channel::Sender;
use serde::{Deserialize, Serialize};

use super::{
    Reader, copying,
    slot::Work,
    worker::{Job, Reply},
};
use crate::{
    ErrorKind, Result,
    error::Fold as _,
    intake::{Attached, Reason, Room},
    pages,
    tools::{CancelFlag, Channel, Death, Sandbox, Worker},
};

/// Bytes of a file in one message.
const MESSAGE_BYTES: usize = 256 << 10;

/// A PDF to take files out of, as a worker gets it.
#[derive(Clone, Serialize, Deserialize)]
pub struct AttachedJob {
    limits: Sandbox,
    path: PathBuf,
    password: Option<String>,
}

/// A PDF on its way to a worker, and where the answer comes back.
pub struct AttachedTask {
    job: AttachedJob,
    /// Where the files go, and how much of them.
    folder: PathBuf,
    room: Room,
    pub answer: Sender<Result<Vec<Attached>>>,
    pub abandoned: Arc<AtomicBool>,
}

/// The worker's side.
pub fn perform(job: &AttachedJob, channel: &mut Channel) -> Result<()> {
    let started = job
        .limits
        .allow_memory(job.path.metadata().map_or(0, |facts| facts.len()))
        .and_then(|()| job.limits.allow_work());
    let done = started.and_then(|()| {
        pages::attached_files(&job.path, job.password.as_deref(), |name, bytes| {
            channel.reply(&Reply::File(name.to_owned(), bytes.map(|bytes| bytes.len() as u64)))?;
            for part in bytes.unwrap_or_default().chunks(MESSAGE_BYTES) {
                channel.reply(&Reply::Bytes(part.to_vec()))?;
            }
            Ok(())
        })
    });
    channel.reply(&done.map_or_else(|error| Reply::Refused((&error).into()), |()| Reply::Done))
}

/// A file that is being written.
struct Open {
    name: String,
    /// How many bytes are still to come.
    left: u64,
    bytes: std::result::Result<Written, Reason>,
}

struct Written {
    file: File,
    path: PathBuf,
    length: u64,
}

impl AttachedTask {
    /// One attempt: what came out, with what did not by the name by which it is accounted for. `Err` says how the worker
    /// died, and `out` keeps what it had given.
    pub fn attempt(
        &self,
        worker: &mut Worker<Reply>,
        limits: Sandbox,
        patience: Duration,
        out: &mut Vec<Attached>,
    ) -> Result<Result<(), Death>> {
        out.clear();
        let mut room = self.room.clone();
        let mut open: Option<Open> = None;
        if let Err(death) = worker.send(&Job::Attached(AttachedJob { limits, ..self.job.clone() })) {
            return Ok(Err(death));
        }
        loop {
            match worker.receive(patience, &self.abandoned) {
                Ok(Reply::File(name, length)) => {
                    if open.is_some() {
                        return Err(copying::turn());
                    }
                    if out.len() >= room.files {
                        return Ok(Self::stop_at(out, Reason::TooManyMembers(room.limits.members)));
                    }
                    match length {
                        None => out.push(Attached { name, bytes: Err(Reason::DamagedAttached) }),
                        Some(left) => open = Some(Open { name, bytes: Ok(self.create(out.len())?), left }),
                    }
                }
                Ok(Reply::Bytes(part)) => {
                    let length = part.len() as u64;
                    let Some(open) = open.as_mut().filter(|open| open.left >= length) else {
                        return Err(copying::turn());
                    };
                    if room.bytes < length {
                        return Ok(Self::stop_at(out, Reason::TooMuchInside(room.limits.unpacked_bytes)));
                    }
                    // What comes out in vain counts too: the work was done.
                    room.bytes -= length;
                    open.write(&part, room.limits.original_bytes)?;
                }
                Ok(Reply::Done) if open.is_none() => return Ok(Ok(())),
                Ok(Reply::Refused(error)) => return Err(error.into()),
                Ok(_) => return Err(copying::turn()),
                Err(death) => return Ok(Err(death)),
            }
            // What is whole is kept, whatever becomes of the worker.
            if let Some(whole) = open.take_if(|open| open.left == 0) {
                out.push(whole.close());
            }
        }
    }

    /// What comes after is not taken, and accounted for as one.
    fn stop_at(out: &mut Vec<Attached>, reason: Reason) -> Result<(), Death> {
        out.push(Attached::rest(reason));
        // The worker goes on to send what nobody wants.
        Err(Death::Unwanted)
    }

    fn create(&self, number: usize) -> Result<Written> {
        let path = self.folder.join(format!("attached-{number:06}"));
        let file = File::create(&path).fold(ErrorKind::Storage, || "cannot write an attached file")?;
        Ok(Written { file, path, length: 0 })
    }
}

impl Open {
    fn write(&mut self, part: &[u8], most: u64) -> Result<()> {
        self.left = self.left.saturating_sub(part.len() as u64);
        let Ok(written) = &mut self.bytes else { return Ok(()) };
        written.length += part.len() as u64;
        if written.length > most {
            self.bytes = Err(Reason::TooLarge(most));
            return Ok(());
        }
        written.file.write_all(part).fold(ErrorKind::Storage, || "cannot write an attached file")
    }

    fn close(self) -> Attached {
        Attached { name: self.name, bytes: self.bytes.map(|written| written.path) }
    }
}

impl Reader {
    /// Takes the files out of a PDF that are attached to it, as far as there is room, into a folder of the caller's.
    pub fn attached(
        &self,
        path: &Path,
        password: Option<&str>,
        folder: &Path,
        room: &Room,
        cancel: &CancelFlag,
    ) -> Result<Vec<Attached>> {
        let limits = Sandbox { memory_bytes: 0, cpu_seconds: 0 };
        let job = AttachedJob { limits, path: path.to_owned(), password: password.map(str::to_owned) };
        let (folder, room) = (folder.to_owned(), room.clone());
        self.ask(|answer, abandoned| Work::Attached(AttachedTask { job, folder, room, answer, abandoned }), cancel)
    }
}
