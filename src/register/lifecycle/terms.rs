//! One reading of how long a contract runs: its first term and the terms that follow it tacitly.

use jiff::civil::Date;

use super::{Lifecycle, Period, Renewal};
use crate::model::{
    Fields, Status, reckon,
    record::{Against, Notice, RenewalKind, Term},
};

/// What the ends of renewed terms are counted from. Never from the end before: a day that a short month took away
/// comes back in a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Anchor {
    /// The day counted from.
    pub from: Date,
    /// What is added once.
    pub first: Period,
}

/// What follows the first term.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing by itself.
    Nothing,
    /// Terms of this length, at most so many.
    Terms(Period, Option<u16>),
    /// It goes on without an end.
    Endless,
    /// It goes on, and it is not known for how long.
    Unknown,
    /// Whether it goes on was not read, though the contract speaks of it.
    Unread,
}

/// One reading of how long a contract runs.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    /// Last day of the first term.
    pub first_end: Option<Date>,
    /// It has no end from the start.
    pub indefinite: bool,
    /// Ends of renewed terms are counted from here.
    pub anchor: Option<Anchor>,
    /// What follows the first term.
    pub next: Next,
    /// There is a right to renew that nobody has used yet.
    pub option: bool,
    /// The first term rests on confirmed values only.
    pub end_is_certain: bool,
    /// So does what follows.
    pub next_is_certain: bool,
}

impl Terms {
    pub fn new(fields: &Fields, end: Option<Date>, renewal: Option<Renewal>) -> Self {
        let is_auto = |status| status == Status::Auto;
        // Where the contract gives no first day, it starts when it is signed; that is an assumption.
        let start = fields.effective_date.value.or(fields.signing_date.value);
        let start_is_certain = fields.effective_date.value.is_some() && is_auto(fields.effective_date.status);
        let indefinite = end.is_none() && fields.term.value == Some(Term::Indefinite);
        let term = match fields.term.value {
            Some(Term::Period(term)) => Some(term),
            _ => None,
        };
        let counted = Option::zip(start, term).and_then(|(start, term)| reckon::end_of_term(start, term));
        let first_end = end.or(counted.filter(|_| !indefinite));
        let end_is_certain = match end {
            Some(_) => is_auto(fields.end_date.status),
            None => start_is_certain && is_auto(fields.term.status),
        };
        let anchor = first_end.and_then(|last_day| match (start, term) {
            (Some(from), Some(first)) if counted == Some(last_day) => Some(Anchor { from, first }),
            _ => Some(Anchor { from: last_day.tomorrow().ok()?, first: Period::default() }),
        });
        let kind = renewal.as_ref().map(|renewal| renewal.kind);
        let next = match renewal.as_ref().filter(|renewal| renewal.kind == RenewalKind::Tacit) {
            None if speaks_of_going_on(fields) => Next::Unread,
            None => Next::Nothing,
            Some(renewal) => match renewal.period {
                Some(Term::Indefinite) => Next::Endless,
                Some(Term::Period(period)) if !period.is_zero() => Next::Terms(period, renewal.max_times),
                _ => Next::Unknown,
            },
        };
        let next_is_certain = is_auto(fields.renewal.status);
        let option = kind == Some(RenewalKind::Option);
        Self { first_end, indefinite, anchor, next, option, end_is_certain, next_is_certain }
    }

    /// Last day of the first term (0) or of the term after so many renewals.
    pub fn end(&self, renewals: u16) -> Option<Date> {
        match (renewals, self.next) {
            (0, _) => self.first_end,
            (_, Next::Terms(_, Some(most))) if renewals > most => None,
            (_, Next::Terms(period, _)) => {
                let Anchor { from, first } = self.anchor?;
                reckon::end_of_term(from, sum(first, period, renewals)?)
            }
            _ => None,
        }
    }

    /// The same counted from the end of the first term: differs where a short month took a day from it. The earlier
    /// of both is the safe one.
    pub fn earliest_end(&self, renewals: u16) -> Option<Date> {
        let end = self.end(renewals)?;
        let Next::Terms(period, _) = self.next else { return Some(end) };
        let from_first = period.after(self.first_end?.tomorrow().ok()?, renewals)?.yesterday().ok()?;
        Some(end.min(from_first))
    }

    /// How many renewals have been when a day comes: those of the first term that ends on this day or later.
    pub fn renewals_at(&self, day: Date) -> Option<u16> {
        let first_end = self.first_end?;
        if day <= first_end {
            return Some(0);
        }
        let Next::Terms(period, most) = self.next else { return None };
        // A lower bound, so that a contract renewed daily for sixty years costs no sixty years of steps.
        let days = u32::try_from((day - first_end).get_days()).unwrap_or(0);
        let (months, rest) = period.months_and_days();
        let longest = months * 31 + rest;
        let mut renewals = u16::try_from(days / longest.max(1)).unwrap_or(u16::MAX).max(1);
        renewals = most.map_or(renewals, |most| renewals.min(most));
        while self.end(renewals)? < day {
            renewals = renewals.checked_add(1)?;
        }
        Some(renewals)
    }

    /// Where the contract is in its life on a day, and the last day of the term that runs then.
    pub fn at(&self, day: Date) -> (Lifecycle, Option<Date>) {
        let Some(first_end) = self.first_end else {
            return (if self.indefinite { Lifecycle::Running } else { Lifecycle::Unknown }, None);
        };
        if day <= first_end {
            return (Lifecycle::Running, Some(first_end));
        }
        match self.next {
            Next::Nothing => (Lifecycle::Ended, Some(first_end)),
            Next::Endless => (Lifecycle::Running, None),
            Next::Unknown | Next::Unread => (Lifecycle::Unknown, None),
            Next::Terms(_, most) => match self.renewals_at(day) {
                Some(renewals) => (Lifecycle::Running, self.end(renewals)),
                None => match most.and_then(|most| self.end(most)) {
                    Some(last_end) => (Lifecycle::Ended, Some(last_end)),
                    None => (Lifecycle::Unknown, None),
                },
            },
        }
    }
}

/// Does a contract without a renewal that was read go on all the same? It speaks of renewal, or wants notice against its
/// end. What a person said of it holds.
fn speaks_of_going_on(fields: &Fields) -> bool {
    let decided = fields.renewal.confidence > 0.0;
    let open = fields.notice_deadline.value.is_none() && fields.notice_deadline.status == Status::Proposed;
    let against_end = |notice: &Notice| notice.against == Against::EndOfTerm;
    let has_notice = fields.notice.iter().filter_map(|notice| notice.value.as_ref()).any(against_end);
    fields.renewal.value.is_none() && !decided && (open || has_notice)
}

/// `first` and so many times `period`, as one period. `None` where a number grows too large.
fn sum(first: Period, period: Period, times: u16) -> Option<Period> {
    let add = |a: u16, b: u16| a.checked_add(b.checked_mul(times)?);
    Some(Period {
        years: add(first.years, period.years)?,
        months: add(first.months, period.months)?,
        weeks: add(first.weeks, period.weeks)?,
        days: add(first.days, period.days)?,
    })
}
