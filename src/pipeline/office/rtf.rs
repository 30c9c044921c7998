//! Rich Text Format 1.9.1: text that was deleted or moved away is left out, and fields that a converter would work out
//! anew become the text that stands in them.

use std::path::Path;

use super::{
    fields::{Field, Fields, Targets},
    notes::Notes,
};
use crate::{ErrorKind, Result, error::Fold as _};

/// Tells whether it made a copy: it does not where there is nothing to settle.
pub(super) fn settle(path: &Path, copy: &Path, notes: &mut Notes) -> Result<bool> {
    let file = std::fs::read(path).fold(ErrorKind::Storage, || "cannot read the original")?;
    let Some(settled) = settled(&file, notes) else { return Ok(false) };
    std::fs::write(copy, settled).fold(ErrorKind::Storage, || "cannot copy the original")?;
    Ok(true)
}

/// What the text of a group is.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Body,
    Comment,
    Instruction,
    /// Tables of fonts and styles, and what only some programs know.
    Elsewhere,
}

/// An open group.
#[derive(Clone, Copy, Default)]
struct Group {
    deleted: bool,
    struck: bool,
    hidden: bool,
    place: Place,
    /// Where it starts, in what is written, and whether it is a field.
    start: usize,
    is_field: bool,
    is_instruction: bool,
}

/// The file as it is meant; nothing where it is so already.
fn settled(rtf: &[u8], notes: &mut Notes) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rtf.len());
    let mut changes = false;
    let mut groups = vec![Group::default()];
    let (mut fields, targets) = (Fields::default(), targets(rtf));
    // Signs that stand for a coded character in programs that do not know it.
    let mut stand_ins = 0;
    let mut objects = 0;
    let mut at = 0;
    while at < rtf.len() {
        let length = match rtf[at] {
            b'\\' => control_length(&rtf[at..]),
            _ => 1,
        };
        let piece = &rtf[at..(at + length).min(rtf.len())];
        at += piece.len();
        let start = out.len();
        let group = groups.last_mut()?;
        let sign = match piece[0] {
            b'{' => {
                let inherited = Group { start, is_field: false, is_instruction: false, ..*group };
                groups.push(inherited);
                None
            }
            b'}' => {
                out.extend_from_slice(piece);
                if groups.len() > 1
                    && let Some(closed) = groups.pop()
                {
                    if let Some(field) = fields.open.last_mut().filter(|_| closed.is_instruction) {
                        field.marks.push(closed.start..out.len());
                    }
                    if closed.is_field {
                        fields.close(&targets, notes);
                    }
                    if closed.place == Place::Comment {
                        notes.comments.end();
                    }
                }
                continue;
            }
            b'\\' => {
                let (word, number) = control_word(piece);
                let is_on = number != Some(0);
                match word {
                    b"deleted" | b"mvf" => {
                        group.deleted = is_on;
                        changes |= is_on;
                        continue;
                    }
                    b"revised" | b"mvt" => {
                        changes = true;
                        continue;
                    }
                    b"plain" => (group.deleted, group.struck, group.hidden) = (false, false, false),
                    b"v" => group.hidden = is_on,
                    b"strike" | b"striked" => group.struck = is_on,
                    b"par" | b"cell" | b"row" => notes.end_of_paragraph(),
                    b"annotation" => group.place = Place::Comment,
                    b"fonttbl" | b"colortbl" | b"stylesheet" | b"info" | b"pict" | b"objdata" | b"atnid" => {
                        group.place = Place::Elsewhere;
                    }
                    b"object" => {
                        objects += 1;
                        notes.inside.insert(format!("object {objects}"));
                    }
                    b"field" => {
                        group.is_field = true;
                        let mut field = Field::default();
                        field.marks.push(start..start + piece.len());
                        fields.open.push(field);
                    }
                    b"fldinst" => (group.place, group.is_instruction) = (Place::Instruction, true),
                    b"fldrslt" => {
                        group.place = Place::Body;
                        if let Some(field) = fields.open.last_mut() {
                            field.in_result = true;
                            field.marks.push(start..start + piece.len());
                        }
                    }
                    b"flddirty" | b"fldedit" | b"fldlock" | b"fldpriv" => {
                        if let Some(field) = fields.open.last_mut() {
                            field.marks.push(start..start + piece.len());
                        }
                    }
                    // The day and the hour themselves, without a field.
                    b"chdate" | b"chdpl" | b"chdpa" => {
                        notes.without_value.insert("DATE".to_owned());
                        fields.cuts.push(start..start + piece.len());
                    }
                    b"chtime" => {
                        notes.without_value.insert("TIME".to_owned());
                        fields.cuts.push(start..start + piece.len());
                    }
                    // A group that only some programs know, unless the word that follows says more.
                    b"" if piece.get(1) == Some(&b'*') => group.place = Place::Elsewhere,
                    _ => {}
                }
                sign_of(word, number, piece, &mut stand_ins)
            }
            b'\r' | b'\n' => None,
            _ if stand_ins > 0 => {
                stand_ins -= 1;
                // Deleted with the character that it stands for.
                if group.deleted {
                    continue;
                }
                None
            }
            byte => Some(char::from(byte)),
        };
        let Some(sign) = sign else {
            out.extend_from_slice(piece);
            continue;
        };
        let group = groups.last()?;
        if group.deleted {
            continue;
        }
        out.extend_from_slice(piece);
        let mut encoded = [0; 4];
        let text = sign.encode_utf8(&mut encoded);
        match group.place {
            Place::Instruction => {
                if let Some(field) = fields.open.last_mut() {
                    field.instruct(text.as_bytes());
                }
            }
            Place::Comment => notes.comments.push(text),
            Place::Elsewhere => {}
            Place::Body => {
                if sign != ' ' {
                    fields.text();
                }
                match (group.hidden, group.struck) {
                    (true, _) => notes.hidden.push(text),
                    (false, true) => notes.struck.push(text),
                    (false, false) if sign != ' ' => notes.end_of_paragraph(),
                    (false, false) => {}
                }
            }
        }
    }
    notes.changes |= changes;
    notes.end_of_paragraph();
    let is_settled = changes || !fields.cuts.is_empty();
    is_settled.then(|| fields.cut(out))
}

/// The names of the bookmarks.
fn targets(rtf: &[u8]) -> Targets {
    const MARK: &[u8] = b"\\*\\bkmkstart ";
    let starts = rtf.windows(MARK.len()).enumerate().filter(|(_, window)| *window == MARK);
    let name = |at: usize| {
        rtf[at..].iter().position(|byte| *byte == b'}').filter(|end| *end < 200).map(|end| &rtf[at..at + end])
    };
    starts.filter_map(|(at, _)| Some(name(at + MARK.len())?.trim_ascii().to_vec())).collect()
}

/// The sign that a control stands for: signs and coded characters are text; words for tabs and quotation marks too.
fn sign_of(word: &[u8], number: Option<i64>, piece: &[u8], stand_ins: &mut u32) -> Option<char> {
    match word {
        b"" => match piece.get(1)? {
            b'*' | b'\r' | b'\n' => None,
            b'\'' if *stand_ins > 0 => {
                *stand_ins -= 1;
                None
            }
            b'\'' => {
                let digits = std::str::from_utf8(piece.get(2..4)?).ok()?;
                Some(u8::from_str_radix(digits, 16).map_or('?', char::from))
            }
            b'~' => Some(' '),
            byte => Some(char::from(*byte)),
        },
        b"u" => {
            *stand_ins = 1;
            let code = number.map_or(0, |number| if number < 0 { number + 65_536 } else { number });
            Some(u32::try_from(code).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER))
        }
        b"tab" | b"line" => Some(' '),
        b"emdash" | b"endash" => Some('–'),
        b"lquote" | b"rquote" => Some('\''),
        b"ldblquote" | b"rdblquote" => Some('"'),
        b"bullet" => Some('•'),
        _ => None,
    }
}

/// A control's length, with the space that ends it or the bytes that it names.
fn control_length(rtf: &[u8]) -> usize {
    if !rtf.get(1).is_some_and(u8::is_ascii_alphabetic) {
        return if rtf.get(1) == Some(&b'\'') { 4 } else { 2 };
    }
    let (word, number) = control_word(rtf);
    let mut length = 1 + word.len();
    length += rtf[length..].iter().take_while(|byte| **byte == b'-' || byte.is_ascii_digit()).count();
    length += usize::from(rtf.get(length) == Some(&b' '));
    match (word, number) {
        (b"bin", Some(bytes)) => length.saturating_add(usize::try_from(bytes).unwrap_or(0)),
        _ => length,
    }
}

/// The letters of a control and its number.
fn control_word(rtf: &[u8]) -> (&[u8], Option<i64>) {
    let letters = rtf[1..].iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let digits: String = rtf[1 + letters..]
        .iter()
        .take_while(|byte| **byte == b'-' || byte.is_ascii_digit())
        .map(|byte| char::from(*byte))
        .collect();
    (&rtf[1..=letters], digits.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rtf: &str, want: Option<&str>, notes: &Notes) {
        let mut found = Notes::default();
        let settled = settled(rtf.as_bytes(), &mut found).map(|bytes| String::from_utf8(bytes).unwrap());
        // Where excerpts end does not matter once all is read.
        let told = |notes: &Notes| notes.problems(crate::model::Language::English);
        assert_eq!((settled.as_deref(), told(&found)), (want, told(notes)), "{rtf}");
    }

    #[test]
    fn deleted_text_is_gone() {
        let changes = Notes { changes: true, ..Notes::default() };
        let check = |rtf, want: Option<&str>| check(rtf, want, if want.is_some() { &changes } else { &NONE });
        static NONE: std::sync::LazyLock<Notes> = std::sync::LazyLock::new(Notes::default);
        check(r"{\rtf1 een {\deleted\revauthdel1 t\'e9wee{\b x} }drie}", Some(r"{\rtf1 een {\revauthdel1 {\b }}drie}"));
        check(r"{\rtf1 een {\deleted weg\deleted0 blijft}\deleted x\plain y}", Some(r"{\rtf1 een {blijft}\plain y}"));
        check(r"{\rtf1 een {\deleted \u8364?5}\u8364?6}", Some(r"{\rtf1 een {}\u8364?6}"));
        check(r"{\rtf1 een \bin3 \del twee}", None);
        check(r"{\rtf1 een {\revised twee}}", Some(r"{\rtf1 een {twee}}"));
    }

    #[test]
    fn a_day_is_that_which_stands_in_the_file() {
        let names = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
        let stored = |field: &str| Notes { as_stored: names(&[field]), ..Notes::default() };
        check(
            r#"{\rtf1 op {\field\flddirty{\*\fldinst DATE \@ "d-M-yyyy"}{\fldrslt 3-3-2015}} te}"#,
            Some(r"{\rtf1 op {{3-3-2015}} te}"),
            &stored("DATE"),
        );
        check(
            r"{\rtf1 {\field{\*\fldinst {\b  SAVEDATE }}{\fldrslt {\i 3 maart}}}}",
            Some(r"{\rtf1 {{{\i 3 maart}}}}"),
            &stored("SAVEDATE"),
        );
        check(r"{\rtf1 {\field{\*\fldinst PAGE}{\fldrslt 1}}}", None, &Notes::default());
        let without = Notes { without_value: names(&["DATE"]), ..Notes::default() };
        check(r"{\rtf1 op {\field{\*\fldinst DATE}{\fldrslt }}\chdate te}", Some(r"{\rtf1 op {{}}te}"), &without);
        check(r"}}{\field}\fldrslt \fldinst x", None, &Notes::default());
    }

    #[test]
    fn what_is_struck_out_or_beside_the_text_is_named() {
        let mut notes = Notes::default();
        notes.struck.push("twee");
        notes.struck.end();
        notes.struck.push("één");
        check(
            r"{\rtf1{\stylesheet{\strike Weg}}een {\strike twee} drie\striked1 \'e9\u233?n\striked0  vier}",
            None,
            &notes,
        );
        let mut notes = Notes::default();
        notes.hidden.push("niet");
        notes.hidden.end();
        check(r"{\rtf1 een {\v niet} twee {\v0 wel}}", None, &notes);
        let mut notes = Notes { inside: ["object 1".to_owned()].into(), ..Notes::default() };
        notes.comments.push("nee");
        check(r"{\rtf1 {\object{\*\objdata 0105}}a{\*\annotation{\*\atndate 1}nee}b}", None, &notes);
    }
}
