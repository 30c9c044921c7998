//! Periods that keep the unit the contract used: two months are not sixty days.

use std::{fmt, str::FromStr};

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A period of whole calendar units (ISO 8601-1, 5.5.2.2: `P4Y`, `P18M`, `P6W`, `P30D`, `P1Y6M`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Period {
    /// Years.
    pub years: u16,
    /// Months.
    pub months: u16,
    /// Weeks.
    pub weeks: u16,
    /// Days.
    pub days: u16,
}

impl Period {
    /// So many years.
    pub const fn of_years(years: u16) -> Self {
        Self { years, months: 0, weeks: 0, days: 0 }
    }
    /// So many months.
    pub const fn of_months(months: u16) -> Self {
        Self { years: 0, months, weeks: 0, days: 0 }
    }
    /// So many weeks.
    pub const fn of_weeks(weeks: u16) -> Self {
        Self { years: 0, months: 0, weeks, days: 0 }
    }
    /// So many days.
    pub const fn of_days(days: u16) -> Self {
        Self { years: 0, months: 0, weeks: 0, days }
    }

    /// Years and months as months; weeks and days as days. Equal pairs are equal periods (`P12M` = `P1Y`).
    pub fn months_and_days(self) -> (u32, u32) {
        (u32::from(self.years) * 12 + u32::from(self.months), u32::from(self.weeks) * 7 + u32::from(self.days))
    }

    /// True for `P0D`.
    pub fn is_zero(self) -> bool {
        self.months_and_days() == (0, 0)
    }

    /// About how many days it is: for ordering and for bounds, never for reckoning.
    pub fn rough_days(self) -> u32 {
        let (months, days) = self.months_and_days();
        months * 30 + months * 2 / 5 + days
    }

    fn span(self) -> jiff::Span {
        jiff::Span::new()
            .years(i64::from(self.years))
            .months(i64::from(self.months))
            .weeks(i64::from(self.weeks))
            .days(i64::from(self.days))
    }

    /// `date` plus this period, `times` times. A day that the month does not have becomes the month's last day
    /// (HR 1 September 2017, ECLI:NL:HR:2017:2225), and the day of `date` comes back in longer months.
    /// `None` outside the years that a calendar date can have.
    pub fn after(self, date: Date, times: u16) -> Option<Date> {
        let span = self.span().checked_mul(i64::from(times)).ok()?;
        date.checked_add(span).ok()
    }

    /// `date` minus this period, clamped in the same way.
    pub fn before(self, date: Date) -> Option<Date> {
        date.checked_sub(self.span()).ok()
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("P")?;
        for (number, unit) in [(self.years, 'Y'), (self.months, 'M'), (self.weeks, 'W'), (self.days, 'D')] {
            if number > 0 {
                write!(f, "{number}{unit}")?;
            }
        }
        if *self == Self::default() { f.write_str("0D") } else { Ok(()) }
    }
}

/// A text that is not a period of whole years, months, weeks and days.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no period such as P4Y, P18M, P6W or P30D")]
pub struct NotAPeriod(String);

impl FromStr for Period {
    type Err = NotAPeriod;
    fn from_str(text: &str) -> Result<Self, NotAPeriod> {
        let refuse = || NotAPeriod(text.into());
        let mut period = Self::default();
        let mut rest = text.strip_prefix('P').filter(|rest| !rest.is_empty()).ok_or_else(refuse)?;
        let mut units = "YMWD";
        while !rest.is_empty() {
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number: u16 = rest[..digits].parse().map_err(|_| refuse())?;
            let unit = rest[digits..].chars().next().ok_or_else(refuse)?;
            let place = units.find(unit).ok_or_else(refuse)?;
            units = &units[place + 1..];
            match unit {
                'Y' => period.years = number,
                'M' => period.months = number,
                'W' => period.weeks = number,
                _ => period.days = number,
            }
            rest = &rest[digits + 1..];
        }
        Ok(period)
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn keeps_the_unit_of_the_contract() {
        for text in ["P4Y", "P48M", "P6W", "P30D", "P1Y6M", "P0D"] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), text);
        }
        for text in ["", "P", "4Y", "P4", "PY", "P1M1Y", "P1.5Y", "PT1H", "P99999Y"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        assert_eq!(Period::of_years(1).months_and_days(), Period::of_months(12).months_and_days());
        assert_ne!(Period::of_days(90).months_and_days(), Period::of_months(3).months_and_days());
    }

    #[test]
    fn months_clamp_and_come_back() {
        assert_eq!(Period::of_months(12).after(date(2024, 2, 29), 1), Some(date(2025, 2, 28)));
        assert_eq!(Period::of_months(1).after(date(2024, 1, 31), 2), Some(date(2024, 3, 31)));
        assert_eq!(Period::of_months(3).after(date(2025, 2, 28), 1), Some(date(2025, 5, 28)));
        assert_eq!(Period::of_months(6).before(date(2022, 12, 31)), Some(date(2022, 6, 30)));
        assert_eq!(Period::of_years(9000).after(date(2024, 1, 1), 5), None);
    }
}
