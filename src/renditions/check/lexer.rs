//! Cuts PDF syntax into tokens, strictly, and names what a token does wrong by ISO 19005-2 (6.1.6, 6.1.13). Builds no
//! objects: that is the reader's work, which forgives what must be told here.

use std::borrow::Cow;

/// A token (ISO 32000-1, 7.2 and 7.3).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Token<'a> {
    Number(f64),
    Name(Cow<'a, [u8]>),
    String(Cow<'a, [u8]>),
    ArrayOpen,
    ArrayClose,
    DictOpen,
    DictClose,
    /// Everything else: `obj`, `true`, operators.
    Word(&'a [u8]),
}

/// What is wrong with a token: the clause and what.
pub(super) type Flaw = (&'static str, &'static str);

/// Reads tokens off bytes.
pub(super) struct Lexer<'a> {
    data: &'a [u8],
    /// Where the next token is looked for.
    pub(super) at: usize,
    /// What was wrong so far; the caller takes it.
    pub(super) flaws: Vec<Flaw>,
}

/// White space (ISO 32000-1, table 1).
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 12 | b'\r' | b' ')
}

/// The start of a line's end.
pub(super) fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%')
}

/// The longest string, and the longest name, in bytes (6.1.13).
const LONGEST_STRING: usize = 32_767;
const LONGEST_NAME: usize = 127;
/// Largest magnitude of an integer, and of a real; the smallest real that is not 0 (6.1.13).
const INTEGERS: std::ops::RangeInclusive<f64> = -2_147_483_648.0..=2_147_483_647.0;
const LARGEST_REAL: f64 = 3.403e38;
const SMALLEST_REAL: f64 = 1.175e-38;

impl<'a> Lexer<'a> {
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self::from(data, 0)
    }

    pub(super) fn from(data: &'a [u8], at: usize) -> Self {
        Self { data, at, flaws: Vec::new() }
    }

    fn peek(&self) -> Option<u8> {
        self.data.get(self.at).copied()
    }

    /// Goes past white space and comments.
    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'%' {
                while self.peek().is_some_and(|byte| !is_line_end(byte)) {
                    self.at += 1;
                }
            } else if is_space(byte) {
                self.at += 1;
            } else {
                return;
            }
        }
    }

    /// The next token.
    pub(super) fn next(&mut self) -> Option<Token<'a>> {
        self.skip_space();
        let start = self.at;
        let byte = self.peek()?;
        self.at += 1;
        let doubled = self.peek() == Some(byte);
        Some(match byte {
            b'[' => Token::ArrayOpen,
            b']' => Token::ArrayClose,
            b'<' if doubled => {
                self.at += 1;
                Token::DictOpen
            }
            b'>' if doubled => {
                self.at += 1;
                Token::DictClose
            }
            b'<' => self.hex_string(),
            b'(' => self.string(),
            b'/' => self.name(),
            b'>' | b')' | b'{' | b'}' => Token::Word(&self.data[start..self.at]),
            _ => {
                while self.peek().is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
                    self.at += 1;
                }
                // `re% comment` is sound syntax, but validators take it for one unknown operator, and a copy has to pass them.
                if self.peek() == Some(b'%') {
                    self.flaws.push(("6.2.2", "a word runs into a comment"));
                }
                let word = &self.data[start..self.at];
                self.number(word).unwrap_or(Token::Word(word))
            }
        })
    }

    fn number(&mut self, word: &'a [u8]) -> Option<Token<'a>> {
        let digits = word.strip_prefix(b"-").or_else(|| word.strip_prefix(b"+")).unwrap_or(word);
        let plain = digits.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.');
        if !plain || !digits.iter().any(u8::is_ascii_digit) {
            return None;
        }
        let value: f64 = std::str::from_utf8(word).ok()?.parse().ok()?;
        let real = digits.contains(&b'.');
        if !real && !INTEGERS.contains(&value) {
            self.flaws.push(("6.1.13", "an integer is out of range"));
        } else if real && (value.abs() > LARGEST_REAL || (value != 0.0 && value.abs() < SMALLEST_REAL)) {
            self.flaws.push(("6.1.13", "a real number is out of range"));
        }
        Some(Token::Number(value))
    }

    fn name(&mut self) -> Token<'a> {
        let start = self.at;
        while self.peek().is_some_and(|byte| !is_space(byte) && !is_delimiter(byte)) {
            self.at += 1;
        }
        let raw = &self.data[start..self.at];
        let name: Cow<'a, [u8]> = if raw.contains(&b'#') { Cow::Owned(unescaped(raw)) } else { Cow::Borrowed(raw) };
        if name.len() > LONGEST_NAME {
            self.flaws.push(("6.1.13", "a name is longer than 127 bytes"));
        }
        Token::Name(name)
    }

    fn hex_string(&mut self) -> Token<'a> {
        let (mut out, mut digits, mut high) = (Vec::new(), 0, 0);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match (byte as char).to_digit(16) {
                Some(digit) => {
                    digits += 1;
                    if digits % 2 == 1 {
                        high = digit as u8;
                    } else {
                        out.push(high << 4 | digit as u8);
                    }
                }
                None if byte == b'>' => break,
                None if is_space(byte) => {}
                None => {
                    self.flaws.push(("6.1.6", "a hexadecimal string has characters that are no digits"));
                    digits += 1;
                }
            }
        }
        if digits % 2 == 1 {
            self.flaws.push(("6.1.6", "a hexadecimal string has an odd number of digits"));
            out.push(high << 4);
        }
        self.of_length(Cow::Owned(out))
    }

    fn string(&mut self) -> Token<'a> {
        let start = self.at;
        let (mut depth, mut plain) = (1, true);
        while let Some(byte) = self.peek() {
            self.at += 1;
            match byte {
                b'\\' => {
                    plain = false;
                    self.at = (self.at + 1).min(self.data.len());
                }
                b'\r' => plain = false,
                b'(' => depth += 1,
                b')' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
        let raw = &self.data[start..self.at - usize::from(depth == 0)];
        self.of_length(if plain { Cow::Borrowed(raw) } else { Cow::Owned(literal(raw)) })
    }

    fn of_length(&mut self, string: Cow<'a, [u8]>) -> Token<'a> {
        if string.len() > LONGEST_STRING {
            self.flaws.push(("6.1.13", "a string is longer than 32767 bytes"));
        }
        Token::String(string)
    }

    /// Goes past the data of an inline image, which start after `ID` and a white space, to behind its `EI`.
    pub(super) fn skip_image_data(&mut self) -> &'a [u8] {
        let start = (self.at + 1).min(self.data.len());
        let mut at = start;
        while let Some(step) = self.data[at..].windows(2).position(|pair| pair == b"EI") {
            let (end, after) = (at + step, at + step + 2);
            let before = end == start || is_space(self.data[end - 1]);
            // What follows is content, not more of the image.
            let rest = &self.data[after..(after + 12).min(self.data.len())];
            let text = rest.iter().all(|byte| is_space(*byte) && *byte != 0 || (32..127).contains(byte));
            if before && text && rest.first().is_none_or(|byte| is_space(*byte)) {
                self.at = after;
                return &self.data[start..end];
            }
            at = end + 1;
        }
        self.at = self.data.len();
        &self.data[start..]
    }
}

fn unescaped(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        let code = raw.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match code {
            Some(code) if raw[at] == b'#' => {
                out.push(code);
                at += 3;
            }
            _ => {
                out.push(raw[at]);
                at += 1;
            }
        }
    }
    out
}

/// A literal string's bytes (ISO 32000-1, 7.3.4.2).
fn literal(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut bytes = raw.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'\r' => {
                bytes.next_if_eq(&b'\n');
                out.push(b'\n');
            }
            b'\\' => match bytes.next() {
                Some(b'n') => out.push(b'\n'),
                Some(b'r') => out.push(b'\r'),
                Some(b't') => out.push(b'\t'),
                Some(b'b') => out.push(8),
                Some(b'f') => out.push(12),
                Some(b'\r') => {
                    bytes.next_if_eq(&b'\n');
                }
                Some(b'\n') | None => {}
                Some(digit @ b'0'..=b'7') => {
                    let mut code = u32::from(digit - b'0');
                    for _ in 0..2 {
                        match bytes.next_if(|byte| (b'0'..=b'7').contains(byte)) {
                            Some(digit) => code = code * 8 + u32::from(digit - b'0'),
                            None => break,
                        }
                    }
                    out.push(code as u8);
                }
                Some(other) => out.push(other),
            },
            _ => out.push(byte),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &[u8], tokens: &[Token<'_>], flaws: &[&str]) {
        let mut lexer = Lexer::new(input);
        let found: Vec<Token<'_>> = std::iter::from_fn(|| lexer.next()).collect();
        assert_eq!(found, tokens);
        assert_eq!(lexer.flaws.iter().map(|(clause, _)| *clause).collect::<Vec<_>>(), flaws);
    }

    #[test]
    fn tokens_are_cut_and_their_flaws_told() {
        let text = |bytes: &'static [u8]| Token::String(Cow::Borrowed(bytes));
        let name = |bytes: &'static [u8]| Token::Name(Cow::Borrowed(bytes));
        check(
            b"/A#42(x\\051\\n)<4 1>% no\n-.5 Tj",
            &[name(b"AB"), text(b"x)\n"), text(b"A"), Token::Number(-0.5), Token::Word(b"Tj")],
            &[],
        );
        check(b"<41 4>", &[text(b"A@")], &["6.1.6"]);
        check(b"re% no\nf %", &[Token::Word(b"re"), Token::Word(b"f")], &["6.2.2"]);
        check(
            b"[2147483648]<</K true>>",
            &[
                Token::ArrayOpen,
                Token::Number(2_147_483_648.0),
                Token::ArrayClose,
                Token::DictOpen,
                name(b"K"),
                Token::Word(b"true"),
                Token::DictClose,
            ],
            &["6.1.13"],
        );
    }

    #[test]
    fn image_data_end_where_content_goes_on() {
        let mut lexer = Lexer::new(b"ID \x00EI \xff\xfe\nEI Q\n");
        assert_eq!(lexer.next(), Some(Token::Word(b"ID")));
        assert_eq!(lexer.skip_image_data(), b"\x00EI \xff\xfe\n");
        assert_eq!(lexer.next(), Some(Token::Word(b"Q")));
    }
}
