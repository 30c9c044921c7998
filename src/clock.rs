//! The only place that asks what time it is; tests hand in a fixed clock.

use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// Tells the time.
#[derive(Clone, Copy, Debug, Default)]
pub enum Clock {
    /// The machine's clock.
    #[default]
    System,
    /// Always the same moment.
    Fixed(Timestamp),
}

impl Clock {
    /// Now, to the second: stored times need no more.
    #[expect(clippy::disallowed_methods, reason = "the one permitted site")]
    pub fn now(self) -> Timestamp {
        let now = match self {
            Self::System => Timestamp::now(),
            Self::Fixed(moment) => moment,
        };
        Timestamp::from_second(now.as_second()).unwrap_or(now)
    }

    /// Today's date where contracts are counted from: the machine's time zone.
    pub fn today(self) -> Date {
        day_of(self.now())
    }
}

/// The day of a moment where people are: the machine's time zone (`TZ`). What is stored bears UTC.
pub fn day_of(moment: Timestamp) -> Date {
    day_in(moment, TimeZone::system())
}

fn day_in(moment: Timestamp, zone: TimeZone) -> Date {
    moment.to_zoned(zone).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_day_of_a_moment_is_that_where_people_are() {
        let day = |zone: &str| {
            let moment = "2026-12-31T23:30:00Z".parse().unwrap();
            day_in(moment, TimeZone::get(zone).unwrap()).to_string()
        };
        assert_eq!(day("UTC"), "2026-12-31");
        assert_eq!(day("Europe/Amsterdam"), "2027-01-01");
        assert_eq!(day("America/New_York"), "2026-12-31");
    }
}
