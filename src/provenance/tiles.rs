//! Where the log's tiles and bundles lie (C2SP tlog-tiles), and how entries are packed into bundles.

use super::merkle::{Hash, Nodes, root_of};
use crate::{
    Error, ErrorKind, Result,
    storage::{ObjectName, Store},
};

/// Hashes in a full tile, entries in a full bundle.
pub const WIDTH: u64 = 256;
/// The folder of the log in the store.
pub const LOG: &str = "log";
/// The folder of what it went on with.
pub const SUCCESSORS: &str = "log/next";

/// A tile index in groups of three digits, all but the last behind an `x`: `x001/x234/067`.
fn index_path(index: u64) -> String {
    let mut path = format!("{:03}", index % 1000);
    let mut rest = index / 1000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1000);
        rest /= 1000;
    }
    path
}

fn name(kind: &str, index: u64, width: u64) -> ObjectName {
    let partial = if width == WIDTH { String::new() } else { format!(".p/{width}") };
    format!("{LOG}/tile/{kind}/{}{partial}", index_path(index)).parse().expect("tiles have plain names")
}

/// A tile of hashes; `width` below 256 is a partial one.
pub fn tile_name(level: u32, index: u64, width: u64) -> ObjectName {
    name(&level.to_string(), index, width)
}

/// A bundle of entries.
pub fn bundle_name(index: u64, width: u64) -> ObjectName {
    name("entries", index, width)
}

/// The folder of a bundle's partial versions.
pub fn partial_bundles(index: u64) -> String {
    format!("{LOG}/tile/entries/{}.p", index_path(index))
}

/// A checkpoint.
pub fn checkpoint_name(size: u64) -> ObjectName {
    format!("{LOG}/checkpoints/{size:012}").parse().expect("checkpoints have plain names")
}

/// What a log goes on with that has so many events.
pub fn successor_name(size: u64) -> ObjectName {
    format!("{SUCCESSORS}/{size:012}").parse().expect("successors have plain names")
}

/// Whether objects of the log lie in a folder of such a name.
pub fn is_folder(folder: &str) -> bool {
    let is_number = |part: &str| part.len() == 3 && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_group = |part: &str| part.strip_prefix('x').is_some_and(is_number);
    let mut parts = folder.split('/');
    if parts.next() != Some(LOG) {
        return false;
    }
    match parts.next() {
        None => true,
        Some("keys" | "checkpoints" | "next") => parts.next().is_none(),
        Some("tile") => {
            let is_kind = |kind: &str| kind == "entries" || kind.parse::<u8>().is_ok_and(|level| level < 8);
            if !parts.next().is_none_or(is_kind) {
                return false;
            }
            let Some(last) = parts.next_back() else { return true };
            parts.all(is_group) && (is_group(last) || last.strip_suffix(".p").is_some_and(is_number))
        }
        Some(_) => false,
    }
}

/// How many events an object of the log tells of at least: a checkpoint, a successor, a bundle, a tile. Another name tells
/// of none.
pub fn told_by(told: &ObjectName) -> Option<u64> {
    let rest = told.as_str().strip_prefix(LOG)?.strip_prefix('/')?;
    if let Some(size) = rest.strip_prefix("checkpoints/") {
        return size.parse().ok().filter(|size| checkpoint_name(*size) == *told);
    }
    if let Some(size) = rest.strip_prefix("next/") {
        return size.parse().ok().filter(|size| successor_name(*size) == *told)?.checked_add(1);
    }
    let (kind, path) = rest.strip_prefix("tile/")?.split_once('/')?;
    let (path, width) = match path.split_once(".p/") {
        Some((path, width)) => (path, width.parse().ok().filter(|width| (1..WIDTH).contains(width))?),
        None => (path, WIDTH),
    };
    let index = path.split('/').try_fold(0_u64, |index, part| {
        let digits = part.trim_start_matches('x').parse::<u64>().ok()?;
        index.checked_mul(1000)?.checked_add(digits)
    })?;
    let level: u32 = if kind == "entries" { 0 } else { kind.parse().ok().filter(|level| *level < 8)? };
    let events = index.checked_mul(WIDTH)?.checked_add(width)?.checked_mul(1 << (8 * level))?;
    (name(kind, index, width) == *told).then_some(events)
}

/// Packs entries: each behind its length in two bytes, big-endian.
pub fn pack(entries: &[Vec<u8>]) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for entry in entries {
        let length = u16::try_from(entry.len())
            .map_err(|_| Error::new(ErrorKind::InvalidInput, "an event is longer than 64 KiB"))?;
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(entry);
    }
    Ok(bytes)
}

/// Unpacks a bundle that must hold exactly `width` entries.
pub fn unpack(mut bytes: &[u8], width: u64) -> Result<Vec<Vec<u8>>> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bytes.split_first_chunk::<2>() {
        let Some((entry, rest)) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length))) else { break };
        entries.push(entry.to_vec());
        bytes = rest;
    }
    if bytes.is_empty() && entries.len() as u64 == width {
        return Ok(entries);
    }
    Err(Error::new(ErrorKind::FixityMismatch, format!("a bundle of the log does not hold {width} entries")))
}

/// Width of the tile `index` on a tile level of a log with `size` entries.
fn width(size: u64, level: u32, index: u64) -> u64 {
    ((size >> (8 * level)) - index * WIDTH).min(WIDTH)
}

/// The hashes of a tile.
pub fn read_tile(store: &Store, level: u32, index: u64, width: u64) -> Result<Vec<Hash>> {
    let name = tile_name(level, index, width);
    let bytes = store.get(&name)?;
    let (hashes, rest) = bytes.as_chunks::<32>();
    if !rest.is_empty() || hashes.len() as u64 != width {
        return Err(Error::new(ErrorKind::FixityMismatch, format!("`{name}` does not hold {width} hashes")));
    }
    Ok(hashes.to_vec())
}

/// The nodes of a log with a certain number of entries, read from its tiles.
pub struct TileNodes<'a> {
    /// Where the log lies.
    pub store: &'a Store,
    /// The number of entries of a checkpoint.
    pub size: u64,
}

impl Nodes for TileNodes<'_> {
    fn node(&self, level: u32, index: u64) -> Result<Hash> {
        let (tile_level, inside) = (level / 8, level % 8);
        let first = index << inside;
        let tile = first / WIDTH;
        let hashes = read_tile(self.store, tile_level, tile, width(self.size, tile_level, tile))?;
        let start = (first % WIDTH) as usize;
        hashes
            .get(start..start + (1 << inside))
            .map(root_of)
            .ok_or_else(|| Error::new(ErrorKind::InvalidInput, "the log has no such entry"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_layout() {
        let check = |name: ObjectName, want: &str| assert_eq!(name.as_str(), want);
        check(tile_name(0, 1_234_067, 256), "log/tile/0/x001/x234/067");
        check(tile_name(1, 0, 17), "log/tile/1/000.p/17");
        check(bundle_name(1000, 3), "log/tile/entries/x001/000.p/3");
        check(checkpoint_name(42), "log/checkpoints/000000000042");
    }

    #[test]
    fn a_name_tells_of_how_many_events() {
        let told = |name: ObjectName| told_by(&name);
        assert_eq!(told(checkpoint_name(42)), Some(42));
        assert_eq!(told(bundle_name(1_234_067, 3)), Some(1_234_067 * 256 + 3));
        assert_eq!(told(tile_name(0, 2, 256)), Some(3 * 256));
        assert_eq!(told(tile_name(1, 0, 17)), Some(17 * 256));
        for other in ["log/keys/00000000", "log/tile/0/1", "log/tile/0/001.p/256", "log/checkpoints/42", "README.txt"] {
            assert_eq!(told(other.parse().unwrap()), None, "{other}");
        }
    }

    #[test]
    fn bundles_unpack_to_what_was_packed() {
        let entries = vec![b"one".to_vec(), Vec::new(), vec![7; 65_535]];
        let packed = pack(&entries).unwrap();
        assert_eq!(unpack(&packed, 3).unwrap(), entries);
        assert!(unpack(&packed, 2).is_err() && unpack(&packed[1..], 3).is_err());
        assert!(unpack(&packed[..packed.len() - 1], 3).is_err());
        assert!(pack(&[vec![7; 65_536]]).is_err());
    }
}
