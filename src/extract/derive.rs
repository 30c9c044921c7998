//! Values that are computed from others, each with its reckoning in words: the end from start and term, the last day
//! for notice from end and notice. A computed value never carries more trust than what it rests on.

use jiff::civil::Date;

use super::decide::RIVAL_FROM;
use crate::model::{
    Field, Language, Status, reckon,
    record::{Against, Alternative, Notice, Renewal, RenewalKind, Term},
};

/// A start that is only assumed is worth no more.
const ASSUMED_START: f64 = 0.6;

fn weaker(statuses: impl IntoIterator<Item = Status>) -> Status {
    statuses.into_iter().min().unwrap_or(Status::Absent)
}

/// The start of a contract that names none: the day of its signing, for a person to confirm.
pub fn start(stated: Field<Date>, signing: &Field<Date>, start_is_open: bool, language: Language) -> Field<Date> {
    if stated.status != Status::Absent || start_is_open {
        return stated;
    }
    let Some(signed) = signing.value else { return stated };
    Field {
        value: Some(signed),
        status: weaker([signing.status, Status::Proposed]),
        confidence: signing.confidence.min(ASSUMED_START),
        rule: Some("derived.start".into()),
        derived_from: vec!["signing_date".into()],
        explanation: Some(
            language
                .say(
                    "het contract noemt geen ingangsdatum; aangenomen is de dag van ondertekening",
                    "the contract names no start; it is assumed to start on the day of its signing",
                )
                .into(),
        ),
        ..stated
    }
}

/// The end of the initial term from start and term, or the check of a stated end against them.
pub fn end_date(stated: Field<Date>, start: &Field<Date>, term: &Field<Term>, language: Language) -> Field<Date> {
    let (Some(from), Some(Term::Period(period))) = (start.value, term.value) else {
        return same_day_of_year(stated, start);
    };
    let Some(computed) = reckon::end_of_term(from, period) else { return stated };
    let reckoning = language.say(
        format!("{from} plus {period}, min een dag: {computed}"),
        format!("{from} plus {period}, less one day: {computed}"),
    );
    let others = other_ends(start, term, computed);
    let fits = |end: Date| end == computed || computed.tomorrow().is_ok_and(|next| next == end);
    // Of several ends that the contract names, the one that its start and term lead to is meant.
    let mut stated = stated;
    if stated.value.is_some_and(|end| !fits(end))
        && let Some(at) = stated.alternatives.iter().position(|other| fits(other.value))
    {
        let meant = stated.alternatives.remove(at);
        stated.value = Some(meant.value);
        stated.rule = meant.rule;
        stated.evidence = meant.evidence;
        stated.confidence = meant.confidence;
        stated.status = Status::Proposed;
    }
    match stated.value {
        None => Field {
            value: Some(computed),
            // Where the place for the end was left open, a person must see that it follows from start and term.
            status: weaker([
                start.status,
                term.status,
                if stated.status == Status::Blank { Status::Proposed } else { Status::Auto },
            ]),
            confidence: start.confidence.min(term.confidence) * 0.95,
            rule: Some("derived.end".into()),
            derived_from: vec!["effective_date".into(), "term".into()],
            explanation: Some(reckoning),
            alternatives: others,
            evidence: Vec::new(),
        },
        // Some contracts say the same day of the month, not the day before: a difference of a day is no dispute.
        Some(end) if fits(end) && stated.status == Status::Conflict => Field {
            status: Status::Proposed,
            explanation: Some(language.say(
                format!("het contract noemt meer dan één datum; {reckoning}"),
                format!("the contract names more than one date; {reckoning}"),
            )),
            ..stated
        },
        // What ends on the same day of the month runs, as a rule, to the day before: the deadline counts from that one.
        Some(end) if computed < end && fits(end) => {
            Field { alternatives: stated.alternatives.into_iter().chain([alternative(computed)]).collect(), ..stated }
        }
        Some(end) if fits(end) => stated,
        Some(end) => Field {
            status: Status::Conflict,
            confidence: stated.confidence.min(0.5),
            explanation: Some(language.say(
                format!("het contract noemt {end}, maar {reckoning}"),
                format!("the contract says {end}, but {reckoning}"),
            )),
            // The deadline counts from the earliest of them.
            alternatives: stated.alternatives.into_iter().chain([alternative(computed)]).chain(others).collect(),
            ..stated
        },
    }
}

/// `Ingangsdatum 1 januari 2018, contractvervaldatum 1 januari 2019`: whole years, so that the last day is the one before.
fn same_day_of_year(stated: Field<Date>, start: &Field<Date>) -> Field<Date> {
    let (Some(end), Some(from)) = (stated.value, start.value) else { return stated };
    let whole = (end.month(), end.day()) == (from.month(), from.day()) && end > from;
    let Some(before) = end.yesterday().ok().filter(|_| whole) else { return stated };
    Field { alternatives: stated.alternatives.into_iter().chain([alternative(before)]).collect(), ..stated }
}

/// The ends that other readings of start and term lead to, where a person must choose between readings.
fn other_ends(start: &Field<Date>, term: &Field<Term>, computed: Date) -> Vec<Alternative<Date>> {
    let starts = readings(start);
    let terms = readings(term);
    let mut ends: Vec<Date> = starts
        .iter()
        .flat_map(|&from| {
            terms.iter().filter_map(move |&term| match term {
                Term::Period(period) => reckon::end_of_term(from, period),
                Term::Indefinite => None,
            })
        })
        .filter(|&end| end != computed)
        .collect();
    ends.sort();
    ends.dedup();
    ends.into_iter().map(alternative).collect()
}

/// The value of a field, and beside it those that dispute it.
fn readings<T: Copy>(field: &Field<T>) -> Vec<T> {
    let disputed = field.status == Status::Conflict;
    let rivals = field.alternatives.iter().filter(|other| disputed && other.confidence >= RIVAL_FROM);
    field.value.into_iter().chain(rivals.map(|other| other.value)).collect()
}

fn alternative(end: Date) -> Alternative<Date> {
    let rule = Some("derived.end".into());
    Alternative { value: end, rule, confidence: RIVAL_FROM, explanation: None, evidence: Vec::new() }
}

/// The last day on which notice must have been received to end the contract with its initial term. `renewal_is_open`:
/// the text speaks of renewal, but no rule read it.
pub fn notice_deadline(
    end: &Field<Date>,
    notices: &[Field<Notice>],
    renewal: &Field<Renewal>,
    renewal_is_open: bool,
    our_roles: &[String],
    language: Language,
) -> Field<Date> {
    let kind = renewal.value.as_ref().map(|renewal| renewal.kind);
    let at_end: Vec<&Field<Notice>> = notices
        .iter()
        .filter(|field| field.value.as_ref().is_some_and(|notice| notice.against == Against::EndOfTerm))
        .collect();
    let open = |why: String| Field { status: Status::Proposed, explanation: Some(why), ..Field::absent() };
    if kind == Some(RenewalKind::Option) || at_end.is_empty() {
        // That no notice is needed is a conclusion too. Where one was read, a person draws it: the moment that it runs
        // against, or the renewal, may have been misread.
        return match without_notice_at_end(end, notices, kind, renewal_is_open, language) {
            Some(why) => open(why),
            None => Field::absent(),
        };
    }
    let Some(last_day) = end.value else {
        return open(language.say("de einddatum ontbreekt", "the end date is missing").into());
    };
    let Some(used) = for_us(&at_end, our_roles) else {
        return open(language.say("een opzegtermijn ontbreekt", "a notice period is missing").into());
    };
    // Where two ends are possible, the earlier one is the safe one.
    let same_day = end.alternatives.iter().filter(|other| other.value.tomorrow().is_ok_and(|next| next == last_day));
    let counted = same_day.filter(|other| other.rule.as_deref() == Some("derived.end")).map(|other| other.value);
    let last_day = readings(end).into_iter().chain(counted).min().unwrap_or(last_day);
    let Some((deadline, distance)) = used.deadline(last_day) else {
        return open(language.say("de opzegdag is niet te berekenen", "the day for notice cannot be computed").into());
    };
    let mut reckoning = language.say(
        format!("einde {last_day}, {distance} terug: uiterlijk ontvangen op {}", deadline.day),
        format!("end {last_day}, {distance} back: received by {} at the latest", deadline.day),
    );
    if let Some(later) = deadline.later_reading {
        reckoning.push_str(&language.say(
            format!("; een andere telling geeft {later}, de vroegste geldt"),
            format!("; another way to count gives {later}, the earlier one holds"),
        ));
    }
    Field {
        value: Some(deadline.day),
        status: match kind {
            Some(RenewalKind::Tacit) => weaker([end.status, used.status, renewal.status]),
            // Nothing says that silence renews the contract: a person must look whether notice is needed.
            Some(_) => Status::Conflict,
            None => weaker([end.status, used.status, Status::Proposed]),
        },
        confidence: match kind {
            Some(_) => end.confidence.min(used.confidence).min(renewal.confidence),
            None => end.confidence.min(used.confidence).min(0.5),
        },
        rule: Some("derived.notice_deadline".into()),
        derived_from: vec!["end_date".into(), "notice".into(), "renewal".into()],
        explanation: Some(reckoning),
        alternatives: Vec::new(),
        evidence: Vec::new(),
    }
}

/// Why a person must say whether there is a day for notice, where none was read against the end of the contract, or
/// where its renewal is a right that is used and not prevented. `None`: nothing was read that asks for such a day.
fn without_notice_at_end(
    end: &Field<Date>,
    notices: &[Field<Notice>],
    kind: Option<RenewalKind>,
    renewal_is_open: bool,
    language: Language,
) -> Option<String> {
    let why = match (kind, end.value) {
        // Who renews tacitly must be told in time, so silence is never an answer.
        (Some(RenewalKind::Tacit), _) if notices.is_empty() => language.say(
            "het contract wordt stilzwijgend verlengd, maar een opzegtermijn is niet gevonden",
            "the contract renews tacitly, but no notice period was found",
        ),
        (Some(RenewalKind::Tacit), _) => language.say(
            "het contract wordt stilzwijgend verlengd; of de opzegging tegen het einde van de termijn moet, is niet gelezen",
            "the contract renews tacitly; whether notice runs against the end of the term was not read",
        ),
        (None, _) if renewal_is_open => language.say(
            "het contract spreekt van verlenging, maar de bepaling is niet gelezen",
            "the contract speaks of renewal, but the provision was not read",
        ),
        // Surely at any time, it needs no day before the end.
        (_, Some(last_day)) if !notices.iter().all(is_surely_at_any_time) => {
            return Some(language.say(
                format!("er is een opzegging gelezen; of zij voor het einde op {last_day} nodig is, is niet gelezen"),
                format!("a notice was read; whether it is needed for the end on {last_day} was not read"),
            ));
        }
        _ => return None,
    };
    Some(why.into())
}

fn is_surely_at_any_time(notice: &Field<Notice>) -> bool {
    notice.status == Status::Auto && notice.value.as_ref().is_some_and(|read| read.against == Against::AnyTime)
}

/// The day for notice against the first day on which the contract says that it can be ended, where that is earlier than
/// the one against its end.
pub fn before_named_days(stated: Field<Date>, ends_on: &[(Date, Notice)], language: Language) -> Field<Date> {
    let counted =
        ends_on.iter().filter_map(|(end, notice)| Some((notice.deadline(*end)?.day, *end, notice.distance()?)));
    let Some((day, end, distance)) = counted.min() else { return stated };
    if stated.value.is_some_and(|other| other <= day) {
        return stated;
    }
    Field {
        value: Some(day),
        status: Status::Proposed,
        confidence: 0.5,
        rule: Some("derived.named_day".into()),
        explanation: Some(language.say(
            format!("het contract kan per {end} worden beëindigd; {distance} terug: uiterlijk ontvangen op {day}"),
            format!("the contract can be ended on {end}; {distance} back: received by {day} at the latest"),
        )),
        ..Field::absent()
    }
}

/// The notice that binds us: for everyone, for a role that is ours, else for whomever; of several, the one with the
/// earliest deadline.
fn for_us<'a>(notices: &[&'a Field<Notice>], our_roles: &[String]) -> Option<&'a Field<Notice>> {
    let by = |field: &Field<Notice>| field.value.as_ref().map_or("", |notice| notice.by.as_str()).to_lowercase();
    let days = |field: &Field<Notice>| {
        field.value.as_ref().and_then(|notice| notice.period).map_or(0, |period| period.rough_days())
    };
    let longest = |wanted: &dyn Fn(&str) -> bool| {
        notices.iter().rev().filter(|field| wanted(&by(field))).max_by_key(|field| days(field)).copied()
    };
    // By its last word: `de huurder` is ours, `verhuurder` is not.
    let ours = |role: &str| {
        let last = role.split_whitespace().next_back().unwrap_or_default();
        our_roles.iter().any(|our| last == our.to_lowercase())
    };
    longest(&|role| role == "any").or_else(|| longest(&ours)).or_else(|| longest(&|_| true))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;
    use crate::model::Period;

    fn given<T>(value: T) -> Field<T> {
        Field { value: Some(value), status: Status::Auto, confidence: 0.95, ..Field::absent() }
    }

    fn disputed<T>(value: T, other: T) -> Field<T> {
        let other = Alternative { value: other, rule: None, confidence: 0.9, explanation: None, evidence: Vec::new() };
        Field { status: Status::Conflict, alternatives: vec![other], ..given(value) }
    }

    fn notice(period: Period, by: &str) -> Field<Notice> {
        given(Notice { period: Some(period), by: by.into(), against: Against::EndOfTerm, form: None, by_day: None })
    }

    fn tacit() -> Field<Renewal> {
        given(Renewal { kind: RenewalKind::Tacit, period: None, max_times: None, use_before: None, use_by: None })
    }

    fn deadline(end: &Field<Date>, notices: &[Field<Notice>]) -> Field<Date> {
        notice_deadline(end, notices, &tacit(), false, &["huurder".to_owned()], Language::Dutch)
    }

    #[test]
    fn a_misread_term_leads_to_the_earlier_end() {
        let term = disputed(Term::Period(Period::of_months(69)), Term::Period(Period::of_months(60)));
        let end = end_date(Field::absent(), &given(date(1987, 9, 1)), &term, Language::Dutch);
        assert_eq!(end.status, Status::Conflict);
        let deadline = deadline(&end, &[notice(Period::of_months(3), "any")]);
        assert_eq!((deadline.value, deadline.status), (Some(date(1992, 5, 31)), Status::Conflict));
    }

    #[test]
    fn a_stated_end_that_is_later_than_start_and_term_does_not_move_the_deadline() {
        let term = given(Term::Period(Period::of_years(5)));
        let end = end_date(given(date(1995, 3, 31)), &given(date(1988, 4, 1)), &term, Language::Dutch);
        assert_eq!((end.value, end.status), (Some(date(1995, 3, 31)), Status::Conflict));
        let deadline = deadline(&end, &[notice(Period::of_months(12), "any")]);
        assert_eq!(deadline.value, Some(date(1992, 3, 31)));
    }

    #[test]
    fn whole_years_to_the_same_day_end_the_day_before_for_the_deadline() {
        let check = |end: Date, term: Field<Term>, want: Date| {
            let end = end_date(given(end), &given(date(2018, 1, 1)), &term, Language::Dutch);
            assert_eq!(deadline(&end, &[notice(Period::of_months(2), "any")]).value, Some(want));
        };
        check(date(2019, 1, 1), given(Term::Period(Period::of_years(1))), date(2018, 10, 31));
        check(date(2019, 1, 1), Field::absent(), date(2018, 10, 31));
        check(date(2018, 12, 31), Field::absent(), date(2018, 10, 31));
        check(date(2019, 3, 1), Field::absent(), date(2019, 1, 1));
    }

    #[test]
    fn a_contract_that_names_no_start_is_assumed_to_start_when_signed() {
        let signed = given(date(2015, 1, 5));
        let check = |stated: Field<Date>, start_is_open: bool, want: Option<Date>, status: Status| {
            let found = start(stated, &signed, start_is_open, Language::English);
            assert_eq!((found.value, found.status), (want, status));
        };
        check(Field::absent(), false, Some(date(2015, 1, 5)), Status::Proposed);
        check(Field::absent(), true, None, Status::Absent);
        check(Field { status: Status::Blank, ..Field::absent() }, false, None, Status::Blank);
        check(given(date(2014, 1, 1)), false, Some(date(2014, 1, 1)), Status::Auto);
    }

    #[test]
    fn an_end_left_open_follows_from_start_and_term_for_a_person_to_see() {
        let open = Field { status: Status::Blank, ..Field::absent() };
        let found =
            end_date(open, &given(date(2014, 9, 4)), &given(Term::Period(Period::of_years(3))), Language::English);
        assert_eq!((found.value, found.status), (Some(date(2017, 9, 3)), Status::Proposed));
    }

    #[test]
    fn of_a_word_and_a_figure_that_differ_the_longer_period_gives_the_day() {
        let of = |months| notice(Period::of_months(months), "any").value.unwrap();
        let check = |word, figure, want| {
            let found = deadline(&given(date(2024, 12, 31)), &[disputed(of(word), of(figure))]);
            assert_eq!((found.value, found.status), (Some(want), Status::Conflict));
        };
        check(3, 6, date(2024, 6, 30));
        check(3, 2, date(2024, 9, 30));
    }

    #[test]
    fn of_several_notices_the_longest_one_of_ours_counts() {
        let end = given(date(2024, 12, 31));
        let check = |notices: &[Field<Notice>], want: Date| assert_eq!(deadline(&end, notices).value, Some(want));
        let (two, six) = (Period::of_months(2), Period::of_months(6));
        check(&[notice(two, "any"), notice(six, "any")], date(2024, 6, 30));
        check(&[notice(six, "Verhuurder"), notice(two, "Huurder")], date(2024, 10, 31));
        check(&[notice(two, "Leverancier"), notice(six, "Verhuurder")], date(2024, 6, 30));
    }

    #[test]
    fn nothing_is_computed_without_a_renewal_or_for_an_option() {
        let (end, notices) = (given(date(2024, 12, 31)), [notice(Period::of_months(2), "any")]);
        let option =
            given(Renewal { kind: RenewalKind::Option, period: None, max_times: None, use_before: None, use_by: None });
        let found = notice_deadline(&end, &notices, &option, false, &[], Language::English);
        assert_eq!((found.value, found.status), (None, Status::Proposed));
        let found = notice_deadline(&end, &[], &option, false, &[], Language::English);
        assert_eq!(found.status, Status::Absent);
        let found = notice_deadline(&end, &[], &Field::absent(), false, &[], Language::English);
        assert_eq!(found.status, Status::Absent);
        // Who renews tacitly is never left without a word.
        let found = notice_deadline(&end, &[], &tacit(), false, &[], Language::English);
        assert_eq!((found.value, found.status), (None, Status::Proposed));
    }

    fn any_period() -> impl Strategy<Value = Period> {
        (0_u16..12, 0_u16..40).prop_map(|(years, months)| Period { years, months: months + 1, ..Period::default() })
    }

    fn any_notice() -> impl Strategy<Value = Field<Notice>> {
        let moments = vec![
            Against::EndOfTerm,
            Against::EndOfMonth,
            Against::EndOfQuarter,
            Against::EndOfYear,
            Against::AnyTime,
            Against::Other,
        ];
        let said = (any_period(), "any|Huurder|Verhuurder", proptest::sample::select(moments));
        let blank = Field { status: Status::Blank, ..Field::absent() };
        proptest::option::weighted(0.9, said).prop_map(move |said| {
            let Some((period, by, against)) = said else { return blank.clone() };
            given(Notice { period: Some(period), by, against, form: None, by_day: None })
        })
    }

    proptest! {
        #[test]
        fn who_reads_a_notice_and_an_end_or_a_tacit_renewal_hears_of_the_deadline(
            notices in proptest::collection::vec(any_notice(), 1..4), end in proptest::option::of(0_i32..30_000),
            kind in proptest::option::of(proptest::sample::select(vec![
                RenewalKind::Tacit, RenewalKind::Option, RenewalKind::None,
            ])),
            renewal_is_open: bool,
        ) {
            let end = end.map_or_else(Field::absent, |days| {
                given(date(1960, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap())
            });
            let renewal = kind.map_or_else(Field::absent, |kind| {
                given(Renewal { kind, period: None, max_times: None, use_before: None, use_by: None })
            });
            let ours = ["huurder".to_owned()];
            let found = notice_deadline(&end, &notices, &renewal, renewal_is_open, &ours, Language::Dutch);
            let needs_none = notices.iter().all(is_surely_at_any_time) && !(kind.is_none() && renewal_is_open);
            if kind == Some(RenewalKind::Tacit) || (end.value.is_some() && !needs_none) {
                prop_assert!(found.value.is_some() || found.status == Status::Proposed);
                prop_assert!(found.explanation.is_some());
            }
        }

        #[test]
        fn a_deadline_is_never_later_than_either_reading(
            start in 0_i32..30_000, terms in (any_period(), any_period()), back in (0_u16..12, 0_u16..90),
            stated in proptest::option::of(0_i32..40_000),
        ) {
            let day = |days: i32| date(1960, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap();
            let start = day(start);
            let term = disputed(Term::Period(terms.0), Term::Period(terms.1));
            let stated = stated.map_or_else(Field::absent, |days| given(day(days)));
            let end = end_date(stated.clone(), &given(start), &term, Language::English);
            let back = Period { months: back.0, days: back.1 + 1, ..Period::default() };
            let found = deadline(&end, &[notice(back, "any")]).value.unwrap();
            let fits = |read: Date| reckon::end_of_term(start, terms.0).is_some_and(|computed| {
                read == computed || computed.tomorrow().is_ok_and(|next| next == read)
            });
            for read in [stated.value, reckon::end_of_term(start, terms.0), reckon::end_of_term(start, terms.1)] {
                // A stated end that start and term confirm is no dispute.
                let Some(read) = read.filter(|_| !stated.value.is_some_and(fits)) else { continue };
                prop_assert!(found <= reckon::notice_deadline(read, back).unwrap().day);
            }
        }
    }
}
