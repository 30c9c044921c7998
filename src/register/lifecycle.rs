//! What a contract's values mean on a given day: whether it runs, when its present term ends, and the last days for
//! notice and options. Pure: no clock, no database. Tacit renewals roll forward, options never do, and where the
//! contract can be read in two ways the earlier day holds and says that it is not certain.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::Closure;
use crate::model::{Field, Fields, Language, Period, Status, record::Renewal};

mod deadlines;
mod terms;

pub use deadlines::is_own;

use terms::Terms;

/// Where a contract is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lifecycle {
    /// In force, or signed and soon to be.
    Running,
    /// Its term has run out, or it was recorded as ended.
    Ended,
    /// Notice was given, and its last day is over.
    Terminated,
    /// Another contract took its place.
    Superseded,
    /// Its values do not tell, or two readings tell different things.
    Unknown,
}

/// What must be done by a deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// Notice must have been received.
    Notice,
    /// An option must have been used.
    Option,
    /// The term ends.
    End,
}

/// A day by which something must be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// What must be done.
    pub kind: DeadlineKind,
    /// Whose notice it is, where not everyone's.
    pub party: Option<String>,
    /// The last safe day.
    pub date: Date,
    /// False where it rests on a value that nobody confirmed, or on two readings.
    pub certain: bool,
    /// How it was counted.
    pub explanation: String,
}

/// A contract on a given day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Where it is in its life.
    pub lifecycle: Lifecycle,
    /// The day that this holds for.
    pub as_of: Date,
    /// Last day of the term that runs then; `None` where it has no end or none is known.
    pub current_end: Option<Date>,
    /// The next deadlines, earliest first. Of a contract that has ended only the last day before which an option may
    /// have kept it going.
    pub deadlines: Vec<Deadline>,
}

/// A contract's values, and what was recorded of its end.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The values that hold now.
    pub fields: &'a Fields,
    /// Its recorded end.
    pub closure: Option<Closure>,
    /// Another contract took its place.
    pub superseded: bool,
}

/// Answers for a day. `own_organizations` are names of ourselves: where one of them is a party, only notices that this
/// party may give are listed. `language` is that of the explanations.
pub fn outlook(standing: Standing<'_>, as_of: Date, own_organizations: &[String], language: Language) -> Outlook {
    let over = |lifecycle, current_end| Outlook { lifecycle, as_of, current_end, deadlines: Vec::new() };
    if standing.superseded {
        return over(Lifecycle::Superseded, None);
    }
    if let Some(closure) = standing.closure {
        let (last_day, lifecycle) = match closure {
            Closure::Terminated(day) => (day, Lifecycle::Terminated),
            Closure::Ended(day) => (day, Lifecycle::Ended),
        };
        if as_of > last_day {
            return over(lifecycle, Some(last_day));
        }
        let explanation = language.say("zoals vastgelegd is dit de laatste dag", "recorded as the last day").to_owned();
        let end = Deadline { kind: DeadlineKind::End, party: None, date: last_day, certain: true, explanation };
        return Outlook { deadlines: vec![end], ..over(Lifecycle::Running, Some(last_day)) };
    }
    let readings = readings(standing.fields);
    let answers = readings.iter().map(|terms| {
        let (lifecycle, current_end) = terms.at(as_of);
        let deadlines = deadlines::of(terms, standing.fields, as_of, own_organizations, language);
        Outlook { lifecycle, as_of, current_end, deadlines }
    });
    answers.reduce(|one, other| together(one, other, language)).unwrap_or_else(|| over(Lifecycle::Unknown, None))
}

/// All ways to read the term: a value in conflict stands beside its alternatives. At least one.
fn readings(fields: &Fields) -> Vec<Terms> {
    let mut readings = Vec::new();
    for end in choices(&fields.end_date) {
        for renewal in choices(&fields.renewal) {
            readings.push(Terms::new(fields, end, renewal));
        }
    }
    readings
}

fn choices<T: Clone>(field: &Field<T>) -> Vec<Option<T>> {
    let mut choices = vec![field.value.clone()];
    if field.status == Status::Conflict {
        choices.extend(field.alternatives.iter().map(|other| Some(other.value.clone())));
    }
    choices
}

/// The answer that is safe whichever of two readings is right.
fn together(one: Outlook, other: Outlook, language: Language) -> Outlook {
    let lifecycle = if one.lifecycle == other.lifecycle { one.lifecycle } else { Lifecycle::Unknown };
    let current_end = match (one.current_end, other.current_end) {
        (Some(a), Some(b)) if lifecycle != Lifecycle::Unknown => Some(a.min(b)),
        _ => None,
    };
    let mut deadlines = one.deadlines;
    for mut deadline in other.deadlines {
        let same = deadlines.iter_mut().find(|known| known.kind == deadline.kind && known.party == deadline.party);
        let Some(known) = same else {
            deadline.certain = false;
            deadlines.push(deadline);
            continue;
        };
        if known.date == deadline.date {
            continue;
        }
        let later = known.date.max(deadline.date);
        if deadline.date < known.date {
            *known = deadline;
        }
        known.certain = false;
        let said = language.say("volgens een andere lezing", "by another reading");
        known.explanation.push_str(&format!(" ({said}: {later})"));
    }
    deadlines.sort_by(|a, b| (a.date, a.kind, &a.party).cmp(&(b.date, b.kind, &b.party)));
    Outlook { lifecycle, as_of: one.as_of, current_end, deadlines }
}

#[cfg(test)]
mod tests;
