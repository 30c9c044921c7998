//! Writes words into running text: spaces, joined hyphens, cells and paragraphs. Where lines and paragraphs begin is
//! decided elsewhere.

use std::collections::HashSet;

use super::source::Source;
use crate::model::Language;

/// Word parts that keep their hyphen when a line ends behind it.
const HYPHENATED: &[&str] = &[
    "adjunct", "all", "anti", "arm's", "btw", "co", "cross", "e", "ex", "full", "half", "high", "inter", "kvk", "loco",
    "long", "low", "multi", "non", "oud", "part", "pre", "pro", "re", "self", "semi", "short", "so", "sub", "third",
    "vice", "well", "x",
];

/// Which words a document writes, to decide what a hyphen at a line's end means.
#[derive(Debug, Default)]
pub(super) struct Lexicon {
    words: HashSet<String>,
}

impl Lexicon {
    /// Notes a word in normal form that does not end in a hyphen.
    pub(super) fn note(&mut self, word: &str) {
        let word = core(word);
        if word.len() > 3 && !self.words.contains(word) {
            self.words.insert(word.to_lowercase());
        }
    }

    fn has(&self, word: &str) -> bool {
        self.words.contains(&word.to_lowercase())
    }
}

/// A word without the marks around it.
fn core(word: &str) -> &str {
    word.trim_matches(|c: char| !c.is_alphanumeric())
}

/// What stands behind the last space, or the last few characters of a very long word.
pub(super) fn last_word(text: &str) -> &str {
    let mut from = text.len().saturating_sub(64);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text[from..].rsplit(char::is_whitespace).next().unwrap_or("")
}

/// What becomes of a hyphen between two lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hyphen {
    /// It stays and a space follows: `in- en verkoop`, a dash.
    Apart,
    /// It stays within the word: `Noord-Holland`.
    Keep,
    /// It goes: `kalender-maand` to `kalendermaand`.
    Drop,
    /// It goes, and the next letter takes the trema that the hyphen stood for: `be-eindigen` to `beëindigen`.
    Trema(char),
}

/// The writer of running text.
#[derive(Debug)]
pub(super) struct Joiner<'a> {
    /// What was written.
    pub running: String,
    /// Where it came from.
    pub source: Source,
    lexicon: &'a Lexicon,
    language: Option<Language>,
    line: usize,
    /// Where the line before the current one ended, while the current one has no word yet.
    line_ended: bool,
}

impl<'a> Joiner<'a> {
    pub(super) fn new(source: Source, lexicon: &'a Lexicon, language: Option<Language>) -> Self {
        Self { running: String::new(), source, lexicon, language, line: 0, line_ended: false }
    }

    /// Starts a new line within the paragraph.
    pub(super) fn line(&mut self) {
        self.line += 1;
        self.line_ended = true;
    }

    /// Ends the cell: the next word stands in the next cell of the row.
    pub(super) fn cell(&mut self) {
        self.part('\t');
    }

    /// Ends the paragraph.
    pub(super) fn paragraph(&mut self) {
        self.part('\n');
    }

    fn part(&mut self, mark: char) {
        self.line += 1;
        self.line_ended = false;
        if mark == '\n' {
            self.running.truncate(self.running.trim_end_matches('\t').len());
        }
        if !self.running.is_empty() && !self.running.ends_with(['\n', mark]) {
            self.running.push(mark);
        }
    }

    /// Writes a word in normal form. `id` is its place in the source, where it has one.
    pub(super) fn word(&mut self, id: Option<usize>, text: &str) {
        if text.is_empty() {
            return;
        }
        let mut text = text;
        let mut trema = None;
        if std::mem::take(&mut self.line_ended) {
            match self.hyphen(text) {
                Some(Hyphen::Keep) => {}
                Some(Hyphen::Drop) => self.drop_hyphen(),
                Some(Hyphen::Trema(c)) => {
                    self.drop_hyphen();
                    trema = Some(c);
                    text = &text[1..];
                }
                Some(Hyphen::Apart) | None => self.space(),
            }
        } else {
            self.space();
        }
        let start = self.running.len();
        self.running.extend(trema);
        self.running.push_str(text);
        if let Some(id) = id {
            self.source.place(id, start..self.running.len(), self.line);
        }
    }

    fn space(&mut self) {
        if !self.running.is_empty() && !self.running.ends_with(['\n', '\t', ' ']) {
            self.running.push(' ');
        }
    }

    fn drop_hyphen(&mut self) {
        self.running.pop();
        self.source.shorten_last();
    }

    /// What the hyphen at the end of the running text means before the next line's first word.
    fn hyphen(&self, next: &str) -> Option<Hyphen> {
        let before = self.running.strip_suffix('-')?;
        let part = last_word(before).trim_start_matches(|c: char| !c.is_alphanumeric());
        let last = part.chars().next_back()?;
        let first = next.chars().next()?;
        let follows = core(next);
        if last.is_ascii_digit() {
            return Some(if first.is_alphanumeric() { Hyphen::Keep } else { Hyphen::Apart });
        }
        if !last.is_alphabetic() || !first.is_alphanumeric() {
            return Some(Hyphen::Apart);
        }
        let lower = follows.to_lowercase();
        if matches!(lower.as_str(), "en" | "of" | "and" | "or" | "als" | "tot" | "resp" | "respectievelijk" | "c.q") {
            return Some(Hyphen::Apart);
        }
        let all_caps = |s: &str| s.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        let joined = format!("{part}{follows}");
        if !first.is_lowercase() {
            // A word in capitals breaks like any other; else a capital starts a name (`Noord-Holland`).
            let word = first.is_alphabetic() && part.chars().count() > 1 && all_caps(part) && all_caps(follows);
            return Some(if word && !self.lexicon.has(&format!("{part}-{follows}")) {
                Hyphen::Drop
            } else {
                Hyphen::Keep
            });
        }
        if self.lexicon.has(&joined) {
            return Some(Hyphen::Drop);
        }
        if self.lexicon.has(&format!("{part}-{follows}")) {
            return Some(Hyphen::Keep);
        }
        let part_lower = part.to_lowercase();
        let keeps = HYPHENATED.binary_search(&part_lower.as_str()).is_ok()
            || part.contains('-')
            || part.chars().any(|c| c.is_ascii_digit())
            || (part.len() > 1 && all_caps(part));
        if keeps {
            return Some(Hyphen::Keep);
        }
        if self.language != Some(Language::English) && matches!(part_lower.as_str(), "be" | "ge") {
            match first {
                'e' => return Some(Hyphen::Trema('ë')),
                'i' if !next.starts_with("ij") => return Some(Hyphen::Trema('ï')),
                _ => {}
            }
        }
        Some(Hyphen::Drop)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, want: &str) {
        let got = crate::text::Text::of_sentence(text, Some(Language::Dutch));
        assert_eq!(got.running, want);
    }

    #[test]
    fn hyphens_at_line_ends_join_what_belongs_together() {
        assert!(HYPHENATED.is_sorted());
        check("één kalender-\nmaand", "één kalendermaand");
        check("de Overeen-\nkomst", "de Overeenkomst");
        check("per e-\nmail", "per e-mail");
        check("in Noord-\nHolland", "in Noord-Holland");
        check("in- en ver-\nkoop, in-\nen uitvoer", "in- en verkoop, in- en uitvoer");
        check("tot be-\neindiging", "tot beëindiging");
        check("een BTW-\nnummer", "een BTW-nummer");
        check("een 24-\nuurs dienst", "een 24-uurs dienst");
        check("HUUROVER-\nEENKOMST", "HUUROVEREENKOMST");
        check("inkoop -\nverkoop", "inkoop - verkoop");
        check("beëin\u{AD}\ndiging", "beëindiging");
        check("met de non-concurrentie en non-\nconcurrentie", "met de non-concurrentie en non-concurrentie");
    }
}
