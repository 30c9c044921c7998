//! What holds for any contract and any day.

use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::{
    model::{
        reckon,
        record::{Against, Notice, RenewalKind, Term},
    },
    register::testing::{auto, party},
};

fn notice(period: &str, by: &str, against: Against) -> Field<Notice> {
    auto(Notice { period: Some(period.parse().unwrap()), by: by.into(), against, form: None, by_day: None })
}

fn renewal(kind: RenewalKind, period: Period, max_times: Option<u16>) -> Field<Renewal> {
    auto(Renewal { kind, period: Some(Term::Period(period)), max_times, use_before: None, use_by: None })
}

fn contract(start: Date, term: Period) -> Fields {
    Fields {
        effective_date: auto(start),
        term: auto(Term::Period(term)),
        end_date: auto(reckon::end_of_term(start, term).unwrap()),
        ..Fields::absent()
    }
}

fn at(fields: &Fields, as_of: Date) -> Outlook {
    outlook(Standing { fields, closure: None, superseded: false }, as_of, &[], Language::English)
}

fn days(outlook: &Outlook) -> Vec<(DeadlineKind, Date)> {
    outlook.deadlines.iter().map(|deadline| (deadline.kind, deadline.date)).collect()
}

#[test]
fn a_tacit_renewal_rolls_forward_and_an_option_does_not() {
    use DeadlineKind::{End, Notice, Option};
    let mut fields = contract(date(2020, 1, 1), Period::of_years(2));
    fields.notice = vec![notice("P3M", "any", Against::EndOfTerm)];
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), None);
    let now = at(&fields, date(2024, 6, 1));
    assert_eq!((now.lifecycle, now.current_end), (Lifecycle::Running, Some(date(2024, 12, 31))));
    assert_eq!(days(&now), [(Notice, date(2024, 9, 30)), (End, date(2024, 12, 31))]);
    // Too late for this term: the next deadline is that of the term after it.
    assert_eq!(days(&at(&fields, date(2024, 10, 1)))[1], (Notice, date(2025, 9, 30)));

    fields.renewal = renewal(RenewalKind::Option, Period::of_years(1), Some(2));
    let before = at(&fields, date(2021, 6, 1));
    let want = [(Notice, date(2021, 9, 30)), (Option, date(2021, 9, 30)), (End, date(2021, 12, 31))];
    assert_eq!(days(&before), want);
    let after = at(&fields, date(2022, 1, 1));
    assert_eq!((after.lifecycle, after.current_end), (Lifecycle::Ended, Some(date(2021, 12, 31))));
    assert_eq!(days(&after), [(Option, date(2021, 12, 31))], "nobody knows whether it was used");
    let told = &after.deadlines[0];
    assert!(!told.certain && told.explanation.contains("unless the option was used"), "{told:?}");
}

#[test]
fn an_option_must_be_used_by_the_day_that_the_contract_names() {
    let mut fields = contract(date(2020, 1, 1), Period::of_years(2));
    fields.renewal = renewal(RenewalKind::Option, Period::of_years(1), Some(2));
    let option = |fields: &Fields| {
        let now = at(fields, date(2021, 6, 1));
        now.deadlines.iter().find(|deadline| deadline.kind == DeadlineKind::Option).map(|deadline| deadline.date)
    };
    assert_eq!(option(&fields), Some(date(2021, 12, 31)));
    fields.renewal.value.as_mut().unwrap().use_before = Some(Period::of_months(9));
    assert_eq!(option(&fields), None, "the day has passed");
    fields.renewal.value.as_mut().unwrap().use_before = Some(Period::of_months(3));
    assert_eq!(option(&fields), Some(date(2021, 9, 30)));
    // Of a day and a time the earlier one; a day after the end is that of something else.
    for (named, want) in [
        (date(2021, 7, 1), date(2021, 7, 1)),
        (date(2021, 11, 1), date(2021, 9, 30)),
        (date(2022, 7, 1), date(2021, 9, 30)),
    ] {
        fields.renewal.value.as_mut().unwrap().use_by = Some(named);
        assert_eq!(option(&fields), Some(want), "{named}");
    }
    fields.renewal.value.as_mut().unwrap().use_before = None;
    fields.renewal.value.as_mut().unwrap().use_by = Some(date(2021, 11, 1));
    assert_eq!(option(&fields), Some(date(2021, 11, 1)));
}

#[test]
fn what_may_go_on_is_not_called_ended() {
    let after = |fields: &Fields| at(fields, date(2022, 6, 1)).lifecycle;
    let mut fields = contract(date(2020, 1, 1), Period::of_years(2));
    assert_eq!(after(&fields), Lifecycle::Ended);
    // The contract speaks of renewal, and no rule read it.
    fields.notice_deadline.status = Status::Proposed;
    assert_eq!(after(&fields), Lifecycle::Unknown);
    fields.notice_deadline = Field::absent();
    fields.notice = vec![notice("P3M", "any", Against::EndOfTerm)];
    assert_eq!(after(&fields), Lifecycle::Unknown);
    let before = at(&fields, date(2021, 6, 1));
    let end = before.deadlines.iter().find(|deadline| deadline.kind == DeadlineKind::End).unwrap();
    assert!(!end.certain && end.explanation.contains("was not read"), "{}", end.explanation);
    // A person said that there is none.
    fields.renewal.confidence = 1.0;
    assert_eq!(after(&fields), Lifecycle::Ended);
}

#[test]
fn a_day_for_notice_that_has_passed_is_told_with_what_follows() {
    let mut fields = contract(date(2020, 1, 1), Period::of_years(2));
    fields.notice = vec![notice("P3M", "any", Against::EndOfTerm)];
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), None);
    let end = |as_of| {
        let now = at(&fields, as_of);
        now.deadlines.into_iter().find(|deadline| deadline.kind == DeadlineKind::End).unwrap().explanation
    };
    assert!(end(date(2024, 9, 30)).contains("without notice the contract goes on"));
    let passed = end(date(2024, 10, 1));
    assert!(passed.contains("2024-09-30, has passed: the contract goes on to 2025-12-31"), "{passed}");
}

#[test]
fn renewals_stop_at_their_maximum() {
    let mut fields = contract(date(2020, 1, 1), Period::of_years(1));
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), Some(2));
    assert_eq!(at(&fields, date(2022, 12, 31)).lifecycle, Lifecycle::Running);
    let over = at(&fields, date(2023, 1, 1));
    assert_eq!((over.lifecycle, over.current_end), (Lifecycle::Ended, Some(date(2022, 12, 31))));
}

#[test]
fn a_recorded_end_closes_the_contract() {
    let fields = Fields {
        renewal: renewal(RenewalKind::Tacit, Period::of_years(1), None),
        ..contract(date(2020, 1, 1), Period::of_years(1))
    };
    let check = |closure, as_of, want| {
        let got = outlook(Standing { fields: &fields, closure, superseded: false }, as_of, &[], Language::Dutch);
        assert_eq!((got.lifecycle, got.current_end), want);
    };
    let last_day = date(2024, 12, 31);
    let terminated = Some(Closure::Terminated(last_day));
    check(terminated, date(2024, 12, 31), (Lifecycle::Running, Some(last_day)));
    check(terminated, date(2025, 1, 1), (Lifecycle::Terminated, Some(last_day)));
    check(Some(Closure::Ended(last_day)), date(2025, 1, 1), (Lifecycle::Ended, Some(last_day)));
}

#[test]
fn an_indefinite_contract_ends_with_a_calendar_period() {
    let mut fields = Fields { term: auto(Term::Indefinite), ..Fields::absent() };
    let mut check = |against, period: &str, as_of, receipt: Date, end: Date| {
        fields.notice = vec![notice(period, "any", against)];
        let got = at(&fields, as_of);
        assert_eq!((got.lifecycle, got.current_end), (Lifecycle::Running, None));
        assert_eq!(days(&got), [(DeadlineKind::Notice, receipt)], "{against:?} {period} {as_of}");
        assert!(got.deadlines[0].explanation.contains(&end.to_string()), "{}", got.deadlines[0].explanation);
    };
    check(Against::EndOfQuarter, "P6W", date(2026, 2, 1), date(2026, 2, 17), date(2026, 3, 31));
    check(Against::EndOfQuarter, "P6W", date(2026, 2, 18), date(2026, 5, 19), date(2026, 6, 30));
    check(Against::EndOfMonth, "P1M", date(2026, 3, 1), date(2026, 3, 30), date(2026, 4, 30));
    check(Against::EndOfYear, "P3M", date(2026, 9, 30), date(2026, 9, 30), date(2026, 12, 31));
    check(Against::EndOfYear, "P3M", date(2026, 10, 1), date(2027, 9, 30), date(2027, 12, 31));
}

#[test]
fn our_side_gets_our_deadlines_and_without_one_those_of_each_party_are_given() {
    let mut fields = contract(date(2024, 1, 1), Period::of_years(2));
    fields.parties = vec![party("Gemeente Diemen", "Verhuurder"), party("Bakkerij Jansen B.V.", "Huurder")];
    fields.notice = vec![notice("P6M", "Verhuurder", Against::EndOfTerm), notice("P3M", "Huurder", Against::EndOfTerm)];
    let check = |own: &[&str], want: &[Date]| {
        let own: Vec<String> = own.iter().map(|&name| name.into()).collect();
        let standing = Standing { fields: &fields, closure: None, superseded: false };
        let got = outlook(standing, date(2025, 1, 1), &own, Language::English);
        let notices: Vec<Date> =
            got.deadlines.iter().filter(|d| d.kind == DeadlineKind::Notice).map(|d| d.date).collect();
        assert_eq!(notices, want, "{own:?}");
    };
    check(&[], &[date(2025, 6, 30), date(2025, 9, 30)]);
    check(&["gemeente Diemen"], &[date(2025, 6, 30)]);
    check(&["Bakkerij Jansen"], &[date(2025, 9, 30)]);
    check(&["Gemeente Weesp"], &[date(2025, 6, 30), date(2025, 9, 30)]);
    let parties: Vec<_> = at(&fields, date(2025, 1, 1)).deadlines.into_iter().map(|d| d.party).collect();
    assert_eq!(parties, [Some("Verhuurder".into()), Some("Huurder".into()), None], "each is named");
    // Of notices that anybody may give the earliest is safe.
    fields.notice = vec![notice("P1M", "any", Against::EndOfTerm), notice("P2M", "any", Against::EndOfTerm)];
    assert_eq!(at(&fields, date(2025, 1, 1)).deadlines[0].date, date(2025, 10, 31));
    assert_eq!(at(&fields, date(2025, 1, 1)).deadlines.len(), 2);
}

#[test]
fn the_notice_of_one_party_says_nothing_of_the_other() {
    let mut fields = contract(date(2023, 9, 15), Period::of_years(3));
    fields.parties = vec![party("Archief Vechtdal", "Klant"), party("Bits B.V.", "Leverancier")];
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), None);
    fields.notice = vec![notice("P9M", "Leverancier", Against::EndOfTerm)];
    fields.notice_deadline = auto(date(2025, 12, 14));
    fields.notice_deadline.derived_from = vec!["end_date".into(), "notice".into()];
    fields.notice_deadline.explanation = Some("received by 2025-12-14 at the latest".into());
    let standing = Standing { fields: &fields, closure: None, superseded: false };
    for own in [&["Archief Vechtdal".to_owned()][..], &[]] {
        let got = outlook(standing, date(2026, 5, 1), own, Language::English);
        let notices: Vec<_> = got.deadlines.iter().filter(|d| d.kind == DeadlineKind::Notice).collect();
        assert!(notices.iter().all(|d| own.is_empty() && d.party.as_deref() == Some("Leverancier")), "{notices:?}");
        let end = got.deadlines.iter().find(|d| d.kind == DeadlineKind::End).unwrap();
        assert!(!end.explanation.contains("goes on to"), "{end:?}");
        assert_eq!(end.certain, !own.is_empty(), "{end:?}");
        assert_eq!(end.explanation.contains("by Leverancier, 2025-12-14, has passed; whether another"), own.is_empty());
    }
}

#[test]
fn a_day_that_rolled_with_the_term_is_not_explained_by_the_first() {
    let mut fields = contract(date(2024, 1, 1), Period::of_years(1));
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), None);
    fields.notice_deadline = auto(date(2024, 6, 30));
    fields.notice_deadline.derived_from = vec!["end_date".into()];
    fields.notice_deadline.explanation = Some("received by 2024-06-30 at the latest".into());
    let told = |as_of| at(&fields, as_of).deadlines[0].explanation.clone();
    assert_eq!(told(date(2024, 2, 1)), "received by 2024-06-30 at the latest");
    assert_eq!(told(date(2026, 2, 1)), "in the first term 2024-06-30; after tacit renewal");
}

#[test]
fn what_nobody_confirmed_is_not_certain() {
    let mut fields = contract(date(2024, 1, 1), Period::of_years(2));
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), None);
    fields.notice = vec![notice("P3M", "any", Against::EndOfTerm)];
    let certain =
        |fields: &Fields| at(fields, date(2025, 1, 1)).deadlines.iter().map(|d| d.certain).collect::<Vec<_>>();
    assert_eq!(certain(&fields), [true, true]);
    fields.renewal.status = Status::Proposed;
    assert_eq!(certain(&fields), [true, false], "that it goes on is part of what is told");
    fields.renewal.status = Status::Auto;
    fields.notice[0].status = Status::Proposed;
    assert_eq!(certain(&fields), [false, true]);
    let passed = at(&fields, date(2025, 11, 1));
    assert!(passed.deadlines.iter().all(|deadline| !deadline.certain), "that the day has passed is not certain either");
    fields.notice[0].status = Status::Auto;
    fields.notice[0].value.as_mut().unwrap().against = Against::EndOfYear;
    assert_eq!(certain(&fields), [true, true]);
    fields.term.status = Status::Proposed;
    assert_eq!(certain(&fields), [true, true], "the end stands for itself");
    fields.notice[0].value.as_mut().unwrap().against = Against::EndOfTerm;
    fields.end_date.status = Status::Proposed;
    assert_eq!(certain(&fields), [false, false]);
}

#[test]
fn of_two_ends_in_conflict_the_earlier_gives_the_deadline() {
    let mut fields = contract(date(2024, 1, 1), Period::of_years(2));
    fields.notice = vec![notice("P3M", "any", Against::EndOfTerm)];
    let other = auto(date(2025, 6, 30));
    fields.end_date.status = Status::Conflict;
    fields.end_date.alternatives = vec![crate::model::record::Alternative {
        value: date(2025, 6, 30),
        rule: None,
        confidence: 0.5,
        explanation: None,
        evidence: other.evidence,
    }];
    let got = at(&fields, date(2025, 1, 1));
    assert_eq!(days(&got), [(DeadlineKind::Notice, date(2025, 3, 30)), (DeadlineKind::End, date(2025, 6, 30))]);
    assert!(got.deadlines.iter().all(|deadline| !deadline.certain));
    // After the first of both ends the readings tell different things.
    let got = at(&fields, date(2025, 8, 1));
    assert_eq!((got.lifecycle, got.current_end), (Lifecycle::Unknown, None));
    assert_eq!(days(&got)[0], (DeadlineKind::Notice, date(2025, 9, 30)));
}

#[test]
fn a_stated_deadline_that_is_earlier_holds_and_rolls_with_the_term() {
    let mut fields = contract(date(2024, 1, 1), Period::of_years(1));
    fields.renewal = renewal(RenewalKind::Tacit, Period::of_years(1), None);
    fields.notice = vec![notice("P1M", "any", Against::EndOfTerm)];
    fields.notice_deadline = auto(date(2024, 6, 30));
    assert_eq!(days(&at(&fields, date(2024, 2, 1)))[0], (DeadlineKind::Notice, date(2024, 6, 30)));
    fields.notice.clear();
    assert_eq!(days(&at(&fields, date(2026, 2, 1)))[0], (DeadlineKind::Notice, date(2026, 6, 30)));
}

#[test]
fn nothing_known_is_unknown() {
    let got = at(&Fields::absent(), date(2026, 1, 1));
    assert_eq!((got.lifecycle, got.current_end, got.deadlines), (Lifecycle::Unknown, None, vec![]));
}

prop_compose! {
    fn any_day()(days in 0_i64..30_000) -> Date {
        date(1960, 1, 1).checked_add(jiff::Span::new().days(days)).unwrap()
    }
}

prop_compose! {
    fn any_period()(months in 0_u16..40, days in 0_u16..60) -> Period {
        Period { months, days: if months == 0 { days + 1 } else { days % 3 }, ..Period::default() }
    }
}

proptest! {
    #[test]
    fn a_deadline_is_never_later_than_either_reading(
        start in any_day(), term in any_period(), period in any_period(), again in any_period(), as_of in any_day(),
    ) {
        let mut fields = contract(start, term);
        fields.renewal = renewal(RenewalKind::Tacit, again, None);
        fields.notice = vec![auto(Notice { period: Some(period), by: "any".into(), against: Against::EndOfTerm, form: None, by_day: None })];
        let got = at(&fields, as_of);
        let first_end_excl = fields.end_date.value.unwrap().tomorrow().unwrap();
        for deadline in got.deadlines.iter().filter(|deadline| deadline.kind == DeadlineKind::Notice) {
            prop_assert!(deadline.date >= as_of);
            // The ends of all renewed terms, counted in one go from the start and from the first end.
            let reached = |end_excl: Date| {
                let by_day_after = period.before(end_excl).unwrap().yesterday().unwrap();
                let by_last_day = period.before(end_excl.yesterday().unwrap()).unwrap();
                deadline.date <= by_day_after && deadline.date <= by_last_day
            };
            let k = (0..).find(|&k| {
                let total = Period { months: term.months + k * again.months, days: term.days + k * again.days, ..Period::default() };
                total.after(start, 1).unwrap().yesterday().unwrap() >= deadline.date
                    && reached(total.after(start, 1).unwrap())
            }).unwrap();
            let end = again.after(first_end_excl, k).unwrap();
            prop_assert!(reached(end), "{} is later than the reading from the first end, {end}", deadline.date);
        }
    }

    #[test]
    fn rolled_ends_are_counted_from_the_start_and_do_not_drift(
        start in any_day(), term in any_period(), again in any_period(), as_of in any_day(),
    ) {
        let mut fields = contract(start, term);
        fields.renewal = renewal(RenewalKind::Tacit, again, None);
        let got = at(&fields, as_of);
        prop_assert_eq!(got.lifecycle, Lifecycle::Running);
        let end = got.current_end.unwrap();
        prop_assert!(end >= as_of);
        let mut ends = (0_u16..).map(|k| {
            let total = Period { months: term.months + k * again.months, days: term.days + k * again.days, ..Period::default() };
            total.after(start, 1).unwrap().yesterday().unwrap()
        });
        // The first of them that has not passed.
        prop_assert_eq!(ends.find(|&end| end >= as_of), Some(end));
    }

    #[test]
    fn an_option_never_rolls(
        start in any_day(), term in any_period(), again in any_period(), as_of in any_day(),
    ) {
        let mut fields = contract(start, term);
        fields.renewal = renewal(RenewalKind::Option, again, Some(3));
        let got = at(&fields, as_of);
        prop_assert_eq!(got.current_end, fields.end_date.value);
        prop_assert_eq!(got.lifecycle == Lifecycle::Ended, as_of > fields.end_date.value.unwrap());
    }

    #[test]
    fn a_calendar_notice_makes_the_end_that_it_names(
        as_of in any_day(), period in any_period(), against in prop::sample::select(vec![
            (Against::EndOfMonth, 1_i8), (Against::EndOfQuarter, 3), (Against::EndOfYear, 12),
        ]),
    ) {
        let mut fields = Fields { term: auto(Term::Indefinite), ..Fields::absent() };
        fields.notice = vec![auto(Notice { period: Some(period), by: "any".into(), against: against.0, form: None, by_day: None })];
        let got = at(&fields, as_of);
        let deadline = &got.deadlines[0];
        prop_assert!(deadline.date >= as_of);
        // Some calendar end lies a notice period after the receipt, by both ways to count.
        let end = (0..).map(|k| date(1960 + k / 12, (k % 12 + 1) as i8, 1).last_of_month())
            .filter(|end| end.month() % against.1 == 0)
            .find(|&end| reckon::notice_deadline(end, period).unwrap().day >= as_of)
            .unwrap();
        prop_assert_eq!(reckon::notice_deadline(end, period).unwrap().day, deadline.date);
    }
}
