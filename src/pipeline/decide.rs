//! A person's decision: an object first, then a row and an event, in one go.

use serde_json::{Value, json};

use super::{
    App,
    app::LOGGED_WITHIN,
    events,
    lock::{Turn, patiently},
    stop::reached,
    typed,
};
use crate::{
    Error, ErrorKind, Result, archive,
    model::RecordId,
    provenance::{Event, EventKind},
    register::{Act, COMPARED, Decision, Register, Request},
    storage::ObjectName,
};

/// Decisions that were taken: they stand whatever the log did then.
#[must_use]
pub struct Taken {
    /// Why the log could not be told of them yet. They wait in the database until it can.
    pub not_logged: Option<Error>,
}

/// Takes a decision on a record.
pub fn decide(app: &mut App, record: &RecordId, request: Request, by: &str, note: Option<String>) -> Result<Taken> {
    decide_all(app, vec![(record.clone(), request)], by, note.as_deref())
}

/// Takes decisions, each on its record, and tells the log of them in one go.
pub fn decide_all(app: &mut App, requests: Vec<(RecordId, Request)>, by: &str, note: Option<&str>) -> Result<Taken> {
    app.register.must_be_writable()?;
    let _stays = app.stays()?;
    app.must_sign()?;
    app.must_be_in_time()?;
    // A log that cannot go on takes no decision.
    app.log_if_free()?;
    app.must_have_head()?;
    let taken = {
        let _turn = Turn::of(&app.data)?;
        // Of what a stopped program left.
        let left = app.waiting_events()?;
        requests.into_iter().try_for_each(|(record, request)| one(app, &record, &request, by, note, &left))
    };
    // Those that were taken before one was refused stand, and so do all where the log now refuses.
    let logged = app.log_soon();
    taken?;
    Ok(Taken { not_logged: logged.err() })
}

fn one(app: &App, record: &RecordId, request: &Request, by: &str, note: Option<&str>, left: &[Event]) -> Result<()> {
    add_what_is_stored(app, record, left)?;
    let (note, request) = (note.map(str::to_owned), typed::as_written(app, record, request)?);
    let last = app.register.decisions(record)?.pop().filter(|last| last.by == by.trim() && last.note == note);
    let prepared = app.register.prepare_decision(record, request.clone(), by, app.clock.now(), note);
    // The same words of the same person, with nothing decided since: said twice it stands once. Whoever took it may
    // have been stopped, and gives it again, whatever a check or another command completed meanwhile.
    if last.is_some_and(|last| is_that(&last, &request, prepared.as_ref().ok())) {
        return Ok(());
    }
    keep(app, &prepared?)
}

/// Keeps a decision, whoever's [`Turn`] it is: an object, then a row. Announced before it is stored, so that an object which
/// a stopped program left is told from another's.
pub(super) fn keep(app: &App, decision: &Decision) -> Result<()> {
    let stored = object(decision);
    let event = events::decided(decision, &archive::Archive::decision_ref(&stored)?);
    app.register.add_events(std::slice::from_ref(&event))?;
    reached("decision-announced");
    if let Err(error) = app.archive.put_decision(&stored) {
        app.register.withdraw_event(&event.id)?;
        return Err(match error.kind() {
            ErrorKind::Conflict => decided_meanwhile(&decision.record).source(error),
            _ => error,
        });
    }
    reached("decision-stored");
    app.register.add_decision(decision, &[event])?;
    reached("decision-noted");
    Ok(())
}

/// Whether a request comes to a decision that was taken. Who takes a decision back finds it gone the second time.
fn is_that(last: &Decision, request: &Request, prepared: Option<&Decision>) -> bool {
    match (request, &last.act) {
        (Request::Withdraw { field }, Act::Withdraw { field: last }) => field == last,
        _ => prepared.is_some_and(|prepared| prepared.act == last.act),
    }
}

/// Makes a decision a row, where its event waits and its object is stored: whoever took it was stopped between the two.
pub(super) fn note_stored(app: &App, event: &Event, waiting: &[Event]) -> Result<()> {
    if is_noted(&app.register, event)? {
        return Ok(());
    }
    let Some(record) = event.about.first().and_then(|record| record.parse::<RecordId>().ok()) else { return Ok(()) };
    let known = app.register.decisions(&record)?.len();
    for object in app.archive.decisions_on(&record)?.into_iter().skip(known) {
        let name = archive::Archive::decision_ref(&object)?;
        // What somebody else laid there is for a check to name.
        if !waiting.iter().any(|event| event.objects.contains(&name)) {
            break;
        }
        app.register.add_decision(&row(object)?, &[])?;
    }
    Ok(())
}

/// A decision is announced before it is stored, and stored before it is a row: until then it was not taken.
pub(super) fn is_noted(register: &Register, event: &Event) -> Result<bool> {
    if event.event != EventKind::Decision {
        return Ok(true);
    }
    for object in &event.objects {
        let number = object.name.last().trim_end_matches(".json").parse::<usize>().ok();
        let record = object.name.as_str().split('/').nth(1).and_then(|record| record.parse::<RecordId>().ok());
        if let (Some(record), Some(number)) = (record, number)
            && register.decisions(&record)?.len() < number
        {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Adds decisions that are objects and no rows yet: whoever took them was stopped between the two. One that nobody
/// announced was laid there by somebody else.
pub(super) fn add_what_is_stored(app: &App, record: &RecordId, left: &[Event]) -> Result<()> {
    let known = app.register.decisions(record)?.len();
    for object in app.archive.decisions_on(record)?.into_iter().skip(known) {
        let name = archive::Archive::decision_ref(&object)?;
        let announced = left.iter().any(|event| event.objects.contains(&name));
        // Another data folder on this store has it logged in a moment.
        let is_logged = || Ok(app.archive.witness()?.has(&name)?.then_some(()));
        if !announced && patiently(LOGGED_WITHIN, is_logged)?.is_none() {
            return Err(nobodys(&name.name));
        }
        app.register.add_decision(&row(object)?, &[])?;
    }
    Ok(())
}

fn nobodys(name: &ObjectName) -> Error {
    Error::new(ErrorKind::Conflict, format!("`{name}` lies in the store, and the log does not tell of it yet"))
        .hint(
            "nothing was decided: another data folder that writes to this store decided it and has still to log it (there, any \
             command that writes does that, or `griffie rebuild` where it asks for that), or somebody laid it there, which \
             `griffie verify` then goes on to name. Give the same command again once it is logged",
        )
        .dutch(format!(
            "`{name}` ligt in de opslag, en het logboek vertelt er nog niet van; er is niets besloten: een andere gegevensmap \
             die in deze opslag schrijft besloot dit en moet het nog vastleggen (elke opdracht die schrijft doet dat daar, of \
             `griffie rebuild` als die erom vraagt), of iemand heeft het daar gelegd, wat `griffie verify` dan blijft noemen. \
             Geef dezelfde opdracht nog eens als het is vastgelegd"
        ))
}

/// Another data folder took the number.
fn decided_meanwhile(record: &RecordId) -> Error {
    Error::new(ErrorKind::Conflict, format!("another griffie decided on `{record}` at the same moment"))
        .hint("nothing was decided: give the same command again")
        .dutch(format!(
            "een andere griffie besloot op hetzelfde moment over `{record}`; er is niets besloten: geef dezelfde opdracht nog \
             eens"
        ))
}

/// The object of a decision.
pub(super) fn object(decision: &Decision) -> archive::Decision {
    archive::Decision {
        record: decision.record.clone(),
        number: decision.number,
        act: match decision.act {
            Act::Accept { .. } => archive::Act::Accept,
            Act::Correct { .. } => archive::Act::Correct,
            Act::NotInContract { .. } => archive::Act::NotInContract,
            Act::Withdraw { .. } => archive::Act::Withdraw,
            Act::TerminatedOn(_) => archive::Act::TerminatedOn,
            Act::EndedOn(_) => archive::Act::EndedOn,
            Act::BelongsTo(_) => archive::Act::BelongsTo,
            Act::StandsAlone => archive::Act::StandsAlone,
            Act::SupersededBy(_) => archive::Act::SupersededBy,
            Act::ComparedWithPaper { .. } => archive::Act::ComparedWithPaper,
            Act::StillHolds => archive::Act::StillHolds,
        },
        field: decision.act.field().map(str::to_owned),
        value: Some(decision.act.value()).filter(|value| !value.is_null()),
        by: decision.by.clone(),
        at: decision.at,
        note: decision.note.clone(),
        elsewhere: decision.elsewhere.clone(),
    }
}

/// What a decision does, as its object tells of it.
pub(super) fn act(object: &archive::Decision) -> Result<Act> {
    let name = match object.act {
        archive::Act::Accept => "accept",
        archive::Act::Correct => "correct",
        archive::Act::NotInContract => "not_in_contract",
        archive::Act::Withdraw => "withdraw",
        archive::Act::TerminatedOn => "terminated_on",
        archive::Act::EndedOn => "ended_on",
        archive::Act::BelongsTo => "belongs_to",
        archive::Act::StandsAlone => "stands_alone",
        archive::Act::SupersededBy => "superseded_by",
        archive::Act::ComparedWithPaper => COMPARED,
        archive::Act::StillHolds => "still_holds",
    };
    Act::from_parts(name, &object.record, object.field.clone(), object.value.clone().unwrap_or(Value::Null)).ok_or_else(
        || {
            Error::new(
                ErrorKind::FixityMismatch,
                format!("decision {} on `{}` has no sense", object.number, object.record),
            )
        },
    )
}

/// The row of a decision, as its object tells of it.
pub(super) fn row(object: archive::Decision) -> Result<Decision> {
    let act = act(&object)?;
    let archive::Decision { record, number, by, at, note, elsewhere, .. } = object;
    Ok(Decision { record, number, act, by, at, note, elsewhere })
}

/// Whether a decision can be taken into a register.
pub fn means(object: &archive::Decision) -> Result<()> {
    row(object.clone()).map(|_| ())
}

/// Decisions as `griffie show --json` lists them.
pub fn as_json(decisions: &[Decision]) -> Value {
    let one = |decision: &Decision| {
        json!({"number": decision.number, "act": decision.act.name(), "field": decision.act.field(),
               "value": decision.act.value(), "by": decision.by, "at": decision.at, "note": decision.note,
               "elsewhere": decision.elsewhere})
    };
    decisions.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_object_that_names_its_own_record_is_read_as_it_was_meant() {
        for (name, want) in [("superseded_by", Act::StillHolds), ("belongs_to", Act::StandsAlone)] {
            let stored = |value: &str| {
                serde_json::from_value(json!({
                    "record": "c-0123456789ab", "number": 1, "act": name, "field": null, "value": value, "by": "J.",
                    "at": "2026-03-02T09:30:00Z", "note": null,
                }))
                .unwrap()
            };
            let decision = row(stored("c-0123456789ab")).unwrap();
            assert_eq!((&decision.act, decision.act.value()), (&want, Value::Null));
            assert_eq!(row(object(&decision)).unwrap(), decision, "and written as what it is from then on");
            assert_eq!(row(stored("c-0123456789ac")).unwrap().act.name(), name, "of another record as before");
        }
    }
}
