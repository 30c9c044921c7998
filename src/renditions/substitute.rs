//! Embeds the fonts that an original names and does not bring (ISO 19005-2, 6.2.11.4.1): the substitutes by which its
//! pages are drawn here, cut to the codes that are shown and as wide as the original says, so that nothing moves. Leaves
//! alone whatever could come out as another character.

mod face;
mod made;
mod type1c;
mod widths;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use hayro::hayro_syntax::{
    Pdf,
    object::{Array, Dict as SourceDict, Name as SourceName},
};

use self::made::Substitute;
use super::{
    check,
    font::to_unicode_map,
    value::{Dict, Ref, Value},
    write::Writer,
};
use crate::{Result, model::Blake3};

/// The most fonts of one document that get a substitute: more are no document but an attack on memory.
const MOST: usize = 1000;
/// How long a font's name may be (ISO 19005-2, 6.1.13).
const LONGEST_NAME: usize = 127;
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
