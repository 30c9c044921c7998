//! Brings the characters of one word into the form that all matching uses. Joins no words and repairs no reading
//! errors: what was read stays beside it as evidence.

use std::borrow::Cow;

use unicode_normalization::{UnicodeNormalization, is_nfc};

/// A word in normal form: composed accents, plain quotes and dashes, ligatures as letters, no invisible characters,
/// single inner spaces. Doing it twice changes nothing.
pub(super) fn word(raw: &str) -> Cow<'_, str> {
    if raw.bytes().all(|b| b.is_ascii_graphic() && !matches!(b, b'`' | b'\'' | b',')) {
        return Cow::Borrowed(raw);
    }
    let mut out = String::with_capacity(raw.len());
    // Composed first: some characters are only another's second name (U+1FFD is U+00B4).
    if is_nfc(raw) {
        raw.chars().for_each(|c| push(c, &mut out));
    } else {
        raw.nfc().for_each(|c| push(c, &mut out));
    }
    if raw.ends_with(['\u{AD}', '¬']) && out.ends_with(char::is_alphabetic) {
        out.push('-');
    }
    let out = if is_nfc(&out) { out } else { out.nfc().collect() };
    Cow::Owned(quotes_of_two(out.trim()))
}

/// Typewriters and OCR write a double quote as two marks (`,,Verhuurder''`).
fn quotes_of_two(text: &str) -> String {
    let text = text.replace("''", "\"");
    match text.strip_prefix(",,") {
        Some(rest) if rest.starts_with(char::is_alphanumeric) => format!("\"{rest}"),
        _ => text,
    }
}

fn push(c: char, out: &mut String) {
    match c {
        '\u{2018}'..='\u{201B}' | '\u{2032}' | '\u{2BC}' | '\u{B4}' | '`' | '\u{2039}' | '\u{203A}' => out.push('\''),
        '\u{201C}'..='\u{201F}' | '\u{2033}' | '\u{AB}' | '\u{BB}' => out.push('"'),
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2043}' | '\u{FE58}' | '\u{FE63}' | '\u{FF0D}' => out.push('-'),
        'ĳ' => out.push_str("ij"),
        'Ĳ' => out.push_str("IJ"),
        'ŉ' => out.push_str("'n"),
        '…' => out.push_str("..."),
        '\u{2025}' => out.push_str(".."),
        '\u{2024}' => out.push('.'),
        // Bullets of symbol fonts that have no mapping.
        '\u{F0B7}' | '\u{F0A7}' | '\u{F02D}' => out.push('•'),
        '\u{AD}' | '¬' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' => {}
        c if c.is_whitespace() => {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        }
        c if c.is_control() => {}
        // Presentation forms: Latin ligatures, full-width ASCII, letters of mathematical alphabets.
        '\u{FB00}'..='\u{FB06}' | '\u{FF01}'..='\u{FF5E}' | '\u{1D400}'..='\u{1D7FF}' => {
            // Their plain forms may be marks that have a plainer form still (U+FF40).
            c.nfkc().filter(|&plain| plain != c).for_each(|plain| push(plain, out));
        }
        c => out.push(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn check(raw: &str, want: &str) {
        assert_eq!(word(raw), want, "{raw:?}");
    }

    #[test]
    fn characters_take_their_plain_form() {
        check("ﬁnanciële", "financiële");
        check("partĳen", "partijen");
        check("“Opdrachtgever”", "\"Opdrachtgever\"");
        check(",,Verhuurder''", "\"Verhuurder\"");
        check("’s‑Gravenhage", "'s-Gravenhage");
        check("2019–2024", "2019-2024");
        check("be\u{AD}ëindiging", "beëindiging");
        check("kalender\u{AD}", "kalender-");
        check("kalender¬", "kalender-");
        check("e\u{301}e\u{301}n", "één");
        check("artikel\u{A0}12", "artikel 12");
        check("\u{200B}", "");
        check("m²", "m²");
        check("\u{1FFD}", "'");
    }

    #[test]
    fn every_character_is_plain_after_one_pass() {
        for c in '\0'..=char::MAX {
            let raw = format!("a{c}b");
            let once = word(&raw).into_owned();
            assert_eq!(word(&once), once, "{raw:?}");
        }
    }

    proptest! {
        #[test]
        fn normalizing_twice_changes_nothing(raw in "\\PC{0,12}") {
            let once = word(&raw).into_owned();
            prop_assert_eq!(word(&once).into_owned(), once);
        }

        #[test]
        fn normalizing_marks_twice_changes_nothing(raw in "[a'`,\"\u{AD}¬\u{2019}\u{201E} \u{301}ﬁ-]{0,10}") {
            let once = word(&raw).into_owned();
            prop_assert_eq!(word(&once).into_owned(), once);
        }
    }
}
