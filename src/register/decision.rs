//! What people decide about a record. Decisions are a numbered series that only grows; the last one on a field holds,
//! and it holds before every finding, whenever the rules run again.

use jiff::{Timestamp, civil::Date};
use rusqlite::{Row, Transaction, params};
use serde_json::{Value, json};

mod check;
mod compared;
mod typed;

pub use compared::COMPARED;
pub use typed::{example, typed};

use super::{Db as _, Event, Register, current, dossier, fields, holding, json_column, outbox, parsed, parsed_option};
use crate::{
    Error, ErrorKind, Result,
    error::Fold as _,
    model::{DocumentId, Elsewhere, Fields, RecordId},
};

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// The value that the register shows is right.
    Accept {
        /// The field.
        field: String,
        /// Which of the readings, from 1, as [`choices`] numbers them; without it the value or values as shown.
        choose: Option<usize>,
    },
    /// This is the value.
    Correct {
        /// The field.
        field: String,
        /// Its value as typed: a plain text, date, period or code; JSON for values with parts and for lists.
        value: String,
    },
    /// The contract has no such thing.
    NotInContract {
        /// The field.
        field: String,
    },
    /// What was decided about a field holds no more: it shows again what was read.
    Withdraw {
        /// The field.
        field: String,
    },
    /// Notice was given: the contract's last day.
    TerminatedOn(Date),
    /// It ended otherwise: its last day.
    EndedOn(Date),
    /// It is about this contract and belongs in its dossier.
    BelongsTo(RecordId),
    /// It is a contract of its own after all.
    StandsAlone,
    /// This contract took its place.
    SupersededBy(RecordId),
    /// It did not end, and no contract took its place, after all.
    StillHolds,
    /// The scan of a document was compared with the paper, and is complete and legible.
    Compared {
        /// The document, which came in as this record.
        document: DocumentId,
        /// How many pages the paper has, where somebody counted.
        pages: Option<u32>,
        /// The documents that were looked at in its stead, where it is one of a sample's.
        sample: Vec<DocumentId>,
    },
}

/// What a person decided.
#[derive(Clone, Debug, PartialEq)]
pub enum Act {
    /// A field is right as it was found.
    Accept {
        /// The field.
        field: String,
        /// The field as it was shown then, with its evidence (a list for a field with several values).
        found: Value,
    },
    /// A field has this value.
    Correct {
        /// The field.
        field: String,
        /// Its value (a list for a field with several values).
        value: Value,
    },
    /// The contract has no such thing.
    NotInContract {
        /// The field.
        field: String,
    },
    /// What was decided about a field before this holds no more.
    Withdraw {
        /// The field.
        field: String,
    },
    /// Notice was given: the contract's last day.
    TerminatedOn(Date),
    /// It ended otherwise: its last day.
    EndedOn(Date),
    /// Its documents belong in the dossier of this contract.
    BelongsTo(RecordId),
    /// It is a contract of its own after all.
    StandsAlone,
    /// This contract took its place.
    SupersededBy(RecordId),
    /// The scan of a document was compared with the paper, and is complete and legible.
    ComparedWithPaper {
        /// The document.
        document: DocumentId,
        /// Its pages.
        pages: u32,
        /// The documents that were looked at in its stead, where it is one of a sample's.
        sample: Vec<DocumentId>,
    },
    /// None did, and it did not end.
    StillHolds,
}

impl Act {
    /// Its name in JSON and in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::Correct { .. } => "correct",
            Self::NotInContract { .. } => "not_in_contract",
            Self::Withdraw { .. } => "withdraw",
            Self::TerminatedOn(_) => "terminated_on",
            Self::EndedOn(_) => "ended_on",
            Self::BelongsTo(_) => "belongs_to",
            Self::StandsAlone => "stands_alone",
            Self::SupersededBy(_) => "superseded_by",
            Self::ComparedWithPaper { .. } => COMPARED,
            Self::StillHolds => "still_holds",
        }
    }

    /// The field that it is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Accept { field, .. }
            | Self::Correct { field, .. }
            | Self::NotInContract { field }
            | Self::Withdraw { field } => Some(field),
            Self::TerminatedOn(_)
            | Self::EndedOn(_)
            | Self::BelongsTo(_)
            | Self::StandsAlone
            | Self::SupersededBy(_)
            | Self::StillHolds
            | Self::ComparedWithPaper { .. } => None,
        }
    }

    /// What it holds beside its name and field; [`Self::from_parts`] takes it back.
    pub fn value(&self) -> Value {
        match self {
            Self::Accept { found: value, .. } | Self::Correct { value, .. } => value.clone(),
            Self::NotInContract { .. } | Self::Withdraw { .. } | Self::StandsAlone | Self::StillHolds => Value::Null,
            Self::TerminatedOn(day) | Self::EndedOn(day) => Value::String(day.to_string()),
            Self::BelongsTo(contract) | Self::SupersededBy(contract) => Value::String(contract.to_string()),
            Self::ComparedWithPaper { document, pages, sample } if sample.is_empty() => {
                json!({"document": document, "pages": pages})
            }
            Self::ComparedWithPaper { document, pages, sample } => {
                json!({"document": document, "pages": pages, "sample": sample})
            }
        }
    }

    /// The act on a record with this name, field and value; `None` where they make none.
    pub fn from_parts(name: &str, record: &RecordId, field: Option<String>, value: Value) -> Option<Self> {
        let day = || value.as_str()?.parse().ok();
        let contract = || value.as_str()?.parse().ok();
        // Rows and older objects name the record itself where there is no other contract.
        let is_itself = value.as_str() == Some(record.as_str());
        Some(match name {
            "accept" => Self::Accept { field: field?, found: value },
            "correct" => Self::Correct { field: field?, value },
            "not_in_contract" => Self::NotInContract { field: field? },
            "withdraw" => Self::Withdraw { field: field? },
            "terminated_on" => Self::TerminatedOn(day()?),
            "ended_on" => Self::EndedOn(day()?),
            "stands_alone" => Self::StandsAlone,
            "belongs_to" if is_itself => Self::StandsAlone,
            "belongs_to" => Self::BelongsTo(contract()?),
            "still_holds" => Self::StillHolds,
            "superseded_by" if is_itself => Self::StillHolds,
            "superseded_by" => Self::SupersededBy(contract()?),
            COMPARED => {
                let sample = value["sample"].as_array().map(Vec::as_slice).unwrap_or_default();
                Self::ComparedWithPaper {
                    document: value["document"].as_str()?.parse().ok()?,
                    pages: value["pages"].as_u64()?.try_into().ok()?,
                    sample: sample.iter().map(|id| id.as_str()?.parse().ok()).collect::<Option<_>>()?,
                }
            }
            _ => return None,
        })
    }

    /// Name and value in a row, whose table knows no act without another contract: there the record names itself.
    fn as_row(&self, record: &RecordId) -> (&'static str, Value) {
        match self {
            Self::StandsAlone => ("belongs_to", record.as_str().into()),
            Self::StillHolds => ("superseded_by", record.as_str().into()),
            _ => (self.name(), self.value()),
        }
    }
}

/// A decision: who, when, what.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The record.
    pub record: RecordId,
    /// Its number in the record's series, from 1.
    pub number: u32,
    /// What.
    pub act: Act,
    /// Who.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// Why, in words for people.
    pub note: Option<String>,
    /// Where it was taken, if not in this archive: then `by` is who took it there, and `at` when it was taken over.
    pub elsewhere: Option<Elsewhere>,
}

impl Decision {
    /// When the person took it.
    pub fn taken(&self) -> Timestamp {
        self.elsewhere.as_ref().map_or(self.at, |elsewhere| elsewhere.at)
    }
}

impl Register {
    /// Makes a person's request a decision: checks it and gives it the next number. Nothing is stored yet, so that the
    /// decision can be an object before it is a row.
    pub fn prepare_decision(
        &self,
        record: &RecordId,
        request: Request,
        by: &str,
        at: Timestamp,
        note: Option<String>,
    ) -> Result<Decision> {
        if by.trim().is_empty() {
            return Err(Error::new(ErrorKind::InvalidInput, "a decision needs the name of the person who takes it")
                .dutch("een besluit moet de naam dragen van wie het neemt"));
        }
        self.read(|tx| {
            // Asked first, so that an unknown record is the error and not its fields.
            let shown = current::of_record(tx, record, crate::model::Language::English)?;
            let act = match request {
                Request::Accept { field, choose } => Act::Accept { found: acceptable(&shown, &field, choose)?, field },
                Request::Correct { field, value } => Act::Correct { value: typed::typed(&field, &value)?, field },
                Request::NotInContract { field } => {
                    check_name(&field)?;
                    Act::NotInContract { field }
                }
                Request::Compared { document, pages, sample } => compared::act(tx, record, document, pages, sample)?,
                Request::Withdraw { field } if field == COMPARED => {
                    compared::withdrawable(tx, record)?;
                    Act::Withdraw { field }
                }
                Request::Withdraw { field } => {
                    check_name(&field)?;
                    check::decided(&shown, record, &field)?;
                    Act::Withdraw { field }
                }
                Request::TerminatedOn(day) => Act::TerminatedOn(day),
                Request::EndedOn(day) => Act::EndedOn(day),
                Request::BelongsTo(contract) => {
                    dossier::check(tx, record, &contract)?;
                    Act::BelongsTo(contract)
                }
                Request::StandsAlone => Act::StandsAlone,
                Request::SupersededBy(contract) => {
                    dossier::check_successor(tx, record, &contract)?;
                    Act::SupersededBy(contract)
                }
                Request::StillHolds => Act::StillHolds,
            };
            check::order_of_days(&shown, &act)?;
            check::order_of_time(tx, &shown, record, at)?;
            let number = next_number(tx, record)?;
            let by = by.trim().into();
            Ok(Decision { record: record.clone(), number, act, by, at, note, elsewhere: None })
        })
    }

    /// Makes a decision that was taken in another archive one of a record of this one. That it would close a ring of
    /// dossiers is refused, as it is of a person.
    pub fn prepare_taken_over(
        &self,
        record: &RecordId,
        act: Act,
        by: &str,
        at: Timestamp,
        note: Option<String>,
        elsewhere: Elsewhere,
    ) -> Result<Decision> {
        self.read(|tx| {
            match &act {
                Act::BelongsTo(contract) if contract != record => dossier::check(tx, record, contract)?,
                Act::SupersededBy(contract) if contract != record => dossier::check_successor(tx, record, contract)?,
                _ => {}
            }
            let number = next_number(tx, record)?;
            Ok(Decision { record: record.clone(), number, act, by: by.into(), at, note, elsewhere: Some(elsewhere) })
        })
    }

    /// Adds a decision. Its number must be the next one of its record: of two people who decide at the same time one
    /// is told that the other was first.
    pub fn add_decision(&self, decision: &Decision, events: &[Event]) -> Result<()> {
        self.write(|tx| {
            let next = next_number(tx, &decision.record)?;
            if decision.number != next {
                let message = format!(
                    "decision {} on `{}` comes after {} others",
                    decision.number,
                    decision.record,
                    next.saturating_sub(1)
                );
                if decision.number > next {
                    let lost = format!("decisions/{}/{next:06}.json", decision.record);
                    return Err(Error::new(ErrorKind::FixityMismatch, format!("{message}: `{lost}` is gone"))
                        .hint("restore it from a copy of the store; `griffie verify` names all that is missing")
                        .dutch(format!(
                            "`{lost}` is weg, een besluit dat voor besluit {} kwam: zet het terug uit een kopie van de \
                             opslag; `griffie verify` noemt alles wat ontbreekt",
                            decision.number
                        )));
                }
                return Err(Error::new(ErrorKind::Conflict, message)
                    .hint("look at the record again and decide anew")
                    .dutch(format!(
                        "iemand anders besloot net iets over `{}`: kijk er nog eens naar en besluit opnieuw",
                        decision.record
                    )));
            }
            let (name, value) = decision.act.as_row(&decision.record);
            let elsewhere = decision.elsewhere.as_ref().map(serde_json::to_string).transpose();
            let elsewhere = elsewhere.fold(ErrorKind::Internal, || "a decision does not serialize")?;
            tx.execute(
                "INSERT INTO decisions (record, number, act, field, value, by, at, note, elsewhere)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
                params![
                    decision.record.as_str(),
                    decision.number,
                    name,
                    decision.act.field(),
                    (!value.is_null()).then(|| value.to_string()),
                    decision.by,
                    decision.at.to_string(),
                    decision.note,
                    elsewhere,
                ],
            )
            .db("cannot add a decision")?;
            match &decision.act {
                Act::BelongsTo(contract) => dossier::join(tx, &decision.record, contract)?,
                Act::StandsAlone => dossier::join(tx, &decision.record, &decision.record)?,
                Act::SupersededBy(contract) => {
                    dossier::supersede(tx, &decision.record, Some(contract))?;
                    refresh(tx, &decision.record)?;
                }
                Act::StillHolds => {
                    dossier::supersede(tx, &decision.record, None)?;
                    refresh(tx, &decision.record)?;
                }
                _ => refresh(tx, &decision.record)?,
            }
            outbox::insert(tx, &self.seal, events)
        })
    }

    /// All decisions on a record, in their order.
    pub fn decisions(&self, record: &RecordId) -> Result<Vec<Decision>> {
        self.read(|tx| of_record(tx, record))
    }
}

pub(super) fn of_record(tx: &Transaction<'_>, record: &RecordId) -> Result<Vec<Decision>> {
    let decision = |row: &Row<'_>| {
        let (name, value): (String, Option<String>) = (row.get("act")?, row.get("value")?);
        let value = if value.is_some() { json_column(row, "value")? } else { Value::Null };
        let act = Act::from_parts(&name, record, parsed_option(row, "field")?, value)
            .ok_or_else(|| super::unreadable(row, "act", "no act of a decision".into()))?;
        let elsewhere: Option<String> = row.get("elsewhere")?;
        let elsewhere = elsewhere.map(|_| json_column(row, "elsewhere")).transpose()?;
        Ok(Decision {
            record: record.clone(),
            number: row.get("number")?,
            act,
            by: row.get("by")?,
            at: parsed(row, "at")?,
            note: row.get("note")?,
            elsewhere,
        })
    };
    tx.prepare_cached("SELECT * FROM decisions WHERE record = ?1 ORDER BY number")
        .and_then(|mut statement| statement.query_map([record.as_str()], decision)?.collect())
        .db("cannot list decisions")
}

/// The values that hold now, where the record is and where its documents are.
fn refresh(tx: &Transaction<'_>, record: &RecordId) -> Result<()> {
    holding::refresh(tx, record)?;
    match dossier::of(tx, record)? {
        Some(contract) if contract != *record => holding::refresh(tx, &contract),
        _ => Ok(()),
    }
}

fn next_number(tx: &Transaction<'_>, record: &RecordId) -> Result<u32> {
    tx.query_row("SELECT ifnull(max(number), 0) + 1 FROM decisions WHERE record = ?1", [record.as_str()], |row| {
        row.get(0)
    })
    .db("cannot number a decision")
}

fn check_name(field: &str) -> Result<()> {
    if Fields::NAMES.contains(&field) {
        return Ok(());
    }
    Err(Error::new(ErrorKind::InvalidInput, format!("a record has no field `{field}`"))
        .hint(format!("the fields are {}", Fields::NAMES.join(", ")))
        .dutch(format!("een record heeft geen veld `{field}`; de velden zijn {}", Fields::NAMES.join(", "))))
}

/// The field as shown, if it shows a value, or the chosen one of its readings.
fn acceptable(shown: &current::Current, field: &str, choose: Option<usize>) -> Result<Value> {
    check_name(field)?;
    let found = fields::to_value(&shown.fields)?.remove(field).unwrap_or_default();
    let is_list = found.is_array();
    let readings = choices(&found);
    if readings.is_empty() {
        return Err(Error::new(ErrorKind::InvalidInput, format!("`{field}` shows no value that could be accepted"))
            .hint("give the value, or say that it is not in the contract")
            .dutch(format!(
                "`{field}` heeft geen waarde om te aanvaarden: geef de waarde, of zeg dat het niet in het contract staat"
            )));
    }
    let Some(choose) = choose else {
        return Ok(match found {
            Value::Array(values) => values.into_iter().filter(|value| !value["value"].is_null()).collect(),
            single => single,
        });
    };
    if field == "parties" {
        // One party alone makes no contract: the others must not fall away by the way.
        return Err(Error::new(ErrorKind::InvalidInput, "of parties none is chosen: they stand beside each other")
            .hint("accept them all, or give the list: correct parties '[{\"name\": \"…\"}, {\"name\": \"…\"}]'")
            .dutch(
                "van partijen wordt er geen gekozen, ze staan naast elkaar: aanvaard ze alle, of geef de lijst met \
                 correct parties '[{\"name\": \"…\"}, {\"name\": \"…\"}]'",
            ));
    }
    let chosen = choose.checked_sub(1).and_then(|place| readings.get(place)).cloned().ok_or_else(|| {
        let most = readings.len();
        let error = Error::new(ErrorKind::InvalidInput, format!("`{field}` has no reading {choose}: it has {most}"));
        if shown.decided.contains(field) {
            let undo = format!("griffie decide {} undo {field}", shown.record.id);
            return error.hint(format!("it was decided already; to choose again, take that back first: {undo}")).dutch(
                format!(
                    "over `{field}` is al besloten, zodat er geen lezing {choose} meer is; neem dat eerst terug om \
                     opnieuw te kiezen: {undo}"
                ),
            );
        }
        error.hint("`griffie register --waiting` numbers them").dutch(format!(
            "`{field}` heeft geen lezing {choose}, maar {most}: `griffie register --waiting` nummert ze"
        ))
    })?;
    Ok(if is_list { Value::Array(vec![chosen]) } else { chosen })
}

/// The readings of a field between which a person may choose: of each of its values that value, then its other readings.
pub fn choices(field: &Value) -> Vec<Value> {
    let mut readings = Vec::new();
    let mut add = |reading: &Value| {
        if !reading["value"].is_null() && readings.iter().all(|known: &Value| known["value"] != reading["value"]) {
            readings.push(reading.clone());
        }
    };
    let values = field.as_array().map_or(std::slice::from_ref(field), Vec::as_slice);
    for value in values {
        add(value);
        value["alternatives"].as_array().into_iter().flatten().for_each(&mut add);
    }
    readings
}
