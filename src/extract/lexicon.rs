//! The words that rules name, interned: every word of a text becomes the set of rule words that it matches, in case,
//! accents and the usual reading errors of OCR folded away. It knows words only, not sentences.

use rustc_hash::FxHashMap as HashMap;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// A word, word start (`opzeg*`) or word end (`*overeenkomst`) that some rule names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WordId(u32);

impl WordId {
    /// Its number, counted from 0.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A rule word that a word of the text matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sense {
    /// The rule word.
    pub id: WordId,
    /// Only after a reading error was mended.
    pub repaired: bool,
}

/// Letters that OCR takes for each other, as (meant, read) pairs.
const CONFUSIONS: [(&str, &str); 22] = [
    ("m", "rn"),
    ("rn", "m"),
    ("i", "l"),
    ("l", "i"),
    ("i", "1"),
    ("l", "1"),
    ("o", "0"),
    ("e", "c"),
    ("c", "e"),
    ("e", "o"),
    ("d", "cl"),
    ("w", "vv"),
    ("u", "ii"),
    ("n", "u"),
    ("u", "n"),
    ("n", "ri"),
    ("h", "b"),
    ("t", "l"),
    ("f", "t"),
    ("s", "5"),
    ("g", "q"),
    ("b", "8"),
];

/// Words shorter than this are matched only as they are: too many short words differ by one letter.
const SHORTEST_REPAIRED: usize = 5;

/// All words that the rules name.
#[derive(Clone, Debug, Default)]
pub struct Lexicon {
    names: Vec<String>,
    whole: HashMap<String, WordId>,
    starts: HashMap<String, WordId>,
    ends: HashMap<String, WordId>,
    whole_variants: HashMap<String, Vec<WordId>>,
    start_variants: HashMap<String, Vec<WordId>>,
    end_variants: HashMap<String, Vec<WordId>>,
}

/// Lower case, without accents; typographic apostrophes as `'`.
pub fn fold(word: &str) -> String {
    if word.is_ascii() {
        return word.to_ascii_lowercase();
    }
    word.nfd()
        .filter(|&c| !is_combining_mark(c))
        .flat_map(char::to_lowercase)
        .map(|c| if matches!(c, '’' | '‘' | '`') { '\'' } else { c })
        .collect()
}

impl Lexicon {
    /// The id of a rule word, written with `*` at its start or end for a part of a word.
    pub fn intern(&mut self, written: &str) -> WordId {
        let folded = fold(written);
        let stem = folded.trim_matches('*');
        let (table, variants) = match (folded.starts_with('*'), folded.ends_with('*')) {
            (true, _) => (&mut self.ends, &mut self.end_variants),
            (_, true) => (&mut self.starts, &mut self.start_variants),
            _ => (&mut self.whole, &mut self.whole_variants),
        };
        if let Some(&known) = table.get(stem) {
            return known;
        }
        let id = WordId(u32::try_from(self.names.len()).expect("fewer than four billion rule words"));
        table.insert(stem.to_owned(), id);
        for variant in misreadings(stem) {
            variants.entry(variant).or_default().push(id);
        }
        self.names.push(folded);
        id
    }

    /// How many rule words there are.
    pub fn size(&self) -> usize {
        self.names.len()
    }

    /// The rule word as written.
    pub fn name(&self, id: WordId) -> &str {
        &self.names[id.index()]
    }

    /// The rule word that a folded word is exactly.
    pub fn whole_only(&self, folded: &str) -> Vec<Sense> {
        self.whole.get(folded).map(|&id| Sense { id, repaired: false }).into_iter().collect()
    }

    /// The rule words that a folded word of the text matches.
    pub fn senses(&self, folded: &str) -> Vec<Sense> {
        let mut found: Vec<Sense> = Vec::new();
        let mut add = |id: WordId, repaired: bool| match found.iter_mut().find(|sense| sense.id == id) {
            Some(known) => known.repaired &= repaired,
            None => found.push(Sense { id, repaired }),
        };
        if let Some(&id) = self.whole.get(folded) {
            add(id, false);
        } else {
            // A word that some rule names is never taken for a misread other word (opzegging, oplegging).
            self.whole_variants.get(folded).into_iter().flatten().for_each(|&id| add(id, true));
        }
        for (at, _) in folded.char_indices().skip(1).chain([(folded.len(), ' ')]) {
            if let Some(&id) = self.starts.get(&folded[..at]) {
                add(id, false);
            }
            self.start_variants.get(&folded[..at]).into_iter().flatten().for_each(|&id| add(id, true));
        }
        for (at, _) in folded.char_indices() {
            if let Some(&id) = self.ends.get(&folded[at..]) {
                add(id, false);
            }
            self.end_variants.get(&folded[at..]).into_iter().flatten().for_each(|&id| add(id, true));
        }
        found.sort_unstable_by_key(|sense| sense.id);
        found
    }
}

/// The forms in which OCR may give a word: one confusion at one place.
fn misreadings(word: &str) -> Vec<String> {
    if word.chars().count() < SHORTEST_REPAIRED {
        return Vec::new();
    }
    let mut forms = Vec::new();
    for (meant, read) in CONFUSIONS {
        for (at, _) in word.match_indices(meant) {
            forms.push(format!("{}{read}{}", &word[..at], &word[at + meant.len()..]));
        }
    }
    forms.sort();
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rule_word: &str, read: &str, want: Option<bool>) {
        let mut lexicon = Lexicon::default();
        let id = lexicon.intern(rule_word);
        let got = lexicon.senses(&fold(read)).iter().find(|sense| sense.id == id).map(|sense| sense.repaired);
        assert_eq!(got, want, "{rule_word} {read}");
    }

    #[test]
    fn case_accents_and_misreadings_fold_away() {
        check("opzegtermijn", "Opzegtermijn", Some(false));
        check("opzegtermijn", "0pzegtermijn", Some(true));
        check("opzegtermijn", "opzegtermljn", Some(true));
        check("één", "een", Some(false));
        check("opzeg*", "opzegging", Some(false));
        check("*overeenkomst", "raamovereenkomst", Some(false));
        check("*overeenkomst", "raamovereenkornst", Some(true));
        check("term", "terrn", None);
        check("opzegtermijn", "betaaltermijn", None);
    }

    #[test]
    fn a_word_of_the_rules_is_never_a_misread_other() {
        let mut lexicon = Lexicon::default();
        let (meant, other) = (lexicon.intern("leader"), lexicon.intern("header"));
        assert_eq!(lexicon.senses("header"), [Sense { id: other, repaired: false }]);
        assert_ne!(meant, other);
    }
}
