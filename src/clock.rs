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
        self.now().to_zoned(TimeZone::system()).date()
    }
}
