//! What a log goes on with from a size: one object under a name that follows from that size alone, so that of several
//! writers only one can win it, and all others find what won. It holds all of the append, under the checkpoint that ends
//! it: whoever comes by can write the rest, and two that do write the same.

use super::{
    merkle::{Hash, leaf_hash, root_of},
    note::Checkpoint,
    tiles::{self, WIDTH},
};
use crate::{Result, storage::ObjectName};

/// Lines of a signed checkpoint: origin, size, root, an empty one, the signature.
const NOTE_LINES: usize = 5;
/// What the first line begins with; behind it stands from what size on the log has successors.
const SCHEMA: &str = "griffie-next/1 ";

/// From what size on the log has successors, the signed checkpoint at the end of an append, and its entries, packed as in a
/// bundle.
pub fn encode(since: u64, note: &str, entries: &[Vec<u8>]) -> Result<Vec<u8>> {
    Ok([format!("{SCHEMA}{since}\n").as_bytes(), note.as_bytes(), &tiles::pack(entries)?].concat())
}

/// These three apart; `None` where it is no successor.
pub fn split(bytes: &[u8]) -> Option<(u64, &[u8], &[u8])> {
    let mut ends = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').map(|(at, _)| at + 1);
    let (begin, end) = (ends.next()?, ends.nth(NOTE_LINES - 1)?);
    let line = std::str::from_utf8(&bytes[..begin]).ok()?;
    let since = line.strip_prefix(SCHEMA)?.trim_end().parse().ok()?;
    // Only one spelling is valid, so that no byte can change unseen.
    (line == format!("{SCHEMA}{since}\n")).then_some((since, &bytes[begin..end], &bytes[end..]))
}

/// A successor, read.
pub struct Successor {
    /// From what size on the log has successors.
    pub since: u64,
    /// The signed checkpoint as it is to be stored.
    pub note: Vec<u8>,
    /// It.
    pub checkpoint: Checkpoint,
    /// The entries that come with it, at least one.
    pub entries: Vec<Vec<u8>>,
}

/// Reads what a log of so many events goes on with; `open` reads the note, where a key that may sign did.
pub fn read(bytes: &[u8], size: u64, open: impl Fn(&[u8]) -> Option<Checkpoint>) -> Option<Successor> {
    let (since, note, packed) = split(bytes)?;
    let checkpoint = open(note)?;
    let count = checkpoint.size.checked_sub(size).filter(|count| *count > 0)?;
    let entries = tiles::unpack(packed, count).ok()?;
    (since <= size).then(|| Successor { since, note: note.to_vec(), checkpoint, entries })
}

/// The right edge of a tree: the entries of the bundle that is not full yet, and on each tile level the hashes of the tile
/// that is not.
#[derive(Clone, Default)]
pub struct Edge {
    /// How many events the tree has.
    pub size: u64,
    /// Of the bundle.
    pub bundle: Vec<Vec<u8>>,
    /// Of the tiles.
    pub levels: Vec<Vec<Hash>>,
}

impl Edge {
    /// Adds entries, and gives the objects that the log has with them and had not: bundles before tiles.
    pub fn grow(&mut self, entries: impl IntoIterator<Item = Vec<u8>>) -> Result<Vec<(ObjectName, Vec<u8>)>> {
        let (mut bundles, mut full) = (Vec::new(), Vec::new());
        for entry in entries {
            let leaf = leaf_hash(&entry);
            self.bundle.push(entry);
            self.size += 1;
            if self.bundle.len() as u64 == WIDTH {
                let bundle = tiles::pack(&std::mem::take(&mut self.bundle))?;
                bundles.push((tiles::bundle_name(self.size / WIDTH - 1, WIDTH), bundle));
            }
            let (mut level, mut hash) = (0, leaf);
            loop {
                if self.levels.len() == level {
                    self.levels.push(Vec::new());
                }
                self.levels[level].push(hash);
                if (self.levels[level].len() as u64) < WIDTH {
                    break;
                }
                let hashes = std::mem::take(&mut self.levels[level]);
                hash = root_of(&hashes);
                let index = (self.size >> (8 * (level as u32 + 1))) - 1;
                full.push((tiles::tile_name(level as u32, index, WIDTH), hashes.concat()));
                level += 1;
            }
        }
        if !self.bundle.is_empty() {
            let name = tiles::bundle_name(self.size / WIDTH, self.bundle.len() as u64);
            bundles.push((name, tiles::pack(&self.bundle)?));
        }
        for (level, hashes) in (0_u32..).zip(&self.levels).filter(|(_, hashes)| !hashes.is_empty()) {
            let name = tiles::tile_name(level, self.size >> (8 * (level + 1)), hashes.len() as u64);
            full.push((name, hashes.concat()));
        }
        bundles.append(&mut full);
        Ok(bundles)
    }
}
