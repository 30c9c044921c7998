//! Simple fonts: Type 1, TrueType, Type 3 (ISO 19005-2, 6.2.11.4 to 6.2.11.8).

use std::collections::BTreeMap;

use hayro::hayro_syntax::object::{Array, Dict, Name, Object, Stream, String as Text};

use super::{
    super::{
        Findings, decoded,
        lexer::{Lexer, Token},
    },
    Program, ToUnicode, TrueType, Use, agree, encoding_of, is_both, is_symbolic, is_text, names, program, subtype,
};

/// Encodings whose codes have known characters.
const STANDARD: [&str; 3] = ["WinAnsiEncoding", "MacRomanEncoding", "MacExpertEncoding"];

/// Checks a simple font.
pub(super) fn check(font: &Use<'_>, at: &str, findings: &mut Findings) {
    let dict = &font.dict;
    let is_type3 = font.kind == b"Type3";
    let descriptor = dict.get::<Dict<'_>>(b"FontDescriptor");
    let program = descriptor.as_ref().and_then(|descriptor| program(descriptor, &font.kind, at, findings));
    match &program {
        None if font.is_painted() && !is_type3 => findings.add("6.2.11.4.1", "a font is not embedded", at),
        Some(Err(())) => findings.add("6.2.11.4.1", "an embedded font program cannot be read", at),
        _ => {}
    }
    let program = program.and_then(Result::ok);
    let widths = widths(dict, at, findings);
    if widths.is_none() && (program.is_some() || is_type3) {
        findings.add("6.2.11.2", "a font has no FirstChar, LastChar or Widths", at);
    }
    let missing = descriptor.as_ref().and_then(|descriptor| descriptor.get::<f64>(b"MissingWidth")).unwrap_or(0.0);
    let symbolic = descriptor.as_ref().is_some_and(is_symbolic);
    if descriptor.as_ref().is_some_and(is_both) && font.kind == b"TrueType" {
        findings.add("6.2.11.6", "a TrueType font says that it is symbolic and that it is not", at);
    }
    let table = Table::of(dict, symbolic, program.as_ref());
    if let Some(Program::TrueType(font)) = &program {
        truetype_encoding(dict, symbolic, font, at, findings);
    }
    if let (Some(program), Some(descriptor)) = (&program, &descriptor) {
        char_set(program, descriptor, at, findings);
    }
    let unicode = ToUnicode::of(dict);
    for (code, painted) in &font.codes {
        let code_byte = *code as u8;
        let name = table.name(code_byte);
        if !unicode.maps(*code, at, findings) && !has_character(&table, name.as_deref(), font) {
            findings.add("6.2.11.7.2", "a code has no character", at);
        }
        let said = widths.as_ref().map(|(first, list)| {
            code.checked_sub(*first).and_then(|index| list.get(index as usize)).copied().unwrap_or(missing)
        });
        let (glyph, real) = match &program {
            Some(program) => placed(program, &table, code_byte, name.as_deref(), symbolic),
            None if is_type3 => match font.glyphs.get(code) {
                Some((_, Some(content))) => (Glyph::There, type3_width(content)),
                _ => (Glyph::Missing, None),
            },
            None => {
                if name.as_deref() == Some(".notdef") {
                    findings.add("6.2.11.8", "text shows .notdef", at);
                }
                continue;
            }
        };
        match glyph {
            Glyph::There if *painted => agree(said, real, at, findings),
            Glyph::NotDef => findings.add("6.2.11.8", "text shows .notdef", at),
            Glyph::Missing if *painted => findings.add("6.2.11.4.1", "a glyph is not in the embedded font program", at),
            _ => {}
        }
    }
}

/// What a code shows.
enum Glyph {
    There,
    Missing,
    NotDef,
}

/// Finds the glyph of a code, and its width.
fn placed(program: &Program, table: &Table, code: u8, name: Option<&str>, symbolic: bool) -> (Glyph, Option<f64>) {
    let known = |there: bool, width: Option<f64>| match (there, name) {
        (_, Some(".notdef")) => (Glyph::NotDef, None),
        (true, _) => (Glyph::There, width),
        (false, _) => (Glyph::Missing, None),
    };
    match program {
        Program::Type1(font) => match name {
            Some(name) => known(font.has(name), font.width(name)),
            None => (Glyph::NotDef, None),
        },
        Program::Cff(font) => match name.map(|name| font.named(name)) {
            Some(Some(glyph)) => known(true, font.width(glyph)),
            Some(None) => known(false, None),
            None => (Glyph::NotDef, None),
        },
        Program::TrueType(font) => match truetype_glyph(font, table, code, name, symbolic) {
            Some(0) | None => (Glyph::NotDef, None),
            Some(glyph) if glyph < font.glyphs => (Glyph::There, font.width(glyph)),
            Some(_) => (Glyph::Missing, None),
        },
    }
}

/// The glyph of a code in a TrueType font, by the ways of ISO 32000-1, 9.6.6.4 alone: 6.2.11.4.1 allows no others.
fn truetype_glyph(font: &TrueType, table: &Table, code: u8, name: Option<&str>, symbolic: bool) -> Option<u32> {
    if symbolic || !table.has_encoding {
        let code = u32::from(code);
        return match font.first_code(3, 0) {
            Some(first) => {
                let base = first & 0xff00;
                matches!(base, 0 | 0xf000 | 0xf100 | 0xf200).then(|| font.glyph(3, 0, base + code)).flatten()
            }
            None => font.glyph(1, 0, code),
        };
    }
    let name = name?;
    names::character(name)
        .and_then(|c| font.glyph(3, 1, c.into()))
        .or_else(|| names::code_of("MacRomanEncoding", name).and_then(|code| font.glyph(1, 0, code.into())))
        .or_else(|| font.named(name))
}

/// Names of glyphs by codes.
struct Table {
    differences: BTreeMap<u8, String>,
    /// The encoding beneath the differences.
    base: Option<&'static str>,
    /// Names by the program's own encoding.
    own: BTreeMap<u8, String>,
    has_encoding: bool,
}

impl Table {
    fn of(font: &Dict<'_>, symbolic: bool, program: Option<&Program>) -> Self {
        let (name, dict) = encoding_of(font);
        let known = |name: &[u8]| STANDARD.into_iter().find(|known| known.as_bytes() == name);
        let base = name.as_deref().and_then(known).or_else(|| {
            dict.as_ref().and_then(|dict| dict.get::<Name<'_>>(b"BaseEncoding")).as_deref().and_then(known)
        });
        let own: BTreeMap<u8, String> = (0..=255)
            .filter_map(|code| {
                let name = match program? {
                    Program::Type1(font) => font.encoded(code)?,
                    Program::Cff(font) => font.encoded(code)?,
                    Program::TrueType(_) => return None,
                };
                Some((code, name.to_owned()))
            })
            .collect();
        // Without a program's own encoding, the standard one lies beneath (ISO 32000-1, table 114).
        let base = base.or_else(|| (own.is_empty() && !symbolic).then_some("StandardEncoding"));
        let has_encoding = name.is_some() || dict.is_some();
        Self { differences: dict.as_ref().map_or_else(BTreeMap::new, differences), base, own, has_encoding }
    }

    fn name(&self, code: u8) -> Option<String> {
        let beneath = || match self.base {
            Some(base) => names::encoded(base, code).map(str::to_owned),
            None => self.own.get(&code).cloned(),
        };
        self.differences.get(&code).cloned().or_else(beneath)
    }
}

fn differences(encoding: &Dict<'_>) -> BTreeMap<u8, String> {
    let mut out = BTreeMap::new();
    let mut code = 0_u32;
    for item in encoding.get::<Array<'_>>(b"Differences").iter().flat_map(|array| array.iter::<Object<'_>>()) {
        match item {
            Object::Number(number) => code = number.as_f64() as u32,
            Object::Name(name) => {
                if let Ok(code) = u8::try_from(code) {
                    out.insert(code, String::from_utf8_lossy(&name).into_owned());
                }
                code += 1;
            }
            _ => {}
        }
    }
    out
}

/// Does a code without a ToUnicode entry still have a character (6.2.11.7.2)?
fn has_character(table: &Table, name: Option<&str>, font: &Use<'_>) -> bool {
    let Some(name) = name else { return false };
    if font.kind == b"TrueType" && !table.has_encoding {
        return false;
    }
    names::character(name).is_some() || names::code_of("Symbol", name).is_some()
}

/// What each code of a simple font means, where more of it can be known than a reader of PDF/A may work out
/// (6.2.11.7.2): by the rules for names of glyphs, and by the map of Unicode in a program whose codes have no names.
/// `None` where the font says by itself all that can be known.
pub(super) fn completed(dict: &Dict<'_>) -> Option<BTreeMap<u8, String>> {
    let kind = subtype(dict);
    if !matches!(&kind[..], b"Type1" | b"MMType1" | b"TrueType" | b"Type3") {
        return None;
    }
    let descriptor = dict.get::<Dict<'_>>(b"FontDescriptor");
    let program =
        descriptor.as_ref().and_then(|of| program(of, &kind, "", &mut Findings::default())).and_then(Result::ok);
    let table = Table::of(dict, descriptor.as_ref().is_some_and(is_symbolic), program.as_ref());
    let unicode = ToUnicode::of(dict);
    let nameless = match &program {
        Some(Program::TrueType(font)) if !table.has_encoding => Some((font, font.characters())),
        _ => None,
    };
    let (mut texts, mut more) = (BTreeMap::new(), false);
    for code in 0..=u8::MAX {
        let name = table.name(code);
        let listed = name.as_deref().filter(|_| nameless.is_none()).and_then(names::character);
        if let Some(text) = unicode.text(code.into()).filter(|text| is_text(text)) {
            texts.insert(code, text);
        } else if let Some(character) = listed {
            texts.insert(code, character.into());
        } else {
            let found = match &nameless {
                Some((font, characters)) => truetype_glyph(font, &table, code, None, true)
                    .and_then(|glyph| characters.get(&glyph).copied().map(String::from)),
                None => name.as_deref().and_then(names::text),
            };
            if let Some(text) = found.filter(|text| is_text(text)) {
                texts.insert(code, text);
                more = true;
            }
        }
    }
    more.then_some(texts)
}

/// What 6.2.11.6 asks of TrueType fonts.
fn truetype_encoding(dict: &Dict<'_>, symbolic: bool, font: &TrueType, at: &str, findings: &mut Findings) {
    let (name, differing) = encoding_of(dict);
    if symbolic {
        if name.is_some() || differing.is_some() {
            findings.add("6.2.11.6", "a symbolic TrueType font has an encoding", at);
        }
        if font.map_count() != 1 && !font.has_map(3, 0) {
            findings.add("6.2.11.6", "a symbolic TrueType font has neither one map nor one of symbols", at);
        }
        return;
    }
    let base = name.or_else(|| differing.as_ref().and_then(|dict| dict.get::<Name<'_>>(b"BaseEncoding")));
    if !base.is_some_and(|base| matches!(&*base, b"MacRomanEncoding" | b"WinAnsiEncoding")) {
        findings.add("6.2.11.6", "a TrueType font has neither MacRomanEncoding nor WinAnsiEncoding", at);
    }
    let differing = differing.as_ref().map_or_else(BTreeMap::new, differences);
    if !differing.is_empty() {
        let known = differing.values().all(|name| name == ".notdef" || names::character(name).is_some());
        if !known || !font.has_map(3, 1) {
            findings.add("6.2.11.6", "a TrueType font's differences cannot be found in it", at);
        }
    }
    if font.map_count() == 0 {
        findings.add("6.2.11.6", "a TrueType font has no map", at);
    }
}

/// A CharSet that is there names every glyph of the program (6.2.11.4.2).
fn char_set(program: &Program, descriptor: &Dict<'_>, at: &str, findings: &mut Findings) {
    let Some(set) = descriptor.get::<Text<'_>>(b"CharSet") else { return };
    let text = String::from_utf8_lossy(&set).into_owned();
    let named: Vec<&str> = text.split('/').map(str::trim).filter(|name| !name.is_empty()).collect();
    let all =
        |mut names: Box<dyn Iterator<Item = &str> + '_>| names.all(|name| name == ".notdef" || named.contains(&name));
    let whole = match program {
        Program::Type1(font) => all(Box::new(font.names())),
        Program::Cff(font) => font.by_cid || all(Box::new(font.names())),
        Program::TrueType(_) => true,
    };
    if !whole {
        findings.add("6.2.11.4.2", "a CharSet does not name every glyph of the font program", at);
    }
}

/// The first code, and widths from it on, one for each code up to the last.
fn widths(font: &Dict<'_>, at: &str, findings: &mut Findings) -> Option<(u32, Vec<f64>)> {
    let (first, last) = (font.get::<u32>(b"FirstChar")?, font.get::<u32>(b"LastChar")?);
    let widths: Vec<f64> = font.get::<Array<'_>>(b"Widths")?.iter::<f64>().collect();
    if widths.len() as u64 != (u64::from(last) + 1).saturating_sub(first.into()) {
        findings.add("6.2.11.2", "a font has not one width for each of its codes", at);
    }
    Some((first, widths))
}

/// The glyphs of a Type 3 font by code: name and content.
pub(super) fn type3_glyphs<'a>(font: &Dict<'a>) -> BTreeMap<u32, (String, Option<Stream<'a>>)> {
    let (_, encoding) = encoding_of(font);
    let procedures = font.get::<Dict<'a>>(b"CharProcs");
    encoding
        .as_ref()
        .map_or_else(BTreeMap::new, differences)
        .into_iter()
        .map(|(code, name)| {
            let content = procedures.as_ref().and_then(|glyphs| glyphs.get::<Stream<'a>>(&*name));
            (code.into(), (name, content))
        })
        .collect()
}

/// The width that a Type 3 glyph sets by its first operator.
fn type3_width(content: &Stream<'_>) -> Option<f64> {
    let data = decoded(content);
    match Lexer::new(&data).next() {
        Some(Token::Number(width)) => Some(width),
        _ => None,
    }
}
