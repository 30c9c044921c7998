//! Mailboxes: mails one after the other, each after a line that starts with `From ` (RFC 4155). Only tells where they
//! are.

use std::{
    fs::File,
    io::{BufRead as _, BufReader, Seek as _},
    ops::Range,
};

use super::Reason;

/// The line before a mail starts with this.
pub(super) const SEPARATOR: &[u8] = b"From ";

/// So much of a line tells what it is.
const LINE_HEAD: usize = 80;

/// Where the mails of a mailbox are, at most so many. Lines that happen to start as a separator does stand in no mail
/// before a header, or else what follows them is a mail without one, which is then said of it.
pub(super) fn mails(file: &mut File, most: usize) -> Result<Vec<Range<u64>>, Reason> {
    file.rewind()?;
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut found: Vec<Range<u64>> = Vec::new();
    let (mut line_start, mut at) = (0, 0);
    let mut head = Vec::with_capacity(LINE_HEAD);
    let mut after_blank = true;
    // Where the separator that the line before may be starts.
    let mut separator = None;
    loop {
        let buffer = reader.fill_buf()?;
        let newline = buffer.iter().position(|byte| *byte == b'\n');
        let length = newline.map_or(buffer.len(), |newline| newline + 1);
        let is_end = length == 0;
        let kept = (LINE_HEAD - head.len()).min(length);
        head.extend_from_slice(&buffer[..kept]);
        reader.consume(length);
        at += length as u64;
        if newline.is_none() && !is_end {
            continue;
        }
        if let Some(separator) = separator.take().filter(|_| is_header(&head)) {
            if let Some(last) = found.last_mut() {
                last.end = separator;
            }
            if found.len() >= most {
                return Err(Reason::TooManyMembers(most));
            }
            found.push(line_start..u64::MAX);
        }
        if is_end {
            break;
        }
        // A mark of the encoding may stand before the first.
        let line = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
        separator = (after_blank && line.starts_with(SEPARATOR)).then_some(line_start);
        after_blank = head.trim_ascii().is_empty();
        line_start = at;
        head.clear();
    }
    if let Some(last) = found.last_mut() {
        last.end = at;
    }
    Ok(found)
}

/// A header field (RFC 5322, 2.2), or the quoted separator of a mail that was kept in another mailbox before.
fn is_header(line: &[u8]) -> bool {
    let name = line.iter().take_while(|byte| byte.is_ascii_graphic() && **byte != b':').count();
    (name > 0 && line.get(name) == Some(&b':')) || line.starts_with(b">From ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    #[test]
    fn mails_lie_between_separators() {
        let check = |text: &str, want: Result<&[&str], &str>| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(text.as_bytes()).unwrap();
            let found = mails(&mut file, 3).map_err(|reason| reason.kind());
            let texts = |ranges: &Vec<Range<u64>>| -> Vec<String> {
                ranges.iter().map(|range| text[range.start as usize..range.end as usize].to_owned()).collect()
            };
            let found = found.as_ref().map(texts).map_err(|kind| *kind);
            assert_eq!(found, want.map(|want| want.iter().map(|&text| text.to_owned()).collect()), "{text}");
        };
        check("From a Mon\nTo: b\n\nx\n\nFrom c Tue\r\nTo: d\r\n\r\ny", Ok(&["To: b\n\nx\n\n", "To: d\r\n\r\ny"]));
        check(
            "From a\nTo: b\n\nFrom now on, this holds.\nFrom here: on\n",
            Ok(&["To: b\n\nFrom now on, this holds.\nFrom here: on\n"]),
        );
        check("From a\nTo: b\n\nFrom c\n>From e\nTo: d\n", Ok(&["To: b\n\n", ">From e\nTo: d\n"]));
        let long = format!("From a\nTo: {}\n\nFrom c\nTo: d\n", "x".repeat(200_000));
        check(&long, Ok(&[&long[7..long.len() - 13], "To: d\n"]));
        check(&"From a\nTo: b\n\n".repeat(4), Err("too_many_members"));
        check("no mailbox", Ok(&[]));
    }
}
