//! What a query looks for, as a query of the index. A word is looked for under its Dutch and its English stem and as
//! written, and, worth less, at the beginning of a longer word: `huurprijs` is found in `huurprijswijziging`.

use tantivy::{
    Term,
    query::{
        BooleanQuery, BoostQuery, ConstScoreQuery, FuzzyTermQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query,
        TermQuery, TermSetQuery,
    },
    schema::{Field, IndexRecordOption},
};

use super::{
    analysis,
    fields::{self, IndexFields},
    query::{Phrase, Wanted},
};
use crate::model::DocumentId;

/// Shorter words begin too many others.
const SHORTEST_BEGINNING: usize = 6;
/// Shorter words are not looked for with an error in them.
const SHORTEST_FUZZY: usize = 5;
/// From this length two errors are allowed (`rn` for `m` is two).
const LONG: usize = 9;

/// The whole query: what is wanted, in units of the documents that are meant and about what is asked for.
pub(super) fn whole(
    fields: &IndexFields,
    asked: &super::Query,
    among: Option<&[DocumentId]>,
    ocr_tolerant: bool,
) -> BooleanQuery {
    let units = Term::from_field_text(fields.kind, fields::UNIT);
    let mut parts: Vec<(Occur, Box<dyn Query>)> = Vec::new();
    match &asked.wanted {
        Some(wanted) => parts.push((Occur::Must, query(fields, wanted, ocr_tolerant))),
        None => parts.push((Occur::Must, Box::new(TermQuery::new(units, IndexRecordOption::Basic)))),
    }
    if !asked.subjects.is_empty() {
        let terms = asked.subjects.iter().map(|subject| Term::from_field_text(fields.subject, subject.name()));
        parts.push((Occur::Must, Box::new(ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 0.0))));
    }
    if let Some(among) = among {
        let terms = among.iter().map(|document| Term::from_field_text(fields.document, document.as_str()));
        let documents = ConstScoreQuery::new(Box::new(TermSetQuery::new(terms)), 0.0);
        parts.push((Occur::Must, Box::new(documents)));
    }
    BooleanQuery::new(parts)
}

fn query(fields: &IndexFields, wanted: &Wanted, ocr_tolerant: bool) -> Box<dyn Query> {
    match wanted {
        Wanted::Words(phrase) => words(fields, phrase, ocr_tolerant),
        Wanted::Any(parts) => {
            Box::new(BooleanQuery::union(parts.iter().map(|part| query(fields, part, ocr_tolerant)).collect()))
        }
        Wanted::All(parts) => {
            let mut all: Vec<(Occur, Box<dyn Query>)> = parts
                .iter()
                .map(|part| match part {
                    Wanted::Not(inside) => (Occur::MustNot, query(fields, inside, ocr_tolerant)),
                    part => (Occur::Must, query(fields, part, ocr_tolerant)),
                })
                .collect();
            if all.iter().all(|(occur, _)| *occur == Occur::MustNot) {
                all.push((Occur::Must, units(fields)));
            }
            Box::new(BooleanQuery::new(all))
        }
        Wanted::Not(inside) => Box::new(BooleanQuery::new(vec![
            (Occur::Must, units(fields)),
            (Occur::MustNot, query(fields, inside, ocr_tolerant)),
        ])),
    }
}

fn units(fields: &IndexFields) -> Box<dyn Query> {
    let unit = TermQuery::new(Term::from_field_text(fields.kind, fields::UNIT), IndexRecordOption::Basic);
    Box::new(ConstScoreQuery::new(Box::new(unit), 0.0))
}

fn words(fields: &IndexFields, phrase: &Phrase, ocr_tolerant: bool) -> Box<dyn Query> {
    let forms = Forms::of(&phrase.text);
    match forms.exact.len() {
        // Signs only: they are not in the index, so they ask for nothing.
        0 => units(fields),
        1 => word(fields, phrase, &forms, ocr_tolerant),
        _ => row(fields, phrase, &forms),
    }
}

/// One word.
fn word(fields: &IndexFields, phrase: &Phrase, forms: &Forms, ocr_tolerant: bool) -> Box<dyn Query> {
    let exact = Term::from_field_text(fields.exact, &forms.exact[0]);
    if phrase.prefix {
        return Box::new(FuzzyTermQuery::new_prefix(exact, 0, true));
    }
    let length = forms.exact[0].chars().count();
    let errors = match phrase.fuzzy {
        0 if ocr_tolerant && length >= LONG => 2,
        0 if ocr_tolerant && length >= SHORTEST_FUZZY => 1,
        errors => errors,
    };
    let mut any = forms.terms(fields, |field, terms| {
        let term = Term::from_field_text(field, &terms[0]);
        Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
    });
    if length >= SHORTEST_BEGINNING {
        any.push(worth(FuzzyTermQuery::new_prefix(exact.clone(), 0, true), 0.2));
    }
    if errors > 0 {
        any.push(worth(FuzzyTermQuery::new(exact, errors, true), 0.2));
    }
    Box::new(BooleanQuery::union(any))
}

/// Several words in a row.
fn row(fields: &IndexFields, phrase: &Phrase, forms: &Forms) -> Box<dyn Query> {
    if phrase.prefix {
        let terms = forms.exact.iter().map(|word| Term::from_field_text(fields.exact, word)).collect();
        return Box::new(PhrasePrefixQuery::new(terms));
    }
    // Not as written too: a row of words is also a row of their stems, and positions are what costs.
    let stems = [(fields.dutch, &forms.dutch), (fields.english, &forms.english)];
    let any = stems.map(|(field, terms)| -> Box<dyn Query> {
        let terms = terms.iter().map(|word| Term::from_field_text(field, word)).enumerate().collect();
        Box::new(PhraseQuery::new_with_offset_and_slop(terms, phrase.slop))
    });
    Box::new(BooleanQuery::union(any.into()))
}

fn worth(query: impl Query, boost: f32) -> Box<dyn Query> {
    Box::new(BoostQuery::new(Box::new(query), boost))
}

/// The terms of a text under each analysis, word by word.
#[derive(Clone, Debug)]
pub(super) struct Forms {
    pub dutch: Vec<String>,
    pub english: Vec<String>,
    pub exact: Vec<String>,
}

impl Forms {
    pub fn of(text: &str) -> Self {
        let terms = |analyzer| analysis::tokens(analyzer, text).into_iter().map(|token| token.text).collect();
        Self { dutch: terms(analysis::dutch()), english: terms(analysis::english()), exact: terms(analysis::exact()) }
    }

    fn terms(&self, fields: &IndexFields, query: impl Fn(Field, &[String]) -> Box<dyn Query>) -> Vec<Box<dyn Query>> {
        let forms = [&self.dutch, &self.english, &self.exact];
        let texts = fields.texts().into_iter().zip(forms);
        texts
            .map(|((field, boost), terms)| -> Box<dyn Query> { Box::new(BoostQuery::new(query(field, terms), boost)) })
            .collect()
    }

    /// True if the word of a text at `place` is the wanted word.
    pub fn is_at(&self, word: usize, text: &Self, place: usize, phrase: &Phrase, ocr_tolerant: bool) -> bool {
        let (wanted, found) = (&self.exact[word], &text.exact[place]);
        let last = word + 1 == self.exact.len();
        let begins = last && phrase.prefix || self.exact.len() == 1 && wanted.len() >= SHORTEST_BEGINNING;
        if self.dutch[word] == text.dutch[place] || self.english[word] == text.english[place] || wanted == found {
            return true;
        }
        if begins && found.starts_with(wanted.as_str()) {
            return true;
        }
        let errors = match wanted.chars().count() {
            _ if phrase.fuzzy > 0 => usize::from(phrase.fuzzy),
            LONG.. if ocr_tolerant => 2,
            SHORTEST_FUZZY.. if ocr_tolerant => 1,
            _ => 0,
        };
        errors > 0 && strsim::osa_distance(wanted, found) <= errors
    }
}
