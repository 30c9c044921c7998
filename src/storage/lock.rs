//! The lock of a store that is a folder: of several programs, each with a data folder of its own, one writes at a time.
//! It is the operating system's, so it goes with the process that has it.

use std::fs::{self, File, TryLockError};

use super::{INCOMING, Store};
use crate::{Error, ErrorKind, Result, error::Fold as _};

/// In the folder of what is no object, so that no listing and no check takes it for one.
const FILE: &str = "lock";

/// The right to write to a store, as long as it is held.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held for what its end does")] Option<File>);

impl Store {
    /// Takes the lock of the store, where no other program has it. A bucket has none: there the create-only put decides
    /// between two writers. Nor has a file system that knows no locks.
    pub fn try_lock(&self) -> Result<Option<Lock>> {
        let Some(root) = self.root() else { return Ok(Some(Lock(None))) };
        let doing = || format!("cannot lock the store `{}`", root.display());
        let folder = root.join(INCOMING);
        if fs::symlink_metadata(&folder).is_ok_and(|found| found.is_symlink()) {
            return Err(Error::new(ErrorKind::Refused, format!("`{}` is a link to another place", folder.display()))
                .hint("whoever laid it there reads what is written: put it aside; griffie makes the folder anew")
                .dutch(format!(
                    "`{}` is een koppeling naar een andere plaats: wie hem daar legde leest mee met wat wordt geschreven; leg \
                     hem opzij, griffie maakt de map opnieuw",
                    folder.display()
                )));
        }
        fs::create_dir_all(&folder).fold(ErrorKind::Storage, doing)?;
        let file = File::options().create(true).truncate(false).write(true).open(folder.join(FILE));
        let file = file.fold(ErrorKind::Storage, doing)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Lock(Some(file)))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(Some(Lock(None))),
            Err(TryLockError::Error(error)) => Err(error).fold(ErrorKind::Storage, doing),
        }
    }
}

/// Whether a file is the lock's, which stays where it is.
pub(super) fn is_lock(name: &str) -> bool {
    name.split_once('/') == Some((INCOMING, FILE))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn one_program_at_a_time_has_the_lock_and_it_is_no_object() {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (Store::folder(folder.path()).unwrap(), Store::folder(folder.path()).unwrap());
        let held = first.try_lock().unwrap();
        assert!(held.is_some() && second.try_lock().unwrap().is_none());
        drop(held);
        let held = second.try_lock().unwrap();
        assert!(held.is_some(), "it goes with the one that had it");
        let later = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1 << 40);
        assert!(first.clear_leftovers(later, |_| true).unwrap().removed.is_empty(), "it is no leftover");
        assert_eq!(first.list("").count(), 0);
        assert!(Store::memory().try_lock().unwrap().is_some());
    }
}
