//! Files that are recognized only to say what they are: their marks, where these stand, and what such files are called
//! in Dutch and in English.

/// A mark at its place, and the names of the kind that has it.
type Mark = (usize, &'static [u8], &'static str, &'static str);

/// Kinds that hold other files. What looks like a document inside one is a part of it, and not all of it.
const PACKAGES: [Mark; 24] = [
    (0, b"\x78\x9f\x3e\x22", "een Outlook-bijlage (winmail.dat)", "an Outlook attachment (winmail.dat)"),
    (0, b"!BDN", "een Outlook-postbus (PST)", "an Outlook mailbox (PST)"),
    (0, b"7z\xbc\xaf\x27\x1c", "een 7-Zip-archief", "a 7-Zip archive"),
    (0, b"Rar!\x1a\x07", "een RAR-archief", "a RAR archive"),
    (0, b"\x1f\x8b\x08", "een gzip-archief", "a gzip archive"),
    (4, b"1AY&SY", "een bzip2-archief", "a bzip2 archive"),
    (0, b"\xfd7zXZ\0", "een xz-archief", "an xz archive"),
    (0, b"\x28\xb5\x2f\xfd", "een Zstandard-archief", "a Zstandard archive"),
    (0, b"MSCF", "een CAB-archief", "a CAB archive"),
    (0, b"\x60\xea", "een ARJ-archief", "an ARJ archive"),
    (2, b"-lh", "een LHA-archief", "an LHA archive"),
    (0, b"!<arch>\n", "een ar-archief", "an ar archive"),
    (0, b"070701", "een cpio-archief", "a cpio archive"),
    (0, b"070702", "een cpio-archief", "a cpio archive"),
    (0, b"070707", "een cpio-archief", "a cpio archive"),
    (257, b"ustar", "een tar-archief", "a tar archive"),
    (510, b"\x55\xaa", "een schijfkopie", "a disk image"),
    (0, b"MSWIM\0\0\0", "een WIM-schijfkopie", "a WIM disk image"),
    (0, b"conectix", "een schijfkopie", "a disk image"),
    (2, SIGNED_DATA, SEALED.0, SEALED.1),
    (4, SIGNED_DATA, SEALED.0, SEALED.1),
    (5, SIGNED_DATA, SEALED.0, SEALED.1),
    (6, SIGNED_DATA, SEALED.0, SEALED.1),
    (0, b"begin 644 ", "een bestand in uuencode", "a uuencoded file"),
];

/// How CMS begins (RFC 5652, 3): the identifier of a kind of content, behind the length of all.
const SIGNED_DATA: &[u8] = b"\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07";
const SEALED: Names = ("een ondertekend of versleuteld bericht (S/MIME)", "a signed or encrypted message (S/MIME)");

/// What XML is called.
pub(super) const XML: Names = ("een XML-bestand", "an XML file");

/// Kinds that are one thing.
const SINGLE: [Mark; 19] = [
    (0, b"GIF8", "een GIF-afbeelding", "a GIF picture"),
    (0, b"BM", "een BMP-afbeelding", "a BMP picture"),
    (4, b"ftyphei", "een HEIC-foto", "a HEIC photo"),
    (4, b"ftyphev", "een HEIC-foto", "a HEIC photo"),
    (4, b"ftypmif1", "een HEIF-foto", "a HEIF photo"),
    (4, b"ftypmsf1", "een HEIF-foto", "a HEIF photo"),
    (4, b"ftypavi", "een AVIF-afbeelding", "an AVIF picture"),
    (4, b"ftypcrx", "een onbewerkte foto (CR3)", "a raw photo (CR3)"),
    (4, b"ftypM4A", "een geluidsopname", "a sound recording"),
    (4, b"ftyp", "een video", "a video"),
    (0, b"\0\0\0\x0cjP  ", "een JPEG 2000-afbeelding", "a JPEG 2000 picture"),
    (0, b"%!PS", "een PostScript-bestand", "a PostScript file"),
    (0, b"\x7fELF", "een programma", "a program"),
    (0, b"\xffWPC", "een WordPerfect-bestand", "a WordPerfect file"),
    (0, b"P4\n", "een PNM-afbeelding", "a PNM picture"),
    (0, b"P5\n", "een PNM-afbeelding", "a PNM picture"),
    (0, b"P6\n", "een PNM-afbeelding", "a PNM picture"),
    (0, b"MZ", "een programma", "a program"),
    (0, b"<?xml", XML.0, XML.1),
];

/// Names of a kind in Dutch and in English.
pub(super) type Names = (&'static str, &'static str);

/// What holds other files is called, where the head of a file is that of such a kind.
pub(super) fn package(head: &[u8]) -> Option<Names> {
    among(&PACKAGES, head).or_else(|| is_old_tar(head).then_some(("een tar-archief", "a tar archive")))
}

/// What a file of another kind is called, by its head.
pub(super) fn single(head: &[u8]) -> Option<Names> {
    among(&SINGLE, head)
}

fn among(marks: &[Mark], head: &[u8]) -> Option<Names> {
    let stands = |(at, mark, ..): &&Mark| head.get(*at..).is_some_and(|rest| rest.starts_with(mark));
    marks.iter().find(stands).map(|(_, _, nl, en)| (*nl, *en))
}

/// The first tar had no mark. Its first header has the sum of its own bytes, in octal, that of the sum's own place taken
/// as spaces (POSIX.1-1988, 10.1.1).
fn is_old_tar(head: &[u8]) -> bool {
    const SUM: std::ops::Range<usize> = 148..156;
    let Some(header) = head.get(..512) else { return false };
    let digits: String = header[SUM].iter().map(|byte| char::from(*byte)).collect();
    let Ok(said) = u32::from_str_radix(digits.trim_matches([' ', '\0']), 8) else { return false };
    let is_of_sum = |at: usize| SUM.contains(&at);
    let sum: u32 = header.iter().enumerate().map(|(at, byte)| if is_of_sum(at) { 32 } else { u32::from(*byte) }).sum();
    header[0] != 0 && said == sum
}
