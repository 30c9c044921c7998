//! Fields whose text a converter works out anew: the day, who opens the file, its name. Read like that, the same bytes
//! would say something else tomorrow; what stands in the file is what its maker saw.

use std::ops::Range;

use super::notes::Notes;

/// Names of such fields in DOCX and RTF (ISO/IEC 29500-1, 17.16.5), and of those that fetch other files.
const VOLATILE: [&str; 21] = [
    "DATE",
    "TIME",
    "PRINTDATE",
    "SAVEDATE",
    "CREATEDATE",
    "EDITTIME",
    "FILENAME",
    "FILESIZE",
    "USERNAME",
    "USERINITIALS",
    "USERADDRESS",
    "AUTHOR",
    "LASTSAVEDBY",
    "REVNUM",
    "TEMPLATE",
    "INFO",
    "INCLUDETEXT",
    "LINK",
    "DDE",
    "DDEAUTO",
    "DATABASE",
];

/// A field that is open.
#[derive(Default)]
pub(super) struct Field {
    /// What makes it a field, in what is written: without it, what it holds is text.
    pub(super) marks: Vec<Range<usize>>,
    /// What it is called, where that is known without its instruction.
    pub(super) named: Option<String>,
    /// What it says to do, as far as is needed to know.
    pub(super) instruction: Vec<u8>,
    /// It is one element, and not two marks with runs between them.
    pub(super) is_element: bool,
    /// What comes now is its stored value.
    pub(super) in_result: bool,
    /// Its stored value has text.
    pub(super) has_text: bool,
}

impl Field {
    const LONGEST: usize = 200;

    pub(super) fn instruct(&mut self, text: &[u8]) {
        let room = Self::LONGEST.saturating_sub(self.instruction.len());
        self.instruction.extend_from_slice(&text[..text.len().min(room)]);
    }

    /// The name of the field, where it is one that a converter works out anew.
    fn name(&self) -> Option<String> {
        if self.named.is_some() {
            return self.named.clone();
        }
        let instruction = String::from_utf8_lossy(&self.instruction);
        let word = instruction.split_ascii_whitespace().next()?;
        VOLATILE.into_iter().find(|name| name.eq_ignore_ascii_case(word)).map(str::to_owned)
    }
}

/// The fields that are open, innermost last, and what of those that are closed is to be left out.
#[derive(Default)]
pub(super) struct Fields {
    pub(super) open: Vec<Field>,
    pub(super) cuts: Vec<Range<usize>>,
}

impl Fields {
    /// Text was seen.
    pub(super) fn text(&mut self) {
        if let Some(field) = self.open.last_mut() {
            field.has_text |= field.in_result;
        }
    }

    /// The innermost field ends.
    pub(super) fn close(&mut self, notes: &mut Notes) {
        let Some(field) = self.open.pop() else { return };
        // What a field inside shows, the one around it shows.
        if field.has_text {
            self.text();
        }
        let Some(name) = field.name() else { return };
        self.cuts.extend(field.marks);
        let names = if field.has_text { &mut notes.as_stored } else { &mut notes.without_value };
        names.insert(name);
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
