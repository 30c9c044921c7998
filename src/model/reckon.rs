//! Dutch reckoning of terms and deadlines, as pure functions. Terms are half-open inside: a term ends on its last
//! day in force, the day after is `end_excl`. No day is shifted for weekends or holidays: the Algemene termijnenwet
//! does not extend contractual terms, and its art. 1(2) excludes terms that are counted back.

use jiff::civil::Date;

use super::Period;

/// The last day in force of a term of `term` that starts on `start`: the day before the corresponding day.
pub fn end_of_term(start: Date, term: Period) -> Option<Date> {
    term.after(start, 1)?.yesterday().ok()
}

/// A deadline with both ways to count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline {
    /// The earlier of both readings: the last safe day.
    pub day: Date,
    /// The later reading, where the two differ (at the end of months).
    pub later_reading: Option<Date>,
}

/// The last day on which notice must have been received (art. 3:37(3) BW) so that a contract ends on `last_day`.
/// Counted back from the day after the last day, and from the last day itself; the earlier one holds.
pub fn notice_deadline(last_day: Date, notice: Period) -> Option<Deadline> {
    let from_day_after = notice.before(last_day.tomorrow().ok()?)?.yesterday().ok()?;
    let from_last_day = notice.before(last_day)?;
    let (day, other) = (from_day_after.min(from_last_day), from_day_after.max(from_last_day));
    Some(Deadline { day, later_reading: (other != day).then_some(other) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use proptest::prelude::*;

    #[test]
    fn a_term_ends_the_day_before_the_corresponding_day() {
        assert_eq!(end_of_term(date(2019, 2, 1), Period::of_years(4)), Some(date(2023, 1, 31)));
        assert_eq!(end_of_term(date(2024, 2, 29), Period::of_months(12)), Some(date(2025, 2, 27)));
    }

    #[test]
    fn the_earlier_reading_holds() {
        let check = |last_day: Date, notice: &str, want: Date| {
            let notice = notice.parse().unwrap();
            assert_eq!(notice_deadline(last_day, notice).unwrap().day, want, "{last_day} {notice}");
        };
        check(date(2022, 12, 31), "P6M", date(2022, 6, 30));
        check(date(2023, 2, 28), "P6M", date(2022, 8, 28));
        check(date(2026, 2, 28), "P1M", date(2026, 1, 28));
        check(date(2026, 5, 30), "P3M", date(2026, 2, 27));
        check(date(2008, 9, 30), "P3M", date(2008, 6, 30));
        assert_eq!(notice_deadline(date(2022, 12, 31), Period::of_days(30)).unwrap().later_reading, None);
    }

    proptest! {
        #[test]
        fn a_deadline_is_never_later_than_either_reading(
            year in 1960_i16..2100, day in 1_i16..=365, months in 0_u16..60, days in 0_u16..400,
        ) {
            let last_day = date(year, 1, 1).checked_add(jiff::Span::new().days(i64::from(day - 1))).unwrap();
            let notice = Period { months, days, ..Period::default() };
            let deadline = notice_deadline(last_day, notice).unwrap();
            prop_assert!(deadline.day <= notice.before(last_day).unwrap());
            prop_assert!(deadline.day < notice.before(last_day.tomorrow().unwrap()).unwrap());
            prop_assert!(deadline.later_reading.is_none_or(|later| later > deadline.day));
        }
    }
}
