//! Names of glyphs: the standard encodings (ISO 32000-1, annex D) and what character a name stands for (Adobe Glyph
//! List; the scripts of western and central Europe, Greek, and symbols).

use std::{collections::HashMap, sync::OnceLock};

const ENCODINGS: &str = include_str!("encodings.txt");
const GLYPHS: &str = include_str!("glyph_names.txt");
const CFF_STRINGS: &str = include_str!("cff_strings.txt");

type Encoding = HashMap<u8, &'static str>;

fn encodings() -> &'static HashMap<&'static str, Encoding> {
    static TABLE: OnceLock<HashMap<&'static str, Encoding>> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table: HashMap<&str, Encoding> = HashMap::new();
        let mut current = "";
        for line in ENCODINGS.lines() {
            let mut words = line.split(' ');
            let first = words.next().unwrap_or("");
            match first.parse::<usize>() {
                Ok(code) => {
                    let encoding = table.entry(current).or_default();
                    encoding.extend(words.enumerate().map(|(at, name)| ((code + at) as u8, name)));
                }
                Err(_) => current = first,
            }
        }
        table
    })
}

/// The name that an encoding gives to a code.
pub(super) fn encoded(encoding: &str, code: u8) -> Option<&'static str> {
    let name = encodings().get(encoding)?.get(&code).copied();
    match (name, encoding) {
        (Some("nbspace"), _) => Some("space"),
        // What WinAnsiEncoding leaves open stands for the bullet (annex D.2, note 3).
        (None, "WinAnsiEncoding") if code > 40 => Some("bullet"),
        (name, _) => name,
    }
}

/// The code that an encoding has for a name.
pub(super) fn code_of(encoding: &str, name: &str) -> Option<u8> {
    encodings().get(encoding)?.iter().find(|(_, known)| **known == name).map(|(code, _)| *code)
}

/// The character that a glyph's name stands for, where the list has it: 6.2.11.7.2 knows no names made by rule.
pub(super) fn character(name: &str) -> Option<char> {
    static TABLE: OnceLock<HashMap<&'static str, char>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let mut words = GLYPHS.split_whitespace();
        let pair = || Some((words.next()?, char::from_u32(u32::from_str_radix(words.next()?, 16).ok()?)?));
        std::iter::from_fn(pair).collect()
    });
    table.get(name).copied()
}

/// A standard string of CFF (Adobe TN 5176, appendix A).
pub(super) fn cff(id: usize) -> Option<&'static str> {
    static TABLE: OnceLock<Vec<&'static str>> = OnceLock::new();
    TABLE.get_or_init(|| CFF_STRINGS.split_whitespace().collect()).get(id).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_codes_and_characters_agree() {
        assert_eq!(encoded("WinAnsiEncoding", 0x80), Some("Euro"));
        assert_eq!(encoded("WinAnsiEncoding", 0xa0), Some("space"));
        assert_eq!(encoded("MacRomanEncoding", 0x8e), Some("eacute"));
        assert_eq!(code_of("MacRomanEncoding", "eacute"), Some(0x8e));
        assert_eq!(encoded("StandardEncoding", 0x27), Some("quoteright"));
        assert_eq!((character("eacute"), character("Euro"), character(".notdef")), (Some('é'), Some('€'), None));
        assert_eq!((character("uni20AC"), character("one.oldstyle"), character("circlecopyrt")), (None, None, None));
        assert_eq!((cff(1), cff(390), cff(391)), (Some("space"), Some("Semibold"), None));
    }
}
