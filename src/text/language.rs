//! Tells Dutch from English by the words that hold sentences together. Knows no other language.

use crate::model::Language;

const DUTCH: &[&str] = &[
    "aan", "als", "bij", "dan", "dat", "de", "der", "deze", "die", "dit", "door", "een", "en", "geen", "het", "hij",
    "indien", "is", "met", "naar", "niet", "of", "om", "onder", "ook", "op", "over", "partijen", "te", "ten", "ter",
    "tot", "tussen", "uit", "van", "voor", "waarop", "worden", "wordt", "zal", "zich", "zij", "zijn",
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
        let lower = word.to_ascii_lowercase();
        let lower = lower.as_str();
        // `of` and `is` are common in both.
        if matches!(lower, "of" | "is") {
            return;
        }
        if DUTCH.binary_search(&lower).is_ok() {
            self.dutch += 1;
        } else if ENGLISH.binary_search(&lower).is_ok() {
            self.english += 1;
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
    fn word_lists_are_sorted_for_the_search() {
        assert!(DUTCH.is_sorted() && ENGLISH.is_sorted(), "sort the lists");
    }

    #[test]
    fn function_words_tell_the_language() {
        let check = |text, want| assert_eq!(votes(text).decide(2), want, "{text}");
        check("De huur gaat in op de dag van de oplevering", Some(Language::Dutch));
        check("This Agreement shall be governed by the laws of the State", Some(Language::English));
        check("Acme Holding 2019", None);
        check("", None);
    }
}
