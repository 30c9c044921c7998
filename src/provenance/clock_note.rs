//! That a clock was wrong when an event was logged: a log is never mended, so a person says it, and every check repeats it.

use jiff::Timestamp;
use serde::Serialize;

use super::event_v1::{Agent, Event, EventKind, Outcome};

const CLOCK_WAS_WRONG: &str = "clock_was_wrong";

/// Who said that a clock was wrong, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockNote {
    /// The event whose time stands out, or the first of several.
    pub event: u64,
    /// The last of them.
    pub last: u64,
    /// How many of them a check would name.
    pub times: u64,
    /// What it would say of the first of those.
    pub message: String,
    /// Where that was said.
    pub said: u64,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Event {
    /// A person says that a clock was wrong when the event at a place was logged, or one before it; of all events from one
    /// place to another where it names two.
    pub fn of_wrong_clock(first: u64, last: u64, by: &str, at: Timestamp) -> Self {
        let places = if first == last { first.to_string() } else { format!("{first}..{last}") };
        Self::new(EventKind::Validation, at, ["store".to_owned()])
            .by(Agent::Person { name: by.to_owned() })
            .outcome(Outcome::Success, Some(format!("{CLOCK_WAS_WRONG} {places}")))
    }

    /// The events that it is about, where it says that; `said` is its own place.
    pub fn wrong_clock(&self, said: u64) -> Option<ClockNote> {
        let detail = self.detail.as_deref().filter(|_| self.event == EventKind::Validation)?;
        let places = detail.strip_prefix(CLOCK_WAS_WRONG)?.strip_prefix(' ')?;
        let (first, last) = places.split_once("..").unwrap_or((places, places));
        let (event, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
        let Agent::Person { name } = &self.agent else { return None };
        // Nobody speaks of what is still to come.
        let is_past = event <= last && last < said;
        is_past.then(|| ClockNote {
            event,
            last,
            times: 0,
            message: String::new(),
            said,
            by: name.clone(),
            at: self.at,
        })
    }
}
