//! Writes a bag, file by file, beside the place that it gets when it is whole. Nothing is ever written over.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Write as _},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256, Sha512};
use tempfile::TempDir;

use super::{PAYLOAD_OXUM, encoded};
use crate::{Error, ErrorKind, Result, error::Fold as _};

/// A bag that is being written. Dropped before it is closed, it leaves nothing.
#[derive(Debug)]
pub struct Writer {
    folder: TempDir,
    target: PathBuf,
    manifests: [BufWriter<File>; 2],
    size_bytes: u64,
    files: u64,
}

/// A file of the payload that is being written.
pub struct Payload {
    file: File,
    sha256: Sha256,
    sha512: Sha512,
    size_bytes: u64,
    failed: Option<io::Error>,
}

const ALGORITHMS: [&str; 2] = ["sha256", "sha512"];

fn doing() -> &'static str {
    "cannot write the bag"
}

impl Payload {
    /// Adds bytes.
    pub fn write(&mut self, part: &[u8]) -> Result<()> {
        self.take(part);
        match self.failed.take() {
            Some(error) => Err(error).fold(ErrorKind::Storage, doing),
            None => Ok(()),
        }
    }

    /// Adds bytes where an error can only be told later.
    pub fn take(&mut self, part: &[u8]) {
        if self.failed.is_none() {
            self.failed = self.file.write_all(part).err();
            self.sha256.update(part);
            self.sha512.update(part);
            self.size_bytes += part.len() as u64;
        }
    }

    fn create(path: &Path) -> Result<Self> {
        let folder = path.parent().unwrap_or(path);
        fs::create_dir_all(folder).fold(ErrorKind::Storage, doing)?;
        let file = File::create_new(path).fold(ErrorKind::Storage, doing)?;
        Ok(Self { file, sha256: Sha256::new(), sha512: Sha512::new(), size_bytes: 0, failed: None })
    }

    /// Its digests, as manifests write them, and its size.
    fn finish(mut self) -> Result<([String; 2], u64)> {
        match self.failed.take() {
            Some(error) => Err(error),
            None => self.file.sync_all(),
        }
        .fold(ErrorKind::Storage, doing)?;
        Ok(([hex::encode(self.sha256.finalize()), hex::encode(self.sha512.finalize())], self.size_bytes))
    }
}

impl Writer {
    /// Begins a bag that will be the folder `target`, which must not be there.
    pub fn begin(target: &Path) -> Result<Self> {
        let taken = target.symlink_metadata().is_ok();
        let (Some(name), false) = (target.file_name(), taken) else { return Err(is_there(target)) };
        let beside = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut prefix = std::ffi::OsString::from(".");
        prefix.push(name);
        prefix.push(".unfinished-");
        let folder = tempfile::Builder::new()
            .prefix(&prefix)
            .tempdir_in(beside)
            .fold(ErrorKind::InvalidInput, || format!("cannot write in `{}`", beside.display()))?;
        let manifest = |algorithm| {
            let path = folder.path().join(format!("manifest-{algorithm}.txt"));
            File::create_new(path).map(BufWriter::new).fold(ErrorKind::Storage, doing)
        };
        let manifests = [manifest(ALGORITHMS[0])?, manifest(ALGORITHMS[1])?];
        fs::create_dir(folder.path().join("data")).fold(ErrorKind::Storage, doing)?;
        Ok(Self { folder, target: target.to_owned(), manifests, size_bytes: 0, files: 0 })
    }

    /// Adds a file to the payload, at a path below `data/` that has none yet.
    pub fn add(&mut self, path: &str, fill: impl FnOnce(&mut Payload) -> Result<()>) -> Result<()> {
        let plain = path.split('/').all(|part| !part.is_empty() && part != "." && part != "..");
        if !plain {
            return Err(Error::new(ErrorKind::Internal, format!("`{path}` is no path in a bag")));
        }
        let mut payload = Payload::create(&self.folder.path().join("data").join(path))?;
        fill(&mut payload)?;
        let (digests, size_bytes) = payload.finish()?;
        for (manifest, digest) in self.manifests.iter_mut().zip(digests) {
            writeln!(manifest, "{digest}  data/{}", encoded(path)).fold(ErrorKind::Storage, doing)?;
        }
        self.size_bytes += size_bytes;
        self.files += 1;
        Ok(())
    }

    /// Bytes and files of the payload so far.
    pub fn oxum(&self) -> (u64, u64) {
        (self.size_bytes, self.files)
    }

    /// Adds what the bag says of itself, and gives it its name. Returns the SHA-256 of its tag manifest, which stands for
    /// every byte of it.
    pub fn close(self, info: &[(String, String)]) -> Result<String> {
        let Self { folder, target, manifests, size_bytes, files } = self;
        for manifest in manifests {
            let file = manifest.into_inner().map_err(io::IntoInnerError::into_error).fold(ErrorKind::Storage, doing)?;
            file.sync_all().fold(ErrorKind::Storage, doing)?;
        }
        let tag = |name: &str, text: &str| -> Result<[String; 2]> {
            let mut payload = Payload::create(&folder.path().join(name))?;
            payload.write(text.as_bytes())?;
            Ok(payload.finish()?.0)
        };
        let mut lines = String::new();
        let oxum = (PAYLOAD_OXUM.to_owned(), format!("{size_bytes}.{files}"));
        for (label, value) in info.iter().chain([&oxum]) {
            let value: Vec<_> = value.split_whitespace().collect();
            lines += &format!("{label}: {}\n", value.join(" "));
        }
        let mut tags = vec![
            ("bagit.txt".to_owned(), tag("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")?),
            ("bag-info.txt".to_owned(), tag("bag-info.txt", &lines)?),
        ];
        for algorithm in ALGORITHMS {
            let name = format!("manifest-{algorithm}.txt");
            tags.push((name.clone(), digests(&folder.path().join(name))?));
        }
        let mut seal = String::new();
        for (at, algorithm) in ALGORITHMS.iter().enumerate().rev() {
            let lines: String = tags.iter().map(|(name, digests)| format!("{}  {name}\n", digests[at])).collect();
            let [sha256, _] = tag(&format!("tagmanifest-{algorithm}.txt"), &lines)?;
            seal = sha256;
        }
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, folder.path(), CWD, &target, RenameFlags::NOREPLACE) {
            Ok(()) => _ = folder.keep(),
            Err(rustix::io::Errno::EXIST) => return Err(is_there(&target)),
            Err(error) => return Err(error).fold(ErrorKind::Storage, doing),
        }
        Ok(seal)
    }
}

fn is_there(target: &Path) -> Error {
    Error::new(ErrorKind::Conflict, format!("`{}` is there already", target.display()))
        .hint("name a folder that is not there yet: nothing is written over")
}

/// Digests of a file, read part by part.
fn digests(path: &Path) -> Result<[String; 2]> {
    let mut file = File::open(path).fold(ErrorKind::Storage, doing)?;
    let (mut sha256, mut sha512) = (Sha256::new(), Sha512::new());
    super::check::read_parts(&mut file, |part| {
        sha256.update(part);
        sha512.update(part);
    })
    .fold(ErrorKind::Storage, doing)?;
    Ok([hex::encode(sha256.finalize()), hex::encode(sha512.finalize())])
}
