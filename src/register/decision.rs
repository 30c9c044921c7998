//! What people decide about a record. Decisions are a numbered series that only grows; the last one on a field holds,
//! and it holds before every finding, whenever the rules run again.

use jiff::{Timestamp, civil::Date};
use rusqlite::{Row, Transaction, params};
use serde_json::Value;

use super::{Db as _, Event, Register, current, dossier, fields, holding, json_column, outbox, parsed, parsed_option};
use crate::{
    Error, ErrorKind, Result,
    model::{Fields, RecordId},
};

/// What a person asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// The value that the register shows is right.
    Accept {
        /// The field.
        field: String,
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
    /// Notice was given: the contract's last day.
    TerminatedOn(Date),
    /// It ended otherwise: its last day.
    EndedOn(Date),
    /// It is about this contract and belongs in its dossier; the record itself means that it stands alone.
    BelongsTo(RecordId),
    /// This contract took its place; the record itself means that none did after all.
    SupersededBy(RecordId),
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
    /// Notice was given: the contract's last day.
    TerminatedOn(Date),
    /// It ended otherwise: its last day.
    EndedOn(Date),
    /// Its documents belong in the dossier of this contract, or in its own.
    BelongsTo(RecordId),
    /// This contract took its place.
    SupersededBy(RecordId),
}

impl Act {
    /// Its name in JSON and in tables.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accept { .. } => "accept",
            Self::Correct { .. } => "correct",
            Self::NotInContract { .. } => "not_in_contract",
            Self::TerminatedOn(_) => "terminated_on",
            Self::EndedOn(_) => "ended_on",
            Self::BelongsTo(_) => "belongs_to",
            Self::SupersededBy(_) => "superseded_by",
        }
    }

    /// The field that it is about, if it is about one.
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Accept { field, .. } | Self::Correct { field, .. } | Self::NotInContract { field } => Some(field),
            Self::TerminatedOn(_) | Self::EndedOn(_) | Self::BelongsTo(_) | Self::SupersededBy(_) => None,
        }
    }

    /// What it holds beside its name and field; [`Self::from_parts`] takes it back.
    pub fn value(&self) -> Value {
        match self {
            Self::Accept { found: value, .. } | Self::Correct { value, .. } => value.clone(),
            Self::NotInContract { .. } => Value::Null,
            Self::TerminatedOn(day) | Self::EndedOn(day) => Value::String(day.to_string()),
            Self::BelongsTo(contract) | Self::SupersededBy(contract) => Value::String(contract.to_string()),
        }
    }

    /// The act with this name, field and value; `None` where they make none.
    pub fn from_parts(name: &str, field: Option<String>, value: Value) -> Option<Self> {
        let day = || value.as_str()?.parse().ok();
        let contract = || value.as_str()?.parse().ok();
        Some(match name {
            "accept" => Self::Accept { field: field?, found: value },
            "correct" => Self::Correct { field: field?, value },
            "not_in_contract" => Self::NotInContract { field: field? },
            "terminated_on" => Self::TerminatedOn(day()?),
            "ended_on" => Self::EndedOn(day()?),
            "belongs_to" => Self::BelongsTo(contract()?),
            "superseded_by" => Self::SupersededBy(contract()?),
            _ => return None,
        })
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
                Request::Accept { field } => Act::Accept { found: acceptable(&shown.fields, &field)?, field },
                Request::Correct { field, value } => Act::Correct { value: typed(&field, &value)?, field },
                Request::NotInContract { field } => {
                    check_name(&field)?;
                    Act::NotInContract { field }
                }
                Request::TerminatedOn(day) => Act::TerminatedOn(day),
                Request::EndedOn(day) => Act::EndedOn(day),
                Request::BelongsTo(contract) => {
                    dossier::check(tx, record, &contract)?;
                    Act::BelongsTo(contract)
                }
                Request::SupersededBy(contract) => {
                    dossier::check_successor(tx, record, &contract)?;
                    Act::SupersededBy(contract)
                }
            };
            let number = next_number(tx, record)?;
            Ok(Decision { record: record.clone(), number, act, by: by.trim().into(), at, note })
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
                return Err(Error::new(ErrorKind::Conflict, message).hint("look at the record again and decide anew"));
            }
            let value = decision.act.value();
            tx.execute(
                "INSERT INTO decisions (record, number, act, field, value, by, at, note)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
                params![
                    decision.record.as_str(),
                    decision.number,
                    decision.act.name(),
                    decision.act.field(),
                    (!value.is_null()).then(|| value.to_string()),
                    decision.by,
                    decision.at.to_string(),
                    decision.note,
                ],
            )
            .db("cannot add a decision")?;
            match &decision.act {
                Act::BelongsTo(contract) => dossier::join(tx, &decision.record, contract)?,
                Act::SupersededBy(contract) => {
                    dossier::supersede(tx, &decision.record, contract)?;
                    refresh(tx, &decision.record)?;
                }
                _ => refresh(tx, &decision.record)?,
            }
            outbox::insert(tx, events)
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
        let act = Act::from_parts(&name, parsed_option(row, "field")?, value)
            .ok_or_else(|| super::unreadable(row, "act", "no act of a decision".into()))?;
        Ok(Decision {
            record: record.clone(),
            number: row.get("number")?,
            act,
            by: row.get("by")?,
            at: parsed(row, "at")?,
            note: row.get("note")?,
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

/// The field as shown, if it shows a value.
fn acceptable(shown: &Fields, field: &str) -> Result<Value> {
    check_name(field)?;
    let mut found = fields::to_value(shown)?.remove(field).unwrap_or_default();
    let has_value = |field: &Value| !field["value"].is_null();
    match &mut found {
        Value::Array(values) => values.retain(has_value),
        single if !has_value(single) => found = Value::Array(Vec::new()),
        _ => {}
    }
    if found.as_array().is_some_and(Vec::is_empty) {
        return Err(Error::new(ErrorKind::InvalidInput, format!("`{field}` shows no value that could be accepted"))
            .hint("give the value, or say that it is not in the contract")
            .dutch(format!(
                "`{field}` heeft geen waarde om te aanvaarden: geef de waarde, of zeg dat het niet in het contract staat"
            )));
    }
    Ok(found)
}

/// A typed text as a value of a field, written as the record format writes it.
fn typed(field: &str, text: &str) -> Result<Value> {
    check_name(field)?;
    let text = text.trim();
    let refuse = |why: String| {
        Error::new(ErrorKind::InvalidInput, format!("`{text}` is no value of `{field}`: {why}"))
            .hint(format!("for example: {}", example(field)))
            .dutch(format!("`{text}` is geen waarde van `{field}`; bijvoorbeeld: {}", example(field)))
    };
    if text.is_empty() {
        return Err(refuse("it is empty".into()));
    }
    let mut forms = vec![Value::String(text.into())];
    forms.extend(serde_json::from_str::<Value>(text).ok().filter(|value| value.is_object() || value.is_array()));
    let mut why = String::new();
    for form in forms {
        let is_list = matches!(field, "parties" | "notice");
        let given = if is_list && !form.is_array() { Value::Array(vec![form]) } else { form };
        let decided = |value: &Value| current::decided(value.clone(), String::new());
        let filled = match &given {
            Value::Array(values) if is_list => Value::Array(values.iter().map(decided).collect()),
            single => decided(single),
        };
        let mut record = fields::to_value(&Fields::absent())?;
        record.insert(field.into(), filled);
        match serde_json::from_value::<Fields>(Value::Object(record)) {
            Ok(read) => {
                let written = fields::to_value(&read)?.remove(field).unwrap_or_default();
                let value = match written {
                    Value::Array(values) => values.into_iter().map(|mut value| value["value"].take()).collect(),
                    mut single => single["value"].take(),
                };
                check_parts(&given, &value).map_err(refuse)?;
                return Ok(value);
            }
            Err(_) => why = "it is not written as such a value".into(),
        }
    }
    Err(refuse(why))
}

/// What the types let through: a misspelt part, an amount in words, an empty list.
fn check_parts(given: &Value, read: &Value) -> std::result::Result<(), String> {
    match (given, read) {
        (Value::Array(given), Value::Array(_)) if given.is_empty() => Err("it is empty".into()),
        (Value::Array(given), Value::Array(read)) => {
            given.iter().zip(read).try_for_each(|(given, read)| check_parts(given, read))
        }
        (Value::Object(given), Value::Object(read)) => {
            if let Some(unknown) = given.keys().find(|&key| !read.contains_key(key)) {
                return Err(format!("it has no part `{unknown}`"));
            }
            let part = |key: &str| read.get(key).and_then(Value::as_str);
            let amount_is_wrong = part("amount").is_some_and(|amount| {
                let (whole, cents) = amount.split_once('.').unwrap_or((amount, ""));
                let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
                whole.is_empty() || cents.len() != 2 || !digits(whole) || !digits(cents)
            });
            if amount_is_wrong {
                return Err("its amount is written as 1250.00".into());
            }
            if part("currency")
                .is_some_and(|code| code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()))
            {
                return Err("its currency is a code of three capitals".into());
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// A value of a field, as a person types it.
fn example(field: &str) -> &'static str {
    match field {
        "contract_type" => "lease",
        "parties" => r#"[{"name": "Bakkerij Jansen B.V.", "role": "Huurder"}, {"name": "Gemeente Diemen"}]"#,
        "signing_date" | "effective_date" | "end_date" | "notice_deadline" => "2027-12-31",
        "term" => "P4Y, P18M or indefinite",
        "renewal" => r#"{"kind": "tacit", "period": "P1Y", "max_times": 2}"#,
        "notice" => r#"{"period": "P3M", "by": "any", "against": "end_of_term"}"#,
        "value" => r#"{"amount": "12500.00", "currency": "EUR", "per": "year", "vat": "excl"}"#,
        "governing_law" => "NL",
        "relates_to" => r#"{"reference": "2019-044", "date": "2019-03-01"}"#,
        _ => "the words as printed",
    }
}
