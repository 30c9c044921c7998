//! Fields whose text a converter works out anew: the day, who opens the file, what a condition comes to. Read like that, the
//! same bytes would say something else tomorrow, or in another program; what stands in the file is what its maker saw.

use std::{collections::HashSet, ops::Range};

use super::notes::Notes;

/// Fields that are left to the converter, in DOCX and RTF (ISO/IEC 29500-1, 17.16.5): what they show depends on the page, or
/// is what is stored, or is no text.
const HARMLESS: [&str; 39] = [
    "ADDIN",
    "ADVANCE",
    "AUTONUM",
    "AUTONUMLGL",
    "AUTONUMOUT",
    "BARCODE",
    "BIBLIOGRAPHY",
    "BIDIOUTLINE",
    "CITATION",
    "CONTROL",
    "DISPLAYBARCODE",
    "EMBED",
    "EQ",
    "FORMCHECKBOX",
    "FORMDROPDOWN",
    "FORMTEXT",
    "GOTOBUTTON",
    "HTMLACTIVEX",
    "HYPERLINK",
    "INCLUDEPICTURE",
    "INDEX",
    "LISTNUM",
    "MACROBUTTON",
    "NUMPAGES",
    "PAGE",
    "PAGEREF",
    "PRINT",
    "PRIVATE",
    "RD",
    "SECTION",
    "SECTIONPAGES",
    "SHAPE",
    "STYLEREF",
    "SYMBOL",
    "TA",
    "TC",
    "TOA",
    "TOC",
    "XE",
];

/// Fields that show what stands elsewhere in the file: the same whoever works them out, as long as it stands there.
const REFERRING: [&str; 3] = ["REF", "NOTEREF", "FTNREF"];
/// Fields that count up, the same whoever counts; what is stored is read.
const COUNTING: &str = "SEQ";

/// What a file has for its fields to refer to: the names of its bookmarks.
pub(super) type Targets = HashSet<Vec<u8>>;

/// A field that is open.
#[derive(Default)]
pub(super) struct Field {
    /// What makes it a field, in what is written: without it, what it holds is text.
    pub(super) marks: Vec<Range<usize>>,
    /// What it is called, where that is known without its instruction.
    pub(super) named: Option<String>,
    /// What it refers to, where that is known without its instruction.
    pub(super) target: Option<Vec<u8>>,
    /// What it says to do, as far as is needed to know.
    pub(super) instruction: Vec<u8>,
    /// It is one element, and not two marks with runs between them.
    pub(super) is_element: bool,
    /// What comes now is its stored value.
    pub(super) in_result: bool,
    /// Its stored value has text.
    pub(super) has_text: bool,
    /// It is a box of a form, ticked or not (17.16.7).
    pub(super) ticked: Option<bool>,
}

impl Field {
    const LONGEST: usize = 200;

    pub(super) fn instruct(&mut self, text: &[u8]) {
        let room = Self::LONGEST.saturating_sub(self.instruction.len());
        self.instruction.extend_from_slice(&text[..text.len().min(room)]);
    }

    /// The name of the field, where its stored text is to be read.
    fn name(&self) -> Option<String> {
        if self.named.is_some() {
            return self.named.clone();
        }
        let name = self.words().next()?;
        // A sum, or a bookmark's name alone (17.16.5.51).
        let name = if name.starts_with('=') { "=".to_owned() } else { name.to_uppercase() };
        (!HARMLESS.contains(&name.as_str())).then_some(name)
    }

    /// Its instruction, word by word.
    fn words(&self) -> impl Iterator<Item = String> {
        let instruction = String::from_utf8_lossy(&self.instruction).replace("&quot;", "\"");
        let words: Vec<String> =
            instruction.split_ascii_whitespace().map(|word| word.trim_matches('"').to_owned()).collect();
        words.into_iter()
    }

    /// Would who works it out anew come to what is stored?
    fn is_settled(&self, name: &str, targets: &Targets) -> bool {
        let target = self.target.clone().or_else(|| Some(self.words().nth(1)?.into_bytes()));
        let refers = REFERRING.contains(&name) || self.target.is_some();
        let is_bare = || targets.contains(self.words().next().unwrap_or_default().as_bytes());
        name == COUNTING || (refers && target.is_some_and(|target| targets.contains(&target))) || is_bare()
    }
}

/// The fields that are open, innermost last, and what of those that are closed is to be left out.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) open: Vec<Field>,
    pub(super) cuts: Vec<Range<usize>>,
}

impl Fields {
    /// Fields within one another that are looked at for one whose instruction is open.
    const DEEPEST: usize = 64;

    /// Text was seen.
    pub(super) fn text(&mut self) {
        if let Some(field) = self.open.last_mut() {
            field.has_text |= field.in_result;
        }
    }

    /// Text was written. What stands in the instruction of a field goes with it: fields in it have text of their own.
    pub(super) fn wrote(&mut self, place: Range<usize>) {
        if let Some(field) = self.open.iter_mut().take(Self::DEEPEST).find(|field| !field.in_result) {
            field.marks.push(place);
        }
    }

    /// The innermost field ends. A box of a form comes back, to be written as text: converters draw it, and say nothing.
    pub(super) fn close(&mut self, targets: &Targets, notes: &mut Notes) -> Option<char> {
        let field = self.open.pop()?;
        if let Some(around) = self.open.iter_mut().take(Self::DEEPEST).find(|around| !around.in_result) {
            around.marks.extend(field.marks);
            return None;
        }
        if let Some(ticked) = field.ticked {
            self.cuts.extend(field.marks);
            self.text();
            return Some(if ticked { '☒' } else { '☐' });
        }
        // What a field inside shows, the one around it shows.
        if field.has_text {
            self.text();
        }
        let name = field.name()?;
        let is_settled = field.is_settled(&name, targets);
        self.cuts.extend(field.marks);
        if field.has_text && is_settled {
            return None;
        }
        let names = if field.has_text { &mut notes.as_stored } else { &mut notes.without_value };
        names.insert(name);
        None
    }

    /// What was written, without the marks of the fields that are text now.
    pub(super) fn cut(mut self, out: Vec<u8>) -> Vec<u8> {
        if self.cuts.is_empty() {
            return out;
        }
        self.cuts.sort_unstable_by_key(|cut| (cut.start, cut.end));
        let mut kept = Vec::with_capacity(out.len());
        let mut at = 0;
        for cut in self.cuts {
            kept.extend_from_slice(out.get(at..cut.start).unwrap_or_default());
            at = at.max(cut.end);
        }
        kept.extend_from_slice(out.get(at..).unwrap_or_default());
        kept
    }
}
