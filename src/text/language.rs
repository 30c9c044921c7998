//! Tells Dutch from English by the words that hold sentences together. Knows no other language.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::model::Language;

/// Without `of` and `is`, which are common in both.
const DUTCH: &[&str] = &[
    "aan", "als", "bij", "dan", "dat", "de", "der", "deze", "die", "dit", "door", "een", "en", "geen", "het", "hij",
    "indien", "met", "naar", "niet", "om", "onder", "ook", "op", "over", "partijen", "te", "ten", "ter", "tot",
    "tussen", "uit", "van", "voor", "waarop", "worden", "wordt", "zal", "zich", "zij", "zijn",
];
const ENGLISH: &[&str] = &[
    "a", "an", "and", "any", "are", "as", "at", "be", "been", "between", "by", "for", "from", "has", "have", "he",
    "if", "its", "may", "not", "or", "other", "party", "shall", "such", "that", "the", "their", "this", "to", "under",
    "upon", "which", "will", "with",
];

/// Counts of words that only one of the languages has; words of both (`in`, `is` as a word, `of`) weigh little.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Votes {
    dutch: u32,
    english: u32,
}

impl Votes {
    /// Counts a word.
    pub(super) fn add(&mut self, word: &str) {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric());
        if word.is_empty() || word.len() > 8 || !word.is_ascii() {
            return;
        }
        let mut lower = [0; 8];
        let lower = &mut lower[..word.len()];
        lower.copy_from_slice(word.as_bytes());
        lower.make_ascii_lowercase();
        match tells(lower) {
            Some(Language::Dutch) => self.dutch += 1,
            Some(Language::English) => self.english += 1,
            None => {}
        }
    }

    /// The language, where at least `least` words speak and two thirds of them agree.
    pub(super) fn decide(self, least: u32) -> Option<Language> {
        let Self { dutch, english } = self;
        if dutch + english < least.max(1) {
            None
        } else if dutch >= 2 * english {
            Some(Language::Dutch)
        } else if english >= 2 * dutch {
            Some(Language::English)
        } else {
            None
        }
    }

    /// The language with more votes.
    pub(super) fn most(self) -> Option<Language> {
        match self.dutch.cmp(&self.english) {
            std::cmp::Ordering::Greater => Some(Language::Dutch),
            std::cmp::Ordering::Less => Some(Language::English),
            std::cmp::Ordering::Equal => None,
        }
    }
}

/// The language that a word is of, in small letters.
fn tells(word: &[u8]) -> Option<Language> {
    static WORDS: OnceLock<FxHashMap<&[u8], Language>> = OnceLock::new();
    let words = WORDS.get_or_init(|| {
        let of = |words: &'static [&str], language| words.iter().map(move |word| (word.as_bytes(), language));
        of(ENGLISH, Language::English).chain(of(DUTCH, Language::Dutch)).collect()
    });
    words.get(word).copied()
}

/// The votes of a text.
pub(super) fn votes(text: &str) -> Votes {
    let mut votes = Votes::default();
    text.split_whitespace().for_each(|word| votes.add(word));
    votes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn function_words_tell_the_language() {
        let check = |text, want| assert_eq!(votes(text).decide(2), want, "{text}");
        check("De huur gaat in op de dag van de oplevering", Some(Language::Dutch));
        check("This Agreement shall be governed by the laws of the State", Some(Language::English));
        check("Acme Holding 2019", None);
        check("", None);
    }
}
