//! A document's text as the index takes it: its clauses, with what each is about.

use crate::{
    extract::subjects,
    index::{Unit, units},
    model::{Evidence, Fields, PageBox},
    text::Text,
};

/// The units of a text, with what each is about: by its words, and by what was read from it.
pub(super) fn units_of(text: &Text, found: Option<&Fields>) -> Vec<Unit> {
    let mut units = units(text);
    for unit in &mut units {
        unit.subjects = subjects::of(text, &unit.range);
    }
    for (subject, place) in found.map(subjects::by_values).unwrap_or_default() {
        let Some(words) = place.boxes.first() else { continue };
        let on_page = units.iter_mut().filter(|unit| unit.page == place.page);
        for unit in on_page.filter(|unit| stands_in(words, &text.evidence(&unit.range))) {
            unit.subjects.push(subject);
            unit.subjects.sort();
            unit.subjects.dedup();
        }
    }
    units
}

/// Whether the middle of some words lies on one of these lines.
fn stands_in(words: &PageBox, lines: &[Evidence]) -> bool {
    let (x, y) = ((words.x0 + words.x1) / 2.0, (words.y0 + words.y1) / 2.0);
    let holds = |line: &PageBox| (line.x0..=line.x1).contains(&x) && (line.y0..=line.y1).contains(&y);
    lines.iter().flat_map(|lines| &lines.boxes).any(holds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        index::page_of_lines,
        model::{Field, Reading, Subject, record::Notice},
    };

    #[test]
    fn a_clause_from_which_a_notice_was_read_is_about_that_whatever_its_words() {
        let pages = vec![page_of_lines(
            0,
            &["Artikel 1 Duur", "Het duurt een jaar.", "Artikel 2 Afscheid", "Wie weg wil meldt dat."],
        )];
        let text = Text::build(&Reading { pages, language: None, engine: String::new(), problems: Vec::new() });
        let at = text.running.find("meldt").unwrap();
        let mut fields = Fields::absent();
        fields.notice = vec![Field { evidence: text.evidence(&(at..at + 5)), ..Field::<Notice>::absent() }];
        let about = |found: Option<&Fields>| {
            let units = units_of(&text, found).into_iter().filter(|unit| !unit.subjects.is_empty());
            units.map(|unit| (unit.clause.unwrap_or_default(), unit.subjects)).collect::<Vec<_>>()
        };
        assert_eq!(about(None), []);
        assert_eq!(about(Some(&fields)), [("Artikel 2 Afscheid".to_owned(), vec![Subject::Termination])]);
    }
}
