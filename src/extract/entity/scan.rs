//! Cuts running text into the pieces that the grammars walk over: finer than the words of the text model (`31-Mar-2023`
//! is five pieces), each with its folded form and what stands before it. It knows no values.

use std::ops::Range;

use crate::model::raised;

/// Kind of piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// Letters only.
    Word,
    /// Digits only.
    Number,
    /// Letters and digits (`21st`, `2O19`).
    Mixed,
    /// One mark.
    Mark(char),
    /// A place left open: a run of underscores, dots or bullets.
    Open,
}

/// What stands before a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    /// Nothing: it touches the piece before it.
    None,
    /// White space.
    Space,
    /// The end of a paragraph, or the start of the text.
    Paragraph,
}

/// A piece of text.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    pub range: Range<usize>,
    pub kind: Kind,
    pub gap: Gap,
    folded: Range<usize>,
}

/// A text in pieces.
pub(super) struct Scan<'t> {
    pub text: &'t str,
    pub pieces: Vec<Piece>,
    folded: String,
    /// Raised figures behind a number, left out of the pieces.
    pub raised: Vec<Range<usize>>,
    /// For each piece, the bits of the phrase lists that have a phrase with this first word; none before they are
    /// looked up, which is once for all grammars.
    starts: Vec<u32>,
}

impl<'t> Scan<'t> {
    pub fn new(text: &'t str) -> Self {
        let mut scan = Self {
            text,
            pieces: Vec::with_capacity(text.len() / 4),
            folded: String::with_capacity(text.len()),
            raised: Vec::new(),
            starts: Vec::new(),
        };
        let mut gap = Gap::Paragraph;
        // Brackets that are open in this paragraph.
        let mut open = 0_u32;
        let mut chars = text.char_indices().peekable();
        while let Some((start, char)) = chars.next() {
            if char.is_whitespace() {
                gap = gap.max(if char == '\n' { Gap::Paragraph } else { Gap::Space });
                continue;
            }
            if gap == Gap::Paragraph {
                open = 0;
            }
            if raised::is_raised(char) && !scan.pieces.is_empty() && gap != Gap::Paragraph {
                let mut end = start + char.len_utf8();
                while let Some((at, next)) = chars.next_if(|&(_, next)| raised::is_raised(next)) {
                    end = at + next.len_utf8();
                }
                let is_cents = matches!(scan.pieces.last().map(|last| last.kind), Some(Kind::Mark(',' | '.')))
                    && gap == Gap::None
                    && text[start..end].chars().filter_map(raised::digit).count() == 2;
                if is_cents {
                    let folded = scan.folded.len();
                    scan.folded.push_str(&text[start..end]);
                    scan.push(start..end, Kind::Mixed, gap, folded);
                    gap = Gap::None;
                } else if open == 0 && chars.next_if(|&(_, next)| next == ')').is_some() {
                    end += 1;
                }
                scan.raised.push(start..end);
                continue;
            }
            open = match char {
                '(' => open + 1,
                ')' => open.saturating_sub(1),
                _ => open,
            };
            let folded = scan.folded.len();
            let mut end = start + char.len_utf8();
            let kind = if char.is_alphanumeric() {
                let (mut letters, mut digits) = (false, false);
                let mut next = Some(char);
                while let Some(char) = next {
                    let digit = char.is_ascii_digit();
                    letters |= !digit;
                    digits |= digit;
                    fold_into(char, &mut scan.folded);
                    // Raised figures behind a number are none of it; `m²` is one word.
                    let goes_on = |&(_, char): &(usize, char)| {
                        (char.is_alphanumeric() || is_combining(char)) && (letters || !raised::is_raised(char))
                    };
                    next = chars.next_if(goes_on).map(|(at, char)| {
                        end = at + char.len_utf8();
                        char
                    });
                }
                match (letters, digits) {
                    (true, false) => Kind::Word,
                    (false, true) => Kind::Number,
                    _ => Kind::Mixed,
                }
            } else if is_filler(char) {
                let mut count = 1;
                while let Some((at, next)) = chars.next_if(|&(_, next)| is_filler(next)) {
                    end = at + next.len_utf8();
                    count += 1;
                }
                let run = &text[start..end];
                let open = run.contains(['_', '…', '●', '•', '□']) || count >= 3;
                if !open {
                    // One or two full stops are marks of their own.
                    for (offset, char) in run.char_indices() {
                        let at = start + offset;
                        let folded = scan.folded.len();
                        scan.folded.push(char);
                        scan.push(at..at + char.len_utf8(), Kind::Mark(char), gap, folded);
                        gap = Gap::None;
                    }
                    continue;
                }
                Kind::Open
            } else {
                let mark = plain_mark(char);
                scan.folded.push(mark);
                Kind::Mark(mark)
            };
            scan.push(start..end, kind, gap, folded);
            gap = Gap::None;
        }
        scan
    }

    fn push(&mut self, range: Range<usize>, kind: Kind, gap: Gap, folded: usize) {
        self.pieces.push(Piece { range, kind, gap, folded: folded..self.folded.len() });
    }

    /// True where a piece starts a new cell of a table or another column.
    pub fn opens_cell(&self, at: usize) -> bool {
        let (Some(piece), Some(left)) = (self.pieces.get(at), at.checked_sub(1).and_then(|left| self.pieces.get(left)))
        else {
            return false;
        };
        self.text[left.range.end..piece.range.start].contains('\t')
    }

    /// Looks up which phrases may start where.
    pub fn look_up(&mut self, starts: impl Fn(&str) -> u32) {
        self.starts = (0..self.pieces.len()).map(|at| starts(self.folded(at))).collect();
    }

    /// False where no phrase of the list with this bit starts at a piece.
    pub fn may_start(&self, at: usize, bit: u32) -> bool {
        self.starts.get(at).is_none_or(|lists| lists & bit != 0)
    }

    /// Lower case without accents.
    pub fn folded(&self, at: usize) -> &str {
        self.pieces.get(at).map_or("", |piece| &self.folded[piece.folded.clone()])
    }
    /// As it stands in the text.
    pub fn raw(&self, at: usize) -> &'t str {
        self.pieces.get(at).map_or("", |piece| &self.text[piece.range.clone()])
    }
    pub fn kind(&self, at: usize) -> Option<Kind> {
        self.pieces.get(at).map(|piece| piece.kind)
    }
    pub fn is_mark(&self, at: usize, mark: char) -> bool {
        self.kind(at) == Some(Kind::Mark(mark))
    }
    pub fn mark(&self, at: usize) -> Option<char> {
        match self.kind(at)? {
            Kind::Mark(mark) => Some(mark),
            _ => None,
        }
    }
    pub fn is_word(&self, at: usize) -> bool {
        self.kind(at) == Some(Kind::Word)
    }
    /// What stands before a piece; the end of the text counts as the end of a paragraph.
    pub fn gap(&self, at: usize) -> Gap {
        self.pieces.get(at).map_or(Gap::Paragraph, |piece| piece.gap)
    }
    /// True where a piece touches the one before it.
    pub fn touches(&self, at: usize) -> bool {
        self.gap(at) == Gap::None
    }
    /// The piece after `at`, within the paragraph.
    pub fn next(&self, at: usize) -> Option<usize> {
        (at + 1 < self.pieces.len() && self.gap(at + 1) != Gap::Paragraph).then_some(at + 1)
    }
    /// The piece before `at`, within the paragraph.
    pub fn before(&self, at: usize) -> Option<usize> {
        (at > 0 && self.gap(at) != Gap::Paragraph).then(|| at - 1)
    }
    /// First letter is a capital.
    pub fn is_capital(&self, at: usize) -> bool {
        self.raw(at).chars().next().is_some_and(char::is_uppercase)
    }
    /// A number with raised figures that lie in a range or touch its end, as read, and without them.
    pub fn without_raised(&self, range: &Range<usize>) -> Option<(String, String)> {
        let from = self.raised.partition_point(|raised| raised.end <= range.start);
        let raised = self.raised.get(from).filter(|raised| raised.start <= range.end)?;
        let before = self.text[..raised.start].trim_end();
        let first = before.rfind(char::is_whitespace).map_or(0, |at| at + 1);
        let read = &self.text[first..raised.end];
        Some((read.to_owned(), before[first..].to_owned()))
    }
    /// Place in the text of the pieces from `first` to `last`.
    pub fn range(&self, first: usize, last: usize) -> Range<usize> {
        self.pieces[first].range.start..self.pieces[last].range.end
    }
}

fn is_filler(char: char) -> bool {
    matches!(char, '_' | '.' | '…' | '●' | '•' | '□')
}

fn is_combining(char: char) -> bool {
    matches!(char, '\u{300}'..='\u{36f}')
}

fn plain_mark(char: char) -> char {
    match char {
        '’' | '‘' | '`' | '´' | '‛' | 'ʼ' => '\'',
        '“' | '”' | '„' | '«' | '»' | '‟' => '"',
        '–' | '—' | '‑' | '‐' | '−' => '-',
        other => other,
    }
}

/// Lower case without accents, so that `Één` and `een` are one word.
pub(super) fn fold_into(char: char, to: &mut String) {
    let plain = match char {
        'A'..='Z' => char.to_ascii_lowercase(),
        '\0'..='\x7f' => char,
        'à' | 'á' | 'â' | 'ä' | 'ã' | 'å' | 'À' | 'Á' | 'Â' | 'Ä' | 'Ã' | 'Å' => 'a',
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => 'e',
        'ì' | 'í' | 'î' | 'ï' | 'Ì' | 'Í' | 'Î' | 'Ï' => 'i',
        'ò' | 'ó' | 'ô' | 'ö' | 'õ' | 'Ò' | 'Ó' | 'Ô' | 'Ö' | 'Õ' => 'o',
        'ù' | 'ú' | 'û' | 'ü' | 'Ù' | 'Ú' | 'Û' | 'Ü' => 'u',
        'ç' | 'Ç' => 'c',
        'ñ' | 'Ñ' => 'n',
        'ĳ' | 'Ĳ' => {
            to.push('i');
            'j'
        }
        other if is_combining(other) => return,
        other => {
            to.extend(other.to_lowercase());
            return;
        }
    };
    to.push(plain);
}

/// A whole word or phrase, folded.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    text.chars().for_each(|char| fold_into(char, &mut folded));
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raised_figures_are_no_part_of_a_number() {
        let check = |text: &str, want: &[&str], raised: usize| {
            let scan = Scan::new(text);
            let pieces: Vec<&str> = (0..scan.pieces.len()).map(|at| scan.raw(at)).collect();
            assert_eq!((pieces.as_slice(), scan.raised.len()), (want, raised), "{text}");
        };
        check("2¹ maanden", &["2", "maanden"], 1);
        check("2 ¹² maanden", &["2", "maanden"], 1);
        check("2¹⁾ of 3²) jaar", &["2", "of", "3", "jaar"], 2);
        check("(twee, 2²) jaar", &["(", "twee", ",", "2", ")", "jaar"], 1);
        check("850,⁵⁰", &["850", ",", "⁵⁰"], 1);
        check("12 m² CO² 5m²", &["12", "m²", "CO²", "5m²"], 0);
    }

    #[test]
    fn cuts_at_every_mark() {
        let scan = Scan::new("31-Mar-2023, één 20__ n.v.\nB");
        let pieces: Vec<&str> = (0..scan.pieces.len()).map(|at| scan.raw(at)).collect();
        assert_eq!(pieces, ["31", "-", "Mar", "-", "2023", ",", "één", "20", "__", "n", ".", "v", ".", "B"]);
        assert_eq!(scan.folded(6), "een");
        assert_eq!(scan.kind(8), Some(Kind::Open));
        assert_eq!(scan.next(12), None);
    }
}
