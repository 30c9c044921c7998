//! What stands beside a term or a notice and was read by no rule: another day may be the end, another period may be the
//! other party's, and a condition may put the last day earlier. A person looks before such a value fills the register.

use std::ops::Range;

use jiff::civil::Date;

use super::{
    candidate::Candidate,
    entity::{DateReading, Entity, PeriodReading},
    lexicon::fold,
    rule::{FieldId, Strength},
    scene::{Find, Scene, Thing},
};
use crate::{
    model::{Field, Fields, Language, Period, Status},
    text::Text,
};

/// Where a text says these of a notice, its last day is not the end less the period alone.
const CONDITIONS: [&str; 23] = [
    "dag van een maand",
    "dag van een kalendermaand",
    "dag van de maand",
    "dag van enige maand",
    "van de maand worden gedaan",
    "vijftiende van",
    "tiende van de maand",
    "telt niet mee",
    "maand van opzegging",
    "niet meegerekend",
    "niet meegeteld",
    "vermeerderd met",
    "vermeerderen met",
    "te verhogen met",
    "geacht te zijn ontvangen",
    "wordt geacht ontvangen",
    "day of a month",
    "day of any month",
    "day of the month",
    "day of a calendar month",
    "deemed received",
    "deemed to have been received",
    "increased by",
];

/// A day that was not read.
enum Day {
    Whole(Date),
    /// A month of this year, or the year alone.
    OfYear(i16),
}

/// A period that was not read.
struct Beside {
    period: Period,
    range: Range<usize>,
    /// In the notice's own sentence, not in the next one.
    own: bool,
    /// Its sentence says how long the contract lasts or goes on.
    renews: bool,
}

/// What no rule read in the sentences of the term and of the notices, and in the next ones of their paragraphs.
pub(super) struct Unread {
    /// Days beside a term.
    days: Vec<(Day, Range<usize>)>,
    /// Periods beside a notice.
    periods: Vec<Beside>,
    /// Conditions beside a notice.
    conditions: Vec<Range<usize>>,
}

impl Unread {
    pub(super) fn of(scene: &Scene<'_>, candidates: &[Candidate<'_>]) -> Self {
        let read = |find: &Find| {
            let by = |candidate: &Candidate<'_>| {
                candidate.rule.strength != Strength::Weak
                    && candidate.ranges.iter().any(|range| range.start < find.range.end && find.range.start < range.end)
            };
            candidates.iter().any(by)
        };
        let of_field = |field: FieldId| candidates.iter().filter(move |candidate| candidate.rule.field == field);
        let mut unread = Self { days: Vec::new(), periods: Vec::new(), conditions: Vec::new() };
        for (own, next) in places(scene, of_field(FieldId::Term)) {
            let beside = own.start..next.end;
            let finds = scene.finds_in(&beside).filter(|find| !read(find));
            unread.days.extend(finds.filter_map(|find| {
                let day = match &find.thing {
                    Thing::Entity(Entity::Date(DateReading::Day(day))) => Day::Whole(*day),
                    Thing::Entity(Entity::Date(DateReading::Span { last, .. })) => Day::OfYear(last.year()),
                    Thing::Entity(Entity::Date(DateReading::Partial)) => {
                        Day::OfYear(year(scene.text.slice(&find.range))?)
                    }
                    _ => return None,
                };
                Some((day, find.range.clone()))
            }));
        }
        for (own, next) in places(scene, of_field(FieldId::Notice)) {
            let beside = own.start..next.end;
            // What a defined term stands for was read where it is defined.
            let unsaid = |find: &&Find| find.defined_at.is_none() && !read(find);
            unread.periods.extend(scene.finds_in(&beside).filter(unsaid).filter_map(|find| match &find.thing {
                Thing::Entity(Entity::Period(PeriodReading { period: Some(period), .. })) => Some(Beside {
                    period: *period,
                    range: find.range.clone(),
                    own: find.range.start < own.end,
                    renews: renews(scene, find.range.start),
                }),
                _ => None,
            }));
            let said = fold(scene.text.slice(&beside));
            if CONDITIONS.iter().any(|condition| said.contains(condition)) {
                unread.conditions.push(beside);
            }
        }
        unread
    }

    /// Leaves to a person what would have filled by itself beside something that was not read, and says what.
    pub(super) fn settle(&self, text: &Text, fields: &mut Fields, language: Language) {
        let start = fields.effective_date.value;
        let end = fields.end_date.value;
        let is_reckoned = fields.end_date.rule.as_deref() == Some("derived.end");
        let other_end = |day: &Day| match day {
            Day::Whole(day) => {
                start.is_some_and(|start| start < *day)
                    && end.is_some_and(|end| *day != end && end.tomorrow().ok() != Some(*day))
            }
            Day::OfYear(year) => {
                start.is_some_and(|start| start.year() < *year) && end.is_some_and(|end| end.year() != *year)
            }
        };
        let day = self.days.iter().find(|(day, _)| other_end(day)).filter(|_| is_reckoned);
        let given: Vec<u32> =
            fields.notice.iter().filter_map(|one| Some(one.value.as_ref()?.period?.rough_days())).collect();
        let longest = given.iter().copied().max().unwrap_or_default();
        let other = |beside: &&Beside| {
            let length = beside.period.rough_days();
            !beside.renews && !given.contains(&length) && (beside.own || length > longest)
        };
        let beside_notice = self.periods.iter().find(other).map(|beside| &beside.range).or(self.conditions.first());
        let told = |range: &Range<usize>| {
            let quote = text.slice(range).trim();
            language.say(
                format!("; ernaast staat “{quote}”, waarmee niet is gerekend"),
                format!("; beside it stands “{quote}”, which was not reckoned with"),
            )
        };
        if let Some(range) = day.map(|(_, range)| range) {
            wait(&mut fields.end_date, &told(range));
            wait(&mut fields.notice_deadline, &told(range));
        }
        if let Some(range) = beside_notice {
            fields.notice.iter_mut().for_each(|one| wait(one, &told(range)));
            wait(&mut fields.notice_deadline, &told(range));
        }
    }
}

fn wait<T>(field: &mut Field<T>, said: &str) {
    if field.status == Status::Auto {
        field.status = Status::Proposed;
        field.explanation.get_or_insert_default().push_str(said);
    }
}

fn renews(scene: &Scene<'_>, position: usize) -> bool {
    const LASTS: [&str; 10] = [
        "verleng",
        "voortgezet",
        "voortduur",
        "looptijd van",
        "duur van",
        "eindig",
        "renew",
        "extend",
        "continu",
        "term of",
    ];
    let said = fold(scene.text.slice(&scene.sentence_at(position)));
    LASTS.iter().any(|lasts| said.contains(lasts))
}

/// The year that a month and year, or a year alone, names.
fn year(said: &str) -> Option<i16> {
    said.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 4)?.parse().ok()
}

/// The sentences of candidates, each with the next one where that stands in the same paragraph.
fn places<'c>(
    scene: &Scene<'_>,
    candidates: impl Iterator<Item = &'c Candidate<'c>>,
) -> Vec<(Range<usize>, Range<usize>)> {
    let mut places: Vec<(Range<usize>, Range<usize>)> = candidates
        .filter_map(|candidate| candidate.ranges.first())
        .map(|range| {
            let own = scene.sentence_at(range.start);
            let next = scene.sentence_at(own.end + 1);
            let joined = own.end < next.end && !scene.text.slice(&(own.start..next.start.max(own.end))).contains('\n');
            let next = if joined { next } else { own.clone() };
            (own, next)
        })
        .collect();
    places.sort_by_key(|(own, next)| (own.start, next.end));
    places.dedup();
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        extract::RuleSet,
        model::record::{Against, Notice},
        text::Text,
    };

    /// What waits in a contract of three years from 1 April 2021 with a notice of three months, if all of it was automatic.
    fn waiting(said: &str) -> [bool; 3] {
        let rules = RuleSet::embedded().unwrap();
        let text = Text::of_sentence(said, Some(Language::Dutch));
        let scene = rules.scene(&text);
        let mut fields = Fields::absent();
        let auto = |day: Date| Field { value: Some(day), status: Status::Auto, ..Field::absent() };
        fields.effective_date = auto(jiff::civil::date(2021, 4, 1));
        fields.end_date = Field { rule: Some("derived.end".into()), ..auto(jiff::civil::date(2024, 3, 31)) };
        fields.notice_deadline = auto(jiff::civil::date(2023, 12, 31));
        let notice = Notice {
            period: Some(Period { months: 3, ..Period::default() }),
            by: "any".into(),
            against: Against::EndOfTerm,
            form: None,
            by_day: None,
        };
        fields.notice = vec![Field { value: Some(notice), status: Status::Auto, ..Field::absent() }];
        Unread::of(&scene, &rules.candidates(&scene)).settle(&text, &mut fields, Language::English);
        let waits = |status: Status| status == Status::Proposed;
        [waits(fields.end_date.status), waits(fields.notice[0].status), waits(fields.notice_deadline.status)]
    }

    #[test]
    fn a_day_beside_a_term_that_no_rule_read_may_be_its_end() {
        let check = |said: &str, want: [bool; 3]| assert_eq!(waiting(said), want, "{said}");
        check("De overeenkomst gaat in op 1 april 2021 voor drie jaar.", [false, false, false]);
        check("De overeenkomst gaat in op 1 april 2021 voor drie jaar, zie 31 december 2023.", [true, false, true]);
        check("De overeenkomst gaat in op 1 april 2021 voor drie jaar, zie december 2023.", [true, false, true]);
        check("De overeenkomst gaat in op 1 april 2021 voor drie jaar, zie 31 maart 2024.", [false, false, false]);
        check("De overeenkomst gaat in op 1 april 2021 voor drie jaar, zie 31 december 2019.", [false, false, false]);
    }

    #[test]
    fn a_period_or_a_condition_beside_a_notice_makes_it_wait() {
        let check = |said: &str, want: [bool; 3]| assert_eq!(waiting(said), want, "{said}");
        let observe = "De overeenkomst wordt opgezegd met inachtneming van een opzegtermijn van drie maanden";
        check(&format!("{observe}."), [false, false, false]);
        check(&format!("{observe} plus twee weken."), [false, true, true]);
        check(&format!("{observe}. Voor de huurder is dit twaalf maanden."), [false, true, true]);
        check(&format!("{observe}. Betaling volgt binnen 14 dagen."), [false, false, false]);
        check(&format!("{observe}. Zij wordt dan telkens verlengd met vier jaar."), [false, false, false]);
        check(&format!("{observe}. Dat kan tot de vijftiende dag van een maand."), [false, true, true]);
    }
}
