//! Bags (RFC 8493) that are handed in: as a folder, or packed as one ZIP file. A bag is taken as it says it is, or else
//! not at all. It is a container, whose members are the files of its payload; of a bag that griffie wrote those are the
//! originals, from which what is read and found follows. All else that it holds is kept as its own bytes.

use std::{
    fs::File,
    io::{self, Write as _},
    path::{Component, Path, PathBuf},
    sync::Arc,
};

use tempfile::{TempDir, TempPath};
use walkdir::WalkDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    Arrival, Arrivals, Place, Reason, kind,
    unpack::{Bytes, Container, Member},
};
use crate::{
    bagit::{self, Bag, Fault},
    model::MediaType,
};

/// A bag that is as it says: the paths in it, of those of its files that come in and of all others.
struct Contents {
    members: Vec<String>,
    rest: Vec<String>,
    is_own: bool,
}

impl Arrivals {
    /// A folder with a bag in it.
    pub(super) fn bag(&mut self, folder: PathBuf) -> Arrival {
        let packed = self.contents(&folder).and_then(|contents| {
            let pack = self.pack(&folder, &contents.rest)?;
            Ok((contents, pack))
        });
        let (contents, pack) = match packed {
            Ok(packed) => packed,
            Err(reason) => return self.arrival(folder, Err(reason), Place::Nowhere, 0),
        };
        let size_bytes = pack.metadata().map_or(0, |facts| facts.len());
        let place = Place::Unpacked { bytes: Bytes::Written(pack), _folder: Arc::clone(&self.folder) };
        let mut arrival = self.arrival(folder.clone(), Ok(MediaType::Zip), place, size_bytes);
        let limit = self.intake.limits.original_bytes;
        if size_bytes > limit {
            arrival.media = Err(Reason::TooLarge(limit));
            return arrival;
        }
        arrival.is_own_bag = contents.is_own;
        self.open(&mut arrival, container(&folder, contents.members, None));
        arrival
    }

    /// The bag that a ZIP file holds, where it holds one and nothing beside it.
    pub(super) fn packed_bag(&mut self, file: &File, is_own: &mut bool) -> Result<Option<Container>, Reason> {
        let limits = &self.intake.limits;
        let mut named = kind::open_zip(file.try_clone()?, limits.members)?;
        let mut names = Vec::new();
        for place in 0..named.archive.len() {
            let entry = named.archive.by_index_data(place).map_err(|_| Reason::DamagedContainer)?;
            if !entry.is_dir() {
                names.push((place, String::from_utf8_lossy(entry.name_raw()).into_owned()));
            }
        }
        let Some(around) = bag_in(&names) else { return Ok(None) };
        if names.len() > self.members_left {
            return Err(Reason::TooManyMembers(limits.members));
        }
        let folder = Arc::new(tempfile::Builder::new().prefix("bag-").tempdir_in(self.folder.path())?);
        let mut unpacker = self.unpacker().0;
        for (place, name) in &names {
            let path = Path::new(&name[around.len()..]);
            let inside = path.components().all(|part| matches!(part, Component::Normal(_)));
            let target = folder.path().join(path);
            let target = Some(target).filter(|_| inside).ok_or_else(|| Reason::Bag(Fault::Malformed(name.clone())))?;
            std::fs::create_dir_all(target.parent().unwrap_or(folder.path()))?;
            let unpacked = unpacker.zip_member(&mut named.archive, *place)?;
            unpacked.persist_noclobber(&target).map_err(|_| Reason::Bag(Fault::Malformed(name.clone())))?;
        }
        let contents = self.contents(folder.path())?;
        *is_own = contents.is_own;
        Ok(Some(container(folder.path(), contents.members, Some(&folder))))
    }

    fn contents(&self, folder: &Path) -> Result<Contents, Reason> {
        let bag = Bag::check(folder).map_err(Reason::Bag)?;
        let is_own = bag.info(bagit::OURS.0) == Some(bagit::OURS.1);
        if is_own {
            (self.intake.prove)(folder, &bag.payload).map_err(Reason::Bag)?;
        }
        let path_of = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned();
        let is_original = |path: &Path| path.parent().is_some_and(|folder| folder.ends_with("original"));
        let members: Vec<_> =
            bag.payload.iter().filter(|path| !is_own || is_original(path)).map(|path| path_of(path)).collect();
        let mut rest = Vec::new();
        for entry in WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|_| Reason::Bag(Fault::Unreadable(String::new())))?;
            let path = path_of(entry.path());
            if !entry.file_type().is_dir() && members.binary_search(&path).is_err() {
                rest.push(path);
            }
        }
        Ok(Contents { members, rest, is_own })
    }

    /// Packs files of a bag: the same files give the same bytes.
    fn pack(&mut self, folder: &Path, files: &[String]) -> Result<TempPath, Reason> {
        let packed = tempfile::Builder::new().prefix("bag-").suffix(".zip").tempfile_in(self.folder.path())?;
        let (file, path) = packed.into_parts();
        let mut zip = ZipWriter::new(io::BufWriter::new(file));
        let failed = |error: zip::result::ZipError| Reason::Unreadable(error.to_string());
        for name in files {
            // Links are not followed; that goes for what stands beside the lists as well.
            let (mut file, facts) = super::open(&folder.join(name))?;
            let options = SimpleFileOptions::default()
                .compression_method(CompressionMethod::Stored)
                .last_modified_time(zip::DateTime::default())
                .unix_permissions(0o644)
                .large_file(facts.len() >= u64::from(u32::MAX));
            zip.start_file(name.as_str(), options).map_err(failed)?;
            io::copy(&mut file, &mut zip)?;
        }
        zip.finish().map_err(failed)?.flush()?;
        Ok(path)
    }
}

/// What stands before the paths in a bag that a ZIP file holds: nothing, or the name of its folder.
fn bag_in(names: &[(usize, String)]) -> Option<String> {
    const MARK: &str = "bagit.txt";
    let around = names.iter().find_map(|(_, name)| {
        let around = name.strip_suffix(MARK)?;
        (around.is_empty() || around.ends_with('/') && around.matches('/').count() == 1).then(|| around.to_owned())
    })?;
    names.iter().all(|(_, name)| name.starts_with(&around)).then_some(around)
}

fn container(folder: &Path, members: Vec<String>, unpacked: Option<&Arc<TempDir>>) -> Container {
    let member = |path: String| {
        let bytes = Bytes::Found(folder.join(&path), unpacked.map(Arc::clone));
        Member { label: path, unpacked: Ok(bytes), letter: None }
    };
    Container::Written(members.into_iter().map(member).collect::<Vec<_>>().into_iter())
}
