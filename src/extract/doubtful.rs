//! What was read of a page whose own text says otherwise than its image, or may hide something, is for a person to look at:
//! of a number of which a part is covered, what is left reads as a number too.

use crate::{
    model::{Evidence, Field, Fields, Language, Status},
    text::Text,
};

/// Lets no value fill by itself that stands on such a page.
pub(super) fn settle(text: &Text, fields: &mut Fields, language: Language) {
    if text.doubtful_pages.is_empty() {
        return;
    }
    let said = language.say(
        "; de tekst van de bladzijde zegt iets anders dan haar beeld, of er kan iets bedekt zijn",
        "; the page's text says otherwise than its image, or something may be covered",
    );
    let stands_there = |evidence: &[Evidence]| evidence.iter().any(|one| text.doubtful_pages.contains(&one.page));
    propose(fields, stands_there, said);
}

/// Leaves to a person what would have filled by itself and stands in such places, and says why. What is reckoned from
/// any of it is left too.
pub(super) fn propose(fields: &mut Fields, stands_there: impl Fn(&[Evidence]) -> bool, said: &str) {
    fn one<T>(field: &mut Field<T>, is_doubtful: bool, said: &str) -> bool {
        if field.status != Status::Auto || !is_doubtful {
            return false;
        }
        field.status = Status::Proposed;
        if !said.is_empty() {
            field.explanation.get_or_insert_default().push_str(said);
        }
        true
    }
    macro_rules! each {
        ($($field:expr),*) => {{
            let mut any = false;
            $( any |= { let is_there = stands_there(&$field.evidence); one(&mut $field, is_there, said) }; )*
            any
        }};
    }
    each!(
        fields.title,
        fields.contract_type,
        fields.reference,
        fields.value,
        fields.governing_law,
        fields.court,
        fields.relates_to
    );
    for party in &mut fields.parties {
        each!(*party);
    }
    let mut reckoned_from =
        each!(fields.signing_date, fields.effective_date, fields.end_date, fields.term, fields.renewal);
    for notice in &mut fields.notice {
        reckoned_from |= each!(*notice);
    }
    one(&mut fields.end_date, reckoned_from, said);
    one(&mut fields.notice_deadline, reckoned_from, said);
    each!(fields.notice_deadline);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::PageNo;

    #[test]
    fn what_stands_on_a_doubtful_page_waits_and_so_does_what_is_reckoned_from_it() {
        fn auto<T>(value: T, page: usize) -> Field<T> {
            let evidence = Evidence {
                page: PageNo::from_index(page),
                quote: String::new(),
                boxes: Vec::new(),
                clause: None,
                kind: None,
            };
            Field { value: Some(value), status: Status::Auto, evidence: vec![evidence], ..Field::absent() }
        }
        let day = |day: i8| jiff::civil::date(2024, 1, day);
        let mut fields = Fields::absent();
        fields.title = auto("Huur".to_owned(), 0);
        fields.court = auto("Assen".to_owned(), 1);
        fields.effective_date = auto(day(1), 1);
        fields.end_date = auto(day(2), 0);
        fields.notice_deadline = Field { value: Some(day(3)), status: Status::Auto, ..Field::absent() };
        let mut text = Text::of_sentence("", None);
        let plain = fields.clone();
        settle(&text, &mut fields, Language::English);
        assert_eq!(fields, plain);
        text.doubtful_pages = vec![PageNo::from_index(1)];
        settle(&text, &mut fields, Language::English);
        assert_eq!((fields.title.status, fields.court.status), (Status::Auto, Status::Proposed));
        assert!(fields.court.explanation.unwrap().contains("may be covered"));
        assert_eq!(
            [fields.effective_date.status, fields.end_date.status, fields.notice_deadline.status],
            [Status::Proposed; 3]
        );
    }
}
