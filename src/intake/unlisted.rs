//! Members of a ZIP archive that stand between those that its list names: programs that go by the list, as all do, do not
//! show them; one that reads from the start does.

use std::{fs::File, io, os::unix::fs::FileExt as _};

use super::alike::Named;

/// What a member begins with (APPNOTE 4.3.7): its mark, its fixed length, and where the lengths of its name and extras stand.
const MARK: &[u8] = b"PK\x03\x04";
const FIXED: usize = 30;
const NAME_LENGTH: usize = 26;
/// So many are told.
const TOLD: usize = 20;
/// So much is looked at at once.
const PIECE: usize = 1 << 16;

/// What the members are called that the list does not name.
pub(super) fn names(named: &Named, file: &File) -> Vec<String> {
    let archive = &named.archive;
    let mut listed: Vec<(u64, u64)> = (0..archive.len())
        .filter_map(|index| {
            let entry = archive.by_index_data(index).ok()?;
            let start = entry.header_start();
            let mut header = [0; FIXED];
            file.read_exact_at(&mut header, start).ok()?;
            let before = FIXED as u64 + length(&header, NAME_LENGTH) + length(&header, NAME_LENGTH + 2);
            Some((start, start.saturating_add(before).saturating_add(entry.compressed_size())))
        })
        .collect();
    let end = archive.central_directory_start();
    listed.push((end, end));
    listed.sort_unstable();
    let (mut found, mut reached) = (Vec::new(), 0);
    for (start, to) in listed {
        // What cannot be read here cannot be taken either.
        let _ = between(file, reached, start.min(end), &mut found);
        reached = reached.max(to);
    }
    found
}

fn length(header: &[u8], at: usize) -> u64 {
    u64::from(u16::from_le_bytes([header[at], header[at + 1]]))
}

/// The members that begin in a part of the file.
fn between(file: &File, from: u64, to: u64, found: &mut Vec<String>) -> io::Result<()> {
    let mut at = from;
    while at + FIXED as u64 <= to && found.len() < TOLD {
        let size = usize::try_from(to - at).unwrap_or(PIECE).min(PIECE);
        let mut piece = vec![0; size];
        file.read_exact_at(&mut piece, at)?;
        let headers = piece.windows(FIXED).enumerate().filter(|(_, header)| header.starts_with(MARK));
        for (place, header) in headers {
            let named = length(header, NAME_LENGTH);
            // Versions of the format are small numbers.
            if length(header, 4) > 255 || !(1..=1024).contains(&named) || found.len() >= TOLD {
                continue;
            }
            let mut name = vec![0; named as usize];
            let start = at + (place + FIXED) as u64;
            if start + named <= to && file.read_exact_at(&mut name, start).is_ok() && !name.ends_with(b"/") {
                found.push(String::from_utf8_lossy(&name).into_owned());
            }
        }
        at += (size - FIXED + 1) as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, Write as _};

    use super::*;

    fn check(bytes: &[u8], want: &[&str]) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file.rewind().unwrap();
        assert_eq!(names(&Named::open(file.try_clone().unwrap(), 100).unwrap(), &file), want);
    }

    #[test]
    fn what_the_list_leaves_out_is_named() {
        let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
        for name in ["een.pdf", "twee.pdf", "map/drie.pdf"] {
            zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            zip.write_all(&name.repeat(9_000).into_bytes()).unwrap();
        }
        let whole = zip.finish().unwrap().into_inner();
        check(&whole, &[]);
        // The list without the entry of one of them, which has the lengths of its name behind its fixed part.
        for name in ["een.pdf", "twee.pdf", "map/drie.pdf"] {
            let entry =
                |at: &usize| whole[*at..].starts_with(b"PK\x01\x02") && whole[at + 46..].starts_with(name.as_bytes());
            let at = (0..whole.len()).find(entry).unwrap();
            let length = 46 + name.len() + usize::from(whole[at + 30]);
            let mut cut = [&whole[..at], &whole[at + length..]].concat();
            let end = cut.windows(4).rposition(|mark| mark == b"PK\x05\x06").unwrap();
            cut[end + 8] = 2;
            cut[end + 10] = 2;
            let size = u32::from_le_bytes(cut[end + 12..end + 16].try_into().unwrap()) - length as u32;
            cut[end + 12..end + 16].copy_from_slice(&size.to_le_bytes());
            check(&cut, &[name]);
        }
    }
}
