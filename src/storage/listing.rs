//! Lists what is in a store, as it streams in: a folder by its own entries, other stores by their answers.

use std::{
    fs::{self, ReadDir},
    path::Path,
    sync::Arc,
};

use futures::{StreamExt as _, stream::BoxStream};
use object_store::{ObjectMeta, ObjectStore as _};

use super::{Entry, INCOMING, Store, is_leftover, name::refused, refusal};
use crate::{ErrorKind, Result, error::Fold as _};

/// The objects of a store, as they stream in.
pub struct Listing {
    from: From,
    not_plain: Vec<String>,
}

enum From {
    Folder(Walk),
    Answers(Store, BoxStream<'static, object_store::Result<ObjectMeta>>),
    Done,
}

/// Folders in folders deeper than this are no store, but links that lead in a circle.
const DEEPEST: usize = 32;

/// A walk through folders; a link to one is one.
struct Walk {
    root: Arc<Path>,
    /// What is neither a file nor a folder.
    not_plain: Vec<String>,
    /// The folder to begin with, until it is open.
    begin: Option<String>,
    /// Folders that are open, the innermost last, each with its name and a `/` (the root has neither).
    open: Vec<(ReadDir, String)>,
}

impl Listing {
    pub(super) fn of(store: &Store, prefix: &str) -> Self {
        if let Some(root) = &store.root {
            let begin = Some(prefix.trim_end_matches('/').to_owned());
            let walk = Walk { root: Arc::clone(root), not_plain: Vec::new(), begin, open: Vec::new() };
            return Self { from: From::Folder(walk), not_plain: Vec::new() };
        }
        let prefix = object_store::path::Path::from(prefix);
        let prefix = (!prefix.as_ref().is_empty()).then_some(prefix);
        let answers = store.backend.list(prefix.as_ref());
        Self { from: From::Answers(store.clone(), answers), not_plain: Vec::new() }
    }

    /// What was met so far that is neither a file nor a folder: a link, for one. A link to a file is listed all the same,
    /// so that all can be said of what it leads to.
    pub fn not_plain(&self) -> &[String] {
        match &self.from {
            From::Folder(walk) => &walk.not_plain,
            _ => &self.not_plain,
        }
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match &mut self.from {
                From::Folder(walk) => walk.next(),
                From::Answers(store, answers) => match store.wait(answers.next()) {
                    Some(Err(object_store::Error::NotFound { .. })) => continue,
                    Some(Err(error)) => Some(Err(refusal(error, "cannot list the store".to_owned()))),
                    Some(Ok(meta)) => Some(Ok((meta.location.as_ref().to_owned(), meta.size))),
                    None => None,
                },
                From::Done => return None,
            };
            let Some(found) = found else {
                self.not_plain = self.not_plain().to_vec();
                self.from = From::Done;
                return None;
            };
            let entry = found.and_then(|(name, size_bytes)| {
                if is_leftover(&name) { Ok(None) } else { Ok(Some(Entry { name: name.parse()?, size_bytes })) }
            });
            if let Some(entry) = entry.transpose() {
                return Some(entry);
            }
        }
    }
}

impl Walk {
    fn next(&mut self) -> Option<Result<(String, u64)>> {
        if let Some(begin) = self.begin.take()
            && let Err(error) = self.enter(&begin)
        {
            return Some(Err(error));
        }
        while let Some((folder, name)) = self.open.last_mut() {
            let entry = match folder.next() {
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return Some(Err(error).fold(ErrorKind::Storage, || "cannot list the store")),
                None => {
                    self.open.pop();
                    continue;
                }
            };
            let last = entry.file_name();
            let Some(name) = last.to_str().map(|last| format!("{name}{last}")) else {
                return Some(Err(refused(&entry.path().display().to_string())));
            };
            // The folder itself tells what is a folder in it; of others the length is asked, by way of the open folder,
            // which is cheaper than by name.
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                if let Err(error) = self.enter(&name) {
                    return Some(Err(error));
                }
                continue;
            }
            let found = match entry.metadata() {
                Ok(found) if !found.is_file() && !is_leftover(&name) => {
                    self.not_plain.push(name.clone());
                    fs::metadata(entry.path())
                }
                found => found,
            };
            match found {
                Ok(found) if found.is_dir() => match self.enter(&name) {
                    Ok(()) => {}
                    Err(error) => return Some(Err(error)),
                },
                Ok(found) if found.is_file() => return Some(Ok((name, found.len()))),
                // To open one would be to wait for ever.
                Ok(_) => {}
                // It went since the folder was read, or is a link to nothing.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Some(Err(error).fold(ErrorKind::Storage, || "cannot list the store")),
            }
        }
        None
    }

    fn enter(&mut self, name: &str) -> Result<()> {
        if name == INCOMING {
            return Ok(());
        }
        if self.open.len() > DEEPEST {
            return Err(refused(name));
        }
        match fs::read_dir(self.root.join(name)) {
            Ok(folder) if name.is_empty() => self.open.push((folder, String::new())),
            Ok(folder) => self.open.push((folder, format!("{name}/"))),
            // A folder that was never made, or went since it was named, holds nothing.
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(error).fold(ErrorKind::Storage, || format!("cannot list `{name}`")),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_cannot_be_listed_is_no_empty_one() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::folder(folder.path()).unwrap();
        fs::write(folder.path().join("originals"), "no folder").unwrap();
        assert_eq!(store.list("never-made").count(), 0);
        assert!(store.list("originals").any(|entry| entry.is_err()));
    }
}
