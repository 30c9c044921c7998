//! Bytes at rest: create-only put with read-back, get, list, over a local folder, a bucket on S3 or memory. There is
//! no function that removes or replaces an object (only what an interrupted write left, which is none, can be cleared);
//! what an object means is for `archive` and `provenance` to know.

mod listing;
mod location;
mod lock;
mod name;
mod probe;
mod s3;

#[cfg(test)]
mod conformance;

use std::{
    fs::{self, File},
    future::Future,
    io::{self, Read},
    ops::{Deref, Range},
    path::{Path, PathBuf},
    sync::Arc,
    time::SystemTime,
};

use bytes::Bytes;
use futures::{StreamExt, executor::block_on};
use object_store::{
    ObjectStore, ObjectStoreExt, PutMode, PutPayload, RenameOptions, RenameTargetMode, local::LocalFileSystem,
    memory::InMemory,
};

pub use listing::{Beside, Leftover, Listing};
pub use location::Location;
pub use lock::Lock;
pub use name::ObjectName;
pub use probe::{Attempt, Extended, Probe, Trial, Trialed};

use crate::{
    Error, ErrorKind, Result, config,
    error::{Context, Fold},
    model::{Blake3, Digests, digest::Hasher},
};

/// Up to here a file is held in memory and written with one put; a larger one is streamed in parts.
const SINGLE_PUT_BYTES: u64 = 8 << 20;
/// Size of the parts in which large files are stored.
const PART_BYTES: usize = 1 << 20;
/// Size of the parts in which files are read: what a processor keeps close by.
const READ_BYTES: usize = 128 << 10;
/// Where streamed uploads grow before they get their name; never listed as objects.
const INCOMING: &str = "incoming";

/// The reason of a put that found other bytes under the name: those that are stored have changed, or are another's.
pub const STORED_CHANGED: &str = "stored_changed";

/// The reason where those bytes are another's.
pub const FOREIGN: &str = "foreign_object";

/// What a create-only put found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// The object is new: written, flushed, read back and compared.
    Written,
    /// The same bytes stood there already; they were read and compared.
    AlreadyThere,
}

/// One line of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: ObjectName,
    /// Its length.
    pub size_bytes: u64,
}

/// A place for objects. Clones share it; all functions may be called from many threads.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn ObjectStore>,
    /// The folder, where the store is one.
    root: Option<Arc<Path>>,
    /// The bucket, where the store is one.
    s3: Option<Arc<s3::S3>>,
}

impl Store {
    /// Opens a store; a folder is made if it is not there, a bucket must be.
    pub fn open(location: &Location, config: &config::S3) -> Result<Self> {
        match location {
            Location::Folder(root) => Self::folder(root),
            Location::S3 { .. } => Self::existing(location, config),
        }
    }

    /// Opens a store that must be there already: a copy that is to be verified, for one.
    pub fn existing(location: &Location, config: &config::S3) -> Result<Self> {
        match location {
            Location::Folder(root) => Self::existing_folder(root),
            Location::S3 { bucket, prefix } => {
                let (s3, backend) = s3::S3::open(bucket, prefix, config)?;
                Ok(Self { backend, root: None, s3: Some(s3) })
            }
        }
    }

    /// A local folder, made if it is not there (for this user only: it will hold contracts). Every write is flushed
    /// to disk before it counts as done, and what is written is made read-only.
    pub fn folder(root: &Path) -> Result<Self> {
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(root).fold(ErrorKind::Storage, || format!("cannot make the folder `{}`", root.display()))?;
        Self::existing_folder(root)
    }

    /// A local folder that must be there already: a copy that is to be verified, for one.
    pub fn existing_folder(root: &Path) -> Result<Self> {
        let doing = || format!("cannot open the store `{}`", root.display());
        if !root.is_dir() {
            return Err(Error::new(ErrorKind::NotFound, format!("there is no folder `{}`", root.display()))
                .hint("--data names the data folder, --store a store elsewhere")
                .dutch(format!(
                    "de map `{}` is er niet: --data noemt de gegevensmap, --store een opslag elders",
                    root.display()
                )));
        }
        match fs::read_dir(root) {
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                return Err(config::may_not_read(root).source(error));
            }
            _ => {}
        }
        let root = root.canonicalize().fold(ErrorKind::Storage, doing)?;
        let backend = LocalFileSystem::new_with_prefix(&root).fold(ErrorKind::Storage, doing)?.with_fsync(true);
        Ok(Self { backend: Arc::new(backend), root: Some(root.into()), s3: None })
    }

    /// Objects in memory, gone with the last clone.
    pub fn memory() -> Self {
        Self { backend: Arc::new(InMemory::new()), root: None, s3: None }
    }

    /// Stores bytes under a name that is free, and reads them back. Bytes that are there already are compared: the
    /// same are a success, others an error of kind `Conflict`.
    pub fn put_new(&self, name: &ObjectName, bytes: impl Into<Bytes>) -> Result<Put> {
        let bytes = bytes.into();
        let put = self.create(name, bytes.clone())?;
        let mut rest = &bytes[..];
        let mut same = true;
        self.read(name, |part| {
            same = same && rest.get(..part.len()) == Some(part);
            rest = rest.get(part.len()..).unwrap_or_default();
        })?;
        self.settle(name, put, same && rest.is_empty())
    }

    /// Stores a file under a name that is free, as [`put_new`](Self::put_new) does with bytes, whatever its size.
    /// `digests` are those that the file had when it was looked at; other bytes now are an error of kind `Conflict`
    /// and nothing is stored.
    pub fn put_new_file(&self, name: &ObjectName, path: &Path, digests: &Digests) -> Result<Put> {
        let changed = || Error::new(ErrorKind::Conflict, format!("`{}` changed while it was read", path.display()));
        let put = if self.head(name)?.is_some() {
            Put::AlreadyThere
        } else if digests.size_bytes <= SINGLE_PUT_BYTES {
            let bytes = fs::read(path).fold(ErrorKind::InvalidInput, || format!("cannot read `{}`", path.display()))?;
            if Digests::of(&bytes) != *digests {
                return Err(changed());
            }
            self.create(name, bytes.into())?
        } else if let Some(s3) = &self.s3 {
            s3.put_file(name, path, digests)?.ok_or_else(changed)?
        } else {
            self.stream_in(name, path, digests, changed)?
        };
        self.forget_cached(name);
        let same = self.digests(name)? == *digests;
        self.settle(name, put, same)
    }

    /// Puts bytes under a name if it is free.
    fn create(&self, name: &ObjectName, bytes: Bytes) -> Result<Put> {
        if let Some(s3) = &self.s3 {
            return s3.put_new(name, bytes);
        }
        let payload = PutPayload::from_bytes(bytes);
        match self.wait(self.backend.put_opts(&name.path(), payload, PutMode::Create.into())) {
            Ok(_) => Ok(Put::Written),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(Put::AlreadyThere),
            Err(error) => {
                self.clear_empty(name);
                Err(fold(error, name, "cannot write"))
            }
        }
    }

    /// Requests over the network need their runtime; the others are done by the thread that waits.
    fn wait<F: Future>(&self, future: F) -> F::Output {
        match &self.s3 {
            Some(s3) => s3.wait(future),
            None => block_on(future),
        }
    }

    /// Uploads in parts to a name outside the listings, compares digests, then publishes under `name`, create-only.
    fn stream_in(&self, name: &ObjectName, path: &Path, digests: &Digests, changed: impl Fn() -> Error) -> Result<Put> {
        let staged: ObjectName = format!("{INCOMING}/{}", hex::encode(random_bytes())).parse()?;
        let mut upload = self
            .wait(self.backend.put_multipart(&staged.path()))
            .map_err(|error| fold(error, &staged, "cannot write"))?;
        let mut hasher = Hasher::default();
        let sent = read_file(path, PART_BYTES, |part| {
            hasher.update(part);
            self.wait(upload.put_part(Bytes::copy_from_slice(part).into()))
                .map_err(|error| fold(error, &staged, "cannot write"))
        });
        let sent = sent.and_then(|()| if hasher.finish() == *digests { Ok(()) } else { Err(changed()) });
        if let Err(error) = sent {
            // What stays behind when this fails as well is a leftover that no listing shows.
            let _ = self.wait(upload.abort());
            return Err(error);
        }
        self.wait(upload.complete()).map_err(|error| fold(error, &staged, "cannot write"))?;
        let create = RenameOptions::new().with_target_mode(RenameTargetMode::Create);
        match self.wait(self.backend.rename_opts(&staged.path(), &name.path(), create)) {
            Ok(()) => Ok(Put::Written),
            Err(object_store::Error::AlreadyExists { .. }) => Ok(Put::AlreadyThere),
            Err(error) => {
                self.clear_empty(name);
                Err(fold(error, name, "cannot write"))
            }
        }
    }

    /// The end of a put: what was read back decides.
    fn settle(&self, name: &ObjectName, put: Put, same: bool) -> Result<Put> {
        match (put, same) {
            (Put::Written, true) => self.make_read_only(name)?,
            // It may have been published by a process that was killed before its folder was flushed.
            (Put::AlreadyThere, true) => self.flush_folder(name)?,
            (Put::Written, false) => {
                let message = format!("`{name}` reads back other bytes than were written");
                return Err(Error::new(ErrorKind::FixityMismatch, message)
                    .hint("the disk or the file system is failing: stop, and check it"));
            }
            (Put::AlreadyThere, false) => {
                return Err(Error::new(ErrorKind::Conflict, format!("`{name}` is there already, with other bytes"))
                    .hint("run `griffie verify`: nothing in a store may ever change")
                    .because(
                        STORED_CHANGED,
                        format!(
                            "`{name}` is er al, met andere bytes: geef `griffie verify`, want in een opslag mag nooit iets \
                             veranderen"
                        ),
                    ));
            }
        }
        Ok(put)
    }

    /// All bytes of an object.
    pub fn get(&self, name: &ObjectName) -> Result<Bytes> {
        if let Some(mut file) = self.open_file(name)? {
            let failed = || format!("cannot read `{name}`");
            let length = file.metadata().fold(ErrorKind::Storage, failed)?.len() as usize;
            let mut bytes = vec![0; length + 1];
            let read = read_once(&mut file, &mut bytes).fold(ErrorKind::Storage, failed)?;
            bytes.truncate(read);
            // What is as long as it says, with room left for more, has no more.
            if read != length {
                file.read_to_end(&mut bytes).fold(ErrorKind::Storage, failed)?;
            }
            return Ok(bytes.into());
        }
        self.wait(async { self.backend.get(&name.path()).await?.bytes().await })
            .map_err(|error| fold(error, name, "cannot read"))
    }

    /// A range of an object's bytes.
    pub fn get_range(&self, name: &ObjectName, range: Range<u64>) -> Result<Bytes> {
        self.wait(self.backend.get_range(&name.path(), range)).map_err(|error| fold(error, name, "cannot read"))
    }

    /// Hands all bytes of an object to `take`, part by part, and returns how many they were.
    pub fn read(&self, name: &ObjectName, mut take: impl FnMut(&[u8])) -> Result<u64> {
        let mut size_bytes = 0;
        if let Some(file) = self.open_file(name)? {
            read_parts(file, READ_BYTES, |part| {
                size_bytes += part.len() as u64;
                take(part);
                Ok(())
            })
            .doing(|| format!("cannot read `{name}`"))?;
            return Ok(size_bytes);
        }
        let failed = |error| fold(error, name, "cannot read");
        let mut stream = self.wait(self.backend.get(&name.path())).map_err(failed)?.into_stream();
        while let Some(part) = self.wait(stream.next()) {
            let part = part.map_err(failed)?;
            size_bytes += part.len() as u64;
            take(&part);
        }
        Ok(size_bytes)
    }

    /// All bytes of an object that is `size_bytes` long, as a listing said, by a single call and in a buffer that is used
    /// for many: opening and asking cost more than reading where objects are small. `None` where it is not so long any
    /// more, cannot be read like that or is in no folder: [`get`](Self::get) and [`read`](Self::read) then say what is so.
    pub fn read_at_once<'a>(&self, name: &ObjectName, size_bytes: u64, buffer: &'a mut Vec<u8>) -> Option<&'a [u8]> {
        let size = usize::try_from(size_bytes).ok()?;
        let mut file = open_to_read(&self.file_path(name)?).ok()?;
        if buffer.len() <= size {
            buffer.resize(size + 1, 0);
        }
        let read = read_once(&mut file, &mut buffer[..=size]).ok()?;
        (read == size).then(|| &buffer[..size])
    }

    /// An object's file, opened, where the store is a folder. Plain reads and no map: a sector that cannot be read is an
    /// error here, and would end the program there.
    fn open_file(&self, name: &ObjectName) -> Result<Option<File>> {
        let Some(path) = self.file_path(name) else { return Ok(None) };
        match open_to_read(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(Error::new(ErrorKind::NotFound, format!("there is no object `{name}`")))
            }
            Err(error) => Err(Error::new(ErrorKind::Storage, format!("cannot read `{name}`")).source(error)),
        }
    }

    /// BLAKE3 of an object's bytes as they are now, and how many they are. That is the digest which names and log give,
    /// and all that a fixity check asks: bytes with the same BLAKE3 have the same SHA-256.
    pub fn blake3(&self, name: &ObjectName) -> Result<(Blake3, u64)> {
        let mut hasher = blake3::Hasher::new();
        let size_bytes = self.read(name, |part| _ = hasher.update(part))?;
        Ok((Blake3(*hasher.finalize().as_bytes()), size_bytes))
    }

    /// Digests of an object's bytes as they are now.
    pub fn digests(&self, name: &ObjectName) -> Result<Digests> {
        let mut hasher = Hasher::default();
        self.read(name, |part| hasher.update(part))?;
        Ok(hasher.finish())
    }

    /// The length of an object, or `None` where there is none.
    pub fn head(&self, name: &ObjectName) -> Result<Option<u64>> {
        if let Some(path) = self.file_path(name) {
            return match fs::metadata(path) {
                Ok(found) => Ok(found.is_file().then_some(found.len())),
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Error::new(ErrorKind::Storage, format!("cannot look up `{name}`")).source(error)),
            };
        }
        match self.wait(self.backend.head(&name.path())) {
            Ok(found) => Ok(Some(found.size)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(fold(error, name, "cannot look up")),
        }
    }

    /// When an object was written, as its store tells.
    pub fn changed(&self, name: &ObjectName) -> Option<SystemTime> {
        if let Some(path) = self.file_path(name) {
            return fs::metadata(path).ok()?.modified().ok();
        }
        self.wait(self.backend.head(&name.path())).ok().map(|found| found.last_modified.into())
    }

    /// An object as a local file: the stored file itself where the store is a folder (never write to it), else a
    /// temporary copy.
    pub fn local_file(&self, name: &ObjectName) -> Result<LocalFile> {
        if let Some(path) = self.file_path(name) {
            return match path.try_exists() {
                Ok(true) => Ok(LocalFile::Stored(path)),
                Ok(false) => Err(Error::new(ErrorKind::NotFound, format!("there is no object `{name}`"))),
                Err(error) => Err(Error::new(ErrorKind::Storage, format!("cannot open `{name}`")).source(error)),
            };
        }
        let doing = || format!("cannot copy `{name}` to a temporary file");
        let mut file = tempfile::NamedTempFile::new().fold(ErrorKind::Storage, doing)?;
        let mut written = Ok(());
        self.read(name, |part| {
            if written.is_ok() {
                written = io::Write::write_all(&mut file, part);
            }
        })?;
        written.fold(ErrorKind::Storage, doing)?;
        Ok(LocalFile::Copy(file.into_temp_path()))
    }

    /// All objects whose name starts with the folders `prefix` (`""` for all), in no order, as they stream in.
    /// What interrupted writes left behind is not among them; a file with a name that no object can have is an
    /// error, and the listing goes on.
    pub fn list(&self, prefix: &str) -> Listing {
        Listing::of(self, prefix)
    }

    /// The names of the folders right under the folders `prefix`, sorted.
    pub fn folders(&self, prefix: &str) -> Result<Vec<String>> {
        if self.root.as_ref().is_some_and(|root| !root.join(prefix).is_dir()) {
            return Ok(Vec::new());
        }
        let path = object_store::path::Path::from(prefix);
        let found = self
            .wait(self.backend.list_with_delimiter(Some(&path)))
            .map_err(|error| refusal(error, format!("cannot list `{prefix}`")))?;
        let mut names: Vec<_> =
            found.common_prefixes.iter().filter_map(|path| Some(path.filename()?.to_owned())).collect();
        names.sort_unstable();
        Ok(names)
    }

    /// Removes what interrupted writes left in a folder and nobody touched since `old`: of what is called so, only what
    /// `is_ours` says yes to, which is the name of an object that it would have got, or of an empty folder. A bucket keeps such
    /// parts out of sight; its own rules clear them.
    #[expect(clippy::disallowed_methods, reason = "what is removed here is no object and never became one")]
    pub fn clear_leftovers(&self, old: SystemTime, is_ours: impl Fn(&str) -> bool) -> Result<Leftovers> {
        let mut left = Leftovers::default();
        let Some(root) = self.root() else { return Ok(left) };
        let doing = || "cannot clear what interrupted writes left";
        let mut listed = self.list("");
        for entry in &mut listed {
            match entry {
                // What no object can be called is for a check to name.
                Err(error) if error.kind() != ErrorKind::InvalidInput => return Err(error),
                _ => {}
            }
        }
        for Leftover { name, changed } in listed.beside().unfinished.iter().filter(|it| is_ours(&it.name)) {
            if changed.is_some_and(|changed| changed >= old) {
                left.younger += 1;
                continue;
            }
            match fs::remove_file(root.join(name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).fold(ErrorKind::Storage, doing);
                }
                _ => left.removed.push(name.clone()),
            }
        }
        for Leftover { name, .. } in listed.beside().empty.iter().filter(|it| is_ours(&it.name)) {
            // Where something came into it meanwhile, it stays.
            let _ = fs::remove_dir(root.join(name));
        }
        left.removed.sort_unstable();
        Ok(left)
    }

    /// Removes what is half written right in a folder in which nobody writes at this moment.
    #[expect(clippy::disallowed_methods, reason = "what is removed here is no object and never became one")]
    pub fn clear_unfinished(&self, folder: &str) -> Result<()> {
        let Some(root) = self.root() else { return Ok(()) };
        let doing = || format!("cannot clear what interrupted writes left in `{folder}`");
        let entries = match fs::read_dir(root.join(folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.fold(ErrorKind::Storage, doing)?,
        };
        for entry in entries {
            let entry = entry.fold(ErrorKind::Storage, doing)?;
            if entry.file_name().to_str().is_some_and(|name| grows_for(name).is_some()) {
                fs::remove_file(entry.path()).fold(ErrorKind::Storage, doing)?;
            }
        }
        Ok(())
    }

    /// Removes folders that hold nothing: the one that a file was moved out of, or that a write which failed was to be in,
    /// and those around it. Whoever is about to write into one makes it again.
    pub fn clear_empty(&self, name: &ObjectName) {
        let Some(root) = self.root() else { return };
        let path = root.join(name.as_str());
        for folder in path.ancestors().skip(1).take_while(|folder| *folder != root) {
            if fs::remove_dir(folder).is_err() {
                return;
            }
        }
    }

    /// The folder that the store is, where it is one.
    pub fn root(&self) -> Option<&Path> {
        self.root.as_deref()
    }

    fn file_path(&self, name: &ObjectName) -> Option<PathBuf> {
        Some(self.root.as_ref()?.join(name.as_str()))
    }

    fn make_read_only(&self, name: &ObjectName) -> Result<()> {
        let Some(path) = self.file_path(name) else { return Ok(()) };
        let doing = || format!("cannot make `{name}` read-only");
        let mut permissions = fs::metadata(&path).fold(ErrorKind::Storage, doing)?.permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).fold(ErrorKind::Storage, doing)
    }

    fn flush_folder(&self, name: &ObjectName) -> Result<()> {
        let Some(path) = self.file_path(name) else { return Ok(()) };
        let folder = path.parent().unwrap_or(&path);
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .fold(ErrorKind::Storage, || format!("cannot flush the folder of `{name}`"))
    }

    /// Asks the system to read the object from the disk next time, not from its cache, so that reading back proves
    /// more than that memory works. Only a request: nothing depends on it.
    fn forget_cached(&self, name: &ObjectName) {
        #[cfg(target_os = "linux")]
        if let Some(file) = self.file_path(name).and_then(|path| File::open(path).ok()) {
            let _ = rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = name;
    }
}

/// What interrupted writes left behind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    /// Their names; they are gone.
    pub removed: Vec<String>,
    /// How many may be the work of another process at this moment; they stay.
    pub younger: usize,
}

/// A name under which bytes grow before they get that of their object: one that ends in `#` and a number, or is in the
/// folder of uploads. No object has such a name.
fn is_leftover(name: &str) -> bool {
    grows_for(name).is_some() || name.split('/').next() == Some(INCOMING)
}

/// The name that bytes were to get which grow under another one.
fn grows_for(name: &str) -> Option<&str> {
    let (name, number) = name.rsplit_once('#')?;
    (!number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())).then_some(name)
}

/// What became of the name of an unfinished write.
pub enum Grows {
    /// It is that of an upload, which has no other yet.
    Upload,
    /// It would have become the object of this name.
    For(ObjectName),
}

/// What an unfinished write of this store, by its name, would have become; `None` where this store gives no such name.
pub fn grows(name: &str) -> Option<Grows> {
    let whole = grows_for(name).unwrap_or(name);
    match whole.split_once('/') {
        Some((INCOMING, last)) => {
            let is_upload = last.len() == 32 && last.bytes().all(|byte| byte.is_ascii_hexdigit());
            is_upload.then_some(Grows::Upload)
        }
        _ if whole == name => None,
        _ => whole.parse().ok().map(Grows::For),
    }
}

/// An object as a local file.
pub enum LocalFile {
    /// The stored file itself.
    Stored(PathBuf),
    /// A copy that goes when this does.
    Copy(tempfile::TempPath),
}

impl Deref for LocalFile {
    type Target = Path;

    fn deref(&self) -> &Path {
        match self {
            Self::Stored(path) => path,
            Self::Copy(path) => path,
        }
    }
}

/// Both digests of a file, read part by part.
pub fn digests_of_file(path: &Path) -> Result<Digests> {
    let mut hasher = Hasher::default();
    read_file(path, READ_BYTES, |part| {
        hasher.update(part);
        Ok(())
    })?;
    Ok(hasher.finish())
}

fn read_file(path: &Path, most: usize, take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let doing = || format!("cannot read `{}`", path.display());
    read_parts(File::open(path).fold(ErrorKind::InvalidInput, doing)?, most, take).doing(doing)
}

/// Opens a file without waiting: where a pipe lies in its place, nobody may ever write to that.
fn open_to_read(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    options.open(path)
}

/// A single call, unless a signal came between.
fn read_once(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match file.read(buffer) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            read => return read,
        }
    }
}

fn read_parts(mut file: File, most: usize, mut take: impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
    let length = file.metadata().map_or(most as u64, |metadata| metadata.len());
    let mut part = vec![0; usize::try_from(length).map_or(most, |length| length.clamp(1 << 12, most))];
    loop {
        match read_once(&mut file, &mut part).fold(ErrorKind::Storage, || "the file cannot be read")? {
            0 => return Ok(()),
            n => take(&part[..n])?,
        }
    }
}

fn random_bytes() -> [u8; 16] {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

fn fold(error: object_store::Error, name: &ObjectName, doing: &str) -> Error {
    match error {
        object_store::Error::NotFound { .. } => Error::new(ErrorKind::NotFound, format!("there is no object `{name}`")),
        error => refusal(error, format!("{doing} `{name}`")),
    }
}

fn refusal(error: object_store::Error, doing: String) -> Error {
    match error {
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            s3::denied(doing).source(error)
        }
        error => Error::new(ErrorKind::Storage, doing).source(error),
    }
}
