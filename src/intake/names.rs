//! Names of files as text. A name is any bytes but `/` and NUL (POSIX.1-2017, 3.170): those of old shares are often Latin-1.

use std::{os::unix::ffi::OsStrExt as _, path::Path};

/// A path as text, another one for each path: what is not UTF-8 becomes `\xNN`, a byte each in hexadecimal, and a
/// backslash that would be taken for one of these becomes `\x5c`.
pub fn text_of(path: &Path) -> String {
    let mut text = String::new();
    for chunk in path.as_os_str().as_bytes().utf8_chunks() {
        let valid = chunk.valid();
        for (at, c) in valid.char_indices() {
            if c == '\\' && is_escape(&valid.as_bytes()[at..]) {
                text.push_str("\\x5c");
            } else {
                text.push(c);
            }
        }
        chunk.invalid().iter().for_each(|byte| text.push_str(&format!("\\x{byte:02x}")));
    }
    text
}

fn is_escape(bytes: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    matches!(bytes, [_, b'x', high, low, ..] if is_digit(high) && is_digit(low))
}

#[cfg(test)]
mod tests {
    use std::ffi::OsStr;

    use proptest::prelude::*;

    use super::*;

    /// The bytes that a text stands for.
    fn bytes_of(mut text: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::new();
        while let Some((first, rest)) = text.split_first() {
            if *first == b'\\' && is_escape(text) {
                bytes.push(u8::from_str_radix(std::str::from_utf8(&text[2..4]).unwrap(), 16).unwrap());
                text = &text[4..];
            } else {
                bytes.push(*first);
                text = rest;
            }
        }
        bytes
    }

    #[test]
    fn names_that_differ_are_other_texts() {
        let check = |name: &[u8], want: &str| assert_eq!(text_of(Path::new(OsStr::from_bytes(name))), want);
        check("map/huur – één.pdf".as_bytes(), "map/huur – één.pdf");
        check(b"Andr\xe9.pdf", "Andr\\xe9.pdf");
        check(b"Andr\\xe9.pdf", "Andr\\x5cxe9.pdf");
        check(b"a\\b\\xyz", "a\\b\\xyz");
        check(b"\xff\xfe", "\\xff\\xfe");
    }

    proptest! {
        #[test]
        fn a_text_tells_its_bytes(name in proptest::collection::vec(prop_oneof![
            any::<u8>(), Just(b'\\'), Just(b'x'), Just(b'e'), Just(b'9'), Just(0xe9),
        ], 0..24)) {
            prop_assert_eq!(bytes_of(text_of(Path::new(OsStr::from_bytes(&name))).as_bytes()), name);
        }
    }
}
