//! PDFs that somebody put into one file, one after the other: whoever reads that file sees the last of them only.

use std::{
    fs::File,
    io::{self, Read as _},
    ops::Range,
    os::unix::fs::FileExt as _,
};

use super::Reason;

const HEADER: &[u8] = b"%PDF-";
const END: &[u8] = b"%%EOF";
/// So many bytes are looked at before a header, for the end of the file before it.
const BEFORE: usize = 256;
/// So many bytes are looked at before the end of a file, for what says where its table is.
const TAIL: u64 = 2048;

/// Where the PDFs of a file are, at most so many; one where it is a single PDF. One that was changed by writing more
/// behind it is single, even if that begins with a header again: its table's place is told from the start of the file.
pub(super) fn pdfs(file: &mut File, most: usize) -> Result<Vec<Range<u64>>, Reason> {
    let size = file.metadata()?.len();
    let starts = starts(file, most)?;
    if starts.len() >= most.max(1) {
        return Err(Reason::TooManyMembers(most));
    }
    let ends = starts.iter().copied().chain([size]);
    let parts: Vec<_> = std::iter::once(0).chain(starts.iter().copied()).zip(ends).map(|(from, to)| from..to).collect();
    for part in &parts[1..] {
        if !is_whole(file, part)? {
            return Ok(std::iter::once(0..size).collect());
        }
    }
    Ok(parts)
}

/// Where headers stand right after the end of another file.
fn starts(file: &mut File, most: usize) -> io::Result<Vec<u64>> {
    io::Seek::rewind(file)?;
    let mut found = Vec::new();
    let mut bytes = vec![0; 1 << 17];
    // What `bytes` holds of the file: from where, how much, and how much of that was looked at.
    let (mut base, mut length, mut seen) = (0, 0, 0);
    loop {
        length += match file.read(&mut bytes[length..]) {
            Ok(0) => return Ok(found),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        for (at, window) in bytes[..length].windows(HEADER.len()).enumerate().skip(seen) {
            if window == HEADER && ends_a_file(&bytes[at.saturating_sub(BEFORE)..at]) {
                found.push(base + at as u64);
                if found.len() >= most {
                    return Ok(found);
                }
            }
        }
        seen = (length + 1).saturating_sub(HEADER.len());
        let kept = seen.saturating_sub(BEFORE);
        bytes.copy_within(kept..length, 0);
        (base, length, seen) = (base + kept as u64, length - kept, seen - kept);
    }
}

fn ends_a_file(before: &[u8]) -> bool {
    let filled = before.iter().rposition(|byte| *byte != 0 && !byte.is_ascii_whitespace());
    filled.is_some_and(|last| before[..=last].ends_with(END))
}

/// Is a part of a file a PDF by itself: does its table stand where it says, told from the part's own start?
fn is_whole(file: &File, part: &Range<u64>) -> io::Result<bool> {
    let read = |from: u64, length: u64| {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(0)];
        file.read_exact_at(&mut bytes, from).map(|()| bytes)
    };
    let length = (part.end - part.start).min(TAIL);
    let tail = read(part.end - length, length)?;
    let mark = b"startxref";
    let Some(at) = tail.windows(mark.len()).rposition(|window| window == mark) else { return Ok(false) };
    let digits = tail[at + mark.len()..].trim_ascii_start();
    let digits: String =
        digits.iter().take(12).take_while(|byte| byte.is_ascii_digit()).map(|byte| char::from(*byte)).collect();
    let table = digits.parse::<u64>().ok().map(|offset| part.start + offset);
    let Some(table) = table.filter(|table| table + 24 <= part.end) else { return Ok(false) };
    let table = read(table, 24)?;
    let is_object = || {
        let mut words = table.split(u8::is_ascii_whitespace);
        let is_number =
            |word: Option<&[u8]>| word.is_some_and(|word| !word.is_empty() && word.iter().all(u8::is_ascii_digit));
        is_number(words.next()) && is_number(words.next()) && words.next().is_some_and(|word| word.starts_with(b"obj"))
    };
    Ok(table.starts_with(b"xref") || is_object())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    /// As much of a PDF as tells where its table is, told from `from`.
    fn pdf(text: &str, from: usize) -> Vec<u8> {
        let body = format!("%PDF-1.4\n{text}\n");
        let table = "xref\n0 1\n0000000000 65535 f \ntrailer<<>>\n";
        format!("{body}{table}startxref\n{}\n%%EOF\n", from + body.len()).into_bytes()
    }

    #[track_caller]
    fn check(parts: &[&[u8]], want: usize) {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&parts.concat()).unwrap();
        let found = pdfs(&mut file, 5).unwrap();
        assert_eq!(found.len(), want);
        assert_eq!((found[0].start, found[want - 1].end), (0, parts.concat().len() as u64));
        if want == parts.len() {
            let lengths: Vec<_> = found.iter().map(|part| (part.end - part.start) as usize).collect();
            assert_eq!(lengths, parts.iter().map(|part| part.len()).collect::<Vec<_>>());
        }
    }

    #[test]
    fn each_of_several_is_found_and_one_with_updates_stays_one() {
        let (one, two) = (pdf("een", 0), pdf("twee", 0));
        check(&[&one], 1);
        check(&[&one, &two], 2);
        // Headers wherever parts of the file are read together or apart.
        for more in [131_000, 131_072, 131_300] {
            let long = pdf(&" ".repeat(more - one.len()), 0);
            check(&[&long, &two, &one], 3);
        }
        check(&[&[&one[..], &[0; 100]].concat(), &two], 2);
        check(&[&one, &pdf("bijgewerkt", one.len())], 1);
        check(&[&pdf(&format!("stream\n{}endstream", String::from_utf8_lossy(&two)), 0)], 1);
        check(&[&one, b"%PDF-"], 1);
    }

    #[test]
    fn too_many_are_refused() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&pdf("een", 0).repeat(6)).unwrap();
        assert_eq!(pdfs(&mut file, 5), Err(Reason::TooManyMembers(5)));
    }
}
