//! What a document's own dates say about its others: the century of two-digit years, and whether day or month comes
//! first in figures. Without such evidence an English date in figures stays ambiguous.

use jiff::civil::Date;

use super::{Day, Raw, Shape, Share, Year};
use crate::{
    extract::entity::{DateReading, scan::Scan},
    model::Language,
};

/// Two digits up to this one are of this century where the document has no full year.
const PIVOT: i16 = 45;

/// The evidence of one document.
pub(super) struct Evidence {
    years: Vec<i16>,
    day_first: usize,
    month_first: usize,
}

impl Evidence {
    pub fn of(scan: &Scan<'_>, found: &[Raw]) -> Self {
        let mut evidence = Self { years: Vec::new(), day_first: 0, month_first: 0 };
        for raw in found {
            match raw.shape {
                Shape::Named { year: Some(Year::Full(year)), .. } | Shape::Month { year: Year::Full(year), .. } => {
                    evidence.years.push(year)
                }
                Shape::Figures { left, right, year } => {
                    if let Year::Full(year) = year {
                        evidence.years.push(year);
                    }
                    // A whole date outweighs every hint.
                    match (left, right) {
                        (13..=31, 1..=12) => evidence.day_first += 1000,
                        (1..=12, 13..=31) => evidence.month_first += 1000,
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        if evidence.day_first == 0
            && evidence.month_first == 0
            && found.iter().any(|raw| matches!(raw.shape, Shape::Figures { .. }))
        {
            evidence.count_hints(scan);
        }
        evidence
    }

    /// Words that only American, or only other English, contracts have much of.
    fn count_hints(&mut self, scan: &Scan<'_>) {
        for at in 0..scan.pieces.len() {
            match scan.folded(at) {
                "delaware" | "california" | "york" | "texas" | "florida" | "nevada" | "illinois" | "massachusetts"
                | "county" | "inc" | "llc" | "usa" => self.month_first += 1,
                "england" | "wales" | "scotland" | "ireland" | "australia" | "netherlands" | "london" | "plc"
                | "pty" | "gmbh" | "nederland" | "belgium" | "germany" | "singapore" => self.day_first += 2,
                _ => {}
            }
        }
    }

    /// The full form of two digits: the century nearest to the document's other years.
    fn full(&self, short: i16) -> i16 {
        let (old, new) = (1900 + short, 2000 + short);
        let distance = |year: i16| self.years.iter().map(|known| known.abs_diff(year)).min();
        match (distance(old), distance(new)) {
            (Some(to_old), Some(to_new)) if to_old != to_new => {
                if to_old < to_new {
                    old
                } else {
                    new
                }
            }
            _ if short <= PIVOT => new,
            _ => old,
        }
    }

    /// The reading of a raw date.
    pub fn read(&self, shape: Shape, language: Option<Language>) -> Option<DateReading> {
        let whole = |year: i16, month: i8, day: i8| Date::new(year, month, day).ok();
        Some(match shape {
            Shape::Open => DateReading::Blank,
            Shape::Named { day: Day::Open, .. }
            | Shape::Named { year: Some(Year::Open), .. }
            | Shape::Month { year: Year::Open, .. } => DateReading::Blank,
            Shape::Named { day: Day::Odd, year: None, .. } => return None,
            Shape::Named { day: Day::Odd, .. } | Shape::Named { year: Some(Year::Odd), .. } => DateReading::Impossible,
            Shape::Month { year: Year::Odd, .. } => return None,
            Shape::Month { share: Share::Vague, .. } | Shape::Years { share: Share::Vague, .. } => DateReading::Partial,
            Shape::Month { month, year, share } => {
                let first = whole(self.year(year), month, 1)?;
                DateReading::Span { first, last: first.last_of_month(), closes: share == Share::Close }
            }
            Shape::Years { first, last, share } => DateReading::Span {
                first: whole(first, 1, 1)?,
                last: whole(last, 12, 31)?,
                closes: share == Share::Close,
            },
            // 2000 is a leap year: every day that can come back each year is one of its days.
            Shape::Named { day: Day::Of(day), month, year: None } => match whole(2000, month, day) {
                Some(_) => DateReading::Yearly { month, day },
                None => DateReading::Impossible,
            },
            Shape::Named { day: Day::Of(day), month, year: Some(year) } => {
                whole(self.year(year), month, day).map_or(DateReading::Impossible, DateReading::Day)
            }
            Shape::Figures { year: Year::Odd | Year::Open, .. } => DateReading::Impossible,
            Shape::Figures { left, right, year } => {
                let year = self.year(year);
                let (day_first, month_first) = (whole(year, right, left), whole(year, left, right));
                match (day_first, month_first) {
                    (None, None) => DateReading::Impossible,
                    (Some(date), _) if language == Some(Language::Dutch) || month_first == Some(date) => {
                        DateReading::Day(date)
                    }
                    // In Dutch `02-31-2019` is a slip, not an American date.
                    (None, Some(_)) if language == Some(Language::Dutch) && right <= 12 => DateReading::Impossible,
                    (Some(date), None) | (None, Some(date)) => {
                        // `31-06-2019` where days come first is no date; as month-first it is none either.
                        DateReading::Day(date)
                    }
                    (Some(by_day), Some(by_month)) => {
                        if self.day_first >= 2 * self.month_first.max(1) {
                            DateReading::Day(by_day)
                        } else if self.month_first >= 2 * self.day_first.max(1) {
                            DateReading::Day(by_month)
                        } else {
                            DateReading::Ambiguous(by_day.min(by_month), by_day.max(by_month))
                        }
                    }
                }
            }
        })
    }

    fn year(&self, year: Year) -> i16 {
        match year {
            Year::Full(year) => year,
            Year::Short(short) => self.full(short),
            Year::Open | Year::Odd => 0,
        }
    }
}
