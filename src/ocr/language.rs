//! Decides in which languages a page is read, and which language a text is in, by its function words: they are short,
//! frequent and survive bad scans. Pure.

use serde::{Deserialize, Serialize};

use super::api::ReadWord;
use crate::model::{Language, PageReading};

/// Frequent words that only one of the two languages has.
const DUTCH: [&str; 40] = [
    "de",
    "het",
    "een",
    "van",
    "en",
    "te",
    "dat",
    "die",
    "voor",
    "met",
    "zijn",
    "op",
    "aan",
    "niet",
    "door",
    "bij",
    "wordt",
    "worden",
    "deze",
    "dit",
    "naar",
    "uit",
    "ook",
    "als",
    "tot",
    "om",
    "heeft",
    "indien",
    "dan",
    "er",
    "zal",
    "ter",
    "tussen",
    "artikel",
    "partijen",
    "overeenkomst",
    "kan",
    "nader",
    "hierna",
    "wij",
];
const ENGLISH: [&str; 40] = [
    "the",
    "of",
    "and",
    "to",
    "that",
    "for",
    "with",
    "shall",
    "by",
    "this",
    "any",
    "or",
    "be",
    "not",
    "from",
    "its",
    "such",
    "other",
    "agreement",
    "party",
    "under",
    "may",
    "between",
    "which",
    "are",
    "has",
    "have",
    "will",
    "all",
    "upon",
    "hereby",
    "parties",
    "section",
    "these",
    "their",
    "our",
    "your",
    "you",
    "it",
    "each",
];

/// Languages that a page is read in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Languages {
    /// Dutch and English: what is mixed or not known.
    #[default]
    Both,
    /// Dutch alone.
    Dutch,
    /// English alone.
    English,
}

impl Languages {
    /// The engine's code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Both => "nld+eng",
            Self::Dutch => "nld",
            Self::English => "eng",
        }
    }
}

/// How many function words of each language there are.
#[derive(Clone, Copy, Default)]
struct Count {
    dutch: usize,
    english: usize,
}

impl Count {
    fn of<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        let mut count = Self::default();
        for word in words {
            let word = word.trim_matches(|c: char| !c.is_alphabetic()).to_lowercase();
            count.dutch += usize::from(DUTCH.contains(&word.as_str()));
            count.english += usize::from(ENGLISH.contains(&word.as_str()));
        }
        count
    }

    /// The language, and how many times its words outnumber the other's; `None` where there are too few.
    fn lead(self, at_least: usize) -> Option<(Language, usize)> {
        let (language, most, least) = if self.dutch >= self.english {
            (Language::Dutch, self.dutch, self.english)
        } else {
            (Language::English, self.english, self.dutch)
        };
        (most >= at_least).then(|| (language, most / least.max(1)))
    }
}

/// The language that a document's pages are read in from now on, where this page tells it clearly.
pub fn decide(page: &PageReading) -> Option<Languages> {
    let words = page.words.iter().filter(|word| word.confidence >= 60).map(|word| page.word_text(word));
    match Count::of(words).lead(25) {
        Some((Language::Dutch, 8..)) => Some(Languages::Dutch),
        Some((Language::English, 8..)) => Some(Languages::English),
        _ => None,
    }
}

/// Whether a page that was read in one language seems to hold another: then both are needed.
pub(super) fn other_language(read_in: Languages, words: &[ReadWord]) -> bool {
    let count = Count::of(words.iter().map(|word| word.text.as_str()));
    let (own, other) = match read_in {
        Languages::Dutch => (count.dutch, count.english),
        Languages::English => (count.english, count.dutch),
        Languages::Both => return false,
    };
    other >= 5 && other * 8 > own
}

/// The main language of a text, where there is enough of it to tell.
pub fn main_language<'a>(pages: impl IntoIterator<Item = &'a str>) -> Option<Language> {
    let words = pages.into_iter().flat_map(str::split_whitespace);
    Count::of(words).lead(3).map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_tell_the_language() {
        let check = |text: &str, want| assert_eq!(main_language([text]), want, "{text}");
        check("De overeenkomst wordt aangegaan voor de duur van vier jaar.", Some(Language::Dutch));
        check("This Agreement shall be governed by the laws of the Netherlands.", Some(Language::English));
        check("0113 45 AB", None);
    }
}
