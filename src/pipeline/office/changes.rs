//! Tracked changes of word-processor files: what was deleted is no part of the text any more, but converters print it.
//! Copies a file with all changes accepted, and says whether it had any. The original stays as it is.

use std::{
    fs::File,
    io::{Read as _, Write as _},
    path::Path,
};

use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use crate::{Error, ErrorKind, Result, error::Fold as _, model::MediaType};

/// The largest part of a file, unpacked, that is looked through.
const LARGEST: u64 = 256 << 20;

/// Copies a file with its changes accepted; tells whether it had any.
pub(super) fn accept(path: &Path, media: MediaType, copy: &Path) -> Result<bool> {
    let had = match media {
        MediaType::Docx => {
            accept_in_package(path, copy, &|name| name.starts_with("word/") && !name.contains("/_rels/"), &DOCX)
        }
        MediaType::Odt => accept_in_package(path, copy, &|name| matches!(name, "content.xml" | "styles.xml"), &ODT),
        MediaType::Rtf => accept_in_rtf(path, copy),
        _ => Ok(None),
    }?;
    match had {
        Some(had) => Ok(had),
        // What is no package is for the converter to refuse.
        None => std::fs::copy(path, copy).fold(ErrorKind::Storage, || "cannot copy the original").map(|_| false),
    }
}

/// Elements that mark changes, by their names without prefix.
struct Marks {
    /// Gone with all that is in them.
    dropped: &'static [&'static str],
    /// Gone, but not what is in them.
    opened: &'static [&'static str],
}

/// ISO/IEC 29500-1, 17.13.5.
const DOCX: Marks = Marks {
    dropped: &["del", "moveFrom"],
    opened: &["ins", "moveTo", "moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"],
};
/// OpenDocument 1.3, part 3, 5.5: what was deleted stands apart, and a mark where it was.
const ODT: Marks = Marks { dropped: &["tracked-changes"], opened: &["change", "change-start", "change-end"] };

/// Nothing where the file is no package.
fn accept_in_package(path: &Path, copy: &Path, is_text: &dyn Fn(&str) -> bool, marks: &Marks) -> Result<Option<bool>> {
    let file = File::open(path).fold(ErrorKind::Storage, || "cannot open the original")?;
    let Ok(mut package) = ZipArchive::new(file) else { return Ok(None) };
    let out = File::create(copy).fold(ErrorKind::Storage, || "cannot copy the original")?;
    let mut out = ZipWriter::new(out);
    let mut had = false;
    for index in 0..package.len() {
        let Ok(mut part) = package.by_index(index) else { return Ok(None) };
        let name = part.name().map(std::borrow::Cow::into_owned).unwrap_or_default();
        if is_text(&name) && name.ends_with(".xml") {
            let mut bytes = Vec::new();
            if part.by_ref().take(LARGEST + 1).read_to_end(&mut bytes).is_err() {
                return Ok(None);
            }
            if bytes.len() as u64 > LARGEST {
                return Err(Error::new(ErrorKind::UnsupportedDocument, "a part of it is too large to read")
                    .because("too_large", "een onderdeel ervan is te groot om te lezen"));
            }
            if let Some(accepted) = accept_in_xml(&bytes, marks) {
                had = true;
                out.start_file(name, SimpleFileOptions::default())
                    .and_then(|()| Ok(out.write_all(&accepted)?))
                    .fold(ErrorKind::Storage, || "cannot copy the original")?;
                continue;
            }
        }
        drop(part);
        let Ok(part) = package.by_index_raw(index) else { return Ok(None) };
        out.raw_copy_file(part).fold(ErrorKind::Storage, || "cannot copy the original")?;
    }
    out.finish().fold(ErrorKind::Storage, || "cannot copy the original")?;
    Ok(Some(had))
}

/// The document without its changes; nothing where it has none, or is not in a form of ASCII.
fn accept_in_xml(xml: &[u8], marks: &Marks) -> Option<Vec<u8>> {
    let (mut out, mut had) = (Vec::with_capacity(xml.len()), false);
    // The dropped element that is open, and how many of its name.
    let mut dropped: Option<(&[u8], usize)> = None;
    let mut at = 0;
    while at < xml.len() {
        let length = if xml[at] == b'<' { markup_length(&xml[at..]) } else { text_length(&xml[at..]) };
        let piece = &xml[at..at + length];
        at += length;
        let Some(tag) = Tag::of(piece) else {
            if dropped.is_none() {
                out.extend_from_slice(piece);
            }
            continue;
        };
        let is_among = |names: &[&str]| names.iter().any(|name| name.as_bytes() == tag.name);
        match &mut dropped {
            Some((name, depth)) => {
                if tag.name == *name && !tag.is_empty {
                    *depth = if tag.closes { *depth - 1 } else { *depth + 1 };
                    if *depth == 0 {
                        dropped = None;
                    }
                }
            }
            None if is_among(marks.dropped) => {
                had = true;
                if !tag.is_empty && !tag.closes {
                    dropped = Some((tag.name, 1));
                }
            }
            None if is_among(marks.opened) => had = true,
            None => out.extend_from_slice(piece),
        }
    }
    had.then_some(out)
}

struct Tag<'a> {
    name: &'a [u8],
    closes: bool,
    is_empty: bool,
}

impl<'a> Tag<'a> {
    fn of(piece: &'a [u8]) -> Option<Self> {
        let inner = piece.strip_prefix(b"<")?.strip_suffix(b">")?;
        let (closes, inner) = inner.strip_prefix(b"/").map_or((false, inner), |inner| (true, inner));
        let end = inner.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(inner.len());
        let name = inner[..end].rsplit(|byte| *byte == b':').next()?;
        let is_name = name.first().is_some_and(u8::is_ascii_alphabetic);
        is_name.then_some(Self { name, closes, is_empty: inner.ends_with(b"/") })
    }
}

fn text_length(xml: &[u8]) -> usize {
    xml.iter().position(|byte| *byte == b'<').unwrap_or(xml.len())
}

/// Length of a tag, comment, character data section or instruction.
fn markup_length(xml: &[u8]) -> usize {
    let until = |end: &[u8]| xml.windows(end.len()).position(|window| window == end).map(|at| at + end.len());
    let end = match xml {
        [b'<', b'!', b'-', b'-', ..] => until(b"-->"),
        [b'<', b'!', b'[', ..] => until(b"]]>"),
        [b'<', b'?', ..] => until(b"?>"),
        _ => {
            let mut quote = None;
            let end = xml.iter().position(|byte| match (quote, byte) {
                (None, b'"' | b'\'') => {
                    quote = Some(*byte);
                    false
                }
                (Some(open), byte) => {
                    if open == *byte {
                        quote = None;
                    }
                    false
                }
                (None, byte) => *byte == b'>',
            });
            end.map(|at| at + 1)
        }
    };
    end.unwrap_or(xml.len())
}

fn accept_in_rtf(path: &Path, copy: &Path) -> Result<Option<bool>> {
    let file = std::fs::read(path).fold(ErrorKind::Storage, || "cannot read the original")?;
    let Some(accepted) = without_deleted(&file) else { return Ok(None) };
    std::fs::write(copy, accepted).fold(ErrorKind::Storage, || "cannot copy the original")?;
    Ok(Some(true))
}

/// The file without deleted and moved text (Rich Text Format 1.9.1, `\deleted` and `\mvf`); nothing where it has none.
fn without_deleted(rtf: &[u8]) -> Option<Vec<u8>> {
    let (mut out, mut had) = (Vec::with_capacity(rtf.len()), false);
    // Is the text of each open group deleted?
    let mut groups = vec![false];
    let mut at = 0;
    while at < rtf.len() {
        let length = match rtf[at] {
            b'\\' => control_length(&rtf[at..]),
            _ => 1,
        };
        let piece = &rtf[at..(at + length).min(rtf.len())];
        at += piece.len();
        let is_deleted = groups.last_mut()?;
        let is_text = match piece[0] {
            b'{' => {
                let inherited = *is_deleted;
                groups.push(inherited);
                false
            }
            b'}' => {
                if groups.len() > 1 {
                    groups.pop();
                }
                false
            }
            b'\\' => {
                let (word, number) = control_word(piece);
                match word {
                    b"deleted" | b"mvf" => {
                        *is_deleted = number != Some(0);
                        had |= *is_deleted;
                        continue;
                    }
                    b"plain" => *is_deleted = false,
                    b"revised" | b"mvt" => {
                        had = true;
                        continue;
                    }
                    _ => {}
                }
                // Signs and coded characters are text; words for tabs and quotation marks too.
                match word {
                    b"" => !matches!(piece.get(1), Some(b'*' | b'\r' | b'\n')),
                    b"u" | b"tab" | b"line" | b"emdash" | b"endash" | b"lquote" | b"rquote" | b"ldblquote"
                    | b"rdblquote" | b"bullet" => true,
                    _ => false,
                }
            }
            b'\r' | b'\n' => false,
            _ => true,
        };
        if !(is_text && groups.last().copied().unwrap_or(false)) {
            out.extend_from_slice(piece);
        }
    }
    had.then_some(out)
}

/// A control's length, with the space that ends it or the bytes that it names.
fn control_length(rtf: &[u8]) -> usize {
    if !rtf.get(1).is_some_and(u8::is_ascii_alphabetic) {
        return if rtf.get(1) == Some(&b'\'') { 4 } else { 2 };
    }
    let (word, number) = control_word(rtf);
    let mut length = 1 + word.len();
    length += rtf[length..].iter().take_while(|byte| **byte == b'-' || byte.is_ascii_digit()).count();
    length += usize::from(rtf.get(length) == Some(&b' '));
    match (word, number) {
        (b"bin", Some(bytes)) => length.saturating_add(usize::try_from(bytes).unwrap_or(0)),
        _ => length,
    }
}

/// The letters of a control and its number.
fn control_word(rtf: &[u8]) -> (&[u8], Option<i64>) {
    let letters = rtf[1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits: String = rtf[1 + letters..]
        .iter()
        .take_while(|byte| **byte == b'-' || byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    (&rtf[1..=letters], digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn deleted_text_of_a_package_is_gone_and_inserted_text_stays() {
        let check = |xml: &str, marks: &Marks, want: Option<&str>| {
            let accepted = accept_in_xml(xml.as_bytes(), marks).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(accepted.as_deref(), want, "{xml}");
        };
        check(
            r#"<?x a>b?><w:p><!-- <w:del> --><w:r>huur </w:r><w:del w:author="a>b"><w:r><w:delText>EUR 1</w:delText></w:r></w:del><w:ins w:id="1"><w:r>EUR 2</w:r></w:ins></w:p>"#,
            &DOCX,
            Some("<?x a>b?><w:p><!-- <w:del> --><w:r>huur </w:r><w:r>EUR 2</w:r></w:p>"),
        );
        check(
            "<w:p><w:rPr><w:del/></w:rPr><w:moveFrom>a<w:moveFrom>b</w:moveFrom>c</w:moveFrom>d</w:p>",
            &DOCX,
            Some("<w:p><w:rPr></w:rPr>d</w:p>"),
        );
        check("<w:p><w:delText>a</w:delText></w:p>", &DOCX, None);
        check(
            "<o:text><text:tracked-changes><text:deletion>weg</text:deletion></text:tracked-changes>\
             <text:p>een<text:change text:change-id=\"1\"/> twee</text:p></o:text>",
            &ODT,
            Some("<o:text><text:p>een twee</text:p></o:text>"),
        );
    }

    #[test]
    fn deleted_text_of_rich_text_is_gone() {
        let check = |rtf: &str, want: Option<&str>| {
            let accepted = without_deleted(rtf.as_bytes()).map(|bytes| String::from_utf8(bytes).unwrap());
            assert_eq!(accepted.as_deref(), want, "{rtf}");
        };
        check(r"{\rtf1 een {\deleted\revauthdel1 t\'e9wee{\b x} }drie}", Some(r"{\rtf1 een {\revauthdel1 {\b }}drie}"));
        check(r"{\rtf1 een {\deleted weg\deleted0 blijft}\deleted x\plain y}", Some(r"{\rtf1 een {blijft}\plain y}"));
        check(r"{\rtf1 een \bin3 \del twee}", None);
        check(r"{\rtf1 een {\revised twee}}", Some(r"{\rtf1 een {twee}}"));
    }

    #[test]
    fn a_package_is_copied_with_its_other_parts() {
        let folder = tempfile::tempdir().unwrap();
        let (path, copy) = (folder.path().join("a.docx"), folder.path().join("b.docx"));
        let mut package = ZipWriter::new(File::create(&path).unwrap());
        for (name, text) in [("word/document.xml", "<w:del>weg</w:del>blijft"), ("media/a.bin", "<w:del>")] {
            package.start_file(name, SimpleFileOptions::default()).unwrap();
            package.write_all(text.as_bytes()).unwrap();
        }
        package.finish().unwrap();
        assert!(accept(&path, MediaType::Docx, &copy).unwrap());
        let mut package = ZipArchive::new(File::open(&copy).unwrap()).unwrap();
        let mut text = |name: &str| std::io::read_to_string(package.by_name(name).unwrap()).unwrap();
        assert_eq!((text("word/document.xml").as_str(), text("media/a.bin").as_str()), ("blijft", "<w:del>"));
        std::fs::write(&path, "no package").unwrap();
        assert!(!accept(&path, MediaType::Odt, &copy).unwrap());
        assert_eq!(std::fs::read(&copy).unwrap(), b"no package");
    }
}
