//! A start, a term and an end that are each stated and fit together bear each other out.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{
    candidate::{Candidate, Value},
    rule::FieldId,
};
use crate::model::{Period, reckon::end_of_term, record::Term};

/// So many readings of a field are tried at most: what states more dates than that states no contract's.
const MOST: usize = 100;

/// Marks the candidates of which a start and a term give an end that was read too.
pub fn mark(candidates: &mut [Candidate<'_>]) {
    let days = |field: FieldId| -> BTreeSet<Date> {
        let days = candidates.iter().filter_map(|candidate| match candidate.value {
            Value::Day(day) if candidate.rule.field == field => Some(day),
            _ => None,
        });
        days.take(MOST).collect()
    };
    let terms: Vec<Period> = candidates.iter().filter_map(term).take(MOST).collect();
    let (starts, ends) = (days(FieldId::EffectiveDate), days(FieldId::EndDate));
    let pairs = starts.iter().flat_map(|start| terms.iter().map(move |term| (*start, *term)));
    let fitting: Vec<(Date, Period, Date)> = pairs
        .filter_map(|(start, term)| {
            let end = end_of_term(start, term).filter(|end| ends.contains(end))?;
            Some((start, term, end))
        })
        .collect();
    for candidate in candidates {
        candidate.features.adds_up = match (candidate.rule.field, &candidate.value) {
            (FieldId::EffectiveDate, Value::Day(day)) => fitting.iter().any(|(start, ..)| start == day),
            (FieldId::EndDate, Value::Day(day)) => fitting.iter().any(|(.., end)| end == day),
            _ => term(candidate).is_some_and(|period| fitting.iter().any(|(_, term, _)| *term == period)),
        };
    }
}

fn term(candidate: &Candidate<'_>) -> Option<Period> {
    match candidate.value {
        Value::Term(Term::Period(period)) if candidate.rule.field == FieldId::Term => Some(period),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{
        extract::{RuleSet, rule::FieldId},
        model::Language,
        text::Text,
    };

    #[test]
    fn readings_that_fit_together_are_marked() {
        let rules = RuleSet::embedded().unwrap();
        let marked = |text: &str| {
            let text = Text::of_sentence(text, Some(Language::Dutch));
            let scene = rules.scene(&text);
            let mut candidates = rules.candidates(&scene);
            super::mark(&mut candidates);
            let fields = [FieldId::EffectiveDate, FieldId::Term, FieldId::EndDate];
            fields.map(|field| candidates.iter().any(|one| one.rule.field == field && one.features.adds_up))
        };
        let start = "De overeenkomst gaat in op 1 mei 2019 en wordt aangegaan voor de duur van twee jaar.";
        assert_eq!(marked(&format!("{start} Zij eindigt op 30 april 2021.")), [true; 3]);
        assert_eq!(marked(&format!("{start} Zij eindigt op 30 april 2022.")), [false; 3]);
        assert_eq!(marked(start), [false; 3]);
    }
}
