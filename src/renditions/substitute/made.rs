//! Makes a font's substitute: which glyph each code draws, what it means and how wide it is. Writes nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex},
};

use hayro::hayro_syntax::object::{Dict as SourceDict, FromBytes as _, Name as SourceName, Object};
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId, StandardFont,
    hayro_cmap::{self, BfString},
    kurbo::{Affine, BezPath},
};

use super::{
    super::{
        check::{self, is_text},
        value::Value,
    },
    face::{self, Face, NOTICE, face},
    type1c::{self, Glyph},
    widths::Widths,
};
use crate::{model::Blake3, pages::hidden::draws_signs};

/// The standard 14 (ISO 32000-1, 9.6.2.2): what their codes mean without an encoding is known.
const STANDARD: [&str; 14] = [
    "Courier",
    "Courier-Bold",
    "Courier-BoldOblique",
    "Courier-Oblique",
    "Helvetica",
    "Helvetica-Bold",
    "Helvetica-BoldOblique",
    "Helvetica-Oblique",
    "Symbol",
    "Times-Bold",
    "Times-BoldItalic",
    "Times-Italic",
    "Times-Roman",
    "ZapfDingbats",
];
/// The encodings that a font may name (ISO 32000-1, table 114), and the one that it has without.
const ENCODINGS: [&[u8]; 4] = [b"WinAnsiEncoding", b"MacRomanEncoding", b"MacExpertEncoding", b"StandardEncoding"];
/// How long the text of a code may be (ISO 32000-1, 9.10.3).
const LONGEST_TEXT: usize = 512;

/// A font's substitute.
pub(super) struct Substitute {
    pub(super) face: Face,
    pub(super) program: type1c::Program,
    /// The program's name, with the letters that mark a subset (ISO 32000-1, 9.6.4).
    pub(super) name: String,
    pub(super) widths: Widths,
    pub(super) differences: Vec<Value>,
    /// What each code means.
    pub(super) texts: BTreeMap<u8, String>,
}

impl Substitute {
    /// Of a font in which nothing but empty strings is shown, as some programs do: any font is the right one.
    pub(super) fn unseen() -> Result<Self, String> {
        let font = SourceDict::from_bytes(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        Self::of(&font.unwrap_or_default(), "Helvetica", b"Type1", &BTreeSet::from([b' ']))
    }

    /// Of a font with this name, for these codes. An error says why it can have none.
    pub(super) fn of(
        source: &SourceDict<'_>,
        name: &str,
        subtype: &[u8],
        codes: &BTreeSet<u8>,
    ) -> Result<Self, String> {
        is_told(source, name, subtype)?;
        let (font, standard) = drawn_by(source).ok_or("it cannot be drawn")?;
        let face = face(standard);
        let widths = Widths::of(source, &font, codes);
        let (mut glyphs, mut texts, mut names) = (Vec::new(), BTreeMap::new(), BTreeSet::new());
        for &code in codes {
            let (outline, text) = drawn(&font, code)?;
            let (standard, name) = glyph_name(code, &text, &mut names);
            glyphs.push(Glyph { name, standard, width: widths.of_code(code), outline });
            texts.insert(code, text);
        }
        let mut differences = Vec::new();
        let mut next = None;
        for (&code, glyph) in codes.iter().zip(&glyphs) {
            if next != Some(code) {
                differences.push(Value::Number(code.into()));
            }
            differences.push(Value::Name(glyph.name.clone().into_bytes().into()));
            next = code.checked_add(1);
        }
        let bare = type1c::program(face.name, NOTICE, &glyphs).ok_or("its glyphs are too large")?;
        let name = format!("{}+{}", subset_tag(&bare.data), face.name);
        let program = type1c::program(&name, NOTICE, &glyphs).ok_or("its glyphs are too large")?;
        Ok(Self { face, program, name, widths, differences, texts })
    }
}

/// Is it told what the codes of a font mean? An error says what is not.
fn is_told(source: &SourceDict<'_>, name: &str, subtype: &[u8]) -> Result<(), &'static str> {
    let name = name.split_once('+').filter(|(tag, _)| tag.len() == 6).map_or(name, |(_, name)| name);
    if STANDARD.contains(&name) {
        return Ok(());
    }
    if draws_signs(name) {
        return Err("it draws signs that no substitute has");
    }
    let flags = source.get::<SourceDict<'_>>("FontDescriptor").and_then(|of| of.get::<u32>("Flags")).unwrap_or(0);
    let is_known = |encoding: SourceName<'_>| ENCODINGS.contains(&&*encoding);
    let is_based = match source.get::<Object<'_>>("Encoding") {
        Some(Object::Name(encoding)) => is_known(encoding),
        Some(Object::Dict(encoding)) => encoding.get::<SourceName<'_>>("BaseEncoding").is_some_and(is_known),
        _ => false,
    };
    // Its own encoding is then the one beneath, and nobody has it.
    if !is_based && (subtype == b"TrueType" || flags & face::SYMBOLIC != 0) {
        return Err("it does not say which characters its codes are");
    }
    Ok(())
}

/// The font as pages are drawn with it, and which substitute that is.
fn drawn_by<'a>(source: &SourceDict<'a>) -> Option<(Font<'a>, StandardFont)> {
    let asked: Arc<Mutex<Option<StandardFont>>> = Arc::default();
    let resolver: FontResolverFn = {
        let asked = Arc::clone(&asked);
        Arc::new(move |query| {
            let font = match query {
                FontQuery::Standard(font) => *font,
                FontQuery::Fallback(query) => query.pick_standard_font(),
            };
            *asked.lock().ok()? = Some(font);
            Some(font.get_font_data())
        })
    };
    let maps: CMapResolverFn = Arc::new(hayro_cmap::load_embedded);
    let font = FontCache::new().font(source, &resolver, &maps)?;
    let standard = (*asked.lock().ok()?)?;
    Some((font, standard))
}

/// What a code draws and means. An error says that the substitute lacks it.
fn drawn(font: &Font<'_>, code: u8) -> Result<(BezPath, String), String> {
    let glyph = font.map_code(code.into());
    let FontGlyph::Outline(outline) = font.glyph(glyph, code.into()) else {
        return Err(format!("code {code} is drawn by no outline"));
    };
    let text = match outline.as_unicode() {
        Some(BfString::Char(c)) => c.to_string(),
        Some(BfString::String(text)) => text,
        None => String::new(),
    };
    if !is_text(&text) || text.len() > LONGEST_TEXT {
        return Err(format!("nobody knows which character its code {code} is"));
    }
    let is_blank = text.chars().all(char::is_whitespace);
    if glyph == GlyphId::NOTDEF && !is_blank {
        return Err(format!("the substitute has no glyph for its code {code} ({})", text.escape_debug()));
    }
    let stretch = font.glyph_stretch(glyph, code.into());
    Ok((Affine::scale_non_uniform(stretch, 1.0) * outline.outline(), text))
}

/// A name of its own for a code's glyph: the standard one of its character, else one by which readers know the
/// character too (Adobe Glyph List Specification, 2).
fn glyph_name(code: u8, text: &str, taken: &mut BTreeSet<String>) -> (Option<u16>, String) {
    let mut characters = text.chars();
    let only = characters.next().filter(|_| characters.next().is_none());
    let (standard, name) = match only {
        Some(only) => match check::standard_glyph(only) {
            Some((number, name)) => (Some(number), name.to_owned()),
            None if (only as u32) <= 0xFFFF => (None, format!("uni{:04X}", only as u32)),
            None => (None, format!("u{:X}", only as u32)),
        },
        None => (None, format!("code{code}")),
    };
    if taken.insert(name.clone()) {
        return (standard, name);
    }
    let name = format!("{name}.code{code}");
    taken.insert(name.clone());
    (None, name)
}

/// Six letters that tell subsets apart (ISO 32000-1, 9.6.4), the same for the same program.
fn subset_tag(program: &[u8]) -> String {
    Blake3::of(program).hex().bytes().take(6).map(|digit| char::from(b'A' + digit % 26)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A font's substitute for codes, as it is written into a file with nothing else in it.
    fn substitute(font: &str, codes: &[u8]) -> Result<Substitute, String> {
        let dict = SourceDict::from_bytes(font.as_bytes()).unwrap();
        let (name, kind) =
            (dict.get::<SourceName<'_>>("BaseFont").unwrap(), dict.get::<SourceName<'_>>("Subtype").unwrap());
        Substitute::of(&dict, name.as_str(), &kind, &codes.iter().copied().collect())
    }

    #[test]
    fn codes_of_one_character_are_as_wide_as_each_is_said_to_be() {
        let font = "<</Type/Font/Subtype/Type1/BaseFont/Georgia/Encoding<</BaseEncoding/WinAnsiEncoding/Differences\
                    [1/A/A]>>/FirstChar 1/LastChar 2/Widths[500 612.25]>>";
        let Substitute { differences, widths, texts, .. } = substitute(font, &[1, 2]).unwrap();
        let names = ["A", "A.code2"].map(|name| Value::Name(name.as_bytes().into()));
        assert_eq!(differences, [vec![Value::Number(1.0)], names.to_vec()].concat());
        assert_eq!([1, 2, 3].map(|code| widths.of_code(code)), [500.0, 612.25, 0.0]);
        assert_eq!(texts, BTreeMap::from([(1, "A".to_owned()), (2, "A".to_owned())]));
    }

    #[test]
    fn a_font_is_left_that_does_not_say_what_its_codes_are() {
        let check = |name: &str, rest: &str, want: bool| {
            let text = format!("<</BaseFont/X{rest}>>");
            let dict = SourceDict::from_bytes(text.as_bytes()).unwrap();
            assert_eq!(is_told(&dict, name, b"Type1").is_ok(), want, "{name} {rest}");
        };
        check("ABCDEF+Symbol", "", true);
        check("Garamond", "", true);
        check("Garamond", "/FontDescriptor<</Flags 4>>", false);
        check("Garamond", "/FontDescriptor<</Flags 4>>/Encoding/WinAnsiEncoding", true);
        check("Garamond", "/FontDescriptor<</Flags 4>>/Encoding/MyEncoding", false);
        check("Garamond", "/FontDescriptor<</Flags 4>>/Encoding<</Differences[1/A]>>", false);
        check("Garamond", "/FontDescriptor<</Flags 4>>/Encoding<</BaseEncoding/MacRomanEncoding>>", true);
        check("Wing Dings 2", "/Encoding/WinAnsiEncoding", false);
        check("SymbolMT", "/Encoding/WinAnsiEncoding", false);
    }

    /// The same program has the same name; another has another.
    #[test]
    fn subsets_have_names_of_their_own() {
        let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
        let name = |codes: &[u8]| substitute(font, codes).unwrap().name;
        assert_eq!(name(b"abc"), name(b"cba"));
        assert_ne!(name(b"abc"), name(b"abd"));
        assert!(name(b"a").ends_with("+FoxitSans") && name(b"a").bytes().take(6).all(|c| c.is_ascii_uppercase()));
    }

    proptest::proptest! {
        /// Whatever a font says, there is a substitute or a reason why not; a substitute has a name for each code.
        #[test]
        fn no_font_brings_it_down(
            kind in "Type1|TrueType",
            name in "Helvetica|Symbol|ZapfDingbats|Times,Bold|[0-9A-Za-z+-]{0,8}",
            encoding in "|/Encoding/WinAnsiEncoding|/Encoding<</BaseEncoding/MacRomanEncoding/Differences\\[(-?[0-9]{1,3} |/(A|space|uni0416|u1F600|f_f|[a-z]{1,5}) ){0,9}\\]>>",
            ends in "|/FirstChar -?[0-9]{1,2}/LastChar [0-9]{1,3}",
            widths in proptest::collection::vec(-1e5..1e5, 0..40),
            codes in proptest::collection::btree_set(60_u8..127, 0..9),
        ) {
            let widths: Vec<String> = widths.iter().map(f64::to_string).collect();
            let font = format!("<</Subtype/{kind}/BaseFont/{name}{encoding}{ends}/Widths[{}]>>", widths.join(" "));
            if let Some(dict) = SourceDict::from_bytes(font.as_bytes())
                && let Ok(made) = Substitute::of(&dict, &name, kind.as_bytes(), &codes)
            {
                let names: BTreeSet<&[u8]> = made.differences.iter().filter_map(Value::as_name).collect();
                proptest::prop_assert_eq!(names.len(), codes.len());
            }
        }
    }
}
