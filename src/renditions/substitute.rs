//! Embeds the fonts that an original names and does not bring (ISO 19005-2, 6.2.11.4.1): the substitutes by which its
//! pages are drawn here, cut to the codes that are shown and as wide as the original says, so that nothing moves. Leaves
//! alone whatever could come out as another character.

mod face;
mod type1c;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict as SourceDict, FromBytes as _, Name as SourceName, Object},
};
use hayro_font::{
    CMapResolverFn, Font, FontCache, FontGlyph, FontQuery, FontResolverFn, GlyphId, StandardFont,
    hayro_cmap::{self, BfString},
    kurbo::{Affine, BezPath},
};

use self::{
    face::{Face, NOTICE, face},
    type1c::Glyph,
};
use super::{
    check::{self, is_text},
    font::to_unicode_map,
    value::{Dict, Ref, Value},
    write::Writer,
};
use crate::{Result, model::Blake3};

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
/// Parts of the names of fonts that draw signs where their encoding has letters.
const SIGNS: [&str; 8] = ["dingbat", "symbol", "wingding", "webding", "marlett", "barcode", "mtextra", "monotypesorts"];
/// The encodings that a font may name (ISO 32000-1, table 114), and the one that it has without.
const ENCODINGS: [&[u8]; 4] = [b"WinAnsiEncoding", b"MacRomanEncoding", b"MacExpertEncoding", b"StandardEncoding"];
/// The most fonts of one document that get a substitute: more are no document but an attack on memory.
const MOST: usize = 1000;
/// How long a font's name may be (ISO 19005-2, 6.1.13), and the text of a code (ISO 32000-1, 9.10.3).
const LONGEST_NAME: usize = 127;
const LONGEST_TEXT: usize = 512;
/// The most fonts that are told by name, and how much of a name.
const TOLD: usize = 12;
const TOLD_OF_A_NAME: usize = 60;

/// The substitutes that a copy embeds.
pub(super) struct Substitutes<'a> {
    pdf: &'a Pdf,
    pages: Vec<usize>,
    /// The codes shown, by font; read when the first font is met that lacks its program.
    shown: Option<HashMap<usize, Vec<u32>>>,
    /// What came of each font, by its identity: pages name the same ones.
    known: HashMap<usize, Option<Dict>>,
    programs: HashMap<Blake3, Ref>,
    waiting: Vec<Waiting>,
    /// The original's fonts, and by what they are drawn.
    embedded: BTreeSet<(String, &'static str)>,
    /// The original's fonts that are left without a program, and why.
    left: BTreeMap<String, String>,
}

/// An object that is written later.
enum Waiting {
    Object(Ref, Dict),
    Stream(Ref, Dict, Vec<u8>),
}

impl<'a> Substitutes<'a> {
    /// For the copy of these pages.
    pub(super) fn new(pdf: &'a Pdf, pages: Vec<usize>) -> Self {
        Self {
            pdf,
            pages,
            shown: None,
            known: HashMap::new(),
            programs: HashMap::new(),
            waiting: Vec::new(),
            embedded: BTreeSet::new(),
            left: BTreeMap::new(),
        }
    }

    /// A font with its substitute embedded. Nothing where it needs none, or where none can be given.
    pub(super) fn font(&mut self, source: &SourceDict<'a>, writer: &mut Writer<'_>) -> Option<Dict> {
        let subtype = source.get::<SourceName<'a>>("Subtype")?;
        if !matches!(&*subtype, b"Type0" | b"Type1" | b"MMType1" | b"TrueType") || has_program(source) {
            return None;
        }
        let identity = check::identity(source);
        if let Some(known) = self.known.get(&identity) {
            return known.clone();
        }
        let shown = self.shown.get_or_insert_with(|| check::shown(self.pdf, &self.pages));
        let made = shown.remove(&identity).and_then(|codes| {
            let name = source.get::<SourceName<'_>>("BaseFont");
            let name = name.map(|name| name[..name.len().min(LONGEST_NAME)].to_vec()).unwrap_or_default();
            let name = String::from_utf8_lossy(&name).into_owned();
            let codes: Option<BTreeSet<u8>> = codes.into_iter().map(|code| u8::try_from(code).ok()).collect();
            let made = match codes {
                _ if self.known.len() >= MOST => Err("the document has too many fonts".into()),
                Some(codes) if codes.is_empty() => Substitute::unseen(),
                Some(codes) if &*subtype != b"Type0" => {
                    Substitute::of(source, &name, &subtype, &codes).inspect(|substitute| {
                        self.embedded.insert((name.clone(), substitute.face.name));
                    })
                }
                _ => Err("its codes are glyphs of a font that nobody has".into()),
            };
            made.map(|substitute| self.written(&substitute, writer)).map_err(|why| self.left.insert(name, why)).ok()
        });
        self.known.insert(identity, made.clone());
        made
    }

    /// Writes what fonts refer to.
    pub(super) fn flush(&mut self, writer: &mut Writer<'_>) -> Result<()> {
        for waiting in self.waiting.drain(..) {
            match waiting {
                Waiting::Object(number, dict) => writer.object(number, &Value::Dict(dict))?,
                Waiting::Stream(number, dict, data) => writer.deflated(number, dict, &data)?,
            }
        }
        Ok(())
    }

    /// What a reader of the copy must know: why a font was left without a program, else whose letterforms are shown.
    pub(super) fn told(&self) -> Option<String> {
        let (what, all): (_, Vec<String>) = if self.left.is_empty() {
            let drawn = self.embedded.iter().map(|(name, by)| format!("{} by {by}", cut(name)));
            ("fonts that the original does not bring are drawn by substitutes", drawn.collect())
        } else {
            let left = self.left.iter().map(|(name, why)| format!("{}: {why}", cut(name)));
            ("no substitute was embedded for a font", left.collect())
        };
        let more = all.len().checked_sub(TOLD + 1).map(|more| format!(", and {} more", more + 1)).unwrap_or_default();
        let some = all[..all.len().min(TOLD)].join(", ");
        (!all.is_empty()).then(|| format!("{what}: {some}{more}"))
    }

    /// The font's dictionary, with what it refers to on its way.
    fn written(&mut self, substitute: &Substitute, writer: &mut Writer<'_>) -> Dict {
        let Substitute { face, program, name, widths, differences, texts } = substitute;
        let digest = Blake3::of(&program.data);
        let file = match self.programs.get(&digest) {
            Some(file) => *file,
            None => {
                let file = writer.reserve();
                let dict = Dict::of([("Subtype", Value::name("Type1C"))]);
                self.waiting.push(Waiting::Stream(file, dict, program.data.clone()));
                self.programs.insert(digest, file);
                file
            }
        };
        let named = Value::Name(name.clone().into_bytes().into());
        let mut descriptor = Dict::of([
            ("Type", Value::name("FontDescriptor")),
            ("FontName", named.clone()),
            ("Flags", Value::Number(face.flags.into())),
            ("FontBBox", Value::numbers(program.bounds)),
            ("ItalicAngle", Value::Number(face.italic_angle)),
            ("Ascent", Value::Number(face.ascent)),
            ("Descent", Value::Number(face.descent)),
            ("CapHeight", Value::Number(face.cap_height)),
            ("StemV", Value::Number(face.stem)),
            ("FontFile3", Value::Ref(file)),
        ]);
        if widths.missing != 0.0 {
            descriptor.set("MissingWidth", Value::Number(widths.missing));
        }
        let (described, map) = (writer.reserve(), writer.reserve());
        self.waiting.push(Waiting::Object(described, descriptor));
        let texts = texts.iter().map(|(code, text)| (u16::from(*code), text.clone()));
        self.waiting.push(Waiting::Stream(map, Dict::default(), to_unicode_map(1, texts).into_bytes()));
        let encoding =
            Dict::of([("Type", Value::name("Encoding")), ("Differences", Value::Array(differences.clone()))]);
        Dict::of([
            ("Type", Value::name("Font")),
            // What a program of this form goes with, of whatever form the original's was (ISO 32000-1, table 126).
            ("Subtype", Value::name("Type1")),
            ("BaseFont", named),
            ("FirstChar", Value::Number(widths.first.into())),
            ("LastChar", Value::Number(f64::from(widths.first) + widths.list.len() as f64 - 1.0)),
            ("Widths", Value::numbers(widths.list.iter().copied())),
            ("Encoding", Value::Dict(encoding)),
            ("FontDescriptor", Value::Ref(described)),
            ("ToUnicode", Value::Ref(map)),
        ])
    }
}

/// Does a font bring its own program, be it damaged?
fn has_program(font: &SourceDict<'_>) -> bool {
    let inner = font.get::<Array<'_>>("DescendantFonts").and_then(|inner| inner.iter::<SourceDict<'_>>().next());
    let descriptor = inner.as_ref().unwrap_or(font).get::<SourceDict<'_>>("FontDescriptor");
    descriptor.is_some_and(|of| ["FontFile", "FontFile2", "FontFile3"].iter().any(|key| of.contains_key(*key)))
}

fn cut(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(TOLD_OF_A_NAME).collect()
}

/// A font's substitute.
struct Substitute {
    face: Face,
    program: type1c::Program,
    /// The program's name, with the letters that mark a subset (ISO 32000-1, 9.6.4).
    name: String,
    widths: Widths,
    differences: Vec<Value>,
    /// What each code means.
    texts: BTreeMap<u8, String>,
}

impl Substitute {
    /// Of a font in which nothing but empty strings is shown, as some programs do: any font is the right one.
    fn unseen() -> Result<Self, String> {
        let font = SourceDict::from_bytes(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>");
        Self::of(&font.unwrap_or_default(), "Helvetica", b"Type1", &BTreeSet::from([b' ']))
    }

    /// Of a font with this name, for these codes. An error says why it can have none.
    fn of(source: &SourceDict<'_>, name: &str, subtype: &[u8], codes: &BTreeSet<u8>) -> Result<Self, String> {
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
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    if SIGNS.iter().any(|sign| plain.contains(sign)) {
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

/// Widths of a font's codes: the document's own, else those by which it is drawn.
struct Widths {
    first: u8,
    list: Vec<f64>,
    missing: f64,
}

impl Widths {
    fn of(source: &SourceDict<'_>, font: &Font<'_>, codes: &BTreeSet<u8>) -> Self {
        let missing = source.get::<SourceDict<'_>>("FontDescriptor").and_then(|of| of.get::<f64>("MissingWidth"));
        let missing = missing.filter(|width| width.is_finite()).unwrap_or(0.0);
        if let Some((first, list)) = stated(source) {
            return Self { first, list, missing };
        }
        let (first, last) = (codes.first().copied().unwrap_or(0), codes.last().copied().unwrap_or(0));
        // Thousandths of a unit: the standard metrics have whole ones.
        let advance = |code: u8| (font.code_advance(code.into()).x * 1000.0).round() / 1000.0;
        let list = (first..=last).map(|code| if codes.contains(&code) { advance(code) } else { 0.0 }).collect();
        Self { first, list, missing: 0.0 }
    }

    fn of_code(&self, code: u8) -> f64 {
        let at = code.checked_sub(self.first).map(usize::from);
        at.and_then(|at| self.list.get(at)).copied().unwrap_or(self.missing)
    }
}

/// The first code and the widths that a font states, where it states one for each code from the first to the last.
fn stated(source: &SourceDict<'_>) -> Option<(u8, Vec<f64>)> {
    let (first, last) = (source.get::<u8>("FirstChar")?, source.get::<u8>("LastChar")?);
    let widths = source.get::<Array<'_>>("Widths")?;
    let count = usize::from(last.checked_sub(first)?) + 1;
    let list: Vec<f64> = widths.iter::<f64>().take(count + 1).collect();
    (list.len() == count && widths.raw_iter().take(count + 1).count() == count).then_some((first, list))
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
    fn widths_that_are_not_one_a_code_are_not_taken() {
        let check = |widths: &str, want: Option<(u8, Vec<f64>)>| {
            let text = format!("<</FirstChar 65/LastChar 66{widths}>>");
            assert_eq!(stated(&SourceDict::from_bytes(text.as_bytes()).unwrap()), want, "{widths}");
        };
        check("/Widths[1 2.5]", Some((65, vec![1.0, 2.5])));
        check("/Widths[1]", None);
        check("/Widths[1 2 3]", None);
        check("/Widths[1/A 2]", None);
        check("/LastChar 64/Widths[]", None);
        check("", None);
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
}
