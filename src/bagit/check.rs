//! Checks a bag: complete (every file that is listed is there, no other is) and valid (every digest is right).

use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, BufRead as _, BufReader, Read},
    path::{Component, Path, PathBuf},
};

use sha2::{Digest, Sha256, Sha512};
use walkdir::WalkDir;

use super::decoded;

/// Longer tag files and lines are no tag files.
const LONGEST_LINE: u64 = 1 << 16;
const LONGEST_TAG_FILE: u64 = 1 << 20;

/// What is wrong with a bag, and with which of its files.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A file's bytes are not those that a manifest says.
    #[error("`{0}` has another digest")]
    Changed(String),
    /// A file that a manifest lists is not there.
    #[error("`{0}` is missing")]
    Missing(String),
    /// A file of the payload is in no manifest.
    #[error("`{0}` is not listed")]
    Unlisted(String),
    /// Files of it are still to be fetched from elsewhere.
    #[error("it is not complete: files are to be fetched")]
    Incomplete,
    /// A file of it is not in the form of RFC 8493.
    #[error("`{0}` cannot be understood")]
    Malformed(String),
    /// It has no manifest with SHA-256 or SHA-512.
    #[error("it has no manifest with SHA-256 or SHA-512")]
    NoManifest,
    /// A file of it cannot be read.
    #[error("`{0}` cannot be read")]
    Unreadable(String),
    /// No event of the log that came with it names the bytes of this file: it was exchanged, or put in.
    #[error("the bytes of `{0}` are not those that the log in it tells of")]
    Unnamed(String),
    /// What it brings as proof does not hold.
    #[error("`{0}` does not hold against the checkpoint and the keys in it")]
    Disproved(String),
}

/// A bag that was checked.
#[derive(Clone, Debug)]
pub struct Bag {
    /// The files of its payload, sorted.
    pub payload: Vec<PathBuf>,
    info: Vec<(String, String)>,
}

/// Whether a folder says that it is a bag.
pub fn is_bag(folder: &Path) -> bool {
    let mut start = [0; 14];
    let head = File::open(folder.join("bagit.txt")).and_then(|mut file| file.read_exact(&mut start));
    head.is_ok() && start == *b"BagIt-Version:"
}

/// The digests of a path, by algorithm.
type Listed = BTreeMap<String, Vec<(Algorithm, String)>>;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha512,
}

impl Bag {
    /// Checks all of a bag.
    pub fn check(folder: &Path) -> Result<Self, Fault> {
        let declaration = tag_file(folder, "bagit.txt")?;
        let version = declaration.iter().find(|(label, _)| label.eq_ignore_ascii_case("BagIt-Version"));
        let encoding = declaration.iter().find(|(label, _)| label.eq_ignore_ascii_case("Tag-File-Character-Encoding"));
        let known = version.is_some_and(|(_, version)| version == "1.0" || version.starts_with("0."))
            && encoding.is_none_or(|(_, encoding)| encoding.eq_ignore_ascii_case("UTF-8"));
        if !known {
            return Err(Fault::Malformed("bagit.txt".into()));
        }
        if folder.join("fetch.txt").symlink_metadata().is_ok() {
            return Err(Fault::Incomplete);
        }
        let (mut payload, mut tags) = (Listed::new(), Listed::new());
        let mut lists = 0;
        for (algorithm, name) in [(Algorithm::Sha256, "sha256"), (Algorithm::Sha512, "sha512")] {
            lists += usize::from(read_manifest(folder, &format!("manifest-{name}.txt"), algorithm, &mut payload)?);
            read_manifest(folder, &format!("tagmanifest-{name}.txt"), algorithm, &mut tags)?;
        }
        if lists == 0 {
            return Err(Fault::NoManifest);
        }
        if let Some(stray) = payload.keys().find(|path| !path.starts_with("data/")) {
            return Err(Fault::Malformed(stray.clone()));
        }
        // RFC 8493, 3: every manifest lists the whole payload.
        if let Some((path, _)) = payload.iter().find(|(_, digests)| digests.len() < lists) {
            return Err(Fault::Unlisted(path.clone()));
        }
        for (path, digests) in tags.iter().chain(&payload) {
            check_file(folder, path, digests)?;
        }
        for entry in WalkDir::new(folder.join("data")).sort_by_file_name() {
            let entry = entry.map_err(|_| Fault::Unreadable("data".into()))?;
            let path = entry.path().strip_prefix(folder).unwrap_or(entry.path()).to_string_lossy().into_owned();
            if !entry.file_type().is_dir() && !payload.contains_key(&path) {
                return Err(Fault::Unlisted(path));
            }
        }
        let has_info = folder.join("bag-info.txt").symlink_metadata().is_ok();
        let info = if has_info { tag_file(folder, "bag-info.txt")? } else { Vec::new() };
        Ok(Self { payload: payload.into_keys().map(|path| folder.join(path)).collect(), info })
    }

    /// What it says of itself under a label.
    pub fn info(&self, label: &str) -> Option<&str> {
        self.info.iter().find(|(name, _)| name.eq_ignore_ascii_case(label)).map(|(_, value)| value.as_str())
    }
}

/// The labels and values of a tag file; lines that start with white space go on from the one before.
fn tag_file(folder: &Path, name: &str) -> Result<Vec<(String, String)>, Fault> {
    let malformed = || Fault::Malformed(name.into());
    let mut text = String::new();
    let file = open(folder, name)?;
    file.take(LONGEST_TAG_FILE).read_to_string(&mut text).map_err(|_| malformed())?;
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.trim_start_matches('\u{feff}').lines().filter(|line| !line.trim().is_empty()) {
        match (line.starts_with([' ', '\t']), found.last_mut(), line.split_once(':')) {
            (true, Some((_, value)), _) => {
                value.push(' ');
                value.push_str(line.trim());
            }
            (false, _, Some((label, value))) => found.push((label.trim().to_owned(), value.trim().to_owned())),
            _ => return Err(malformed()),
        }
    }
    Ok(found)
}

/// Reads a manifest, if it is there.
fn read_manifest(folder: &Path, name: &str, algorithm: Algorithm, listed: &mut Listed) -> Result<bool, Fault> {
    let file = match open(folder, name) {
        Ok(file) => file,
        Err(Fault::Missing(_)) => return Ok(false),
        Err(fault) => return Err(fault),
    };
    let malformed = || Fault::Malformed(name.into());
    let mut lines = BufReader::new(file);
    let mut line = String::new();
    loop {
        line.clear();
        let length = lines.by_ref().take(LONGEST_LINE).read_line(&mut line).map_err(|_| malformed())?;
        if length == 0 {
            return Ok(true);
        }
        let line = line.trim_end_matches(['\r', '\n']);
        let (digest, path) = line.split_once([' ', '\t']).ok_or_else(malformed)?;
        let length = if algorithm == Algorithm::Sha256 { 64 } else { 128 };
        let path = decoded(path.trim_start().trim_start_matches('*').trim_start_matches("./"));
        let inside = Path::new(&path).components().all(|part| matches!(part, Component::Normal(_)));
        if digest.len() != length || hex::decode(digest).is_err() || path.is_empty() || !inside {
            return Err(malformed());
        }
        let digests = listed.entry(path).or_default();
        // The same path twice (RFC 8493, 2.1.3) would leave open which digest counts.
        if digests.iter().any(|(known, _)| *known == algorithm) {
            return Err(malformed());
        }
        digests.push((algorithm, digest.to_ascii_lowercase()));
    }
}

/// Opens a file of the bag; links are not followed.
fn open(folder: &Path, name: &str) -> Result<File, Fault> {
    let path = folder.join(name);
    match path.symlink_metadata() {
        Ok(metadata) if metadata.is_file() => File::open(path).map_err(|_| Fault::Unreadable(name.into())),
        Ok(_) => Err(Fault::Unreadable(name.into())),
        Err(_) => Err(Fault::Missing(name.into())),
    }
}

fn check_file(folder: &Path, path: &str, digests: &[(Algorithm, String)]) -> Result<(), Fault> {
    let mut file = open(folder, path)?;
    let (mut sha256, mut sha512) = (Sha256::new(), Sha512::new());
    read_parts(&mut file, |part| {
        sha256.update(part);
        sha512.update(part);
    })
    .map_err(|_| Fault::Unreadable(path.into()))?;
    let found = [hex::encode(sha256.finalize()), hex::encode(sha512.finalize())];
    let right = digests.iter().all(|(algorithm, digest)| match algorithm {
        Algorithm::Sha256 => *digest == found[0],
        Algorithm::Sha512 => *digest == found[1],
    });
    if right { Ok(()) } else { Err(Fault::Changed(path.into())) }
}

/// Hands all bytes of a file to `take`, part by part.
pub(super) fn read_parts(file: &mut File, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut part = vec![0; 1 << 16];
    loop {
        match file.read(&mut part) {
            Ok(0) => return Ok(()),
            Ok(length) => take(&part[..length]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
