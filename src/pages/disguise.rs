//! Kinds of TIFF that the decoder refuses by name, though it could read their samples: it is told another name, and
//! whoever takes the samples is told the true one.

use std::{
    collections::HashMap,
    io::{self, Cursor, Read, Seek, SeekFrom},
};

/// More directories than this are taken for a loop.
const MOST: usize = 50_000;
/// The entries of a directory that are looked at: it has a few dozen, in the order of their numbers.
const ENTRIES: usize = 200;
const PHOTOMETRIC: usize = 262;

/// What the samples of a disguised page are (TIFF 6.0, sections 5 and 23; for the last, Technical Note 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Truth {
    /// Numbers of colors in a map; given as grey.
    Palette,
    /// L*, and a* and b* with a sign; given as red, green and blue.
    Lab,
    /// The same, a* and b* from -128 on.
    IccLab,
}

/// A TIFF, some bytes of which are read as others.
pub(crate) struct Disguised<D> {
    file: Cursor<D>,
    /// Places, and what is read there; in the order of the places.
    instead: Vec<(u64, u8)>,
    truths: HashMap<u64, Truth>,
}

impl<D: AsRef<[u8]>> Disguised<D> {
    pub(crate) fn new(file: D) -> Self {
        let (mut instead, mut truths) = (Vec::new(), HashMap::new());
        let _ = each_kind(file.as_ref(), |directory, place, kind| {
            let (truth, name) = match kind {
                3 => (Truth::Palette, 1),
                8 => (Truth::Lab, 2),
                9 => (Truth::IccLab, 2),
                _ => return,
            };
            instead.push((place, name));
            truths.insert(directory, truth);
        });
        instead.sort_unstable();
        Self { file: Cursor::new(file), instead, truths }
    }

    /// The disguised pages, by where their directories stand.
    pub(crate) fn truths(&self) -> HashMap<u64, Truth> {
        self.truths.clone()
    }
}

impl<D: AsRef<[u8]>> Read for Disguised<D> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let start = self.file.position();
        let count = self.file.read(into)?;
        let first = self.instead.partition_point(|(place, _)| *place < start);
        for (place, byte) in self.instead[first..].iter().take_while(|(place, _)| *place < start + count as u64) {
            into[(place - start) as usize] = *byte;
        }
        Ok(count)
    }
}

impl<D: AsRef<[u8]>> Seek for Disguised<D> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

/// Tells of each directory where its `PhotometricInterpretation` stands, and what it is.
fn each_kind(file: &[u8], mut told: impl FnMut(u64, u64, u8)) -> Option<()> {
    let is_little = file.starts_with(b"II");
    let number = |at: usize, length: usize| -> Option<usize> {
        let bytes = file.get(at..at.checked_add(length)?)?;
        let add = |sum: usize, byte: &u8| sum.checked_shl(8).map(|sum| sum | usize::from(*byte));
        if is_little { bytes.iter().rev().try_fold(0, add) } else { bytes.iter().try_fold(0, add) }
    };
    // Sizes of an offset, of the count of entries and of an entry; where an entry's value stands in it.
    let (offset, count, entry, value) = if number(2, 2)? == 43 { (8, 8, 20, 12) } else { (4, 2, 12, 8) };
    let mut directory = number(offset, offset)?;
    for _ in 0..MOST {
        if directory == 0 {
            break;
        }
        let entries = number(directory, count)?;
        let first = directory + count;
        for index in 0..entries.min(ENTRIES) {
            let at = first + index * entry;
            if number(at, 2)? == PHOTOMETRIC {
                let size = match number(at + 2, 2)? {
                    1 => 1,
                    3 => 2,
                    _ => 4,
                };
                let kind = u8::try_from(number(at + value, size)?).unwrap_or(0);
                let lowest = at + value + if is_little { 0 } else { size - 1 };
                told(directory as u64, lowest as u64, kind);
            }
        }
        directory = number(first.checked_add(entries.checked_mul(entry)?)?, offset)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Directories of one entry each.
    fn file(is_little: bool, kinds: &[u16]) -> Vec<u8> {
        let two = |v: u16| if is_little { v.to_le_bytes() } else { v.to_be_bytes() };
        let four = |v: u32| if is_little { v.to_le_bytes() } else { v.to_be_bytes() };
        let mut file = if is_little { b"II".to_vec() } else { b"MM".to_vec() };
        file.extend([&two(42)[..], &four(8)].concat());
        for (index, kind) in (1..).zip(kinds) {
            let next = if index as usize == kinds.len() { 0 } else { 8 + 18 * index };
            let entry = [&two(262)[..], &two(3), &four(1), &two(*kind), &two(0)].concat();
            file.extend([&two(1)[..], &entry, &four(next)].concat());
        }
        file
    }

    #[test]
    fn only_the_names_are_read_otherwise() {
        for is_little in [true, false] {
            let plain = file(is_little, &[1, 3, 8, 9, 10]);
            let mut disguised = Disguised::new(&plain);
            let truths = disguised.truths();
            let truth = |directory: u64| truths.get(&directory).copied();
            assert_eq!([8, 26, 44, 62].map(truth), [None, Some(Truth::Palette), Some(Truth::Lab), Some(Truth::IccLab)]);
            // Piece by piece as well as whole.
            let mut read: Vec<u8> = Vec::new();
            let mut piece = [0; 7];
            while let Ok(count @ 1..) = disguised.read(&mut piece) {
                read.extend(&piece[..count]);
            }
            assert_eq!(read, file(is_little, &[1, 1, 2, 2, 10]));
        }
    }

    #[test]
    fn damaged_and_endless_lists_come_to_an_end() {
        let mut endless = file(true, &[3]);
        let end = endless.len() - 4;
        endless[end] = 8;
        assert_eq!(Disguised::new(&endless).truths().len(), 1);
        for length in 0..endless.len() {
            Disguised::new(&endless[..length]);
        }
        assert!(Disguised::new([0xFF; 64]).truths().is_empty());
    }
}
