//! Names of glyphs: the standard encodings (ISO 32000-1, annex D) and what character a name stands for (Adobe Glyph
//! List; the scripts of western and central Europe, Greek, and symbols).

use std::{collections::HashMap, sync::OnceLock};

const ENCODINGS: &str = include_str!("encodings.txt");
const GLYPHS: &str = include_str!("glyph_names.txt");
const CFF_STRINGS: &str = include_str!("cff_strings.txt");

/// The last standard string of CFF that names a glyph of the standard Latin set (Adobe TN 5176, appendix C).
const LAST_LATIN: u16 = 228;

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

/// The text that a glyph's name stands for by the rules of the Adobe Glyph List Specification (2): what stands before a
/// period, its components parted by underscores, each in the list or made of hexadecimal digits.
pub(super) fn text(name: &str) -> Option<String> {
    let name = name.split('.').next().unwrap_or_default();
    let text: String = name.split('_').filter_map(component).collect();
    (!text.is_empty()).then_some(text)
}

fn component(name: &str) -> Option<String> {
    if let Some(character) = character(name) {
        return Some(character.into());
    }
    let hexadecimal = |digits: &str| digits.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'A'..=b'F'));
    let value = |digits: &str| char::from_u32(u32::from_str_radix(digits, 16).ok()?);
    let (uni, u) = (name.strip_prefix("uni"), name.strip_prefix('u'));
    match (uni.filter(|digits| hexadecimal(digits)), u.filter(|digits| hexadecimal(digits))) {
        (Some(digits), _) if !digits.is_empty() && digits.len() % 4 == 0 => {
            (0..digits.len()).step_by(4).map(|at| value(&digits[at..at + 4])).collect()
        }
        (_, Some(digits)) if (4..=6).contains(&digits.len()) => value(digits).map(String::from),
        _ => None,
    }
}

/// A standard string of CFF (Adobe TN 5176, appendix A).
pub(super) fn cff(id: usize) -> Option<&'static str> {
    static TABLE: OnceLock<Vec<&'static str>> = OnceLock::new();
    TABLE.get_or_init(|| CFF_STRINGS.split_whitespace().collect()).get(id).copied()
}

/// The glyph of the standard Latin set of CFF that stands for a character: its number among the standard strings, and
/// its name.
pub(in super::super::super) fn standard_glyph(character: char) -> Option<(u16, &'static str)> {
    static TABLE: OnceLock<HashMap<char, (u16, &'static str)>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        let latin = (1..=LAST_LATIN).rev().filter_map(|id| Some((id, cff(id.into())?)));
        latin.filter_map(|(id, name)| Some((self::character(name)?, (id, name)))).collect()
    });
    table.get(&character).copied()
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
        assert_eq!((standard_glyph('A'), standard_glyph('Ж')), (Some((34, "A")), None));
    }

    /// The examples of the specification, and what is none of its names.
    #[test]
    fn names_made_by_rule_are_read() {
        let check = |name: &str, want: Option<&str>| assert_eq!(text(name).as_deref(), want, "{name}");
        check("Lcommaaccent_uni20AC0308_u1040C.alternate", Some("\u{13b}\u{20ac}\u{308}\u{1040c}"));
        check("uni20AC", Some("€"));
        check("one.oldstyle", Some("1"));
        check("f_f_i", Some("ffi"));
        check("eacute", Some("é"));
        check("foo", None);
        check(".notdef", None);
        check("uni20ac", None);
        check("uniD801DC0C", None);
        check("uni20A", None);
        check("u20AC0308", None);
        check("u11FFFF", None);
        check("", None);
    }
}
