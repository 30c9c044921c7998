//! Tells what a file is by its content. Names are never looked at: a scanner's `.pdf` may be a TIFF.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
};

use zip::ZipArchive;

use super::{
    Reason,
    alike::{Named, Patched},
};
use crate::model::MediaType;

/// How much of the start of a file is looked at.
const HEAD: u64 = 8 * 1024;
/// Readers accept a PDF's header anywhere in its first 1024 bytes (ISO 32000-1, annex H, note 13).
const PDF_HEADER_WITHIN: usize = 1024;

/// Kinds that are recognized only to say what they are: where their mark stands, the mark, their names.
const UNSUPPORTED: [(usize, &[u8], &str, &str); 16] = [
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "een oud Office-bestand of Outlook-bericht",
        "an old Office file or Outlook message",
    ),
    (0, b"GIF8", "een GIF-afbeelding", "a GIF picture"),
    (0, b"BM", "een BMP-afbeelding", "a BMP picture"),
    (4, b"ftypheic", "een HEIC-foto", "a HEIC photo"),
    (4, b"ftypmif1", "een HEIF-foto", "a HEIF photo"),
    (4, b"ftyp", "een video", "a video"),
    (0, b"\0\0\0\x0cjP  ", "een JPEG 2000-afbeelding", "a JPEG 2000 picture"),
    (0, b"7z\xbc\xaf\x27\x1c", "een 7-Zip-archief", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "een RAR-archief", "a RAR archive"),
    (0, b"\x1f\x8b", "een gzip-archief", "a gzip archive"),
    (257, b"ustar", "een tar-archief", "a tar archive"),
    (0, b"\x78\x9f\x3e\x22", "een Outlook-bijlage (winmail.dat)", "an Outlook attachment (winmail.dat)"),
    (0, b"%!PS", "een PostScript-bestand", "a PostScript file"),
    (0, b"\x7fELF", "een programma", "a program"),
    (0, b"MZ", "een programma", "a program"),
    (0, b"<?xml", "een XML-bestand", "an XML file"),
];

/// The kind of an open file of `size` bytes. Leaves the file's position anywhere.
pub(super) fn of(file: &mut File, size: u64, max_members: usize) -> Result<MediaType, Reason> {
    if size == 0 {
        return Err(Reason::Empty);
    }
    file.rewind()?;
    let mut head = Vec::with_capacity(HEAD as usize);
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    let starts = |marks: &[&[u8]]| marks.iter().any(|mark| head.starts_with(mark));

    if starts(&[b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"]) {
        return of_zip(file, max_members);
    }
    // TIFF 6.0 and BigTIFF, each in both byte orders.
    if starts(&[b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"]) {
        return Ok(MediaType::Tiff);
    }
    if starts(&[b"\xff\xd8\xff"]) {
        return Ok(MediaType::Jpeg);
    }
    if starts(&[b"\x89PNG\r\n\x1a\n"]) {
        return Ok(MediaType::Png);
    }
    if starts(&[b"RIFF"]) && head.get(8..12) == Some(b"WEBP") {
        return Ok(MediaType::Webp);
    }
    let after_mark = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&head);
    if after_mark.trim_ascii_start().starts_with(b"{\\rtf") {
        return Ok(MediaType::Rtf);
    }
    if is_mail(after_mark) {
        return Ok(MediaType::Eml);
    }
    let early = &head[..head.len().min(PDF_HEADER_WITHIN)];
    if holds(early, b"%PDF-") || (early.starts_with(b"%!PS-Adobe-") && holds(early, b" PDF-")) {
        return Ok(MediaType::Pdf);
    }
    for (at, mark, nl, en) in UNSUPPORTED {
        if head.get(at..).is_some_and(|rest| rest.starts_with(mark)) {
            return Err(Reason::UnsupportedType(nl, en));
        }
    }
    // A PDF that lost its start still has its end; whether it can be read is for its reader to say.
    if holds(&tail(file, size, PDF_HEADER_WITHIN as u64)?, b"startxref") {
        return Ok(MediaType::Pdf);
    }
    let text = after_mark.trim_ascii_start();
    if text.get(..5).is_some_and(|start| start.eq_ignore_ascii_case(b"<html") || start.eq_ignore_ascii_case(b"<!doc")) {
        return Err(Reason::UnsupportedType("een webpagina", "a web page"));
    }
    // A character may be cut in two where the head ends.
    let is_text = !head.contains(&0)
        && match std::str::from_utf8(&head) {
            Ok(_) => true,
            Err(error) => error.error_len().is_none(),
        };
    Err(if is_text { Reason::UnsupportedType("platte tekst", "plain text") } else { Reason::UnknownType })
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    bytes.windows(mark.len()).any(|window| window == mark)
}

/// The last `length` bytes of a file.
fn tail(file: &mut File, size: u64, length: u64) -> io::Result<Vec<u8>> {
    let length = length.min(size);
    file.seek(SeekFrom::Start(size - length))?;
    let mut bytes = Vec::new();
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A ZIP file is a word-processor file, another kind of package, or an archive: its members tell.
fn of_zip(file: &mut File, max_members: usize) -> Result<MediaType, Reason> {
    // An archive whose list cannot be read is still an archive; opening it says what is wrong.
    let Ok(Named { archive, .. }) = open_zip(file.try_clone()?, max_members) else { return Ok(MediaType::Zip) };
    let has = |start: &str| archive.file_names().flatten().any(|name| name.starts_with(start));
    if has("[Content_Types].xml") {
        return match () {
            () if has("word/document") => Ok(MediaType::Docx),
            () if has("xl/") => Err(Reason::UnsupportedType("een Excel-werkmap", "an Excel workbook")),
            () if has("ppt/") => {
                Err(Reason::UnsupportedType("een PowerPoint-presentatie", "a PowerPoint presentation"))
            }
            () => Ok(MediaType::Zip),
        };
    }
    // OpenDocument 1.2 part 3, 3.3: the member `mimetype` names the kind, stored as it is, first.
    match packaged_kind(archive).as_deref() {
        Some("application/vnd.oasis.opendocument.text") => Ok(MediaType::Odt),
        Some("application/epub+zip") => Err(Reason::UnsupportedType("een e-boek", "an e-book")),
        Some(kind) if kind.starts_with("application/vnd.oasis.opendocument.") => Err(Reason::UnsupportedType(
            "een OpenDocument-bestand zonder lopende tekst",
            "an OpenDocument file other than text",
        )),
        _ => Ok(MediaType::Zip),
    }
}

fn packaged_kind(mut archive: ZipArchive<Patched>) -> Option<String> {
    let mut kind = String::new();
    archive.by_name("mimetype").ok()?.take(100).read_to_string(&mut kind).ok()?;
    Some(kind.trim().to_owned())
}

/// Opens an archive whose end record announces at most `max_members`: its list is held in memory.
pub(super) fn open_zip(mut file: File, max_members: usize) -> Result<Named, Reason> {
    /// End record (APPNOTE 4.3.16) with the longest comment, the ZIP64 locator and its end record before it.
    const END: u64 = 22 + 65_535 + 20 + 56;
    let size = file.metadata()?.len();
    let end = tail(&mut file, size, END)?;
    let number = |mark: &[u8], at: usize, length: usize| {
        let start = end.windows(mark.len()).rposition(|window| window == mark)?;
        let digits = end.get(start + at..start + at + length)?;
        Some(digits.iter().rev().fold(0_u64, |sum, byte| (sum << 8) | u64::from(*byte)))
    };
    let short = number(b"PK\x05\x06", 10, 2).ok_or(Reason::DamagedContainer)?;
    let long = number(b"PK\x06\x06", 32, 8).unwrap_or(0);
    if short.max(long) > max_members as u64 && (short != 0xffff || long > max_members as u64) {
        return Err(Reason::TooManyMembers(max_members));
    }
    file.rewind()?;
    Named::open(file, max_members)
}

/// RFC 5322: the file starts with header fields, among them one that says where a message comes from and one more
/// that is found in messages.
fn is_mail(head: &[u8]) -> bool {
    const ORIGIN: [&str; 5] = ["from", "received", "return-path", "message-id", "delivered-to"];
    const OTHER: [&str; 6] = ["to", "subject", "date", "mime-version", "content-type", "reply-to"];
    if head.contains(&0) {
        return false;
    }
    let (mut origin, mut other) = (false, false);
    for (i, line) in head.split(|byte| *byte == b'\n').enumerate() {
        let line = line.trim_ascii_end();
        if line.is_empty() {
            break;
        }
        // Folded lines; and the line that mail folders put before a message.
        if matches!(line[0], b' ' | b'\t') || (i == 0 && line.starts_with(b"From ")) {
            continue;
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else { return origin && other && i > 3 };
        let name = String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase();
        if name.is_empty() || name.bytes().any(|byte| !byte.is_ascii_graphic()) {
            return false;
        }
        origin |= ORIGIN.contains(&name.as_str());
        other |= OTHER.contains(&name.as_str());
    }
    origin && other
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write as _;

    fn kind(bytes: &[u8]) -> Result<MediaType, &'static str> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        of(&mut file, bytes.len() as u64, 100).map_err(|reason| reason.kind())
    }

    fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        for (name, bytes) in members {
            let stored = zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
            zip.start_file(*name, stored).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    #[test]
    fn the_kind_is_told_by_content() {
        let check = |bytes: &[u8], want| assert_eq!(kind(bytes), want, "{:?}", String::from_utf8_lossy(bytes));
        check(b"%PDF-1.7\n", Ok(MediaType::Pdf));
        check(&[b"junk from a mail gateway\n".repeat(20), b"%PDF-1.4\n".to_vec()].concat(), Ok(MediaType::Pdf));
        check(b"\0\xff lost its head\ntrailer startxref 12 %%EOF", Ok(MediaType::Pdf));
        for mark in [b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"] {
            check(mark, Ok(MediaType::Tiff));
        }
        check(b"\xff\xd8\xff\xe0", Ok(MediaType::Jpeg));
        check(b"\x89PNG\r\n\x1a\n....", Ok(MediaType::Png));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", Ok(MediaType::Webp));
        check(b"{\\rtf1\\ansi}", Ok(MediaType::Rtf));
        check(b"From: a@example.org\r\nSubject: lease\r\n\r\nhello", Ok(MediaType::Eml));
        check(b"Subject: an ordinary text\nabout: things\n", Err("unsupported_type"));
        check(b"GIF89a", Err("unsupported_type"));
        check(b"", Err("empty"));
        check(b"\x01\x02\x03\xfe\xff\x00", Err("unknown_type"));
    }

    #[test]
    fn the_members_tell_a_document_from_an_archive() {
        let check = |members: &[(&str, &[u8])], want| assert_eq!(kind(&zipped(members)), want, "{members:?}");
        check(&[("[Content_Types].xml", b""), ("word/document.xml", b"")], Ok(MediaType::Docx));
        check(&[("[Content_Types].xml", b""), ("xl/workbook.xml", b"")], Err("unsupported_type"));
        check(&[("mimetype", b"application/vnd.oasis.opendocument.text")], Ok(MediaType::Odt));
        check(&[("scan.pdf", b"%PDF-1.4")], Ok(MediaType::Zip));
        check(&[], Ok(MediaType::Zip));
    }
}
