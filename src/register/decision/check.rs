//! What a decision may not say: days out of order, and the withdrawal of what nobody decided.

use jiff::{Timestamp, civil::Date};
use rusqlite::Transaction;

use super::{Act, current::Current, parsed};
use crate::{
    Error, ErrorKind, Result,
    model::{RecordId, Status},
    register::{Closure, Db as _},
};

/// Refuses a last day before the first one: a slip of the pen would end a contract that runs.
pub(super) fn order_of_days(shown: &Current, act: &Act) -> Result<()> {
    let day_of = |value: &serde_json::Value| value.as_str().and_then(|day| day.parse::<Date>().ok());
    // Where no start was read, the contract held from its signing at the earliest.
    let is_signed_only = shown.fields.effective_date.value.is_none();
    let start = if is_signed_only { &shown.fields.signing_date } else { &shown.fields.effective_date };
    // Of a start that is in doubt any reading will do.
    let others = start.alternatives.iter().filter(|_| start.status == Status::Conflict).map(|other| other.value);
    let first = start.value.into_iter().chain(others).min();
    let (first, last, mend) = match act {
        Act::TerminatedOn(day) | Act::EndedOn(day) => (first, Some(*day), "effective_date"),
        Act::Correct { field, value } if field == "end_date" => (first, day_of(value), "effective_date"),
        Act::Accept { field, found } if field == "end_date" => (first, day_of(&found["value"]), "effective_date"),
        Act::Correct { field, value } if field == "effective_date" || field == "signing_date" && is_signed_only => {
            let decided = shown.fields.end_date.value.filter(|_| shown.decided.contains("end_date"));
            let over = shown.closure.map(|(Closure::Terminated(day) | Closure::Ended(day))| day);
            (day_of(value), decided.into_iter().chain(over).min(), "end_date")
        }
        _ => return Ok(()),
    };
    match (first, last) {
        (Some(first), Some(last)) if last < first => Err(Error::new(
            ErrorKind::InvalidInput,
            match is_signed_only {
                true => format!(
                    "the last day {last} lies before {first}, the day of signing, and no earlier start was read"
                ),
                false => format!("the last day {last} lies before the first day {first} of the contract"),
            },
        )
        .hint(format!(
            "if the day is right, correct `{mend}` first: griffie decide {} correct {mend} YYYY-MM-DD",
            shown.record.id
        ))
        .dutch(format!(
            "de laatste dag {last} ligt voor {} {first} van het contract; klopt de dag, verbeter dan eerst \
             `{mend}`: griffie decide {} correct {mend} JJJJ-MM-DD",
            if is_signed_only { "de ondertekening op" } else { "de ingangsdatum" },
            shown.record.id
        ))),
        _ => Ok(()),
    }
}

/// Refuses a decision that would be older than what it is about: the receipt of a document, or the decision before it.
/// A clock that was set back would sign it into the log for ever.
pub(super) fn order_of_time(tx: &Transaction<'_>, shown: &Current, record: &RecordId, at: Timestamp) -> Result<()> {
    let decided = super::of_record(tx, record)?.into_iter().map(|decision| decision.at);
    let received = arrivals(tx, record)?.into_iter().chain([shown.record.created]);
    let Some(last) = decided.chain(received).max().filter(|last| at < *last) else { return Ok(()) };
    Err(Error::new(
        ErrorKind::Refused,
        format!("the clock stands at {at}, and the last that happened to `{record}` was at {last}"),
    )
    .hint("set the clock of this machine right, and decide again: nothing was stored")
    .dutch(format!(
        "de klok staat op {at}, en het laatste dat met `{record}` gebeurde was op {last}: zet de klok van deze machine \
         goed en besluit opnieuw; er is niets opgeslagen"
    )))
}

/// When the documents of a record's dossier, and those that came in as it, were received.
fn arrivals(tx: &Transaction<'_>, record: &RecordId) -> Result<Vec<Timestamp>> {
    tx.prepare_cached(
        "SELECT accessioned AS at FROM items WHERE record = ?1
         UNION ALL SELECT items.accessioned FROM documents JOIN items USING (document) WHERE documents.record = ?1",
    )
    .and_then(|mut statement| statement.query_map([record.as_str()], |row| parsed(row, "at"))?.collect())
    .db("cannot look up when a record came in")
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

#[cfg(test)]
mod tests {
    use jiff::ToSpan as _;

    use super::*;
    use crate::{
        model::{Fields, Language},
        register::{
            Request,
            testing::{TestRegister, auto, moment},
        },
    };

    #[test]
    fn a_clock_that_was_set_back_decides_nothing() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", Fields { title: auto("Huur".into()), ..Fields::absent() });
        let accept = || Request::Accept { field: "title".into(), choose: None };
        let at = |hours: i64| moment() + hours.hours();
        let decide = |hours| register.prepare_decision(&item.record, accept(), "J.", at(hours), None);
        let refused = |hours, last: i64| {
            let error = decide(hours).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Refused);
            for language in [Language::English, Language::Dutch] {
                let told = error.explain(language);
                assert!(told.contains(&at(hours).to_string()) && told.contains(&at(last).to_string()), "{told}");
            }
        };
        // Before its receipt, then before the decision that was taken last.
        refused(-24 * 365, 0);
        register.add_decision(&decide(2).unwrap(), &[]).unwrap();
        refused(1, 2);
        register.add_decision(&decide(2).unwrap(), &[]).unwrap();
        // Of a document that joined it the receipt counts as well.
        let later = register.archive("b.pdf", Fields::absent());
        register
            .write(|tx| {
                tx.execute(
                    "UPDATE items SET accessioned = ?1 WHERE document = ?2",
                    [at(5).to_string().as_str(), later.document.as_str()],
                )
                .db("test")
            })
            .unwrap();
        let joins = Request::BelongsTo(item.record.clone());
        let joins = register.prepare_decision(&later.record, joins, "J.", at(5), None).unwrap();
        register.add_decision(&joins, &[]).unwrap();
        refused(4, 5);
        assert!(decide(6).is_ok());
    }

    #[test]
    fn without_a_start_no_last_day_lies_before_the_signing() {
        use jiff::civil::date;
        let register = TestRegister::new();
        let fields = Fields { signing_date: auto(date(2026, 1, 9)), ..Fields::absent() };
        let item = register.archive("a.pdf", fields);
        let decide = |request| register.prepare_decision(&item.record, request, "J.", moment(), None);
        let early = Request::TerminatedOn(date(2019, 1, 1));
        let error = decide(early.clone()).unwrap_err();
        assert!(error.to_string().contains("2026-01-09, the day of signing"), "{error}");
        assert!(error.advice().unwrap().contains("correct effective_date"), "{error}");
        // A start that a person gives comes before the signing, as of a contract that was signed late.
        let start = Request::Correct { field: "effective_date".into(), value: "2018-01-01".into() };
        register.add_decision(&decide(start).unwrap(), &[]).unwrap();
        assert!(decide(early).is_ok());
    }

    #[test]
    fn a_decision_after_one_that_is_gone_names_it() {
        let register = TestRegister::new();
        let item = register.archive("a.pdf", Fields { title: auto("Huur".into()), ..Fields::absent() });
        let request = Request::Accept { field: "title".into(), choose: None };
        let mut decision = register.prepare_decision(&item.record, request, "J.", moment(), None).unwrap();
        decision.number = 2;
        let error = register.add_decision(&decision, &[]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::FixityMismatch);
        let lost = format!("decisions/{}/000001.json", item.record);
        assert!(error.to_string().contains(&lost) && error.advice().unwrap().contains("restore it"), "{error}");
    }
}
