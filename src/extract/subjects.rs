//! Tells what a piece of a contract is about, for search: by the words of the headings above it and by sentences that
//! seldom mean anything else. It fills no field.

use std::{ops::Range, sync::OnceLock};

use aho_corasick::AhoCorasick;

use super::{dictionary, lexicon::fold};
use crate::{
    model::{Evidence, Field, Fields, Subject},
    text::Text,
};

/// The subjects of a piece of text, in their order.
pub fn of(text: &Text, piece: &Range<usize>) -> Vec<Subject> {
    static LISTS: OnceLock<[List; 2]> = OnceLock::new();
    let [in_headings, in_sentences] = LISTS.get_or_init(|| ["clause_headings", "clause_phrases"].map(List::read));
    let mut found: Vec<Subject> = Vec::new();
    let mut clause = text.clause_at(piece.start);
    while let Some(above) = clause.map(|number| &text.clauses[number]) {
        if let Some(heading) = &above.heading {
            found.extend(in_headings.named(&words(heading)));
        }
        clause = above.parent;
    }
    found.extend(in_sentences.named(&words(text.slice(piece))));
    found.sort();
    found.dedup();
    found
}

/// What a value that was read from a clause says that the clause is about, with the places it was read from.
pub fn by_values(fields: &Fields) -> Vec<(Subject, &Evidence)> {
    let renewal = places(&fields.renewal).map(|place| (Subject::Renewal, place));
    let notice = fields.notice.iter().flat_map(places).map(|place| (Subject::Termination, place));
    renewal.chain(notice).collect()
}

/// Where a value and its other readings stand.
fn places<T>(field: &Field<T>) -> impl Iterator<Item = &Evidence> {
    field.evidence.iter().chain(field.alternatives.iter().flat_map(|other| &other.evidence))
}

/// The entries of both languages, ready to be looked for in [`words`] all at once.
struct List {
    phrases: AhoCorasick,
    subjects: Vec<Subject>,
}

impl List {
    fn read(name: &str) -> Self {
        let entries = dictionary::pairs(name).into_iter();
        let (subjects, phrases): (Vec<Subject>, Vec<String>) = entries
            .filter_map(|(subject, phrase)| Some((subject.parse::<Subject>().ok()?, format!(" {}", fold(&phrase)))))
            .unzip();
        Self { phrases: AhoCorasick::new(phrases).expect("short lists of words can be looked for"), subjects }
    }

    fn named(&self, words: &str) -> impl Iterator<Item = Subject> {
        self.phrases.find_overlapping_iter(words).map(|found| self.subjects[found.pattern().as_usize()])
    }
}

/// The words of a text, folded, with a space before each.
fn words(text: &str) -> String {
    let folded = fold(text);
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '\'');
    folded.split(|c| !is_word(c)).filter(|word| !word.is_empty()).flat_map(|word| [" ", word]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Clause;

    fn check(heading: Option<&str>, sentence: &str, want: &[Subject]) {
        let mut text = Text::of_sentence(sentence, None);
        let all = 0..text.running.len();
        let heading = heading.map(str::to_owned);
        text.clauses = vec![Clause { number: None, heading, depth: 0, parent: None, range: all.clone(), body: 0 }];
        assert_eq!(of(&text, &all), want, "{sentence}");
    }

    #[test]
    fn headings_and_telling_sentences_name_the_subject() {
        check(Some("Duur en opzegging"), "De huur duurt een jaar.", &[Subject::Termination]);
        check(None, "De opzegtermijn bedraagt drie maanden.", &[Subject::Termination]);
        check(None, "Zij wordt stilzwijgend verlengd met een jaar.", &[Subject::Renewal]);
        check(Some("Geïndexeerde prijzen: indexering"), "De prijs volgt het CBS.", &[Subject::Indexation]);
        check(Some("Limitation of Liability"), "In no event.", &[Subject::Liability]);
        check(None, "Supplier processes personal data only as told.", &[Subject::DataProtection]);
        check(Some("Boete"), "Per overtreding € 500 boete, te betalen.", &[Subject::Penalty]);
        check(None, "Neither party may assign or transfer its rights.", &[Subject::Assignment]);
        check(None, "Ieder kan de samenwerking opzeggen per 1 januari.", &[Subject::Termination]);
        check(None, "Zij wordt telkens stilzwijgend met een jaar verlengd.", &[Subject::Renewal]);
        check(None, "Either may end it by one calendar month's notice.", &[Subject::Termination]);
        check(None, "Facturen worden binnen dertig dagen na ontvangst betaald.", &[Subject::Payment]);
    }

    #[test]
    fn words_that_stand_everywhere_name_nothing() {
        check(None, "De koper betaalt de prijs aan het einde van de maand.", &[]);
        check(Some("Definities"), "Partijen: de partijen bij deze overeenkomst.", &[]);
        check(None, "This Agreement has a term of one year.", &[]);
    }

    #[test]
    fn every_subject_has_words_in_both_languages() {
        for name in ["clause_headings", "clause_phrases"] {
            for language in [crate::model::Language::Dutch, crate::model::Language::English] {
                let list = dictionary::list(language, name);
                assert_eq!(list.len(), Subject::ALL.len(), "{name} {language:?}");
                assert!(list.keys().all(|subject| subject.parse::<Subject>().is_ok()), "{name} {language:?}");
            }
        }
    }
}
