//! What a mail itself says becomes a PDF of plain lines, so that it has pages like any other document: the same mail
//! gives the same bytes. The mail stays the record.

use std::{collections::BTreeSet, fmt::Write as _, path::Path};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::{
    office::{MadePdf, Notes},
    stored::PROGRAM,
};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    intake::{self, Letter},
    model::MediaType,
};

/// Characters of a line, and lines of a page: A4 in Courier of 10 points.
const COLUMNS: usize = 80;
const LINES: usize = 60;
/// A longer mail is no letter.
const LONGEST: usize = 4_000_000;

/// Makes a PDF of what a mail says; nothing where it says nothing itself.
pub fn to_pdf(path: &Path, media: MediaType) -> Result<Option<MadePdf>> {
    let Some(letter) = Letter::read(path, media).map_err(|reason| intake::refusal(&reason))? else { return Ok(None) };
    if letter.text.len() > LONGEST {
        return Err(Error::new(ErrorKind::UnsupportedDocument, "the text of the e-mail is too long to be read")
            .hint("hand in what matters of it as PDF")
            .because("too_large", "de tekst van de e-mail is te lang om te lezen: lever wat ervan telt aan als PDF"));
    }
    let mut notes = Notes::default();
    let bytes = typeset(&letter, &mut notes.unset);
    notes.attached.extend(letter.attachments);
    notes.inside.extend(letter.in_letters);
    notes.hidden.push(&letter.hidden);
    notes.struck.push(&letter.struck);
    notes.differing = letter.differing;
    let folder = tempfile::tempdir().fold(ErrorKind::Storage, || "cannot make a temporary folder")?;
    let made = MadePdf::new(folder, PROGRAM.to_owned(), notes);
    std::fs::write(made.path(), bytes).fold(ErrorKind::Storage, || "cannot write a temporary file")?;
    Ok(Some(made))
}

/// The letter as PDF; `unset` gets the characters that its font does not have.
fn typeset(letter: &Letter, unset: &mut BTreeSet<String>) -> Vec<u8> {
    let head = letter.head.iter().map(|(name, value)| format!("{name}: {value}"));
    let text = head.chain([String::new()]).chain(letter.text.trim_end().lines().map(str::to_owned));
    let lines: Vec<Vec<u8>> = text.flat_map(|line| broken(&coded(&line, unset))).collect();
    let pages: Vec<_> = lines.chunks(LINES).collect();
    let mut pdf = Pdf { bytes: b"%PDF-1.4\n".to_vec(), offsets: Vec::new() };
    let kids: String = (0..pages.len()).map(|at| format!("{} 0 R ", 4 + 2 * at)).collect();
    pdf.object(b"<</Type/Catalog/Pages 2 0 R>>");
    pdf.object(format!("<</Type/Pages/Count {}/Kids[{kids}]>>", pages.len()).as_bytes());
    pdf.object(b"<</Type/Font/Subtype/Type1/BaseFont/Courier/Encoding/WinAnsiEncoding>>");
    for (at, page) in pages.into_iter().enumerate() {
        let leaf = format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R>>>>/Contents {} 0 R>>",
            5 + 2 * at
        );
        pdf.object(leaf.as_bytes());
        let mut content = b"BT /F1 10 Tf 12 TL 57 780 Td\n".to_vec();
        for line in page {
            content.push(b'(');
            for byte in line {
                if matches!(byte, b'(' | b')' | b'\\') {
                    content.push(b'\\');
                }
                content.push(*byte);
            }
            content.extend_from_slice(b") Tj T*\n");
        }
        content.extend_from_slice(b"ET");
        let mut stream = format!("<</Length {}>>stream\n", content.len()).into_bytes();
        stream.extend_from_slice(&content);
        stream.extend_from_slice(b"\nendstream");
        pdf.object(&stream);
    }
    pdf.finish()
}

/// A line in WinAnsiEncoding (ISO 32000-1, annex D.2).
fn coded(line: &str, unset: &mut BTreeSet<String>) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(line.len());
    for c in line.nfc() {
        match (code(c), c) {
            (Some(byte), _) => bytes.push(byte),
            (None, '\t') => bytes.extend_from_slice(b"    "),
            // Marks of direction, joints and the like have no shape.
            (None, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}') => {}
            (None, c) if c.is_control() => bytes.push(b' '),
            (None, c) if c.is_whitespace() => bytes.push(b' '),
            (None, c) => {
                // Better without its accent than not at all; both are told.
                unset.insert(c.to_string());
                let plain: Option<Vec<u8>> =
                    std::iter::once(c).nfkd().filter(|c| !is_combining_mark(*c)).map(code).collect();
                bytes.extend(plain.filter(|plain| !plain.is_empty()).unwrap_or_else(|| b"?".to_vec()));
            }
        }
    }
    bytes
}

fn code(c: char) -> Option<u8> {
    const FROM_80: &str = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";
    match c {
        ' '..='~' | '\u{a1}'..='\u{ff}' => u8::try_from(u32::from(c)).ok(),
        '\0' | '\u{a0}' => None,
        c => FROM_80.chars().position(|known| known == c).and_then(|at| u8::try_from(0x80 + at).ok()),
    }
}

/// A line as lines that fit, broken between words where there are some.
fn broken(line: &[u8]) -> Vec<Vec<u8>> {
    let mut lines = Vec::new();
    let mut rest = line;
    while rest.len() > COLUMNS {
        let space = rest[..=COLUMNS].iter().rposition(|byte| *byte == b' ').filter(|at| *at > 0);
        let (first, others) = rest.split_at(space.unwrap_or(COLUMNS));
        lines.push(first.to_vec());
        rest = others.strip_prefix(b" ").unwrap_or(others);
    }
    lines.push(rest.to_vec());
    lines
}

/// A file of numbered objects (7.5).
struct Pdf {
    bytes: Vec<u8>,
    offsets: Vec<usize>,
}

impl Pdf {
    fn object(&mut self, body: &[u8]) {
        self.offsets.push(self.bytes.len());
        self.bytes.extend_from_slice(format!("{} 0 obj\n", self.offsets.len()).as_bytes());
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(b"\nendobj\n");
    }

    fn finish(mut self) -> Vec<u8> {
        let (table, count) = (self.bytes.len(), self.offsets.len() + 1);
        let mut end = format!("xref\n0 {count}\n0000000000 65535 f \n");
        for offset in &self.offsets {
            let _ = writeln!(end, "{offset:010} 00000 n ");
        }
        let _ = write!(end, "trailer\n<</Size {count}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n");
        self.bytes.extend_from_slice(end.as_bytes());
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{MediaType, PageNo},
        pages::{Page, Source},
    };

    #[test]
    fn what_a_letter_says_is_read_from_its_pages() {
        let words = "Wij zeggen (per 1 mei) de overeenkomst \\ op: € 1.250,00 – één jaar. ".repeat(3);
        let letter = Letter {
            head: vec![("Subject", "Opzegging".to_owned())],
            text: format!(
                "{words}\n\nŁódź 漢\u{200b}\n{}",
                "De overeenkomst eindigt op de laatste dag van de maand.\n".repeat(LINES)
            ),
            ..Letter::default()
        };
        let mut unset = BTreeSet::new();
        let bytes = typeset(&letter, &mut unset);
        assert_eq!(bytes, typeset(&letter, &mut BTreeSet::new()));
        assert_eq!(unset, ["Ł", "ź", "漢"].map(str::to_owned).into());
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        let source = Source::open(file.path(), MediaType::Pdf, None).unwrap();
        assert_eq!(source.page_count(), 2);
        let Page::Digital(page) = source.page(PageNo::from_index(0)).unwrap() else { panic!("no words") };
        let read: Vec<_> = page.text.split_whitespace().collect();
        let want = format!("Subject: Opzegging {words} ?ódz ? De overeenkomst eindigt");
        let want: Vec<_> = want.split_whitespace().collect();
        assert_eq!(read[..want.len()], want);
    }

    #[test]
    fn lines_break_between_words_where_they_can() {
        let check = |line: &str, want: &[&str]| {
            let broken: Vec<_> =
                broken(line.as_bytes()).into_iter().map(|line| String::from_utf8(line).unwrap()).collect();
            assert_eq!(broken, want);
        };
        let (word, long) = ("x".repeat(50), "y".repeat(COLUMNS + 1));
        check("", &[""]);
        check(&format!("{word} {word}"), &[&word, &word]);
        check(&long, &[&long[1..], "y"]);
    }
}
