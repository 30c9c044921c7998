//! Type 1 programs (Adobe Type 1 Font Format) as far as the encoding, names and widths go. Reads no outlines and runs
//! no PostScript.

use std::collections::HashMap;

use super::{charstring::type1_width, names};

/// A Type 1 font.
pub(super) struct Type1 {
    encoding: Option<HashMap<u8, String>>,
    /// Widths by glyph names, in thousandths of an em.
    widths: HashMap<String, Option<f64>>,
}

impl Type1 {
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        // Segment headers of a PFB file are no part of a program in a PDF (ISO 32000-1, 9.9).
        let mark = find(data, b"eexec").filter(|_| !data.starts_with(&[0x80]))?;
        let clear = &data[..mark];
        let mut at = mark + 5;
        while data.get(at).is_some_and(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')) {
            at += 1;
        }
        let private = private(&data[at..]);
        let scale = matrix(clear).unwrap_or(1.0);
        let skip = after(&private, b"/lenIV").and_then(integer).unwrap_or(4);
        let starts = find(&private, b"/CharStrings")?;
        let subroutines: HashMap<usize, &[u8]> = subroutines(&private[..starts]);
        let subroutine = |index: usize| subroutines.get(&index).map(|code| decrypted(code, 4330, skip));
        let widths = charstrings(&private[starts..])
            .map(|(name, code)| {
                let width = type1_width(&decrypted(code, 4330, skip), &subroutine).map(|width| width * scale);
                (name, width)
            })
            .collect();
        Some(Self { encoding: encoding(clear), widths })
    }

    /// Width of a glyph, where it is there and can be told.
    pub(super) fn width(&self, name: &str) -> Option<f64> {
        *self.widths.get(name)?
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.widths.contains_key(name)
    }

    /// The names of its glyphs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.widths.keys().map(String::as_str)
    }

    /// The name that its own encoding gives to a code.
    pub(super) fn encoded(&self, code: u8) -> Option<&str> {
        match &self.encoding {
            Some(encoding) => encoding.get(&code).map(String::as_str),
            None => names::encoded("StandardEncoding", code),
        }
    }
}

fn find(data: &[u8], mark: &[u8]) -> Option<usize> {
    data.windows(mark.len()).position(|window| window == mark)
}

fn after<'a>(data: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    find(data, mark).map(|at| &data[at + mark.len()..])
}

/// The number that comes first.
fn integer(data: &[u8]) -> Option<usize> {
    let text = data.trim_ascii_start();
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    std::str::from_utf8(&text[..end]).ok()?.parse().ok()
}

fn decrypted(data: &[u8], key: u16, skip: usize) -> Vec<u8> {
    let mut key = key;
    let mut plain: Vec<u8> = data
        .iter()
        .map(|byte| {
            let out = byte ^ (key >> 8) as u8;
            key = u16::from(*byte).wrapping_add(key).wrapping_mul(52_845).wrapping_add(22_719);
            out
        })
        .collect();
    plain.drain(..skip.min(plain.len()));
    plain
}

/// The encrypted part, in bytes or in hexadecimal digits (7.2).
fn private(data: &[u8]) -> Vec<u8> {
    let hex = data.len() >= 4 && data[..4].iter().all(u8::is_ascii_hexdigit);
    if !hex {
        return decrypted(data, 55_665, 4);
    }
    let digits: Vec<u8> =
        data.iter().filter_map(|byte| (*byte as char).to_digit(16)).map(|digit| digit as u8).collect();
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    decrypted(&bytes, 55_665, 4)
}

fn matrix(clear: &[u8]) -> Option<f64> {
    let text = after(clear, b"/FontMatrix")?;
    let open = text.iter().position(|byte| matches!(byte, b'[' | b'{'))?;
    let numbers = String::from_utf8_lossy(&text[open + 1..(open + 80).min(text.len())]).into_owned();
    let first: f64 = numbers.split_whitespace().next()?.parse().ok()?;
    (first > 0.0).then_some(first * 1000.0)
}

/// The encoding of its own; none where it is the standard one.
fn encoding(clear: &[u8]) -> Option<HashMap<u8, String>> {
    let text = after(clear, b"/Encoding")?;
    if text.trim_ascii_start().starts_with(b"StandardEncoding") {
        return None;
    }
    let text = String::from_utf8_lossy(text).replace('/', " /");
    let mut words = text.split_whitespace();
    let mut out = HashMap::new();
    while let Some(word) = words.next() {
        match word {
            "dup" => {
                let code = words.next().and_then(|code| match code.split_once('#') {
                    Some((base, digits)) => u8::from_str_radix(digits, base.parse().ok()?).ok(),
                    None => code.parse().ok(),
                });
                if let (Some(code), Some(name)) = (code, words.next().and_then(|name| name.strip_prefix('/'))) {
                    out.insert(code, name.to_owned());
                }
            }
            "def" | "readonly" if !out.is_empty() => break,
            _ => {}
        }
    }
    Some(out)
}

/// Binary data of the form `length RD bytes` at a place: the data, and where they end.
fn binary(data: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = data.get(at..)?;
    let length = integer(rest)?;
    let digits = rest.iter().position(u8::is_ascii_digit)?;
    let word = digits + rest[digits..].iter().position(|byte| *byte == b' ')? + 1;
    let start = at + word + rest[word..].iter().position(|byte| *byte == b' ')? + 1;
    Some((data.get(start..start.checked_add(length)?)?, start + length))
}

fn subroutines(private: &[u8]) -> HashMap<usize, &[u8]> {
    let mut out = HashMap::new();
    let Some(mut at) = find(private, b"/Subrs") else { return out };
    while let Some(step) = find(&private[at..], b"dup ") {
        at += step + 4;
        let Some(index) = integer(&private[at..]) else { continue };
        let digits = private[at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b' ');
        let behind = at + private[at..].iter().position(|byte| *byte == b' ').unwrap_or(digits.count());
        if let Some((code, end)) = binary(private, behind) {
            out.insert(index, code);
            at = end;
        }
    }
    out
}

fn charstrings(private: &[u8]) -> impl Iterator<Item = (String, &[u8])> {
    // Behind the dictionary's own name.
    let mut at = 1;
    std::iter::from_fn(move || {
        let slash = at + private.get(at..)?.iter().position(|byte| *byte == b'/')?;
        let end = slash + private[slash..].iter().position(|byte| byte.is_ascii_whitespace())?;
        let name = String::from_utf8_lossy(&private[slash + 1..end]).into_owned();
        let (code, behind) = binary(private, end)?;
        at = behind;
        Some((name, code))
    })
}
