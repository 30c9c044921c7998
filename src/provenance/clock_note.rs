//! That a clock was wrong when an event was logged: a log is never mended, so a person says it, and every check repeats it.

use jiff::Timestamp;
use serde::Serialize;

use super::event_v1::{Agent, Event, EventKind, Outcome};

const CLOCK_WAS_WRONG: &str = "clock_was_wrong";

/// Who said that a clock was wrong, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ClockNote {
    /// The event whose time stands out.
    pub event: u64,
    /// What a check would say of it.
    pub message: String,
    /// Where that was said.
    pub said: u64,
    /// By whom.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Event {
    /// A person says that a clock was wrong when the event at a place was logged, or one before it.
    pub fn of_wrong_clock(place: u64, by: &str, at: Timestamp) -> Self {
        Self::new(EventKind::Validation, at, ["store".to_owned()])
            .by(Agent::Person { name: by.to_owned() })
            .outcome(Outcome::Success, Some(format!("{CLOCK_WAS_WRONG} {place}")))
    }

    /// The place of the event that it is about, where it says that; `said` is its own.
    pub fn wrong_clock(&self, said: u64) -> Option<ClockNote> {
        let detail = self.detail.as_deref().filter(|_| self.event == EventKind::Validation)?;
        let event = detail.strip_prefix(CLOCK_WAS_WRONG)?.strip_prefix(' ')?.parse().ok()?;
        let Agent::Person { name } = &self.agent else { return None };
        // Nobody speaks of what is still to come.
        (event < said).then(|| ClockNote { event, message: String::new(), said, by: name.clone(), at: self.at })
    }
}
