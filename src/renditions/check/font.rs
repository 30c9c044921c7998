//! Fonts (ISO 19005-2, 6.2.11), by the codes that content shows: are they embedded, do widths agree, does every code
//! mean a glyph and a character.

mod cff;
mod charstring;
mod cmap;
mod names;
mod simple;
mod truetype;
mod type1;

use std::collections::BTreeMap;

use hayro::{
    hayro_interpret::hayro_cmap::{BfString, CMap},
    hayro_syntax::object::{Array, Dict, Name, Object, Stream},
};

pub(in super::super) use self::names::standard_glyph;
use self::{cff::Cff, cmap::Encoding, truetype::TrueType, type1::Type1};
use super::{Findings, decoded, dict_at, dict_of, is_name, place, said, subtype};

/// By how many thousandths of an em widths may differ (6.2.11.5).
const WIDTHS_APART: f64 = 1.0;
/// Flags of a font descriptor (ISO 32000-1, table 123).
const SYMBOLIC: u32 = 1 << 2;
const NONSYMBOLIC: u32 = 1 << 5;

/// A font and the codes that are shown in it.
pub(super) struct Use<'a> {
    pub(super) dict: Dict<'a>,
    kind: Vec<u8>,
    /// Of composite fonts: how strings are cut into codes.
    encoding: Option<Encoding>,
    /// Of Type 3 fonts: the content of its glyphs by code.
    glyphs: BTreeMap<u32, (String, Option<Stream<'a>>)>,
    /// Codes, and whether they are painted anywhere.
    codes: BTreeMap<u32, bool>,
    /// Text is painted in it, were it an empty string.
    painted: bool,
}

impl<'a> Use<'a> {
    pub(super) fn new(dict: Dict<'a>) -> Self {
        let kind = subtype(&dict);
        let encoding = (kind == b"Type0").then(|| Encoding::of(&dict));
        let glyphs = if kind == b"Type3" { simple::type3_glyphs(&dict) } else { BTreeMap::new() };
        Self { dict, kind, encoding, glyphs, codes: BTreeMap::new(), painted: false }
    }

    /// Takes note of a string; gives the content of Type 3 glyphs that were not shown before.
    pub(super) fn show(&mut self, string: &[u8], painted: bool, content: &mut Vec<Stream<'a>>) {
        self.painted |= painted;
        let cut = match &self.encoding {
            Some(encoding) => encoding.cut(string),
            None => string.iter().copied().map(u32::from).collect(),
        };
        for code in cut {
            let known = self.codes.contains_key(&code);
            *self.codes.entry(code).or_default() |= painted;
            if !known && let Some((_, Some(stream))) = self.glyphs.get(&code) {
                content.push(stream.clone());
            }
        }
    }

    fn is_painted(&self) -> bool {
        self.painted
    }

    /// The codes that are shown, where text is painted in the font, were it an empty string.
    pub(super) fn painted_codes(&self) -> Option<Vec<u32>> {
        self.painted.then(|| self.codes.keys().copied().collect())
    }
}

/// An embedded font program.
enum Program {
    TrueType(TrueType),
    Cff(Cff),
    Type1(Type1),
}

/// Checks a font that content uses.
pub(super) fn check(font: &Use<'_>, findings: &mut Findings) {
    let base = font.dict.get::<Name<'_>>(b"BaseFont");
    let at = match &base {
        Some(name) => format!("font {}, {}", said(name), place(&font.dict)),
        None => format!("font, {}", place(&font.dict)),
    };
    let known: [&[u8]; 5] = [b"Type0", b"Type1", b"MMType1", b"TrueType", b"Type3"];
    let is_type3 = font.kind == b"Type3";
    if !is_name(&font.dict, b"Type", b"Font") || !known.contains(&&font.kind[..]) || (base.is_none() && !is_type3) {
        findings.add("6.2.11.2", "a font's dictionary lacks its type or name", &at);
        return;
    }
    names_readable(&font.dict, &at, findings);
    match &font.encoding {
        Some(encoding) => composite(font, encoding, &at, findings),
        None => simple::check(font, &at, findings),
    }
}

/// The embedded program of a descriptor, under the key that is meant for a font of this kind (ISO 32000-1, table 126).
/// `Err` where there is one that cannot be read, or is not what its key says.
fn program(descriptor: &Dict<'_>, kind: &[u8], at: &str, findings: &mut Findings) -> Option<Result<Program, ()>> {
    let stream = |key: &[u8]| descriptor.get::<Stream<'_>>(key);
    let outlines_by_points = matches!(kind, b"TrueType" | b"CIDFontType2");
    let whole = match kind {
        b"Type1" | b"MMType1" => stream(b"FontFile").map(|stream| Type1::parse(&decoded(&stream)).map(Program::Type1)),
        _ if outlines_by_points => {
            stream(b"FontFile2").map(|stream| TrueType::parse(decoded(&stream)).map(Program::TrueType))
        }
        _ => None,
    };
    if let Some(whole) = whole {
        return Some(whole.ok_or(()));
    }
    let stream = stream(b"FontFile3")?;
    let format = subtype(stream.dict());
    let data = decoded(&stream);
    let program = match (&format[..], kind) {
        (b"Type1C", b"Type1" | b"MMType1") | (b"CIDFontType0C", b"CIDFontType0") => Cff::parse(&data).map(Program::Cff),
        (b"OpenType", _) => TrueType::parse(data).and_then(|font| match font.table(b"CFF ") {
            Some(cff) => Cff::parse(cff).map(Program::Cff),
            None => outlines_by_points.then_some(Program::TrueType(font)),
        }),
        _ => {
            findings.add("6.2.11.2", format!("a font program of type {} does not fit its font", said(&format)), at);
            None
        }
    };
    Some(program.ok_or(()))
}

/// Names of fonts are UTF-8 (6.1.8).
fn names_readable(font: &Dict<'_>, at: &str, findings: &mut Findings) {
    let descriptor = font.get::<Dict<'_>>(b"FontDescriptor");
    let named = descriptor.as_ref().and_then(|descriptor| descriptor.get::<Name<'_>>(b"FontName"));
    for name in font.get::<Name<'_>>(b"BaseFont").into_iter().chain(named) {
        if std::str::from_utf8(&name).is_err() {
            findings.add("6.1.8", "a font's name is not UTF-8", at);
        }
    }
}

/// What a ToUnicode map says.
struct ToUnicode(Option<CMap>);

impl ToUnicode {
    fn of(font: &Dict<'_>) -> Self {
        // What it says itself: maps that it is based on are not everywhere at hand.
        Self(font.get::<Stream<'_>>(b"ToUnicode").and_then(|stream| CMap::parse(&decoded(&stream), |_| None)))
    }

    /// What it maps a code to.
    fn text(&self, code: u32) -> Option<String> {
        match self.0.as_ref()?.lookup_bf_string(code)? {
            BfString::Char(c) => Some(c.to_string()),
            BfString::String(text) => Some(text),
        }
    }

    /// Does it map a code? Forbidden values are told (6.2.11.7.2).
    fn maps(&self, code: u32, at: &str, findings: &mut Findings) -> bool {
        let Some(text) = self.text(code) else { return false };
        if !text.is_empty() && !is_text(&text) {
            findings.add("6.2.11.7.2", "a code is mapped to U+0000, U+FEFF or U+FFFE", at);
        }
        !text.is_empty()
    }
}

/// May a code be mapped to it (6.2.11.7.2)?
pub(in super::super) fn is_text(text: &str) -> bool {
    !text.is_empty() && !text.contains(['\0', '\u{feff}', '\u{fffe}'])
}

/// What the codes of a simple font mean, where its copy must say more than the font does.
pub(in super::super) fn completed(font: &Dict<'_>) -> Option<BTreeMap<u8, String>> {
    simple::completed(font)
}

/// Does the font's dictionary agree with its program on a width (6.2.11.5)? A width that neither tells agrees with none.
fn agree(said: Option<f64>, real: Option<f64>, at: &str, findings: &mut Findings) {
    match (said, real) {
        (Some(said), Some(real)) if (said - real).abs() <= WIDTHS_APART => {}
        (Some(_), Some(_)) => findings.add("6.2.11.5", "a glyph's width differs from that in the font program", at),
        _ => findings.add("6.2.11.5", "a glyph's width cannot be told", at),
    }
}

/// A composite font.
fn composite(font: &Use<'_>, encoding: &Encoding, at: &str, findings: &mut Findings) {
    encoding.check(at, findings);
    let descendants = font.dict.get::<Array<'_>>(b"DescendantFonts");
    let Some(inner) = descendants.and_then(|fonts| fonts.iter::<Object<'_>>().next()).as_ref().and_then(dict_of) else {
        findings.add("6.2.11.2", "a composite font has no font in it", at);
        return;
    };
    let kind = subtype(&inner);
    if !is_name(&inner, b"Type", b"Font") || !matches!(&kind[..], b"CIDFontType0" | b"CIDFontType2") {
        findings.add("6.2.11.2", "a composite font's inner font is of no known type", at);
        return;
    }
    names_readable(&inner, at, findings);
    encoding.agrees_with(inner.get::<Dict<'_>>(b"CIDSystemInfo").as_ref(), at, findings);
    let descriptor = inner.get::<Dict<'_>>(b"FontDescriptor");
    let program = descriptor.as_ref().and_then(|descriptor| program(descriptor, &kind, at, findings));
    match &program {
        None if font.is_painted() => findings.add("6.2.11.4.1", "a font is not embedded", at),
        Some(Err(())) => findings.add("6.2.11.4.1", "an embedded font program cannot be read", at),
        _ => {}
    }
    let glyphs = match inner.get::<Object<'_>>(b"CIDToGIDMap") {
        Some(Object::Stream(stream)) => Some(decoded(&stream)),
        Some(Object::Name(name)) if &*name == b"Identity" => None,
        other => {
            if other.is_some() || (kind == b"CIDFontType2" && matches!(program, Some(Ok(_)))) {
                findings.add("6.2.11.3.2", "a font of type CIDFontType2 has no CIDToGIDMap", at);
            }
            None
        }
    };
    if let (Some(Ok(program)), Some(descriptor)) = (&program, &descriptor) {
        cid_set(program, glyphs.as_deref(), descriptor, at, findings);
    }
    let widths = Widths::of(&inner);
    let (unicode, characters) = (ToUnicode::of(&font.dict), encoding.characters(&inner));
    for (code, painted) in &font.codes {
        let cid = encoding.cid(*code);
        if !unicode.maps(*code, at, findings) && !cid.is_some_and(|cid| characters.has(cid)) {
            findings.add("6.2.11.7.2", "a code has no character", at);
        }
        let Some(cid) = cid else {
            findings.add("6.2.11.4.1", "a code is not in the font's encoding", at);
            continue;
        };
        if cid > 65_535 {
            findings.add("6.1.13", "a CID is larger than 65535", at);
        }
        let glyph = match (&program, &glyphs) {
            (Some(Ok(Program::Cff(cff))), _) => cff.of_cid(cid),
            (_, Some(map)) => {
                map.get(2 * cid as usize..2 * cid as usize + 2).map(|pair| u32::from(pair[0]) << 8 | u32::from(pair[1]))
            }
            _ => Some(cid),
        };
        if cid == 0 || glyph == Some(0) {
            findings.add("6.2.11.8", "text shows .notdef", at);
        }
        let (there, real) = match (&program, glyph) {
            (Some(Ok(Program::TrueType(font))), Some(glyph)) => (glyph < font.glyphs, font.width(glyph)),
            (Some(Ok(Program::Cff(font))), Some(glyph)) => (glyph < font.glyphs, font.width(glyph)),
            (Some(Ok(_)), None) => (false, None),
            _ => continue,
        };
        if *painted && !there {
            findings.add("6.2.11.4.1", "a glyph is not in the embedded font program", at);
        } else if *painted {
            agree(Some(widths.of_cid(cid)), real, at, findings);
        }
    }
}

/// A CIDSet that is there names every CID of the program (6.2.11.4.2).
fn cid_set(program: &Program, map: Option<&[u8]>, descriptor: &Dict<'_>, at: &str, findings: &mut Findings) {
    let Some(set) = descriptor.get::<Stream<'_>>(b"CIDSet").map(|stream| decoded(&stream)) else { return };
    let named = |cid: u32| set.get(cid as usize / 8).is_some_and(|byte| byte & (0x80 >> (cid % 8)) != 0);
    let whole = match (program, map) {
        (Program::Cff(cff), _) if cff.by_cid => cff.cids().all(|cid| cid == 0 || named(cid)),
        (Program::Cff(cff), _) => (1..cff.glyphs).all(named),
        (Program::TrueType(_), Some(map)) => {
            map.as_chunks::<2>().0.iter().zip(0..).all(|(glyph, cid)| *glyph == [0, 0] || named(cid))
        }
        (Program::TrueType(font), None) => (1..font.glyphs).all(named),
        (Program::Type1(_), _) => true,
    };
    if !whole {
        findings.add("6.2.11.4.2", "a CIDSet does not name every glyph of the font program", at);
    }
}

/// Widths of a font with CIDs (ISO 32000-1, 9.7.4.3).
struct Widths {
    default: f64,
    each: BTreeMap<u32, f64>,
    ranges: Vec<(u32, u32, f64)>,
}

impl Widths {
    fn of(font: &Dict<'_>) -> Self {
        let mut widths =
            Self { default: font.get::<f64>(b"DW").unwrap_or(1000.0), each: BTreeMap::new(), ranges: Vec::new() };
        let Some(array) = font.get::<Array<'_>>(b"W") else { return widths };
        let mut items = array.iter::<Object<'_>>();
        while let Some(first) = items.next().and_then(Object::into_number) {
            let first = first.as_f64() as u32;
            match items.next() {
                Some(Object::Array(list)) => widths.each.extend((first..).zip(list.iter::<f64>())),
                Some(Object::Number(last)) => {
                    if let Some(width) = items.next().and_then(Object::into_number) {
                        widths.ranges.push((first, last.as_f64() as u32, width.as_f64()));
                    }
                }
                _ => break,
            }
        }
        widths
    }

    fn of_cid(&self, cid: u32) -> f64 {
        let in_range =
            || self.ranges.iter().find(|(first, last, _)| (*first..=*last).contains(&cid)).map(|range| range.2);
        self.each.get(&cid).copied().or_else(in_range).unwrap_or(self.default)
    }
}

/// Does a descriptor say both that its font is one of symbols and that it is not?
fn is_both(descriptor: &Dict<'_>) -> bool {
    let both = SYMBOLIC | NONSYMBOLIC;
    descriptor.get::<u32>(b"Flags").is_some_and(|flags| flags & both == both)
}

/// Is a descriptor's font one of symbols?
fn is_symbolic(descriptor: &Dict<'_>) -> bool {
    descriptor.get::<u32>(b"Flags").is_some_and(|flags| flags & SYMBOLIC != 0)
}

/// The encoding's dictionary of differences, or its name.
fn encoding_of<'a>(font: &Dict<'a>) -> (Option<Name<'a>>, Option<Dict<'a>>) {
    (font.get::<Name<'a>>(b"Encoding"), dict_at(font, b"Encoding"))
}
