//! The file as bytes: header, cross-references, trailer, and how objects and streams are framed (ISO 19005-2, 6.1).
//! Knows nothing of what objects mean.

use std::collections::{HashMap, HashSet};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict, FromBytes, Name, Object, ObjectIdentifier, Stream},
};

use super::{
    Findings, decoded, is_name,
    lexer::{Lexer, Token, is_line_end, is_space},
};

/// The most bytes of a comment, a number or a keyword that are looked at for framing.
const FRAME: usize = 64;

/// Checks a file's bytes.
pub(super) fn check(bytes: &[u8], pdf: Option<&Pdf>, findings: &mut Findings) {
    header(bytes, findings);
    end(bytes, findings);
    let table = table(bytes, findings);
    let mut objects: Vec<(u32, usize)> = table.objects.into_iter().collect();
    objects.sort_unstable_by_key(|(_, offset)| *offset);
    for (number, offset) in objects {
        object(bytes, number, offset, pdf, findings);
    }
}

fn header(bytes: &[u8], findings: &mut Findings) {
    let version = bytes.get(7).is_some_and(|digit| (b'0'..=b'7').contains(digit));
    let mut at = 8;
    let line_end = match bytes.get(8..10) {
        Some([b'\r', b'\n']) => {
            at = 10;
            true
        }
        Some([byte, _]) => {
            at = 9;
            is_line_end(*byte)
        }
        _ => false,
    };
    if !bytes.starts_with(b"%PDF-1.") || !version || !line_end {
        findings.add("6.1.2", "the file does not start with %PDF-1.n and a line end", "byte 0");
    }
    let binary = bytes.get(at..at + 5).is_some_and(|line| line[0] == b'%' && line[1..].iter().all(|byte| *byte > 127));
    if !binary {
        findings.add("6.1.2", "the header is not followed by a comment of four bytes above 127", format!("byte {at}"));
    }
}

fn end(bytes: &[u8], findings: &mut Findings) {
    let tail = &bytes[bytes.len().saturating_sub(2048)..];
    let after = tail.windows(5).rposition(|window| window == b"%%EOF").map(|at| &tail[at + 5..]);
    if !matches!(after, Some(b"" | b"\n" | b"\r" | b"\r\n")) {
        findings.add("6.1.3", "data follow the last %%EOF, or it is missing", format!("byte {}", bytes.len()));
    }
}

/// Where objects stand.
#[derive(Default)]
struct Table {
    objects: HashMap<u32, usize>,
}

/// Follows the cross-reference sections from the last to the first.
fn table(bytes: &[u8], findings: &mut Findings) -> Table {
    let tail_at = bytes.len().saturating_sub(2048);
    let start = bytes[tail_at..].windows(9).rposition(|window| window == b"startxref").and_then(|at| {
        let mut lexer = Lexer::from(bytes, tail_at + at + 9);
        number(&mut lexer)
    });
    let (mut table, mut seen, mut first) = (Table::default(), HashSet::new(), true);
    let mut next = start;
    if next.is_none() {
        findings.add("6.1.4", "no cross-reference section can be found", "the file's end");
    }
    while let Some(at) = next.filter(|at| *at < bytes.len() && seen.insert(*at)) {
        let at = at + bytes[at..].iter().take_while(|byte| is_space(**byte)).count();
        let section = if bytes[at..].starts_with(b"xref") {
            classic(bytes, at, &mut table, findings)
        } else {
            compressed(bytes, at, &mut table)
        };
        let Some(trailer) = section else {
            findings.add("6.1.4", "a cross-reference section cannot be read", format!("byte {at}"));
            break;
        };
        if first {
            trailer_of(&trailer, at, findings);
        }
        first = false;
        if let Some(hybrid) = trailer.get::<u32>(b"XRefStm") {
            compressed(bytes, hybrid as usize, &mut table);
        }
        next = trailer.get::<u32>(b"Prev").map(|at| at as usize);
    }
    table
}

fn number(lexer: &mut Lexer<'_>) -> Option<usize> {
    match lexer.next()? {
        Token::Number(value) if value >= 0.0 => Some(value as usize),
        _ => None,
    }
}

fn trailer_of(trailer: &Dict<'_>, at: usize, findings: &mut Findings) {
    let place = format!("the trailer of byte {at}");
    let strings = trailer.get::<Array<'_>>(b"ID").map_or(0, |id| {
        let strings = id.iter::<Object<'_>>().filter(|part| matches!(part, Object::String(part) if !part.is_empty()));
        strings.count()
    });
    if strings != 2 {
        findings.add("6.1.3", "the trailer has no ID of two strings", &place);
    }
    if trailer.contains_key(b"Encrypt") {
        findings.add("6.1.3", "the file is encrypted", &place);
    }
}

/// A cross-reference table (ISO 32000-1, 7.5.4); its trailer.
fn classic<'a>(bytes: &'a [u8], at: usize, table: &mut Table, findings: &mut Findings) -> Option<Dict<'a>> {
    let mut lexer = Lexer::from(bytes, at + 4);
    let line_end = match bytes.get(at + 4..at + 7)? {
        [b'\r', b'\n', digit] => digit.is_ascii_digit(),
        [b'\r' | b'\n', digit, _] => digit.is_ascii_digit(),
        _ => false,
    };
    if !line_end {
        findings.add("6.1.4", "xref is not followed by a single line end and a subsection", format!("byte {at}"));
    }
    loop {
        let first = match lexer.next()? {
            Token::Number(first) => first as u32,
            Token::Word(b"trailer") => break,
            _ => return None,
        };
        let behind = lexer.at;
        let count = number(&mut lexer)?;
        let apart = &bytes[behind..lexer.at];
        if apart.first() != Some(&b' ') || apart.get(1).is_none_or(|byte| !byte.is_ascii_digit()) {
            findings.add(
                "6.1.4",
                "a subsection's two numbers are not parted by a single space",
                format!("byte {behind}"),
            );
        }
        for index in 0..count {
            let offset = number(&mut lexer)?;
            number(&mut lexer)?;
            match lexer.next()? {
                Token::Word(b"n") => table.objects.entry(first.saturating_add(index as u32)).or_insert(offset),
                Token::Word(b"f") => table.objects.entry(first.saturating_add(index as u32)).or_insert(0),
                _ => return None,
            };
        }
    }
    lexer.skip_space();
    Dict::from_bytes(&bytes[lexer.at..])
}

/// A cross-reference stream (ISO 32000-1, 7.5.8); its dictionary.
fn compressed<'a>(bytes: &'a [u8], at: usize, table: &mut Table) -> Option<Dict<'a>> {
    let mut lexer = Lexer::from(bytes, at);
    let own = number(&mut lexer)? as u32;
    number(&mut lexer)?;
    (lexer.next()? == Token::Word(b"obj")).then_some(())?;
    lexer.skip_space();
    let stream = Stream::from_bytes(&bytes[lexer.at..])?;
    let dict = stream.dict().clone();
    let widths: Vec<usize> = dict.get::<Array<'_>>(b"W")?.iter::<u32>().map(|width| width.min(8) as usize).collect();
    let [kind, offset, more] = widths[..] else { return None };
    let size = dict.get::<u32>(b"Size")?;
    let ranges: Vec<u32> =
        dict.get::<Array<'_>>(b"Index").map_or_else(|| vec![0, size], |index| index.iter::<u32>().collect());
    let data = decoded(&stream);
    let numbers = ranges.chunks_exact(2).flat_map(|range| range[0]..range[0].saturating_add(range[1]));
    let whole = |bytes: &[u8]| bytes.iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte));
    for (number, entry) in numbers.zip(data.chunks_exact((kind + offset + more).max(1))) {
        let type_of = if kind == 0 { 1 } else { whole(&entry[..kind]) };
        let offset = if type_of == 1 { whole(&entry[kind..kind + offset]) } else { 0 };
        table.objects.entry(number).or_insert(offset);
    }
    table.objects.entry(own).or_insert(at);
    Some(dict)
}

/// An object's framing (6.1.9), its tokens, and its stream's.
fn object(bytes: &[u8], number_of: u32, offset: usize, pdf: Option<&Pdf>, findings: &mut Findings) {
    let place = format!("object {number_of}");
    if offset == 0 || offset >= bytes.len() {
        return;
    }
    let offset = offset + bytes[offset..].iter().take_while(|byte| is_space(**byte)).count();
    let mut lexer = Lexer::from(bytes, offset);
    let head = (number(&mut lexer), number(&mut lexer), lexer.next());
    let (Some(found), Some(generation), Some(Token::Word(b"obj"))) = head else { return };
    if found as u32 != number_of {
        return;
    }
    let frame = std::str::from_utf8(&bytes[offset..lexer.at.min(offset + FRAME)]).unwrap_or("");
    let parts: Vec<&str> = frame.split(|c: char| c.is_ascii_whitespace()).collect();
    let before = offset.checked_sub(1).is_none_or(|at| is_line_end(bytes[at]));
    let after = bytes.get(lexer.at).is_some_and(|byte| is_line_end(*byte));
    if parts.len() != 3 || !before || !after {
        findings.add("6.1.9", "an object does not start as `n g obj` on a line of its own", &place);
    }
    let mut last = lexer.at;
    while let Some(token) = lexer.next() {
        match token {
            Token::Word(b"endobj") => {
                let at = lexer.at - 6;
                let line = is_line_end(bytes[at - 1]) && bytes.get(lexer.at).is_none_or(|byte| is_line_end(*byte));
                if !line {
                    findings.add("6.1.9", "endobj does not stand on a line of its own", &place);
                }
                break;
            }
            Token::Word(b"stream") => {
                let id = ObjectIdentifier::new(number_of, generation as i32);
                if !matches!(bytes.get(lexer.at..lexer.at + 2), Some([b'\r', b'\n'] | [b'\n', _])) {
                    findings.add("6.1.7.1", "stream is not followed by a line end of LF or CR LF", &place);
                }
                let Some(stream) = pdf.and_then(|pdf| pdf.xref().get::<Stream<'_>>(id)) else { break };
                match framing(bytes, lexer.at, &stream, &place, findings) {
                    Some(behind) => lexer.at = behind,
                    None => break,
                }
            }
            Token::Word(b"obj") => break,
            _ => {}
        }
        last = lexer.at.max(last);
    }
    for (clause, what) in std::mem::take(&mut lexer.flaws) {
        findings.add(clause, what, &place);
    }
}

/// A stream's keywords, length and dictionary (6.1.7); where its `endstream` ends.
fn framing(bytes: &[u8], at: usize, stream: &Stream<'_>, place: &str, findings: &mut Findings) -> Option<usize> {
    let data_at = match bytes.get(at..at + 2)? {
        [b'\r', b'\n'] => at + 2,
        [b'\n', _] => at + 1,
        _ => return None,
    };
    let dict = stream.dict();
    let length = dict.get::<u32>(b"Length").map(|length| length as usize);
    let end = length.map_or(data_at, |length| data_at.saturating_add(length)).min(bytes.len());
    let tail = &bytes[end..(end + FRAME).min(bytes.len())];
    let line_end = tail.iter().take_while(|byte| is_line_end(**byte)).count();
    let keyword = tail[line_end..].starts_with(b"endstream");
    if keyword && !matches!(&tail[..line_end], b"\n" | b"\r" | b"\r\n") {
        // The file may count the line end to the data.
        findings.add("6.1.7.1", "endstream is not preceded by a single line end", place);
    } else if !keyword || length.is_none() {
        findings.add("6.1.7.1", "a stream's Length is not that of its data", place);
    }
    for key in [&b"F"[..], b"FFilter", b"FDecodeParms"] {
        if dict.contains_key(key) {
            findings.add("6.1.7.1", "a stream's data are in another file", place);
        }
    }
    filters(dict, place, findings);
    predictors(dict, place, findings);
    if is_name(dict, b"Type", b"ObjStm") {
        inner(stream, place, findings);
    }
    if keyword { Some(end + line_end + 9) } else { None }
}

/// The filters that are allowed (6.1.7.2).
fn filters(dict: &Dict<'_>, place: &str, findings: &mut Findings) {
    let names: Vec<Vec<u8>> = match dict.get::<Object<'_>>(b"Filter") {
        Some(Object::Name(name)) => vec![name.to_vec()],
        Some(Object::Array(array)) => array.iter::<Name<'_>>().map(|name| name.to_vec()).collect(),
        _ => Vec::new(),
    };
    for name in names {
        let allowed: [&[u8]; 9] = [
            b"ASCIIHexDecode",
            b"ASCII85Decode",
            b"FlateDecode",
            b"RunLengthDecode",
            b"CCITTFaxDecode",
            b"JBIG2Decode",
            b"DCTDecode",
            b"JPXDecode",
            b"Crypt",
        ];
        let identity = || match dict.get::<Object<'_>>(b"DecodeParms") {
            Some(Object::Dict(parms)) => parms.get::<Name<'_>>(b"Name").is_none_or(|name| &*name == b"Identity"),
            _ => true,
        };
        if !allowed.contains(&&name[..]) || (name == b"Crypt" && !identity()) {
            findings.add("6.1.7.2", format!("the filter {} is not allowed", super::said(&name)), place);
        }
    }
}

/// Rows of packed data that no program can hold (ISO 32000-1, 7.4.4.4; the limits are those of ISO 19005-2, 6.1.13).
fn predictors(dict: &Dict<'_>, place: &str, findings: &mut Findings) {
    let settings: Vec<Dict<'_>> = match dict.get::<Object<'_>>(b"DecodeParms") {
        Some(Object::Dict(settings)) => vec![settings],
        Some(Object::Array(settings)) => settings.iter::<Object<'_>>().filter_map(Object::into_dict).collect(),
        _ => Vec::new(),
    };
    for settings in settings.iter().filter(|settings| settings.get::<i64>(b"Predictor").is_some_and(|kind| kind > 1)) {
        let number = |key: &[u8], usual: i64| settings.get::<i64>(key).unwrap_or(usual);
        let (columns, colors, depth) = (number(b"Columns", 1), number(b"Colors", 1), number(b"BitsPerComponent", 8));
        let bits = columns.checked_mul(colors).and_then(|samples| samples.checked_mul(depth));
        let is_sound = columns > 0 && (1..=32).contains(&colors) && [1, 2, 4, 8, 16].contains(&depth);
        if !is_sound || bits.is_none_or(|bits| bits > i64::from(i32::MAX)) {
            findings.add("6.1.13", "the rows of a stream's predictor have no size that can be held", place);
        }
    }
}

/// The tokens of objects in an object stream.
fn inner(stream: &Stream<'_>, place: &str, findings: &mut Findings) {
    let data = decoded(stream);
    let first = stream.dict().get::<u32>(b"First").unwrap_or(0) as usize;
    let mut lexer = Lexer::from(&data, first.min(data.len()));
    while lexer.next().is_some() {}
    for (clause, what) in lexer.flaws {
        findings.add(clause, what, place);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(header_bytes: &[u8], clauses: &[&str]) {
        let mut findings = Findings::default();
        header(header_bytes, &mut findings);
        assert_eq!(findings.list.iter().map(|finding| &*finding.clause).collect::<Vec<_>>(), clauses);
    }

    #[test]
    fn the_header_is_a_version_and_a_binary_comment() {
        check(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", &[]);
        check(b"%PDF-1.4\r\n%\xe2\xe3\xcf\xd3\r\n", &[]);
        check(b"%PDF-1.9\n%\xe2\xe3\xcf\xd3\n", &["6.1.2"]);
        check(b"%PDF-2.0\n%abcd\n", &["6.1.2", "6.1.2"]);
    }
}
