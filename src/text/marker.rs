//! Recognizes what may number a paragraph: `Artikel 12`, `12.3`, `a)`, `(iv)`, `§ 3`. Whether it really does is for
//! the clause tree to decide.

/// A number, letter or bullet at the start of a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Marker {
    /// Where the text after it starts, in bytes.
    pub len: usize,
    /// The number as printed, without the point or bracket that closes it.
    pub printed: String,
    pub kind: MarkerKind,
}

/// What it numbers with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MarkerKind {
    /// With a word before it (`Artikel 4`, `Section 2.1`); the word in lower case, in its usual spelling.
    Worded(&'static str, Vec<u32>),
    /// `12.3.1`; bare where no point or bracket closes a single number.
    Decimal { levels: Vec<u32>, bare: bool },
    /// `a)`, `(B)`: its place in the alphabet from 1, and the number if it can be read as Roman.
    Letter { place: u32, roman: Option<u32>, capital: bool, style: Style },
    /// `iv.`, `(xii)`: more than one letter, so it can only be Roman.
    Roman { value: u32, capital: bool, style: Style },
    /// `-`, `•`.
    Bullet,
}

/// How a letter is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Style {
    /// `a.`
    Point,
    /// `a)`
    Bracket,
    /// `(a)`
    Brackets,
}

/// Words that number clauses, with their usual form.
const WORDS: &[(&str, &str)] = &[
    ("artikel", "artikel"),
    ("artikei", "artikel"),
    ("art", "artikel"),
    ("article", "article"),
    ("section", "section"),
    ("sec", "section"),
    ("clause", "clause"),
    ("hoofdstuk", "hoofdstuk"),
    ("chapter", "chapter"),
    ("paragraaf", "paragraaf"),
    ("paragraph", "paragraph"),
    ("deel", "deel"),
    ("part", "part"),
    ("lid", "lid"),
    ("§", "§"),
];

/// The marker that a paragraph or line starts with.
pub(super) fn marker(text: &str) -> Option<Marker> {
    let head = clip(text, 48);
    worded(head).or_else(|| decimal(head)).or_else(|| letter(head)).or_else(|| bullet(head))
}

/// The first bytes of a text, cut between characters.
pub(super) fn clip(text: &str, bytes: usize) -> &str {
    let mut end = bytes.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// The first words of a line, at least `bytes` of them where there are so many.
pub(super) fn clip_words<'a>(words: impl Iterator<Item = &'a str>, bytes: usize) -> String {
    let mut out = String::new();
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if out.len() >= bytes {
            break;
        }
    }
    out
}

fn worded(text: &str) -> Option<Marker> {
    let word_len =
        if text.starts_with('§') { '§'.len_utf8() } else { text.find(|c: char| !c.is_alphanumeric() && c != '|')? };
    let read = &text[..word_len];
    if !read.starts_with(|c: char| c.is_uppercase() || c == '§') && read != "lid" {
        return None;
    }
    // Reading errors in capitals and small letters: `Artike1`, `Art1kel`.
    let folded: String =
        read.chars().flat_map(char::to_lowercase).map(|c| if matches!(c, '1' | '|') { 'l' } else { c }).collect();
    let plain = folded.replace("artlkel", "artikel").replace("artlcle", "article").replace("sectlon", "section");
    let &(_, word) = WORDS.iter().find(|(form, _)| *form == plain)?;
    let rest = &text[word_len..];
    let gap = rest.len() - rest.trim_start_matches(['.', ' ', ':']).len();
    let number = &rest[gap..];
    let (levels, len) = levels(number)
        .or_else(|| {
            let (value, len) = roman(number)?;
            Some((vec![value], len))
        })
        .or_else(|| number_word(number).map(|(value, len)| (vec![value], len)))?;
    // `Artikel 4a`, `Artikel 4.`, `Artikel 4:`, `Artikel 4 -`; not `Artikel 4 van de Wet`.
    let mut end = word_len + gap + len;
    if text[end..].starts_with(|c: char| c.is_ascii_lowercase())
        && !text[end + 1..].starts_with(|c: char| c.is_alphanumeric())
    {
        end += 1;
    }
    if text[end..].starts_with(char::is_alphanumeric) {
        return None;
    }
    let printed = text[..end].to_owned();
    let len = end + closing(&text[end..]);
    Some(Marker { len, printed, kind: MarkerKind::Worded(word, levels) })
}

/// Length of the marks and spaces between a number and its text.
fn closing(rest: &str) -> usize {
    rest.len() - rest.trim_start_matches([' ', '\t', '.', ':', ')', '-', ';']).len()
}

/// Numbers parted by points, `l`, `I` and `O` read as digits where a digit or point is beside them.
fn levels(text: &str) -> Option<(Vec<u32>, usize)> {
    let bytes = text.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    loop {
        let start = at;
        let mut value = 0_u32;
        while let Some(digit) = bytes.get(at).and_then(|&b| digit(b)) {
            value = value * 10 + digit;
            at += 1;
            if at - start > 3 {
                return None;
            }
        }
        if at == start {
            break;
        }
        out.push(value);
        let point = bytes.get(at) == Some(&b'.') || (bytes.get(at) == Some(&b',') && out.len() == 1);
        if out.len() == 6 || !point || bytes.get(at + 1).is_none_or(|&b| digit(b).is_none()) {
            break;
        }
        at += 1;
    }
    let read = text.get(..at)?;
    let alone = matches!(read, "l" | "I") && !text[at..].starts_with(char::is_alphanumeric);
    let certain = read.bytes().any(|b| b.is_ascii_digit()) || alone;
    (certain && out.first().is_some_and(|&first| first < 300)).then_some((out, at))
}

fn digit(b: u8) -> Option<u32> {
    match b {
        b'0'..=b'9' => Some(u32::from(b - b'0')),
        b'l' | b'I' | b'|' => Some(1),
        b'O' | b'o' => Some(0),
        _ => None,
    }
}

fn decimal(text: &str) -> Option<Marker> {
    let text_from = text.len() - text.trim_start_matches('(').len();
    if text_from > 1 {
        return None;
    }
    let (levels, len) = levels(&text[text_from..])?;
    let end = text_from + len;
    let rest = &text[end..];
    if levels[0] == 0 || levels.len() > 1 && levels[1..].iter().any(|&l| l > 199) {
        return None;
    }
    let close = rest.chars().next();
    let closed = matches!(close, Some('.' | ')' | ':'));
    let after = rest.trim_start_matches(['.', ')', ':', '-']);
    let ok =
        after.is_empty() || after.starts_with(char::is_whitespace) || (closed && after.starts_with(char::is_uppercase));
    let read_as_letters = !text[text_from..end].bytes().any(|b| b.is_ascii_digit());
    if !ok
        || (text_from == 1) != (close == Some(')') && text_from == 1)
        || read_as_letters
        || (text[..end].contains(',') && !after.trim_start().starts_with(char::is_uppercase))
    {
        return None;
    }
    // `1 oktober`, `2 jaar`: a bare number counts or dates unless a capital follows.
    let bare = levels.len() == 1 && !closed;
    if bare && !after.trim_start().starts_with(char::is_uppercase) {
        return None;
    }
    let printed = text[text_from..end].to_owned();
    Some(Marker { len: end + closing(rest), printed, kind: MarkerKind::Decimal { levels, bare } })
}

fn letter(text: &str) -> Option<Marker> {
    let open = text.starts_with('(');
    let from = usize::from(open);
    let len = text[from..].find(|c: char| !c.is_ascii_alphabetic())?;
    let read = &text[from..from + len];
    let rest = &text[from + len..];
    let style = match (open, rest.chars().next()?) {
        (true, ')') => Style::Brackets,
        (false, ')') => Style::Bracket,
        (false, '.') => Style::Point,
        _ => return None,
    };
    let after = &rest[1..];
    if !after.starts_with(char::is_whitespace) && !after.is_empty() {
        return None;
    }
    let capital = read.starts_with(|c: char| c.is_ascii_uppercase());
    let value = roman(read).filter(|&(_, n)| n == read.len()).map(|(value, _)| value);
    let kind = match (read.len(), value) {
        (1, roman) => {
            let place = u32::from(read.as_bytes()[0].to_ascii_lowercase() - b'a') + 1;
            MarkerKind::Letter { place, roman, capital, style }
        }
        (2..=6, Some(value)) => MarkerKind::Roman { value, capital, style },
        (2, None) if read.as_bytes()[0] == read.as_bytes()[1] => {
            let place = u32::from(read.as_bytes()[0].to_ascii_lowercase() - b'a') + 27;
            MarkerKind::Letter { place, roman: None, capital, style }
        }
        _ => return None,
    };
    let len = from + len + closing(rest);
    Some(Marker { len, printed: read.to_owned(), kind })
}

fn bullet(text: &str) -> Option<Marker> {
    let c = text.chars().next().filter(|c| matches!(c, '-' | '•' | '*' | '·' | '▪' | '◦' | '○' | '●' | '■'))?;
    let after = &text[c.len_utf8()..];
    (after.starts_with(' ') || c == '•').then(|| Marker {
        len: text.len() - after.trim_start().len(),
        printed: c.to_string(),
        kind: MarkerKind::Bullet,
    })
}

/// A Roman number up to 89 at the start of a text, and its length; all capitals or all small.
pub(super) fn roman(text: &str) -> Option<(u32, usize)> {
    let len = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let read = &text[..len];
    let one_case = read.bytes().all(|b| b.is_ascii_uppercase()) || read.bytes().all(|b| b.is_ascii_lowercase());
    if len == 0 || len > 8 || !one_case {
        return None;
    }
    let value = |b: u8| match b.to_ascii_lowercase() {
        b'i' => Some(1),
        b'v' => Some(5),
        b'x' => Some(10),
        b'l' => Some(50),
        _ => None,
    };
    let digits: Vec<u32> = read.bytes().map(value).collect::<Option<_>>()?;
    let sum: u32 = digits.iter().sum();
    let less: u32 = digits.windows(2).filter(|w| w[0] < w[1]).map(|w| 2 * w[0]).sum();
    let number = sum.checked_sub(less).filter(|&n| (1..90).contains(&n))?;
    (written_roman(number).eq_ignore_ascii_case(read)).then_some((number, len))
}

fn written_roman(mut number: u32) -> String {
    let mut out = String::new();
    for (value, letters) in [(50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I")] {
        while number >= value {
            out.push_str(letters);
            number -= value;
        }
    }
    out
}

const NUMBER_WORDS: &[(&str, u32)] = &[
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("een", 1),
    ("één", 1),
    ("twee", 2),
    ("drie", 3),
    ("vier", 4),
    ("vijf", 5),
    ("zes", 6),
    ("zeven", 7),
    ("acht", 8),
    ("negen", 9),
    ("tien", 10),
    ("elf", 11),
    ("twaalf", 12),
];

fn number_word(text: &str) -> Option<(u32, usize)> {
    let len = text.find(|c: char| !c.is_alphabetic()).unwrap_or(text.len());
    let read = text[..len].to_lowercase();
    NUMBER_WORDS.iter().find(|(word, _)| *word == read).map(|&(_, value)| (value, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        let got = marker(text).map_or_else(String::new, |m| format!("{}|{}", m.printed, &text[m.len..]));
        assert_eq!(got, want, "{text}");
    }

    #[test]
    fn numbers_of_clauses_are_recognized() {
        check("Artikel 1 - Voorwerp", "Artikel 1|Voorwerp");
        check("Artike1 l2. Duur", "Artike1 l2|Duur");
        check("ARTICLE IV Term", "ARTICLE IV|Term");
        check("ARTICLE ONE: Term", "ARTICLE ONE|Term");
        check("Section 2.1 Fees", "Section 2.1|Fees");
        check("§ 3 Huur", "§ 3|Huur");
        check("Art. 3a. Prijs", "Art. 3a|Prijs");
        check("12.3.1 De huur", "12.3.1|De huur");
        check("l.2 De huur", "l.2|De huur");
        check("1. Het gehuurde", "1|Het gehuurde");
        check("4) tekst", "4|tekst");
        check("(3) Text", "3|Text");
        check("a. eerst", "a|eerst");
        check("(iv) then", "iv|then");
        check("B) then", "B|then");
        check("XII. Slot", "XII|Slot");
        check("• punt", "•|punt");
        check("1 Definities", "1|Definities");
    }

    #[test]
    fn dates_amounts_and_words_number_nothing() {
        check("1 oktober 2006 begint", "");
        check("31.12.2019 was", "");
        check("1.250.000,- euro", "");
        check("2019. Daarna", "");
        check("12,50 per uur", "");
        check("de heer", "");
        check("Partijen", "");
        check("", "");
        check("(hierna: X)", "");
    }
}
