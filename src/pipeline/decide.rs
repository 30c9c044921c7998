//! A person's decision: an object first, then a row and an event, in one go.

use serde_json::{Value, json};

use super::{App, events};
use crate::{
    Error, ErrorKind, Result, archive,
    model::RecordId,
    register::{Act, Decision, Request},
};

/// How often a decision is numbered anew because another person decided at the same time.
const TRIES: u32 = 5;

/// Takes a decision on a record.
pub fn decide(app: &mut App, record: &RecordId, request: Request, by: &str, note: Option<String>) -> Result<Decision> {
    app.register.must_be_writable()?;
    let _stays = app.stays()?;
    let mut tries = 0;
    loop {
        tries += 1;
        add_what_is_stored(app, record)?;
        let decision = app.register.prepare_decision(record, request.clone(), by, app.clock.now(), note.clone())?;
        let done = app
            .archive
            .put_decision(&object(&decision))
            .and_then(|stored| app.register.add_decision(&decision, &[events::decided(&decision, &stored)]));
        match done {
            Ok(()) => {
                app.log_if_free()?;
                return Ok(decision);
            }
            Err(error) if error.kind() == ErrorKind::Conflict && tries < TRIES => {}
            Err(error) => return Err(error),
        }
    }
}

/// Adds decisions that are objects and no rows yet: whoever took them was stopped between the two.
fn add_what_is_stored(app: &App, record: &RecordId) -> Result<()> {
    let known = app.register.decisions(record)?.len();
    for object in app.archive.decisions_on(record)?.into_iter().skip(known) {
        app.register.add_decision(&row(object)?, &[])?;
    }
    Ok(())
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
            Act::SupersededBy(_) => archive::Act::SupersededBy,
        },
        field: decision.act.field().map(str::to_owned),
        value: Some(decision.act.value()).filter(|value| !value.is_null()),
        by: decision.by.clone(),
        at: decision.at,
        note: decision.note.clone(),
    }
}

/// The row of a decision, as its object tells of it.
pub(super) fn row(object: archive::Decision) -> Result<Decision> {
    let name = match object.act {
        archive::Act::Accept => "accept",
        archive::Act::Correct => "correct",
        archive::Act::NotInContract => "not_in_contract",
        archive::Act::Withdraw => "withdraw",
        archive::Act::TerminatedOn => "terminated_on",
        archive::Act::EndedOn => "ended_on",
        archive::Act::BelongsTo => "belongs_to",
        archive::Act::SupersededBy => "superseded_by",
    };
    let act = Act::from_parts(name, object.field, object.value.unwrap_or(Value::Null)).ok_or_else(|| {
        Error::new(ErrorKind::FixityMismatch, format!("decision {} on `{}` has no sense", object.number, object.record))
    })?;
    let archive::Decision { record, number, by, at, note, .. } = object;
    Ok(Decision { record, number, act, by, at, note })
}

/// Decisions as `griffie show --json` lists them.
pub fn as_json(decisions: &[Decision]) -> Value {
    let one = |decision: &Decision| {
        json!({"number": decision.number, "act": decision.act.name(), "field": decision.act.field(),
               "value": decision.act.value(), "by": decision.by, "at": decision.at, "note": decision.note})
    };
    decisions.iter().map(one).collect()
}
