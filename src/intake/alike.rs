//! ZIP archives that give members the same name, which the library that reads them tells apart by their names. They are
//! read as if each had a name of its own; what they are called in the archive is kept beside it.

use std::{
    collections::{HashMap, HashSet},
    fs::File,
    io::{self, Read, Seek, SeekFrom},
};

use zip::ZipArchive;

use super::Reason;

/// The longest list of members that is looked through.
const LONGEST_LIST: u64 = 64 << 20;
/// An entry of the list (APPNOTE 4.3.12): its mark, its fixed length, and where the lengths of its parts stand.
const MARK: &[u8] = b"PK\x01\x02";
const FIXED: usize = 46;
const LENGTHS: usize = 28;

/// An archive, and what members are called whose names were replaced.
pub(super) struct Named {
    pub(super) archive: ZipArchive<Patched>,
    pub(super) names: Names,
}

impl Named {
    /// Opens an archive that holds at most `max_members`.
    pub(super) fn open(file: File, max_members: usize) -> Result<Self, Reason> {
        let plain = Patched { file: file.try_clone()?, patches: Vec::new() };
        let archive = ZipArchive::new(plain).map_err(|_| Reason::DamagedContainer)?;
        if archive.len() > max_members {
            return Err(Reason::TooManyMembers(max_members));
        }
        if !archive.has_duplicate_names() {
            return Ok(Self { archive, names: Names::new() });
        }
        let (patches, names, count) = renamed(&file, archive.central_directory_start())?;
        if count > max_members {
            return Err(Reason::TooManyMembers(max_members));
        }
        let archive = ZipArchive::new(Patched { file, patches }).map_err(|_| Reason::AmbiguousNames)?;
        if archive.has_duplicate_names() { Err(Reason::AmbiguousNames) } else { Ok(Self { archive, names }) }
    }
}

/// Where a file has other bytes.
type Patches = Vec<(u64, Vec<u8>)>;
/// What members are called, by the names that they were given.
type Names = HashMap<Vec<u8>, Vec<u8>>;

/// Names of the same length for members that are called as one before them, what they are called, and how many members
/// there are.
fn renamed(mut file: &File, start: u64) -> Result<(Patches, Names, usize), Reason> {
    file.seek(SeekFrom::Start(start))?;
    let mut list = Vec::new();
    file.take(LONGEST_LIST).read_to_end(&mut list)?;
    let (mut patches, mut names, mut count) = (Vec::new(), Names::new(), 0);
    let mut entries = Vec::new();
    let mut at = 0;
    while let Some(entry) = list.get(at..).filter(|entry| entry.starts_with(MARK) && entry.len() >= FIXED) {
        let length =
            |part: usize| usize::from(u16::from_le_bytes([entry[LENGTHS + 2 * part], entry[LENGTHS + 2 * part + 1]]));
        let Some(name) = entry.get(FIXED..FIXED + length(0)) else { break };
        entries.push((at + FIXED, name));
        at += FIXED + length(0) + length(1) + length(2);
        count += 1;
    }
    let mut taken: HashSet<Vec<u8>> = entries.iter().map(|(_, name)| name.to_vec()).collect();
    let mut seen = HashSet::new();
    let mut numbers = 0_u64..;
    for (at, name) in entries {
        if seen.insert(name) {
            continue;
        }
        let Some((last, rest)) = name.split_last() else { return Err(Reason::AmbiguousNames) };
        let other = numbers
            .by_ref()
            .map(|number| format!("{number:x}").into_bytes())
            .take_while(|number| number.len() <= rest.len())
            // What ends a folder's name stays.
            .map(|mut number| {
                number.resize(rest.len(), b'~');
                number.push(*last);
                number
            })
            .find(|other| !taken.contains(other))
            .ok_or(Reason::AmbiguousNames)?;
        taken.insert(other.clone());
        patches.push((start + at as u64, other.clone()));
        names.insert(other, name.to_vec());
    }
    Ok((patches, names, count))
}

/// A file that has other bytes in some places.
pub(super) struct Patched {
    file: File,
    /// In the order of their places.
    patches: Patches,
}

impl Read for Patched {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let at = if self.patches.is_empty() { 0 } else { self.file.stream_position()? };
        let length = self.file.read(buffer)?;
        let end = at + length as u64;
        let first = self.patches.partition_point(|(start, bytes)| start + bytes.len() as u64 <= at);
        for (start, bytes) in self.patches[first..].iter().take_while(|(start, _)| *start < end) {
            let (from, to) = (at.max(*start), end.min(start + bytes.len() as u64));
            let part = &bytes[(from - start) as usize..(to - start) as usize];
            buffer[(from - at) as usize..(to - at) as usize].copy_from_slice(part);
        }
        Ok(length)
    }
}

impl Seek for Patched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}
