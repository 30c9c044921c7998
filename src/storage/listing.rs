//! Lists what is in a store, as it streams in: a folder by its own entries, other stores by their answers. What is no object
//! is kept apart, so that a check can name it.

use std::{
    fs::{self, ReadDir},
    path::Path,
    sync::Arc,
    time::SystemTime,
};

use futures::{StreamExt as _, stream::BoxStream};
use object_store::{ObjectMeta, ObjectStore as _};

use super::{Entry, INCOMING, Store, is_leftover, lock, name::refused, probe::is_probes, refusal};
use crate::{ErrorKind, Result, error::Fold as _};

/// The objects of a store, as they stream in.
pub struct Listing {
    from: From,
    beside: Beside,
}

/// What lies in a store and is no object.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// What is neither a file nor a folder: a link, for one. A link to a file is listed all the same, so that all can be
    /// said of what it leads to.
    pub not_plain: Vec<String>,
    /// What no object can be called, and no unfinished write either.
    pub foreign: Vec<String>,
    /// What is called as unfinished writes are. A store on a server keeps those out of sight.
    pub unfinished: Vec<Leftover>,
    /// Folders with nothing in them.
    pub empty: Vec<Leftover>,
}

/// What may be left of a write.
#[derive(Clone, Debug)]
pub struct Leftover {
    /// Its name.
    pub name: String,
    /// When it was written last.
    pub changed: Option<SystemTime>,
}

enum From {
    Folder(Walk),
    Bucket(Pages),
    Answers(Store, BoxStream<'static, object_store::Result<ObjectMeta>>),
    Done,
}

/// The keys of a bucket, page by page. Asked for here, since object_store's own listing ends at a key that it finds no
/// name.
struct Pages {
    store: Store,
    prefix: String,
    page: std::vec::IntoIter<(String, u64)>,
    /// Where the next page begins; `None` after the last.
    next: Option<Option<String>>,
}

/// Folders in folders deeper than this are no store, but links that lead in a circle.
const DEEPEST: usize = 32;

/// A walk through folders; a link to one is one.
struct Walk {
    root: Arc<Path>,
    /// The folder to begin with, until it is open.
    begin: Option<String>,
    /// Folders that are open, the innermost last.
    open: Vec<Open>,
}

struct Open {
    entries: ReadDir,
    /// With a `/` at its end; the root has neither name nor that.
    name: String,
    /// Nothing was met in it so far.
    empty: bool,
}

impl Listing {
    pub(super) fn of(store: &Store, prefix: &str) -> Self {
        let prefix = prefix.trim_end_matches('/');
        let from = if let Some(root) = &store.root {
            From::Folder(Walk { root: Arc::clone(root), begin: Some(prefix.to_owned()), open: Vec::new() })
        } else if store.s3.is_some() {
            let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
            From::Bucket(Pages { store: store.clone(), prefix, page: Vec::new().into_iter(), next: Some(None) })
        } else {
            let prefix = object_store::path::Path::from(prefix);
            let prefix = (!prefix.as_ref().is_empty()).then_some(prefix);
            From::Answers(store.clone(), store.backend.list(prefix.as_ref()))
        };
        Self { from, beside: Beside::default() }
    }

    /// What was met so far that is no object.
    pub fn beside(&self) -> &Beside {
        &self.beside
    }

    /// The objects alone: what no object can be called is for a check to name, and hides none of them.
    pub fn objects(self) -> impl Iterator<Item = Result<Entry>> {
        self.filter(|listed| !listed.as_ref().is_err_and(|error| error.kind() == ErrorKind::InvalidInput))
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match &mut self.from {
                From::Folder(walk) => walk.next(&mut self.beside),
                From::Bucket(pages) => pages.next(),
                From::Answers(store, answers) => match store.wait(answers.next()) {
                    Some(Err(object_store::Error::NotFound { .. })) => continue,
                    Some(Err(error)) => Some(Err(refusal(error, "cannot list the store".to_owned()))),
                    Some(Ok(meta)) => Some(Ok((meta.location.as_ref().to_owned(), meta.size))),
                    None => None,
                },
                From::Done => return None,
            };
            let Some(found) = found else {
                self.from = From::Done;
                return None;
            };
            let (name, size_bytes) = match found {
                Ok(found) => found,
                Err(error) => return Some(Err(error)),
            };
            if is_leftover(&name) {
                if !is_probes(&name) {
                    self.beside.foreign.push(name);
                }
                continue;
            }
            return Some(name.parse().map(|name| Entry { name, size_bytes }).inspect_err(|_| {
                self.beside.foreign.push(name);
            }));
        }
    }
}

impl Pages {
    fn next(&mut self) -> Option<Result<(String, u64)>> {
        loop {
            if let Some(found) = self.page.next() {
                return Some(Ok(found));
            }
            let after = self.next.take()?;
            let s3 = self.store.s3.as_ref()?;
            match s3.page(&self.prefix, after.as_deref()) {
                Ok((page, next)) => {
                    self.page = page.into_iter();
                    self.next = next.map(Some);
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl Walk {
    fn next(&mut self, beside: &mut Beside) -> Option<Result<(String, u64)>> {
        if let Some(begin) = self.begin.take()
            && let Err(error) = self.enter(&begin)
        {
            return Some(Err(error));
        }
        while let Some(folder) = self.open.last_mut() {
            let entry = match folder.entries.next() {
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return Some(Err(error).fold(ErrorKind::Storage, || "cannot list the store")),
                None => {
                    let Some(Open { name, empty, .. }) = self.open.pop() else { break };
                    if empty && !name.is_empty() && name.trim_end_matches('/') != INCOMING {
                        let changed = fs::metadata(self.root.join(&name)).and_then(|found| found.modified()).ok();
                        beside.empty.push(Leftover { name, changed });
                    }
                    continue;
                }
            };
            folder.empty = false;
            let last = entry.file_name();
            let Some(name) = last.to_str().map(|last| format!("{}{last}", folder.name)) else {
                let name = format!("{}{}", folder.name, last.to_string_lossy());
                beside.foreign.push(name.clone());
                return Some(Err(refused(&name)));
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
                Ok(found) if !found.is_file() => {
                    beside.not_plain.push(name.clone());
                    fs::metadata(entry.path())
                }
                found => found,
            };
            if is_leftover(&name) {
                match found {
                    Ok(found) if found.is_dir() => {}
                    Ok(found) => {
                        let changed = found.modified().ok();
                        if !lock::is_lock(&name) && !is_probes(&name) {
                            beside.unfinished.push(Leftover { name, changed });
                        }
                    }
                    // It got the name of its object.
                    Err(_) => {}
                }
                continue;
            }
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
        if self.open.len() > DEEPEST {
            return Err(refused(name));
        }
        match fs::read_dir(self.root.join(name)) {
            Ok(entries) => {
                let name = if name.is_empty() { String::new() } else { format!("{name}/") };
                self.open.push(Open { entries, name, empty: true });
            }
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
