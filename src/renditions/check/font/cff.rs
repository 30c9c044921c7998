//! Compact Font Format (Adobe TN 5176) as far as names, CIDs and widths go. Reads no outlines. A program with a part
//! that cannot be read is no program: readers differ in what they make of the rest.

use std::collections::HashMap;

use super::{
    charstring::{Subroutines, Width, type2_width},
    names,
};

/// A CFF font.
pub(super) struct Cff {
    /// Its glyphs have CIDs, not names.
    pub(super) by_cid: bool,
    pub(super) glyphs: u32,
    widths: Vec<Option<f64>>,
    names: HashMap<String, u32>,
    cids: HashMap<u32, u32>,
    /// The encoding of its own.
    encoding: HashMap<u8, u32>,
    /// The predefined encoding that it names.
    standard: bool,
}

type Dict = HashMap<u16, Vec<f64>>;

// Operators of dictionaries; those of two bytes count from 0x0c00.
const CHARSET: u16 = 15;
const ENCODING: u16 = 16;
const CHAR_STRINGS: u16 = 17;
const PRIVATE: u16 = 18;
const SUBRS: u16 = 19;
const DEFAULT_WIDTH: u16 = 20;
const NOMINAL_WIDTH: u16 = 21;
const FONT_MATRIX: u16 = 0x0c07;
const ROS: u16 = 0x0c1e;
const FD_ARRAY: u16 = 0x0c24;
const FD_SELECT: u16 = 0x0c25;

impl Cff {
    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let start = usize::from(*data.get(2)?);
        let (_, at) = index(data, start)?;
        let (tops, at) = index(data, at)?;
        let (strings, at) = index(data, at)?;
        let (global, _) = index(data, at)?;
        let top = dict(tops.first()?)?;
        let (charstrings, _) = index(data, *top.get(&CHAR_STRINGS)?.first()? as usize)?;
        let by_cid = top.contains_key(&ROS);
        let charset =
            charset(data, top.get(&CHARSET).and_then(|v| v.first()).map_or(0, |v| *v as usize), charstrings.len())?;
        let scale = top.get(&FONT_MATRIX).and_then(|matrix| matrix.first()).map_or(1.0, |x| x * 1000.0);
        let privates: Vec<Private<'_>> = if by_cid {
            let (fonts, _) = index(data, *top.get(&FD_ARRAY)?.first()? as usize)?;
            fonts
                .iter()
                .map(|font| Private::of(data, &dict(font)?, if top.contains_key(&FONT_MATRIX) { scale } else { 0.0 }))
                .collect::<Option<_>>()?
        } else {
            vec![Private::of(data, &top, scale)?]
        };
        let select = top.get(&FD_SELECT).and_then(|v| v.first()).map(|at| *at as usize);
        let chosen = |glyph: usize| select.and_then(|at| fd(data, at, glyph)).unwrap_or(0);
        let widths = charstrings
            .iter()
            .enumerate()
            .map(|(glyph, code)| {
                let private = privates.get(chosen(glyph))?;
                let width = match type2_width(code, &Subroutines { global: &global, local: &private.subroutines })? {
                    Width::Default => private.default,
                    Width::Apart(apart) => private.nominal + apart,
                };
                Some(width * private.scale)
            })
            .collect();
        let string = |id: usize| match names::cff(id) {
            Some(name) => Some(name.to_owned()),
            None => strings.get(id - 391).map(|name| String::from_utf8_lossy(name).into_owned()),
        };
        let named = |(id, glyph): (usize, u32)| Some((string(id)?, glyph));
        let glyphs = || charset.iter().enumerate().map(|(glyph, id)| (*id, glyph as u32));
        let at = top.get(&ENCODING).and_then(|v| v.first()).map_or(0, |v| *v as usize);
        Some(Self {
            by_cid,
            glyphs: charstrings.len() as u32,
            widths,
            names: if by_cid { HashMap::new() } else { glyphs().map(named).collect::<Option<_>>()? },
            cids: glyphs().map(|(id, glyph)| (id as u32, glyph)).collect(),
            encoding: if at > 1 { encoding(data, at)? } else { HashMap::new() },
            standard: at <= 1,
        })
    }

    /// Width of a glyph in thousandths of an em.
    pub(super) fn width(&self, glyph: u32) -> Option<f64> {
        *self.widths.get(glyph as usize)?
    }

    /// The glyph of a name.
    pub(super) fn named(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// The names of its glyphs.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.names.keys().map(String::as_str)
    }

    /// The glyph of a CID.
    pub(super) fn of_cid(&self, cid: u32) -> Option<u32> {
        if self.by_cid { self.cids.get(&cid).copied() } else { (cid < self.glyphs).then_some(cid) }
    }

    /// The CIDs of its glyphs.
    pub(super) fn cids(&self) -> impl Iterator<Item = u32> {
        self.cids.keys().copied().filter(|_| self.by_cid)
    }

    /// The name that its own encoding gives to a code.
    pub(super) fn encoded(&self, code: u8) -> Option<&str> {
        if self.standard {
            return names::encoded("StandardEncoding", code);
        }
        let glyph = self.encoding.get(&code)?;
        self.names.iter().find(|(_, known)| *known == glyph).map(|(name, _)| name.as_str())
    }
}

/// What a Private dictionary says of widths.
struct Private<'a> {
    default: f64,
    nominal: f64,
    subroutines: Vec<&'a [u8]>,
    scale: f64,
}

impl<'a> Private<'a> {
    /// Of a font's dictionary. An outer scale of 0 says that the font's own matrix scales.
    fn of(data: &'a [u8], font: &Dict, outer: f64) -> Option<Self> {
        let own = font.get(&FONT_MATRIX).and_then(|matrix| matrix.first()).copied();
        let scale = match own {
            Some(own) if outer == 0.0 => own * 1000.0,
            // The matrices of a font with CIDs and of its parts are multiplied; one of them is usually plain.
            Some(own) if own > 0.1 => outer * own,
            _ if outer == 0.0 => 1.0,
            _ => outer,
        };
        let mut private = Self { default: 0.0, nominal: 0.0, subroutines: Vec::new(), scale };
        let [size, at] = font.get(&PRIVATE).map(Vec::as_slice)? else { return None };
        let (at, size) = (*at as usize, *size as usize);
        let dict = dict(data.get(at..at.saturating_add(size))?)?;
        let first = |key: u16| dict.get(&key).and_then(|values| values.first()).copied();
        private.default = first(DEFAULT_WIDTH).unwrap_or(0.0);
        private.nominal = first(NOMINAL_WIDTH).unwrap_or(0.0);
        if let Some(offset) = first(SUBRS) {
            private.subroutines = index(data, at.checked_add(offset as usize)?)?.0;
        }
        Some(private)
    }
}

fn number(bytes: &[u8]) -> Option<usize> {
    (!bytes.is_empty() && bytes.len() <= 4).then(|| bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// An INDEX (section 5): its elements, and where it ends.
fn index(data: &[u8], at: usize) -> Option<(Vec<&[u8]>, usize)> {
    let count = number(data.get(at..at.checked_add(2)?)?)?;
    if count == 0 {
        return Some((Vec::new(), at + 2));
    }
    let size = usize::from(*data.get(at + 2)?);
    let offset = |index: usize| number(data.get(at + 3 + index * size..at + 3 + (index + 1) * size)?);
    let base = at + 2 + (count + 1) * size;
    let elements = (0..count)
        .map(|index| data.get(base.checked_add(offset(index)?)?..base.checked_add(offset(index + 1)?)?))
        .collect::<Option<Vec<_>>>()?;
    Some((elements, base + offset(count)?))
}

/// A DICT (section 4).
fn dict(data: &[u8]) -> Option<Dict> {
    let (mut out, mut operands) = (Dict::new(), Vec::new());
    let mut bytes = data.iter().copied();
    while let Some(byte) = bytes.next() {
        match byte {
            12 => {
                let operator = 0x0c00 | u16::from(bytes.next()?);
                out.insert(operator, std::mem::take(&mut operands));
            }
            0..=21 => {
                out.insert(byte.into(), std::mem::take(&mut operands));
            }
            28 => operands.push(i16::from_be_bytes([bytes.next()?, bytes.next()?]).into()),
            29 => {
                let number = [bytes.next()?, bytes.next()?, bytes.next()?, bytes.next()?];
                operands.push(i32::from_be_bytes(number).into());
            }
            30 => {
                let mut text = String::new();
                'nibbles: loop {
                    let pair = bytes.next()?;
                    for nibble in [pair >> 4, pair & 15] {
                        match nibble {
                            0..=9 => text.push(char::from(b'0' + nibble)),
                            10 => text.push('.'),
                            11 => text.push('E'),
                            12 => text.push_str("E-"),
                            14 => text.push('-'),
                            _ => break 'nibbles,
                        }
                    }
                }
                operands.push(text.parse().ok()?);
            }
            32..=246 => operands.push(f64::from(byte) - 139.0),
            247..=250 => operands.push((f64::from(byte) - 247.0) * 256.0 + f64::from(bytes.next()?) + 108.0),
            251..=254 => operands.push(-(f64::from(byte) - 251.0) * 256.0 - f64::from(bytes.next()?) - 108.0),
            _ => return None,
        }
    }
    Some(out)
}

/// The string or CID of each glyph (section 13). The predefined charsets 1 and 2 (expert) are taken as the first.
fn charset(data: &[u8], at: usize, glyphs: usize) -> Option<Vec<usize>> {
    if at <= 2 {
        return Some((0..glyphs).collect());
    }
    let format = *data.get(at)?;
    let (mut out, mut at) = (vec![0], at + 1);
    while out.len() < glyphs {
        let first = number(data.get(at..at + 2)?)?;
        at += 2;
        let left = match format {
            0 => 0,
            1 => {
                at += 1;
                usize::from(*data.get(at - 1)?)
            }
            2 => {
                at += 2;
                number(data.get(at - 2..at)?)?
            }
            _ => return None,
        };
        out.extend((first..=first + left).take(glyphs - out.len()));
    }
    Some(out)
}

/// The encoding of its own (section 12): glyphs by codes.
fn encoding(data: &[u8], at: usize) -> Option<HashMap<u8, u32>> {
    let mut out = HashMap::new();
    let format = *data.get(at)?;
    let count = usize::from(*data.get(at + 1)?);
    let mut glyph = 1;
    for entry in 0..count {
        if format & 0x7f == 0 {
            out.insert(*data.get(at + 2 + entry)?, glyph);
            glyph += 1;
        } else {
            let (first, left) = (*data.get(at + 2 + 2 * entry)?, *data.get(at + 3 + 2 * entry)?);
            for code in first..=first.saturating_add(left) {
                out.insert(code, glyph);
                glyph += 1;
            }
        }
    }
    Some(out)
}

/// The part of a font with CIDs that a glyph belongs to (section 19).
fn fd(data: &[u8], at: usize, glyph: usize) -> Option<usize> {
    match data.get(at)? {
        0 => data.get(at + 1 + glyph).map(|part| usize::from(*part)),
        3 => {
            let ranges = number(data.get(at + 1..at + 3)?)?;
            let first = |index: usize| number(data.get(at + 3 + 3 * index..at + 5 + 3 * index)?);
            let (mut low, mut high) = (0, ranges);
            while high - low > 1 {
                let middle = low.midpoint(high);
                if first(middle)? <= glyph { low = middle } else { high = middle }
            }
            data.get(at + 5 + 3 * low).map(|part| usize::from(*part))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dict_is_read_whole_or_not_at_all() {
        // 1.5 is the default width; then a number without digits, and a byte that is reserved.
        assert_eq!(dict(&[30, 0x1a, 0x5f, 20]).unwrap()[&DEFAULT_WIDTH], [1.5]);
        assert!(dict(&[30, 0xff, 20]).is_none() && dict(&[255, 20]).is_none() && dict(&[28, 0]).is_none());
    }
}
