//! XML as far as it takes to leave elements out of a document and pass on the rest as it is.

pub(super) struct Tag<'a> {
    pub(super) prefix: &'a [u8],
    /// Without its prefix.
    pub(super) name: &'a [u8],
    pub(super) closes: bool,
    pub(super) is_empty: bool,
    attributes: &'a [u8],
}

impl<'a> Tag<'a> {
    pub(super) fn of(piece: &'a [u8]) -> Option<Self> {
        let inner = piece.strip_prefix(b"<")?.strip_suffix(b">")?;
        let (closes, inner) = inner.strip_prefix(b"/").map_or((false, inner), |inner| (true, inner));
        let end = inner.iter().position(|byte| byte.is_ascii_whitespace() || *byte == b'/').unwrap_or(inner.len());
        let colon = inner[..end].iter().rposition(|byte| *byte == b':');
        let (prefix, name) = colon.map_or((&b""[..], &inner[..end]), |at| (&inner[..at], &inner[at + 1..end]));
        let is_name = name.first().is_some_and(u8::is_ascii_alphabetic);
        is_name.then_some(Self { prefix, name, closes, is_empty: inner.ends_with(b"/"), attributes: &inner[end..] })
    }

    pub(super) fn opens(&self) -> bool {
        !self.closes && !self.is_empty
    }

    /// The value of an attribute, by its name without prefix, as it is written.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a [u8]> {
        let mut rest = self.attributes;
        loop {
            let equals = rest.iter().position(|byte| *byte == b'=')?;
            let called = rest[..equals].trim_ascii().rsplit(|byte| *byte == b':').next()?;
            rest = rest[equals + 1..].trim_ascii_start();
            let quote = *rest.first().filter(|byte| matches!(byte, b'"' | b'\''))?;
            let length = rest[1..].iter().position(|byte| *byte == quote)?;
            if called == name.as_bytes() {
                return Some(&rest[1..=length]);
            }
            rest = &rest[length + 2..];
        }
    }
}

/// The pieces of a document: tags, comments and such, and the text between them.
pub(super) fn pieces(xml: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = xml.get(at..).filter(|rest| !rest.is_empty())?;
        let length = if rest[0] == b'<' { markup_length(rest) } else { text_length(rest) };
        at += length;
        Some(&rest[..length])
    })
}

/// Text as it is meant, of the entities only those that every document has.
pub(super) fn text(piece: &[u8]) -> String {
    let text = String::from_utf8_lossy(piece);
    match text.contains('&') {
        false => text.into_owned(),
        true => ["&lt;<", "&gt;>", "&quot;\"", "&apos;'", "&amp;&"].iter().fold(text.into_owned(), |text, pair| {
            let (entity, sign) = pair.split_at(pair.len() - 1);
            text.replace(entity, sign)
        }),
    }
}

fn text_length(xml: &[u8]) -> usize {
    xml.iter().position(|byte| *byte == b'<').unwrap_or(xml.len())
}

/// Length of a tag, comment, character data section or instruction.
fn markup_length(xml: &[u8]) -> usize {
    let until = |end: &[u8]| xml.windows(end.len()).position(|window| window == end).map(|at| at + end.len());
    let end = match xml {
        [b'<', b'!', b'-', b'-', ..] => until(b"-->"),
        [b'<', b'!', b'[', ..] => until(b"]]>"),
        [b'<', b'?', ..] => until(b"?>"),
        _ => {
            let mut quote = None;
            let end = xml.iter().position(|byte| match (quote, byte) {
                (None, b'"' | b'\'') => {
                    quote = Some(*byte);
                    false
                }
                (Some(open), byte) => {
                    if open == *byte {
                        quote = None;
                    }
                    false
                }
                (None, byte) => *byte == b'>',
            });
            end.map(|at| at + 1)
        }
    };
    end.unwrap_or(xml.len())
}
