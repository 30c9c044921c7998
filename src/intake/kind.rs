//! Tells what a file is by its content. Names are never looked at: a scanner's `.pdf` may be a TIFF.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
};

use zip::ZipArchive;

use super::{
    Reason,
    alike::{Named, Patched},
    mailbox, marks, outlook,
};
use crate::model::MediaType;

/// How much of the start of a file is looked at.
const HEAD: u64 = 8 * 1024;
/// Readers accept a PDF's header anywhere in its first 1024 bytes (ISO 32000-1, annex H, note 13).
const PDF_HEADER_WITHIN: usize = 1024;
const PDF_HEADER: &[u8] = b"%PDF-";

/// Where the mark of a CD or DVD stands: in the descriptor of its volume (ECMA-119, 6.2.1 and 8.1.2).
const DISC: (u64, &[u8]) = (32_769, b"CD001");

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
    if after_mark.trim_ascii_start().starts_with(PDF_HEADER) {
        return Ok(MediaType::Pdf);
    }
    if is_mail(after_mark) {
        return Ok(if after_mark.starts_with(mailbox::SEPARATOR) { MediaType::Mbox } else { MediaType::Eml });
    }
    if head.starts_with(outlook::MARK) {
        return outlook::kind(file);
    }
    // Before anything is taken for junk in front of a PDF: in a package it is the first of many.
    if let Some((nl, en)) = marks::package(&head) {
        return Err(Reason::UnsupportedPackage(nl, en));
    }
    if part(file, size, DISC.0, DISC.1.len() as u64)? == DISC.1 {
        return Err(Reason::UnsupportedPackage("een schijfkopie (ISO)", "a disc image (ISO)"));
    }
    let early = &head[..head.len().min(PDF_HEADER_WITHIN)];
    if early.starts_with(b"%!PS-Adobe-") && holds(early, b" PDF-") {
        return Ok(MediaType::Pdf);
    }
    if let Some(at) = place(early, PDF_HEADER) {
        return match holds_another(file, at as u64 + 1, PDF_HEADER)? {
            false => Ok(MediaType::Pdf),
            true => Err(Reason::UnsupportedPackage(
                "van onbekende soort, met meer dan één PDF erin",
                "of an unknown kind, with more than one PDF in it",
            )),
        };
    }
    if let Some((nl, en)) = marks::single(after_mark) {
        return Err(Reason::UnsupportedType(nl, en));
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
    // XML need not say that it is.
    let is_markup = matches!(text, [b'<', next, ..] if next.is_ascii_alphabetic());
    Err(match (is_text, is_markup) {
        (true, true) => Reason::UnsupportedType(marks::XML.0, marks::XML.1),
        (true, false) => Reason::UnsupportedType("platte tekst", "plain text"),
        (false, _) => Reason::UnknownType,
    })
}

fn place(bytes: &[u8], mark: &[u8]) -> Option<usize> {
    bytes.windows(mark.len()).position(|window| window == mark)
}

fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    place(bytes, mark).is_some()
}

/// Whether a mark stands in a file from a place on.
fn holds_another(file: &mut File, from: u64, mark: &[u8]) -> io::Result<bool> {
    file.seek(SeekFrom::Start(from))?;
    let mut bytes = vec![0; 1 << 17];
    let mut kept = 0;
    loop {
        let length = match file.read(&mut bytes[kept..]) {
            Ok(0) => return Ok(false),
            Ok(length) => kept + length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if holds(&bytes[..length], mark) {
            return Ok(true);
        }
        // It may be cut in two.
        kept = length.min(mark.len() - 1);
        bytes.copy_within(length - kept..length, 0);
    }
}

/// The last `length` bytes of a file.
fn tail(file: &mut File, size: u64, length: u64) -> io::Result<Vec<u8>> {
    part(file, size, size.saturating_sub(length), length)
}

/// So many bytes of a file, or as many of them as there are.
fn part(file: &mut File, size: u64, from: u64, length: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(from.min(size)))?;
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
        check(b"From a@example.org Mon\nFrom: a\nTo: b\n\nhello", Ok(MediaType::Mbox));
        check(b"Subject: an ordinary text\nabout: things\n", Err("unsupported_type"));
        check(b"GIF89a", Err("unsupported_type"));
        check(b"", Err("empty"));
        check(b"\x01\x02\x03\xfe\xff\x00", Err("unknown_type"));
    }

    #[test]
    fn a_pdf_inside_a_package_does_not_stand_for_all_of_it() {
        let check = |bytes: &[u8], want: &str| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            let told = match of(&mut file, bytes.len() as u64, 100) {
                Err(Reason::UnsupportedPackage(_, en)) => en.to_owned(),
                other => format!("{other:?}"),
            };
            assert_eq!(told, want);
        };
        const PDF: &[u8] = b"%PDF-1.4 trailer startxref 9 %%EOF\n";
        let at = |place: usize, mark: &[u8], pdf_at: usize| {
            let mut bytes = vec![0; pdf_at.max(place + mark.len())];
            bytes[place..place + mark.len()].copy_from_slice(mark);
            [bytes, PDF.to_vec()].concat()
        };
        check(&at(257, b"ustar", 512), "a tar archive");
        check(&at(0, b"!<arch>\n", 68), "an ar archive");
        check(&at(0, b"\x78\x9f\x3e\x22", 300), "an Outlook attachment (winmail.dat)");
        check(&at(0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 512), "an old Office file or Outlook message");
        check(&at(0, b"\x1f\x8b\x08", 30), "a gzip archive");
        check(&at(0, b"MSCF", 80), "a CAB archive");
        check(&at(510, b"\x55\xaa", 900), "a disk image");
        let signed = b"\x30\x82\x10\x00\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
        check(&at(0, signed, 900), "a signed or encrypted message (S/MIME)");
        check(&at(32_769, b"CD001", 900), "a disc image (ISO)");
        let mut old_tar = at(0, b"een.pdf", 512);
        let sum = b"een.pdf".iter().map(|byte| u32::from(*byte)).sum::<u32>() + 8 * 32;
        // What the header holds beside its name and its sum is nothing.
        old_tar[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        check(&old_tar, "a tar archive");
        let unknown = "of an unknown kind, with more than one PDF in it";
        check(&[&[0; 900][..], PDF, &[0; 200_000][..], PDF].concat(), unknown);
        check(&[&[0; 900][..], PDF].concat(), "Ok(Pdf)");
        check(&[PDF, &[0; 900][..], PDF].concat(), "Ok(Pdf)");
        check(b"\0\0\0\x1cftypavif", "Err(UnsupportedType(\"een AVIF-afbeelding\", \"an AVIF picture\"))");
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
