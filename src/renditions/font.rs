//! The font of the invisible words: it has one glyph, an empty one, for every character. Codes are given to characters
//! as they come, so that its tables are as small as the document's alphabet. Draws nothing.

use std::{collections::HashMap, fmt::Write as _};

use super::{
    value::{Dict, Ref, Value},
    write::Writer,
};
use crate::Result;

/// The font's name.
const NAME: &str = "GriffieInvisible";
/// Advance of every character, in thousandths of the type size.
pub(super) const ADVANCE: f64 = 0.5;
/// How far the type reaches above the base line, as a share of its size.
pub(super) const ASCENT: f64 = 0.8;

/// The font of one document.
pub(super) struct Font {
    number: Ref,
    codes: HashMap<char, u16>,
    characters: Vec<char>,
}

impl Font {
    /// A font that is written at the document's end.
    pub(super) fn new(writer: &mut Writer<'_>) -> Self {
        Self { number: writer.reserve(), codes: HashMap::new(), characters: Vec::new() }
    }

    /// The object that pages name.
    pub(super) fn number(&self) -> Ref {
        self.number
    }

    /// A character's code; none for what a level-u copy may not map to (ISO 19005-2, 6.2.11.7.2) and for the 65,536th.
    pub(super) fn code(&mut self, character: char) -> Option<u16> {
        if matches!(character, '\0'..='\u{1f}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}') {
            return None;
        }
        if let Some(&code) = self.codes.get(&character) {
            return Some(code);
        }
        // Code 0 is the glyph for what is missing, which no page may show (6.2.11.8).
        let code = u16::try_from(self.characters.len() + 1).ok()?;
        self.characters.push(character);
        self.codes.insert(character, code);
        Some(code)
    }

    /// Writes the font, if a page used it.
    pub(super) fn finish(self, writer: &mut Writer<'_>) -> Result<()> {
        if self.characters.is_empty() {
            return Ok(());
        }
        let file = writer.reserve();
        let program = program();
        let length = Value::Number(program.len() as f64);
        writer.deflated(file, Dict::of([("Length1", length)]), &program)?;
        let descriptor = writer.add(&Value::Dict(Dict::of([
            ("Type", Value::name("FontDescriptor")),
            ("FontName", Value::name(NAME)),
            // Symbolic, fixed pitch.
            ("Flags", Value::Number(5.0)),
            ("FontBBox", Value::numbers([0.0, -200.0, 500.0, 800.0])),
            ("ItalicAngle", Value::Number(0.0)),
            ("Ascent", Value::Number(ASCENT * 1000.0)),
            ("Descent", Value::Number((ASCENT - 1.0) * 1000.0)),
            ("CapHeight", Value::Number(700.0)),
            ("StemV", Value::Number(80.0)),
            ("FontFile2", Value::Ref(file)),
        ])))?;
        // 6.2.11.3.2: an embedded CIDFontType2 says which glyph each code has; all have the empty one.
        let glyphs: Vec<u8> = (0..=self.characters.len()).flat_map(|code| [0, u8::from(code > 0)]).collect();
        let map = writer.reserve();
        writer.deflated(map, Dict::default(), &glyphs)?;
        let system = Dict::of([
            ("Registry", Value::text("Adobe")),
            ("Ordering", Value::text("Identity")),
            ("Supplement", Value::Number(0.0)),
        ]);
        let descendant = writer.add(&Value::Dict(Dict::of([
            ("Type", Value::name("Font")),
            ("Subtype", Value::name("CIDFontType2")),
            ("BaseFont", Value::name(NAME)),
            ("CIDSystemInfo", Value::Dict(system)),
            ("CIDToGIDMap", Value::Ref(map)),
            ("FontDescriptor", Value::Ref(descriptor)),
            ("DW", Value::Number(ADVANCE * 1000.0)),
        ])))?;
        let to_unicode = writer.reserve();
        let codes = (1..).zip(self.characters.iter().map(char::to_string));
        writer.deflated(to_unicode, Dict::default(), to_unicode_map(2, codes).as_bytes())?;
        let font = Dict::of([
            ("Type", Value::name("Font")),
            ("Subtype", Value::name("Type0")),
            ("BaseFont", Value::name(NAME)),
            ("Encoding", Value::name("Identity-H")),
            ("DescendantFonts", Value::Array(vec![Value::Ref(descendant)])),
            ("ToUnicode", Value::Ref(to_unicode)),
        ]);
        writer.object(self.number, &Value::Dict(font))
    }
}

/// ISO 32000-1, 9.10.3: which text each code of so many bytes is.
pub(super) fn to_unicode_map(bytes: usize, codes: impl Iterator<Item = (u16, String)>) -> String {
    let digits = 2 * bytes;
    let mut map = format!(
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n\
         /CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n\
         /CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n\
         1 begincodespacerange\n<{:0digits$}> <{}>\nendcodespacerange\n",
        0,
        "F".repeat(digits)
    );
    let codes: Vec<_> = codes.collect();
    for chunk in codes.chunks(100) {
        let _ = writeln!(map, "{} beginbfchar", chunk.len());
        for (code, text) in chunk {
            let _ = write!(map, "<{code:0digits$X}> <");
            for unit in text.encode_utf16() {
                let _ = write!(map, "{unit:04X}");
            }
            map.push_str(">\n");
        }
        map.push_str("endbfchar\n");
    }
    map.push_str("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
    map
}

/// A TrueType font of two empty glyphs, with the tables that ISO 32000-1, 9.9 names.
fn program() -> Vec<u8> {
    let words = |words: &[u16]| words.iter().flat_map(|word| word.to_be_bytes()).collect::<Vec<u8>>();
    let (advance, down) = ((ADVANCE * 1000.0) as u16, (-200_i16) as u16);
    // A fixed day in seconds since 1904, so that the same program gives the same font.
    let day = [0, 0, 0xE57A, 0xA980];
    let head = [
        words(&[1, 0, 1, 0, 0, 0, 0x5F0F, 0x3CF5, 0, 1000]),
        words(&day),
        words(&day),
        words(&[0, down, advance, 800, 0, 8, 2, 0, 0]),
    ]
    .concat();
    let hhea = words(&[1, 0, 800, down, 0, advance, 0, 0, advance, 1, 0, 0, 0, 0, 0, 0, 0, 2]);
    // Format 4 with the segment that every such table ends with: no character is mapped.
    let cmap = words(&[0, 1, 3, 0, 0, 12, 4, 24, 0, 2, 2, 0, 0, 0xFFFF, 0, 0xFFFF, 1, 0]);
    let maxp = words(&[1, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    let mut tables: Vec<(&[u8; 4], Vec<u8>)> = vec![
        (b"cmap", cmap),
        (b"glyf", vec![0; 4]),
        (b"head", head),
        (b"hhea", hhea),
        (b"hmtx", words(&[advance, 0, advance, 0])),
        (b"loca", words(&[0, 0, 0])),
        (b"maxp", maxp),
    ];
    let whole = |tables: &[(&[u8; 4], Vec<u8>)]| {
        // Seven tables: the largest power of two within is four.
        let mut font = words(&[1, 0, 7, 64, 2, 48]);
        let mut at = 12 + 16 * tables.len();
        for (name, table) in tables {
            font.extend(*name);
            font.extend([checksum(table), at as u32, table.len() as u32].map(u32::to_be_bytes).concat());
            at += table.len().next_multiple_of(4);
        }
        for (_, table) in tables {
            font.extend(table);
            font.resize(font.len().next_multiple_of(4), 0);
        }
        font
    };
    let adjustment = 0xB1B0_AFBA_u32.wrapping_sub(checksum(&whole(&tables)));
    tables[2].1[8..12].copy_from_slice(&adjustment.to_be_bytes());
    // The adjustment is left out of the table's own sum.
    let mut font = whole(&tables);
    tables[2].1[8..12].fill(0);
    let sum = checksum(&tables[2].1);
    font[12 + 2 * 16 + 4..][..4].copy_from_slice(&sum.to_be_bytes());
    font
}

fn checksum(table: &[u8]) -> u32 {
    let word = |chunk: &[u8]| {
        let mut word = [0; 4];
        word[..chunk.len()].copy_from_slice(chunk);
        u32::from_be_bytes(word)
    };
    table.chunks(4).map(word).fold(0, u32::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_adds_up_as_truetype_wants() {
        let font = program();
        assert_eq!(checksum(&font), 0xB1B0_AFBA);
        assert!(font.len() < 600, "{}", font.len());
    }

    #[test]
    fn characters_beyond_the_first_plane_are_mapped() {
        let codes = [(1, "é".to_owned()), (2, "𝄞".to_owned())];
        assert!(to_unicode_map(2, codes.into_iter()).contains("<0001> <00E9>\n<0002> <D834DD1E>\n"));
    }
}
