//! What a data folder is about to store, said before it is stored and sealed with the key of the log: a line for each
//! object that the log does not name yet. What a stopped run left is told by it from what somebody else laid there.

use std::{
    collections::BTreeSet,
    fs::File,
    io::{self, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use crate::{
    ErrorKind, Result, archive,
    error::Fold as _,
    model::Blake3,
    plain,
    provenance::{
        ObjectRef,
        note::{SignerKey, VerifierKey},
    },
};

/// The file, in the data folder.
pub(super) const JOURNAL: &str = "store.journal";
/// A file that has grown by so much beyond what it must hold is written anew.
const MOST_SURPLUS: usize = 1 << 20;
/// About how long a line is.
const LINE_BYTES: usize = 240;
/// What is sealed of a line begins with this: no event does.
const SEALED: &str = "griffie-journal/1";

/// The journal of the process that works with the data folder: one holds its lock.
pub(super) struct Journal {
    path: PathBuf,
    signer: SignerKey,
    kept: Mutex<Kept>,
}

struct Kept {
    file: File,
    bytes: usize,
    said: BTreeSet<(String, [u8; 32])>,
}

impl Journal {
    /// Opens that of a data folder; what one of the keys has sealed there counts.
    pub fn open(data: &Path, signer: SignerKey, keys: &[VerifierKey]) -> Result<Self> {
        let path = data.join(JOURNAL);
        let said = said_in(data, keys)?.into_iter().map(|object| (object.name.to_string(), object.blake3.0)).collect();
        let kept = Mutex::new(write(&path, &signer, said)?);
        Ok(Self { path, signer, kept })
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl archive::Journal for Journal {
    fn announce(&self, object: &ObjectRef) -> Result<()> {
        let said = (object.name.to_string(), object.blake3.0);
        if self.kept().said.contains(&said) {
            return Ok(());
        }
        let line = line(&self.signer, &said);
        let mut kept = self.kept();
        kept.file.write_all(line.as_bytes()).fold(ErrorKind::Storage, doing)?;
        kept.bytes += line.len();
        kept.said.insert(said);
        let file = kept.file.try_clone().fold(ErrorKind::Storage, doing)?;
        // The others need not wait for the disk.
        drop(kept);
        file.sync_data().fold(ErrorKind::Storage, doing)
    }

    fn has(&self, object: &ObjectRef) -> bool {
        self.kept().said.contains(&(object.name.to_string(), object.blake3.0))
    }

    fn all(&self) -> Vec<ObjectRef> {
        let kept = self.kept();
        let object =
            |(name, blake3): &(String, [u8; 32])| Some(ObjectRef { name: name.parse().ok()?, blake3: Blake3(*blake3) });
        kept.said.iter().filter_map(object).collect()
    }

    fn forget(&self, objects: &[ObjectRef]) -> Result<()> {
        let mut kept = self.kept();
        for object in objects {
            kept.said.remove(&(object.name.to_string(), object.blake3.0));
        }
        if kept.bytes == 0 {
            return Ok(());
        }
        if kept.said.is_empty() {
            kept.file.set_len(0).fold(ErrorKind::Storage, doing)?;
            kept.bytes = 0;
        } else if kept.bytes > MOST_SURPLUS && kept.bytes / 2 > kept.said.len() * LINE_BYTES {
            let said = std::mem::take(&mut kept.said);
            *kept = write(&self.path, &self.signer, said)?;
        }
        Ok(())
    }
}

/// What a data folder says that it was about to store, sealed by one of the keys. Lines that were cut off or that nobody
/// sealed say nothing.
pub(super) fn said_in(data: &Path, keys: &[VerifierKey]) -> Result<Vec<ObjectRef>> {
    // Whoever may not read it, or finds a pipe in its place, is told nothing by it.
    let said_nothing =
        |kind| matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::PermissionDenied | io::ErrorKind::Other);
    let bytes = match plain::read(&data.join(JOURNAL)) {
        Ok(bytes) => bytes,
        Err(error) if said_nothing(error.kind()) => return Ok(Vec::new()),
        Err(error) => return Err(error).fold(ErrorKind::Storage, doing),
    };
    let text = String::from_utf8_lossy(&bytes);
    let object = |line: &str| {
        let (said, seal) = line.rsplit_once(' ')?;
        let (blake3, name) = said.split_once(' ')?;
        let text = format!("{SEALED} {said}");
        let is_ours = keys.iter().any(|key| key.has_sealed(&text, seal));
        is_ours.then_some(ObjectRef { name: name.parse().ok()?, blake3: blake3.parse().ok()? })
    };
    Ok(text.lines().filter_map(object).collect())
}

/// Writes a journal anew, in place of the one that is there.
fn write(path: &Path, signer: &SignerKey, said: BTreeSet<(String, [u8; 32])>) -> Result<Kept> {
    let text: String = said.iter().map(|said| line(signer, said)).collect();
    plain::replace(path, text.as_bytes()).fold(ErrorKind::Storage, doing)?;
    let file = plain::open(File::options().append(true), path).fold(ErrorKind::Storage, doing)?;
    Ok(Kept { file, bytes: text.len(), said })
}

fn line(signer: &SignerKey, (name, blake3): &(String, [u8; 32])) -> String {
    let said = format!("{} {name}", Blake3(*blake3).hex());
    let seal = signer.seal(&format!("{SEALED} {said}"));
    format!("{said} {seal}\n")
}

fn doing() -> &'static str {
    "cannot keep the journal of what is about to be stored"
}
