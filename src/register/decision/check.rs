//! What a decision may not say: days out of order, and the withdrawal of what nobody decided.

use jiff::civil::Date;

use super::{Act, current::Current};
use crate::{
    Error, ErrorKind, Result,
    model::{RecordId, Status},
    register::Closure,
};

/// Refuses a last day before the first one: a slip of the pen would end a contract that runs.
pub(super) fn order_of_days(shown: &Current, act: &Act) -> Result<()> {
    let day_of = |value: &serde_json::Value| value.as_str().and_then(|day| day.parse::<Date>().ok());
    let start = &shown.fields.effective_date;
    // Of a start that is in doubt any reading will do.
    let others = start.alternatives.iter().filter(|_| start.status == Status::Conflict).map(|other| other.value);
    let first = start.value.into_iter().chain(others).min();
    let (first, last, mend) = match act {
        Act::TerminatedOn(day) | Act::EndedOn(day) => (first, Some(*day), "effective_date"),
        Act::Correct { field, value } if field == "end_date" => (first, day_of(value), "effective_date"),
        Act::Accept { field, found } if field == "end_date" => (first, day_of(&found["value"]), "effective_date"),
        Act::Correct { field, value } if field == "effective_date" => {
            let decided = shown.fields.end_date.value.filter(|_| shown.decided.contains("end_date"));
            let over = shown.closure.map(|(Closure::Terminated(day) | Closure::Ended(day))| day);
            (day_of(value), decided.into_iter().chain(over).min(), "end_date")
        }
        _ => return Ok(()),
    };
    match (first, last) {
        (Some(first), Some(last)) if last < first => Err(Error::new(
            ErrorKind::InvalidInput,
            format!("the last day {last} lies before the first day {first} of the contract"),
        )
        .hint(format!("if the day is right, correct `{mend}` first: griffie decide {} correct {mend} YYYY-MM-DD", shown.record.id))
        .dutch(format!(
            "de laatste dag {last} ligt voor de ingangsdatum {first} van het contract; klopt de dag, verbeter dan eerst \
             `{mend}`: griffie decide {} correct {mend} JJJJ-MM-DD",
            shown.record.id
        ))),
        _ => Ok(()),
    }
}

/// Refuses to withdraw what nobody decided.
pub(super) fn decided(shown: &Current, record: &RecordId, field: &str) -> Result<()> {
    if shown.decided.contains(field) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidInput, format!("nobody decided about `{field}` of `{record}`"))
        .hint("nothing needs to be withdrawn: the register shows what was read")
        .dutch(format!("over `{field}` van `{record}` is niets besloten: het register toont wat er is gelezen")))
}
