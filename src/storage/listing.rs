//! Lists what is in a store, as it streams in: a folder by its own entries, other stores by their answers.

use std::{
    fs::{self, ReadDir},
    path::Path,
    sync::Arc,
};

use futures::{StreamExt as _, stream::BoxStream};
use object_store::{ObjectMeta, ObjectStore as _};

use super::{Entry, INCOMING, Store, is_leftover, refusal};
use crate::{Error, ErrorKind, Result, error::Fold as _};

pub(super) enum Listing {
    Folder(Walk),
    Answers(Store, BoxStream<'static, object_store::Result<ObjectMeta>>),
    Done,
}

/// Folders in folders deeper than this are no store, but links that lead in a circle.
const DEEPEST: usize = 32;

/// A walk through folders; a link to one is one.
pub(super) struct Walk {
    root: Arc<Path>,
    open: Vec<ReadDir>,
}

impl Listing {
    pub(super) fn of(store: &Store, prefix: &str) -> Self {
        if let Some(root) = &store.root {
            let folder = if prefix.is_empty() { root.to_path_buf() } else { root.join(prefix) };
            // A folder that was never made holds nothing.
            return match fs::read_dir(folder) {
                Ok(folder) => Self::Folder(Walk { root: Arc::clone(root), open: vec![folder] }),
                Err(_) => Self::Done,
            };
        }
        let prefix = object_store::path::Path::from(prefix);
        let prefix = (!prefix.as_ref().is_empty()).then_some(prefix);
        Self::Answers(store.clone(), store.backend.list(prefix.as_ref()))
    }
}

impl Iterator for Listing {
    type Item = Result<Entry>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let found = match self {
                Self::Folder(walk) => walk.next(),
                Self::Answers(store, answers) => match store.wait(answers.next()) {
                    Some(Err(object_store::Error::NotFound { .. })) => continue,
                    Some(Err(error)) => Some(Err(refusal(error, "cannot list the store".to_owned()))),
                    Some(Ok(meta)) => Some(Ok((meta.location.as_ref().to_owned(), meta.size))),
                    None => None,
                },
                Self::Done => return None,
            };
            let Some(found) = found else {
                *self = Self::Done;
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
        let doing = || "cannot list the store";
        while let Some(folder) = self.open.last_mut() {
            let entry = match folder.next() {
                Some(Ok(entry)) => entry,
                Some(Err(error)) => return Some(Err(error).fold(ErrorKind::Storage, doing)),
                None => {
                    self.open.pop();
                    continue;
                }
            };
            let path = entry.path();
            match fs::metadata(&path) {
                Ok(found) if found.is_dir() => match self.enter(&path) {
                    Ok(()) => {}
                    Err(error) => return Some(Err(error)),
                },
                Ok(found) => return Some(self.name(&path).map(|name| (name, found.len()))),
                // It went since the folder was read, or is a link to nothing.
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Some(Err(error).fold(ErrorKind::Storage, doing)),
            }
        }
        None
    }

    fn enter(&mut self, path: &Path) -> Result<()> {
        if path.parent() == Some(&*self.root) && path.ends_with(INCOMING) {
            return Ok(());
        }
        if self.open.len() > DEEPEST {
            return Err(foreign(path));
        }
        match fs::read_dir(path) {
            Ok(folder) => self.open.push(folder),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                return Err(error).fold(ErrorKind::Storage, || format!("cannot list `{}`", path.display()));
            }
        }
        Ok(())
    }

    fn name(&self, path: &Path) -> Result<String> {
        let name = path.strip_prefix(&*self.root).ok().and_then(Path::to_str);
        name.map(str::to_owned).ok_or_else(|| foreign(path))
    }
}

fn foreign(path: &Path) -> Error {
    Error::new(ErrorKind::InvalidInput, format!("`{}` cannot be the name of an object", path.display()))
}
